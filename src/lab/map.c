/* See map.h. */
#include "lab/map.h"

#include "base/memory.h"
#include "base/names.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAP_AXES = 2, SHOWN = 48 };

/* From good to bad: of two as frequent the later one stands for a cell. */
static const enum verdict_kind worse[] = {VERDICT_LEARNS, VERDICT_SLOW, VERDICT_STUCK,
                                          VERDICT_DIVERGED};

/* ---- places ----------------------------------------------------------------------------------*/

static const struct grid_axis *axis_of(const struct map *map, int axis)
{
    return axis < map->grid->axes ? &map->grid->axis[axis] : NULL;
}

static int values_of(const struct grid *grid, int axis)
{
    return axis < grid->axes ? grid->axis[axis].values : 1;
}

int map_pages(const struct grid *grid)
{
    int64_t cells = grid_cells(grid);
    for (int i = 0; i < MAP_AXES; i++)
        cells /= values_of(grid, i);
    return (int)cells;
}

const struct map_cell *map_at(const struct map *map, int row, int col)
{
    return &map->cell[(size_t)row * (size_t)map->cols + (size_t)col];
}

int map_grid_cell(const struct map *map, int row, int col)
{
    return (row * map->cols + col) * map_pages(map->grid) + map->page;
}

/* Numbers that can be compared: shares only with shares, and with 0. */
static bool has_numbers(const struct grid_axis *axis)
{
    int shares = 0, zeros = 0;
    if (!axis || (axis->row->kind != SETTING_INTEGER && axis->row->kind != SETTING_REAL) ||
        strchr(axis->value[0], '/'))
        return false;
    for (int i = 0; i < axis->values; i++) {
        shares += strchr(axis->value[i], '%') != NULL;
        zeros += strcmp(axis->value[i], "0") == 0;
    }
    return shares == 0 || shares + zeros == axis->values;
}

/* ---- cells -----------------------------------------------------------------------------------*/

static void add_row(struct map_cell *cell, const struct lab_row *row, int *finite)
{
    cell->seeds++;
    cell->count[row->verdict]++;
    if (isfinite(row->loss_part))
        cell->part += (row->loss_part - cell->part) / ++*finite;
}

static struct map_cell summarize(const struct map *map, const struct lab_row *row, int grid_cell)
{
    const struct grid *grid = map->grid;
    struct map_cell cell = {.seeds = 0};
    int finite = 0;
    for (int seed = 0; seed < grid->seeds; seed++) {
        const int trial = grid_trial(grid, grid_cell * grid->seeds + seed, map->side);
        if (trial >= 0 && row[trial].done)
            add_row(&cell, &row[trial], &finite);
    }
    if (finite == 0)
        cell.part = (double)NAN;
    for (size_t i = 0; cell.seeds > 0 && i < sizeof worse / sizeof *worse; i++)
        if (cell.count[worse[i]] > 0 && cell.count[worse[i]] >= cell.count[cell.verdict])
            cell.verdict = worse[i];
    cell.learns = 2 * cell.count[VERDICT_LEARNS] > cell.seeds;
    return cell;
}

/* Marks the row with the smallest number that learns. */
static void mark_smallest(struct map *map, int col)
{
    double least = INFINITY;
    int found = -1;
    for (int row = 0; row < map->rows; row++) {
        const double value = strtod(map_row_value(map, row), NULL);
        if (map_at(map, row, col)->learns && value < least) {
            least = value;
            found = row;
        }
    }
    if (found >= 0)
        map->cell[(size_t)found * (size_t)map->cols + (size_t)col].smallest = true;
}

void map_open(struct map *map, const struct grid *grid, const struct lab_row *row, enum side side,
              int page)
{
    *map = (struct map){.grid = grid,
                        .side = side,
                        .page = page,
                        .rows = values_of(grid, 0),
                        .cols = values_of(grid, 1)};
    map->cell = memory_new((size_t)map->rows * (size_t)map->cols, sizeof *map->cell);
    for (int i = 0; i < map->rows; i++)
        for (int j = 0; j < map->cols; j++)
            map->cell[(size_t)i * (size_t)map->cols + (size_t)j] =
                summarize(map, row, map_grid_cell(map, i, j));
    for (int col = 0; has_numbers(axis_of(map, 0)) && col < map->cols; col++)
        mark_smallest(map, col);
}

