/* The program in a terminal, as a user meets it: keys, sizes, signals, kinds of terminal, and that
 * the terminal is sane afterwards. The program under test is $LNSCOPE, or build/lnscope.
 *
 * What the program cannot be asked to do (write to standard error, die on a thread) a child does in
 * its place: this file run with "child", around the real screen/terminal.c. */
#include "base/error.h"
#include "base/memory.h"
#include "base/signals.h"
#include "controls/keys.h"
#include "screen/canvas.h"
#include "screen/terminal.h"
#include "support/console.h"
#include "support/folder.h"
#include "support/sanitized.h"
#include "views/views.h"

#include <dirent.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const char *self;    /* this program */
static const char *program; /* the one under test */

/* ---- the child ---- */

enum { DYING = 4 /* threads at a time */ };

static void *die_here(void *argument)
{
    (void)argument;
    die("no more memory: a smaller model");
}

static atomic_int pictures;

/* Several threads at once, as where memory is short: each says so, or none does. */
static void *die_together(void *argument)
{
    atomic_fetch_add((atomic_int *)argument, 1);
    while (atomic_load((atomic_int *)argument) < DYING)
        ;
    return die_here(NULL);
}

static void *die_meanwhile(void *argument)
{
    while (atomic_load(&pictures) < 20)
        ;
    return die_here(argument);
}

/* Paints one picture after the other until the program ends. */
static void paint_on(struct canvas *canvas)
{
    for (int i = 0;; i++) {
        for (int row = 3; row < canvas->rows; row++)
            canvas_print(canvas, canvas_whole(canvas), row, 0, (enum role)(i % ROLES), "%d", i);
        terminal_paint(canvas);
        atomic_fetch_add(&pictures, 1);
    }
}

static int child_key(int code, struct canvas *canvas)
{
    pthread_t thread;
    static int paints;
    static atomic_int together;
    switch (code) {
    case 'e':
        fprintf(stderr, "written meanwhile\n");
        canvas_print(canvas, canvas_whole(canvas), 2, 0, ROLE_TEXT, "told");
        break;
    case 'p': /* the same picture, again and again */
        for (int i = 0; i < 1000; i++)
            terminal_paint(canvas);
        canvas_print(canvas, canvas_whole(canvas), 2, 0, ROLE_TEXT, "painted %d", ++paints);
        break;
    case 'a':
        abort();
    case 's':
        raise(SIGSEGV);
        break;
    case 't':
        pthread_create(&thread, NULL, die_here, NULL);
        pthread_join(thread, NULL);
        break;
    case 'd': /* on a thread, in the middle of a picture */
        pthread_create(&thread, NULL, die_meanwhile, NULL);
        paint_on(canvas);
        break;
    case 'm':
        for (int i = 1; i < DYING; i++)
            pthread_create(&thread, NULL, die_together, &together);
        die_together(&together);
        break;
    case 'x':
        exit(3);
    default:
        break;
    }
    return code == 'q';
}

static int child(void)
{
    struct canvas canvas;
    struct error error;
    int rows, cols, quit = 0;
    if (!terminal_check(false, &error) || !terminal_open(THEME_DARK, &error))
        die("%s", error.text);
    terminal_size(&rows, &cols);
    canvas_open(&canvas, rows, cols);
    for (int role = 0; role < ROLES; role++)
        canvas_put(&canvas, 1, role, '#', (enum role)role);
    canvas_print(&canvas, canvas_whole(&canvas), 0, 0, ROLE_TEXT, "ready");
    while (!quit && !terminal_signal()) {
        terminal_paint(&canvas);
        quit = child_key(terminal_key(0.1), &canvas);
    }
    terminal_close();
    canvas_close(&canvas);
    printf("closed\n");
    return 0;
}

/* ---- starting ---- */

/* How the program is started: what differs from the usual. */
struct setup {
    const char *folder;
    const char *options[4];
    const char *environment[4]; /* "NAME=value", or "NAME" to take it away */
    struct process_limit limit;
};

/* A small size, so that the tests do not wait for arithmetic. */
static const char *const small[] = {"--width", "16",        "--ffn", "32",      "--heads",
                                    "2",       "--context", "16",    "--batch", "4"};
static const char *const usual[] = {"TERM=xterm-256color", "LC_ALL=C.UTF-8", "NO_COLOR",
                                    "COLORTERM",           "LINES",          "COLUMNS"};
enum { SMALL = sizeof small / sizeof small[0], USUAL = sizeof usual / sizeof usual[0] };

static struct console *start_with(struct setup setup)
{
    const char *arguments[1 + SMALL + 5] = {program};
    const char *environment[USUAL + 5] = {NULL};
    memcpy(arguments + 1, small, sizeof small);
    memcpy(arguments + 1 + SMALL, setup.options, sizeof setup.options);
    memcpy(environment, usual, sizeof usual);
    memcpy(environment + USUAL, setup.environment, sizeof setup.environment);
    return console_open(&(struct console_start){.arguments = arguments,
                                                .environment = environment,
                                                .folder = setup.folder,
                                                .rows = 24,
                                                .cols = 80,
                                                .limit = setup.limit});
}

static struct console *start(void)
{
    struct console *console = start_with((struct setup){0});
    assert_true(console_wait_text(console, "Post-LN"));
    return console;
}

static struct console *start_in_folder(void)
{
    struct console *console = start_with((struct setup){.folder = folder_path});
    assert_true(console_wait_text(console, "Post-LN"));
    return console;
}

static struct console *start_child(void)
{
    const char *arguments[] = {self, "child", NULL};
    const char *environment[] = {"TERM=xterm-256color", "LC_ALL=C.UTF-8", NULL};
    struct console *console = console_open(&(struct console_start){
        .arguments = arguments, .environment = environment, .rows = 24, .cols = 80});
    assert_true(console_wait_text(console, "ready"));
    return console;
}

static void assert_sane(struct console *console)
{
    const char *complaint = console_complaint(console);
    if (complaint)
        fail_msg("%s", complaint);
}

static void assert_exit(struct console *console, int status)
{
    int got = console_wait_exit(console);
    if (!WIFEXITED(got) || WEXITSTATUS(got) != status)
        fail_msg("exit %d expected, waitpid() says %d; the screen is\n%s", status, got,
                 console_screen(console));
}

static void assert_killed(struct console *console, int number)
{
    int got = console_wait_exit(console);
    if (!WIFSIGNALED(got) || WTERMSIG(got) != number)
        fail_msg("death by signal %d expected, waitpid() says %d", number, got);
}

static void assert_crashed(struct console *console, int number)
{
    int got = console_wait_exit(console);
    if (SANITIZED && /* which takes a crash itself and exits with a status of its own */
        WIFEXITED(got) && WEXITSTATUS(got) != 0)
        return;
    if (!WIFSIGNALED(got) || WTERMSIG(got) != number)
        fail_msg("a crash by signal %d expected, waitpid() says %d", number, got);
}

static void quit(struct console *console)
{
    console_send(console, "q");
    assert_exit(console, 0);
    assert_sane(console);
    console_close(console);
}

static void press(struct console *console, const char *keys, const char *text)
{
    console_send(console, keys);
    if (!console_wait_text(console, text))
        fail_msg("after the keys %s", keys);
}

/* Keys before it may still be answered by the trainer, over the answer to this one. */
static void press_until(struct console *console, const char *keys, const char *text)
{
    for (int tries = 0; tries < 240; tries++) {
        console_send(console, keys);
        if (console_see_text(console, text, 0.5))
            return;
    }
    press(console, keys, text);
}

/* ---- keys ---- */

static void opens_and_quits(void **state)
{
    (void)state;
    struct console *console = start();
    assert_true(console_wait_text(console, "Pre-LN"));
    assert_non_null(strstr(console_output(console, NULL), "\033[?2026h"));
    quit(console);
}

/* It trains before it draws. */
static void the_first_picture_is_of_a_running_program(void **state)
{
    (void)state;
    struct console *console = start_with((struct setup){0});
    assert_true(console_wait_text(console, "RUNNING"));
    const char *output = console_output(console, NULL), *end = strstr(output, "\033[?2026l");
    assert_true(!end || strstr(output, "RUNNING") < end);
    assert_null(strstr(output, "PAUSED"));
    quit(console);
}

