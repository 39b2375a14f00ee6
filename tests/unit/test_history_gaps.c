/* The history of rows that others write: steps with gaps, stacks that grow as more is known of
 * them, stacks without a row in a step, rows that go back. */
#include "session/history.h"
#include "session/runs.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char *const names[] = {"attn.weight", "ffn.weight"};

static struct history history;
static struct snapshot *snapshot[SIDES];

/* Empty snapshots of this shape; those before go. */
static void shape(enum side side, int layers, int tensors)
{
    snapshot_free(snapshot[side]);
    snapshot[side] = snapshot_new(layers, tensors, names);
}

static int set_up(void **state)
{
    (void)state;
    shape(LEFT, 0, 0);
    shape(RIGHT, 0, 0);
    history_open(&history);
    history_take_gaps(&history);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    history_close(&history);
    for (int side = 0; side < SIDES; side++) {
        snapshot_free(snapshot[side]);
        snapshot[side] = NULL;
    }
    return 0;
}

static double loss_at(int64_t step)
{
    return 3 + sin((double)step);
}

/* A row of one stack; the other one has none. */
static void add_row(enum side side, int64_t step)
{
    const enum side other = side == LEFT ? RIGHT : LEFT;
    snapshot_clear(snapshot[LEFT]);
    snapshot_clear(snapshot[RIGHT]);
    snapshot[side]->step = step;
    snapshot[side]->finite = true;
    snapshot_set(snapshot[side], QUANTITY_LOSS, loss_at(step));
    for (int l = 0; snapshot[side]->layers > 0 && l <= snapshot[side]->layers; l++)
        snapshot_room(snapshot[side], QUANTITY_STREAM_GRAD, 0)[l] = (float)(step + l);
    assert_int_equal(snapshot[other]->step, 0);
    history_add(&history, snapshot[LEFT], snapshot[RIGHT]);
}

/* ---- steps ---- */

static void points_and_moments_have_their_steps(void **state)
{
    (void)state;
    for (int64_t row = 1; row <= 1000; row++)
        add_row(LEFT, 10 * row - 3);
    assert_int_equal(history.count, 1000);
    assert_int_equal(history_step(&history, 0), 7);
    assert_int_equal(history_step(&history, 999), 9997);
    assert_int_equal(history_newest(&history), 9997);
    assert_int_equal(history_find(&history, 6), -1);
    assert_int_equal(history_find(&history, 7), 0);
    assert_int_equal(history_find(&history, 16), 0);
    assert_int_equal(history_find(&history, 17), 1);
    assert_int_equal(history_find(&history, 99999), 999);
    assert_int_equal(history_moments(&history), 1000);
    assert_int_equal(history_moment_step(&history, 499), 4997);
    assert_int_equal(history_moment(&history, LEFT, 5000)->step, 4997);
    assert_int_equal(history_moment(&history, LEFT, 5003)->step, 5007);
    assert_int_equal(history_moment(&history, RIGHT, 5000)->step, 0);
}

/* A loss that comes every ten steps weighs as much as ten. */
static void the_loss_is_smoothed_over_steps(void **state)
{
    (void)state;
    struct smoothed smoothed = {0};
    add_row(LEFT, 5);
    smoothed_add(&smoothed, loss_at(5), 1);
    add_row(LEFT, 15);
    smoothed_add(&smoothed, loss_at(15), 10);
    add_row(RIGHT, 20);
    add_row(LEFT, 21);
    smoothed_add(&smoothed, loss_at(21), 6);
    assert_true(history_smooth(&history, LEFT) == smoothed_loss(&smoothed));
    assert_true(history_smooth(&history, RIGHT) == loss_at(20));
}

/* However many rows come, points and moments are spread over all of them. */
static void many_rows_are_thinned_fairly(void **state)
{
    (void)state;
    const int64_t rows = 5 * (int64_t)HISTORY_POINTS;
    history_limit(&history, 1); /* which leaves room for the least number of moments */
    for (int64_t row = 1; row <= rows; row++)
        add_row(LEFT, 100 * row + row % 7);
    assert_int_equal(history.stride, 8);
    assert_int_equal(history.count, rows / 8);
    for (int i = 0; i < history.count; i++) {
        const int64_t row = 8 * (i + (int64_t)1);
        assert_int_equal(history_step(&history, i), 100 * row + row % 7);
    }
    const int count = history_moments(&history);
    assert_true(count >= 8);
    for (int i = 1; i < count; i++)
        assert_true(history_moment_step(&history, i) > history_moment_step(&history, i - 1));
    assert_true(history_moment_step(&history, 0) <= 100 * (rows / 4));
}

/* ---- shapes ---- */

