/* See blas.h. */
#include "core/blas.h"

#include <cblas.h>

#ifdef LNSCOPE_REAL_DOUBLE
#define GEMM cblas_dgemm
#else
#define GEMM cblas_sgemm
#endif

void blas_open(void)
{
    openblas_set_num_threads(1);
}

void blas_forward(real *y, const real *x, const real *w, int rows, int in, int out)
{
    GEMM(CblasRowMajor, CblasNoTrans, CblasTrans, rows, out, in, 1, x, in, w, in, 0, y, out);
}

void blas_backward_data(real *dx, const real *dy, const real *w, int rows, int in, int out)
{
    GEMM(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, in, out, 1, dy, out, w, in, 0, dx, in);
}

void blas_backward_weight(real *dw, const real *dy, const real *x, int rows, int in, int out)
{
    GEMM(CblasRowMajor, CblasTrans, CblasNoTrans, out, in, rows, 1, dy, out, x, in, 0, dw, in);
}
