/* See terminal_looks.h. Includes curses, as terminal.c does. Owns the colour pairs of curses. */
#ifndef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700 /* wide characters */
#endif
#ifndef NCURSES_WIDECHAR
#define NCURSES_WIDECHAR 1
#endif
#include "screen/terminal_looks.h"

#include <curses.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>

/* How many colours there are to choose from. */
enum depth { DEPTH_NONE, DEPTH_8, DEPTH_16, DEPTH_256, DEPTH_RGB };

static struct {
    struct terminal_look look[ROLES];
    enum theme theme;
    enum depth depth;
    bool defaults;          /* it can go back to its own colours */
    int pairs;              /* made so far */
    short on[ROLES][ROLES]; /* pairs of the ink of one role on that of another; 0: not made yet */
    bool colours;
} looks;

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
    short *pair = &looks.on[role][back];
    if (*pair == 0) {
        const struct style *under = &theme_table[looks.theme].style[back];
        struct style style = theme_table[looks.theme].style[role];
        style.back = under->rgb;
        style.xterm_back = under->xterm;
        style.ansi16_back = under->ansi16;
        style.ansi_back = under->ansi;
        bool made = looks.depth != DEPTH_NONE && looks.pairs + 1 < COLOR_PAIRS &&
                    make_pair(looks.pairs + 1, &style, looks.depth, looks.defaults);
        *pair = made ? (short)++looks.pairs : looks.look[role].pair;
    }
    return *pair;
}

static void make_looks(enum theme theme)
{
    looks.theme = theme;
    looks.pairs = ROLES;
    memset(looks.on, 0, sizeof looks.on);
    for (int role = 0; role < ROLES; role++) {
        const struct style *style = &theme_table[theme].style[role];
        struct terminal_look look = {.attributes = A_NORMAL, .pair = 0};
        if (style->bold)
            look.attributes |= A_BOLD;
        if (style->dim)
            look.attributes |= A_DIM;
        if (style->underline)
            look.attributes |= A_UNDERLINE;
        if (style->reverse || (!looks.colours && style->ansi_back >= 0))
            look.attributes |= A_REVERSE; /* also in place of a background */
        if (looks.colours && role + 1 < COLOR_PAIRS &&
            make_pair(role + 1, style, looks.depth, looks.defaults))
            look.pair = (short)(role + 1);
        looks.look[role] = look;
    }
}

void terminal_looks_open(enum theme theme)
{
    looks.depth = find_depth();
    looks.colours = looks.depth != DEPTH_NONE;
    looks.defaults = looks.colours && use_default_colors() == OK;
    make_looks(theme);
}

bool terminal_looks_set(enum theme theme)
{
    const bool others = theme != looks.theme;
    if (others)
        make_looks(theme);
    return others;
}

struct terminal_look terminal_looks_of(const struct cell *cell)
{
    const int role = cell->role < ROLES ? cell->role : ROLE_TEXT;
    struct terminal_look look = looks.look[role];
    if (cell->back != BACK_OWN && cell->back < ROLES)
        look.pair = pair_on(role, cell->back);
    return look;
}

bool terminal_looks_colours(void)
{
    return looks.colours;
}

bool terminal_looks_ramp(void)
{
    return looks.depth >= DEPTH_256;
}
