/* What keys do to the scene: views, time, zoom, the cell that is read out. All of it by the keys
 * themselves. */
#include "views/navigate.h"

#include "support/fixture.h"
#include "train/run.h"
#include "views/chart.h"
#include "views/views.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ROWS = 36, COLS = 120 };

static struct fixture *fixture;
static struct scene *scene;
static const char *said;

static int set_up(void **state)
{
    (void)state;
    fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    fixture_open(fixture);
    scene = &fixture->scene;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_close(fixture);
    free(fixture);
    return 0;
}

static void press(int code)
{
    said = fixture_press(fixture, code, ROWS, COLS);
}

static void act(enum action action)
{
    press(key_table[action].code[0]);
}

static void act_times(enum action action, int times)
{
    while (times-- > 0)
        act(action);
}

/* From mark to mark, also where their own moments are no longer kept. */
static void the_cursor_jumps_from_mark_to_mark(void **state)
{
    (void)state;
    act(ACTION_NEXT_MARK);
    assert_string_equal(said, "there is no mark after this step");
    fixture_train(fixture, 100);
    history_add_mark(&fixture->history, MARK_CHANGE, 60, "warmup 0→200");
    history_add_mark(&fixture->history, MARK_NAME, 20, "mark 1");
    history_add_mark(&fixture->history, MARK_CHANGE, 101, "lr 0.003→0.005"); /* is not there yet */
    act(ACTION_NEXT_MARK);
    assert_string_equal(said, "there is no mark after this step");
    act(ACTION_PREVIOUS_MARK);
    assert_string_equal(said, "step 60: warmup 0→200");
    assert_int_equal(scene_step(scene), 60);
    act(ACTION_PREVIOUS_MARK);
    assert_string_equal(said, "step 20: mark 1");
    act(ACTION_PREVIOUS_MARK);
    assert_string_equal(said, "there is no mark before this step");
    assert_int_equal(scene_step(scene), 20);
    act(ACTION_NEXT_MARK);
    assert_int_equal(scene_step(scene), 60);
    act(ACTION_NEXT_MARK);
    assert_int_equal(scene_step(scene), 60);
    history_add_mark(&fixture->history, MARK_NAME, 100, "right: the end");
    scene->look.blind = true;
    act(ACTION_NEXT_MARK);
    assert_string_equal(said, "step 100: hidden");
    assert_int_equal(scene->look.cursor, 0); /* the newest step: live */
    scene->look.blind = false;

    history_limit(&fixture->history, (size_t)2 << 20); /* some moments are left */
    fixture_train(fixture, 3000);
    assert_true(history_spacing(&fixture->history) > 4);
    history_add_mark(&fixture->history, MARK_CHANGE, 1001, "a");
    history_add_mark(&fixture->history, MARK_CHANGE, 1002, "b");
    navigate_to_step(scene, 1500);
    act(ACTION_PREVIOUS_MARK);
    assert_non_null(strchr("ab", said[strlen(said) - 1]));
    act(ACTION_PREVIOUS_MARK);
    act(ACTION_NEXT_MARK);
    act(ACTION_NEXT_MARK);
    assert_string_equal(said, "there is no mark after this step");
}

/* A mode of the overview, which any view leaves. */
static void the_projector_is_left_by_a_view(void **state)
{
    (void)state;
    navigate_to(scene, VIEW_CURVES);
    act(ACTION_PROJECTOR);
    assert_true(scene->look.projector && scene->look.view == VIEW_OVERVIEW && *said);
    act(ACTION_PROJECTOR);
    assert_true(!scene->look.projector && scene->look.view == VIEW_OVERVIEW);
    act(ACTION_PROJECTOR);
    navigate_to(scene, VIEW_WATERFALL);
    assert_false(scene->look.projector);
    act(ACTION_PROJECTOR);
    act(ACTION_NEXT_VIEW);
    assert_true(!scene->look.projector && scene->look.view == VIEW_WATERFALL);
}

