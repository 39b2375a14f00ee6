/* The lower half of the overview: both loss curves, and the learning rate. */
#include "ui/overview.h"

#include "ui/plot.h"
#include "ui/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    STEPS_LEAST = 100, /* the shortest x axis */
    SETTLED = 10,      /* the first steps do not stretch the y axis */
    TICK_COLS = 12,    /* the least distance of ticks on the x axis */
    MARK_ROWS = 3,     /* rows from the top in which texts of marks are put */
    LOSS_COLS = 5,
    SWATCH_COLS = 3,
    SIDES_FROM = 50, /* a legend this wide says left and right where the names are the same */
    REFERENCES = 2
};

static const enum role accent[SIDES] = {[LEFT] = ROLE_LEFT, [RIGHT] = ROLE_RIGHT};
static const enum plot_layer curve_layer[SIDES] = {[LEFT] = PLOT_LEFT, [RIGHT] = PLOT_RIGHT};
static const enum plot_layer raw_layer[SIDES] = {[LEFT] = PLOT_LEFT_RAW, [RIGHT] = PLOT_RIGHT_RAW};

/* What the axes span: steps 0..steps, losses 0..top; and the field of dots that shows it. */
struct span {
    double steps, top;
    int width, height; /* in dots */
};

/* The x axis grows in steps, so that the picture stands still in between; it does not reach past
 * the end of a run of known length. */
static double steps_shown(const struct scene *scene)
{
    double steps = plot_nice_above(fmax((double)scene->history->last[LEFT].step, STEPS_LEAST));
    double end = (double)scene->settings->steps;
    return end > 0 && end < steps ? end : steps;
}

/* The y axis holds the smoothed losses from step SETTLED on, and the reference lines, up to twice
 * the loss of guessing; what is higher is drawn along its upper edge. */
static double top_shown(const struct scene *scene)
{
    const struct history *history = scene->history;
    double chance = scene->task->vocab > 1 ? log(scene->task->vocab) : 1;
    double most = chance;
    for (enum side side = LEFT; side < SIDES; side++)
        for (int i = 0; i < history->count; i++)
            if (history_step(history, i) > SETTLED)
                most = fmax(most, history_at(history, side, i)->smooth);
    return plot_nice_above(fmin(most, 2 * chance));
}

static double dot_x(const struct span *span, double step)
{
    return step / span->steps * (span->width - 1);
}

static double dot_y(const struct span *span, double loss)
{
    double y = loss / span->top * (span->height - 1);
    /* The curves are two dots thick. */
    return y < 0 ? 0 : y > span->height - 2 ? span->height - 2 : y;
}

/* The row of a loss, from the top of the plot. */
static int row_of(const struct span *span, double loss)
{
    return (span->height - 1 - (int)lrint(dot_y(span, loss))) / PLOT_DOTS_Y;
}

static int col_of(const struct span *span, double step)
{
    return (int)lrint(dot_x(span, step)) / PLOT_DOTS_X;
}

static void add_curve(struct plot *plot, const struct span *span, const struct scene *scene,
                      enum side side, bool dashed)
{
    double x_before = NAN, y_before = NAN;
    for (int i = 0; i < scene->history->count; i++) {
        const struct history_point *point = history_at(scene->history, side, i);
        if (!isfinite(point->loss))
            continue; /* diverged: the smoothed loss only stands still */
        double x = dot_x(span, (double)history_step(scene->history, i));
        double y = dot_y(span, point->smooth);
        if (!dashed || !plot_gap((int)lrint(x)))
            plot_dot(plot, raw_layer[side], (int)lrint(x), (int)lrint(dot_y(span, point->loss)));
        if (isnan(x_before))
            x_before = x, y_before = y;
        plot_line(plot, curve_layer[side], x_before, y_before, x, y, dashed);
        x_before = x;
        y_before = y;
    }
}

/* Where a diverged stack's curve ends: at its last finite loss. */
static void draw_end(struct canvas *canvas, struct rect area, const struct span *span,
                     const struct scene *scene, enum side side)
{
    const struct history *history = scene->history;
    if (history->last[side].fault.place == FAULT_NONE)
        return;
    for (int i = history->count - 1; i >= 0; i--) {
        const struct history_point *point = history_at(history, side, i);
        if (!isfinite(point->loss))
            continue;
        canvas_put(canvas, area.row + row_of(span, point->smooth),
                   area.col + col_of(span, (double)history_step(history, i)),
                   scene->ascii ? 'X' : 0x00D7, ROLE_BAD);
        return;
    }
}

