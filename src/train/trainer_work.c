/* See trainer_work.h: what is done between two steps, and when. All that others ask for and are
 * told goes through the two queues; knows nobody who calls trainer.h. */
#include "train/trainer_work.h"

#include "base/clock.h"
#include "base/memory.h"
#include "train/wait.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { EARLY_SAMPLE = 15 };

/* ---- updates ---------------------------------------------------------------------------------*/

/* Waits for room, and puts the update into the queue; where the trainer is to stop meanwhile it is
 * dropped. `rate` is that of an UPDATE_STEP. */
static void publish_update(struct trainer *trainer, struct update *update, double rate)
{
    pthread_mutex_lock(&trainer->mutex);
    while (trainer->updates.count == TRAINER_UPDATES && !trainer->stop)
        pthread_cond_wait(&trainer->to_trainer, &trainer->mutex);
    const bool stop = trainer->stop;
    if (!stop) {
        update_put(&trainer->updates, update);
        if (update->kind == UPDATE_STEP)
            trainer->rate = rate;
        if (update->kind == UPDATE_END)
            trainer->running = false;
        pthread_cond_signal(&trainer->to_screen);
    }
    pthread_mutex_unlock(&trainer->mutex);
    if (stop)
        update_free(update);
}

/* Hands `state`, and `ended`, that of the run which was before, over to whoever takes the update.
 */
static void publish_both(struct trainer *trainer, enum update_kind kind, const struct error *error,
                         struct pair_state *state, struct pair_state *ended)
{
    struct update *update = update_new(kind, &trainer->pair);
    update->step += kind == UPDATE_CHANGE;
    memcpy(update->run->omega, trainer->omega, sizeof trainer->omega);
    if (error)
        update->error = *error;
    update->state = state;
    update->ended = ended;
    publish_update(trainer, update, NAN);
}

static void publish_with(struct trainer *trainer, enum update_kind kind, const struct error *error,
                         struct pair_state *state)
{
    publish_both(trainer, kind, error, state, NULL);
}

static void publish_state(struct trainer *trainer, enum update_kind kind, const struct error *error)
{
    publish_with(trainer, kind, error, NULL);
}

/* `slot` is when it begins; on a clock that stands meanwhile, it is also over then. */
static void step(struct trainer *trainer, double slot)
{
    pair_step(&trainer->pair);
    trainer->computed = trainer->pair.run[LEFT].step;
    double rate = pace_end(&trainer->pace, trainer->clock ? slot : clock_seconds());
    struct update *update = update_new(UPDATE_STEP, &trainer->pair);
    update_add_snapshots(update, &trainer->pair);
    publish_update(trainer, update, rate);
}

/* ---- samples ---------------------------------------------------------------------------------*/

static void forget_sample(struct trainer *trainer)
{
    trainer->sampled = -1;
    trainer->sampling = false;
}

/* The steps whose samples are taken for those who look back: the first, and then at intervals that
 * grow to `distance`, a half of it, a quarter ... of it at first. */
static bool is_step_for_later(int64_t step, int distance)
{
    int64_t early = distance;
    while (early > step && early / 2 >= EARLY_SAMPLE)
        early /= 2;
    return step == 1 || step == early || step % distance == 0;
}

/* Is a sample to be written before the next step, which follows if `go`? Counted in steps, so that
 * the answer does not depend on a clock. Where nobody watches, few are taken, for those who look
 * back (WATCH_SOME_SAMPLES). The mutex is held. */
static bool is_sample_due(struct trainer *trainer, bool go)
{
    const int64_t step = trainer->pair.run[LEFT].step;
    const bool watched = trainer->watch & WATCH_SAMPLES;
    const bool some = watched || trainer->watch & WATCH_SOME_SAMPLES;
    const int distance = pair_sample_distance(&trainer->pair, watched);
    if (!some || watched != trainer->watching)
        forget_sample(trainer);
    trainer->watching = watched;
    if (!some || distance == 0 || trainer->sampling)
        return trainer->sampling;
    if (trainer->sampled == step || !go)
        return trainer->sampled != step && watched;
    if (!watched)
        return step > 0 && is_step_for_later(step, distance);
    return step > 0 && (step % distance == 0 || trainer->sampled < 0);
}

