/* See branch.h. */
#include "core/branch.h"

#include "core/pass.h"

void branch_forward(const struct pass *pass, const struct sublayer *sublayer,
                    struct sublayer_activations *a, real *out)
{
    const int D = pass->config->width;
    const struct shard *shard = &pass->shard;
    const struct feed_forward *f = &sublayer->feed_forward;
    real *second = pass->workspace->second;
    if (!sublayer->attention.present) {
        feed_forward_forward(pass, f, &a->feed_forward, a->u, out);
        return;
    }
    attention_forward(pass, &sublayer->attention, &a->attention, a->u, out);
    if (!f->present)
        return;
    feed_forward_forward(pass, f, &a->feed_forward, a->u, second);
    pass->kernels->join_forward(&(struct join_rows){
        .rows = shard->rows,
        .width = D,
        .x = shard_rows(out, shard, D),
        .branch = shard_rows(second, shard, D),
        .bias = weight_of(pass->parameters, f->down_bias),
        .sum = shard_rows(out, shard, D),
        .skip = 1,
        .scale = 1,
    });
}

const real *branch_bias(const struct parameters *parameters, const struct sublayer *sublayer)
{
    return weight_of(parameters, sublayer->attention.present ? sublayer->attention.proj_bias
                                                             : sublayer->feed_forward.down_bias);
}

void branch_backward(const struct pass *pass, const struct sublayer *sublayer,
                     const struct sublayer_activations *a, struct block_gradients *g,
                     const real *df, real *du)
{
    const int D = pass->config->width;
    const struct shard *shard = &pass->shard;
    const struct feed_forward *f = &sublayer->feed_forward;
    real *second = pass->workspace->second;
    if (!sublayer->attention.present) {
        feed_forward_backward(pass, f, &a->feed_forward, &g->feed_forward, df, du);
        return;
    }
    attention_backward(pass, &sublayer->attention, &a->attention, &g->attention, df, du);
    if (!f->present)
        return;
    feed_forward_backward(pass, f, &a->feed_forward, &g->feed_forward, df, second);
    pass->kernels->add(shard_rows(du, shard, D), shard_rows(second, shard, D),
                       (size_t)shard->rows * (size_t)D);
}

int branch_matrices(const struct sublayer *sublayer)
{
    return (sublayer->attention.present ? attention_matrices(&sublayer->attention) : 0) +
           (sublayer->feed_forward.present ? feed_forward_matrices(&sublayer->feed_forward) : 0);
}

struct weight_product branch_weight_product(const struct sublayer *sublayer,
                                            const struct sublayer_activations *a,
                                            const struct block_gradients *g, const real *df,
                                            int which)
{
    const struct attention *attention = &sublayer->attention;
    const int own = attention->present ? attention_matrices(attention) : 0;
    if (which < own)
        return attention_weight_product(attention, &a->attention, &g->attention, a->u, df, which);
    return feed_forward_weight_product(&sublayer->feed_forward, &a->feed_forward, &g->feed_forward,
                                       a->u, df, which - own);
}
