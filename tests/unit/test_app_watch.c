/* Trainings that others do, watched: the program without a terminal on files that a test writes. */
#include "support/folder.h"
#include "support/one_stage.h"
#include "support/small_run.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static int set_up(void **state)
{
    (void)state;
    stage_open(&stage, 30, 100);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    stage_close(&stage);
    unlink(folder_file("a.jsonl"));
    unlink(folder_file("b.jsonl"));
    return 0;
}

/* ---- files ---- */

static void append(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void append(const char *name, const char *format, ...)
{
    FILE *file = fopen(folder_file(name), "a");
    va_list arguments;
    assert_non_null(file);
    va_start(arguments, format);
    vfprintf(file, format, arguments);
    va_end(arguments);
    fclose(file);
}

/* Rows of a stack of two blocks, of steps from `first` to `last`, every so many. */
static void append_rows(const char *name, const char *placement, int first, int last, int every)
{
    for (int step = first; step <= last; step += every)
        append(name,
               "{\"step\":%d,\"stack\":\"%s\",\"placement\":\"%s\",\"loss\":%.3f,\"lr\":0.001,"
               "\"stream_grad\":[0.1,0.5,2.5],\"param_grad\":{\"w.weight\":[0.25,0.75]}}\n",
               step, strcmp(placement, "pre") == 0 ? "left" : "right", placement, 4 - 0.001 * step);
}

/* ---- the program ---- */

static void enter(const char *first, const char *second)
{
    struct app_start start = {.settings = settings_default(), .watch.paths = second ? 2 : 1};
    start.watch.path[0] = folder_file(first);
    start.watch.path[1] = second ? folder_file(second) : NULL;
    stage_enter(&stage, &start);
    stage_play(&stage, 0.3);
}

/* ---- what is shown ---- */

static void both_stacks_of_a_file_are_side_by_side(void **state)
{
    (void)state;
    append_rows("a.jsonl", "pre", 1, 1, 1);
    append_rows("a.jsonl", "post", 1, 1, 1);
    enter("a.jsonl", NULL);
    for (int step = 2; step <= 30; step++) {
        append_rows("a.jsonl", "pre", step, step, 1);
        append_rows("a.jsonl", "post", step, step, 1);
    }
    play(0.5);
    shows("WATCHED");
    shows("step 30");
    shows("Pre-LN");
    shows("Post-LN");
    shows("LN(x + f(x))");
    shows("1/25"); /* the ratio follows from the stream gradients */
    shows("a.jsonl");
}

static void one_stack_has_the_whole_width(void **state)
{
    (void)state;
    append_rows("a.jsonl", "post", 10, 300, 10);
    enter("a.jsonl", NULL);
    shows("Post-LN");
    shows_not("Pre-LN");
    shows("step 300");
    shows("L2 over the batch"); /* for which half a screen has no room */
    press("[[");
    shows("step 280 of 300");
    press("2");
    shows("Post-LN");
    press("5");
    shows_not("Pre-LN");
    assert_true(stage.app->history.curves[RIGHT].step[0] == 10);
}

static void two_files_go_by_steps(void **state)
{
    (void)state;
    append_rows("a.jsonl", "pre", 1, 60, 1);
    append_rows("b.jsonl", "post", 20, 60, 20);
    enter("a.jsonl", "b.jsonl");
    shows("step 60");
    shows("a.jsonl");
    shows("b.jsonl");
    press("[");
    shows("step 59 of 60");
    shows("kept from step 40");
    assert_int_equal(scene_moment(&stage.app->scene, LEFT)->step, 59);
    assert_int_equal(scene_moment(&stage.app->scene, RIGHT)->step, 40);
}

static void what_is_not_in_the_rows_is_said(void **state)
{
    (void)state;
    append("a.jsonl", "{\"step\":1,\"loss\":2.5}\n{\"step\":2,\"loss\":2.25}\n");
    enter("a.jsonl", NULL);
    shows("a.jsonl"); /* for want of another name */
    shows("stream gradient: not in these rows");
    press("3");
    shows("anatomy: not in these rows");
    press("4");
    shows("tensors: not in these rows");
    press("6");
    shows("stream: not in these rows");
    press("7");
    shows("samples: not in these rows");
    append("a.jsonl", "{\"step\":3,\"loss\":2.25,\"stream_rms\":[1,2,3]}\n");
    press("6");
    play(0.3);
    shows_not("stream: not in these rows");
    press("1");
    shows("stream gradient: not in these rows");
}

static void names_of_runs_are_those_of_the_rows(void **state)
{
    (void)state;
    append("a.jsonl", "{\"step\":1,\"loss\":2.5,\"run\":\"big lr\",\"title\":\"GPT of mine\","
                      "\"placement\":\"sandwich\"}\n");
    enter("a.jsonl", NULL);
    shows("sandwich");
    shows("GPT of mine");
    shows("run big lr");
    append("a.jsonl", "{\"step\":2,\"loss\":2.5,\"run\":\"small lr\"}\n");
    play(0.3);
    shows("a new run: small lr");
    press("9");
    shows("big lr");
    assert_int_equal(stage.app->runs.count, 1);
    assert_int_equal(stage.app->runs.now.number, 2);
}

static void events_are_recognised(void **state)
{
    (void)state;
    append_rows("a.jsonl", "post", 10, 100, 10);
    append("a.jsonl", "{\"step\":110,\"stack\":\"right\",\"loss\":3,\"stream_grad\":[1e-5,0.5,2]}\n"
                      "{\"step\":120,\"stack\":\"right\",\"loss\":null,\"finite\":false}\n"
                      "{\"step\":130,\"stack\":\"right\",\"loss\":null,\"finite\":false}\n");
    enter("a.jsonl", NULL);
    press("8");
    shows("vanished: gradient at x_0 below 1e-3 of x_2");
    shows("not finite from here on, first in the loss");
    press("1");
    shows("at step 120: loss"); /* in large letters before it: DIVERGED */
    shows("kept from step 110");
}

/* What the learning rate does: of both stacks together where it is the same. */
static void the_schedule_is_recognised_from_the_rates(void **state)
{
    static const double rates[] = {1e-4, 2e-4, 3e-4, 3e-4, 3e-4, 3e-5, 3e-5};
    (void)state;
    for (int i = 0; i < 7; i++) {
        append("a.jsonl", "{\"step\":%d,\"loss\":3,\"lr\":%g,\"stack\":\"left\"}\n", 10 * i + 10,
               rates[i]);
        append("a.jsonl", "{\"step\":%d,\"loss\":3,\"lr\":%g,\"stack\":\"right\"}\n", 10 * i + 10,
               i < 5 ? rates[i] : rates[4] - i * 1e-7);
    }
    enter("a.jsonl", NULL);
    press("8");
    shows("warmup ended: lr 3e-4");
    shows("learning rate changed from 3e-4 to 3e-5");
    shows("learning rate begins to fall");
    shows_not("schedule");
    const struct events *events = &stage.app->events;
    assert_int_equal(events->count, 3);
    assert_int_equal(events->event[0].step, 30);
    assert_int_equal(events->event[0].side, -1);
    assert_int_equal(events->event[1].side, LEFT);
    assert_int_equal(events->event[1].step, 60);
    assert_int_equal(events->event[2].side, RIGHT);
    append("a.jsonl", "{\"step\":40,\"loss\":3,\"lr\":3e-4,\"stack\":\"left\"}\n");
    play(0.3);
    shows("the rows go back to step 30");
    append("a.jsonl", "{\"step\":50,\"loss\":3,\"lr\":3e-4,\"stack\":\"left\"}\n");
    play(0.3);
    int warmed = 0; /* it is not said again */
    for (int i = 0; i < events->count; i++)
        warmed += events->event[i].kind == EVENT_WARMUP_ENDED;
    assert_int_equal(warmed, 1);
}

/* No verdict while the rate rises, nor so soon behind that: as of own runs. */
static void a_verdict_waits_for_the_warmup(void **state)
{
    (void)state;
    for (int step = 10; step <= 100; step += 10)
        append("a.jsonl", "{\"step\":%d,\"loss\":4,\"lr\":%g}\n", step, 1e-5 * step);
    enter("a.jsonl", NULL);
    const struct runs *runs = &stage.app->runs;
    assert_int_equal(runs_verdict(runs, &runs->now, LEFT), VERDICT_NONE);
    assert_int_equal(scene_verdict(&stage.app->scene, LEFT).kind, VERDICT_NONE);
    for (int step = 110; step <= 150; step += 10)
        append("a.jsonl", "{\"step\":%d,\"loss\":4,\"lr\":1e-3}\n", step);
    play(0.3);
    assert_int_equal(runs_verdict(runs, &runs->now, LEFT), VERDICT_NONE);
    assert_int_equal(scene_verdict(&stage.app->scene, LEFT).kind, VERDICT_NONE);
    append("a.jsonl", "{\"step\":160,\"loss\":4,\"lr\":1e-3}\n");
    play(0.3);
    assert_int_equal(runs_verdict(runs, &runs->now, LEFT), VERDICT_STUCK);
    assert_int_equal(scene_verdict(&stage.app->scene, LEFT).kind, VERDICT_STUCK);
}

/* A loss that fell to what can be had without context is no learning where no gradient gets to the
 * first blocks: rows do not say how low that is. */
static void a_collapsed_stack_is_not_said_to_learn(void **state)
{
    (void)state;
    for (int step = 10; step <= 1000; step += 10)
        append("a.jsonl", "{\"step\":%d,\"loss\":%g,\"stream_grad\":[%s,0.5,2]}\n", step,
               step < 50 ? 4.4 : 3.1, step <= 500 ? "1e-7" : "1e-1");
    enter("a.jsonl", NULL);
    const struct runs *runs = &stage.app->runs;
    assert_int_equal(scene_verdict(&stage.app->scene, LEFT).kind, VERDICT_LEARNS);
    assert_int_equal(runs_verdict(runs, &runs->now, LEFT), VERDICT_LEARNS);
    shows("from step");
    command("goto 500");
    assert_int_equal(scene_verdict(&stage.app->scene, LEFT).kind, VERDICT_NONE);
    shows_not("from step");
    append("a.jsonl", "{\"step\":1010,\"loss\":3.1,\"stream_grad\":[1e-7,0.5,2]}\n");
    play(0.3);
    assert_int_equal(runs_verdict(runs, &runs->now, LEFT), VERDICT_NONE);
}

/* One stack, the right one, in all views and at all sizes: it is there, the other one is not. */
static void one_stack_is_drawn_at_every_size(void **state)
{
    static const int sizes[][2] = {{12, 40}, {16, 60}, {24, 80}, {36, 120}, {60, 200}};
    (void)state;
    stage_close(&stage);
    append_rows("a.jsonl", "post", 10, 300, 10);
    append_rows("a.jsonl", "post", 5, 5, 1); /* and a run before */
    append_rows("a.jsonl", "post", 10, 300, 10);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        stage_open(&stage, sizes[i][0], sizes[i][1]);
        enter("a.jsonl", NULL);
        for (const char *key = "1g2zZ4v568P[9"; *key; key++) {
            press((const char[]){*key, '\0'});
            if (!strchr("5689", *key)) /* which do not have its name, or not at all sizes */
                shows("Post-LN");
            shows_not("Pre-LN");
        }
        if (i + 1 < sizeof sizes / sizeof *sizes)
            stage_close(&stage);
    }
}

