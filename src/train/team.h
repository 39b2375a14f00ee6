/* Threads for who has work to share out; besides the trainer, threads are started here alone.
 *
 * A team runs short tasks side by side, round after round, microseconds apart: the core's parallel
 * loops. Its caller is one of its threads. A job hands out long tasks, such as whole trainings, to
 * threads of its own, beside the caller, who may do something else meanwhile. */
#ifndef LNSCOPE_TRAIN_TEAM_H
#define LNSCOPE_TRAIN_TEAM_H

#include "core/parallel.h"

#include <stdbool.h>

struct team; /* opaque: threads */

/* A team of `threads` (at least 1) including the caller of parallel_run(). */
struct team *team_open(int threads);

/* No task may be under way. NULL is fine. */
void team_close(struct team *team);

/* For the core: parallel_run() through this runs on the team, from one thread at a time. */
struct parallel team_parallel(struct team *team);

/* The tasks of a job: 0 .. count - 1, independent of each other.
 *
 * They are handed out one at a time, in the order of their numbers, each once: first begin(), then
 * work(), then done(), all three on the same thread, with denormal numbers flushed. begin() and
 * done() hold the job's lock: never are two of them called at a time, so that what they share needs
 * no lock of its own. begin() is called in the order of the tasks; done() in the order in which
 * they end, so that who wants them in theirs keeps what work() left and passes on what is whole
 * (or puts it in order at the end). work() runs side by side with everything else: it writes only
 * what belongs to its task, and what it writes is seen by its done(). All but work() should be
 * short, and none of them may call the functions of the job. */
struct team_tasks {
    int count;
    bool (*begin)(void *argument, int task); /* false: neither this task nor a later one is worked
                                                on, and it is not done(); NULL: all are */
    void (*work)(void *argument, int task);
    void (*done)(void *argument, int task); /* NULL: nobody wants to know */
    void *argument;
};

struct team_job; /* opaque: threads, a lock */

/* Starts a job on so many threads (at least 1; no more than there are tasks are made) and returns
 * at once. The tasks are copied. */
struct team_job *team_job_start(const struct team_tasks *tasks, int threads);

/* Waits until every task that was begun is done, and frees the job. A caller that has nothing else
 * to do calls this at once: it sleeps meanwhile. NULL is fine. */
void team_job_finish(struct team_job *job);

/* No task is begun from here on; those under way come to their end. */
void team_job_stop(struct team_job *job);

/* Nothing is under way, and nothing will be. */
bool team_job_is_over(struct team_job *job);

/* Between the two neither begin() nor done() runs: to look at what they share. */
void team_job_lock(struct team_job *job);
void team_job_unlock(struct team_job *job);

#endif
