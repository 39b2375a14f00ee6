/* See shapes.h. Knows cells and themes; no format of pictures. */
#include "export/shapes.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static const double dim_opacity = 0.6;
static const double dot_radius = 1.5;

/* The box-drawing characters that are drawn as lines: which of the four arms they have. The rest of
 * U+2500..U+257F is left to the font. */
enum arm { ARM_LEFT = 1, ARM_RIGHT = 2, ARM_UP = 4, ARM_DOWN = 8 };
enum { BOX_FIRST = 0x2500, BOX_LAST = 0x257F };

struct box_row {
    unsigned char arms;
    unsigned char width;  /* pixels */
    unsigned char dashes; /* 0: a full line */
};

static const struct box_row box_table[BOX_LAST - BOX_FIRST + 1] = {
    [0x00] = {ARM_LEFT | ARM_RIGHT, 1, 0},
    [0x01] = {ARM_LEFT | ARM_RIGHT, 3, 0},
    [0x02] = {ARM_UP | ARM_DOWN, 1, 0},
    [0x03] = {ARM_UP | ARM_DOWN, 3, 0},
    [0x04] = {ARM_LEFT | ARM_RIGHT, 1, 3},
    [0x05] = {ARM_LEFT | ARM_RIGHT, 3, 3},
    [0x06] = {ARM_UP | ARM_DOWN, 1, 3},
    [0x07] = {ARM_UP | ARM_DOWN, 3, 3},
    [0x08] = {ARM_LEFT | ARM_RIGHT, 1, 4},
    [0x09] = {ARM_LEFT | ARM_RIGHT, 3, 4},
    [0x0A] = {ARM_UP | ARM_DOWN, 1, 4},
    [0x0B] = {ARM_UP | ARM_DOWN, 3, 4},
    [0x0C] = {ARM_RIGHT | ARM_DOWN, 1, 0},
    [0x10] = {ARM_LEFT | ARM_DOWN, 1, 0},
    [0x14] = {ARM_RIGHT | ARM_UP, 1, 0},
    [0x18] = {ARM_LEFT | ARM_UP, 1, 0},
    [0x1C] = {ARM_RIGHT | ARM_UP | ARM_DOWN, 1, 0},
    [0x24] = {ARM_LEFT | ARM_UP | ARM_DOWN, 1, 0},
    [0x2C] = {ARM_LEFT | ARM_RIGHT | ARM_DOWN, 1, 0},
    [0x34] = {ARM_LEFT | ARM_RIGHT | ARM_UP, 1, 0},
    [0x3C] = {ARM_LEFT | ARM_RIGHT | ARM_UP | ARM_DOWN, 1, 0},
    [0x4C] = {ARM_LEFT | ARM_RIGHT, 1, 2},
    [0x4D] = {ARM_LEFT | ARM_RIGHT, 3, 2},
    [0x4E] = {ARM_UP | ARM_DOWN, 1, 2},
    [0x4F] = {ARM_UP | ARM_DOWN, 3, 2},
    [0x6D] = {ARM_RIGHT | ARM_DOWN, 1, 0},
    [0x6E] = {ARM_LEFT | ARM_DOWN, 1, 0},
    [0x6F] = {ARM_LEFT | ARM_UP, 1, 0},
    [0x70] = {ARM_RIGHT | ARM_UP, 1, 0},
    [0x74] = {ARM_LEFT, 1, 0},
    [0x75] = {ARM_UP, 1, 0},
    [0x76] = {ARM_RIGHT, 1, 0},
    [0x77] = {ARM_DOWN, 1, 0},
};

/* ---- where and how ---- */

double shape_x(int col)
{
    return SHAPE_MARGIN + SHAPE_CELL_WIDTH * (double)col;
}

double shape_y(int row)
{
    return SHAPE_MARGIN + SHAPE_CELL_HEIGHT * (double)row;
}

int shape_picture_width(const struct canvas *canvas)
{
    return canvas->cols * SHAPE_CELL_WIDTH + 2 * SHAPE_MARGIN;
}

int shape_picture_height(const struct canvas *canvas)
{
    return canvas->rows * SHAPE_CELL_HEIGHT + 2 * SHAPE_MARGIN;
}

struct shape_look shape_look(const struct theme_row *theme, int role)
{
    const struct style *style = &theme->style[role];
    struct shape_look look = {.ink = style->rgb < 0 ? theme->ink : (uint32_t)style->rgb,
                              .back = style->back,
                              .bold = style->bold,
                              .underline = style->underline,
                              .opacity = style->dim ? dim_opacity : 1};
    if (style->reverse) {
        const int32_t was = (int32_t)look.ink;
        look.ink = look.back < 0 ? theme->page : (uint32_t)look.back;
        look.back = was;
    }
    return look;
}

