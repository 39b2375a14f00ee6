/* Every build of the vectorised loops that this processor can run, against plain double-precision
 * formulas written here a second time. */
#include "core/kernels.h"

#include "core/rng.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ROWS = 5, WIDTH = 37 };

static struct rng rng;

static void fill(real *x, size_t count, double spread)
{
    for (size_t i = 0; i < count; i++)
        x[i] = (real)(spread * rng_normal(&rng));
}

static void assert_near(double value, double expected, double tolerance, const char *what,
                        const char *build)
{
    if (!(fabs(value - expected) <= tolerance * (1 + fabs(expected))))
        fail_msg("%s (%s): %.9g, expected %.9g", what, build, value, expected);
}

#define SINGLE    (sizeof(real) == sizeof(float))
#define TOLERANCE (SINGLE ? 2e-5 : 1e-12)

/* Runs `check` for each usable build. */
static void for_each_build(void (*check)(const struct kernels *))
{
    const struct kernels *usable[KERNELS_MAX + 1];
    kernels_usable(usable);
    for (int i = 0; usable[i]; i++) {
        rng = rng_stream(7, 7, 7);
        check(usable[i]);
    }
}

/* ---- exp ---- */

static void check_exponential(const struct kernels *kernels)
{
    enum { POINTS = 100003 };
    real *x = calloc(POINTS, sizeof *x), *y = calloc(POINTS, sizeof *y);
    double worst = 0;
    for (int i = 0; i < POINTS; i++)
        x[i] = (real)(-87.0 + 175.0 * i / POINTS);
    kernels->exponential(x, y, POINTS);
    for (int i = 0; i < POINTS; i++) {
        double exact = exp((double)x[i]);
        double ulp = exact * (SINGLE ? FLT_EPSILON : DBL_EPSILON);
        worst = fmax(worst, fabs((double)y[i] - exact) / ulp);
    }
    printf("exp (%s): worst error %.2f ulp\n", kernels->name, worst);
    assert_true(worst < 3);
    x[0] = (real)NAN, x[1] = -1000, x[2] = 0, x[3] = (real)-INFINITY;
    kernels->exponential(x, y, 4);
    assert_true(isnan(y[0]));
    assert_true(y[1] >= 0 && y[1] < (real)1e-36);
    assert_true(y[2] == 1);
    assert_true(y[3] >= 0 && y[3] < (real)1e-36);
    free(x);
    free(y);
}

static void test_exponential(void **state)
{
    (void)state;
    for_each_build(check_exponential);
}

/* ---- tanh ---- */

static void check_tangent(const struct kernels *kernels)
{
    enum { POINTS = 200003 };
    real *x = calloc(POINTS, sizeof *x), *y = calloc(POINTS, sizeof *y);
    double worst = 0;
    for (int i = 0; i < POINTS; i++) /* dense around 0, and far out */
        x[i] = (real)(12 * pow(2.0 * i / (POINTS - 1) - 1, 3));
    kernels->hyperbolic_tangent(x, y, POINTS);
    for (int i = 0; i < POINTS; i++) {
        double exact = tanh((double)x[i]);
        double ulp = fabs(exact) * (SINGLE ? FLT_EPSILON : DBL_EPSILON);
        if (ulp > 0)
            worst = fmax(worst, fabs((double)y[i] - exact) / ulp);
    }
    printf("tanh (%s): worst error %.2f ulp\n", kernels->name, worst);
    assert_true(worst < 3);
    const real special[] = {(real)NAN, 0, (real)INFINITY, (real)-INFINITY, 1000, -1000};
    memcpy(x, special, sizeof special);
    kernels->hyperbolic_tangent(x, y, 6);
    assert_true(isnan(y[0]));
    assert_true(y[1] == 0);
    for (int i = 2; i < 6; i++)
        assert_true(y[i] == (i % 2 == 0 ? 1 : -1));
    free(x);
    free(y);
}

static void test_tangent(void **state)
{
    (void)state;
    for_each_build(check_tangent);
}

/* ---- norms ---- */

/* xhat of norm_table's formulas. */
static void norm_hat(const struct norm_rows *norm, const real *x, double *xhat)
{
    double mean = 0, square = 0;
    for (int i = 0; i < WIDTH && norm->kind == NORM_LAYERNORM; i++)
        mean += (double)x[i] / WIDTH;
    for (int i = 0; i < WIDTH; i++)
        square += ((double)x[i] - mean) * ((double)x[i] - mean) / WIDTH;
    for (int i = 0; i < WIDTH; i++)
        xhat[i] = norm->kind == NORM_DYT ? tanh((double)norm->alpha[0] * (double)x[i])
                                         : ((double)x[i] - mean) / sqrt(square + NORM_EPSILON);
}

static double norm_gain(const struct norm_rows *norm, int i)
{
    return (double)norm->scale * ((double)norm->offset + (double)norm->gain[i]);
}

/* The gradient of sum(dy * norm(x)) by x[at], by central differences of the reference. */
static double norm_slope(const struct norm_rows *norm, real *x, const real *dy, int at)
{
    const double step = 1e-3;
    double sum[2], xhat[WIDTH];
    real kept = x[at], used[2];
    for (int side = 0; side < 2; side++) {
        x[at] = used[side] = (real)((double)kept + (side ? step : -step));
        norm_hat(norm, x, xhat);
        sum[side] = 0;
        for (int i = 0; i < WIDTH; i++)
            sum[side] += norm_gain(norm, i) * xhat[i] * (double)dy[i];
    }
    x[at] = kept;
    return (sum[1] - sum[0]) / ((double)used[1] - (double)used[0]);
}

