/* What the trainer publishes, taken in: steps into the history, restarts and changes into the
 * scene; and what happened is said. See app_state.h; draws nothing. */
#include "app/app_state.h"

#include "base/memory.h"
#include "views/bars.h"
#include "views/views.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { UPDATES_PER_TURN = 256 /* updates taken before keys are looked at again */ };

static void take_settings(struct app *app, const struct settings *settings)
{
    app->present = *settings;
    settings_copy(&app->present, &app->wanted, SCOPE_PROGRAM);
}

/* The row of the parameter that was chosen, which moves when a norm comes or goes. */
static void find_tensor(struct app *app)
{
    const int at = app->tensor ? snapshot_find(history_last(&app->history, LEFT), app->tensor) : -1;
    app->scene.look.bars.tensor = at > 0 ? at : 0;
}

/* To be called after what may have added events, with what there were: what is more than a detail
 * is shown, and a log that is scrolled back stays where it is. */
static void show_new_events(struct app *app, int64_t total, int count)
{
    if (app->events.total == total)
        return;
    if (app->scene.look.log.scroll > 0)
        app->scene.look.log.scroll += app->events.count - count;
    for (int i = 0; i < app->events.count; i++) {
        const struct event *event = &app->events.event[i];
        if (event->number > total && event_table[event->kind].rank > RANK_DETAIL) {
            app_show_news(app);
            return;
        }
    }
    app->changed = true;
}

static void take_step(struct app *app, const struct update *update)
{
    const int64_t total = app->events.total;
    const int count = app->events.count;
    const struct snapshot *const snapshot[SIDES] = {update->snapshot[LEFT],
                                                    update->snapshot[RIGHT]};
    history_add(&app->history, snapshot[LEFT], snapshot[RIGHT]);
    app_tee_step(app, snapshot);
    runs_step(&app->runs, update->snapshot[LEFT], update->snapshot[RIGHT]);
    events_step(&app->events, &app->history, app->trainer ? &app->present : NULL);
    for (int side = 0; side < SIDES && !app->trainer; side++)
        app->runs.now.warmup[side] = rate_warmup(&app->events.rate[side]);
    show_new_events(app, total, count);
    find_tensor(app);
    bars_fit_axis(&app->scene);
    app_redo_step(app, update->step);
    app_go_back_step(app);
}

/* How a run that begins is called. */
static void describe_run(const struct update_run *run, char *out, size_t size)
{
    if (run->name[0])
        snprintf(out, size, "%s", run->name);
    else
        snprintf(out, size, "seed %llu", (unsigned long long)run->settings.seed);
}

static void log_restart(struct app *app, const struct update_run *run, const char *changes)
{
    char text[EVENT_TEXT], name[UPDATE_NAME];
    describe_run(run, name, sizeof name);
    snprintf(text, sizeof text, "%s%s%.*s", name, *changes ? ", " : "", EVENT_TEXT / 2, changes);
    events_note(&app->events, 0, -1, EVENT_RESTART, text);
}

void app_forget_attention(struct app *app)
{
    for (enum side side = LEFT; side < SIDES; side++) {
        attention_maps_free(app->attention[side]);
        app->scene.data.attention[side] = app->attention[side] = NULL;
    }
    app->scene.data.no_attention = NULL;
}

static void take_attention(struct app *app, struct update *update)
{
    app_forget_attention(app);
    for (enum side side = LEFT; side < SIDES; side++) {
        app->scene.data.attention[side] = app->attention[side] = update->attention[side];
        update->attention[side] = NULL;
    }
    app->no_attention = update->error;
    if (!app->attention[LEFT])
        app->scene.data.no_attention = app->no_attention.text;
}

