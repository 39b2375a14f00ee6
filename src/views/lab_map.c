/* See lab_map.h. The first axis goes upwards; between the cells is room for the border between what
 * learns and what does not. */
#include "views/lab_map.h"

#include "screen/plot.h"
#include "screen/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LARGE_COLS = 11, SMALL_COLS = 7, SHEET_COLS = 100 };

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

/* ---- forms -----------------------------------------------------------------------------------*/

struct lab_map_form lab_map_large(const struct map *map)
{
    return (struct lab_map_form){.rows = map->grid->seeds > 1 ? 2 : 1, .cols = LARGE_COLS};
}

bool lab_map_smaller(struct lab_map_form *form)
{
    if (form->cols == LARGE_COLS)
        form->cols = SMALL_COLS;
    else if (form->rows == 2)
        *form = (struct lab_map_form){.rows = 1, .cols = LARGE_COLS};
    else
        return false;
    return true;
}

struct lab_map_look lab_map_whole(const struct map *map)
{
    return (struct lab_map_look){.form = lab_map_large(map),
                                 .shown = {.rows = map->rows, .cols = map->cols},
                                 .chosen_row = -1,
                                 .chosen_col = -1};
}

/* ---- places ----------------------------------------------------------------------------------*/

/* Where things are, from the top left of the map. */
struct plan {
    const struct map *map;
    const struct lab_map_look *look;
    int label;       /* columns of the row's values, a blank included */
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

static struct plan plan_of(const struct map *map, const struct lab_map_look *look)
{
    struct plan plan = {.map = map, .look = look, .label = widest_value(map) + 1};
    plan.top = 2; /* title, name of the first axis */
    plan.bottom = plan.top + look->shown.rows * (look->form.rows + 1) - 1;
    return plan;
}

static int cell_row(const struct plan *plan, int row)
{
    const struct lab_map_look *look = plan->look;
    return plan->top + (look->shown.row + look->shown.rows - 1 - row) * (look->form.rows + 1);
}

static int cell_col(const struct plan *plan, int col)
{
    const struct lab_map_look *look = plan->look;
    return plan->label + 1 + (col - look->shown.col) * (look->form.cols + 1);
}

static bool is_shown(const struct plan *plan, int row, int col)
{
    return rect_has(plan->look->shown, row, col);
}

struct rect lab_map_size(const struct map *map, const struct lab_map_look *look)
{
    const struct plan plan = plan_of(map, look);
    return (struct rect){.rows = plan.bottom + 1,
                         .cols = cell_col(&plan, look->shown.col + look->shown.cols)};
}

/* ---- cells -----------------------------------------------------------------------------------*/

static int step_of(const struct map_cell *cell)
{
    if (isnan(cell->part) || cell->seeds == 0)
        return -1;
    const int step = (int)(fmin(fmax(cell->part, 0), 1) * RAMP_STEPS);
    return step < RAMP_STEPS ? step : RAMP_STEPS - 1;
}

/* What a row of a cell says, without the mark of the smallest value. */
static void cell_words(const struct map *map, const struct lab_map_form *form, int row, int col,
                       int line, char out[2 * MAP_WORDS])
{
    char verdict[MAP_WORDS], seeds[MAP_WORDS];
    const bool large = form->cols == LARGE_COLS, one_line = form->rows == 1;
    map_cell_verdict(map, row, col, verdict);
    map_cell_seeds(map, row, col, seeds);
    if (one_line || !large) /* "4/5" */
        seeds[strcspn(seeds, " ")] = '\0';
    if (line == 1)
        snprintf(out, 2 * MAP_WORDS, "%s%s", large ? " " : "", seeds);
    else if (one_line && large && *seeds && strlen(verdict) + strlen(seeds) + 2 <= LARGE_COLS)
        snprintf(out, 2 * MAP_WORDS, "%s %s", verdict, seeds);
    else
        snprintf(out, 2 * MAP_WORDS, "%s%s", large ? " " : "", verdict);
}

/* A border that passes here gives way to the mark. */
static void draw_chosen(struct canvas *canvas, struct rect area, const struct plan *plan)
{
    const struct lab_map_look *look = plan->look;
    const int row = look->chosen_row, col = look->chosen_col;
    if (!is_shown(plan, row, col))
        return;
    const int top = cell_row(plan, row), left = cell_col(plan, col);
    canvas_text(canvas, area, top, left - 1, ROLE_TITLE, look->ascii ? ">" : "▶");
    canvas_text(canvas, area, top, left + look->form.cols, ROLE_TITLE, look->ascii ? "<" : "◀");
}

/* What stands in a cell of which nothing is known. */
static const char *unknown_words(const struct plan *plan, int row, int col)
{
    const struct grid *grid = plan->map->grid;
    const int run = map_grid_cell(plan->map, row, col) * grid->seeds;
    for (int seed = 0; plan->look->under_way && seed < grid->seeds; seed++)
        if (plan->look->under_way[grid_trial(grid, run + seed, plan->map->side)])
            return "...";
    return "?";
}

static void draw_cell(struct canvas *canvas, struct rect area, const struct plan *plan, int row,
                      int col)
{
    const struct map_cell *cell = map_at(plan->map, row, col);
    const struct lab_map_look *look = plan->look;
    const int top = cell_row(plan, row), left = cell_col(plan, col), cols = look->form.cols;
    for (int i = 0; i < look->form.rows && top + i < area.rows; i++) {
        char words[2 * MAP_WORDS], text[2 * MAP_WORDS];
        cell_words(plan->map, &look->form, row, col, i, words);
        snprintf(text, sizeof text, "%-*.*s", cols, cols, words);
        if (i == 0 && cell->smallest)
            text[cols - 1] = '*';
        if (cell->seeds == 0)
            canvas_text(canvas, area, top + i, left + (cols == LARGE_COLS), ROLE_DIM,
                        i == 0 ? unknown_words(plan, row, col) : "");
        else
            plot_heat_text(canvas, area, top + i, left, step_of(cell), look->letters, text);
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

static void draw_border(struct canvas *canvas, struct rect area, const struct plan *plan, int row,
                        int col)
{
    const struct map *map = plan->map;
    const bool ascii = plan->look->ascii;
    const int top = cell_row(plan, row), left = cell_col(plan, col);
    const uint32_t across = border_glyph(ARM_LEFT | ARM_RIGHT, ascii);
    const uint32_t along = border_glyph(ARM_UP | ARM_DOWN, ascii);
    const int right = left + plan->look->form.cols;
    const bool above = is_shown(plan, row + 1, col) && top - 1 < area.rows;
    if (above && map_border_above(map, row, col))
        for (int i = left; i < right && i < area.cols; i++)
            canvas_put(canvas, area.row + top - 1, area.col + i, across, ROLE_TITLE);
    if (right >= area.cols || !is_shown(plan, row, col + 1))
        return;
    for (int i = 0; i < plan->look->form.rows && top + i < area.rows; i++)
        if (map_border_right(map, row, col))
            canvas_put(canvas, area.row + top + i, area.col + right, along, ROLE_TITLE);
    const unsigned arms = corner_arms(map, row, col);
    const bool goes_on = (arms & (arms - 1)) != 0; /* it does not end here */
    if (goes_on && above)
        canvas_put(canvas, area.row + top - 1, area.col + right, border_glyph(arms, ascii),
                   ROLE_TITLE);
}

/* The name of the first axis, and which values are shown where that is not all. */
static void draw_row_name(struct canvas *canvas, struct rect area, const struct plan *plan)
{
    const struct map *map = plan->map;
    const struct rect *shown = &plan->look->shown;
    int col = canvas_text(canvas, area, 1, 0, ROLE_DIM, map_row_name(map));
    if (shown->rows < map->rows)
        col = canvas_print(canvas, area, 1, col + 2, ROLE_WARN, "rows %d-%d/%d", shown->row + 1,
                           shown->row + shown->rows, map->rows);
    if (shown->cols < map->cols)
        canvas_print(canvas, area, 1, col + 2, ROLE_WARN, "columns %d-%d/%d", shown->col + 1,
                     shown->col + shown->cols, map->cols);
}

void lab_map_draw(struct canvas *canvas, struct rect area, const struct map *map,
                  const struct lab_map_look *look)
{
    const struct plan plan = plan_of(map, look);
    const struct rect *shown = &look->shown;
    char title[GRID_PLACE];
    map_title(map, title);
    canvas_text(canvas, area, 0, 0, ROLE_TITLE, title);
    draw_row_name(canvas, area, &plan);
    for (int row = shown->row; row < shown->row + shown->rows; row++) {
        canvas_print_right(canvas, area, cell_row(&plan, row), plan.label - 1, ROLE_TEXT, "%s",
                           map_row_value(map, row));
        for (int col = shown->col; col < shown->col + shown->cols; col++) {
            draw_cell(canvas, area, &plan, row, col);
            draw_border(canvas, area, &plan, row, col);
        }
    }
    canvas_text(canvas, area, plan.bottom, 0, ROLE_DIM, map_col_name(map));
    for (int col = shown->col; col < shown->col + shown->cols; col++) {
        const int left = cell_col(&plan, col) + (look->form.cols == LARGE_COLS);
        const struct rect column = {area.row, area.col, area.rows,
                                    left + look->form.cols < area.cols ? left + look->form.cols
                                                                       : area.cols};
        canvas_text(canvas, column, plan.bottom, left, ROLE_TEXT, map_col_value(map, col));
    }
    draw_chosen(canvas, area, &plan);
}

int lab_map_hit(struct rect area, const struct map *map, const struct lab_map_look *look, int row,
                int col)
{
    const struct plan plan = plan_of(map, look);
    const struct rect *shown = &look->shown;
    for (int i = 0; rect_has(area, row, col) && i < shown->rows * shown->cols; i++) {
        const int at_row = shown->row + i / shown->cols, at_col = shown->col + i % shown->cols;
        const struct rect cell = {area.row + cell_row(&plan, at_row),
                                  area.col + cell_col(&plan, at_col), look->form.rows,
                                  look->form.cols};
        if (rect_has(cell, row, col))
            return at_row * map->cols + at_col;
    }
    return -1;
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

/* A map and its sentences from a row of the canvas on, or, without a canvas, only their size. */
static struct rect draw_map(struct canvas *canvas, int row, const struct map *map)
{
    struct lab_map_look look = lab_map_whole(map);
    struct rect size = lab_map_size(map, &look);
    char text[MAP_SENTENCE], title[GRID_PLACE];
    look.letters = true;
    struct rect area = canvas ? canvas_whole(canvas) : (struct rect){0};
    area.row = row;
    if (canvas)
        lab_map_draw(canvas, area, map, &look);
    map_title(map, title);
    size.cols = canvas_columns(title) > size.cols ? canvas_columns(title) : size.cols;
    for (int col = 0; col < map->cols; col++) {
        map_say(map, col, text);
        size.cols = canvas_columns(text) > size.cols ? canvas_columns(text) : size.cols;
        if (canvas)
            canvas_text(canvas, area, size.rows + 1 + col, 0, ROLE_TEXT, text);
    }
    size.rows += map->cols + 2;
    return size;
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
            const struct rect own = draw_map(canvas, size.rows, &map);
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
