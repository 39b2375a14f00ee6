/* Every build of the vectorised kernels that this machine can run, against the plain loops of
 * plain.c; and what both have to do where numbers are extreme, missing or known. That the plain
 * loops are right is the business of tests/gradient and tests/reference. */
#include "core/plain.h"

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

enum { ROWS = 5, WIDTH = 37, NUMBERS = ROWS * WIDTH };

#define SINGLE       (sizeof(real) == sizeof(float))
#define TOLERANCE    (SINGLE ? 2e-5 : 1e-12)
#define COUNT(table) (sizeof(table) / sizeof *(table))

static struct rng rng;

static void fill(real *x, size_t count, double spread)
{
    for (size_t i = 0; i < count; i++)
        x[i] = (real)(spread * rng_normal(&rng));
}

static real *new_numbers(size_t count)
{
    real *x = calloc(count, sizeof *x);
    assert_non_null(x);
    return x;
}

static void assert_near(double value, double expected, double tolerance, const char *what,
                        const char *build)
{
    if (!(fabs(value - expected) <= tolerance * (1 + fabs(expected))))
        fail_msg("%s (%s): %.9g, expected %.9g", what, build, value, expected);
}

/* What a build computed beside what the plain loops did. */
static void assert_same(const real *value, const real *expected, size_t count, double tolerance,
                        const char *what, const char *build)
{
    for (size_t i = 0; i < count; i++)
        assert_near((double)value[i], (double)expected[i], tolerance, what, build);
}

/* Runs `check` for each usable table, the plain loops included. */
static void for_each_table(void (*check)(const struct kernels *))
{
    const struct kernels *usable[KERNELS_MAX + 1];
    kernels_usable(usable);
    for (int i = 0; usable[i]; i++) {
        rng = rng_stream(7, 7, 7);
        check(usable[i]);
    }
}

/* ---- exp, tanh ---- */

/* The biggest error of y = f(x), in units in the last place. */
static double worst_ulp(const real *x, const real *y, size_t count, double (*f)(double))
{
    double worst = 0;
    for (size_t i = 0; i < count; i++) {
        const double exact = f((double)x[i]);
        const double ulp = fabs(exact) * (SINGLE ? FLT_EPSILON : DBL_EPSILON);
        if (ulp > 0)
            worst = fmax(worst, fabs((double)y[i] - exact) / ulp);
    }
    return worst;
}

static void check_exponential(const struct kernels *kernels)
{
    enum { POINTS = 100003 };
    real *x = new_numbers(POINTS), *y = new_numbers(POINTS);
    for (int i = 0; i < POINTS; i++)
        x[i] = (real)(-87.0 + 175.0 * i / POINTS);
    kernels->exponential(x, y, POINTS);
    printf("exp (%s): worst error %.2f ulp\n", kernels->name, worst_ulp(x, y, POINTS, exp));
    assert_true(worst_ulp(x, y, POINTS, exp) < 3);
    const real special[] = {(real)NAN, -1000, 0, (real)-INFINITY};
    memcpy(x, special, sizeof special);
    kernels->exponential(x, y, COUNT(special));
    assert_true(isnan(y[0]));
    assert_true(y[1] >= 0 && y[1] < (real)1e-36);
    assert_true(y[2] == 1);
    assert_true(y[3] >= 0 && y[3] < (real)1e-36);
    free(x);
    free(y);
}

static void check_tangent(const struct kernels *kernels)
{
    enum { POINTS = 200003 };
    real *x = new_numbers(POINTS), *y = new_numbers(POINTS);
    for (int i = 0; i < POINTS; i++) /* dense around 0, and far out */
        x[i] = (real)(12 * pow(2.0 * i / (POINTS - 1) - 1, 3));
    kernels->hyperbolic_tangent(x, y, POINTS);
    printf("tanh (%s): worst error %.2f ulp\n", kernels->name, worst_ulp(x, y, POINTS, tanh));
    assert_true(worst_ulp(x, y, POINTS, tanh) < 3);
    const real special[] = {(real)NAN, 0, (real)INFINITY, (real)-INFINITY, 1000, -1000};
    memcpy(x, special, sizeof special);
    kernels->hyperbolic_tangent(x, y, COUNT(special));
    assert_true(isnan(y[0]));
    assert_true(y[1] == 0);
    for (int i = 2; i < 6; i++)
        assert_true(y[i] == (i % 2 == 0 ? 1 : -1));
    free(x);
    free(y);
}

static void test_exponential(void **state)
{
    (void)state;
    for_each_table(check_exponential);
    for_each_table(check_tangent);
}

/* ---- linear layers ---- */

