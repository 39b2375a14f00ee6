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

#define SINGLE (sizeof(real) == sizeof(float))
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

/* ---- norms ---- */

static void norm_reference(enum norm kind, const real *x, const real *gain, const real *bias,
                           double *y)
{
    double mean = 0, square = 0;
    for (int i = 0; i < WIDTH && kind == NORM_LAYERNORM; i++)
        mean += (double)x[i] / WIDTH;
    for (int i = 0; i < WIDTH; i++)
        square += ((double)x[i] - mean) * ((double)x[i] - mean) / WIDTH;
    for (int i = 0; i < WIDTH; i++)
        y[i] = ((double)x[i] - mean) / sqrt(square + NORM_EPSILON) * (double)gain[i] +
               (kind == NORM_LAYERNORM ? (double)bias[i] : 0);
}

/* The gradient of sum(dy * norm(x)) by central differences of the reference. */
static double norm_slope(enum norm kind, real *x, const real *gain, const real *bias,
                         const real *dy, int at)
{
    const double step = 1e-3;
    double sum[2], y[WIDTH];
    real kept = x[at], used[2];
    for (int side = 0; side < 2; side++) {
        x[at] = used[side] = (real)((double)kept + (side ? step : -step));
        norm_reference(kind, x, gain, bias, y);
        sum[side] = 0;
        for (int i = 0; i < WIDTH; i++)
            sum[side] += y[i] * (double)dy[i];
    }
    x[at] = kept;
    return (sum[1] - sum[0]) / ((double)used[1] - (double)used[0]);
}

