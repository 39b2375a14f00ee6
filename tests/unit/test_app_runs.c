/* Runs that are kept, gone back into, overlaid and removed; keys taken back; lists that keys go
 * through: the program without a terminal, on a clock that is moved for it. */
#include "support/one_stage.h"

#include <math.h>
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

static int pressed_restarts(void)
{
    return stage.app->runs.numbers - 1;
}

/* The losses of both stacks at a step, bit for bit. */
static void losses_at(int64_t step, double loss[SIDES])
{
    for (enum side side = LEFT; side < SIDES; side++) {
        const struct snapshot *moment = history_moment(&stage.app->history, side, step);
        assert_int_equal(moment->step, step);
        loss[side] = snapshot_scalar(moment, QUANTITY_LOSS);
    }
}

static void assert_losses(int64_t step, const double wanted[SIDES])
{
    double loss[SIDES];
    losses_at(step, loss);
    assert_memory_equal(loss, wanted, sizeof loss);
}

/* ---- runs ---- */

static void a_restart_leaves_a_run_behind(void **state)
{
    (void)state;
    play_to(150);
    press("www");
    press("r");
    const struct runs *runs = &stage.app->runs;
    shows("restarted from seed 1; u brings run 1 back");
    assert_int_equal(runs->count, 1);
    assert_int_equal(runs->now.number, 2);
    const struct run_record *record = runs_at(runs, 1);
    assert_true(record->step >= 150 && record->step < 220);
    assert_int_equal(record->log.count, 4);
    assert_int_equal(run_first(record)->warmup, 0);
    assert_int_equal(run_last(record)->warmup, 100);
    assert_int_equal(run_first(&runs->now)->warmup, 100);
    assert_true(record->points > 100 && record->points <= RUN_POINTS);
    assert_non_null(record->rest);
    play(0.6);
    shows("warmup 0"); /* at the end of its curve */
    press("9");
    shows("0→100");
    shows("2 runs, the last one under way");
}

/* A short run says nothing of u, and one without a step is not kept. */
static void short_runs_are_kept_quietly(void **state)
{
    (void)state;
    play_to(30);
    press("r");
    assert_int_equal(stage.app->runs.count, 1);
    assert_null(strstr(stage_text(&stage), "brings run"));
    press(" "); /* paused */
    play(0.2);
    press("r");
    press("r"); /* which has done nothing */
    assert_int_equal(stage.app->runs.count, 2);
    assert_int_equal(stage.app->runs.now.step, 0);
}

static void u_goes_back_into_the_run_that_ended(void **state)
{
    (void)state;
    double wanted[SIDES];
    play_to(260);
    losses_at(250, wanted);
    leave_stage(NULL);
    set_up(NULL);
    play_to(150);
    press("r");
    play_to(60);
    press("u");
    shows("run 1 again, at step 1");
    assert_int_equal(stage.app->runs.now.number, 1);
    assert_int_equal(stage.app->runs.count, 1);
    assert_int_equal(stage.app->runs.record[0]->number, 2);
    play_to(260);
    assert_losses(250, wanted);
    press("u");
    shows("there is nothing to take back");
}

static void u_takes_a_branch_back(void **state)
{
    (void)state;
    double wanted[SIDES];
    play_to(220);
    losses_at(200, wanted);
    press("{{");
    press("F");
    shows("u brings run 1 back");
    assert_true(step_now() < 220);
    assert_int_equal(stage.app->runs.now.number, 2);
    assert_int_equal(stage.app->runs.now.log.count, 2);
    press("u");
    assert_int_equal(stage.app->runs.now.number, 1);
    assert_true(step_now() >= 220);
    assert_losses(200, wanted);
}

static void u_takes_settings_and_switches_back(void **state)
{
    (void)state;
    press("ww");
    press("l");
    assert_int_equal(stage.app->present.warmup, 50);
    press("u");
    assert_true(stage.app->present.lr == 3e-3);
    press("u");
    assert_int_equal(stage.app->present.warmup, 25);
    press("s");
    press_code(KEY_CODE_ENTER);
    assert_int_not_equal(stage.app->present.stack[RIGHT].placement, PLACEMENT_POST);
    press("T");
    press("u");
    shows("taken back");
    assert_int_equal(stage.app->present.theme, THEME_DEFAULT);
    press("u");
    assert_int_equal(stage.app->present.stack[RIGHT].placement, PLACEMENT_POST);
    press("u");
    assert_int_equal(stage.app->present.warmup, 0);
    assert_int_equal(pressed_restarts(), 0);
}

