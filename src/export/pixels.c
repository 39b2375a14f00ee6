/* See pixels.h. Owns the picture and the glyphs drawn so far. Colours are mixed as browsers mix
 * them, number by number in sRGB. */
#include "export/pixels.h"

#ifdef HAVE_CAIRO

#include "base/columns.h"
#include "base/memory.h"
#include "export/font.h"
#include "export/shapes.h"

#include <cairo.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { UNDERLINE = 2 /* pixels below the baseline */ };
enum { LOOK_BOLD = 1, LOOK_UNDERLINE = 2 };

/* What a glyph is drawn from. */
struct glyph_key {
    uint32_t glyph; /* as in a cell: a half of a wide one has a key of its own */
    uint32_t mark[CELL_MARKS];
    uint32_t look; /* bold, underlined */
};

/* A glyph as it was drawn; one in a table of open addressing. */
struct glyph {
    struct glyph_key key;
    unsigned char *coverage; /* NULL: there is none */
};

struct pixels {
    struct pixels_plan plan;
    int width, height, cell_width, cell_height;
    uint32_t *picture;
    struct canvas shown;
    bool blank;   /* nothing is drawn yet, or in another theme */
    bool lacking; /* memory was short for a glyph */
    struct rect drawn;
    struct font *font;
    struct shapes shapes;
    struct canvas one; /* a canvas of one cell, of which shapes are made */
    int glyphs, room;  /* room: a power of 2 */
    struct glyph *glyph;
};

/* ---- glyphs ---- */

/* The nearest whole pixel, so that what meets in the picture meets in pixels. */
static int snap(const struct pixels *pixels, double position, int size)
{
    const int pixel = (int)lround((position - SHAPE_MARGIN) * pixels->plan.scale);
    return pixel < 0 ? 0 : pixel > size ? size : pixel;
}

static void draw_rect(const struct pixels *pixels, const struct shape *shape,
                      unsigned char *coverage)
{
    const int left = snap(pixels, shape->x, pixels->cell_width);
    const int top = snap(pixels, shape->y, pixels->cell_height);
    const int right = snap(pixels, shape->x + shape->width, pixels->cell_width);
    const int bottom = snap(pixels, shape->y + shape->height, pixels->cell_height);
    for (int y = top; y < bottom; y++)
        memset(coverage + y * pixels->cell_width + left, (int)lround(255 * shape->opacity),
               (size_t)(right - left));
}

/* A pixel's part that a dot covers, by the distance of the centres: exact enough for so small a
 * dot, and the same everywhere. */
static void draw_dot(const struct pixels *pixels, const struct shape *shape,
                     unsigned char *coverage)
{
    const double scale = pixels->plan.scale, radius = shape->width * scale;
    const double x = (shape->x - SHAPE_MARGIN) * scale, y = (shape->y - SHAPE_MARGIN) * scale;
    for (int row = 0; row < pixels->cell_height; row++)
        for (int col = 0; col < pixels->cell_width; col++) {
            const double away = hypot(col + 0.5 - x, row + 0.5 - y);
            const double part = fmin(fmax(radius + 0.5 - away, 0), 1);
            unsigned char *pixel = &coverage[row * pixels->cell_width + col];
            const int covered = (int)lround(255 * part);
            *pixel = (unsigned char)(covered > *pixel ? covered : *pixel);
        }
}

/* Of a wide glyph its left half, or, of a tail, its right one. */
static void draw_word(struct pixels *pixels, const struct glyph_key *key, unsigned char *coverage)
{
    const uint32_t glyph = key->glyph & ~CELL_TAIL;
    const int cells = columns_of(glyph) == 2 ? 2 : 1, width = pixels->cell_width;
    const int right = key->glyph & CELL_TAIL ? width : 0;
    const int baseline = SHAPE_BASELINE * pixels->plan.scale;
    const int line = baseline + UNDERLINE * pixels->plan.scale;
    const struct font_box box = {
        .width = cells * width, .height = pixels->cell_height, .baseline = baseline};
    unsigned char *whole = memory_new((size_t)(box.width * box.height), 1);
    if (!font_draw(pixels->font, glyph, key->mark, CELL_MARKS, key->look & LOOK_BOLD, &box, whole))
        pixels->lacking = true;
    for (int y = 0; y < box.height; y++)
        memcpy(coverage + y * width, whole + y * box.width + right, (size_t)width);
    free(whole);
    if (key->look & LOOK_UNDERLINE)
        memset(coverage + line * width, 255, (size_t)(width * pixels->plan.scale));
}

/* As many steps from nothing to all as the plan says. */
static void reduce_shades(const struct pixels *pixels, unsigned char *coverage)
{
    const int shades = pixels->plan.shades;
    for (int i = 0; i < pixels->cell_width * pixels->cell_height && shades < PIXELS_SHADES; i++)
        coverage[i] = (unsigned char)(lround(coverage[i] * shades / 255.0) * 255 / shades);
}

