/* Saving and loading while the program runs: the app without its terminal, around a real trainer.
 */
#include "app/app_state.h"

#include "base/memory.h"
#include "support/folder.h"
#include "support/small_run.h"
#include "support/stage.h"
#include "views/navigate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char path[128], other_path[128];
static struct app *app;
static struct stage stage;

static int enter_folder(void **state)
{
    if (folder_make(state) != 0)
        return -1;
    snprintf(path, sizeof path, "%s", folder_file("a"));
    snprintf(other_path, sizeof other_path, "%s", folder_file("b"));
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    struct error error;
    const struct settings settings = small_run_settings("0");
    stage_open(&stage, 24, 80);
    app = memory_new(1, sizeof *app);
    app->surface = &stage.screen.surface;
    app->wanted = app->present = settings;
    struct trainer *trainer = trainer_start(&settings, false, NULL, &error);
    if (!trainer)
        return -1;
    app->feed = feed_train(trainer);
    app->trainer = trainer;
    history_open(&app->history);
    app->scene = (struct scene){
        .data = {.settings = &app->present, .task = &app->task, .history = &app->history},
        .message = app->message};
    scene_set_defaults(&app->scene);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    app_free(app);
    stage_close(&stage);
    unlink(path);
    unlink(other_path);
    return 0;
}

/* Takes updates until this is the status line; one that never comes hangs the test. */
static void expect_message(const char *text)
{
    while (!strstr(app->message, text)) {
        trainer_wait(app->trainer, 0.01);
        app_take_updates(app);
        app_go_on_loading(app);
    }
}

static void train_to(int64_t step)
{
    while (history_newest(&app->history) < step) {
        const int64_t before = history_newest(&app->history);
        trainer_step(app->trainer);
        while (history_newest(&app->history) == before) {
            trainer_wait(app->trainer, 1);
            app_take_updates(app);
        }
    }
}

static char *bytes_of(const char *name, size_t *size)
{
    char *bytes = NULL;
    FILE *in = fopen(name, "rb"), *out = open_memstream(&bytes, size);
    assert_non_null(in);
    for (int c = getc(in); c != EOF; c = getc(in))
        fputc(c, out);
    fclose(in);
    assert_int_equal(fclose(out), 0);
    return bytes;
}

static int count_of(enum event_kind kind)
{
    int count = 0;
    for (int i = 0; i < app->events.count; i++)
        count += app->events.event[i].kind == kind;
    return count;
}

static void a_session_is_saved_and_loaded(void **state)
{
    struct settings changed = small_run_settings("0");
    size_t size, other_size;
    (void)state;
    train_to(5);
    assert_true(app_mark(app, "here"));
    const int said = app->events.count;
    assert_true(said > 0);
    app_save(app, path, false);
    expect_message("a, step 5, ");
    assert_non_null(strstr(app->message, "saved "));
    assert_non_null(strstr(app->message, " MB"));
    train_to(8);
    app_save(app, other_path, false);
    expect_message("b, step 8, ");
    char *expected = bytes_of(other_path, &size);

    changed.layers = 3; /* something else, in between */
    changed.fps = 7;
    app_command(app, &changed);
    expect_message("restarted");
    train_to(2);
    app->scene.look.cursor = 1;
    app_load(app, path);
    expect_message("loaded ");
    assert_int_equal(app->wanted.layers, 2);
    assert_int_equal(app->wanted.fps, 7); /* what is the program's stays */
    assert_non_null(strstr(app->message, "a, step 5"));
    assert_int_equal(app->present.layers, 2);
    assert_int_equal(app->scene.look.cursor, 0);
    assert_int_equal(history_last(&app->history, RIGHT)->step, 5);
    assert_int_equal(app->history.count, 5);
    assert_int_equal(app->events.count, said); /* without the restart in between */
    assert_int_equal(count_of(EVENT_MARK), 1);
    assert_int_equal(count_of(EVENT_RESTART), 0);
    assert_int_equal(app->history.marks, 1);
    assert_false(app->scene.news);
    assert_int_equal(app->task.vocab, 32);
    changed = app->wanted;
    changed.fps = settings_default().fps;
    app_command(app, &changed);
    train_to(8);
    app_save(app, other_path, false);
    expect_message("exists");
    app_save(app, other_path, true);
    expect_message("b, step 8, ");
    char *bytes = bytes_of(other_path, &other_size);
    assert_int_equal(size, other_size);
    assert_memory_equal(bytes, expected, size);
    free(bytes);
    free(expected);
}

/* A change that was saved before its step is not lost to the next one. */
static void a_change_before_its_step_stays(void **state)
{
    (void)state;
    struct settings changed = small_run_settings("0");
    train_to(3);
    changed.lr = 0.01;
    app_command(app, &changed);
    expect_message("lr 0.01, from step 4 on");
    app_save(app, path, false);
    expect_message("a, step 3, ");
    app_load(app, path);
    expect_message("loaded ");
    assert_int_equal(count_of(EVENT_CHANGE), 1);
    changed.clip = 0.5;
    app_command(app, &changed);
    expect_message("from step 4 on");
    assert_int_equal(count_of(EVENT_CHANGE), 2);
    assert_int_equal(app->history.marks, 2);
    changed.clip = 0.25; /* which is one change with the one before */
    app_command(app, &changed);
    expect_message("clip 0.25");
    expect_message("from step 4 on");
    assert_int_equal(count_of(EVENT_CHANGE), 2);
    assert_int_equal(app->history.marks, 2);
    assert_string_equal(app->history.mark[0].text, "lr 0.003→0.01");
    assert_string_equal(app->history.mark[1].text, "clip 0→0.25");
}