static void tab_goes_round_the_views(void **state)
{
    (void)state;
    for (int i = 0; i < VIEWS; i++) {
        assert_int_equal(scene->look.view, i);
        act(ACTION_NEXT_VIEW);
    }
    assert_int_equal(scene->look.view, 0);
    act(ACTION_PREVIOUS_VIEW);
    assert_int_equal(scene->look.view, VIEWS - 1);
}

static void time_moves_by_kept_steps(void **state)
{
    (void)state;
    fixture_train(fixture, 213);
    assert_int_equal(scene->look.cursor, 0);
    assert_int_equal(scene_step(scene), 213);
    act(ACTION_BACK);
    assert_int_equal(scene->look.cursor, 212);
    act_times(ACTION_BACK, 12);
    assert_int_equal(scene_step(scene), 200);
    fixture_train(fixture, 250); /* training goes on, the moment stays */
    assert_int_equal(scene_step(scene), 200);
    act(ACTION_FORWARD);
    assert_int_equal(scene_step(scene), 201);
    act(ACTION_FIRST);
    assert_int_equal(scene_step(scene), 1);
    act(ACTION_BACK);
    assert_int_equal(scene_step(scene), 1);
    assert_non_null(strstr(said, "first"));
    act(ACTION_FAR_FORWARD);
    assert_int_equal(scene_step(scene), 26);
    act(ACTION_FAR_BACK);
    assert_int_equal(scene_step(scene), 1);
    act(ACTION_LIVE);
    assert_int_equal(scene->look.cursor, 0);
    assert_string_equal(said, "");
    act(ACTION_LIVE);
    assert_non_null(strstr(said, "live"));
}

static void past_the_newest_step_it_is_live_again(void **state)
{
    (void)state;
    fixture_train(fixture, 20);
    act_times(ACTION_BACK, 2);
    act_times(ACTION_FORWARD, 2);
    assert_int_equal(scene->look.cursor, 0);
    act(ACTION_FAR_BACK);
    assert_int_equal(scene_step(scene), 18);
    act(ACTION_FAR_FORWARD);
    assert_int_equal(scene->look.cursor, 0);
    act(ACTION_FAR_FORWARD);
    assert_int_equal(scene->look.cursor, 0);
}

static void without_a_step_there_is_no_past(void **state)
{
    (void)state;
    const enum action actions[] = {ACTION_BACK,        ACTION_FORWARD, ACTION_FAR_BACK,
                                   ACTION_FAR_FORWARD, ACTION_FIRST,   ACTION_LIVE};
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        act(actions[i]);
        assert_int_equal(scene->look.cursor, 0);
    }
}

static void a_thinned_past_says_so(void **state)
{
    (void)state;
    history_limit(&fixture->history, (size_t)4 << 20);
    fixture_train(fixture, 3000);
    int64_t spacing = history_spacing(&fixture->history);
    assert_true(spacing > 1);
    navigate_to_step(scene, 1000);
    act(ACTION_BACK);
    assert_int_equal(scene_step(scene) % spacing, 0);
    assert_non_null(strstr(said, "1 step in "));
    int64_t before = scene_step(scene);
    act(ACTION_BACK);
    assert_int_equal(scene_step(scene), before - spacing);
}

static void a_new_run_is_live(void **state)
{
    (void)state;
    fixture_train(fixture, 100);
    scene->look.view = VIEW_CURVES;
    act(ACTION_BACK);
    act(ACTION_ZOOM_IN);
    history_clear(&fixture->history);
    view_restart(scene);
    assert_int_equal(scene->look.cursor, 0);
    assert_int_equal(scene->look.curves.zoom, 0);
    assert_int_equal(scene->look.view, VIEW_CURVES);
}

