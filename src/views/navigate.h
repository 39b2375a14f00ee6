/* What keys do to the scene that is the same in every view: which view, which moment. */
#ifndef LNSCOPE_VIEWS_NAVIGATE_H
#define LNSCOPE_VIEWS_NAVIGATE_H

#include "views/answer.h"
#include "views/scene.h"

/* Shows another view. */
void navigate_to(struct scene *scene, enum view view);

/* Shows the moment nearest to `step`; from the newest step on, the newest one, live. */
void navigate_to_step(struct scene *scene, int64_t step);

/* Shows another moment: by so many that are kept, or by a tenth of the run in a direction, 1 or -1;
 * past the newest one it is live again. */
void navigate_steps(struct scene *scene, int by, struct answer *answer);
void navigate_far(struct scene *scene, int direction, struct answer *answer);

/* To the next mark whose moment is a later one, or (-1) back to the one before. */
void navigate_to_mark(struct scene *scene, int direction, struct answer *answer);

/* To the newest moment, live. */
void navigate_live(struct scene *scene, struct answer *answer);

#endif
