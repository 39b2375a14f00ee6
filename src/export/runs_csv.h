/* The table of runs as CSV: a line for each run, the one under way as the last. */
#ifndef LNSCOPE_EXPORT_RUNS_CSV_H
#define LNSCOPE_EXPORT_RUNS_CSV_H

#include "base/error.h"
#include "session/runs.h"

#include <stdbool.h>

/* Does a file of this name become such a table? */
bool runs_csv_is(const char *path);

/* Columns: run, steps, now (true of the run under way), every setting in which the runs differ
 * (LEFT/RIGHT where the stacks do, BEGIN->END where it was changed), and of each stack the verdict,
 * the step from which on it learns, the smoothed loss at the end and the lowest ratio. What is not
 * known is empty. `force` replaces a file that exists; false with a reason. */
bool runs_csv_write(const char *path, bool force, const struct runs *runs, struct error *error);

#endif
