/* Plays an asciicast in a terminal emulator (libvterm), as a player would. */
#ifndef LNSCOPE_TESTS_SUPPORT_CAST_PLAYER_H
#define LNSCOPE_TESTS_SUPPORT_CAST_PLAYER_H

#include <stdbool.h>
#include <stddef.h>

struct cast_played {
    int events, resizes, markers;
    char marker[16][160]; /* the first of them */
    double seconds;       /* of the last event */
    int rows, cols;       /* at the end */
    char *screen;         /* the last picture as lines without trailing spaces; owned */
    unsigned ink[2];      /* 0xRRGGBB of text and background of the cell at (0, 0) */
};

/* Reads and plays the whole file; fails the test when it is not an asciicast v2. The frames are
 * those before the last event, which ends every recording. */
void cast_play(struct cast_played *played, const char *path);
void cast_played_close(struct cast_played *played);

#endif
