/* See terminal.h. The only file that includes curses. Owns the terminal; must not know what is
 * drawn or what a key does.
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

/* How long an Escape may be the beginning of another key, in milliseconds. */
enum { ESCAPE_DELAY = 25 };

/* How many colours there are to choose from. */
enum depth { DEPTH_NONE, DEPTH_8, DEPTH_16, DEPTH_256, DEPTH_RGB };

/* How a role looks here. */
struct look {
    attr_t attributes;
    short pair;
};

static struct {
    SCREEN *curses;
    WINDOW *keys; /* a pad: reading from it refreshes nothing */
    FILE *in_stream, *out_stream;
    struct restore_files files; /* `out` and `screen` lead to `null` once restore_now() was here */
    int frame;      /* where curses writes while it paints; -1: to the terminal, piece by piece */
    char *gathered; /* [room], of the frame */
    size_t room;
    struct look look[ROLES];
    enum theme theme;
    enum depth depth;
    bool defaults;          /* it can go back to its own colours */
    int pairs;              /* made so far */
    short on[ROLES][ROLES]; /* pairs of the ink of one role on that of another; 0: not made yet */
    bool colours;
    struct canvas shown; /* what the last terminal_paint() showed */
    bool trusted;        /* `shown` is what is on the screen */
    bool synchronized;
    bool mouse_wanted, mouse_on; /* on: the terminal has been told to report it */
    struct mouse mouse;          /* the newest report */
} terminal;

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
    if (terminal.colours)
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

/* ---- looks ---- */

static enum depth find_depth(void)
{
    const char *refused = getenv("NO_COLOR"); /* no-color.org */
    if ((refused && *refused) || !has_colors() || start_color() == ERR)
        return DEPTH_NONE;
    if (tigetflag("RGB") == 1 && COLORS >= 1 << 24)
        return DEPTH_RGB;
    return COLORS >= 256 ? DEPTH_256 : COLORS >= 16 ? DEPTH_16 : COLORS >= 8 ? DEPTH_8 : DEPTH_NONE;
}

/* With direct colours the numbers below 8 are those of the palette. */
static int direct(int32_t rgb)
{
    return rgb >= 0 && rgb < 8 ? 8 : (int)rgb;
}

static void colours_of(const struct style *style, enum depth depth, int *ink, int *back)
{
    switch (depth) {
    case DEPTH_RGB:
        *ink = direct(style->rgb), *back = direct(style->back);
        return;
    case DEPTH_256:
        *ink = style->xterm, *back = style->xterm_back;
        return;
    case DEPTH_16:
        *ink = style->ansi16, *back = style->ansi16_back;
        return;
    case DEPTH_8:
    case DEPTH_NONE:
        break;
    }
    *ink = style->ansi, *back = style->ansi_back;
}

static bool make_pair(int pair, const struct style *style, enum depth depth, bool defaults)
{
    int ink, back;
    colours_of(style, depth, &ink, &back);
    if (!defaults) /* a terminal that cannot go back to its own colours */
        ink = ink < 0 ? COLOR_WHITE : ink, back = back < 0 ? COLOR_BLACK : back;
    if (ink < 0 && back < 0)
        return false;
#if NCURSES_EXT_COLORS
    if (depth == DEPTH_RGB)
        return init_extended_pair(pair, ink, back) == OK;
#endif
    return init_pair((short)pair, (short)ink, (short)back) == OK;
}

/* The pair of a role's ink on that of another, made when it is first used; the role's own pair
 * where the terminal has no more of them. */
static short pair_on(int role, int back)
{
    short *pair = &terminal.on[role][back];
    if (*pair == 0) {
        const struct style *under = &theme_table[terminal.theme].style[back];
        struct style style = theme_table[terminal.theme].style[role];
        style.back = under->rgb;
        style.xterm_back = under->xterm;
        style.ansi16_back = under->ansi16;
        style.ansi_back = under->ansi;
        bool made = terminal.depth != DEPTH_NONE && terminal.pairs + 1 < COLOR_PAIRS &&
                    make_pair(terminal.pairs + 1, &style, terminal.depth, terminal.defaults);
        *pair = made ? (short)++terminal.pairs : terminal.look[role].pair;
    }
    return *pair;
}

static void find_colours(void)
{
    terminal.depth = find_depth();
    terminal.colours = terminal.depth != DEPTH_NONE;
    terminal.defaults = terminal.colours && use_default_colors() == OK;
}

static void make_looks(enum theme theme)
{
    terminal.theme = theme;
    terminal.pairs = ROLES;
    memset(terminal.on, 0, sizeof terminal.on);
    for (int role = 0; role < ROLES; role++) {
        const struct style *style = &theme_table[theme].style[role];
        struct look look = {.attributes = A_NORMAL, .pair = 0};
        if (style->bold)
            look.attributes |= A_BOLD;
        if (style->dim)
            look.attributes |= A_DIM;
        if (style->underline)
            look.attributes |= A_UNDERLINE;
        if (style->reverse || (!terminal.colours && style->ansi_back >= 0))
            look.attributes |= A_REVERSE; /* also in place of a background */
        if (terminal.colours && role + 1 < COLOR_PAIRS &&
            make_pair(role + 1, style, terminal.depth, terminal.defaults))
            look.pair = (short)(role + 1);
        terminal.look[role] = look;
    }
}

