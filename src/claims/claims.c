/* See claims.h: the experiments side by side, the reports in their order. */
#include "claims/claims.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/system.h"
#include "claims/trial.h"
#include "core/blas.h"
#include "train/team.h"

#include <math.h>
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
    double work, work_done; /* of all experiments, and of those that are done (claim_row.work) */
    int reported;           /* claims */
    struct error error;
};

static void tell_progress(const struct course *course, const struct claim_row *row)
{
    const struct claims_request *request = course->request;
    const struct claims_progress progress = {.row = row,
                                             .done = course->done,
                                             .experiments = course->experiments,
                                             .part = course->work_done / course->work};
    if (request->progress)
        request->progress(request->argument, &progress);
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
    course->work_done += trial->row->work;
    course->open[experiment->claim]--;
    tell_progress(course, trial->row);
    report(course);
}

static int seeds_of(const struct claims_request *request, const struct claim_row *row)
{
    return request->seeds > 0 ? request->seeds : row->seeds;
}

static int threads_of(const struct claims_request *request)
{
    return request->threads > 0 ? request->threads : system_cores();
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
        result->seeds = seeds_of(request, result->row);
        course->open[i] = result->seeds;
        course->work += (double)result->seeds * result->row->work;
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
    team_job_finish(team_job_start(&tasks, threads_of(request)));
    const bool failed = course->error.text[0];
    if (failed)
        *error = course->error;
    free(course->experiment);
    free(course->result);
    free(course->open);
    free(course);
    return !failed;
}

/* Seconds of a step of a stack with the default settings. */
static double step_seconds(void)
{
    enum { WARM = 3, STEPS = 25 };
    static const struct claim_row row = {.id = "forecast", .setting = ""};
    struct trial trial = {.row = &row, .seed = 1};
    const struct settings settings = trial_settings(&trial);
    struct trial_stack stack;
    double seconds = 0;
    if (trial_open(&stack, &trial, &settings, RIGHT)) {
        trial_train(&stack, WARM);
        const double start = clock_seconds(); /* what else runs on the machine counts as well */
        trial_train(&stack, WARM + STEPS);
        seconds = (clock_seconds() - start) / STEPS;
    }
    trial_close(&stack);
    return seconds;
}

struct claims_forecast claims_forecast(const struct claims_request *request)
{
    struct claims_forecast forecast = {.threads = threads_of(request)};
    double work = 0, longest = 0;
    blas_open();
    for (int i = 0; i < request->claims; i++) {
        const struct claim_row *row = &claim_table[request->claim[i]];
        forecast.experiments += seeds_of(request, row);
        work += (double)seeds_of(request, row) * row->work;
        longest = fmax(longest, row->work);
    }
    const int cores = system_cores();
    const int side_by_side = forecast.threads < cores ? forecast.threads : cores;
    forecast.seconds = fmax(work / side_by_side, longest) * step_seconds();
    return forecast;
}
