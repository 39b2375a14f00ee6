/* The learning rate of a step, against the formulas. */
#include "train/schedule.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void near(double value, double expected)
{
    if (!(fabs(value - expected) <= 1e-12))
        fail_msg("%.17g is not %.17g", value, expected);
}

static void warmup_is_a_straight_line(void **state)
{
    (void)state;
    for (int schedule = 0; schedule < SCHEDULES; schedule++) {
        near(schedule_lr((enum schedule)schedule, 2, 100, 400, 1), 0.02);
        near(schedule_lr((enum schedule)schedule, 2, 100, 400, 50), 1);
        near(schedule_lr((enum schedule)schedule, 2, 100, 400, 99), 1.98);
        assert_true(schedule_lr((enum schedule)schedule, 3e-3, 100, 400, 100) == 3e-3);
    }
}

static void constant_stays(void **state)
{
    (void)state;
    assert_true(schedule_lr(SCHEDULE_CONSTANT, 3e-3, 0, 0, 1) == 3e-3);
    assert_true(schedule_lr(SCHEDULE_CONSTANT, 3e-3, 10, 20, 1000000) == 3e-3);
}

static void linear_falls_to_zero_at_the_last_step(void **state)
{
    (void)state;
    near(schedule_lr(SCHEDULE_LINEAR, 1, 100, 300, 200), 0.5);
    near(schedule_lr(SCHEDULE_LINEAR, 1, 100, 300, 299), 1.0 / 200);
    assert_true(schedule_lr(SCHEDULE_LINEAR, 1, 100, 300, 300) == 0);
    assert_true(schedule_lr(SCHEDULE_LINEAR, 1, 100, 300, 301) == 0);
    near(schedule_lr(SCHEDULE_LINEAR, 1, 0, 4, 1), 0.75);
}

static void cosine_falls_to_zero_at_the_last_step(void **state)
{
    (void)state;
    near(schedule_lr(SCHEDULE_COSINE, 1, 0, 300, 100), 0.75); /* (1 + cos(pi/3)) / 2 */
    near(schedule_lr(SCHEDULE_COSINE, 1, 0, 300, 150), 0.5);
    near(schedule_lr(SCHEDULE_COSINE, 1, 100, 400, 300), 0.25);
    assert_true(schedule_lr(SCHEDULE_COSINE, 1, 0, 300, 300) == 0);
    assert_true(schedule_lr(SCHEDULE_COSINE, 1, 0, 300, 900) == 0);
}

static void inverse_sqrt_falls_without_end(void **state)
{
    (void)state;
    near(schedule_lr(SCHEDULE_INVERSE_SQRT, 1, 100, 0, 400), 0.5);
    near(schedule_lr(SCHEDULE_INVERSE_SQRT, 1, 100, 200, 10000), 0.1);
    near(schedule_lr(SCHEDULE_INVERSE_SQRT, 1, 0, 0, 4), 0.5);
    assert_true(schedule_lr(SCHEDULE_INVERSE_SQRT, 1, 0, 0, 1) == 1);
}

static void wsd_is_stable_for_four_fifths(void **state)
{
    (void)state;
    assert_true(schedule_lr(SCHEDULE_WSD, 3e-3, 0, 500, 1) == 3e-3);
    assert_true(schedule_lr(SCHEDULE_WSD, 3e-3, 100, 500, 400) == 3e-3);
    near(schedule_lr(SCHEDULE_WSD, 1, 100, 500, 450), 0.5);
    near(schedule_lr(SCHEDULE_WSD, 1, 0, 500, 499), 0.01);
    assert_true(schedule_lr(SCHEDULE_WSD, 1, 0, 500, 500) == 0);
    assert_true(schedule_lr(SCHEDULE_WSD, 1, 0, 500, 501) == 0);
    /* a warmup into the last fifth leaves what remains for the decay */
    near(schedule_lr(SCHEDULE_WSD, 1, 90, 100, 95), 0.5);
    assert_true(schedule_lr(SCHEDULE_WSD, 1, 200, 100, 300) == 0);
}

static void an_open_run_has_a_stated_length(void **state)
{
    (void)state;
    for (int64_t step = 1; step < 1200; step += 7)
        for (int schedule = 0; schedule < SCHEDULES; schedule++)
            assert_true(schedule_lr((enum schedule)schedule, 1, 10, 0, step) ==
                        schedule_lr((enum schedule)schedule, 1, 10, SCHEDULE_STEPS, step));
}

static void a_warmup_may_outlast_the_run(void **state)
{
    (void)state;
    near(schedule_lr(SCHEDULE_COSINE, 1, 100, 50, 50), 0.5);
    near(schedule_lr(SCHEDULE_LINEAR, 1, 100, 50, 100), 1);
    assert_true(schedule_lr(SCHEDULE_LINEAR, 1, 100, 50, 101) == 0);
}

static void every_schedule_has_a_name(void **state)
{
    (void)state;
    for (int i = 0; i < SCHEDULES; i++)
        assert_non_null(schedule_table[i].name);
    assert_int_equal(schedule_names.count, SCHEDULES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(warmup_is_a_straight_line),
        cmocka_unit_test(constant_stays),
        cmocka_unit_test(linear_falls_to_zero_at_the_last_step),
        cmocka_unit_test(cosine_falls_to_zero_at_the_last_step),
        cmocka_unit_test(inverse_sqrt_falls_without_end),
        cmocka_unit_test(wsd_is_stable_for_four_fifths),
        cmocka_unit_test(an_open_run_has_a_stated_length),
        cmocka_unit_test(a_warmup_may_outlast_the_run),
        cmocka_unit_test(every_schedule_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
