/* Timed waits on a condition, by a clock that nobody sets. */
#ifndef LNSCOPE_TRAIN_WAIT_H
#define LNSCOPE_TRAIN_WAIT_H

#include <pthread.h>
#include <time.h>

/* Initialises a condition for waits until wait_until(). */
void wait_open(pthread_cond_t *condition);

/* The time so many seconds from now, for pthread_cond_timedwait(). */
struct timespec wait_until(double seconds_from_now);

#endif
