/* See sublayer.h. Forward and backward of each part stand side by side. */
#include "core/sublayer.h"

#include "core/beside.h"
#include "core/branch.h"
#include "core/probe.h"

/* ---- norm ------------------------------------------------------------------------------------*/

static struct norm_rows norm_rows(const struct model *model, const struct norm_site *site,
                                  const struct shard *shard, const real *x)
{
    const int D = model->config.width;
    return (struct norm_rows){
        .kind = model->config.norm,
        .rows = shard->rows,
        .width = D,
        .x = shard_rows_const(x, shard, D),
        .gain = weight_of(model, site->gain),
        .bias = weight_of(model, site->bias),
        .alpha = weight_of(model, site->alpha),
        .mean = site->mean ? site->mean + shard->first : NULL,
        .rstd = site->rstd ? site->rstd + shard->first : NULL,
        .offset = site->offset,
        .scale = site->scale,
        .dgain = partial_of(model, site->gain, shard),
        .dbias = partial_of(model, site->bias, shard),
        .dalpha = partial_of(model, site->alpha, shard),
    };
}

void norm_site_forward(const struct model *model, const struct norm_site *site,
                       const struct shard *shard, const real *x, real *y)
{
    struct norm_rows rows = norm_rows(model, site, shard, x);
    model->kernels->norm_forward(&rows, shard_rows(y, shard, model->config.width));
}

void norm_site_backward(const struct model *model, const struct norm_site *site,
                        const struct shard *shard, const real *x, const real *dy, const real *skip,
                        real *dx)
{
    const int D = model->config.width;
    struct norm_rows rows = norm_rows(model, site, shard, x);
    model->kernels->norm_backward(&rows, shard_rows_const(dy, shard, D),
                                  skip ? shard_rows_const(skip, shard, D) : NULL,
                                  shard_rows(dx, shard, D));
}

/* ---- the one equation ------------------------------------------------------------------------*/

/* sum = a x + b (branch + bias). */
static struct join_rows join_rows(const struct model *model, const struct sublayer *sublayer,
                                  const struct shard *shard, const real *branch, const real *bias,
                                  real *sum)
{
    const int D = model->config.width;
    const real *scale = weight_of(model, sublayer->scale_tensor);
    return (struct join_rows){
        .rows = shard->rows,
        .width = D,
        .x = shard_rows_const(sublayer->x, shard, D),
        .branch = shard_rows_const(branch, shard, D),
        .bias = bias,
        .sum = shard_rows(sum, shard, D),
        .skip = sublayer->skip,
        .scale = scale ? scale[0] : 1,
        .skip_each = weight_of(model, sublayer->skip_tensor),
    };
}

void sublayer_forward(const struct model *model, const struct sublayer *sublayer,
                      const struct shard *shard)
{
    const int D = model->config.width;
    const real *u = sublayer->x, *bias = branch_bias(model, sublayer);
    real *sum = sublayer->out.present ? sublayer->sum : sublayer->y, *branch = sum;

    if (sublayer->in.present) {
        norm_site_forward(model, &sublayer->in, shard, sublayer->x, sublayer->in.out);
        u = sublayer->in.out;
    }
    if (sublayer->f) {
        branch = sublayer->f;
        branch_forward(model, sublayer, shard, u, branch);
        if (bias)
            model->kernels->bias_forward(shard_rows(branch, shard, D), bias, shard->rows, D);
        bias = NULL;
    } else {
        branch_forward(model, sublayer, shard, u, branch);
    }
    probe_branch(model, sublayer, shard, branch, bias);
    if (sublayer->branch.present) {
        norm_site_forward(model, &sublayer->branch, shard, branch, sublayer->branch.out);
        branch = sublayer->branch.out;
    }
    beside_forward(model, sublayer, shard, branch, bias);
    struct join_rows join = join_rows(model, sublayer, shard, branch, bias, sum);
    model->kernels->join_forward(&join);
    if (sublayer->out.present)
        norm_site_forward(model, &sublayer->out, shard, sum, sublayer->y);
}

