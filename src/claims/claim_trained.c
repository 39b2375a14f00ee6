/* See claim_trained.h. */
#include "claims/claim_trained.h"

#include "base/clock.h"
#include "base/memory.h"
#include "claims/claim_statistics.h"
#include "core/kernels.h"
#include "core/tensors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- warmup and depth ------------------------------------------------------------------------*/

/* trial_train_fresh() with another warmup. */
static double train_warmed(struct trial *trial, struct settings settings, enum side side,
                           int warmup)
{
    settings.warmup = warmup;
    return trial_train_fresh(trial, &settings, side);
}

/* The same with another rate. */
static double train_at(struct trial *trial, struct settings settings, enum side side, double lr)
{
    settings.lr = lr;
    return trial_train_fresh(trial, &settings, side);
}

void claim_warmup_needed(struct trial *trial)
{
    const struct settings settings = trial_settings(trial);
    trial_note(trial, train_warmed(trial, settings, RIGHT, 0));
    trial_note(trial, train_warmed(trial, settings, RIGHT, 100));
    trial_note(trial, train_warmed(trial, settings, LEFT, 0));
}

void claim_warmup_length(struct trial *trial)
{
    const struct settings settings = trial_settings(trial);
    trial_note(trial, train_at(trial, settings, RIGHT, 6e-3));
    trial_note(trial, train_at(trial, settings, RIGHT, 3e-3));
}

void claim_warmup_sgd(struct trial *trial)
{
    struct settings settings = trial_settings(trial);
    trial_note(trial, train_warmed(trial, settings, RIGHT, 0));
    trial_note(trial, train_warmed(trial, settings, RIGHT, 200));
    trial_note(trial, train_warmed(trial, settings, LEFT, 0));
    trial_set(&settings, "optimizer", "radam");
    trial_note(trial, train_at(trial, settings, RIGHT, 3e-3));
}

void claim_vanish_in_training(struct trial *trial)
{
    const struct settings settings = trial_settings(trial);
    struct trial_stack stack;
    double first = NAN, last = NAN;
    if (trial_open(&stack, trial, &settings, RIGHT)) {
        trial_train(&stack, 1);
        first = snapshot_scalar(stack.run.snapshot, QUANTITY_RATIO);
        trial_train(&stack, settings.steps);
        last = snapshot_scalar(stack.run.snapshot, QUANTITY_RATIO);
    }
    trial_close(&stack);
    trial_note(trial, first);
    trial_note(trial, last);
}

void claim_depth_limit(struct trial *trial)
{
    static const double rates[] = {1e-4, 3e-4, 1e-3};
    static const int warmups[] = {200, 800};
    struct settings settings = trial_settings(trial);
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        settings.lr = rates[i];
        for (size_t j = 0; j < sizeof warmups / sizeof *warmups; j++)
            trial_note(trial, train_warmed(trial, settings, RIGHT, warmups[j]));
    }
    settings = trial_settings(trial);
    settings.steps /= 2;
    trial_note(trial, train_warmed(trial, settings, LEFT, 0));
    trial_set(&settings, "left", "pre");
    trial_note(trial, train_warmed(trial, settings, LEFT, 0));
}

void claim_left_trains(struct trial *trial)
{
    const struct settings settings = trial_settings(trial);
    trial_note(trial, trial_train_fresh(trial, &settings, RIGHT));
    trial_note(trial, trial_train_fresh(trial, &settings, LEFT));
}

void claim_rezero_trains(struct trial *trial)
{
    const struct settings settings = trial_settings(trial);
    struct trial_stack stack;
    double ratio = NAN, loss = NAN;
    if (trial_open(&stack, trial, &settings, LEFT)) {
        trial_train(&stack, 1);
        ratio = snapshot_scalar(stack.run.snapshot, QUANTITY_RATIO);
        trial_train(&stack, settings.steps);
        loss = trial_loss(&stack);
    }
    trial_close(&stack);
    trial_note(trial, ratio);
    trial_note(trial, loss);
    trial_note(trial, trial_train_fresh(trial, &settings, RIGHT));
}

void claim_radam_is_warmup(struct trial *trial)
{
    struct settings settings = trial_settings(trial);
    const int warmup = (int)lround(2 / (1 - settings.beta2));
    trial_note(trial, train_warmed(trial, settings, RIGHT, 0));
    const double warmed = train_warmed(trial, settings, RIGHT, warmup);
    trial_set(&settings, "optimizer", "radam");
    const double radam = train_warmed(trial, settings, RIGHT, 0);
    trial_note(trial, warmed);
    trial_note(trial, radam);
    trial_note(trial, radam / warmed);
}

