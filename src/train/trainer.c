/* See trainer.h.
 *
 * One thread of its own steps the pair (which has more threads for the work inside a step); by a
 * clock of its own it has none, and whoever asks for updates does the work. All that both sides
 * touch lies under one mutex that is never held during a step: the queue of commands, the queue of
 * updates, and a few words of state. */
#include "train/trainer.h"

#include "base/clock.h"
#include "base/memory.h"
#include "train/command.h"
#include "train/pace.h"
#include "train/pair.h"
#include "train/redo.h"
#include "train/states.h"
#include "train/wait.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { UPDATES = 64, EARLY_SAMPLE = 15 };

struct trainer {
    const struct clock *clock; /* NULL: the machine's, and there is a thread */
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t to_trainer; /* a command, room in the queue, or the end */
    pthread_cond_t to_screen;  /* an update */
    struct command_queue commands;
    struct update_queue updates; /* at most UPDATES */
    struct update *taken;        /* the one that was taken last; NULL: none */
    bool running;                /* as commanded */
    bool by_step, allowed;       /* running, but each step has to be allowed; the next one is */
    bool carrying;               /* a command is being carried out */
    bool stop;
    bool resumed; /* it began with a saved state */
    bool keeps;   /* the state of a run that ends is handed over */
    double rate;
    unsigned watch; /* a sum of enum watch */
    struct attention_look look;

    /* The trainer's thread only: */
    struct pair pair;
    struct omega omega[SIDES]; /* as profiled, before the first step */
    struct states states;      /* to go back to */
    struct redo redo;          /* of the run under way; all zero: it is not done again */
    int steps_left;            /* to do although paused (COMMAND_STEP) */
    struct pace pace;
    int64_t sampled;   /* the step of the last sample; -1: none of this run as it is watched now */
    bool sampling;     /* one is under way */
    bool watching;     /* samples were watched when that was so */
    int64_t computed;  /* the step that the models have computed last; -1: something else */
    int64_t looked_at; /* the step of the last maps, or for which there were none; -1: none */
    struct attention_look looked; /* as what they were asked for */
};

/* ---- updates ---------------------------------------------------------------------------------*/

/* Waits for room, and puts the update into the queue; where the trainer is to stop meanwhile it is
 * dropped. `rate` is that of an UPDATE_STEP. */
