/* What a step computes on its way back: dLoss/dX of X is called dX, and has its shape. */
#ifndef LNSCOPE_CORE_GRADIENTS_H
#define LNSCOPE_CORE_GRADIENTS_H

#include "core/config.h"
#include "core/real.h"

struct activations;
struct block_gradients; /* sublayer.h */
struct parameters;

struct gradients {
    real *dweight;          /* [parameters->count], before clipping */
    double *dweight_square; /* [tensors] sum of squares */

    real **dstream;         /* [L+1], each [N][D]: dLoss/dx_l */
    double *dstream_square; /* [L+1] sum of squares */

    real *dembedded;      /* [N][D] of the embedding: dx_0, or of what was dropped to make x_0 */
    real *dlogits;        /* [N][V]; where the logits lay */
    real *dhead_input;    /* [N][D] of what the output projection reads; dx_L where it is x_L */
    real *dsecond_stream; /* [N][D] BESIDE_SUM, the same at every sublayer; or NULL */
    /* [2] gradients inside a block, from which those of its weights are computed while the block
     * below it is under way */
    struct block_gradients *block;
    /* Private: the shards' parts. */
    double *shard_square; /* [shards][L+1] */
};

/* The tables of pointers and sums; what they point to is carved from an arena. */
void gradients_open(struct gradients *gradients, const struct parameters *parameters,
                    const struct model_config *config);
void gradients_carve(struct gradients *gradients, const struct activations *activations,
                     const struct parameters *parameters, const struct model_config *config,
                     struct arena *arena);
void gradients_close(struct gradients *gradients);

/* The gradients inside block 0 .. L-1. */
struct block_gradients *gradients_of_block(const struct gradients *gradients, int block);

#endif
