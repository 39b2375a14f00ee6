/* See command_lab.h. Owns what stands on standard error, and the order in which things are checked:
 * all that can be wrong is found before the first training starts. */
#include "cli/command_lab.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/names.h"
#include "base/system.h"
#include "cli/exit_status.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "export/export.h"
#include "export/lab_export.h"
#include "lab/lab.h"
#include "lab/lab_file.h"
#include "lab/lab_mpi.h"
#include "views/lab_map.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Seconds until the first line of progress where no terminal shows it, and between two of them. */
enum { FIRST_LINE = 10, NEXT_LINE = 60, SHOWN = 200 };

/* What the options ask for, and how far it has come. */
struct laboratory {
    const struct options *options;
    const char *output; /* NULL: standard output */
    struct grid grid;
    bool has_grid;
    struct lab_row *row; /* [grid_trials()] */
    struct lab_part part;
    int *trial, trials; /* to be trained */
    int threads;
    struct lab_mpi mpi;
    struct lab_file file;
    struct error error; /* why rows cannot be written */
    struct lab_progress progress;
    double told;  /* when it was told last: clock_seconds() */
    bool watched; /* standard error is a terminal */
};

/* ---- standard error --------------------------------------------------------------------------*/

static void note(void *argument, const char *text)
{
    (void)argument;
    fprintf(stderr, "lnscope: note: %s\n", text);
}

static void tell_progress(struct laboratory *lab)
{
    const double now = clock_seconds(), start = lab->progress.start;
    char line[LAB_PROGRESS];
    if (!lab->watched && now < lab->told + (lab->told > start ? NEXT_LINE : FIRST_LINE))
        return;
    lab->told = now;
    lab_progress_text(&lab->progress, now, line);
    progress_show(lab->watched, line);
}

/* ---- what is asked for -----------------------------------------------------------------------*/

/* I of I/N, counted from 1, from what Slurm tells a task of a job array. */
static bool read_array(struct lab_part *part, struct error *error)
{
    static const char *const names[] = {"SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT",
                                        "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_STEP"};
    int64_t value[4] = {-1, -1, 1, 1};
    for (int i = 0; i < 4; i++) {
        const char *text = getenv(names[i]);
        if (!text && i < 2)
            return error_set(error, "part 'auto' without %s: in a task of a job array, or I/N",
                             names[i]);
        if (text && (!*text || strlen(text) > 9 || strspn(text, "0123456789") != strlen(text)))
            return error_set(error, "part 'auto': %s is no number: I/N", names[i]);
        value[i] = text ? atoll(text) : value[i];
    }
    const int64_t place = value[0] - value[2], step = value[3] > 0 ? value[3] : 1;
    if (place < 0 || place % step != 0 || place / step >= value[1])
        return error_set(error,
                         "part 'auto': task %" PRId64 " is not one of %" PRId64
                         " in a row: sbatch --array=1-%" PRId64 ", or I/N",
                         value[0], value[1], value[1] > 0 ? value[1] : 1);
    *part = (struct lab_part){.part = (int)(place / step) + 1, .parts = (int)value[1]};
    return true;
}

static bool read_part(struct laboratory *lab, struct error *error)
{
    const char *text = lab->options->value[OPTION_PART];
    char shown[SHOWN];
    int length = 0;
    lab->part = (struct lab_part){1, 1};
    if (!text)
        return true;
    if (strcmp(text, "auto") == 0)
        return read_array(&lab->part, error);
    names_printable(shown, sizeof shown, text);
    if (strlen(text) > 15 || strspn(text, "0123456789/") != strlen(text) ||
        sscanf(text, "%d/%d%n", &lab->part.part, &lab->part.parts, &length) != 2 || text[length] ||
        lab->part.part < 1 || lab->part.part > lab->part.parts)
        return error_set(error, "part '%s': I/N with I from 1 to N, or auto", shown);
    return true;
}

static bool has_axis(const struct grid *grid, const char *name)
{
    for (int i = 0; i < grid->axes; i++)
        if (strcmp(grid->axis[i].name, name) == 0)
            return true;
    return false;
}

