/* See curves.h. */
#include "views/curves.h"

#include "base/memory.h"
#include "screen/plot.h"
#include "screen/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    STEPS_LEAST = 100, /* the shortest x axis */
    ZOOMED_LEAST = 10, /* and when zoomed */
    SETTLED = 10,      /* the first steps do not stretch the y axis */
    TICK_COLS = 12,    /* the least distance of ticks on the x axis */
    MARK_ROWS = 3,     /* rows from the top in which texts of marks are put */
    LABEL_COLS = 4,    /* of numbers on the y axis */
    SWATCH_COLS = 3,
    SIDES_FROM = 50,  /* a legend this wide says left and right where the names are the same */
    NAMES_FROM = 19,  /* a margin this wide has room for the names of reference lines ... */
    BRIEFS_FROM = 12, /* ... and this wide for short ones */
    RACE_ROWS = 3,
    GHOST_FROM = 20, /* free columns of the legend from which on it names the ghosts */
    REFERENCES = 2
};

/* The names of what the curves show, from long to short, ended by NULL. */
static const char *const titles[CURVES][5] = {
    [CURVE_LOSS] = {"loss, nats per predicted token", "loss, nats per token", "loss, nats", "loss"},
    [CURVE_RATIO] = {"ratio: stream gradient at x_0 over that at x_L", "ratio of stream gradients",
                     "ratio"},
    [CURVE_GRADIENT] = {"gradient norm, L2 over all parameters, before clipping",
                        "gradient norm, all parameters", "gradient norm", "gradient"},
};

/* Columns of a value in the legend. */
static const int value_cols[CURVES] = {[CURVE_LOSS] = 5, [CURVE_RATIO] = 7, [CURVE_GRADIENT] = 7};

static const enum plot_layer curve_layer[SIDES] = {[LEFT] = PLOT_LEFT, [RIGHT] = PLOT_RIGHT};
static const enum plot_layer raw_layer[SIDES] = {[LEFT] = PLOT_LEFT_RAW, [RIGHT] = PLOT_RIGHT_RAW};
static const enum plot_layer ghost_layer[SIDES] = {
    [LEFT] = PLOT_LEFT_GHOST, [RIGHT] = PLOT_RIGHT_GHOST};

/* A curve point by point, on a logarithmic y axis as logarithms. NAN: not measured. */
struct series {
    const struct history_point *point;
    int count;     /* of points in view, and of those left of it */
    int64_t first; /* point i is point `first` + i of the run */
    int drawn;     /* the first that is drawn */
    double *line;  /* smoothed */
    double *raw;
};

/* What the axes span, and the field of dots that shows it. */
struct chart {
    const struct scene *scene;
    const struct curves_look *look;
    struct series series[SIDES];
    struct series ghost[HISTORY_GHOSTS][SIDES]; /* the newest first */
    bool log_y;
    double from, to;   /* steps */
    double low, high;  /* values */
    double bottom, up; /* `low` as the axis has it, and dots for each unit there */
    int width, height; /* in dots */
};

/* ---- values ---- */

static double raw_value(enum curve curve, const struct history_point *point)
{
    switch (curve) {
    case CURVE_RATIO:
        return point->ratio;
    case CURVE_GRADIENT:
        return point->grad_norm;
    case CURVE_LOSS:
    case CURVES:
        break;
    }
    return point->loss;
}

/* Fills a series. The line is the debiased exponential mean; of ratios and gradients, which span
 * decades, that of their logarithms. */
static void fill_series(const struct chart *chart, struct series *series)
{
    const bool logs = chart->look->curve != CURVE_LOSS, log_y = chart->log_y;
    /* At this weight the mean of the loss is known at full resolution. */
    const bool known = !logs && chart->look->smoothing == history_smoothing;
    const double past = pow(chart->look->smoothing, (double)chart->scene->data.history->stride);
    const size_t count = (size_t)(series->count > 0 ? series->count : 1);
    double sum = 0, weight = 0;
    series->line = memory_new(count, sizeof(double));
    series->raw = memory_new(count, sizeof(double));
    for (int i = 0; i < series->count; i++) {
        const struct history_point *point = &series->point[i];
        double raw = raw_value(chart->look->curve, point);
        series->line[i] = series->raw[i] = NAN;
        if (!isfinite(raw) || ((logs || log_y) && raw <= 0))
            continue;
        double log_raw = logs || log_y ? log(raw) : 0;
        sum = past * sum + (1 - past) * (logs ? log_raw : raw);
        weight = past * weight + (1 - past);
        double line = known ? point->smooth : sum / weight;
        series->raw[i] = log_y ? log_raw : raw;
        series->line[i] = logs == log_y ? line : log_y ? log(line) : exp(line);
    }
}

/* The step of point i. */
static double step_of(const struct chart *chart, const struct series *series, int i)
{
    return (double)((series->first + i + 1) * chart->scene->data.history->stride);
}

/* A value as the y axis has it, and back. */
static double to_axis(const struct chart *chart, double value)
{
    return chart->log_y ? log(value) : value;
}

