/* See attention.h. Forward and backward of each part stand side by side. */
#include "core/attention.h"

#include "core/dropout.h"
#include "core/pass.h"
#include "core/positions.h"
#include "core/tensors.h"

/* ---- memory ----------------------------------------------------------------------------------*/

/* The width of q, k and v side by side; with a kv_rank that of q alone. */
static int qkv_width(const struct model_config *c)
{
    return c->kv_rank > 0 ? c->width : c->width + 2 * config_kv_width(c);
}

struct attention attention_find(const struct parameters *p, const struct model_config *c, int block)
{
    const bool low_rank = c->kv_rank > 0;
    return (struct attention){
        .present = true,
        .sublayer = block * config_sublayers(c),
        .window = config_window(c, block),
        .qkv = tensors_find(p, low_rank ? "attn.q.weight" : "attn.qkv.weight", block),
        .qkv_bias = tensors_find(p, low_rank ? "attn.q.bias" : "attn.qkv.bias", block),
        .kv_down = tensors_find(p, "attn.kv_down.weight", block),
        .kv_down_bias = tensors_find(p, "attn.kv_down.bias", block),
        .kv_up = tensors_find(p, "attn.kv_up.weight", block),
        .kv_up_bias = tensors_find(p, "attn.kv_up.bias", block),
        .q_gain = tensors_find(p, "attn.q_norm.weight", block),
        .k_gain = tensors_find(p, "attn.k_norm.weight", block),
        .kv_gain = tensors_find(p, "attn.kv_norm.weight", block),
        .proj = tensors_find(p, "attn.proj.weight", block),
        .proj_bias = tensors_find(p, "attn.proj.bias", block),
    };
}

void attention_carve(struct attention_activations *a, const struct model_config *c,
                     struct arena *arena)
{
    const size_t N = (size_t)(c->batch * c->context), D = (size_t)c->width;
    const size_t H = (size_t)c->heads, KV = (size_t)config_kv_heads(c);
    const size_t Tp = (size_t)attention_pad(c->context);
    a->qkv = real_take(arena, N * (size_t)qkv_width(c));
    if (c->kv_rank > 0) {
        a->latent = real_take(arena, N * (size_t)c->kv_rank);
        if (c->kv_norm) {
            a->latent_normed = real_take(arena, N * (size_t)c->kv_rank);
            a->latent_rstd = real_take(arena, N);
        }
        a->kv = real_take(arena, N * 2 * D);
    }
    if (c->qk_norm) {
        a->normed = real_take(arena, N * (D + (size_t)config_kv_width(c)));
        a->q_rstd = real_take(arena, N * H);
        a->k_rstd = real_take(arena, N * KV);
    }
    a->weighted = real_take(arena, N * D);
    a->probability = real_take(arena, (size_t)c->batch * H * Tp * Tp);
    if (c->dropout > 0)
        a->kept = real_take(arena, (size_t)c->batch * H * Tp * Tp);
}

void attention_carve_gradients(struct attention_gradients *g, const struct model_config *c,
                               struct arena *arena)
{
    const size_t N = (size_t)(c->batch * c->context), D = (size_t)c->width;
    g->dweighted = real_take(arena, N * D);
    g->dqkv = real_take(arena, N * (size_t)qkv_width(c));
    if (c->kv_rank > 0) {
        g->dlatent = real_take(arena, N * (size_t)c->kv_rank);
        g->dkv = real_take(arena, N * 2 * D);
    }
}

/* ---- where q, k and v lie ---------------------------------------------------------------------*/

/* q [N][H][W], k and v [N][KV][W], or their gradients. */
struct qkv {
    struct strided q, k, v;
};

static struct qkv qkv_of(const struct model_config *c, real *qkv, real *kv)
{
    const int D = c->width, K = config_kv_width(c), stride = D + 2 * K;
    if (c->kv_rank > 0)
        return (struct qkv){.q = {qkv, D}, .k = {kv, 2 * D}, .v = {kv + D, 2 * D}};
    return (struct qkv){.q = {qkv, stride}, .k = {qkv + D, stride}, .v = {qkv + D + K, stride}};
}

/* q, k and v as the scores and the weighted values read them: q and k behind QK-norm and rotation
 * where there are these. */
static struct qkv operands(const struct model_config *c, const struct attention_activations *a)
{
    struct qkv x = qkv_of(c, a->qkv, a->kv);
    if (a->normed) {
        const int D = c->width, stride = D + config_kv_width(c);
        x.q = (struct strided){a->normed, stride};
        x.k = (struct strided){a->normed + D, stride};
    }
    return x;
}

