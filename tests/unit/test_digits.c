/* The large digits: every character that numbers are written with has a shape of its own, as wide
 * as it says, in all fonts and in ASCII. */
#include "screen/digits.h"
#include "session/verdict.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char letters[] = "0123456789.-/exnaif,ACDEGIKLNORSTUVW", words[] = "ACDEGIKLNORSTUVW";
enum { ROWS = 12, COLS = 40 };

/* The caller frees it. */
static char *drawn(int size, bool ascii, const char *text)
{
    struct canvas canvas;
    canvas_open(&canvas, ROWS, COLS);
    int end = digits_draw(&canvas, canvas_whole(&canvas), size, ROLE_LEFT, ascii, text);
    assert_int_equal(end, digits_columns(size, text));
    for (int row = 0; row < ROWS; row++) /* nothing outside */
        for (int col = 0; col < COLS; col++)
            if (row >= digits_rows(size) || col >= end)
                assert_int_equal(canvas.cells[row * COLS + col].glyph, ' ');
    char *screen = canvas_to_text(&canvas);
    canvas_close(&canvas);
    return screen;
}

static void every_letter_is_its_own(void **state)
{
    (void)state;
    for (int size = 0; size < DIGITS_SIZES; size++)
        for (int ascii = 0; ascii < 2; ascii++) {
            const char *const all = size == 0 ? words : letters;
            for (size_t a = 0; all[a]; a++) {
                char *one = drawn(size, ascii, (char[]){all[a], 0});
                assert_true(strspn(one, " \n") < strlen(one)); /* it is there */
                for (const char *at = one; ascii && *at; at++)
                    assert_true(*at > 0);
                for (size_t b = 0; b < a; b++) {
                    char *other = drawn(size, ascii, (char[]){all[b], 0});
                    if (strcmp(one, other) == 0)
                        fail_msg("%c and %c are the same in size %d", all[a], all[b], size);
                    free(other);
                }
                free(one);
            }
        }
}

/* Every verdict can be written in every size. */
static void words_have_all_their_letters(void **state)
{
    (void)state;
    for (enum verdict_kind kind = VERDICT_LEARNS; kind < VERDICTS; kind++) {
        char word[32];
        size_t length = 0;
        for (const char *name = verdict_table[kind].name; *name; name++)
            word[length++] = (char)toupper((unsigned char)*name);
        word[length] = '\0';
        for (int size = 0; size < DIGITS_SIZES; size++)
            assert_int_equal(digits_fit(word, digits_rows(size), digits_columns(size, word)), size);
    }
    assert_int_equal(digits_fit("1/9", 2, 100), DIGITS_PLAIN); /* the smallest has no digits */
}

static void digits_look_like_digits(void **state)
{
    (void)state;
    static const struct {
        int size;
        bool ascii;
        const char *screen;
    } cases[] = {
        {1, false, "▄█   █ █▀█\n █ ▄▀  ▀▀█\n ▀ ▀   ▀▀▀\n"},
        {1, true, "m#   # #\"#\n # m\"  \"\"#\n \" \"   \"\"\"\n"},
        {2, false, "▄█    █ ▄▀▀▀▄\n █   █  ▀▄▄▄█\n █  ▄▀     ▄▀\n▀▀▀ ▀    ▀▀\n"},
        {3, false,
         "  ██      ██  ██████\n████      ██  ██  ██\n  ██    ██    ██████\n  ██  ██          ██\n"
         "  ██  ██      ██████\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *screen = drawn(cases[i].size, cases[i].ascii, "1/9");
        assert_int_equal(strncmp(screen, cases[i].screen, strlen(cases[i].screen)), 0);
        free(screen);
    }
}

static void the_largest_size_that_fits(void **state)
{
    (void)state;
    for (int rows = 1; rows <= ROWS; rows++)
        for (int cols = 1; cols <= 100; cols++) {
            int size = digits_fit("1/3400", rows, cols);
            assert_true(size >= DIGITS_PLAIN && size < DIGITS_SIZES);
            if (size != DIGITS_PLAIN)
                assert_true(digits_rows(size) <= rows && digits_columns(size, "1/3400") <= cols);
            const int next = size == DIGITS_PLAIN ? 1 : size + 1; /* 0 is for words */
            if (next < DIGITS_SIZES)
                assert_true(digits_rows(next) > rows || digits_columns(next, "1/3400") > cols);
        }
    assert_int_equal(digits_rows(DIGITS_PLAIN), 1);
    assert_int_equal(digits_columns(DIGITS_PLAIN, "1/3400"), 6);
}

/* Cut at the edges, whatever does not fit. */
static void nothing_is_drawn_outside_its_area(void **state)
{
    (void)state;
    struct canvas canvas;
    canvas_open(&canvas, 6, 20);
    const struct rect area = {1, 2, 3, 9};
    digits_draw(&canvas, area, 4, ROLE_LEFT, false, "8888");
    for (int row = 0; row < canvas.rows; row++)
        for (int col = 0; col < canvas.cols; col++)
            if (row < 1 || row > 3 || col < 2 || col > 10)
                assert_int_equal(canvas.cells[row * canvas.cols + col].glyph, ' ');
    canvas_close(&canvas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_letter_is_its_own),
        cmocka_unit_test(words_have_all_their_letters),
        cmocka_unit_test(digits_look_like_digits),
        cmocka_unit_test(the_largest_size_that_fits),
        cmocka_unit_test(nothing_is_drawn_outside_its_area),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
