/* See console.h. */
#ifndef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700 /* posix_openpt */
#endif
#include "support/console.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <vterm.h>

static const double deadline_seconds = 120; /* also under a sanitizer on a busy machine */

struct console {
    int master, slave;
    int report;   /* the shell writes here what waitpid() tells it */
    int command;  /* a byte here continues the program, in the background when it is BACKGROUND */
    int lifeline; /* the other end is the program's, and is closed with its last process */
    pid_t shell, program;
    int status; /* the newest of waitpid(); -1: none yet */
    bool stopped, ended;
    struct termios modes; /* at the start */
    VTerm *vterm;
    VTermScreen *screen;
    bool alternate, cursor;
    char *output; /* all that was sent, NUL-terminated */
    size_t output_size, output_room;
    size_t shown; /* so many bytes of it are on the screen */
    char *text;   /* of console_screen() */
    char complaint[256];
};

/* What the shell is told. */
enum { FOREGROUND = 'f', BACKGROUND = 'b' };

enum { MOST_FILES = 256 /* that a test has open */ };

/* ---- the shell ---- */

static void shell_run(const struct console_start *start, int report)
{
    pid_t program = fork();
    if (program != 0) {
        if (write(report, &program, sizeof program) != sizeof program || program < 0)
            _exit(1);
        return;
    }
    setpgid(0, 0);
    tcsetpgrp(STDIN_FILENO, getpid());
    process_plain_signals();
    setenv("LNSCOPE_CONFIRM", "off", 1); /* q quits at once, but where a test asks otherwise */
    process_set_environment(start->environment);
    process_set_limit(start->limit);
    if (start->folder && chdir(start->folder) != 0)
        _exit(126);
    execv(start->arguments[0], (char *const *)start->arguments);
    fprintf(stderr, "%s: %s\n", start->arguments[0], strerror(errno));
    _exit(127);
}

/* A session with one job, whose state it reports, also of how it ends with its terminal; never
 * returns. The job alone keeps its lifeline. */
