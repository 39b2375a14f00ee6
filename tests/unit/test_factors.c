/* What a block does to the gradient, as a product: exact, under every placement. */
#include "session/factors.h"

#include "support/fixture.h"
#include "train/run.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_near(double a, double b, double tolerance)
{
    if (!(fabs(a - b) <= tolerance * fmax(fabs(a), fabs(b))))
        fail_msg("%.9g is not %.9g", a, b);
}

/* A snapshot of two blocks with all numbers missing. */
static struct snapshot *nothing_measured(void)
{
    struct snapshot *snapshot = snapshot_new(2, 0, NULL);
    snapshot->step = 1;
    snapshot->finite = snapshot->detailed = true;
    return snapshot;
}

/* Gradients at input, sum and output of a sublayer of block 1, and what goes into and out of f. */
static void set_sublayer(struct snapshot *snapshot, int sublayer, float x, float sum, float out)
{
    const enum quantity grad = quantity_flow_grad[sublayer], rms = quantity_flow_rms[sublayer];
    snapshot_room(snapshot, grad, FLOW_X)[1] = x;
    snapshot_room(snapshot, grad, FLOW_SUM)[1] = sum;
    snapshot_room(snapshot, grad, FLOW_OUT)[1] = out;
    snapshot_room(snapshot, rms, FLOW_X)[1] = 2;
    snapshot_room(snapshot, rms, FLOW_BRANCH)[1] = 3;
    snapshot_room(snapshot, rms, FLOW_OUT)[1] = 1;
}

static void links_are_gradients_over_gradients(void **state)
{
    (void)state;
    struct snapshot *snapshot = nothing_measured();
    set_sublayer(snapshot, FLOW_ATTENTION, 3, 2, 4);
    set_sublayer(snapshot, FLOW_FEED_FORWARD, 4, 5, 8);
    struct factors factors = factors_of(snapshot, 1);
    assert_int_equal(factors.sublayers, 2);
    assert_near(factors.norm[FLOW_ATTENTION], 0.5, 1e-12);
    assert_near(factors.join[FLOW_ATTENTION], 1.5, 1e-12);
    assert_near(factors.sublayer[FLOW_ATTENTION], 0.75, 1e-12);
    assert_near(factors.norm[FLOW_FEED_FORWARD], 0.625, 1e-12);
    assert_near(factors.join[FLOW_FEED_FORWARD], 0.8, 1e-12);
    assert_near(factors.block, 3.0 / 8, 1e-12);
    assert_near(factors.mean_norm, sqrt(0.5 * 0.625), 1e-12);
    assert_near(factors.mean_join, sqrt(1.5 * 0.8), 1e-12);
    assert_near(factors.mean * factors.mean, factors.block, 1e-12);
    /* without Nin the branch begins with x */
    assert_near(factors.gain[FLOW_ATTENTION], 1.5, 1e-12);
    snapshot_room(snapshot, QUANTITY_ATTENTION_RMS, FLOW_NORM_IN)[1] = 1;
    factors = factors_of(snapshot, 1);
    assert_near(factors.gain[FLOW_ATTENTION], 3, 1e-12);
    snapshot_free(snapshot);
}

static void a_parallel_block_is_one_sublayer(void **state)
{
    (void)state;
    struct snapshot *snapshot = nothing_measured();
    set_sublayer(snapshot, FLOW_ATTENTION, 3, 2, 4);
    const struct factors factors = factors_of(snapshot, 1);
    assert_int_equal(factors.sublayers, 1);
    assert_near(factors.block, 0.75, 1e-12);
    assert_near(factors.mean, 0.75, 1e-12);
    assert_true(isnan(factors.sublayer[FLOW_FEED_FORWARD]));
    snapshot_free(snapshot);
}

static void what_is_not_measured_has_no_factor(void **state)
{
    (void)state;
    struct snapshot *snapshot = nothing_measured();
    assert_true(isnan(factors_of(snapshot, 0).block));
    set_sublayer(snapshot, FLOW_ATTENTION, 0, 0, 4);
    set_sublayer(snapshot, FLOW_FEED_FORWARD, 4, 4, 4);
    assert_true(isnan(factors_of(snapshot, 1).block)); /* a gradient that is gone */
    assert_near(factors_of(snapshot, 1).sublayer[FLOW_FEED_FORWARD], 1, 1e-12);
    set_sublayer(snapshot, FLOW_ATTENTION, 4, 4, 4);
    snapshot_clear(snapshot);
    assert_true(isnan(factors_of(snapshot, 1).block));
    assert_true(isnan(factors_of(&snapshot_none, 1).block));
    snapshot_free(snapshot);
}

/* Trains two steps of a small stack and holds the products of its blocks against the gradients of
 * its stream, which are measured elsewhere. */
static void check_run(const char *placement, const char *parallel)
{
    struct settings settings = settings_default();
    struct error error;
    const char *const values[][2] = {{"left", placement}, {"parallel", parallel}, {"layers", "4"},
                                     {"width", "16"},     {"heads", "2"},         {"ffn", "32"},
                                     {"context", "8"},    {"batch", "4"}};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        assert_true(setting_set(&settings, values[i][0], values[i][1], &error));
    const struct task_setup setup = settings_task(&settings);
    struct task *task = task_open(&setup, &error);
    assert_non_null(task);
    struct run run;
    assert_true(run_open(&run, &settings, LEFT, task, &error));
    const struct snapshot *snapshot = run.snapshot;
    run.watch = WATCH_DETAIL;
    for (int step = 0; step < 2; step++)
        run_step(&run);
    assert_true(snapshot->detailed);
    const float *gradient = snapshot_array(snapshot, QUANTITY_STREAM_GRAD, 0);
    for (int block = 0; block < settings.layers; block++) {
        const struct factors factors = factors_of(snapshot, block);
        const struct placement_row *row =
            &placement_table[placement_of_block(snapshot->placement, block, settings.layers)];
        double links = 1;
        assert_int_equal(factors.sublayers, strcmp(parallel, "on") == 0 ? 1 : 2);
        for (int i = 0; i < factors.sublayers; i++) {
            links *= factors.norm[i] * factors.join[i];
            assert_true(row->norm_out || factors.norm[i] == 1);
            assert_true(factors.gain[i] > 0);
        }
        assert_near(links, factors.block, 1e-6);
        assert_near(pow(factors.mean, factors.sublayers), factors.block, 1e-6);
        assert_near(factors.block, (double)gradient[block] / (double)gradient[block + 1], 1e-5);
    }
    run_close(&run);
    task_close(task);
}

static void factors_multiply_to_the_block_under_every_placement(void **state)
{
    (void)state;
    for (int placement = 0; placement < PLACEMENTS; placement++) {
        check_run(placement_table[placement].name, "off");
        check_run(placement_table[placement].name, "on");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(links_are_gradients_over_gradients),
        cmocka_unit_test(a_parallel_block_is_one_sublayer),
        cmocka_unit_test(what_is_not_measured_has_no_factor),
        cmocka_unit_test(factors_multiply_to_the_block_under_every_placement),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
