/* The waterfall: time across, layers up, the gradient as colour; the collapse of a stack is a front
 * that moves through its layers. */
#include "screen/layout.h"
#include "screen/plot.h"
#include "screen/text.h"
#include "views/bars.h"
#include "views/panel.h"
#include "views/view.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

enum {
    TICK_COLS = 6,      /* the least distance of numbers on the time axis */
    KEY_TEXT_COLS = 32, /* of words beside the key of the colours */
    KEY_BESIDE_FROM = 72,
    ZOOM_MOST = 30
};

/* Which steps the columns show: column c shows the last of the steps first + c * per ... */
struct window {
    int64_t first, per, newest;
    int cols;
};

/* Which layers the rows show; in halves of a cell, or in whole cells of letters. */
struct bands {
    int rows;         /* of the map, in such units */
    int from, layers; /* the layers, as indices of the values */
    int number;       /* of the value with index 0: x_0, or block 1 */
};

/* The whole run, compressed; zoomed, as many of the newest steps as there is room for, or of those
 * around the cursor. */
static struct window window_of(const struct scene *scene, int cols)
{
    const int64_t newest = history_newest(scene->data.history);
    const int zoom =
        scene->look.waterfall.zoom < ZOOM_MOST ? scene->look.waterfall.zoom : ZOOM_MOST;
    int64_t per = (newest + cols - 1) / cols;
    per = per >> zoom > 0 ? per >> zoom : 1;
    int64_t columns = (newest + per - 1) / per, from = columns - cols;
    if (scene->look.cursor > 0) {
        int64_t middle = (scene_step(scene) - 1) / per - cols / 2;
        from = middle < from ? middle : from;
    }
    return (struct window){
        .first = (from > 0 ? from : 0) * per + 1, .per = per, .newest = newest, .cols = cols};
}

/* The step that a column shows; 0: none yet. */
static int64_t step_of(const struct window *window, int col)
{
    int64_t from = window->first + col * window->per, last = from + window->per - 1;
    return from > window->newest ? 0 : last < window->newest ? last : window->newest;
}

/* The column in which a step is; -1: none of them. */
static int col_of(const struct window *window, int64_t step)
{
    int64_t col = step < window->first ? -1 : (step - window->first) / window->per;
    return col < window->cols ? (int)col : -1;
}

static struct bands bands_of(const struct scene *scene, enum side side, struct rect map)
{
    struct bands bands = {.rows = map.rows * (scene_has_letters(scene) ? 1 : 2)};
    scene_layers(scene, side, &bands.layers, &bands.number);
    if (scene->look.bars.scroll > 0 && bands.layers > bands.rows) {
        int most = bands.layers - bands.rows;
        bands.from = scene->look.bars.scroll - 1 < most ? scene->look.bars.scroll - 1 : most;
        bands.layers = bands.rows;
    }
    return bands;
}

/* The layers of a row, counted from the bottom: first, and one past the last. */
static void layers_of(const struct bands *bands, int row, int *first, int *past)
{
    *first = bands->from + row * bands->layers / bands->rows;
    *past = bands->from + (row + 1) * bands->layers / bands->rows;
    *past = *past > *first ? *past : *first + 1;
}

/* The geometric mean of the layers that share a row; 0 where one of them is 0. */
static double value_of(const float *value, const struct bands *bands, int row)
{
    int first, past;
    double sum = 0;
    layers_of(bands, row, &first, &past);
    if (past == first + 1)
        return value[first];
    for (int l = first; l < past; l++)
        sum += log((double)value[l]);
    return exp(sum / (past - first));
}

/* The decades of all that is in view in both panels, so that the past keeps its colours; or those
 * of the frozen axis. */
