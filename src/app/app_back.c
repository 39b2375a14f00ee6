/* Places that are gone back to, exactly: a script's Left, and the moment at which the keyboard was
 * taken. See app_state.h.
 *
 * What a run is follows from its settings and their steps, so that it is done again where it has
 * gone on or another one has begun; the rest of the screen is remembered as it is. */
#include "app/app_state.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

void app_place_take(const struct app *app, struct app_place *place)
{
    const struct run_record *now = &app->runs.now;
    *place = (struct app_place){.wanted = app->wanted,
                                .look = app->scene.look,
                                .number = now->number,
                                .step = history_newest(&app->history),
                                .log = run_log_copy(&now->log),
                                .events = memory_new(1, sizeof *place->events),
                                .marks = app->history.marks,
                                .undos = app->undos,
                                .handout = app_handout_count(app)};
    *place->events = app->events;
    place->mark = memory_new((size_t)place->marks + 1, sizeof *place->mark);
    memcpy(place->mark, app->history.mark, (size_t)place->marks * sizeof *place->mark);
    history_copy_ghosts(place->ghost, app->history.ghost);
}

void app_place_free(struct app_place *place)
{
    free(place->log.entry);
    free(place->events);
    free(place->mark);
    history_close_ghosts(place->ghost);
    *place = (struct app_place){0};
}

/* What acts on the next step is changed once more: it replaces what was noted of it then. */
static void expect_change(struct app *app, const struct app_place *place)
{
    const int64_t next = place->step + 1;
    const bool noted = place->marks > 0 && place->mark[place->marks - 1].step == next;
    app->mark_step = noted ? next : 0;
    app->mark_before = app->present;
    app->mark_branch = false;
    app->mark_events = 0;
    while (noted && app->mark_events < app->events.count &&
           app->events.event[app->events.count - 1 - app->mark_events].step == next)
        app->mark_events++;
}

/* The run is there: the rest follows. */
static void arrive(struct app *app)
{
    const struct app_place *place = app->back_to;
    app->back_to = NULL;
    app->events = *place->events;
    app->recorded_events = app->events.total;
    app->history.marks = place->marks;
    memcpy(app->history.mark, place->mark, (size_t)place->marks * sizeof *place->mark);
    history_close_ghosts(app->history.ghost);
    history_copy_ghosts(app->history.ghost, place->ghost);
    expect_change(app, place);
    app->wanted = place->wanted;
    for (enum side side = LEFT; side < SIDES; side++)
        if (app->wanted.stack[side].placement != app->present.stack[side].placement)
            trainer_switch(app->trainer, side, app->wanted.stack[side].placement);
    settings_copy(&app->present, &app->wanted, SCOPE_PROGRAM);
    trainer_apply(app->trainer, &app->wanted); /* what acts on the next step, and on the program */
    app->scene.look = place->look;
    app->scene.news = false;
    app->undos = app->undos < place->undos ? app->undos : place->undos;
    app_say_nothing(app);
    app->urgent = true;
}

static bool is_there(const struct app *app, const struct app_place *place)
{
    const struct run_record *now = &app->runs.now;
    return now->number == place->number && app->runs.numbers == place->number &&
           history_newest(&app->history) == place->step && now->log.count == place->log.count;
}

void app_go_back(struct app *app, const struct app_place *place)
{
    const bool running = trainer_running(app->trainer); /* the next step may be on its way */
    trainer_pause(app->trainer);
    app_handout_back(app, place->handout);
    app->back_to = place;
    app->scene.look.cursor = 0;
    if (!running && is_there(app, place)) {
        arrive(app);
        return;
    }
    app->scene.data.ended = false;
    app_say(app, ROLE_TEXT, "going back ...");
    app->wanted = place->wanted;
    trainer_redo(app->trainer, place->log.entry, place->log.count, place->step);
}

void app_go_back_begins(struct app *app, struct pair_state **ended)
{
    pair_state_free(*ended);
    *ended = NULL;
    runs_rewind(&app->runs, app->back_to->number);
    app->kept = 0;
    app->dropped = (struct runs_dropped){0};
}

void app_go_back_step(struct app *app)
{
    const struct app_place *place = app->back_to;
    if (place && app->runs.now.number == place->number &&
        history_newest(&app->history) == place->step)
        arrive(app);
}
