/* Saved states: which are kept in how much memory, and that going back to any step and forth again
 * gives the same bits, whatever was changed in between. */
#include "train/states.h"

#include "support/snapshots.h"

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
    struct settings settings = settings_default();
    settings.layers = 2;
    settings.width = 16;
    settings.heads = 2;
    settings.ffn = 24;
    settings.context = 8;
    settings.batch = 4;
    settings.threads = 1;
    settings.task = TASK_COPY;
    return settings;
}

/* A run with its states. */
struct session {
    struct pair pair;
    struct states states;
};

static void open_session(struct session *session, const struct settings *settings)
{
    struct error error;
    assert_true(pair_open(&session->pair, settings, &error));
    states_open(&session->states);
    states_restart(&session->states, &session->pair);
}

static void close_session(struct session *session)
{
    states_close(&session->states);
    pair_close(&session->pair);
}

static void train_to(struct session *session, int64_t step)
{
    while (session->pair.run[LEFT].step < step) {
        pair_step(&session->pair);
        states_step(&session->states, &session->pair);
    }
}

static void go_back(struct session *session, int64_t step)
{
    struct error error;
    assert_true(states_back(&session->states, &session->pair, step, &error));
    assert_true(session->pair.run[LEFT].step < step || step == 0);
    while (session->pair.run[LEFT].step < step)
        assert_true(states_redo(&session->states, &session->pair, &error));
}

static void assert_same_run(const struct run *a, const struct run *b)
{
    const size_t bytes = a->model.parameters.count * sizeof(real);
    assert_int_equal(a->step, b->step);
    assert_int_equal(a->model.config.placement, b->model.config.placement);
    assert_int_equal(a->model.parameters.count, b->model.parameters.count);
    assert_memory_equal(a->model.parameters.weight, b->model.parameters.weight, bytes);
    assert_memory_equal(a->optimizer.first, b->optimizer.first, bytes);
    assert_memory_equal(a->optimizer.second, b->optimizer.second, bytes);
    assert_int_equal(a->optimizer.updates, b->optimizer.updates);
    assert_int_equal(a->optimizer.kind, b->optimizer.kind);
    assert_int_equal(a->fault.place, b->fault.place);
    assert_int_equal(a->fault.step, b->fault.step);
    assert_int_equal(settings_difference(&a->settings, &b->settings), -1);
}

static void assert_same(const struct session *a, const struct session *b)
{
    for (int side = 0; side < SIDES; side++) {
        assert_same_run(&a->pair.run[side], &b->pair.run[side]);
        assert_same_snapshot(a->pair.run[side].snapshot, b->pair.run[side].snapshot);
    }
    assert_int_equal(settings_difference(&a->pair.settings, &b->pair.settings), -1);
}

/* The states kept are those at the multiples of the spacing, from 0 to the newest. */
static void assert_kept(const struct states *states, int64_t step)
{
    assert_int_equal(states->count, step / states->spacing + 1);
    size_t bytes = 0;
    for (int i = 0; i < states->count; i++) {
        assert_int_equal(states->state[i]->step, i * states->spacing);
        bytes += states->state[i]->bytes;
    }
    assert_int_equal(states->used, bytes);
}

static void states_are_thinned_fairly(void **state)
{
    (void)state;
    const struct settings settings = small_settings();
    struct session session;
    open_session(&session, &settings);
    const size_t each = pair_state_bytes(&session.pair);
    assert_true(each < pair_bytes(&settings, task_info(session.pair.task).vocab));
    assert_int_equal(each, pair_state_bytes_for(&settings, task_info(session.pair.task).vocab));
    states_limit(&session.states, 5 * each + each / 2);
    for (int64_t step = 1; step <= 700; step++) {
        train_to(&session, step);
        assert_true(session.states.used <= session.states.limit);
        assert_kept(&session.states, step);
        if (step >= 4 * STATES_SPACING) /* five took the budget up: no memory comes or goes */
            assert_int_equal(session.states.count + session.states.spares, 5);
    }
    assert_int_equal(session.states.spacing, 256); /* 0 256 512 */
    assert_int_equal(session.states.count, 3);
    states_limit(&session.states, 4 * each);
    assert_int_equal(session.states.spares, 1);
    states_limit(&session.states, 0); /* the least */
    assert_int_equal(session.states.spares, 0);
    assert_int_equal(session.states.count, STATES_LEAST);
    assert_kept(&session.states, 700);
    states_limit(&session.states, STATES_BYTES);
    states_restart(&session.states, &session.pair);
    assert_int_equal(session.states.count, 1);
    assert_int_equal(session.states.used, each);
    assert_int_equal(session.states.spacing, STATES_SPACING);
    train_to(&session, 720);
    struct error error;
    assert_false(states_back(&session.states, &session.pair, 700, &error)); /* it began there */
    assert_non_null(strstr(error.text, "taken up again at step 700: only later steps"));
    assert_int_equal(session.pair.run[LEFT].step, 720);
    go_back(&session, 701);
    close_session(&session);
}