static void check_linear(const struct kernels *kernels)
{
    enum { N = 7, IN = 19, OUT = 23, MOST = OUT * IN };
    real x[N * IN], w[OUT * IN], dy[N * OUT], result[2][MOST];
    fill(x, COUNT(x), 1);
    fill(w, COUNT(w), 1);
    fill(dy, COUNT(dy), 1);
    const struct kernels *const tables[] = {kernels, &kernels_loops};
    for (int i = 0; i < 2; i++)
        tables[i]->linear_forward(result[i], x, w, N, IN, OUT);
    assert_same(result[0], result[1], N * OUT, TOLERANCE, "linear", kernels->name);
    for (int i = 0; i < 2; i++)
        tables[i]->linear_backward_data(result[i], dy, w, N, IN, OUT);
    assert_same(result[0], result[1], N * IN, TOLERANCE, "linear dx", kernels->name);
    for (int i = 0; i < 2; i++)
        tables[i]->linear_backward_weight(result[i], dy, x, N, IN, OUT);
    assert_same(result[0], result[1], OUT * IN, TOLERANCE, "linear dW", kernels->name);
}

static void test_linear(void **state)
{
    (void)state;
    for_each_table(check_linear);
}

/* A layer of two inputs and one output, by hand. */
static void check_known_linear(const struct kernels *kernels)
{
    const real x[] = {1, 2, 3, 4}, w[] = {5, 7}, dy[] = {1, 10};
    real y[2], dx[4], dw[2];
    kernels->linear_forward(y, x, w, 2, 2, 1);
    kernels->linear_backward_data(dx, dy, w, 2, 2, 1);
    kernels->linear_backward_weight(dw, dy, x, 2, 2, 1);
    assert_true(y[0] == 19 && y[1] == 43);
    assert_true(dx[0] == 5 && dx[1] == 7 && dx[2] == 50 && dx[3] == 70);
    assert_true(dw[0] == 31 && dw[1] == 42);
}

static void test_known_linear(void **state)
{
    (void)state;
    for_each_table(check_known_linear);
}

/* ---- the own matrix product: every remainder of rows, columns and depth ---- */

/* [depth][columns], packed. */
static real *packed(const real *b, int depth, int columns)
{
    real *all = new_numbers((size_t)(depth * columns)), *to = all;
    for (int first = 0; first < columns; first += PACK_COLUMNS)
        for (int k = 0; k < depth; k++)
            for (int j = first; j < columns && j < first + PACK_COLUMNS; j++)
                *to++ = b[k * columns + j];
    return all;
}

static void check_matmul_shape(const struct kernels *kernels, int rows, int columns, int depth,
                               bool transposed, bool pack)
{
    const size_t size = (size_t)(rows * depth), c_size = (size_t)(rows * columns);
    real *a = new_numbers(size), *b = new_numbers((size_t)(depth * columns));
    real *c = new_numbers(c_size + 1), *expected = new_numbers(c_size);
    fill(a, size, 1);
    fill(b, (size_t)(depth * columns), 1);
    fill(c, c_size + 1, 1); /* what was there before must not matter */
    const real behind = c[c_size];
    real *b_packed = packed(b, depth, columns);
    kernels->matmul(&(struct matmul){
        .rows = rows,
        .columns = columns,
        .depth = depth,
        .a = a,
        .a_stride = transposed ? (size_t)rows : (size_t)depth,
        .a_transposed = transposed,
        .b = pack ? b_packed : b,
        .b_packed = pack,
        .c = c,
    });
    if (transposed)
        kernels_loops.linear_backward_weight(expected, a, b, depth, columns, rows);
    else
        kernels_loops.linear_backward_data(expected, a, b, rows, columns, depth);
    assert_same(c, expected, c_size, 4 * TOLERANCE, "matmul", kernels->name);
    assert_true(c[c_size] == behind);
    free(a);
    free(b);
    free(b_packed);
    free(c);
    free(expected);
}

static void check_matmul(const struct kernels *kernels)
{
    static const int rows[] = {1, 2, 5, 6, 7, 20, 61}, columns[] = {1, 8, 16, 33, 48, 64, 65, 130},
                     depths[] = {1, 7, 64, 65, 130};
    for (size_t r = 0; kernels->matmul && r < COUNT(rows); r++)
        for (size_t c = 0; c < COUNT(columns); c++)
            for (size_t d = 0; d < COUNT(depths); d++)
                for (int way = 0; way < 4; way++)
                    check_matmul_shape(kernels, rows[r], columns[c], depths[d], way & 1, way & 2);
}

