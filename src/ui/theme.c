/* See theme.h. Owns the table of colours. The ramp on dark is viridis (Smith, van der Walt 2015),
 * that on light YlGnBu (Brewer 2002), both at equal steps of CIE lightness: a small value fades
 * into the page. */
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

/* On a background of its own in every depth. */
#define ON(rgb_, xterm_, ansi_, back_, xterm_back_, ansi_back_)                                    \
    .rgb = (rgb_), .xterm = (xterm_), .ansi = (ansi_), .back = (back_),                            \
    .xterm_back = (xterm_back_), .ansi_back = (ansi_back_)
/* Without colours. */
#define PLAIN(role_) [role_] = {INK(OWN, OWN, OWN)}

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
                            [ROLE_LEFT_GHOST] = {INK(0x2C566E, 24, CYAN)},
                            [ROLE_RIGHT_GHOST] = {INK(0x6B4D16, 94, YELLOW)},
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
                            [ROLE_TAB] = {ON(0x121212, 233, BLACK, 0xC6C6C6, 251, WHITE),
                                          .bold = true},
                            [ROLE_ON_LOW] = {INK(0xFFFFFF, 231, WHITE), .bold = true},
                            [ROLE_ON_HIGH] = {INK(0x000000, 16, BLACK), .bold = true},
                            [ROLE_RAMP + 0] = {INK(0x470155, 53, BLUE)},
                            [ROLE_RAMP + 1] = {INK(0x481165, 53, BLUE)},
                            [ROLE_RAMP + 2] = {INK(0x481F71, 54, BLUE)},
                            [ROLE_RAMP + 3] = {INK(0x472C7A, 54, BLUE)},
                            [ROLE_RAMP + 4] = {INK(0x453882, 25, BLUE)},
                            [ROLE_RAMP + 5] = {INK(0x424488, 25, BLUE)},
                            [ROLE_RAMP + 6] = {INK(0x3E508B, 60, CYAN)},
                            [ROLE_RAMP + 7] = {INK(0x385C8D, 60, CYAN)},
                            [ROLE_RAMP + 8] = {INK(0x32678E, 31, CYAN)},
                            [ROLE_RAMP + 9] = {INK(0x2B728E, 31, CYAN)},
                            [ROLE_RAMP + 10] = {INK(0x257D8D, 30, CYAN)},
                            [ROLE_RAMP + 11] = {INK(0x21888C, 30, CYAN)},
                            [ROLE_RAMP + 12] = {INK(0x1F928B, 37, GREEN)},
                            [ROLE_RAMP + 13] = {INK(0x209D88, 37, GREEN)},
                            [ROLE_RAMP + 14] = {INK(0x24A784, 72, GREEN)},
                            [ROLE_RAMP + 15] = {INK(0x2EB17E, 72, GREEN)},
                            [ROLE_RAMP + 16] = {INK(0x3CBB74, 78, GREEN)},
                            [ROLE_RAMP + 17] = {INK(0x50C568, 78, GREEN)},
                            [ROLE_RAMP + 18] = {INK(0x69CD58, 113, YELLOW)},
                            [ROLE_RAMP + 19] = {INK(0x86D446, 113, YELLOW)},
                            [ROLE_RAMP + 20] = {INK(0xA4DA34, 148, YELLOW)},
                            [ROLE_RAMP + 21] = {INK(0xC3DF25, 148, YELLOW)},
                            [ROLE_RAMP + 22] = {INK(0xE0E31C, 184, YELLOW)},
                            [ROLE_RAMP + 23] = {INK(0xFCE721, 220, YELLOW)},
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
                            [ROLE_LEFT_GHOST] = {INK(0x93C4DE, 117, BLUE)},
                            [ROLE_RIGHT_GHOST] = {INK(0xE8B48A, 180, RED)},
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
                            [ROLE_TAB] = {ON(0xFFFFFF, 231, WHITE, 0x3A3A3A, 237, BLACK),
                                          .bold = true},
                            [ROLE_ON_LOW] = {INK(0x000000, 16, BLACK), .bold = true},
                            [ROLE_ON_HIGH] = {INK(0xFFFFFF, 231, WHITE), .bold = true},
                            [ROLE_RAMP + 0] = {INK(0xE5F5B2, 229, CYAN)},
                            [ROLE_RAMP + 1] = {INK(0xD1EDB3, 193, CYAN)},
                            [ROLE_RAMP + 2] = {INK(0xBCE5B5, 151, CYAN)},
                            [ROLE_RAMP + 3] = {INK(0xA7DDB7, 151, CYAN)},
                            [ROLE_RAMP + 4] = {INK(0x91D4B9, 115, CYAN)},
                            [ROLE_RAMP + 5] = {INK(0x7BCBBC, 115, CYAN)},
                            [ROLE_RAMP + 6] = {INK(0x62C2BF, 80, GREEN)},
                            [ROLE_RAMP + 7] = {INK(0x49B9C3, 80, GREEN)},
                            [ROLE_RAMP + 8] = {INK(0x3AAEC3, 74, GREEN)},
                            [ROLE_RAMP + 9] = {INK(0x2FA4C2, 74, GREEN)},
                            [ROLE_RAMP + 10] = {INK(0x2599C1, 38, GREEN)},
                            [ROLE_RAMP + 11] = {INK(0x1D8EBF, 38, GREEN)},
                            [ROLE_RAMP + 12] = {INK(0x1E83BA, 31, BLUE)},
                            [ROLE_RAMP + 13] = {INK(0x1F79B4, 31, BLUE)},
                            [ROLE_RAMP + 14] = {INK(0x206EAF, 25, BLUE)},
                            [ROLE_RAMP + 15] = {INK(0x2263AA, 25, BLUE)},
                            [ROLE_RAMP + 16] = {INK(0x2258A5, 24, BLUE)},
                            [ROLE_RAMP + 17] = {INK(0x234DA0, 24, BLUE)},
                            [ROLE_RAMP + 18] = {INK(0x24429B, 20, BLACK)},
                            [ROLE_RAMP + 19] = {INK(0x253795, 20, BLACK)},
                            [ROLE_RAMP + 20] = {INK(0x1F2F87, 19, BLACK)},
                            [ROLE_RAMP + 21] = {INK(0x172977, 19, BLACK)},
                            [ROLE_RAMP + 22] = {INK(0x0F2367, 18, BLACK)},
                            [ROLE_RAMP + 23] = {INK(0x081D58, 17, BLACK)},
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
                            [ROLE_LEFT_GHOST] = {INK(OWN, OWN, OWN), .dim = true},
                            [ROLE_RIGHT_GHOST] = {INK(OWN, OWN, OWN), .dim = true},
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
                            [ROLE_TAB] = {INK(OWN, OWN, OWN), .bold = true, .reverse = true},
                            [ROLE_ON_LOW] = {INK(OWN, OWN, OWN), .bold = true, .reverse = true},
                            [ROLE_ON_HIGH] = {INK(OWN, OWN, OWN), .bold = true, .reverse = true},
                            PLAIN(ROLE_RAMP + 0),
                            PLAIN(ROLE_RAMP + 1),
                            PLAIN(ROLE_RAMP + 2),
                            PLAIN(ROLE_RAMP + 3),
                            PLAIN(ROLE_RAMP + 4),
                            PLAIN(ROLE_RAMP + 5),
                            PLAIN(ROLE_RAMP + 6),
                            PLAIN(ROLE_RAMP + 7),
                            PLAIN(ROLE_RAMP + 8),
                            PLAIN(ROLE_RAMP + 9),
                            PLAIN(ROLE_RAMP + 10),
                            PLAIN(ROLE_RAMP + 11),
                            PLAIN(ROLE_RAMP + 12),
                            PLAIN(ROLE_RAMP + 13),
                            PLAIN(ROLE_RAMP + 14),
                            PLAIN(ROLE_RAMP + 15),
                            PLAIN(ROLE_RAMP + 16),
                            PLAIN(ROLE_RAMP + 17),
                            PLAIN(ROLE_RAMP + 18),
                            PLAIN(ROLE_RAMP + 19),
                            PLAIN(ROLE_RAMP + 20),
                            PLAIN(ROLE_RAMP + 21),
                            PLAIN(ROLE_RAMP + 22),
                            PLAIN(ROLE_RAMP + 23),
                        },
                },
};

const char *const theme_names[THEMES + 1] = {
    [THEME_DARK] = "dark", [THEME_LIGHT] = "light", [THEME_MONO] = "mono", [THEMES] = NULL};
