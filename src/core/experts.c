/* See experts.h. Forward and backward stand side by side. */
#include "core/experts.h"

#include "core/gradients.h"
#include "core/pass.h"
#include "core/tensors.h"

#include <math.h>
#include <string.h>

/* ---- memory ----------------------------------------------------------------------------------*/

/* M */
static size_t choices(const struct model_config *c)
{
    return (size_t)(c->batch * c->context) * (size_t)config_experts_used(c);
}

struct experts experts_find(const struct parameters *p, const struct model_config *c, int block)
{
    return (struct experts){
        .count = c->experts,
        .used = config_experts_used(c),
        .router = tensors_find(p, "router.weight", block),
        .up = tensors_find(p, "experts.up.weight", block),
        .gate = tensors_find(p, "experts.gate.weight", block),
        .down = tensors_find(p, "experts.down.weight", block),
    };
}

void experts_carve(struct experts_activations *a, const struct model_config *c, struct arena *arena)
{
    const size_t N = (size_t)(c->batch * c->context), E = (size_t)c->experts, M = choices(c);
    const size_t D = (size_t)c->width, F = (size_t)c->ffn;
    a->probability = real_take(arena, N * E);
    a->chosen = arena_take(arena, M, sizeof(int32_t));
    a->slot = arena_take(arena, M, sizeof(int32_t));
    a->start = arena_take(arena, (size_t)config_shards(c) * (E + 1), sizeof(int32_t));
    a->input = real_take(arena, M * D);
    a->up = real_take(arena, M * F);
    if (config_is_gated(c))
        a->gate = real_take(arena, M * F);
    a->active = real_take(arena, M * F);
    a->output = real_take(arena, M * D);
}

void experts_carve_gradients(struct experts_gradients *g, const struct model_config *c,
                             struct arena *arena)
{
    const size_t N = (size_t)(c->batch * c->context), E = (size_t)c->experts, M = choices(c);
    const size_t D = (size_t)c->width, F = (size_t)c->ffn;
    g->dlogits = real_take(arena, N * E);
    g->doutput = real_take(arena, M * D);
    g->dup = real_take(arena, M * F);
    if (config_is_gated(c))
        g->dgate = real_take(arena, M * F);
}

/* The matrices of one expert. */
static int matrices_each(const struct experts *x)
{
    return x->gate >= 0 ? 3 : 2;
}

void experts_carve_workspace(struct workspace *w, const struct model_config *c, struct arena *arena)
{
    const size_t M = choices(c), D = (size_t)c->width, F = (size_t)c->ffn;
    const size_t each = config_is_gated(c) ? 3 : 2;
    w->dinput = real_take(arena, M * D);
    w->expert_rows = real_take(arena, each * M * (D + F));
    if (config_is_gated(c))
        w->dinput_part = real_take(arena, M * D);
}

/* ---- the router -------------------------------------------------------------------------------*/

/* In place. */
static void softmax(real *row, int E)
{
    real top = row[0], sum = 0;
    for (int e = 1; e < E; e++)
        top = row[e] > top ? row[e] : top;
    for (int e = 0; e < E; e++)
        sum += row[e] = (real)exp((double)(row[e] - top));
    for (int e = 0; e < E; e++)
        row[e] /= sum;
}

/* The `used` largest of p[E], largest first, the lower index where two are equal. */
static void choose(const real *p, int E, int32_t *chosen, int used)
{
    for (int j = 0; j < used; j++) {
        int best = -1;
        for (int e = 0; e < E; e++) {
            bool taken = false;
            for (int i = 0; i < j; i++)
                taken = taken || chosen[i] == e;
            if (!taken && (best < 0 || p[e] > p[best]))
                best = e;
        }
        chosen[j] = best;
    }
}

/* The row of a shard in start[shards][E+1]. */
static int32_t *start_of(const struct experts *x, const struct experts_activations *a, int shard)
{
    return a->start + shard * (x->count + 1);
}

/* Numbers the choices of the shard: `slot` and `start`. */
static void sort(const struct experts *x, struct experts_activations *a, const struct shard *shard)
{
    const int first = shard->first * x->used, end = first + shard->rows * x->used;
    int32_t *start = start_of(x, a, shard->index), next = first;
    for (int e = 0; e < x->count; e++) {
        start[e] = next;
        for (int i = first; i < end; i++)
            if (a->chosen[i] == e)
                a->slot[i] = next++;
    }
    start[x->count] = next;
}

static void route(const struct pass *pass, const struct experts *x, struct experts_activations *a,
                  const real *u)
{
    const struct shard *shard = &pass->shard;
    real *p = shard_rows(a->probability, shard, x->count);
    linear_forward(pass, x->router, shard_rows_const(u, shard, pass->config->width), p,
                   shard->rows);
    for (int row = 0; row < shard->rows; row++) {
        softmax(p + row * x->count, x->count);
        choose(p + row * x->count, x->count, a->chosen + (shard->first + row) * x->used, x->used);
    }
    sort(x, a, shard);
}

