/* The tensors: every parameter tensor down, every block across, one number each as colour; a cursor
 * reads out one cell. */
#include "screen/layout.h"
#include "screen/plot.h"
#include "screen/text.h"
#include "views/panel.h"
#include "views/view.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    ROWS_MOST = 2 * WATCH_TENSORS, /* our own stacks have fewer */
    THICK_MAX = 3,
    NUMBER_COLS = 5,      /* a cell this wide has its number in it, "3e-2" */
    LONG_NUMBER_COLS = 8, /* and from here with one more digit */
    KEY_TEXT_COLS = 32,   /* of words beside the key of the colours */
    KEY_BESIDE_FROM = 72,
    RANGE_MOMENTS = 8, /* the colours are scaled to so many moments, ... */
    RANGE_STEPS = 8    /* ... so many steps apart, so that they do not flicker */
};

/* The rows: all tensors that one of the stacks has; while blind those of both, since the others
 * would tell which is which. */
struct rows {
    int count;
    const char *name[ROWS_MOST];
};

/* Which rows are in view, and how thick they are. */
struct window {
    int first, count, thick;
};

static int find_name(const char *const *names, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

/* The values of a tensor of a stack; NULL where the stack has no such tensor. */
static const float *values_of(const struct scene *scene, const struct snapshot *moment,
                              const char *name)
{
    const int t = snapshot_find(moment, name);
    return t < 0 ? NULL : snapshot_array(moment, scene->look.tensors.quantity, t);
}

static struct rows shared_rows(const struct scene *scene, const struct rows *all)
{
    const struct snapshot *left = scene_moment(scene, LEFT), *right = scene_moment(scene, RIGHT);
    struct rows rows = {0};
    for (int i = 0; i < all->count; i++)
        if (values_of(scene, left, all->name[i]) && values_of(scene, right, all->name[i]))
            rows.name[rows.count++] = all->name[i];
    return rows;
}

/* Those of the left stack in their order; what only the right one has comes behind what stands
 * before it there. */
static struct rows rows_of(const struct scene *scene)
{
    struct rows rows = {0};
    for (enum side side = LEFT; side < SIDES; side++) {
        const struct snapshot *moment = scene_moment(scene, side);
        int behind = 0;
        for (int t = 0; t < moment->tensors; t++) {
            int at = find_name(rows.name, rows.count, snapshot_tensor(moment, t));
            if (at < 0) {
                at = behind;
                memmove(rows.name + at + 1, rows.name + at,
                        (size_t)(rows.count - at) * sizeof rows.name[0]);
                rows.name[at] = snapshot_tensor(moment, t);
                rows.count++;
            }
            behind = at + 1;
        }
    }
    return scene->look.blind ? shared_rows(scene, &rows) : rows;
}

/* The cell that is read out. */
static int cursor_row(const struct scene *scene, const struct rows *rows)
{
    return scene_clamp(scene->look.tensors.tensor, rows->count - 1);
}

static int cursor_block(const struct scene *scene)
{
    return scene_clamp(scene->look.tensors.block, scene_depth(scene, SIDES) - 1);
}

/* All rows where there is room; otherwise those around the cursor. */
static struct window window_of(const struct scene *scene, const struct rows *rows, int room)
{
    if (rows->count > room) {
        int first = scene_clamp(cursor_row(scene, rows) - room / 2, rows->count - room);
        return (struct window){first, room, 1};
    }
    int thick = rows->count > 0 ? room / rows->count : 1;
    return (struct window){0, rows->count, thick < THICK_MAX ? thick : THICK_MAX};
}

static struct axis axis_of(const struct scene *scene, const struct rows *rows)
{
    double least = NAN, most = NAN;
    for (enum side side = LEFT; side < SIDES; side++)
        for (int m = 0; m < RANGE_MOMENTS; m++) {
            int64_t step = scene_step(scene) - m * RANGE_STEPS;
            const struct snapshot *moment =
                history_moment(scene->data.history, side, step > 1 ? step : 1);
            for (int t = 0; t < rows->count; t++) {
                const float *value = values_of(scene, moment, rows->name[t]);
                if (value)
                    axis_widen(&least, &most, value, moment->layers);
            }
        }
    return axis_holding(least, most);
}

/* ---- the maps ---- */

/* The columns of a block: the first, and one past the last. Where there are more blocks than
 * columns several share one. */
static void cols_of(int block, int blocks, int cols, int *first, int *past)
{
    *first = block * cols / blocks;
    *past = (block + 1) * cols / blocks;
    *past = *past > *first ? *past : *first + 1;
}

/* The value of the block that a column shows; the geometric mean where it shows several. */
static double column_value(const float *value, int blocks, int cols, int col)
{
    const bool shared = blocks > cols;
    int first = shared ? col * blocks / cols : ((col + 1) * blocks - 1) / cols;
    int past = shared ? (col + 1) * blocks / cols : first + 1;
    double sum = 0;
    if (past == first + 1)
        return (double)value[first];
    for (int b = first; b < past; b++)
        sum += log((double)value[b]);
    return exp(sum / (past - first));
}

/* The numbers in the cells of a row, where they are wide enough. */
static void draw_numbers(struct canvas *canvas, struct rect line, const float *value, int blocks,
                         const struct axis *axis, bool letters)
{
    const int width = line.cols / blocks;
    for (int block = 0; block < blocks && width >= NUMBER_COLS; block++) {
        char text[TEXT_NUMBER];
        int first, past;
        cols_of(block, blocks, line.cols, &first, &past);
        text_scientific(text, (double)value[block], width >= LONG_NUMBER_COLS ? 1 : 0);
        int col = first + (past - first - canvas_columns(text)) / 2;
        if (letters) /* their letter stays at the edge */
            canvas_fill(canvas, (struct rect){line.row, line.col + first + 1, 1, past - first - 1},
                        ' ', ROLE_TEXT);
        plot_heat_text(canvas, line, 0, letters ? first + 2 : col,
                       plot_heat_step(axis, (double)value[block]), letters, text);
    }
}

static void draw_row(struct canvas *canvas, struct rect area, const float *value, int blocks,
                     const struct axis *axis, bool letters)
{
    const int at = (area.rows - 1) / 2; /* the row of the numbers */
    for (int col = 0; col < area.cols; col++) {
        int step = plot_heat_step(axis, column_value(value, blocks, area.cols, col));
        for (int row = 0; row < area.rows; row++)
            plot_heat_cell(canvas, area.row + row, area.col + col, step, step, letters);
        if (!letters) /* blanks in the look of the numbers, so that a row has one look */
            plot_heat_text(canvas, area, at, col, step, letters, " ");
    }
    struct rect middle = {area.row + at, area.col, 1, area.cols};
    draw_numbers(canvas, middle, value, blocks, axis, letters);
}

/* Brackets around the cell that is read out, on its colour. */
static void draw_cursor(struct canvas *canvas, struct rect area, const float *value, int blocks,
                        int block, const struct axis *axis, bool letters)
{
    int first, past, step = value ? plot_heat_step(axis, (double)value[block]) : -1;
    cols_of(block, blocks, area.cols, &first, &past);
    int row = (area.rows - 1) / 2;
    bool narrow = past - first < 2;
    plot_heat_text(canvas, area, row, first, step, letters, narrow ? "+" : "[");
    if (!narrow)
        plot_heat_text(canvas, area, row, past - 1, step, letters, "]");
}

/* Where the number of a block stands below the map; its text. */
static int block_label(struct rect area, int blocks, int block, char text[TEXT_NUMBER])
{
    int first, past, size = snprintf(text, TEXT_NUMBER, "b%d", block + 1);
    cols_of(block, blocks, area.cols, &first, &past);
    int col = first + (past - first - size) / 2;
    return col < 0 ? 0 : col + size > area.cols ? area.cols - size : col;
}

/* The numbers of blocks, as many as have room, and that of the chosen one. */
static void draw_blocks(struct canvas *canvas, struct rect area, int blocks, int chosen)
{
    static const int strides[] = {1, 2, 3, 4, 5, 6, 8, 12, 16, 24, 32, 64, 128};
    const int width = blocks < 10 ? 2 : blocks < 100 ? 3 : 4;
    char text[TEXT_NUMBER];
    size_t s = 0;
    while (s + 1 < sizeof strides / sizeof strides[0] && strides[s] < blocks &&
           strides[s] * area.cols / blocks <= width)
        s++;
    int from = block_label(area, blocks, chosen, text), to = from + canvas_columns(text);
    canvas_text(canvas, area, 0, from, ROLE_TITLE, text);
    for (int block = 0; block < blocks; block += strides[s]) {
        int col = block_label(area, blocks, block, text);
        if (col > to || col + canvas_columns(text) < from)
            canvas_text(canvas, area, 0, col, ROLE_DIM, text);
    }
}

static void draw_map(struct canvas *canvas, struct rect map, const struct scene *scene,
                     enum side side, const struct rows *rows, const struct window *window,
                     const struct axis *axis)
{
    const struct snapshot *moment = scene_finite_moment(scene, side);
    const int blocks = scene_depth(scene, side);
    const bool letters = scene_has_letters(scene);
    for (int i = 0; i < window->count && moment->layers == blocks; i++) {
        const char *name = rows->name[window->first + i];
        const float *value = values_of(scene, moment, name);
        struct rect area = {map.row + i * window->thick, map.col, window->thick, map.cols};
        if (value)
            draw_row(canvas, area, value, blocks, axis, letters);
        if (window->first + i == cursor_row(scene, rows) && cursor_block(scene) < blocks)
            draw_cursor(canvas, area, value, blocks, cursor_block(scene), axis, letters);
    }
}

/* ---- words ---- */

/* "attn.qkv.weight", or "attn.qkv.w" where that does not fit, or "qkv.w": names of others can be
 * long, and differ at their ends. */
static void short_name(const char *name, int room, char out[TEXT_TITLE])
{
    snprintf(out, TEXT_TITLE, "%s", name);
    char *last = strrchr(out, '.');
    if (canvas_columns(out) > room && last && (!strcmp(last, ".weight") || !strcmp(last, ".bias")))
        last[2] = '\0';
    for (char *dot = strchr(out, '.'); dot && canvas_columns(out) > room && room > 0;
         dot = strchr(out, '.')) {
        if (!strchr(dot + 1, '.') && dot[1] && !dot[2]) /* "w" says nothing */
            break;
        memmove(out, dot + 1, strlen(dot));
    }
}

static void draw_names(struct canvas *canvas, struct rect area, const struct scene *scene,
                       const struct rows *rows, const struct window *window)
{
    for (int i = 0; i < window->count; i++) {
        char text[TEXT_TITLE];
        int row = i * window->thick + (window->thick - 1) / 2;
        bool chosen = window->first + i == cursor_row(scene, rows);
        short_name(rows->name[window->first + i], area.cols, text);
        canvas_text(canvas, area, row, 0, chosen ? ROLE_TITLE : ROLE_TEXT, text);
        if (!chosen)
            continue;
        canvas_put(canvas, area.row + row, area.col - 1, scene->terminal.ascii ? '<' : 0x25C2,
                   ROLE_TITLE);
        canvas_put(canvas, area.row + row, area.col + area.cols,
                   scene->terminal.ascii ? '>' : 0x25B8, ROLE_TITLE);
    }
}

/* The cell at the cursor: its name, and its value in both stacks. */
static void draw_readout(struct canvas *canvas, struct rect area, const struct scene *scene,
                         const struct rows *rows)
{
    if (rows->count == 0)
        return;
    const char *name = rows->name[cursor_row(scene, rows)];
    const int block = cursor_block(scene);
    char text[TEXT_TITLE * 2], brief[TEXT_TITLE];
    int end = area.cols;
    for (int i = SIDES - 1; i >= 0; i--) {
        const struct snapshot *moment = scene_finite_moment(scene, (enum side)i);
        const float *value = values_of(scene, moment, name);
        char number[TEXT_NUMBER], title[TEXT_TITLE];
        if (!scene_has(scene, (enum side)i))
            continue;
        text_scientific(number,
                        value && block < moment->layers ? (double)value[block] : (double)NAN, 2);
        scene_title(scene, (enum side)i, true, title);
        end = canvas_print_right(canvas, area, 0, end, ROLE_TEXT, "%7s", number) - 1;
        if (area.cols >= KEY_BESIDE_FROM)
            end = canvas_print_right(canvas, area, 0, end, scene_accent[i], "%.18s", title) - 3;
        else
            end -= 1;
    }
    short_name(name, 0, brief);
    snprintf(text, sizeof text, "%s, block %d of %d", name, block + 1, scene_depth(scene, SIDES));
    char place[TEXT_TITLE + 16];
    snprintf(place, sizeof place, "%s b%d", brief, block + 1);
    canvas_fit(canvas, area, 0, end, ROLE_TITLE, (const char *const[]){text, place, brief, NULL});
    if (area.rows > 1)
        canvas_fit(canvas, (struct rect){area.row + 1, area.col, 1, area.cols}, 0, area.cols,
                   ROLE_DIM, quantity_table[scene->look.tensors.quantity].note);
}

static void draw_head(struct canvas *canvas, struct rect area, const struct scene *scene,
                      const struct rows *rows, const struct window *window, int cols)
{
    int end = area.cols;
    for (int i = SIDES - 1; i >= 0; i--) {
        const struct snapshot *moment = scene_finite_moment(scene, (enum side)i);
        char title[TEXT_TITLE];
        scene_title(scene, (enum side)i, true, title);
        if (moment->step > 0 && moment->step < scene_step(scene))
            end = canvas_print_right(canvas, area, 0, end, ROLE_WARN,
                                     "%.18s kept from step %" PRId64, title, moment->step) -
                  2;
    }
    if (window->count < rows->count)
        end = canvas_print_right(canvas, area, 0, end, ROLE_WARN, "tensors %d-%d of %d",
                                 window->first + 1, window->first + window->count, rows->count) -
              2;
    if (scene_lacks(scene, scene->look.tensors.quantity))
        end = canvas_print_right(canvas, area, 0, end, ROLE_WARN, "%s", scene_not_there) - 2;
    if (scene_depth(scene, SIDES) > cols)
        end = canvas_print_right(canvas, area, 0, end, ROLE_WARN, "%d blocks in %d columns",
                                 scene_depth(scene, SIDES), cols) -
              2;
    canvas_fit(canvas, area, 0, end, ROLE_TEXT, quantity_table[scene->look.tensors.quantity].title);
}

static void draw(struct canvas *canvas, struct rect area, const struct scene *scene)
{
    const struct layout_tensors layout = layout_tensors(area, scene_only(scene));
    const struct rows rows = rows_of(scene);
    const struct window window = window_of(scene, &rows, layout.name.rows - 1);
    const struct axis axis = axis_of(scene, &rows);
    const struct quantity_row *cell = &quantity_table[scene->look.tensors.quantity];
    for (enum side side = LEFT; side < SIDES; side++) {
        if (!scene_has(scene, side))
            continue;
        panel_titles(canvas, layout.panel[side].title, layout.panel[side].state, scene, side);
        draw_map(canvas, layout.panel[side].map, scene, side, &rows, &window, &axis);
        struct rect below = layout.panel[side].map;
        below.row += window.count * window.thick;
        below.rows = 1;
        if (window.count > 0)
            draw_blocks(canvas, below, scene_depth(scene, side),
                        scene_clamp(cursor_block(scene), scene_depth(scene, side) - 1));
    }
    draw_head(canvas, layout.head, scene, &rows, &window,
              layout.panel[scene_first(scene)].map.cols);
    draw_names(canvas, layout.name, scene, &rows, &window);
    draw_readout(canvas, layout.readout, scene, &rows);
    struct rect key = layout.key;
    if (key.cols >= KEY_BESIDE_FROM) {
        const bool alone = scene_only(scene) != SIDES; /* there are no both */
        canvas_print(canvas, key, 0, 0, ROLE_TITLE, "%.*s",
                     (int)strcspn(cell->key, alone ? "," : ""), cell->key);
        key.col += KEY_TEXT_COLS;
        key.cols -= KEY_TEXT_COLS;
    }
    plot_heat_key(canvas, key, &axis, cell->mark > 0 ? cell->mark : NAN, scene_has_letters(scene));
}

static void hit_at(struct rect area, const struct scene *scene, int row, int col, struct hit *hit)
{
    const struct layout_tensors layout = layout_tensors(area, scene_only(scene));
    const struct rows rows = rows_of(scene);
    const struct window window = window_of(scene, &rows, layout.name.rows - 1);
    for (enum side side = LEFT; side < SIDES; side++) {
        const int blocks = scene_depth(scene, side);
        const struct rect map = layout.panel[side].map;
        int tensor = window.thick > 0 ? (row - map.row) / window.thick : 0;
        if (!rect_has(map, row, col) || tensor >= window.count)
            continue;
        for (int block = 0; block < blocks; block++) {
            int first, past;
            cols_of(block, blocks, map.cols, &first, &past);
            if (col - map.col >= first && col - map.col < past)
                *hit =
                    (struct hit){.kind = HIT_CELL, .tensor = window.first + tensor, .block = block};
        }
    }
}

/* Moves the cell that is read out. */
static void move(struct scene *scene, int down, int right)
{
    struct tensors_look *cell = &scene->look.tensors;
    int rows = rows_of(scene).count - 1, blocks = scene_depth(scene, SIDES) - 1;
    cell->tensor = scene_clamp(scene_clamp(cell->tensor, rows) + down, rows);
    cell->block = scene_clamp(scene_clamp(cell->block, blocks) + right, blocks);
}

static void scroll(struct scene *scene, int up, struct rect area, struct answer *answer)
{
    (void)area;
    (void)answer;
    move(scene, -up, 0);
}

static void go_sideways(struct scene *scene, int right, struct rect area, struct answer *answer)
{
    (void)area;
    (void)answer;
    move(scene, 0, right);
}

static void next_quantity(struct scene *scene, int by, struct rect area, struct answer *answer)
{
    enum quantity *quantity = &scene->look.tensors.quantity;
    (void)area;
    *quantity = quantity_step(*quantity, by);
    answer_say(answer, "tensors: %s", quantity_table[*quantity].label);
}

/* ---- the row ---- */

static const enum action keys[] = {
    ACTION_PAUSE,   ACTION_QUANTITY,      ACTION_SCROLL_UP, ACTION_RIGHT,  ACTION_BACK,
    ACTION_FORWARD, ACTION_WARMUP_LONGER, ACTION_RESTART,   ACTION_EXPORT, ACTIONS};

static const char *const notes[][2] = {
    VIEW_QUANTITIES,
    {"tensors",
     "a row for each tensor of a block, a column for each block; blank: the stack has no such "
     "tensor. Colours as in the waterfall, scaled to the last 64 steps"},
    {"[ ], +", "the cell that is read out below: the arrows move it"},
    {NULL, NULL},
};

const struct view_row view_tensors = {
    .key = '4',
    .summary = "gradient, update and weight of every tensor, as colour",
    .draw = draw,
    .shows = SHOWN_TENSORS,
    .hit = hit_at,
    .act = {[ACT_SCROLL] = scroll, [ACT_SIDEWAYS] = go_sideways, [ACT_QUANTITY] = next_quantity},
    .up = "tensor",
    .right = "block",
    .keys = keys,
    .notes = notes,
};
