/* See schedule.h. */
#include "train/schedule.h"

#include <math.h>
#include <stddef.h>

const struct name_row schedule_table[SCHEDULES] = {
    [SCHEDULE_CONSTANT] = {"constant", "stays at lr", NULL},
    [SCHEDULE_LINEAR] = {"linear", "falls in a straight line to min-lr at the last step", NULL},
    [SCHEDULE_COSINE] = {"cosine", "falls along half a cosine to min-lr at the last step",
                         "Loshchilov 2017"},
    [SCHEDULE_INVERSE_SQRT] = {"inverse-sqrt", "falls as 1/sqrt(step), but not below min-lr",
                               "Vaswani 2017"},
    [SCHEDULE_WSD] = {"wsd",
                      "stays at lr for 80 % of the steps, then falls in a straight line to "
                      "min-lr",
                      "Hu 2024"},
};

const struct names schedule_names = NAMES_OF_ROWS(schedule_table);

/* What is left of the rate after the warmup, from 1 to 0. */
static double left_of(const struct schedule_course *course, int64_t step)
{
    static const double pi = 3.14159265358979323846, stable_share = 0.8;
    const int64_t warmup = course->warmup;
    const int64_t end = course->steps > 0 ? course->steps : SCHEDULE_STEPS;
    /* How much of the decay lies behind: 0 at the end of the warmup, 1 at the last step. */
    const double done = step < end ? (double)(step - warmup) / (double)(end - warmup) : 1;
    switch (course->schedule) {
    case SCHEDULE_LINEAR:
        return 1 - done;
    case SCHEDULE_COSINE:
        return done < 1 ? 0.5 * (1 + cos(pi * done)) : 0;
    case SCHEDULE_INVERSE_SQRT:
        return sqrt((double)(warmup > 0 ? warmup : 1) / (double)step);
    case SCHEDULE_WSD: {
        const double stable = fmax(stable_share * (double)end, (double)warmup);
        if ((double)step <= stable)
            return 1;
        return step < end ? (double)(end - step) / ((double)end - stable) : 0;
    }
    case SCHEDULE_CONSTANT:
    case SCHEDULES:
        break;
    }
    return 1;
}

double schedule_lr(const struct schedule_course *course, int64_t step)
{
    const double lr = course->lr, least = course->min_lr;
    if (step <= course->warmup)
        return lr * ((double)step / (double)course->warmup);
    const double left = left_of(course, step);
    if (course->schedule == SCHEDULE_INVERSE_SQRT)
        return fmax(lr * left, least);
    return left < 1 ? least + (lr - least) * left : lr;
}
