/* Canvases as pixels, as PNGs and as GIFs. Builds without cairo have none of it, and are not tested
 * here. */
#include "export/pixels.h"

#include "export/gif.h"
#include "export/shapes.h"
#include "support/fixture.h"
#include "views/screen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/range.h"

#ifdef HAVE_CAIRO

#include <cairo.h>

enum { SCALE = 2, WIDE = SCALE * SHAPE_CELL_WIDTH, HIGH = SCALE * SHAPE_CELL_HEIGHT };

static struct pixels *open_pixels(int rows, int cols, int shades)
{
    const struct pixels_plan plan = {
        .rows = rows, .cols = cols, .scale = SCALE, .shades = shades, .theme = THEME_DARK};
    struct error error;
    struct pixels *pixels = pixels_open(&plan, &error);
    if (!pixels)
        fail_msg("%s", error.text);
    return pixels;
}

/* The picture of a line of text at the top left; `canvas` has the size of the pixels. */
static void draw(struct pixels *pixels, struct canvas *canvas, enum role role, const char *text)
{
    canvas_clear(canvas);
    canvas_text(canvas, canvas_whole(canvas), 0, 0, role, text);
    assert_true(pixels_draw(pixels, canvas, THEME_DARK, NULL));
}

/* The pixel (x, y) of the cell (row, col). */
static uint32_t pixel(const struct pixels *pixels, int row, int col, int x, int y)
{
    const int margin = SCALE * SHAPE_MARGIN;
    const int line = margin + row * HIGH + y, at = margin + col * WIDE + x;
    return pixels_picture(pixels)[line * pixels_width(pixels) + at];
}

/* How many pixels of a rectangle of a cell are of a colour. */
static int count(const struct pixels *pixels, int col, struct rect part, uint32_t colour)
{
    int found = 0;
    for (int y = part.row; y < part.row + part.rows; y++)
        for (int x = part.col; x < part.col + part.cols; x++)
            found += pixel(pixels, 0, col, x, y) == colour;
    return found;
}

static const struct rect whole = {0, 0, HIGH, WIDE};

static uint32_t page(void)
{
    return theme_table[THEME_DARK].page;
}

static uint32_t ink_of(enum role role)
{
    return (uint32_t)theme_table[THEME_DARK].style[role].rgb;
}

static void bars_and_blocks_are_exact(void **state)
{
    struct pixels *pixels = open_pixels(2, 8, PIXELS_SHADES);
    struct canvas canvas;
    const uint32_t ink = ink_of(ROLE_LEFT);
    (void)state;
    canvas_open(&canvas, 2, 8);
    assert_int_equal(pixels_width(pixels), SCALE * (8 * 9 + 2 * 12));
    assert_int_equal(pixels_height(pixels), SCALE * (2 * 18 + 2 * 12));
    draw(pixels, &canvas, ROLE_LEFT, "\u2588\u2588\u258C\u2584\u259A\u2592\u2500");
    assert_int_equal(count(pixels, 0, whole, ink), WIDE * HIGH); /* without a seam */
    assert_int_equal(count(pixels, 1, whole, ink), WIDE * HIGH);
    assert_int_equal(count(pixels, 2, (struct rect){0, 0, HIGH, WIDE / 2}, ink), WIDE * HIGH / 2);
    assert_int_equal(count(pixels, 2, whole, page()), WIDE * HIGH / 2);
    assert_int_equal(count(pixels, 3, (struct rect){HIGH / 2, 0, HIGH / 2, WIDE}, ink),
                     WIDE * HIGH / 2);
    assert_int_equal(count(pixels, 4, (struct rect){0, 0, HIGH / 2, WIDE / 2}, ink),
                     WIDE * HIGH / 4);
    assert_int_equal(count(pixels, 4, whole, ink), WIDE * HIGH / 2);
    assert_int_equal(count(pixels, 5, whole, page()), 0);
    assert_int_equal(count(pixels, 5, whole, pixel(pixels, 0, 5, 0, 0)), WIDE * HIGH);
    assert_int_equal(count(pixels, 6, whole, ink), SCALE * WIDE); /* a line of one pixel */
    assert_int_equal(pixel(pixels, 1, 0, 0, 0), page());
    canvas_close(&canvas);
    pixels_close(pixels);
}

