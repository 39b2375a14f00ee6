/* See theme.h. Owns the table of colours. The ramp on dark is viridis (Smith, van der Walt 2015),
 * that on light YlGnBu (Brewer 2002), both at equal steps of CIE lightness: a small value fades
 * into the page. */
#include "screen/theme.h"

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
    BRIGHT = 8, /* and one of the above: the other half of 16 colours */
    /* Backgrounds of the header and footer lines. */
    DARK_BAR = 0x262626,
    DARK_BAR_XTERM = 235,
    LIGHT_BAR = 0xE4E4E4,
    LIGHT_BAR_XTERM = 254
};

/* Foreground for each depth, on the terminal's own background. */
#define INK(rgb_, xterm_, ansi16_, ansi_)                                                          \
    .rgb = (rgb_), .xterm = (xterm_), .ansi16 = (ansi16_), .ansi = (ansi_), .back = OWN,           \
    .xterm_back = OWN, .ansi16_back = OWN, .ansi_back = OWN

/* The same on the background of a bar; with 16 colours or less there is none that is quiet enough.
 */
#define ON_DARK(rgb_, xterm_, ansi16_, ansi_)                                                      \
    .rgb = (rgb_), .xterm = (xterm_), .ansi16 = (ansi16_), .ansi = (ansi_), .back = DARK_BAR,      \
    .xterm_back = DARK_BAR_XTERM, .ansi16_back = OWN, .ansi_back = OWN
#define ON_LIGHT(rgb_, xterm_, ansi16_, ansi_)                                                     \
    .rgb = (rgb_), .xterm = (xterm_), .ansi16 = (ansi16_), .ansi = (ansi_), .back = LIGHT_BAR,     \
    .xterm_back = LIGHT_BAR_XTERM, .ansi16_back = OWN, .ansi_back = OWN

/* On a background of its own in every depth. */
#define ON(rgb_, xterm_, ansi16_, ansi_, back_, xterm_back_, ansi16_back_, ansi_back_)             \
    .rgb = (rgb_), .xterm = (xterm_), .ansi16 = (ansi16_), .ansi = (ansi_), .back = (back_),       \
    .xterm_back = (xterm_back_), .ansi16_back = (ansi16_back_), .ansi_back = (ansi_back_)

/* A step of a ramp; below 256 colours it is the ink of a letter, or lets letters have their own. */
#define RAMP(rgb_, xterm_, ansi_)            INK(rgb_, xterm_, ansi_, ansi_)
#define RAMP_OF_LETTERS(rgb_, xterm_, ansi_) INK(rgb_, xterm_, OWN, OWN)
#define NO_RAMP(rgb_, xterm_, ansi_)         INK(OWN, OWN, OWN, OWN)

/* From dark to bright. */
#define VIRIDIS(ramp_)                                                                             \
    [ROLE_RAMP + 0] = {ramp_(0x470155, 53, BLUE)}, [ROLE_RAMP + 1] = {ramp_(0x481165, 53, BLUE)},  \
                 [ROLE_RAMP + 2] = {ramp_(0x481F71, 54, BLUE)},                                    \
                 [ROLE_RAMP + 3] = {ramp_(0x472C7A, 54, BLUE)},                                    \
                 [ROLE_RAMP + 4] = {ramp_(0x453882, 25, BLUE)},                                    \
                 [ROLE_RAMP + 5] = {ramp_(0x424488, 25, BLUE)},                                    \
                 [ROLE_RAMP + 6] = {ramp_(0x3E508B, 60, CYAN)},                                    \
                 [ROLE_RAMP + 7] = {ramp_(0x385C8D, 60, CYAN)},                                    \
                 [ROLE_RAMP + 8] = {ramp_(0x32678E, 31, CYAN)},                                    \
                 [ROLE_RAMP + 9] = {ramp_(0x2B728E, 31, CYAN)},                                    \
                 [ROLE_RAMP + 10] = {ramp_(0x257D8D, 30, CYAN)},                                   \
                 [ROLE_RAMP + 11] = {ramp_(0x21888C, 30, CYAN)},                                   \
                 [ROLE_RAMP + 12] = {ramp_(0x1F928B, 37, GREEN)},                                  \
                 [ROLE_RAMP + 13] = {ramp_(0x209D88, 37, GREEN)},                                  \
                 [ROLE_RAMP + 14] = {ramp_(0x24A784, 72, GREEN)},                                  \
                 [ROLE_RAMP + 15] = {ramp_(0x2EB17E, 72, GREEN)},                                  \
                 [ROLE_RAMP + 16] = {ramp_(0x3CBB74, 78, GREEN)},                                  \
                 [ROLE_RAMP + 17] = {ramp_(0x50C568, 78, GREEN)},                                  \
                 [ROLE_RAMP + 18] = {ramp_(0x69CD58, 113, YELLOW)},                                \
                 [ROLE_RAMP + 19] = {ramp_(0x86D446, 113, YELLOW)},                                \
                 [ROLE_RAMP + 20] = {ramp_(0xA4DA34, 148, YELLOW)},                                \
                 [ROLE_RAMP + 21] = {ramp_(0xC3DF25, 148, YELLOW)},                                \
                 [ROLE_RAMP + 22] = {ramp_(0xE0E31C, 184, YELLOW)},                                \
                 [ROLE_RAMP + 23] = {ramp_(0xFCE721, 220, YELLOW)}