void terminal_set_theme(enum theme theme)
{
    if (theme == terminal.theme)
        return;
    make_looks(theme);
    terminal_redraw(); /* the same cells look otherwise */
}

/* ---- the mouse ---- */

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
    return terminal.mouse;
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
    keypad(terminal.keys, TRUE);
    keyok(KEY_MOUSE, FALSE); /* its reports come as they are: see mouse_report() */
    nodelay(terminal.keys, TRUE);
    set_escdelay(ESCAPE_DELAY);
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
    terminal.curses = newterm(NULL, terminal.out_stream, terminal.in_stream);
    if (!terminal.curses || !can_move())
        return false;
    terminal.keys = newpad(1, 1);
    if (!terminal.keys)
        die("out of memory for the keyboard: close other programs");
    const char *enter = capability("smcup");
    terminal.synchronized = enter && strstr(enter, "\033[?1049h"); /* a kin of xterm */
    find_colours();
    make_looks(theme);
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
    terminal.trusted = false;
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

void terminal_close(void)
{
    if (!restore_begin_closing())
        return;
    bracket_pastes(false);
    mouse_switch(false);
    if (isendwin())
        reset_shell_mode(); /* a key that was read since has switched the keypad on again */
    else
        end_window();
    delwin(terminal.keys);
    delscreen(terminal.curses);
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
    return terminal.colours;
}

