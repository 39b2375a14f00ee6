/* The table of quantities: all that is measured in a step, a row each.
 *
 * A snapshot has room for every row; the rows for machines, the files of sessions, the history, the
 * curves, the tensors, the stream, their help and `lnscope list quantities` follow from the table.
 * A new quantity is a row here and the code that measures it (measure.c). */
#ifndef LNSCOPE_TRAIN_QUANTITY_H
#define LNSCOPE_TRAIN_QUANTITY_H

#include "core/probe.h"

#include <stdbool.h>

/* Rows for machines have them in this order. */
enum quantity {
    QUANTITY_LOSS,
    QUANTITY_LR,
    QUANTITY_GRAD_NORM,
    QUANTITY_CLIP,
    QUANTITY_RATIO,
    QUANTITY_STREAM_GRAD,
    QUANTITY_STREAM_RMS,
    QUANTITY_PARAM_GRAD,
    QUANTITY_UPDATE_RATIO,
    QUANTITY_WEIGHT,
    QUANTITY_VALID_LOSS,
    /* what the history adds */
    QUANTITY_SMOOTH_LOSS,
    QUANTITY_SMOOTH_SUM,
    QUANTITY_SMOOTH_WEIGHT,
    QUANTITY_HELD_OUT,
    QUANTITY_HELD_OUT_STEP,
    /* details */
    QUANTITY_COSINE,
    QUANTITY_SIMILARITY,
    QUANTITY_ENTROPY,
    QUANTITY_SHARE,
    QUANTITY_ATTENTION_RMS,
    QUANTITY_ATTENTION_GRAD,
    QUANTITY_ATTENTION_RSTD,
    QUANTITY_FFN_RMS,
    QUANTITY_FFN_GRAD,
    QUANTITY_FFN_RSTD,
    QUANTITIES
};

/* What a quantity is one number of. */
enum quantity_shape {
    SHAPE_SCALAR, /* the step: a double */
    SHAPE_LAYERS, /* x_l, l = 0..L: [L+1] floats */
    SHAPE_BLOCKS, /* a block, [l] is block l+1: [L] floats */
    SHAPE_TENSORS /* a parameter tensor of a block: [L] floats for each kind of tensor */
};

/* In which steps it is measured; in all others it is NAN. */
enum quantity_when {
    WHEN_STEP,       /* in each that is computed */
    WHEN_VALIDATION, /* where held-out data are looked at (RUN_VALIDATION_STEPS) */
    WHEN_DETAIL,     /* as enum watch says (run.h) */
    WHEN_HISTORY     /* it follows from all steps so far: session/history.c fills it in */
};

/* The rows for machines that have it, a sum of these; CSV has no arrays with names. */
enum quantity_rows { IN_CSV = 1, IN_JSONL = 2 };

/* The view that shows it. Of curves, tensors and stream a key goes through all that they have. */
enum quantity_view { SHOWN_NOWHERE, SHOWN_CURVES, SHOWN_TENSORS, SHOWN_STREAM, SHOWN_ANATOMY };

/* The axis that it is shown on. */
enum quantity_axis {
    AXIS_DECADES,
    AXIS_LINEAR, /* from 0 as far as it goes */
    AXIS_PART    /* from 0 to 1, or from -1 */
};

struct quantity_row {
    const char *name;   /* in rows, files and lists */
    const char *former; /* in sessions of version 1, where it was another; or NULL */
    const char *unit;   /* "" for norms, ratios and parts */
    enum quantity_shape shape;
    enum quantity_when when;
    const char *const *part; /* the names of its parts, each of this shape, ended by NULL; NULL: it
                                is one */
    unsigned rows;
    bool curve; /* the history has it at each of its points, finite or NAN; of SHAPE_SCALAR */
    enum quantity_view view;
    int place; /* 1, 2 ... in the view; 0: behind those, in the order of the table */
    enum quantity_axis axis;
    int first;            /* the first layer that has a value; of SHAPE_LAYERS */
    const char *label;    /* what an answer to a key calls it; or NULL */
    const char *title[5]; /* above the picture, from long to short, ended by NULL */
    const char *note[5];  /* how to read it, beside the picture; likewise */
    const char *key;      /* beside the key of its colours; of SHOWN_TENSORS */
    double mark;          /* a value worth marking there; 0: none */
    const char *term;     /* what the help of its view explains it as; or NULL */
    const char *help;     /* how it is measured, over what; no full stop */
};

extern const struct quantity_row quantity_table[QUANTITIES];

/* As lists call them. */
extern const char *const quantity_shape_names[];
extern const char *const quantity_when_names[];
extern const char *const quantity_view_names[];

/* The six points and three norms of a sublayer, as parts of these: [FLOW_SUBLAYERS]. */
extern const enum quantity quantity_flow_rms[], quantity_flow_grad[], quantity_flow_rstd[];

/* How many parts a quantity has; of SHAPE_TENSORS that depends on the stack. */
int quantity_parts(enum quantity quantity);

/* Is it made of arrays that have names, its parts or tensors? */
bool quantity_is_named(enum quantity quantity);

/* How many numbers an array of it has in a stack of `layers` blocks. */
int quantity_length(enum quantity quantity, int layers);

/* How many quantities a view shows, the n-th of them, 0 <= n < their number, and the one so many
 * behind another, the first behind the last. */
int quantity_count(enum quantity_view view);
enum quantity quantity_at(enum quantity_view view, int n);
enum quantity quantity_step(enum quantity quantity, int by);

/* Its number in that order. */
int quantity_number(enum quantity quantity);

#endif
