/* Sums modulo p as a task: problems a + b = c (mod p), of which c is predicted. A part of the p * p
 * sums can be held out, so that one sees when a stack has understood what it first learned by heart
 * (Power 2022, Grokking: Generalization Beyond Overfitting on Small Algorithmic Datasets). Knows no
 * task. */
#ifndef LNSCOPE_TASKS_TASK_MODULAR_H
#define LNSCOPE_TASKS_TASK_MODULAR_H

#include "core/rng.h"

#include <stdbool.h>
#include <stdint.h>

enum { MODULAR_CONTEXT = 4 /* a + b =, behind which c is predicted */ };

struct modular {
    int modulus;    /* p: the numbers 0 .. p-1 are tokens, */
    int32_t plus;   /* ... and these two signs follow */
    int32_t equals; /* the last token */
    int sums;       /* p * p */
    int training;   /* of them are trained on */
    uint16_t *sum;  /* [sums] a * p + b, the training ones first; NULL: all are */
};

/* p * p must fit in 16 bits. The training part is the whole number of sums that is next below
 * train_fraction * p * p, drawn by a stream of its own: the same for all seeds, and without regard
 * to a + b and b + a being the same, as in the paper. False where that is none; then there is
 * nothing to close. At 1 none is held out. */
bool modular_open(struct modular *modular, int modulus, double train_fraction);
void modular_close(struct modular *modular);

/* Problems of uniformly drawn training or held-out sums, one after the other; the last may be cut
 * off. tokens[context] and targets[context]: only c is predicted, at the place of the equals sign.
 */
void modular_sequence(const struct modular *modular, bool held_out, struct rng rng, int context,
                      int32_t *tokens, int32_t *targets);

#endif
