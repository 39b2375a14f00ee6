/* The state of a pair between two steps: with the settings, all that the next step depends on.
 *
 * Batches and initial values are functions of the seed and the number of the step, so that there is
 * no generator to keep. A pair that is given a state goes on with the same bits. */
#ifndef LNSCOPE_TRAIN_STATE_H
#define LNSCOPE_TRAIN_STATE_H

#include "train/pair.h"

struct run_state {
    enum placement placement; /* it can be switched while a stack trains */
    enum optimizer optimizer; /* whose moments these are */
    int64_t updates;
    struct fault fault;
    size_t parameters;             /* length of the arrays, padding included */
    real *weight, *first, *second; /* [parameters]; weight owns the block of all three */
    struct stashed_norm stash;     /* owned */
};

struct pair_state {
    struct settings settings; /* in force at the next step */
    int64_t step;             /* steps done */
    size_t bytes;             /* that it takes */
    int vocab;                /* V of the models */
    struct run_state run[SIDES];
};

/* The bytes that a state of this pair takes; and, before there is one, of a pair with these
 * settings and a vocabulary of `vocab`. */
size_t pair_state_bytes(const struct pair *pair);
size_t pair_state_bytes_for(const struct settings *settings, int vocab);

/* A copy of the pair's state; NULL when there is no memory. Free with pair_state_free(). */
struct pair_state *pair_state_take(struct pair *pair);

/* The same, where `old` is a state that nobody needs any more: it becomes the copy, in the memory
 * that it has as far as that fits, which spares new pages. It is freed where there is no memory. */
struct pair_state *pair_state_retake(struct pair_state *old, struct pair *pair);

/* Makes the pair's state a copy of this one, its settings included. The pair was opened with
 * settings that make the same models. False with a reason, and the pair as it was, when they are
 * not the same or there is no memory. */
bool pair_state_put(struct pair *pair, const struct pair_state *state, struct error *error);

void pair_state_free(struct pair_state *state);

#endif
