/* See trace.h. */
#include "core/trace.h"

#include "base/memory.h"
#include "core/beside.h"
#include "core/branch.h"
#include "core/linear.h"
#include "core/sublayer.h"

#include <stdlib.h>
#include <string.h>

/* What one run works on. */
struct work {
    const struct model *model;
    const struct block_gradients *gradients;
    struct shard shard; /* all rows */
    struct trace *trace;
};

/* ---- copies ----------------------------------------------------------------------------------*/

static real *new_matrix(int rows, int cols)
{
    return memory_new((size_t)rows * (size_t)cols, sizeof(real));
}

/* A dense copy of a matrix whose rows lie `stride` numbers apart. */
static real *copy_matrix(const real *from, int rows, int cols, int stride)
{
    real *copy = new_matrix(rows, cols);
    for (int row = 0; row < rows; row++)
        memcpy(copy + (size_t)row * (size_t)cols, from + (size_t)row * (size_t)stride,
               (size_t)cols * sizeof(real));
    return copy;
}

static real *copy_stream(const struct work *work, const real *from)
{
    const int D = work->model->config.width;
    return copy_matrix(from, work->shard.rows, D, D);
}

/* A tensor of the trace from arrays that it takes over. */
static void note(const struct work *work, enum trace_place place, enum trace_point point, int rows,
                 int cols, real *value)
{
    work->trace->point[place][point] =
        (struct trace_tensor){.rows = rows, .cols = cols, .value = value};
}

static void note_stream(const struct work *work, enum trace_place place, enum trace_point point,
                        const real *value)
{
    note(work, place, point, work->shard.rows, work->model->config.width, copy_stream(work, value));
}

static void note_stream_gradient(const struct work *work, enum trace_place place,
                                 enum trace_point point, const real *grad)
{
    work->trace->point[place][point].grad = copy_stream(work, grad);
}

/* ---- attention -------------------------------------------------------------------------------*/

static void attention_values(const struct work *work, const struct attention *a)
{
    const struct model_config *c = &work->model->config;
    const int T = c->context, D = c->width, K = config_kv_width(c), H = c->heads;
    const int stride = D + 2 * K;
    real *probability = new_matrix(H * T, T);
    for (int row = 0; row < H * T; row++)
        for (int key = 0; key < T; key++)
            probability[row * T + key] = model_attention(work->model, 0, 0, row / T, row % T, key);
    note(work, TRACE_IN_ATTENTION, TRACE_QUERY, T, D, copy_matrix(a->qkv_rows, T, D, stride));
    note(work, TRACE_IN_ATTENTION, TRACE_KEY, T, K, copy_matrix(a->qkv_rows + D, T, K, stride));
    note(work, TRACE_IN_ATTENTION, TRACE_VALUE, T, K,
         copy_matrix(a->qkv_rows + D + K, T, K, stride));
    note(work, TRACE_IN_ATTENTION, TRACE_ATTENTION, H * T, T, probability);
    note_stream(work, TRACE_IN_ATTENTION, TRACE_MIXED, a->values);
}

/* forward: mixed = p v, in head h;  dp[T][T] = dmixed v^T where the query sees the key */
static void probability_gradient(const struct work *work, const struct attention *a, int h,
                                 real *dp)
{
    const struct model_config *c = &work->model->config;
    const int T = c->context, D = c->width, W = config_head_width(c), K = config_kv_width(c);
    const int of_kv = h / (c->heads / config_kv_heads(c)) * W;
    real *v = copy_matrix(a->qkv_rows + D + K + of_kv, T, W, D + 2 * K);
    real *across = new_matrix(W, T);
    work->model->kernels->panels(v, across, T, W);
    work->model->kernels->product(&(struct product){
        .rows = T,
        .columns = T,
        .depth = W,
        .a = work->gradients->attention.values + h * W,
        .a_stride = (size_t)D,
        .b = across,
        .b_panels = true,
        .c = dp,
    });
    free(across);
    free(v);
    for (int query = 0; query < T; query++)
        for (int key = 0; key < T; key++)
            if ((c->mask == MASK_CAUSAL && key > query) ||
                (a->window > 0 && abs(query - key) >= a->window))
                dp[query * T + key] = 0;
}

