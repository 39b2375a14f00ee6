/* See axis.h. */
#include "screen/axis.h"

#include <math.h>

enum {
    AXIS_PATIENCE = 60, /* idle updates until the first decade is given up */
    AXIS_HURRY = 15,    /* and then for each further one */
    AXIS_DECADES = 2    /* the least width */
};

/* A bar that is a hair past a power of ten (single precision) does not need the next decade. */
static const double tolerance = 1e-6;

static bool usable(double value)
{
    return isfinite(value) && value > 0;
}

/* The decades that hold both values, at least AXIS_DECADES of them. */
static void decades(double least, double most, int *low, int *high)
{
    *low = (int)floor(log10(least) + tolerance);
    *high = (int)ceil(log10(most) - tolerance);
    /* Gradients fall rather than rise: room goes below first. */
    for (bool below = true; *high - *low < AXIS_DECADES; below = !below) {
        if (below)
            *low -= 1;
        else
            *high += 1;
    }
}

void axis_update(struct axis *axis, double least, double most)
{
    bool known = axis->low < axis->high;
    if (!usable(least))
        least = most;
    if (!usable(most))
        most = least;
    if (!usable(least) || (axis->frozen && known))
        return;
    int low, high;
    decades(fmin(least, most), fmax(least, most), &low, &high);
    if (!known) {
        *axis = (struct axis){.low = low, .high = high, .frozen = axis->frozen};
        return;
    }
    axis->low = low < axis->low ? low : axis->low;
    axis->high = high > axis->high ? high : axis->high;
    if (axis->low == low && axis->high == high) {
        axis->idle = 0;
        return;
    }
    if (++axis->idle < AXIS_PATIENCE)
        return;
    axis->idle = AXIS_PATIENCE - AXIS_HURRY;
    axis->low += low > axis->low;
    axis->high -= high < axis->high;
}

void axis_widen(double *least, double *most, const float *value, int count)
{
    for (int i = 0; i < count; i++)
        if (usable((double)value[i])) {
            *least = fmin(*least, (double)value[i]); /* fmin passes over a NAN */
            *most = fmax(*most, (double)value[i]);
        }
}

void axis_reset(struct axis *axis)
{
    if (!axis->frozen)
        *axis = (struct axis){0};
}

double axis_fraction(const struct axis *axis, double value)
{
    if (!usable(value) || axis->low >= axis->high)
        return -1;
    double fraction = (log10(value) - axis->low) / (axis->high - axis->low);
    return fraction < 0 ? 0 : fraction > 1 ? 1 : fraction;
}