static void publish_update(struct trainer *trainer, struct update *update, double rate)
{
    pthread_mutex_lock(&trainer->mutex);
    while (trainer->updates.count == UPDATES && !trainer->stop)
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
    return !past && trainer->looked_at != step && (!go || step % TRAINER_ATTENTION_STEPS == 0);
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

/* `by_step`: of COMMAND_RUN, each step has to be allowed. */
static void send_run(struct trainer *trainer, const struct command *like, bool by_step)
{
    const enum command_kind kind = like->kind;
    pthread_mutex_lock(&trainer->mutex);
    if (kind == COMMAND_RUN)
        trainer->running = true;
    if (kind == COMMAND_PAUSE || kind == COMMAND_STEP)
        trainer->running = false;
    if (kind == COMMAND_RUN || kind == COMMAND_PAUSE || kind == COMMAND_STEP) {
        trainer->by_step = by_step;
        trainer->allowed = false;
    }
    command_put(&trainer->commands, like);
    pthread_cond_signal(&trainer->to_trainer);
    pthread_mutex_unlock(&trainer->mutex);
}

static void send(struct trainer *trainer, const struct command *like)
{
    send_run(trainer, like, false);
}

void trainer_run(struct trainer *trainer)
{
    send(trainer, &(struct command){.kind = COMMAND_RUN});
}

void trainer_run_by_step(struct trainer *trainer)
{
    send_run(trainer, &(struct command){.kind = COMMAND_RUN}, true);
}

void trainer_allow_step(struct trainer *trainer)
{
    pthread_mutex_lock(&trainer->mutex);
    trainer->allowed = true;
    pthread_cond_signal(&trainer->to_trainer);
    pthread_mutex_unlock(&trainer->mutex);
}

void trainer_pause(struct trainer *trainer)
{
    send(trainer, &(struct command){.kind = COMMAND_PAUSE});
}

void trainer_step(struct trainer *trainer)
{
    send(trainer, &(struct command){.kind = COMMAND_STEP});
}

void trainer_restart(struct trainer *trainer)
{
    send(trainer, &(struct command){.kind = COMMAND_RESTART});
}

void trainer_apply(struct trainer *trainer, const struct settings *settings)
{
    send(trainer, &(struct command){.kind = COMMAND_APPLY, .settings = *settings});
}

void trainer_switch(struct trainer *trainer, enum side side, enum placement placement)
{
    send(trainer, &(struct command){.kind = COMMAND_SWITCH, .side = side, .placement = placement});
}

void trainer_branch(struct trainer *trainer, int64_t step, const struct settings *settings)
{
    struct command command = {.kind = COMMAND_BRANCH, .step = step, .as_then = !settings};
    if (settings)
        command.settings = *settings;
    send(trainer, &command);
}

void trainer_save(struct trainer *trainer)
{
    send(trainer, &(struct command){.kind = COMMAND_SAVE});
}

void trainer_load(struct trainer *trainer, struct pair_state *state)
{
    send(trainer, &(struct command){.kind = COMMAND_LOAD, .state = state});
}

void trainer_redo(struct trainer *trainer, const struct settings_entry *entry, int entries,
                  int64_t last)
{
    send(trainer, &(struct command){.kind = COMMAND_REDO, .redo = redo_open(entry, entries, last)});
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
    pace_begin(&trainer->pace, speed <= 0 && trainer->clock ? TRAINER_VIRTUAL_SPEED : speed, slot);
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
    states_step(&trainer->states, &trainer->pair);
    if (at_the_end(trainer))
        publish_state(trainer, UPDATE_END, NULL);
}

/* Does what there is to do; false when there is nothing, or the trainer is to end. */
static bool work_on(struct trainer *trainer)
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

static void begin(struct trainer *trainer)
{
    publish_state(trainer, trainer->resumed ? UPDATE_LOAD : UPDATE_RESTART, NULL);
    states_restart(&trainer->states, &trainer->pair);
    if (at_the_end(trainer))
        publish_state(trainer, UPDATE_END, NULL);
}

static void *train(void *argument)
{
    struct trainer *trainer = argument;
    begin(trainer);
    while (work_on(trainer))
        ;
    return NULL;
}

/* Without a thread: works until there is an update, or nothing more is due. */
static void attend(struct trainer *trainer)
{
    while (trainer->clock && !trainer->updates.oldest && work_on(trainer))
        ;
}

/* ---- from outside ----------------------------------------------------------------------------*/

/* From the seed, or, with a state, from there. */
static struct trainer *start(const struct settings *settings, const struct pair_state *state,
                             bool running, const struct clock *clock, struct error *error)
{
    struct trainer *trainer = memory_new(1, sizeof *trainer);
    trainer->clock = clock;
    if (!pair_open(&trainer->pair, settings, error)) {
        free(trainer);
        return NULL;
    }
    note_profile(trainer, &trainer->pair);
    trainer->resumed = state != NULL;
    if (state && !pair_state_put(&trainer->pair, state, error)) {
        pair_close(&trainer->pair);
        free(trainer);
        return NULL;
    }
    states_open(&trainer->states);
    states_limit(&trainer->states, settings_history_bytes(settings));
    trainer->running = running;
    trainer->rate = (double)NAN;
    trainer->sampled = trainer->computed = trainer->looked_at = -1;
    pthread_mutex_init(&trainer->mutex, NULL);
    wait_open(&trainer->to_trainer);
    wait_open(&trainer->to_screen);
    if (clock)
        begin(trainer);
    else if (pthread_create(&trainer->thread, NULL, train, trainer) != 0)
        die("cannot start a thread: the system allows no more of them");
    return trainer;
}

struct trainer *trainer_start(const struct settings *settings, bool running,
                              const struct clock *clock, struct error *error)
{
    return start(settings, NULL, running, clock, error);
}

struct trainer *trainer_resume(const struct pair_state *state, bool running,
                               const struct clock *clock, struct error *error)
{
    return start(&state->settings, state, running, clock, error);
}

size_t trainer_bytes(const struct settings *settings, int vocab)
{
    size_t update = sizeof(struct update);
    for (enum side side = LEFT; side < SIDES; side++)
        update += run_snapshot_bytes(settings, side, vocab);
    return UPDATES * update;
}

void trainer_stop(struct trainer *trainer)
{
    pthread_mutex_lock(&trainer->mutex);
    trainer->stop = true;
    pthread_cond_broadcast(&trainer->to_trainer);
    pthread_mutex_unlock(&trainer->mutex);
    if (!trainer->clock)
        pthread_join(trainer->thread, NULL);
    pair_close(&trainer->pair);
    states_close(&trainer->states);
    redo_close(&trainer->redo);
    command_clear(&trainer->commands);
    update_free(trainer->taken);
    while (trainer->updates.oldest)
        update_free(update_take(&trainer->updates));
    pthread_cond_destroy(&trainer->to_screen);
    pthread_cond_destroy(&trainer->to_trainer);
    pthread_mutex_destroy(&trainer->mutex);
    free(trainer);
}

void trainer_watch(struct trainer *trainer, unsigned watch)
{
    pthread_mutex_lock(&trainer->mutex);
    if (trainer->watch != watch) /* a paused one may have a sample to write */
        pthread_cond_signal(&trainer->to_trainer);
    trainer->watch = watch;
    pthread_mutex_unlock(&trainer->mutex);
}

void trainer_look(struct trainer *trainer, const struct attention_look *look)
{
    pthread_mutex_lock(&trainer->mutex);
    if (!attention_look_is_same(&trainer->look, look)) /* a paused one may have something to show */
        pthread_cond_signal(&trainer->to_trainer);
    trainer->look = *look;
    pthread_mutex_unlock(&trainer->mutex);
}

void trainer_keep_ended(struct trainer *trainer, bool keep)
{
    pthread_mutex_lock(&trainer->mutex);
    trainer->keeps = keep;
    pthread_mutex_unlock(&trainer->mutex);
}

struct update *trainer_take(struct trainer *trainer)
{
    attend(trainer);
    pthread_mutex_lock(&trainer->mutex);
    struct update *update = update_take(&trainer->updates), *before = NULL;
    if (update) {
        before = trainer->taken;
        trainer->taken = update;
        pthread_cond_signal(&trainer->to_trainer);
    }
    pthread_mutex_unlock(&trainer->mutex);
    update_free(before);
    return update;
}

bool trainer_wait(struct trainer *trainer, double seconds)
{
    struct timespec until = wait_until(seconds);
    attend(trainer);
    pthread_mutex_lock(&trainer->mutex);
    while (!trainer->clock && !trainer->updates.oldest)
        if (pthread_cond_timedwait(&trainer->to_screen, &trainer->mutex, &until) != 0)
            break;
    bool some = trainer->updates.oldest != NULL;
    pthread_mutex_unlock(&trainer->mutex);
    return some;
}

bool trainer_settled(struct trainer *trainer)
{
    pthread_mutex_lock(&trainer->mutex);
    const bool settled =
        !trainer->commands.oldest && !trainer->carrying && !trainer->updates.oldest;
    pthread_mutex_unlock(&trainer->mutex);
    return settled;
}

bool trainer_running(struct trainer *trainer)
{
    pthread_mutex_lock(&trainer->mutex);
    bool running = trainer->running;
    pthread_mutex_unlock(&trainer->mutex);
    return running;
}

double trainer_rate(struct trainer *trainer)
{
    pthread_mutex_lock(&trainer->mutex);
    double rate = trainer->rate;
    pthread_mutex_unlock(&trainer->mutex);
    return rate;
}
