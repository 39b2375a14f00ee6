/* What the screen remembers of the current run: curves of both stacks, whole moments, marked
 * events.
 *
 * Curves: a fixed number of points. When they are full every second one is dropped and from then on
 * only every second step is kept, so that the whole run stays in view and memory does not grow.
 *
 * Moments: the snapshots of a step, of both stacks, within a budget of memory (moments.h). What
 * follows from all steps up to that one, the quantities of WHEN_HISTORY, is added to them.
 *
 * Rows that others write need not have every step: where history_take_gaps() says so, points and
 * moments are counted as they come, and each point has its step.
 *
 * Ghosts: where the run went back to an earlier step and on from there, the curves that it left. */
#ifndef LNSCOPE_SESSION_HISTORY_H
#define LNSCOPE_SESSION_HISTORY_H

#include "session/moments.h"
#include "session/smoothed.h"

#include <stddef.h>

enum {
    HISTORY_POINTS = 16384,
    HISTORY_MARKS = 256,
    MARK_TEXT = 48,
    HISTORY_LEVELS = 12,
    HISTORY_GHOSTS = 3, /* so many of the newest are kept */
    GHOST_LEAD = 512    /* steps before the branch that a ghost keeps, to smooth it from there */
};

/* The memory that a history may take, unless history_limit() says otherwise: 256 MB. */
#define HISTORY_BYTES ((size_t)256 << 20)

/* Scalars of many steps of one stack, of each quantity with `curve` in its row; NULL of the others.
 * A number that is not finite, or was not measured, is NAN; of WHEN_VALIDATION it is the newest
 * that was measured since the point before. */
struct history_curves {
    double *value[QUANTITIES];
    double *step; /* of each point, where steps have gaps; NULL: they follow from the stride */
};

/* A setting that was changed, or another event worth a line on the curves. */
enum mark_kind {
    MARK_CHANGE, /* of settings */
    MARK_NAME,   /* of a step, given by the user */
    MARK_BRANCH  /* the run went back to the step before, without a change */
};
struct history_mark {
    int64_t step; /* the first that it acts on, or the one that has this name */
    enum mark_kind kind;
    char text[MARK_TEXT];
};

/* The curves that a run left behind when it went back to a step. */
struct history_ghost {
    int64_t branch;                      /* the last step that it shares with what came after */
    int64_t first;                       /* point i is point (first + i) of the history */
    int count;                           /* 0: there is no ghost */
    struct history_curves curves[SIDES]; /* [count] */
};

/* What of all steps so far the next one goes on from. */
struct history_sums {
    struct smoothed loss;  /* see history_smooth() */
    double held_out;       /* the newest held-out loss; NAN: none yet */
    int64_t held_out_step; /* where it was measured; 0: none yet */
    int64_t step;          /* with gaps: the newest step with a loss; 0: none yet */
};

struct history {
    int64_t stride; /* point i is step (i + 1) * stride; with gaps, that number of those added */
    int count;
    struct history_curves curves[SIDES]; /* [HISTORY_POINTS] */
    struct history_sums sums[SIDES];
    int64_t measured[SIDES];    /* with gaps: of no later step is there a row; 0: there was none */
    double new_held_out[SIDES]; /* the newest held-out loss since the newest point */
    struct snapshot *last_finite[SIDES]; /* the newest that were finite: what the bars keep; NULL:
                                            none yet */
    int marks;
    struct history_mark mark[HISTORY_MARKS]; /* in rising order of steps; the oldest goes when full
                                              */
    struct history_ghost ghost[HISTORY_GHOSTS]; /* the newest first */
    double level_unit;                          /* see history_levels; NAN: there are no levels */
    double token_loss; /* from the token at hand alone; NAN: not known, or it tells nothing */
    int64_t reached[SIDES][HISTORY_LEVELS]; /* see history_reached() */
    struct moments moments;
};

/* Falling levels of the smoothed loss, as parts of the unit that history_set_unit() was given. */
extern const double history_levels[HISTORY_LEVELS];

void history_open(struct history *history);
void history_close(struct history *history);

/* Room for so many points; the history that it becomes a part of frees it. */
void history_open_curves(struct history_curves *curves, int points);

/* The same for the steps of as many points. */
void history_open_steps(struct history_curves *curves, int points);

/* Frees curves that are no part of a history. */
void history_close_curves(struct history_curves *curves);

/* The bytes of a point of both stacks. */
size_t history_point_bytes(void);

