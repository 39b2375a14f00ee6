/* See lab_figure.h. Sizes are points. */
#include "export/lab_figure.h"

#include "lab/map.h"
#include "screen/text.h"
#include "screen/theme.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MARGIN = 24,
    GAP = 40, /* between two maps */
    CELL_WIDTH = 86,
    CELL_LINE = 17,
    CELL_EDGE = 7, /* above and below the lines of a cell */
    TITLE = 15,
    LABEL = 12,
    SMALL = 11,
    LINE = 16, /* from line to line of small text */
    TEXT_MIN = 620,
    SCALE_WIDTH = 240,
    SCALE_HEIGHT = 14
};

static const uint32_t black = 0x000000, white = 0xFFFFFF, grey = 0x606060, pale = 0xE4E4E4;

/* What is the same for all maps of a figure. */
struct sheet {
    struct figure *figure;
    const struct grid *grid;
    double label; /* width of the values of the first axis, and its name */
    double cell_height;
    double width, height; /* of a map, from its title to its axis */
};

static struct figure_style text_style(double size)
{
    return (struct figure_style){.ink = black, .size = size};
}

/* ---- colours ---------------------------------------------------------------------------------*/

static int step_of(double part)
{
    const int step = (int)(fmin(fmax(part, 0), 1) * RAMP_STEPS);
    return step < RAMP_STEPS ? step : RAMP_STEPS - 1;
}

/* That of the light theme, which is made for white. */
static uint32_t ramp_colour(int step)
{
    return (uint32_t)theme_table[THEME_LIGHT].style[ROLE_RAMP + step].rgb;
}

/* ---- a map -----------------------------------------------------------------------------------*/

static double cell_x(const struct sheet *sheet, double x, int col)
{
    return x + sheet->label + col * (double)CELL_WIDTH;
}

static double cell_y(const struct sheet *sheet, const struct map *map, double y, int row)
{
    return y + TITLE + 2 * CELL_EDGE + (map->rows - 1 - row) * sheet->cell_height;
}

static void draw_cell(const struct sheet *sheet, const struct map *map, double x, double y, int row,
                      int col)
{
    const struct map_cell *cell = map_at(map, row, col);
    const double left = cell_x(sheet, x, col), top = cell_y(sheet, map, y, row);
    const bool known = cell->seeds > 0, has_part = known && !isnan(cell->part);
    const int step = has_part ? step_of(cell->part) : 0;
    const uint32_t back = has_part ? ramp_colour(step) : known ? pale : white;
    struct figure_style style = {.ink = has_part && step >= RAMP_STEPS / 2 ? white : black,
                                 .anchor = FIGURE_MIDDLE};
    char verdict[MAP_WORDS], seeds[MAP_WORDS];
    map_cell_verdict(map, row, col, verdict);
    map_cell_seeds(map, row, col, seeds);
    figure_rect(sheet->figure, left, top, CELL_WIDTH, sheet->cell_height,
                (struct figure_style){.ink = back});
    figure_rect(sheet->figure, left, top, CELL_WIDTH, sheet->cell_height,
                (struct figure_style){.ink = white, .size = 1});
    style.size = TITLE;
    style.bold = true;
    figure_text(sheet->figure, left + CELL_WIDTH / 2.0, top + CELL_EDGE + 13, known ? verdict : "?",
                style);
    style.size = SMALL;
    style.bold = false;
    figure_text(sheet->figure, left + CELL_WIDTH / 2.0, top + CELL_EDGE + 13 + CELL_LINE, seeds,
                style);
    if (cell->smallest)
        figure_rect(sheet->figure, left + 4.5, top + 4.5, CELL_WIDTH - 9, sheet->cell_height - 9,
                    (struct figure_style){.ink = style.ink, .size = 1.5});
}