static void settings_keys_say_what_they_did(void **state)
{
    (void)state;
    struct console *console = start();
    press(console, "w", "warmup 25 steps, ");
    press(console, "w", "warmup 50 steps, ");
    press(console, "W", "warmup 25 steps, ");
    press(console, "l", "lr 0.005, from step ");
    press(console, "L", "lr 0.003, from step ");
    press(console, "c", "clip 0.1, from step ");
    press(console, "d", "layers 8: restarted from seed 1");
    press(console, "D", "layers 6: restarted from seed 1");
    press(console, "n", "norm rmsnorm: restarted from seed 1");
    press(console, "R", "restarted from seed 2");
    press(console, "r", "restarted from seed 2");
    press(console, "t", "task copy: restarted");
    press(console, "t", "task repeat: restarted");
    press(console, "t", "task reverse: restarted");    /* there is no file for the text task */
    press(console, "tttt", "task grammar: restarted"); /* nor images in a context of 16 */
    press(console, "+", "speed 30 steps per second");
    console_resize(console, 24, 120);
    press(console, "\f", "limit 30"); /* the header knows, under the message of no key */
    press(console, "t", "task copy: restarted");
    assert_non_null(strstr(console_screen(console), "limit 30")); /* still */
    press(console, "_", "speed 15 steps per second");
    press(console, "DD", "layers 2: restarted");
    press(console, "D", "layers 2: D goes no further");
    quit(console);
}

/* a and b restart with another placement, s and S go on with it, p takes a family of models. */
static void placements_and_presets_have_keys(void **state)
{
    (void)state;
    struct console *console = start();
    press(console, "a", "left post: restarted from seed 1");
    press(console, "b", "right none: restarted from seed 1");
    press(console, "s", "right none: no other placement has the same tensors; b restarts with one");
    press(console, "bbb", "right deepnorm: restarted from seed 1");
    console_resize(console, 24, 120);
    press(console, "\f", "LN(1.86 x + f(x)), beta 0.38");
    press(console, ".", "PAUSED");
    press(console, "s", "right lns, from step ");
    press(console, ".", "x + f(LN(x) / sqrt(l))"); /* from the next step on */
    assert_true(console_wait_text(console, "right deepnorm→lns"));
    assert_true(console_wait_text(console, "Scaled Pre-LN"));
    press(console, "S", "left deepnorm, from step ");
    press(console, "r", "restarted from seed 1"); /* as they are now */
    press(console, ".", "Scaled Pre-LN");
    press(console, "p", "preset transformer-2017: restarted from seed 1");
    press(console, "pp", "preset gpt2: restarted from seed 1");
    press(console, "\f", "grammar    gpt2    L6");
    press(console, "b", "right post: restarted from seed 1");
    press(console, "\f", "gpt2, changed");
    quit(console);
}

static void runs_pauses_and_steps(void **state)
{
    (void)state;
    struct console *console = start();
    assert_true(console_wait_text(console, "RUNNING"));
    press(console, " ", "PAUSED");
    press(console, "r", "restarted from seed 1");
    press(console, ".", "step 1 ");
    press(console, ".", "step 2 ");
    press(console, "..", "step 4 ");
    press(console, "w", "warmup 25 steps, from step 5 on");
    press(console, " ", "RUNNING");
    press(console, ".", "PAUSED");
    quit(console);
}

static void the_end_of_a_run(void **state)
{
    (void)state;
    struct console *console = start_with((struct setup){.options = {"--steps", "5"}});
    assert_true(console_wait_text(console, "step 5"));
    press_until(console, " ", "the run is over after 5 steps: r restarts it");
    press(console, ".", "the run is over after 5 steps: r restarts it");
    press(console, "r", "restarted from seed 1");
    press_until(console, " ", "the run is over after 5 steps: r restarts it");
    press(console, "d", "layers 8: restarted from seed 1"); /* and runs */
    assert_true(console_wait_text(console, "step 5"));
    quit(console);
}

/* What the trainer cannot do is said, and the keys go on from what it still does. */
static void a_refused_setting_is_taken_back(void **state)
{
    (void)state;
    struct console *console =
        start_with((struct setup){.options = {"--text", "/nowhere/at-all", "--task", "grammar"}});
    assert_true(console_wait_text(console, "Post-LN"));
    press(console, "tt", "task repeat: restarted");
    press(console, "t", "cannot read /nowhere/at-all");
    press(console, "d", "layers 8: restarted from seed 1");
    press(console, "t", "cannot read /nowhere/at-all");
    quit(console);
}

/* A warmup that is over changes nothing any more, and the program says what does. */
static void late_warmup_points_to_restart(void **state)
{
    (void)state;
    struct console *console = start();
    press(console, "++++", "speed 250 steps per second");
    press(console, "+", "speed unlimited");
    press(console, "+", "speed unlimited: + goes no further");
    do
        press(console, "wW", "warmup 0 steps, ");
    while (!strstr(console_screen(console), "warmup 0 steps, over by step "));
    press(console, " w", "warmup 25 steps, ");
    /* a stack that has collapsed by then is not rescued, which is said instead */
    assert_true(strstr(console_screen(console), "r restarts with it") ||
                strstr(console_screen(console), "r does, or Home and F"));
    quit(console);
}

/* Finds out that warmup rescues: the run before stays in sight, and can be gone back into. */
static void runs_are_remembered(void **state)
{
    (void)state;
    struct console *console = start_with((struct setup){.options = {"--confirm", "on"}});
    press(console, "++++", "speed 250 steps per second");
    assert_true(console_wait_step(console, 150));
    press(console, "www", "warmup 100 steps, ");
    press(console, "r", "restarted from seed 1; u brings run 1 back");
    assert_true(console_wait_text(console, "warmup 0")); /* at the end of its curves */
    press(console, "u", "run 1 again, at step ");
    press(console, "9", "2 runs, the last one under way");
    press(console, "r", "r does nothing in the runs: key 1 shows the run under way");
    press(console, "\033[A", "Enter goes back to its last step");
    press(console, "\r", "run 2 again, at step ");
    press(console, ":runs\r", "2 runs");
    press(console, "q", "more than 100 steps not saved: q again quits");
    quit(console);
}

static void other_keys_do_nothing(void **state)
{
    (void)state;
    struct console *console = start();
    press(console, "~", "key '~' does nothing: ? shows the keys");
    press(console, "\033[5~", "key Page Up does nothing");
    press(console, "\xC3\xA9", "key U+00E9 does nothing");
    press(console, "\x7f", "key Backspace does nothing");
    press(console, "\r", "for earlier runs: key 9 shows them");
    press(console, "\033", "this is the newest step, live");
    /* sequences that curses does not know: their letters are not keys */
    press(console, "\033[1;9R", "this key does nothing");
    press(console, "`", "key '`' does nothing");
    press(console, "\033[200;1;1;1q", "this key does nothing");
    press(console, "`", "key '`' does nothing");
    press(console, "\033d", "this key does nothing");
    assert_null(strstr(console_screen(console), "seed 2"));
    quit(console);
}

/* On a slow line they come in one piece, as Alt and q would. */
static void escape_and_q_are_two_keys(void **state)
{
    (void)state;
    struct console *console = start();
    press(console, "?", "How to read the picture");
    console_send(console, "\033q");
    assert_exit(console, 0);
    assert_sane(console);
    console_close(console);
    console = start();
    press(console, ":warm", "Tab completes, Enter runs, Escape closes");
    console_send(console, "\033q");
    assert_exit(console, 0);
    console_close(console);
}

static void views_are_shown_by_digits_and_tab(void **state)
{
    (void)state;
    struct console *console = start();
    press(console, "2", "L2 norm, the same for both");
    press(console, "4", "attn.qkv.weight");
    press(console, "5", "smoothing 0.95");
    press(console, "\033[Z", "attn.qkv.weight");
    press(console, "\t", "smoothing 0.95");
    press(console, "1", "per block");
    assert_true(console_wait_no_text(console, "smoothing"));
    quit(console);
}

/* Estimated beside the training, and drawn once it is there; another task has another one. */
static void the_best_loss_of_the_context_is_drawn(void **state)
{
    (void)state;
    struct console *console = start();
    press(console, "5", "smoothing 0.95");
    press(console, "y", "best in 16 0.431");
    assert_true(console_wait_text(console, "std. error"));
    assert_true(console_wait_text(console, "current token 2.42"));
    press(console, "t", "task copy: restarted");
    assert_true(console_wait_no_text(console, "best in 16"));
    quit(console);
}

