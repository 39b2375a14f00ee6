/* See team.h. A round of a team's tasks is a generation: the caller fills in the work and raises
 * the generation; the others see it, take task numbers from a shared counter until there are no
 * more, and report back. Waiting first spins, since the next round is usually microseconds away,
 * and then sleeps, so that a paused program uses no processor. The threads of a job take one task
 * after the other under its lock, and end when there are no more. */
#include "train/team.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/signals.h"
#include "core/float_mode.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

enum { SPINS = 4000 };

struct team {
    int helpers; /* threads besides the caller */
    pthread_t *thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    atomic_uint generation;
    atomic_int next; /* the task that is taken next */
    atomic_int busy; /* helpers that have not finished this generation */
    atomic_int asleep;
    atomic_bool stop;
    int count;
    void (*task)(void *argument, int index);
    void *argument;
};

static void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
}

static void take_tasks(struct team *team)
{
    for (;;) {
        int index = atomic_fetch_add(&team->next, 1);
        if (index >= team->count)
            return;
        team->task(team->argument, index);
    }
}

static void wait_for_generation(struct team *team, unsigned seen)
{
    for (int spin = 0; spin < SPINS; spin++) {
        if (atomic_load(&team->generation) != seen)
            return;
        relax();
    }
    pthread_mutex_lock(&team->mutex);
    atomic_fetch_add(&team->asleep, 1);
    while (atomic_load(&team->generation) == seen)
        pthread_cond_wait(&team->wake, &team->mutex);
    atomic_fetch_sub(&team->asleep, 1);
    pthread_mutex_unlock(&team->mutex);
}

static void *help(void *argument)
{
    struct team *team = argument;
    unsigned seen = 0;
    float_mode_flush();
    for (;;) {
        wait_for_generation(team, seen);
        seen++;
        if (atomic_load(&team->stop))
            return NULL;
        take_tasks(team);
        atomic_fetch_sub(&team->busy, 1);
    }
}

static void begin_generation(struct team *team)
{
    atomic_store(&team->busy, team->helpers);
    atomic_fetch_add(&team->generation, 1);
    if (atomic_load(&team->asleep) == 0)
        return;
    pthread_mutex_lock(&team->mutex);
    pthread_cond_broadcast(&team->wake);
    pthread_mutex_unlock(&team->mutex);
}

static void run(void *context, int count, void (*task)(void *argument, int index), void *argument)
{
    struct team *team = context;
    team->count = count;
    team->task = task;
    team->argument = argument;
    atomic_store(&team->next, 0);
    begin_generation(team);
    take_tasks(team);
    for (int spin = 0; atomic_load(&team->busy) > 0; spin++) {
        if (spin < SPINS)
            relax();
        else
            sched_yield();
    }
}

/* So many threads; the program ends where there are not. */
static void start_threads(pthread_t *thread, int count, void *(*work)(void *), void *argument)
{
    sigset_t before;
    signals_hold(&before);
    for (int i = 0; i < count; i++)
        if (pthread_create(&thread[i], NULL, work, argument) != 0)
            die("cannot start %d threads: set `threads` to fewer", count);
    signals_release(&before);
}

struct team *team_open(int threads)
{
    struct team *team = memory_new(1, sizeof *team);
    team->helpers = threads - 1;
    team->thread = memory_new((size_t)threads, sizeof *team->thread);
    pthread_mutex_init(&team->mutex, NULL);
    pthread_cond_init(&team->wake, NULL);
    start_threads(team->thread, team->helpers, help, team);
    return team;
}

void team_close(struct team *team)
{
    if (!team)
        return;
    atomic_store(&team->stop, true);
    begin_generation(team);
    for (int i = 0; i < team->helpers; i++)
        pthread_join(team->thread[i], NULL);
    pthread_cond_destroy(&team->wake);
    pthread_mutex_destroy(&team->mutex);
    free(team->thread);
    free(team);
}

struct parallel team_parallel(struct team *team)
{
    return (struct parallel){.run = run, .team = team};
}

/* ---- jobs ------------------------------------------------------------------------------------*/

struct team_job {
    struct team_tasks tasks;
    int threads;
    pthread_t *thread;
    pthread_mutex_t mutex; /* of what follows, and around begin() and done() */
    int next;              /* the task that is handed out next; tasks.count: there are no more */
    int under_way;
};

/* The next task, or -1. To be called with the lock held. */
static int hand_out(struct team_job *job)
{
    const struct team_tasks *tasks = &job->tasks;
    if (job->next >= tasks->count)
        return -1;
    if (tasks->begin && !tasks->begin(tasks->argument, job->next)) {
        job->next = tasks->count;
        return -1;
    }
    job->under_way++;
    return job->next++;
}

static void *do_tasks(void *argument)
{
    struct team_job *job = argument;
    const struct team_tasks *tasks = &job->tasks;
    float_mode_flush();
    pthread_mutex_lock(&job->mutex);
    for (int task; (task = hand_out(job)) >= 0;) {
        pthread_mutex_unlock(&job->mutex);
        tasks->work(tasks->argument, task);
        pthread_mutex_lock(&job->mutex);
        if (tasks->done)
            tasks->done(tasks->argument, task);
        job->under_way--;
    }
    pthread_mutex_unlock(&job->mutex);
    return NULL;
}

struct team_job *team_job_start(const struct team_tasks *tasks, int threads)
{
    struct team_job *job = memory_new(1, sizeof *job);
    job->tasks = *tasks;
    job->threads = threads < tasks->count ? threads : tasks->count;
    job->thread = memory_new((size_t)job->threads + 1, sizeof *job->thread);
    pthread_mutex_init(&job->mutex, NULL);
    start_threads(job->thread, job->threads, do_tasks, job);
    return job;
}

void team_job_finish(struct team_job *job)
{
    if (!job)
        return;
    for (int i = 0; i < job->threads; i++)
        pthread_join(job->thread[i], NULL);
    pthread_mutex_destroy(&job->mutex);
    free(job->thread);
    free(job);
}

void team_job_stop(struct team_job *job)
{
    team_job_lock(job);
    job->next = job->tasks.count;
    team_job_unlock(job);
}

bool team_job_is_over(struct team_job *job)
{
    team_job_lock(job);
    const bool over = job->next >= job->tasks.count && job->under_way == 0;
    team_job_unlock(job);
    return over;
}

void team_job_lock(struct team_job *job)
{
    pthread_mutex_lock(&job->mutex);
}

void team_job_unlock(struct team_job *job)
{
    pthread_mutex_unlock(&job->mutex);
}
