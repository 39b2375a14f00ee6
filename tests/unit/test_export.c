/* The exported picture: where things are drawn, and the files that it is written to. */
#include "export/export.h"

#include "base/file.h"
#include "base/utf8.h"
#include "export/svg.h"
#include "support/folder.h"
#include "support/texts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct canvas canvas;

static int enter_folder(void **state)
{
    canvas_open(&canvas, 3, 12);
    return folder_enter(state);
}

static int leave_folder(void **state)
{
    char name[64];
    canvas_close(&canvas);
    for (int i = 1; i < 10; i++) {
        snprintf(name, sizeof name, "lnscope-%03d.svg", i);
        unlink(name);
        snprintf(name, sizeof name, "lnscope-%03d.txt", i);
        unlink(name);
    }
    return folder_leave_empty(state);
}

static char *read_text(const char *path)
{
    char *content;
    size_t size;
    struct error error;
    if (!file_read(path, 1 << 20, &content, &size, &error))
        fail_msg("%s", error.text);
    return content;
}

/* The picture of one line of text; the caller frees it. */
static char *picture_of(const char *text, enum role role)
{
    char *svg = NULL;
    size_t size;
    FILE *out = open_memstream(&svg, &size);
    canvas_clear(&canvas);
    canvas_text(&canvas, canvas_whole(&canvas), 1, 0, role, text);
    svg_write(out, &canvas, THEME_DARK);
    assert_int_equal(fclose(out), 0);
    return svg;
}

static void has(const char *svg, const char *part)
{
    assert_non_null(svg);
    if (!strstr(svg, part))
        fail_msg("no %s in\n%s", part, svg);
}

/* Cells are 9 x 18 pixels and begin at (12, 12): row 1 is at y = 30, its baseline at 44. */
static void every_word_stands_in_its_cells(void **state)
{
    char *svg = picture_of("loss  2.97 a", ROLE_TEXT);
    (void)state;
    has(svg, "<text x=\"12\" y=\"44\" textLength=\"36\">loss</text>");
    has(svg, "<text x=\"66\" y=\"44\" textLength=\"36\">2.97</text>");
    has(svg, "<text x=\"111\" y=\"44\" textLength=\"9\">a</text>");
    assert_int_equal(count_in(svg, "<text"), 3);
    has(svg, "width=\"132\" height=\"78\"");
    free(svg);
}

static void text_is_escaped(void **state)
{
    char *svg = picture_of("a<b&c>\"d'", ROLE_TEXT);
    (void)state;
    has(svg, ">a&lt;b&amp;c&gt;\"d'</text>");
    free(svg);
}

/* A symbol that the font may lack does not move what follows. */
static void symbols_stand_alone(void **state)
{
    char *svg = picture_of("a\u2192b", ROLE_TEXT);
    (void)state;
    has(svg, "<text x=\"12\" y=\"44\" textLength=\"9\">a</text>");
    has(svg, "<text x=\"21\" y=\"44\" textLength=\"9\">\u2192</text>");
    has(svg, "<text x=\"30\" y=\"44\" textLength=\"9\">b</text>");
    free(svg);
}

static void bars_are_rectangles(void **state)
{
    char *svg = picture_of("\u2588\u2588\u2588\u258C\u2581\u2590\u2584", ROLE_LEFT);
    (void)state;
    has(svg, "<rect x=\"12\" y=\"30\" width=\"27\" height=\"18\"/>");     /* three full blocks */
    has(svg, "<rect x=\"39\" y=\"30\" width=\"4.5\" height=\"18\"/>");    /* left half */
    has(svg, "<rect x=\"48\" y=\"45.75\" width=\"9\" height=\"2.25\"/>"); /* lower eighth */
    has(svg, "<rect x=\"61.5\" y=\"30\" width=\"4.5\" height=\"18\"/>");  /* right half */
    has(svg, "<rect x=\"66\" y=\"39\" width=\"9\" height=\"9\"/>");       /* lower half */
    assert_int_equal(count_in(svg, "<text"), 0);
    free(svg);
}

