/* Recordings: what a player shows is what was on the canvas. */
#include "export/cast.h"

#include "base/error.h"
#include "controls/view_names.h"
#include "support/cast_player.h"
#include "support/fixture.h"
#include "support/folder.h"
#include "support/texts.h"
#include "views/screen.h"

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

#include "support/sanitized.h"

#ifdef __GLIBC_PREREQ
#if __GLIBC_PREREQ(2, 33)
#include <malloc.h>
#define TELLS_MEMORY
#endif
#endif

static int leave_folder(void **state)
{
    unlink("a.cast");
    unlink("lnscope-001.cast");
    unlink("lnscope-002.cast");
    return folder_leave_empty(state);
}

static struct cast *open_cast(const char *path, enum cast_version version, int rows, int cols,
                              enum theme theme, struct error *error)
{
    return cast_open(&(struct cast_plan){.path = path,
                                         .force = path && strcmp(path, "a.cast") == 0,
                                         .version = version,
                                         .rows = rows,
                                         .cols = cols,
                                         .theme = theme},
                     error);
}

static struct cast *start(int rows, int cols, enum theme theme)
{
    struct error error;
    struct cast *cast = open_cast("a.cast", CAST_V2, rows, cols, theme, &error);
    if (!cast)
        fail_msg("%s", error.text);
    return cast;
}

static void finish(struct cast *cast)
{
    struct error error;
    char *name;
    if (!cast_close(cast, &name, &error))
        fail_msg("%s", error.text);
    free(name);
}

static void assert_text(const char *screen, const struct canvas *canvas)
{
    struct canvas plain;
    canvas_open(&plain, canvas->rows, canvas->cols);
    for (int i = 0; i < canvas->rows * canvas->cols; i++) { /* the text has letters for colours */
        plain.cells[i] = canvas->cells[i];
        plain.cells[i].role = ROLE_TEXT;
        plain.cells[i].back = BACK_OWN;
    }
    char *text = canvas_to_text(&plain);
    canvas_close(&plain);
    assert_string_equal(screen, text);
    free(text);
}

static void assert_shows(const struct cast_played *played, const struct canvas *canvas)
{
    assert_int_equal(played->rows, canvas->rows);
    assert_int_equal(played->cols, canvas->cols);
    assert_text(played->screen, canvas);
}

/* A shell that goes on after the end leaves all rows but the first, which has moved up, as they
 * were. */
static void assert_shell_has_a_row(const struct cast_played *played)
{
    const char *second = strchr(played->screen, '\n') + 1;
    const size_t size = strlen(second);
    assert_int_equal(played->cursor_row, played->rows - 1);
    assert_int_equal(played->cursor_col, 0);
    assert_int_equal(strncmp(played->after, second, size), 0);
    assert_string_equal(played->after + size, "\n");
}

/* Every frame of a random sequence, with sizes and themes that change, ends in the right picture.
 */
static void a_player_shows_the_last_canvas(void **state)
{
    static const char *const glyphs[] = {"a", "\"", "\\", " ", "█", "⣿", "├", "漢", "😀", "ö́"};
    struct canvas canvas;
    (void)state;
    for (unsigned last = 1; last <= 40; last++) {
        srand(7);
        canvas_open(&canvas, 6, 20);
        struct cast *cast = start(canvas.rows, canvas.cols, THEME_DARK);
        for (unsigned frame = 1; frame <= last; frame++) {
            if (frame % 9 == 0)
                canvas_resize(&canvas, 3 + rand() % 8, 5 + rand() % 30);
            for (int change = rand() % 30; change >= 0; change--)
                canvas_text_on(&canvas, canvas_whole(&canvas), rand() % canvas.rows,
                               rand() % canvas.cols, (enum role)(rand() % ROLES),
                               rand() % 2 ? (enum role)BACK_OWN : ROLE_RAMP, glyphs[rand() % 10]);
            cast_frame(cast, &canvas, frame > 20 ? THEME_LIGHT : THEME_DARK, frame * 0.1);
        }
        finish(cast);
        struct cast_played played;
        cast_play(&played, "a.cast");
        assert_shows(&played, &canvas);
        assert_shell_has_a_row(&played);
        assert_int_equal(played.resizes, last / 9);
        cast_played_close(&played);
        canvas_close(&canvas);
    }
}

