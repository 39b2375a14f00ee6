/* See lab_trial.h. */
#include "lab/lab_trial.h"

#include "base/memory.h"
#include "train/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- tasks -----------------------------------------------------------------------------------*/

static struct task *find_task(const struct lab_trial_tasks *tasks, const struct settings *settings)
{
    const struct task_setup setup = settings_task(settings);
    for (int i = 0; i < tasks->count; i++)
        if (task_setup_same(&tasks->one[i].setup, &setup))
            return tasks->one[i].task;
    return NULL;
}

bool lab_trial_tasks_open(struct lab_trial_tasks *tasks, const struct grid *grid,
                          struct error *error)
{
    const int run_trials = grid_sides(grid) * grid->seeds;
    *tasks = (struct lab_trial_tasks){.count = 0};
    for (int64_t cell = 0; cell < grid_cells(grid); cell++) {
        const struct settings settings = grid_settings(grid, (int)cell * run_trials);
        if (find_task(tasks, &settings))
            continue;
        struct task_setup setup = settings_task(&settings);
        struct task *task = task_open(&setup, error);
        if (!task) {
            lab_trial_tasks_close(tasks);
            return false;
        }
        tasks->one = memory_resize(tasks->one, (size_t)tasks->count + 1, sizeof *tasks->one);
        char *text = memory_copy_string(settings.text);
        setup.text = text;
        tasks->one[tasks->count].task = task;
        tasks->one[tasks->count].setup = setup;
        tasks->one[tasks->count++].text = text;
    }
    return true;
}

void lab_trial_tasks_close(struct lab_trial_tasks *tasks)
{
    for (int i = 0; i < tasks->count; i++) {
        task_close(tasks->one[i].task);
        free(tasks->one[i].text);
    }
    free(tasks->one);
    *tasks = (struct lab_trial_tasks){.count = 0};
}

/* ---- training --------------------------------------------------------------------------------*/

/* What the lab looks at in a step. */
struct measured {
    double loss, ratio;
    bool finite;
};

static struct measured step(struct run *run)
{
    run_step(run);
    return (struct measured){.loss = snapshot_scalar(run->snapshot, QUANTITY_LOSS),
                             .ratio = snapshot_scalar(run->snapshot, QUANTITY_RATIO),
                             .finite = run->snapshot->finite};
}

static void note_ratio(struct lab_row *row, double ratio)
{
    row->ratio = ratio;
    if (isfinite(ratio) && !(row->ratio_min <= ratio))
        row->ratio_min = ratio;
}

/* The loss after a step, where it is one of those that the curve has. */
static void note_loss(struct lab_curve *curve, int64_t step, const struct verdict *verdict)
{
    if (curve && verdict->fault_step == 0 && step % curve->stride == 0)
        curve->part[curve->count++] = (float)verdict_part(verdict);
}

static void conclude(struct lab_row *row, const struct verdict *verdict)
{
    row->verdict = verdict_at_end(verdict);
    row->finite = row->verdict != VERDICT_DIVERGED;
    row->loss = row->finite ? verdict_loss(verdict) : (double)NAN;
    row->loss_part = row->finite ? verdict_part(verdict) : (double)NAN;
    row->learn_step = verdict->learn_step;
    row->done = true;
}

/* Steps until the run's end, or until a number is not finite: from there on nothing would change.
 */
static void train(struct run *run, const struct lab_trial_watch *watch, struct lab_row *row)
{
    const int64_t steps = run->settings.steps;
    const struct task_info task = task_info(run->task);
    struct verdict verdict = verdict_open(task.unigram_entropy, task.current_token);
    struct measured measured = {.finite = true};
    if (watch->curve)
        *watch->curve =
            (struct lab_curve){.stride = (steps + LAB_CURVE_POINTS - 1) / LAB_CURVE_POINTS};
    while (measured.finite && row->steps < steps &&
           !(watch->stopped && watch->stopped(watch->argument))) {
        measured = step(run);
        row->steps++;
        verdict_feed(&verdict, row->steps, measured.loss, measured.finite);
        note_ratio(row, measured.ratio);
        note_loss(watch->curve, row->steps, &verdict);
    }
    if (!measured.finite || row->steps == steps)
        conclude(row, &verdict);
}

bool lab_trial_train(const struct grid *grid, const struct lab_trial_tasks *tasks, int trial,
                     const struct lab_trial_watch *watch, struct lab_row *row, struct error *error)
{
    const struct settings settings = grid_settings(grid, trial);
    struct run run;
    *row = (struct lab_row){.ratio_min = (double)NAN, .ratio = (double)NAN};
    if (!run_open(&run, &settings, grid_place(grid, trial).side, find_task(tasks, &settings),
                  error))
        return false;
    train(&run, watch, row);
    run_close(&run);
    return true;
}

double lab_trial_cost(const struct grid *grid, int trial)
{
    enum { VOCAB = 33 }; /* any: it is the same for all */
    const struct settings settings = grid_settings(grid, trial);
    const enum side side = grid_place(grid, trial).side;
    return (double)settings.steps * (double)run_bytes(&settings, side, VOCAB);
}
