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
    int font_size; /* pixels */
    bool lacking;  /* memory was short: what was found or drawn is in part */
    int faces;
    struct face face[FACES_MAX];
};

/* Bytes that must be there: fontconfig crashes where it gets none. */
static const size_t room = (size_t)32 << 20;

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

static bool is_lacking(cairo_status_t status)
{
    return status == CAIRO_STATUS_NO_MEMORY;
}

/* The font at the size at which its glyphs are as wide as a cell, but at most a little larger than
 * asked for; NULL where it is not there. */
static cairo_scaled_font_t *open_scaled(struct font *font, const char *name, bool bold,
                                        int cell_width)
{
    const double most = 1.05 * font->font_size;
    FcPattern *pattern = match(name, bold);
    cairo_text_extents_t extents;
    if (!pattern)
        return NULL;
    cairo_font_face_t *face = cairo_ft_font_face_create_for_pattern(pattern);
    FcPatternDestroy(pattern);
    cairo_scaled_font_t *scaled = scale_font(face, font->font_size);
    cairo_scaled_font_text_extents(scaled, "0", &extents);
    const double fitting =
        extents.x_advance > 0 ? font->font_size * cell_width / extents.x_advance : 0;
    font->lacking = font->lacking || is_lacking(cairo_scaled_font_status(scaled));
    cairo_scaled_font_destroy(scaled);
    scaled = scale_font(face, fitting > 0 && fitting < most ? fitting : most);
    cairo_font_face_destroy(face);
    if (cairo_scaled_font_status(scaled) == CAIRO_STATUS_SUCCESS)
        return scaled;
    font->lacking = font->lacking || is_lacking(cairo_scaled_font_status(scaled));
    cairo_scaled_font_destroy(scaled);
    return NULL;
}

/* Adds a font where it is there; `name` NULL: any monospace one. */
static void add_face(struct font *font, const char *name, int cell_width)
{
    struct face *face = &font->face[font->faces];
    FcChar8 *family = NULL;
    if (font->faces == FACES_MAX)
        return;
    face->scaled[0] = open_scaled(font, name, false, cell_width);
    if (!face->scaled[0])
        return;
    face->scaled[1] = open_scaled(font, name, true, cell_width);
    if (!face->scaled[1])
        face->scaled[1] = cairo_scaled_font_reference(face->scaled[0]);
    FcPattern *pattern = match(name, false);
    FcPatternGetString(pattern, FC_FAMILY, 0, &family);
    face->name = memory_copy_string((const char *)family);
    FcPatternDestroy(pattern);
    font->faces++;
}

