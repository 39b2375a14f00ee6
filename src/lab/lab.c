/* See lab.h. */
#include "lab/lab.h"

#include "base/memory.h"
#include "core/blas.h"
#include "train/team.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- the plan --------------------------------------------------------------------------------*/

struct planned {
    double cost;
    int run;
};

static int compare(const void *a, const void *b)
{
    const struct planned *one = a, *other = b;
    if (one->cost != other->cost)
        return one->cost > other->cost ? -1 : 1;
    return (one->run > other->run) - (one->run < other->run);
}

/* All runs, the longest first. */
static struct planned *order_runs(const struct grid *grid, int runs)
{
    const int sides = grid_sides(grid);
    struct planned *order = memory_new((size_t)runs, sizeof *order);
    for (int run = 0; run < runs; run++) {
        order[run].run = run;
        if (run % grid->seeds > 0) {
            order[run].cost = order[run - 1].cost;
            continue;
        }
        for (int side = 0; side < sides; side++)
            order[run].cost += lab_trial_cost(grid, run * sides + side);
    }
    qsort(order, (size_t)runs, sizeof *order, compare);
    return order;
}

int *lab_plan(const struct grid *grid, const struct lab_row *row, struct lab_part part, int *count)
{
    const int sides = grid_sides(grid), runs = (int)grid_trials(grid) / sides;
    struct planned *order = order_runs(grid, runs);
    int *list = memory_new((size_t)runs * (size_t)sides, sizeof *list);
    *count = 0;
    for (int i = part.part - 1; i < runs; i += part.parts)
        for (int trial = order[i].run * sides; trial < (order[i].run + 1) * sides; trial++)
            if (!row[trial].done)
                list[(*count)++] = trial;
    free(order);
    return list;
}

/* ---- training --------------------------------------------------------------------------------*/

/* What came of a trial, before it is told. */
struct outcome {
    struct lab_row row;
    struct lab_curve *curve; /* NULL: nobody wants it; owned */
    char *reason;            /* why it could not be trained; NULL: it could; owned */
};

/* An outcome belongs to the thread that works on it; `error` and the request's rows are used under
 * the job's lock alone. */
struct lab_course {
    struct lab_request request;
    struct lab_trial_tasks tasks;
    struct outcome *outcome; /* [request.trials] */
    atomic_bool ended;       /* no more is wanted */
    struct error error;
    struct team_job *job;
};

static bool is_ended(void *argument)
{
    struct lab_course *course = argument;
    const struct lab_request *request = &course->request;
    return atomic_load(&course->ended) || (request->stopped && request->stopped(request->argument));
}

static bool begin(void *argument, int index)
{
    const struct lab_request *request = &((struct lab_course *)argument)->request;
    if (is_ended(argument))
        return false;
    if (request->begun)
        request->begun(request->argument, request->trial[index]);
    return true;
}

static void work(void *argument, int index)
{
    struct lab_course *course = argument;
    const struct lab_request *request = &course->request;
    struct outcome *outcome = &course->outcome[index];
    struct error error;
    if (request->curve)
        outcome->curve = memory_new(1, sizeof *outcome->curve);
    const struct lab_trial_watch watch = {
        .stopped = is_ended, .argument = course, .curve = outcome->curve};
    if (!lab_trial_train(request->grid, &course->tasks, request->trial[index], &watch,
                         &outcome->row, &error))
        outcome->reason = memory_copy_string(error.text);
}

/* The row, and the curve where it is wanted, become the request's. */
static bool hand_over(const struct lab_request *request, struct outcome *outcome, int trial)
{
    request->row[trial] = outcome->row;
    if (request->curve) {
        free(request->curve[trial]);
        request->curve[trial] = outcome->curve;
        outcome->curve = NULL;
    }
    return request->done(request->argument, trial);
}

static void done(void *argument, int index)
{
    struct lab_course *course = argument;
    struct outcome *outcome = &course->outcome[index];
    bool more = true;
    if (outcome->reason)
        more = error_set(&course->error, "%s", outcome->reason);
    else if (outcome->row.done)
        more = hand_over(&course->request, outcome, course->request.trial[index]);
    if (!more)
        atomic_store(&course->ended, true);
    free(outcome->reason);
    free(outcome->curve);
}

struct lab_course *lab_start(const struct lab_request *request, struct error *error)
{
    struct lab_course *course = memory_new(1, sizeof *course);
    course->request = *request;
    blas_open(); /* before there are threads */
    if (!lab_trial_tasks_open(&course->tasks, request->grid, error)) {
        free(course);
        return NULL;
    }
    course->outcome = memory_new((size_t)request->trials, sizeof *course->outcome);
    const struct team_tasks tasks = {
        .count = request->trials, .begin = begin, .work = work, .done = done, .argument = course};
    course->job = team_job_start(&tasks, request->threads);
    return course;
}

void lab_stop(struct lab_course *course)
{
    atomic_store(&course->ended, true);
}

bool lab_is_over(struct lab_course *course)
{
    return team_job_is_over(course->job);
}

void lab_lock(struct lab_course *course)
{
    team_job_lock(course->job);
}

void lab_unlock(struct lab_course *course)
{
    team_job_unlock(course->job);
}

bool lab_finish(struct lab_course *course, struct error *error)
{
    team_job_finish(course->job);
    const bool good = !course->error.text[0];
    if (!good)
        *error = course->error;
    free(course->outcome);
    lab_trial_tasks_close(&course->tasks);
    free(course);
    return good;
}

bool lab_compute(const struct lab_request *request, struct error *error)
{
    struct lab_course *course = lab_start(request, error);
    return course && lab_finish(course, error);
}

/* ---- progress --------------------------------------------------------------------------------*/

struct lab_progress lab_progress_open(const struct grid *grid, const int *trial, int trials,
                                      double now)
{
    struct lab_progress progress = {.trials = trials, .start = now};
    for (int i = 0; i < trials; i++)
        progress.cost += lab_trial_cost(grid, trial[i]);
    return progress;
}

void lab_progress_add(struct lab_progress *progress, const struct grid *grid, int trial)
{
    progress->done++;
    progress->cost_done += lab_trial_cost(grid, trial);
}

/* "8 s", "3 min 20 s", "2 h 05 min". */
static void print_seconds(char out[32], double seconds)
{
    const int64_t whole = (int64_t)(seconds + 0.5);
    if (whole < 60)
        snprintf(out, 32, "%d s", (int)whole);
    else if (whole < 3600)
        snprintf(out, 32, "%d min %02d s", (int)(whole / 60), (int)(whole % 60));
    else
        snprintf(out, 32, "%" PRId64 " h %02d min", whole / 3600, (int)(whole / 60 % 60));
}

void lab_progress_text(const struct lab_progress *progress, double now, char out[LAB_PROGRESS])
{
    char left[32] = "";
    if (progress->cost_done > 0)
        print_seconds(left, (now - progress->start) * (progress->cost - progress->cost_done) /
                                progress->cost_done);
    snprintf(out, LAB_PROGRESS, "%d of %d trainings%s%s%s", progress->done, progress->trials,
             *left ? ", " : "", left, *left ? " left" : "");
}
