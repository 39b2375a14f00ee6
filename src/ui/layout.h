/* Where everything goes: pure functions from a size to rectangles.
 *
 * Nothing here depends on what is shown, so that the picture stands still while numbers, depth and
 * placement change. A rectangle with no rows is a part for which there is no room. All rectangles
 * lie inside the screen, and those of one structure do not overlap. */
#ifndef LNSCOPE_UI_LAYOUT_H
#define LNSCOPE_UI_LAYOUT_H

#include "train/snapshot.h"
#include "ui/canvas.h"

#include <stdbool.h>

struct layout_screen {
    bool too_small;     /* below VIEW_COLUMNS_MIN x VIEW_ROWS_MIN: the rectangles are empty */
    struct rect header; /* one row, or two from 20 rows on */
    struct rect body;
    struct rect footer; /* one row */
};

/* A bar panel: rows from the top down, columns the same in both panels. */
struct layout_panel {
    struct rect title;  /* the placement, its formula, the loss */
    struct rect state;  /* what the stack is doing; the raw loss */
    struct rect head;   /* which gradient; heads of the columns */
    struct rect label;  /* of the bars: "x_12" */
    struct rect bar;    /* the bars; the column left of it is free for their base line */
    struct rect value;  /* their values */
    struct rect factor; /* factors from row to row; no columns where the panel is narrow */
    struct rect axis;   /* one row below the bars, the width of the panel */
    struct rect ratio;  /* the ratio of the first to the last */
};

struct layout_overview {
    struct layout_panel panel[SIDES];
    struct rect legend; /* title of the plot, names and values of the curves */
    struct rect y_axis; /* numbers and axis left of the plot */
    struct rect plot;   /* both loss curves */
    struct rect margin; /* right of the plot: names of the reference lines; may have no columns */
    struct rect x_axis; /* one row below the plot, with y_axis's and margin's columns */
    struct rect strip_name, strip, strip_value; /* learning rate, in the columns of the plot */
};

struct layout_screen layout_screen(int rows, int cols);

/* The parts of the overview inside `area`, which must be a body of layout_screen(). As its height
 * shrinks rows are given up in this order: what bars and plot have beyond 7 and 6 rows, in turn;
 * plot to 4 rows; the learning-rate strip; plot to 3, bars to 4, plot to 2 rows; the x axis; the
 * state line; the axis of the bars. The table in layout.c says it row by row. */
struct layout_overview layout_overview(struct rect area);

#endif
