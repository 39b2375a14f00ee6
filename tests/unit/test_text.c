/* Numbers and names as the views write them: fixed widths, no surprises at the edges of a form. */
#include "screen/text.h"

#include "base/utf8.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static int columns(const char *text)
{
    int count = 0;
    while (utf8_next(&text))
        count++;
    return count;
}

static void scientific(void **state)
{
    (void)state;
    char out[TEXT_NUMBER];
    const struct {
        double value;
        const char *text;
    } cases[] = {{0.041, "4.1e-2"}, {1, "1.0e0"}, {9.96e-11, "1.0e-10"}, {1.4e-45, "1.4e-45"},
                 {0, "0"},          {NAN, "--"},  {3.4e38, "3.4e38"},    {INFINITY, "inf"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        text_scientific(out, cases[i].value, 1);
        assert_string_equal(out, cases[i].text);
        assert_true(columns(out) <= 7);
    }
    text_scientific(out, 0.003, 0);
    assert_string_equal(out, "3e-3");
}

static void losses_have_five_columns(void **state)
{
    (void)state;
    char out[TEXT_NUMBER];
    const struct {
        double value;
        const char *text;
    } cases[] = {{2.9612, "2.961"}, {9.9996, "10.00"}, {99.996, "100.0"}, {9999.6, "1e4"},
                 {1e30, "1e30"},    {0, "0.000"},      {NAN, "--"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        text_loss(out, cases[i].value);
        assert_string_equal(out, cases[i].text);
    }
    for (double loss = 1e-6; loss < 1e9; loss *= 1.01) {
        text_loss(out, loss);
        assert_true(columns(out) <= 6 && (loss > 9999 || columns(out) == 5 || loss >= 999.9));
    }
}

static void factors_have_at_most_six_columns(void **state)
{
    (void)state;
    char out[TEXT_NUMBER];
    const struct {
        double value;
        const char *text;
    } cases[] = {{0.52, "×0.52"},  {0.0521, "×0.052"}, {0.00512, "×5e-3"}, {1, "×1.00"},
                 {12.34, "×12.3"}, {123.4, "×123"},    {12345, "×1e4"},    {NAN, "--"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        text_factor(out, cases[i].value, false);
        assert_string_equal(out, cases[i].text);
    }
    for (double factor = 1e-38; factor < 1e38; factor *= 1.1) {
        text_factor(out, factor, true);
        assert_int_equal(out[0], 'x');
        assert_true(columns(out) <= 6);
    }
}

static void numbers_have_three_digits(void **state)
{
    (void)state;
    char out[TEXT_NUMBER];
    const struct {
        double value;
        const char *text;
    } cases[] = {{1.4142, "1.41"}, {0.98234, "0.982"}, {-0.5, "-0.500"}, {0.99961, "1.00"},
                 {12.34, "12.3"},  {123.4, "123"},     {3.2e-5, "3e-5"}, {99999, "1e5"},
                 {0, "0.000"},     {NAN, "--"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        text_number(out, cases[i].value);
        assert_string_equal(out, cases[i].text);
    }
    for (double number = 1e-9; number < 1e9; number *= 1.01) {
        text_number(out, number);
        assert_true(columns(out) <= 5);
        text_number(out, -number);
        assert_true(columns(out) <= 6);
    }
}

static void ratios_read_as_fractions(void **state)
{
    (void)state;
    char out[TEXT_NUMBER];
    const struct {
        double value;
        const char *text;
    } cases[] = {{4.31, "4.3"},
                 {0.432, "0.43"},
                 {1 / 23.4, "1/23"},
                 {1 / 2345., "1/2300"},
                 {1 / 9960., "1/10,000"},
                 {1 / 842000., "1/840,000"},
                 {1 / 996000., "1/1.0e6"},
                 {1 / 2.34e6, "1/2.3e6"},
                 {23456, "23,000"},
                 {1, "1.0"},
                 {123, "120"},
                 {0, "0.00"},
                 {NAN, "--"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        text_ratio(out, cases[i].value);
        assert_string_equal(out, cases[i].text);
    }
    for (double ratio = 1e-30; ratio < 1e30; ratio *= 1.1) {
        text_ratio(out, ratio);
        assert_true(columns(out) <= 9);
        text_ratio_words(out, ratio);
        assert_true(columns(out) <= 13);
    }
    text_ratio_words(out, 1 / 842000.);
    assert_string_equal(out, "1/840,000");
    text_ratio_words(out, 1 / 8.42e6);
    assert_string_equal(out, "1/8.4 million");
    text_ratio_words(out, 1 / 9.96e8);
    assert_string_equal(out, "1/1.0 billion");
    text_ratio_words(out, 8.42e10);
    assert_string_equal(out, "84 billion");
    text_ratio_words(out, 1 / 2.34e12);
    assert_string_equal(out, "1/2.3e12");
    text_ratio_words(out, NAN);
    assert_string_equal(out, "--");
}

static void counts(void **state)
{
    (void)state;
    char out[TEXT_NUMBER];
    const struct {
        int64_t value;
        const char *text;
    } cases[] = {{0, "0"},         {812, "812"},      {1234, "1.2k"},      {302849, "303k"},
                 {999600, "1.0M"}, {12345678, "12M"}, {3000000000, "3.0G"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        text_count(out, cases[i].value);
        assert_string_equal(out, cases[i].text);
    }
}

static void titles_and_formulas_name_the_norm(void **state)
{
    (void)state;
    char out[TEXT_TITLE];
    text_title(out, PLACEMENT_PRE, NORM_LAYERNORM);
    assert_string_equal(out, "Pre-LN");
    text_title(out, PLACEMENT_POST, NORM_RMSNORM);
    assert_string_equal(out, "Post-RMS");
    text_title(out, PLACEMENT_POST, NORM_NONE);
    assert_string_equal(out, "Post, no norm");
    text_formula(out, PLACEMENT_PRE, NORM_LAYERNORM);
    assert_string_equal(out, "x + f(LN(x))");
    text_formula(out, PLACEMENT_POST, NORM_RMSNORM);
    assert_string_equal(out, "RMS(x + f(x))");
    text_formula(out, PLACEMENT_PRE, NORM_NONE);
    assert_string_equal(out, "x + f(x)");
    text_formula(out, PLACEMENT_POST, NORM_NONE);
    assert_string_equal(out, "x + f(x)");
    text_formula(out, PLACEMENT_NONE, NORM_LAYERNORM);
    assert_string_equal(out, "x + f(x)");
}

static void a_line(const char *text, int columns, int length, const char *rest)
{
    assert_int_equal(text_line(&text, columns), length);
    assert_string_equal(text, rest);
}

static void lines_break_between_words(void **state)
{
    (void)state;
    a_line("", 10, 0, "");
    a_line("one two", 10, 7, "");
    a_line("one two", 7, 7, "");
    a_line("one two", 6, 3, "two");
    a_line("one two", 3, 3, "two");
    a_line("onetwothree", 4, 4, "wothree"); /* no blank: within the word */
    a_line("0→100 steps", 6, 7, "steps");   /* bytes, not columns */
    a_line("one two three", 9, 7, "three");
    a_line("→ one", 0, 3, "one"); /* who goes on line by line comes to the end */
    a_line("one", -8, 1, "ne");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scientific),
        cmocka_unit_test(losses_have_five_columns),
        cmocka_unit_test(factors_have_at_most_six_columns),
        cmocka_unit_test(numbers_have_three_digits),
        cmocka_unit_test(ratios_read_as_fractions),
        cmocka_unit_test(counts),
        cmocka_unit_test(titles_and_formulas_name_the_norm),
        cmocka_unit_test(lines_break_between_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
