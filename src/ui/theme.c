/* See theme.h. Owns the table of colours. */
#include "ui/theme.h"

#include <stddef.h>

enum {
    OWN = THEME_DEFAULT_COLOUR,
    BLACK = 0,
    RED,
    GREEN,
    YELLOW,
    BLUE,
    MAGENTA,
    CYAN,
    WHITE,
    /* Backgrounds of the header and footer lines. */
    DARK_BAR = 0x262626,
    DARK_BAR_XTERM = 235,
    LIGHT_BAR = 0xE4E4E4,
    LIGHT_BAR_XTERM = 254
};

/* Foreground for each depth, on the terminal's own background. */
#define INK(rgb_, xterm_, ansi_)                                                                   \
    .rgb = (rgb_), .xterm = (xterm_), .ansi = (ansi_), .back = OWN, .xterm_back = OWN,             \
    .ansi_back = OWN

/* The same on the background of a bar; with 8 colours there is none that is quiet enough. */
#define ON_DARK(rgb_, xterm_, ansi_)                                                               \
    .rgb = (rgb_), .xterm = (xterm_), .ansi = (ansi_), .back = DARK_BAR,                           \
    .xterm_back = DARK_BAR_XTERM, .ansi_back = OWN
#define ON_LIGHT(rgb_, xterm_, ansi_)                                                              \
    .rgb = (rgb_), .xterm = (xterm_), .ansi = (ansi_), .back = LIGHT_BAR,                          \
    .xterm_back = LIGHT_BAR_XTERM, .ansi_back = OWN

