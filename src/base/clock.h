/* Time that only goes forward. */
#ifndef LNSCOPE_BASE_CLOCK_H
#define LNSCOPE_BASE_CLOCK_H

/* Seconds since some fixed moment, monotonic. */
double clock_seconds(void);

#endif
