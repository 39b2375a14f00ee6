/* A claim: a row of one table, and the judgement of what was measured of it.
 *
 * The row says what was published, where it can fail, and how it is measured: a fixed setting, an
 * experiment that measures some quantities for one seed, and for each quantity the published number
 * and the range that bears the claim out. The judgement follows from the means over the seeds, each
 * time anew; nothing of it is stored. */
#ifndef LNSCOPE_CLAIMS_CLAIM_H
#define LNSCOPE_CLAIMS_CLAIM_H

#include <stdbool.h>

enum { CLAIM_QUANTITIES = 12, CLAIM_SEEDS = 32 };

/* One number that an experiment measures. */
struct claim_quantity {
    const char *name;
    double expected;    /* what was published, follows from it or was measured before; NAN: none */
    double least, most; /* the mean over the seeds has to lie here, ends included, or else the claim
                           does not hold; both infinite: the number is only reported */
};

struct trial; /* claims/trial.h */

struct claim_row {
    const char *id;
    const char *source;    /* who says so */
    const char *published; /* what stands there, with its numbers and its setting */
    const char *claim;     /* what is claimed of it here, one plain sentence without a full stop */
    const char *fails;     /* where it can fail: what it depends on, and what is known against it */
    const char *setting;   /* as options of `lnscope run` */
    const char *varied; /* what else there is to the setting: what is varied, what is held at 0 */
    const char *what;   /* what is measured, over what */
    struct claim_quantity quantity[CLAIM_QUANTITIES]; /* ended by one without a name */
    int seeds;                                        /* 1 .. `seeds` */
    int work;   /* what a seed takes, in steps of a stack with the default settings: roughly */
    bool quick; /* part of the quick table: no long training */
    void (*measure)(struct trial *trial);
};

int claim_quantities(const struct claim_row *row);

struct claim_result {
    const struct claim_row *row;
    int seeds;                                   /* that were measured: 1 .. `seeds` */
    double value[CLAIM_QUANTITIES][CLAIM_SEEDS]; /* by quantity and seed */
    double mean[CLAIM_QUANTITIES];               /* over the seeds */
    double spread[CLAIM_QUANTITIES];             /* standard deviation of a seed's value */
    int pass[CLAIM_QUANTITIES];                  /* seeds whose value lies where the mean has to */
    bool within[CLAIM_QUANTITIES];               /* the mean lies where it has to */
    int passes;                                  /* seeds that pass by every quantity */
    bool holds;                                  /* all means do */
    double seconds;                              /* of processor time, over all seeds */
};

/* Whether the quantity decides anything; if not, it is only reported. */
bool claim_judged(const struct claim_quantity *quantity);

/* Does this number, a mean or that of a seed, bear the claim out? One that is not a number never
 * does, unless the quantity is only reported. */
bool claim_within(const struct claim_quantity *quantity, double value);

/* Fills mean, spread, pass, within, passes and holds from the values. */
void claim_judge(struct claim_result *result);

/* Whether the verdict is worse than one that was recorded: that held, and this one does not. */
bool claim_is_worse(const struct claim_result *result, const struct claim_result *recorded);

/* "holds" or "does not hold here". */
const char *claim_verdict(const struct claim_result *result);

/* A number in a few digits, a whole one with all of them, "-" for what is not one; and the range
 * that a mean has to lie in: "0.8 to 1.25", "at least 0.9", "not judged". */
enum { CLAIM_NUMBER = 24, CLAIM_RANGE = 40, CLAIM_FINDING = 240 };
void claim_number_text(char out[CLAIM_NUMBER], double value);
void claim_range_text(char out[CLAIM_RANGE], const struct claim_quantity *quantity);

/* What was found, in a line: "holds: L = 48 : L = 6 is 1.01 (accepted 0.8 to 1.25); 8 of 8 seeds
 * pass". It names the first quantity that is judged, or the first that lies where it should not. */
void claim_finding_text(char out[CLAIM_FINDING], const struct claim_result *result);

#endif
