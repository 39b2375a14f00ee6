/* See trace.h. */
#include "core/trace.h"

#include "core/beside.h"
#include "core/branch.h"
#include "core/linear.h"
#include "core/model.h"
#include "core/pass.h"

#include <stdlib.h>
#include <string.h>

/* What one run works on. */
struct work {
    struct pass pass;               /* all rows */
    struct activations activations; /* the model's, but that the sublayers may be connected anew */
    struct gradients *gradients;
    const struct block_gradients *block; /* those of the first block */
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
    const int D = work->pass.config->width;
    return copy_matrix(from, work->pass.shard.rows, D, D);
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
    note(work, place, point, work->pass.shard.rows, work->pass.config->width,
         copy_stream(work, value));
}

static void note_dstream(const struct work *work, enum trace_place place, enum trace_point point,
                         const real *dvalue)
{
    work->trace->point[place][point].dvalue = copy_stream(work, dvalue);
}

/* ---- attention -------------------------------------------------------------------------------*/

/* P[H T][T], head below head, from [H][Tp keys][Tp queries]. */
static real *copy_probability(const struct model_config *c, const real *from)
{
    const int T = c->context, Tp = attention_pad(T);
    real *probability = new_matrix(c->heads * T, T);
    for (int row = 0; row < c->heads * T; row++)
        for (int key = 0; key < T; key++)
            probability[row * T + key] = from[(row / T * Tp + key) * Tp + row % T];
    return probability;
}

static void attention_values(const struct work *work, const struct attention_activations *a)
{
    const struct model_config *c = work->pass.config;
    const int T = c->context, D = c->width, K = config_kv_width(c), stride = D + 2 * K;
    note(work, TRACE_IN_ATTENTION, TRACE_QUERY, T, D, copy_matrix(a->qkv, T, D, stride));
    note(work, TRACE_IN_ATTENTION, TRACE_KEY, T, K, copy_matrix(a->qkv + D, T, K, stride));
    note(work, TRACE_IN_ATTENTION, TRACE_VALUE, T, K, copy_matrix(a->qkv + D + K, T, K, stride));
    note(work, TRACE_IN_ATTENTION, TRACE_ATTENTION, c->heads * T, T,
         copy_probability(c, a->probability));
    note_stream(work, TRACE_IN_ATTENTION, TRACE_WEIGHTED, a->weighted);
}

/* forward: weighted = p v, in head h;  dp[T][T] = dweighted v^T where the query sees the key */
static void probability_gradient(const struct work *work, int window,
                                 const struct attention_activations *a, int h, real *dp)
{
    const struct model_config *c = work->pass.config;
    const int T = c->context, D = c->width, W = config_head_width(c), K = config_kv_width(c);
    const int of_kv = h / (c->heads / config_kv_heads(c)) * W;
    real *v = copy_matrix(a->qkv + D + K + of_kv, T, W, D + 2 * K);
    real *dweighted = copy_matrix(work->block->attention.dweighted + h * W, T, W, D);
    work->pass.kernels->linear_forward(dp, dweighted, v, T, W, T);
    free(dweighted);
    free(v);
    for (int query = 0; query < T; query++)
        for (int key = 0; key < T; key++)
            if ((c->mask == MASK_CAUSAL && key > query) ||
                (window > 0 && abs(query - key) >= window))
                dp[query * T + key] = 0;
}

static void attention_gradients(const struct work *work, const struct attention *attention,
                                const struct attention_activations *a)
{
    const struct model_config *c = work->pass.config;
    const int T = c->context, D = c->width, K = config_kv_width(c), stride = D + 2 * K;
    const real *dqkv = work->block->attention.dqkv;
    struct trace_tensor *point = work->trace->point[TRACE_IN_ATTENTION];
    real *dp = new_matrix(c->heads * T, T);
    for (int h = 0; h < c->heads; h++)
        probability_gradient(work, attention->window, a, h, dp + (size_t)(h * T) * (size_t)T);
    point[TRACE_QUERY].dvalue = copy_matrix(dqkv, T, D, stride);
    point[TRACE_KEY].dvalue = copy_matrix(dqkv + D, T, K, stride);
    point[TRACE_VALUE].dvalue = copy_matrix(dqkv + D + K, T, K, stride);
    point[TRACE_ATTENTION].dvalue = dp;
    note_dstream(work, TRACE_IN_ATTENTION, TRACE_WEIGHTED, work->block->attention.dweighted);
}

