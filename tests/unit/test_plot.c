/* Bars, columns, ticks and braille dots: the right length, the right cell, the stated rule where
 * two stacks share one. */
#include "screen/plot.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void assert_shows(struct canvas *canvas, const char *expected)
{
    char *text = canvas_to_text(canvas);
    assert_string_equal(text, expected);
    free(text);
    canvas_clear(canvas);
}

static void bars_end_on_eighths(void **state)
{
    (void)state;
    struct canvas canvas;
    canvas_open(&canvas, 1, 6);
    struct rect area = {0, 1, 1, 4};
    plot_bar(&canvas, area, 0.5, TEXTURE_FULL, false, ROLE_LEFT);
    assert_int_equal(canvas.cells[1].role, ROLE_LEFT);
    assert_shows(&canvas, " ██\n");
    plot_bar(&canvas, area, 0.5 + 3 / 32.0, TEXTURE_FULL, false, ROLE_LEFT);
    assert_shows(&canvas, " ██▍\n");
    plot_bar(&canvas, area, 2, TEXTURE_FULL, false, ROLE_LEFT);
    assert_shows(&canvas, " ████\n");
    plot_bar(&canvas, area, 0, TEXTURE_FULL, false, ROLE_LEFT); /* on the axis, but there */
    assert_shows(&canvas, " ▏\n");
    plot_bar(&canvas, area, -1, TEXTURE_FULL, false, ROLE_LEFT); /* nothing to show */
    plot_bar(&canvas, area, NAN, TEXTURE_FULL, false, ROLE_LEFT);
    assert_shows(&canvas, "\n");
    canvas_close(&canvas);
}

static void textures_differ_without_colour(void **state)
{
    (void)state;
    struct canvas canvas;
    canvas_open(&canvas, 1, 4);
    struct rect area = canvas_whole(&canvas);
    plot_bar(&canvas, area, 0.625, TEXTURE_SEGMENTS, false, ROLE_RIGHT);
    assert_shows(&canvas, "▊▊▌\n");
    plot_bar(&canvas, area, 0.625, TEXTURE_STALE, false, ROLE_RIGHT);
    assert_shows(&canvas, "░░░\n");
    plot_bar(&canvas, area, 0.625, TEXTURE_FULL, true, ROLE_RIGHT);
    assert_shows(&canvas, "##-\n");
    plot_bar(&canvas, area, 0.625, TEXTURE_SEGMENTS, true, ROLE_RIGHT);
    assert_shows(&canvas, "==-\n");
    plot_bar(&canvas, area, 0.625, TEXTURE_STALE, true, ROLE_RIGHT);
    assert_shows(&canvas, "::.\n");
    canvas_close(&canvas);
}

/* A bar that reaches a decade ends in the column of that decade's line. */
static void bars_and_axis_agree(void **state)
{
    (void)state;
    struct canvas canvas;
    canvas_open(&canvas, 2, 26);
    struct axis axis = {.low = -3, .high = 0};
    struct rect bar = {0, 4, 1, 18}, line = {1, 0, 1, 26};
    plot_log_grid(&canvas, bar, &axis, true);
    plot_bar(&canvas, bar, axis_fraction(&axis, 0.01), TEXTURE_FULL, true, ROLE_LEFT);
    plot_log_axis(&canvas, line, bar, &axis, true);
    assert_shows(&canvas, "   |######     .     .\n 1e-3--1e-2--1e-1---1e0\n");
    canvas_close(&canvas);
}

/* 0 is the line that bars begin at, also where it is in the middle. */
static void linear_axes_have_ends_and_a_middle(void **state)
{
    (void)state;
    struct canvas canvas;
    canvas_open(&canvas, 2, 18);
    struct rect bar = {0, 4, 1, 12}, line = {1, 0, 1, 18};
    plot_linear_grid(&canvas, bar, 0, 1, true);
    plot_linear_axis(&canvas, line, bar, 0, 1, true);
    assert_shows(&canvas, "   |     .     .\n"
                          "   0----0.5----1\n");
    plot_linear_grid(&canvas, bar, -1, 1, true);
    plot_linear_axis(&canvas, line, bar, -1, 1, true);
    assert_shows(&canvas, "   .     |     .\n"
                          "  -1-----0-----1\n");
    bar.cols = 7; /* no room for the middle */
    plot_linear_axis(&canvas, line, bar, 0, 1, true);
    assert_shows(&canvas, "\n   0------1\n");
    canvas_close(&canvas);
}

