/* See claim_initial.h. */
#include "claims/claim_initial.h"

#include "base/memory.h"
#include "claims/claim_statistics.h"
#include "core/rng.h"
#include "core/tensors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The depths at which a claim about depth is measured. */
enum { DEPTHS = 4 };
static const double depths[DEPTHS] = {6, 12, 24, 48};

static double squares(const real *x, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (double)x[i] * (double)x[i];
    return sum;
}

/* |x_l|^2 / D, mean over the tokens. */
static double stream_variance(const struct model *model, int l)
{
    const size_t size = config_stream_size(&model->config);
    return squares(model_stream(model, l), size) / (double)size;
}

/* Norm of a parameter gradient. */
static double gradient_of(const struct model *model, const char *kind, int block)
{
    return sqrt(model->gradients.dweight_square[tensors_find(&model->parameters, kind, block)]);
}

/* Sets W_Q and W_K to 0, so that attention is uniform: the setting of Xiong 2020's proofs. */
static void make_attention_uniform(struct model *model)
{
    for (int i = 0; i < model->parameters.tensors; i++) {
        const struct tensor *tensor = &model->parameters.tensor[i];
        if (strcmp(tensor->kind, "attn.qkv.weight") == 0)
            memset(model->parameters.weight + tensor->offset, 0,
                   2 * (size_t)(model->config.width * model->config.width) * sizeof(real));
    }
}

/* A stack of `layers` blocks with the claim's setting, and its forward pass. */
static bool open_deep(struct trial_stack *stack, struct trial *trial, enum side side, double layers,
                      bool uniform)
{
    struct settings settings = trial_settings(trial);
    settings.layers = (int)layers;
    if (!trial_open(stack, trial, &settings, side))
        return false;
    if (uniform)
        make_attention_uniform(&stack->run.model);
    trial_batch(stack, 0);
    model_loss(&stack->run.model, NULL);
    return true;
}

/* ---- Xiong 2020 ------------------------------------------------------------------------------*/

/* Norm of the gradient of one token's loss by the last block's second feed-forward matrix, mean
 * over tokens: a step for each, with all targets but its own taken out. */
static double token_gradient(struct trial_stack *stack)
{
    enum { TOKENS = 62 };
    struct model *model = &stack->run.model;
    const int T = model->config.context;
    double sum = 0;
    for (int i = 0; i < TOKENS && !trial_ended(stack->trial); i++) {
        const int place = 1 + i % (T - 1);
        trial_batch(stack, i);
        for (int t = 0; t < T * model->config.batch; t++)
            model->batch.targets[t] = t == place ? model->batch.targets[t] : -1;
        model_step(model, NULL);
        sum += gradient_of(model, "ffn.down.weight", model->config.layers - 1);
    }
    return sum / TOKENS;
}

/* The same of the loss of a whole batch. */
static double batch_gradient(struct trial *trial, enum side side, double layers)
{
    struct settings settings = trial_settings(trial);
    struct trial_stack stack;
    double gradient = NAN;
    settings.layers = (int)layers;
    settings.batch = 16;
    if (trial_open(&stack, trial, &settings, side)) {
        make_attention_uniform(&stack.run.model);
        trial_batch(&stack, 0);
        model_step(&stack.run.model, NULL);
        gradient = gradient_of(&stack.run.model, "ffn.down.weight", (int)layers - 1);
    }
    trial_close(&stack);
    return gradient;
}

static void measure_top(struct trial *trial, enum side side)
{
    double gradient[DEPTHS];
    for (int i = 0; i < DEPTHS; i++) {
        struct trial_stack stack;
        gradient[i] = NAN;
        if (open_deep(&stack, trial, side, depths[i], true))
            gradient[i] = token_gradient(&stack);
        trial_close(&stack);
        trial_note(trial, gradient[i]);
    }
    trial_note(trial, gradient[DEPTHS - 1] / gradient[0]);
}

void claim_top_post(struct trial *trial)
{
    measure_top(trial, RIGHT);
}

void claim_top_pre(struct trial *trial)
{
    measure_top(trial, LEFT);
    trial_note(trial, batch_gradient(trial, LEFT, depths[DEPTHS - 1]) /
                          batch_gradient(trial, LEFT, depths[0]));
}

/* |x_L|^2 / D, and its growth per block since x_0. */
struct height {
    double last, growth;
};

