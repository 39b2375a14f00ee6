/* A claim: a row of one table, and the judgement of what was measured of it.
 *
 * The row has a fixed setting, an experiment that measures some quantities for one seed, and for
 * each quantity the number to expect and the range that bears the claim out. The judgement follows
 * from the means over the seeds, each time anew; nothing of it is stored. */
#ifndef LNSCOPE_CLAIMS_CLAIM_H
#define LNSCOPE_CLAIMS_CLAIM_H

#include <stdbool.h>

enum { CLAIM_QUANTITIES = 8, CLAIM_SEEDS = 32 };

/* One number that an experiment measures. */
struct claim_quantity {
    const char *name;
    double expected;    /* the published or formerly measured number; NAN: none is known */
    double least, most; /* the mean over the seeds has to lie here, ends included, or else the claim
                           does not hold; both infinite: the number is only reported */
};

struct trial; /* claims/trial.h */

struct claim_row {
    const char *id;
    const char *source;
    const char *claim;   /* what is claimed, one line */
    const char *setting; /* as options of `lnscope run` */
    const char *varied;  /* what else there is to the setting: what is varied, what is held at 0 */
    const char *what;    /* what is measured, over what */
    struct claim_quantity quantity[CLAIM_QUANTITIES]; /* ended by one without a name */
    int seeds;                                        /* 1 .. `seeds` */
    int work;        /* what a seed takes, in steps of a stack with the default settings: roughly */
    bool quick;      /* part of the quick table: no long training */
    bool holds_here; /* it held when it was last looked at. Never the verdict: only what tells a
                        claim that held and no longer does from one that never held at this scale */
    void (*measure)(struct trial *trial);
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

#endif