/* What there is to show is that of another run. */
static void begin_run(struct app *app, const struct update *update)
{
    if (app->present.layers != update->run->settings.layers)
        app->scene.look.bars.scroll = 0;
    app->begun = true;
    take_settings(app, &update->run->settings);
    app->task = update->run->task;
    app->symbols = update->run->symbols;
    memcpy(app->scene.data.parameters, update->run->parameters, sizeof app->scene.data.parameters);
    memcpy(app->scene.data.omega, update->run->omega, sizeof app->scene.data.omega);
    app->scene.data.ended = false;
    app->mark_step = 0;
    app->going_back = false;
    app->anchor = (struct history_anchor){0};
    history_clear(&app->history);
    if (update->run->gaps)
        history_take_gaps(&app->history);
    sample_history_clear(&app->samples);
    app_forget_attention(app);
    history_set_unit(&app->history, app->task.unigram_entropy, app->task.current_token);
    app_bound_begin(app);
    view_restart(&app->scene);
    axis_reset(&app->scene.look.bars.axis);
}

static void take_restart(struct app *app, struct update *update)
{
    char changes[MESSAGE_SIZE], name[UPDATE_NAME];
    struct settings before = app->present;
    const bool back = app->back_to != NULL, first = !app->begun;
    app_journal_begin(app, history_newest(&app->history), &update->run->settings);
    if (back)
        app_go_back_begins(app, &update->ended);
    else
        app_keep_run(app, &update->ended, false);
    before.seed = update->run->settings.seed; /* which is said anyway */
    app_list_changes(&before, &update->run->settings, NULL, changes, sizeof changes);
    events_clear(&app->events);
    if (app->begun && !back && (app->kept || !update->run->gaps)) {
        describe_run(update->run, name, sizeof name);
        app_say(app, ROLE_TEXT, "%s%s%s %s", app_told(app, changes), *changes ? ": " : "",
                update->run->gaps ? "a new run:" : "restarted from", name);
        log_restart(app, update->run, changes);
    }
    begin_run(app, update);
    runs_begin(&app->runs, &update->run->settings, update->run->name, app->task.unigram_entropy,
               app->task.current_token);
    app_redo_begins(app);
    app_say_kept(app);
    app_go_back_step(app);
    if (update->run->doubt[0] &&
        (first || before.task != app->present.task || strcmp(before.text, app->present.text) != 0))
        app_say(app, ROLE_WARN, "%s", update->run->doubt);
}

static void take_load(struct app *app, struct update *update)
{
    const int64_t done = history_newest(&app->history);
    app_keep_run(app, &update->ended, false);
    begin_run(app, update);
    if (app->entering)
        app_take_run(app);
    else
        app_take_session(app);
    app_journal_load(app, done);
    find_tensor(app);
    bars_fit_axis(&app->scene);
}

static void take_failure(struct app *app, struct update *update)
{
    app_say(app, ROLE_BAD, "%s", update->error.text);
    app_play_fail(app, update->error.text);
    app_undo_failed(app);
    app->redo_next = 0;
    app->going_back = false;
    app->back_to = NULL;
    if (update->state && app->entering)
        app_fail_run(app, &update->state);
    else if (update->state) /* what failed is a session that was to be loaded */
        app_forget_session(app);
    settings_copy(&app->present, &app->wanted, SCOPE_PROGRAM);
    if (!app->load_path) /* else a session is still to come, whose settings they are */
        app->wanted = app->present;
}

/* Marks what differs from the settings before, or the branch, at the step. */
static void set_mark(struct app *app, const struct settings *after, int64_t step)
{
    char changes[MARK_TEXT], text[sizeof changes + 16];
    app_list_changes(&app->mark_before, after, app->scene.terminal.ascii ? "->" : "→", changes,
                     sizeof changes);
    snprintf(text, sizeof text, "%s%s%s", app->mark_branch ? "branch" : "",
             app->mark_branch && *changes ? ", " : "", changes);
    app->mark_step = 0;
    if (*text) {
        history_add_mark(&app->history, *changes ? MARK_CHANGE : MARK_BRANCH, step, text);
        app->mark_step = step;
    }
}

/* Several changes before one step make one mark: true where it replaces that of the change before.
 * One of a session that was loaded stays, as nothing is known of the settings before it. */
static bool mark_change(struct app *app, const struct update *update)
{
    const bool again = app->mark_step == update->step && app->history.marks > 0;
    if (again) {
        app->history.marks--; /* it is the last: its step is not done yet */
    } else {
        app->mark_before = app->present;
        app->mark_branch = false;
    }
    set_mark(app, &update->run->settings, update->step);
    return again;
}

