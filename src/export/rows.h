/* Snapshots as rows of text for machines: CSV and JSONL. Numbers are numbers, with 9 significant
 * digits; one that is not finite is empty in CSV and null in JSONL. Names of columns and keys are
 * stable. */
#ifndef LNSCOPE_EXPORT_ROWS_H
#define LNSCOPE_EXPORT_ROWS_H

#include "train/snapshot.h"

#include <stdbool.h>
#include <stdio.h>

enum row_format { ROWS_CSV, ROWS_JSONL, ROW_FORMATS };

/* The header line of CSV for stacks of `layers` blocks; nothing for JSONL. With `validation` the
 * last column is valid_loss. */
void rows_header(FILE *out, enum row_format format, int layers, bool validation);

/* One row with its newline. */
void rows_write(FILE *out, enum row_format format, enum side side, const struct snapshot *snapshot,
                bool validation);

#endif
