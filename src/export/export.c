/* See export.h. Knows themes and cells; no terminal. */
#include "export/export.h"

#include "base/file.h"
#include "base/names.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Pixels. Most monospaced fonts are 0.6 of their size wide, so that words fill their cells. */
enum { CELL_WIDTH = 9, CELL_HEIGHT = 18, FONT_SIZE = 15, BASELINE = 14, MARGIN = 12 };

static const double dim_opacity = 0.6;

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

/* Where a cell begins. */
static double cell_x(int col)
{
    return MARGIN + CELL_WIDTH * (double)col;
}

static double cell_y(int row)
{
    return MARGIN + CELL_HEIGHT * (double)row;
}

static void write_rect(FILE *out, double x, double y, double width, double height)
{
    fprintf(out, "<rect x=\"%g\" y=\"%g\" width=\"%g\" height=\"%g\"/>\n", x, y, width, height);
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
static void write_block(FILE *out, uint32_t glyph, int row, int col, int count)
{
    double part[4][4];
    int parts = block_parts(glyph, part);
    bool shade = glyph >= 0x2591 && glyph <= 0x2593;
    if (shade)
        fprintf(out, "<g fill-opacity=\"%g\">", (double)(glyph - 0x2590) / 4);
    for (int cell = 0; cell < (glyph == 0x2588 || shade ? 1 : count); cell++) {
        int merged = glyph == 0x2588 || shade ? count : 1;
        for (int i = 0; i < parts; i++)
            write_rect(out, cell_x(col + cell) + part[i][0] * CELL_WIDTH,
                       cell_y(row) + part[i][1] * CELL_HEIGHT, part[i][2] * CELL_WIDTH * merged,
                       part[i][3] * CELL_HEIGHT);
    }
    if (shade)
        fputs("</g>\n", out);
}

/* U+2800..U+28FF: eight dots, in the order of Unicode's bits. */
static void write_braille(FILE *out, uint32_t glyph, int row, int col)
{
    static const unsigned char column[8] = {0, 0, 0, 1, 1, 1, 0, 1};
    static const unsigned char line[8] = {0, 1, 2, 0, 1, 2, 3, 3};
    for (int i = 0; i < 8; i++)
        if (glyph >> i & 1)
            fprintf(out, "<circle cx=\"%g\" cy=\"%g\" r=\"1.5\"/>\n",
                    cell_x(col) + CELL_WIDTH * (0.25 + 0.5 * column[i]),
                    cell_y(row) + CELL_HEIGHT * (0.125 + 0.25 * line[i]));
}

static void write_box(FILE *out, const struct box_row *box, int row, int col)
{
    const double x = cell_x(col), y = cell_y(row), width = box->width;
    const int over = (CELL_WIDTH - box->width) / 2, down = (CELL_HEIGHT - box->width) / 2;
    const double left = x + over, top = y + down; /* whole pixels, so that lines stay sharp */
    const bool across = box->arms & (ARM_LEFT | ARM_RIGHT), along = box->arms & (ARM_UP | ARM_DOWN);
    for (int i = 0; i < box->dashes; i++) {
        double step = (across ? (double)CELL_WIDTH : (double)CELL_HEIGHT) / box->dashes;
        if (across)
            write_rect(out, x + (i + 0.2) * step, top, 0.6 * step, width);
        else
            write_rect(out, left, y + (i + 0.2) * step, width, 0.6 * step);
    }
    if (box->dashes)
        return;
    if (across) {
        double from = box->arms & ARM_LEFT ? x : left;
        write_rect(out, from, top, (box->arms & ARM_RIGHT ? x + CELL_WIDTH : left + width) - from,
                   width);
    }
    if (along) {
        double from = box->arms & ARM_UP ? y : top;
        write_rect(out, left, from, width,
                   (box->arms & ARM_DOWN ? y + CELL_HEIGHT : top + width) - from);
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

/* Is the glyph left to the font? */
static bool is_letter(uint32_t glyph)
{
    return glyph > ' ' && glyph != 0xA0 && !is_block(glyph) && !is_braille(glyph) &&
           !find_box(glyph);
}

static void write_glyph(FILE *out, uint32_t glyph)
{
    char bytes[5];
    utf8_put(bytes, glyph);
    if (glyph == '&')
        fputs("&amp;", out);
    else if (glyph == '<')
        fputs("&lt;", out);
    else if (glyph == '>')
        fputs("&gt;", out);
    else
        fputs(bytes, out);
}

/* A word: cells of one role without a space. */
static void write_word(FILE *out, const struct cell *cells, int count, int row, int col)
{
    fprintf(out, "<text x=\"%g\" y=\"%g\" textLength=\"%d\">", cell_x(col), cell_y(row) + BASELINE,
            count * CELL_WIDTH);
    for (int i = 0; i < count; i++)
        write_glyph(out, cells[i].glyph);
    fputs("</text>\n", out);
}

/* How many cells from `col` on are of the same role and the same glyph. */
static int count_same(const struct cell *cells, int col, int cols)
{
    int count = 1;
    while (col + count < cols && cells[col + count].role == cells[col].role &&
           cells[col + count].glyph == cells[col].glyph)
        count++;
    return count;
}

/* How many cells from `col` on make a word. Symbols stand alone: where a font lacks one, another
 * font steps in, and what follows would be moved by its width. */
static int count_word(const struct cell *cells, int col, int cols)
{
    const uint32_t symbols = 0x2000;
    int count = 1;
    while (cells[col].glyph < symbols && col + count < cols &&
           cells[col + count].role == cells[col].role && is_letter(cells[col + count].glyph) &&
           cells[col + count].glyph < symbols)
        count++;
    return count;
}

/* Everything of one role in one row. */
static void write_row(FILE *out, const struct canvas *canvas, int row, int role)
{
    const struct cell *cells = canvas->cells + (size_t)row * (size_t)canvas->cols;
    for (int col = 0; col < canvas->cols;) {
        uint32_t glyph = cells[col].glyph;
        int count = 1;
        if (cells[col].role != role) {
            col++;
            continue;
        }
        if (is_block(glyph)) {
            count = count_same(cells, col, canvas->cols);
            write_block(out, glyph, row, col, count);
        } else if (is_braille(glyph)) {
            write_braille(out, glyph, row, col);
        } else if (find_box(glyph)) {
            write_box(out, find_box(glyph), row, col);
        } else if (is_letter(glyph)) {
            count = count_word(cells, col, canvas->cols);
            write_word(out, cells + col, count, row, col);
        }
        col += count;
    }
}

/* The colours of a role as they come out: reversed where the style says so. */
static void role_colours(const struct theme_row *theme, int role, uint32_t *ink, int32_t *back)
{
    const struct style *style = &theme->style[role];
    *ink = style->rgb < 0 ? theme->ink : (uint32_t)style->rgb;
    *back = style->back;
    if (style->reverse) {
        int32_t was = (int32_t)*ink;
        *ink = *back < 0 ? theme->page : (uint32_t)*back;
        *back = was;
    }
}

/* The background of a cell; negative: the page. */
static int32_t cell_background(const struct theme_row *theme, const struct cell *cell)
{
    uint32_t ink;
    int32_t back;
    role_colours(theme, cell->back == BACK_OWN ? cell->role : cell->back, &ink, &back);
    return cell->back == BACK_OWN ? back : (int32_t)ink;
}

static void write_backgrounds(FILE *out, const struct canvas *canvas, const struct theme_row *theme)
{
    for (int row = 0; row < canvas->rows; row++) {
        const struct cell *cells = canvas->cells + (size_t)row * (size_t)canvas->cols;
        for (int col = 0, count; col < canvas->cols; col += count) {
            int32_t back = cell_background(theme, &cells[col]);
            for (count = 1; col + count < canvas->cols; count++)
                if (cell_background(theme, &cells[col + count]) != back)
                    break;
            if (back >= 0)
                fprintf(out,
                        "<rect x=\"%g\" y=\"%g\" width=\"%d\" height=\"%d\" fill=\"#%06x\"/>\n",
                        cell_x(col), cell_y(row), count * CELL_WIDTH, CELL_HEIGHT, (unsigned)back);
        }
    }
}

static void write_role(FILE *out, const struct canvas *canvas, const struct theme_row *theme,
                       int role)
{
    const struct style *style = &theme->style[role];
    uint32_t ink;
    int32_t back;
    role_colours(theme, role, &ink, &back);
    fprintf(out, "<g fill=\"#%06x\"", (unsigned)ink);
    if (style->bold)
        fputs(" font-weight=\"bold\"", out);
    if (style->underline)
        fputs(" text-decoration=\"underline\"", out);
    if (style->dim)
        fprintf(out, " opacity=\"%g\"", dim_opacity);
    fputs(">\n", out);
    for (int row = 0; row < canvas->rows; row++)
        write_row(out, canvas, row, role);
    fputs("</g>\n", out);
}

void export_svg(FILE *out, const struct canvas *canvas, enum theme theme)
{
    const struct theme_row *colours = &theme_table[theme];
    int width = canvas->cols * CELL_WIDTH + 2 * MARGIN;
    int height = canvas->rows * CELL_HEIGHT + 2 * MARGIN;
    bool used[ROLES] = {false};
    for (int i = 0; i < canvas->rows * canvas->cols; i++)
        if (canvas->cells[i].glyph > ' ')
            used[canvas->cells[i].role] = true;
    fprintf(out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
            "viewBox=\"0 0 %d %d\" font-family=\"'DejaVu Sans Mono', Menlo, Consolas, monospace\" "
            "font-size=\"%d\">\n<title>lnscope</title>\n"
            "<rect width=\"%d\" height=\"%d\" fill=\"#%06x\"/>\n",
            width, height, width, height, FONT_SIZE, width, height, (unsigned)colours->page);
    fputs("<g shape-rendering=\"crispEdges\">\n", out);
    write_backgrounds(out, canvas, colours);
    fputs("</g>\n", out);
    for (int role = 0; role < ROLES; role++)
        if (used[role])
            write_role(out, canvas, colours, role);
    fputs("</svg>\n", out);
}

static void write_text(FILE *out, const struct canvas *canvas)
{
    char *text = canvas_to_text(canvas);
    fputs(text, out);
    free(text);
}

bool export_screen(const struct canvas *canvas, enum theme theme, char *message,
                   size_t message_size, struct error *error)
{
    static const char *const endings[] = {".svg", ".txt", NULL};
    const int number = file_free_number("lnscope", endings);
    char svg[FILE_NUMBERED], txt[FILE_NUMBERED];
    struct file picture, text;
    file_numbered(svg, "lnscope", number, endings[0]);
    file_numbered(txt, "lnscope", number, endings[1]);
    if (!file_create(&picture, svg, false, error))
        return false;
    if (!file_create(&text, txt, false, error)) {
        file_discard(&picture);
        return false;
    }
    export_svg(picture.stream, canvas, theme);
    write_text(text.stream, canvas);
    if (!file_commit(&picture, error)) {
        file_discard(&text);
        return false;
    }
    if (!file_commit(&text, error)) {
        unlink(svg);
        return false;
    }
    snprintf(message, message_size, "saved %s and %s", svg, txt);
    return true;
}

static bool ends_in(const char *path, const char *end)
{
    size_t size = strlen(path), length = strlen(end);
    return size > length && strcmp(path + size - length, end) == 0;
}

bool export_picture_check(const char *path, struct error *error)
{
    char shown[256];
    names_printable(shown, sizeof shown, path);
    return ends_in(path, ".svg") || ends_in(path, ".txt") ||
           error_set(error, "%s is neither a picture nor text: name it .svg or .txt", shown);
}

bool export_file(const struct canvas *canvas, enum theme theme, const char *path, bool force,
                 struct error *error)
{
    struct file file;
    if (!export_picture_check(path, error) || !file_create(&file, path, force, error))
        return false;
    if (ends_in(path, ".svg"))
        export_svg(file.stream, canvas, theme);
    else
        write_text(file.stream, canvas);
    return file_commit(&file, error);
}
