/* The map of a grid: what became of each cell, for one stack.
 *
 * The first axis goes upwards and the second to the right; every combination of the values of the
 * further ones is a page. A cell stands for all its seeds. It is made of rows alone, whoever
 * trained them, and knows no screen. */
#ifndef LNSCOPE_LAB_MAP_H
#define LNSCOPE_LAB_MAP_H

#include "lab/lab_row.h"

/* Bytes of a sentence about a column. */
enum { MAP_SENTENCE = 256 };

struct map_cell {
    int seeds;                 /* that are done */
    int count[VERDICTS];       /* of them, by verdict */
    enum verdict_kind verdict; /* of most seeds, of two as frequent the worse one; VERDICT_NONE:
                                  none is done */
    double part;               /* mean loss as a part of the loss without context, over the seeds
                                  that did not diverge; NAN: there are none */
    bool learns;               /* more than half of the seeds do */
    bool smallest;             /* the smallest value of the first axis that learns in this column;
                                  only where that axis is one of numbers */
};

struct map {
    const struct grid *grid; /* not owned */
    enum side side;
    int page;
    int rows, cols;        /* values of the first and the second axis; 1 where there is none */
    struct map_cell *cell; /* [rows][cols], by the indices of the values; owned */
};

/* Pages of a grid. */
int map_pages(const struct grid *grid);

/* Makes the map of a page and a stack from row[grid_trials()]. Close with map_close(). */
void map_open(struct map *map, const struct grid *grid, const struct lab_row *row, enum side side,
              int page);
void map_close(struct map *map);

const struct map_cell *map_at(const struct map *map, int row, int col);

/* The grid's cell that a cell of the map stands for. */
int map_grid_cell(const struct map *map, int row, int col);

/* Whether a border between learning and not learning runs between a cell and the one above it (its
 * row + 1) or to its right; none does beside a cell of which nothing is known. */
bool map_border_above(const struct map *map, int row, int col);
bool map_border_right(const struct map *map, int row, int col);

/* "right stack, post, layers=12": its placement where all cells have one, and the page. */
void map_title(const struct map *map, char out[GRID_PLACE]);

/* The values of the axes as text, and their names; "" where there is no axis. */
const char *map_row_name(const struct map *map);
const char *map_col_name(const struct map *map);
const char *map_row_value(const struct map *map, int row);
const char *map_col_value(const struct map *map, int col);

/* What can be read off a column: "lr=0.003: warmup 100 is the smallest value that learns (3 of 3
 * seeds)". */
void map_say(const struct map *map, int col, char out[MAP_SENTENCE]);

/* The same of all columns in one text: "smallest warmup that learns: 0 at lr=0.001, 100 at 0.003,
 * none at 0.01". */
enum { MAP_LIST = 1024 };
void map_list(const struct map *map, char out[MAP_LIST]);

/* What stands in a cell: "L 0.26", its verdict's letter and the mean; "4/5 learn", its seeds, "" in
 * a grid of one seed; both "" where nothing is known. */
enum { MAP_WORDS = 24 };
void map_cell_verdict(const struct map *map, int row, int col, char out[MAP_WORDS]);
void map_cell_seeds(const struct map *map, int row, int col, char out[MAP_WORDS]);

/* All settings that the cells have in common, as "layers 6, width 64, ...", and the seeds: a line
 * of any length, which the caller frees. */
char *map_caption(const struct grid *grid);

#endif
