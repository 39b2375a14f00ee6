/* A step of a run, beside what it measures (test_measure.c): clipping, a change of the optimizer,
 * when held-out data are looked at, and where a stack is said to have stopped being finite. */
#include "train/run.h"

#include "core/tensors.h"
#include "support/small_run.h"
#include "train/measure.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* With one setting besides. */
static void open_with(struct small_run *small, const char *name, const char *value)
{
    const char *const values[][2] = {{name, value}};
    small_run_open(small, values, 1);
}

static void assert_weights(const struct run *run, const real *expected)
{
    assert_memory_equal(run->model.parameters.weight, expected,
                        run->model.parameters.count * sizeof(real));
}

/* ---- clipping ---- */

/* A limit above the gradient's norm changes nothing: it is no length to scale up to. */
static void small_gradients_are_not_clipped(void **state)
{
    struct small_run free_run, limited;
    (void)state;
    open_with(&free_run, "clip", "0");
    open_with(&limited, "clip", "1000");
    for (int step = 0; step < 3; step++) {
        run_step(&free_run.run);
        run_step(&limited.run);
        assert_true(snapshot_scalar(limited.run.snapshot, QUANTITY_GRAD_NORM) < 1000);
        assert_true(snapshot_scalar(limited.run.snapshot, QUANTITY_CLIP) == 1);
        assert_weights(&limited.run, free_run.run.model.parameters.weight);
    }
    small_run_close(&free_run);
    small_run_close(&limited);
}

/* ---- the optimizer ---- */

/* The weights that `before` become by the gradients of the step that the run has just done, with an
 * optimizer that has never done one. */
static real *weights_of_a_first_update(struct run *run, const real *before)
{
    const size_t bytes = run->model.parameters.count * sizeof(real);
    const struct settings *settings = &run->settings;
    const struct optimizer_step step =
        run_optimizer_step(settings, snapshot_scalar(run->snapshot, QUANTITY_LR),
                           snapshot_scalar(run->snapshot, QUANTITY_CLIP));
    struct optimizer_state optimizer;
    real *after = small_run_weights(run);
    memcpy(run->model.parameters.weight, before, bytes);
    assert_true(optimizer_open(&optimizer, &run->model));
    optimizer_update(&optimizer, &run->model, &step, NULL);
    optimizer_close(&optimizer);
    real *expected = small_run_weights(run);
    memcpy(run->model.parameters.weight, after, bytes);
    free(after);
    return expected;
}

/* Moments of one optimizer mean nothing to another. */
static void another_optimizer_starts_anew(void **state)
{
    (void)state;
    for (int from = 0; from < OPTIMIZERS; from++)
        for (int to = 0; to < OPTIMIZERS; to++) {
            struct small_run subject;
            open_with(&subject, "optimizer", optimizer_table[from].name);
            for (int step = 0; step < 3; step++)
                run_step(&subject.run);
            struct settings settings = subject.run.settings;
            small_run_set(&settings, "optimizer", optimizer_table[to].name);
            run_set(&subject.run, &settings);
            real *before = small_run_weights(&subject.run);
            run_step(&subject.run);
            real *anew = weights_of_a_first_update(&subject.run, before);
            const bool same = memcmp(subject.run.model.parameters.weight, anew,
                                     subject.run.model.parameters.count * sizeof(real)) == 0;
            if (from != to && !same)
                fail_msg("%s goes on with what %s has kept", optimizer_table[to].name,
                         optimizer_table[from].name);
            assert_true(from != to || to == OPTIMIZER_SGD || !same); /* it keeps its own */
            free(before);
            free(anew);
            small_run_close(&subject);
        }
}

/* ---- held-out data ---- */

static void held_out_data_are_seen_before_the_first_step(void **state)
{
    struct small_run subject;
    (void)state;
    open_with(&subject, "clip", "1");
    for (int step = 1; step <= 102; step++) {
        run_step(&subject.run);
        const double loss = snapshot_scalar(subject.run.snapshot, QUANTITY_VALID_LOSS);
        const bool expected = step == 1 || step == 51 || step == 101;
        if (isfinite(loss) != expected)
            fail_msg("step %d: the held-out loss is %g", step, loss);
    }
    small_run_close(&subject);
}

