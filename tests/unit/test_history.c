/* The history: thinning, the smoothed loss, divergence, marks, whole moments and their memory, the
 * race. */
#include "session/history.h"

#include "support/snapshots.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define assert_near(a, b, tolerance) assert_true(fabs((a) - (b)) <= (tolerance))

static struct history history;
static struct snapshot *snapshot[SIDES];

/* Empty snapshots for stacks of this shape; those before go. */
static void shape(int layers, int tensors)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"};
    for (int side = 0; side < SIDES; side++) {
        snapshot_free(snapshot[side]);
        snapshot[side] = snapshot_new(layers, tensors, names);
    }
}

static int set_up(void **state)
{
    (void)state;
    shape(1, 0);
    history_open(&history);
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

static void add_snapshots(void)
{
    history_add(&history, snapshot[LEFT], snapshot[RIGHT]);
}

static void add(int64_t step, double left, double right)
{
    for (int side = 0; side < SIDES; side++) {
        const double loss = side == LEFT ? left : right;
        snapshot[side]->step = step;
        snapshot[side]->finite = isfinite(loss);
        snapshot_set(snapshot[side], QUANTITY_LOSS, loss);
        snapshot_set(snapshot[side], QUANTITY_VALID_LOSS, NAN);
        snapshot_set(snapshot[side], QUANTITY_LR, (double)step);
    }
    add_snapshots();
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
        assert_near(history_value(&history, LEFT, QUANTITY_LOSS, i), i + 1, 0);
        assert_near(history_value(&history, RIGHT, QUANTITY_LOSS, i), -(i + 1), 0);
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
        assert_near(history_value(&history, LEFT, QUANTITY_LR, i),
                    (double)history_step(&history, i), 0);
    assert_int_equal(history_newest(&history), last);
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
    assert_near(history_value(&history, RIGHT, QUANTITY_SMOOTH_LOSS, 49), 3, 1e-12);
}

static void its_memory_is_that_of_the_constant(void **state)
{
    (void)state;
    add(1, 1, 0);
    add(2, 0, 0);
    double b = smoothed_past;
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
    assert_near(history_value(&history, RIGHT, QUANTITY_SMOOTH_LOSS, 3), 2, 1e-12);
    assert_true(isnan(history_value(&history, RIGHT, QUANTITY_LOSS, 2)));
    assert_true(isnan(history_value(&history, RIGHT, QUANTITY_LOSS, 3)));
    assert_int_equal(history_last(&history, RIGHT)->step, 4);
    assert_int_equal(history_last_finite(&history, RIGHT)->step, 2);
    assert_int_equal(history_last_finite(&history, LEFT)->step, 4);
}

static void the_newest_held_out_loss_is_kept(void **state)
{
    (void)state;
    assert_true(isnan(history.sums[LEFT].held_out));
    add(1, 2, 2);
    snapshot[LEFT]->step = snapshot[RIGHT]->step = 2;
    snapshot_set(snapshot[LEFT], QUANTITY_VALID_LOSS, 1.5);
    add_snapshots();
    add(3, 2, 2);
    assert_near(history.sums[LEFT].held_out, 1.5, 0);
    assert_true(isnan(history.sums[RIGHT].held_out));
}

static void the_oldest_mark_goes(void **state)
{
    (void)state;
    for (int i = 0; i < HISTORY_MARKS + 10; i++) {
        char text[16];
        snprintf(text, sizeof text, "mark %d", i);
        history_add_mark(&history, MARK_CHANGE, i, text);
    }
    assert_int_equal(history.marks, HISTORY_MARKS);
    assert_string_equal(history.mark[0].text, "mark 10");
    assert_int_equal(history.mark[HISTORY_MARKS - 1].step, HISTORY_MARKS + 9);
    char wide[MARK_TEXT * 2];
    memset(wide, 'x', sizeof wide - 1);
    wide[sizeof wide - 1] = '\0';
    history_add_mark(&history, MARK_CHANGE, 2 * HISTORY_MARKS, wide);
    assert_int_equal(strlen(history.mark[HISTORY_MARKS - 1].text), MARK_TEXT - 1);
}

static void clearing_forgets_everything(void **state)
{
    (void)state;
    for (int step = 1; step <= HISTORY_POINTS + 1; step++)
        add(step, 2, 2);
    history_add_mark(&history, MARK_CHANGE, 3, "lr");
    history_clear(&history);
    assert_int_equal(history.count, 0);
    assert_int_equal(history.marks, 0);
    assert_int_equal(history.stride, 1);
    assert_int_equal(history_newest(&history), 0);
    assert_true(isnan(history_smooth(&history, LEFT)));
    add(1, 5, 5);
    assert_int_equal(history_step(&history, 0), 1);
    assert_near(history_smooth(&history, LEFT), 5, 1e-12);
}

/* ---- moments ---- */

/* Every number of a step is told by what it is and by its step. */
static double number(int side, int64_t step, int quantity, int array, int index)
{
    enum { ARRAYS = 12, LONGEST = 49 };
    const int what = (quantity * ARRAYS + array) * LONGEST + index;
    return (double)((step % 512 * 2 + side) * QUANTITIES * ARRAYS * LONGEST + what);
}

enum { DETAIL_STEPS = 8 };

/* All quantities of the table, but for what the history adds. */
static void make(int64_t step, int layers, int tensors)
{
    if (snapshot[LEFT]->layers != layers || snapshot[LEFT]->tensors != tensors)
        shape(layers, tensors);
    for (int side = 0; side < SIDES; side++) {
        struct snapshot *now = snapshot[side];
        now->step = step;
        now->placement = side == LEFT ? PLACEMENT_PRE : PLACEMENT_POST;
        now->finite = true;
        now->detailed = step % DETAIL_STEPS == 0;
        for (int q = 0; q < QUANTITIES; q++)
            for (int i = 0; i < arrays_of(now, (enum quantity)q); i++)
                for (int n = 0; n < length_of(now, (enum quantity)q); n++)
                    set_number(now, (enum quantity)q, i, n, number(side, step, q, i, n));
        snapshot_set(now, QUANTITY_LOSS, 3 + side);
        snapshot_set(now, QUANTITY_VALID_LOSS, NAN);
    }
}

static void train(int64_t from, int64_t to, int layers, int tensors)
{
    for (int64_t step = from; step <= to; step++) {
        make(step, layers, tensors);
        add_snapshots();
    }
}

/* All of a kept moment is as it was. */
static void assert_moment(int64_t step, int layers, int tensors)
{
    for (int side = 0; side < SIDES; side++) {
        const struct snapshot *moment = history_moment(&history, (enum side)side, step);
        assert_int_equal(moment->step, step);
        assert_int_equal(moment->layers, layers);
        assert_int_equal(moment->tensors, tensors);
        assert_int_equal(moment->placement, side == LEFT ? PLACEMENT_PRE : PLACEMENT_POST);
        assert_int_equal(moment->detailed, step % DETAIL_STEPS == 0);
        assert_near(snapshot_scalar(moment, QUANTITY_LOSS), 3 + side, 0);
        for (int t = 0; t < tensors; t++)
            assert_string_equal(snapshot_tensor(moment, t), snapshot_tensor(snapshot[side], t));
        for (int q = 0; q < QUANTITIES; q++)
            for (int i = 0; i < arrays_of(moment, (enum quantity)q); i++)
                for (int n = 0; n < length_of(moment, (enum quantity)q); n++)
                    if (quantity_table[q].when != WHEN_HISTORY && q != QUANTITY_LOSS &&
                        q != QUANTITY_VALID_LOSS)
                        assert_true((float)number_of(moment, (enum quantity)q, i, n) ==
                                    (float)number(side, step, q, i, n));
    }
}

/* What is kept is what the header promises: the newest steps, and before them the multiples of the
 * spacing, all of them. */
static void assert_kept(int64_t newest, int recent)
{
    int64_t spacing = history_spacing(&history), before = 0;
    int count = history_moments(&history);
    for (int i = 0; i < count; i++) {
        int64_t step = history_moment_step(&history, i);
        assert_true(step > newest - recent || step % spacing == 0);
        assert_true(step == before + 1 || (step % spacing == 0 && step - before <= spacing) ||
                    (step == newest - recent + 1 && step - before <= spacing));
        before = step;
    }
    assert_int_equal(before, newest);
    assert_int_equal(history_recent(&history), recent);
}

static void there_is_no_moment_before_the_first_step(void **state)
{
    (void)state;
    assert_int_equal(history_moments(&history), 0);
    assert_int_equal(history_moment_find(&history, 7), -1);
    assert_int_equal(history_moment(&history, LEFT, 7)->step, 0);
    assert_int_equal(history_spacing(&history), 1);
}

static void moments_are_kept_whole(void **state)
{
    (void)state;
    train(1, 700, 6, 12);
    assert_int_equal(history_moments(&history), 700);
    assert_int_equal(history_spacing(&history), 1);
    for (int64_t step = 1; step <= 700; step += 33)
        assert_moment(step, 6, 12);
    assert_int_equal(history_moment(&history, LEFT, 0)->step, 1);
    assert_int_equal(history_moment(&history, RIGHT, INT64_MAX)->step, 700);
    assert_kept(700, MOMENTS_NEWEST);
}

static double moment_number(enum side side, int64_t step, enum quantity quantity)
{
    return snapshot_scalar(history_moment(&history, side, step), quantity);
}

static void moments_hold_the_smoothed_and_the_held_out_loss(void **state)
{
    (void)state;
    train(1, 1, 2, 1);
    make(2, 2, 1);
    snapshot_set(snapshot[RIGHT], QUANTITY_VALID_LOSS, 2.5);
    snapshot_set(snapshot[RIGHT], QUANTITY_LOSS, 7);
    add_snapshots();
    double smooth = history_smooth(&history, RIGHT);
    train(3, 9, 2, 1);
    assert_near(moment_number(RIGHT, 2, QUANTITY_SMOOTH_LOSS), smooth, 0);
    assert_near(moment_number(RIGHT, 9, QUANTITY_SMOOTH_LOSS), history_smooth(&history, RIGHT), 0);
    assert_true(isnan(moment_number(RIGHT, 1, QUANTITY_HELD_OUT)));
    assert_near(moment_number(RIGHT, 9, QUANTITY_HELD_OUT), 2.5, 0);
    assert_true(isnan(moment_number(LEFT, 9, QUANTITY_HELD_OUT)));
}

/* 20,000 steps of 48 layers in a budget that they do not fit into. */
static void memory_stays_within_its_limit(void **state)
{
    (void)state;
    const size_t limit = (size_t)64 << 20;
    history_limit(&history, limit);
    for (int64_t step = 1; step <= 20500; step++) {
        train(step, step, 48, 12);
        assert_true(history_bytes(&history) <= limit);
        if (step % 1000 == 0)
            assert_kept(step, MOMENTS_NEWEST);
    }
    assert_true(history_spacing(&history) >= 2);
    assert_true(history_bytes(&history) > limit / 2); /* and it is used */
    int64_t spacing = history_spacing(&history);
    for (int64_t step = spacing; step < 20500 - MOMENTS_NEWEST; step += 40 * spacing)
        assert_moment(step, 48, 12);
    for (int64_t step = 20500 - MOMENTS_NEWEST + 1; step <= 20500; step += 50)
        assert_moment(step, 48, 12);
    history_clear(&history);
    assert_int_equal(history_moments(&history), 0);
    assert_int_equal(history_spacing(&history), 1);
    assert_true(history_bytes(&history) < (size_t)2 << 20);
    train(1, 1, 48, 12);
    assert_true(history_bytes(&history) <= limit);
}

/* At the size of the default budget: the snapshots of both sides, and a place in the list. */
static void memory_is_what_is_kept(void **state)
{
    (void)state;
    const size_t empty = history_bytes(&history);
    train(1, 4000, 48, 12);
    const size_t moment = SIDES * snapshot[LEFT]->bytes + sizeof(int), chunk = (size_t)1 << 20;
    const size_t bytes = history_bytes(&history) - empty;
    assert_true(bytes >= 4000 * moment);
    assert_true(bytes <= 4000 * moment + chunk);
}

static void a_small_budget_keeps_a_few_moments(void **state)
{
    (void)state;
    history_limit(&history, 1); /* the least: 16 moments */
    train(1, 3000, 6, 12);
    int count = history_moments(&history);
    assert_true(count >= 8 && count <= 20);
    assert_kept(3000, 4);
    assert_moment(3000, 6, 12);
    assert_moment(history_moment_step(&history, 0), 6, 12);
}

static void a_new_limit_acts_at_once(void **state)
{
    (void)state;
    const size_t small = (size_t)3 << 20;
    train(1, 3000, 6, 12);
    history_limit(&history, small);
    assert_true(history_bytes(&history) <= small);
    assert_true(history_spacing(&history) > 1);
    for (int i = 0; i < history_moments(&history); i++)
        assert_moment(history_moment_step(&history, i), 6, 12);
    assert_int_equal(history_moment_step(&history, history_moments(&history) - 1), 3000);
    train(3001, 5000, 6, 12);
    assert_true(history_bytes(&history) <= small);
    history_limit(&history, HISTORY_BYTES);
    train(5001, 9000, 6, 12);
    assert_kept(9000, MOMENTS_NEWEST);
    for (int i = 0; i < history_moments(&history); i += 7)
        assert_moment(history_moment_step(&history, i), 6, 12);
}

static void the_nearest_moment_is_found(void **state)
{
    (void)state;
    history_limit(&history, (size_t)2 << 20);
    train(1, 6000, 6, 12);
    int64_t spacing = history_spacing(&history);
    assert_true(spacing > 1);
    for (int64_t step = 1; step <= 6100; step += 13) {
        int64_t best = -1;
        for (int i = 0; i < history_moments(&history); i++) {
            int64_t other = history_moment_step(&history, i);
            if (best < 0 || llabs(other - step) <= llabs(best - step))
                best = other;
        }
        assert_int_equal(history_moment(&history, LEFT, step)->step, best);
    }
}

/* Where the next details are, before or behind. */
static int64_t detailed_at(int64_t step)
{
    const struct snapshot *left = history_detailed(&history, LEFT, step);
    const struct snapshot *right = history_detailed(&history, RIGHT, step);
    assert_int_equal(left->step, right->step);
    assert_true(left->step == 0 || left->detailed);
    assert_int_equal(right->placement, left->step == 0 ? left->placement : PLACEMENT_POST);
    return left->step;
}

static void the_nearest_details_are_found(void **state)
{
    (void)state;
    assert_int_equal(detailed_at(5), 0);
    train(1, 7, 6, 12);
    assert_int_equal(detailed_at(5), 0);
    train(8, 8, 6, 12);
    assert_int_equal(detailed_at(5), 8); /* none before */
    train(9, 30, 6, 12);
    assert_int_equal(detailed_at(0), 8);
    assert_int_equal(detailed_at(15), 8);
    assert_int_equal(detailed_at(16), 16);
    assert_int_equal(detailed_at(23), 16);
    assert_int_equal(detailed_at(INT64_MAX), 24);
    assert_ptr_equal(history_detailed(&history, RIGHT, 29), history_moment(&history, RIGHT, 24));
    history_limit(&history, (size_t)2 << 20);
    train(31, 6000, 6, 12); /* thinned: no details are lost that have a multiple of the spacing */
    int64_t spacing = history_spacing(&history), both = spacing > 8 ? spacing : 8;
    assert_true(spacing > 1);
    for (int64_t step = both; step < 5000; step += 77)
        assert_int_equal(detailed_at(step), step / both * both);
}

/* Other tensors cannot be kept beside those before: they begin anew. */
static void other_tensors_begin_anew(void **state)
{
    (void)state;
    train(1, 40, 6, 12);
    train(41, 45, 6, 4);
    assert_int_equal(history_moments(&history), 5);
    assert_int_equal(history_moment_step(&history, 0), 41);
    assert_moment(45, 6, 4);
}

/* ---- points and race ---- */

static void no_held_out_loss_is_lost(void **state)
{
    (void)state;
    int measured = 0;
    for (int64_t step = 1; step <= 5 * (int64_t)HISTORY_POINTS; step++) {
        for (int side = 0; side < SIDES; side++) {
            snapshot[side]->step = step;
            snapshot_set(snapshot[side], QUANTITY_LOSS, 1);
            snapshot_set(snapshot[side], QUANTITY_VALID_LOSS, step % 50 == 1 ? (double)step : NAN);
        }
        add_snapshots();
    }
    for (int i = 0; i < history.count; i++) {
        double valid = history_value(&history, LEFT, QUANTITY_VALID_LOSS, i);
        if (isnan(valid))
            continue;
        measured++;
        assert_true(valid <= (double)history_step(&history, i));
        assert_true(valid > (double)(history_step(&history, i) - history.stride));
    }
    assert_int_equal(measured, (5 * HISTORY_POINTS - 1) / 50 + 1);
}

static void points_are_found_by_their_step(void **state)
{
    (void)state;
    assert_int_equal(history_find(&history, 5), -1);
    for (int step = 1; step <= 10; step++)
        add(step, 1, 1);
    assert_int_equal(history_find(&history, 0), -1);
    assert_int_equal(history_find(&history, 4), 3);
    assert_int_equal(history_find(&history, 99), 9);
}

static void the_race_knows_who_was_where_first(void **state)
{
    (void)state;
    add(1, 4, 4);
    assert_int_equal(history_reached(&history, LEFT, 0), 0); /* nobody said what to reach */
    history_clear(&history);
    history_set_unit(&history, 4, NAN);
    for (int step = 1; step <= 200; step++)
        add(step, 4 * pow(0.98, step), 4 * pow(0.99, step));
    for (int level = 0; level < 4; level++) {
        int64_t left = history_reached(&history, LEFT, level);
        int64_t right = history_reached(&history, RIGHT, level);
        assert_true(left > 0 && right > left);
        assert_true(history_value(&history, LEFT, QUANTITY_SMOOTH_LOSS, (int)left - 1) <=
                    4 * history_levels[level]);
        assert_true(left == 1 || history_value(&history, LEFT, QUANTITY_SMOOTH_LOSS,
                                               (int)left - 2) > 4 * history_levels[level]);
    }
    assert_int_equal(history_reached(&history, RIGHT, HISTORY_LEVELS - 1), 0);
    for (int level = 1; level < HISTORY_LEVELS; level++)
        assert_true(history_levels[level] < history_levels[level - 1]);
}

/* ---- back to a step ---- */

/* A run of two stacks with held-out losses; the right one diverges at `fault`, if at all. */
static void run(int64_t from, int64_t to, int64_t fault)
{
    for (int64_t step = from; step <= to; step++) {
        make(step, 3, 2);
        for (int side = 0; side < SIDES; side++) {
            struct snapshot *now = snapshot[side];
            const double loss = 2 + sin((double)(step * (side + 3))) + 5 / (double)step;
            now->finite = side == LEFT || step < fault;
            snapshot_set(now, QUANTITY_LOSS, now->finite ? loss : NAN);
            snapshot_set(now, QUANTITY_VALID_LOSS, step % 50 == 1 ? loss / 2 : NAN);
            snapshot_set(now, QUANTITY_RATIO, now->finite ? 1 / loss : NAN);
            snapshot_set(now, QUANTITY_GRAD_NORM, loss * 3);
            snapshot_set(now, QUANTITY_LR, 1e-3 * (double)step);
        }
        add_snapshots();
    }
}

static struct history_anchor anchor;

/* Makes the snapshots those of a step of run(). */
static void make_run(int64_t step, int64_t fault)
{
    struct history other = history;
    history_open(&history);
    if (step > 0)
        run(step, step, fault);
    else
        for (int side = 0; side < SIDES; side++)
            snapshot_clear(snapshot[side]);
    history_close(&history);
    history = other;
}

/* Back to a step of run(). */
static void go_back(int64_t step, int64_t fault)
{
    anchor = history_anchor(&history, step);
    make_run(step, fault);
    history_truncate(&history, &anchor, snapshot[LEFT], snapshot[RIGHT]);
}

/* The same curves at point i of one and j of the other. */
static void assert_same_point(const struct history_curves *a, int i, const struct history_curves *b,
                              int j)
{
    for (int q = 0; q < QUANTITIES; q++) {
        assert_int_equal(a->value[q] != NULL, quantity_table[q].curve);
        if (a->value[q])
            assert_memory_equal(&a->value[q][i], &b->value[q][j], sizeof(double));
    }
}

/* Bit for bit the same, but for what has been thinned out. */
static void assert_same_history(const struct history *a, const struct history *b)
{
    assert_int_equal(history_newest(a), history_newest(b));
    for (int i = 0; i < a->count; i++)
        for (int side = 0; side < SIDES; side++) {
            int j = history_find(b, history_step(a, i));
            if (history_step(b, j) == history_step(a, i) && a->stride == b->stride)
                assert_same_point(&a->curves[side], i, &b->curves[side], j);
        }
    for (enum side side = LEFT; side < SIDES; side++) {
        assert_memory_equal(&a->sums[side], &b->sums[side], sizeof a->sums[side]);
        assert_memory_equal(a->reached[side], b->reached[side], sizeof a->reached[side]);
        assert_same_snapshot(history_last(a, side), history_last(b, side));
        assert_same_snapshot(history_last_finite(a, side), history_last_finite(b, side));
    }
    for (int i = 0; i < history_moments(a); i++) {
        int64_t step = history_moment_step(a, i);
        const struct snapshot *other = history_moment(b, RIGHT, step);
        if (other->step == step)
            assert_same_snapshot(history_moment(a, RIGHT, step), other);
    }
    assert_int_equal(history_moment_step(a, history_moments(a) - 1),
                     history_moment_step(b, history_moments(b) - 1));
}

/* Back to any step, the history is that of a run that came just so far; and later that of the whole
 * run. Before, in and after a divergence. */
static void a_cut_history_is_that_of_then(void **state)
{
    (void)state;
    static const int64_t steps[] = {299, 250, 201, 200, 199, 100, 52, 51, 50, 10, 1, 0};
    struct history whole, then;
    history_set_unit(&history, 3, NAN);
    run(1, 300, 200);
    whole = history;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        const int64_t step = steps[i];
        history_open(&history);
        history_set_unit(&history, 3, NAN);
        run(1, step, 200);
        then = history;
        history_open(&history);
        history_set_unit(&history, 3, NAN);
        run(1, 300, 200);
        history_add_mark(&history, MARK_CHANGE, 20, "early");
        history_add_mark(&history, MARK_CHANGE, step + 1, "late");
        go_back(step, 200);
        assert_int_equal(history.count, step);
        assert_int_equal(history.marks, step >= 20);
        if (step > 0)
            assert_same_history(&history, &then);
        run(step + 1, 300, 200);
        assert_same_history(&history, &whole);
        assert_int_equal(history.count, 300);
        history_close(&history);
        history_close(&then);
    }
    history = whole;
}

