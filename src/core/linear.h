/* Linear layers: the three matrix products of y = x W^T, for a weight tensor W[out][in] of a model.
 *
 * Small products go to the own matrix product (matmul.h); large ones, and predictions, for which
 * nothing is packed, to BLAS. */
#ifndef LNSCOPE_CORE_LINEAR_H
#define LNSCOPE_CORE_LINEAR_H

#include "core/real.h"

struct gradients;
struct pass;

/* What the gradient of a matrix is the product of: dW = dy^T x, dy[N][out], x[N][in]; of one
 * expert's (experts.h), [M] rows each, of which it takes its own. */
struct weight_product {
    int tensor;
    int expert; /* -1: none */
    const real *dy, *x;
};

/* Packs a tensor's weights into the workspace as linear_forward() reads them (but for predictions).
 * What was packed of the block two before is overwritten. */
void linear_pack(const struct pass *pass, int tensor);

/* y[rows][out] = x[rows][in] W^T. */
void linear_forward(const struct pass *pass, int tensor, const real *x, real *y, int rows);

/* dx[rows][in] = dy[rows][out] W. */
void linear_backward_data(const struct pass *pass, int tensor, const real *dy, real *dx, int rows);

/* dW[out][in] = dy[N][out]^T x[N][in], into gradients->dweight; in a block, notes its squares. */
void linear_backward_weight(const struct pass *pass, struct gradients *gradients, int tensor,
                            const real *dy, const real *x);

#endif
