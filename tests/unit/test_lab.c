/* The lab without its command: rows, shares, the training of a small grid, and the file. */
#include "base/file.h"
#include "base/memory.h"
#include "lab/lab.h"
#include "lab/lab_file.h"
#include "lab/lab_trial.h"
#include "support/folder.h"
#include "train/run.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct grid grid;
static struct error error;

/* Two axes, two seeds, both stacks; models that train in no time. */
static int open_grid(void **state)
{
    struct settings settings = settings_default();
    (void)state;
    settings.layers = 2;
    settings.width = 16;
    settings.heads = 2;
    settings.ffn = 16;
    settings.context = 8;
    settings.batch = 2;
    settings.steps = 4;
    grid_open(&grid, &settings);
    if (!grid_add(&grid, "warmup=0,2", &error) || !grid_add(&grid, "lr=1e-3,1e-2,1e-1", &error) ||
        !grid_set_seeds(&grid, "1..2", &error))
        return -1;
    return folder_make(state);
}

static int close_grid(void **state)
{
    grid_close(&grid);
    return folder_leave(state);
}

enum { TRIALS = 24 };

/* A row that is told apart from those of other trials. */
static struct lab_row made_row(int trial)
{
    return (struct lab_row){
        .done = true,
        .steps = 4,
        .loss = 2 + trial / 7.0,
        .loss_part = 0.5 + trial / 70.0,
        .verdict = trial % 3 ? VERDICT_STUCK : VERDICT_LEARNS,
        .learn_step = trial % 3 ? 0 : 3,
        .ratio_min = 1e-3 / (trial + 1),
        .ratio = 0.1 * trial,
        .finite = true,
    };
}

/* ---- rows ---- */

static void a_row_is_as_designed(void **state)
{
    const struct lab_row row = {.done = true,
                                .steps = 600,
                                .loss = 0.81,
                                .loss_part = 0.26,
                                .verdict = VERDICT_LEARNS,
                                .learn_step = 141,
                                .ratio_min = 0.004,
                                .ratio = 0.7,
                                .finite = true};
    const struct lab_row diverged = {.done = true,
                                     .steps = 57,
                                     .loss = (double)NAN,
                                     .loss_part = (double)NAN,
                                     .verdict = VERDICT_DIVERGED,
                                     .ratio_min = 12,
                                     .ratio = (double)NAN};
    (void)state;
    char *text = lab_row_text(&grid, 1, &row, NULL);
    assert_string_equal(
        text, "{\"index\":0,\"grid\":{\"warmup\":0,\"lr\":0.001},\"seed\":1,\"stack\":\"right\","
              "\"placement\":\"post\",\"steps\":600,\"loss\":0.81,\"loss_part\":0.26,"
              "\"verdict\":\"learns\",\"learn_step\":141,\"ratio_min\":0.004,\"ratio\":0.7,"
              "\"finite\":true}\n");
    free(text);
    text = lab_row_text(&grid, 22, &diverged, NULL);
    assert_string_equal(
        text, "{\"index\":11,\"grid\":{\"warmup\":2,\"lr\":0.1},\"seed\":2,\"stack\":\"left\","
              "\"placement\":\"pre\",\"steps\":57,\"loss\":null,\"loss_part\":null,"
              "\"verdict\":\"diverged\",\"learn_step\":null,\"ratio_min\":12,\"ratio\":null,"
              "\"finite\":false}\n");
    free(text);
}

static void csv_has_the_same_columns(void **state)
{
    char *text = NULL;
    size_t size;
    const struct lab_row row = made_row(0);
    const struct settings settings = settings_default();
    struct grid texts;
    (void)state;
    grid_open(&texts, &settings);
    assert_true(grid_add(&texts, "text=a \"b\",c", &error));
    FILE *out = open_memstream(&text, &size);
    lab_row_csv_header(&grid, out);
    lab_row_csv(&grid, 23, &row, out);
    lab_row_csv_header(&texts, out);
    lab_row_csv(&texts, 0, &row, out);
    fclose(out);
    assert_string_equal(text, "index,warmup,lr,seed,stack,placement,steps,loss,loss_part,verdict,"
                              "learn_step,ratio_min,ratio,finite\n"
                              "11,2,0.1,2,right,post,4,2,0.5,learns,3,0.001,0,true\n"
                              "index,text,seed,stack,placement,steps,loss,loss_part,verdict,"
                              "learn_step,ratio_min,ratio,finite\n"
                              "0,\"a \"\"b\"\"\",1,left,pre,4,2,0.5,learns,3,0.001,0,true\n");
    free(text);
    grid_close(&texts);
}

