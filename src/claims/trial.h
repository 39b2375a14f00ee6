/* A trial: the experiment behind a claim, for one seed; and what it is made of, settings and stacks
 * that train.
 *
 * It runs in one thread. It asks trial_ended() in whatever takes long, and once that is true it
 * comes to its end by the shortest way: what it measured is dropped. */
#ifndef LNSCOPE_CLAIMS_TRIAL_H
#define LNSCOPE_CLAIMS_TRIAL_H

#include "claims/claim.h"
#include "session/verdict.h"
#include "train/run.h"

struct trial {
    const struct claim_row *row;
    uint64_t seed;
    bool (*stopped)(void *argument); /* who may stop it; NULL: nobody */
    void *argument;
    struct error error; /* why it could not be done; empty: all is well */
    double value[CLAIM_QUANTITIES];
    int values;
};

/* The stack of one side of a session, in training or before it. */
struct trial_stack {
    struct trial *trial;
    struct task *task;
    struct run run;
    struct verdict verdict; /* of its steps, and thereby the smoothed loss */
};

/* No more is to be computed: an error, or a wish to stop. */
bool trial_ended(const struct trial *trial);

/* Notes the next of the claim's quantities, in the order of its row. */
void trial_note(struct trial *trial, double value);

/* The setting of the claim's row, with the experiment's seed. */
struct settings trial_settings(const struct trial *trial);

/* The same from text such as "--layers 6 --lr 1e-3"; dies when it is not valid, since such text
 * stands in the program. */
struct settings trial_parse(const char *text);

/* setting_set() for a setting and a value that stand in the program. */
void trial_set(struct settings *settings, const char *name, const char *value);

/* Opens a stack with initial weights; false where there is no memory, with the trial's error set. A
 * stack that is not open can be closed, and trains no steps. */
bool trial_open(struct trial_stack *stack, struct trial *trial, const struct settings *settings,
                enum side side);
void trial_close(struct trial_stack *stack);

/* Trains until `step` steps are done. */
void trial_train(struct trial_stack *stack, int64_t step);

/* Forgets the losses so far: the smoothed loss begins anew. */
void trial_forget(struct trial_stack *stack);

/* The exponential mean of the loss (a memory of 20 steps) as a part of the loss without context;
 * NAN once it diverged. */
double trial_loss(const struct trial_stack *stack);

/* Trains a fresh stack for the settings' steps; returns trial_loss(). */
double trial_train_fresh(struct trial *trial, const struct settings *settings, enum side side);

/* The loss on TRIAL_HELD_OUT batches that no training sees, likewise. */
enum { TRIAL_HELD_OUT = 32 };
double trial_held_out(struct trial_stack *stack);

/* Gives the model a batch: that of a training step, or one that no training sees. */
enum { TRIAL_PROBE = 1 << 30 };
void trial_batch(struct trial_stack *stack, int64_t index);

#endif
