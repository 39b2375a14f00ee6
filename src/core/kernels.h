/* The vectorised loops of the core that are not matrix products.
 *
 * kernels.c is compiled once per instruction set; each build is one table of functions, and the
 * best that the processor has is chosen at run time (kernels_best). All of them compute the same
 * formulas; they differ in the last bits, because they sum in vectors of different widths.
 *
 * Shapes are row-major and dense unless a stride is given. */
#ifndef LNSCOPE_CORE_KERNELS_H
#define LNSCOPE_CORE_KERNELS_H

#include "core/placement.h"
#include "core/real.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Added to the variance (LayerNorm) or the mean square (RMSNorm). */
#define NORM_EPSILON 1e-5

/* One norm over `rows` rows of width D. */
struct norm_rows {
    enum norm kind; /* LayerNorm or RMSNorm */
    int rows, width;
    const real *x;    /* [rows][D] */
    const real *gain; /* [D] */
    const real *bias; /* [D]; LayerNorm only */
    real *mean;       /* [rows]; LayerNorm only */
    real *rstd;       /* [rows]; 1/sigma, or 1/rms */
};

/* sum = skip * x + scale * (branch + bias), row by row: the inside of the one equation. */
struct join_rows {
    int rows, width;
    const real *x, *branch; /* [rows][D]; `sum` may be `branch` */
    const real *bias;       /* [D]; NULL: none */
    real *sum;
    real skip, scale; /* a and b of the equation */
};

/* What attention needs of one head of one sequence. */
struct attention_head {
    int tokens; /* T */
    int width;  /* D/H */
    bool causal;
    const real *q, *k, *v; /* [T][D/H], rows `stride` apart */
    int stride;
    real *probability; /* [Tp][Tp], Tp = attention_pad(T); zero where masked */
    real *out;         /* [T][D/H], rows `out_stride` apart */
    int out_stride;
    real *scratch; /* attention_scratch(T, D/H) numbers, aligned */
    /* backward only */
    const real *dout;   /* like out */
    real *dq, *dk, *dv; /* like q, k, v */
};

/* One step of an optimizer on one tensor. */
struct update_rows {
    size_t count;
    real *weight;
    const real *grad;
    real *first, *second; /* moments; `first` is the momentum buffer */
    double scale;         /* of the gradient: the clipping factor */
    double lr, decay;     /* decay: decoupled, w -= lr * decay * w */
    double beta1, beta2, epsilon;
    double correction1, correction2; /* 1 - beta^t of Adam */
};

/* Sums over a tensor that the update passes over anyway. */
struct update_sums {
    double weight; /* sum of squares of the weights before the update */
    double change; /* sum of squares of what was added to them */
};

struct kernels {
    const char *name; /* "avx512", "avx2", "plain" */

    /* y = norm(x); fills mean and rstd. */
    void (*norm_forward)(const struct norm_rows *norm, real *y);
    /* dx = skip + (gradient through the norm of dy); skip may be NULL (0) or dx itself. Adds to
     * dgain[D] and, for LayerNorm, dbias[D]. */
    void (*norm_backward)(const struct norm_rows *norm, const real *dy, const real *skip, real *dx,
                          real *dgain, real *dbias);

    /* h += bias; a = gelu(h); h = gelu'(h), kept for the backward pass. */
    void (*gelu_forward)(real *h, const real *bias, real *a, int rows, int width);
    void (*relu_forward)(real *h, const real *bias, real *a, int rows, int width);
    /* da *= slope; adds the column sums of the product to dbias. */
    void (*slope_backward)(real *da, const real *slope, real *dbias, int rows, int width);

    /* y += bias, row by row. */
    void (*bias_forward)(real *y, const real *bias, int rows, int width);
    /* dbias += column sums of dy. */
    void (*bias_backward)(const real *dy, real *dbias, int rows, int width);
    void (*join_forward)(const struct join_rows *join);

    void (*attention_forward)(const struct attention_head *head);
    void (*attention_backward)(const struct attention_head *head);

    /* Cross-entropy of one row by log-sum-exp with the maximum taken from the data: returns the
     * loss in nats and replaces the logits [V] by (softmax - onehot(target)) * scale. */
    double (*cross_entropy)(real *logits, int vocab, int target, double scale);

    /* Sum of squares, exact in range: no overflow or underflow short of the result's. */
    double (*sum_squares)(const real *x, size_t count);

    /* AdamW (Loshchilov 2019; with decay 0 Adam, Kingma 2015), SGD, SGD with momentum. */
    struct update_sums (*adamw)(const struct update_rows *update);
    struct update_sums (*sgd)(const struct update_rows *update);
    struct update_sums (*momentum)(const struct update_rows *update);

    /* y = exp(x): what softmax and GELU are built on. */
    void (*exponential)(const real *x, real *y, size_t count);
};

/* T rounded up to whole vectors of the widest instruction set. */
int attention_pad(int tokens);
/* Numbers of scratch that one call of attention needs. */
size_t attention_scratch(int tokens, int width);

/* The tables that this processor can run, best first, ended by NULL; at most KERNELS_MAX. */
enum { KERNELS_MAX = 3 };
void kernels_usable(const struct kernels *usable[KERNELS_MAX + 1]);
const struct kernels *kernels_best(void);

#endif