/* Each of the eight dots is in its eighth of the cell. */
static void braille_is_made_of_dots(void **state)
{
    static const struct {
        int row, col;
    } place[8] = {{0, 0}, {1, 0}, {2, 0}, {0, 1}, {1, 1}, {2, 1}, {3, 0}, {3, 1}};
    struct pixels *pixels = open_pixels(1, 1, PIXELS_SHADES);
    struct canvas canvas;
    (void)state;
    canvas_open(&canvas, 1, 1);
    for (int dot = 0; dot < 8; dot++) {
        canvas_put(&canvas, 0, 0, 0x2800u + (1u << dot), ROLE_RIGHT);
        assert_true(pixels_draw(pixels, &canvas, THEME_DARK, NULL));
        const struct rect part = {place[dot].row * HIGH / 4, place[dot].col * WIDE / 2, HIGH / 4,
                                  WIDE / 2};
        const int inside = part.rows * part.cols - count(pixels, 0, part, page());
        assert_between(inside, 25, 60);
        assert_int_equal(WIDE * HIGH - count(pixels, 0, whole, page()), inside);
        assert_true(count(pixels, 0, part, ink_of(ROLE_RIGHT)) > 10);
    }
    canvas_close(&canvas);
    pixels_close(pixels);
}

/* Words have ink, bold ones more of it, and blanks none. */
static void words_are_letters_of_a_font(void **state)
{
    struct pixels *pixels = open_pixels(1, 8, PIXELS_SHADES);
    struct canvas canvas;
    (void)state;
    canvas_open(&canvas, 1, 8);
    assert_true(strlen(pixels_font(pixels)) > 3);
    draw(pixels, &canvas, ROLE_TEXT, "m m\u00e9\u2192\u03c3");
    const int thin = WIDE * HIGH - count(pixels, 0, whole, page());
    assert_between(thin, 100, WIDE * HIGH / 2);
    assert_int_equal(count(pixels, 1, whole, page()), WIDE * HIGH);
    for (int col = 3; col < 6; col++)
        assert_true(count(pixels, col, whole, page()) < WIDE * HIGH - 40);
    for (int y = 0; y < HIGH; y++) /* the same letter is the same everywhere */
        for (int x = 0; x < WIDE; x++)
            assert_int_equal(pixel(pixels, 0, 0, x, y), pixel(pixels, 0, 2, x, y));
    draw(pixels, &canvas, ROLE_TITLE, "m");
    assert_true(WIDE * HIGH - count(pixels, 0, whole, page()) > thin);
    canvas_close(&canvas);
    pixels_close(pixels);
}

/* Both halves have ink, where a font has the glyph or not, and a mark adds some. */
static void wide_letters_take_two_cells(void **state)
{
    struct pixels *pixels = open_pixels(1, 8, PIXELS_SHADES);
    struct canvas canvas;
    (void)state;
    canvas_open(&canvas, 1, 8);
    draw(pixels, &canvas, ROLE_TEXT, "\u6F22ee\u0301");
    for (int col = 0; col < 2; col++)
        assert_true(count(pixels, col, whole, page()) < WIDE * HIGH - 40);
    assert_true(count(pixels, 3, whole, page()) < count(pixels, 2, whole, page()) - 10);
    assert_int_equal(count(pixels, 4, whole, page()), WIDE * HIGH);
    draw(pixels, &canvas, ROLE_TEXT, "a");
    for (int col = 1; col < 4; col++)
        assert_int_equal(count(pixels, col, whole, page()), WIDE * HIGH);
    canvas_close(&canvas);
    pixels_close(pixels);
}

static void scramble(struct canvas *canvas, int changes)
{
    static const uint32_t glyphs[] = {'a', 'W', ' ', ' ', 0x2588, 0x2593, 0x28FF, 0x251C, 0x2585};
    for (int i = 0; i < changes; i++)
        canvas_put_on(canvas, rand() % canvas->rows, rand() % canvas->cols, glyphs[rand() % 9],
                      (enum role)(rand() % ROLES),
                      rand() % 2 ? (enum role)BACK_OWN : (enum role)(ROLE_RAMP + rand() % 24));
}

