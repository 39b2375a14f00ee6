/* One block opened up: every tensor and every gradient of a trace against a computation in double
 * precision that shares no code with the core, and against central differences of it; what
 * block_open() makes of a trace; the reader of inputs. */
#include "train/block.h"

#include "base/memory.h"
#include "core/blas.h"
#include "core/rng.h"
#include "core/tensors.h"
#include "support/small_model.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/range.h"

enum { T = 4, D = 8, F = 12, H = 2, W = D / H, NUMBERS = 64 };

/* ---- a block, by its definition --------------------------------------------------------------*/

/* One evaluation. A number may be added to one element of one tensor as soon as it is there. */
struct evaluation {
    const struct model *model;
    const bool *wanted;
    const double *x; /* [T][D] */
    int place, point, element;
    double change;
    double value[TRACE_PLACES][TRACE_POINTS][NUMBERS];
    double out[T * D];
};

static double *tensor_at(struct evaluation *e, int place, int point)
{
    if (place == e->place && point == e->point)
        e->value[place][point][e->element] += e->change;
    return e->value[place][point];
}

/* The values of the parameter NAME or NAME.WHAT; NULL where the model has none. */
static const real *parameter(const struct model *model, const char *name, const char *what)
{
    char kind[TENSOR_NAME];
    snprintf(kind, sizeof kind, what ? "%s.%s" : "%s", name, what);
    int found = tensors_find(&model->parameters, kind, strcmp(name, "ln_f") == 0 ? -1 : 0);
    return found < 0 ? NULL : model->parameters.weight + model->parameters.tensor[found].offset;
}

static void normalize(const struct model *model, const char *name, const double *x, double *y)
{
    const real *gain = parameter(model, name, "weight"), *bias = parameter(model, name, "bias");
    const real *alpha = parameter(model, name, "alpha");
    for (int t = 0; t < T; t++) {
        const double *row = x + t * D;
        double mean = 0, square = 0;
        for (int i = 0; i < D && model->config.norm == NORM_LAYERNORM; i++)
            mean += row[i] / D;
        for (int i = 0; i < D; i++)
            square += (row[i] - mean) * (row[i] - mean) / D;
        for (int i = 0; i < D; i++) {
            double xhat = model->config.norm == NORM_DYT
                              ? tanh((double)alpha[0] * row[i])
                              : (row[i] - mean) / sqrt(square + config_norm_eps(&model->config));
            y[t * D + i] = (double)gain[i] * xhat + (bias ? (double)bias[i] : 0);
        }
    }
}

/* y[T][out] = x[T][in] W^T + b, of the rows of W from `first` on. */
static void linear(const struct model *model, const char *name, int first, const double *x, int in,
                   int out, double *y)
{
    const real *w = parameter(model, name, "weight"), *b = parameter(model, name, "bias");
    for (int t = 0; t < T; t++) {
        for (int o = 0; o < out; o++) {
            double sum = b ? (double)b[first + o] : 0;
            for (int i = 0; i < in; i++)
                sum += x[t * in + i] * (double)w[(first + o) * in + i];
            y[t * out + o] = sum;
        }
    }
}

static void attend(struct evaluation *e, const double *u, double *branch)
{
    const struct model *model = e->model;
    const int place = TRACE_IN_ATTENTION, heads = config_kv_heads(&model->config), K = heads * W;
    double(*value)[NUMBERS] = e->value[place];
    linear(model, "attn.qkv", 0, u, D, D, value[TRACE_QUERY]);
    linear(model, "attn.qkv", D, u, D, K, value[TRACE_KEY]);
    linear(model, "attn.qkv", D + K, u, D, K, value[TRACE_VALUE]);
    const double *q = tensor_at(e, place, TRACE_QUERY), *k = tensor_at(e, place, TRACE_KEY);
    const double *v = tensor_at(e, place, TRACE_VALUE);
    for (int h = 0; h < H; h++) {
        for (int i = 0; i < T; i++) {
            double *row = value[TRACE_ATTENTION] + (h * T + i) * T, sum = 0;
            for (int j = 0; j < T; j++) {
                double score = 0;
                for (int w = 0; w < W; w++)
                    score += q[i * D + h * W + w] * k[j * K + h / (H / heads) * W + w];
                bool seen = j <= i || model->config.mask == MASK_BIDIRECTIONAL;
                sum += row[j] = seen ? exp(score / sqrt(W)) : 0;
            }
            for (int j = 0; j < T; j++)
                row[j] /= sum;
        }
    }
    const double *p = tensor_at(e, place, TRACE_ATTENTION);
    for (int i = 0; i < T; i++) {
        for (int d = 0; d < D; d++) {
            double sum = 0;
            for (int j = 0; j < T; j++)
                sum += p[(d / W * T + i) * T + j] * v[j * K + d / W / (H / heads) * W + d % W];
            value[TRACE_WEIGHTED][i * D + d] = sum;
        }
    }
    linear(model, "attn.proj", 0, tensor_at(e, place, TRACE_WEIGHTED), D, D, branch);
}

