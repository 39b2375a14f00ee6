/* Time that only goes forward. */
#ifndef LNSCOPE_BASE_CLOCK_H
#define LNSCOPE_BASE_CLOCK_H

/* Seconds since some fixed moment, monotonic. */
double clock_seconds(void);

/* Processor time that the calling thread has used, in seconds. */
double clock_thread_seconds(void);

#endif
