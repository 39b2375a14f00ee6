/* The details of a snapshot: in which steps they are measured, what they are made of, and that the
 * training does not notice. What a probe of the core sums up is the business of test_probe.c. */
#include "train/pair.h"

#include "support/snapshots.h"
#include "train/trainer.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct settings small_settings(const char *left, const char *right)
{
    const char *const values[][2] = {{"layers", "2"}, {"width", "16"},  {"heads", "2"},
                                     {"ffn", "32"},   {"context", "8"}, {"batch", "5"},
                                     {"speed", "0"},  {"task", "copy"}, {"threads", "1"},
                                     {"left", left},  {"right", right}};
    struct settings settings = settings_default();
    struct error error;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        assert_true(setting_set(&settings, values[i][0], values[i][1], &error));
    return settings;
}

static void open_pair(struct pair *pair, const char *left, const char *right, unsigned watch)
{
    const struct settings settings = small_settings(left, right);
    struct error error;
    if (!pair_open(pair, &settings, &error))
        fail_msg("%s", error.text);
    pair->watch = watch;
}

/* Its details are NAN throughout. */
static bool is_clear(const struct snapshot *snapshot)
{
    for (int q = 0; q < QUANTITIES; q++)
        for (int i = 0; i < arrays_of(snapshot, (enum quantity)q); i++)
            for (int n = 0; n < length_of(snapshot, (enum quantity)q); n++)
                if (quantity_table[q].when == WHEN_DETAIL &&
                    !isnan(number_of(snapshot, (enum quantity)q, i, n)))
                    return false;
    return !snapshot->detailed;
}

/* A number of the newest step of a stack. */
static double number(const struct pair *pair, enum side side, enum quantity quantity, int i, int l)
{
    return number_of(pair->run[side].snapshot, quantity, i, l);
}

/* ---- when -------------------------------------------------------------------------------------*/

static void assert_measured_in(unsigned watch, bool (*expected)(int64_t step))
{
    struct pair pair;
    open_pair(&pair, "pre", "post", watch);
    for (int64_t step = 1; step <= 33; step++) {
        pair_step(&pair);
        for (int side = 0; side < SIDES; side++) {
            assert_int_equal(pair.run[side].snapshot->detailed, expected(step));
            assert_int_equal(is_clear(pair.run[side].snapshot), !expected(step));
        }
    }
    pair_close(&pair);
}

static bool never(int64_t step)
{
    (void)step;
    return false;
}

static bool always(int64_t step)
{
    (void)step;
    return true;
}

static bool sometimes(int64_t step)
{
    return step == 1 || step == 8 || step == 16 || step == 24 || step == 32;
}

static void details_are_measured_when_watched(void **state)
{
    (void)state;
    assert_measured_in(0, never);
    assert_measured_in(WATCH_SAMPLES, never);
    assert_measured_in(WATCH_SOME_DETAIL, sometimes);
    assert_measured_in(WATCH_DETAIL, always);
    assert_measured_in(WATCH_DETAIL | WATCH_SOME_DETAIL, always);
}

static const struct update *next_step(struct trainer *trainer)
{
    const struct update *update;
    do
        while (!(update = trainer_take(trainer)))
            trainer_wait(trainer, 1);
    while (update->kind != UPDATE_STEP);
    return update;
}

static void a_trainer_measures_some_and_on_demand_all(void **state)
{
    (void)state;
    const struct settings settings = small_settings("pre", "post");
    struct error error;
    struct trainer *trainer = trainer_start(&settings, false, NULL, &error);
    assert_non_null(trainer);
    for (int64_t step = 1; step <= 17; step++) {
        trainer_watch(trainer, step > 9 ? WATCH_DETAIL : 0);
        trainer_step(trainer);
        const struct update *update = next_step(trainer);
        for (int side = 0; side < SIDES; side++)
            assert_int_equal(update->snapshot[side]->detailed, step > 9 || sometimes(step));
    }
    trainer_stop(trainer);
}

