/* See settings.h. Owns the table of settings; knows no command line and no screen. */
#include "train/settings.h"

#include "base/names.h"
#include "base/numbers.h"
#include "base/system.h"
#include "train/pair.h"
#include "train/presets.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

const char *const stack_names[SIDES + 1] = {[LEFT] = "left", [RIGHT] = "right", [SIDES] = NULL};

const char *const setting_themes[] = {"default", "dark", "light", "mono", NULL};

static const char *const ascii_names[] = {
    [ASCII_AUTO] = "auto", [ASCII_ON] = "on", [ASCII_OFF] = "off", NULL};

static const char *const attention_names[] = {[ATTENTION_AUTO] = "auto",
                                              [ATTENTION_CAUSAL] = "causal",
                                              [ATTENTION_BIDIRECTIONAL] = "bidirectional",
                                              NULL};

/* The choices of a bool. */
static const char *const switch_names[] = {"off", "on", NULL};

_Static_assert(offsetof(struct settings, stack) == 0, "setting_of_stack() goes by the offset");

/* Choices are read and written as int, whatever their enum is called, or as bool. */
_Static_assert(sizeof(enum placement) == sizeof(int) && sizeof(enum ascii_mode) == sizeof(int),
               "an enum of the settings has the size of int");

#define FIELD(member)                                                                              \
    .offset = offsetof(struct settings, member), .size = sizeof(((struct settings *)0)->member)

#define STACK_FIELD(member) .per_stack = true, FIELD(stack[LEFT].member)

