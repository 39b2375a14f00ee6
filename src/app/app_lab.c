/* The lab of the session: reads what is to be trained, has it trained beside the pair, shows what
 * is done so far, and opens a cell as the pair. See app_state.h; draws nothing.
 *
 * The threads fill rows of their own, which the loop takes over under their lock. On a clock that
 * is moved, the loop itself has one trial trained after the other, when it is due. */
#include "app/app_state.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/names.h"
#include "base/system.h"
#include "export/lab_export.h"
#include "lab/lab_file.h"
#include "train/states.h"
#include "views/lab_cell.h"
#include "views/views.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Steps of a run that nobody gave an end; steps of one stack that are done in a second of a clock
 * that is moved. */
enum { STEPS = 600, VIRTUAL_SPEED = 1000, SHOWN = 200, WORD = 300 };

/* What the threads have done; used under their lock. */
struct finished {
    struct lab_row *row;      /* [grid_trials()] */
    struct lab_curve **curve; /* [grid_trials()] */
    int *trial;               /* [trials to be trained] in the order in which they ended */
    int count;
    bool *under_way; /* [grid_trials()] */
};

struct app_lab {
    struct grid grid;
    struct lab_row *row;      /* [grid_trials()] as they are shown */
    struct lab_curve **curve; /* [grid_trials()] */
    bool *under_way;          /* [grid_trials()] */
    struct scene_lab scene;
    int unsaved; /* rows that are in no file */
    /* While it runs: */
    bool running;
    int *trial, trials;        /* to be trained */
    struct lab_course *course; /* NULL: on a clock that is moved */
    struct finished finished;
    int taken;  /* of those that are finished */
    double due; /* on such a clock: when the next one is done */
    struct lab_progress progress;
};

/* ---- the lab at hand -------------------------------------------------------------------------*/

/* Shown from now on; the grid becomes its own. */
static struct app_lab *lab_open(const struct grid *grid)
{
    struct app_lab *lab = memory_new(1, sizeof *lab);
    const size_t trials = (size_t)grid_trials(grid);
    lab->grid = *grid;
    lab->row = memory_new(trials, sizeof *lab->row);
    lab->curve = memory_new(trials, sizeof *lab->curve);
    lab->under_way = memory_new(trials, sizeof *lab->under_way);
    lab->scene = (struct scene_lab){
        .grid = &lab->grid, .row = lab->row, .curve = lab->curve, .under_way = lab->under_way};
    return lab;
}

static void free_curves(const struct app_lab *lab, struct lab_curve **curve)
{
    for (int64_t i = 0; curve && i < grid_trials(&lab->grid); i++)
        free(curve[i]);
    free(curve);
}

/* What has been done since the last call. */
static void take_finished(struct app *app)
{
    struct app_lab *lab = app->lab;
    const size_t trials = (size_t)grid_trials(&lab->grid);
    if (lab->course)
        lab_lock(lab->course);
    if (memcmp(lab->under_way, lab->finished.under_way, trials * sizeof *lab->under_way) != 0)
        app->changed = true;
    memcpy(lab->under_way, lab->finished.under_way, trials * sizeof *lab->under_way);
    for (; lab->taken < lab->finished.count; lab->taken++) {
        const int trial = lab->finished.trial[lab->taken];
        lab->row[trial] = lab->finished.row[trial];
        free(lab->curve[trial]);
        lab->curve[trial] = lab->finished.curve[trial];
        lab->finished.curve[trial] = NULL;
        lab_progress_add(&lab->progress, &lab->grid, trial);
        lab->scene.done++;
        lab->unsaved++;
        app->changed = true;
    }
    if (lab->course)
        lab_unlock(lab->course);
}

/* Waits for what is under way; the rows that are done stay. False with a reason when one could not
 * be trained. */
static bool end_training(struct app *app, struct error *error)
{
    struct app_lab *lab = app->lab;
    bool good = true;
    if (lab->course) {
        lab_stop(lab->course);
        good = lab_finish(lab->course, error);
    }
    lab->course = NULL;
    if (lab->finished.row)
        take_finished(app);
    free_curves(lab, lab->finished.curve);
    memset(lab->under_way, 0, (size_t)grid_trials(&lab->grid) * sizeof *lab->under_way);
    free(lab->finished.under_way);
    free(lab->finished.row);
    free(lab->finished.trial);
    free(lab->trial);
    lab->trial = NULL;
    lab->finished = (struct finished){.count = 0};
    lab->taken = 0;
    lab->running = lab->scene.running = false;
    return good;
}

