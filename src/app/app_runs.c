/* The runs of the session: keeps the one that has ended, goes back into one, overlays, pins and
 * removes them. See app_state.h; draws nothing. */
#include "app/app_state.h"

#include "base/memory.h"
#include "base/names.h"
#include "export/runs_csv.h"
#include "views/navigate.h"
#include "views/views.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

/* ---- a run has ended ---- */

/* What had to go to make room is said, behind what is said already. */
static void say_dropped(struct app *app, const struct runs_dropped *dropped)
{
    if (dropped->records > 0)
        app_say_more(app, "run %d is gone: history %d MB is used up", dropped->record,
                     app->present.history);
    else if (dropped->rests > 0)
        app_say_more(app, "the end of run %d is gone (history %d MB): Enter does it again",
                     dropped->rest, app->present.history);
}

/* What it takes to go on with the run under way; NULL where it would be dropped at once. */
static struct run_rest *rest_of(struct app *app, struct pair_state *state, bool goes_on)
{
    if (state->bytes + history_bytes(&app->history) > app->runs.limit) {
        pair_state_free(state);
        return NULL;
    }
    struct run_rest *rest = memory_new(1, sizeof *rest);
    rest->state = state;
    rest->events = app->events;
    if (goes_on) {
        history_copy(&rest->history, &app->history);
    } else {
        rest->history = app->history;
        history_open(&app->history);
        history_limit(&app->history, app_past_bytes(app));
    }
    return rest;
}

void app_keep_run(struct app *app, struct pair_state **ended, bool goes_on)
{
    struct runs_dropped dropped;
    struct run_rest *rest = NULL;
    if (*ended && (*ended)->step == app->runs.now.step && app->begun) {
        rest = rest_of(app, *ended, goes_on);
        *ended = NULL;
    }
    app->redoing = 0;
    app->kept = app->begun ? runs_keep(&app->runs, rest ? &rest->history : &app->history,
                                       &app->events, rest, &dropped)
                           : 0;
    app->dropped = app->kept ? dropped : (struct runs_dropped){0};
    if (app->begun)
        app_undo_ended(app, app->kept);
}

void app_say_kept(struct app *app)
{
    const struct run_record *record = app->kept ? runs_at(&app->runs, app->kept) : NULL;
    if (record && record->step > RUN_LONG && app->trainer)
        app_say_more(app, "%s brings run %d back", key_table[ACTION_UNDO].label, record->number);
    say_dropped(app, &app->dropped);
}

/* ---- back into a run ---- */

/* Its settings are those that the next key goes on from; those of the program stay. */
static void want(struct app *app, const struct settings *settings)
{
    struct settings next = *settings;
    settings_copy(&next, &app->wanted, SCOPE_PROGRAM);
    app->wanted = next;
}

static void load_run(struct app *app, struct run_record *record)
{
    struct pair_state *state = record->rest->state;
    const struct settings before = app->wanted;
    record->rest->state = NULL; /* it comes back with the trainer's answer */
    want(app, &state->settings);
    state->settings = app->wanted;
    app->entering = app->runs.held = record->number;
    app_undo_end(app, &before);
    app_say(app, ROLE_TEXT, "back to run %d ...", record->number);
    trainer_load(app->trainer, state);
}

static void redo_run(struct app *app, const struct run_record *record)
{
    app_undo_end(app, &app->wanted);
    want(app, run_last(record));
    app->redo_next = record->number;
    app->redo_last = record->step;
    trainer_redo(app->trainer, record->log.entry, record->log.count, record->step);
}

bool app_is_busy(const struct app *app)
{
    return app->entering || app->going_back || app->load_path;
}

bool app_enter_run(struct app *app, int number)
{
    struct run_record *record = runs_find(&app->runs, number);
    if (!record || record == &app->runs.now) {
        app_say(app, ROLE_TEXT, "this is the run under way");
        return false;
    }
    if (app_is_busy(app)) {
        app_say(app, ROLE_TEXT, "another run is being gone into: wait for the end of this step");
        return false;
    }
    if (record->rest)
        load_run(app, record);
    else if (run_can_be_redone(record))
        redo_run(app, record);
    else
        app_say(app, ROLE_BAD,
                "run %d cannot be done again: the session that it was loaded with does not say how "
                "it began",
                number);
    return record->rest || run_can_be_redone(record);
}

