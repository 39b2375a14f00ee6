/* See model.h: memory, and the order of the work. */
#include "core/model.h"

#include "core/beside.h"
#include "core/branch.h"
#include "core/embedding.h"
#include "core/linear.h"
#include "core/positions.h"
#include "core/probe.h"
#include "core/sublayer.h"
#include "core/tensors.h"

#include <stdlib.h>
#include <string.h>

/* ---- memory ----------------------------------------------------------------------------------*/

real *model_take(struct model *model, size_t count)
{
    return arena_take(&model->arena, count, sizeof(real));
}

/* The tensor "NAME.WHAT" of a norm. */
static int find_of_norm(const struct model *model, const char *name, const char *what, int block)
{
    char kind[TENSOR_NAME]; /* longer than any of the table of tensors */
    strcpy(kind, name);
    strcat(kind, ".");
    strcat(kind, what);
    return tensors_find(model, kind, block);
}

static void carve_norm(struct model *model, struct norm_site *site, const char *name, int block,
                       bool present)
{
    const size_t N = (size_t)(model->config.batch * model->config.context);
    site->present = present && model->config.norm != NORM_NONE;
    site->gain = site->bias = site->alpha = -1;
    site->offset = model->config.gain_offset;
    site->scale = 1;
    if (!site->present)
        return;
    site->gain = find_of_norm(model, name, "weight", block);
    site->bias = find_of_norm(model, name, "bias", block);
    site->alpha = find_of_norm(model, name, "alpha", block);
    if (model->config.norm != NORM_DYT) {
        site->mean = model_take(model, N);
        site->rstd = model_take(model, N);
    }
}

/* How the sublayer's branch and the stream are joined. */
static void set_join(struct model *model, struct sublayer *s, int block)
{
    const struct model_config *c = &model->config;
    const bool attention = s->kind == SUBLAYER_ATTENTION;
    s->skip = (real)placement_skip(c->placement, c->layers);
    s->skip_tensor = tensors_find(model, attention ? "attn.omega" : "ffn.omega", block);
    s->scale_tensor = tensors_find(model, attention ? "attn.alpha" : "ffn.alpha", block);
    s->beside = placement_table[c->placement].beside;
    if (s->beside == BESIDE_INPUT && (!attention || c->parallel))
        s->block_input = model->stream[block];
}

static void carve_sublayer(struct model *model, int block, enum sublayer_kind kind)
{
    const struct model_config *c = &model->config;
    const struct placement_row *placement =
        &placement_table[placement_of_block(c->placement, block, c->layers)];
    const bool attention = kind == SUBLAYER_ATTENTION;
    const size_t N = (size_t)(c->batch * c->context), D = (size_t)c->width;
    struct sublayer *s = &model->sublayer[block * model->sublayers + (int)kind];

    s->kind = kind;
    set_join(model, s, block);
    const char *norm = attention ? "ln1" : "ln2";
    carve_norm(model, &s->in, norm, block, placement->norm_in);
    carve_norm(model, &s->branch, attention ? "ln1_branch" : "ln2_branch", block,
               placement->norm_branch);
    carve_norm(model, &s->out, norm, block, placement->norm_out);
    s->in.scale = (real)placement_norm_scale(c->placement, block);
    if (s->in.present)
        s->in.out = model_take(model, N * D);
    if (attention)
        attention_carve(model, &s->attention, block);
    if (!attention || c->parallel)
        feed_forward_carve(model, &s->feed_forward, block);
    if (s->branch.present || s->scale_tensor >= 0)
        s->f = model_take(model, N * D);
    if (s->branch.present)
        s->branch.out = model_take(model, N * D);
    if (s->out.present)
        s->sum = model_take(model, N * D);
    s->x = attention ? model->stream[block] : model->middle[block];
    s->y = attention && !c->parallel ? model->middle[block] : model->stream[block + 1];
}

static void carve_gradients(struct model *model, struct block_gradients *g)
{
    const struct model_config *c = &model->config;
    const struct sublayer *any = model->sublayer; /* `mix`: its first block is the one with Nout */
    const size_t N = (size_t)(c->batch * c->context), D = (size_t)c->width;
    for (int kind = 0; kind < model->sublayers; kind++) {
        if (any->out.present)
            g->sublayer[kind].sum = model_take(model, N * D);
        if (any->scale_tensor >= 0 || any->beside == BESIDE_SUM)
            g->sublayer[kind].joined = model_take(model, N * D);
        if (any->branch.present)
            g->sublayer[kind].f = model_take(model, N * D);
    }
    attention_carve_gradients(model, &g->attention);
    feed_forward_carve_gradients(model, &g->feed_forward);
    if (!c->parallel)
        g->middle = model_take(model, N * D);
}