/* The rows of `whole` from row `row` on, from column `column` on. */
static struct strided part(struct strided whole, int row, int column)
{
    whole.first += (size_t)row * (size_t)whole.stride + (size_t)column;
    return whole;
}

/* ---- QK-norm (Henry 2020; RMSNorm, per head as Gemma 3 has it, or joint as OLMo 2) -----------*/

/* Of `heads` norms side by side, each over `width` numbers. */
static struct head_norm head_norm(const struct pass *pass, struct strided x, int heads, int width,
                                  int gain, real *rstd)
{
    return (struct head_norm){
        .rows = pass->shard.rows,
        .heads = heads,
        .width = width,
        .x = part(x, pass->shard.first, 0),
        .gain = weight_of(pass->parameters, gain),
        .offset = pass->config->gain_offset,
        .epsilon = config_norm_eps(pass->config),
        .rstd = shard_rows(rstd, &pass->shard, heads),
    };
}

/* The norm of the q or k of so many heads. */
static struct head_norm qk_norm(const struct pass *pass, struct strided x, int heads, int gain,
                                real *rstd)
{
    const int W = config_head_width(pass->config);
    return pass->config->qk_joint ? head_norm(pass, x, 1, heads * W, gain, rstd)
                                  : head_norm(pass, x, heads, W, gain, rstd);
}

/* normed = QK-norm of q and k. */
static void qk_norm_forward(const struct pass *pass, const struct attention *attention,
                            struct attention_activations *a)
{
    const struct model_config *c = pass->config;
    const int KV = config_kv_heads(c), first = pass->shard.first;
    const struct qkv from = qkv_of(c, a->qkv, a->kv), to = operands(c, a);
    const struct head_norm q = qk_norm(pass, from.q, c->heads, attention->q_gain, a->q_rstd);
    const struct head_norm k = qk_norm(pass, from.k, KV, attention->k_gain, a->k_rstd);
    pass->kernels->head_norm_forward(&q, part(to.q, first, 0));
    pass->kernels->head_norm_forward(&k, part(to.k, first, 0));
}

/* d: dLoss by the norm's output, replaced by dLoss by its input. */
static void qk_norm_backward(const struct pass *pass, const struct attention *attention,
                             const struct attention_activations *a, const struct qkv *d)
{
    const struct model_config *c = pass->config;
    const int KV = config_kv_heads(c), first = pass->shard.first;
    const struct qkv x = qkv_of(c, a->qkv, a->kv);
    const struct head_norm q = qk_norm(pass, x.q, c->heads, attention->q_gain, a->q_rstd);
    const struct head_norm k = qk_norm(pass, x.k, KV, attention->k_gain, a->k_rstd);
    pass->kernels->head_norm_backward(&q, part(d->q, first, 0),
                                      dvector_of(pass, attention->q_gain));
    pass->kernels->head_norm_backward(&k, part(d->k, first, 0),
                                      dvector_of(pass, attention->k_gain));
}

/* ---- the heads --------------------------------------------------------------------------------*/

/* Head h of the sequence whose first row is `row`. */
static struct attention_head head_at(const struct pass *pass, const struct attention *attention,
                                     const struct attention_activations *a, int row, int h)
{
    const struct model_config *c = pass->config;
    const int T = c->context, H = c->heads, W = config_head_width(c);
    const int of_kv = h / (H / config_kv_heads(c)) * W;
    const size_t Tp = (size_t)attention_pad(T);
    const size_t map = (size_t)(row / T * H + h) * Tp * Tp;
    const struct qkv x = operands(c, a);
    return (struct attention_head){
        .tokens = T,
        .width = W,
        .causal = c->mask == MASK_CAUSAL,
        .window = attention->window,
        .q = part(x.q, row, h * W),
        .k = part(x.k, row, of_kv),
        .v = part(x.v, row, of_kv),
        .probability = a->probability + map,
        .kept = pass->dropout > 0 ? a->kept + map : NULL,
        .out = part((struct strided){a->weighted, c->width}, row, h * W),
        .scratch =
            pass->workspace->scratch + (size_t)pass->shard.index * pass->workspace->scratch_size,
    };
}

