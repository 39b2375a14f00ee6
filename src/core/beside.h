/* The two placements that are more than the one equation of placement.h.
 *
 * BESIDE_SUM (ResiDual, Xie 2023): a second stream, which no norm touches,
 *     s_0 = x_0,  s <- s + f(x)  at every sublayer,  and the output projection reads x_L + N(s).
 * BESIDE_INPUT (B2T, Takase 2022): in the feed-forward sublayer of the block whose input is x_in,
 *     y = Nout(x + f(x) + x_in).
 *
 * All of it for the rows of one shard; each function does nothing for other placements. */
#ifndef LNSCOPE_CORE_BESIDE_H
#define LNSCOPE_CORE_BESIDE_H

#include "core/real.h"

struct activations;
struct gradients;
struct pass;

/* s_0 = x_0, to be called once x_0 is computed. */
void beside_embed(const struct pass *pass, struct activations *activations);

/* s <- s + branch + bias, or branch <- branch + x_in: to be called before the branch [N][D] of a
 * sublayer is joined to the stream. `bias` is the last bias of f, NULL: none. */
void beside_forward(const struct pass *pass, struct activations *activations, int index,
                    real *branch, const real *bias);

/* djoined = dsum + ds, the gradient of the branch, which both streams receive, from dsum, that of
 * the sum; both [N][D]. Only for BESIDE_SUM. */
void beside_backward(const struct pass *pass, const struct gradients *gradients, const real *dsum,
                     real *djoined);

/* Adds to dx [N][D], the gradient of the block's input, once it is otherwise complete. */
void beside_block_backward(const struct pass *pass, const struct gradients *gradients, int block,
                           real *dx);

/* head_input = x_L + N(s), to be called once N(s) is computed; and from its gradient those of x_L
 * and s. Only for BESIDE_SUM. */
void beside_head_forward(const struct pass *pass, struct activations *activations);
void beside_head_backward(const struct pass *pass, const struct activations *activations,
                          struct gradients *gradients);

#endif