static void check_norms(const struct kernels *kernels)
{
    real x[ROWS * WIDTH], y[ROWS * WIDTH], dy[ROWS * WIDTH], dx[ROWS * WIDTH], skip[ROWS * WIDTH];
    real gain[WIDTH], bias[WIDTH], mean[ROWS], rstd[ROWS], dgain[WIDTH], dbias[WIDTH];
    fill(x, ROWS * WIDTH, 2);
    fill(dy, ROWS * WIDTH, 1);
    fill(skip, ROWS * WIDTH, 1);
    fill(gain, WIDTH, 1);
    fill(bias, WIDTH, 1);
    for (int kind = NORM_LAYERNORM; kind <= NORM_RMSNORM; kind++) {
        const struct norm_rows rows = {(enum norm)kind, ROWS, WIDTH, x, gain, bias, mean, rstd};
        double expected[WIDTH];
        memset(dgain, 0, sizeof dgain);
        memset(dbias, 0, sizeof dbias);
        kernels->norm_forward(&rows, y);
        kernels->norm_backward(&rows, dy, skip, dx, dgain, dbias);
        for (int row = 0; row < ROWS; row++) {
            real *of_row = x + row * WIDTH;
            norm_reference((enum norm)kind, of_row, gain, bias, expected);
            for (int i = 0; i < WIDTH; i++) {
                int at = row * WIDTH + i;
                assert_near((double)y[at], expected[i], TOLERANCE, "norm", kernels->name);
                double slope =
                    norm_slope((enum norm)kind, of_row, gain, bias, dy + row * WIDTH, i);
                assert_near((double)dx[at], slope + (double)skip[at], 2e-4, "norm backward",
                            kernels->name);
            }
        }
        for (int i = 0; i < WIDTH; i++) {
            double of_gain = 0, of_bias = 0, zero[WIDTH] = {0};
            real ones[WIDTH], none[WIDTH] = {0};
            for (int j = 0; j < WIDTH; j++)
                ones[j] = 1;
            for (int row = 0; row < ROWS; row++) {
                norm_reference((enum norm)kind, x + row * WIDTH, ones, none, zero);
                of_gain += (double)dy[row * WIDTH + i] * zero[i];
                of_bias += (double)dy[row * WIDTH + i];
            }
            assert_near((double)dgain[i], of_gain, TOLERANCE, "dgain", kernels->name);
            if (kind == NORM_LAYERNORM)
                assert_near((double)dbias[i], of_bias, TOLERANCE, "dbias", kernels->name);
        }
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

static void check_activations(const struct kernels *kernels)
{
    real h[ROWS * WIDTH], before[ROWS * WIDTH], a[ROWS * WIDTH], d[ROWS * WIDTH], bias[WIDTH];
    real dbias[WIDTH] = {0}, upstream[ROWS * WIDTH];
    fill(before, ROWS * WIDTH, 3);
    fill(bias, WIDTH, 1);
    fill(upstream, ROWS * WIDTH, 1);
    before[0] = 60, before[1] = -60, before[2] = (real)NAN;

    memcpy(h, before, sizeof h);
    kernels->gelu_forward(h, bias, a, ROWS, WIDTH);
    for (int i = 0; i < ROWS * WIDTH; i++) {
        double x = (double)(before[i] + bias[i % WIDTH]);
        if (isnan(x)) {
            assert_true(isnan(a[i]));
            continue;
        }
        assert_near((double)a[i], gelu(x), TOLERANCE, "gelu", kernels->name);
        assert_near((double)h[i], (gelu(x + 1e-5) - gelu(x - 1e-5)) / 2e-5, 1e-5, "gelu slope",
                    kernels->name);
    }
    memcpy(h, before, sizeof h);
    kernels->relu_forward(h, bias, a, ROWS, WIDTH);
    assert_true(isnan(a[2]));
    for (int i = 3; i < ROWS * WIDTH; i++) {
        real x = before[i] + bias[i % WIDTH];
        assert_true(a[i] == (x > 0 ? x : 0));
        assert_true(h[i] == (real)(x > 0));
    }
    h[2] = 1;
    memcpy(d, upstream, sizeof d);
    kernels->slope_backward(d, h, dbias, ROWS, WIDTH);
    for (int i = 0; i < WIDTH; i++) {
        double sum = 0;
        for (int row = 0; row < ROWS; row++) {
            int at = row * WIDTH + i;
            assert_true(d[at] == upstream[at] * h[at]);
            sum += (double)d[at];
        }
        assert_near((double)dbias[i], sum, TOLERANCE, "bias gradient", kernels->name);
    }
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
};

static void attention_reference(const struct attention_head *head, double *out, double *dq,
                                double *dk, double *dv)
{
    const int T = head->tokens, W = head->width, S = head->stride, O = head->out_stride;
    double *p = calloc((size_t)T, sizeof *p), *dp = calloc((size_t)T, sizeof *dp);
    for (int t = 0; t < T; t++) {
        const int keys = head->causal ? t + 1 : T;
        double sum = 0, mean = 0;
        for (int j = 0; j < keys; j++) {
            p[j] = 0;
            for (int d = 0; d < W; d++)
                p[j] += (double)head->q[t * S + d] * (double)head->k[j * S + d];
            sum += p[j] = exp(p[j] / sqrt(W));
        }
        for (int j = 0; j < keys; j++) {
            p[j] /= sum;
            dp[j] = 0;
            for (int d = 0; d < W; d++) {
                out[t * W + d] += p[j] * (double)head->v[j * S + d];
                dp[j] += (double)head->dout[t * O + d] * (double)head->v[j * S + d];
                dv[j * W + d] += p[j] * (double)head->dout[t * O + d];
            }
            mean += p[j] * dp[j];
        }
        for (int j = 0; j < keys; j++) {
            double ds = p[j] * (dp[j] - mean) / sqrt(W);
            for (int d = 0; d < W; d++) {
                dq[t * W + d] += ds * (double)head->k[j * S + d];
                dk[j * W + d] += ds * (double)head->q[t * S + d];
            }
        }
    }
    free(p);
    free(dp);
}

static void check_attention_shape(const struct kernels *kernels, struct shape shape)
{
    const int T = shape.tokens, W = shape.width, S = 3 * W + 5, O = W + 3;
    const size_t Tp = (size_t)attention_pad(T), small = (size_t)(T * W);
    real *qkv = calloc((size_t)(T * S), sizeof *qkv), *dqkv = calloc((size_t)(T * S), sizeof *dqkv);
    real *out = calloc((size_t)(T * O), sizeof *out), *dout = calloc((size_t)(T * O), sizeof *dout);
    real *probability = calloc(Tp * Tp, sizeof *probability);
    real *scratch = calloc(attention_scratch(T, W), sizeof *scratch);
    double *expected = calloc(4 * small, sizeof *expected);
    fill(qkv, (size_t)(T * S), 1);
    fill(dout, (size_t)(T * O), 1);
    /* What a previous step left must not matter. */
    fill(probability, Tp * Tp, 1);
    fill(scratch, attention_scratch(T, W), 1);
    const struct attention_head head = {
        .tokens = T,
        .width = W,
        .causal = shape.causal,
        .q = qkv,
        .k = qkv + W,
        .v = qkv + 2 * W,
        .stride = S,
        .probability = probability,
        .out = out,
        .out_stride = O,
        .scratch = scratch,
        .dout = dout,
        .dq = dqkv,
        .dk = dqkv + W,
        .dv = dqkv + 2 * W,
    };
    kernels->attention_forward(&head);
    kernels->attention_backward(&head);
    attention_reference(&head, expected, expected + small, expected + 2 * small,
                        expected + 3 * small);
    for (int t = 0; t < T; t++) {
        for (int d = 0; d < W; d++) {
            size_t at = (size_t)(t * W + d);
            assert_near((double)out[t * O + d], expected[at], TOLERANCE, "attention",
                        kernels->name);
            for (int part = 0; part < 3; part++)
                assert_near((double)dqkv[t * S + part * W + d],
                            expected[(size_t)(part + 1) * small + at], 4 * TOLERANCE,
                            "attention backward", kernels->name);
        }
        for (int column = 3 * W; column < S; column++)
            assert_true(dqkv[t * S + column] == 0); /* nothing written beside its own columns */
    }
    free(qkv);
    free(dqkv);
    free(out);
    free(dout);
    free(probability);
    free(scratch);
    free(expected);
}

static void check_attention(const struct kernels *kernels)
{
    static const struct shape shapes[] = {{32, 16, true}, {2, 2, true},    {7, 5, true},
                                          {33, 17, true}, {16, 16, false}, {41, 8, false},
                                          {50, 64, true}};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        check_attention_shape(kernels, shapes[i]);
}

static void test_attention(void **state)
{
    (void)state;
    for_each_build(check_attention);
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

/* ---- optimizers: ten steps of the formulas in double precision ---- */

static void check_optimizers(const struct kernels *kernels)
{
    enum { COUNT = 83 };
    real weight[3][COUNT], grad[COUNT], first[3][COUNT] = {{0}}, second[COUNT] = {0};
    double w[3][COUNT], m[COUNT] = {0}, v[COUNT] = {0}, buffer[COUNT] = {0};
    fill(weight[0], COUNT, 1);
    memcpy(weight[1], weight[0], sizeof weight[0]);
    memcpy(weight[2], weight[0], sizeof weight[0]);
    for (int kind = 0; kind < 3; kind++)
        for (int i = 0; i < COUNT; i++)
            w[kind][i] = (double)weight[kind][i];
    for (int t = 1; t <= 10; t++) {
        struct update_rows rows = {.count = COUNT, .grad = grad, .scale = 0.5, .lr = 0.01,
                                   .decay = 0.1, .beta1 = 0.9, .beta2 = 0.99, .epsilon = 1e-8,
                                   .correction1 = 1 - pow(0.9, t),
                                   .correction2 = 1 - pow(0.99, t)};
        struct update_sums sums[3];
        double squares[3] = {0}, changes[3] = {0};
        fill(grad, COUNT, 1);
        for (int kind = 0; kind < 3; kind++) {
            rows.weight = weight[kind];
            rows.first = first[kind];
            rows.second = second;
            sums[kind] = (kind == 0   ? kernels->adamw
                          : kind == 1 ? kernels->sgd
                                      : kernels->momentum)(&rows);
        }
        for (int i = 0; i < COUNT; i++) {
            double g = 0.5 * (double)grad[i];
            m[i] = 0.9 * m[i] + 0.1 * g;
            v[i] = 0.99 * v[i] + 0.01 * g * g;
            buffer[i] = 0.9 * buffer[i] + g;
            double change[3] = {0.01 * (m[i] / rows.correction1) /
                                    (sqrt(v[i] / rows.correction2) + 1e-8),
                                0.01 * g, 0.01 * buffer[i]};
            for (int kind = 0; kind < 3; kind++) {
                double whole = change[kind] + 0.01 * 0.1 * w[kind][i];
                squares[kind] += w[kind][i] * w[kind][i];
                changes[kind] += whole * whole;
                w[kind][i] -= whole;
                assert_near((double)weight[kind][i], w[kind][i], 4 * TOLERANCE, "weight",
                            kernels->name);
            }
        }
        for (int kind = 0; kind < 3; kind++) {
            assert_near(sums[kind].weight / squares[kind], 1, 1e-4, "weights", kernels->name);
            assert_near(sums[kind].change / changes[kind], 1, 1e-3, "changes", kernels->name);
        }
    }
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
    struct join_rows join = {ROWS, WIDTH, x, branch, bias, sum, 2, (real)0.5};
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
            assert_near((double)sum[row * WIDTH + i],
                        (double)x[row * WIDTH + i] + (double)bias[i], TOLERANCE, "bias",
                        kernels->name);
        }
        assert_near((double)dbias[i], column, TOLERANCE, "bias backward", kernels->name);
    }
}

static void test_joins(void **state)
{
    (void)state;
    for_each_build(check_joins);
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
        cmocka_unit_test(test_exponential),    cmocka_unit_test(test_norms),
        cmocka_unit_test(test_activations),    cmocka_unit_test(test_attention),
        cmocka_unit_test(test_cross_entropy),  cmocka_unit_test(test_sum_squares),
        cmocka_unit_test(test_optimizers),     cmocka_unit_test(test_joins),
        cmocka_unit_test(test_a_build_for_this_processor),
    };
    return cmocka_run_group_tests_name("kernels", tests, NULL, NULL);
}
