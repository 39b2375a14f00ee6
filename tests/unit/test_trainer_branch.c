/* The trainer goes back to a step and on from there: the same bits where nothing is changed, and
 * what it says of it. */
#include "train/trainer.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { STEPS = 90 };

/* What a user does before a step. */
enum deed { SET_LR, SET_WARMUP, SET_OPTIMIZER, SET_SCHEDULE, SET_CLIP, SET_THREADS, SWITCH };
struct act {
    int64_t step; /* the first that it acts on */
    enum deed deed;
    double value;
    enum side side; /* of SWITCH, whose value is the placement */
};

static const struct act script[] = {
    {6, SET_LR, 1e-3, LEFT},
    {10, SET_OPTIMIZER, OPTIMIZER_LION, LEFT},
    {10, SET_LR, 2e-3, LEFT},
    {17, SWITCH, PLACEMENT_PRE, RIGHT},
    {18, SET_WARMUP, 60, LEFT},
    {25, SWITCH, PLACEMENT_LNS, LEFT},
    {25, SWITCH, PLACEMENT_POST, LEFT},
    {25, SWITCH, PLACEMENT_DEEPNORM, RIGHT},
    {33, SET_THREADS, 4, LEFT}, /* the program's: is not undone */
    {40, SET_CLIP, 0.1, LEFT},
    {49, SET_OPTIMIZER, OPTIMIZER_ADAMW, LEFT},
    {55, SET_SCHEDULE, SCHEDULE_COSINE, LEFT},
    {64, SWITCH, PLACEMENT_POST, RIGHT},
};
enum { ACTS = sizeof script / sizeof script[0] };

/* The numbers of one step of both stacks. */
struct record {
    double number[SIDES][6];
    float stream_grad[SIDES][3], weight[SIDES][2];
    enum placement placement[SIDES];
    struct fault fault[SIDES];
};

static struct settings settings, wanted;
static struct record first[STEPS + 1], again[STEPS + 1];

static void reset_settings(int threads)
{
    settings = settings_default();
    settings.layers = 2;
    settings.width = 16;
    settings.heads = 2;
    settings.ffn = 32;
    settings.context = 8;
    settings.batch = 5;
    settings.speed = 0;
    settings.task = TASK_COPY;
    settings.threads = threads;
    wanted = settings;
}

/* Waits, without end, for the next update: a trainer that never answers hangs the test. */
static const struct update *next(struct trainer *trainer)
{
    const struct update *update;
    while (!(update = trainer_take(trainer)))
        trainer_wait(trainer, 1);
    return update;
}

static const struct update *expect(struct trainer *trainer, enum update_kind kind)
{
    const struct update *update = next(trainer);
    if (update->kind != kind)
        fail_msg("update %d, not %d: %s", update->kind, kind,
                 update->kind == UPDATE_FAILED ? update->error.text : "");
    return update;
}

static struct trainer *start(bool running)
{
    struct error error;
    struct trainer *trainer = trainer_start(&settings, running, NULL, &error);
    assert_non_null(trainer);
    expect(trainer, UPDATE_RESTART);
    return trainer;
}

static void set(struct settings *in, const struct act *act)
{
    switch (act->deed) {
    case SET_LR:
        in->lr = act->value;
        break;
    case SET_WARMUP:
        in->warmup = (int)act->value;
        break;
    case SET_OPTIMIZER:
        in->optimizer = (enum optimizer)act->value;
        break;
    case SET_SCHEDULE:
        in->schedule = (enum schedule)act->value;
        break;
    case SET_CLIP:
        in->clip = act->value;
        break;
    case SET_THREADS:
        in->threads = (int)act->value;
        break;
    case SWITCH:
        in->stack[act->side].placement = (enum placement)act->value;
        break;
    }
}

static void act(struct trainer *trainer, const struct act *act)
{
    set(&wanted, act);
    if (act->deed == SWITCH)
        trainer_switch(trainer, act->side, (enum placement)act->value);
    else
        trainer_apply(trainer, &wanted);
    if (act->deed != SET_THREADS)
        expect(trainer, UPDATE_CHANGE);
}

static struct record record_of(const struct update *update)
{
    struct record record;
    memset(&record, 0, sizeof record);
    for (int side = 0; side < SIDES; side++) {
        const struct snapshot *now = update->snapshot[side];
        const enum quantity scalars[] = {QUANTITY_LOSS,  QUANTITY_VALID_LOSS, QUANTITY_LR,
                                         QUANTITY_RATIO, QUANTITY_GRAD_NORM,  QUANTITY_CLIP};
        for (size_t i = 0; i < sizeof scalars / sizeof scalars[0]; i++)
            record.number[side][i] = snapshot_scalar(now, scalars[i]);
        memcpy(record.stream_grad[side], snapshot_array(now, QUANTITY_STREAM_GRAD, 0),
               sizeof record.stream_grad[side]);
        memcpy(record.weight[side], snapshot_array(now, QUANTITY_UPDATE_RATIO, 2),
               sizeof record.weight[side]);
        record.placement[side] = now->placement;
        record.fault[side].place = now->fault.place; /* not the bytes between and behind them */
        record.fault[side].layer = now->fault.layer;
        record.fault[side].step = now->fault.step;
        record.fault[side].part = now->fault.part;
    }
    return record;
}

