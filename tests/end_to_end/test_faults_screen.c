/* The program on a terminal while single allocations fail: each action does what it is asked for,
 * or says that memory is short and keeps what there was, or the program ends with one line, status
 * 1 and a sane terminal; a file that it makes is whole or not there. Faults are made by a library
 * loaded before the C library (faults/faults.c); where there is none, as under a sanitizer, nothing
 * is tested.
 *
 * Threads make the count of allocations differ between runs: one that does not come about is no
 * failure, and is not counted. A few of an action are tried, spread over all of them; with
 * LNSCOPE_FULL in the environment all are, which takes hours. Words are an action, from which and
 * up to which allocation, and every how manieth: `test_faults_screen save 1 500 5`. */
#include "base/file.h"
#include "support/console.h"
#include "support/faults.h"
#include "support/folder.h"
#include "support/process.h"
#include "support/texts.h"

#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define SMALL " --layers 2 --width 16 --heads 2 --ffn 32 --context 8 --batch 2 --threads 2"
#define TRAIN "--speed unlimited --steps 12 --confirm off" SMALL

struct action {
    const char *name;
    const char *command; /* how the program is started */
    const char *ready;   /* what its screen says before the keys */
    const char *keys;    /* the last one begins the action; NULL: starting does */
    const char *done;    /* what the screen says once it is done */
    const char *file;    /* that it makes, or NULL */
    const char *before;  /* keys at the end of the run, which lead to `ready`; NULL: none */
    const char *except;  /* whose allocations do not fail (faults.c) */
};

/* These end the program or crash where they get no memory: it looks beforehand whether there is
 * room. doupdate() allocates in the second frame of a window, which is that of a key where a run
 * was at its end in the first one. FreeType tells nobody where it gets no memory for what fits
 * letters to the pixels, nor does cairo where it gets none for what it clips them to. */
#define PAINTING "FAULT_EXCEPT=doupdate_sp"
#define FONTS    PAINTING ":libfontconfig:libfreetype:cairo_show_glyphs"
#define CURSES   "FAULT_EXCEPT=libtinfo:libncurses"

/* One at the end of a run, and one that makes a file there. */
#define TRAINED(typed, says)                                                                       \
    .command = TRAIN, .ready = "ENDED", .keys = (typed), .done = (says), .except = PAINTING
#define MAKES(path, typed) TRAINED(typed " " path "\r", "saved " path), .file = (path)

static const struct action actions[] = {
    {.name = "restart", TRAINED("r", "restarted from seed 1")},
    {.name = "set", TRAINED(":set layers 3\r", "layers 3: restarted")},
    {.name = "switch", TRAINED(":switch right pre\r", "right pre, from step 13 on")},
    {.name = "branch", TRAINED(":branch 6\r", "branched at step 6")},
    {.name = "undo",
     .command = TRAIN,
     .before = ":branch 6\r",
     .ready = "branched at step 6",
     .keys = "u",
     .done = "run 1 again, at step 12",
     .except = PAINTING},
    {.name = "back", TRAINED("[", "step 11 of 12")},
    {.name = "goto", TRAINED(":goto 3\r", "step 3 of 12")},
    {.name = "svg", MAKES("x.svg", ":export")},
    {.name = "png",
     .command = TRAIN,
     .ready = "ENDED",
     .keys = ":export x.png\r",
     .done = "saved x.png",
     .file = "x.png",
     .except = FONTS},
    {.name = "txt", MAKES("x.txt", ":export")},
    {.name = "csv", MAKES("x.csv", ":export")},
    {.name = "jsonl", MAKES("x.jsonl", ":export")},
    {.name = "save", MAKES("x", ":save")},
    {.name = "load", TRAINED(":load session\r", "loaded session")},
    {.name = "script", MAKES("x.lns", ":save-script")},
    {.name = "play", TRAINED(":play lesson.lns\r", "All is said.")},
    {.name = "lab", TRAINED(":lab seeds=1..2 steps=4\r", "4 trainings are done")},
    {.name = "open",
     .command = "watch rows.jsonl",
     .ready = "rows.jsonl",
     .keys = ":open more.jsonl\r",
     .done = "a new run: more.jsonl",
     .except = PAINTING},
    {.name = "start", .command = TRAIN, .done = "ENDED", .except = CURSES},
    {.name = "start of load", .command = "--load session", .done = "ENDED", .except = CURSES},
    {.name = "start of play",
     .command = "play lesson.lns" SMALL,
     .done = "All is said.",
     .except = CURSES},
    {.name = "start of watch",
     .command = "watch rows.jsonl",
     .done = "rows.jsonl",
     .except = CURSES},
};

