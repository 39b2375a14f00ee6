/* What the trainer publishes, taken in: steps into the history, restarts and changes into the
 * scene; and what happened is said. See app_state.h; draws nothing. */
#include "ui/app_state.h"

#include "train/presets.h"
#include "ui/navigate.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { UPDATES_PER_TURN = 256 /* updates taken before keys are looked at again */ };

static void take_settings(struct app *app, const struct settings *settings)
{
    app->present = *settings;
    app_copy_program_settings(&app->present, &app->wanted);
}

/* The row of the parameter that was chosen, which moves when a norm comes or goes. */
static void find_tensor(struct app *app)
{
    const struct snapshot *last = &app->history.last[LEFT];
    app->scene.tensor = 0;
    for (int i = 0; app->tensor && i < last->tensors; i++)
        if (strcmp(last->tensor[i].name, app->tensor) == 0)
            app->scene.tensor = i;
}

static void take_step(struct app *app, const struct update *update)
{
    history_add(&app->history, update->snapshot);
    find_tensor(app);
    app_fit_axis(app);
}

/* What there is to show is that of another run. */
static void begin_run(struct app *app, const struct update *update)
{
    if (app->present.layers != update->settings.layers)
        app->scene.bar_scroll = 0;
    app->begun = true;
    take_settings(app, &update->settings);
    app->task = update->task;
    memcpy(app->scene.parameters, update->parameters, sizeof app->scene.parameters);
    memcpy(app->scene.omega, update->omega, sizeof app->scene.omega);
    app->scene.ended = false;
    app->mark_step = 0;
    app->going_back = false;
    history_clear(&app->history);
    history_set_unit(&app->history, update->task.unigram_entropy);
    navigate_restart(&app->scene);
    axis_reset(&app->scene.axis);
}

static void take_restart(struct app *app, const struct update *update)
{
    char changes[MESSAGE_SIZE];
    app_list_changes(&app->present, &update->settings, NULL, changes, sizeof changes);
    if (app->begun)
        app_say(app, ROLE_TEXT, "%s%srestarted from seed %llu", changes, *changes ? ": " : "",
                (unsigned long long)update->settings.seed);
    begin_run(app, update);
}

static void take_load(struct app *app, const struct update *update)
{
    begin_run(app, update);
    app_take_session(app);
    find_tensor(app);
    app_fit_axis(app);
}

static void take_failure(struct app *app, const struct update *update)
{
    app_say(app, ROLE_BAD, "%s", update->error.text);
    app->going_back = false;
    if (update->state) /* what failed is a session that was to be loaded */
        app_forget_session(app);
    app_copy_program_settings(&app->present, &app->wanted);
    app->wanted = app->present;
}

/* Marks what differs from the settings before, or the branch, at the step. */
static void set_mark(struct app *app, const struct settings *after, int64_t step)
{
    char changes[MARK_TEXT], text[sizeof changes + 16];
    app_list_changes(&app->mark_before, after, app->scene.ascii ? "->" : "→", changes,
                     sizeof changes);
    snprintf(text, sizeof text, "%s%s%s", app->mark_branch ? "branch" : "",
             app->mark_branch && *changes ? ", " : "", changes);
    app->mark_step = 0;
    if (*text) {
        history_add_mark_of(&app->history, *changes ? MARK_CHANGE : MARK_BRANCH, step, text);
        app->mark_step = step;
    }
}

/* Several changes before one step make one mark. */
static void mark_change(struct app *app, const struct update *update)
{
    if (app->mark_step == update->step && app->history.marks > 0) {
        app->history.marks--; /* it is the last: its step is not done yet */
    } else {
        app->mark_before = app->present;
        app->mark_branch = false;
    }
    set_mark(app, &update->settings, update->step);
}

bool app_is_too_late(const struct settings *before, const struct settings *after, int64_t step)
{
    struct settings same = *before;
    same.warmup = after->warmup;
    return settings_difference(&same, after) < 0 && after->schedule == SCHEDULE_CONSTANT &&
           before->warmup <= step && after->warmup <= step;
}

/* What a change can still do: it acts on what follows, or, from the step shown, on a branch. */
static void say_change(struct app *app, const char *changes, const struct update *update)
{
    const struct settings *before = &app->present, *after = &update->settings;
    const int64_t shown = app->scene.cursor > 0 ? scene_step(&app->scene) : 0;
    /* A branch takes up the placements of its step. */
    const bool branch = shown > 0 && settings_difference(before, after) == SCOPE_OPTIMIZER &&
                        !app_is_too_late(before, after, shown + 1);
    if (app_is_too_late(before, after, update->step))
        app_say(app, ROLE_TEXT, "%s: over by step %lld, %s with it", changes,
                (long long)update->step, branch ? "F branches here" : "r restarts");
    else
        app_say(app, ROLE_TEXT, "%s: from step %lld on%s", changes, (long long)update->step,
                branch ? "; F branches here with it" : "");
}

static void take_change(struct app *app, const struct update *update)
{
    char changes[MESSAGE_SIZE];
    app_list_changes(&app->present, &update->settings, NULL, changes, sizeof changes);
    if (!*changes)
        return;
    say_change(app, changes, update);
    mark_change(app, update);
    take_settings(app, &update->settings);
}

static void say_branch(struct app *app, const struct update *update)
{
    char changes[MESSAGE_SIZE];
    const long long step = (long long)update->step;
    app_list_changes(&update->before, &update->settings, NULL, changes, sizeof changes);
    if (*changes && app_is_too_late(&update->before, &update->settings, update->step + 1))
        app_say(app, ROLE_TEXT, "branched at step %lld: %s is over by then, r restarts with it",
                step, changes);
    else
        app_say(app, ROLE_TEXT, "branched at step %lld%s%s: the old curves stay as ghosts", step,
                *changes ? " with " : "", changes);
}

static void take_branch(struct app *app, const struct update *update)
{
    if (app->anchor.step != update->step)
        app->anchor = history_anchor(&app->history, update->step);
    history_truncate(&app->history, &app->anchor, update->snapshot);
    say_branch(app, update);
    app->going_back = false;
    app->scene.ended = false;
    app->scene.cursor = 0;
    app->mark_before = update->before;
    app->mark_branch = true;
    set_mark(app, &update->settings, update->step + 1);
    take_settings(app, &update->settings);
    find_tensor(app);
    axis_reset(&app->scene.axis);
    app_fit_axis(app);
}

static void take_update(struct app *app, const struct update *update)
{
    switch (update->kind) {
    case UPDATE_STEP:
        take_step(app, update);
        break;
    case UPDATE_RESTART:
        take_restart(app, update);
        break;
    case UPDATE_CHANGE:
        take_change(app, update);
        break;
    case UPDATE_BRANCH:
        take_branch(app, update);
        break;
    case UPDATE_END:
        app->scene.ended = true;
        break;
    case UPDATE_LOAD:
        take_load(app, update);
        break;
    case UPDATE_STATE:
        app_take_state(app, update->state);
        break;
    case UPDATE_FAILED:
        take_failure(app, update);
        break;
    }
    pair_state_free(update->state);
    app->changed = true;
}

void app_take_updates(struct app *app)
{
    for (int i = 0; i < UPDATES_PER_TURN && trainer_take(app->trainer, app->update); i++)
        take_update(app, app->update);
}