static void heads_forward(const struct pass *pass, const struct attention *attention,
                          struct attention_activations *a)
{
    const int T = pass->config->context, first = pass->shard.first;
    for (int row = first - first % T; row < first + pass->shard.rows; row += T) {
        for (int h = 0; h < pass->config->heads; h++) {
            struct attention_head head = head_at(pass, attention, a, row, h);
            if (head.kept)
                dropout_head(pass, (struct dropout_place){DROPOUT_ATTENTION, attention->sublayer},
                             row, h, head.kept);
            pass->kernels->attention_forward(&head);
        }
    }
}

/* Prefetches the h-th of H equal parts of the T rows of the next sequence; `row` is the first row
 * of the present one. */
static void prefetch_rows(const struct model_config *c, struct strided x, int row, int h)
{
    const size_t bytes = (size_t)c->context * (size_t)x.stride * sizeof(real) / (size_t)c->heads;
    memory_prefetch(x.first + (size_t)row * (size_t)x.stride, (size_t)(c->heads + h) * bytes,
                    bytes);
}

/* The backward pass of a head reads arrays that the forward pass has written long ago, and that
 * have left the cache: those of head h + 1 are prefetched while head h is computed. */
static void prefetch_next(const struct model_config *c, const struct attention_activations *a,
                          int row, int h, const struct attention_head *head)
{
    const size_t row_bytes = (size_t)attention_pad(head->tokens) * sizeof(real);
    const struct qkv x = operands(c, a);
    memory_prefetch(head->probability, (size_t)attention_pad(head->tokens) * row_bytes,
                    (size_t)head->tokens * row_bytes);
    prefetch_rows(c, x.q, row, h);
    if (x.k.stride != x.q.stride)
        prefetch_rows(c, x.k, row, h);
    if (x.v.stride != x.k.stride)
        prefetch_rows(c, x.v, row, h);
}

/* d from dweighted[N][D]. */
static void heads_backward(const struct pass *pass, const struct attention *attention,
                           const struct attention_activations *a, real *dweighted,
                           const struct qkv *d)
{
    const struct model_config *c = pass->config;
    const int W = config_head_width(c), group = c->heads / config_kv_heads(c);
    const int first = pass->shard.first;
    for (int row = first; row < first + pass->shard.rows; row += c->context) {
        for (int h = 0; h < c->heads; h++) {
            struct attention_head head = head_at(pass, attention, a, row, h);
            head.dout = part((struct strided){dweighted, c->width}, row, h * W);
            head.dq = part(d->q, row, h * W);
            head.dk = part(d->k, row, h / group * W);
            head.dv = part(d->v, row, h / group * W);
            head.add = h % group > 0;
            prefetch_next(c, a, row, h, &head);
            pass->kernels->attention_backward(&head);
        }
    }
}

/* ---- f ----------------------------------------------------------------------------------------*/

/* y = x W^T + bias for the shard's rows. */
static void project(const struct pass *pass, int tensor, int bias, const real *x, real *y)
{
    const struct tensor *w = &pass->parameters->tensor[tensor];
    const int rows = pass->shard.rows;
    real *y_rows = shard_rows(y, &pass->shard, w->rows);
    linear_forward(pass, tensor, shard_rows_const(x, &pass->shard, w->cols), y_rows, rows);
    pass->kernels->bias_forward(y_rows, weight_of(pass->parameters, bias), rows, w->rows);
}

/* dx from dy, and the gradient of the bias. */
static void project_backward(const struct pass *pass, int tensor, int bias, const real *dy,
                             real *dx)
{
    const struct tensor *w = &pass->parameters->tensor[tensor];
    const int rows = pass->shard.rows;
    const real *dy_rows = shard_rows_const(dy, &pass->shard, w->rows);
    pass->kernels->bias_backward(dy_rows, dvector_of(pass, bias), rows, w->rows);
    linear_backward_data(pass, tensor, dy_rows, shard_rows(dx, &pass->shard, w->cols), rows);
}

/* q and k turned by their positions, or back. */
static void rotate(const struct pass *pass, const struct qkv *x, bool back)
{
    const struct model_config *c = pass->config;
    if (c->positions != POSITIONS_ROTARY)
        return;
    positions_rotate(pass, part(x->q, pass->shard.first, 0), c->heads, back);
    positions_rotate(pass, part(x->k, pass->shard.first, 0), config_kv_heads(c), back);
}

/* What keys and values are computed from: c, or its norm. */
static real *latent_of(const struct attention_activations *a)
{
    return a->latent_normed ? a->latent_normed : a->latent;
}

