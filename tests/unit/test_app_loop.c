/* The program without a terminal: keys at their times on a clock that is moved for it, and what is
 * drawn. It does the same every time. */
#include "base/file.h"
#include "support/folder.h"
#include "support/small_run.h"
#include "support/stage.h"
#include "train/pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/range.h"

static char path[2][128];

static int enter_folder(void **state)
{
    if (folder_make(state) != 0)
        return -1;
    for (int i = 0; i < 2; i++)
        snprintf(path[i], sizeof path[i], "%s/%d.cast", folder_path, i);
    return 0;
}

/* The trainer answers a key when a later one has been answered: both are to be read. */
static void late_answers_do_not_hide_what_was_said(void **state)
{
    (void)state;
    struct stage stage;
    stage_open_small(&stage, 36, 120, "10");
    stage_key(&stage, 1, 'w');
    stage_key(&stage, 1, '~');
    assert_true(stage_play(&stage, 1.5));
    stage_shows(&stage, "key '~' does nothing: ? shows the keys; warmup 25 steps, ");
    stage_key(&stage, 2, 'w');
    assert_true(stage_play(&stage, 2.5));
    stage_shows(&stage, " warmup 50 steps, ");
    assert_null(strstr(stage_text(&stage), "does nothing"));
    struct app *app = stage.app;
    app->keys++;
    app_say(app, ROLE_TEXT, "%0600d", 0); /* longer than there is room for */
    app->answering = true;
    app_say(app, ROLE_TEXT, "late");
    app_say_more(app, "and more");
    app->answering = false;
    assert_int_equal(strlen(app->message), MESSAGE_SIZE - 1);
    stage_close(&stage);
}

/* So many steps in a second as the speed says, to those of a turn. */
static void steps_are_paced_by_the_clock(void **state)
{
    (void)state;
    const struct {
        const char *speed;
        int64_t steps;
        const char *shown;
    } wanted[] = {{"10", 20, "10.0 steps/s"},
                  {"30", 60, "30.0 steps/s"},
                  {"250", 500, "250.0 steps/s"},
                  {"unlimited", 2 * PACE_VIRTUAL_SPEED, "250.0 steps/s"}};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        struct stage stage;
        stage_open_small(&stage, 36, 120, wanted[i].speed);
        assert_true(stage_play(&stage, 2));
        const int64_t slack = 1 + wanted[i].steps / 100;
        if (stage_step(&stage) < wanted[i].steps - slack ||
            stage_step(&stage) > wanted[i].steps + slack)
            fail_msg("speed %s: %d steps in 2 s", wanted[i].speed, (int)stage_step(&stage));
        stage_shows(&stage, wanted[i].shown);
        stage_close(&stage);
    }
}

/* Frames at most as often as they are wanted, and none where nothing has changed. */
static void frames_are_drawn_when_due(void **state)
{
    (void)state;
    struct stage stage;
    struct app_start start = {.settings = small_run_settings("250")};
    start.settings.fps = 10;
    start.settings.steps = 300;
    stage_open(&stage, 24, 80);
    stage_enter(&stage, &start);
    assert_int_equal(stage.screen.paints, 1); /* of a running program, at once */
    stage_shows(&stage, "RUNNING");
    stage_play(&stage, 1);
    assert_true(stage.screen.paints >= 10 && stage.screen.paints <= 12);
    stage_play(&stage, 10); /* the run is over by then, and its last event no longer news */
    stage_shows(&stage, "ENDED");
    int paints = stage.screen.paints;
    stage_play(&stage, 20);
    assert_int_equal(stage.screen.paints, paints);
    stage_close(&stage);
}

/* Paused it draws nothing, however long that lasts: what it said is taken away after its time, and
 * a step by hand is one picture, with its message's end a second one. */
static void a_paused_program_draws_nothing(void **state)
{
    (void)state;
    struct stage stage;
    stage_open_small(&stage, 24, 80, "30");
    stage_key(&stage, 1, ' ');
    stage_key(&stage, 1000, '.');
    assert_true(stage_play(&stage, 60));
    stage_shows(&stage, "PAUSED");
    const int64_t step = stage_step(&stage);
    int paints = stage.screen.paints;
    assert_true(stage_play(&stage, 999));
    assert_int_equal(stage.screen.paints, paints);
    assert_true(stage_play(&stage, 1060));
    assert_int_equal(stage_step(&stage), step + 1);
    assert_between(stage.screen.paints, paints + 1, paints + 2);
    paints = stage.screen.paints;
    assert_true(stage_play(&stage, 2000));
    assert_int_equal(stage.screen.paints, paints);
    stage_close(&stage);
}

