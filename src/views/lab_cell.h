/* One cell of a lab's map at large: its seeds in numbers, and the curves of their losses. */
#ifndef LNSCOPE_VIEWS_LAB_CELL_H
#define LNSCOPE_VIEWS_LAB_CELL_H

#include "lab/map.h"
#include "views/scene.h"

/* The stack whose map is shown, or chosen among two: the one of the grid, or what the look says. */
enum side lab_cell_side(const struct scene *scene);

/* The map's cell that is chosen, and the map's page; whatever the look says, there are such. */
int lab_cell_page(const struct scene *scene);
void lab_cell_chosen(const struct scene *scene, const struct map *map, int *row, int *col);

/* The trial of the chosen cell that stands for it: of the chosen seed, or of the first whose
 * verdict is that of the cell. To be called only where there is a lab. */
int lab_cell_trial(const struct scene *scene);

/* Draws what is known of the chosen cell: as much as there is room for, from the top. */
void lab_cell_draw(struct canvas *canvas, struct rect area, const struct scene *scene,
                   const struct map *map);

/* The same in one line: "warmup=25 lr=0.003: S 1.00, 1/3 learn". */
enum { LAB_CELL_LINE = GRID_PLACE + 64 };
void lab_cell_line(const struct scene *scene, const struct map *map, char out[LAB_CELL_LINE]);

#endif
