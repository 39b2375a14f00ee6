/* A terminal for tests: runs a program in a pseudo-terminal, sends it keys, and shows what a user
 * would see (libvterm interprets what the program sends).
 *
 * The program is a job of a small shell, in a process group and a session as real jobs are, so that
 * Ctrl-Z stops it. Everything that waits has a generous deadline and no test depends on how fast
 * the program is. */
#ifndef LNSCOPE_TESTS_CONSOLE_H
#define LNSCOPE_TESTS_CONSOLE_H

#include "support/process.h"

#include <stdbool.h>
#include <stddef.h>

struct console; /* opaque */

struct console_start {
    const char *const *arguments;   /* ended by NULL; the first is the program */
    const char *const *environment; /* "NAME=value", or "NAME" to take it away; ended by NULL */
    const char *folder;             /* where it runs; NULL: here */
    int rows, cols;
    struct process_limit limit; /* of the program */
};

/* Starts the program; dies when that cannot be done. */
struct console *console_open(const struct console_start *start);

/* Kills what still runs, and frees everything. */
void console_close(struct console *console);

/* Types the keys; one byte at a time is not needed. */
void console_send(struct console *console, const char *keys);

/* The user drags the window: the program gets its SIGWINCH. */
void console_resize(struct console *console, int rows, int cols);

/* Sends a signal to the program's process group. */
void console_signal(struct console *console, int number);

/* Writes to the terminal as another program would that uses it meanwhile. */
void console_write(struct console *console, const char *text);

/* Waits until the text stands on the screen, in one line; false when it never does, or the program
 * ends first. Every frame that the program sends is looked at; the screen stays as it is in the one
 * that was waited for, until the next call. */
bool console_wait_text(struct console *console, const char *text);
bool console_wait_no_text(struct console *console, const char *text);

/* Takes in what the program sends for so long, then shows it: for measurements, never in a test.
 * The clock (base/clock.h) between the two, in seconds: what it shows was sent until then. */
double console_pump(struct console *console, double seconds);

/* The same for a text that need not come, within so many seconds, and without a word. */
bool console_see_text(struct console *console, const char *text, double seconds);

/* Waits until one of the texts (ended by NULL) stands on the screen, without a word: which one, or
 * -1 where the program ends before, or none ever comes. */
int console_wait_any(struct console *console, const char *const *texts);

/* Waits until the step in the header is this one or a later one: a running program does not draw
 * every step. */
bool console_wait_step(struct console *console, long least);

/* The same of a program that may end before; then it is false, without a word. */
bool console_wait_step_or_end(struct console *console, long least);

/* Waits until the program sends anything more. */
bool console_wait_output(struct console *console);

/* Takes in all that was sent before, by a program that is stopped or has ended. */
void console_settle(struct console *console);

/* Waits until the program is stopped; console_continue() brings it to the foreground again, and
 * console_continue_behind() has it go on in the background. */
bool console_wait_stop(struct console *console);
void console_continue(struct console *console);
void console_continue_behind(struct console *console);

/* The terminal is gone, as where its window is closed: nothing can be sent or seen any more. */
void console_lose(struct console *console);

/* Kills the one process that was started, not those that it started itself, which the shell does
 * not know of; and kills the shell, which takes the terminal with it. */
void console_kill_parent(struct console *console);
void console_kill_shell(struct console *console);

/* Waits until no process of the program is left, whoever its parent is; false when one stays. */
bool console_wait_gone(struct console *console);

/* Waits until the program has ended, and returns its status as waitpid() tells it; -1 when it does
 * not end. */
int console_wait_exit(struct console *console);

/* The screen as UTF-8 lines without trailing spaces; valid until the next call. */
const char *console_screen(struct console *console);

/* All that the program has sent so far. */
const char *console_output(struct console *console, size_t *size);

/* NULL, or what is wrong with a terminal that a shell is to go on with: its modes are not those at
 * the start, the cursor is hidden, the alternate screen is shown, text comes in colour, ... */
const char *console_complaint(struct console *console);

#endif
