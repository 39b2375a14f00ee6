/* Records of runs: what they keep, in which settings they differ, what is dropped, and files. */
#include "base/file.h"
#include "session/runs.h"
#include "session/runs_file.h"
#include "support/fixture.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct fixture *fixture;

static int set_up(void **state)
{
    (void)state;
    fixture = calloc(1, sizeof *fixture);
    fixture_open(fixture);
    fixture->settings = settings_default();
    fixture_watch(fixture);
    fixture_keep_runs(fixture);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_close(fixture);
    free(fixture);
    return 0;
}

static void change(const char *name, const char *value)
{
    assert_true(setting_set(&fixture->settings, name, value, NULL));
}

static const struct run_record *record(int number)
{
    return runs_at(&fixture->runs, number);
}

static void a_record_says_what_became_of_a_run(void **state)
{
    (void)state;
    fixture_train(fixture, 300);
    const double least = record(1)->ratio_least[RIGHT];
    fixture_restart(fixture);
    assert_int_equal(record(1)->step, 300);
    assert_int_equal(record(1)->points, 300);
    assert_true(record(1)->ratio_least[RIGHT] == least && least < 1e-3);
    assert_true(record(1)->ratio_step[RIGHT] > 250);
    assert_int_equal(runs_verdict(&fixture->runs, record(1), LEFT), VERDICT_LEARNS);
    assert_int_equal(runs_verdict(&fixture->runs, record(1), RIGHT), VERDICT_STUCK);
    assert_true(record(1)->verdict[LEFT].learn_step > 50);
    assert_true(record(1)->events > 0);
    /* nothing is said of the run under way before it is known */
    fixture_train(fixture, 20);
    assert_int_equal(runs_verdict(&fixture->runs, record(2), RIGHT), VERDICT_NONE);
}

static void curves_are_thinned(void **state)
{
    (void)state;
    fixture_train(fixture, 2 * RUN_POINTS + 50);
    fixture_restart(fixture);
    assert_int_equal(record(1)->stride, 3);
    assert_int_equal(record(1)->points, (2 * RUN_POINTS + 50) / 3);
    fixture_train(fixture, 9);
    for (int i = 0; i < 3; i++) /* the same formula at the same steps */
        assert_true(record(1)->curves[LEFT].value[QUANTITY_LOSS][i] ==
                    history_value(&fixture->history, LEFT, QUANTITY_LOSS, 3 * i + 2));
}

static void difference_is(int number, const char *wanted)
{
    char text[RUN_DIFFERENCE];
    runs_difference(&fixture->runs, record(number), text);
    assert_string_equal(text, wanted);
}

static void differences_are_named(void **state)
{
    (void)state;
    const struct setting_row *column[SETTINGS_MAX];
    fixture_train(fixture, 60);
    assert_int_equal(runs_columns(&fixture->runs, column), 0);
    change("warmup", "100");
    runs_change(&fixture->runs, 61, &fixture->settings);
    assert_int_equal(runs_columns(&fixture->runs, column), 1);
    fixture_train(fixture, 70);
    fixture_restart(fixture);
    difference_is(1, "warmup 0");
    change("left", "peri");
    change("theme", "dark"); /* which is none of the run */
    fixture_train(fixture, 10);
    fixture_restart(fixture);
    difference_is(1, "left pre, warmup 0");
    difference_is(2, "left pre");
    change("seed", "7");
    fixture_train(fixture, 10);
    fixture_restart(fixture);
    fixture_train(fixture, 10);
    fixture_restart(fixture);
    difference_is(4, "run 4");
    assert_int_equal(runs_columns(&fixture->runs, column), 3);
    assert_string_equal(column[0]->name, "left");
    assert_string_equal(column[1]->name, "warmup");
    char value[RUN_VALUE];
    run_value(record(1), column[1], "->", value, sizeof value);
    assert_string_equal(value, "0->100");
}

static void a_run_without_a_step_is_none(void **state)
{
    (void)state;
    fixture_restart(fixture);
    assert_int_equal(fixture->runs.count, 0);
    assert_int_equal(fixture->runs.now.number, 2);
}

static void the_oldest_goes_and_the_pinned_stays(void **state)
{
    (void)state;
    for (int i = 0; i < RUNS_MAX + 3; i++) {
        fixture_train(fixture, 2);
        fixture_restart(fixture);
        if (i == 0)
            fixture->runs.pinned = 1;
    }
    assert_int_equal(fixture->runs.count, RUNS_MAX - 1);
    assert_non_null(record(1));
    assert_null(record(2));
    struct runs_dropped dropped = runs_limit(&fixture->runs, 0);
    assert_int_equal(fixture->runs.count, 1);
    assert_int_equal(dropped.record, RUNS_MAX + 3);
}

/* A branch is judged as from its step on. */
static void a_branch_forgets_what_came_after(void **state)
{
    (void)state;
    struct runs_dropped dropped;
    fixture_train(fixture, 200);
    const int64_t learned = record(1)->verdict[LEFT].learn_step;
    assert_true(learned > 40);
    runs_keep(&fixture->runs, &fixture->history, &fixture->events, NULL, &dropped);
    fixture_branch(fixture, 40);
    change("warmup", "50");
    runs_branch(&fixture->runs, 40, &fixture->settings, &fixture->history);
    assert_int_equal(record(2)->step, 40);
    assert_int_equal(record(2)->verdict[LEFT].learn_step, 0);
    assert_true(record(2)->ratio_step[RIGHT] <= 40);
    assert_int_equal(record(2)->log.count, 2);
    assert_int_equal(record(2)->log.entry[1].step, 41);
    assert_int_equal(record(1)->log.count, 1);
    fixture_train(fixture, 200);
    assert_int_equal(record(2)->verdict[LEFT].learn_step, learned);
}

