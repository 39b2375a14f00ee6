/* Norms of rows and of heads; see kernels.h. */
#include "core/kernel_build.h"
#include "core/kernel_math.h"

/* ---- norms -----------------------------------------------------------------------------------*/

INLINE real sum_row(const real *restrict x, int D)
{
    real sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int i = 0; i < D; i++)
        sum += x[i];
    return sum;
}

/* In the loops below `centred` (LayerNorm), `biased` and `plain` (offset 0, scale 1) are constants
 * where it matters: each common case is compiled on its own. */
INLINE void normalize(const struct norm_rows *norm, real *restrict y, bool centred, bool biased,
                      bool plain)
{
    const int D = norm->width;
    const real *restrict gain = norm->gain, *restrict bias = norm->bias;
    const real offset = plain ? 0 : norm->offset, scale = plain ? 1 : norm->scale;
    for (int row = 0; row < norm->rows; row++) {
        const real *restrict x = norm->x + (size_t)row * (size_t)D;
        real *restrict out = y + (size_t)row * (size_t)D;
        real square = 0, mean = 0;
        if (centred)
            norm->mean[row] = mean = sum_row(x, D) / (real)D;
#pragma omp simd reduction(+ : square)
        for (int i = 0; i < D; i++)
            square += (x[i] - mean) * (x[i] - mean);
        real rstd = 1 / (real)sqrt(square / (real)D + (real)norm->epsilon);
        norm->rstd[row] = rstd;
#pragma omp simd
        for (int i = 0; i < D; i++) {
            real weight = plain ? gain[i] : scale * (offset + gain[i]);
            real shift = biased ? scale * bias[i] : 0;
            out[i] = (x[i] - mean) * rstd * weight + shift;
        }
    }
}

/* forward: xhat = (x - mean) * rstd;  y = scale * (gain * xhat + bias)
 * backward: with d = scale * dy and g = gain * d,
 *     dx = rstd * (g - mean(g) - xhat * mean(g * xhat))      (RMSNorm: without mean(g))
 *     dgain += d * xhat,  dbias += d */
INLINE void normalize_backward(const struct norm_rows *norm, const real *dy, const real *skip,
                               real *dx, bool centred, bool plain)
{
    const int D = norm->width;
    const real *restrict gain = norm->gain;
    real *restrict dgain = norm->dgain, *restrict dbias = norm->dbias;
    const real offset = plain ? 0 : norm->offset, scale = plain ? 1 : norm->scale;
    for (int row = 0; row < norm->rows; row++) {
        size_t at = (size_t)row * (size_t)D;
        const real *restrict x = norm->x + at;
        const real *g = dy + at;
        real rstd = norm->rstd[row], mean = centred ? norm->mean[row] : 0;
        real sum = 0, product = 0;
#pragma omp simd reduction(+ : sum, product)
        for (int i = 0; i < D; i++) {
            real xhat = (x[i] - mean) * rstd, d = plain ? g[i] : scale * g[i];
            real weighted = d * (plain ? gain[i] : offset + gain[i]);
            sum += weighted;
            product += weighted * xhat;
            dgain[i] += d * xhat;
        }
        if (dbias) {
#pragma omp simd
            for (int i = 0; i < D; i++)
                dbias[i] += plain ? g[i] : scale * g[i];
        }
        sum = centred ? sum / (real)D : 0;
        product /= (real)D;
        real *out = dx + at;
        if (skip) {
            const real *base = skip + at;
#pragma omp simd
            for (int i = 0; i < D; i++) {
                real weight = plain ? gain[i] : scale * (offset + gain[i]);
                out[i] = base[i] + rstd * (g[i] * weight - sum - (x[i] - mean) * rstd * product);
            }
        } else {
#pragma omp simd
            for (int i = 0; i < D; i++) {
                real weight = plain ? gain[i] : scale * (offset + gain[i]);
                out[i] = rstd * (g[i] * weight - sum - (x[i] - mean) * rstd * product);
            }
        }
    }
}

