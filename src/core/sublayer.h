/* A sublayer joined to the stream: forward and backward of one shard.
 *
 *     y = Nout(a x + b Nbranch(f(Nin(x))))
 *
 * is the one equation of placement.h. Its f is attention, a feed-forward network or, where a block
 * has but one sublayer, the sum of both (branch.h). */
#ifndef LNSCOPE_CORE_SUBLAYER_H
#define LNSCOPE_CORE_SUBLAYER_H

#include "core/attention.h"
#include "core/feed_forward.h"
#include "core/norm.h"

struct activations;
struct gradients;

enum sublayer_kind { SUBLAYER_ATTENTION, SUBLAYER_FEED_FORWARD, SUBLAYERS_PER_BLOCK };

/* Its tensors and scalars. */
struct sublayer {
    enum sublayer_kind kind;
    int block;
    real skip;        /* a of the equation, ... */
    int skip_tensor;  /* ... or the vector that it is; -1: none */
    int scale_tensor; /* b of the equation; -1: it is 1 */
    enum beside beside;
    bool adds_block_input; /* to the argument of Nout (BESIDE_INPUT) */
    struct norm_site in, branch, out;
    struct attention attention;
    struct feed_forward feed_forward;
};

struct sublayer_activations {
    const real *x;           /* [N][D] the stream before the sublayer */
    real *y;                 /* [N][D] the stream behind the sublayer */
    const real *u;           /* [N][D] what f reads: Nin(x), or x */
    const real *block_input; /* [N][D] x of the block's first sublayer */
    struct norm_activations in, branch, out;
    struct attention_activations attention;
    struct feed_forward_activations feed_forward;
    real *f;   /* [N][D] output of f; NULL without a branch norm and a trained b */
    real *sum; /* [N][D] the argument of Nout; NULL without Nout */
};

struct block_gradients {
    struct {
        real *dsum;    /* [N][D] gradient of the argument of Nout; NULL without Nout */
        real *djoined; /* [N][D] gradient of Nbranch(f(..)); NULL where it equals dsum */
        real *df;      /* [N][D] gradient of the output of f; NULL where it equals djoined */
    } sublayer[SUBLAYERS_PER_BLOCK];
    struct attention_gradients attention;
    struct feed_forward_gradients feed_forward;
    real *dmiddle; /* [N][D] gradient of the stream between the sublayers */
};

/* Sublayers are counted through the stack: 0 .. L * config_sublayers() - 1. */
struct sublayer sublayer_find(const struct parameters *parameters,
                              const struct model_config *config, int index);
void sublayer_carve(struct activations *activations, int index, const struct parameters *parameters,
                    const struct model_config *config, struct arena *arena);
void block_gradients_carve(struct block_gradients *gradients, const struct parameters *parameters,
                           const struct model_config *config, struct arena *arena);

/* Sets the arrays of the stream that the sublayer reads and writes, [N][D] each. */
void sublayer_connect(struct sublayer_activations *activations, const struct sublayer *sublayer,
                      const real *x, real *y);

/* y from x. */
void sublayer_forward(const struct pass *pass, struct activations *activations, int index);

/* dx from dy, two different arrays [N][D]. Fills the block's gradients, from which those of the
 * weights are computed, and adds the gradients of vectors to the shard's partial ones. */
void sublayer_backward(const struct pass *pass, const struct activations *activations, int index,
                       struct gradients *gradients, const real *dy, real *dx);

/* After sublayer_backward(): the gradients [N][D] of the argument of Nout, of Nbranch(f(..)), and
 * of the output of f. dy is that of sublayer_backward(). */
const real *sublayer_dsum(const struct sublayer *sublayer, const struct block_gradients *gradients,
                          const real *dy);
const real *sublayer_djoined(const struct sublayer *sublayer,
                             const struct block_gradients *gradients, const real *dy);
const real *sublayer_df(const struct sublayer *sublayer, const struct block_gradients *gradients,
                        const real *dy);

/* The gradient of matrix `which` of f, counted from 0, into gradients->dweight. The pass is over
 * all rows; dy is that of sublayer_backward(). */
void sublayer_weight_gradient(const struct pass *pass, const struct activations *activations,
                              int index, struct gradients *gradients, const real *dy, int which);

#endif
