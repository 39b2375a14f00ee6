/* What two placements have beside the one equation.
 *
 * BESIDE_SUM (ResiDual, Xie 2023): a second stream, which no norm touches,
 *     s_0 = x_0,  s <- s + f(x)  at every sublayer,  and the output projection reads x_L + N(s).
 * BESIDE_INPUT (B2T, Takase 2022): in the feed-forward sublayer of the block whose input is x_in,
 *     y = Nout(x + f(x) + x_in).
 *
 * All of it for the rows of one shard; each function does nothing for other placements. */
#ifndef LNSCOPE_CORE_BESIDE_H
#define LNSCOPE_CORE_BESIDE_H

#include "core/shard.h"

/* Once x_0 is there. */
void beside_embed(const struct model *model, const struct shard *shard);

/* Before the branch [N][D], whose last bias is still to be added (NULL: none), is joined to the
 * stream. */
void beside_forward(const struct model *model, const struct sublayer *sublayer,
                    const struct shard *shard, real *branch, const real *bias);

/* The gradient of what is joined to the stream from that of the sum, dsum [N][D], into `joined`.
 * Only for a sublayer with BESIDE_SUM. */
void beside_backward(const struct model *model, const struct shard *shard, const real *dsum,
                     real *joined);

/* Adds to dx [N][D], the gradient of the block's input, once it is otherwise complete. */
void beside_block_backward(const struct model *model, int block,
                           const struct block_gradients *gradients, const struct shard *shard,
                           real *dx);

/* What the output projection reads, into model->final.out, once N(s) is there; and the way back
 * from model->dfinal to the gradients of x_L and s. Only for BESIDE_SUM. */
void beside_head_forward(const struct model *model, const struct shard *shard);
void beside_head_backward(const struct model *model, const struct shard *shard);

#endif
