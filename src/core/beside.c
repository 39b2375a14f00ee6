/* See beside.h. */
#include "core/beside.h"

#include "core/sublayer.h"

#include <string.h>

/* sum = x + branch + bias, for the shard's rows of [N][D] arrays; `sum` may be one of them. */
static void add(const struct model *model, const struct shard *shard, const real *x,
                const real *branch, const real *bias, real *sum)
{
    const int D = model->config.width;
    model->kernels->join_forward(&(struct join_rows){
        .rows = shard->rows,
        .width = D,
        .x = shard_rows_const(x, shard, D),
        .branch = shard_rows_const(branch, shard, D),
        .bias = bias,
        .sum = shard_rows(sum, shard, D),
        .skip = 1,
        .scale = 1,
    });
}

static void copy(const struct model *model, const struct shard *shard, const real *from, real *to)
{
    const int D = model->config.width;
    memcpy(shard_rows(to, shard, D), shard_rows_const(from, shard, D),
           (size_t)shard->rows * (size_t)D * sizeof *to);
}

/* ---- the sublayers ---------------------------------------------------------------------------*/

void beside_embed(const struct model *model, const struct shard *shard)
{
    if (model->dual)
        copy(model, shard, model->stream[0], model->dual);
}

void beside_forward(const struct model *model, const struct sublayer *sublayer,
                    const struct shard *shard, real *branch, const real *bias)
{
    if (sublayer->beside == BESIDE_SUM)
        add(model, shard, model->dual, branch, bias, model->dual);
    else if (sublayer->block_input)
        add(model, shard, sublayer->block_input, branch, NULL, branch);
}

/* forward: sum = a x + branch;  s <- s + branch */
void beside_backward(const struct model *model, const struct shard *shard, const real *dsum,
                     real *joined)
{
    add(model, shard, dsum, model->ddual, NULL, joined);
}

/* forward: s_0 = x_0;  sum = x + f(x) + x_in */
void beside_block_backward(const struct model *model, int block,
                           const struct block_gradients *gradients, const struct shard *shard,
                           real *dx)
{
    const struct sublayer *last = &model->sublayer[(block + 1) * model->sublayers - 1];
    if (model->dual && block == 0)
        add(model, shard, dx, model->ddual, NULL, dx);
    if (last->block_input)
        add(model, shard, dx,
            last->out.present ? gradients->sublayer[last->kind].sum : model->dstream[block + 1],
            NULL, dx);
}

/* ---- the end of the stack --------------------------------------------------------------------*/

void beside_head_forward(const struct model *model, const struct shard *shard)
{
    const struct norm_site *final = &model->final;
    add(model, shard, model->stream[model->config.layers],
        final->present ? final->out : model->dual, NULL, final->out);
}

/* forward: out = x_L + N(s) */
void beside_head_backward(const struct model *model, const struct shard *shard)
{
    copy(model, shard, model->dfinal, model->dstream[model->config.layers]);
    if (model->final.present)
        norm_site_backward(model, &model->final, shard, model->dual, model->dfinal, NULL,
                           model->ddual);
    else
        copy(model, shard, model->dfinal, model->ddual);
}
