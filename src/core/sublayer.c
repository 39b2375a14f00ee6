/* See sublayer.h. Forward and backward of each part stand side by side. */
#include "core/sublayer.h"

#include "core/branch.h"

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
        .mean = site->mean + shard->first,
        .rstd = site->rstd + shard->first,
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
                                  shard_rows(dx, shard, D), partial_of(model, site->gain, shard),
                                  partial_of(model, site->bias, shard));
}

/* ---- the one equation ------------------------------------------------------------------------*/

/* to = factor * from, for the shard's rows of [N][D] arrays. */
static void scale_rows(const struct model *model, const struct shard *shard, real *to,
                       const real *from, double factor)
{
    const int D = model->config.width;
    const size_t count = (size_t)shard->rows * (size_t)D;
    real *out = shard_rows(to, shard, D);
    const real *in = shard_rows_const(from, shard, D);
    for (size_t i = 0; i < count; i++)
        out[i] = (real)factor * in[i];
}

/* sum = a x + b (branch + bias). */
static void join(const struct model *model, const struct sublayer *sublayer,
                 const struct shard *shard, const real *branch, const real *bias, real *sum)
{
    const int D = model->config.width;
    model->kernels->join_forward(&(struct join_rows){
        .rows = shard->rows,
        .width = D,
        .x = shard_rows_const(sublayer->x, shard, D),
        .branch = shard_rows_const(branch, shard, D),
        .bias = bias,
        .sum = shard_rows(sum, shard, D),
        .skip = sublayer->skip,
        .scale = sublayer->scale,
    });
}

void sublayer_forward(const struct model *model, const struct sublayer *sublayer,
                      const struct shard *shard)
{
    const int D = model->config.width;
    const real *u = sublayer->x, *bias = weight_of(model, sublayer->second_bias);
    real *sum = sublayer->out.present ? sublayer->sum : sublayer->y;

    if (sublayer->in.present) {
        norm_site_forward(model, &sublayer->in, shard, sublayer->x, sublayer->in.out);
        u = sublayer->in.out;
    }
    if (sublayer->branch.present) {
        branch_forward(model, sublayer, shard, u, sublayer->f);
        model->kernels->bias_forward(shard_rows(sublayer->f, shard, D), bias, shard->rows, D);
        norm_site_forward(model, &sublayer->branch, shard, sublayer->f, sublayer->branch.out);
        join(model, sublayer, shard, sublayer->branch.out, NULL, sum);
    } else {
        branch_forward(model, sublayer, shard, u, sum);
        join(model, sublayer, shard, sum, bias, sum);
    }
    if (sublayer->out.present)
        norm_site_forward(model, &sublayer->out, shard, sum, sublayer->y);
}

void sublayer_backward(const struct model *model, const struct sublayer *sublayer,
                       const struct block_gradients *gradients, const struct shard *shard,
                       const real *dy, real *dx)
{
    const int D = model->config.width;
    const real *dsum = dy, *df;
    /* forward: y = Nout(sum) */
    if (sublayer->out.present) {
        real *through = gradients->sublayer[sublayer->kind].sum;
        norm_site_backward(model, &sublayer->out, shard, sublayer->sum, dy, NULL, through);
        dsum = through;
    }
    /* forward: sum = a x + b branch */
    df = dsum;
    if (sublayer->scale != 1) {
        real *scaled = gradients->sublayer[sublayer->kind].scaled;
        scale_rows(model, shard, scaled, dsum, sublayer->scale);
        df = scaled;
    }
    /* forward: branch = Nbranch(f) */
    if (sublayer->branch.present) {
        real *through = gradients->sublayer[sublayer->kind].f;
        norm_site_backward(model, &sublayer->branch, shard, sublayer->f, df, NULL, through);
        df = through;
    }
    branch_backward(model, sublayer, gradients, shard, df, model->through);
    /* forward: u = Nin(x) */
    if (sublayer->skip != 1) {
        scale_rows(model, shard, dx, dsum, sublayer->skip);
        dsum = dx;
    }
    if (sublayer->in.present)
        norm_site_backward(model, &sublayer->in, shard, sublayer->x, model->through, dsum, dx);
    else
        model->kernels->join_forward(&(struct join_rows){
            .rows = shard->rows,
            .width = D,
            .x = shard_rows_const(dsum, shard, D),
            .branch = shard_rows_const(model->through, shard, D),
            .sum = shard_rows(dx, shard, D),
            .skip = 1,
            .scale = 1,
        });
}

/* Where the gradient at the output of f lies, once dy has come that far. */
static const real *f_gradient(const struct sublayer *sublayer,
                              const struct block_gradients *gradients, const real *dy)
{
    if (sublayer->branch.present)
        return gradients->sublayer[sublayer->kind].f;
    if (sublayer->scale != 1)
        return gradients->sublayer[sublayer->kind].scaled;
    return sublayer->out.present ? gradients->sublayer[sublayer->kind].sum : dy;
}

void sublayer_weight_gradient(const struct model *model, const struct sublayer *sublayer,
                              const struct block_gradients *gradients, const real *dy, int which)
{
    branch_weight_gradient(model, sublayer, gradients,
                           sublayer->in.present ? sublayer->in.out : sublayer->x,
                           f_gradient(sublayer, gradients, dy), which);
}
