/* See app.h. Owns what the screen shows and the settings as the user has commanded them: takes
 * updates from the trainer and keys, draws when something has changed. It never waits for a step;
 * must not know curses, or how anything is drawn. */
#include "app/app_state.h"

#include "base/file.h"
#include "base/memory.h"
#include "views/screen.h"
#include "views/views.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS_PER_FRAME = 64 /* keys taken before the screen is drawn again */ };

static const double turn_seconds = 0.02; /* how often the trainer is asked for updates, at least */
static const double rate_seconds = 0.5;  /* how often the steps per second are read */
static const double backlog_seconds =
    0.25;                                /* from picture to picture while there is much to read */
static const double message_seconds = 8; /* how long an answer is shown */
static const double news_seconds = 5;    /* how long an event is shown in place of the keys */
static const double slack = 1e-6; /* what a clock that goes by pictures may be short of one */

double app_now(const struct app *app)
{
    return clock_now(app->surface->clock);
}

/* ---- messages ---- */

bool app_can_train(struct app *app, const char *what)
{
    if (!app->trainer)
        app_say(app, ROLE_TEXT, "%s drives a training: this one is only watched", what);
    return app->trainer != NULL;
}

void app_ask(struct app *app)
{
    app->asked_at = app->keys;
}

/* Writes behind so much of the message, which may be all that there is room for. */
static void write_behind(struct app *app, size_t used, const char *format, va_list arguments)
{
    snprintf(app->message + used, MESSAGE_SIZE - used, "%s", used > 0 ? "; " : "");
    used = strlen(app->message);
    vsnprintf(app->message + used, MESSAGE_SIZE - used, format, arguments);
    app->message_until = app_now(app) + message_seconds;
    app->changed = true;
}

void app_say(struct app *app, enum role role, const char *format, ...)
{
    const bool late = app->answering && app->message[0] && app->said_at > app->asked_at;
    va_list arguments;
    va_start(arguments, format);
    write_behind(app, late ? app->said : 0, format, arguments);
    va_end(arguments);
    if (!late) {
        app->said_at = app->answering ? app->asked_at : app->keys;
        app->said = strlen(app->message);
    }
    app->scene.message_role = role;
}

void app_say_more(struct app *app, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    write_behind(app, strlen(app->message), format, arguments);
    va_end(arguments);
}

void app_say_nothing(struct app *app)
{
    app->message[0] = '\0';
    app->changed = true;
}

void app_show_news(struct app *app)
{
    double now = app_now(app);
    app->scene.news = true;
    app->news_until = (app->message[0] ? fmax(now, app->message_until) : now) + news_seconds;
    app->changed = true;
}

/* What moves without an update: the rate, the state, a message or an event that has been shown long
 * enough. */
