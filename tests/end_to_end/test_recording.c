/* Recordings of the program on its screen: by option, by key, through resizes and signals; what a
 * player shows is what was on the screen. The program under test is $LNSCOPE, or build/lnscope. */
#include "support/cast_player.h"
#include "support/console.h"
#include "support/folder.h"

#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char program[4096], path[512];

static int make_folder(void **state)
{
    const int status = folder_make(state);
    snprintf(path, sizeof path, "%s", folder_file("a.cast"));
    return status;
}

static struct console *start_limited(const char *option, const char *value,
                                     struct process_limit limit)
{
    const char *arguments[] = {program,     "--width", "16",      "--ffn", "32",   "--heads", "2",
                               "--context", "16",      "--batch", "4",     option, value,     NULL};
    const char *environment[] = {"TERM=xterm-256color", "LC_ALL=C.UTF-8", "NO_COLOR", NULL};
    return console_open(&(struct console_start){.arguments = arguments,
                                                .environment = environment,
                                                .folder = folder_path,
                                                .rows = 24,
                                                .cols = 80,
                                                .limit = limit});
}

static struct console *start(const char *option, const char *value)
{
    return start_limited(option, value, (struct process_limit){0});
}

static void press(struct console *console, const char *keys, const char *text)
{
    console_send(console, keys);
    if (!console_wait_text(console, text))
        fail_msg("no '%s' after the keys %s:\n%s", text, keys, console_screen(console));
}

static void quit(struct console *console)
{
    console_send(console, "q");
    int status = console_wait_exit(console);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_null(console_complaint(console));
    console_close(console);
}

static void the_whole_session_is_recorded(void **state)
{
    struct cast_played played;
    struct stat status;
    (void)state;
    struct console *console = start("--record", "a.cast");
    assert_true(console_wait_text(console, "Post-LN"));
    press(console, " ", "PAUSED");
    console_resize(console, 30, 100);
    press(console, "2", "2 waterfall");
    press(console, "1", "1 overview");
    assert_true(console_wait_text(console, "REC")); /* on the screen, not in the recording */
    assert_int_not_equal(stat(path, &status), 0);   /* it is there when it is whole */
    quit(console);
    cast_play(&played, path);
    assert_int_equal(played.resizes, 1);
    assert_true(played.rows == 30 && played.cols == 100);
    assert_non_null(strstr(played.screen, "1 overview"));
    assert_non_null(strstr(played.screen, "PAUSED"));
    assert_null(strstr(played.screen, "REC"));
    cast_played_close(&played);
}

static void a_key_starts_and_ends_a_recording(void **state)
{
    struct cast_played played;
    (void)state;
    struct console *console = start(NULL, NULL);
    assert_true(console_wait_text(console, "Post-LN"));
    press(console, "X", "REC");
    press(console, "X", "saved lnscope-001.cast");
    press(console, "X", "REC");
    press(console, "X", "saved lnscope-002.cast");
    quit(console);
    snprintf(path, sizeof path, "%s", folder_file("lnscope-002.cast"));
    cast_play(&played, path);
    assert_non_null(strstr(played.screen, "Post-LN"));
    assert_true(played.rows == 24 && played.cols == 80);
    cast_played_close(&played);
}

static void terminate(struct console *console)
{
    console_signal(console, SIGTERM);
    int status = console_wait_exit(console);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
    assert_null(console_complaint(console));
}

static void a_signal_leaves_a_whole_recording(void **state)
{
    struct cast_played played;
    (void)state;
    struct console *console = start("--record", "a.cast");
    assert_true(console_wait_text(console, "REC"));
    terminate(console);
    console_close(console);
    cast_play(&played, path);
    assert_non_null(strstr(played.screen, "Post-LN"));
    cast_played_close(&played);
}

static int count_markers(const struct cast_played *played, const char *part)
{
    int count = 0;
    for (int i = 0; i < played->markers; i++)
        count += strstr(played->marker[i], part) != NULL;
    return count;
}

/* What happens while it is recorded is a marker, once; what a loaded session has gone through is
 * none. */
static void events_become_markers_once(void **state)
{
    struct cast_played played;
    (void)state;
    struct console *console = start(NULL, NULL);
    press(console, " ", "PAUSED");
    console_send(console, ".");
    assert_true(console_wait_no_text(console, "step 0 "));
    press(console, ":mark long ago\r", "long ago");
    press(console, ":save s.safetensors\r", "saved s.safetensors");
    quit(console);
    console = start("--record", "a.cast");
    press(console, ":load s.safetensors\r", "loaded s.safetensors");
    press(console, " ", "PAUSED");
    press(console, ":mark just now\r", "just now");
    press(console, ":lr 0.01\r", "0.01");
    press(console, ":lr 0.02\r:lr 0.03\r:lr 0.04\r", "lr 0.04, from step ");
    quit(console);
    cast_play(&played, path);
    assert_int_equal(count_markers(&played, "long ago"), 0);
    assert_int_equal(count_markers(&played, "just now"), 1);
    assert_true(count_markers(&played, "0.04") >= 1);
    cast_played_close(&played);
}

static void a_signal_does_not_hide_what_was_not_recorded(void **state)
{
    (void)state;
    if (access("/dev/full", W_OK) != 0)
        skip();
    struct console *console = start("--record=/dev/full", "--force");
    assert_true(console_wait_text(console, "REC"));
    terminate(console);
    assert_non_null(
        strstr(console_output(console, NULL), "could not finish /dev/full (No space left on"));
    console_close(console);
}

/* What is recorded is never thrown away: neither where another program takes the name meanwhile,
 * ... */