static void check_pack_of(const struct kernels *kernels, int rows, int columns)
{
    const size_t size = (size_t)(rows * columns);
    real *from = new_numbers(size), *transposed = new_numbers(size), *to = new_numbers(size);
    fill(from, size, 1);
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++)
            transposed[j * rows + i] = from[i * columns + j];
    real *expected = packed(transposed, columns, rows);
    kernels->pack(from, to, rows, columns);
    assert_memory_equal(to, expected, size * sizeof *to);
    free(from);
    free(transposed);
    free(to);
    free(expected);
}

static void check_pack(const struct kernels *kernels)
{
    static const int sizes[] = {1, 3, 4, 5, 17, 32, 64, 67, 130};
    for (size_t r = 0; kernels->pack && r < COUNT(sizes); r++)
        for (size_t c = 0; c < COUNT(sizes); c++)
            check_pack_of(kernels, sizes[r], sizes[c]);
}

static void test_matmul(void **state)
{
    (void)state;
    for_each_table(check_matmul);
    for_each_table(check_pack);
}

/* ---- norms ---- */

/* What a norm leaves; the gradients start from 1, since they are added to. */
struct norm_result {
    real y[NUMBERS], dx[NUMBERS], without_skip[NUMBERS], mean[ROWS], rstd[ROWS];
    real dgain[WIDTH], dbias[WIDTH], dalpha[1];
};

static void run_norm(const struct kernels *kernels, struct norm_rows norm, const real *dy,
                     const real *skip, struct norm_result *r)
{
    memset(r, 0, sizeof *r);
    for (int i = 0; i < WIDTH; i++)
        r->dgain[i] = r->dbias[i] = 1;
    r->dalpha[0] = 1;
    norm.mean = norm.kind == NORM_LAYERNORM ? r->mean : NULL;
    norm.rstd = norm.kind == NORM_DYT || norm.kind == NORM_NONE ? NULL : r->rstd;
    norm.dgain = norm.gain ? r->dgain : NULL;
    norm.dbias = norm.bias ? r->dbias : NULL;
    norm.dalpha = r->dalpha;
    kernels->norm_forward(&norm, r->y);
    kernels->norm_backward(&norm, dy, skip, r->dx);
    kernels->norm_backward(&norm, dy, NULL, r->without_skip);
}

static void check_norms(const struct kernels *kernels)
{
    static const enum norm kinds[] = {NORM_LAYERNORM, NORM_RMSNORM, NORM_DYT, NORM_NONE};
    real x[NUMBERS], dy[NUMBERS], skip[NUMBERS], gain[WIDTH], bias[WIDTH];
    const real alpha[1] = {(real)0.7};
    fill(x, NUMBERS, 2);
    fill(dy, NUMBERS, 1);
    fill(skip, NUMBERS, 1);
    fill(gain, WIDTH, 1);
    fill(bias, WIDTH, 1);
    for (int variant = 0; variant < 4 * 2 * 2; variant++) {
        const enum norm kind = kinds[variant / 4];
        const bool plain = variant / 2 % 2 == 0, normed = kind != NORM_NONE;
        const bool biased = normed && kind != NORM_RMSNORM && variant % 2 == 0;
        const struct norm_rows norm = {
            .kind = kind,
            .rows = ROWS,
            .width = WIDTH,
            .x = x,
            .gain = normed ? gain : NULL,
            .bias = biased ? bias : NULL,
            .alpha = alpha,
            .offset = plain ? 0 : 1,
            .scale = plain ? 1 : (real)0.6,
            .epsilon = plain ? NORM_EPSILON : 0.1,
        };
        struct norm_result found, expected;
        run_norm(kernels, norm, dy, skip, &found);
        run_norm(&kernels_loops, norm, dy, skip, &expected);
        assert_same(found.y, expected.y, NUMBERS, TOLERANCE, norm_table[kind].name, kernels->name);
        assert_same(found.mean, expected.mean, ROWS, TOLERANCE, "mean", kernels->name);
        assert_same(found.rstd, expected.rstd, ROWS, TOLERANCE, "rstd", kernels->name);
        assert_same(found.dx, expected.dx, NUMBERS, TOLERANCE, "norm dx", kernels->name);
        assert_same(found.without_skip, expected.without_skip, NUMBERS, TOLERANCE,
                    "norm dx without skip", kernels->name);
        assert_same(found.dgain, expected.dgain, WIDTH, TOLERANCE, "dgain", kernels->name);
        assert_same(found.dbias, expected.dbias, WIDTH, TOLERANCE, "dbias", kernels->name);
        assert_same(found.dalpha, expected.dalpha, 1, TOLERANCE, "dalpha", kernels->name);
    }
}

static void test_norms(void **state)
{
    (void)state;
    for_each_table(check_norms);
}