static void columns_stand_on_the_bottom(void **state)
{
    (void)state;
    struct canvas canvas;
    canvas_open(&canvas, 2, 5);
    struct rect area = canvas_whole(&canvas);
    plot_column(&canvas, area, 0, 1, false, ROLE_TEXT);
    plot_column(&canvas, area, 1, 0.75, false, ROLE_TEXT);
    plot_column(&canvas, area, 2, 0.25, false, ROLE_TEXT);
    plot_column(&canvas, area, 3, 1e-9, false, ROLE_TEXT);
    plot_column(&canvas, area, 4, 0, false, ROLE_TEXT);
    assert_shows(&canvas, "█▄\n██▄▁\n");
    canvas_close(&canvas);
}

static void assert_near(double a, double b)
{
    assert_true(fabs(a - b) <= 1e-9 * fabs(b));
}

static void numbers_are_nice(void **state)
{
    (void)state;
    assert_near(plot_nice_above(100), 100);
    assert_near(plot_nice_above(101), 150);
    assert_near(plot_nice_above(151), 200);
    assert_near(plot_nice_above(810), 1000);
    assert_near(plot_nice_above(3.5), 4);
    assert_near(plot_nice_above(0.013), 0.015);
    assert_near(plot_tick_distance(100, 4), 50);
    assert_near(plot_tick_distance(300, 6), 50);
    assert_near(plot_tick_distance(4, 4), 1);
    assert_near(plot_tick_distance(4, 9), 0.5);
    assert_near(plot_tick_distance(4, 0), 5);
    for (double range = 1e-3; range < 1e6; range *= 1.37)
        for (int most = 1; most < 20; most++)
            assert_true(range / plot_tick_distance(range, most) <= most * (1 + 1e-9));
}

static void dots_have_their_bits(void **state)
{
    (void)state;
    struct canvas canvas;
    struct plot plot;
    canvas_open(&canvas, 1, 2);
    plot_open(&plot, 1, 2);
    plot_dot(&plot, PLOT_LEFT, 0, 0);
    plot_dot(&plot, PLOT_LEFT, 1, 3);
    plot_dot(&plot, PLOT_LEFT, 2, 1);
    plot_dot(&plot, PLOT_LEFT, 4, 0); /* outside */
    plot_dot(&plot, PLOT_LEFT, 0, 4);
    plot_dot(&plot, PLOT_LEFT, -1, 0);
    plot_paint(&plot, &canvas, canvas_whole(&canvas), false);
    assert_shows(&canvas, "⡈⠄\n");
    plot_close(&plot);
    canvas_close(&canvas);
}

static void a_shared_cell_is_left_in_even_columns(void **state)
{
    (void)state;
    struct canvas canvas;
    struct plot plot;
    canvas_open(&canvas, 1, 6);
    plot_open(&plot, 1, 6);
    for (int x = 0; x < 8; x++) {
        plot_dot(&plot, PLOT_LEFT, x, 0);
        plot_dot(&plot, PLOT_RIGHT, x, 3);
        plot_dot(&plot, PLOT_RIGHT_RAW, x, 1); /* hidden by the curves */
    }
    plot_dot(&plot, PLOT_LEFT_RAW, 8, 0);
    for (int x = 0; x < 12; x++)
        plot_dot(&plot, PLOT_REFERENCE, x, 2);
    plot_paint(&plot, &canvas, canvas_whole(&canvas), false);
    const enum role roles[] = {ROLE_LEFT,  ROLE_RIGHT,    ROLE_LEFT,
                               ROLE_RIGHT, ROLE_LEFT_DIM, ROLE_REFERENCE};
    for (int col = 0; col < 6; col++)
        assert_int_equal(canvas.cells[col].role, roles[col]);
    assert_shows(&canvas, "⣀⠉⣀⠉⡀⠒\n");
    plot_paint(&plot, &canvas, canvas_whole(&canvas), true);
    assert_shows(&canvas, "*o*o.-\n");
    assert_true(plot_has_curve(&plot, 0, 3));
    assert_false(plot_has_curve(&plot, 0, 4));
    assert_false(plot_has_curve(&plot, 0, 99));
    plot_close(&plot);
    canvas_close(&canvas);
}