static struct axis axis_of(const struct scene *scene, const struct window *window)
{
    double least = NAN, most = NAN;
    if (scene->look.bars.axis.frozen && scene->look.bars.axis.low < scene->look.bars.axis.high)
        return scene->look.bars.axis;
    for (enum side side = LEFT; side < SIDES; side++)
        for (int col = 0; col < window->cols && step_of(window, col) > 0; col++) {
            int count, first;
            const struct snapshot *moment =
                history_moment(scene->data.history, side, step_of(window, col));
            const float *value = scene_gradient(scene, side, moment, &count, &first);
            if (value)
                axis_widen(&least, &most, value, count);
        }
    return axis_holding(least, most);
}

static void draw_column(struct canvas *canvas, struct rect map, int col, const float *value,
                        const struct bands *bands, const struct axis *axis, bool letters)
{
    const int units = letters ? 1 : 2;
    for (int row = 0; row < map.rows; row++) {
        int bottom = (map.rows - 1 - row) * units;
        int lower = plot_heat_step(axis, value_of(value, bands, bottom));
        int upper = letters ? lower : plot_heat_step(axis, value_of(value, bands, bottom + 1));
        plot_heat_cell(canvas, map.row + row, map.col + col, upper, lower, letters);
    }
}

static void draw_map(struct canvas *canvas, struct rect map, const struct scene *scene,
                     enum side side, const struct window *window, const struct axis *axis)
{
    const struct bands bands = bands_of(scene, side, map);
    for (int col = 0; col < map.cols && step_of(window, col) > 0; col++) {
        int count, first;
        const struct snapshot *moment =
            history_moment(scene->data.history, side, step_of(window, col));
        const float *value = scene_gradient(scene, side, moment, &count, &first);
        if (value)
            draw_column(canvas, map, col, value, &bands, axis, scene_has_letters(scene));
    }
}

/* The names of the layers, as many as have a row to themselves. */
static void draw_labels(struct canvas *canvas, const struct layout_heat *panel,
                        const struct scene *scene, enum side side)
{
    static const int strides[] = {1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 24, 32, 64, 128, 256};
    const struct bands bands = bands_of(scene, side, panel->map);
    size_t s = 0;
    while (strides[s] * panel->map.rows < bands.layers)
        s++;
    for (int layer = 0; layer < bands.layers; layer += strides[s]) {
        int row = panel->map.rows * (2 * layer + 1) / (2 * bands.layers);
        bars_label(canvas, panel->label, panel->map.rows - 1 - row,
                   &(struct bars_named){.scene = scene,
                                        .side = side,
                                        .block = scene->look.bars.gradient == GRADIENT_PARAMETER,
                                        .number = bands.number + bands.from + layer,
                                        .stride = strides[s]});
    }
}

/* Whether marks, the end of a stack that diverged, or the cursor stand on the time axis between two
 * columns of the map. */
static bool is_marked(const struct scene *scene, enum side side, const struct window *window,
                      int from, int to)
{
    const struct history *history = scene->data.history;
    for (int i = -2; i < history->marks; i++) {
        int64_t step = i >= 0    ? history->mark[i].step
                       : i == -1 ? history_last(history, side)->fault.step
                                 : scene->look.cursor;
        int col = step > 0 ? col_of(window, step) : -1;
        if (col >= from && col <= to)
            return true;
    }
    return false;
}

static void draw_mark(struct canvas *canvas, struct rect axis, const struct window *window,
                      int64_t step, uint32_t glyph, enum role role)
{
    int col = step > 0 ? col_of(window, step) : -1;
    if (col >= 0)
        canvas_put(canvas, axis.row, axis.col + col, glyph, role);
}