/* What the sublayers pass on within a shard. */
static void carve_between(struct model *model)
{
    const struct model_config *c = &model->config;
    const size_t numbers = (size_t)(c->batch * c->context) * (size_t)c->width;
    model->through = model_take(model, numbers);
    if (c->parallel)
        model->second = model_take(model, numbers);
    if (c->kv_rank > 0 || c->experts > 0 || config_is_gated(c))
        model->addend = model_take(model, numbers);
    if (c->experts > 0)
        experts_carve_shared(model);
}

/* Gives every array its place; twice, the first time only to count. */
static void carve(struct model *model)
{
    const struct model_config *c = &model->config;
    const int L = c->layers;
    const size_t N = (size_t)(c->batch * c->context), D = (size_t)c->width, V = (size_t)c->vocab;

    model->weight = model_take(model, model->parameters);
    model->grad = model_take(model, model->parameters);
    model->panels = model_take(model, model->panels_size);
    model->tokens = arena_take(&model->arena, N, sizeof(int32_t));
    model->targets = arena_take(&model->arena, N, sizeof(int32_t));
    if (c->patch > 0)
        model->pixels = model_take(model, N * (size_t)c->patch);
    positions_carve(model);
    for (int l = 0; l <= L; l++) {
        model->stream[l] = model_take(model, N * D);
        model->dstream[l] = model_take(model, N * D);
        if (l < L && !c->parallel)
            model->middle[l] = model_take(model, N * D);
    }
    for (int block = 0; block < L; block++)
        for (int kind = 0; kind < model->sublayers; kind++)
            carve_sublayer(model, block, (enum sublayer_kind)kind);
    carve_norm(model, &model->final, "ln_f", -1, placement_table[c->placement].final_norm);
    const bool dual = placement_table[c->placement].beside == BESIDE_SUM;
    if (model->final.present || dual) {
        model->final.out = model_take(model, N * D);
        model->dfinal = model_take(model, N * D);
    }
    if (dual) {
        model->dual = model_take(model, N * D);
        model->ddual = model_take(model, N * D);
    }
    for (int i = 0; i < 2; i++)
        carve_gradients(model, &model->block_gradients[i]);
    model->logits = model_take(model, N * V);
    carve_between(model);
    model->partial = model_take(model, (size_t)model->shards * model->partials);
    model->scratch_size = attention_scratch(c->context, config_head_width(c));
    model->scratch = model_take(model, (size_t)model->shards * model->scratch_size);
}

/* All that does not lie in the arena. */
static void open_tables(struct model *model, const struct model_config *config)
{
    const size_t L = (size_t)config->layers;
    *model = (struct model){.config = *config, .kernels = kernels_best()};
    model->shards = config->batch < MODEL_SHARDS ? config->batch : MODEL_SHARDS;
    tensors_list(model);
    model->token_embedding = tensors_find(model, "wte.weight", -1);
    model->position_embedding = tensors_find(model, "wpe.weight", -1);
    model->head = tensors_find(model, config->tied ? "wte.weight" : "head.weight", -1);
    model->patch = tensors_find(model, "patch.weight", -1);
    model->patch_bias = tensors_find(model, "patch.bias", -1);
    model->class_token = tensors_find(model, "class.weight", -1);
    model->sublayers = config->parallel ? 1 : SUBLAYERS_PER_BLOCK;
    model->sublayer = memory_new(L * (size_t)model->sublayers, sizeof *model->sublayer);
    model->stream = memory_new(3 * L + 2, sizeof *model->stream);
    model->dstream = model->stream + L + 1;
    model->middle = model->dstream + L + 1;
    model->stream_square = memory_new(2 * (L + 1), sizeof(double));
    model->stream_grad_square = model->stream_square + L + 1;
    model->grad_square = memory_new((size_t)model->tensors, sizeof(double));
    model->shard_loss = memory_new((size_t)model->shards, sizeof(double));
    model->shard_square = memory_new((size_t)model->shards * 2 * (L + 1), sizeof(double));
}

size_t model_bytes(const struct model_config *config)
{
    struct model model;
    open_tables(&model, config);
    carve(&model);
    size_t bytes = model.arena.used;
    model_close(&model);
    return bytes;
}

size_t model_parameters(const struct model_config *config)
{
    struct model model;
    open_tables(&model, config);
    size_t parameters = model.parameters;
    model_close(&model);
    return parameters;
}

