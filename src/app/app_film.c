/* A script that is recorded: the program on a surface without a terminal and on a clock of its own,
 * picture by picture. See app.h and app_state.h. */
#include "app/app_state.h"

#include "base/memory.h"
#include "screen/virtual.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The films under way. */
struct app_film {
    const struct app_recording *recording;
    struct film *film;
    int chapters; /* that begin with the next picture */
    const char **chapter;
    bool has_still;     /* the picture that was asked for has been drawn */
    struct error error; /* why there is nothing to go on with; empty: there is */
};

void app_film_chapter(struct app *app, const char *name)
{
    struct app_film *film = app->film;
    if (!film)
        return;
    film->chapter = memory_resize(film->chapter, (size_t)film->chapters + 1, sizeof *film->chapter);
    film->chapter[film->chapters++] = name;
}

void app_film_caption(struct app *app, const char *text)
{
    if (app->film)
        film_caption(app->film->film, text, app_now(app));
}

void app_film_result(struct app *app, const struct player_result *result)
{
    if (app->film)
        app->film->recording->result(app->film->recording->data, result);
}

bool app_film_wants(const struct app *app, int64_t step)
{
    return app->film && !app->film->has_still && app->film->recording->step == step;
}

static bool is_wanted(const struct app *app, const struct app_film *film)
{
    const char *wanted = film->recording->chapter;
    for (int i = 0; i < film->chapters && wanted; i++)
        if (strcmp(film->chapter[i], wanted) == 0)
            return true;
    return app_film_wants(app, history_newest(&app->history));
}

/* The picture comes first, so that a marker stands where all of it is drawn. */
void app_film_frame(struct app *app)
{
    struct app_film *film = app->film;
    const enum theme theme = (enum theme)app->present.theme;
    if (!film || film->error.text[0])
        return;
    if (!film_frame(film->film, &app->canvas, theme, app_now(app), &film->error))
        return;
    if (!film->has_still && is_wanted(app, film)) {
        film_still(film->film, &app->canvas, theme);
        film->has_still = true;
    }
    for (int i = 0; i < film->chapters; i++)
        film_marker(film->film, film->chapter[i], app_now(app));
    film->chapters = 0;
}

/* ---- the whole of it ---- */

/* Until the script is over, or there is nothing to go on with. */
static bool play(struct app *app, struct app_film *film, struct error *error)
{
    const struct app_recording *recording = film->recording;
    while (app_goes_on(app) && !app_play_is_over(app) && !film->error.text[0] &&
           recording->goes_on(recording->data)) {
        app_turn(app);
        recording->progress(recording->data, app_play_part(app));
    }
    if (film->error.text[0])
        return error_set(error, "%s", film->error.text);
    if (app_play_error(app))
        return error_set(error, "%s", app_play_error(app)->text);
    if (!app_play_is_over(app))
        return error_set(error, "stopped: nothing is recorded");
    if (recording->step >= 0 && !film->has_still)
        return error_set(error, "step %lld is not reached: one that the script trains",
                         (long long)recording->step);
    return true;
}

static bool show(struct app *app, const struct app_start *start, struct app_film *film,
                 struct virtual_screen *screen, struct error *error)
{
    app->film = film;
    return app_show(app, start, &screen->surface, error) && play(app, film, error);
}

/* Ends the files, or leaves none behind. */
static bool finish(struct app_film *film, bool good, double seconds, struct error *error)
{
    if (good)
        good = film_close(film->film, seconds, error);
    else
        film_discard(film->film);
    free(film->chapter);
    return good;
}

bool app_record(const struct app_start *start, const struct app_recording *recording,
                struct app_recorded *recorded, struct error *error)
{
    struct virtual_screen screen;
    struct film_plan plan = recording->film;
    plan.theme = (enum theme)start->settings.theme;
    plan.fps = start->settings.fps;
    plan.still = recording->chapter || recording->step >= 0;
    struct app_film film = {.recording = recording, .film = film_open(&plan, error)};
    *recorded = (struct app_recorded){0};
    if (!film.film)
        return false;
    if (film_font(film.film))
        snprintf(recorded->font, sizeof recorded->font, "%s", film_font(film.film));
    virtual_open(&screen, plan.rows, plan.cols, plan.fps);
    struct app *app = app_open(start, &screen.clock, error);
    bool good = app && show(app, start, &film, &screen, error);
    recorded->seconds = screen.clock.seconds;
    if (app) {
        good = app_handout_close(app, good, error) && good;
        recorded->failures = app_play_failures(app);
        app_free(app);
    }
    good = finish(&film, good, recorded->seconds, error);
    virtual_close(&screen);
    return good;
}
