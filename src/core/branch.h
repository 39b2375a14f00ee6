/* The branch f of a sublayer, for one shard: f(u) is attention, a feed-forward network, or the sum
 * of both over the same u (parallel, as in GPT-J and PaLM 2022). */
#ifndef LNSCOPE_CORE_BRANCH_H
#define LNSCOPE_CORE_BRANCH_H

#include "core/shard.h"

/* out = f(u) without its last bias, both [N][D]; keeps what the backward pass needs. */
void branch_forward(const struct model *model, const struct sublayer *sublayer,
                    const struct shard *shard, const real *u, real *out);

/* The last bias, to be added where f is joined or normalised; NULL: none. */
const real *branch_bias(const struct model *model, const struct sublayer *sublayer);

/* du from df, both [N][D]; leaves in the arrays of *gradients what the weight products need, and
 * adds the gradients of vectors, the last bias included, to the shard's partial ones. */
void branch_backward(const struct model *model, const struct sublayer *sublayer,
                     const struct block_gradients *gradients, const struct shard *shard,
                     const real *df, real *du);

/* The number of f's matrices, and the gradient of the `which`-th over all rows; u and df as they
 * were above. */
int branch_matrices(const struct model *model, const struct sublayer *sublayer);
void branch_weight_gradient(const struct model *model, const struct sublayer *sublayer,
                            const struct block_gradients *gradients, const real *u, const real *df,
                            int which);

#endif