/* A run that is no longer in memory is done again, with its changes at their steps. */
static void enter_does_a_run_again(void **state)
{
    (void)state;
    double wanted[SIDES];
    play_to(80);
    press("l");
    press("s");
    press_code(KEY_CODE_ENTER);
    play_to(130);
    losses_at(120, wanted);
    press("r");
    struct run_record *record = stage.app->runs.record[0];
    const int64_t last = record->step;
    run_rest_free(record->rest);
    record->rest = NULL;
    play_to(20);
    press("9");
    press_code(KEY_CODE_UP);
    shows("Enter does it again up to there");
    press_code(KEY_CODE_ENTER);
    shows("run 1 again, at step ");
    assert_int_equal(stage.app->runs.now.number, 1);
    assert_true(step_now() >= last);
    assert_losses(120, wanted);
    assert_int_not_equal(stage.app->present.stack[RIGHT].placement, PLACEMENT_POST);
    assert_int_equal(stage.app->runs.count, 1);
    assert_int_equal(stage.app->runs.record[0]->number, 2);
}

static void runs_are_overlaid_pinned_and_removed(void **state)
{
    (void)state;
    for (int i = 0; i < RUNS_OVERLAID + 2; i++) {
        play(0.2);
        press("r");
    }
    const struct runs *runs = &stage.app->runs;
    assert_int_equal(runs->count, RUNS_OVERLAID + 2);
    press("9i");
    shows("this is the run under way: Up chooses an earlier one");
    for (int i = 0; i < RUNS_OVERLAID + 1; i++) {
        press_code(KEY_CODE_UP);
        press("i");
    }
    int overlaid = 0;
    for (int i = 0; i < runs->count; i++)
        overlaid += runs->record[i]->overlaid;
    assert_int_equal(overlaid, RUNS_OVERLAID);
    press("I");
    assert_int_equal(runs->pinned, stage.app->scene.look.runs.chosen);
    const int chosen = runs->pinned;
    press_code(KEY_CODE_DELETE);
    press("i"); /* something else in between */
    press_code(KEY_CODE_DELETE);
    assert_non_null(runs_at(runs, chosen));
    press_code(KEY_CODE_DELETE);
    assert_null(runs_at(runs, chosen));
    assert_int_equal(runs->pinned, 0);
    press("1i");
    shows("key 9 shows them");
}

static void keys_that_end_runs_do_nothing_in_the_table(void **state)
{
    (void)state;
    play_to(20);
    press("9");
    const char *const keys[] = {"r", "R", "d", "D", "n", "t", "p", "a", "b", "s", "S", "F"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        press(keys[i]);
        shows("does nothing in the runs: key 1 shows the run under way");
    }
    play(1);
    assert_int_equal(stage.app->runs.count, 0);
    press("<");
    shows("sorted by least ratio of the right stack");
    press(">");
    shows("sorted by run");
    command("view overview");
    command("runs");
    shows("9 runs");
}

static void q_asks_once(void **state)
{
    (void)state;
    play_to(40);
    press("r");
    play_to(120);
    press("q");
    shows("1 run of more than 100 steps not saved: q again quits, :save FILE saves");
    press("1");
    press("q"); /* asks again */
    assert_false(stage_press(&stage, "q"));
}

static void q_does_not_ask_where_nothing_is_lost(void **state)
{
    (void)state;
    play_to(120);
    command("confirm off");
    assert_false(stage_press(&stage, "q"));
    leave_stage(NULL);
    set_up(NULL);
    play_to(40);
    assert_false(stage_press(&stage, "q"));
}