static struct head_norm latent_norm(const struct pass *pass, const struct attention *attention,
                                    const struct attention_activations *a)
{
    const int r = pass->config->kv_rank;
    return head_norm(pass, (struct strided){a->latent, r}, 1, r, attention->kv_gain,
                     a->latent_rstd);
}

/* k, v = Nkv(c) W_up^T + b,  c = u W_down^T + b */
static void latent_forward(const struct pass *pass, const struct attention *attention,
                           struct attention_activations *a, const real *u)
{
    project(pass, attention->kv_down, attention->kv_down_bias, u, a->latent);
    if (a->latent_normed) {
        const struct head_norm norm = latent_norm(pass, attention, a);
        pass->kernels->head_norm_forward(
            &norm,
            part((struct strided){a->latent_normed, pass->config->kv_rank}, pass->shard.first, 0));
    }
    project(pass, attention->kv_up, attention->kv_up_bias, latent_of(a), a->kv);
}

/* Adds to du. */
static void latent_backward(const struct pass *pass, const struct attention *attention,
                            const struct attention_activations *a, struct attention_gradients *g,
                            real *du)
{
    const int D = pass->config->width;
    real *du_part = pass->workspace->du_part;
    project_backward(pass, attention->kv_up, attention->kv_up_bias, g->dkv, g->dlatent);
    if (a->latent_normed) {
        const struct head_norm norm = latent_norm(pass, attention, a);
        pass->kernels->head_norm_backward(
            &norm, part((struct strided){g->dlatent, pass->config->kv_rank}, pass->shard.first, 0),
            dvector_of(pass, attention->kv_gain));
    }
    project_backward(pass, attention->kv_down, attention->kv_down_bias, g->dlatent, du_part);
    pass->kernels->add(shard_rows(du, &pass->shard, D), shard_rows(du_part, &pass->shard, D),
                       (size_t)pass->shard.rows * (size_t)D);
}

void attention_forward(const struct pass *pass, const struct attention *attention,
                       struct attention_activations *a, const real *u, real *out)
{
    const int D = pass->config->width;
    project(pass, attention->qkv, attention->qkv_bias, u, a->qkv);
    if (a->latent)
        latent_forward(pass, attention, a, u);
    if (a->normed)
        qk_norm_forward(pass, attention, a);
    const struct qkv x = operands(pass->config, a);
    rotate(pass, &x, false);
    heads_forward(pass, attention, a);
    linear_forward(pass, attention->proj, shard_rows(a->weighted, &pass->shard, D),
                   shard_rows(out, &pass->shard, D), pass->shard.rows);
}

void attention_backward(const struct pass *pass, const struct attention *attention,
                        const struct attention_activations *a, struct attention_gradients *g,
                        const real *df, real *du)
{
    const struct qkv d = qkv_of(pass->config, g->dqkv, g->dkv);
    project_backward(pass, attention->proj, attention->proj_bias, df, g->dweighted);
    heads_backward(pass, attention, a, g->dweighted, &d);
    rotate(pass, &d, true);
    if (a->normed)
        qk_norm_backward(pass, attention, a, &d);
    project_backward(pass, attention->qkv, attention->qkv_bias, g->dqkv, du);
    if (a->latent)
        latent_backward(pass, attention, a, g, du);
}

double attention_entropy(const struct pass *pass, const struct attention *attention,
                         const struct attention_activations *a)
{
    const int first = pass->shard.first;
    double sum = 0;
    for (int row = first; row < first + pass->shard.rows; row += pass->config->context) {
        for (int h = 0; h < pass->config->heads; h++) {
            const struct attention_head head = head_at(pass, attention, a, row, h);
            sum += pass->kernels->attention_entropy(&head);
        }
    }
    return sum;
}

int attention_matrices(const struct attention *attention)
{
    return attention->kv_down >= 0 ? 4 : 2;
}

struct weight_product attention_weight_product(const struct attention *attention,
                                               const struct attention_activations *a,
                                               const struct attention_gradients *g, const real *u,
                                               const real *df, int which)
{
    const struct weight_product products[] = {
        {.tensor = attention->qkv, .expert = -1, .dy = g->dqkv, .x = u},
        {.tensor = attention->proj, .expert = -1, .dy = df, .x = a->weighted},
        {.tensor = attention->kv_down, .expert = -1, .dy = g->dlatent, .x = u},
        {.tensor = attention->kv_up, .expert = -1, .dy = g->dkv, .x = latent_of(a)},
    };
    return products[which];
}
