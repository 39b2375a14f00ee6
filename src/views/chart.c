/* See chart.h. */
#include "views/chart.h"

#include "base/memory.h"
#include "screen/plot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    STEPS_LEAST = 100, /* the shortest x axis */
    ZOOMED_LEAST = 10, /* and when zoomed */
    SETTLED = 10       /* the first steps do not stretch the y axis */
};

/* ---- values ---- */

/* The weight of the past at a step: in the first ones it is less, so that the mean is over a fifth
 * of the steps so far. At its full weight it would lie above all values of a loss that falls at
 * once. */
static double past_at(double past, double step)
{
    return fmin(past, 1 - 1 / (1 + (step - 1) / 10));
}

/* Fills a series. The line is the debiased exponential mean; of ratios and gradients, which span
 * decades, that of their logarithms. */
static void fill_series(const struct chart *chart, struct chart_series *series)
{
    const enum quantity quantity = chart->look->quantity;
    const bool logs = quantity_table[quantity].axis == AXIS_DECADES, log_y = chart->log_y;
    const double *values = series->curves->value[quantity];
    const double *smooth = series->curves->value[QUANTITY_SMOOTH_LOSS];
    /* At this weight the mean of the loss is known at full resolution, where a point is several
     * steps.
     */
    const bool known = quantity == QUANTITY_LOSS && chart->look->smoothing == smoothed_past &&
                       (series->stride > 1 || series->curves->step);
    const size_t count = (size_t)(series->count > 0 ? series->count : 1);
    double sum = 0, weight = 0, before = NAN;
    series->line = memory_new(count, sizeof(double));
    series->raw = memory_new(count, sizeof(double));
    for (int i = 0; i < series->count; i++) {
        double raw = values[i];
        series->line[i] = series->raw[i] = NAN;
        if (!isfinite(raw) || ((logs || log_y) && raw <= 0))
            continue;
        const double log_raw = logs || log_y ? log(raw) : 0, step = chart_step_of(series, i);
        const double steps = series->curves->step && isfinite(before)
                                 ? step - before /* since the last one that counts */
                                 : (double)series->stride;
        const double past = pow(past_at(chart->look->smoothing, step), steps);
        before = step;
        sum = past * sum + (1 - past) * (logs ? log_raw : raw);
        weight = past * weight + (1 - past);
        double line = known ? smooth[i] : sum / weight;
        series->raw[i] = log_y ? log_raw : raw;
        series->line[i] = logs == log_y ? line : log_y ? log(line) : exp(line);
    }
}

double chart_step_of(const struct chart_series *series, int i)
{
    const double *step = series->curves->step;
    return step ? step[i] : (double)((series->first + i + 1) * series->stride);
}

int chart_last_of(const struct chart *chart, const struct chart_series *series)
{
    int i = series->count - 1;
    while (i >= series->drawn && (isnan(series->line[i]) || chart_step_of(series, i) > chart->to))
        i--;
    return i >= series->drawn && chart_step_of(series, i) >= chart->from ? i : -1;
}

/* A value as the y axis has it. */
static double to_axis(const struct chart *chart, double value)
{
    return chart->log_y ? log(value) : value;
}

double chart_value(const struct chart *chart, double number)
{
    return chart->log_y ? exp(number) : number;
}

double chart_line_at(const struct chart *chart, enum side side, int64_t step)
{
    const int count = chart->series[side].count;
    int i = history_find(chart->scene->data.history, step);
    i = i < count ? i : count - 1;
    while (i >= 0 && isnan(chart->series[side].line[i]))
        i--;
    return i < 0 ? NAN : chart_value(chart, chart->series[side].line[i]);
}

double chart_rate(const struct scene *scene, int64_t step)
{
    const struct history *history = scene->data.history;
    if (step <= history_newest(history) && history->count > 0) {
        const int found = history_find(history, step), index = found < 0 ? 0 : found;
        double left = history_value(history, LEFT, QUANTITY_LR, index);
        return isfinite(left) ? left : history_value(history, RIGHT, QUANTITY_LR, index);
    }
    return scene_planned_lr(scene, step);
}

/* ---- the x axis ---- */

