/* See run.h. */
#include "train/run.h"

#include "core/admin.h"
#include "core/blas.h"
#include "core/float_mode.h"
#include "core/kernels.h"
#include "core/tensors.h"
#include "train/detail.h"
#include "train/schedule.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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
        .norm_bias = stack->norm_bias,
        .gain_offset = stack->gain_offset,
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
        .qk_norm = stack->qk_norm,
        .bias = stack->bias,
        .tied = stack->tied,
        .embedding_scale = stack->embedding_scale,
        .parallel = stack->parallel,
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

void run_drop_parked(struct parked_norm *parked)
{
    for (int i = 0; i < parked->tensors; i++)
        free(parked->tensor[i].numbers);
    *parked = (struct parked_norm){0};
}

void run_close(struct run *run)
{
    run_drop_parked(&run->parked);
    probe_close(&run->probe);
    optimizer_close(&run->optimizer);
    model_close(&run->model);
}

void run_set(struct run *run, const struct settings *settings)
{
    run->settings = *settings;
}

/* ---- another placement -----------------------------------------------------------------------*/

static bool is_final_norm(const struct tensor *tensor)
{
    return strncmp(tensor->kind, "ln_f.", 5) == 0;
}

/* The model's next tensor from index *at on that is not of the final norm; NULL at the end. */
static const struct tensor *next_shared(const struct parameters *parameters, int *at)
{
    while (*at < parameters->tensors && is_final_norm(&parameters->tensor[*at]))
        ++*at;
    return *at < parameters->tensors ? &parameters->tensor[(*at)++] : NULL;
}

bool run_can_switch(const struct run *run, enum placement placement)
{
    struct model_config config = run->model.config;
    struct parameters other;
    const struct tensor *mine, *its;
    int i = 0, j = 0;
    config.placement = placement;
    tensors_list(&other, &config);
    do {
        mine = next_shared(&run->model.parameters, &i);
        its = next_shared(&other, &j);
    } while (mine && its && mine->block == its->block && strcmp(mine->kind, its->kind) == 0 &&
             mine->rows == its->rows && mine->cols == its->cols);
    free(other.tensor);
    return !mine && !its;
}

bool run_settings_can_switch(const struct settings *settings, enum side side,
                             enum placement placement)
{
    struct run run = {.model = {.config = run_model_config(settings, side, 1)}};
    tensors_list(&run.model.parameters, &run.model.config);
    bool can = run_can_switch(&run, placement);
    free(run.model.parameters.tensor);
    return can;
}

static void park(struct parked_norm *parked, const struct tensor *tensor, const struct model *model,
                 const struct optimizer_state *optimizer)
{
    const size_t count = tensor_size(tensor), bytes = count * sizeof(real);
    real *numbers = memory_new(3 * count, sizeof(real));
    memcpy(numbers, model->parameters.weight + tensor->offset, bytes);
    memcpy(numbers + count, optimizer->first + tensor->offset, bytes);
    memcpy(numbers + 2 * count, optimizer->second + tensor->offset, bytes);
    parked->tensor[parked->tensors].kind = tensor->kind;
    parked->tensor[parked->tensors].count = count;
    parked->tensor[parked->tensors++].numbers = numbers;
}

static void unpark(const struct parked_norm *parked, struct model *model,
                   struct optimizer_state *optimizer)
{
    for (int i = 0; i < parked->tensors; i++) {
        const size_t count = parked->tensor[i].count, bytes = count * sizeof(real);
        const real *numbers = parked->tensor[i].numbers;
        const struct tensor *to =
            &model->parameters.tensor[tensors_find(&model->parameters, parked->tensor[i].kind, -1)];
        memcpy(model->parameters.weight + to->offset, numbers, bytes);
        memcpy(optimizer->first + to->offset, numbers + count, bytes);
        memcpy(optimizer->second + to->offset, numbers + 2 * count, bytes);
    }
}

/* Weights and moments of all tensors but the final norm's, which both models have in one order. */
static void copy_shared(struct model *to, struct optimizer_state *to_state,
                        const struct model *from, const struct optimizer_state *from_state)
{
    const struct tensor *source, *target;
    int i = 0, j = 0;
    while ((source = next_shared(&from->parameters, &i)) &&
           (target = next_shared(&to->parameters, &j))) {
        const size_t bytes = tensor_size(source) * sizeof(real);
        memcpy(to->parameters.weight + target->offset, from->parameters.weight + source->offset,
               bytes);
        memcpy(to_state->first + target->offset, from_state->first + source->offset, bytes);
        memcpy(to_state->second + target->offset, from_state->second + source->offset, bytes);
    }
}

