/* See experts.h. Forward and backward stand side by side. */
#include "core/experts.h"

#include "core/blas.h"
#include "core/linear.h"
#include "core/shard.h"
#include "core/tensors.h"

#include <math.h>
#include <string.h>

/* ---- memory ----------------------------------------------------------------------------------*/

/* M */
static size_t choices(const struct model_config *c)
{
    return (size_t)(c->batch * c->context) * (size_t)config_experts_used(c);
}

void experts_carve(struct model *model, struct experts *x, int block)
{
    const struct model_config *c = &model->config;
    const size_t N = (size_t)(c->batch * c->context), E = (size_t)c->experts, M = choices(c);
    const size_t D = (size_t)c->width, F = (size_t)c->ffn;
    x->count = c->experts;
    x->used = config_experts_used(c);
    x->router = tensors_find(model, "router.weight", block);
    x->up = tensors_find(model, "experts.up.weight", block);
    x->gate = tensors_find(model, "experts.gate.weight", block);
    x->down = tensors_find(model, "experts.down.weight", block);
    x->router_rows = model_take(model, N * E);
    x->chosen = arena_take(&model->arena, M, sizeof(int32_t));
    x->slot = arena_take(&model->arena, M, sizeof(int32_t));
    x->start = arena_take(&model->arena, (size_t)model->shards * (E + 1), sizeof(int32_t));
    x->input = model_take(model, M * D);
    x->up_rows = model_take(model, M * F);
    if (config_is_gated(c))
        x->gate_rows = model_take(model, M * F);
    x->active = model_take(model, M * F);
    x->output = model_take(model, M * D);
}

void experts_carve_gradients(struct model *model, struct experts_gradients *g)
{
    const struct model_config *c = &model->config;
    const size_t M = choices(c), D = (size_t)c->width, F = (size_t)c->ffn;
    g->output = model_take(model, M * D);
    g->up_rows = model_take(model, M * F);
    if (config_is_gated(c))
        g->gate_rows = model_take(model, M * F);
}

/* The matrices of one expert. */
static int matrices_each(const struct model_config *c)
{
    return config_is_gated(c) ? 3 : 2;
}

