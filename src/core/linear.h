/* Linear layers: the three matrix products of y = x W^T, for a weight tensor W[out][in] of a model.
 *
 * Small products go to the tiles of kernels.h, large ones to BLAS, and so do predictions, for which
 * nothing is prepared. */
#ifndef LNSCOPE_CORE_LINEAR_H
#define LNSCOPE_CORE_LINEAR_H

#include "core/model.h"

/* Lays a tensor's weights out as linear_forward() reads them (but for predictions). What was
 * prepared of the block two before is overwritten. */
void linear_prepare(const struct model *model, int tensor);

/* y[rows][out] = x[rows][in] W^T. */
void linear_forward(const struct model *model, int tensor, const real *x, real *y, int rows);

/* dx[rows][in] = dy[rows][out] W. */
void linear_backward_data(const struct model *model, int tensor, const real *dy, real *dx,
                          int rows);

/* dW[out][in] = dy[rows][out]^T x[rows][in], into model->grad; in a block, notes its squares. */
void linear_backward_weight(const struct model *model, int tensor, const real *dy, const real *x,
                            int rows);

#endif
