/* What a click falls on, and what that does to the scene.
 *
 * Pure: header, footer and views say what is where in them. */
#ifndef LNSCOPE_VIEWS_MOUSE_H
#define LNSCOPE_VIEWS_MOUSE_H

#include "views/view.h"

/* What is at a cell of a screen of this size. */
struct hit view_hit(const struct scene *scene, int rows, int cols, int row, int col);

/* Does what can be done to the scene alone: shows a moment, chooses a cell or a block. */
void view_choose(struct scene *scene, const struct hit *hit, struct answer *answer);

#endif
