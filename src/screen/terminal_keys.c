/* See terminal_keys.h. Includes curses, as terminal.c does, which opens it and gives it back. Owns
 * what keys are read through; must not know what is drawn, what a key does, or what a signal asks.
 */
#ifndef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700 /* wide characters */
#endif
#ifndef NCURSES_WIDECHAR
#define NCURSES_WIDECHAR 1
#endif
#include "screen/terminal_keys.h"

#include "base/error.h"
#include "screen/key_codes.h"

#include <curses.h>
#include <poll.h>
#include <stddef.h>
#include <wchar.h>

/* How long an Escape may be the beginning of another key, in milliseconds. It is waited for here:
 * curses measures its waits by the date, and where that is set back meanwhile, waits for so much
 * longer. For the same reason curses is asked only when it has a key. */
enum { ESCAPE_DELAY = 50 };

static struct {
    WINDOW *pad; /* reading from a pad refreshes nothing */
    int file;
    bool utf8;
    bool may_hold;      /* curses may hold what came after what can begin a key: an Escape */
    struct mouse mouse; /* the newest report */
} keyboard;

void terminal_keys_open(int file, bool utf8)
{
    keyboard.pad = newpad(1, 1);
    if (!keyboard.pad)
        die("out of memory for the keyboard: close other programs");
    keyboard.file = file;
    keyboard.utf8 = utf8;
}

void terminal_keys_set_modes(void)
{
    keypad(keyboard.pad, TRUE);
    keyok(KEY_MOUSE, FALSE); /* its reports come as they are: see mouse_report() */
    nodelay(keyboard.pad, TRUE);
    set_escdelay(0);
}

void terminal_keys_close(void)
{
    delwin(keyboard.pad);
    keyboard.pad = NULL;
}

struct mouse terminal_keys_mouse(void)
{
    return keyboard.mouse;
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

/* Whether there is something to be read, at once or within so many milliseconds. */
static bool has_come(int milliseconds)
{
    struct pollfd ready = {.fd = keyboard.file, .events = POLLIN};
    return poll(&ready, 1, milliseconds) == 1;
}

/* What comes next after an Escape, as wget_wch() returns it; it may still be on its way. */
static int read_next(wint_t *next)
{
    const int got = wget_wch(keyboard.pad, next);
    return got == ERR && has_come(ESCAPE_DELAY) ? wget_wch(keyboard.pad, next) : got;
}

static bool next_character(wint_t *next)
{
    return read_next(next) == OK;
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
    keyboard.mouse.row = number[ROW] - 1;
    keyboard.mouse.col = number[COLUMN] - 1;
    keyboard.mouse.kind = button == WHEEL       ? MOUSE_WHEEL_UP
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
    const int got = read_next(&next);
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

int terminal_keys_read(void)
{
    wint_t key;
    if (!keyboard.may_hold && !has_come(0))
        return KEY_CODE_NONE;
    const int got = wget_wch(keyboard.pad, &key);
    keyboard.may_hold = got == OK && key < ' ';
    switch (got) {
    case KEY_CODE_YES:
        return function_key(key);
    case OK:
        if (key == KEY_CODE_ESCAPE)
            return after_escape();
        if (key == '\r')
            return KEY_CODE_ENTER;
        return key < 128 || keyboard.utf8 ? (int)key : KEY_CODE_OTHER;
    default:
        return KEY_CODE_NONE;
    }
}
