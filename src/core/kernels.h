/* The numeric kernels: norms, activations, attention, matrix products, loss, optimizers.
 *
 * A table has one function per kernel. `loops` (plain.c) is written to be read: plain loops, and
 * the formulas with their sources. The others (kernel_*.c) are vectorised; they are compiled once
 * per instruction set and are what is used. All compute the same formulas; they differ in the last
 * bits, because they sum in other orders.
 *
 * Shapes are row-major and dense unless a stride is given. */
#ifndef LNSCOPE_CORE_KERNELS_H
#define LNSCOPE_CORE_KERNELS_H

#include "core/config.h"
#include "core/matmul.h"
#include "core/real.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One norm over `rows` rows of width D:
 *     y = scale * ((offset + gain) * xhat + bias)
 * with xhat as norm_table's formulas have it. */
struct norm_rows {
    enum norm kind; /* NORM_NONE: only `scale` acts */
    int rows, width;
    const real *x;      /* [rows][D] */
    const real *gain;   /* [D]; NULL: NORM_NONE */
    const real *bias;   /* [D]; NULL: none (RMSNorm never has one) */
    const real *alpha;  /* [1]; DyT only */
    real *mean;         /* [rows]; LayerNorm only */
    real *rstd;         /* [rows]; 1/sigma, or 1/rms; LayerNorm and RMSNorm only */
    real offset, scale; /* 0 and 1 but for a gain stored as 1 + w, and for LayerNorm Scaling */
    double epsilon;     /* added to the variance (LayerNorm) or the mean square (RMSNorm) */
    /* backward only: what their gradients are added to */
    real *dgain, *dbias; /* [D]; NULL where there is no such tensor */
    real *dalpha;        /* [1]; DyT only */
};

/* sum = skip * x + scale * (branch + bias), row by row: the inside of the one equation. */
struct join_rows {
    int rows, width;
    const real *x, *branch; /* [rows][D]; `sum` may be one of them */
    const real *bias;       /* [D]; NULL: none */
    real *sum;
    real skip, scale;      /* a and b of the equation */
    const real *skip_each; /* [D]: a is a vector, and `skip` is not looked at; NULL: it is `skip` */
};

/* Rows `stride` numbers apart. */
struct strided {
    real *first;
    int stride;
};

/* What attention needs of one head of one sequence. */
struct attention_head {
    int tokens, width;      /* T, W = D/H */
    bool causal;            /* queries see no keys behind them */
    int window;             /* they see keys less than this far away; 0: all */
    struct strided q, k, v; /* [T][W], read only */
    real *probability;  /* [Tp keys][Tp queries], Tp = attention_pad(T), the first T of both; where
                           a query does not see a key it is left alone or becomes 0 */
    real *kept;         /* as probability; the weights of the values: forward finds factors there,
                           and leaves them times the probabilities; NULL: those are the weights */
    struct strided out; /* [T][W] */
    real *scratch;      /* attention_scratch(T, W) numbers, aligned */
    /* backward only */
    struct strided dout;       /* [T][W], read only */
    struct strided dq, dk, dv; /* [T][W] */
    bool add;                  /* to dk and dv, which other heads of the group have begun */
};

/* RMSNorm of each head of W numbers by itself (QK-norm); the heads of a row stand side by side. */
struct head_norm {
    int rows, heads, width;
    struct strided x; /* [rows][heads][W], read only */
    const real *gain; /* [W] */
    real offset;      /* of the gain, as in struct norm_rows */
    double epsilon;   /* added to the mean square */
    real *rstd;       /* [rows][heads] 1/rms */
};

/* Heads turned by their positions; see positions.h. */
struct rotation {
    int rows, heads, width;
    struct strided x;          /* [rows][heads][W] */
    int tokens;                /* T; row r stands at place r % T */
    const real *cosine, *sine; /* [T][W/2] */
    bool back;
};

/* Rows around an activation. Gated ones have a `gate`: active = up * act(gate); else it is NULL:
 * active = act(up). */
