/* The themes: every role is designed, words can be read, and the accents stay apart for everybody.
 */
#include "screen/theme.h"

#include "train/settings.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct colour {
    double r, g, b; /* linear light, 0..1 */
};

static double linear(int byte)
{
    double c = byte / 255.0; /* IEC 61966-2-1 */
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static struct colour colour_of(int32_t rgb)
{
    return (struct colour){linear(rgb >> 16 & 255), linear(rgb >> 8 & 255), linear(rgb & 255)};
}

static double luminance(struct colour c)
{
    return 0.2126 * c.r + 0.7152 * c.g + 0.0722 * c.b;
}

/* WCAG 2.1 */
static double contrast(struct colour a, struct colour b)
{
    double x = luminance(a) + 0.05, y = luminance(b) + 0.05;
    return x > y ? x / y : y / x;
}

static struct colour shown(int32_t rgb, uint32_t otherwise)
{
    return colour_of(rgb == THEME_DEFAULT_COLOUR ? (int32_t)otherwise : rgb);
}

static void every_theme_has_all_roles(void **state)
{
    (void)state;
    for (int theme = 0; theme < THEMES; theme++) {
        const struct theme_row *row = &theme_table[theme];
        assert_non_null(setting_themes[theme].name);
        assert_non_null(setting_themes[theme].help);
        for (int role = 0; role < ROLES; role++) {
            const struct style *style = &row->style[role];
            /* a row left out of the table would be black on black */
            assert_false(style->rgb == 0 && style->back == 0);
            assert_true(style->xterm >= THEME_DEFAULT_COLOUR && style->xterm <= 255);
            assert_true(style->xterm_back >= THEME_DEFAULT_COLOUR && style->xterm_back <= 255);
            assert_true(style->ansi16 >= THEME_DEFAULT_COLOUR && style->ansi16 <= 15);
            assert_true(style->ansi16_back >= THEME_DEFAULT_COLOUR && style->ansi16_back <= 15);
            assert_true(style->ansi >= THEME_DEFAULT_COLOUR && style->ansi <= 7);
            assert_true(style->ansi_back >= THEME_DEFAULT_COLOUR && style->ansi_back <= 7);
        }
        assert_int_equal(row->style[ROLE_TEXT].back, THEME_DEFAULT_COLOUR);
    }
}

/* On a page, with the terminal's own ink. Colours that have to do on every page cannot have 4.5 on
 * white and on near black at once: they get what WCAG asks of large or bold words, 3, and a little
 * more where they are neither. */
static void check_contrast(const struct theme_row *row, uint32_t page, uint32_t ink, double words,
                           double accents)
{
    for (int role = 0; role < ROLE_ON_LOW; role++) {
        const struct style *style = &row->style[role];
        double ratio = contrast(shown(style->rgb, ink), shown(style->back, page));
        bool behind = role == ROLE_GRID || (role >= ROLE_LEFT_DIM && role <= ROLE_RIGHT_GHOST);
        bool own = style->rgb == THEME_DEFAULT_COLOUR || style->back != THEME_DEFAULT_COLOUR;
        double least = behind ? 1.8 : own ? 4.5 : style->bold ? accents : words;
        if (ratio < least)
            fail_msg("theme %s, role %d on %06x: contrast %.2f",
                     setting_themes[row - theme_table].name, role, (unsigned)page, ratio);
    }
}

static void words_can_be_read(void **state)
{
    (void)state;
    for (int theme = 0; theme < THEMES; theme++) {
        const struct theme_row *row = &theme_table[theme];
        bool any = theme == THEME_DEFAULT;
        check_contrast(row, row->page, row->ink, any ? 4 : 4.5, any ? 3.8 : 4.5);
    }
    const struct theme_row *any = &theme_table[THEME_DEFAULT];
    check_contrast(any, 0x000000, 0xE4E4E4, 4.5, 4);
    check_contrast(any, 0xFFFFFF, 0x1C1C1C, 4.5, 3.8);
}

/* The 16 colours as xterm has them. */
static int32_t ansi_rgb(int colour)
{
    static const int32_t rgb[] = {0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD,
                                  0x00CDCD, 0xE5E5E5, 0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00,
                                  0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF};
    return rgb[colour];
}

/* Bars and names of the stacks, with 16 colours. */
static void the_accents_stand_out_from_16_colours(void **state)
{
    (void)state;
    static const struct {
        enum theme theme;
        int32_t page;
    } shown_on[] = {{THEME_DEFAULT, 0x000000},
                    {THEME_DEFAULT, 0xFFFFFF},
                    {THEME_DARK, 0x000000},
                    {THEME_LIGHT, 0xFFFFFF}};
    static const enum role accents[] = {ROLE_LEFT, ROLE_RIGHT, ROLE_BAD, ROLE_MARK};
    for (size_t i = 0; i < sizeof shown_on / sizeof shown_on[0]; i++)
        for (size_t a = 0; a < sizeof accents / sizeof accents[0]; a++) {
            const struct style *style = &theme_table[shown_on[i].theme].style[accents[a]];
            double ratio =
                contrast(colour_of(ansi_rgb(style->ansi16)), colour_of(shown_on[i].page));
            if (ratio < 3)
                fail_msg("theme %d, role %d: contrast %.2f", shown_on[i].theme, accents[a], ratio);
        }
}

/* Colour vision without one kind of cone: Machado, Oliveira, Fernandes 2009, severity 1.0. */
static const double vision[][3][3] = {
    {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
    {{0.152286, 1.052583, -0.204868},
     {0.114503, 0.786281, 0.099216},
     {-0.003882, -0.048116, 1.051998}},
    {{0.367322, 0.860646, -0.227968},
     {0.280085, 0.672501, 0.047413},
     {-0.011820, 0.042940, 0.968881}},
    {{1.255528, -0.076749, -0.178779},
     {-0.078411, 0.930809, 0.147602},
     {0.004733, 0.691367, 0.303900}},
};

static double lab_f(double t)
{
    return t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116;
}

/* CIE 1976 L*a*b*, white D65. */
static void lab(struct colour c, double out[3])
{
    double x = lab_f((0.4124 * c.r + 0.3576 * c.g + 0.1805 * c.b) / 0.95047);
    double y = lab_f(luminance(c));
    double z = lab_f((0.0193 * c.r + 0.1192 * c.g + 0.9505 * c.b) / 1.08883);
    out[0] = 116 * y - 16;
    out[1] = 500 * (x - y);
    out[2] = 200 * (y - z);
}

static struct colour seen(struct colour c, const double by[3][3])
{
    return (struct colour){
        fmax(0, by[0][0] * c.r + by[0][1] * c.g + by[0][2] * c.b),
        fmax(0, by[1][0] * c.r + by[1][1] * c.g + by[1][2] * c.b),
        fmax(0, by[2][0] * c.r + by[2][1] * c.g + by[2][2] * c.b),
    };
}

static void the_accents_stay_apart_in_every_colour_vision(void **state)
{
    (void)state;
    const enum theme coloured[] = {THEME_DEFAULT, THEME_DARK, THEME_LIGHT};
    for (size_t t = 0; t < sizeof coloured / sizeof coloured[0]; t++)
        for (size_t v = 0; v < sizeof vision / sizeof vision[0]; v++) {
            const struct style *style = theme_table[coloured[t]].style;
            double left[3], right[3];
            lab(seen(colour_of(style[ROLE_LEFT].rgb), vision[v]), left);
            lab(seen(colour_of(style[ROLE_RIGHT].rgb), vision[v]), right);
            double distance =
                hypot(hypot(left[0] - right[0], left[1] - right[1]), left[2] - right[2]);
            if (distance < 40)
                fail_msg("theme %d, vision %zu: distance %.1f", coloured[t], v, distance);
        }
}

/* An 8-bit colour of xterm: the cube and the greys. */
static int32_t xterm_rgb(int colour)
{
    static const int level[] = {0, 95, 135, 175, 215, 255};
    int grey = 8 + 10 * (colour - 232), at = colour - 16;
    if (colour >= 232)
        return grey << 16 | grey << 8 | grey;
    return level[at / 36] << 16 | level[at / 6 % 6] << 8 | level[at % 6];
}

/* From what fades into the page to what stands out, evenly, for everybody. */
static void the_ramp_is_even_in_every_colour_vision(void **state)
{
    (void)state;
    const enum theme coloured[] = {THEME_DEFAULT, THEME_DARK, THEME_LIGHT};
    for (size_t t = 0; t < sizeof coloured / sizeof coloured[0]; t++)
        for (size_t v = 0; v < sizeof vision / sizeof vision[0]; v++) {
            const struct style *style = theme_table[coloured[t]].style;
            double sign = coloured[t] != THEME_LIGHT ? 1 : -1, before = NAN;
            for (int step = 0; step < RAMP_STEPS; step++) {
                double now[3];
                lab(seen(colour_of(style[ROLE_RAMP + step].rgb), vision[v]), now);
                double rise = sign * (now[0] - before);
                /* as it is made, and not far from it in the other visions */
                if (step > 0 && (rise < (v == 0 ? 2.5 : 0.8) || rise > (v == 0 ? 4.5 : 6.5)))
                    fail_msg("theme %d, vision %zu, step %d: lightness rises by %.2f", coloured[t],
                             v, step, rise);
                before = now[0];
            }
        }
}

static void the_ramp_of_256_colours_rises_too(void **state)
{
    (void)state;
    const enum theme coloured[] = {THEME_DEFAULT, THEME_DARK, THEME_LIGHT};
    for (size_t t = 0; t < sizeof coloured / sizeof coloured[0]; t++) {
        const struct style *style = theme_table[coloured[t]].style;
        double sign = coloured[t] != THEME_LIGHT ? 1 : -1, before = NAN;
        int different = 1;
        for (int step = 0; step < RAMP_STEPS; step++) {
            double now[3];
            assert_true(style[ROLE_RAMP + step].xterm >= 16);
            lab(colour_of(xterm_rgb(style[ROLE_RAMP + step].xterm)), now);
            assert_false(sign * (now[0] - before) < -2);
            different +=
                step > 0 && style[ROLE_RAMP + step].xterm != style[ROLE_RAMP + step - 1].xterm;
            before = now[0];
        }
        assert_true(different >= 12);
    }
}

static void words_on_the_ramp_can_be_read(void **state)
{
    (void)state;
    const enum theme coloured[] = {THEME_DEFAULT, THEME_DARK, THEME_LIGHT};
    for (size_t t = 0; t < sizeof coloured / sizeof coloured[0]; t++) {
        const struct style *style = theme_table[coloured[t]].style;
        for (int step = 0; step < RAMP_STEPS; step++) {
            enum role ink = step < RAMP_STEPS / 2 ? ROLE_ON_LOW : ROLE_ON_HIGH;
            struct colour back[] = {colour_of(style[ROLE_RAMP + step].rgb),
                                    colour_of(xterm_rgb(style[ROLE_RAMP + step].xterm))};
            for (int depth = 0; depth < 2; depth++)
                if (contrast(colour_of(style[ink].rgb), back[depth]) < 3.5)
                    fail_msg("theme %d, step %d, depth %d: contrast %.2f", coloured[t], step, depth,
                             contrast(colour_of(style[ink].rgb), back[depth]));
        }
    }
}

static void the_stacks_differ_in_every_depth_of_colour(void **state)
{
    (void)state;
    const enum theme coloured[] = {THEME_DEFAULT, THEME_DARK, THEME_LIGHT};
    for (size_t t = 0; t < sizeof coloured / sizeof coloured[0]; t++) {
        const struct style *style = theme_table[coloured[t]].style;
        assert_true(style[ROLE_LEFT].xterm != style[ROLE_RIGHT].xterm);
        assert_true(style[ROLE_LEFT].ansi16 != style[ROLE_RIGHT].ansi16);
        assert_true(style[ROLE_LEFT].ansi != style[ROLE_RIGHT].ansi);
        assert_true(style[ROLE_LEFT_DIM].xterm != style[ROLE_RIGHT_DIM].xterm);
        assert_true(style[ROLE_LEFT_DIM].ansi16 != style[ROLE_RIGHT_DIM].ansi16);
        assert_true(style[ROLE_LEFT].ansi16 != style[ROLE_LEFT_DIM].ansi16);
        assert_true(style[ROLE_LEFT_DIM].ansi != style[ROLE_RIGHT_DIM].ansi);
        assert_true(style[ROLE_LEFT].xterm != style[ROLE_LEFT_DIM].xterm);
    }
}

/* More blue than red in it, or the other way round; neither where the two are as much. */
static int blueness(int32_t rgb)
{
    const int red = (int)(rgb >> 16 & 255), blue = (int)(rgb & 255);
    return (blue > red) - (red > blue);
}

/* Left is a blue and right an orange or a red, in every depth, in curves, raw dots and ghosts: what
 * lessons, pictures and the teacher say. */
static void left_is_blue_and_right_is_warm(void **state)
{
    (void)state;
    const enum theme coloured[] = {THEME_DEFAULT, THEME_DARK, THEME_LIGHT};
    static const enum role roles[][SIDES] = {{ROLE_LEFT, ROLE_RIGHT},
                                             {ROLE_LEFT_DIM, ROLE_RIGHT_DIM},
                                             {ROLE_LEFT_GHOST, ROLE_RIGHT_GHOST}};
    for (size_t t = 0; t < sizeof coloured / sizeof coloured[0]; t++)
        for (size_t pair = 0; pair < sizeof roles / sizeof roles[0]; pair++)
            for (int side = LEFT; side < SIDES; side++) {
                const struct style *style = &theme_table[coloured[t]].style[roles[pair][side]];
                const int sign = side == LEFT ? 1 : -1;
                /* few colours have greys for ghosts */
                const int least = roles[pair][LEFT] == ROLE_LEFT_GHOST ? 0 : 1;
                assert_int_equal(sign * blueness(style->rgb), 1);
                assert_true(sign * blueness(xterm_rgb(style->xterm)) >= least);
                assert_true(sign * blueness(ansi_rgb(style->ansi16)) >= least);
                assert_true(sign * blueness(ansi_rgb(style->ansi)) >= least);
            }
}

static void mono_has_no_colour(void **state)
{
    (void)state;
    for (int role = 0; role < ROLES; role++) {
        const struct style *style = &theme_table[THEME_MONO].style[role];
        assert_int_equal(style->rgb, THEME_DEFAULT_COLOUR);
        assert_int_equal(style->back, THEME_DEFAULT_COLOUR);
        assert_int_equal(style->xterm, THEME_DEFAULT_COLOUR);
        assert_int_equal(style->ansi16, THEME_DEFAULT_COLOUR);
        assert_int_equal(style->ansi, THEME_DEFAULT_COLOUR);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_theme_has_all_roles),
        cmocka_unit_test(words_can_be_read),
        cmocka_unit_test(the_accents_stand_out_from_16_colours),
        cmocka_unit_test(the_accents_stay_apart_in_every_colour_vision),
        cmocka_unit_test(the_stacks_differ_in_every_depth_of_colour),
        cmocka_unit_test(left_is_blue_and_right_is_warm),
        cmocka_unit_test(mono_has_no_colour),
        cmocka_unit_test(the_ramp_is_even_in_every_colour_vision),
        cmocka_unit_test(the_ramp_of_256_colours_rises_too),
        cmocka_unit_test(words_on_the_ramp_can_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
