/* See grid.h: what a grid is made of, and its numbering. */
#include "lab/grid.h"

#include "base/memory.h"
#include "base/names.h"
#include "lab/grid_values.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 48 };

static const char *const stacks_words[] = {
    [GRID_LEFT] = "left", [GRID_RIGHT] = "right", [GRID_BOTH] = "both"};
const struct names grid_stacks_names = NAMES_OF_WORDS(stacks_words);

void grid_open(struct grid *grid, const struct settings *settings)
{
    *grid = (struct grid){.settings = *settings,
                          .first_seed = (int64_t)settings->seed,
                          .seeds = 1,
                          .stacks = GRID_BOTH};
}

static void free_axis(struct grid_axis *axis)
{
    for (int i = 0; i < axis->values; i++)
        free(axis->value[i]);
    free(axis->value);
    free(axis->name);
}

void grid_close(struct grid *grid)
{
    for (int i = 0; i < grid->axes; i++)
        free_axis(&grid->axis[i]);
    grid->axes = 0;
}

/* ---- axes ------------------------------------------------------------------------------------*/

/* The value of an axis' setting as one would type it, and 0 as a number. */
static void get_value(const struct settings *settings, const char *name,
                      const struct setting_row *row, char out[SETTING_TEXT])
{
    enum side side = LEFT;
    while (side < SIDES && (strncmp(name, stack_names[side], strlen(stack_names[side])) != 0 ||
                            name[strlen(stack_names[side])] != '-'))
        side++;
    if (side < SIDES)
        setting_get_stack(settings, row, side, out, SETTING_TEXT);
    else
        setting_get(settings, row, out, SETTING_TEXT);
    if (row->zero && strcmp(out, row->zero) == 0)
        strcpy(out, "0");
}

static const struct setting_row *find_axis(const struct grid *grid, const char *name,
                                           struct error *error)
{
    const struct setting_row *row = setting_find(name, error);
    if (!row)
        return NULL;
    if (strcmp(row->name, "seed") == 0) {
        error_set(error, "an axis of seeds: a range of them stands for itself, --seeds 1..5");
        return NULL;
    }
    if (row->scope == SCOPE_PROGRAM) {
        error_set(error,
                  "an axis of %s, which changes no number: a setting of the model or of its "
                  "training",
                  name);
        return NULL;
    }
    for (int i = 0; i < grid->axes; i++)
        if (strcmp(grid->axis[i].name, name) == 0) {
            error_set(error, "two axes of %s: all its values in one", name);
            return NULL;
        }
    return row;
}

/* Checks a value and adds it in the form that setting_get() gives it. */
static bool add_value(const struct grid *grid, struct grid_axis *axis, const char *text,
                      struct error *error)
{
    struct settings settings = grid->settings;
    char value[SETTING_TEXT], shown[SHOWN];
    if (!setting_set(&settings, axis->name, text, error))
        return false;
    get_value(&settings, axis->name, axis->row, value);
    names_printable(shown, sizeof shown, value);
    for (int i = 0; i < axis->values; i++)
        if (strcmp(axis->value[i], value) == 0)
            return error_set(error, "axis %s has %s twice: each value once", axis->name, shown);
    axis->value[axis->values++] = memory_copy_string(value);
    return true;
}

bool grid_add_axis(struct grid *grid, const char *name, const char *const *values, int count,
                   struct error *error)
{
    const struct setting_row *row = find_axis(grid, name, error);
    if (!row)
        return false;
    if (grid->axes == GRID_AXES)
        return error_set(error, "axis %s is one too many: at most %d axes", name, GRID_AXES);
    struct grid_axis axis = {.name = memory_copy_string(name), .row = row};
    axis.value = memory_new((size_t)count, sizeof *axis.value);
    for (int i = 0; i < count; i++) {
        if (!add_value(grid, &axis, values[i], error)) {
            free_axis(&axis);
            return false;
        }
    }
    grid->axis[grid->axes++] = axis;
    return true;
}

