/* See tensors.h. One row per kind of tensor says when it exists, its shape and how it starts. */
#include "core/tensors.h"

#include "core/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A shape's side, as the dimensions of the model have it. */
enum side_length { ONE, Q_NORM, K_NORM, D, D2, QKV, RANK, F, E, ED, EF, T, P, V };

enum owner { OUTSIDE, BLOCK };

/* The conditions under which a tensor exists: all of those in its row. */
enum need {
    ALWAYS = 0,
    /* a norm there, and what it has */
    AROUND = 1 << 0, /* before the branch or behind the sum */
    BRANCH = 1 << 1,
    FINAL = 1 << 2,
    GAIN = 1 << 3,
    NORM_BIAS = 1 << 4,
    ALPHA = 1 << 5,
    /* the join */
    VECTOR_SKIP = 1 << 6,
    LEARNED_SCALE = 1 << 7,
    SECOND = 1 << 8, /* a second sublayer in the block */
    /* the embedding and the output projection */
    TOKENS = 1 << 9,
    PATCHES = 1 << 10,
    POSITIONS = 1 << 11, /* learned ones */
    UNTIED = 1 << 12,
    /* the branch */
    BIAS = 1 << 13,
    FULL_RANK = 1 << 14, /* keys and values */
    LOW_RANK = 1 << 15,
    QK_NORM = 1 << 16,
    GATED = 1 << 17,
    EXPERTS = 1 << 18,
    KV_NORM = 1 << 19
};

/* How a tensor starts under each init. */
enum start {
    START_ZERO,
    START_HALF,
    START_ONE,
    START_GAIN,        /* an effective gain of 1 */
    START_BRANCH_GAIN, /* as a gain; with branch_zero 0 */
    START_EMBEDDING,   /* xavier: N(0,1), tied to the output projection as that */
    START_POSITION,    /* xavier: N(0,1) */
    START_CLASS,       /* as a position; vit: 0 */
    START_PATCH,       /* as a weight; deepnorm: without beta; vit: N(0,1/P) */
    START_HEAD,        /* xavier: N(0,1/D) */
    START_WEIGHT,      /* xavier: uniform, limit sqrt(6 / (in + out)) */
    START_PLAIN,       /* as a weight; deepnorm: without beta */
    START_QKV,         /* as a weight: rows of D x D matrices, Q, K and V */
    START_KV,          /* as a weight: two matrices, K and V */
    START_EXPERTS,     /* as a weight: one matrix for each expert */
    START_RESIDUAL,    /* as a weight; gpt2: divided by sqrt(2L) */
    START_EXPERTS_RESIDUAL
};

