/* The lab: the trials of a grid side by side, a thread each. */
#ifndef LNSCOPE_LAB_LAB_H
#define LNSCOPE_LAB_LAB_H

#include "lab/lab_trial.h"

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
    struct lab_curve **curve;        /* [grid_trials()]; filled in likewise, and freed by the
                                        caller; NULL: nobody wants them */
    int threads;                     /* at least 1; the rows do not depend on it */
    bool (*stopped)(void *argument); /* asked between the steps, by any of the threads; NULL: it
                                        goes on to the end */
    /* A trial is about to be trained: never two calls at a time, nor one of done() meanwhile. NULL:
     * nobody wants to know. */
    void (*begun)(void *argument, int trial);
    /* A trial is over, and its row filled in: never two calls at a time. False: no more is to be
     * trained. */
    bool (*done)(void *argument, int trial);
    void *argument;
};

/* Trains, until all is done or one of the two functions has had enough: trials under way are then
 * dropped. False with a reason when a trial could not be trained. */
bool lab_compute(const struct lab_request *request, struct error *error);

/* The same beside the caller, who goes on at once; what is in the request must outlive it. NULL
 * with a reason when a task cannot be opened. */
struct lab_course; /* opaque: threads */
struct lab_course *lab_start(const struct lab_request *request, struct error *error);

/* No more is to be trained: what is under way is dropped, which takes a step. */
void lab_stop(struct lab_course *course);

/* Nothing is under way, and nothing will be. */
bool lab_is_over(struct lab_course *course);

/* Between the two done() is not called, so that rows can be looked at. */
void lab_lock(struct lab_course *course);
void lab_unlock(struct lab_course *course);

/* Waits for the end, and frees it; false with a reason when a trial could not be trained. */
bool lab_finish(struct lab_course *course, struct error *error);

/* ---- progress ---- */

/* How far it has come, and when it will be over, by what the trials done so far took. */
struct lab_progress {
    int done, trials;
    double cost, cost_done; /* lab_trial_cost() */
    double start;           /* the time at which it began, in seconds */
};

/* Of so many trials, which begin now. */
struct lab_progress lab_progress_open(const struct grid *grid, const int *trial, int trials,
                                      double now);

/* A trial is done. */
void lab_progress_add(struct lab_progress *progress, const struct grid *grid, int trial);

/* "12 of 75 trainings, 3 min 20 s left". */
enum { LAB_PROGRESS = 72 };
void lab_progress_text(const struct lab_progress *progress, double now, char out[LAB_PROGRESS]);

#endif