static void shell(const struct console_start *start, const char *terminal, int report, int command,
                  int lifeline)
{
    setsid();
    int slave = open(terminal, O_RDWR); /* which makes it the session's terminal */
    if (slave < 0)
        _exit(1);
#ifdef TIOCSCTTY
    ioctl(slave, TIOCSCTTY, 0);
#endif
    for (int fd = 0; fd < 3; fd++)
        dup2(slave, fd);
    for (int fd = 3; fd < MOST_FILES; fd++) /* what a program that was started would not have */
        if (fd != report && fd != command && fd != lifeline)
            close(fd);
    signal(SIGTTOU, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    shell_run(start, report);
    close(lifeline);
    for (;;) {
        int status;
        char byte;
        pid_t program = waitpid(-1, &status, WUNTRACED);
        if (program < 0) /* none is left: it sits at its prompt */
            _exit(read(command, &byte, 1) != 0);
        tcsetpgrp(STDIN_FILENO, getpgrp());
        if (write(report, &status, sizeof status) != sizeof status)
            _exit(1);
        if (WIFSTOPPED(status)) {
            if (read(command, &byte, 1) != 1)
                _exit(1);
            if (byte == FOREGROUND)
                tcsetpgrp(STDIN_FILENO, program);
            kill(-program, SIGCONT);
        }
    }
}

/* ---- the screen ---- */

static int on_property(VTermProp property, VTermValue *value, void *user)
{
    struct console *console = user;
    if (property == VTERM_PROP_ALTSCREEN)
        console->alternate = value->boolean;
    if (property == VTERM_PROP_CURSORVISIBLE)
        console->cursor = value->boolean;
    return 1;
}

static const VTermScreenCallbacks callbacks = {.settermprop = on_property};

static void open_screen(struct console *console, int rows, int cols)
{
    console->vterm = vterm_new(rows, cols);
    vterm_set_utf8(console->vterm, 1);
    console->screen = vterm_obtain_screen(console->vterm);
    console->cursor = true;
    vterm_screen_set_callbacks(console->screen, &callbacks, console);
    vterm_screen_enable_altscreen(console->screen, 1);
    vterm_screen_reset(console->screen, 1);
}

static void take_output(struct console *console, const char *bytes, size_t size)
{
    if (console->output_size + size + 1 > console->output_room) {
        console->output_room = 2 * (console->output_size + size + 1);
        console->output = memory_resize(console->output, console->output_room, 1);
    }
    memcpy(console->output + console->output_size, bytes, size);
    console->output_size += size;
    console->output[console->output_size] = '\0';
}

/* Shows the next bytes of what was sent. */
static void show(struct console *console, size_t size)
{
    char answer[256];
    vterm_input_write(console->vterm, console->output + console->shown, size);
    console->shown += size;
    size = vterm_output_read(console->vterm, answer, sizeof answer);
    if (size > 0 && write(console->master, answer, size) < 0)
        return; /* nobody listens any more */
}

static void show_all(struct console *console)
{
    show(console, console->output_size - console->shown);
}

/* Shows what was sent up to the end of the next frame, so that none is missed, however long this
 * process was kept waiting, and none is seen in part; false when there is nothing new. */
static bool show_frame(struct console *console)
{
    static const char begin[] = "\033[?2026h", end[] = "\033[?2026l";
    const char *from = console->output + console->shown, *to = strstr(from, end);
    if (to)
        to += sizeof end - 1;
    else
        to = strstr(from, begin); /* the rest of it is on its way */
    const size_t size = to ? (size_t)(to - from) : console->output_size - console->shown;
    show(console, size);
    return size > 0;
}

static void take_report(struct console *console)
{
    if (read(console->report, &console->status, sizeof console->status) !=
        (ssize_t)sizeof console->status) {
        console->ended = true;
        return;
    }
    console->stopped = WIFSTOPPED(console->status);
    console->ended = !console->stopped;
}

/* Waits at most `seconds` for anything to happen, and takes it. */
static void take_events(struct console *console, double seconds)
{
    char bytes[65536];
    struct pollfd ready[] = {{.fd = console->master, .events = POLLIN},
                             {.fd = console->ended ? -1 : console->report, .events = POLLIN}};
    if (poll(ready, 2, (int)(seconds * 1000)) <= 0)
        return;
    if (ready[0].revents) {
        ssize_t size = read(console->master, bytes, sizeof bytes);
        if (size > 0)
            take_output(console, bytes, (size_t)size);
    } else if (ready[1].revents) { /* only when all output has been taken */
        take_report(console);
    }
}

/* ---- the interface ---- */

struct console *console_open(const struct console_start *start)
{
    struct console *console = memory_new(1, sizeof *console);
    struct winsize size = {.ws_row = (unsigned short)start->rows,
                           .ws_col = (unsigned short)start->cols};
    int report[2], command[2], lifeline[2];
    console->status = -1;
    console->master = posix_openpt(O_RDWR | O_NOCTTY);
    if (console->master < 0 || grantpt(console->master) != 0 || unlockpt(console->master) != 0)
        die("pseudo-terminal: %s", strerror(errno));
    char *name = memory_copy_string(ptsname(console->master));
    console->slave = open(name, O_RDWR | O_NOCTTY);
    if (console->slave < 0 || tcgetattr(console->slave, &console->modes) != 0 ||
        ioctl(console->slave, TIOCSWINSZ, &size) != 0 || pipe(report) != 0 || pipe(command) != 0 ||
        pipe(lifeline) != 0)
        die("pseudo-terminal: %s", strerror(errno));
    int all[] = {console->master, console->slave, report[0],  report[1],
                 command[0],      command[1],     lifeline[0]};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        fcntl(all[i], F_SETFD, FD_CLOEXEC);
    fflush(NULL);
    console->shell = fork();
    if (console->shell < 0)
        die("fork: %s", strerror(errno));
    if (console->shell == 0) {
        close(console->master);
        close(report[0]);
        close(command[1]);
        shell(start, name, report[1], command[0], lifeline[1]);
    }
    close(report[1]);
    close(command[0]);
    close(lifeline[1]);
    free(name);
    console->report = report[0];
    console->command = command[1];
    console->lifeline = lifeline[0];
    if (read(console->report, &console->program, sizeof console->program) !=
        (ssize_t)sizeof console->program)
        die("the program cannot be started");
    open_screen(console, start->rows, start->cols);
    take_output(console, "", 0);
    return console;
}

void console_close(struct console *console)
{
    if (!console->ended)
        kill(console->program, SIGKILL);
    close(console->command);
    if (console->master >= 0)
        close(console->master);
    close(console->slave);
    close(console->report);
    close(console->lifeline);
    kill(console->shell, SIGKILL);
    waitpid(console->shell, NULL, 0);
    vterm_free(console->vterm);
    free(console->output);
    free(console->text);
    free(console);
}

void console_send(struct console *console, const char *keys)
{
    size_t size = strlen(keys);
    take_events(console, 0);
    show_all(console);
    while (size > 0) {
        ssize_t written = write(console->master, keys, size);
        if (written < 0 && errno != EINTR)
            return;
        keys += written > 0 ? written : 0;
        size -= written > 0 ? (size_t)written : 0;
    }
}

void console_resize(struct console *console, int rows, int cols)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    take_events(console, 0);
    show_all(console);
    vterm_set_size(console->vterm, rows, cols);
    ioctl(console->master, TIOCSWINSZ, &size);
}

void console_signal(struct console *console, int number)
{
    kill(-console->program, number);
}

