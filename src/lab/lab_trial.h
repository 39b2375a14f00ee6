/* Trials: one stack trained to the end of its run, in the calling thread. */
#ifndef LNSCOPE_LAB_LAB_TRIAL_H
#define LNSCOPE_LAB_LAB_TRIAL_H

#include "lab/lab_row.h"
#include "tasks/task.h"

/* The tasks that a grid's trials learn, each opened once; read-only once open, so that trials of
 * several threads share them. */
struct lab_trial_tasks {
    struct {
        struct task *task;
        struct task_setup setup; /* its text is `text` */
        char *text;              /* owned */
    } * one;                     /* [count] */
    int count;
};

/* False with a reason when a task cannot be opened; then there is nothing to close. */
bool lab_trial_tasks_open(struct lab_trial_tasks *tasks, const struct grid *grid,
                          struct error *error);
void lab_trial_tasks_close(struct lab_trial_tasks *tasks);

/* The smoothed loss of a trial over its steps, as a part of the loss without context: point i is
 * that of step (i + 1) * stride. A stack that diverges has no more of them from there on. */
enum { LAB_CURVE_POINTS = 128 };
struct lab_curve {
    int64_t stride;
    int count;
    float part[LAB_CURVE_POINTS];
};

/* Who looks on while a trial is trained. */
struct lab_trial_watch {
    bool (*stopped)(void *argument); /* asked before every step; NULL: it goes on to its end */
    void *argument;
    struct lab_curve *curve; /* filled in; NULL: nobody wants it */
};

/* Trains a trial and fills *row. Once watch->stopped() says so the trial ends, and row->done is
 * false. False with a reason when there is no memory. */
bool lab_trial_train(const struct grid *grid, const struct lab_trial_tasks *tasks, int trial,
                     const struct lab_trial_watch *watch, struct lab_row *row, struct error *error);

/* What a trial costs beside another of the same grid: a measure of its time, without a unit. */
double lab_trial_cost(const struct grid *grid, int trial);

#endif