/* What the memory for runs does not hold goes, the oldest first, and that is said. */
static void memory_is_limited(void **state)
{
    (void)state;
    command("history 8");
    int said = 0;
    for (int i = 0; i < 12; i++) {
        play(0.4);
        press("r");
        said += strstr(stage_text(&stage), "is gone (history 8 MB): Enter does it again") != NULL;
    }
    const struct runs *runs = &stage.app->runs;
    assert_int_equal(runs->count, 12);
    assert_true(said > 0);
    assert_true(runs_bytes(runs) <= runs->limit);
    assert_null(runs->record[0]->rest);
    assert_non_null(runs->record[11]->rest);
}

/* The table is saved and loaded; what was loaded is done again from its settings. */
static void a_session_brings_its_runs(void **state)
{
    (void)state;
    static const char path[] = "/tmp/lnscope-test-app-runs";
    double wanted[SIDES];
    char text[128];
    play_to(60);
    press("ww");
    play_to(130);
    losses_at(100, wanted);
    press("r");
    play_to(40);
    press(" ");
    assert_int_equal(runs_unsaved(&stage.app->runs), 1);
    snprintf(text, sizeof text, "save! %s", path);
    command(text);
    shows("saved ");
    assert_int_equal(runs_unsaved(&stage.app->runs), 0);
    leave_stage(NULL);
    set_up(NULL);
    play_to(10);
    snprintf(text, sizeof text, "load %s", path);
    command(text);
    shows("loaded ");
    remove(path);
    const struct runs *runs = &stage.app->runs;
    assert_int_equal(runs->count, 2); /* the one that the load ended, and that of the file */
    assert_int_equal(runs->now.number, 3);
    command("runs");
    press_code(KEY_CODE_UP);
    shows("Enter does it again up to there");
    press_code(KEY_CODE_ENTER);
    play(0.5);
    assert_int_equal(stage.app->present.warmup, 50);
    assert_losses(100, wanted);
}

/* Nothing rescues a stack that has collapsed but another start. */
static void a_late_warmup_says_what_helps(void **state)
{
    (void)state;
    play_to(60); /* both are at the loss without context still */
    press("w");
    shows("warmup 25 steps, too late to rescue Post-LN, collapsed: r does, or Home and F");
}

static void the_anatomy_opens_on_the_strongest_factor(void **state)
{
    (void)state;
    play_to(60);
    press(" 3");
    const struct scene *scene = &stage.app->scene;
    double most = 0;
    int strongest = -1;
    for (enum side side = LEFT; side < SIDES; side++) {
        const float *grad = snapshot_array(scene_moment(scene, side), QUANTITY_STREAM_GRAD, 0);
        for (int block = 0; block < stage.app->present.layers; block++) {
            const double factor = fabs(log((double)grad[block] / (double)grad[block + 1]));
            strongest = factor > most ? block : strongest;
            most = factor > most ? factor : most;
        }
    }
    assert_int_equal(scene->look.anatomy.block, strongest);
    press_code(strongest == 0 ? KEY_CODE_UP : KEY_CODE_DOWN);
    press("13"); /* what was chosen stays */
    assert_int_not_equal(scene->look.anatomy.block, strongest);
}

/* Of the step that is shown, also where nobody looked when it was done. */
static void attention_goes_back_with_the_step(void **state)
{
    (void)state;
    play_to(60);
    press(" ");
    command("20");
    press("3v");
    play(0.1);
    const struct scene *scene = &stage.app->scene;
    assert_int_equal(scene_step(scene), 20);
    assert_int_equal(scene->data.attention[RIGHT]->step, 20);
    press_code(KEY_CODE_END);
    play(0.1);
    assert_int_equal(scene->data.attention[LEFT]->step, step_now());
    press("."); /* the run goes on from where it was */
    play(0.1);
    assert_int_equal(scene->data.attention[LEFT]->step, step_now());
}

/* ---- lists ---- */

static void a_list_is_carried_out_once(void **state)
{
    (void)state;
    play_to(20);
    press("a");
    shows("left: pre [post] none");
    press("a");
    shows("left: pre post [none]");
    press_code(KEY_CODE_BACKSPACE);
    shows("left: pre [post] none");
    assert_int_equal(pressed_restarts(), 0);
    play(0.4);
    assert_int_equal(pressed_restarts(), 0);
    play(0.3); /* now it is time */
    assert_int_equal(pressed_restarts(), 1);
    assert_int_equal(stage.app->present.stack[LEFT].placement, PLACEMENT_POST);
}

