/* A recording of canvases as an asciicast, of version 2 or 3.
 *
 * The format (docs.asciinema.org/manual/asciicast/v2, .../v3) is a header and one JSON array per
 * event: "o" for what is drawn, "r" for another size, "m" for a marker, and in version 3 "x" for
 * the end. Version 3 says of each how long after the one before it comes, version 2 when.
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

/* The versions; asciinema plays the second one since its own version 3. */
enum cast_version { CAST_V2 = 2, CAST_V3 = 3 };

struct cast_plan {
    const char *path; /* NULL: lnscope-001.cast, or the first higher number that is free */
    bool force;       /* a file that is there may be replaced */
    enum cast_version version;
    int rows, cols; /* of the first frames */
    enum theme theme;
};

/* Begins a recording in a file (base/file.h), which appears when it is closed. NULL with a reason
 * when it cannot be written, or is there and `force` is not set. */
struct cast *cast_open(const struct cast_plan *plan, struct error *error);

/* The name of the file. */
const char *cast_path(const struct cast *cast);

/* Seconds between the first event and the newest one. */
double cast_seconds(const struct cast *cast);

/* The canvas as it is at a time, in seconds from the beginning; times never fall. Nothing is
 * written when nothing differs. */
void cast_frame(struct cast *cast, const struct canvas *canvas, enum theme theme, double seconds);

/* A place that players can jump to; what could steer a terminal is replaced in its label. */
void cast_marker(struct cast *cast, const char *label, double seconds);

/* The last picture stays up to this time at least. */
void cast_until(struct cast *cast, double seconds);

/* Hands what was recorded to the system, so that a program that is killed leaves it behind. False
 * with a reason when that has failed, as on a full disk: what is recorded from then on is lost. */
bool cast_flush(struct cast *cast, struct error *error);

/* Ends the recording and gives the file its name (base/file.h), which the caller frees; with `path`
 * NULL at the start it can have another number than cast_path() said. False with a reason, which
 * names what was kept of it; *name is then NULL or what another file had to be called. Frees the
 * recording either way. */
bool cast_close(struct cast *cast, char **name, struct error *error);

/* Gives up: no file appears. Frees it. */
void cast_discard(struct cast *cast);

#endif