/* ---- feed-forward ----------------------------------------------------------------------------*/

/* u W^T + b, which the activation overwrites. */
static real *projection(const struct work *work, int weight, int bias, const real *u)
{
    const struct pass *pass = &work->pass;
    const int F = pass->config->ffn, T = pass->shard.rows;
    real *rows = new_matrix(T, F);
    linear_forward(pass, weight, u, rows, T);
    pass->kernels->bias_forward(rows, weight_of(pass->parameters, bias), T, F);
    return rows;
}

static void feed_forward_values(const struct work *work, const struct feed_forward *f,
                                const struct feed_forward_activations *a, const real *u)
{
    const int F = work->pass.config->ffn, T = work->pass.shard.rows;
    note(work, TRACE_IN_FEED_FORWARD, TRACE_UP, T, F, projection(work, f->up, f->up_bias, u));
    if (f->gate >= 0)
        note(work, TRACE_IN_FEED_FORWARD, TRACE_GATE, T, F,
             projection(work, f->gate, f->gate_bias, u));
    note(work, TRACE_IN_FEED_FORWARD, TRACE_HIDDEN, T, F, copy_matrix(a->active, T, F, F));
}

static void feed_forward_gradients(const struct work *work, const struct feed_forward *f,
                                   const real *df)
{
    const struct feed_forward_gradients *g = &work->block->feed_forward;
    const int F = work->pass.config->ffn, T = work->pass.shard.rows;
    struct trace_tensor *point = work->trace->point[TRACE_IN_FEED_FORWARD];
    point[TRACE_UP].dvalue = copy_matrix(g->dup, T, F, F);
    if (f->gate >= 0)
        point[TRACE_GATE].dvalue = copy_matrix(g->dgate, T, F, F);
    /* forward: f = hidden W_down^T */
    point[TRACE_HIDDEN].dvalue = new_matrix(T, F);
    linear_backward_data(&work->pass, f->down, df, point[TRACE_HIDDEN].dvalue, T);
}

/* ---- a sublayer ------------------------------------------------------------------------------*/

static enum trace_place place_of(const struct sublayer *s)
{
    return s->attention.present ? TRACE_IN_ATTENTION : TRACE_IN_FEED_FORWARD;
}

static void sublayer_values(struct work *work, int index)
{
    const struct pass *pass = &work->pass;
    const struct sublayer *s = &pass->parameters->sublayer[index];
    struct sublayer_activations *a = &work->activations.sublayer[index];
    const enum trace_place place = place_of(s);
    const int T = pass->shard.rows, D = pass->config->width;
    real *branch = new_matrix(T, D);

    sublayer_forward(pass, &work->activations, index);
    note_stream(work, place, TRACE_X, a->x);
    if (s->in.present)
        note_stream(work, place, TRACE_NORM_IN, a->in.out);
    branch_forward(pass, s, a, branch); /* again: not every placement keeps it */
    pass->kernels->bias_forward(branch, branch_bias(pass->parameters, s), T, D);
    if (s->attention.present)
        attention_values(work, &a->attention);
    else
        feed_forward_values(work, &s->feed_forward, &a->feed_forward, a->u);
    note(work, place, TRACE_BRANCH, T, D, branch);
    if (s->branch.present)
        note_stream(work, place, TRACE_NORM_BRANCH, a->branch.out);
    if (work->activations.second_stream)
        note_stream(work, place, TRACE_SECOND, work->activations.second_stream);
    note_stream(work, place, TRACE_SUM, s->out.present ? a->sum : a->y);
    note_stream(work, place, TRACE_OUTPUT, a->y);
}