static unsigned char *draw_glyph(struct pixels *pixels, const struct glyph_key *key)
{
    unsigned char *coverage = memory_new((size_t)(pixels->cell_width * pixels->cell_height), 1);
    pixels->one.cells[0] = (struct cell){.glyph = key->glyph & ~CELL_TAIL};
    memcpy(pixels->one.cells[0].mark, key->mark, sizeof key->mark);
    shapes_clear(&pixels->shapes);
    shapes_add(&pixels->shapes, &pixels->one, 0, 0, 1, pixels->one.cells[0].role);
    for (int i = 0; i < pixels->shapes.count; i++) {
        const struct shape *shape = &pixels->shapes.shape[i];
        if (shape->kind == SHAPE_RECT)
            draw_rect(pixels, shape, coverage);
        else if (shape->kind == SHAPE_DOT)
            draw_dot(pixels, shape, coverage);
        else
            draw_word(pixels, key, coverage);
    }
    reduce_shades(pixels, coverage);
    return coverage;
}

static bool is_key(const struct glyph_key *a, const struct glyph_key *b)
{
    return a->glyph == b->glyph && a->look == b->look &&
           memcmp(a->mark, b->mark, sizeof a->mark) == 0;
}

/* The place of a key, or where it belongs. */
static struct glyph *find_glyph(struct glyph *table, int room, const struct glyph_key *key)
{
    const uint32_t last = (uint32_t)(room - 1);
    uint32_t at = (key->glyph << 2 | key->look) * 2654435761u;
    for (int i = 0; i < CELL_MARKS; i++)
        at += key->mark[i] * 40503u;
    while (table[at & last].coverage && !is_key(&table[at & last].key, key))
        at++;
    return &table[at & last];
}

static void grow(struct pixels *pixels)
{
    const int room = pixels->room ? 2 * pixels->room : 512;
    struct glyph *table = memory_new((size_t)room, sizeof *table);
    for (int i = 0; i < pixels->room; i++)
        if (pixels->glyph[i].coverage)
            *find_glyph(table, room, &pixels->glyph[i].key) = pixels->glyph[i];
    free(pixels->glyph);
    pixels->glyph = table;
    pixels->room = room;
}

/* What the ink of a cell covers: [cell_height][cell_width]. */
static const unsigned char *glyph_of(struct pixels *pixels, const struct cell *cell,
                                     const struct shape_look *look)
{
    const bool letter = shape_is_letter(cell->glyph);
    struct glyph_key key = {.glyph = cell->glyph,
                            .look = (letter && look->bold ? LOOK_BOLD : 0) |
                                    (letter && look->underline ? LOOK_UNDERLINE : 0)};
    memcpy(key.mark, cell->mark, sizeof key.mark);
    if (2 * pixels->glyphs >= pixels->room)
        grow(pixels);
    struct glyph *glyph = find_glyph(pixels->glyph, pixels->room, &key);
    if (!glyph->coverage) {
        glyph->key = key;
        glyph->coverage = draw_glyph(pixels, &key);
        pixels->glyphs++;
    }
    return glyph->coverage;
}

/* ---- cells ---- */

static uint32_t mix_one(uint32_t back, uint32_t ink, int part, int shift)
{
    const int from = (int)(back >> shift & 255), to = (int)(ink >> shift & 255);
    const int scaled = (to - from) * part;
    return (uint32_t)(from + (scaled >= 0 ? scaled + 127 : scaled - 127) / 255) << shift;
}

/* `part` of 255 ink on the background. */
static uint32_t mix(uint32_t back, uint32_t ink, int part)
{
    return mix_one(back, ink, part, 16) | mix_one(back, ink, part, 8) | mix_one(back, ink, part, 0);
}

static void draw_cell(struct pixels *pixels, const struct cell *cell, enum theme theme, int row,
                      int col)
{
    const struct theme_row *colours = &theme_table[theme];
    const struct shape_look look = shape_look(colours, cell->role);
    const int32_t own = shape_background(colours, cell);
    const uint32_t back = own < 0 ? colours->page : (uint32_t)own;
    const uint32_t ink = mix(back, look.ink, (int)lround(255 * look.opacity));
    const unsigned char *coverage = glyph_of(pixels, cell, &look);
    const int margin = SHAPE_MARGIN * pixels->plan.scale;
    uint32_t mixed[256], *line = pixels->picture;
    bool known[256] = {false};
    line += (size_t)(margin + row * pixels->cell_height) * (size_t)pixels->width;
    line += margin + col * pixels->cell_width;
    for (int y = 0; y < pixels->cell_height; y++, line += pixels->width)
        for (int x = 0; x < pixels->cell_width; x++) {
            const unsigned char part = *coverage++;
            if (!known[part])
                mixed[part] = mix(back, ink, part);
            known[part] = true;
            line[x] = mixed[part];
        }
}

/* Makes the rectangle of what was drawn so large that it has this cell too. */
static void include(struct rect *drawn, int row, int col)
{
    const struct rect was = *drawn;
    if (was.rows == 0) {
        *drawn = (struct rect){row, col, 1, 1};
        return;
    }
    drawn->row = row < was.row ? row : was.row;
    drawn->col = col < was.col ? col : was.col;
    drawn->rows = (row >= was.row + was.rows ? row + 1 : was.row + was.rows) - drawn->row;
    drawn->cols = (col >= was.col + was.cols ? col + 1 : was.col + was.cols) - drawn->col;
}