struct activation_rows {
    int rows, width; /* F */
    real *up, *gate; /* [rows][F]; forward replaces them by the slopes of `active` */
    const real *up_bias, *gate_bias; /* [F], added first; both NULL: none */
    real *active;                    /* [rows][F]; forward only */
    /* backward only */
    real *dup, *dgate;           /* [rows][F]; dup holds dactive before */
    real *dup_bias, *dgate_bias; /* [F], added to; NULL: none */
};

/* Rows of a stream x_l, to be compared with one another and with those of x_(l-1). */
struct stream_rows {
    int rows, width, tokens; /* whole sequences of T rows */
    const real *x;           /* [rows][D] */
    const real *before;      /* [rows][D]; NULL: none */
    double *length;          /* [rows] |row| of `before`; becomes that of x */
    real *direction;         /* [D] of scratch */
};

/* NAN where a row is all zeros, or where there is none before. */
struct stream_sums {
    double cosine;     /* sum over the rows of cos(x, before) */
    double change;     /* sum of squares of x - before */
    double similarity; /* sum over the sequences of the mean cosine of two different rows; NAN for
                          sequences of one */
};

/* One step of an optimizer on one tensor. */
struct update_rows {
    size_t count;
    real *weight;
    const real *dweight;
    real *first, *second; /* moments; `first` is the momentum buffer */
    double scale;         /* of the gradient: the clipping factor */
    double lr, decay;     /* the decay is the optimizer's: decoupled, or added to the gradient */
    double beta1, beta2, epsilon;
    double correction1, correction2; /* 1 - beta^t of Adam */
    double rectification;            /* RAdam's r_t; 0 while the second moment is not yet used */
    /* Muon alone */
    int rows, cols; /* the matrix that the numbers are */
    real *scratch;  /* muon_scratch() numbers */
};

/* Muon (Jordan 2024, kellerjordan.github.io/posts/muon; KellerJordan/Muon, muon.py lines 5-41), for
 * a matrix W [rows][cols] with gradient G:
 *     M = 0.95 M + 0.05 G,  U = 0.05 G + 0.95 M                      (Nesterov)
 *     X = U / (|U| + 1e-7), transposed where it is higher than wide
 *     five times:  A = X X^T,  X = a X + (b A + c A A) X             (Newton-Schulz)
 *     W -= lr (size X + decay W)
 * X comes near to the orthogonal matrix next to U: its singular values are about 1. There size is
 * max(1, rows / cols)^0.5, with a rate of its own; here it is 0.2 max(rows, cols)^0.5 (Liu 2025,
 * Muon is Scalable for LLM Training; MoonshotAI/Moonlight, examples/toy_train.py lines 142-148),
 * which gives the update the root mean square that AdamW's has, so that one lr serves both. It is
 * computed in the precision of the core, there in bfloat16. */
#define MUON_MOMENTUM 0.95
#define MUON_TINY     1e-7
#define MUON_A        3.4445
#define MUON_B        (-4.7750)
#define MUON_C        2.0315
#define MUON_SIZE     0.2
enum { MUON_STEPS = 5 };

/* Numbers that one update needs: twice X, and A and A A. */
static inline size_t muon_scratch(int rows, int cols)
{
    const size_t least = (size_t)(rows < cols ? rows : cols), most = (size_t)(rows + cols) - least;
    return 2 * least * (least + most);
}

/* Sums over a tensor that the update passes over anyway. */
struct update_sums {
    double weight; /* sum of squares of the weights before the update */
    double change; /* sum of squares of what was added to them */
};

struct kernels {
    const char *name; /* "avx512", "avx2", "plain", "loops" */

    /* A linear layer y = x W^T with x[rows][in], W[out][in], y[rows][out], and its gradients
     * dx = dy W and dW = dy^T x; all dense. */
    void (*linear_forward)(real *y, const real *x, const real *w, int rows, int in, int out);
    void (*linear_backward_data)(real *dx, const real *dy, const real *w, int rows, int in,
                                 int out);
    void (*linear_backward_weight)(real *dw, const real *dy, const real *x, int rows, int in,
                                   int out);
    /* The same for small matrices, with packed weights; NULL: there is none. */
    matmul_function *matmul;
    pack_function *pack;

