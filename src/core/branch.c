/* See branch.h. */
#include "core/branch.h"

void branch_forward(const struct model *model, const struct sublayer *sublayer,
                    const struct shard *shard, const real *u, real *out)
{
    const int D = model->config.width;
    const struct feed_forward *f = &sublayer->feed_forward;
    if (!sublayer->attention.present) {
        feed_forward_forward(model, f, shard, u, out);
        return;
    }
    attention_forward(model, &sublayer->attention, shard, u, out);
    if (!f->present)
        return;
    feed_forward_forward(model, f, shard, u, model->second);
    model->kernels->join_forward(&(struct join_rows){
        .rows = shard->rows,
        .width = D,
        .x = shard_rows(out, shard, D),
        .branch = shard_rows(model->second, shard, D),
        .bias = weight_of(model, f->down_bias),
        .sum = shard_rows(out, shard, D),
        .skip = 1,
        .scale = 1,
    });
}

const real *branch_bias(const struct model *model, const struct sublayer *sublayer)
{
    return weight_of(model, sublayer->attention.present ? sublayer->attention.proj_bias
                                                        : sublayer->feed_forward.down_bias);
}

void branch_backward(const struct model *model, const struct sublayer *sublayer,
                     const struct block_gradients *gradients, const struct shard *shard,
                     const real *df, real *du)
{
    const int D = model->config.width;
    const struct feed_forward *f = &sublayer->feed_forward;
    if (!sublayer->attention.present) {
        feed_forward_backward(model, f, &gradients->feed_forward, shard, df, du);
        return;
    }
    attention_backward(model, &sublayer->attention, &gradients->attention, shard, df, du);
    if (!f->present)
        return;
    feed_forward_backward(model, f, &gradients->feed_forward, shard, df, model->second);
    model->kernels->add(shard_rows(du, shard, D), shard_rows(model->second, shard, D),
                        (size_t)shard->rows * (size_t)D);
}

int branch_matrices(const struct model *model, const struct sublayer *sublayer)
{
    return (sublayer->attention.present ? attention_matrices(&sublayer->attention) : 0) +
           (sublayer->feed_forward.present ? feed_forward_matrices(model) : 0);
}

void branch_weight_gradient(const struct model *model, const struct sublayer *sublayer,
                            const struct block_gradients *gradients, const real *u, const real *df,
                            int which)
{
    const struct attention *attention = &sublayer->attention;
    const int own = attention->present ? attention_matrices(attention) : 0;
    if (which < own)
        attention_weight_gradient(model, attention, &gradients->attention, u, df, which);
    else
        feed_forward_weight_gradient(model, &sublayer->feed_forward, &gradients->feed_forward, u,
                                     df, which - own);
}