/* Ghosts lie behind curves and go on among raw dots; their lines are thin. */
static void ghosts_are_behind(void **state)
{
    (void)state;
    struct canvas canvas;
    struct plot plot;
    canvas_open(&canvas, 1, 5);
    plot_open(&plot, 1, 5);
    plot_line(&plot, PLOT_LEFT_GHOST, 0, 2, 7, 2, false);
    plot_line(&plot, PLOT_RIGHT_GHOST, 6, 0, 9, 0, false);
    plot_dot(&plot, PLOT_RIGHT, 0, 0);
    plot_dot(&plot, PLOT_RIGHT_RAW, 2, 0);
    plot_dot(&plot, PLOT_REFERENCE, 4, 3);
    plot_paint(&plot, &canvas, canvas_whole(&canvas), false);
    const enum role roles[] = {ROLE_RIGHT, ROLE_RIGHT_DIM, ROLE_LEFT_GHOST, ROLE_RIGHT_GHOST,
                               ROLE_RIGHT_GHOST};
    for (int col = 0; col < 5; col++)
        assert_int_equal(canvas.cells[col].role, roles[col]);
    assert_shows(&canvas, "⡀⡒⠒⣒⣀\n");
    plot_paint(&plot, &canvas, canvas_whole(&canvas), true);
    assert_shows(&canvas, "o.'\"\"\n");
    assert_false(plot_has_curve(&plot, 0, 2));
    plot_close(&plot);
    canvas_close(&canvas);
}

/* However far away its ends are, a line goes from one to the other. */
static void ends_may_be_far_beyond(void **state)
{
    static const double far[] = {10, 1e9, 1e12, 1e300};
    (void)state;
    for (size_t i = 0; i < sizeof far / sizeof far[0]; i++) {
        struct canvas canvas;
        struct plot plot;
        canvas_open(&canvas, 2, 5);
        plot_open(&plot, 2, 5);
        plot_line(&plot, PLOT_LEFT_GHOST, -far[i], 1, far[i], 1, false);
        plot_line(&plot, PLOT_LEFT_GHOST, 4, -far[i], 4, far[i], false);
        plot_paint(&plot, &canvas, canvas_whole(&canvas), false);
        assert_shows(&canvas, "  ⡇\n⠤⠤⡧⠤⠤\n");
        plot_close(&plot);
        canvas_close(&canvas);
    }
}

static void lines_are_closed_and_dashes_open(void **state)
{
    (void)state;
    struct canvas canvas;
    struct plot plot;
    canvas_open(&canvas, 2, 5);
    plot_open(&plot, 2, 5);
    plot_line(&plot, PLOT_LEFT, 0, 0, 2, 6, false); /* steep: no gap between its columns */
    plot_paint(&plot, &canvas, canvas_whole(&canvas), false);
    assert_shows(&canvas, "⢀⡇\n⣼⠁\n");
    plot_close(&plot);
    plot_open(&plot, 2, 5);
    plot_line(&plot, PLOT_RIGHT, 0, 0, 9, 0, true);
    for (int x = 0; x < 10; x++) /* which does not fill the gap */
        plot_dot(&plot, PLOT_REFERENCE, x, 0);
    plot_paint(&plot, &canvas, canvas_whole(&canvas), true);
    assert_shows(&canvas, "\noo oo\n");
    plot_close(&plot);
    canvas_close(&canvas);
}

static void values_find_their_step_of_the_ramp(void **state)
{
    (void)state;
    struct axis axis = {.low = -3, .high = 0}, none = {0};
    assert_int_equal(plot_heat_step(&axis, 1e-3), 0);
    assert_int_equal(plot_heat_step(&axis, 1), RAMP_STEPS - 1);
    assert_int_equal(plot_heat_step(&axis, 50), RAMP_STEPS - 1);
    assert_int_equal(plot_heat_step(&axis, sqrt(1e-3) * 1.0001), RAMP_STEPS / 2);
    assert_int_equal(plot_heat_step(&axis, 0), 0); /* vanished, but measured */
    assert_int_equal(plot_heat_step(&axis, NAN), -1);
    assert_int_equal(plot_heat_step(&axis, INFINITY), -1);
    assert_int_equal(plot_heat_step(&none, 1), -1);
}

