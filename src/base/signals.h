/* What each signal does to the program: one table, for the screen and for what runs without one. */
#ifndef LNSCOPE_BASE_SIGNALS_H
#define LNSCOPE_BASE_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

enum signal_kind {
    SIGNAL_LEFT,    /* as the system has it: it ends nothing, or nobody can take it */
    SIGNAL_IGNORED, /* what it tells is told otherwise: a write fails, with a reason */
    SIGNAL_ENDS,    /* it asks for the end: what is finished is kept, then it is raised again */
    SIGNAL_CRASHES, /* the end at once: only the terminal is given back */
    SIGNAL_TELLS    /* the screen is stopped, goes on, or has another size */
};

/* Signals have numbers from 1 up, below this one. */
enum { SIGNALS = 65 };

enum signal_kind signals_kind(int number);

/* Has the program ignore those that are told otherwise. */
void signals_ignore(void);

/* Whether whoever started the program has not had it ignored, as nohup and a shell without job
 * control do: that stays so. */
bool signals_may_take(int number);

/* A thread that is started between the two takes no signal that ends the program or tells it
 * something: those are for the thread that waits for the keyboard. A crash is taken where it
 * happens. *before is the caller's, to be given to signals_release(). */
void signals_hold(sigset_t *before);
void signals_release(const sigset_t *before);

#endif
