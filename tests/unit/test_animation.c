/* Animated SVGs: at every time they show the canvas of that time. They are read here as far as this
 * program writes them; browsers are asked elsewhere. */
#include "export/animation.h"

#include "base/memory.h"
#include "base/utf8.h"
#include "export/shapes.h"
#include "support/fixture.h"
#include "support/texts.h"
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

enum { ROWS = 24, COLS = 80, CELLS = ROWS * COLS };

/* What an SVG shows of a cell. */
struct seen {
    uint32_t letter;
    int role;   /* of the letter or shape; -1: there is none */
    int theme;  /* that the look of the role is of */
    bool shape; /* a rectangle or a dot */
    uint32_t back;
};

struct picture {
    uint32_t page; /* around the cells */
    struct seen cell[CELLS];
};

/* A role, as a theme shows it. */
struct look {
    int role, theme;
};

/* The cell that a place of the SVG is in. */
static struct seen *cell_at(struct picture *picture, double x, double y)
{
    const int col = (int)((x - SHAPE_MARGIN) / SHAPE_CELL_WIDTH);
    const int row = (int)((y - SHAPE_MARGIN) / SHAPE_CELL_HEIGHT);
    assert_between(row, 0, ROWS - 1);
    assert_between(col, 0, COLS - 1);
    return &picture->cell[row * COLS + col];
}

/* Reads "M12 30h27v18h-27z..." or "M14.25 32.25h0..."; a background covers what was there. */
static void take_path(struct picture *picture, const char *path, struct look look, int32_t back)
{
    double x, y, width = 0, height = 0, again = 0;
    int length = 0;
    for (; *path == 'M'; path += length) {
        if (sscanf(path, "M%lf %lfh%lfv%lfh%lfz%n", &x, &y, &width, &height, &again, &length) < 5) {
            assert_int_equal(sscanf(path, "M%lf %lfh0%n", &x, &y, &length), 2);
            cell_at(picture, x, y)->shape = true;
            cell_at(picture, x, y)->role = look.role;
            cell_at(picture, x, y)->theme = look.theme;
            continue;
        }
        assert_true(again == -width);
        for (double down = 0.1; down < height; down += SHAPE_CELL_HEIGHT)
            for (double over = 0.1; over < width; over += SHAPE_CELL_WIDTH) {
                struct seen *cell = cell_at(picture, x + over, y + down);
                if (back < 0) {
                    cell->shape = true;
                    cell->role = look.role;
                    cell->theme = look.theme;
                } else {
                    *cell = (struct seen){.role = -1, .back = (uint32_t)back};
                }
            }
    }
    assert_int_equal(*path, '"');
}

/* Reads a letter, which may be escaped; *text moves behind it. */
static uint32_t take_letter(const char **text)
{
    static const struct {
        const char *name;
        uint32_t letter;
    } escaped[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}};
    for (size_t i = 0; i < sizeof escaped / sizeof escaped[0]; i++)
        if (strncmp(*text, escaped[i].name, strlen(escaped[i].name)) == 0) {
            *text += strlen(escaped[i].name);
            return escaped[i].letter;
        }
    return utf8_next(text);
}

static void take_word(struct picture *picture, const char *element, struct look look)
{
    double x, y;
    assert_int_equal(sscanf(element, "<text x=\"%lf\" y=\"%lf\"", &x, &y), 2);
    const char *text = strchr(element, '>') + 1;
    for (; *text != '<'; x += SHAPE_CELL_WIDTH) {
        struct seen *cell = cell_at(picture, x, y);
        cell->letter = take_letter(&text);
        cell->role = look.role;
        cell->theme = look.theme;
    }
}

/* A page of another theme covers all that there was. */
static void take_page(struct picture *picture, uint32_t page)
{
    picture->page = page;
    for (int i = 0; i < CELLS; i++)
        picture->cell[i] = (struct seen){.role = -1, .back = page};
}

