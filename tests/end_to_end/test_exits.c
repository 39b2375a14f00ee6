/* However the program ends, wherever it is, on whatever terminal: the terminal is given back with
 * the modes that it had, its bytes end as those of a program that was quit, nothing is left running
 * and no file is left behind.
 *
 * Kinds of terminals, exits and places are three tables. Every exit happens in every place, each on
 * the next kind of terminal, so that any two rows of different tables meet. With LNSCOPE_FULL set
 * in the environment it happens on all of them, which takes minutes; under a sanitizer, of the
 * signals that are treated alike one happens in each place, the next in the next.
 *
 * The program is that of the environment variable LNSCOPE, or build/lnscope. */
#include "base/signals.h"
#include "controls/view_names.h"
#include "support/console.h"
#include "support/folder.h"
#include "support/sanitized.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char program[4096];
static bool full; /* every one of all tables with every other */

/* ---- kinds of terminals ---- */

static const char *const kinds[] = {"xterm-256color", "xterm-direct", "screen", "tmux-256color",
                                    "linux",          "vt100",        "vt220",  "ansi"};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

/* Those that cannot be drawn on. */
static const struct {
    const char *setting, *reason;
} refused[] = {
    {"TERM=dumb", "lnscope: terminal type 'dumb' cannot place its cursor: "},
    {"TERM", "lnscope: TERM is not set: "},
    {"TERM=unheard-of", "lnscope: terminal type 'unheard-of' is not known: "},
};

/* Not every system has a description of this one, which is short. */
static const char direct[] = "xterm-direct|xterm with direct colours,\n"
                             "\tRGB, colors#0x1000000, pairs#0x10000,\n"
                             "\tsetab=\\E[%?%p1%{8}%<%t4%p1%d%e48:2::%p1%{65536}%/%d:%p1%{256}%/"
                             "%{255}%&%d:%p1%{255}%&%d%;m,\n"
                             "\tsetaf=\\E[%?%p1%{8}%<%t3%p1%d%e38:2::%p1%{65536}%/%d:%p1%{256}%/"
                             "%{255}%&%d:%p1%{255}%&%d%;m,\n"
                             "\tuse=xterm-256color,\n";

/* ---- places ---- */

#define SMALL                 "--layers 2 --width 16 --heads 2 --ffn 32 --context 8 --batch 2 --threads 2 "
#define VIEW_PLACE(id, label) {.name = #label, .words = SMALL, .view = VIEW_##id, .quit = "q"},

/* How each is come to, what is seen there, and what quits from there. */
static const struct place {
    const char *name, *words;
    enum view view; /* where there are no keys: its digit is typed, and its name seen */
    const char *keys, *text, *quit;
} places[] = {
    VIEW_LIST(VIEW_PLACE){.name = "play",
                          .words = "play lesson.lns",
                          .keys = "",
                          .text = "Nothing yet.",
                          .quit = "q"},
    {.name = "watch", .words = "watch rows.jsonl", .keys = "", .text = "Post-LN", .quit = "q"},
    {.name = "lab that trains",
     .words = SMALL,
     .keys = ":lab lr=1e-3,1e-2 seeds=1..400 steps=2000\r",
     .text = "1 under way",
     .quit = "qq"},
    {.name = "prompt",
     .words = SMALL,
     .keys = ":set warm",
     .text = ":set warm",
     .quit = "\025\177q"},
};
enum { PLACES = sizeof places / sizeof places[0] };

static const char lesson[] =
    "set layers 2\nset width 16\nset heads 2\nset ffn 32\nset context 8\nset batch 2\n"
    "say \"Nothing yet.\"\nwait key\nrun until step 40\n";
static const char rows[] =
    "{\"step\":1,\"placement\":\"post\",\"loss\":4,\"stream_grad\":[0.1,1]}\n"
    "{\"step\":2,\"placement\":\"post\",\"loss\":3,\"stream_grad\":[0.1,1]}\n";

/* ---- exits ---- */

