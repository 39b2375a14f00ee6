/* The program while calls of the C library fail: it says so and leaves what was there as it was,
 * with a terminal that is sane. Faults are made by a library loaded before the C library
 * (faults/faults.c), beside this program; where there is none, as under a sanitizer, nothing is
 * tested. The program under test is $LNSCOPE, or build/lnscope. */
#include "base/file.h"
#include "support/console.h"
#include "support/faults.h"
#include "support/folder.h"
#include "support/process.h"
#include "support/texts.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char *contents(const char *name)
{
    return text_of_file(folder_file(name));
}

/* Runs the program in the folder with these words and this fault; its status as of waitpid(). What
 * it prints is in the files `output` and `errors`. */
static int run(const char *command, const char *fault)
{
    const char *const environment[] = {faults_preload, "OPENBLAS_NUM_THREADS=1", fault, NULL};
    struct process process =
        process_start_command(&(struct process_start){.environment = environment,
                                                      .folder = folder_path,
                                                      .output = folder_file("output"),
                                                      .errors = folder_file("errors")},
                              faults_program, command);
    return process_finish(&process);
}

static bool is_one_line(const char *text)
{
    return strncmp(text, "lnscope: ", 9) == 0 && strchr(text, '\n') == text + strlen(text) - 1;
}

/* Every single allocation fails once: all that is printed is printed, or an error, and no more than
 * the beginning. */
static void every_allocation_fails_once(const char *command)
{
    char fault[128];
    snprintf(fault, sizeof fault, "FAULT_COUNT=%s", folder_file("count"));
    assert_int_equal(run(command, fault), 0);
    char *whole = contents("output"), *number = contents("count");
    const long count = strtol(number, NULL, 10);
    assert_true(count > 20);
    for (long n = 1; n <= count; n++) {
        snprintf(fault, sizeof fault, "FAULT_ALLOCATION=%ld", n);
        const int status = run(command, fault);
        char *output = contents("output"), *errors = contents("errors");
        if (!WIFEXITED(status) || WEXITSTATUS(status) > 1)
            fail_msg("lnscope %s, allocation %ld: status %#x, \"%s\"", command, n, (unsigned)status,
                     errors);
        if (WEXITSTATUS(status) == 0
                ? strcmp(output, whole) != 0 || *errors
                : strncmp(output, whole, strlen(output)) != 0 || !is_one_line(errors))
            fail_msg("lnscope %s, allocation %ld: status %d, \"%s\"", command, n,
                     WEXITSTATUS(status), errors);
        free(output);
        free(errors);
    }
    free(whole);
    free(number);
}

#define SMALL " --layers 2 --width 16 --heads 2 --ffn 32 --context 8 --batch 2"

static void memory_is_short(void **state)
{
    (void)state;
    if (!*faults_preload)
        skip();
    every_allocation_fails_once("block");
    every_allocation_fails_once("run --steps 2 --threads 2" SMALL);
    every_allocation_fails_once("list keys --format jsonl");
    every_allocation_fails_once("list placements");
}

/* The N-th allocation of the program on the screen fails; the terminal is sane, and if the program
 * did not go on it has said why. */
static void check_screen(const struct console_start *start, long n)
{
    struct console *console = console_open(start);
    if (console_wait_step_or_end(console, 2))
        console_send(console, "q");
    const int status = console_wait_exit(console);
    const char *output = console_output(console, NULL);
    /* ncurses may end the program itself, or crash. */
    const bool told = strstr(output, "lnscope: ") || strstr(output, ": Out of memory");
    if (WIFEXITED(status) ? WEXITSTATUS(status) > (n > 0 && told) : WTERMSIG(status) != SIGSEGV)
        fail_msg("allocation %ld: status %#x\n%s", n, (unsigned)status, output);
    if (console_complaint(console))
        fail_msg("allocation %ld: status %#x: %s\n%s", n, (unsigned)status,
                 console_complaint(console), output);
    console_close(console);
}