static void draw_page(struct pixels *pixels, enum theme theme)
{
    const size_t count = (size_t)pixels->width * (size_t)pixels->height;
    for (size_t i = 0; i < count; i++)
        pixels->picture[i] = theme_table[theme].page;
}

bool pixels_draw(struct pixels *pixels, const struct canvas *canvas, enum theme theme,
                 struct error *error)
{
    const bool all = pixels->blank || theme != pixels->plan.theme;
    const struct cell empty = {.glyph = ' '};
    struct rect cells = {0};
    if (all)
        draw_page(pixels, theme);
    pixels->blank = false;
    pixels->plan.theme = theme;
    for (int row = 0; row < pixels->plan.rows; row++)
        for (int col = 0; col < pixels->plan.cols; col++) {
            const bool inside = row < canvas->rows && col < canvas->cols;
            const struct cell *now = inside ? &canvas->cells[row * canvas->cols + col] : &empty;
            struct cell *was = &pixels->shown.cells[row * pixels->plan.cols + col];
            if (!all && cell_is_same(now, was))
                continue;
            draw_cell(pixels, now, theme, row, col);
            include(&cells, row, col);
            *was = *now;
        }
    const int margin = SHAPE_MARGIN * pixels->plan.scale;
    pixels->drawn = all               ? (struct rect){0, 0, pixels->height, pixels->width}
                    : cells.rows == 0 ? (struct rect){0}
                                      : (struct rect){margin + cells.row * pixels->cell_height,
                                                      margin + cells.col * pixels->cell_width,
                                                      cells.rows * pixels->cell_height,
                                                      cells.cols * pixels->cell_width};
    return !pixels->lacking ||
           error_set(error, "no memory for the letters of a picture: close other programs, or name "
                            "it .svg");
}

/* ---- pictures ---- */

struct pixels *pixels_open(const struct pixels_plan *plan, struct error *error)
{
    struct pixels *pixels = memory_new(1, sizeof *pixels);
    pixels->plan = *plan;
    canvas_open(&pixels->shown, plan->rows, plan->cols);
    canvas_open(&pixels->one, 1, 1);
    pixels->blank = true;
    pixels->cell_width = SHAPE_CELL_WIDTH * plan->scale;
    pixels->cell_height = SHAPE_CELL_HEIGHT * plan->scale;
    pixels->width = shape_picture_width(&pixels->shown) * plan->scale;
    pixels->height = shape_picture_height(&pixels->shown) * plan->scale;
    pixels->picture = memory_new((size_t)pixels->width * (size_t)pixels->height, sizeof(uint32_t));
    draw_page(pixels, plan->theme);
    pixels->font = font_open(pixels->cell_width, SHAPE_FONT_SIZE * plan->scale, error);
    if (pixels->font)
        return pixels;
    pixels_close(pixels);
    return NULL;
}

void pixels_close(struct pixels *pixels)
{
    if (!pixels)
        return;
    for (int i = 0; i < pixels->room; i++)
        free(pixels->glyph[i].coverage);
    free(pixels->glyph);
    if (pixels->font)
        font_close(pixels->font);
    shapes_close(&pixels->shapes);
    canvas_close(&pixels->shown);
    canvas_close(&pixels->one);
    free(pixels->picture);
    free(pixels);
}

const char *pixels_font(const struct pixels *pixels)
{
    return font_name(pixels->font);
}

const uint32_t *pixels_picture(const struct pixels *pixels)
{
    return pixels->picture;
}

int pixels_width(const struct pixels *pixels)
{
    return pixels->width;
}

int pixels_height(const struct pixels *pixels)
{
    return pixels->height;
}

struct rect pixels_drawn(const struct pixels *pixels)
{
    return pixels->drawn;
}

static cairo_status_t write_bytes(void *out, const unsigned char *bytes, unsigned int count)
{
    return fwrite(bytes, 1, count, out) == count ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

bool pixels_png(const uint32_t *picture, int width, int height, FILE *out, struct error *error)
{
    cairo_surface_t *surface = cairo_image_surface_create_for_data(
        (unsigned char *)picture, CAIRO_FORMAT_RGB24, width, height, width * (int)sizeof *picture);
    const cairo_status_t status = cairo_surface_write_to_png_stream(surface, write_bytes, out);
    cairo_surface_destroy(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        return true;
    if (status == CAIRO_STATUS_NO_MEMORY || status == CAIRO_STATUS_PNG_ERROR) /* all libpng says */
        return error_set(error,
                         "no memory to write the picture: close other programs, or name it .svg");
    return error_set(error, "cannot write the picture (%s)", cairo_status_to_string(status));
}

bool pixels_write_png(const struct pixels *pixels, FILE *out, struct error *error)
{
    return pixels_png(pixels->picture, pixels->width, pixels->height, out, error);
}

#endif
