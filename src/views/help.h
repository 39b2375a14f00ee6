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

/* The line at which the part for what is shown begins, and that of the settings of this session;
 * -1: there is none. */
int view_help_part(const struct scene *scene, int columns);
int view_help_session(const struct scene *scene, int columns);

/* The first line of the next section behind a line, or of the last one before it; that line where
 * there is none. */
int view_help_section(const struct scene *scene, int columns, int line, int direction);

/* The matches of scene.look.help.search: their number, and the line of one of them; -1: none. */
int view_help_matches(const struct scene *scene, int columns);
int view_help_match(const struct scene *scene, int columns, int match);

#endif
