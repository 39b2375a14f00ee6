/* One block of a model opened up: every intermediate tensor of its sublayers, and the gradient at
 * each, for a given input and a given gradient at its end.
 *
 * What runs is the model's own forward and backward (sublayer.h, beside.h). Tensors that these do
 * not keep are computed once more, with the same functions, from those that they do. */
#ifndef LNSCOPE_CORE_TRACE_H
#define LNSCOPE_CORE_TRACE_H

#include "core/real.h"
#include "core/sublayer.h"

struct model;

/* The tensors of a sublayer, in the order of computation. W = D/H, K = KV W. */
enum trace_point {
    TRACE_X,           /* [T][D] the stream before */
    TRACE_NORM_IN,     /* [T][D] Nin(x) */
    TRACE_QUERY,       /* [T][D] */
    TRACE_KEY,         /* [T][K] */
    TRACE_VALUE,       /* [T][K] */
    TRACE_ATTENTION,   /* [H T][T] the probabilities, head below head */
    TRACE_WEIGHTED,    /* [T][D] the weighted values of all heads, side by side */
    TRACE_UP,          /* [T][F] the up-projection, before the activation */
    TRACE_GATE,        /* [T][F] the gate projection, before the activation */
    TRACE_HIDDEN,      /* [T][F] the output of the activation */
    TRACE_BRANCH,      /* [T][D] f(Nin(x)) */
    TRACE_NORM_BRANCH, /* [T][D] Nbranch(f(Nin(x))) */
    TRACE_SECOND,      /* [T][D] BESIDE_SUM: the second stream, with this branch */
    TRACE_SUM,         /* [T][D] the argument of Nout; where there is none the output itself */
    TRACE_OUTPUT,      /* [T][D] the stream behind */
    TRACE_POINTS
};

/* The summands of the gradient at x. */
enum trace_part {
    TRACE_BY_SKIP,   /* through a x */
    TRACE_BY_BRANCH, /* through f(Nin(x)) */
    TRACE_BY_BESIDE, /* through the second stream or B2T's skip (beside.h); only at the block's
                        input */
    TRACE_PARTS
};

/* Where a tensor belongs. */
enum trace_place {
    TRACE_IN_ATTENTION,
    TRACE_IN_FEED_FORWARD,
    TRACE_AT_END, /* BESIDE_SUM: x_L, the second stream, its norm (TRACE_NORM_IN) and their sum */
    TRACE_PLACES
};

struct trace_tensor {
    int rows, cols;
    real *value;  /* [rows][cols]; NULL: the sublayer has no such tensor */
    real *dvalue; /* [rows][cols] dLoss/dvalue; of TRACE_ATTENTION 0 where a query does not see a
                     key */
};

struct trace {
    struct trace_tensor point[TRACE_PLACES][TRACE_POINTS];
    real *part[TRACE_PLACES][TRACE_PARTS]; /* [T][D]; NULL: none */
};

/* Runs the first block of the model, or only those of its sublayers that are wanted, from x[T][D]
 * to its output and back from the gradient dy[T][D] there; a sublayer alone has the block's input
 * and output. The model has a batch of 1, two sublayers, keys and values of full rank, and neither
 * experts, QK-norm nor rotary positions. The tensors are the caller's, to be freed with
 * trace_close(). Overwrites the model's activations and gradients. */
void trace_open(struct trace *trace, struct model *model, const bool wanted[SUBLAYERS_PER_BLOCK],
                const real *x, const real *dy);
void trace_close(struct trace *trace);

#endif
