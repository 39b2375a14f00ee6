/* The lab: the map of a grid of trainings, which fills while they run, and the cell that is chosen
 * on it. */
#include "screen/layout.h"
#include "screen/plot.h"
#include "screen/text.h"
#include "views/lab_cell.h"
#include "views/lab_map.h"
#include "views/view.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    SCALE_WIDE_FROM = 110, /* columns from which on the key of the colours is so wide */
    SCALE_WIDE = 54,
    BETWEEN = 2,      /* between what stands side by side */
    WIDE_FROM = 72,   /* columns from which on the chosen cell stands beside a part of a map */
    CELL_MIN = 28,    /* columns of the chosen cell beside its map, at least, ... */
    CELL_WANTED = 44, /* ... and where both maps are shown */
    CELL_MOST = 90,   /* ... and at most */
    SCALE_COLS = 36,  /* of the key of the colours */
    LIST_ROWS = 3     /* of the list of smallest values, at most */
};

/* ---- where things are ------------------------------------------------------------------------*/

struct plan {
    struct rect title;      /* how far it is */
    struct rect map[SIDES]; /* of the chosen stack, or of both; no rows: not shown */
    struct rect cell;       /* the chosen one; no columns: there is no room */
    struct rect words;      /* what the map says */
    struct rect key;        /* colours and letters */
    struct lab_map_look look;
    enum side side; /* whose map is chosen */
};

static bool has_both(const struct grid *grid)
{
    return grid->stacks == GRID_BOTH;
}

static void open_map(struct map *map, const struct scene *scene, enum side side)
{
    map_open(map, scene->data.lab->grid, scene->data.lab->row, side, lab_cell_page(scene));
}

/* As many values as there is room for, the chosen one in their middle where it can be. */
static void cut(int *first, int *count, int all, int chosen, int most)
{
    *count = all < most ? all : most > 1 ? most : 1;
    *first = scene_clamp(chosen - *count / 2, all - *count);
}

/* The part of the map that fits, where not all does. */
static void choose_window(struct lab_map_look *look, const struct map *map, int rows, int cols,
                          int row, int col)
{
    const struct rect whole = lab_map_size(map, look);
    struct rect *shown = &look->shown;
    const int over_rows = whole.rows - rows, over_cols = whole.cols - cols;
    const int height = look->form.rows + 1, width = look->form.cols + 1;
    if (over_rows > 0)
        cut(&shown->row, &shown->rows, map->rows, row,
            map->rows - (over_rows + height - 1) / height);
    if (over_cols > 0)
        cut(&shown->col, &shown->cols, map->cols, col, map->cols - (over_cols + width - 1) / width);
}

/* The largest cells with which the whole map fits; otherwise the smallest, and false. */
static bool choose_form(struct lab_map_look *look, const struct map *map, int rows, int cols)
{
    bool fits;
    look->form = lab_map_large(map);
    do {
        const struct rect size = lab_map_size(map, look);
        fits = size.rows <= rows && size.cols <= cols;
    } while (!fits && lab_map_smaller(&look->form));
    return fits;
}

/* The map, and beside it the other one and the cell, as far as there is room for them. */
static void place_maps(struct plan *plan, struct rect area, const struct map *map,
                       const struct scene *scene)
{
    struct lab_map_look *look = &plan->look;
    int row, col, cols = area.cols - CELL_MIN - BETWEEN;
    lab_cell_chosen(scene, map, &row, &col);
    const bool narrow = !choose_form(look, map, area.rows, cols) &&
                        (choose_form(look, map, area.rows, area.cols) || area.cols < WIDE_FROM);
    cols = narrow ? area.cols : cols;
    choose_window(look, map, area.rows, cols, row, col);
    const struct rect size = lab_map_size(map, look);
    const bool both = has_both(map->grid) && 2 * (size.cols + BETWEEN) + CELL_WANTED <= area.cols;
    char title[GRID_PLACE];
    map_title(map, title);
    const int wide = canvas_columns(title) > size.cols ? canvas_columns(title) : size.cols;
    const int each = both ? size.cols : wide < cols ? wide : cols;
    int at = area.col;
    for (enum side side = LEFT; side < SIDES; side++) {
        if (!both && side != plan->side)
            continue;
        plan->map[side] = (struct rect){area.row, at, area.rows, narrow ? cols : each};
        at += each + BETWEEN;
    }
    const int rest = area.col + area.cols - at;
    if (!narrow)
        plan->cell = (struct rect){area.row, at, area.rows, rest < CELL_MOST ? rest : CELL_MOST};
    look->chosen_row = row;
    look->chosen_col = col;
    look->under_way = scene->data.lab->under_way;
    look->letters = scene_has_letters(scene);
    look->ascii = scene->terminal.ascii;
}