static void rows_are_read_as_they_were_written(void **state)
{
    (void)state;
    for (int trial = 0; trial < TRIALS; trial++) {
        const struct lab_row row = made_row(trial);
        struct lab_row got;
        size_t size;
        int place;
        char *text = lab_row_text(&grid, trial, &row, &size);
        if (!lab_row_read(&grid, text, size - 1, &place, &got, &error))
            fail_msg("%s", error.text);
        char *again = lab_row_text(&grid, place, &got, NULL);
        assert_int_equal(place, trial);
        assert_true(got.done);
        assert_string_equal(text, again);
        free(text);
        free(again);
    }
}

/* No byte of a row can be changed or lost unnoticed. */
static void a_damaged_row_is_refused(void **state)
{
    const struct lab_row row = made_row(3);
    struct lab_row got;
    size_t size;
    int place;
    char *text = lab_row_text(&grid, 3, &row, &size);
    (void)state;
    for (size_t cut = 0; cut < size - 1; cut++)
        assert_false(lab_row_read(&grid, text, cut, &place, &got, &error));
    for (size_t at = 0; at < size - 1; at++) {
        const char kept = text[at];
        for (int bit = 0; bit < 8; bit++) {
            text[at] = (char)(kept ^ (1 << bit));
            /* a digit may become another one: of a number, or of the index with what follows */
            if (lab_row_read(&grid, text, size - 1, &place, &got, &error))
                assert_true(kept >= '0' && kept <= '9' && text[at] >= '0' && text[at] <= '9');
        }
        text[at] = kept;
    }
    free(text);
}

/* ---- the plan ---- */

static void parts_share_all_runs(void **state)
{
    struct lab_row row[TRIALS] = {{.done = false}};
    (void)state;
    row[5].done = true;
    for (int parts = 1; parts <= 14; parts++) {
        int times[TRIALS] = {0};
        for (int part = 1; part <= parts; part++) {
            int count;
            int *list = lab_plan(&grid, row, (struct lab_part){part, parts}, &count);
            for (int i = 0; i < count; i++) {
                times[list[i]]++;
                /* both stacks of a run are in the same share */
                if (list[i] / 2 != 2)
                    assert_true((i > 0 && list[i - 1] / 2 == list[i] / 2) ||
                                (i + 1 < count && list[i + 1] / 2 == list[i] / 2));
            }
            free(list);
        }
        for (int trial = 0; trial < TRIALS; trial++)
            assert_int_equal(times[trial], trial != 5);
    }
}

static void the_longest_begin_first(void **state)
{
    struct lab_row row[3 * TRIALS] = {{.done = false}};
    int count;
    (void)state;
    int *list = lab_plan(&grid, row, (struct lab_part){1, 1}, &count);
    for (int i = 0; i < TRIALS; i++) /* all cost the same: the order of the grid */
        assert_int_equal(list[i], i);
    free(list);
    assert_true(grid_add(&grid, "layers=2,6,4", &error));
    list = lab_plan(&grid, row, (struct lab_part){1, 1}, &count);
    assert_int_equal(count, 3 * TRIALS);
    for (int i = 0; i < count; i++)
        assert_int_equal(grid_settings(&grid, list[i]).layers, i < TRIALS       ? 6
                                                               : i < 2 * TRIALS ? 4
                                                                                : 2);
    free(list);
}

/* ---- training ---- */

struct witness {
    int done, most;
    bool stop;
};

static bool count_done(void *argument, int trial)
{
    struct witness *witness = argument;
    (void)trial;
    return ++witness->done < witness->most;
}