static const char quit[] = "q";

/* Which are tried. */
static const char *only;
static long first = 1, last = LONG_MAX, stride; /* 0: as many as make SOME */

enum {
    ARGUMENTS = 32,
    SOME = 8 /* failing allocations of an action */,
    LAST = 36 /* and of a file */,
    SHOWN = 300
};

/* What came of the failing allocations of an action. */
struct outcomes {
    int came, done, told, ended;
    char *whole; /* [size]: the file that it makes, without a fault */
    off_t size;
};

static struct console *begin(const struct action *action, const char *fault, const char *note)
{
    char words[512], key[32] = "FAULT_KEY";
    const char *arguments[ARGUMENTS];
    const char *const environment[] = {faults_preload,
                                       fault,
                                       note,
                                       key,
                                       action->except,
                                       "OPENBLAS_NUM_THREADS=1",
                                       "TERM=xterm-256color",
                                       "LC_ALL=C.UTF-8",
                                       "XDG_CONFIG_HOME=/nonexistent",
                                       NULL};
    if (action->keys)
        snprintf(key, sizeof key, "FAULT_KEY=%d", action->keys[strlen(action->keys) - 1]);
    snprintf(words, sizeof words, "%s", action->command);
    process_words(arguments, ARGUMENTS, faults_program, words);
    return console_open(&(struct console_start){.arguments = arguments,
                                                .environment = environment,
                                                .folder = folder_path,
                                                .rows = 24,
                                                .cols = 80});
}

/* One line of the program's stands behind the screen that it has left, and at most keys that came
 * too late for it. */
static bool says_one_line(const char *output, const char *keys)
{
    const char *line = strstr(output, "lnscope: ");
    const char *end = line ? strstr(line, "\r\n") : NULL;
    return end && (!end[2] || strcmp(end + 2, keys) == 0);
}

enum answer { DONE, DIED, TOLD, NONE = -1 };

/* What is wrong with the file that an action makes, and with what is beside it; NULL: nothing. */
static const char *file_complaint(const struct action *action, enum answer answer, bool ended,
                                  int others, struct outcomes *outcomes)
{
    struct stat file;
    const bool made = action->file && stat(folder_file(action->file), &file) == 0;
    if (folder_count() != others + made)
        return "files are left";
    if (answer == DONE && action->file && !ended && !made)
        return "the file is not there";
    if (!made)
        return NULL;
    char *bytes = text_of_file(folder_file(action->file));
    const bool same =
        !outcomes->whole || (file.st_size == outcomes->size &&
                             memcmp(bytes, outcomes->whole, (size_t)file.st_size) == 0);
    if (outcomes->whole) {
        free(bytes);
    } else {
        outcomes->whole = bytes;
        outcomes->size = file.st_size;
    }
    return same ? NULL : "the file is another one";
}

/* Starts the program, has the action done, and ends it. The N-th allocation fails, or with 0 none.
 */
