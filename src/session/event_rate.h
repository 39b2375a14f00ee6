/* What the learning rate of a training does, recognised from the rates alone: for rows that others
 * write, of which nobody knows the schedule. Must not know the list of events, nor how it is said.
 */
#ifndef LNSCOPE_SESSION_EVENT_RATE_H
#define LNSCOPE_SESSION_EVENT_RATE_H

#include <stdbool.h>
#include <stdint.h>

/* What has happened by a row. */
enum rate_turn {
    RATE_NONE,
    RATE_WARMED, /* it has risen since the first row, and does so no more */
    RATE_FALLS,  /* it begins to fall from row to row */
    RATE_ZERO,   /* it has come down to 0 */
    RATE_CHANGED /* it stood still, and is another one all at once */
};

/* A row can end a warmup and be the first that falls. */
enum { RATE_TURNS = 2 };

struct rate_news {
    enum rate_turn turn;
    int64_t step;       /* of RATE_WARMED the row before, the first at the full rate */
    double value, from; /* the rate; of RATE_CHANGED also the one before */
};

/* The rates of one stack so far; all zero at first. Plain data. */
struct rate_watch {
    int64_t step; /* of the newest row with a rate; 0: there was none */
    double newest, most;
    enum { RATE_LEVEL, RATE_RISING, RATE_FALLING } way; /* of the newest row */
    int risen;          /* rows in which it has only risen since the first */
    bool warmed;        /* that is over */
    int64_t full;       /* since this step; 0: there was no warmup, or it is not over */
    bool falls, fallen; /* said, and not to be said again before it rises */
};

/* Takes the rate of the next row, NAN where it has none; a change by more than the part `limit` of
 * the rate before is not one of a schedule that moves from row to row. How many `news` there are.
 */
int rate_next(struct rate_watch *watch, int64_t step, double rate, double limit,
              struct rate_news news[RATE_TURNS]);

/* How long the warmup was, as far as one knows: up to the newest row while it may go on; 0: there
 * was none, or the rows have no rate. */
int64_t rate_warmup(const struct rate_watch *watch);

#endif
