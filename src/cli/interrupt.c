/* See interrupt.h. */
#include "cli/interrupt.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>

/* Written by the handler, read by all threads. */
static atomic_int caught;

static void note(int number)
{
    atomic_store(&caught, number);
}

void interrupt_watch(bool restart)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct sigaction before, action = {.sa_handler = note};
        action.sa_flags = (restart ? SA_RESTART : 0) | (int)SA_RESETHAND;
        sigemptyset(&action.sa_mask);
        if (numbers[i] == SIGHUP && sigaction(SIGHUP, NULL, &before) == 0 &&
            before.sa_handler == SIG_IGN)
            continue;
        sigaction(numbers[i], &action, NULL);
    }
}

int interrupt_caught(void)
{
    return atomic_load(&caught);
}
