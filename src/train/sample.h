/* A sample: what a stack writes, with how sure it was; and the samples of a session over time.
 * Plain values: who writes them is in train/sampler.h. */
#ifndef LNSCOPE_TRAIN_SAMPLE_H
#define LNSCOPE_TRAIN_SAMPLE_H

#include "core/shard.h"
#include "train/snapshot.h"

#include <stdbool.h>
#include <stdint.h>

enum { SAMPLE_TEXTS = MODEL_SHARDS, SAMPLE_TOKENS = 128, SAMPLE_GUESSES = 3 };

/* A question or a prompt, and what the stack has written after it or into it. */
struct sample_text {
    int count; /* tokens in the arrays */
    int from;  /* tokens of the question left out before them, for want of room */
    int16_t token[SAMPLE_TOKENS];
    int16_t right[SAMPLE_TOKENS];     /* what would be right there; -1: any token may be */
    float probability[SAMPLE_TOKENS]; /* that the stack gave to it; NAN: it was given */
};

/* A token, and the probability that the stack gives to it. */
struct sample_guess {
    int16_t token;
    float probability;
};

struct sample {
    int64_t step; /* steps done by the weights that wrote it; 0: the initial ones */
    bool finite;  /* false: the stack's numbers are lost, and there is no text */
    int texts;
    struct sample_text text[SAMPLE_TEXTS];
    /* The likeliest at the first place written in the first text, from the likeliest down: there
     * both stacks have read the same. */
    struct sample_guess guess[SAMPLE_GUESSES];
};

/* What can be said of a sample as a whole, over all of its texts. */
struct sample_summary {
    int written;        /* tokens; 0: all below is NAN or 0 */
    double probability; /* mean over them */
    double bits;        /* mean of -log2 of the probability */
    int asked, right;   /* of those with a right answer: how many, and how many were met */
};
struct sample_summary sample_summarise(const struct sample *sample);

/* The samples of a run in the order of their steps. Memory is fixed: where it is full every second
 * sample is dropped, and from then on only every second one kept, but the newest always is. */
enum { SAMPLE_HISTORY = 256 };

struct sample_pair {
    struct sample side[SIDES];
};

struct sample_history {
    int count;
    int64_t stride;           /* the least distance of two that are kept, in steps */
    struct sample_pair *pair; /* [SAMPLE_HISTORY], oldest first; the last is the newest */
};

void sample_history_open(struct sample_history *history);
void sample_history_close(struct sample_history *history);
void sample_history_clear(struct sample_history *history);

/* Forgets the samples of steps after `step`: the run has gone back. */
void sample_history_truncate(struct sample_history *history, int64_t step);

/* Of a later step than the others; one of the same step takes its place. */
void sample_history_add(struct sample_history *history, const struct sample sample[SIDES]);

/* The newest of a step not after `step`; NULL: there is none. */
const struct sample *sample_history_at(const struct sample_history *history, enum side side,
                                       int64_t step);

#endif