/* A row of 1 and 3: mean 2, sigma 1. */
static void check_known_norm(const struct kernels *kernels)
{
    const real x[] = {1, 3}, gain[] = {10, 20}, bias[] = {1, 2};
    real y[2], mean[1], rstd[1];
    const struct norm_rows norm = {.kind = NORM_LAYERNORM,
                                   .rows = 1,
                                   .width = 2,
                                   .x = x,
                                   .gain = gain,
                                   .bias = bias,
                                   .mean = mean,
                                   .rstd = rstd,
                                   .scale = 1,
                                   .epsilon = 0.25};
    kernels->norm_forward(&norm, y);
    assert_near((double)y[0], 1 - 10 / sqrt(1.25), TOLERANCE, "norm", kernels->name);
    assert_near((double)y[1], 2 + 20 / sqrt(1.25), TOLERANCE, "norm", kernels->name);
    assert_true(mean[0] == 2);
}

static void test_known_norm(void **state)
{
    (void)state;
    for_each_table(check_known_norm);
}

/* ---- activations ---- */

/* What an activation leaves, gated or not, with biases or without. */
struct activation_result {
    real up[NUMBERS], gate[NUMBERS], active[NUMBERS], dup[NUMBERS], dgate[NUMBERS];
    real dbias[2][WIDTH];
};

static void run_activation(const struct kernels *kernels, int kind, real bias[2][WIDTH],
                           struct activation_result *r)
{
    const bool gated = kind == ACTIVATION_SWIGLU || kind == ACTIVATION_GEGLU;
    const struct activation_rows rows = {.rows = ROWS,
                                         .width = WIDTH,
                                         .up = r->up,
                                         .gate = gated ? r->gate : NULL,
                                         .up_bias = bias ? bias[0] : NULL,
                                         .gate_bias = bias ? bias[1] : NULL,
                                         .active = r->active,
                                         .dup = r->dup,
                                         .dgate = r->dgate,
                                         .dup_bias = bias ? r->dbias[0] : NULL,
                                         .dgate_bias = bias ? r->dbias[1] : NULL};
    kernels->activation_forward[kind](&rows);
    kernels->activation_backward(&rows);
}

static void check_activation(const struct kernels *kernels, int kind, bool biased)
{
    struct activation_result found = {.up = {0}}, expected;
    real bias[2][WIDTH];
    fill(found.up, NUMBERS, 3);
    fill(found.gate, NUMBERS, 3);
    fill(found.dup, NUMBERS, 1);
    fill(bias[0], WIDTH, 1);
    fill(bias[1], WIDTH, 1);
    found.up[0] = found.gate[1] = 60;
    found.up[2] = found.gate[2] = -60;
    expected = found;
    run_activation(kernels, kind, biased ? bias : NULL, &found);
    run_activation(&kernels_loops, kind, biased ? bias : NULL, &expected);
    assert_same(found.active, expected.active, NUMBERS, 4 * TOLERANCE, activation_table[kind].name,
                kernels->name);
    assert_same(found.dup, expected.dup, NUMBERS, 4 * TOLERANCE, "dup", kernels->name);
    assert_same(found.dgate, expected.dgate, NUMBERS, 4 * TOLERANCE, "dgate", kernels->name);
    assert_same(found.dbias[0], expected.dbias[0], WIDTH, 4 * TOLERANCE, "dbias", kernels->name);
    assert_same(found.dbias[1], expected.dbias[1], WIDTH, 4 * TOLERANCE, "dbias", kernels->name);
    /* what is not a number stays so */
    found.up[5] = found.gate[5] = (real)NAN;
    run_activation(kernels, kind, NULL, &found);
    assert_true(isnan(found.active[5]));
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
    for_each_table(check_activations);
}

/* ---- attention, for odd shapes ---- */

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

/* One head: q, k and v side by side in rows of `stride` numbers, and what attention makes of it. */
struct head {
    struct attention_head head;
    real *qkv, *dqkv, *out, *dout, *probability, *scratch;
    int stride, out_stride;
};

