/* The map of a lab, as cells of a canvas. */
#ifndef LNSCOPE_VIEWS_LAB_MAP_H
#define LNSCOPE_VIEWS_LAB_MAP_H

#include "lab/map.h"
#include "screen/canvas.h"

#include <stdbool.h>

/* How large the cells are, without the border beside them. */
struct lab_map_form {
    int rows; /* 1, or 2: the seeds below the verdict */
    int cols; /* 7, or 11: in one row the seeds beside the verdict, in two "4/5 learn" */
};

/* The large cells, and the next smaller ones; false where there are none. */
struct lab_map_form lab_map_large(const struct map *map);
bool lab_map_smaller(struct lab_map_form *form);

struct lab_map_look {
    struct lab_map_form form;
    struct rect shown;          /* the cells that are drawn; those of the map, by their indices */
    int chosen_row, chosen_col; /* the cell that is marked; -1: none is */
    const bool *under_way;      /* [grid_trials()]: what is being trained; NULL: nothing is */
    bool letters;               /* without colours */
    bool ascii;
};

/* All cells of a map, in their large form. */
struct lab_map_look lab_map_whole(const struct map *map);

/* Rows and columns that a map of so many cells takes, with its title and its axes. */
struct rect lab_map_size(const struct map *map, const struct lab_map_look *look);

/* Draws it, cut at the edges of the rectangle. */
void lab_map_draw(struct canvas *canvas, struct rect area, const struct map *map,
                  const struct lab_map_look *look);

/* The cell of the map at a place of the canvas, row * map->cols + col; -1 where there is none. */
int lab_map_hit(struct rect area, const struct map *map, const struct lab_map_look *look, int row,
                int col);

/* All maps of a grid, one below the other, and what they have in common; opens the canvas, without
 * colours, at the size that it takes. */
void lab_map_sheet(struct canvas *canvas, const struct grid *grid, const struct lab_row *row);

#endif
