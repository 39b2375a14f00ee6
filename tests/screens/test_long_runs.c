/* Runs of a million and of a billion steps, in every view and size: wherever the number of a step
 * stands, all of its digits do, and what a view shows of a short run it shows of these. */
#include "support/fixture.h"
#include "views/navigate.h"

#include <ctype.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* How many times as long as one of 128 steps, so that its steps begin with digits that nothing else
 * has: 9,753,100 and those behind it, and 9,753,100,288. */
static const struct age {
    int64_t factor;
    const char *head; /* what the newest steps begin with */
    size_t digits;    /* of them */
} ages[] = {{76196, "9753", 7}, {76196096, "97531", 10}};
enum { AGES = sizeof ages / sizeof ages[0], SHORT = 128, MORE = 40 };

static const struct {
    int rows, cols;
} sizes[] = {{24, 80}, {36, 120}, {20, 60}, {12, 40}, {60, 200}};
enum { SIZES = sizeof sizes / sizeof sizes[0] };

/* At the newest step; back in time; from a step that has a name on, once more. */
enum moment { NOW, PAST, BRANCHED, MOMENTS };

/* A run that diverges in the second of two; settings that change, names and samples on the way. */
static void open_run(struct fixture *fixture, const struct age *age, enum moment moment)
{
    fixture_open(fixture);
    fixture_watch(fixture);
    fixture_keep_runs(fixture);
    fixture->with_held_out = true;
    fixture_train(fixture, SHORT);
    fixture_age(fixture, age->factor);
    const int64_t first = history_newest(&fixture->history), at = first + MORE / 2;
    fixture_train(fixture, at);
    fixture->settings.warmup = 200;
    history_add_mark(&fixture->history, MARK_CHANGE, at, "warmup 200");
    history_add_mark(&fixture->history, MARK_NAME, at + 1, "here");
    events_note(&fixture->events, at, -1, EVENT_CHANGE, "warmup 0→200");
    runs_change(&fixture->runs, at, &fixture->settings);
    fixture_write(fixture, at);
    fixture_train(fixture, first + MORE);
    if (moment == PAST)
        navigate_to_step(&fixture->scene, at);
    if (moment == BRANCHED) {
        fixture_branch(fixture, at);
        fixture_train_until_fault(fixture, at + MORE,
                                  (struct fault){FAULT_STREAM, 5, at + MORE / 2, FAULT_ATTENTION});
    }
}

/* Whether so many digits are some of those of a step of the run, and not all. */
static bool is_part(const char *at, size_t length, const struct age *age)
{
    char number[32], step[32];
    snprintf(number, sizeof number, "%.*s", (int)length, at);
    for (int64_t i = 0; i < 4 * MORE; i++) {
        snprintf(step, sizeof step, "%" PRId64, age->factor * SHORT + i);
        if (strlen(step) > length && strstr(step, number))
            return true;
    }
    return false;
}

/* A step of the run is named, and wherever one is all of its digits are there, and nothing touches
 * them; nor do the numbers of an axis touch each other. */
static void check_numbers(const char *screen, const struct age *age, const char *what)
{
    static const char views[] = "1234567890"; /* all of them, in a narrow header */
    bool named = false;
    for (const char *at = screen; *at; at++) {
        const size_t length = strspn(at, "0123456789");
        const bool whole = length == age->digits && strncmp(at, age->head, strlen(age->head)) == 0;
        named = named || whole;
        if (length > 4 && strncmp(at, views, strlen(views)) != 0 &&
            (length > age->digits + 1 || is_part(at, length, age) ||
             (whole && isalpha((unsigned char)at[length]))))
            fail_msg("%s: what is %.*s?\n%s", what, (int)length, at, screen);
        at += length > 0 ? length - 1 : 0;
    }
    if (!named)
        fail_msg("%s: no whole number of a step\n%s", what, screen);
}

static void check(enum view view, const struct age *age, enum moment moment)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    open_run(fixture, age, moment);
    fixture->scene.look.view = view;
    for (int i = 0; i < SIZES; i++) {
        char what[64];
        char *screen = fixture_screen(fixture, sizes[i].rows, sizes[i].cols);
        snprintf(what, sizeof what, "%s, %dx%d, %s", view_names[view], sizes[i].cols, sizes[i].rows,
                 moment == NOW    ? "now"
                 : moment == PAST ? "past"
                                  : "branched");
        check_numbers(screen, age, what);
        free(screen);
    }
    fixture_close(fixture);
    free(fixture);
}

static void steps_have_all_their_digits(void **state)
{
    (void)state;
    for (int age = 0; age < AGES; age++)
        for (int view = 0; view < VIEWS; view++)
            for (int moment = 0; moment < MOMENTS; moment++)
                check((enum view)view, &ages[age], (enum moment)moment);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_have_all_their_digits),
    };
    return cmocka_run_group_tests_name("long runs", tests, NULL, NULL);
}
