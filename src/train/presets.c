/* See presets.h. Every value goes through setting_set(), so that a row that is wrong cannot be set.
 *
 * Learning rates and warmups are those of the miniatures: the papers' fit models a million times as
 * large. Sources: Vaswani 2017; Devlin 2018; Radford 2019; Brown 2020; Touvron 2023; Jiang 2023;
 * Gemma 2024 and Gemma 3 2025; Gemini 2023; Chowdhery 2022; DeepSeek-V2 and V3 2024; Dosovitskiy
 * 2021; OLMo 2 2025. */
#include "train/presets.h"

#include <stdio.h>
#include <string.h>

const char *const preset_shared[PRESET_SHARED + 1] = {
    "task",   "context",  "optimizer", "lr",           "beta1", "beta2",
    "warmup", "schedule", "clip",      "weight-decay", NULL,
};

const char *const preset_names[PRESETS + 2] = {
    "none",  "transformer-2017", "bert", "gpt2",     "gpt3", "llama", "mistral",
    "gemma", "gemini",           "palm", "deepseek", "vit",  "olmo2", NULL,
};

const struct preset_row preset_table[PRESETS] = {
    {
        .name = "transformer-2017",
        .summary = "the first Transformer: Post-LN, ReLU, sinusoidal positions, inverse-sqrt rate",
        .leaves_out = "encoder and cross-attention, dropout, label smoothing",
        .stack = {{"placement", "post"},
                  {"norm", "layernorm"},
                  {"activation", "relu"},
                  {"positions", "sinusoidal"},
                  {"attention", "causal"},
                  {"tied", "on"},
                  {"embedding-scale", "on"}},
        .shared = {"grammar", "32", "adam", "3e-3", "0.9", "0.98", "100", "inverse-sqrt", "0", "0"},
    },
    {
        .name = "bert",
        .summary = "an encoder: Post-LN, sees both sides, guesses masked characters",
        .leaves_out = "next-sentence task, segments, the norm of the embedding, dropout",
        .stack = {{"placement", "post"},
                  {"norm", "layernorm"},
                  {"activation", "gelu"},
                  {"positions", "learned"},
                  {"attention", "auto"},
                  {"init", "small"},
                  {"tied", "on"}},
        .shared = {"masked", "32", "adamw", "3e-3", "0.9", "0.999", "100", "linear", "1", "0.01"},
    },
    {
        .name = "gpt2",
        .summary = "Pre-LN with a final norm, tied embedding, residual outputs started smaller",
        .leaves_out = "dropout, the vocabulary of byte pairs",
        .stack = {{"placement", "pre"},
                  {"norm", "layernorm"},
                  {"activation", "gelu"},
                  {"positions", "learned"},
                  {"attention", "causal"},
                  {"init", "gpt2"},
                  {"tied", "on"}},
        .shared = {"grammar", "32", "adamw", "3e-3", "0.9", "0.999", "50", "cosine", "1", "0.01"},
    },
    {
        .name = "gpt3",
        .summary = "as gpt2, every second block sees only a band of the last tokens",
        .leaves_out = "the strided part of its sparse attention, the growing batch",
        .stack = {{"placement", "pre"},
                  {"norm", "layernorm"},
                  {"activation", "gelu"},
                  {"positions", "learned"},
                  {"attention", "causal"},
                  {"init", "gpt2"},
                  {"tied", "on"},
                  {"window", "8"},
                  {"window-every", "2"}},
        .shared = {"grammar", "32", "adamw", "3e-3", "0.9", "0.95", "50", "cosine", "1", "0.1"},
    },
    {
        .name = "llama",
        .summary = "pre-RMSNorm, SwiGLU, rotary positions, no biases",
        .leaves_out = "the feed-forward width of 8/3 D; here it is the setting ffn",
        .stack = {{"placement", "pre"},
                  {"norm", "rmsnorm"},
                  {"activation", "swiglu"},
                  {"positions", "rotary"},
                  {"attention", "causal"},
                  {"bias", "off"},
                  {"init", "small"}},
        .shared = {"grammar", "32", "adamw", "3e-3", "0.9", "0.95", "50", "cosine", "1", "0.1"},
    },
    {
        .name = "mistral",
        .summary = "as llama, with grouped-query attention in a sliding window",
        .leaves_out = "the rolling cache, which matters when it writes",
        .stack = {{"placement", "pre"},
                  {"norm", "rmsnorm"},
                  {"activation", "swiglu"},
                  {"positions", "rotary"},
                  {"attention", "causal"},
                  {"bias", "off"},
                  {"kv-heads", "2"},
                  {"window", "16"},
                  {"init", "small"}},
        .shared = {"grammar", "32", "adamw", "3e-3", "0.9", "0.95", "50", "cosine", "1", "0.1"},
    },
    {
        .name = "gemma",
        .summary =
            "norms before and after the branch with gain 1 + w, GeGLU, QK-norm, one key head",
        .leaves_out = "local attention in most blocks, soft caps on the logits, distillation",
        .stack = {{"placement", "peri"},
                  {"norm", "rmsnorm"},
                  {"gain-offset", "on"},
                  {"activation", "geglu"},
                  {"positions", "rotary"},
                  {"attention", "causal"},
                  {"kv-heads", "1"},
                  {"qk-norm", "on"},
                  {"bias", "off"},
                  {"tied", "on"},
                  {"embedding-scale", "on"},
                  {"init", "small"}},
        .shared = {"grammar", "32", "adamw", "3e-3", "0.9", "0.95", "50", "cosine", "1", "0.1"},
    },
    {
        .name = "gemini",
        .summary =
            "publicly known only as a decoder with multi-query attention; the rest is llama's",
        .leaves_out = "all that is not public, images and sound",
        .stack = {{"placement", "pre"},
                  {"norm", "rmsnorm"},
                  {"activation", "swiglu"},
                  {"positions", "rotary"},
                  {"attention", "causal"},
                  {"bias", "off"},
                  {"kv-heads", "1"},
                  {"init", "small"}},
        .shared = {"grammar", "32", "adamw", "3e-3", "0.9", "0.95", "50", "cosine", "1", "0.1"},
    },
    {
        .name = "palm",
        .summary = "attention and feed-forward side by side, LayerNorm without bias, one key head",
        .leaves_out = "Adafactor (here Adam), the auxiliary loss on the logits",
        .stack = {{"placement", "pre"},
                  {"norm", "layernorm"},
                  {"norm-bias", "off"},
                  {"activation", "swiglu"},
                  {"positions", "rotary"},
                  {"attention", "causal"},
                  {"kv-heads", "1"},
                  {"bias", "off"},
                  {"tied", "on"},
                  {"parallel", "on"},
                  {"init", "unit"}},
        .shared = {"grammar", "32", "adam", "3e-3", "0.9", "0.99", "50", "inverse-sqrt", "1", "0"},
    },
    {
        .name = "deepseek",
        .summary = "keys and values of low rank (MLA), experts beside one that all tokens share",
        .leaves_out = "separate rotary key, balancing of the experts, several tokens ahead",
        .stack = {{"placement", "pre"},
                  {"norm", "rmsnorm"},
                  {"activation", "swiglu"},
                  {"positions", "rotary"},
                  {"attention", "causal"},
                  {"kv-rank", "16"},
                  {"bias", "off"},
                  {"experts", "4"},
                  {"experts-used", "2"},
                  {"init", "small"}},
        .shared = {"grammar", "32", "adamw", "3e-3", "0.9", "0.95", "50", "wsd", "1", "0.1"},
    },
    {
        .name = "vit",
        .summary = "an encoder of image patches: Pre-LN, sees all of them, a class token answers",
        .leaves_out = "photographs, pre-training, augmentation, dropout",
        .stack = {{"placement", "pre"},
                  {"norm", "layernorm"},
                  {"activation", "gelu"},
                  {"positions", "learned"},
                  {"attention", "auto"}},
        .shared = {"shapes", "17", "adamw", "1e-3", "0.9", "0.999", "50", "cosine", "1", "0.1"},
    },
    {
        .name = "olmo2",
        .summary = "a norm on what a branch adds only, QK-norm, RMSNorm, SwiGLU, rotary positions",
        .leaves_out = "the auxiliary loss on the logits, the second stage of its data",
        .stack = {{"placement", "branch"},
                  {"norm", "rmsnorm"},
                  {"activation", "swiglu"},
                  {"positions", "rotary"},
                  {"attention", "causal"},
                  {"qk-norm", "on"},
                  {"bias", "off"},
                  {"init", "small"}},
        .shared = {"grammar", "32", "adamw", "3e-3", "0.9", "0.95", "50", "cosine", "1", "0.1"},
    },
};

