/* A transformer over tokens or image patches: parameters, activations, forward, backward.
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
#include "core/attention.h"
#include "core/config.h"
#include "core/feed_forward.h"
#include "core/kernels.h"
#include "core/parallel.h"
#include "core/real.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct probe; /* probe.h */

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
    size_t panels;  /* of a matrix: offset of its place in model->panels */
};

/* One norm of a sublayer (or the final one), where the placement has it. */
struct norm_site {
    bool present;
    int gain, bias, alpha; /* tensors; -1: none */
    real offset, scale;    /* of the gain and of the result; see struct norm_rows */
    real *out;             /* [N][D]; NULL where the result is a stream */
    real *mean, *rstd;     /* [N]; DyT has none */
};

enum sublayer_kind { SUBLAYER_ATTENTION, SUBLAYER_FEED_FORWARD, SUBLAYERS_PER_BLOCK };

/* One sublayer, joined to the stream by the one equation of placement.h. Its f is attention, a
 * feed-forward network or, where a block has but one sublayer, the sum of both (branch.h). */
struct sublayer {
    enum sublayer_kind kind;
    real skip;        /* a of the equation, ... */
    int skip_tensor;  /* ... or the vector that it is; -1: none */
    int scale_tensor; /* b of the equation; -1: it is 1 */
    enum beside beside;
    const real *block_input; /* BESIDE_INPUT: what is added to the argument of Nout; or NULL */
    struct norm_site in, branch, out;
    struct attention attention;
    struct feed_forward feed_forward;
    real *f;       /* [N][D] output of f; only with a branch norm or a trained b */
    real *sum;     /* [N][D] the argument of Nout; only with one */
    const real *x; /* [N][D] the stream before */
    real *y;       /* [N][D] the stream behind */
};

/* Gradients of one block that its weight products still need while the block below it is under
 * way: two sets take turns. */
struct block_gradients {
    struct {
        real *sum;    /* [N][D] through Nout */
        real *joined; /* [N][D] of what is joined to the stream; only where it is not `sum` */
        real *f;      /* [N][D] through Nbranch */
    } sublayer[SUBLAYERS_PER_BLOCK];
    struct attention_gradients attention;
    struct feed_forward_gradients feed_forward;
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
    int token_embedding, position_embedding, head; /* tensors; -1: none */
    int patch, patch_bias, class_token;            /* the same, for images */

    /* Filled by the caller before model_step(). */
    int32_t *tokens;  /* [N]; with patches: not looked at */
    int32_t *targets; /* [N]; -1: none */
    real *pixels;     /* [N][P] with patches; the first row of a sequence, which is the class
                         token's, is set to 0 by model_step() */

    /* Measures the inside of the blocks in the next model_step(); not owned, NULL: none. */
    struct probe *probe;

    /* What the last model_step() measured. */
    double loss;                /* nats per predicted token */
    double *stream_square;      /* [L+1] sum of squares of x_l */
    double *stream_grad_square; /* [L+1] the same of dLoss/dx_l */
    double *grad_square;        /* [tensors] the same of dLoss/dW */

    /* Private from here on. */
    struct arena arena;
    int sublayers;             /* in a block: 2; 1 where it is parallel */
    struct sublayer *sublayer; /* [L][sublayers] */
    struct norm_site final;
    real **stream;       /* [L+1], each [N][D]: x_l */
    real **dstream;      /* [L+1], each [N][D] */
    real **middle;       /* [L], each [N][D]: the stream between two sublayers */
    real *wave;          /* [T][D] sinusoidal positions; or NULL */
    real *cosine, *sine; /* [T][W/2] of rotary positions; or NULL */
    real *logits;        /* [N][V], then their gradient */
    real *dfinal;        /* [N][D] */
    real *dual;          /* [N][D] BESIDE_SUM: the second stream, as far as it has come; or NULL */
    real *ddual;         /* [N][D] its gradient, the same at every sublayer */
    real *through;       /* [N][D] gradient at the input of f */
    real *second; /* [N][D] output, or gradient at the input, of the second of two parallel parts */
    real *addend; /* [N][D] what is to be added to a gradient at the input of f */
    real *expert_addend; /* [M][D] the same for experts */
    real *expert_rows; /* [matrices of an expert][M][D + F]: one expert's rows of all shards side by
                          side */
    struct block_gradients block_gradients[2];
    /* Matrices as products read them (linear.h); two blocks take turns with one place each. */
    int first_of_blocks, tensors_of_block;
    size_t panels_size;
    real *panels;    /* [panels_size] */
    size_t partials; /* numbers of all vectors */
    real *partial;   /* [shards][partials] gradients of vectors */
    int shards;
    double *shard_loss;   /* [shards] */
    double *shard_square; /* [shards][2][L+1] */
    real *scratch;        /* [shards][scratch_size] for attention */
    size_t scratch_size;
    double loss_scale; /* 1 / number of predicted tokens */
    bool backward;     /* false: only the loss is wanted */
    bool predicting;   /* in model_predict() */
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

/* The logits of `count` places from `first` on in the first `sequences` of model->tokens, at most
 * model->shards of them; targets are not looked at. A call with first > 0 goes on from calls that
 * have been through all T places, and since then through those before `first` with the tokens that
 * stand there: with causal attention these need not be computed again. Overwrites what the last
 * step computed on its way, but nothing that the next one reads: not the weights, their gradients,
 * or what was measured. Not for images. */
void model_predict(struct model *model, int sequences, int first, int count,
                   const struct parallel *parallel);

/* What model_predict() gave at a place of a sequence, [V]. */
const real *model_logits(const struct model *model, int sequence, int place);

/* x_l and dLoss/dx_l of the last step, [N][D], 0 <= l <= L. */
const real *model_stream(const struct model *model, int l);
const real *model_stream_grad(const struct model *model, int l);

/* What the output projection read in the last step, [N][D]: x_L, normalised where it has to be. */
const real *model_output(const struct model *model);

/* What a query gave to a key in the last step, 0 where it does not see it; the sum over the keys is
 * 1. */
real model_attention(const struct model *model, int block, int sequence, int head, int query,
                     int key);

/* For the parts of a model: `count` numbers of its arena; NULL while they are only counted. */
real *model_take(struct model *model, size_t count);

/* "blocks.0.attn.qkv.weight" */
void tensor_name(const struct tensor *tensor, char out[TENSOR_NAME]);

/* The number of values in a tensor. */
size_t tensor_size(const struct tensor *tensor);

#endif
