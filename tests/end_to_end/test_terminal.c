/* The terminal by itself (screen/terminal.h), without the program: its modes when a program that
 * was stopped goes on, before anything is painted.
 *
 * This program is its own program under test: with the word "screen" it takes the terminal. */
#include "core/blas.h"
#include "screen/canvas.h"
#include "screen/key_codes.h"
#include "screen/terminal.h"
#include "support/console.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

/* How the program on the terminal ends. */
enum { WELL = 0, NO_TERMINAL = 3, SHELL_MODES = 4 };

static char self[4096];

/* ---- on the terminal ---- */

/* Keys come one by one, and the terminal does not show them. */
static bool takes_keys(void)
{
    struct termios modes;
    return tcgetattr(STDIN_FILENO, &modes) == 0 && !(modes.c_lflag & (ICANON | ECHO));
}

/* Paints once, and never again; ends with q. */
static int take_terminal(void)
{
    struct error error;
    struct canvas canvas;
    int code, status = WELL;
    blas_open();
    if (!terminal_check(true, &error) || !terminal_open(THEME_DARK, &error))
        return NO_TERMINAL;
    canvas_open(&canvas, 24, 80);
    canvas_text(&canvas, canvas_whole(&canvas), 0, 0, ROLE_TEXT, "painted");
    terminal_set_mouse(true);
    terminal_paint(&canvas);
    while ((code = terminal_key(1)) != 'q' && !terminal_signal())
        if (code == KEY_CODE_RESIZE && !takes_keys())
            status = SHELL_MODES;
    terminal_close();
    canvas_close(&canvas);
    return status;
}

/* ---- the tests ---- */

static struct console *start(void)
{
    const char *const arguments[] = {self, "screen", NULL};
    const char *const environment[] = {"TERM=xterm-256color", "LC_ALL=C.UTF-8", NULL};
    struct console *console = console_open(&(struct console_start){
        .arguments = arguments, .environment = environment, .rows = 24, .cols = 80});
    assert_true(console_wait_text(console, "painted"));
    return console;
}

static void ends_well(struct console *console)
{
    const int status = console_wait_exit(console);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), WELL);
    if (console_complaint(console))
        fail_msg("%s", console_complaint(console));
    console_close(console);
}

static void after_ctrl_z_keys_are_taken_before_the_first_paint(void **state)
{
    struct console *console = start();
    (void)state;
    console_send(console, "\032");
    assert_true(console_wait_stop(console));
    console_continue(console);
    console_send(console, "q");
    ends_well(console);
}

static void after_sigstop_keys_are_taken_before_the_first_paint(void **state)
{
    struct console *console = start();
    (void)state;
    console_signal(console, SIGSTOP);
    assert_true(console_wait_stop(console));
    console_continue(console);
    console_send(console, "q");
    ends_well(console);
}

/* A shell that ends a stopped job lets it go on behind it. */
static void an_end_while_it_is_stopped_does_not_stop_it_again(void **state)
{
    static const int stops[] = {SIGTSTP, SIGSTOP};
    (void)state;
    for (size_t i = 0; i < sizeof stops / sizeof stops[0]; i++) {
        struct console *console = start();
        console_signal(console, stops[i]);
        assert_true(console_wait_stop(console));
        console_signal(console, SIGTERM);
        console_continue_behind(console);
        const int status = console_wait_exit(console);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), WELL);
        console_close(console);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(after_ctrl_z_keys_are_taken_before_the_first_paint),
        cmocka_unit_test(after_sigstop_keys_are_taken_before_the_first_paint),
        cmocka_unit_test(an_end_while_it_is_stopped_does_not_stop_it_again),
    };
    if (argc == 2 && strcmp(argv[1], "screen") == 0)
        return take_terminal();
    if (!realpath(argv[0], self))
        return EXIT_FAILURE;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