/* Back in time while training goes on, and live again. */
static void time_goes_back_and_forth(void **state)
{
    (void)state;
    struct console *console = start();
    assert_true(console_wait_step(console, 3));
    press(console, "[", " of ");
    press(console, "\033[H", "step 1 of ");
    press(console, "2", "step 1 of ");
    press(console, "]", "step 2 of ");
    press(console, "[[[", "is the first one kept");
    console_send(console, "\033");
    assert_true(console_wait_no_text(console, " of "));
    quit(console);
}

/* What is written in the rows of the header and of the panels: all numbers, but not the bars and
 * their axis, which has a memory. */
static void copy_numbers(struct console *console, char *out, size_t size)
{
    enum { ROWS = 12 };
    size_t used = 0;
    int row = 0;
    press(console, "~", "key '~' does nothing"); /* the last row of a picture that is whole */
    for (const char *at = console_screen(console); *at && row < ROWS && used + 1 < size; at++) {
        row += *at == '\n';
        if (*at > ' ')
            out[used++] = *at;
    }
    out[used] = '\0';
    assert_int_equal(row, ROWS);
}

/* Steps one by one up to a step, paused. */
static void step_to(struct console *console, int from, int to)
{
    char text[32];
    for (int step = from + 1; step <= to; step++) {
        snprintf(text, sizeof text, "step %d ", step);
        press(console, ".", text);
    }
}

/* Back to a step and on: the same numbers; then with another setting, and another curve. */
static void a_branch_repeats_the_run(void **state)
{
    (void)state;
    enum { FIRST = 20, BACK = 13, LAST = 26 };
    static char then[8192], now[8192];
    struct console *console = start();
    press(console, " ", "PAUSED");
    press(console, "F", "there is nothing to go back to: [ goes back first");
    press(console, "r", "restarted from seed 1");
    step_to(console, 0, LAST);
    copy_numbers(console, then, sizeof then);
    press(console, "\033[H", "step 1 of 26");
    for (int step = 2; step <= BACK; step++)
        console_send(console, "]");
    assert_true(console_wait_text(console, "step 13 of 26"));
    press(console, "F", "branched at step 13: the old curves stay as ghosts");
    assert_true(console_wait_text(console, "ghost"));
    assert_true(console_wait_text(console, "step 13 "));
    step_to(console, BACK, LAST);
    copy_numbers(console, now, sizeof now);
    assert_string_equal(now, then);

    press(console, "{{", "step 22 of 26");
    press(console, "w", "warmup 25 steps, over by step 27: F branches here with it");
    assert_non_null(strstr(console_screen(console), "step 22 of 26")); /* not by itself */
    press(console, "F", "branched at step 22 with warmup 25 steps: the old curves stay as ghosts");
    press(console, "\f", " 22/25"); /* under the message of no key */
    step_to(console, 22, LAST);
    copy_numbers(console, now, sizeof now);
    assert_string_not_equal(now, then);
    press(console, "5", "branch, warmup 0→25"); /* there is more room */
    press(console, "[[[w", "warmup 50 steps, from step 27 on; F branches here with it");
    press(console, "s", "right deepnorm, from step 27 on"); /* placements are those of the step */
    assert_null(strstr(console_screen(console), "F branches"));
    press(console, "F", "branched at step 23 with warmup 50 steps");
    press(console, ".", "step 24 ");
    assert_true(console_wait_text(console, "Post-LN"));
    press(console, "r", "restarted from seed 1");
    assert_true(console_wait_no_text(console, "ghost"));
    quit(console);
}

/* While it runs, and after its end. */
static void a_branch_of_a_run_that_is_over(void **state)
{
    (void)state;
    struct console *console = start_with((struct setup){.options = {"--steps", "30"}});
    press_until(console, " ", "the run is over after 30 steps: r restarts it");
    press(console, "{{", "step 24 of 30");
    press(console, "F", "branched at step 24");
    assert_true(console_wait_text(console, "step 30 "));
    press_until(console, ".", "the run is over after 30 steps: r restarts it");
    quit(console);
    console = start();
    assert_true(console_wait_step(console, 9));
    press(console, "\033[H", "step 1 of ");
    press(console, "F", "branched at step 1: ");
    assert_true(console_wait_text(console, "RUNNING"));
    assert_true(console_wait_step(console, 12));
    quit(console);
}

static void steps_have_names(void **state)
{
    (void)state;
    struct console *console = start();
    press(console, " ", "PAUSED");
    press(console, "r", "restarted from seed 1");
    press(console, "m\r", "there is no step to mark yet");
    press(console, "'", "there is no mark after this step");
    step_to(console, 0, 12);
    press(console, "m\r", "step 12: mark 1");
    press(console, "m\r", "step 12 has a name: mark 1");
    press(console, "w", "warmup 25 steps, from step 13 on");
    press(console, "..", "step 14 ");
    press(console, "\033[H]]", "step 3 of 14");
    press(console, "m\r", "step 3: mark 2");
    press(console, "'", "step 12: mark 1");
    press(console, "'", "step 13: warmup 0→25");
    press(console, "'", "there is no mark after this step");
    press(console, "\"\"", "step 3: mark 2");
    assert_true(console_wait_text(console, "step 3 of 14"));
    press(console, "\"", "there is no mark before this step");
    press(console, "F", "branched at step 3 with warmup 25 steps");
    press(console, ".", "mark 2");
    assert_null(strstr(console_screen(console), "mark 1")); /* its step is gone */
    quit(console);
}

/* Post-LN without warmup vanishes, and the log says so; keys and restarts are in it too. */
static void what_happens_is_logged(void **state)
{
    (void)state;
    struct console *console =
        start_with((struct setup){.options = {"--layers", "12", "--speed", "unlimited"}});
    assert_true(console_wait_text(console, "Post-LN"));
    press(console, "8", "what happened");
    assert_true(console_wait_text(console, "vanished: gradient at x_0 below 1e-3 of x_12"));
    press(console, " w", "changed: warmup 0→25");
    press(console, "w", "changed: warmup 0→50"); /* before one step: one change */
    assert_true(console_wait_no_text(console, "warmup 0→25"));
    press(console, "s", "goes on as ");
    press(console, "B", "hidden while blind");
    press(console, "B", "goes on as ");
    press(console, "\033[D", "\302\253 step "); /* Left: back to an event */
    press(console, "\033[H", "nothing had happened by this step");
    console_send(console, "\033");
    assert_true(console_wait_text(console, "goes on as "));
    console_resize(console, 12, 40);
    assert_true(console_wait_text(console, " above  ")); /* so many */
    console_send(console, "\033[5~\033[5~");             /* Page Up */
    assert_true(console_wait_no_text(console, " above  "));
    press(console, "\033[6~\033[6~", " above  ");
    console_resize(console, 24, 80);
    press(console, "R", "restarted: seed 2");
    assert_true(console_wait_no_text(console, "goes on as "));
    quit(console);
}

/* The newest event stands in the footer: for good where it is wide, for a while where it is not. */
static void news_are_in_the_footer(void **state)
{
    (void)state;
    struct console *console =
        start_with((struct setup){.options = {"--layers", "12", "--speed", "25"}});
    assert_true(console_wait_text(console, "vanished: gradient at x_0 below"));
    press(console, " ", "quit"); /* paused, the keys are back */
    console_resize(console, 30, 130);
    assert_true(console_wait_text(console, " of x_12  step "));
    press(console, "~", "key '~' does nothing"); /* never over an answer */
    assert_true(console_wait_no_text(console, " of x_12  step "));
    quit(console);
}

static void all_keys(struct console *console)
{
    static const int more[] = {KEY_CODE_TAB, KEY_CODE_ENTER, '0', '2', '4', '5', '~', 1, 127};
    static const char *const sequences[] = {"\033[A", "\033[B",  "\033OA",  "\033OB",   "\033[C",
                                            "\033[D", "\033[5~", "\033[6~", "\033[H",   "\033[F",
                                            "\033OP", "\033[3~", "\033[Z",  "\033[1;5A"};
    for (int i = 0; i < ACTIONS; i++)
        for (int c = 0; c < 2; c++) {
            int code = key_table[i].code[c];
            if (i != ACTION_QUIT && i != ACTION_HELP && i != ACTION_COMMAND && i != ACTION_MARK &&
                i != ACTION_SEARCH && i != ACTION_PLAY && /* which take the keys that follow */
                code > 0 && code < 128 &&
                code != KEY_CODE_ESCAPE) /* it would make one key of itself and the next */
                console_send(console, (char[]){(char)code, 0});
        }
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++)
        console_send(console, (char[]){(char)more[i], 0});
    for (size_t i = 0; i < sizeof sequences / sizeof sequences[0]; i++)
        console_send(console, sequences[i]);
}