/* What is drawn step by step is the same as what is drawn at once, and only in the place named. */
static void only_what_differs_is_drawn(void **state)
{
    struct pixels *pixels = open_pixels(6, 20, PIXELS_SHADES);
    const size_t size = (size_t)pixels_width(pixels) * (size_t)pixels_height(pixels);
    uint32_t *before = malloc(size * sizeof *before);
    struct canvas canvas;
    (void)state;
    assert_non_null(before);
    canvas_open(&canvas, 6, 20);
    srand(11);
    assert_true(pixels_draw(pixels, &canvas, THEME_DARK, NULL));
    for (int frame = 0; frame < 40; frame++) {
        memcpy(before, pixels_picture(pixels), size * sizeof *before);
        scramble(&canvas, frame % 8);
        const enum theme theme = frame > 30 ? THEME_LIGHT : THEME_DARK;
        assert_true(pixels_draw(pixels, &canvas, theme, NULL));
        struct pixels *anew = open_pixels(6, 20, PIXELS_SHADES);
        assert_true(pixels_draw(anew, &canvas, theme, NULL));
        assert_memory_equal(pixels_picture(pixels), pixels_picture(anew), size * sizeof *before);
        pixels_close(anew);
        const struct rect drawn = pixels_drawn(pixels);
        for (int y = 0; y < pixels_height(pixels); y++)
            for (int x = 0; x < pixels_width(pixels); x++) {
                const int at = y * pixels_width(pixels) + x;
                if (before[at] != pixels_picture(pixels)[at])
                    assert_true(y >= drawn.row && y < drawn.row + drawn.rows && x >= drawn.col &&
                                x < drawn.col + drawn.cols);
            }
    }
    free(before);
    canvas_close(&canvas);
    pixels_close(pixels);
}

/* A canvas of another size is cut, or leaves some of the page. */
static void other_sizes_are_cut(void **state)
{
    struct pixels *pixels = open_pixels(2, 4, PIXELS_SHADES);
    struct canvas canvas;
    (void)state;
    canvas_open(&canvas, 3, 9);
    draw(pixels, &canvas, ROLE_LEFT, "\u2588\u2588\u2588\u2588\u2588\u2588");
    assert_int_equal(pixel(pixels, 0, 3, 5, 5), ink_of(ROLE_LEFT));
    canvas_resize(&canvas, 1, 2);
    draw(pixels, &canvas, ROLE_LEFT, "\u2588\u2588");
    assert_int_equal(pixel(pixels, 0, 1, 5, 5), ink_of(ROLE_LEFT));
    assert_int_equal(pixel(pixels, 0, 2, 5, 5), page());
    canvas_close(&canvas);
    pixels_close(pixels);
}

struct bytes {
    char *byte;
    size_t size, read;
};

static cairo_status_t read_bytes(void *data, unsigned char *out, unsigned int count)
{
    struct bytes *bytes = data;
    if (bytes->read + count > bytes->size)
        return CAIRO_STATUS_READ_ERROR;
    memcpy(out, bytes->byte + bytes->read, count);
    bytes->read += count;
    return CAIRO_STATUS_SUCCESS;
}

static struct bytes png_of(const struct pixels *pixels)
{
    struct bytes png = {0};
    struct error error;
    FILE *out = open_memstream(&png.byte, &png.size);
    if (!pixels_write_png(pixels, out, &error))
        fail_msg("%s", error.text);
    assert_int_equal(fclose(out), 0);
    return png;
}

