/* See sublayer.h. Forward and backward of each part stand side by side. */
#include "core/sublayer.h"

#include "core/activations.h"
#include "core/beside.h"
#include "core/branch.h"
#include "core/dropout.h"
#include "core/gradients.h"
#include "core/pass.h"
#include "core/probe.h"
#include "core/tensors.h"

/* ---- memory ----------------------------------------------------------------------------------*/

struct sublayer sublayer_find(const struct parameters *parameters, const struct model_config *c,
                              int index)
{
    const int block = index / config_sublayers(c);
    const enum sublayer_kind kind = (enum sublayer_kind)(index % config_sublayers(c));
    const bool attention = kind == SUBLAYER_ATTENTION;
    const struct placement_row *placement =
        &placement_table[placement_of_block(c->placement, block, c->layers)];
    const bool norms = c->norm != NORM_NONE;
    const char *norm = attention ? "ln1" : "ln2";
    struct sublayer s = {
        .kind = kind,
        .block = block,
        .skip = (real)placement_skip(c->placement, c->layers),
        .skip_tensor = tensors_find(parameters, attention ? "attn.omega" : "ffn.omega", block),
        .scale_tensor = tensors_find(parameters, "alpha", block),
        .beside = placement_table[c->placement].beside,
        .in = norm_site_find(parameters, c, norm, block,
                             placement->norm_in && (norms || placement->norm_by_depth),
                             placement_norm_scale(c->placement, block)),
        .branch = norm_site_find(parameters, c, attention ? "ln1_branch" : "ln2_branch", block,
                                 placement->norm_branch && norms, 1),
        .out = norm_site_find(parameters, c, norm, block, placement->norm_out && norms, 1),
    };
    s.adds_block_input = s.beside == BESIDE_INPUT && (!attention || c->parallel);
    if (attention)
        s.attention = attention_find(parameters, c, block);
    if (!attention || c->parallel)
        s.feed_forward = feed_forward_find(parameters, c, block);
    return s;
}

void sublayer_connect(struct sublayer_activations *a, const struct sublayer *s, const real *x,
                      real *y)
{
    a->x = a->in.x = x;
    a->y = a->out.out = y;
    a->u = s->in.present ? a->in.out : x;
    a->branch.x = a->f;
    a->out.x = a->sum;
}

void sublayer_carve(struct activations *activations, int index, const struct parameters *parameters,
                    const struct model_config *c, struct arena *arena)
{
    const struct sublayer *s = &parameters->sublayer[index];
    struct sublayer_activations *a = &activations->sublayer[index];
    const size_t N = (size_t)(c->batch * c->context), D = (size_t)c->width;

    norm_carve(&a->in, &s->in, c, arena);
    norm_carve(&a->branch, &s->branch, c, arena);
    norm_carve(&a->out, &s->out, c, arena);
    if (s->in.present)
        a->in.out = real_take(arena, N * D);
    if (s->attention.present)
        attention_carve(&a->attention, c, arena);
    if (s->feed_forward.present)
        feed_forward_carve(&a->feed_forward, c, arena);
    if (s->branch.present || s->scale_tensor >= 0)
        a->f = real_take(arena, N * D);
    if (s->branch.present)
        a->branch.out = real_take(arena, N * D);
    if (s->out.present)
        a->sum = real_take(arena, N * D);
    a->block_input = activations->stream[s->block];
    sublayer_connect(
        a, s, s->attention.present ? activations->stream[s->block] : activations->middle[s->block],
        s->feed_forward.present ? activations->stream[s->block + 1]
                                : activations->middle[s->block]);
}

