/* The scene: all that a view may look at. Views read it and write cells; they change nothing.
 *
 * Keys that only change what is looked at act on it in views/navigate.c. */
#ifndef LNSCOPE_VIEWS_SCENE_H
#define LNSCOPE_VIEWS_SCENE_H

#include "controls/view_names.h"
#include "lab/lab.h"
#include "screen/axis.h"
#include "screen/canvas.h"
#include "screen/text.h"
#include "session/events.h"
#include "session/history.h"
#include "session/runs.h"
#include "session/watch.h"
#include "train/omega.h"
#include "train/sample.h"
#include "train/settings.h"

#include <stddef.h>

/* ---- how each view is looked at ---- */

/* Which gradient the bars and the waterfall show. */
enum gradient { GRADIENT_STREAM, GRADIENT_PARAMETER };

/* The bars of a layer each: overview, projector, waterfall, stream. */
struct bars_look {
    enum gradient gradient;
    int tensor;       /* of the snapshot, that GRADIENT_PARAMETER shows */
    struct axis axis; /* of the gradient bars, the same for both stacks */
    /* Where not all layers fit: 0 shows the whole profile, every k-th layer; n > 0 shows every
     * layer from the n-th (x_(n-1), or block n) upwards. At most view_scroll_max(). */
    int scroll;
};

struct waterfall_look {
    int zoom; /* 2^zoom: how many times fewer steps than the whole run are shown */
};

struct anatomy_look {
    int block;    /* the block that is shown, 0 .. L-1 */
    bool chosen;  /* by a key or a click: it stays when the view is opened again */
    bool maps;    /* attention, instead of the diagram */
    int sequence; /* of the batch, from 1; 0: the mean over all of them */
    int from;     /* the first token of the window, where not all have room */
};

struct tensors_look {
    enum quantity quantity; /* what the cells show, of SHOWN_TENSORS */
    int tensor;             /* row and column of the cell that is read out */
    int block;
};

/* Limits of the y axis that were given; low < high. */
struct curves_limits {
    double low, high; /* both 0: none were */
};

struct curves_look {
    enum quantity quantity; /* of SHOWN_CURVES */
    struct curves_limits limits[QUANTITIES];
    double smoothing; /* weight of the past per step, 0 .. 0.99 */
    bool log_x, log_y[QUANTITIES];
    int zoom;     /* 2^zoom: how many times fewer steps than the whole run are shown */
    int64_t from; /* the first step shown where zoomed; -1: the newest step stays in view */
};

struct stream_look {
    enum quantity quantity; /* of SHOWN_STREAM */
};

struct runs_look {
    int chosen; /* the number of a run; 0: the one under way */
    int sort;   /* a column of the table, from 0: the number of the run */
};

/* What is searched for. */
enum { SEARCH_TEXT = 64 };
struct search_look {
    char text[SEARCH_TEXT]; /* "": nothing */
    int at;                 /* help: which of the matches is shown; log: the event, from 0 */
};

struct lab_look {
    int row, col, page; /* the chosen cell: the indices of its values */
    int seed;           /* 0: all of them; otherwise the n-th alone */
    bool left;          /* the left stack's map, where there are two */
};

struct log_look {
    int scroll; /* how many of the newest events are below the view */
    struct search_look search;
};

struct help_look {
    bool open;
    int scroll; /* its first line shown */
    struct search_look search;
};

/* ---- the scene ---- */

struct prompt; /* controls/prompt.h */

/* The lab of the session: a grid, and what is known of its trainings. */
struct scene_lab {
    const struct grid *grid;
    const struct lab_row *row;      /* [grid_trials()] */
    struct lab_curve *const *curve; /* [grid_trials()], NULL of what was not trained here */
    const bool *under_way;          /* [grid_trials()]: what is being trained */
    int done;                       /* trials of which the row is known */
    bool running;
    char progress[LAB_PROGRESS]; /* while it runs: how far it has come */
};

