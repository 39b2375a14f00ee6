/* A script in the program without a terminal: what it demands is done, exactly where it says. */
#include "script/script.h"
#include "support/stage.h"
#include "train/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A script on a stage. */
struct played {
    struct stage stage;
    struct script script;
    struct script_setup setup;
    struct app_script start;
};

static void play_open(struct played *played, const char *text, bool recording)
{
    const char *const values[][2] = {{"layers", "2"},  {"width", "16"},  {"heads", "2"},
                                     {"ffn", "24"},    {"context", "8"}, {"batch", "3"},
                                     {"task", "copy"}, {"threads", "1"}, {"speed", "20"}};
    struct error error;
    *played = (struct played){.setup = {.settings = settings_default()}};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        assert_true(setting_set(&played->setup.settings, values[i][0], values[i][1], NULL));
    if (!script_parse(&played->script, "t.lns", text, &played->setup, &error))
        fail_msg("%s", error.text);
    played->start = (struct app_script){
        .script = &played->script, .setup = &played->setup, .recording = recording};
    const struct app_start start = {.settings = played->setup.settings, .script = &played->start};
    stage_open(&played->stage, 36, 120);
    stage_enter(&played->stage, &start);
}

static void play_close(struct played *played)
{
    stage_close(&played->stage);
    script_close(&played->script);
}

/* To the end of the script, which has to come. */
static void play_all(struct played *played)
{
    while (!app_play_is_over(played->stage.app)) {
        assert_true(played->stage.screen.clock.seconds < 60);
        app_turn(played->stage.app);
    }
}

static int64_t step_of(const struct played *played)
{
    return history_newest(&played->stage.app->history);
}

static void assert_shows(struct played *played, const char *text)
{
    if (!strstr(stage_text(&played->stage), text))
        fail_msg("'%s' is not on the screen:\n%s", text, stage_text(&played->stage));
}

/* However many steps there are between two pictures. */
static void a_run_ends_at_its_step(void **state)
{
    struct played played;
    (void)state;
    play_open(&played, "speed unlimited\nrun until step 123\n", true);
    assert_in_range(step_of(&played), 0, 1);
    play_all(&played);
    assert_int_equal(step_of(&played), 123);
    assert_false(trainer_running(played.stage.app->trainer));
    assert_true(played.stage.screen.clock.seconds > 0.4);
    assert_true(played.stage.screen.clock.seconds < 0.7); /* at 250 steps in a second */
    play_close(&played);
}

static void what_is_set_begins_anew_or_goes_on(void **state)
{
    struct played played;
    (void)state;
    play_open(&played,
              "run until step 10\nset lr 1e-3\nset warmup 5\nrun until step 12\n"
              "set layers 3\nset right peri\nrun until step 4\n",
              true);
    play_all(&played);
    assert_int_equal(step_of(&played), 4);
    assert_int_equal(played.stage.app->present.layers, 3);
    assert_int_equal(played.stage.app->present.stack[RIGHT].placement, PLACEMENT_PERI);
    assert_int_equal(played.stage.app->runs.count, 1); /* what is set together begins one run */
    assert_int_equal(played.stage.app->runs.record[0]->step, 12);
    assert_int_equal(played.stage.app->runs.record[0]->log.count, 2);
    play_close(&played);
}

static void a_branch_goes_on_from_its_step(void **state)
{
    struct played played;
    (void)state;
    play_open(&played,
              "run until step 20\nbranch 8\nrun until step 9\nexpect step < 10\n"
              "goto 5\nbranch\nrestart\nrun until step 3\n",
              true);
    play_all(&played);
    assert_int_equal(step_of(&played), 3);
    assert_int_equal(app_play_failures(played.stage.app), 0);
    assert_int_equal(played.stage.app->runs.count, 3);
    assert_int_equal(played.stage.app->runs.record[1]->step, 9);
    assert_int_equal(played.stage.app->runs.record[2]->step, 5);
    play_close(&played);
}

static void keys_of_a_script_are_pressed(void **state)
{
    struct played played;
    (void)state;
    play_open(&played,
              "run until step 5\nkey n\nrun until step 2\nkey Space\nwait 1s\npause\n"
              "switch right pre\nview curves\n",
              true);
    play_all(&played);
    assert_int_equal(played.stage.app->present.stack[LEFT].norm, NORM_RMSNORM);
    assert_in_range(step_of(&played), 20, 24); /* a second more, at 20 steps in a second */
    assert_int_equal(played.stage.app->present.stack[RIGHT].placement, PLACEMENT_PRE);
    assert_int_equal(played.stage.app->scene.look.view, VIEW_CURVES);
    play_close(&played);
}

static void what_is_said_is_on_the_screen(void **state)
{
    struct played played;
    (void)state;
    play_open(&played,
              "title \"About bars\"\nsay \"Look at the bars.\"\nmark \"one\"\n"
              "ask \"Which?\" \"this\" \"that\"\nrun until step 2\nanswer 2 \"Because.\"\n"
              "expect left.raw > 0\nexpect right.raw < 0\nwait 1s\n",
              true);
    assert_shows(&played, " About bars");
    assert_shows(&played, "one");
    assert_shows(&played, "▌ Which?");
    assert_shows(&played, "▌ 1 this   2 that");
    play_all(&played);
    assert_shows(&played, "▌ Answer 2, that");
    assert_shows(&played, "▌ Because.");
    assert_shows(&played, "holds: left.raw ");
    assert_shows(&played, "does not hold: right.raw ");
    assert_int_equal(app_play_failures(played.stage.app), 1);
    play_close(&played);
}

static void a_bar_is_pointed_at(void **state)
{
    struct played played;
    (void)state;
    play_open(&played, "run until step 2\nfocus right layer 1\nwait 1s\nfocus off\nwait 1s\n",
              true);
    assert_shows(&played, "  x_1 ");
    stage_play(&played.stage, 1);
    assert_shows(&played, " ▸x_1 ");
    assert_null(strstr(stage_text(&played.stage), "▸x_0"));
    play_all(&played);
    assert_null(strstr(stage_text(&played.stage), "▸"));
    play_close(&played);
}

/* A run that cannot come to what it is for is over with its last step. */
static void a_run_that_cannot_end_fails(void **state)
{
    struct played played;
    (void)state;
    play_open(&played, "set steps 6\nrun until left.raw < 0\nwait 0.1s\n", true);
    play_all(&played);
    assert_int_equal(step_of(&played), 6);
    assert_int_equal(app_play_failures(played.stage.app), 1);
    assert_shows(&played, "does not hold: left.raw ");
    play_close(&played);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_ends_at_its_step),
        cmocka_unit_test(what_is_set_begins_anew_or_goes_on),
        cmocka_unit_test(a_branch_goes_on_from_its_step),
        cmocka_unit_test(keys_of_a_script_are_pressed),
        cmocka_unit_test(what_is_said_is_on_the_screen),
        cmocka_unit_test(a_bar_is_pointed_at),
        cmocka_unit_test(a_run_that_cannot_end_fails),
    };
    return cmocka_run_group_tests_name("play", tests, NULL, NULL);
}