static void quadrants_and_shades_are_rectangles(void **state)
{
    char *svg = picture_of("\u259A\u2592", ROLE_LEFT);
    (void)state;
    has(svg, "<rect x=\"12\" y=\"30\" width=\"4.5\" height=\"9\"/>");
    has(svg, "<rect x=\"16.5\" y=\"39\" width=\"4.5\" height=\"9\"/>");
    has(svg, "fill-opacity=\"0.5\"><rect x=\"21\" y=\"30\" width=\"9\" height=\"18\"/>");
    free(svg);
}

/* Each with the quadrants that its name in Unicode has. */
static void every_quadrant_is_in_its_place(void **state)
{
    enum { UPPER_LEFT = 1, UPPER_RIGHT = 2, LOWER_LEFT = 4, LOWER_RIGHT = 8 };
    static const struct {
        const char *glyph;
        int quadrants;
    } named[] = {
        {"\u2596", LOWER_LEFT},
        {"\u2597", LOWER_RIGHT},
        {"\u2598", UPPER_LEFT},
        {"\u2599", UPPER_LEFT | LOWER_LEFT | LOWER_RIGHT},
        {"\u259A", UPPER_LEFT | LOWER_RIGHT},
        {"\u259B", UPPER_LEFT | UPPER_RIGHT | LOWER_LEFT},
        {"\u259C", UPPER_LEFT | UPPER_RIGHT | LOWER_RIGHT},
        {"\u259D", UPPER_RIGHT},
        {"\u259E", UPPER_RIGHT | LOWER_LEFT},
        {"\u259F", UPPER_RIGHT | LOWER_LEFT | LOWER_RIGHT},
    };
    static const char *const place[4] = {
        "<rect x=\"12\" y=\"30\" width=\"4.5\" height=\"9\"/>",
        "<rect x=\"16.5\" y=\"30\" width=\"4.5\" height=\"9\"/>",
        "<rect x=\"12\" y=\"39\" width=\"4.5\" height=\"9\"/>",
        "<rect x=\"16.5\" y=\"39\" width=\"4.5\" height=\"9\"/>",
    };
    (void)state;
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++) {
        char *svg = picture_of(named[i].glyph, ROLE_LEFT);
        for (int quadrant = 0; quadrant < 4; quadrant++)
            if (count_in(svg, place[quadrant]) != (named[i].quadrants >> quadrant & 1))
                fail_msg("%s: quadrant %d", named[i].glyph, quadrant);
        free(svg);
    }
}

/* The dots of braille are counted down the left column, then the right one; 7 and 8, which came
 * later, are below. */
static void every_dot_is_in_its_place(void **state)
{
    static const double place[8][2] = {{14.25, 32.25}, {14.25, 36.75}, {14.25, 41.25},
                                       {18.75, 32.25}, {18.75, 36.75}, {18.75, 41.25},
                                       {14.25, 45.75}, {18.75, 45.75}};
    (void)state;
    for (int dot = 0; dot < 8; dot++) {
        char glyph[8] = {0}, circle[64];
        utf8_put(glyph, 0x2800u + (1u << dot));
        snprintf(circle, sizeof circle, "<circle cx=\"%g\" cy=\"%g\" r=\"1.5\"/>", place[dot][0],
                 place[dot][1]);
        char *svg = picture_of(glyph, ROLE_RIGHT);
        has(svg, circle);
        assert_int_equal(count_in(svg, "<circle"), 1);
        free(svg);
    }
}

static void braille_dots_are_circles(void **state)
{
    char *svg = picture_of("\u2801\u28FF\u2880\u2800", ROLE_RIGHT);
    (void)state;
    has(svg, "<circle cx=\"14.25\" cy=\"32.25\" r=\"1.5\"/>"); /* dot 1: upper left */
    has(svg, "<circle cx=\"36.75\" cy=\"45.75\" r=\"1.5\"/>"); /* dot 8: lower right */
    assert_int_equal(count_in(svg, "<circle"), 1 + 8 + 1);
    assert_int_equal(count_in(svg, "<text"), 0);
    free(svg);
}

