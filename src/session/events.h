/* What happened in a run and is worth a sentence: a gradient that vanished, a loss that fell below
 * what can be known without context, a stack that is no longer finite, a setting that was changed.
 *
 * One table says which kinds there are, from which thresholds on, and in which words; the log, the
 * help, `lnscope list events` and the documents follow from it. What is recognised depends on the
 * steps alone, not on when they are looked at. Plain data without pointers. */
#ifndef LNSCOPE_SESSION_EVENTS_H
#define LNSCOPE_SESSION_EVENTS_H

#include "session/event_rate.h"
#include "session/history.h"
#include "train/settings.h"

enum { EVENTS_MAX = 512, EVENT_TEXT = 160, EVENT_HELP = 320 };

enum event_kind {
    /* the stream gradient from layer to layer */
    EVENT_WEAK,
    EVENT_VANISHED,
    EVENT_VANISHED_INSIDE,
    EVENT_VANISHED_HALF,
    EVENT_EXPLODED,
    EVENT_RECOVERED,
    /* the gradient of all parameters */
    EVENT_JUMP,
    EVENT_CLIPPING,
    EVENT_DIVERGED,
    /* the loss */
    EVENT_LEARNING,
    EVENT_UNLEARNED,
    EVENT_NO_CONTEXT,
    EVENT_RACE,
    EVENT_FOLLOWED,
    EVENT_SPIKE,
    EVENT_OVERFIT,
    /* the weights */
    EVENT_LARGE_UPDATE,
    EVENT_SMALL_UPDATE,
    /* the learning rate */
    EVENT_WARMUP_ENDED,
    EVENT_DECAY_BEGAN,
    EVENT_DECAY_ENDED,
    EVENT_RATE,
    /* what the user did, and the end */
    EVENT_CHANGE,
    EVENT_SWITCH,
    EVENT_BRANCH,
    EVENT_MARK,
    EVENT_RESTART,
    EVENT_END,
    EVENT_KINDS
};

/* How it is to be taken. */
enum event_tone { TONE_PLAIN, TONE_GOOD, TONE_WARN, TONE_BAD };

/* How much it matters: what tells the story of the run comes before what has changed, and both
 * before what only explains. */
enum event_rank { RANK_DETAIL, RANK_CHANGE, RANK_STORY };

struct event_row {
    const char *name; /* "no-context" */
    const char *was;  /* its name in sessions that were saved earlier; NULL: the same */
    enum event_tone tone;
    enum event_rank rank;
    double limit; /* what is passed; NAN: nothing is */
    double again; /* it can be said again once this has been passed the other way; NAN: see help */
    int steps;    /* in a row, or looked back on; 0: the step alone */
    /* Without the stack and the step. Of the row come {limit}, {limit%}, {again}, {steps}; of the
     * event {layer}, {last} (the number L of layers), {value}, {from}, {count} and {text}. */
    const char *sentence;
    const char *help; /* when it is said; holds what comes of the row */
};

extern const struct event_row event_table[EVENT_KINDS];

struct event {
    int64_t number; /* the total of the events when it was added; 0 for one of a saved session */
    int64_t step;   /* the step that showed it, or the first that a change acts on */
    int side;       /* enum side; -1: both or neither */
    int layer;      /* l of x_l, or a block from 1 on; -1: none */
    enum event_kind kind;
    char text[EVENT_TEXT]; /* one line, UTF-8, without the side */
};

/* EVENT_TENSORS: so many kinds of tensors of a block are looked at. */
enum { EVENT_MEDIAN = 32, EVENT_LOSSES = 50, EVENT_TENSORS = 64 };

/* Private: what recognising needs to know of the steps before. */
struct event_watch {
    bool said[EVENT_KINDS];                         /* and not to be said again yet */
    int held[EVENT_KINDS];                          /* for how many steps in a row */
    int small[EVENT_TENSORS], large[EVENT_TENSORS]; /* the same of the updates */
    int64_t steps;                                  /* seen */
    double grad_norm[EVENT_MEDIAN];                 /* of the newest steps, a ring */
    double smooth[EVENT_LOSSES];                    /* the same of the smoothed loss */
    double first_loss;
    double valid, valid_least, train_then; /* held-out loss: newest, least, training loss then */
    uint64_t clipped;                      /* a bit for each step, the newest in bit 0 */
};

/* In rising order of steps, and of ranks within a step. When full the oldest of the lowest rank
 * goes that neither came from the user nor was a divergence. */
struct events {
    int count;
    int64_t total; /* ever added; it only rises */
    int64_t lost;  /* the newest step of those that had to go; 0: none had */
    struct event event[EVENTS_MAX];
    struct event_watch watch[SIDES];
    bool warming, falling, fallen; /* the learning rate in the newest step, by the settings */
    struct rate_watch rate[SIDES]; /* the same by the rows, where the settings are not known */
};

/* Forgets all events, but not how many there were: a new run begins. Also the first thing to do
 * with a struct events. */
void events_clear(struct events *events);

/* Looks at the newest step of the history, which was trained under these settings; NULL: they are
 * those of others, not known, and what the learning rate does is recognised from the rates alone.
 * To be called once after each history_add(). */
void events_step(struct events *events, const struct history *history,
                 const struct settings *settings);

/* Adds what only the user knows; `text` stands for {text} in the sentence of the kind. */
void events_note(struct events *events, int64_t step, int side, enum event_kind kind,
                 const char *text);

/* Takes back what was noted of a kind for a step. */
void events_forget(struct events *events, int64_t step, enum event_kind kind);

/* Forgets what happened after `step`, as if the run had just come to it; `history` still has its
 * moments up to there. What follows is recognised as it would have been then, exactly where each of
 * these moments is kept. */
void events_truncate(struct events *events, const struct history *history,
                     const struct settings *settings, int64_t step);

/* When an event of the kind is said, with its thresholds. */
void event_help(enum event_kind kind, char out[EVENT_HELP]);

/* The one of the first `count` events that is to be shown where there is room for one alone: the
 * newest that is more than a detail, of those of a step the one of the highest rank; where there
 * are only details the newest of them. NULL: there is none. */
const struct event *events_headline(const struct events *events, int count);

/* Does the text tell which stack is which? */
bool event_tells(const struct event *event);
bool event_text_tells(const char *text);

/* Where a smoothed loss stands beside the unigram entropy, the loss without context. */
enum loss_level { LEVEL_UNKNOWN, LEVEL_ABOVE, LEVEL_AT, LEVEL_BELOW };
enum loss_level event_level(double loss, double unigram_entropy);

#endif
