/* The little statistics that the claims need. */
#ifndef LNSCOPE_CLAIMS_CLAIM_STATISTICS_H
#define LNSCOPE_CLAIMS_CLAIM_STATISTICS_H

double statistics_mean(const double *value, int count);

/* Standard deviation of a single value, with count - 1 in the denominator; 0 for a single one. */
double statistics_spread(const double *value, int count);

/* Middle value, or the mean of the two middle ones; reorders `value`. */
double statistics_median(double *value, int count);

/* Least-squares slope of y over x. */
double statistics_slope(const double *x, const double *y, int count);

/* Slope of log y over log x: the exponent p of y = c x^p. All numbers are above 0. */
double statistics_exponent(const double *x, const double *y, int count);

#endif
