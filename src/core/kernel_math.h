/* exp, tanh and log of single numbers, which the compiler can turn into vector code.
 *
 * In double precision these are libm's. */
#ifndef LNSCOPE_CORE_KERNEL_MATH_H
#define LNSCOPE_CORE_KERNEL_MATH_H

#include "core/kernel_build.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* ---- exp ---------------------------------------------------------------------------------------
 * x = n ln2 + r with |r| <= ln2/2; e^r by its Taylor polynomial (degree 6: 2e-8 relative on that
 * interval, refined by minimax coefficients as in Cephes' expf); 2^n by building the exponent.
 * Arguments are clamped where the result leaves the normal range. Of a NaN, n is an arbitrary whole
 * number, and the result a NaN: nothing is converted to an integer that has none. */
#ifdef LNSCOPE_REAL_DOUBLE
INLINE real exp_fast(real x)
{
    return exp(x);
}
#else
INLINE real exp_fast(real x)
{
    /* x + shift is rounded to a whole number, which stands in the lowest bits of the sum. */
    const float shift = 0x1.8p23f;
    float clamped = x < -87.3f ? -87.3f : x;
    clamped = clamped > 88.3f ? 88.3f : clamped;
    float shifted = clamped * 1.44269504088896341f + shift;
    float n = shifted - shift;
    float r = clamped - n * 0.693359375f;
    r = r + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    uint32_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 127) << 23; /* of shift itself, nothing is left */
    float power;
    memcpy(&power, &bits, sizeof power);
    return p * power;
}
#endif

/* tanh: near 0 by Cephes' tanhf polynomial, elsewhere 1 - 2 / (e^(2|x|) + 1), which is exact to
 * rounding where the result is not small. */
#ifdef LNSCOPE_REAL_DOUBLE
INLINE real tanh_fast(real x)
{
    return tanh(x);
}
#else
INLINE real tanh_fast(real x)
{
    float size = x < 0 ? -x : x, square = x * x;
    float p = -5.70498872745e-3f;
    p = p * square + 2.06390887954e-2f;
    p = p * square - 5.37397155531e-2f;
    p = p * square + 1.33314422036e-1f;
    p = p * square - 3.33332819422e-1f;
    float small = p * square * x + x;
    float large = 1 - 2 / (exp_fast(2 * size) + 1);
    large = x < 0 ? -large : large;
    return size < 0.625f ? small : large;
}
#endif

/* ---- log ---------------------------------------------------------------------------------------
 * x = 2^n m with m in [sqrt(1/2), sqrt(2)); ln m by Cephes' logf polynomial. Of what is below the
 * normal range, the logarithm of its least number; only for x >= 0. */
#ifdef LNSCOPE_REAL_DOUBLE
INLINE real log_fast(real x)
{
    return log(x < DBL_MIN ? DBL_MIN : x);
}
#else
INLINE real log_fast(real x)
{
    const int32_t root_half = 0x3f3504f3;
    float clamped = x < FLT_MIN ? FLT_MIN : x;
    int32_t bits;
    memcpy(&bits, &clamped, sizeof bits);
    int32_t n = (bits - root_half) >> 23;
    bits -= (int32_t)((uint32_t)n << 23);
    float m;
    memcpy(&m, &bits, sizeof m);
    float f = m - 1, square = f * f, power = (float)n;
    float p = 7.0376836292e-2f;
    p = p * f - 1.1514610310e-1f;
    p = p * f + 1.1676998740e-1f;
    p = p * f - 1.2420140846e-1f;
    p = p * f + 1.4249322787e-1f;
    p = p * f - 1.6668057665e-1f;
    p = p * f + 2.0000714765e-1f;
    p = p * f - 2.4999993993e-1f;
    p = p * f + 3.3333331174e-1f;
    p = p * f * square - 2.12194440e-4f * power - 0.5f * square;
    return f + p + 0.693359375f * power;
}
#endif

#endif