static void curves_zoom_and_pan(void **state)
{
    (void)state;
    double from, to, width;
    scene->look.view = VIEW_CURVES;
    fixture_train(fixture, 290);
    act(ACTION_LEFT); /* nothing to pan */
    assert_non_null(strstr(said, "whole run"));
    act_times(ACTION_ZOOM_IN, 2);
    chart_range(scene, &scene->look.curves, &from, &to);
    width = to - from;
    assert_true(fabs(width - 75) <= 1 && to >= 290);
    act(ACTION_LEFT);
    double next;
    chart_range(scene, &scene->look.curves, &next, &to);
    assert_true(next < from && fabs(to - next - width) <= 1);
    act_times(ACTION_LEFT, 40);
    chart_range(scene, &scene->look.curves, &from, &to);
    assert_true(from == 0);
    act_times(ACTION_RIGHT, 40);
    chart_range(scene, &scene->look.curves, &from, &to);
    assert_true(to >= 290);
    act_times(ACTION_ZOOM_OUT, 2);
    chart_range(scene, &scene->look.curves, &from, &to);
    assert_true(from == 0 && to == 300);
    act(ACTION_ZOOM_OUT);
    assert_int_equal(scene->look.curves.zoom, 0);
    act_times(ACTION_ZOOM_IN, 40);
    chart_range(scene, &scene->look.curves, &from, &to);
    assert_true(to - from >= 10 && to - from <= 20);
}

static void zoom_keeps_the_cursor_in_view(void **state)
{
    (void)state;
    double from, to;
    scene->look.view = VIEW_CURVES;
    fixture_train(fixture, 290);
    navigate_to_step(scene, 77);
    for (int i = 0; i < 4; i++) {
        act(ACTION_ZOOM_IN);
        chart_range(scene, &scene->look.curves, &from, &to);
        assert_true(from <= 77 && to >= 77);
    }
}

static void the_waterfall_zooms_to_single_steps(void **state)
{
    (void)state;
    scene->look.view = VIEW_WATERFALL;
    fixture_train(fixture, 290);
    act(ACTION_ZOOM_IN);
    assert_string_equal(said, "");
    act_times(ACTION_ZOOM_IN, 10);
    assert_int_equal(scene->look.waterfall.zoom, 2);
    assert_string_equal(said, "a column is one step: this is as near as it goes");
    act_times(ACTION_ZOOM_OUT, 10);
    assert_int_equal(scene->look.waterfall.zoom, 0);
    scene->look.view = VIEW_OVERVIEW;
    act(ACTION_ZOOM_IN);
    assert_string_equal(said, "zoom: key 2 shows the waterfall, key 5 the curves");
    assert_int_equal(scene->look.waterfall.zoom, 0);
}

static void smoothing_has_its_steps(void **state)
{
    (void)state;
    scene->look.view = VIEW_CURVES;
    assert_true(scene->look.curves.smoothing == smoothed_past);
    act(ACTION_SMOOTHER);
    assert_true(scene->look.curves.smoothing == 0.98);
    act_times(ACTION_SMOOTHER, 9);
    assert_true(scene->look.curves.smoothing == 0.99);
    act_times(ACTION_ROUGHER, 2);
    assert_true(scene->look.curves.smoothing == 0.95);
    act_times(ACTION_ROUGHER, 9);
    assert_true(scene->look.curves.smoothing == 0);
    assert_non_null(strstr(said, "raw"));
}

