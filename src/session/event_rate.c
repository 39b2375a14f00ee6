/* See event_rate.h. */
#include "session/event_rate.h"

#include <math.h>

/* Rates that differ by less are the same: rows are written with some digits only. */
static const double same_part = 1e-6;
/* Below this part of the highest rate it is 0: cosines end in noise. */
static const double zero_part = 1e-9;

static int add(struct rate_news news[RATE_TURNS], int count, struct rate_news is)
{
    news[count] = is;
    return count + 1;
}

/* A row in which the rate is lower. */
static int fall(struct rate_watch *watch, int64_t step, double rate, bool jump,
                struct rate_news news[RATE_TURNS], int count)
{
    const bool zero = rate <= zero_part * watch->most;
    if (zero && !watch->fallen)
        count = add(news, count, (struct rate_news){.turn = RATE_ZERO, .step = step});
    else if (jump)
        count = add(news, count,
                    (struct rate_news){RATE_CHANGED, step, .value = rate, .from = watch->newest});
    else if (!watch->falls)
        count = add(news, count, (struct rate_news){RATE_FALLS, step, .value = rate});
    watch->fallen = watch->fallen || zero;
    watch->falls = watch->falls || zero || !jump;
    return count;
}

int rate_next(struct rate_watch *watch, int64_t step, double rate, double limit,
              struct rate_news news[RATE_TURNS])
{
    int count = 0;
    if (!isfinite(rate) || rate < 0)
        return 0;
    const double change = rate - watch->newest;
    const bool first = watch->step == 0, stood = watch->way == RATE_LEVEL;
    const bool same = fabs(change) <= same_part * watch->newest;
    if (!first && !same && change > 0) {
        if (!watch->warmed)
            watch->risen++;
        else if (watch->way != RATE_RISING && change > limit * watch->newest)
            count = add(news, count, (struct rate_news){RATE_CHANGED, step, rate, watch->newest});
        watch->way = RATE_RISING;
        watch->falls = watch->fallen = false;
    } else if (!first) {
        if (!watch->warmed && watch->risen > 0) {
            watch->full = watch->step;
            count = add(news, count,
                        (struct rate_news){RATE_WARMED, watch->step, .value = watch->newest});
        }
        watch->warmed = true;
        if (!same)
            count = fall(watch, step, rate, stood && -change > limit * watch->newest, news, count);
        watch->way = same ? RATE_LEVEL : RATE_FALLING;
    }
    watch->step = step;
    watch->newest = rate;
    watch->most = fmax(watch->most, rate);
    return count;
}

int64_t rate_warmup(const struct rate_watch *watch)
{
    return watch->warmed ? watch->full : watch->step;
}
