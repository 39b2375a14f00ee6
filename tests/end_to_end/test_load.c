/* --load and --share of the program itself: $LNSCOPE, or build/lnscope. The sessions that it loads
 * are written here, by the same functions as in the program. */
#include "session/session.h"
#include "session/share.h"
#include "support/console.h"
#include "support/folder.h"
#include "support/process.h"

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

enum { STEPS = 4 };

static const char *program;
static char session_path[128];

/* Two small stacks, as settings and as options. */
static const char small[] = "--layers 2 --width 16 --heads 2 --ffn 24 --context 8 --batch 3 "
                            "--task copy";

static struct settings small_settings(void)
{
    struct settings settings = settings_default();
    char words[sizeof small], *rest = words;
    memcpy(words, small, sizeof small);
    for (char *name = strtok_r(words, " ", &rest); name; name = strtok_r(NULL, " ", &rest))
        assert_true(setting_set(&settings, name + 2, strtok_r(NULL, " ", &rest), NULL));
    return settings;
}

/* A session of STEPS steps. */
static int set_up(void **state)
{
    (void)state;
    struct settings settings = small_settings();
    struct history history;
    static struct events events;
    struct pair pair;
    struct error error;
    int64_t bytes;
    if (folder_make(state) != 0 || !pair_open(&pair, &settings, &error))
        return -1;
    snprintf(session_path, sizeof session_path, "%s", folder_file("it.safetensors"));
    history_open(&history);
    history_set_unit(&history, task_info(pair.task).unigram_entropy,
                     task_info(pair.task).current_token);
    events_clear(&events);
    for (int step = 0; step < STEPS; step++) {
        pair_step(&pair);
        history_add(&history, pair.run[LEFT].snapshot, pair.run[RIGHT].snapshot);
        events_step(&events, &history, &settings);
    }
    events_note(&events, 2, -1, EVENT_MARK, "second of four");
    struct pair_state *saved = pair_state_take(&pair);
    const struct session_parts parts = {saved, &history, &events, NULL};
    bool good = session_write(session_path, false, &parts, &bytes, &error);
    pair_state_free(saved);
    pair_close(&pair);
    history_close(&history);
    return good ? 0 : -1;
}

/* Runs the program with these words, which are separated by single spaces; all that it prints on
 * both outputs, good until the next call, and its exit status. */