static void quantities_and_axes_belong_to_their_view(void **state)
{
    (void)state;
    act(ACTION_QUANTITY);
    assert_string_equal(said,
                        "quantities: key 3 shows the anatomy, key 4 the tensors, key 5 the curves, "
                        "key 6 the stream, key 0 the lab");
    act(ACTION_LOG_Y);
    assert_string_equal(said, "logarithmic axes: key 5 shows the curves");
    assert_int_equal(scene->look.curves.quantity, QUANTITY_LOSS);
    assert_false(scene->look.curves.log_y[QUANTITY_LOSS]);
    scene->look.view = VIEW_CURVES;
    act(ACTION_LOG_Y);
    act(ACTION_LOG_X);
    assert_true(scene->look.curves.log_y[QUANTITY_LOSS] && scene->look.curves.log_x);
    act(ACTION_QUANTITY);
    assert_int_equal(scene->look.curves.quantity, QUANTITY_RATIO);
    act(ACTION_QUANTITY);
    assert_int_equal(scene->look.curves.quantity, QUANTITY_GRAD_NORM);
    act(ACTION_QUANTITY);
    assert_int_equal(scene->look.curves.quantity, QUANTITY_LOSS);
    scene->look.view = VIEW_TENSORS;
    act(ACTION_QUANTITY);
    assert_int_equal(scene->look.tensors.quantity, QUANTITY_UPDATE_RATIO);
    act(ACTION_QUANTITY);
    assert_int_equal(scene->look.tensors.quantity, QUANTITY_WEIGHT);
    act(ACTION_QUANTITY);
    assert_int_equal(scene->look.tensors.quantity, QUANTITY_PARAM_GRAD);
    assert_int_equal(scene->look.curves.quantity, QUANTITY_LOSS);
    scene->look.view = VIEW_STREAM;
    const int kinds = quantity_count(SHOWN_STREAM);
    assert_int_equal(scene->look.stream.quantity, QUANTITY_STREAM_RMS);
    for (int kind = 1; kind <= kinds; kind++) {
        act(ACTION_QUANTITY);
        assert_int_equal(scene->look.stream.quantity, quantity_at(SHOWN_STREAM, kind % kinds));
        assert_non_null(strstr(said, "stream: "));
    }
}

static void arrows_walk_through_the_blocks(void **state)
{
    (void)state;
    scene->look.view = VIEW_ANATOMY;
    act(ACTION_SCROLL_DOWN);
    assert_int_equal(scene->look.anatomy.block, 0);
    assert_true(strlen(said) > 0); /* says that there is no block below */
    act_times(ACTION_SCROLL_UP, 2);
    assert_int_equal(scene->look.anatomy.block, 2);
    assert_string_equal(said, "");
    act_times(ACTION_SCROLL_UP, 99);
    assert_int_equal(scene->look.anatomy.block, fixture->settings.layers - 1);
    assert_non_null(strstr(said, "last"));
    assert_int_equal(scene->look.bars.scroll, 0);
    fixture->settings.layers = 3; /* the new run is less deep */
    act(ACTION_SCROLL_DOWN);
    assert_int_equal(scene->look.anatomy.block, 1);
}

/* Details are measured in the first step and in every eighth. */
static void details_are_those_of_the_last_step_that_has_them(void **state)
{
    (void)state;
    assert_int_equal(scene_detailed_moment(scene, LEFT)->step, 0);
    fixture_train_until_fault(fixture, 60,
                              (struct fault){.place = FAULT_STREAM, .layer = 3, .step = 30});
    assert_int_equal(scene_detailed_moment(scene, LEFT)->step, 56);
    assert_int_equal(scene_detailed_moment(scene, RIGHT)->step, 24); /* the last finite ones */
    navigate_to_step(scene, 16);
    assert_int_equal(scene_detailed_moment(scene, LEFT)->step, 16);
    navigate_to_step(scene, 15);
    assert_int_equal(scene_detailed_moment(scene, LEFT)->step, 8);
    assert_true(scene_detailed_moment(scene, LEFT)->detailed);
    navigate_to_step(scene, 7);
    assert_int_equal(scene_detailed_moment(scene, LEFT)->step, 1);
}

static void views_say_what_they_want_measured(void **state)
{
    (void)state;
    assert_int_equal(view_table[VIEW_OVERVIEW]->watch, 0);
    assert_int_equal(view_table[VIEW_ANATOMY]->watch, WATCH_DETAIL);
    assert_int_equal(view_table[VIEW_STREAM]->watch, WATCH_DETAIL);
}