static struct height measure_height(struct trial *trial, enum side side, double layers,
                                    bool uniform)
{
    struct trial_stack stack;
    struct height height = {NAN, NAN};
    if (open_deep(&stack, trial, side, layers, uniform)) {
        height.last = stream_variance(&stack.run.model, (int)layers);
        height.growth = (height.last - stream_variance(&stack.run.model, 0)) / layers;
    }
    trial_close(&stack);
    return height;
}

void claim_hidden(struct trial *trial)
{
    double least = INFINITY, most = -INFINITY;
    for (int i = 0; i < DEPTHS; i++) {
        const struct height height = measure_height(trial, LEFT, depths[i], true);
        least = fmin(least, height.growth);
        most = fmax(most, height.growth);
        trial_note(trial, height.last);
    }
    trial_note(trial, least);
    trial_note(trial, most);
    trial_note(trial, measure_height(trial, RIGHT, depths[DEPTHS - 1], true).last);
}

/* ---- streams ---------------------------------------------------------------------------------*/

/* Cosine of x_l and x_{l+1}, mean over the tokens. */
static double stream_cosine(const struct model *model, int l)
{
    const size_t D = (size_t)model->config.width, rows = config_stream_size(&model->config) / D;
    double sum = 0;
    for (size_t row = 0; row < rows; row++) {
        const real *x = model_stream(model, l) + row * D, *y = model_stream(model, l + 1) + row * D;
        double product = 0;
        for (size_t i = 0; i < D; i++)
            product += (double)x[i] * (double)y[i];
        sum += product / sqrt(squares(x, D) * squares(y, D));
    }
    return sum / (double)rows;
}

void claim_growth(struct trial *trial)
{
    double size[DEPTHS];
    for (int i = 0; i < DEPTHS; i++) {
        struct trial_stack stack;
        double cosine = size[i] = NAN;
        if (open_deep(&stack, trial, LEFT, depths[i], false)) {
            cosine = stream_cosine(&stack.run.model, (int)depths[i] - 1);
            size[i] = sqrt(stream_variance(&stack.run.model, (int)depths[i]));
        }
        trial_close(&stack);
        trial_note(trial, cosine);
    }
    trial_note(trial, statistics_exponent(depths, size, DEPTHS));
}

void claim_lns_variance(struct trial *trial)
{
    const double lns = measure_height(trial, LEFT, depths[DEPTHS - 1], false).last;
    const double pre = measure_height(trial, RIGHT, depths[DEPTHS - 1], false).last;
    trial_note(trial, lns);
    trial_note(trial, pre);
    trial_note(trial, lns / pre);
}

void claim_peri_linear(struct trial *trial)
{
    double variance[DEPTHS];
    for (int i = 0; i < DEPTHS; i++) {
        variance[i] = measure_height(trial, LEFT, depths[i], false).last;
        trial_note(trial, variance[i]);
    }
    trial_note(trial, statistics_exponent(depths, variance, DEPTHS));
}

/* ---- gradients -------------------------------------------------------------------------------*/

void claim_deepnorm_level(struct trial *trial)
{
    static const int ends[] = {0, DEPTHS - 1};
    for (int i = 0; i < 2; i++) {
        const double L = depths[ends[i]];
        struct trial_stack stack;
        double first = NAN, last = NAN;
        if (open_deep(&stack, trial, RIGHT, L, false)) {
            model_step(&stack.run.model, NULL);
            first = gradient_of(&stack.run.model, "ffn.down.weight", 0);
            last = gradient_of(&stack.run.model, "ffn.down.weight", (int)L - 1);
        }
        trial_close(&stack);
        trial_note(trial, first);
        trial_note(trial, last);
        trial_note(trial, first / last);
    }
}

/* Norm of the gradient of all that the first block has. */
static double first_block(const struct model *model)
{
    double square = 0;
    for (int i = 0; i < model->parameters.tensors; i++)
        square += model->parameters.tensor[i].block == 0 ? model->gradients.dweight_square[i] : 0;
    return sqrt(square);
}

void claim_branch_qk_norm(struct trial *trial)
{
    for (int side = LEFT; side < SIDES; side++) {
        double gradient[DEPTHS];
        for (int i = 0; i < DEPTHS; i++) {
            struct trial_stack stack;
            gradient[i] = NAN;
            if (open_deep(&stack, trial, (enum side)side, depths[i], false)) {
                model_step(&stack.run.model, NULL);
                gradient[i] = first_block(&stack.run.model);
            }
            trial_close(&stack);
            if (side == LEFT)
                trial_note(trial, gradient[i]);
        }
        trial_note(trial, gradient[DEPTHS - 1] / gradient[0]);
    }
}