/* ---- files that change ---- */

static void a_file_is_waited_for(void **state)
{
    (void)state;
    enter("a.jsonl", NULL);
    shows("WAITING");
    shows("waiting for a.jsonl");
    append_rows("a.jsonl", "pre", 1, 3, 1);
    play(0.3);
    shows("WATCHED");
    shows("step 3");
    assert_int_equal(stage.app->runs.now.number, 1);
    append("a.jsonl", "{\"stack\":\"left\",\"step\":4,\"lo");
    play(0.3);
    shows("WATCHED"); /* all there is has been read */
    shows("step 3");
    append("a.jsonl", "ss\":1.5}\n");
    play(0.3);
    shows("step 4");
    shows_not("bad");
}

static void damaged_lines_of_a_watched_file_are_counted(void **state)
{
    (void)state;
    append_rows("a.jsonl", "pre", 1, 2, 1);
    append("a.jsonl", "{\"step\":3,\"loss\":\nno row\n{\"step\":4}\n");
    append_rows("a.jsonl", "pre", 5, 6, 1);
    enter("a.jsonl", NULL);
    shows("step 6");
    shows("3 bad, line 5: no loss");
}

static void a_replaced_file_is_a_new_run(void **state)
{
    (void)state;
    append_rows("a.jsonl", "pre", 1, 200, 1);
    enter("a.jsonl", NULL);
    shows("step 200");
    append_rows("b.jsonl", "pre", 1, 3, 1);
    assert_int_equal(rename(folder_file("b.jsonl"), folder_file("a.jsonl")), 0);
    play(0.5);
    shows("step 3");
    shows("a new run: a.jsonl");
    shows_not("brings run"); /* nobody can go on with it */
    assert_int_equal(stage.app->runs.count, 1);
    assert_int_equal(stage.app->runs.record[0]->step, 200);
    assert_int_equal(truncate(folder_file("a.jsonl"), 0), 0);
    append_rows("a.jsonl", "pre", 1, 2, 1);
    play(0.5);
    shows("step 2");
    assert_int_equal(stage.app->runs.count, 2);
}