/* Draws the elements of a frame. */
static void take_frame(struct picture *picture, const char *frame)
{
    struct look look = {-1, THEME_DARK};
    for (const char *at = frame; (at = strchr(at, '<')) != NULL; at++) {
        unsigned back;
        if (sscanf(at, "<g class=\"r%dt%d\">", &look.role, &look.theme) > 0)
            continue;
        if (sscanf(at, "<rect class=\"b\" width=\"744\" height=\"456\" fill=\"#%6x\"", &back) == 1)
            take_page(picture, back);
        if (sscanf(at, "<path class=\"b\" fill=\"#%6x\"", &back) == 1)
            take_path(picture, strstr(at, " d=\"") + 4, look, (int32_t)back);
        else if (strncmp(at, "<path", 5) == 0)
            take_path(picture, strstr(at, " d=\"") + 4, look, -1);
        else if (strncmp(at, "<text", 5) == 0)
            take_word(picture, at, look);
    }
}

/* What is visible at a time after the animation began. */
static void show(struct picture *picture, const char *svg, double seconds)
{
    char *copy = memory_copy_string(svg), *line = strtok(strstr(copy, "<rect width=\"0\""), "\n");
    take_page(picture, 0x1000000); /* no colour: a frame says what is behind its cells */
    picture->page = theme_table[THEME_DARK].page;
    for (; line; line = strtok(NULL, "\n")) {
        double begin = 0, lasts = 1e9;
        if (strncmp(line, "<g", 2) != 0)
            continue;
        const char *set = strstr(line, "begin=\"time.begin+");
        if (set && strstr(set, "dur="))
            assert_int_equal(sscanf(set, "begin=\"time.begin+%lfs\" dur=\"%lfs\"", &begin, &lasts),
                             2);
        else if (set)
            assert_int_equal(sscanf(set, "begin=\"time.begin+%lfs\"", &begin), 1);
        if (seconds >= begin && seconds < begin + lasts)
            take_frame(picture, line);
    }
    free(copy);
}

static void assert_shows(const struct picture *picture, const struct canvas *canvas,
                         enum theme shown)
{
    const struct theme_row *theme = &theme_table[shown];
    assert_int_equal(picture->page, theme->page);
    for (int i = 0; i < CELLS; i++) {
        const struct cell *cell = &canvas->cells[i];
        const struct seen *seen = &picture->cell[i];
        const int32_t back = shape_background(theme, cell);
        const bool letter = shape_is_letter(cell->glyph), blank = cell->glyph == ' ';
        const bool shape = !letter && !blank && cell->glyph != 0x2800;
        const bool inked = letter || shape;
        if (seen->letter != (letter ? cell->glyph : 0) || seen->shape != shape ||
            (inked && (seen->role != cell->role || seen->theme != (int)shown)) ||
            seen->back != (back < 0 ? theme->page : (uint32_t)back))
            fail_msg("row %d column %d: U+%04X of role %d, theme %d on %06x, instead of U+%04X of "
                     "%d, %d",
                     i / COLS, i % COLS, (unsigned)seen->letter, seen->role, seen->theme,
                     (unsigned)seen->back, (unsigned)cell->glyph, cell->role, (int)shown);
    }
}

/* Tags are closed in the order in which they were opened, and attributes are in quotes. */
static void assert_well_formed(const char *xml)
{
    char open[32][32];
    int depth = 0;
    for (const char *at = strstr(xml, "<svg"); (at = strchr(at, '<')) != NULL; at++) {
        const char *end = strchr(at, '>');
        char name[32];
        assert_non_null(end);
        assert_int_equal(sscanf(at + 1 + (at[1] == '/'), "%31[a-zA-Z]", name), 1);
        if (at[1] == '/') {
            assert_true(depth > 0);
            assert_string_equal(open[--depth], name);
        } else if (end[-1] != '/') {
            assert_between(depth, 0, 31);
            memcpy(open[depth++], name, sizeof name);
        }
    }
    assert_int_equal(depth, 0);
}