/* Is all that has changed a warmup that is over by the step either way, so that no rate will
 * differ? */
static bool is_too_late(const struct settings *before, const struct settings *after, int64_t step)
{
    struct settings same = *before;
    same.warmup = after->warmup;
    same.warmup_percent = after->warmup_percent;
    return settings_difference(&same, after) < 0 && after->schedule == SCHEDULE_CONSTANT &&
           settings_warmup(before) <= step && settings_warmup(after) <= step;
}

/* A stack that is stuck or has diverged: from there no warmup brings it back; -1: there is none. */
static int collapsed(const struct app *app)
{
    for (int side = SIDES - 1; side >= 0; side--) {
        const enum verdict_kind verdict = runs_verdict(&app->runs, &app->runs.now, (enum side)side);
        if (verdict == VERDICT_STUCK || verdict == VERDICT_DIVERGED)
            return side;
    }
    return -1;
}

/* What a change can still do: it acts on what follows, or, from the step shown, on a branch. */
static void say_change(struct app *app, const char *changes, const struct update *update)
{
    const struct settings *before = &app->present, *after = &update->run->settings;
    const int64_t shown = app->scene.look.cursor > 0 ? scene_step(&app->scene) : 0;
    /* A branch takes up the placements of its step. */
    const bool branch = shown > 0 && settings_difference(before, after) == SCOPE_OPTIMIZER &&
                        !is_too_late(before, after, shown + 1);
    changes = app_told(app, changes);
    const bool warmup = settings_warmup(before) != settings_warmup(after);
    const int lost = warmup && !branch ? collapsed(app) : -1;
    if (lost >= 0) {
        char title[TEXT_TITLE];
        scene_title(&app->scene, (enum side)lost, true, title);
        app_say(app, ROLE_WARN, "%s, too late to rescue %s, collapsed: r does, or Home and F",
                changes, title);
    } else if (is_too_late(before, after, update->step)) {
        app_say(app, ROLE_TEXT, "%s, over by step %lld: %s with it", changes,
                (long long)update->step, branch ? "F branches here" : "r restarts");
    } else {
        app_say(app, ROLE_TEXT, "%s, from step %lld on%s", changes, (long long)update->step,
                branch ? "; F branches here with it" : "");
    }
}

/* The same change as events: a placement that was switched is one of its stack. `again`: they
 * replace those of the change before. */
static void log_change(struct app *app, const struct update *update, bool again)
{
    const int64_t total = app->events.total;
    const int count = app->events.count;
    const struct settings *after = &update->run->settings;
    struct settings rest = app->mark_before;
    char text[EVENT_TEXT / 2];
    if (again) /* they are the last: their step is not done yet */
        app->events.count -= app->mark_events;
    app->mark_events = 0;
    for (int side = 0; side < SIDES; side++) {
        enum placement was = rest.stack[side].placement, is = after->stack[side].placement;
        if (was == is)
            continue;
        snprintf(text, sizeof text, "%s, no longer as %s", placement_table[is].name,
                 placement_table[was].name);
        events_note(&app->events, update->step, side, EVENT_SWITCH, text);
        app->mark_events++;
        rest.stack[side].placement = is;
    }
    app_list_changes(&rest, after, "→", text, sizeof text);
    if (*text) {
        events_note(&app->events, update->step, -1, EVENT_CHANGE, text);
        app->mark_events++;
    }
    show_new_events(app, total, count);
}

/* A run that was over has got more steps, and the trainer goes on. */
static void go_on_after_the_end(struct app *app)
{
    const int64_t done = history_newest(&app->history);
    if (!app->scene.data.ended || (app->present.steps > 0 && app->present.steps <= done))
        return;
    app->scene.data.ended = false;
    events_forget(&app->events, done, EVENT_END);
}

static void take_change(struct app *app, const struct update *update)
{
    char changes[MESSAGE_SIZE];
    app_list_changes(&app->present, &update->run->settings, NULL, changes, sizeof changes);
    if (!*changes)
        return;
    say_change(app, changes, update);
    log_change(app, update, mark_change(app, update));
    app_journal_change(app, update->step, &update->run->settings);
    take_settings(app, &update->run->settings);
    runs_change(&app->runs, update->step, &update->run->settings);
    go_on_after_the_end(app);
}

