/* Trainings that others do, watched on a terminal: a file that grows, rows on standard input while
 * keys come from the terminal, a training with --tee, columns by other names, what is refused.
 *
 * The program is that of the environment variable LNSCOPE, or build/lnscope. */
#include "support/console.h"
#include "support/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

static const char *program;

static void append(const char *name, const char *text)
{
    FILE *file = fopen(folder_file(name), "a");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void append_row(const char *name, int step)
{
    char row[256];
    snprintf(row, sizeof row,
             "{\"step\":%d,\"placement\":\"post\",\"loss\":%.2f,\"stream_grad\":[0.01,0.1,1]}\n",
             step, 4 - 0.01 * step);
    append(name, row);
}

/* A line of the shell, which can put rows on standard input. */
static struct console *start(const char *line)
{
    char command[512];
    const char *const arguments[] = {"/bin/sh", "-c", command, NULL};
    const char *const environment[] = {"XDG_CONFIG_HOME=/nonexistent", NULL};
    snprintf(command, sizeof command, line, program);
    return console_open(&(struct console_start){.arguments = arguments,
                                                .environment = environment,
                                                .folder = folder_path,
                                                .rows = 24,
                                                .cols = 80});
}

static void quits(struct console *console)
{
    console_send(console, "q");
    const int status = console_wait_exit(console);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    console_close(console);
}

static void a_file_is_watched_as_it_grows(void **state)
{
    struct console *console = start("exec %s watch a.jsonl");
    (void)state;
    assert_true(console_wait_text(console, "waiting for a.jsonl"));
    append_row("a.jsonl", 10);
    assert_true(console_wait_text(console, "Post-LN"));
    append_row("a.jsonl", 20);
    assert_true(console_wait_step(console, 20));
    append("a.jsonl", "{\"step\":30,\n");
    assert_true(console_wait_text(console, "1 bad, line 3"));
    console_send(console, "w");
    assert_true(console_wait_text(console, "w drives a training"));
    console_send(console, "[");
    assert_true(console_wait_text(console, "step 10 of 20"));
    quits(console);
}

static void keys_come_from_the_terminal_where_rows_come_in(void **state)
{
    char path[256];
    (void)state;
    snprintf(path, sizeof path, "%s", folder_file("pipe"));
    assert_int_equal(mkfifo(path, 0600), 0);
    struct console *console = start("cat pipe | %s watch -");
    FILE *pipe = fopen(path, "w");
    assert_non_null(pipe);
    fputs("{\"step\":1,\"loss\":2.5}\n{\"step\":2,\"loss\":2.25}\n", pipe);
    fflush(pipe);
    assert_true(console_wait_step(console, 2));
    assert_true(console_wait_text(console, "standard input"));
    console_send(console, "5");
    assert_true(console_wait_text(console, "5 curves"));
    fputs("{\"step\":7,\"loss\":2}\n", pipe);
    fclose(pipe);
    assert_true(console_wait_step(console, 7));
    assert_true(console_wait_text(console, "CLOSED"));
    quits(console);
}

static void a_training_is_watched_from_elsewhere(void **state)
{
    (void)state;
    struct console *trains = start("exec %s --tee tee.jsonl --speed 30 --layers 2 --width 16 "
                                   "--heads 2 --ffn 32 --context 8 --batch 2 --task copy");
    assert_true(console_wait_step(trains, 1));
    struct console *watches = start("exec %s watch tee.jsonl");
    assert_true(console_wait_step(watches, 20));
    assert_true(console_wait_text(watches, "Pre-LN"));
    assert_true(console_wait_text(watches, "Post-LN"));
    quits(watches);
    console_close(trains);
}

static void other_columns_are_taken_by_their_names(void **state)
{
    (void)state;
    append("b.csv", "trainer/step,train_loss,grad/layer_0,grad/layer_1,grad/layer_2\n");
    append("b.csv", "100,3.5,0.001,0.1,1\n200,3.25,0.002,0.1,1\n");
    struct console *console =
        start("exec %s watch b.csv --map trainer/step=step --map train_loss=loss --map "
              "'grad/layer_{l}=stream_grad'");
    assert_true(console_wait_step(console, 200));
    assert_true(console_wait_text(console, "1/500"));
    quits(console);
}

static void refused(const char *line, int status, const char *message)
{
    struct console *console = start(line);
    const int is = console_wait_exit(console);
    assert_true(WIFEXITED(is));
    assert_int_equal(WEXITSTATUS(is), status);
    if (!strstr(console_screen(console), message))
        fail_msg("there is no \"%s\" on\n%s", message, console_screen(console));
    console_close(console);
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    refused("exec %s watch .", 1, "cannot be read");
    refused("exec %s watch a b c", 2, "what is 'c' for");
    refused("exec %s watch --map grad=nonsense", 2, "nonsense");
    refused("exec %s watch --layers 3", 2, "--layers");
    append("there.jsonl", "");
    refused("exec %s --tee there.jsonl", 1, "there.jsonl exists");
}

static int make_folder(void **state)
{
    program = getenv("LNSCOPE") ? getenv("LNSCOPE") : "build/lnscope";
    program = realpath(program, NULL);
    return program ? folder_make(state) : -1;
}

static int remove_folder(void **state)
{
    free((void *)(uintptr_t)program);
    return folder_leave(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_watched_as_it_grows),
        cmocka_unit_test(keys_come_from_the_terminal_where_rows_come_in),
        cmocka_unit_test(a_training_is_watched_from_elsewhere),
        cmocka_unit_test(other_columns_are_taken_by_their_names),
        cmocka_unit_test(what_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
