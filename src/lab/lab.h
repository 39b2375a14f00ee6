/* The lab: the trials of a grid side by side, a thread each. */
#ifndef LNSCOPE_LAB_LAB_H
#define LNSCOPE_LAB_LAB_H

#include "lab/lab_row.h"

/* Which share of a grid: 1/1 is all of it. */
struct lab_part {
    int part, parts; /* 1 <= part <= parts */
};

/* Lists the trials of a share that are not done yet, in the order in which they are best begun: the
 * longest first, so that none is left over at the end; otherwise in the order of the grid. `row`
 * has what is known of each of the grid's trials. Both stacks of a run are in the same share, and
 * shares take about the same time. The caller frees the list. */
int *lab_plan(const struct grid *grid, const struct lab_row *row, struct lab_part part, int *count);

/* What is to be trained, and who is told. */
struct lab_request {
    const struct grid *grid;
    const int *trial; /* [trials], in the order in which they are begun */
    int trials;
    struct lab_row *row;             /* [grid_trials()]; those of the trials are filled in */
    int threads;                     /* at least 1; the rows do not depend on it */
    bool (*stopped)(void *argument); /* asked between the steps, by any of the threads */
    /* A trial is over, and its row filled in: never two calls at a time. False: no more is to be
     * trained. */
    bool (*done)(void *argument, int trial);
    void *argument;
};

/* Trains, until all is done or one of the two functions has had enough: trials under way are then
 * dropped. False with a reason when a trial could not be trained. */
bool lab_compute(const struct lab_request *request, struct error *error);

#endif
