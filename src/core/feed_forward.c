/* See feed_forward.h. Forward and backward stand side by side. */
#include "core/feed_forward.h"

#include "core/linear.h"
#include "core/shard.h"
#include "core/tensors.h"

void feed_forward_carve(struct model *model, struct feed_forward *f, int block)
{
    const struct model_config *c = &model->config;
    const size_t numbers = (size_t)(c->batch * c->context) * (size_t)c->ffn;
    f->present = true;
    f->up = tensors_find(model, "ffn.up.weight", block);
    f->up_bias = tensors_find(model, "ffn.up.bias", block);
    f->gate = tensors_find(model, "ffn.gate.weight", block);
    f->gate_bias = tensors_find(model, "ffn.gate.bias", block);
    f->down = tensors_find(model, "ffn.down.weight", block);
    f->down_bias = tensors_find(model, "ffn.down.bias", block);
    f->up_rows = model_take(model, numbers);
    if (config_is_gated(c))
        f->gate_rows = model_take(model, numbers);
    f->active = model_take(model, numbers);
    if (c->experts > 0)
        experts_carve(model, &f->experts, block);
}

void feed_forward_carve_gradients(struct model *model, struct feed_forward_gradients *g)
{
    const struct model_config *c = &model->config;
    const size_t numbers = (size_t)(c->batch * c->context) * (size_t)c->ffn;
    g->up_rows = model_take(model, numbers);
    if (config_is_gated(c))
        g->gate_rows = model_take(model, numbers);
    if (c->experts > 0)
        experts_carve_gradients(model, &g->experts);
}

static struct activation_rows
activation_rows(const struct model *model, const struct feed_forward *f, const struct shard *shard)
{
    const int F = model->config.ffn;
    return (struct activation_rows){
        .rows = shard->rows,
        .width = F,
        .up = shard_rows(f->up_rows, shard, F),
        .gate = f->gate_rows ? shard_rows(f->gate_rows, shard, F) : NULL,
        .up_bias = weight_of(model, f->up_bias),
        .gate_bias = weight_of(model, f->gate_bias),
        .active = shard_rows(f->active, shard, F),
    };
}

void feed_forward_forward(const struct model *model, const struct feed_forward *f,
                          const struct shard *shard, const real *u, real *out)
{
    const int D = model->config.width;
    const struct activation_rows rows = activation_rows(model, f, shard);
    const real *u_rows = shard_rows_const(u, shard, D);
    linear_forward(model, f->up, u_rows, rows.up, shard->rows);
    if (rows.gate)
        linear_forward(model, f->gate, u_rows, rows.gate, shard->rows);
    model->kernels->activation_forward[model->config.activation](&rows);
    linear_forward(model, f->down, rows.active, shard_rows(out, shard, D), shard->rows);
    if (f->experts.count > 0)
        experts_forward(model, &f->experts, shard, u, out);
}

void feed_forward_backward(const struct model *model, const struct feed_forward *f,
                           const struct feed_forward_gradients *g, const struct shard *shard,
                           const real *df, real *du)
{
    const int D = model->config.width, F = model->config.ffn;
    const real *df_rows = shard_rows_const(df, shard, D);
    real *du_rows = shard_rows(du, shard, D);
    struct activation_rows rows = activation_rows(model, f, shard);
    rows.dup = shard_rows(g->up_rows, shard, F);
    rows.dgate = rows.gate ? shard_rows(g->gate_rows, shard, F) : NULL;
    rows.dup_bias = partial_of(model, f->up_bias, shard);
    rows.dgate_bias = partial_of(model, f->gate_bias, shard);

    model->kernels->bias_backward(df_rows, partial_of(model, f->down_bias, shard), shard->rows, D);
    linear_backward_data(model, f->down, df_rows, rows.dup, shard->rows);
    model->kernels->activation_backward(&rows);
    linear_backward_data(model, f->up, rows.dup, du_rows, shard->rows);
    if (rows.gate) {
        real *addend = shard_rows(model->addend, shard, D);
        linear_backward_data(model, f->gate, rows.dgate, addend, shard->rows);
        model->kernels->add(du_rows, addend, (size_t)shard->rows * (size_t)D);
    }
    if (f->experts.count > 0)
        experts_backward(model, &f->experts, &g->experts, shard, df, du);
}

int feed_forward_matrices(const struct model *model)
{
    const struct model_config *c = &model->config;
    return 2 + (config_is_gated(c) ? 1 : 0) + (c->experts > 0 ? experts_matrices(model) : 0);
}

void feed_forward_weight_gradient(const struct model *model, const struct feed_forward *f,
                                  const struct feed_forward_gradients *g, const real *u,
                                  const real *df, int which)
{
    const int N = model->config.batch * model->config.context;
    const int own = f->gate_rows ? 3 : 2;
    if (which >= own)
        experts_weight_gradient(model, &f->experts, &g->experts, u, which - own);
    else if (which == 0)
        linear_backward_weight(model, f->up, g->up_rows, u, N);
    else if (which == 1)
        linear_backward_weight(model, f->down, df, f->active, N);
    else
        linear_backward_weight(model, f->gate, g->gate_rows, u, N);
}
