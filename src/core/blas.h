/* Matrix products by BLAS. The only file that knows it; each call computes in the calling
 * thread. Where the system has no room for what BLAS needs besides, a product ends the program. */
#ifndef LNSCOPE_CORE_BLAS_H
#define LNSCOPE_CORE_BLAS_H

#include "core/real.h"

/* Makes BLAS compute in the calling thread alone, and its own threads take no signals: those are
 * for the thread that has the terminal. To be called before there are threads; once is enough. */
void blas_open(void);

/* Which BLAS this is: "OpenBLAS 0.3.21 ... Haswell"; static. */
const char *blas_description(void);

/* y[rows][out] = x[rows][in] * w[out][in]^T, all dense. */
void blas_forward(real *y, const real *x, const real *w, int rows, int in, int out);

/* dx[rows][in] = dy[rows][out] * w[out][in]. */
void blas_backward_data(real *dx, const real *dy, const real *w, int rows, int in, int out);

/* dw[out][in] = dy[rows][out]^T * x[rows][in]. */
void blas_backward_weight(real *dw, const real *dy, const real *x, int rows, int in, int out);

#endif
