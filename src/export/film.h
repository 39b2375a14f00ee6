/* A recording as one or several files at once, each as its name ends: canvases go in, one after the
 * other with their times, and every file is whole or not there.
 *
 * What a file needs (cairo, giflib, ffmpeg, a font) is looked for before anything is recorded.
 * Times are the caller's: a virtual clock makes the same files every time. */
#ifndef LNSCOPE_EXPORT_FILM_H
#define LNSCOPE_EXPORT_FILM_H

#include "base/error.h"
#include "export/cast.h"
#include "screen/canvas.h"
#include "screen/theme.h"

#include <stdbool.h>

enum film_kind {
    FILM_CAST,
    FILM_SVG,
    FILM_GIF,
    FILM_MP4,
    FILM_WEBM,
    FILM_PNG,
    FILM_TEXT,
    FILM_FRAMES,
    FILM_KINDS
};

/* What a file may be; for messages and documents. */
struct film_row {
    const char *ending;
    const char *help;  /* one line, no full stop */
    const char *needs; /* what a machine or a build may lack; "" */
};
extern const struct film_row film_table[FILM_KINDS];

enum { FILM_PATHS_MAX = 16 };

struct film_plan {
    const char *path[FILM_PATHS_MAX];
    int paths;
    const char *captions; /* a file for these; NULL: none */
    bool force;           /* files that are there may be replaced */
    int rows, cols;       /* of the canvases */
    int fps;              /* pictures per second, of what has a fixed number of them */
    int scale;            /* 1 .. PIXELS_SCALE_MAX: pixels of what is made of pixels */
    enum theme theme;
    bool loop;  /* .svg and .gif begin anew at their end */
    bool still; /* .svg is a picture, and it, .png and .txt are that of film_still() */
    enum cast_version version;
};

struct film; /* opaque: the files under way */

/* The kind that a name stands for; -1 with a reason. */
int film_kind(const char *path, struct error *error);

/* Begins all files. NULL with a reason, and then there is none. */
struct film *film_open(const struct film_plan *plan, struct error *error);

/* The font that words are drawn in; NULL where nothing is made of pixels. */
const char *film_font(const struct film *film);

/* The canvas as it is from a time on, in seconds; times never fall. False with a reason when a file
 * cannot be gone on with: film_discard() is what is left to do. */
bool film_frame(struct film *film, const struct canvas *canvas, enum theme theme, double seconds,
                struct error *error);

/* A chapter begins; a caption, "" for none, is shown from a time on. */
void film_marker(struct film *film, const char *label, double seconds);
void film_caption(struct film *film, const char *text, double seconds);

/* This is the picture of stills, instead of the last one. */
void film_still(struct film *film, const struct canvas *canvas, enum theme theme);

/* Ends all files at a time; false with the first reason, and then files that could not be finished
 * are not there. Frees it either way. */
bool film_close(struct film *film, double seconds, struct error *error);

/* Gives up: no file appears. */
void film_discard(struct film *film);

#endif