/* forward: sum = a x + ...;  u = Nin(x).  Notes the two summands of dx: by the skip, and by the
 * branch. */
static void input_parts(const struct work *work, int index, const real *dsum)
{
    const struct pass *pass = &work->pass;
    const struct sublayer *s = &pass->parameters->sublayer[index];
    const struct sublayer_activations *a = &work->activations.sublayer[index];
    const int D = pass->config->width, T = pass->shard.rows;
    real **part = work->trace->part[place_of(s)];
    part[TRACE_BY_SKIP] = new_matrix(T, D);
    pass->kernels->skip_backward(
        &(struct join_rows){
            .rows = T,
            .width = D,
            .x = a->x,
            .skip = s->skip,
            .skip_each = weight_of(pass->parameters, s->skip_tensor),
        },
        dsum, part[TRACE_BY_SKIP], dvector_of(pass, s->skip_tensor));
    if (s->in.present) {
        part[TRACE_BY_BRANCH] = new_matrix(T, D);
        norm_backward(pass, &s->in, &a->in, pass->workspace->du, NULL, part[TRACE_BY_BRANCH]);
    } else {
        part[TRACE_BY_BRANCH] = copy_stream(work, pass->workspace->du);
    }
}

static void sublayer_gradients(const struct work *work, int index, const real *dy, real *dx)
{
    const struct pass *pass = &work->pass;
    const struct sublayer *s = &pass->parameters->sublayer[index];
    const struct sublayer_activations *a = &work->activations.sublayer[index];
    const enum trace_place place = place_of(s);

    sublayer_backward(pass, &work->activations, index, work->gradients, dy, dx);
    const real *dsum = sublayer_dsum(s, work->block, dy), *df = sublayer_df(s, work->block, dy);
    note_dstream(work, place, TRACE_OUTPUT, dy);
    note_dstream(work, place, TRACE_SUM, dsum);
    if (work->gradients->dsecond_stream)
        note_dstream(work, place, TRACE_SECOND, work->gradients->dsecond_stream);
    if (s->branch.present)
        note_dstream(work, place, TRACE_NORM_BRANCH, sublayer_djoined(s, work->block, dy));
    note_dstream(work, place, TRACE_BRANCH, df);
    if (s->attention.present)
        attention_gradients(work, &s->attention, &a->attention);
    else
        feed_forward_gradients(work, &s->feed_forward, df);
    if (s->in.present)
        note_dstream(work, place, TRACE_NORM_IN, pass->workspace->du);
    input_parts(work, index, dsum);
}

/* ---- the block -------------------------------------------------------------------------------*/

/* forward: out = x_L + N(s) */
static void end_values(struct work *work)
{
    const struct pass *pass = &work->pass;
    struct activations *a = &work->activations;
    note_stream(work, TRACE_AT_END, TRACE_X, a->stream[pass->config->layers]);
    note_stream(work, TRACE_AT_END, TRACE_SECOND, a->second_stream);
    if (pass->parameters->final.present) {
        norm_forward(pass, &pass->parameters->final, &a->final);
        note_stream(work, TRACE_AT_END, TRACE_NORM_IN, a->final.out);
    }
    beside_head_forward(pass, a);
    note_stream(work, TRACE_AT_END, TRACE_OUTPUT, a->final.out);
}

/* Leaves the gradients of x_L and of the second stream in the model. */
static void end_gradients(const struct work *work)
{
    struct gradients *g = work->gradients;
    beside_head_backward(&work->pass, &work->activations, g);
    note_dstream(work, TRACE_AT_END, TRACE_OUTPUT, g->dhead_input);
    if (work->pass.parameters->final.present)
        note_dstream(work, TRACE_AT_END, TRACE_NORM_IN, g->dhead_input);
    note_dstream(work, TRACE_AT_END, TRACE_SECOND, g->dsecond_stream);
    note_dstream(work, TRACE_AT_END, TRACE_X, g->dstream[work->pass.config->layers]);
}

/* The summand of the gradient of the block's input that the second stream or B2T's skip adds
 * (beside.h); B2T's is there only when the last sublayer runs. */