/* One norm, forward and backward; the gradients start from 1, since they are added to. */
static void check_norm(const struct kernels *kernels, struct norm_rows *norm, real *x)
{
    real y[ROWS * WIDTH], dy[ROWS * WIDTH], dx[ROWS * WIDTH], skip[ROWS * WIDTH];
    double of_gain[WIDTH], of_bias[WIDTH], of_alpha = 1, xhat[WIDTH];
    fill(dy, ROWS * WIDTH, 1);
    fill(skip, ROWS * WIDTH, 1);
    for (int i = 0; i < WIDTH; i++) {
        norm->dgain[i] = 1;
        of_gain[i] = of_bias[i] = 1;
        if (norm->dbias)
            norm->dbias[i] = 1;
    }
    norm->dalpha[0] = 1;
    kernels->norm_forward(norm, y);
    kernels->norm_backward(norm, dy, skip, dx);
    for (int row = 0; row < ROWS; row++) {
        real *of_row = x + row * WIDTH;
        norm_hat(norm, of_row, xhat);
        for (int i = 0; i < WIDTH; i++) {
            const int at = row * WIDTH + i;
            const double d = (double)norm->scale * (double)dy[at];
            const double shift = norm->bias ? (double)(norm->scale * norm->bias[i]) : 0;
            const double slope = norm_slope(norm, of_row, dy + row * WIDTH, i);
            assert_near((double)y[at], norm_gain(norm, i) * xhat[i] + shift, TOLERANCE, "norm",
                        kernels->name);
            assert_near((double)dx[at], slope + (double)skip[at], 2e-4, "norm backward",
                        kernels->name);
            of_gain[i] += d * xhat[i];
            of_bias[i] += d;
            of_alpha +=
                (double)dy[at] * norm_gain(norm, i) * (double)of_row[i] * (1 - xhat[i] * xhat[i]);
        }
    }
    for (int i = 0; i < WIDTH; i++) {
        assert_near((double)norm->dgain[i], of_gain[i], TOLERANCE, "dgain", kernels->name);
        if (norm->dbias)
            assert_near((double)norm->dbias[i], of_bias[i], TOLERANCE, "dbias", kernels->name);
    }
    if (norm->kind == NORM_DYT)
        assert_near((double)norm->dalpha[0], of_alpha, TOLERANCE, "dalpha", kernels->name);
    kernels->norm_backward(norm, dy, NULL, y);
    for (int i = 0; i < ROWS * WIDTH; i++)
        assert_near((double)(y[i] + skip[i]), (double)dx[i], TOLERANCE, "without skip",
                    kernels->name);
}

static void check_norms(const struct kernels *kernels)
{
    static const enum norm kinds[] = {NORM_LAYERNORM, NORM_RMSNORM, NORM_DYT};
    real x[ROWS * WIDTH], gain[WIDTH], bias[WIDTH], mean[ROWS], rstd[ROWS], dgain[WIDTH],
        dbias[WIDTH], dalpha[1];
    const real alpha[1] = {(real)0.7};
    fill(x, ROWS * WIDTH, 2);
    fill(gain, WIDTH, 1);
    fill(bias, WIDTH, 1);
    for (int variant = 0; variant < 3 * 2 * 2; variant++) {
        const enum norm kind = kinds[variant / 4];
        const bool biased = kind != NORM_RMSNORM && variant % 2 == 0, plain = variant / 2 % 2 == 0;
        struct norm_rows norm = {
            .kind = kind,
            .rows = ROWS,
            .width = WIDTH,
            .x = x,
            .gain = gain,
            .bias = biased ? bias : NULL,
            .alpha = alpha,
            .mean = kind == NORM_LAYERNORM ? mean : NULL,
            .rstd = kind == NORM_DYT ? NULL : rstd,
            .offset = plain ? 0 : 1,
            .scale = plain ? 1 : (real)0.6,
            .dgain = dgain,
            .dbias = biased ? dbias : NULL,
            .dalpha = dalpha,
        };
        check_norm(kernels, &norm, x);
    }
}

static void test_norms(void **state)
{
    (void)state;
    for_each_build(check_norms);
}

/* ---- activations ---- */

static double gelu(double x)
{
    return 0.5 * x * (1 + tanh(sqrt(2 / 3.14159265358979324) * (x + 0.044715 * x * x * x)));
}

static double silu(double x)
{
    return x / (1 + exp(-x));
}

static double relu(double x)
{
    return x > 0 ? x : 0;
}

static double (*const activations[ACTIVATIONS])(double) = {[ACTIVATION_GELU] = gelu,
                                                           [ACTIVATION_RELU] = relu,
                                                           [ACTIVATION_SWIGLU] = silu,
                                                           [ACTIVATION_GEGLU] = gelu};

/* One activation, gated or not, with biases or without: forward, and the gradients of both inputs
 * and biases for an upstream gradient. */
