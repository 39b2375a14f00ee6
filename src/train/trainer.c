/* See trainer.h: the thread, the commands to it and the updates from it. What it does is in
 * trainer_work.c; by a clock of its own it has no thread, and whoever asks for updates does the
 * work. */
#include "train/trainer.h"

#include "base/memory.h"
#include "base/signals.h"
#include "train/trainer_work.h"
#include "train/wait.h"

#include <pthread.h>
#include <stdlib.h>

/* ---- commands --------------------------------------------------------------------------------*/

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

/* ---- the work -------------------------------------------------------------------------------*/

static void *train(void *argument)
{
    struct trainer *trainer = argument;
    trainer_work_begin(trainer);
    while (trainer_work_on(trainer))
        ;
    return NULL;
}

/* Without a thread: works until there is an update, or nothing more is due. */
static void attend(struct trainer *trainer)
{
    while (trainer->clock && !trainer->updates.oldest && trainer_work_on(trainer))
        ;
}

/* ---- beginning and end -----------------------------------------------------------------------*/

static void start_thread(struct trainer *trainer)
{
    sigset_t before;
    signals_hold(&before);
    if (pthread_create(&trainer->thread, NULL, train, trainer) != 0)
        die("cannot start a thread: the system allows no more of them");
    signals_release(&before);
}

/* From the seed, or, with a state, from there. */
static struct trainer *start(const struct settings *settings, const struct pair_state *state,
                             bool running, const struct clock *clock, struct error *error)
{
    struct trainer *trainer = memory_new(1, sizeof *trainer);
    trainer->clock = clock;
    if (!trainer_work_open(trainer, settings, state, error)) {
        free(trainer);
        return NULL;
    }
    trainer->running = running;
    pthread_mutex_init(&trainer->mutex, NULL);
    wait_open(&trainer->to_trainer);
    wait_open(&trainer->to_screen);
    if (clock)
        trainer_work_begin(trainer);
    else
        start_thread(trainer);
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
    return TRAINER_UPDATES * update;
}

void trainer_stop(struct trainer *trainer)
{
    pthread_mutex_lock(&trainer->mutex);
    trainer->stop = true;
    pthread_cond_broadcast(&trainer->to_trainer);
    pthread_mutex_unlock(&trainer->mutex);
    if (!trainer->clock)
        pthread_join(trainer->thread, NULL);
    trainer_work_close(trainer);
    command_clear(&trainer->commands);
    update_free(trainer->taken);
    while (trainer->updates.oldest)
        update_free(update_take(&trainer->updates));
    pthread_cond_destroy(&trainer->to_screen);
    pthread_cond_destroy(&trainer->to_trainer);
    pthread_mutex_destroy(&trainer->mutex);
    free(trainer);
}

/* ---- what is watched and told ----------------------------------------------------------------*/

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