static void a_list_can_be_left(void **state)
{
    (void)state;
    play_to(20);
    press("cc");
    press_code(KEY_CODE_ESCAPE);
    shows("all is as it was");
    play(1);
    assert_true(stage.app->present.clip == 0);
    press("ccc");
    press_code(KEY_CODE_ENTER);
    assert_true(stage.app->present.clip == 0.5);
    press("n");
    press("w"); /* another key: what is chosen is carried out first */
    assert_int_equal(pressed_restarts(), 1);
    assert_int_equal(stage.app->present.warmup, 25);
    assert_int_equal(stage.app->present.stack[LEFT].norm, NORM_RMSNORM);
    press("t");
    press_code(KEY_CODE_BACKSPACE);
    press_code(KEY_CODE_ENTER);
    shows("task: as it was");
}

static void a_switch_can_be_typed(void **state)
{
    (void)state;
    play_to(20);
    command("switch right pre");
    assert_int_equal(stage.app->present.stack[RIGHT].placement, PLACEMENT_PRE);
    assert_int_equal(pressed_restarts(), 0);
    command("switch right rezero");
    shows("right cannot go on as rezero, whose tensors are others: set right rezero restarts it");
    command("switch middle pre");
    shows("stack 'middle': one of left, right");
}

/* Limits of the loss, and in the view of the curves of what that shows. */
static void limits_can_be_typed(void **state)
{
    (void)state;
    const struct curves_limits *limits = stage.app->scene.look.curves.limits;
    play_to(20);
    command("ylim 1 4");
    shows("the axis holds 1 to 4");
    assert_true(limits[QUANTITY_LOSS].low == 1 && limits[QUANTITY_LOSS].high == 4);
    command("ylim 4 1");
    shows("ylim: two numbers, the lower one first, or auto");
    command("ylim 1");
    shows("ylim: two numbers, the lower one first, or auto");
    assert_true(limits[QUANTITY_LOSS].low == 1 && limits[QUANTITY_LOSS].high == 4);
    press("5v"); /* the ratio, on a logarithmic axis */
    command("ylim 0 4");
    shows("a logarithmic axis has no 0");
    command("ylim 0.01 10");
    assert_true(limits[QUANTITY_RATIO].low == 0.01 && limits[QUANTITY_RATIO].high == 10);
    press("1");
    command("ylim auto");
    assert_true(limits[QUANTITY_LOSS].high == 0 && limits[QUANTITY_RATIO].high == 10);
}

int main(void)
{
#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, set_up, leave_stage)
    const struct CMUnitTest tests[] = {
        ON_STAGE(a_restart_leaves_a_run_behind),
        ON_STAGE(short_runs_are_kept_quietly),
        ON_STAGE(u_goes_back_into_the_run_that_ended),
        ON_STAGE(u_takes_a_branch_back),
        ON_STAGE(u_takes_settings_and_switches_back),
        ON_STAGE(enter_does_a_run_again),
        ON_STAGE(runs_are_overlaid_pinned_and_removed),
        ON_STAGE(keys_that_end_runs_do_nothing_in_the_table),
        ON_STAGE(q_asks_once),
        ON_STAGE(q_does_not_ask_where_nothing_is_lost),
        ON_STAGE(memory_is_limited),
        ON_STAGE(a_session_brings_its_runs),
        ON_STAGE(a_late_warmup_says_what_helps),
        ON_STAGE(the_anatomy_opens_on_the_strongest_factor),
        ON_STAGE(attention_goes_back_with_the_step),
        ON_STAGE(a_list_is_carried_out_once),
        ON_STAGE(a_list_can_be_left),
        ON_STAGE(a_switch_can_be_typed),
        ON_STAGE(limits_can_be_typed),
    };
    return cmocka_run_group_tests_name("app_runs", tests, NULL, NULL);
}