static void draw_axis(struct canvas *canvas, const struct layout_heat *panel,
                      const struct scene *scene, enum side side, const struct window *window)
{
    const struct rect axis = {panel->axis.row, panel->map.col, 1, panel->map.cols};
    const bool ascii = scene->terminal.ascii;
    canvas_text(canvas, panel->axis, 0, 0, ROLE_DIM, "step");
    canvas_fill(canvas, axis, ascii ? '-' : 0x2500, ROLE_AXIS);
    canvas_put(canvas, axis.row, axis.col - 1, ascii ? '+' : 0x2514, ROLE_AXIS);
    double span = (double)(window->cols * window->per);
    const int64_t last = window->first + (int64_t)window->cols * window->per;
    const int apart = text_digits(last) + 2, ticks = apart > TICK_COLS ? apart : TICK_COLS;
    int64_t distance = (int64_t)fmax(1, plot_tick_distance(span, window->cols / ticks));
    for (int64_t step = (window->first + distance - 1) / distance * distance;
         col_of(window, step) >= 0; step += distance) {
        char text[TEXT_NUMBER];
        int width = snprintf(text, sizeof text, "%" PRId64, step);
        int col = col_of(window, step) - width / 2;
        col = col < 0 ? 0 : col + width > axis.cols ? axis.cols - width : col;
        if (!is_marked(scene, side, window, col, col + width - 1))
            canvas_text(canvas, axis, 0, col, ROLE_DIM, text);
    }
    for (int i = 0; i < scene->data.history->marks; i++)
        draw_mark(canvas, axis, window, scene->data.history->mark[i].step, ascii ? ':' : 0x254E,
                  ROLE_MARK);
    draw_mark(canvas, axis, window, history_last(scene->data.history, side)->fault.step,
              ascii ? 'X' : 0x00D7, ROLE_BAD);
    draw_mark(canvas, axis, window, scene->look.cursor, ascii ? '^' : 0x25B2, ROLE_WARN);
}

static void draw_panel(struct canvas *canvas, const struct layout_heat *panel,
                       const struct scene *scene, enum side side, const struct axis *axis)
{
    const struct window window = window_of(scene, panel->map.cols);
    const struct bands bands = bands_of(scene, side, panel->map);
    char text[SCENE_GRADIENT_TEXTS][SCENE_GRADIENT_TEXT], shown[TEXT_TITLE];
    int count, first, end = panel->head.cols;
    scene_layers(scene, side, &count, &first);
    panel_titles(canvas, panel->title, panel->state, scene, side);
    if (bands.layers < count)
        snprintf(shown, sizeof shown, "%d-%d of %d", bands.number + bands.from,
                 bands.number + bands.from + bands.layers - 1, bands.number + count - 1);
    else
        snprintf(shown, sizeof shown, "%d in %d", count, bands.rows);
    if (count > bands.rows)
        end = canvas_print_right(canvas, panel->head, 0, end, ROLE_WARN, "%s", shown) - 1;
    scene_gradient_texts(scene, "", text);
    canvas_fit(canvas, panel->head, 0, end, ROLE_TEXT,
               (const char *const[]){text[0], text[1], text[2], text[3], "gradient", NULL});
    canvas_fill(canvas, (struct rect){panel->map.row, panel->map.col - 1, panel->map.rows, 1},
                scene->terminal.ascii ? '|' : 0x2502, ROLE_AXIS);
    draw_labels(canvas, panel, scene, side);
    draw_map(canvas, panel->map, scene, side, &window, axis);
    draw_axis(canvas, panel, scene, side, &window);
}

/* The colours with their numbers, and where there is room what a column is. */
static void draw_key(struct canvas *canvas, struct rect area, const struct scene *scene,
                     const struct window *window, const struct axis *axis)
{
    struct rect key = area;
    if (area.cols >= KEY_BESIDE_FROM) {
        key.col += KEY_TEXT_COLS;
        key.cols -= KEY_TEXT_COLS;
        struct rect words = {area.row, area.col, 1, KEY_TEXT_COLS};
        char column[64];
        snprintf(column, sizeof column, "a column: %s %" PRId64 " steps",
                 window->per > 1 ? "the last of" : "each of", window->per);
        canvas_text(canvas, words, 0, 0, ROLE_TITLE,
                    scene_only(scene) == SIDES ? "L2 norm, the same for both" : "L2 norm");
        words.row++;
        if (area.rows > 1)
            canvas_text(canvas, words, 0, 0, ROLE_DIM,
                        window->per > 1 ? column : "a column: one step");
    }
    plot_heat_key(canvas, key, axis, NAN, scene_has_letters(scene));
}