/* Writes one token of each text, so that a command or the end need not wait for a whole sample. */
static void sample(struct trainer *trainer)
{
    trainer->computed = -1;
    if (!trainer->sampling)
        pair_begin_sample(&trainer->pair, trainer->watching);
    trainer->sampling = pair_go_on_sample(&trainer->pair);
    if (trainer->sampling)
        return;
    trainer->sampled = trainer->pair.run[LEFT].step;
    struct update *update = update_new(UPDATE_SAMPLE, &trainer->pair);
    update->sample = memory_new(SIDES, sizeof *update->sample);
    for (int side = 0; side < SIDES; side++)
        update->sample[side] = trainer->pair.sampler[side].sample;
    publish_update(trainer, update, NAN);
}

/* ---- commands --------------------------------------------------------------------------------*/

static void forget_rate(struct trainer *trainer)
{
    pace_clear(&trainer->pace);
    pthread_mutex_lock(&trainer->mutex);
    trainer->rate = (double)NAN;
    pthread_mutex_unlock(&trainer->mutex);
}

static void set_running(struct trainer *trainer)
{
    pthread_mutex_lock(&trainer->mutex);
    trainer->running = true;
    pthread_mutex_unlock(&trainer->mutex);
}

static bool at_the_end(const struct trainer *trainer)
{
    int64_t steps = trainer->pair.settings.steps;
    return steps > 0 && trainer->pair.run[LEFT].step >= steps;
}

/* Notes the omega of Admin, which is known before the first step only. */
static void note_profile(struct trainer *trainer, const struct pair *pair)
{
    for (int side = 0; side < SIDES; side++)
        trainer->omega[side] = run_omega(&pair->run[side]);
}

/* The state of the run that is about to end, where it is asked for and is no larger than half of
 * what the runs may take. */
static struct pair_state *keep_ending(struct trainer *trainer)
{
    struct pair *pair = &trainer->pair;
    pthread_mutex_lock(&trainer->mutex);
    const bool keeps = trainer->keeps;
    pthread_mutex_unlock(&trainer->mutex);
    if (!keeps || pair->run[LEFT].step == 0 ||
        pair_state_bytes(pair) > settings_history_bytes(&pair->settings) / 2)
        return NULL;
    return pair_state_take(pair);
}

/* The trainer goes on with this pair. */
static void replace(struct trainer *trainer, const struct pair *fresh)
{
    bool ended = at_the_end(trainer);
    redo_close(&trainer->redo);
    pair_close(&trainer->pair);
    pair_move(&trainer->pair, fresh);
    states_restart(&trainer->states, &trainer->pair);
    forget_rate(trainer);
    if (ended) /* the end had paused it, not the user */
        set_running(trainer);
}

static bool restart(struct trainer *trainer, const struct settings *settings)
{
    struct pair fresh;
    struct error error;
    if (!pair_open(&fresh, settings, &error)) {
        publish_state(trainer, UPDATE_FAILED, &error);
        return false;
    }
    struct pair_state *ending = keep_ending(trainer);
    note_profile(trainer, &fresh);
    replace(trainer, &fresh);
    publish_both(trainer, UPDATE_RESTART, NULL, NULL, ending);
    return true;
}

/* Begins a run that is done again; it is the trainer's from now on. */
static void redo(struct trainer *trainer, struct redo *log)
{
    struct settings first = log->entry[0].settings;
    settings_copy(&first, &trainer->pair.settings, SCOPE_PROGRAM);
    if (restart(trainer, &first))
        trainer->redo = *log;
    else
        redo_close(log);
}

