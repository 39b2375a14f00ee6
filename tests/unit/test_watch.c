/* Trainings of others, step by step: one input or two, one stack or two, whole, late, anew, back.
 */
#include "session/watch.h"
#include "support/folder.h"

#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct watching watching;
static struct error error;
static char path[SIDES][128];
static double now;

static int enter_folder(void **state)
{
    const int status = folder_make(state);
    for (int i = 0; i < SIDES; i++)
        snprintf(path[i], sizeof path[i], "%s/rows-%d", folder_path, i);
    return status;
}

static int leave(void **state)
{
    (void)state;
    watching_close(&watching);
    unlink(path[0]);
    unlink(path[1]);
    return 0;
}

static void put(int i, const char *mode, const char *text)
{
    FILE *file = fopen(path[i], mode);
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void append(int i, const char *text)
{
    put(i, "a", text);
}

/* Rows of a stack ("": without a name), from a step on, every so many steps. */
static void append_rows(int i, const char *stack, int first, int last, int every)
{
    for (int step = first; step <= last; step += every) {
        char text[160], name[32] = "";
        if (stack[0])
            snprintf(name, sizeof name, "\"stack\":\"%s\",", stack);
        snprintf(text, sizeof text, "{\"step\":%d,%s\"loss\":%d.5,\"stream_grad\":[1,2,4]}\n", step,
                 name, step);
        append(i, text);
    }
}

static void watch(int inputs)
{
    static const struct watch_map none;
    const char *const paths[] = {path[0], path[1]};
    now = 100;
    assert_true(watching_open(&watching, paths, inputs, &none, now, &error));
}

/* All that comes now, as "run 1L 2LR back 2 ...". */
static const char *news(void)
{
    static char text[8192];
    char *at = text;
    enum watching_news what;
    *at = '\0';
    while ((what = watching_next(&watching, now)) != WATCHING_NOTHING) {
        assert_true(at < text + sizeof text - 64);
        if (what == WATCHING_RUN)
            at += sprintf(at, "run ");
        if (what == WATCHING_BACK)
            at += sprintf(at, "back %lld ", (long long)watching.step);
        if (what != WATCHING_STEP)
            continue;
        at += sprintf(at, "%lld", (long long)watching.step);
        for (int side = 0; side < SIDES; side++) {
            const struct snapshot *snapshot = watching.snapshot[side];
            if (!snapshot)
                continue;
            assert_int_equal(snapshot->step, watching.step);
            at += sprintf(at, "%c", "LR"[side]);
        }
        at += sprintf(at, " ");
    }
    if (at > text)
        at[-1] = '\0';
    return text;
}

static void comes(const char *expected)
{
    const char *found = news();
    if (strcmp(found, expected) != 0)
        fail_msg("'%s' came, not '%s'", found, expected);
}

static void is_bad(int i, int64_t count, int64_t line, const char *reason)
{
    assert_int_equal(watching.bad[i].count, count);
    assert_int_equal(watching.bad[i].line, line);
    assert_string_equal(watching.bad[i].last.text, reason);
}

/* ---- one input ---- */

static void one_stack_comes_at_once(void **state)
{
    (void)state;
    watch(1);
    comes("");
    append_rows(0, "", 1, 3, 1);
    comes("run 1L 2L 3L");
    append(0, "{\"step\":4,\"lo");
    comes("");
    append(0, "ss\":1}\n");
    comes("4L");
    assert_true(watching.stack[LEFT].is_there && !watching.stack[RIGHT].is_there);
    assert_true(watching_progress(&watching) == 1);
}

static void two_stacks_come_together(void **state)
{
    (void)state;
    watch(1);
    append_rows(0, "left", 1, 1, 1);
    comes("run"); /* there may be a second one */
    append_rows(0, "right", 1, 1, 1);
    comes("1LR");
    append_rows(0, "left", 2, 2, 1);
    comes("");
    append_rows(0, "right", 2, 2, 1);
    comes("2LR");
    append_rows(0, "left", 3, 5, 1); /* the other one has ended */
    comes("3L 4L");
    append_rows(0, "right", 6, 6, 1);
    comes("5L");
    append_rows(0, "left", 6, 6, 1);
    comes("6LR");
    assert_int_equal(watching.bad[0].count, 0);
}

static void a_stack_alone_has_a_name(void **state)
{
    (void)state;
    watch(1);
    append_rows(0, "right", 10, 40, 10);
    comes("run 10R 20R 30R"); /* beside the newest there may be a second one */
    now += 0.3;
    comes("40R");
    append_rows(0, "right", 50, 50, 10);
    comes("");
    now += 0.3;
    comes("50R");
    append_rows(0, "left", 50, 50, 10); /* too late, and known from now on */
    comes("");
    is_bad(0, 1, 6, "a row of step 50 behind one of step 50: in the order of steps");
    append_rows(0, "left", 60, 60, 10);
    append_rows(0, "right", 60, 60, 10);
    comes("60LR");
}

/* The first row of a stack that comes later than the other one is shown beside that of its step. */
static void a_second_stack_comes_later(void **state)
{
    (void)state;
    watch(1);
    append_rows(0, "left", 1, 3, 1);
    append_rows(0, "right", 3, 3, 1);
    append_rows(0, "left", 4, 4, 1);
    append_rows(0, "right", 4, 4, 1);
    comes("run 1L 2L 3LR 4LR");
    append_rows(0, "right", 5, 5, 1); /* it waits for the other one, however long */
    now += 100;
    comes("");
    append_rows(0, "left", 5, 5, 1);
    comes("5LR");
    append_rows(0, "right", 1, 1, 1); /* another run, whose first row takes its time */
    comes("run");
    now += 1;
    append_rows(0, "left", 1, 1, 1);
    comes("1LR");
    assert_int_equal(watching.bad[0].count, 0);
    put(0, "w", "");
    comes("run");
    append_rows(0, "left", 1, 1, 1); /* no second one at all */
    comes("");
    now += 1.9;
    comes("");
    now += 0.2;
    comes("1L");
}

static void stacks_have_other_names(void **state)
{
    (void)state;
    watch(1);
    append_rows(0, "teacher", 1, 1, 1);
    append_rows(0, "student", 1, 1, 1);
    append_rows(0, "third", 1, 1, 1);
    append_rows(0, "teacher", 2, 2, 1);
    append_rows(0, "student", 2, 2, 1);
    comes("run 1LR 2LR");
    assert_string_equal(watching.stack[LEFT].name, "teacher");
    assert_string_equal(watching.stack[RIGHT].name, "student");
    is_bad(0, 1, 3, "a third stack, 'third': two of them");
}

static void bad_lines_stop_nothing(void **state)
{
    (void)state;
    watch(1);
    append_rows(0, "", 1, 1, 1);
    append(0, "Traceback (most recent call last):\n\n{\"step\":2}\n");
    append_rows(0, "", 3, 3, 1);
    comes("run 1L 3L");
    is_bad(0, 2, 4, "no loss: a row has step and loss");
    append(0, "{\"step\":4,\"loss\":1,\"stream_grad\":[1,2]}\n");
    comes("");
    is_bad(0, 3, 6, "1 layers: 2, as in the rows before");
    append_rows(0, "", 3, 3, 1);
    comes("");
    is_bad(0, 4, 7, "a second row of step 3: one");
    append_rows(0, "", 5, 5, 1);
    comes("5L");
}

static void a_run_begins_anew(void **state)
{
    (void)state;
    watch(1);
    append_rows(0, "", 10, 30, 10);
    comes("run 10L 20L 30L");
    append_rows(0, "", 10, 20, 10); /* behind it */
    comes("run 10L 20L");
    put(0, "w", ""); /* in its place */
    comes("run");
    append_rows(0, "", 1, 1, 1);
    comes("1L");
    append(0, "no row\n{\"step\":2,\"loss\":1,\"run\":\"one\",\"title\":\"A\"}\n"
              "{\"step\":3,\"loss\":1,\"run\":\"one\"}\n"
              "{\"step\":4,\"loss\":1,\"run\":\"two\",\"stream_grad\":[1,2]}\n");
    comes("2L 3L run 4L");
    assert_string_equal(watching.stack[LEFT].run, "two");
    assert_string_equal(watching.stack[LEFT].title, "");
    assert_int_equal(watching.stack[LEFT].layers, 1);
    assert_int_equal(watching.bad[0].count, 1);
}

static void a_run_goes_back(void **state)
{
    (void)state;
    watch(1);
    append_rows(0, "", 10, 50, 10);
    append_rows(0, "", 40, 60, 10);
    comes("run 10L 20L 30L 40L 50L back 40 40L 50L 60L");
    append_rows(0, "", 25, 25, 10);
    comes("back 25 25L");
}

static void two_stacks_go_back(void **state)
{
    (void)state;
    watch(1);
    for (int step = 1; step <= 3; step++) {
        append_rows(0, "left", step, step, 1);
        append_rows(0, "right", step, step, 1);
    }
    append_rows(0, "left", 4, 4, 1);
    for (int step = 3; step <= 4; step++) {
        append_rows(0, "left", step, step, 1);
        append_rows(0, "right", step, step, 1);
    }
    comes("run 1LR 2LR 3LR back 3 3LR 4LR");
    append_rows(0, "left", 1, 1, 1);
    append_rows(0, "right", 1, 1, 1);
    comes("run 1LR");
    assert_int_equal(watching.bad[0].count, 0);
}

static void steps_that_count_from_0_count_from_1(void **state)
{
    (void)state;
    watch(1);
    append_rows(0, "", 0, 20, 10);
    comes("run 1L 10L 20L");
    put(0, "w", "");
    append_rows(0, "", 0, 3, 1);
    comes("run 1L 2L 3L");
    assert_true(snapshot_scalar(watching.snapshot[LEFT], QUANTITY_LOSS) == 3.5);
    assert_int_equal(watching.bad[0].count, 0);
}

/* ---- what rows say ---- */

static void rows_become_snapshots(void **state)
{
    (void)state;
    watch(1);
    append(0, "{\"step\":7,\"placement\":\"post\",\"norm\":\"ours\",\"loss\":2.5,\"lr\":0.5,"
              "\"stream_grad\":[1,2,4],\"param_grad\":{\"w\":[1,2],\"v\":[3,4]},"
              "\"attention.rms\":{\"out\":[8,9]}}\n");
    comes("run 7L");
    const struct snapshot *snapshot = watching.snapshot[LEFT];
    assert_true(snapshot->layers == 2 && snapshot->tensors == 2 && snapshot->finite);
    assert_true(snapshot->placement == PLACEMENT_POST && snapshot->detailed);
    assert_string_equal(watching.stack[LEFT].norm, "ours");
    assert_true(snapshot_scalar(snapshot, QUANTITY_LR) == 0.5);
    assert_true(snapshot_scalar(snapshot, QUANTITY_RATIO) == 0.25);
    assert_true(isnan(snapshot_scalar(snapshot, QUANTITY_GRAD_NORM)));
    assert_true(snapshot_array(snapshot, QUANTITY_STREAM_GRAD, 0)[2] == 4);
    assert_true(isnan(snapshot_array(snapshot, QUANTITY_STREAM_RMS, 0)[2]));
    assert_true(snapshot_array(snapshot, QUANTITY_PARAM_GRAD, 1)[1] == 4);
    assert_true(isnan(snapshot_array(snapshot, QUANTITY_UPDATE_RATIO, 1)[1]));
    assert_true(snapshot_array(snapshot, QUANTITY_ATTENTION_RMS, FLOW_OUT)[1] == 9);
    assert_string_equal(snapshot_tensor(snapshot, 1), "v");
}

static void shapes_grow(void **state)
{
    (void)state;
    watch(1);
    append(0, "{\"step\":1,\"loss\":2.5}\n");
    comes("run 1L");
    assert_int_equal(watching.snapshot[LEFT]->layers, 0);
    append(0, "{\"step\":2,\"loss\":2.5,\"stream_grad\":[1,2,4]}\n");
    append(0, "{\"step\":3,\"loss\":2.5}\n");
    comes("2L 3L");
    assert_int_equal(watching.snapshot[LEFT]->layers, 2);
    assert_true(isnan(snapshot_array(watching.snapshot[LEFT], QUANTITY_STREAM_GRAD, 0)[0]));
    append(0, "{\"step\":4,\"loss\":2.5,\"param_grad\":{\"w\":[1,2]}}\n");
    append(0, "{\"step\":5,\"loss\":2.5,\"update_ratio\":{\"v\":[5,6],\"w\":[3,4]}}\n");
    comes("4L 5L");
    assert_int_equal(watching.snapshot[LEFT]->tensors, 2);
    assert_true(snapshot_array(watching.snapshot[LEFT], QUANTITY_UPDATE_RATIO, 0)[0] == 3);
    assert_true(isnan(snapshot_array(watching.snapshot[LEFT], QUANTITY_PARAM_GRAD, 0)[0]));
}

static void more_tensors_than_there_is_room_for_are_left_out(void **state)
{
    char text[8192], *at = text;
    (void)state;
    watch(1);
    at += sprintf(at, "{\"step\":1,\"loss\":1,\"param_grad\":{");
    for (int i = 0; i < WATCH_TENSORS + 9; i++)
        at += sprintf(at, "%s\"tensor.%d\":[1,%d]", i ? "," : "", i, i);
    strcpy(at, "}}\n");
    append(0, text);
    comes("run 1L");
    assert_int_equal(watching.snapshot[LEFT]->tensors, WATCH_TENSORS);
    assert_true(watching.stack[LEFT].left_out);
    assert_true(snapshot_array(watching.snapshot[LEFT], QUANTITY_PARAM_GRAD, 63)[1] == 63);
}

static void has_fault(const char *rest, enum fault_place place, int layer)
{
    char text[512];
    put(0, "w", "");
    watch(1);
    snprintf(text, sizeof text, "{\"step\":9,%s}\n", rest);
    append(0, text);
    comes("run 9L");
    const struct snapshot *snapshot = watching.snapshot[LEFT];
    assert_int_equal(snapshot->finite, place == FAULT_NONE);
    assert_int_equal(snapshot->fault.place, place);
    assert_int_equal(snapshot->fault.layer, layer);
    assert_int_equal(snapshot->fault.step, place == FAULT_NONE ? 0 : 9);
    watching_close(&watching);
}

static void faults_have_a_place(void **state)
{
    (void)state;
    has_fault("\"loss\":1,\"stream_grad\":[null,1]", FAULT_NONE, 0); /* not known */
    has_fault("\"loss\":null,\"finite\":true", FAULT_NONE, 0);
    has_fault("\"loss\":NaN", FAULT_LOSS, 0);
    has_fault("\"loss\":null,\"stream_rms\":[1,null,null]", FAULT_STREAM, 1);
    has_fault("\"loss\":1,\"finite\":false,\"stream_grad\":[null,null,1]", FAULT_GRADIENT, 1);
    has_fault("\"loss\":1,\"finite\":false,\"param_grad\":{\"w\":[null,1]}", FAULT_PARAMETER, 1);
    has_fault("\"loss\":1,\"finite\":false", FAULT_PARAMETER, 0);
}

/* ---- two inputs ---- */

static void two_inputs_are_side_by_side(void **state)
{
    (void)state;
    append_rows(0, "", 10, 40, 10);
    append_rows(1, "", 20, 50, 15);
    watch(2);
    comes("run 10L 20LR 30L 35R 40L");
    append_rows(0, "", 50, 50, 10);
    comes("50LR");
    append_rows(0, "", 60, 70, 10);
    comes(""); /* the other one may still come to them */
    append_rows(1, "", 65, 65, 15);
    comes("60L 65R");
    assert_int_equal(watching.bad[0].count + watching.bad[1].count, 0);
}

static void an_input_that_rests_is_not_waited_for(void **state)
{
    (void)state;
    append_rows(0, "", 1, 3, 1);
    watch(2); /* the second one is not there yet */
    comes("run");
    now += 6;
    comes("1L 2L 3L");
    append_rows(1, "", 1, 4, 1);
    comes("run 1LR 2LR 3LR"); /* all of it, from the beginning */
    append_rows(0, "", 4, 6, 1);
    comes("4LR");
    now += 6;
    comes(""); /* longer than before */
    now += 6;
    comes("5L 6L");
}

static void a_file_of_long_ago_is_not_waited_for(void **state)
{
    const struct timespec old[2] = {{.tv_sec = 1000000}, {.tv_sec = 1000000}};
    (void)state;
    append_rows(0, "", 1, 4, 1);
    append_rows(1, "", 1, 2, 1);
    assert_int_equal(utimensat(AT_FDCWD, path[1], old, 0), 0);
    watch(2);
    comes("run 1LR 2LR 3L 4L");
}

/* The last step of a run of two stacks, one of which has ended before or was cut off. */
static void the_last_step_of_a_file_of_long_ago_is_shown(void **state)
{
    const struct timespec old[2] = {{.tv_sec = 1000000}, {.tv_sec = 1000000}};
    (void)state;
    append_rows(0, "left", 1, 1, 1);
    append_rows(0, "right", 1, 1, 1);
    append_rows(0, "left", 2, 3, 1);
    watch(1);
    comes("run 1LR 2L");
    now += 1000;
    comes(""); /* it may still be written */
    assert_int_equal(utimensat(AT_FDCWD, path[0], old, 0), 0);
    watching_close(&watching);
    watch(1);
    comes("run 1LR 2L 3L");
}

static void either_input_may_begin_anew(void **state)
{
    (void)state;
    append_rows(0, "", 1, 3, 1);
    append_rows(1, "", 1, 3, 1);
    watch(2);
    comes("run 1LR 2LR 3LR");
    put(1, "w", "");
    comes("run");
    append_rows(1, "", 2, 3, 1);
    comes("1L 2LR 3LR");
    append_rows(0, "", 1, 2, 1); /* behind what is there */
    append_rows(1, "", 1, 1, 1);
    comes("run 1L 2LR");
    now += 6; /* for the third row of the first one */
    comes("3R run 1LR");
    append_rows(1, "", 2, 2, 1);
    comes("2LR");
    append_rows(0, "", 2, 3, 1);
    append_rows(1, "", 3, 3, 1);
    comes("3LR");
    is_bad(0, 1, 6, "a row of step 2 behind one of step 2: in the order of steps");
}

static void of_two_stacks_each_input_gives_its_own(void **state)
{
    (void)state;
    for (int step = 1; step <= 2; step++)
        for (int i = 0; i < 2; i++) {
            append_rows(i, "left", step, step, 1);
            append_rows(i, "right", step, step, 1);
        }
    watch(2);
    comes("run 1LR run 1LR 2LR"); /* until the second one's right rows are seen */
    assert_string_equal(watching.stack[LEFT].name, "left");
    assert_string_equal(watching.stack[RIGHT].name, "right");
    assert_int_equal(watching.bad[0].count + watching.bad[1].count, 0);
}

static void what_comes_late_from_a_pipe_is_left_out(void **state)
{
    (void)state;
    append_rows(0, "", 1, 3, 1);
    assert_int_equal(mkfifo(path[1], 0600), 0);
    watch(2);
    comes("run");
    now += 6;
    comes("1L 2L 3L");
    FILE *file = fopen(path[1], "r+");
    assert_non_null(file);
    fputs("{\"step\":2,\"loss\":1}\n{\"step\":4,\"loss\":1}\n", file);
    fflush(file);
    comes("");
    is_bad(1, 1, 1, "a row of step 2 came when step 3 was shown: in time");
    now += 6;
    comes("4R");
    fclose(file);
}

static void folders_are_refused(void **state)
{
    static const struct watch_map none;
    const char *const paths[] = {path[0], folder_path};
    (void)state;
    assert_false(watching_open(&watching, paths, 2, &none, 0, &error));
    assert_non_null(strstr(error.text, "cannot be read"));
}

int main(void)
{
#define OF_WATCH(test) cmocka_unit_test_teardown(test, leave)
    const struct CMUnitTest tests[] = {
        OF_WATCH(one_stack_comes_at_once),
        OF_WATCH(two_stacks_come_together),
        OF_WATCH(a_stack_alone_has_a_name),
        OF_WATCH(a_second_stack_comes_later),
        OF_WATCH(stacks_have_other_names),
        OF_WATCH(bad_lines_stop_nothing),
        OF_WATCH(a_run_begins_anew),
        OF_WATCH(a_run_goes_back),
        OF_WATCH(two_stacks_go_back),
        OF_WATCH(steps_that_count_from_0_count_from_1),
        OF_WATCH(rows_become_snapshots),
        OF_WATCH(shapes_grow),
        OF_WATCH(more_tensors_than_there_is_room_for_are_left_out),
        OF_WATCH(faults_have_a_place),
        OF_WATCH(two_inputs_are_side_by_side),
        OF_WATCH(an_input_that_rests_is_not_waited_for),
        OF_WATCH(a_file_of_long_ago_is_not_waited_for),
        OF_WATCH(the_last_step_of_a_file_of_long_ago_is_shown),
        OF_WATCH(either_input_may_begin_anew),
        OF_WATCH(of_two_stacks_each_input_gives_its_own),
        OF_WATCH(what_comes_late_from_a_pipe_is_left_out),
        OF_WATCH(folders_are_refused),
    };
    return cmocka_run_group_tests(tests, enter_folder, folder_leave);
}
