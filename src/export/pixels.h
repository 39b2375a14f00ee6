/* A canvas as pixels: the shapes of export/shapes.h, words in a monospace font.
 *
 * Every glyph is drawn once, by cairo, as the part of each pixel of a cell that its ink covers; a
 * picture is put together from these. So a cell looks the same whatever stands around it, and only
 * cells that differ from the picture before are drawn. Only in builds with cairo (HAVE_CAIRO). */
#ifndef LNSCOPE_EXPORT_PIXELS_H
#define LNSCOPE_EXPORT_PIXELS_H

#include "base/error.h"
#include "screen/canvas.h"
#include "screen/theme.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { PIXELS_SCALE_MAX = 8, PIXELS_SHADES = 255 };

struct pixels; /* opaque: the picture, and what is cairo's */

/* How a picture is drawn. */
struct pixels_plan {
    int rows, cols; /* of the canvas */
    int scale;      /* 1 .. PIXELS_SCALE_MAX: how many pixels are one of export/shapes.h */
    int shades; /* steps from the background to the ink at the edges of glyphs, 1 .. PIXELS_SHADES
                 */
    enum theme theme;
};

/* An empty page; NULL with a reason: there is no monospace font, or no memory for fonts. */
struct pixels *pixels_open(const struct pixels_plan *plan, struct error *error);
void pixels_close(struct pixels *pixels);

/* The font of the words, "DejaVu Sans Mono". */
const char *pixels_font(const struct pixels *pixels);

/* Draws what differs from the picture so far. A canvas of another size is cut, or leaves some of
 * the page. False with a reason where memory was short: the picture is of no use, nor are later
 * ones. */
bool pixels_draw(struct pixels *pixels, const struct canvas *canvas, enum theme theme,
                 struct error *error);

/* The picture: [height][width] of 0x00RRGGBB; good until it is closed. */
const uint32_t *pixels_picture(const struct pixels *pixels);
int pixels_width(const struct pixels *pixels);
int pixels_height(const struct pixels *pixels);

/* What the last pixels_draw() has drawn on, in pixels; no rows where that was nothing. */
struct rect pixels_drawn(const struct pixels *pixels);

/* Writes the picture as a PNG, or any other of this kind; false with a reason. */
bool pixels_write_png(const struct pixels *pixels, FILE *out, struct error *error);
bool pixels_png(const uint32_t *picture, int width, int height, FILE *out, struct error *error);

#endif
