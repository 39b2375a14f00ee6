/* See lab_cell.h. */
#include "views/lab_cell.h"

#include "screen/plot.h"
#include "screen/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    FROM_MOST = 99999, /* of steps: later ones are rounded */
    CURVE_ROWS = 5,    /* the least rows of the field of curves */
    LABEL_COLS = 5,    /* of numbers on its y axis, the axis included */
    WIDE_FROM = 46,    /* columns from which on there is room for loss and ratio */
    NAME_ROWS = 2
};

/* ---- what is chosen --------------------------------------------------------------------------*/

enum side lab_cell_side(const struct scene *scene)
{
    const struct grid *grid = scene->data.lab->grid;
    if (grid->stacks == GRID_BOTH)
        return scene->look.lab.left ? LEFT : RIGHT;
    return grid->stacks == GRID_LEFT ? LEFT : RIGHT;
}

int lab_cell_page(const struct scene *scene)
{
    return scene_clamp(scene->look.lab.page, map_pages(scene->data.lab->grid) - 1);
}

void lab_cell_chosen(const struct scene *scene, const struct map *map, int *row, int *col)
{
    *row = scene_clamp(scene->look.lab.row, map->rows - 1);
    *col = scene_clamp(scene->look.lab.col, map->cols - 1);
}

/* The chosen seed, from 0; -1: all of them. */
static int seed_of(const struct scene *scene)
{
    return scene_clamp(scene->look.lab.seed, scene->data.lab->grid->seeds) - 1;
}

static int trial_of(const struct map *map, int cell, int seed)
{
    return grid_trial(map->grid, cell * map->grid->seeds + seed, map->side);
}

/* The first seed that came out as the cell did; the first where nothing is known. */
static int typical_seed(const struct map *map, const struct lab_row *row, int cell,
                        enum verdict_kind verdict)
{
    for (int seed = 0; seed < map->grid->seeds; seed++) {
        const struct lab_row *one = &row[trial_of(map, cell, seed)];
        if (one->done && one->verdict == verdict)
            return seed;
    }
    return 0;
}

int lab_cell_trial(const struct scene *scene)
{
    const struct scene_lab *lab = scene->data.lab;
    const int seed = seed_of(scene);
    struct map map;
    int row, col;
    map_open(&map, lab->grid, lab->row, lab_cell_side(scene), lab_cell_page(scene));
    lab_cell_chosen(scene, &map, &row, &col);
    const int cell = map_grid_cell(&map, row, col);
    const int typical = typical_seed(&map, lab->row, cell, map_at(&map, row, col)->verdict);
    const int trial = trial_of(&map, cell, seed >= 0 ? seed : typical);
    map_close(&map);
    return trial;
}

/* ---- numbers ---------------------------------------------------------------------------------*/

static void say_cell(const struct map *map, int row, int col, char out[LAB_CELL_LINE])
{
    char verdict[MAP_WORDS], seeds[MAP_WORDS];
    map_cell_verdict(map, row, col, verdict);
    map_cell_seeds(map, row, col, seeds);
    snprintf(out, LAB_CELL_LINE, "%s%s%s", *verdict ? verdict : "not trained yet",
             *seeds ? ", " : "", seeds);
}

void lab_cell_line(const struct scene *scene, const struct map *map, char out[LAB_CELL_LINE])
{
    char name[GRID_PLACE], what[LAB_CELL_LINE];
    int row, col;
    lab_cell_chosen(scene, map, &row, &col);
    grid_name_cell(map->grid, map_grid_cell(map, row, col), name);
    say_cell(map, row, col, what);
    snprintf(out, LAB_CELL_LINE, "%s%s%.60s", name, *name ? ": " : "", what);
}

static enum role verdict_role(enum verdict_kind verdict)
{
    static const enum role roles[VERDICTS] = {[VERDICT_NONE] = ROLE_DIM,
                                              [VERDICT_LEARNS] = ROLE_GOOD,
                                              [VERDICT_SLOW] = ROLE_TEXT,
                                              [VERDICT_STUCK] = ROLE_WARN,
                                              [VERDICT_DIVERGED] = ROLE_BAD};
    return roles[verdict];
}

/* The columns of a seed: its number, the verdict, the loss as a part, the step from which on it
 * learns; where there is room the loss and the lowest ratio. */
static void draw_head(struct canvas *canvas, struct rect area, int at)
{
    canvas_text(canvas, area, at, 1, ROLE_DIM, "seed verdict  part  from");
    if (area.cols >= WIDE_FROM)
        canvas_text(canvas, area, at, 27, ROLE_DIM, " loss  least ratio");
}