/* Both stacks write, running and paused; what they wrote stays as one goes back in time. */
static void samples_are_written_while_one_looks(void **state)
{
    (void)state;
    struct console *console = start();
    assert_true(console_wait_text(console, "RUNNING"));
    press(console, "7", "after step");
    press(console, " ", "PAUSED");
    assert_true(console_wait_text(console, "probability that the stack gave"));
    for (int i = 0; i < 2; i++)
        press(console, "r", "before the first step"); /* paused: of the initial weights */
    press(console, ".", "after step 1");
    press(console, ".", "after step 2");
    const char *screen = console_screen(console);
    const char *first = strstr(screen, " bits each");
    assert_non_null(first);
    assert_non_null(strstr(first + 1, " bits each")); /* both stacks */
    press(console, "[", "after step 1");
    press(console, "1", "no context");
    press(console, "7", "after step 1");
    quit(console);
}

/* What a view wants to see is measured in every step, but only while it is open. */
static void the_anatomy_is_measured_while_one_looks(void **state)
{
    (void)state;
    struct console *console = start();
    assert_true(console_wait_text(console, "RUNNING"));
    press(console, " ", "PAUSED");
    press(console, "r", "step 0 ");
    press(console, ".", "step 1 ");
    press(console, ".", "step 2 ");
    press(console, "3", "b1/6 at step 1 ");
    press(console, ".", "block 1 of 6");
    press(console, ".", "step 4 ");
    const char *screen = console_screen(console);
    assert_null(strstr(screen, "at step"));
    assert_non_null(
        strstr(screen, "norm ×")); /* the right stack's product; the left one has none */
    assert_non_null(strstr(screen, "sum ×"));
    press(console, "k", "block 2 of 6");
    press(console, "[", "block 2 of 6");
    assert_null(strstr(console_screen(console), "at step"));
    press(console, "v", "Page Up and Down go through the sequences");
    assert_true(console_wait_text(console, "h1 entropy "));
    assert_true(console_wait_text(console, "block 2: mean of 4 sequences"));
    press(console, "\033[5~", "sequence 1 of 4 of the batch"); /* Page Up */
    assert_true(console_wait_text(console, "block 2: sequence 1 of 4"));
    press(console, "k", "block 3: sequence 1 of 4");
    press(console, ".", "step 3 of 5 "); /* the past stays in sight */
    press(console, "v", "block 3 of 6");
    press(console, "6", "RMS of x_l");
    press(console, "v", "cosine of x_l and x_(l-1)");
    quit(console);
}

static void every_key_in_every_state(void **state)
{
    (void)state;
    struct console *console = start_in_folder(); /* `x` writes here */
    all_keys(console);
    press_until(console, "~", "key '~' does nothing");
    press(console, "H", "hide off"); /* it was among them */
    press(console, ".", "PAUSED");
    all_keys(console);
    press_until(console, "~", "key '~' does nothing");
    press(console, "?", " Help ");
    all_keys(console);
    press_until(console, "~", "the help is open");
    console_send(console, "\033");
    assert_true(console_wait_no_text(console, " Help "));
    press_until(console, "~", "key '~' does nothing");
    quit(console);
}

/* Every key of the table in every view, each time from that view. */
static void every_key_in_every_view(void **state)
{
    (void)state;
    struct console *console = start_in_folder(); /* pictures and recordings go here */
    for (enum view view = 0; view < VIEWS; view++) {
        for (int i = 0; i < ACTIONS; i++) {
            const int code = key_table[i].code[0];
            const char arrow = code == KEY_CODE_UP      ? 'A'
                               : code == KEY_CODE_DOWN  ? 'B'
                               : code == KEY_CODE_RIGHT ? 'C'
                               : code == KEY_CODE_LEFT  ? 'D'
                               : code == KEY_CODE_HOME  ? 'H'
                               : code == KEY_CODE_END   ? 'F'
                                                        : 'Z';
            char keys[16];
            if (i == ACTION_QUIT || i == ACTION_HELP || i == ACTION_PLAY)
                continue;
            if (code < 128)
                snprintf(keys, sizeof keys, "%c%c", view_table[view]->key, code);
            else
                snprintf(keys, sizeof keys, "%c\033[%c", view_table[view]->key, arrow);
            console_send(console, keys);
            console_send(console, "\025\177"); /* Ctrl-U, Backspace: a command line closes */
        }
        press_until(console, "~", "key '~' does nothing");
        press(console, "H", "hide o");
    }
    quit(console);
}

/* ---- the command line ---- */

/* Opens it, types the keys, and waits for the text. */
static void command(struct console *console, const char *keys, const char *text)
{
    press(console, ":", "Tab completes, Enter runs, Escape closes");
    press(console, keys, text);
}

static void commands_act_as_keys_do(void **state)
{
    (void)state;
    struct console *console = start();
    command(console, "set warmup 100\r", "warmup 100 steps, from step ");
    command(console, "set warmup\r", "warmup 100 steps: a whole number from 0 to 1000000000");
    command(console, "warmup 100\r", "warmup 100 steps: as it was");
    command(console, "lr 1e-3\r", "lr 0.001, from step ");
    command(console, "layers 2\r", "layers 2: restarted from seed 1");
    command(console, "left deepnorm\r", "left deepnorm: restarted from seed 1");
    command(console, "right-norm rmsnorm\r", "norm layernorm/rmsnorm: restarted from seed 1");
    command(console, "preset gpt2\r", "preset gpt2: restarted from seed 1");
    command(console, "speed unl\r", "speed 'unl': a number from 0.1 to 1000000, or unlimited");
    command(console, "ascii on\r", "");
    assert_true(console_wait_text(console, "|dLoss/dx_l|"));
    command(console, "speed 20\r", "speed 20 steps per second");
    assert_true(console_wait_step(console, 3)); /* so that step 1 stays shown, whatever comes */
    command(console, "pause\r", "PAUSED");
    command(console, "step\r", "PAUSED");
    command(console, "view curv\r", "smoothing 0.95");
    command(console, "previous-view\r", "attn.qkv.weight");
    command(console, "view overview\r", "per block");
    command(console, "goto 1\r", "step 1 ");
    command(console, "mark \"it begins\"\r", "step 1: it begins");
    press(console, "m", ":mark");
    press(console, "here\r", "step 1: here");
    command(console, "branch 2\r", "");
    assert_true(console_wait_text(console, "step 2 "));
    command(console, "restart\r", "restarted from seed 1");
    command(console, "help\r", " Help ");
    command(console, "view 12\r", "view '12': one of overview, waterfall, "); /* and no help */
    assert_null(strstr(console_screen(console), " Help "));
    press(console, ":q\r", "");
    assert_exit(console, 0);
    assert_sane(console);
    console_close(console);
}

static void commands_are_completed_and_recalled(void **state)
{
    (void)state;
    struct console *console = start();
    press(console, ":se\t", ":set");
    assert_true(console_wait_text(console, "set [NAME [VALUE]]"));
    press(console, " warm\t", ":set warmup");
    assert_true(console_wait_text(console, "now 0 steps"));
    press(console, "5\r", "warmup 5 steps, ");
    press(console, ":right p\t\t", ":right post");
    press(console, "\033[Z", ":right pre");
    press(console, "\t\t\r", "right peri: restarted from seed 1");
    press(console, ":\033[A", ":right peri");
    press(console, "\033[A", ":set warmup 5");
    press(console, "\001\033[3~\033[3~\033[3~\033[3~\0050\r", "warmup 50 steps, ");
    press(console, ":set\033[A", ":set warmup 5");
    press(console, "\025x\027left \033[D\033[D\013", ":lef");
    press(console, "\177\010\177", "Tab completes, Enter runs, Escape closes");
    console_send(console, "\177");
    assert_true(console_wait_no_text(console, "Tab completes, Enter runs, Escape closes"));
    quit(console);
}