static void attention_gradients(const struct work *work, const struct attention *a)
{
    const struct model_config *c = &work->model->config;
    const int T = c->context, D = c->width, K = config_kv_width(c), stride = D + 2 * K;
    const real *d = work->gradients->attention.qkv_rows;
    struct trace_tensor *point = work->trace->point[TRACE_IN_ATTENTION];
    point[TRACE_QUERY].grad = copy_matrix(d, T, D, stride);
    point[TRACE_KEY].grad = copy_matrix(d + D, T, K, stride);
    point[TRACE_VALUE].grad = copy_matrix(d + D + K, T, K, stride);
    point[TRACE_ATTENTION].grad = new_matrix(c->heads * T, T);
    for (int h = 0; h < c->heads; h++)
        probability_gradient(work, a, h, point[TRACE_ATTENTION].grad + (size_t)(h * T) * (size_t)T);
    note_stream_gradient(work, TRACE_IN_ATTENTION, TRACE_MIXED, work->gradients->attention.values);
}

/* ---- feed-forward ----------------------------------------------------------------------------*/

/* u W^T + b, which the activation overwrites. */
static real *projection(const struct work *work, int weight, int bias, const real *u)
{
    const struct model *model = work->model;
    const int F = model->config.ffn, T = work->shard.rows;
    real *rows = new_matrix(T, F);
    linear_forward(model, weight, u, rows, T);
    model->kernels->bias_forward(rows, weight_of(model, bias), T, F);
    return rows;
}

static void feed_forward_values(const struct work *work, const struct feed_forward *f,
                                const real *u)
{
    const int F = work->model->config.ffn, T = work->shard.rows;
    note(work, TRACE_IN_FEED_FORWARD, TRACE_UP, T, F, projection(work, f->up, f->up_bias, u));
    if (f->gate >= 0)
        note(work, TRACE_IN_FEED_FORWARD, TRACE_GATE, T, F,
             projection(work, f->gate, f->gate_bias, u));
    note(work, TRACE_IN_FEED_FORWARD, TRACE_HIDDEN, T, F, copy_matrix(f->active, T, F, F));
}

static void feed_forward_gradients(const struct work *work, const struct feed_forward *f,
                                   const real *df)
{
    const struct feed_forward_gradients *g = &work->gradients->feed_forward;
    const int F = work->model->config.ffn, T = work->shard.rows;
    struct trace_tensor *point = work->trace->point[TRACE_IN_FEED_FORWARD];
    point[TRACE_UP].grad = copy_matrix(g->up_rows, T, F, F);
    if (f->gate >= 0)
        point[TRACE_GATE].grad = copy_matrix(g->gate_rows, T, F, F);
    /* forward: f = hidden W_down^T */
    point[TRACE_HIDDEN].grad = new_matrix(T, F);
    linear_backward_data(work->model, f->down, df, point[TRACE_HIDDEN].grad, T);
}

/* ---- a sublayer ------------------------------------------------------------------------------*/

