/* The vectorised loops; see kernels.h.
 *
 * Compiled once per instruction set with KERNELS_TABLE (the table's symbol), KERNELS_NAME and
 * KERNELS_BYTES (the vector register's width). Loops are plain C with `omp simd`, or the compiler's
 * vector type where accumulators must stay in registers. Nothing here relies on fast-math: a NaN
 * stays a NaN. */
#include "core/kernels.h"

#include <math.h>
#include <string.h>

typedef real vector __attribute__((vector_size(KERNELS_BYTES), aligned(sizeof(real)), may_alias));
enum {
    LANES = KERNELS_BYTES / sizeof(real),
    PAD = 16, /* attention arrays are padded to this many numbers, in every build */
    TILE = 8, /* rows of a register tile */
    SUM_BLOCK = 512
};

#define INLINE static inline __attribute__((always_inline))

/* ---- exp ---------------------------------------------------------------------------------------
 * x = n ln2 + r with |r| <= ln2/2; e^r by its Taylor polynomial (degree 6: 2e-8 relative on that
 * interval, refined by minimax coefficients as in Cephes' expf); 2^n by building the exponent.
 * Arguments are clamped where the result leaves the normal range; a NaN passes through. */
#ifdef LNSCOPE_REAL_DOUBLE
INLINE real exp_fast(real x)
{
    return exp(x);
}
#else
INLINE real exp_fast(real x)
{
    const float shift = 0x1.8p23f; /* adding and subtracting it rounds to the nearest whole */
    float clamped = x < -87.3f ? -87.3f : x;
    clamped = clamped > 88.3f ? 88.3f : clamped;
    float n = (clamped * 1.44269504088896341f + shift) - shift;
    float r = clamped - n * 0.693359375f;
    r = r + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    union {
        int32_t bits;
        float value;
    } power = {.bits = ((int32_t)n + 127) << 23};
    return p * power.value;
}
#endif

static void exponential(const real *restrict x, real *restrict y, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        y[i] = exp_fast(x[i]);
}

/* ---- norms -----------------------------------------------------------------------------------*/

INLINE real sum_row(const real *restrict x, int D)
{
    real sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int i = 0; i < D; i++)
        sum += x[i];
    return sum;
}

static void norm_forward(const struct norm_rows *norm, real *restrict y)
{
    const int D = norm->width;
    const real *restrict gain = norm->gain, *restrict bias = norm->bias;
    for (int row = 0; row < norm->rows; row++) {
        const real *restrict x = norm->x + (size_t)row * (size_t)D;
        real *restrict out = y + (size_t)row * (size_t)D;
        real square = 0, mean = 0;
        if (norm->kind == NORM_LAYERNORM)
            norm->mean[row] = mean = sum_row(x, D) / (real)D;
#pragma omp simd reduction(+ : square)
        for (int i = 0; i < D; i++)
            square += (x[i] - mean) * (x[i] - mean);
        real rstd = 1 / (real)sqrt(square / (real)D + (real)NORM_EPSILON);
        norm->rstd[row] = rstd;
        if (norm->kind == NORM_LAYERNORM) {
#pragma omp simd
            for (int i = 0; i < D; i++)
                out[i] = (x[i] - mean) * rstd * gain[i] + bias[i];
        } else {
#pragma omp simd
            for (int i = 0; i < D; i++)
                out[i] = x[i] * rstd * gain[i];
        }
    }
}

/* forward: xhat = (x - mean) * rstd;  y = gain * xhat + bias
 * backward: with g = gain * dy,
 *     dx = rstd * (g - mean(g) - xhat * mean(g * xhat))      (RMSNorm: without mean(g))
 *     dgain += dy * xhat,  dbias += dy */