/* Of which nothing is under way. */
static void free_lab(struct app_lab *lab)
{
    free_curves(lab, lab->curve);
    free(lab->under_way);
    free(lab->row);
    grid_close(&lab->grid);
    free(lab);
}

void app_lab_close(struct app *app)
{
    struct error error;
    if (!app->lab)
        return;
    end_training(app, &error);
    free_lab(app->lab);
    app->lab = NULL;
    app->scene.data.lab = NULL;
}

/* In place of the one before. */
static void show(struct app *app, struct app_lab *lab)
{
    app_lab_close(app);
    app->lab = lab;
    app->scene.data.lab = &lab->scene;
    app->scene.look.lab = (struct lab_look){.row = 0};
    app_show_view(app, VIEW_LAB);
}

int app_lab_unsaved(const struct app *app)
{
    return app->lab ? app->lab->unsaved : 0;
}

/* Whether another one may take its place; otherwise that is said. */
static bool may_replace(struct app *app, bool force)
{
    if (app->lab && app->lab->running) {
        app_say(app, ROLE_TEXT, "a lab is running: :lab stop ends it");
        return false;
    }
    if (app->present.confirm && app_lab_unsaved(app) > 0 && !force) {
        app_say(app, ROLE_WARN,
                "%d trainings of the lab are in no file: :export FILE.jsonl saves them, :lab! goes "
                "on without",
                app_lab_unsaved(app));
        return false;
    }
    return true;
}

/* ---- training --------------------------------------------------------------------------------*/

static void note_begun(void *argument, int trial)
{
    struct app_lab *lab = argument;
    lab->finished.under_way[trial] = true;
}

static bool note_finished(void *argument, int trial)
{
    struct app_lab *lab = argument;
    lab->finished.under_way[trial] = false;
    lab->finished.trial[lab->finished.count++] = trial;
    return true;
}

static struct lab_request request_of(struct app_lab *lab, const int *trial, int trials, int threads)
{
    return (struct lab_request){.grid = &lab->grid,
                                .trial = trial,
                                .trials = trials,
                                .row = lab->finished.row,
                                .curve = lab->finished.curve,
                                .threads = threads,
                                .begun = note_begun,
                                .done = note_finished,
                                .argument = lab};
}

static double virtual_seconds(const struct app_lab *lab)
{
    const int next = lab->finished.count;
    return next < lab->trials
               ? (double)grid_settings(&lab->grid, lab->trial[next]).steps / VIRTUAL_SPEED
               : 0;
}

static int threads_of(const struct app *app, const struct grid *grid)
{
    const bool machine = !app->surface->clock;
    return !machine ? 1 : grid->settings.threads > 0 ? grid->settings.threads : system_cores();
}

/* Begins with what is missing; false, and said, where it cannot be trained, or nothing is. */
static bool begin(struct app *app)
{
    struct app_lab *lab = app->lab;
    const size_t trials = (size_t)grid_trials(&lab->grid);
    const int threads = threads_of(app, &lab->grid);
    struct error error;
    lab->trial = lab_plan(&lab->grid, lab->row, (struct lab_part){1, 1}, &lab->trials);
    lab->finished.row = memory_new(trials, sizeof *lab->finished.row);
    lab->finished.curve = memory_new(trials, sizeof *lab->finished.curve);
    lab->finished.trial = memory_new((size_t)lab->trials, sizeof *lab->finished.trial);
    lab->finished.under_way = memory_new(trials, sizeof *lab->finished.under_way);
    lab->progress = lab_progress_open(&lab->grid, lab->trial, lab->trials, app_now(app));
    lab->due = app_now(app) + virtual_seconds(lab); /* before there are threads */
    if (!app->surface->clock) {
        const struct lab_request request = request_of(lab, lab->trial, lab->trials, threads);
        lab->course = lab_start(&request, &error);
        if (!lab->course) {
            end_training(app, &error);
            app_say(app, ROLE_BAD, "%s", error.text);
            return false;
        }
    }
    lab->running = lab->scene.running = true;
    return true;
}

