/* A page for a class, as Markdown: what a script said and asked, what was measured, and pictures,
 * which are files beside it: page-1.svg, page-2.svg and so on for page.md. */
#ifndef LNSCOPE_EXPORT_HANDOUT_H
#define LNSCOPE_EXPORT_HANDOUT_H

#include "base/error.h"
#include "screen/canvas.h"
#include "screen/theme.h"

#include <stdbool.h>

enum handout_kind {
    HANDOUT_TITLE,    /* of the page; the last one counts */
    HANDOUT_CHAPTER,  /* a heading */
    HANDOUT_TEXT,     /* a paragraph */
    HANDOUT_QUESTION, /* a paragraph that stands out; its lines stay lines */
    HANDOUT_HOLDS,    /* what was measured, as it was expected, ... */
    HANDOUT_FAILS,    /* ... and otherwise */
    HANDOUT_NOTE      /* below all, in small letters */
};

struct handout; /* opaque: the page so far, in memory */

/* Begins a page. NULL with a reason when its file cannot be written, or is there and `force` is not
 * set. */
struct handout *handout_open(const char *path, bool force, struct error *error);

/* Adds a text; one that is there already as the last of its kind is not repeated. */
void handout_add(struct handout *handout, enum handout_kind kind, const char *text);

/* Adds a picture. */
void handout_picture(struct handout *handout, const struct canvas *canvas, enum theme theme);

/* How much there is, and forgets what came later. */
int handout_count(const struct handout *handout);
void handout_truncate(struct handout *handout, int count);

/* Writes the pictures and then the page; false with a reason, and then the page is not there. Frees
 * it either way. */
bool handout_close(struct handout *handout, struct error *error);

/* Gives up. */
void handout_discard(struct handout *handout);

#endif