static void look_around(struct app *app)
{
    double now = app_now(app);
    bool running = app->feed->running(app->feed);
    if (running != app->scene.data.running || now >= app->next_rate) {
        double rate = running ? app->feed->rate(app->feed) : (double)NAN;
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
    app_choose_wait(app);
    if (app->scene.look.help.open)
        app_share(app);
}

/* ---- the loop ---- */

void app_take_size(struct app *app)
{
    int rows, cols;
    app->surface->size(app->surface, &rows, &cols);
    canvas_resize(&app->canvas, rows, cols);
}

/* The trainer measures what the view on the screen wants to see, whoever has chosen it. */
static void watch_view(struct app *app)
{
    app->feed->measure(app->feed, view_shown(&app->scene)->watch | WATCH_SOME_SAMPLES);
    const struct attention_look look = view_attention(&app->scene);
    if (app->trainer)
        trainer_look(app->trainer, &look);
}

size_t app_past_bytes(const struct app *app)
{
    return app->trainer ? settings_past_bytes(&app->present)
                        : settings_history_bytes(&app->present);
}

/* What of the settings of the program the scene and the terminal go by. */
static void follow_settings(struct app *app)
{
    const struct settings *settings = &app->present;
    app->scene.terminal.ascii =
        settings->ascii == ASCII_ON || (settings->ascii == ASCII_AUTO && !app->surface->utf8);
    app->scene.look.hide = settings->hide;
    app->surface->style(app->surface, (enum theme)settings->theme, settings->mouse);
    history_limit(&app->history, app_past_bytes(app));
    runs_limit(&app->runs, settings_history_bytes(settings));
}

static void draw(struct app *app)
{
    follow_settings(app);
    view_screen(&app->canvas, &app->scene);
    app->surface->paint(app->surface, &app->canvas);
    app_record_frame(app);
    app_film_frame(app);
    app->changed = app->urgent = false;
    const double least = app->feed->busy(app->feed) ? backlog_seconds : 0;
    app->next_frame = app_now(app) + fmax(least, 1.0 / app->present.fps);
}

/* Takes what there is from the trainer, and does what a script makes of it. */
static void follow(struct app *app)
{
    do {
        watch_view(app);
        app_take_updates(app);
        app_go_on_loading(app);
        app_lab_go_on(app);
        app_bound_go_on(app);
    } while (app_play_turn(app));
}

void app_turn(struct app *app)
{
    double seconds = fmin(turn_seconds, 1.0 / app->present.fps);
    if (app->feed->busy(app->feed))
        seconds = 0;
    if (app->changed)
        seconds = fmin(seconds, fmax(0, app->next_frame - app_now(app)));
    if (app->play && !app->surface->clock && trainer_running(app->trainer))
        seconds = 0; /* who waits for the trainer is the script */
    int code = app->surface->key(app->surface, seconds);
    for (int keys = 1; code != KEY_CODE_NONE; keys++) {
        app_take_key(app, code);
        if (app->quit || keys == KEYS_PER_FRAME)
            break;
        code = app->surface->key(app->surface, 0);
    }
    follow(app);
    look_around(app);
    if (!app->quit && app->changed && (app->urgent || app_now(app) >= app->next_frame - slack))
        draw(app);
}

static void open_scene(struct app *app)
{
    char left[MESSAGE_SIZE];
    const struct task_setup task = settings_task(&app->present);
    app->task = task_describe(&task);
    app->scene = (struct scene){
        .data = {.watching = app->feed->watching,
                 .settings = &app->present,
                 .task = &app->task,
                 .bound = {.loss = NAN},
                 .history = &app->history,
                 .samples = &app->samples,
                 .symbols = &app->symbols,
                 .events = &app->events,
                 .runs = &app->runs,
                 .rate = NAN},
        .terminal = {.mono = !app->surface->colours, .few_colours = !app->surface->ramp},
        .message = app->message,
        .message_role = ROLE_TEXT,
    };
    scene_set_defaults(&app->scene);
    canvas_open(&app->canvas, 1, 1);
    app_take_size(app);
    watch_view(app);
    if (!app->film && file_left_behind(".", left, sizeof left))
        app_say(app, ROLE_BAD, "%s", left);
}

/* The first picture, and the trainer goes. */
static void begin(struct app *app)
{
    app->feed->wait(app->feed, 0.2); /* the first picture shows the first run, if that is quick */
    follow(app);
    if (!app->scene.data.ended && !app->play &&
        !app->scene.scripts.open) { /* as a saved run can be */
        app->feed->start(app->feed);
        app->scene.data.running = true;
    }
    draw(app);
}

/* The trainer, paused, under the settings or with the session that the program starts with. */
static struct feed *open_trainer(const struct app_start *start, struct clock *clock,
                                 struct error *error)
{
    const struct pair_state *state = start->session ? start->session->state : NULL;
    struct trainer *trainer = state ? trainer_resume(state, false, clock, error)
                                    : trainer_start(&start->settings, false, clock, error);
    if (!trainer)
        return NULL;
    trainer_keep_ended(trainer, true);
    return feed_train(trainer);
}

struct app *app_open(const struct app_start *start, struct clock *clock, struct error *error)
{
    const struct pair_state *state = start->session ? start->session->state : NULL;
    struct feed *feed = start->watch.paths > 0
                            ? feed_watch(&start->watch, &start->settings, clock, error)
                            : open_trainer(start, clock, error);
    if (!feed)
        return NULL;
    struct app *app = memory_new(1, sizeof *app);
    app->feed = feed;
    app->trainer = feed->trainer;
    app->map = start->watch.map;
    app->wanted = app->present = state ? state->settings : start->settings;
    app->grip_row = app->grip_col = -1;
    history_open(&app->history);
    sample_history_open(&app->samples);
    events_clear(&app->events);
    runs_open(&app->runs);
    return app;
}

bool app_show(struct app *app, const struct app_start *start, struct surface *surface,
              struct error *error)
{
    app->surface = surface;
    open_scene(app);
    if (start->session) {
        app_expect_session(app, start->session, start->session_path);
        if (settings_difference(&app->wanted, &start->settings) >= 0)
            app_command(app, &start->settings); /* what the options change comes on top */
    }
    app->setup = start->setup;
    app->force = start->force;
    if (!app_handout_open(app, start, error))
        return false;
    if (start->script)
        app_play_open(app, start->script, NULL);
    if (start->choose)
        act_play(app, 0);
    if (start->tee && !app_tee_open(app, start->tee, start->force, error))
        return false;
    if (start->record && !app_record_open(app, start->record, start->force, error))
        return false;
    begin(app);
    return true;
}

bool app_goes_on(const struct app *app)
{
    return !app->quit && !app->surface->ended(app->surface);
}

void app_free(struct app *app)
{
    app_lab_close(app);
    app_bound_close(app);
    app->feed->close(app->feed);
    app_play_close(app);
    app_scripts_close(app);
    app_journal_close(app);
    app_handout_close(app, false, NULL); /* where it was not closed before */
    sample_history_close(&app->samples);
    app_forget_attention(app);
    app_forget_session(app);
    free(app->save_path);
    (void)app_tee_close(app, NULL); /* where it was not closed before */
    history_close(&app->history);
    runs_close(&app->runs);
    canvas_close(&app->canvas);
    free(app);
}
