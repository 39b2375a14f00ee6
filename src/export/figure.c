/* See figure.h. */
#include "export/figure.h"

#include "base/memory.h"
#include "base/names.h"
#include "base/utf8.h"
#include "export/svg.h"

#include <stdlib.h>
#include <string.h>

/* The mean width of a character beside its height, in the usual sans-serif fonts. */
static const double character_width = 0.54;

void figure_open(struct figure *figure)
{
    *figure = (struct figure){.width = 0};
}

void figure_close(struct figure *figure)
{
    for (int i = 0; i < figure->shapes; i++)
        free(figure->shape[i].text);
    free(figure->shape);
    *figure = (struct figure){.width = 0};
}

static void add(struct figure *figure, struct figure_shape shape)
{
    enum { GROW = 64 };
    if (figure->shapes % GROW == 0)
        figure->shape =
            memory_resize(figure->shape, (size_t)figure->shapes + GROW, sizeof *figure->shape);
    figure->shape[figure->shapes++] = shape;
}

void figure_rect(struct figure *figure, double x, double y, double width, double height,
                 struct figure_style style)
{
    add(figure, (struct figure_shape){FIGURE_RECT, {x, y, width, height}, NULL, style});
}

void figure_line(struct figure *figure, double x1, double y1, double x2, double y2,
                 struct figure_style style)
{
    add(figure, (struct figure_shape){FIGURE_LINE, {x1, y1, x2, y2}, NULL, style});
}

void figure_text(struct figure *figure, double x, double y, const char *text,
                 struct figure_style style)
{
    if (*text)
        add(figure, (struct figure_shape){FIGURE_TEXT, {x, y}, memory_copy_string(text), style});
}

double figure_text_width(const char *text, double size)
{
    int characters = 0;
    while (utf8_next(&text) != 0)
        characters++;
    return character_width * size * characters;
}

int figure_columns(double width, double size)
{
    return (int)(width / (character_width * size));
}

/* ---- SVG -------------------------------------------------------------------------------------*/

/* What XML gives a meaning to, and what it does not allow at all, is replaced. */
static void write_escaped(FILE *out, const char *text)
{
    const size_t size = strlen(text) + 6;
    char *printable = memory_new(size, 1);
    names_printable(printable, size, text);
    for (const char *at = printable; *at; at++)
        svg_escape(out, *at);
    free(printable);
}

static void write_text(const struct figure_shape *shape, FILE *out)
{
    static const char *const anchors[] = {"start", "middle", "end"};
    const struct figure_style *style = &shape->style;
    fprintf(out, "<text x=\"%g\" y=\"%g\" font-size=\"%g\" fill=\"#%06x\" text-anchor=\"%s\"",
            shape->at[0], shape->at[1], style->size, (unsigned)style->ink, anchors[style->anchor]);
    if (style->bold)
        fputs(" font-weight=\"bold\"", out);
    if (style->upwards)
        fprintf(out, " transform=\"rotate(-90 %g %g)\"", shape->at[0], shape->at[1]);
    fputc('>', out);
    write_escaped(out, shape->text);
    fputs("</text>\n", out);
}

static void write_shape(const struct figure_shape *shape, FILE *out)
{
    const double *at = shape->at;
    const unsigned ink = (unsigned)shape->style.ink;
    switch (shape->kind) {
    case FIGURE_RECT:
        fprintf(out, "<rect x=\"%g\" y=\"%g\" width=\"%g\" height=\"%g\"", at[0], at[1], at[2],
                at[3]);
        if (shape->style.size > 0)
            fprintf(out, " fill=\"none\" stroke=\"#%06x\" stroke-width=\"%g\"/>\n", ink,
                    shape->style.size);
        else
            fprintf(out, " fill=\"#%06x\"/>\n", ink);
        break;
    case FIGURE_LINE:
        fprintf(out,
                "<line x1=\"%g\" y1=\"%g\" x2=\"%g\" y2=\"%g\" stroke=\"#%06x\" "
                "stroke-width=\"%g\" stroke-linecap=\"square\"/>\n",
                at[0], at[1], at[2], at[3], ink, shape->style.size);
        break;
    case FIGURE_TEXT:
        write_text(shape, out);
        break;
    }
}

void figure_svg(const struct figure *figure, const char *title, FILE *out)
{
    fprintf(out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%g\" height=\"%g\" "
            "viewBox=\"0 0 %g %g\" font-family=\"'DejaVu Sans', Helvetica, Arial, sans-serif\">\n"
            "<title>",
            figure->width, figure->height, figure->width, figure->height);
    write_escaped(out, title);
    fprintf(out, "</title>\n<rect width=\"%g\" height=\"%g\" fill=\"#ffffff\"/>\n", figure->width,
            figure->height);
    for (int i = 0; i < figure->shapes; i++)
        write_shape(&figure->shape[i], out);
    fputs("</svg>\n", out);
}
