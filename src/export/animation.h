/* Canvases one after the other as an animated SVG: self-contained, without a script, so that it
 * plays as a picture in a browser and on pages that host code.
 *
 * Each frame is a group of shapes that covers the cells that have changed, and is visible from its
 * time on. From time to time a group covers all cells, and those before are hidden, so that a
 * browser has few to draw. Times are those of one animation that lasts as long as all of it, and
 * begins anew at its end where it loops. What shows no animations shows the first frame. */
#ifndef LNSCOPE_EXPORT_ANIMATION_H
#define LNSCOPE_EXPORT_ANIMATION_H

#include "screen/canvas.h"
#include "screen/theme.h"

#include <stdbool.h>
#include <stdio.h>

struct animation; /* opaque: the frame that is shown, and all that is written so far */

/* Begins an animation of this size. */
struct animation *animation_open(int rows, int cols, bool loop);

/* The canvas as it is from a time on, in seconds; times never fall. A canvas of another size is
 * cut, or leaves some of the page; with another theme all of the picture is drawn anew. */
void animation_frame(struct animation *animation, const struct canvas *canvas, enum theme theme,
                     double seconds);

/* Ends at a time, and writes the document; errors show in the stream. NULL: gives up. Frees it. */
void animation_close(struct animation *animation, double seconds, FILE *out);

#endif
