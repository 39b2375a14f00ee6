/* Takes back what keys and commands have done to the run. See app_state.h; draws nothing.
 *
 * A setting is put back to what it was, from the next step on; what ended a run goes back into that
 * run, as it was kept. Which run that is, is known only when the trainer has carried the command
 * out: commands that end runs have tickets, in the order in which their answers come. */
#include "app/app_state.h"

#include <string.h>

static void push(struct app *app, const struct undo *undo)
{
    if (app->undos == UNDO_MAX) {
        app->undos--;
        memmove(app->undo, app->undo + 1, (size_t)app->undos * sizeof *undo);
    }
    app->undo[app->undos++] = *undo;
}

void app_undo_settings(struct app *app, const struct settings *before, int scope)
{
    if (!app->taking_back)
        push(app, &(struct undo){.kind = UNDO_SETTINGS, .before = *before, .scope = scope});
}

void app_undo_switch(struct app *app, enum side side, enum placement before)
{
    if (!app->taking_back)
        push(app, &(struct undo){.kind = UNDO_SWITCH, .side = side, .placement = before});
}

void app_undo_end(struct app *app, const struct settings *before)
{
    app_ask(app);
    app->ends_sent++;
    if (!app->taking_back)
        push(app, &(struct undo){.kind = UNDO_RUN, .before = *before, .ticket = app->ends_sent});
}

void app_undo_ended(struct app *app, int kept)
{
    app->ends_seen++;
    for (int i = 0; i < app->undos; i++)
        if (app->undo[i].kind == UNDO_RUN && app->undo[i].ticket == app->ends_seen)
            app->undo[i].run = kept;
}

void app_undo_failed(struct app *app)
{
    if (app->ends_seen == app->ends_sent)
        return;
    app->ends_seen++;
    for (int i = 0; i < app->undos; i++)
        if (app->undo[i].kind == UNDO_RUN && app->undo[i].ticket == app->ends_seen) {
            app->undos--;
            memmove(&app->undo[i], &app->undo[i + 1],
                    (size_t)(app->undos - i) * sizeof app->undo[0]);
        }
}

/* Back into the run that was ended; one that had not done a step is begun anew. */
static void take_back_end(struct app *app, const struct undo *undo)
{
    if (undo->run == 0)
        app_command(app, &undo->before);
    else if (runs_at(&app->runs, undo->run))
        app_enter_run(app, undo->run);
    else
        app_say(app, ROLE_TEXT, "run %d is gone: it cannot be brought back", undo->run);
}

static void take_back_settings(struct app *app, const struct undo *undo)
{
    struct settings next = app->wanted;
    settings_copy(&next, &undo->before, (enum setting_scope)undo->scope);
    app_command(app, &next);
    if (undo->scope == SCOPE_PROGRAM)
        app_say(app, ROLE_TEXT, "taken back");
}

void act_undo(struct app *app, int argument)
{
    (void)argument;
    if (app->undos == 0) {
        app_say(app, ROLE_TEXT, "there is nothing to take back");
        return;
    }
    struct undo undo = app->undo[app->undos - 1];
    if (app_is_busy(app) || (undo.kind == UNDO_RUN && undo.ticket > app->ends_seen)) {
        app_say(app, ROLE_TEXT, "wait for the end of this step");
        return;
    }
    app->undos--;
    app->taking_back = true;
    switch (undo.kind) {
    case UNDO_SETTINGS:
        take_back_settings(app, &undo);
        break;
    case UNDO_SWITCH:
        app_switch(app, undo.side, undo.placement);
        break;
    case UNDO_RUN:
        take_back_end(app, &undo);
        break;
    }
    app->taking_back = false;
}
