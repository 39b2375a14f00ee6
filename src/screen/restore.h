/* What gives the terminal back when the screen's thread cannot: from any thread, and inside any
 * signal handler. Knows no curses; terminal.c tells it beforehand what has to be sent.
 *
 * A program that ends like this sends nothing to the terminal behind it: what another thread sends
 * is cut off, and what it is sending is waited for. */
#ifndef LNSCOPE_SCREEN_RESTORE_H
#define LNSCOPE_SCREEN_RESTORE_H

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

/* The descriptors that the screen works with. Keys are read from `in`, curses writes to `out`;
 * `screen` is the terminal once more, and `null` leads nowhere. */
struct restore_files {
    int in, out, screen, null;
};

/* From here on restore_now() sets these modes; it is registered for die() and for exit(). Standard
 * error is as it was, and nothing is sent as long as nothing was added. */
void restore_open(const struct restore_files *files, const struct termios *modes);

/* Appends what makes the screen sane: a terminfo string, whose padding ("$<5>"), which old
 * terminals needed, is left out; NULL is none. */
void restore_add(const char *text);

/* Keeps what is written to standard error, where that is a terminal, until it is given back. */
void restore_keep_stderr(void);

/* The modes of now are those that the program runs in. */
void restore_note_modes(void);

/* Whether whoever started the program was killed and the terminal is somebody else's since, so that
 * no key comes any more, and no signal tells. The program is to end; it can then set the modes back
 * where they are still its own, and cannot where the new owner has set others. */
bool restore_is_abandoned(void);

/* The shell has the terminal for a while, and has set the modes as it wants them; and it does no
 * longer. */
void restore_set_away(void);
void restore_end_away(void);

/* Around all that the screen's thread sends to the terminal. It does not come back from
 * restore_begin_sending() once another thread gives the terminal back, which ends the program. */
void restore_begin_sending(void);
void restore_end_sending(void);

/* Writes all of it, or what can be written. Async-signal-safe. */
void restore_write(int file, const char *text, size_t size);

/* Gives the terminal back, once, without curses, and prints what was kept of standard error. */
void restore_now(void);

/* The screen's thread gives it back itself, by curses: false where that has been done. Between the
 * two no other thread does; at the end what was kept of standard error is printed. */
bool restore_begin_closing(void);
void restore_end_closing(void);

#endif
