/* What was measured in the run under way, as a file for other programs: .csv in the tidy form, a
 * number in every line, or .jsonl with the rows of `lnscope run`.
 *
 * Of the steps that are kept whole it has every number; of those between them, which long runs have
 * thinned, the CSV still has what the curves show. */
#ifndef LNSCOPE_EXPORT_DATA_H
#define LNSCOPE_EXPORT_DATA_H

#include "base/error.h"
#include "session/history.h"

#include <stdbool.h>

/* Does a file of this name become one of these? */
bool data_is(const char *path);

/* Columns of the CSV: step, stack, quantity, layer, value. The quantity is a name of the table of
 * quantities, behind which, where it has parts or tensors, the name of one of these stands
 * ("param_grad.attn.qkv.weight"); the layer is l of the stream, or the number of a block from 1 on,
 * and empty for a number of the whole step. Numbers that are not finite have no line.
 *
 * `validation`: the task has held-out data; `force` replaces a file that exists. *steps becomes the
 * number of steps. False with a reason. */
bool data_write(const char *path, bool force, const struct history *history, bool validation,
                int *steps, struct error *error);

#endif
