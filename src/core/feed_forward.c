/* See feed_forward.h. Forward and backward stand side by side. */
#include "core/feed_forward.h"

#include "core/pass.h"
#include "core/tensors.h"

/* ---- memory ----------------------------------------------------------------------------------*/

struct feed_forward feed_forward_find(const struct parameters *p, const struct model_config *c,
                                      int block)
{
    struct feed_forward f = {
        .present = true,
        .up = tensors_find(p, "ffn.up.weight", block),
        .up_bias = tensors_find(p, "ffn.up.bias", block),
        .gate = tensors_find(p, "ffn.gate.weight", block),
        .gate_bias = tensors_find(p, "ffn.gate.bias", block),
        .down = tensors_find(p, "ffn.down.weight", block),
        .down_bias = tensors_find(p, "ffn.down.bias", block),
    };
    if (c->experts > 0)
        f.experts = experts_find(p, c, block);
    return f;
}

void feed_forward_carve(struct feed_forward_activations *a, const struct model_config *c,
                        struct arena *arena)
{
    const size_t numbers = (size_t)(c->batch * c->context) * (size_t)c->ffn;
    a->up = real_take(arena, numbers);
    if (config_is_gated(c))
        a->gate = real_take(arena, numbers);
    a->active = real_take(arena, numbers);
    if (c->experts > 0)
        experts_carve(&a->experts, c, arena);
}

void feed_forward_carve_gradients(struct feed_forward_gradients *g, const struct model_config *c,
                                  struct arena *arena)
{
    const size_t numbers = (size_t)(c->batch * c->context) * (size_t)c->ffn;
    g->dup = real_take(arena, numbers);
    if (config_is_gated(c))
        g->dgate = real_take(arena, numbers);
    if (c->experts > 0)
        experts_carve_gradients(&g->experts, c, arena);
}

/* ---- f ----------------------------------------------------------------------------------------*/

static struct activation_rows activation_rows(const struct pass *pass, const struct feed_forward *f,
                                              const struct feed_forward_activations *a)
{
    const int F = pass->config->ffn;
    return (struct activation_rows){
        .rows = pass->shard.rows,
        .width = F,
        .up = shard_rows(a->up, &pass->shard, F),
        .gate = a->gate ? shard_rows(a->gate, &pass->shard, F) : NULL,
        .up_bias = weight_of(pass->parameters, f->up_bias),
        .gate_bias = weight_of(pass->parameters, f->gate_bias),
        .active = shard_rows(a->active, &pass->shard, F),
    };
}

void feed_forward_forward(const struct pass *pass, const struct feed_forward *f,
                          struct feed_forward_activations *a, const real *u, real *out)
{
    const int D = pass->config->width, rows = pass->shard.rows;
    const struct activation_rows activation = activation_rows(pass, f, a);
    const real *u_rows = shard_rows_const(u, &pass->shard, D);
    linear_forward(pass, f->up, u_rows, activation.up, rows);
    if (activation.gate)
        linear_forward(pass, f->gate, u_rows, activation.gate, rows);
    pass->kernels->activation_forward[pass->config->activation](&activation);
    linear_forward(pass, f->down, activation.active, shard_rows(out, &pass->shard, D), rows);
    if (f->experts.count > 0)
        experts_forward(pass, &f->experts, &a->experts, u, out);
}

void feed_forward_backward(const struct pass *pass, const struct feed_forward *f,
                           const struct feed_forward_activations *a,
                           struct feed_forward_gradients *g, const real *df, real *du)
{
    const int D = pass->config->width, F = pass->config->ffn, rows = pass->shard.rows;
    const real *df_rows = shard_rows_const(df, &pass->shard, D);
    real *du_rows = shard_rows(du, &pass->shard, D);
    struct activation_rows activation = activation_rows(pass, f, a);
    activation.dup = shard_rows(g->dup, &pass->shard, F);
    activation.dgate = a->gate ? shard_rows(g->dgate, &pass->shard, F) : NULL;
    activation.dup_bias = dvector_of(pass, f->up_bias);
    activation.dgate_bias = dvector_of(pass, f->gate_bias);

    pass->kernels->bias_backward(df_rows, dvector_of(pass, f->down_bias), rows, D);
    linear_backward_data(pass, f->down, df_rows, activation.dup, rows);
    pass->kernels->activation_backward(&activation);
    linear_backward_data(pass, f->up, activation.dup, du_rows, rows);
    if (activation.gate) {
        real *du_part = shard_rows(pass->workspace->du_part, &pass->shard, D);
        linear_backward_data(pass, f->gate, activation.dgate, du_part, rows);
        pass->kernels->add(du_rows, du_part, (size_t)rows * (size_t)D);
    }
    if (f->experts.count > 0)
        experts_backward(pass, &f->experts, &a->experts, &g->experts, df, du);
}

/* ---- weights ----------------------------------------------------------------------------------*/

/* Its own matrices, without the experts'. */
static int own_matrices(const struct feed_forward *f)
{
    return f->gate >= 0 ? 3 : 2;
}

int feed_forward_matrices(const struct feed_forward *f)
{
    return own_matrices(f) + (f->experts.count > 0 ? experts_matrices(&f->experts) : 0);
}

struct weight_product feed_forward_weight_product(const struct feed_forward *f,
                                                  const struct feed_forward_activations *a,
                                                  const struct feed_forward_gradients *g,
                                                  const real *u, const real *df, int which)
{
    const struct weight_product products[] = {
        {.tensor = f->up, .expert = -1, .dy = g->dup, .x = u},
        {.tensor = f->down, .expert = -1, .dy = df, .x = a->active},
        {.tensor = f->gate, .expert = -1, .dy = g->dgate, .x = u},
    };
    if (which >= own_matrices(f))
        return experts_weight_product(&f->experts, &a->experts, &g->experts, u,
                                      which - own_matrices(f));
    return products[which];
}
