/* See claim_trained.h. */
#include "claims/claim_trained.h"

#include "base/clock.h"
#include "base/memory.h"
#include "claims/claim_statistics.h"
#include "core/tensors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- warmup and depth ------------------------------------------------------------------------*/

/* lab_train_fresh() with another warmup. */
static double train_warmed(struct claim_lab *lab, struct settings settings, enum side side,
                           int warmup)
{
    settings.warmup = warmup;
    return lab_train_fresh(lab, &settings, side);
}

/* The same with another rate. */
static double train_at(struct claim_lab *lab, struct settings settings, enum side side, double lr)
{
    settings.lr = lr;
    return lab_train_fresh(lab, &settings, side);
}

void claim_warmup_needed(struct claim_lab *lab)
{
    const struct settings settings = lab_settings(lab);
    lab_note(lab, train_warmed(lab, settings, RIGHT, 0));
    lab_note(lab, train_warmed(lab, settings, RIGHT, 100));
    lab_note(lab, train_warmed(lab, settings, LEFT, 0));
}

void claim_warmup_length(struct claim_lab *lab)
{
    const struct settings settings = lab_settings(lab);
    lab_note(lab, train_at(lab, settings, RIGHT, 6e-3));
    lab_note(lab, train_at(lab, settings, RIGHT, 3e-3));
}

void claim_warmup_sgd(struct claim_lab *lab)
{
    struct settings settings = lab_settings(lab);
    lab_note(lab, train_warmed(lab, settings, RIGHT, 0));
    lab_note(lab, train_warmed(lab, settings, RIGHT, 200));
    lab_set(&settings, "optimizer", "radam");
    lab_note(lab, train_at(lab, settings, RIGHT, 3e-3));
}

void claim_vanish_in_training(struct claim_lab *lab)
{
    const struct settings settings = lab_settings(lab);
    struct lab_stack stack;
    double first = NAN, last = NAN;
    if (lab_open(&stack, lab, &settings, RIGHT)) {
        lab_train(&stack, 1);
        first = stack.snapshot.ratio;
        lab_train(&stack, settings.steps);
        last = stack.snapshot.ratio;
    }
    lab_close(&stack);
    lab_note(lab, first);
    lab_note(lab, last);
}

void claim_depth_limit(struct claim_lab *lab)
{
    struct settings settings = lab_settings(lab);
    lab_note(lab, train_warmed(lab, settings, RIGHT, 500));
    lab_note(lab, train_warmed(lab, settings, RIGHT, 1000));
    settings.steps /= 3;
    lab_note(lab, train_warmed(lab, settings, LEFT, 0));
}

void claim_deepnorm_trains(struct claim_lab *lab)
{
    static const double rates[] = {1e-3, 3e-3};
    const struct settings settings = lab_settings(lab);
    for (int i = 0; i < 2; i++) {
        lab_note(lab, train_at(lab, settings, RIGHT, rates[i]));
        lab_note(lab, train_at(lab, settings, LEFT, rates[i]));
    }
}

/* ---- what the failure is ---------------------------------------------------------------------*/

/* Scales the gradient of every block so that its norm is that of the largest. */
static void level_gradients(struct model *model)
{
    double square[LAYERS_MAX] = {0}, most = 0;
    for (int i = 0; i < model->parameters.tensors; i++)
        if (model->parameters.tensor[i].block >= 0)
            square[model->parameters.tensor[i].block] += model->gradients.dweight_square[i];
    for (int block = 0; block < model->config.layers; block++)
        most = fmax(most, square[block]);
    for (int i = 0; i < model->parameters.tensors; i++) {
        const struct tensor *tensor = &model->parameters.tensor[i];
        if (tensor->block < 0 || square[tensor->block] <= 0)
            continue;
        const double factor = sqrt(most / square[tensor->block]);
        real *grad = model->gradients.dweight + tensor->offset;
        for (size_t j = 0; j < tensor_size(tensor); j++)
            grad[j] = (real)(factor * grad[j]);
    }
}

