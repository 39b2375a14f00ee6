/* Saves the session and goes on with a saved one; keeps the command line that makes the settings
 * again. See app_state.h. The trainer answers between two steps: what is saved is its state with
 * the history and the events of exactly that step. */
#include "app/app_state.h"

#include "base/memory.h"
#include "base/names.h"
#include "session/share.h"

#include <inttypes.h>
#include <stdlib.h>

enum { PATH_SHOWN = 300 };

static void forget_path(char **path)
{
    free(*path);
    *path = NULL;
}

/* ---- saving ---- */

void app_save(struct app *app, const char *path, bool force)
{
    if (app->save_path) {
        app_say(app, ROLE_TEXT, "a session is being saved: wait for the end of this step");
        return;
    }
    app->save_path = memory_copy_string(path);
    app->save_force = force;
    app_say(app, ROLE_TEXT, "saving ...");
    trainer_save(app->trainer);
}

static void note_saved(struct app *app, const struct pair_state *state, int64_t bytes,
                       const char *shown)
{
    runs_note_saved(&app->runs);
    app_say(app, ROLE_GOOD, "saved %s, step %" PRId64 ", %.1f MB", shown, state->step,
            (double)bytes / 1e6);
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
        if (trainer_wait(app->trainer, 0.1))
            app_take_updates(app);
    return !app->save_error.text[0] || error_set(error, "%s", app->save_error.text);
}

/* ---- loading ---- */

void app_load(struct app *app, const char *path)
{
    struct saved_session session;
    struct error error;
    if (app->load_path) {
        app_say(app, ROLE_TEXT, "a session is being loaded: wait for the end of this step");
        return;
    }
    if (!session_read(path, &session, &error)) {
        app_say(app, ROLE_BAD, "%s", error.text);
        return;
    }
    app_expect_session(app, &session, path);
    app_undo_end(app, &app->wanted);
    settings_copy(&session.state->settings, &app->wanted, SCOPE_PROGRAM);
    app->wanted = session.state->settings;
    app_say(app, ROLE_TEXT, "loading ...");
    trainer_load(app->trainer, session.state);
}

void app_expect_session(struct app *app, struct saved_session *session, const char *path)
{
    app->load_path = memory_copy_string(path);
    app->load = memory_new(1, sizeof *app->load);
    app->load->history = session->history;
    app->load->events = session->events;
    app->load->runs = session->runs;
    session->history = (struct history){0};
    session->runs = (struct runs){0};
}

void app_take_session(struct app *app, double without_context)
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
        runs_follow(&app->runs, &app->present, without_context, &app->history);
    app->recorded_events = app->events.total; /* what happened then is not news */
    app->scene.news = false;
    app_forget_session(app);
    app_say(app, ROLE_GOOD, "loaded %s, step %" PRId64, shown, history_newest(&app->history));
    app_say_kept(app);
}

void app_forget_session(struct app *app)
{
    if (app->load)
        session_close(app->load);
    free(app->load);
    app->load = NULL;
    forget_path(&app->load_path);
}

/* ---- the command line ---- */

void app_share(struct app *app)
{
    share_command_line(&app->present, "lnscope", app->share, sizeof app->share);
    app->scene.share = app->share;
}
