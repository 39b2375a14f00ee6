/* The table of `lnscope run`: which steps have a row, that lines fit, what is said at the end. */
#include "cli/run_table.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A run in which the left stack learns and the right one stays at 3 nats, of 3 without context. */
struct course {
    const char *setting, *value; /* besides the defaults; NULL: none */
    int64_t steps;               /* of the settings */
    int64_t done;                /* after which it is over, or stopped */
    int64_t every;
    double without_context;
    int64_t diverges; /* the step at which the right one is no longer finite; 0: never */
    bool live;
};

static char *text_of(const struct course *course)
{
    struct settings settings = settings_default();
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (course->setting)
        assert_true(setting_set(&settings, course->setting, course->value, NULL));
    settings.steps = course->steps;
    struct run_table table =
        run_table_open(&settings, course->without_context, NAN, course->every, course->live);
    run_table_head(&table, out);
    for (int64_t step = 1; step <= course->done; step++) {
        const struct run_table_stack now[SIDES] = {
            [LEFT] = {.loss = 4 * exp(-0.01 * (double)step), .ratio = 2, .finite = true},
            [RIGHT] = {.loss = 3,
                       .ratio = 1e-4,
                       .finite = course->diverges == 0 || step < course->diverges}};
        run_table_step(&table, step, now, 0.003, step == course->done, out);
    }
    run_table_end(&table, course->done == course->steps, out);
    fclose(out);
    return text;
}

static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("there is no \"%s\" in\n%s", part, text);
}

/* The steps of the rows, and that no line is too long. */
static int rows_of(const char *text, int64_t *step, int most)
{
    int count = 0;
    while (*text) {
        const size_t length = strcspn(text, "\n");
        char *end;
        const int64_t number = strtoll(text, &end, 10);
        assert_true(length <= RUN_TABLE_COLUMNS);
        if (end == text + 8 && count < most)
            step[count++] = number;
        text += length + (text[length] == '\n');
    }
    return count;
}

static void rows_are_few_and_have_round_steps(void **state)
{
    static const struct {
        int64_t steps, every, first, second, count;
    } rows[] = {
        {600, 0, 50, 100, 12}, {40, 0, 5, 10, 8}, {7, 0, 1, 2, 7},      {1000, 0, 100, 200, 10},
        {30, 7, 7, 14, 5},     {1, 0, 1, 0, 1},   {103, 0, 10, 20, 11},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t step[64] = {0};
        char *text = text_of(&(struct course){.steps = rows[i].steps,
                                              .done = rows[i].steps,
                                              .every = rows[i].every,
                                              .without_context = 3});
        const int count = rows_of(text, step, 64);
        assert_int_equal(count, rows[i].count);
        assert_int_equal(step[0], rows[i].first);
        assert_true(count < 2 || step[1] == rows[i].second);
        assert_int_equal(step[count - 1], rows[i].steps); /* the last one always has a row */
        free(text);
    }
}

static void rows_thin_out_where_there_is_no_end(void **state)
{
    int64_t step[256];
    char *text = text_of(&(struct course){.done = 5000, .without_context = 3});
    (void)state;
    const int count = rows_of(text, step, 256);
    assert_true(count > 30 && count < 100);
    assert_true(step[0] == 1 && step[count - 1] == 5000);
    assert_true(step[count - 1] - step[count - 2] >= 250);
    assert_has(text, "\nstopped after 5000 steps:\n");
    free(text);
}

static void verdicts_are_said_at_the_end(void **state)
{
    char *text = text_of(&(struct course){.steps = 300, .done = 300, .without_context = 3});
    (void)state;
    assert_has(text, "part: of the loss without context;");
    assert_has(text, "\nafter 300 steps:\nleft  Pre-LN: learns, first at step ");
    assert_has(text, "\nright Post-LN: stuck; loss 3.000, part 1.00\n");
    assert_has(text, "1/10,000");
    free(text);
}

static void what_diverged_says_where(void **state)
{
    char *text =
        text_of(&(struct course){.steps = 60, .done = 60, .without_context = 3, .diverges = 12});
    (void)state;
    assert_has(text, "diverged at 12");
    assert_has(text, "right Post-LN: diverged at step 12\n");
    free(text);
}

/* A run that was stopped goes by the same rule as one that is looked at. */
static void a_stopped_run_may_have_no_verdict(void **state)
{
    char *text = text_of(&(struct course){.steps = 600, .done = 30, .without_context = 3});
    (void)state;
    assert_has(text, "\nstopped after 30 steps:\nleft  Pre-LN: too early for a verdict; loss ");
    free(text);
    text = text_of(&(struct course){
        .setting = "warmup", .value = "100", .steps = 600, .done = 140, .without_context = 3});
    assert_has(text, "too early for a verdict, so near to the warmup; loss ");
    free(text);
    text = text_of(&(struct course){.steps = 600, .done = 140, .without_context = 3});
    assert_has(text, "stopped after 140 steps:\nleft  Pre-LN: learns");
    free(text);
}

static void a_task_without_that_loss_goes_by_the_first(void **state)
{
    char *text = text_of(&(struct course){.steps = 60, .done = 60, .without_context = NAN});
    (void)state;
    assert_has(text, "part: of the first loss;");
    assert_has(text, "right Post-LN: stuck; loss 3.000, part 1.00\n");
    free(text);
}

/* The line of the step under way is written over, and gone at the end. */
static void a_live_table_shows_the_step_under_way(void **state)
{
    char *text =
        text_of(&(struct course){.steps = 40, .done = 13, .without_context = 3, .live = true});
    (void)state;
    assert_has(text, "\n\r       5");
    assert_has(text, "\n\r      10");
    assert_has(text, "\r      13"); /* stopped there */
    assert_null(strstr(text, "\r      13     \n"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_few_and_have_round_steps),
        cmocka_unit_test(rows_thin_out_where_there_is_no_end),
        cmocka_unit_test(verdicts_are_said_at_the_end),
        cmocka_unit_test(what_diverged_says_where),
        cmocka_unit_test(a_stopped_run_may_have_no_verdict),
        cmocka_unit_test(a_task_without_that_loss_goes_by_the_first),
        cmocka_unit_test(a_live_table_shows_the_step_under_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