static double gelu(double x)
{
    return 0.5 * x * (1 + tanh(sqrt(2 / acos(-1)) * (x + 0.044715 * x * x * x)));
}

static void feed(struct evaluation *e, const double *u, double *branch)
{
    const int place = TRACE_IN_FEED_FORWARD;
    double(*value)[NUMBERS] = e->value[place];
    const bool gated = config_is_gated(&e->model->config);
    linear(e->model, "ffn.up", 0, u, D, F, value[TRACE_UP]);
    if (gated)
        linear(e->model, "ffn.gate", 0, u, D, F, value[TRACE_GATE]);
    const double *up = tensor_at(e, place, TRACE_UP), *gate = tensor_at(e, place, TRACE_GATE);
    for (int i = 0; i < T * F; i++) {
        const double table[ACTIVATIONS] = {[ACTIVATION_GELU] = gelu(up[i]),
                                           [ACTIVATION_RELU] = fmax(up[i], 0),
                                           [ACTIVATION_SWIGLU] =
                                               up[i] * gate[i] / (1 + exp(-gate[i])),
                                           [ACTIVATION_GEGLU] = up[i] * gelu(gate[i])};
        value[TRACE_HIDDEN][i] = table[e->model->config.activation];
    }
    linear(e->model, "ffn.down", 0, tensor_at(e, place, TRACE_HIDDEN), F, D, branch);
}

/* One sublayer from x[T][D]; returns its output. `block_x` is the block's input. */
static const double *sublayer(struct evaluation *e, int place, const double *x,
                              const double *block_x, double *second)
{
    const struct model *model = e->model;
    const bool attention = place == TRACE_IN_ATTENTION;
    const enum placement placement = placement_of_block(model->config.placement, 0, 1);
    const struct placement_row *row = &placement_table[placement];
    const bool norms = model->config.norm != NORM_NONE;
    double(*value)[NUMBERS] = e->value[place];
    const double *branch;

    const bool scaled = row->norm_by_depth && !norms; /* by 1/sqrt(l), of block l = 1 */
    if (row->norm_in && norms)
        normalize(model, attention ? "ln1" : "ln2", x, value[TRACE_NORM_IN]);
    else if (scaled)
        memcpy(value[TRACE_NORM_IN], x, T * D * sizeof *x);
    const double *u = row->norm_in && (norms || scaled) ? tensor_at(e, place, TRACE_NORM_IN) : x;
    if (attention)
        attend(e, u, value[TRACE_BRANCH]);
    else
        feed(e, u, value[TRACE_BRANCH]);
    branch = tensor_at(e, place, TRACE_BRANCH);
    if (row->norm_branch && norms) {
        normalize(model, attention ? "ln1_branch" : "ln2_branch", branch, value[TRACE_NORM_BRANCH]);
        branch = tensor_at(e, place, TRACE_NORM_BRANCH);
    }
    if (placement == PLACEMENT_RESIDUAL) {
        for (int i = 0; i < T * D; i++)
            value[TRACE_SECOND][i] = second[i] + branch[i];
        memcpy(second, tensor_at(e, place, TRACE_SECOND), T * D * sizeof *second);
    }
    const real *omega = parameter(model, attention ? "attn.omega" : "ffn.omega", NULL);
    const real *alpha = parameter(model, "alpha", NULL);
    for (int i = 0; i < T * D; i++) {
        const double a = placement == PLACEMENT_DEEPNORM ? pow(2, 0.25) : 1;
        value[TRACE_SUM][i] = a * (omega ? (double)omega[i % D] : 1) * x[i] +
                              (alpha ? (double)alpha[0] : 1) * branch[i];
        if (placement == PLACEMENT_B2T && !attention)
            value[TRACE_SUM][i] += block_x[i];
    }
    const double *sum = tensor_at(e, place, TRACE_SUM);
    if (row->norm_out && norms)
        normalize(model, attention ? "ln1" : "ln2", sum, value[TRACE_OUTPUT]);
    else
        memcpy(value[TRACE_OUTPUT], sum, T * D * sizeof *sum);
    return tensor_at(e, place, TRACE_OUTPUT);
}

