/* What a view is: functions (canvas, rectangle, scene) -> cells, what can be clicked on in it and
 * what keys move in it. The row of each stands in its own file, views/view_NAME.c, and says all
 * that the rest of the program knows of it; views.h has the list of them.
 *
 * A view changes nothing but cells while it draws, and nothing but its own look when a key moves
 * something in it, or the moment that all views show. */
#ifndef LNSCOPE_VIEWS_VIEW_H
#define LNSCOPE_VIEWS_VIEW_H

#include "controls/actions.h"
#include "screen/layout.h"
#include "views/answer.h"
#include "views/scene.h"

/* ---- what a click falls on ---- */

enum hit_kind {
    HIT_NONE,
    HIT_TAB,   /* of a view, in the header */
    HIT_KEY,   /* an action, in the footer */
    HIT_STEP,  /* a moment: in curves, and in the waterfall */
    HIT_LAYER, /* a bar */
    HIT_CELL,  /* of the tensors */
    HIT_TRIAL  /* a cell of the lab's map */
};

struct hit {
    enum hit_kind kind;
    enum view view;     /* of HIT_TAB */
    enum action action; /* of HIT_KEY */
    int64_t step;       /* of HIT_STEP: one that is measured */
    int block;          /* of HIT_LAYER and HIT_CELL, from 0: x_l is what block l - 1 gives, ... */
    int tensor;         /* ... and the row of HIT_CELL */
    enum side side;     /* of HIT_TRIAL: whose map it is, ... */
    int row, col;       /* ... and the indices of the values */
};

/* ---- what keys move ---- */

/* What a view can do its own way; `by` is 1 or -1, of the last three 1. ACT_SEARCH goes to the next
 * match or the one before, and with 0 to the first. */
enum act {
    ACT_SCROLL,   /* Up, Down */
    ACT_SIDEWAYS, /* Right, Left */
    ACT_PAGE,     /* Page Up, Page Down */
    ACT_SEARCH,
    ACT_ZOOM,     /* in, out */
    ACT_SMOOTH,   /* more, less */
    ACT_QUANTITY, /* the next one */
    ACT_LOG_X,    /* logarithmic steps, or linear ones */
    ACT_LOG_Y,
    ACT_SORT, /* by another column */
    ACTS
};

/* Does it in a body of this size. */
typedef void act_function(struct scene *scene, int by, struct rect area, struct answer *answer);

/* ---- the row ---- */

struct view_row {
    int key;             /* a digit; it rises from view to view, 0 behind 9 */
    const char *summary; /* one line, no full stop: what it shows */
    void (*draw)(struct canvas *canvas, struct rect area, const struct scene *scene);
    /* Says what is at a cell inside the area, where that is something to click on. */
    void (*hit)(struct rect area, const struct scene *scene, int row, int col, struct hit *hit);
    act_function *act[ACTS]; /* NULL: it has no such thing */
    /* How far Up can scroll; NULL: through things that are there at any size. */
    int (*scroll_max)(const struct scene *scene, struct rect area);
    /* Looks for what is worth looking at, when the view is shown after another one. */
    void (*open)(struct scene *scene);
    /* Forgets what belongs to a run, when a new one begins. */
    void (*restart)(struct scene *scene);
    bool still;        /* it shows other runs: keys that end one, or switch, do nothing */
    unsigned watch;    /* what the trainer is to measure for it, a sum of enum watch (run.h) */
    const char *up;    /* what Up and Down go through, one word for the footer; NULL: nothing */
    const char *right; /* the same of Left and Right */
    const enum action *keys;       /* for the footer, ended by ACTIONS */
    const enum action *paused;     /* the same while nothing runs; NULL: the same ones */
    enum quantity_view shows;      /* the quantities that it shows, by their table */
    const char *const (*notes)[2]; /* for the help, see view_note(); ended by NULL */
};

/* A note in place of which come the quantities of the view, as their table explains them. */
#define VIEW_QUANTITIES                                                                            \
    {                                                                                              \
        "", NULL                                                                                   \
    }

#define VIEW_ROW(id, name) extern const struct view_row view_##name;
VIEW_LIST(VIEW_ROW)
#undef VIEW_ROW

/* Few numbers, large enough for the back row: scene.look.projector, instead of the view. */
extern const struct view_row view_projector;

#endif
