/* See settings.h. What is here goes by the table (settings_table.c): names, values, copies and
 * differences, and the settings that a preset brings along. Knows no command line and no screen. */
#include "train/settings.h"

#include "base/names.h"
#include "base/numbers.h"
#include "core/real.h"
#include "train/option_names.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(offsetof(struct settings, stack) == 0, "setting_of_stack() goes by the offset");

/* Choices are read and written as int, whatever their enum is called, or as bool. */
_Static_assert(sizeof(enum placement) == sizeof(int) && sizeof(enum ascii_mode) == sizeof(int),
               "an enum of the settings has the size of int");

enum { SETTING_NAME = 48, STACK_VALUE = 64, SHOWN = 48 };

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
        if (strncmp(name, stack_names[side], length) == 0 && name[length] == '-') {
            *rest = name + length + 1;
            return side;
        }
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
    const char *words[SETTINGS_MAX];
    struct names names = NAMES_OF_WORDS(words);
    names.count = 0;
    for (int i = 0; i < setting_count; i++) {
        if (side < SIDES && !setting_table[i].per_stack)
            continue;
        snprintf(full[names.count], SETTING_NAME, "%s%s%s", side < SIDES ? stack_names[side] : "",
                 side < SIDES ? "-" : "", setting_table[i].name);
        words[names.count] = full[names.count];
        names.count++;
    }
    names_find(&names, "setting", name, error);
    return false;
}

/* A setting that is but a slip away from the name of an option; NULL: none. */
static const char *slip_of(const char *name)
{
    for (int i = 0; i < setting_count; i++)
        if (names_distance(name, setting_table[i].name) == 1)
            return setting_table[i].name;
    return NULL;
}