/* Two are kept whatever the budget: the start, and one not too far back. */
static void a_tiny_budget_keeps_two(void **state)
{
    (void)state;
    const struct settings settings = small_settings();
    struct session session, again;
    open_session(&session, &settings);
    open_session(&again, &settings);
    states_limit(&session.states, 1);
    train_to(&session, 150);
    train_to(&again, 100);
    assert_int_equal(session.states.count, 2);
    assert_int_equal(session.states.state[1]->step, 128);
    go_back(&session, 100);
    assert_same(&session, &again);
    assert_true(states_most(1000, 7) == 1000);
    assert_true(states_most(1000, 1000) == 2000);
    close_session(&session);
    close_session(&again);
}

/* After going back the spacing is that of a run of this length, and later states are gone. */
static void cutting_forgets_what_is_later(void **state)
{
    (void)state;
    const struct settings settings = small_settings();
    struct session session;
    open_session(&session, &settings);
    states_limit(&session.states, 6 * pair_state_bytes(&session.pair));
    train_to(&session, 600);
    assert_int_equal(session.states.spacing, 128);
    go_back(&session, 140);
    states_cut(&session.states, 140);
    assert_int_equal(session.states.count, 2);
    assert_int_equal(session.states.state[1]->step, 128);
    assert_int_equal(session.states.spacing, 64);
    train_to(&session, 200);
    assert_int_equal(session.states.count, 3); /* 0 128 192 */
    train_to(&session, 460);                   /* thinned again: 0 128 256 384 */
    assert_kept(&session.states, 460);
    go_back(&session, 0);
    states_cut(&session.states, 0);
    assert_kept(&session.states, 0);
    close_session(&session);
}

/* A change that acts from the next step on, as the trainer makes it. */
static void change(struct session *session, const struct settings *settings)
{
    pair_set(&session->pair, settings);
    states_change(&session->states, &session->pair);
}

static void switch_to(struct session *session, enum side side, enum placement placement)
{
    struct error error;
    if (!pair_switch(&session->pair, side, placement, &error))
        fail_msg("%s", error.text);
    states_change(&session->states, &session->pair);
}

/* Every switch that there is, there and back again, with steps and changes in between. */
static void every_switch_comes_again(void **state)
{
    (void)state;
    static const int64_t targets[] = {36, 25, 22, 20, 17, 3};
    int switches = 0;
    for (enum placement from = 0; from < PLACEMENTS; from++)
        for (enum placement to = 0; to < PLACEMENTS; to++) {
            struct settings settings = small_settings();
            settings.stack[RIGHT].placement = from;
            settings.optimizer = OPTIMIZER_ADAMW;
            if (from == to || !run_settings_can_switch(&settings, RIGHT, to))
                continue;
            switches++;
            for (size_t t = 0; t < sizeof targets / sizeof targets[0]; t++) {
                struct session session, again;
                struct session *both[] = {&session, &again};
                for (int i = 0; i < 2; i++) {
                    open_session(both[i], &settings);
                    const int64_t end = i == 0 ? 40 : targets[t];
                    train_to(both[i], end < 20 ? end : 20);
                    if (end > 20) {
                        switch_to(both[i], RIGHT, to);
                        train_to(both[i], end < 25 ? end : 25);
                    }
                    if (end > 25) {
                        switch_to(both[i], RIGHT, from);
                        switch_to(both[i], RIGHT, to);
                        switch_to(both[i], RIGHT, from);
                        train_to(both[i], end);
                    }
                }
                go_back(&session, targets[t]);
                assert_same(&session, &again);
                train_to(&session, targets[t] + 3);
                train_to(&again, targets[t] + 3);
                assert_same(&session, &again);
                close_session(&session);
                close_session(&again);
            }
        }
    assert_true(switches >= 20);
}

