/* Goes back to a step and on from there, and gives steps their names. See app_state.h; draws
 * nothing. */
#include "app/app_state.h"

#include "base/names.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- a branch ---- */

/* Trains on from the step that is shown, under the settings as they are wanted now; the placements
 * are again those of that step. */
void act_branch(struct app *app, int argument)
{
    (void)argument;
    const int64_t step = scene_step(&app->scene);
    const struct settings before = app->wanted;
    if (app->scene.look.cursor == 0) {
        app_say(app, ROLE_TEXT,
                "this is the newest step, there is nothing to go back to: %s goes "
                "back first",
                key_table[ACTION_BACK].label);
        return;
    }
    if (app->going_back) {
        app_say(app, ROLE_TEXT, "going back to step %lld ...", (long long)app->anchor.step);
        return;
    }
    for (enum side side = LEFT; side < SIDES; side++)
        app->wanted.stack[side].placement = scene_moment(&app->scene, side)->placement;
    app_undo_end(app, &before);
    app->anchor = history_anchor(&app->history, step);
    app->going_back = true;
    app_say(app, ROLE_TEXT, "going back to step %lld ...", (long long)step);
    app->message_until = INFINITY; /* the steps in between can take long */
    trainer_branch(app->trainer, step, &app->wanted);
}

/* ---- names of steps ---- */

/* Is this a name that a mark on the curves can show as it is? */
static bool is_name(const char *name)
{
    return name[strspn(name, " ")] != '\0' && strlen(name) < MARK_TEXT && names_is_printable(name);
}

/* The name that the user has given to a step; NULL: none. */
static struct history_mark *name_of(struct history *history, int64_t step)
{
    for (int i = 0; i < history->marks; i++)
        if (history->mark[i].kind == MARK_NAME && history->mark[i].step == step)
            return &history->mark[i];
    return NULL;
}

/* The first of "mark 1", "mark 2", ... that is not taken. */
static void next_name(const struct history *history, char out[MARK_TEXT])
{
    int number = 0;
    bool taken = true;
    while (taken) {
        snprintf(out, MARK_TEXT, "mark %d", ++number);
        taken = false;
        for (int i = 0; i < history->marks; i++)
            taken = taken || strcmp(history->mark[i].text, out) == 0;
    }
}

bool app_mark(struct app *app, const char *name)
{
    const int64_t step = scene_step(&app->scene);
    struct history_mark *old = name_of(&app->history, step);
    char next[MARK_TEXT];
    if (step == 0) {
        app_say(app, ROLE_TEXT, "there is no step to mark yet");
        return false;
    }
    if (name && !is_name(name)) {
        app_say(app, ROLE_BAD, "this cannot be the name of a mark: up to %d printable characters",
                MARK_TEXT - 1);
        return false;
    }
    if (!name && old) {
        app_say(app, ROLE_TEXT, "step %lld has a name: %s", (long long)step,
                scene_mark_text(&app->scene, old));
        return true;
    }
    next_name(&app->history, next);
    if (old)
        snprintf(old->text, sizeof old->text, "%s", name);
    else
        history_add_mark(&app->history, MARK_NAME, step, name ? name : next);
    if (old)
        events_forget(&app->events, step, EVENT_MARK);
    events_note(&app->events, step, -1, EVENT_MARK, name ? name : next);
    app_journal_mark(app, step, name ? name : next);
    app_say(app, ROLE_GOOD, "step %lld: %s", (long long)step, name ? name : next);
    return true;
}

void act_mark(struct app *app, int argument)
{
    (void)argument;
    app_open_prompt(app, "mark ");
}