/* What there is to look at: nothing of it is the views'. */
struct scene_data {
    const struct watching *watching; /* what others train; NULL: the run under way is our own */
    const struct settings *settings; /* of the run under way */
    const struct task_info *task;
    struct task_bound bound; /* the lowest loss in the context at hand; NAN: not known (yet) */
    const struct history *history; /* curves, marks, moments */
    int64_t parameters[SIDES];     /* number of trained values of each stack */
    struct omega omega[SIDES];     /* Admin's, as profiled */
    bool running;
    bool ended;                  /* the run reached its last step */
    double rate;                 /* steps per second; NAN: not known yet */
    const struct events *events; /* NULL: none are recognised */
    const struct runs *runs;     /* those that have ended; NULL: none are kept */
    const struct scene_lab *lab; /* NULL: there is none */
    const struct sample_history *samples;
    const struct task_symbols *symbols;            /* of the tokens in them */
    const struct attention_maps *attention[SIDES]; /* those looked at last; NULL: none */
    const char *no_attention; /* why there are none of the step that is shown; NULL: not known */
};

/* How it is looked at: what keys change that change nothing else. */
struct scene_look {
    enum view view;
    bool projector; /* instead of the view */
    int64_t cursor; /* the step that all views show; 0: the newest */
    bool blind;     /* which stack is which is hidden */
    bool hide;      /* header and footer are hidden */
    struct bars_look bars;
    struct waterfall_look waterfall;
    struct anatomy_look anatomy;
    struct tensors_look tensors;
    struct curves_look curves;
    struct stream_look stream;
    struct log_look log;
    struct runs_look runs;
    struct lab_look lab;
    struct help_look help;
};

/* The scripts that can be played, as a list to choose from. */
struct scene_script {
    const char *name, *summary, *length; /* "4 min" */
    const char *heading;                 /* above it; NULL: none */
};
struct scene_scripts {
    bool open;
    int chosen, count;
    const struct scene_script *script; /* [count] */
};

/* A key as the footer shows it: how it is written, and what it does, in a word or two. */
struct scene_key {
    const char *label, *hint;
};

/* What a script says over the picture, and points at. */
struct scene_lecture {
    bool head;                   /* a row above the view is kept for title and progress */
    const char *title;           /* NULL, "": none */
    const char *progress;        /* at the other end of that row, "step 4 of 11"; NULL: none */
    const char *caption;         /* below the view, lines ended by \n; NULL, "": none */
    bool question;               /* its first line is one, which stands out */
    const char *result;          /* what was measured, below the caption; NULL, "": nothing */
    bool holds;                  /* and is as the script expects it */
    const struct scene_key *key; /* [keys] that it has, for the footer; 0: the program's */
    int keys;
    const char *const *all; /* [alls] all captions to come: for the longest there is room */
    int alls;
    bool focus; /* the bar of a layer is pointed at: l of x_l, or the number of a block */
    enum side side;
    int layer;
};

/* What the terminal can show. */
struct scene_terminal {
    bool ascii;       /* only ASCII glyphs */
    bool mono;        /* no colours: the stacks differ by their glyphs alone */
    bool few_colours; /* not enough for a ramp: heat maps are made of letters */
};

struct scene {
    struct scene_data data;
    struct scene_look look;
    struct scene_terminal terminal;
    struct scene_scripts scripts;
    struct scene_lecture lecture; /* all zero: no script is played */
    /* The lines around the view. */
    const struct prompt *prompt; /* the command line; NULL: closed */
    const char *message;         /* the status line: "" or the answer to the last key */
    enum role message_role;      /* ROLE_TEXT, ROLE_GOOD, ROLE_BAD */
    bool news;                   /* the newest event has only just come */
    const char *recording;       /* the file that a recording goes to; NULL: none */
    const char *share;           /* the command line that makes this session again */
};

/* A position from 0 to `most`: keys have moved it, and there may be less to move in than before. */
int scene_clamp(int value, int most);

/* The roles of the stacks: words and bars, and what is dimmer. */
extern const enum role scene_accent[SIDES], scene_accent_dim[SIDES];

/* What a view says of what scene_lacks(). */
extern const char scene_not_there[];

/* How the views are set when the program starts: what is not 0 in the above. */
void scene_set_defaults(struct scene *scene);

/* The stack that alone is there, or SIDES: both are. */
enum side scene_only(const struct scene *scene);

