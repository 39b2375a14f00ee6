/* A stack in training goes on under another placement: which ones it can take, and that nothing but
 * the placement changes. */
#include "core/tensors.h"
#include "train/pair.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct settings small_settings(enum placement left, enum norm norm)
{
    struct settings settings = settings_default();
    settings.stack[LEFT].placement = settings.stack[RIGHT].placement = left;
    settings.stack[LEFT].norm = settings.stack[RIGHT].norm = norm;
    settings.layers = 3;
    settings.width = 16;
    settings.heads = 2;
    settings.ffn = 24;
    settings.context = 8;
    settings.batch = 4;
    settings.threads = 1;
    settings.task = TASK_COPY;
    return settings;
}

struct stack {
    struct task *task;
    struct run run;
};

static void open_stack(struct stack *stack, enum placement placement, enum norm norm)
{
    const struct settings settings = small_settings(placement, norm);
    struct error error;
    const struct task_setup setup = settings_task(&settings);
    stack->task = task_open(&setup, &error);
    assert_non_null(stack->task);
    assert_true(run_open(&stack->run, &settings, LEFT, stack->task, &error));
}

static void close_stack(struct stack *stack)
{
    run_close(&stack->run);
    task_close(stack->task);
}

static double loss_of(const struct run *run)
{
    return snapshot_scalar(run->snapshot, QUANTITY_LOSS);
}

static void train(struct stack *stack, int steps)
{
    for (int i = 0; i < steps; i++)
        run_step(&stack->run);
}

static void change(struct stack *stack, enum placement placement)
{
    struct error error;
    assert_true(run_can_switch(&stack->run, placement));
    if (!run_switch(&stack->run, placement, &error))
        fail_msg("%s", error.text);
    assert_int_equal(stack->run.model.config.placement, placement);
}

static void assert_same_tensors(const struct run *a, const struct run *b)
{
    assert_int_equal(a->model.parameters.tensors, b->model.parameters.tensors);
    assert_int_equal(a->step, b->step);
    assert_int_equal(a->optimizer.updates, b->optimizer.updates);
    const size_t bytes = a->model.parameters.count * sizeof(real);
    assert_int_equal(a->model.parameters.count, b->model.parameters.count);
    assert_memory_equal(a->model.parameters.weight, b->model.parameters.weight, bytes);
    assert_memory_equal(a->optimizer.first, b->optimizer.first, bytes);
    assert_memory_equal(a->optimizer.second, b->optimizer.second, bytes);
}

/* There and back without a step between changes no bit, of the weights nor of what follows. */
static void there_and_back_changes_no_bit(void **state)
{
    (void)state;
    static const enum placement pairs[][2] = {{PLACEMENT_PRE, PLACEMENT_POST},
                                              {PLACEMENT_POST, PLACEMENT_PRE},
                                              {PLACEMENT_PRE, PLACEMENT_LNS},
                                              {PLACEMENT_MIX, PLACEMENT_DEEPNORM},
                                              {PLACEMENT_RESIDUAL, PLACEMENT_B2T}};
    static const enum norm norms[] = {NORM_LAYERNORM, NORM_RMSNORM, NORM_DYT};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        for (size_t n = 0; n < sizeof norms / sizeof *norms; n++) {
            struct stack moved, stays;
            open_stack(&moved, pairs[i][0], norms[n]);
            open_stack(&stays, pairs[i][0], norms[n]);
            train(&moved, 5);
            train(&stays, 5);
            change(&moved, pairs[i][1]);
            change(&moved, pairs[i][0]);
            assert_same_tensors(&moved.run, &stays.run);
            train(&moved, 3);
            train(&stays, 3);
            assert_same_tensors(&moved.run, &stays.run);
            assert_true(loss_of(&moved.run) == loss_of(&stays.run));
            close_stack(&moved);
            close_stack(&stays);
        }
    }
}

