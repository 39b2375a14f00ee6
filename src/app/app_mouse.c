/* What the mouse does, turned into keys or into what is looked at. See app_state.h; draws
 * nothing. */
#include "app/app_state.h"

#include "views/mouse.h"
#include "views/views.h"

enum { HELP_LINES = 3 /* a turn of the wheel */ };

static void choose(struct app *app, const struct hit *hit)
{
    struct answer said;
    view_choose(&app->scene, hit, &said);
    app_answer(app, &said);
    app->urgent = app->changed = true;
}

static void press(struct app *app, struct mouse mouse)
{
    const struct hit hit =
        view_hit(&app->scene, app->canvas.rows, app->canvas.cols, mouse.row, mouse.col);
    if (hit.kind == HIT_KEY) {
        app_take_key(app, key_table[hit.action].code[0]);
    } else if (hit.kind != HIT_NONE) {
        app->grip_row = hit.kind == HIT_STEP ? mouse.row : -1;
        app->grip_col = mouse.col;
        app->scene.look.help.open = false; /* a tab leaves it */
        choose(app, &hit);
    }
}

/* Scrubs along the row in which the button went down; beyond an edge it stays at that. */
static void drag(struct app *app, struct mouse mouse)
{
    const int toward = mouse.col < app->grip_col ? 1 : -1;
    struct hit hit = {.kind = HIT_NONE};
    if (app->grip_row < 0)
        return;
    for (int col = mouse.col; hit.kind != HIT_STEP; col += toward) {
        hit = view_hit(&app->scene, app->canvas.rows, app->canvas.cols, app->grip_row, col);
        if (col == app->grip_col)
            break;
    }
    if (hit.kind == HIT_STEP)
        choose(app, &hit);
}

/* Zooms where that means something, and scrolls elsewhere. */
static void turn_wheel(struct app *app, bool up)
{
    const struct scene *scene = &app->scene;
    if (scene->look.help.open) {
        for (int line = 0; line < HELP_LINES; line++)
            app_take_key(app, up ? KEY_CODE_UP : KEY_CODE_DOWN);
        return;
    }
    const bool zooms = view_shown(scene)->act[ACT_ZOOM];
    if (!zooms && !view_can_scroll(scene, app->canvas.rows, app->canvas.cols))
        return;
    enum action action = zooms ? (up ? ACTION_ZOOM_IN : ACTION_ZOOM_OUT)
                         : up  ? ACTION_SCROLL_UP
                               : ACTION_SCROLL_DOWN;
    app_take_key(app, key_table[action].code[0]);
}

void app_take_mouse(struct app *app, struct mouse mouse)
{
    if (app->scene.prompt) /* a key that is clicked would be typed there */
        return;
    switch (mouse.kind) {
    case MOUSE_PRESS:
        press(app, mouse);
        break;
    case MOUSE_DRAG:
        drag(app, mouse);
        break;
    case MOUSE_RELEASE:
        app->grip_row = -1;
        break;
    case MOUSE_WHEEL_UP:
    case MOUSE_WHEEL_DOWN:
        turn_wheel(app, mouse.kind == MOUSE_WHEEL_UP);
        break;
    }
}
