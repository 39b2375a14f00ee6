/* The history in a safetensors file, and back.
 *
 *   history.points.left.loss, ...       [points] of each quantity that is a curve; point i is step
 *                                       (i + 1) * history.stride
 *   history.moments.left.step, ...      what was measured in many steps (moments_file.h)
 *   history.last_finite.left.step, ...  the same of the newest step that was finite
 *   history.sums.left, reached.left     what the smoothed loss goes on from; the race
 *   history.ghost.0.left.loss, ...      as the points, behind history.ghost.0.first
 *   history.marks.step, kind            [marks]; their texts are history.mark.0 ... in the header's
 *                                       __metadata__ */
#ifndef LNSCOPE_SESSION_HISTORY_FILE_H
#define LNSCOPE_SESSION_HISTORY_FILE_H

#include "base/safetensors_read.h"
#include "session/history.h"

/* Adds all of the history, copied. */
void history_write(const struct history *history, struct safetensors *set);

/* Fills an empty history, which was opened, for stacks of these shapes that have done `step` steps.
 * Added to, it goes on as the one that was written. Where it is larger than its limit of memory it
 * is thinned. False with a reason for what is not there or cannot be; it is then to be closed. */
bool history_read(struct history *history, const struct safetensors_file *file,
                  const struct snapshot *const shape[SIDES], int64_t step, struct error *error);

#endif
