/* Where everything goes: pure functions from a size to rectangles.
 *
 * Nothing here depends on what is shown (but for layout_block(), the rows of one block's diagram),
 * so that the picture stands still while numbers, depth and placement change. A rectangle with no
 * rows is a part for which there is no room. All rectangles lie inside the screen, and those of one
 * structure do not overlap.
 *
 * Views show both stacks side by side (`only` is SIDES then), or one alone, whose panel takes the
 * place of both: the other one has no rows and columns. */
#ifndef LNSCOPE_SCREEN_LAYOUT_H
#define LNSCOPE_SCREEN_LAYOUT_H

#include "screen/canvas.h"
#include "train/snapshot.h"

#include <stdbool.h>

/* The smallest screen on which views are drawn. */
enum { LAYOUT_COLUMNS_MIN = 40, LAYOUT_ROWS_MIN = 12 };

struct layout_screen {
    bool too_small;     /* below LAYOUT_COLUMNS_MIN x LAYOUT_ROWS_MIN: the rectangles are empty */
    struct rect header; /* one row, or two from 20 rows on */
    struct rect body;
    struct rect footer; /* one row */
};

/* A bar panel: rows from the top down, columns the same in both panels. */
struct layout_panel {
    struct rect title;  /* the placement, its formula, the loss */
    struct rect state;  /* what the stack is doing; the raw loss. From two rows on large */
    struct rect head;   /* which gradient; heads of the columns */
    struct rect label;  /* of the bars: "x_12" */
    struct rect bar;    /* the bars; the column left of it is free for their base line */
    struct rect value;  /* their values */
    struct rect factor; /* factors from row to row; no columns where the panel is narrow */
    struct rect axis;   /* one row below the bars, the width of the panel */
    struct rect ratio;  /* the ratio of the first to the last */
};

/* A plot of curves over the steps. */
struct layout_plot {
    struct rect legend; /* title of the plot, names and values of the curves */
    struct rect y_axis; /* numbers and axis left of the plot */
    struct rect field;  /* the curves */
    struct rect margin; /* right of the plot: names of the reference lines; may have no columns */
    struct rect x_axis; /* one row below the plot, with y_axis's and margin's columns */
    struct rect strip_name, strip, strip_value; /* learning rate, in the columns of the plot */
};

struct layout_overview {
    struct layout_panel panel[SIDES];
    struct layout_plot plot;
};

/* A heat map over time: the columns are steps, the rows layers. */
struct layout_heat {
    struct rect title, state, head; /* as in a bar panel */
    struct rect label;              /* of the layers */
    struct rect map;
    struct rect axis; /* one row below the map, the width of the panel: steps */
};

struct layout_waterfall {
    struct layout_heat panel[SIDES];
    struct rect key; /* the key of the colours: one row, or two */
};

/* Tensors down, blocks across; the names stand between the two maps. */
struct layout_tensors {
    struct {
        struct rect title, state;
        struct rect map; /* below its last tensor a row of numbers of the blocks */
    } panel[SIDES];
    struct rect head;    /* what is measured, over the whole width */
    struct rect name;    /* of the tensors, in the rows of the maps */
    struct rect readout; /* the cell at the cursor: one row, or two */
    struct rect key;     /* the key of the colours: one row, or two */
};

/* One block of a stack as a diagram. The signal flows upwards; the stream is a line at the left,
 * and the branches leave it to the right and come back to it. */
struct layout_diagram {
    struct rect title, state;    /* as in a bar panel */
    struct rect head;            /* which block; heads of the columns */
    struct rect drawing;         /* lines and boxes; its rows are those of layout_block() */
    struct rect rms, grad, note; /* numbers beside it; no columns where the panel is narrow, but
                                    for the last */
    struct rect words;           /* what is beside the equation */
    struct rect product;         /* the factors of the block: one row, or two */
    int stream, branch;          /* the columns of the two lines, counted in the drawing */
    int norm_cols, branch_cols;  /* of boxes, which have their line in the middle */
};

struct layout_anatomy {
    struct layout_diagram panel[SIDES];
    struct rect info; /* one row over the whole width: what is measured */
};

/* The heads of one block as maps. */
struct layout_attention {
    struct {
        struct rect title, state; /* as in a bar panel */
        struct rect head;         /* which block, and what of it */
        struct rect maps;
    } panel[SIDES];
    struct rect info, key; /* one row each over the whole width */
};

/* How the maps of a block lie in a rectangle: `shown` of its heads, from left to right and from the
 * top down, each a row of words over `side` x `side` tokens, a column and half a row each. */
struct layout_heads {
    int shown, across;
    int side;
    int width, height; /* from one to the next */
};

/* The rows of a diagram, from the top down; all of the diagram's columns. What a placement does not
 * have has no rows. Numbers of what leaves a box stand in the row `above` it: a row of the line
 * where there is one, otherwise the first one of the box. */
struct layout_box {
    struct rect box; /* three rows, or one */
    int above;
};

struct layout_sublayer {
    struct layout_box norm_out;
    int join; /* where the branch comes back */
    struct layout_box norm_branch, branch, norm_in;
    int split; /* where it leaves the stream */
};

