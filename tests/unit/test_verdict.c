/* Verdicts: the smoothed loss by hand, the limits to the last bit, what is too early, what has
 * diverged, tasks without a loss without context, thinned rows, and copies. */
#include "session/verdict.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void assert_near(double value, double expected)
{
    if (!(fabs(value - expected) <= 1e-12 * fabs(expected)))
        fail_msg("%.15g is not %.15g", value, expected);
}

/* `steps` more of the same loss. */
static void feed(struct verdict *verdict, int64_t steps, double loss)
{
    for (int64_t i = 0; i < steps; i++)
        verdict_feed(verdict, verdict->step + 1, loss, true);
}

static void nothing_is_known_before_the_first_step(void **state)
{
    const struct verdict verdict = verdict_open(2, NAN);
    (void)state;
    assert_true(isnan(verdict_loss(&verdict)) && isnan(verdict_part(&verdict)));
    assert_int_equal(verdict_at_end(&verdict), VERDICT_NONE);
    assert_int_equal(verdict_now(&verdict, 0), VERDICT_NONE);
}

/* sum of 0.95^(n-i) loss_i over the same sum of weights. */
static void the_mean_is_exponential_and_unbiased(void **state)
{
    const double loss[] = {4, 2, 3, 1.5};
    struct verdict verdict = verdict_open(2, NAN);
    (void)state;
    for (int n = 0; n < 4; n++) {
        double sum = 0, weight = 0;
        verdict_feed(&verdict, n + 1, loss[n], true);
        for (int i = 0; i <= n; i++) {
            sum += pow(0.95, n - i) * loss[i];
            weight += pow(0.95, n - i);
        }
        assert_near(verdict_loss(&verdict), sum / weight);
        assert_near(verdict_part(&verdict), sum / weight / 2);
    }
}

/* The first loss is its own mean, so that the limits can be met exactly. */
static void limits_belong_to_what_they_bound(void **state)
{
    static const struct {
        double part;
        enum verdict_kind kind;
    } rows[] = {
        {0, VERDICT_LEARNS},       {0.75, VERDICT_LEARNS}, {0.7500001, VERDICT_SLOW},
        {0.8999999, VERDICT_SLOW}, {0.9, VERDICT_STUCK},   {1, VERDICT_STUCK},
        {40, VERDICT_STUCK},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct verdict verdict = {
            .unit = 1, .loss = {.sum = rows[i].part, .weight = 1}, .step = 600};
        assert_int_equal(verdict_at_end(&verdict), rows[i].kind);
        assert_int_equal(verdict_now(&verdict, 0), rows[i].kind);
    }
    assert_near(verdict_learns, 0.75);
    assert_near(verdict_stuck, 0.9);
}

static void learning_has_a_first_step(void **state)
{
    struct verdict verdict = verdict_open(2, NAN);
    int64_t first = 0;
    (void)state;
    feed(&verdict, 10, 2);
    assert_int_equal(verdict.learn_step, 0);
    while (verdict_part(&verdict) > 0.75) {
        feed(&verdict, 1, 1);
        first = verdict.step;
    }
    assert_int_equal(verdict.learn_step, first);
    feed(&verdict, 500, 3); /* what it has learned it can lose */
    assert_int_equal(verdict.learn_step, first);
    assert_int_equal(verdict_at_end(&verdict), VERDICT_STUCK);
}

static void a_run_that_goes_on_has_no_verdict_too_early(void **state)
{
    struct verdict verdict = verdict_open(1, NAN);
    (void)state;
    feed(&verdict, 49, 0.5);
    assert_int_equal(verdict_now(&verdict, 0), VERDICT_NONE);
    assert_int_equal(verdict_at_end(&verdict), VERDICT_LEARNS);
    feed(&verdict, 1, 0.5);
    assert_int_equal(verdict_now(&verdict, 0), VERDICT_LEARNS);
    /* a warmup of 10 steps ends with step 10, and 50 follow */
    assert_int_equal(verdict_now(&verdict, 10), VERDICT_NONE);
    feed(&verdict, 10, 0.5);
    assert_int_equal(verdict_now(&verdict, 10), VERDICT_NONE);
    feed(&verdict, 1, 0.5);
    assert_int_equal(verdict.step, 61);
    assert_int_equal(verdict_now(&verdict, 10), VERDICT_LEARNS);
    /* a warmup that was put in late */
    assert_int_equal(verdict_now(&verdict, 800), VERDICT_NONE);
}