static void draw_border(const struct sheet *sheet, const struct map *map, double x, double y,
                        int row, int col, struct figure_style style)
{
    const double left = cell_x(sheet, x, col), top = cell_y(sheet, map, y, row);
    const double right = left + CELL_WIDTH;
    if (map_border_above(map, row, col))
        figure_line(sheet->figure, left, top, right, top, style);
    if (map_border_right(map, row, col))
        figure_line(sheet->figure, right, top, right, top + sheet->cell_height, style);
}

/* Black, on white, so that it is seen between dark cells as well. */
static void draw_borders(const struct sheet *sheet, const struct map *map, double x, double y)
{
    static const struct figure_style styles[] = {{.ink = 0xFFFFFF, .size = 7},
                                                 {.ink = 0x000000, .size = 3.5}};
    for (size_t i = 0; i < sizeof styles / sizeof *styles; i++)
        for (int cell = 0; cell < map->rows * map->cols; cell++)
            draw_border(sheet, map, x, y, cell / map->cols, cell % map->cols, styles[i]);
}

static void draw_axes(const struct sheet *sheet, const struct map *map, double x, double y)
{
    struct figure_style style = text_style(LABEL);
    const double bottom = cell_y(sheet, map, y, 0) + sheet->cell_height;
    style.anchor = FIGURE_END;
    for (int row = 0; row < map->rows; row++)
        figure_text(sheet->figure, x + sheet->label - 6,
                    cell_y(sheet, map, y, row) + sheet->cell_height / 2 + 4,
                    map_row_value(map, row), style);
    style.anchor = FIGURE_MIDDLE;
    for (int col = 0; col < map->cols; col++)
        figure_text(sheet->figure, cell_x(sheet, x, col) + CELL_WIDTH / 2.0, bottom + LINE,
                    map_col_value(map, col), style);
    style.bold = true;
    figure_text(sheet->figure, cell_x(sheet, x, 0) + map->cols * CELL_WIDTH / 2.0,
                bottom + 2 * LINE + 2, map_col_name(map), style);
    style.upwards = true;
    figure_text(sheet->figure, x + LABEL, (cell_y(sheet, map, y, map->rows - 1) + bottom) / 2,
                map_row_name(map), style);
}

/* Returns the y behind it. */
static double draw_map(const struct sheet *sheet, const struct map *map, double x, double y)
{
    char text[GRID_PLACE + MAP_SENTENCE];
    struct figure_style style = text_style(TITLE);
    style.bold = true;
    map_title(map, text);
    figure_text(sheet->figure, x, y + TITLE, text, style);
    for (int row = 0; row < map->rows; row++)
        for (int col = 0; col < map->cols; col++)
            draw_cell(sheet, map, x, y, row, col);
    draw_borders(sheet, map, x, y);
    draw_axes(sheet, map, x, y);
    y += sheet->height;
    for (int col = 0; col < map->cols; col++, y += LINE) {
        map_say(map, col, text);
        figure_text(sheet->figure, x, y + LINE, text, text_style(SMALL));
    }
    return y;
}

/* ---- the whole -------------------------------------------------------------------------------*/

/* A text in as many lines as it takes; returns the y behind it. */
static double draw_lines(struct figure *figure, double y, const char *text,
                         struct figure_style style)
{
    const int columns = figure_columns(figure->width - 2 * MARGIN, style.size);
    for (const char *rest = text; *rest; y += LINE) {
        const char *start = rest;
        const size_t size = text_line(&rest, columns);
        char *line = strndup(start, size);
        figure_text(figure, MARGIN, y + LINE, line ? line : "", style);
        free(line);
    }
    return y;
}

