/* The inside of the blocks while a step passes through it: the signal and its gradient at each
 * point of every sublayer, the norms, attention, and the stream from layer to layer.
 *
 * Most steps do without: it is measured only while a model points at a probe. A probe reads what a
 * step computes and changes none of it. Some arrays are overwritten soon after they are computed:
 * each is measured while it is there. Every shard has sums of its own, which are added in the order
 * of the shards. */
#ifndef LNSCOPE_CORE_PROBE_H
#define LNSCOPE_CORE_PROBE_H

#include "core/real.h"

struct activations;
struct gradients;
struct model;
struct pass;
struct sublayer;

/* Where a signal is measured inside a sublayer y = Nout(a x + b Nbranch(f(Nin(x)))), in the order
 * of computation. */
enum flow_point {
    FLOW_X,
    FLOW_NORM_IN,     /* Nin(x) */
    FLOW_BRANCH,      /* f(Nin(x)) */
    FLOW_NORM_BRANCH, /* Nbranch(f(Nin(x))) */
    FLOW_SUM,         /* the argument of Nout; without one the same as FLOW_OUT */
    FLOW_OUT,         /* y */
    FLOW_POINTS
};

enum flow_norm { FLOW_NIN, FLOW_NBRANCH, FLOW_NOUT, FLOW_NORMS };

/* In the order of enum sublayer_kind. A block with one sublayer (parallel) has only the first. */
enum flow_sublayer { FLOW_ATTENTION, FLOW_FEED_FORWARD, FLOW_SUBLAYERS };

/* Sums over one sublayer; NAN where it has no such point or norm. */
struct flow_sums {
    double square[FLOW_POINTS];  /* sum of squares over all rows */
    double dsquare[FLOW_POINTS]; /* the same of dLoss/d(point) */
    /* sum over the rows of 1/sigma, or 1/rms, with the epsilon of the norm; DyT has none */
    double rstd[FLOW_NORMS];
};

/* Block l, 1 <= l <= L, and the stream behind it; at l = 0, before all blocks, only `similarity`
 * is a number. Cosines with a row of zeros are NAN. */
struct probe_sums {
    struct flow_sums flow[FLOW_SUBLAYERS];
    double entropy;    /* sum over sequences and heads of attention_entropy() of struct kernels */
    double cosine;     /* sum over all rows of cos(x_l, x_(l-1)) */
    double change;     /* sum of squares of x_l - x_(l-1) */
    double similarity; /* sum over sequences of the mean cosine of two different tokens in x_l */
};

struct probe {
    struct probe_sums *sum; /* [L+1] of the last model_step() */
    /* Private: */
    struct probe_sums *shard_sum; /* [shards][L+1] */
    double *length;               /* [N] |x_l| of every row, at the layer that its shard is at */
    real *direction;              /* [shards][D] */
};

/* For one model, and for every other of the same layers, batch, context and width. */
void probe_open(struct probe *probe, const struct model *model);
void probe_close(struct probe *probe);

/* Called by the model; each does nothing where the pass has no probe. */

/* To be called with the output of f [N][D], without its last bias `bias` (NULL: none). */
void probe_branch(const struct pass *pass, const struct sublayer *sublayer, const real *branch,
                  const real *bias);

/* To be called after the sublayer's forward and backward; dy is that of sublayer_backward(). */
void probe_forward(const struct pass *pass, const struct activations *activations, int index);
void probe_backward(const struct pass *pass, const struct gradients *gradients, int index,
                    const real *dy);

/* To be called once x_l is computed, in the order of l. */
void probe_stream(const struct pass *pass, const struct activations *activations, int l);

/* To be called at the end of a step, once stream_square and dstream_square are summed up. */
void probe_sum(const struct pass *pass, const struct activations *activations,
               const struct gradients *gradients);

#endif