static void check_activation(const struct kernels *kernels, int kind, bool biased)
{
    enum { COUNT = ROWS * WIDTH };
    const bool gated = kind == ACTIVATION_SWIGLU || kind == ACTIVATION_GEGLU;
    real up[COUNT], gate[COUNT], active[COUNT], dup[COUNT], dgate[COUNT], bias[2][WIDTH];
    real dbias[2][WIDTH] = {{0}}, before[2][COUNT], upstream[COUNT];
    double sum[2][WIDTH] = {{0}};
    fill(before[0], COUNT, 3);
    fill(before[1], COUNT, 3);
    fill(bias[0], WIDTH, 1);
    fill(bias[1], WIDTH, 1);
    fill(upstream, COUNT, 1);
    before[gated][0] = 60, before[gated][1] = -60;
    memcpy(up, before[0], sizeof up);
    memcpy(gate, before[1], sizeof gate);
    memcpy(dup, upstream, sizeof dup);
    const struct activation_rows rows = {.rows = ROWS,
                                         .width = WIDTH,
                                         .up = up,
                                         .gate = gated ? gate : NULL,
                                         .up_bias = biased ? bias[0] : NULL,
                                         .gate_bias = biased ? bias[1] : NULL,
                                         .active = active,
                                         .dup = dup,
                                         .dgate = dgate,
                                         .dup_bias = biased ? dbias[0] : NULL,
                                         .dgate_bias = biased ? dbias[1] : NULL};
    kernels->activation_forward[kind](&rows);
    kernels->activation_backward(&rows);
    for (int i = 0; i < COUNT; i++) {
        const double x = (double)before[0][i] + (biased ? (double)bias[0][i % WIDTH] : 0);
        const double y = (double)before[1][i] + (biased ? (double)bias[1][i % WIDTH] : 0);
        const double d = (double)upstream[i], opened = gated ? y : x;
        const double slope =
            (activations[kind](opened + 1e-6) - activations[kind](opened - 1e-6)) / 2e-6;
        const double expected = activations[kind](opened) * (gated ? x : 1);
        const double by[2] = {d * (gated ? activations[kind](y) : slope), d * x * slope};
        assert_near((double)active[i], expected, 4 * TOLERANCE, "activation", kernels->name);
        assert_near((double)dup[i], by[0], 5e-5, "gradient of up", kernels->name);
        if (gated)
            assert_near((double)dgate[i], by[1], 5e-5, "gradient of gate", kernels->name);
        sum[0][i % WIDTH] += (double)dup[i];
        sum[1][i % WIDTH] += gated ? (double)dgate[i] : 0;
    }
    for (int i = 0; i < WIDTH; i++)
        for (int which = 0; which < 2; which++)
            assert_near((double)dbias[which][i], biased ? sum[which][i] : 0, TOLERANCE,
                        "bias gradient", kernels->name);
    /* what is not a number stays so */
    up[5] = gate[5] = (real)NAN;
    kernels->activation_forward[kind](&rows);
    assert_true(isnan(active[5]));
}

static void check_activations(const struct kernels *kernels)
{
    for (int kind = 0; kind < ACTIVATIONS; kind++)
        for (int biased = 0; biased < 2; biased++)
            check_activation(kernels, kind, biased);
}

static void test_activations(void **state)
{
    (void)state;
    for_each_build(check_activations);
}

/* ---- attention: forward and backward against the textbook loops, for odd shapes ---- */

struct shape {
    int tokens, width;
    bool causal;
    int window;
};

static bool sees(const struct shape *shape, int query, int key)
{
    const int window = shape->window > 0 ? shape->window : shape->tokens;
    return abs(query - key) < window && (key <= query || !shape->causal);
}

/* All of [T][W] but p[T][T]; the gradients are added to. */
struct attention_expected {
    double *p, *out, *dq, *dk, *dv;
};

static double at(struct strided rows, int t, int d)
{
    return (double)rows.first[t * rows.stride + d];
}

static void attention_reference(const struct shape *shape, const struct attention_head *head,
                                const struct attention_expected *e)
{
    const int T = shape->tokens, W = shape->width;
    double *dp = calloc((size_t)T, sizeof *dp);
    for (int t = 0; t < T; t++) {
        double *p = e->p + t * T, sum = 0, mean = 0;
        for (int j = 0; j < T; j++) {
            double score = 0;
            for (int d = 0; d < W; d++)
                score += at(head->q, t, d) * at(head->k, j, d);
            sum += p[j] = sees(shape, t, j) ? exp(score / sqrt(W)) : 0;
        }
        for (int j = 0; j < T; j++) {
            p[j] /= sum;
            dp[j] = 0;
            for (int d = 0; d < W; d++) {
                e->out[t * W + d] += p[j] * at(head->v, j, d);
                dp[j] += at(head->dout, t, d) * at(head->v, j, d);
                e->dv[j * W + d] += p[j] * at(head->dout, t, d);
            }
            mean += p[j] * dp[j];
        }
        for (int j = 0; j < T; j++) {
            double ds = p[j] * (dp[j] - mean) / sqrt(W);
            for (int d = 0; d < W; d++) {
                e->dq[t * W + d] += ds * at(head->k, j, d);
                e->dk[j * W + d] += ds * at(head->q, t, d);
            }
        }
    }
    free(dp);
}

static void assert_rows(struct strided rows, const double *expected, const struct shape *shape,
                        double tolerance, const char *what, const char *build)
{
    for (int t = 0; t < shape->tokens; t++)
        for (int d = 0; d < shape->width; d++)
            assert_near(at(rows, t, d), expected[t * shape->width + d], tolerance, what, build);
}

/* Of the mean query that has a choice, as part of what is possible. */
static double entropy_reference(const struct shape *shape, const double *p)
{
    const int T = shape->tokens;
    double total = 0;
    int queries = 0;
    for (int t = 0; t < T; t++) {
        double entropy = 0;
        int seen = 0;
        for (int j = 0; j < T; j++) {
            seen += sees(shape, t, j);
            entropy -= p[t * T + j] > 0 ? p[t * T + j] * log(p[t * T + j]) : 0;
        }
        queries += seen > 1;
        total += seen > 1 ? entropy / log(seen) : 0;
    }
    return queries > 0 ? total / queries : (double)NAN;
}