/* The step that is not finite has none; those before it do. */
static void a_step_that_is_not_finite_has_no_details(void **state)
{
    (void)state;
    struct pair pair;
    open_pair(&pair, "pre", "post", WATCH_DETAIL);
    const struct snapshot *left = pair.run[LEFT].snapshot, *right = pair.run[RIGHT].snapshot;
    pair_step(&pair);
    pair.run[RIGHT].model.parameters.weight[0] = (real)NAN;
    for (int64_t i = 0; i < 3; i++) {
        pair_step(&pair);
        assert_true(left->detailed);
        assert_int_equal(right->finite, right->detailed);
        assert_int_equal(is_clear(right), !right->finite);
    }
    assert_false(right->finite);
    pair_close(&pair);
}

/* ---- what -------------------------------------------------------------------------------------*/

static void assert_near(double value, double expected)
{
    if (!(fabs(value - expected) <= 1e-5 * (1 + fabs(expected))))
        fail_msg("%.9g, expected %.9g", value, expected);
}

/* The ends of a block are those of the stream; the flow inside begins where it left off. */
static void flows_join_the_streams(void **state)
{
    (void)state;
    for (int placement = 0; placement < PLACEMENTS; placement++) {
        struct pair pair;
        open_pair(&pair, placement_table[placement].name, "none", WATCH_DETAIL);
        pair_step(&pair);
        for (int l = 0; l < 2; l++)
            for (int grad = 0; grad < 2; grad++) {
                const enum quantity stream = grad ? QUANTITY_STREAM_GRAD : QUANTITY_STREAM_RMS;
                const enum quantity attention =
                    grad ? QUANTITY_ATTENTION_GRAD : QUANTITY_ATTENTION_RMS;
                const enum quantity ffn = grad ? QUANTITY_FFN_GRAD : QUANTITY_FFN_RMS;
                assert_near(number(&pair, LEFT, attention, FLOW_X, l),
                            number(&pair, LEFT, stream, 0, l));
                assert_near(number(&pair, LEFT, ffn, FLOW_OUT, l),
                            number(&pair, LEFT, stream, 0, l + 1));
                assert_near(number(&pair, LEFT, attention, FLOW_OUT, l),
                            number(&pair, LEFT, ffn, FLOW_X, l));
            }
        pair_close(&pair);
    }
}

/* Behind a norm whose gain is still 1 and whose bias is 0 the root mean square is 1; the change of
 * a stream that only turns follows from its cosine. */
static void numbers_are_means(void **state)
{
    (void)state;
    struct pair pair;
    open_pair(&pair, "pre", "post", WATCH_DETAIL);
    pair_step(&pair);
    for (int l = 0; l < 2; l++) {
        const double entropy = number(&pair, LEFT, QUANTITY_ENTROPY, 0, l);
        assert_near(number(&pair, LEFT, QUANTITY_ATTENTION_RMS, FLOW_NORM_IN, l), 1);
        assert_near(number(&pair, RIGHT, QUANTITY_FFN_RMS, FLOW_OUT, l), 1);
        assert_true(isnan(number(&pair, LEFT, QUANTITY_ATTENTION_RMS, FLOW_NORM_BRANCH, l)));
        assert_true(isnan(number(&pair, LEFT, QUANTITY_ATTENTION_RSTD, FLOW_NOUT, l)));
        assert_true(isnan(number(&pair, RIGHT, QUANTITY_ATTENTION_RMS, FLOW_NORM_IN, l)));
        /* of tokens much alike in size, 1/sigma of the mean is about the mean of 1/sigma */
        const double sigma = number(&pair, RIGHT, QUANTITY_ATTENTION_RMS, FLOW_SUM, l);
        const double rstd = number(&pair, RIGHT, QUANTITY_ATTENTION_RSTD, FLOW_NOUT, l);
        assert_true(fabs(rstd * sigma - 1) < 0.2);
        assert_true(entropy > 0 && entropy < 1);
        assert_true(fabs(number(&pair, LEFT, QUANTITY_SIMILARITY, 0, l)) < 1);
    }
    /* |x_1| = |x_2| of every token */
    assert_near(number(&pair, RIGHT, QUANTITY_SHARE, 0, 1),
                sqrt(2 - 2 * number(&pair, RIGHT, QUANTITY_COSINE, 0, 2)));
    assert_true(isnan(number(&pair, RIGHT, QUANTITY_COSINE, 0, 0)));
    pair_close(&pair);
}

