/* The runs of a session: what is remembered of each training that has ended, by a restart, a
 * branch, or because another one was gone into; and of the one under way what its history has not.
 *
 * Of every run there is a record: its settings and their changes at their steps, thinned curves,
 * events, verdicts. While memory allows a record also has the rest, with which the run goes on
 * exactly as if it had never ended: its last state, its history, its events as they are followed.
 * Without it the settings and their changes are enough to do the run again, with the same bits.
 *
 * Knows no threads and no screen. */
#ifndef LNSCOPE_SESSION_RUNS_H
#define LNSCOPE_SESSION_RUNS_H

#include "session/events.h"
#include "session/history.h"
#include "session/verdict.h"
#include "train/states.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    RUNS_MAX = 256,      /* so many records are kept; the oldest goes */
    RUN_POINTS = 400,    /* of the thinned curves, at most */
    RUNS_OVERLAID = 8,   /* so many are overlaid because they were chosen, ... */
    RUNS_SHOWN = 10,     /* ... and with the one before, and the pinned one */
    RUN_LONG = 100,      /* a run of more steps is worth a question before it is lost */
    RUN_DIFFERENCE = 96, /* bytes of what makes a run different */
    RUN_VALUE = 64,      /* and of one of its values */
    RUN_NAME = 64        /* and of its name */
};

/* The settings of a run: the first entry acts on its first step, the others are its changes. */
struct run_log {
    int count, room;
    struct settings_entry *entry; /* [room], steps rising */
};

/* What it takes to go on with a run. */
struct run_rest {
    struct pair_state *state; /* owned */
    struct history history;
    struct events events;
};

struct run_record {
    int number;          /* from 1, in the order in which they began */
    char name[RUN_NAME]; /* of one that others train; "" of our own */
    int64_t step;
    struct run_log log; /* begins at step 1, unless the session was saved without it */
    struct verdict verdict[SIDES];
    int64_t
        warmup[SIDES]; /* of a run of others, as far as its rates tell; 0: the settings have it */
    bool by_first;     /* the loss without context is not known: the first one stands for it */
    bool doubtful[SIDES];      /* see runs_doubtful(), at `step` */
    double ratio_least[SIDES]; /* the lowest ratio; NAN: none yet */
    int64_t ratio_step[SIDES]; /* where it was */
    /* Of a run that has ended: */
    int64_t stride; /* point i is step (i + 1) * stride, unless the curves have steps */
    int points;
    struct history_curves curves[SIDES]; /* [points] */
    int events;
    struct event *event; /* [events] */
    bool overlaid, saved;
    struct run_rest *rest; /* NULL: there is none, or no longer */
};

struct runs {
    size_t limit; /* bytes that records may take */
    int count;
    struct run_record *record[RUNS_MAX]; /* in the order in which they ended */
    struct run_record now;               /* the run under way; number 0: none has begun */
    int numbers;                         /* given out */
    int pinned;                          /* the number of a record; 0: none is */
    int held;                            /* likewise of one that is being gone into */
};

/* What had to go to make room: numbers of runs, 0: none. */
struct runs_dropped {
    int rests, rest;     /* how many records lost their rest, and the newest of them */
    int records, record; /* how many went, and the newest of them */
};

void runs_open(struct runs *runs);
void runs_close(struct runs *runs);

/* At most so many bytes from now on. */
struct runs_dropped runs_limit(struct runs *runs, size_t bytes);

/* ---- the run under way ---- */

/* A run begins under these settings, with a number of its own, and, where others train it, its
 * name (else ""), and the number of the one before where that has not done a step;
 * `without_context` and `current_token` as in verdict_open(). The one before was kept, or is
 * forgotten. */
void runs_begin(struct runs *runs, const struct settings *settings, const char *name,
                double without_context, double current_token);

/* Its settings are these from a step on. */
void runs_change(struct runs *runs, int64_t step, const struct settings *settings);

/* A step is done: both stacks, as measured; of step 0 where one was not. */
void runs_step(struct runs *runs, const struct snapshot *left, const struct snapshot *right);

