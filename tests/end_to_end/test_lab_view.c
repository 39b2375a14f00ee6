/* A lab in the program on a terminal: trained by threads beside it, its rows the bytes of
 * `lnscope lab`.
 *
 * The program is that of the environment variable LNSCOPE, or build/lnscope. */
#include "base/error.h"
#include "base/file.h"
#include "support/console.h"
#include "support/folder.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

static char program[4096];

#define MODEL "--layers 2 --width 16 --ffn 32 --heads 2 --context 16 --batch 4 --threads 2"

/* The program with a small model, in the folder. */
static struct console *start(void)
{
    char words[] = MODEL;
    const char *argument[32] = {program};
    const char *const environment[] = {"TERM=xterm-256color",
                                       "LC_ALL=C.UTF-8",
                                       "NO_COLOR",
                                       "XDG_CONFIG_HOME=/nonexistent",
                                       "LINES",
                                       "COLUMNS",
                                       NULL};
    int count = 1;
    for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
        argument[count++] = word;
    struct console *console = console_open(&(struct console_start){.arguments = argument,
                                                                   .environment = environment,
                                                                   .folder = folder_path,
                                                                   .rows = 24,
                                                                   .cols = 80});
    assert_true(console_wait_text(console, "Post-LN"));
    return console;
}

static void press(struct console *console, const char *keys, const char *text)
{
    console_send(console, keys);
    if (!console_wait_text(console, text))
        fail_msg("after the keys %s", keys);
}

static void assert_ends_well(struct console *console)
{
    const int status = console_wait_exit(console);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    const char *complaint = console_complaint(console);
    if (complaint)
        fail_msg("%s", complaint);
    console_close(console);
}

static char *contents(const char *name)
{
    char path[256], *bytes;
    size_t size;
    struct error error;
    snprintf(path, sizeof path, "%s/%s", folder_path, name);
    if (!file_read(path, 1 << 20, &bytes, &size, &error))
        fail_msg("%s", error.text);
    return bytes;
}

/* What is under way is dropped: the program ends at once. */
static void quitting_ends_a_lab(void **state)
{
    (void)state;
    struct console *console = start();
    press(console, ":lab lr=1e-3,1e-2 seeds=1..400 steps=2000\r", "1 under way");
    press(console, ":lab stop\r", "stopped: ");
    press(console, ":lab go\r", "at a time");
    console_send(console, "qq");
    assert_ends_well(console);
}

static void the_map_fills_and_a_cell_is_opened(void **state)
{
    char command[8192];
    (void)state;
    struct console *console = start();
    press(console, "0", "A lab trains a grid of settings");
    press(console, ":lab warmup=0,20 lr=1e-3,1e-2 seeds=1..2 steps=60\r",
          "lab: all 16 trainings are done");
    press(console, "", "PAUSED");
    press(console, "\033[A", "warmup=20 lr=0.001"); /* Up */
    press(console, "\033[C", "warmup=20 lr=0.01");  /* Right */
    press(console, "r", "r does nothing in the lab");
    press(console, ":export rows.jsonl\r", "saved rows.jsonl, 16 trainings");
    press(console, "\r", "ENDED");
    press(console, ":lab rows.jsonl\r", "loaded rows.jsonl, 16 trainings");
    console_send(console, "q");
    assert_ends_well(console);

    snprintf(command, sizeof command,
             "cd %s && '%s' lab " MODEL " --grid warmup=0,20 --grid lr=1e-3,1e-2 --seeds 1..2 "
             "--steps 60 --no-config -o wanted.jsonl 2>/dev/null",
             folder_path, program);
    assert_int_equal(system(command), 0);
    char *rows = contents("rows.jsonl"), *wanted = contents("wanted.jsonl");
    assert_string_equal(rows, wanted);
    free(rows);
    free(wanted);
}

int main(void)
{
    const char *named = getenv("LNSCOPE");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_map_fills_and_a_cell_is_opened),
        cmocka_unit_test(quitting_ends_a_lab),
    };
    if (!realpath(named ? named : "build/lnscope", program))
        return EXIT_FAILURE;
    return cmocka_run_group_tests(tests, folder_make, folder_leave);
}
