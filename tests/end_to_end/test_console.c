/* The terminal of the tests itself: of a program that leaves something behind it says what that is,
 * so that a test that fails names the mode that was not restored. */
#include "support/console.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* What is said of the terminal once this has been printed on it; NULL: nothing. */
static void assert_complaint(const char *printed, const char *expected)
{
    char command[128];
    const char *const arguments[] = {"/bin/sh", "-c", command, NULL};
    snprintf(command, sizeof command, "printf '%s'", printed);
    struct console *console =
        console_open(&(struct console_start){.arguments = arguments, .rows = 24, .cols = 80});
    assert_int_equal(console_wait_exit(console), 0);
    const char *complaint = console_complaint(console);
    if (expected ? !complaint || strcmp(complaint, expected) != 0 : complaint != NULL)
        fail_msg("after %s it says: %s", printed, complaint ? complaint : "nothing");
    console_close(console);
}

static void what_is_left_behind_is_named(void **state)
{
    static const struct {
        const char *on, *off; /* as printf takes them */
        const char *complaint;
    } modes[] = {
        {"\\033[?1049h", "\\033[?1049l", "the alternate screen is still shown"},
        {"\\033[?25l", "\\033[?25h", "the cursor is hidden"},
        {"\\033[?1h", "\\033[?1l", "the cursor keys are still in application mode"},
        {"\\033=", "\\033>", "the keypad is still in application mode"},
        {"\\033[?1000h", "\\033[?1000l", "the mouse is still reported"},
        {"\\033[?1002h", "\\033[?1002l", "the mouse is still reported"},
        {"\\033[?1006h", "\\033[?1006l", "the mouse is still reported with numbers"},
        {"\\033[?2004h", "\\033[?2004l", "pasted text is still bracketed"},
        {"\\033[?2026h", "\\033[?2026l", "a synchronized update was not ended"},
        {"\\033[1m", "\\033[0m", "text comes with colours or attributes"},
        {"\\033[31m", "\\033[39m", "text comes with colours or attributes"},
    };
    enum { MODES = sizeof modes / sizeof modes[0] };
    (void)state;
    assert_complaint("", NULL);
    for (int one = 0; one < MODES; one++) {
        char printed[96];
        assert_complaint(modes[one].on, modes[one].complaint);
        snprintf(printed, sizeof printed, "%s%s", modes[one].on, modes[one].off);
        assert_complaint(printed, NULL);
        snprintf(printed, sizeof printed, "%s%s", modes[one].off, modes[one].on);
        assert_complaint(printed, modes[one].complaint);
    }
    assert_complaint("\\033[?1049h\\033[?25l\\033[?1049l", "the cursor is hidden");
}

static void modes_of_the_line_are_those_at_the_start(void **state)
{
    const char *const arguments[] = {"/bin/sh", "-c", "stty -echo", NULL};
    (void)state;
    struct console *console =
        console_open(&(struct console_start){.arguments = arguments, .rows = 24, .cols = 80});
    assert_int_equal(console_wait_exit(console), 0);
    assert_string_equal(console_complaint(console),
                        "the modes of the terminal are not those at the start");
    console_close(console);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_left_behind_is_named),
        cmocka_unit_test(modes_of_the_line_are_those_at_the_start),
    };
    return cmocka_run_group_tests_name("console", tests, NULL, NULL);
}
