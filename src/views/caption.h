/* What a script says: a title above the view, captions and questions below it, in rows of their
 * own, so that nothing of the view is hidden by them. */
#ifndef LNSCOPE_VIEWS_CAPTION_H
#define LNSCOPE_VIEWS_CAPTION_H

#include "screen/layout.h"
#include "views/scene.h"

/* A question with its answers, as a caption: "1 left  2 right", with how many said so where
 * somebody did. */
enum { CAPTION_TEXT = 1024 };
void caption_question(char out[CAPTION_TEXT], const char *question, const char *const choice[],
                      const int votes[], int choices);

/* Takes the rows from the body of a screen that is not too small. They are as many from the first
 * caption of a script to its last, so that the picture stands still; a view keeps the rows that it
 * needs. */
void caption_make_room(struct layout_screen *screen, const struct scene *scene);

/* Draws both around the body that is left; where that has no rows to spare, over its last ones. */
void caption_draw(struct canvas *canvas, const struct layout_screen *screen,
                  const struct scene *scene);

#endif