/* Carries the final norm over from model to model; from one without, out of the parked numbers. */
static void move_final_norm(struct run *run, struct model *model, struct optimizer_state *optimizer)
{
    struct parked_norm mine = {0};
    bool wanted = false;
    for (int i = 0; i < run->model.parameters.tensors; i++)
        if (is_final_norm(&run->model.parameters.tensor[i]))
            park(&mine, &run->model.parameters.tensor[i], &run->model, &run->optimizer);
    for (int i = 0; i < model->parameters.tensors; i++)
        wanted = wanted || is_final_norm(&model->parameters.tensor[i]);
    if (mine.tensors > 0) {
        run_drop_parked(&run->parked);
        run->parked = mine;
    }
    if (wanted) {
        unpark(&run->parked, model, optimizer);
        run_drop_parked(&run->parked);
    }
}

bool run_switch(struct run *run, enum placement placement, struct error *error)
{
    const enum placement now = run->model.config.placement;
    struct model_config config = run->model.config;
    struct model model;
    struct optimizer_state optimizer = {0};
    if (!run_can_switch(run, placement))
        return error_set(error,
                         "a stack in training cannot go from %s to %s, which has other parameters: "
                         "restart it",
                         placement_table[now].name, placement_table[placement].name);
    config.placement = placement;
    if (!model_open(&model, &config) || !optimizer_open(&optimizer, &model)) {
        model_close(&model);
        return error_set(error, "no memory for a second stack while switching: a smaller one needs "
                                "less");
    }
    model.kernels = run->model.kernels;
    optimizer.kind = run->optimizer.kind;
    optimizer.updates = run->optimizer.updates;
    copy_shared(&model, &optimizer, &run->model, &run->optimizer);
    move_final_norm(run, &model, &optimizer);
    optimizer_close(&run->optimizer);
    model_close(&run->model);
    run->model = model;
    run->optimizer = optimizer;
    run->settings.stack[run->side].placement = placement;
    return true;
}

/* ---- measurements ----------------------------------------------------------------------------*/

/* The sublayer of a block, counted from 1, whose output is the first that is not finite. */
static enum fault_part part_of_stream(const struct model *model, int block)
{
    const struct model_config *c = &model->config;
    const size_t numbers = (size_t)c->batch * (size_t)c->context * (size_t)c->width;
    if (block == 0 || config_sublayers(&model->config) == 1)
        return FAULT_WHOLE;
    for (size_t i = 0; i < numbers; i++)
        if (!isfinite(model->activations.middle[block - 1][i]))
            return FAULT_ATTENTION;
    return FAULT_FEED_FORWARD;
}

/* The sublayer that a tensor belongs to, by its name: the first norm of a block is attention's. */
static enum fault_part part_of_tensor(const struct model *model, const struct tensor *tensor)
{
    if (tensor->block < 0 || config_sublayers(&model->config) == 1)
        return FAULT_WHOLE;
    return strncmp(tensor->kind, "attn", 4) == 0 || strncmp(tensor->kind, "ln1", 3) == 0
               ? FAULT_ATTENTION
               : FAULT_FEED_FORWARD;
}

/* The first number, in the order of computation, that is not finite. */
static struct fault find_fault(const struct model *model)
{
    const int L = model->config.layers;
    for (int l = 0; l <= L; l++)
        if (!isfinite(model->activations.stream_square[l]))
            return (struct fault){
                .place = FAULT_STREAM, .layer = l, .part = part_of_stream(model, l)};
    if (!isfinite(model->loss))
        return (struct fault){.place = FAULT_LOSS};
    for (int l = L; l >= 0; l--)
        if (!isfinite(model->gradients.dstream_square[l]))
            return (struct fault){.place = FAULT_GRADIENT, .layer = l};
    for (int i = model->parameters.tensors - 1; i >= 0; i--)
        if (!isfinite(model->gradients.dweight_square[i]))
            return (struct fault){.place = FAULT_PARAMETER,
                                  .layer = model->parameters.tensor[i].block + 1,
                                  .part = part_of_tensor(model, &model->parameters.tensor[i])};
    return (struct fault){.place = FAULT_NONE};
}

/* The row of the snapshot for a tensor's kind; NULL for what stands outside the blocks. */
static struct tensor_snapshot *tensor_row(struct snapshot *snapshot, const struct tensor *tensor)
{
    if (tensor->block < 0)
        return NULL;
    for (int i = 0; i < snapshot->tensors; i++)
        if (snapshot->tensor[i].name == tensor->kind)
            return &snapshot->tensor[i];
    struct tensor_snapshot *row = &snapshot->tensor[snapshot->tensors++];
    row->name = tensor->kind;
    return row;
}