/* forward: sum = a x + b branch;  returns dbranch [N][D] */
static const real *join_backward(const struct model *model, const struct sublayer *sublayer,
                                 const struct block_gradients *gradients, const struct shard *shard,
                                 const real *dsum)
{
    const int D = model->config.width;
    real *joined = gradients->sublayer[sublayer->kind].joined;
    if (sublayer->scale_tensor >= 0) {
        const real *branch = sublayer->branch.present ? sublayer->branch.out : sublayer->f;
        struct join_rows join = join_rows(model, sublayer, shard, branch, NULL, joined);
        model->kernels->scale_backward(&join, shard_rows_const(dsum, shard, D), join.sum,
                                       partial_of(model, sublayer->scale_tensor, shard));
        return joined;
    }
    if (sublayer->beside == BESIDE_SUM) {
        beside_backward(model, shard, dsum, joined);
        return joined;
    }
    return dsum;
}

/* forward: sum = a x + ...;  u = Nin(x).  dx from dsum and du. */
static void input_backward(const struct model *model, const struct sublayer *sublayer,
                           const struct shard *shard, const real *dsum, const real *du, real *dx)
{
    const int D = model->config.width;
    if (sublayer->skip_tensor >= 0 || sublayer->skip != 1) {
        struct join_rows join = join_rows(model, sublayer, shard, dsum, NULL, dx);
        model->kernels->skip_backward(&join, shard_rows_const(dsum, shard, D), join.sum,
                                      partial_of(model, sublayer->skip_tensor, shard));
        dsum = dx;
    }
    if (sublayer->in.present)
        norm_site_backward(model, &sublayer->in, shard, sublayer->x, du, dsum, dx);
    else
        model->kernels->join_forward(&(struct join_rows){
            .rows = shard->rows,
            .width = D,
            .x = shard_rows_const(dsum, shard, D),
            .branch = shard_rows_const(du, shard, D),
            .sum = shard_rows(dx, shard, D),
            .skip = 1,
            .scale = 1,
        });
}

void sublayer_backward(const struct model *model, const struct sublayer *sublayer,
                       const struct block_gradients *gradients, const struct shard *shard,
                       const real *dy, real *dx)
{
    const real *dsum = dy, *df;
    /* forward: y = Nout(sum) */
    if (sublayer->out.present) {
        real *through = gradients->sublayer[sublayer->kind].sum;
        norm_site_backward(model, &sublayer->out, shard, sublayer->sum, dy, NULL, through);
        dsum = through;
    }
    df = join_backward(model, sublayer, gradients, shard, dsum);
    /* forward: branch = Nbranch(f) */
    if (sublayer->branch.present) {
        real *through = gradients->sublayer[sublayer->kind].f;
        norm_site_backward(model, &sublayer->branch, shard, sublayer->f, df, NULL, through);
        df = through;
    }
    branch_backward(model, sublayer, gradients, shard, df, model->through);
    input_backward(model, sublayer, shard, dsum, model->through, dx);
}

const real *sublayer_joined_gradient(const struct sublayer *sublayer,
                                     const struct block_gradients *gradients, const real *dy)
{
    if (sublayer->scale_tensor >= 0 || sublayer->beside == BESIDE_SUM)
        return gradients->sublayer[sublayer->kind].joined;
    return sublayer->out.present ? gradients->sublayer[sublayer->kind].sum : dy;
}

const real *sublayer_f_gradient(const struct sublayer *sublayer,
                                const struct block_gradients *gradients, const real *dy)
{
    return sublayer->branch.present ? gradients->sublayer[sublayer->kind].f
                                    : sublayer_joined_gradient(sublayer, gradients, dy);
}

void sublayer_weight_gradient(const struct model *model, const struct sublayer *sublayer,
                              const struct block_gradients *gradients, const real *dy, int which)
{
    branch_weight_gradient(model, sublayer, gradients,
                           sublayer->in.present ? sublayer->in.out : sublayer->x,
                           sublayer_f_gradient(sublayer, gradients, dy), which);
}
