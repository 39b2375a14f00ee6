/* The rows of the table of claims, and the words that they are written in; claim.h is how others
 * get at them. */
#ifndef LNSCOPE_CLAIMS_CLAIM_ROWS_H
#define LNSCOPE_CLAIMS_CLAIM_ROWS_H

#include "claims/claim.h"

#include <math.h>

extern const struct claim_row claim_rows_initial[], claim_rows_trained[];
extern const int claim_rows_initial_count, claim_rows_trained_count;

/* Quantities, by how their mean is judged. */
#define WITHIN(name_, expected_, least_, most_)                                                    \
    {                                                                                              \
        .name = (name_), .expected = (expected_), .least = (least_), .most = (most_)               \
    }
#define AT_LEAST(name_, expected_, least_) WITHIN(name_, expected_, least_, (double)INFINITY)
#define AT_MOST(name_, expected_, most_)   WITHIN(name_, expected_, -(double)INFINITY, most_)
#define REPORTED(name_)                    WITHIN(name_, UNKNOWN, -(double)INFINITY, (double)INFINITY)
#define UNKNOWN                            ((double)NAN)

/* Losses are parts of the loss without context, which a stuck stack stays at. The gap between the
 * two bounds is wide, so that a single seed of several does not decide. */
#define FAILS(name_)  AT_LEAST(name_, UNKNOWN, 0.9)
#define LEARNS(name_) AT_MOST(name_, UNKNOWN, 0.75)
#define LOSS          "smoothed loss at the last step, as a part of the loss without context"

#endif
