/* Keys that change what is looked at, and nothing else: the view and what moves in it, the moment,
 * the gradient of the bars, their axis. See app_state.h; draws nothing. */
#include "app/app_state.h"

#include "views/bars.h"
#include "views/navigate.h"
#include "views/views.h"

/* Says what there is to say, and lets the axis of the bars follow. */
void app_answer(struct app *app, const struct answer *said)
{
    if (said->text[0])
        app_say(app, ROLE_TEXT, "%s", said->text);
    bars_fit_axis(&app->scene);
}

/* ---- the view ---- */

bool app_shows(const struct app *app, enum view view)
{
    return view_shown(&app->scene) == view_table[view];
}

void app_show_view(struct app *app, enum view view)
{
    view_open(&app->scene, view);
    bars_fit_axis(&app->scene);
    if (app->begun)
        app_journal_view(app);
}

void act_view(struct app *app, int by)
{
    app_show_view(app, (enum view)(((int)app->scene.look.view + VIEWS + by) % VIEWS));
}

void act_projector(struct app *app, int argument)
{
    const bool on = !app->scene.look.projector;
    (void)argument;
    app_show_view(app, VIEW_OVERVIEW); /* in whose place it stands */
    app->scene.look.projector = on;
    if (on)
        app_say(app, ROLE_TEXT, "projector: %s or a digit leaves it",
                key_table[ACTION_PROJECTOR].label);
}

void act_blind(struct app *app, int argument)
{
    bool *blind = &app->scene.look.blind;
    struct answer said;
    (void)argument;
    *blind = !*blind;
    answer_say(&said,
               *blind ? "blind: which stack is A, which is B? %s reveals it"
                      : "the stacks have their names again",
               key_table[ACTION_BLIND].label);
    app_answer(app, &said);
}

/* ---- what moves in a view ---- */

void app_act_in_view(struct app *app, enum act act, int by)
{
    struct answer said;
    view_act(&app->scene, act, by, app->canvas.rows, app->canvas.cols, &said);
    app_answer(app, &said);
}

void act_scroll(struct app *app, int up)
{
    app_act_in_view(app, ACT_SCROLL, up);
}

void act_sideways(struct app *app, int right)
{
    app_act_in_view(app, ACT_SIDEWAYS, right);
}

void act_zoom(struct app *app, int in)
{
    app_act_in_view(app, ACT_ZOOM, in);
}

void act_quantity(struct app *app, int by)
{
    app_act_in_view(app, ACT_QUANTITY, by);
}

void act_smooth(struct app *app, int by)
{
    app_act_in_view(app, ACT_SMOOTH, by);
}

void act_log_x(struct app *app, int by)
{
    app_act_in_view(app, ACT_LOG_X, by);
}

void act_log_y(struct app *app, int by)
{
    app_act_in_view(app, ACT_LOG_Y, by);
}

void act_sort(struct app *app, int by)
{
    app_act_in_view(app, ACT_SORT, by);
}

/* ---- the moment ---- */

void act_steps(struct app *app, int by)
{
    struct answer said = {.text = ""};
    navigate_steps(&app->scene, by, &said);
    app_answer(app, &said);
}

void act_far(struct app *app, int direction)
{
    struct answer said = {.text = ""};
    navigate_far(&app->scene, direction, &said);
    app_answer(app, &said);
}

void act_to_mark(struct app *app, int direction)
{
    struct answer said = {.text = ""};
    navigate_to_mark(&app->scene, direction, &said);
    app_answer(app, &said);
}

void act_to_step(struct app *app, int step)
{
    navigate_to_step(&app->scene, step);
    bars_fit_axis(&app->scene);
}

void act_live(struct app *app, int argument)
{
    struct answer said = {.text = ""};
    (void)argument;
    navigate_live(&app->scene, &said);
    app_answer(app, &said);
}

/* ---- the bars ---- */

void act_gradient(struct app *app, int next)
{
    struct scene *scene = &app->scene;
    const struct snapshot *last = history_last(&app->history, LEFT);
    if (next && scene->look.bars.gradient == GRADIENT_PARAMETER && last->tensors > 0)
        scene->look.bars.tensor = (scene->look.bars.tensor + 1) % last->tensors;
    scene->look.bars.gradient =
        next || scene->look.bars.gradient == GRADIENT_STREAM ? GRADIENT_PARAMETER : GRADIENT_STREAM;
    bool known = scene->look.bars.tensor < last->tensors;
    if (known)
        app->tensor = snapshot_tensor(last, scene->look.bars.tensor);
    app_say(app, ROLE_TEXT, "bars: gradient of %s",
            scene->look.bars.gradient == GRADIENT_STREAM ? "the stream, dLoss/dx"
            : known                                      ? app->tensor
                                                         : "a parameter");
    axis_reset(&scene->look.bars.axis);
    bars_fit_axis(&app->scene);
}

void act_freeze(struct app *app, int argument)
{
    struct axis *axis = &app->scene.look.bars.axis;
    (void)argument;
    axis->frozen = !axis->frozen;
    if (!axis->frozen)
        app_say(app, ROLE_TEXT, "axis: follows the bars");
    else if (axis->low < axis->high)
        app_say(app, ROLE_TEXT, "axis: frozen from 1e%d to 1e%d", axis->low, axis->high);
    else
        app_say(app, ROLE_TEXT, "axis: will be frozen as the first step leaves it");
}