/* What is wrong is said, and changes nothing. */
static void commands_that_are_wrong(void **state)
{
    static const char *const wrong[][2] = {
        {"wermup 100", "command 'wermup': did you mean warmup?"},
        {"set wermup 100", "setting 'wermup': did you mean warmup?"},
        {"warmup many", "warmup 'many': a whole number from 0 to 1000000000"},
        {"left prel", "placement 'prel': did you mean pre? (one of pre, "},
        {"heads 7", "width 16 cannot be divided by 7 heads: heads 8 or width "},
        {"goto 99999999", "step '99999999': a whole number from 1 to "},
        {"goto x", "step 'x': a whole number from 1 to "},
        {"view wave", "view 'wave': one of overview, waterfall, "},
        {"export a.jpg",
         "a.jpg is neither a picture nor text: name it .svg, .png or .txt; data as .csv"},
        {"export \"a", "a quote without its end"},
        {"gr\u00f6\u00dfer", "command 'gr\u00f6\u00dfer': one of "},
    };
    (void)state;
    struct console *console = start();
    assert_true(console_wait_step(console, 2));
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char keys[128];
        snprintf(keys, sizeof keys, "%s\r", wrong[i][0]);
        command(console, keys, wrong[i][1]);
    }
    press(console, ":set warmup 100\033", ""); /* Escape: nothing is done */
    assert_true(console_wait_no_text(console, ":set warmup"));
    command(console, "warmup\r", "warmup 0 steps: a whole number from 0 to ");
    quit(console);
}

/* While the line is open the stacks train on, and the window may change. */
static void the_command_line_is_open_while_all_goes_on(void **state)
{
    (void)state;
    struct console *console = start();
    press(console, " ", "PAUSED");
    press(console, "r", "restarted");
    press(console, " ", "RUNNING");
    press(console, ":set warmup ", "now 0 steps");
    assert_true(console_wait_step(console, 12));
    press(console, "7", ":set warmup 7");
    console_resize(console, 12, 40);
    assert_true(console_wait_text(console, "from 0 to 1000000000"));
    assert_true(console_wait_text(console, ":set warmup 7"));
    console_resize(console, 5, 20);
    assert_true(console_wait_text(console, "needs"));
    console_send(console, "5");
    console_resize(console, 36, 120);
    assert_true(console_wait_text(console, ":set warmup 75"));
    press(console, "\f", ":set warmup 75");
    press(console, "\r", "warmup 75 steps, from step ");
    press(console, "?", " Help ");
    press(console, ":qq", ":qq");
    console_send(console, "\033");
    assert_true(console_wait_no_text(console, ":qq"));
    press(console, "?", "per block");
    quit(console);
}

static void a_blind_command_line_keeps_the_secret(void **state)
{
    (void)state;
    struct console *console = start();
    press(console, "B", "blind: which stack is A");
    press(console, ":set left ", "a change restarts");
    assert_null(strstr(console_screen(console), "now "));
    press(console, "\r", "left would tell which stack is which: B reveals it");
    press(console, ":norm\r", "norm would tell which stack is which");
    press(console, ":preset\r", "preset would tell which stack is which");
    press(console, "s", "hidden while blind, from step ");
    press(console, "b", "hidden while blind: restarted from seed 1");
    press(console, "B", "the stacks have their names again");
    press(console, ":left\r", "left pre: one of pre, post, ");
    press(console, ":view zzz\r", "samples, log, runs"); /* in a second row */
    quit(console);
}

/* Tensors that one stack alone has would tell which it is. */
static void blind_tensors_are_those_of_both(void **state)
{
    (void)state;
    struct console *console = start_with((struct setup){.options = {"--right", "none"}});
    press(console, "4", "ln1.weight");
    console_send(console, "B");
    assert_true(console_wait_no_text(console, "ln1.weight"));
    assert_non_null(strstr(console_screen(console), "ffn.up.weight"));
    press(console, "B", "ln1.weight");
    quit(console);
}

/* A text of so many rows, the longest of which has so many columns, or some blank ones less. */
static void assert_picture(const char *name, int rows, int cols)
{
    FILE *file = fopen(name, "r");
    char line[4096];
    int count = 0, longest = 0;
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        const int columns = canvas_columns(line);
        longest = columns > longest ? columns : longest;
        count++;
    }
    fclose(file);
    assert_int_equal(count, rows);
    assert_true(longest > cols - 10 && longest <= cols);
}

static void commands_write_files(void **state)
{
    struct stat info;
    (void)state;
    struct console *console = start_in_folder();
    command(console, "export\r", "saved lnscope-001.svg and lnscope-001.txt");
    command(console, "export \"my screen.svg\"\r", "saved my screen.svg");
    command(console, "export lns\t\t\r",
            "lnscope-001.svg exists: name another file, or replace it "
            "with export! FILE");
    command(console, "export! my\t\r", "saved my screen.svg");
    command(console, "export a.txt\r", "saved a.txt");
    command(console, "export b.txt 100x30 light\r", "saved b.txt");
    command(console, "export c.svg li\t\r", "saved c.svg");
    command(console, "export d.svg lihgt\r", "theme 'lihgt': did you mean light?");
    command(console, "export d.svg 100x3\r",
            "size '100x3': columns and rows, from 40x12 to 1000x1000");
    command(console, "export d.csv 100x30\r", "data has neither theme nor size: export FILE");
    command(console, "record my.cast\r", "");
    command(console, "record\r", "saved my.cast");
    command(console, "pause\r", "PAUSED");
    command(console, "save run.safetensors\r", "saved run.safetensors, step ");
    command(console, "save run.safetensors\r", "run.safetensors exists: ");
    command(console, "layers 2\r", "restarted from seed 1");
    command(console, "load run.s\t\r", "loaded run.safetensors, step ");
    command(console, "load a.txt\r", "a.txt is damaged or no safetensors file");
    command(console, "text none.txt\r", "cannot read none.txt (No such file or directory)");
    command(console, "text a.\t\r", "text a.txt: kept for the task text");
    command(console, "task text\r", ": restarted from seed 1");
    quit(console);
    assert_int_equal(stat(folder_file("my screen.svg"), &info), 0);
    assert_true(info.st_size > 500);
    assert_picture(folder_file("b.txt"), 30, 100);
}

/* A pasted text is never taken for keys, and its lines are one line. */
static void pasted_text_goes_to_the_command_line(void **state)
{
    (void)state;
    struct console *console = start();
    press(console, "\033[200~qqq\r\033[201~", "pasted text is no keys: : opens the command line");
    press(console, ":", "Tab completes, Enter runs, Escape closes");
    press(console, "\033[200~warmup\r33\033[201~", ":warmup 33");
    press(console, "\r", "warmup 33 steps, from step ");
    press(console, "\033[200~x", "pasted text is no keys");
    /* Its end never comes: an Escape of its own, which the next key is not part of. */
    for (bool ended = false; !ended;) {
        console_send(console, "\033");
        console_see_text(console, "key '~' does nothing", 0.2);
        console_send(console, "~");
        ended = console_see_text(console, "key '~' does nothing", 0.5);
    }
    quit(console);
}

/* What is two columns wide or stands over a letter comes out so in a terminal, from a file, a mark
 * and a name of a file. */
static void letters_of_all_peoples_are_drawn(void **state)
{
    (void)state;
    FILE *file = fopen(folder_file("text"), "w");
    assert_non_null(file);
    for (int i = 0; i < 2000; i++)
        fputs("漢é", file);
    assert_int_equal(fclose(file), 0);
    struct console *console = start_with(
        (struct setup){.folder = folder_path, .options = {"--text", "text", "--no-mouse"}});
    assert_true(console_wait_text(console, "Post-LN"));
    press(console, "7", "byte by byte");
    assert_true(console_wait_text(console, "bits per byte"));
    assert_true(console_wait_text(console, "é漢é")); /* in a prompt */
    press(console, " ", "PAUSED");
    press(console, ":mark 漢字 ไม่ e\xCC\x81😀!\r", "漢字 ไม่ e\xCC\x81😀!");
    press(console, ":export 漢字😀.svg\r", "saved 漢字😀.svg");
    press(console, ":export! 漢字\t", ":export! 漢字😀.svg");
    press(console, "\033", "");
    quit(console);
}

