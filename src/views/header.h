/* The header and footer lines: the state of the run, the tabs of the views, keys and messages. */
#ifndef LNSCOPE_VIEWS_HEADER_H
#define LNSCOPE_VIEWS_HEADER_H

#include "views/scene.h"

void view_header(struct canvas *canvas, struct rect area, const struct scene *scene);
void view_footer(struct canvas *canvas, struct rect area, const struct scene *scene);

/* The view whose tab is at a cell of the header; -1: none. */
int view_tab_at(struct rect area, const struct scene *scene, int row, int col);

/* The action whose key is at a cell of the footer; -1: none. */
int view_key_at(const struct scene *scene, int rows, int cols, int row, int col);

#endif