static void norm_backward(const struct norm_rows *norm, const real *dy, const real *skip, real *dx,
                          real *restrict dgain, real *restrict dbias)
{
    const int D = norm->width;
    const bool centred = norm->kind == NORM_LAYERNORM;
    const real *restrict gain = norm->gain;
    for (int row = 0; row < norm->rows; row++) {
        size_t at = (size_t)row * (size_t)D;
        const real *restrict x = norm->x + at;
        const real *g = dy + at;
        real rstd = norm->rstd[row], mean = centred ? norm->mean[row] : 0;
        real sum = 0, product = 0;
#pragma omp simd reduction(+ : sum, product)
        for (int i = 0; i < D; i++) {
            real xhat = (x[i] - mean) * rstd;
            sum += g[i] * gain[i];
            product += g[i] * gain[i] * xhat;
            dgain[i] += g[i] * xhat;
        }
        if (centred) {
#pragma omp simd
            for (int i = 0; i < D; i++)
                dbias[i] += g[i];
        }
        sum = centred ? sum / (real)D : 0;
        product /= (real)D;
        real *out = dx + at;
        if (skip) {
            const real *base = skip + at;
#pragma omp simd
            for (int i = 0; i < D; i++)
                out[i] = base[i] + rstd * (g[i] * gain[i] - sum - (x[i] - mean) * rstd * product);
        } else {
#pragma omp simd
            for (int i = 0; i < D; i++)
                out[i] = rstd * (g[i] * gain[i] - sum - (x[i] - mean) * rstd * product);
        }
    }
}

/* ---- activations, biases, joins ----------------------------------------------------------------
 * GELU in the tanh form (Hendrycks 2016): x/2 (1 + tanh u) = x s, s = 1 / (1 + e^(-2u)),
 * u = sqrt(2/pi) (x + 0.044715 x^3). Its slope is s + x s (1 - s) 2u'. */
static void gelu_forward(real *restrict h, const real *restrict bias, real *restrict a, int rows,
                         int F)
{
    const real c0 = (real)(2 * 0.79788456080286535588), c1 = (real)0.044715;
    for (int row = 0; row < rows; row++) {
        size_t at = (size_t)row * (size_t)F;
#pragma omp simd
        for (int i = 0; i < F; i++) {
            real x = h[at + (size_t)i] + bias[i];
            real cube = c1 * x * x;
            real s = 1 / (1 + exp_fast(-c0 * x * (1 + cube)));
            a[at + (size_t)i] = x * s;
            h[at + (size_t)i] = s + x * s * (1 - s) * c0 * (1 + 3 * cube);
        }
    }
}

static void relu_forward(real *restrict h, const real *restrict bias, real *restrict a, int rows,
                         int F)
{
    for (int row = 0; row < rows; row++) {
        size_t at = (size_t)row * (size_t)F;
#pragma omp simd
        for (int i = 0; i < F; i++) {
            real x = h[at + (size_t)i] + bias[i];
            real slope = x > 0 ? (real)1 : (real)0;
            a[at + (size_t)i] = x < 0 ? 0 : x; /* a NaN stays one */
            h[at + (size_t)i] = slope;
        }
    }
}

static void slope_backward(real *restrict da, const real *restrict slope, real *restrict dbias,
                           int rows, int F)
{
    for (int row = 0; row < rows; row++) {
        size_t at = (size_t)row * (size_t)F;
#pragma omp simd
        for (int i = 0; i < F; i++) {
            real d = da[at + (size_t)i] * slope[at + (size_t)i];
            da[at + (size_t)i] = d;
            dbias[i] += d;
        }
    }
}

static void bias_forward(real *restrict y, const real *restrict bias, int rows, int width)
{
    for (int row = 0; row < rows; row++) {
        real *restrict out = y + (size_t)row * (size_t)width;
#pragma omp simd
        for (int i = 0; i < width; i++)
            out[i] += bias[i];
    }
}

static void bias_backward(const real *restrict dy, real *restrict dbias, int rows, int width)
{
    for (int row = 0; row < rows; row++) {
        const real *restrict d = dy + (size_t)row * (size_t)width;
#pragma omp simd
        for (int i = 0; i < width; i++)
            dbias[i] += d[i];
    }
}

static void join_forward(const struct join_rows *join)
{
    const int D = join->width;
    const real skip = join->skip, scale = join->scale;
    for (int row = 0; row < join->rows; row++) {
        size_t at = (size_t)row * (size_t)D;
        const real *x = join->x + at, *branch = join->branch + at, *bias = join->bias;
        real *sum = join->sum + at;
        if (bias) {
#pragma omp simd
            for (int i = 0; i < D; i++)
                sum[i] = skip * x[i] + scale * (branch[i] + bias[i]);
        } else {
#pragma omp simd
            for (int i = 0; i < D; i++)
                sum[i] = skip * x[i] + scale * branch[i];
        }
    }
}

