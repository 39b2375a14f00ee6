/* grid_check() of grid.h: what cannot be trained is found before anything starts. */
#include "base/system.h"
#include "lab/grid.h"
#include "session/verdict.h"
#include "train/run.h"
#include "train/settings_check.h"

#include <inttypes.h>
#include <string.h>

/* A text has at most 256 different bytes. */
enum { TEXT_VOCAB_MAX = 256 };

struct check {
    const struct grid *grid;
    int cells;
    double bytes; /* of the largest stack */
    int largest;  /* its cell */
};

static int first_trial(const struct grid *grid, int cell)
{
    return cell * grid->seeds * grid_sides(grid);
}

/* The axes that change no model stand at their first value. */
static bool is_new_model(const struct grid *grid, int cell)
{
    const struct grid_place place = grid_place(grid, first_trial(grid, cell));
    for (int i = 0; i < grid->axes; i++)
        if (grid->axis[i].row->scope != SCOPE_MODEL && place.value[i] > 0)
            return false;
    return true;
}

static bool check_model(struct check *check, int cell, struct error *error)
{
    const struct grid *grid = check->grid;
    const struct settings settings = grid_settings(grid, first_trial(grid, cell));
    struct error reason;
    char name[GRID_PLACE];
    if (!settings_check(&settings, &reason)) {
        grid_name_cell(grid, cell, name);
        return error_set(error, "cell %s: %s", name, reason.text);
    }
    const struct task_setup task = settings_task(&settings);
    const int vocab = task_describe(&task).vocab;
    for (enum side side = LEFT; side < SIDES; side++) {
        const int symbols = vocab > 0 ? vocab : TEXT_VOCAB_MAX;
        const double bytes = (double)run_bytes(&settings, side, symbols) +
                             (double)run_scratch_bytes(&settings, side, symbols, 1);
        if (bytes > check->bytes) {
            check->bytes = bytes;
            check->largest = cell;
        }
    }
    return true;
}

/* Whether so many of the largest stacks find room together. */
static bool check_memory(const struct check *check, int workers, struct error *error)
{
    const double have = 0.9 * (double)system_memory();
    const int64_t trials = grid_trials(check->grid);
    const int64_t together = workers < trials ? workers : trials;
    char name[GRID_PLACE];
    if (have <= 0 || check->bytes * (double)together <= have)
        return true;
    grid_name_cell(check->grid, check->largest, name);
    const int most = (int)(have / check->bytes);
    return error_set(error,
                     "cell %s: a stack needs %.2f GB of memory, %" PRId64
                     " at a time more than this machine has: set threads to %d",
                     name, check->bytes / 1e9, together, most > 0 ? most : 1);
}

/* ---- what is odd -----------------------------------------------------------------------------*/

enum odd { ODD_WARMUP, ODD_AFTER_WARMUP, ODD_SHORT, ODDITIES };

static const char *const odd_words[ODDITIES] = {
    [ODD_WARMUP] = "the warmup is longer than the run",
    [ODD_AFTER_WARMUP] = "the run ends so soon after its warmup that a verdict says little",
    [ODD_SHORT] = "the run is so short that a verdict says little",
};

static bool is_odd(enum odd odd, const struct settings *settings)
{
    const int64_t warmup = settings_warmup(settings), steps = settings->steps;
    switch (odd) {
    case ODD_WARMUP:
        return warmup > steps;
    case ODD_AFTER_WARMUP:
        return warmup > 0 && warmup <= steps && steps < warmup + VERDICT_STEPS;
    case ODD_SHORT:
        return warmup == 0 && steps < VERDICT_STEPS;
    case ODDITIES:
        break;
    }
    return false;
}

/* The axis acts on this one stack; SIDES: on both. */
static enum side side_of(const struct grid_axis *axis)
{
    for (enum side side = LEFT; side < SIDES; side++) {
        const size_t length = strlen(stack_names[side]);
        if (strncmp(axis->name, stack_names[side], length) == 0 &&
            (axis->name[length] == '\0' || axis->name[length] == '-'))
            return side;
    }
    return SIDES;
}

/* An axis that does not act on a stack that is trained. */
static void note_idle(const struct grid *grid, const struct grid_axis *axis,
                      void (*note)(void *argument, const char *text), void *argument)
{
    const enum side side = side_of(axis);
    char text[GRID_NOTE];
    if (side == SIDES || grid->stacks == (side == LEFT ? GRID_LEFT : GRID_RIGHT) ||
        axis->values == 1)
        return;
    snprintf(text, sizeof text,
             "axis %s changes nothing in the %s stack, which is trained %d times the same: "
             "stacks %s is the other alone",
             axis->name, stack_names[!side], axis->values, stack_names[side]);
    note(argument, text);
}

static void note_cells(const struct check *check, enum odd odd, int count, int first,
                       void (*note)(void *argument, const char *text), void *argument)
{
    const struct settings settings = grid_settings(check->grid, first_trial(check->grid, first));
    char text[GRID_NOTE], name[GRID_PLACE];
    grid_name_cell(check->grid, first, name);
    snprintf(text, sizeof text, "%d of %d cells: %s (%s: warmup %" PRId64 ", %" PRId64 " steps)",
             count, check->cells, odd_words[odd], name, settings_warmup(&settings), settings.steps);
    note(argument, text);
}

/* ---- the whole -------------------------------------------------------------------------------*/

static bool check_cells(struct check *check, void (*note)(void *argument, const char *text),
                        void *argument, struct error *error)
{
    int count[ODDITIES] = {0}, first[ODDITIES] = {0};
    for (int cell = 0; cell < check->cells; cell++) {
        const struct settings settings = grid_settings(check->grid, first_trial(check->grid, cell));
        if (settings.steps == 0)
            return error_set(error, "a grid of runs without an end: set steps, to 600 or any other "
                                    "number");
        for (int odd = 0; odd < ODDITIES; odd++)
            if (is_odd((enum odd)odd, &settings) && count[odd]++ == 0)
                first[odd] = cell;
        if (is_new_model(check->grid, cell) && !check_model(check, cell, error))
            return false;
    }
    for (int odd = 0; odd < ODDITIES; odd++)
        if (count[odd] > 0)
            note_cells(check, (enum odd)odd, count[odd], first[odd], note, argument);
    return true;
}

bool grid_check(const struct grid *grid, int workers,
                void (*note)(void *argument, const char *text), void *argument, struct error *error)
{
    struct check check = {.grid = grid};
    if (grid_trials(grid) > GRID_TRIALS)
        return error_set(error, "a grid of more than %d trainings: fewer values or seeds",
                         GRID_TRIALS);
    check.cells = (int)grid_cells(grid);
    if (!check_cells(&check, note, argument, error) || !check_memory(&check, workers, error))
        return false;
    for (int i = 0; i < grid->axes; i++)
        note_idle(grid, &grid->axis[i], note, argument);
    return true;
}