static void a_png_has_the_pixels(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct pixels *pixels = open_pixels(24, 80, PIXELS_SHADES);
    struct canvas canvas;
    (void)state;
    assert_non_null(fixture);
    fixture_open(fixture);
    fixture_train(fixture, 60);
    canvas_open(&canvas, 24, 80);
    view_screen(&canvas, &fixture->scene);
    assert_true(pixels_draw(pixels, &canvas, THEME_DARK, NULL));
    struct bytes png = png_of(pixels), again = png_of(pixels);
    assert_memory_equal(png.byte, "\211PNG\r\n\032\n", 8);
    assert_int_equal(png.size, again.size);
    assert_memory_equal(png.byte, again.byte, png.size);
    cairo_surface_t *surface = cairo_image_surface_create_from_png_stream(read_bytes, &png);
    assert_int_equal(cairo_surface_status(surface), CAIRO_STATUS_SUCCESS);
    assert_int_equal(cairo_image_surface_get_width(surface), pixels_width(pixels));
    assert_int_equal(cairo_image_surface_get_height(surface), pixels_height(pixels));
    const unsigned char *data = cairo_image_surface_get_data(surface);
    const int stride = cairo_image_surface_get_stride(surface);
    for (int y = 0; y < pixels_height(pixels); y++)
        for (int x = 0; x < pixels_width(pixels); x++) {
            uint32_t read;
            memcpy(&read, data + y * stride + 4 * x, sizeof read);
            assert_int_equal(read & 0xFFFFFF, pixels_picture(pixels)[y * pixels_width(pixels) + x]);
        }
    cairo_surface_destroy(surface);
    free(png.byte);
    free(again.byte);
    canvas_close(&canvas);
    pixels_close(pixels);
    fixture_close(fixture);
    free(fixture);
}

#ifdef HAVE_GIFLIB

#include <gif_lib.h>

enum { FRAMES = 12, ROWS = 24, COLS = 80 };

/* Pictures as they are drawn, and then as the GIF has them. */
struct strip {
    size_t size;
    uint32_t *picture[FRAMES];
    double seconds[FRAMES];
};

/* Draws the views of a training, one after the other, and all of it into a GIF. */
static struct bytes make_gif(struct strip *strip, int shades, bool loop)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct pixels *pixels = open_pixels(ROWS, COLS, shades);
    struct bytes bytes = {0};
    struct canvas canvas;
    struct error error;
    FILE *out = open_memstream(&bytes.byte, &bytes.size);
    struct gif *gif = gif_open(out, pixels, loop, &error);
    assert_non_null(fixture);
    assert_non_null(gif);
    fixture_open(fixture);
    canvas_open(&canvas, ROWS, COLS);
    strip->size = (size_t)pixels_width(pixels) * (size_t)pixels_height(pixels);
    for (int i = 0; i < FRAMES; i++) {
        fixture_train(fixture, 1 + 5 * i);
        fixture->scene.look.view = (enum view)(i / 2 % VIEWS);
        canvas_clear(&canvas);
        view_screen(&canvas, &fixture->scene);
        assert_true(pixels_draw(pixels, &canvas, THEME_DARK, NULL));
        strip->seconds[i] = i / 7.0;
        strip->picture[i] = malloc(strip->size * sizeof(uint32_t));
        memcpy(strip->picture[i], pixels_picture(pixels), strip->size * sizeof(uint32_t));
        assert_true(gif_frame(gif, pixels, strip->seconds[i], &error));
        assert_true(gif_frame(gif, pixels, strip->seconds[i] + 0.05, &error)); /* nothing new */
    }
    assert_true(gif_close(gif, 2, &error));
    assert_int_equal(fclose(out), 0);
    canvas_close(&canvas);
    pixels_close(pixels);
    fixture_close(fixture);
    free(fixture);
    return bytes;
}

/* Whether a GIF says that it begins anew at its end. */
static bool has_loop(const struct bytes *bytes)
{
    static const char name[] = "NETSCAPE2.0";
    for (size_t i = 0; i + sizeof name < bytes->size; i++)
        if (memcmp(bytes->byte + i, name, strlen(name)) == 0)
            return true;
    return false;
}

static int read_gif(GifFileType *file, GifByteType *out, int size)
{
    struct bytes *bytes = file->UserData;
    const size_t left = bytes->size - bytes->read;
    const size_t count = (size_t)size < left ? (size_t)size : left;
    memcpy(out, bytes->byte + bytes->read, count);
    bytes->read += count;
    return (int)count;
}