/* The same where moments and points have been thinned, and the step itself may be gone. */
static void a_thinned_history_is_cut(void **state)
{
    (void)state;
    static const int64_t steps[] = {19990, 19700, 19300, 16000, 9001, 256, 51};
    struct history whole;
    history_limit(&history, (size_t)3 << 20);
    run(1, 20000, 21000);
    assert_int_equal(history.stride, 2);
    assert_true(history_spacing(&history) > 8);
    whole = history;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        history_open(&history);
        history_limit(&history, (size_t)3 << 20);
        run(1, steps[i], 21000);
        struct history_anchor before = history_anchor(&history, steps[i]);
        run(steps[i] + 1, 20000, 21000);
        make_run(steps[i], 21000);
        history_truncate(&history, &before, snapshot[LEFT], snapshot[RIGHT]);
        assert_int_equal(history.count, steps[i] / 2);
        assert_int_equal(history_moment(&history, LEFT, INT64_MAX)->step, steps[i]);
        run(steps[i] + 1, 20000, 21000);
        assert_same_history(&history, &whole);
        for (int p = 1; p < history_moments(&history); p++) {
            int64_t at = history_moment_step(&history, p),
                    last = history_moment_step(&history, p - 1);
            assert_true(at > last);
            assert_int_equal(history_moment(&history, LEFT, at)->step, at);
            assert_int_equal(history_moment(&history, RIGHT, at)->step, at);
        }
        history_close(&history);
    }
    history = whole;
}

