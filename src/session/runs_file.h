/* The runs in a safetensors file, and back: the records of those that have ended, without what it
 * takes to go on with them, and the one under way, which the rest of the file is about.
 *
 *   runs.K.about                  [5]: number, last step, stride, overlaid, pinned
 *   runs.K.left.verdict           [6]: as struct verdict
 *   runs.K.left.ratio             [2]: the lowest ratio and its step
 *   runs.K.left.curves.loss, ...  [points], step (i + 1) * stride
 *   runs.K.events.step, ...       as in events_file.h
 *
 * K counts from 0; the last one is the run under way. In the header's __metadata__ "runs" is how
 * many have ended, "runs.K.log" how many entries its settings have, and "runs.K.log.J" entry J: its
 * step and every setting of the run that is not the default, a line each, NAME=VALUE. */
#ifndef LNSCOPE_SESSION_RUNS_FILE_H
#define LNSCOPE_SESSION_RUNS_FILE_H

#include "base/safetensors_read.h"
#include "session/runs.h"

/* Adds them, copied, up to some thousand entries of settings, the newest runs first; nothing for
 * NULL, or before a run has begun. */
void runs_write(const struct runs *runs, struct safetensors *set);

/* Fills runs that were opened; the one under way has done `step` steps. A file without runs, of an
 * older program, leaves them empty. False with a reason for what cannot be. */
bool runs_read(struct runs *runs, const struct safetensors_file *file, int64_t step,
               struct error *error);

#endif