static const struct tensor_row {
    const char *kind;
    enum owner owner;
    unsigned needs; /* of enum need */
    enum side_length rows, cols;
    enum start start;
} tensor_rows[] = {
    {"wte.weight", OUTSIDE, TOKENS, V, D, START_EMBEDDING},
    {"wpe.weight", OUTSIDE, POSITIONS, T, D, START_POSITION},
    {"patch.weight", OUTSIDE, PATCHES, D, P, START_PATCH},
    {"patch.bias", OUTSIDE, PATCHES | BIAS, ONE, D, START_ZERO},
    {"class.weight", OUTSIDE, PATCHES, ONE, D, START_CLASS},
    {"ln1.weight", BLOCK, AROUND | GAIN, ONE, D, START_GAIN},
    {"ln1.bias", BLOCK, AROUND | NORM_BIAS, ONE, D, START_ZERO},
    {"ln1.alpha", BLOCK, AROUND | ALPHA, ONE, ONE, START_HALF},
    {"attn.qkv.weight", BLOCK, FULL_RANK, QKV, D, START_QKV},
    {"attn.qkv.bias", BLOCK, FULL_RANK | BIAS, ONE, QKV, START_ZERO},
    {"attn.q.weight", BLOCK, LOW_RANK, D, D, START_PLAIN},
    {"attn.q.bias", BLOCK, LOW_RANK | BIAS, ONE, D, START_ZERO},
    {"attn.kv_down.weight", BLOCK, LOW_RANK, RANK, D, START_PLAIN},
    {"attn.kv_down.bias", BLOCK, LOW_RANK | BIAS, ONE, RANK, START_ZERO},
    {"attn.kv_norm.weight", BLOCK, LOW_RANK | KV_NORM, ONE, RANK, START_GAIN},
    {"attn.kv_up.weight", BLOCK, LOW_RANK, D2, RANK, START_KV},
    {"attn.kv_up.bias", BLOCK, LOW_RANK | BIAS, ONE, D2, START_ZERO},
    {"attn.q_norm.weight", BLOCK, QK_NORM, ONE, Q_NORM, START_GAIN},
    {"attn.k_norm.weight", BLOCK, QK_NORM, ONE, K_NORM, START_GAIN},
    {"attn.proj.weight", BLOCK, ALWAYS, D, D, START_RESIDUAL},
    {"attn.proj.bias", BLOCK, BIAS, ONE, D, START_ZERO},
    {"ln1_branch.weight", BLOCK, BRANCH | GAIN, ONE, D, START_BRANCH_GAIN},
    {"ln1_branch.bias", BLOCK, BRANCH | NORM_BIAS, ONE, D, START_ZERO},
    {"ln1_branch.alpha", BLOCK, BRANCH | ALPHA, ONE, ONE, START_HALF},
    {"attn.omega", BLOCK, VECTOR_SKIP, ONE, D, START_ONE}, /* until admin_profile() */
    {"alpha", BLOCK, LEARNED_SCALE, ONE, ONE, START_ZERO}, /* of both sublayers */
    {"ln2.weight", BLOCK, SECOND | AROUND | GAIN, ONE, D, START_GAIN},
    {"ln2.bias", BLOCK, SECOND | AROUND | NORM_BIAS, ONE, D, START_ZERO},
    {"ln2.alpha", BLOCK, SECOND | AROUND | ALPHA, ONE, ONE, START_HALF},
    {"ffn.up.weight", BLOCK, ALWAYS, F, D, START_WEIGHT},
    {"ffn.up.bias", BLOCK, BIAS, ONE, F, START_ZERO},
    {"ffn.gate.weight", BLOCK, GATED, F, D, START_WEIGHT},
    {"ffn.gate.bias", BLOCK, GATED | BIAS, ONE, F, START_ZERO},
    {"ffn.down.weight", BLOCK, ALWAYS, D, F, START_RESIDUAL},
    {"ffn.down.bias", BLOCK, BIAS, ONE, D, START_ZERO},
    {"router.weight", BLOCK, EXPERTS, E, D, START_PLAIN},
    {"experts.up.weight", BLOCK, EXPERTS, EF, D, START_EXPERTS},
    {"experts.gate.weight", BLOCK, EXPERTS | GATED, EF, D, START_EXPERTS},
    {"experts.down.weight", BLOCK, EXPERTS, ED, F, START_EXPERTS_RESIDUAL},
    {"ln2_branch.weight", BLOCK, SECOND | BRANCH | GAIN, ONE, D, START_BRANCH_GAIN},
    {"ln2_branch.bias", BLOCK, SECOND | BRANCH | NORM_BIAS, ONE, D, START_ZERO},
    {"ln2_branch.alpha", BLOCK, SECOND | BRANCH | ALPHA, ONE, ONE, START_HALF},
    {"ffn.omega", BLOCK, SECOND | VECTOR_SKIP, ONE, D, START_ONE},
    {"ln_f.weight", OUTSIDE, FINAL | GAIN, ONE, D, START_GAIN},
    {"ln_f.bias", OUTSIDE, FINAL | NORM_BIAS, ONE, D, START_ZERO},
    {"ln_f.alpha", OUTSIDE, FINAL | ALPHA, ONE, ONE, START_HALF},
    {"head.weight", OUTSIDE, UNTIED, V, D, START_HEAD},
};

enum { TENSOR_ROWS = sizeof tensor_rows / sizeof *tensor_rows };

static int length(const struct model_config *config, enum side_length side)
{
    switch (side) {
    case ONE:
        return 1;
    case Q_NORM:
        return config->qk_joint ? config->width : config_head_width(config);
    case K_NORM:
        return config->qk_joint ? config_kv_width(config) : config_head_width(config);
    case D:
        return config->width;
    case D2:
        return 2 * config->width;
    case QKV:
        return config->width + 2 * config_kv_width(config);
    case RANK:
        return config->kv_rank;
    case F:
        return config->ffn;
    case E:
        return config->experts;
    case ED:
        return config->experts * config->width;
    case EF:
        return config->experts * config->ffn;
    case T:
        return config->context;
    case P:
        return config->patch;
    case V:
        return config->vocab;
    }
    return 0;
}