/* DyT (Zhu 2025): xhat = tanh(alpha x) */
static void dyt_forward(const struct norm_rows *norm, real *restrict y)
{
    const int D = norm->width;
    const real *restrict gain = norm->gain, *restrict bias = norm->bias;
    const real alpha = norm->alpha[0], offset = norm->offset, scale = norm->scale;
    for (int row = 0; row < norm->rows; row++) {
        const real *restrict x = norm->x + (size_t)row * (size_t)D;
        real *restrict out = y + (size_t)row * (size_t)D;
#pragma omp simd
        for (int i = 0; i < D; i++)
            out[i] = scale * (offset + gain[i]) * tanh_fast(alpha * x[i]);
        if (bias) {
#pragma omp simd
            for (int i = 0; i < D; i++)
                out[i] += scale * bias[i];
        }
    }
}

/* backward: with d = scale * dy and u = gain * d * (1 - xhat^2),
 *     dx = alpha * u,  dalpha += x * u,  dgain += d * xhat,  dbias += d */
static void dyt_backward(const struct norm_rows *norm, const real *dy, const real *skip, real *dx)
{
    const int D = norm->width;
    const real *restrict gain = norm->gain;
    real *restrict dgain = norm->dgain, *restrict dbias = norm->dbias;
    const real alpha = norm->alpha[0], offset = norm->offset, scale = norm->scale;
    for (int row = 0; row < norm->rows; row++) {
        size_t at = (size_t)row * (size_t)D;
        const real *restrict x = norm->x + at;
        const real *g = dy + at, *base = skip ? skip + at : NULL;
        real *out = dx + at, sum = 0;
        if (dbias) {
#pragma omp simd
            for (int i = 0; i < D; i++)
                dbias[i] += scale * g[i];
        }
#pragma omp simd reduction(+ : sum)
        for (int i = 0; i < D; i++) {
            real xhat = tanh_fast(alpha * x[i]), d = scale * g[i];
            real u = (offset + gain[i]) * d * (1 - xhat * xhat);
            dgain[i] += d * xhat;
            sum += x[i] * u;
            out[i] = (base ? base[i] : 0) + alpha * u;
        }
        norm->dalpha[0] += sum;
    }
}

/* No norm: y = scale * x;  dx = scale * dy */
static void scale_forward(const struct norm_rows *norm, real *restrict y)
{
    const size_t numbers = (size_t)norm->rows * (size_t)norm->width;
    const real *restrict x = norm->x;
    const real scale = norm->scale;
#pragma omp simd
    for (size_t i = 0; i < numbers; i++)
        y[i] = scale * x[i];
}

static void scale_backward(const struct norm_rows *norm, const real *dy, const real *skip, real *dx)
{
    const size_t numbers = (size_t)norm->rows * (size_t)norm->width;
    const real scale = norm->scale;
    for (size_t i = 0; i < numbers; i++)
        dx[i] = (skip ? skip[i] : 0) + scale * dy[i];
}

static bool is_plain(const struct norm_rows *norm)
{
    return norm->offset == 0 && norm->scale == 1;
}

void KERNEL(norm_forward)(const struct norm_rows *norm, real *restrict y)
{
    const bool centred = norm->kind == NORM_LAYERNORM, biased = norm->bias != NULL;
    if (norm->kind == NORM_NONE)
        scale_forward(norm, y);
    else if (norm->kind == NORM_DYT)
        dyt_forward(norm, y);
    else if (!is_plain(norm))
        normalize(norm, y, centred, biased, false);
    else if (centred && biased)
        normalize(norm, y, true, true, true);
    else
        normalize(norm, y, centred, biased, true);
}

void KERNEL(norm_backward)(const struct norm_rows *norm, const real *dy, const real *skip, real *dx)
{
    if (norm->kind == NORM_NONE)
        scale_backward(norm, dy, skip, dx);
    else if (norm->kind == NORM_DYT)
        dyt_backward(norm, dy, skip, dx);
    else if (!is_plain(norm))
        normalize_backward(norm, dy, skip, dx, norm->kind == NORM_LAYERNORM, false);
    else if (norm->kind == NORM_LAYERNORM)
        normalize_backward(norm, dy, skip, dx, true, true);
    else
        normalize_backward(norm, dy, skip, dx, false, true);
}