/* A copy that shares nothing with the other, to be closed. */
void history_copy(struct history *to, const struct history *from);

/* A copy of ghosts alone, and its end: all of them are none afterwards. */
void history_copy_ghosts(struct history_ghost to[HISTORY_GHOSTS],
                         const struct history_ghost from[HISTORY_GHOSTS]);
void history_close_ghosts(struct history_ghost ghost[HISTORY_GHOSTS]);

/* Forgets everything but the limit of memory: a new run begins. */
void history_clear(struct history *history);

/* At most so many bytes for all of it without the ghosts (those take at most 5 MB), but at least
 * what 16 moments need; what no longer fits is thinned at once. */
void history_limit(struct history *history, size_t bytes);

/* The bytes that it has allocated. */
size_t history_bytes(const struct history *history);

/* The loss that the levels of the race are parts of, the unigram entropy of the task, and the loss
 * from the token at hand alone; to be called before the first step of a run. NAN, or never called:
 * no levels; and nothing is known of that token. */
void history_set_unit(struct history *history, double unigram_entropy, double current_token);

/* The second of them alone, for a history that was read from a file. */
void history_set_token(struct history *history, double current_token);

/* The steps of the run that begins have gaps, and the stacks grow as more is known of them; to be
 * called before its first step. A stack that was not measured in a step then has a snapshot of step
 * 0, and one that does not exist always has. */
void history_take_gaps(struct history *history);

/* Adds copies of the snapshots of one step of both stacks, which is one more than the last; with
 * gaps, at least one more. */
void history_add(struct history *history, const struct snapshot *left,
                 const struct snapshot *right);

/* What has to be known of a step to go back to it: to be asked for while its moment is kept. */
struct history_anchor {
    int64_t step; /* 0: before the first */
    struct history_sums sums[SIDES];
};
struct history_anchor history_anchor(const struct history *history, int64_t step);

/* Goes back to a step, whose snapshots are given: all is as it was then, but for what has been
 * thinned out since and the ghost that the dropped points become. What is added next comes out with
 * the same bits as it would have then. */
void history_truncate(struct history *history, const struct history_anchor *anchor,
                      const struct snapshot *left, const struct snapshot *right);

/* A mark goes behind those of its step and of earlier ones. */
void history_add_mark(struct history *history, enum mark_kind kind, int64_t step, const char *text);

/* The smoothed loss now, at full resolution; it stays as it was when the loss is no longer finite.
 * NAN before the first finite loss. */
double history_smooth(const struct history *history, enum side side);

/* The step of point i, and a quantity of one stack there. */
int64_t history_step(const struct history *history, int i);
double history_value(const struct history *history, enum side side, enum quantity quantity, int i);

/* The newest point whose step is at most `step`; -1: there is none. */
int history_find(const struct history *history, int64_t step);

/* The first step at which the smoothed loss of a stack was at most a level; 0: not yet. */
int64_t history_reached(const struct history *history, enum side side, int level);

/* How many moments are kept, and the step of moment i, 0 <= i < their number, in rising order. */
int history_moments(const struct history *history);
int64_t history_moment_step(const struct history *history, int i);

/* The number i of the kept moment nearest to `step` (the later of two); -1: none is kept. */
int history_moment_find(const struct history *history, int64_t step);

/* Of the steps before the newest ones every so many are kept: 1 means each. */
int64_t history_spacing(const struct history *history);

/* How many of the newest steps are kept, each of them: MOMENTS_NEWEST where there is room. */
int history_recent(const struct history *history);

/* The newest step; 0: none yet. Its snapshot of one stack, and the newest that was finite; of step
 * 0 where there is none. All snapshots that are handed out are good until the history changes. */
int64_t history_newest(const struct history *history);
const struct snapshot *history_last(const struct history *history, enum side side);
const struct snapshot *history_last_finite(const struct history *history, enum side side);

/* The newest finite one at or before a step: the kept one, or the last of the run; of step 0 where
 * there is none. */
const struct snapshot *history_finite(const struct history *history, enum side side, int64_t step);

/* The kept moment nearest to `step`; one of step 0 where none is kept. With gaps, where the stack
 * was not measured in it, its newest one before. */
const struct snapshot *history_moment(const struct history *history, enum side side, int64_t step);

/* The kept moment with details nearest to `step` at or before it; where there is none, the first
 * one behind; one of step 0 where none is kept. */
const struct snapshot *history_detailed(const struct history *history, enum side side,
                                        int64_t step);

#endif