struct exit {
    const char *name;
    enum way {
        WAY_QUIT,
        WAY_ENDED,   /* by a signal that asks for the end */
        WAY_CRASHED, /* by one that says that all is lost */
        WAY_TERMINAL_LOST,
        WAY_PARENT_KILLED, /* and its shell goes on */
        WAY_SHELL_KILLED,
        WAY_PIPE_BROKEN,   /* the one that the screen is recorded to */
        WAY_STOPPED,       /* by Ctrl-Z, then in the background, then quit in the foreground */
        WAY_STOPPED_ENDED, /* by Ctrl-Z, then by a signal while the shell has the terminal */
        WAY_FROZEN         /* by a signal that cannot be taken, and told to quit meanwhile */
    } way;
    int number; /* of the signal; 0: the next of its kind */
};

/* The next signal of a kind; those between the first and the last of real time are all alike. */
static int next_signal(enum signal_kind kind, int after)
{
    for (int number = after + 1; number < SIGNALS; number++)
        if (signals_kind(number) == kind && !(number > SIGRTMIN && number < SIGRTMAX))
            return number;
    return 0;
}

enum { EXITS = SIGNALS + 10 };

static int list_exits(struct exit exits[EXITS])
{
    static const struct exit alike[] = {
        {"a signal", WAY_ENDED, 0}, {"another signal", WAY_ENDED, 0}, {"a crash", WAY_CRASHED, 0}};
    static const struct exit others[] = {
        {"q", WAY_QUIT, 0},
        {"a lost terminal", WAY_TERMINAL_LOST, 0},
        {"a killed parent", WAY_PARENT_KILLED, 0},
        {"a killed shell", WAY_SHELL_KILLED, 0},
        {"a broken pipe", WAY_PIPE_BROKEN, 0},
        {"Ctrl-Z, bg, fg, q", WAY_STOPPED, 0},
        {"Ctrl-Z, SIGTERM", WAY_STOPPED_ENDED, SIGTERM},
        {"SIGSTOP, q, fg", WAY_FROZEN, 0},
    };
    int count = sizeof others / sizeof others[0];
    memcpy(exits, others, sizeof others);
    if (SANITIZED && !full) {
        memcpy(exits + count, alike, sizeof alike);
        return count + (int)(sizeof alike / sizeof alike[0]);
    }
    for (int number = 0; (number = next_signal(SIGNAL_ENDS, number));)
        exits[count++] = (struct exit){"a signal", WAY_ENDED, number};
    for (int number = 0; (number = next_signal(SIGNAL_CRASHES, number));)
        exits[count++] = (struct exit){"a crash", WAY_CRASHED, number};
    return count;
}

/* ---- one end ---- */

/* Where something is wrong it is said of all three. */
struct end {
    const char *kind;
    const struct exit *exit;
    const struct place *place;
    int number; /* of the signal */
    struct console *console;
};

#define WRONG(end, ...)                                                                            \
    do {                                                                                           \
        print_error("TERM=%s, %s (signal %d), in %s: ", (end)->kind, (end)->exit->name,            \
                    (end)->number, (end)->place->name);                                            \
        fail_msg(__VA_ARGS__);                                                                     \
    } while (0)

static void start(struct end *end)
{
    char command[8192], kind[64], descriptions[160];
    const enum way way = end->exit->way;
    const char *const arguments[] = {"/bin/sh", "-c", command, NULL};
    const char *const environment[] = {kind,
                                       descriptions,
                                       "LC_ALL=C.UTF-8",
                                       "NO_COLOR",
                                       "COLORTERM",
                                       "LINES",
                                       "COLUMNS",
                                       "XDG_CONFIG_HOME=/nonexistent",
                                       "OPENBLAS_NUM_THREADS=1",
                                       NULL};
    snprintf(kind, sizeof kind, "TERM=%s", end->kind);
    snprintf(descriptions, sizeof descriptions, "TERMINFO_DIRS=%s:", folder_path);
    snprintf(command, sizeof command, "%s '%s' %s %s%s", way == WAY_PARENT_KILLED ? "" : "exec",
             program, end->place->words, way == WAY_PIPE_BROKEN ? "--record pipe --force" : "",
             way == WAY_PARENT_KILLED ? "; true" : "");
    end->console = console_open(&(struct console_start){.arguments = arguments,
                                                        .environment = environment,
                                                        .folder = folder_path,
                                                        .rows = 24,
                                                        .cols = 80});
}