static void load(struct trainer *trainer, struct pair_state *state)
{
    struct pair fresh;
    struct error error;
    if (!pair_open(&fresh, &state->settings, &error)) {
        publish_with(trainer, UPDATE_FAILED, &error, state);
        return;
    }
    const struct omega profile[SIDES] = {run_omega(&fresh.run[LEFT]), run_omega(&fresh.run[RIGHT])};
    if (!pair_state_put(&fresh, state, &error)) {
        pair_close(&fresh);
        publish_with(trainer, UPDATE_FAILED, &error, state);
        return;
    }
    struct pair_state *ending = keep_ending(trainer);
    memcpy(trainer->omega, profile, sizeof profile);
    trainer->steps_left = 0;
    replace(trainer, &fresh);
    publish_both(trainer, UPDATE_LOAD, NULL, state, ending);
    if (at_the_end(trainer))
        publish_state(trainer, UPDATE_END, NULL);
}

/* After a change: what had ended goes on when there are more steps now, and what has done more than
 * there are now has ended. */
static void follow_length(struct trainer *trainer, bool ended)
{
    if (at_the_end(trainer) && !ended) {
        publish_state(trainer, UPDATE_END, NULL);
    } else if (ended && !at_the_end(trainer)) {
        forget_rate(trainer);
        set_running(trainer); /* the end had paused it, not the user */
    }
}

static void apply(struct trainer *trainer, const struct settings *settings)
{
    const bool ended = at_the_end(trainer);
    states_limit(&trainer->states, settings_history_bytes(settings));
    switch (settings_difference(&trainer->pair.settings, settings)) {
    case SCOPE_MODEL:
        restart(trainer, settings);
        break;
    case SCOPE_OPTIMIZER:
        pair_set(&trainer->pair, settings);
        states_change(&trainer->states, &trainer->pair);
        publish_state(trainer, UPDATE_CHANGE, NULL);
        follow_length(trainer, ended);
        break;
    case SCOPE_PROGRAM:
        pair_set(&trainer->pair, settings);
        trainer->pace.due = 0;
        break;
    default:
        break;
    }
}

static void change_placement(struct trainer *trainer, enum side side, enum placement placement)
{
    struct error error;
    if (!pair_switch(&trainer->pair, side, placement, &error)) {
        publish_state(trainer, UPDATE_FAILED, &error);
        return;
    }
    states_change(&trainer->states, &trainer->pair);
    publish_state(trainer, UPDATE_CHANGE, NULL);
}

static bool is_stopping(struct trainer *trainer)
{
    pthread_mutex_lock(&trainer->mutex);
    bool stop = trainer->stop;
    pthread_mutex_unlock(&trainer->mutex);
    return stop;
}

/* The run goes on from the step that the pair has gone back to. */
static void publish_branch(struct trainer *trainer, const struct settings *before,
                           struct pair_state *ended)
{
    struct update *update = update_new(UPDATE_BRANCH, &trainer->pair);
    update_add_snapshots(update, &trainer->pair);
    update->run->before = *before;
    update->ended = ended;
    publish_update(trainer, update, NAN);
}

/* Back to a saved state and forth to the step, whose measurements come again; false with a reason.
 * Leaves early once is_over() is true. */
static bool go_back(struct trainer *trainer, int64_t step, bool (*is_over)(struct trainer *trainer),
                    struct error *error)
{
    struct pair *pair = &trainer->pair;
    if (!states_back(&trainer->states, pair, step, error))
        return false;
    trainer->computed = -1;
    while (pair->run[LEFT].step < step && !is_over(trainer))
        if (!states_redo(&trainer->states, pair, error))
            return false;
    return true;
}

