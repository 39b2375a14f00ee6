/* See measure.h. */
#include "train/measure.h"

#include "base/memory.h"
#include "core/kernels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- where a stack stopped being finite ---- */

/* The sublayer of a block, counted from 1, whose output is the first that is not finite. */
static enum fault_part part_of_stream(const struct model *model, int block)
{
    const size_t numbers = config_stream_size(&model->config);
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

struct fault measure_fault(const struct model *model)
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

/* ---- every step ---- */

struct snapshot *measure_open(const struct model *model)
{
    const char **name = memory_new((size_t)model->parameters.tensors, sizeof *name);
    int tensors = 0;
    for (int i = 0; i < model->parameters.tensors; i++) {
        bool known = model->parameters.tensor[i].block < 0;
        for (int t = 0; t < tensors && !known; t++)
            known = strcmp(name[t], model->parameters.tensor[i].kind) == 0;
        if (!known)
            name[tensors++] = model->parameters.tensor[i].kind;
    }
    struct snapshot *snapshot = snapshot_new(model->config.layers, tensors, name);
    free(name);
    return snapshot;
}

/* The number of a tensor in the snapshot; -1 for what stands outside the blocks. */
static int number_of(const struct snapshot *snapshot, const struct tensor *tensor)
{
    return tensor->block < 0 ? -1 : snapshot_find(snapshot, tensor->kind);
}

void measure_model(const struct model *model, struct snapshot *snapshot)
{
    const struct model_config *c = &model->config;
    const int L = c->layers;
    const double numbers = (double)c->batch * c->context * c->width;
    float *gradient = snapshot_room(snapshot, QUANTITY_STREAM_GRAD, 0);
    float *rms = snapshot_room(snapshot, QUANTITY_STREAM_RMS, 0);
    double total = 0;

    snapshot_set(snapshot, QUANTITY_LOSS, model->loss);
    for (int l = 0; l <= L; l++) {
        gradient[l] = (float)sqrt(model->gradients.dstream_square[l]);
        rms[l] = (float)sqrt(model->activations.stream_square[l] / numbers);
    }
    snapshot_set(snapshot, QUANTITY_RATIO,
                 sqrt(model->gradients.dstream_square[0] / model->gradients.dstream_square[L]));
    for (int i = 0; i < model->parameters.tensors; i++) {
        const int t = number_of(snapshot, &model->parameters.tensor[i]),
                  block = model->parameters.tensor[i].block;
        total += model->gradients.dweight_square[i];
        if (t >= 0)
            snapshot_room(snapshot, QUANTITY_PARAM_GRAD, t)[block] =
                (float)sqrt(model->gradients.dweight_square[i]);
    }
    snapshot_set(snapshot, QUANTITY_GRAD_NORM, sqrt(total));
}

void measure_update(const struct model *model, const struct optimizer_state *optimizer,
                    struct snapshot *snapshot)
{
    for (int i = 0; i < model->parameters.tensors; i++) {
        const struct update_sums *sums = &optimizer->sums[i];
        const int t = number_of(snapshot, &model->parameters.tensor[i]),
                  block = model->parameters.tensor[i].block;
        if (t < 0)
            continue;
        snapshot_room(snapshot, QUANTITY_WEIGHT, t)[block] = (float)sqrt(sums->weight);
        snapshot_room(snapshot, QUANTITY_UPDATE_RATIO, t)[block] =
            sums->weight > 0 ? (float)sqrt(sums->change / sums->weight) : NAN;
    }
}

/* ---- details ---- */

static void measure_flow(struct snapshot *snapshot, int sublayer, int block,
                         const struct flow_sums *sums, double rows, double numbers)
{
    for (int point = 0; point < FLOW_POINTS; point++) {
        snapshot_room(snapshot, quantity_flow_rms[sublayer], point)[block] =
            (float)sqrt(sums->square[point] / numbers);
        snapshot_room(snapshot, quantity_flow_grad[sublayer], point)[block] =
            (float)sqrt(sums->dsquare[point]);
    }
    for (int norm = 0; norm < FLOW_NORMS; norm++)
        snapshot_room(snapshot, quantity_flow_rstd[sublayer], norm)[block] =
            (float)(sums->rstd[norm] / rows);
}

void measure_inside(const struct model *model, struct snapshot *snapshot)
{
    const struct model_config *c = &model->config;
    const struct probe_sums *sums = model->probe->sum;
    const double rows = (double)c->batch * c->context, heads = (double)c->batch * c->heads;
    float *cosine = snapshot_room(snapshot, QUANTITY_COSINE, 0);
    float *similarity = snapshot_room(snapshot, QUANTITY_SIMILARITY, 0);
    float *entropy = snapshot_room(snapshot, QUANTITY_ENTROPY, 0);
    float *share = snapshot_room(snapshot, QUANTITY_SHARE, 0);

    snapshot->detailed = true;
    for (int l = 0; l <= c->layers; l++) {
        cosine[l] = (float)(sums[l].cosine / rows);
        similarity[l] = (float)(sums[l].similarity / c->batch);
    }
    for (int block = 0; block < c->layers; block++) {
        const struct probe_sums *of_block = &sums[block + 1];
        entropy[block] = (float)(of_block->entropy / heads);
        share[block] = (float)sqrt(of_block->change / model->activations.stream_square[block]);
        for (int i = 0; i < FLOW_SUBLAYERS; i++)
            measure_flow(snapshot, i, block, &of_block->flow[i], rows, rows * c->width);
    }
}
