/* `lnscope run --export`: the picture and the data of a run that had no screen.
 *
 * The program is that of the environment variable LNSCOPE, or build/lnscope. */
#include "support/folder.h"
#include "support/process.h"
#include "support/texts.h"

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

static char program[4096];

static char *contents(const char *name)
{
    return text_of_file(folder_file(name));
}

/* Runs a small training that exports to a file of the folder; what it says on standard error,
 * which the caller frees. */
static char *run(int expected, const char *options, const char *name)
{
    char words[512];
    const char *output = folder_file("rows");
    snprintf(words, sizeof words,
             "run --no-config --steps 12 --layers 2 --width 16 --heads 2 --ffn 32 --context 8 "
             "--batch 2 %s%s--export %s",
             options, *options ? " " : "", folder_file(name));
    struct process process = process_start_command(
        &(struct process_start){.output = output, .errors = folder_file("errors")}, program, words);
    const int status = process_finish(&process);
    char *errors = contents("errors");
    if (!WIFEXITED(status) || WEXITSTATUS(status) != expected)
        fail_msg("%s: status %#x: %s", words, (unsigned)status, errors);
    return errors;
}

static void the_screen_at_the_end_is_a_picture(void **state)
{
    (void)state;
    free(run(0, "", "a.txt"));
    free(run(0, "--theme light", "a.svg"));
    char *text = contents("a.txt"), *svg = contents("a.svg");
    assert_non_null(strstr(text, "ENDED      step 12 "));
    assert_non_null(strstr(text, "Pre-LN  x + f(LN(x))"));
    assert_non_null(strstr(text, "x_0/x_2"));
    assert_non_null(strstr(svg, "width=\"1104\" height=\"672\""));
    assert_non_null(strstr(svg, ">ENDED</text>"));
    free(text);
    free(svg);
}

/* The numbers are those of the rows. */
static void what_was_measured_is_data(void **state)
{
    (void)state;
    free(run(0, "--format jsonl", "a.jsonl"));
    char *data = contents("a.jsonl"), *rows = contents("rows");
    assert_string_equal(data, rows);
    free(data);
    free(rows);
    free(run(0, "", "a.csv"));
    data = contents("a.csv");
    assert_memory_equal(data, "step,stack,quantity,layer,value\n1,left,loss,,", 45);
    assert_non_null(strstr(data, "\n12,right,stream_rms,2,"));
    assert_non_null(strstr(data, "\n12,right,param_grad.ffn.up.weight,1,"));
    free(data);
}

static void all_files_that_are_named_are_written(void **state)
{
    char more[256], *errors;
    (void)state;
    snprintf(more, sizeof more, "--export %s", folder_file("one.txt"));
    free(run(0, more, "other.csv"));
    char *text = contents("one.txt"), *data = contents("other.csv");
    assert_non_null(strstr(text, "ENDED      step 12 "));
    assert_memory_equal(data, "step,stack,quantity,layer,value\n", 32);
    free(text);
    free(data);
    snprintf(more, sizeof more, "--force --export %s", folder_file("two.txt"));
    errors = run(2, more, "two.txt");
    assert_non_null(strstr(errors, "--export names a file that is written already"));
    free(errors);
    errors = run(2, more, "two.bmp");
    assert_non_null(strstr(errors, "two.bmp is neither a picture nor text"));
    free(errors);
    snprintf(more, sizeof more, "--export %s", folder_file("three.txt"));
    errors = run(1, more, "one.txt"); /* before anything is written */
    assert_non_null(strstr(errors, "one.txt exists"));
    assert_int_equal(access(folder_file("three.txt"), F_OK), -1);
    free(errors);
}

static void what_cannot_be_is_said_before_the_run(void **state)
{
    char *errors = run(2, "", "a.bmp");
    (void)state;
    assert_non_null(strstr(errors,
                           "a.bmp is neither a picture nor text: name it .svg, .png or .txt; "
                           "data as .csv or .jsonl"));
    free(errors);
    free(run(0, "", "a.txt"));
    errors = run(1, "", "a.txt");
    assert_non_null(strstr(errors, "a.txt exists: name another file, or allow it with --force"));
    free(errors);
    free(run(0, "--force", "a.txt"));
    errors = run(1, "", "gone/a.txt");
    assert_non_null(strstr(errors, "cannot write"));
    free(errors);
    char same[128];
    snprintf(same, sizeof same, "-o %s", folder_file("b.csv"));
    errors = run(2, same, "b.csv");
    assert_non_null(strstr(errors, "--export names a file that is written already"));
    free(errors);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, folder_make, folder_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_screen_at_the_end_is_a_picture),
        TEST(what_was_measured_is_data),
        TEST(all_files_that_are_named_are_written),
        TEST(what_cannot_be_is_said_before_the_run),
    };
    const char *named = getenv("LNSCOPE");
    if (!realpath(named ? named : "build/lnscope", program))
        return 1;
    return cmocka_run_group_tests_name("run export", tests, NULL, NULL);
}
