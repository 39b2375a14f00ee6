/* A run: one stack in training. Model + optimizer + batches; a step fills a snapshot.
 *
 * Single-threaded unless it is handed a way to run tasks side by side; the bits of the result do
 * not depend on that. It knows no screen and no clock. */
#ifndef LNSCOPE_TRAIN_RUN_H
#define LNSCOPE_TRAIN_RUN_H

#include "core/model.h"
#include "core/optimizer.h"
#include "core/parallel.h"
#include "tasks/task.h"
#include "train/omega.h"
#include "train/settings.h"
#include "train/snapshot.h"

/* A task with held-out data is validated before every RUN_VALIDATION_STEPS-th step, the first
 * included, and before the last, on RUN_VALIDATION_BATCHES batches that stay the same. */
enum { RUN_VALIDATION_STEPS = 50, RUN_VALIDATION_BATCHES = 4 };

/* What a step measures besides: a sum of these. None of it touches the numbers of the run. */
enum watch {
    WATCH_DETAIL = 1,      /* the quantities of WHEN_DETAIL in every step */
    WATCH_SAMPLES = 2,     /* what the stacks write (train/sample.h) */
    WATCH_SOME_DETAIL = 4, /* WHEN_DETAIL in the first step and in every RUN_DETAIL_STEPS-th */
    WATCH_SOME_SAMPLES = 8 /* few samples of one text, of the first step and at intervals */
};
enum { RUN_DETAIL_STEPS = 8 };

/* The final norm, while the stack is switched to a placement that has none: the weights of its
 * tensors and their moments, to be taken up again. */
struct stashed_norm {
    int tensors; /* 0: nothing is stashed */
    struct {
        const char *kind;
        size_t count;
        real *numbers; /* [3][count]: weight, first and second moment; owned */
    } tensor[3];       /* gain, bias, alpha */
};

struct run {
    struct settings settings;
    enum side side;
    const struct task *task;         /* not owned */
    const struct parallel *parallel; /* not owned; NULL: one task after the other */
    unsigned watch;                  /* a sum of enum watch; 0: only what every step measures */
    struct model model; /* after a step: the new weights, the gradients of the step (before
                           clipping), and its tokens and targets */
    struct optimizer_state optimizer;
    struct probe probe; /* the model has it in the steps that measure details */
    struct stashed_norm stash;
    int64_t step;              /* steps done */
    struct snapshot *snapshot; /* what the newest step has measured; of step 0 before the first, and
                                  after a state was put. Owned */
    struct fault fault;        /* once set, no more steps are computed */
};

/* What the settings make of one side's model, for a vocabulary of `vocab`. */
struct model_config run_model_config(const struct settings *settings, enum side side, int vocab);

/* Bytes that run_open() will allocate for numbers. */
size_t run_bytes(const struct settings *settings, enum side side, int vocab);

/* Bytes that a step of it allocates beside that and gives back, at most, on so many threads. */
size_t run_scratch_bytes(const struct settings *settings, enum side side, int vocab, int threads);

/* Bytes of a snapshot. */
size_t run_snapshot_bytes(const struct settings *settings, enum side side, int vocab);

/* Allocates and initialises; false with a reason when there is no memory. `task` must outlive the
 * run. */
bool run_open(struct run *run, const struct settings *settings, enum side side,
              const struct task *task, struct error *error);
void run_close(struct run *run);

/* Frees what is stashed; then nothing is. */
void run_drop_stash(struct stashed_norm *stash);

/* One step: batch, forward, backward, measurements, clipping, update. Fills run->snapshot. */
void run_step(struct run *run);

/* What the settings make of an update at a rate, with gradients times `scale`. */
struct optimizer_step run_optimizer_step(const struct settings *settings, double lr, double scale);

/* Whether a stack could go on under another placement with the weights that it has: the two have
 * the same tensors, but for those of the final norm. */
bool run_can_switch(const struct run *run, enum placement placement);

/* The same, before there is a run: whether a stack of these settings could. */
bool run_settings_can_switch(const struct settings *settings, enum side side,
                             enum placement placement);

/* Goes on under another placement: weights, moments and the count of steps stay. A final norm that
 * comes in starts at its initial values, or where it was when the run last had it. False with a
 * reason, and all as it was, when the placements do not fit or there is no memory for a second
 * stack. */
bool run_switch(struct run *run, enum placement placement, struct error *error);

/* Admin's factor of the stream; NAN for another placement. */
struct omega run_omega(const struct run *run);

/* From the next step on; only settings that leave the model as it is may differ. */
void run_set(struct run *run, const struct settings *settings);

#endif
