/* `lnscope run --export FILE`: what the screen would show at the end of the run, as a picture or
 * text, or all that was measured, as data. */
#ifndef LNSCOPE_CLI_RUN_EXPORT_H
#define LNSCOPE_CLI_RUN_EXPORT_H

#include "base/error.h"
#include "train/pair.h"

#include <stdbool.h>

struct run_export; /* opaque: what is remembered of the run */

/* The picture's size, in cells. */
enum { RUN_EXPORT_ROWS = 36, RUN_EXPORT_COLS = 120 };

/* Whether the name of a file says what it is to be; false with a reason. */
bool run_export_check(const char *path, struct error *error);

/* Begins to remember a run, if the files may be written; NULL with a reason. path[files] stays the
 * caller's, and as it is. */
struct run_export *run_export_open(const char *const *path, int files, bool force,
                                   const struct pair *pair, struct error *error);

/* A step of the pair is done. */
void run_export_step(struct run_export *export, const struct pair *pair);

/* Writes all files that can be written; `over`: the run has reached its last step. False with the
 * reason of the first one that cannot. */
bool run_export_write(struct run_export *export, bool over, struct error *error);

/* Does nothing for NULL. */
void run_export_close(struct run_export *export);

#endif