/* A key is answered at its time, its message goes after its time, and q ends it. */
static void keys_come_at_their_times(void **state)
{
    (void)state;
    struct stage stage;
    stage_open_small(&stage, 24, 80, "30");
    stage_key(&stage, 1, ' ');
    stage_key(&stage, 1.5, '8');
    stage_key(&stage, 2, 'z');
    stage_key(&stage, 20, 'q');
    stage_play(&stage, 1.2);
    stage_shows(&stage, "PAUSED");
    int64_t step = stage_step(&stage);
    assert_true(step >= 29 && step <= 31);
    stage_play(&stage, 1.6);
    stage_shows(&stage, "8 log");
    stage_play(&stage, 2.1);
    stage_shows(&stage, "zoom: key 2 shows the waterfall, key 5 the curves");
    stage_play(&stage, 9.9);
    stage_shows(&stage, "zoom: ");
    assert_true(stage_play(&stage, 10.2));
    assert_null(strstr(stage_text(&stage), "zoom: "));
    assert_int_equal(stage_step(&stage), step);
    assert_false(stage_play(&stage, 30));
    assert_true(stage.screen.clock.seconds < 20.1);
    stage_close(&stage);
}

/* Settings, a branch and a restart, between steps as ever. */
static void commands_are_carried_out_in_between(void **state)
{
    (void)state;
    struct stage stage;
    stage_open_small(&stage, 24, 80, "30");
    stage_key(&stage, 1, 'w');
    stage_key(&stage, 2, '{');
    stage_key(&stage, 2.1, 'F');
    stage_key(&stage, 3, 'r');
    stage_play(&stage, 1.1);
    stage_shows(&stage, "warmup 25");
    assert_int_equal(stage.app->present.warmup, 25);
    stage_play(&stage, 2.2);
    stage_shows(&stage, "branched at step ");
    assert_int_equal(stage.app->history.ghost[0].count > 0, 1);
    stage_play(&stage, 3.1);
    stage_shows(&stage, "restarted from seed 1");
    assert_true(stage_step(&stage) < 5);
    stage_key(&stage, 4, KEY_CODE_CTRL_L);
    stage_key(&stage, 4.1, KEY_CODE_RESIZE);
    stage.screen.rows = 30;
    stage_play(&stage, 4.2);
    assert_int_equal(stage.screen.redraws, 1);
    assert_int_equal(stage.screen.canvas.rows, 30);
    stage_close(&stage);
}

/* Two recordings of the same keys are the same file, samples and several threads included. */
static void it_does_the_same_every_time(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct stage stage;
        struct app_start start = {.settings = small_run_settings("unlimited")};
        start.settings.task = TASK_GRAMMAR;
        start.settings.context = 16;
        start.settings.threads = 1 + i;
        start.record = path[i];
        stage_open(&stage, 24, 80);
        stage_enter(&stage, &start);
        stage_key(&stage, 0.3, '7');
        stage_key(&stage, 0.9, 's');
        stage_key(&stage, 1.2, '5');
        stage_play(&stage, 1.6);
        stage_close(&stage);
    }
    char *bytes[2];
    size_t size[2];
    struct error error;
    for (int i = 0; i < 2; i++)
        assert_true(file_read(path[i], (size_t)1 << 24, &bytes[i], &size[i], &error));
    assert_true(size[0] > 10000);
    assert_int_equal(size[0], size[1]);
    assert_memory_equal(bytes[0], bytes[1], size[0]);
    free(bytes[0]);
    free(bytes[1]);
}

/* On a clock that is moved it is there with the run, the same on every machine. */
static void the_best_loss_is_known_at_once(void **state)
{
    (void)state;
    struct stage stage;
    struct app_start start = {.settings = small_run_settings("10")};
    start.settings.task = TASK_GRAMMAR;
    stage_open(&stage, 36, 120);
    stage_enter(&stage, &start);
    const struct scene_data *data = &stage.app->scene.data;
    const struct task_setup setup = settings_task(data->settings);
    struct task *task = task_open(&setup, NULL);
    const struct task_bound bound = task_bound(task, setup.context, NULL, NULL);
    assert_true(data->bound.loss == bound.loss && data->bound.error == bound.error);
    assert_true(data->bound.loss > task_info(task).entropy_rate && data->bound.error > 0);
    task_close(task);
    stage_close(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(late_answers_do_not_hide_what_was_said),
        cmocka_unit_test(steps_are_paced_by_the_clock),
        cmocka_unit_test(the_best_loss_is_known_at_once),
        cmocka_unit_test(frames_are_drawn_when_due),
        cmocka_unit_test(a_paused_program_draws_nothing),
        cmocka_unit_test(keys_come_at_their_times),
        cmocka_unit_test(commands_are_carried_out_in_between),
        cmocka_unit_test(it_does_the_same_every_time),
    };
    return cmocka_run_group_tests_name("app_loop", tests, enter_folder, folder_leave);
}
