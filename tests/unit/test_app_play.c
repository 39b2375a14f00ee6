/* A script in the program without a terminal: what it demands is done, exactly where it says. */
#include "base/file.h"
#include "script/script.h"
#include "support/folder.h"
#include "support/small_run.h"
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
    struct error error;
    *played = (struct played){.setup = {.settings = small_run_settings("20")}};
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

/* However many steps there are between two pictures. */
static void a_run_ends_at_its_step(void **state)
{
    struct played played;
    (void)state;
    play_open(&played, "speed unlimited\nrun until step 123\n", true);
    assert_in_range(stage_step(&played.stage), 0, 1);
    play_all(&played);
    assert_int_equal(stage_step(&played.stage), 123);
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
    assert_int_equal(stage_step(&played.stage), 4);
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
    assert_int_equal(stage_step(&played.stage), 3);
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
    assert_in_range(stage_step(&played.stage), 20, 24); /* a second more, at 20 steps in a second */
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
    stage_shows(&played.stage, " About bars");
    stage_shows(&played.stage, "one");
    stage_shows(&played.stage, "▌ Which?");
    stage_shows(&played.stage, "▌ 1 this   2 that");
    play_all(&played);
    stage_shows(&played.stage, "▌ Answer 2, that");
    stage_shows(&played.stage, "▌ Because.");
    stage_shows(&played.stage, "holds: left.raw ");
    stage_shows(&played.stage, "does not hold: right.raw ");
    assert_int_equal(app_play_failures(played.stage.app), 1);
    play_close(&played);
}

static void a_bar_is_pointed_at(void **state)
{
    struct played played;
    (void)state;
    play_open(&played, "run until step 2\nfocus right layer 1\nwait 1s\nfocus off\nwait 1s\n",
              true);
    stage_shows(&played.stage, "  x_1 ");
    stage_play(&played.stage, 1);
    stage_shows(&played.stage, " ▸x_1 ");
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
    assert_int_equal(stage_step(&played.stage), 6);
    assert_int_equal(app_play_failures(played.stage.app), 1);
    stage_shows(&played.stage, "does not hold: left.raw ");
    play_close(&played);
}

/* ---- somebody at the keyboard ---- */

/* Presses a key, and plays on until nothing is under way. */
static void press(struct played *played, int code)
{
    stage_press_code(&played->stage, code);
    for (int turns = 0; turns < 200; turns++)
        app_turn(played->stage.app);
}

/* The screen but for its last row. */
static char *screen_of(struct played *played)
{
    char *text = strdup(stage_text(&played->stage));
    *strrchr(text, '\n') = '\0';
    char *last = strrchr(text, '\n');
    if (last)
        *last = '\0';
    return text;
}

static const char lesson[] =
    "title \"A lesson\"\nsay \"Before anything.\"\nwait key\n"
    "run until step 6\nsay \"Six steps.\"\nmark \"six\"\nset lr 1e-3\n"
    "expect left.loss > 0\nexpect right.loss < 0\nwait key\n"
    "view curves\nrun until step 14\nfocus right layer 1\nsay \"Fourteen.\"\nwait key\n"
    "ask \"Which?\" \"this\" \"that\"\nset layers 3\nrun until step 4\nanswer 1 \"So.\"\n"
    "switch right pre\nview overview\nwait key\nrun until step 8\nbranch 5\nwait key\n"
    "run until step 7\nwait key\nrun until step 12\nwait key\n";

/* Left shows the screen as it was at the end of the step before, whatever came then, and going on
 * from there comes to the same screens again. */
static void left_goes_back_exactly(void **state)
{
    enum { STEPS = 8 };
    struct played played;
    char *screen[STEPS];
    (void)state;
    play_open(&played, lesson, false);
    for (int i = 0; i < STEPS; i++) {
        if (i > 0)
            press(&played, KEY_CODE_SPACE);
        else
            stage_play(&played.stage, 1);
        char at[32];
        snprintf(at, sizeof at, "step %d of 8", i + 1);
        stage_shows(&played.stage, at);
        screen[i] = screen_of(&played);
    }
    for (int i = STEPS - 2; i >= 0; i--) {
        press(&played, KEY_CODE_LEFT);
        char *now = screen_of(&played);
        assert_string_equal(now, screen[i]);
        free(now);
    }
    press(&played, KEY_CODE_LEFT); /* there is no step before the first */
    for (int i = 1; i < STEPS; i++) {
        press(&played, i % 2 ? KEY_CODE_RIGHT : KEY_CODE_PAGE_DOWN);
        char *now = screen_of(&played);
        assert_string_equal(now, screen[i]);
        free(now);
    }
    assert_int_equal(played.stage.app->runs.numbers, 3);
    for (int i = 0; i < STEPS; i++)
        free(screen[i]);
    play_close(&played);
}

