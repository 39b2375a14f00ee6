/* The page for a class: what is said, asked and measured while scripts are played. See app_state.h
 * and export/handout.h. */
#include "app/app_state.h"

#include "views/screen.h"

#include <math.h>

bool app_handout_open(struct app *app, const struct app_start *start, struct error *error)
{
    if (start->handout)
        app->handout = handout_open(start->handout, start->force, error);
    return app->handout || !start->handout;
}

void app_handout_add(struct app *app, enum handout_kind kind, const char *text)
{
    if (!app->handout)
        return;
    handout_add(app->handout, kind, text);
    app->handout_due = app->handout_due || kind == HANDOUT_HOLDS || kind == HANDOUT_FAILS;
}

struct scene app_scene_still(const struct app *app)
{
    struct scene scene = app->scene;
    if (!app->feed->running(app->feed)) {
        scene.data.running = false;
        scene.data.rate = (double)NAN;
    }
    return scene;
}

/* The screen without what is said, as the page says it. */
void app_handout_picture(struct app *app)
{
    if (!app->handout || !app->handout_due)
        return;
    struct canvas canvas;
    struct scene scene = app_scene_still(app);
    scene.lecture = (struct scene_lecture){
        .focus = scene.lecture.focus, .side = scene.lecture.side, .layer = scene.lecture.layer};
    scene.message = "";
    canvas_open(&canvas, app->canvas.rows, app->canvas.cols);
    view_screen(&canvas, &scene);
    handout_picture(app->handout, &canvas, (enum theme)app->present.theme);
    canvas_close(&canvas);
    app->handout_due = false;
}

int app_handout_count(const struct app *app)
{
    return app->handout ? handout_count(app->handout) : 0;
}

void app_handout_back(struct app *app, int count)
{
    if (app->handout)
        handout_truncate(app->handout, count);
    app->handout_due = false;
}

bool app_handout_close(struct app *app, bool good, struct error *error)
{
    struct handout *handout = app->handout;
    app->handout = NULL;
    if (handout && !good)
        handout_discard(handout);
    return !handout || !good || handout_close(handout, error);
}