static double from_axis(const struct chart *chart, double number)
{
    return chart->log_y ? exp(number) : number;
}

/* The newest value of the line up to a step; NAN: there is none. */
static double line_at(const struct chart *chart, enum side side, int64_t step)
{
    const int count = chart->series[side].count;
    int i = history_find(chart->scene->data.history, step);
    i = i < count ? i : count - 1;
    while (i >= 0 && isnan(chart->series[side].line[i]))
        i--;
    return i < 0 ? NAN : from_axis(chart, chart->series[side].line[i]);
}

/* ---- axes ---- */

/* The newest step that a ghost has; 0: there is no ghost. */
static double ghost_end(const struct history *history)
{
    int64_t end = 0;
    for (int g = 0; g < HISTORY_GHOSTS; g++) {
        const struct history_ghost *ghost = &history->ghost[g];
        int64_t last = (ghost->first + ghost->count) * history->stride;
        end = ghost->count > 0 && last > end ? last : end;
    }
    return (double)end;
}

/* The x axis grows in steps, so that the picture stands still in between; it does not reach past
 * the end of a run of known length. Ghosts are seen as far again as the run has come. */
static double steps_shown(const struct scene *scene)
{
    double newest = (double)scene->data.history->last[LEFT].step;
    double ahead = fmin(ghost_end(scene->data.history), 2 * newest);
    double steps = plot_nice_above(fmax(fmax(newest, ahead), STEPS_LEAST));
    double end = (double)scene->data.settings->steps;
    return end > 0 && end < steps ? end : steps;
}

void curves_range(const struct scene *scene, const struct curves_look *look, double *from,
                  double *to)
{
    double whole = steps_shown(scene);
    double width = fmax(whole / pow(2, look->zoom), fmin(whole, ZOOMED_LEAST));
    if (look->zoom == 0) {
        *from = 0;
    } else if (look->from >= 0) {
        *from = fmin((double)look->from, whole - width);
    } else { /* follows the newest step by tenths of the width */
        double newest = (double)scene->data.history->last[LEFT].step, tenth = width / 10;
        *from = fmin(floor(newest / tenth) * tenth - 9 * tenth, whole - width);
    }
    *from = floor(fmax(*from, 0));
    *to = *from + width;
    if (look->log_x)
        *from = fmax(*from, 1);
}

/* Widens low..high, as the axis has them, by a line in the range of steps. */
static void add_range(const struct chart *chart, const struct series *series, double *low,
                      double *high)
{
    double first = chart->look->zoom > 0 ? chart->from : SETTLED;
    for (int i = series->drawn; i < series->count; i++) {
        double line = series->line[i], step = step_of(chart, series, i);
        if (isnan(line) || step <= first || step > chart->to)
            continue;
        *low = fmin(*low, line); /* fmin passes over a NAN */
        *high = fmax(*high, line);
    }
}

/* The smallest and the largest value of all lines in the range of steps. */
static void line_range(const struct chart *chart, double *least, double *most)
{
    double low = NAN, high = NAN;
    for (enum side side = LEFT; side < SIDES; side++) {
        add_range(chart, &chart->series[side], &low, &high);
        for (int g = 0; g < HISTORY_GHOSTS; g++)
            add_range(chart, &chart->ghost[g][side], &low, &high);
    }
    *least = from_axis(chart, low);
    *most = from_axis(chart, high);
}

/* 1, 2 or 5 times a power of ten, not below or not above a value > 0; whole decades for more than
 * two of them. */
static double round_log(double value, bool up, bool decades)
{
    double power = pow(10, floor(log10(value) + (up ? -1e-9 : 1e-9)));
    double part = value / power;
    if (decades)
        return up ? 10 * power : power;
    if (up)
        return power * (part <= 1 + 1e-9 ? 1 : part <= 2 + 1e-9 ? 2 : part <= 5 + 1e-9 ? 5 : 10);
    return power * (part >= 5 - 1e-9 ? 5 : part >= 2 - 1e-9 ? 2 : 1);
}

static void set_log_values(struct chart *chart, double least, double most)
{
    const struct task_info *task = chart->scene->data.task;
    bool whole = chart->look->zoom == 0;
    if (!(most > 0))
        least = 0.1, most = 10;
    if (!(least > 0)) /* which has no logarithm */
        least = most / 10;
    if (chart->look->curve == CURVE_LOSS && whole) {
        least = fmin(least, task->entropy_rate > 0 ? task->entropy_rate : least);
        most = fmax(most, task->unigram_entropy);
    }
    if (chart->look->curve == CURVE_RATIO && whole) {
        least = fmin(least, 1);
        most = fmax(most, 1);
    }
    bool decades = log10(most / least) > 2;
    chart->low = round_log(least, false, decades);
    chart->high = round_log(most, true, decades);
    if (!(chart->high > chart->low))
        chart->high = 10 * chart->low;
}

/* Whole, the y axis holds the lines from step SETTLED on, and the reference lines of the loss, up
 * to twice the loss of guessing; what is higher is drawn along its upper edge. Zoomed, it holds the
 * lines that are in view. */
