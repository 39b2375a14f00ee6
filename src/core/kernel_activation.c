/* Activations; see kernels.h. */
#include "core/kernel_build.h"
#include "core/kernel_math.h"

/* ---- activations -------------------------------------------------------------------------------
 * GELU in the tanh form (Hendrycks 2016): x/2 (1 + tanh u) = x s, s = 1 / (1 + e^(-2u)),
 * u = sqrt(2/pi) (x + 0.044715 x^3). Its slope is s + x s (1 - s) 2u'. SiLU is x s with
 * s = 1 / (1 + e^(-x)), and its slope s + x s (1 - s). */

/* What the activation, or the gate of a gated one, makes of x, and its slope there. */
INLINE real active_of(enum activation kind, real x, real *slope)
{
    const real c0 = (real)(2 * 0.79788456080286535588), c1 = (real)0.044715;
    if (kind == ACTIVATION_RELU) {
        *slope = x > 0 ? (real)1 : (real)0;
        return x < 0 ? 0 : x; /* a NaN stays one */
    }
    if (kind == ACTIVATION_SWIGLU) {
        real s = 1 / (1 + exp_fast(-x));
        *slope = s + x * s * (1 - s);
        return x * s;
    }
    real cube = c1 * x * x;
    real s = 1 / (1 + exp_fast(-c0 * x * (1 + cube)));
    *slope = s + x * s * (1 - s) * c0 * (1 + 3 * cube);
    return x * s;
}

INLINE void plain_rows(const struct activation_rows *a, enum activation kind, bool biased)
{
    const int F = a->width;
    const real *restrict bias = a->up_bias;
    for (int row = 0; row < a->rows; row++) {
        real *restrict up = a->up + (size_t)row * (size_t)F;
        real *restrict active = a->active + (size_t)row * (size_t)F;
#pragma omp simd
        for (int i = 0; i < F; i++) {
            real slope;
            active[i] = active_of(kind, biased ? up[i] + bias[i] : up[i], &slope);
            up[i] = slope;
        }
    }
}

INLINE void gated_rows(const struct activation_rows *a, enum activation kind, bool biased)
{
    const int F = a->width;
    const real *restrict up_bias = a->up_bias, *restrict gate_bias = a->gate_bias;
    for (int row = 0; row < a->rows; row++) {
        real *restrict up = a->up + (size_t)row * (size_t)F;
        real *restrict gate = a->gate + (size_t)row * (size_t)F;
        real *restrict active = a->active + (size_t)row * (size_t)F;
#pragma omp simd
        for (int i = 0; i < F; i++) {
            real x = biased ? up[i] + up_bias[i] : up[i], slope;
            real open = active_of(kind, biased ? gate[i] + gate_bias[i] : gate[i], &slope);
            active[i] = x * open;
            up[i] = open;
            gate[i] = x * slope;
        }
    }
}

/* Compiled twice each, so that rows without biases do not look for them. */
INLINE void plain_forward(const struct activation_rows *a, enum activation kind)
{
    if (a->up_bias)
        plain_rows(a, kind, true);
    else
        plain_rows(a, kind, false);
}

INLINE void gated_forward(const struct activation_rows *a, enum activation kind)
{
    if (a->up_bias)
        gated_rows(a, kind, true);
    else
        gated_rows(a, kind, false);
}

void KERNEL(gelu_forward)(const struct activation_rows *a)
{
    plain_forward(a, ACTIVATION_GELU);
}

void KERNEL(relu_forward)(const struct activation_rows *a)
{
    plain_forward(a, ACTIVATION_RELU);
}

void KERNEL(swiglu_forward)(const struct activation_rows *a)
{
    gated_forward(a, ACTIVATION_SWIGLU);
}

void KERNEL(geglu_forward)(const struct activation_rows *a)
{
    gated_forward(a, ACTIVATION_GEGLU);
}

/* to = d * slope, summed up in dbias where there is one; `to` may be `d`. */
INLINE void slope_backward(const struct activation_rows *a, real *to, const real *d,
                           const real *slope, real *dbias)
{
    const int F = a->width;
    for (int row = 0; row < a->rows; row++) {
        const size_t at = (size_t)row * (size_t)F;
        real *out = to + at;
        const real *in = d + at, *factor = slope + at;
        if (dbias) {
#pragma omp simd
            for (int i = 0; i < F; i++) {
                real product = in[i] * factor[i];
                out[i] = product;
                dbias[i] += product;
            }
        } else {
#pragma omp simd
            for (int i = 0; i < F; i++)
                out[i] = in[i] * factor[i];
        }
    }
}

/* forward: active = act(up), or up * act(gate); up and gate hold its slopes by them
 * backward: dup = dactive * slope, dgate the same */
void KERNEL(activation_backward)(const struct activation_rows *a)
{
    if (a->gate)
        slope_backward(a, a->dgate, a->dup, a->gate, a->dgate_bias);
    slope_backward(a, a->dup, a->dup, a->up, a->dup_bias);
}

void KERNEL(exponential)(const real *restrict x, real *restrict y, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        y[i] = exp_fast(x[i]);
}

void KERNEL(hyperbolic_tangent)(const real *restrict x, real *restrict y, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        y[i] = tanh_fast(x[i]);
}
