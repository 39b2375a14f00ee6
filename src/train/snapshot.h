/* Everything measured in one step of one stack: a plain value, copied freely. */
#ifndef LNSCOPE_TRAIN_SNAPSHOT_H
#define LNSCOPE_TRAIN_SNAPSHOT_H

#include "core/placement.h"
#include "core/probe.h"
#include "train/side.h"

#include <stdbool.h>
#include <stdint.h>

enum { LAYERS_MAX = 128, BLOCK_TENSORS_MAX = 40 };

/* Where a stack stopped being finite. */
enum fault_place {
    FAULT_NONE,
    FAULT_STREAM,   /* forward: x_l, the output of block `layer` (0: the embedding) */
    FAULT_LOSS,     /* forward: the streams are finite, the loss is not */
    FAULT_GRADIENT, /* backward: dLoss/dx_l, l = `layer` */
    FAULT_PARAMETER /* backward: a parameter gradient of block `layer` (0: outside the blocks) */
};

/* ... and in which part of the block, where that is known: of FAULT_STREAM and FAULT_PARAMETER. */
enum fault_part { FAULT_WHOLE, FAULT_ATTENTION, FAULT_FEED_FORWARD };

struct fault {
    enum fault_place place;
    int layer;
    int64_t step;
    enum fault_part part;
};

/* One per-block parameter tensor, as measured; its name is that of the model's tensor table, such
 * as "attn.qkv.weight". Index [l] is block l+1, 0 <= l < layers. */
struct tensor_snapshot {
    const char *name;               /* points into a static table */
    float grad[LAYERS_MAX];         /* L2 norm of dLoss/dW, before clipping */
    float update_ratio[LAYERS_MAX]; /* |W_new - W_old| / |W_old|, L2 norms; NAN where |W_old| = 0 */
    float weight[LAYERS_MAX];       /* |W_old|, L2 norm */
};

/* One sublayer of every block, at the points of probe.h; index [l] is block l+1. NAN where the
 * placement has no such point or norm. A block with one sublayer (parallel) has only the first, in
 * which FLOW_BRANCH is the sum of attention and feed-forward network.
 *
 * At a point that more than one way leads on from, the gradient is that of all of them: of
 * `residual` FLOW_BRANCH has that of both streams, of `b2t` FLOW_X of a block that of its way to
 * the block's last norm. Of `residual` the stream is the Post-LN one, as in stream_grad. */
struct flow {
    float rms[FLOW_POINTS][LAYERS_MAX];  /* root mean square over batch, tokens, width */
    float grad[FLOW_POINTS][LAYERS_MAX]; /* L2 norm of dLoss/d(point) over the whole batch */
    float rstd[FLOW_NORMS][LAYERS_MAX];  /* mean over batch and tokens of 1/sigma of the norm, with
                                            its epsilon; of RMSNorm sigma is the root mean square,
                                            DyT has none. A factor of the result, as `lns` has it,
                                            is not in it */
};

/* What is measured only in some steps (enum watch, run.h). */
struct detail {
    bool measured; /* false: all numbers are NAN, as they are of a step that is not finite */
    float cosine[LAYERS_MAX + 1];     /* mean over batch and tokens of cos(x_l, x_(l-1)); [0] NAN */
    float similarity[LAYERS_MAX + 1]; /* mean cosine of two different tokens of one sequence in x_l;
                                         NAN where sequences have one token */
    float entropy[LAYERS_MAX]; /* of the attention probabilities of block l+1, as part of that of
                                  even attention (1: even, 0: all on one key): mean over batch,
                                  heads and those queries that see more than one key; NAN where
                                  there are none */
    float share[LAYERS_MAX];   /* |x_(l+1) - x_l| over |x_l|, L2 over the whole batch */
    struct flow flow[FLOW_SUBLAYERS];
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
    struct detail detail;
    bool finite;        /* every number of this step is finite */
    struct fault fault; /* the first place, in the order of computation, that was not; kept in all
                           later snapshots of the run: a diverged stack computes no more */
};

#endif