static bool is_stopped(void *argument)
{
    return ((struct witness *)argument)->stop;
}

static bool compute(struct lab_row row[TRIALS], int threads, struct witness *witness)
{
    int count;
    int *list = lab_plan(&grid, row, (struct lab_part){1, 1}, &count);
    const struct lab_request request = {.grid = &grid,
                                        .trial = list,
                                        .trials = count,
                                        .row = row,
                                        .threads = threads,
                                        .stopped = is_stopped,
                                        .done = count_done,
                                        .argument = witness};
    const bool good = lab_compute(&request, &error);
    free(list);
    return good;
}

/* The same numbers on any number of threads; and those that a run has by itself. */
static void trials_are_runs(void **state)
{
    struct lab_row one[TRIALS] = {{.done = false}}, three[TRIALS] = {{.done = false}};
    struct witness witness = {.most = 1000}, other = {.most = 1000};
    (void)state;
    assert_true(compute(one, 1, &witness));
    assert_true(compute(three, 3, &other));
    assert_int_equal(witness.done, TRIALS);
    for (int trial = 0; trial < TRIALS; trial++) {
        char *text = lab_row_text(&grid, trial, &one[trial], NULL);
        char *again = lab_row_text(&grid, trial, &three[trial], NULL);
        assert_string_equal(text, again);
        free(text);
        free(again);
    }
    const struct settings settings = grid_settings(&grid, 19);
    const struct task_setup setup = settings_task(&settings);
    struct task *task = task_open(&setup, &error);
    struct run run;
    struct verdict verdict =
        verdict_open(task_info(task).unigram_entropy, task_info(task).current_token);
    double least = INFINITY, ratio = NAN;
    assert_true(run_open(&run, &settings, RIGHT, task, &error));
    for (int step = 1; step <= 4; step++) {
        run_step(&run);
        verdict_feed(&verdict, step, snapshot_scalar(run.snapshot, QUANTITY_LOSS),
                     run.snapshot->finite);
        ratio = snapshot_scalar(run.snapshot, QUANTITY_RATIO);
        least = fmin(least, ratio);
    }
    assert_true(one[19].loss == verdict_loss(&verdict));
    assert_true(one[19].loss_part == verdict_part(&verdict));
    assert_true(one[19].ratio == ratio && one[19].ratio_min == least);
    assert_int_equal(one[19].verdict, verdict_at_end(&verdict));
    assert_int_equal(one[19].steps, 4);
    run_close(&run);
    task_close(task);
}

static void a_stack_that_diverges_ends_there(void **state)
{
    struct lab_row row[TRIALS] = {{.done = false}};
    struct witness witness = {.most = 1000};
    (void)state;
    grid.settings.optimizer = OPTIMIZER_SGD;
    grid.settings.steps = 5000;
    grid_close(&grid);
    assert_true(grid_add(&grid, "lr=100", &error));
    grid.stacks = GRID_LEFT;
    grid.settings.stack[LEFT].norm = NORM_NONE;
    grid.seeds = 1;
    assert_true(compute(row, 1, &witness));
    assert_int_equal(row[0].verdict, VERDICT_DIVERGED);
    assert_true(row[0].steps < 5000 && isnan(row[0].loss) && !row[0].finite);
}

static void training_ends_when_it_is_told(void **state)
{
    struct lab_row row[TRIALS] = {{.done = false}};
    struct witness witness = {.most = 5};
    int done = 0;
    (void)state;
    assert_true(compute(row, 1, &witness));
    assert_int_equal(witness.done, 5);
    for (int trial = 0; trial < TRIALS; trial++)
        done += row[trial].done;
    assert_int_equal(done, 5);
    witness.stop = true;
    assert_true(compute(row, 2, &witness));
    assert_int_equal(witness.done, 5);
}

/* ---- the file ---- */

static char *content_of(const char *path)
{
    char *text;
    size_t size;
    if (!file_read(path, 1 << 20, &text, &size, &error))
        fail_msg("%s", error.text);
    return text;
}