/* The newest step that a ghost has; 0: there is no ghost. */
static double ghost_end(const struct history *history)
{
    int64_t end = 0;
    for (int g = 0; g < HISTORY_GHOSTS; g++) {
        const struct history_ghost *ghost = &history->ghost[g];
        const double *step = ghost->curves[LEFT].step;
        int64_t last = step ? (int64_t)step[ghost->count - 1]
                            : (ghost->first + ghost->count) * history->stride;
        end = ghost->count > 0 && last > end ? last : end;
    }
    return (double)end;
}

bool chart_has_ghosts(const struct scene *scene)
{
    return ghost_end(scene->data.history) > 0;
}

/* The newest step of the runs that are overlaid; 0: there is none. */
static double overlay_end(const struct scene *scene)
{
    const struct run_record *record[RUNS_SHOWN];
    const int count = scene->data.runs ? runs_overlaid(scene->data.runs, record) : 0;
    int64_t end = 0;
    for (int i = 0; i < count; i++)
        end = record[i]->step > end ? record[i]->step : end;
    return (double)end;
}

/* Ghosts and other runs are seen as far again as the run has come. */
static double steps_shown(const struct scene *scene)
{
    double newest = (double)history_newest(scene->data.history);
    double ahead = fmin(fmax(ghost_end(scene->data.history), overlay_end(scene)), 2 * newest);
    double steps = plot_nice_above(fmax(fmax(newest, ahead), STEPS_LEAST));
    double end = scene->data.watching ? 0 : (double)scene->data.settings->steps;
    return end > 0 && end < steps ? end : steps;
}

void chart_range(const struct scene *scene, const struct curves_look *look, double *from,
                 double *to)
{
    double whole = steps_shown(scene);
    double width = fmax(whole / pow(2, look->zoom), fmin(whole, ZOOMED_LEAST));
    if (look->zoom == 0) {
        *from = 0;
    } else if (look->from >= 0) {
        *from = fmin((double)look->from, whole - width);
    } else { /* follows the newest step by tenths of the width */
        double newest = (double)history_newest(scene->data.history), tenth = width / 10;
        *from = fmin(floor(newest / tenth) * tenth - 9 * tenth, whole - width);
    }
    *from = floor(fmax(*from, 0));
    *to = *from + width;
    if (look->log_x)
        *from = fmax(*from, 1);
}

double chart_x(const struct chart *chart, double step)
{
    double part = chart->look->log_x ? log(step / chart->from) / log(chart->to / chart->from)
                                     : (step - chart->from) / (chart->to - chart->from);
    /* The last point may lie as far right of the field as its step says; a column is an int. */
    return fmin(part * (chart->width - 1), 1e9);
}

double chart_step_at(const struct chart *chart, double x)
{
    double part = x / (chart->width - 1);
    return chart->look->log_x ? chart->from * pow(chart->to / chart->from, part)
                              : chart->from + part * (chart->to - chart->from);
}

int chart_col(const struct chart *chart, double step)
{
    bool inside = step >= chart->from && step <= chart->to;
    return inside ? (int)lrint(chart_x(chart, step)) / PLOT_DOTS_X : -1;
}

/* ---- the y axis ---- */

double chart_round(double value, bool up, bool decades)
{
    double power = pow(10, floor(log10(value) + (up ? -1e-9 : 1e-9)));
    double part = value / power;
    if (decades)
        return up ? 10 * power : power;
    if (up)
        return power * (part <= 1 + 1e-9 ? 1 : part <= 2 + 1e-9 ? 2 : part <= 5 + 1e-9 ? 5 : 10);
    return power * (part >= 5 - 1e-9 ? 5 : part >= 2 - 1e-9 ? 2 : 1);
}

/* Widens low..high, as the axis has them, by a line in the range of steps. */
static void add_range(const struct chart *chart, const struct chart_series *series, double *low,
                      double *high)
{
    double first = chart->look->zoom > 0 ? chart->from : SETTLED;
    for (int i = series->drawn; i < series->count; i++) {
        double line = series->line[i], step = chart_step_of(series, i);
        if (isnan(line) || step <= first || step > chart->to)
            continue;
        *low = fmin(*low, line); /* fmin passes over a NAN */
        *high = fmax(*high, line);
    }
}