void map_close(struct map *map)
{
    free(map->cell);
    map->cell = NULL;
}

static bool differ(const struct map_cell *one, const struct map_cell *other)
{
    return one->seeds > 0 && other->seeds > 0 && one->learns != other->learns;
}

bool map_border_above(const struct map *map, int row, int col)
{
    return row + 1 < map->rows && differ(map_at(map, row, col), map_at(map, row + 1, col));
}

bool map_border_right(const struct map *map, int row, int col)
{
    return col + 1 < map->cols && differ(map_at(map, row, col), map_at(map, row, col + 1));
}

/* ---- words -----------------------------------------------------------------------------------*/

const char *map_row_name(const struct map *map)
{
    return axis_of(map, 0) ? axis_of(map, 0)->name : "";
}

const char *map_col_name(const struct map *map)
{
    return axis_of(map, 1) ? axis_of(map, 1)->name : "";
}

const char *map_row_value(const struct map *map, int row)
{
    return axis_of(map, 0) ? axis_of(map, 0)->value[row] : "";
}

const char *map_col_value(const struct map *map, int col)
{
    return axis_of(map, 1) ? axis_of(map, 1)->value[col] : "";
}

/* "layers=12 norm=rmsnorm" of the page; "" where there are no further axes. */
static void name_page(const struct map *map, char out[GRID_PLACE])
{
    const struct grid *grid = map->grid;
    const int cell = map_grid_cell(map, 0, 0);
    const struct grid_place place = grid_place(grid, cell * grid->seeds * grid_sides(grid));
    size_t used = 0;
    out[0] = '\0';
    for (int i = MAP_AXES; i < grid->axes && used < GRID_PLACE; i++) {
        char shown[SHOWN];
        names_printable(shown, sizeof shown, grid->axis[i].value[place.value[i]]);
        used += (size_t)snprintf(out + used, GRID_PLACE - used, "%s%s=%s", used ? " " : "",
                                 grid->axis[i].name, shown);
    }
}

/* Whether an axis of the map may change the placement from cell to cell. */
static bool has_placements(const struct map *map)
{
    for (int i = 0; i < MAP_AXES && axis_of(map, i); i++) {
        const struct setting_row *row = axis_of(map, i)->row;
        if (row->choices == &placement_names || row->choices == &preset_names)
            return true;
    }
    return false;
}

void map_title(const struct map *map, char out[GRID_PLACE])
{
    const struct grid *grid = map->grid;
    const int step = grid->seeds * grid_sides(grid);
    char page[GRID_PLACE];
    bool common = true;
    const int cells = has_placements(map) ? map->rows * map->cols : 0; /* to be looked at */
    const enum placement placement =
        grid_settings(grid, map_grid_cell(map, 0, 0) * step).stack[map->side].placement;
    for (int i = 0; common && i < cells; i++)
        common = grid_settings(grid, map_grid_cell(map, i / map->cols, i % map->cols) * step)
                     .stack[map->side]
                     .placement == placement;
    name_page(map, page);
    snprintf(out, GRID_PLACE, "%s stack%s%s%s%.150s", stack_names[map->side], common ? ", " : "",
             common ? names_at(&placement_names, (int)placement) : "", *page ? ", " : "", page);
}

/* Values of the first axis whose cells in a column do, or do not, learn, separated by commas; of
 * those above `above` alone. How many there are. */
