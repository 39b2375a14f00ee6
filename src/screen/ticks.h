/* Where the numbers of a vertical axis stand: evenly spaced, each in the middle of a row.
 *
 * A pure function of the range and the rows; knows no canvas. */
#ifndef LNSCOPE_SCREEN_TICKS_H
#define LNSCOPE_SCREEN_TICKS_H

/* Tick i stands for first + i * step, in the row i * every from the bottom. On a logarithmic axis
 * these are natural logarithms. */
struct ticks {
    double first, step;
    int every, count;
};

/* The ticks of an axis of so many rows that holds least .. most, least < most, with as little
 * beside it as even steps allow; the lowest is in the bottom row, not above `least`. Steps are 1, 2
 * or 5 (or 1.5 or 2.5, where that saves room) times a power of ten. */
struct ticks ticks_linear(double least, double most, int rows);

/* The same for logarithms of positive values: steps are factors of 2, where the values are neither
 * small nor large, or powers of ten. */
struct ticks ticks_log(double least, double most, int rows);

/* What a row stands for, as a part of the axis. */
double ticks_per_row(const struct ticks *ticks);

#endif