const struct theme_row
    theme_table[THEMES] =
        {
            [THEME_DARK] =
                {
                    .name = "dark",
                    .summary = "for a dark background",
                    .page = 0x121212,
                    .ink = 0xE4E4E4,
                    .style =
                        {
                            [ROLE_TEXT] = {INK(OWN, OWN, OWN)},
                            [ROLE_DIM] = {INK(0x9E9E9E, 247, WHITE)},
                            [ROLE_TITLE] = {INK(OWN, OWN, OWN), .bold = true},
                            [ROLE_LEFT] = {INK(0x56B4E9, 74, CYAN), .bold = true},
                            [ROLE_RIGHT] = {INK(0xE69F00, 214, YELLOW), .bold = true},
                            [ROLE_LEFT_DIM] = {INK(0x3F7FA3, 67, CYAN)},
                            [ROLE_RIGHT_DIM] = {INK(0xA0721A, 136, YELLOW)},
                            [ROLE_AXIS] = {INK(0x8A8A8A, 245, WHITE)},
                            [ROLE_GRID] = {INK(0x585858, 240, BLUE)},
                            [ROLE_REFERENCE] = {INK(0xBCBCBC, 250, WHITE)},
                            [ROLE_MARK] = {INK(0xCC79A7, 175, MAGENTA)},
                            [ROLE_GOOD] = {INK(0x2BB58C, 36, GREEN)},
                            [ROLE_WARN] = {INK(0xF0E442, 227, YELLOW)},
                            [ROLE_BAD] = {INK(0xF2683C, 203, RED), .bold = true},
                            [ROLE_KEY] = {ON_DARK(0xFFFFFF, 231, WHITE), .bold = true},
                            [ROLE_BAR] = {ON_DARK(0xC6C6C6, 251, WHITE)},
                            [ROLE_BAR_STRONG] = {ON_DARK(0xFFFFFF, 231, WHITE), .bold = true},
                            [ROLE_BAR_GOOD] = {ON_DARK(0x2BB58C, 36, GREEN), .bold = true},
                            [ROLE_BAR_WARN] = {ON_DARK(0xF0E442, 227, YELLOW), .bold = true},
                        },
                },
            [THEME_LIGHT] =
                {
                    .name = "light",
                    .summary = "for a light background, and for projectors in bright rooms",
                    .page = 0xFFFFFF,
                    .ink = 0x1C1C1C,
                    .style =
                        {
                            [ROLE_TEXT] = {INK(OWN, OWN, OWN)},
                            [ROLE_DIM] = {INK(0x626262, 241, BLACK)},
                            [ROLE_TITLE] = {INK(OWN, OWN, OWN), .bold = true},
                            [ROLE_LEFT] = {INK(0x0072B2, 25, BLUE), .bold = true},
                            [ROLE_RIGHT] = {INK(0xC15400, 166, RED), .bold = true},
                            [ROLE_LEFT_DIM] = {INK(0x6FAFD3, 74, BLUE)},
                            [ROLE_RIGHT_DIM] = {INK(0xE0995E, 173, RED)},
                            [ROLE_AXIS] = {INK(0x6C6C6C, 242, BLACK)},
                            [ROLE_GRID] = {INK(0xBCBCBC, 250, CYAN)},
                            [ROLE_REFERENCE] = {INK(0x4E4E4E, 239, BLACK)},
                            [ROLE_MARK] = {INK(0x9B4F7F, 132, MAGENTA)},
                            [ROLE_GOOD] = {INK(0x00724F, 29, GREEN)},
                            [ROLE_WARN] = {INK(0x7A5F00, 94, MAGENTA)},
                            [ROLE_BAD] = {INK(0xB00020, 124, RED), .bold = true},
                            [ROLE_KEY] = {ON_LIGHT(0x000000, 16, BLACK), .bold = true},
                            [ROLE_BAR] = {ON_LIGHT(0x3A3A3A, 237, BLACK)},
                            [ROLE_BAR_STRONG] = {ON_LIGHT(0x000000, 16, BLACK), .bold = true},
                            [ROLE_BAR_GOOD] = {ON_LIGHT(0x00664A, 23, GREEN), .bold = true},
                            [ROLE_BAR_WARN] = {ON_LIGHT(0x7A4A00, 94, MAGENTA), .bold = true},
                        },
                },
            [THEME_MONO] =
                {
                    .name = "mono",
                    .summary = "no colours: the stacks differ by their glyphs",
                    .page = 0xFFFFFF,
                    .ink = 0x000000,
                    .style =
                        {
                            [ROLE_TEXT] = {INK(OWN, OWN, OWN)},
                            [ROLE_DIM] = {INK(OWN, OWN, OWN)},
                            [ROLE_TITLE] = {INK(OWN, OWN, OWN), .bold = true},
                            [ROLE_LEFT] = {INK(OWN, OWN, OWN), .bold = true},
                            [ROLE_RIGHT] = {INK(OWN, OWN, OWN), .bold = true},
                            [ROLE_LEFT_DIM] = {INK(OWN, OWN, OWN), .dim = true},
                            [ROLE_RIGHT_DIM] = {INK(OWN, OWN, OWN), .dim = true},
                            [ROLE_AXIS] = {INK(OWN, OWN, OWN)},
                            [ROLE_GRID] = {INK(OWN, OWN, OWN), .dim = true},
                            [ROLE_REFERENCE] = {INK(OWN, OWN, OWN)},
                            [ROLE_MARK] = {INK(OWN, OWN, OWN)},
                            [ROLE_GOOD] = {INK(OWN, OWN, OWN)},
                            [ROLE_WARN] = {INK(OWN, OWN, OWN), .bold = true},
                            [ROLE_BAD] = {INK(OWN, OWN, OWN), .bold = true, .reverse = true},
                            [ROLE_KEY] = {INK(OWN, OWN, OWN), .bold = true, .underline = true},
                            [ROLE_BAR] = {INK(OWN, OWN, OWN)},
                            [ROLE_BAR_STRONG] = {INK(OWN, OWN, OWN), .bold = true},
                            [ROLE_BAR_GOOD] = {INK(OWN, OWN, OWN), .bold = true},
                            [ROLE_BAR_WARN] = {INK(OWN, OWN, OWN), .bold = true, .reverse = true},
                        },
                },
};

const char *const theme_names[THEMES + 1] = {
    [THEME_DARK] = "dark", [THEME_LIGHT] = "light", [THEME_MONO] = "mono", [THEMES] = NULL};