/* On a clock that is moved: trains what is due; false with a reason when that cannot be done. */
static bool train_due(struct app *app, struct error *error)
{
    struct app_lab *lab = app->lab;
    while (lab->finished.count < lab->trials && app_now(app) >= lab->due) {
        const int next = lab->finished.count;
        const struct lab_request request = request_of(lab, &lab->trial[next], 1, 1);
        if (!lab_compute(&request, error))
            return false;
        lab->due += virtual_seconds(lab);
    }
    return true;
}

static void tell_progress(struct app *app)
{
    struct app_lab *lab = app->lab;
    char text[LAB_PROGRESS];
    lab_progress_text(&lab->progress, app_now(app), text);
    if (strcmp(text, lab->scene.progress) != 0)
        app->changed = true;
    memcpy(lab->scene.progress, text, sizeof text);
}

void app_lab_go_on(struct app *app)
{
    struct app_lab *lab = app->lab;
    struct error error;
    if (!lab || !lab->running)
        return;
    bool good = lab->course || train_due(app, &error);
    const bool over = lab->course ? lab_is_over(lab->course) : lab->finished.count == lab->trials;
    take_finished(app);
    tell_progress(app);
    if (good && !over)
        return;
    struct error ignored;
    good = end_training(app, good ? &error : &ignored) && good;
    app->changed = true;
    if (!good)
        app_say(app, ROLE_BAD, "%s", error.text);
    else if (app->message[0]) /* the answer to a key, which has not been read yet */
        app_say_more(app, "lab: %d trainings are done", lab->trials);
    else
        app_say(app, ROLE_GOOD, "lab: %d trainings are done: :export FILE.jsonl keeps them",
                lab->trials);
}

/* ---- the command -----------------------------------------------------------------------------*/

/* What is asked for. */
struct wish {
    struct settings settings;
    char axis[GRID_AXES + 1][WORD]; /* NAME=VALUES */
    int axes;
    const char *seeds, *stacks; /* NULL: not given */
    char words[2][WORD];        /* what they point to */
    bool steps;                 /* there are steps */
    bool goes_on;               /* the pair does, meanwhile */
};

/* The part of a word behind "NAME="; NULL: it is about something else. */
static const char *value_of(const char *word, const char *name)
{
    const size_t length = strlen(name);
    return strncmp(word, name, length) == 0 && word[length] == '=' ? word + length + 1 : NULL;
}

static bool take_pair(struct wish *wish, const char *value, struct error *error)
{
    static const char *const words[] = {"pause", "run"};
    static const struct names names = NAMES_OF_WORDS(words);
    const int found = names_find(&names, "pair", value, error);
    wish->goes_on = found == 1;
    return found >= 0;
}

/* An axis, or a setting of all cells where there is one value. */
static bool take_setting(struct wish *wish, const char *word, struct error *error)
{
    const char *equals = strchr(word, '=');
    char name[WORD];
    snprintf(name, sizeof name, "%.*s", (int)(equals - word), word);
    wish->steps = wish->steps || strcmp(name, "steps") == 0;
    if (!strchr(equals, ',') && !strstr(equals, ".."))
        return setting_set(&wish->settings, name, equals + 1, error);
    if (wish->axes <= GRID_AXES)
        snprintf(wish->axis[wish->axes++], WORD, "%s", word);
    return true;
}

static bool take_word(struct wish *wish, const char *word, struct error *error)
{
    const char *value = value_of(word, "seeds");
    char shown[SHOWN];
    if (value) {
        snprintf(wish->words[0], WORD, "%s", value);
        wish->seeds = wish->words[0];
        return true;
    }
    if ((value = value_of(word, "stacks"))) {
        snprintf(wish->words[1], WORD, "%s", value);
        wish->stacks = wish->words[1];
        return true;
    }
    if ((value = value_of(word, "pair")))
        return take_pair(wish, value, error);
    names_printable(shown, sizeof shown, word);
    if (!strchr(word, '=') || *word == '=')
        return error_set(error, "'%s': NAME=VALUES, such as warmup=0,25,50; or go, stop, a file",
                         shown);
    return take_setting(wish, word, error);
}

