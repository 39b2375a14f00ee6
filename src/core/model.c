/* See model.h: memory, and the order of the work. */
#include "core/model.h"

#include "core/beside.h"
#include "core/branch.h"
#include "core/dropout.h"
#include "core/kernels.h"
#include "core/linear.h"
#include "core/pass.h"
#include "core/probe.h"
#include "core/sublayer.h"

#include <string.h>

/* ---- memory ----------------------------------------------------------------------------------*/

/* Gives every array its place; twice, the first time only to count. */
static void carve(struct model *model)
{
    const struct model_config *c = &model->config;
    const size_t N = (size_t)(c->batch * c->context);
    struct arena *arena = &model->arena;
    parameters_carve(&model->parameters, c, arena);
    model->batch.tokens = arena_take(arena, N, sizeof(int32_t));
    model->batch.targets = arena_take(arena, N, sizeof(int32_t));
    if (c->patch > 0)
        model->batch.pixels = real_take(arena, N * (size_t)c->patch);
    activations_carve(&model->activations, &model->parameters, c, arena);
    gradients_carve(&model->gradients, &model->activations, &model->parameters, c, arena);
    workspace_carve(&model->workspace, &model->parameters, c, arena);
}

/* All that does not lie in the arena. */
static void open_tables(struct model *model, const struct model_config *config)
{
    *model = (struct model){.config = *config, .kernels = kernels_chosen()};
    parameters_open(&model->parameters, config);
    activations_open(&model->activations, config);
    gradients_open(&model->gradients, &model->parameters, config);
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
    struct parameters parameters;
    parameters_open(&parameters, config);
    size_t count = parameters.count;
    parameters_close(&parameters);
    return count;
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
    parameters_fill(&model->parameters, config);
    return true;
}

void model_close(struct model *model)
{
    parameters_close(&model->parameters);
    activations_close(&model->activations);
    gradients_close(&model->gradients);
    arena_close(&model->arena);
    *model = (struct model){0};
}

/* ---- what a step has left --------------------------------------------------------------------*/

const real *model_stream(const struct model *model, int l)
{
    return model->activations.stream[l];
}

const real *model_dstream(const struct model *model, int l)
{
    return model->gradients.dstream[l];
}

const real *model_output(const struct model *model)
{
    return model->activations.head_input;
}

const real *model_logits(const struct model *model, int sequence, int place)
{
    const size_t row = (size_t)sequence * (size_t)model->config.context + (size_t)place;
    return model->activations.logits + row * (size_t)model->config.vocab;
}

real model_attention(const struct model *model, int block, int sequence, int head, int query,
                     int key)
{
    const size_t Tp = (size_t)attention_pad(model->config.context);
    const struct sublayer_activations *a =
        &model->activations.sublayer[block * config_sublayers(&model->config)];
    return a->attention
        .probability[((size_t)(sequence * model->config.heads + head) * Tp + (size_t)key) * Tp +
                     (size_t)query];
}

/* ---- the end of the stack --------------------------------------------------------------------*/

/* The shard's sum of squares of an [N][D] array. */
static double shard_squares(const struct pass *pass, const real *x)
{
    const int D = pass->config->width;
    return pass->kernels->sum_squares(shard_rows_const(x, &pass->shard, D),
                                      (size_t)pass->shard.rows * (size_t)D);
}

/* The row of the shard in shard_square[shards][L+1]. */
static double *squares_of(const struct pass *pass, double *shard_square)
{
    return shard_square + pass->shard.index * (pass->config->layers + 1);
}

/* forward: logits = Nfinal(x_L) W_head^T */
static void head_logits(const struct pass *pass, struct activations *a)
{
    const int D = pass->config->width;
    if (pass->parameters->final.present)
        norm_forward(pass, &pass->parameters->final, &a->final);
    if (a->second_stream)
        beside_head_forward(pass, a);
    linear_forward(pass, pass->parameters->head, shard_rows_const(a->head_input, &pass->shard, D),
                   shard_rows(a->logits, &pass->shard, pass->config->vocab), pass->shard.rows);
}

