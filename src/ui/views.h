/* The views: functions (canvas, rectangle, scene) -> cells. They change nothing but cells.
 *
 * One table says which there are: the digit keys, the order of Tab, the tabs of the header and the
 * help follow from it. */
#ifndef LNSCOPE_UI_VIEWS_H
#define LNSCOPE_UI_VIEWS_H

#include "ui/keys.h"
#include "ui/scene.h"

/* The smallest screen on which views are drawn. */
enum { VIEW_COLUMNS_MIN = 40, VIEW_ROWS_MIN = 12 };

struct view_row {
    const char *name;    /* one word, lower case */
    int key;             /* a digit; it rises from row to row */
    const char *summary; /* one line, no full stop: what it shows */
    void (*draw)(struct canvas *canvas, struct rect area, const struct scene *scene);
    const enum action *keys; /* for the footer, ended by ACTIONS; NULL: those of the overview */
    const char *const (*notes)[2]; /* for the help: terms and what they mean, ended by NULL */
};

extern const struct view_row view_table[VIEWS];

/* The view of a key code; -1: none. */
int view_of_key(int code);

/* The whole screen: header, the view, footer, help on top; or what is too small. */
void view_screen(struct canvas *canvas, const struct scene *scene);

/* Left and right bars of the gradient per layer, and both loss curves. */
void view_overview(struct canvas *canvas, struct rect area, const struct scene *scene);

/* The gradient of every layer over the steps, as colours. */
void view_waterfall(struct canvas *canvas, struct rect area, const struct scene *scene);

/* Every tensor of every block, as colours; one cell is read out. */
void view_tensors(struct canvas *canvas, struct rect area, const struct scene *scene);

/* Loss, ratio or gradient norm over the steps, at large. */
void view_curves(struct canvas *canvas, struct rect area, const struct scene *scene);

/* One block as a diagram, with numbers on its edges. */
void view_anatomy(struct canvas *canvas, struct rect area, const struct scene *scene);

/* A property of the stream per layer: size, likeness of neighbours and of tokens, attention. */
void view_stream(struct canvas *canvas, struct rect area, const struct scene *scene);

/* What both stacks write after the same prompt. */
void view_samples(struct canvas *canvas, struct rect area, const struct scene *scene);

/* The events so far. */
void view_log(struct canvas *canvas, struct rect area, const struct scene *scene);

void view_header(struct canvas *canvas, struct rect area, const struct scene *scene);
void view_footer(struct canvas *canvas, struct rect area, const struct scene *scene);

/* The command line, where it is open, in the last row, and the help for it above that. */
void view_prompt(struct canvas *canvas, const struct scene *scene);

void view_help(struct canvas *canvas, struct rect area, const struct scene *scene);

/* The number of lines of the help on a screen this wide, for scrolling. */
int view_help_lines(int columns);

/* The largest useful scene.help_scroll and scene.bar_scroll on a screen of this size; the views
 * clamp what is larger. */
int view_help_scroll_max(int rows, int columns);
int view_bar_scroll_max(const struct scene *scene, int rows, int columns);

/* The same for scene.waterfall_zoom. */
int view_waterfall_zoom_max(const struct scene *scene, int rows, int columns);

/* The number of rows that the tensors view has for the moment shown. */
int view_tensors_rows(const struct scene *scene);

/* The smallest and largest positive value among the bars of both stacks, NAN where there is none:
 * what axis_update() wants after every step. */
void view_bar_range(const struct scene *scene, double *least, double *most);

#endif
