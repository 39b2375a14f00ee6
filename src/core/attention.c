/* See attention.h. Forward and backward of each part stand side by side. */
#include "core/attention.h"

#include "core/linear.h"
#include "core/positions.h"
#include "core/shard.h"
#include "core/tensors.h"

/* ---- memory ----------------------------------------------------------------------------------*/

/* The width of q, k and v side by side; with a kv_rank that of q alone. */
static int qkv_width(const struct model_config *c)
{
    return c->kv_rank > 0 ? c->width : c->width + 2 * config_kv_width(c);
}

void attention_carve(struct model *model, struct attention *a, int block)
{
    const struct model_config *c = &model->config;
    const bool low_rank = c->kv_rank > 0;
    const size_t N = (size_t)(c->batch * c->context), D = (size_t)c->width;
    const size_t H = (size_t)c->heads, KV = (size_t)config_kv_heads(c);
    const size_t Tp = (size_t)attention_pad(c->context);

    a->present = true;
    a->window = config_window(c, block);
    a->qkv = tensors_find(model, low_rank ? "attn.q.weight" : "attn.qkv.weight", block);
    a->qkv_bias = tensors_find(model, low_rank ? "attn.q.bias" : "attn.qkv.bias", block);
    a->kv_down = tensors_find(model, "attn.kv_down.weight", block);
    a->kv_down_bias = tensors_find(model, "attn.kv_down.bias", block);
    a->kv_up = tensors_find(model, "attn.kv_up.weight", block);
    a->kv_up_bias = tensors_find(model, "attn.kv_up.bias", block);
    a->q_gain = tensors_find(model, "attn.q_norm.weight", block);
    a->k_gain = tensors_find(model, "attn.k_norm.weight", block);
    a->proj = tensors_find(model, "attn.proj.weight", block);
    a->proj_bias = tensors_find(model, "attn.proj.bias", block);

    a->qkv_rows = model_take(model, N * (size_t)qkv_width(c));
    if (low_rank) {
        a->latent = model_take(model, N * (size_t)c->kv_rank);
        a->kv_rows = model_take(model, N * 2 * D);
    }
    if (c->qk_norm) {
        a->normed = model_take(model, N * (D + (size_t)config_kv_width(c)));
        a->q_rstd = model_take(model, N * H);
        a->k_rstd = model_take(model, N * KV);
    }
    a->values = model_take(model, N * D);
    a->probability = model_take(model, (size_t)c->batch * H * Tp * Tp);
}

void attention_carve_gradients(struct model *model, struct attention_gradients *g)
{
    const struct model_config *c = &model->config;
    const size_t N = (size_t)(c->batch * c->context), D = (size_t)c->width;
    g->values = model_take(model, N * D);
    g->qkv_rows = model_take(model, N * (size_t)qkv_width(c));
    if (c->kv_rank > 0) {
        g->latent = model_take(model, N * (size_t)c->kv_rank);
        g->kv_rows = model_take(model, N * 2 * D);
    }
}

/* ---- where q, k and v lie ---------------------------------------------------------------------*/

/* q [N][H][W], k and v [N][KV][W], or their gradients. */
struct triple {
    struct strided q, k, v;
};

static struct triple triple_of(const struct model_config *c, real *qkv_rows, real *kv_rows)
{
    const int D = c->width, K = config_kv_width(c), stride = D + 2 * K;
    if (c->kv_rank > 0)
        return (struct triple){
            .q = {qkv_rows, D}, .k = {kv_rows, 2 * D}, .v = {kv_rows + D, 2 * D}};
    return (struct triple){
        .q = {qkv_rows, stride}, .k = {qkv_rows + D, stride}, .v = {qkv_rows + D + K, stride}};
}

/* What the scores are made of. */
static struct triple operands(const struct model *model, const struct attention *a)
{
    const struct model_config *c = &model->config;
    struct triple triple = triple_of(c, a->qkv_rows, a->kv_rows);
    if (a->normed) {
        const int D = c->width, stride = D + config_kv_width(c);
        triple.q = (struct strided){a->normed, stride};
        triple.k = (struct strided){a->normed + D, stride};
    }
    return triple;
}

/* The part that starts at a row and a column. */
static struct strided part(struct strided whole, int row, int column)
{
    whole.first += (size_t)row * (size_t)whole.stride + (size_t)column;
    return whole;
}

/* ---- QK-norm (Henry 2020; per head, RMSNorm, as Gemma 3 has it) -------------------------------*/

static struct head_norm head_norm(const struct model *model, const struct shard *shard,
                                  struct strided x, int heads, int gain, real *rstd)
{
    return (struct head_norm){
        .rows = shard->rows,
        .heads = heads,
        .width = config_head_width(&model->config),
        .x = part(x, shard->first, 0),
        .gain = weight_of(model, gain),
        .offset = model->config.gain_offset,
        .rstd = shard_rows(rstd, shard, heads),
    };
}

