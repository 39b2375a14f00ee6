/* Placements and norms: where normalization sits in a block, and which one it is.
 *
 * Every sublayer f is joined to the stream x by one equation,
 *     y = Nout( a * x + b * Nbranch( f( Nin(x) ) ) ),
 * and a placement is one row of the table here; the help, the lists and the man page print it. */
#ifndef LNSCOPE_CORE_PLACEMENT_H
#define LNSCOPE_CORE_PLACEMENT_H

#include <stdbool.h>

enum placement { PLACEMENT_PRE, PLACEMENT_POST, PLACEMENT_NONE, PLACEMENTS };

enum norm { NORM_LAYERNORM, NORM_RMSNORM, NORM_NONE, NORMS };

struct placement_row {
    const char *name;
    const char *title;   /* "Pre-LN"; the norm's short name replaces LN where it is another */
    const char *formula; /* of one sublayer, "x + f(N(x))"; N stands for the norm */
    const char *source;
    bool norm_in, norm_branch, norm_out;
    double skip, scale; /* a and b */
    bool final_norm;    /* the stream leaves the last block un-normalised */
};

struct norm_row {
    const char *name;
    const char *title;   /* "LayerNorm" */
    const char *letters; /* "LN", "RMS": how formulas and titles write it */
    const char *formula;
    const char *source;
    bool gain, bias; /* the parameter tensors that it has */
};

extern const struct placement_row placement_table[PLACEMENTS];
extern const struct norm_row norm_table[NORMS];

/* The names of the tables, ended by NULL, for look-ups. */
extern const char *const placement_names[PLACEMENTS + 1];
extern const char *const norm_names[NORMS + 1];

#endif