/* Puts one image on what is shown, as a player does; its time in hundredths of a second. */
static int show_image(GifFileType *file, int number, uint32_t *shown)
{
    const SavedImage *image = &file->SavedImages[number];
    const GifImageDesc *place = &image->ImageDesc;
    const ColorMapObject *map = place->ColorMap ? place->ColorMap : file->SColorMap;
    GraphicsControlBlock control;
    assert_int_equal(DGifSavedExtensionToGCB(file, number, &control), GIF_OK);
    assert_int_equal(control.DisposalMode, DISPOSE_DO_NOT);
    for (int y = 0; y < place->Height; y++)
        for (int x = 0; x < place->Width; x++) {
            const int colour = image->RasterBits[y * place->Width + x];
            if (colour == control.TransparentColor)
                continue;
            assert_between(colour, 0, map->ColorCount - 1);
            const GifColorType *rgb = &map->Colors[colour];
            shown[(place->Top + y) * file->SWidth + place->Left + x] =
                (uint32_t)(rgb->Red << 16 | rgb->Green << 8 | rgb->Blue);
        }
    return control.DelayTime;
}

/* A player shows, at every time, exactly the pixels that were drawn. */
static void a_gif_has_the_pixels(void **state)
{
    struct strip strip;
    struct bytes bytes = make_gif(&strip, GIF_SHADES, true);
    int reason, number = 0, now = 0;
    (void)state;
    assert_memory_equal(bytes.byte, "GIF89a", 6);
    GifFileType *file = DGifOpen(&bytes, read_gif, &reason);
    assert_non_null(file);
    assert_int_equal(DGifSlurp(file), GIF_OK);
    assert_int_equal(file->ImageCount, FRAMES);
    assert_int_equal((size_t)file->SWidth * (size_t)file->SHeight, strip.size);
    uint32_t *shown = calloc(strip.size, sizeof *shown);
    for (; number < FRAMES; number++) {
        assert_between(now, 100 * strip.seconds[number] - 0.5, 100 * strip.seconds[number] + 0.5);
        now += show_image(file, number, shown);
        assert_memory_equal(shown, strip.picture[number], strip.size * sizeof *shown);
        free(strip.picture[number]);
    }
    assert_int_equal(now, 200);
    assert_true(has_loop(&bytes));
    assert_true(bytes.size < 400000);
    free(shown);
    DGifCloseFile(file, &reason);
    free(bytes.byte);
}

/* With more colours than a GIF can have, the nearest ones stand in. */
static void too_many_colours_are_replaced(void **state)
{
    struct strip strip;
    struct bytes bytes = make_gif(&strip, PIXELS_SHADES, false);
    int reason;
    (void)state;
    GifFileType *file = DGifOpen(&bytes, read_gif, &reason);
    assert_non_null(file);
    assert_int_equal(DGifSlurp(file), GIF_OK);
    uint32_t *shown = calloc(strip.size, sizeof *shown);
    for (int number = 0; number < FRAMES; number++) {
        show_image(file, number, shown);
        for (size_t i = 0; i < strip.size; i++)
            for (int shift = 0; shift < 24; shift += 8) {
                const int was = (int)(strip.picture[number][i] >> shift & 255);
                const int is = (int)(shown[i] >> shift & 255);
                if (abs(was - is) > 64)
                    fail_msg("%06x became %06x", (unsigned)strip.picture[number][i],
                             (unsigned)shown[i]);
            }
        free(strip.picture[number]);
    }
    assert_false(has_loop(&bytes));
    free(shown);
    DGifCloseFile(file, &reason);
    free(bytes.byte);
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bars_and_blocks_are_exact),
        cmocka_unit_test(braille_is_made_of_dots),
        cmocka_unit_test(words_are_letters_of_a_font),
        cmocka_unit_test(wide_letters_take_two_cells),
        cmocka_unit_test(only_what_differs_is_drawn),
        cmocka_unit_test(other_sizes_are_cut),
        cmocka_unit_test(a_png_has_the_pixels),
#ifdef HAVE_GIFLIB
        cmocka_unit_test(a_gif_has_the_pixels),
        cmocka_unit_test(too_many_colours_are_replaced),
#endif
    };
    return cmocka_run_group_tests_name("pixels", tests, NULL, NULL);
}

#else

int main(void)
{
    printf("pixels: this build has no cairo; nothing to test\n");
    return 0;
}

#endif