/* The colours, and what stands in and between the cells; returns the y behind it. */
static double draw_key(struct figure *figure, double y)
{
    static const char name[] = "loss / loss without context:  0";
    const struct figure_style words = text_style(SMALL);
    const double x = MARGIN + figure_text_width(name, SMALL);
    figure_text(figure, MARGIN, y + LINE, name, words);
    for (int step = 0; step < RAMP_STEPS; step++)
        figure_rect(figure, x + step * (double)SCALE_WIDTH / RAMP_STEPS, y + LINE - 11,
                    (double)SCALE_WIDTH / RAMP_STEPS + 0.2, SCALE_HEIGHT,
                    (struct figure_style){.ink = ramp_colour(step)});
    figure_text(figure, x + SCALE_WIDTH + 6, y + LINE, "1 and more", words);
    y += LINE + 8;
    for (int i = VERDICT_LEARNS; i < VERDICTS; i++) {
        char text[256];
        snprintf(text, sizeof text, "%c  %s: %s", verdict_table[i].letter, verdict_table[i].name,
                 verdict_table[i].help);
        y = draw_lines(figure, y, text, words);
    }
    return draw_lines(
               figure, y,
               "The number in a cell is the mean of that part over its seeds, its letter the "
               "verdict of most of them. A frame marks the smallest value that learns in "
               "its column; the thick line parts cells in which more than half of the seeds "
               "learn from those in which they do not. ?: not trained yet.",
               words) +
           CELL_EDGE;
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* The width that the title and the sentences of all maps need. */
static double widest_words(const struct grid *grid, const struct lab_row *row)
{
    double widest = 0;
    char text[GRID_PLACE + MAP_SENTENCE];
    for (int i = 0; i < map_pages(grid) * SIDES; i++) {
        struct map map;
        if (grid_trial(grid, 0, (enum side)(i % SIDES)) < 0)
            continue;
        map_open(&map, grid, row, (enum side)(i % SIDES), i / SIDES);
        map_title(&map, text);
        widest = larger(widest, 1.1 * figure_text_width(text, TITLE));
        for (int col = 0; col < map.cols; col++) {
            map_say(&map, col, text);
            widest = larger(widest, figure_text_width(text, SMALL));
        }
        map_close(&map);
    }
    return widest;
}

static struct sheet sheet_of(struct figure *figure, const struct grid *grid,
                             const struct lab_row *row)
{
    const int rows = grid->axes > 0 ? grid->axis[0].values : 1;
    const int cols = grid->axes > 1 ? grid->axis[1].values : 1;
    struct sheet sheet = {.figure = figure, .grid = grid};
    for (int i = 0; grid->axes > 0 && i < rows; i++)
        sheet.label = larger(sheet.label, figure_text_width(grid->axis[0].value[i], LABEL));
    sheet.label += LABEL + 16;
    sheet.cell_height = (grid->seeds > 1 ? 2 : 1) * CELL_LINE + 2 * CELL_EDGE;
    sheet.width = larger(sheet.label + cols * CELL_WIDTH, widest_words(grid, row));
    sheet.height =
        TITLE + 2 * CELL_EDGE + rows * sheet.cell_height + (grid->axes > 1 ? 2 * LINE + 8 : 0);
    figure->width = 2 * MARGIN + grid_sides(grid) * sheet.width + (grid_sides(grid) - 1) * GAP;
    figure->width = larger(figure->width, TEXT_MIN);
    return sheet;
}

void lab_figure(struct figure *figure, const struct grid *grid, const struct lab_row *row)
{
    const struct sheet sheet = sheet_of(figure, grid, row);
    struct figure_style caption = text_style(SMALL);
    double y = MARGIN;
    for (int page = 0; page < map_pages(grid); page++) {
        double x = MARGIN, end = y;
        for (enum side side = LEFT; side < SIDES; side++) {
            struct map map;
            if (grid_trial(grid, 0, side) < 0)
                continue;
            map_open(&map, grid, row, side, page);
            end = draw_map(&sheet, &map, x, y);
            map_close(&map);
            x += sheet.width + GAP;
        }
        y = end + GAP / 2.0;
    }
    y = draw_key(figure, y);
    caption.ink = grey;
    char *text = map_caption(grid);
    y = draw_lines(figure, y, text, caption);
    free(text);
    figure->height = y + MARGIN;
}
