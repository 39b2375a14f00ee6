/* The whole screen: header, what is shown, footer, and help and command line over it. */
#ifndef LNSCOPE_VIEWS_SCREEN_H
#define LNSCOPE_VIEWS_SCREEN_H

#include "views/scene.h"

/* Draws it; on a canvas that is too small, what would be enough. */
void view_screen(struct canvas *canvas, const struct scene *scene);

#endif