const struct setting_row setting_table[] = {
    {.name = "preset",
     .kind = SETTING_CHOICE,
     .scope = SCOPE_MODEL,
     .choices = preset_names,
     .initial = "none",
     .unit = "",
     .help = "settings of a family of models, and those of its training; none: the defaults",
     STACK_FIELD(preset)},
    {.name = "left",
     .kind = SETTING_CHOICE,
     .scope = SCOPE_MODEL,
     .choices = placement_names,
     .initial = "pre",
     .unit = "",
     .help = "placement of the norms in the left stack",
     FIELD(stack[LEFT].placement)},
    {.name = "right",
     .kind = SETTING_CHOICE,
     .scope = SCOPE_MODEL,
     .choices = placement_names,
     .initial = "post",
     .unit = "",
     .help = "placement of the norms in the right stack",
     FIELD(stack[RIGHT].placement)},
    {.name = "norm",
     .kind = SETTING_CHOICE,
     .scope = SCOPE_MODEL,
     .choices = norm_names,
     .initial = "layernorm",
     .unit = "",
     .help = "which normalization",
     STACK_FIELD(norm)},
    {.name = "norm-bias",
     .kind = SETTING_CHOICE,
     .scope = SCOPE_MODEL,
     .choices = switch_names,
     .initial = "on",
     .unit = "",
     .help = "norms that can have a bias (layernorm, dyt) have one",
     STACK_FIELD(norm_bias)},
    {.name = "gain-offset",
     .kind = SETTING_CHOICE,
     .scope = SCOPE_MODEL,
     .choices = switch_names,
     .initial = "off",
     .unit = "",
     .help = "the gain of a norm is 1 + w, as in Gemma",
     STACK_FIELD(gain_offset)},
    {.name = "activation",
     .kind = SETTING_CHOICE,
     .scope = SCOPE_MODEL,
     .choices = activation_names,
     .initial = "gelu",
     .unit = "",
     .help = "nonlinearity of the feed-forward sublayer",
     STACK_FIELD(activation)},
    {.name = "positions",
     .kind = SETTING_CHOICE,
     .scope = SCOPE_MODEL,
     .choices = positions_names,
     .initial = "learned",
     .unit = "",
     .help = "how the places of the tokens are told apart",
     STACK_FIELD(positions)},
    {.name = "attention",
     .kind = SETTING_CHOICE,
     .scope = SCOPE_MODEL,
     .choices = attention_names,
     .initial = "auto",
     .unit = "",
     .help = "which tokens a token sees; auto is what the task is made for",
     STACK_FIELD(attention)},
    {.name = "kv-heads",
     .kind = SETTING_INTEGER,
     .scope = SCOPE_MODEL,
     .least = 1,
     .most = 1024,
     .zero = "heads",
     .initial = "heads",
     .unit = "heads",
     .help = "heads of keys and values, a divisor of heads (grouped queries)",
     STACK_FIELD(kv_heads)},
    {.name = "kv-rank",
     .kind = SETTING_INTEGER,
     .scope = SCOPE_MODEL,
     .least = 1,
     .most = 1024,
     .zero = "full",
     .initial = "full",
     .unit = "numbers",
     .help = "rank that keys and values are compressed to (MLA)",
     STACK_FIELD(kv_rank)},
    {.name = "window",
     .kind = SETTING_INTEGER,
     .scope = SCOPE_MODEL,
     .least = 1,
     .most = 1024,
     .zero = "none",
     .initial = "none",
     .unit = "tokens",
     .help = "tokens that a token sees, itself included, on each side",
     STACK_FIELD(window)},
    {.name = "window-every",
     .kind = SETTING_INTEGER,
     .scope = SCOPE_MODEL,
     .least = 1,
     .most = LAYERS_MAX,
     .initial = "1",
     .unit = "blocks",
     .help = "the window is on every n-th block; the others see all",
     STACK_FIELD(window_every)},
    {.name = "qk-norm",
     .kind = SETTING_CHOICE,
     .scope = SCOPE_MODEL,
     .choices = switch_names,
     .initial = "off",
     .unit = "",
     .help = "RMSNorm of the queries and keys of every head",
     STACK_FIELD(qk_norm)},
    {.name = "bias",
     .kind = SETTING_CHOICE,
     .scope = SCOPE_MODEL,
     .choices = switch_names,
     .initial = "on",
     .unit = "",
     .help = "linear layers have biases",
     STACK_FIELD(bias)},
    {.name = "tied",
     .kind = SETTING_CHOICE,
     .scope = SCOPE_MODEL,
     .choices = switch_names,
     .initial = "off",
     .unit = "",
     .help = "the output projection is the token embedding",
     STACK_FIELD(tied)},
    {.name = "embedding-scale",
     .kind = SETTING_CHOICE,
     .scope = SCOPE_MODEL,
     .choices = switch_names,
     .initial = "off",
     .unit = "",
     .help = "token embeddings are multiplied by sqrt(D)",
     STACK_FIELD(embedding_scale)},
    {.name = "parallel",
     .kind = SETTING_CHOICE,
     .scope = SCOPE_MODEL,
     .choices = switch_names,
     .initial = "off",
     .unit = "",
     .help = "attention and feed-forward side by side, as one sublayer",
     STACK_FIELD(parallel)},
    {.name = "experts",
     .kind = SETTING_INTEGER,
     .scope = SCOPE_MODEL,
     .least = 2,
     .most = CONFIG_EXPERTS_MAX,
     .zero = "none",
     .initial = "none",
     .unit = "experts",
     .help = "feed-forward networks to choose from, beside the shared one",
     STACK_FIELD(experts)},
    {.name = "experts-used",
     .kind = SETTING_INTEGER,
     .scope = SCOPE_MODEL,
     .least = 1,
     .most = CONFIG_EXPERTS_MAX,
     .initial = "1",
     .unit = "experts",
     .help = "experts that a token passes through",
     STACK_FIELD(experts_used)},
    {.name = "init",
     .kind = SETTING_CHOICE,
     .scope = SCOPE_MODEL,
     .choices = init_names,
     .initial = "xavier",
     .unit = "",
     .help = "distribution of the initial weights",
     STACK_FIELD(init)},
    {.name = "layers",
     .kind = SETTING_INTEGER,
     .scope = SCOPE_MODEL,
     .least = 1,
     .most = LAYERS_MAX,
     .initial = "6",
     .unit = "blocks",
     .help = "depth of each stack (L)",
     FIELD(layers)},
    {.name = "width",
     .kind = SETTING_INTEGER,
     .scope = SCOPE_MODEL,
     .least = 8,
     .most = 1024,
     .initial = "64",
     .unit = "numbers",
     .help = "width of the residual stream (D), a multiple of heads",
     FIELD(width)},
    {.name = "heads",
     .kind = SETTING_INTEGER,
     .scope = SCOPE_MODEL,
     .least = 1,
     .most = 1024,
     .initial = "4",
     .unit = "heads",
     .help = "attention heads of a block (H), at most width",
     FIELD(heads)},
    {.name = "ffn",
     .kind = SETTING_INTEGER,
     .scope = SCOPE_MODEL,
     .least = 1,
     .most = 8192,
     .initial = "256",
     .unit = "numbers",
     .help = "width inside the feed-forward sublayer (F)",
     FIELD(ffn)},
    {.name = "context",
     .kind = SETTING_INTEGER,
     .scope = SCOPE_MODEL,
     .least = 2,
     .most = 1024,
     .initial = "32",
     .unit = "tokens",
     .help = "length of a sequence (T)",
     FIELD(context)},
    {.name = "batch",
     .kind = SETTING_INTEGER,
     .scope = SCOPE_MODEL,
     .least = 1,
     .most = 1024,
     .initial = "16",
     .unit = "sequences",
     .help = "sequences in a step (B)",
     FIELD(batch)},
    {.name = "task",
     .kind = SETTING_CHOICE,
     .scope = SCOPE_MODEL,
     .choices = task_names,
     .initial = "grammar",
     .unit = "",
     .help = "what is learned",
     FIELD(task)},
    {.name = "text",
     .kind = SETTING_STRING,
     .scope = SCOPE_MODEL,
     .initial = "",
     .unit = "",
     .help = "file that the text task learns",
     FIELD(text)},
    {.name = "optimizer",
     .kind = SETTING_CHOICE,
     .scope = SCOPE_OPTIMIZER,
     .choices = optimizer_names,
     .initial = "adamw",
     .unit = "",
     .help = "what turns a gradient into an update",
     FIELD(optimizer)},
    {.name = "lr",
     .kind = SETTING_REAL,
     .scope = SCOPE_OPTIMIZER,
     .least = 0,
     .most = 100,
     .above = true,
     .initial = "3e-3",
     .unit = "",
     .help = "learning rate after the warmup",
     FIELD(lr)},
    {.name = "warmup",
     .kind = SETTING_INTEGER,
     .scope = SCOPE_OPTIMIZER,
     .least = 0,
     .most = 1e9,
     .initial = "0",
     .unit = "steps",
     .help = "steps over which the learning rate rises to lr, in a straight line",
     FIELD(warmup)},
    {.name = "schedule",
     .kind = SETTING_CHOICE,
     .scope = SCOPE_OPTIMIZER,
     .choices = schedule_names,
     .initial = "constant",
     .unit = "",
     .help = "course of the learning rate after the warmup",
     FIELD(schedule)},
    {.name = "clip",
     .kind = SETTING_REAL,
     .scope = SCOPE_OPTIMIZER,
     .least = 0,
     .most = 1e9,
     .initial = "0",
     .unit = "",
     .help = "largest norm of the whole gradient; 0 does not clip",
     FIELD(clip)},
    {.name = "weight-decay",
     .kind = SETTING_REAL,
     .scope = SCOPE_OPTIMIZER,
     .least = 0,
     .most = 100,
     .initial = "0",
     .unit = "",
     .help = "decay of the matrices, times the learning rate, per step",
     FIELD(weight_decay)},
    {.name = "beta1",
     .kind = SETTING_REAL,
     .scope = SCOPE_OPTIMIZER,
     .least = 0,
     .most = 1,
     .below = true,
     .initial = "0.9",
     .unit = "",
     .help = "memory of the mean gradient: Adam's first moment, the velocity of momentum",
     FIELD(beta1)},
    {.name = "beta2",
     .kind = SETTING_REAL,
     .scope = SCOPE_OPTIMIZER,
     .least = 0,
     .most = 1,
     .below = true,
     .initial = "0.999",
     .unit = "",
     .help = "memory of the squared gradient, Adam's second moment; of Lion's momentum",
     FIELD(beta2)},
    {.name = "seed",
     .kind = SETTING_INTEGER,
     .scope = SCOPE_MODEL,
     .least = 0,
     .most = (double)INT64_MAX,
     .initial = "1",
     .unit = "",
     .help = "what the initial weights and the batches are drawn from",
     FIELD(seed)},
    {.name = "steps",
     .kind = SETTING_INTEGER,
     .scope = SCOPE_OPTIMIZER,
     .least = 0,
     .most = 1e12,
     .initial = "0",
     .unit = "steps",
     .help = "length of the run; 0 goes on until it is stopped",
     FIELD(steps)},
    {.name = "threads",
     .kind = SETTING_INTEGER,
     .scope = SCOPE_PROGRAM,
     .least = 1,
     .most = 256,
     .zero = "auto",
     .initial = "auto",
     .unit = "threads",
     .help = "threads that compute (auto: one per core); the numbers do not depend on it",
     FIELD(threads)},
    {.name = "theme",
     .kind = SETTING_CHOICE,
     .scope = SCOPE_PROGRAM,
     .choices = setting_themes,
     .initial = "default",
     .unit = "",
     .help = "colours of the screen",
     FIELD(theme)},
    {.name = "ascii",
     .kind = SETTING_CHOICE,
     .scope = SCOPE_PROGRAM,
     .choices = ascii_names,
     .initial = "auto",
     .unit = "",
     .help = "draw with ASCII characters only; auto does so where the locale has no UTF-8",
     FIELD(ascii)},
    {.name = "mouse",
     .kind = SETTING_CHOICE,
     .scope = SCOPE_PROGRAM,
     .choices = switch_names,
     .initial = "on",
     .unit = "",
     .help = "clicks, drags and the wheel act; with Shift held the terminal has them for itself",
     FIELD(mouse)},
    {.name = "hide",
     .kind = SETTING_CHOICE,
     .scope = SCOPE_PROGRAM,
     .choices = switch_names,
     .initial = "off",
     .unit = "",
     .help = "hide header and footer, for a lesson; keys act all the same",
     FIELD(hide)},
    {.name = "history",
     .kind = SETTING_INTEGER,
     .scope = SCOPE_PROGRAM,
     .least = 8,
     .most = 65536,
     .initial = "256",
     .unit = "MB",
     .help = "MB of memory for the past of a run, and as many for states to branch from",
     FIELD(history)},
    {.name = "fps",
     .kind = SETTING_INTEGER,
     .scope = SCOPE_PROGRAM,
     .least = 1,
     .most = 120,
     .initial = "30",
     .unit = "frames per second",
     .help = "how often the screen is drawn, at most",
     FIELD(fps)},
    {.name = "speed",
     .kind = SETTING_REAL,
     .scope = SCOPE_PROGRAM,
     .least = 0.1,
     .most = 1e6,
     .zero = "unlimited",
     .initial = "15",
     .unit = "steps per second",
     .help = "how fast the screen trains, at most",
     FIELD(speed)},
};