/* Everything that the optimizer can be set to, a change after every 3rd step. */
static void every_change_comes_again(void **state)
{
    (void)state;
    enum { EVERY = 3 };
    struct settings settings[OPTIMIZERS + SCHEDULES + 5];
    int count = 0;
    settings[count++] = small_settings();
    for (int i = 0; i < OPTIMIZERS; i++, count++) {
        settings[count] = settings[count - 1];
        settings[count].optimizer = (enum optimizer)i;
    }
    for (int i = 0; i < SCHEDULES; i++, count++) {
        settings[count] = settings[count - 1];
        settings[count].schedule = (enum schedule)i;
        settings[count].steps = 60 + i;
    }
    for (int i = 0; i < 4; i++, count++) {
        settings[count] = settings[count - 1];
        *(double *[]){&settings[count].lr, &settings[count].clip, &settings[count].weight_decay,
                      &settings[count].beta1}[i] = 0.01;
        settings[count].warmup = 100 * (i % 2);
    }
    const int64_t end = EVERY * count;
    struct session session, again;
    open_session(&session, &settings[0]);
    for (int64_t step = 0; step < end; step++) {
        if (step % EVERY == 0 && step > 0)
            change(&session, &settings[step / EVERY]);
        train_to(&session, step + 1);
    }
    for (int64_t target = end; target > 0; target -= 2) {
        open_session(&again, &settings[0]);
        for (int64_t step = 0; step < target; step++) {
            if (step % EVERY == 0 && step > 0)
                change(&again, &settings[step / EVERY]);
            train_to(&again, step + 1);
        }
        go_back(&session, target);
        states_cut(&session.states, target);
        assert_same(&session, &again);
        close_session(&again);
    }
    close_session(&session);
}

/* A stack that is no longer finite stays so, and before that it is finite again. */
static void a_diverged_stack_comes_again(void **state)
{
    (void)state;
    struct settings settings = small_settings();
    struct session session, again;
    open_session(&session, &settings);
    open_session(&again, &settings);
    train_to(&session, 20);
    train_to(&again, 20);
    settings.optimizer = OPTIMIZER_SGD;
    settings.lr = 1e30;
    change(&session, &settings);
    train_to(&session, 60);
    assert_false(session.pair.run[LEFT].snapshot->finite ||
                 session.pair.run[RIGHT].snapshot->finite);
    const int64_t fault = session.pair.run[LEFT].snapshot->fault.step;
    assert_true(fault > 20);
    go_back(&session, 50); /* from a state that holds the fault */
    assert_int_equal(session.pair.run[LEFT].snapshot->fault.step, fault);
    assert_true(isnan(snapshot_scalar(session.pair.run[LEFT].snapshot, QUANTITY_LOSS)));
    go_back(&session, fault);
    assert_int_equal(session.pair.run[LEFT].snapshot->fault.step, fault);
    go_back(&session, fault - 1);
    assert_true(session.pair.run[LEFT].snapshot->finite);
    go_back(&session, 20);
    assert_same(&session, &again);
    close_session(&session);
    close_session(&again);
}

/* A state of another model is refused, and the pair is as it was: its placements too. */
static void a_foreign_state_is_refused(void **state)
{
    (void)state;
    struct settings settings = small_settings(), wider = settings;
    struct session session, again, other;
    struct error error;
    wider.ffn *= 2;
    wider.stack[RIGHT].placement = PLACEMENT_PRE;
    open_session(&session, &settings);
    open_session(&again, &settings);
    open_session(&other, &wider);
    train_to(&session, 5);
    train_to(&again, 5);
    assert_false(pair_state_put(&session.pair, other.states.state[0], &error));
    assert_non_null(strstr(error.text, "other parameters"));
    assert_same(&session, &again);
    train_to(&session, 8);
    train_to(&again, 8);
    assert_same(&session, &again);
    close_session(&session);
    close_session(&again);
    close_session(&other);
}

/* The settings of the program are not those of that time. */
static void the_program_goes_on_as_it_is(void **state)
{
    (void)state;
    struct settings settings = small_settings();
    struct session session;
    open_session(&session, &settings);
    train_to(&session, 5);
    settings.lr *= 2;
    change(&session, &settings);
    train_to(&session, 20);
    settings.speed = 7;
    settings.threads = 3;
    pair_set(&session.pair, &settings);
    go_back(&session, 4);
    assert_true(session.pair.settings.speed == 7 && session.pair.settings.threads == 3);
    assert_int_equal(session.pair.threads, 3);
    assert_true(session.pair.settings.lr < settings.lr);
    go_back(&session, 20);
    assert_true(session.pair.settings.speed == 7 && session.pair.settings.threads == 3);
    assert_true(session.pair.settings.lr == settings.lr);
    close_session(&session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(states_are_thinned_fairly),
        cmocka_unit_test(a_tiny_budget_keeps_two),
        cmocka_unit_test(cutting_forgets_what_is_later),
        cmocka_unit_test(every_switch_comes_again),
        cmocka_unit_test(every_change_comes_again),
        cmocka_unit_test(a_diverged_stack_comes_again),
        cmocka_unit_test(a_foreign_state_is_refused),
        cmocka_unit_test(the_program_goes_on_as_it_is),
    };
    return cmocka_run_group_tests_name("states", tests, NULL, NULL);
}
