/* See terminal.h. Only this file, terminal_keys.c and terminal_looks.[ch] include curses. Owns the
 * terminal; must not know what is drawn or what a key does.
 *
 * Two ways lead back to a sane terminal. terminal_close() asks curses. restore_now() (restore.h)
 * does without it, because it also runs inside the handler of a crash and on threads that die()
 * while the screen thread is in curses. */
#ifndef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700 /* wcwidth() */
#endif
#if defined(__APPLE__) && !defined(_DARWIN_C_SOURCE)
#define _DARWIN_C_SOURCE /* struct winsize */
#endif
#ifndef NCURSES_WIDECHAR
#define NCURSES_WIDECHAR 1
#endif
#include "screen/terminal.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/names.h"
#include "base/system.h"
#include "screen/key_codes.h"
#include "screen/restore.h"
#include "screen/terminal_keys.h"
#include "screen/terminal_looks.h"
#include "screen/terminal_signals.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

static struct {
    FILE *in_stream, *out_stream;
    struct restore_files files; /* `out` and `screen` lead to `null` once restore_now() was here */
    int frame;      /* where curses writes while it paints; -1: to the terminal, piece by piece */
    char *gathered; /* [room], of the frame */
    size_t room;
    struct canvas shown; /* what the last terminal_paint() showed */
    bool trusted;        /* `shown` is what is on the screen */
    bool away;           /* the shell has the terminal: nothing is painted, nothing given back */
    bool synchronized;
    bool mouse_wanted, mouse_on; /* on: the terminal has been told to report it */
} terminal;

/* Bytes that must be there before curses opens a screen or changes its size: it ends the program
 * with words of its own, or crashes, where it gets no memory. */
enum { CURSES_ROOM = 8 << 20 };

/* Pasted text comes between two sequences; known to the same kin as synchronized updates. */
static const char paste_on[] = "\033[?2004h", paste_off[] = "\033[?2004l";

/* Button presses, motion with a button held, numbers in decimal (xterm's 1002 and 1006). */
static const char mouse_begin[] = "\033[?1002h\033[?1006h", mouse_end[] = "\033[?1006l\033[?1002l";

static char *capability(const char *name)
{
    char *text = tigetstr(name);
    return text == (char *)-1 ? NULL : text;
}

/* What restore_now() sends. */
static void prepare_restore(void)
{
    const char *leave = capability("rmcup");
    if (terminal.synchronized) { /* it knows these, whether they are in use or not */
        restore_add("\033[?2026l");
        restore_add(mouse_end);
        restore_add(paste_off);
    }
    restore_add(capability("sgr0"));
    if (terminal_looks_colours())
        restore_add(capability("op"));
    restore_add(capability("rmkx"));
    if (leave) {
        restore_add(leave);
    } else { /* no second screen: the shell goes on below the picture */
        restore_add(tparm(capability("cup"), LINES - 1, 0, 0, 0, 0, 0, 0, 0, 0));
        restore_add("\r\n");
    }
    restore_add(capability("cnorm")); /* last: leaving a screen can bring a cursor back as it was */
}

/* ---- looks and the mouse ---- */

void terminal_set_theme(enum theme theme)
{
    if (terminal_looks_set(theme))
        terminal_redraw(); /* the same cells look otherwise */
}

static void mouse_switch(bool on)
{
    if (on == terminal.mouse_on || !terminal.synchronized)
        return;
    if (on)
        restore_write(terminal.files.out, mouse_begin, sizeof mouse_begin - 1);
    else
        restore_write(terminal.files.out, mouse_end, sizeof mouse_end - 1);
    terminal.mouse_on = on;
}

void terminal_set_mouse(bool on)
{
    terminal.mouse_wanted = on;
}

struct mouse terminal_mouse(void)
{
    return terminal_keys_mouse();
}

/* ---- taking it ---- */

/* Can it show glyphs beyond ASCII? */
static bool is_utf8(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* Whether the environment asks for a locale in UTF-8, be it installed or not. */
static bool names_utf8(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        const char *name = getenv(variables[i]);
        if (!name || !*name)
            continue;
        const char *charset = strchr(name, '.');
        return charset &&
               (strncasecmp(charset, ".UTF-8", 6) == 0 || strncasecmp(charset, ".utf8", 5) == 0);
    }
    return false;
}