/* The curves that were left are ghosts over the steps that they were of; the newest three stay. */
static void dropped_curves_become_ghosts(void **state)
{
    (void)state;
    run(1, 700, 1000);
    const double ratio = history_value(&history, RIGHT, QUANTITY_RATIO, 649);
    go_back(600, 1000);
    const struct history_ghost *ghost = &history.ghost[0];
    assert_int_equal(ghost->branch, 600);
    assert_int_equal(ghost->first + 1, 600 - GHOST_LEAD);
    assert_int_equal(ghost->first + ghost->count, 700);
    assert_true(ghost->curves[RIGHT].value[QUANTITY_RATIO][649 - ghost->first] == ratio);
    assert_int_equal(history.ghost[1].count, 0);
    go_back(600, 1000); /* nothing is left behind */
    assert_int_equal(history.ghost[1].count, 0);
    run(601, 620, 1000);
    go_back(610, 1000);
    run(611, 640, 1000);
    go_back(10, 1000);
    run(11, 50, 1000);
    go_back(40, 1000);
    assert_int_equal(history.ghost[0].branch, 40);
    assert_int_equal(history.ghost[0].first, 0);
    assert_int_equal(history.ghost[1].branch, 10);
    assert_int_equal(history.ghost[1].first + history.ghost[1].count, 640);
    assert_int_equal(history.ghost[2].branch, 610); /* 600 is gone */
    const size_t bytes = history_bytes(&history);
    history_clear(&history);
    assert_int_equal(history.ghost[0].count, 0);
    assert_true(history_bytes(&history) < bytes);
}