/* forward: p = softmax(logits);  out += sum_j p_j output_j
 * backward: dp_j = df . output_j of the chosen, 0 of the others;  doutput_j = p_j df;
 *     dlogits = p (dp - sum_j p_j dp_j) */
static void route_backward(const struct pass *pass, const struct experts *x,
                           const struct experts_activations *a, struct experts_gradients *g,
                           const real *df)
{
    const size_t D = (size_t)pass->config->width;
    for (int row = pass->shard.first; row < pass->shard.first + pass->shard.rows; row++) {
        const real *d = df + (size_t)row * D, *p = a->probability + row * x->count;
        real *dlogits = g->dlogits + row * x->count, mean = 0;
        real dp[CONFIG_EXPERTS_MAX] = {0};
        for (int j = row * x->used; j < (row + 1) * x->used; j++) {
            const int e = a->chosen[j];
            const real *output = a->output + (size_t)a->slot[j] * D;
            real *doutput = g->doutput + (size_t)a->slot[j] * D;
            for (size_t i = 0; i < D; i++) {
                dp[e] += d[i] * output[i];
                doutput[i] = p[e] * d[i];
            }
            mean += p[e] * dp[e];
        }
        for (int e = 0; e < x->count; e++)
            dlogits[e] = p[e] * (dp[e] - mean);
    }
}

/* ---- the experts ------------------------------------------------------------------------------*/

/* Expert e's part of a tensor that holds the matrices of all of them. */
static struct tensor part_of(const struct experts *x, const struct parameters *parameters,
                             int tensor, int e)
{
    struct tensor part = parameters->tensor[tensor];
    part.rows /= x->count;
    part.offset += (size_t)e * tensor_size(&part);
    return part;
}

/* y = x W^T for `rows` rows of expert e; dx = dy W. */
static void forward(const struct pass *pass, const struct experts *x, int tensor, int e,
                    const real *from, real *to, int rows)
{
    const struct tensor w = part_of(x, pass->parameters, tensor, e);
    pass->kernels->linear_forward(to, from, pass->parameters->weight + w.offset, rows, w.cols,
                                  w.rows);
}

static void backward(const struct pass *pass, const struct experts *x, int tensor, int e,
                     const real *from, real *to, int rows)
{
    const struct tensor w = part_of(x, pass->parameters, tensor, e);
    pass->kernels->linear_backward_data(to, from, pass->parameters->weight + w.offset, rows, w.cols,
                                        w.rows);
}

/* Expert rows `first` .. `first + rows - 1` around the activation. */
static struct activation_rows activation_rows(const struct model_config *c,
                                              const struct experts_activations *a, int first,
                                              int rows)
{
    const size_t at = (size_t)first * (size_t)c->ffn;
    return (struct activation_rows){
        .rows = rows,
        .width = c->ffn,
        .up = a->up + at,
        .gate = a->gate ? a->gate + at : NULL,
        .active = a->active + at,
    };
}

void experts_forward(const struct pass *pass, const struct experts *x,
                     struct experts_activations *a, const real *u, real *out)
{
    const size_t D = (size_t)pass->config->width;
    const int first = pass->shard.first * x->used, end = first + pass->shard.rows * x->used;
    const int32_t *start = start_of(x, a, pass->shard.index);
    route(pass, x, a, u);
    for (int i = first; i < end; i++)
        memcpy(a->input + (size_t)a->slot[i] * D, u + (size_t)(i / x->used) * D, D * sizeof(real));
    for (int e = 0; e < x->count; e++) {
        const int at = start[e], rows = start[e + 1] - at;
        const struct activation_rows activation = activation_rows(pass->config, a, at, rows);
        const real *input = a->input + (size_t)at * D;
        if (rows == 0)
            continue;
        forward(pass, x, x->up, e, input, activation.up, rows);
        if (activation.gate)
            forward(pass, x, x->gate, e, input, activation.gate, rows);
        pass->kernels->activation_forward[pass->config->activation](&activation);
        forward(pass, x, x->down, e, activation.active, a->output + (size_t)at * D, rows);
    }
    for (int i = first; i < end; i++) {
        const int row = i / x->used;
        const real p = a->probability[row * x->count + a->chosen[i]];
        const real *from = a->output + (size_t)a->slot[i] * D;
        real *to = out + (size_t)row * D;
        for (size_t d = 0; d < D; d++)
            to[d] += p * from[d];
    }
}

