/* The history: thinning, the smoothed loss, divergence, marks, whole moments and their memory, the
 * race. */
#include "session/history.h"

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
    assert_int_equal(history.last[LEFT].step, 0);
    assert_true(isnan(history_smooth(&history, LEFT)));
    add(1, 5, 5);
    assert_int_equal(history_step(&history, 0), 1);
    assert_near(history_smooth(&history, LEFT), 5, 1e-12);
}

/* ---- moments ---- */

/* Every number of a step is told by what it is and by its step: 24 bits, which a float keeps. */
static float number(int side, int64_t step, int what, int index)
{
    return (float)((((int)(step % 512) * 2 + side) * 128 + what) * 128 + index);
}

static const char *const tensor_names[] = {"a", "b", "c", "d", "e", "f",
                                           "g", "h", "i", "j", "k", "l"};

enum { DETAIL_STEPS = 8, OF_DETAIL = 64, OF_TENSORS = 4 };

static void make_detail(struct detail *detail, int side, int64_t step, int layers)
{
    detail->measured = step % DETAIL_STEPS == 0;
    for (int l = 0; l <= layers; l++) {
        detail->cosine[l] = number(side, step, OF_DETAIL, l);
        detail->similarity[l] = number(side, step, OF_DETAIL + 1, l);
    }
    for (int l = 0; l < layers; l++) {
        detail->entropy[l] = number(side, step, OF_DETAIL + 2, l);
        detail->share[l] = number(side, step, OF_DETAIL + 3, l);
        for (int i = 0; i < FLOW_SUBLAYERS; i++) {
            struct flow *flow = &detail->flow[i];
            int what = OF_DETAIL + 4 + i * (2 * FLOW_POINTS + FLOW_NORMS);
            for (int point = 0; point < FLOW_POINTS; point++) {
                flow->rms[point][l] = number(side, step, what++, l);
                flow->grad[point][l] = number(side, step, what++, l);
            }
            for (int norm = 0; norm < FLOW_NORMS; norm++)
                flow->rstd[norm][l] = number(side, step, what++, l);
        }
    }
}

static void assert_detail(const struct moment_detail *detail, int side, int64_t step, int layers)
{
    for (int l = 0; l <= layers; l++) {
        assert_true(detail->cosine[l] == number(side, step, OF_DETAIL, l));
        assert_true(detail->similarity[l] == number(side, step, OF_DETAIL + 1, l));
    }
    for (int l = 0; l < layers; l++) {
        assert_true(detail->entropy[l] == number(side, step, OF_DETAIL + 2, l));
        assert_true(detail->share[l] == number(side, step, OF_DETAIL + 3, l));
        for (int i = 0; i < FLOW_SUBLAYERS; i++) {
            const struct moment_flow *flow = &detail->flow[i];
            int what = OF_DETAIL + 4 + i * (2 * FLOW_POINTS + FLOW_NORMS);
            for (int point = 0; point < FLOW_POINTS; point++) {
                assert_true(flow->rms[point][l] == number(side, step, what++, l));
                assert_true(flow->grad[point][l] == number(side, step, what++, l));
            }
            for (int norm = 0; norm < FLOW_NORMS; norm++)
                assert_true(flow->rstd[norm][l] == number(side, step, what++, l));
        }
    }
}

static void make(int64_t step, int layers, int tensors)
{
    for (int side = 0; side < SIDES; side++) {
        struct snapshot *now = &snapshot[side];
        now->step = step;
        now->layers = layers;
        now->tensors = tensors;
        now->placement = side == LEFT ? PLACEMENT_PRE : PLACEMENT_POST;
        now->loss = 3 + side;
        now->valid_loss = NAN;
        now->ratio = (double)step;
        now->finite = true;
        for (int l = 0; l <= layers; l++) {
            now->stream_grad[l] = number(side, step, 0, l);
            now->stream_rms[l] = number(side, step, 1, l);
        }
        for (int t = 0; t < tensors; t++) {
            now->tensor[t].name = tensor_names[t];
            for (int l = 0; l < layers; l++) {
                now->tensor[t].grad[l] = number(side, step, OF_TENSORS + 3 * t, l);
                now->tensor[t].update_ratio[l] = number(side, step, OF_TENSORS + 3 * t + 1, l);
                now->tensor[t].weight[l] = number(side, step, OF_TENSORS + 3 * t + 2, l);
            }
        }
        make_detail(&now->detail, side, step, layers);
    }
}