const int setting_count = (int)(sizeof setting_table / sizeof *setting_table);

enum { SETTING_NAME = 48, STACK_VALUE = 64 };
_Static_assert(sizeof setting_table / sizeof *setting_table < SETTINGS_MAX,
               "the names of all settings fit in the list of setting_find()");

/* What a name means: a row, and the stacks that it sets; of a row that both share, once. */
struct target {
    const struct setting_row *row;
    enum side first, last;
};

/* The stack that the name begins with, as in "right-norm", and the rest of it; SIDES: none. */
static enum side side_of(const char *name, const char **rest)
{
    for (enum side side = LEFT; side < SIDES; side++) {
        size_t length = strlen(stack_names[side]);
        *rest = name + length + 1;
        if (strncmp(name, stack_names[side], length) == 0 && name[length] == '-')
            return side;
    }
    *rest = name;
    return SIDES;
}

/* The row of a name in all rows, or with `side` among those of a stack. */
static const struct setting_row *row_of(const char *name, enum side side)
{
    for (int i = 0; i < setting_count; i++)
        if (strcmp(setting_table[i].name, name) == 0 &&
            (side == SIDES || setting_table[i].per_stack))
            return &setting_table[i];
    return NULL;
}

/* Always false: says which names there are, with the same beginning where it names a stack. */
static bool unknown_setting(const char *name, enum side side, struct error *error)
{
    char full[SETTINGS_MAX][SETTING_NAME];
    const char *names[SETTINGS_MAX] = {NULL};
    int count = 0;
    for (int i = 0; i < setting_count; i++) {
        if (side < SIDES && !setting_table[i].per_stack)
            continue;
        snprintf(full[count], SETTING_NAME, "%s%s%s", side < SIDES ? stack_names[side] : "",
                 side < SIDES ? "-" : "", setting_table[i].name);
        names[count] = full[count];
        count++;
    }
    names_find(names, "setting", name, error);
    return false;
}

