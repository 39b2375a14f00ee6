/* How many trials a second rank 0 of the lab hands out when they take no time: what it could keep
 * busy is that many times the seconds of a real one. `make bench-mpi` builds it.
 *
 *   mpirun -n 4 build/tests/bench/bench_mpi [TRIALS [FILE]]     rows into a file as well */
#include "base/clock.h"
#include "base/memory.h"
#include "lab/lab_file.h"
#include "lab/lab_mpi.h"

#include <stdio.h>
#include <stdlib.h>

/* A row without a training. */
static bool train(const struct grid *grid, const struct lab_trial_tasks *tasks, int trial,
                  const struct lab_trial_watch *watch, struct lab_row *row, struct error *error)
{
    (void)grid, (void)tasks, (void)error;
    *row = (struct lab_row){.steps = 1,
                            .loss = 2.5 + trial / 3.0,
                            .loss_part = 0.9,
                            .verdict = VERDICT_STUCK,
                            .ratio_min = 0.1,
                            .ratio = 0.2,
                            .finite = true};
    row->done = !watch->stopped(watch->argument);
    return true;
}

static bool never(void *argument)
{
    (void)argument;
    return false;
}

struct bench {
    struct lab_file file;
    bool has_file;
};

static bool add(void *argument, int trial)
{
    struct bench *bench = argument;
    struct error error;
    return !bench->has_file || lab_file_add(&bench->file, trial, &error);
}

static int run(int trials, const char *path, int size)
{
    const struct settings settings = settings_default();
    struct bench bench = {.has_file = path != NULL};
    struct grid grid;
    struct error error;
    char seeds[32];
    int count;
    grid_open(&grid, &settings);
    snprintf(seeds, sizeof seeds, "%d", trials);
    grid.settings.steps = 600;
    grid.stacks = GRID_RIGHT;
    struct lab_row *row = memory_new((size_t)trials, sizeof *row);
    if (!grid_set_seeds(&grid, seeds, &error) ||
        (path && !lab_file_open(&bench.file, path, true, &grid, row, NULL, 0, &error))) {
        fprintf(stderr, "bench: %s\n", error.text);
        return 1;
    }
    double start = clock_seconds();
    int *list = lab_plan(&grid, row, (struct lab_part){1, 1}, &count);
    printf("plan of %d trials: %.3f s\n", count, clock_seconds() - start);
    const struct lab_request request = {.grid = &grid,
                                        .trial = list,
                                        .trials = count,
                                        .row = row,
                                        .threads = 1,
                                        .stopped = never,
                                        .done = add,
                                        .argument = &bench};
    const double used = clock_thread_seconds();
    start = clock_seconds();
    if (!lab_mpi_compute(&request, &error))
        fprintf(stderr, "bench: %s\n", error.text);
    const double seconds = clock_seconds() - start;
    printf(
        "%d hand-outs to %d processes in %.2f s: %.0f a second, %.1f us of processor time each%s\n",
        count, size - 1, seconds, count / seconds, (clock_thread_seconds() - used) / count * 1e6,
        path ? ", rows written" : "");
    start = clock_seconds();
    if (path && lab_file_close(&bench.file, true, &error))
        printf("put in order: %.2f s\n", clock_seconds() - start);
    free(list);
    free(row);
    grid_close(&grid);
    return 0;
}

int main(int argc, char **argv)
{
    const struct lab_mpi mpi = lab_mpi_open();
    int status = 0;
    if (mpi.rank == 0)
        status = run(argc > 1 ? atoi(argv[1]) : 20000, argc > 2 ? argv[2] : NULL, mpi.size);
    else
        lab_mpi_work(train, never, NULL);
    lab_mpi_close();
    return status;
}