/* The grid of the options. */
static bool read_grid(struct laboratory *lab, struct error *error)
{
    const struct options *options = lab->options;
    struct grid *grid = &lab->grid;
    grid_open(grid, &options->settings);
    lab->has_grid = true;
    for (int i = 0; i < options->times[OPTION_GRID]; i++)
        if (!grid_add(grid, options->each[OPTION_GRID][i], error))
            return false;
    /* Whoever names texts wants them learned, unless another task is asked for. */
    if (has_axis(grid, "text") && !options->task_given && !has_axis(grid, "task"))
        grid->settings.task = TASK_TEXT;
    if (options->given[OPTION_SEEDS] && !grid_set_seeds(grid, options->value[OPTION_SEEDS], error))
        return false;
    if (options->given[OPTION_STACKS]) {
        const int stacks =
            names_find(&grid_stacks_names, "stacks", options->value[OPTION_STACKS], error);
        if (stacks < 0)
            return false;
        grid->stacks = (enum grid_stacks)stacks;
    }
    return true;
}

/* Options that say what the grid is. */
static bool has_grid_options(const struct options *options)
{
    return options->given[OPTION_GRID] || options->given[OPTION_SEEDS] ||
           options->given[OPTION_STACKS] || options->numbers_given;
}

/* ---- the figure ------------------------------------------------------------------------------*/

/* Whether a figure can be written, before there is anything to draw. */
static bool check_figure(const struct laboratory *lab, const char *path, struct error *error)
{
    char shown[SHOWN];
    names_printable(shown, sizeof shown, path);
    if (!file_ends_in(path, ".csv") && !export_picture_check(path, error))
        return false;
    if (lab->output && file_is_same(lab->output, path))
        return error_set(error, "-o and --figure name the same file: name two");
    if (file_exists(path) && !lab->options->given[OPTION_FORCE])
        return error_set(error, "%s exists: name another file, or allow it with --force", shown);
    return true;
}

static bool check_figures(const struct laboratory *lab, struct error *error)
{
    const char *const *path = lab->options->each[OPTION_FIGURE];
    for (int i = 0; i < lab->options->times[OPTION_FIGURE]; i++) {
        if (!check_figure(lab, path[i], error))
            return false;
        for (int j = 0; j < i; j++)
            if (file_is_same(path[j], path[i]))
                return error_set(error, "--figure names the same file twice: name two");
    }
    return true;
}

static bool draw(const struct laboratory *lab, const char *path, struct error *error)
{
    const bool force = lab->options->given[OPTION_FORCE];
    if (lab_export_is(path))
        return lab_export(path, force, &lab->grid, lab->row, error);
    struct canvas canvas;
    lab_map_sheet(&canvas, &lab->grid, lab->row);
    const bool good = export_file(&canvas, THEME_MONO, path, force, error);
    canvas_close(&canvas);
    return good;
}

/* All figures that can be written; the reason is that of the first one that cannot. */
static bool draw_all(const struct laboratory *lab, struct error *error)
{
    struct error reason;
    bool good = true;
    for (int i = 0; i < lab->options->times[OPTION_FIGURE]; i++)
        if (!draw(lab, lab->options->each[OPTION_FIGURE][i], good ? error : &reason))
            good = false;
    return good;
}

/* ---- the options together --------------------------------------------------------------------*/

static bool check_options(const struct laboratory *lab, struct error *error)
{
    const struct options *options = lab->options;
    const bool merge = options->given[OPTION_MERGE], resume = options->given[OPTION_RESUME];
    char shown[SHOWN];
    names_printable(shown, sizeof shown, options->operands ? options->operand[0] : "");
    if (options->operands > 0 && !merge)
        return error_set(error,
                         "what is '%s' for: an axis stands behind --grid, files to join "
                         "behind --merge",
                         shown);
    if (merge && options->operands == 0)
        return error_set(error, "--merge without files: the files to join, and -o FILE");
    if (merge && (has_grid_options(options) || resume || options->given[OPTION_PART]))
        return error_set(error, "--merge takes the grid from the files: without --grid, --seeds, "
                                "--stacks, --part, --resume and settings");
    if (resume && !lab->output)
        return error_set(error, "--resume has no rows to keep: it goes with -o FILE");
    if (!merge && !options->given[OPTION_GRID] && (!resume || has_grid_options(options)))
        return error_set(error, "a lab without a grid: --grid NAME=VALUES, such as --grid "
                                "warmup=0,25..400*2");
    if (options->given[OPTION_FORCE] && !lab->output && !options->given[OPTION_FIGURE])
        return error_set(error, "--force has nothing to replace: it goes with -o or --figure");
    return check_figures(lab, error);
}

