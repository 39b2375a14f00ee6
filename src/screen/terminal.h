/* The terminal: the only part that knows curses. Paints canvases, reads keys, is left sane.
 *
 * There is one terminal; all of this but the signal handlers belongs to the thread that opened it.
 * However the program ends (quit, die(), a signal, a crash), the terminal gets back its modes, its
 * cursor and its screen, and then what was written to standard error meanwhile appears. */
#ifndef LNSCOPE_SCREEN_TERMINAL_H
#define LNSCOPE_SCREEN_TERMINAL_H

#include "base/error.h"
#include "screen/surface.h"

#include <stdbool.h>

/* Looks whether there is a terminal that a screen can be drawn on, and takes the characters of the
 * locale (with `utf8`, or where it names UTF-8 but is not installed, those of a UTF-8 one, if there
 * is one). Sends nothing and takes nothing;
 * call it first, before there are threads. False with a reason: no terminal, TERM not set or
 * unknown. */
bool terminal_check(bool utf8, struct error *error);

/* Takes the screen. Registers the restore hook (error_on_exit) and the signal handlers, and keeps
 * what is written to standard error, if that is a terminal. False with a reason. */
bool terminal_open(enum theme theme, struct error *error);

/* Looks otherwise from the next terminal_paint() on, which sends everything. */
void terminal_set_theme(enum theme theme);

/* Has the terminal report the mouse, or not; it does not at first. Nothing happens where it is not
 * of a kind that can. */
void terminal_set_mouse(bool on);

/* Gives it back, with the signal handlers as they were. Nothing happens when it is not open. */
void terminal_close(void);

/* Has it glyphs for braille and blocks? (after terminal_check()) In a locale with UTF-8, but not
 * the Linux console, whose fonts have 512, nor a VT100 and its successors, whatever the locale
 * says. */
bool terminal_draws_glyphs(void);

/* Does it show colours? False where it has none, or NO_COLOR is set. */
bool terminal_has_colours(void);

/* Has it colours enough for the ramp of heat maps (256 or more)? */
bool terminal_has_ramp(void);

void terminal_size(int *rows, int *cols);

/* Shows the canvas; sends only what differs from what is shown, inside a synchronized update where
 * the terminal is of a kind that knows them. Sends nothing when nothing differs. */
void terminal_paint(const struct canvas *canvas);

/* What is shown is not to be trusted: the next terminal_paint() sends everything. */
void terminal_redraw(void);

/* Waits at most `seconds` for a key and returns its code (screen/key_codes.h), or KEY_CODE_NONE, at
 * once when a signal has ended the program. KEY_CODE_RESIZE asks for a canvas of the size that
 * terminal_size() now tells, and a terminal_paint(): the size has changed, or the program was
 * stopped and goes on. Ctrl-Z stops the program in here. */
int terminal_key(double seconds);

/* What KEY_CODE_MOUSE was about. */
struct mouse terminal_mouse(void);

/* A signal that ends the program has arrived (its number; SIGHUP also when the terminal is gone),
 * or 0. The caller closes the terminal and raises it again, with its default action. */
int terminal_signal(void);

#endif
