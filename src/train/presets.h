/* Presets: what characterises a family of models, at a size that trains live.
 *
 * A preset is a row of settings, its own and its parent's. It is a miniature, and its row says what
 * it leaves out. Here is only the table; settings.c applies it. */
#ifndef LNSCOPE_TRAIN_PRESETS_H
#define LNSCOPE_TRAIN_PRESETS_H

#include "base/names.h"

enum preset {
    PRESET_NONE, /* the defaults */
    PRESET_TRANSFORMER_2017,
    PRESET_BERT,
    PRESET_GPT2,
    PRESET_GPT3,
    PRESET_LLAMA,
    PRESET_MISTRAL,
    PRESET_GEMMA,
    PRESET_GEMINI,
    PRESET_PALM,
    PRESET_DEEPSEEK,
    PRESET_VIT,
    PRESET_OLMO2,
    PRESET_NANOGPT,
    PRESET_QWEN3,
    PRESETS
};

enum { PRESET_VALUES = 20, PRESET_SHARED = 14 };

struct preset_row {
    const char *name;
    const char *summary;    /* one line: what characterises the family */
    const char *leaves_out; /* one line: what the miniature does without */
    enum preset parent;     /* which it is like, but for what follows */
    /* NAME and VALUE of settings, ended by NULL; `placement` stands for `left` and `right`. */
    const char *set[PRESET_VALUES][2];
};

extern const struct preset_row preset_table[PRESETS];
extern const struct names preset_names;

/* The settings shared by both stacks that every preset sets: the task, and how it is learned. Sizes
 * are none of them, but for the context, which a task may need. */
extern const char *const preset_shared[PRESET_SHARED];

/* The value that a preset has for a setting, its own or that of its nearest ancestor which has one;
 * NULL: the default of the setting. */
const char *preset_value(enum preset preset, const char *setting);

#endif
