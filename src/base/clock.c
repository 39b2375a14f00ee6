/* See clock.h. */
#include "base/clock.h"

#include <stddef.h>
#include <time.h>

static double seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double clock_seconds(void)
{
    return seconds(CLOCK_MONOTONIC);
}

double clock_now(const struct clock *clock)
{
    return clock ? clock->seconds : clock_seconds();
}

double clock_thread_seconds(void)
{
    return seconds(CLOCK_THREAD_CPUTIME_ID);
}
