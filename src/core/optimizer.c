/* See optimizer.h. */
#include "core/optimizer.h"

#include "core/kernels.h"
#include "core/model.h"
#include "core/parallel.h"
#include "core/tensors.h"

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
    state->first = arena_take(&state->arena, model->parameters.count, sizeof(real));
    state->second = arena_take(&state->arena, model->parameters.count, sizeof(real));
    state->sums = memory_new((size_t)model->parameters.tensors, sizeof *state->sums);
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

/* RAdam's r_t (Liu 2019): with rho_inf = 2 / (1 - beta2) - 1 and
 * rho_t = rho_inf - 2 t beta2^t / (1 - beta2^t),
 *     r_t^2 = (rho_t - 4) (rho_t - 2) rho_inf / ((rho_inf - 4) (rho_inf - 2) rho_t)
 * once rho_t passes 5 (as in PyTorch; the paper says 4), and 0 until then. */
static double rectification(double beta2, double updates)
{
    const double power = pow(beta2, updates), most = 2 / (1 - beta2) - 1;
    const double rho = most - 2 * updates * power / (1 - power);
    if (rho <= 5)
        return 0;
    return sqrt((rho - 4) * (rho - 2) * most / ((most - 4) * (most - 2) * rho));
}

/* Is it a matrix inside a block? The others are AdamW's. */
static bool is_hidden(const struct tensor *tensor)
{
    return !tensor->vector && tensor->block >= 0;
}

/* Numbers that Muon needs for the matrices of a tensor, one after the other. */
static size_t scratch_of(const struct tensor *tensor)
{
    const int most = tensor->part > tensor->other_part ? tensor->part : tensor->other_part;
    return is_hidden(tensor) ? muon_scratch(most, tensor->cols) : 0;
}

static int compare_sizes(const void *a, const void *b)
{
    const size_t one = *(const size_t *)a, other = *(const size_t *)b;
    return (one < other) - (one > other);
}

size_t optimizer_scratch_bytes(const struct model_config *config, enum optimizer kind, int threads)
{
    struct parameters parameters;
    size_t numbers = 0;
    if (kind != OPTIMIZER_MUON)
        return 0;
    tensors_list(&parameters, config);
    size_t *size = memory_new((size_t)parameters.tensors, sizeof *size);
    for (int i = 0; i < parameters.tensors; i++)
        size[i] = scratch_of(&parameters.tensor[i]);
    qsort(size, (size_t)parameters.tensors, sizeof *size, compare_sizes);
    for (int i = 0; i < threads && i < parameters.tensors; i++)
        numbers += size[i];
    free(size);
    free(parameters.tensor);
    return numbers * sizeof(real);
}

/* Muon for each of the matrices that lie in a tensor by itself: it works better for q, k and v
 * apart (Jordan 2024), and experts are networks of their own. */
static struct update_sums update_matrices(const struct kernels *kernels,
                                          const struct tensor *tensor, struct update_rows rows)
{
    struct update_sums sums = {0};
    real *scratch = memory_new(scratch_of(tensor), sizeof *scratch);
    rows.cols = tensor->cols;
    rows.scratch = scratch;
    for (int row = 0; row < tensor->rows; row += rows.rows) {
        rows.rows = row == 0 ? tensor->part : tensor->other_part;
        rows.count = (size_t)rows.rows * (size_t)rows.cols;
        const struct update_sums part = kernels->update[OPTIMIZER_MUON](&rows);
        sums.weight += part.weight;
        sums.change += part.change;
        rows.weight += rows.count;
        rows.dweight += rows.count;
        rows.first += rows.count;
    }
    free(scratch);
    return sums;
}

static void update_task(void *argument, int index)
{
    const struct update_phase *phase = argument;
    const struct optimizer_step *step = phase->step;
    struct optimizer_state *state = phase->state;
    const struct tensor *tensor = &phase->model->parameters.tensor[index];
    const struct kernels *kernels = phase->model->kernels;
    const double updates = (double)state->updates;
    struct update_rows rows = {
        .count = tensor_size(tensor),
        .weight = phase->model->parameters.weight + tensor->offset,
        .dweight = phase->model->gradients.dweight + tensor->offset,
        .first = state->first + tensor->offset,
        .second = state->second + tensor->offset,
        .scale = step->scale,
        .lr = step->lr,
        .decay = tensor->vector && !step->decay_vectors ? 0 : step->decay,
        .beta1 = step->beta1,
        .beta2 = step->beta2,
        .epsilon = step->epsilon,
        .correction1 = 1 - pow(step->beta1, updates),
        .correction2 = 1 - pow(step->beta2, updates),
        .rectification = rectification(step->beta2, updates),
    };
    if (step->kind != OPTIMIZER_MUON)
        state->sums[index] = kernels->update[step->kind](&rows);
    else if (!is_hidden(tensor))
        state->sums[index] = kernels->update[OPTIMIZER_ADAMW](&rows);
    else
        state->sums[index] = update_matrices(kernels, tensor, rows);
}

void optimizer_update(struct optimizer_state *state, struct model *model,
                      const struct optimizer_step *step, const struct parallel *parallel)
{
    if (state->kind != step->kind && state->updates > 0) {
        memset(state->first, 0, model->parameters.count * sizeof(real));
        memset(state->second, 0, model->parameters.count * sizeof(real));
        state->updates = 0;
    }
    state->kind = step->kind;
    state->updates++;
    struct update_phase phase = {.state = state, .model = model, .step = step};
    parallel_run(parallel, model->parameters.tensors, update_task, &phase);
}