/* What a file with all rows is. */
static char *whole_text(void)
{
    char *text = NULL, *part;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    fputs(part = grid_header(&grid, NULL), out);
    free(part);
    for (int trial = 0; trial < TRIALS; trial++) {
        const struct lab_row row = made_row(trial);
        fputs(part = lab_row_text(&grid, trial, &row, NULL), out);
        free(part);
    }
    fclose(out);
    return text;
}

/* Adds the rows of the trials first, first + step, ... to the file, over and over, which comes to
 * all of them for a step without common divisor. */
static void add_rows(struct lab_file *file, struct lab_row *row, int first, int step, int count)
{
    for (int i = 0; i < count; i++) {
        const int trial = (first + i * step) % TRIALS;
        row[trial] = made_row(trial);
        if (!lab_file_add(file, trial, &error))
            fail_msg("%s", error.text);
    }
}

static void rows_come_as_they_are_done_and_end_in_order(void **state)
{
    struct lab_row row[TRIALS] = {{.done = false}};
    struct lab_file file;
    const char *path = folder_file("lab.jsonl");
    char *whole = whole_text();
    (void)state;
    assert_true(lab_file_open(&file, path, false, &grid, row, NULL, 0, &error));
    add_rows(&file, row, 3, 5, 10);
    char *text = content_of(path);
    assert_int_equal(strncmp(text, whole, strcspn(whole, "\n") + 1), 0);
    int lines = 0;
    for (const char *at = text; (at = strchr(at, '\n')); at++)
        lines++;
    assert_int_equal(lines, 11);
    assert_non_null(strstr(text, "\n{\"index\":1,"));
    free(text);
    add_rows(&file, row, 3 + 50, 5, TRIALS - 10);
    assert_true(lab_file_close(&file, true, &error));
    text = content_of(path);
    assert_string_equal(text, whole);
    free(text);
    assert_false(lab_file_open(&file, path, false, &grid, row, NULL, 0, &error));
    assert_non_null(strstr(error.text, "lab.jsonl exists"));
    free(whole);
}

/* Reads a file whose text has been changed; how many rows it has. */
static int rows_of(const char *path, struct lab_row *row, struct lab_damage *damage)
{
    struct lab_text text;
    int done = 0;
    assert_true(lab_text_open(&text, path, &error));
    if (!lab_text_rows(&text, &grid, row, damage, &error)) {
        lab_text_close(&text);
        return -1;
    }
    lab_text_close(&text);
    for (int trial = 0; trial < TRIALS; trial++)
        done += row[trial].done;
    return done;
}

static void write_file(const char *path, const char *text, size_t size)
{
    FILE *out = fopen(path, "wb");
    assert_int_equal(fwrite(text, 1, size, out), size);
    fclose(out);
}

/* Cut at any byte, the file has exactly the rows that are whole. */
static void a_file_that_is_cut_has_its_whole_rows(void **state)
{
    const char *path = folder_file("cut.jsonl");
    char *whole = whole_text();
    const size_t size = strlen(whole), header = strcspn(whole, "\n") + 1;
    (void)state;
    for (size_t cut = header; cut <= size; cut += 7) {
        struct lab_row row[TRIALS] = {{.done = false}};
        struct lab_damage damage;
        int expected = 0;
        write_file(path, whole, cut);
        for (size_t i = header; i < size; i++)
            expected += whole[i] == '\n' && i <= cut;
        assert_int_equal(rows_of(path, row, &damage), expected);
        assert_int_equal(damage.lines, 0);
    }
    free(whole);
}

static void damaged_lines_are_counted(void **state)
{
    const char *path = folder_file("bad.jsonl");
    struct lab_row row[TRIALS] = {{.done = false}};
    struct lab_damage damage;
    char *whole = whole_text();
    (void)state;
    char *third = strstr(whole, "{\"index\":1,");
    third[5] = 'X';
    third[strcspn(third, "\n") - 1] = '\n';
    write_file(path, whole, strlen(whole));
    assert_int_equal(rows_of(path, row, &damage), TRIALS - 1);
    assert_int_equal(damage.lines, 2);
    assert_int_equal(damage.first, 4);
    free(whole);
}

