/* Large numbers and words, made of block elements, to be read from the back row.
 *
 * They know canvases and letters, but not what is written with them. In ASCII they are made of '#',
 * and '"' and 'm' for the upper and the lower half of a cell. */
#ifndef LNSCOPE_SCREEN_DIGITS_H
#define LNSCOPE_SCREEN_DIGITS_H

#include "screen/canvas.h"

#include <stdbool.h>

/* Sizes, from small to large, the smallest for words alone; -1 stands for ordinary letters, one row
 * high. */
enum { DIGITS_SIZES = 6, DIGITS_PLAIN = -1 };

/* The rows of a size, and the columns of a text in it. The text is made of digits and of what
 * text_loss(), text_ratio() and text_scientific() write, or of the capital letters of verdicts;
 * anything else is a blank. */
int digits_rows(int size);
int digits_columns(int size, const char *text);

/* The largest size that has all letters of the text and in which it fits into so many rows and
 * columns; DIGITS_PLAIN where there is none. */
int digits_fit(const char *text, int rows, int cols);

/* Writes the text from the upper left corner of the area, cut at its edges; DIGITS_PLAIN in its
 * middle row. Returns the column behind it. */
int digits_draw(struct canvas *canvas, struct rect area, int size, enum role role, bool ascii,
                const char *text);

#endif