static void check_attention_shape(const struct kernels *kernels, struct shape shape)
{
    const int T = shape.tokens, W = shape.width, S = 3 * W + 5, O = W + 3;
    const size_t Tp = (size_t)attention_pad(T), small = (size_t)(T * W);
    real *qkv = calloc((size_t)(T * S), sizeof *qkv), *dqkv = calloc((size_t)(T * S), sizeof *dqkv);
    real *out = calloc((size_t)(T * O), sizeof *out), *dout = calloc((size_t)(T * O), sizeof *dout);
    real *probability = calloc(Tp * Tp, sizeof *probability);
    real *scratch = calloc(attention_scratch(T, W), sizeof *scratch);
    double *numbers = calloc(4 * small + (size_t)(T * T), sizeof *numbers);
    const struct attention_expected expected = {numbers + 4 * small, numbers, numbers + small,
                                                numbers + 2 * small, numbers + 3 * small};
    fill(qkv, (size_t)(T * S), 1);
    fill(dout, (size_t)(T * O), 1);
    fill(scratch, attention_scratch(T, W), 1);
    /* What a previous step left where queries see keys must not matter. */
    for (int t = 0; t < T; t++)
        for (int j = 0; j < T; j++)
            probability[(size_t)j * Tp + (size_t)t] = sees(&shape, t, j) ? (real)NAN : 0;
    struct attention_head head = {
        .tokens = T,
        .width = W,
        .causal = shape.causal,
        .window = shape.window,
        .q = {qkv, S},
        .k = {qkv + W, S},
        .v = {qkv + 2 * W, S},
        .probability = probability,
        .out = {out, O},
        .scratch = scratch,
        .dout = {dout, O},
        .dq = {dqkv, S},
        .dk = {dqkv + W, S},
        .dv = {dqkv + 2 * W, S},
    };
    kernels->attention_forward(&head);
    kernels->attention_backward(&head);
    attention_reference(&shape, &head, &expected);
    for (int t = 0; t < T; t++) {
        for (int j = 0; j < T; j++)
            assert_near((double)probability[(size_t)j * Tp + (size_t)t], expected.p[t * T + j],
                        TOLERANCE, "probability", kernels->name);
        for (int column = 3 * W; column < S; column++)
            assert_true(dqkv[t * S + column] == 0); /* nothing written beside its own columns */
    }
    const double even = entropy_reference(&shape, expected.p);
    if (isnan(even))
        assert_true(isnan(kernels->attention_entropy(&head)));
    else
        assert_near(kernels->attention_entropy(&head), even, TOLERANCE, "entropy", kernels->name);
    assert_rows(head.out, expected.out, &shape, TOLERANCE, "attention", kernels->name);
    assert_rows(head.dq, expected.dq, &shape, 4 * TOLERANCE, "dq", kernels->name);
    assert_rows(head.dk, expected.dk, &shape, 4 * TOLERANCE, "dk", kernels->name);
    assert_rows(head.dv, expected.dv, &shape, 4 * TOLERANCE, "dv", kernels->name);
    /* A second head of the group adds to the gradients of its keys and values, not to its own. */
    head.add = true;
    kernels->attention_backward(&head);
    for (size_t i = 0; i < small; i++) {
        expected.dk[i] *= 2;
        expected.dv[i] *= 2;
    }
    assert_rows(head.dq, expected.dq, &shape, 4 * TOLERANCE, "dq again", kernels->name);
    assert_rows(head.dk, expected.dk, &shape, 8 * TOLERANCE, "dk added", kernels->name);
    assert_rows(head.dv, expected.dv, &shape, 8 * TOLERANCE, "dv added", kernels->name);
    free(qkv);
    free(dqkv);
    free(out);
    free(dout);
    free(probability);
    free(scratch);
    free(numbers);
}

static void check_attention(const struct kernels *kernels)
{
    static const int tokens[] = {2, 7, 16, 17, 33, 50}, widths[] = {1, 2, 5, 8, 16, 17, 64};
    static const int windows[] = {0, 1, 2, 5, 8, 16, 23, 100};
    for (size_t t = 0; t < sizeof tokens / sizeof *tokens; t++)
        for (size_t w = 0; w < sizeof windows / sizeof *windows; w++)
            for (int causal = 0; causal < 2; causal++)
                check_attention_shape(
                    kernels,
                    (struct shape){tokens[t], widths[(t + w) % (sizeof widths / sizeof *widths)],
                                   causal, windows[w]});
    check_attention_shape(kernels, (struct shape){129, 16, true, 20});
    check_attention_shape(kernels, (struct shape){129, 16, false, 40});
}

static void test_attention(void **state)
{
    (void)state;
    for_each_build(check_attention);
}

/* Two keys, the first of which gets p: over the whole range of the logarithm. */
static void check_entropy(const struct kernels *kernels)
{
    const int Tp = attention_pad(2);
    real *probability = calloc((size_t)(Tp * Tp), sizeof *probability);
    struct attention_head head = {.tokens = 2, .causal = true, .probability = probability};
    for (double p = 0.999; p > 1e-37; p *= 0.93) {
        const double one = (double)(real)p, other = (double)(real)(1 - one);
        const double entropy = -one * log(one) - other * log(other);
        probability[1] = (real)one;
        probability[Tp + 1] = (real)other;
        assert_near(kernels->attention_entropy(&head) * log(2) / entropy, 1, 1e-6,
                    "entropy of two keys", kernels->name);
    }
    probability[1] = 0;
    probability[Tp + 1] = 1;
    assert_true(kernels->attention_entropy(&head) == 0);
    probability[1] = (real)NAN;
    assert_true(isnan(kernels->attention_entropy(&head)));
    free(probability);
}

static void test_entropy(void **state)
{
    (void)state;
    for_each_build(check_entropy);
}

/* ---- the heads before attention ---- */

enum { HEADS = 3, HEAD_WIDTH = 5, HEAD_STRIDE = 19 };