static void evaluate(struct evaluation *e)
{
    const double *x = e->x, *block_x = NULL;
    double second[T * D];
    const bool residual = e->model->config.placement == PLACEMENT_RESIDUAL;
    for (int place = TRACE_IN_ATTENTION; place <= TRACE_IN_FEED_FORWARD; place++) {
        if (!e->wanted[place])
            continue;
        memcpy(e->value[place][TRACE_X], x, T * D * sizeof *x);
        x = tensor_at(e, place, TRACE_X);
        if (!block_x) {
            block_x = x;
            memcpy(second, x, sizeof second);
        }
        x = sublayer(e, place, x, block_x, second);
    }
    if (residual) {
        double(*value)[NUMBERS] = e->value[TRACE_AT_END];
        memcpy(value[TRACE_X], x, T * D * sizeof *x);
        memcpy(value[TRACE_SECOND], second, sizeof second);
        x = tensor_at(e, TRACE_AT_END, TRACE_X);
        const double *s = tensor_at(e, TRACE_AT_END, TRACE_SECOND);
        if (e->model->config.norm != NORM_NONE) {
            normalize(e->model, "ln_f", s, value[TRACE_NORM_IN]);
            s = tensor_at(e, TRACE_AT_END, TRACE_NORM_IN);
        }
        for (int i = 0; i < T * D; i++)
            value[TRACE_OUTPUT][i] = x[i] + s[i];
        x = tensor_at(e, TRACE_AT_END, TRACE_OUTPUT);
    }
    memcpy(e->out, x, sizeof e->out);
}

/* ---- a trace against it ----------------------------------------------------------------------*/

/* What is compared, and the largest deviations. */
struct check {
    const struct model *model;
    const struct trace *trace;
    const bool *wanted;
    double x[T * D], dy[T * D];
    const char *what;
    int tensors;
};

static void assert_near(const struct check *check, int place, int point, const char *which,
                        const real *got, const double *expected, int count)
{
    double scale = 0, worst = 0;
    for (int i = 0; i < count; i++) {
        scale = fmax(scale, fabs(expected[i]));
        worst =
            isfinite((double)got[i]) ? fmax(worst, fabs((double)got[i] - expected[i])) : INFINITY;
    }
    if (!(worst <= 2e-5 * fmax(scale, 1e-2)))
        fail_msg("%s, place %d, point %d: the %s is off by %g of %g", check->what, place, point,
                 which, worst, scale);
}

/* Central differences of <dy, output> by every number of one tensor. */
static void differentiate(const struct check *check, int place, int point, int count,
                          double *gradient)
{
    const double step = 1e-6;
    static struct evaluation e;
    for (int i = 0; i < count; i++) {
        double loss[2] = {0, 0};
        for (int side = 0; side < 2; side++) {
            e = (struct evaluation){.model = check->model,
                                    .wanted = check->wanted,
                                    .x = check->x,
                                    .place = place,
                                    .point = point,
                                    .element = i,
                                    .change = side ? step : -step};
            evaluate(&e);
            for (int j = 0; j < T * D; j++)
                loss[side] += check->dy[j] * e.out[j];
        }
        gradient[i] = (loss[1] - loss[0]) / (2 * step);
    }
}