bool setting_is_option(const char *name, struct error *error)
{
    char options[SHOWN] = "";
    size_t used = 0;
    const char *slip = slip_of(name);
    if (row_of(name, SIDES))
        return false;
    for (int i = 0; i < OPTIONS && used < sizeof options; i++) {
        const char *part = strrchr(option_names[i], '-');
        if (strcmp(option_names[i], name) == 0 || (part && !slip && strcmp(part + 1, name) == 0))
            used += (size_t)snprintf(options + used, sizeof options - used, "%s--%s",
                                     used ? " or " : "", option_names[i]);
    }
    if (!used)
        return false;
    error_set(error, "'%s' is an option of the command line, not a setting: %s%s%s%s", name,
              options, slip ? "; did you mean " : "", slip ? slip : "", slip ? "?" : "");
    return true;
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
    if (setting_is_option(name, error))
        return false;
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
    char also[48] = "";
    size_t used;
    if (row->zero)
        snprintf(also, sizeof also, ", or %s", row->zero);
    else if (row->share_of)
        snprintf(also, sizeof also, ", or a share %s: 10%%", row->share_of);
    switch (row->kind) {
    case SETTING_CHOICE:
        used = (size_t)snprintf(out, size, "one of ");
        for (int i = 0; i < row->choices->count && used < size; i++)
            used += (size_t)snprintf(out + used, size - used, "%s%s", i ? ", " : "",
                                     names_at(row->choices, i));
        break;
    case SETTING_INTEGER:
        snprintf(out, size, "a whole number from %.0f to %lld%s", row->least,
                 (long long)most_integer(row), also);
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
                 row->most, also);
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

/* "10%" into the field beside a number, which is 0 then; from 0 to 100. */
static bool set_share(const struct setting_row *row, void *field, void *percent, const char *text)
{
    char number[NUMBER_MOST + 1];
    const size_t length = strlen(text);
    double share;
    if (length == 0 || length > NUMBER_MOST || text[length - 1] != '%')
        return false;
    snprintf(number, sizeof number, "%.*s", (int)length - 1, text);
    if (!number_real(number, &share) || share < 0 || share > 100)
        return false;
    memset(field, 0, row->size);
    share = fabs(share); /* -0% is 0 */
    memcpy(percent, &share, sizeof share);
    return true;
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

static bool read_real(const struct setting_row *row, const char *text, double *value)
{
    *value = 0;
    return (row->zero && strcmp(text, row->zero) == 0) ||
           (number_real(text, value) && in_range(row, *value));
}

/* A number as the core computes with it. */
static double in_core(double value)
{
    const double rounded = (double)(real)value;
    return fabs(rounded) < (double)REAL_LEAST ? 0 : rounded;
}

/* Whether a number that is in range still is one of its kind in the core: there 1e-320 would be
 * none, and a beta next to 1 would be 1. */
static bool check_core(const struct setting_row *row, const char *name, const char *text,
                       double value, struct error *error)
{
    const double taken = in_core(value);
    char shown[SHOWN];
    if (in_range(row, taken) && (taken != 0 || value == 0))
        return true;
    names_printable(shown, sizeof shown, text);
    if (taken == 0)
        return error_set(error, "%s '%s': 0 in " REAL_NAME " precision: %.3g or more%s", name,
                         shown, 1.001 * (double)REAL_LEAST, in_range(row, 0) ? ", or 0" : "");
    return error_set(error, "%s '%s': %g in " REAL_NAME " precision: at most %.9g", name, shown,
                     taken, taken * (1 - (double)REAL_STEP));
}

static bool set_choice(const struct setting_row *row, void *field, const char *name,
                       const char *text, struct error *error)
{
    /* `left` and `right` are named after the stacks; what they choose is a placement. */
    const char *what = row->choices == &placement_names ? "placement" : name;
    int choice = names_find(row->choices, what, text, error);
    bool on = choice == 1;
    if (choice < 0)
        return false;
    memcpy(field, row->size == sizeof on ? (void *)&on : (void *)&choice, row->size);
    return true;
}

/* One field from text. `name` is what it was called. */
static bool set_field(struct settings *settings, const struct setting_row *row, enum side side,
                      const char *name, const char *text, struct error *error)
{
    void *field = (char *)settings + offset_of(row, side);
    bool good = false;
    double number;
    if (row->share_of) {
        void *percent = (char *)settings + row->percent;
        if (set_share(row, field, percent, text))
            return true;
        memset(percent, 0, sizeof(double));
    }
    switch (row->kind) {
    case SETTING_CHOICE:
        return set_choice(row, field, name, text, error);
    case SETTING_INTEGER:
        good = set_integer(row, field, text);
        break;
    case SETTING_REAL:
        good = read_real(row, text, &number);
        if (good && !check_core(row, name, text, number, error))
            return false;
        if (good)
            memcpy(field, &number, sizeof number);
        break;
    case SETTING_STRING:
        good = strlen(text) < row->size;
        if (good)
            memcpy(field, text, strlen(text) + 1);
        break;
    }
    if (good)
        return true;
    char shown[SHOWN], values[SETTING_VALUES];
    names_printable(shown, sizeof shown, text);
    setting_values(row, values, sizeof values);
    return error_set(error, "%s '%s': %s", name, shown, values);
}

/* ---- presets ---- */

/* What a preset's row calls the setting. */
static const char *name_in_preset(const struct setting_row *row)
{
    return setting_of_stack(row) && !row->per_stack ? "placement" : row->name;
}

/* To the preset's value, or to the default. */
static bool set_by_preset(struct settings *settings, const struct setting_row *row,
                          enum preset preset, enum side side, struct error *error)
{
    const char *value = preset_value(preset, name_in_preset(row));
    return set_field(settings, row, side, row->name, value ? value : row->initial, error);
}

/* All settings of one stack, so that nothing is left of another preset. */
static bool set_stack_by_preset(struct settings *settings, enum side side, struct error *error)
{
    for (int i = 0; i < setting_count; i++) {
        const struct setting_row *row = &setting_table[i];
        const bool mine = row->per_stack ? row->choices != &preset_names
                                         : strcmp(row->name, stack_names[side]) == 0;
        if (mine && !set_by_preset(settings, row, settings->stack[side].preset, side, error))
            return false;
    }
    return true;
}

static bool set_shared_by_preset(struct settings *settings, enum preset preset, struct error *error)
{
    for (int i = 0; i < PRESET_SHARED; i++)
        if (!set_by_preset(settings, row_of(preset_shared[i], SIDES), preset, LEFT, error))
            return false;
    return true;
}

int settings_preset_pairs(enum preset preset, bool shared, struct setting_pair out[SETTINGS_MAX])
{
    int count = 0;
    for (int i = 0; shared && i < PRESET_SHARED; i++) {
        const char *value = preset_value(preset, preset_shared[i]);
        out[count++] = (struct setting_pair){
            preset_shared[i], value ? value : row_of(preset_shared[i], SIDES)->initial};
    }
    for (int i = 0; !shared && i < setting_count; i++) {
        const struct setting_row *row = &setting_table[i];
        const char *name = name_in_preset(row), *value = preset_value(preset, name);
        if (value && setting_of_stack(row) && strcmp(row->name, stack_names[RIGHT]) != 0)
            out[count++] = (struct setting_pair){name, value};
    }
    return count;
}

/* What setting a preset brings along: all of the stacks, and what they share where they agree. */
static bool set_presets(struct settings *settings, const struct target *target, struct error *error)
{
    const enum preset left = settings->stack[LEFT].preset;
    for (enum side side = target->first; side <= target->last; side++)
        if (!set_stack_by_preset(settings, side, error))
            return false;
    return target->first == target->last || left != settings->stack[RIGHT].preset ||
           set_shared_by_preset(settings, left, error);
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
        if (!set_field(&changed, target.row, side, name, part, error))
            return false;
    }
    if (target.row->choices == &preset_names && !set_presets(&changed, &target, error))
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

/* 0: the number counts. */
static double percent_of(const struct settings *settings, const struct setting_row *row)
{
    double percent = 0;
    if (row->share_of)
        memcpy(&percent, (const char *)settings + row->percent, sizeof percent);
    return percent;
}

void setting_get_stack(const struct settings *settings, const struct setting_row *row,
                       enum side side, char *out, size_t size)
{
    const char *field = (const char *)settings + offset_of(row, side);
    double number = 1;
    int64_t integer = 1;
    if (percent_of(settings, row) != 0) {
        print_real(percent_of(settings, row), out, size);
        strcat(out, "%");
        return;
    }
    switch (row->kind) {
    case SETTING_CHOICE:
        snprintf(out, size, "%s", names_at(row->choices, (int)get_integer(field, row->size)));
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

const char *setting_unit(const struct setting_row *row, const char *value)
{
    const size_t length = strlen(value);
    if (row->zero && strcmp(value, row->zero) == 0)
        return "";
    return row->share_of && length > 0 && value[length - 1] == '%' ? row->share_of : row->unit;
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
    const unsigned tasks = SETTING_OF_TASK(before->task) | SETTING_OF_TASK(after->task);
    if (row->tasks && !(row->tasks & tasks))
        return false;
    if (percent_of(before, row) != percent_of(after, row))
        return true;
    return row->kind == SETTING_STRING ? strcmp(a, b) != 0 : memcmp(a, b, row->size) != 0;
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

struct task_setup settings_task(const struct settings *settings)
{
    return (struct task_setup){
        .kind = settings->task,
        .text = settings->text,
        .context = settings->context,
        .vocab = settings->vocab,
        .modulus = settings->modulus,
        .train_fraction = settings->train_fraction,
    };
}

size_t settings_history_bytes(const struct settings *settings)
{
    return (size_t)settings->history << 20;
}

size_t settings_past_bytes(const struct settings *settings)
{
    const int least = settings->history < 32 ? settings->history : 32, share = settings->history / 8;
    return (size_t)(share > least ? share : least) << 20;
}

void settings_copy(struct settings *to, const struct settings *from, enum setting_scope scope)
{
    for (int i = 0; i < setting_count; i++) {
        const struct setting_row *row = &setting_table[i];
        for (enum side side = LEFT; side < SIDES && row->scope == scope; side++)
            memcpy((char *)to + offset_of(row, side), (const char *)from + offset_of(row, side),
                   row->size);
        if (row->scope == scope && row->share_of)
            memcpy((char *)to + row->percent, (const char *)from + row->percent, sizeof(double));
    }
}

int64_t settings_warmup(const struct settings *settings)
{
    if (settings->warmup_percent == 0)
        return settings->warmup;
    const int64_t steps = settings->steps > 0 ? settings->steps : SCHEDULE_STEPS;
    return llround((double)steps * settings->warmup_percent / 100);
}

double settings_min_lr(const struct settings *settings)
{
    const double percent = settings->min_lr_percent;
    return percent > 0 ? settings->lr * percent / 100 : settings->min_lr;
}

double settings_lr(const struct settings *settings, int64_t step)
{
    const struct schedule_course course = {
        .schedule = settings->schedule,
        .lr = settings->lr,
        .min_lr = settings_min_lr(settings),
        .warmup = settings_warmup(settings),
        .steps = settings->steps,
    };
    return schedule_lr(&course, step);
}

bool settings_preset_holds(const struct settings *settings, enum side side)
{
    struct settings fresh = *settings;
    return set_stack_by_preset(&fresh, side, NULL) && settings_difference(settings, &fresh) < 0;
}
