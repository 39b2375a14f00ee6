/* The trainer: commands between steps, every snapshot published once and in order, the same bits
 * whatever the number of threads. */
#include "train/trainer.h"

#include "support/snapshots.h"
#include "train/pair.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct settings small_settings(void)
{
    static const char *const values[][2] = {{"layers", "2"}, {"width", "16"},  {"heads", "2"},
                                            {"ffn", "32"},   {"context", "8"}, {"batch", "5"},
                                            {"speed", "0"},  {"task", "copy"}, {"threads", "2"}};
    struct settings settings = settings_default();
    struct error error;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        assert_true(setting_set(&settings, values[i][0], values[i][1], &error));
    return settings;
}

/* Waits, without end, for the next update: a trainer that never answers hangs the test. */
static struct update *next(struct trainer *trainer)
{
    struct update *update;
    while (!(update = trainer_take(trainer)))
        trainer_wait(trainer, 1);
    return update;
}

static double number(const struct update *update, enum side side, enum quantity quantity)
{
    return snapshot_scalar(update->snapshot[side], quantity);
}

/* The state of an update, for the test to keep. */
static struct pair_state *take_state(struct update *update)
{
    struct pair_state *state = update->state;
    update->state = NULL;
    return state;
}

static struct trainer *start(const struct settings *settings, bool running)
{
    struct error error;
    struct trainer *trainer = trainer_start(settings, running, NULL, &error);
    assert_non_null(trainer);
    struct update *update = next(trainer);
    assert_int_equal(update->kind, UPDATE_RESTART);
    assert_string_equal(update->run->task.name, "copy");
    assert_true(update->run->parameters[LEFT] > 0);
    return trainer;
}

static void test_steps_come_in_order_and_none_is_lost(void **state)
{
    (void)state;
    struct settings settings = small_settings();
    settings.steps = 500; /* several times the length of the queue */
    struct trainer *trainer = start(&settings, true);
    for (int64_t step = 1; step <= settings.steps; step++) {
        const struct update *update = next(trainer);
        assert_int_equal(update->kind, UPDATE_STEP);
        assert_int_equal(update->step, step);
        for (int side = 0; side < SIDES; side++)
            assert_int_equal(update->snapshot[side]->step, step);
    }
    assert_int_equal(next(trainer)->kind, UPDATE_END);
    assert_false(trainer_running(trainer));
    trainer_stop(trainer);
}

static void test_pause_and_single_step(void **state)
{
    (void)state;
    struct settings settings = small_settings();
    struct trainer *trainer = start(&settings, false);
    assert_false(trainer_running(trainer));
    assert_false(trainer_wait(trainer, 0.05));
    trainer_step(trainer);
    assert_int_equal(next(trainer)->step, 1);
    trainer_step(trainer);
    trainer_step(trainer);
    assert_int_equal(next(trainer)->step, 2);
    assert_int_equal(next(trainer)->step, 3);
    assert_false(trainer_wait(trainer, 0.05));
    trainer_run(trainer);
    assert_true(trainer_running(trainer));
    assert_int_equal(next(trainer)->step, 4);
    trainer_stop(trainer); /* while it runs, with updates that nobody took */
}

static void test_changes_apply_between_steps(void **state)
{
    (void)state;
    struct settings settings = small_settings(), changed = settings;
    struct trainer *trainer = start(&settings, false);
    trainer_step(trainer);
    double lr = number(next(trainer), LEFT, QUANTITY_LR);
    changed.lr = 2 * lr;
    trainer_apply(trainer, &changed);
    trainer_step(trainer);
    const struct update *update = next(trainer);
    assert_int_equal(update->kind, UPDATE_CHANGE);
    assert_int_equal(update->step, 2); /* the first step that it acts on */
    assert_true(update->run->settings.lr == 2 * lr);
    update = next(trainer);
    assert_int_equal(update->step, 2); /* no restart */
    assert_true(number(update, RIGHT, QUANTITY_LR) == 2 * lr);

    changed.layers = 3;
    trainer_apply(trainer, &changed);
    trainer_step(trainer);
    assert_int_equal(next(trainer)->kind, UPDATE_RESTART);
    update = next(trainer);
    assert_int_equal(update->step, 1);
    assert_int_equal(update->snapshot[LEFT]->layers, 3);

    changed.speed = 7; /* the program's: no update, no restart */
    trainer_apply(trainer, &changed);
    trainer_step(trainer);
    assert_int_equal(next(trainer)->step, 2);
    trainer_stop(trainer);
}