static void set_values(struct chart *chart, int rows)
{
    const struct task_info *task = chart->scene->data.task;
    double least, most, chance = task->vocab > 1 ? log(task->vocab) : 1;
    bool loss = chart->look->curve == CURVE_LOSS;
    line_range(chart, &least, &most);
    if (loss)
        most = fmin(fmax(most, chart->look->zoom > 0 ? most : chance), 2 * chance);
    if (chart->log_y) {
        set_log_values(chart, fmin(least, most), most);
        return;
    }
    chart->low = 0;
    chart->high = plot_nice_above(most > 0 ? most : 1);
    if (chart->look->zoom == 0 || !(most > least))
        return;
    double distance = plot_tick_distance(most - least, rows > 3 ? rows / 2 : 1);
    chart->low = floor(least / distance + 1e-9) * distance;
    chart->high = ceil(most / distance - 1e-9) * distance;
}

static double dot_x(const struct chart *chart, double step)
{
    double part = chart->look->log_x ? log(step / chart->from) / log(chart->to / chart->from)
                                     : (step - chart->from) / (chart->to - chart->from);
    return part * (chart->width - 1);
}

/* The step at a dot. */
static double step_at(const struct chart *chart, double x)
{
    double part = x / (chart->width - 1);
    return chart->look->log_x ? chart->from * pow(chart->to / chart->from, part)
                              : chart->from + part * (chart->to - chart->from);
}

/* The height of a number as the axis has it. */
static double dot_of(const struct chart *chart, double number)
{
    double y = (number - chart->bottom) * chart->up;
    /* The curves are two dots thick. */
    return y < 0 ? 0 : y > chart->height - 2 ? chart->height - 2 : y;
}

static double dot_y(const struct chart *chart, double value)
{
    return dot_of(chart, to_axis(chart, fmax(value, 1e-300)));
}

/* The row of a value, from the top of the plot. */
static int row_of(const struct chart *chart, double value)
{
    return (chart->height - 1 - (int)lrint(dot_y(chart, value))) / PLOT_DOTS_Y;
}

/* The column of a step; -1 where it is not in view. */
static int col_of(const struct chart *chart, double step)
{
    bool inside = step >= chart->from && step <= chart->to;
    return inside ? (int)lrint(dot_x(chart, step)) / PLOT_DOTS_X : -1;
}

/* ---- the field ---- */

/* Where a line has come to: its newest point, and how far it went up and down in that column. */
struct pen {
    double x, y;
    int col; /* of dots */
    double low, high;
};

/* The column that the pen leaves shows all that the line did in it. */
static void leave_column(struct plot *plot, enum plot_layer layer, const struct pen *pen,
                         bool dashed)
{
    if (pen->low < pen->high)
        plot_line(plot, layer, pen->col, pen->low, pen->col, pen->high, dashed);
}

static void move_pen(struct plot *plot, enum plot_layer layer, struct pen *pen, double x, double y,
                     bool dashed)
{
    const int col = (int)(x + 0.5);
    if (col == pen->col) { /* many points may share it: they are drawn as one */
        pen->low = y < pen->low ? y : pen->low;
        pen->high = y > pen->high ? y : pen->high;
    } else {
        leave_column(plot, layer, pen, dashed);
        plot_line(plot, layer, pen->x, pen->y, x, y, dashed);
        pen->col = col;
        pen->low = pen->high = y;
    }
    pen->x = x;
    pen->y = y;
}

/* A line, and dots of the raw values where `raw` is a layer for them (not PLOT_LAYERS). */
static void add_curve(struct plot *plot, const struct chart *chart, const struct series *series,
                      enum plot_layer layer, enum plot_layer raw, bool dashed)
{
    struct pen pen = {.x = NAN, .col = -1};
    for (int i = series->drawn; i < series->count; i++) {
        if (isnan(series->line[i]))
            continue; /* diverged: the smoothed loss only stands still */
        double x = dot_x(chart, step_of(chart, series, i));
        double y = dot_of(chart, series->line[i]);
        if (x < 0) {
            pen = (struct pen){.x = x, .y = y, .col = -1};
            continue;
        }
        if (pen.x < 0) { /* comes in at the left edge */
            pen.y += (y - pen.y) * (0 - pen.x) / (x - pen.x);
            pen.x = 0;
        } else if (isnan(pen.x)) {
            pen = (struct pen){.x = x, .y = y, .col = -1};
        }
        move_pen(plot, layer, &pen, x, y, dashed);
        if (raw != PLOT_LAYERS && (!dashed || !plot_gap(pen.col)))
            plot_dot(plot, raw, pen.col, (int)(dot_of(chart, series->raw[i]) + 0.5));
    }
    leave_column(plot, layer, &pen, dashed);
}

