/* See optimizer.h. */
#include "core/optimizer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

size_t optimizer_bytes(const struct model_config *config)
{
    return 2 * model_parameters(config) * sizeof(real);
}

bool optimizer_open(struct optimizer_state *state, const struct model *model)
{
    *state = (struct optimizer_state){0};
    if (!arena_open(&state->arena, optimizer_bytes(&model->config)))
        return false;
    state->first = arena_take(&state->arena, model->parameters, sizeof(real));
    state->second = arena_take(&state->arena, model->parameters, sizeof(real));
    state->sums = memory_new((size_t)model->tensors, sizeof *state->sums);
    return true;
}

void optimizer_close(struct optimizer_state *state)
{
    free(state->sums);
    arena_close(&state->arena);
    *state = (struct optimizer_state){0};
}

struct update_phase {
    struct optimizer_state *state;
    struct model *model;
    const struct optimizer_step *step;
};

static void update_task(void *argument, int index)
{
    const struct update_phase *phase = argument;
    const struct optimizer_step *step = phase->step;
    struct optimizer_state *state = phase->state;
    const struct tensor *tensor = &phase->model->tensor[index];
    const struct kernels *kernels = phase->model->kernels;
    const double updates = (double)state->updates;
    const struct update_rows rows = {
        .count = tensor_size(tensor),
        .weight = phase->model->weight + tensor->offset,
        .grad = phase->model->grad + tensor->offset,
        .first = state->first + tensor->offset,
        .second = state->second + tensor->offset,
        .scale = step->scale,
        .lr = step->lr,
        .decay = tensor->vector ? 0 : step->decay,
        .beta1 = step->beta1,
        .beta2 = step->beta2,
        .epsilon = OPTIMIZER_EPSILON,
        .correction1 = 1 - pow(step->beta1, updates),
        .correction2 = 1 - pow(step->beta2, updates),
    };
    switch (step->kind) {
    case OPTIMIZER_SGD:
        state->sums[index] = kernels->sgd(&rows);
        break;
    case OPTIMIZER_MOMENTUM:
        state->sums[index] = kernels->momentum(&rows);
        break;
    case OPTIMIZER_ADAMW:
    default:
        state->sums[index] = kernels->adamw(&rows);
        break;
    }
}

void optimizer_update(struct optimizer_state *state, struct model *model,
                      const struct optimizer_step *step, const struct parallel *parallel)
{
    if (state->kind != step->kind && state->updates > 0) {
        memset(state->first, 0, model->parameters * sizeof(real));
        memset(state->second, 0, model->parameters * sizeof(real));
        state->updates = 0;
    }
    state->kind = step->kind;
    state->updates++;
    struct update_phase phase = {.state = state, .model = model, .step = step};
    parallel_run(parallel, model->tensors, update_task, &phase);
}