/* Between two steps, without a restart; what has other tensors is refused, and nothing changes. */
static void test_a_placement_is_switched_between_steps(void **state)
{
    (void)state;
    struct settings settings = small_settings();
    struct trainer *trainer = start(&settings, false);
    trainer_step(trainer);
    assert_int_equal(next(trainer)->snapshot[RIGHT]->placement, PLACEMENT_POST);
    trainer_switch(trainer, RIGHT, PLACEMENT_PRE);
    trainer_step(trainer);
    const struct update *update = next(trainer);
    assert_int_equal(update->kind, UPDATE_CHANGE);
    assert_int_equal(update->step, 2);
    assert_int_equal(update->run->settings.stack[RIGHT].placement, PLACEMENT_PRE);
    assert_int_equal(update->run->settings.stack[LEFT].placement, PLACEMENT_PRE);
    update = next(trainer);
    assert_int_equal(update->kind, UPDATE_STEP);
    assert_int_equal(update->step, 2);
    assert_int_equal(update->snapshot[RIGHT]->placement, PLACEMENT_PRE);
    /* The weights are those of a step under the other placement. */
    assert_true(number(update, RIGHT, QUANTITY_LOSS) != number(update, LEFT, QUANTITY_LOSS));

    trainer_switch(trainer, LEFT, PLACEMENT_REZERO);
    update = next(trainer);
    assert_int_equal(update->kind, UPDATE_FAILED);
    assert_non_null(strstr(update->error.text, "cannot go from pre to rezero"));
    /* Settings that agree with what was switched to do not restart. */
    settings.stack[RIGHT].placement = PLACEMENT_PRE;
    settings.lr *= 2;
    trainer_apply(trainer, &settings);
    trainer_step(trainer);
    assert_int_equal(next(trainer)->kind, UPDATE_CHANGE);
    update = next(trainer);
    assert_int_equal(update->step, 3);
    assert_int_equal(update->snapshot[LEFT]->placement, PLACEMENT_PRE);
    /* From the start, it is as if it had always been so. */
    trainer_restart(trainer);
    trainer_step(trainer);
    assert_int_equal(next(trainer)->kind, UPDATE_RESTART);
    update = next(trainer);
    assert_int_equal(update->step, 1);
    assert_true(number(update, RIGHT, QUANTITY_LOSS) == number(update, LEFT, QUANTITY_LOSS));
    trainer_stop(trainer);
}

static void test_a_restart_tells_the_profile_of_admin(void **state)
{
    (void)state;
    struct settings settings = small_settings();
    settings.stack[RIGHT].placement = PLACEMENT_ADMIN;
    struct error error;
    struct trainer *trainer = trainer_start(&settings, false, NULL, &error);
    assert_non_null(trainer);
    const struct update *update = next(trainer);
    assert_true(isnan(update->run->omega[LEFT].first) && isnan(update->run->omega[LEFT].last));
    assert_true(update->run->omega[RIGHT].first == 1); /* Liu 2020: omega_1 */
    assert_true(update->run->omega[RIGHT].last > 1);
    trainer_stop(trainer);
}

static void test_restart_repeats_the_run(void **state)
{
    (void)state;
    struct settings settings = small_settings();
    struct trainer *trainer = start(&settings, false);
    struct snapshot *before[SIDES] = {NULL};
    for (int i = 0; i < 4; i++)
        trainer_step(trainer);
    for (int i = 0; i < 4; i++) {
        const struct update *update = next(trainer);
        for (int side = 0; side < SIDES && i == 3; side++)
            before[side] = snapshot_copy(update->snapshot[side]);
    }
    trainer_restart(trainer);
    assert_int_equal(next(trainer)->kind, UPDATE_RESTART);
    for (int i = 0; i < 4; i++)
        trainer_step(trainer);
    const struct update *update = NULL;
    for (int i = 0; i < 4; i++)
        update = next(trainer);
    for (int side = 0; side < SIDES; side++) {
        assert_same_snapshot(update->snapshot[side], before[side]);
        snapshot_free(before[side]);
    }
    trainer_stop(trainer);
}