static void add_curves(struct plot *plot, const struct chart *chart)
{
    for (enum side side = LEFT; side < SIDES; side++) {
        const bool dashed = side == RIGHT;
        add_curve(plot, chart, &chart->series[side], curve_layer[side], raw_layer[side], dashed);
        for (int g = 0; g < HISTORY_GHOSTS; g++)
            add_curve(plot, chart, &chart->ghost[g][side], ghost_layer[side], PLOT_LAYERS, dashed);
    }
}

/* Where a diverged stack's curve ends: at its last finite loss. */
static void draw_end(struct canvas *canvas, struct rect area, const struct chart *chart,
                     enum side side)
{
    const double *line = chart->series[side].line;
    int end = chart->series[side].count - 1;
    if (chart->scene->data.history->last[side].fault.place == FAULT_NONE)
        return;
    while (end >= 0 && isnan(line[end]))
        end--;
    int col = end < 0 ? -1 : col_of(chart, (double)history_step(chart->scene->data.history, end));
    if (col >= 0)
        canvas_put(canvas, area.row + row_of(chart, from_axis(chart, line[end])), area.col + col,
                   chart->scene->terminal.ascii ? 'X' : 0x00D7, ROLE_BAD);
}

/* The held-out loss, wherever it was measured. */
static void draw_held_out(struct canvas *canvas, struct rect area, const struct chart *chart,
                          enum side side)
{
    static const uint32_t letter[SIDES] = {'v', 'w'}, diamond[SIDES] = {0x25C6, 0x25C7};
    const struct history *history = chart->scene->data.history;
    if (chart->look->curve != CURVE_LOSS || isnan(history->valid[side]))
        return;
    for (int i = 0; i < chart->series[side].count; i++) {
        double loss = history_at(history, side, i)->valid_loss;
        int col = isfinite(loss) ? col_of(chart, (double)history_step(history, i)) : -1;
        if (col >= 0)
            canvas_put(canvas, area.row + row_of(chart, loss), area.col + col,
                       chart->scene->terminal.ascii ? letter[side] : diamond[side],
                       scene_accent[side]);
    }
}

struct reference {
    double value;
    const char *name, *brief;
};

/* What the curves can be held against. */
static void references_of(const struct chart *chart, struct reference out[REFERENCES])
{
    const struct scene *scene = chart->scene;
    out[0] = out[1] = (struct reference){.value = NAN};
    switch (chart->look->curve) {
    case CURVE_LOSS:
        out[0] = (struct reference){scene->data.task->unigram_entropy, "no context", "no ctx"};
        out[1] = (struct reference){scene->data.task->entropy_rate, "best possible", "best"};
        break;
    case CURVE_RATIO:
        out[0] = (struct reference){1, "level", "level"};
        break;
    case CURVE_GRADIENT:
        if (scene->data.settings->clip > 0)
            out[0] = (struct reference){scene->data.settings->clip, "clipped to", "clip"};
        break;
    case CURVES:
        break;
    }
    for (int i = 0; i < REFERENCES; i++)
        if (!(out[i].value >= chart->low * (1 - 1e-9) && out[i].value <= chart->high))
            out[i].value = NAN;
}

/* The rows in the margin of the names of reference lines; -1 for one that is not in view. */
static void reference_rows(const struct chart *chart, const struct reference reference[REFERENCES],
                           int row[REFERENCES])
{
    int taken = -1;
    for (int i = 0; i < REFERENCES; i++) {
        row[i] = -1;
        if (!isfinite(reference[i].value))
            continue;
        row[i] = row_of(chart, reference[i].value);
        row[i] += row[i] == taken;
        taken = row[i];
    }
}

/* A dotted line each, its name in the margin. */
static void draw_references(struct canvas *canvas, const struct layout_plot *layout,
                            struct plot *plot, const struct chart *chart)
{
    struct reference reference[REFERENCES];
    int row[REFERENCES], cols = layout->margin.cols;
    references_of(chart, reference);
    reference_rows(chart, reference, row);
    for (int i = 0; i < REFERENCES; i++) {
        if (row[i] < 0)
            continue;
        int y = (int)lrint(dot_y(chart, reference[i].value));
        for (int x = 0; x < chart->width; x += 2)
            plot_dot(plot, PLOT_REFERENCE, x, y);
        if (cols >= BRIEFS_FROM)
            canvas_print(canvas, layout->margin, row[i], 1, ROLE_REFERENCE, "%s %.2f",
                         cols >= NAMES_FROM ? reference[i].name : reference[i].brief,
                         reference[i].value);
        else
            canvas_print(canvas, layout->margin, row[i], 1, ROLE_REFERENCE, "%.2f",
                         reference[i].value);
    }
}

/* A line for each event where no curve is; then, over the lines, its text where there is room
 * beside it. */
