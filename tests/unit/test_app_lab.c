/* The lab of a session: it fills while the program goes on, cells are chosen and opened, rows are
 * saved and read; the program without a terminal, on a clock that is moved for it. */
#include "base/file.h"
#include "lab/lab_file.h"
#include "support/folder.h"
#include "support/one_stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int set_up(void **state)
{
    (void)state;
    stage_open_small(&stage, 36, 120, "100");
    return 0;
}

/* Types a command at once: little time passes that the lab would use. */
static void command_at_once(const char *text)
{
    const double now = stage.screen.clock.seconds;
    stage_key(&stage, now, ':');
    for (const char *at = text; *at; at++)
        stage_key(&stage, now, *at);
    stage_key(&stage, now, KEY_CODE_ENTER);
    play(0.05);
}

/* Eight trainings of 100 steps each: 0.8 s of the clock. */
static const char small[] = "lab warmup=0,20 lr=1e-3,1e-2 steps=100";

static void the_map_fills_while_the_clock_moves(void **state)
{
    (void)state;
    press("0");
    shows(":lab warmup=0,25,50");
    command_at_once(small);
    shows("lab: 0 of 8 trainings");
    shows("lab: 8 trainings of 100 steps, 1 at a time; the pair pauses: space runs it");
    shows("nothing is known yet");
    const int64_t step = history_newest(&stage.app->history);
    play(0.42);
    shows("lab: 4 of 8 trainings, 0 s left");
    shows(" so far");
    play(0.5);
    shows("lab: all 8 trainings are done");
    shows_not("?  ");
    shows_not(" so far");
    assert_int_equal(history_newest(&stage.app->history), step);
}

static void the_pair_goes_on_as_told(void **state)
{
    (void)state;
    command_at_once("lab warmup=0,20 lr=1e-3,1e-2 steps=100 pair=run");
    const int64_t step = history_newest(&stage.app->history);
    shows_not("the pair pauses");
    play(1);
    assert_true(history_newest(&stage.app->history) > step + 50);
    command_at_once("lab! lr=1e-3,1e-2 steps=100 pair=sleep");
    shows("pair 'sleep': one of pause, run");
}

static void read_rows(const char *path, struct grid *grid, struct lab_row *row, int trials)
{
    struct lab_text text;
    struct lab_damage damage;
    struct error error;
    assert_true(lab_text_open(&text, path, &error));
    assert_true(lab_text_grid(&text, grid, &error));
    assert_int_equal(grid_trials(grid), trials);
    assert_true(lab_text_rows(&text, grid, row, &damage, &error));
    assert_int_equal(damage.lines, 0);
    lab_text_close(&text);
}

static bool goes_on(void *argument, int trial)
{
    (void)argument, (void)trial;
    return true;
}

/* The rows of the session are those of lnscope lab, and can be read again. */
static void rows_are_saved_and_read(void **state)
{
    enum { TRIALS = 8 };
    struct lab_row row[TRIALS] = {{.done = false}}, wanted[TRIALS] = {{.done = false}};
    const int trial[TRIALS] = {0, 1, 2, 3, 4, 5, 6, 7};
    char path[128], line[256];
    struct grid grid;
    struct error error;
    (void)state;
    snprintf(path, sizeof path, "%s/lab.jsonl", folder_path);
    command_at_once(small);
    play(1);
    press("q");
    shows("8 trainings of the lab not saved: q again quits");
    command_at_once("lab lr=1e-3,1e-2 steps=100");
    shows("8 trainings of the lab are in no file: :export FILE.jsonl saves them, :lab! goes on");
    snprintf(line, sizeof line, "export %s", path);
    command_at_once(line);
    shows("lab.jsonl, 8 trainings");
    read_rows(path, &grid, row, TRIALS);
    const struct lab_request request = {.grid = &grid,
                                        .trial = trial,
                                        .trials = TRIALS,
                                        .row = wanted,
                                        .threads = 2,
                                        .done = goes_on};
    assert_true(lab_compute(&request, &error));
    for (int i = 0; i < TRIALS; i++) {
        assert_true(row[i].done && row[i].loss > 0);
        char *text = lab_row_text(&grid, i, &row[i], NULL);
        char *again = lab_row_text(&grid, i, &wanted[i], NULL);
        assert_string_equal(text, again);
        free(text);
        free(again);
    }
    grid_close(&grid);
    command_at_once("lab lr=1e-3 steps=100"); /* nothing is lost any more */
    shows("lab: 0 of 2 trainings");
    play(1);
    snprintf(line, sizeof line, "lab %s", path);
    command_at_once(line);
    shows("are in no file");
    snprintf(line, sizeof line, "lab! %s", path);
    command_at_once(line);
    shows("lab.jsonl, 8 trainings");
    shows("lab: all 8 trainings are done");
    shows("its curves: once it is trained here");
    command_at_once("lab! ./Makefile");
    shows("./Makefile:1: ");
    shows("lab: all 8 trainings are done");
}

