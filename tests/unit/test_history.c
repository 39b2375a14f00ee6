/* The history: thinning, the smoothed loss, divergence, marks. */
#include "train/history.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define assert_near(a, b, tolerance) assert_true(fabs((a) - (b)) <= (tolerance))

static struct history history;
static struct snapshot snapshot[SIDES];

static int set_up(void **state)
{
    (void)state;
    memset(snapshot, 0, sizeof snapshot);
    history_open(&history);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    history_close(&history);
    return 0;
}

static void add(int64_t step, double left, double right)
{
    for (int side = 0; side < SIDES; side++) {
        snapshot[side].step = step;
        snapshot[side].loss = side == LEFT ? left : right;
        snapshot[side].valid_loss = NAN;
        snapshot[side].lr = (double)step;
        snapshot[side].finite = isfinite(snapshot[side].loss);
    }
    history_add(&history, snapshot);
}

static void every_step_is_kept_while_there_is_room(void **state)
{
    (void)state;
    for (int step = 1; step <= HISTORY_POINTS; step++)
        add(step, step, -step);
    assert_int_equal(history.count, HISTORY_POINTS);
    assert_int_equal(history.stride, 1);
    for (int i = 0; i < history.count; i++) {
        assert_int_equal(history_step(&history, i), i + 1);
        assert_near(history_at(&history, LEFT, i)->loss, i + 1, 0);
        assert_near(history_at(&history, RIGHT, i)->loss, -(i + 1), 0);
    }
}

static void a_full_history_thins_out(void **state)
{
    (void)state;
    int64_t last = 5 * (int64_t)HISTORY_POINTS + 3;
    for (int64_t step = 1; step <= last; step++) {
        add(step, (double)step, 0);
        assert_true(history.count <= HISTORY_POINTS);
        assert_true(step - history_step(&history, history.count - 1) < history.stride);
    }
    assert_int_equal(history.stride, 8);
    assert_int_equal(history.count, last / 8);
    for (int i = 0; i < history.count; i++)
        assert_near(history_at(&history, LEFT, i)->lr, (double)history_step(&history, i), 0);
    assert_int_equal(history.last[LEFT].step, last);
}

static void the_smoothed_loss_is_debiased(void **state)
{
    (void)state;
    assert_true(isnan(history_smooth(&history, LEFT)));
    add(1, 4, 3);
    assert_near(history_smooth(&history, LEFT), 4, 1e-12);
    for (int step = 2; step <= 50; step++)
        add(step, 4, 3);
    assert_near(history_smooth(&history, LEFT), 4, 1e-12);
    assert_near(history_smooth(&history, RIGHT), 3, 1e-12);
    assert_near(history_at(&history, RIGHT, 49)->smooth, 3, 1e-12);
}

static void its_memory_is_that_of_the_constant(void **state)
{
    (void)state;
    add(1, 1, 0);
    add(2, 0, 0);
    double b = history_smoothing;
    assert_near(history_smooth(&history, LEFT), b * (1 - b) / (1 - b * b), 1e-12);
}

static void after_divergence_the_last_values_stay(void **state)
{
    (void)state;
    add(1, 2, 2);
    add(2, 2, 2);
    add(3, 2, NAN);
    add(4, 2, INFINITY);
    assert_near(history_smooth(&history, RIGHT), 2, 1e-12);
    assert_near(history_at(&history, RIGHT, 3)->smooth, 2, 1e-12);
    assert_true(isnan(history_at(&history, RIGHT, 2)->loss));
    assert_true(isnan(history_at(&history, RIGHT, 3)->loss));
    assert_int_equal(history.last[RIGHT].step, 4);
    assert_int_equal(history.last_finite[RIGHT].step, 2);
    assert_int_equal(history.last_finite[LEFT].step, 4);
}

static void the_newest_held_out_loss_is_kept(void **state)
{
    (void)state;
    assert_true(isnan(history.valid[LEFT]));
    add(1, 2, 2);
    snapshot[LEFT].step = snapshot[RIGHT].step = 2;
    snapshot[LEFT].valid_loss = 1.5;
    history_add(&history, snapshot);
    add(3, 2, 2);
    assert_near(history.valid[LEFT], 1.5, 0);
    assert_true(isnan(history.valid[RIGHT]));
}

static void the_oldest_mark_goes(void **state)
{
    (void)state;
    for (int i = 0; i < HISTORY_MARKS + 10; i++) {
        char text[16];
        snprintf(text, sizeof text, "mark %d", i);
        history_add_mark(&history, i, text);
    }
    assert_int_equal(history.marks, HISTORY_MARKS);
    assert_string_equal(history.mark[0].text, "mark 10");
    assert_int_equal(history.mark[HISTORY_MARKS - 1].step, HISTORY_MARKS + 9);
    char wide[MARK_TEXT * 2];
    memset(wide, 'x', sizeof wide - 1);
    wide[sizeof wide - 1] = '\0';
    history_add_mark(&history, 1, wide);
    assert_int_equal(strlen(history.mark[HISTORY_MARKS - 1].text), MARK_TEXT - 1);
}

static void clearing_forgets_everything(void **state)
{
    (void)state;
    for (int step = 1; step <= HISTORY_POINTS + 1; step++)
        add(step, 2, 2);
    history_add_mark(&history, 3, "lr");
    history_clear(&history);
    assert_int_equal(history.count, 0);
    assert_int_equal(history.marks, 0);
    assert_int_equal(history.stride, 1);
    assert_int_equal(history.last[LEFT].step, 0);
    assert_true(isnan(history_smooth(&history, LEFT)));
    add(1, 5, 5);
    assert_int_equal(history_step(&history, 0), 1);
    assert_near(history_smooth(&history, LEFT), 5, 1e-12);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_step_is_kept_while_there_is_room),
        TEST(a_full_history_thins_out),
        TEST(the_smoothed_loss_is_debiased),
        TEST(its_memory_is_that_of_the_constant),
        TEST(after_divergence_the_last_values_stay),
        TEST(the_newest_held_out_loss_is_kept),
        TEST(the_oldest_mark_goes),
        TEST(clearing_forgets_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
