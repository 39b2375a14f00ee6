/* What a model is made of: the words of the settings that reach the core. */
#ifndef LNSCOPE_CORE_CONFIG_H
#define LNSCOPE_CORE_CONFIG_H

#include "base/error.h"
#include "base/names.h"
#include "core/placement.h"

#include <stdbool.h>
#include <stdint.h>

/* feed_forward.h has the formulas. */
enum activation {
    ACTIVATION_GELU,
    ACTIVATION_RELU,
    ACTIVATION_SWIGLU,
    ACTIVATION_GEGLU,
    ACTIVATIONS
};

/* How the tokens of a sequence are told apart; positions.h has the formulas. */
enum positions {
    POSITIONS_LEARNED, /* a trained table */
    POSITIONS_SINUSOIDAL,
    POSITIONS_ROTARY,
    POSITIONS_NONE,
    POSITIONS_KINDS
};

/* Which keys a query sees: those up to its own place, or all of the sequence. */
enum mask { MASK_CAUSAL, MASK_BIDIRECTIONAL };

/* How weights start; tensors.c has the numbers. */
enum init {
    INIT_XAVIER,        /* uniform, limit sqrt(6 / (in + out)) (Glorot 2010) */
    INIT_GPT2,          /* normal 0.02, positions 0.01; what is added to the stream / sqrt(2L) */
    INIT_XAVIER_NORMAL, /* normal, variance 2 / (in + out) */
    INIT_DEEPNORM,      /* xavier, with DeepNorm's beta(L) */
    INIT_SMALL,         /* normal 0.02 everywhere */
    INIT_UNIT,          /* normal, variance 1 / in */
    INIT_NANOGPT,       /* as INIT_GPT2, positions 0.02 */
    INIT_VIT,           /* xavier; positions normal 0.02, class token and output projection 0 */
    INITS
};

/* How a gradient becomes an update; kernels.c has the formulas. */
enum optimizer {
    OPTIMIZER_ADAMW,
    OPTIMIZER_SGD,      /* decay decoupled */
    OPTIMIZER_MOMENTUM, /* decay decoupled */
    OPTIMIZER_ADAM,     /* decay added to the gradient */
    OPTIMIZER_RADAM,    /* decay as Adam */
    OPTIMIZER_LION,     /* decay decoupled */
    OPTIMIZER_MUON,     /* matrices of the blocks, the rest AdamW; decay decoupled */
    OPTIMIZERS
};

/* What LayerNorm adds to the variance and RMSNorm to the mean square, where nothing else is said.
 */
#define NORM_EPSILON 1e-5

/* What the lists say of each. */
extern const struct name_row activation_table[ACTIVATIONS];
extern const struct name_row positions_table[POSITIONS_KINDS];
extern const struct name_row init_table[INITS];
extern const struct name_row optimizer_table[OPTIMIZERS];

extern const struct names activation_names, positions_names, init_names, optimizer_names;

enum { CONFIG_EXPERTS_MAX = 64 };

struct model_config {
    enum placement placement;
    enum norm norm;
    enum activation activation;
    enum init init;
    double norm_eps;  /* added to what a norm takes the root of, QK-norm too; 0: NORM_EPSILON */
    bool norm_bias;   /* norms that can have a bias have one: LayerNorm, DyT */
    bool gain_offset; /* the gain of a norm is 1 + w, w starting at 0 (Gemma) */
    bool branch_zero; /* the gains of the norms behind branches start at 0 (Swin v2) */
    int layers;       /* L, 1..128 */
    int width;        /* D, a multiple of heads */
    int heads;        /* H */
    int ffn;          /* F */
    int context;      /* T */
    int batch;        /* B */
    int vocab;        /* V */
    uint64_t seed;

    enum positions positions;
    enum mask mask;
    int kv_heads;     /* KV: heads of keys and values, a divisor of H; 0: H */
    int kv_rank;      /* r: keys and values are of this rank (attention.h); 0: of full rank */
    int window;       /* a query sees the keys less than this far away, itself included; 0: all */
    int window_every; /* n: on every n-th block is a window, the others see all; 0, 1: on all */
    int full_every;   /* n: every n-th block has no window after all; 0: none */
    bool qk_norm;     /* RMSNorm of every head's q and k */
    bool qk_joint;    /* one RMSNorm over all heads' q, and one over all heads' k, instead */
    bool kv_norm;     /* with a kv_rank: RMSNorm of the r numbers */
    bool bias;        /* linear layers have biases (the router and the experts never) */
    bool tied;        /* the output projection is the token embedding */
    bool embedding_scale; /* token embeddings are multiplied by sqrt(D) */
    bool parallel;        /* one sublayer a block: attention and feed-forward side by side */
    double dropout;       /* p, 0 <= p < 1, while it learns (dropout.h) */
    int experts;          /* E: beside the feed-forward network that all tokens share; 0: none */
    int experts_used;     /* k: experts that a token passes through; 0: 1 */
    int patch;            /* P: numbers of an image patch, embedded instead of tokens; 0: tokens */
};

/* The dimensions that follow. */
static inline int config_head_width(const struct model_config *config)
{
    return config->width / config->heads;
}

static inline double config_norm_eps(const struct model_config *config)
{
    return config->norm_eps > 0 ? config->norm_eps : NORM_EPSILON;
}

static inline int config_kv_heads(const struct model_config *config)
{
    return config->kv_heads > 0 ? config->kv_heads : config->heads;
}

static inline int config_kv_width(const struct model_config *config)
{
    return config_kv_heads(config) * config_head_width(config);
}

static inline int config_experts_used(const struct model_config *config)
{
    return config->experts_used > 0 ? config->experts_used : 1;
}

static inline bool config_is_gated(const struct model_config *config)
{
    return config->activation == ACTIVATION_SWIGLU || config->activation == ACTIVATION_GEGLU;
}

/* Sublayers of a block. */
static inline int config_sublayers(const struct model_config *config)
{
    return config->parallel ? 1 : 2;
}

/* Numbers in a stream, [N][D]. */
static inline size_t config_stream_size(const struct model_config *config)
{
    return (size_t)config->batch * (size_t)config->context * (size_t)config->width;
}

static inline bool config_has_second_stream(const struct model_config *config)
{
    return placement_table[config->placement].beside == BESIDE_SUM;
}

/* The window of a block, 0 where it sees all keys. */
static inline int config_window(const struct model_config *config, int block)
{
    const int every = config->window_every > 1 ? config->window_every : 1;
    if (config->full_every > 0 && (block + 1) % config->full_every == 0)
        return 0;
    return (block + 1) % every == 0 ? config->window : 0;
}

/* Can such a model be built? False with a reason, in the words of the settings. */
bool model_config_check(const struct model_config *config, struct error *error);

#endif