static void what_is_kept_grows_with_the_stacks(void **state)
{
    (void)state;
    for (int64_t step = 1; step <= 40; step++)
        add_row(LEFT, step);
    shape(LEFT, 6, 1);
    for (int64_t step = 41; step <= 80; step++)
        add_row(LEFT, step);
    shape(LEFT, 6, 2);
    shape(RIGHT, 12, 1);
    add_row(RIGHT, 81);
    assert_int_equal(history_moments(&history), 81);
    const struct snapshot *early = history_moment(&history, LEFT, 40);
    assert_int_equal(early->layers, 6);
    assert_int_equal(early->tensors, 2);
    assert_true(snapshot_scalar(early, QUANTITY_LOSS) == loss_at(40));
    assert_true(isnan(snapshot_array(early, QUANTITY_STREAM_GRAD, 0)[6]));
    const struct snapshot *later = history_moment(&history, LEFT, 60);
    assert_true(snapshot_array(later, QUANTITY_STREAM_GRAD, 0)[6] == 66.0F);
    assert_string_equal(snapshot_tensor(later, 1), names[1]);
    const struct snapshot *other = history_moment(&history, RIGHT, 81);
    assert_true(snapshot_array(other, QUANTITY_STREAM_GRAD, 0)[12] == 93.0F);
    assert_int_equal(history_moment(&history, RIGHT, 60)->layers, 12);
    assert_int_equal(history_moment(&history, RIGHT, 60)->step, 0);
}

static void the_last_finite_row_is_found(void **state)
{
    (void)state;
    add_row(LEFT, 10);
    add_row(RIGHT, 20);
    add_row(LEFT, 30);
    assert_int_equal(history_finite(&history, LEFT, 29)->step, 10);
    assert_int_equal(history_finite(&history, LEFT, 99)->step, 30);
    assert_int_equal(history_finite(&history, RIGHT, 30)->step, 20);
    assert_int_equal(history_finite(&history, RIGHT, 19)->step, 0);
}

/* ---- back ---- */

/* The rows go back to a step: what they left stays as a ghost, what follows comes out as before. */
static void rows_go_back(void **state)
{
    (void)state;
    struct snapshot *moment[SIDES];
    for (int64_t step = 10; step <= 1000; step += 10)
        add_row(step % 20 == 0 ? RIGHT : LEFT, step);
    const struct smoothed end = history.sums[LEFT].loss;
    const struct history_anchor anchor = history_anchor(&history, 500);
    assert_int_equal(anchor.step, 500);
    for (enum side side = LEFT; side < SIDES; side++)
        moment[side] = snapshot_copy(history_moment(&history, side, 500));
    history_truncate(&history, &anchor, moment[LEFT], moment[RIGHT]);
    assert_int_equal(history_newest(&history), 500);
    assert_int_equal(history.count, 50);
    assert_int_equal(history_moments(&history), 50);
    assert_int_equal(history_last_finite(&history, LEFT)->step, 490);
    const struct history_ghost *ghost = &history.ghost[0];
    assert_int_equal(ghost->branch, 500);
    assert_true(ghost->curves[LEFT].step[ghost->count - 1] == 1000);
    for (int64_t step = 510; step <= 1000; step += 10)
        add_row(step % 20 == 0 ? RIGHT : LEFT, step);
    assert_true(history.sums[LEFT].loss.sum == end.sum);
    assert_true(history.sums[LEFT].loss.weight == end.weight);
    for (enum side side = LEFT; side < SIDES; side++)
        snapshot_free(moment[side]);
}

/* ---- a run that others train ---- */

static void a_run_has_the_steps_of_its_rows(void **state)
{
    (void)state;
    const struct settings settings = settings_default();
    struct runs runs;
    struct runs_dropped dropped;
    struct events events = {.count = 0};
    runs_open(&runs);
    runs_begin(&runs, &settings, "", NAN, NAN);
    for (int64_t step = 10; step <= 9000; step += 10) {
        add_row(LEFT, step);
        runs_step(&runs, snapshot[LEFT], snapshot[RIGHT]);
    }
    assert_int_equal(runs.now.step, 9000);
    assert_int_equal(runs.now.verdict[RIGHT].fault_step, 0);
    const int number = runs_keep(&runs, &history, &events, NULL, &dropped);
    const struct run_record *record = runs_at(&runs, number);
    assert_int_equal(record->points, 300);
    assert_true(record->curves[LEFT].step[0] == 30);
    assert_true(record->curves[LEFT].step[299] == 9000);
    runs_close(&runs);
}

static void a_new_run_can_be_without_gaps(void **state)
{
    (void)state;
    add_row(LEFT, 70);
    history_clear(&history);
    add_row(LEFT, 1);
    add_row(LEFT, 2);
    assert_null(history.curves[LEFT].step);
    assert_int_equal(history_step(&history, 1), 2);
    assert_int_equal(history_moment_step(&history, 1), 2);
}

static void a_copy_has_the_steps(void **state)
{
    (void)state;
    struct history copy;
    for (int64_t step = 10; step <= 100; step += 10)
        add_row(LEFT, step);
    history_copy(&copy, &history);
    history_clear(&history);
    assert_int_equal(history_step(&copy, 9), 100);
    assert_int_equal(history_newest(&copy), 100);
    history_close(&copy);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(points_and_moments_have_their_steps),
        TEST(the_loss_is_smoothed_over_steps),
        TEST(many_rows_are_thinned_fairly),
        TEST(what_is_kept_grows_with_the_stacks),
        TEST(the_last_finite_row_is_found),
        TEST(rows_go_back),
        TEST(a_run_has_the_steps_of_its_rows),
        TEST(a_new_run_can_be_without_gaps),
        TEST(a_copy_has_the_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
