/* Numbers on rows: evenly spaced, nothing of the range left out, and little beside it. */
#include "screen/ticks.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include <cmocka.h>

static void assert_ticks(struct ticks ticks, double first, double step, int every, int count)
{
    assert_true(fabs(ticks.first - first) < 1e-9 && fabs(ticks.step - step) < 1e-9);
    assert_int_equal(ticks.every, every);
    assert_int_equal(ticks.count, count);
}

static void they_stand_on_whole_rows(void **state)
{
    (void)state;
    assert_ticks(ticks_linear(0, 4.16, 6), 0, 2, 2, 3);
    assert_ticks(ticks_linear(2.08, 4.16, 6), 2, 1, 2, 3);
    assert_ticks(ticks_linear(0, 4.16, 14), 0, 1, 3, 5);
    assert_ticks(ticks_linear(1, 4, 13), 1, 0.5, 2, 7);
    assert_ticks(ticks_log(log(0.52), log(4.1), 16), log(0.5), log(2), 5, 4);
    assert_ticks(ticks_log(log(2e-4), log(4), 16), log(1e-4), log(10), 3, 6);
}

/* Whatever the range: all of it is there, the lowest is at its foot, and no more than
 * half as much again is beside it where there are rows enough. */
static void all_ranges_fit(void **state)
{
    (void)state;
    for (int rows = 2; rows <= 60; rows++)
        for (double most = 1e-6; most < 1e6; most *= 1.37)
            for (int part = 0; part < 4; part++) {
                const double least = most * part / 4;
                const struct ticks ticks = ticks_linear(least, most, rows);
                const double top = ticks.first + (rows - 0.75) * ticks_per_row(&ticks);
                assert_true(ticks.first <= least * (1 + 1e-9) && top >= most * (1 - 1e-9));
                assert_true(ticks.count >= (rows >= 5 ? 3 : 2));
                assert_int_equal(ticks.count, (rows - 1) / ticks.every + 1);
                assert_true(rows < 8 || top - ticks.first < 2.5 * (most - least));
            }
}

static void all_decades_fit(void **state)
{
    (void)state;
    for (int rows = 2; rows <= 60; rows++)
        for (int low = -30; low < 10; low++)
            for (int decades = 1; decades < 60; decades += 3) {
                const double least = low * log(10) + 0.3, most = (low + decades) * log(10);
                const struct ticks ticks = ticks_log(least, most, rows);
                const double top = ticks.first + (rows - 0.75) * ticks_per_row(&ticks);
                assert_true(ticks.count >= 2 && ticks.first <= least + 1e-9 && top >= most - 1e-9);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_stand_on_whole_rows),
        cmocka_unit_test(all_ranges_fit),
        cmocka_unit_test(all_decades_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