int32_t shape_background(const struct theme_row *theme, const struct cell *cell)
{
    if (cell->back == BACK_OWN)
        return shape_look(theme, cell->role).back;
    return (int32_t)shape_look(theme, cell->back).ink;
}

/* ---- glyphs ---- */

static void add_shape(struct shapes *shapes, struct shape shape)
{
    if (shapes->count == shapes->room) {
        shapes->room = 2 * shapes->room + 64;
        shapes->shape = memory_resize(shapes->shape, (size_t)shapes->room, sizeof *shapes->shape);
    }
    shapes->shape[shapes->count++] = shape;
}

static void add_rect(struct shapes *shapes, double x, double y, double width, double height,
                     double opacity)
{
    add_shape(shapes, (struct shape){.kind = SHAPE_RECT,
                                     .x = x,
                                     .y = y,
                                     .width = width,
                                     .height = height,
                                     .opacity = opacity});
}

/* U+2580..U+259F in a box of 1 x 1 at the origin: rectangles {x, y, width, height}. */
static int block_parts(uint32_t glyph, double part[4][4])
{
    static const double quadrant[4][4] = {
        {0, 0, 0.5, 0.5}, {0.5, 0, 0.5, 0.5}, {0, 0.5, 0.5, 0.5}, {0.5, 0.5, 0.5, 0.5}};
    /* U+2596..U+259F as bits of the quadrants above: upper left, upper right, lower left, ... */
    static const unsigned char quadrants[] = {4, 8, 1, 13, 9, 7, 11, 2, 6, 14};
    double x = 0, y = 0, width = 1, height = 1;
    int parts = 0;
    if (glyph >= 0x2596) {
        for (int i = 0; i < 4; i++)
            if (quadrants[glyph - 0x2596] >> i & 1)
                memcpy(part[parts++], quadrant[i], sizeof quadrant[i]);
        return parts;
    }
    if (glyph == 0x2580) {
        height = 0.5;
    } else if (glyph <= 0x2588) { /* lower eighths */
        height = (glyph - 0x2580) / 8.0;
        y = 1 - height;
    } else if (glyph <= 0x258F) { /* left eighths, falling */
        width = (0x2590 - glyph) / 8.0;
    } else if (glyph == 0x2590) {
        x = width = 0.5;
    } else if (glyph == 0x2594) {
        height = 0.125;
    } else if (glyph == 0x2595) {
        x = 0.875;
        width = 0.125;
    }
    memcpy(part[0], (double[]){x, y, width, height}, sizeof part[0]);
    return 1;
}

/* A block element that is repeated over `count` cells. */
static void add_block(struct shapes *shapes, uint32_t glyph, int row, int col, int count)
{
    double part[4][4];
    const int parts = block_parts(glyph, part);
    const bool shade = glyph >= 0x2591 && glyph <= 0x2593;
    const int merged = glyph == 0x2588 || shade ? count : 1;
    for (int cell = 0; cell < count; cell += merged)
        for (int i = 0; i < parts; i++)
            add_rect(shapes, shape_x(col + cell) + part[i][0] * SHAPE_CELL_WIDTH,
                     shape_y(row) + part[i][1] * SHAPE_CELL_HEIGHT,
                     part[i][2] * SHAPE_CELL_WIDTH * merged, part[i][3] * SHAPE_CELL_HEIGHT,
                     shade ? (double)(glyph - 0x2590) / 4 : 1);
}

/* U+2800..U+28FF: eight dots, in the order of Unicode's bits. */
static void add_braille(struct shapes *shapes, uint32_t glyph, int row, int col)
{
    static const unsigned char column[8] = {0, 0, 0, 1, 1, 1, 0, 1};
    static const unsigned char line[8] = {0, 1, 2, 0, 1, 2, 3, 3};
    for (int i = 0; i < 8; i++)
        if (glyph >> i & 1)
            add_shape(shapes, (struct shape){
                                  .kind = SHAPE_DOT,
                                  .x = shape_x(col) + SHAPE_CELL_WIDTH * (0.25 + 0.5 * column[i]),
                                  .y = shape_y(row) + SHAPE_CELL_HEIGHT * (0.125 + 0.25 * line[i]),
                                  .width = dot_radius,
                                  .height = dot_radius,
                                  .opacity = 1});
}

static void add_dashes(struct shapes *shapes, const struct box_row *box, double x, double y,
                       double left, double top)
{
    const bool across = box->arms & (ARM_LEFT | ARM_RIGHT);
    const double step =
        (across ? (double)SHAPE_CELL_WIDTH : (double)SHAPE_CELL_HEIGHT) / box->dashes;
    for (int i = 0; i < box->dashes; i++) {
        if (across)
            add_rect(shapes, x + (i + 0.2) * step, top, 0.6 * step, box->width, 1);
        else
            add_rect(shapes, left, y + (i + 0.2) * step, box->width, 0.6 * step, 1);
    }
}

