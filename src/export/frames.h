/* Pictures as numbered PNGs in a folder, frame-000001.png and so on, for programs that make films
 * of such. The folder is whole or not there. Only in builds with cairo (HAVE_CAIRO). */
#ifndef LNSCOPE_EXPORT_FRAMES_H
#define LNSCOPE_EXPORT_FRAMES_H

#include "base/error.h"
#include "export/pixels.h"

#include <stdbool.h>

struct frames; /* opaque: a temporary folder, and the newest picture */

/* Begins a folder; a slash at the end of its name does not count. NULL with a reason when it cannot
 * be made, or has something in it and `force` is not set. */
struct frames *frames_open(const char *path, bool force, struct error *error);

/* The next picture; `same`: it is the one before. False with a reason. */
bool frames_add(struct frames *frames, const struct pixels *pixels, bool same, struct error *error);

/* Gives the folder its name; with `force`, frames that were there before are replaced, and other
 * files stay. False with a reason, and then all is as it was. Frees it either way. */
bool frames_close(struct frames *frames, struct error *error);

/* Gives up. */
void frames_discard(struct frames *frames);

#endif
