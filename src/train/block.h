/* One block, or one of its sublayers, on a small input: every intermediate tensor with its name,
 * its formula, and what the backward pass makes of a unit gradient that enters at the output.
 *
 * The block is the first of a stack of one, with the initial weights of its seed; the numbers are
 * those of core/trace.h. */
#ifndef LNSCOPE_TRAIN_BLOCK_H
#define LNSCOPE_TRAIN_BLOCK_H

#include "base/error.h"
#include "core/model.h"
#include "core/trace.h"

#include <stdbool.h>
#include <stdint.h>

/* How much of a block runs. */
enum block_part { BLOCK_WHOLE, BLOCK_ATTENTION, BLOCK_FFN, BLOCK_PARTS };
extern const struct names block_part_names;

/* The names of the places of a trace: "attention", "ffn", "end". */
extern const char *const block_place_names[TRACE_PLACES];

enum {
    BLOCK_LISTED_MAX = TRACE_PLACES * (TRACE_POINTS + TRACE_PARTS),
    BLOCK_NAME = 32,
    BLOCK_FORMULA = 160,
    BLOCK_SIDE_MAX = 1024 /* rows of an input, and numbers in a row */
};

/* What to look at. Of `model`, block_open() sets layers, batch and vocab, takes positions away (the
 * input is x_0 as it is), and does without what a trace does not know: low rank, windows, QK-norm,
 * experts, parallel sublayers. */
struct block_plan {
    struct model_config model;
    enum block_part part;
    const double *input; /* [T][D]; NULL: drawn from N(0,1) */
};

struct block_tensor {
    enum trace_place place;
    int order; /* of two blocks, tensors of one place and order correspond; rising */
    char name[BLOCK_NAME];
    char formula[BLOCK_FORMULA];
    int rows, cols;
    const real *value; /* [rows][cols]; NULL: a part of the gradient at x, not a tensor */
    const real *grad;  /* [rows][cols], dLoss/dvalue */
    double rms;        /* root mean square of the value; NAN without one */
    double grad_norm;  /* L2 norm of the gradient */
    int same;          /* an earlier tensor of which this is only another name; -1: none */
};

struct block {
    struct block_plan plan; /* as it was carried out */
    struct model model;
    struct trace trace;
    int tensors;
    struct block_tensor tensor[BLOCK_LISTED_MAX]; /* in the order of computation */
};

/* Whether such a block can be: false with a reason. */
bool block_check(const struct block_plan *plan, struct error *error);

/* Computes all of it. The gradient at the output has length 1 and a random direction: one that is
 * the same in all numbers of a row could not pass a LayerNorm. Both are functions of the seed.
 * False with a reason for an impossible plan or where there is no memory. */
bool block_open(struct block *block, const struct block_plan *plan, struct error *error);
void block_close(struct block *block);

/* An input as text: a row of numbers per line, separated by blanks or commas; empty lines and those
 * that begin with '#' do not count. */
struct block_input {
    int rows, cols;
    double *number; /* [rows][cols]; owned */
};

/* False with a reason, which names the line: not there, a directory, too large, empty, no text, not
 * a number, a row of another length. */
bool block_input_read(struct block_input *input, const char *path, struct error *error);
void block_input_close(struct block_input *input);

#endif
