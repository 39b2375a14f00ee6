/* See axis.h. */
#include "screen/axis.h"

#include <math.h>

enum {
    AXIS_PATIENCE = 60, /* idle updates until the first decade is given up */
    AXIS_HURRY = 15,    /* and then for each further one */
    AXIS_CALM = 4,      /* the least width of an axis that is kept, */
    AXIS_TIGHT = 2      /* ... and of one that only holds what is there */
};

/* A bar that is a hair past a power of ten (single precision) does not need the next decade. */
static const double tolerance = 1e-6;

static bool usable(double value)
{
    return isfinite(value) && value > 0;
}

/* The decades that hold both values, at least so many of them. Gradients fall rather than rise:
 * room goes below. False where neither is usable. */
static bool decades(double least, double most, int width, int *low, int *high)
{
    if (!usable(least))
        least = most;
    if (!usable(most))
        most = least;
    if (!usable(least))
        return false;
    *low = (int)floor(log10(fmin(least, most)) + tolerance);
    *high = (int)ceil(log10(fmax(least, most)) - tolerance);
    *low = *low < *high - width ? *low : *high - width;
    return true;
}

struct axis axis_holding(double least, double most)
{
    struct axis axis = {0};
    decades(least, most, AXIS_TIGHT, &axis.low, &axis.high);
    return axis;
}

void axis_update(struct axis *axis, double least, double most)
{
    bool known = axis->low < axis->high;
    int low, high;
    if ((axis->frozen && known) || !decades(least, most, AXIS_CALM, &low, &high))
        return;
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
