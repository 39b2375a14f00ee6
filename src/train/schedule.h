/* The learning rate of a step: linear warmup, then a constant or a decay. */
#ifndef LNSCOPE_TRAIN_SCHEDULE_H
#define LNSCOPE_TRAIN_SCHEDULE_H

#include <stdint.h>

enum schedule {
    SCHEDULE_CONSTANT,
    SCHEDULE_LINEAR,       /* to 0 at the last step */
    SCHEDULE_COSINE,       /* to 0 at the last step (Loshchilov 2017) */
    SCHEDULE_INVERSE_SQRT, /* falls as 1/sqrt(step) after the warmup (Vaswani 2017) */
    SCHEDULE_WSD,          /* stable for 80 % of the steps, then linear to 0 (Hu 2024, MiniCPM) */
    SCHEDULES
};

extern const char *const schedule_names[SCHEDULES + 1];

/* Where the decaying schedules end when the number of steps is open. */
enum { SCHEDULE_STEPS = 1000 };

/* The rate of `step` (the first is 1): lr * step / warmup during the warmup, so that step `warmup`
 * is the first at the full rate. `steps` is the length of the run; 0 stands for SCHEDULE_STEPS. The
 * decaying schedules stay at 0 past their end. */
double schedule_lr(enum schedule schedule, double lr, int64_t warmup, int64_t steps, int64_t step);

#endif