static bool find_target(struct target *target, const char *name, struct error *error)
{
    const char *rest;
    enum side side = side_of(name, &rest);
    *target = (struct target){.row = row_of(rest, side), .first = side, .last = side};
    if (side == SIDES)
        target->first = target->last = LEFT;
    if (target->row && target->row->per_stack && side == SIDES)
        target->last = RIGHT;
    if (target->row)
        return true;
    if (side < SIDES && row_of(rest, SIDES))
        return error_set(error, "setting '%s': both stacks have the same %s", name, rest);
    return unknown_setting(name, side, error);
}

const struct setting_row *setting_find(const char *name, struct error *error)
{
    struct target target;
    return find_target(&target, name, error) ? target.row : NULL;
}

/* Where a setting is; `side` counts only for those of the stacks. */
static size_t offset_of(const struct setting_row *row, enum side side)
{
    return row->offset + (row->per_stack ? (size_t)side * sizeof(struct stack_settings) : 0);
}

bool setting_of_stack(const struct setting_row *row)
{
    return row->offset < sizeof(struct stack_settings) * SIDES;
}

const char *setting_argument(const struct setting_row *row)
{
    switch (row->kind) {
    case SETTING_CHOICE:
        return "NAME";
    case SETTING_INTEGER:
        return "N";
    case SETTING_REAL:
        return "X";
    case SETTING_STRING:
        break;
    }
    return "FILE";
}