/* One step with leveled gradients. */
static void step_leveled(struct lab_stack *stack, const struct settings *settings, int64_t step)
{
    struct model *model = &stack->run.model;
    const struct optimizer_step update = {
        .kind = settings->optimizer,
        .lr =
            schedule_lr(settings->schedule, settings->lr, settings->warmup, settings->steps, step),
        .decay = settings->weight_decay,
        .beta1 = settings->beta1,
        .beta2 = settings->beta2,
        .scale = 1,
    };
    lab_batch(stack, step - 1);
    model_step(model, NULL);
    lab_smooth(stack, model->loss);
    level_gradients(model);
    optimizer_update(&stack->run.optimizer, model, &update, NULL);
}

/* As lab_train_fresh(), with leveled gradients. */
static double train_leveled(struct claim_lab *lab, const struct settings *settings, enum side side)
{
    struct lab_stack stack;
    double loss = NAN;
    if (lab_open(&stack, lab, settings, side)) {
        for (int64_t step = 1; step <= settings->steps && !lab_ended(lab); step++)
            step_leveled(&stack, settings, step);
        loss = lab_loss(&stack);
    }
    lab_close(&stack);
    return loss;
}

void claim_not_only_vanishing(struct claim_lab *lab)
{
    struct settings settings = lab_settings(lab), sgd;
    lab_note(lab, train_leveled(lab, &settings, RIGHT));
    settings.steps /= 2;
    sgd = settings;
    lab_set(&sgd, "optimizer", "sgd");
    sgd.lr = 0.5;
    lab_note(lab, train_leveled(lab, &sgd, RIGHT));
    settings.warmup = 100;
    lab_note(lab, train_leveled(lab, &settings, RIGHT));
}

static size_t output_size(const struct model *model)
{
    const struct model_config *config = &model->config;
    return (size_t)config->batch * (size_t)config->context * (size_t)config->width;
}

/* F over a batch that no training sees: the output of the last block behind its norm, whose mean
 * square is 1. The caller frees it. */
static real *probe_output(struct lab_stack *stack)
{
    struct model *model = &stack->run.model;
    const size_t size = output_size(model);
    real *output = memory_new(size, sizeof *output);
    lab_batch(stack, LAB_PROBE);
    model_loss(model, NULL);
    memcpy(output, model_output(model), size * sizeof *output);
    return output;
}

/* Root mean square of what F changes from step `from` to step `to`; sqrt(2) is as good as a new
 * function. */
static double function_change(struct lab_stack *stack, int64_t from, int64_t to)
{
    double square = 0;
    lab_train(stack, from);
    real *before = probe_output(stack);
    lab_train(stack, to);
    real *after = probe_output(stack);
    const size_t size = output_size(&stack->run.model);
    for (size_t i = 0; i < size; i++)
        square += ((double)after[i] - (double)before[i]) * ((double)after[i] - (double)before[i]);
    free(before);
    free(after);
    return sqrt(square / (double)size);
}

void claim_model_update(struct claim_lab *lab)
{
    static const struct {
        const char *placement;
        int warmup;
        bool later; /* also what changes from step 20 to the last */
    } stacks[] = {
        {"post", 0, true}, {"post", 100, false}, {"pre", 0, true}, {"deepnorm", 0, false}};
    struct settings settings = lab_settings(lab);
    for (size_t i = 0; i < sizeof stacks / sizeof *stacks; i++) {
        struct lab_stack stack;
        double first = NAN, later = NAN;
        lab_set(&settings, "left", stacks[i].placement);
        settings.warmup = stacks[i].warmup;
        if (lab_open(&stack, lab, &settings, LEFT)) {
            first = function_change(&stack, 0, 1);
            later = stacks[i].later ? function_change(&stack, 20, settings.steps) : NAN;
        }
        lab_close(&stack);
        lab_note(lab, first);
        if (stacks[i].later)
            lab_note(lab, later);
    }
}

/* ---- blocks that can be left out -------------------------------------------------------------*/

/* What the loss rises by on a batch that no training sees when a block adds nothing to the stream:
 * with the last matrices and biases of its sublayers at 0. */
static double cost_of_removal(struct lab_stack *stack, int block)
{
    static const char *const last[] = {"attn.proj.weight", "attn.proj.bias", "ffn.down.weight",
                                       "ffn.down.bias"};
    struct model *model = &stack->run.model;
    real *weights = memory_new(model->parameters.count, sizeof *weights);
    memcpy(weights, model->parameters.weight, model->parameters.count * sizeof *weights);
    lab_batch(stack, LAB_PROBE);
    const double whole = model_loss(model, NULL);
    for (size_t i = 0; i < sizeof last / sizeof *last; i++) {
        const struct tensor *tensor =
            &model->parameters.tensor[tensors_find(&model->parameters, last[i], block)];
        memset(model->parameters.weight + tensor->offset, 0, tensor_size(tensor) * sizeof *weights);
    }
    const double without = model_loss(model, NULL);
    memcpy(model->parameters.weight, weights, model->parameters.count * sizeof *weights);
    free(weights);
    return without - whole;
}