static void two_values_share_a_cell(void **state)
{
    (void)state;
    struct canvas canvas;
    canvas_open(&canvas, 1, 6);
    plot_heat_cell(&canvas, 0, 0, 5, 9, false);
    assert_int_equal(canvas.cells[0].glyph, 0x2580);
    assert_int_equal(canvas.cells[0].role, ROLE_RAMP + 5);
    assert_int_equal(canvas.cells[0].back, ROLE_RAMP + 9);
    plot_heat_cell(&canvas, 0, 1, 7, 7, false);
    assert_int_equal(canvas.cells[1].glyph, ' ');
    assert_int_equal(canvas.cells[1].back, ROLE_RAMP + 7);
    plot_heat_cell(&canvas, 0, 2, -1, 4, false); /* the lower half alone */
    assert_int_equal(canvas.cells[2].glyph, 0x2584);
    assert_int_equal(canvas.cells[2].role, ROLE_RAMP + 4);
    assert_int_equal(canvas.cells[2].back, BACK_OWN);
    plot_heat_cell(&canvas, 0, 3, 4, -1, false);
    assert_int_equal(canvas.cells[3].glyph, 0x2580);
    assert_int_equal(canvas.cells[3].back, BACK_OWN);
    plot_heat_cell(&canvas, 0, 4, -1, -1, false);
    assert_int_equal(canvas.cells[4].glyph, ' ');
    assert_int_equal(canvas.cells[4].back, BACK_OWN);
    plot_heat_cell(&canvas, 0, 5, RAMP_STEPS - 1, 0, true); /* letters: the upper one */
    assert_int_equal(canvas.cells[5].glyph, '@');
    canvas_close(&canvas);
}

static void words_stand_on_their_colour(void **state)
{
    (void)state;
    struct canvas canvas;
    canvas_open(&canvas, 1, 4);
    plot_heat_text(&canvas, canvas_whole(&canvas), 0, 1, 2, false, "ab");
    assert_int_equal(canvas.cells[1].role, ROLE_ON_LOW);
    assert_int_equal(canvas.cells[1].back, ROLE_RAMP + 2);
    plot_heat_text(&canvas, canvas_whole(&canvas), 0, 2, 20, false, "xyz");
    assert_int_equal(canvas.cells[2].role, ROLE_ON_HIGH);
    assert_shows(&canvas, " axy\n");
    plot_heat_text(&canvas, canvas_whole(&canvas), 0, 0, 20, true, "q");
    assert_int_equal(canvas.cells[0].back, BACK_OWN);
    canvas_close(&canvas);
}

static void the_key_says_what_the_colours_are(void **state)
{
    (void)state;
    struct canvas canvas;
    struct axis axis = {.low = -4, .high = -1};
    canvas_open(&canvas, 2, 30);
    struct rect area = {0, 0, 2, 30}, row = {0, 0, 1, 30};
    plot_heat_key(&canvas, area, &axis, NAN, false);
    assert_shows(&canvas, "   ...:::--===+++**###%%%@@\n 1e-4    1e-3    1e-2    1e-1\n");
    plot_heat_key(&canvas, area, &axis, 1e-3, true);
    assert_int_equal(canvas.cells[30 + 9].role, ROLE_MARK);
    canvas_clear(&canvas);
    plot_heat_key(&canvas, row, &axis, NAN, true);
    assert_shows(&canvas, "1e-4 ...::--===++**##%%%@ 1e-1\n\n");
    axis.high = axis.low;
    plot_heat_key(&canvas, area, &axis, NAN, true); /* no range, no key */
    assert_shows(&canvas, "\n\n");
    canvas_close(&canvas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bars_end_on_eighths),
        cmocka_unit_test(textures_differ_without_colour),
        cmocka_unit_test(bars_and_axis_agree),
        cmocka_unit_test(linear_axes_have_ends_and_a_middle),
        cmocka_unit_test(columns_stand_on_the_bottom),
        cmocka_unit_test(numbers_are_nice),
        cmocka_unit_test(dots_have_their_bits),
        cmocka_unit_test(a_shared_cell_is_left_in_even_columns),
        cmocka_unit_test(ghosts_are_behind),
        cmocka_unit_test(ends_may_be_far_beyond),
        cmocka_unit_test(lines_are_closed_and_dashes_open),
        cmocka_unit_test(values_find_their_step_of_the_ramp),
        cmocka_unit_test(two_values_share_a_cell),
        cmocka_unit_test(words_stand_on_their_colour),
        cmocka_unit_test(the_key_says_what_the_colours_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