/* The run that was just kept has gone back to a step and goes on under these settings, as another
 * run; the history has gone back already. */
void runs_branch(struct runs *runs, int64_t step, const struct settings *settings,
                 const struct history *history);

/* The run under way is one of a saved session that has no record of it: what follows from its
 * history. */
void runs_follow(struct runs *runs, const struct settings *settings, double without_context,
                 double current_token, const struct history *history);

/* Keeps the run under way, which has ended, if it has done a step. `rest` becomes the record's, or
 * is freed; NULL: there is none. Returns the number; 0: there was nothing to keep. */
int runs_keep(struct runs *runs, const struct history *history, const struct events *events,
              struct run_rest *rest, struct runs_dropped *dropped);

/* ---- the records ---- */

/* The record of a number, also of the run under way; NULL: there is none. */
struct run_record *runs_find(struct runs *runs, int number);
const struct run_record *runs_at(const struct runs *runs, int number);

/* The run under way becomes that of a record, whose rest is handed out, to be freed by
 * run_rest_free(); the record goes. NULL and nothing has changed where there is none. */
struct run_rest *runs_take(struct runs *runs, int number);

void runs_remove(struct runs *runs, int number);

/* Has the run under way the number of this record from now on, which goes: it was done again. */
void runs_replace(struct runs *runs, int number);

/* Forgets the runs that began with this number or later, and the one under way: the next one that
 * begins has it. */
void runs_rewind(struct runs *runs, int number);

/* Overlays a run, or no longer: the oldest makes room. The new state. */
bool runs_overlay(struct runs *runs, int number);

/* Those whose curves are overlaid, the newest first: the one that ended last, if it had the task of
 * the run under way, the pinned one, and those that were chosen. Returns their number. */
int runs_overlaid(const struct runs *runs, const struct run_record *out[RUNS_SHOWN]);

/* The settings in which they differ, in the order of the table. Returns their number. */
int runs_columns(const struct runs *runs, const struct setting_row *out[SETTINGS_MAX]);

/* The value of a setting in a run: what it began with, and behind an
 * arrow what it ended with. */
void run_value(const struct run_record *record, const struct setting_row *row, const char *arrow,
               char *out, size_t size);

/* What makes a run different from the one under way: "warmup 0, lr 0.001"; where nothing does,
 * "run 3". */
void runs_difference(const struct runs *runs, const struct run_record *record,
                     char out[RUN_DIFFERENCE]);

/* The settings that a run began with, and ended with. */
const struct settings *run_first(const struct run_record *record);
const struct settings *run_last(const struct run_record *record);

/* Can it be done again from its first step? */
bool run_can_be_redone(const struct run_record *record);

/* Whether a loss that fell below its first one may be that of a stack which learns nothing from
 * context: how low that is is not known, as in the rows that others write (without_context is NAN),
 * and the gradient has vanished on its way to x_0. Then it is not said to learn. */
bool runs_doubtful(double without_context, const struct snapshot *snapshot);

/* What became of a stack: of a run that has ended, or of the one under way. */
enum verdict_kind runs_verdict(const struct runs *runs, const struct run_record *record,
                               enum side side);

/* The bytes that all records take. */
size_t runs_bytes(const struct runs *runs);

/* How many runs of more than RUN_LONG steps are in no file, the one under way included. */
int runs_unsaved(const struct runs *runs);

/* Takes over the records and the run under way of other runs, with numbers behind its own; those
 * are empty then. What was under way is forgotten. */
void runs_join(struct runs *runs, struct runs *from);

/* All there are now, and the one under way as it is, are in a file. */
void runs_note_saved(struct runs *runs);

/* ---- parts ---- */

void run_rest_free(struct run_rest *rest);
void run_record_close(struct run_record *record);
void run_log_add(struct run_log *log, int64_t step, const struct settings *settings);
struct run_log run_log_copy(const struct run_log *log); /* its `entry` is the caller's */

#endif