/* The first step at which the smoothed loss is at most this part of the loss without context; NAN
 * where it never is. */
static double step_of(struct trial *trial, const struct settings *settings, enum side side,
                      double part)
{
    struct trial_stack stack;
    double found = NAN;
    if (trial_open(&stack, trial, settings, side)) {
        for (int64_t step = 1; step <= settings->steps && isnan(found); step++) {
            trial_train(&stack, step);
            found = trial_loss(&stack) <= part ? (double)step : (double)NAN;
        }
    }
    trial_close(&stack);
    return found;
}

void claim_pre_before_post(struct trial *trial)
{
    struct settings settings = trial_settings(trial);
    settings.warmup = 100;
    const double post = step_of(trial, &settings, RIGHT, 0.5);
    settings.warmup = 0;
    const double pre = step_of(trial, &settings, LEFT, 0.5);
    trial_note(trial, pre);
    trial_note(trial, post);
    trial_note(trial, post / pre);
}

void claim_qk_norm_rate(struct trial *trial)
{
    static const char *const qk_norm[] = {"off", "on"};
    static const double rates[] = {3e-3, 1e-2, 3e-2, 1e-1};
    struct settings settings = trial_settings(trial);
    double highest[2] = {NAN, NAN};
    for (int i = 0; i < 2; i++) {
        trial_set(&settings, "qk-norm", qk_norm[i]);
        for (size_t j = 0; j < sizeof rates / sizeof *rates; j++)
            if (train_at(trial, settings, LEFT, rates[j]) <= verdict_learns)
                highest[i] = rates[j];
        trial_note(trial, highest[i]);
    }
    trial_note(trial, highest[1] / highest[0]);
}

void claim_dyt_equal(struct trial *trial)
{
    const struct settings settings = trial_settings(trial);
    const double layernorm = trial_train_fresh(trial, &settings, LEFT);
    const double dyt = trial_train_fresh(trial, &settings, RIGHT);
    trial_note(trial, layernorm);
    trial_note(trial, dyt);
    trial_note(trial, dyt / layernorm);
}

