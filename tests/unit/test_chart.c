/* What the curves show, as numbers: ranges, smoothing, points in view, one stroke a column. */
#include "views/chart.h"

#include "base/memory.h"
#include "screen/plot.h"
#include "support/fixture.h"
#include "views/curves.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ROWS = 10, COLS = 60 };

static struct fixture *fixture;
static struct scene *scene;
static struct curves_look *look;

static int set_up(void **state)
{
    (void)state;
    fixture = memory_new(1, sizeof *fixture);
    fixture_open(fixture);
    scene = &fixture->scene;
    look = &scene->look.curves;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_close(fixture);
    free(fixture);
    return 0;
}

static bool near(double a, double b)
{
    return fabs(a - b) <= 1e-9 * fmax(1, fabs(b));
}

static double loss_of(enum side side, int i)
{
    return history_value(&fixture->history, side, QUANTITY_LOSS, i);
}

/* The x axis grows in strides and ends with the run. */
static void the_range_stands_still_in_between(void **state)
{
    (void)state;
    double from, to;
    const struct {
        int64_t step, end;
        double to;
    } wanted[] = {{1, 0, 100}, {100, 0, 100}, {101, 0, 150}, {151, 0, 200}, {152, 160, 160}};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        fixture_train(fixture, wanted[i].step);
        fixture->settings.steps = wanted[i].end;
        chart_range(scene, look, &from, &to);
        assert_true(from == 0 && to == wanted[i].to);
    }
    fixture->settings.steps = 0;
    look->log_x = true; /* which has no 0 */
    chart_range(scene, look, &from, &to);
    assert_true(from == 1 && to == 200);
    look->zoom = 1;
    look->log_x = false;
    look->from = 1000; /* not past the end */
    chart_range(scene, look, &from, &to);
    assert_true(from == 100 && to == 200);
}

/* The weight of the past at a step: less in the first ones. */
static double past_at(double past, double step)
{
    return fmin(past, 1 - 1 / (1 + (step - 1) / 10));
}

/* Without smoothing the line is the raw values; with it a debiased mean, of gradients the geometric
 * one. */
static void lines_are_smoothed(void **state)
{
    (void)state;
    fixture_train(fixture, 40);
    look->smoothing = 0;
    struct chart chart = chart_open(scene, look, ROWS, COLS);
    for (int i = 0; i < 40; i++)
        assert_true(near(chart.series[RIGHT].line[i], loss_of(RIGHT, i)));
    chart_close(&chart);

    look->smoothing = 0.5;
    chart = chart_open(scene, look, ROWS, COLS);
    double first = loss_of(LEFT, 0), second = loss_of(LEFT, 1);
    const double past = past_at(0.5, 2); /* what the first weighs; it is all that there was */
    assert_true(past > 0.05 && past < 0.25 && near(past_at(0.5, 11), 0.5));
    assert_true(near(chart.series[LEFT].line[0], first));
    assert_true(near(chart.series[LEFT].line[1], past * first + (1 - past) * second));
    assert_true(near(chart.series[LEFT].raw[1], second));
    chart_close(&chart);

    look->quantity = QUANTITY_GRAD_NORM;
    look->log_y[QUANTITY_GRAD_NORM] = false;
    chart = chart_open(scene, look, ROWS, COLS);
    first = history_value(&fixture->history, LEFT, QUANTITY_GRAD_NORM, 0);
    second = history_value(&fixture->history, LEFT, QUANTITY_GRAD_NORM, 1);
    assert_true(
        near(chart.series[LEFT].line[1], exp(past * log(first) + (1 - past) * log(second))));
    chart_close(&chart);

    look->log_y[QUANTITY_GRAD_NORM] = true; /* the same, as the axis has it */
    chart = chart_open(scene, look, ROWS, COLS);
    assert_true(near(chart.series[LEFT].line[1], past * log(first) + (1 - past) * log(second)));
    assert_true(near(chart_line_at(&chart, LEFT, 2), exp(chart.series[LEFT].line[1])));
    chart_close(&chart);
}