/* The largest whole number of a row; 2^63-1 cannot be held by a double. */
static int64_t most_integer(const struct setting_row *row)
{
    return row->most >= (double)INT64_MAX ? INT64_MAX : (int64_t)row->most;
}

void setting_values(const struct setting_row *row, char *out, size_t size)
{
    char zero[32] = "";
    size_t used;
    if (row->zero)
        snprintf(zero, sizeof zero, ", or %s", row->zero);
    switch (row->kind) {
    case SETTING_CHOICE:
        used = (size_t)snprintf(out, size, "one of ");
        for (int i = 0; row->choices[i] && used < size; i++)
            used +=
                (size_t)snprintf(out + used, size - used, "%s%s", i ? ", " : "", row->choices[i]);
        break;
    case SETTING_INTEGER:
        snprintf(out, size, "a whole number from %.0f to %lld%s", row->least,
                 (long long)most_integer(row), zero);
        break;
    case SETTING_REAL:
        snprintf(out, size, "a number %s %.15g %s %.15g%s",
                 row->above   ? "above"
                 : row->below ? "of at least"
                              : "from",
                 row->least,
                 row->below   ? "and below"
                 : row->above ? "and up to"
                              : "to",
                 row->most, zero);
        break;
    case SETTING_STRING:
        snprintf(out, size, "a file name of at most %zu bytes", row->size - 1);
        break;
    }
}

void setting_values_brief(const struct setting_row *row, char *out, size_t size)
{
    static const char *const lead[] = {"one of ", "a whole number ", "a number ", "a "};
    char values[SETTING_VALUES];
    const char *start = values;
    setting_values(row, values, sizeof values);
    for (size_t i = 0; i < sizeof lead / sizeof *lead; i++) {
        if (strncmp(values, lead[i], strlen(lead[i])) == 0) {
            start = values + strlen(lead[i]);
            break;
        }
    }
    snprintf(out, size, "%s", start);
}

