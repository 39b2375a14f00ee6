/* The terminal: the only part that knows curses. Paints canvases, reads keys, is left sane. */
#ifndef LNSCOPE_UI_TERMINAL_H
#define LNSCOPE_UI_TERMINAL_H

#include "base/error.h"
#include "ui/canvas.h"
#include "ui/theme.h"

#include <stdbool.h>

/* Takes the screen. False with a reason: no terminal, an unknown TERM. Registers the restore hook,
 * the signal handlers, and keeps what is written to standard error until terminal_close(). */
bool terminal_open(enum theme theme, struct error *error);
void terminal_close(void);

/* Can it show glyphs beyond ASCII? (from the locale) */
bool terminal_is_utf8(void);

void terminal_size(int *rows, int *cols);

/* Shows the canvas; sends only what differs from what is shown, inside a synchronized update. */
void terminal_paint(const struct canvas *canvas);

/* Waits at most `seconds` for a key and returns its code (ui/keys.h), or KEY_CODE_NONE. */
int terminal_key(double seconds);

/* A signal that ends the program has arrived (its number), or 0. */
int terminal_signal(void);

#endif
