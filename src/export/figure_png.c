/* figure_png() of figure.h: a figure as pixels, drawn by cairo. */
#include "export/figure.h"

#ifdef HAVE_CAIRO

#include "base/memory.h"
#include "export/font.h"
#include "export/pixels.h"

#include <cairo.h>
#include <math.h>
#include <stdlib.h>

static void set_colour(cairo_t *cairo, uint32_t ink)
{
    cairo_set_source_rgb(cairo, (ink >> 16 & 255) / 255.0, (ink >> 8 & 255) / 255.0,
                         (ink & 255) / 255.0);
}

static void draw_text(cairo_t *cairo, const struct figure_shape *shape)
{
    static const double parts[] = {[FIGURE_START] = 0, [FIGURE_MIDDLE] = 0.5, [FIGURE_END] = 1};
    const struct figure_style *style = &shape->style;
    cairo_text_extents_t extents;
    cairo_select_font_face(cairo, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                           style->bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cairo, style->size);
    cairo_text_extents(cairo, shape->text, &extents);
    cairo_save(cairo);
    cairo_translate(cairo, shape->at[0], shape->at[1]);
    if (style->upwards)
        cairo_rotate(cairo, -acos(0));
    cairo_move_to(cairo, -parts[style->anchor] * extents.x_advance, 0);
    cairo_show_text(cairo, shape->text);
    cairo_restore(cairo);
}

static void draw_shape(cairo_t *cairo, const struct figure_shape *shape)
{
    const double *at = shape->at;
    set_colour(cairo, shape->style.ink);
    cairo_set_line_width(cairo, shape->style.size);
    switch (shape->kind) {
    case FIGURE_RECT:
        cairo_rectangle(cairo, at[0], at[1], at[2], at[3]);
        if (shape->style.size > 0)
            cairo_stroke(cairo);
        else
            cairo_fill(cairo);
        break;
    case FIGURE_LINE:
        cairo_move_to(cairo, at[0], at[1]);
        cairo_line_to(cairo, at[2], at[3]);
        cairo_stroke(cairo);
        break;
    case FIGURE_TEXT:
        draw_text(cairo, shape);
        break;
    }
}

bool figure_png(const struct figure *figure, double scale, FILE *out, struct error *error)
{
    const int width = (int)ceil(figure->width * scale), height = (int)ceil(figure->height * scale);
    if (!font_hold(error))
        return false;
    uint32_t *picture = memory_new((size_t)width * (size_t)height, sizeof *picture);
    cairo_surface_t *surface = cairo_image_surface_create_for_data(
        (unsigned char *)picture, CAIRO_FORMAT_RGB24, width, height, width * (int)sizeof *picture);
    cairo_t *cairo = cairo_create(surface);
    set_colour(cairo, 0xFFFFFF);
    cairo_paint(cairo);
    cairo_scale(cairo, scale, scale);
    cairo_set_line_cap(cairo, CAIRO_LINE_CAP_SQUARE);
    for (int i = 0; i < figure->shapes; i++)
        draw_shape(cairo, &figure->shape[i]);
    const cairo_status_t status = cairo_status(cairo);
    cairo_destroy(cairo);
    cairo_surface_flush(surface);
    cairo_surface_destroy(surface);
    const bool good = status == CAIRO_STATUS_SUCCESS
                          ? pixels_png(picture, width, height, out, error)
                          : error_set(error, "cannot draw the figure (%s): name it .svg",
                                      cairo_status_to_string(status));
    font_release();
    free(picture);
    return good;
}

#else

bool figure_png(const struct figure *figure, double scale, FILE *out, struct error *error)
{
    (void)figure, (void)scale, (void)out;
    return error_set(error, "this build has no cairo, which draws pixels: name it .svg");
}

#endif