/* Is the number of TRACE_ATTENTION one that no query sees? */
static bool is_hidden(const struct check *check, int point, int i)
{
    return point == TRACE_ATTENTION && check->model->config.mask == MASK_CAUSAL &&
           i % T > i / T % T;
}

static void check_tensor(struct check *check, const struct evaluation *e, int place, int point)
{
    const struct trace_tensor *tensor = &check->trace->point[place][point];
    const int count = tensor->rows * tensor->cols;
    double gradient[NUMBERS];
    if (!tensor->value)
        return;
    assert_between(count, 1, NUMBERS);
    assert_non_null(tensor->dvalue);
    assert_near(check, place, point, "value", tensor->value, e->value[place][point], count);
    differentiate(check, place, point, count, gradient);
    for (int i = 0; i < count; i++)
        if (is_hidden(check, point, i))
            gradient[i] = 0;
    assert_near(check, place, point, "gradient", tensor->dvalue, gradient, count);
    check->tensors++;
}

/* The parts of the gradient at x make up the whole. */
static void check_parts(const struct check *check, int place)
{
    const struct trace_tensor *x = &check->trace->point[place][TRACE_X];
    real *const *part = check->trace->part[place];
    double whole[T * D] = {0};
    if (!x->value || place == TRACE_AT_END)
        return;
    for (int i = 0; i < T * D; i++)
        for (int p = 0; p < TRACE_PARTS; p++)
            whole[i] += part[p] ? (double)part[p][i] : 0;
    assert_near(check, place, TRACE_X, "sum of the parts", x->dvalue, whole, T * D);
}

static struct model_config small_config(enum placement placement, enum norm norm,
                                        enum activation activation)
{
    return (struct model_config){.placement = placement,
                                 .norm = norm,
                                 .activation = activation,
                                 .norm_bias = true,
                                 .bias = true,
                                 .layers = 1,
                                 .width = D,
                                 .heads = H,
                                 .ffn = F,
                                 .context = T,
                                 .batch = 1,
                                 .vocab = T,
                                 .seed = 5,
                                 .positions = POSITIONS_NONE};
}

/* Returns the number of tensors that were compared. */
static int check_config(const struct model_config *config, const bool wanted[SUBLAYERS_PER_BLOCK])
{
    static struct evaluation e;
    struct model model;
    struct trace trace;
    struct check check = {.model = &model, .trace = &trace, .wanted = wanted};
    struct rng rng = rng_stream(4, rng_key("input"), 0);
    real x[T * D], dy[T * D];
    char what[80];
    snprintf(what, sizeof what, "%s, %s, %s, sublayers %d%d",
             placement_table[config->placement].name, norm_table[config->norm].name,
             activation_table[config->activation].name, wanted[0], wanted[1]);
    check.what = what;
    assert_true(model_open(&model, config));
    small_model_stir(&model, 0.2);
    for (int i = 0; i < T * D; i++) {
        check.x[i] = (double)(x[i] = (real)rng_normal(&rng));
        check.dy[i] = (double)(dy[i] = (real)rng_normal(&rng));
    }
    trace_open(&trace, &model, wanted, x, dy);
    e = (struct evaluation){.model = &model, .wanted = wanted, .x = check.x, .place = -1};
    evaluate(&e);
    for (int place = 0; place < TRACE_PLACES; place++) {
        for (int point = 0; point < TRACE_POINTS; point++)
            check_tensor(&check, &e, place, point);
        check_parts(&check, place);
    }
    trace_close(&trace);
    model_close(&model);
    return check.tensors;
}

static const bool whole[SUBLAYERS_PER_BLOCK] = {true, true};
static const bool attention_alone[SUBLAYERS_PER_BLOCK] = {[SUBLAYER_ATTENTION] = true};
static const bool ffn_alone[SUBLAYERS_PER_BLOCK] = {[SUBLAYER_FEED_FORWARD] = true};

