/* JSON values, and the memory they are held in. */
#include "base/json.h"
#include "base/memory.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char written[256];

static void number_is(double value, int digits, const char *expected)
{
    FILE *out = fmemopen(written, sizeof written, "w");
    json_number(out, value, digits);
    fclose(out);
    assert_string_equal(written, expected);
}

static void string_is(const char *text, const char *expected)
{
    FILE *out = fmemopen(written, sizeof written, "w");
    json_string(out, text);
    fclose(out);
    assert_string_equal(written, expected);
}

static void numbers_are_numbers_or_null(void **state)
{
    (void)state;
    number_is(0.003, 9, "0.003");
    number_is(1, 9, "1");
    number_is(-2.5e-7, 9, "-2.5e-07");
    number_is(1e300, 9, "1e+300");
    number_is((double)NAN, 9, "null");
    number_is((double)INFINITY, 9, "null");
    number_is(-(double)INFINITY, 9, "null");
}

static void digits_restore_the_number(void **state)
{
    const float single = 0.1f * 3;
    const double twice = 0.1 * 3;
    (void)state;
    for (float value = single; value < 1e30f; value *= 1.7f) {
        FILE *out = fmemopen(written, sizeof written, "w");
        json_number(out, (double)value, 9);
        fclose(out);
        assert_true(strtof(written, NULL) == value);
    }
    FILE *out = fmemopen(written, sizeof written, "w");
    json_number(out, twice, 17);
    fclose(out);
    assert_true(strtod(written, NULL) == twice);
}

static void strings_are_escaped(void **state)
{
    (void)state;
    string_is("plain", "\"plain\"");
    string_is("", "\"\"");
    string_is("a\"b\\c", "\"a\\\"b\\\\c\"");
    string_is("\n\t\033\177", "\"\\u000a\\u0009\\u001b\\u007f\"");
    string_is("\xE2\x86\x92", "\"\xE2\x86\x92\"");
    string_is("\xFF", "\"\xEF\xBF\xBD\"");
}

static void new_memory_is_zero_and_never_null(void **state)
{
    unsigned char *bytes = memory_new(1000, 1);
    (void)state;
    for (int i = 0; i < 1000; i++)
        assert_int_equal(bytes[i], 0);
    free(bytes);
    bytes = memory_new(0, 8);
    assert_non_null(bytes);
    bytes = memory_resize(bytes, 0, 8);
    assert_non_null(bytes);
    bytes = memory_resize(bytes, 100, 8);
    bytes[799] = 1;
    free(bytes);
    char *copy = memory_copy_string("copy");
    assert_string_equal(copy, "copy");
    free(copy);
}

/* Carves the same three arrays in both passes. */
static void carve(struct arena *arena, void *array[3])
{
    array[0] = arena_take(arena, 3, sizeof(float));
    array[1] = arena_take(arena, 0, 1);
    array[2] = arena_take(arena, 100, sizeof(double));
}

static void an_arena_is_counted_and_then_carved(void **state)
{
    struct arena count = {0}, arena;
    void *array[3];
    (void)state;
    carve(&count, array);
    assert_null(array[0]);
    assert_true(count.used >= 3 * sizeof(float) + 100 * sizeof(double));
    assert_true(arena_open(&arena, count.used));
    carve(&arena, array);
    assert_int_equal(arena.used, count.used);
    for (int i = 0; i < 3; i++)
        assert_int_equal((uintptr_t)array[i] % MEMORY_ALIGNMENT, 0);
    assert_true((char *)array[2] >= (char *)array[0] + 3 * sizeof(float));
    for (int i = 0; i < 100; i++)
        assert_true(((double *)array[2])[i] == 0);
    memset(array[2], 1, 100 * sizeof(double)); /* within bounds */
    arena_close(&arena);
    assert_null(arena.base);
}

/* A size that cannot be is refused, not wrapped around to a small one. */
static void an_arena_cannot_overflow(void **state)
{
    struct arena count = {0}, arena;
    (void)state;
    arena_take(&count, SIZE_MAX / 4, 8);
    assert_true(count.used == SIZE_MAX);
    arena_take(&count, 1, 8);
    assert_true(count.used == SIZE_MAX);
    assert_false(arena_open(&arena, count.used));
    assert_false(arena_open(&arena, SIZE_MAX - MEMORY_ALIGNMENT - 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_numbers_or_null),
        cmocka_unit_test(digits_restore_the_number),
        cmocka_unit_test(strings_are_escaped),
        cmocka_unit_test(new_memory_is_zero_and_never_null),
        cmocka_unit_test(an_arena_is_counted_and_then_carved),
        cmocka_unit_test(an_arena_cannot_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