static void come_to_place(struct end *end)
{
    const struct place *place = end->place;
    char key[2] = "", seen[32];
    snprintf(key, sizeof key, "%d", (place->view + 1) % 10);
    snprintf(seen, sizeof seen, "%s %s", key, view_names[place->view]);
    const char *const keys = place->keys ? place->keys : key;
    /* Before that keys are shown by the terminal itself. */
    if (*keys && !console_wait_text(end->console, "Post-LN"))
        WRONG(end, "it does not begin");
    console_send(end->console, keys);
    if (!console_wait_text(end->console, place->text ? place->text : seen))
        WRONG(end, "it does not come there");
}

static void expect_status(struct end *end, int status)
{
    const int got = console_wait_exit(end->console);
    if (!WIFEXITED(got) || WEXITSTATUS(got) != status)
        WRONG(end, "status %d expected, waitpid() says %#x", status, (unsigned)got);
}

static void expect_signal(struct end *end, int number)
{
    const int got = console_wait_exit(end->console);
    if (SANITIZED && end->exit->way == WAY_CRASHED && WIFEXITED(got) && WEXITSTATUS(got) != 0)
        return; /* a sanitizer takes it, and exits with a status of its own */
    if (!WIFSIGNALED(got) || WTERMSIG(got) != number)
        WRONG(end, "death by signal %d expected, waitpid() says %#x", number, (unsigned)got);
}

static void stop_and_go_on(struct end *end)
{
    struct console *console = end->console;
    console_send(console, "\032");
    for (int times = 0; times < 2; times++) { /* where it is in the background it stops again */
        if (!console_wait_stop(console))
            WRONG(end, "it does not stop");
        if (console_complaint(console))
            WRONG(end, "stopped %s: %s", times ? "in the background" : "by Ctrl-Z",
                  console_complaint(console));
        if (times == 0)
            console_continue_behind(console);
    }
    console_write(console, "\033[2J\033[Hsomebody else was here\r\n");
    assert_true(console_wait_text(console, "somebody else was here"));
    console_continue(console);
    if (!console_wait_no_text(console, "somebody else was here"))
        WRONG(end, "it is not drawn again");
}

/* The program ends as the row of the exit says. */
static void leave(struct end *end)
{
    struct console *console = end->console;
    switch (end->exit->way) {
    case WAY_STOPPED:
        stop_and_go_on(end);
        console_send(console, end->place->quit);
        expect_status(end, 0);
        break;
    case WAY_STOPPED_ENDED:
        console_send(console, "\032");
        if (!console_wait_stop(console))
            WRONG(end, "it does not stop");
        console_signal(console, end->number);
        console_continue_behind(console); /* as a shell does with a stopped job that is killed */
        expect_signal(end, end->number);
        break;
    case WAY_FROZEN:
        console_signal(console, SIGSTOP);
        if (!console_wait_stop(console))
            WRONG(end, "it does not stop");
        console_send(console, end->place->quit);
        console_continue(console);
        expect_status(end, 0);
        break;
    case WAY_QUIT:
        console_send(console, end->place->quit);
        expect_status(end, 0);
        break;
    case WAY_PIPE_BROKEN:
        console_send(console, end->place->quit);
        expect_status(end, 1);
        if (!strstr(console_output(console, NULL), "lnscope: "))
            WRONG(end, "it does not say that the recording is not whole");
        break;
    case WAY_ENDED:
    case WAY_CRASHED:
        console_signal(console, end->number);
        expect_signal(end, end->number);
        break;
    case WAY_TERMINAL_LOST:
        console_lose(console);
        expect_signal(end, SIGHUP);
        break;
    case WAY_PARENT_KILLED:
        console_kill_parent(console);
        break;
    case WAY_SHELL_KILLED:
        console_kill_shell(console);
        break;
    }
    if (!console_wait_gone(console))
        WRONG(end, "it does not end");
}

