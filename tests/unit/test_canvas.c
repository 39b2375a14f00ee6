/* The canvas: clipping, widths, and what it makes of text that could steer a terminal. */
#include "screen/canvas.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_shows(const struct canvas *canvas, const char *expected)
{
    char *text = canvas_to_text(canvas);
    assert_string_equal(text, expected);
    free(text);
}

static void text_is_cut_at_its_rectangle(void **state)
{
    (void)state;
    struct canvas canvas;
    canvas_open(&canvas, 3, 8);
    struct rect area = {1, 2, 1, 4};
    assert_int_equal(canvas_text(&canvas, area, 0, 1, ROLE_TEXT, "abcdef"), 4);
    assert_int_equal(canvas_text(&canvas, area, 0, -2, ROLE_TEXT, "xyz"), 1);
    canvas_text(&canvas, area, 1, 0, ROLE_TEXT, "below");
    canvas_text(&canvas, area, -1, 0, ROLE_TEXT, "above");
    assert_shows(&canvas, "\n  zabc\n\n");
    canvas_close(&canvas);
}

static void printing_to_the_right_ends_at_its_column(void **state)
{
    (void)state;
    struct canvas canvas;
    canvas_open(&canvas, 1, 8);
    struct rect area = canvas_whole(&canvas);
    assert_int_equal(canvas_print_right(&canvas, area, 0, 7, ROLE_TEXT, "×%d", 12), 4);
    assert_int_equal(canvas_print(&canvas, area, 0, 0, ROLE_DIM, "%s", "é"), 1);
    assert_shows(&canvas, "é   ×12\n");
    assert_int_equal(canvas.cells[0].role, ROLE_DIM);
    assert_int_equal(canvas.cells[5].role, ROLE_TEXT);
    canvas_close(&canvas);
}

static void what_steers_does_not_get_in(void **state)
{
    (void)state;
    struct canvas canvas;
    canvas_open(&canvas, 3, 12);
    struct rect area = canvas_whole(&canvas);
    /* escape, bell, C1, zero width space, right-to-left override, bad UTF-8 */
    canvas_text(&canvas, area, 0, 0, ROLE_TEXT, "\x1b\a\xc2\x9b\xe2\x80\x8b\xe2\x80\xae\xff!");
    canvas_text(&canvas, area, 1, 0, ROLE_TEXT, "█▏⣿×‖┊Ωж");
    canvas_text(&canvas, area, 2, 0, ROLE_TEXT, "אבג עברית");
    assert_shows(&canvas, "?????\xef\xbf\xbd!\n█▏⣿×‖┊Ωж\nאבג עברית\n");
    canvas_close(&canvas);
}

static void wide_glyphs_take_two_cells(void **state)
{
    (void)state;
    struct canvas canvas;
    canvas_open(&canvas, 1, 8);
    struct rect area = canvas_whole(&canvas);
    assert_int_equal(canvas_columns("漢字😀a"), 7);
    assert_int_equal(canvas_text(&canvas, area, 0, 0, ROLE_DIM, "漢字😀a"), 7);
    assert_shows(&canvas, "漢字😀a\n");
    assert_true(cell_is_tail(&canvas.cells[1]) && !cell_is_tail(&canvas.cells[2]));
    assert_int_equal(canvas.cells[1].role, ROLE_DIM);
    canvas_put(&canvas, 0, 3, 'x', ROLE_TEXT); /* on the right half */
    canvas_put(&canvas, 0, 0, 'y', ROLE_TEXT); /* on a left one */
    assert_shows(&canvas, "y  x😀a\n");
    canvas_put(&canvas, 0, 3, 0x6F22, ROLE_TEXT); /* over the left half of its neighbour */
    assert_shows(&canvas, "y  漢 a\n");
    canvas_put(&canvas, 0, 7, 0x6F22, ROLE_TEXT); /* no room */
    assert_shows(&canvas, "y  漢 a?\n");
    assert_int_equal(canvas_text(&canvas, area, 0, 5, ROLE_TEXT, "a字字"), 8);
    assert_shows(&canvas, "y  漢a字\n");
    canvas_close(&canvas);
}

static void marks_stand_over_what_is_before_them(void **state)
{
    (void)state;
    struct canvas canvas;
    canvas_open(&canvas, 2, 8);
    struct rect area = canvas_whole(&canvas);
    assert_int_equal(canvas_columns("e\xcc\x81ไม่x"), 4);
    assert_int_equal(canvas_text(&canvas, area, 0, 0, ROLE_TEXT, "e\xcc\x81ไม่x"), 4);
    assert_shows(&canvas, "e\xcc\x81ไม่x\n\n");
    assert_int_equal(canvas.cells[0].mark[0], 0x301);
    canvas_text(&canvas, area, 1, 0, ROLE_TEXT, "\xcc\x81字\xcc\x81");
    assert_shows(&canvas, "e\xcc\x81ไม่x\n \xcc\x81字\xcc\x81\n");
    /* more marks than a cell has room for */
    canvas_text(&canvas, area, 1, 0, ROLE_TEXT, "o\xcc\x81\xcc\x82\xcc\x83.  ");
    assert_shows(&canvas, "e\xcc\x81ไม่x\no\xcc\x81\xcc\x82.\n");
    canvas_close(&canvas);
}

