/* Drawing primitives: bars with a log axis, curves in braille dots, columns, ticks, heat maps.
 *
 * They know canvases and numbers, but not what the numbers are. Each has a twin in ASCII. */
#ifndef LNSCOPE_SCREEN_PLOT_H
#define LNSCOPE_SCREEN_PLOT_H

#include "screen/axis.h"
#include "screen/canvas.h"

#include <stdbool.h>
#include <stdint.h>

/* What a bar is made of. */
enum texture {
    TEXTURE_FULL,
    TEXTURE_SEGMENTS, /* the second of two stacks: each column ends in a gap */
    TEXTURE_STALE     /* a value that is kept from before */
};

/* A bar over all rows of the area, from its left edge; `fraction` of its width, cut to 0..1. It
 * ends on an eighth of a column; what is above 0 shows at least the thinnest bar. */
void plot_bar(struct canvas *canvas, struct rect area, double fraction, enum texture texture,
              bool ascii, enum role role);

/* The axis of the bars in `bar`: a line in the row `area`, which reaches beyond `bar` on both
 * sides, with the decades written in it; and their lines up through the rows of `bar`, to be drawn
 * before the bars. Without a range it is a bare line. */
void plot_log_axis(struct canvas *canvas, struct rect area, struct rect bar,
                   const struct axis *axis, bool ascii);
void plot_log_grid(struct canvas *canvas, struct rect bar, const struct axis *axis, bool ascii);

/* The same on a linear axis from `low` to `high`, 0 being one of them or between. */
void plot_linear_axis(struct canvas *canvas, struct rect area, struct rect bar, double low,
                      double high, bool ascii);
void plot_linear_grid(struct canvas *canvas, struct rect bar, double low, double high, bool ascii);

/* Heat maps. The step of the ramp, 0 .. RAMP_STEPS - 1, for a value on an axis: one that is too
 * small for it, or 0, is at its lower end; -1 for what is not finite, or without an axis. */
int plot_heat_step(const struct axis *axis, double value);

/* A cell of a heat map made of two halves, each with its own step; or, with `letters`, of the upper
 * one alone. -1: nothing is there. */
void plot_heat_cell(struct canvas *canvas, int row, int col, int upper, int lower, bool letters);

/* A word on the colour of a step. */
void plot_heat_text(struct canvas *canvas, struct rect area, int row, int col, int step,
                    bool letters, const char *text);

/* The key of the colours: one row with the ends of the axis left and right, or two with its decades
 * below. `mark` is a value that stands out on it, or NAN. */
void plot_heat_key(struct canvas *canvas, struct rect area, const struct axis *axis, double mark,
                   bool letters);

/* The colours in one row, between the words for their lowest and their highest value; returns where
 * they are. */
struct rect plot_heat_scale(struct canvas *canvas, struct rect area, const char *low,
                            const char *high, bool letters);

/* One column that stands on the bottom row of the area, `fraction` of its height. */
void plot_column(struct canvas *canvas, struct rect area, int col, double fraction, bool ascii,
                 enum role role);

/* The smallest of 1, 1.5, 2, 3, 4, 6, 8 times a power of ten that is not below `value` > 0. */
double plot_nice_above(double value);

/* The distance of ticks, 1, 2 or 5 times a power of ten, of which at most `most` intervals fit into
 * `range`. */
double plot_tick_distance(double range, int most);

/* A field of dots, 2 x 4 in each cell (one in each cell of the ASCII twin), in layers. */
enum plot_layer {
    PLOT_LEFT, /* the bright curves of the two stacks */
    PLOT_RIGHT,
    PLOT_LEFT_RUN, /* thin lines behind them: other runs */
    PLOT_RIGHT_RUN,
    PLOT_LEFT_RAW, /* the dim dots behind these */
    PLOT_RIGHT_RAW,
    PLOT_LEFT_GHOST, /* thin lines behind all of them */
    PLOT_RIGHT_GHOST,
    PLOT_REFERENCE,
    PLOT_LAYERS
};

enum { PLOT_DOTS_X = 2, PLOT_DOTS_Y = 4 };

struct plot {
    int rows, cols; /* cells */
    uint8_t *dots;  /* [PLOT_LAYERS][rows][cols], a bit for each dot */
};

void plot_open(struct plot *plot, int rows, int cols);
void plot_close(struct plot *plot);

/* The dot at (x, y), counted from the lower left corner; outside nothing happens. */
void plot_dot(struct plot *plot, enum plot_layer layer, int x, int y);

/* A line between two points in dots, two dots thick, of a ghost or another run one. With `dashed`
 * every fourth cell is left out. */
void plot_line(struct plot *plot, enum plot_layer layer, double x0, double y0, double x1, double y1,
               bool dashed);

/* Does the dot column lie in the gap of a dashed line? Every fourth cell does. */
bool plot_gap(int x);

/* Has the cell (row from the top, col) a dot of one of the two bright curves? */
bool plot_has_curve(const struct plot *plot, int row, int col);

/* And has it one of another run's? */
bool plot_has_run(const struct plot *plot, int row, int col);

/* Paints the cells that have dots. Where layers share a cell the first of these that is there takes
 * it alone: bright curves, other runs, raw dots, ghosts, reference; but a ghost's dots go on among
 * raw ones, in their colour. Where both stacks share it, left has it in even columns and right in
 * odd ones (the gaps of its dashes are in even ones), so that both keep their height and their
 * colour. In the gaps of a dashed curve there is no reference line. */
void plot_paint(const struct plot *plot, struct canvas *canvas, struct rect area, bool ascii);

#endif