static void what_diverged_has_diverged(void **state)
{
    struct verdict verdict = verdict_open(1, NAN);
    (void)state;
    feed(&verdict, 20, 0.5);
    const double loss = verdict_loss(&verdict);
    verdict_feed(&verdict, 21, 0.5, false); /* its gradient was not finite */
    assert_int_equal(verdict_now(&verdict, 100), VERDICT_DIVERGED);
    assert_int_equal(verdict.fault_step, 21);
    feed(&verdict, 100, 0.1);
    assert_int_equal(verdict.fault_step, 21);
    assert_true(verdict_loss(&verdict) == loss);
    assert_int_equal(verdict_at_end(&verdict), VERDICT_DIVERGED);
    struct verdict other = verdict_open(1, NAN);
    verdict_feed(&other, 1, NAN, true);
    assert_int_equal(verdict_at_end(&other), VERDICT_DIVERGED);
    assert_int_equal(other.fault_step, 1);
}

static void the_first_loss_takes_the_place_of_one_without_context(void **state)
{
    (void)state;
    const double none[] = {NAN, 0, -1};
    for (int i = 0; i < 3; i++) {
        struct verdict verdict = verdict_open(none[i], NAN);
        verdict_feed(&verdict, 1, 4, true);
        assert_near(verdict_part(&verdict), 1);
        assert_int_equal(verdict_at_end(&verdict), VERDICT_STUCK);
        feed(&verdict, 500, 3);
        assert_near(verdict_part(&verdict), 0.75 + 0.25 * pow(0.95, 500) * 0.05);
        feed(&verdict, 500, 2.8);
        assert_int_equal(verdict_at_end(&verdict), VERDICT_LEARNS);
    }
}

/* Every tenth row of a slowly falling loss tells what all rows tell. */
static void thinned_rows_weigh_as_many_steps(void **state)
{
    struct verdict all = verdict_open(1, NAN), thinned = verdict_open(1, NAN);
    (void)state;
    for (int64_t step = 1; step <= 400; step++) {
        const double loss = 1 - 0.001 * (double)step;
        verdict_feed(&all, step, loss, true);
        if (step % 10 == 0)
            verdict_feed(&thinned, step, loss, true);
    }
    assert_true(fabs(verdict_part(&all) - verdict_part(&thinned)) < 0.006);
    assert_true(thinned.learn_step >= all.learn_step - 10 &&
                thinned.learn_step <= all.learn_step + 10);
}

static void a_copy_goes_back(void **state)
{
    struct verdict verdict = verdict_open(1, NAN);
    (void)state;
    feed(&verdict, 100, 0.5);
    struct verdict copy = verdict;
    feed(&verdict, 30, 0.9);
    feed(&copy, 30, 0.9);
    assert_memory_equal(&verdict, &copy, sizeof verdict);
}

static void every_kind_has_its_words(void **state)
{
    (void)state;
    for (int i = VERDICT_NONE + 1; i < VERDICTS; i++) {
        assert_true(verdict_table[i].name[0] && verdict_table[i].help[0]);
        for (int j = 0; j < i; j++) {
            assert_string_not_equal(verdict_table[i].name, verdict_table[j].name);
            assert_true(verdict_table[i].letter != verdict_table[j].letter);
        }
    }
}

/* Where the token at hand tells much, who has learned that alone does not learn yet. */
static void what_the_token_tells_alone_is_not_enough(void **state)
{
    (void)state;
    struct verdict verdict = verdict_open(4, 2);
    assert_near(verdict_learns_at(&verdict), 0.97 * 2 / 4);
    verdict_feed(&verdict, 1, 2, true);
    assert_int_equal(verdict_at_end(&verdict), VERDICT_SLOW);
    assert_int_equal(verdict.learn_step, 0);
    for (int64_t step = 2; step <= 200; step++)
        verdict_feed(&verdict, step, 1.9, true);
    assert_int_equal(verdict_at_end(&verdict), VERDICT_LEARNS);
    assert_true(verdict.learn_step > 2);
    /* Where it tells less than 0.75 asks for, or nothing, that decides. */
    const double others[] = {3.5, 0, NAN};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        verdict = verdict_open(4, others[i]);
        assert_near(verdict_learns_at(&verdict), 0.75);
    }
    verdict = verdict_open(NAN, NAN);
    assert_near(verdict_learns_at(&verdict), 0.75);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_token_tells_alone_is_not_enough),
        cmocka_unit_test(nothing_is_known_before_the_first_step),
        cmocka_unit_test(the_mean_is_exponential_and_unbiased),
        cmocka_unit_test(limits_belong_to_what_they_bound),
        cmocka_unit_test(learning_has_a_first_step),
        cmocka_unit_test(a_run_that_goes_on_has_no_verdict_too_early),
        cmocka_unit_test(what_diverged_has_diverged),
        cmocka_unit_test(the_first_loss_takes_the_place_of_one_without_context),
        cmocka_unit_test(thinned_rows_weigh_as_many_steps),
        cmocka_unit_test(a_copy_goes_back),
        cmocka_unit_test(every_kind_has_its_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
