/* The verdict that the screen shows: nothing while it is too early, and of a moment of the past
 * what could be said then. */
#include "support/fixture.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static struct fixture *fixture;

static int open_fixture(void **state)
{
    (void)state;
    fixture = calloc(1, sizeof *fixture);
    if (!fixture)
        return -1;
    fixture_open(fixture);
    return 0;
}

static int close_fixture(void **state)
{
    (void)state;
    fixture_close(fixture);
    free(fixture);
    return 0;
}

static void assert_kinds(enum verdict_kind left, enum verdict_kind right)
{
    assert_int_equal(scene_verdict(&fixture->scene, LEFT).kind, left);
    assert_int_equal(scene_verdict(&fixture->scene, RIGHT).kind, right);
}

static void nothing_is_said_while_it_is_too_early(void **state)
{
    (void)state;
    assert_kinds(VERDICT_NONE, VERDICT_NONE);
    fixture_train(fixture, 49);
    assert_kinds(VERDICT_NONE, VERDICT_NONE);
    fixture_train(fixture, 128);
    assert_kinds(VERDICT_LEARNS, VERDICT_STUCK);
    fixture->settings.warmup = 100; /* for 50 steps after it there is none */
    assert_kinds(VERDICT_NONE, VERDICT_NONE);
    fixture->settings.warmup = 77;
    assert_kinds(VERDICT_LEARNS, VERDICT_STUCK);
}

static void the_past_has_the_verdict_of_its_time(void **state)
{
    (void)state;
    fixture_train(fixture, 128);
    const struct scene_verdict now = scene_verdict(&fixture->scene, LEFT);
    assert_true(now.part <= 0.75 && now.learn_step > 50 && now.learn_step < 128);
    assert_int_equal(scene_verdict(&fixture->scene, RIGHT).learn_step, 0);
    fixture->scene.look.cursor = 30;
    assert_kinds(VERDICT_NONE, VERDICT_NONE);
    fixture->scene.look.cursor = now.learn_step - 1;
    const struct scene_verdict then = scene_verdict(&fixture->scene, LEFT);
    assert_int_equal(then.kind, VERDICT_SLOW);
    assert_int_equal(then.learn_step, 0);
    assert_true(then.part > 0.75 && then.part < 0.9);
}

static void what_diverged_is_said_at_once(void **state)
{
    (void)state;
    fixture_train_until_fault(fixture, 60, (struct fault){FAULT_STREAM, 5, 20, FAULT_ATTENTION});
    fixture->settings.warmup = 1000;
    assert_kinds(VERDICT_NONE, VERDICT_DIVERGED);
    fixture->scene.look.cursor = 19;
    assert_kinds(VERDICT_NONE, VERDICT_NONE);
}

/* A run that is over has its verdict, however short it was. */
static void the_end_has_a_verdict(void **state)
{
    (void)state;
    fixture_train(fixture, 40);
    fixture->scene.data.ended = true;
    for (enum side side = LEFT; side < SIDES; side++)
        assert_int_not_equal(scene_verdict(&fixture->scene, side).kind, VERDICT_NONE);
    fixture->scene.look.cursor = 39;
    assert_kinds(VERDICT_NONE, VERDICT_NONE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_said_while_it_is_too_early),
        TEST(the_past_has_the_verdict_of_its_time),
        TEST(what_diverged_is_said_at_once),
        TEST(the_end_has_a_verdict),
    };
#undef TEST
    return cmocka_run_group_tests(tests, NULL, NULL);
}
