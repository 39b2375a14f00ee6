/* See ticks.h. */
#include "screen/ticks.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

/* What a row at the top holds of the axis beyond its middle: the curves are two dots of four thick.
 */
static const double top_row = 0.25;

/* Steps that are not 1, 2 or 5 have to save so much of the range. */
static const double odd_cost = 0.25;

/* And so does each row by which ticks are further from each other than this. */
enum { EVERY_MOST = 4 };
static const double far_cost = 0.03;

/* The best so far, and what it wastes. */
struct choice {
    struct ticks ticks;
    double cost;
};

/* Takes a step into account: with every distance of ticks that leaves enough of them. */
static void try_step(struct choice *best, double least, double most, int rows, double step,
                     double extra)
{
    const int fewest = rows >= 5 ? 3 : 2, nearest = rows >= 5 ? 2 : 1;
    const double first = floor(least / step + 1e-9) * step;
    for (int every = nearest; every <= rows; every++) {
        const int count = (rows - 1) / every + 1;
        const double top = first + (rows - 1 + top_row) * step / every;
        const double far = fmax(every - EVERY_MOST, 0) * far_cost;
        const double cost = (top - first) / (most - least) - 1 + extra + far;
        if (count < fewest && best->ticks.count >= fewest)
            continue;
        const bool more = best->ticks.count < fewest && count > best->ticks.count;
        if (top < most - 1e-9 * (most - least) || (!more && cost > best->cost - 1e-9))
            continue;
        best->ticks = (struct ticks){first, step, every, count};
        best->cost = cost;
    }
}

struct ticks ticks_linear(double least, double most, int rows)
{
    static const double nice[] = {1, 2, 5}, odd[] = {1.5, 2.5};
    struct choice best = {.cost = INFINITY};
    const int power = (int)floor(log10((most - least) / rows));
    for (int p = power; p <= power + 4; p++) {
        for (size_t i = 0; i < sizeof nice / sizeof nice[0]; i++)
            try_step(&best, least, most, rows, nice[i] * pow(10, p), 0);
        for (size_t i = 0; i < sizeof odd / sizeof odd[0] && p >= -1 && p <= 2; i++)
            try_step(&best, least, most, rows, odd[i] * pow(10, p), odd_cost);
    }
    return best.ticks;
}

struct ticks ticks_log(double least, double most, int rows)
{
    static const int decades[] = {1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000};
    const double ten = log(10), two = log(2);
    struct choice best = {.cost = INFINITY};
    if (least >= log(0.25) && most <= log(512))
        try_step(&best, least, most, rows, two, 0);
    for (size_t i = 0; i < sizeof decades / sizeof decades[0]; i++)
        try_step(&best, least, most, rows, decades[i] * ten, 0);
    return best.ticks;
}

double ticks_per_row(const struct ticks *ticks)
{
    return ticks->step / ticks->every;
}