static void rows_that_go_back_leave_a_ghost(void **state)
{
    (void)state;
    append_rows("a.jsonl", "pre", 10, 500, 10);
    enter("a.jsonl", NULL);
    append_rows("a.jsonl", "pre", 310, 320, 10);
    play(0.3);
    assert_int_equal(step_now(), 320);
    shows("the rows go back to step 300");
    assert_int_equal(stage.app->history.ghost[0].branch, 300);
    assert_int_equal(stage.app->runs.count, 1);
}

static void another_file_is_opened(void **state)
{
    (void)state;
    char text[128];
    append_rows("a.jsonl", "pre", 1, 50, 1);
    append_rows("b.jsonl", "post", 1, 7, 1);
    enter("a.jsonl", NULL);
    press("G"); /* the bars keep the name of a tensor */
    snprintf(text, sizeof text, "open %s", folder_file("b.jsonl"));
    command(text);
    play(0.3);
    shows("step 7");
    shows("Post-LN");
    shows_not("Pre-LN");
    assert_int_equal(stage.app->runs.count, 1);
    command("open /");
    shows("cannot be read");
    shows("step 7");
    snprintf(text, sizeof text, "open %s", folder_file("none.jsonl"));
    command(text);
    play(0.3);
    shows("waiting for none.jsonl");
}

