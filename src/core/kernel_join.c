/* Biases, sums and the joins of branch and stream; see kernels.h. */
#include "core/kernel_build.h"

/* ---- biases, sums, joins ---------------------------------------------------------------------*/

void KERNEL(bias_forward)(real *restrict y, const real *restrict bias, int rows, int width)
{
    for (int row = 0; bias && row < rows; row++) {
        real *restrict out = y + (size_t)row * (size_t)width;
#pragma omp simd
        for (int i = 0; i < width; i++)
            out[i] += bias[i];
    }
}

void KERNEL(bias_backward)(const real *restrict dy, real *restrict dbias, int rows, int width)
{
    for (int row = 0; dbias && row < rows; row++) {
        const real *restrict d = dy + (size_t)row * (size_t)width;
#pragma omp simd
        for (int i = 0; i < width; i++)
            dbias[i] += d[i];
    }
}

void KERNEL(add)(real *restrict to, const real *restrict from, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        to[i] += from[i];
}

INLINE void join_as(const struct join_rows *join, bool each, bool biased)
{
    const int D = join->width;
    const real skip = join->skip, scale = join->scale;
    for (int row = 0; row < join->rows; row++) {
        size_t at = (size_t)row * (size_t)D;
        const real *x = join->x + at, *branch = join->branch + at, *bias = join->bias;
        const real *skip_each = join->skip_each;
        real *sum = join->sum + at;
#pragma omp simd
        for (int i = 0; i < D; i++)
            sum[i] = (each ? skip_each[i] : skip) * x[i] +
                     scale * (biased ? branch[i] + bias[i] : branch[i]);
    }
}

void KERNEL(join_forward)(const struct join_rows *join)
{
    if (join->skip_each)
        join_as(join, true, join->bias != NULL);
    else if (join->bias)
        join_as(join, false, true);
    else
        join_as(join, false, false);
}

/* forward: sum = a x + b branch
 * backward: dx = a dsum, da += x dsum;  dbranch = b dsum, db += sum of branch dsum */
void KERNEL(skip_backward)(const struct join_rows *join, const real *dsum, real *dx,
                           real *restrict dskip)
{
    const int D = join->width;
    for (int row = 0; row < join->rows; row++) {
        size_t at = (size_t)row * (size_t)D;
        const real *x = join->x + at, *skip_each = join->skip_each, *d = dsum + at;
        const real skip = join->skip;
        real *out = dx + at;
        if (skip_each) {
#pragma omp simd
            for (int i = 0; i < D; i++) {
                dskip[i] += x[i] * d[i];
                out[i] = skip_each[i] * d[i];
            }
        } else {
#pragma omp simd
            for (int i = 0; i < D; i++)
                out[i] = skip * d[i];
        }
    }
}

void KERNEL(scale_backward)(const struct join_rows *join, const real *dsum, real *dbranch,
                            real *dscale)
{
    const int D = join->width;
    const real scale = join->scale;
    for (int row = 0; row < join->rows; row++) {
        size_t at = (size_t)row * (size_t)D;
        const real *branch = join->branch + at, *d = dsum + at;
        real *out = dbranch + at, sum = 0;
        if (dscale) {
#pragma omp simd reduction(+ : sum)
            for (int i = 0; i < D; i++)
                sum += branch[i] * d[i];
            dscale[0] += sum;
        }
#pragma omp simd
        for (int i = 0; i < D; i++)
            out[i] = scale * d[i];
    }
}
