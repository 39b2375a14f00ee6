/* What learning rates do, recognised from their rows alone: each schedule as it is, and no more. */
#include "session/event_rate.h"

#include "train/schedule.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { TEXT = 512 };

static const double limit = 0.1;

static struct rate_watch watch;
static char said[TEXT];

/* Adds what a row says: "warmed@100 0.003; ". */
static void row(int64_t step, double rate)
{
    static const char *const names[] = {[RATE_WARMED] = "warmed",
                                        [RATE_FALLS] = "falls",
                                        [RATE_ZERO] = "zero",
                                        [RATE_CHANGED] = "changed"};
    struct rate_news news[RATE_TURNS];
    const int count = rate_next(&watch, step, rate, limit, news);
    for (int i = 0; i < count; i++) {
        char text[64];
        snprintf(text, sizeof text, "%s@%d %.3g", names[news[i].turn], (int)news[i].step,
                 news[i].value);
        if (said[0])
            strncat(said, "; ", sizeof said - strlen(said) - 1);
        strncat(said, text, sizeof said - strlen(said) - 1);
    }
}

static void begin(void)
{
    watch = (struct rate_watch){.step = 0};
    said[0] = '\0';
}

/* The rows of a schedule of ours, every so many steps. */
static const char *schedule(enum schedule is, int64_t warmup, int64_t steps, int every)
{
    const struct schedule_course course = {
        .schedule = is, .lr = 3e-3, .warmup = warmup, .steps = steps};
    begin();
    for (int64_t step = every; step <= steps; step += every)
        row(step, schedule_lr(&course, step));
    return said;
}

static void schedules_are_recognised(void **state)
{
    (void)state;
    assert_string_equal(schedule(SCHEDULE_CONSTANT, 0, 500, 1), "");
    assert_string_equal(schedule(SCHEDULE_CONSTANT, 100, 500, 1), "warmed@100 0.003");
    assert_string_equal(schedule(SCHEDULE_CONSTANT, 100, 500, 10), "warmed@100 0.003");
    assert_string_equal(schedule(SCHEDULE_CONSTANT, 105, 500, 10), "warmed@110 0.003");
    assert_string_equal(schedule(SCHEDULE_LINEAR, 100, 500, 1),
                        "warmed@100 0.003; falls@101 0.00299; zero@500 0");
    assert_string_equal(schedule(SCHEDULE_COSINE, 100, 1000, 10),
                        "warmed@100 0.003; falls@110 0.003; zero@1000 0");
    assert_string_equal(schedule(SCHEDULE_COSINE, 0, 1000, 1), "falls@2 0.003; zero@1000 0");
    assert_string_equal(schedule(SCHEDULE_INVERSE_SQRT, 50, 1000, 1),
                        "warmed@50 0.003; falls@51 0.00297");
    assert_string_equal(schedule(SCHEDULE_WSD, 50, 500, 1),
                        "warmed@50 0.003; falls@401 0.00297; zero@500 0");
}

static void jumps_are_changes(void **state)
{
    (void)state;
    begin();
    for (int step = 1; step <= 90; step++) /* a third every 30 steps */
        row(step, 0.1 * pow(1. / 3, (step - 1) / 30));
    assert_string_equal(said, "changed@31 0.0333; changed@61 0.0111");
    begin();
    for (int step = 1; step <= 40; step++)
        row(step, step <= 20 ? 1e-3 : 2e-3); /* up, behind the start */
    assert_string_equal(said, "changed@21 0.002");
    begin();
    for (int step = 1; step <= 100; step++) /* a twentieth less from epoch to epoch */
        row(step, pow(0.95, step / 10));
    assert_string_equal(said, "falls@10 0.95");
    begin();
    for (int step = 0; step < 300; step++) /* cosines with warm restarts */
        row(step + 1, 0.5 * (1.001 + cos(3.14159265 * (step % 100) / 100)));
    assert_string_equal(said, "falls@2 1; changed@101 1; falls@102 1; changed@201 1; falls@202 1");
}

static void rows_without_a_rate_say_nothing(void **state)
{
    (void)state;
    begin();
    for (int step = 1; step <= 20; step++)
        row(step, NAN);
    row(21, INFINITY);
    row(22, -1);
    assert_string_equal(said, "");
    for (int step = 23; step <= 40; step++)
        row(step, step % 2 ? NAN : 1e-4 * fmin(step, 30));
    assert_string_equal(said, "warmed@30 0.003");
    begin();
    for (int step = 1; step <= 40; step++) /* the digits that a program writes */
        row(step, step % 2 ? 0.00300000012 : 0.003);
    assert_string_equal(said, "");
    begin();
    row(1, 0); /* where warmups begin elsewhere */
    row(2, 1e-4);
    row(3, 1e-4);
    assert_string_equal(said, "warmed@2 0.0001");
    assert_int_equal(rate_warmup(&watch), 2);
    begin();
    assert_int_equal(rate_warmup(&watch), 0);
    row(5, 1e-4);
    row(10, 2e-4);
    assert_int_equal(rate_warmup(&watch), 10); /* and on */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schedules_are_recognised),
        cmocka_unit_test(jumps_are_changes),
        cmocka_unit_test(rows_without_a_rate_say_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