static void two_recordings_have_two_numbers(void **state)
{
    struct cast_played played;
    (void)state;
    struct console *first = start(NULL, NULL), *second = start(NULL, NULL);
    press(first, "X", "REC");
    press(second, "X", "REC");
    press(first, "X", "saved lnscope-001.cast");
    press(second, "X", "saved lnscope-002.cast");
    quit(first);
    quit(second);
    for (int i = 1; i <= 2; i++) {
        snprintf(path, sizeof path, "%s/lnscope-00%d.cast", folder_path, i);
        cast_play(&played, path);
        assert_non_null(strstr(played.screen, "Post-LN"));
        cast_played_close(&played);
    }
}

/* ... nor where this one does. */
static void a_saved_session_does_not_take_its_place(void **state)
{
    struct cast_played played;
    (void)state;
    struct console *console = start("--record", "a.cast");
    assert_true(console_wait_text(console, "REC"));
    press(console, ":save! a.cast\r", "saved a.cast, step ");
    press(console, "X", "a.cast was taken meanwhile: all of it is in a-002.cast");
    quit(console);
    snprintf(path, sizeof path, "%s", folder_file("a-002.cast"));
    cast_play(&played, path);
    assert_non_null(strstr(played.screen, "Post-LN"));
    cast_played_close(&played);
}

/* The file that is neither of these; fails unless there is one. */
static void find_other(const char *const *known)
{
    DIR *here = opendir(folder_path);
    int found = 0;
    assert_non_null(here);
    for (struct dirent *entry; (entry = readdir(here));) {
        bool other = entry->d_name[0] != '.';
        for (const char *const *name = known; *name; name++)
            other = other && strcmp(entry->d_name, *name) != 0;
        if (other)
            snprintf(path, sizeof path, "%s/%s", folder_path, entry->d_name), found++;
    }
    closedir(here);
    assert_int_equal(found, 1);
}

/* It is told when it happens, and what was recorded by then is played up to its last whole line. */
static void a_full_disk_ends_a_recording(void **state)
{
    static const char *const none[] = {NULL};
    struct cast_played played;
    char kept[600];
    (void)state;
    struct console *console =
        start_limited("--record", "a.cast", (struct process_limit){RLIMIT_FSIZE, 60000});
    assert_true(console_wait_text(console, "REC"));
    press(console, "2", "2 waterfall");
    assert_true(
        console_wait_text(console, "could not finish a.cast (File too large): its lines so far"));
    assert_true(console_wait_no_text(console, "REC"));
    find_other(none);
    snprintf(kept, sizeof kept, "are kept in %s", path + strlen(folder_path) + 1);
    press(console, "w", "warmup 25 steps, ");
    console_send(console, "q");
    int status = console_wait_exit(console);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    assert_non_null(strstr(console_output(console, NULL), kept));
    console_close(console);
    cast_play(&played, path);
    assert_true(played.events > 10);
    assert_non_null(strstr(played.screen, "a column: ")); /* of the waterfall */
    cast_played_close(&played);
}

/* What a program that was killed had recorded is there, and the next one says so, once. */
static void a_recording_outlives_a_kill(void **state)
{
    static const char *const none[] = {NULL};
    struct cast_played played;
    char told[600];
    (void)state;
    struct console *console = start("--record", "a.cast");
    assert_true(console_wait_text(console, "REC"));
    press(console, "2", "2 waterfall");
    press(console, "w", "warmup 25 steps, ");
    console_signal(console, SIGKILL);
    int status = console_wait_exit(console);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    console_close(console);
    find_other(none);
    cast_play(&played, path);
    assert_non_null(strstr(played.screen, "a column: ")); /* of the waterfall */
    cast_played_close(&played);
    snprintf(told, sizeof told, "%s was left by a lnscope that", path + strlen(folder_path) + 1);
    console = start(NULL, NULL);
    assert_true(console_wait_text(console, told));
    quit(console);
    console = start(NULL, NULL);
    assert_true(console_wait_text(console, "Post-LN"));
    press(console, "~", "key '~' does nothing");
    assert_null(strstr(console_output(console, NULL), "was left by"));
    quit(console);
}

static void a_file_that_is_there_is_refused(void **state)
{
    (void)state;
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs("mine\n", out);
    fclose(out);
    struct console *console = start("--record", "a.cast");
    int status = console_wait_exit(console);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    assert_non_null(strstr(console_screen(console), "lnscope: a.cast"));
    assert_null(console_complaint(console));
    console_close(console);
    struct stat info;
    assert_true(stat(path, &info) == 0 && info.st_size == 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_whole_session_is_recorded, make_folder, folder_leave),
        cmocka_unit_test_setup_teardown(a_key_starts_and_ends_a_recording, make_folder,
                                        folder_leave),
        cmocka_unit_test_setup_teardown(a_signal_leaves_a_whole_recording, make_folder,
                                        folder_leave),
        cmocka_unit_test_setup_teardown(events_become_markers_once, make_folder, folder_leave),
        cmocka_unit_test_setup_teardown(a_signal_does_not_hide_what_was_not_recorded, make_folder,
                                        folder_leave),
        cmocka_unit_test_setup_teardown(two_recordings_have_two_numbers, make_folder, folder_leave),
        cmocka_unit_test_setup_teardown(a_saved_session_does_not_take_its_place, make_folder,
                                        folder_leave),
        cmocka_unit_test_setup_teardown(a_full_disk_ends_a_recording, make_folder, folder_leave),
        cmocka_unit_test_setup_teardown(a_recording_outlives_a_kill, make_folder, folder_leave),
        cmocka_unit_test_setup_teardown(a_file_that_is_there_is_refused, make_folder, folder_leave),
    };
    const char *named = getenv("LNSCOPE");
    if (!realpath(named ? named : "build/lnscope", program))
        return 1;
    return cmocka_run_group_tests_name("recording", tests, NULL, NULL);
}
