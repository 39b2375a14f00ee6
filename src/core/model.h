/* A decoder-only transformer: parameters, activations, forward, backward.
 *
 * Shapes are row-major. N = B*T rows of tokens; a stream and its gradient are [N][D]. Every
 * parameter is a row of one table (struct tensor), from which sizes, names, gradients, init, decay
 * and bars follow. One arena holds all numbers.
 *
 * A step is cut into a fixed number of shards (runs of whole sequences) and, per matrix, one
 * product for its gradient. What runs side by side writes disjoint memory, and partial sums are
 * added in the order of the shards, so that the bits do not depend on the number of threads. */
#ifndef LNSCOPE_CORE_MODEL_H
#define LNSCOPE_CORE_MODEL_H

#include "base/memory.h"
#include "core/config.h"
#include "core/kernels.h"
#include "core/parallel.h"
#include "core/real.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TENSOR_NAME = 40, MODEL_SHARDS = 4 };

/* One parameter tensor [rows][cols]. */
struct tensor {
    const char
        *kind;      /* name within its block or outside, "attn.qkv.weight", "wte.weight"; static */
    int block;      /* 0..L-1; -1 outside the blocks */
    int rows, cols; /* a matrix is [out][in]; a vector is [1][n] */
    size_t offset;  /* into the parameter arrays, in numbers */
    bool vector;    /* a bias or a norm's gain: 1-D for the outside world, never decayed */
    size_t partial; /* of a vector: offset into a shard's partial gradients */
};

/* One norm of a sublayer (or the final one), where the placement has it. */
struct norm_site {
    bool present;
    int gain, bias;    /* tensors; -1: none */
    real *out;         /* [N][D]; NULL where the result is a stream */
    real *mean, *rstd; /* [N] */
};

enum sublayer_kind { SUBLAYER_ATTENTION, SUBLAYER_FEED_FORWARD, SUBLAYERS_PER_BLOCK };

/* One sublayer f, joined to the stream by the one equation of placement.h. Both kinds are: a first
 * product to `hidden`, something between, a second product from `inner`. */
struct sublayer {
    enum sublayer_kind kind;
    real skip, scale; /* a and b of the equation */
    struct norm_site in, branch, out;
    int first, first_bias;   /* tensors: attn.qkv or ffn.up */
    int second, second_bias; /* tensors: attn.proj or ffn.down */
    real *hidden;            /* [N][3D] q, k, v; or [N][F] slope of the activation */
    real *inner;             /* [N][D] weighted values; or [N][F] activations */
    real *probability;       /* attention: [B][H][Tp][Tp] */
    real *f;                 /* [N][D] output of f; only with a branch norm */
    real *sum;               /* [N][D] the argument of Nout; only with one */
    const real *x;           /* [N][D] the stream before */
    real *y;                 /* [N][D] the stream behind */
};

/* Gradients of one block that its weight products still need while the block below it is under
 * way: two sets take turns. */
struct block_gradients {
    struct {
        real *sum;    /* [N][D] through Nout and, scaled, through b */
        real *scaled; /* [N][D] b times it; only where b is not 1 */
        real *f;      /* [N][D] through Nbranch */
        real *inner;  /* [N][D] or [N][F] */
        real *hidden; /* [N][3D]; the feed-forward's is its `inner` */
    } sublayer[SUBLAYERS_PER_BLOCK];
    real *middle; /* [N][D] the stream between the sublayers */
};

struct model {
    struct model_config config;
    const struct kernels *kernels;

    int tensors;
    struct tensor *tensor; /* [tensors] */
    size_t parameters;     /* length of the parameter arrays, padding included (which stays 0) */
    size_t trained;        /* numbers that are trained, without padding */
    real *weight, *grad;   /* [parameters]; grad is before clipping */
    int token_embedding, position_embedding, head; /* tensors */

    int32_t *tokens, *targets; /* [N]; filled by the caller before model_step(); target -1: none */

    /* What the last model_step() measured. */
    double loss;                /* nats per predicted token */
    double *stream_square;      /* [L+1] sum of squares of x_l */
    double *stream_grad_square; /* [L+1] the same of dLoss/dx_l */
    double *grad_square;        /* [tensors] the same of dLoss/dW */

    /* Private from here on. */
    struct arena arena;
    struct sublayer *sublayer; /* [2L] */
    struct norm_site final;
    real **stream;  /* [L+1], each [N][D]: x_l */
    real **dstream; /* [L+1], each [N][D] */
    real **middle;  /* [L], each [N][D]: the stream between the sublayers */
    real *logits;   /* [N][V], then their gradient */
    real *dfinal;   /* [N][D] */
    real *through;  /* [N][D] gradient at the input of f */
    struct block_gradients block_gradients[2];
    size_t partials; /* numbers of all vectors */
    real *partial;   /* [shards][partials] gradients of vectors */
    int shards;
    double *shard_loss;   /* [shards] */
    double *shard_square; /* [shards][2][L+1] */
    real *scratch;        /* [shards][scratch_size] for attention */
    size_t scratch_size;
    double loss_scale; /* 1 / number of predicted tokens */
    bool backward;     /* false: only the loss is wanted */
};

/* Bytes that model_open() will allocate for the arena. */
size_t model_bytes(const struct model_config *config);

/* Length of the parameter arrays, padding included. */
size_t model_parameters(const struct model_config *config);

/* Allocates, and sets every parameter to its initial value: a function of (seed, name, shape, init)
 * alone, so that two models share the values of every tensor they both have. False when there is no
 * memory. */
bool model_open(struct model *model, const struct model_config *config);
void model_close(struct model *model);

/* Forward, loss, backward and measurements over model->tokens and targets. */
void model_step(struct model *model, const struct parallel *parallel);

/* Forward only; returns the loss in nats per predicted token. */
double model_loss(struct model *model, const struct parallel *parallel);

/* x_l and dLoss/dx_l of the last step, [N][D], 0 <= l <= L. */
const real *model_stream(const struct model *model, int l);
const real *model_stream_grad(const struct model *model, int l);

/* "blocks.0.attn.qkv.weight" */
void tensor_name(const struct tensor *tensor, char out[TENSOR_NAME]);

/* The number of values in a tensor. */
size_t tensor_size(const struct tensor *tensor);

#endif