static bool in_range(const struct setting_row *row, double value)
{
    if (row->zero && value == 0)
        return true;
    return (row->above ? value > row->least : value >= row->least) &&
           (row->below ? value < row->most : value <= row->most);
}

static bool set_integer(const struct setting_row *row, void *field, const char *text)
{
    int64_t value = 0;
    if (!(row->zero && strcmp(text, row->zero) == 0) &&
        !(number_integer(text, &value) && in_range(row, (double)value)))
        return false;
    if (row->size == sizeof(int)) {
        int narrow = (int)value;
        memcpy(field, &narrow, sizeof narrow);
    } else {
        memcpy(field, &value, sizeof value);
    }
    return true;
}

static bool set_real(const struct setting_row *row, void *field, const char *text)
{
    double value = 0;
    if (!(row->zero && strcmp(text, row->zero) == 0) &&
        !(number_real(text, &value) && in_range(row, value)))
        return false;
    memcpy(field, &value, sizeof value);
    return true;
}

static bool set_choice(const struct setting_row *row, void *field, const char *name,
                       const char *text, struct error *error)
{
    /* `left` and `right` are named after the stacks; what they choose is a placement. */
    const char *what = row->choices == placement_names ? "placement" : name;
    int choice = names_find(row->choices, what, text, error);
    bool on = choice == 1;
    if (choice < 0)
        return false;
    memcpy(field, row->size == sizeof on ? (void *)&on : (void *)&choice, row->size);
    return true;
}

/* One field from text. `name` is what it was called. */
static bool set_field(const struct setting_row *row, void *field, const char *name,
                      const char *text, struct error *error)
{
    bool good = false;
    switch (row->kind) {
    case SETTING_CHOICE:
        return set_choice(row, field, name, text, error);
    case SETTING_INTEGER:
        good = set_integer(row, field, text);
        break;
    case SETTING_REAL:
        good = set_real(row, field, text);
        break;
    case SETTING_STRING:
        good = strlen(text) < row->size;
        if (good)
            memcpy(field, text, strlen(text) + 1);
        break;
    }
    if (good)
        return true;
    char shown[48], values[SETTING_VALUES];
    names_printable(shown, sizeof shown, text);
    setting_values(row, values, sizeof values);
    return error_set(error, "%s '%s': %s", name, shown, values);
}

/* What setting a preset brings along: all of the stacks, and what they share where they agree. */
static bool set_presets(struct settings *settings, const struct target *target, struct error *error)
{
    const int left = settings->stack[LEFT].preset;
    for (enum side side = target->first; side <= target->last; side++)
        if (!preset_apply(settings, settings->stack[side].preset, side, error))
            return false;
    return target->first == target->last || left != settings->stack[RIGHT].preset ||
           preset_apply_shared(settings, left, error);
}

bool setting_set(struct settings *settings, const char *name, const char *value,
                 struct error *error)
{
    struct target target;
    struct settings changed = *settings;
    if (!find_target(&target, name, error))
        return false;
    const char *slash = target.last > target.first ? strchr(value, '/') : NULL;
    for (enum side side = target.first; side <= target.last; side++) {
        char left[STACK_VALUE];
        const char *part = value;
        if (slash) {
            snprintf(left, sizeof left, "%.*s", (int)(slash - value), value);
            part = side == LEFT ? left : slash + 1;
        }
        if (!set_field(target.row, (char *)&changed + offset_of(target.row, side), name, part,
                       error))
            return false;
    }
    if (target.row->choices == preset_names && !set_presets(&changed, &target, error))
        return false;
    *settings = changed;
    return true;
}

static int64_t get_integer(const void *field, size_t size)
{
    bool on;
    int narrow;
    int64_t wide;
    if (size == sizeof on) {
        memcpy(&on, field, sizeof on);
        return on;
    }
    if (size == sizeof narrow) {
        memcpy(&narrow, field, sizeof narrow);
        return narrow;
    }
    memcpy(&wide, field, sizeof wide);
    return wide;
}