static void branch(struct trainer *trainer, const struct command *command)
{
    struct pair *pair = &trainer->pair;
    const struct settings now = pair->settings;
    const int64_t was = pair->run[LEFT].step;
    const bool ended = at_the_end(trainer);
    struct error error;
    if (command->step > was) {
        error_set(&error, "step %lld is not of this run: it is at step %lld",
                  (long long)command->step, (long long)was);
        publish_state(trainer, UPDATE_FAILED, &error);
        return;
    }
    struct pair_state *ending = keep_ending(trainer);
    if (!go_back(trainer, command->step, is_stopping, &error)) {
        publish_state(trainer, UPDATE_FAILED, &error);
        pair_state_free(ending);
        if (pair->run[LEFT].step != was) /* stuck half-way, without memory for another placement */
            restart(trainer, &now);
        return;
    }
    states_cut(&trainer->states, command->step);
    trainer->steps_left = 0;
    forget_rate(trainer);
    const struct settings before = pair->settings;
    struct settings after = before;
    if (!command->as_then)
        settings_copy(&after, &command->settings, SCOPE_OPTIMIZER);
    if (settings_difference(&before, &after) >= 0) {
        pair_set(pair, &after);
        states_change(&trainer->states, pair);
    }
    if (ended) /* the end had paused it, not the user */
        set_running(trainer);
    publish_branch(trainer, &before, ending);
    if (at_the_end(trainer))
        publish_state(trainer, UPDATE_END, NULL);
}

/* ---- attention -------------------------------------------------------------------------------*/

/* Before the next step, which follows if `go`? The mutex is held. The rhythm is one of steps, as
 * that of samples. */
static bool is_look_due(struct trainer *trainer, bool go)
{
    const int64_t step = trainer->pair.run[LEFT].step, of = trainer->look.step;
    const bool past = of > 0 && of < step, done = trainer->computed == step;
    if (!trainer->look.on || step == 0 || (!done && trainer->sampling) || (!done && !past && go))
        return false;
    for (const struct update *update = trainer->updates.oldest; update; update = update->next)
        if (update->kind == UPDATE_ATTENTION) /* nobody has seen that yet */
            return false;
    if (trainer->looked_at < 0 || !attention_look_is_same(&trainer->looked, &trainer->look))
        return true;
    return !past && trainer->looked_at != step && (!go || step % ATTENTION_STEPS == 0);
}

/* Of the step that the models have computed last; or why there are none. */
static void publish_maps(struct trainer *trainer, const struct error *missing)
{
    struct update *update = update_new(UPDATE_ATTENTION, &trainer->pair);
    if (missing)
        update->error = *missing;
    for (int side = 0; side < SIDES && !missing; side++)
        update->attention[side] = attention_maps_of(&trainer->pair.run[side], &trainer->looked);
    publish_update(trainer, update, NAN);
}

/* Whoever looked at the past wants something else by now. */
static bool has_looked_away(struct trainer *trainer)
{
    pthread_mutex_lock(&trainer->mutex);
    const bool away = trainer->stop || trainer->commands.oldest ||
                      !attention_look_is_same(&trainer->looked, &trainer->look);
    pthread_mutex_unlock(&trainer->mutex);
    return away;
}

/* The maps of a step that the models have not computed last. Whatever comes of it, the pair is as
 * it was; false with a reason where there was no memory for that. */
static bool look_back(struct trainer *trainer, int64_t step, struct error *error)
{
    struct pair *pair = &trainer->pair;
    const int64_t newest = pair->run[LEFT].step;
    struct pair_state *now = pair_state_take(pair);
    struct error missing;
    const bool there = now ? go_back(trainer, step, has_looked_away, &missing)
                           : error_set(&missing, "no memory to go back: close other programs");
    if (there && pair->run[LEFT].step < step)
        trainer->looked_at = -1; /* it is looked at again */
    else
        publish_maps(trainer, there ? NULL : &missing);
    const bool moved = there || pair->run[LEFT].step != newest;
    const bool good = !moved || pair_state_put(pair, now, error);
    pair_state_free(now);
    return good;
}

static void look(struct trainer *trainer)
{
    const struct settings settings = trainer->pair.settings;
    const int64_t newest = trainer->pair.run[LEFT].step;
    struct error error;
    pthread_mutex_lock(&trainer->mutex);
    trainer->looked = trainer->look;
    pthread_mutex_unlock(&trainer->mutex);
    const int64_t of = trainer->looked.step, step = of > 0 && of < newest ? of : newest;
    trainer->looked_at = step;
    if (step == trainer->computed) {
        publish_maps(trainer, NULL);
    } else if (!look_back(trainer, step, &error)) {
        publish_state(trainer, UPDATE_FAILED, &error);
        restart(trainer, &settings);
    }
}

