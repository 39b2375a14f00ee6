/* Jobs: tasks handed out in order, begin() and done() one at a time, work() side by side with the
 * others and with the caller; how a job ends early. */
#include "base/clock.h"
#include "base/memory.h"
#include "train/team.h"

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { TASKS = 200 };

/* What a job does to it; the plain numbers are guarded by the job's lock alone. */
struct witness {
    int begun[TASKS], begins;
    int done[TASKS], dones;
    int worked[TASKS]; /* times */
    int inside;        /* threads in begin() and done() */
    int wrong;         /* times that there was more than one, or that a task was done too early */
    int refuse;        /* the first task that begin() refuses */
    atomic_int at_work, most_at_work;
    atomic_bool hold; /* work() waits until it is false */
    int meet;         /* work() waits until so many are at work */
};

static const double deadline = 20; /* seconds */

/* To be called with the job's lock held, by it or by the test. Whoever could come in meanwhile is
 * let run. */
static void be_alone(struct witness *witness)
{
    witness->wrong += witness->inside++ != 0;
    sched_yield();
    witness->wrong += --witness->inside != 0;
}

/* Waits until so many are in work(); false when that never comes. */
static bool wait_at_work(struct witness *witness, int count)
{
    const double start = clock_seconds();
    while (atomic_load(&witness->at_work) != count && clock_seconds() < start + deadline)
        sched_yield();
    return atomic_load(&witness->at_work) == count;
}

static bool begin(void *argument, int task)
{
    struct witness *witness = argument;
    be_alone(witness);
    if (task >= witness->refuse)
        return false;
    witness->begun[witness->begins++] = task;
    return true;
}

static void work(void *argument, int task)
{
    struct witness *witness = argument;
    const double start = clock_seconds();
    const int here = atomic_fetch_add(&witness->at_work, 1) + 1;
    int most = atomic_load(&witness->most_at_work);
    while (here > most && !atomic_compare_exchange_weak(&witness->most_at_work, &most, here))
        continue;
    while (atomic_load(&witness->most_at_work) < witness->meet &&
           clock_seconds() < start + deadline)
        sched_yield();
    while (atomic_load(&witness->hold) && clock_seconds() < start + deadline)
        sched_yield();
    witness->worked[task]++;
    atomic_fetch_sub(&witness->at_work, 1);
}

static void done(void *argument, int task)
{
    struct witness *witness = argument;
    be_alone(witness);
    witness->wrong += witness->worked[task] != 1;
    witness->done[witness->dones++] = task;
}

static struct team_job *start(struct witness *witness, int count, int threads)
{
    const struct team_tasks tasks = {
        .count = count, .begin = begin, .work = work, .done = done, .argument = witness};
    return team_job_start(&tasks, threads);
}

static struct witness *fresh(void)
{
    struct witness *witness = memory_new(1, sizeof *witness);
    witness->refuse = TASKS;
    return witness;
}

static void close_witness(struct witness *witness)
{
    assert_int_equal(witness->wrong, 0);
    free(witness);
}

static void every_task_is_done_once(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 5; threads++) {
        struct witness *witness = fresh();
        team_job_finish(start(witness, TASKS, threads));
        assert_int_equal(witness->begins, TASKS);
        assert_int_equal(witness->dones, TASKS);
        for (int i = 0; i < TASKS; i++) {
            assert_int_equal(witness->begun[i], i);
            assert_int_equal(witness->worked[i], 1);
            assert_true(threads > 1 || witness->done[i] == i);
        }
        assert_true(witness->most_at_work <= threads);
        close_witness(witness);
    }
}

static void tasks_run_side_by_side(void **state)
{
    struct witness *witness = fresh();
    (void)state;
    witness->meet = 3;
    team_job_finish(start(witness, TASKS, 3));
    assert_int_equal(witness->most_at_work, 3);
    assert_int_equal(witness->dones, TASKS);
    close_witness(witness);
}

static void the_caller_goes_on_meanwhile(void **state)
{
    struct witness *witness = fresh();
    const double start_time = clock_seconds();
    (void)state;
    witness->hold = true;
    struct team_job *job = start(witness, 2, 2);
    assert_true(wait_at_work(witness, 2));
    assert_false(team_job_is_over(job));
    atomic_store(&witness->hold, false);
    while (!team_job_is_over(job) && clock_seconds() < start_time + deadline)
        sched_yield();
    assert_true(team_job_is_over(job));
    assert_int_equal(witness->dones, 2);
    team_job_finish(job);
    close_witness(witness);
}

/* While the caller has the lock nothing is begun and nothing is done. */
static void the_lock_holds_both_back(void **state)
{
    struct witness *witness = fresh();
    (void)state;
    struct team_job *job = start(witness, TASKS, 3);
    for (int i = 0; i < 20; i++) {
        team_job_lock(job);
        const int begins = witness->begins, dones = witness->dones;
        assert_true(wait_at_work(witness, 0)); /* all who were are at the lock by now */
        be_alone(witness);
        assert_int_equal(witness->begins, begins);
        assert_int_equal(witness->dones, dones);
        team_job_unlock(job);
    }
    team_job_finish(job);
    assert_int_equal(witness->dones, TASKS);
    close_witness(witness);
}

static void a_stop_leaves_the_rest(void **state)
{
    struct witness *witness = fresh();
    (void)state;
    witness->hold = true;
    struct team_job *job = start(witness, TASKS, 3);
    team_job_stop(job);
    atomic_store(&witness->hold, false);
    team_job_finish(job);
    assert_true(witness->begins <= 3);
    assert_int_equal(witness->dones, witness->begins);
    close_witness(witness);
}

static void what_is_refused_ends_the_job(void **state)
{
    struct witness *witness = fresh();
    (void)state;
    witness->refuse = 7;
    struct team_job *job = start(witness, TASKS, 4);
    team_job_finish(job);
    assert_int_equal(witness->begins, 7);
    assert_int_equal(witness->dones, 7);
    for (int i = 0; i < TASKS; i++)
        assert_int_equal(witness->worked[i], i < 7);
    close_witness(witness);
}

/* No tasks, one task, and neither begin() nor done(). */
static void small_jobs_are_jobs(void **state)
{
    struct witness *witness = fresh();
    const struct team_tasks tasks = {.count = 1, .work = work, .argument = witness};
    (void)state;
    team_job_finish(start(witness, 0, 4));
    assert_int_equal(witness->begins, 0);
    team_job_finish(team_job_start(&tasks, 4));
    assert_int_equal(witness->worked[0], 1);
    team_job_finish(NULL);
    close_witness(witness);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_task_is_done_once),
        cmocka_unit_test(tasks_run_side_by_side),
        cmocka_unit_test(the_caller_goes_on_meanwhile),
        cmocka_unit_test(the_lock_holds_both_back),
        cmocka_unit_test(a_stop_leaves_the_rest),
        cmocka_unit_test(what_is_refused_ends_the_job),
        cmocka_unit_test(small_jobs_are_jobs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