/* The lines of neighbouring cells meet. */
static void lines_are_rectangles(void **state)
{
    char *svg = picture_of("\u2500\u253C\u2502\u2514\u2508", ROLE_AXIS);
    (void)state;
    has(svg, "<rect x=\"12\" y=\"38\" width=\"9\" height=\"1\"/>");
    has(svg, "<rect x=\"21\" y=\"38\" width=\"9\" height=\"1\"/>");
    has(svg, "<rect x=\"25\" y=\"30\" width=\"1\" height=\"18\"/>");
    has(svg, "<rect x=\"34\" y=\"30\" width=\"1\" height=\"18\"/>");
    has(svg, "<rect x=\"43\" y=\"38\" width=\"5\" height=\"1\"/>");
    has(svg, "<rect x=\"43\" y=\"30\" width=\"1\" height=\"9\"/>");
    assert_int_equal(count_in(svg, "<text"), 0);
    free(svg);
}

static void a_picture_has_the_colours_of_the_theme(void **state)
{
    char *svg = picture_of("left", ROLE_LEFT), part[64];
    (void)state;
    snprintf(part, sizeof part, "<g fill=\"#%06x\"",
             (unsigned)theme_table[THEME_DARK].style[ROLE_LEFT].rgb);
    has(svg, part);
    snprintf(part, sizeof part, "fill=\"#%06x\"/>", (unsigned)theme_table[THEME_DARK].page);
    has(svg, part);
    free(svg);
    svg = picture_of("bar", ROLE_BAR);
    snprintf(part, sizeof part, "<rect x=\"12\" y=\"30\" width=\"27\" height=\"18\" fill=\"#%06x\"",
             (unsigned)theme_table[THEME_DARK].style[ROLE_BAR].back);
    has(svg, part);
    free(svg);
}

/* Bold, underlined, dim and reversed as the theme has them. */
static void a_picture_has_the_look_of_every_role(void **state)
{
    (void)state;
    for (int theme = 0; theme < THEMES; theme++)
        for (int role = 0; role < ROLES; role++) {
            const struct theme_row *row = &theme_table[theme];
            const struct style *style = &row->style[role];
            uint32_t ink = style->rgb < 0 ? row->ink : (uint32_t)style->rgb;
            char *svg = NULL, group[128];
            size_t size;
            if (style->reverse)
                ink = style->back < 0 ? row->page : (uint32_t)style->back;
            canvas_clear(&canvas);
            canvas_put(&canvas, 0, 0, 'x', (enum role)role);
            FILE *out = open_memstream(&svg, &size);
            svg_write(out, &canvas, (enum theme)theme);
            fclose(out);
            snprintf(group, sizeof group, "<g fill=\"#%06x\"%s%s%s>\n<text", (unsigned)ink,
                     style->bold ? " font-weight=\"bold\"" : "",
                     style->underline ? " text-decoration=\"underline\"" : "",
                     style->dim ? " opacity=\"0.6\"" : "");
            has(svg, group);
            free(svg);
        }
}

/* The background of a cell may be the ink of another role. */
static void backgrounds_are_those_of_the_cells(void **state)
{
    char *svg = NULL, fill[16];
    size_t size;
    (void)state;
    canvas_clear(&canvas);
    canvas_put_on(&canvas, 0, 2, ' ', ROLE_TEXT, ROLE_RAMP);
    canvas_put_on(&canvas, 0, 3, ' ', ROLE_TEXT, ROLE_RAMP);
    canvas_put_on(&canvas, 1, 0, 0x2580, ROLE_RAMP_LAST, ROLE_RAMP + 1);
    FILE *out = open_memstream(&svg, &size);
    svg_write(out, &canvas, THEME_DARK);
    fclose(out);
    has(svg, "<rect x=\"30\" y=\"12\" width=\"18\" height=\"18\" fill=\"#470155\"/>");
    has(svg, "<rect x=\"12\" y=\"30\" width=\"9\" height=\"18\" fill=\"#481165\"/>");
    has(svg, "<rect x=\"12\" y=\"30\" width=\"9\" height=\"9\"/>"); /* its upper half */
    snprintf(fill, sizeof fill, "#%06x",
             (unsigned)theme_table[THEME_DARK].style[ROLE_RAMP_LAST].rgb);
    has(svg, fill);
    free(svg);
}