bool model_open(struct model *model, const struct model_config *config)
{
    open_tables(model, config);
    carve(model);
    if (!arena_open(&model->arena, model->arena.used)) {
        model_close(model);
        return false;
    }
    carve(model);
    positions_fill(model);
    tensors_init(model);
    return true;
}

void model_close(struct model *model)
{
    free(model->tensor);
    free(model->sublayer);
    free(model->stream);
    free(model->stream_square);
    free(model->grad_square);
    free(model->shard_loss);
    free(model->shard_square);
    arena_close(&model->arena);
    *model = (struct model){0};
}

const real *model_stream(const struct model *model, int l)
{
    return model->stream[l];
}

const real *model_stream_grad(const struct model *model, int l)
{
    return model->dstream[l];
}

real model_attention(const struct model *model, int block, int sequence, int head, int query,
                     int key)
{
    const size_t Tp = (size_t)attention_pad(model->config.context);
    const struct sublayer *sublayer = &model->sublayer[block * model->sublayers];
    return sublayer->attention
        .probability[((size_t)(sequence * model->config.heads + head) * Tp + (size_t)key) * Tp +
                     (size_t)query];
}

/* ---- one shard -------------------------------------------------------------------------------*/

static struct shard shard_of(const struct model *model, int index)
{
    const int B = model->config.batch, T = model->config.context;
    int first = B * index / model->shards, end = B * (index + 1) / model->shards;
    return (struct shard){.index = index, .first = first * T, .rows = (end - first) * T};
}

/* The shard's sum of squares of an [N][D] array. */
static double shard_squares(const struct model *model, const struct shard *shard, const real *x)
{
    const size_t D = (size_t)model->config.width;
    return model->kernels->sum_squares(x + (size_t)shard->first * D, (size_t)shard->rows * D);
}

/* Where a shard notes its squares of the streams ([0]) and their gradients ([1]): [L+1] each. */
static double *squares_of(const struct model *model, int shard, int which)
{
    return model->shard_square + (size_t)(shard * 2 + which) * (size_t)(model->config.layers + 1);
}

/* What the output projection reads. */
static real *head_input(const struct model *model)
{
    return model->final.out ? model->final.out : model->stream[model->config.layers];
}

const real *model_output(const struct model *model)
{
    return head_input(model);
}

/* The shard's logits. */
static real *head_logits(const struct model *model, const struct shard *shard)
{
    const int D = model->config.width;
    if (model->final.present)
        norm_site_forward(model, &model->final, shard,
                          model->dual ? model->dual : model->stream[model->config.layers],
                          model->final.out);
    if (model->dual)
        beside_head_forward(model, shard);
    real *logits = shard_rows(model->logits, shard, model->config.vocab);
    linear_forward(model, model->head, shard_rows_const(head_input(model), shard, D), logits,
                   shard->rows);
    return logits;
}

/* Logits, loss and, for the backward pass, dlogits in their place. */
static void head_forward(const struct model *model, const struct shard *shard)
{
    const int V = model->config.vocab;
    real *logits = head_logits(model, shard);
    double loss = 0;
    for (int row = 0; row < shard->rows; row++) {
        real *of_row = logits + (size_t)row * (size_t)V;
        int target = model->targets[shard->first + row];
        if (target >= 0)
            loss += model->kernels->cross_entropy(of_row, V, target, model->loss_scale);
        else
            memset(of_row, 0, (size_t)V * sizeof(real));
    }
    model->shard_loss[shard->index] = loss;
}

/* dx_L from dlogits. */
static void head_backward(const struct model *model, const struct shard *shard)
{
    const int D = model->config.width, V = model->config.vocab, L = model->config.layers;
    real *to = model->dfinal ? model->dfinal : model->dstream[L];
    linear_backward_data(model, model->head, shard_rows(model->logits, shard, V),
                         shard_rows(to, shard, D), shard->rows);
    if (model->dual)
        beside_head_backward(model, shard);
    else if (model->final.present)
        norm_site_backward(model, &model->final, shard, model->stream[L], model->dfinal, NULL,
                           model->dstream[L]);
    squares_of(model, shard->index, 1)[L] = shard_squares(model, shard, model->dstream[L]);
}

/* ---- the order of the work -------------------------------------------------------------------*/

struct forward_phase {
    struct model *model;
    int sublayer; /* 0 .. 2L-1 */
};

/* x_0; and nothing of the last step is left in the partial gradients. */
static void embed_task(void *argument, int index)
{
    const struct model *model = argument;
    const struct shard shard = shard_of(model, index);
    memset(model->partial + (size_t)index * model->partials, 0, model->partials * sizeof(real));
    embedding_forward(model, &shard);
    beside_embed(model, &shard);
    squares_of(model, index, 0)[0] = shard_squares(model, &shard, model->stream[0]);
    probe_stream(model, &shard, 0);
}

