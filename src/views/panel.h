/* What the panels of the two stacks start with in every view: name, formula, loss, state. */
#ifndef LNSCOPE_VIEWS_PANEL_H
#define LNSCOPE_VIEWS_PANEL_H

#include "views/scene.h"

/* The title row and the state row of a stack at the moment shown; without a state row the state
 * stands in the title, in place of the formula. */
void panel_titles(struct canvas *canvas, struct rect title, struct rect state,
                  const struct scene *scene, enum side side);

/* What a stack is doing at the moment shown, in the columns of the area. */
void panel_state(struct canvas *canvas, struct rect area, const struct scene *scene,
                 enum side side);

#endif