static void sublayer_values(const struct work *work, const struct sublayer *s)
{
    const struct model *model = work->model;
    const enum trace_place place =
        s->attention.present ? TRACE_IN_ATTENTION : TRACE_IN_FEED_FORWARD;
    const real *u = s->in.present ? s->in.out : s->x;
    real *branch = new_matrix(work->shard.rows, model->config.width);

    sublayer_forward(model, s, &work->shard);
    note_stream(work, place, TRACE_X, s->x);
    if (s->in.present)
        note_stream(work, place, TRACE_NORM_IN, s->in.out);
    branch_forward(model, s, &work->shard, u, branch); /* again: not every placement keeps it */
    model->kernels->bias_forward(branch, branch_bias(model, s), work->shard.rows,
                                 model->config.width);
    if (s->attention.present)
        attention_values(work, &s->attention);
    else
        feed_forward_values(work, &s->feed_forward, u);
    note(work, place, TRACE_BRANCH, work->shard.rows, model->config.width, branch);
    if (s->branch.present)
        note_stream(work, place, TRACE_NORM_BRANCH, s->branch.out);
    if (model->dual)
        note_stream(work, place, TRACE_SECOND, model->dual);
    note_stream(work, place, TRACE_SUM, s->out.present ? s->sum : s->y);
    note_stream(work, place, TRACE_OUTPUT, s->y);
}

/* forward: sum = a x + ...;  u = Nin(x).  The two that dx is the sum of. */
static void input_parts(const struct work *work, enum trace_place place, const struct sublayer *s,
                        const real *dsum)
{
    const struct model *model = work->model;
    const int D = model->config.width, T = work->shard.rows;
    real **part = work->trace->part[place];
    part[TRACE_BY_SKIP] = new_matrix(T, D);
    model->kernels->skip_backward(
        &(struct join_rows){
            .rows = T,
            .width = D,
            .x = s->x,
            .skip = s->skip,
            .skip_each = weight_of(model, s->skip_tensor),
        },
        dsum, part[TRACE_BY_SKIP], partial_of(model, s->skip_tensor, &work->shard));
    if (s->in.present) {
        part[TRACE_BY_BRANCH] = new_matrix(T, D);
        norm_site_backward(model, &s->in, &work->shard, s->x, model->through, NULL,
                           part[TRACE_BY_BRANCH]);
    } else {
        part[TRACE_BY_BRANCH] = copy_stream(work, model->through);
    }
}

static void sublayer_gradients(const struct work *work, const struct sublayer *s, const real *dy,
                               real *dx)
{
    const struct block_gradients *g = work->gradients;
    const enum trace_place place =
        s->attention.present ? TRACE_IN_ATTENTION : TRACE_IN_FEED_FORWARD;

    sublayer_backward(work->model, s, g, &work->shard, dy, dx);
    const real *dsum = s->out.present ? g->sublayer[s->kind].sum : dy;
    const real *df = sublayer_f_gradient(s, g, dy);
    note_stream_gradient(work, place, TRACE_OUTPUT, dy);
    note_stream_gradient(work, place, TRACE_SUM, dsum);
    if (work->model->dual)
        note_stream_gradient(work, place, TRACE_SECOND, work->model->ddual);
    if (s->branch.present)
        note_stream_gradient(work, place, TRACE_NORM_BRANCH, sublayer_joined_gradient(s, g, dy));
    note_stream_gradient(work, place, TRACE_BRANCH, df);
    if (s->attention.present)
        attention_gradients(work, &s->attention);
    else
        feed_forward_gradients(work, &s->feed_forward, df);
    if (s->in.present)
        note_stream_gradient(work, place, TRACE_NORM_IN, work->model->through);
    input_parts(work, place, s, dsum);
}

/* ---- the block -------------------------------------------------------------------------------*/

/* forward: out = x_L + N(s) */
static void end_values(const struct work *work)
{
    const struct model *model = work->model;
    const struct norm_site *final = &model->final;
    note_stream(work, TRACE_AT_END, TRACE_X, model->stream[model->config.layers]);
    note_stream(work, TRACE_AT_END, TRACE_SECOND, model->dual);
    if (final->present) {
        norm_site_forward(model, final, &work->shard, model->dual, final->out);
        note_stream(work, TRACE_AT_END, TRACE_NORM_IN, final->out);
    }
    beside_head_forward(model, &work->shard);
    note_stream(work, TRACE_AT_END, TRACE_OUTPUT, final->out);
}