static void a_recording_has_the_colours_of_the_theme(void **state)
{
    struct canvas canvas;
    struct cast_played played;
    (void)state;
    canvas_open(&canvas, 2, 4);
    canvas_put(&canvas, 0, 0, 'x', ROLE_LEFT);
    for (enum theme theme = THEME_DARK; theme <= THEME_LIGHT; theme++) {
        struct cast *cast = start(2, 4, theme);
        cast_frame(cast, &canvas, theme, 0);
        finish(cast);
        cast_play(&played, "a.cast");
        assert_int_equal(played.ink[0], theme_table[theme].style[ROLE_LEFT].rgb);
        cast_played_close(&played);
    }
    canvas_put_on(&canvas, 0, 0, 0x2580, ROLE_RAMP, ROLE_RAMP_LAST);
    struct cast *cast = start(2, 4, THEME_DARK);
    cast_frame(cast, &canvas, THEME_DARK, 0);
    finish(cast);
    cast_play(&played, "a.cast");
    assert_int_equal(played.ink[0], theme_table[THEME_DARK].style[ROLE_RAMP].rgb);
    assert_int_equal(played.ink[1], theme_table[THEME_DARK].style[ROLE_RAMP_LAST].rgb);
    cast_played_close(&played);
    canvas_close(&canvas);
}

/* The colours of a cell in the bytes of a recording: those of the theme, reversed by the player. */
static void assert_colours(const struct cast_picture *picture, const struct canvas *canvas,
                           enum theme of, int i)
{
    const struct theme_row *theme = &theme_table[of];
    const struct cell *cell = &canvas->cells[i];
    const struct style *style = &theme->style[cell->role];
    const int back = cell->back == BACK_OWN ? style->back : theme->style[cell->back].rgb;
    if (!style->reverse && cell->glyph != ' ')
        assert_int_equal(picture->ink[i], style->rgb);
    if (!style->reverse)
        assert_int_equal(picture->back[i], back);
}

/* The sequence that a look begins with, as JSON has it: attributes, then the colours of the theme.
 */
static void look_of(const struct style *style, char *out, size_t size)
{
    const int32_t colour[2] = {style->rgb, style->back};
    int used =
        snprintf(out, size, "\\u001b[0%s%s%s%s", style->bold ? ";1" : "", style->dim ? ";2" : "",
                 style->underline ? ";4" : "", style->reverse ? ";7" : "");
    for (int i = 0; i < 2; i++)
        if (colour[i] != THEME_DEFAULT_COLOUR)
            used += snprintf(out + used, size - (size_t)used, ";%d;2;%d;%d;%d", 38 + 10 * i,
                             (int)(colour[i] >> 16 & 255), (int)(colour[i] >> 8 & 255),
                             (int)(colour[i] & 255));
    snprintf(out + used, size - (size_t)used, "mx");
}

static void a_recording_has_the_look_of_every_role(void **state)
{
    struct canvas canvas;
    (void)state;
    canvas_open(&canvas, 1, ROLES);
    for (int role = 0; role < ROLES; role++)
        canvas_put(&canvas, 0, role, 'x', (enum role)role);
    for (int theme = 0; theme < THEMES; theme++) {
        struct cast *cast = start(canvas.rows, canvas.cols, (enum theme)theme);
        cast_frame(cast, &canvas, (enum theme)theme, 0);
        finish(cast);
        char *text = text_of_file("a.cast"), look[128];
        const char *at = text;
        for (int role = 0; role < ROLES; role++) {
            look_of(&theme_table[theme].style[role], look, sizeof look);
            const char *found = strstr(at, look);
            if (!found)
                fail_msg("theme %d, role %d: no %s", theme, role, look);
            at = found + strlen(look);
        }
        free(text);
    }
    canvas_close(&canvas);
}