static void nothing_is_written_outside(void **state)
{
    (void)state;
    struct canvas canvas;
    canvas_open(&canvas, 2, 2);
    canvas_put(&canvas, -1, 0, 'x', ROLE_TEXT);
    canvas_put(&canvas, 0, 2, 'x', ROLE_TEXT);
    canvas_put(&canvas, 2, 0, 'x', ROLE_TEXT);
    canvas_fill(&canvas, (struct rect){1, 1, 9, 9}, '#', ROLE_BAD);
    canvas_fill(&canvas, (struct rect){-5, -5, 3, 3}, '#', ROLE_BAD);
    assert_shows(&canvas, "\n #\n");
    canvas_resize(&canvas, 1, 3);
    assert_shows(&canvas, "\n");
    canvas_resize(&canvas, 0, 0);
    assert_shows(&canvas, "");
    canvas_close(&canvas);
}

/* A cell that is nothing but colours would be lost in a text. */
static void colours_of_the_ramp_become_letters(void **state)
{
    (void)state;
    struct canvas canvas;
    canvas_open(&canvas, 1, 8);
    const enum role low = ROLE_RAMP, high = ROLE_RAMP_LAST;
    canvas_put_on(&canvas, 0, 0, ' ', ROLE_TEXT, low);
    canvas_put_on(&canvas, 0, 1, ' ', ROLE_TEXT, high);
    canvas_put_on(&canvas, 0, 2, 0x2580, low, high); /* halves: their mean */
    canvas_put_on(&canvas, 0, 3, 0x258C, high, high);
    canvas_put(&canvas, 0, 4, 0x2588, high);
    canvas_put(&canvas, 0, 5, 0x2588, ROLE_LEFT); /* a bar stays a bar */
    canvas_put_on(&canvas, 0, 6, 'x', ROLE_ON_HIGH, high);
    assert_shows(&canvas, ".@+@@█x\n");
    assert_int_equal(canvas_letter(0), '.');
    assert_int_equal(canvas_letter(RAMP_STEPS - 1), '@');
    for (int step = 1; step < RAMP_STEPS; step++) /* rising, without a gap */
        assert_true(strchr(canvas_density, canvas_letter(step)) -
                        strchr(canvas_density, canvas_letter(step - 1)) <=
                    1);
    canvas_close(&canvas);
}

static void a_background_goes_with_its_cell(void **state)
{
    (void)state;
    struct canvas canvas;
    canvas_open(&canvas, 1, 2);
    canvas_put_on(&canvas, 0, 0, 'a', ROLE_ON_LOW, ROLE_RAMP);
    assert_int_equal(canvas.cells[0].back, ROLE_RAMP);
    assert_int_equal(canvas.cells[1].back, BACK_OWN);
    canvas_put(&canvas, 0, 0, 'b', ROLE_TEXT);
    assert_int_equal(canvas.cells[0].back, BACK_OWN);
    canvas_put_on(&canvas, 0, 2, 'c', ROLE_TEXT, ROLE_RAMP); /* outside */
    canvas_close(&canvas);
}

static void the_first_text_that_fits_is_taken(void **state)
{
    (void)state;
    struct canvas canvas;
    canvas_open(&canvas, 1, 10);
    const char *const texts[] = {"much too long", "shorter", "no", NULL};
    assert_int_equal(canvas_fit(&canvas, canvas_whole(&canvas), 1, 8, ROLE_TEXT, texts), 8);
    assert_shows(&canvas, " shorter\n");
    canvas_clear(&canvas);
    assert_int_equal(canvas_fit(&canvas, canvas_whole(&canvas), 1, 7, ROLE_TEXT, texts), 3);
    assert_int_equal(canvas_fit(&canvas, canvas_whole(&canvas), 4, 5, ROLE_TEXT, texts), 4);
    assert_shows(&canvas, " no\n");
    canvas_close(&canvas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_cut_at_its_rectangle),
        cmocka_unit_test(printing_to_the_right_ends_at_its_column),
        cmocka_unit_test(what_steers_does_not_get_in),
        cmocka_unit_test(wide_glyphs_take_two_cells),
        cmocka_unit_test(marks_stand_over_what_is_before_them),
        cmocka_unit_test(nothing_is_written_outside),
        cmocka_unit_test(colours_of_the_ramp_become_letters),
        cmocka_unit_test(a_background_goes_with_its_cell),
        cmocka_unit_test(the_first_text_that_fits_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
