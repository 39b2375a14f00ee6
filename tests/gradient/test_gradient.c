/* The gradient check: every element of every parameter tensor, and of every stream, against central
 * differences, for every placement, norm and activation. Built in double precision only.
 *
 * A difference of step h has an error of order h^2, and one of h/2 a quarter of it; Richardson's
 * combination (4 D(h/2) - D(h)) / 3 removes it. Where ReLU's kink lies within h the two disagree:
 * such an element says nothing about the gradient and is left out. The rule looks at the
 * differences alone, never at the gradient under test, and at most one element in eight may go. */
#include "core/blas.h"
#include "core/model.h"
#include "core/placement.h"
#include "core/rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#ifndef LNSCOPE_REAL_DOUBLE
#error "central differences to 1e-6 need double precision: make REAL=double"
#endif

static const double TOLERANCE = 1e-6; /* of max|difference - gradient| / max|gradient| */
static const double STEP = 2e-5;
static const double KINK = 3e-7; /* disagreement of D(h) and D(h/2), relative to max|D| */

enum { LEFT_OUT_AT_MOST = 8 }; /* one element in so many */

/* The worst agreement seen so far. */
struct worst {
    double error;
    char where[TENSOR_NAME];
    size_t compared, left_out;
};

static struct model_config small_config(enum placement placement, enum norm norm,
                                        enum activation activation)
{
    return (struct model_config){.placement = placement,
                                 .norm = norm,
                                 .activation = activation,
                                 .init = INIT_XAVIER,
                                 .layers = 2,
                                 .width = 8,
                                 .heads = 2,
                                 .ffn = 12,
                                 .context = 5,
                                 .batch = 2,
                                 .vocab = 7,
                                 .seed = 1};
}

static void open_model(struct model *model, const struct model_config *config)
{
    assert_true(model_open(model, config));
}

static double random_weight(const struct tensor *tensor, struct rng *rng)
{
    const double z = rng_normal(rng);
    if (!tensor->vector)
        return tensor->block < 0 && tensor->kind[0] == 'w' ? z : z / sqrt(tensor->cols);
    const size_t length = strlen(tensor->kind);
    const bool gain = strcmp(tensor->kind + length - 4, "bias") != 0;
    return gain ? 1 + 0.3 * z : 0.2 * z;
}

/* Weights at which nothing is degenerate: no gain is 1 and no bias 0. A batch in which some tokens
 * are not predicted. */
static void fill_model(struct model *model)
{
    for (int i = 0; i < model->tensors; i++) {
        const struct tensor *tensor = &model->tensor[i];
        struct rng rng = rng_stream(model->config.seed, rng_key("weights"), (uint64_t)i);
        for (size_t j = 0; j < tensor_size(tensor); j++)
            model->weight[tensor->offset + j] = random_weight(tensor, &rng);
    }
    struct rng rng = rng_stream(model->config.seed, rng_key("batch"), 0);
    const uint32_t vocab = (uint32_t)model->config.vocab;
    for (int row = 0; row < model->config.batch * model->config.context; row++) {
        model->tokens[row] = (int32_t)rng_below(&rng, vocab);
        model->targets[row] = row % 4 == 2 ? -1 : (int32_t)rng_below(&rng, vocab);
    }
}

/* D(h) of the loss by one number of the model. */
static double difference(struct model *model, double *number, double step)
{
    const double kept = *number;
    *number = kept + step;
    const double above = model_loss(model, NULL);
    *number = kept - step;
    const double below = model_loss(model, NULL);
    *number = kept;
    return (above - below) / (2 * step);
}

/* Compares `gradient` with the differences of the loss by `number[count]`, which are some of the
 * model's weights. Adds to *worst under the name `where`. */