static void traces_agree_with_the_definition(void **state)
{
    (void)state;
    for (int placement = 0; placement < PLACEMENTS; placement++) {
        for (int norm = 0; norm < NORMS; norm++) {
            const enum activation activation = (enum activation)((placement + norm) % ACTIVATIONS);
            const struct model_config config =
                small_config((enum placement)placement, (enum norm)norm, activation);
            int tensors = check_config(&config, whole);
            assert_true(tensors >= 15);
            if (norm == NORM_LAYERNORM) {
                check_config(&config, attention_alone);
                check_config(&config, ffn_alone);
            }
        }
    }
}

static void branches_come_in_variants(void **state)
{
    (void)state;
    struct model_config config = small_config(PLACEMENT_PRE, NORM_LAYERNORM, ACTIVATION_RELU);
    /* x LN q k v attention values branch sum output, x LN up hidden branch sum output */
    assert_int_equal(check_config(&config, whole), 17);
    config.kv_heads = 1;
    config.mask = MASK_BIDIRECTIONAL;
    check_config(&config, whole);
    config.bias = config.norm_bias = false;
    check_config(&config, whole);
}

/* ---- what block_open() makes of a trace ------------------------------------------------------*/

static struct block *open_block(const struct block_plan *plan)
{
    struct block *block = memory_new(1, sizeof *block);
    struct error error;
    if (!block_open(block, plan, &error))
        fail_msg("%s", error.text);
    return block;
}

static void drop_block(struct block *block)
{
    block_close(block);
    free(block);
}

static const struct block_tensor *find(const struct block *block, enum trace_place place,
                                       const char *name)
{
    for (int i = 0; i < block->tensors; i++)
        if (block->tensor[i].place == place && strcmp(block->tensor[i].name, name) == 0)
            return &block->tensor[i];
    fail_msg("%s has no tensor '%s'", placement_table[block->model.config.placement].name, name);
    return NULL;
}

static double length(const real *x, int count)
{
    double square = 0;
    for (int i = 0; i < count; i++)
        square += (double)x[i] * (double)x[i];
    return sqrt(square);
}

/* What holds for every tensor of every block. */
static void check_listed(const struct block *block)
{
    for (int i = 0; i < block->tensors; i++) {
        const struct block_tensor *tensor = &block->tensor[i];
        const int count = tensor->rows * tensor->cols;
        assert_true(tensor->name[0] && tensor->formula[0]);
        assert_true(fabs(tensor->grad_norm - length(tensor->grad, count)) < 1e-12);
        if (tensor->value)
            assert_true(fabs(tensor->rms * sqrt(count) - length(tensor->value, count)) < 1e-9);
        else
            assert_true(isnan(tensor->rms));
        assert_true(tensor->same < i);
        if (tensor->same >= 0) {
            const struct block_tensor *other = &block->tensor[tensor->same];
            assert_memory_equal(tensor->value, other->value, (size_t)count * sizeof(real));
            assert_memory_equal(tensor->grad, other->grad, (size_t)count * sizeof(real));
            assert_int_equal(other->same, -1);
        }
        for (int j = 0; j < i; j++)
            assert_true(block->tensor[j].place < tensor->place ||
                        (block->tensor[j].place == tensor->place &&
                         block->tensor[j].order < tensor->order &&
                         strcmp(block->tensor[j].name, tensor->name) != 0));
    }
}

/* The model's own way from the tokens, which the block's vocabulary makes the input. */
static void check_against_the_model(struct block *block)
{
    const enum trace_place last =
        block->model.config.placement == PLACEMENT_RESIDUAL ? TRACE_AT_END : TRACE_IN_FEED_FORWARD;
    const struct block_tensor *x = find(block, last, last == TRACE_AT_END ? "x" : "output");
    model_loss(&block->model, NULL);
    assert_memory_equal(model_stream(&block->model, 1), x->value, T * D * sizeof(real));
}

