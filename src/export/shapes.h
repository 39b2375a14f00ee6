/* What a canvas looks like where there are no letters to print it with: its cells as rectangles,
 * dots and words, in pixels. The pictures (export/svg.h, export/animation.h, export/pixels.h) draw
 * the same shapes, so that bars meet without seams and no font's idea of a bar, of braille or of a
 * width matters. */
#ifndef LNSCOPE_EXPORT_SHAPES_H
#define LNSCOPE_EXPORT_SHAPES_H

#include "screen/canvas.h"
#include "screen/theme.h"

#include <stdbool.h>
#include <stdint.h>

/* Pixels. Most monospaced fonts are 0.6 of their size wide, so that words fill their cells. */
enum {
    SHAPE_CELL_WIDTH = 9,
    SHAPE_CELL_HEIGHT = 18,
    SHAPE_FONT_SIZE = 15,
    SHAPE_BASELINE = 14, /* below the top of a cell */
    SHAPE_MARGIN = 12    /* around the cells */
};

/* The fonts of words, the first that is there. */
#define SHAPE_FONTS "'DejaVu Sans Mono', Menlo, Consolas, monospace"

enum shape_kind { SHAPE_RECT, SHAPE_DOT, SHAPE_WORD };

struct shape {
    enum shape_kind kind;
    double x, y;             /* the upper left corner; of a dot its centre; of a word the beginning
                                of its baseline */
    double width, height;    /* of a dot both are its radius; of a word all its columns */
    double opacity;          /* of the ink; below 1 only where the glyph is a shade */
    const struct cell *cell; /* of a word: its cells, in the canvas */
    int cells;
};

struct shapes {
    struct shape *shape; /* [count] */
    int count, room;
};

/* How the cells of a role come out. */
struct shape_look {
    uint32_t ink; /* 0xRRGGBB */
    int32_t back; /* the same; negative: the page */
    bool bold, underline;
    double opacity; /* of all that is drawn in the ink */
};

/* The size of the whole picture. */
int shape_picture_width(const struct canvas *canvas);
int shape_picture_height(const struct canvas *canvas);

/* Where a cell begins. */
double shape_x(int col);
double shape_y(int row);

struct shape_look shape_look(const struct theme_row *theme, int role);

/* The background of a cell; negative: the page. */
int32_t shape_background(const struct theme_row *theme, const struct cell *cell);

/* Whether a glyph is left to the font, or, where it is not, drawn at all. */
bool shape_is_letter(uint32_t glyph);

/* Adds what is drawn of the cells [col, end) of a row that have the role, from left to right. Words
 * are cells without a space; symbols stand alone, since where a font lacks one, another font steps
 * in, and what follows would be moved by its width. */
void shapes_add(struct shapes *shapes, const struct canvas *canvas, int row, int col, int end,
                int role);

void shapes_clear(struct shapes *shapes);
void shapes_close(struct shapes *shapes);

#endif
