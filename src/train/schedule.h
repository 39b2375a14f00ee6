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

struct schedule_course {
    enum schedule schedule;
    double lr;      /* after the warmup */
    double min_lr;  /* 0..lr */
    int64_t warmup; /* steps */
    int64_t steps;  /* length of the run; 0 stands for SCHEDULE_STEPS */
};

/* The rate of `step` (the first is 1): lr * step / warmup during the warmup, so that step `warmup`
 * is the first at the full rate. Then linear, cosine and wsd are min_lr + (lr - min_lr) c with a c
 * from 1 to 0 (Loshchilov 2017; eta_min of PyTorch's CosineAnnealingLR, min_lr of nanoGPT), and
 * stay at min_lr past their end; inverse-sqrt, which has none, goes no lower than min_lr. */
double schedule_lr(const struct schedule_course *course, int64_t step);

#endif
