/* A grid of runs: which settings take which values, for which seeds and stacks.
 *
 * A cell is one combination of the values of all axes, a run a cell with a seed, a trial one stack
 * of a run: what one thread trains, and one row of the file. All three are numbered from 0: the
 * last axis varies fastest, then the seed, then left before right. A grid is read-only once it is
 * whole, and can be used by several threads. */
#ifndef LNSCOPE_LAB_GRID_H
#define LNSCOPE_LAB_GRID_H

#include "base/error.h"
#include "base/names.h"
#include "train/settings.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { GRID_AXES = 8, GRID_VALUES = 1000, GRID_TRIALS = 1000000 };

/* Bytes of a list of NAME=VALUE for people, and of a sentence about a grid. */
enum { GRID_PLACE = 256, GRID_NOTE = 384 };

enum grid_stacks { GRID_LEFT, GRID_RIGHT, GRID_BOTH };

/* "left", "right", "both". */
extern const struct names grid_stacks_names;

struct grid_axis {
    char *name;                    /* of a setting, "left-" and "right-" included; owned */
    const struct setting_row *row; /* the setting */
    char **value;                  /* [values], as setting_get() writes them, 0 as "0"; owned */
    int values;
};

struct grid {
    struct settings settings; /* of all cells, but for the axes and the seed */
    int axes;
    struct grid_axis axis[GRID_AXES];
    int64_t first_seed;
    int seeds; /* from first_seed on */
    enum grid_stacks stacks;
};

/* A grid of one cell, the settings as they are, with one seed, theirs. Close with grid_close(). */
void grid_open(struct grid *grid, const struct settings *settings);
void grid_close(struct grid *grid);

/* Adds an axis from "NAME=VALUES", as in "warmup=0,25..400*2": values and ranges, separated by
 * commas; a range is FROM..TO:STEP or FROM..TO*FACTOR, TO included where it is met. False with a
 * reason when the name, a value or a range is not valid, or is there twice; then nothing has
 * changed. */
bool grid_add(struct grid *grid, const char *text, struct error *error);

/* The same from values that are already apart. */
bool grid_add_axis(struct grid *grid, const char *name, const char *const *values, int count,
                   struct error *error);

/* Sets the seeds from "A..B", or from "N": 1..N. */
bool grid_set_seeds(struct grid *grid, const char *text, struct error *error);

int64_t grid_cells(const struct grid *grid);
int grid_sides(const struct grid *grid); /* stacks of a run: 1 or 2 */
int64_t grid_trials(const struct grid *grid);

/* Where a trial is; `value` has the index of the value of each axis. */
struct grid_place {
    int cell, run;
    int64_t seed;
    enum side side;
    int value[GRID_AXES];
};
struct grid_place grid_place(const struct grid *grid, int trial);

/* The trial of a run's stack; -1 where the grid has none. */
int grid_trial(const struct grid *grid, int run, enum side side);

/* The settings of a trial, its seed included. */
struct settings grid_settings(const struct grid *grid, int trial);

/* "warmup=25 lr=0.001" of a cell; "" of a grid without axes. */
void grid_name_cell(const struct grid *grid, int cell, char out[GRID_PLACE]);

/* Whether all of it can be trained, so many trials at a time: the number of trials, that the runs
 * have an end, that each cell's settings fit together, and the memory. False with the reason, and
 * the cell. What can be trained and is odd (a warmup beyond the steps) is told to `note`, a
 * sentence each. */
bool grid_check(const struct grid *grid, int workers,
                void (*note)(void *argument, const char *text), void *argument,
                struct error *error);

/* The header of a file of rows: one line of JSON with its newline, with the axes, the seeds, the
 * stacks, and all settings that numbers depend on but for the axes and the seed. The same grid
 * makes the same bytes, which the caller frees; `size` may be NULL. */
char *grid_header(const struct grid *grid, size_t *size);

/* A value of an axis as JSON: a number, or a string where it is none. */
void grid_write_value(const struct grid_axis *axis, int value, FILE *out);

/* Makes a grid of such a line, without its newline; false with a reason when it is not what
 * grid_header() writes. */
bool grid_read(struct grid *grid, const char *line, size_t size, struct error *error);

/* Whether two grids have the same header; otherwise false with an error that names the first thing
 * in which they differ: `other` is what `where` has ("lab.jsonl"). */
bool grid_is_same(const struct grid *grid, const struct grid *other, const char *where,
                  struct error *error);

#endif
