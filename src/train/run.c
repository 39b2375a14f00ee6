/* See run.h. */
#include "train/run.h"

#include "core/blas.h"
#include "core/float_mode.h"
#include "train/schedule.h"

#include <math.h>
#include <string.h>

struct model_config run_model_config(const struct settings *settings, enum side side, int vocab)
{
    return (struct model_config){
        .placement = settings->placement[side],
        .norm = settings->norm,
        .activation = settings->activation,
        .init = settings->init,
        .layers = settings->layers,
        .width = settings->width,
        .heads = settings->heads,
        .ffn = settings->ffn,
        .context = settings->context,
        .batch = settings->batch,
        .vocab = vocab,
        .seed = settings->seed,
    };
}

size_t run_bytes(const struct settings *settings, enum side side, int vocab)
{
    struct model_config config = run_model_config(settings, side, vocab);
    return model_bytes(&config) + optimizer_bytes(&config);
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
    return true;
}

void run_close(struct run *run)
{
    optimizer_close(&run->optimizer);
    model_close(&run->model);
}

void run_set(struct run *run, const struct settings *settings)
{
    run->settings = *settings;
}

/* ---- measurements ----------------------------------------------------------------------------*/

/* The first number, in the order of computation, that is not finite. */
static struct fault find_fault(const struct model *model)
{
    const int L = model->config.layers;
    for (int l = 0; l <= L; l++)
        if (!isfinite(model->stream_square[l]))
            return (struct fault){.place = FAULT_STREAM, .layer = l};
    if (!isfinite(model->loss))
        return (struct fault){.place = FAULT_LOSS};
    for (int l = L; l >= 0; l--)
        if (!isfinite(model->stream_grad_square[l]))
            return (struct fault){.place = FAULT_GRADIENT, .layer = l};
    for (int i = model->tensors - 1; i >= 0; i--)
        if (!isfinite(model->grad_square[i]))
            return (struct fault){.place = FAULT_PARAMETER, .layer = model->tensor[i].block + 1};
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
        snapshot->stream_grad[l] = (float)sqrt(model->stream_grad_square[l]);
        snapshot->stream_rms[l] = (float)sqrt(model->stream_square[l] / numbers);
    }
    snapshot->ratio = sqrt(model->stream_grad_square[0] / model->stream_grad_square[L]);
    for (int i = 0; i < model->tensors; i++) {
        struct tensor_snapshot *row = tensor_row(snapshot, &model->tensor[i]);
        total += model->grad_square[i];
        if (row)
            row->grad[model->tensor[i].block] = (float)sqrt(model->grad_square[i]);
    }
    snapshot->grad_norm = sqrt(total);
}

static void measure_update(const struct run *run, struct snapshot *snapshot)
{
    for (int i = 0; i < run->model.tensors; i++) {
        const struct update_sums *sums = &run->optimizer.sums[i];
        struct tensor_snapshot *row = tensor_row(snapshot, &run->model.tensor[i]);
        if (row)
            row->update_ratio[run->model.tensor[i].block] =
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
    for (int i = 0; i < run->model.tensors; i++) {
        struct tensor_snapshot *row = tensor_row(snapshot, &run->model.tensor[i]);
        if (row)
            row->grad[run->model.tensor[i].block] =
                row->update_ratio[run->model.tensor[i].block] = NAN;
    }
}

static double validate(struct run *run)
{
    struct model *model = &run->model;
    double loss = 0;
    for (int i = 0; i < RUN_VALIDATION_BATCHES; i++) {
        task_validation(run->task, (uint64_t)i, model->config.batch, model->config.context,
                        model->tokens, model->targets);
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

static void compute_step(struct run *run, struct snapshot *snapshot)
{
    struct model *model = &run->model;
    const struct settings *settings = &run->settings;
    if (task_info(run->task).validation && run->step % RUN_VALIDATION_STEPS == 0)
        snapshot->valid_loss = validate(run);
    task_batch(run->task, settings->seed, run->step, model->config.batch, model->config.context,
               model->tokens, model->targets);
    model_step(model, run->parallel);
    measure_model(model, snapshot);
    run->fault = find_fault(model);
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
