/* See tensors.h. One row per kind of tensor says when it exists, its shape and how it starts. */
#include "core/tensors.h"

#include "core/rng.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A shape's side, as the dimensions of the model have it. */
enum side_length { ONE, D, D3, F, T, V };

enum owner { OUTSIDE, BLOCK };

/* The condition under which a tensor exists. */
enum need { ALWAYS, GAIN, NORM_BIAS, BRANCH_GAIN, BRANCH_BIAS, FINAL_GAIN, FINAL_BIAS };

/* How a tensor starts under each init. */
enum start {
    START_ZERO,
    START_ONE,
    START_EMBEDDING, /* xavier: N(0,1) */
    START_HEAD,      /* xavier: N(0,1/D) */
    START_WEIGHT,    /* xavier: uniform, limit sqrt(6 / (in + out)) */
    START_QKV,       /* the same, for three D x D matrices in one */
    START_RESIDUAL   /* as a weight; gpt2: divided by sqrt(2L) */
};

static const struct tensor_row {
    const char *kind;
    enum owner owner;
    enum need need;
    enum side_length rows, cols;
    enum start start;
} tensor_rows[] = {
    {"wte.weight", OUTSIDE, ALWAYS, V, D, START_EMBEDDING},
    {"wpe.weight", OUTSIDE, ALWAYS, T, D, START_EMBEDDING},
    {"ln1.weight", BLOCK, GAIN, ONE, D, START_ONE},
    {"ln1.bias", BLOCK, NORM_BIAS, ONE, D, START_ZERO},
    {"attn.qkv.weight", BLOCK, ALWAYS, D3, D, START_QKV},
    {"attn.qkv.bias", BLOCK, ALWAYS, ONE, D3, START_ZERO},
    {"attn.proj.weight", BLOCK, ALWAYS, D, D, START_RESIDUAL},
    {"attn.proj.bias", BLOCK, ALWAYS, ONE, D, START_ZERO},
    {"ln1_branch.weight", BLOCK, BRANCH_GAIN, ONE, D, START_ONE},
    {"ln1_branch.bias", BLOCK, BRANCH_BIAS, ONE, D, START_ZERO},
    {"ln2.weight", BLOCK, GAIN, ONE, D, START_ONE},
    {"ln2.bias", BLOCK, NORM_BIAS, ONE, D, START_ZERO},
    {"ffn.up.weight", BLOCK, ALWAYS, F, D, START_WEIGHT},
    {"ffn.up.bias", BLOCK, ALWAYS, ONE, F, START_ZERO},
    {"ffn.down.weight", BLOCK, ALWAYS, D, F, START_RESIDUAL},
    {"ffn.down.bias", BLOCK, ALWAYS, ONE, D, START_ZERO},
    {"ln2_branch.weight", BLOCK, BRANCH_GAIN, ONE, D, START_ONE},
    {"ln2_branch.bias", BLOCK, BRANCH_BIAS, ONE, D, START_ZERO},
    {"ln_f.weight", OUTSIDE, FINAL_GAIN, ONE, D, START_ONE},
    {"ln_f.bias", OUTSIDE, FINAL_BIAS, ONE, D, START_ZERO},
    {"head.weight", OUTSIDE, ALWAYS, V, D, START_HEAD},
};

enum { TENSOR_ROWS = sizeof tensor_rows / sizeof *tensor_rows };

static int length(const struct model_config *config, enum side_length side)
{
    switch (side) {
    case ONE:
        return 1;
    case D:
        return config->width;
    case D3:
        return 3 * config->width;
    case F:
        return config->ffn;
    case T:
        return config->context;
    case V:
        return config->vocab;
    }
    return 0;
}

static bool exists(const struct model_config *config, enum need need)
{
    const struct placement_row *placement = &placement_table[config->placement];
    const struct norm_row *norm = &norm_table[config->norm];
    bool around = placement->norm_in || placement->norm_out;
    switch (need) {
    case ALWAYS:
        return true;
    case GAIN:
        return around && norm->gain;
    case NORM_BIAS:
        return around && norm->bias;
    case BRANCH_GAIN:
        return placement->norm_branch && norm->gain;
    case BRANCH_BIAS:
        return placement->norm_branch && norm->bias;
    case FINAL_GAIN:
        return placement->final_norm && norm->gain;
    case FINAL_BIAS:
        return placement->final_norm && norm->bias;
    }
    return false;
}