/* ---- files ---- */

static const char path[] = "/tmp/lnscope-test-runs.safetensors";

static void write_runs(const struct runs *runs)
{
    struct safetensors set = {.sealed = true};
    struct file file;
    struct error error;
    assert_true(file_create(&file, path, true, &error));
    runs_write(runs, &set);
    safetensors_write(&set, file.stream);
    safetensors_close(&set);
    assert_true(file_commit(&file, &error));
}

static bool read_runs(struct runs *runs, int64_t step, struct error *error)
{
    struct safetensors_file file;
    runs_open(runs);
    if (!safetensors_open(&file, path, error))
        fail_msg("%s", error->text);
    const bool good = runs_read(runs, &file, step, error);
    safetensors_file_close(&file);
    remove(path);
    return good;
}

static void runs_come_back_from_a_file(void **state)
{
    (void)state;
    struct runs runs;
    struct error error;
    char values[2][SETTING_TEXT];
    change("text", "/a folder/with=signs\nand lines");
    fixture_train(fixture, 150);
    change("warmup", "200");
    runs_change(&fixture->runs, 151, &fixture->settings);
    fixture_restart(fixture);
    change("left", "deepnorm");
    change("norm", "layernorm/rmsnorm");
    fixture_restart(fixture);
    fixture_train(fixture, 30);
    fixture->runs.pinned = 1;
    write_runs(&fixture->runs);
    if (!read_runs(&runs, 30, &error))
        fail_msg("%s", error.text);
    assert_int_equal(runs.count, 1);
    assert_int_equal(runs.now.number, fixture->runs.now.number);
    assert_int_equal(runs.pinned, 1);
    assert_int_equal(runs_unsaved(&runs), 0);
    const struct run_record *was = record(1), *is = runs.record[0];
    assert_int_equal(is->step, was->step);
    assert_int_equal(is->points, was->points);
    assert_int_equal(is->events, was->events);
    assert_int_equal(is->log.count, 2);
    assert_int_equal(is->log.entry[1].step, 151);
    for (int i = 0; i < setting_count; i++) {
        if (setting_table[i].scope == SCOPE_PROGRAM)
            continue;
        setting_get(run_last(was), &setting_table[i], values[0], SETTING_TEXT);
        setting_get(run_last(is), &setting_table[i], values[1], SETTING_TEXT);
        assert_string_equal(values[0], values[1]);
    }
    for (enum side side = LEFT; side < SIDES; side++) {
        assert_memory_equal(&is->verdict[side], &was->verdict[side], sizeof is->verdict[side]);
        assert_memory_equal(is->curves[side].value[QUANTITY_LOSS],
                            was->curves[side].value[QUANTITY_LOSS],
                            (size_t)was->points * sizeof(double));
    }
    runs_close(&runs);
}

static void runs_that_cannot_be_are_refused(void **state)
{
    (void)state;
    struct runs runs;
    struct error error;
    fixture_train(fixture, 30);
    write_runs(&fixture->runs);
    assert_false(read_runs(&runs, 31, &error)); /* the weights are of another step */
    assert_non_null(strstr(error.text, "step 30"));
    runs_close(&runs);
    runs_change(&fixture->runs, 40, &fixture->settings); /* a step that is not done yet */
    write_runs(&fixture->runs);
    assert_false(read_runs(&runs, 30, &error));
    runs_close(&runs);
    run_log_add(&fixture->runs.now.log, 1, &fixture->settings);
    fixture->runs.now.verdict[LEFT].learn_step = 31;
    write_runs(&fixture->runs);
    assert_false(read_runs(&runs, 30, &error));
    runs_close(&runs);
}

static void runs_are_joined_behind_others(void **state)
{
    (void)state;
    struct runs from;
    struct error error;
    fixture_train(fixture, 30);
    fixture_restart(fixture);
    fixture_train(fixture, 20);
    write_runs(&fixture->runs);
    assert_true(read_runs(&from, 20, &error));
    runs_join(&fixture->runs, &from);
    assert_int_equal(fixture->runs.count, 2);
    assert_int_equal(fixture->runs.record[1]->number, 3);
    assert_int_equal(fixture->runs.now.number, 4);
    runs_close(&from);
}

int main(void)
{
#define WITH_RUNS(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH_RUNS(a_record_says_what_became_of_a_run),
        WITH_RUNS(curves_are_thinned),
        WITH_RUNS(differences_are_named),
        WITH_RUNS(a_run_without_a_step_is_none),
        WITH_RUNS(the_oldest_goes_and_the_pinned_stays),
        WITH_RUNS(a_branch_forgets_what_came_after),
        WITH_RUNS(runs_come_back_from_a_file),
        WITH_RUNS(runs_that_cannot_be_are_refused),
        WITH_RUNS(runs_are_joined_behind_others),
    };
    return cmocka_run_group_tests_name("runs", tests, NULL, NULL);
}