static void test_what_cannot_be_carried_out_changes_nothing(void **state)
{
    (void)state;
    struct settings settings = small_settings(), wrong = settings;
    struct trainer *trainer = start(&settings, false);
    trainer_step(trainer);
    assert_int_equal(next(trainer)->step, 1);
    wrong.task = TASK_TEXT;
    strcpy(wrong.text, "/nowhere/at/all");
    trainer_apply(trainer, &wrong);
    const struct update *update = next(trainer);
    assert_int_equal(update->kind, UPDATE_FAILED);
    assert_non_null(strstr(update->error.text, "/nowhere/at/all"));
    trainer_step(trainer);
    update = next(trainer);
    assert_int_equal(update->kind, UPDATE_STEP);
    assert_int_equal(update->step, 2);
    trainer_stop(trainer);
}

static void test_threads_do_not_change_a_bit(void **state)
{
    (void)state;
    struct snapshot *first[SIDES] = {NULL};
    for (int threads = 1; threads <= 8; threads *= 2) {
        struct settings settings = small_settings();
        struct pair pair;
        struct error error;
        settings.threads = threads;
        assert_true(pair_open(&pair, &settings, &error));
        for (int step = 0; step < 20; step++)
            pair_step(&pair);
        for (int side = 0; side < SIDES; side++)
            if (threads == 1)
                first[side] = snapshot_copy(pair.run[side].snapshot);
            else
                assert_same_snapshot(pair.run[side].snapshot, first[side]);
        pair_close(&pair);
    }
    for (int side = 0; side < SIDES; side++)
        snapshot_free(first[side]);
}

/* One weight of the right stack's second block is lost: in this tensor, which is of that part. */
static void lose_a_weight(const char *kind, enum fault_part part)
{
    struct settings settings = small_settings();
    struct pair pair;
    struct error error;
    assert_true(pair_open(&pair, &settings, &error));
    const struct snapshot *left = pair.run[LEFT].snapshot, *right = pair.run[RIGHT].snapshot;
    pair_step(&pair);
    assert_true(left->finite && right->finite);
    const struct model *model = &pair.run[RIGHT].model;
    for (int i = 0; i < model->parameters.tensors; i++)
        if (model->parameters.tensor[i].block == 1 &&
            strcmp(model->parameters.tensor[i].kind, kind) == 0)
            model->parameters.weight[model->parameters.tensor[i].offset] = (real)NAN;
    for (int step = 0; step < 3; step++) {
        pair_step(&pair);
        assert_true(left->finite);
        assert_false(right->finite);
        assert_int_equal(right->fault.place, FAULT_STREAM);
        assert_int_equal(right->fault.layer, 2);
        assert_int_equal(right->fault.part, part);
        assert_int_equal(right->fault.step, 2);
        assert_int_equal(right->step, step + 2);
        assert_true(isnan(snapshot_scalar(right, QUANTITY_LOSS)));
    }
    pair_close(&pair);
}

/* ---- samples ---- */

/* The next update; it must be a sample of this step. */
static void assert_sample(struct trainer *trainer, int64_t step)
{
    const struct update *update = next(trainer);
    assert_int_equal(update->kind, UPDATE_SAMPLE);
    assert_int_equal(update->step, step);
    for (int side = 0; side < SIDES; side++) {
        assert_int_equal(update->sample[side].step, step);
        assert_true(update->sample[side].texts > 0);
    }
}

/* A paused trainer writes one when it is watched, and after each step; unwatched, none. */
static void test_a_paused_trainer_writes_a_sample_of_every_step(void **state)
{
    (void)state;
    struct settings settings = small_settings();
    struct trainer *trainer = start(&settings, false);
    trainer_watch(trainer, WATCH_SAMPLES);
    assert_sample(trainer, 0);
    assert_false(trainer_wait(trainer, 0.05)); /* and no other one */
    trainer_step(trainer);
    assert_int_equal(next(trainer)->kind, UPDATE_STEP);
    assert_sample(trainer, 1);
    trainer_switch(trainer, RIGHT, PLACEMENT_PRE);
    assert_int_equal(next(trainer)->kind, UPDATE_CHANGE);
    assert_sample(trainer, 1); /* the stack is another one */
    trainer_restart(trainer);
    assert_int_equal(next(trainer)->kind, UPDATE_RESTART);
    assert_sample(trainer, 0);
    trainer_watch(trainer, 0);
    trainer_step(trainer);
    assert_int_equal(next(trainer)->kind, UPDATE_STEP);
    assert_false(trainer_wait(trainer, 0.05));
    trainer_stop(trainer);
}