/* ---- what is commanded ------------------------------------------------------------------------*/

static void carry_out(struct trainer *trainer, struct command *command)
{
    if (command_ends_redo(command->kind)) { /* the models may be others */
        redo_close(&trainer->redo);
        trainer->computed = trainer->looked_at = -1;
    }
    switch (command->kind) {
    case COMMAND_RUN:
    case COMMAND_PAUSE: /* `running` says it already */
        trainer->steps_left = 0;
        forget_rate(trainer);
        if (command->kind == COMMAND_RUN && at_the_end(trainer)) /* sent before that was known */
            publish_state(trainer, UPDATE_END, NULL);
        return;
    case COMMAND_STEP:
        trainer->steps_left++;
        return;
    case COMMAND_RESTART: {
        struct settings settings = trainer->pair.settings;
        restart(trainer, &settings);
        break;
    }
    case COMMAND_APPLY:
        apply(trainer, &command->settings);
        break;
    case COMMAND_SWITCH:
        change_placement(trainer, command->side, command->placement);
        break;
    case COMMAND_BRANCH:
        branch(trainer, command);
        break;
    case COMMAND_SAVE:
        publish_with(trainer, UPDATE_STATE, NULL, pair_state_take(&trainer->pair));
        break;
    case COMMAND_LOAD:
        load(trainer, command->state);
        break;
    case COMMAND_REDO:
        redo(trainer, &command->redo);
        break;
    }
    forget_sample(trainer); /* the stacks may be others now */
}

/* ---- the loop --------------------------------------------------------------------------------*/

/* What there is to do. */
enum work { WORK_NONE, WORK_COMMAND, WORK_SAMPLE, WORK_LOOK, WORK_STEP, WORK_END };

/* The mutex is held. Of WORK_NONE, *wait is after how many seconds a step may begin; INFINITY: none
 * will. */
static enum work find_work(struct trainer *trainer, double *wait)
{
    const bool again = redo_goes_on(&trainer->redo, &trainer->pair);
    const bool runs =
        again || ((trainer->running || trainer->steps_left > 0) && !at_the_end(trainer));
    const bool go =
        runs && (again || trainer->steps_left > 0 || !trainer->by_step || trainer->allowed);
    *wait = INFINITY;
    if (trainer->stop)
        return WORK_END;
    if (trainer->commands.oldest)
        return WORK_COMMAND;
    if (is_look_due(trainer, runs)) /* before a sample, which the models compute too */
        return WORK_LOOK;
    if (is_sample_due(trainer, runs))
        return WORK_SAMPLE;
    if (go)
        *wait = trainer->pace.due - clock_now(trainer->clock);
    return go && (*wait <= 0 || again || trainer->steps_left > 0) ? WORK_STEP : WORK_NONE;
}

/* Takes what there is to do, waiting for it where there is a thread: of WORK_COMMAND the command.
 */
static enum work next_work(struct trainer *trainer, struct command **command)
{
    double wait;
    pthread_mutex_lock(&trainer->mutex);
    enum work work = find_work(trainer, &wait);
    while (work == WORK_NONE && !trainer->clock) {
        if (isfinite(wait)) {
            struct timespec until = wait_until(wait);
            pthread_cond_timedwait(&trainer->to_trainer, &trainer->mutex, &until);
        } else {
            pthread_cond_wait(&trainer->to_trainer, &trainer->mutex);
        }
        work = find_work(trainer, &wait);
    }
    if (work == WORK_COMMAND)
        *command = command_take(&trainer->commands);
    if (work == WORK_STEP)
        trainer->allowed = false;
    trainer->carrying = work == WORK_COMMAND;
    trainer->pair.watch = trainer->watch | WATCH_SOME_DETAIL;
    pthread_mutex_unlock(&trainer->mutex);
    return work;
}