void experts_carve_shared(struct model *model)
{
    const struct model_config *c = &model->config;
    const size_t M = choices(c), D = (size_t)c->width, F = (size_t)c->ffn;
    model->expert_rows = model_take(model, (size_t)matrices_each(c) * M * (D + F));
    if (config_is_gated(c))
        model->expert_addend = model_take(model, M * D);
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

/* Where the shard keeps the first choice of each expert, [E+1]. */
static int32_t *start_of(const struct experts *x, const struct shard *shard)
{
    return x->start + shard->index * (x->count + 1);
}

/* Gives every choice of the shard its place, sorted by expert, then by row. */
static void sort(const struct experts *x, const struct shard *shard)
{
    const int first = shard->first * x->used, end = first + shard->rows * x->used;
    int32_t *start = start_of(x, shard), next = first;
    for (int e = 0; e < x->count; e++) {
        start[e] = next;
        for (int i = first; i < end; i++)
            if (x->chosen[i] == e)
                x->slot[i] = next++;
    }
    start[x->count] = next;
}

static void route(const struct model *model, const struct experts *x, const struct shard *shard,
                  const real *u)
{
    real *p = shard_rows(x->router_rows, shard, x->count);
    linear_forward(model, x->router, shard_rows_const(u, shard, model->config.width), p,
                   shard->rows);
    for (int row = 0; row < shard->rows; row++) {
        softmax(p + row * x->count, x->count);
        choose(p + row * x->count, x->count, x->chosen + (shard->first + row) * x->used, x->used);
    }
    sort(x, shard);
}

/* forward: p = softmax(logits);  out += sum_j p_j output_j
 * backward: dp_j = df . output_j of the chosen, 0 of the others;  doutput_j = p_j df;
 *     dlogits = p (dp - sum_j p_j dp_j)                 (in place of p) */
static void route_backward(const struct model *model, const struct experts *x,
                           const struct experts_gradients *g, const struct shard *shard,
                           const real *df)
{
    const size_t D = (size_t)model->config.width;
    for (int row = shard->first; row < shard->first + shard->rows; row++) {
        const real *d = df + (size_t)row * D;
        real *p = x->router_rows + row * x->count, mean = 0;
        real dp[CONFIG_EXPERTS_MAX] = {0};
        for (int j = row * x->used; j < (row + 1) * x->used; j++) {
            const int e = x->chosen[j];
            const real *output = x->output + (size_t)x->slot[j] * D;
            real *doutput = g->output + (size_t)x->slot[j] * D;
            for (size_t i = 0; i < D; i++) {
                dp[e] += d[i] * output[i];
                doutput[i] = p[e] * d[i];
            }
            mean += p[e] * dp[e];
        }
        for (int e = 0; e < x->count; e++)
            p[e] *= dp[e] - mean;
    }
}

/* ---- the experts ------------------------------------------------------------------------------*/

/* Expert e's part of a tensor that holds the matrices of all of them. */
static struct tensor part_of(const struct experts *x, const struct model *model, int tensor, int e)
{
    struct tensor part = model->tensor[tensor];
    part.rows /= x->count;
    part.offset += (size_t)e * tensor_size(&part);
    return part;
}

/* y = x W^T for `rows` rows of expert e; dx = dy W. */
static void forward(const struct model *model, const struct experts *x, int tensor, int e,
                    const real *from, real *to, int rows)
{
    const struct tensor w = part_of(x, model, tensor, e);
    blas_forward(to, from, model->weight + w.offset, rows, w.cols, w.rows);
}

static void backward(const struct model *model, const struct experts *x, int tensor, int e,
                     const real *from, real *to, int rows)
{
    const struct tensor w = part_of(x, model, tensor, e);
    blas_backward_data(to, from, model->weight + w.offset, rows, w.cols, w.rows);
}

/* Expert rows `first` .. `first + rows - 1` around the activation. */
static struct activation_rows activation_rows(const struct model *model, const struct experts *x,
                                              int first, int rows)
{
    const size_t F = (size_t)model->config.ffn, at = (size_t)first * F;
    return (struct activation_rows){
        .rows = rows,
        .width = model->config.ffn,
        .up = x->up_rows + at,
        .gate = x->gate_rows ? x->gate_rows + at : NULL,
        .active = x->active + at,
    };
}

void experts_forward(const struct model *model, const struct experts *x, const struct shard *shard,
                     const real *u, real *out)
{
    const size_t D = (size_t)model->config.width;
    const int first = shard->first * x->used, end = first + shard->rows * x->used;
    route(model, x, shard, u);
    for (int i = first; i < end; i++)
        memcpy(x->input + (size_t)x->slot[i] * D, u + (size_t)(i / x->used) * D, D * sizeof(real));
    for (int e = 0; e < x->count; e++) {
        const int at = start_of(x, shard)[e], rows = start_of(x, shard)[e + 1] - at;
        const struct activation_rows activation = activation_rows(model, x, at, rows);
        const real *input = x->input + (size_t)at * D;
        if (rows == 0)
            continue;
        forward(model, x, x->up, e, input, activation.up, rows);
        if (activation.gate)
            forward(model, x, x->gate, e, input, activation.gate, rows);
        model->kernels->activation_forward[model->config.activation](&activation);
        forward(model, x, x->down, e, activation.active, x->output + (size_t)at * D, rows);
    }
    for (int i = first; i < end; i++) {
        const int row = i / x->used;
        const real p = x->router_rows[row * x->count + x->chosen[i]];
        const real *from = x->output + (size_t)x->slot[i] * D;
        real *to = out + (size_t)row * D;
        for (size_t d = 0; d < D; d++)
            to[d] += p * from[d];
    }
}

/* The way back through expert e; its gradient of `input` takes the place of `output`. */
static void expert_backward(const struct model *model, const struct experts *x,
                            const struct experts_gradients *g, const struct shard *shard, int e)
{
    const size_t D = (size_t)model->config.width, F = (size_t)model->config.ffn;
    const int at = start_of(x, shard)[e], rows = start_of(x, shard)[e + 1] - at;
    struct activation_rows activation = activation_rows(model, x, at, rows);
    real *dinput = x->output + (size_t)at * D;
    if (rows == 0)
        return;
    activation.dup = g->up_rows + (size_t)at * F;
    activation.dgate = g->gate_rows ? g->gate_rows + (size_t)at * F : NULL;
    backward(model, x, x->down, e, g->output + (size_t)at * D, activation.dup, rows);
    model->kernels->activation_backward(&activation);
    backward(model, x, x->up, e, activation.dup, dinput, rows);
    if (activation.gate) {
        real *addend = model->expert_addend + (size_t)at * D;
        backward(model, x, x->gate, e, activation.dgate, addend, rows);
        model->kernels->add(dinput, addend, (size_t)rows * D);
    }
}

void experts_backward(const struct model *model, const struct experts *x,
                      const struct experts_gradients *g, const struct shard *shard, const real *df,
                      real *du)
{
    const size_t D = (size_t)model->config.width;
    const int first = shard->first * x->used, end = first + shard->rows * x->used;
    real *du_rows = shard_rows(du, shard, (int)D);
    real *addend = shard_rows(model->addend, shard, (int)D);
    route_backward(model, x, g, shard, df);
    linear_backward_data(model, x->router, shard_rows(x->router_rows, shard, x->count), addend,
                         shard->rows);
    model->kernels->add(du_rows, addend, (size_t)shard->rows * D);
    for (int e = 0; e < x->count; e++)
        expert_backward(model, x, g, shard, e);
    for (int i = first; i < end; i++)
        model->kernels->add(du + (size_t)(i / x->used) * D, x->output + (size_t)x->slot[i] * D, D);
}

/* ---- weights ----------------------------------------------------------------------------------*/

int experts_matrices(const struct model *model)
{
    return 1 + model->config.experts * matrices_each(&model->config);
}

/* Expert e's rows of an array [M][width], those of all shards one after the other; returns how
 * many. */
static int collect(const struct model *model, const struct experts *x, int e, const real *from,
                   int width, real *to)
{
    int rows = 0;
    for (int shard = 0; shard < model->shards; shard++) {
        const int32_t *start = x->start + shard * (x->count + 1) + e;
        const size_t size = (size_t)width;
        memcpy(to + (size_t)rows * size, from + (size_t)start[0] * size,
               (size_t)(start[1] - start[0]) * size * sizeof(real));
        rows += start[1] - start[0];
    }
    return rows;
}

/* How many choices fell on the experts before e. */
static size_t choices_before(const struct model *model, const struct experts *x, int e)
{
    size_t count = 0;
    for (int shard = 0; shard < model->shards; shard++) {
        const int32_t *start = x->start + shard * (x->count + 1);
        count += (size_t)(start[e] - start[0]);
    }
    return count;
}

void experts_weight_gradient(const struct model *model, const struct experts *x,
                             const struct experts_gradients *g, const real *u, int which)
{
    const struct model_config *c = &model->config;
    if (which == 0) {
        linear_backward_weight(model, x->router, x->router_rows, u, c->batch * c->context);
        return;
    }
    const int each = matrices_each(c), e = (which - 1) / each, matrix = (which - 1) % each;
    const struct {
        int tensor;
        const real *dy, *x;
    } products[] = {
        {x->up, g->up_rows, x->input},
        {x->down, g->output, x->active},
        {x->gate, g->gate_rows, x->input},
    };
    const struct tensor w = part_of(x, model, products[matrix].tensor, e);
    const size_t wide = (size_t)(w.rows + w.cols);
    real *dy =
        model->expert_rows + ((size_t)matrix * choices(c) + choices_before(model, x, e)) * wide;
    const int rows = collect(model, x, e, products[matrix].dy, w.rows, dy);
    real *input = dy + (size_t)rows * (size_t)w.rows;
    collect(model, x, e, products[matrix].x, w.cols, input);
    if (rows > 0)
        blas_backward_weight(model->grad + w.offset, dy, input, rows, w.cols, w.rows);
    else
        memset(model->grad + w.offset, 0, tensor_size(&w) * sizeof(real));
}
