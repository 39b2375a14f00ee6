/* See presets.h.
 *
 * Learning rates and warmups are those of the miniatures: the papers' fit models a million times as
 * large. Sources: Vaswani 2017; Devlin 2018; Radford 2019; Brown 2020; Touvron 2023; Jiang 2023;
 * Gemma 2024 and Gemma 3 2025; Gemini 2023; Chowdhery 2022; DeepSeek-V2 and V3 2024; Dosovitskiy
 * 2021; OLMo 2 2024; Karpathy 2022 (nanoGPT); Qwen3 2025.
 *
 * norm-eps, which papers do not tell, is that of the published code or weights:
 *   1e-12 TensorFlow's contrib.layers.layer_norm, which google-research/bert modeling.py calls;
 *   1e-6  tensor2tensor common_hparams.py (norm_epsilon); LLaMA's params.json (norm_eps, while the
 *         default of its model.py is 1e-5); google/gemma_pytorch config.py, DeepSeek-V2-Lite and
 *         Qwen3 config.json (rms_norm_eps); allenai/OLMo OLMo2-7B-stage1.yaml (layer_norm_eps);
 *         flax.linen.LayerNorm's default, which google-research/vision_transformer takes;
 *   1e-5  openai/gpt-2 model.py (norm), nanoGPT model.py, Mistral-7B-v0.1 params.json (norm_eps).
 * Of GPT-3, PaLM and Gemini it was not published: they have that of their parent, or 1e-5. */
#include "train/presets.h"

#include <stddef.h>
#include <string.h>

