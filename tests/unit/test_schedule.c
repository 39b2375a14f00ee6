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

/* Without a floor. */
static double rate(enum schedule schedule, double lr, int64_t warmup, int64_t steps, int64_t step)
{
    const struct schedule_course course = {
        .schedule = schedule, .lr = lr, .warmup = warmup, .steps = steps};
    return schedule_lr(&course, step);
}

static void near(double value, double expected)
{
    if (!(fabs(value - expected) <= 1e-12))
        fail_msg("%.17g is not %.17g", value, expected);
}

static void warmup_is_a_straight_line(void **state)
{
    (void)state;
    for (int schedule = 0; schedule < SCHEDULES; schedule++) {
        near(rate((enum schedule)schedule, 2, 100, 400, 1), 0.02);
        near(rate((enum schedule)schedule, 2, 100, 400, 50), 1);
        near(rate((enum schedule)schedule, 2, 100, 400, 99), 1.98);
        assert_true(rate((enum schedule)schedule, 3e-3, 100, 400, 100) == 3e-3);
    }
}

static void constant_stays(void **state)
{
    (void)state;
    assert_true(rate(SCHEDULE_CONSTANT, 3e-3, 0, 0, 1) == 3e-3);
    assert_true(rate(SCHEDULE_CONSTANT, 3e-3, 10, 20, 1000000) == 3e-3);
}

static void linear_falls_to_zero_at_the_last_step(void **state)
{
    (void)state;
    near(rate(SCHEDULE_LINEAR, 1, 100, 300, 200), 0.5);
    near(rate(SCHEDULE_LINEAR, 1, 100, 300, 299), 1.0 / 200);
    assert_true(rate(SCHEDULE_LINEAR, 1, 100, 300, 300) == 0);
    assert_true(rate(SCHEDULE_LINEAR, 1, 100, 300, 301) == 0);
    near(rate(SCHEDULE_LINEAR, 1, 0, 4, 1), 0.75);
}

static void cosine_falls_to_zero_at_the_last_step(void **state)
{
    (void)state;
    near(rate(SCHEDULE_COSINE, 1, 0, 300, 100), 0.75); /* (1 + cos(pi/3)) / 2 */
    near(rate(SCHEDULE_COSINE, 1, 0, 300, 150), 0.5);
    near(rate(SCHEDULE_COSINE, 1, 100, 400, 300), 0.25);
    assert_true(rate(SCHEDULE_COSINE, 1, 0, 300, 300) == 0);
    assert_true(rate(SCHEDULE_COSINE, 1, 0, 300, 900) == 0);
}

static void inverse_sqrt_falls_without_end(void **state)
{
    (void)state;
    near(rate(SCHEDULE_INVERSE_SQRT, 1, 100, 0, 400), 0.5);
    near(rate(SCHEDULE_INVERSE_SQRT, 1, 100, 200, 10000), 0.1);
    near(rate(SCHEDULE_INVERSE_SQRT, 1, 0, 0, 4), 0.5);
    assert_true(rate(SCHEDULE_INVERSE_SQRT, 1, 0, 0, 1) == 1);
}

static void wsd_is_stable_for_four_fifths(void **state)
{
    (void)state;
    assert_true(rate(SCHEDULE_WSD, 3e-3, 0, 500, 1) == 3e-3);
    assert_true(rate(SCHEDULE_WSD, 3e-3, 100, 500, 400) == 3e-3);
    near(rate(SCHEDULE_WSD, 1, 100, 500, 450), 0.5);
    near(rate(SCHEDULE_WSD, 1, 0, 500, 499), 0.01);
    assert_true(rate(SCHEDULE_WSD, 1, 0, 500, 500) == 0);
    assert_true(rate(SCHEDULE_WSD, 1, 0, 500, 501) == 0);
    /* a warmup into the last fifth leaves what remains for the decay */
    near(rate(SCHEDULE_WSD, 1, 90, 100, 95), 0.5);
    assert_true(rate(SCHEDULE_WSD, 1, 200, 100, 300) == 0);
}

/* Ten steps of torch.optim.lr_scheduler, PyTorch 1.13: CosineAnnealingLR(T_max=10, eta_min=0.1) and
 * LinearLR(1, 0.1, 10), both of a rate of 1. */
static void floors_are_those_of_pytorch(void **state)
{
    static const double cosine[] = {0.97797543233281914, 0.91405764746872631, 0.8145033635316129,
                                    0.68905764746872633, 0.55000000000000004, 0.41094235253127376,
                                    0.28549663646838719, 0.18594235253127372, 0.12202456766718092,
                                    0.10000000000000001};
    (void)state;
    struct schedule_course course = {
        .schedule = SCHEDULE_COSINE, .lr = 1, .min_lr = 0.1, .steps = 10};
    for (int step = 1; step <= 10; step++) {
        course.schedule = SCHEDULE_COSINE;
        near(schedule_lr(&course, step), cosine[step - 1]);
        course.schedule = SCHEDULE_LINEAR;
        near(schedule_lr(&course, step), 1 - 0.09 * step);
    }
}

static void a_rate_stays_at_its_floor(void **state)
{
    (void)state;
    for (int schedule = 0; schedule < SCHEDULES; schedule++) {
        const struct schedule_course course = {
            .schedule = (enum schedule)schedule, .lr = 2, .min_lr = 0.5, .warmup = 10, .steps = 50};
        near(schedule_lr(&course, 1), 0.2); /* the warmup comes from below it */
        assert_true(schedule_lr(&course, 10) == 2);
        for (int64_t step = 11; step < 60; step++)
            assert_true(schedule_lr(&course, step) >= 0.5);
        if (schedule != SCHEDULE_CONSTANT && schedule != SCHEDULE_INVERSE_SQRT)
            assert_true(schedule_lr(&course, 50) == 0.5 && schedule_lr(&course, 900) == 0.5);
        if (schedule == SCHEDULE_INVERSE_SQRT) { /* 2 sqrt(10/n) until that is 0.5 */
            near(schedule_lr(&course, 40), 1);
            near(schedule_lr(&course, 160), 0.5);
            assert_true(schedule_lr(&course, 161) == 0.5);
        }
    }
}

static void an_open_run_has_a_stated_length(void **state)
{
    (void)state;
    for (int64_t step = 1; step < 1200; step += 7)
        for (int schedule = 0; schedule < SCHEDULES; schedule++)
            assert_true(rate((enum schedule)schedule, 1, 10, 0, step) ==
                        rate((enum schedule)schedule, 1, 10, SCHEDULE_STEPS, step));
}

static void a_warmup_may_outlast_the_run(void **state)
{
    (void)state;
    near(rate(SCHEDULE_COSINE, 1, 100, 50, 50), 0.5);
    near(rate(SCHEDULE_LINEAR, 1, 100, 50, 100), 1);
    assert_true(rate(SCHEDULE_LINEAR, 1, 100, 50, 101) == 0);
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
        cmocka_unit_test(floors_are_those_of_pytorch),
        cmocka_unit_test(a_rate_stays_at_its_floor),
        cmocka_unit_test(an_open_run_has_a_stated_length),
        cmocka_unit_test(a_warmup_may_outlast_the_run),
        cmocka_unit_test(every_schedule_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