static void add_box(struct shapes *shapes, const struct box_row *box, int row, int col)
{
    const double x = shape_x(col), y = shape_y(row), width = box->width;
    const int over = (SHAPE_CELL_WIDTH - box->width) / 2;
    const int down = (SHAPE_CELL_HEIGHT - box->width) / 2;
    const double left = x + over, top = y + down; /* whole pixels, so that lines stay sharp */
    if (box->dashes) {
        add_dashes(shapes, box, x, y, left, top);
        return;
    }
    if (box->arms & (ARM_LEFT | ARM_RIGHT)) {
        const double from = box->arms & ARM_LEFT ? x : left;
        const double to = box->arms & ARM_RIGHT ? x + SHAPE_CELL_WIDTH : left + width;
        add_rect(shapes, from, top, to - from, width, 1);
    }
    if (box->arms & (ARM_UP | ARM_DOWN)) {
        const double from = box->arms & ARM_UP ? y : top;
        const double to = box->arms & ARM_DOWN ? y + SHAPE_CELL_HEIGHT : top + width;
        add_rect(shapes, left, from, width, to - from, 1);
    }
}

static bool is_block(uint32_t glyph)
{
    return glyph >= 0x2580 && glyph <= 0x259F;
}

static bool is_braille(uint32_t glyph)
{
    return glyph >= 0x2800 && glyph <= 0x28FF;
}

static const struct box_row *find_box(uint32_t glyph)
{
    if (glyph < BOX_FIRST || glyph > BOX_LAST || !box_table[glyph - BOX_FIRST].arms)
        return NULL;
    return &box_table[glyph - BOX_FIRST];
}

bool shape_is_letter(uint32_t glyph)
{
    glyph &= ~CELL_TAIL;
    return glyph > ' ' && glyph != 0xA0 && !is_block(glyph) && !is_braille(glyph) &&
           !find_box(glyph);
}

/* ---- rows ---- */

/* How many cells from `col` on are of the same role and the same glyph. */
static int count_same(const struct cell *cells, int col, int end)
{
    int count = 1;
    while (col + count < end && cells[col + count].role == cells[col].role &&
           cells[col + count].glyph == cells[col].glyph)
        count++;
    return count;
}

/* Whether a cell can be a part of a word: a letter of Latin, Greek, Cyrillic or Armenian. What
 * comes behind those in Unicode is also written from right to left, in the order of the cells all
 * the same. */
static bool is_of_word(const struct cell *cell)
{
    const uint32_t behind = 0x0590;
    return shape_is_letter(cell->glyph) && cell->glyph < behind && !cell->mark[0];
}

/* How many cells from `col` on make a word. */
static int count_word(const struct cell *cells, int col, int end)
{
    int count = 1;
    while (is_of_word(&cells[col]) && col + count < end &&
           cells[col + count].role == cells[col].role && is_of_word(&cells[col + count]))
        count++;
    return count;
}

/* The cells that a shape of a word takes: those of a wide glyph are two. */
static int shown_cells(const struct cell *cells, int col, int end, int count)
{
    return count == 1 && col + 1 < end && cell_is_tail(&cells[col + 1]) ? 2 : count;
}

void shapes_add(struct shapes *shapes, const struct canvas *canvas, int row, int col, int end,
                int role)
{
    const struct cell *cells = canvas->cells + (size_t)row * (size_t)canvas->cols;
    for (int count; col < end; col += count) {
        const uint32_t glyph = cells[col].glyph;
        count = 1;
        if (cells[col].role != role || cell_is_tail(&cells[col]))
            continue;
        if (is_block(glyph)) {
            count = count_same(cells, col, end);
            add_block(shapes, glyph, row, col, count);
        } else if (is_braille(glyph)) {
            add_braille(shapes, glyph, row, col);
        } else if (find_box(glyph)) {
            add_box(shapes, find_box(glyph), row, col);
        } else if (shape_is_letter(glyph) || cells[col].mark[0]) {
            count = count_word(cells, col, end);
            const int shown = shown_cells(cells, col, end, count);
            add_shape(shapes, (struct shape){.kind = SHAPE_WORD,
                                             .x = shape_x(col),
                                             .y = shape_y(row) + SHAPE_BASELINE,
                                             .width = shown * (double)SHAPE_CELL_WIDTH,
                                             .height = SHAPE_CELL_HEIGHT,
                                             .opacity = 1,
                                             .cell = cells + col,
                                             .cells = count});
        }
    }
}

void shapes_clear(struct shapes *shapes)
{
    shapes->count = 0;
}

void shapes_close(struct shapes *shapes)
{
    free(shapes->shape);
    *shapes = (struct shapes){0};
}