static const real *find(const struct run *run, const real *numbers, const char *kind, int block)
{
    const int index = tensors_find(&run->model.parameters, kind, block);
    return index < 0 ? NULL : numbers + run->model.parameters.tensor[index].offset;
}

static void training_goes_on(void **state)
{
    (void)state;
    struct stack stack;
    const size_t matrix = 16 * 16;
    open_stack(&stack, PLACEMENT_POST, NORM_LAYERNORM);
    train(&stack, 4);
    real kept[16 * 16], moment[16 * 16];
    const char *kind = "attn.proj.weight";
    memcpy(kept, find(&stack.run, stack.run.model.parameters.weight, kind, 2), sizeof kept);
    memcpy(moment, find(&stack.run, stack.run.optimizer.second, kind, 2), sizeof moment);

    change(&stack, PLACEMENT_PRE);
    assert_memory_equal(find(&stack.run, stack.run.model.parameters.weight, kind, 2), kept,
                        sizeof kept);
    assert_memory_equal(find(&stack.run, stack.run.optimizer.second, kind, 2), moment,
                        sizeof moment);
    for (int i = 0; i < 16; i++) { /* the final norm comes in at its initial values */
        assert_true(find(&stack.run, stack.run.model.parameters.weight, "ln_f.weight", -1)[i] == 1);
        assert_true(find(&stack.run, stack.run.model.parameters.weight, "ln_f.bias", -1)[i] == 0);
        assert_true(find(&stack.run, stack.run.optimizer.second, "ln_f.weight", -1)[i] == 0);
    }
    train(&stack, 1);
    assert_int_equal(stack.run.snapshot->step, 5);
    assert_int_equal(stack.run.snapshot->placement, PLACEMENT_PRE);
    assert_int_equal(stack.run.optimizer.updates, 5);
    assert_true(stack.run.snapshot->finite && loss_of(&stack.run) > 0);
    assert_memory_not_equal(find(&stack.run, stack.run.model.parameters.weight, kind, 2), kept,
                            matrix * sizeof *kept);

    /* Once trained, the final norm waits for its return. */
    real gain[16];
    memcpy(gain, find(&stack.run, stack.run.model.parameters.weight, "ln_f.weight", -1),
           sizeof gain);
    assert_true(gain[0] != 1);
    change(&stack, PLACEMENT_POST);
    assert_null(find(&stack.run, stack.run.model.parameters.weight, "ln_f.weight", -1));
    train(&stack, 2);
    assert_int_equal(stack.run.snapshot->placement, PLACEMENT_POST);
    change(&stack, PLACEMENT_DEEPNORM);
    change(&stack, PLACEMENT_MIX);
    assert_memory_equal(find(&stack.run, stack.run.model.parameters.weight, "ln_f.weight", -1),
                        gain, sizeof gain);
    train(&stack, 1);
    assert_int_equal(stack.run.snapshot->step, 8);
    assert_true(stack.run.snapshot->finite);
    close_stack(&stack);
}

static bool is_one_of(enum placement placement, const enum placement *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (list[i] == placement)
            return true;
    return false;
}

/* Placements in one list have the same tensors; the others are alone. */
static void check_pairs(enum norm norm, const enum placement *list, size_t count)
{
    for (int from = 0; from < PLACEMENTS; from++) {
        struct stack stack;
        open_stack(&stack, (enum placement)from, norm);
        for (int to = 0; to < PLACEMENTS; to++) {
            const bool expected = from == to || (is_one_of((enum placement)from, list, count) &&
                                                 is_one_of((enum placement)to, list, count));
            if (run_can_switch(&stack.run, (enum placement)to) != expected)
                fail_msg("%s to %s with %s", placement_table[from].name, placement_table[to].name,
                         norm_table[norm].name);
        }
        close_stack(&stack);
    }
}

