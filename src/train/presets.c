/* See presets.h.
 *
 * Learning rates and warmups are those of the miniatures: the papers' fit models a million times as
 * large. Sources: Vaswani 2017; Devlin 2018; Radford 2019; Brown 2020; Touvron 2023; Jiang 2023;
 * Gemma 2024 and Gemma 3 2025; Gemini 2023; Chowdhery 2022; DeepSeek-V2 and V3 2024; Dosovitskiy
 * 2021; OLMo 2 2025. */
#include "train/presets.h"

#include <stddef.h>
#include <string.h>

const char *const preset_shared[PRESET_SHARED] = {
    "task",  "context", "optimizer", "lr",   "beta1",
    "beta2", "warmup",  "schedule",  "clip", "weight-decay",
};

const struct preset_row preset_table[PRESETS] = {
    [PRESET_NONE] =
        {
            .name = "none",
            .summary = "the defaults",
            .leaves_out = "",
        },
    [PRESET_TRANSFORMER_2017] =
        {
            .name = "transformer-2017",
            .summary = "the first Transformer: Post-LN, ReLU, sinusoidal positions, inverse-sqrt "
                       "rate",
            .leaves_out = "encoder and cross-attention, dropout and label smoothing of 0.1, Adam's "
                          "epsilon of 1e-9",
            .set = {{"placement", "post"},
                    {"norm", "layernorm"},
                    {"activation", "relu"},
                    {"positions", "sinusoidal"},
                    {"attention", "causal"},
                    {"tied", "on"},
                    {"embedding-scale", "on"},
                    {"optimizer", "adam"},
                    {"beta2", "0.98"},
                    {"warmup", "100"},
                    {"schedule", "inverse-sqrt"},
                    {"weight-decay", "0"}},
        },
    [PRESET_BERT] =
        {
            .name = "bert",
            .summary = "an encoder: Post-LN, sees both sides, guesses masked characters",
            .leaves_out = "next-sentence task, segments, the norm of the embedding, the transform "
                          "and the bias of the output, dropout; Adam there corrects no bias, and "
                          "its normal weights are cut off at two sigma",
            .set = {{"placement", "post"},
                    {"norm", "layernorm"},
                    {"activation", "gelu"},
                    {"positions", "learned"},
                    {"attention", "auto"},
                    {"init", "small"},
                    {"tied", "on"},
                    {"task", "masked"},
                    {"optimizer", "adamw"},
                    {"warmup", "100"},
                    {"schedule", "linear"},
                    {"clip", "1"},
                    {"weight-decay", "0.01"}},
        },
    [PRESET_GPT2] =
        {
            .name = "gpt2",
            .summary = "Pre-LN with a final norm, tied embedding, residual outputs started smaller",
            .leaves_out = "dropout, the vocabulary of byte pairs; its rates and their schedule "
                          "were not published",
            .set = {{"placement", "pre"},
                    {"norm", "layernorm"},
                    {"activation", "gelu"},
                    {"positions", "learned"},
                    {"attention", "causal"},
                    {"init", "gpt2"},
                    {"tied", "on"},
                    {"optimizer", "adamw"},
                    {"warmup", "50"},
                    {"schedule", "cosine"},
                    {"clip", "1"},
                    {"weight-decay", "0.01"}},
        },
    [PRESET_GPT3] =
        {
            .name = "gpt3",
            .summary = "as gpt2, every second block sees only a band of the last tokens",
            .leaves_out = "the strided part of its sparse attention, the growing batch, the end of "
                          "the cosine at 10% of the peak, tokens counted instead of steps",
            .parent = PRESET_GPT2,
            .set = {{"window", "8"},
                    {"window-every", "2"},
                    {"beta2", "0.95"},
                    {"weight-decay", "0.1"}},
        },
    [PRESET_LLAMA] =
        {
            .name = "llama",
            .summary = "pre-RMSNorm, SwiGLU, rotary positions, no biases",
            .leaves_out = "the feed-forward width of 8/3 D (here the setting ffn), the end of the "
                          "cosine at 10% of the peak",
            .set = {{"placement", "pre"},
                    {"norm", "rmsnorm"},
                    {"activation", "swiglu"},
                    {"positions", "rotary"},
                    {"attention", "causal"},
                    {"bias", "off"},
                    {"init", "small"},
                    {"optimizer", "adamw"},
                    {"beta2", "0.95"},
                    {"warmup", "50"},
                    {"schedule", "cosine"},
                    {"clip", "1"},
                    {"weight-decay", "0.1"}},
        },
    [PRESET_MISTRAL] =
        {
            .name = "mistral",
            .summary = "as llama, with grouped-query attention in a sliding window",
            .leaves_out = "the rolling cache, which matters when it writes; four queries to a key "
                          "head (here two)",
            .parent = PRESET_LLAMA,
            .set = {{"kv-heads", "2"}, {"window", "16"}},
        },
    [PRESET_GEMMA] =
        {
            .name = "gemma",
            .summary =
                "Gemma 3: norms before and after the branch with gain 1 + w, GeGLU, QK-norm, "
                "one key head",
            .leaves_out = "local attention in most blocks and its shorter waves, distillation",
            .parent = PRESET_LLAMA,
            .set = {{"placement", "peri"},
                    {"gain-offset", "on"},
                    {"activation", "geglu"},
                    {"kv-heads", "1"},
                    {"qk-norm", "on"},
                    {"tied", "on"},
                    {"embedding-scale", "on"}},
        },
    [PRESET_GEMINI] =
        {
            .name = "gemini",
            .summary = "publicly known only as a decoder with multi-query attention; the rest is "
                       "llama's",
            .leaves_out = "all that is not public, images and sound",
            .parent = PRESET_LLAMA,
            .set = {{"kv-heads", "1"}},
        },
    [PRESET_PALM] =
        {
            .name = "palm",
            .summary = "attention and feed-forward side by side, LayerNorm without bias, one key "
                       "head",
            .leaves_out = "Adafactor (here Adam), its beta2 of 1 - k^-0.8 and decay of lr^2 (here "
                          "constant), the auxiliary loss on the logits",
            .set = {{"placement", "pre"},
                    {"norm", "layernorm"},
                    {"norm-bias", "off"},
                    {"activation", "swiglu"},
                    {"positions", "rotary"},
                    {"attention", "causal"},
                    {"kv-heads", "1"},
                    {"bias", "off"},
                    {"tied", "on"},
                    {"parallel", "on"},
                    {"init", "unit"},
                    {"optimizer", "adam"},
                    {"beta2", "0.99"},
                    {"warmup", "50"},
                    {"schedule", "inverse-sqrt"},
                    {"clip", "1"},
                    {"weight-decay", "0"}},
        },
    [PRESET_DEEPSEEK] =
        {
            .name = "deepseek",
            .summary =
                "DeepSeek-V2: keys and values of low rank (MLA), experts beside one that all "
                "tokens share",
            .leaves_out = "V2's norm of what keys and values are compressed to, its low-rank "
                          "queries, separate rotary key, dense first block, balancing of the "
                          "experts and init of 0.006; V3's sigmoid gates and several tokens ahead",
            .parent = PRESET_LLAMA,
            .set =
                {{"kv-rank", "16"}, {"experts", "4"}, {"experts-used", "2"}, {"schedule", "wsd"}},
        },
    [PRESET_VIT] =
        {
            .name = "vit",
            .summary = "an encoder of image patches: Pre-LN, sees all of them, a class token "
                       "answers",
            .leaves_out = "photographs, pre-training, augmentation, dropout; positions start there "
                          "with N(0, 0.02), class token and head with 0",
            .set = {{"placement", "pre"},
                    {"norm", "layernorm"},
                    {"activation", "gelu"},
                    {"positions", "learned"},
                    {"attention", "auto"},
                    {"task", "shapes"},
                    {"context", "17"},
                    {"optimizer", "adamw"},
                    {"lr", "1e-3"},
                    {"warmup", "50"},
                    {"schedule", "cosine"},
                    {"clip", "1"},
                    {"weight-decay", "0.1"}},
        },
    [PRESET_OLMO2] =
        {
            .name = "olmo2",
            .summary = "a norm on what a branch adds only, QK-norm, RMSNorm, SwiGLU, rotary "
                       "positions",
            .leaves_out = "QK-norm over all heads at once (here head by head), the auxiliary loss "
                          "on the logits, the second stage of its data, the end of the cosine at "
                          "10% of the peak, embeddings without decay",
            .parent = PRESET_LLAMA,
            .set = {{"placement", "branch"}, {"qk-norm", "on"}},
        },
};

const struct names preset_names = NAMES_OF_ROWS(preset_table);

const char *preset_value(enum preset preset, const char *setting)
{
    for (; preset != PRESET_NONE; preset = preset_table[preset].parent)
        for (int i = 0; i < PRESET_VALUES && preset_table[preset].set[i][0]; i++)
            if (strcmp(preset_table[preset].set[i][0], setting) == 0)
                return preset_table[preset].set[i][1];
    return NULL;
}