static int list_rows(const struct map *map, int col, bool learn, double above,
                     char out[MAP_SENTENCE / 2])
{
    size_t used = 0;
    int count = 0;
    out[0] = '\0';
    for (int row = 0; row < map->rows && used < MAP_SENTENCE / 2; row++) {
        const struct map_cell *cell = map_at(map, row, col);
        char shown[SHOWN];
        if (cell->seeds == 0 || cell->learns != learn ||
            !(strtod(map_row_value(map, row), NULL) > above))
            continue;
        names_printable(shown, sizeof shown, map_row_value(map, row));
        used += (size_t)snprintf(out + used, MAP_SENTENCE / 2 - used, "%s%s", count++ ? ", " : "",
                                 shown);
    }
    return count;
}

/* "(3 of 3 seeds)"; nothing in a grid of one seed. */
static void count_seeds(const struct map *map, const struct map_cell *cell, char out[MAP_WORDS])
{
    out[0] = '\0';
    if (map->grid->seeds > 1)
        snprintf(out, MAP_WORDS, " (%d of %d seeds)", cell->count[VERDICT_LEARNS], cell->seeds);
}

/* Behind what may still change: not all of the column is trained. */
static const char *so_far(const struct map *map, int col)
{
    for (int row = 0; row < map->rows; row++)
        if (map_at(map, row, col)->seeds < map->grid->seeds)
            return " so far";
    return "";
}

static void say_smallest(const struct map *map, int col, char *out, size_t size)
{
    char seeds[MAP_WORDS], others[MAP_SENTENCE / 2];
    for (int row = 0; row < map->rows; row++) {
        const struct map_cell *cell = map_at(map, row, col);
        if (!cell->smallest)
            continue;
        const char *value = map_row_value(map, row);
        count_seeds(map, cell, seeds);
        const bool all = list_rows(map, col, false, strtod(value, NULL), others) == 0;
        snprintf(out, size, "%s %s is the smallest value that learns%s%s%s%s", map_row_name(map),
                 value, so_far(map, col), seeds, all ? "" : ", but not ", others);
        return;
    }
    snprintf(out, size, "no value of %s learns%s", map_row_name(map), so_far(map, col));
}

void map_say(const struct map *map, int col, char out[MAP_SENTENCE])
{
    char list[MAP_SENTENCE / 2], value[SHOWN];
    int used = 0, known = 0;
    for (int row = 0; row < map->rows; row++)
        known += map_at(map, row, col)->seeds;
    if (axis_of(map, 1)) {
        names_printable(value, sizeof value, map_col_value(map, col));
        used = snprintf(out, MAP_SENTENCE, "%s=%s: ", map_col_name(map), value);
    }
    char *const rest = out + used;
    const size_t room = (size_t)(MAP_SENTENCE - used);
    if (known == 0)
        snprintf(rest, room, "nothing is known yet");
    else if (has_numbers(axis_of(map, 0)))
        say_smallest(map, col, rest, room);
    else if (list_rows(map, col, true, -INFINITY, list) > 0)
        snprintf(rest, room, "what learns%s is %s %s", so_far(map, col), map_row_name(map), list);
    else
        snprintf(rest, room, "no value of %s learns%s", map_row_name(map), so_far(map, col));
}

/* What of a column stands in a list: its smallest value that learns, or all that do. */
static void list_column(const struct map *map, int col, char out[MAP_SENTENCE / 2])
{
    int known = 0;
    for (int row = 0; row < map->rows; row++) {
        known += map_at(map, row, col)->seeds;
        if (!map_at(map, row, col)->smallest)
            continue;
        snprintf(out, MAP_SENTENCE / 2, "%s", map_row_value(map, row));
        return;
    }
    if (known == 0)
        snprintf(out, MAP_SENTENCE / 2, "not known");
    else if (list_rows(map, col, true, -INFINITY, out) == 0)
        snprintf(out, MAP_SENTENCE / 2, *so_far(map, col) ? "none yet" : "none");
}