static void more_tensors_come_later(void **state)
{
    (void)state;
    append("a.jsonl", "{\"step\":1,\"stack\":\"left\",\"loss\":2.5}\n");
    enter("a.jsonl", NULL);
    append_rows("a.jsonl", "pre", 2, 2, 1);
    append("a.jsonl", "{\"step\":3,\"loss\":2.5,\"stack\":\"left\","
                      "\"update_ratio\":{\"v.weight\":[0.001,0.002]}}\n");
    press("4");
    play(0.3);
    shows("w.weight");
    shows("v.weight");
    press("[");
    shows("2.5e-1");
    assert_int_equal(history_moments(&stage.app->history), 3);
}

/* What is exported has the rows that there were, and can be watched again. */
static void only_what_was_measured_is_exported(void **state)
{
    char text[128];
    (void)state;
    append_rows("a.jsonl", "pre", 1, 60, 1);
    append_rows("b.jsonl", "post", 20, 60, 20);
    enter("a.jsonl", "b.jsonl");
    unlink(folder_file("c.jsonl"));
    snprintf(text, sizeof text, "export %s", folder_file("c.jsonl"));
    command(text);
    shows("60 steps");
    stage_close(&stage);
    stage_open(&stage, 30, 100);
    enter("c.jsonl", NULL);
    shows("step 60");
    assert_int_equal(history_moments(&stage.app->history), 60);
    press("[");
    assert_int_equal(scene_moment(&stage.app->scene, RIGHT)->step, 40);
    shows("kept from step 40");
}

/* ---- reading ---- */

/* What was there at first did not come in the seconds before. */
static void the_rate_is_that_of_rows_that_come(void **state)
{
    (void)state;
    append_rows("a.jsonl", "pre", 1, 200, 1);
    enter("a.jsonl", NULL);
    shows("step 200");
    shows("-- steps/s");
    play(3);
    shows("0.0 steps/s");
    for (int step = 201; step <= 230; step++) {
        append_rows("a.jsonl", "pre", step, step, 1);
        play(0.2);
    }
    assert_true(stage.app->scene.data.rate > 3 && stage.app->scene.data.rate < 6);
}