static void beside_gradients(const struct work *work, int first, int last)
{
    const struct sublayer *sublayer = work->pass.parameters->sublayer;
    const struct gradients *g = work->gradients;
    const enum trace_place place = place_of(&sublayer[first]);
    if (g->dsecond_stream || sublayer[last].adds_block_input) {
        work->trace->part[place][TRACE_BY_BESIDE] = copy_stream(
            work, g->dsecond_stream ? g->dsecond_stream
                                    : sublayer_dsum(&sublayer[last], work->block, g->dstream[1]));
        beside_block_backward(&work->pass, g, 0, g->dstream[0]);
    }
    note_dstream(work, place, TRACE_X, g->dstream[0]);
}

/* Packs the weights of the block that sublayer 0 belongs to. */
static void pack(const struct pass *pass)
{
    const struct parameters *p = pass->parameters;
    const int block = p->tensor[p->sublayer[0].attention.proj].block;
    for (int tensor = 0; tensor < p->tensors; tensor++)
        if (p->tensor[tensor].block == block)
            linear_pack(pass, tensor);
}

/* Runs the sublayers `first` .. `last` forward and backward, and notes their tensors. */
static void run(struct work *work, int first, int last, const real *x, const real *dy)
{
    const struct model_config *c = work->pass.config;
    struct activations *a = &work->activations;
    struct gradients *g = work->gradients;
    const size_t bytes = (size_t)c->context * (size_t)c->width * sizeof(real);

    pack(&work->pass);
    memcpy(a->stream[0], x, bytes);
    beside_embed(&work->pass, a);
    for (int i = first; i <= last; i++)
        sublayer_values(work, i);
    if (a->second_stream) {
        end_values(work);
        memcpy(g->dhead_input, dy, bytes);
        end_gradients(work);
    } else {
        memcpy(g->dstream[1], dy, bytes);
    }
    const real *behind = g->dstream[1];
    for (int i = last; i >= first; i--) {
        real *before = i == first ? g->dstream[0] : work->block->dmiddle;
        sublayer_gradients(work, i, behind, before);
        if (i > first)
            note_dstream(work, TRACE_IN_FEED_FORWARD, TRACE_X, before);
        behind = before;
    }
    beside_gradients(work, first, last);
}

void trace_open(struct trace *trace, struct model *model, const bool wanted[SUBLAYERS_PER_BLOCK],
                const real *x, const real *dy)
{
    struct sublayer_activations sublayer[SUBLAYERS_PER_BLOCK];
    struct work work = {
        .pass =
            {
                .config = &model->config,
                .kernels = model->kernels,
                .parameters = &model->parameters,
                .workspace = &model->workspace,
                .shard = {.rows = model->config.context},
            },
        .activations = model->activations,
        .gradients = &model->gradients,
        .block = gradients_of_block(&model->gradients, 0),
        .trace = trace,
    };
    const int first = wanted[SUBLAYER_ATTENTION] ? SUBLAYER_ATTENTION : SUBLAYER_FEED_FORWARD;
    const int last = wanted[SUBLAYER_FEED_FORWARD] ? SUBLAYER_FEED_FORWARD : SUBLAYER_ATTENTION;

    *trace = (struct trace){0};
    memcpy(sublayer, model->activations.sublayer, sizeof sublayer);
    work.activations.sublayer = sublayer;
    sublayer_connect(&sublayer[first], &model->parameters.sublayer[first],
                     model->activations.stream[0], sublayer[first].y);
    sublayer_connect(&sublayer[last], &model->parameters.sublayer[last], sublayer[last].x,
                     model->activations.stream[1]);
    run(&work, first, last, x, dy);
}

void trace_close(struct trace *trace)
{
    for (int place = 0; place < TRACE_PLACES; place++) {
        for (int point = 0; point < TRACE_POINTS; point++) {
            free(trace->point[place][point].value);
            free(trace->point[place][point].dvalue);
        }
        for (int part = 0; part < TRACE_PARTS; part++)
            free(trace->part[place][part]);
    }
    *trace = (struct trace){0};
}
