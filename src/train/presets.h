/* Presets: what characterises a family of models, at a size that trains live.
 *
 * A preset is a row of settings. It is a miniature, and its row says what it leaves out. */
#ifndef LNSCOPE_TRAIN_PRESETS_H
#define LNSCOPE_TRAIN_PRESETS_H

#include "base/error.h"
#include "train/settings.h"

#include <stdbool.h>

enum { PRESETS = 12, PRESET_VALUES = 14, PRESET_SHARED = 10 };

/* The settings shared by both stacks that every preset sets: the task, and how it is learned. Sizes
 * are none of them, but for the context, which a task may need. */
extern const char *const preset_shared[PRESET_SHARED + 1];

struct preset_row {
    const char *name;
    const char *summary;    /* one line: what characterises the family */
    const char *leaves_out; /* one line: what the miniature does without */
    /* NAME and VALUE of settings of a stack; `placement` stands for `left` and `right`. Those that
     * are not here take their defaults. */
    const char *stack[PRESET_VALUES][2];
    const char *shared[PRESET_SHARED]; /* values of preset_shared, in its order */
};

extern const struct preset_row preset_table[PRESETS];

/* The choices of the setting `preset`: "none" and then the names of the table, ended by NULL. */
extern const char *const preset_names[PRESETS + 2];

/* Gives one stack the settings that preset_names[preset] has for a stack: all of them, so that
 * nothing is left of another preset; 0 gives it the defaults. */
bool preset_apply(struct settings *settings, int preset, enum side side, struct error *error);

/* The same for what the stacks share. */
bool preset_apply_shared(struct settings *settings, int preset, struct error *error);

/* Whether the stack still is what its preset has made it. */
bool preset_holds(const struct settings *settings, enum side side);

#endif
