/* The monospace fonts of a machine, as cairo draws them: of each glyph the first font of a list
 * that has it. Only in builds with cairo (HAVE_CAIRO). */
#ifndef LNSCOPE_EXPORT_FONT_H
#define LNSCOPE_EXPORT_FONT_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct font; /* opaque */

/* Looks the fonts up for cells of so many pixels. NULL with a reason: there is no monospace font,
 * or no memory. */
struct font *font_open(int cell_width, int font_size, struct error *error);
void font_close(struct font *font);

/* Between the two cairo's own fonts are used elsewhere: what the libraries keep of fonts goes when
 * nobody uses any. False with a reason, and nothing to release: there is no memory for fonts. */
bool font_hold(struct error *error);
void font_release(void);

/* The name of the first one. */
const char *font_name(const struct font *font);

/* Where a glyph is drawn: a box of pixels, and the distance of the baseline from its top. */
struct font_box {
    int width, height, baseline;
};

/* Draws one glyph with its marks (0: none more) into a box, in any font of the machine that has it
 * where none of the list does: `coverage` is [height][width], 0 .. 255, the part of a pixel that is
 * ink. False where memory was short: then it is not what was asked for. */
bool font_draw(struct font *font, uint32_t glyph, const uint32_t *mark, int marks, bool bold,
               const struct font_box *box, unsigned char *coverage);

#endif