/* The block whose matrices are prepared side by side with a sublayer; -1: none. */
static int prepared_by(const struct model *model, int sublayer)
{
    const int block = sublayer / model->sublayers;
    return (sublayer + 1) % model->sublayers == 0 && block + 1 < model->config.layers ? block + 1
                                                                                      : -1;
}

/* All shards go through a sublayer before any goes through the next one: its weights stay in the
 * cache. */
static void forward_task(void *argument, int index)
{
    const struct forward_phase *phase = argument;
    const struct model *model = phase->model;
    if (index >= model->shards) {
        const int block = prepared_by(model, phase->sublayer);
        linear_prepare(model, model->first_of_blocks + block * model->tensors_of_block +
                                  (index - model->shards));
        return;
    }
    const struct shard shard = shard_of(model, index);
    const int next = phase->sublayer + 1;
    sublayer_forward(model, &model->sublayer[phase->sublayer], &shard);
    probe_forward(model, &model->sublayer[phase->sublayer], &shard);
    if (next % model->sublayers == 0) {
        const int l = next / model->sublayers;
        squares_of(model, index, 0)[l] = shard_squares(model, &shard, model->stream[l]);
        probe_stream(model, &shard, l);
    }
}

/* The loss, and back to x_L. */
static void head_task(void *argument, int index)
{
    const struct model *model = argument;
    const struct shard shard = shard_of(model, index);
    head_forward(model, &shard);
    if (model->backward)
        head_backward(model, &shard);
}

struct backward_phase {
    struct model *model;
    int block; /* the shards go back through this block: L-1 .. 0, then -1 for none */
};

/* The number of matrices in a block. */
static int matrices(const struct model *model)
{
    int count = 0;
    for (int i = 0; i < model->sublayers; i++)
        count += branch_matrices(model, &model->sublayer[i]);
    return count;
}

/* The shard's way back through a block. */
static void block_backward(const struct model *model, int block, int index)
{
    const struct block_gradients *gradients = &model->block_gradients[block % 2];
    const struct shard shard = shard_of(model, index);
    const real *dy = model->dstream[block + 1];
    for (int i = model->sublayers - 1; i >= 0; i--) {
        const struct sublayer *sublayer = &model->sublayer[block * model->sublayers + i];
        real *dx = i == 0 ? model->dstream[block] : gradients->middle;
        sublayer_backward(model, sublayer, gradients, &shard, dy, dx);
        probe_backward(model, sublayer, gradients, &shard, dy);
        dy = dx;
    }
    beside_block_backward(model, block, gradients, &shard, model->dstream[block]);
    if (block == 0)
        embedding_backward(model, &shard);
    squares_of(model, index, 1)[block] = shard_squares(model, &shard, model->dstream[block]);
}

/* The gradient of the `which`-th matrix of a block. */
static void block_weight_gradient(const struct model *model, int block, int which)
{
    const struct sublayer *sublayer = &model->sublayer[block * model->sublayers];
    const int end = model->sublayers - 1;
    int i = 0;
    for (; which >= branch_matrices(model, &sublayer[i]); i++)
        which -= branch_matrices(model, &sublayer[i]);
    const struct block_gradients *gradients = &model->block_gradients[block % 2];
    const real *dy = i == end ? model->dstream[block + 1] : gradients->middle;
    sublayer_weight_gradient(model, &sublayer[i], gradients, dy, which);
}

/* The shards' way back through `block`; side by side with it the weight products of the block
 * above, whose gradients are complete (above the last: the output projection's). */
static void backward_task(void *argument, int index)
{
    const struct backward_phase *phase = argument;
    struct model *model = phase->model;
    const int L = model->config.layers, block = phase->block;
    const int shards = block >= 0 ? model->shards : 0;

    if (index < shards) {
        block_backward(model, block, index);
        return;
    }
    index -= shards;
    if (block == L - 1) {
        linear_backward_weight(model, model->head, model->logits, head_input(model),
                               model->config.batch * model->config.context);
    } else if (index < matrices(model)) {
        block_weight_gradient(model, block + 1, index);
    } else {
        embedding_weight_gradient(model);
    }
}

static int backward_tasks(const struct model *model, int block)
{
    if (block == model->config.layers - 1)
        return model->shards + 1;
    return block >= 0 ? model->shards + matrices(model) : matrices(model) + 1;
}

enum { NOT_MEASURED = -1 }; /* a sum of squares */

/* A vector's gradient is the sum over the shards; then the sums of squares that nobody has noted.
 */
