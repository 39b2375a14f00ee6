/* See blas.h.
 *
 * How many threads OpenBLAS computes in is a property of the process in its pthread build, but of
 * each calling thread in its OpenMP build. Several would share out the sums of a product, and its
 * bits would depend on how they did it: so it is said before every product, at the cost of storing
 * a number. */
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

const char *blas_description(void)
{
    return openblas_get_config();
}

void blas_forward(real *y, const real *x, const real *w, int rows, int in, int out)
{
    openblas_set_num_threads(1);
    GEMM(CblasRowMajor, CblasNoTrans, CblasTrans, rows, out, in, 1, x, in, w, in, 0, y, out);
}

void blas_backward_data(real *dx, const real *dy, const real *w, int rows, int in, int out)
{
    openblas_set_num_threads(1);
    GEMM(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, in, out, 1, dy, out, w, in, 0, dx, in);
}

void blas_backward_weight(real *dw, const real *dy, const real *x, int rows, int in, int out)
{
    openblas_set_num_threads(1);
    GEMM(CblasRowMajor, CblasTrans, CblasNoTrans, out, in, rows, 1, dy, out, x, in, 0, dw, in);
}
