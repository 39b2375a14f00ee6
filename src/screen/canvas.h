/* A canvas: a grid of (glyph, style role). It knows no curses, no colours and no escape codes.
 *
 * Views write cells; the terminal paints them, the exporters turn them into SVG or text, the tests
 * into text. All drawing is clipped to the rectangle given. */
#ifndef LNSCOPE_SCREEN_CANVAS_H
#define LNSCOPE_SCREEN_CANVAS_H

#include "base/utf8.h"

#include <stdbool.h>
#include <stdint.h>

/* What a cell means; a theme says how it looks (screen/theme.h). */
enum role {
    ROLE_TEXT,     /* ordinary words and numbers */
    ROLE_DIM,      /* secondary: units, hints, what is less important */
    ROLE_TITLE,    /* names of panels */
    ROLE_LEFT,     /* the accent of the left stack: bars, curve, title */
    ROLE_RIGHT,    /* the accent of the right stack */
    ROLE_LEFT_DIM, /* raw curve of the left stack, bars that are kept from before */
    ROLE_RIGHT_DIM,
    ROLE_LEFT_GHOST, /* curves that a branch has left behind: fainter still */
    ROLE_RIGHT_GHOST,
    ROLE_AXIS,                       /* axes, ticks, frames */
    ROLE_REFERENCE,                  /* reference lines and their labels */
    ROLE_MARK,                       /* events on the curves */
    ROLE_GOOD,                       /* running, learning */
    ROLE_WARN,                       /* paused, frozen, stale */
    ROLE_BAD,                        /* diverged, errors */
    ROLE_KEY,                        /* the name of a key */
    ROLE_BAR,                        /* header and footer lines */
    ROLE_BAR_STRONG,                 /* what stands out in them */
    ROLE_BAR_GOOD,                   /* RUNNING */
    ROLE_BAR_WARN,                   /* PAUSED, ENDED */
    ROLE_BAR_BAD,                    /* a recording is under way */
    ROLE_GRID,                       /* lines behind bars and curves: the faintest of all */
    ROLE_TAB,                        /* the name of the view that is shown, in the header */
    ROLE_ON_LOW,                     /* words on the lower half of the ramp as a background, ... */
    ROLE_ON_HIGH,                    /* ... and on its upper half */
    ROLE_RAMP,                       /* the colours of heat maps, from the lowest value ... */
    ROLE_RAMP_LAST = ROLE_RAMP + 23, /* ... to the highest */
    ROLES
};

enum { RAMP_STEPS = ROLE_RAMP_LAST - ROLE_RAMP + 1 };

/* cell.back: the background is the role's own. */
enum { BACK_OWN = ROLE_TEXT };

/* cell.glyph with this bit: the right half of a glyph two columns wide, which is the one in the
 * other bits and stands in the cell to the left. */
#define CELL_TAIL 0x80000000u

enum { CELL_MARKS = 2 };

struct cell {
    uint32_t glyph; /* a code point one or two columns wide; never a control character */
    uint8_t role;
    uint8_t back; /* BACK_OWN, or a role whose ink is the background here */
    /* Code points drawn over the glyph, such as accents; 0: none (more). Those of a tail are those
     * of its glyph. */
    uint32_t mark[CELL_MARKS];
};

bool cell_is_same(const struct cell *a, const struct cell *b);
bool cell_is_tail(const struct cell *cell);

/* Writes the cell's glyph and marks as UTF-8 to `out`, and a NUL; of a tail nothing but that. */
enum { CELL_BYTES = 4 * (1 + CELL_MARKS) + 1 };
void cell_utf8(const struct cell *cell, char out[CELL_BYTES]);

/* Rows and columns count from 0 at the top left. */
struct rect {
    int row, col, rows, cols;
};

/* Is the cell inside the rectangle? */
bool rect_has(struct rect area, int row, int col);

struct canvas {
    int rows, cols;
    struct cell *cells; /* [rows][cols] */
};

void canvas_open(struct canvas *canvas, int rows, int cols);
void canvas_resize(struct canvas *canvas, int rows, int cols);      /* and clears */
void canvas_copy(struct canvas *canvas, const struct canvas *from); /* its size, too */
void canvas_close(struct canvas *canvas);
void canvas_clear(struct canvas *canvas);

struct rect canvas_whole(const struct canvas *canvas);

/* One cell, or the two of a glyph so wide, which is '?' where there is only one; outside the canvas
 * nothing happens. What is not drawn is '?', and a mark stands over a blank. Of a wide glyph that
 * is written over in part nothing is left. */
void canvas_put(struct canvas *canvas, int row, int col, uint32_t glyph, enum role role);

/* The same on a background: the ink of the role `back`. */
void canvas_put_on(struct canvas *canvas, int row, int col, uint32_t glyph, enum role role,
                   enum role back);

/* A UTF-8 string from (row, col) of the rectangle rightwards, in the order of its bytes, cut at the
 * edge; marks stand over what is before them, and control characters and what reorders or hides
 * text become '?'. Returns the column behind the last cell written. */
int canvas_text(struct canvas *canvas, struct rect area, int row, int col, enum role role,
                const char *text);
/* The same on a background: the ink of the role `back`. */
int canvas_text_on(struct canvas *canvas, struct rect area, int row, int col, enum role role,
                   enum role back, const char *text);
int canvas_print(struct canvas *canvas, struct rect area, int row, int col, enum role role,
                 const char *format, ...) __attribute__((format(printf, 6, 7)));
/* The same, ending at column `end` (exclusive). Returns the column of its first cell. */
int canvas_print_right(struct canvas *canvas, struct rect area, int row, int end, enum role role,
                       const char *format, ...) __attribute__((format(printf, 6, 7)));

/* Writes the first of the texts, from long to short and ended by NULL, that fits into columns
 * [col, end) of the rectangle's first row; nothing when none does. Returns the column behind it. */
int canvas_fit(struct canvas *canvas, struct rect area, int col, int end, enum role role,
               const char *const texts[]);

/* A text in lines of the rectangle, broken between words; what has no room is cut, and three points
 * say so. Returns the rows that it took. */
int canvas_words(struct canvas *canvas, struct rect area, enum role role, const char *text);

/* Fills the rectangle. */
void canvas_fill(struct canvas *canvas, struct rect area, uint32_t glyph, enum role role);

/* The number of columns that canvas_text() needs for the text. */
int canvas_columns(const char *text);

/* The letters of heat maps without colours, from the lowest value to the highest; the blank is left
 * to what has no value. */
extern const char canvas_density[];

/* The letter of a step 0 .. RAMP_STEPS - 1 of the ramp. */
char canvas_letter(int step);

/* The canvas as UTF-8 lines without trailing spaces; the caller frees it. A cell that is nothing
 * but colours of the ramp becomes the letter of its mean step. */
char *canvas_to_text(const struct canvas *canvas);

#endif