static void draw_seed(struct canvas *canvas, struct rect area, int at, const struct scene *scene,
                      const struct map *map, int trial)
{
    const struct lab_row *row = &scene->data.lab->row[trial];
    const int64_t number = grid_place(map->grid, trial).seed;
    const bool chosen = number == map->grid->first_seed + seed_of(scene);
    const enum role role = chosen ? ROLE_TITLE : ROLE_TEXT;
    char loss[TEXT_NUMBER], ratio[TEXT_NUMBER], from[TEXT_NUMBER] = "-", part[TEXT_NUMBER] = "--";
    if (chosen)
        canvas_text(canvas, area, at, 0, ROLE_TITLE, scene->terminal.ascii ? ">" : "▶");
    canvas_print_right(canvas, area, at, 5, role, "%" PRId64, number);
    if (!row->done) {
        canvas_text(canvas, area, at, 6, ROLE_DIM,
                    scene->data.lab->under_way[trial] ? "under way" : "not trained yet");
        return;
    }
    if (row->learn_step > 0)
        snprintf(from, sizeof from, "%" PRId64, row->learn_step);
    if (row->learn_step > FROM_MOST)
        text_count(from, row->learn_step);
    if (isfinite(row->loss_part))
        snprintf(part, sizeof part, "%.2f", row->loss_part);
    canvas_text(canvas, area, at, 6, verdict_role(row->verdict), verdict_table[row->verdict].name);
    canvas_print_right(canvas, area, at, 19, role, "%s", part);
    canvas_print_right(canvas, area, at, 25, role, "%s", from);
    if (area.cols < WIDE_FROM)
        return;
    text_loss(loss, row->loss);
    text_ratio(ratio, row->ratio_min);
    canvas_print_right(canvas, area, at, 32, role, "%s", loss);
    canvas_print_right(canvas, area, at, 45, role, "%s", ratio);
}

/* As many seeds as there are rows for, the chosen one among them; returns how many rows they take.
 */
static int draw_seeds(struct canvas *canvas, struct rect area, int rows, const struct scene *scene,
                      const struct map *map, int cell)
{
    const int seeds = map->grid->seeds;
    const int shown = seeds < rows ? seeds : rows;
    const int first = scene_clamp(seed_of(scene) - shown / 2, seeds - shown);
    for (int i = 0; i < shown; i++)
        draw_seed(canvas, area, i, scene, map, trial_of(map, cell, first + i));
    if (shown < seeds && shown < area.rows)
        canvas_print(canvas, area, shown, 1, ROLE_DIM, "%d of %d seeds", shown, seeds);
    return shown + (shown < seeds);
}

/* ---- curves ----------------------------------------------------------------------------------*/

/* The field and the top of its axis. */
struct field {
    struct rect area;
    double high;
    int64_t steps;
};

/* The curve of a seed; NULL: none is known. */
static const struct lab_curve *curve_of(const struct scene *scene, const struct map *map, int cell,
                                        int seed)
{
    return scene->data.lab->curve[trial_of(map, cell, seed)];
}

/* Spans all points of all seeds; false where there is no curve. */
static bool find_range(const struct scene *scene, const struct map *map, int cell,
                       struct field *field)
{
    double most = 1;
    bool found = false;
    for (int seed = 0; seed < map->grid->seeds; seed++) {
        const struct lab_curve *curve = curve_of(scene, map, cell, seed);
        for (int i = 0; curve && i < curve->count; i++) {
            most = fmax(most, (double)curve->part[i]);
            found = true;
        }
    }
    field->high = most > 1 ? plot_nice_above(most) : 1;
    field->steps = grid_settings(map->grid, trial_of(map, cell, 0)).steps;
    return found;
}

static double dot_y(const struct field *field, double part)
{
    return part / field->high * (field->area.rows * PLOT_DOTS_Y - 1);
}

static int row_of(const struct field *field, double part)
{
    return field->area.rows - 1 - (int)(dot_y(field, part) + 0.5) / PLOT_DOTS_Y;
}

static void add_curve(struct plot *plot, const struct field *field, const struct lab_curve *curve,
                      enum plot_layer layer)
{
    const double width = field->area.cols * PLOT_DOTS_X - 1;
    double x0 = 0, y0 = 0;
    for (int i = 0; i < curve->count; i++) {
        const double x = width * (double)((i + 1) * curve->stride) / (double)field->steps;
        const double y = dot_y(field, (double)curve->part[i]);
        if (i > 0)
            plot_line(plot, layer, x0, y0, x, y, false);
        x0 = x;
        y0 = y;
    }
}

