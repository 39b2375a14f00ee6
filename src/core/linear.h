/* Linear layers: the three matrix products of y = x W^T, for a weight tensor W[out][in] of a model.
 *
 * Small products go to the own matrix product (matmul.h); large ones, and predictions, for which
 * nothing is packed, to BLAS. */
#ifndef LNSCOPE_CORE_LINEAR_H
#define LNSCOPE_CORE_LINEAR_H

#include "core/real.h"

struct gradients;
struct pass;

/* The two factors of a matrix's gradient, dW = dy^T x: dy[N][out] and x[N][in]; of an expert
 * (experts.h) dy[M][out] and x[M][in], of which only the rows of that expert count. */
struct weight_product {
    int tensor;
    int expert; /* -1: none */
    const real *dy, *x;
};

/* Packs a tensor's weights into the workspace, from which linear_forward() reads them, but in
 * predictions. Overwrites the packed weights of the block two before it. */
void linear_pack(const struct pass *pass, int tensor);

/* y[rows][out] = x[rows][in] W^T. */
void linear_forward(const struct pass *pass, int tensor, const real *x, real *y, int rows);

/* dx[rows][in] = dy[rows][out] W. */
void linear_backward_data(const struct pass *pass, int tensor, const real *dy, real *dx, int rows);

/* dW[out][in] = dy[N][out]^T x[N][in], into gradients->dweight; in a block, notes its squares. */
void linear_backward_weight(const struct pass *pass, struct gradients *gradients, int tensor,
                            const real *dy, const real *x);

#endif
