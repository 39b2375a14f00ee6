/* Everything measured in one step of one stack: a plain value, copied freely. */
#ifndef LNSCOPE_TRAIN_SNAPSHOT_H
#define LNSCOPE_TRAIN_SNAPSHOT_H

#include "core/placement.h"

#include <stdbool.h>
#include <stdint.h>

enum side { LEFT, RIGHT, SIDES };

enum { LAYERS_MAX = 128, BLOCK_TENSORS_MAX = 40 };

/* Where a stack stopped being finite. */
enum fault_place {
    FAULT_NONE,
    FAULT_STREAM,   /* forward: x_l, the output of block `layer` (0: the embedding) */
    FAULT_LOSS,     /* forward: the streams are finite, the loss is not */
    FAULT_GRADIENT, /* backward: dLoss/dx_l, l = `layer` */
    FAULT_PARAMETER /* backward: a parameter gradient of block `layer` (0: outside the blocks) */
};

struct fault {
    enum fault_place place;
    int layer;
    int64_t step;
};

/* One per-block parameter tensor, as measured; its name is that of the model's tensor table, such
 * as "attn.qkv.weight". Index [l] is block l+1, 0 <= l < layers. */
struct tensor_snapshot {
    const char *name;               /* points into a static table */
    float grad[LAYERS_MAX];         /* L2 norm of dLoss/dW, before clipping */
    float update_ratio[LAYERS_MAX]; /* |W_new - W_old| / |W_old|, L2 norms; NAN where |W_old| = 0 */
};

struct snapshot {
    int64_t step; /* 1 is the first step; 0: nothing measured yet */
    enum placement placement;
    enum norm norm;
    int layers;        /* L */
    double loss;       /* nats per predicted token, of this step's batch, before the update */
    double valid_loss; /* the same over held-out data; NAN in steps (and tasks) without it */
    double lr;         /* learning rate of this step's update */
    double grad_norm;  /* L2 norm of the whole parameter gradient, before clipping */
    double clip;       /* factor by which clipping scaled the gradient; 1: not at all */
    double ratio;      /* stream_grad[0] / stream_grad[L] */
    /* L2 norm of dLoss/dx_l over the whole batch. Of `residual` x_l is the Post-LN stream, and the
     * gradient at l > 0 what flows through it alone; x_0 is the start of both streams. */
    float stream_grad[LAYERS_MAX + 1];
    float stream_rms[LAYERS_MAX + 1]; /* root mean square of x_l over batch, tokens, width */
    int tensors;                      /* rows of `tensor` in use */
    struct tensor_snapshot tensor[BLOCK_TENSORS_MAX];
    bool finite;        /* every number of this step is finite */
    struct fault fault; /* the first place, in the order of computation, that was not; kept in all
                           later snapshots of the run: a diverged stack computes no more */
};

#endif