static void say_branch(struct app *app, const struct update *update)
{
    char changes[MESSAGE_SIZE];
    const long long step = (long long)update->step;
    app_list_changes(&update->run->before, &update->run->settings, NULL, changes, sizeof changes);
    const char *told = app_told(app, changes);
    if (*changes && is_too_late(&update->run->before, &update->run->settings, update->step + 1))
        app_say(app, ROLE_TEXT, "branched at step %lld: %s is over by then, r restarts with it",
                step, told);
    else
        app_say(app, ROLE_TEXT, "branched at step %lld%s%s: the old curves stay as ghosts", step,
                *changes ? " with " : "", told);
}

/* The events of the steps that are gone go as well, and the branch is one. */
static void log_branch(struct app *app, const struct update *update)
{
    char changes[EVENT_TEXT / 2], text[EVENT_TEXT / 2];
    events_truncate(&app->events, &app->history, app->trainer ? &update->run->before : NULL,
                    update->step);
    app_list_changes(&update->run->before, &update->run->settings, "→", changes, sizeof changes);
    snprintf(text, sizeof text, "step %lld%s%.48s", (long long)update->step, *changes ? ", " : "",
             changes);
    events_note(&app->events, update->step, -1, EVENT_BRANCH, text);
    app->scene.look.log.scroll = 0;
    app_show_news(app);
}

static void take_branch(struct app *app, struct update *update)
{
    app_journal_branch(app, history_newest(&app->history), update->step, &update->run->settings);
    app_forget_attention(app);
    app_keep_run(app, &update->ended, true);
    if (app->anchor.step != update->step)
        app->anchor = history_anchor(&app->history, update->step);
    history_truncate(&app->history, &app->anchor, update->snapshot[LEFT], update->snapshot[RIGHT]);
    runs_branch(&app->runs, update->step, &update->run->settings, &app->history);
    sample_history_truncate(&app->samples, update->step);
    log_branch(app, update);
    say_branch(app, update);
    app_say_kept(app);
    app->going_back = false;
    app->scene.data.ended = false;
    app->scene.look.cursor = 0;
    app->mark_before = update->run->before;
    app->mark_branch = true;
    app->mark_events = 0;
    set_mark(app, &update->run->settings, update->step + 1);
    take_settings(app, &update->run->settings);
    find_tensor(app);
    axis_reset(&app->scene.look.bars.axis);
    bars_fit_axis(&app->scene);
}

/* What is watched goes on from before a step: a branch from the newest one before it. */
static void take_back(struct app *app, struct update *update)
{
    const struct history *history = &app->history;
    int i = history_moments(history) - 1;
    while (i >= 0 && history_moment_step(history, i) >= update->step)
        i--;
    if (i < 0) /* of what was before nothing is kept */
        return;
    update->step = history_moment_step(history, i);
    for (enum side side = LEFT; side < SIDES; side++)
        update->snapshot[side] = snapshot_copy(history_moment(history, side, update->step));
    update->run = memory_new(1, sizeof *update->run);
    update->run->settings = update->run->before = app->present;
    take_branch(app, update);
    app_say(app, ROLE_TEXT, "the rows go back to step %lld: the old curves stay as ghosts",
            (long long)update->step);
}

static void take_update(struct app *app, struct update *update)
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
    case UPDATE_BACK:
        take_back(app, update);
        break;
    case UPDATE_SAMPLE:
        sample_history_add(&app->samples, update->sample);
        break;
    case UPDATE_ATTENTION:
        take_attention(app, update);
        break;
    case UPDATE_END:
        app->scene.data.ended = true;
        events_forget(&app->events, history_newest(&app->history), EVENT_END); /* if it was saved */
        events_note(&app->events, history_newest(&app->history), -1, EVENT_END, "");
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
    app->changed = true;
}

void app_take_updates(struct app *app)
{
    struct update *update;
    app->answering = true;
    for (int i = 0; i < UPDATES_PER_TURN && (update = app->feed->take(app->feed)); i++)
        take_update(app, update);
    app->answering = false;
}