/* Another theme changes every cell, the ones whose glyph and role stay included. */
static void a_change_of_theme_repaints_all(void **state)
{
    static const enum theme themes[] = {THEME_DARK, THEME_LIGHT, THEME_DEFAULT, THEME_DARK};
    enum { FRAMES = sizeof themes / sizeof themes[0] };
    struct canvas canvas;
    struct cast_played played;
    (void)state;
    canvas_open(&canvas, 3, ROLES);
    for (int role = 0; role < ROLES; role++) {
        canvas_put(&canvas, 0, role, 'x', (enum role)role);
        canvas_put_on(&canvas, 1, role, 'x', (enum role)role, ROLE_RAMP);
    }
    struct cast *cast = start(canvas.rows, canvas.cols, themes[0]);
    for (int frame = 0; frame < FRAMES; frame++) {
        cast_frame(cast, &canvas, themes[frame], frame);
        cast_marker(cast, "now", frame);
    }
    finish(cast);
    cast_play(&played, "a.cast");
    assert_int_equal(played.markers, FRAMES);
    for (int frame = 0; frame < FRAMES; frame++)
        for (int i = 0; i < canvas.rows * canvas.cols; i++)
            assert_colours(&played.picture[frame], &canvas, themes[frame], i);
    cast_played_close(&played);
    canvas_close(&canvas);
}

/* In either version a player shows at each marker exactly what was on the canvas then. */
static void at_every_marker_a_player_shows_the_canvas(void **state)
{
    (void)state;
    for (enum cast_version version = CAST_V2; version <= CAST_V3; version++) {
        struct fixture *fixture = calloc(1, sizeof *fixture);
        struct canvas canvas[8];
        struct error error;
        struct cast_played played;
        assert_non_null(fixture);
        fixture_open(fixture);
        struct cast *cast = open_cast("a.cast", version, 36, 120, THEME_DARK, &error);
        assert_non_null(cast);
        for (int i = 0; i < 8; i++) {
            fixture_train(fixture, 1 + 20 * i);
            fixture->scene.look.view = (enum view)i;
            canvas_open(&canvas[i], 36, 120);
            view_screen(&canvas[i], &fixture->scene);
            cast_frame(cast, &canvas[i], THEME_DARK, i / 3.0);
            cast_marker(cast, view_names[i], i / 3.0);
        }
        finish(cast);
        cast_play(&played, "a.cast");
        assert_int_equal(played.version, version);
        assert_true(played.exited == (version == CAST_V3));
        assert_int_equal(played.markers, 8);
        assert_true(played.seconds > 7 / 3.0 - 1e-6 && played.seconds < 7 / 3.0 + 1e-6);
        for (int i = 0; i < 8; i++) {
            const struct cast_picture *picture = &played.picture[i];
            assert_string_equal(played.marker[i], view_names[i]);
            assert_text(picture->text, &canvas[i]);
            for (int cell = 0; cell < 36 * 120; cell++)
                assert_colours(picture, &canvas[i], THEME_DARK, cell);
            canvas_close(&canvas[i]);
        }
        cast_played_close(&played);
        fixture_close(fixture);
        free(fixture);
    }
}