enum { FRAMES = 160 };

struct film {
    struct canvas canvas[FRAMES]; /* at i / 20 seconds */
    char *svg;
    size_t size;
};

static double time_of(int frame)
{
    return frame / 20.0;
}

/* The theme of a frame where themes change: each of them, and then the first again. */
static enum theme theme_of(int frame, bool themes)
{
    return (enum theme)((THEME_DARK + (themes ? frame / 9 : 0)) % THEMES);
}

static void make_film(struct film *film, bool loop, bool themes)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct animation *animation = animation_open(ROWS, COLS, loop);
    assert_non_null(fixture);
    fixture_open(fixture);
    for (int i = 0; i < FRAMES; i++) {
        fixture_train(fixture, 1 + i);
        fixture_fit_axis(fixture);
        fixture->scene.look.view = (enum view)(i / 20 % VIEWS);
        canvas_open(&film->canvas[i], ROWS, COLS);
        view_screen(&film->canvas[i], &fixture->scene);
        animation_frame(animation, &film->canvas[i], theme_of(i, themes), time_of(i));
    }
    FILE *out = open_memstream(&film->svg, &film->size);
    animation_close(animation, time_of(FRAMES), out);
    assert_int_equal(fclose(out), 0);
    fixture_close(fixture);
    free(fixture);
}

static void close_film(struct film *film)
{
    for (int i = 0; i < FRAMES; i++)
        canvas_close(&film->canvas[i]);
    free(film->svg);
}

static void at_every_time_the_canvas_is_shown(void **state)
{
    struct picture *picture = memory_new(1, sizeof *picture);
    (void)state;
    for (int loop = 0; loop < 2; loop++) {
        struct film film;
        make_film(&film, loop, false);
        assert_well_formed(film.svg);
        for (int i = 0; i < FRAMES; i++) {
            show(picture, film.svg, time_of(i) + 0.001);
            assert_shows(picture, &film.canvas[i], THEME_DARK);
        }
        close_film(&film);
    }
    free(picture);
}

/* Another theme is that of all cells, those that stay the same included, and of the page. */
static void a_change_of_theme_shows(void **state)
{
    struct picture *picture = memory_new(1, sizeof *picture);
    (void)state;
    for (int loop = 0; loop < 2; loop++) {
        struct film film;
        make_film(&film, loop, true);
        assert_well_formed(film.svg);
        for (int i = 0; i < FRAMES; i++) {
            show(picture, film.svg, time_of(i) + 0.001);
            assert_shows(picture, &film.canvas[i], theme_of(i, true));
        }
        close_film(&film);
    }
    free(picture);
}

/* Where nothing else changes, either. */
static void a_theme_changes_a_picture_that_stays(void **state)
{
    static const enum theme themes[] = {THEME_DARK, THEME_LIGHT, THEME_DARK};
    struct picture *picture = memory_new(1, sizeof *picture);
    struct animation *animation = animation_open(ROWS, COLS, false);
    struct canvas canvas;
    char *svg, class[64];
    size_t size;
    (void)state;
    canvas_open(&canvas, ROWS, COLS);
    canvas_put(&canvas, 1, 1, 'x', ROLE_TEXT);
    for (int i = 0; i < 3; i++)
        animation_frame(animation, &canvas, themes[i], i);
    FILE *out = open_memstream(&svg, &size);
    animation_close(animation, 3, out);
    assert_int_equal(fclose(out), 0);
    for (int i = 0; i < 3; i++) {
        show(picture, svg, i + 0.001);
        assert_shows(picture, &canvas, themes[i]);
    }
    snprintf(class, sizeof class, ".r%dt%d{fill:#%06x;", ROLE_TEXT, THEME_LIGHT,
             (unsigned)shape_look(&theme_table[THEME_LIGHT], ROLE_TEXT).ink);
    assert_contains(svg, class);
    free(svg);
    canvas_close(&canvas);
    free(picture);
}

