/* The learning rate of a step: linear warmup, then a constant or a decay. */
#ifndef LNSCOPE_TRAIN_SCHEDULE_H
#define LNSCOPE_TRAIN_SCHEDULE_H

#include "base/names.h"

#include <stdint.h>

enum schedule {
    SCHEDULE_CONSTANT,
    SCHEDULE_LINEAR,
    SCHEDULE_COSINE,
    SCHEDULE_INVERSE_SQRT,
    SCHEDULE_WSD,
    SCHEDULES
};

extern const struct name_row schedule_table[SCHEDULES];
extern const struct names schedule_names;

/* Where the decaying schedules end when the number of steps is open. */
enum { SCHEDULE_STEPS = 1000 };

/* The rate of `step` (the first is 1): lr * step / warmup during the warmup, so that step `warmup`
 * is the first at the full rate. `steps` is the length of the run; 0 stands for SCHEDULE_STEPS. The
 * decaying schedules stay at 0 past their end. */
double schedule_lr(enum schedule schedule, double lr, int64_t warmup, int64_t steps, int64_t step);

#endif