static bool read_wish(struct wish *wish, const char *text, struct error *error)
{
    while (*(text += strspn(text, " "))) {
        char word[WORD];
        const size_t size = strcspn(text, " ");
        if (size >= sizeof word)
            return error_set(error, "a word of %zu bytes: at most %d", size, WORD - 1);
        snprintf(word, sizeof word, "%.*s", (int)size, text);
        if (!take_word(wish, word, error))
            return false;
        text += size;
    }
    return true;
}

/* The grid of a wish, to be closed; where it fails there is none. */
static bool make_grid(struct grid *grid, struct wish *wish, struct error *error)
{
    if (!wish->steps && wish->settings.steps == 0)
        wish->settings.steps = STEPS;
    grid_open(grid, &wish->settings);
    bool good = true;
    for (int i = 0; good && i < wish->axes; i++)
        good = grid_add(grid, wish->axis[i], error);
    good = good && (!wish->seeds || grid_set_seeds(grid, wish->seeds, error));
    if (good && wish->stacks) {
        const int stacks = names_find(&grid_stacks_names, "stacks", wish->stacks, error);
        good = stacks >= 0;
        grid->stacks = good ? (enum grid_stacks)stacks : grid->stacks;
    }
    if (!good)
        grid_close(grid);
    return good;
}

/* What is odd about a grid, one sentence behind the other. */
struct notes {
    char text[MESSAGE_SIZE];
};

static void add_note(void *argument, const char *text)
{
    struct notes *notes = argument;
    const size_t used = strlen(notes->text);
    snprintf(notes->text + used, sizeof notes->text - used, "; %s", text);
}

/* What is odd about it becomes notes. */
static bool can_be_trained(const struct app *app, const struct grid *grid, struct notes *notes,
                           struct error *error)
{
    notes->text[0] = '\0';
    return grid_check(grid, threads_of(app, grid), add_note, notes, error);
}

static void say_begun(struct app *app, bool goes_on, const struct notes *notes)
{
    const struct app_lab *lab = app->lab;
    const int threads = threads_of(app, &lab->grid), last = (int)grid_trials(&lab->grid) - 1;
    const int64_t steps = grid_settings(&lab->grid, last).steps;
    char each[32] = "";
    if (grid_settings(&lab->grid, 0).steps == steps)
        snprintf(each, sizeof each, " of %" PRId64 " steps", steps);
    const bool pauses = !goes_on && trainer_running(app->trainer);
    if (pauses)
        trainer_pause(app->trainer);
    app_say(app, *notes->text ? ROLE_WARN : ROLE_TEXT, "lab: %d trainings%s, %d at a time%s%s",
            lab->trials, each, threads < lab->trials ? threads : lab->trials,
            pauses ? "; the pair pauses: space runs it" : "", notes->text);
}

static void start(struct app *app, const char *text, bool force)
{
    struct wish wish = {.settings = app->wanted};
    struct grid grid;
    struct notes notes;
    struct error error;
    if (!may_replace(app, force))
        return;
    if (!read_wish(&wish, text, &error) || !make_grid(&grid, &wish, &error)) {
        app_say(app, ROLE_BAD, "%s", error.text);
        return;
    }
    if (!can_be_trained(app, &grid, &notes, &error)) {
        grid_close(&grid);
        app_say(app, ROLE_BAD, "%s", error.text);
        return;
    }
    show(app, lab_open(&grid));
    if (begin(app))
        say_begun(app, wish.goes_on, &notes);
}

static void stop(struct app *app)
{
    struct app_lab *lab = app->lab;
    struct error error;
    if (!lab || !lab->running) {
        app_say(app, ROLE_TEXT, "no lab is running");
        return;
    }
    if (end_training(app, &error))
        app_say(app, ROLE_TEXT, "stopped: %d of %" PRId64 " trainings are done; :lab go goes on",
                lab->scene.done, grid_trials(&lab->grid));
    else
        app_say(app, ROLE_BAD, "%s", error.text);
}