/* RMSNorm head by head: against the norm of rows of that width. */
static void check_head_norm(const struct kernels *kernels)
{
    real x[ROWS * HEAD_STRIDE], y[ROWS * HEAD_STRIDE], d[ROWS * HEAD_STRIDE], gain[HEAD_WIDTH];
    real rstd[ROWS * HEADS], dgain[HEAD_WIDTH] = {0}, expected_dgain[HEAD_WIDTH] = {0};
    fill(x, ROWS * HEAD_STRIDE, 2);
    fill(d, ROWS * HEAD_STRIDE, 1);
    fill(gain, HEAD_WIDTH, 1);
    memcpy(y, x, sizeof y);
    const struct head_norm norm = {.rows = ROWS,
                                   .heads = HEADS,
                                   .width = HEAD_WIDTH,
                                   .x = {x, HEAD_STRIDE},
                                   .gain = gain,
                                   .offset = (real)0.5,
                                   .rstd = rstd};
    real dy[ROWS * HEAD_STRIDE];
    memcpy(dy, d, sizeof dy);
    kernels->head_norm_forward(&norm, (struct strided){y, HEAD_STRIDE});
    kernels->head_norm_backward(&norm, (struct strided){d, HEAD_STRIDE}, dgain);
    for (int row = 0; row < ROWS; row++) {
        for (int h = 0; h < HEADS; h++) {
            const int start = row * HEAD_STRIDE + h * HEAD_WIDTH;
            real out[HEAD_WIDTH], dx[HEAD_WIDTH], one;
            const struct norm_rows alone = {.kind = NORM_RMSNORM,
                                            .rows = 1,
                                            .width = HEAD_WIDTH,
                                            .x = x + start,
                                            .gain = gain,
                                            .rstd = &one,
                                            .offset = (real)0.5,
                                            .scale = 1,
                                            .dgain = expected_dgain};
            kernels->norm_forward(&alone, out);
            kernels->norm_backward(&alone, dy + start, NULL, dx);
            for (int i = 0; i < HEAD_WIDTH; i++) {
                assert_near((double)y[start + i], (double)out[i], TOLERANCE, "head norm",
                            kernels->name);
                assert_near((double)d[start + i], (double)dx[i], TOLERANCE, "head norm backward",
                            kernels->name);
            }
        }
        for (int i = HEADS * HEAD_WIDTH; i < HEAD_STRIDE; i++)
            assert_true(y[row * HEAD_STRIDE + i] == x[row * HEAD_STRIDE + i]);
    }
    for (int i = 0; i < HEAD_WIDTH; i++)
        assert_near((double)dgain[i], (double)expected_dgain[i], TOLERANCE, "head norm dgain",
                    kernels->name);
}

static void test_head_norm(void **state)
{
    (void)state;
    for_each_build(check_head_norm);
}

static void check_rotation(const struct kernels *kernels)
{
    enum { TOKENS = 2, PAIRS = HEAD_WIDTH / 2 };
    real x[ROWS * HEAD_STRIDE], before[ROWS * HEAD_STRIDE], cosine[TOKENS * PAIRS],
        sine[TOKENS * PAIRS];
    fill(x, ROWS * HEAD_STRIDE, 1);
    memcpy(before, x, sizeof x);
    for (int i = 0; i < TOKENS * PAIRS; i++) {
        cosine[i] = (real)cos(i + 1);
        sine[i] = (real)sin(i + 1);
    }
    struct rotation rotation = {.rows = ROWS,
                                .heads = HEADS,
                                .width = HEAD_WIDTH,
                                .x = {x, HEAD_STRIDE},
                                .tokens = TOKENS,
                                .cosine = cosine,
                                .sine = sine};
    kernels->rotate(&rotation);
    for (int row = 0; row < ROWS; row++) {
        for (int i = 0; i < HEAD_STRIDE; i++) {
            const int head = i / HEAD_WIDTH, place = i % HEAD_WIDTH, pair = place % PAIRS;
            const real *of_head = before + row * HEAD_STRIDE + head * HEAD_WIDTH;
            const double angle = row % TOKENS * PAIRS + pair + 1;
            double expected = (double)before[row * HEAD_STRIDE + i];
            if (head < HEADS && place < PAIRS)
                expected =
                    (double)of_head[pair] * cos(angle) - (double)of_head[pair + PAIRS] * sin(angle);
            else if (head < HEADS && place < 2 * PAIRS)
                expected =
                    (double)of_head[pair] * sin(angle) + (double)of_head[pair + PAIRS] * cos(angle);
            assert_near((double)x[row * HEAD_STRIDE + i], expected, TOLERANCE, "rotation",
                        kernels->name);
        }
    }
    rotation.back = true;
    kernels->rotate(&rotation);
    for (int i = 0; i < ROWS * HEAD_STRIDE; i++)
        assert_near((double)x[i], (double)before[i], TOLERANCE, "rotation back", kernels->name);
}

static void test_rotation(void **state)
{
    (void)state;
    for_each_build(check_rotation);
}

/* ---- loss ---- */

static void check_cross_entropy(const struct kernels *kernels)
{
    real logits[WIDTH], before[WIDTH];
    double sum = 0;
    fill(before, WIDTH, 2);
    memcpy(logits, before, sizeof logits);
    double loss = kernels->cross_entropy(logits, WIDTH, 3, 0.25);
    for (int i = 0; i < WIDTH; i++)
        sum += exp((double)before[i]);
    assert_near(loss, log(sum) - (double)before[3], TOLERANCE, "loss", kernels->name);
    for (int i = 0; i < WIDTH; i++)
        assert_near((double)logits[i], 0.25 * (exp((double)before[i]) / sum - (i == 3)), TOLERANCE,
                    "dlogits", kernels->name);
    /* Far apart, -log(softmax) would be infinite; log-sum-exp is not. */
    for (int i = 0; i < WIDTH; i++)
        logits[i] = i == 0 ? 5000 : -5000;
    assert_near(kernels->cross_entropy(logits, WIDTH, 1, 1), 10000, 1e-6, "loss far off",
                kernels->name);
    logits[5] = (real)NAN;
    assert_true(isnan(kernels->cross_entropy(logits, WIDTH, 1, 1)));
}

static void test_cross_entropy(void **state)
{
    (void)state;
    for_each_build(check_cross_entropy);
}

/* ---- sums of squares: also where single precision would overflow or underflow ---- */