/* normed = QK-norm of q and k. */
static void norm_forward(const struct model *model, const struct attention *a,
                         const struct shard *shard)
{
    const struct model_config *c = &model->config;
    const struct triple from = triple_of(c, a->qkv_rows, a->kv_rows), to = operands(model, a);
    struct head_norm q = head_norm(model, shard, from.q, c->heads, a->q_gain, a->q_rstd);
    struct head_norm k = head_norm(model, shard, from.k, config_kv_heads(c), a->k_gain, a->k_rstd);
    model->kernels->head_norm_forward(&q, part(to.q, shard->first, 0));
    model->kernels->head_norm_forward(&k, part(to.k, shard->first, 0));
}

/* In place: d holds the gradients behind the norm, then those before it. */
static void norm_backward(const struct model *model, const struct attention *a,
                          const struct shard *shard, const struct triple *d)
{
    const struct model_config *c = &model->config;
    const struct triple x = triple_of(c, a->qkv_rows, a->kv_rows);
    struct head_norm q = head_norm(model, shard, x.q, c->heads, a->q_gain, a->q_rstd);
    struct head_norm k = head_norm(model, shard, x.k, config_kv_heads(c), a->k_gain, a->k_rstd);
    model->kernels->head_norm_backward(&q, part(d->q, shard->first, 0),
                                       partial_of(model, a->q_gain, shard));
    model->kernels->head_norm_backward(&k, part(d->k, shard->first, 0),
                                       partial_of(model, a->k_gain, shard));
}

/* ---- the heads --------------------------------------------------------------------------------*/

static struct attention_head head_at(const struct model *model, const struct attention *a,
                                     const struct triple *x, const struct shard *shard, int row,
                                     int h)
{
    const struct model_config *c = &model->config;
    const int T = c->context, H = c->heads, W = config_head_width(c);
    const int of_kv = h / (H / config_kv_heads(c)) * W;
    const size_t Tp = (size_t)attention_pad(T);
    return (struct attention_head){
        .tokens = T,
        .width = W,
        .causal = c->mask == MASK_CAUSAL,
        .window = a->window,
        .q = part(x->q, row, h * W),
        .k = part(x->k, row, of_kv),
        .v = part(x->v, row, of_kv),
        .probability = a->probability + (size_t)(row / T * H + h) * Tp * Tp,
        .out = part((struct strided){a->values, c->width}, row, h * W),
        .scratch = model->scratch + (size_t)shard->index * model->scratch_size,
    };
}

static void heads_forward(const struct model *model, const struct attention *a,
                          const struct shard *shard)
{
    const int T = model->config.context;
    const struct triple x = operands(model, a);
    for (int row = shard->first - shard->first % T; row < shard->first + shard->rows; row += T) {
        for (int h = 0; h < model->config.heads; h++) {
            struct attention_head head = head_at(model, a, &x, shard, row, h);
            model->kernels->attention_forward(&head);
        }
    }
}

/* Part h of the rows of the sequence behind that at `row`. */
static void ask_for_rows(const struct model *model, struct strided x, int row, int h)
{
    const struct model_config *c = &model->config;
    const size_t bytes = (size_t)c->context * (size_t)x.stride * sizeof(real) / (size_t)c->heads;
    memory_ask(x.first + (size_t)row * (size_t)x.stride, (size_t)(c->heads + h) * bytes, bytes);
}

/* What head h comes from lay in the cache long ago, on the way forward: while its turn is on, what
 * the next head reads is asked for, in the order in which it lies. */
static void ask_for_next(const struct model *model, const struct triple *x, int row, int h,
                         const struct attention_head *head)
{
    const size_t row_bytes = (size_t)attention_pad(head->tokens) * sizeof(real);
    memory_ask(head->probability, (size_t)attention_pad(head->tokens) * row_bytes,
               (size_t)head->tokens * row_bytes);
    ask_for_rows(model, x->q, row, h);
    if (x->k.stride != x->q.stride)
        ask_for_rows(model, x->k, row, h);
    if (x->v.stride != x->k.stride)
        ask_for_rows(model, x->v, row, h);
}

/* d from dvalues[N][D]. */
static void heads_backward(const struct model *model, const struct attention *a,
                           const struct shard *shard, real *dvalues, const struct triple *d)
{
    const struct model_config *c = &model->config;
    const int W = config_head_width(c), group = c->heads / config_kv_heads(c);
    const struct triple x = operands(model, a);
    for (int row = shard->first; row < shard->first + shard->rows; row += c->context) {
        for (int h = 0; h < c->heads; h++) {
            struct attention_head head = head_at(model, a, &x, shard, row, h);
            head.dout = part((struct strided){dvalues, c->width}, row, h * W);
            head.dq = part(d->q, row, h * W);
            head.dk = part(d->k, row, h / group * W);
            head.dv = part(d->v, row, h / group * W);
            head.add = h % group > 0;
            ask_for_next(model, &x, row, h, &head);
            model->kernels->attention_backward(&head);
        }
    }
}