bool font_hold(struct error *error)
{
    if (!memory_has_room(room))
        return error_set(error,
                         "no memory to look for fonts: close other programs, or name it .svg");
    held++;
    return true;
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
    if (!font_hold(error))
        return NULL;
    struct font *font = memory_new(1, sizeof *font);
    font->font_size = font_size;
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        add_face(font, wanted[i], cell_width);
    if (font->faces == 0)
        add_face(font, NULL, cell_width);
    if (font->faces > 0 && !font->lacking)
        return font;
    error_set(error, font->lacking
                         ? "no memory for fonts: close other programs, or name it .svg"
                         : "no monospace font to draw words with: install fonts-dejavu-core, or "
                           "name it .svg");
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

/* The glyph of a code point in a font; false where the font lacks it. */
static bool glyph_in(struct font *font, cairo_scaled_font_t *scaled, uint32_t code,
                     cairo_glyph_t *glyph)
{
    char text[5];
    const int length = utf8_put(text, code);
    cairo_glyph_t *glyphs = NULL;
    int count = 0;
    const cairo_status_t status = cairo_scaled_font_text_to_glyphs(
        scaled, 0, 0, text, length, &glyphs, &count, NULL, NULL, NULL);
    font->lacking = font->lacking || is_lacking(status);
    if (count == 1)
        *glyph = glyphs[0];
    cairo_glyph_free(glyphs);
    return count == 1 && glyph->index != 0;
}

/* Any font of the machine that has the code point, in one colour; NULL: there is none. */
static cairo_scaled_font_t *any_font(const struct font *font, uint32_t code, bool bold)
{
    FcPattern *asked = FcPatternCreate();
    FcCharSet *wanted_set = FcCharSetCreate(), *has = NULL;
    FcResult result;
    cairo_scaled_font_t *scaled = NULL;
    FcCharSetAddChar(wanted_set, code);
    FcPatternAddCharSet(asked, FC_CHARSET, wanted_set);
    FcPatternAddInteger(asked, FC_WEIGHT, bold ? FC_WEIGHT_BOLD : FC_WEIGHT_REGULAR);
    FcPatternAddBool(asked, FC_SCALABLE, FcTrue);
    FcPatternAddBool(asked, FC_COLOR, FcFalse);
    FcConfigSubstitute(NULL, asked, FcMatchPattern);
    FcDefaultSubstitute(asked);
    FcPattern *found = FcFontMatch(NULL, asked, &result);
    if (found && FcPatternGetCharSet(found, FC_CHARSET, 0, &has) == FcResultMatch &&
        FcCharSetHasChar(has, code)) {
        cairo_font_face_t *face = cairo_ft_font_face_create_for_pattern(found);
        scaled = scale_font(face, font->font_size);
        cairo_font_face_destroy(face);
    }
    if (found)
        FcPatternDestroy(found);
    FcCharSetDestroy(wanted_set);
    FcPatternDestroy(asked);
    return scaled;
}

/* Finds a glyph in the first font that has it; in none: what the first one draws instead, where
 * that is wanted, and otherwise NULL. The caller owns the font that is returned. */
static cairo_scaled_font_t *find_glyph(struct font *font, uint32_t code, bool bold,
                                       bool wanted_anyway, cairo_glyph_t *glyph)
{
    for (int i = 0; i < font->faces; i++)
        if (glyph_in(font, font->face[i].scaled[bold], code, glyph))
            return cairo_scaled_font_reference(font->face[i].scaled[bold]);
    cairo_scaled_font_t *other = any_font(font, code, bold);
    if (other && glyph_in(font, other, code, glyph))
        return other;
    cairo_scaled_font_destroy(other);
    if (!wanted_anyway)
        return NULL;
    glyph_in(font, font->face[0].scaled[bold], code, glyph);
    return cairo_scaled_font_reference(font->face[0].scaled[bold]);
}

/* Draws one glyph, its advance in the middle of the box; or, for a mark, its ink in the middle of
 * that of the glyph before it. Returns where the middle of the ink is. */
static double draw_one(cairo_t *cairo, struct font *font, uint32_t code, bool bold,
                       const struct font_box *box, const double *over)
{
    cairo_text_extents_t extents = {0};
    cairo_glyph_t drawn = {0};
    cairo_scaled_font_t *scaled = find_glyph(font, code, bold, !over, &drawn);
    if (!scaled) /* a mark that no font has */
        return 0;
    drawn.x = drawn.y = 0;
    cairo_scaled_font_glyph_extents(scaled, &drawn, 1, &extents);
    const double middle = extents.x_bearing + extents.width / 2;
    drawn.x = over ? *over - middle : (box->width - extents.x_advance) / 2;
    drawn.y = box->baseline;
    cairo_set_scaled_font(cairo, scaled);
    cairo_show_glyphs(cairo, &drawn, 1);
    cairo_scaled_font_destroy(scaled);
    return drawn.x + middle;
}

bool font_draw(struct font *font, uint32_t glyph, const uint32_t *mark, int marks, bool bold,
               const struct font_box *box, unsigned char *coverage)
{
    const int width = box->width, height = box->height;
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, width, height);
    cairo_t *cairo = cairo_create(surface);
    const double middle =
        glyph == ' ' ? width / 2.0 : draw_one(cairo, font, glyph, bold, box, NULL);
    for (int i = 0; i < marks && mark[i]; i++)
        draw_one(cairo, font, mark[i], bold, box, &middle);
    font->lacking = font->lacking || is_lacking(cairo_status(cairo));
    cairo_destroy(cairo);
    cairo_surface_flush(surface);
    const unsigned char *rows = cairo_image_surface_get_data(surface);
    const size_t stride = (size_t)cairo_image_surface_get_stride(surface);
    for (int y = 0; rows && y < height; y++)
        memcpy(coverage + (size_t)y * (size_t)width, rows + (size_t)y * stride, (size_t)width);
    cairo_surface_destroy(surface);
    return !font->lacking;
}

#endif