static void arrows_move_the_cell(void **state)
{
    (void)state;
    scene->look.view = VIEW_TENSORS;
    act(ACTION_SCROLL_DOWN); /* nothing measured yet */
    fixture_train(fixture, 3);
    act_times(ACTION_SCROLL_DOWN, 3);
    act_times(ACTION_RIGHT, 2);
    assert_int_equal(scene->look.tensors.tensor, 3);
    assert_int_equal(scene->look.tensors.block, 2);
    act(ACTION_SCROLL_UP);
    act(ACTION_LEFT);
    assert_int_equal(scene->look.tensors.tensor, 2);
    assert_int_equal(scene->look.tensors.block, 1);
    act_times(ACTION_SCROLL_DOWN, 99);
    act_times(ACTION_RIGHT, 99);
    assert_int_equal(scene->look.tensors.tensor, 11);
    assert_int_equal(scene->look.tensors.block, fixture->settings.layers - 1);
    act_times(ACTION_SCROLL_UP, 99);
    act_times(ACTION_LEFT, 99);
    assert_int_equal(scene->look.tensors.tensor, 0);
    assert_int_equal(scene->look.tensors.block, 0);
}

static void layers_scroll_where_they_do_not_fit(void **state)
{
    (void)state;
    fixture_train(fixture, 3);
    act(ACTION_SCROLL_UP);
    assert_int_equal(scene->look.bars.scroll, 0);
    assert_true(strlen(said) > 0);
    fixture->settings.layers = 96; /* more than two to a row of the waterfall */
    const enum view views[] = {VIEW_OVERVIEW, VIEW_WATERFALL, VIEW_STREAM};
    for (size_t i = 0; i < sizeof views / sizeof views[0]; i++) {
        scene->look.view = views[i];
        int most = view_scroll_max(scene, ROWS, COLS);
        assert_true(most > 0);
        act_times(ACTION_SCROLL_UP, 99);
        assert_int_equal(scene->look.bars.scroll, most);
        act_times(ACTION_SCROLL_DOWN, 99);
        assert_int_equal(scene->look.bars.scroll, 0);
    }
}

static void blind_is_a_switch(void **state)
{
    (void)state;
    char title[TEXT_TITLE];
    act(ACTION_BLIND);
    scene_title(scene, RIGHT, true, title);
    assert_string_equal(title, "B");
    scene_formula(scene, LEFT, title);
    assert_string_equal(title, "");
    act(ACTION_BLIND);
    scene_title(scene, RIGHT, true, title);
    assert_string_equal(title, "Post-LN");
}

static void the_race_is_that_of_the_moment(void **state)
{
    (void)state;
    fixture->settings.warmup = 100;
    assert_int_equal(scene_race(scene).level, -1);
    fixture_train(fixture, 600);
    struct race race = scene_race(scene);
    assert_true(race.level > 0);
    assert_int_equal(race.first, LEFT);
    assert_true(race.step[LEFT] > 0 && race.step[LEFT] <= 600);
    int64_t left = history_reached(&fixture->history, LEFT, 0);
    int64_t right = history_reached(&fixture->history, RIGHT, 0);
    assert_true(right > left);
    navigate_to_step(scene, right);
    race = scene_race(scene);
    navigate_to_step(scene, left - 1);
    assert_int_equal(scene_race(scene).level, -1);
    navigate_to_step(scene, left);
    race = scene_race(scene);
    assert_int_equal(race.level, 0);
    assert_int_equal(race.step[LEFT], left);
    assert_int_equal(race.step[RIGHT], 0); /* not yet */
}

static void note_marks(int count)
{
    for (int i = 1; i <= count; i++)
        events_note(&fixture->events, i, -1, EVENT_MARK, "here");
}

static void the_log_scrolls_to_its_ends(void **state)
{
    (void)state;
    fixture_watch(fixture);
    scene->look.view = VIEW_LOG;
    act(ACTION_SCROLL_UP);
    assert_int_equal(scene->look.log.scroll, 0); /* all of nothing is in view */
    note_marks(100);
    int most = view_scroll_max(scene, ROWS, COLS);
    assert_true(most > 60 && most < 100);
    act_times(ACTION_SCROLL_UP, 3);
    assert_int_equal(scene->look.log.scroll, 3);
    act_times(ACTION_SCROLL_UP, 200);
    assert_int_equal(scene->look.log.scroll, most);
    scene->look.hide = true; /* which leaves more rows to the events */
    assert_true(view_scroll_max(scene, ROWS, COLS) < most);
    scene->look.hide = false;
    act(ACTION_SCROLL_DOWN);
    assert_int_equal(scene->look.log.scroll, most - 1);
    press(KEY_CODE_PAGE_DOWN);
    assert_int_equal(scene->look.log.scroll, most - 1 - (ROWS - 8));
    press(KEY_CODE_PAGE_UP);
    assert_int_equal(scene->look.log.scroll, most - 1);
    view_restart(scene);
    assert_int_equal(scene->look.log.scroll, 0);
    scene->look.view = VIEW_CURVES;
    press(KEY_CODE_PAGE_UP);
    assert_string_equal(said, "key Page Up does nothing: ? shows the keys");
    assert_int_equal(view_scroll_max(scene, ROWS, COLS), 0);
}