/* Twice the same row is one; two that differ are none of one lab. */
static void rows_that_differ_are_refused(void **state)
{
    const char *path = folder_file("twice.jsonl");
    struct lab_row row[TRIALS] = {{.done = false}};
    struct lab_damage damage;
    char *whole = whole_text();
    (void)state;
    write_file(path, whole, strlen(whole));
    assert_int_equal(rows_of(path, row, &damage), TRIALS);
    assert_int_equal(rows_of(path, row, &damage), TRIALS);
    row[7].loss += 1e-6;
    assert_int_equal(rows_of(path, row, &damage), -1);
    assert_non_null(strstr(error.text, "twice.jsonl:9: the row differs from another of the same "
                                       "training"));
    free(whole);
}

/* Into a pipe rows go in their order, whatever the order in which they are done. */
static void a_pipe_gets_rows_in_order(void **state)
{
    struct lab_row row[TRIALS] = {{.done = false}};
    struct lab_file file;
    int planned[TRIALS], ends[2];
    char *whole = whole_text(), *got = memory_new(1 << 16, 1), path[32];
    (void)state;
    for (int i = 0; i < TRIALS; i++)
        planned[i] = i;
    assert_int_equal(pipe(ends), 0);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[1]);
    assert_true(lab_file_open(&file, path, false, &grid, row, planned, TRIALS, &error));
    add_rows(&file, row, 0, 5, TRIALS);
    assert_true(lab_file_close(&file, true, &error));
    close(ends[1]);
    size_t used = 0;
    for (ssize_t size; (size = read(ends[0], got + used, (1 << 16) - used - 1)) > 0;)
        used += (size_t)size;
    assert_string_equal(got, whole);
    close(ends[0]);
    free(got);
    free(whole);
}

static void rows_that_cannot_be_written_are_told(void **state)
{
    struct lab_row row[TRIALS] = {{.done = false}};
    struct lab_file file;
    (void)state;
    assert_false(lab_file_open(&file, "/dev/full", false, &grid, row, NULL, 0, &error));
    assert_non_null(strstr(error.text, "cannot write /dev/full (No space left on device)"));
}

/* Another process has it open. */
static void a_file_has_one_writer(void **state)
{
    struct lab_row row[TRIALS] = {{.done = false}};
    struct lab_file file;
    const char *path = folder_file("mine.jsonl");
    int status = 0;
    (void)state;
    assert_true(lab_file_open(&file, path, false, &grid, row, NULL, 0, &error));
    const pid_t id = fork();
    assert_true(id >= 0);
    if (id == 0)
        _exit(lab_file_is_busy(path, &error) &&
                      strstr(error.text, "is being written by another process")
                  ? 7
                  : 1);
    assert_int_equal(waitpid(id, &status, 0), id);
    assert_int_equal(WEXITSTATUS(status), 7);
    assert_true(lab_file_close(&file, false, &error));
    assert_false(lab_file_is_busy(path, &error));
    assert_false(lab_file_is_busy(folder_file("none"), &error));
}

#define LAB_TEST(test) cmocka_unit_test_setup_teardown(test, open_grid, close_grid)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LAB_TEST(a_row_is_as_designed),
        LAB_TEST(csv_has_the_same_columns),
        LAB_TEST(rows_are_read_as_they_were_written),
        LAB_TEST(a_damaged_row_is_refused),
        LAB_TEST(parts_share_all_runs),
        LAB_TEST(the_longest_begin_first),
        LAB_TEST(trials_are_runs),
        LAB_TEST(a_stack_that_diverges_ends_there),
        LAB_TEST(training_ends_when_it_is_told),
        LAB_TEST(rows_come_as_they_are_done_and_end_in_order),
        LAB_TEST(a_file_that_is_cut_has_its_whole_rows),
        LAB_TEST(damaged_lines_are_counted),
        LAB_TEST(rows_that_differ_are_refused),
        LAB_TEST(a_pipe_gets_rows_in_order),
        LAB_TEST(rows_that_cannot_be_written_are_told),
        LAB_TEST(a_file_has_one_writer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
