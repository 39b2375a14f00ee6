/* What the curves show, as numbers: which points are in view, how they are smoothed, what the axes
 * span, and where in the field of dots a value lies.
 *
 * curves.c draws it. Knows no canvas; the field is counted in dots (screen/plot.h), from the bottom
 * left. */
#ifndef LNSCOPE_VIEWS_CHART_H
#define LNSCOPE_VIEWS_CHART_H

#include "screen/ticks.h"
#include "views/scene.h"

#include <stdbool.h>
#include <stdint.h>

/* A curve point by point, as the y axis has it: on a logarithmic one as logarithms. NAN: not
 * measured, or nothing that the axis could show. */
struct chart_series {
    const struct history_curves *curves;
    int64_t stride; /* point i is step (first + i + 1) * stride, unless the curves have steps */
    int count;      /* of points in view, and of those left of it */
    int64_t first;
    int drawn;    /* the first that is drawn */
    double *line; /* [count], smoothed */
    double *raw;  /* [count] */
};

/* Another run, whose curves lie behind those of the one under way. */
struct chart_overlay {
    const struct run_record *record;
    struct chart_series series[SIDES];
};

struct chart {
    const struct scene *scene;
    const struct curves_look *look;
    struct chart_series series[SIDES];
    struct chart_series ghost[HISTORY_GHOSTS][SIDES]; /* the newest first */
    int overlays;
    struct chart_overlay overlay[RUNS_SHOWN]; /* the newest first */
    bool log_y;
    double from, to;    /* steps at both ends of the x axis */
    struct ticks ticks; /* of the y axis */
    double low, high;   /* values at both ends of the y axis */
    double bottom, up;  /* `low` as the axis has it, and dots for each unit there */
    int width, height;  /* of the field, in dots */
};

/* The steps at both ends of the x axis. It grows in strides, so that the picture stands still in
 * between, and does not reach past the end of a run of known length. */
void chart_range(const struct scene *scene, const struct curves_look *look, double *from,
                 double *to);

/* A chart for a field of so many cells, to be closed. Scene and look must outlive it. */
struct chart chart_open(const struct scene *scene, const struct curves_look *look, int rows,
                        int cols);
void chart_close(struct chart *chart);

/* The step of point i. */
double chart_step_of(const struct chart_series *series, int i);

/* A number of the axis as a value. */
double chart_value(const struct chart *chart, double number);

/* The last point in view of a line; -1: there is none. */
int chart_last_of(const struct chart *chart, const struct chart_series *series);

/* The newest value of the line up to a step; NAN: there is none. */
double chart_line_at(const struct chart *chart, enum side side, int64_t step);

/* The dot of a step, and the step at a dot; neither is rounded. The second needs from, to, width
 * and look alone. */
double chart_x(const struct chart *chart, double step);
double chart_step_at(const struct chart *chart, double x);

/* The dot of a number as the axis has it, and of a value; what is out of range lies on an edge. */
double chart_y_of(const struct chart *chart, double number);
double chart_y(const struct chart *chart, double value);

/* The cell of a value, from the top; that of a step, -1 where it is not in view. */
int chart_row(const struct chart *chart, double value);
int chart_col(const struct chart *chart, double step);

/* What a line does in one column of dots: where it comes in and goes out, and how far up and down
 * it has been meanwhile. However many points share a column, there is one of these. */
struct chart_stroke {
    int col;
    double x[2], y[2];
    double low, high;
};

/* A line from its first point in view, or from the left edge, through one stroke a column. */
struct chart_line {
    double x, y;
    int count;
    struct chart_stroke *stroke; /* [count]; to be freed */
};
struct chart_line chart_line_of(const struct chart *chart, const struct chart_series *series);

/* What the curves can be held against, from the top down; `value` is NAN where there is none, or it
 * is not in view. */
enum { CHART_REFERENCES = 3, CHART_NAMES = 4, CHART_NAME_SIZE = 40 };
enum chart_name { CHART_NAME_LONG, CHART_NAME_USUAL, CHART_NAME_BRIEF, CHART_NAME_NONE };
struct chart_reference {
    double value;
    char text[CHART_NAMES][CHART_NAME_SIZE]; /* its name and the value, from long to short */
    char note[CHART_NAME_SIZE];              /* the standard error of an estimate; "": exact */
};
void chart_references(const struct chart *chart, struct chart_reference out[CHART_REFERENCES]);

/* Are there ghosts, of branches? */
bool chart_has_ghosts(const struct scene *scene);

/* The learning rate of a step: as it was, or as it is planned. */
double chart_rate(const struct scene *scene, int64_t step);

/* 1, 2 or 5 times a power of ten, not below (`up`) or not above a value > 0; with `decades` a power
 * of ten. */
double chart_round(double value, bool up, bool decades);

#endif