const char *const preset_shared[PRESET_SHARED] = {
    "task",     "context", "optimizer", "lr",           "beta1",    "beta2", "warmup",
    "schedule", "min-lr",  "clip",      "weight-decay", "decay-on", "eps",   "label-smoothing",
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
            .leaves_out =
                "encoder and cross-attention, dropout of 0.1, which slows runs as short as here",
            .set = {{"placement", "post"},
                    {"norm", "layernorm"},
                    {"norm-eps", "1e-06"},
                    {"activation", "relu"},
                    {"positions", "sinusoidal"},
                    {"attention", "causal"},
                    {"tied", "on"},
                    {"embedding-scale", "on"},
                    {"optimizer", "adam"},
                    {"beta2", "0.98"},
                    {"warmup", "100"},
                    {"schedule", "inverse-sqrt"},
                    {"weight-decay", "0"},
                    {"eps", "1e-9"},
                    {"label-smoothing", "0.1"}},
        },
    [PRESET_BERT] =
        {
            .name = "bert",
            .summary = "an encoder: Post-LN, sees both sides, guesses masked characters",
            .leaves_out =
                "next-sentence task, segments, the norm of the embedding, the transform "
                "and the bias of the output, dropout of 0.1, which slows runs as short as "
                "here; Adam there corrects no bias, and its normal weights are cut off at "
                "two sigma",
            .set = {{"placement", "post"},
                    {"norm", "layernorm"},
                    {"norm-eps", "1e-12"},
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
                    {"weight-decay", "0.01"},
                    {"eps", "1e-6"}},
        },
    [PRESET_GPT2] =
        {
            .name = "gpt2",
            .summary = "Pre-LN with a final norm, tied embedding, residual outputs started smaller",
            .leaves_out =
                "the vocabulary of byte pairs; its rates, their schedule and its dropout, "
                "if any, were not published",
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
            .leaves_out = "the strided part of its sparse attention, the growing batch; rates go "
                          "by tokens there, by steps here",
            .parent = PRESET_GPT2,
            .set = {{"window", "8"},
                    {"window-every", "2"},
                    {"beta2", "0.95"},
                    {"min-lr", "10%"},
                    {"weight-decay", "0.1"}},
        },
    [PRESET_LLAMA] =
        {
            .name = "llama",
            .summary = "pre-RMSNorm, SwiGLU, rotary positions, no biases",
            .leaves_out = "the feed-forward width of 8/3 D (here the setting ffn)",
            .set = {{"placement", "pre"},
                    {"norm", "rmsnorm"},
                    {"norm-eps", "1e-06"},
                    {"activation", "swiglu"},
                    {"positions", "rotary"},
                    {"attention", "causal"},
                    {"bias", "off"},
                    {"init", "small"},
                    {"optimizer", "adamw"},
                    {"beta2", "0.95"},
                    {"warmup", "50"},
                    {"schedule", "cosine"},
                    {"min-lr", "10%"},
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
            .set = {{"norm-eps", "1e-05"}, {"kv-heads", "2"}, {"window", "16"}},
        },
    [PRESET_GEMMA] =
        {
            .name = "gemma",
            .summary = "Gemma 3 (1B): norms before and after the branch with gain 1 + w, GeGLU, "
                       "QK-norm, one key head, five local blocks to a global one",
            .leaves_out = "longer waves of the rotation in global blocks, heads wider than D/H, "
                          "distillation; its init and rates were not published: those of llama",
            .parent = PRESET_LLAMA,
            .set = {{"placement", "peri"},
                    {"gain-offset", "on"},
                    {"activation", "geglu"},
                    {"kv-heads", "1"},
                    {"qk-norm", "on"},
                    {"window", "8"},
                    {"full-every", "6"},
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
                          "constant and 0), the constant rate at the start (here a warmup), the "
                          "auxiliary loss on the logits",
            .set = {{"placement", "pre"},
                    {"norm", "layernorm"},
                    {"norm-bias", "off"},
                    {"activation", "swiglu"},
                    {"positions", "rotary"},
                    {"attention", "causal"},
                    {"kv-heads", "1"},
                    {"bias", "off"},
                    {"tied", "on"},
                    {"embedding-scale", "on"},
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
            .summary = "DeepSeek-V2-Lite: keys and values of low rank behind a norm (MLA), experts "
                       "beside one that all tokens share",
            .leaves_out = "the separate rotary key, the dense first block, the second shared "
                          "expert, balancing of the experts, init of 0.006 (here 0.02), a rate "
                          "that falls in two steps to 10% (here in a line); the large V2 "
                          "compresses queries too, V3 has sigmoid gates",
            .parent = PRESET_LLAMA,
            .set = {{"kv-rank", "16"},
                    {"kv-norm", "on"},
                    {"experts", "4"},
                    {"experts-used", "2"},
                    {"schedule", "wsd"}},
        },
    [PRESET_VIT] =
        {
            .name = "vit",
            .summary = "an encoder of image patches: Pre-LN, sees all of them, a class token "
                       "answers",
            .leaves_out =
                "photographs, pre-training, augmentation, dropout (there 0.1 behind dense "
                "layers, on the largest data set 0); biases of feed-forward layers start "
                "there with N(0, 1e-6)",
            .set = {{"placement", "pre"},
                    {"norm", "layernorm"},
                    {"norm-eps", "1e-06"},
                    {"activation", "gelu"},
                    {"positions", "learned"},
                    {"attention", "auto"},
                    {"init", "vit"},
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
            .summary = "a norm on what a branch adds only, QK-norm over all heads at once, "
                       "RMSNorm, SwiGLU, rotary positions",
            .leaves_out = "the auxiliary loss on the logits, the second stage of its data, longer "
                          "waves of the rotation, embeddings without decay",
            .parent = PRESET_LLAMA,
            .set = {{"placement", "branch"},
                    {"qk-norm", "on"},
                    {"qk-joint", "on"},
                    {"decay-on", "all"}},
        },
    [PRESET_NANOGPT] =
        {
            .name = "nanogpt",
            .summary = "nanoGPT's model of characters: as gpt2, without biases, with dropout, for "
                       "5,000 steps",
            .leaves_out = "its size (6 blocks of width 384, 6 heads, 64 sequences of 256 "
                          "characters of Shakespeare), the exact GELU (here its tanh form)",
            .parent = PRESET_GPT2,
            .set = {{"norm-bias", "off"},
                    {"bias", "off"},
                    {"init", "nanogpt"},
                    {"dropout", "0.2"},
                    {"lr", "1e-3"},
                    {"beta2", "0.99"},
                    {"warmup", "100"},
                    {"min-lr", "10%"},
                    {"weight-decay", "0.1"}},
        },
    [PRESET_QWEN3] =
        {
            .name = "qwen3",
            .summary = "pre-RMSNorm, QK-norm per head, two queries to a key head, SwiGLU, rotary "
                       "positions, tied embedding",
            .leaves_out =
                "longer waves of the rotation, heads wider than D/H, the larger models, which are "
                "not tied or have experts; its init and rates were not published: those of llama",
            .parent = PRESET_LLAMA,
            .set = {{"kv-heads", "2"}, {"qk-norm", "on"}, {"tied", "on"}},
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
