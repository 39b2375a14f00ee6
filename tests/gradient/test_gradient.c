/* The gradient check: every element of every parameter tensor, and of every stream, against central
 * differences, for every placement, norm and activation; and of every parameter tensor for every
 * kind of attention, position and feed-forward network. Built in double precision only.
 *
 * A difference of step h has an error of order h^2, and one of h/2 a quarter of it; Richardson's
 * combination (4 D(h/2) - D(h)) / 3 removes it. Where ReLU's kink lies within h the two disagree:
 * such an element says nothing about the gradient and is left out. The rule looks at the
 * differences alone, never at the gradient under test, and at most one element in eight may go. */
#include "core/blas.h"
#include "core/kernels.h"
#include "core/placement.h"
#include "core/rng.h"
#include "core/sublayer.h"
#include "support/small_model.h"

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

static struct model_config tiny_model(enum placement placement, enum norm norm,
                                      enum activation activation)
{
    return (struct model_config){TINY_MODEL,   .placement = placement,
                                 .norm = norm, .activation = activation,
                                 .heads = 2,   .bias = true};
}

static void open_model(struct model *model, const struct model_config *config)
{
    assert_true(model_open(model, config));
}

static bool ends_with(const char *text, const char *end)
{
    const size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

static double random_weight(const struct model_config *config, const struct tensor *tensor,
                            struct rng *rng)
{
    const double z = rng_normal(rng);
    if (!tensor->vector)
        return tensor->block < 0 && tensor->kind[0] == 'w' ? z : z / sqrt(tensor->cols);
    if (ends_with(tensor->kind, "bias"))
        return 0.2 * z;
    return (config->gain_offset && ends_with(tensor->kind, "weight") ? 0 : 1) + 0.3 * z;
}

/* Weights at which nothing is degenerate: no gain, omega or alpha is 1 and no bias 0. A batch in
 * which some tokens are not predicted. */
static void fill_model(struct model *model)
{
    for (int i = 0; i < model->parameters.tensors; i++) {
        const struct tensor *tensor = &model->parameters.tensor[i];
        struct rng rng = rng_stream(model->config.seed, rng_key("weights"), (uint64_t)i);
        for (size_t j = 0; j < tensor_size(tensor); j++)
            model->parameters.weight[tensor->offset + j] =
                random_weight(&model->config, tensor, &rng);
    }
    struct rng rng = rng_stream(model->config.seed, rng_key("batch"), 0);
    const uint32_t vocab = (uint32_t)model->config.vocab;
    for (int row = 0; row < model->config.batch * model->config.context; row++) {
        model->batch.tokens[row] = (int32_t)rng_below(&rng, vocab);
        model->batch.targets[row] = row % 4 == 2 ? -1 : (int32_t)rng_below(&rng, vocab);
        for (int i = 0; i < model->config.patch; i++)
            model->batch.pixels[row * model->config.patch + i] = rng_normal(&rng);
    }
}

/* With the dice that model_step() has thrown, where there is dropout. */
static double loss_of(struct model *model)
{
    if (model->config.dropout == 0)
        return model_loss(model, NULL);
    model_step(model, NULL);
    return model->loss;
}

/* D(h) of the loss by one number of the model. */
static double difference(struct model *model, double *number, double step)
{
    const double kept = *number;
    *number = kept + step;
    const double above = loss_of(model);
    *number = kept - step;
    const double below = loss_of(model);
    *number = kept;
    return (above - below) / (2 * step);
}

/* Compares `gradient` with the differences of the loss by `number[count]`, which are some of the
 * model's weights. Adds to *worst under the name `where`. */
static void compare(struct model *model, double *number, const double *computed, size_t count,
                    const char *where, struct worst *worst)
{
    double *gradient = memory_new(count, sizeof *gradient); /* other steps are done below */
    memcpy(gradient, computed, count * sizeof *gradient);
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
    free(gradient);

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
    printf("  %-8s %-9s %-4s  %-10s %8.1e  %-24s %5zu compared, %zu left out\n",
           placement_table[config->placement].name, norm_table[config->norm].name,
           activation_table[config->activation].name, what, worst->error, worst->where,
           worst->compared, worst->left_out);
    assert_true(worst->compared > 0);
    if (!(worst->error <= TOLERANCE))
        fail_msg("%s: relative error %.3g above %.0e", worst->where, worst->error, TOLERANCE);
    if (config->activation == ACTIVATION_GELU && worst->left_out > 0)
        fail_msg("%zu elements left out, though GELU has no kink", worst->left_out);
}

static struct worst worst_of_parameters(const struct model_config *config)
{
    struct model model;
    struct worst worst = {0};
    open_model(&model, config);
    fill_model(&model);
    for (int i = 0; i < model.parameters.tensors; i++) {
        const struct tensor *tensor = &model.parameters.tensor[i];
        char name[TENSOR_NAME];
        tensor_name(tensor, name);
        model_step(&model, NULL); /* with dropout the differences are steps too */
        compare(&model, model.parameters.weight + tensor->offset,
                model.gradients.dweight + tensor->offset, tensor_size(tensor), name, &worst);
    }
    model_close(&model);
    return worst;
}

static void check_parameters(const struct model_config *config)
{
    const struct worst worst = worst_of_parameters(config);
    report(config, "parameters", &worst);
}

static int find_tensor(const struct model *model, const char *kind, int block)
{
    for (int i = 0; i < model->parameters.tensors; i++) {
        if (model->parameters.tensor[i].block == block &&
            strcmp(model->parameters.tensor[i].kind, kind) == 0)
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
    if (placement_table[config.placement].by_block && layer > 0)
        config.placement = placement_of_block(config.placement, layer, config.layers);
    config.layers -= layer;
    open_model(upper, &config);
    for (int i = 0; i < config_sublayers(&model->config) * config.layers; i++) {
        /* what depends on the depth is that of the blocks it stands for */
        const struct sublayer *from =
            &model->parameters.sublayer[config_sublayers(&model->config) * layer + i];
        upper->parameters.sublayer[i].skip = from->skip;
        upper->parameters.sublayer[i].in.scale = from->in.scale;
    }
    for (int i = 0; i < upper->parameters.tensors; i++) {
        const struct tensor *to = &upper->parameters.tensor[i];
        const int block = to->block < 0 ? -1 : to->block + layer;
        const struct tensor *from = &model->parameters.tensor[find_tensor(model, to->kind, block)];
        assert_int_equal(tensor_size(to), tensor_size(from));
        memcpy(upper->parameters.weight + to->offset, model->parameters.weight + from->offset,
               tensor_size(to) * sizeof *upper->parameters.weight);
    }
    const size_t rows = (size_t)config.context;
    const struct tensor *tokens = &upper->parameters.tensor[upper->parameters.token_embedding];
    const struct tensor *positions =
        &upper->parameters.tensor[upper->parameters.position_embedding];
    memset(upper->parameters.weight + tokens->offset, 0,
           tensor_size(tokens) * sizeof *upper->parameters.weight);
    memcpy(upper->parameters.weight + positions->offset, model_stream(model, layer),
           tensor_size(positions) * sizeof *upper->parameters.weight);
    memcpy(upper->batch.tokens, model->batch.tokens, rows * sizeof *upper->batch.tokens);
    memcpy(upper->batch.targets, model->batch.targets, rows * sizeof *upper->batch.targets);
}

/* The sum over the rows of dLoss/dx_l equals the gradient of the bias, or with x_l / g that of the
 * gain g, of the norm that x_l comes out of. */
static void compare_sums(const struct model *model, int layer, struct worst *worst)
{
    const int width = model->config.width;
    const bool by_gain = !norm_table[model->config.norm].bias;
    const struct tensor *tensor =
        &model->parameters
             .tensor[find_tensor(model, by_gain ? "ln2.weight" : "ln2.bias", layer - 1)];
    double error = 0, largest = 0;
    for (int i = 0; i < width; i++) {
        const double expected = model->gradients.dweight[tensor->offset + (size_t)i];
        double sum = 0;
        for (int row = 0; row < model->config.batch * model->config.context; row++) {
            const int at = row * width + i;
            sum += model_dstream(model, layer)[at] *
                   (by_gain ? model_stream(model, layer)[at] /
                                  model->parameters.weight[tensor->offset + (size_t)i]
                            : 1);
        }
        error = fmax(error, fabs(sum - expected));
        largest = fmax(largest, fabs(expected));
    }
    assert_true(largest > 0);
    worst->error = fmax(worst->error, error / largest);
    worst->compared += (size_t)width;
}

/* dLoss/dx_l for every l below L, by differences. ResiDual's x_l is only one of two streams above
 * x_0, which cannot be put in its place alone: there it is the sums that are compared, and the
 * numbers with PyTorch's (tests/reference). */
static void check_inner_streams(const struct model_config *config)
{
    struct model model;
    struct worst worst = {0};
    open_model(&model, config);
    fill_model(&model);
    model_step(&model, NULL);
    for (int layer = 0; layer < config->layers; layer++) {
        struct model upper;
        if (model.activations.second_stream && layer > 0) {
            if (config->norm != NORM_NONE)
                compare_sums(&model, layer, &worst);
            continue;
        }
        open_upper(&upper, &model, layer);
        const struct tensor *positions =
            &upper.parameters.tensor[upper.parameters.position_embedding];
        char name[TENSOR_NAME];
        snprintf(name, sizeof name, "x_%d", layer);
        compare(&upper, upper.parameters.weight + positions->offset, model_dstream(&model, layer),
                tensor_size(positions), name, &worst);
        model_close(&upper);
    }
    model_close(&model);
    report(config, "x_l, l < L", &worst);
}

/* The tensor whose gradient tells dLoss/dx_L where one token alone is predicted: the last bias that
 * is added to the stream, or the last gain where a norm without bias comes last. */
struct last_summand {
    char kind[TENSOR_NAME];
    const real *of_gain; /* what that gain has been multiplied into; NULL: it is a bias */
    double times;        /* how often the bias is in x_L and in what else the loss depends on */
};

static struct last_summand last_summand_of(const struct model *model)
{
    const struct model_config *config = &model->config;
    const int layers = config->layers;
    const struct placement_row *row =
        &placement_table[placement_of_block(config->placement, layers - 1, layers)];
    const int last = SUBLAYERS_PER_BLOCK * layers - 1;
    struct last_summand summand = {.times = 1};
    const bool by_norm = config->norm != NORM_NONE && (row->norm_out || row->norm_branch);
    const bool by_gain = by_norm && !norm_table[config->norm].bias;
    if (by_gain)
        summand.of_gain = row->norm_out ? model_stream(model, layers)
                                        : model->activations.sublayer[last].branch.out;
    if (!by_norm && row->scale == SCALE_LEARNED)
        summand.times =
            weight_of(&model->parameters, model->parameters.sublayer[last].scale_tensor)[0];
    if (!by_norm && row->beside == BESIDE_SUM)
        summand.times = 2; /* without norms the two streams have the same gradient */
    snprintf(summand.kind, sizeof summand.kind, "%s.%s",
             !by_norm        ? "ffn.down"
             : row->norm_out ? "ln2"
                             : "ln2_branch",
             by_gain ? "weight" : "bias");
    return summand;
}

/* dLoss/dx_L. Where one token alone is predicted, only its row is not 0, and it equals the gradient
 * of the last bias that is added to the stream, which check_parameters() compares with differences;
 * RMSNorm at the end has no bias but a gain g, whose gradient is that row times x / g. */
static void check_last_stream(const struct model_config *config)
{
    struct model model;
    struct worst worst = {.where = "x_L"};
    open_model(&model, config);
    fill_model(&model);
    const int layers = config->layers, width = config->width;
    const struct last_summand last = last_summand_of(&model);
    const struct tensor *tensor =
        &model.parameters.tensor[find_tensor(&model, last.kind, layers - 1)];

    for (int alone = 0; alone < config->context; alone++) {
        for (int row = 0; row < config->context; row++)
            model.batch.targets[row] = row == alone ? row % config->vocab : -1;
        model_step(&model, NULL);
        const double *weight = model.parameters.weight + tensor->offset,
                     *bias = model.gradients.dweight + tensor->offset;
        double error = 0, largest = 0;
        for (int row = 0; row < config->context; row++) {
            for (int i = 0; i < width; i++) {
                const double found = model_dstream(&model, layers)[row * width + i];
                const double direct = last.of_gain
                                          ? bias[i] * weight[i] / last.of_gain[row * width + i]
                                          : bias[i] / last.times;
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
                struct model_config config = tiny_model((enum placement)placement, (enum norm)norm,
                                                        (enum activation)activation);
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

static void so_do_those_of_other_norm_parameters(void **state)
{
    (void)state;
    static const enum placement placements[] = {PLACEMENT_PRE, PLACEMENT_POST, PLACEMENT_PERI,
                                                PLACEMENT_LNS};
    static const enum norm norms[] = {NORM_LAYERNORM, NORM_RMSNORM, NORM_DYT};
    for (size_t p = 0; p < sizeof placements / sizeof *placements; p++) {
        for (size_t n = 0; n < sizeof norms / sizeof *norms; n++) {
            struct model_config config = tiny_model(placements[p], norms[n], ACTIVATION_GELU);
            config.gain_offset = true;
            check_parameters(&config);
            config.norm_bias = false;
            check_parameters(&config);
        }
    }
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

/* ---- what the branch is made of ---------------------------------------------------------------*/

/* A model of two blocks; a row adds what sets it apart. */
#define TINY(heads_, placement_, norm_, activation_)                                               \
    TINY_MODEL, .placement = PLACEMENT_##placement_, .norm = NORM_##norm_,                         \
                .activation = ACTIVATION_##activation_, .heads = heads_

static const struct variant {
    const char *name;
    struct model_config config;
} variants[] = {
    {"bidirectional", {TINY(3, PRE, LAYERNORM, GELU), .bias = true, .mask = MASK_BIDIRECTIONAL}},
    {"window 3", {TINY(3, PRE, LAYERNORM, GELU), .bias = true, .window = 3}},
    {"window 1", {TINY(3, PRE, LAYERNORM, GELU), .bias = true, .window = 1}},
    {"window 2, both ways",
     {TINY(3, POST, LAYERNORM, GELU), .bias = true, .mask = MASK_BIDIRECTIONAL, .window = 2}},
    {"window 3, every 2nd block",
     {TINY(3, PRE, LAYERNORM, GELU), .bias = true, .window = 3, .window_every = 2}},
    {"kv-heads 2 of 4", {TINY(4, PRE, LAYERNORM, GELU), .bias = true, .kv_heads = 2}},
    {"kv-heads 1 of 3", {TINY(3, PRE, LAYERNORM, GELU), .bias = true, .kv_heads = 1}},
    {"qk-norm", {TINY(3, PRE, LAYERNORM, GELU), .bias = true, .qk_norm = true}},
    {"qk-norm, gain 1+w",
     {TINY(3, PRE, RMSNORM, GELU), .bias = true, .qk_norm = true, .gain_offset = true}},
    {"joint qk-norm",
     {TINY(3, PRE, LAYERNORM, GELU), .bias = true, .qk_norm = true, .qk_joint = true}},
    {"joint qk-norm, kv-heads, gain 1+w",
     {TINY(4, BRANCH, RMSNORM, SWIGLU), .positions = POSITIONS_ROTARY, .qk_norm = true,
      .qk_joint = true, .kv_heads = 2, .gain_offset = true}},
    {"sinusoidal",
     {TINY(3, PRE, LAYERNORM, GELU), .bias = true, .positions = POSITIONS_SINUSOIDAL}},
    {"rotary", {TINY(3, PRE, LAYERNORM, GELU), .bias = true, .positions = POSITIONS_ROTARY}},
    {"rotary, odd heads",
     {TINY(4, PRE, LAYERNORM, GELU), .bias = true, .positions = POSITIONS_ROTARY}},
    {"no positions", {TINY(3, PRE, LAYERNORM, GELU), .bias = true, .positions = POSITIONS_NONE}},
    {"rotary, qk-norm, kv-heads",
     {TINY(6, BRANCH, RMSNORM, GELU), .positions = POSITIONS_ROTARY, .qk_norm = true,
      .kv_heads = 2}},
    {"no biases", {TINY(3, PRE, LAYERNORM, GELU)}},
    {"no biases, gated", {TINY(3, PRE, LAYERNORM, SWIGLU), .bias = false}},
    {"tied", {TINY(3, PRE, LAYERNORM, GELU), .bias = true, .tied = true}},
    {"embedding scale", {TINY(3, PRE, LAYERNORM, GELU), .bias = true, .embedding_scale = true}},
    {"tied, scaled",
     {TINY(3, POST, LAYERNORM, GELU), .bias = true, .tied = true, .embedding_scale = true}},
    {"kv-rank 5", {TINY(3, PRE, LAYERNORM, GELU), .bias = true, .kv_rank = 5}},
    {"kv-rank 5, rotary, qk-norm",
     {TINY(3, PRE, RMSNORM, GELU), .kv_rank = 5, .positions = POSITIONS_ROTARY, .qk_norm = true}},
    {"kv-rank 5, kv-norm",
     {TINY(3, PRE, LAYERNORM, GELU), .bias = true, .kv_rank = 5, .kv_norm = true}},
    {"kv-rank 5, kv-norm, rotary, joint qk-norm",
     {TINY(3, PERI, RMSNORM, GELU), .kv_rank = 5, .kv_norm = true, .positions = POSITIONS_ROTARY,
      .qk_norm = true, .qk_joint = true, .gain_offset = true}},
    {"window 2 but every 2nd block",
     {TINY(3, PRE, LAYERNORM, GELU), .bias = true, .window = 2, .full_every = 2}},
    {"1 of 3 experts", {TINY(3, PRE, LAYERNORM, GELU), .bias = true, .experts = 3}},
    {"2 of 4 experts, gated",
     {TINY(3, PRE, LAYERNORM, SWIGLU), .bias = true, .experts = 4, .experts_used = 2}},
    {"3 of 3 experts, relu",
     {TINY(3, POST, RMSNORM, RELU), .bias = true, .experts = 3, .experts_used = 3}},
    {"experts that no token chose",
     {TINY(3, PRE, LAYERNORM, GELU), .bias = true, .experts = 16, .experts_used = 1}},
    {"image patches",
     {TINY(3, PRE, LAYERNORM, GELU), .bias = true, .patch = 5, .mask = MASK_BIDIRECTIONAL}},
    {"norm-eps", {TINY(3, PRE, LAYERNORM, GELU), .bias = true, .norm_eps = 0.5}},
    {"norm-eps, all kinds of RMSNorm",
     {TINY(3, PERI, RMSNORM, SWIGLU), .norm_eps = 0.1, .kv_rank = 5, .kv_norm = true,
      .qk_norm = true, .gain_offset = true}},
    {"dropout", {TINY(3, PRE, LAYERNORM, GELU), .bias = true, .dropout = 0.25}},
    {"dropout, images",
     {TINY(3, POST, LAYERNORM, GELU), .bias = true, .dropout = 0.1, .patch = 5,
      .mask = MASK_BIDIRECTIONAL}},
    {"dropout, kv-rank, experts",
     {TINY(3, PERI, RMSNORM, SWIGLU), .dropout = 0.2, .kv_rank = 5, .experts = 3, .qk_norm = true,
      .positions = POSITIONS_ROTARY}},
    {"patches, no bias or position",
     {TINY(3, PRE, RMSNORM, GELU), .patch = 5, .mask = MASK_BIDIRECTIONAL,
      .positions = POSITIONS_NONE}},
    {"parallel, gated", {TINY(3, PRE, LAYERNORM, SWIGLU), .bias = true, .parallel = true}},
    {"parallel, kv-rank, experts",
     {TINY(3, PERI, RMSNORM, GEGLU), .bias = true, .parallel = true, .kv_rank = 4, .experts = 3,
      .experts_used = 2}},
    /* the models of the presets, in miniature */
    {"transformer-2017",
     {TINY(3, POST, LAYERNORM, RELU), .bias = true, .tied = true, .positions = POSITIONS_SINUSOIDAL,
      .embedding_scale = true}},
    {"bert",
     {TINY(3, POST, LAYERNORM, GELU), .bias = true, .tied = true, .mask = MASK_BIDIRECTIONAL}},
    {"gpt2", {TINY(3, PRE, LAYERNORM, GELU), .bias = true, .tied = true}},
    {"gpt3",
     {TINY(3, PRE, LAYERNORM, GELU), .bias = true, .tied = true, .window = 3, .window_every = 2}},
    {"llama", {TINY(3, PRE, RMSNORM, SWIGLU), .positions = POSITIONS_ROTARY}},
    {"mistral",
     {TINY(6, PRE, RMSNORM, SWIGLU), .positions = POSITIONS_ROTARY, .kv_heads = 3, .window = 4}},
    {"gemma",
     {TINY(3, PERI, RMSNORM, GEGLU), .positions = POSITIONS_ROTARY, .kv_heads = 1, .qk_norm = true,
      .gain_offset = true, .tied = true, .embedding_scale = true, .window = 3, .full_every = 2}},
    {"gemini", {TINY(3, PRE, RMSNORM, GEGLU), .positions = POSITIONS_ROTARY, .kv_heads = 1}},
    {"palm",
     {TINY(3, PRE, LAYERNORM, SWIGLU), .positions = POSITIONS_ROTARY, .kv_heads = 1,
      .parallel = true, .tied = true, .embedding_scale = true}},
    {"deepseek",
     {TINY(3, PRE, RMSNORM, SWIGLU), .positions = POSITIONS_ROTARY, .kv_rank = 5, .kv_norm = true,
      .experts = 4, .experts_used = 2}},
    {"vit", {TINY(3, PRE, LAYERNORM, GELU), .bias = true, .patch = 6, .mask = MASK_BIDIRECTIONAL}},
    {"olmo2",
     {TINY(3, BRANCH, RMSNORM, SWIGLU), .positions = POSITIONS_ROTARY, .qk_norm = true,
      .qk_joint = true}},
    {"qwen3",
     {TINY(4, PRE, RMSNORM, SWIGLU), .positions = POSITIONS_ROTARY, .qk_norm = true, .kv_heads = 2,
      .tied = true}},
};

static void check_variant(const char *name, const struct model_config *config)
{
    struct error error;
    if (!model_config_check(config, &error))
        fail_msg("%s: %s", name, error.text);
    const struct worst worst = worst_of_parameters(config);
    printf("  %-28s %-8s %8.1e  %-28s %5zu compared, %zu left out\n", name,
           placement_table[config->placement].name, worst.error, worst.where, worst.compared,
           worst.left_out);
    if (!(worst.error <= TOLERANCE))
        fail_msg("%s, %s: relative error %.3g above %.0e", name, worst.where, worst.error,
                 TOLERANCE);
}

static void so_do_those_of_every_kind_of_branch(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++)
        check_variant(variants[i].name, &variants[i].config);
}

/* One sublayer a block: every placement joins it by its one equation. */
static void so_do_those_of_parallel_blocks(void **state)
{
    (void)state;
    for (int placement = 0; placement < PLACEMENTS; placement++) {
        struct model_config config =
            tiny_model((enum placement)placement, NORM_LAYERNORM, ACTIVATION_GELU);
        config.parallel = true;
        check_variant("parallel", &config);
    }
}

/* Dropout, the dice held, in every placement. */
static void so_do_those_of_dropout(void **state)
{
    (void)state;
    for (int placement = 0; placement < PLACEMENTS; placement++) {
        struct model_config config =
            tiny_model((enum placement)placement, NORM_LAYERNORM, ACTIVATION_GELU);
        config.dropout = 0.2;
        check_variant("dropout", &config);
        config.parallel = true;
        check_variant("dropout, parallel", &config);
    }
}

/* The plain loops, which the other kernels are tested against: every norm and activation, every
 * kind of join and of branch. */
static void so_do_those_of_the_plain_loops(void **state)
{
    (void)state;
    assert_int_equal(setenv(KERNELS_VARIABLE, "loops", 1), 0);
    for (int norm = 0; norm < NORMS; norm++) {
        for (int activation = 0; activation < ACTIVATIONS; activation++) {
            struct model_config config =
                tiny_model(PLACEMENT_PERI, (enum norm)norm, (enum activation)activation);
            check_variant("loops", &config);
        }
    }
    static const enum placement joins[] = {PLACEMENT_DEEPNORM, PLACEMENT_ADMIN, PLACEMENT_REZERO,
                                           PLACEMENT_RESIDUAL, PLACEMENT_B2T};
    for (size_t i = 0; i < sizeof joins / sizeof *joins; i++) {
        const struct model_config config = tiny_model(joins[i], NORM_LAYERNORM, ACTIVATION_GELU);
        check_variant("loops", &config);
    }
    so_do_those_of_every_kind_of_branch(state);
    unsetenv(KERNELS_VARIABLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameter_gradients_equal_differences),
        cmocka_unit_test(so_do_those_of_other_norm_parameters),
        cmocka_unit_test(so_do_those_of_every_kind_of_branch),
        cmocka_unit_test(so_do_those_of_parallel_blocks),
        cmocka_unit_test(so_do_those_of_dropout),
        cmocka_unit_test(so_do_those_of_the_plain_loops),
        cmocka_unit_test(inner_stream_gradients_equal_differences),
        cmocka_unit_test(last_stream_gradient_equals_that_of_its_last_summand),
    };
    blas_open();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
