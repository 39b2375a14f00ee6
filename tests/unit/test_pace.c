/* The pace of a trainer: steps are due by a fixed grid of times, and counted over a second. */
#include "train/pace.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void is_near(double value, double expected)
{
    assert_true(fabs(value - expected) < 1e-9);
}

static void a_late_step_keeps_to_the_grid_and_a_slow_one_moves_it(void **state)
{
    (void)state;
    struct pace pace = {.due = 0};
    pace_begin(&pace, 4, 10);
    is_near(pace.due, 10.25);
    pace_begin(&pace, 4, 10.3);
    is_near(pace.due, 10.5);
    pace_begin(&pace, 4, 11);
    is_near(pace.due, 11.25);
    pace_begin(&pace, 0, 12);
    is_near(pace.due, 0);
}

static void the_rate_is_that_of_the_last_second(void **state)
{
    (void)state;
    struct pace pace = {.due = 0};
    assert_true(isnan(pace_end(&pace, 1)));
    is_near(pace_end(&pace, 4), 1.0 / 3); /* two steps at least, however far apart */
    for (int i = 1; i <= 20; i++)
        is_near(pace_end(&pace, 4 + i / 8.0), 8);
    pace_clear(&pace);
    assert_true(isnan(pace_end(&pace, 7)));
}

/* More steps in a second than are remembered. */
static void a_full_ring_still_counts(void **state)
{
    (void)state;
    struct pace pace = {.due = 0};
    for (int i = 1; i <= 3 * PACE_STEPS; i++)
        pace_end(&pace, i / 1024.0);
    is_near(pace_end(&pace, (3 * PACE_STEPS + 1) / 1024.0), 1024);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_late_step_keeps_to_the_grid_and_a_slow_one_moves_it),
        cmocka_unit_test(the_rate_is_that_of_the_last_second),
        cmocka_unit_test(a_full_ring_still_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