static void an_export_takes_the_next_free_number(void **state)
{
    char message[128];
    struct error error = {.text = ""};
    (void)state;
    canvas_text(&canvas, canvas_whole(&canvas), 0, 0, ROLE_TEXT, "first");
    assert_true(export_screen(&canvas, THEME_LIGHT, message, sizeof message, &error));
    assert_string_equal(message, "saved lnscope-001.svg and lnscope-001.txt");
    canvas_text(&canvas, canvas_whole(&canvas), 0, 0, ROLE_TEXT, "again");
    fclose(fopen("lnscope-002.txt", "w")); /* half of a pair is taken */
    assert_true(export_screen(&canvas, THEME_LIGHT, message, sizeof message, &error));
    assert_string_equal(message, "saved lnscope-003.svg and lnscope-003.txt");
    char *text = read_text("lnscope-001.txt"), *svg = read_text("lnscope-003.svg");
    assert_memory_equal(text, "first\n", 6);
    has(svg, ">again</text>");
    has(svg, "</svg>\n");
    assert_int_not_equal(access("lnscope-002.svg", F_OK), 0);
    free(text);
    free(svg);
}

static void one_file_is_what_its_name_says(void **state)
{
    struct error error = {.text = ""};
    (void)state;
    canvas_text(&canvas, canvas_whole(&canvas), 0, 0, ROLE_TEXT, "first");
    assert_true(export_file(&canvas, THEME_LIGHT, "a.svg", false, &error));
    assert_true(export_file(&canvas, THEME_LIGHT, "a.txt", false, &error));
    assert_false(export_file(&canvas, THEME_LIGHT, "a.txt", false, &error));
    assert_non_null(strstr(error.text, "a.txt exists"));
    canvas_text(&canvas, canvas_whole(&canvas), 0, 0, ROLE_TEXT, "again");
    assert_true(export_file(&canvas, THEME_LIGHT, "a.txt", true, &error));
    char *text = read_text("a.txt"), *svg = read_text("a.svg");
    assert_memory_equal(text, "again\n", 6);
    has(svg, ">first</text>");
    free(text);
    free(svg);
    static const char *const other[] = {"a.jpg", "svg", ".svg", "a", ""};
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
        assert_false(export_file(&canvas, THEME_LIGHT, other[i], true, &error));
        assert_non_null(strstr(error.text, "is neither a picture nor text: name it .svg, "));
    }
    assert_int_equal(unlink("a.svg") + unlink("a.txt"), 0);
}

/* A PNG where there is cairo; otherwise the reason, and no file. */
static void pixels_are_drawn_where_they_can_be(void **state)
{
    struct error error = {.text = ""};
    (void)state;
#ifdef HAVE_CAIRO
    assert_true(export_file(&canvas, THEME_LIGHT, "a.png", false, &error));
    char *png = read_text("a.png");
    assert_memory_equal(png, "\211PNG", 4);
    free(png);
    assert_int_equal(unlink("a.png"), 0);
#else
    assert_false(export_file(&canvas, THEME_LIGHT, "a.png", false, &error));
    assert_non_null(strstr(error.text, "a.png: this build has no cairo, which draws pixels"));
#endif
    assert_int_not_equal(access("a.png", F_OK), 0);
}

/* The folder that it would go to is gone. */
static void an_export_that_fails_says_so(void **state)
{
    char message[128] = "";
    struct error error = {.text = ""};
    (void)state;
    assert_int_equal(mkdir("gone", 0700), 0);
    assert_int_equal(chdir("gone"), 0);
    assert_int_equal(rmdir("../gone"), 0);
    bool written = export_screen(&canvas, THEME_DARK, message, sizeof message, &error);
    assert_int_equal(chdir(folder_path), 0);
    assert_false(written);
    assert_string_equal(message, "");
    assert_non_null(strstr(error.text, "cannot write lnscope-001.svg (No such file or directory)"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, enter_folder, leave_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_word_stands_in_its_cells),
        TEST(text_is_escaped),
        TEST(symbols_stand_alone),
        TEST(bars_are_rectangles),
        TEST(quadrants_and_shades_are_rectangles),
        TEST(every_quadrant_is_in_its_place),
        TEST(every_dot_is_in_its_place),
        TEST(braille_dots_are_circles),
        TEST(lines_are_rectangles),
        TEST(a_picture_has_the_colours_of_the_theme),
        TEST(a_picture_has_the_look_of_every_role),
        TEST(backgrounds_are_those_of_the_cells),
        TEST(an_export_takes_the_next_free_number),
        TEST(one_file_is_what_its_name_says),
        TEST(pixels_are_drawn_where_they_can_be),
        TEST(an_export_that_fails_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
