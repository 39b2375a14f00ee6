/* See font.h. fontconfig gives some font for every name, also a proportional one: what comes is
 * looked at. */
#include "export/font.h"

#ifdef HAVE_CAIRO

#include "base/memory.h"
#include "base/utf8.h"

#include <cairo-ft.h>
#include <cairo.h>
#include <fontconfig/fontconfig.h>

#include <stdlib.h>
#include <string.h>

enum { FACES_MAX = 4, WEIGHTS = 2 };

struct face {
    char *name;
    cairo_scaled_font_t *scaled[WEIGHTS];
};

/* How often fonts are used: behind the last one, nothing of the libraries stays. */
static int held;

struct font {
    int faces;
    struct face face[FACES_MAX];
};

/* What words are drawn in, from the best on. */
static const char *const wanted[] = {"DejaVu Sans Mono", "Noto Sans Mono", "Menlo",
                                     "Liberation Mono",  "FreeMono",       "Consolas",
                                     "Courier New"};

/* The font that comes for a name (NULL: any monospace one), or NULL where it is not that one. */
static FcPattern *match(const char *name, bool bold)
{
    FcPattern *asked = FcPatternCreate();
    FcChar8 *family = NULL;
    FcResult result;
    int spacing = FC_PROPORTIONAL;
    if (name)
        FcPatternAddString(asked, FC_FAMILY, (const FcChar8 *)name);
    FcPatternAddInteger(asked, FC_SPACING, FC_MONO);
    FcPatternAddInteger(asked, FC_WEIGHT, bold ? FC_WEIGHT_BOLD : FC_WEIGHT_REGULAR);
    FcPatternAddInteger(asked, FC_SLANT, FC_SLANT_ROMAN);
    FcPatternAddBool(asked, FC_SCALABLE, FcTrue);
    FcConfigSubstitute(NULL, asked, FcMatchPattern);
    FcDefaultSubstitute(asked);
    FcPattern *found = FcFontMatch(NULL, asked, &result);
    FcPatternDestroy(asked);
    if (!found)
        return NULL;
    FcPatternGetString(found, FC_FAMILY, 0, &family);
    FcPatternGetInteger(found, FC_SPACING, 0, &spacing);
    if (family && spacing >= FC_MONO &&
        (!name || FcStrCmpIgnoreCase(family, (const FcChar8 *)name) == 0))
        return found;
    FcPatternDestroy(found);
    return NULL;
}

static cairo_scaled_font_t *scale_font(cairo_font_face_t *face, double size)
{
    cairo_matrix_t matrix, identity;
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_SLIGHT);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_matrix_init_scale(&matrix, size, size);
    cairo_matrix_init_identity(&identity);
    cairo_scaled_font_t *scaled = cairo_scaled_font_create(face, &matrix, &identity, options);
    cairo_font_options_destroy(options);
    return scaled;
}

/* The font at the size at which its glyphs are as wide as a cell, but at most a little larger than
 * asked for; NULL where it is not there. */
static cairo_scaled_font_t *open_scaled(const char *name, bool bold, int cell_width, int font_size)
{
    const double most = 1.05 * font_size;
    FcPattern *pattern = match(name, bold);
    cairo_text_extents_t extents;
    if (!pattern)
        return NULL;
    cairo_font_face_t *face = cairo_ft_font_face_create_for_pattern(pattern);
    FcPatternDestroy(pattern);
    cairo_scaled_font_t *scaled = scale_font(face, font_size);
    cairo_scaled_font_text_extents(scaled, "0", &extents);
    const double fitting = extents.x_advance > 0 ? font_size * cell_width / extents.x_advance : 0;
    cairo_scaled_font_destroy(scaled);
    scaled = scale_font(face, fitting > 0 && fitting < most ? fitting : most);
    cairo_font_face_destroy(face);
    if (cairo_scaled_font_status(scaled) == CAIRO_STATUS_SUCCESS)
        return scaled;
    cairo_scaled_font_destroy(scaled);
    return NULL;
}