static void tensor_task(void *argument, int index)
{
    struct model *model = argument;
    const struct tensor *tensor = &model->tensor[index];
    const size_t size = tensor_size(tensor);
    real *grad = model->grad + tensor->offset;
    if (tensor->vector) {
        memcpy(grad, model->partial + tensor->partial, size * sizeof(real));
        for (int shard = 1; shard < model->shards; shard++) {
            const real *partial =
                model->partial + (size_t)shard * model->partials + tensor->partial;
            for (size_t i = 0; i < size; i++)
                grad[i] += partial[i];
        }
    }
    if (model->grad_square[index] == NOT_MEASURED)
        model->grad_square[index] = model->kernels->sum_squares(grad, size);
}

static void sum_shards(struct model *model)
{
    model->loss = 0;
    for (int shard = 0; shard < model->shards; shard++)
        model->loss += model->shard_loss[shard] * model->loss_scale;
    for (int l = 0; l <= model->config.layers; l++) {
        model->stream_square[l] = model->stream_grad_square[l] = 0;
        for (int shard = 0; shard < model->shards; shard++) {
            model->stream_square[l] += squares_of(model, shard, 0)[l];
            model->stream_grad_square[l] += squares_of(model, shard, 1)[l];
        }
    }
}

/* What the first block needs, and what is outside the blocks. */
static void prepare_task(void *argument, int index)
{
    const struct model *model = argument;
    if (model->tensor[index].block <= 0)
        linear_prepare(model, index);
}

static void run_forward(struct model *model, const struct parallel *parallel, bool backward)
{
    const size_t N = (size_t)(model->config.batch * model->config.context);
    size_t predicted = 0;
    for (size_t row = 0; row < N; row++)
        predicted += model->targets[row] >= 0;
    model->loss_scale = 1 / (double)predicted;
    model->backward = backward;
    parallel_run(parallel, model->tensors, prepare_task, model);
    parallel_run(parallel, model->shards, embed_task, model);
    for (int i = 0; i < model->config.layers * model->sublayers; i++) {
        struct forward_phase phase = {.model = model, .sublayer = i};
        const int beside = prepared_by(model, i) >= 0 ? model->tensors_of_block : 0;
        parallel_run(parallel, model->shards + beside, forward_task, &phase);
    }
    parallel_run(parallel, model->shards, head_task, model);
}

void model_step(struct model *model, const struct parallel *parallel)
{
    for (int tensor = 0; tensor < model->tensors; tensor++)
        model->grad_square[tensor] = NOT_MEASURED;
    run_forward(model, parallel, true);
    for (int block = model->config.layers - 1; block >= -1; block--) {
        struct backward_phase phase = {.model = model, .block = block};
        parallel_run(parallel, backward_tasks(model, block), backward_task, &phase);
    }
    parallel_run(parallel, model->tensors, tensor_task, model);
    sum_shards(model);
    probe_sum(model);
}

double model_loss(struct model *model, const struct parallel *parallel)
{
    double loss = 0;
    run_forward(model, parallel, false);
    for (int shard = 0; shard < model->shards; shard++)
        loss += model->shard_loss[shard] * model->loss_scale;
    return loss;
}

struct predict_phase {
    struct model *model;
    int first, count; /* places of each sequence */
    int sublayer;     /* 0 .. 2L-1; -1: the embedding, 2L: the output projection */
};

/* Places of a sequence, in the place of a shard. */
static void predict_task(void *argument, int sequence)
{
    const struct predict_phase *phase = argument;
    const struct model *model = phase->model;
    const struct shard shard = {
        .index = sequence,
        .first = sequence * model->config.context + phase->first,
        .rows = phase->count,
    };
    if (phase->sublayer < 0) {
        embedding_forward(model, &shard);
        beside_embed(model, &shard);
    } else if (phase->sublayer < model->config.layers * model->sublayers) {
        sublayer_forward(model, &model->sublayer[phase->sublayer], &shard);
    } else {
        head_logits(model, &shard);
    }
}

void model_predict(struct model *model, int sequences, int first, int count,
                   const struct parallel *parallel)
{
    struct predict_phase phase = {.model = model, .first = first, .count = count, .sublayer = -1};
    model->predicting = true;
    for (; phase.sublayer <= model->config.layers * model->sublayers; phase.sublayer++)
        parallel_run(parallel, sequences, predict_task, &phase);
    model->predicting = false;
}

const real *model_logits(const struct model *model, int sequence, int place)
{
    const size_t row = (size_t)sequence * (size_t)model->config.context + (size_t)place;
    return model->logits + row * (size_t)model->config.vocab;
}
