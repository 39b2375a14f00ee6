/* A canvas as an SVG. It shows the same cells on every machine: bars, blocks, braille and lines are
 * shapes, and words are placed one by one, so that no font's idea of a width moves them. */
#ifndef LNSCOPE_EXPORT_SVG_H
#define LNSCOPE_EXPORT_SVG_H

#include "screen/canvas.h"
#include "screen/theme.h"

#include <stdint.h>
#include <stdio.h>

/* Writes the whole document. Errors show in the stream. */
void svg_write(FILE *out, const struct canvas *canvas, enum theme theme);

/* Its beginning, up to the page that all of it is drawn on. */
void svg_begin(FILE *out, const struct canvas *canvas, enum theme theme);

/* One byte of a text, escaped where XML, and captions, have another use for it. */
void svg_escape(FILE *out, char byte);

/* The letter of a cell with its marks, escaped where XML has another use for it. */
void svg_letters(FILE *out, const struct cell *cell);

#endif
