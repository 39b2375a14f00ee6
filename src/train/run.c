/* See run.h. */
#include "train/run.h"

#include "core/admin.h"
#include "core/blas.h"
#include "core/dropout.h"
#include "core/float_mode.h"
#include "core/tensors.h"
#include "train/measure.h"

#include <math.h>
#include <stdlib.h>

static enum mask mask_of(const struct settings *settings, enum side side)
{
    switch (settings->stack[side].attention) {
    case ATTENTION_CAUSAL:
        return MASK_CAUSAL;
    case ATTENTION_BIDIRECTIONAL:
        return MASK_BIDIRECTIONAL;
    case ATTENTION_AUTO:
        break;
    }
    return task_sees_both_sides(settings->task) ? MASK_BIDIRECTIONAL : MASK_CAUSAL;
}

struct model_config run_model_config(const struct settings *settings, enum side side, int vocab)
{
    const struct stack_settings *stack = &settings->stack[side];
    return (struct model_config){
        .placement = stack->placement,
        .norm = stack->norm,
        .norm_eps = stack->norm_eps,
        .norm_bias = stack->norm_bias,
        .gain_offset = stack->gain_offset,
        .branch_zero = stack->branch_zero,
        .activation = stack->activation,
        .init = stack->init,
        .layers = settings->layers,
        .width = settings->width,
        .heads = settings->heads,
        .ffn = settings->ffn,
        .context = settings->context,
        .batch = settings->batch,
        .vocab = vocab,
        .seed = settings->seed,
        .positions = stack->positions,
        .mask = mask_of(settings, side),
        .kv_heads = stack->kv_heads,
        .kv_rank = stack->kv_rank,
        .window = stack->window,
        .window_every = stack->window_every,
        .full_every = stack->full_every,
        .qk_norm = stack->qk_norm,
        .qk_joint = stack->qk_joint,
        .kv_norm = stack->kv_norm,
        .bias = stack->bias,
        .tied = stack->tied,
        .embedding_scale = stack->embedding_scale,
        .parallel = stack->parallel,
        .dropout = stack->dropout,
        .experts = stack->experts,
        .experts_used = stack->experts_used,
        .patch = task_patch(settings->task, settings->context),
    };
}

size_t run_bytes(const struct settings *settings, enum side side, int vocab)
{
    struct model_config config = run_model_config(settings, side, vocab);
    return model_bytes(&config) + optimizer_bytes(&config);
}

size_t run_scratch_bytes(const struct settings *settings, enum side side, int vocab, int threads)
{
    const struct model_config config = run_model_config(settings, side, vocab);
    return optimizer_scratch_bytes(&config, settings->optimizer, threads);
}

size_t run_snapshot_bytes(const struct settings *settings, enum side side, int vocab)
{
    struct model model = {.config = run_model_config(settings, side, vocab)};
    tensors_list(&model.parameters, &model.config);
    const struct snapshot *snapshot = measure_open(&model);
    const size_t bytes = snapshot->bytes;
    snapshot_free(snapshot);
    free(model.parameters.tensor);
    return bytes;
}

/* The batch of the next step, into the model. */
static void draw_batch(struct run *run)
{
    struct model *model = &run->model;
    task_batch(run->task, run->settings.seed, run->step, model->config.batch, model->config.context,
               model->batch.tokens, model->batch.targets);
    if (model->batch.pixels)
        task_patches(run->task, run->settings.seed, run->step, model->config.batch,
                     model->config.context, model->batch.pixels);
}

/* Initial values that follow from the first batch. */
static void profile(struct run *run)
{
    if (placement_table[run->model.config.placement].skip != SKIP_VECTOR)
        return;
    unsigned mode = float_mode_flush();
    draw_batch(run);
    admin_profile(&run->model, NULL);
    float_mode_restore(mode);
}

bool run_open(struct run *run, const struct settings *settings, enum side side,
              const struct task *task, struct error *error)
{
    struct model_config config = run_model_config(settings, side, task_info(task).vocab);
    *run = (struct run){.settings = *settings, .side = side, .task = task};
    blas_open();
    if (!model_open(&run->model, &config) || !optimizer_open(&run->optimizer, &run->model)) {
        model_close(&run->model);
        return error_set(error,
                         "no memory for a stack of %zu MB: fewer layers, a smaller width, context "
                         "or batch need less",
                         run_bytes(settings, side, config.vocab) >> 20);
    }
    probe_open(&run->probe, &run->model);
    run->snapshot = measure_open(&run->model);
    profile(run);
    return true;
}

static double mean_of(const struct model *model, int tensor)
{
    double sum = 0;
    if (tensor < 0)
        return NAN;
    const size_t count = tensor_size(&model->parameters.tensor[tensor]);
    for (size_t i = 0; i < count; i++)
        sum += (double)model->parameters.weight[model->parameters.tensor[tensor].offset + i];
    return sum / (double)count;
}