void block_gradients_carve(struct block_gradients *g, const struct parameters *parameters,
                           const struct model_config *c, struct arena *arena)
{
    const struct sublayer *any = parameters->sublayer; /* `mix`: its first block has Nout */
    const size_t N = (size_t)(c->batch * c->context), D = (size_t)c->width;
    for (int kind = 0; kind < config_sublayers(c); kind++) {
        if (any->out.present)
            g->sublayer[kind].dsum = real_take(arena, N * D);
        if (any->scale_tensor >= 0 || any->beside == BESIDE_SUM)
            g->sublayer[kind].djoined = real_take(arena, N * D);
        if (any->branch.present || c->dropout > 0)
            g->sublayer[kind].df = real_take(arena, N * D);
    }
    attention_carve_gradients(&g->attention, c, arena);
    feed_forward_carve_gradients(&g->feed_forward, c, arena);
    if (!c->parallel)
        g->dmiddle = real_take(arena, N * D);
}

/* ---- the one equation ------------------------------------------------------------------------*/

/* sum = a x + b (branch + bias). */
static struct join_rows join_rows(const struct pass *pass, const struct sublayer *sublayer,
                                  const real *x, const real *branch, const real *bias, real *sum)
{
    const int D = pass->config->width;
    const real *scale = weight_of(pass->parameters, sublayer->scale_tensor);
    return (struct join_rows){
        .rows = pass->shard.rows,
        .width = D,
        .x = shard_rows_const(x, &pass->shard, D),
        .branch = shard_rows_const(branch, &pass->shard, D),
        .bias = bias,
        .sum = shard_rows(sum, &pass->shard, D),
        .skip = sublayer->skip,
        .scale = scale ? scale[0] : 1,
        .skip_each = weight_of(pass->parameters, sublayer->skip_tensor),
    };
}

void sublayer_forward(const struct pass *pass, struct activations *activations, int index)
{
    const struct sublayer *s = &pass->parameters->sublayer[index];
    struct sublayer_activations *a = &activations->sublayer[index];
    const int D = pass->config->width, rows = pass->shard.rows;
    const real *bias = branch_bias(pass->parameters, s);
    real *sum = s->out.present ? a->sum : a->y, *branch = a->f ? a->f : sum;

    if (s->in.present)
        norm_forward(pass, &s->in, &a->in);
    branch_forward(pass, s, a, branch);
    if (bias && (a->f || pass->dropout > 0)) {
        pass->kernels->bias_forward(shard_rows(branch, &pass->shard, D), bias, rows, D);
        bias = NULL;
    }
    probe_branch(pass, s, branch, bias);
    if (pass->dropout > 0)
        dropout_rows(pass, (struct dropout_place){DROPOUT_BRANCH, index}, branch, branch);
    if (s->branch.present) {
        norm_forward(pass, &s->branch, &a->branch);
        branch = a->branch.out;
    }
    beside_forward(pass, activations, index, branch, bias);
    const struct join_rows join = join_rows(pass, s, a->x, branch, bias, sum);
    pass->kernels->join_forward(&join);
    if (s->out.present)
        norm_forward(pass, &s->out, &a->out);
}

/* forward: sum = a x + b branch;  returns dbranch [N][D] */
static const real *join_backward(const struct pass *pass, const struct activations *activations,
                                 int index, struct gradients *gradients, const real *dsum)
{
    const struct sublayer *s = &pass->parameters->sublayer[index];
    const struct sublayer_activations *a = &activations->sublayer[index];
    real *djoined = gradients_of_block(gradients, s->block)->sublayer[s->kind].djoined;
    if (s->scale_tensor >= 0) {
        const real *branch = s->branch.present ? a->branch.out : a->f;
        const struct join_rows join = join_rows(pass, s, a->x, branch, NULL, djoined);
        pass->kernels->scale_backward(&join,
                                      shard_rows_const(dsum, &pass->shard, pass->config->width),
                                      join.sum, dvector_of(pass, s->scale_tensor));
        return djoined;
    }
    if (s->beside == BESIDE_SUM) {
        beside_backward(pass, gradients, dsum, djoined);
        return djoined;
    }
    return dsum;
}