/* The needs that the model meets. */
static unsigned needs_met(const struct model_config *config)
{
    const struct placement_row *placement = &placement_table[config->placement];
    const struct norm_row *norm = &norm_table[config->norm];
    const struct {
        unsigned need;
        bool met;
    } table[] = {
        {AROUND, placement->norm_in || placement->norm_out},
        {BRANCH, placement->norm_branch},
        {FINAL, placement->final_norm},
        {GAIN, norm->gain},
        {NORM_BIAS, norm->bias && config->norm_bias},
        {ALPHA, norm->alpha},
        {VECTOR_SKIP, placement->skip == SKIP_VECTOR},
        {LEARNED_SCALE, placement->scale == SCALE_LEARNED},
        {SECOND, !config->parallel},
        {TOKENS, config->patch == 0},
        {PATCHES, config->patch > 0},
        {POSITIONS, config->positions == POSITIONS_LEARNED},
        {UNTIED, !config->tied},
        {BIAS, config->bias},
        {FULL_RANK, config->kv_rank == 0},
        {LOW_RANK, config->kv_rank > 0},
        {QK_NORM, config->qk_norm},
        {KV_NORM, config->kv_norm},
        {GATED, config_is_gated(config)},
        {EXPERTS, config->experts > 0},
    };
    unsigned met = 0;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        met |= table[i].met ? table[i].need : 0;
    return met;
}

/* Tensors start on cache lines; the numbers between them are 0 and stay so. */
static size_t padded(size_t count)
{
    const size_t line = MEMORY_ALIGNMENT / sizeof(real);
    return (count + line - 1) / line * line;
}

/* The matrices that lie in the tensor. */
static void set_parts(struct tensor *tensor, const struct model_config *config, enum start start)
{
    tensor->part = tensor->rows;
    if (start == START_QKV)
        tensor->part = config->width;
    else if (start == START_KV)
        tensor->part = tensor->rows / 2;
    else if (start == START_EXPERTS || start == START_EXPERTS_RESIDUAL)
        tensor->part = tensor->rows / config->experts;
    tensor->other_part = start == START_QKV ? config_kv_width(config) : tensor->part;
}

static void append(struct parameters *p, const struct model_config *c, const struct tensor_row *row,
                   int block)
{
    struct tensor *tensor = &p->tensor[p->tensors++];
    *tensor = (struct tensor){
        .kind = row->kind,
        .block = block,
        .rows = length(c, row->rows),
        .cols = length(c, row->cols),
        .offset = p->count,
        .vector = row->rows == ONE,
        .partial = p->vectors,
    };
    set_parts(tensor, c, row->start);
    size_t size = tensor_size(tensor);
    p->count += padded(size);
    p->trained += size;
    if (tensor->vector)
        p->vectors += padded(size);
}

/* Gives every matrix its place among the packed weights. Blocks of even and of odd number have
 * places of their own, so that one is read while the next is packed. */
static void place_packed(struct parameters *p, int layers)
{
    size_t outside = 0, of_block = 0;
    for (int i = 0; i < p->tensors; i++) {
        struct tensor *tensor = &p->tensor[i];
        if (tensor->vector || tensor->block > 0)
            continue;
        size_t *end = tensor->block < 0 ? &outside : &of_block;
        tensor->packed = *end;
        *end += padded(tensor_size(tensor));
    }
    p->tensors_of_block = 0;
    for (int i = p->tensors - 1; i >= 0; i--) {
        if (p->tensor[i].block == 0) {
            p->first_of_blocks = i;
            p->tensors_of_block++;
        }
    }
    for (int block = layers - 1; block >= 0; block--) {
        struct tensor *first = &p->tensor[p->first_of_blocks];
        for (int i = 0; i < p->tensors_of_block; i++)
            first[block * p->tensors_of_block + i].packed =
                outside + (block % 2 ? of_block : 0) + first[i].packed;
    }
    p->packed = outside + (layers > 1 ? 2 : 1) * of_block;
}

void tensors_list(struct parameters *p, const struct model_config *c)
{
    const int L = c->layers;
    const unsigned met = needs_met(c);
    *p = (struct parameters){0};
    p->tensor = memory_new((size_t)TENSOR_ROWS * (size_t)L, sizeof *p->tensor);
    for (int i = 0; i < TENSOR_ROWS;) {
        const struct tensor_row *row = &tensor_rows[i];
        if (row->owner == OUTSIDE) {
            if ((row->needs & ~met) == 0)
                append(p, c, row, -1);
            i++;
            continue;
        }
        int end = i; /* the rows of a block stand together */
        while (end < TENSOR_ROWS && tensor_rows[end].owner == BLOCK)
            end++;
        for (int block = 0; block < L; block++)
            for (int j = i; j < end; j++)
                if ((tensor_rows[j].needs & ~met) == 0)
                    append(p, c, &tensor_rows[j], block);
        i = end;
    }
    place_packed(p, L);
}