/* Lines that the list of smallest values takes. */
static int list_rows(const struct map *map, int cols)
{
    char list[MAP_LIST];
    int rows = 0;
    map_list(map, list);
    for (const char *rest = list; *rest && rows < LIST_ROWS; rows++)
        text_line(&rest, cols);
    return rows;
}

/* Sentences that find room beside the chosen cell stand there, right below the map, and the cell
 * gets the rows that they had. */
static void place_words(struct plan *plan, struct rect area, const struct map *map)
{
    const struct rect size = lab_map_size(map, &plan->look);
    const int room = plan->cell.col - area.col - BETWEEN;
    char text[MAP_SENTENCE];
    for (int col = 0; col < map->cols; col++) {
        map_say(map, col, text);
        if (plan->cell.cols == 0 || canvas_columns(text) > room)
            return;
    }
    plan->words = (struct rect){area.row + 1 + size.rows + 1, area.col, map->cols, room};
    plan->cell.rows = area.rows - 2;
}

static void place(struct plan *plan, struct rect area, const struct map *map,
                  const struct scene *scene)
{
    *plan = (struct plan){.side = map->side, .look = lab_map_whole(map)};
    const struct rect large = lab_map_size(map, &plan->look);
    const int spare = area.rows - 2; /* without the title and the key */
    const int list = spare > 12 ? list_rows(map, area.cols) : 0;
    const bool sentences = map->cols > 1 && large.rows + 1 + map->cols <= spare;
    int words = sentences ? map->cols : list;
    plan->title = (struct rect){area.row, area.col, 1, area.cols};
    place_maps(
        plan, (struct rect){area.row + 1, area.col, spare - words - (sentences ? 1 : 0), area.cols},
        map, scene);
    const int below = area.row + area.rows - 1 - words;
    plan->words = (struct rect){below, area.col, words, area.cols};
    if (sentences)
        place_words(plan, area, map);
    plan->key = (struct rect){area.row + area.rows - 1, area.col, 1, area.cols};
}

/* ---- drawing ---------------------------------------------------------------------------------*/

static void draw_title(struct canvas *canvas, struct rect area, const struct scene *scene)
{
    const struct scene_lab *lab = scene->data.lab;
    const int pages = map_pages(lab->grid);
    const int64_t trials = grid_trials(lab->grid);
    int end = area.cols;
    char text[3][128];
    if (pages > 1)
        end = canvas_print_right(canvas, area, 0, end, ROLE_TITLE, "page %d of %d",
                                 lab_cell_page(scene) + 1, pages) -
              2;
    if (lab->running) {
        snprintf(text[0], sizeof text[0], "lab: %s", lab->progress);
        snprintf(text[1], sizeof text[1], "%s", lab->progress);
    } else if (lab->done < trials) {
        snprintf(text[0], sizeof text[0],
                 "lab: %d of %" PRId64 " trainings are done; :lab go does the rest", lab->done,
                 trials);
        snprintf(text[1], sizeof text[1], "%d of %" PRId64 ": :lab go", lab->done, trials);
    } else {
        snprintf(text[0], sizeof text[0], "lab: all %" PRId64 " trainings are done", trials);
        snprintf(text[1], sizeof text[1], "%" PRId64 " trainings", trials);
    }
    canvas_fit(canvas, area, 0, end, lab->running ? ROLE_GOOD : ROLE_TEXT,
               (const char *const[]){text[0], text[1], "lab", NULL});
}

/* A sentence for each column, or what they say in a list. */
static void draw_words(struct canvas *canvas, struct rect area, const struct map *map,
                       const struct lab_map_look *look)
{
    char text[MAP_LIST];
    if (area.rows == map->cols && map->cols > 1) {
        for (int col = 0; col < map->cols; col++) {
            map_say(map, col, text);
            canvas_text(canvas, area, col, 0, col == look->chosen_col ? ROLE_TITLE : ROLE_TEXT,
                        text);
        }
        return;
    }
    map_list(map, text);
    canvas_words(canvas, area, ROLE_TEXT, text);
}