/* The fewest digits that read back as the same number; without an exponent where that is no longer,
 * 30 and not 3e+01. */
static void print_real(double value, char *out, size_t size)
{
    char plain[32];
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(out, size, "%.*g", digits, value);
        if (strtod(out, NULL) == value)
            break;
    }
    snprintf(plain, sizeof plain, "%.15g", value);
    if (strtod(plain, NULL) == value && strlen(plain) <= strlen(out))
        snprintf(out, size, "%s", plain);
}

void setting_get_stack(const struct settings *settings, const struct setting_row *row,
                       enum side side, char *out, size_t size)
{
    const char *field = (const char *)settings + offset_of(row, side);
    double number = 1;
    int64_t integer = 1;
    switch (row->kind) {
    case SETTING_CHOICE:
        snprintf(out, size, "%s", row->choices[get_integer(field, row->size)]);
        return;
    case SETTING_STRING:
        snprintf(out, size, "%s", field);
        return;
    case SETTING_INTEGER:
        integer = get_integer(field, row->size);
        snprintf(out, size, "%lld", (long long)integer);
        break;
    case SETTING_REAL:
        memcpy(&number, field, sizeof number);
        print_real(number, out, size);
        break;
    }
    if (row->zero && (integer == 0 || number == 0))
        snprintf(out, size, "%s", row->zero);
}

void setting_get(const struct settings *settings, const struct setting_row *row, char *out,
                 size_t size)
{
    char right[STACK_VALUE];
    setting_get_stack(settings, row, LEFT, out, size);
    if (!row->per_stack)
        return;
    setting_get_stack(settings, row, RIGHT, right, sizeof right);
    size_t used = strlen(out);
    if (strcmp(out, right) != 0)
        snprintf(out + used, size - used, "/%s", right);
}

struct settings settings_default(void)
{
    struct settings settings = {0};
    struct error error;
    for (int i = 0; i < setting_count; i++)
        if (!setting_set(&settings, setting_table[i].name, setting_table[i].initial, &error))
            die("a default is not valid: %s", error.text);
    return settings;
}

static bool differs(const struct setting_row *row, enum side side, const struct settings *before,
                    const struct settings *after)
{
    const char *a = (const char *)before + offset_of(row, side);
    const char *b = (const char *)after + offset_of(row, side);
    if (row->kind != SETTING_STRING)
        return memcmp(a, b, row->size) != 0;
    return (before->task == TASK_TEXT || after->task == TASK_TEXT) && strcmp(a, b) != 0;
}

int settings_difference(const struct settings *before, const struct settings *after)
{
    int widest = -1;
    for (int i = 0; i < setting_count; i++) {
        const struct setting_row *row = &setting_table[i];
        bool same = !differs(row, LEFT, before, after) && !differs(row, RIGHT, before, after);
        if (!same && (widest < 0 || (int)row->scope < widest))
            widest = (int)row->scope;
    }
    return widest;
}

size_t settings_history_bytes(const struct settings *settings)
{
    return (size_t)settings->history << 20;
}

void settings_copy(struct settings *to, const struct settings *from, enum setting_scope scope)
{
    for (int i = 0; i < setting_count; i++) {
        const struct setting_row *row = &setting_table[i];
        for (enum side side = LEFT; side < SIDES && row->scope == scope; side++)
            memcpy((char *)to + offset_of(row, side), (const char *)from + offset_of(row, side),
                   row->size);
    }
}

/* The number nearest to `from` that `good` accepts, counting outwards within least..most. */
static int nearest(int from, int least, int most, int other, bool (*good)(int value, int other))
{
    for (int away = 0; away <= most; away++) {
        if (from - away >= least && good(from - away, other))
            return from - away;
        if (from + away <= most && from + away >= least && good(from + away, other))
            return from + away;
    }
    return least;
}

static bool divides(int value, int other)
{
    return other % value == 0;
}

static bool is_multiple(int value, int other)
{
    return value % other == 0;
}