/* Adds a font where it is there; `name` NULL: any monospace one. */
static void add_face(struct font *font, const char *name, int cell_width, int font_size)
{
    struct face *face = &font->face[font->faces];
    FcChar8 *family = NULL;
    if (font->faces == FACES_MAX)
        return;
    face->scaled[0] = open_scaled(name, false, cell_width, font_size);
    if (!face->scaled[0])
        return;
    face->scaled[1] = open_scaled(name, true, cell_width, font_size);
    if (!face->scaled[1])
        face->scaled[1] = cairo_scaled_font_reference(face->scaled[0]);
    FcPattern *pattern = match(name, false);
    FcPatternGetString(pattern, FC_FAMILY, 0, &family);
    face->name = memory_copy_string((const char *)family);
    FcPatternDestroy(pattern);
    font->faces++;
}

void font_hold(void)
{
    held++;
}

void font_release(void)
{
    if (--held > 0)
        return;
    cairo_debug_reset_static_data(); /* what it keeps of fonts */
    FcFini();
}

struct font *font_open(int cell_width, int font_size, struct error *error)
{
    struct font *font = memory_new(1, sizeof *font);
    font_hold();
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        add_face(font, wanted[i], cell_width, font_size);
    if (font->faces == 0)
        add_face(font, NULL, cell_width, font_size);
    if (font->faces > 0)
        return font;
    error_set(error, "no monospace font to draw words with: install fonts-dejavu-core, or name it "
                     ".svg");
    font_close(font);
    return NULL;
}

void font_close(struct font *font)
{
    for (int i = 0; i < font->faces; i++) {
        free(font->face[i].name);
        for (int weight = 0; weight < WEIGHTS; weight++)
            cairo_scaled_font_destroy(font->face[i].scaled[weight]);
    }
    free(font);
    font_release();
}

const char *font_name(const struct font *font)
{
    return font->face[0].name;
}

/* Finds a glyph in the first font that has it; in none: what the first one draws instead. */
static cairo_scaled_font_t *find_glyph(const struct font *font, uint32_t code, bool bold,
                                       cairo_glyph_t *glyph)
{
    char text[5];
    const int length = utf8_put(text, code);
    cairo_scaled_font_t *found = NULL;
    for (int i = 0; i < font->faces && !found; i++) {
        cairo_scaled_font_t *scaled = font->face[i].scaled[bold];
        cairo_glyph_t *glyphs = NULL;
        int count = 0;
        cairo_scaled_font_text_to_glyphs(scaled, 0, 0, text, length, &glyphs, &count, NULL, NULL,
                                         NULL);
        if (count == 1 && (glyphs[0].index != 0 || i + 1 == font->faces)) {
            *glyph = glyphs[0];
            found = glyphs[0].index != 0 ? scaled : font->face[0].scaled[bold];
        }
        cairo_glyph_free(glyphs);
    }
    return found;
}

void font_draw(struct font *font, uint32_t glyph, bool bold, int width, int height, int baseline,
               unsigned char *coverage)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, width, height);
    cairo_t *cairo = cairo_create(surface);
    cairo_text_extents_t extents = {0};
    cairo_glyph_t drawn = {0};
    cairo_scaled_font_t *scaled = find_glyph(font, glyph, bold, &drawn);
    if (scaled) {
        cairo_scaled_font_glyph_extents(scaled, &drawn, 1, &extents);
        drawn.x = (width - extents.x_advance) / 2;
        drawn.y = baseline;
        cairo_set_scaled_font(cairo, scaled);
        cairo_show_glyphs(cairo, &drawn, 1);
    }
    cairo_destroy(cairo);
    cairo_surface_flush(surface);
    const unsigned char *rows = cairo_image_surface_get_data(surface);
    const size_t stride = (size_t)cairo_image_surface_get_stride(surface);
    for (int y = 0; rows && y < height; y++)
        memcpy(coverage + (size_t)y * (size_t)width, rows + (size_t)y * stride, (size_t)width);
    cairo_surface_destroy(surface);
}

#endif
