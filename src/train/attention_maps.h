/* Attention maps: what every head of one block gives to the keys that its queries see, in the step
 * that is done, as plain values. Measured only while somebody looks; a run is read, and not
 * changed. */
#ifndef LNSCOPE_TRAIN_ATTENTION_MAPS_H
#define LNSCOPE_TRAIN_ATTENTION_MAPS_H

#include "train/run.h"

/* The most tokens of a map; of a longer context it is a window. */
enum { ATTENTION_SIDE = 64 };

/* While a run goes on, its attention is looked at in every so-many-th step. */
enum { ATTENTION_STEPS = 5 };

/* What is looked at. */
struct attention_look {
    bool on;
    int block;    /* from 0; of one beyond the last, the last */
    int sequence; /* of the batch, from 0; -1: the mean over all of them */
    int from;     /* the first token of the window; as far as the context has as many behind it */
    int64_t step; /* of the run under way; 0: the newest */
};

bool attention_look_is_same(const struct attention_look *a, const struct attention_look *b);

struct attention_maps {
    struct attention_look look; /* as it was asked for */
    int64_t step;               /* the step whose batch was read */
    bool finite;                /* false: the stack's numbers are lost, and there are no maps */
    int block, sequence, sequences;
    int heads;
    int tokens, from, count; /* of the context; the first of the window, and how many it has */
    /* [heads] entropy of what a query gives, as part of that of giving the same to each key that it
     * sees: the mean over the queries that see more than one, 0 .. 1. */
    float *entropy;
    /* [heads][count queries][count keys] what a query gives to a key times the number of keys that
     * it sees, so that even attention is 1 everywhere; NAN where it does not see the key. */
    float *share;
};

/* The maps of the newest step of a run whose model has not computed anything since; the caller
 * frees them. */
struct attention_maps *attention_maps_of(const struct run *run, const struct attention_look *look);
void attention_maps_free(struct attention_maps *maps);

/* The share of a key, both counted in the context; NAN outside the window. */
double attention_share(const struct attention_maps *maps, int head, int query, int key);

#endif
