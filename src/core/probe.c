/* See probe.h. */
#include "core/probe.h"

#include "base/memory.h"
#include "core/sublayer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A struct probe_sums is an array of these. */
enum { SUMS = sizeof(struct probe_sums) / sizeof(double) };

static void clear(struct probe_sums *sums)
{
    double *number = (double *)sums;
    for (int i = 0; i < SUMS; i++)
        number[i] = (double)NAN;
}

void probe_open(struct probe *probe, const struct model *model)
{
    const struct model_config *c = &model->config;
    const size_t layers = (size_t)c->layers + 1, shards = (size_t)model->shards;
    probe->sum = memory_new((1 + shards) * layers, sizeof *probe->sum);
    probe->shard_sum = probe->sum + layers;
    probe->length = memory_new((size_t)(c->batch * c->context), sizeof *probe->length);
    probe->direction = memory_new(shards * (size_t)c->width, sizeof *probe->direction);
    for (size_t i = 0; i < (1 + shards) * layers; i++)
        clear(&probe->sum[i]); /* what no model has stays so */
}

void probe_close(struct probe *probe)
{
    free(probe->sum);
    free(probe->length);
    free(probe->direction);
    *probe = (struct probe){0};
}

/* ---- one shard -------------------------------------------------------------------------------*/

static struct probe_sums *sums_of(const struct model *model, const struct shard *shard, int l)
{
    return model->probe->shard_sum + shard->index * (model->config.layers + 1) + l;
}

/* 0 .. L-1 */
static int block_of(const struct model *model, const struct sublayer *sublayer)
{
    return (int)(sublayer - model->sublayer) / model->sublayers;
}

static struct flow_sums *flow_of(const struct model *model, const struct sublayer *sublayer,
                                 const struct shard *shard)
{
    return &sums_of(model, shard, block_of(model, sublayer) + 1)->flow[sublayer->kind];
}

/* Sum of squares of the shard's rows of an [N][D] array; NAN where there is none. */
static double squares(const struct model *model, const struct shard *shard, const real *x)
{
    const int D = model->config.width;
    if (x == NULL)
        return (double)NAN;
    return model->kernels->sum_squares(shard_rows_const(x, shard, D),
                                       (size_t)shard->rows * (size_t)D);
}

static double rstd_sum(const struct shard *shard, const struct norm_site *site)
{
    double sum = 0;
    if (site->rstd == NULL)
        return (double)NAN;
    for (int row = shard->first; row < shard->first + shard->rows; row++)
        sum += (double)site->rstd[row];
    return sum;
}

void probe_branch(const struct model *model, const struct sublayer *sublayer,
                  const struct shard *shard, const real *branch, const real *bias)
{
    const int D = model->config.width;
    if (model->probe == NULL)
        return;
    if (bias) { /* added in an array that only the way back needs */
        real *rows = shard_rows(model->through, shard, D);
        memcpy(rows, shard_rows_const(branch, shard, D),
               (size_t)shard->rows * (size_t)D * sizeof *rows);
        model->kernels->bias_forward(rows, bias, shard->rows, D);
        branch = model->through;
    }
    flow_of(model, sublayer, shard)->square[FLOW_BRANCH] = squares(model, shard, branch);
}

void probe_forward(const struct model *model, const struct sublayer *sublayer,
                   const struct shard *shard)
{
    if (model->probe == NULL)
        return;
    struct flow_sums *sums = flow_of(model, sublayer, shard);
    sums->square[FLOW_NORM_IN] = squares(model, shard, sublayer->in.out);
    sums->square[FLOW_NORM_BRANCH] = squares(model, shard, sublayer->branch.out);
    sums->square[FLOW_OUT] = squares(model, shard, sublayer->y);
    sums->square[FLOW_SUM] =
        sublayer->sum ? squares(model, shard, sublayer->sum) : sums->square[FLOW_OUT];
    sums->rstd[FLOW_NIN] = rstd_sum(shard, &sublayer->in);
    sums->rstd[FLOW_NBRANCH] = rstd_sum(shard, &sublayer->branch);
    sums->rstd[FLOW_NOUT] = rstd_sum(shard, &sublayer->out);
    if (sublayer->attention.present)
        sums_of(model, shard, block_of(model, sublayer) + 1)->entropy =
            attention_entropy(model, &sublayer->attention, shard);
}

/* Most placements have one gradient at several of these points: an array is passed over once. */
void probe_backward(const struct model *model, const struct sublayer *sublayer,
                    const struct block_gradients *gradients, const struct shard *shard,
                    const real *dy)
{
    if (model->probe == NULL)
        return;
    const real *dsum = sublayer->out.present ? gradients->sublayer[sublayer->kind].sum : dy;
    const real *dbranch = sublayer_joined_gradient(sublayer, gradients, dy);
    const real *df = sublayer_f_gradient(sublayer, gradients, dy);
    double *square = flow_of(model, sublayer, shard)->grad_square;
    square[FLOW_OUT] = squares(model, shard, dy);
    square[FLOW_SUM] = dsum == dy ? square[FLOW_OUT] : squares(model, shard, dsum);
    square[FLOW_BRANCH] = df == dsum ? square[FLOW_SUM] : squares(model, shard, df);
    square[FLOW_NORM_BRANCH] = squares(model, shard, sublayer->branch.present ? dbranch : NULL);
    square[FLOW_NORM_IN] = squares(model, shard, sublayer->in.present ? model->through : NULL);
}

void probe_stream(const struct model *model, const struct shard *shard, int l)
{
    const int D = model->config.width;
    if (model->probe == NULL)
        return;
    struct probe_sums *sums = sums_of(model, shard, l);
    const struct stream_sums stream = model->kernels->stream_sums(&(struct stream_rows){
        .rows = shard->rows,
        .width = D,
        .tokens = model->config.context,
        .x = shard_rows_const(model->stream[l], shard, D),
        .before = l > 0 ? shard_rows_const(model->stream[l - 1], shard, D) : NULL,
        .length = model->probe->length + shard->first,
        .direction = model->probe->direction + shard->index * D,
    });
    sums->cosine = stream.cosine;
    sums->change = stream.change;
    sums->similarity = stream.similarity;
}

/* ---- all of them -----------------------------------------------------------------------------*/

static void add_up(double *to, const double *from)
{
    for (int i = 0; i < SUMS; i++)
        to[i] += from[i];
}

void probe_sum(const struct model *model)
{
    const struct probe *probe = model->probe;
    const int layers = model->config.layers + 1;
    if (probe == NULL)
        return;
    memcpy(probe->sum, probe->shard_sum, (size_t)layers * sizeof *probe->sum);
    for (int shard = 1; shard < model->shards; shard++)
        for (int l = 0; l < layers; l++)
            add_up((double *)&probe->sum[l], (const double *)&probe->shard_sum[shard * layers + l]);
    /* What a sublayer begins with is what the one before it has ended with. */
    for (int l = 1; l < layers; l++)
        for (int i = 0; i < model->sublayers; i++) {
            struct flow_sums *flow = &probe->sum[l].flow[i];
            flow->square[FLOW_X] = i == 0 ? model->stream_square[l - 1] : flow[-1].square[FLOW_OUT];
            flow->grad_square[FLOW_X] =
                i == 0 ? model->stream_grad_square[l - 1] : flow[-1].grad_square[FLOW_OUT];
        }
}