/* In the middle of a run: what is done with the keyboard leaves no trace. */
static void the_keyboard_is_given_back_where_it_was_taken(void **state)
{
    struct played played, other;
    const char text[] = "speed 10\nrun until step 30\nsay \"Thirty.\"\nwait key\n";
    (void)state;
    play_open(&other, text, false);
    stage_play(&other.stage, 4);
    char *wanted = screen_of(&other);
    play_close(&other);
    play_open(&played, text, false);
    stage_play(&played.stage, 1);
    press(&played, 'w'); /* which is not the class's */
    assert_int_equal(played.stage.app->wanted.warmup, 0);
    play_close(&played);
    play_open(&played, text, false);
    stage_play(&played.stage, 1);
    stage_press_code(&played.stage, KEY_CODE_ESCAPE);
    const int64_t held = stage_step(&played.stage);
    stage_shows(&played.stage, "yours: e gives it back");
    assert_in_range(held, 9, 12);
    press(&played, 'w');
    press(&played, 'd');
    press(&played, '5');
    press(&played, ' ');
    assert_int_equal(played.stage.app->present.layers, 4);
    assert_int_equal(played.stage.app->scene.look.view, VIEW_CURVES);
    stage_press_code(&played.stage, 'e');
    stage_play(&played.stage, played.stage.screen.clock.seconds + 5);
    char *now = screen_of(&played);
    assert_string_equal(now, wanted);
    free(now);
    free(wanted);
    play_close(&played);
}

/* At its end a script says what was measured in this run, and when; going back takes that away. */
static void the_end_says_what_was_measured(void **state)
{
    struct played played;
    (void)state;
    play_open(&played,
              "run until step 2\nexpect left.lr > 1e-3 and left.lr < 1e-2\nexpect right.lr < 1e-3\n"
              "run until step 4\nexpect right.lr > 1e-3\nsay \"Done.\"\nwait key\n",
              false);
    stage_play(&played.stage, 1);
    stage_shows(&played.stage, "Done.");
    press(&played, ' ');
    stage_shows(&played.stage, "Measured in this run, 2 of 3 as expected: step 2 left.lr 0.003, ");
    stage_shows(&played.stage, "right.lr 0.003; step 4 right.lr 0.003");
    press(&played, KEY_CODE_LEFT);
    stage_shows(&played.stage, "Done.");
    stage_shows(&played.stage, "does not hold: right.lr 0.003 < 0.001");
    press(&played, ' ');
    stage_shows(&played.stage, "Measured in this run, 2 of 3");
    play_close(&played);
}

static void a_class_votes_with_keys(void **state)
{
    struct played played;
    (void)state;
    play_open(
        &played,
        "ask \"Which?\" \"this\" \"that\"\nrun until step 1\nwait key\nanswer 2 \"So.\"\nwait key\n"
        "say \"So far.\"\nwait key\n",
        false);
    stage_play(&played.stage, 0.5);
    stage_shows(&played.stage, "1 this   2 that");
    stage_shows(&played.stage, " 1 2 ... vote");
    for (const char *vote = "12232"; *vote; vote++)
        press(&played, *vote);
    stage_shows(&played.stage, "1 this: 1   2 that: 3");
    assert_int_equal(played.stage.app->scene.look.view, VIEW_OVERVIEW);
    press(&played, ' ');
    press(&played, ' '); /* a wait between question and answer loses no vote */
    stage_shows(&played.stage, "Answer 2, that: 3 of 4 said so");
    press(&played, KEY_CODE_ESCAPE);
    press(&played, 'e'); /* the keyboard comes back, and the votes are there */
    stage_shows(&played.stage, "Answer 2, that: 3 of 4 said so");
    press(&played, ' ');
    stage_shows(&played.stage, "So far.");
    press(&played, ' ');
    stage_shows(&played.stage, "the script is over");
    press(&played, KEY_CODE_LEFT);
    stage_shows(&played.stage, "So far.");
    press(&played, KEY_CODE_LEFT);
    stage_shows(&played.stage, "Answer 2, that: 3 of 4 said so");
    press(&played, ' ');
    press(&played, ' ');
    press(&played, KEY_CODE_ESCAPE);
    assert_null(played.stage.app->play);
    press(&played, 'w'); /* the program's again */
    assert_int_equal(played.stage.app->wanted.warmup, 25);
    play_close(&played);
}