static void draw_marks(struct canvas *canvas, struct rect area, const struct plot *plot,
                       const struct chart *chart)
{
    const struct history *history = chart->scene->data.history;
    for (int i = 0; i < history->marks; i++) {
        int col = col_of(chart, (double)history->mark[i].step);
        for (int row = 0; col >= 0 && row < area.rows; row++)
            if (!plot_has_curve(plot, row, col))
                canvas_put(canvas, area.row + row, area.col + col,
                           chart->scene->terminal.ascii ? ':' : 0x254E, ROLE_MARK);
    }
    int written[MARK_ROWS] = {0}; /* the first free column of each row */
    for (int i = 0; i < history->marks; i++) {
        const char *text = scene_mark_text(chart->scene, &history->mark[i]);
        int col = col_of(chart, (double)history->mark[i].step) + 1;
        int end = col + canvas_columns(text);
        for (int row = 0; col > 0 && row < MARK_ROWS && row < area.rows; row++) {
            bool room = col >= written[row] && end <= area.cols;
            for (int at = col; room && at <= end; at++)
                room = !plot_has_curve(plot, row, at);
            if (!room)
                continue;
            canvas_text(canvas, area, row, col, ROLE_MARK, text);
            written[row] = end + 1;
            break;
        }
    }
}

/* The step that all views show, where it is not the newest. */
static void draw_cursor(struct canvas *canvas, struct rect area, const struct plot *plot,
                        const struct chart *chart)
{
    int col = chart->scene->look.cursor > 0 ? col_of(chart, (double)scene_step(chart->scene)) : -1;
    for (int row = 0; col >= 0 && row < area.rows; row++)
        if (!plot_has_curve(plot, row, col))
            canvas_put(canvas, area.row + row, area.col + col,
                       chart->scene->terminal.ascii ? '|' : 0x2502, ROLE_WARN);
}

/* ---- numbers at the axes ---- */

/* One of a rising series of numbers 1, 2, 5, 10, ... times `base`; with `wide` decades only. */
static double log_tick(double base, int i, bool wide)
{
    static const double part[] = {1, 2, 5};
    return wide ? base * pow(10, i) : base * pow(10, i / 3) * part[i % 3];
}

static void y_label(const struct chart *chart, double value, int digits, char out[TEXT_NUMBER])
{
    if (chart->log_y ? value < 0.01 || value >= 1e4 : digits > 2)
        text_scientific(out, value, 0);
    else if (chart->log_y)
        snprintf(out, TEXT_NUMBER, "%g", value);
    else
        snprintf(out, TEXT_NUMBER, "%.*f", digits, value);
}

static void draw_y_tick(struct canvas *canvas, struct rect area, const struct chart *chart,
                        double value, int digits)
{
    char text[TEXT_NUMBER];
    int row = row_of(chart, value), edge = area.cols - 1;
    y_label(chart, value, digits, text);
    canvas_print_right(canvas, area, row, edge, ROLE_DIM, "%.*s", LABEL_COLS, text);
    canvas_put(canvas, area.row + row, area.col + edge, chart->scene->terminal.ascii ? '+' : 0x2524,
               ROLE_AXIS);
}

static void draw_y_axis(struct canvas *canvas, struct rect area, const struct chart *chart)
{
    const int most = area.rows > 8 ? (area.rows - 1) / 2 : area.rows > 3 ? area.rows / 2 : 1;
    canvas_fill(canvas, (struct rect){area.row, area.col + area.cols - 1, area.rows, 1},
                chart->scene->terminal.ascii ? '|' : 0x2502, ROLE_AXIS);
    if (chart->log_y) {
        double decades = log10(chart->high / chart->low), base = round_log(chart->low, false, true);
        bool wide = decades * 3 > most;
        int stride = wide && decades > most ? (int)ceil(decades / most) : 1;
        for (int i = 0; log_tick(base, i, wide) <= chart->high * (1 + 1e-9); i += stride)
            if (log_tick(base, i, wide) >= chart->low * (1 - 1e-9))
                draw_y_tick(canvas, area, chart, log_tick(base, i, wide), 0);
        return;
    }
    double range = chart->high - chart->low;
    double distance = fmin(plot_tick_distance(range, most), range);
    int digits = distance < 1 ? (int)ceil(-log10(distance) - 1e-9) : 0;
    for (int i = 0; i * distance <= range * (1 + 1e-9); i++)
        draw_y_tick(canvas, area, chart, chart->low + i * distance, digits);
}

/* Blanks between the x axis and its unit, where the margin has room for one. */
static int unit_gap(const struct layout_plot *layout)
{
    return layout->margin.cols > 5;
}

/* Writes a tick of the x axis where it keeps its distance from what ends at column `taken`; returns
 * the column behind it. */
static int draw_x_tick(struct canvas *canvas, struct rect area, const struct layout_plot *layout,
                       const struct chart *chart, double step, int taken)
{
    char text[TEXT_NUMBER];
    snprintf(text, sizeof text, "%.0f", step);
    int from = layout->field.col - area.col, end = from + layout->field.cols;
    end -= unit_gap(layout) == 0; /* the unit follows without a blank of its own */
    int columns = canvas_columns(text), col = from + col_of(chart, step) - columns / 2;
    col = col + columns > end ? end - columns : col;
    if (col_of(chart, step) < 0 || col <= taken)
        return taken;
    return canvas_text(canvas, area, 0, col, ROLE_DIM, text);
}

