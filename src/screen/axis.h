/* The log axis of the gradient bars: one for both stacks, calm, and freezable.
 *
 * It grows at once when a bar would leave it, and shrinks only after the room has been unused for a
 * while, by whole decades. State moves in axis_update(), never while drawing. */
#ifndef LNSCOPE_SCREEN_AXIS_H
#define LNSCOPE_SCREEN_AXIS_H

#include <stdbool.h>

struct axis {
    int low, high; /* decades: the axis runs from 10^low to 10^high, low < high; both 0: no data */
    bool frozen;
    int idle; /* updates since the present range was last needed in full */
};

/* Takes the smallest and largest positive value now to be shown (NAN: none). It is at least four
 * decades wide, so that a healthy stack does not look steep; the room is below. After 60 updates in
 * which it was not needed in full, an unneeded decade goes at each end, and then one every 15
 * updates. A frozen axis stays, once it has a range. */
void axis_update(struct axis *axis, double least, double most);

/* The fewest decades, at least two, that hold both values (NAN: none); nothing of it is calm. */
struct axis axis_holding(double least, double most);

/* Widens a range of values, NAN at first, by those that have a place on a log axis. */
void axis_widen(double *least, double *most, const float *value, int count);

/* Forgets the range (a new run, another quantity), unless frozen. */
void axis_reset(struct axis *axis);

/* Where a value lies on the axis: 0 at 10^low, 1 at 10^high, clamped; -1 for 0, NAN,
 * infinities and negatives, and where the axis has no range. */
double axis_fraction(const struct axis *axis, double value);

#endif