/* ---- attention ---------------------------------------------------------------------------------
 * All products are one register tile: C[8][vector] = sum over k of A(k, row) * B[k][vector], where
 * A is read with any strides, so that transposes cost nothing. Operands are first packed into dense
 * scratch, padded with zeros to whole vectors; no loop has a remainder. */

INLINE vector load(const real *from)
{
    return *(const vector *)from;
}

INLINE void store(real *to, vector value)
{
    *(vector *)to = value;
}

struct tile {
    const real *a;
    size_t row_stride, step_stride; /* of a: from row to row, from k to k+1 */
    const real *b;                  /* [count][b_stride] */
    size_t b_stride;
    int count;
};

/* out[row][0..LANES) = the tile's product, for TILE rows `stride` apart. */
INLINE void tile_product(const struct tile *tile, real *out, size_t stride)
{
    vector sum[TILE];
    for (int row = 0; row < TILE; row++)
        sum[row] = (vector){0};
    const real *a = tile->a, *b = tile->b;
    const size_t row_stride = tile->row_stride;
    for (int k = 0; k < tile->count; k++) {
        vector column = load(b);
        for (int row = 0; row < TILE; row++)
            sum[row] += a[(size_t)row * row_stride] * column;
        a += tile->step_stride;
        b += tile->b_stride;
    }
    for (int row = 0; row < TILE; row++)
        store(out + (size_t)row * stride, sum[row]);
}

static int pad(int n)
{
    return (n + PAD - 1) / PAD * PAD;
}

/* to[Tp][Wp] = from * scale, zero outside. */
static void pack(real *to, const real *from, int stride, int T, int W, real scale)
{
    const int Tp = pad(T), Wp = pad(W);
    for (int t = 0; t < T; t++) {
        for (int d = 0; d < W; d++)
            to[t * Wp + d] = from[(size_t)t * (size_t)stride + (size_t)d] * scale;
        for (int d = W; d < Wp; d++)
            to[t * Wp + d] = 0;
    }
    memset(to + T * Wp, 0, (size_t)(Tp - T) * (size_t)Wp * sizeof *to);
}

/* to[W][Tp] = from transposed, zero outside. */
static void pack_transposed(real *to, const real *from, int stride, int T, int W)
{
    const int Tp = pad(T);
    for (int t = 0; t < T; t++)
        for (int d = 0; d < W; d++)
            to[d * Tp + t] = from[(size_t)t * (size_t)stride + (size_t)d];
    for (int d = 0; d < W; d++)
        for (int t = T; t < Tp; t++)
            to[d * Tp + t] = 0;
}

static void unpack(real *to, int stride, const real *from, int T, int W, real scale)
{
    const int Wp = pad(W);
    for (int t = 0; t < T; t++)
        for (int d = 0; d < W; d++)
            to[(size_t)t * (size_t)stride + (size_t)d] = from[t * Wp + d] * scale;
}

/* Softmax of scores[0..count); zero from there to `end`. */
INLINE void softmax_row(real *restrict scores, int count, int end)
{
    real top = scores[0], sum = 0;
#pragma omp simd reduction(max : top)
    for (int j = 0; j < count; j++)
        top = scores[j] > top ? scores[j] : top;
#pragma omp simd reduction(+ : sum)
    for (int j = 0; j < count; j++) {
        scores[j] = exp_fast(scores[j] - top);
        sum += scores[j];
    }
    real scale = 1 / sum;
#pragma omp simd
    for (int j = 0; j < count; j++)
        scores[j] *= scale;
    for (int j = count; j < end; j++)
        scores[j] = 0;
}

/* How many keys (whole vectors) the rows of a tile that starts at row t can see. */
INLINE int keys_seen(const struct attention_head *head, int t, int Tp)
{
    int seen = head->causal ? pad(t + TILE) : Tp;
    return seen < Tp ? seen : Tp;
}

