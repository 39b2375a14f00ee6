/* The events in a safetensors file, and back.
 *
 *   events.step, side, layer      [events]; side 0 is left, 1 right, -1 both or neither
 *   events.kind                   [events, 24], the name in `lnscope list events`, then zeros
 *   events.text                   [events, 160], UTF-8, then zeros
 *   events.total                  [1], how many there ever were
 *   events.rate                   [3]: the learning rate is warming up, is falling, has fallen to 0
 *   events.watch.kind             [kinds, 24], what the next two are about
 *   events.watch.left.said, held  [kinds]
 *   events.watch.left.small ...   the rest of what recognising knows (struct event_watch): [1],
 *                                 newest steps as a ring, or [tensors], none before the first step
 *
 * With it the next step is recognised as it would have been, whichever moments are kept. */
#ifndef LNSCOPE_SESSION_EVENTS_FILE_H
#define LNSCOPE_SESSION_EVENTS_FILE_H

#include "base/safetensors_read.h"
#include "session/events.h"

/* Adds all events, copied; of the history only its shape is looked at. */
void events_write(const struct events *events, const struct history *history,
                  struct safetensors *set);

/* The list alone, of PREFIX.step and so on: `count` events; and back, those of a run that has done
 * `newest` steps. -1 with a reason for what is not there or cannot be, otherwise their number. */
void events_write_list(const char *prefix, const struct event *event, int count,
                       struct safetensors *set);
int events_read_list(const char *prefix, struct event event[EVENTS_MAX],
                     const struct safetensors_file *file, int layers, int64_t newest,
                     struct error *error);

/* Fills events that were cleared, of stacks of these shapes that have done `step` steps. False with
 * a reason for what is not there or cannot be. */
bool events_read(struct events *events, const struct safetensors_file *file,
                 const struct snapshot *const shape[SIDES], int64_t step, struct error *error);

#endif