/* The same by what the held-out loss was, wherever it was measured. */
static void add_held_out(const struct chart *chart, enum side side, double *low, double *high)
{
    const struct history *history = chart->scene->data.history;
    const double first = chart->look->zoom > 0 ? chart->from : SETTLED;
    if (chart->look->quantity != QUANTITY_LOSS || isnan(history->sums[side].held_out))
        return;
    for (int i = 0; i < chart->series[side].count; i++) {
        const double loss = history_value(history, side, QUANTITY_VALID_LOSS, i);
        const double step = (double)history_step(history, i);
        if (!isfinite(loss) || (chart->log_y && loss <= 0) || step <= first || step > chart->to)
            continue;
        *low = fmin(*low, to_axis(chart, loss));
        *high = fmax(*high, to_axis(chart, loss));
    }
}

/* The smallest and the largest value of all lines in the range of steps. */
static void line_range(const struct chart *chart, double *least, double *most)
{
    double low = NAN, high = NAN;
    for (enum side side = LEFT; side < SIDES; side++) {
        add_range(chart, &chart->series[side], &low, &high);
        add_held_out(chart, side, &low, &high);
        for (int g = 0; g < HISTORY_GHOSTS; g++)
            add_range(chart, &chart->ghost[g][side], &low, &high);
        for (int i = 0; i < chart->overlays; i++)
            add_range(chart, &chart->overlay[i].series[side], &low, &high);
    }
    *least = chart_value(chart, low);
    *most = chart_value(chart, high);
}

/* The range of a logarithmic axis, which has no 0. */
static void log_range(const struct chart *chart, double *least, double *most)
{
    const struct scene_data *data = &chart->scene->data;
    const bool whole = chart->look->zoom == 0;
    if (!(*most > 0)) {
        *least = 0.1;
        *most = 10;
    }
    if (!(*least > 0))
        *least = *most / 10;
    if (chart->look->quantity == QUANTITY_LOSS && whole) {
        *least = fmin(*least, data->bound.loss > 0 ? data->bound.loss : *least);
        *most = fmax(*most, data->task->unigram_entropy);
    }
    if (chart->look->quantity == QUANTITY_RATIO && whole) {
        *least = fmin(*least, 1);
        *most = fmax(*most, 1);
    }
}

/* The range of a linear axis: from 0, or from half of what is at its top while all is above that.
 */
static void linear_range(const struct chart *chart, double *least, double *most)
{
    if (chart->look->zoom > 0 && *most > *least)
        return;
    *most = *most > 0 ? *most : 1;
    *least = *least > *most / 2 ? *most / 2 : 0;
}

/* Whole, the y axis holds the lines from step SETTLED on, and the reference lines of the loss, up
 * to twice the loss of guessing; what is higher is drawn along its upper edge. Zoomed, it holds the
 * lines that are in view. Limits that were given take the place of both. */
static void set_values(struct chart *chart, int rows)
{
    const struct task_info *task = chart->scene->data.task;
    const struct curves_limits *limits = &chart->look->limits[chart->look->quantity];
    double least, most;
    line_range(chart, &least, &most);
    const double chance = task->vocab > 1 ? log(task->vocab) : most;
    if (chart->look->quantity == QUANTITY_LOSS)
        most = fmin(fmax(most, chart->look->zoom > 0 ? most : chance), 2 * chance);
    least = fmin(least, most);
    if (limits->low < limits->high && (limits->low > 0 || !chart->log_y)) {
        least = limits->low;
        most = limits->high;
    } else if (chart->log_y) {
        log_range(chart, &least, &most);
    } else {
        linear_range(chart, &least, &most);
    }
    if (!(most > least * (1 + 1e-6)))
        most = least + fmax(fabs(least) * 0.1, 1e-6);
    const double bottom = to_axis(chart, least), top = to_axis(chart, most);
    chart->ticks = chart->log_y ? ticks_log(bottom, top, rows) : ticks_linear(bottom, top, rows);
    /* The curves are two dots thick: these are the middle ones of a row. */
    chart->up = PLOT_DOTS_Y / ticks_per_row(&chart->ticks);
    chart->bottom = chart->ticks.first - 1 / chart->up;
    chart->low = chart_value(chart, chart->bottom);
    chart->high = chart_value(chart, chart->bottom + (chart->height - 1) / chart->up);
}