/* Running, there is one every so many steps; the steps are the same as without. */
static void test_samples_come_in_a_rhythm_of_steps(void **state)
{
    (void)state;
    struct settings settings = small_settings();
    struct pair pair;
    struct error error;
    enum { STEPS = 45 };
    settings.steps = STEPS;
    assert_true(pair_open(&pair, &settings, &error));
    pair.watch = WATCH_SOME_DETAIL; /* as a trainer always does */
    const int distance = pair_sample_distance(&pair, true);
    assert_true(distance >= 10);
    struct trainer *trainer = start(&settings, false);
    trainer_watch(trainer, WATCH_SAMPLES);
    assert_sample(trainer, 0);
    trainer_run(trainer);
    for (int64_t step = 1; step <= STEPS; step++) {
        const struct update *update = next(trainer);
        pair_step(&pair);
        assert_int_equal(update->kind, UPDATE_STEP);
        assert_int_equal(update->step, step);
        for (int side = 0; side < SIDES; side++)
            assert_same_snapshot(update->snapshot[side], pair.run[side].snapshot);
        if (step % distance == 0)
            assert_sample(trainer, step);
    }
    assert_int_equal(next(trainer)->kind, UPDATE_END);
    assert_sample(trainer, STEPS); /* paused by the end */
    assert_false(trainer_wait(trainer, 0.05));
    settings.task = TASK_SHAPES;
    settings.context = 17;
    trainer_apply(trainer, &settings);
    const struct update *update = next(trainer);
    assert_int_equal(update->kind, UPDATE_RESTART);
    assert_string_equal(update->run->symbols.text[0], "disc");
    for (int64_t step = 1; step <= STEPS; step++)
        assert_int_equal(next(trainer)->kind, UPDATE_STEP); /* images: no samples */
    assert_int_equal(next(trainer)->kind, UPDATE_END);
    trainer_stop(trainer);
    pair_close(&pair);
}

/* Where nobody watches there are few, of one text, which is the first of those that are watched;
 * the steps are the same as without. */
static void test_some_samples_are_taken_for_those_who_look_back(void **state)
{
    (void)state;
    struct settings settings = small_settings();
    struct pair pair;
    struct error error;
    int samples = 0;
    settings.steps = 60;
    assert_true(pair_open(&pair, &settings, &error));
    pair.watch = WATCH_SOME_DETAIL;
    const int distance = pair_sample_distance(&pair, false);
    assert_int_equal(distance, 25);
    struct trainer *trainer = start(&settings, false);
    trainer_watch(trainer, WATCH_SOME_SAMPLES);
    assert_false(trainer_wait(trainer, 0.05)); /* of the initial weights there is none */
    trainer_run(trainer);
    for (int64_t step = 1; step <= settings.steps; step++) {
        const struct update *update = next(trainer);
        pair_step(&pair);
        assert_int_equal(update->kind, UPDATE_STEP);
        for (int side = 0; side < SIDES; side++)
            assert_same_snapshot(update->snapshot[side], pair.run[side].snapshot);
        if (step == settings.steps || (step > 1 && step % distance != 0))
            continue;
        update = next(trainer);
        assert_int_equal(update->kind, UPDATE_SAMPLE);
        assert_int_equal(update->step, step);
        pair_begin_sample(&pair, true);
        while (pair_go_on_sample(&pair))
            ;
        for (int side = 0; side < SIDES; side++) {
            const struct sample *few = &update->sample[side];
            const struct sample *all = &pair.sampler[side].sample;
            assert_int_equal(few->texts, 1);
            assert_true(all->texts > 1);
            assert_int_equal(few->text[0].count, all->text[0].count);
            assert_memory_equal(few->text[0].token, all->text[0].token, sizeof few->text[0].token);
        }
        samples++;
    }
    assert_int_equal(samples, 3);
    assert_int_equal(next(trainer)->kind, UPDATE_END);
    assert_false(trainer_wait(trainer, 0.05)); /* nor one of a step that nothing follows */
    trainer_watch(trainer, WATCH_SAMPLES | WATCH_SOME_SAMPLES);
    assert_sample(trainer, settings.steps);
    trainer_stop(trainer);
    pair_close(&pair);
}