/* From bright to dark. */
#define YLGNBU(ramp_)                                                                              \
    [ROLE_RAMP + 0] = {ramp_(0xE5F5B2, 229, CYAN)},                                                \
                 [ROLE_RAMP + 1] = {ramp_(0xD1EDB3, 193, CYAN)},                                   \
                 [ROLE_RAMP + 2] = {ramp_(0xBCE5B5, 151, CYAN)},                                   \
                 [ROLE_RAMP + 3] = {ramp_(0xA7DDB7, 151, CYAN)},                                   \
                 [ROLE_RAMP + 4] = {ramp_(0x91D4B9, 115, CYAN)},                                   \
                 [ROLE_RAMP + 5] = {ramp_(0x7BCBBC, 115, CYAN)},                                   \
                 [ROLE_RAMP + 6] = {ramp_(0x62C2BF, 80, GREEN)},                                   \
                 [ROLE_RAMP + 7] = {ramp_(0x49B9C3, 80, GREEN)},                                   \
                 [ROLE_RAMP + 8] = {ramp_(0x3AAEC3, 74, GREEN)},                                   \
                 [ROLE_RAMP + 9] = {ramp_(0x2FA4C2, 74, GREEN)},                                   \
                 [ROLE_RAMP + 10] = {ramp_(0x2599C1, 38, GREEN)},                                  \
                 [ROLE_RAMP + 11] = {ramp_(0x1D8EBF, 38, GREEN)},                                  \
                 [ROLE_RAMP + 12] = {ramp_(0x1E83BA, 31, BLUE)},                                   \
                 [ROLE_RAMP + 13] = {ramp_(0x1F79B4, 31, BLUE)},                                   \
                 [ROLE_RAMP + 14] = {ramp_(0x206EAF, 25, BLUE)},                                   \
                 [ROLE_RAMP + 15] = {ramp_(0x2263AA, 25, BLUE)},                                   \
                 [ROLE_RAMP + 16] = {ramp_(0x2258A5, 24, BLUE)},                                   \
                 [ROLE_RAMP + 17] = {ramp_(0x234DA0, 24, BLUE)},                                   \
                 [ROLE_RAMP + 18] = {ramp_(0x24429B, 20, BLACK)},                                  \
                 [ROLE_RAMP + 19] = {ramp_(0x253795, 20, BLACK)},                                  \
                 [ROLE_RAMP + 20] = {ramp_(0x1F2F87, 19, BLACK)},                                  \
                 [ROLE_RAMP + 21] = {ramp_(0x172977, 19, BLACK)},                                  \
                 [ROLE_RAMP + 22] = {ramp_(0x0F2367, 18, BLACK)},                                  \
                 [ROLE_RAMP + 23] = {ramp_(0x081D58, 17, BLACK)}