void app_take_run(struct app *app)
{
    struct run_rest *rest = runs_take(&app->runs, app->entering);
    app->entering = app->runs.held = 0;
    history_close(&app->history);
    app->history = rest->history;
    app->events = rest->events;
    rest->history = (struct history){0};
    run_rest_free(rest);
    app->recorded_events = app->events.total; /* what happened then is not news */
    app->scene.news = false;
    app_say(app, ROLE_GOOD, "run %d again, at step %" PRId64, app->runs.now.number,
            app->runs.now.step);
    app_say_kept(app);
}

void app_fail_run(struct app *app, struct pair_state **state)
{
    struct run_record *record = runs_find(&app->runs, app->entering);
    if (record && record->rest) {
        record->rest->state = *state;
        *state = NULL;
    }
    app->entering = app->runs.held = 0;
}

void app_redo_begins(struct app *app)
{
    app->redoing = app->redo_next;
    app->redo_next = 0;
    if (app->redoing)
        app_say(app, ROLE_TEXT, "doing run %d again, up to step %" PRId64 " ...", app->redoing,
                app->redo_last);
}

void app_redo_step(struct app *app, int64_t step)
{
    if (!app->redoing || step < app->redo_last)
        return;
    runs_replace(&app->runs, app->redoing);
    app->redoing = 0;
    app_say(app, ROLE_GOOD, "run %d again, at step %" PRId64 ": done once more from its settings",
            app->runs.now.number, step);
}

/* ---- the table ---- */

/* The record that is chosen in the table; NULL, and said, where the table is not shown, or the run
 * is the one under way. */
static struct run_record *chosen(struct app *app)
{
    if (!app_shows(app, VIEW_RUNS)) {
        app_say(app, ROLE_TEXT, "for earlier runs: key %c shows them", view_table[VIEW_RUNS]->key);
        return NULL;
    }
    struct run_record *record = runs_find(&app->runs, app->scene.look.runs.chosen);
    if (!record || record == &app->runs.now) {
        app_say(app, ROLE_TEXT, "this is the run under way: %s chooses an earlier one",
                key_table[ACTION_SCROLL_UP].label);
        return NULL;
    }
    return record;
}

void act_enter(struct app *app, int argument)
{
    (void)argument;
    if (app_shows(app, VIEW_LAB)) {
        app_lab_enter(app);
        return;
    }
    const struct run_record *record = chosen(app);
    if (record)
        app_enter_run(app, record->number);
}

void act_overlay(struct app *app, int argument)
{
    const struct run_record *record = chosen(app);
    (void)argument;
    if (record)
        app_say(app, ROLE_TEXT,
                runs_overlay(&app->runs, record->number)
                    ? "run %d: its curves are overlaid, in the curves and the overview"
                    : "run %d: its curves are no longer overlaid",
                record->number);
}

void act_pin(struct app *app, int argument)
{
    const struct run_record *record = chosen(app);
    (void)argument;
    if (!record)
        return;
    app->runs.pinned = app->runs.pinned == record->number ? 0 : record->number;
    app_say(app, ROLE_TEXT,
            app->runs.pinned ? "run %d is pinned: always overlaid, and never dropped"
                             : "run %d is no longer pinned",
            record->number);
}

void act_remove(struct app *app, int argument)
{
    const struct run_record *record = chosen(app);
    const int twice = app->removing;
    (void)argument;
    app->removing = 0;
    if (!record)
        return;
    if (record->number == app->entering || record->number == app->redoing) {
        app_say(app, ROLE_TEXT, "run %d is being gone into", record->number);
    } else if (twice == record->number) {
        app_say(app, ROLE_TEXT, "run %d is removed", record->number);
        app->scene.look.runs.chosen = 0;
        runs_remove(&app->runs, record->number);
    } else {
        app->removing = record->number;
        app_say(app, ROLE_TEXT, "run %d: %s again removes it", record->number,
                key_table[ACTION_REMOVE].label);
    }
}

void app_export_runs(struct app *app, const char *path, bool force)
{
    char shown[MESSAGE_SIZE / 2];
    struct error error;
    names_printable(shown, sizeof shown, path);
    if (runs_csv_write(path, force, &app->runs, &error))
        app_say(app, ROLE_GOOD, "saved %s, %d runs", shown, app->runs.count + 1);
    else
        app_say(app, ROLE_BAD, "%s", error.text);
}