/* Of a run under way there is one at once, and after a restart one of the first step. */
static void test_the_first_sample_does_not_wait_for_the_rhythm(void **state)
{
    (void)state;
    struct settings settings = small_settings();
    settings.task = TASK_GRAMMAR;
    struct error error;
    struct trainer *trainer = trainer_start(&settings, true, NULL, &error);
    assert_non_null(trainer);
    trainer_watch(trainer, WATCH_SAMPLES);
    int64_t steps = 0;
    const struct update *update;
    while ((update = next(trainer))->kind != UPDATE_SAMPLE)
        steps += update->kind == UPDATE_STEP;
    assert_int_equal(update->step, steps);
    trainer_restart(trainer);
    while (next(trainer)->kind != UPDATE_RESTART)
        ;
    assert_int_equal(next(trainer)->kind, UPDATE_STEP);
    assert_sample(trainer, 1);
    trainer_stop(trainer); /* perhaps while one is under way */
}

static void test_a_diverged_stack_says_where_and_goes_no_further(void **state)
{
    (void)state;
    lose_a_weight("ffn.up.weight", FAULT_FEED_FORWARD);
    lose_a_weight("ln2.weight", FAULT_FEED_FORWARD);
    lose_a_weight("attn.proj.weight", FAULT_ATTENTION);
}

/* A copy of the state is handed out between two steps; loaded, the run goes on from there, in this
 * trainer and in another one. */
static void test_a_state_is_saved_and_loaded(void **state)
{
    (void)state;
    struct settings settings = small_settings(), other = settings;
    struct error error;
    struct trainer *trainer = start(&settings, false);
    trainer_step(trainer);
    trainer_step(trainer);
    assert_int_equal(next(trainer)->step, 1);
    assert_int_equal(next(trainer)->step, 2);
    trainer_save(trainer);
    trainer_step(trainer);
    struct update *update = next(trainer);
    assert_int_equal(update->kind, UPDATE_STATE);
    assert_int_equal(update->step, 2);
    struct pair_state *saved = take_state(update);
    assert_non_null(saved);
    assert_int_equal(saved->step, 2);
    update = next(trainer);
    assert_int_equal(update->step, 3);
    assert_null(update->state);
    const double loss = number(update, RIGHT, QUANTITY_LOSS);
    const double norm = number(update, LEFT, QUANTITY_GRAD_NORM);

    other.layers = 3; /* another model, which the load replaces */
    trainer_apply(trainer, &other);
    trainer_load(trainer, saved);
    trainer_step(trainer);
    assert_int_equal(next(trainer)->kind, UPDATE_RESTART);
    update = next(trainer);
    assert_int_equal(update->kind, UPDATE_LOAD);
    assert_int_equal(update->step, 2);
    assert_int_equal(update->run->settings.layers, 2);
    assert_ptr_equal(take_state(update), saved);
    update = next(trainer);
    assert_int_equal(update->step, 3);
    assert_true(number(update, RIGHT, QUANTITY_LOSS) == loss);
    trainer_branch(trainer, 2, NULL);
    update = next(trainer);
    assert_int_equal(update->kind, UPDATE_FAILED);
    assert_non_null(strstr(update->error.text, "only later steps can be gone back to"));
    trainer_branch(trainer, 3, NULL);
    assert_int_equal(next(trainer)->kind, UPDATE_BRANCH);
    trainer_stop(trainer);

    trainer = trainer_resume(saved, false, NULL, &error);
    assert_non_null(trainer);
    update = next(trainer);
    assert_int_equal(update->kind, UPDATE_LOAD);
    assert_null(update->state);
    trainer_step(trainer);
    update = next(trainer);
    assert_int_equal(update->step, 3);
    assert_true(number(update, LEFT, QUANTITY_GRAD_NORM) == norm);
    trainer_save(trainer); /* whose answer nobody takes */
    trainer_load(trainer, saved);
    trainer_stop(trainer);
}

/* What cannot be loaded gives its state back, and the run goes on as it was. */
static void test_a_load_that_fails_changes_nothing(void **state)
{
    (void)state;
    struct settings settings = small_settings();
    struct trainer *trainer = start(&settings, false);
    trainer_step(trainer);
    assert_int_equal(next(trainer)->step, 1);
    trainer_save(trainer);
    struct pair_state *saved = take_state(next(trainer));
    saved->settings.task = TASK_TEXT;
    strcpy(saved->settings.text, "/nowhere/at/all");
    trainer_load(trainer, saved);
    trainer_step(trainer);
    struct update *update = next(trainer);
    assert_int_equal(update->kind, UPDATE_FAILED);
    assert_ptr_equal(take_state(update), saved);
    assert_int_equal(next(trainer)->step, 2);
    trainer_stop(trainer);
    pair_state_free(saved);
}

/* A run of two steps, at its end. */
static struct trainer *start_and_end(struct settings *settings)
{
    settings->steps = 2;
    struct trainer *trainer = start(settings, true);
    while (next(trainer)->kind != UPDATE_END)
        continue;
    return trainer;
}

