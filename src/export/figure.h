/* A figure for paper: rectangles, lines and words at places in points, kept as a list, from which
 * files are made. It knows neither canvases nor themes. */
#ifndef LNSCOPE_EXPORT_FIGURE_H
#define LNSCOPE_EXPORT_FIGURE_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Where a text's place is in it. */
enum figure_anchor { FIGURE_START, FIGURE_MIDDLE, FIGURE_END };

/* How a shape looks; colours are 0xRRGGBB. */
struct figure_style {
    uint32_t ink;
    double size;  /* of a text's font, or the width of a line; of a rectangle 0: filled, otherwise
                     the width of its outline */
    bool bold;    /* a text */
    bool upwards; /* a text, turned by a quarter to the left */
    enum figure_anchor anchor;
};

enum figure_kind { FIGURE_RECT, FIGURE_LINE, FIGURE_TEXT };

struct figure_shape {
    enum figure_kind kind;
    double at[4]; /* x, y, width, height; x1, y1, x2, y2; x, y */
    char *text;   /* owned */
    struct figure_style style;
};

struct figure {
    double width, height; /* may grow until it is written */
    struct figure_shape *shape;
    int shapes;
};

/* An empty figure on white; figure_close() frees it. */
void figure_open(struct figure *figure);
void figure_close(struct figure *figure);

void figure_rect(struct figure *figure, double x, double y, double width, double height,
                 struct figure_style style);
void figure_line(struct figure *figure, double x1, double y1, double x2, double y2,
                 struct figure_style style);

/* UTF-8; y is the base line. */
void figure_text(struct figure *figure, double x, double y, const char *text,
                 struct figure_style style);

/* About the width of a text, in the usual sans-serif fonts; and after how many characters a line of
 * so many points is broken. */
double figure_text_width(const char *text, double size);
int figure_columns(double width, double size);

/* Writes the whole SVG document. Errors show in the stream. */
void figure_svg(const struct figure *figure, const char *title, FILE *out);

/* Writes it as a PNG with `scale` pixels for a point; false with a reason, also in a build without
 * cairo. */
bool figure_png(const struct figure *figure, double scale, FILE *out, struct error *error);

#endif