void claim_pre_collapse(struct claim_lab *lab)
{
    const struct settings settings = lab_settings(lab);
    const int L = settings.layers;
    double cost[LAYERS_MAX];
    struct lab_stack stack;
    const bool open = lab_open(&stack, lab, &settings, LEFT);
    if (open)
        lab_train(&stack, settings.steps);
    for (int block = 0; block < L; block++)
        cost[block] = open ? cost_of_removal(&stack, block) : NAN;
    lab_close(&stack);
    lab_note(lab, statistics_mean(cost, L / 2));
    lab_note(lab, statistics_mean(cost + L / 2, L - L / 2));
    lab_note(lab, cost[0]);
    lab_note(lab, cost[L - 1]);
    lab_note(lab, statistics_mean(cost, L / 2) / statistics_mean(cost + L / 2, L - L / 2));
}

/* ---- comparisons -----------------------------------------------------------------------------*/

void claim_rmsnorm_faster(struct claim_lab *lab)
{
    const struct settings settings = lab_settings(lab);
    struct lab_stack stack[SIDES];
    double *time[SIDES] = {NULL};
    bool open = true;
    for (int side = LEFT; side < SIDES; side++) {
        open = lab_open(&stack[side], lab, &settings, (enum side)side) && open;
        time[side] = memory_new((size_t)settings.steps, sizeof(double));
    }
    /* Turn by turn, so that whatever else the machine does slows both alike. */
    for (int step = 0; open && step < settings.steps; step++) {
        for (int side = LEFT; side < SIDES; side++) {
            const double start = clock_thread_seconds();
            lab_train(&stack[side], step + 1);
            time[side][step] = clock_thread_seconds() - start;
        }
    }
    const int steps = (int)settings.steps;
    lab_note(lab, 1e3 * statistics_median(time[LEFT], steps));
    lab_note(lab, 1e3 * statistics_median(time[RIGHT], steps));
    lab_note(lab, statistics_median(time[LEFT], steps) / statistics_median(time[RIGHT], steps));
    lab_note(lab, lab_loss(&stack[RIGHT]) / lab_loss(&stack[LEFT]));
    for (int side = LEFT; side < SIDES; side++) {
        lab_close(&stack[side]);
        free(time[side]);
    }
}

void claim_post_shallow(struct claim_lab *lab)
{
    static const double rates[] = {1e-3, 3e-3};
    const struct settings settings = lab_settings(lab);
    double best[SIDES] = {INFINITY, INFINITY};
    for (int i = 0; i < 2; i++) {
        for (int side = LEFT; side < SIDES; side++) {
            const double loss = train_at(lab, settings, (enum side)side, rates[i]);
            best[side] = fmin(best[side], loss);
            lab_note(lab, loss);
        }
    }
    lab_note(lab, best[RIGHT] / best[LEFT]);
}

/* Trains under one placement, switches to the other, and goes on for as long. */
static void measure_swap(struct claim_lab *lab, enum side side)
{
    const struct settings settings = lab_settings(lab);
    struct lab_stack stack;
    double before = NAN, jump = NAN, after = NAN;
    if (lab_open(&stack, lab, &settings, side)) {
        lab_train(&stack, settings.steps);
        before = lab_loss(&stack);
        if (run_switch(&stack.run, settings.stack[side == LEFT].placement, &lab->error)) {
            stack.smooth = stack.weight = 0;
            lab_train(&stack, settings.steps + 1);
            jump = lab_loss(&stack) / before;
            lab_train(&stack, 2 * settings.steps);
            after = lab_loss(&stack);
        }
    }
    lab_close(&stack);
    lab_note(lab, before);
    lab_note(lab, jump);
    lab_note(lab, after);
}

void claim_swap(struct claim_lab *lab)
{
    measure_swap(lab, LEFT);
    measure_swap(lab, RIGHT);
}
