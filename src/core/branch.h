/* The branch f of a sublayer, for one shard: f(u) is attention, a feed-forward network, or the sum
 * of both over the same u (parallel, as in GPT-J and PaLM 2022). */
#ifndef LNSCOPE_CORE_BRANCH_H
#define LNSCOPE_CORE_BRANCH_H

#include "core/linear.h"
#include "core/sublayer.h"

/* out = f(u) without its last bias, both [N][D]; keeps what the backward pass needs. */
void branch_forward(const struct pass *pass, const struct sublayer *sublayer,
                    struct sublayer_activations *activations, real *out);

/* The last bias, to be added where f is joined or normalised; NULL: none. */
const real *branch_bias(const struct parameters *parameters, const struct sublayer *sublayer);

/* du from df, both [N][D]; leaves in *gradients what the weight products need, and adds the
 * gradients of vectors, the last bias included, to the shard's partial ones. */
void branch_backward(const struct pass *pass, const struct sublayer *sublayer,
                     const struct sublayer_activations *activations,
                     struct block_gradients *gradients, const real *df, real *du);

/* The number of f's matrices, and what the gradient of the `which`-th is the product of; df as it
 * was above. */
int branch_matrices(const struct sublayer *sublayer);
struct weight_product branch_weight_product(const struct sublayer *sublayer,
                                            const struct sublayer_activations *activations,
                                            const struct block_gradients *gradients, const real *df,
                                            int which);

#endif