void map_list(const struct map *map, char out[MAP_LIST])
{
    const bool numbers = has_numbers(axis_of(map, 0));
    size_t used = 0;
    if (!axis_of(map, 1)) {
        map_say(map, 0, out);
        return;
    }
    used = (size_t)snprintf(
        out, MAP_LIST,
        numbers ? "smallest %s that learns: " : "what learns, %s: ", map_row_name(map));
    for (int col = 0; col < map->cols && used < MAP_LIST; col++) {
        char rows[MAP_SENTENCE / 2], value[SHOWN];
        list_column(map, col, rows);
        names_printable(value, sizeof value, map_col_value(map, col));
        used +=
            (size_t)snprintf(out + used, MAP_LIST - used, "%s%s at %s%s%s",
                             col == 0  ? ""
                             : numbers ? ", "
                                       : "; ",
                             rows, col == 0 ? map_col_name(map) : "", col == 0 ? "=" : "", value);
    }
}

void map_cell_verdict(const struct map *map, int row, int col, char out[MAP_WORDS])
{
    const struct map_cell *cell = map_at(map, row, col);
    if (isnan(cell->part) || cell->seeds == 0)
        snprintf(out, MAP_WORDS, "%s",
                 cell->seeds ? (char[]){verdict_table[cell->verdict].letter, '\0'} : "");
    else
        snprintf(out, MAP_WORDS, "%c %.2f", verdict_table[cell->verdict].letter,
                 fmin(cell->part, 99));
}

void map_cell_seeds(const struct map *map, int row, int col, char out[MAP_WORDS])
{
    const struct map_cell *cell = map_at(map, row, col);
    out[0] = '\0';
    if (map->grid->seeds > 1 && cell->seeds > 0)
        snprintf(out, MAP_WORDS, "%d/%d learn", cell->count[VERDICT_LEARNS], cell->seeds);
}

/* ---- the caption -----------------------------------------------------------------------------*/

/* Whether an axis acts on a setting; a preset sets others along. */
static bool is_varied(const struct grid *grid, const struct setting_row *row)
{
    for (int i = 0; i < grid->axes; i++)
        if (grid->axis[i].row == row || strcmp(grid->axis[i].row->name, "preset") == 0)
            return true;
    return false;
}

/* Whether a setting has one value in all cells. */
static bool is_common(const struct grid *grid, const struct setting_row *row)
{
    char first[SETTING_TEXT], value[SETTING_TEXT];
    for (int64_t cell = 0; is_varied(grid, row) && cell < grid_cells(grid); cell++) {
        const struct settings settings =
            grid_settings(grid, (int)cell * grid->seeds * grid_sides(grid));
        setting_get(&settings, row, cell == 0 ? first : value, SETTING_TEXT);
        if (cell > 0 && strcmp(first, value) != 0)
            return false;
    }
    return true;
}

/* The placement of a stack that is not trained. */
static bool is_of_other_stack(const struct grid *grid, const struct setting_row *row)
{
    return (grid->stacks == GRID_LEFT && strcmp(row->name, "right") == 0) ||
           (grid->stacks == GRID_RIGHT && strcmp(row->name, "left") == 0);
}

char *map_caption(const struct grid *grid)
{
    const struct settings settings = grid_settings(grid, 0);
    char *text = NULL, value[SETTING_TEXT], shown[SETTING_TEXT];
    size_t size;
    FILE *out = memory_stream_open(&text, &size);
    if (!out)
        die("out of memory for the caption of a map");
    for (int i = 0; i < setting_count; i++) {
        const struct setting_row *row = &setting_table[i];
        if (row->scope == SCOPE_PROGRAM || strcmp(row->name, "seed") == 0 ||
            (row->kind == SETTING_STRING && settings.task != TASK_TEXT) ||
            is_of_other_stack(grid, row) || !is_common(grid, row))
            continue;
        setting_get(&settings, row, value, sizeof value);
        names_printable(shown, sizeof shown, value);
        fprintf(out, "%s %s, ", row->name, shown);
    }
    fprintf(out, "seed%s %" PRId64, grid->seeds > 1 ? "s" : "", grid->first_seed);
    if (grid->seeds > 1)
        fprintf(out, " to %" PRId64, grid->first_seed + grid->seeds - 1);
    if (!memory_stream_close(out, &text))
        die("out of memory for the caption of a map");
    return text;
}
