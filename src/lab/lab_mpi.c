/* See lab_mpi.h. The only file that knows MPI; it is compiled and linked into lnscope-mpi alone
 * (make mpi).
 *
 * Rank 0 sends the header of the grid to all, and then a number to each who asks: a trial, or that
 * there is no more, which may also come while a trial is trained and then ends it. A worker tells
 * that it is ready, or what became of a trial, and last that it is gone. Rank 0 looks for messages
 * and sleeps in between: a process that waits in MPI_Recv() would keep a core busy. */
#include "lab/lab_mpi.h"

#include "base/memory.h"
#include "core/float_mode.h"

#include <mpi.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { NO_MORE = -1, SLEEP = 200000 /* nanoseconds */ };

enum message { MESSAGE_READY, MESSAGE_ROW, MESSAGE_INTERRUPTED, MESSAGE_FAILED, MESSAGE_GONE };

/* From a worker. All processes are the same program, so that it is sent as it is. */
struct report {
    enum message message;
    int trial;
    struct lab_row row; /* of MESSAGE_ROW */
    struct error error; /* of MESSAGE_FAILED */
};

static struct lab_mpi mpi;
static bool announced; /* rank 0 has sent the header, or that there is none */

/* Where what starts the processes and the MPI that the program was built with do not speak the same
 * protocol, each process takes itself for the only one, and all would do the whole lab. */
static void check_size(void)
{
    static const char *const names[] = {"SLURM_STEP_NUM_TASKS", "OMPI_COMM_WORLD_SIZE", "PMI_SIZE"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *started = getenv(names[i]);
        if (mpi.size == 1 && started && atoi(started) > 1)
            die("%d processes were started, and MPI sees one: the mpirun of the MPI it was built "
                "with, srun --mpi=pmix for Open MPI, --mpi=pmi2 for MPICH",
                atoi(started));
    }
}

struct lab_mpi lab_mpi_open(void)
{
    MPI_Init(NULL, NULL);
    MPI_Comm_rank(MPI_COMM_WORLD, &mpi.rank);
    MPI_Comm_size(MPI_COMM_WORLD, &mpi.size);
    check_size();
    return mpi;
}

/* Of rank 0: `size` 0 says that nothing is to be done. */
static void announce(char *header, int size)
{
    MPI_Bcast(&size, 1, MPI_INT, 0, MPI_COMM_WORLD);
    if (size > 0)
        MPI_Bcast(header, size, MPI_CHAR, 0, MPI_COMM_WORLD);
    announced = true;
}

void lab_mpi_close(void)
{
    if (mpi.rank == 0 && !announced)
        announce(NULL, 0);
    MPI_Finalize();
}

/* ---- rank 0 ----------------------------------------------------------------------------------*/

struct course {
    const struct lab_request *request;
    int next;    /* of request->trial: what is handed out next */
    int workers; /* that are not gone */
    bool *told;  /* [mpi.size] that there is no more */
    bool ended;  /* all are */
    struct error error;
};

static void send_trial(struct course *course, int rank, int trial)
{
    course->told[rank] = course->told[rank] || trial == NO_MORE;
    MPI_Send(&trial, 1, MPI_INT, rank, 0, MPI_COMM_WORLD);
}

/* Nothing more is handed out, and what is trained just now is dropped. */
static void end(struct course *course)
{
    course->ended = true;
    for (int rank = 1; rank < mpi.size; rank++)
        if (!course->told[rank])
            send_trial(course, rank, NO_MORE);
}

static void hand_out(struct course *course, int rank)
{
    const struct lab_request *request = course->request;
    if (!course->told[rank])
        send_trial(course, rank,
                   course->next < request->trials ? request->trial[course->next++] : NO_MORE);
}

static void take_report(struct course *course, int rank, const struct report *report)
{
    const struct lab_request *request = course->request;
    switch (report->message) {
    case MESSAGE_ROW:
        request->row[report->trial] = report->row;
        if (!request->done(request->argument, report->trial))
            end(course);
        break;
    case MESSAGE_INTERRUPTED:
        if (course->ended)
            break;
        error_set(&course->error,
                  "process %d was stopped by a signal: its rows stay, and --resume goes on", rank);
        end(course);
        break;
    case MESSAGE_FAILED:
        error_set(&course->error, "process %d: %s", rank, report->error.text);
        end(course);
        break;
    case MESSAGE_GONE:
        course->workers--;
        return;
    case MESSAGE_READY:
        break;
    }
    hand_out(course, rank);
}

