/* The pair: both stacks of a session in lock-step, on as many threads as the settings say.
 *
 * Everything here is called from one thread at a time, which takes part in the work. */
#ifndef LNSCOPE_TRAIN_PAIR_H
#define LNSCOPE_TRAIN_PAIR_H

#include "train/run.h"
#include "train/sampler.h"
#include "train/team.h"

struct pair {
    struct settings settings;
    struct task *task;
    struct run run[SIDES];
    unsigned watch; /* what to measure besides: a sum of enum watch (run.h) */
    struct sampler sampler[SIDES];
    /* Private: */
    int threads;
    struct team *sides;        /* NULL: one stack after the other */
    struct team *inner[SIDES]; /* NULL: one thread for this stack */
    struct parallel parallel[SIDES];
};

/* Opens the task and both runs. False with a reason, and nothing is left open. */
bool pair_open(struct pair *pair, const struct settings *settings, struct error *error);
void pair_close(struct pair *pair);

/* *to takes over all that *from holds. */
void pair_move(struct pair *to, const struct pair *from);

/* task(argument, side) of both sides, on threads of their own where there are. */
void pair_sides(struct pair *pair, void (*task)(void *argument, int side), void *argument);

/* One step of both stacks; their runs have the snapshots. */
void pair_step(struct pair *pair);

/* How many steps should lie between two samples; 0: the task has none (sampler_distance()). */
int pair_sample_distance(const struct pair *pair, bool watched);

/* Begins a sample of both stacks as they are now, and writes it on, side by side, a token of every
 * text at a time; false when both are complete. No step may come between. */
void pair_begin_sample(struct pair *pair, bool watched);
bool pair_go_on_sample(struct pair *pair);

/* Other settings from the next step on; none of those that make the model (SCOPE_MODEL). */
void pair_set(struct pair *pair, const struct settings *settings);

/* One stack goes on under another placement; as run_switch(), and the pair's settings say so. */
bool pair_switch(struct pair *pair, enum side side, enum placement placement, struct error *error);

/* Bytes that a pair with these settings needs, for a vocabulary of `vocab`. */
size_t pair_bytes(const struct settings *settings, int vocab);

/* Bytes that a step of it allocates beside that and gives back, at most. */
size_t pair_scratch_bytes(const struct settings *settings, int vocab);

#endif
