/* See model.h: memory, and the order of the work. */
#include "core/model.h"

#include "core/blas.h"
#include "core/sublayer.h"
#include "core/tensors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- memory ----------------------------------------------------------------------------------*/

static real *take(struct model *model, size_t count)
{
    return arena_take(&model->arena, count, sizeof(real));
}

static void carve_norm(struct model *model, struct norm_site *site, const char *name, int block,
                       bool present)
{
    const size_t N = (size_t)(model->config.batch * model->config.context);
    char kind[TENSOR_NAME];
    site->present = present && model->config.norm != NORM_NONE;
    site->gain = site->bias = -1;
    if (!site->present)
        return;
    strcpy(kind, name);
    strcat(kind, ".weight");
    site->gain = tensors_find(model, kind, block);
    strcpy(kind, name);
    strcat(kind, ".bias");
    site->bias = tensors_find(model, kind, block);
    site->mean = take(model, N);
    site->rstd = take(model, N);
}

static void carve_sublayer(struct model *model, int block, enum sublayer_kind kind)
{
    const struct model_config *c = &model->config;
    const struct placement_row *placement = &placement_table[c->placement];
    const bool attention = kind == SUBLAYER_ATTENTION;
    const size_t N = (size_t)(c->batch * c->context), D = (size_t)c->width, F = (size_t)c->ffn;
    const size_t Tp = (size_t)attention_pad(c->context);
    struct sublayer *s = &model->sublayer[block * SUBLAYERS_PER_BLOCK + (int)kind];

    s->kind = kind;
    s->skip = (real)placement->skip;
    s->scale = (real)placement->scale;
    s->first = tensors_find(model, attention ? "attn.qkv.weight" : "ffn.up.weight", block);
    s->first_bias = tensors_find(model, attention ? "attn.qkv.bias" : "ffn.up.bias", block);
    s->second = tensors_find(model, attention ? "attn.proj.weight" : "ffn.down.weight", block);
    s->second_bias = tensors_find(model, attention ? "attn.proj.bias" : "ffn.down.bias", block);
    const char *norm = attention ? "ln1" : "ln2";
    carve_norm(model, &s->in, norm, block, placement->norm_in);
    carve_norm(model, &s->branch, attention ? "ln1_branch" : "ln2_branch", block,
               placement->norm_branch);
    carve_norm(model, &s->out, norm, block, placement->norm_out);
    if (s->in.present)
        s->in.out = take(model, N * D);
    s->hidden = take(model, N * (attention ? 3 * D : F));
    s->inner = take(model, N * (attention ? D : F));
    if (attention)
        s->probability = take(model, (size_t)(c->batch * c->heads) * Tp * Tp);
    if (s->branch.present) {
        s->f = take(model, N * D);
        s->branch.out = take(model, N * D);
    }
    if (s->out.present)
        s->sum = take(model, N * D);
    s->x = attention ? model->stream[block] : model->middle[block];
    s->y = attention ? model->middle[block] : model->stream[block + 1];
}

static void carve_gradients(struct model *model, struct block_gradients *g)
{
    const struct model_config *c = &model->config;
    const struct sublayer *any = model->sublayer;
    const size_t N = (size_t)(c->batch * c->context), D = (size_t)c->width;
    for (int kind = 0; kind < SUBLAYERS_PER_BLOCK; kind++) {
        const bool attention = kind == SUBLAYER_ATTENTION;
        if (any->out.present)
            g->sublayer[kind].sum = take(model, N * D);
        if (any->scale != 1)
            g->sublayer[kind].scaled = take(model, N * D);
        if (any->branch.present)
            g->sublayer[kind].f = take(model, N * D);
        g->sublayer[kind].inner = take(model, N * (attention ? D : (size_t)c->ffn));
        g->sublayer[kind].hidden = attention ? take(model, N * 3 * D) : g->sublayer[kind].inner;
    }
    g->middle = take(model, N * D);
}

