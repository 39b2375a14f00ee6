/* What the screen remembers of the current run: curves of both stacks, and marked events.
 *
 * A fixed number of points: when they are full every second one is dropped and from then on only
 * every second step is kept, so that the whole run stays in view and memory does not grow. */
#ifndef LNSCOPE_TRAIN_HISTORY_H
#define LNSCOPE_TRAIN_HISTORY_H

#include "train/snapshot.h"

#include <stddef.h>

enum { HISTORY_POINTS = 16384, HISTORY_MARKS = 256, MARK_TEXT = 48 };

/* Scalars of one step of one stack; NAN where not measured. */
struct history_point {
    double loss;
    double smooth; /* exponential mean of the loss, debiased (history_smoothing) */
    double valid_loss;
    double ratio;
    double grad_norm;
    double lr;
};

/* A setting that was changed, or another event worth a line on the curves. */
struct history_mark {
    int64_t step; /* the first step that it acts on */
    char text[MARK_TEXT];
};

struct history {
    int64_t stride; /* point i is step (i + 1) * stride */
    int count;
    struct history_point *point[SIDES];  /* HISTORY_POINTS each */
    double smooth[SIDES], weight[SIDES]; /* sums of the exponential mean; see history_smooth() */
    double valid[SIDES];                 /* the newest held-out loss; NAN: none yet */
    struct snapshot last[SIDES];         /* the newest snapshots; step 0: none yet */
    struct snapshot last_finite[SIDES];  /* the newest that were finite: what the bars keep */
    int marks;
    struct history_mark mark[HISTORY_MARKS]; /* the oldest goes when full */
};

/* The weight of the past in the smoothed loss: 0.95 per step (a memory of some 20 steps). */
extern const double history_smoothing;

void history_open(struct history *history);
void history_close(struct history *history);

/* Forgets everything: a new run begins. */
void history_clear(struct history *history);

/* Adds the snapshots of one step of both stacks; both have the same step, one more than the last.
 */
void history_add(struct history *history, const struct snapshot snapshot[SIDES]);

void history_add_mark(struct history *history, int64_t step, const char *text);

/* The smoothed loss now, at full resolution; it stays as it was when the loss is no longer finite.
 * NAN before the first finite loss. */
double history_smooth(const struct history *history, enum side side);

/* The step of point i, and the point of one stack. */
int64_t history_step(const struct history *history, int i);
const struct history_point *history_at(const struct history *history, enum side side, int i);

#endif