static void arrows_go_from_event_to_event(void **state)
{
    static const int64_t steps[] = {10, 10, 40};
    (void)state;
    scene->look.view = VIEW_LOG;
    act(ACTION_LEFT); /* nothing is recognised at all */
    assert_string_equal(said, "there is no event before this step");
    fixture_train(fixture, 60);
    fixture_watch(fixture);
    act(ACTION_LEFT);
    assert_string_equal(said, "there is no event before this step");
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        events_note(&fixture->events, steps[i], -1, EVENT_MARK, "here");
    act(ACTION_RIGHT);
    assert_string_equal(said, "this is the newest step, live");
    act(ACTION_LEFT);
    assert_int_equal(scene->look.cursor, 40);
    assert_int_equal(scene_events(scene), 3);
    act(ACTION_LEFT);
    assert_int_equal(scene->look.cursor, 10);
    assert_int_equal(scene_events(scene), 2);
    act(ACTION_LEFT);
    assert_int_equal(scene->look.cursor, 10);
    assert_string_equal(said, "there is no event before this step");
    act(ACTION_RIGHT);
    assert_int_equal(scene->look.cursor, 40);
    act(ACTION_RIGHT);
    assert_int_equal(scene->look.cursor, 0);
}

/* An event is of the stack as it was then. */
static void events_keep_the_name_of_their_time(void **state)
{
    (void)state;
    char title[TEXT_TITLE];
    fixture_train(fixture, 30);
    fixture_watch(fixture);
    events_note(&fixture->events, 20, RIGHT, EVENT_VANISHED, "");
    fixture->settings.stack[RIGHT].placement = PLACEMENT_BRANCH;
    fixture_train(fixture, 60);
    scene_event_title(scene, &fixture->events.event[0], title);
    assert_string_equal(title, "Post-LN");
    events_note(&fixture->events, 60, RIGHT, EVENT_VANISHED, "");
    scene_event_title(scene, &fixture->events.event[fixture->events.count - 1], title);
    assert_string_not_equal(title, "Post-LN");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_cursor_jumps_from_mark_to_mark),
        TEST(the_projector_is_left_by_a_view),
        TEST(tab_goes_round_the_views),
        TEST(time_moves_by_kept_steps),
        TEST(past_the_newest_step_it_is_live_again),
        TEST(without_a_step_there_is_no_past),
        TEST(a_thinned_past_says_so),
        TEST(a_new_run_is_live),
        TEST(curves_zoom_and_pan),
        TEST(zoom_keeps_the_cursor_in_view),
        TEST(the_waterfall_zooms_to_single_steps),
        TEST(smoothing_has_its_steps),
        TEST(quantities_and_axes_belong_to_their_view),
        TEST(arrows_move_the_cell),
        TEST(arrows_walk_through_the_blocks),
        TEST(details_are_those_of_the_last_step_that_has_them),
        TEST(views_say_what_they_want_measured),
        TEST(layers_scroll_where_they_do_not_fit),
        TEST(blind_is_a_switch),
        TEST(the_race_is_that_of_the_moment),
        TEST(the_log_scrolls_to_its_ends),
        TEST(arrows_go_from_event_to_event),
        TEST(events_keep_the_name_of_their_time),
    };
    return cmocka_run_group_tests_name("navigate", tests, NULL, NULL);
}
