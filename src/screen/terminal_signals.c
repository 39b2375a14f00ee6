/* See terminal_signals.h. Owns the handlers while the screen is up, and what they have noted. */
#if defined(__APPLE__) && !defined(_DARWIN_C_SOURCE)
#define _DARWIN_C_SOURCE /* SIGWINCH */
#endif
#include "screen/terminal_signals.h"

#include "base/signals.h"
#include "screen/restore.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

static struct sigaction before[SIGNALS]; /* what each signal did before the screen was taken */
/* A handler writes here, the screen's thread waits on it. It stays open: a handler of another
 * library's thread may still be under way when the signals are given back. */
static int wake_pipe[2] = {-1, -1};
static atomic_int ending; /* the signal that ends the program */
static atomic_int asked[TERMINAL_ASKED];

static void wake(void)
{
    int saved = errno;
    if (write(wake_pipe[1], "", 1) < 0)
        errno = 0; /* full: it wakes anyway */
    errno = saved;
}

/* The first one asks; a second one insists, whatever the screen thread is busy with. */
static void on_ending(int number)
{
    int none = 0;
    if (!atomic_compare_exchange_strong(&ending, &none, number)) {
        restore_now();
        signal(number, SIG_DFL);
        raise(number);
    }
    wake();
}

static void on_asking(int number)
{
    atomic_store(&asked[number == SIGTSTP   ? ASKED_STOP
                        : number == SIGCONT ? ASKED_CONTINUE
                                            : ASKED_RESIZE],
                 1);
    wake();
}

/* Restores and lets the signal happen again, now to whoever had it before: the default action, or a
 * sanitizer. A fault in the code happens again by itself, at its place. */
static void on_crash(int number, siginfo_t *info, void *context)
{
    (void)context;
    restore_now();
    sigaction(number, &before[number], NULL);
    bool sent = info->si_code <= 0 || info->si_code == SI_USER || info->si_code == SI_QUEUE;
    if (sent || number == SIGABRT)
        raise(number);
}

static bool is_watched(int number)
{
    const enum signal_kind kind = signals_kind(number);
    return kind == SIGNAL_ENDS || kind == SIGNAL_CRASHES || kind == SIGNAL_TELLS;
}

bool terminal_signals_take(void)
{
    if (wake_pipe[0] < 0 && pipe(wake_pipe) != 0)
        return false;
    for (int i = 0; i < 2; i++) {
        fcntl(wake_pipe[i], F_SETFD, FD_CLOEXEC);
        fcntl(wake_pipe[i], F_SETFL, O_NONBLOCK);
    }
    atomic_store(&ending, 0);
    for (int i = 0; i < TERMINAL_ASKED; i++)
        atomic_store(&asked[i], 0);
    for (int number = 1; number < SIGNALS; number++) {
        struct sigaction action = {.sa_flags = SA_RESTART};
        const enum signal_kind kind = signals_kind(number);
        if (!is_watched(number))
            continue;
        if (kind == SIGNAL_CRASHES)
            action.sa_sigaction = on_crash, action.sa_flags = SA_SIGINFO;
        else
            action.sa_handler = kind == SIGNAL_ENDS ? on_ending : on_asking;
        sigemptyset(&action.sa_mask);
        sigaction(number, NULL, &before[number]);
        if (kind == SIGNAL_CRASHES || signals_may_take(number))
            sigaction(number, &action, NULL);
    }
    return true;
}

void terminal_signals_give_back(void)
{
    for (int number = 1; number < SIGNALS; number++)
        if (is_watched(number))
            sigaction(number, &before[number], NULL);
}

int terminal_signals_file(void)
{
    return wake_pipe[0];
}

void terminal_signals_drain(void)
{
    char drained[64];
    while (read(wake_pipe[0], drained, sizeof drained) == (ssize_t)sizeof drained)
        ;
}

bool terminal_signals_asked(enum terminal_asked what)
{
    return atomic_exchange(&asked[what], 0);
}

int terminal_signals_ending(void)
{
    return atomic_load(&ending);
}

void terminal_signals_end(int number)
{
    atomic_store(&ending, number);
}

void terminal_signals_stop(void)
{
    struct sigaction plain = {.sa_handler = SIG_DFL}, ours;
    sigemptyset(&plain.sa_mask);
    sigaction(SIGTSTP, &plain, &ours);
    raise(SIGTSTP);
    sigaction(SIGTSTP, &ours, NULL);
    atomic_store(&asked[ASKED_CONTINUE], 0);
}