/* doutput to dinput, through expert e. */
static void expert_backward(const struct pass *pass, const struct experts *x,
                            const struct experts_activations *a, struct experts_gradients *g, int e)
{
    const size_t D = (size_t)pass->config->width, F = (size_t)pass->config->ffn;
    const int32_t *start = start_of(x, a, pass->shard.index);
    const int at = start[e], rows = start[e + 1] - at;
    struct activation_rows activation = activation_rows(pass->config, a, at, rows);
    real *dinput = pass->workspace->dinput + (size_t)at * D;
    if (rows == 0)
        return;
    activation.dup = g->dup + (size_t)at * F;
    activation.dgate = a->gate ? g->dgate + (size_t)at * F : NULL;
    backward(pass, x, x->down, e, g->doutput + (size_t)at * D, activation.dup, rows);
    pass->kernels->activation_backward(&activation);
    backward(pass, x, x->up, e, activation.dup, dinput, rows);
    if (activation.gate) {
        real *dinput_part = pass->workspace->dinput_part + (size_t)at * D;
        backward(pass, x, x->gate, e, activation.dgate, dinput_part, rows);
        pass->kernels->add(dinput, dinput_part, (size_t)rows * D);
    }
}

void experts_backward(const struct pass *pass, const struct experts *x,
                      const struct experts_activations *a, struct experts_gradients *g,
                      const real *df, real *du)
{
    const struct shard *shard = &pass->shard;
    const size_t D = (size_t)pass->config->width;
    const int first = shard->first * x->used, end = first + shard->rows * x->used;
    real *du_part = shard_rows(pass->workspace->du_part, shard, (int)D);
    route_backward(pass, x, a, g, df);
    linear_backward_data(pass, x->router, shard_rows(g->dlogits, shard, x->count), du_part,
                         shard->rows);
    pass->kernels->add(shard_rows(du, shard, (int)D), du_part, (size_t)shard->rows * D);
    for (int e = 0; e < x->count; e++)
        expert_backward(pass, x, a, g, e);
    for (int i = first; i < end; i++)
        pass->kernels->add(du + (size_t)(i / x->used) * D,
                           pass->workspace->dinput + (size_t)a->slot[i] * D, D);
}

/* ---- weights ----------------------------------------------------------------------------------*/

int experts_matrices(const struct experts *x)
{
    return 1 + x->count * matrices_each(x);
}

struct weight_product experts_weight_product(const struct experts *x,
                                             const struct experts_activations *a,
                                             const struct experts_gradients *g, const real *u,
                                             int which)
{
    const int each = matrices_each(x), e = (which - 1) / each;
    const struct weight_product products[] = {
        {.tensor = x->up, .expert = e, .dy = g->dup, .x = a->input},
        {.tensor = x->down, .expert = e, .dy = g->doutput, .x = a->active},
        {.tensor = x->gate, .expert = e, .dy = g->dgate, .x = a->input},
    };
    if (which == 0)
        return (struct weight_product){.tensor = x->router, .expert = -1, .dy = g->dlogits, .x = u};
    return products[(which - 1) % each];
}

/* Copies the rows of expert e out of an array [M][width], shard by shard, to `to`, dense; returns
 * their number. */
static int collect(const struct pass *pass, const struct experts *x,
                   const struct experts_activations *a, int e, const real *from, int width,
                   real *to)
{
    int rows = 0;
    for (int shard = 0; shard < config_shards(pass->config); shard++) {
        const int32_t *start = start_of(x, a, shard) + e;
        const size_t size = (size_t)width;
        memcpy(to + (size_t)rows * size, from + (size_t)start[0] * size,
               (size_t)(start[1] - start[0]) * size * sizeof(real));
        rows += start[1] - start[0];
    }
    return rows;
}

/* The number of choices of the experts 0 .. e-1, over all shards. */
static size_t choices_before(const struct pass *pass, const struct experts *x,
                             const struct experts_activations *a, int e)
{
    size_t count = 0;
    for (int shard = 0; shard < config_shards(pass->config); shard++) {
        const int32_t *start = start_of(x, a, shard);
        count += (size_t)(start[e] - start[0]);
    }
    return count;
}

void experts_backward_weight(const struct pass *pass, const struct experts *x,
                             const struct experts_activations *a, struct gradients *gradients,
                             const struct weight_product *product)
{
    const int e = product->expert;
    const size_t matrix = product->tensor == x->up ? 0 : product->tensor == x->down ? 1 : 2;
    const struct tensor w = part_of(x, pass->parameters, product->tensor, e);
    const size_t wide = (size_t)(w.rows + w.cols);
    real *dw = gradients->dweight + w.offset;
    real *dy = pass->workspace->expert_rows +
               (matrix * choices(pass->config) + choices_before(pass, x, a, e)) * wide;
    const int rows = collect(pass, x, a, e, product->dy, w.rows, dy);
    real *input = dy + (size_t)rows * (size_t)w.rows;
    collect(pass, x, a, e, product->x, w.cols, input);
    if (rows > 0)
        pass->kernels->linear_backward_weight(dw, dy, input, rows, w.cols, w.rows);
    else
        memset(dw, 0, tensor_size(&w) * sizeof(real));
}
