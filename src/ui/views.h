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

/* The number of lines of the help at this width, for scrolling. */
int view_help_lines(int columns);

#endif
