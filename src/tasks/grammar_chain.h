/* The letters of a grammar as a hidden Markov chain, and the lowest losses that follow from it.
 *
 * A state is a place in a derivation: it has one letter, and goes on to others with probabilities
 * that the weights of the alternatives give. Who reads the letters does not know the state, but can
 * keep its probabilities (the forward algorithm, Rabiner 1989, A Tutorial on Hidden Markov Models,
 * section III.A); what is left to guess of the next letter is the lowest loss that any reader of
 * the same letters can have. */
#ifndef LNSCOPE_TASKS_GRAMMAR_CHAIN_H
#define LNSCOPE_TASKS_GRAMMAR_CHAIN_H

#include "tasks/task_grammar.h"

struct grammar_step {
    int to;
    double probability;
};

struct grammar_chain {
    int vocab;
    int states;      /* state 0 is the newline behind a sentence */
    int32_t *letter; /* [states] tokens */
    double *share;   /* [states] of the endless text, 1 in total */
    int *first;      /* [states + 1] steps of a state: step[first[s]] .. step[first[s + 1] - 1] */
    struct grammar_step *step;
};

/* Unfolds the grammar. */
void grammar_chain_open(struct grammar_chain *chain, const struct grammar *grammar);
void grammar_chain_close(struct grammar_chain *chain);

/* The lowest loss of who sees the current letter alone: the entropy of the next one given it, nats.
 * Exact. */
double grammar_chain_current(const struct grammar_chain *chain);

/* The lowest mean loss in windows of `context` letters that start anywhere in the endless text,
 * nats per letter: at place i the reader has seen i letters. */
struct grammar_bound {
    double loss;
    double error; /* its standard error: grammar_bound_error unless `windows` were too few */
    int windows;  /* drawn */
};

/* 0.001 nats, and the most windows that are drawn for it. */
extern const double grammar_bound_error;
enum { GRAMMAR_BOUND_WINDOWS = 32768 };

/* Draws windows from the chain itself and takes, at each place, the entropy of what can come next
 * given the letters so far; the same context gives the same bits. Once stopped() is true, where
 * that is not NULL, it ends early, with what it has drawn by then. */
struct grammar_bound grammar_chain_bound(const struct grammar_chain *chain, int context,
                                         bool (*stopped)(void *argument), void *argument);

#endif
