/* What was measured, as a file: every number once, with its step, stack, name and layer. */
#include "export/data.h"

#include "base/file.h"
#include "export/rows.h"
#include "support/fixture.h"
#include "support/folder.h"
#include "train/settings.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct fixture *fixture;

static int begin(void **state)
{
    (void)state;
    fixture = calloc(1, sizeof *fixture);
    if (!fixture || folder_make(state) != 0)
        return -1;
    fixture_open(fixture);
    return 0;
}

static int end(void **state)
{
    fixture_close(fixture);
    free(fixture);
    return folder_leave(state);
}

/* The file of the history; the caller frees it. */
static char *data_of(const char *name, bool validation, int expected)
{
    struct error error;
    char *text;
    size_t size;
    int steps;
    if (!data_write(folder_file(name), false, &fixture->history, validation, &steps, &error))
        fail_msg("%s", error.text);
    assert_int_equal(steps, expected);
    assert_true(file_read(folder_file(name), (size_t)1 << 28, &text, &size, &error));
    return text;
}

/* One line of a tidy CSV. */
struct line {
    long long step;
    char stack[8], quantity[64], layer[8];
    double value;
};

/* The line at *text, which moves behind it. */
static struct line read_line(const char **text)
{
    struct line line = {0};
    char copy[128] = "";
    int length = 0;
    const size_t size = strcspn(*text, "\n");
    assert_true(size < sizeof copy && (*text)[size] == '\n');
    memcpy(copy, *text, size);
    *text += size + 1;
    assert_int_equal(
        sscanf(copy, "%lld,%7[^,],%63[^,],%n", &line.step, line.stack, line.quantity, &length), 3);
    const char *layer = copy + length, *comma = strchr(layer, ',');
    assert_true(comma && (size_t)(comma - layer) < sizeof line.layer);
    memcpy(line.layer, layer, (size_t)(comma - layer));
    assert_int_equal(sscanf(comma, ",%lf%n", &line.value, &length), 1);
    assert_true(comma[length] == '\0');
    return line;
}

/* The value of a line; fails where there is none. */
static double value_at(const char *text, long long step, const char *stack, const char *quantity,
                       const char *layer)
{
    for (text = strchr(text, '\n') + 1; *text;) {
        const struct line line = read_line(&text);
        if (line.step == step && strcmp(line.stack, stack) == 0 &&
            strcmp(line.quantity, quantity) == 0 && strcmp(line.layer, layer) == 0)
            return line.value;
    }
    fail_msg("no %s of layer '%s' of %s at step %lld", quantity, layer, stack, step);
    return NAN;
}

static void a_line_has_one_number(void **state)
{
    (void)state;
    fixture->with_held_out = true;
    fixture_train(fixture, 30);
    char *text = data_of("a.csv", true, 30);
    const struct snapshot *moment = history_moment(&fixture->history, RIGHT, 20);
    const float *grad = snapshot_array(moment, QUANTITY_STREAM_GRAD, 0);
    const int tensor = snapshot_find(moment, "attn.qkv.weight");
    const float *update = snapshot_array(moment, QUANTITY_UPDATE_RATIO, tensor);
    assert_memory_equal(text, "step,stack,quantity,layer,value\n1,left,loss,,", 45);
    assert_float_equal(value_at(text, 20, "right", "loss", ""),
                       snapshot_scalar(moment, QUANTITY_LOSS), 1e-7);
    assert_float_equal(value_at(text, 20, "right", "smooth_loss", ""),
                       snapshot_scalar(moment, QUANTITY_SMOOTH_LOSS), 1e-7);
    assert_true((float)value_at(text, 20, "right", "stream_grad", "0") == grad[0]);
    assert_true((float)value_at(text, 20, "right", "stream_grad", "6") == grad[6]);
    assert_true((float)value_at(text, 20, "right", "update_ratio.attn.qkv.weight", "1") ==
                update[0]);
    assert_true((float)value_at(text, 20, "right", "update_ratio.attn.qkv.weight", "6") ==
                update[5]);
    value_at(text, 21, "left", "valid_loss", "");
    long long before = 0;
    for (const char *at = strchr(text, '\n') + 1; *at;) { /* steps rise, all numbers are numbers */
        const struct line line = read_line(&at);
        assert_true(line.step >= before && isfinite(line.value));
        before = line.step;
    }
    assert_int_equal(before, 30);
    assert_null(strstr(text, "smooth_sum"));
    free(text);
}

/* What is not finite has no line. */
static void what_has_no_value_has_no_line(void **state)
{
    const struct fault fault = {.place = FAULT_LOSS, .step = 12};
    (void)state;
    fixture_train_until_fault(fixture, 15, fault);
    char *text = data_of("a.csv", false, 15);
    value_at(text, 15, "left", "loss", "");
    value_at(text, 11, "right", "loss", "");
    for (const char *at = strchr(text, '\n') + 1; *at;) {
        const struct line line = read_line(&at);
        assert_false(line.step >= 12 && strcmp(line.stack, "right") == 0 &&
                     strcmp(line.quantity, "loss") == 0);
    }
    free(text);
}

/* Where moments are thinned the curves are still there. */
static void steps_between_moments_have_the_curves(void **state)
{
    (void)state;
    history_limit(&fixture->history, (size_t)12 << 20);
    fixture_train(fixture, 3000);
    assert_true(history_moments(&fixture->history) < 3000);
    char *text = data_of("a.csv", false, 3000);
    int moments = 0;
    long long before = 0;
    for (const char *at = strchr(text, '\n') + 1; *at;) {
        const struct line line = read_line(&at);
        assert_true(line.step == before || line.step == before + 1); /* none is left out */
        before = line.step;
        moments += strcmp(line.quantity, "stream_rms") == 0 && strcmp(line.layer, "0") == 0 &&
                   strcmp(line.stack, "left") == 0;
    }
    assert_int_equal(before, 3000);
    assert_int_equal(moments, history_moments(&fixture->history));
    free(text);
}

/* The same rows as `lnscope run` writes. */
static void jsonl_has_the_rows_of_run(void **state)
{
    char *rows = NULL;
    size_t size;
    (void)state;
    fixture_train(fixture, 5);
    char *text = data_of("a.jsonl", false, 5);
    FILE *out = open_memstream(&rows, &size);
    for (int step = 1; step <= 5; step++)
        for (enum side side = LEFT; side < SIDES; side++)
            rows_write(out, ROWS_JSONL, side, history_moment(&fixture->history, side, step), false);
    fclose(out);
    assert_string_equal(text, rows);
    free(text);
    free(rows);
}

static void names_and_reasons(void **state)
{
    struct error error;
    int steps;
    (void)state;
    assert_true(data_is("a.csv") && data_is("b/a.jsonl"));
    assert_false(data_is("a.svg") || data_is("csv") || data_is("a.json"));
    assert_false(data_write(folder_file("a.csv"), false, &fixture->history, false, &steps, &error));
    assert_string_equal(error.text, "nothing is measured yet: a step first");
    fixture_train(fixture, 2);
    free(data_of("a.csv", false, 2));
    assert_false(data_write(folder_file("a.csv"), false, &fixture->history, false, &steps, &error));
    assert_non_null(strstr(error.text, "a.csv exists"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_line_has_one_number),
        TEST(what_has_no_value_has_no_line),
        TEST(steps_between_moments_have_the_curves),
        TEST(jsonl_has_the_rows_of_run),
        TEST(names_and_reasons),
    };
    return cmocka_run_group_tests_name("data", tests, NULL, NULL);
}