bool grid_add(struct grid *grid, const char *text, struct error *error)
{
    const char *equals = strchr(text, '=');
    char name[SHOWN], shown[SHOWN], *value[GRID_VALUES];
    names_printable(shown, sizeof shown, text);
    if (!equals || equals == text)
        return error_set(error, "grid '%s': NAME=VALUES, such as warmup=0,25..400*2", shown);
    snprintf(name, sizeof name, "%.*s", (int)(equals - text), text);
    const struct setting_row *row = find_axis(grid, name, error);
    const int count = row ? grid_values(row, equals + 1, value, GRID_VALUES, error) : -1;
    if (count < 0)
        return false;
    const bool good = grid_add_axis(grid, name, (const char *const *)value, count, error);
    for (int i = 0; i < count; i++)
        free(value[i]);
    return good;
}

/* A whole number from 0 up, with nothing behind it. */
static bool read_seed(const char *text, int64_t *seed)
{
    char *end;
    if (!*text || strspn(text, "0123456789") != strlen(text))
        return false;
    errno = 0;
    *seed = strtoll(text, &end, 10);
    return errno == 0;
}

bool grid_set_seeds(struct grid *grid, const char *text, struct error *error)
{
    const char *dots = strstr(text, "..");
    char shown[SHOWN], first_text[SHOWN];
    int64_t first = 1, last = 0;
    bool good = read_seed(dots ? dots + 2 : text, &last);
    snprintf(first_text, sizeof first_text, "%.*s", dots ? (int)(dots - text) : 1,
             dots ? text : "1");
    good = good && read_seed(first_text, &first);
    names_printable(shown, sizeof shown, text);
    if (!good || last < first)
        return error_set(error,
                         "seeds '%s': A..B with whole numbers from 0 up, A at most B; or N "
                         "for 1..N",
                         shown);
    if (last - first >= GRID_TRIALS)
        return error_set(error, "seeds '%s': at most %d", shown, GRID_TRIALS);
    grid->first_seed = first;
    grid->seeds = (int)(last - first) + 1;
    return true;
}

/* ---- numbering -------------------------------------------------------------------------------*/

int64_t grid_cells(const struct grid *grid)
{
    int64_t cells = 1;
    for (int i = 0; i < grid->axes && cells <= GRID_TRIALS; i++)
        cells *= grid->axis[i].values;
    return cells;
}

int grid_sides(const struct grid *grid)
{
    return grid->stacks == GRID_BOTH ? SIDES : 1;
}

int64_t grid_trials(const struct grid *grid)
{
    return grid_cells(grid) * grid->seeds * grid_sides(grid);
}

struct grid_place grid_place(const struct grid *grid, int trial)
{
    const int sides = grid_sides(grid);
    struct grid_place place = {.run = trial / sides};
    place.cell = place.run / grid->seeds;
    place.seed = grid->first_seed + place.run % grid->seeds;
    place.side = grid->stacks == GRID_BOTH   ? (enum side)(trial % sides)
                 : grid->stacks == GRID_LEFT ? LEFT
                                             : RIGHT;
    for (int i = grid->axes - 1, rest = place.cell; i >= 0; i--) {
        place.value[i] = rest % grid->axis[i].values;
        rest /= grid->axis[i].values;
    }
    return place;
}

int grid_trial(const struct grid *grid, int run, enum side side)
{
    const int trial = run * grid_sides(grid) + (grid->stacks == GRID_BOTH ? (int)side : 0);
    if (run < 0 || trial >= grid_trials(grid) || grid_place(grid, trial).side != side)
        return -1;
    return trial;
}

struct settings grid_settings(const struct grid *grid, int trial)
{
    const struct grid_place place = grid_place(grid, trial);
    struct settings settings = grid->settings;
    struct error error;
    for (int i = 0; i < grid->axes; i++)
        if (!setting_set(&settings, grid->axis[i].name, grid->axis[i].value[place.value[i]],
                         &error))
            die("a value of a grid is not valid: %s", error.text);
    settings.seed = (uint64_t)place.seed;
    return settings;
}

void grid_name_cell(const struct grid *grid, int cell, char out[GRID_PLACE])
{
    const int trial = cell * grid->seeds * grid_sides(grid);
    const struct grid_place place = grid_place(grid, trial);
    size_t used = 0;
    out[0] = '\0';
    for (int i = 0; i < grid->axes && used < GRID_PLACE; i++) {
        char shown[SHOWN];
        names_printable(shown, sizeof shown, grid->axis[i].value[place.value[i]]);
        used += (size_t)snprintf(out + used, GRID_PLACE - used, "%s%s=%s", i ? " " : "",
                                 grid->axis[i].name, shown);
    }
}