/* dx_L from dlogits. */
static void head_backward(const struct pass *pass, const struct activations *a, struct gradients *g)
{
    const int D = pass->config->width, V = pass->config->vocab, L = pass->config->layers;
    const struct shard *shard = &pass->shard;
    linear_backward_data(pass, pass->parameters->head, shard_rows(g->dlogits, shard, V),
                         shard_rows(g->dhead_input, shard, D), shard->rows);
    if (a->second_stream)
        beside_head_backward(pass, a, g);
    else if (pass->parameters->final.present)
        norm_backward(pass, &pass->parameters->final, &a->final, g->dhead_input, NULL,
                      g->dstream[L]);
    squares_of(pass, g->shard_square)[L] = shard_squares(pass, g->dstream[L]);
}

/* The shard's loss in nats, and dlogits in the place of the logits; `scale` is 1 / the number of
 * predicted tokens. */
static double loss_forward_backward(const struct pass *pass, const int32_t *targets, real *logits,
                                    double scale)
{
    const int V = pass->config->vocab;
    double loss = 0;
    for (int row = pass->shard.first; row < pass->shard.first + pass->shard.rows; row++) {
        real *of_row = logits + (size_t)row * (size_t)V;
        if (targets[row] >= 0)
            loss += pass->kernels->cross_entropy(of_row, V, targets[row], scale);
        else
            memset(of_row, 0, (size_t)V * sizeof(real));
    }
    return loss;
}

/* ---- forward ---------------------------------------------------------------------------------*/

/* What the tasks of one phase have in common. */
struct phase {
    struct model *model;
    int sublayer;      /* of a forward_task() or predict_task(), counted through the stack from 0 */
    int block;         /* of a backward_task(): L-1 .. 0, then -1 for none */
    double loss_scale; /* of a head_task(): 1 / number of predicted tokens */
    bool backward;     /* of a head_task(): false: only the loss is wanted */
    int first, count;  /* of a predict_task(): places of each sequence */
};

static struct pass pass_of(struct model *model, struct shard shard)
{
    return (struct pass){
        .config = &model->config,
        .kernels = model->kernels,
        .parameters = &model->parameters,
        .workspace = &model->workspace,
        .probe = model->probe,
        .dropout = model->learns ? model->config.dropout : 0,
        .dice = model->dice,
        .shard = shard,
    };
}

static struct pass pass_of_shard(struct model *model, int index)
{
    return pass_of(model, shard_of(&model->config, index));
}

/* Over all rows, for the weights. */
static struct pass pass_of_all(struct model *model)
{
    return pass_of(model, (struct shard){.rows = model->config.batch * model->config.context});
}

/* Packs the weights that the first block needs, and those outside the blocks. */
static void pack_task(void *argument, int tensor)
{
    const struct phase *phase = argument;
    const struct pass pass = pass_of_all(phase->model);
    if (pass.parameters->tensor[tensor].block <= 0)
        linear_pack(&pass, tensor);
}

/* The shard's x_0; sets its partial gradients of vectors to 0. */
static void embed_task(void *argument, int index)
{
    const struct phase *phase = argument;
    struct model *model = phase->model;
    struct activations *a = &model->activations;
    const struct pass pass = pass_of_shard(model, index);
    const size_t vectors = model->parameters.vectors;
    memset(model->workspace.dvectors + (size_t)index * vectors, 0, vectors * sizeof(real));
    embedding_forward(&pass, &model->batch, a);
    if (pass.dropout > 0)
        dropout_rows(&pass, (struct dropout_place){DROPOUT_EMBEDDING, 0}, a->stream[0],
                     a->stream[0]);
    beside_embed(&pass, a);
    squares_of(&pass, a->shard_square)[0] = shard_squares(&pass, a->stream[0]);
    probe_stream(&pass, a, 0);
}

/* The block whose weights are packed side by side with a sublayer; -1: none. */
static int packed_by(const struct model_config *c, int sublayer)
{
    const int block = sublayer / config_sublayers(c);
    return (sublayer + 1) % config_sublayers(c) == 0 && block + 1 < c->layers ? block + 1 : -1;
}

/* All shards go through a sublayer before any goes through the next one: its weights stay in the
 * cache. */
static void forward_task(void *argument, int index)
{
    const struct phase *phase = argument;
    struct model *model = phase->model;
    struct activations *a = &model->activations;
    const int shards = config_shards(&model->config), sublayers = config_sublayers(&model->config);
    if (index >= shards) {
        const struct parameters *p = &model->parameters;
        const struct pass pass = pass_of_all(model);
        const int block = packed_by(&model->config, phase->sublayer);
        linear_pack(&pass, p->first_of_blocks + block * p->tensors_of_block + (index - shards));
        return;
    }
    const struct pass pass = pass_of_shard(model, index);
    const int next = phase->sublayer + 1;
    sublayer_forward(&pass, a, phase->sublayer);
    probe_forward(&pass, a, phase->sublayer);
    if (next % sublayers == 0) {
        const int l = next / sublayers;
        squares_of(&pass, a->shard_square)[l] = shard_squares(&pass, a->stream[l]);
        probe_stream(&pass, a, l);
    }
}

