/* What the program is shown on and steered from: the terminal (app/app_terminal.c), or something
 * that only has a canvas and a list of keys. The functions get the surface they belong to. */
#ifndef LNSCOPE_SCREEN_SURFACE_H
#define LNSCOPE_SCREEN_SURFACE_H

#include "base/clock.h"
#include "screen/canvas.h"
#include "screen/key_codes.h"
#include "screen/theme.h"

#include <stdbool.h>

/* What KEY_CODE_MOUSE was about. The left button alone is reported, and the wheel; a drag is a
 * motion with the button held. */
enum mouse_kind { MOUSE_PRESS, MOUSE_DRAG, MOUSE_RELEASE, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };

struct mouse {
    enum mouse_kind kind;
    int row, col; /* from 0 at the top left; may lie outside the screen */
};

struct surface {
    bool utf8;           /* it has glyphs for lines, blocks and braille, beyond ASCII */
    bool colours, ramp;  /* it shows colours; enough of them for the ramp of heat maps */
    struct clock *clock; /* what key() moves on; NULL: the machine's, which goes by itself */

    void (*size)(struct surface *surface, int *rows, int *cols);

    /* Looks like this from the next paint() on, and reports the mouse or not. */
    void (*style)(struct surface *surface, enum theme theme, bool mouse);

    /* Shows the canvas. After redraw() all of it, whatever it shows already. */
    void (*paint)(struct surface *surface, const struct canvas *canvas);
    void (*redraw)(struct surface *surface);

    /* Waits at most `seconds` for a key and returns its code, or KEY_CODE_NONE. KEY_CODE_RESIZE
     * asks for a canvas of the size that size() now tells, KEY_CODE_MOUSE to look at mouse(). */
    int (*key)(struct surface *surface, double seconds);
    struct mouse (*mouse)(struct surface *surface);

    /* Has it gone, or is the program to end? Then key() no longer waits. */
    bool (*ended)(struct surface *surface);
};

#endif
