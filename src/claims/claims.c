/* See claims.h: the experiments side by side, the reports in their order. */
#include "claims/claims.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/system.h"
#include "claims/claim_lab.h"
#include "claims/claim_statistics.h"
#include "core/blas.h"
#include "train/team.h"

#include <math.h>
#include <stdlib.h>

int claim_quantities(const struct claim_row *row)
{
    int count = 0;
    while (count < CLAIM_QUANTITIES && row->quantity[count].name)
        count++;
    return count;
}

bool claim_within(const struct claim_quantity *quantity, double mean)
{
    const bool judged = isfinite(quantity->least) || isfinite(quantity->most);
    return !judged || (mean >= quantity->least && mean <= quantity->most);
}

void claim_judge(struct claim_result *result)
{
    result->holds = true;
    for (int i = 0; i < claim_quantities(result->row); i++) {
        const double *value = result->value[i];
        result->mean[i] = statistics_mean(value, result->seeds);
        result->spread[i] = statistics_spread(value, result->seeds);
        result->within[i] = claim_within(&result->row->quantity[i], result->mean[i]);
        result->holds = result->holds && result->within[i];
    }
}

/* One experiment: a claim of the request, for one seed. */
struct experiment {
    int claim;
    int seed; /* from 0 */
    struct claim_lab lab;
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
    const struct claim_lab *lab = &course->experiment[index].lab;
    if (course->error.text[0] || lab_ended(lab))
        return false;
    tell_progress(course, lab->row);
    return true;
}

static void measure(void *argument, int index)
{
    const struct course *course = argument;
    struct experiment *experiment = &course->experiment[index];
    const double start = clock_thread_seconds();
    experiment->lab.row->measure(&experiment->lab);
    experiment->seconds = clock_thread_seconds() - start;
}

static void finish(void *argument, int index)
{
    struct course *course = argument;
    const struct experiment *experiment = &course->experiment[index];
    const struct claim_lab *lab = &experiment->lab;
    struct claim_result *result = &course->result[experiment->claim];
    if (lab->error.text[0])
        course->error = lab->error;
    if (lab_ended(lab))
        return;
    if (lab->values != claim_quantities(lab->row))
        die("claim %s measures fewer quantities than its row names", lab->row->id);
    for (int i = 0; i < lab->values; i++)
        result->value[i][experiment->seed] = lab->value[i];
    result->seconds += experiment->seconds;
    course->done++;
    course->open[experiment->claim]--;
    tell_progress(course, lab->row);
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
            course->experiment[course->experiments++] = (struct experiment){
                .claim = i,
                .seed = seed,
                .lab = {.row = result->row, .request = request, .seed = (uint64_t)seed + 1}};
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