struct layout_block {
    int out;       /* the row in which the signal leaves the diagram */
    int sublayers; /* that have rows; the first one is the lowest */
    struct layout_sublayer sublayer[FLOW_SUBLAYERS];
};

/* Properties of the stream, one number per layer each, side by side in the same place of both
 * halves of the screen. */
struct layout_property {
    struct rect head;              /* what is measured, over what */
    struct rect label, bar, value; /* as in a bar panel */
    struct rect axis;
};

enum { LAYOUT_PROPERTIES = 5 };

struct layout_stream {
    struct {
        struct rect title, state;
        struct layout_property property[LAYOUT_PROPERTIES];
    } panel[SIDES];
    int properties;       /* of them there is room for so many */
    struct rect words[2]; /* how to read them; the second may have no rows */
};

/* One stack on the projector. */
struct layout_big {
    struct rect verdict; /* a large word */
    struct rect name;    /* what it is called and does; it keeps the word and the digits apart */
    struct rect loss;    /* large digits */
    struct rect word;    /* what the ratio is of */
    struct rect ratio;   /* large digits */
    struct rect label;   /* of the bars */
    struct rect bar;     /* the bars; the column left of it is free for their base line */
    struct rect axis;    /* one row below the bars, the width of the panel */
};

struct layout_projector {
    struct layout_big panel[SIDES];
    struct rect state;       /* one row: running or not; without a plot the step as well */
    struct rect step;        /* the step in large digits */
    struct rect rate;        /* one row: the learning rate */
    struct layout_plot plot; /* the loss */
};

struct layout_curves {
    struct rect info; /* one row: the race, how the curves are drawn */
    struct layout_plot plot;
};

struct layout_samples {
    struct {
        struct rect title, state;
        struct rect text;    /* what the stack writes */
        struct rect summary; /* one row: numbers over all of it */
        struct rect guess;   /* one row: the likeliest at the first place */
    } panel[SIDES];
    struct rect head; /* what is written, over the whole width */
    struct rect key;  /* the key of the colours: one row */
};

struct layout_log {
    struct rect title;             /* what is listed; what is not in view */
    struct rect head;              /* the names of the columns */
    struct rect step, stack, what; /* the list: columns of the same rows */
};

struct layout_screen layout_screen(int rows, int cols);

/* A body without the free columns at both edges. */
struct rect layout_inside(struct rect area);

/* The same with the controls hidden: the body is the whole screen, and a message may cover its last
 * row, which is the footer. */
struct layout_screen layout_screen_bare(int rows, int cols);

/* The parts of the overview inside `area`, which must be a body of layout_screen(); `strip` says
 * whether the learning rate has one, whose rows are otherwise the plot's. As the height shrinks
 * rows are given up in this order: what bars and plot have beyond 7 and 5 rows, and the state
 * beyond two, in turn; plot to 4 rows; the second row of the state; the learning-rate strip; plot
 * to 3, bars to 4, plot to 2 rows; the x axis; the state line; the axis of the bars. The table in
 * layout.c says it row by row. */
struct layout_overview layout_overview(struct rect area, bool strip, enum side only);

/* The parts of the other views inside such a body. The waterfall gives up, as its height shrinks,
 * rows of the maps down to 8, the gap, the second row of the key, rows down to 6, the state line;
 * the tensors the state line, the second rows of key and readout, and rows of the maps; the curves
 * rows of the plot down to 8, the strip, and then more of the plot; the samples the gaps, rows of
 * the texts down to 7, the likeliest characters, the state line; the log the gap, the names of the
 * columns, and rows of the list; its steps are so many columns wide, or six. */
struct layout_waterfall layout_waterfall(struct rect area, enum side only);
struct layout_tensors layout_tensors(struct rect area, enum side only);
struct layout_curves layout_curves(struct rect area, bool strip);
struct layout_samples layout_samples(struct rect area, enum side only);
struct layout_log layout_log(struct rect area, int step);

/* The same for the anatomy, which gives up the gap, rows of the diagram down to 17, the second row
 * of the product, the words beside, the info line, rows of the diagram down to 8, the state line;
 * and for the stream: properties down to one, while they have fewer than 7 bars, rows of the words,
 * the state line, rows of the bars. */
struct layout_anatomy layout_anatomy(struct rect area, enum side only);

/* The same for attention, which gives up the row of words, the key, the state line. */
struct layout_attention layout_attention(struct rect area, enum side only);

/* As large as they can be, up to all `tokens`; where not even small ones of all heads have room,
 * those of the first. */
struct layout_heads layout_heads(struct rect maps, int heads, int tokens);
struct layout_stream layout_stream(struct rect area, enum side only);

/* The rows of a diagram of at least 7 rows, for a block of 1 or 2 sublayers under a placement. The
 * sublayers are equally high, so that diagrams side by side line up whatever the placements. Boxes
 * have three rows where all have them; first that of the branch, then the norms. Below 11 rows only
 * the first sublayer has any. */
struct layout_block layout_block(struct rect drawing, int sublayers,
                                 const struct placement_row *placement);

/* The parts of the projector inside the body of layout_screen_bare(). The loss has the largest
 * digits. As the height shrinks words and digits get smaller, and below 22 rows there is neither a
 * verdict nor a plot. */
struct layout_projector layout_projector(struct rect area, enum side only);

#endif
