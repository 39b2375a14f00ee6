/* See smoothed.h. */
#include "session/smoothed.h"

#include <math.h>

const double smoothed_past = 0.95;

/* The mean is divided by the sum of its weights, as Adam does with its moments (Kingma 2015,
 * section 3): otherwise it would start near 0. */
void smoothed_add(struct smoothed *smoothed, double loss, int64_t steps)
{
    const double past = steps == 1 ? smoothed_past : pow(smoothed_past, (double)steps);
    const double new = 1 - past;
    smoothed->sum = past * smoothed->sum + new *loss;
    smoothed->weight = past * smoothed->weight + new;
}

double smoothed_loss(const struct smoothed *smoothed)
{
    return smoothed->weight > 0 ? smoothed->sum / smoothed->weight : (double)NAN;
}
