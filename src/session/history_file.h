/* The history in a safetensors file, and back.
 *
 *   history.points.left.loss, ...            [points], step (i + 1) * history.stride
 *   history.moments.left.step, loss, ...     [moments], what was measured in a step: a number each,
 *   history.moments.left.stream_grad, ...    [moments, L + 1] or [moments, L], an array each,
 *   history.moments.left.block.NAME.grad     [moments, L], of one tensor of the blocks
 *   history.last.left..., last_finite.left.  the same of the newest step, and of the newest finite
 *   history.ghost.0.left.loss, ...           as the points, behind history.ghost.0.first
 *   history.marks.step, kind                 [marks]; their texts are history.mark.0 ... in the
 *                                            header's __metadata__
 *
 * Choices (placements, norms, kinds of marks and faults) are their numbers, steps are doubles. */
#ifndef LNSCOPE_SESSION_HISTORY_FILE_H
#define LNSCOPE_SESSION_HISTORY_FILE_H

#include "base/safetensors_read.h"
#include "session/history_parts.h"

/* Adds all of the history, copied. */
void history_write(const struct history *history, struct safetensors *set);

/* Fills an empty history, which was opened, for stacks of these shapes that have done `step` steps.
 * Added to, it goes on as the one that was written. Where it is larger than its limit of memory it
 * is thinned. False with a reason for what is not there or cannot be; it is then to be closed. */
bool history_read(struct history *history, const struct safetensors_file *file,
                  const struct moment_shape shape[SIDES], int64_t step, struct error *error);

#endif