static void go_on(struct app *app)
{
    struct notes notes;
    struct error error;
    if (!app->lab)
        app_say(app, ROLE_TEXT, "there is no lab yet: :lab warmup=0,25 lr=1e-3,3e-3 begins one");
    else if (app->lab->running)
        app_say(app, ROLE_TEXT, "the lab is running");
    else if (app->lab->scene.done == grid_trials(&app->lab->grid))
        app_say(app, ROLE_TEXT, "all trainings of the lab are done");
    else if (!can_be_trained(app, &app->lab->grid, &notes, &error))
        app_say(app, ROLE_BAD, "%s", error.text);
    else if (begin(app))
        say_begun(app, false, &notes);
}

/* ---- files -----------------------------------------------------------------------------------*/

/* The rows of a text; false with a reason, and then the lab is not there. */
static struct app_lab *read_lab(const struct lab_text *text, struct lab_damage *damage,
                                struct error *error)
{
    struct grid grid;
    if (!lab_text_grid(text, &grid, error))
        return NULL;
    struct app_lab *lab = lab_open(&grid);
    if (!lab_text_rows(text, &lab->grid, lab->row, damage, error)) {
        free_lab(lab);
        return NULL;
    }
    for (int64_t i = 0; i < grid_trials(&lab->grid); i++)
        lab->scene.done += lab->row[i].done;
    return lab;
}

static void load(struct app *app, const char *path, bool force)
{
    struct lab_text text;
    struct lab_damage damage;
    struct error error;
    char shown[SHOWN];
    if (!may_replace(app, force))
        return;
    names_printable(shown, sizeof shown, path);
    if (!lab_text_open(&text, path, &error)) {
        app_say(app, ROLE_BAD, "%s", error.text);
        return;
    }
    struct app_lab *lab = read_lab(&text, &damage, &error);
    if (lab) {
        show(app, lab);
        app_say(app, ROLE_GOOD, "loaded %s, %d trainings", shown, lab->scene.done);
        if (damage.lines > 0)
            app_say_more(app, "line %d: %s", damage.first, damage.reason.text);
    } else {
        app_say(app, ROLE_BAD, "%s", error.text);
    }
    lab_text_close(&text);
}

bool app_lab_export(struct app *app, const char *path, bool force)
{
    struct app_lab *lab = app->lab;
    char shown[SHOWN];
    struct error error;
    if (!lab || !lab_export_is(path))
        return false;
    names_printable(shown, sizeof shown, path);
    if (lab_export(path, force, &lab->grid, lab->row, &error)) {
        lab->unsaved = file_ends_in(path, ".jsonl") ? 0 : lab->unsaved;
        app_say(app, ROLE_GOOD, "saved %s, %d trainings", shown, lab->scene.done);
    } else {
        app_say(app, ROLE_BAD, "%s", error.text);
    }
    return true;
}

void app_lab(struct app *app, const char *text, bool force)
{
    const char *equals = strchr(text, '='), *slash = strchr(text, '/');
    const bool is_file = *text && (!equals || (slash && slash < equals));
    if (!*text)
        app_show_view(app, VIEW_LAB);
    else if (strcmp(text, "stop") == 0)
        stop(app);
    else if (strcmp(text, "go") == 0)
        go_on(app);
    else if (is_file)
        load(app, text, force);
    else
        start(app, text, force);
}

/* ---- a cell as the pair ----------------------------------------------------------------------*/

void app_lab_enter(struct app *app)
{
    if (!app->lab || app->scene.look.blind) {
        app_say(app, ROLE_TEXT, app->lab ? "the lab is hidden while blind" : "there is no lab yet");
        return;
    }
    if (app_is_busy(app)) {
        app_say(app, ROLE_TEXT, "another run is being gone into: wait for the end of this step");
        return;
    }
    const struct grid *grid = &app->lab->grid;
    const int trial = lab_cell_trial(&app->scene);
    const struct settings before = app->wanted;
    struct settings_entry entry = {.step = 1, .settings = grid_settings(grid, trial)};
    settings_copy(&entry.settings, &app->wanted, SCOPE_PROGRAM);
    app->wanted = entry.settings;
    app_undo_end(app, &before);
    trainer_redo(app->trainer, &entry, 1, 0);
    trainer_run(app->trainer);
    app_show_view(app, VIEW_OVERVIEW);
}