    /* y = norm(x); fills mean and rstd. */
    void (*norm_forward)(const struct norm_rows *norm, real *y);
    /* dx = skip + (gradient through the norm of dy); skip may be NULL (0) or dx itself. Adds to the
     * gradients of *norm. */
    void (*norm_backward)(const struct norm_rows *norm, const real *dy, const real *skip, real *dx);

    void (*activation_forward[ACTIVATIONS])(const struct activation_rows *rows);
    void (*activation_backward)(const struct activation_rows *rows);

    /* y += bias, row by row; NULL: none. */
    void (*bias_forward)(real *y, const real *bias, int rows, int width);
    /* dbias += column sums of dy; NULL: none. */
    void (*bias_backward)(const real *dy, real *dbias, int rows, int width);
    /* to += from */
    void (*add)(real *to, const real *from, size_t count);
    void (*join_forward)(const struct join_rows *join);
    /* dx = a dsum; where a is a vector, adds its gradient to dskip[D]. `dx` may be `dsum`. */
    void (*skip_backward)(const struct join_rows *join, const real *dsum, real *dx, real *dskip);
    /* dbranch = b dsum; adds the gradient of b to dscale[1] unless that is NULL. A bias is one of
     * the branch here. `dbranch` may be `dsum`. */
    void (*scale_backward)(const struct join_rows *join, const real *dsum, real *dbranch,
                           real *dscale);

    void (*attention_forward)(const struct attention_head *head);
    void (*attention_backward)(const struct attention_head *head);
    /* Entropy of what a query gives to the keys that it sees, as part of that of giving the same to
     * each: the mean over the queries that see more than one. NAN where none does. */
    double (*attention_entropy)(const struct attention_head *head);
    /* y = the norm of x; fills rstd. Backward: d holds dy, then dx; adds to dgain[W]. */
    void (*head_norm_forward)(const struct head_norm *norm, struct strided y);
    void (*head_norm_backward)(const struct head_norm *norm, struct strided d, real *dgain);
    void (*rotate)(const struct rotation *rotation);

    /* Cross-entropy of one row by log-sum-exp with the maximum taken from the data: returns the
     * loss in nats and replaces the logits [V] by (softmax - onehot(target)) * scale. */
    double (*cross_entropy)(real *logits, int vocab, int target, double scale);

    /* Sum of squares, exact in range: no overflow or underflow short of the result's. */
    double (*sum_squares)(const real *x, size_t count);
    struct stream_sums (*stream_sums)(const struct stream_rows *rows);

    struct update_sums (*update[OPTIMIZERS])(const struct update_rows *update);

    /* y = exp(x), y = tanh(x): what softmax, GELU and DyT are built on. */
    void (*exponential)(const real *x, real *y, size_t count);
    void (*hyperbolic_tangent)(const real *x, real *y, size_t count);
};

/* T rounded up to whole vectors of the widest instruction set. */
enum { ATTENTION_PAD = 16 };
static inline int attention_pad(int tokens)
{
    return (tokens + ATTENTION_PAD - 1) / ATTENTION_PAD * ATTENTION_PAD;
}

/* Numbers of scratch that one call of attention needs. */
static inline size_t attention_scratch(int tokens, int width)
{
    const size_t Tp = (size_t)attention_pad(tokens), Wp = (size_t)attention_pad(width);
    return 6 * Tp * Wp + Tp * Tp;
}

/* The tables that this machine can run, best first and `loops` last, ended by NULL. */
enum { KERNELS_MAX = 4 };
void kernels_usable(const struct kernels *usable[KERNELS_MAX + 1]);

/* Names a table in the environment. */
#define KERNELS_VARIABLE "LNSCOPE_KERNELS"

/* The table that models are computed with: the one that the variable names, else the
 * best. False with a reason where that names none that this machine can run. */
bool kernels_check(struct error *error);
const struct kernels *kernels_chosen(void);

#endif
