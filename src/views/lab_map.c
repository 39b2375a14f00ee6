/* See lab_map.h. The first axis goes upwards; between the cells is room for the border between what
 * learns and what does not. */
#include "views/lab_map.h"

#include "screen/plot.h"
#include "screen/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CELL_COLS = 11, SHEET_COLS = 100 };

/* The heavy border at a place, by the arms that it has there. */
enum arm { ARM_LEFT = 1, ARM_RIGHT = 2, ARM_UP = 4, ARM_DOWN = 8 };

static uint32_t border_glyph(unsigned arms, bool ascii)
{
    static const uint32_t heavy[16] = {' ',    0x2578, 0x257A, 0x2501, 0x2579, 0x251B,
                                       0x2517, 0x253B, 0x257B, 0x2513, 0x250F, 0x2533,
                                       0x2503, 0x252B, 0x2523, 0x254B};
    static const char plain[] = " ===|+++|+++|+++";
    return ascii ? (uint32_t)(unsigned char)plain[arms] : heavy[arms];
}

/* Where things are, from the top left of the map. */
struct plan {
    int label;       /* columns of the row's values, a blank included */
    int height;      /* rows of a cell */
    int top, bottom; /* the first row of the cells, and the first behind them */
};

static int widest_value(const struct map *map)
{
    int widest = canvas_columns(map_row_name(map));
    for (int row = 0; row < map->rows; row++) {
        const int columns = canvas_columns(map_row_value(map, row));
        widest = columns > widest ? columns : widest;
    }
    return widest;
}

static struct plan plan_of(const struct map *map)
{
    struct plan plan = {.label = widest_value(map) + 1, .height = map->grid->seeds > 1 ? 2 : 1};
    plan.top = 2; /* title, name of the first axis */
    plan.bottom = plan.top + map->rows * (plan.height + 1) - 1;
    return plan;
}

static int cell_row(const struct map *map, const struct plan *plan, int row)
{
    return plan->top + (map->rows - 1 - row) * (plan->height + 1);
}

static int cell_col(const struct plan *plan, int col)
{
    return plan->label + 1 + col * (CELL_COLS + 1);
}

static int step_of(const struct map_cell *cell)
{
    if (isnan(cell->part) || cell->seeds == 0)
        return -1;
    const int step = (int)(cell->part * RAMP_STEPS);
    return step < RAMP_STEPS ? step : RAMP_STEPS - 1;
}

static void draw_cell(struct canvas *canvas, struct rect area, const struct map *map,
                      const struct plan *plan, int row, int col, bool letters)
{
    const struct map_cell *cell = map_at(map, row, col);
    const int top = cell_row(map, plan, row), left = cell_col(plan, col);
    char line[2][MAP_WORDS], text[2 * MAP_WORDS];
    map_cell_verdict(map, row, col, line[0]);
    map_cell_seeds(map, row, col, line[1]);
    for (int i = 0; i < plan->height && top + i < area.rows; i++) {
        const int used = snprintf(text, sizeof text, " %s", line[i]);
        for (int at = used; at < CELL_COLS; at++)
            text[at] = at == CELL_COLS - 1 && i == 0 && cell->smallest ? '*' : ' ';
        text[CELL_COLS] = '\0';
        if (cell->seeds == 0 && i == 0)
            canvas_text(canvas, area, top, left, ROLE_DIM, " ?");
        else
            plot_heat_text(canvas, area, top + i, left, step_of(cell), letters, text);
    }
}

/* The arms of the border at the corner above and to the right of a cell, where four cells meet. */
static unsigned corner_arms(const struct map *map, int row, int col)
{
    unsigned arms = 0;
    if (map_border_above(map, row, col))
        arms |= ARM_LEFT;
    if (col + 1 < map->cols && map_border_above(map, row, col + 1))
        arms |= ARM_RIGHT;
    if (row + 1 < map->rows && map_border_right(map, row + 1, col))
        arms |= ARM_UP;
    if (map_border_right(map, row, col))
        arms |= ARM_DOWN;
    return arms;
}

static void draw_border(struct canvas *canvas, struct rect area, const struct map *map,
                        const struct plan *plan, int row, int col, bool ascii)
{
    const int top = cell_row(map, plan, row), left = cell_col(plan, col);
    const uint32_t across = border_glyph(ARM_LEFT | ARM_RIGHT, ascii);
    const uint32_t along = border_glyph(ARM_UP | ARM_DOWN, ascii);
    const int right = left + CELL_COLS;
    if (map_border_above(map, row, col) && top - 1 < area.rows)
        for (int i = left; i < right && i < area.cols; i++)
            canvas_put(canvas, area.row + top - 1, area.col + i, across, ROLE_TITLE);
    if (right >= area.cols)
        return;
    for (int i = 0; map_border_right(map, row, col) && i < plan->height && top + i < area.rows; i++)
        canvas_put(canvas, area.row + top + i, area.col + right, along, ROLE_TITLE);
    const unsigned arms = corner_arms(map, row, col);
    const bool goes_on = (arms & (arms - 1)) != 0; /* it does not end here */
    if (goes_on && row + 1 < map->rows && top - 1 < area.rows)
        canvas_put(canvas, area.row + top - 1, area.col + right, border_glyph(arms, ascii),
                   ROLE_TITLE);
}

