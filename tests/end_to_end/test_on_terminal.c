/* Commands that print for whoever sits at a terminal: the table of `run` with its verdicts, the
 * forecast, progress and summary of `claims`; and that they print rows where it is none.
 *
 * The program is that of the environment variable LNSCOPE, or build/lnscope. */
#include "support/console.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

enum { ARGUMENTS = 32 };

static const char *program;

/* The words of a command, on a terminal of this width. */
static struct console *start(const char *command, int cols)
{
    static char words[512];
    const char *argument[ARGUMENTS] = {program};
    const char *const environment[] = {"XDG_CONFIG_HOME=/nonexistent", "COLUMNS", NULL};
    int count = 1;
    strncpy(words, command, sizeof words - 1);
    for (char *word = strtok(words, " "); word; word = strtok(NULL, " ")) {
        assert_true(count < ARGUMENTS - 1);
        argument[count++] = word;
    }
    return console_open(&(struct console_start){
        .arguments = argument, .environment = environment, .rows = 40, .cols = cols});
}

static void ends(struct console *console, int expected)
{
    const int status = console_wait_exit(console);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != expected)
        fail_msg("status %#x\n%s", (unsigned)status, console_screen(console));
}

static void has(struct console *console, const char *text)
{
    if (!strstr(console_screen(console), text))
        fail_msg("there is no \"%s\" on\n%s", text, console_screen(console));
}

#define SMALL " --layers 2 --width 16 --heads 2 --ffn 32 --context 8 --batch 2 --task copy"

static void a_run_shows_a_table_and_verdicts(void **state)
{
    struct console *console = start("run --steps 60 --lr 1e-2" SMALL, 80);
    (void)state;
    ends(console, 0);
    has(console, "left Pre-LN");
    has(console, "right Post-LN");
    has(console, "    step     loss   part     ratio");
    has(console, "\n      55 ");
    has(console, "\n      60 ");
    has(console, "after 60 steps:");
    has(console, "\nleft  Pre-LN: ");
    has(console, "\nright Post-LN: ");
    assert_null(strstr(console_screen(console), "step,stack"));
    console_close(console);
}

static void a_narrow_terminal_gets_whole_rows_only(void **state)
{
    struct console *console = start("run --steps 60" SMALL, 60);
    size_t size;
    (void)state;
    ends(console, 0);
    const char *output = console_output(console, &size);
    for (size_t i = 0; i + 1 < size; i++) /* a terminal makes "\r\n" of each end of a line */
        assert_true(output[i] != '\r' || output[i + 1] == '\n' || output[i + 1] == '\r');
    has(console, "after 60 steps:");
    console_close(console);
}

static void an_interrupted_run_says_how_far_it_came(void **state)
{
    struct console *console = start("run --every 1000000" SMALL, 80);
    (void)state;
    assert_true(console_wait_text(console, " 0.003"));
    console_signal(console, SIGINT);
    const int status = console_wait_exit(console);
    assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 128 + SIGINT);
    has(console, "\nstopped after ");
    has(console, "right Post-LN: ");
    console_close(console);
}

static void other_formats_are_rows_there_too(void **state)
{
    struct console *console = start("run --steps 1 --format csv" SMALL, 80);
    (void)state;
    ends(console, 0);
    has(console, "step,stack,placement");
    console_close(console);
}

static void claims_say_how_long_they_take_and_what_held(void **state)
{
    struct console *console = start("claims same-params lns-variance --seeds 2", 100);
    (void)state;
    ends(console, 0);
    has(console, "2 claims, 4 experiments, ");
    has(console, " at a time: about ");
    has(console, "\n  same-params           holds: ");
    has(console, "\n  lns-variance          holds: ");
    has(console, "\n2 of 2 claims hold here (");
    size_t size;
    const char *output = console_output(console, &size);
    assert_non_null(strstr(output, "of 4 experiments done, "));
    assert_non_null(strstr(output, " left; at same-params"));
    console_close(console);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_shows_a_table_and_verdicts),
        cmocka_unit_test(a_narrow_terminal_gets_whole_rows_only),
        cmocka_unit_test(an_interrupted_run_says_how_far_it_came),
        cmocka_unit_test(other_formats_are_rows_there_too),
        cmocka_unit_test(claims_say_how_long_they_take_and_what_held),
    };
    program = getenv("LNSCOPE");
    program = realpath(program && *program ? program : "build/lnscope", NULL);
    if (!program)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