/* Is a stack there? And the first that is. */
bool scene_has(const struct scene *scene, enum side side);
enum side scene_first(const struct scene *scene);

/* The blocks of a stack; with SIDES, of the deeper one. */
int scene_depth(const struct scene *scene, enum side side);

/* Is a quantity missing in all rows of what others train, as far as they have come? */
bool scene_lacks(const struct scene *scene, enum quantity quantity);

/* The learning rate that is planned for a step; NAN where that is not known. */
double scene_planned_lr(const struct scene *scene, int64_t step);

/* The moment that is shown: the one kept nearest to the cursor, or the newest; step 0 where nothing
 * is measured yet. */
const struct snapshot *scene_moment(const struct scene *scene, enum side side);

/* Its step; 0: none yet. */
int64_t scene_step(const struct scene *scene);

/* The learning rate of its update, of either stack whose numbers are finite; before the first step
 * that of the first. */
double scene_lr(const struct scene *scene);

/* The moment that is shown where its numbers are finite, and otherwise the last finite moment
 * before it. */
const struct snapshot *scene_finite_moment(const struct scene *scene, enum side side);

/* What a stack wrote last at the moment shown; NULL where nothing had been written. */
const struct sample *scene_sample(const struct scene *scene, enum side side);

/* That one where its details were measured, otherwise the nearest before it of which they were, or
 * the first one behind; step 0 where there is none. Not every step has them (train/run.h). */
const struct snapshot *scene_detailed_moment(const struct scene *scene, enum side side);

/* Have heat maps to be made of letters? */
bool scene_has_letters(const struct scene *scene);

/* The name of a stack, "Pre-LN"; "A" or "B" when blind. With `place` it starts with "left " or
 * "right " where both have the same name. */
void scene_title(const struct scene *scene, enum side side, bool place, char out[TEXT_TITLE]);

/* The formula of its placement; "" when blind. */
void scene_formula(const struct scene *scene, enum side side, char out[TEXT_TITLE]);

/* The text of a mark; blind, without what would tell the stacks apart. */
const char *scene_mark_text(const struct scene *scene, const struct history_mark *mark);

/* The name of the gradient that is chosen, from long to short; `from` is "" or says of which step
 * it is. */
enum { SCENE_GRADIENT_TEXTS = 4, SCENE_GRADIENT_TEXT = 96 };
void scene_gradient_texts(const struct scene *scene, const char *from,
                          char text[SCENE_GRADIENT_TEXTS][SCENE_GRADIENT_TEXT]);

/* The values of the chosen gradient in a moment of a stack, from the input up: their number, and
 * the number of the first (x_0, block 1). NULL where they are not measured. */
const float *scene_gradient(const struct scene *scene, enum side side,
                            const struct snapshot *moment, int *count, int *first);

/* The same without a moment: how many layers, and from which number on; with SIDES, of the deeper
 * stack. */
void scene_layers(const struct scene *scene, enum side side, int *count, int *first);

/* How many events there are up to the moment shown. */
int scene_events(const struct scene *scene);

/* The stack of an event, by the name that it had then, "both" where it is not of one alone; and the
 * text, hidden when blind where it would tell which stack is which. */
void scene_event_title(const struct scene *scene, const struct event *event, char out[TEXT_TITLE]);
const char *scene_event_text(const struct scene *scene, const struct event *event);

/* What can be said of a stack at the step shown: its verdict, and where there is one the loss that
 * it follows from, as a part of the loss without context (or of the first loss). */
struct scene_verdict {
    enum verdict_kind kind;
    double part;
    int64_t learn_step; /* the first step, up to the one shown, that it learned at; 0: none */
};
struct scene_verdict scene_verdict(const struct scene *scene, enum side side);

/* The race: the lowest of history_levels that one of the stacks has reached at the step shown. */
struct race {
    int level;           /* -1: none yet */
    double loss;         /* of the level */
    int64_t step[SIDES]; /* when the stacks reached it; 0: not yet */
    enum side first;     /* who did so first; LEFT where it was the same step */
};
struct race scene_race(const struct scene *scene);

#endif