/* A point that stands for several steps weighs as much as they do. */
static void a_point_of_two_steps_weighs_as_two(void **state)
{
    (void)state;
    fixture_train(fixture, HISTORY_POINTS + 100);
    assert_int_equal(fixture->history.stride, 2);
    look->quantity = QUANTITY_GRAD_NORM;
    look->smoothing = 0.9;
    struct chart chart = chart_open(scene, look, ROWS, COLS);
    double sum = 0, weight = 0;
    for (int i = 0; i < 20; i++) {
        double raw = history_value(&fixture->history, LEFT, QUANTITY_GRAD_NORM, i);
        for (int step = 0; step < 2; step++) {
            const double past = past_at(0.9, 2 * (i + 1));
            sum = past * sum + (1 - past) * log(raw);
            weight = past * weight + 1 - past;
        }
        double line = chart_value(&chart, chart.series[LEFT].line[i]);
        assert_true(near(line, exp(sum / weight)));
    }
    chart_close(&chart);
}

/* A stack that diverged has values up to then. */
static void what_is_not_finite_is_no_point(void **state)
{
    (void)state;
    fixture_train_until_fault(fixture, 60, (struct fault){.place = FAULT_LOSS, .step = 31});
    struct chart chart = chart_open(scene, look, ROWS, COLS);
    assert_true(isfinite(chart.series[RIGHT].line[29]));
    assert_true(isnan(chart.series[RIGHT].line[30]) && isnan(chart.series[RIGHT].raw[30]));
    assert_true(near(chart_line_at(&chart, RIGHT, 60), chart.series[RIGHT].line[29]));
    assert_true(near(chart_line_at(&chart, LEFT, 60), chart.series[LEFT].line[59]));
    assert_true(isnan(chart_line_at(&chart, LEFT, 0)));
    chart_close(&chart);
}

/* The y axis holds all lines but for what is far above guessing. */
static void values_are_in_the_field(void **state)
{
    (void)state;
    fixture_train(fixture, 300);
    for (int curve = 0; curve < quantity_count(SHOWN_CURVES); curve++)
        for (int mode = 0; mode < 4; mode++) {
            look->quantity = quantity_at(SHOWN_CURVES, curve);
            look->log_y[look->quantity] = mode & 1;
            look->zoom = mode / 2 * 2;
            struct chart chart = chart_open(scene, look, ROWS, COLS);
            assert_true(chart.low < chart.high);
            assert_true(chart_y(&chart, chart.low) < 1e-6);
            assert_int_equal(chart_row(&chart, chart.high), 0);
            assert_int_equal(chart_row(&chart, chart.low), ROWS - 1);
            for (int i = 20; i < chart.series[LEFT].count; i++) {
                double value = chart_value(&chart, chart.series[LEFT].line[i]);
                double step = chart_step_of(&chart.series[LEFT], i);
                if (step > chart.from && step <= chart.to)
                    assert_true(value >= chart.low * (1 - 1e-9) &&
                                value <= chart.high * (1 + 1e-9));
            }
            chart_close(&chart);
        }
}

/* Dots and steps are each other's inverse. */
static void a_dot_stands_for_its_step(void **state)
{
    (void)state;
    fixture_train(fixture, 200);
    for (int logs = 0; logs < 2; logs++) {
        look->log_x = logs;
        struct chart chart = chart_open(scene, look, ROWS, COLS);
        for (int x = 0; x < COLS * PLOT_DOTS_X; x++)
            assert_true(near(chart_x(&chart, chart_step_at(&chart, x)), x));
        assert_int_equal(chart_col(&chart, chart.from), 0);
        assert_int_equal(chart_col(&chart, chart.to), COLS - 1);
        assert_int_equal(chart_col(&chart, chart.to + 1), -1);
        chart_close(&chart);
    }
}

/* However many points there are, a column has one stroke, which reaches as far as they do; zoomed,
 * a line comes in at the left edge. */