static void pictures_are_saved(void **state)
{
    static const char *const endings[] = {"svg", "csv", "txt"};
    static const char *const begin[] = {"<svg", "index,warmup,lr,", "  PAUSED"};
    char line[256], path[128], *text;
    size_t size;
    struct error error;
    (void)state;
    command_at_once(small);
    play(1);
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/map.jsonl.%s", folder_path, endings[i]);
        snprintf(line, sizeof line, "export %s", path);
        command_at_once(line);
        assert_true(file_read(path, 1 << 20, &text, &size, &error));
        if (!strstr(text, begin[i]))
            fail_msg("%s: %.200s", path, text);
        free(text);
    }
    press("q"); /* pictures are no rows, whatever they are called */
    shows("8 trainings of the lab not saved: q again quits");
}

static void arrows_choose_a_cell(void **state)
{
    (void)state;
    press("0");
    press_code(KEY_CODE_UP);
    shows("there is no lab yet");
    command_at_once("lab warmup=0,20 lr=1e-3,1e-2 layers=1,2 steps=50 seeds=1..2");
    play(3);
    shows("warmup=0 lr=0.001 layers=1");
    press_code(KEY_CODE_UP);
    press_code(KEY_CODE_UP); /* there is no other one */
    press_code(KEY_CODE_RIGHT);
    shows("warmup=20 lr=0.01 layers=1");
    press_code(KEY_CODE_PAGE_DOWN);
    shows("warmup=20 lr=0.01 layers=2");
    shows("page 2 of 2");
    press_code(KEY_CODE_DOWN);
    press_code(KEY_CODE_LEFT);
    shows("warmup=0 lr=0.001 layers=2");
    press_code(KEY_CODE_PAGE_UP);
    shows("page 1 of 2");
    press(">");
    shows("seed 1");
    press("<");
    shows("all seeds");
    assert_false(stage.app->scene.look.lab.left);
    press("v");
    assert_true(stage.app->scene.look.lab.left);
    command_at_once("lab! lr=1e-3,1e-2 steps=50 stacks=right");
    press("v");
    shows("the right stack alone was trained");
    press_code(KEY_CODE_PAGE_UP);
    shows("there is one page");
    press("B");
    shows("hidden while blind");
    shows_not("post");
}

static void keys_that_restart_do_nothing_here(void **state)
{
    (void)state;
    command_at_once(small);
    const int runs = stage.app->runs.numbers;
    for (const char *keys = "rRnsSabdD"; *keys; keys++) {
        char said[64];
        snprintf(said, sizeof said, "%c does nothing in the lab: key 1 shows", *keys);
        press_code(*keys);
        shows(said);
    }
    assert_int_equal(stage.app->runs.numbers, runs);
}

/* The pair comes out with the bits of the lab's trainings. */
static void enter_opens_the_cell(void **state)
{
    (void)state;
    press("0");
    press_code(KEY_CODE_ENTER);
    shows("there is no lab yet");
    command_at_once("lab warmup=0,20 lr=1e-3,1e-2 steps=100 seeds=3..4");
    play(2);
    press_code(KEY_CODE_UP);
    press_code(KEY_CODE_RIGHT);
    press(">");
    press(">"); /* the second seed, 4 */
    const struct lab_row *rows = stage.app->scene.data.lab->row;
    const double wanted[SIDES] = {rows[(3 * 2 + 1) * 2].loss, rows[(3 * 2 + 1) * 2 + 1].loss};
    press_code(KEY_CODE_ENTER);
    assert_int_equal(stage.app->scene.look.view, VIEW_OVERVIEW);
    play(2);
    shows("ENDED");
    assert_int_equal(stage.app->present.warmup, 20);
    assert_true(stage.app->present.lr == 1e-2 && stage.app->present.seed == 4);
    assert_int_equal(history_newest(&stage.app->history), 100);
    for (enum side side = LEFT; side < SIDES; side++)
        assert_true(history_smooth(&stage.app->history, side) == wanted[side]);
    press("u"); /* back into what was trained before */
    play(1);
    assert_int_equal(stage.app->present.seed, 1);
}

