/* What the panels of the two stacks start with in every view: name, formula, loss, state. */
#ifndef LNSCOPE_VIEWS_PANEL_H
#define LNSCOPE_VIEWS_PANEL_H

#include "views/scene.h"

/* The title row and the state of a stack at the moment shown; without a row of its own the state
 * stands in the title, in place of the formula, and with two or more its verdict is in large
 * letters. */
void panel_titles(struct canvas *canvas, struct rect title, struct rect state,
                  const struct scene *scene, enum side side);

/* The verdict in large letters, as large as all verdicts have room. Returns its columns; 0 where
 * there is none yet, or no room. */
int panel_verdict(struct canvas *canvas, struct rect area, const struct scene *scene,
                  enum side side);

/* What a stack is doing at the moment shown, in one row; with `brief` only what the large verdict
 * does not say. */
void panel_state(struct canvas *canvas, struct rect area, const struct scene *scene, enum side side,
                 bool brief);

#endif
