/* Conditions of scripts: `step N` and comparisons of what is measured with numbers, joined by `and`
 * and, binding less, `or`.
 *
 * The table of what can be compared is here; how it is measured is the caller's. */
#ifndef LNSCOPE_SCRIPT_CONDITION_H
#define LNSCOPE_SCRIPT_CONDITION_H

#include "script/words.h"
#include "train/snapshot.h"

#include <stdbool.h>
#include <stdint.h>

enum script_quantity_kind {
    SCRIPT_STEP,        /* steps done; of both stacks */
    SCRIPT_LOSS,        /* smoothed: exponential mean, 0.95 a step, debiased */
    SCRIPT_RAW,         /* the loss of the step */
    SCRIPT_RATIO,       /* stream gradient at x_0 over that at x_L */
    SCRIPT_GRAD_NORM,   /* of the whole parameter gradient, before clipping */
    SCRIPT_LR,          /* learning rate of the step's update */
    SCRIPT_VALID_LOSS,  /* the newest held-out loss */
    SCRIPT_STREAM_GRAD, /* at x_l */
    SCRIPT_STREAM_RMS,  /* of x_l */
    SCRIPT_UNIGRAM,     /* the loss without context; of both stacks, only behind a `*` */
    SCRIPT_QUANTITIES
};

struct script_quantity {
    enum script_quantity_kind kind;
    enum side side; /* LEFT where it is of both stacks */
    int layer;      /* l of the stream; 0 for the others */
};

/* One that is measured is written left.NAME or right.NAME, and of SHAPE_LAYERS NAME[l], l = 0..L.
 */
struct script_quantity_row {
    const char *name;
    bool measured;
    enum quantity quantity; /* if it is: what is measured */
    const char *help;       /* if it is not; the others have that of the quantity */
};
extern const struct script_quantity_row script_quantity_table[SCRIPT_QUANTITIES];

/* What is measured, in a snapshot of its stack to which the history has added its part; NAN of
 * others. */
double script_quantity_in(const struct snapshot *snapshot, const struct script_quantity *quantity);

/* What a quantity is now; NAN where it is not measured (yet) or no longer finite. */
typedef double script_measure(const void *data, const struct script_quantity *quantity);

enum script_comparison { SCRIPT_LESS, SCRIPT_AT_MOST, SCRIPT_MORE, SCRIPT_AT_LEAST };
extern const char *const script_comparison_names[]; /* "<", "<=", ">", ">=", NULL */

/* One comparison, `QUANTITY > NUMBER [* unigram]`; `step N` is `step >= N`. */
struct script_term {
    bool otherwise; /* an `or` stands in front of it */
    struct script_quantity quantity;
    enum script_comparison comparison;
    double number;
    bool times_unigram;
};

/* Alternatives, each of which is terms that all hold; there is at least one term. */
struct script_condition {
    struct script_term *term; /* [terms], owned */
    int terms;
};

/* Reads the rest of the line; `layers` is L of the stacks as they are at this place of the script.
 * False with a reason, and then there is nothing to close. */
bool script_condition_read(struct script_words *words, int layers,
                           struct script_condition *condition);
void script_condition_close(struct script_condition *condition);

/* What a term is compared with. */
double script_term_bound(const struct script_term *term, script_measure *measure, const void *data);

/* Whether it holds now; nothing holds of what is not a number. */
bool script_condition_holds(const struct script_condition *condition, script_measure *measure,
                            const void *data);

/* The smallest number of steps at which the condition holds whatever is measured; -1: none. */
int64_t script_condition_step(const struct script_condition *condition);

/* What is known of a run before it: the last step that can be done, INT64_MAX where nothing ends
 * it; and whether its task has a part that is held out. */
struct script_limits {
    int64_t steps;
    bool validation;
};

/* A term that can hold of no such run, in a condition whose alternatives all have one: the first of
 * them. NULL where the condition may hold. */
const struct script_term *script_condition_hopeless(const struct script_condition *condition,
                                                    const struct script_limits *limits);

/* How a script writes a quantity, "right.stream_grad[2]", and a term, "left.loss < 0.75 * unigram".
 */
enum { SCRIPT_QUANTITY_TEXT = 48, SCRIPT_TERM_TEXT = 96 };
void script_quantity_print(const struct script_quantity *quantity, char out[SCRIPT_QUANTITY_TEXT]);
void script_term_print(const struct script_term *term, char out[SCRIPT_TERM_TEXT]);

#endif
