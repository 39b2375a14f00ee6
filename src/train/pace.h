/* When the next step may begin, and how many there were in a second. Knows no clock: it is told the
 * time, in seconds. */
#ifndef LNSCOPE_TRAIN_PACE_H
#define LNSCOPE_TRAIN_PACE_H

#include <stdint.h>

enum { PACE_STEPS = 256 };

/* The speed, where it has no limit, by a clock that stands during a step. */
enum { PACE_VIRTUAL_SPEED = 250 };

struct pace {
    double due; /* when the next step may begin; 0: at once */
    /* Private: */
    double finished[PACE_STEPS]; /* when the newest steps ended, a ring */
    int64_t finishes;
};

/* Nothing is known of the steps so far, and the next one may begin at once. */
void pace_clear(struct pace *pace);

/* A step begins `now`: the next one is due by a fixed grid of times, `speed` a second, or, with 0,
 * at once. A step that took longer than its slot moves the grid. */
void pace_begin(struct pace *pace, double speed, double now);

/* A step has ended `now`. Steps per second over the newest ones of the last second, and at least
 * two of them; NAN where that is not known. */
double pace_end(struct pace *pace, double now);

#endif
