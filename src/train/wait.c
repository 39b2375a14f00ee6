/* See wait.h. */
#include "train/wait.h"

#include <math.h>

/* One that nobody sets, where conditions can have it. */
#ifdef __APPLE__
#define WAIT_CLOCK CLOCK_REALTIME
#else
#define WAIT_CLOCK CLOCK_MONOTONIC
#endif

void wait_open(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
#ifndef __APPLE__
    pthread_condattr_setclock(&attributes, WAIT_CLOCK);
#endif
    pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
}

struct timespec wait_until(double seconds_from_now)
{
    struct timespec at;
    clock_gettime(WAIT_CLOCK, &at);
    double whole = floor(seconds_from_now);
    at.tv_sec += (time_t)whole;
    at.tv_nsec += (long)((seconds_from_now - whole) * 1e9);
    if (at.tv_nsec >= 1000000000) {
        at.tv_sec++;
        at.tv_nsec -= 1000000000;
    }
    return at;
}
