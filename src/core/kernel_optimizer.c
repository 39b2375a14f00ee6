/* Optimizers; see kernels.h. */
#include "core/kernel_build.h"

#include <math.h>

/* ---- optimizers ------------------------------------------------------------------------------*/

/* Adam's family: m = b1 m + (1-b1) g;  v = b2 v + (1-b2) g^2;
 *     w -= lr (m / (1-b1^t)) / (sqrt(v / (1-b2^t)) + eps)
 * AdamW besides: w -= lr decay w; the others: g += decay w first.
 * RAdam, where `adaptive`: w -= lr (m / (1-b1^t)) r sqrt(1-b2^t) / (sqrt(v) + eps), and while
 * not: w -= lr m / (1-b1^t). */
INLINE struct update_sums adam_as(const struct update_rows *u, double step_size, double root_size,
                                  bool decoupled, bool adaptive)
{
    real *restrict w = u->weight, *restrict m = u->first, *restrict v = u->second;
    const real *restrict dweight = u->dweight;
    const real b1 = (real)u->beta1, b2 = (real)u->beta2, c1 = (real)(1 - u->beta1),
               c2 = (real)(1 - u->beta2);
    const real step = (real)step_size, root = (real)root_size;
    const real epsilon = (real)u->epsilon, scale = (real)u->scale;
    const real decay = (real)(decoupled ? u->lr * u->decay : u->decay);
    struct update_sums sums = {0};
    for (size_t start = 0; start < u->count; start += SUM_BLOCK) {
        size_t end = start + SUM_BLOCK < u->count ? start + SUM_BLOCK : u->count;
        real weights = 0, changes = 0;
#pragma omp simd reduction(+ : weights, changes)
        for (size_t i = start; i < end; i++) {
            real g = dweight[i] * scale;
            if (!decoupled)
                g += decay * w[i];
            real first = b1 * m[i] + c1 * g, second = b2 * v[i] + c2 * g * g;
            real change =
                adaptive ? step * first / ((real)sqrt(second) * root + epsilon) : step * first;
            if (decoupled)
                change = decay * w[i] + change;
            m[i] = first;
            v[i] = second;
            weights += w[i] * w[i];
            changes += change * change;
            w[i] -= change;
        }
        sums.weight += (double)weights;
        sums.change += (double)changes;
    }
    return sums;
}

struct update_sums KERNEL(adamw)(const struct update_rows *u)
{
    return adam_as(u, u->lr / u->correction1, 1 / sqrt(u->correction2), true, true);
}

struct update_sums KERNEL(adam)(const struct update_rows *u)
{
    return adam_as(u, u->lr / u->correction1, 1 / sqrt(u->correction2), false, true);
}

struct update_sums KERNEL(radam)(const struct update_rows *u)
{
    const double step = u->lr / u->correction1;
    if (u->rectification > 0)
        return adam_as(u, step * u->rectification * sqrt(u->correction2), 1, false, true);
    return adam_as(u, step, 1, false, false);
}

/* w -= lr (sign(b1 m + (1-b1) g) + decay w);  m = b2 m + (1-b2) g */
struct update_sums KERNEL(lion)(const struct update_rows *u)
{
    real *restrict w = u->weight, *restrict m = u->first;
    const real *restrict dweight = u->dweight;
    const real b1 = (real)u->beta1, b2 = (real)u->beta2, c1 = (real)(1 - u->beta1),
               c2 = (real)(1 - u->beta2);
    const real lr = (real)u->lr, decay = (real)(u->lr * u->decay), scale = (real)u->scale;
    struct update_sums sums = {0};
    for (size_t start = 0; start < u->count; start += SUM_BLOCK) {
        size_t end = start + SUM_BLOCK < u->count ? start + SUM_BLOCK : u->count;
        real weights = 0, changes = 0;
#pragma omp simd reduction(+ : weights, changes)
        for (size_t i = start; i < end; i++) {
            real g = dweight[i] * scale, mean = b1 * m[i] + c1 * g;
            real sign = (mean > 0 ? (real)1 : (real)0) - (mean < 0 ? (real)1 : (real)0);
            real change = decay * w[i] + lr * sign;
            m[i] = b2 * m[i] + c2 * g;
            weights += w[i] * w[i];
            changes += change * change;
            w[i] -= change;
        }
        sums.weight += (double)weights;
        sums.change += (double)changes;
    }
    return sums;
}

