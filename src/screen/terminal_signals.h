/* The signals that arrive while the screen is up (base/signals.h): handlers note them, wake the
 * screen's thread, and give the terminal back where the program ends at once. */
#ifndef LNSCOPE_SCREEN_TERMINAL_SIGNALS_H
#define LNSCOPE_SCREEN_TERMINAL_SIGNALS_H

#include <stdbool.h>

/* What a signal asks of the screen's thread: to give the terminal to the shell and stop; to take it
 * again; to look how large it is. */
enum terminal_asked { ASKED_STOP, ASKED_CONTINUE, ASKED_RESIZE, TERMINAL_ASKED };

/* Takes the signals, before curses does, which then leaves them alone. False leaves errno. */
bool terminal_signals_take(void);

/* Each does again what it did before. Nothing happens where they were not taken. */
void terminal_signals_give_back(void);

/* A descriptor that can be read when a signal has arrived, and the end of that. */
int terminal_signals_file(void);
void terminal_signals_drain(void);

/* Whether it has been asked for since it was last looked. */
bool terminal_signals_asked(enum terminal_asked what);

/* The signal that ends the program, or 0; and as if that one had arrived. */
int terminal_signals_ending(void);
void terminal_signals_end(int number);

/* Stops the program, as if SIGTSTP had never been taken; returns when it goes on. */
void terminal_signals_stop(void);

#endif
