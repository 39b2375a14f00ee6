/* The keyboard and the mouse of the terminal that curses has taken: what it sends, as key codes.
 * For terminal.c. */
#ifndef LNSCOPE_SCREEN_TERMINAL_KEYS_H
#define LNSCOPE_SCREEN_TERMINAL_KEYS_H

#include "screen/surface.h"

#include <stdbool.h>

/* Once curses has the terminal, whose keys come from `file`; `utf8`: they may be beyond ASCII. Dies
 * when there is no memory. */
void terminal_keys_open(int file, bool utf8);

/* How keys are read: at once, and those of several characters as one. Sent with the next key. */
void terminal_keys_set_modes(void);

/* Before curses gives the terminal back. */
void terminal_keys_close(void);

/* The code of a key that has arrived (screen/key_codes.h), or KEY_CODE_NONE. Waits only within a
 * sequence that has begun. */
int terminal_keys_read(void);

/* What the newest KEY_CODE_MOUSE was about. */
struct mouse terminal_keys_mouse(void);

#endif
