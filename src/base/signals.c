/* See signals.h. Owns the table; takes no signal itself. */
#include "base/signals.h"

#include <signal.h>
#include <stddef.h>

static const struct {
    int number;
    enum signal_kind kind;
} table[] = {
    {SIGHUP, SIGNAL_ENDS},     {SIGINT, SIGNAL_ENDS},     {SIGQUIT, SIGNAL_ENDS},
    {SIGTERM, SIGNAL_ENDS},    {SIGUSR1, SIGNAL_ENDS},    {SIGUSR2, SIGNAL_ENDS},
    {SIGALRM, SIGNAL_ENDS},    {SIGVTALRM, SIGNAL_ENDS},  {SIGPROF, SIGNAL_ENDS},
    {SIGXCPU, SIGNAL_ENDS},    {SIGPIPE, SIGNAL_IGNORED}, {SIGXFSZ, SIGNAL_IGNORED},
    {SIGSEGV, SIGNAL_CRASHES}, {SIGBUS, SIGNAL_CRASHES},  {SIGFPE, SIGNAL_CRASHES},
    {SIGILL, SIGNAL_CRASHES},  {SIGABRT, SIGNAL_CRASHES}, {SIGTRAP, SIGNAL_CRASHES},
    {SIGSYS, SIGNAL_CRASHES},  {SIGTSTP, SIGNAL_TELLS},   {SIGCONT, SIGNAL_TELLS},
#ifdef SIGWINCH
    {SIGWINCH, SIGNAL_TELLS},
#endif
#ifdef SIGPOLL
    {SIGPOLL, SIGNAL_ENDS}, /* SIGIO is the same one */
#endif
#ifdef SIGPWR
    {SIGPWR, SIGNAL_ENDS},
#endif
#ifdef SIGSTKFLT
    {SIGSTKFLT, SIGNAL_ENDS},
#endif
#ifdef SIGEMT
    {SIGEMT, SIGNAL_CRASHES},
#endif
};

enum signal_kind signals_kind(int number)
{
#ifdef SIGRTMIN
    if (number >= SIGRTMIN && number <= SIGRTMAX)
        return SIGNAL_ENDS;
#endif
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].number == number)
            return table[i].kind;
    return SIGNAL_LEFT;
}

void signals_ignore(void)
{
    for (int number = 1; number < SIGNALS; number++)
        if (signals_kind(number) == SIGNAL_IGNORED)
            signal(number, SIG_IGN);
}

bool signals_may_take(int number)
{
    struct sigaction before;
    return sigaction(number, NULL, &before) == 0 && before.sa_handler != SIG_IGN;
}

void signals_hold(sigset_t *before)
{
    sigset_t held;
    sigemptyset(&held);
    for (int number = 1; number < SIGNALS; number++) {
        const enum signal_kind kind = signals_kind(number);
        if (kind == SIGNAL_ENDS || kind == SIGNAL_TELLS)
            sigaddset(&held, number);
    }
    pthread_sigmask(SIG_BLOCK, &held, before);
}

void signals_release(const sigset_t *before)
{
    pthread_sigmask(SIG_SETMASK, before, NULL);
}