/* Ghosts are thinned together with the points. */
static void ghosts_stand_over_the_points(void **state)
{
    (void)state;
    run(1, 3001, 1000000);
    go_back(2000, 1000000);
    const double ratio =
        history.ghost[0].curves[LEFT].value[QUANTITY_RATIO][2600 - 1 - history.ghost[0].first];
    run(2001, 20000, 1000000); /* stride 2 */
    const struct history_ghost *ghost = &history.ghost[0];
    assert_int_equal(history.stride, 2);
    assert_int_equal((ghost->first + ghost->count) * 2, 3000);
    assert_true(ghost->curves[LEFT].value[QUANTITY_RATIO][2600 / 2 - 1 - ghost->first] == ratio);
    run(20001, 40000, 1000000); /* stride 4 */
    assert_int_equal((ghost->first + ghost->count) * 4, 3000);
    assert_true(ghost->curves[LEFT].value[QUANTITY_RATIO][2600 / 4 - 1 - ghost->first] == ratio);
}

static void marks_stay_in_order(void **state)
{
    (void)state;
    history_add_mark(&history, MARK_CHANGE, 30, "b");
    history_add_mark(&history, MARK_NAME, 10, "a");
    history_add_mark(&history, MARK_CHANGE, 30, "c");
    history_add_mark(&history, MARK_BRANCH, 40, "d");
    history_add_mark(&history, MARK_NAME, 30, "e");
    static const char *const order[] = {"a", "b", "c", "e", "d"};
    assert_int_equal(history.marks, 5);
    for (int i = 0; i < 5; i++)
        assert_string_equal(history.mark[i].text, order[i]);
    assert_int_equal(history.mark[0].kind, MARK_NAME);
    assert_int_equal(history.mark[1].kind, MARK_CHANGE);
    for (int i = 0; i < HISTORY_MARKS; i++) /* the oldest go, wherever the new ones come in */
        history_add_mark(&history, MARK_CHANGE, 20 + i % 3, "x");
    assert_int_equal(history.marks, HISTORY_MARKS);
    for (int i = 1; i < HISTORY_MARKS; i++)
        assert_true(history.mark[i - 1].step <= history.mark[i].step);
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
        TEST(there_is_no_moment_before_the_first_step),
        TEST(moments_are_kept_whole),
        TEST(moments_hold_the_smoothed_and_the_held_out_loss),
        TEST(memory_stays_within_its_limit),
        TEST(memory_is_what_is_kept),
        TEST(a_small_budget_keeps_a_few_moments),
        TEST(a_new_limit_acts_at_once),
        TEST(the_nearest_moment_is_found),
        TEST(the_nearest_details_are_found),
        TEST(other_tensors_begin_anew),
        TEST(no_held_out_loss_is_lost),
        TEST(points_are_found_by_their_step),
        TEST(the_race_knows_who_was_where_first),
        TEST(a_cut_history_is_that_of_then),
        TEST(a_thinned_history_is_cut),
        TEST(dropped_curves_become_ghosts),
        TEST(ghosts_stand_over_the_points),
        TEST(marks_stay_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
