/* See claims.h: the experiments side by side, the reports in their order. */
#include "claims/claims.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/system.h"
#include "claims/trial.h"
#include "core/blas.h"
#include "train/team.h"

#include <stdlib.h>

/* One experiment: a claim of the request, for one seed. */
struct experiment {
    int claim;
    int seed; /* from 0 */
    struct trial trial;
    double seconds; /* of processor time */
};

/* All but `experiment` is used under the job's lock alone, and so are the request's functions. */
struct course {
    const struct claims_request *request;
    struct experiment *experiment;
    int experiments;
    struct claim_result *result; /* [request->claims] */
    int *open;                   /* [request->claims] experiments that are not done */
    int done;
    int reported; /* claims */
    struct error error;
};

static void tell_progress(const struct course *course, const struct claim_row *row)
{
    const struct claims_request *request = course->request;
    if (request->progress)
        request->progress(request->argument, row, course->done, course->experiments);
}

/* Those that are whole, in the order of the request. */
static void report(struct course *course)
{
    const struct claims_request *request = course->request;
    for (; course->reported < request->claims && course->open[course->reported] == 0;
         course->reported++) {
        struct claim_result *result = &course->result[course->reported];
        claim_judge(result);
        request->report(request->argument, result);
    }
}

/* False when it is not worth while to begin. */
static bool begin(void *argument, int index)
{
    const struct course *course = argument;
    const struct trial *trial = &course->experiment[index].trial;
    if (course->error.text[0] || trial_ended(trial))
        return false;
    tell_progress(course, trial->row);
    return true;
}

static void measure(void *argument, int index)
{
    const struct course *course = argument;
    struct experiment *experiment = &course->experiment[index];
    const double start = clock_thread_seconds();
    experiment->trial.row->measure(&experiment->trial);
    experiment->seconds = clock_thread_seconds() - start;
}

static void finish(void *argument, int index)
{
    struct course *course = argument;
    const struct experiment *experiment = &course->experiment[index];
    const struct trial *trial = &experiment->trial;
    struct claim_result *result = &course->result[experiment->claim];
    if (trial->error.text[0])
        course->error = trial->error;
    if (trial_ended(trial))
        return;
    if (trial->values != claim_quantities(trial->row))
        die("claim %s measures fewer quantities than its row names", trial->row->id);
    for (int i = 0; i < trial->values; i++)
        result->value[i][experiment->seed] = trial->value[i];
    result->seconds += experiment->seconds;
    course->done++;
    course->open[experiment->claim]--;
    tell_progress(course, trial->row);
    report(course);
}

static void plan(struct course *course)
{
    const struct claims_request *request = course->request;
    course->result = memory_new((size_t)request->claims, sizeof *course->result);
    course->open = memory_new((size_t)request->claims, sizeof *course->open);
    course->experiment =
        memory_new((size_t)request->claims * CLAIM_SEEDS, sizeof *course->experiment);
    for (int i = 0; i < request->claims; i++) {
        struct claim_result *result = &course->result[i];
        result->row = &claim_table[request->claim[i]];
        result->seeds = request->seeds > 0 ? request->seeds : result->row->seeds;
        course->open[i] = result->seeds;
        for (int seed = 0; seed < result->seeds; seed++)
            course->experiment[course->experiments++] =
                (struct experiment){.claim = i,
                                    .seed = seed,
                                    .trial = {.row = result->row,
                                              .seed = (uint64_t)seed + 1,
                                              .stopped = request->stopped,
                                              .argument = request->argument}};
    }
}

bool claims_run(const struct claims_request *request, struct error *error)
{
    struct course *course = memory_new(1, sizeof *course);
    course->request = request;
    blas_open(); /* before there are threads */
    plan(course);
    const struct team_tasks tasks = {.count = course->experiments,
                                     .begin = begin,
                                     .work = measure,
                                     .done = finish,
                                     .argument = course};
    team_job_finish(
        team_job_start(&tasks, request->threads > 0 ? request->threads : system_cores()));
    const bool failed = course->error.text[0];
    if (failed)
        *error = course->error;
    free(course->experiment);
    free(course->result);
    free(course->open);
    free(course);
    return !failed;
}
