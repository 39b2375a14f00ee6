/* How the roles of a theme look on the terminal that curses has taken: attributes and pairs of its
 * colours, as many as it has. For terminal.c, which includes curses too. */
#ifndef LNSCOPE_SCREEN_TERMINAL_LOOKS_H
#define LNSCOPE_SCREEN_TERMINAL_LOOKS_H

#include "screen/canvas.h"
#include "screen/theme.h"

#include <curses.h>
#include <stdbool.h>

struct terminal_look {
    attr_t attributes;
    short pair;
};

/* Finds out which colours there are, once curses has the terminal, and makes the looks. */
void terminal_looks_open(enum theme theme);

/* Makes those of another theme; false where it is the same one. */
bool terminal_looks_set(enum theme theme);

/* That of a cell: of its role, on what is behind it. */
struct terminal_look terminal_looks_of(const struct cell *cell);

/* Are there colours, and enough of them for the ramp of heat maps? */
bool terminal_looks_colours(void);
bool terminal_looks_ramp(void);

#endif
