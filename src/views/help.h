/* The help: all keys and commands, and what every number on the screen means. The keys come from
 * key_table, the commands from verb_table, the placements and norms from theirs. */
#ifndef LNSCOPE_VIEWS_HELP_H
#define LNSCOPE_VIEWS_HELP_H

#include "views/scene.h"

void view_help(struct canvas *canvas, struct rect area, const struct scene *scene);

/* The number of lines on a screen this wide, and the largest useful scene.look.help.scroll on one
 * of this size; what is larger is clamped. */
int view_help_lines(const struct scene *scene, int columns);
int view_help_scroll_max(const struct scene *scene, int rows, int columns);

#endif