/* ---- how the bytes end ---- */

/* A mode of the terminal, and what it was set to last. */
struct mode {
    char mark; /* '?' where it is private */
    int number;
    char last; /* 'h' or 'l'; 'c' for the looks of the Linux console's cursor, where 0 is usual */
};
enum { MODES = 64 };

static void set_mode(struct mode modes[MODES], struct mode mode)
{
    int i = 0;
    const bool cursor = mode.last == 'c';
    while (i < MODES - 1 && modes[i].last &&
           !(modes[i].mark == mode.mark && (modes[i].last == 'c') == cursor &&
             (cursor || modes[i].number == mode.number)))
        i++;
    modes[i] = mode;
}

/* Wrapped lines, a cursor, and screen's usual cursor are on; all else is off. */
static bool is_usual(struct mode mode)
{
    if (mode.last == 'c')
        return mode.number == 0;
    const bool on = (mode.mark == '?' && (mode.number == 7 || mode.number == 25)) ||
                    (!mode.mark && mode.number == 34);
    return mode.last == (on ? 'h' : 'l');
}

/* Reads a sequence behind its Escape; its end. */
static const char *take_sequence(const char *at, struct mode modes[MODES])
{
    if (*at == '=' || *at == '>')
        set_mode(modes, (struct mode){'=', 0, *at == '=' ? 'h' : 'l'});
    if (*at != '[')
        return *at ? at + 1 : at;
    const char mark = at[1] == '?' ? '?' : '\0';
    for (at += mark ? 2 : 1;;) {
        char *behind;
        const int number = (int)strtol(at, &behind, 10);
        const char *last = behind + strcspn(behind, "\033hlc@ABCDEFGHIJKLMPSTXZ`abdefgimnpqrstu~");
        if (*last == 'h' || *last == 'l' || (*last == 'c' && mark))
            set_mode(modes, (struct mode){mark, number, *last});
        if (*behind != ';')
            return *last && *last != '\033' ? last + 1 : last;
        at = behind + 1;
    }
}

/* Whether the bytes end as those of a program that was quit: all modes are usual, and behind the
 * last sequence there is nothing but what the program says. */
static void check_bytes(struct end *end)
{
    struct mode modes[MODES] = {{0, 0, 0}};
    const char *tail = console_output(end->console, NULL);
    bool shifted = false;
    for (const char *at = tail; *at;) {
        if (*at == '\016' || *at == '\017')
            shifted = *at == '\016';
        if (*at++ == '\033')
            at = tail = take_sequence(at, modes);
    }
    for (int i = 0; i < MODES && modes[i].last; i++)
        if (!is_usual(modes[i]))
            WRONG(end, "mode %c%d is left as %c", modes[i].mark ? modes[i].mark : ' ',
                  modes[i].number, modes[i].last);
    if (shifted)
        WRONG(end, "letters are left as lines");
    tail += strspn(tail, "\017\r\n");
    if (*tail && strncmp(tail, "lnscope: ", 9) != 0 &&
        !(SANITIZED && end->exit->way == WAY_CRASHED))
        WRONG(end, "at the end it sends %s", tail);
}

static void check_end(struct end *end)
{
    const enum way way = end->exit->way;
    if (way != WAY_TERMINAL_LOST && way != WAY_SHELL_KILLED) { /* else nobody sees it */
        console_settle(end->console);
        if (console_complaint(end->console))
            WRONG(end, "%s", console_complaint(end->console));
        check_bytes(end);
    }
    console_close(end->console);
}

/* ---- the tests ---- */

