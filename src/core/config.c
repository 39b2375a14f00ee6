/* The words of the settings that reach the core; see config.h. */
#include "core/config.h"

#include <stddef.h>

const struct name_row activation_table[ACTIVATIONS] = {
    [ACTIVATION_GELU] = {"gelu", "x * Phi(x), in the tanh form of GPT-2", NULL},
    [ACTIVATION_RELU] = {"relu", "max(x, 0)", NULL},
    [ACTIVATION_SWIGLU] = {"swiglu", "a linear branch gated by x * sigmoid(x)", "Shazeer 2020"},
    [ACTIVATION_GEGLU] = {"geglu", "a linear branch gated by GELU", "Shazeer 2020"},
};

const struct name_row positions_table[POSITIONS_KINDS] = {
    [POSITIONS_LEARNED] = {"learned", "a trained vector for each place, added to the embedding",
                           NULL},
    [POSITIONS_SINUSOIDAL] = {"sinusoidal", "fixed waves of many lengths, added to the embedding",
                              "Vaswani 2017"},
    [POSITIONS_ROTARY] = {"rotary", "queries and keys turned by an angle that grows with the place",
                          "Su 2021"},
    [POSITIONS_NONE] = {"none", "only what causal attention gives away", NULL},
};

const struct name_row init_table[INITS] = {
    [INIT_XAVIER] = {"xavier",
                     "Xavier-uniform weights, zero biases, embeddings N(0,1), output N(0,1/D)",
                     NULL},
    [INIT_GPT2] = {"gpt2", "N(0, 0.02), positions N(0, 0.01), residual outputs divided by sqrt(2L)",
                   "Radford 2019"},
    [INIT_XAVIER_NORMAL] = {"xavier-normal", "Xavier-normal weights, the rest as xavier", NULL},
    [INIT_DEEPNORM] = {"deepnorm",
                       "xavier, with DeepNorm's beta(L) on values, outputs and feed-forward "
                       "weights",
                       NULL},
    [INIT_SMALL] = {"small", "N(0, 0.02) everywhere", NULL},
    [INIT_UNIT] = {"unit", "normal weights of variance 1/in", NULL},
    [INIT_NANOGPT] = {"nanogpt", "as gpt2, positions N(0, 0.02)", NULL},
    [INIT_VIT] = {"vit",
                  "xavier, positions N(0, 0.02), patch weights of variance 1/in, class token and "
                  "output 0",
                  "Dosovitskiy 2021"},
};

const struct name_row optimizer_table[OPTIMIZERS] = {
    [OPTIMIZER_ADAMW] = {"adamw", "AdamW: Adam with decoupled weight decay", "Loshchilov 2019"},
    [OPTIMIZER_SGD] = {"sgd", "plain stochastic gradient descent", NULL},
    [OPTIMIZER_MOMENTUM] = {"momentum", "gradient descent with momentum beta1", NULL},
    [OPTIMIZER_ADAM] = {"adam", "Adam, its decay added to the gradient", "Kingma 2015"},
    [OPTIMIZER_RADAM] = {"radam", "Adam with a rectified early step, in place of warmup",
                         "Liu 2019"},
    [OPTIMIZER_LION] = {"lion", "the sign of a momentum", "Chen 2023"},
    [OPTIMIZER_MUON] = {"muon",
                        "matrices of the blocks by a momentum of 0.95 that 5 Newton-Schulz steps "
                        "make orthogonal, times 0.2 sqrt(max(in, out)), so that lr is AdamW's; the "
                        "rest by AdamW",
                        "Jordan 2024, KellerJordan/Muon; size: Liu 2025, MoonshotAI/Moonlight"},
};

const struct names activation_names = NAMES_OF_ROWS(activation_table);
const struct names positions_names = NAMES_OF_ROWS(positions_table);
const struct names init_names = NAMES_OF_ROWS(init_table);
const struct names optimizer_names = NAMES_OF_ROWS(optimizer_table);

/* ---- what cannot be ---------------------------------------------------------------------------*/

static bool check_attention(const struct model_config *c, struct error *error)
{
    const int H = c->heads, W = c->width / H;
    if (c->kv_heads < 0 || c->kv_heads > H || (c->kv_heads > 0 && H % c->kv_heads != 0))
        return error_set(error, "kv-heads %d with %d heads: a divisor of the heads would be right",
                         c->kv_heads, H);
    if (c->kv_rank < 0 || c->kv_rank > c->width)
        return error_set(error, "kv-rank %d: from 1 to the width, %d, or full", c->kv_rank,
                         c->width);
    if (c->kv_rank > 0 && config_kv_heads(c) != H)
        return error_set(error,
                         "kv-rank %d with kv-heads %d: only one of the two; a low rank already "
                         "makes all heads share their keys and values",
                         c->kv_rank, c->kv_heads);
    if (c->window < 0 || c->window_every < 0 || c->full_every < 0)
        return error_set(error, "window %d, window-every %d, full-every %d: 0 or more", c->window,
                         c->window_every, c->full_every);
    if (c->positions == POSITIONS_ROTARY && W < 2)
        return error_set(error,
                         "rotary positions with heads 1 wide: at most %d heads, since pairs "
                         "of numbers are turned",
                         c->width / 2);
    if (c->qk_norm && !c->qk_joint && W < 2)
        return error_set(error,
                         "qk-norm with heads 1 wide: at most %d heads, since the norm of one "
                         "number leaves its sign alone",
                         c->width / 2);
    return true;
}

static bool check_experts(const struct model_config *c, struct error *error)
{
    if (c->experts == 0)
        return true;
    if (c->experts < 2 || c->experts > CONFIG_EXPERTS_MAX)
        return error_set(error, "experts %d: from 2 to %d, or none", c->experts,
                         CONFIG_EXPERTS_MAX);
    if (c->experts_used < 0 || c->experts_used > c->experts)
        return error_set(error, "experts-used %d: from 1 to the number of experts, %d",
                         c->experts_used, c->experts);
    return true;
}

static bool check_dropout(const struct model_config *c, struct error *error)
{
    return (c->dropout >= 0 && c->dropout < 1) ||
           error_set(error, "dropout %g: from 0 to below 1", c->dropout);
}

static bool check_images(const struct model_config *c, struct error *error)
{
    if (c->patch == 0)
        return true;
    if (c->patch < 0)
        return error_set(error, "patches of %d numbers: 1 or more, or 0 for tokens", c->patch);
    if (c->mask == MASK_CAUSAL)
        return error_set(error,
                         "images with causal attention: bidirectional, since the class token "
                         "stands first and has to see the patches");
    if (c->tied)
        return error_set(error, "images with tied embeddings: not tied, since there is no token "
                                "embedding to share");
    if (c->embedding_scale)
        return error_set(error, "images with embedding-scale: off, since there is no token "
                                "embedding to scale");
    return true;
}

bool model_config_check(const struct model_config *c, struct error *error)
{
    if (c->heads < 1 || c->width < 1 || c->width % c->heads != 0)
        return error_set(error, "width %d with %d heads: a multiple of the heads would be right",
                         c->width, c->heads);
    return check_attention(c, error) && check_experts(c, error) && check_dropout(c, error) &&
           check_images(c, error);
}
