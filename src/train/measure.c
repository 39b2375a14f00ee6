/* See measure.h. */
#include "train/measure.h"

#include "core/kernels.h"

#include <math.h>
#include <string.h>

/* ---- where a stack stopped being finite ---- */

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

void measure_model(const struct model *model, struct snapshot *snapshot)
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

void measure_update(const struct model *model, const struct optimizer_state *optimizer,
                    struct snapshot *snapshot)
{
    for (int i = 0; i < model->parameters.tensors; i++) {
        const struct update_sums *sums = &optimizer->sums[i];
        struct tensor_snapshot *row = tensor_row(snapshot, &model->parameters.tensor[i]);
        const int block = model->parameters.tensor[i].block;
        if (row == NULL)
            continue;
        row->weight[block] = (float)sqrt(sums->weight);
        row->update_ratio[block] =
            sums->weight > 0 ? (float)sqrt(sums->change / sums->weight) : NAN;
    }
}

/* ---- details ---- */

/* An array of floats, for structures that hold nothing else. */
static void fill(float *number, size_t bytes)
{
    for (size_t i = 0; i < bytes / sizeof *number; i++)
        number[i] = NAN;
}

void measure_clear_detail(struct detail *detail)
{
    detail->measured = false;
    fill(detail->cosine, sizeof detail->cosine);
    fill(detail->similarity, sizeof detail->similarity);
    fill(detail->entropy, sizeof detail->entropy);
    fill(detail->share, sizeof detail->share);
    fill(detail->flow[0].rms[0], sizeof detail->flow);
}

static void measure_flow(struct flow *flow, int block, const struct flow_sums *sums, double rows,
                         double numbers)
{
    for (int point = 0; point < FLOW_POINTS; point++) {
        flow->rms[point][block] = (float)sqrt(sums->square[point] / numbers);
        flow->grad[point][block] = (float)sqrt(sums->dsquare[point]);
    }
    for (int norm = 0; norm < FLOW_NORMS; norm++)
        flow->rstd[norm][block] = (float)(sums->rstd[norm] / rows);
}

void measure_inside(const struct model *model, struct snapshot *snapshot)
{
    const struct model_config *c = &model->config;
    const struct probe_sums *sums = model->probe->sum;
    struct detail *detail = &snapshot->detail;
    const double rows = (double)c->batch * c->context, heads = (double)c->batch * c->heads;

    measure_clear_detail(detail);
    detail->measured = true;
    for (int l = 0; l <= c->layers; l++) {
        detail->cosine[l] = (float)(sums[l].cosine / rows);
        detail->similarity[l] = (float)(sums[l].similarity / c->batch);
    }
    for (int block = 0; block < c->layers; block++) {
        const struct probe_sums *of_block = &sums[block + 1];
        detail->entropy[block] = (float)(of_block->entropy / heads);
        detail->share[block] =
            (float)sqrt(of_block->change / model->activations.stream_square[block]);
        for (int i = 0; i < FLOW_SUBLAYERS; i++)
            measure_flow(&detail->flow[i], block, &of_block->flow[i], rows, rows * c->width);
    }
}

void measure_nothing(const struct model *model, struct snapshot *snapshot)
{
    const int L = model->config.layers;
    snapshot->loss = snapshot->ratio = snapshot->grad_norm = NAN;
    for (int l = 0; l <= L; l++)
        snapshot->stream_grad[l] = snapshot->stream_rms[l] = NAN;
    for (int i = 0; i < model->parameters.tensors; i++) {
        struct tensor_snapshot *row = tensor_row(snapshot, &model->parameters.tensor[i]);
        const int block = model->parameters.tensor[i].block;
        if (row)
            row->grad[block] = row->update_ratio[block] = row->weight[block] = NAN;
    }
    measure_clear_detail(&snapshot->detail);
}