/* Forward from x_L to the loss and, where it is wanted, backward to dx_L. */
static void head_task(void *argument, int index)
{
    const struct phase *phase = argument;
    struct model *model = phase->model;
    struct activations *a = &model->activations;
    const struct pass pass = pass_of_shard(model, index);
    head_logits(&pass, a);
    a->shard_loss[index] =
        loss_forward_backward(&pass, model->batch.targets, a->logits, phase->loss_scale);
    if (phase->backward)
        head_backward(&pass, a, &model->gradients);
}

/* Returns the loss. */
static double run_forward(struct model *model, const struct parallel *parallel, bool backward)
{
    const struct model_config *c = &model->config;
    const size_t N = (size_t)(c->batch * c->context);
    const int shards = config_shards(c);
    struct phase phase = {.model = model, .backward = backward};
    size_t predicted = 0;
    double loss = 0;
    for (size_t row = 0; row < N; row++)
        predicted += model->batch.targets[row] >= 0;
    phase.loss_scale = 1 / (double)predicted;
    parallel_run(parallel, model->parameters.tensors, pack_task, &phase);
    parallel_run(parallel, shards, embed_task, &phase);
    for (int i = 0; i < c->layers * config_sublayers(c); i++) {
        const int packed = packed_by(c, i) >= 0 ? model->parameters.tensors_of_block : 0;
        phase.sublayer = i;
        parallel_run(parallel, shards + packed, forward_task, &phase);
    }
    parallel_run(parallel, shards, head_task, &phase);
    for (int shard = 0; shard < shards; shard++)
        loss += model->activations.shard_loss[shard] * phase.loss_scale;
    return loss;
}

double model_loss(struct model *model, const struct parallel *parallel)
{
    return run_forward(model, parallel, false);
}

/* ---- backward --------------------------------------------------------------------------------*/

/* The number of matrices in a block. */
static int matrices(const struct model *model)
{
    int count = 0;
    for (int i = 0; i < config_sublayers(&model->config); i++)
        count += branch_matrices(&model->parameters.sublayer[i]);
    return count;
}

/* The shard's way back through a block. */
static void block_backward(struct model *model, int block, int shard)
{
    const struct pass pass = pass_of_shard(model, shard);
    const int sublayers = config_sublayers(&model->config);
    struct gradients *g = &model->gradients;
    const real *dy = g->dstream[block + 1];
    for (int i = sublayers - 1; i >= 0; i--) {
        const int index = block * sublayers + i;
        real *dx = i == 0 ? g->dstream[block] : gradients_of_block(g, block)->dmiddle;
        sublayer_backward(&pass, &model->activations, index, g, dy, dx);
        probe_backward(&pass, g, index, dy);
        dy = dx;
    }
    beside_block_backward(&pass, g, block, g->dstream[block]);
    if (block == 0)
        embedding_backward(&pass, g);
    squares_of(&pass, g->shard_square)[block] = shard_squares(&pass, g->dstream[block]);
}

/* The gradient of the `which`-th matrix of a block. */
static void block_weight_gradient(struct model *model, int block, int which)
{
    const struct pass pass = pass_of_all(model);
    const int sublayers = config_sublayers(&model->config);
    const struct sublayer *sublayer = &model->parameters.sublayer[block * sublayers];
    struct gradients *g = &model->gradients;
    int i = 0;
    for (; which >= branch_matrices(&sublayer[i]); i++)
        which -= branch_matrices(&sublayer[i]);
    const real *dy =
        i == sublayers - 1 ? g->dstream[block + 1] : gradients_of_block(g, block)->dmiddle;
    sublayer_weight_gradient(&pass, &model->activations, block * sublayers + i, g, dy, which);
}

/* The shards' way back through `block`; side by side with it the weight products of the block
 * above, whose gradients are complete (above the last: the output projection's). */
