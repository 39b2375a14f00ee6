/* Placements and norms: where normalization sits in a block, and which one it is.
 *
 * Every sublayer f is joined to the stream x by one equation,
 *     y = Nout( a * x + b * Nbranch( f( Nin(x) ) ) ),
 * and a placement is one row of the table here; the help, the lists and the man page print it. */
#ifndef LNSCOPE_CORE_PLACEMENT_H
#define LNSCOPE_CORE_PLACEMENT_H

#include "base/names.h"

#include <stdbool.h>

enum placement {
    PLACEMENT_PRE,
    PLACEMENT_POST,
    PLACEMENT_NONE,
    PLACEMENT_BRANCH,
    PLACEMENT_PERI,
    PLACEMENT_DEEPNORM,
    PLACEMENT_ADMIN,
    PLACEMENT_LNS,
    PLACEMENT_MIX,
    PLACEMENT_REZERO,
    PLACEMENT_RESIDUAL,
    PLACEMENT_B2T,
    PLACEMENTS
};

enum norm { NORM_LAYERNORM, NORM_RMSNORM, NORM_NONE, NORM_DYT, NORMS };

/* What multiplies the stream: the a of the equation. */
enum skip {
    SKIP_ONE,
    SKIP_DEPTH, /* DeepNorm's alpha(L) */
    SKIP_VECTOR /* a trained tensor [D] of each sublayer, attn.omega and ffn.omega (Admin) */
};

/* What multiplies the branch: the b of the equation. */
enum scale {
    SCALE_ONE,
    SCALE_LEARNED /* a trained number of each block, alpha, from 0 (ReZero) */
};

/* What two placements have beside the equation; see beside.h. */
enum beside {
    BESIDE_NOTHING,
    BESIDE_SUM,  /* a second stream, the sum of x_0 and all branches, joins in at the end */
    BESIDE_INPUT /* a block's input is added to the argument of its last norm */
};

struct placement_row {
    const char *name;
    const char *title;   /* "Pre-LN"; the norm's short name replaces LN where it is another */
    const char *formula; /* of one sublayer, "x + f(N(x))"; N stands for the norm */
    const char *source;
    const char *note;    /* one line: what is special about it */
    const char *differs; /* one line: what the source does otherwise; "": nothing known */
    bool norm_in, norm_branch, norm_out;
    enum skip skip;
    enum scale scale;
    enum beside beside;
    bool norm_by_depth; /* Nin's output is divided by sqrt(l), l = 1 .. L being the block */
    bool by_block;      /* its blocks have other placements: see placement_of_block() */
    bool final_norm;    /* the stream leaves the last block un-normalised */
    bool rescaled;      /* the initial weights of all blocks are multiplied by L^-0.5 */
};

struct norm_row {
    const char *name;
    const char *title;   /* "LayerNorm" */
    const char *letters; /* "LN", "RMS": how formulas and titles write it */
    const char *formula;
    const char *source;
    bool gain, bias, alpha; /* the parameter tensors that it has */
};

extern const struct placement_row placement_table[PLACEMENTS];
extern const struct norm_row norm_table[NORMS];

extern const struct names placement_names, norm_names;

/* The placement that block 0 .. L-1 of a stack has: its own, but for `mix`, whose first quarter of
 * the blocks (at least one) is `post` and whose others are `pre`. A row that is neither by_block
 * nor beside the equation says all there is. */
enum placement placement_of_block(enum placement placement, int block, int layers);

/* a, where it is one number; 1 for a vector. */
double placement_skip(enum placement placement, int layers);

/* What Nin's output is multiplied by in block 0 .. L-1, without a norm its input: 1, or 1/sqrt(l)
 * (Sun 2025). */
double placement_norm_scale(enum placement placement, int block);

/* DeepNet 2022, decoder-only: alpha = (2L)^(1/4) multiplies the stream; beta = (8L)^(-1/4), as a
 * gain, the initial values of V, attention output and feed-forward weights. */
double placement_alpha(int layers);
double placement_beta(int layers);

/* What the initial weights of all blocks are multiplied by: 1, or L^-0.5 (B2T, Takase 2022). */
double placement_weight_scale(enum placement placement, int layers);

#endif