static void points_are_thinned_to_columns(void **state)
{
    (void)state;
    fixture_train(fixture, 1500);
    look->smoothing = 0;
    for (int zoom = 0; zoom < 4; zoom++) {
        look->zoom = zoom;
        struct chart chart = chart_open(scene, look, ROWS, COLS);
        const struct chart_series *series = &chart.series[RIGHT];
        struct chart_line line = chart_line_of(&chart, series);
        assert_true(line.count > 20 && line.count <= COLS * PLOT_DOTS_X + 1);
        assert_true(zoom == 0 ? line.x > 0 : line.x == 0);
        for (int s = 0; s < line.count; s++) {
            const struct chart_stroke *stroke = &line.stroke[s];
            assert_true(s == 0 || stroke->col > line.stroke[s - 1].col);
            assert_true(stroke->x[0] <= stroke->x[1]);
            for (int end = 0; end < 2; end++)
                assert_true(stroke->low <= stroke->y[end] && stroke->y[end] <= stroke->high);
        }
        int seen = 0;
        for (int i = 0; i < series->count; i++) {
            double x = chart_x(&chart, chart_step_of(series, i));
            double y = chart_y_of(&chart, series->line[i]);
            for (int s = 0; s < line.count && x >= 0; s++)
                if (line.stroke[s].col == (int)(x + 0.5)) {
                    assert_true(y >= line.stroke[s].low && y <= line.stroke[s].high);
                    seen++;
                }
        }
        assert_true(seen >= line.count && (zoom > 0 || seen == series->count));
        free(line.stroke);
        chart_close(&chart);
    }
}

/* A branch leaves its old line as a ghost, drawn from the branch on. */
static void a_ghost_begins_at_its_branch(void **state)
{
    (void)state;
    assert_false(chart_has_ghosts(scene));
    fixture_train(fixture, 200);
    fixture_branch(fixture, 100);
    fixture_train(fixture, 120);
    assert_true(chart_has_ghosts(scene));
    struct chart chart = chart_open(scene, look, ROWS, COLS);
    const struct chart_series *ghost = &chart.ghost[0][LEFT];
    assert_true(chart_step_of(ghost, ghost->drawn) == 100);
    assert_true(chart_step_of(ghost, ghost->count - 1) == 200);
    assert_int_equal(chart.series[LEFT].count, 120);
    assert_true(chart.to == 200);
    chart_close(&chart);
}

/* Ticks stand in the middle of rows; the axis begins at 0, or near losses that are all far from it,
 * or where it was told to. */
static void ticks_are_on_rows(void **state)
{
    (void)state;
    fixture_train(fixture, 30);
    for (int step = 0; step < 4; step++)
        for (int rows = 2; rows <= 30; rows++) {
            look->limits[QUANTITY_LOSS] = (struct curves_limits){0, 0};
            if (step == 2)
                fixture_train(fixture, 300);
            look->log_y[QUANTITY_LOSS] = step == 3;
            if (step == 1)
                look->limits[QUANTITY_LOSS] = (struct curves_limits){1, 4};
            struct chart chart = chart_open(scene, look, rows, COLS);
            const struct ticks *ticks = &chart.ticks;
            assert_true(ticks->count >= (rows < 5 || step == 3 ? 2 : 3));
            for (int i = 0; i < ticks->count; i++) {
                const double value = chart_value(&chart, ticks->first + i * ticks->step);
                assert_int_equal(chart_row(&chart, value), rows - 1 - i * ticks->every);
                assert_true(fabs(chart_y(&chart, value) - (PLOT_DOTS_Y * i * ticks->every + 1)) <
                            1e-6);
            }
            if (step == 0 && !((chart.low > 0.5 || rows < 6) && chart.high > 3.5))
                fail_msg("%d rows: %g to %g", rows, chart.low, chart.high);
            else if (step == 1 && !((near(ticks->first, 1) || rows < 8) && chart.high > 3.9))
                fail_msg("%d rows: %g, %g to %g", rows, ticks->first, chart.low, chart.high);
            else if (step == 2)
                assert_true(near(ticks->first, 0));
            chart_close(&chart);
        }
}

/* A loss that falls at once has dots on both sides of its line. */
static void the_line_is_among_its_dots(void **state)
{
    (void)state;
    int above = 0;
    fixture_train(fixture, 60);
    struct chart chart = chart_open(scene, look, ROWS, COLS);
    for (int i = 0; i < 60; i++)
        above += chart.series[LEFT].raw[i] >= chart.series[LEFT].line[i];
    assert_true(above >= 6 && above <= 30);
    chart_close(&chart);
}

