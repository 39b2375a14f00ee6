/* `lnscope play` in a terminal, with a thread that trains: what a script says and asks, its steps
 * forth and back, the keyboard taken and given back. The program is $LNSCOPE, or build/lnscope. */
#include "support/console.h"
#include "support/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

static char program[4096];

static const char lesson[] =
    "# A small lesson.\n"
    "set layers 2\nset width 16\nset heads 2\nset ffn 32\nset context 16\nset batch 4\n"
    "title \"About steps\"\nspeed unlimited\n"
    "say \"Nothing yet.\"\nwait key\n"
    "run until step 40\nsay \"Forty.\"\nwait key\n"
    "ask \"Which?\" \"this\" \"that\"\n"
    "run until step 50\nanswer 2 \"That one.\"\nexpect left.raw > 0\nwait key\n";

static struct console *start(const char *script, const char *text)
{
    const char *arguments[] = {program, "play", script, NULL};
    const char *environment[] = {"TERM=xterm-256color", "LC_ALL=C.UTF-8", "NO_COLOR", NULL};
    if (text) {
        FILE *file = fopen(folder_file(script), "w");
        assert_non_null(file);
        fputs(text, file);
        assert_int_equal(fclose(file), 0);
    }
    return console_open(&(struct console_start){.arguments = arguments,
                                                .environment = environment,
                                                .folder = folder_path,
                                                .rows = 24,
                                                .cols = 80});
}

static void press(struct console *console, const char *keys, const char *text)
{
    console_send(console, keys);
    if (!console_wait_text(console, text))
        fail_msg("no '%s' after the keys %s:\n%s", text, keys, console_screen(console));
}

static void quit(struct console *console, int expected)
{
    console_send(console, "q");
    const int status = console_wait_exit(console);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), expected);
    assert_null(console_complaint(console));
    console_close(console);
}

static void a_lesson_goes_forth_and_back(void **state)
{
    (void)state;
    struct console *console = start("a.lns", lesson);
    assert_true(console_wait_text(console, "Nothing yet."));
    assert_true(console_wait_text(console, "step 1 of 4"));
    assert_non_null(strstr(console_screen(console), "About steps"));
    press(console, " ", "Forty.");
    assert_true(console_wait_text(console, "step 40 ")); /* and not one more */
    assert_true(console_wait_text(console, "step 2 of 4"));
    press(console, " ", "1 this   2 that");
    press(console, "2", "2 that: 1");
    press(console, " ", "Answer 2, that: 1 of 1 said so");
    assert_true(console_wait_text(console, "holds: left.raw "));
    assert_non_null(strstr(console_screen(console), "step 50 "));
    press(console, "\033[D", "1 this   2 that");
    assert_true(console_wait_text(console, "step 40 "));
    press(console, "\033[D", "Forty.");
    press(console, "\033[D", "Nothing yet.");
    assert_true(console_wait_text(console, "step 0 "));
    press(console, "\033[C", "Forty.");
    assert_true(console_wait_text(console, "step 40 "));
    quit(console, 0);
}

static void the_keyboard_is_taken_and_given_back(void **state)
{
    (void)state;
    struct console *console = start("a.lns", lesson);
    assert_true(console_wait_text(console, "Nothing yet."));
    press(console, " ", "Forty.");
    press(console, "w", "the script has the keyboard");
    press(console, "\033", "yours: e gives it back");
    press(console, "5", "5 curves");
    press(console, " ", "RUNNING");
    press(console, "e", "step 2 of 4");
    assert_true(console_wait_text(console, "1 overview"));
    assert_true(console_wait_text(console, "step 40 "));
    assert_true(console_wait_text(console, "Forty."));
    quit(console, 0);
}

static void what_does_not_hold_is_the_exit_status(void **state)
{
    (void)state;
    struct console *console =
        start("b.lns", "set layers 2\nset width 16\nset heads 2\nset ffn 32\nset batch 2\n"
                       "run until step 2\nexpect left.raw < 0\nwait key\n");
    assert_true(console_wait_text(console, "does not hold: left.raw "));
    quit(console, 1);
}

static void the_list_starts_one(void **state)
{
    (void)state;
    struct console *console = start(NULL, NULL);
    assert_true(console_wait_text(console, "Lessons and demos"));
    assert_non_null(strstr(console_screen(console), " one-line-of-difference "));
    press(console, "\r", "One line of difference");
    assert_true(console_wait_text(console, "step 1 of "));
    quit(console, 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, folder_make, folder_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_lesson_goes_forth_and_back),
        TEST(the_keyboard_is_taken_and_given_back),
        TEST(what_does_not_hold_is_the_exit_status),
        TEST(the_list_starts_one),
    };
    const char *named = getenv("LNSCOPE");
    if (!realpath(named ? named : "build/lnscope", program))
        return 1;
    return cmocka_run_group_tests_name("play", tests, NULL, NULL);
}