static void check_sum_squares(const struct kernels *kernels)
{
    enum { COUNT = 3001 };
    static const double spreads[] = {1, 1e-18, 1e-22, 1e18};
    real x[COUNT];
    for (size_t s = 0; s < sizeof spreads / sizeof *spreads; s++) {
        double sum = 0;
        fill(x, COUNT, spreads[s]);
        for (int i = 0; i < COUNT; i++)
            sum += (double)x[i] * (double)x[i];
        double relative = kernels->sum_squares(x, COUNT) / sum;
        assert_near(relative, 1, 1e-6, "sum of squares", kernels->name);
    }
    x[77] = (real)NAN;
    assert_true(isnan(kernels->sum_squares(x, COUNT)));
    x[77] = (real)INFINITY;
    assert_true(isinf(kernels->sum_squares(x, COUNT)));
    assert_true(kernels->sum_squares(x, 0) == 0);
}

static void test_sum_squares(void **state)
{
    (void)state;
    for_each_build(check_sum_squares);
}

/* ---- rows of a stream ---- */

static double row_product(const real *a, const real *b)
{
    double sum = 0;
    for (int i = 0; i < WIDTH; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

static void check_stream_sums_of(const struct kernels *kernels, double spread, double spread_before)
{
    enum { TOKENS = 4, SEQUENCES = 3, N = TOKENS * SEQUENCES };
    real x[N * WIDTH], before[N * WIDTH], direction[WIDTH];
    double length[N], cosine = 0, change = 0, similarity = 0;
    fill(x, N * WIDTH, spread);
    fill(before, N * WIDTH, spread_before);
    fill(direction, WIDTH, 1);
    struct stream_rows rows = {.rows = N,
                               .width = WIDTH,
                               .tokens = TOKENS,
                               .x = before,
                               .length = length,
                               .direction = direction};
    struct stream_sums sums = kernels->stream_sums(&rows);
    assert_true(isnan(sums.cosine) && isnan(sums.change));
    rows.x = x;
    rows.before = before;
    sums = kernels->stream_sums(&rows);
    for (int row = 0; row < N; row++) {
        const real *a = x + row * WIDTH, *b = before + row * WIDTH;
        const double size = sqrt(row_product(a, a));
        cosine += row_product(a, b) / (size * sqrt(row_product(b, b)));
        change += row_product(a, a) - 2 * row_product(a, b) + row_product(b, b);
        assert_near(length[row] / size, 1, 1e-6, "length of a row", kernels->name);
        for (int other = row / TOKENS * TOKENS; other < row / TOKENS * TOKENS + TOKENS; other++) {
            const real *c = x + other * WIDTH;
            if (other != row)
                similarity +=
                    row_product(a, c) / (size * sqrt(row_product(c, c))) / (TOKENS * (TOKENS - 1));
        }
    }
    assert_near(sums.cosine, cosine, TOLERANCE, "cosine of rows", kernels->name);
    assert_near(sums.change / change, 1, TOLERANCE, "change of rows", kernels->name);
    assert_near(sums.similarity, similarity, TOLERANCE, "similarity of rows", kernels->name);
}

/* A sequence of three known rows after one with its signs changed. */
static void check_known_rows(const struct kernels *kernels)
{
    static const real x[3][2] = {{3, 4}, {-6, -8}, {4, -3}},
                      before[3][2] = {{3, 4}, {6, 8}, {8, 6}};
    double length[3] = {5, 10, 10};
    real direction[2];
    const struct stream_sums sums = kernels->stream_sums(&(struct stream_rows){
        .rows = 3,
        .width = 2,
        .tokens = 3,
        .x = x[0],
        .before = before[0],
        .length = length,
        .direction = direction,
    });
    assert_near(sums.cosine, 1 - 1 + 14.0 / 50, TOLERANCE, "cosine of known rows", kernels->name);
    assert_near(sums.change, 0 + 400 + 97, TOLERANCE, "change of known rows", kernels->name);
    assert_near(sums.similarity, -1.0 / 3, TOLERANCE, "similarity of known rows", kernels->name);
}

static void check_stream_sums(const struct kernels *kernels)
{
    static const double spreads[] = {1, 1e-18, 1e-14, 1e18};
    for (size_t i = 0; i < sizeof spreads / sizeof *spreads; i++) {
        check_stream_sums_of(kernels, spreads[i], spreads[i]);
        check_stream_sums_of(kernels, spreads[i], 1);
        check_stream_sums_of(kernels, 1, spreads[i]);
    }
    check_known_rows(kernels);
}

static void test_stream_sums(void **state)
{
    (void)state;
    for_each_build(check_stream_sums);
}

/* ---- optimizers: ten steps of the formulas in double precision ---- */

/* One number under each optimizer, in double precision. */
struct reference {
    double w, m, v;
};

/* Step t of the formula, with the settings of *u and the clipped gradient g; returns the change. */
static double reference_step(struct reference *r, enum optimizer kind, const struct update_rows *u,
                             double g, int t)
{
    const double b1 = u->beta1, b2 = u->beta2;
    double change = u->lr * u->decay * r->w;
    switch (kind) {
    case OPTIMIZER_SGD:
        return change + u->lr * g;
    case OPTIMIZER_MOMENTUM:
        r->m = b1 * r->m + g;
        return change + u->lr * r->m;
    case OPTIMIZER_LION: {
        const double c = b1 * r->m + (1 - b1) * g;
        r->m = b2 * r->m + (1 - b2) * g;
        return change + u->lr * (c > 0 ? 1 : -1);
    }
    default:
        break;
    }
    if (kind != OPTIMIZER_ADAMW) {
        change = 0;
        g += u->decay * r->w;
    }
    r->m = b1 * r->m + (1 - b1) * g;
    r->v = b2 * r->v + (1 - b2) * g * g;
    const double m = r->m / (1 - pow(b1, t)), v = r->v / (1 - pow(b2, t));
    if (kind == OPTIMIZER_RADAM && u->rectification == 0)
        return u->lr * m;
    if (kind == OPTIMIZER_RADAM)
        return u->lr * m * u->rectification * sqrt(u->correction2) / (sqrt(r->v) + u->epsilon);
    return change + u->lr * m / (sqrt(v) + u->epsilon);
}

static void check_optimizer(const struct kernels *kernels, enum optimizer kind)
{
    enum { COUNT = 583 };
    real weight[COUNT], grad[COUNT], first[COUNT] = {0}, second[COUNT] = {0};
    struct reference reference[COUNT] = {{0}};
    fill(weight, COUNT, 1);
    for (int i = 0; i < COUNT; i++)
        reference[i].w = (double)weight[i];
    for (int t = 1; t <= 10; t++) {
        const struct update_rows rows = {.count = COUNT,
                                         .weight = weight,
                                         .dweight = grad,
                                         .first = first,
                                         .second = second,
                                         .scale = 0.5,
                                         .lr = 0.01,
                                         .decay = 0.1,
                                         .beta1 = 0.9,
                                         .beta2 = 0.99,
                                         .epsilon = 1e-8,
                                         .correction1 = 1 - pow(0.9, t),
                                         .correction2 = 1 - pow(0.99, t),
                                         .rectification = t < 6 ? 0 : 0.1 * t};
        double squares = 0, changes = 0;
        fill(grad, COUNT, 1);
        const struct update_sums sums = kernels->update[kind](&rows);
        for (int i = 0; i < COUNT; i++) {
            const double change =
                reference_step(&reference[i], kind, &rows, 0.5 * (double)grad[i], t);
            squares += reference[i].w * reference[i].w;
            changes += change * change;
            reference[i].w -= change;
            assert_near((double)weight[i], reference[i].w, 4 * TOLERANCE,
                        optimizer_table[kind].name, kernels->name);
        }
        assert_near(sums.weight / squares, 1, 1e-4, "weights", kernels->name);
        assert_near(sums.change / changes, 1, 1e-3, "changes", kernels->name);
    }
}

static void check_optimizers(const struct kernels *kernels)
{
    for (int kind = 0; kind < OPTIMIZERS; kind++)
        check_optimizer(kernels, (enum optimizer)kind);
}

static void test_optimizers(void **state)
{
    (void)state;
    for_each_build(check_optimizers);
}

/* ---- joins and biases ---- */

static void check_joins(const struct kernels *kernels)
{
    real x[ROWS * WIDTH], branch[ROWS * WIDTH], sum[ROWS * WIDTH], bias[WIDTH], dbias[WIDTH] = {0};
    fill(x, ROWS * WIDTH, 1);
    fill(branch, ROWS * WIDTH, 1);
    fill(bias, WIDTH, 1);
    struct join_rows join = {ROWS, WIDTH, x, branch, bias, sum, 2, (real)0.5, NULL};
    kernels->join_forward(&join);
    for (int i = 0; i < ROWS * WIDTH; i++)
        assert_near((double)sum[i],
                    2 * (double)x[i] + 0.5 * ((double)branch[i] + (double)bias[i % WIDTH]),
                    TOLERANCE, "join", kernels->name);
    join.bias = NULL;
    join.skip = join.scale = 1;
    kernels->join_forward(&join);
    for (int i = 0; i < ROWS * WIDTH; i++)
        assert_near((double)sum[i], (double)x[i] + (double)branch[i], TOLERANCE, "add",
                    kernels->name);
    memcpy(sum, x, sizeof sum);
    kernels->bias_forward(sum, bias, ROWS, WIDTH);
    kernels->bias_backward(x, dbias, ROWS, WIDTH);
    for (int i = 0; i < WIDTH; i++) {
        double column = 0;
        for (int row = 0; row < ROWS; row++) {
            column += (double)x[row * WIDTH + i];
            assert_near((double)sum[row * WIDTH + i], (double)x[row * WIDTH + i] + (double)bias[i],
                        TOLERANCE, "bias", kernels->name);
        }
        assert_near((double)dbias[i], column, TOLERANCE, "bias backward", kernels->name);
    }
}

/* The a of the equation as a vector, and the way back through a and b. */
static void check_join_gradients(const struct kernels *kernels)
{
    real x[ROWS * WIDTH], branch[ROWS * WIDTH], sum[ROWS * WIDTH], dsum[ROWS * WIDTH],
        dx[ROWS * WIDTH], dbranch[ROWS * WIDTH];
    real bias[WIDTH], each[WIDTH], deach[WIDTH], dscale[1] = {1};
    fill(x, ROWS * WIDTH, 1);
    fill(branch, ROWS * WIDTH, 1);
    fill(dsum, ROWS * WIDTH, 1);
    fill(bias, WIDTH, 1);
    fill(each, WIDTH, 1);
    for (int i = 0; i < WIDTH; i++)
        deach[i] = 1;
    struct join_rows join = {ROWS, WIDTH, x, branch, bias, sum, 77, (real)0.3, each};
    kernels->join_forward(&join);
    kernels->skip_backward(&join, dsum, dx, deach);
    kernels->scale_backward(&join, dsum, dbranch, dscale);
    double of_scale = 1;
    for (int i = 0; i < WIDTH; i++) {
        double of_each = 1, a = (double)each[i];
        for (int row = 0; row < ROWS; row++) {
            const int at = row * WIDTH + i;
            assert_near((double)sum[at],
                        a * (double)x[at] + 0.3 * ((double)branch[at] + (double)bias[i]), TOLERANCE,
                        "join by a vector", kernels->name);
            assert_near((double)dx[at], a * (double)dsum[at], TOLERANCE, "dx", kernels->name);
            assert_near((double)dbranch[at], 0.3 * (double)dsum[at], TOLERANCE, "dbranch",
                        kernels->name);
            of_each += (double)x[at] * (double)dsum[at];
            of_scale += (double)branch[at] * (double)dsum[at];
        }
        assert_near((double)deach[i], of_each, TOLERANCE, "da", kernels->name);
    }
    assert_near((double)dscale[0], of_scale, TOLERANCE, "db", kernels->name);
    join.skip_each = NULL;
    kernels->skip_backward(&join, dsum, dsum, NULL);
    kernels->scale_backward(&join, dx, dx, NULL);
    for (int i = 0; i < ROWS * WIDTH; i++) {
        assert_near((double)dsum[i], 77 * (double)dbranch[i] / 0.3, TOLERANCE, "dx in place",
                    kernels->name);
        assert_near((double)dx[i], (double)each[i % WIDTH] * (double)dbranch[i], TOLERANCE,
                    "dbranch in place", kernels->name);
    }
}

static void test_joins(void **state)
{
    (void)state;
    for_each_build(check_joins);
    for_each_build(check_join_gradients);
}

/* ---- matrix products: every remainder of rows, columns and depth, and A read transposed ---- */

/* [depth][columns] in panels. */
static real *in_panels(const real *b, int depth, int columns)
{
    real *panels = calloc((size_t)(depth * columns), sizeof *panels), *to = panels;
    for (int first = 0; first < columns; first += PRODUCT_PANEL)
        for (int k = 0; k < depth; k++)
            for (int j = first; j < columns && j < first + PRODUCT_PANEL; j++)
                *to++ = b[k * columns + j];
    return panels;
}

static void check_product_shape(const struct kernels *kernels, int rows, int columns, int depth,
                                bool transposed, bool panels)
{
    const size_t size = (size_t)(rows * depth), c_size = (size_t)(rows * columns);
    real *a = calloc(size, sizeof *a), *b = calloc((size_t)(depth * columns), sizeof *b);
    real *c = calloc(c_size + 1, sizeof *c);
    fill(a, size, 1);
    fill(b, (size_t)(depth * columns), 1);
    fill(c, c_size + 1, 1); /* what was there before must not matter */
    const real behind = c[c_size];
    real *b_panels = in_panels(b, depth, columns);
    kernels->product(&(struct product){
        .rows = rows,
        .columns = columns,
        .depth = depth,
        .a = a,
        .a_stride = transposed ? (size_t)rows : (size_t)depth,
        .a_across = transposed,
        .b = panels ? b_panels : b,
        .b_panels = panels,
        .c = c,
    });
    for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
            double sum = 0;
            for (int k = 0; k < depth; k++)
                sum += (double)a[transposed ? k * rows + i : i * depth + k] *
                       (double)b[k * columns + j];
            assert_near((double)c[i * columns + j], sum, 4 * TOLERANCE, "product", kernels->name);
        }
    }
    assert_true(c[c_size] == behind);
    free(a);
    free(b);
    free(b_panels);
    free(c);
}