/* ---- where a stack stopped being finite ---- */

static void assert_fault(const struct model *model, struct fault expected)
{
    const struct fault fault = measure_fault(model);
    assert_int_equal(fault.place, expected.place);
    assert_int_equal(fault.layer, expected.layer);
    assert_int_equal(fault.part, expected.part);
}

/* Backward goes from the last layer to the first, so that the last layer that is not finite is
 * where it began. */
static void a_gradient_is_searched_from_the_last_layer(void **state)
{
    struct small_run subject;
    (void)state;
    open_with(&subject, "layers", "4");
    run_step(&subject.run);
    struct model *model = &subject.run.model;
    assert_fault(model, (struct fault){.place = FAULT_NONE});
    for (int l = 0; l <= model->config.layers; l++) {
        model->gradients.dstream_square[l] = l % 2 == 0 ? (double)NAN : (double)INFINITY;
        assert_fault(model, (struct fault){.place = FAULT_GRADIENT, .layer = l});
    }
    small_run_close(&subject);
}

/* A weight's gradient has the number of its block, counted from 1 as the streams are, and 0 outside
 * the blocks; the last one of the table is computed first. */
static void a_parameter_has_the_number_of_its_block(void **state)
{
    static const struct {
        const char *kind;
        int block; /* from 0, -1: outside */
        struct fault fault;
    } expected[] = {
        {"wte.weight", -1, {FAULT_PARAMETER, 0, 0, FAULT_WHOLE}},
        {"attn.qkv.weight", 0, {FAULT_PARAMETER, 1, 0, FAULT_ATTENTION}},
        {"ffn.up.weight", 0, {FAULT_PARAMETER, 1, 0, FAULT_FEED_FORWARD}},
        {"ln1.weight", 3, {FAULT_PARAMETER, 4, 0, FAULT_ATTENTION}},
        {"ffn.down.weight", 3, {FAULT_PARAMETER, 4, 0, FAULT_FEED_FORWARD}},
        {"head.weight", -1, {FAULT_PARAMETER, 0, 0, FAULT_WHOLE}},
    };
    struct small_run subject;
    (void)state;
    open_with(&subject, "layers", "4");
    run_step(&subject.run);
    struct model *model = &subject.run.model;
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        const int tensor = tensors_find(&model->parameters, expected[i].kind, expected[i].block);
        assert_true(tensor >= 0);
        model->gradients.dweight_square[tensor] = (double)NAN;
        assert_fault(model, expected[i].fault);
    }
    small_run_close(&subject);
}

/* A weight that overflows in a real step: the output of its block is the first that is not finite,
 * in that step and in all that follow, and nothing more is computed. */
static void a_real_overflow_is_found_where_it_is(void **state)
{
    struct small_run subject;
    (void)state;
    open_with(&subject, "layers", "4");
    struct run *run = &subject.run;
    run_step(run);
    const int index = tensors_find(&run->model.parameters, "ffn.down.weight", 2);
    run->model.parameters.weight[run->model.parameters.tensor[index].offset] = (real)INFINITY;
    real *before = small_run_weights(run);
    for (int step = 2; step <= 4; step++) {
        run_step(run);
        const struct fault *fault = &run->snapshot->fault;
        assert_int_equal(run->snapshot->step, step);
        assert_false(run->snapshot->finite);
        assert_int_equal(fault->place, FAULT_STREAM);
        assert_int_equal(fault->layer, 3);
        assert_int_equal(fault->part, FAULT_FEED_FORWARD);
        assert_int_equal(fault->step, 2);
        assert_weights(run, before);
    }
    free(before);
    small_run_close(&subject);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_gradients_are_not_clipped),
        cmocka_unit_test(another_optimizer_starts_anew),
        cmocka_unit_test(held_out_data_are_seen_before_the_first_step),
        cmocka_unit_test(a_gradient_is_searched_from_the_last_layer),
        cmocka_unit_test(a_parameter_has_the_number_of_its_block),
        cmocka_unit_test(a_real_overflow_is_found_where_it_is),
    };
    return cmocka_run_group_tests_name("run", tests, small_run_write_text, small_run_remove_text);
}
