/* Switching a run to another placement while it trains. See run.h. */
#include "train/run.h"

#include "base/memory.h"
#include "core/tensors.h"

#include <stdlib.h>
#include <string.h>

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

static void stash_norm(struct stashed_norm *stash, const struct tensor *tensor,
                       const struct model *model, const struct optimizer_state *optimizer)
{
    const size_t count = tensor_size(tensor), bytes = count * sizeof(real);
    real *numbers = memory_new(3 * count, sizeof(real));
    memcpy(numbers, model->parameters.weight + tensor->offset, bytes);
    memcpy(numbers + count, optimizer->first + tensor->offset, bytes);
    memcpy(numbers + 2 * count, optimizer->second + tensor->offset, bytes);
    stash->tensor[stash->tensors].kind = tensor->kind;
    stash->tensor[stash->tensors].count = count;
    stash->tensor[stash->tensors++].numbers = numbers;
}

static void unstash_norm(const struct stashed_norm *stash, struct model *model,
                         struct optimizer_state *optimizer)
{
    for (int i = 0; i < stash->tensors; i++) {
        const size_t count = stash->tensor[i].count, bytes = count * sizeof(real);
        const real *numbers = stash->tensor[i].numbers;
        const struct tensor *to =
            &model->parameters.tensor[tensors_find(&model->parameters, stash->tensor[i].kind, -1)];
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

/* Carries the final norm over from model to model; from one without, out of the stashed numbers. */
static void move_final_norm(struct run *run, struct model *model, struct optimizer_state *optimizer)
{
    struct stashed_norm mine = {0};
    bool wanted = false;
    for (int i = 0; i < run->model.parameters.tensors; i++)
        if (is_final_norm(&run->model.parameters.tensor[i]))
            stash_norm(&mine, &run->model.parameters.tensor[i], &run->model, &run->optimizer);
    for (int i = 0; i < model->parameters.tensors; i++)
        wanted = wanted || is_final_norm(&model->parameters.tensor[i]);
    if (mine.tensors > 0) {
        run_drop_stash(&run->stash);
        run->stash = mine;
    }
    if (wanted) {
        unstash_norm(&run->stash, model, optimizer);
        run_drop_stash(&run->stash);
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