/* Keys are looked at again before all of a file with long rows has been read. */
static void long_rows_leave_time_for_keys(void **state)
{
    enum { ROWS = 20, ROW_BYTES = 1 << 20 };
    int taken = 0;
    (void)state;
    append_rows("a.jsonl", "pre", 1, 1, 1);
    enter("a.jsonl", NULL);
    for (int step = 2; step <= ROWS; step++)
        append("a.jsonl", "{\"step\":%d,\"stack\":\"left\",\"loss\":2,\"other\":\"%*s\"}\n", step,
               ROW_BYTES, "");
    struct feed *feed = stage.app->feed;
    while (feed->take(feed))
        taken++;
    assert_in_range(taken, 2, 10);
    assert_true(feed->busy(feed));
    play(0.5);
    assert_false(feed->busy(feed));
    shows("step 20");
}

/* ---- our own rows ---- */

static void rows_of_our_own_can_be_watched(void **state)
{
    struct app_start start = {.settings = small_run_settings("100"), .tee = folder_file("a.jsonl")};
    struct error error;
    (void)state;
    stage_enter(&stage, &start);
    play(1);
    assert_true(step_now() > 50);
    press("r");
    play(0.2);
    const int64_t last = step_now();
    assert_in_range(last, 2, 50);
    struct app *second = app_open(&start, &stage.screen.clock, &error);
    assert_false(app_show(second, &start, &stage.screen.surface, &error));
    assert_non_null(strstr(error.text, "a.jsonl exists"));
    app_free(second);
    stage_close(&stage);
    stage_open(&stage, 30, 100);
    enter("a.jsonl", NULL);
    assert_int_equal(step_now(), last);
    assert_int_equal(stage.app->runs.count, 1);
    shows("Pre-LN");
    shows("Post-LN");
}

/* ---- keys ---- */

static void what_drives_a_training_is_off(void **state)
{
    static const char *const keys[] = {" ", ".", "r", "R", "u", "+", "w", "l", "d",
                                       "n", "c", "t", "p", "a", "b", "s", "F"};
    (void)state;
    append_rows("a.jsonl", "pre", 1, 50, 1);
    enter("a.jsonl", NULL);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        press(keys[i]);
        shows("drives a training: this one is only watched");
        press("[");
        assert_true(stage_press_code(&stage, KEY_CODE_END));
    }
    command("warmup 100");
    shows("warmup drives a training");
    command("speed 5");
    shows("speed drives a training");
    command("switch left post");
    shows("switch drives a training");
    command("save x.lnscope");
    shows("rows have no weights to save: :export FILE.jsonl keeps them, for lnscope watch");
    command("load x.lnscope");
    shows("load drives a training");
    assert_int_equal(step_now(), 50);
    press(":share");
    assert_true(stage_press_code(&stage, KEY_CODE_ENTER));
    shows("lnscope watch /tmp/lnscope-test-");
    assert_true(stage_press_code(&stage, KEY_CODE_ESCAPE));
    press("g");
    shows("parameter gradient");
    press("B");
    shows("blind");
    shows_not("a.jsonl");
    command("mark here");
    shows("step 50: here");
    press("T");
    shows("theme");
    stage_press(&stage, "q");
    assert_true(stage.app->quit);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(both_stacks_of_a_file_are_side_by_side),
        TEST(one_stack_has_the_whole_width),
        TEST(a_collapsed_stack_is_not_said_to_learn),
        TEST(one_stack_is_drawn_at_every_size),
        TEST(two_files_go_by_steps),
        TEST(what_is_not_in_the_rows_is_said),
        TEST(names_of_runs_are_those_of_the_rows),
        TEST(events_are_recognised),
        TEST(the_schedule_is_recognised_from_the_rates),
        TEST(a_verdict_waits_for_the_warmup),
        TEST(a_file_is_waited_for),
        TEST(damaged_lines_of_a_watched_file_are_counted),
        TEST(a_replaced_file_is_a_new_run),
        TEST(rows_that_go_back_leave_a_ghost),
        TEST(another_file_is_opened),
        TEST(more_tensors_come_later),
        TEST(only_what_was_measured_is_exported),
        TEST(the_rate_is_that_of_rows_that_come),
        TEST(long_rows_leave_time_for_keys),
        TEST(rows_of_our_own_can_be_watched),
        TEST(what_drives_a_training_is_off),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_leave);
}
