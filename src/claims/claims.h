/* Published claims about where normalization belongs, checked by measuring them.
 *
 * A claim is a row of one table: a fixed setting, an experiment that measures some quantities for
 * one seed, and for each quantity the number to expect and the range that bears the claim out. The
 * verdict follows from the means over the seeds, each time anew; nothing of it is stored. */
#ifndef LNSCOPE_CLAIMS_CLAIMS_H
#define LNSCOPE_CLAIMS_CLAIMS_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

enum { CLAIM_QUANTITIES = 8, CLAIM_SEEDS = 32 };

/* One number that an experiment measures. */
struct claim_quantity {
    const char *name;
    double expected;    /* the published or formerly measured number; NAN: none is known */
    double least, most; /* the mean over the seeds has to lie here, ends included, or else the claim
                           does not hold; both infinite: the number is only reported */
};

struct claim_lab;

struct claim_row {
    const char *id;
    const char *source;
    const char *claim;   /* what is claimed, one line */
    const char *setting; /* as options of `lnscope run` */
    const char *varied;  /* what else there is to the setting: what is varied, what is held at 0 */
    const char *what;    /* what is measured, over what */
    struct claim_quantity quantity[CLAIM_QUANTITIES]; /* ended by one without a name */
    int seeds;                                        /* 1 .. `seeds` */
    bool quick;      /* part of the quick table: no long training */
    bool holds_here; /* it held when it was last looked at. Never the verdict: only what tells a
                        claim that held and no longer does from one that never held at this scale */
    void (*measure)(struct claim_lab *lab);
};

extern const struct claim_row claim_table[];
extern const int claim_count;

int claim_quantities(const struct claim_row *row);

struct claim_result {
    const struct claim_row *row;
    int seeds;
    double value[CLAIM_QUANTITIES][CLAIM_SEEDS]; /* by quantity and seed */
    double mean[CLAIM_QUANTITIES];               /* over the seeds */
    double spread[CLAIM_QUANTITIES];             /* standard deviation of a seed's value */
    bool within[CLAIM_QUANTITIES];               /* the mean lies where it has to */
    bool holds;                                  /* all of them do */
    double seconds;                              /* of processor time, over all seeds */
};

/* Does this mean bear the claim out? One that is not a number never does, unless the quantity is
 * only reported. */
bool claim_within(const struct claim_quantity *quantity, double mean);

/* Fills mean, spread, within and holds from the values. */
void claim_judge(struct claim_result *result);

/* What is to be measured, and who is told. `stopped` is asked between the steps, by any of the
 * threads at any time; `progress` and `report` are called by any of them, but one at a time. */
struct claims_request {
    const int *claim; /* [claims] rows of the table */
    int claims;
    int seeds;   /* of every claim; 0: as many as its row says */
    int threads; /* 0: as many as the machine has cores; experiments run side by side, each on one
                    thread, so that what they measure does not depend on this */
    bool (*stopped)(void *argument); /* NULL: never */
    /* At the beginning and at the end of an experiment; NULL: nobody wants to know. */
    void (*progress)(void *argument, const struct claim_row *row, int done, int experiments);
    void (*report)(void *argument, const struct claim_result *result); /* in the order of `claim` */
    void *argument;
};

/* Measures, until all is done or `stopped` says so: then the claims that are whole were reported.
 * False with a reason when an experiment could not be done. */
bool claims_run(const struct claims_request *request, struct error *error);

#endif