static struct head head_open(const struct shape *shape, const real *qkv, const real *dout)
{
    const int T = shape->tokens, W = shape->width, S = 3 * W + 5, O = W + 3;
    const size_t Tp = (size_t)attention_pad(T);
    struct head h = {.stride = S, .out_stride = O};
    h.qkv = new_numbers((size_t)(T * S));
    h.dqkv = new_numbers((size_t)(T * S));
    h.out = new_numbers((size_t)(T * O));
    h.dout = new_numbers((size_t)(T * O));
    h.probability = new_numbers(Tp * Tp);
    h.scratch = new_numbers(attention_scratch(T, W));
    memcpy(h.qkv, qkv, (size_t)(T * S) * sizeof *qkv);
    memcpy(h.dout, dout, (size_t)(T * O) * sizeof *dout);
    fill(h.scratch, attention_scratch(T, W), 1);
    /* What a previous step left where queries see keys must not matter. */
    for (int t = 0; t < T; t++)
        for (int j = 0; j < T; j++)
            h.probability[(size_t)j * Tp + (size_t)t] = sees(shape, t, j) ? (real)NAN : 0;
    h.head = (struct attention_head){
        .tokens = T,
        .width = W,
        .causal = shape->causal,
        .window = shape->window,
        .q = {h.qkv, S},
        .k = {h.qkv + W, S},
        .v = {h.qkv + 2 * W, S},
        .probability = h.probability,
        .out = {h.out, O},
        .scratch = h.scratch,
        .dout = {h.dout, O},
        .dq = {h.dqkv, S},
        .dk = {h.dqkv + W, S},
        .dv = {h.dqkv + 2 * W, S},
    };
    return h;
}

static void head_close(struct head *h)
{
    free(h->qkv);
    free(h->dqkv);
    free(h->out);
    free(h->dout);
    free(h->probability);
    free(h->scratch);
}

static void compare_heads(const struct head *found, const struct head *expected, double tolerance,
                          const char *build)
{
    const int T = found->head.tokens;
    const size_t Tp = (size_t)attention_pad(T);
    for (int j = 0; j < T; j++)
        assert_same(found->probability + (size_t)j * Tp, expected->probability + (size_t)j * Tp,
                    (size_t)T, TOLERANCE, "probability", build);
    assert_same(found->out, expected->out, (size_t)(T * found->out_stride), TOLERANCE, "attention",
                build);
    assert_same(found->dqkv, expected->dqkv, (size_t)(T * found->stride), tolerance, "dq, dk, dv",
                build);
}

static void check_attention_shape(const struct kernels *kernels, struct shape shape)
{
    const int T = shape.tokens, W = shape.width, S = 3 * W + 5, O = W + 3;
    real *qkv = new_numbers((size_t)(T * S)), *dout = new_numbers((size_t)(T * O));
    fill(qkv, (size_t)(T * S), 1);
    fill(dout, (size_t)(T * O), 1);
    struct head found = head_open(&shape, qkv, dout), expected = head_open(&shape, qkv, dout);
    kernels->attention_forward(&found.head);
    kernels->attention_backward(&found.head);
    kernels_loops.attention_forward(&expected.head);
    kernels_loops.attention_backward(&expected.head);
    compare_heads(&found, &expected, 4 * TOLERANCE, kernels->name);
    for (int t = 0; t < T; t++) {
        double sum = 0;
        for (int j = 0; j < T; j++)
            sum += (double)found.probability[j * attention_pad(T) + t];
        assert_near(sum, 1, TOLERANCE, "sum of probabilities", kernels->name);
        for (int column = 3 * W; column < S; column++)
            assert_true(found.dqkv[t * S + column] == 0); /* nothing written beside its columns */
    }
    const double even = kernels_loops.attention_entropy(&expected.head);
    if (isnan(even))
        assert_true(isnan(kernels->attention_entropy(&found.head)));
    else
        assert_near(kernels->attention_entropy(&found.head), even, TOLERANCE, "entropy",
                    kernels->name);
    /* A second head of the group adds to the gradients of its keys and values, not to its own. */
    real *dq = new_numbers((size_t)W), *dk = new_numbers((size_t)W);
    memcpy(dq, found.dqkv, (size_t)W * sizeof *dq);
    memcpy(dk, found.dqkv + W, (size_t)W * sizeof *dk);
    found.head.add = expected.head.add = true;
    kernels->attention_backward(&found.head);
    kernels_loops.attention_backward(&expected.head);
    compare_heads(&found, &expected, 8 * TOLERANCE, kernels->name);
    assert_memory_equal(dq, found.dqkv, (size_t)W * sizeof *dq);
    for (int i = 0; i < W; i++)
        assert_near((double)found.dqkv[W + i], 2 * (double)dk[i], TOLERANCE, "dk added",
                    kernels->name);
    free(qkv);
    free(dout);
    free(dq);
    free(dk);
    head_close(&found);
    head_close(&expected);
}