/* ---- rows that are there ---------------------------------------------------------------------*/

static void note_damage(const struct lab_text *text, const struct lab_damage *damage,
                        const char *what)
{
    char shown[SHOWN];
    if (damage->lines == 0)
        return;
    names_printable(shown, sizeof shown, text->path);
    fprintf(stderr, "lnscope: note: %s:%d: %s (%d damaged line%s; %s)\n", shown, damage->first,
            damage->reason.text, damage->lines, damage->lines == 1 ? "" : "s", what);
}

/* The grid of a file: it becomes the lab's, or has to be the lab's. */
static bool take_grid(struct laboratory *lab, const struct lab_text *text, struct error *error)
{
    struct grid grid;
    char shown[SHOWN];
    if (!lab_text_grid(text, &grid, error))
        return false;
    if (!lab->has_grid) {
        lab->grid = grid;
        lab->has_grid = true;
        return true;
    }
    names_printable(shown, sizeof shown, text->path);
    const bool same = grid_is_same(&lab->grid, &grid, shown, error);
    grid_close(&grid);
    return same;
}

static bool take_file(struct laboratory *lab, const char *path, const char *what,
                      struct error *error)
{
    struct lab_text text;
    struct lab_damage damage;
    if (!lab_text_open(&text, path, error))
        return false;
    bool good = take_grid(lab, &text, error);
    if (good && !lab->row)
        lab->row = memory_new((size_t)grid_trials(&lab->grid), sizeof *lab->row);
    good = good && lab_text_rows(&text, &lab->grid, lab->row, &damage, error);
    if (good)
        note_damage(&text, &damage, what);
    lab_text_close(&text);
    return good;
}

static int count_done(const struct laboratory *lab)
{
    int done = 0;
    for (int64_t i = 0; i < grid_trials(&lab->grid); i++)
        done += lab->row[i].done;
    return done;
}

/* ---- training --------------------------------------------------------------------------------*/

static bool is_stopped(void *argument)
{
    (void)argument;
    return interrupt_caught() != 0;
}

static bool add_row(void *argument, int trial)
{
    struct laboratory *lab = argument;
    if (!lab_file_add(&lab->file, trial, &lab->error))
        return false;
    lab_progress_add(&lab->progress, &lab->grid, trial);
    tell_progress(lab);
    return true;
}

/* How to go on after a signal. */
static void tell_rest(const struct laboratory *lab)
{
    fprintf(stderr, "lnscope: stopped with %d of %d rows: %s\n", lab->progress.done, lab->trials,
            lab->output ? "the same command with --resume does the rest"
                        : "with -o FILE it could be gone on with by --resume");
}

static bool compute(struct laboratory *lab, struct error *error)
{
    const struct lab_request request = {
        .grid = &lab->grid,
        .trial = lab->trial,
        .trials = lab->trials,
        .row = lab->row,
        .threads = lab->threads,
        .stopped = is_stopped,
        .done = add_row,
        .argument = lab,
    };
    lab->told = clock_seconds();
    lab->progress = lab_progress_open(&lab->grid, lab->trial, lab->trials, lab->told);
    tell_progress(lab);
    bool good = lab_mpi_compute(&request, error);
    progress_erase(lab->watched);
    if (good && lab->error.text[0]) {
        *error = lab->error;
        good = false;
    }
    return good;
}

/* Trains what is missing, into the file. */
static bool train(struct laboratory *lab, struct error *error)
{
    struct error reason;
    const bool replace = lab->options->given[OPTION_RESUME] || lab->options->given[OPTION_FORCE];
    if (lab->output && lab_file_is_busy(lab->output, error))
        return false;
    if (!lab_file_open(&lab->file, lab->output, replace, &lab->grid, lab->row, lab->trial,
                       lab->trials, error))
        return false;
    interrupt_watch();
    bool good = compute(lab, error);
    if (interrupt_caught())
        tell_rest(lab);
    if (!lab_file_close(&lab->file, lab->progress.done == lab->trials, good ? error : &reason))
        good = false;
    return good;
}