/* It loops, or stops at its last picture; there is no script and nothing from elsewhere in it. */
static void it_is_one_picture_that_loops_or_stops(void **state)
{
    struct picture *picture = memory_new(1, sizeof *picture);
    struct film film;
    (void)state;
    make_film(&film, true, false);
    assert_non_null(strstr(film.svg, "dur=\"8s\" begin=\"0s;time.end\"/>"));
    assert_int_equal(count_in(film.svg, "http"), 1); /* the name of SVG itself */
    assert_null(strstr(film.svg, "script"));
    assert_int_equal(count_in(film.svg, "<set"), count_in(film.svg, "\" dur=\"") - 1);
    show(picture, film.svg, 8.001); /* all are gone but the first */
    assert_shows(picture, &film.canvas[0], THEME_DARK);
    close_film(&film);
    make_film(&film, false, false);
    assert_non_null(strstr(film.svg, "dur=\"8s\" begin=\"0s\"/>"));
    show(picture, film.svg, 99);
    assert_shows(picture, &film.canvas[FRAMES - 1], THEME_DARK);
    close_film(&film);
    free(picture);
}

/* Bold, underlined and dim as the theme has them. */
static void every_role_is_a_class_with_its_look(void **state)
{
    struct canvas canvas;
    (void)state;
    canvas_open(&canvas, 1, ROLES);
    for (int role = 0; role < ROLES; role++)
        canvas_put(&canvas, 0, role, 'x', (enum role)role);
    for (int theme = 0; theme < THEMES; theme++) {
        struct animation *animation = animation_open(1, ROLES, false);
        char *svg;
        size_t size;
        FILE *out = open_memstream(&svg, &size);
        animation_frame(animation, &canvas, (enum theme)theme, 0);
        animation_close(animation, 1, out);
        assert_int_equal(fclose(out), 0);
        for (int role = 0; role < ROLES; role++) {
            const struct shape_look look = shape_look(&theme_table[theme], role);
            char class[160], underlined[64];
            snprintf(class, sizeof class, ".r%d{fill:#%06x;color:#%06x%s%s}", role,
                     (unsigned)look.ink, (unsigned)look.ink, look.bold ? ";font-weight:bold" : "",
                     look.opacity < 1 ? ";fill-opacity:0.6;stroke-opacity:0.6" : "");
            snprintf(underlined, sizeof underlined, ".r%d text{text-decoration:underline}", role);
            assert_contains(svg, class);
            assert_int_equal(count_in(svg, underlined), look.underline);
        }
        free(svg);
    }
    canvas_close(&canvas);
}

/* The same frames make the same bytes; no more groups are visible at once than a browser draws
 * easily. */
static void it_is_the_same_each_time_and_stays_light(void **state)
{
    struct film one, other;
    (void)state;
    make_film(&one, true, false);
    make_film(&other, true, false);
    assert_int_equal(one.size, other.size);
    assert_memory_equal(one.svg, other.svg, one.size);
    assert_true(one.size < 600000);
    for (double now = 0.5; now < 8; now += 0.5) {
        int visible = 0;
        for (const char *at = one.svg; (at = strstr(at, "begin=\"time.begin+")) != NULL; at++) {
            double begin, lasts;
            assert_int_equal(sscanf(at, "begin=\"time.begin+%lfs\" dur=\"%lfs\"", &begin, &lasts),
                             2);
            visible += now >= begin && now < begin + lasts;
        }
        assert_between(visible, 0, 91);
    }
    close_film(&one);
    close_film(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_every_time_the_canvas_is_shown),
        cmocka_unit_test(a_change_of_theme_shows),
        cmocka_unit_test(a_theme_changes_a_picture_that_stays),
        cmocka_unit_test(it_is_one_picture_that_loops_or_stops),
        cmocka_unit_test(every_role_is_a_class_with_its_look),
        cmocka_unit_test(it_is_the_same_each_time_and_stays_light),
    };
    return cmocka_run_group_tests_name("animation", tests, NULL, NULL);
}