/* buf = b1 buf + g;  w -= lr (buf + decay w). SGD is the case b1 = 0, without the buffer. */
INLINE struct update_sums descend(const struct update_rows *u, bool with_buffer)
{
    real *restrict w = u->weight, *restrict buffer = u->first;
    const real *restrict dweight = u->dweight;
    const real lr = (real)u->lr, decay = (real)(u->lr * u->decay), scale = (real)u->scale,
               b1 = (real)u->beta1;
    struct update_sums sums = {0};
    for (size_t start = 0; start < u->count; start += SUM_BLOCK) {
        size_t end = start + SUM_BLOCK < u->count ? start + SUM_BLOCK : u->count;
        real weights = 0, changes = 0;
#pragma omp simd reduction(+ : weights, changes)
        for (size_t i = start; i < end; i++) {
            real g = dweight[i] * scale;
            if (with_buffer)
                buffer[i] = g = b1 * buffer[i] + g;
            real change = decay * w[i] + lr * g;
            weights += w[i] * w[i];
            changes += change * change;
            w[i] -= change;
        }
        sums.weight += (double)weights;
        sums.change += (double)changes;
    }
    return sums;
}

struct update_sums KERNEL(sgd)(const struct update_rows *update)
{
    return descend(update, false);
}

struct update_sums KERNEL(momentum)(const struct update_rows *update)
{
    return descend(update, true);
}

/* ---- Muon, as kernels.h has it ------------------------------------------------------------------
 * X stays as it lies. Where it is higher than wide, A = X^T X stands on its right instead. */

/* m = b m + (1-b) g, x = (1-b) g + b m */
static void nesterov(const struct update_rows *u, real *restrict x)
{
    const real b = (real)MUON_MOMENTUM, c = (real)(1 - MUON_MOMENTUM), scale = (real)u->scale;
    real *restrict m = u->first;
    const real *restrict dweight = u->dweight;
#pragma omp simd
    for (size_t i = 0; i < u->count; i++) {
        const real g = dweight[i] * scale;
        m[i] = b * m[i] + c * g;
        x[i] = c * g + b * m[i];
    }
}

/* The symmetric A = X X^T, or X^T X; `turned` has room for X^T. */
static void product_with_itself(const struct update_rows *u, const real *x, real *turned, real *a)
{
    const bool high = u->rows > u->cols;
    if (!high)
        KERNEL(pack)(x, turned, u->rows, u->cols);
    KERNEL(matmul)
    (&(struct matmul){
        .rows = high ? u->cols : u->rows,
        .columns = high ? u->cols : u->rows,
        .depth = high ? u->rows : u->cols,
        .a = x,
        .a_stride = (size_t)u->cols,
        .a_transposed = high,
        .b = high ? x : turned,
        .b_packed = !high,
        .c = a,
    });
}

/* a = MUON_A I + MUON_B a + MUON_C square, [n][n] */
static void polynomial(real *restrict a, const real *restrict square, int n)
{
#pragma omp simd
    for (int i = 0; i < n * n; i++)
        a[i] = (real)MUON_B * a[i] + (real)MUON_C * square[i];
    for (int i = 0; i < n; i++)
        a[i * (n + 1)] += (real)MUON_A;
}

/* Five steps of x, in turn there and in `other`; returns the one with the result. */
static real *newton_schulz(const struct update_rows *u, real *x, real *other)
{
    const bool high = u->rows > u->cols;
    const int n = high ? u->cols : u->rows;
    real *a = other + u->count, *square = a + (size_t)n * (size_t)n;
    for (int step = 0; step < MUON_STEPS; step++) {
        product_with_itself(u, x, other, a);
        KERNEL(matmul)
        (&(struct matmul){.rows = n,
                          .columns = n,
                          .depth = n,
                          .a = a,
                          .a_stride = (size_t)n,
                          .b = a,
                          .c = square});
        polynomial(a, square, n);
        KERNEL(matmul)
        (&(struct matmul){
            .rows = u->rows,
            .columns = u->cols,
            .depth = n,
            .a = high ? x : a,
            .a_stride = (size_t)n,
            .b = high ? a : x,
            .c = other,
        });
        real *old = x;
        x = other;
        other = old;
    }
    return x;
}

/* What is orthogonal goes down as a gradient would. */
struct update_sums KERNEL(muon)(const struct update_rows *u)
{
    struct update_rows down = *u;
    real *x = u->scratch;
    nesterov(u, x);
    const real inverse = (real)(1 / (sqrt(KERNEL(sum_squares)(x, u->count)) + MUON_TINY));
#pragma omp simd
    for (size_t i = 0; i < u->count; i++)
        x[i] *= inverse;
    down.dweight = newton_schulz(u, x, x + u->count);
    down.scale = MUON_SIZE * sqrt(u->rows > u->cols ? u->rows : u->cols);
    return descend(&down, false);
}