/* A run that was saved at its end is at its end. */
static void test_a_loaded_run_can_be_over(void **state)
{
    (void)state;
    struct settings settings = small_settings();
    struct trainer *trainer = start_and_end(&settings);
    trainer_save(trainer);
    struct pair_state *saved = take_state(next(trainer));
    assert_int_equal(saved->step, 2);
    trainer_load(trainer, saved);
    struct update *update = next(trainer);
    assert_int_equal(update->kind, UPDATE_LOAD);
    assert_ptr_equal(take_state(update), saved);
    assert_int_equal(next(trainer)->kind, UPDATE_END);
    assert_false(trainer_running(trainer));
    trainer_stop(trainer);
    pair_state_free(saved);
}

/* The length of a run is no more than a number: with more steps it goes on, with fewer it ends. */
static void test_the_length_changes_under_way(void **state)
{
    (void)state;
    struct settings settings = small_settings();
    struct trainer *trainer = start_and_end(&settings);
    settings.lr *= 2; /* which makes it no longer */
    trainer_apply(trainer, &settings);
    assert_int_equal(next(trainer)->kind, UPDATE_CHANGE);
    assert_false(trainer_running(trainer));
    settings.steps = 4;
    trainer_apply(trainer, &settings);
    assert_int_equal(next(trainer)->kind, UPDATE_CHANGE);
    assert_int_equal(next(trainer)->step, 3);
    assert_int_equal(next(trainer)->step, 4);
    assert_int_equal(next(trainer)->kind, UPDATE_END);
    settings.steps = 0;
    trainer_apply(trainer, &settings);
    assert_int_equal(next(trainer)->kind, UPDATE_CHANGE);
    while (next(trainer)->step < 9)
        continue;
    settings.steps = 1;
    trainer_apply(trainer, &settings);
    while (next(trainer)->kind != UPDATE_END)
        continue;
    assert_false(trainer_running(trainer));
    trainer_stop(trainer);
}

/* Whoever sees a step before the next one may begin can stop a run where it wants to. */
static void test_a_run_by_step_waits_for_each(void **state)
{
    (void)state;
    struct settings settings = small_settings();
    struct trainer *trainer = start(&settings, false);
    trainer_run_by_step(trainer);
    for (int64_t step = 1; step <= 5; step++) {
        trainer_allow_step(trainer);
        assert_int_equal(next(trainer)->step, step);
        assert_true(trainer_running(trainer));
    }
    trainer_pause(trainer);
    trainer_save(trainer);
    const struct update *update = next(trainer);
    assert_int_equal(update->kind, UPDATE_STATE);
    assert_int_equal(update->step, 5);
    while (!trainer_settled(trainer))
        trainer_wait(trainer, 0.01);
    trainer_run(trainer); /* freely again */
    assert_int_equal(next(trainer)->step, 6);
    assert_int_equal(next(trainer)->step, 7);
    trainer_stop(trainer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps_come_in_order_and_none_is_lost),
        cmocka_unit_test(test_pause_and_single_step),
        cmocka_unit_test(test_changes_apply_between_steps),
        cmocka_unit_test(test_a_placement_is_switched_between_steps),
        cmocka_unit_test(test_a_restart_tells_the_profile_of_admin),
        cmocka_unit_test(test_restart_repeats_the_run),
        cmocka_unit_test(test_what_cannot_be_carried_out_changes_nothing),
        cmocka_unit_test(test_a_state_is_saved_and_loaded),
        cmocka_unit_test(test_a_load_that_fails_changes_nothing),
        cmocka_unit_test(test_a_loaded_run_can_be_over),
        cmocka_unit_test(test_the_length_changes_under_way),
        cmocka_unit_test(test_threads_do_not_change_a_bit),
        cmocka_unit_test(test_a_diverged_stack_says_where_and_goes_no_further),
        cmocka_unit_test(test_a_paused_trainer_writes_a_sample_of_every_step),
        cmocka_unit_test(test_samples_come_in_a_rhythm_of_steps),
        cmocka_unit_test(test_a_run_by_step_waits_for_each),
        cmocka_unit_test(test_some_samples_are_taken_for_those_who_look_back),
        cmocka_unit_test(test_the_first_sample_does_not_wait_for_the_rhythm),
    };
    return cmocka_run_group_tests_name("trainer", tests, NULL, NULL);
}
