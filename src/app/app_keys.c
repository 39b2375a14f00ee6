/* What a key does: the handlers of the actions, and the keys that have none. See app_state.h; draws
 * nothing. */
#include "app/app_state.h"

#include "views/views.h"

/* ---- the table ---- */

#define ACTION_HANDLER(id, handler_, argument_, ...)                                               \
    [ACTION_##id] = {.handler = handler_, .argument = argument_},

static const struct {
    void (*handler)(struct app *app, int argument);
    int argument;
} handlers[ACTIONS] = {ACTION_LIST(ACTION_HANDLER)};

/* Keys that end a run, or switch a stack, are for views of the run under way. */
static bool is_out_of_place(struct app *app, enum action action)
{
    const struct scene *scene = &app->scene;
    if (!key_table[action].ends || !view_shown(scene)->still)
        return false;
    app_say(app, ROLE_TEXT, "%s does nothing in the %s: key %c shows the run under way",
            key_table[action].label, view_names[scene->look.view], view_table[0]->key);
    return true;
}

void app_act(struct app *app, enum action action)
{
    if (key_table[action].trains && !app_can_train(app, key_table[action].label))
        return;
    if (is_out_of_place(app, action))
        return;
    handlers[action].handler(app, handlers[action].argument);
}

/* ---- the run ---- */

void act_run(struct app *app, int one_step)
{
    if (app->scene.data.ended)
        app_say(app, ROLE_TEXT, "the run is over after %lld steps: r restarts it",
                (long long)app->present.steps);
    else if (one_step)
        trainer_step(app->trainer);
    else if (trainer_running(app->trainer))
        trainer_pause(app->trainer);
    else
        trainer_run(app->trainer);
}

void act_restart(struct app *app, int argument)
{
    (void)argument;
    app_say(app, ROLE_TEXT, "restart ...");
    app_undo_end(app, &app->wanted);
    trainer_restart(app->trainer);
    if (app->scene.data.ended)
        trainer_run(app->trainer);
}

/* ---- the program ---- */

void act_command(struct app *app, int argument)
{
    (void)argument;
    app_open_prompt(app, "");
}

void act_redraw(struct app *app, int argument)
{
    (void)argument;
    app->surface->redraw(app->surface);
}

void act_quit(struct app *app, int argument)
{
    /* What others train is in their files. */
    const int unsaved = app->trainer && app->present.confirm ? runs_unsaved(&app->runs) : 0;
    const int trainings = app->present.confirm ? app_lab_unsaved(app) : 0;
    const char *quit = key_table[ACTION_QUIT].label;
    (void)argument;
    if (unsaved > 0 && !app->quitting)
        app_say(app, ROLE_WARN,
                "%d run%s of more than %d steps not saved: %s again quits, :save FILE saves",
                unsaved, unsaved == 1 ? "" : "s", RUN_LONG, quit);
    else if (trainings > 0 && !app->quitting)
        app_say(app, ROLE_WARN,
                "%d training%s of the lab not saved: %s again quits, key %c and :export FILE.jsonl "
                "saves",
                trainings, trainings == 1 ? "" : "s", quit, view_table[VIEW_LAB]->key);
    else
        app->quit = true;
    app->quitting = true;
}

/* ---- keys ---- */

/* What came together with an Escape: q is a key of its own after it, since both of them leave
 * something, and : is, since what is typed behind it must not act as keys. Letters that act are
 * not, as Alt and a letter must not end a run. */
static int after_escape(struct app *app, int code)
{
    const int key = code - KEY_CODE_ALT;
    const int action = key_action(key);
    if (app->pasting || (action != ACTION_QUIT && action != ACTION_COMMAND))
        return KEY_CODE_OTHER;
    app_take_key(app, KEY_CODE_ESCAPE);
    return key;
}

void app_press_key(struct app *app, int code)
{
    char key[32];
    if (code >= KEY_CODE_ALT)
        code = after_escape(app, code);
    app->keys++;
    if (code == KEY_CODE_MOUSE) {
        app_take_mouse(app, app->surface->mouse(app->surface));
        return;
    }
    app->urgent = app->changed = true;
    if (code == KEY_CODE_RESIZE) {
        app_take_size(app);
        return;
    }
    if (app_prompt_key(app, code) || app_choose_key(app, code))
        return;
    app_say_nothing(app);
    int action = key_action(code);
    if (action != ACTION_QUIT && action != ACTION_COMMAND) /* :quit twice quits as well */
        app->quitting = false;
    if (action != ACTION_REMOVE)
        app->removing = 0;
    if (app_search_key(app, code)) {
        ;
    } else if (app->scene.look.help.open && action != ACTION_COMMAND) {
        app_help_key(app, code);
    } else if (action >= 0) {
        app_act(app, (enum action)action);
    } else if (code == KEY_CODE_PAGE_UP && view_shown(&app->scene)->act[ACT_PAGE]) {
        app_act_in_view(app, ACT_PAGE, 1);
    } else if (code == KEY_CODE_PAGE_DOWN && view_shown(&app->scene)->act[ACT_PAGE]) {
        app_act_in_view(app, ACT_PAGE, -1);
    } else if (view_of_key(code) >= 0) {
        app_show_view(app, (enum view)view_of_key(code));
    } else {
        key_describe(code, key, sizeof key);
        app_say(app, ROLE_TEXT, "%s does nothing: ? shows the keys", key);
    }
}

void app_take_key(struct app *app, int code)
{
    if (!app_scripts_key(app, code) && !app_play_key(app, code))
        app_press_key(app, code);
}
