/* What a block does to the gradient on its way down, taken apart: a chain of factors from the
 * gradient at the block's output to that at its input. A sublayer
 *     y = Nout(a x + b Nbranch(f(Nin(x))))
 * is two links of it, each the gradient behind it over the gradient before it:
 *     norm = |dLoss/d(sum)| / |dLoss/dy|      through Nout; 1 where there is none
 *     join = |dLoss/dx| / |dLoss/d(sum)|      the skip and the branch, with the norms in it
 * so that the product of all links is the block's own factor, whatever the placement. What a
 * placement has beside the equation (core/beside.h) comes in at a join. */
#ifndef LNSCOPE_SESSION_FACTORS_H
#define LNSCOPE_SESSION_FACTORS_H

#include "train/snapshot.h"

/* NAN where nothing was measured, or where a gradient is 0. */
struct factors {
    int sublayers; /* 2; 1 in a parallel block */
    double norm[FLOW_SUBLAYERS], join[FLOW_SUBLAYERS];
    double sublayer[FLOW_SUBLAYERS];   /* norm x join */
    double mean_norm, mean_join, mean; /* of a sublayer, geometric */
    double block;                      /* the product of all links */
    double gain[FLOW_SUBLAYERS];       /* forward: RMS behind f over RMS before it */
};

/* Of block 0 .. L-1 of a snapshot. */
struct factors factors_of(const struct snapshot *snapshot, int block);

#endif