static void references_are_those_in_view(void **state)
{
    (void)state;
    struct chart_reference reference[CHART_REFERENCES];
    fixture_train(fixture, 30);
    struct chart chart = chart_open(scene, look, ROWS, COLS);
    chart_references(&chart, reference);
    assert_true(near(reference[0].value, fixture->task.unigram_entropy));
    assert_true(isnan(reference[1].value)); /* nothing is known of that */
    assert_true(isnan(reference[2].value)); /* the axis is near the losses */
    chart_close(&chart);
    fixture_train(fixture, 200);
    chart = chart_open(scene, look, ROWS, COLS);
    chart_references(&chart, reference);
    assert_true(near(reference[0].value, fixture->task.unigram_entropy));
    assert_true(near(reference[2].value, fixture->scene.data.bound.loss));
    chart_close(&chart);
    look->quantity = QUANTITY_GRAD_NORM;
    fixture->settings.clip = 1e9; /* far above all of them */
    chart = chart_open(scene, look, ROWS, COLS);
    chart_references(&chart, reference);
    assert_true(isnan(reference[0].value) && isnan(reference[1].value));
    chart_close(&chart);
}

static void numbers_are_rounded(void **state)
{
    (void)state;
    const struct {
        double value, down, up, decade_down, decade_up;
    } wanted[] = {{1, 1, 1, 1, 1},
                  {3, 2, 5, 1, 10},
                  {0.049, 0.02, 0.05, 0.01, 0.1},
                  {7e5, 5e5, 1e6, 1e5, 1e6}};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        assert_true(near(chart_round(wanted[i].value, false, false), wanted[i].down));
        assert_true(near(chart_round(wanted[i].value, true, false), wanted[i].up));
        assert_true(near(chart_round(wanted[i].value, false, true), wanted[i].decade_down));
        assert_true(near(chart_round(wanted[i].value, true, true), wanted[i].decade_up));
    }
}

/* As it was, and after the newest step as it is planned. */
static void the_rate_goes_on_as_planned(void **state)
{
    (void)state;
    fixture->settings.warmup = 100;
    fixture_train(fixture, 50);
    assert_true(chart_rate(scene, 50) > 0.49 * fixture->settings.lr &&
                chart_rate(scene, 50) < 0.51 * fixture->settings.lr);
    assert_true(near(chart_rate(scene, 200), fixture->settings.lr));
}

/* ---- the race ---- */

/* The race after 60 steps of a loss that falls by 3 % in each, the stacks' so many steps late. */
static struct race race_of(int left_late, int right_late)
{
    struct history history;
    struct snapshot *now[SIDES];
    const int late[SIDES] = {left_late, right_late};
    for (enum side side = LEFT; side < SIDES; side++)
        now[side] = snapshot_new(1, 0, NULL);
    history_open(&history);
    history_set_unit(&history, 3, NAN);
    for (int step = 1; step <= 60; step++) {
        for (enum side side = LEFT; side < SIDES; side++) {
            now[side]->step = step;
            snapshot_set(now[side], QUANTITY_LOSS, 3 * pow(0.97, step - late[side]));
        }
        history_add(&history, now[LEFT], now[RIGHT]);
    }
    scene->data.history = &history;
    const struct race race = scene_race(scene);
    scene->data.history = &fixture->history;
    history_close(&history);
    for (enum side side = LEFT; side < SIDES; side++)
        snapshot_free(now[side]);
    return race;
}

static void who_is_there_first_wins_and_left_a_tie(void **state)
{
    (void)state;
    struct race race = race_of(0, 0);
    assert_true(race.level > 0 && race.step[LEFT] > 0);
    assert_int_equal(race.step[LEFT], race.step[RIGHT]);
    assert_int_equal(race.first, LEFT);
    race = race_of(5, 0);
    assert_true(race.step[RIGHT] < race.step[LEFT] || race.step[LEFT] == 0);
    assert_int_equal(race.first, RIGHT);
    race = race_of(0, 5);
    assert_true(race.step[LEFT] < race.step[RIGHT] || race.step[RIGHT] == 0);
    assert_int_equal(race.first, LEFT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_range_stands_still_in_between),
        TEST(lines_are_smoothed),
        TEST(a_point_of_two_steps_weighs_as_two),
        TEST(what_is_not_finite_is_no_point),
        TEST(values_are_in_the_field),
        TEST(a_dot_stands_for_its_step),
        TEST(points_are_thinned_to_columns),
        TEST(a_ghost_begins_at_its_branch),
        TEST(ticks_are_on_rows),
        TEST(the_line_is_among_its_dots),
        TEST(references_are_those_in_view),
        TEST(numbers_are_rounded),
        TEST(the_rate_goes_on_as_planned),
        TEST(who_is_there_first_wins_and_left_a_tie),
    };
    return cmocka_run_group_tests_name("chart", tests, NULL, NULL);
}
