/* Pictures one after the other as an animated GIF.
 *
 * A GIF has at most 256 colours in a picture: the edges of glyphs are drawn in so few steps
 * (GIF_SHADES) that pictures have no more, and are written as they are. A picture sends what
 * differs from the one before; the rest is transparent. The colours of the first one serve all
 * others that have no more; those bring a table of their own along. Only in builds with giflib and
 * cairo. */
#ifndef LNSCOPE_EXPORT_GIF_H
#define LNSCOPE_EXPORT_GIF_H

#include "base/error.h"
#include "export/pixels.h"

#include <stdbool.h>
#include <stdio.h>

enum { GIF_SHADES = 6 };

struct gif; /* opaque */

/* Begins a GIF of pictures of this size on a stream, which has to stay; with `loop` it begins anew
 * at its end. NULL with a reason. */
struct gif *gif_open(FILE *out, const struct pixels *pixels, bool loop, struct error *error);

/* The picture as it is from a time on, in seconds; times never fall. What lasts less than a 50th of
 * a second is not seen: players take shorter times for a mistake. False with a reason. */
bool gif_frame(struct gif *gif, const struct pixels *pixels, double seconds, struct error *error);

/* Ends at a time. Frees it, whatever becomes of it. */
bool gif_close(struct gif *gif, double seconds, struct error *error);

#endif