static int signal_of(const struct exit *exit, int place)
{
    int number = exit->number;
    const bool crashes = exit->way == WAY_CRASHED;
    if (number || (exit->way != WAY_ENDED && !crashes))
        return number;
    /* the second row of them begins where the first has ended */
    for (int steps = place + (exit->name[1] == 'n' ? PLACES : 0); steps >= 0; steps--)
        while (!(number = next_signal(crashes ? SIGNAL_CRASHES : SIGNAL_ENDS, number)))
            ;
    return number;
}

static void end_once(struct end *end)
{
    const int files = folder_count();
    int reader = -1;
    if (end->exit->way == WAY_PIPE_BROKEN)
        reader = open(folder_file("pipe"), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    start(end);
    come_to_place(end);
    if (reader >= 0)
        close(reader);
    leave(end);
    check_end(end);
    if (folder_count() != files)
        WRONG(end, "it leaves a file");
}

static void every_exit_in_every_place(void **state)
{
    static struct exit exits[EXITS];
    const int count = list_exits(exits), kinds_of_each = full ? KINDS : 1;
    (void)state;
    for (int i = 0; i < count; i++)
        for (int place = 0; place < PLACES; place++)
            for (int kind = 0; kind < kinds_of_each; kind++)
                end_once(&(struct end){.kind = kinds[(i + place + kind) % KINDS],
                                       .exit = &exits[i],
                                       .place = &places[place],
                                       .number = signal_of(&exits[i], place)});
    print_message("%d ends: any two of %d terminals, %d exits and %d places together\n",
                  count * PLACES * kinds_of_each, KINDS, count, PLACES);
}

/* No picture, one line, status 1, and not a byte that would steer a terminal. */
static void some_terminals_are_refused(void **state)
{
    static const struct exit none = {"a refusal", WAY_QUIT, 0};
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        for (int place = VIEWS - 1; place < PLACES; place++) {
            char command[8192];
            const char *const arguments[] = {"/bin/sh", "-c", command, NULL};
            const char *const environment[] = {refused[i].setting, "XDG_CONFIG_HOME=/nonexistent",
                                               NULL};
            struct end end = {.kind = refused[i].setting, .exit = &none, .place = &places[place]};
            snprintf(command, sizeof command, "exec '%s' %s", program, end.place->words);
            end.console = console_open(&(struct console_start){.arguments = arguments,
                                                               .environment = environment,
                                                               .folder = folder_path,
                                                               .rows = 24,
                                                               .cols = 80});
            expect_status(&end, 1);
            const char *output = console_output(end.console, NULL);
            if (strncmp(output, refused[i].reason, strlen(refused[i].reason)) != 0)
                WRONG(&end, "it says %s", output);
            if (strchr(output, '\033') || strchr(output, '\n') != output + strlen(output) - 1)
                WRONG(&end, "it says more than a line: %s", output);
            check_end(&end);
        }
}

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(folder_file(name), "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static int prepare(void **state)
{
    char command[512];
    if (folder_make(state) != 0 || mkfifo(folder_file("pipe"), 0600) != 0)
        return -1;
    write_file("lesson.lns", lesson);
    write_file("rows.jsonl", rows);
    write_file("direct", direct);
    snprintf(command, sizeof command, "TERMINFO=%s tic -x %s", folder_path, folder_file("direct"));
    return system(command);
}

static int remove_all(void **state)
{
    folder_remove(folder_file("x")); /* made by tic */
    return folder_leave(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(some_terminals_are_refused),
        cmocka_unit_test(every_exit_in_every_place),
    };
    const char *named = getenv("LNSCOPE");
    full = getenv("LNSCOPE_FULL") != NULL;
    unsetenv("LNSCOPE_FULL"); /* it is no setting of the program's */
    if (!realpath(named ? named : "build/lnscope", program))
        return EXIT_FAILURE;
    return cmocka_run_group_tests_name("exits", tests, prepare, remove_all);
}