/* S = Q K^T / sqrt(W);  P = softmax(S), masked;  O = P V. */
static void attention_forward(const struct attention_head *head)
{
    const int T = head->tokens, W = head->width, Tp = pad(T), Wp = pad(W);
    real *q = head->scratch, *kt = q + Tp * Wp, *v = kt + Tp * Wp, *o = v + Tp * Wp;
    real *probability = head->probability;
    pack(q, head->q, head->stride, T, W, 1 / (real)sqrt((real)W));
    pack_transposed(kt, head->k, head->stride, T, W);
    pack(v, head->v, head->stride, T, W, 1);
    for (int t = 0; t < T; t += TILE) {
        const int keys = keys_seen(head, t, Tp);
        real *rows = probability + t * Tp;
        for (int j = 0; j < keys; j += LANES)
            tile_product(&(struct tile){q + t * Wp, (size_t)Wp, 1, kt + j, (size_t)Tp, W}, rows + j,
                         (size_t)Tp);
        for (int i = 0; i < TILE; i++) {
            const int row = t + i;
            softmax_row(rows + i * Tp, head->causal && row < T ? row + 1 : T, keys);
        }
        for (int d = 0; d < Wp; d += LANES)
            tile_product(
                &(struct tile){rows, (size_t)Tp, 1, v + d, (size_t)Wp, keys < T ? keys : T},
                o + t * Wp + d, (size_t)Wp);
    }
    unpack(head->out, head->out_stride, o, T, W, 1);
}

/* forward: O = P V;  P = softmax(S);  S = Q K^T / sqrt(W)
 * backward: dV = P^T dO;  dP = dO V^T;  dS = P (dP - sum_j P dP), where sum_j P dP = dO . O;
 *     dQ = dS K / sqrt(W);  dK = dS^T Q / sqrt(W) */
static void attention_backward(const struct attention_head *head)
{
    const int T = head->tokens, W = head->width, Tp = pad(T), Wp = pad(W);
    const size_t part = (size_t)Tp * (size_t)Wp;
    real *q = head->scratch, *k = q + part, *vt = k + part, *dO = vt + part, *result = dO + part;
    real *dS = result + part;
    const real *P = head->probability;
    const real scale = 1 / (real)sqrt((real)W);
    pack(q, head->q, head->stride, T, W, scale);
    pack(k, head->k, head->stride, T, W, scale);
    pack_transposed(vt, head->v, head->stride, T, W);
    pack(dO, head->dout, head->out_stride, T, W, 1);
    for (int t = 0; t < T; t += TILE) {
        const int keys = keys_seen(head, t, Tp);
        for (int j = 0; j < keys; j += LANES)
            tile_product(&(struct tile){dO + t * Wp, (size_t)Wp, 1, vt + j, (size_t)Tp, W},
                         dS + t * Tp + j, (size_t)Tp);
        for (int row = t; row < t + TILE; row++) {
            const real *restrict p = P + row * Tp;
            real *restrict ds = dS + row * Tp;
            real delta = 0;
            if (row < T)
#pragma omp simd reduction(+ : delta)
                for (int j = 0; j < keys; j++)
                    delta += p[j] * ds[j];
#pragma omp simd
            for (int j = 0; j < keys; j++)
                ds[j] = p[j] * (ds[j] - delta);
        }
        for (int d = 0; d < Wp; d += LANES)
            tile_product(
                &(struct tile){dS + t * Tp, (size_t)Tp, 1, k + d, (size_t)Wp, keys < T ? keys : T},
                result + t * Wp + d, (size_t)Wp);
    }
    unpack(head->dq, head->stride, result, T, W, 1);
    for (int pass = 0; pass < 2; pass++) { /* dK from dS and Q, dV from P and dO */
        const real *a = pass == 0 ? dS : P, *b = pass == 0 ? q : dO;
        for (int j = 0; j < T; j += TILE) {
            const int first = head->causal ? j : 0; /* queries before key j do not see it */
            for (int d = 0; d < Wp; d += LANES)
                tile_product(&(struct tile){a + first * Tp + j, 1, (size_t)Tp, b + first * Wp + d,
                                            (size_t)Wp, T - first},
                             result + j * Wp + d, (size_t)Wp);
        }
        unpack(pass == 0 ? head->dk : head->dv, head->stride, result, T, W, 1);
    }
}

/* ---- loss ------------------------------------------------------------------------------------*/

static double cross_entropy(real *restrict logits, int V, int target, double scale)
{
    real top = logits[0], sum = 0;
    for (int i = 1; i < V; i++)
        top = logits[i] > top ? logits[i] : top;
    real at_target = logits[target] - top;
#pragma omp simd reduction(+ : sum)
    for (int i = 0; i < V; i++) {
        logits[i] = exp_fast(logits[i] - top);
        sum += logits[i];
    }
    real factor = (real)scale / sum;
#pragma omp simd
    for (int i = 0; i < V; i++)
        logits[i] *= factor;
    logits[target] -= (real)scale;
    return log((double)sum) - (double)at_target;
}