/* The reference lines: a dotted line each, its name in the margin. */
static void draw_references(struct canvas *canvas, const struct layout_overview *layout,
                            struct plot *plot, const struct span *span, const struct scene *scene)
{
    const struct {
        double loss;
        const char *name, *brief;
    } reference[REFERENCES] = {
        {scene->task->unigram_entropy, "no context", "no ctx"},
        {scene->task->entropy_rate, "best possible", "best"},
    };
    int taken = -1;
    for (int i = 0; i < REFERENCES; i++) {
        if (!isfinite(reference[i].loss) || reference[i].loss > span->top)
            continue;
        int y = (int)lrint(dot_y(span, reference[i].loss));
        for (int x = 0; x < span->width; x += 2)
            plot_dot(plot, PLOT_REFERENCE, x, y);
        int row = row_of(span, reference[i].loss), cols = layout->margin.cols;
        row += row == taken;
        taken = row;
        if (cols >= 19)
            canvas_print(canvas, layout->margin, row, 1, ROLE_REFERENCE, "%s %.2f",
                         reference[i].name, reference[i].loss);
        else if (cols >= 12)
            canvas_print(canvas, layout->margin, row, 1, ROLE_REFERENCE, "%s %.2f",
                         reference[i].brief, reference[i].loss);
        else
            canvas_print(canvas, layout->margin, row, 1, ROLE_REFERENCE, "%.2f", reference[i].loss);
    }
}

/* A line for each event where no curve is; then, over the lines, its text where there is room
 * beside it. */
static void draw_marks(struct canvas *canvas, struct rect area, const struct plot *plot,
                       const struct span *span, const struct scene *scene)
{
    const struct history *history = scene->history;
    for (int i = 0; i < history->marks; i++) {
        int col = col_of(span, (double)history->mark[i].step);
        for (int row = 0; row < area.rows; row++)
            if (!plot_has_curve(plot, row, col))
                canvas_put(canvas, area.row + row, area.col + col, scene->ascii ? ':' : 0x254E,
                           ROLE_MARK);
    }
    int written[MARK_ROWS] = {0}; /* the first free column of each row */
    for (int i = 0; i < history->marks; i++) {
        int col = col_of(span, (double)history->mark[i].step) + 1;
        int end = col + canvas_columns(history->mark[i].text);
        for (int row = 0; row < MARK_ROWS && row < area.rows; row++) {
            bool room = col >= written[row] && end <= area.cols;
            for (int at = col; room && at <= end; at++)
                room = !plot_has_curve(plot, row, at);
            if (!room)
                continue;
            canvas_text(canvas, area, row, col, ROLE_MARK, history->mark[i].text);
            written[row] = end + 1;
            break;
        }
    }
}

static void draw_y_axis(struct canvas *canvas, struct rect area, const struct span *span,
                        bool ascii)
{
    int edge = area.cols - 1;
    canvas_fill(canvas, (struct rect){area.row, area.col + edge, area.rows, 1},
                ascii ? '|' : 0x2502, ROLE_AXIS);
    double distance = plot_tick_distance(span->top, area.rows > 3 ? area.rows / 2 : 1);
    distance = fmin(distance, span->top);
    int digits = distance < 1 ? (int)ceil(-log10(distance) - 1e-9) : 0;
    for (int i = 0; i * distance <= span->top * (1 + 1e-9); i++) {
        int row = row_of(span, i * distance);
        canvas_print_right(canvas, area, row, edge, ROLE_DIM, "%.*f", digits, i * distance);
        canvas_put(canvas, area.row + row, area.col + edge, ascii ? '+' : 0x2524, ROLE_AXIS);
    }
}

static void draw_x_axis(struct canvas *canvas, const struct layout_overview *layout,
                        const struct span *span, bool ascii)
{
    struct rect area = layout->x_axis;
    if (area.rows == 0)
        return;
    int from = layout->plot.col - area.col, end = from + layout->plot.cols;
    canvas_fill(canvas, (struct rect){area.row, area.col + from, 1, layout->plot.cols},
                ascii ? '-' : 0x2500, ROLE_AXIS);
    canvas_put(canvas, area.row, area.col + from - 1, ascii ? '+' : 0x2514, ROLE_AXIS);
    double distance = plot_tick_distance(span->steps, layout->plot.cols / TICK_COLS);
    for (int i = 0; i * distance <= span->steps * (1 + 1e-9); i++) {
        char text[TEXT_NUMBER];
        snprintf(text, sizeof text, "%.0f", i * distance);
        int columns = canvas_columns(text);
        int col = from + col_of(span, i * distance) - columns / 2;
        canvas_text(canvas, area, 0, col + columns > end ? end - columns : col, ROLE_DIM, text);
    }
    canvas_text(canvas, area, 0, end + (layout->margin.cols > 5), ROLE_DIM, "steps");
}

/* The name of a curve in the legend, cut where the screen is narrow; names are ASCII. */
static void legend_name(const struct scene *scene, enum side side, int cols, char out[TEXT_TITLE])
{
    if (cols >= SIDES_FROM)
        overview_title(scene, side, out, TEXT_TITLE);
    else
        text_title(out, scene->settings->placement[side], scene->settings->norm);
    int room = cols / SIDES - LOSS_COLS - 2;
    if (canvas_columns(out) > room)
        out[room] = '\0';
}

