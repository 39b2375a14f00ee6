/* Time that only goes forward. */
#ifndef LNSCOPE_BASE_CLOCK_H
#define LNSCOPE_BASE_CLOCK_H

/* Seconds since some fixed moment, monotonic. */
double clock_seconds(void);

/* A clock that stands until somebody moves it: that of a program without a terminal, for which the
 * speed of the machine is not to matter. */
struct clock {
    double seconds;
};

/* The time on a clock; NULL: the machine's own, clock_seconds(). */
double clock_now(const struct clock *clock);

/* Processor time that the calling thread has used, in seconds. */
double clock_thread_seconds(void);

#endif
