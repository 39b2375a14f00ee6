/* Golden screens: a canvas against two files that were looked at and accepted, NAME.txt with its
 * glyphs and NAME.roles with the role of every cell, from which colours follow (screen/theme.h). */
#ifndef LNSCOPE_TESTS_SUPPORT_GOLDEN_H
#define LNSCOPE_TESTS_SUPPORT_GOLDEN_H

#include "screen/canvas.h"

/* Fails, and shows the rows that differ, where the canvas is not that of the files `folder`/`name`;
 * with LNSCOPE_ACCEPT=1 in the environment it writes them instead. */
void golden_check(const char *folder, const char *name, const struct canvas *canvas);

/* The roles as text; the caller frees it: a letter for each cell, without trailing spaces; under a
 * rule the same of the backgrounds where a cell has one that is not its role's own; under the last
 * rule what the letters mean. A cell without letter is plain text and blank, or has no background
 * of its own. */
char *golden_roles(const struct canvas *canvas);

#endif