/* The next report, if one has come. */
static bool look(struct course *course)
{
    MPI_Status status;
    struct report report;
    int there;
    MPI_Iprobe(MPI_ANY_SOURCE, 0, MPI_COMM_WORLD, &there, &status);
    if (!there)
        return false;
    MPI_Recv(&report, sizeof report, MPI_BYTE, status.MPI_SOURCE, 0, MPI_COMM_WORLD, &status);
    take_report(course, status.MPI_SOURCE, &report);
    return true;
}

bool lab_mpi_compute(const struct lab_request *request, struct error *error)
{
    static const struct timespec moment = {.tv_nsec = SLEEP};
    struct course course = {.request = request, .workers = mpi.size - 1};
    size_t size;
    if (mpi.size == 1)
        return lab_compute(request, error);
    char *header = grid_header(request->grid, &size);
    announce(header, (int)size);
    free(header);
    course.told = memory_new((size_t)mpi.size, sizeof *course.told);
    while (course.workers > 0) {
        if (!course.ended && request->stopped && request->stopped(request->argument))
            end(&course);
        if (!look(&course))
            nanosleep(&moment, NULL);
    }
    free(course.told);
    if (course.error.text[0])
        *error = course.error;
    return !course.error.text[0];
}

/* ---- the others ------------------------------------------------------------------------------*/

struct worker {
    struct grid grid;
    struct lab_trial_tasks tasks;
    lab_mpi_train *train;
    bool (*stopped)(void *argument);
    void *argument;
};

static void send_report(const struct report *report)
{
    MPI_Send(report, sizeof *report, MPI_BYTE, 0, 0, MPI_COMM_WORLD);
}

static int next_trial(void)
{
    int trial;
    MPI_Recv(&trial, 1, MPI_INT, 0, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    return trial;
}

/* While a trial is trained rank 0 has nothing to send but that it is to end. */
static bool is_stopped(void *argument)
{
    struct worker *worker = argument;
    int there;
    MPI_Iprobe(0, 0, MPI_COMM_WORLD, &there, MPI_STATUS_IGNORE);
    return there || worker->stopped(worker->argument);
}

/* Trains, and tells what became of it: nothing where rank 0 has ended it. */
static void train(struct worker *worker, int trial)
{
    const struct lab_trial_watch watch = {.stopped = is_stopped, .argument = worker};
    struct report report = {.message = MESSAGE_ROW, .trial = trial};
    if (!worker->train(&worker->grid, &worker->tasks, trial, &watch, &report.row, &report.error))
        report.message = MESSAGE_FAILED;
    else if (!report.row.done)
        report.message = MESSAGE_INTERRUPTED;
    if (report.message != MESSAGE_INTERRUPTED || worker->stopped(worker->argument))
        send_report(&report);
}

/* The grid that rank 0 announces; false: there is nothing to do. */
static bool take_header(struct grid *grid)
{
    int size = 0;
    struct error error;
    MPI_Bcast(&size, 1, MPI_INT, 0, MPI_COMM_WORLD);
    if (size == 0)
        return false;
    char *header = memory_new((size_t)size, 1);
    MPI_Bcast(header, size, MPI_CHAR, 0, MPI_COMM_WORLD);
    if (!grid_read(grid, header, (size_t)size - 1, &error))
        die("process %d cannot read the grid of process 0 (%s): the same program everywhere",
            mpi.rank, error.text);
    free(header);
    return true;
}

void lab_mpi_work(lab_mpi_train *train_trial, bool (*stopped)(void *argument), void *argument)
{
    struct worker worker = {.train = train_trial, .stopped = stopped, .argument = argument};
    struct report report = {.message = MESSAGE_READY};
    if (!take_header(&worker.grid))
        return;
    float_mode_flush();
    if (!lab_trial_tasks_open(&worker.tasks, &worker.grid, &report.error))
        report.message = MESSAGE_FAILED;
    send_report(&report);
    for (int trial; (trial = next_trial()) != NO_MORE;)
        train(&worker, trial);
    send_report(&(struct report){.message = MESSAGE_GONE});
    lab_trial_tasks_close(&worker.tasks);
    grid_close(&worker.grid);
}
