/* What a click falls on, and what that does to the scene.
 *
 * Pure: the files that draw the header, the footer and the views say what is where in them. */
#ifndef LNSCOPE_VIEWS_MOUSE_H
#define LNSCOPE_VIEWS_MOUSE_H

#include "controls/keys.h"
#include "views/scene.h"

enum hit_kind {
    HIT_NONE,
    HIT_TAB,   /* of a view, in the header */
    HIT_KEY,   /* an action, in the footer */
    HIT_STEP,  /* a moment: in curves, and in the waterfall */
    HIT_LAYER, /* a bar */
    HIT_CELL   /* of the tensors */
};

struct hit {
    enum hit_kind kind;
    enum view view;     /* of HIT_TAB */
    enum action action; /* of HIT_KEY */
    int64_t step;       /* of HIT_STEP: one that is measured */
    int block;          /* of HIT_LAYER and HIT_CELL, from 0: x_l is what block l - 1 gives, ... */
    int tensor;         /* ... and the row of HIT_CELL */
};

/* What is at a cell of a screen of this size. */
struct hit view_hit(const struct scene *scene, int rows, int cols, int row, int col);

/* Is the cell inside the rectangle? */
bool hit_inside(struct rect area, int row, int col);

/* Does what can be done to the scene alone: shows a moment, chooses a cell or a block. `said` is
 * the answer for the status line, or "". */
void hit_choose(struct scene *scene, const struct hit *hit, char *said, size_t size);

#endif
