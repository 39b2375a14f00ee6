/* What the trainer publishes, taken in: steps into the history, restarts and changes into the scene;
 * and what happened is said. See app_state.h; draws nothing. */
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

static void take_restart(struct app *app, const struct update *update)
{
    char changes[MESSAGE_SIZE];
    app_list_changes(&app->present, &update->settings, NULL, changes, sizeof changes);
    if (app->begun)
        app_say(app, ROLE_TEXT, "%s%srestarted from seed %llu", changes, *changes ? ": " : "",
                (unsigned long long)update->settings.seed);
    if (app->present.layers != update->settings.layers)
        app->scene.bar_scroll = 0;
    app->begun = true;
    take_settings(app, &update->settings);
    app->task = update->task;
    memcpy(app->scene.parameters, update->parameters, sizeof app->scene.parameters);
    memcpy(app->scene.omega, update->omega, sizeof app->scene.omega);
    app->scene.ended = false;
    app->mark_step = 0;
    history_clear(&app->history);
    history_set_unit(&app->history, update->task.unigram_entropy);
    navigate_restart(&app->scene);
    axis_reset(&app->scene.axis);
}

/* Several changes before one step make one mark. */
static void mark_change(struct app *app, const struct update *update)
{
    char text[MARK_TEXT];
    if (app->mark_step == update->step && app->history.marks > 0)
        app->history.marks--;
    else
        app->mark_before = app->present;
    app->mark_step = 0;
    app_list_changes(&app->mark_before, &update->settings, app->scene.ascii ? "->" : "→", text,
                     sizeof text);
    if (*text) {
        history_add_mark(&app->history, update->step, text);
        app->mark_step = update->step;
    }
}

/* Is all that has changed a warmup that is over either way, so that no rate will differ? */
static bool is_too_late(const struct settings *before, const struct settings *after, int64_t step)
{
    struct settings same = *before;
    same.warmup = after->warmup;
    return settings_difference(&same, after) < 0 && after->schedule == SCHEDULE_CONSTANT &&
           before->warmup <= step && after->warmup <= step;
}

static void take_change(struct app *app, const struct update *update)
{
    char changes[MESSAGE_SIZE];
    app_list_changes(&app->present, &update->settings, NULL, changes, sizeof changes);
    if (!*changes)
        return;
    if (is_too_late(&app->present, &update->settings, update->step))
        app_say(app, ROLE_TEXT, "%s: over by step %lld, r restarts with it", changes,
                (long long)update->step);
    else
        app_say(app, ROLE_TEXT, "%s: from step %lld on", changes, (long long)update->step);
    mark_change(app, update);
    take_settings(app, &update->settings);
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
    case UPDATE_END:
        app->scene.ended = true;
        break;
    case UPDATE_FAILED:
        app_say(app, ROLE_BAD, "%s", update->error.text);
        app_copy_program_settings(&app->present, &app->wanted);
        app->wanted = app->present;
        break;
    }
    app->changed = true;
}

void app_take_updates(struct app *app)
{
    for (int i = 0; i < UPDATES_PER_TURN && trainer_take(app->trainer, app->update); i++)
        take_update(app, app->update);
}
