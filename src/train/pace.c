/* See pace.h. */
#include "train/pace.h"

#include <math.h>

void pace_clear(struct pace *pace)
{
    pace->finishes = 0;
    pace->due = 0;
}

void pace_begin(struct pace *pace, double speed, double now)
{
    if (speed <= 0) {
        pace->due = 0;
        return;
    }
    pace->due = (pace->due > now - 1 / speed ? pace->due : now) + 1 / speed;
    if (pace->due < now)
        pace->due = now;
}

double pace_end(struct pace *pace, double now)
{
    double oldest = now;
    int64_t count = 0;
    pace->finished[pace->finishes++ % PACE_STEPS] = now;
    for (int64_t back = 1; back < PACE_STEPS && back < pace->finishes; back++) {
        double then = pace->finished[(pace->finishes - 1 - back) % PACE_STEPS];
        if (count >= 1 && now - then > 1)
            break;
        oldest = then;
        count = back;
    }
    return now > oldest ? (double)count / (now - oldest) : (double)NAN;
}
