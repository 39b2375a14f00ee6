/* See lab.h. */
#include "lab/lab.h"

#include "base/memory.h"
#include "core/blas.h"
#include "lab/lab_trial.h"
#include "train/team.h"

#include <stdatomic.h>
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
    char *reason; /* why it could not be trained; NULL: it could; owned */
};

/* An outcome belongs to the thread that works on it; `error` and the request's rows are used under
 * the job's lock alone. */
struct course {
    const struct lab_request *request;
    struct lab_trial_tasks tasks;
    struct outcome *outcome; /* [request->trials] */
    atomic_bool ended;       /* no more is wanted */
    struct error error;
};

static bool is_ended(void *argument)
{
    struct course *course = argument;
    return atomic_load(&course->ended) || course->request->stopped(course->request->argument);
}

static bool begin(void *argument, int index)
{
    (void)index;
    return !is_ended(argument);
}

static void work(void *argument, int index)
{
    struct course *course = argument;
    struct outcome *outcome = &course->outcome[index];
    struct error error;
    if (!lab_trial_train(course->request->grid, &course->tasks, course->request->trial[index],
                         is_ended, course, &outcome->row, &error))
        outcome->reason = memory_copy_string(error.text);
}

static void done(void *argument, int index)
{
    struct course *course = argument;
    const struct lab_request *request = course->request;
    struct outcome *outcome = &course->outcome[index];
    const int trial = request->trial[index];
    bool more = true;
    if (outcome->reason) {
        more = error_set(&course->error, "%s", outcome->reason);
    } else if (outcome->row.done) {
        request->row[trial] = outcome->row;
        more = request->done(request->argument, trial);
    }
    if (!more)
        atomic_store(&course->ended, true);
    free(outcome->reason);
}

bool lab_compute(const struct lab_request *request, struct error *error)
{
    struct course course = {.request = request};
    blas_open(); /* before there are threads */
    if (!lab_trial_tasks_open(&course.tasks, request->grid, error))
        return false;
    course.outcome = memory_new((size_t)request->trials, sizeof *course.outcome);
    const struct team_tasks tasks = {
        .count = request->trials, .begin = begin, .work = work, .done = done, .argument = &course};
    team_job_finish(team_job_start(&tasks, request->threads));
    free(course.outcome);
    lab_trial_tasks_close(&course.tasks);
    if (course.error.text[0])
        *error = course.error;
    return !course.error.text[0];
}