/* The setting that a name of a preset's row stands for in one stack. */
static void name_in_stack(const char *name, enum side side, char *out, size_t size)
{
    if (strcmp(name, "placement") == 0)
        snprintf(out, size, "%s", stack_names[side]);
    else
        snprintf(out, size, "%s-%s", stack_names[side], name);
}

enum { NAME_SIZE = 48 };

/* All settings of one stack but the preset itself. */
static bool set_defaults(struct settings *settings, enum side side, struct error *error)
{
    for (int i = 0; i < setting_count; i++) {
        const struct setting_row *row = &setting_table[i];
        char name[NAME_SIZE];
        name_in_stack(row->name, side, name, sizeof name);
        if (!row->per_stack)
            snprintf(name, sizeof name, "%s", row->name);
        bool mine = row->per_stack ? strcmp(row->name, "preset") != 0
                                   : strcmp(row->name, stack_names[side]) == 0;
        if (mine && !setting_set(settings, name, row->initial, error))
            return false;
    }
    return true;
}

bool preset_apply(struct settings *settings, int preset, enum side side, struct error *error)
{
    if (!set_defaults(settings, side, error))
        return false;
    settings->stack[side].preset = preset;
    for (int i = 0; preset > 0 && i < PRESET_VALUES && preset_table[preset - 1].stack[i][0]; i++) {
        const char *const *pair = preset_table[preset - 1].stack[i];
        char name[NAME_SIZE];
        name_in_stack(pair[0], side, name, sizeof name);
        if (!setting_set(settings, name, pair[1], error))
            return false;
    }
    return true;
}

bool preset_apply_shared(struct settings *settings, int preset, struct error *error)
{
    for (int i = 0; i < PRESET_SHARED; i++) {
        const struct setting_row *row = setting_find(preset_shared[i], error);
        if (!row)
            return false;
        const char *value = preset > 0 ? preset_table[preset - 1].shared[i] : row->initial;
        if (!setting_set(settings, row->name, value, error))
            return false;
    }
    return true;
}

bool preset_holds(const struct settings *settings, enum side side)
{
    struct settings fresh = *settings;
    if (!preset_apply(&fresh, settings->stack[side].preset, side, NULL))
        return false;
    return settings_difference(settings, &fresh) < 0;
}