const struct theme_row
    theme_table[THEMES] =
        {
            [THEME_DEFAULT] =
                {
                    .page = 0x121212,
                    .ink = 0xE4E4E4,
                    .style =
                        {
                            [ROLE_TEXT] = {INK(OWN, OWN, OWN, OWN)},
                            [ROLE_DIM] = {INK(0x767676, 243, OWN, OWN)},
                            [ROLE_TITLE] = {INK(OWN, OWN, OWN, OWN), .bold = true},
                            [ROLE_LEFT] = {INK(0x1F82C4, 32, BRIGHT + BLUE, BLUE), .bold = true},
                            [ROLE_RIGHT] = {INK(0xD55E00, 166, BRIGHT + RED, RED), .bold = true},
                            [ROLE_LEFT_DIM] = {INK(0x6C8CA3, 67, BLUE, BLUE)},
                            [ROLE_RIGHT_DIM] = {INK(0xA8845F, 137, RED, RED)},
                            [ROLE_LEFT_GHOST] = {INK(0x5F7380, 243, BRIGHT, BLUE)},
                            [ROLE_RIGHT_GHOST] = {INK(0x80705F, 243, BRIGHT, RED)},
                            [ROLE_AXIS] = {INK(0x767676, 243, OWN, OWN)},
                            [ROLE_GRID] = {INK(0x808080, 244, BRIGHT, OWN), .dim = true},
                            [ROLE_REFERENCE] = {INK(0x767676, 243, OWN, OWN)},
                            [ROLE_MARK] = {INK(0xB8619A, 133, MAGENTA, MAGENTA), .bold = true},
                            [ROLE_GOOD] = {INK(0x008F68, 29, GREEN, GREEN), .bold = true},
                            [ROLE_WARN] = {INK(0x9A7B00, 100, MAGENTA, MAGENTA), .bold = true},
                            [ROLE_BAD] = {INK(0xD93A2B, 160, BRIGHT + RED, RED), .bold = true},
                            [ROLE_KEY] = {ON_DARK(0xFFFFFF, 231, OWN, OWN), .bold = true},
                            [ROLE_BAR] = {ON_DARK(0xC6C6C6, 251, OWN, OWN)},
                            [ROLE_BAR_STRONG] = {ON_DARK(0xFFFFFF, 231, OWN, OWN), .bold = true},
                            [ROLE_BAR_GOOD] = {ON_DARK(0x2BB58C, 36, GREEN, GREEN), .bold = true},
                            [ROLE_BAR_WARN] = {ON_DARK(0xF0E442, 227, MAGENTA, MAGENTA),
                                               .bold = true},
                            [ROLE_BAR_BAD] = {ON_DARK(0xFF8A65, 209, BRIGHT + RED, RED),
                                              .bold = true},
                            [ROLE_TAB] = {ON(0x121212,
                                             233, BLACK, BLACK, 0xC6C6C6, 251, WHITE, WHITE),
                                          .bold = true},
                            [ROLE_ON_LOW] = {INK(0xFFFFFF, 231, OWN, OWN), .bold = true},
                            [ROLE_ON_HIGH] = {INK(0x000000, 16, OWN, OWN), .bold = true},
                            VIRIDIS(RAMP_OF_LETTERS),
                        },
                },
            [THEME_DARK] =
                {
                    .page = 0x121212,
                    .ink = 0xE4E4E4,
                    .style =
                        {
                            [ROLE_TEXT] = {INK(OWN, OWN, OWN, OWN)},
                            [ROLE_DIM] = {INK(0x9E9E9E, 247, WHITE, WHITE)},
                            [ROLE_TITLE] = {INK(OWN, OWN, OWN, OWN), .bold = true},
                            [ROLE_LEFT] = {INK(0x56B4E9, 74, BRIGHT + CYAN, CYAN), .bold = true},
                            [ROLE_RIGHT] = {INK(0xE69F00, 214, BRIGHT + YELLOW, YELLOW),
                                            .bold = true},
                            [ROLE_LEFT_DIM] = {INK(0x3F7FA3, 67, CYAN, CYAN)},
                            [ROLE_RIGHT_DIM] = {INK(0xA0721A, 136, YELLOW, YELLOW)},
                            [ROLE_LEFT_GHOST] = {INK(0x2C566E, 24, BRIGHT, CYAN)},
                            [ROLE_RIGHT_GHOST] = {INK(0x6B4D16, 94, BRIGHT, YELLOW)},
                            [ROLE_AXIS] = {INK(0x8A8A8A, 245, WHITE, WHITE)},
                            [ROLE_GRID] = {INK(0x585858, 240, BRIGHT, BLUE)},
                            [ROLE_REFERENCE] = {INK(0xBCBCBC, 250, WHITE, WHITE)},
                            [ROLE_MARK] = {INK(0xCC79A7, 175, BRIGHT + MAGENTA, MAGENTA)},
                            [ROLE_GOOD] = {INK(0x2BB58C, 36, BRIGHT + GREEN, GREEN)},
                            [ROLE_WARN] = {INK(0xF0E442, 227, BRIGHT + YELLOW, YELLOW)},
                            [ROLE_BAD] = {INK(0xF2683C, 203, BRIGHT + RED, RED), .bold = true},
                            [ROLE_KEY] = {ON_DARK(0xFFFFFF, 231, BRIGHT + WHITE, WHITE),
                                          .bold = true},
                            [ROLE_BAR] = {ON_DARK(0xC6C6C6, 251, WHITE, WHITE)},
                            [ROLE_BAR_STRONG] = {ON_DARK(0xFFFFFF, 231, BRIGHT + WHITE, WHITE),
                                                 .bold = true},
                            [ROLE_BAR_GOOD] = {ON_DARK(0x2BB58C, 36, BRIGHT + GREEN, GREEN),
                                               .bold = true},
                            [ROLE_BAR_WARN] = {ON_DARK(0xF0E442, 227, BRIGHT + YELLOW, YELLOW),
                                               .bold = true},
                            [ROLE_BAR_BAD] = {ON_DARK(0xFF8A65, 209, BRIGHT + RED, RED),
                                              .bold = true},
                            [ROLE_TAB] = {ON(0x121212, 233, BLACK, BLACK, 0xC6C6C6, 251,
                                             WHITE, WHITE),
                                          .bold = true},
                            [ROLE_ON_LOW] = {INK(0xFFFFFF, 231, BRIGHT + WHITE, WHITE),
                                             .bold = true},
                            [ROLE_ON_HIGH] = {INK(0x000000, 16, BLACK, BLACK), .bold = true},
                            VIRIDIS(RAMP),
                        },
                },
            [THEME_LIGHT] =
                {
                    .page = 0xFFFFFF,
                    .ink = 0x1C1C1C,
                    .style =
                        {
                            [ROLE_TEXT] = {INK(OWN, OWN, OWN, OWN)},
                            [ROLE_DIM] = {INK(0x626262, 241, BLACK, BLACK)},
                            [ROLE_TITLE] = {INK(OWN, OWN, OWN, OWN), .bold = true},
                            [ROLE_LEFT] = {INK(0x0072B2, 25, BLUE, BLUE), .bold = true},
                            [ROLE_RIGHT] = {INK(0xC15400, 166, RED, RED), .bold = true},
                            [ROLE_LEFT_DIM] = {INK(0x6FAFD3, 74, BRIGHT + BLUE, BLUE)},
                            [ROLE_RIGHT_DIM] = {INK(0xE0995E, 173, BRIGHT + RED, RED)},
                            [ROLE_LEFT_GHOST] = {INK(0x93C4DE, 117, WHITE, BLUE)},
                            [ROLE_RIGHT_GHOST] = {INK(0xE8B48A, 180, WHITE, RED)},
                            [ROLE_AXIS] = {INK(0x6C6C6C, 242, BLACK, BLACK)},
                            [ROLE_GRID] = {INK(0xBCBCBC, 250, WHITE, CYAN)},
                            [ROLE_REFERENCE] = {INK(0x4E4E4E, 239, BLACK, BLACK)},
                            [ROLE_MARK] = {INK(0x9B4F7F, 132, MAGENTA, MAGENTA)},
                            [ROLE_GOOD] = {INK(0x00724F, 29, GREEN, GREEN)},
                            [ROLE_WARN] = {INK(0x7A5F00, 94, MAGENTA, MAGENTA)},
                            [ROLE_BAD] = {INK(0xB00020, 124, RED, RED), .bold = true},
                            [ROLE_KEY] = {ON_LIGHT(0x000000, 16, BLACK, BLACK), .bold = true},
                            [ROLE_BAR] = {ON_LIGHT(0x3A3A3A, 237, BLACK, BLACK)},
                            [ROLE_BAR_STRONG] = {ON_LIGHT(0x000000, 16, BLACK, BLACK),
                                                 .bold = true},
                            [ROLE_BAR_GOOD] = {ON_LIGHT(0x00664A, 23, GREEN, GREEN), .bold = true},
                            [ROLE_BAR_WARN] = {ON_LIGHT(0x7A4A00, 94, MAGENTA, MAGENTA),
                                               .bold = true},
                            [ROLE_BAR_BAD] = {ON_LIGHT(0xB00020, 124, RED, RED), .bold = true},
                            [ROLE_TAB] = {ON(0xFFFFFF, 231, WHITE, WHITE, 0x3A3A3A, 237,
                                             BLACK, BLACK),
                                          .bold = true},
                            [ROLE_ON_LOW] = {INK(0x000000, 16, BLACK, BLACK), .bold = true},
                            [ROLE_ON_HIGH] = {INK(0xFFFFFF, 231, BRIGHT + WHITE, WHITE),
                                              .bold = true},
                            YLGNBU(RAMP),
                        },
                },
            [THEME_MONO] =
                {
                    .page = 0xFFFFFF,
                    .ink = 0x000000,
                    .style =
                        {
                            [ROLE_TEXT] = {INK(OWN, OWN, OWN, OWN)},
                            [ROLE_DIM] = {INK(OWN, OWN, OWN, OWN)},
                            [ROLE_TITLE] = {INK(OWN, OWN, OWN, OWN), .bold = true},
                            [ROLE_LEFT] = {INK(OWN, OWN, OWN, OWN), .bold = true},
                            [ROLE_RIGHT] = {INK(OWN, OWN, OWN, OWN), .bold = true},
                            [ROLE_LEFT_DIM] = {INK(OWN, OWN, OWN, OWN), .dim = true},
                            [ROLE_RIGHT_DIM] = {INK(OWN, OWN, OWN, OWN), .dim = true},
                            [ROLE_LEFT_GHOST] = {INK(OWN, OWN, OWN, OWN), .dim = true},
                            [ROLE_RIGHT_GHOST] = {INK(OWN, OWN, OWN, OWN), .dim = true},
                            [ROLE_AXIS] = {INK(OWN, OWN, OWN, OWN)},
                            [ROLE_GRID] = {INK(OWN, OWN, OWN, OWN), .dim = true},
                            [ROLE_REFERENCE] = {INK(OWN, OWN, OWN, OWN)},
                            [ROLE_MARK] = {INK(OWN, OWN, OWN, OWN)},
                            [ROLE_GOOD] = {INK(OWN, OWN, OWN, OWN)},
                            [ROLE_WARN] = {INK(OWN, OWN, OWN, OWN), .bold = true},
                            [ROLE_BAD] = {INK(OWN, OWN, OWN, OWN), .bold = true, .reverse = true},
                            [ROLE_KEY] = {INK(OWN, OWN, OWN, OWN), .bold = true, .underline = true},
                            [ROLE_BAR] = {INK(OWN, OWN, OWN, OWN)},
                            [ROLE_BAR_STRONG] = {INK(OWN, OWN, OWN, OWN), .bold = true},
                            [ROLE_BAR_GOOD] = {INK(OWN, OWN, OWN, OWN), .bold = true},
                            [ROLE_BAR_WARN] = {INK(OWN, OWN, OWN, OWN), .bold = true,
                                               .reverse = true},
                            [ROLE_BAR_BAD] = {INK(OWN, OWN, OWN, OWN), .bold = true,
                                              .reverse = true},
                            [ROLE_TAB] = {INK(OWN, OWN, OWN, OWN), .bold = true, .reverse = true},
                            [ROLE_ON_LOW] = {INK(OWN, OWN, OWN, OWN), .bold = true,
                                             .reverse = true},
                            [ROLE_ON_HIGH] = {INK(OWN, OWN, OWN, OWN),
                                              .bold = true, .reverse = true},
                            VIRIDIS(NO_RAMP),
                        },
                },
};