static void every_placement_can_be_listed(void **state)
{
    (void)state;
    for (int placement = 0; placement < PLACEMENTS; placement++) {
        for (int part = 0; part < BLOCK_PARTS; part++) {
            struct block_plan plan = {
                .model = small_config((enum placement)placement, NORM_LAYERNORM, ACTIVATION_RELU),
                .part = (enum block_part)part};
            struct block *block = open_block(&plan);
            const enum trace_place last = placement == PLACEMENT_RESIDUAL ? TRACE_AT_END
                                          : part == BLOCK_ATTENTION       ? TRACE_IN_ATTENTION
                                                                          : TRACE_IN_FEED_FORWARD;
            check_listed(block);
            assert_true(fabs(find(block, last, "output")->grad_norm - 1) < 1e-6);
            if (part == BLOCK_WHOLE)
                check_against_the_model(block);
            drop_block(block);
        }
    }
}

static void blocks_that_are_compared_have_the_same_start(void **state)
{
    (void)state;
    struct block_plan plan = {.model =
                                  small_config(PLACEMENT_PRE, NORM_LAYERNORM, ACTIVATION_RELU)};
    struct block *pre = open_block(&plan), *again = open_block(&plan);
    plan.model.placement = PLACEMENT_POST;
    struct block *post = open_block(&plan);
    plan.model.seed++;
    struct block *other = open_block(&plan);
    const real *x = find(pre, TRACE_IN_ATTENTION, "x")->value;
    const real *dy = find(pre, TRACE_IN_FEED_FORWARD, "output")->grad;
    const size_t bytes = T * D * sizeof *x;
    assert_memory_equal(x, find(post, TRACE_IN_ATTENTION, "x")->value, bytes);
    assert_memory_equal(dy, find(post, TRACE_IN_FEED_FORWARD, "output")->grad, bytes);
    assert_memory_not_equal(x, find(other, TRACE_IN_ATTENTION, "x")->value, bytes);
    assert_int_equal(pre->tensors, again->tensors);
    for (int i = 0; i < pre->tensors; i++)
        assert_memory_equal(pre->tensor[i].grad, again->tensor[i].grad,
                            (size_t)(pre->tensor[i].rows * pre->tensor[i].cols) * sizeof *x);
    find(pre, TRACE_IN_ATTENTION, "LN(x)");
    assert_string_equal(find(pre, TRACE_IN_ATTENTION, "q")->formula, "LN(x) W_q^T + b_q");
    assert_string_equal(find(post, TRACE_IN_ATTENTION, "q")->formula, "x W_q^T + b_q");
    assert_string_equal(find(pre, TRACE_IN_FEED_FORWARD, "output")->formula, "sum");
    drop_block(pre);
    drop_block(again);
    drop_block(post);
    drop_block(other);
}

static void an_input_of_ones_own_is_taken(void **state)
{
    (void)state;
    double input[T * D];
    for (int i = 0; i < T * D; i++)
        input[i] = i * i % 7 - 3;
    struct block_plan plan = {.model = small_config(PLACEMENT_ADMIN, NORM_RMSNORM, ACTIVATION_RELU),
                              .part = BLOCK_FFN,
                              .input = input};
    struct block *block = open_block(&plan);
    const struct block_tensor *x = find(block, TRACE_IN_FEED_FORWARD, "x");
    for (int i = 0; i < T * D; i++)
        assert_true((double)x->value[i] == input[i]);
    find(block, TRACE_IN_FEED_FORWARD, "x by the skip");
    drop_block(block);
    struct block refused;
    struct error error;
    plan.model.heads = 3;
    assert_false(block_open(&refused, &plan, &error));
    assert_non_null(strstr(error.text, "3 heads"));
}

/* ---- inputs from files -----------------------------------------------------------------------*/

/* Reads these bytes as a file. */
static bool read_bytes(struct block_input *input, const void *bytes, size_t size,
                       struct error *error)
{
    char path[] = "/tmp/lnscope_test_block_XXXXXX";
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, bytes, size), (ssize_t)size);
    close(descriptor);
    bool good = block_input_read(input, path, error);
    unlink(path);
    return good;
}

