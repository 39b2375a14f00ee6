/* See claim_statistics.h. */
#include "claims/claim_statistics.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

double statistics_mean(const double *value, int count)
{
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += value[i];
    return sum / count;
}

double statistics_spread(const double *value, int count)
{
    const double mean = statistics_mean(value, count);
    double square = 0;
    if (count < 2)
        return 0;
    for (int i = 0; i < count; i++)
        square += (value[i] - mean) * (value[i] - mean);
    return sqrt(square / (count - 1));
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double statistics_median(double *value, int count)
{
    qsort(value, (size_t)count, sizeof *value, compare);
    return (value[(count - 1) / 2] + value[count / 2]) / 2;
}

double statistics_slope(const double *x, const double *y, int count)
{
    const double mean_x = statistics_mean(x, count), mean_y = statistics_mean(y, count);
    double both = 0, square = 0;
    for (int i = 0; i < count; i++) {
        both += (x[i] - mean_x) * (y[i] - mean_y);
        square += (x[i] - mean_x) * (x[i] - mean_x);
    }
    return both / square;
}

double statistics_exponent(const double *x, const double *y, int count)
{
    double *logs = memory_new(2 * (size_t)count, sizeof *logs);
    for (int i = 0; i < count; i++) {
        logs[i] = log(x[i]);
        logs[count + i] = log(y[i]);
    }
    const double slope = statistics_slope(logs, logs + count, count);
    free(logs);
    return slope;
}
