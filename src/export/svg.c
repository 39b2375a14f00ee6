/* See svg.h. */
#include "export/svg.h"

#include "export/shapes.h"

#include <stdbool.h>

void svg_escape(FILE *out, char byte)
{
    if (byte == '&')
        fputs("&amp;", out);
    else if (byte == '<')
        fputs("&lt;", out);
    else if (byte == '>')
        fputs("&gt;", out);
    else
        fputc(byte, out);
}

void svg_letters(FILE *out, const struct cell *cell)
{
    char text[CELL_BYTES];
    cell_utf8(cell, text);
    for (const char *at = text; *at; at++)
        svg_escape(out, *at);
}

static void write_shape(FILE *out, const struct shape *shape)
{
    switch (shape->kind) {
    case SHAPE_RECT:
        if (shape->opacity < 1)
            fprintf(out, "<g fill-opacity=\"%g\">", shape->opacity);
        fprintf(out, "<rect x=\"%g\" y=\"%g\" width=\"%g\" height=\"%g\"/>\n", shape->x, shape->y,
                shape->width, shape->height);
        if (shape->opacity < 1)
            fputs("</g>\n", out);
        break;
    case SHAPE_DOT:
        fprintf(out, "<circle cx=\"%g\" cy=\"%g\" r=\"%g\"/>\n", shape->x, shape->y, shape->width);
        break;
    case SHAPE_WORD:
        fprintf(out, "<text x=\"%g\" y=\"%g\" textLength=\"%g\">", shape->x, shape->y,
                shape->width);
        for (int i = 0; i < shape->cells; i++)
            svg_letters(out, &shape->cell[i]);
        fputs("</text>\n", out);
        break;
    }
}

static void write_backgrounds(FILE *out, const struct canvas *canvas, const struct theme_row *theme)
{
    for (int row = 0; row < canvas->rows; row++) {
        const struct cell *cells = canvas->cells + (size_t)row * (size_t)canvas->cols;
        for (int col = 0, count; col < canvas->cols; col += count) {
            const int32_t back = shape_background(theme, &cells[col]);
            for (count = 1; col + count < canvas->cols; count++)
                if (shape_background(theme, &cells[col + count]) != back)
                    break;
            if (back >= 0)
                fprintf(out,
                        "<rect x=\"%g\" y=\"%g\" width=\"%d\" height=\"%d\" fill=\"#%06x\"/>\n",
                        shape_x(col), shape_y(row), count * SHAPE_CELL_WIDTH, SHAPE_CELL_HEIGHT,
                        (unsigned)back);
        }
    }
}

static void write_role(FILE *out, const struct canvas *canvas, const struct theme_row *theme,
                       int role)
{
    const struct shape_look look = shape_look(theme, role);
    struct shapes shapes = {0};
    fprintf(out, "<g fill=\"#%06x\"", (unsigned)look.ink);
    if (look.bold)
        fputs(" font-weight=\"bold\"", out);
    if (look.underline)
        fputs(" text-decoration=\"underline\"", out);
    if (look.opacity < 1)
        fprintf(out, " opacity=\"%g\"", look.opacity);
    fputs(">\n", out);
    for (int row = 0; row < canvas->rows; row++)
        shapes_add(&shapes, canvas, row, 0, canvas->cols, role);
    for (int i = 0; i < shapes.count; i++)
        write_shape(out, &shapes.shape[i]);
    shapes_close(&shapes);
    fputs("</g>\n", out);
}

void svg_begin(FILE *out, const struct canvas *canvas, enum theme theme)
{
    const int width = shape_picture_width(canvas), height = shape_picture_height(canvas);
    fprintf(out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
            "viewBox=\"0 0 %d %d\" font-family=\"" SHAPE_FONTS "\" "
            "font-size=\"%d\">\n<title>lnscope</title>\n"
            "<rect width=\"%d\" height=\"%d\" fill=\"#%06x\"/>\n",
            width, height, width, height, SHAPE_FONT_SIZE, width, height,
            (unsigned)theme_table[theme].page);
}

void svg_write(FILE *out, const struct canvas *canvas, enum theme theme)
{
    const struct theme_row *colours = &theme_table[theme];
    bool used[ROLES] = {false};
    for (int i = 0; i < canvas->rows * canvas->cols; i++)
        if (canvas->cells[i].glyph > ' ' || canvas->cells[i].mark[0])
            used[canvas->cells[i].role] = true;
    svg_begin(out, canvas, theme);
    fputs("<g shape-rendering=\"crispEdges\">\n", out);
    write_backgrounds(out, canvas, colours);
    fputs("</g>\n", out);
    for (int role = 0; role < ROLES; role++)
        if (used[role])
            write_role(out, canvas, colours, role);
    fputs("</svg>\n", out);
}