/* A locale that is not installed is replaced by one that has the same characters. */
static void take_locale(bool utf8)
{
    static const char *const names[] = {"C.UTF-8", "en_US.UTF-8", "UTF-8"};
    if (!setlocale(LC_CTYPE, ""))
        utf8 = utf8 || names_utf8();
    for (size_t i = 0; utf8 && !is_utf8() && i < sizeof names / sizeof names[0]; i++)
        setlocale(LC_CTYPE, names[i]);
}

bool terminal_draws_glyphs(void)
{
    const char *type = getenv("TERM");
    const bool console = type && strncmp(type, "linux", 5) == 0 && (!type[5] || type[5] == '-');
    const bool vt = type && strncmp(type, "vt", 2) == 0 && type[2] >= '0' && type[2] <= '9';
    return is_utf8() && !console && !vt;
}

bool terminal_check(bool utf8, struct error *error)
{
    take_locale(utf8);
    if (!isatty(STDOUT_FILENO))
        return error_set(error,
                         "standard output is not a terminal: use lnscope run, which needs no "
                         "screen");
    const char *type = getenv("TERM");
    if (!type || !*type)
        return error_set(error, "TERM is not set: set it to the type of the terminal, such as "
                                "xterm-256color, or use lnscope run, which needs no screen");
    if (!memory_has_room(CURSES_ROOM))
        return error_set(error, "no memory for the screen: close other programs");
    char name[64];
    names_printable(name, sizeof name, type);
    int found = 0;
    if (setupterm(type, STDOUT_FILENO, &found) == ERR && found != 1)
        return error_set(error,
                         found == 0 ? "terminal type '%s' is not known: set TERM to one that is, "
                                      "such as xterm-256color"
                                    : "no description of terminal type '%s': install the terminfo "
                                      "files (ncurses-base), or set TERMINFO",
                         name);
    bool able = capability("cup") && (capability("clear") || capability("ed"));
    if (cur_term)
        del_curterm(cur_term);
    if (!able)
        return error_set(error,
                         "terminal type '%s' cannot place its cursor: set TERM to what the "
                         "terminal is, such as xterm-256color, or use lnscope run",
                         name);
    return true;
}

static FILE *stream_of(int fd, const char *mode)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    FILE *stream = copy >= 0 ? fdopen(copy, mode) : NULL;
    if (!stream && copy >= 0)
        close(copy);
    return stream;
}

/* Where frames are gathered; -1 where the size of files has a limit, which may be that of a part of
 * a frame. */
static int frame_file(void)
{
    struct rlimit limit;
    const bool limited = getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
    return limited ? -1 : system_memory_file();
}

/* Descriptors and streams; false leaves errno. */
static bool open_files(struct termios *modes)
{
    struct restore_files *files = &terminal.files;
    terminal.in_stream =
        isatty(STDIN_FILENO) ? stream_of(STDIN_FILENO, "r") : fopen("/dev/tty", "r");
    terminal.out_stream = stream_of(STDOUT_FILENO, "w");
    files->null = open("/dev/null", O_RDWR | O_CLOEXEC);
    files->screen = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    terminal.frame = frame_file();
    if (!terminal.in_stream || !terminal.out_stream || files->null < 0 || files->screen < 0)
        return false;
    files->in = fileno(terminal.in_stream);
    files->out = fileno(terminal.out_stream);
    return tcgetattr(files->in, modes) == 0;
}

static void close_files(void)
{
    if (terminal.in_stream)
        fclose(terminal.in_stream);
    if (terminal.out_stream)
        fclose(terminal.out_stream);
    int *const files[] = {&terminal.files.null, &terminal.files.screen, &terminal.frame};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        if (*files[i] >= 0)
            close(*files[i]);
        *files[i] = -1;
    }
    free(terminal.gathered);
    terminal.in_stream = terminal.out_stream = NULL;
    terminal.gathered = NULL;
    terminal.room = 0;
}

