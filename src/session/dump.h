/* What is needed to redo one step elsewhere, as a safetensors file: weights before the step,
 * gradients, stream gradients, the batch, and every setting.
 *
 *   left.param.NAME, right.param.NAME   the weights that the gradients were taken at
 *   left.grad.NAME, ...                 dLoss/dW, before clipping
 *   left.stream_grad.l, ...             dLoss/dx_l, [B, T, D], l = 0..L
 *   left.loss, ...                      nats per predicted token, one double
 *   tokens, targets                     [B, T], int32; a target of -1 is not predicted
 *   pixels                              [B, T, P], the patches of images; only of tasks of images
 *
 * NAME, shapes and types are those of tensor_file.h. */
#ifndef LNSCOPE_SESSION_DUMP_H
#define LNSCOPE_SESSION_DUMP_H

#include "base/error.h"
#include "train/pair.h"

#include <stdio.h>

struct dump {
    real *weight[SIDES]; /* [parameters] of each model, as they were before the step */
};

/* Copies the weights; call it before the step that is to be written. */
void dump_before(struct dump *dump, const struct pair *pair);

/* Writes the step that the pair has just made. False with a reason when a stack computed nothing in
 * it, having diverged earlier. Errors of writing show in the stream. */
bool dump_write(const struct dump *dump, const struct pair *pair, FILE *out, struct error *error);

/* Frees the copies; does nothing for a struct that is all zero. */
void dump_close(struct dump *dump);

#endif
