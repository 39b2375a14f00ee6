/* See probe.h. */
#include "core/probe.h"

#include "core/activations.h"
#include "core/gradients.h"
#include "core/model.h"
#include "core/pass.h"
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
    const size_t layers = (size_t)c->layers + 1, shards = (size_t)config_shards(c);
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

static struct probe_sums *sums_of(const struct pass *pass, int l)
{
    return pass->probe->shard_sum + pass->shard.index * (pass->config->layers + 1) + l;
}

static struct flow_sums *flow_of(const struct pass *pass, const struct sublayer *sublayer)
{
    return &sums_of(pass, sublayer->block + 1)->flow[sublayer->kind];
}

/* Sum of squares of the shard's rows of an [N][D] array; NAN where there is none. */
static double squares(const struct pass *pass, const real *x)
{
    const int D = pass->config->width;
    if (x == NULL)
        return (double)NAN;
    return pass->kernels->sum_squares(shard_rows_const(x, &pass->shard, D),
                                      (size_t)pass->shard.rows * (size_t)D);
}

static double rstd_sum(const struct pass *pass, const struct norm_activations *norm)
{
    double sum = 0;
    if (norm->rstd == NULL)
        return (double)NAN;
    for (int row = pass->shard.first; row < pass->shard.first + pass->shard.rows; row++)
        sum += (double)norm->rstd[row];
    return sum;
}

void probe_branch(const struct pass *pass, const struct sublayer *sublayer, const real *branch,
                  const real *bias)
{
    const int D = pass->config->width;
    const struct shard *shard = &pass->shard;
    if (pass->probe == NULL)
        return;
    if (bias) { /* the sum stands in du, which only the backward pass uses */
        real *rows = shard_rows(pass->workspace->du, shard, D);
        memcpy(rows, shard_rows_const(branch, shard, D),
               (size_t)shard->rows * (size_t)D * sizeof *rows);
        pass->kernels->bias_forward(rows, bias, shard->rows, D);
        branch = pass->workspace->du;
    }
    flow_of(pass, sublayer)->square[FLOW_BRANCH] = squares(pass, branch);
}

void probe_forward(const struct pass *pass, const struct activations *activations, int index)
{
    const struct sublayer *s = &pass->parameters->sublayer[index];
    const struct sublayer_activations *a = &activations->sublayer[index];
    if (pass->probe == NULL)
        return;
    struct flow_sums *sums = flow_of(pass, s);
    sums->square[FLOW_NORM_IN] = squares(pass, a->in.out);
    sums->square[FLOW_NORM_BRANCH] = squares(pass, a->branch.out);
    sums->square[FLOW_OUT] = squares(pass, a->y);
    sums->square[FLOW_SUM] = a->sum ? squares(pass, a->sum) : sums->square[FLOW_OUT];
    sums->rstd[FLOW_NIN] = rstd_sum(pass, &a->in);
    sums->rstd[FLOW_NBRANCH] = rstd_sum(pass, &a->branch);
    sums->rstd[FLOW_NOUT] = rstd_sum(pass, &a->out);
    if (s->attention.present)
        sums_of(pass, s->block + 1)->entropy =
            attention_entropy(pass, &s->attention, &a->attention);
}

/* Most placements have one gradient at several of these points: an array is passed over once. */
void probe_backward(const struct pass *pass, const struct gradients *gradients, int index,
                    const real *dy)
{
    const struct sublayer *s = &pass->parameters->sublayer[index];
    if (pass->probe == NULL)
        return;
    const struct block_gradients *g = gradients_of_block(gradients, s->block);
    const real *dsum = sublayer_dsum(s, g, dy), *dbranch = sublayer_djoined(s, g, dy);
    const real *df = sublayer_df(s, g, dy);
    double *square = flow_of(pass, s)->dsquare;
    square[FLOW_OUT] = squares(pass, dy);
    square[FLOW_SUM] = dsum == dy ? square[FLOW_OUT] : squares(pass, dsum);
    square[FLOW_BRANCH] = df == dsum ? square[FLOW_SUM] : squares(pass, df);
    square[FLOW_NORM_BRANCH] = squares(pass, s->branch.present ? dbranch : NULL);
    square[FLOW_NORM_IN] = squares(pass, s->in.present ? pass->workspace->du : NULL);
}

void probe_stream(const struct pass *pass, const struct activations *activations, int l)
{
    const int D = pass->config->width;
    const struct shard *shard = &pass->shard;
    if (pass->probe == NULL)
        return;
    struct probe_sums *sums = sums_of(pass, l);
    const struct stream_sums stream = pass->kernels->stream_sums(&(struct stream_rows){
        .rows = shard->rows,
        .width = D,
        .tokens = pass->config->context,
        .x = shard_rows_const(activations->stream[l], shard, D),
        .before = l > 0 ? shard_rows_const(activations->stream[l - 1], shard, D) : NULL,
        .length = pass->probe->length + shard->first,
        .direction = pass->probe->direction + shard->index * D,
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

void probe_sum(const struct pass *pass, const struct activations *activations,
               const struct gradients *gradients)
{
    const struct probe *probe = pass->probe;
    const int layers = pass->config->layers + 1;
    if (probe == NULL)
        return;
    memcpy(probe->sum, probe->shard_sum, (size_t)layers * sizeof *probe->sum);
    for (int shard = 1; shard < config_shards(pass->config); shard++)
        for (int l = 0; l < layers; l++)
            add_up((double *)&probe->sum[l], (const double *)&probe->shard_sum[shard * layers + l]);
    /* What a sublayer begins with is what the one before it has ended with. */
    for (int l = 1; l < layers; l++)
        for (int i = 0; i < config_sublayers(pass->config); i++) {
            struct flow_sums *flow = &probe->sum[l].flow[i];
            flow->square[FLOW_X] =
                i == 0 ? activations->stream_square[l - 1] : flow[-1].square[FLOW_OUT];
            flow->dsquare[FLOW_X] =
                i == 0 ? gradients->dstream_square[l - 1] : flow[-1].dsquare[FLOW_OUT];
        }
}