static void scripts_are_chosen_from_a_list(void **state)
{
    struct played played;
    (void)state;
    play_open(&played, "wait 0.1s\n", false);
    stage_play(&played.stage, 1);
    press(&played, KEY_CODE_ESCAPE);
    press(&played, 'e');
    stage_shows(&played.stage, "Lessons and demos: ");
    stage_shows(&played.stage, " one-line-of-difference ");
    press(&played, KEY_CODE_ESCAPE);
    assert_null(strstr(stage_text(&played.stage), "Lessons and demos: "));
    press(&played, 'e');
    press(&played, KEY_CODE_END);
    press(&played, KEY_CODE_HOME);
    press(&played, KEY_CODE_ENTER);
    stage_shows(&played.stage, "One line of difference");
    stage_shows(&played.stage, "step 1 of ");
    assert_int_equal(played.stage.app->present.width, 8);
    stage_press_code(&played.stage, KEY_CODE_ESCAPE);
    stage_press(&played.stage, ":play nothing");
    press(&played, KEY_CODE_ENTER);
    stage_shows(&played.stage, "script 'nothing': one of ");
    play_close(&played);
}

static void command(struct played *played, const char *text)
{
    stage_press(&played->stage, text);
    stage_press_code(&played->stage, KEY_CODE_ENTER);
}

/* What was done with keys and commands comes again from the script that it was saved as, number by
 * number. */
static void a_session_is_saved_as_a_script(void **state)
{
    char path[64], words[96];
    struct played played, again;
    (void)state;
    snprintf(path, sizeof path, "%s", folder_file("a.lns"));
    play_open(&played, "wait 0.1s\n", false);
    stage_play(&played.stage, 0.5);
    press(&played, KEY_CODE_ESCAPE);
    stage_press(&played.stage, " "); /* runs */
    stage_press(&played.stage, "w");
    stage_press(&played.stage, "l5");
    command(&played, ":switch right pre");
    command(&played, ":mark here it is");
    stage_press(&played.stage, "[[[F"); /* a branch */
    stage_play(&played.stage, played.stage.screen.clock.seconds + 1);
    stage_press(&played.stage, "d"); /* another run */
    stage_play(&played.stage, played.stage.screen.clock.seconds + 1);
    stage_press(&played.stage, "r");
    stage_play(&played.stage, played.stage.screen.clock.seconds + 1);
    stage_press(&played.stage, " ");
    snprintf(words, sizeof words, ":save-script %s", path);
    command(&played, words);
    stage_shows(&played.stage, "does it again");
    char *text;
    size_t size;
    struct error error;
    if (!file_read(path, 1 << 20, &text, &size, &error))
        fail_msg("%s", error.text);
    play_open(&again, text, true);
    play_all(&again);
    const struct app *one = played.stage.app, *other = again.stage.app;
    assert_true(stage_step(&played.stage) > 5);
    assert_int_equal(stage_step(&again.stage), stage_step(&played.stage));
    assert_int_equal(other->runs.numbers, one->runs.numbers);
    assert_int_equal(other->scene.look.view, VIEW_CURVES);
    for (enum side side = LEFT; side < SIDES; side++)
        assert_true(history_smooth(&one->history, side) == history_smooth(&other->history, side));
    for (int i = 0; i < one->runs.count; i++) {
        const struct run_record *first = one->runs.record[i], *second = other->runs.record[i];
        assert_int_equal(first->step, second->step);
        assert_true(first->verdict[RIGHT].loss.sum == second->verdict[RIGHT].loss.sum);
    }
    assert_non_null(strstr(text, "\nmark \"here it is\"\n"));
    assert_non_null(strstr(text, "\nswitch right pre\n"));
    assert_non_null(strstr(text, "\nbranch "));
    free(text);
    play_close(&played);
    play_close(&again);
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
        cmocka_unit_test(left_goes_back_exactly),
        cmocka_unit_test(the_keyboard_is_given_back_where_it_was_taken),
        cmocka_unit_test(the_end_says_what_was_measured),
        cmocka_unit_test(a_class_votes_with_keys),
        cmocka_unit_test(scripts_are_chosen_from_a_list),
        cmocka_unit_test_setup_teardown(a_session_is_saved_as_a_script, folder_make, folder_leave),
        cmocka_unit_test(a_run_that_cannot_end_fails),
    };
    return cmocka_run_group_tests_name("play", tests, NULL, NULL);
}