void console_write(struct console *console, const char *text)
{
    if (write(console->slave, text, strlen(text)) < 0)
        die("pseudo-terminal: %s", strerror(errno));
}

/* Looks at one frame after the other until `holds` says yes of the screen. */
static bool wait_for(struct console *console, double seconds,
                     bool (*holds)(const char *screen, const void *data), const void *data)
{
    const double until = clock_seconds() + seconds;
    for (;;) {
        const bool ended = console->ended;
        bool some = show_frame(console);
        if (!some) {
            take_events(console, 0.05);
            some = show_frame(console);
        }
        if (holds(console_screen(console), data))
            return true;
        if (!some && (ended || clock_seconds() >= until)) {
            show_all(console);
            return holds(console_screen(console), data);
        }
    }
}

static bool has_text(const char *screen, const void *text)
{
    return strstr(screen, text) != NULL;
}

static bool has_no_text(const char *screen, const void *text)
{
    return !has_text(screen, text);
}

double console_pump(struct console *console, double seconds)
{
    double until = clock_seconds() + seconds;
    for (double left = seconds; left > 0; left = until - clock_seconds())
        take_events(console, left < 0.05 ? left : 0.05);
    const double taken = clock_seconds();
    show_all(console);
    return taken;
}

bool console_see_text(struct console *console, const char *text, double seconds)
{
    return wait_for(console, seconds, has_text, text);
}

bool console_wait_text(struct console *console, const char *text)
{
    if (wait_for(console, deadline_seconds, has_text, text))
        return true;
    fprintf(stderr, "%s never appeared; the screen is\n%s\n", text, console_screen(console));
    return false;
}

bool console_wait_no_text(struct console *console, const char *text)
{
    if (wait_for(console, deadline_seconds, has_no_text, text))
        return true;
    fprintf(stderr, "%s never went away; the screen is\n%s\n", text, console_screen(console));
    return false;
}

static int first_of(const char *screen, const char *const *texts)
{
    for (int i = 0; texts[i]; i++)
        if (strstr(screen, texts[i]))
            return i;
    return -1;
}

static bool has_any(const char *screen, const void *texts)
{
    return first_of(screen, texts) >= 0;
}

int console_wait_any(struct console *console, const char *const *texts)
{
    (void)wait_for(console, deadline_seconds, has_any, texts);
    return first_of(console_screen(console), texts);
}

/* The first "step N" of the screen is that of its header. */
static bool has_step(const char *screen, const void *least)
{
    static const char word[] = "step ";
    const char *found = strstr(screen, word);
    return found && strtol(found + sizeof word - 1, NULL, 10) >= *(const long *)least;
}

bool console_wait_step_or_end(struct console *console, long least)
{
    return wait_for(console, deadline_seconds, has_step, &least);
}

bool console_wait_step(struct console *console, long least)
{
    if (wait_for(console, deadline_seconds, has_step, &least))
        return true;
    fprintf(stderr, "step %ld was never reached; the screen is\n%s\n", least,
            console_screen(console));
    return false;
}

bool console_wait_output(struct console *console)
{
    const size_t before = console->output_size;
    const double until = clock_seconds() + deadline_seconds;
    while (console->output_size == before && !console->ended && clock_seconds() < until)
        take_events(console, 0.05);
    return console->output_size > before;
}

bool console_wait_stop(struct console *console)
{
    double until = clock_seconds() + deadline_seconds;
    while (!console->stopped && !console->ended && clock_seconds() < until)
        take_events(console, 0.05);
    if (console->stopped)
        console_settle(console);
    return console->stopped;
}

static void tell_shell(struct console *console, char what)
{
    console->stopped = false;
    if (write(console->command, &what, 1) != 1)
        die("the shell is gone: %s", strerror(errno));
}

void console_continue(struct console *console)
{
    tell_shell(console, FOREGROUND);
}

void console_continue_behind(struct console *console)
{
    tell_shell(console, BACKGROUND);
}

void console_lose(struct console *console)
{
    close(console->master);
    console->master = -1;
}

void console_kill_parent(struct console *console)
{
    kill(console->program, SIGKILL);
}

void console_kill_shell(struct console *console)
{
    kill(console->shell, SIGKILL);
}

bool console_wait_gone(struct console *console)
{
    struct pollfd ready = {.fd = console->lifeline, .events = POLLIN};
    const double until = clock_seconds() + deadline_seconds;
    while (clock_seconds() < until) {
        take_events(console, 0);
        if (poll(&ready, 1, 50) == 1)
            return true;
    }
    return false;
}

/* The last of the output can arrive after the news of a stop or an end, since the system hands it
 * on later: it has when what is written behind it arrives, a message that a terminal does not know.
 * Keys that nobody took may be echoed behind that. */