static void compare(struct model *model, double *number, const double *gradient, size_t count,
                    const char *where, struct worst *worst)
{
    double *coarse = memory_new(count, sizeof *coarse);
    double *fine = memory_new(count, sizeof *fine);
    double scale = 0, largest = 0, error = 0;
    size_t left_out = 0;

    for (size_t i = 0; i < count; i++) {
        coarse[i] = difference(model, &number[i], STEP);
        fine[i] = difference(model, &number[i], STEP / 2);
        scale = fmax(scale, fabs(fine[i]));
        largest = fmax(largest, fabs(gradient[i]));
    }
    for (size_t i = 0; i < count; i++) {
        if (fabs(coarse[i] - fine[i]) > KINK * scale) {
            left_out++;
            continue;
        }
        const double best = (4 * fine[i] - coarse[i]) / 3;
        error = isfinite(best - gradient[i]) ? fmax(error, fabs(best - gradient[i])) : INFINITY;
    }
    free(coarse);
    free(fine);

    if (!(largest > 0))
        fail_msg("%s: its gradient is zero", where);
    if (left_out * LEFT_OUT_AT_MOST > count)
        fail_msg("%s: %zu of %zu elements left out", where, left_out, count);
    worst->left_out += left_out;
    worst->compared += count - left_out;
    error /= largest;
    if (error > worst->error || isnan(error)) {
        worst->error = error;
        snprintf(worst->where, sizeof worst->where, "%s", where);
    }
}

static void report(const struct model_config *config, const char *what, const struct worst *worst)
{
    printf("  %-5s %-9s %-4s  %-10s %8.1e  %-24s %5zu compared, %zu left out\n",
           placement_names[config->placement], norm_names[config->norm],
           activation_names[config->activation], what, worst->error, worst->where, worst->compared,
           worst->left_out);
    assert_true(worst->compared > 0);
    if (!(worst->error <= TOLERANCE))
        fail_msg("%s: relative error %.3g above %.0e", worst->where, worst->error, TOLERANCE);
    if (config->activation == ACTIVATION_GELU && worst->left_out > 0)
        fail_msg("%zu elements left out, though GELU has no kink", worst->left_out);
}

static void check_parameters(const struct model_config *config)
{
    struct model model;
    struct worst worst = {0};
    open_model(&model, config);
    fill_model(&model);
    model_step(&model, NULL);
    for (int i = 0; i < model.tensors; i++) {
        const struct tensor *tensor = &model.tensor[i];
        char name[TENSOR_NAME];
        tensor_name(tensor, name);
        compare(&model, model.weight + tensor->offset, model.grad + tensor->offset,
                tensor_size(tensor), name, &worst);
    }
    model_close(&model);
    report(config, "parameters", &worst);
}

static int find_tensor(const struct model *model, const char *kind, int block)
{
    for (int i = 0; i < model->tensors; i++) {
        if (model->tensor[i].block == block && strcmp(model->tensor[i].kind, kind) == 0)
            return i;
    }
    fail_msg("no tensor %s in block %d", kind, block);
    return -1;
}

/* Makes `upper` the blocks of `model` (one sequence) from `layer` on: its positions are x_l, its
 * token embeddings 0, so that dLoss/dx_l of `model` is dLoss/dx_0 of `upper`, whose positions can
 * be moved. */
static void open_upper(struct model *upper, const struct model *model, int layer)
{
    struct model_config config = model->config;
    config.layers -= layer;
    open_model(upper, &config);
    for (int i = 0; i < upper->tensors; i++) {
        const struct tensor *to = &upper->tensor[i];
        const int block = to->block < 0 ? -1 : to->block + layer;
        const struct tensor *from = &model->tensor[find_tensor(model, to->kind, block)];
        assert_int_equal(tensor_size(to), tensor_size(from));
        memcpy(upper->weight + to->offset, model->weight + from->offset,
               tensor_size(to) * sizeof *upper->weight);
    }
    const struct tensor *tokens = &upper->tensor[upper->token_embedding];
    const struct tensor *positions = &upper->tensor[upper->position_embedding];
    memset(upper->weight + tokens->offset, 0, tensor_size(tokens) * sizeof *upper->weight);
    memcpy(upper->weight + positions->offset, model_stream(model, layer),
           tensor_size(positions) * sizeof *upper->weight);
    const size_t rows = (size_t)config.context;
    memcpy(upper->tokens, model->tokens, rows * sizeof *upper->tokens);
    memcpy(upper->targets, model->targets, rows * sizeof *upper->targets);
}