/* A run that was over is over again, and that is said once. */
static void the_end_is_said_once(void **state)
{
    (void)state;
    struct settings changed = small_run_settings("0");
    changed.steps = 3;
    app_command(app, &changed);
    train_to(3);
    while (!app->scene.data.ended) {
        trainer_wait(app->trainer, 1);
        app_take_updates(app);
    }
    app_save(app, path, false);
    expect_message("a, step 3, ");
    app_load(app, path);
    expect_message("loaded ");
    while (!app->scene.data.ended) {
        trainer_wait(app->trainer, 1);
        app_take_updates(app);
    }
    assert_int_equal(count_of(EVENT_END), 1);

    changed = app->wanted;
    changed.steps = 5; /* it goes on, and is over again */
    app_command(app, &changed);
    while (history_newest(&app->history) < 5 || !app->scene.data.ended) {
        trainer_wait(app->trainer, 1);
        app_take_updates(app);
    }
    assert_int_equal(count_of(EVENT_END), 1);
    assert_false(trainer_running(app->trainer));
    changed.steps = 4; /* as it was before */
    app_command(app, &changed);
    expect_message("steps 4");
    trainer_run(app->trainer);
    while (trainer_running(app->trainer)) {
        trainer_wait(app->trainer, 1);
        app_take_updates(app);
    }
    assert_true(app->scene.data.ended);
    assert_int_equal(history_newest(&app->history), 5);
    assert_int_equal(count_of(EVENT_END), 1);
}

static void what_fails_changes_nothing(void **state)
{
    (void)state;
    train_to(3);
    app_load(app, "/nowhere/at/all");
    expect_message("cannot read /nowhere/at/all");
    app_save(app, "/nowhere/at/all", false);
    expect_message("cannot write");
    assert_null(app->save_path);
    assert_int_equal(history_newest(&app->history), 3);
    train_to(4);
    app_save(app, path, false);
    app_save(app, other_path, false); /* one at a time */
    assert_non_null(strstr(app->message, "is being saved"));
    expect_message("a, step 4, ");
    app_load(app, path);
    app_load(app, path);
    assert_non_null(strstr(app->message, "is being loaded"));
    expect_message("loaded ");
}

/* What fails meanwhile leaves the settings of the session, from which the next key goes on. */
static void a_failure_leaves_what_is_being_loaded(void **state)
{
    struct settings changed = small_run_settings("0");
    (void)state;
    train_to(2);
    app_save(app, path, false);
    expect_message("a, step 2, ");
    changed.layers = 3;
    app_command(app, &changed);
    expect_message("restarted");
    trainer_branch(app->trainer, 7, NULL);
    app_load(app, path);
    expect_message("loaded ");
    assert_int_equal(app->wanted.layers, 2);
}

/* With more steps a run that has ended goes on; with fewer, one under way ends. */
static void the_length_of_a_run_can_change(void **state)
{
    struct settings changed = small_run_settings("0");
    (void)state;
    for (changed.steps = 3; changed.steps < 6; changed.steps += 2) {
        app_command(app, &changed);
        if (changed.steps == 3)
            train_to(3);
        while (history_newest(&app->history) < changed.steps || !app->scene.data.ended) {
            trainer_wait(app->trainer, 1);
            app_take_updates(app);
        }
        assert_int_equal(history_newest(&app->history), changed.steps);
    }
    changed.steps = 0;
    app_command(app, &changed);
    expect_message("from step 6 on");
    assert_false(app->scene.data.ended);
    changed.steps = 1;
    app_command(app, &changed);
    while (!app->scene.data.ended) {
        trainer_wait(app->trainer, 1);
        app_take_updates(app);
    }
    assert_false(trainer_running(app->trainer));
}

/* Who quits at once has it saved, or a reason. */
static void what_is_to_be_saved_is_saved_at_the_end(void **state)
{
    struct error error;
    (void)state;
    train_to(2);
    assert_true(app_finish_save(app, &error));
    app_save(app, path, false);
    assert_true(app_finish_save(app, &error));
    assert_int_equal(access(path, R_OK), 0);
    app_save(app, path, false);
    assert_false(app_finish_save(app, &error));
    assert_non_null(strstr(error.text, "exists"));
    app_load(app, path); /* and nobody takes the answer */
}

static void the_line_to_share_is_that_of_the_run(void **state)
{
    (void)state;
    struct settings changed = small_run_settings("0");
    changed.lr = 0.5;
    train_to(1);
    app_share(app);
    assert_ptr_equal(app->scene.share, app->share);
    assert_string_equal(app->share, "lnscope --layers 2 --width 16 --heads 2 --ffn 24 --context 8 "
                                    "--batch 3 --task copy --threads 1 --speed unlimited");
    app_command(app, &changed);
    expect_message("from step 2 on");
    app_share(app);
    assert_non_null(strstr(app->share, " --lr 0.5 "));
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_session_is_saved_and_loaded),
        TEST(a_change_before_its_step_stays),
        TEST(the_end_is_said_once),
        TEST(a_failure_leaves_what_is_being_loaded),
        TEST(the_length_of_a_run_can_change),
        TEST(what_fails_changes_nothing),
        TEST(what_is_to_be_saved_is_saved_at_the_end),
        TEST(the_line_to_share_is_that_of_the_run),
    };
#undef TEST
    return cmocka_run_group_tests_name("app_session", tests, enter_folder, folder_leave);
}