static void try(const struct action *action, long n, struct outcomes *outcomes)
{
    char fault[160], note[160];
    const char *const answers[] = {
        [DONE] = action->done, [DIED] = "lnscope: ", [TOLD] = "memory", NULL};
    snprintf(fault, sizeof fault, n ? "FAULT_ALLOCATION=%ld" : "FAULT_ALLOCATION", n);
    snprintf(note, sizeof note, "FAULT_%s=%s", n ? "CAME" : "COUNT", folder_file("note"));
    unlink(folder_file("note"));
    if (action->file)
        unlink(folder_file(action->file));
    const int before = folder_count();
    struct console *console = begin(action, fault, note);
    if (action->before) {
        assert_true(console_wait_text(console, "ENDED"));
        console_send(console, action->before);
    }
    if (action->keys) {
        assert_true(console_wait_text(console, action->ready));
        console_send(console, action->keys);
    }
    const enum answer answer = console_wait_any(console, answers);
    if (answer != DIED)
        console_send(console, quit);
    const int status = console_wait_exit(console);
    const char *output = console_output(console, NULL), *complaint = console_complaint(console);
    const bool noted = file_exists(folder_file("note")), came = n && noted, ended = status != 0;
    if (ended &&
        (!came || !WIFEXITED(status) || WEXITSTATUS(status) != 1 || !says_one_line(output, quit)))
        complaint = "how it ended";
    if (!ended && answer == NONE)
        complaint = "no answer";
    if (!complaint)
        complaint = file_complaint(action, answer, ended, before + noted, outcomes);
    if (complaint) {
        const size_t size = strlen(output), from = size > SHOWN ? size - SHOWN : 0;
        fail_msg("%s, allocation %ld: status %#x: %s\n%s\n%s", action->name, n, (unsigned)status,
                 complaint, output + from, console_screen(console));
    }
    outcomes->came += came;
    outcomes->done += came && !ended && answer == DONE;
    outcomes->told += came && !ended && answer == TOLD;
    outcomes->ended += came && ended;
    console_close(console);
}

static void try_action(const struct action *action, int skipped)
{
    struct outcomes outcomes = {0};
    try(action, 0, &outcomes);
    char *number = text_of_file(folder_file("note"));
    const long count = strtol(number, NULL, 10), every = stride > 0 ? stride : count / SOME + 1;
    free(number);
    assert_true(count > 0);
    for (long n = first + skipped % every; n <= count && n <= last; n += every)
        try(action, n, &outcomes);
    for (long n = count > LAST ? count - LAST : 1; stride == 0 && n <= count; n++)
        if (n == count || (action->file && strcmp(action->except, FONTS) != 0))
            try(action, n, &outcomes); /* while the file is written, and the program ends */
    if (action->file)
        unlink(folder_file(action->file));
    free(outcomes.whole);
    assert_true(outcomes.came > 0);
    print_message("%s: %d of %ld allocations failed: %d times it was done all the same, %d times "
                  "the screen said why not, %d times the program ended\n",
                  action->name, outcomes.came, count, outcomes.done, outcomes.told, outcomes.ended);
}

static void allocations_fail(void **state)
{
    (void)state;
    if (!*faults_preload)
        skip();
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
        if (!only || strcmp(only, actions[i].name) == 0)
            try_action(&actions[i], stride > 0 ? 0 : (int)i);
}

/* What the actions read. */
static int make_files(void **state)
{
    if (folder_make(state) != 0)
        return -1;
    FILE *lesson = fopen(folder_file("lesson.lns"), "w");
    if (!lesson)
        return -1;
    fputs("set steps 0\nrun until step 4\npause\nsay \"All is said.\"\nwait key\n", lesson);
    fclose(lesson);
    const char *const commands[] = {"run --steps 4 --format jsonl -o rows.jsonl" SMALL,
                                    "run --steps 6 --format jsonl -o more.jsonl" SMALL};
    for (int i = 0; i < 2; i++) {
        struct process process = process_start_command(
            &(struct process_start){.folder = folder_path}, faults_program, commands[i]);
        if (process_finish(&process) != 0)
            return -1;
    }
    const struct action save = {.name = "save", MAKES("session", ":save")};
    struct outcomes outcomes = {0};
    if (*faults_preload)
        try(&save, 0, &outcomes);
    free(outcomes.whole);
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(allocations_fail, make_files, folder_leave),
    };
    if (getenv("LNSCOPE_FULL"))
        stride = 1;
    unsetenv("LNSCOPE_FULL"); /* it is no setting of the program's */
    if (argc < 1 || !faults_find(argv[0]))
        return 1;
    only = argc > 1 ? argv[1] : NULL;
    first = argc > 2 ? atol(argv[2]) : first;
    last = argc > 3 ? atol(argv[3]) : last;
    stride = argc > 4 ? atol(argv[4]) : stride;
    return cmocka_run_group_tests_name("faults on the screen", tests, NULL, NULL);
}