/* Steps from `from` on to `to`, with what the script does on the way. */
static void perform(struct trainer *trainer, int64_t from, int64_t to, struct record *record)
{
    for (int64_t step = from; step <= to; step++) {
        for (int i = 0; i < ACTS; i++)
            if (script[i].step == step)
                act(trainer, &script[i]);
        trainer_step(trainer);
        const struct update *update = expect(trainer, UPDATE_STEP);
        assert_int_equal(update->step, step);
        record[step] = record_of(update);
    }
}

/* The settings that the script has made by the end of a step. */
static void forget_later(int64_t step)
{
    const int threads = wanted.threads;
    wanted = settings;
    for (int i = 0; i < ACTS && script[i].step <= step; i++)
        set(&wanted, &script[i]);
    wanted.threads = threads;
}

static void branch(struct trainer *trainer, int64_t step)
{
    trainer_branch(trainer, step, NULL);
    const struct update *update = expect(trainer, UPDATE_BRANCH);
    assert_int_equal(update->step, step);
    forget_later(step);
    assert_int_equal(settings_difference(&update->run->settings, &wanted), -1);
    assert_int_equal(settings_difference(&update->run->before, &wanted), -1);
    const struct record now = record_of(update);
    if (step > 0)
        assert_memory_equal(&now, &first[step], sizeof now);
    assert_int_equal(update->snapshot[LEFT]->step, step);
}

/* Branches after each other, near and far, each from the one before, and to the very end. */
static void the_same_bits_come_again(void **state)
{
    (void)state;
    static const int64_t back[] = {89, 63, 64, 48, 49, 33, 32, 24, 25, 17, 16, 10, 5, 1, 0};
    for (int threads = 1; threads <= 4; threads += 3) {
        reset_settings(threads);
        struct trainer *trainer = start(false);
        perform(trainer, 1, STEPS, first);
        for (size_t i = 0; i < sizeof back / sizeof back[0]; i++) {
            int64_t to = back[i] + 30 < STEPS ? back[i] + 30 : STEPS;
            branch(trainer, back[i]);
            perform(trainer, back[i] + 1, i % 2 ? STEPS : to, again);
            assert_memory_equal(again + back[i] + 1, first + back[i] + 1,
                                (size_t)(to - back[i]) * sizeof *first);
            if (i % 2 == 0) { /* the next one lies before this one, or after it */
                perform(trainer, to + 1, STEPS, again);
                branch(trainer, STEPS);
            }
        }
        trainer_stop(trainer);
    }
}

/* A branch under other settings: those of the optimizer act after it, placements are of the step.
 */
static void a_branch_takes_new_settings(void **state)
{
    (void)state;
    reset_settings(2);
    struct trainer *trainer = start(false), *other;
    perform(trainer, 1, 30, first);
    struct settings changed = wanted;
    changed.warmup = 100;
    changed.lr = 5e-3;
    changed.speed = 3; /* is none of the branch's business */
    trainer_branch(trainer, 12, &changed);
    const struct update *update = expect(trainer, UPDATE_BRANCH);
    forget_later(12);
    assert_int_equal(settings_difference(&update->run->before, &wanted), -1);
    wanted.warmup = 100;
    wanted.lr = 5e-3;
    assert_int_equal(settings_difference(&update->run->settings, &wanted), -1);
    for (int64_t step = 13; step <= 40; step++) {
        trainer_step(trainer);
        first[step] = record_of(expect(trainer, UPDATE_STEP));
        assert_int_equal(first[step].placement[RIGHT], PLACEMENT_POST);
    }
    /* as if it had always been so */
    wanted = settings;
    other = start(false);
    perform(other, 1, 12, again);
    wanted.warmup = 100;
    wanted.lr = 5e-3;
    trainer_apply(other, &wanted);
    expect(other, UPDATE_CHANGE);
    for (int64_t step = 13; step <= 40; step++) {
        trainer_step(other);
        again[step] = record_of(expect(other, UPDATE_STEP));
    }
    assert_memory_equal(again + 1, first + 1, 40 * sizeof *first);
    trainer_stop(other);
    /* and once more, from within the branch: its change is in the log */
    trainer_branch(trainer, 35, NULL);
    const struct record now = record_of(expect(trainer, UPDATE_BRANCH));
    assert_memory_equal(&now, &first[35], sizeof now);
    trainer_step(trainer);
    const struct record after = record_of(expect(trainer, UPDATE_STEP));
    assert_memory_equal(&after, &first[36], sizeof after);
    trainer_stop(trainer);
}

