/* See app.h. Owns what the screen shows and the settings as the user has commanded them: takes
 * updates from the trainer and keys, draws when something has changed. It never waits for a step;
 * must not know curses, or how anything is drawn. */
#include "app/app_state.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "views/bars.h"
#include "views/screen.h"
#include "views/views.h"

#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { KEYS_PER_FRAME = 64 /* keys taken before the screen is drawn again */ };

static const double turn_seconds = 0.02; /* how often the trainer is asked for updates, at least */
static const double rate_seconds = 0.5;  /* how often the steps per second are read */
static const double message_seconds = 8; /* how long an answer is shown */
static const double news_seconds = 5;    /* how long an event is shown in place of the keys */

/* ---- messages ---- */

void app_say(struct app *app, enum role role, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(app->message, sizeof app->message, format, arguments);
    va_end(arguments);
    app->scene.message_role = role;
    app->message_until = clock_seconds() + message_seconds;
    app->changed = true;
}

void app_say_nothing(struct app *app)
{
    app->message[0] = '\0';
    app->changed = true;
}

void app_show_news(struct app *app)
{
    double now = clock_seconds();
    app->scene.news = true;
    app->news_until = (app->message[0] ? fmax(now, app->message_until) : now) + news_seconds;
    app->changed = true;
}

void app_fit_axis(struct app *app)
{
    double least, most;
    bars_range(&app->scene, &least, &most);
    axis_update(&app->scene.look.bars.axis, least, most);
}

/* What moves without an update: the rate, the state, a message or an event that has been shown long
 * enough. */
static void look_around(struct app *app)
{
    double now = clock_seconds();
    bool running = trainer_running(app->trainer);
    if (running != app->scene.data.running || now >= app->next_rate) {
        double rate = running ? trainer_rate(app->trainer) : (double)NAN;
        bool same = rate == app->scene.data.rate || (isnan(rate) && isnan(app->scene.data.rate));
        app->changed |= running != app->scene.data.running || !same;
        app->scene.data.running = running;
        app->scene.data.rate = rate;
        app->next_rate = now + rate_seconds;
    }
    if (app->message[0] && now >= app->message_until)
        app_say_nothing(app);
    if (app->scene.news && (!running || now >= app->news_until)) {
        app->scene.news = false;
        app->changed = true;
    }
    if (app->scene.look.help.open)
        app_share(app);
}

/* ---- the loop ---- */

void app_take_size(struct app *app)
{
    int rows, cols;
    terminal_size(&rows, &cols);
    canvas_resize(&app->canvas, rows, cols);
}

/* The trainer measures what the view on the screen wants to see, whoever has chosen it. */
static void watch_view(struct app *app)
{
    trainer_watch(app->trainer, view_shown(&app->scene)->watch);
}

/* What of the settings of the program the scene and the terminal go by. */
static void follow_settings(struct app *app)
{
    const struct settings *settings = &app->present;
    app->scene.terminal.ascii =
        settings->ascii == ASCII_ON || (settings->ascii == ASCII_AUTO && !terminal_is_utf8());
    app->scene.look.hide = settings->hide;
    terminal_set_theme((enum theme)settings->theme);
    terminal_set_mouse(settings->mouse);
    history_limit(&app->history, settings_history_bytes(settings));
}

static void draw(struct app *app)
{
    follow_settings(app);
    view_screen(&app->canvas, &app->scene);
    terminal_paint(&app->canvas);
    app_record_frame(app);
    app->changed = app->urgent = false;
    app->next_frame = clock_seconds() + 1.0 / app->present.fps;
}

static void turn(struct app *app)
{
    double seconds = fmin(turn_seconds, 1.0 / app->present.fps);
    if (app->changed)
        seconds = fmin(seconds, fmax(0, app->next_frame - clock_seconds()));
    int code = terminal_key(seconds);
    for (int keys = 1; code != KEY_CODE_NONE; keys++) {
        app_take_key(app, code);
        if (app->quit || keys == KEYS_PER_FRAME)
            break;
        code = terminal_key(0);
    }
    watch_view(app);
    app_take_updates(app);
    app_go_on_loading(app);
    look_around(app);
    if (!app->quit && app->changed && (app->urgent || clock_seconds() >= app->next_frame))
        draw(app);
}

static void open_scene(struct app *app)
{
    char left[MESSAGE_SIZE];
    app->task = task_describe(app->present.task);
    app->scene = (struct scene){
        .data = {.settings = &app->present,
                 .task = &app->task,
                 .history = &app->history,
                 .samples = &app->samples,
                 .symbols = &app->symbols,
                 .events = &app->events,
                 .rate = NAN},
        .terminal = {.mono = !terminal_has_colours(), .few_colours = !terminal_has_ramp()},
        .message = app->message,
        .message_role = ROLE_TEXT,
    };
    scene_set_defaults(&app->scene);
    canvas_open(&app->canvas, 1, 1);
    app_take_size(app);
    watch_view(app);
    if (file_left_behind(".", left, sizeof left))
        app_say(app, ROLE_BAD, "%s", left);
}

/* Trains and draws until the user or a signal ends it. */
static void run(struct app *app)
{
    trainer_wait(app->trainer, 0.2); /* the first picture shows the first run, if that is quick */
    app_take_updates(app);
    if (!app->scene.data.ended) { /* as a saved run can be */
        trainer_run(app->trainer);
        app->scene.data.running = true;
    }
    draw(app);
    while (!app->quit && !terminal_signal())
        turn(app);
}

int app_run(const struct app_start *start, struct error *error)
{
    const struct settings *settings = &start->settings;
    if (!terminal_check(settings->ascii == ASCII_OFF, error))
        return 1;
    struct app app = {.wanted = *settings, .present = *settings};
    if (start->session) /* what the options change comes on top */
        app.wanted = app.present = start->session->state->settings;
    app.trainer = start->session ? trainer_resume(start->session->state, false, error)
                                 : trainer_start(settings, false, error);
    if (!app.trainer)
        return 1;
    if (!terminal_open((enum theme)settings->theme, error)) {
        trainer_stop(app.trainer);
        return 1;
    }
    app.grip_row = app.grip_col = -1;
    app.update = memory_new(1, sizeof *app.update);
    history_open(&app.history);
    sample_history_open(&app.samples);
    events_clear(&app.events);
    open_scene(&app);
    if (start->session) {
        app_expect_session(&app, start->session, start->session_path);
        if (settings_difference(&app.wanted, settings) >= 0)
            app_command(&app, settings);
    }
    bool able = !start->record || app_record_open(&app, start->record, start->force, error);
    if (able)
        run(&app);

    able = app_finish_save(&app, error) && able;
    int number = terminal_signal();
    terminal_close();
    able = app_record_close(&app, error) && able;
    if (number) { /* at once, without waiting for the step under way */
        if (!able)
            fprintf(stderr, "lnscope: %s\n", error->text);
        signal(number, SIG_DFL);
        raise(number);
    }
    trainer_stop(app.trainer);
    sample_history_close(&app.samples);
    app_forget_session(&app);
    free(app.save_path);
    history_close(&app.history);
    canvas_close(&app.canvas);
    free(app.update);
    return able ? 0 : 1;
}