/* Leaves the gradients of x_L and of the second stream in the model. */
static void end_gradients(const struct work *work)
{
    const struct model *model = work->model;
    beside_head_backward(model, &work->shard);
    note_stream_gradient(work, TRACE_AT_END, TRACE_OUTPUT, model->dfinal);
    if (model->final.present)
        note_stream_gradient(work, TRACE_AT_END, TRACE_NORM_IN, model->dfinal);
    note_stream_gradient(work, TRACE_AT_END, TRACE_SECOND, model->ddual);
    note_stream_gradient(work, TRACE_AT_END, TRACE_X, model->dstream[model->config.layers]);
}

/* What comes to the gradient of the block's input beside the equation; the last sublayer has no
 * part in it when it does not run. */
static void beside_gradients(const struct work *work, const struct sublayer *first,
                             const struct sublayer *last)
{
    const struct model *model = work->model;
    const enum trace_place place =
        first->attention.present ? TRACE_IN_ATTENTION : TRACE_IN_FEED_FORWARD;
    if (model->dual || last->block_input) {
        work->trace->part[place][TRACE_BY_BESIDE] =
            copy_stream(work, model->dual         ? model->ddual
                              : last->out.present ? work->gradients->sublayer[last->kind].sum
                                                  : model->dstream[1]);
        beside_block_backward(model, 0, work->gradients, &work->shard, model->dstream[0]);
    }
    note_stream_gradient(work, place, TRACE_X, model->dstream[0]);
}

/* The matrices of the block that the sublayer is in. */
static void prepare(const struct model *model, const struct sublayer *s)
{
    const int any = s->attention.present ? s->attention.qkv : s->feed_forward.up;
    for (int tensor = 0; tensor < model->tensors; tensor++)
        if (model->tensor[tensor].block == model->tensor[any].block)
            linear_prepare(model, tensor);
}

void trace_open(struct trace *trace, const struct model *model,
                const bool wanted[SUBLAYERS_PER_BLOCK], const real *x, const real *dy)
{
    const struct work work = {
        .model = model,
        .gradients = &model->block_gradients[0],
        .shard = {.index = 0, .first = 0, .rows = model->config.context},
        .trace = trace,
    };
    const size_t bytes = (size_t)model->config.context * (size_t)model->config.width * sizeof(real);
    struct sublayer run[SUBLAYERS_PER_BLOCK];
    int count = 0;

    *trace = (struct trace){0};
    for (int kind = 0; kind < SUBLAYERS_PER_BLOCK; kind++)
        if (wanted[kind])
            run[count++] = model->sublayer[kind];
    run[0].x = model->stream[0];
    run[count - 1].y = model->stream[1];

    prepare(model, &run[0]);
    memcpy(model->stream[0], x, bytes);
    beside_embed(model, &work.shard);
    for (int i = 0; i < count; i++)
        sublayer_values(&work, &run[i]);
    if (model->dual)
        end_values(&work);

    memcpy(model->dual ? model->dfinal : model->dstream[1], dy, bytes);
    if (model->dual)
        end_gradients(&work);
    const real *behind = model->dstream[1];
    for (int i = count - 1; i >= 0; i--) {
        real *before = i == 0 ? model->dstream[0] : work.gradients->middle;
        sublayer_gradients(&work, &run[i], behind, before);
        if (i > 0)
            note_stream_gradient(&work, TRACE_IN_FEED_FORWARD, TRACE_X, before);
        behind = before;
    }
    beside_gradients(&work, &run[0], &run[count - 1]);
}

void trace_close(struct trace *trace)
{
    for (int place = 0; place < TRACE_PLACES; place++) {
        for (int point = 0; point < TRACE_POINTS; point++) {
            free(trace->point[place][point].value);
            free(trace->point[place][point].grad);
        }
        for (int part = 0; part < TRACE_PARTS; part++)
            free(trace->part[place][part]);
    }
    *trace = (struct trace){0};
}