static void check_attention(const struct kernels *kernels)
{
    static const int tokens[] = {2, 7, 16, 17, 33, 50}, widths[] = {1, 2, 5, 8, 16, 17, 64};
    static const int windows[] = {0, 1, 2, 5, 8, 16, 23, 100};
    for (size_t t = 0; t < COUNT(tokens); t++)
        for (size_t w = 0; w < COUNT(windows); w++)
            for (int causal = 0; causal < 2; causal++)
                check_attention_shape(
                    kernels,
                    (struct shape){tokens[t], widths[(t + w) % COUNT(widths)], causal, windows[w]});
    check_attention_shape(kernels, (struct shape){129, 16, true, 20});
    check_attention_shape(kernels, (struct shape){129, 16, false, 40});
}

static void test_attention(void **state)
{
    (void)state;
    for_each_table(check_attention);
}

/* Two keys, the first of which gets p: over the whole range of the logarithm. */
static void check_entropy(const struct kernels *kernels)
{
    const int Tp = attention_pad(2);
    real *probability = new_numbers((size_t)(Tp * Tp));
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
    for_each_table(check_entropy);
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
                                   .epsilon = 0.25,
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
                                            .epsilon = 0.25,
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
    for_each_table(check_head_norm);
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
    for_each_table(check_rotation);
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
    for_each_table(check_cross_entropy);
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
    for_each_table(check_sum_squares);
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
    for_each_table(check_stream_sums);
}

/* ---- optimizers: ten steps ---- */

enum { WEIGHTS = 583, SIDE = 11 }; /* a matrix of SIDE rows, or SIDE columns */

struct weights {
    real weight[WEIGHTS], first[WEIGHTS], second[WEIGHTS];
};

static struct update_sums run_optimizer(const struct kernels *kernels, enum optimizer kind,
                                        int rows, int t, const real *dweight, struct weights *w)
{
    static real scratch[4 * WEIGHTS];
    return kernels->update[kind](&(struct update_rows){
        .count = WEIGHTS,
        .weight = w->weight,
        .dweight = dweight,
        .first = w->first,
        .second = w->second,
        .scale = 0.5,
        .lr = 0.01,
        .decay = 0.1,
        .beta1 = 0.9,
        .beta2 = 0.99,
        .epsilon = 1e-8,
        .correction1 = 1 - pow(0.9, t),
        .correction2 = 1 - pow(0.99, t),
        .rectification = t < 6 ? 0 : 0.1 * t,
        .rows = rows,
        .cols = WEIGHTS / rows,
        .scratch = scratch,
    });
}

static void check_optimizer(const struct kernels *kernels, enum optimizer kind, int rows)
{
    struct weights found = {.weight = {0}}, expected;
    real dweight[WEIGHTS];
    fill(found.weight, WEIGHTS, 1);
    expected = found;
    for (int t = 1; t <= 10; t++) {
        fill(dweight, WEIGHTS, 1);
        const struct update_sums sums = run_optimizer(kernels, kind, rows, t, dweight, &found);
        const struct update_sums right =
            run_optimizer(&kernels_loops, kind, rows, t, dweight, &expected);
        assert_same(found.weight, expected.weight, WEIGHTS, 4 * TOLERANCE,
                    optimizer_table[kind].name, kernels->name);
        assert_near(sums.weight / right.weight, 1, 1e-4, "weights", kernels->name);
        assert_near(sums.change / right.change, 1, 1e-3, "changes", kernels->name);
    }
}

static void check_optimizers(const struct kernels *kernels)
{
    for (int kind = 0; kind < OPTIMIZERS; kind++)
        check_optimizer(kernels, (enum optimizer)kind, SIDE);
    check_optimizer(kernels, OPTIMIZER_MUON, WEIGHTS / SIDE);
}

static void test_optimizers(void **state)
{
    (void)state;
    for_each_table(check_optimizers);
}

/* What Muon makes of a singular value, as a part of the root of the sum of their squares. */
static double levelled(double x)
{
    for (int i = 0; i < 5; i++)
        x = 3.4445 * x - 4.7750 * pow(x, 3) + 2.0315 * pow(x, 5);
    return x;
}