static void draw_axes(struct canvas *canvas, struct rect area, const struct field *field,
                      bool ascii)
{
    const struct rect axis = {field->area.row, area.col, field->area.rows, LABEL_COLS};
    const double at[] = {1, verdict_learns, 0};
    int taken = -1;
    canvas_fill(canvas, (struct rect){axis.row, axis.col + LABEL_COLS - 1, axis.rows, 1},
                ascii ? '|' : 0x2502, ROLE_AXIS);
    for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
        const int row = row_of(field, at[i]);
        if (row == taken)
            continue;
        canvas_print_right(canvas, axis, row, LABEL_COLS - 1, ROLE_DIM, "%.*f", at[i] > 0 ? 2 : 0,
                           at[i]);
        canvas_put(canvas, axis.row + row, axis.col + LABEL_COLS - 1, ascii ? '+' : 0x2524,
                   ROLE_AXIS);
        taken = row;
    }
    const struct rect below = {axis.row + axis.rows, area.col, 1, area.cols};
    canvas_text(canvas, below, 0, LABEL_COLS, ROLE_DIM, "0");
    canvas_print_right(canvas, below, 0, area.cols, ROLE_DIM, "step %" PRId64, field->steps);
}

/* The losses of all seeds; those beside the chosen one are thin. `area` has the axes as well. */
static void draw_curves(struct canvas *canvas, struct rect area, const struct scene *scene,
                        const struct map *map, int cell)
{
    struct field field = {
        .area = {area.row + 1, area.col + LABEL_COLS, area.rows - 2, area.cols - LABEL_COLS}};
    const bool ascii = scene->terminal.ascii, right = map->side == RIGHT;
    const int chosen = seed_of(scene);
    struct plot plot;
    if (!find_range(scene, map, cell, &field)) {
        canvas_fit(canvas, area, 0, area.cols, ROLE_DIM,
                   (const char *const[]){"its curves: once it is trained here",
                                         "no curves: not trained here", NULL});
        return;
    }
    canvas_fit(canvas, area, 0, area.cols, ROLE_TITLE,
               (const char *const[]){"smoothed loss / loss without context",
                                     "loss / without context", "loss", NULL});
    plot_open(&plot, field.area.rows, field.area.cols);
    for (int seed = 0; seed < map->grid->seeds; seed++) {
        const struct lab_curve *curve = curve_of(scene, map, cell, seed);
        const bool thin = chosen >= 0 && seed != chosen;
        const enum plot_layer layer = thin    ? right ? PLOT_RIGHT_RUN : PLOT_LEFT_RUN
                                      : right ? PLOT_RIGHT
                                              : PLOT_LEFT;
        if (curve)
            add_curve(&plot, &field, curve, layer);
    }
    for (int x = 0; x < field.area.cols * PLOT_DOTS_X; x += 2) {
        plot_dot(&plot, PLOT_REFERENCE, x, (int)lrint(dot_y(&field, 1)));
        plot_dot(&plot, PLOT_REFERENCE, x, (int)lrint(dot_y(&field, verdict_learns)));
    }
    draw_axes(canvas, area, &field, ascii);
    plot_paint(&plot, canvas, field.area, ascii);
    plot_close(&plot);
}

/* ---- the whole -------------------------------------------------------------------------------*/

void lab_cell_draw(struct canvas *canvas, struct rect area, const struct scene *scene,
                   const struct map *map)
{
    char name[GRID_PLACE], what[LAB_CELL_LINE];
    int row, col;
    if (area.rows <= 0 || area.cols <= 0)
        return;
    lab_cell_chosen(scene, map, &row, &col);
    const int cell = map_grid_cell(map, row, col);
    grid_name_cell(map->grid, cell, name);
    const struct rect title = {area.row, area.col, area.rows < NAME_ROWS ? area.rows : NAME_ROWS,
                               area.cols};
    int at = canvas_words(canvas, title, ROLE_TITLE, name);
    say_cell(map, row, col, what);
    if (at < area.rows)
        canvas_text(canvas, area, at++, 0, verdict_role(map_at(map, row, col)->verdict), what);
    if (at + 1 < area.rows)
        draw_head(canvas, area, at++);
    const int seeds = area.rows - at - CURVE_ROWS - 3 > 1 ? area.rows - at - CURVE_ROWS - 3 : 1;
    if (at < area.rows)
        at += draw_seeds(canvas, (struct rect){area.row + at, area.col, area.rows - at, area.cols},
                         seeds, scene, map, cell);
    at++;
    const struct rect rest = {area.row + at, area.col, area.rows - at, area.cols};
    if (rest.rows >= CURVE_ROWS + 2 && rest.cols > 2 * LABEL_COLS)
        draw_curves(canvas, rest, scene, map, cell);
}
