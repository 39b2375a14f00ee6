/* Published claims about where normalization belongs, checked by measuring them: the course of the
 * experiments. */
#ifndef LNSCOPE_CLAIMS_CLAIMS_H
#define LNSCOPE_CLAIMS_CLAIMS_H

#include "base/error.h"
#include "claims/claim_table.h"

struct claims_progress {
    const struct claim_row *row; /* of the experiment */
    int done, experiments;
    double part; /* of the work that is done, 0 to 1 */
};

/* What is to be measured, and who is told. `stopped` is asked between the steps, by any of the
 * threads at any time; `progress`, `keep` and `report` are called by any of them, but one at a
 * time. */
struct claims_request {
    const int *claim; /* [claims] rows of the table */
    int claims;
    int seeds;                        /* of every claim; 0: as many as its row says */
    const struct claim_result *known; /* [claims] what is measured already: its first seeds, which
                                         are not measured again; NULL: nothing is */
    int threads; /* 0: as many as the machine has cores; experiments run side by side, each on one
                    thread, so that what they measure does not depend on this */
    bool (*stopped)(void *argument); /* NULL: never */
    /* At the beginning and at the end of an experiment; NULL: nobody wants to know. */
    void (*progress)(void *argument, const struct claims_progress *progress);
    /* After an experiment: all that is known of its claim, as far as the seeds from 1 on have no
     * gap; to be kept in case that the whole does not come to its end. NULL: nobody keeps it. */
    void (*keep)(void *argument, const struct claim_result *part);
    void (*report)(void *argument, const struct claim_result *result); /* in the order of `claim` */
    void *argument;
};

/* How many experiments that are, and about how many seconds they will take on this machine, which
 * is found out by some steps of training. */
struct claims_forecast {
    int experiments, threads;
    double seconds;
};
struct claims_forecast claims_forecast(const struct claims_request *request);

/* Measures, until all is done or `stopped` says so: then the claims that are whole were reported.
 * False with a reason when an experiment could not be done. */
bool claims_run(const struct claims_request *request, struct error *error);

#endif