bool terminal_has_ramp(void)
{
    return terminal.depth >= DEPTH_256;
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
    const int role = cell->role < ROLES ? cell->role : ROLE_TEXT;
    const struct look *look = &terminal.look[role];
    const bool own = cell->back == BACK_OWN || cell->back >= ROLES;
    wchar_t text[CELL_MARKS + 2];
    cell_wide_text(cell, utf8, wide, text);
    const int count = wide && text[0] == '?' ? 2 : 1;
    for (int i = 0; i < count; i++)
        setcchar(&out[i], text, look->attributes, own ? look->pair : pair_on(role, cell->back),
                 NULL);
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
 * and sent as one. Not when it comes back from the shell and sets the terminal's modes. */
static bool frame_begin(void)
{
    return terminal.frame >= 0 && !isendwin() && lseek(terminal.frame, 0, SEEK_SET) == 0 &&
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
    if (restore_end_away())
        bracket_pastes(true);
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

/* Gives the terminal to the shell and stops; returns when the program goes on. */
static void stop(void)
{
    struct termios modes;
    restore_begin_sending();
    mouse_switch(false);
    restore_set_away();
    bracket_pastes(false);
    end_window();
    restore_end_sending();
    terminal_signals_stop();
    /* In the background it stops here again, before it sends anything. */
    if (!terminal_signals_ending() && tcgetattr(terminal.files.in, &modes) == 0)
        tcsetattr(terminal.files.in, TCSANOW, &modes);
}

/* What the signals ask for; KEY_CODE_RESIZE when the screen is to be drawn anew. */
static int answer_signals(void)
{
    bool anew = false;
    terminal_signals_drain();
    if (terminal_signals_asked(ASKED_STOP)) {
        stop();
        anew = true;
    } else if (terminal_signals_asked(ASKED_CONTINUE)) { /* SIGSTOP has given no notice */
        restore_set_away(); /* whoever had the terminal meanwhile may have ended the modes */
        restore_begin_sending();
        mouse_switch(false);
        end_window();
        restore_end_sending();
        anew = true;
    }
    if (terminal_signals_ending())
        return KEY_CODE_NONE;
    if (!terminal_signals_asked(ASKED_RESIZE) && !anew)
        return KEY_CODE_NONE;
    take_size();
    terminal_redraw();
    return KEY_CODE_RESIZE;
}

/* A sequence that curses does not know under this TERM, by its last character and its number. */
static int sequence_key(wint_t last, int number)
{
    static const struct {
        wint_t last;
        int number, code;
    } known[] = {
        {'A', 0, KEY_CODE_UP},          {'B', 0, KEY_CODE_DOWN},   {'C', 0, KEY_CODE_RIGHT},
        {'D', 0, KEY_CODE_LEFT},        {'H', 0, KEY_CODE_HOME},   {'F', 0, KEY_CODE_END},
        {'Z', 0, KEY_CODE_BACK_TAB},    {'~', 1, KEY_CODE_HOME},   {'~', 4, KEY_CODE_END},
        {'~', 7, KEY_CODE_HOME},        {'~', 8, KEY_CODE_END},    {'~', 5, KEY_CODE_PAGE_UP},
        {'~', 6, KEY_CODE_PAGE_DOWN},   {'~', 3, KEY_CODE_DELETE}, {'~', 200, KEY_CODE_PASTE},
        {'~', 201, KEY_CODE_PASTE_END},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].last == last && known[i].number == number)
            return known[i].code;
    return KEY_CODE_OTHER;
}

/* The next character of a sequence that has begun, which may still be on its way. */
static bool next_character(wint_t *next)
{
    struct pollfd ready = {.fd = terminal.files.in, .events = POLLIN};
    if (wget_wch(terminal.keys, next) == OK)
        return true;
    return poll(&ready, 1, ESCAPE_DELAY) == 1 && wget_wch(terminal.keys, next) == OK;
}

/* The rest of "ESC [ < button ; column ; row M", or m for a release. What is not reported to the
 * caller is no key either. */
static int mouse_report(void)
{
    enum { BUTTON, COLUMN, ROW, NUMBERS, MOST = 1000 };
    enum { MOTION = 32, WHEEL = 64, MODIFIERS = 4 | 8 | 16 };
    int number[NUMBERS] = {0}, at = 0;
    wint_t next = 0;
    while (next_character(&next) && ((next >= '0' && next <= '9') || next == ';')) {
        if (next == ';')
            at += at + 1 < NUMBERS;
        else if (number[at] < MOST)
            number[at] = 10 * number[at] + (int)(next - '0');
    }
    const int button = number[BUTTON] & ~MODIFIERS;
    const bool wheel = button == WHEEL || button == WHEEL + 1;
    if (at != ROW || (next != 'M' && next != 'm') || (!wheel && (button & ~MOTION) != 0))
        return KEY_CODE_NONE;
    terminal.mouse.row = number[ROW] - 1;
    terminal.mouse.col = number[COLUMN] - 1;
    terminal.mouse.kind = button == WHEEL       ? MOUSE_WHEEL_UP
                          : button == WHEEL + 1 ? MOUSE_WHEEL_DOWN
                          : next == 'm'         ? MOUSE_RELEASE
                          : button == MOTION    ? MOUSE_DRAG
                                                : MOUSE_PRESS;
    return KEY_CODE_MOUSE;
}

/* What follows an Escape: nothing (it was the key), or a sequence that curses does not know. That
 * is taken whole, so that its letters do not act as keys. */
static int after_escape(void)
{
    wint_t next;
    int number = 0;
    const int got = wget_wch(terminal.keys, &next);
    if (got == ERR)
        return KEY_CODE_ESCAPE;
    if (got == KEY_CODE_YES)
        return KEY_CODE_OTHER;
    if (next == KEY_CODE_ESCAPE) {
        unget_wch((wchar_t)next);
        return KEY_CODE_ESCAPE;
    }
    if (next != '[' && next != 'O')
        return KEY_CODE_ALT + (int)next;
    for (int length = 0; next_character(&next); length++) {
        if (length == 0 && next == '<')
            return mouse_report();
        if (next >= '@' && next <= '~')
            return sequence_key(next, number);
        bool digit = next >= '0' && next <= '9' && number < 1000;
        number = digit ? 10 * number + (int)(next - '0') : 1000; /* 1000: with modifiers */
    }
    return KEY_CODE_OTHER;
}

static int function_key(wint_t key)
{
    static const struct {
        wint_t curses;
        int code;
    } known[] = {
        {KEY_UP, KEY_CODE_UP},         {KEY_DOWN, KEY_CODE_DOWN},
        {KEY_LEFT, KEY_CODE_LEFT},     {KEY_RIGHT, KEY_CODE_RIGHT},
        {KEY_PPAGE, KEY_CODE_PAGE_UP}, {KEY_NPAGE, KEY_CODE_PAGE_DOWN},
        {KEY_HOME, KEY_CODE_HOME},     {KEY_END, KEY_CODE_END},
        {KEY_ENTER, KEY_CODE_ENTER},   {KEY_BACKSPACE, KEY_CODE_BACKSPACE},
        {KEY_A1, KEY_CODE_HOME},       {KEY_C1, KEY_CODE_END},
        {KEY_A3, KEY_CODE_PAGE_UP},    {KEY_C3, KEY_CODE_PAGE_DOWN},
        {KEY_BTAB, KEY_CODE_BACK_TAB}, {KEY_DC, KEY_CODE_DELETE},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].curses == key)
            return known[i].code;
    return KEY_CODE_OTHER;
}

static int read_key(void)
{
    wint_t key;
    switch (wget_wch(terminal.keys, &key)) {
    case KEY_CODE_YES:
        return function_key(key);
    case OK:
        if (key == KEY_CODE_ESCAPE)
            return after_escape();
        if (key == '\r')
            return KEY_CODE_ENTER;
        return key < 128 || is_utf8() ? (int)key : KEY_CODE_OTHER;
    default:
        return KEY_CODE_NONE;
    }
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
        code = read_key();
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
