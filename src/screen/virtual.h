/* A surface without a terminal, on a clock of its own: keys come when they are due, and what is
 * painted can be read. The program on it does the same on every machine. */
#ifndef LNSCOPE_SCREEN_VIRTUAL_H
#define LNSCOPE_SCREEN_VIRTUAL_H

#include "screen/surface.h"

struct virtual_key {
    double at; /* seconds */
    int code;
};

struct virtual_screen {
    struct surface surface; /* the first member: what the program gets */
    struct clock clock;
    struct canvas canvas; /* as it was painted last */
    enum theme theme;
    int rows, cols;
    /* Pictures per second at which alone time stands still; 0: time passes as one waits. */
    int fps;
    int64_t frame; /* of these, that the clock is at */
    int keys, next;
    struct virtual_key *key; /* [keys], in the order of time; owned */
    int paints, redraws;
    bool gone; /* the program is to end */
};

/* It must not move while something is shown on it. */
void virtual_open(struct virtual_screen *screen, int rows, int cols, int fps);
void virtual_close(struct virtual_screen *screen);

/* A key that is pressed at that time, not before those of earlier calls. */
void virtual_press(struct virtual_screen *screen, double at, int code);

#endif
