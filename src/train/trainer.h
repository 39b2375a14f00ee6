/* The trainer: owns the threads, steps both stacks in lock-step, takes commands between steps and
 * publishes every snapshot. Where it has a thread, nothing here waits for a step, except
 * trainer_stop(). */
#ifndef LNSCOPE_TRAIN_TRAINER_H
#define LNSCOPE_TRAIN_TRAINER_H

#include "train/update.h"

struct clock;          /* base/clock.h */
struct settings_entry; /* train/states.h */
struct trainer;        /* opaque: threads, a queue of commands, a queue of updates */

/* Starts with these settings (which passed settings_check); paused or running. NULL with a reason
 * when the task or the models cannot be made.
 *
 * With `clock` NULL it goes by the machine's, on a thread of its own. Otherwise it has no thread:
 * it works in trainer_take() and trainer_wait(), up to what is due by that clock, which must
 * outlive it; then all it does is the same on every machine. Where the speed has no limit, it does
 * PACE_VIRTUAL_SPEED steps in a second of that clock. */
struct trainer *trainer_start(const struct settings *settings, bool running,
                              const struct clock *clock, struct error *error);

/* The same, but goes on from this state, with its settings: the first update is an UPDATE_LOAD
 * without a state. */
struct trainer *trainer_resume(const struct pair_state *state, bool running,
                               const struct clock *clock, struct error *error);

/* The most bytes of the updates that a trainer with these settings holds until they are taken, for
 * a vocabulary of `vocab`. */
size_t trainer_bytes(const struct settings *settings, int vocab);

/* Stops after the step under way; frees everything. */
void trainer_stop(struct trainer *trainer);

/* Commands. Each is queued and carried out between two steps. */
void trainer_run(struct trainer *trainer); /* resume */
void trainer_pause(struct trainer *trainer);
/* Resumes, but each step has to be allowed: the run stops exactly where somebody who has seen the
 * step before wants it to. An allowed one begins when it is due by the speed. Any other command to
 * resume, to pause or to step ends that. */
void trainer_run_by_step(struct trainer *trainer);
void trainer_allow_step(struct trainer *trainer);
void trainer_step(struct trainer *trainer); /* one step, then pause */
void trainer_restart(struct trainer *trainer);
/* New settings: those of the optimizer act from the next step on, those of the model restart from
 * the seed, those of the program (speed, threads) act at once. A run that had ended goes on when
 * there are more steps now; one that has done more than there are now ends: an UPDATE_END. */
void trainer_apply(struct trainer *trainer, const struct settings *settings);

/* One stack goes on under another placement, with the weights and moments that it has (run_switch):
 * an UPDATE_CHANGE, or an UPDATE_FAILED where the two do not have the same tensors. */
void trainer_switch(struct trainer *trainer, enum side side, enum placement placement);

/* Goes back to a step of the run under way and on from there, running or paused as before (what had
 * ended runs): an UPDATE_BRANCH, or an UPDATE_FAILED. The settings of the optimizer are from then
 * on those of `settings`, or, where it is NULL, those of that step: then all comes again, with the
 * same bits. Placements are those of that step. The steps since the nearest saved state (states.h)
 * are redone, without being published; only trainer_stop() cuts that short. */
void trainer_branch(struct trainer *trainer, int64_t step, const struct settings *settings);

/* Copies the state between two steps, to be saved: an UPDATE_STATE. */
void trainer_save(struct trainer *trainer);

/* Goes on from this state, which passed the checks of session_read(), running or paused as before
 * (what had ended runs): an UPDATE_LOAD, or an UPDATE_FAILED. Either gives the state back. */
void trainer_load(struct trainer *trainer, struct pair_state *state);

/* Does a run again from its first step, under the settings of a log (states.h) whose first entry
 * acts on step 1: an UPDATE_RESTART, then its steps and changes up to step `last`, running or
 * paused, as fast as they can be done; then running or paused as before. Another command leaves the
 * run where it is by then. */
void trainer_redo(struct trainer *trainer, const struct settings_entry *entry, int entries,
                  int64_t last);

/* Whether a run that ends is to leave its last state behind. */
void trainer_keep_ended(struct trainer *trainer, bool keep);

/* What else to measure from the next step on, a sum of enum watch (run.h): what a view on the
 * screen wants to see. A trainer always measures some details. */
void trainer_watch(struct trainer *trainer, unsigned watch);

/* Whose attention to look at from now on: an UPDATE_ATTENTION after the next step, while it is
 * paused from the newest one on, then in every ATTENTION_STEPS-th while it runs. A step of
 * the past is done again from the saved state before it, between two steps, and the pair is put
 * back; where no state is kept the update has no maps. Nothing is measured where `look` is not on.
 */
void trainer_look(struct trainer *trainer, const struct attention_look *look);

/* Takes the oldest update that was not taken yet; NULL when there is none. None is ever lost: the
 * trainer waits when the queue is full. It is good, with all that it holds, until the next call;
 * whoever wants to keep its state sets it to NULL there, and frees it. */
struct update *trainer_take(struct trainer *trainer);

/* Waits at most `seconds` for an update, or, by a clock of its own, not at all; true when there is
 * one to take. */
bool trainer_wait(struct trainer *trainer, double seconds);

/* Are all commands carried out, and all updates taken? */
bool trainer_settled(struct trainer *trainer);

/* Running, as commanded so far. */
bool trainer_running(struct trainer *trainer);

/* Steps per second over about the last second; NAN before the second step. */
double trainer_rate(struct trainer *trainer);

#endif
