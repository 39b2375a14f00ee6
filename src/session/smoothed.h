/* The smoothed loss: an exponential mean of the losses of the steps, everywhere the same one. */
#ifndef LNSCOPE_SESSION_SMOOTHED_H
#define LNSCOPE_SESSION_SMOOTHED_H

#include <stdint.h>

/* The weight that the past keeps, for each step: a memory of some 20 steps. */
extern const double smoothed_past;

/* A plain value; all 0 before the first loss. */
struct smoothed {
    double sum, weight; /* the mean is their quotient */
};

/* A finite loss, so many steps after the one before (1 where none is left out; 1 for the first). */
void smoothed_add(struct smoothed *smoothed, double loss, int64_t steps);

/* NAN before the first loss. */
double smoothed_loss(const struct smoothed *smoothed);

#endif