static double norm_of(const struct model *model, const struct tensor *tensor)
{
    double square = 0;
    for (size_t i = 0; i < tensor_size(tensor); i++)
        square += pow((double)model->parameters.weight[tensor->offset + i], 2);
    return sqrt(square);
}

static void weights_are_those_before_the_update(void **state)
{
    (void)state;
    struct pair pair;
    double before[64];
    open_pair(&pair, "pre", "post", 0);
    const struct model *model = &pair.run[LEFT].model;
    assert_true(model->parameters.tensors <= 64);
    pair_step(&pair);
    for (int i = 0; i < model->parameters.tensors; i++)
        before[i] = norm_of(model, &model->parameters.tensor[i]);
    pair_step(&pair);
    int found = 0;
    for (int i = 0; i < model->parameters.tensors; i++) {
        const struct tensor *tensor = &model->parameters.tensor[i];
        if (tensor->block < 0)
            continue;
        const int t = snapshot_find(pair.run[LEFT].snapshot, tensor->kind);
        assert_true(t >= 0);
        assert_near(number(&pair, LEFT, QUANTITY_WEIGHT, t, tensor->block), before[i]);
        found++;
    }
    assert_int_equal(found, 2 * pair.run[LEFT].snapshot->tensors);
    pair_close(&pair);
}

/* ---- nobody notices ---------------------------------------------------------------------------*/

static void training_does_not_notice(void **state)
{
    (void)state;
    for (int placement = 0; placement < PLACEMENTS; placement++) {
        struct pair with, without;
        open_pair(&with, placement_table[placement].name, "pre", WATCH_DETAIL);
        open_pair(&without, placement_table[placement].name, "pre", 0);
        for (int step = 0; step < 20; step++) {
            pair_step(&with);
            pair_step(&without);
        }
        for (int side = 0; side < SIDES; side++) {
            const struct run *a = &with.run[side], *b = &without.run[side];
            const size_t bytes = a->model.parameters.count * sizeof(real);
            assert_memory_equal(a->model.parameters.weight, b->model.parameters.weight, bytes);
            assert_memory_equal(a->optimizer.first, b->optimizer.first, bytes);
            assert_memory_equal(a->optimizer.second, b->optimizer.second, bytes);
        }
        pair_close(&with);
        pair_close(&without);
    }
}

/* After a switch the points are those of the new placement. */
static void a_switch_brings_other_points(void **state)
{
    (void)state;
    struct pair pair;
    struct error error;
    open_pair(&pair, "pre", "pre", WATCH_DETAIL);
    pair_step(&pair);
    assert_true(pair_switch(&pair, LEFT, PLACEMENT_POST, &error));
    pair_step(&pair);
    assert_true(isnan(number(&pair, LEFT, QUANTITY_ATTENTION_RMS, FLOW_NORM_IN, 0)));
    assert_true(isnan(number(&pair, LEFT, QUANTITY_ATTENTION_GRAD, FLOW_NORM_IN, 0)));
    assert_true(isnan(number(&pair, LEFT, QUANTITY_ATTENTION_RSTD, FLOW_NIN, 0)));
    assert_true(isfinite(number(&pair, LEFT, QUANTITY_ATTENTION_RSTD, FLOW_NOUT, 0)));
    pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(details_are_measured_when_watched),
        cmocka_unit_test(a_trainer_measures_some_and_on_demand_all),
        cmocka_unit_test(a_step_that_is_not_finite_has_no_details),
        cmocka_unit_test(flows_join_the_streams),
        cmocka_unit_test(numbers_are_means),
        cmocka_unit_test(weights_are_those_before_the_update),
        cmocka_unit_test(training_does_not_notice),
        cmocka_unit_test(a_switch_brings_other_points),
    };
    return cmocka_run_group_tests_name("detail", tests, NULL, NULL);
}
