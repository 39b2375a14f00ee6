/* A recording of canvases as an asciicast v2.
 *
 * The format (docs.asciinema.org/manual/asciicast/v2) is a header and one JSON array per event: "o"
 * for what is drawn, "r" for another size, "m" for a marker.
 *
 * It is written from canvases, never from the bytes of a terminal: each frame sends the cells that
 * differ from the frame before. Times are the caller's, so that a virtual clock makes the same file
 * every time; for the same reason the header has no time stamp. */
#ifndef LNSCOPE_EXPORT_CAST_H
#define LNSCOPE_EXPORT_CAST_H

#include "base/error.h"
#include "screen/canvas.h"
#include "screen/theme.h"

#include <stdbool.h>

struct cast; /* opaque: the file and the frame that it shows */

/* Begins a recording of frames of this size in a file (base/file.h), which appears when it is
 * closed. With `path` NULL the file is lnscope-001.cast, or the first higher number that is free,
 * in the current folder. NULL with a reason when it cannot be written, or is there and `force` is
 * not set. */
struct cast *cast_open(const char *path, bool force, int rows, int cols, enum theme theme,
                       struct error *error);

/* The name of the file. */
const char *cast_path(const struct cast *cast);

/* Seconds between the first event and the newest one. */
double cast_seconds(const struct cast *cast);

/* The canvas as it is at a time, in seconds from the beginning; times never fall. Nothing is
 * written when nothing differs. */
void cast_frame(struct cast *cast, const struct canvas *canvas, enum theme theme, double seconds);

/* A place that players can jump to; what could steer a terminal is replaced in its label. */
void cast_marker(struct cast *cast, const char *label, double seconds);

/* Hands what was recorded to the system, so that a program that is killed leaves it behind. False
 * with a reason when that has failed, as on a full disk: what is recorded from then on is lost. */
bool cast_flush(struct cast *cast, struct error *error);

/* Ends the recording and gives the file its name (base/file.h), which the caller frees; with `path`
 * NULL at the start it can have another number than cast_path() said. False with a reason, which
 * names what was kept of it; *name is then NULL or what another file had to be called. Frees the
 * recording either way. */
bool cast_close(struct cast *cast, char **name, struct error *error);

#endif