/* Gives every array its place; twice, the first time only to count. */
static void carve(struct model *model)
{
    const struct model_config *c = &model->config;
    const int L = c->layers;
    const size_t N = (size_t)(c->batch * c->context), D = (size_t)c->width, V = (size_t)c->vocab;

    model->weight = take(model, model->parameters);
    model->grad = take(model, model->parameters);
    model->tokens = arena_take(&model->arena, N, sizeof(int32_t));
    model->targets = arena_take(&model->arena, N, sizeof(int32_t));
    for (int l = 0; l <= L; l++) {
        model->stream[l] = take(model, N * D);
        model->dstream[l] = take(model, N * D);
        if (l < L)
            model->middle[l] = take(model, N * D);
    }
    for (int block = 0; block < L; block++)
        for (int kind = 0; kind < SUBLAYERS_PER_BLOCK; kind++)
            carve_sublayer(model, block, (enum sublayer_kind)kind);
    carve_norm(model, &model->final, "ln_f", -1, placement_table[c->placement].final_norm);
    if (model->final.present) {
        model->final.out = take(model, N * D);
        model->dfinal = take(model, N * D);
    }
    for (int i = 0; i < 2; i++)
        carve_gradients(model, &model->block_gradients[i]);
    model->logits = take(model, N * V);
    model->through = take(model, N * D);
    model->partial = take(model, (size_t)model->shards * model->partials);
    model->scratch_size = attention_scratch(c->context, c->width / c->heads);
    model->scratch = take(model, (size_t)model->shards * model->scratch_size);
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
    model->head = tensors_find(model, "head.weight", -1);
    model->sublayer = memory_new(L * SUBLAYERS_PER_BLOCK, sizeof *model->sublayer);
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

/* x_0 = wte[token] + wpe[t] */
static void embed(const struct model *model, const struct shard *shard)
{
    const size_t D = (size_t)model->config.width, T = (size_t)model->config.context;
    const real *wte = weight_of(model, model->token_embedding);
    const real *wpe = weight_of(model, model->position_embedding);
    for (size_t row = (size_t)shard->first; row < (size_t)(shard->first + shard->rows); row++) {
        const real *token = wte + (size_t)model->tokens[row] * D, *position = wpe + row % T * D;
        real *x = model->stream[0] + row * D;
        for (size_t i = 0; i < D; i++)
            x[i] = token[i] + position[i];
    }
}

/* dwte[token] += dx_0, dwpe[t] += dx_0, in the order of the rows. */
static void embed_backward(const struct model *model)
{
    const size_t D = (size_t)model->config.width, T = (size_t)model->config.context;
    const size_t N = (size_t)model->config.batch * T;
    const struct tensor *tokens = &model->tensor[model->token_embedding];
    const struct tensor *positions = &model->tensor[model->position_embedding];
    real *dwte = model->grad + tokens->offset, *dwpe = model->grad + positions->offset;
    memset(dwte, 0, tensor_size(tokens) * sizeof(real));
    memset(dwpe, 0, tensor_size(positions) * sizeof(real));
    for (size_t row = 0; row < N; row++) {
        const real *dx = model->dstream[0] + row * D;
        real *token = dwte + (size_t)model->tokens[row] * D, *position = dwpe + row % T * D;
        for (size_t i = 0; i < D; i++) {
            token[i] += dx[i];
            position[i] += dx[i];
        }
    }
}

/* What the output projection reads. */
static real *head_input(const struct model *model)
{
    return model->final.present ? model->final.out : model->stream[model->config.layers];
}

/* Logits, loss and, for the backward pass, dlogits in their place. */
static void head_forward(const struct model *model, const struct shard *shard)
{
    const int D = model->config.width, V = model->config.vocab;
    double loss = 0;
    if (model->final.present)
        norm_site_forward(model, &model->final, shard, model->stream[model->config.layers],
                          model->final.out);
    real *logits = model->logits + (size_t)shard->first * (size_t)V;
    blas_forward(logits, head_input(model) + (size_t)shard->first * (size_t)D,
                 weight_of(model, model->head), shard->rows, D, V);
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
    real *to = model->final.present ? model->dfinal : model->dstream[L];
    blas_backward_data(to + (size_t)shard->first * (size_t)D,
                       model->logits + (size_t)shard->first * (size_t)V,
                       weight_of(model, model->head), shard->rows, D, V);
    if (model->final.present)
        norm_site_backward(model, &model->final, shard, model->stream[L], model->dfinal, NULL,
                           model->dstream[L]);
    squares_of(model, shard->index, 1)[L] = shard_squares(model, shard, model->dstream[L]);
}

/* ---- the order of the work -------------------------------------------------------------------*/

/* Everything up to the loss, and back to x_L: nothing in it depends on another shard. */
static void forward_task(void *argument, int index)
{
    const struct model *model = argument;
    const struct shard shard = shard_of(model, index);
    const int L = model->config.layers;
    double *squares = squares_of(model, index, 0);

    memset(model->partial + (size_t)index * model->partials, 0, model->partials * sizeof(real));
    embed(model, &shard);
    squares[0] = shard_squares(model, &shard, model->stream[0]);
    for (int l = 0; l < L; l++) {
        for (int kind = 0; kind < SUBLAYERS_PER_BLOCK; kind++)
            sublayer_forward(model, &model->sublayer[l * SUBLAYERS_PER_BLOCK + kind], &shard);
        squares[l + 1] = shard_squares(model, &shard, model->stream[l + 1]);
    }
    head_forward(model, &shard);
    if (model->backward)
        head_backward(model, &shard);
}

struct backward_phase {
    struct model *model;
    int block; /* the shards go back through this block: L-1 .. 0, then -1 for none */
};

enum { MATRICES_PER_BLOCK = 2 * SUBLAYERS_PER_BLOCK };

/* The shards' way back through `block`; side by side with it the weight products of the block
 * above, whose gradients are complete (above the last: the output projection's). */
static void backward_task(void *argument, int index)
{
    const struct backward_phase *phase = argument;
    struct model *model = phase->model;
    const int L = model->config.layers, block = phase->block;
    const int shards = block >= 0 ? model->shards : 0;

    if (index < shards) {
        struct block_gradients *gradients = &model->block_gradients[block % 2];
        const struct sublayer *sublayer = &model->sublayer[block * SUBLAYERS_PER_BLOCK];
        const struct shard shard = shard_of(model, index);
        sublayer_backward(model, &sublayer[1], gradients, &shard, model->dstream[block + 1],
                          gradients->middle);
        sublayer_backward(model, &sublayer[0], gradients, &shard, gradients->middle,
                          model->dstream[block]);
        squares_of(model, index, 1)[block] = shard_squares(model, &shard, model->dstream[block]);
        return;
    }
    index -= shards;
    if (block == L - 1) {
        const struct tensor *head = &model->tensor[model->head];
        blas_backward_weight(model->grad + head->offset, model->logits, head_input(model),
                             model->config.batch * model->config.context, head->cols, head->rows);
    } else if (index < MATRICES_PER_BLOCK) {
        const int above = block + 1, kind = index / 2;
        const struct block_gradients *gradients = &model->block_gradients[above % 2];
        const real *dy = kind == SUBLAYER_ATTENTION ? gradients->middle : model->dstream[above + 1];
        sublayer_weight_gradient(model, &model->sublayer[above * SUBLAYERS_PER_BLOCK + kind],
                                 gradients, dy, index % 2);
    } else {
        embed_backward(model);
    }
}

static int backward_tasks(const struct model *model, int block)
{
    if (block == model->config.layers - 1)
        return model->shards + 1;
    return block >= 0 ? model->shards + MATRICES_PER_BLOCK : MATRICES_PER_BLOCK + 1;
}

/* A vector's gradient is the sum over the shards; then each tensor's sum of squares. */
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

static void run_forward(struct model *model, const struct parallel *parallel, bool backward)
{
    const size_t N = (size_t)(model->config.batch * model->config.context);
    size_t predicted = 0;
    for (size_t row = 0; row < N; row++)
        predicted += model->targets[row] >= 0;
    model->loss_scale = 1 / (double)predicted;
    model->backward = backward;
    parallel_run(parallel, model->shards, forward_task, model);
}

void model_step(struct model *model, const struct parallel *parallel)
{
    run_forward(model, parallel, true);
    for (int block = model->config.layers - 1; block >= -1; block--) {
        struct backward_phase phase = {.model = model, .block = block};
        parallel_run(parallel, backward_tasks(model, block), backward_task, &phase);
    }
    parallel_run(parallel, model->tensors, tensor_task, model);
    sum_shards(model);
}

double model_loss(struct model *model, const struct parallel *parallel)
{
    double loss = 0;
    run_forward(model, parallel, false);
    for (int shard = 0; shard < model->shards; shard++)
        loss += model->shard_loss[shard] * model->loss_scale;
    return loss;
}