static bool check_heads(const struct settings *settings, struct error *error)
{
    int width = settings->width, heads = settings->heads;
    if (width % heads == 0)
        return true;
    if (heads > width)
        return error_set(error, "width %d has no room for %d heads: heads %d is the most", width,
                         heads, width);
    int fewer = nearest(heads, 1, width, width, divides);
    return error_set(error, "width %d cannot be divided by %d heads: heads %d or width %d", width,
                     heads, fewer, nearest(width, 8, 1024, heads, is_multiple));
}

/* A text has at most 256 different bytes. */
enum { TEXT_VOCAB_MAX = 256 };

/* Bytes that both stacks need. */
static double both_bytes(const struct settings *settings)
{
    int vocab = task_describe(settings->task).vocab;
    return (double)pair_bytes(settings, vocab > 0 ? vocab : TEXT_VOCAB_MAX);
}

static void print_bytes(double bytes, char *out, size_t size)
{
    if (bytes >= 1e9)
        snprintf(out, size, "%.1f GB", bytes / 1e9);
    else
        snprintf(out, size, "%.0f MB", bytes / 1e6);
}

/* Names the one setting whose halving saves most. */
static bool check_memory(const struct settings *settings, struct error *error)
{
    static const char *const names[] = {"batch", "layers", "context", "ffn", NULL};
    double have = (double)system_memory(), need = both_bytes(settings), least = INFINITY;
    char needs[32], has[32], instead[32];
    const char *lower = NULL;
    int half = 0;
    if (have == 0 || need <= 0.9 * have)
        return true;
    for (int i = 0; names[i]; i++) {
        struct settings smaller = *settings;
        int *const field[] = {&smaller.batch, &smaller.layers, &smaller.context, &smaller.ffn};
        if (*field[i] < 4)
            continue;
        *field[i] /= 2;
        double bytes = both_bytes(&smaller);
        if (bytes < least) {
            least = bytes;
            lower = names[i];
            half = *field[i];
        }
    }
    print_bytes(need, needs, sizeof needs);
    print_bytes(have, has, sizeof has);
    print_bytes(least, instead, sizeof instead);
    if (!lower)
        return error_set(error,
                         "both stacks need %s of memory and this machine has %s: a smaller "
                         "width",
                         needs, has);
    return error_set(error,
                     "both stacks need %s of memory and this machine has %s: lower %s first "
                     "(%s %d needs %s)",
                     needs, has, lower, lower, half, instead);
}

/* A model that can be built, and that does not see what it is asked for. */
static bool check_model(const struct settings *settings, enum side side, struct error *error)
{
    struct model_config config = run_model_config(settings, side, 1);
    if (!model_config_check(&config, error))
        return false;
    if (config.mask == MASK_BIDIRECTIONAL && task_predicts_ahead(settings->task))
        return error_set(error,
                         "attention 'bidirectional' sees the tokens that the task %s asks for: "
                         "causal, or the task masked",
                         task_names[settings->task]);
    return true;
}

/* Says which stack it is where the other one is good. */
static bool check_models(const struct settings *settings, struct error *error)
{
    bool good[SIDES];
    struct error reason[SIDES];
    for (enum side side = LEFT; side < SIDES; side++)
        good[side] = check_model(settings, side, &reason[side]);
    if (good[LEFT] && good[RIGHT])
        return true;
    enum side bad = good[LEFT] ? RIGHT : LEFT;
    if (good[LEFT] || good[RIGHT])
        return error_set(error, "%s stack: %s", stack_names[bad], reason[bad].text);
    return error_set(error, "%s", reason[bad].text);
}

/* Whether it fits in the context; a file is not looked at before it is learned. */
static bool check_task(const struct settings *settings, struct error *error)
{
    if (settings->task == TASK_TEXT)
        return settings->text[0] ||
               error_set(error, "the text task has no file: name one with --text FILE");
    struct task *task = task_open(settings->task, "", settings->context, error);
    task_close(task);
    return task != NULL;
}

bool settings_check(const struct settings *settings, struct error *error)
{
    return check_heads(settings, error) && check_task(settings, error) &&
           check_models(settings, error) && check_memory(settings, error);
}