static void placements_with_the_same_tensors_can_switch(void **state)
{
    (void)state;
    static const enum placement around[] = {PLACEMENT_PRE, PLACEMENT_POST, PLACEMENT_DEEPNORM,
                                            PLACEMENT_LNS, PLACEMENT_MIX,  PLACEMENT_RESIDUAL,
                                            PLACEMENT_B2T};
    static const enum placement unnormed[] = {
        PLACEMENT_PRE,      PLACEMENT_POST, PLACEMENT_DEEPNORM, PLACEMENT_LNS,    PLACEMENT_MIX,
        PLACEMENT_RESIDUAL, PLACEMENT_B2T,  PLACEMENT_NONE,     PLACEMENT_BRANCH, PLACEMENT_PERI};
    check_pairs(NORM_LAYERNORM, around, sizeof around / sizeof *around);
    check_pairs(NORM_DYT, around, sizeof around / sizeof *around);
    check_pairs(NORM_NONE, unnormed, sizeof unnormed / sizeof *unnormed);
}

static void a_switch_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    struct stack stack, other;
    struct error error = {""};
    open_stack(&stack, PLACEMENT_NONE, NORM_LAYERNORM);
    open_stack(&other, PLACEMENT_NONE, NORM_LAYERNORM);
    train(&stack, 1);
    train(&other, 1);
    assert_false(run_switch(&stack.run, PLACEMENT_REZERO, &error));
    assert_non_null(strstr(error.text, "from none to rezero"));
    assert_int_equal(stack.run.model.config.placement, PLACEMENT_NONE);
    assert_same_tensors(&stack.run, &other.run);
    close_stack(&stack);
    close_stack(&other);
}

static void a_pair_switches_one_side(void **state)
{
    (void)state;
    struct settings settings = small_settings(PLACEMENT_PRE, NORM_RMSNORM);
    struct pair pair;
    struct error error;
    settings.threads = 2;
    assert_true(pair_open(&pair, &settings, &error));
    pair_step(&pair);
    assert_true(loss_of(&pair.run[LEFT]) == loss_of(&pair.run[RIGHT]));
    assert_true(pair_switch(&pair, RIGHT, PLACEMENT_POST, &error));
    assert_false(pair_switch(&pair, LEFT, PLACEMENT_PERI, &error));
    for (int side = 0; side < SIDES; side++) {
        assert_int_equal(pair.run[side].settings.stack[LEFT].placement, PLACEMENT_PRE);
        assert_int_equal(pair.run[side].settings.stack[RIGHT].placement, PLACEMENT_POST);
    }
    assert_int_equal(pair.settings.stack[RIGHT].placement, PLACEMENT_POST);
    pair_step(&pair);
    assert_int_equal(pair.run[LEFT].snapshot->placement, PLACEMENT_PRE);
    assert_int_equal(pair.run[RIGHT].snapshot->placement, PLACEMENT_POST);
    assert_true(loss_of(&pair.run[LEFT]) != loss_of(&pair.run[RIGHT]));
    pair_close(&pair);
}

/* Admin's omega follows from the first batch, and is the same however the run is opened. */
static void admin_is_profiled_when_a_run_opens(void **state)
{
    (void)state;
    struct stack one, two;
    open_stack(&one, PLACEMENT_ADMIN, NORM_LAYERNORM);
    open_stack(&two, PLACEMENT_ADMIN, NORM_LAYERNORM);
    const real *omega = find(&one.run, one.run.model.parameters.weight, "ffn.omega", 2);
    assert_true(omega[0] > 1 && omega[0] == omega[15]);
    assert_same_tensors(&one.run, &two.run);
    train(&one, 2);
    assert_true(omega[0] != omega[15]); /* it is trained */
    close_stack(&one);
    close_stack(&two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back_changes_no_bit),
        cmocka_unit_test(training_goes_on),
        cmocka_unit_test(placements_with_the_same_tensors_can_switch),
        cmocka_unit_test(a_switch_that_does_not_fit_is_refused),
        cmocka_unit_test(a_pair_switches_one_side),
        cmocka_unit_test(admin_is_profiled_when_a_run_opens),
    };
    return cmocka_run_group_tests_name("switch", tests, NULL, NULL);
}
