/* Scenes for tests of the views: histories as real runs have them, but made from formulas, so that
 * they are the same everywhere and need no training.
 *
 * Left is Pre-LN and learns. Right is Post-LN: without warmup its stream gradient collapses within
 * 50 steps and its loss stays at the no-context level; with warmup it recovers and learns. */
#ifndef LNSCOPE_TESTS_SUPPORT_FIXTURE_H
#define LNSCOPE_TESTS_SUPPORT_FIXTURE_H

#include "controls/keys.h"
#include "views/scene.h"

struct fixture {
    struct scene scene; /* points into the rest */
    struct settings settings;
    struct task_info task;
    struct history history;
    struct sample_history samples;
    struct task_symbols symbols;
    struct events events;
    struct runs runs;
    struct { /* see fixture_lab() */
        struct grid grid;
        struct lab_row *row;
        struct lab_curve **curve;
        bool *under_way;
        struct scene_lab scene;
    } lab;
    struct snapshot *snapshot[SIDES];        /* of the newest step; owned */
    struct attention_maps *attention[SIDES]; /* owned */
    bool with_held_out;                      /* a held-out loss is measured every 10 steps */
    bool with_alpha;                         /* the right stack has two tensors more */
    bool with_turns;                         /* the first blocks turn the stream around */
};

/* A scene of the default session before its first step. */
void fixture_open(struct fixture *fixture);
void fixture_close(struct fixture *fixture);

/* From the next step on events are recognised, and shown. */
void fixture_watch(struct fixture *fixture);

/* From the next step on runs are kept; ends the one under way and begins another, under the
 * settings as they are now. */
void fixture_keep_runs(struct fixture *fixture);
void fixture_restart(struct fixture *fixture);

/* A lab of warmup x learning rate, both stacks, three seeds, of which so many trainings are done:
 * left learns everywhere, right needs the more warmup the higher the rate. `more` is a third axis,
 * NULL: there is none. */
void fixture_lab(struct fixture *fixture, int done, const char *more);

/* Adds steps until `last` is done, under the settings as they are now; the axis follows. */
void fixture_train(struct fixture *fixture, int64_t last);

/* The same, but the right stack is no longer finite from step `fault.step` on. */
void fixture_train_until_fault(struct fixture *fixture, int64_t last, struct fault fault);

/* As after a run that was so many times as long: the points of the curves are as many times as far
 * apart, and of the moments one is left, of the step behind them. */
void fixture_age(struct fixture *fixture, int64_t factor);

/* Goes back to a step: what was trained after it becomes a ghost. To be called before the settings
 * change that the run goes on under. */
void fixture_branch(struct fixture *fixture, int64_t step);
/* Both stacks write: left sentences, of which it is mostly sure, right soup. */
void fixture_write(struct fixture *fixture, int64_t step);

/* The same for a task with right answers: a sum each, which left knows and right does not. */
void fixture_answer(struct fixture *fixture, int64_t step);

/* The same of a text of bytes in many scripts, not all of them whole. */
void fixture_write_bytes(struct fixture *fixture, int64_t step);

/* Attention of a step is looked at: left has learned patterns, right is even; so many heads, in a
 * context of so many tokens. */
void fixture_attend(struct fixture *fixture, int64_t step, int heads, int tokens);

/* Fits the axis of the bars to the moment shown. */
void fixture_fit_axis(struct fixture *fixture);

/* Presses a key of an action that changes the scene alone, on a screen of this size; returns the
 * answer on the status line, until the next call. */
const char *fixture_press(struct fixture *fixture, int code, int rows, int cols);

/* The screen as text; the caller frees it. */
char *fixture_screen(const struct fixture *fixture, int rows, int cols);

#endif
