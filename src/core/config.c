/* The words of the settings that reach the core; see config.h. */
#include "core/config.h"

#include <stddef.h>

const char *const activation_names[ACTIVATIONS + 1] = {[ACTIVATION_GELU] = "gelu",
                                                       [ACTIVATION_RELU] = "relu",
                                                       [ACTIVATION_SWIGLU] = "swiglu",
                                                       [ACTIVATION_GEGLU] = "geglu"};

const char *const positions_names[POSITIONS_KINDS + 1] = {[POSITIONS_LEARNED] = "learned",
                                                          [POSITIONS_SINUSOIDAL] = "sinusoidal",
                                                          [POSITIONS_ROTARY] = "rotary",
                                                          [POSITIONS_NONE] = "none"};

const char *const mask_names[MASKS + 1] = {
    [MASK_CAUSAL] = "causal", [MASK_BIDIRECTIONAL] = "bidirectional"};

const char *const init_names[INITS + 1] = {
    [INIT_XAVIER] = "xavier",     [INIT_GPT2] = "gpt2",   [INIT_XAVIER_NORMAL] = "xavier-normal",
    [INIT_DEEPNORM] = "deepnorm", [INIT_SMALL] = "small", [INIT_UNIT] = "unit"};

const char *const optimizer_names[OPTIMIZERS + 1] = {
    [OPTIMIZER_ADAMW] = "adamw", [OPTIMIZER_SGD] = "sgd",     [OPTIMIZER_MOMENTUM] = "momentum",
    [OPTIMIZER_ADAM] = "adam",   [OPTIMIZER_RADAM] = "radam", [OPTIMIZER_LION] = "lion"};

/* ---- what cannot be ---------------------------------------------------------------------------*/

static bool check_attention(const struct model_config *c, struct error *error)
{
    const int H = c->heads, W = c->width / H;
    if (c->kv_heads < 0 || c->kv_heads > H || (c->kv_heads > 0 && H % c->kv_heads != 0))
        return error_set(error, "kv-heads %d with %d heads: a divisor of the heads would be right",
                         c->kv_heads, H);
    if (c->kv_rank < 0 || c->kv_rank > c->width)
        return error_set(error, "kv-rank %d: from 1 to the width, %d, or 0 for none", c->kv_rank,
                         c->width);
    if (c->kv_rank > 0 && config_kv_heads(c) != H)
        return error_set(error,
                         "kv-rank %d with kv-heads %d: only one of the two; a low rank already "
                         "makes all heads share their keys and values",
                         c->kv_rank, c->kv_heads);
    if (c->window < 0 || c->window_every < 0)
        return error_set(error, "window %d, window-every %d: 0 or more", c->window,
                         c->window_every);
    if (c->positions == POSITIONS_ROTARY && W < 2)
        return error_set(error,
                         "rotary positions with heads 1 wide: at most %d heads, since pairs "
                         "of numbers are turned",
                         c->width / 2);
    if (c->qk_norm && W < 2)
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
        return error_set(error, "experts %d: from 2 to %d, or 0 for none", c->experts,
                         CONFIG_EXPERTS_MAX);
    if (c->experts_used < 0 || c->experts_used > c->experts)
        return error_set(error, "experts-used %d: from 1 to the number of experts, %d",
                         c->experts_used, c->experts);
    return true;
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
    return check_attention(c, error) && check_experts(c, error) && check_images(c, error);
}