static void draw_key(struct canvas *canvas, struct rect area, bool letters)
{
    const int cols = area.cols < SCALE_WIDE_FROM ? SCALE_COLS : SCALE_WIDE;
    const struct rect scale = {area.row, area.col, 1, cols};
    char text[3][128] = {"", "", ""};
    for (int i = VERDICT_LEARNS; i < VERDICTS; i++) {
        const size_t used = strlen(text[1]);
        snprintf(text[1] + used, sizeof text[1] - used, "%c %s  ", verdict_table[i].letter,
                 verdict_table[i].name);
    }
    snprintf(text[0], sizeof text[0], "%s* smallest that learns", text[1]);
    if (area.cols < SCALE_COLS)
        return;
    plot_heat_scale(canvas, scale, "0", "1 of loss without context", letters);
    canvas_fit(canvas, area, cols + BETWEEN, area.cols, ROLE_DIM,
               (const char *const[]){text[0], text[1], NULL});
}

/* How a lab is begun, where there is none. */
static void draw_none(struct canvas *canvas, struct rect area)
{
    static const char *const lines[] = {
        "A lab trains a grid of settings, and shows what learns as a map.",
        "",
        ":lab warmup=0,25,50 lr=1e-3,3e-3 seeds=1..3 steps=300",
        "",
        "NAME=VALUES is an axis: any setting, its values a list, FROM..TO:STEP or FROM..TO*FACTOR.",
        "NAME=VALUE sets it everywhere; the rest is as in this session.",
        ":lab FILE shows the rows of lnscope lab -o FILE.",
    };
    int at = 0;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const char *rest = lines[i];
        do {
            const char *start = rest;
            const int size = (int)text_line(&rest, area.cols);
            canvas_print(canvas, area, at++, 0, *lines[i] == ':' ? ROLE_TITLE : ROLE_TEXT, "%.*s",
                         size, start);
        } while (*rest);
    }
}

static bool has_lab(const struct scene *scene)
{
    return scene->data.lab && scene->data.lab->grid;
}

static void draw_maps(struct canvas *canvas, const struct plan *plan, const struct scene *scene)
{
    for (enum side side = LEFT; side < SIDES; side++) {
        struct lab_map_look look = plan->look;
        struct map map;
        if (plan->map[side].rows <= 0)
            continue;
        open_map(&map, scene, side);
        if (side != plan->side)
            look.chosen_row = -1;
        lab_map_draw(canvas, plan->map[side], &map, &look);
        map_close(&map);
    }
}

static void draw(struct canvas *canvas, struct rect area, const struct scene *scene)
{
    const struct rect inside = layout_inside(area);
    struct plan plan;
    struct map map;
    if (scene->look.blind) {
        canvas_text(canvas, inside, 0, 0, ROLE_DIM, "hidden while blind");
        return;
    }
    if (!has_lab(scene)) {
        draw_none(canvas, inside);
        return;
    }
    open_map(&map, scene, lab_cell_side(scene));
    place(&plan, inside, &map, scene);
    draw_title(canvas, plan.title, scene);
    draw_maps(canvas, &plan, scene);
    lab_cell_draw(canvas, plan.cell, scene, &map);
    draw_words(canvas, plan.words, &map, &plan.look);
    if (plan.cell.cols > 0) {
        draw_key(canvas, plan.key, plan.look.letters);
    } else {
        char line[LAB_CELL_LINE];
        lab_cell_line(scene, &map, line);
        canvas_text(canvas, plan.key, 0, 0, ROLE_TEXT, line);
    }
    map_close(&map);
}

static void hit(struct rect area, const struct scene *scene, int row, int col, struct hit *hit)
{
    const struct rect inside = layout_inside(area);
    struct plan plan;
    struct map map;
    if (scene->look.blind || !has_lab(scene))
        return;
    open_map(&map, scene, lab_cell_side(scene));
    place(&plan, inside, &map, scene);
    for (enum side side = LEFT; side < SIDES; side++) {
        const int cell = lab_map_hit(plan.map[side], &map, &plan.look, row, col);
        if (cell >= 0)
            *hit = (struct hit){
                .kind = HIT_TRIAL, .side = side, .row = cell / map.cols, .col = cell % map.cols};
    }
    map_close(&map);
}

/* ---- keys ------------------------------------------------------------------------------------*/