static void measure_model(const struct model *model, struct snapshot *snapshot)
{
    const struct model_config *c = &model->config;
    const int L = c->layers;
    const double numbers = (double)c->batch * c->context * c->width;
    double total = 0;

    snapshot->loss = model->loss;
    for (int l = 0; l <= L; l++) {
        snapshot->stream_grad[l] = (float)sqrt(model->gradients.dstream_square[l]);
        snapshot->stream_rms[l] = (float)sqrt(model->activations.stream_square[l] / numbers);
    }
    snapshot->ratio = sqrt(model->gradients.dstream_square[0] / model->gradients.dstream_square[L]);
    for (int i = 0; i < model->parameters.tensors; i++) {
        struct tensor_snapshot *row = tensor_row(snapshot, &model->parameters.tensor[i]);
        total += model->gradients.dweight_square[i];
        if (row)
            row->grad[model->parameters.tensor[i].block] =
                (float)sqrt(model->gradients.dweight_square[i]);
    }
    snapshot->grad_norm = sqrt(total);
}

static void measure_update(const struct run *run, struct snapshot *snapshot)
{
    for (int i = 0; i < run->model.parameters.tensors; i++) {
        const struct update_sums *sums = &run->optimizer.sums[i];
        struct tensor_snapshot *row = tensor_row(snapshot, &run->model.parameters.tensor[i]);
        const int block = run->model.parameters.tensor[i].block;
        if (row == NULL)
            continue;
        row->weight[block] = (float)sqrt(sums->weight);
        row->update_ratio[block] =
            sums->weight > 0 ? (float)sqrt(sums->change / sums->weight) : NAN;
    }
}

/* What a snapshot says of a step that was not computed, or of one whose numbers are lost. */
static void measure_nothing(const struct run *run, struct snapshot *snapshot)
{
    const int L = run->model.config.layers;
    snapshot->loss = snapshot->ratio = snapshot->grad_norm = NAN;
    for (int l = 0; l <= L; l++)
        snapshot->stream_grad[l] = snapshot->stream_rms[l] = NAN;
    for (int i = 0; i < run->model.parameters.tensors; i++) {
        struct tensor_snapshot *row = tensor_row(snapshot, &run->model.parameters.tensor[i]);
        const int block = run->model.parameters.tensor[i].block;
        if (row)
            row->grad[block] = row->update_ratio[block] = row->weight[block] = NAN;
    }
    detail_clear(&snapshot->detail);
}

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

/* Forward, backward, and what can be measured of them. */
static void step_model(struct run *run, struct snapshot *snapshot)
{
    struct model *model = &run->model;
    model->probe = wants_detail(run) ? &run->probe : NULL;
    model_step(model, run->parallel);
    measure_model(model, snapshot);
    run->fault = find_fault(model);
    if (model->probe && run->fault.place == FAULT_NONE)
        detail_measure(&snapshot->detail, model);
    model->probe = NULL;
}

static void compute_step(struct run *run, struct snapshot *snapshot)
{
    struct model *model = &run->model;
    const struct settings *settings = &run->settings;
    if (task_info(run->task).validation && run->step % RUN_VALIDATION_STEPS == 0)
        snapshot->valid_loss = validate(run);
    draw_batch(run);
    step_model(run, snapshot);
    if (run->fault.place != FAULT_NONE) {
        run->fault.step = snapshot->step;
        return;
    }
    snapshot->clip = clip_factor(snapshot->grad_norm, settings->clip);
    const struct optimizer_step step = {
        .kind = settings->optimizer,
        .lr = snapshot->lr,
        .decay = settings->weight_decay,
        .beta1 = settings->beta1,
        .beta2 = settings->beta2,
        .scale = snapshot->clip,
    };
    optimizer_update(&run->optimizer, model, &step, run->parallel);
    measure_update(run, snapshot);
}

void run_step(struct run *run, struct snapshot *snapshot)
{
    const struct settings *settings = &run->settings;
    unsigned mode = float_mode_flush();
    bool computed = run->fault.place == FAULT_NONE;
    *snapshot = (struct snapshot){
        .step = run->step + 1,
        .placement = run->model.config.placement,
        .norm = run->model.config.norm,
        .layers = run->model.config.layers,
        .valid_loss = NAN,
        .clip = 1,
        .lr = schedule_lr(settings->schedule, settings->lr, settings->warmup, settings->steps,
                          run->step + 1),
    };
    measure_nothing(run, snapshot);
    if (computed)
        compute_step(run, snapshot);
    snapshot->fault = run->fault;
    snapshot->finite = run->fault.place == FAULT_NONE;
    run->step++;
    float_mode_restore(mode);
}