static void backward_task(void *argument, int index)
{
    const struct phase *phase = argument;
    struct model *model = phase->model;
    const int block = phase->block;
    const int shards = block >= 0 ? config_shards(&model->config) : 0;

    if (index < shards) {
        block_backward(model, block, index);
        return;
    }
    index -= shards;
    if (block < model->config.layers - 1 && index < matrices(model)) {
        block_weight_gradient(model, block + 1, index);
        return;
    }
    const struct pass pass = pass_of_all(model);
    if (block == model->config.layers - 1)
        linear_backward_weight(&pass, &model->gradients, model->parameters.head,
                               model->gradients.dlogits, model->activations.head_input);
    else
        embedding_weight_gradient(&pass, &model->batch, &model->gradients);
}

static int backward_tasks(const struct model *model, int block)
{
    if (block == model->config.layers - 1)
        return config_shards(&model->config) + 1;
    return block >= 0 ? config_shards(&model->config) + matrices(model) : matrices(model) + 1;
}

enum { NOT_MEASURED = -1 }; /* a sum of squares */

/* Sums up a vector's gradient over the shards; measures the gradient's squares where no weight
 * product has. */
static void tensor_task(void *argument, int index)
{
    const struct phase *phase = argument;
    struct model *model = phase->model;
    struct gradients *g = &model->gradients;
    const struct tensor *tensor = &model->parameters.tensor[index];
    const size_t size = tensor_size(tensor);
    real *dweight = g->dweight + tensor->offset;
    if (tensor->vector) {
        const real *part = model->workspace.dvectors + tensor->partial;
        memcpy(dweight, part, size * sizeof(real));
        for (int shard = 1; shard < config_shards(&model->config); shard++) {
            part += model->parameters.vectors;
            for (size_t i = 0; i < size; i++)
                dweight[i] += part[i];
        }
    }
    if (g->dweight_square[index] == NOT_MEASURED)
        g->dweight_square[index] = model->kernels->sum_squares(dweight, size);
}

/* square[L+1] from those of the shards. */
static void sum_shards(const struct model_config *c, const double *shard_square, double *square)
{
    const int layers = c->layers + 1;
    for (int l = 0; l < layers; l++) {
        square[l] = 0;
        for (int shard = 0; shard < config_shards(c); shard++)
            square[l] += shard_square[shard * layers + l];
    }
}

void model_step(struct model *model, const struct parallel *parallel)
{
    struct activations *a = &model->activations;
    struct gradients *g = &model->gradients;
    struct phase phase = {.model = model};
    for (int tensor = 0; tensor < model->parameters.tensors; tensor++)
        g->dweight_square[tensor] = NOT_MEASURED;
    model->learns = true;
    model->loss = run_forward(model, parallel, true);
    for (phase.block = model->config.layers - 1; phase.block >= -1; phase.block--)
        parallel_run(parallel, backward_tasks(model, phase.block), backward_task, &phase);
    parallel_run(parallel, model->parameters.tensors, tensor_task, &phase);
    sum_shards(&model->config, a->shard_square, a->stream_square);
    sum_shards(&model->config, g->shard_square, g->dstream_square);
    const struct pass pass = pass_of_all(model);
    probe_sum(&pass, a, g);
    model->learns = false;
}

/* ---- prediction ------------------------------------------------------------------------------*/

/* Places of a sequence, in the place of a shard. */
static void predict_task(void *argument, int sequence)
{
    const struct phase *phase = argument;
    struct model *model = phase->model;
    struct pass pass =
        pass_of(model, (struct shard){.index = sequence,
                                      .first = sequence * model->config.context + phase->first,
                                      .rows = phase->count});
    pass.unpacked = true;
    if (phase->sublayer < 0) {
        embedding_forward(&pass, &model->batch, &model->activations);
        beside_embed(&pass, &model->activations);
    } else if (phase->sublayer < model->config.layers * config_sublayers(&model->config)) {
        sublayer_forward(&pass, &model->activations, phase->sublayer);
    } else {
        head_logits(&pass, &model->activations);
    }
}

void model_predict(struct model *model, int sequences, int first, int count,
                   const struct parallel *parallel)
{
    const int sublayers = model->config.layers * config_sublayers(&model->config);
    struct phase phase = {.model = model, .first = first, .count = count};
    /* -1: the embedding; behind the last sublayer: the output projection */
    for (phase.sublayer = -1; phase.sublayer <= sublayers; phase.sublayer++)
        parallel_run(parallel, sequences, predict_task, &phase);
}