static void help_opens_scrolls_and_closes(void **state)
{
    (void)state;
    struct console *console = start();
    static const char *const leave[] = {"?", "\033", "q"};
    for (size_t i = 0; i < sizeof leave / sizeof leave[0]; i++) {
        press(console, "?", "How to read the picture");
        press(console, "g", "This help");
        console_send(console, leave[i]);
        assert_true(console_wait_no_text(console, " Help "));
    }
    console_resize(console, 12, 60);
    press(console, "?", "How to read the picture");
    console_send(console, "\033[F"); /* End */
    assert_true(console_wait_no_text(console, "How to read the picture"));
    press(console, "\033[H", "This help"); /* Home */
    for (int i = 0; i < 30; i++)
        console_send(console, i % 2 ? "j" : "\033[B");
    assert_true(console_wait_no_text(console, "This help"));
    press(console, "q", "Post-LN");
    quit(console);
}

static void export_writes_two_files_each_time(void **state)
{
    (void)state;
    struct console *console = start_in_folder();
    press(console, " x", "lnscope-001.svg");
    assert_non_null(strstr(console_screen(console), "lnscope-001.txt"));
    press(console, "x", "lnscope-002.svg");
    quit(console);
    int files = 0;
    DIR *list = opendir(folder_path);
    assert_non_null(list);
    for (struct dirent *entry; (entry = readdir(list));) {
        char path[1024];
        struct stat info;
        if (entry->d_name[0] == '.')
            continue;
        files++;
        snprintf(path, sizeof path, "%s/%s", folder_path, entry->d_name);
        assert_int_equal(stat(path, &info), 0);
        assert_true(info.st_size > 500);
    }
    closedir(list);
    assert_int_equal(files, 4);
    console = start_in_folder();
    assert_int_equal(folder_leave(state), 0);
    press(console, "x", "cannot write lnscope-001.svg"); /* nowhere to write to */
    quit(console);
}

/* ---- the mouse ---- */

/* A report as terminals send it: button, then column and row counted from 1. */
static void mouse(struct console *console, int button, int row, int col, char end)
{
    char report[64];
    snprintf(report, sizeof report, "\033[<%d;%d;%d%c", button, col + 1, row + 1, end);
    console_send(console, report);
}

static void click(struct console *console, int row, int col)
{
    mouse(console, 0, row, col, 'M');
    mouse(console, 0, row, col, 'm');
}

/* The cell at which the text begins, looked for in the rows from `row` on. */
static void find_text(struct console *console, const char *text, int row, int *found_row,
                      int *found_col)
{
    const char *line = console_screen(console);
    for (int at = 0; *line; at++) {
        size_t length = strcspn(line, "\n");
        char copy[2048];
        snprintf(copy, sizeof copy, "%.*s", (int)length, line);
        const char *found = at >= row ? strstr(copy, text) : NULL;
        if (found) {
            copy[found - copy] = '\0';
            *found_row = at;
            *found_col = canvas_columns(copy);
            return;
        }
        line += length + (line[length] == '\n');
    }
    fail_msg("no %s on the screen\n%s", text, console_screen(console));
}

static void click_text(struct console *console, const char *text, int from_row)
{
    int row, col;
    find_text(console, text, from_row, &row, &col);
    click(console, row, col);
}

static void clicks_act(void **state)
{
    (void)state;
    struct console *console = start();
    assert_true(console_wait_step(console, 3));
    assert_non_null(strstr(console_output(console, NULL), "\033[?1002h"));
    click_text(console, "5 6 7", 0); /* a tab */
    assert_true(console_wait_text(console, "smoothing 0.95"));
    click_text(console, "space", 23); /* a key */
    assert_true(console_wait_text(console, "PAUSED"));
    click(console, 8, 6); /* far left in the curves */
    assert_true(console_wait_text(console, "« step 1"));
    mouse(console, 0, 8, 6, 'M');
    mouse(console, 32, 2, 70, 'M'); /* dragged beyond the newest step, also out of the row */
    assert_true(console_wait_no_text(console, "«"));
    mouse(console, 32, 8, 6, 'M');
    assert_true(console_wait_text(console, "« step 1"));
    mouse(console, 0, 8, 6, 'm');
    mouse(console, 32, 8, 70, 'M'); /* nothing is held any more */
    mouse(console, 65, 8, 20, 'M');
    assert_true(console_wait_text(console, "the whole run is in view"));
    assert_non_null(strstr(console_screen(console), "« step 1"));
    click_text(console, "1 2 3", 0);
    assert_true(console_wait_text(console, "per block"));
    click_text(console, "x_4", 0);
    assert_true(console_wait_text(console, "block 4: key 3 shows its anatomy"));
    press(console, "4", "attn.qkv.weight");
    assert_true(console_wait_text(console, "ln1.weight, block 4 of 6"));
    mouse(console, 65, 8, 20, 'M'); /* the wheel scrolls here */
    assert_true(console_wait_text(console, "ln1.bias, block 4"));
    press(console, "?", " Help ");
    mouse(console, 65, 8, 20, 'M');
    mouse(console, 65, 8, 20, 'M');
    mouse(console, 2, 8, 20, 'M');           /* the right button: not ours */
    console_send(console, "\033[<1;2;3;4M"); /* nor what is no report */
    console_send(console, "\033[<;;M\033[<999999999999;1;1M\033[<0;0;0M");
    click_text(console, "1 2 3", 0); /* a tab leaves the help */
    assert_true(console_wait_text(console, "per block"));
    press(console, "~", "key '~' does nothing");
    quit(console);
}

/* The terminal has the mouse to itself: from the start, or in a shell of a stopped program. */
static void the_mouse_can_be_left_alone(void **state)
{
    (void)state;
    struct console *console = start_with((struct setup){.options = {"--no-mouse"}});
    assert_true(console_wait_text(console, "Post-LN"));
    press(console, "~", "key '~' does nothing");
    assert_null(strstr(console_output(console, NULL), "\033[?1002h"));
    quit(console);
    console = start();
    assert_true(console_wait_step(console, 2));
    console_send(console, "\032");
    assert_true(console_wait_stop(console));
    assert_sane(console);
    console_continue(console);
    assert_true(console_wait_text(console, "Post-LN"));
    click_text(console, "5 6 7", 0);
    assert_true(console_wait_text(console, "smoothing 0.95"));
    quit(console);
    console = start_with((struct setup){.environment = {"TERM=linux"}}); /* does not know it */
    assert_true(console_wait_text(console, "Post-LN"));
    assert_null(strstr(console_output(console, NULL), "\033[?1002h"));
    quit(console);
}

/* ---- the look ---- */

static void the_theme_changes_at_a_key(void **state)
{
    (void)state;
    struct console *console = start();
    press(console, " ", "PAUSED");
    press(console, "T", "theme dark");
    size_t dark, light, mono;
    console_output(console, &dark);
    press(console, "T", "theme light");
    const char *output = console_output(console, &light);
    assert_non_null(strstr(output + dark, "38;5;25m")); /* the left stack's blue, on white */
    press(console, "T", "theme mono");
    output = console_output(console, &mono);
    assert_null(strstr(output + light, "38;5;"));
    press(console, "T", "theme default");
    output = console_output(console, NULL);
    assert_non_null(strstr(output + mono, "38;5;32m"));
    quit(console);
}

static void the_projector_comes_and_goes(void **state)
{
    (void)state;
    struct console *console = start();
    press(console, "2", "L2 norm, the same for both");
    press(console, "P", "projector: P or a digit leaves it");
    assert_true(console_wait_text(console, "stream gradient, x_0/x_6"));
    assert_true(console_wait_no_text(console, "overview"));
    press(console, "P", "per block");
    press(console, "P", "stream gradient, x_0/x_6");
    press(console, "5", "smoothing 0.95");
    quit(console);
}

/* The controls hide, at a key or from the start; the keys act all the same, and say so. */
static void the_controls_can_be_hidden(void **state)
{
    (void)state;
    struct console *console = start_with((struct setup){.options = {"--hide"}});
    assert_true(console_wait_text(console, "Post-LN"));
    assert_null(strstr(console_screen(console), "RUNNING"));
    assert_null(strstr(console_screen(console), "quit"));
    press(console, "w", "warmup 25 steps, ");
    press(console, "2", "L2 norm, the same for both");
    press(console, "?", " Help ");                    /* with its keys */
    assert_true(console_wait_text(console, "close")); /* an answer may stand there for a while */
    press(console, "q", "Post-LN");
    press(console, "H", "hide off");
    assert_true(console_wait_text(console, "RUNNING"));
    press(console, "H", "hide on");
    assert_true(console_wait_no_text(console, "RUNNING"));
    quit(console);
}

