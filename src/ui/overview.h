/* What the two files of the overview share: panels (overview.c) and curves (curves.c). */
#ifndef LNSCOPE_UI_OVERVIEW_H
#define LNSCOPE_UI_OVERVIEW_H

#include "ui/layout.h"
#include "ui/scene.h"

#include <stdbool.h>
#include <stddef.h>

/* The name of a stack; with "left " or "right " in front where both have the same placement. */
void overview_title(const struct scene *scene, enum side side, char *out, size_t size);

/* Do the stacks have to differ by glyph? */
bool overview_mono(const struct scene *scene);

/* Both loss curves with their axes, and the learning rate. */
void overview_curves(struct canvas *canvas, const struct layout_overview *layout,
                     const struct scene *scene);

#endif
