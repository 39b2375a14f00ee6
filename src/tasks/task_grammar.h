/* Endless text from a probabilistic grammar, and what can be known of it exactly.
 *
 * A grammar is read from a text (assets/grammar.txt opens with the format) into flat arrays. It is
 * not recursive, so that its longest sentence, its letter frequencies and its entropy are finite
 * sums. Each sentence is followed by one newline, which occurs nowhere else. Knows no task. */
#ifndef LNSCOPE_TASKS_TASK_GRAMMAR_H
#define LNSCOPE_TASKS_TASK_GRAMMAR_H

#include "base/error.h"
#include "core/rng.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    GRAMMAR_VOCAB = 96,     /* printable ASCII and the newline */
    GRAMMAR_SENTENCE = 512, /* tokens of the longest sentence that is accepted, newline included */
    GRAMMAR_NEWLINE = 0     /* its token: the smallest byte of the vocabulary */
};

/* Alternative i of a rule is drawn where a uniform integer below the rule's `total` falls below
 * `upto` of i, but not of i - 1. */
struct grammar_rule {
    int first, count; /* its alternatives */
    uint32_t total;   /* sum of their weights */
};

struct grammar_alternative {
    uint32_t upto;    /* sum of the weights of the rule's alternatives up to this one */
    int first, count; /* its symbols */
};

struct grammar {
    int rules;
    struct grammar_rule *rule; /* rule 0 is the sentence */
    int alternatives;
    struct grammar_alternative *alternative;
    int symbols;
    int32_t *symbol;                     /* a token, or ~r for an expansion of rule r */
    int vocab;                           /* V */
    unsigned char letter[GRAMMAR_VOCAB]; /* the byte of a token, in rising order */
    double frequency[GRAMMAR_VOCAB];     /* share of a token in the endless text */
    int longest;                         /* tokens of the longest sentence, newline included */
    double length;                       /* expected tokens of a sentence, newline included */
    double unigram_entropy;              /* nats per token, without context */
    double entropy_rate; /* nats per token, with unlimited context: the entropy of a derivation over
                            its expected length, exact as long as the grammar is unambiguous */
};

/* Reads a grammar. False with "grammar line N: ..." for what is malformed, undefined, unused,
 * defined twice or recursive; then there is nothing to close. */
bool grammar_open(struct grammar *grammar, const char *text, struct error *error);
void grammar_close(struct grammar *grammar);

/* Draws one sentence with its newline into out[GRAMMAR_SENTENCE]; returns its number of tokens. */
int grammar_sentence(const struct grammar *grammar, struct rng *rng, int32_t *out);

/* A reader of endless text. */
struct grammar_text {
    const struct grammar *grammar;
    struct rng rng;
    int length, next;
    int32_t sentence[GRAMMAR_SENTENCE];
};

/* Starts at a token drawn uniformly from the endless text, so that the text that follows is
 * stationary: at every place each token has the probability `frequency`. */
void grammar_text_start(struct grammar_text *text, const struct grammar *grammar, struct rng rng);
int32_t grammar_text_next(struct grammar_text *text);

#endif
