/* Plays an asciicast in a terminal emulator (libvterm), as a player would. */
#ifndef LNSCOPE_TESTS_SUPPORT_CAST_PLAYER_H
#define LNSCOPE_TESTS_SUPPORT_CAST_PLAYER_H

#include <stdbool.h>
#include <stddef.h>

/* The colour of a cell that has none of its own. */
enum { CAST_OWN = -1 };

enum { CAST_MARKERS = 16 };

/* What the screen shows at a time. */
struct cast_picture {
    int rows, cols;
    char *text;      /* lines without trailing spaces; owned, as the others */
    int *ink, *back; /* [rows][cols]: 0xRRGGBB or CAST_OWN */
};

struct cast_played {
    int version; /* of the format */
    int events, resizes, markers;
    bool exited;                    /* there was the end that version 3 has */
    char marker[CAST_MARKERS][160]; /* the first of them */
    struct cast_picture picture[CAST_MARKERS];
    double seconds;             /* of the last event */
    int rows, cols;             /* at the end */
    char *screen;               /* the last picture as lines without trailing spaces; owned */
    char *after;                /* the screen when all is over, the same way, ... */
    int cursor_row, cursor_col; /* ... and where a shell goes on then */
    unsigned ink[2];            /* 0xRRGGBB of text and background of the cell at (0, 0) */
};

/* Reads and plays the whole file; fails the test when it is no asciicast of version 2 or 3. The
 * frames are those before the last event, which ends every recording. */
void cast_play(struct cast_played *played, const char *path);
void cast_played_close(struct cast_played *played);

#endif