/* ---- sizes ---- */

static void resize_storm(void **state)
{
    static const int sizes[][2] = {{1, 1},   {11, 39}, {12, 40},  {80, 250}, {2, 200}, {200, 2},
                                   {24, 80}, {1, 80},  {24, 132}, {13, 41},  {60, 60}};
    (void)state;
    struct console *console = start();
    enum { ROUNDS = VIEWS + 2 };
    for (int round = 0; round < ROUNDS; round++) {
        if (round < VIEWS)
            console_send(console, (char[]){(char)view_table[round]->key, 0});
        else
            console_send(console, round == ROUNDS - 1 ? "?" : "P");
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            console_resize(console, sizes[i][0], sizes[i][1]);
            if (round > 0)
                assert_true(console_wait_output(console));
        }
    }
    console_resize(console, 11, 39);
    assert_true(console_wait_text(console, "40"));
    console_resize(console, 24, 80);
    assert_true(console_wait_text(console, " Help "));
    press(console, "q", "Post-LN");
    console_resize(console, 40, 120);
    press(console, "~", "key '~' does nothing");
    quit(console);
}

/* LINES and COLUMNS, which shells export, are not asked: the window is. */
static void size_is_that_of_the_window(void **state)
{
    (void)state;
    struct console *console = start_with((struct setup){.environment = {"LINES=10", "COLUMNS=20"}});
    assert_true(console_wait_text(console, "Post-LN"));
    quit(console);
}

/* ---- signals ---- */

/* Every mode that the program uses is on: it was switched on last. */
static void assert_in_use(struct console *console)
{
    static const char *const modes[][2] = {{"\033[?1049h", "\033[?1049l"},
                                           {"\033[?25l", "\033[?25h"},
                                           {"\033=", "\033>"},
                                           {"\033[?1h", "\033[?1l"},
                                           {"\033[?1002h", "\033[?1002l"},
                                           {"\033[?1006h", "\033[?1006l"},
                                           {"\033[?2004h", "\033[?2004l"}};
    const char *output = console_output(console, NULL);
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        const char *on = strstr(output, modes[i][0]);
        for (const char *next; on && (next = strstr(on + 1, modes[i][0]));)
            on = next;
        if (!on || strstr(on, modes[i][1]))
            fail_msg("ESC%s was not sent again", modes[i][0] + 1);
    }
}

static void stops_and_goes_on(void **state)
{
    static const int signals[] = {SIGTSTP, SIGSTOP};
    (void)state;
    struct console *console = start();
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        console_signal(console, signals[i]);
        assert_true(console_wait_stop(console));
        if (signals[i] == SIGTSTP)
            assert_sane(console);
        console_write(console, "\r\nsomebody else was here\r\n");
        assert_true(console_wait_text(console, "somebody else was here"));
        console_continue(console);
        assert_true(console_wait_text(console, "Post-LN"));
        assert_true(console_wait_no_text(console, "somebody else was here"));
        assert_true(console_wait_text(console, "Post-LN"));
        assert_in_use(console);
        press(console, "~", "key '~' does nothing");
        assert_in_use(console);
    }
    console_send(console, "\032"); /* Ctrl-Z, as typed */
    assert_true(console_wait_stop(console));
    assert_sane(console);
    console_resize(console, 30, 100); /* meanwhile */
    console_continue(console);
    assert_true(console_wait_text(console, "Post-LN"));
    press(console, "w", "warmup 25 steps, ");
    quit(console);
}

static void ends_by_signals(void **state)
{
    (void)state;
    for (int number = 1; number < SIGNALS; number++) {
        if (signals_kind(number) != SIGNAL_ENDS ||
            (number > SIGRTMIN && number < SIGRTMAX)) /* they are all alike */
            continue;
        /* As under nohup, or in the background of a script: that is not handed on. */
        void (*before)(int) = signal(number, SIG_IGN);
        struct console *console = start();
        signal(number, before);
        console_signal(console, number);
        assert_killed(console, number);
        assert_sane(console);
        console_close(console);
    }
    struct console *console = start();
    console_send(console, "\003"); /* Ctrl-C, as typed */
    assert_killed(console, SIGINT);
    assert_sane(console);
    console_close(console);
}

/* Killed while it is stopped: it has the terminal back neither to use nor to mend. */
static void ends_while_stopped(void **state)
{
    (void)state;
    struct console *console = start();
    console_signal(console, SIGTSTP);
    assert_true(console_wait_stop(console));
    console_signal(console, SIGTERM);
    console_continue(console);
    assert_killed(console, SIGTERM);
    assert_sane(console);
    console_close(console);
}

static void crashes_leave_the_terminal_sane(void **state)
{
    static const char *const kinds[] = {"TERM=xterm-256color", "TERM=vt100"};
    (void)state;
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
        for (int number = 1; number < SIGNALS; number++) {
            if (signals_kind(number) != SIGNAL_CRASHES)
                continue;
            struct console *console = start_with((struct setup){.environment = {kinds[k]}});
            assert_true(console_wait_text(console, "Post-LN"));
            console_signal(console, number);
            assert_crashed(console, number);
            assert_sane(console);
            console_close(console);
        }
}

