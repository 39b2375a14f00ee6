/* What the experiments behind the claims are made of: settings, and stacks that train.
 *
 * An experiment runs in one thread, for one seed. It asks lab_ended() in whatever takes long, and
 * once that is true it comes to its end by the shortest way: what it measured is dropped. */
#ifndef LNSCOPE_CLAIMS_CLAIM_LAB_H
#define LNSCOPE_CLAIMS_CLAIM_LAB_H

#include "claims/claims.h"
#include "train/run.h"

struct claim_lab {
    const struct claim_row *row;
    const struct claims_request *request; /* who may stop the experiment; NULL: nobody */
    uint64_t seed;
    struct error error; /* why it could not be done; empty: all is well */
    double value[CLAIM_QUANTITIES];
    int values;
};

/* The stack of one side of a session, in training or before it. */
struct lab_stack {
    struct claim_lab *lab;
    struct task *task;
    struct run run;
    struct snapshot snapshot; /* of the last step */
    double smooth, weight;    /* of the exponential mean of the loss */
};

/* No more is to be computed: an error, or a wish to stop. */
bool lab_ended(const struct claim_lab *lab);

/* Notes the next of the claim's quantities, in the order of its row. */
void lab_note(struct claim_lab *lab, double value);

/* The setting of the claim's row, with the experiment's seed. */
struct settings lab_settings(const struct claim_lab *lab);

/* The same from text such as "--layers 6 --lr 1e-3"; dies when it is not valid, since such text
 * stands in the program. */
struct settings lab_parse(const char *text);

/* setting_set() for a setting and a value that stand in the program. */
void lab_set(struct settings *settings, const char *name, const char *value);

/* Opens a stack with initial weights; false where there is no memory, with the lab's error set. A
 * stack that is not open can be closed, and trains no steps. */
bool lab_open(struct lab_stack *stack, struct claim_lab *lab, const struct settings *settings,
              enum side side);
void lab_close(struct lab_stack *stack);

/* Trains until `step` steps are done. */
void lab_train(struct lab_stack *stack, int64_t step);

/* To be called after each step that is not lab_train()'s. */
void lab_smooth(struct lab_stack *stack, double loss);

/* The exponential mean of the loss (a memory of 20 steps) as a part of the loss without context;
 * NAN once it diverged. */
double lab_loss(const struct lab_stack *stack);

/* Trains a fresh stack for the settings' steps; returns lab_loss(). */
double lab_train_fresh(struct claim_lab *lab, const struct settings *settings, enum side side);

/* Gives the model a batch: that of a training step, or one that no training sees. */
enum { LAB_PROBE = 1 << 30 };
void lab_batch(struct lab_stack *stack, int64_t index);

#endif
