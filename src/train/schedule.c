/* See schedule.h. */
#include "train/schedule.h"

#include <math.h>
#include <stddef.h>

const struct name_row schedule_table[SCHEDULES] = {
    [SCHEDULE_CONSTANT] = {"constant", "stays at lr", NULL},
    [SCHEDULE_LINEAR] = {"linear", "falls in a straight line to 0 at the last step", NULL},
    [SCHEDULE_COSINE] = {"cosine", "falls along half a cosine to 0 at the last step",
                         "Loshchilov 2017"},
    [SCHEDULE_INVERSE_SQRT] = {"inverse-sqrt", "falls as 1/sqrt(step)", "Vaswani 2017"},
    [SCHEDULE_WSD] = {"wsd",
                      "stays at lr for 80 % of the steps, then falls in a straight line to 0",
                      "Hu 2024"},
};

const struct names schedule_names = NAMES_OF_ROWS(schedule_table);

double schedule_lr(enum schedule schedule, double lr, int64_t warmup, int64_t steps, int64_t step)
{
    static const double pi = 3.14159265358979323846, stable_share = 0.8;
    int64_t end = steps > 0 ? steps : SCHEDULE_STEPS;
    if (step <= warmup)
        return lr * ((double)step / (double)warmup);
    /* How much of the decay lies behind: 0 at the end of the warmup, 1 at the last step. */
    double done = step < end ? (double)(step - warmup) / (double)(end - warmup) : 1;
    switch (schedule) {
    case SCHEDULE_LINEAR:
        return lr * (1 - done);
    case SCHEDULE_COSINE:
        return done < 1 ? lr * 0.5 * (1 + cos(pi * done)) : 0;
    case SCHEDULE_INVERSE_SQRT:
        return lr * sqrt((double)(warmup > 0 ? warmup : 1) / (double)step);
    case SCHEDULE_WSD: {
        double stable = fmax(stable_share * (double)end, (double)warmup);
        if ((double)step <= stable)
            return lr;
        return step < end ? lr * (double)(end - step) / ((double)end - stable) : 0;
    }
    case SCHEDULE_CONSTANT:
    case SCHEDULES:
        break;
    }
    return lr;
}
