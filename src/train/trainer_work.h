/* The inside of a trainer, for trainer.c, which others call, and trainer_work.c, which does the
 * work: nobody else includes this. Who may touch what stands at the members. */
#ifndef LNSCOPE_TRAIN_TRAINER_WORK_H
#define LNSCOPE_TRAIN_TRAINER_WORK_H

#include "train/command.h"
#include "train/pace.h"
#include "train/pair.h"
#include "train/redo.h"
#include "train/states.h"
#include "train/update.h"

#include <pthread.h>

struct clock; /* base/clock.h */

enum { TRAINER_UPDATES = 64 }; /* the most that are not taken yet */

struct trainer {
    const struct clock *clock; /* NULL: the machine's, and there is a thread */
    pthread_t thread;

    /* Everybody's, under the mutex, which is never held during a step: */
    pthread_mutex_t mutex;
    pthread_cond_t to_trainer; /* a command, room in the queue, or the end */
    pthread_cond_t to_screen;  /* an update */
    struct command_queue commands;
    struct update_queue updates; /* at most TRAINER_UPDATES */
    struct update *taken;        /* the one that was taken last; NULL: none */
    bool running;                /* as commanded */
    bool by_step, allowed;       /* running, but each step has to be allowed; the next one is */
    bool carrying;               /* a command is being carried out */
    bool stop;
    bool keeps; /* the state of a run that ends is handed over */
    double rate;
    unsigned watch; /* a sum of enum watch */
    struct attention_look look;

    /* The trainer's thread only: */
    bool resumed; /* it began with a saved state */
    struct pair pair;
    struct omega omega[SIDES]; /* as profiled, before the first step */
    struct states states;      /* to go back to */
    double state_due;          /* when the next one may be kept, on clock_seconds() */
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

/* Opens what is the trainer's thread's only, and sets the rest to what it is before the first
 * command; the mutex and its conditions are the caller's. From the seed, or, with a state, from
 * there. False with a reason, and then nothing is open. */
bool trainer_work_open(struct trainer *trainer, const struct settings *settings,
                       const struct pair_state *state, struct error *error);
void trainer_work_close(struct trainer *trainer);

/* The first updates, which say what run it is. */
void trainer_work_begin(struct trainer *trainer);

/* Does what there is to do next: carries out a command, or does a step, or a part of a sample, or
 * looks at attention. Where there is a thread it waits for that. False when there is nothing, or
 * the trainer is to end. */
bool trainer_work_on(struct trainer *trainer);

#endif
