/* What happened in a run and is worth a sentence: a gradient that vanished, a loss that fell below
 * what can be known without context, a stack that is no longer finite, a setting that was changed.
 *
 * Plain data; the thresholds stand in one table. */
#ifndef LNSCOPE_TRAIN_EVENTS_H
#define LNSCOPE_TRAIN_EVENTS_H

#include "train/history.h"

enum { EVENTS_MAX = 512, EVENT_TEXT = 160 };

enum event_kind {
    EVENT_CHANGE, /* a setting, a placement, a branch */
    EVENT_MARK,   /* named by the user */
    EVENT_KINDS
};

struct event {
    int64_t step; /* the step that showed it, or the first that a change acts on */
    int side;     /* enum side; -1: both or neither */
    enum event_kind kind;
    char text[EVENT_TEXT]; /* one line, UTF-8, without the side */
};

/* In rising order of steps; the oldest goes when full. */
struct events {
    int count;
    struct event event[EVENTS_MAX];
};

#endif
