/* The command line at the foot of the screen, and above it what can be typed there. */
#ifndef LNSCOPE_VIEWS_PROMPT_LINE_H
#define LNSCOPE_VIEWS_PROMPT_LINE_H

#include "views/scene.h"

/* The last row of the canvas, and the help for it above that. */
void view_prompt(struct canvas *canvas, const struct scene *scene);

#endif