/* The title of the plot, and the curves' looks, names and values at its right end. */
static void draw_legend(struct canvas *canvas, const struct layout_overview *layout,
                        const struct scene *scene)
{
    static const char *const swatch[2][2] = {{"━━━", "***"}, {"━ ━", "ooo"}};
    struct rect area = layout->legend;
    int end = area.cols, between = end >= 100 ? 4 : 2;
    char name[SIDES][TEXT_TITLE], loss[TEXT_NUMBER];
    int needed = between + 1;
    for (enum side side = LEFT; side < SIDES; side++) {
        legend_name(scene, side, area.cols, name[side]);
        needed += canvas_columns(name[side]) + LOSS_COLS + 1 + SWATCH_COLS + 1;
    }
    for (int i = SIDES - 1; i >= 0; i--) {
        enum side side = (enum side)i;
        bool bad = scene->history->last[side].fault.place != FAULT_NONE;
        text_loss(loss, bad ? NAN : history_smooth(scene->history, side));
        canvas_print_right(canvas, area, 0, end, bad ? ROLE_BAD : ROLE_TEXT, "%s",
                           bad ? "nan" : loss);
        end -= LOSS_COLS + 1;
        end = canvas_print_right(canvas, area, 0, end, accent[side], "%s", name[side]);
        bool other = side == RIGHT && (overview_mono(scene) || scene->ascii);
        if (needed <= area.cols)
            end = canvas_print_right(canvas, area, 0, end - 1, accent[side], "%s",
                                     swatch[other][scene->ascii]);
        end -= between;
    }
    static const char *const titles[] = {"loss, nats per predicted token", "loss, nats per token",
                                         "loss, nats", "loss"};
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++)
        if (canvas_columns(titles[i]) <= end) {
            canvas_text(canvas, area, 0, 0, ROLE_TITLE, titles[i]);
            return;
        }
}

/* The rate of a step: as it was, or as it is planned. */
static double rate_of(const struct scene *scene, int64_t step)
{
    const struct history *history = scene->history;
    const struct settings *settings = scene->settings;
    int64_t index = step / history->stride - 1;
    if (step <= history->last[LEFT].step && history->count > 0) {
        index = index < 0 ? 0 : index >= history->count ? history->count - 1 : index;
        double left = history_at(history, LEFT, (int)index)->lr;
        return isfinite(left) ? left : history_at(history, RIGHT, (int)index)->lr;
    }
    return schedule_lr(settings->schedule, settings->lr, settings->warmup, settings->steps, step);
}

static void draw_strip(struct canvas *canvas, const struct layout_overview *layout,
                       const struct span *span, const struct scene *scene)
{
    struct rect area = layout->strip;
    if (area.rows == 0)
        return;
    const struct snapshot *last = &scene->history->last[LEFT];
    double full = 1 - 0.125 / area.rows; /* an eighth of a row stays free below the x axis */
    double most = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int col = 0; col < area.cols; col++) {
            int64_t step = (int64_t)ceil((col * PLOT_DOTS_X + 1) * span->steps / (span->width - 1));
            double rate = rate_of(scene, step > 1 ? step : 1);
            if (pass == 0)
                most = fmax(most, rate); /* fmax passes over a NAN */
            else if (most > 0 && isfinite(rate))
                plot_column(canvas, area, col, full * rate / most, scene->ascii,
                            step <= last->step ? ROLE_AXIS : ROLE_GRID);
        }
    }
    char text[TEXT_NUMBER];
    text_scientific(text, rate_of(scene, last->step > 0 ? last->step : 1), 2);
    int row = area.rows - 1;
    canvas_text(canvas, layout->strip_name, row, layout->strip_name.cols - 2, ROLE_DIM, "lr");
    if (layout->strip_value.cols >= canvas_columns(text) + 1)
        canvas_text(canvas, layout->strip_value, row, 1, ROLE_REFERENCE, text);
}

void overview_curves(struct canvas *canvas, const struct layout_overview *layout,
                     const struct scene *scene)
{
    struct rect area = layout->plot;
    struct span span = {
        .steps = steps_shown(scene),
        .top = top_shown(scene),
        .width = area.cols * PLOT_DOTS_X,
        .height = area.rows * PLOT_DOTS_Y,
    };
    struct plot plot;
    plot_open(&plot, area.rows, area.cols);
    for (enum side side = LEFT; side < SIDES; side++)
        add_curve(&plot, &span, scene, side, side == RIGHT && overview_mono(scene));
    draw_references(canvas, layout, &plot, &span, scene);
    draw_y_axis(canvas, layout->y_axis, &span, scene->ascii);
    draw_x_axis(canvas, layout, &span, scene->ascii);
    plot_paint(&plot, canvas, area, scene->ascii);
    draw_marks(canvas, area, &plot, &span, scene);
    for (enum side side = LEFT; side < SIDES; side++)
        draw_end(canvas, area, &span, scene, side);
    plot_close(&plot);
    draw_legend(canvas, layout, scene);
    draw_strip(canvas, layout, &span, scene);
}
