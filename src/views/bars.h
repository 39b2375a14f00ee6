/* The gradient bars of one stack: which values they have, which of them have a row, and how they
 * are drawn. The overview and the projector show the same bars. */
#ifndef LNSCOPE_VIEWS_BARS_H
#define LNSCOPE_VIEWS_BARS_H

#include "screen/plot.h"
#include "views/answer.h"
#include "views/scene.h"

enum { BARS_MAX = WATCH_LAYERS + 1 };
_Static_assert((int)LAYERS_MAX <= (int)WATCH_LAYERS, "bars of our own stacks");

/* The values, from the bottom up. */
struct bars {
    int count;
    int first;          /* the number of the lowest: x_0, or block 1 */
    const float *value; /* [count]; NULL: nothing measured yet */
    int64_t stale;      /* the step they are kept from; 0: they are of the last step */
};

/* Which of them have a row, and where. */
struct bars_shown {
    int count;
    int index[BARS_MAX]; /* from the bottom up */
    int stride;          /* from one to the next: so many layers */
    int thick, pitch;    /* rows of a bar, and from bar to bar */
};

/* What the bars of a stack are made of. */
enum texture bars_texture(const struct bars *bars, enum side side);

struct bars bars_of(const struct scene *scene, enum side side);

/* All bars where there are rows enough, as thick as they can be; otherwise every k-th with both
 * ends, or, scrolled, a window of neighbours. With `dense` thick bars need no blank row between. */
struct bars_shown bars_choose(int count, int rows, int scroll, bool dense);

/* The first row of a bar, counted from the top of so many rows, and the one its words stand in. */
int bars_top(const struct bars_shown *shown, int rows, int bar);
int bars_middle(const struct bars_shown *shown, int rows, int bar);

/* The bar that has a row; -1: none. */
int bars_at(const struct bars_shown *shown, int rows, int row);

/* What is left out: "1 in 8", "3-9 of 48"; "" where nothing is. */
void bars_left_out(char out[TEXT_TITLE], const struct bars *bars, const struct bars_shown *shown);

/* How far so many bars can scroll in so many rows, and scrolls them by 1 or -1. */
int bars_scroll_max(int count, int rows);
void bars_scroll(struct scene *scene, int by, int most, struct answer *answer);

/* Fits the axis of the bars to those of both stacks: after every step (axis_update()). */
void bars_fit_axis(struct scene *scene);

/* The first over the last; NAN where they are not measured. */
double bars_ratio(const struct bars *bars);

/* The name of a layer in a row of a column of names, "x_3" or "b3", which the next row continues so
 * many layers further on; a script may point at it. */
struct bars_named {
    const struct scene *scene;
    enum side side;
    bool block;
    int number, stride;
};
void bars_label(struct canvas *canvas, struct rect label, int row, const struct bars_named *named);

/* Draws bars and their names: "x_3" in the column `label`, the rest in `area`, whose left neighbour
 * is their base line. */
void bars_draw(struct canvas *canvas, struct rect label, struct rect area,
               const struct scene *scene, enum side side, const struct bars_shown *shown);

/* The block, counted from 0, that is behind a bar: x_l is what block l - 1 gives; x_0 counts as the
 * first block's. */
int bars_block(const struct bars *bars, int index);

#endif