static void draw_x_axis(struct canvas *canvas, const struct layout_plot *layout,
                        const struct chart *chart)
{
    struct rect area = layout->x_axis;
    const bool ascii = chart->scene->terminal.ascii, logs = chart->look->log_x;
    if (area.rows == 0)
        return;
    int from = layout->field.col - area.col, end = from + layout->field.cols, taken = from - 2;
    canvas_fill(canvas, (struct rect){area.row, area.col + from, 1, layout->field.cols},
                ascii ? '-' : 0x2500, ROLE_AXIS);
    canvas_put(canvas, area.row, area.col + from - 1, ascii ? '+' : 0x2514, ROLE_AXIS);
    if (logs) {
        double base = round_log(chart->from, false, true);
        bool wide = layout->field.cols / log10(chart->to / chart->from) < 3 * TICK_COLS;
        for (int i = 0; log_tick(base, i, wide) <= chart->to * (1 + 1e-9); i++)
            taken = draw_x_tick(canvas, area, layout, chart, log_tick(base, i, wide), taken);
    } else {
        double distance =
            plot_tick_distance(chart->to - chart->from, layout->field.cols / TICK_COLS);
        for (int i = (int)ceil(chart->from / distance - 1e-9);
             i * distance <= chart->to * (1 + 1e-9); i++)
            taken = draw_x_tick(canvas, area, layout, chart, i * distance, taken);
    }
    bool room = layout->margin.cols >= BRIEFS_FROM;
    canvas_text(canvas, area, 0, end + unit_gap(layout), ROLE_DIM,
                logs && room ? "steps, log" : "steps");
}

/* A mark on the x axis where something went wrong in a stack, beside the numbers. */
static void draw_events(struct canvas *canvas, const struct layout_plot *layout,
                        const struct chart *chart)
{
    const struct scene *scene = chart->scene;
    const struct rect area = layout->x_axis;
    const uint32_t line = scene->terminal.ascii ? '-' : 0x2500,
                   mark = scene->terminal.ascii ? '^' : 0x25B4;
    for (int i = 0; i < scene_events(scene) && area.rows > 0; i++) {
        const struct event *event = &scene->data.events->event[i];
        int col = layout->field.col + col_of(chart, (double)event->step);
        bool bad = event_table[event->kind].tone == TONE_BAD && event->side >= 0;
        if (!bad || col < layout->field.col)
            continue;
        uint32_t there = canvas->cells[area.row * canvas->cols + col].glyph;
        if (there == line || there == mark)
            canvas_put(canvas, area.row, col, mark, scene_accent[event->side]);
    }
}

/* ---- legend and race ---- */

/* The name of a curve in the legend, cut where the screen is narrow; names are ASCII. */
static void legend_name(const struct scene *scene, enum side side, int cols, int value,
                        char out[TEXT_TITLE])
{
    scene_title(scene, side, cols >= SIDES_FROM, out);
    int room = cols / SIDES - value - 2;
    if (canvas_columns(out) > room)
        out[room] = '\0';
}

static void legend_value(const struct chart *chart, enum side side, char out[TEXT_NUMBER])
{
    const struct curves_look *look = chart->look;
    const struct moment moment = scene_moment(chart->scene, side);
    if (moment.fault.place != FAULT_NONE)
        snprintf(out, TEXT_NUMBER, "nan");
    else if (look->curve == CURVE_RATIO)
        text_ratio(out, line_at(chart, side, moment.step));
    else if (look->curve == CURVE_GRADIENT)
        text_scientific(out, line_at(chart, side, moment.step), 2);
    else if (look->smoothing == history_smoothing) /* exact, also between points */
        text_loss(out, moment.step > 0 ? moment.smooth : NAN);
    else
        text_loss(out, line_at(chart, side, moment.step));
}

/* What the faint lines are, ending at a column, where there is room beside the shortest title;
 * returns the first column. */
static int draw_ghost_key(struct canvas *canvas, struct rect area, int end, bool ascii)
{
    if (end < GHOST_FROM)
        return end;
    end = canvas_print_right(canvas, area, 0, end, ROLE_DIM, "ghost") - 1;
    end = canvas_print_right(canvas, area, 0, end, ROLE_RIGHT_GHOST, ascii ? "\"" : "⠒");
    return canvas_print_right(canvas, area, 0, end, ROLE_LEFT_GHOST, ascii ? "'" : "⠒");
}

