/* The lab's file: the header of a grid, and a row for each trial that is done.
 *
 * While the lab runs, rows are added as they come, each whole and at once, so that whoever kills
 * the program loses none that was there; in the end they stand in the order of the grid. A device,
 * a pipe and standard output cannot be put in order: rows wait there until it is their turn. */
#ifndef LNSCOPE_LAB_LAB_FILE_H
#define LNSCOPE_LAB_LAB_FILE_H

#include "base/error.h"
#include "lab/lab_row.h"

#include <stdbool.h>
#include <stddef.h>

/* ---- reading ---- */

/* A file in memory. */
struct lab_text {
    const char *path; /* not owned */
    char *bytes;      /* owned */
    size_t size;
};

/* False with a reason when the file cannot be read. Close with lab_text_close(). */
bool lab_text_open(struct lab_text *text, const char *path, struct error *error);
void lab_text_close(struct lab_text *text);

/* The grid of its header, which the caller closes; false with a reason when it has none. */
bool lab_text_grid(const struct lab_text *text, struct grid *grid, struct error *error);

/* What of a file is no row. */
struct lab_damage {
    int lines;           /* not counting a last one that was cut off */
    int first;           /* the number of the first of them, from 1 */
    struct error reason; /* of the first */
};

/* Takes the rows that are whole over into row[grid_trials()]; `row` may have some already. False
 * with a reason when one of them is there already and says something else. */
bool lab_text_rows(const struct lab_text *text, const struct grid *grid, struct lab_row *row,
                   struct lab_damage *damage, struct error *error);

/* ---- writing ---- */

struct lab_file {
    const struct grid *grid;
    const struct lab_row *row; /* [grid_trials()], not owned */
    char *path;                /* NULL: standard output */
    int descriptor;
    bool *waits; /* [trials] of what cannot be put in order: it is not written yet; NULL
                    otherwise */
    int trials;
    int next;       /* the first trial that may wait */
    int last;       /* the trial that was added last */
    bool ordered;   /* the file is in the order of the grid */
    long long size; /* bytes of whole rows */
    bool closed;    /* the reader of a pipe has gone */
};

/* Opens a file with the header and the rows that are done; `planned` are the trials that will be
 * added. `path` NULL or "-" is standard output. With `replace` a file that exists is replaced, as a
 * whole and in one moment. False with a reason: it exists, it cannot be written, another process is
 * writing it. `grid` and `row` must outlive it. */
bool lab_file_open(struct lab_file *file, const char *path, bool replace, const struct grid *grid,
                   const struct lab_row *row, const int *planned, int count, struct error *error);

/* Adds the row of a trial that is done. False with a reason when it cannot be written (a full
 * disk): what is in the file stays whole. When the reader of a pipe has gone false as well, with
 * file->closed. */
bool lab_file_add(struct lab_file *file, int trial, struct error *error);

/* Puts the rows in order, where the file `is_complete`, and closes it. False with a reason; the
 * rows are then there all the same, in some order. */
bool lab_file_close(struct lab_file *file, bool is_complete, struct error *error);

/* Whether another process is writing the lab's file at `path`; then an error says so. */
bool lab_file_is_busy(const char *path, struct error *error);

#endif