/* ---- f ----------------------------------------------------------------------------------------*/

/* y = x W^T + bias for the shard's rows. */
static void project(const struct model *model, int tensor, int bias, const struct shard *shard,
                    const real *x, real *y)
{
    const struct tensor *w = &model->tensor[tensor];
    real *rows = shard_rows(y, shard, w->rows);
    linear_forward(model, tensor, shard_rows_const(x, shard, w->cols), rows, shard->rows);
    model->kernels->bias_forward(rows, weight_of(model, bias), shard->rows, w->rows);
}

/* dx from dy, and the gradient of the bias. */
static void project_backward(const struct model *model, int tensor, int bias,
                             const struct shard *shard, const real *dy, real *dx)
{
    const struct tensor *w = &model->tensor[tensor];
    const real *rows = shard_rows_const(dy, shard, w->rows);
    model->kernels->bias_backward(rows, partial_of(model, bias, shard), shard->rows, w->rows);
    linear_backward_data(model, tensor, rows, shard_rows(dx, shard, w->cols), shard->rows);
}

/* q and k turned by their positions, or back. */
static void rotate(const struct model *model, const struct shard *shard, const struct triple *x,
                   bool back)
{
    const struct model_config *c = &model->config;
    if (c->positions != POSITIONS_ROTARY)
        return;
    positions_rotate(model, shard, part(x->q, shard->first, 0), c->heads, back);
    positions_rotate(model, shard, part(x->k, shard->first, 0), config_kv_heads(c), back);
}

void attention_forward(const struct model *model, const struct attention *a,
                       const struct shard *shard, const real *u, real *out)
{
    const int D = model->config.width;
    project(model, a->qkv, a->qkv_bias, shard, u, a->qkv_rows);
    if (a->latent) {
        project(model, a->kv_down, a->kv_down_bias, shard, u, a->latent);
        project(model, a->kv_up, a->kv_up_bias, shard, a->latent, a->kv_rows);
    }
    if (a->normed)
        norm_forward(model, a, shard);
    const struct triple x = operands(model, a);
    rotate(model, shard, &x, false);
    heads_forward(model, a, shard);
    linear_forward(model, a->proj, shard_rows(a->values, shard, D), shard_rows(out, shard, D),
                   shard->rows);
}

void attention_backward(const struct model *model, const struct attention *a,
                        const struct attention_gradients *g, const struct shard *shard,
                        const real *df, real *du)
{
    const int D = model->config.width;
    const struct triple d = triple_of(&model->config, g->qkv_rows, g->kv_rows);
    project_backward(model, a->proj, a->proj_bias, shard, df, g->values);
    heads_backward(model, a, shard, g->values, &d);
    rotate(model, shard, &d, true);
    if (a->normed)
        norm_backward(model, a, shard, &d);
    project_backward(model, a->qkv, a->qkv_bias, shard, g->qkv_rows, du);
    if (a->latent) {
        project_backward(model, a->kv_up, a->kv_up_bias, shard, g->kv_rows, g->latent);
        project_backward(model, a->kv_down, a->kv_down_bias, shard, g->latent, model->addend);
        model->kernels->add(shard_rows(du, shard, D), shard_rows(model->addend, shard, D),
                            (size_t)shard->rows * (size_t)D);
    }
}

double attention_entropy(const struct model *model, const struct attention *a,
                         const struct shard *shard)
{
    const struct triple x = operands(model, a);
    double sum = 0;
    for (int row = shard->first; row < shard->first + shard->rows; row += model->config.context) {
        for (int h = 0; h < model->config.heads; h++) {
            const struct attention_head head = head_at(model, a, &x, shard, row, h);
            sum += model->kernels->attention_entropy(&head);
        }
    }
    return sum;
}

int attention_matrices(const struct attention *a)
{
    return a->latent ? 4 : 2;
}

void attention_weight_gradient(const struct model *model, const struct attention *a,
                               const struct attention_gradients *g, const real *u, const real *df,
                               int which)
{
    const int N = model->config.batch * model->config.context;
    const struct {
        int tensor;
        const real *dy, *x;
    } products[] = {
        {a->qkv, g->qkv_rows, u},
        {a->proj, df, a->values},
        {a->kv_down, g->latent, u},
        {a->kv_up, g->kv_rows, a->latent},
    };
    linear_backward_weight(model, products[which].tensor, products[which].dy, products[which].x, N);
}