/* forward: sum = a x + ...;  u = Nin(x).  dx from dsum and du. */
static void input_backward(const struct pass *pass, const struct sublayer *s,
                           const struct sublayer_activations *a, const real *dsum, real *dx)
{
    const int D = pass->config->width;
    const real *du = pass->workspace->du;
    if (s->skip_tensor >= 0 || s->skip != 1) {
        const struct join_rows join = join_rows(pass, s, a->x, dsum, NULL, dx);
        pass->kernels->skip_backward(&join, shard_rows_const(dsum, &pass->shard, D), join.sum,
                                     dvector_of(pass, s->skip_tensor));
        dsum = dx;
    }
    if (s->in.present)
        norm_backward(pass, &s->in, &a->in, du, dsum, dx);
    else
        pass->kernels->join_forward(&(struct join_rows){
            .rows = pass->shard.rows,
            .width = D,
            .x = shard_rows_const(dsum, &pass->shard, D),
            .branch = shard_rows_const(du, &pass->shard, D),
            .sum = shard_rows(dx, &pass->shard, D),
            .skip = 1,
            .scale = 1,
        });
}

void sublayer_backward(const struct pass *pass, const struct activations *activations, int index,
                       struct gradients *gradients, const real *dy, real *dx)
{
    const struct sublayer *s = &pass->parameters->sublayer[index];
    const struct sublayer_activations *a = &activations->sublayer[index];
    struct block_gradients *g = gradients_of_block(gradients, s->block);
    const real *dsum = dy, *df;
    /* forward: y = Nout(sum) */
    if (s->out.present) {
        norm_backward(pass, &s->out, &a->out, dy, NULL, g->sublayer[s->kind].dsum);
        dsum = g->sublayer[s->kind].dsum;
    }
    df = join_backward(pass, activations, index, gradients, dsum);
    /* forward: branch = Nbranch(f) */
    if (s->branch.present) {
        norm_backward(pass, &s->branch, &a->branch, df, NULL, g->sublayer[s->kind].df);
        df = g->sublayer[s->kind].df;
    }
    /* forward: branch = Nbranch(drop(f)) */
    if (pass->dropout > 0) {
        dropout_rows(pass, (struct dropout_place){DROPOUT_BRANCH, index}, df,
                     g->sublayer[s->kind].df);
        df = g->sublayer[s->kind].df;
    }
    branch_backward(pass, s, a, g, df, pass->workspace->du);
    input_backward(pass, s, a, dsum, dx);
}

const real *sublayer_dsum(const struct sublayer *sublayer, const struct block_gradients *gradients,
                          const real *dy)
{
    return sublayer->out.present ? gradients->sublayer[sublayer->kind].dsum : dy;
}

const real *sublayer_djoined(const struct sublayer *sublayer,
                             const struct block_gradients *gradients, const real *dy)
{
    if (sublayer->scale_tensor >= 0 || sublayer->beside == BESIDE_SUM)
        return gradients->sublayer[sublayer->kind].djoined;
    return sublayer_dsum(sublayer, gradients, dy);
}

const real *sublayer_df(const struct sublayer *sublayer, const struct block_gradients *gradients,
                        const real *dy)
{
    const real *df = gradients->sublayer[sublayer->kind].df;
    return df ? df : sublayer_djoined(sublayer, gradients, dy);
}

void sublayer_weight_gradient(const struct pass *pass, const struct activations *activations,
                              int index, struct gradients *gradients, const real *dy, int which)
{
    const struct sublayer *s = &pass->parameters->sublayer[index];
    const struct sublayer_activations *a = &activations->sublayer[index];
    const struct block_gradients *g = gradients_of_block(gradients, s->block);
    const struct weight_product product =
        branch_weight_product(s, a, g, sublayer_df(s, g, dy), which);
    if (product.expert >= 0)
        experts_backward_weight(pass, &s->feed_forward.experts, &a->feed_forward.experts, gradients,
                                &product);
    else
        linear_backward_weight(pass, gradients, product.tensor, product.dy, product.x);
}