double chart_y_of(const struct chart *chart, double number)
{
    double y = (number - chart->bottom) * chart->up;
    /* The curves are two dots thick. */
    return y < 0 ? 0 : y > chart->height - 2 ? chart->height - 2 : y;
}

double chart_y(const struct chart *chart, double value)
{
    return chart_y_of(chart, to_axis(chart, chart->log_y ? fmax(value, 1e-300) : value));
}

int chart_row(const struct chart *chart, double value)
{
    return (chart->height - 1 - (int)lrint(chart_y(chart, value))) / PLOT_DOTS_Y;
}

static struct chart_reference reference(double value, const char *long_name, const char *name,
                                        const char *brief)
{
    struct chart_reference out = {.value = value};
    snprintf(out.text[CHART_NAME_LONG], CHART_NAME_SIZE, "%s %.2f", long_name, value);
    snprintf(out.text[CHART_NAME_USUAL], CHART_NAME_SIZE, "%s %.2f", name, value);
    snprintf(out.text[CHART_NAME_BRIEF], CHART_NAME_SIZE, "%s %.2f", brief, value);
    snprintf(out.text[CHART_NAME_NONE], CHART_NAME_SIZE, "%.2f", value);
    return out;
}

/* The lowest loss: exact, or estimated for sequences of so many tokens. */
static struct chart_reference best_reference(const struct scene *scene)
{
    const struct task_bound *bound = &scene->data.bound;
    struct chart_reference out;
    char name[CHART_NAME_SIZE];
    if (!(bound->error > 0))
        return reference(bound->loss, "best possible", "best possible", "best");
    snprintf(name, sizeof name, "best in %d", scene->data.settings->context);
    out = reference(bound->loss, name, name, "best");
    for (int i = CHART_NAME_LONG; i <= CHART_NAME_USUAL; i++)
        snprintf(out.text[i], CHART_NAME_SIZE, "%.20s %.3f", name, bound->loss);
    snprintf(out.note, sizeof out.note, "%s%.3f std. error", scene->terminal.ascii ? "+-" : "±",
             bound->error);
    return out;
}

void chart_references(const struct chart *chart, struct chart_reference out[CHART_REFERENCES])
{
    const struct scene *scene = chart->scene;
    const struct task_info *task = scene->data.task;
    for (int i = 0; i < CHART_REFERENCES; i++)
        out[i] = (struct chart_reference){.value = NAN};
    switch (chart->look->quantity) {
    case QUANTITY_LOSS:
        out[0] = reference(task->unigram_entropy, "no context", "no context", "no ctx");
        if (task->current_token > 0)
            out[1] = reference(task->current_token, "current token only", "current token", "token");
        out[2] = best_reference(scene);
        break;
    case QUANTITY_RATIO:
        out[0] = reference(1, "level", "level", "level");
        break;
    case QUANTITY_GRAD_NORM:
        if (scene->data.settings->clip > 0)
            out[0] = reference(scene->data.settings->clip, "clipped to", "clipped to", "clip");
        break;
    default: /* the others have none */
        break;
    }
    for (int i = 0; i < CHART_REFERENCES; i++)
        if (!(out[i].value >= chart->low * (1 - 1e-9) && out[i].value <= chart->high))
            out[i].value = NAN;
}

/* ---- lines ---- */

/* Goes on to a point: in the column where the line is, or in another one. */
static void add_point(struct chart_line *line, double x, double y)
{
    const int col = (int)(x + 0.5);
    struct chart_stroke *last = line->count > 0 ? &line->stroke[line->count - 1] : NULL;
    if (!last || last->col != col) {
        line->stroke[line->count++] =
            (struct chart_stroke){.col = col, .x = {x, x}, .y = {y, y}, .low = y, .high = y};
        return;
    }
    last->low = y < last->low ? y : last->low;
    last->high = y > last->high ? y : last->high;
    last->x[1] = x;
    last->y[1] = y;
}