static void a_diverged_stack_is_finite_again(void **state)
{
    (void)state;
    reset_settings(1);
    struct trainer *trainer = start(false);
    for (int64_t step = 1; step <= 40; step++) {
        if (step == 21) {
            wanted.optimizer = OPTIMIZER_SGD;
            wanted.lr = 1e30;
            trainer_apply(trainer, &wanted);
            expect(trainer, UPDATE_CHANGE);
        }
        trainer_step(trainer);
        first[step] = record_of(expect(trainer, UPDATE_STEP));
    }
    assert_true(first[40].fault[LEFT].place != FAULT_NONE);
    for (int64_t step = 38; step >= 18; step -= 5) {
        trainer_branch(trainer, step, NULL);
        const struct record now = record_of(expect(trainer, UPDATE_BRANCH));
        assert_memory_equal(&now, &first[step], sizeof now);
    }
    assert_int_equal(first[18].fault[LEFT].place, FAULT_NONE);
    trainer_step(trainer);
    assert_true(expect(trainer, UPDATE_STEP)->snapshot[LEFT]->finite);
    trainer_stop(trainer);
}

/* A run that is over goes on after a branch, and ends at its last step again. */
static void an_ended_run_ends_again(void **state)
{
    (void)state;
    reset_settings(2);
    settings.steps = 30;
    struct trainer *trainer = start(true);
    for (int64_t step = 1; step <= 30; step++)
        first[step] = record_of(expect(trainer, UPDATE_STEP));
    expect(trainer, UPDATE_END);
    trainer_branch(trainer, 18, NULL);
    assert_int_equal(expect(trainer, UPDATE_BRANCH)->step, 18);
    for (int64_t step = 19; step <= 30; step++) {
        const struct record now = record_of(expect(trainer, UPDATE_STEP));
        assert_memory_equal(&now, &first[step], sizeof now);
    }
    expect(trainer, UPDATE_END);
    struct settings shorter = settings;
    shorter.steps = 10; /* is over at the branch already */
    trainer_branch(trainer, 12, &shorter);
    assert_int_equal(expect(trainer, UPDATE_BRANCH)->step, 12);
    expect(trainer, UPDATE_END);
    assert_false(trainer_running(trainer));
    trainer_stop(trainer);
}

/* Paused stays paused, running goes on; steps that were asked for before are not made. */
static void it_runs_or_pauses_as_before(void **state)
{
    (void)state;
    reset_settings(1);
    struct trainer *trainer = start(false);
    for (int i = 0; i < 20; i++)
        trainer_step(trainer);
    for (int i = 0; i < 20; i++)
        expect(trainer, UPDATE_STEP);
    trainer_branch(trainer, 7, NULL);
    expect(trainer, UPDATE_BRANCH);
    assert_false(trainer_running(trainer));
    assert_false(trainer_wait(trainer, 0.05));
    trainer_branch(trainer, 9, NULL); /* there is no such step any more */
    const struct update *update = expect(trainer, UPDATE_FAILED);
    assert_non_null(strstr(update->error.text, "step 9 is not of this run: it is at step 7"));
    trainer_run(trainer);
    for (int64_t step = 8; step <= 30; step++)
        assert_int_equal(expect(trainer, UPDATE_STEP)->step, step);
    trainer_branch(trainer, 3, NULL);
    do
        update = next(trainer);
    while (update->kind == UPDATE_STEP);
    assert_int_equal(update->kind, UPDATE_BRANCH);
    assert_true(trainer_running(trainer));
    for (int64_t step = 4; step <= 40; step++)
        assert_int_equal(expect(trainer, UPDATE_STEP)->step, step);
    trainer_branch(trainer, 31, NULL);
    trainer_stop(trainer); /* in the middle of it, maybe */
}

/* A restart begins with another state and no log. */
static void a_restart_forgets_the_states(void **state)
{
    (void)state;
    reset_settings(1);
    struct trainer *trainer = start(false);
    perform(trainer, 1, 40, first);
    wanted.seed = settings.seed = 2;
    trainer_apply(trainer, &wanted);
    expect(trainer, UPDATE_RESTART);
    trainer_branch(trainer, 20, NULL);
    expect(trainer, UPDATE_FAILED);
    for (int64_t step = 1; step <= 20; step++) {
        trainer_step(trainer);
        first[step] = record_of(expect(trainer, UPDATE_STEP));
    }
    trainer_branch(trainer, 19, NULL);
    const struct record now = record_of(expect(trainer, UPDATE_BRANCH));
    assert_memory_equal(&now, &first[19], sizeof now);
    trainer_stop(trainer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_bits_come_again),
        cmocka_unit_test(a_branch_takes_new_settings),
        cmocka_unit_test(a_diverged_stack_is_finite_again),
        cmocka_unit_test(an_ended_run_ends_again),
        cmocka_unit_test(it_runs_or_pauses_as_before),
        cmocka_unit_test(a_restart_forgets_the_states),
    };
    return cmocka_run_group_tests_name("trainer: branch", tests, NULL, NULL);
}