/* ---- sums ------------------------------------------------------------------------------------*/

static double sum_squares(const real *restrict x, size_t count)
{
    double total = 0;
    for (size_t start = 0; start < count; start += SUM_BLOCK) {
        size_t end = start + SUM_BLOCK < count ? start + SUM_BLOCK : count;
        real sum = 0;
#pragma omp simd reduction(+ : sum)
        for (size_t i = start; i < end; i++)
            sum += x[i] * x[i];
        /* Outside this range single precision may have lost squares; a double cannot. */
        if (!(sum > (real)1e-24 && sum < (real)1e34)) {
            double exact = 0;
            for (size_t i = start; i < end; i++)
                exact += (double)x[i] * (double)x[i];
            total += exact;
        } else {
            total += (double)sum;
        }
    }
    return total;
}

/* ---- optimizers ------------------------------------------------------------------------------*/

/* m = b1 m + (1-b1) g;  v = b2 v + (1-b2) g^2;
 * w -= lr decay w + lr/(1-b1^t) m / (sqrt(v/(1-b2^t)) + eps) */
static struct update_sums adamw(const struct update_rows *u)
{
    real *restrict w = u->weight, *restrict m = u->first, *restrict v = u->second;
    const real *restrict grad = u->grad;
    const real b1 = (real)u->beta1, b2 = (real)u->beta2, c1 = (real)(1 - u->beta1),
               c2 = (real)(1 - u->beta2);
    const real step = (real)(u->lr / u->correction1), root = (real)(1 / sqrt(u->correction2));
    const real epsilon = (real)u->epsilon, decay = (real)(u->lr * u->decay), scale = (real)u->scale;
    struct update_sums sums = {0};
    for (size_t start = 0; start < u->count; start += SUM_BLOCK) {
        size_t end = start + SUM_BLOCK < u->count ? start + SUM_BLOCK : u->count;
        real weights = 0, changes = 0;
#pragma omp simd reduction(+ : weights, changes)
        for (size_t i = start; i < end; i++) {
            real g = grad[i] * scale;
            real first = b1 * m[i] + c1 * g, second = b2 * v[i] + c2 * g * g;
            real change = decay * w[i] + step * first / ((real)sqrt(second) * root + epsilon);
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

/* buf = b1 buf + g;  w -= lr (buf + decay w). SGD is the case b1 = 0, without the buffer. */
INLINE struct update_sums descend(const struct update_rows *u, bool with_buffer)
{
    real *restrict w = u->weight, *restrict buffer = u->first;
    const real *restrict grad = u->grad;
    const real lr = (real)u->lr, decay = (real)(u->lr * u->decay), scale = (real)u->scale,
               b1 = (real)u->beta1;
    struct update_sums sums = {0};
    for (size_t start = 0; start < u->count; start += SUM_BLOCK) {
        size_t end = start + SUM_BLOCK < u->count ? start + SUM_BLOCK : u->count;
        real weights = 0, changes = 0;
#pragma omp simd reduction(+ : weights, changes)
        for (size_t i = start; i < end; i++) {
            real g = grad[i] * scale;
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

static struct update_sums sgd(const struct update_rows *update)
{
    return descend(update, false);
}

static struct update_sums momentum(const struct update_rows *update)
{
    return descend(update, true);
}

extern const struct kernels KERNELS_TABLE;
const struct kernels KERNELS_TABLE = {
    .name = KERNELS_NAME,
    .norm_forward = norm_forward,
    .norm_backward = norm_backward,
    .gelu_forward = gelu_forward,
    .relu_forward = relu_forward,
    .slope_backward = slope_backward,
    .bias_forward = bias_forward,
    .bias_backward = bias_backward,
    .join_forward = join_forward,
    .attention_forward = attention_forward,
    .attention_backward = attention_backward,
    .cross_entropy = cross_entropy,
    .sum_squares = sum_squares,
    .adamw = adamw,
    .sgd = sgd,
    .momentum = momentum,
    .exponential = exponential,
};
