/* Updates: what a trainer publishes, as values of their own; and a queue of them.
 *
 * Knows no threads: the trainer has the queue under its mutex. */
#ifndef LNSCOPE_TRAIN_UPDATE_H
#define LNSCOPE_TRAIN_UPDATE_H

#include "base/error.h"
#include "train/attention_maps.h"
#include "train/omega.h"
#include "train/sample.h"
#include "train/settings.h"
#include "train/snapshot.h"
#include "train/state.h"

enum update_kind {
    UPDATE_STEP,    /* a step of both stacks is done */
    UPDATE_RESTART, /* a run begins: forget the previous one; `task` and `settings` are its own */
    UPDATE_CHANGE,  /* settings of the optimizer changed, or a placement was switched; `step` is the
                       first that they act on */
    UPDATE_BRANCH,  /* the run has gone back to `step`, and goes on from there: forget what followed
                     */
    UPDATE_BACK,    /* rows of what others train go on from before `step`, and `step` is gone too */
    UPDATE_SAMPLE,  /* both stacks have written a sample, of the weights after `step` steps */
    UPDATE_ATTENTION, /* attention was looked at, in the newest step */
    UPDATE_STATE,     /* the answer to trainer_save(): `state`, after `step` steps */
    UPDATE_LOAD,  /* as UPDATE_RESTART, but a saved run goes on, after `step` steps; `state` is the
                     one that was handed to trainer_load() */
    UPDATE_END,   /* the last step of `settings.steps` is done: the trainer has paused */
    UPDATE_FAILED /* a command could not be carried out (`error`); all is as it was before it.
                     `state` is that of a trainer_load() which failed */
};

enum { UPDATE_NAME = 64 };   /* bytes of a run's name, with its NUL */
enum { UPDATE_DOUBT = 320 }; /* and of what is wrong with its text */

/* What there is to say of the run: of all updates but UPDATE_STEP, UPDATE_BACK,
 * UPDATE_SAMPLE and UPDATE_ATTENTION. */
struct update_run {
    struct settings settings;
    struct settings before; /* of UPDATE_BRANCH: those of `step`; `settings` act after it */
    struct task_info task;
    struct task_symbols symbols;
    char doubt[UPDATE_DOUBT];  /* task_doubt() */
    int64_t parameters[SIDES]; /* number of trained values */
    struct omega omega[SIDES]; /* as profiled; not of UPDATE_BRANCH */
    bool gaps;                 /* others train it: its steps have gaps, */
    char name[UPDATE_NAME];    /* and this is what it is called; "" of our own runs */
};

/* What it holds is as large as its kind needs, snapshots as large as the model. */
struct update {
    enum update_kind kind;
    int64_t step;
    struct snapshot *snapshot[SIDES];        /* of UPDATE_STEP; of UPDATE_BRANCH: those of `step` */
    struct sample *sample;                   /* [SIDES] of UPDATE_SAMPLE */
    struct attention_maps *attention[SIDES]; /* of UPDATE_ATTENTION; NULL: there are none */
    struct update_run *run;                  /* of the others */
    struct pair_state *state;                /* of UPDATE_STATE (NULL: there was no memory for it),
                                                UPDATE_LOAD, UPDATE_FAILED */
    struct pair_state *ended; /* of UPDATE_RESTART, UPDATE_LOAD, UPDATE_BRANCH: the last
                                 state of the run that was before, where the trainer keeps
                                 those that end and there is memory */
    struct error error;       /* of UPDATE_FAILED */
    struct update *next;      /* private: in the queue */
};

/* An update about the pair as it is now: of its step, and with what there is to say of its run
 * where the kind has that, but for `before` and `omega`. Dies when there is no memory. */
struct update *update_new(enum update_kind kind, const struct pair *pair);

/* Adds copies of the pair's snapshots. */
void update_add_snapshots(struct update *update, const struct pair *pair);

/* Frees it with all that it holds; does nothing for NULL. */
void update_free(struct update *update);

/* The oldest first. All zero is an empty one. */
struct update_queue {
    struct update *oldest, *newest;
    int count;
};

/* The queue owns the update until it is taken out, the oldest first; NULL: there is none. */
void update_put(struct update_queue *queue, struct update *update);
struct update *update_take(struct update_queue *queue);

#endif
