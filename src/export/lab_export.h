/* A lab as a file: its maps as a figure on white paper (.svg, .png), its rows as CSV, or as the
 * lab's own file (.jsonl), which can be read again. */
#ifndef LNSCOPE_EXPORT_LAB_EXPORT_H
#define LNSCOPE_EXPORT_LAB_EXPORT_H

#include "lab/lab_row.h"

/* Whether the path ends in one of them. */
bool lab_export_is(const char *path);

/* Writes the rows that are done; false with a reason when the file cannot be written. */
bool lab_export(const char *path, bool force, const struct grid *grid, const struct lab_row *row,
                struct error *error);

#endif