/* Of this process, which trains itself only where it is the only one. */
static int threads_of(const struct laboratory *lab)
{
    const int asked = lab->options->settings.threads;
    if (lab->mpi.size == 1)
        return asked > 0 ? asked : system_cores();
    if (asked > 1)
        note(NULL, "threads do not count under MPI: each process but the first trains in one");
    return 1;
}

/* Whether what is to be learnt can be read; of a file that is likely to be the wrong one there is a
 * warning, once. */
static bool check_tasks(const struct laboratory *lab, struct error *error)
{
    struct lab_trial_tasks tasks;
    if (!lab_trial_tasks_open(&tasks, &lab->grid, error))
        return false;
    for (int i = 0; i < tasks.count; i++) {
        const char *doubt = task_doubt(tasks.one[i].task);
        bool said = !*doubt; /* of the same file, which another context reads */
        for (int j = 0; j < i && !said; j++)
            said = strcmp(task_doubt(tasks.one[j].task), doubt) == 0;
        if (!said)
            fprintf(stderr, "lnscope: warning: %s\n", doubt);
    }
    lab_trial_tasks_close(&tasks);
    return true;
}

static int run(struct laboratory *lab, struct error *error)
{
    const struct options *options = lab->options;
    if (!read_part(lab, error))
        return EXIT_USAGE;
    if (options->given[OPTION_GRID] && !read_grid(lab, error))
        return EXIT_USAGE;
    if (options->given[OPTION_RESUME] && (file_exists(lab->output) || !lab->has_grid) &&
        !take_file(lab, lab->output, "done again", error))
        return EXIT_FAILED;
    lab->threads = threads_of(lab);
    if (!grid_check(&lab->grid, lab->threads, note, NULL, error))
        return EXIT_USAGE;
    if (!lab->row)
        lab->row = memory_new((size_t)grid_trials(&lab->grid), sizeof *lab->row);
    lab->trial = lab_plan(&lab->grid, lab->row, lab->part, &lab->trials);
    if (lab->trials > 0 && !check_tasks(lab, error))
        return EXIT_FAILED;
    if (!train(lab, error))
        return EXIT_FAILED;
    return interrupt_caught() || draw_all(lab, error) ? EXIT_DONE : EXIT_FAILED;
}

static int merge(struct laboratory *lab, struct error *error)
{
    const struct options *options = lab->options;
    for (int i = 0; i < options->operands; i++)
        if (!take_file(lab, options->operand[i], "left out", error))
            return EXIT_FAILED;
    const int done = count_done(lab);
    if (done < grid_trials(&lab->grid))
        fprintf(stderr, "lnscope: note: %d of %" PRId64 " rows are there; --resume does the rest\n",
                done, grid_trials(&lab->grid));
    if ((lab->output || !options->given[OPTION_FIGURE]) &&
        (!lab_file_open(&lab->file, lab->output, options->given[OPTION_FORCE], &lab->grid, lab->row,
                        NULL, 0, error) ||
         !lab_file_close(&lab->file, true, error)))
        return EXIT_FAILED;
    return draw_all(lab, error) ? EXIT_DONE : EXIT_FAILED;
}

/* Of the process that has the options, the file and the rows. */
static int command(struct laboratory *lab, struct error *error)
{
    const struct options *options = lab->options;
    lab->output = options->value[OPTION_OUTPUT];
    if (lab->output && strcmp(lab->output, "-") == 0)
        lab->output = NULL;
    if (!check_options(lab, error))
        return EXIT_USAGE;
    int status = options->given[OPTION_MERGE] ? merge(lab, error) : run(lab, error);
    if (status == EXIT_FAILED && lab->file.closed) /* the reader has what it wanted */
        status = EXIT_DONE;
    free(lab->trial);
    free(lab->row);
    if (lab->has_grid)
        grid_close(&lab->grid);
    return status;
}

int command_lab(const struct options *options, int *signal_number, struct error *error)
{
    struct laboratory *lab = &(struct laboratory){
        .options = options, .mpi = lab_mpi_open(), .watched = isatty(STDERR_FILENO) == 1};
    int status = EXIT_DONE;
    if (lab->mpi.rank == 0) {
        status = command(lab, error);
    } else {
        interrupt_watch();
        lab_mpi_work(lab_trial_train, is_stopped, NULL);
    }
    lab_mpi_close();
    *signal_number = interrupt_caught();
    return status;
}