/* The modes that the program runs in. */
static void set_modes(void)
{
    struct termios modes;
    cbreak();
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    if (tcgetattr(terminal.files.in, &modes) == 0) { /* Ctrl-S would stop more than the screen */
        modes.c_iflag &= ~(tcflag_t)IXON;
        tcsetattr(terminal.files.in, TCSANOW, &modes);
        def_prog_mode();
    }
    restore_note_modes();
    terminal_keys_set_modes();
    typeahead(-1);
    leaveok(stdscr, TRUE);
    curs_set(0);
}

static void bracket_pastes(bool on)
{
    if (terminal.synchronized)
        restore_write(terminal.files.out, on ? paste_on : paste_off, sizeof paste_on - 1);
}

/* Asks the terminal for its size and tells curses. */
static void take_size(void)
{
    struct winsize size;
    if (!memory_has_room(CURSES_ROOM))
        die("out of memory for the screen: close other programs");
    if (ioctl(terminal.files.out, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0)
        resize_term(size.ws_row, size.ws_col); /* resizeterm() would also invent a key */
}

/* Curses that finds no memory for the parameters of a sequence goes on, and moves its cursor no
 * more. What is sent to try it goes nowhere. */
static bool can_move(void)
{
    dup2(terminal.files.null, terminal.files.out);
    const bool moved = mvcur(0, 0, LINES - 1, COLS - 1) == OK;
    dup2(terminal.files.screen, terminal.files.out);
    return moved;
}

/* Takes the screen by curses; false where it cannot. */
static bool open_curses(enum theme theme)
{
    if (!newterm(NULL, terminal.out_stream, terminal.in_stream) || !can_move())
        return false;
    terminal_keys_open(terminal.files.in, is_utf8());
    const char *enter = capability("smcup");
    terminal.synchronized = enter && strstr(enter, "\033[?1049h"); /* a kin of xterm */
    terminal_looks_open(theme);
    take_size();
    prepare_restore();
    restore_keep_stderr();
    set_modes();
    bracket_pastes(true);
    return true;
}

bool terminal_open(enum theme theme, struct error *error)
{
    struct termios modes;
    if (!open_files(&modes) || !terminal_signals_take()) {
        error_set(error, "the terminal cannot be opened: %s", strerror(errno));
        close_files();
        return false;
    }
    restore_open(&terminal.files, &modes); /* curses may end the program, or crash, in here */
    restore_begin_sending();
    const bool good = open_curses(theme);
    if (!good)
        restore_now();
    restore_end_sending();
    if (!good) {
        terminal_signals_give_back();
        close_files();
        return error_set(error, "the terminal cannot be drawn on: set TERM to what it is");
    }
    canvas_open(&terminal.shown, 1, 1);
    terminal.trusted = terminal.away = false;
    terminal.mouse_wanted = terminal.mouse_on = false;
    return true;
}

static int put_out(int byte)
{
    return putc(byte, terminal.out_stream);
}

/* endwin(), and the cursor once more: some terminals bring it back with the first screen as it was
 * when curses last saved it, which was hidden. */
static void end_window(void)
{
    const char *visible = capability("cnorm");
    endwin();
    if (visible) {
        tputs(visible, 1, put_out);
        fflush(terminal.out_stream);
    }
}

/* No delscreen(): that of ncurses 6.4 allocates, and crashes where there is no memory. What curses
 * keeps goes with the program. */
void terminal_close(void)
{
    if (!restore_begin_closing())
        return;
    if (!terminal.away) {
        bracket_pastes(false);
        mouse_switch(false);
        end_window();
    }
    terminal_keys_close();
    terminal_signals_give_back();
    close_files();
    canvas_close(&terminal.shown);
    restore_end_closing();
}

int terminal_signal(void)
{
    return terminal_signals_ending();
}

/* ---- painting ---- */

bool terminal_has_colours(void)
{
    return terminal_looks_colours();
}

bool terminal_has_ramp(void)
{
    return terminal_looks_ramp();
}

void terminal_size(int *rows, int *cols)
{
    getmaxyx(stdscr, *rows, *cols);
}

void terminal_redraw(void)
{
    terminal.trusted = false;
}

/* What is on the screen of a cell: its glyph where the terminal has it as wide as it is here, with
 * its marks, or '?'. */
static void cell_wide_text(const struct cell *cell, bool utf8, bool wide,
                           wchar_t text[CELL_MARKS + 2])
{
    const wchar_t glyph = (wchar_t)cell->glyph;
    int count = 0;
    text[count++] = glyph;
    if (cell->glyph < ' ' || (cell->glyph > '~' && (!utf8 || wcwidth(glyph) != 1 + wide)))
        text[0] = '?';
    for (int i = 0; i < CELL_MARKS && utf8 && text[0] == glyph; i++)
        if (cell->mark[i] && wcwidth((wchar_t)cell->mark[i]) == 0)
            text[count++] = (wchar_t)cell->mark[i];
    text[count] = 0;
}

/* Curses' cells of a glyph: one, or two '?' where a wide one is not drawn. */
static int curses_cells(const struct cell *cell, bool utf8, bool wide, cchar_t *out)
{
    const struct terminal_look look = terminal_looks_of(cell);
    wchar_t text[CELL_MARKS + 2];
    cell_wide_text(cell, utf8, wide, text);
    const int count = wide && text[0] == '?' ? 2 : 1;
    for (int i = 0; i < count; i++)
        setcchar(&out[i], text, look.attributes, look.pair, NULL);
    return count;
}

static void paint_run(int row, int col, int count, const struct cell *cells, bool utf8)
{
    enum { BLOCK = 256 };
    cchar_t block[BLOCK + 1];
    for (int done = 0, from = 0, size = 0; done < count; from = done, size = 0) {
        for (; done < count && size < BLOCK; done++) {
            const bool wide = done + 1 < count && cell_is_tail(&cells[done + 1]);
            if (!cell_is_tail(&cells[done]))
                size += curses_cells(&cells[done], utf8, wide, &block[size]);
        }
        mvadd_wchnstr(row, col + from, block, size);
    }
}

/* Hands curses what differs from `shown`; false when nothing does. */
static bool paint_difference(const struct canvas *canvas, int rows, int cols)
{
    bool utf8 = is_utf8(), any = false;
    for (int row = 0; row < rows; row++) {
        const struct cell *now = &canvas->cells[row * canvas->cols];
        const struct cell *old = &terminal.shown.cells[row * terminal.shown.cols];
        int first = -1, last = -1;
        for (int col = 0; col < cols; col++)
            if (!terminal.trusted || !cell_is_same(&now[col], &old[col])) {
                first = first < 0 ? col : first;
                last = col;
            }
        if (first >= 0) {
            paint_run(row, first, last - first + 1, now + first, utf8);
            any = true;
        }
    }
    return any;
}

/* Curses sends a frame in a hundred pieces, each of which wakes the terminal: they are gathered
 * and sent as one. */
static bool frame_begin(void)
{
    return terminal.frame >= 0 && lseek(terminal.frame, 0, SEEK_SET) == 0 &&
           dup2(terminal.frame, terminal.files.out) >= 0;
}

static void frame_send(void)
{
    dup2(terminal.files.screen, terminal.files.out);
    const off_t end = lseek(terminal.frame, 0, SEEK_CUR);
    const size_t size = end > 0 ? (size_t)end : 0;
    if (size > terminal.room) {
        terminal.room = 2 * size;
        terminal.gathered = memory_resize(terminal.gathered, terminal.room, 1);
    }
    if (pread(terminal.frame, terminal.gathered, size, 0) == (ssize_t)size)
        restore_write(terminal.files.out, terminal.gathered, size);
}

void terminal_paint(const struct canvas *canvas)
{
    static const char begin[] = "\033[?2026h", end[] = "\033[?2026l";
    int rows, cols;
    if (terminal.away) /* a signal has ended the program while it was stopped */
        return;
    terminal_size(&rows, &cols);
    if (terminal.shown.rows != canvas->rows || terminal.shown.cols != canvas->cols) {
        canvas_resize(&terminal.shown, canvas->rows, canvas->cols);
        terminal.trusted = false;
    }
    bool whole = !terminal.trusted;
    if (whole) {
        erase();
        clearok(curscr, TRUE);
    }
    rows = canvas->rows < rows ? canvas->rows : rows;
    cols = canvas->cols < cols ? canvas->cols : cols;
    if (!paint_difference(canvas, rows, cols) && !whole)
        return;
    restore_begin_sending();
    const bool gather = frame_begin();
    /* Curses sends all it has at the end of doupdate(), so that these stay outside. */
    if (terminal.synchronized)
        restore_write(terminal.files.out, begin, sizeof begin - 1);
    wnoutrefresh(stdscr);
    doupdate();
    mouse_switch(terminal.mouse_wanted);
    if (terminal.synchronized)
        restore_write(terminal.files.out, end, sizeof end - 1);
    if (gather)
        frame_send();
    restore_end_sending();
    size_t cells = (size_t)canvas->rows * (size_t)canvas->cols;
    if (cells > 0)
        memcpy(terminal.shown.cells, canvas->cells, cells * sizeof *canvas->cells);
    terminal.trusted = true;
}

/* ---- keys ---- */

static void set_away(void)
{
    terminal.away = true;
    restore_set_away();
}

/* The modes and the screen are those of the shell. */
static void give_away(void)
{
    restore_begin_sending();
    mouse_switch(false);
    set_away();
    bracket_pastes(false);
    end_window();
    restore_end_sending();
}

/* They are the program's again, before a key is read, which the terminal would show itself as long
 * as the modes are the shell's; what is on the screen comes with the next terminal_paint(). */
static void take_back(void)
{
    restore_begin_sending();
    erase();
    clearok(curscr, TRUE);
    wnoutrefresh(stdscr);
    doupdate();
    terminal_keys_set_modes(); /* curses would do so when it reads the next key */
    restore_end_away();
    terminal.away = false;
    bracket_pastes(true);
    restore_end_sending();
}

static bool is_behind(void)
{
    const pid_t owner = tcgetpgrp(terminal.files.in);
    return owner > 0 && owner != getpgrp();
}

/* In the background it stops here (again), before it sends anything. */
static void wait_for_foreground(void)
{
    struct termios modes;
    if (!terminal_signals_ending() && tcgetattr(terminal.files.in, &modes) == 0)
        tcsetattr(terminal.files.in, TCSANOW, &modes);
}

/* What the signals ask for; KEY_CODE_RESIZE when the screen is to be drawn anew. */
static int answer_signals(void)
{
    bool anew = false;
    terminal_signals_drain();
    if (terminal_signals_asked(ASKED_STOP)) {
        give_away();
        terminal_signals_stop(); /* returns when the program goes on */
        wait_for_foreground();
        anew = true;
    } else if (terminal_signals_asked(ASKED_CONTINUE)) { /* SIGSTOP has given no notice */
        wait_for_foreground();
        if (terminal_signals_ending() && is_behind())
            set_away(); /* to send anything would stop it once more */
        else
            give_away(); /* whoever had the terminal meanwhile may have ended the modes */
        anew = true;
    }
    if (terminal_signals_ending())
        return KEY_CODE_NONE;
    if (!terminal_signals_asked(ASKED_RESIZE) && !anew)
        return KEY_CODE_NONE;
    take_size();
    if (anew)
        take_back();
    terminal_redraw();
    return KEY_CODE_RESIZE;
}

int terminal_key(double seconds)
{
    double until = clock_seconds() + seconds;
    for (;;) {
        if (restore_is_abandoned())
            terminal_signals_end(SIGHUP);
        int code = answer_signals();
        if (code != KEY_CODE_NONE || terminal_signals_ending())
            return code;
        code = terminal_keys_read();
        if (code != KEY_CODE_NONE)
            return code;
        double left = until - clock_seconds();
        struct pollfd ready[] = {{.fd = terminal.files.in, .events = POLLIN},
                                 {.fd = terminal_signals_file(), .events = POLLIN}};
        if (poll(ready, 2, left > 0 ? (int)(left * 1000) + 1 : 0) > 0 &&
            (ready[0].revents & (POLLHUP | POLLERR | POLLNVAL)))
            terminal_signals_end(SIGHUP); /* the terminal is gone */
        if (left <= 0)
            return KEY_CODE_NONE;
    }
}
