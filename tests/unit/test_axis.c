/* The axis of the bars: it grows at once, shrinks late, stays when frozen, and survives nonsense.
 */
#include "screen/axis.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define assert_near(a, b, tolerance) assert_true(fabs((a) - (b)) <= (tolerance))

static void assert_range(const struct axis *axis, int low, int high)
{
    assert_int_equal(axis->low, low);
    assert_int_equal(axis->high, high);
}

static void repeat(struct axis *axis, int times, double least, double most)
{
    for (int i = 0; i < times; i++)
        axis_update(axis, least, most);
}

static void it_takes_whole_decades(void **state)
{
    (void)state;
    struct axis axis = {0};
    axis_update(&axis, 3e-5, 0.2);
    assert_range(&axis, -5, 0);
    axis = (struct axis){0};
    axis_update(&axis, 1e-3, 1); /* powers of ten need no further decade */
    assert_range(&axis, -4, 0);
    axis = (struct axis){0};
    axis_update(&axis, 1e-5, 1);
    assert_range(&axis, -5, 0);
}

static void it_is_at_least_four_decades_wide(void **state)
{
    (void)state;
    struct axis axis = {0};
    axis_update(&axis, 0.05, 0.05);
    assert_range(&axis, -5, -1);
    axis = (struct axis){0};
    axis_update(&axis, 1, 1);
    assert_range(&axis, -4, 0);
    axis = axis_holding(0.05, 0.5); /* which is for colours */
    assert_range(&axis, -2, 0);
    axis = axis_holding(NAN, NAN);
    assert_range(&axis, 0, 0);
}

static void it_grows_at_once(void **state)
{
    (void)state;
    struct axis axis = {0};
    axis_update(&axis, 0.02, 0.5);
    axis_update(&axis, 3e-6, 0.5);
    assert_range(&axis, -6, 0);
    axis_update(&axis, 3e-6, 40);
    assert_range(&axis, -6, 2);
}

static void it_shrinks_late_and_by_decades(void **state)
{
    (void)state;
    struct axis axis = {0};
    axis_update(&axis, 3e-7, 0.5);
    repeat(&axis, 59, 0.02, 0.5);
    assert_range(&axis, -7, 0);
    axis_update(&axis, 0.02, 0.5);
    assert_range(&axis, -6, 0);
    repeat(&axis, 14, 0.02, 0.5);
    assert_range(&axis, -6, 0);
    axis_update(&axis, 0.02, 0.5);
    assert_range(&axis, -5, 0);
    repeat(&axis, 1000, 0.02, 0.5);
    assert_range(&axis, -4, 0);
}

static void a_need_in_between_starts_the_wait_anew(void **state)
{
    (void)state;
    struct axis axis = {0};
    axis_update(&axis, 3e-6, 0.5);
    repeat(&axis, 59, 0.02, 0.5);
    axis_update(&axis, 3e-6, 0.5);
    repeat(&axis, 59, 0.02, 0.5);
    assert_range(&axis, -6, 0);
}

static void frozen_it_stays(void **state)
{
    (void)state;
    struct axis axis = {0};
    axis_update(&axis, 0.02, 0.5);
    axis.frozen = true;
    repeat(&axis, 200, 1e-9, 1e9);
    assert_range(&axis, -4, 0);
    axis_reset(&axis);
    assert_range(&axis, -4, 0);
    axis.frozen = false;
    axis_reset(&axis);
    assert_range(&axis, 0, 0);
    axis.frozen = true; /* with no range yet it takes the first */
    axis_update(&axis, 0.02, 0.5);
    assert_range(&axis, -4, 0);
    assert_true(axis.frozen);
}

static void nonsense_changes_nothing(void **state)
{
    (void)state;
    struct axis axis = {0};
    axis_update(&axis, NAN, NAN);
    axis_update(&axis, 0, -1);
    axis_update(&axis, INFINITY, INFINITY);
    assert_range(&axis, 0, 0);
    axis_update(&axis, NAN, 0.5);
    assert_range(&axis, -4, 0);
    axis_update(&axis, 0.5, 0.02); /* the wrong way round */
    assert_range(&axis, -4, 0);
    axis_update(&axis, 1e-30, 1e30);
    assert_range(&axis, -30, 30);
    axis_update(&axis, 5e-324, 1.7e308);
    assert_range(&axis, -324, 309);
}

static void fractions_lie_on_the_axis(void **state)
{
    (void)state;
    struct axis axis = {.low = -4, .high = 0};
    assert_near(axis_fraction(&axis, 1e-4), 0, 1e-9);
    assert_near(axis_fraction(&axis, 1e-3), 0.25, 1e-9);
    assert_near(axis_fraction(&axis, 1), 1, 1e-9);
    assert_near(axis_fraction(&axis, 1e-7), 0, 0);
    assert_near(axis_fraction(&axis, 1e7), 1, 0);
    assert_near(axis_fraction(&axis, 0), -1, 0);
    assert_near(axis_fraction(&axis, -1), -1, 0);
    assert_near(axis_fraction(&axis, NAN), -1, 0);
    assert_near(axis_fraction(&axis, INFINITY), -1, 0);
    assert_near(axis_fraction(&(struct axis){0}, 1), -1, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_takes_whole_decades),
        cmocka_unit_test(it_is_at_least_four_decades_wide),
        cmocka_unit_test(it_grows_at_once),
        cmocka_unit_test(it_shrinks_late_and_by_decades),
        cmocka_unit_test(a_need_in_between_starts_the_wait_anew),
        cmocka_unit_test(frozen_it_stays),
        cmocka_unit_test(nonsense_changes_nothing),
        cmocka_unit_test(fractions_lie_on_the_axis),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
