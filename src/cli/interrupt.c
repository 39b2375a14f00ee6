/* See interrupt.h. */
#include "cli/interrupt.h"

#include "base/signals.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>

/* Written by the handler, read by all threads. */
static atomic_int caught;

static void note(int number)
{
    atomic_store(&caught, number);
}

void interrupt_watch(void)
{
    for (int number = 1; number < SIGNALS; number++) {
        struct sigaction action = {.sa_handler = note};
        if (signals_kind(number) != SIGNAL_ENDS || !signals_may_take(number))
            continue;
        action.sa_flags = SA_RESTART | (int)SA_RESETHAND;
        sigemptyset(&action.sa_mask);
        sigaction(number, &action, NULL);
    }
}

int interrupt_caught(void)
{
    return atomic_load(&caught);
}
