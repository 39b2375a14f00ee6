/* What leaves the screen: pictures of it, and recordings, without what the screen says of the
 * recording itself. See app_state.h. */
#include "app/app_state.h"

#include "base/names.h"
#include "export/data.h"
#include "export/export.h"
#include "views/screen.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- pictures ---- */

void act_export(struct app *app, int argument)
{
    char message[MESSAGE_SIZE];
    struct error error;
    (void)argument;
    view_screen(&app->canvas, &app->scene); /* as it is now, without a message */
    if (export_screen(&app->canvas, (enum theme)app->present.theme, message, sizeof message,
                      &error))
        app_say(app, ROLE_GOOD, "%s", message);
    else
        app_say(app, ROLE_BAD, "%s", error.text);
}

void app_export_file(struct app *app, const char *path, const struct picture_look *look, bool force)
{
    char shown[MESSAGE_SIZE / 2];
    struct error error;
    struct canvas canvas;
    names_printable(shown, sizeof shown, path);
    canvas_open(&canvas, look->rows, look->cols);
    view_screen(&canvas, &app->scene);
    if (export_file(&canvas, look->theme, path, force, &error))
        app_say(app, ROLE_GOOD, "saved %s", shown);
    else
        app_say(app, ROLE_BAD, "%s%s", error.text,
                export_picture_check(path, NULL) ? "" : "; data as .csv or .jsonl");
    canvas_close(&canvas);
}

void app_export_data(struct app *app, const char *path, bool force)
{
    char shown[MESSAGE_SIZE / 2];
    struct error error;
    int steps;
    names_printable(shown, sizeof shown, path);
    if (data_write(path, force, &app->history, app->task.validation, &steps, &error))
        app_say(app, ROLE_GOOD, "saved %s, %d steps", shown, steps);
    else
        app_say(app, ROLE_BAD, "%s", error.text);
}

/* ---- recordings ---- */

static double seconds_now(const struct app *app)
{
    return app_now(app) - app->record_from;
}

bool app_record_open(struct app *app, const char *path, bool force, struct error *error)
{
    const struct canvas *canvas = &app->canvas;
    const struct cast_plan plan = {.path = path,
                                   .force = force,
                                   .version = CAST_V2,
                                   .rows = canvas->rows,
                                   .cols = canvas->cols,
                                   .theme = (enum theme)app->present.theme};
    app->cast = cast_open(&plan, error);
    if (!app->cast)
        return false;
    canvas_open(&app->recorded, canvas->rows, canvas->cols);
    app->scene.recording = cast_path(app->cast);
    app->record_from = app_now(app);
    app->record_error.text[0] = '\0';
    app->recorded_events = app->events.total;
    app->changed = true;
    return true;
}

void app_record_start(struct app *app, const char *path, bool force)
{
    struct error error;
    if (app->cast)
        app_say(app, ROLE_TEXT, "%s is being recorded already: %s ends it", app->scene.recording,
                key_table[ACTION_RECORD].label);
    else if (!app_record_open(app, path, force, &error))
        app_say(app, ROLE_BAD, "%s", error.text);
}

/* Ends it; *name is the name that the file now has, where it has one, and the caller's. */
static bool finish(struct app *app, char **name, struct error *error)
{
    struct cast *cast = app->cast;
    app->cast = NULL;
    app->scene.recording = NULL;
    canvas_close(&app->recorded);
    return cast_close(cast, name, error);
}

bool app_record_close(struct app *app, struct error *error)
{
    char *name = NULL;
    if (!app->cast)
        return !app->record_error.text[0] || error_set(error, "%s", app->record_error.text);
    const bool good = finish(app, &name, error);
    free(name);
    return good;
}

void app_record_stop(struct app *app)
{
    struct error error;
    char path[MESSAGE_SIZE], *name;
    if (!app->cast) {
        app_say(app, ROLE_TEXT, "nothing is being recorded: %s starts a recording",
                key_table[ACTION_RECORD].label);
        return;
    }
    double seconds = cast_seconds(app->cast);
    names_printable(path, sizeof path, app->scene.recording);
    const bool good = finish(app, &name, &error);
    if (name)
        names_printable(path, sizeof path, name);
    if (good)
        app_say(app, ROLE_GOOD, "saved %s, %.1f s", path, seconds);
    else
        app_say(app, ROLE_BAD, "%s", error.text);
    free(name);
}

void act_record(struct app *app, int argument)
{
    (void)argument;
    if (app->cast)
        app_record_stop(app);
    else
        app_record_start(app, NULL, false);
}

/* What has happened since the last frame becomes markers, which players can jump to. */
static void record_events(struct app *app)
{
    const struct events *events = &app->events;
    for (int i = 0; i < events->count; i++) {
        const struct event *event = &events->event[i];
        char title[TEXT_TITLE], label[TEXT_TITLE + EVENT_TEXT];
        if (event->number <= app->recorded_events)
            continue;
        scene_event_title(&app->scene, event, title);
        snprintf(label, sizeof label, "%s: %s", title, scene_event_text(&app->scene, event));
        cast_marker(app->cast, label, seconds_now(app));
    }
    app->recorded_events = events->total;
}

/* What could not be written ends the recording at once, with what was recorded before. */
static void give_up(struct app *app)
{
    char *name;
    (void)finish(app, &name, &app->record_error);
    free(name);
    app_say(app, ROLE_BAD, "%s", app->record_error.text);
}

void app_record_frame(struct app *app)
{
    if (!app->cast)
        return;
    record_events(app);
    struct scene scene = app->scene;
    scene.recording = NULL;
    canvas_resize(&app->recorded, app->canvas.rows, app->canvas.cols);
    view_screen(&app->recorded, &scene);
    cast_frame(app->cast, &app->recorded, (enum theme)app->present.theme, seconds_now(app));
    if (!cast_flush(app->cast, &app->record_error))
        give_up(app);
}
