/* The branch f of a sublayer: attention or feed-forward, forward and backward of one shard. */
#ifndef LNSCOPE_CORE_BRANCH_H
#define LNSCOPE_CORE_BRANCH_H

#include "core/shard.h"

/* out = f(u) without the last bias, both [N][D]; keeps what the backward pass needs. */
void branch_forward(const struct model *model, const struct sublayer *sublayer,
                    const struct shard *shard, const real *u, real *out);

/* du from df, both [N][D]; leaves in the arrays of *gradients what the weight products need, and
 * adds the gradients of the biases, the last one included, to the shard's partial ones. */
void branch_backward(const struct model *model, const struct sublayer *sublayer,
                     const struct block_gradients *gradients, const struct shard *shard,
                     const real *df, real *du);

/* The gradient of the branch's `which`-th matrix (0: attn.qkv or ffn.up, 1: attn.proj or ffn.down)
 * over all rows; u and df as they were above. */
void branch_weight_gradient(const struct model *model, const struct sublayer *sublayer,
                            const struct block_gradients *gradients, const real *u, const real *df,
                            int which);

#endif
