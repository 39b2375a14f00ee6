/* The sampler: lets a stack write, one token of each text a call, between two steps of its run.
 *
 * What it reads is drawn from the task (task_questions()), the same for both stacks and at every
 * step. A token is drawn from the softmax of the stack at temperature 1 with a number that is a
 * function of (seed, text, place) alone: both stacks throw the same dice at every step, so that a
 * text changes only where what the stack has learned has changed. Where a text outgrows the context
 * it goes on from the last half of that, and then places again (model_predict()). The run goes on
 * with the same bits as without samples; only the tokens and activations of its model are
 * overwritten. */
#ifndef LNSCOPE_TRAIN_SAMPLER_H
#define LNSCOPE_TRAIN_SAMPLER_H

#include "train/run.h"
#include "train/sample.h"

struct sampler {
    struct sample sample; /* under way, or complete */
    /* Private: */
    int most;                /* texts that a model of this batch can write at once */
    int texts;               /* that are written now: all of them, or the first */
    int length;              /* tokens of a text, the question included */
    int32_t *token, *target; /* [texts][length]; targets as the task gives them */
    int at;                  /* the place that is written next; `length`: complete */
    int from;                /* the place of a text that is the model's first, ... */
    int ready;               /* ... and how many the model has been through from there */
};

/* Allocates for a run, which needs not have begun. */
void sampler_open(struct sampler *sampler, const struct run *run);
void sampler_close(struct sampler *sampler);

/* How many steps should lie between two samples; 0: the task has nothing to write. While somebody
 * watches, they cost at most about as much time as the steps, and can be read; otherwise they are
 * there for whoever looks back, and cost about a hundredth of it. */
int sampler_distance(const struct sampler *sampler, const struct run *run, bool watched);

/* Begins a sample of the run as it is now, and drops one that is not complete. Of all texts, or,
 * where nobody watches, of the first alone, which is the same in both. */
void sampler_begin(struct sampler *sampler, const struct run *run, bool watched);

/* Writes on; false when the sample is complete. The weights must be those of sampler_begin(). */
bool sampler_go_on(struct sampler *sampler, struct run *run);

#endif
