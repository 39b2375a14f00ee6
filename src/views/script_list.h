/* The list of scripts, in place of a view. */
#ifndef LNSCOPE_VIEWS_SCRIPT_LIST_H
#define LNSCOPE_VIEWS_SCRIPT_LIST_H

#include "views/scene.h"

/* Draws it with the choice marked, whose sentence stands below in full. */
void script_list_draw(struct canvas *canvas, struct rect area, const struct scene_scripts *scripts);

#endif
