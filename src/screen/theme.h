/* Themes: how each style role looks. One table (assets would only hide it): role -> colours.
 *
 * The accents are those of Okabe and Ito (2008), which stay apart in every common colour vision:
 * sky blue and orange on dark, their darker twins on light, and where the background is not known
 * blue and vermillion of a lightness between. Colour never stands alone: the bars and the curve of
 * the right stack are also of another make. The ramp of heat maps rises evenly in lightness, so
 * that it reads in every colour vision and in grey. The terminal's own background is respected
 * everywhere but in the header and footer lines and in heat maps. */
#ifndef LNSCOPE_SCREEN_THEME_H
#define LNSCOPE_SCREEN_THEME_H

#include "screen/canvas.h"
#include "train/settings.h"

#include <stdbool.h>
#include <stdint.h>

enum { THEME_DEFAULT_COLOUR = -1 }; /* the terminal's own foreground or background */

/* One role in one theme, for each depth of colour that a terminal may have. */
struct style {
    int32_t rgb;                        /* 0xRRGGBB or THEME_DEFAULT_COLOUR: truecolor, SVG */
    int32_t back;                       /* the same for the background */
    int16_t xterm, xterm_back;          /* 256 colours: 0..255 or THEME_DEFAULT_COLOUR */
    int8_t ansi16, ansi16_back;         /* 16 colours: 0..15 or THEME_DEFAULT_COLOUR */
    int8_t ansi, ansi_back;             /* 8 colours: 0..7 or THEME_DEFAULT_COLOUR */
    bool bold, dim, underline, reverse; /* drawn in every depth; without colours they are all */
};

struct theme_row {
    uint32_t page, ink; /* background and default text of an SVG */
    struct style style[ROLES];
};

/* Names and summaries are those of setting_themes. */
extern const struct theme_row theme_table[THEMES];

#endif
