/* Decimal numbers: what is one, and its value to the last bit. */
#include "base/numbers.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void has_length(const char *text, size_t length)
{
    const size_t found = number_length(text, strlen(text));
    if (found != length)
        fail_msg("'%s' has a number of %zu characters, not %zu", text, found, length);
}

static void a_number_ends_where_it_does(void **state)
{
    (void)state;
    has_length("12", 2);
    has_length("-0.5,", 4);
    has_length("+.5", 3);
    has_length("5.", 2);
    has_length("1.5e-3x", 6);
    has_length("1e5.2", 3);
    has_length("2e+", 1);
    has_length("2e", 1);
    has_length("0x10", 1);
    has_length("", 0);
    has_length(".", 0);
    has_length("-", 0);
    has_length("-.e5", 0);
    has_length("e5", 0);
    has_length(" 1", 0);
    has_length("nan", 0);
    assert_int_equal(number_length("1234", 2), 2);
    assert_int_equal(number_length("1e10", 3), 3);
    assert_int_equal(number_length("1e10", 2), 1);
}

static void too_long_is_none(void **state)
{
    char text[NUMBER_MOST + 2];
    double value;
    (void)state;
    memset(text, '1', sizeof text);
    text[NUMBER_MOST] = '\0';
    assert_int_equal(number_length(text, NUMBER_MOST), NUMBER_MOST);
    assert_true(number_real(text, &value) && value == strtod(text, NULL));
    text[NUMBER_MOST] = '1';
    text[NUMBER_MOST + 1] = '\0';
    assert_int_equal(number_length(text, NUMBER_MOST + 1), 0);
    assert_false(number_real(text, &value));
}

static void is_read_as_by_strtod(const char *text)
{
    const double expected = strtod(text, NULL), found = number_value(text, strlen(text));
    if (memcmp(&expected, &found, sizeof found) != 0)
        fail_msg("'%s' is read as %.17g, not %.17g", text, found, expected);
}

static void values_are_exact(void **state)
{
    static const char *const text[] = {
        "0",
        "-0",
        "-0.0e5",
        "1",
        "9007199254740993",
        "9007199254740992",
        "1e22",
        "1e23",
        "1e-22",
        "1e-23",
        "123456789e-13",
        "8.5e-324",
        "1e400",
        "-1e400",
        "1e-400",
        "0e999",
        "0.1",
        "3.",
        ".5e1",
        "+2.5E+1",
        "1e0",
        "4.9e-4",
        "00012.500",
        "1e99999999999",
        "1e-99999999",
        "12345678901",
        "1.7976931348623157e308",
        "0.00000000000000000000000123456",
    };
    (void)state;
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++)
        is_read_as_by_strtod(text[i]);
}

/* As rows have them: of a float or a double, in as many digits as restore it. */
static void all_kinds_of_numbers_are_exact(void **state)
{
    uint64_t random = 1;
    (void)state;
    for (int i = 0; i < 200000; i++) {
        char text[64];
        double value;
        random = random * 6364136223846793005u + 1442695040888963407u;
        const int digits = 1 + (int)(random >> 59) % 20;
        const double part = (double)(int64_t)random / 9.2e18;
        value = ldexp(part, (int)(random >> 40 & 255) - 128);
        snprintf(text, sizeof text, i % 2 ? "%.*g" : "%.*e", digits, value);
        is_read_as_by_strtod(text);
    }
}

static void typed_numbers_are_numbers_and_nothing_else(void **state)
{
    static const char *const wrong[] = {"",   " 1",  "1 ",    "0x10", "inf",   "nan",
                                        "1e", "--1", "1.2.3", "e5",   "1e999", "1,5"};
    double value = 7;
    int64_t whole = 7;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(number_real(wrong[i], &value));
    assert_true(number_real("-0", &value) && !signbit(value));
    assert_true(number_real("3e-3", &value) && value == 3e-3);
    assert_true(number_integer("-12", &whole) && whole == -12);
    assert_false(number_integer("1e3", &whole));
    assert_false(number_integer("9223372036854775808", &whole));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_ends_where_it_does),
        cmocka_unit_test(too_long_is_none),
        cmocka_unit_test(values_are_exact),
        cmocka_unit_test(all_kinds_of_numbers_are_exact),
        cmocka_unit_test(typed_numbers_are_numbers_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
