/* See factors.h. */
#include "session/factors.h"

#include <math.h>

/* A ratio of two measured sizes; NAN where it says nothing. */
static double over(float above, float below)
{
    return above > 0 && below > 0 ? (double)above / (double)below : (double)NAN;
}

static float number(const struct snapshot *snapshot, enum quantity quantity, int point, int block)
{
    const float *number = snapshot_array(snapshot, quantity, point);
    return number ? number[block] : NAN;
}

struct factors factors_of(const struct snapshot *snapshot, int block)
{
    struct factors factors = {.sublayers = 1, .mean_norm = 1, .mean_join = 1, .block = 1};
    if (!isnan(number(snapshot, QUANTITY_FFN_RMS, FLOW_OUT, block)))
        factors.sublayers = FLOW_SUBLAYERS;
    for (int i = 0; i < FLOW_SUBLAYERS; i++) {
        const enum quantity rms = quantity_flow_rms[i], grad = quantity_flow_grad[i];
        const float x = number(snapshot, rms, FLOW_X, block);
        const float normed = number(snapshot, rms, FLOW_NORM_IN, block);
        const float at_sum = number(snapshot, grad, FLOW_SUM, block);
        factors.norm[i] = over(at_sum, number(snapshot, grad, FLOW_OUT, block));
        factors.join[i] = over(number(snapshot, grad, FLOW_X, block), at_sum);
        factors.sublayer[i] = factors.norm[i] * factors.join[i];
        factors.gain[i] =
            over(number(snapshot, rms, FLOW_BRANCH, block), isnan(normed) ? x : normed);
    }
    for (int i = 0; i < factors.sublayers; i++) {
        factors.mean_norm *= factors.norm[i];
        factors.mean_join *= factors.join[i];
        factors.block *= factors.sublayer[i];
    }
    factors.mean_norm = pow(factors.mean_norm, 1.0 / factors.sublayers);
    factors.mean_join = pow(factors.mean_join, 1.0 / factors.sublayers);
    factors.mean = factors.mean_norm * factors.mean_join;
    return factors;
}
