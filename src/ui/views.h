/* The views: functions (canvas, rectangle, scene) -> cells. They change nothing but cells. */
#ifndef LNSCOPE_UI_VIEWS_H
#define LNSCOPE_UI_VIEWS_H

#include "ui/scene.h"

/* The smallest screen on which the overview is drawn. */
enum { VIEW_COLUMNS_MIN = 40, VIEW_ROWS_MIN = 12 };

/* The whole screen: header, the view, footer, help on top; or what is too small. */
void view_screen(struct canvas *canvas, const struct scene *scene);

/* Left and right bars of the gradient per layer, and both loss curves. */
void view_overview(struct canvas *canvas, struct rect area, const struct scene *scene);

void view_header(struct canvas *canvas, struct rect area, const struct scene *scene);
void view_footer(struct canvas *canvas, struct rect area, const struct scene *scene);
void view_help(struct canvas *canvas, struct rect area, const struct scene *scene);

/* The number of lines of the help on a screen this wide, for scrolling. */
int view_help_lines(int columns);

/* The largest useful scene.help_scroll and scene.bar_scroll on a screen of this size; the views
 * clamp what is larger. */
int view_help_scroll_max(int rows, int columns);
int view_bar_scroll_max(const struct scene *scene, int rows, int columns);

/* The smallest and largest positive value among the bars of both stacks, NAN where there is none:
 * what axis_update() wants after every step. */
void view_bar_range(const struct scene *scene, double *least, double *most);

#endif