/* A frame like the one before writes nothing, and a small change little. */
static void only_differences_are_written(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct canvas canvas;
    struct cast_played played;
    struct stat status;
    (void)state;
    assert_non_null(fixture);
    fixture_open(fixture);
    fixture_train(fixture, 60);
    canvas_open(&canvas, 36, 120);
    view_screen(&canvas, &fixture->scene);
    struct cast *cast = start(36, 120, THEME_DARK);
    cast_frame(cast, &canvas, THEME_DARK, 0);
    for (int i = 1; i < 100; i++)
        cast_frame(cast, &canvas, THEME_DARK, i * 0.1);
    assert_true(cast_seconds(cast) == 0);
    canvas_put(&canvas, 3, 3, '!', ROLE_TEXT);
    cast_frame(cast, &canvas, THEME_DARK, 10);
    cast_marker(cast, "a \"marker\"\nthat\xE1\xA0\x8E steers\xF3\xA0\x81\x81", 10.5);
    assert_true(cast_seconds(cast) == 10.5);
    finish(cast);
    cast_play(&played, "a.cast");
    assert_shows(&played, &canvas);
    assert_int_equal(played.events, 4); /* two frames, a marker, the end */
    assert_int_equal(played.markers, 1);
    assert_string_equal(played.marker[0], "a \"marker\"?that? steers?");
    assert_true(stat("a.cast", &status) == 0 && status.st_size < 40000);
    cast_played_close(&played);
    canvas_close(&canvas);
    fixture_close(fixture);
    free(fixture);
}

/* Three hours of a screen that always changes take no more memory than their first minute. Counted
 * where the C library tells what it has handed out, and no sanitizer stands in for it. */
static void three_hours_take_no_memory(void **state)
{
#ifndef TELLS_MEMORY
    (void)state;
    skip();
#else
    if (SANITIZED)
        skip();
    enum { FPS = 10, MINUTE = 60 * FPS, HOURS = 3 * 60 * MINUTE };
    struct canvas canvas;
    struct error error;
    size_t before = 0;
    (void)state;
    canvas_open(&canvas, 12, 40);
    struct cast *cast = open_cast("/dev/null", CAST_V2, 12, 40, THEME_DARK, &error);
    assert_non_null(cast);
    for (int frame = 0; frame < HOURS; frame++) {
        const double seconds = (double)frame / FPS;
        for (int i = 0; i < 30; i++)
            canvas_put(&canvas, (frame + i) % 12, (7 * frame + i) % 40,
                       'a' + (uint32_t)(frame + i) % 26, (enum role)((frame + i) % ROLES));
        cast_frame(cast, &canvas, THEME_DARK, seconds);
        if (frame % MINUTE == 0)
            cast_marker(cast, "a minute later", seconds);
        if (!cast_flush(cast, &error))
            fail_msg("%s", error.text);
        if (frame == MINUTE)
            before = mallinfo2().uordblks;
    }
    assert_int_equal(mallinfo2().uordblks, before);
    assert_true(cast_seconds(cast) > 10799);
    finish(cast);
    canvas_close(&canvas);
#endif
}

static void files_are_numbered_and_never_replaced(void **state)
{
    struct error error;
    (void)state;
    for (int i = 1; i <= 2; i++) {
        char name[32];
        struct stat status;
        snprintf(name, sizeof name, "lnscope-%03d.cast", i);
        struct cast *cast = open_cast(NULL, CAST_V2, 5, 5, THEME_DARK, &error);
        assert_non_null(cast);
        assert_string_equal(cast_path(cast), name);
        assert_int_not_equal(stat(name, &status), 0); /* not before it is whole */
        finish(cast);
        assert_int_equal(stat(name, &status), 0);
    }
    assert_null(open_cast("lnscope-001.cast", CAST_V2, 5, 5, THEME_DARK, &error));
    assert_non_null(strstr(error.text, "lnscope-001.cast"));
    assert_null(open_cast("nowhere/a.cast", CAST_V2, 5, 5, THEME_DARK, &error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_player_shows_the_last_canvas, folder_enter, leave_folder),
        cmocka_unit_test_setup_teardown(a_recording_has_the_colours_of_the_theme, folder_enter,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(a_recording_has_the_look_of_every_role, folder_enter,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(a_change_of_theme_repaints_all, folder_enter, leave_folder),
        cmocka_unit_test_setup_teardown(at_every_marker_a_player_shows_the_canvas, folder_enter,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(only_differences_are_written, folder_enter, leave_folder),
        cmocka_unit_test(three_hours_take_no_memory),
        cmocka_unit_test_setup_teardown(files_are_numbered_and_never_replaced, folder_enter,
                                        leave_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