static char *run(int *status, const char *format, ...)
{
    static char *output;
    char words[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    struct process process = process_start_command(&(struct process_start){0}, program, words);
    free(output);
    output = process_read(&process, -1);
    *status = WEXITSTATUS(process_finish(&process));
    return output;
}

static void expect_failure(int expected, const char *reason, const char *words)
{
    int status;
    const char *output = run(&status, "%s", words);
    if (status != expected || !strstr(output, reason) || strncmp(output, "lnscope: ", 9) != 0)
        fail_msg("%s: status %d, '%s'", words, status, output);
    assert_ptr_equal(strchr(output, '\n'), output + strlen(output) - 1);
}

/* The rows of the steps after the session are those of a run that never stopped. */
static void rows_go_on_where_the_session_stopped(void **state)
{
    int status;
    (void)state;
    char *rows = strdup(run(&status, "run %s --steps 9", small));
    assert_int_equal(status, 0);
    char *after = rows;
    for (int line = 0; line < 1 + 2 * STEPS; line++) /* the header, and two rows a step */
        after = strchr(after, '\n') + 1;
    const char *loaded = run(&status, "run --load %s --steps 9", session_path);
    assert_int_equal(status, 0);
    assert_string_equal(strchr(loaded, '\n') + 1, after);
    free(rows);
    /* Another rate acts on what follows, and only there. */
    loaded = run(&status, "run --load %s --steps 5 --lr 0.5 --threads 2", session_path);
    assert_int_equal(status, 0);
    assert_non_null(strstr(loaded, "\n5,left,pre,"));
    assert_non_null(strstr(loaded, ",0.5,"));
}

static void what_does_not_fit_is_refused(void **state)
{
    char words[400], path[160];
    (void)state;
    snprintf(words, sizeof words, "run --load %s --layers 3", session_path);
    expect_failure(2, "--layers 3 makes another model than that of the session (2): leave it out",
                   words);
    snprintf(words, sizeof words, "--seed 7 --load %s", session_path);
    expect_failure(2, "--seed 7", words);
    snprintf(words, sizeof words, "run --load %s --lr x", session_path);
    expect_failure(2, "lr 'x'", words);
    snprintf(words, sizeof words, "run --load %s --steps 4", session_path);
    expect_failure(2, "the session has done 4 steps", words);
    snprintf(words, sizeof words, "run --load %s --steps 9 --dump %s/d --dump-step 4", session_path,
             folder_path);
    expect_failure(2, "dump-step '4': a whole number from 5 up", words);
    expect_failure(2, "option '--load' needs a value", "run --load");
    expect_failure(2, "option '--load' is not for lnscope list", "list keys --load x");
    expect_failure(1, "cannot read /nowhere", "run --load /nowhere");
    expect_failure(1, "cannot read /nowhere", "--load /nowhere");
    expect_failure(1, "is a directory: name a file", "--load /");
    snprintf(path, sizeof path, "%s/text", folder_path);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs("no session at all", out);
    assert_int_equal(fclose(out), 0);
    snprintf(words, sizeof words, "run --load %s", path);
    expect_failure(1, "damaged or no safetensors file", words);
    snprintf(words, sizeof words, "run %s --steps 1 --dump %s/dump --force -o %s/rows", small,
             folder_path, folder_path);
    int status;
    assert_string_equal(run(&status, "%s", words), "");
    snprintf(words, sizeof words, "run --load %s/dump", folder_path);
    expect_failure(1, "it is no session of lnscope", words);
}

static void a_command_line_makes_the_settings_again(void **state)
{
    int status;
    (void)state;
    assert_string_equal(run(&status, "--no-config --share"), "lnscope\n");
    assert_int_equal(status, 0);
    assert_string_equal(run(&status, "run --share --no-config --right peri --preset gpt2 --lr 1"),
                        "lnscope run --preset gpt2 --lr 1\n");
    char line[400];
    snprintf(line, sizeof line, "lnscope %s\n", small);
    assert_string_equal(run(&status, "--no-config --share --load %s", session_path), line);
    expect_failure(2, "heads", "--share --heads 7");
}

static struct console *open_screen(const char *option, const char *value)
{
    const char *const arguments[] = {program, "--load", session_path, option, value, NULL};
    static const char *const environment[] = {"TERM=xterm-256color", "LC_ALL=C.UTF-8", NULL};
    return console_open(&(struct console_start){
        .arguments = arguments, .environment = environment, .rows = 24, .cols = 80});
}

static void quit(struct console *console)
{
    console_send(console, "q");
    assert_int_equal(console_wait_exit(console), 0);
    assert_null(console_complaint(console));
    console_close(console);
}

/* The screen goes on at the step of the session, with its history. */
static void the_screen_goes_on_where_the_session_stopped(void **state)
{
    (void)state;
    struct console *console = open_screen("--steps", "4"); /* it is over at once */
    assert_true(console_wait_text(console, "step 4"));
    assert_true(console_wait_text(console, "Pre-LN"));
    console_send(console, "["); /* the moments before are there */
    assert_true(console_wait_text(console, "step 3"));
    console_send(console, "8"); /* what was said before, and the end */
    assert_true(console_wait_text(console, "mark: second of four"));
    console_send(console, "\033[F");
    assert_true(console_wait_text(console, "the run is over"));
    console_send(console, "1?\033[F");
    assert_true(console_wait_text(console, "This session"));
    assert_true(console_wait_text(console, "lnscope --layers 2 --width 16"));
    console_send(console, "?");
    assert_true(console_wait_no_text(console, "This session"));
    quit(console);

    console = open_screen("--steps", "7");
    assert_true(console_wait_text(console, "step 7"));
    quit(console);
}

/* What the options change is a change like any other. */
static void options_act_from_the_next_step_on(void **state)
{
    (void)state;
    struct console *console = open_screen("--lr", "0.001");
    assert_true(console_wait_text(console, "lr 0.001, from step 5 on"));
    console_send(console, "?\033[F");
    assert_true(console_wait_text(console, "settings were changed at step 5"));
    console_send(console, "?");
    quit(console);
}

/* A session that somebody else may have made opens no text but the one that the user names. */
static void the_text_of_a_session_is_named_by_the_user(void **state)
{
    int status;
    char words[600], text[160], saved[160];
    (void)state;
    snprintf(text, sizeof text, "%s/a-text", folder_path);
    snprintf(saved, sizeof saved, "%s/text.safetensors", folder_path);
    FILE *out = fopen(text, "w");
    assert_non_null(out);
    for (int i = 0; i < 100; i++)
        fprintf(out, "line %d of it\n", i);
    assert_int_equal(fclose(out), 0);
    const char *const arguments[] = {program, "--layers", "2",    "--width", "16", "--heads",
                                     "2",     "--task",   "text", "--text",  text, "--context",
                                     "8",     "--batch",  "2",    NULL};
    const char *const environment[] = {"TERM=xterm-256color", "LC_ALL=C.UTF-8", NULL};
    const struct console_start start = {
        .arguments = arguments, .environment = environment, .rows = 24, .cols = 100};
    struct console *console = console_open(&start);
    assert_true(console_wait_step(console, 2));
    snprintf(words, sizeof words, ":save %s\r", saved);
    console_send(console, words);
    assert_true(console_wait_text(console, "saved /tmp"));
    snprintf(words, sizeof words, ":load %s\r", saved); /* the text that is being learned */
    console_send(console, words);
    assert_true(console_wait_text(console, "loaded /tmp"));
    quit(console);

    snprintf(words, sizeof words, "run --load %s --steps 1000", saved);
    expect_failure(1, "a-text, and no text is opened that you have not named", words);
    run(&status, "run --load %s --text %s --steps 1000", saved, text);
    assert_int_equal(status, 0);
    console = open_screen(NULL, NULL);
    console_resize(console, 24, 200);
    snprintf(words, sizeof words, ":load %s\r", saved);
    console_send(console, words);
    assert_true(console_wait_text(console, "and no text is opened that you have not named"));
    snprintf(words, sizeof words, ":text %s\r", text);
    console_send(console, words);
    assert_true(console_wait_text(console, "kept for the task text"));
    snprintf(words, sizeof words, ":load %s\r", saved);
    console_send(console, words);
    assert_true(console_wait_text(console, "loaded /tmp"));
    quit(console);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_go_on_where_the_session_stopped),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(a_command_line_makes_the_settings_again),
        cmocka_unit_test(the_screen_goes_on_where_the_session_stopped),
        cmocka_unit_test(options_act_from_the_next_step_on),
        cmocka_unit_test(the_text_of_a_session_is_named_by_the_user),
    };
    program = getenv("LNSCOPE") ? getenv("LNSCOPE") : "build/lnscope";
    return cmocka_run_group_tests_name("session", tests, set_up, folder_leave);
}