/* When the step that is to be done now begins: on a clock that was moved on, when it was due. */
static double slot_of(const struct trainer *trainer)
{
    const double now = clock_now(trainer->clock), due = trainer->pace.due;
    return trainer->clock && due > 0 && due < now ? due : now;
}

/* The next one is due by the speed; on a clock of its own there always is a speed. */
static void schedule_next(struct trainer *trainer, double slot)
{
    const double speed = trainer->pair.settings.speed;
    pace_begin(&trainer->pace, speed <= 0 && trainer->clock ? PACE_VIRTUAL_SPEED : speed, slot);
}

/* What a run that is done again changed before its next step is changed again. */
static void change_again(struct trainer *trainer)
{
    struct error error;
    bool changed;
    if (!redo_change(&trainer->redo, &trainer->pair, &changed, &error)) {
        redo_close(&trainer->redo);
        publish_state(trainer, UPDATE_FAILED, &error);
        return;
    }
    if (!changed)
        return;
    states_change(&trainer->states, &trainer->pair);
    publish_state(trainer, UPDATE_CHANGE, NULL);
}

/* Keeps the state where it is one to keep. On the machine's clock, states take at most 1 % of the
 * time: one in pages that are new to a virtual machine takes as long as two steps. */
static void keep_state(struct trainer *trainer)
{
    const double now = clock_seconds(), used = clock_thread_seconds();
    if (!trainer->clock && now < trainer->state_due)
        return;
    if (states_step(&trainer->states, &trainer->pair))
        trainer->state_due = now + 100 * (clock_thread_seconds() - used);
}

static void do_step(struct trainer *trainer)
{
    const double slot = slot_of(trainer);
    if (redo_goes_on(&trainer->redo, &trainer->pair)) {
        change_again(trainer);
        trainer->pace.due = 0; /* as fast as it can */
    } else {
        if (trainer->steps_left > 0)
            trainer->steps_left--;
        schedule_next(trainer, slot);
    }
    step(trainer, slot);
    keep_state(trainer);
    if (at_the_end(trainer))
        publish_state(trainer, UPDATE_END, NULL);
}

bool trainer_work_on(struct trainer *trainer)
{
    struct command *command;
    switch (next_work(trainer, &command)) {
    case WORK_COMMAND:
        carry_out(trainer, command);
        free(command);
        pthread_mutex_lock(&trainer->mutex);
        trainer->carrying = false;
        pthread_mutex_unlock(&trainer->mutex);
        return true;
    case WORK_SAMPLE:
        sample(trainer);
        return true;
    case WORK_LOOK:
        look(trainer);
        return true;
    case WORK_STEP:
        do_step(trainer);
        return true;
    case WORK_NONE:
    case WORK_END:
        break;
    }
    return false;
}

void trainer_work_begin(struct trainer *trainer)
{
    publish_state(trainer, trainer->resumed ? UPDATE_LOAD : UPDATE_RESTART, NULL);
    states_restart(&trainer->states, &trainer->pair);
    if (at_the_end(trainer))
        publish_state(trainer, UPDATE_END, NULL);
}

bool trainer_work_open(struct trainer *trainer, const struct settings *settings,
                       const struct pair_state *state, struct error *error)
{
    if (!pair_open(&trainer->pair, settings, error))
        return false;
    note_profile(trainer, &trainer->pair);
    trainer->resumed = state != NULL;
    if (state && !pair_state_put(&trainer->pair, state, error)) {
        pair_close(&trainer->pair);
        return false;
    }
    states_open(&trainer->states);
    states_limit(&trainer->states, settings_history_bytes(settings));
    trainer->rate = (double)NAN;
    trainer->sampled = trainer->computed = trainer->looked_at = -1;
    return true;
}

void trainer_work_close(struct trainer *trainer)
{
    pair_close(&trainer->pair);
    states_close(&trainer->states);
    redo_close(&trainer->redo);
}