static void check_products(const struct kernels *kernels)
{
    static const int rows[] = {1, 2, 5, 6, 7, 20, 61}, columns[] = {1, 8, 16, 33, 48, 64, 65, 130},
                     depths[] = {1, 7, 64, 65, 130};
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++)
        for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
            for (size_t d = 0; d < sizeof depths / sizeof *depths; d++)
                for (int way = 0; way < 4; way++)
                    check_product_shape(kernels, rows[r], columns[c], depths[d], way & 1, way & 2);
}

static void test_products(void **state)
{
    (void)state;
    for_each_build(check_products);
}

/* ---- panels ---- */

static void check_panels_of(const struct kernels *kernels, int rows, int columns)
{
    const size_t size = (size_t)(rows * columns);
    real *from = calloc(size, sizeof *from), *across = calloc(size, sizeof *across);
    real *to = calloc(size, sizeof *to);
    fill(from, size, 1);
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++)
            across[j * rows + i] = from[i * columns + j];
    real *right = in_panels(across, columns, rows);
    kernels->panels(from, to, rows, columns);
    assert_memory_equal(to, right, size * sizeof *to);
    free(from);
    free(across);
    free(to);
    free(right);
}

static void check_panels(const struct kernels *kernels)
{
    static const int sizes[] = {1, 3, 4, 5, 17, 32, 64, 67, 130};
    for (size_t r = 0; r < sizeof sizes / sizeof *sizes; r++)
        for (size_t c = 0; c < sizeof sizes / sizeof *sizes; c++)
            check_panels_of(kernels, sizes[r], sizes[c]);
}

static void test_panels(void **state)
{
    (void)state;
    for_each_build(check_panels);
}

static void test_a_build_for_this_processor(void **state)
{
    (void)state;
    const struct kernels *usable[KERNELS_MAX + 1];
    kernels_usable(usable);
    assert_ptr_equal(usable[0], kernels_best());
    int count = 0;
    while (usable[count])
        count++;
    assert_string_equal(usable[count - 1]->name, "plain");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exponential), cmocka_unit_test(test_norms),
        cmocka_unit_test(test_tangent),     cmocka_unit_test(test_activations),
        cmocka_unit_test(test_attention),   cmocka_unit_test(test_head_norm),
        cmocka_unit_test(test_rotation),    cmocka_unit_test(test_cross_entropy),
        cmocka_unit_test(test_sum_squares), cmocka_unit_test(test_optimizers),
        cmocka_unit_test(test_joins),       cmocka_unit_test(test_products),
        cmocka_unit_test(test_panels),      cmocka_unit_test(test_a_build_for_this_processor),
        cmocka_unit_test(test_entropy),     cmocka_unit_test(test_stream_sums),
    };
    return cmocka_run_group_tests_name("kernels", tests, NULL, NULL);
}