static void draw(struct canvas *canvas, struct rect area, const struct scene *scene)
{
    const struct layout_waterfall layout = layout_waterfall(area, scene_only(scene));
    const struct window window = window_of(scene, layout.panel[scene_first(scene)].map.cols);
    const struct axis axis = axis_of(scene, &window);
    for (enum side side = LEFT; side < SIDES; side++)
        if (scene_has(scene, side))
            draw_panel(canvas, &layout.panel[side], scene, side, &axis);
    draw_key(canvas, layout.key, scene, &window, &axis);
}

static void hit_at(struct rect area, const struct scene *scene, int row, int col, struct hit *hit)
{
    const struct layout_waterfall layout = layout_waterfall(area, scene_only(scene));
    for (enum side side = LEFT; side < SIDES; side++) {
        const struct rect map = layout.panel[side].map, axis = layout.panel[side].axis;
        if (!scene_has(scene, side))
            continue;
        const struct rect columns = {map.row, map.col, map.rows + axis.rows, map.cols};
        const struct window window = window_of(scene, map.cols);
        int64_t step = rect_has(columns, row, col) ? step_of(&window, col - map.col) : 0;
        if (step > 0)
            *hit = (struct hit){.kind = HIT_STEP, .step = step};
    }
}

/* From how far on a column is one step. */
static int zoom_max(const struct scene *scene, struct rect area)
{
    const struct layout_waterfall layout = layout_waterfall(area, scene_only(scene));
    int cols = layout.panel[scene_first(scene)].map.cols, most = 0;
    while ((history_newest(scene->data.history) + cols - 1) / cols >> most > 1)
        most++;
    return most;
}

static void zoom(struct scene *scene, int in, struct rect area, struct answer *answer)
{
    const int most = zoom_max(scene, area);
    int *now = &scene->look.waterfall.zoom, next = (*now < most ? *now : most) + in;
    if (next > most)
        answer_say(answer, "a column is one step: this is as near as it goes");
    else if (next < 0)
        answer_say(answer, "the whole run is in view");
    else
        *now = next;
}

static int scroll_max(const struct scene *scene, struct rect area)
{
    const struct layout_waterfall layout = layout_waterfall(area, scene_only(scene));
    const struct bands bands = bands_of(scene, SIDES, layout.panel[scene_first(scene)].map);
    int count, first;
    scene_layers(scene, SIDES, &count, &first);
    return bars_scroll_max(count, bands.rows);
}

static void scroll(struct scene *scene, int up, struct rect area, struct answer *answer)
{
    bars_scroll(scene, up, scroll_max(scene, area), answer);
}

static void restart(struct scene *scene)
{
    scene->look.waterfall.zoom = 0;
}

/* ---- the row ---- */

static const enum action keys[] = {
    ACTION_PAUSE,   ACTION_ZOOM_IN,  ACTION_ZOOM_OUT,  ACTION_BACK,
    ACTION_FORWARD, ACTION_GRADIENT, ACTION_SCROLL_UP, ACTION_WARMUP_LONGER,
    ACTION_RESTART, ACTION_EXPORT,   ACTIONS};

static const char *const notes[][2] = {
    {"columns",
     "steps, the newest at the right end; the whole run, or with z the newest part of it. Where "
     "a column stands for several steps it shows the last of them"},
    {"colours",
     "log10 of the gradient, on one scale for both stacks, whose decades stand beside it; f "
     "freezes it. A small gradient fades into the page; what is not finite is blank"},
    {"49 in 28",
     "there are more layers than rows: neighbours share one, which shows their geometric mean; "
     "Up shows them one by one"},
    {NULL, NULL},
};

const struct view_row view_waterfall = {
    .key = '2',
    .summary = "the gradient of every layer over time, as colour",
    .draw = draw,
    .hit = hit_at,
    .act = {[ACT_SCROLL] = scroll, [ACT_ZOOM] = zoom},
    .scroll_max = scroll_max,
    .restart = restart,
    .up = "layers",
    .keys = keys,
    .notes = notes,
};
