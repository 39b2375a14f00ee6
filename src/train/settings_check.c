/* See settings_check.h. */
#include "train/settings_check.h"

#include "base/system.h"
#include "train/pair.h"

#include <math.h>
#include <stdio.h>

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
    const struct task_setup task = settings_task(settings);
    int vocab = task_describe(&task).vocab;
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
                         names_at(&task_names, (int)settings->task));
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
    const struct task_setup setup = settings_task(settings);
    struct task *task = task_open(&setup, error);
    task_close(task);
    return task != NULL;
}

static bool check_rate(const struct settings *settings, struct error *error)
{
    return settings->min_lr <= settings->lr ||
           error_set(error, "min-lr %.9g with lr %.9g: at most lr, or a share of it: 10%%",
                     settings->min_lr, settings->lr);
}

bool settings_check(const struct settings *settings, struct error *error)
{
    return check_rate(settings, error) && check_heads(settings, error) &&
           check_task(settings, error) && check_models(settings, error) &&
           check_memory(settings, error);
}