/* Tensors start on cache lines; the numbers between them are 0 and stay so. */
static size_t padded(size_t count)
{
    const size_t line = MEMORY_ALIGNMENT / sizeof(real);
    return (count + line - 1) / line * line;
}

static void append(struct model *model, const struct tensor_row *row, int block)
{
    struct tensor *tensor = &model->tensor[model->tensors++];
    *tensor = (struct tensor){
        .kind = row->kind,
        .block = block,
        .rows = length(&model->config, row->rows),
        .cols = length(&model->config, row->cols),
        .offset = model->parameters,
        .vector = row->rows == ONE,
        .partial = model->partials,
    };
    size_t size = tensor_size(tensor);
    model->parameters += padded(size);
    model->trained += size;
    if (tensor->vector)
        model->partials += padded(size);
}

void tensors_list(struct model *model)
{
    const int L = model->config.layers;
    model->tensor = memory_new((size_t)TENSOR_ROWS * (size_t)L, sizeof *model->tensor);
    for (int i = 0; i < TENSOR_ROWS;) {
        const struct tensor_row *row = &tensor_rows[i];
        if (row->owner == OUTSIDE) {
            if (exists(&model->config, row->need))
                append(model, row, -1);
            i++;
            continue;
        }
        int end = i; /* the rows of a block stand together */
        while (end < TENSOR_ROWS && tensor_rows[end].owner == BLOCK)
            end++;
        for (int block = 0; block < L; block++)
            for (int j = i; j < end; j++)
                if (exists(&model->config, tensor_rows[j].need))
                    append(model, &tensor_rows[j], block);
        i = end;
    }
}

int tensors_find(const struct model *model, const char *kind, int block)
{
    for (int i = 0; i < model->tensors; i++)
        if (model->tensor[i].block == block && strcmp(model->tensor[i].kind, kind) == 0)
            return i;
    return -1;
}

static const struct tensor_row *row_of(const struct tensor *tensor)
{
    for (int i = 0; i < TENSOR_ROWS; i++)
        if (strcmp(tensor_rows[i].kind, tensor->kind) == 0)
            return &tensor_rows[i];
    return NULL;
}

/* Standard deviation of a normal start, or minus the limit of a uniform one. */
static double spread(const struct model_config *config, const struct tensor *tensor,
                     enum start start)
{
    if (config->init == INIT_GPT2)
        return start == START_RESIDUAL ? 0.02 / sqrt(2.0 * config->layers) : 0.02;
    switch (start) {
    case START_EMBEDDING:
        return 1;
    case START_HEAD:
        return 1 / sqrt((double)tensor->cols);
    case START_QKV:
        return -sqrt(6.0 / (tensor->rows / 3 + tensor->cols));
    default:
        return -sqrt(6.0 / (tensor->rows + tensor->cols));
    }
}

void tensors_init(struct model *model)
{
    for (int i = 0; i < model->tensors; i++) {
        const struct tensor *tensor = &model->tensor[i];
        enum start start = row_of(tensor)->start;
        real *weight = model->weight + tensor->offset;
        size_t size = tensor_size(tensor);
        if (start == START_ZERO || start == START_ONE) {
            for (size_t j = 0; j < size; j++)
                weight[j] = start == START_ONE;
            continue;
        }
        struct rng rng =
            rng_stream(model->config.seed, rng_key(tensor->kind), (uint64_t)(tensor->block + 1));
        double scale = spread(&model->config, tensor, start);
        for (size_t j = 0; j < size; j++)
            weight[j] =
                (real)(scale > 0 ? scale * rng_normal(&rng) : -scale * (2 * rng_uniform(&rng) - 1));
    }
}

size_t tensor_size(const struct tensor *tensor)
{
    return (size_t)tensor->rows * (size_t)tensor->cols;
}

void tensor_name(const struct tensor *tensor, char out[TENSOR_NAME])
{
    if (tensor->block < 0)
        snprintf(out, TENSOR_NAME, "%s", tensor->kind);
    else
        snprintf(out, TENSOR_NAME, "blocks.%d.%s", tensor->block, tensor->kind);
}
