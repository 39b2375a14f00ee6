/* Searching for words in what is listed: the help and the log. Large and small letters of ASCII are
 * the same. */
#ifndef LNSCOPE_VIEWS_SEARCH_H
#define LNSCOPE_VIEWS_SEARCH_H

#include "screen/canvas.h"

/* Where the words first stand in a text; NULL: nowhere, or there are no words. */
const char *search_in(const char *text, const char *words);

/* Marks the words where they stand in a text that was written at this place. */
void search_mark(struct canvas *canvas, struct rect area, int row, int col, const char *text,
                 const char *words);

#endif