static void what_cannot_be_trained_is_refused(void **state)
{
    (void)state;
    command_at_once("lab heads=2,3 steps=50");
    shows("cell heads=3: ");
    assert_null(stage.app->scene.data.lab);
    command_at_once("lab lr=0,1e-3");
    shows("lr '0'");
    command_at_once("lab warmup=0,20 theme=dark,light");
    shows("an axis of theme, which changes no number");
    command_at_once("lab warmup");
    shows("warmup");
    assert_null(stage.app->scene.data.lab);
    command_at_once("lab warmup=0,200 steps=100");
    shows("1 of 2 cells: the warmup is longer than");
    command_at_once("lab stop");
    command_at_once("lab! lr=1e-3,1e-2 heads=2"); /* of this session, which has no end */
    shows("lab: 4 trainings of 600 steps, 1 at a time");
    command_at_once("lab stop");
    command_at_once("lab! lr=1e-3 steps=20,40");
    shows("lab: 4 trainings, 1 at a time");
    command_at_once("lab stop");
    command_at_once("lab! seeds=9..1 lr=1e-3");
    shows("seeds '9..1'");
    command_at_once("lab! stacks=all lr=1e-3");
    shows("stacks 'all': one of left, right, both");
}

static void a_lab_is_stopped_and_goes_on(void **state)
{
    (void)state;
    command_at_once("lab go");
    shows("there is no lab yet");
    command_at_once("lab stop");
    shows("no lab is running");
    command_at_once(small);
    command_at_once("lab lr=1e-3");
    shows("a lab is running: :lab stop ends it");
    play(0.3);
    command_at_once("lab stop");
    shows(" of 8 trainings are done; :lab go goes on");
    const int done = stage.app->scene.data.lab->done;
    assert_true(done > 0 && done < 8);
    play(1);
    assert_int_equal(stage.app->scene.data.lab->done, done);
    command_at_once("lab go");
    play(1);
    shows("lab: all 8 trainings are done");
    command_at_once("lab go");
    shows("all trainings of the lab are done");
}

/* Beside a training that others do there is no pair, nor settings that a lab could begin with. */
static void what_is_watched_has_no_lab(void **state)
{
    static char path[128];
    struct app_start start = {.settings = stage.app->wanted, .watch = {.paths = 1, .path = {path}}};
    struct file file;
    struct error error;
    (void)state;
    snprintf(path, sizeof path, "%s/train.jsonl", folder_path);
    assert_true(file_create(&file, path, true, &error));
    fputs("{\"step\":1,\"loss\":2.5}\n", file.stream);
    assert_true(file_commit(&file, &error));
    stage_close(&stage);
    stage_open(&stage, 36, 120);
    stage_enter(&stage, &start);
    assert_null(stage.app->trainer);
    command_at_once(small);
    shows("lab drives a training: this one is only watched");
    press("0");
    press_code(KEY_CODE_ENTER);
    shows("Enter drives a training: this one is only watched");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, leave_stage)
    const struct CMUnitTest tests[] = {
        TEST(the_map_fills_while_the_clock_moves),
        TEST(the_pair_goes_on_as_told),
        TEST(rows_are_saved_and_read),
        TEST(pictures_are_saved),
        TEST(arrows_choose_a_cell),
        TEST(keys_that_restart_do_nothing_here),
        TEST(enter_opens_the_cell),
        TEST(what_cannot_be_trained_is_refused),
        TEST(a_lab_is_stopped_and_goes_on),
        TEST(what_is_watched_has_no_lab),
    };
#undef TEST
    return cmocka_run_group_tests(tests, folder_make, folder_leave);
}