/* The first step of every optimizer on one weight of 2 whose gradient, once clipped, is 0.5. */
static void check_known_steps(const struct kernels *kernels)
{
    const double changes[OPTIMIZERS] = {
        [OPTIMIZER_ADAMW] = 0.1 * (1 + 0.2),       /* mhat / sqrt(vhat) = 1, decay w = 0.2 */
        [OPTIMIZER_SGD] = 0.1 * (0.5 + 0.2),       /**/
        [OPTIMIZER_MOMENTUM] = 0.1 * (0.5 + 0.2),  /* the buffer is the gradient */
        [OPTIMIZER_ADAM] = 0.1 * 1,                /* of any gradient */
        [OPTIMIZER_RADAM] = 0.1 * (0.5 + 0.1 * 2), /* mhat alone, g + decay w */
        [OPTIMIZER_LION] = 0.1 * (1 + 0.2),
        [OPTIMIZER_MUON] = 0.1 * (0.2 * levelled(1) + 0.2), /* of one alone */
    };
    for (int kind = 0; kind < OPTIMIZERS; kind++) {
        real weight = 2, dweight = 1, first = 0, second = 0, scratch[4];
        const struct update_sums sums = kernels->update[kind](&(struct update_rows){
            .count = 1,
            .weight = &weight,
            .dweight = &dweight,
            .first = &first,
            .second = &second,
            .scale = 0.5,
            .lr = 0.1,
            .decay = 0.1,
            .beta1 = 0.9,
            .beta2 = 0.99,
            .epsilon = 1e-8,
            .correction1 = 1 - 0.9,
            .correction2 = 1 - 0.99,
            .rows = 1,
            .cols = 1,
            .scratch = scratch,
        });
        assert_near((double)weight, 2 - changes[kind], TOLERANCE, optimizer_table[kind].name,
                    kernels->name);
        assert_near(sums.weight, 4, TOLERANCE, "weight", kernels->name);
        assert_near(sqrt(sums.change), changes[kind], TOLERANCE, "change", kernels->name);
    }
}

/* A gradient with the singular values 3 and 4 and the columns, or rows, as they are: Muon levels
 * the two, and leaves the directions alone; a gradient of zeros changes nothing. */
static void check_known_matrix(const struct kernels *kernels, int rows)
{
    enum { N = 6 };
    const int cols = N / rows, next = cols + 1; /* from a number of the diagonal to the next one */
    real weight[N] = {0}, dweight[N] = {0}, first[N] = {0}, scratch[4 * N];
    const struct update_rows update = {.count = N,
                                       .weight = weight,
                                       .dweight = dweight,
                                       .first = first,
                                       .scale = 1,
                                       .lr = 0.1,
                                       .rows = rows,
                                       .cols = cols,
                                       .scratch = scratch};
    const struct update_sums none = kernels->update[OPTIMIZER_MUON](&update);
    assert_true(none.change == 0 && weight[0] == 0);
    dweight[0] = 3;
    dweight[next] = 4;
    kernels->update[OPTIMIZER_MUON](&update);
    const double size = 0.1 * 0.2 * sqrt(3);
    for (int i = 0; i < N; i++)
        assert_near((double)weight[i],
                    i == 0      ? -size * levelled(0.6)
                    : i == next ? -size * levelled(0.8)
                                : 0,
                    TOLERANCE, "muon", kernels->name);
    assert_near((double)first[next], 0.05 * 4, TOLERANCE, "its momentum", kernels->name);
}

static void check_known_matrices(const struct kernels *kernels)
{
    check_known_matrix(kernels, 2);
    check_known_matrix(kernels, 3);
}

static void test_known_matrices(void **state)
{
    (void)state;
    for_each_table(check_known_matrices);
}

static void test_known_steps(void **state)
{
    (void)state;
    for_each_table(check_known_steps);
}

/* ---- joins and biases ---- */

struct join_result {
    real sum[NUMBERS], plain[NUMBERS], dx[NUMBERS], dbranch[NUMBERS], dbias[WIDTH], deach[WIDTH];
    real dscale[1], biased[NUMBERS], added[NUMBERS];
};

static void run_joins(const struct kernels *kernels, const real *each, const real *bias,
                      const real numbers[3][NUMBERS], struct join_result *r)
{
    const real *x = numbers[0], *branch = numbers[1], *dsum = numbers[2];
    struct join_rows join = {ROWS, WIDTH, x, branch, bias, r->sum, (real)1.7, (real)0.3, each};
    memset(r, 0, sizeof *r);
    for (int i = 0; i < WIDTH; i++)
        r->dbias[i] = r->deach[i] = r->dscale[0] = 1; /* they are added to */
    kernels->join_forward(&join);
    kernels->skip_backward(&join, dsum, r->dx, r->deach);
    kernels->scale_backward(&join, dsum, r->dbranch, r->dscale);
    join.bias = NULL;
    join.sum = r->plain;
    kernels->join_forward(&join);
    memcpy(r->biased, x, sizeof r->biased);
    kernels->bias_forward(r->biased, bias, ROWS, WIDTH);
    kernels->bias_backward(x, r->dbias, ROWS, WIDTH);
    memcpy(r->added, x, sizeof r->added);
    kernels->add(r->added, branch, NUMBERS);
}