static void standard_error_appears_afterwards(void **state)
{
    static const struct {
        const char *key;
        int signal, status;
        const char *text;
    } ends[] = {
        {"q", 0, 0, "closed"},
        {"x", 0, 3, "written"},
        {"a", SIGABRT, 0, "written"},
        {"s", SIGSEGV, 0, "written"},
        {"t", 0, 1, "lnscope: no more memory: a smaller model"},
        {"d", 0, 1, "lnscope: no more memory: a smaller model"},
        {"m", 0, 1, "lnscope: no more memory: a smaller model"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct console *console = start_child();
        press(console, "e", "told");
        assert_null(strstr(console_output(console, NULL), "written meanwhile"));
        console_send(console, ends[i].key);
        if (ends[i].signal)
            assert_crashed(console, ends[i].signal);
        else
            assert_exit(console, ends[i].status);
        assert_sane(console);
        const char *left = strstr(console_output(console, NULL), "\033[?1049l");
        assert_non_null(left);
        assert_non_null(strstr(left, "written meanwhile"));
        assert_non_null(strstr(left, ends[i].text));
        console_close(console);
    }
}

/* What is told by a write that fails is no reason to die, nor what stopped it. */
static void a_limit_of_file_sizes_is_survived(void **state)
{
    (void)state;
    struct console *console =
        start_with((struct setup){.folder = folder_path, .limit = {RLIMIT_FSIZE, 20 * 1024}});
    assert_true(console_wait_text(console, "Post-LN"));
    press(console, ":save s\r", "could not finish s (File too large): nothing was written");
    press(console, "w", "warmup 25 steps, ");
    console_signal(console, SIGXFSZ);
    console_signal(console, SIGPIPE);
    press(console, "w", "warmup 50 steps, ");
    quit(console);
    assert_int_equal(folder_count(), 0);
}

/* A pipe that nobody writes or reads, and a device without an end, are refused at once. */
static void pipes_and_devices_are_refused(void **state)
{
    (void)state;
    assert_int_equal(mkfifo(folder_file("pipe"), 0600), 0);
    struct console *console = start_in_folder();
    command(console, "text pipe\r", "pipe is a device or a pipe: name a file");
    command(console, "text /dev/zero\r", "/dev/zero is a device or a pipe: name a file");
    command(console, "load pipe\r", "pipe is a device or a pipe: name a file");
    command(console, "save! pipe\r", "nobody reads pipe: start its reader first");
    command(console, "export! pipe\r", "pipe is neither a picture nor text");
    command(console, "record! pipe\r", "nobody reads pipe: start its reader first");
    press(console, "w", "warmup 25 steps, ");
    quit(console);
    assert_int_equal(folder_count(), 1); /* the pipe */
}

static void only_differences_are_sent(void **state)
{
    size_t before, after;
    (void)state;
    struct console *console = start_child();
    press(console, "p", "painted 1");
    console_output(console, &before);
    press(console, "p", "painted 2");
    console_output(console, &after);
    assert_true(after > before);
    assert_true(after - before < 100); /* one digit, and how to get there */
    quit(console);
}

/* ---- kinds of terminals ---- */

/* Is there an SGR sequence with a colour in it? */
static bool has_colour(const char *output)
{
    for (const char *at = strstr(output, "\033["); at; at = strstr(at + 1, "\033[")) {
        const char *end = at + 2 + strspn(at + 2, "0123456789;:");
        if (*end != 'm')
            continue;
        for (const char *number = at + 2; number < end; number++) {
            char *behind;
            long value = strtol(number, &behind, 10);
            if ((value >= 30 && value <= 49) || (value >= 90 && value <= 107))
                return true;
            number = behind;
        }
    }
    return false;
}

static void check_kind(const char *kind, const char *more, bool colour, bool ascii)
{
    struct console *console = start_with((struct setup){.environment = {kind, more}});
    if (!console_wait_text(console, "Post-LN"))
        fail_msg("with %s", kind);
    press(console, "~", "key '~' does nothing");
    press(console, "?", "How to read the picture");
    press(console, "q", "Post-LN");
    const char *output = console_output(console, NULL);
    if (has_colour(output) != colour)
        fail_msg("%s, %s: %s", kind, more ? more : "", colour ? "no colours" : "colours");
    bool plain = true;
    for (const char *at = output; *at; at++)
        plain = plain && !(*at & 0x80);
    if (plain != ascii)
        fail_msg("%s, %s: %s", kind, more ? more : "", ascii ? "not ASCII" : "only ASCII");
    quit(console);
}

static void kinds_of_terminals(void **state)
{
    (void)state;
    check_kind("TERM=xterm-256color", NULL, true, false);
    check_kind("TERM=xterm", NULL, true, false);
    check_kind("TERM=screen", NULL, true, false);
    check_kind("TERM=linux", NULL, true, true);
    check_kind("TERM=vt100", NULL, false, true);
    check_kind("TERM=vt220", NULL, false, true);
    check_kind("TERM=xterm-256color", "LC_ALL=xx_XX.UTF-8", true, false); /* not installed */
    check_kind("TERM=xterm-256color", "LC_ALL=xx_XX.utf8@home", true, false);
    check_kind("TERM=xterm-256color", "LC_ALL=xx_XX.ISO-8859-1", true, true);
    check_kind("TERM=xterm-256color", "NO_COLOR=1", false, false);
    check_kind("TERM=xterm-256color", "NO_COLOR=", true, false);
    check_kind("TERM=xterm-256color", "LC_ALL=C", true, true);
    check_kind("TERM=vt100", "LC_ALL=C", false, true);
}

/* No picture, one line, status 1, and not a byte that would steer a terminal. */
static void check_refusal(const char *setting, const char *text)
{
    struct console *console = start_with((struct setup){.environment = {setting}});
    assert_exit(console, 1);
    if (!strstr(console_output(console, NULL), text))
        fail_msg("%s: no '%s' in\n%s", setting, text, console_output(console, NULL));
    assert_null(strchr(console_output(console, NULL), 033));
    assert_sane(console);
    console_close(console);
}

static void refuses_what_it_cannot_draw_on(void **state)
{
    (void)state;
    check_refusal("TERM", "lnscope: TERM is not set: ");
    check_refusal("TERM=", "lnscope: TERM is not set: ");
    check_refusal("TERM=dumb", "lnscope: terminal type 'dumb' cannot place its cursor: ");
    check_refusal("TERM=nonsense", "lnscope: terminal type 'nonsense' is not known: ");
    check_refusal("TERM=a\033[31mb", "lnscope: terminal type 'a?[31mb' is not known: ");
}

static void refuses_a_pipe(void **state)
{
    (void)state;
    char command[1024];
    snprintf(command, sizeof command, "{ '%s'; echo status $?; } | cat", program);
    const char *arguments[] = {"/bin/sh", "-c", command, NULL};
    struct console *console =
        console_open(&(struct console_start){.arguments = arguments, .rows = 24, .cols = 120});
    assert_true(console_wait_text(console,
                                  "lnscope: standard output is not a terminal: use lnscope "
                                  "run"));
    assert_true(console_wait_text(console, "status 1"));
    assert_exit(console, 0);
    console_close(console);
}

/* Keys still come from the terminal when standard input does not. */
static void takes_keys_beside_a_pipe(void **state)
{
    (void)state;
    char command[1024];
    snprintf(command, sizeof command, "'%s' </dev/null", program);
    const char *arguments[] = {"/bin/sh", "-c", command, NULL};
    const char *environment[] = {"TERM=xterm-256color", NULL};
    struct console *console = console_open(&(struct console_start){
        .arguments = arguments, .environment = environment, .rows = 24, .cols = 80});
    assert_true(console_wait_text(console, "Post-LN"));
    press(console, "~", "key '~' does nothing");
    quit(console);
}

#define FOLDER_TEST(function) cmocka_unit_test_setup_teardown(function, folder_make, folder_leave)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_and_quits),
        cmocka_unit_test(the_first_picture_is_of_a_running_program),
        cmocka_unit_test(settings_keys_say_what_they_did),
        cmocka_unit_test(placements_and_presets_have_keys),
        cmocka_unit_test(runs_pauses_and_steps),
        cmocka_unit_test(the_end_of_a_run),
        cmocka_unit_test(a_refused_setting_is_taken_back),
        cmocka_unit_test(late_warmup_points_to_restart),
        cmocka_unit_test(runs_are_remembered),
        cmocka_unit_test(other_keys_do_nothing),
        cmocka_unit_test(escape_and_q_are_two_keys),
        cmocka_unit_test(views_are_shown_by_digits_and_tab),
        cmocka_unit_test(the_best_loss_of_the_context_is_drawn),
        cmocka_unit_test(time_goes_back_and_forth),
        cmocka_unit_test(a_branch_repeats_the_run),
        cmocka_unit_test(a_branch_of_a_run_that_is_over),
        cmocka_unit_test(steps_have_names),
        cmocka_unit_test(samples_are_written_while_one_looks),
        cmocka_unit_test(what_happens_is_logged),
        cmocka_unit_test(news_are_in_the_footer),
        cmocka_unit_test(the_anatomy_is_measured_while_one_looks),
        FOLDER_TEST(every_key_in_every_state),
        FOLDER_TEST(every_key_in_every_view),
        cmocka_unit_test(commands_act_as_keys_do),
        cmocka_unit_test(commands_are_completed_and_recalled),
        cmocka_unit_test(commands_that_are_wrong),
        cmocka_unit_test(the_command_line_is_open_while_all_goes_on),
        cmocka_unit_test(a_blind_command_line_keeps_the_secret),
        cmocka_unit_test(blind_tensors_are_those_of_both),
        FOLDER_TEST(commands_write_files),
        cmocka_unit_test(pasted_text_goes_to_the_command_line),
        FOLDER_TEST(letters_of_all_peoples_are_drawn),
        cmocka_unit_test(help_opens_scrolls_and_closes),
        cmocka_unit_test_setup(export_writes_two_files_each_time, folder_make),
        cmocka_unit_test(clicks_act),
        cmocka_unit_test(the_mouse_can_be_left_alone),
        cmocka_unit_test(the_theme_changes_at_a_key),
        cmocka_unit_test(the_projector_comes_and_goes),
        cmocka_unit_test(the_controls_can_be_hidden),
        cmocka_unit_test(resize_storm),
        cmocka_unit_test(size_is_that_of_the_window),
        cmocka_unit_test(stops_and_goes_on),
        cmocka_unit_test(ends_by_signals),
        cmocka_unit_test(ends_while_stopped),
        cmocka_unit_test(crashes_leave_the_terminal_sane),
        cmocka_unit_test(standard_error_appears_afterwards),
        FOLDER_TEST(a_limit_of_file_sizes_is_survived),
        FOLDER_TEST(pipes_and_devices_are_refused),
        cmocka_unit_test(only_differences_are_sent),
        cmocka_unit_test(kinds_of_terminals),
        cmocka_unit_test(refuses_what_it_cannot_draw_on),
        cmocka_unit_test(refuses_a_pipe),
        cmocka_unit_test(takes_keys_beside_a_pipe),
    };
    if (argc > 1 && strcmp(argv[1], "child") == 0)
        return child();
    self = realpath(argv[0], NULL);
    program = realpath(getenv("LNSCOPE") ? getenv("LNSCOPE") : "build/lnscope", NULL);
    if (!self || !program)
        die("the program under test is not there: set LNSCOPE, or make it");
    return cmocka_run_group_tests_name("tui", tests, NULL, NULL);
}