/* The title of the plot, and the curves' looks, names and values at its right end. */
static void draw_legend(struct canvas *canvas, struct rect area, const struct chart *chart)
{
    const struct scene *scene = chart->scene;
    const struct curves_look *look = chart->look;
    static const char *const swatch[SIDES][2] = {[LEFT] = {"━━━", "***"}, [RIGHT] = {"━ ━", "o o"}};
    const int cols = value_cols[look->curve];
    int end = area.cols, between = end >= 100 ? 4 : 2;
    char name[SIDES][TEXT_TITLE], text[TEXT_NUMBER];
    int needed = between + 1;
    for (enum side side = LEFT; side < SIDES; side++) {
        legend_name(scene, side, area.cols, cols, name[side]);
        needed += canvas_columns(name[side]) + cols + 1 + SWATCH_COLS + 1;
    }
    for (int i = SIDES - 1; i >= 0; i--) {
        enum side side = (enum side)i;
        bool bad = scene_moment(scene, side).fault.place != FAULT_NONE;
        legend_value(chart, side, text);
        canvas_print_right(canvas, area, 0, end, bad ? ROLE_BAD : ROLE_TEXT, "%s", text);
        end -= cols + 1;
        end = canvas_print_right(canvas, area, 0, end, scene_accent[side], "%s", name[side]);
        if (needed <= area.cols)
            end = canvas_print_right(canvas, area, 0, end - 1, scene_accent[side], "%s",
                                     swatch[side][scene->terminal.ascii]);
        end -= between;
    }
    if (ghost_end(scene->data.history) > 0)
        end = draw_ghost_key(canvas, area, end, scene->terminal.ascii) - between;
    canvas_fit(canvas, area, 0, end, ROLE_TITLE, titles[look->curve]);
}

/* The first of RACE_ROWS rows that are free, with a blank row around them where there is room; -1:
 * there are none. */
static int race_row(const int reference[REFERENCES], int rows)
{
    for (int around = 1; around >= 0; around--)
        for (int row = around; row + RACE_ROWS + around <= rows; row++) {
            bool room = true;
            for (int i = 0; i < REFERENCES; i++)
                room = room &&
                       (reference[i] < row - around || reference[i] >= row + RACE_ROWS + around);
            if (room)
                return row;
        }
    return -1;
}

static void draw_racer(struct canvas *canvas, struct rect row, const struct scene *scene,
                       const struct race *race, enum side side)
{
    char name[TEXT_TITLE], text[4][TEXT_TITLE + 32];
    int64_t step = race->step[side], lead = step - race->step[race->first];
    scene_title(scene, side, true, name);
    if (step == 0) {
        snprintf(text[0], sizeof text[0], "%s not yet", name);
        snprintf(text[1], sizeof text[1], "%.9s not yet", name);
    } else if (side == race->first) {
        snprintf(text[0], sizeof text[0], "%s at step %" PRId64, name, step);
        snprintf(text[1], sizeof text[1], "%s at %" PRId64, name, step);
    } else {
        snprintf(text[0], sizeof text[0], "%s %" PRId64 " later", name, lead);
        snprintf(text[1], sizeof text[1], "%s +%" PRId64, name, lead);
    }
    snprintf(text[2], sizeof text[2], "%.8s %" PRId64, name, step);
    canvas_fit(canvas, row, 1, row.cols, scene_accent[side],
               (const char *const[]){text[0], text[1], step ? text[2] : NULL, NULL});
}

/* Of points from `first` on those in view: the newest may lie right of it. */
static int count_points(const struct chart *chart, int64_t first, int count)
{
    const double stride = (double)chart->scene->data.history->stride;
    const double in_view = floor(ceil(chart->to) / stride) + 1 - (double)first;
    return in_view < count ? (int)fmax(in_view, 0) : count;
}

static void open_series(struct chart *chart)
{
    const struct history *history = chart->scene->data.history;
    for (enum side side = LEFT; side < SIDES; side++) {
        struct series *series = &chart->series[side];
        series->point = history->point[side];
        series->count = count_points(chart, 0, history->count);
        fill_series(chart, series);
        for (int g = 0; g < HISTORY_GHOSTS; g++) {
            const struct history_ghost *ghost = &history->ghost[g];
            int64_t drawn = ghost->branch / history->stride - 1 - ghost->first;
            series = &chart->ghost[g][side];
            series->point = ghost->point[side];
            series->first = ghost->first;
            series->count = count_points(chart, ghost->first, ghost->count);
            series->drawn = drawn > 0 ? (int)drawn : 0;
            fill_series(chart, series);
        }
    }
}

static void close_series(struct series *series)
{
    free(series->line);
    free(series->raw);
}

static struct chart chart_open(const struct layout_plot *layout, const struct scene *scene,
                               const struct curves_look *look)
{
    struct chart chart = {
        .scene = scene,
        .look = look,
        .log_y = look->log_y[look->curve],
        .width = layout->field.cols * PLOT_DOTS_X,
        .height = layout->field.rows * PLOT_DOTS_Y,
    };
    curves_range(scene, look, &chart.from, &chart.to);
    open_series(&chart);
    set_values(&chart, layout->field.rows);
    chart.bottom = to_axis(&chart, chart.low);
    chart.up = (chart.height - 1) / (to_axis(&chart, chart.high) - chart.bottom);
    return chart;
}

static void chart_close(struct chart *chart)
{
    for (enum side side = LEFT; side < SIDES; side++) {
        close_series(&chart->series[side]);
        for (int g = 0; g < HISTORY_GHOSTS; g++)
            close_series(&chart->ghost[g][side]);
    }
}