static void inputs_are_rows_of_numbers(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "1 2 3\n-4 5.5 6e1\n",
        "1,2,3\n-4,5.5,60",
        "# a comment\r\n\n 1 , 2 ,3\r\n\t-4 5.5\t+60 \n\n# another\n",
    };
    static const double expected[] = {1, 2, 3, -4, 5.5, 60};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct block_input input;
        struct error error;
        if (!read_bytes(&input, texts[i], strlen(texts[i]), &error))
            fail_msg("%s", error.text);
        assert_int_equal(input.rows, 2);
        assert_int_equal(input.cols, 3);
        assert_memory_equal(input.number, expected, sizeof expected);
        block_input_close(&input);
    }
}

static void bad_inputs_say_what_and_where(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
        size_t size; /* 0: up to the end of the string */
    } cases[] = {
        {"", "line 1: no numbers", 0},
        {"# 1 2\n\n", "line 3: no numbers", 0},
        {"1 2\n3 x4\n", "line 2: 'x4' is not a number", 0},
        {"1 2\n3 0x4\n", "line 2: '0x4' is not a number", 0},
        {"1 0123456789012345678901234567890123456789\n",
         "line 1: '01234567890123456789012345678901'", 0},
        {"1 nan\n", "line 1: 'nan' is not a number", 0},
        {"1 -inf\n", "line 1: '-inf' is not a number", 0},
        {"1 1e\n", "line 1: '1e' is not a number", 0},
        {"1 1e9\n", "line 1: 1e9 is too large", 0},
        {"1 1e999\n", "line 1: 1e999 is too large", 0},
        {"1 2\n3 4 5\n", "line 2 has 3 numbers: 2, as line 1", 0},
        {"1 2\n\n3\n", "line 3 has 1 numbers: 2, as line 1", 0},
        {"1,,2\n", "line 1: a comma without a number", 0},
        {",1\n", "line 1: a comma without a number", 0},
        {"1,2,\n", "line 1 ends with a comma", 0},
        {"1\n2\n", "line 1 has one number", 0},
        {"1 2\n3 \0 4", "line 2 holds a NUL", 9},
        {"1 2\n\033[2Jx 4\n", "line 2: '?[2Jx' is not", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct block_input input;
        struct error error;
        const size_t size = cases[i].size ? cases[i].size : strlen(cases[i].text);
        assert_false(read_bytes(&input, cases[i].text, size, &error));
        if (!strstr(error.text, cases[i].words) || strchr(error.text, '\n'))
            fail_msg("\"%s\" does not say \"%s\"", error.text, cases[i].words);
        assert_null(input.number);
    }
    struct block_input input;
    struct error error;
    assert_false(block_input_read(&input, "/nonexistent/file", &error));
    assert_non_null(strstr(error.text, "cannot read"));
    assert_false(block_input_read(&input, "/", &error));
    assert_non_null(strstr(error.text, "directory"));
}

static void inputs_have_a_largest_size(void **state)
{
    (void)state;
    char *text = memory_new(8 * BLOCK_SIDE_MAX, 1);
    struct block_input input;
    struct error error;
    for (int i = 0; i <= BLOCK_SIDE_MAX; i++)
        strcpy(text + 2 * i, "1 ");
    assert_false(read_bytes(&input, text, strlen(text), &error));
    assert_non_null(strstr(error.text, "line 1 has too many numbers"));
    for (int i = 0; i <= BLOCK_SIDE_MAX; i++)
        strcpy(text + 4 * i, "1 2\n");
    assert_false(read_bytes(&input, text, strlen(text), &error));
    assert_non_null(strstr(error.text, "line 1025 is a row too many"));
    assert_true(read_bytes(&input, text, strlen(text) - 4, &error));
    assert_int_equal(input.rows, BLOCK_SIDE_MAX);
    block_input_close(&input);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(traces_agree_with_the_definition),
        cmocka_unit_test(branches_come_in_variants),
        cmocka_unit_test(every_placement_can_be_listed),
        cmocka_unit_test(blocks_that_are_compared_have_the_same_start),
        cmocka_unit_test(an_input_of_ones_own_is_taken),
        cmocka_unit_test(inputs_are_rows_of_numbers),
        cmocka_unit_test(bad_inputs_say_what_and_where),
        cmocka_unit_test(inputs_have_a_largest_size),
    };
    blas_open();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