/* a of the equation is a vector, or one number. */
static void check_joins(const struct kernels *kernels)
{
    real numbers[3][NUMBERS], each[WIDTH], bias[WIDTH];
    fill(numbers[0], 3 * NUMBERS, 1);
    fill(each, WIDTH, 1);
    fill(bias, WIDTH, 1);
    for (int vector = 0; vector < 2; vector++) {
        const real(*in)[NUMBERS] = (const real(*)[NUMBERS])numbers;
        struct join_result found, right;
        run_joins(kernels, vector ? each : NULL, bias, in, &found);
        run_joins(&kernels_loops, vector ? each : NULL, bias, in, &right);
        assert_same(found.sum, right.sum, NUMBERS, TOLERANCE, "join", kernels->name);
        assert_same(found.plain, right.plain, NUMBERS, TOLERANCE, "join", kernels->name);
        assert_same(found.dx, right.dx, NUMBERS, TOLERANCE, "dx", kernels->name);
        assert_same(found.dbranch, right.dbranch, NUMBERS, TOLERANCE, "dbranch", kernels->name);
        assert_same(found.deach, right.deach, WIDTH, TOLERANCE, "da", kernels->name);
        assert_same(found.dscale, right.dscale, 1, TOLERANCE, "db", kernels->name);
        assert_same(found.biased, right.biased, NUMBERS, TOLERANCE, "bias", kernels->name);
        assert_same(found.dbias, right.dbias, WIDTH, TOLERANCE, "dbias", kernels->name);
        assert_same(found.added, right.added, NUMBERS, TOLERANCE, "add", kernels->name);
    }
}

/* Results may take the place of what they are computed from; a NULL is no gradient. */
static void check_joins_in_place(const struct kernels *kernels)
{
    real d[4] = {1, 2, 3, 4}, x[4] = {5, 6, 7, 8};
    struct join_rows join = {2, 2, x, d, NULL, x, 3, (real)0.5, NULL};
    kernels->join_forward(&join);
    assert_true(x[0] == (real)15.5 && x[3] == 26);
    kernels->skip_backward(&join, d, d, NULL);
    assert_true(d[0] == 3 && d[3] == 12);
    kernels->scale_backward(&join, d, d, NULL);
    assert_true(d[0] == (real)1.5 && d[3] == 6);
    kernels->bias_forward(d, NULL, 2, 2);
    kernels->bias_backward(d, NULL, 2, 2);
    assert_true(d[0] == (real)1.5 && d[3] == 6);
}

static void test_joins(void **state)
{
    (void)state;
    for_each_table(check_joins);
    for_each_table(check_joins_in_place);
}

/* ---- which table is used ---- */

static void test_the_table_that_is_chosen(void **state)
{
    (void)state;
    const struct kernels *usable[KERNELS_MAX + 1];
    struct error error;
    int count = 0;
    kernels_usable(usable);
    unsetenv(KERNELS_VARIABLE);
    assert_true(kernels_check(&error));
    assert_ptr_equal(kernels_chosen(), usable[0]);
    for (; usable[count]; count++) {
        assert_int_equal(setenv(KERNELS_VARIABLE, usable[count]->name, 1), 0);
        assert_true(kernels_check(&error));
        assert_ptr_equal(kernels_chosen(), usable[count]);
    }
    assert_string_equal(usable[count - 1]->name, "loops");
    assert_string_equal(usable[count - 2]->name, "plain");
    setenv(KERNELS_VARIABLE, "", 1);
    assert_true(kernels_check(&error));
    setenv(KERNELS_VARIABLE, "avx1024", 1);
    assert_false(kernels_check(&error));
    assert_non_null(strstr(error.text, "LNSCOPE_KERNELS avx1024: this machine can run "));
    assert_non_null(strstr(error.text, "plain or loops"));
    unsetenv(KERNELS_VARIABLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exponential),
        cmocka_unit_test(test_linear),
        cmocka_unit_test(test_known_linear),
        cmocka_unit_test(test_matmul),
        cmocka_unit_test(test_norms),
        cmocka_unit_test(test_known_norm),
        cmocka_unit_test(test_activations),
        cmocka_unit_test(test_attention),
        cmocka_unit_test(test_entropy),
        cmocka_unit_test(test_head_norm),
        cmocka_unit_test(test_rotation),
        cmocka_unit_test(test_cross_entropy),
        cmocka_unit_test(test_sum_squares),
        cmocka_unit_test(test_stream_sums),
        cmocka_unit_test(test_optimizers),
        cmocka_unit_test(test_known_steps),
        cmocka_unit_test(test_known_matrices),
        cmocka_unit_test(test_joins),
        cmocka_unit_test(test_the_table_that_is_chosen),
    };
    return cmocka_run_group_tests_name("kernels", tests, NULL, NULL);
}
