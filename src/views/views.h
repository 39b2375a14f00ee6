/* The views: functions (canvas, rectangle, scene) -> cells. They change nothing but cells.
 *
 * One table says which there are: the digit keys, the order of Tab, the tabs of the header and the
 * help follow from it. */
#ifndef LNSCOPE_VIEWS_VIEWS_H
#define LNSCOPE_VIEWS_VIEWS_H

#include "controls/keys.h"
#include "screen/layout.h"
#include "views/scene.h"

struct hit; /* views/mouse.h */

struct view_row {
    const char *name;    /* one word, lower case */
    int key;             /* a digit; it rises from row to row */
    const char *summary; /* one line, no full stop: what it shows */
    void (*draw)(struct canvas *canvas, struct rect area, const struct scene *scene);
    /* Says what is at a cell inside the area, where that is something to click on. */
    void (*hit)(struct rect area, const struct scene *scene, int row, int col, struct hit *hit);
    unsigned watch;    /* what the trainer is to measure for it, a sum of enum watch (run.h) */
    const char *up;    /* what Up and Down go through, one word for the footer; NULL: nothing */
    const char *right; /* the same of Left and Right */
    bool zooms;        /* z and Z have something to do */
    const enum action *keys; /* for the footer, ended by ACTIONS; NULL: those of the overview */
    const char *const (*notes)[2]; /* for the help: terms and what they mean, ended by NULL */
};

extern const struct view_row view_table[VIEWS];

/* The view of a key code; -1: none. */
int view_of_key(int code);

/* The whole screen: header, the view, footer, help on top; or what is too small. */
void view_screen(struct canvas *canvas, const struct scene *scene);

/* Where its parts are, with the controls hidden where the scene says so. */
struct layout_screen view_layout(const struct scene *scene, int rows, int cols);

/* Few numbers, large enough for the back row: scene.look.projector, instead of the view. */
void view_projector(struct canvas *canvas, struct rect area, const struct scene *scene);

/* Left and right bars of the gradient per layer, and both loss curves. */
void view_overview(struct canvas *canvas, struct rect area, const struct scene *scene);

/* What is at a cell of a view: view_row.hit. */
void view_overview_hit(struct rect area, const struct scene *scene, int row, int col,
                       struct hit *hit);
void view_projector_hit(struct rect area, const struct scene *scene, int row, int col,
                        struct hit *hit);
void view_waterfall_hit(struct rect area, const struct scene *scene, int row, int col,
                        struct hit *hit);
void view_tensors_hit(struct rect area, const struct scene *scene, int row, int col,
                      struct hit *hit);
void view_curves_hit(struct rect area, const struct scene *scene, int row, int col,
                     struct hit *hit);

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

/* The view whose tab is at a cell of the header; -1: none. */
int view_tab_at(struct rect area, const struct scene *scene, int row, int col);

/* The action whose key is at a cell of the footer; -1: none. */
int view_key_at(const struct scene *scene, int rows, int cols, int row, int col);

void view_header(struct canvas *canvas, struct rect area, const struct scene *scene);
void view_footer(struct canvas *canvas, struct rect area, const struct scene *scene);

/* The command line, where it is open, in the last row, and the help for it above that. */
void view_prompt(struct canvas *canvas, const struct scene *scene);

void view_help(struct canvas *canvas, struct rect area, const struct scene *scene);

/* The number of lines of the help on a screen this wide, for scrolling. */
int view_help_lines(const struct scene *scene, int columns);

/* The largest useful scene.look.help.scroll and scene.look.bars.scroll on a screen of this size;
 * the views clamp what is larger. */
int view_help_scroll_max(const struct scene *scene, int rows, int columns);
int view_bar_scroll_max(const struct scene *scene, int rows, int columns);

/* The same for scene.look.waterfall.zoom. */
int view_waterfall_zoom_max(const struct scene *scene, int rows, int columns);

/* The same for scene.look.log.scroll. */
int view_log_scroll_max(const struct scene *scene, int rows, int columns);

/* The block that the anatomy shows: scene.look.anatomy.block, of those that there are. */
int view_anatomy_block(const struct scene *scene);

/* The number of bars of the property that the stream view has chosen. */
int view_stream_bars(const struct scene *scene);

/* The number of rows that the tensors view has for the moment shown. */
int view_tensors_rows(const struct scene *scene);

/* The smallest and largest positive value among the bars of both stacks, NAN where there is none:
 * what axis_update() wants after every step. */
void view_bar_range(const struct scene *scene, double *least, double *most);

#endif