/* dLoss/dx_l for every l below L, by differences. */
static void check_inner_streams(const struct model_config *config)
{
    struct model model;
    struct worst worst = {0};
    open_model(&model, config);
    fill_model(&model);
    model_step(&model, NULL);
    for (int layer = 0; layer < config->layers; layer++) {
        struct model upper;
        open_upper(&upper, &model, layer);
        const struct tensor *positions = &upper.tensor[upper.position_embedding];
        char name[TENSOR_NAME];
        snprintf(name, sizeof name, "x_%d", layer);
        compare(&upper, upper.weight + positions->offset, model_stream_grad(&model, layer),
                tensor_size(positions), name, &worst);
        model_close(&upper);
    }
    model_close(&model);
    report(config, "x_l, l < L", &worst);
}

/* dLoss/dx_L. Where one token alone is predicted, only its row is not 0, and it equals the gradient
 * of the last bias that is added to the stream, which check_parameters() compares with differences;
 * RMSNorm at the end has no bias but a gain g, whose gradient is that row times x_L / g. */
static void check_last_stream(const struct model_config *config)
{
    struct model model;
    struct worst worst = {.where = "x_L"};
    open_model(&model, config);
    fill_model(&model);
    const int layers = config->layers, width = config->width;
    const bool norm_last = placement_table[config->placement].norm_out && config->norm != NORM_NONE;
    const bool by_gain = norm_last && !norm_table[config->norm].bias;
    const char *kind = by_gain ? "ln2.weight" : norm_last ? "ln2.bias" : "ffn.down.bias";
    const struct tensor *tensor = &model.tensor[find_tensor(&model, kind, layers - 1)];

    for (int alone = 0; alone < config->context; alone++) {
        for (int row = 0; row < config->context; row++)
            model.targets[row] = row == alone ? row % config->vocab : -1;
        model_step(&model, NULL);
        const double *weight = model.weight + tensor->offset, *bias = model.grad + tensor->offset;
        double error = 0, largest = 0;
        for (int row = 0; row < config->context; row++) {
            for (int i = 0; i < width; i++) {
                const double found = model_stream_grad(&model, layers)[row * width + i];
                const double x = model_stream(&model, layers)[row * width + i];
                const double direct = by_gain ? bias[i] * weight[i] / x : bias[i];
                error = fmax(error, fabs(found - (row == alone ? direct : 0)));
                largest = fmax(largest, fabs(direct));
            }
        }
        worst.error = fmax(worst.error, error / largest);
        worst.compared += (size_t)(config->context * width);
    }
    model_close(&model);
    report(config, "x_L", &worst);
}

typedef void check(const struct model_config *config);

static void check_all(check *function, int batch)
{
    for (int placement = 0; placement < PLACEMENTS; placement++) {
        for (int norm = 0; norm < NORMS; norm++) {
            for (int activation = 0; activation < ACTIVATIONS; activation++) {
                struct model_config config = small_config(
                    (enum placement)placement, (enum norm)norm, (enum activation)activation);
                config.batch = batch;
                function(&config);
            }
        }
    }
}

static void parameter_gradients_equal_differences(void **state)
{
    (void)state;
    check_all(check_parameters, 2);
}

static void inner_stream_gradients_equal_differences(void **state)
{
    (void)state;
    check_all(check_inner_streams, 1);
}

static void last_stream_gradient_equals_that_of_its_last_summand(void **state)
{
    (void)state;
    check_all(check_last_stream, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameter_gradients_equal_differences),
        cmocka_unit_test(inner_stream_gradients_equal_differences),
        cmocka_unit_test(last_stream_gradient_equals_that_of_its_last_summand),
    };
    blas_open();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