/* False, and said, where there is nothing to choose. */
static bool can_choose(const struct scene *scene, struct answer *answer)
{
    if (has_lab(scene) && !scene->look.blind)
        return true;
    answer_say(answer, scene->look.blind ? "the lab is hidden while blind"
                                         : "there is no lab yet: :lab warmup=0,25 lr=1e-3,3e-3 "
                                           "begins one");
    return false;
}

/* From a value to one of its neighbours. */
static void go(int *at, int by, int count)
{
    *at = scene_clamp(scene_clamp(*at, count - 1) + by, count - 1);
}

static int values_of(const struct scene *scene, int axis)
{
    const struct grid *grid = scene->data.lab->grid;
    return axis < grid->axes ? grid->axis[axis].values : 1;
}

static void choose_row(struct scene *scene, int up, struct rect area, struct answer *answer)
{
    (void)area;
    if (can_choose(scene, answer))
        go(&scene->look.lab.row, up, values_of(scene, 0));
}

static void choose_col(struct scene *scene, int right, struct rect area, struct answer *answer)
{
    (void)area;
    if (can_choose(scene, answer))
        go(&scene->look.lab.col, right, values_of(scene, 1));
}

static void choose_page(struct scene *scene, int up, struct rect area, struct answer *answer)
{
    (void)area;
    if (!can_choose(scene, answer))
        return;
    const int pages = map_pages(scene->data.lab->grid);
    if (pages == 1)
        answer_say(answer, "there is one page: a third axis makes more");
    else
        go(&scene->look.lab.page, -up, pages);
}

static void choose_stack(struct scene *scene, int by, struct rect area, struct answer *answer)
{
    (void)by, (void)area;
    if (!can_choose(scene, answer))
        return;
    if (!has_both(scene->data.lab->grid))
        answer_say(answer, "the %s stack alone was trained: stacks=both trains the other as well",
                   stack_names[lab_cell_side(scene)]);
    else
        scene->look.lab.left = !scene->look.lab.left;
}

/* All seeds, the first, ... and all again. */
static void choose_seed(struct scene *scene, int by, struct rect area, struct answer *answer)
{
    (void)area;
    if (!can_choose(scene, answer))
        return;
    const struct grid *grid = scene->data.lab->grid;
    int *seed = &scene->look.lab.seed;
    *seed = (scene_clamp(*seed, grid->seeds) + by + grid->seeds + 1) % (grid->seeds + 1);
    if (*seed == 0)
        answer_say(answer, "all seeds");
    else
        answer_say(answer, "seed %" PRId64, grid->first_seed + *seed - 1);
}

/* ---- the row ---------------------------------------------------------------------------------*/

static const enum action keys[] = {ACTION_PAUSE,     ACTION_SCROLL_UP, ACTION_RIGHT,   ACTION_ENTER,
                                   ACTION_NEXT_VIEW, ACTION_EXPORT,    ACTION_COMMAND, ACTIONS};

static const char *const notes[][2] = {
    {"cell", "one value of each axis, all seeds: the letter of the verdict that most of them got, "
             "and the mean of their losses at the end as a part of the loss without context, which "
             "is also the colour; ... is being trained, ? is not yet"},
    {"L s S D", "learns (at most 0.75), slow, stuck (at least 0.9), diverged"},
    {"border", "between cells in which more than half of the seeds learn and those in which they "
               "do not; *: the smallest value that learns in its column"},
    {"from", "the first step at which the smoothed loss was at most 0.75 of the loss without "
             "context"},
    {"Enter", "opens the cell as the session's pair, from its first step and with its seed: the "
              "chosen one, or the first that came out as the cell did"},
    {"keys", "Page Up and Down: pages of a third axis; v: the other stack; < >: one seed"},
    {"export",
     ":export FILE: .svg or .png, the map on white paper; .txt; .csv or .jsonl, the rows"},
    {NULL, NULL},
};

const struct view_row view_lab = {
    .key = '0',
    .summary = "a grid of trainings, and the map of what learns",
    .draw = draw,
    .hit = hit,
    .act = {[ACT_SCROLL] = choose_row,
            [ACT_SIDEWAYS] = choose_col,
            [ACT_PAGE] = choose_page,
            [ACT_QUANTITY] = choose_stack,
            [ACT_SORT] = choose_seed},
    .still = true,
    .up = "row",
    .right = "column",
    .keys = keys,
    .notes = notes,
};
