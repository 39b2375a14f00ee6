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

#include "core/real.h"

struct activations;
struct gradients;
struct pass;

/* Once x_0 is there. */
void beside_embed(const struct pass *pass, struct activations *activations);

/* Before the branch [N][D] of a sublayer, whose last bias is still to be added (NULL: none), is
 * joined to the stream. */
void beside_forward(const struct pass *pass, struct activations *activations, int index,
                    real *branch, const real *bias);

/* djoined, the gradient of what is joined to the stream, from dsum, both [N][D]. Only for a
 * sublayer with BESIDE_SUM. */
void beside_backward(const struct pass *pass, const struct gradients *gradients, const real *dsum,
                     real *djoined);

/* Adds to dx [N][D], the gradient of the block's input, once it is otherwise complete. */
void beside_block_backward(const struct pass *pass, const struct gradients *gradients, int block,
                           real *dx);

/* What the output projection reads, once N(s) is there; and the way back from its gradient to those
 * of x_L and s. Only for BESIDE_SUM. */
void beside_head_forward(const struct pass *pass, struct activations *activations);
void beside_head_backward(const struct pass *pass, const struct activations *activations,
                          struct gradients *gradients);

#endif