struct rect lab_map_size(const struct map *map)
{
    const struct plan plan = plan_of(map);
    const int sentences = map->cols + 1;
    int cols = cell_col(&plan, map->cols);
    char text[MAP_SENTENCE], title[GRID_PLACE];
    map_title(map, title);
    cols = canvas_columns(title) > cols ? canvas_columns(title) : cols;
    for (int col = 0; col < map->cols; col++) {
        map_say(map, col, text);
        cols = canvas_columns(text) > cols ? canvas_columns(text) : cols;
    }
    return (struct rect){.rows = plan.bottom + 2 + sentences, .cols = cols};
}

void lab_map_draw(struct canvas *canvas, struct rect area, const struct map *map, bool letters,
                  bool ascii)
{
    const struct plan plan = plan_of(map);
    char text[MAP_SENTENCE], title[GRID_PLACE];
    map_title(map, title);
    canvas_text(canvas, area, 0, 0, ROLE_TITLE, title);
    canvas_text(canvas, area, 1, 0, ROLE_DIM, map_row_name(map));
    for (int row = 0; row < map->rows; row++) {
        canvas_print_right(canvas, area, cell_row(map, &plan, row), plan.label - 1, ROLE_TEXT, "%s",
                           map_row_value(map, row));
        for (int col = 0; col < map->cols; col++) {
            draw_cell(canvas, area, map, &plan, row, col, letters);
            draw_border(canvas, area, map, &plan, row, col, ascii);
        }
    }
    canvas_text(canvas, area, plan.bottom, 0, ROLE_DIM, map_col_name(map));
    for (int col = 0; col < map->cols; col++) {
        canvas_text(canvas, area, plan.bottom, cell_col(&plan, col) + 1, ROLE_TEXT,
                    map_col_value(map, col));
        map_say(map, col, text);
        canvas_text(canvas, area, plan.bottom + 2 + col, 0, ROLE_TEXT, text);
    }
}

/* ---- the sheet -------------------------------------------------------------------------------*/

/* Lines of the text, drawn where there is a canvas; how many there are. */
static int draw_lines(struct canvas *canvas, struct rect area, int row, const char *text)
{
    int lines = 0;
    for (const char *rest = text; *rest; lines++) {
        char line[4 * SHEET_COLS + 1];
        const char *start = rest;
        const size_t size = text_line(&rest, SHEET_COLS);
        snprintf(line, sizeof line, "%.*s", (int)size, start);
        if (canvas)
            canvas_text(canvas, area, row + lines, 0, ROLE_TEXT, line);
    }
    return lines;
}

static void key_text(char *out, size_t size)
{
    size_t used = 0;
    for (int i = VERDICT_LEARNS; i < VERDICTS && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%c %s: %s. ", verdict_table[i].letter,
                                 verdict_table[i].name, verdict_table[i].help);
    if (used < size)
        snprintf(out + used, size - used,
                 "The number is the mean of that part over the seeds, * the smallest value that "
                 "learns in its column, ? not trained yet.");
}

/* Draws the sheet, or without a canvas only counts; the rows and columns that it takes. */
static struct rect draw_sheet(struct canvas *canvas, const struct grid *grid,
                              const struct lab_row *row, const char *caption)
{
    struct rect area = canvas ? canvas_whole(canvas) : (struct rect){0};
    struct rect size = {.cols = SHEET_COLS};
    char key[1024];
    for (int page = 0; page < map_pages(grid); page++) {
        for (enum side side = LEFT; side < SIDES; side++) {
            struct map map;
            if (grid_trial(grid, 0, side) < 0)
                continue;
            map_open(&map, grid, row, side, page);
            const struct rect own = lab_map_size(&map);
            area.row = size.rows;
            if (canvas)
                lab_map_draw(canvas, area, &map, true, false);
            size.rows += own.rows;
            size.cols = own.cols > size.cols ? own.cols : size.cols;
            map_close(&map);
        }
    }
    area.row = 0;
    key_text(key, sizeof key);
    size.rows += draw_lines(canvas, area, size.rows, key) + 1;
    size.rows += draw_lines(canvas, area, size.rows, caption);
    return size;
}

void lab_map_sheet(struct canvas *canvas, const struct grid *grid, const struct lab_row *row)
{
    char *caption = map_caption(grid);
    const struct rect size = draw_sheet(NULL, grid, row, caption);
    canvas_open(canvas, size.rows, size.cols);
    draw_sheet(canvas, grid, row, caption);
    free(caption);
}