/* The race beside the curves of the loss, in rows of the margin that reference lines leave free. */
static void draw_race(struct canvas *canvas, struct rect margin, const struct chart *chart)
{
    const struct race race = scene_race(chart->scene);
    struct reference reference[REFERENCES];
    int rows[REFERENCES];
    references_of(chart, reference);
    reference_rows(chart, reference, rows);
    int row = race_row(rows, margin.rows);
    if (race.level < 0 || row < 0 || margin.cols < NAMES_FROM)
        return;
    canvas_print(canvas, margin, row, 1, ROLE_TEXT, "race to loss %.2f", race.loss);
    for (int i = 0; i < SIDES; i++) {
        enum side side = i == 0 ? race.first : race.first == LEFT ? RIGHT : LEFT;
        struct rect line = {margin.row + row + 1 + i, margin.col, 1, margin.cols};
        draw_racer(canvas, line, chart->scene, &race, side);
    }
}

/* ---- the learning rate ---- */

/* The rate of a step: as it was, or as it is planned. */
static double rate_of(const struct scene *scene, int64_t step)
{
    const struct history *history = scene->data.history;
    const struct settings *settings = scene->data.settings;
    int64_t index = step / history->stride - 1;
    if (step <= history->last[LEFT].step && history->count > 0) {
        index = index < 0 ? 0 : index >= history->count ? history->count - 1 : index;
        double left = history_at(history, LEFT, (int)index)->lr;
        return isfinite(left) ? left : history_at(history, RIGHT, (int)index)->lr;
    }
    return schedule_lr(settings->schedule, settings->lr, settings->warmup, settings->steps, step);
}

static void draw_strip(struct canvas *canvas, const struct layout_plot *layout,
                       const struct chart *chart)
{
    struct rect area = layout->strip;
    if (area.rows == 0)
        return;
    const struct scene *scene = chart->scene;
    int64_t newest = scene->data.history->last[LEFT].step, now = scene_step(scene);
    double full = 1 - 0.125 / area.rows; /* an eighth of a row stays free below the x axis */
    double most = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int col = 0; col < area.cols; col++) {
            int64_t step = (int64_t)ceil(step_at(chart, col * PLOT_DOTS_X + 1));
            double rate = rate_of(scene, step > 1 ? step : 1);
            if (pass == 0)
                most = fmax(most, rate); /* fmax passes over a NAN */
            else if (most > 0 && isfinite(rate))
                plot_column(canvas, area, col, full * rate / most, scene->terminal.ascii,
                            step <= newest ? ROLE_AXIS : ROLE_GRID);
        }
    }
    char text[TEXT_NUMBER];
    text_scientific(text, rate_of(scene, now > 0 ? now : 1), 2);
    int row = area.rows - 1;
    canvas_text(canvas, layout->strip_name, row, layout->strip_name.cols - 2, ROLE_DIM, "lr");
    if (layout->strip_value.cols >= canvas_columns(text) + 1)
        canvas_text(canvas, layout->strip_value, row, 1, ROLE_REFERENCE, text);
}

struct curves_look curves_loss(void)
{
    return (struct curves_look){.curve = CURVE_LOSS, .smoothing = history_smoothing, .from = -1};
}

void curves_draw(struct canvas *canvas, const struct layout_plot *layout, const struct scene *scene,
                 const struct curves_look *look, bool race)
{
    struct rect area = layout->field;
    struct chart chart = chart_open(layout, scene, look);
    struct plot plot;
    plot_open(&plot, area.rows, area.cols);
    add_curves(&plot, &chart);
    draw_references(canvas, layout, &plot, &chart);
    draw_y_axis(canvas, layout->y_axis, &chart);
    draw_x_axis(canvas, layout, &chart);
    draw_events(canvas, layout, &chart);
    plot_paint(&plot, canvas, area, scene->terminal.ascii);
    draw_marks(canvas, area, &plot, &chart);
    draw_cursor(canvas, area, &plot, &chart);
    for (enum side side = LEFT; side < SIDES; side++) {
        draw_held_out(canvas, area, &chart, side);
        draw_end(canvas, area, &chart, side);
    }
    plot_close(&plot);
    draw_legend(canvas, layout->legend, &chart);
    draw_strip(canvas, layout, &chart);
    if (race)
        draw_race(canvas, layout->margin, &chart);
    chart_close(&chart);
}

void curves_hit(const struct layout_plot *layout, const struct scene *scene,
                const struct curves_look *look, int row, int col, struct hit *hit)
{
    struct chart chart = {.scene = scene, .look = look, .width = layout->field.cols * PLOT_DOTS_X};
    const int64_t newest = scene->data.history->last[LEFT].step;
    if (newest == 0 ||
        (!hit_inside(layout->field, row, col) && !hit_inside(layout->strip, row, col)))
        return;
    curves_range(scene, look, &chart.from, &chart.to);
    /* the middle of the cell's dots */
    int64_t step = llrint(step_at(&chart, (col - layout->field.col) * PLOT_DOTS_X + 0.5));
    step = step < 1 ? 1 : step > newest ? newest : step;
    *hit = (struct hit){.kind = HIT_STEP, .step = step};
}