int tensors_find(const struct parameters *parameters, const char *kind, int block)
{
    for (int i = 0; i < parameters->tensors; i++)
        if (parameters->tensor[i].block == block && strcmp(parameters->tensor[i].kind, kind) == 0)
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

/* The spread of initial values: the standard deviation of normal ones, the limit of uniform ones.
 */
struct spread {
    double size;
    bool uniform;
};

/* Is the tensor the last matrix of a branch, whose product is added to the stream? */
static bool is_residual(enum start start)
{
    return start == START_RESIDUAL || start == START_EXPERTS_RESIDUAL;
}

static struct spread spread_of(const struct model_config *config, const struct tensor *tensor,
                               enum start start)
{
    /* With fewer key and value heads their rows are still taken as those of a D x D matrix. */
    const double in = tensor->cols, both = in + tensor->part;
    const bool position = start == START_POSITION || start == START_CLASS;
    if (config->init == INIT_VIT &&
        (start == START_CLASS || (start == START_HEAD && !config->tied)))
        return (struct spread){.size = 0};
    if (config->init == INIT_VIT && start == START_POSITION)
        return (struct spread){.size = 0.02};
    if (config->init == INIT_GPT2 && start == START_POSITION)
        return (struct spread){.size = 0.01};
    if (config->init == INIT_SMALL)
        return (struct spread){.size = 0.02};
    if (config->init == INIT_GPT2 || config->init == INIT_NANOGPT)
        return (struct spread){.size =
                                   0.02 / (is_residual(start) ? sqrt(2.0 * config->layers) : 1)};
    /* A table, from which one row is looked up: a product with an input of width 1. */
    if (start == START_EMBEDDING || position)
        return (struct spread){.size = 1};
    if (start == START_HEAD || config->init == INIT_UNIT ||
        (config->init == INIT_VIT && start == START_PATCH))
        return (struct spread){.size = 1 / sqrt(in)};
    if (config->init == INIT_XAVIER_NORMAL)
        return (struct spread){.size = sqrt(2 / both)};
    return (struct spread){.size = sqrt(6 / both), .uniform = true};
}

/* DeepNorm's beta multiplies V, the attention output and the feed-forward weights. Returns the
 * first of the tensor's rows that it multiplies; as many as there are rows: none. */
static int beta_from(const struct model_config *config, const struct tensor *tensor,
                     enum start start)
{
    const bool beta = config->init == INIT_DEEPNORM || config->placement == PLACEMENT_DEEPNORM;
    switch (start) {
    case START_QKV:
        return beta ? config->width + config_kv_width(config) : tensor->rows;
    case START_KV:
        return beta ? config->width : tensor->rows;
    case START_WEIGHT:
    case START_EXPERTS:
    case START_RESIDUAL:
    case START_EXPERTS_RESIDUAL:
        return beta ? 0 : tensor->rows;
    default:
        return tensor->rows;
    }
}

static void fill(const struct model_config *config, const struct tensor *tensor, enum start start,
                 real *weight)
{
    struct rng rng = rng_stream(config->seed, rng_key(tensor->kind), (uint64_t)(tensor->block + 1));
    const struct spread spread = spread_of(config, tensor, start);
    const int from = beta_from(config, tensor, start);
    const double scale =
        tensor->block >= 0 ? placement_weight_scale(config->placement, config->layers) : 1;
    for (int row = 0; row < tensor->rows; row++) {
        const double size =
            spread.size * scale * (row >= from ? placement_beta(config->layers) : 1);
        for (int i = 0; i < tensor->cols; i++)
            *weight++ =
                (real)(size * (spread.uniform ? 2 * rng_uniform(&rng) - 1 : rng_normal(&rng)));
    }
}

void tensors_init(struct parameters *p, const struct model_config *c)
{
    for (int i = 0; i < p->tensors; i++) {
        const struct tensor *tensor = &p->tensor[i];
        enum start start = row_of(tensor)->start;
        if (start == START_EMBEDDING && c->tied)
            start = START_HEAD;
        real *weight = p->weight + tensor->offset, value;
        switch (start) {
        case START_ZERO:
            value = 0;
            break;
        case START_HALF:
            value = (real)0.5;
            break;
        case START_ONE:
            value = 1;
            break;
        case START_GAIN:
            value = c->gain_offset ? 0 : 1;
            break;
        case START_BRANCH_GAIN:
            value = (real)((c->branch_zero ? 0 : 1) - (c->gain_offset ? 1 : 0));
            break;
        default:
            fill(c, tensor, start, weight);
            continue;
        }
        for (size_t j = 0; j < tensor_size(tensor); j++)
            weight[j] = value;
    }
}