/* ---- noise -----------------------------------------------------------------------------------*/

/* Multiplies every weight of the blocks' matrices by 1 + noise n, n normal. */
static void perturb(struct model *model, uint64_t seed, double noise)
{
    for (int i = 0; i < model->parameters.tensors; i++) {
        const struct tensor *tensor = &model->parameters.tensor[i];
        struct rng rng = rng_stream(seed, rng_key("noise"), (uint64_t)i);
        real *weight = model->parameters.weight + tensor->offset;
        if (tensor->block < 0 || tensor->vector)
            continue;
        for (size_t j = 0; j < tensor_size(tensor); j++)
            weight[j] *= (real)(1 + noise * rng_normal(&rng));
    }
}

/* Mean square of what the noise changes of the output, whose mean square is 1, in units of the
 * noise's variance. */
static double amplification(struct trial_stack *stack, uint64_t seed)
{
    static const double noise = 1e-3;
    struct model *model = &stack->run.model;
    const size_t size = config_stream_size(&model->config);
    real *difference = memory_new(size, sizeof *difference);
    memcpy(difference, model_output(model), size * sizeof *difference);
    perturb(model, seed, noise);
    model_loss(model, NULL);
    for (size_t i = 0; i < size; i++)
        difference[i] -= model_output(model)[i];
    const double change = squares(difference, size) / (double)size / (noise * noise);
    free(difference);
    return change;
}

/* The same, mean over several draws of the weights and the noise: single ones differ by a lot. */
static double mean_amplification(struct trial *trial, enum side side, double layers, bool uniform)
{
    enum { DRAWS = 16 };
    const uint64_t seed = trial->seed;
    double sum = 0;
    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        struct trial_stack stack;
        trial->seed = seed * DRAWS + draw;
        sum += open_deep(&stack, trial, side, layers, uniform) ? amplification(&stack, trial->seed)
                                                               : NAN;
        trial_close(&stack);
    }
    trial->seed = seed;
    return sum / DRAWS;
}

void claim_amplification(struct trial *trial)
{
    static const enum side sides[] = {RIGHT, LEFT};
    for (int i = 0; i < SIDES; i++) {
        double change[DEPTHS];
        for (int j = 0; j < DEPTHS; j++)
            change[j] = mean_amplification(trial, sides[i], depths[j], true);
        trial_note(trial, change[0]);
        trial_note(trial, change[DEPTHS - 1]);
        trial_note(trial, statistics_exponent(depths, change, DEPTHS));
        /* Over a doubling c log L grows by the same each time, c L by twice as much as before. */
        trial_note(trial, (change[DEPTHS - 1] - change[DEPTHS - 2]) / (change[1] - change[0]));
    }
}

/* ---- parameters ------------------------------------------------------------------------------*/

static double block_parameters(const struct model *model)
{
    size_t count = 0;
    for (int i = 0; i < model->parameters.tensors; i++)
        count +=
            model->parameters.tensor[i].block == 0 ? tensor_size(&model->parameters.tensor[i]) : 0;
    return (double)count;
}

/* 1 where the stack takes the other's placement, trains a step under it, and back; else 0. */
static double can_swap(struct trial_stack *stack, enum placement other)
{
    const enum placement own = stack->run.model.config.placement;
    struct error error;
    trial_train(stack, 1);
    if (!run_switch(&stack->run, other, &error))
        return 0;
    trial_train(stack, 2);
    return run_switch(&stack->run, own, &error) &&
           isfinite(snapshot_scalar(stack->run.snapshot, QUANTITY_LOSS));
}

void claim_same_parameters(struct trial *trial)
{
    const struct settings settings = trial_settings(trial);
    struct trial_stack stack[SIDES];
    double parameters[SIDES] = {NAN, NAN}, swaps[SIDES] = {NAN, NAN};
    for (int side = LEFT; side < SIDES; side++) {
        if (trial_open(&stack[side], trial, &settings, (enum side)side)) {
            parameters[side] = block_parameters(&stack[side].run.model);
            swaps[side] = can_swap(&stack[side], settings.stack[side == LEFT].placement);
        }
        trial_close(&stack[side]);
    }
    trial_note(trial, parameters[LEFT]);
    trial_note(trial, parameters[RIGHT]);
    trial_note(trial, parameters[LEFT] / parameters[RIGHT]);
    trial_note(trial, fmin(swaps[LEFT], swaps[RIGHT]));
}