void console_settle(struct console *console)
{
    static const char mark[] = "\033]777;end\007";
    const size_t size = sizeof mark - 1, before = console->output_size;
    const double until = clock_seconds() + deadline_seconds;
    console_write(console, mark);
    while (clock_seconds() < until) {
        take_events(console, 0.05);
        char *found = strstr(console->output + before, mark);
        if (found) {
            memmove(found, found + size, strlen(found + size) + 1);
            console->output_size -= size;
            break;
        }
    }
    show_all(console);
}

int console_wait_exit(struct console *console)
{
    double until = clock_seconds() + deadline_seconds;
    while (!console->ended && clock_seconds() < until)
        take_events(console, 0.05);
    if (console->ended && console->master >= 0)
        console_settle(console);
    return console->ended ? console->status : -1;
}

const char *console_screen(struct console *console)
{
    int rows, cols;
    vterm_get_size(console->vterm, &rows, &cols);
    /* A cell holds up to 6 code points of 4 bytes. */
    console->text = memory_resize(
        console->text, (size_t)rows * (size_t)(cols * 4 * VTERM_MAX_CHARS_PER_CELL + 1) + 1, 1);
    char *out = console->text;
    for (int row = 0; row < rows; row++) {
        char *end = out; /* behind the last cell that is not empty */
        for (int col = 0; col < cols; col++) {
            VTermScreenCell cell;
            if (!vterm_screen_get_cell(console->screen, (VTermPos){.row = row, .col = col}, &cell))
                continue;
            if (cell.chars[0] == (uint32_t)-1) /* the right half of a wide one */
                continue;
            if (cell.chars[0] == 0)
                *out++ = ' ';
            for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i]; i++)
                out += utf8_put(out, cell.chars[i]);
            if (out[-1] != ' ')
                end = out;
        }
        *end = '\n';
        out = end + 1;
    }
    *out = '\0';
    return console->text;
}

const char *console_output(struct console *console, size_t *size)
{
    if (size)
        *size = console->output_size;
    return console->output;
}

static size_t last_of(const char *output, const char *sequence)
{
    size_t last = 0;
    for (const char *at = strstr(output, sequence); at; at = strstr(at + 1, sequence))
        last = (size_t)(at - output) + 1;
    return last;
}

static const char *complain(struct console *console, const char *what)
{
    snprintf(console->complaint, sizeof console->complaint, "%s", what);
    return console->complaint;
}

/* What a word that a shell prints now looks like. */
static bool is_plain(struct console *console)
{
    VTermScreenCell cell;
    const VTermPos corner = {.row = 0, .col = 0};
    static const char probe[] = "\0337\033[HX\0338"; /* save, home, X, restore */
    vterm_input_write(console->vterm, probe, sizeof probe - 1);
    return vterm_screen_get_cell(console->screen, corner, &cell) && cell.chars[0] == 'X' &&
           !cell.attrs.bold && !cell.attrs.underline && !cell.attrs.reverse &&
           VTERM_COLOR_IS_DEFAULT_FG(&cell.fg) && VTERM_COLOR_IS_DEFAULT_BG(&cell.bg);
}

const char *console_complaint(struct console *console)
{
    static const char *const pairs[][3] = {
        {"\033[?2026h", "\033[?2026l", "a synchronized update was not ended"},
        /* not all terminals take it as part of what leaving the second screen restores */
        {"\033[?25l", "\033[?25h", "the cursor is hidden"},
        {"\033[?1h", "\033[?1l", "the cursor keys are still in application mode"},
        {"\033=", "\033>", "the keypad is still in application mode"},
        {"\033[?1000h", "\033[?1000l", "the mouse is still reported"},
        {"\033[?2004h", "\033[?2004l", "pasted text is still bracketed"},
        {"\033[?1002h", "\033[?1002l", "the mouse is still reported"},
        {"\033[?1006h", "\033[?1006l", "the mouse is still reported with numbers"},
    };
    struct termios modes;
    if (console->alternate)
        return complain(console, "the alternate screen is still shown");
    if (!console->cursor)
        return complain(console, "the cursor is hidden");
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (last_of(console->output, pairs[i][0]) > last_of(console->output, pairs[i][1]))
            return complain(console, pairs[i][2]);
    if (!is_plain(console))
        return complain(console, "text comes with colours or attributes");
    if (tcgetattr(console->slave, &modes) != 0)
        return complain(console, "the modes cannot be read");
    if (modes.c_lflag != console->modes.c_lflag || modes.c_iflag != console->modes.c_iflag ||
        modes.c_oflag != console->modes.c_oflag || modes.c_cflag != console->modes.c_cflag ||
        memcmp(modes.c_cc, console->modes.c_cc, sizeof modes.c_cc) != 0)
        return complain(console, "the modes of the terminal are not those at the start");
    return NULL;
}
