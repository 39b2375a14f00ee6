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
    bool *measured;              /* [request->claims * CLAIM_SEEDS] by claim and seed */
    struct claim_result *result; /* [request->claims] */
    int *first;                  /* [request->claims] seeds that are done without a gap from 1 on */
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

/* The seeds from 1 on that are done, as a result of their own, where there are more than before. */
static void keep(struct course *course, int claim)
{
    const struct claims_request *request = course->request;
    const struct claim_result *result = &course->result[claim];
    const int before = course->first[claim];
    while (course->first[claim] < result->seeds &&
           course->measured[claim * CLAIM_SEEDS + course->first[claim]])
        course->first[claim]++;
    if (!request->keep || course->first[claim] == before)
        return;
    struct claim_result part = *result;
    part.seeds = course->first[claim];
    claim_judge(&part);
    request->keep(request->argument, &part);
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
    course->measured[experiment->claim * CLAIM_SEEDS + experiment->seed] = true;
    tell_progress(course, trial->row);
    keep(course, experiment->claim);
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

/* Seeds of a claim of the request that need not be measured: the first ones. */
static int known_of(const struct claims_request *request, int claim)
{
    const int wanted = seeds_of(request, claim_at(request->claim[claim]));
    const int known = request->known ? request->known[claim].seeds : 0;
    return known < wanted ? known : wanted;
}

/* The experiments of a claim whose first seeds are known. */
static void plan_claim(struct course *course, int claim)
{
    const struct claims_request *request = course->request;
    struct claim_result *result = &course->result[claim];
    const int known = known_of(request, claim);
    if (known > 0)
        *result = request->known[claim];
    result->row = claim_at(request->claim[claim]);
    result->seeds = seeds_of(request, result->row);
    course->first[claim] = known;
    course->open[claim] = result->seeds - known;
    course->work += (double)course->open[claim] * result->row->work;
    for (int seed = 0; seed < known; seed++)
        course->measured[claim * CLAIM_SEEDS + seed] = true;
    for (int seed = known; seed < result->seeds; seed++)
        course->experiment[course->experiments++] =
            (struct experiment){.claim = claim,
                                .seed = seed,
                                .trial = {.row = result->row,
                                          .seed = (uint64_t)seed + 1,
                                          .stopped = request->stopped,
                                          .argument = request->argument}};
}

static void plan(struct course *course)
{
    const size_t claims = (size_t)course->request->claims;
    course->result = memory_new(claims, sizeof *course->result);
    course->first = memory_new(claims, sizeof *course->first);
    course->open = memory_new(claims, sizeof *course->open);
    course->measured = memory_new(claims * CLAIM_SEEDS, sizeof *course->measured);
    course->experiment = memory_new(claims * CLAIM_SEEDS, sizeof *course->experiment);
    for (int i = 0; i < course->request->claims; i++)
        plan_claim(course, i);
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
    report(course); /* what need not be measured */
    team_job_finish(team_job_start(&tasks, threads_of(request)));
    const bool failed = course->error.text[0];
    if (failed)
        *error = course->error;
    free(course->experiment);
    free(course->result);
    free(course->first);
    free(course->open);
    free(course->measured);
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
        const struct claim_row *row = claim_at(request->claim[i]);
        const int experiments = seeds_of(request, row) - known_of(request, i);
        forecast.experiments += experiments;
        work += (double)experiments * row->work;
        longest = fmax(longest, experiments > 0 ? row->work : 0);
    }
    const int cores = system_cores();
    const int side_by_side = forecast.threads < cores ? forecast.threads : cores;
    forecast.seconds = fmax(work / side_by_side, longest) * step_seconds();
    return forecast;
}
