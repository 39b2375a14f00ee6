/* Saves the session and goes on with a saved one; keeps the command line that makes the settings
 * again. See app_state.h. The trainer answers between two steps: what is saved is its state with
 * the history and the events of exactly that step. */
#include "app/app_state.h"

#include "base/memory.h"
#include "base/names.h"
#include "session/share.h"
#include "train/team.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { PATH_SHOWN = 300, PROGRAM_TEXT = 1024 };

static void forget_path(char **path)
{
    free(*path);
    *path = NULL;
}

/* ---- saving ---- */

void app_save(struct app *app, const char *path, bool force)
{
    if (!app->trainer) {
        app_say(app, ROLE_TEXT,
                "rows have no weights to save: :export FILE.jsonl keeps them, for "
                "lnscope watch");
        return;
    }
    if (app->save_path) {
        app_say(app, ROLE_TEXT, "a session is being saved: wait for the end of this step");
        return;
    }
    app->save_path = memory_copy_string(path);
    app->save_force = force;
    app_say(app, ROLE_TEXT, "saving ...");
    app_ask(app);
    trainer_save(app->trainer);
}

static void note_saved(struct app *app, const struct pair_state *state, int64_t bytes,
                       const char *shown)
{
    runs_note_saved(&app->runs);
    app_say(app, ROLE_GOOD, "saved %s, step %" PRId64 ", %.1f MB", shown, state->step,
            (double)bytes / 1e6);
    if (app->runs.count > 0)
        app_say_more(app, "earlier runs without their weights");
}

void app_take_state(struct app *app, const struct pair_state *state)
{
    struct error *error = &app->save_error;
    char shown[PATH_SHOWN];
    int64_t bytes;
    const struct session_parts parts = {state, &app->history, &app->events, &app->runs};
    names_printable(shown, sizeof shown, app->save_path);
    error->text[0] = '\0';
    if (!state)
        error_set(error, "no memory to copy the session: it was not saved");
    else if (session_write(app->save_path, app->save_force, &parts, &bytes, error))
        note_saved(app, state, bytes, shown);
    if (error->text[0])
        app_say(app, ROLE_BAD, "%s", error->text);
    forget_path(&app->save_path);
}

bool app_finish_save(struct app *app, struct error *error)
{
    if (!app->save_path)
        return true;
    while (app->save_path && !app->surface->ended(app->surface))
        if (app->feed->wait(app->feed, 0.1))
            app_take_updates(app);
    return !app->save_error.text[0] || error_set(error, "%s", app->save_error.text);
}

/* ---- loading ---- */

/* A session on its way from its file, which another thread reads. */
struct app_loading {
    char *path, *text; /* text: of the text task, as the user has named it */
    struct saved_session session;
    struct error error; /* why it cannot be loaded; empty: it can */
    struct team_job *job;
};

static void read_session(void *argument, int task)
{
    struct app_loading *loading = argument;
    (void)task;
    if (!session_read(loading->path, loading->text, &loading->session, &loading->error))
        loading->session = (struct saved_session){.state = NULL};
}

void app_load(struct app *app, const char *path)
{
    if (app->loading || app->load_path) {
        app_say(app, ROLE_TEXT, "a session is being loaded: wait for the end of this step");
        return;
    }
    struct app_loading *loading = memory_new(1, sizeof *loading);
    loading->path = memory_copy_string(path);
    loading->text = memory_copy_string(app->wanted.text);
    app->loading = loading;
    app_say(app, ROLE_TEXT, "loading ...");
    loading->job = team_job_start(
        &(struct team_tasks){.count = 1, .work = read_session, .argument = loading}, 1);
}

/* Waits until it is read, if it is not, and forgets it. */
static void end_loading(struct app *app)
{
    struct app_loading *loading = app->loading;
    if (!loading)
        return;
    team_job_finish(loading->job);
    session_close(&loading->session);
    free(loading->path);
    free(loading->text);
    free(loading);
    app->loading = NULL;
}

void app_go_on_loading(struct app *app)
{
    struct app_loading *loading = app->loading;
    const bool machine = !app->surface || !app->surface->clock; /* another clock waits for it */
    if (!loading || (machine && !team_job_is_over(loading->job)))
        return;
    team_job_finish(loading->job);
    loading->job = NULL;
    struct pair_state *state = loading->session.state;
    if (state) {
        app_expect_session(app, &loading->session, loading->path);
        loading->session.state = NULL; /* the trainer's from here on */
        app_undo_end(app, &app->wanted);
        settings_copy(&state->settings, &app->wanted, SCOPE_PROGRAM);
        app->wanted = state->settings;
        trainer_load(app->trainer, state);
    } else {
        app_say(app, ROLE_BAD, "%s", loading->error.text);
    }
    end_loading(app);
}

void app_expect_session(struct app *app, struct saved_session *session, const char *path)
{
    app->load_path = memory_copy_string(path);
    app->load = memory_new(1, sizeof *app->load);
    app->load->history = session->history;
    app->load->events = session->events;
    app->load->runs = session->runs;
    snprintf(app->load->note, sizeof app->load->note, "%s", session->note);
    session->history = (struct history){0};
    session->runs = (struct runs){0};
}

void app_take_session(struct app *app)
{
    char shown[PATH_SHOWN];
    names_printable(shown, sizeof shown, app->load_path);
    history_close(&app->history);
    app->history = app->load->history;
    app->events = app->load->events;
    app->load->history = (struct history){0};
    if (app->load->runs.now.number > 0)
        runs_join(&app->runs, &app->load->runs);
    else
        runs_follow(&app->runs, &app->present, app->task.unigram_entropy, app->task.current_token,
                    &app->history);
    app->recorded_events = app->events.total; /* what happened then is not news */
    app->scene.news = false;
    app_say(app, ROLE_GOOD, "loaded %s, step %" PRId64 "%s%s", shown, history_newest(&app->history),
            *app->load->note ? "; " : "", app->load->note);
    app_forget_session(app);
    app_say_kept(app);
}

void app_forget_session(struct app *app)
{
    end_loading(app);
    if (app->load)
        session_close(app->load);
    free(app->load);
    app->load = NULL;
    forget_path(&app->load_path);
}

/* ---- the command line ---- */

void app_share(struct app *app)
{
    struct settings settings = app->present;
    char program[PROGRAM_TEXT] = "lnscope";
    if (!app->trainer) { /* others have the settings of the run */
        settings = settings_default();
        settings_copy(&settings, &app->present, SCOPE_PROGRAM);
        app_name_rows(app, program, sizeof program);
    }
    share_command_line(&settings, program, app->share, sizeof app->share);
    app->scene.share = app->share;
}
