/* A run: one stack in training. Model + optimizer + batches; a step fills a snapshot.
 *
 * Single-threaded unless it is handed a way to run tasks side by side; the bits of the result do
 * not depend on that. It knows no screen and no clock. */
#ifndef LNSCOPE_TRAIN_RUN_H
#define LNSCOPE_TRAIN_RUN_H

#include "core/model.h"
#include "core/optimizer.h"
#include "core/parallel.h"
#include "train/settings.h"
#include "train/snapshot.h"
#include "train/task.h"

struct run {
    struct settings settings;
    enum side side;
    const struct task *task; /* not owned */
    struct model model;      /* after a step: the new weights, the gradients of the step (before
                                clipping), and its tokens and targets */
    struct optimizer_state optimizer;
    int64_t step;        /* steps done */
    struct fault fault;  /* once set, no more steps are computed */
};

/* Allocates and initialises; false with a reason when there is no memory. `task` must outlive the
 * run; `parallel` may be NULL. */
bool run_open(struct run *run, const struct settings *settings, enum side side,
              const struct task *task, const struct parallel *parallel, struct error *error);
void run_close(struct run *run);

/* One step: batch, forward, backward, measurements, clipping, update. Fills *snapshot. */
void run_step(struct run *run, struct snapshot *snapshot);

/* From the next step on; only settings that leave the model as it is may differ. */
void run_set(struct run *run, const struct settings *settings);

#endif