void claim_deepnorm_trains(struct trial *trial)
{
    static const double rates[] = {1e-3, 3e-3};
    const struct settings settings = trial_settings(trial);
    for (int i = 0; i < 2; i++) {
        trial_note(trial, train_at(trial, settings, RIGHT, rates[i]));
        trial_note(trial, train_at(trial, settings, LEFT, rates[i]));
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
static void step_leveled(struct trial_stack *stack, const struct settings *settings, int64_t step)
{
    struct model *model = &stack->run.model;
    const struct optimizer_step update =
        run_optimizer_step(settings, settings_lr(settings, step), 1);
    trial_batch(stack, step - 1);
    model_step(model, NULL);
    verdict_feed(&stack->verdict, step, model->loss, true);
    level_gradients(model);
    optimizer_update(&stack->run.optimizer, model, &update, NULL);
}

/* As trial_train_fresh(), with leveled gradients. */
static double train_leveled(struct trial *trial, const struct settings *settings, enum side side)
{
    struct trial_stack stack;
    double loss = NAN;
    if (trial_open(&stack, trial, settings, side)) {
        for (int64_t step = 1; step <= settings->steps && !trial_ended(trial); step++)
            step_leveled(&stack, settings, step);
        loss = trial_loss(&stack);
    }
    trial_close(&stack);
    return loss;
}

void claim_not_only_vanishing(struct trial *trial)
{
    struct settings settings = trial_settings(trial), sgd;
    trial_note(trial, train_leveled(trial, &settings, RIGHT));
    sgd = settings;
    trial_set(&sgd, "optimizer", "sgd");
    sgd.lr = 0.5;
    trial_note(trial, train_leveled(trial, &sgd, RIGHT));
    settings.warmup = 100;
    trial_note(trial, train_leveled(trial, &settings, RIGHT));
}

/* F over a batch that no training sees: the output of the last block behind its norm, whose mean
 * square is 1. The caller frees it. */
static real *probe_output(struct trial_stack *stack)
{
    struct model *model = &stack->run.model;
    const size_t size = config_stream_size(&model->config);
    real *output = memory_new(size, sizeof *output);
    trial_batch(stack, TRIAL_PROBE);
    model_loss(model, NULL);
    memcpy(output, model_output(model), size * sizeof *output);
    return output;
}

/* Root mean square of what F changes from step `from` to step `to`; sqrt(2) is as good as a new
 * function. */
static double function_change(struct trial_stack *stack, int64_t from, int64_t to)
{
    double square = 0;
    trial_train(stack, from);
    real *before = probe_output(stack);
    trial_train(stack, to);
    real *after = probe_output(stack);
    const size_t size = config_stream_size(&stack->run.model.config);
    for (size_t i = 0; i < size; i++)
        square += ((double)after[i] - (double)before[i]) * ((double)after[i] - (double)before[i]);
    free(before);
    free(after);
    return sqrt(square / (double)size);
}

void claim_model_update(struct trial *trial)
{
    static const struct {
        const char *placement;
        int warmup;
        bool later; /* also what changes from step 20 to the last */
    } stacks[] = {
        {"post", 0, true}, {"post", 100, false}, {"pre", 0, true}, {"deepnorm", 0, false}};
    struct settings settings = trial_settings(trial);
    for (size_t i = 0; i < sizeof stacks / sizeof *stacks; i++) {
        struct trial_stack stack;
        double first = NAN, later = NAN;
        trial_set(&settings, "left", stacks[i].placement);
        settings.warmup = stacks[i].warmup;
        if (trial_open(&stack, trial, &settings, LEFT)) {
            first = function_change(&stack, 0, 1);
            later = stacks[i].later ? function_change(&stack, 20, settings.steps) : NAN;
        }
        trial_close(&stack);
        trial_note(trial, first);
        if (stacks[i].later)
            trial_note(trial, later);
    }
}

/* ---- blocks that can be left out -------------------------------------------------------------*/

/* What the loss rises by on a batch that no training sees when a block adds nothing to the stream:
 * with the last matrices and biases of its sublayers at 0. */
static double cost_of_removal(struct trial_stack *stack, int block)
{
    static const char *const last[] = {"attn.proj.weight", "attn.proj.bias", "ffn.down.weight",
                                       "ffn.down.bias"};
    struct model *model = &stack->run.model;
    real *weights = memory_new(model->parameters.count, sizeof *weights);
    memcpy(weights, model->parameters.weight, model->parameters.count * sizeof *weights);
    trial_batch(stack, TRIAL_PROBE);
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

/* What the blocks of a trained stack are worth: the rise of the loss without each of them. */
struct worth {
    double first, early, late; /* block 1; the mean of the rest of the lower half; of the upper */
};

static struct worth measure_worth(struct trial *trial, enum side side)
{
    const struct settings settings = trial_settings(trial);
    const int L = settings.layers;
    double cost[LAYERS_MAX];
    struct trial_stack stack;
    const bool open = trial_open(&stack, trial, &settings, side);
    if (open)
        trial_train(&stack, settings.steps);
    for (int block = 0; block < L; block++)
        cost[block] = open ? cost_of_removal(&stack, block) : NAN;
    trial_close(&stack);
    return (struct worth){cost[0], statistics_mean(cost + 1, L / 2 - 1),
                          statistics_mean(cost + L / 2, L - L / 2)};
}

void claim_pre_collapse(struct trial *trial)
{
    const struct worth pre = measure_worth(trial, LEFT), lns = measure_worth(trial, RIGHT);
    trial_note(trial, pre.first);
    trial_note(trial, pre.early);
    trial_note(trial, pre.late);
    trial_note(trial, pre.early / pre.late);
    trial_note(trial, lns.early / lns.late);
}

void claim_lns_late_blocks(struct trial *trial)
{
    const struct worth pre = measure_worth(trial, LEFT), lns = measure_worth(trial, RIGHT);
    trial_note(trial, pre.late);
    trial_note(trial, lns.late);
    trial_note(trial, (lns.late / lns.early) / (pre.late / pre.early));
}

/* ---- comparisons -----------------------------------------------------------------------------*/

/* Seconds that the norms of a step take, forward and backward, each timed on the stack's own
 * streams: one for each of its sites. */
static double norm_seconds(struct trial_stack *stack)
{
    enum { TIMES = 20 };
    const struct model *model = &stack->run.model;
    const struct model_config *config = &model->config;
    const size_t size = config_stream_size(&model->config), D = (size_t)config->width;
    const int sites = 2 * config->layers + 1;
    const bool has_bias = config->norm == NORM_LAYERNORM;
    double time[TIMES];
    real *y = memory_new(size, sizeof *y), *dx = memory_new(size, sizeof *dx);
    real *vectors = memory_new(4 * D, sizeof *vectors), *rows = memory_new(size / D * 2, sizeof *y);
    for (int i = 0; i < TIMES; i++) {
        const double start = clock_thread_seconds();
        for (int site = 0; site < sites; site++) {
            const struct norm_rows norm = {
                .kind = config->norm,
                .rows = (int)(size / D),
                .width = config->width,
                .x = model_stream(model, site % (config->layers + 1)),
                .gain = vectors,
                .bias = has_bias ? vectors + D : NULL,
                .scale = 1,
                .epsilon = config_norm_eps(config),
                .mean = rows,
                .rstd = rows + size / D,
                .dgain = vectors + 2 * D,
                .dbias = has_bias ? vectors + 3 * D : NULL,
            };
            model->kernels->norm_forward(&norm, y);
            model->kernels->norm_backward(&norm, y, NULL, dx);
        }
        time[i] = clock_thread_seconds() - start;
    }
    free(y);
    free(dx);
    free(vectors);
    free(rows);
    return statistics_median(time, TIMES);
}

void claim_rmsnorm_faster(struct trial *trial)
{
    const struct settings settings = trial_settings(trial);
    struct trial_stack stack[SIDES];
    double *time[SIDES] = {NULL};
    bool open = true;
    for (int side = LEFT; side < SIDES; side++) {
        open = trial_open(&stack[side], trial, &settings, (enum side)side) && open;
        time[side] = memory_new((size_t)settings.steps, sizeof(double));
    }
    /* Turn by turn, so that whatever else the machine does slows both alike. */
    for (int step = 0; open && step < settings.steps; step++) {
        for (int side = LEFT; side < SIDES; side++) {
            const double start = clock_thread_seconds();
            trial_train(&stack[side], step + 1);
            time[side][step] = clock_thread_seconds() - start;
        }
    }
    const int steps = (int)settings.steps;
    double step_time[SIDES];
    for (int side = LEFT; side < SIDES; side++) {
        step_time[side] = statistics_median(time[side], steps);
        trial_note(trial, 1e3 * step_time[side]);
    }
    for (int side = LEFT; side < SIDES; side++)
        trial_note(trial, open ? norm_seconds(&stack[side]) / step_time[side] : (double)NAN);
    trial_note(trial, step_time[LEFT] / step_time[RIGHT]);
    trial_note(trial, trial_loss(&stack[RIGHT]) / trial_loss(&stack[LEFT]));
    for (int side = LEFT; side < SIDES; side++) {
        trial_close(&stack[side]);
        free(time[side]);
    }
}

void claim_post_shallow(struct trial *trial)
{
    static const double rates[] = {1e-3, 2e-3, 4e-3};
    struct settings settings = trial_settings(trial);
    double best[SIDES] = {INFINITY, INFINITY};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        for (int side = LEFT; side < SIDES; side++) {
            struct trial_stack stack;
            double loss = NAN;
            settings.lr = rates[i];
            if (trial_open(&stack, trial, &settings, (enum side)side)) {
                trial_train(&stack, settings.steps);
                loss = trial_held_out(&stack);
            }
            trial_close(&stack);
            best[side] = fmin(best[side], loss);
            trial_note(trial, loss);
        }
    }
    trial_note(trial, best[RIGHT] / best[LEFT]);
}

/* Trains under one placement, switches to the other, and goes on for as long. */
static void measure_swap(struct trial *trial, enum side side)
{
    const struct settings settings = trial_settings(trial);
    struct trial_stack stack;
    double before = NAN, jump = NAN, after = NAN;
    if (trial_open(&stack, trial, &settings, side)) {
        trial_train(&stack, settings.steps);
        before = trial_loss(&stack);
        if (run_switch(&stack.run, settings.stack[side == LEFT].placement, &trial->error)) {
            trial_forget(&stack);
            trial_train(&stack, settings.steps + 1);
            jump = trial_loss(&stack) / before;
            trial_train(&stack, 2 * settings.steps);
            after = trial_loss(&stack);
        }
    }
    trial_close(&stack);
    trial_note(trial, before);
    trial_note(trial, jump);
    trial_note(trial, after);
}

void claim_swap(struct trial *trial)
{
    measure_swap(trial, LEFT);
    measure_swap(trial, RIGHT);
}