struct omega run_omega(const struct run *run)
{
    const struct model *model = &run->model;
    const int block = model->config.layers - 1;
    int last = tensors_find(&model->parameters, "ffn.omega", block);
    if (last < 0) /* one sublayer a block */
        last = tensors_find(&model->parameters, "attn.omega", block);
    return (struct omega){
        .first = mean_of(model, tensors_find(&model->parameters, "attn.omega", 0)),
        .last = mean_of(model, last),
    };
}

void run_drop_stash(struct stashed_norm *stash)
{
    for (int i = 0; i < stash->tensors; i++)
        free(stash->tensor[i].numbers);
    *stash = (struct stashed_norm){0};
}

void run_close(struct run *run)
{
    run_drop_stash(&run->stash);
    snapshot_free(run->snapshot);
    probe_close(&run->probe);
    optimizer_close(&run->optimizer);
    model_close(&run->model);
}

void run_set(struct run *run, const struct settings *settings)
{
    run->settings = *settings;
}

/* The loss over the held-out batches; leaves the last of them in the model. */
static double validate(struct run *run)
{
    struct model *model = &run->model;
    double loss = 0;
    for (int i = 0; i < RUN_VALIDATION_BATCHES; i++) {
        task_validation(run->task, (uint64_t)i, model->config.batch, model->config.context,
                        model->batch.tokens, model->batch.targets);
        loss += model_loss(model, run->parallel) / RUN_VALIDATION_BATCHES;
    }
    return loss;
}

/* ---- the step --------------------------------------------------------------------------------*/

/* The factor that brings the gradient's norm down to `limit`, as PyTorch's clip_grad_norm_. */
static double clip_factor(double norm, double limit)
{
    double factor = limit / (norm + 1e-6);
    return limit > 0 && factor < 1 ? factor : 1;
}

/* Whether the step under way measures details. */
static bool wants_detail(const struct run *run)
{
    const int64_t step = run->step + 1;
    return run->watch & WATCH_DETAIL ||
           (run->watch & WATCH_SOME_DETAIL && (step == 1 || step % RUN_DETAIL_STEPS == 0));
}

struct optimizer_step run_optimizer_step(const struct settings *settings, double lr, double scale)
{
    return (struct optimizer_step){
        .kind = settings->optimizer,
        .lr = lr,
        .decay = settings->weight_decay,
        .decay_vectors = settings->decay_on == DECAY_ON_ALL,
        .epsilon = settings->eps,
        .beta1 = settings->beta1,
        .beta2 = settings->beta2,
        .scale = scale,
    };
}

/* Forward, backward, and what can be measured of them. */
static void step_model(struct run *run)
{
    struct model *model = &run->model;
    model->probe = wants_detail(run) ? &run->probe : NULL;
    model->label_smoothing = run->settings.label_smoothing;
    if (model->config.dropout > 0)
        model->dice = dropout_dice(run->settings.seed, run->step + 1);
    model_step(model, run->parallel);
    measure_model(model, run->snapshot);
    run->fault = measure_fault(model);
    if (model->probe && run->fault.place == FAULT_NONE)
        measure_inside(model, run->snapshot);
    model->probe = NULL;
}

static void compute_step(struct run *run)
{
    struct model *model = &run->model;
    struct snapshot *now = run->snapshot;
    const struct settings *settings = &run->settings;
    const bool last = run->step + 1 == settings->steps;
    if (task_info(run->task).validation && (run->step % RUN_VALIDATION_STEPS == 0 || last))
        snapshot_set(now, QUANTITY_VALID_LOSS, validate(run));
    draw_batch(run);
    step_model(run);
    if (run->fault.place != FAULT_NONE) {
        run->fault.step = now->step;
        return;
    }
    const double clip = clip_factor(snapshot_scalar(now, QUANTITY_GRAD_NORM), settings->clip);
    const struct optimizer_step step =
        run_optimizer_step(settings, snapshot_scalar(now, QUANTITY_LR), clip);
    snapshot_set(now, QUANTITY_CLIP, clip);
    optimizer_update(&run->optimizer, model, &step, run->parallel);
    measure_update(model, &run->optimizer, now);
}

void run_step(struct run *run)
{
    struct snapshot *now = run->snapshot;
    unsigned mode = float_mode_flush();
    bool computed = run->fault.place == FAULT_NONE;
    snapshot_clear(now);
    now->step = run->step + 1;
    now->placement = run->model.config.placement;
    now->norm = run->model.config.norm;
    snapshot_set(now, QUANTITY_CLIP, 1);
    snapshot_set(now, QUANTITY_LR, settings_lr(&run->settings, run->step + 1));
    if (computed)
        compute_step(run);
    now->fault = run->fault;
    now->finite = run->fault.place == FAULT_NONE;
    run->step++;
    float_mode_restore(mode);
}
