/* A sublayer joined to the stream: forward and backward of one shard of the rows. */
#ifndef LNSCOPE_CORE_SUBLAYER_H
#define LNSCOPE_CORE_SUBLAYER_H

#include "core/shard.h"

/* y = Nout(a x + b Nbranch(f(Nin(x)))) for the shard's rows. */
void sublayer_forward(const struct model *model, const struct sublayer *sublayer,
                      const struct shard *shard);

/* dx from dy, both [N][D] and not the same; leaves in the arrays of *gradients what the weight
 * products need, and adds the gradients of vectors to the shard's partial ones. */
void sublayer_backward(const struct model *model, const struct sublayer *sublayer,
                       const struct block_gradients *gradients, const struct shard *shard,
                       const real *dy, real *dx);

/* Where sublayer_backward() has left the gradient of what is joined to the stream, and that at the
 * output of f, [N][D]; dy as it was for it. */
const real *sublayer_joined_gradient(const struct sublayer *sublayer,
                                     const struct block_gradients *gradients, const real *dy);
const real *sublayer_f_gradient(const struct sublayer *sublayer,
                                const struct block_gradients *gradients, const real *dy);

/* The gradient of the `which`-th of the branch's matrices over all rows; dy as it was for
 * sublayer_backward(). */
void sublayer_weight_gradient(const struct model *model, const struct sublayer *sublayer,
                              const struct block_gradients *gradients, const real *dy, int which);

/* y = norm(x) and its backward at one site, for the shard's rows; arguments as in kernels.h, but
 * pointing at row 0. */
void norm_site_forward(const struct model *model, const struct norm_site *site,
                       const struct shard *shard, const real *x, real *y);
void norm_site_backward(const struct model *model, const struct norm_site *site,
                        const struct shard *shard, const real *x, const real *dy, const real *skip,
                        real *dx);

#endif
