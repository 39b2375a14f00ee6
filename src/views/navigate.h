/* What keys do to the scene alone: which view, which moment, how it is looked at. */
#ifndef LNSCOPE_VIEWS_NAVIGATE_H
#define LNSCOPE_VIEWS_NAVIGATE_H

#include "controls/keys.h"
#include "views/scene.h"

#include <stdbool.h>
#include <stddef.h>

/* Carries out an action on a screen of this size. `said` is the answer for the status line, ""
 * where the picture says it. False when the action is none of these. */
bool navigate(struct scene *scene, enum action action, int rows, int cols, char *said, size_t size);

/* Page Up and Page Down, where the view has something to scroll by pages; false when the key code
 * is none of these, or the view has not. */
bool navigate_page(struct scene *scene, int code, int rows, int cols);

/* Shows another view. */
void navigate_to(struct scene *scene, enum view view);

/* Shows the moment nearest to `step`; from the newest step on, the newest one, live. */
void navigate_to_step(struct scene *scene, int64_t step);

/* To be called when a new run has begun: what belongs to the previous one is forgotten. */
void navigate_restart(struct scene *scene);

#endif
