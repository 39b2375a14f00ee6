/* See claims.h: the experiments side by side, the reports in their order. */
#include "claims/claims.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/system.h"
#include "claims/claim_lab.h"
#include "claims/claim_statistics.h"
#include "core/blas.h"
#include "core/float_mode.h"
#include "train/team.h"

#include <math.h>
#include <pthread.h>
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
};

struct course {
    const struct claims_request *request;
    struct experiment *experiment;
    int experiments;
    struct claim_result *result; /* [request->claims] */
    int *open;                   /* [request->claims] experiments that are not done */
    pthread_mutex_t mutex; /* of all that follows, of `open`, and of the request's functions */
    int done;
    int reported; /* claims */
    struct error error;
};

/* To be called with the mutex held. */
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

static void finish(struct course *course, const struct experiment *experiment,
                   const struct claim_lab *lab, double seconds)
{
    const struct claims_request *request = course->request;
    struct claim_result *result = &course->result[experiment->claim];
    pthread_mutex_lock(&course->mutex);
    if (lab->error.text[0]) {
        course->error = lab->error;
    } else if (!lab_ended(lab)) {
        if (lab->values != claim_quantities(lab->row))
            die("claim %s measures fewer quantities than its row names", lab->row->id);
        for (int i = 0; i < lab->values; i++)
            result->value[i][experiment->seed] = lab->value[i];
        result->seconds += seconds;
        course->done++;
        course->open[experiment->claim]--;
        if (request->progress)
            request->progress(request->argument, lab->row, course->done, course->experiments);
        report(course);
    }
    pthread_mutex_unlock(&course->mutex);
}

/* False when it is not worth while to begin. */
static bool begin(struct course *course, const struct claim_lab *lab)
{
    const struct claims_request *request = course->request;
    pthread_mutex_lock(&course->mutex);
    const bool wanted = !course->error.text[0] && !lab_ended(lab);
    if (wanted && request->progress)
        request->progress(request->argument, lab->row, course->done, course->experiments);
    pthread_mutex_unlock(&course->mutex);
    return wanted;
}

static void run_experiment(void *argument, int index)
{
    struct course *course = argument;
    const struct experiment *experiment = &course->experiment[index];
    struct claim_lab lab = {
        .row = course->result[experiment->claim].row,
        .request = course->request,
        .seed = (uint64_t)experiment->seed + 1,
    };
    if (!begin(course, &lab))
        return;
    const double start = clock_thread_seconds();
    const unsigned mode = float_mode_flush();
    lab.row->measure(&lab);
    float_mode_restore(mode);
    finish(course, experiment, &lab, clock_thread_seconds() - start);
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
                (struct experiment){.claim = i, .seed = seed};
    }
}

bool claims_run(const struct claims_request *request, struct error *error)
{
    struct course *course = memory_new(1, sizeof *course);
    course->request = request;
    blas_open(); /* before there are threads */
    plan(course);
    int threads = request->threads > 0 ? request->threads : system_cores();
    threads = threads < course->experiments ? threads : course->experiments;
    pthread_mutex_init(&course->mutex, NULL);
    struct team *team = team_open(threads > 0 ? threads : 1);
    struct parallel parallel = team_parallel(team);
    parallel_run(&parallel, course->experiments, run_experiment, course);
    team_close(team);
    pthread_mutex_destroy(&course->mutex);
    const bool failed = course->error.text[0];
    if (failed)
        *error = course->error;
    free(course->experiment);
    free(course->result);
    free(course->open);
    free(course);
    return !failed;
}
