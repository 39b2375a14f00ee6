/* The map of a lab, as cells of a canvas. */
#ifndef LNSCOPE_VIEWS_LAB_MAP_H
#define LNSCOPE_VIEWS_LAB_MAP_H

#include "lab/map.h"
#include "screen/canvas.h"

#include <stdbool.h>

/* Rows and columns that a map takes. */
struct rect lab_map_size(const struct map *map);

/* Draws it, cut at the edges of the rectangle; `letters`: without colours. */
void lab_map_draw(struct canvas *canvas, struct rect area, const struct map *map, bool letters,
                  bool ascii);

/* All maps of a grid, one below the other, and what they have in common; opens the canvas, without
 * colours, at the size that it takes. */
void lab_map_sheet(struct canvas *canvas, const struct grid *grid, const struct lab_row *row);

#endif