static void train(int64_t from, int64_t to, int layers, int tensors)
{
    for (int64_t step = from; step <= to; step++) {
        make(step, layers, tensors);
        history_add(&history, snapshot);
    }
}

/* All of a kept moment is as it was. */
static void assert_moment(int64_t step, int layers, int tensors)
{
    for (int side = 0; side < SIDES; side++) {
        const struct moment moment = history_moment(&history, (enum side)side, step);
        assert_int_equal(moment.step, step);
        assert_int_equal(moment.layers, layers);
        assert_int_equal(moment.tensors, tensors);
        assert_int_equal(moment.placement, side == LEFT ? PLACEMENT_PRE : PLACEMENT_POST);
        assert_near(moment.ratio, (double)step, 0);
        for (int l = 0; l <= layers; l++) {
            assert_true(moment.stream_grad[l] == number(side, step, 0, l));
            assert_true(moment.stream_rms[l] == number(side, step, 1, l));
        }
        for (int t = 0; t < tensors; t++) {
            assert_string_equal(moment.tensor[t].name, tensor_names[t]);
            for (int l = 0; l < layers; l++) {
                const struct moment_tensor *tensor = &moment.tensor[t];
                const int what = OF_TENSORS + 3 * t;
                assert_true(tensor->grad[l] == number(side, step, what, l));
                assert_true(tensor->update_ratio[l] == number(side, step, what + 1, l));
                assert_true(tensor->weight[l] == number(side, step, what + 2, l));
            }
        }
        assert_int_equal(moment.detailed, step % DETAIL_STEPS == 0);
        assert_detail(&moment.detail, side, step, layers);
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
}

static void there_is_no_moment_before_the_first_step(void **state)
{
    (void)state;
    assert_int_equal(history_moments(&history), 0);
    assert_int_equal(history_moment_find(&history, 7), -1);
    assert_int_equal(history_moment(&history, LEFT, 7).step, 0);
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
    assert_int_equal(history_moment(&history, LEFT, 0).step, 1);
    assert_int_equal(history_moment(&history, RIGHT, INT64_MAX).step, 700);
    assert_kept(700, HISTORY_NEWEST);
}

static void moments_hold_the_smoothed_and_the_held_out_loss(void **state)
{
    (void)state;
    train(1, 1, 2, 1);
    make(2, 2, 1);
    snapshot[RIGHT].valid_loss = 2.5;
    snapshot[RIGHT].loss = 7;
    history_add(&history, snapshot);
    double smooth = history_smooth(&history, RIGHT);
    train(3, 9, 2, 1);
    assert_near(history_moment(&history, RIGHT, 2).smooth, smooth, 0);
    assert_near(history_moment(&history, RIGHT, 9).smooth, history_smooth(&history, RIGHT), 0);
    assert_true(isnan(history_moment(&history, RIGHT, 1).valid));
    assert_near(history_moment(&history, RIGHT, 9).valid, 2.5, 0);
    assert_true(isnan(history_moment(&history, LEFT, 9).valid));
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
            assert_kept(step, HISTORY_NEWEST);
    }
    assert_true(history_spacing(&history) >= 2);
    assert_true(history_bytes(&history) > limit / 2); /* and it is used */
    int64_t spacing = history_spacing(&history);
    for (int64_t step = spacing; step < 20500 - HISTORY_NEWEST; step += 40 * spacing)
        assert_moment(step, 48, 12);
    for (int64_t step = 20500 - HISTORY_NEWEST + 1; step <= 20500; step += 50)
        assert_moment(step, 48, 12);
    history_clear(&history);
    assert_int_equal(history_moments(&history), 0);
    assert_int_equal(history_spacing(&history), 1);
    assert_true(history_bytes(&history) < (size_t)2 << 20);
    train(1, 1, 48, 12);
    assert_true(history_bytes(&history) <= limit);
}

/* At the size of the default budget, by the numbers: scalars, streams, details, tensors, both
 * sides, and a place in the list. */