struct chart_line chart_line_of(const struct chart *chart, const struct chart_series *series)
{
    struct chart_line line = {.x = NAN};
    /* Points come in the order of their steps; the last may lie right of the field. */
    line.stroke = memory_new((size_t)chart->width + 2, sizeof *line.stroke);
    for (int i = series->drawn; i < series->count; i++) {
        if (isnan(series->line[i]))
            continue; /* diverged: the smoothed loss only stands still */
        double x = chart_x(chart, chart_step_of(series, i));
        double y = chart_y_of(chart, series->line[i]);
        if (x < 0 || isnan(line.x)) {
            line.x = x;
            line.y = y;
        } else if (line.x < 0) { /* comes in at the left edge */
            line.y += (y - line.y) * (0 - line.x) / (x - line.x);
            line.x = 0;
        }
        if (x >= 0)
            add_point(&line, x, y);
    }
    return line;
}

/* ---- the chart ---- */

/* How many of the steps, which rise, are at most this. */
static int points_up_to(const double *step, int count, double most)
{
    int low = 0, high = count;
    while (low < high) {
        const int middle = low + (high - low) / 2;
        if (step[middle] <= most)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* A series of `count` points from `first` on, of those in view: the newest may lie right of it. */
static void open_one(const struct chart *chart, struct chart_series *series,
                     const struct history_curves *curves, int64_t stride, int64_t first, int count)
{
    const double in_view = curves->step
                               ? points_up_to(curves->step, count, ceil(chart->to)) + 1
                               : floor(ceil(chart->to) / (double)stride) + 1 - (double)first;
    series->curves = curves;
    series->stride = stride;
    series->first = first;
    series->count = in_view < count ? (int)fmax(in_view, 0) : count;
    fill_series(chart, series);
}

static void open_series(struct chart *chart)
{
    const struct history *history = chart->scene->data.history;
    const struct runs *runs = chart->scene->data.runs;
    const struct run_record *overlaid[RUNS_SHOWN];
    chart->overlays = runs ? runs_overlaid(runs, overlaid) : 0;
    for (int i = 0; i < chart->overlays; i++)
        chart->overlay[i].record = overlaid[i];
    for (enum side side = LEFT; side < SIDES; side++) {
        open_one(chart, &chart->series[side], &history->curves[side], history->stride, 0,
                 history->count);
        for (int g = 0; g < HISTORY_GHOSTS; g++) {
            const struct history_ghost *ghost = &history->ghost[g];
            const double *step = ghost->curves[side].step;
            int64_t drawn = step ? points_up_to(step, ghost->count, (double)ghost->branch) - 1
                                 : ghost->branch / history->stride - 1 - ghost->first;
            struct chart_series *series = &chart->ghost[g][side];
            open_one(chart, series, &ghost->curves[side], history->stride, ghost->first,
                     ghost->count);
            series->drawn = drawn > 0 ? (int)drawn : 0;
        }
        for (int i = 0; i < chart->overlays; i++) {
            const struct run_record *record = chart->overlay[i].record;
            open_one(chart, &chart->overlay[i].series[side], &record->curves[side], record->stride,
                     0, record->points);
        }
    }
}

static void close_series(struct chart_series *series)
{
    free(series->line);
    free(series->raw);
}

struct chart chart_open(const struct scene *scene, const struct curves_look *look, int rows,
                        int cols)
{
    struct chart chart = {
        .scene = scene,
        .look = look,
        .log_y = look->log_y[look->quantity],
        .width = cols * PLOT_DOTS_X,
        .height = rows * PLOT_DOTS_Y,
    };
    chart_range(scene, look, &chart.from, &chart.to);
    open_series(&chart);
    set_values(&chart, rows);
    return chart;
}

void chart_close(struct chart *chart)
{
    for (enum side side = LEFT; side < SIDES; side++) {
        close_series(&chart->series[side]);
        for (int g = 0; g < HISTORY_GHOSTS; g++)
            close_series(&chart->ghost[g][side]);
        for (int i = 0; i < chart->overlays; i++)
            close_series(&chart->overlay[i].series[side]);
    }
}
