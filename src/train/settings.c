/* See settings.h. Owns the table of settings; knows no command line and no screen. */
#include "train/settings.h"

#include "base/names.h"
#include "base/system.h"
#include "train/pair.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

const char *const stack_names[SIDES + 1] = {[LEFT] = "left", [RIGHT] = "right", [SIDES] = NULL};

const char *const setting_themes[] = {"dark", "light", "mono", NULL};

static const char *const ascii_names[] = {
    [ASCII_AUTO] = "auto", [ASCII_ON] = "on", [ASCII_OFF] = "off", NULL};

/* Choices are read and written as int, whatever their enum is called. */
_Static_assert(sizeof(enum placement) == sizeof(int) && sizeof(enum ascii_mode) == sizeof(int),
               "an enum of the settings has the size of int");

#define FIELD(member)                                                                              \
    .offset = offsetof(struct settings, member), .size = sizeof(((struct settings *)0)->member)

const struct setting_row setting_table[] = {
    {.name = "left",
     .kind = SETTING_CHOICE,
     .scope = SCOPE_MODEL,
     .choices = placement_names,
     .initial = "pre",
     .unit = "",
     .help = "placement of the norms in the left stack",
     FIELD(placement[LEFT])},
    {.name = "right",
     .kind = SETTING_CHOICE,
     .scope = SCOPE_MODEL,
     .choices = placement_names,
     .initial = "post",
     .unit = "",
     .help = "placement of the norms in the right stack",
     FIELD(placement[RIGHT])},
    {.name = "norm",
     .kind = SETTING_CHOICE,
     .scope = SCOPE_MODEL,
     .choices = norm_names,
     .initial = "layernorm",
     .unit = "",
     .help = "which normalization, in both stacks",
     FIELD(norm)},
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
    {.name = "activation",
     .kind = SETTING_CHOICE,
     .scope = SCOPE_MODEL,
     .choices = activation_names,
     .initial = "gelu",
     .unit = "",
     .help = "nonlinearity of the feed-forward sublayer",
     FIELD(activation)},
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
    {.name = "init",
     .kind = SETTING_CHOICE,
     .scope = SCOPE_MODEL,
     .choices = init_names,
     .initial = "xavier",
     .unit = "",
     .help = "distribution of the initial weights",
     FIELD(init)},
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
     .help = "memory of the mean gradient: AdamW's first moment, momentum's velocity",
     FIELD(beta1)},
    {.name = "beta2",
     .kind = SETTING_REAL,
     .scope = SCOPE_OPTIMIZER,
     .least = 0,
     .most = 1,
     .below = true,
     .initial = "0.999",
     .unit = "",
     .help = "memory of the squared gradient: AdamW's second moment",
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
     .initial = "dark",
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

enum { SETTINGS_MAX = 64 };
_Static_assert(sizeof setting_table / sizeof *setting_table < SETTINGS_MAX,
               "the names of all settings fit in the list of setting_find()");

const struct setting_row *setting_find(const char *name, struct error *error)
{
    const char *names[SETTINGS_MAX] = {NULL};
    for (int i = 0; i < setting_count; i++)
        names[i] = setting_table[i].name;
    int found = names_find(names, "setting", name, error);
    return found < 0 ? NULL : &setting_table[found];
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

/* Decimal digits and nothing else, with an optional minus; out of int64_t's range is an error. */
static bool parse_integer(const char *text, int64_t *value)
{
    const char *digits = text + (*text == '-');
    char *end;
    if (!*digits || strspn(digits, "0123456789") != strlen(digits))
        return false;
    errno = 0;
    *value = strtoll(text, &end, 10);
    return errno == 0;
}

/* A finite decimal number; strtod() alone would also take blanks, hexadecimals, "inf" and "nan". */
static bool parse_real(const char *text, double *value)
{
    char *end;
    if (!*text || strspn(text, "0123456789.eE+-") != strlen(text))
        return false;
    *value = strtod(text, &end) + 0.0; /* -0 becomes 0 */
    return *end == '\0' && isfinite(*value);
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
        !(parse_integer(text, &value) && in_range(row, (double)value)))
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
        !(parse_real(text, &value) && in_range(row, value)))
        return false;
    memcpy(field, &value, sizeof value);
    return true;
}

bool setting_set(struct settings *settings, const char *name, const char *value,
                 struct error *error)
{
    const struct setting_row *row = setting_find(name, error);
    if (!row)
        return false;
    char *field = (char *)settings + row->offset;
    bool good = false;
    switch (row->kind) {
    case SETTING_CHOICE: {
        int choice = names_find(row->choices, row->name, value, error);
        if (choice < 0)
            return false;
        memcpy(field, &choice, sizeof choice);
        return true;
    }
    case SETTING_INTEGER:
        good = set_integer(row, field, value);
        break;
    case SETTING_REAL:
        good = set_real(row, field, value);
        break;
    case SETTING_STRING:
        good = strlen(value) < row->size;
        if (good)
            memcpy(field, value, strlen(value) + 1);
        break;
    }
    if (!good) {
        char shown[48], values[200];
        names_printable(shown, sizeof shown, value);
        setting_values(row, values, sizeof values);
        return error_set(error, "%s '%s': %s", row->name, shown, values);
    }
    return true;
}

static int64_t get_integer(const void *field, size_t size)
{
    int narrow;
    int64_t wide;
    if (size == sizeof narrow) {
        memcpy(&narrow, field, sizeof narrow);
        return narrow;
    }
    memcpy(&wide, field, sizeof wide);
    return wide;
}

/* The fewest digits that read back as the same number. */
static void print_real(double value, char *out, size_t size)
{
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(out, size, "%.*g", digits, value);
        if (strtod(out, NULL) == value)
            break;
    }
}

void setting_get(const struct settings *settings, const struct setting_row *row, char *out,
                 size_t size)
{
    const char *field = (const char *)settings + row->offset;
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

struct settings settings_default(void)
{
    struct settings settings = {0};
    struct error error;
    for (int i = 0; i < setting_count; i++)
        if (!setting_set(&settings, setting_table[i].name, setting_table[i].initial, &error))
            die("a default is not valid: %s", error.text);
    return settings;
}

int settings_difference(const struct settings *before, const struct settings *after)
{
    bool text = before->task == TASK_TEXT || after->task == TASK_TEXT;
    int widest = -1;
    for (int i = 0; i < setting_count; i++) {
        const struct setting_row *row = &setting_table[i];
        const char *a = (const char *)before + row->offset, *b = (const char *)after + row->offset;
        if (row->kind == SETTING_STRING ? !text || strcmp(a, b) == 0 : memcmp(a, b, row->size) == 0)
            continue;
        if (widest < 0 || (int)row->scope < widest)
            widest = (int)row->scope;
    }
    return widest;
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
    int fewer = nearest(heads, 1, width, width, divides);
    if (heads > width)
        return error_set(error, "width %d has no room for %d heads: heads %d is the most", width,
                         heads, fewer);
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

bool settings_check(const struct settings *settings, struct error *error)
{
    if (!check_heads(settings, error))
        return false;
    if (settings->task == TASK_TEXT && !settings->text[0])
        return error_set(error, "the text task has no file: name one with --text FILE");
    return check_memory(settings, error);
}