static void memory_is_what_is_kept(void **state)
{
    (void)state;
    train(1, 1, 48, 12);
    size_t empty = SIDES * HISTORY_POINTS * sizeof(struct history_point);
    size_t flows = FLOW_SUBLAYERS * (2 * FLOW_POINTS + FLOW_NORMS) * 48;
    size_t arrays = (4 * 49 + 2 * 48 + flows + 12 * 3 * 48) * sizeof(float);
    size_t most = SIDES * (sizeof(struct moment) + arrays) + sizeof(int);
    train(2, 4000, 48, 12);
    size_t bytes = history_bytes(&history) - empty, chunk = (size_t)1 << 20;
    assert_true(bytes >= 4000 * SIDES * arrays);
    assert_true(bytes <= 4000 * most + chunk);
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
    assert_kept(9000, HISTORY_NEWEST);
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
        assert_int_equal(history_moment(&history, LEFT, step).step, best);
    }
}

/* Where the next details are, before or behind. */
static int64_t detailed_at(int64_t step)
{
    const struct moment left = history_detailed(&history, LEFT, step);
    const struct moment right = history_detailed(&history, RIGHT, step);
    assert_int_equal(left.step, right.step);
    assert_true(left.step == 0 || left.detailed);
    assert_int_equal(right.placement, left.step == 0 ? left.placement : PLACEMENT_POST);
    return left.step;
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
    const struct moment moment = history_detailed(&history, RIGHT, 29);
    assert_detail(&moment.detail, RIGHT, 24, 6);
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

static void a_snapshot_is_a_moment(void **state)
{
    (void)state;
    make(3, 5, 2);
    const struct moment moment = history_moment_of(&snapshot[RIGHT]);
    assert_int_equal(moment.step, 3);
    assert_true(moment.stream_rms == snapshot[RIGHT].stream_rms);
    assert_true(moment.tensor[1].update_ratio == snapshot[RIGHT].tensor[1].update_ratio);
    assert_string_equal(moment.tensor[1].name, "b");
}

/* ---- points and race ---- */

static void no_held_out_loss_is_lost(void **state)
{
    (void)state;
    int measured = 0;
    for (int64_t step = 1; step <= 5 * (int64_t)HISTORY_POINTS; step++) {
        for (int side = 0; side < SIDES; side++)
            snapshot[side] = (struct snapshot){
                .step = step, .loss = 1, .valid_loss = step % 50 == 1 ? (double)step : NAN};
        history_add(&history, snapshot);
    }
    for (int i = 0; i < history.count; i++) {
        double valid = history_at(&history, LEFT, i)->valid_loss;
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
    history_set_unit(&history, 4);
    for (int step = 1; step <= 200; step++)
        add(step, 4 * pow(0.98, step), 4 * pow(0.99, step));
    for (int level = 0; level < 4; level++) {
        int64_t left = history_reached(&history, LEFT, level);
        int64_t right = history_reached(&history, RIGHT, level);
        assert_true(left > 0 && right > left);
        assert_true(history_at(&history, LEFT, (int)left - 1)->smooth <= 4 * history_levels[level]);
        assert_true(left == 1 ||
                    history_at(&history, LEFT, (int)left - 2)->smooth > 4 * history_levels[level]);
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
            struct snapshot *now = &snapshot[side];
            now->loss = 2 + sin((double)(step * (side + 3))) + 5 / (double)step;
            now->valid_loss = step % 50 == 1 ? now->loss / 2 : NAN;
            now->ratio = 1 / now->loss;
            now->grad_norm = now->loss * 3;
            now->lr = 1e-3 * (double)step;
            now->finite = side == LEFT || step < fault;
            if (!now->finite)
                now->loss = now->ratio = NAN;
        }
        history_add(&history, snapshot);
    }
}

static struct history_anchor anchor;

/* Back to a step of run(). */
static void go_back(int64_t step, int64_t fault)
{
    static struct snapshot then[SIDES];
    struct history other = history;
    anchor = history_anchor(&history, step);
    history_open(&history); /* for what run() makes of that step */
    if (step > 0)
        run(step, step, fault);
    memcpy(then, history.last, sizeof then);
    history_close(&history);
    history = other;
    history_truncate(&history, &anchor, then);
}

/* Bit for bit the same, but for what has been thinned out. */
static void assert_same_history(const struct history *a, const struct history *b)
{
    assert_int_equal(a->last[LEFT].step, b->last[LEFT].step);
    for (int i = 0; i < a->count; i++)
        for (int side = 0; side < SIDES; side++) {
            const struct history_point *x = history_at(a, (enum side)side, i);
            int j = history_find(b, history_step(a, i));
            if (history_step(b, j) == history_step(a, i) && a->stride == b->stride)
                assert_memory_equal(x, history_at(b, (enum side)side, j), sizeof *x);
        }
    for (int side = 0; side < SIDES; side++) {
        assert_memory_equal(&a->smooth[side], &b->smooth[side], sizeof(double));
        assert_memory_equal(&a->weight[side], &b->weight[side], sizeof(double));
        assert_memory_equal(&a->valid[side], &b->valid[side], sizeof(double));
        assert_int_equal(a->valid_step[side], b->valid_step[side]);
        assert_memory_equal(a->reached[side], b->reached[side], sizeof a->reached[side]);
        assert_int_equal(a->last[side].step, b->last[side].step);
        assert_memory_equal(&a->last[side].loss, &b->last[side].loss, sizeof(double));
        assert_int_equal(a->last_finite[side].step, b->last_finite[side].step);
        assert_near(a->last_finite[side].loss, b->last_finite[side].loss, 0);
    }
    for (int i = 0; i < history_moments(a); i++) {
        int64_t step = history_moment_step(a, i);
        const struct moment x = history_moment(a, RIGHT, step), y = history_moment(b, RIGHT, step);
        if (y.step != step)
            continue;
        assert_memory_equal(&x, &y, offsetof(struct moment, stream_grad));
        assert_memory_equal(x.stream_grad, y.stream_grad, 4 * sizeof(float));
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
    history_set_unit(&history, 3);
    run(1, 300, 200);
    whole = history;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        const int64_t step = steps[i];
        history_open(&history);
        history_set_unit(&history, 3);
        run(1, step, 200);
        then = history;
        history_open(&history);
        history_set_unit(&history, 3);
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
        struct history other = history;
        static struct snapshot then[SIDES];
        history_open(&history);
        run(steps[i], steps[i], 21000);
        memcpy(then, history.last, sizeof then);
        history_close(&history);
        history = other;
        history_truncate(&history, &before, then);
        assert_int_equal(history.count, steps[i] / 2);
        assert_int_equal(history_moment(&history, LEFT, INT64_MAX).step, steps[i]);
        run(steps[i] + 1, 20000, 21000);
        assert_same_history(&history, &whole);
        for (int p = 1; p < history_moments(&history); p++) {
            int64_t at = history_moment_step(&history, p),
                    last = history_moment_step(&history, p - 1);
            assert_true(at > last);
            assert_int_equal(history_moment(&history, LEFT, at).step, at);
            assert_int_equal(history_moment(&history, RIGHT, at).step, at);
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
    struct history_point point = *history_at(&history, RIGHT, 649);
    go_back(600, 1000);
    const struct history_ghost *ghost = &history.ghost[0];
    assert_int_equal(ghost->branch, 600);
    assert_int_equal(ghost->first + 1, 600 - GHOST_LEAD);
    assert_int_equal(ghost->first + ghost->count, 700);
    assert_memory_equal(&ghost->point[RIGHT][649 - ghost->first], &point, sizeof point);
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
    struct history_point point = history.ghost[0].point[LEFT][2600 - 1 - history.ghost[0].first];
    run(2001, 20000, 1000000); /* stride 2 */
    const struct history_ghost *ghost = &history.ghost[0];
    assert_int_equal(history.stride, 2);
    assert_int_equal((ghost->first + ghost->count) * 2, 3000);
    assert_memory_equal(&ghost->point[LEFT][2600 / 2 - 1 - ghost->first], &point, sizeof point);
    run(20001, 40000, 1000000); /* stride 4 */
    assert_int_equal((ghost->first + ghost->count) * 4, 3000);
    assert_memory_equal(&ghost->point[LEFT][2600 / 4 - 1 - ghost->first], &point, sizeof point);
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
        TEST(a_snapshot_is_a_moment),
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