static void memory_is_short_on_the_screen(void **state)
{
    enum { EVERY = 13 /* allocations: each takes a start */, ARGUMENTS = 20 };
    char fault[160], count[128];
    char words[] = "--no-config --confirm off" SMALL;
    const char *arguments[ARGUMENTS];
    process_words(arguments, ARGUMENTS, faults_program, words);
    const char *const environment[] = {faults_preload,           fault,
                                       "OPENBLAS_NUM_THREADS=1", "TERM=xterm-256color",
                                       "LC_ALL=C.UTF-8",         NULL};
    const struct console_start start = {.arguments = arguments,
                                        .environment = environment,
                                        .folder = folder_path,
                                        .rows = 24,
                                        .cols = 80};
    (void)state;
    if (!*faults_preload)
        skip();
    snprintf(count, sizeof count, "%s", folder_file("count"));
    snprintf(fault, sizeof fault, "FAULT_COUNT=%s", count);
    check_screen(&start, 0);
    char *number = contents("count");
    const long last = strtol(number, NULL, 10);
    free(number);
    assert_true(last > 100);
    for (long n = EVERY; n <= last; n += EVERY) {
        snprintf(fault, sizeof fault, "FAULT_ALLOCATION=%ld", n);
        check_screen(&start, n);
    }
}

/* What has not arrived on the disk has no name. */
static void the_disk_fails(void **state)
{
    (void)state;
    if (!*faults_preload)
        skip();
    const int status =
        run("run --steps 2 -o rows.csv --dump dump --dump-step 1" SMALL, "FAULT_FSYNC=1");
    char *errors = contents("errors");
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    assert_non_null(strstr(errors, "could not finish rows.csv (Input/output error): its lines so "
                                   "far are kept in rows.csv.lnscope-"));
    assert_false(file_exists(folder_file("rows.csv")));
    assert_false(file_exists(folder_file("dump")));
    free(errors);
}

/* The date goes back, as where a clock is set: training, watching and waiting go on. */
static void the_clock_is_set_back(void **state)
{
    enum { ARGUMENTS = 24 };
    char train[] = "--no-config --confirm off --speed 250 --tee rows.jsonl" SMALL;
    char watch[] = "watch rows.jsonl";
    const char *arguments[2][ARGUMENTS];
    const char *const environment[] = {faults_preload, "FAULT_CLOCK=1", "OPENBLAS_NUM_THREADS=1",
                                       "TERM=xterm-256color", NULL};
    struct console *console[2];
    (void)state;
    if (!*faults_preload)
        skip();
    process_words(arguments[0], ARGUMENTS, faults_program, train);
    process_words(arguments[1], ARGUMENTS, faults_program, watch);
    for (int i = 0; i < 2; i++) {
        console[i] = console_open(&(struct console_start){.arguments = arguments[i],
                                                          .environment = environment,
                                                          .folder = folder_path,
                                                          .rows = 24,
                                                          .cols = 80});
        assert_true(console_wait_step(console[i], 1));
    }
    for (int step = 50; step <= 150; step += 50)
        for (int i = 0; i < 2; i++)
            assert_true(console_wait_step(console[i], step));
    console_send(console[0], "w");
    assert_true(console_wait_text(console[0], "warmup 25 steps, "));
    assert_true(console_see_text(console[1], "rows.jsonl", 60));
    for (int i = 0; i < 2; i++) {
        console_send(console[i], "q");
        assert_int_equal(console_wait_exit(console[i]), 0);
        assert_null(console_complaint(console[i]));
        console_close(console[i]);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(memory_is_short, folder_make, folder_leave),
        cmocka_unit_test_setup_teardown(memory_is_short_on_the_screen, folder_make, folder_leave),
        cmocka_unit_test_setup_teardown(the_disk_fails, folder_make, folder_leave),
        cmocka_unit_test_setup_teardown(the_clock_is_set_back, folder_make, folder_leave),
    };
    if (argc < 1 || !faults_find(argv[0]))
        return 1;
    return cmocka_run_group_tests_name("faults", tests, NULL, NULL);
}
