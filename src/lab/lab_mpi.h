/* The lab on many machines: rank 0 hands out one trial after the other and keeps the rows, the
 * other processes train, one thread each.
 *
 * A program that is built without MPI is one process, and trains on threads of its own. */
#ifndef LNSCOPE_LAB_LAB_MPI_H
#define LNSCOPE_LAB_LAB_MPI_H

#include "lab/lab.h"
#include "lab/lab_trial.h"

/* This process among all of them. */
struct lab_mpi {
    int rank, size;
};

/* What trains a trial: lab_trial_train(). */
typedef bool lab_mpi_train(const struct grid *grid, const struct lab_trial_tasks *tasks, int trial,
                           const struct lab_trial_watch *watch, struct lab_row *row,
                           struct error *error);

#ifdef LNSCOPE_MPI

/* Joins the other processes, and leaves them. Both are called once, by every process. */
struct lab_mpi lab_mpi_open(void);
void lab_mpi_close(void);

/* Of rank 0, at most once: lab_compute(), but that the other processes train, where there are any,
 * and that they keep no curves, nor tell when they begin.
 * `stopped` is asked some thousand times a second, by this thread. */
bool lab_mpi_compute(const struct lab_request *request, struct error *error);

/* Of the other ranks: trains what rank 0 hands out, of its grid, until there is no more; `stopped`
 * is asked between the steps (a signal), and then the whole job ends. What is wrong rank 0 tells.
 */
void lab_mpi_work(lab_mpi_train *train, bool (*stopped)(void *argument), void *argument);

#else

static inline struct lab_mpi lab_mpi_open(void)
{
    return (struct lab_mpi){.rank = 0, .size = 1};
}

static inline void lab_mpi_close(void)
{
}

static inline bool lab_mpi_compute(const struct lab_request *request, struct error *error)
{
    return lab_compute(request, error);
}

static inline void lab_mpi_work(lab_mpi_train *train, bool (*stopped)(void *argument),
                                void *argument)
{
    (void)train, (void)stopped, (void)argument; /* there is no other rank */
}

#endif
#endif
