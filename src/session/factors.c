/* See factors.h. */
#include "session/factors.h"

#include <math.h>

/* A ratio of two measured sizes; NAN where it says nothing. */
static double over(float above, float below)
{
    return above > 0 && below > 0 ? (double)above / (double)below : (double)NAN;
}

struct factors factors_of(const struct moment *moment, int block)
{
    struct factors factors = {.sublayers = 1, .mean_norm = 1, .mean_join = 1, .block = 1};
    const struct moment_flow *second = &moment->detail.flow[FLOW_FEED_FORWARD];
    if (moment->detailed && !isnan(second->rms[FLOW_OUT][block]))
        factors.sublayers = FLOW_SUBLAYERS;
    for (int i = 0; i < FLOW_SUBLAYERS; i++) {
        const struct moment_flow *flow = &moment->detail.flow[i];
        factors.norm[i] = factors.join[i] = factors.sublayer[i] = factors.gain[i] = (double)NAN;
        if (!moment->detailed)
            continue;
        float normed = flow->rms[FLOW_NORM_IN][block];
        factors.norm[i] = over(flow->grad[FLOW_SUM][block], flow->grad[FLOW_OUT][block]);
        factors.join[i] = over(flow->grad[FLOW_X][block], flow->grad[FLOW_SUM][block]);
        factors.sublayer[i] = factors.norm[i] * factors.join[i];
        factors.gain[i] =
            over(flow->rms[FLOW_BRANCH][block], isnan(normed) ? flow->rms[FLOW_X][block] : normed);
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
