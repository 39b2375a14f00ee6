/* What happens to heads before attention; see kernels.h. */
#include "core/kernel_build.h"
#include "core/kernel_math.h"

/* ---- heads before attention --------------------------------------------------------------------
 * RMSNorm of every head, and rotation; formulas as in norms and in positions.h. */

void KERNEL(head_norm_forward)(const struct head_norm *norm, struct strided y)
{
    const int W = norm->width;
    const real offset = norm->offset;
    const real *restrict gain = norm->gain;
    for (int row = 0; row < norm->rows; row++) {
        for (int h = 0; h < norm->heads; h++) {
            const size_t column = (size_t)(h * W);
            const real *restrict x = norm->x.first + (size_t)row * (size_t)norm->x.stride + column;
            real *restrict out = y.first + (size_t)row * (size_t)y.stride + column;
            real square = 0;
#pragma omp simd reduction(+ : square)
            for (int i = 0; i < W; i++)
                square += x[i] * x[i];
            real rstd = 1 / (real)sqrt(square / (real)W + (real)norm->epsilon);
            norm->rstd[row * norm->heads + h] = rstd;
#pragma omp simd
            for (int i = 0; i < W; i++)
                out[i] = x[i] * rstd * (offset + gain[i]);
        }
    }
}

void KERNEL(head_norm_backward)(const struct head_norm *norm, struct strided d,
                                real *restrict dgain)
{
    const int W = norm->width;
    const real offset = norm->offset;
    const real *restrict gain = norm->gain;
    for (int row = 0; row < norm->rows; row++) {
        for (int h = 0; h < norm->heads; h++) {
            const size_t column = (size_t)(h * W);
            const real *restrict x = norm->x.first + (size_t)row * (size_t)norm->x.stride + column;
            real *restrict g = d.first + (size_t)row * (size_t)d.stride + column;
            const real rstd = norm->rstd[row * norm->heads + h];
            real product = 0;
#pragma omp simd reduction(+ : product)
            for (int i = 0; i < W; i++) {
                real xhat = x[i] * rstd;
                product += g[i] * (offset + gain[i]) * xhat;
                dgain[i] += g[i] * xhat;
            }
            product /= (real)W;
#pragma omp simd
            for (int i = 0; i < W; i++)
                g[i] = rstd * (g[i] * (offset + gain[i]) - x[i] * rstd * product);
        }
    }
}

void KERNEL(rotate)(const struct rotation *r)
{
    const int pairs = r->width / 2;
    for (int row = 0; row < r->rows; row++) {
        const size_t at = (size_t)(row % r->tokens) * (size_t)pairs;
        const real *restrict cosine = r->cosine + at, *restrict sine = r->sine + at;
        const real sign = r->back ? -1 : 1;
        for (int h = 0; h < r->heads; h++) {
            real *restrict x =
                r->x.first + (size_t)row * (size_t)r->x.stride + (size_t)(h * r->width);
            real *restrict y = x + pairs;
#pragma omp simd
            for (int i = 0; i < pairs; i++) {
                real a = x[i], b = y[i], s = sign * sine[i];
                x[i] = a * cosine[i] - b * s;
                y[i] = a * s + b * cosine[i];
            }
        }
    }
}
