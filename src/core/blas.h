/* Matrix products. The only file that knows BLAS; one thread each, whoever calls. */
#ifndef LNSCOPE_CORE_BLAS_H
#define LNSCOPE_CORE_BLAS_H

#include "core/real.h"

/* Makes BLAS compute in the calling thread only; call once, before any other function here. */
void blas_open(void);

/* y[rows][out] = x[rows][in] * w[out][in]^T, all dense. */
void blas_forward(real *y, const real *x, const real *w, int rows, int in, int out);

/* dx[rows][in] = dy[rows][out] * w[out][in]. */
void blas_backward_data(real *dx, const real *dy, const real *w, int rows, int in, int out);

/* dw[out][in] = dy[rows][out]^T * x[rows][in]. */
void blas_backward_weight(real *dw, const real *dy, const real *x, int rows, int in, int out);

#endif
