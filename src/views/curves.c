/* See curves.h. Draws what chart.h knows. */
#include "views/curves.h"

#include "base/memory.h"
#include "screen/plot.h"
#include "screen/text.h"
#include "views/chart.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TICK_COLS = 12,  /* the least distance of ticks on the x axis */
    MARK_ROWS = 3,   /* rows from the top in which texts of marks are put */
    MERGE_COLS = 12, /* changes of one setting that are no further from each other are one mark */
    LABEL_COLS = 4,  /* of numbers on the y axis */
    SWATCH_COLS = 3,
    SIDES_FROM = 50,  /* a legend this wide says left and right where the names are the same */
    NAMES_FROM = 19,  /* a margin this wide has room for the names of reference lines ... */
    BRIEFS_FROM = 12, /* ... and this wide for short ones */
    RACE_ROWS = 3,
    KEY_GAP = 2,        /* columns between the unit of the x axis and the key of its marks */
    HELD_OUT_FROM = 26, /* ... and held-out losses */
    GHOST_FROM = 20     /* free columns of the legend from which on it names the ghosts */
};

static const enum plot_layer curve_layer[SIDES] = {[LEFT] = PLOT_LEFT, [RIGHT] = PLOT_RIGHT};
static const enum plot_layer raw_layer[SIDES] = {[LEFT] = PLOT_LEFT_RAW, [RIGHT] = PLOT_RIGHT_RAW};
static const enum plot_layer ghost_layer[SIDES] = {
    [LEFT] = PLOT_LEFT_GHOST, [RIGHT] = PLOT_RIGHT_GHOST};
static const enum plot_layer run_layer[SIDES] = {[LEFT] = PLOT_LEFT_RUN, [RIGHT] = PLOT_RIGHT_RUN};

/* ---- the field ---- */

/* Two dots thick, and over it what its points did in each column. */
static void add_line(struct plot *plot, const struct chart *chart,
                     const struct chart_series *series, enum plot_layer layer, bool dashed)
{
    struct chart_line line = chart_line_of(chart, series);
    double x = line.x, y = line.y;
    for (int i = 0; i < line.count; i++) {
        const struct chart_stroke *stroke = &line.stroke[i];
        plot_line(plot, layer, x, y, stroke->x[0], stroke->y[0], dashed);
        if (stroke->low < stroke->high)
            plot_line(plot, layer, stroke->col, stroke->low, stroke->col, stroke->high, dashed);
        x = stroke->x[1];
        y = stroke->y[1];
    }
    free(line.stroke);
}

/* The raw values as dots. */
static void add_raw(struct plot *plot, const struct chart *chart, const struct chart_series *series,
                    enum plot_layer layer, bool dashed)
{
    for (int i = series->drawn; i < series->count; i++) {
        double x = isnan(series->raw[i]) ? -1 : chart_x(chart, chart_step_of(series, i));
        int col = (int)(x + 0.5);
        if (x >= 0 && (!dashed || !plot_gap(col)))
            plot_dot(plot, layer, col, (int)(chart_y_of(chart, series->raw[i]) + 0.5));
    }
}

static void add_curves(struct plot *plot, const struct chart *chart)
{
    for (enum side side = LEFT; side < SIDES; side++) {
        const bool dashed = side == RIGHT;
        add_line(plot, chart, &chart->series[side], curve_layer[side], dashed);
        add_raw(plot, chart, &chart->series[side], raw_layer[side], dashed);
        for (int g = 0; g < HISTORY_GHOSTS; g++)
            add_line(plot, chart, &chart->ghost[g][side], ghost_layer[side], dashed);
        for (int i = 0; i < chart->overlays; i++)
            add_line(plot, chart, &chart->overlay[i].series[side], run_layer[side], dashed);
    }
}

/* Where a diverged stack's curve ends: at its last finite loss. */
static void draw_end(struct canvas *canvas, struct rect area, const struct chart *chart,
                     enum side side)
{
    const double *line = chart->series[side].line;
    int end = chart->series[side].count - 1;
    if (history_last(chart->scene->data.history, side)->fault.place == FAULT_NONE)
        return;
    while (end >= 0 && isnan(line[end]))
        end--;
    int col =
        end < 0 ? -1 : chart_col(chart, (double)history_step(chart->scene->data.history, end));
    if (col >= 0)
        canvas_put(canvas, area.row + chart_row(chart, chart_value(chart, line[end])),
                   area.col + col, chart->scene->terminal.ascii ? 'X' : 0x00D7, ROLE_BAD);
}

/* The held-out loss, wherever it was measured. */
static void draw_held_out(struct canvas *canvas, struct rect area, const struct chart *chart,
                          enum side side)
{
    static const uint32_t letter[SIDES] = {'v', 'w'}, diamond[SIDES] = {0x25C6, 0x25C7};
    const struct history *history = chart->scene->data.history;
    if (chart->look->quantity != QUANTITY_LOSS || isnan(history->sums[side].held_out))
        return;
    for (int i = 0; i < chart->series[side].count; i++) {
        double loss = history_value(history, side, QUANTITY_VALID_LOSS, i);
        int col = isfinite(loss) ? chart_col(chart, (double)history_step(history, i)) : -1;
        if (col >= 0)
            canvas_put(canvas, area.row + chart_row(chart, loss), area.col + col,
                       chart->scene->terminal.ascii ? letter[side] : diamond[side],
                       scene_accent[side]);
    }
}

/* The rows in the margin of the names of reference lines; -1 for one that is not in view. */
static void reference_rows(const struct chart *chart,
                           const struct chart_reference reference[CHART_REFERENCES],
                           int row[CHART_REFERENCES])
{
    int taken = -1;
    for (int i = 0; i < CHART_REFERENCES; i++) {
        row[i] = -1;
        if (!isfinite(reference[i].value))
            continue;
        row[i] = chart_row(chart, reference[i].value);
        row[i] = row[i] <= taken ? taken + 1 : row[i];
        taken = row[i];
    }
}

/* Its name in a line of the margin, as long as there is room. */
static void name_reference(struct canvas *canvas, struct rect line,
                           const struct chart_reference *reference)
{
    const char *text[CHART_NAMES + 1];
    int count = 0;
    for (int i = line.cols >= NAMES_FROM    ? CHART_NAME_LONG
                 : line.cols >= BRIEFS_FROM ? CHART_NAME_BRIEF
                                            : CHART_NAME_NONE;
         i < CHART_NAMES; i++)
        text[count++] = reference->text[i];
    text[count] = NULL;
    canvas_fit(canvas, line, 1, line.cols, ROLE_REFERENCE, text);
}

/* The row of its note, below its name, where no other name is; otherwise that of its name. */
static int note_row(const struct chart_reference reference[CHART_REFERENCES],
                    const int row[CHART_REFERENCES], int i)
{
    const bool free_below = i + 1 == CHART_REFERENCES || row[i + 1] != row[i] + 1;
    return row[i] + (reference[i].note[0] && free_below);
}

/* A dotted line each, its name in the margin. */
static void draw_references(struct canvas *canvas, const struct layout_plot *layout,
                            struct plot *plot, const struct chart *chart)
{
    const struct rect margin = layout->margin;
    struct chart_reference reference[CHART_REFERENCES];
    int row[CHART_REFERENCES];
    chart_references(chart, reference);
    reference_rows(chart, reference, row);
    for (int i = 0; i < CHART_REFERENCES; i++) {
        if (row[i] < 0)
            continue;
        int y = (int)lrint(chart_y(chart, reference[i].value));
        for (int x = 0; x < chart->width; x += 2)
            plot_dot(plot, PLOT_REFERENCE, x, y);
        if (row[i] < margin.rows)
            name_reference(canvas, (struct rect){margin.row + row[i], margin.col, 1, margin.cols},
                           &reference[i]);
        const int note = note_row(reference, row, i);
        if (note > row[i] && note < margin.rows && margin.cols >= NAMES_FROM)
            canvas_text(canvas, margin, note, 1, ROLE_DIM, reference[i].note);
    }
}

/* A mark as it is drawn: several changes of one setting close to each other are one, or none where
 * they lead back to where they began. */
struct shown_mark {
    int col;
    char text[2 * MARK_TEXT];
};

/* The parts of "warmup 0→25": false where the text is not the change of one setting. */
struct change {
    int name;         /* so many bytes */
    const char *from; /* ... and so many of it */
    int length;
    const char *to;
};

static bool read_change(const char *text, struct change *change)
{
    const char *blank = strchr(text, ' '), *arrow = strstr(text, "→");
    const size_t wide = arrow ? strlen("→") : strlen("->");
    arrow = arrow ? arrow : strstr(text, "->");
    if (!blank || !arrow || arrow < blank || strstr(text, ", "))
        return false;
    *change = (struct change){.name = (int)(blank - text),
                              .from = blank + 1,
                              .length = (int)(arrow - blank - 1),
                              .to = arrow + wide};
    return true;
}

/* Joins "warmup 0→25" and "warmup 25→50" to "warmup 0→50"; false where they do not follow on each
 * other. */
static bool merge_changes(struct shown_mark *mark, const char *next)
{
    struct change first, second;
    char text[sizeof mark->text];
    if (!read_change(mark->text, &first) || !read_change(next, &second) ||
        first.name != second.name || strncmp(mark->text, next, (size_t)first.name) != 0 ||
        (int)strlen(first.to) != second.length ||
        strncmp(first.to, second.from, (size_t)second.length) != 0)
        return false;
    snprintf(text, sizeof text, "%.*s%.*s", (int)(first.from - mark->text) + first.length,
             mark->text, MARK_TEXT, second.from + second.length);
    memcpy(mark->text, text, sizeof text);
    return true;
}

/* Is it "warmup 25→25", of a change that was taken back? */
static bool leads_back(const char *text)
{
    struct change change;
    return read_change(text, &change) && (int)strlen(change.to) == change.length &&
           strncmp(change.from, change.to, (size_t)change.length) == 0;
}

/* The marks that are in view; returns their number. */
static int marks_shown(const struct chart *chart, struct shown_mark out[HISTORY_MARKS])
{
    const struct history *history = chart->scene->data.history;
    int count = 0;
    for (int i = 0; i < history->marks; i++) {
        const char *text = scene_mark_text(chart->scene, &history->mark[i]);
        const int col = chart_col(chart, (double)history->mark[i].step);
        struct shown_mark *last = count > 0 ? &out[count - 1] : NULL;
        if (col < 0)
            continue;
        if (last && col - last->col <= MERGE_COLS && merge_changes(last, text)) {
            last->col = col;
            count -= leads_back(last->text);
            continue;
        }
        out[count].col = col;
        snprintf(out[count++].text, sizeof out->text, "%s", text);
    }
    return count;
}

/* A line for each mark where no curve is; then, over the lines, its text where there is room beside
 * it. */
static void draw_marks(struct canvas *canvas, struct rect area, const struct plot *plot,
                       const struct chart *chart)
{
    struct shown_mark *mark = memory_new(HISTORY_MARKS, sizeof *mark);
    const int count = marks_shown(chart, mark);
    for (int i = 0; i < count; i++)
        for (int row = 0; row < area.rows; row++)
            if (!plot_has_curve(plot, row, mark[i].col))
                canvas_put(canvas, area.row + row, area.col + mark[i].col,
                           chart->scene->terminal.ascii ? ':' : 0x254E, ROLE_MARK);
    int written[MARK_ROWS] = {0}; /* the first free column of each row */
    for (int i = 0; i < count; i++) {
        const int col = mark[i].col + 1, end = col + canvas_columns(mark[i].text);
        for (int row = 0; row < MARK_ROWS && row < area.rows; row++) {
            bool room = col >= written[row] && end <= area.cols;
            for (int at = col; room && at <= end; at++)
                room = !plot_has_curve(plot, row, at);
            if (!room)
                continue;
            canvas_text(canvas, area, row, col, ROLE_MARK, mark[i].text);
            written[row] = end + 1;
            break;
        }
    }
    free(mark);
}

/* ---- the names of other runs ---- */

/* Where names stand already: rows and columns of the field. */
struct names_taken {
    int count;
    struct rect at[RUNS_SHOWN * SIDES];
};

/* Neither a curve, of this run or another, nor the text of a mark, nor another name. */
static bool is_free(const struct canvas *canvas, struct rect area, const struct plot *plot,
                    const struct names_taken *taken, struct rect at)
{
    if (at.row < 0 || at.row >= area.rows || at.col < 0)
        return false;
    for (int col = at.col; col < at.col + at.cols; col++) {
        const int cell = (area.row + at.row) * canvas->cols + area.col + col;
        if (plot_has_curve(plot, at.row, col) || plot_has_run(plot, at.row, col) ||
            canvas->cells[cell].role == ROLE_MARK)
            return false;
    }
    for (int i = 0; i < taken->count; i++) {
        const struct rect *other = &taken->at[i];
        if (at.row == other->row && at.col < other->col + other->cols + 1 &&
            other->col < at.col + at.cols + 1)
            return false;
    }
    return true;
}

/* Beside the end of a curve, in the nearest row that has room; no further than a few rows off. */
static void draw_name(struct canvas *canvas, struct rect area, const struct plot *plot,
                      struct names_taken *taken, int row, int col, enum role role, const char *name)
{
    static const int away[] = {0, -1, 1, -2, 2, -3, 3};
    const int cols = canvas_columns(name);
    const int from = col + 1 + cols <= area.cols ? col + 1 : area.cols - cols;
    for (size_t i = 0; i < sizeof away / sizeof away[0]; i++) {
        const struct rect at = {row + away[i], from, 1, cols};
        if (!is_free(canvas, area, plot, taken, at))
            continue;
        canvas_text(canvas, area, at.row, at.col, role, name);
        taken->at[taken->count++] = at;
        return;
    }
}

/* What makes each other run different, at the end of its curves; once where both end at the same
 * height. */
static void draw_overlay_names(struct canvas *canvas, struct rect area, const struct plot *plot,
                               const struct chart *chart)
{
    struct names_taken taken = {.count = 0};
    for (int i = 0; i < chart->overlays; i++) {
        const struct chart_overlay *overlay = &chart->overlay[i];
        char name[RUN_DIFFERENCE];
        int before = -1;
        runs_difference(chart->scene->data.runs, overlay->record, name);
        if (chart->scene->look.blind && event_text_tells(name))
            snprintf(name, sizeof name, "run %d", overlay->record->number);
        for (int s = SIDES - 1; s >= 0; s--) {
            const struct chart_series *series = &overlay->series[s];
            const int last = chart_last_of(chart, series);
            if (last < 0)
                continue;
            const int row = chart_row(chart, chart_value(chart, series->line[last]));
            const int col = chart_col(chart, chart_step_of(series, last));
            if (row != before)
                draw_name(canvas, area, plot, &taken, row, col, scene_accent_dim[s], name);
            before = row;
        }
    }
}

/* The step that all views show, where it is not the newest. */
static void draw_cursor(struct canvas *canvas, struct rect area, const struct plot *plot,
                        const struct chart *chart)
{
    int col =
        chart->scene->look.cursor > 0 ? chart_col(chart, (double)scene_step(chart->scene)) : -1;
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

/* Digits behind the point that a step needs. */
static int digits_of(double step)
{
    int digits = 0;
    while (digits < 3 && fabs(step * pow(10, digits) - rint(step * pow(10, digits))) > 1e-6)
        digits++;
    return digits;
}

static void y_label(const struct chart *chart, double value, int digits, char out[TEXT_NUMBER])
{
    if (fabs(value) >= 1e4 || (chart->log_y ? value < 0.01 : digits > 2))
        text_scientific(out, value, 0);
    else if (chart->log_y)
        snprintf(out, TEXT_NUMBER, "%.3g", value);
    else
        snprintf(out, TEXT_NUMBER, "%.*f", digits, value);
}

static void draw_y_axis(struct canvas *canvas, struct rect area, const struct chart *chart)
{
    const struct ticks *ticks = &chart->ticks;
    const int edge = area.cols - 1, digits = digits_of(ticks->step);
    canvas_fill(canvas, (struct rect){area.row, area.col + edge, area.rows, 1},
                chart->scene->terminal.ascii ? '|' : 0x2502, ROLE_AXIS);
    for (int i = 0; i < ticks->count; i++) {
        char text[TEXT_NUMBER];
        const int row = area.rows - 1 - i * ticks->every;
        y_label(chart, chart_value(chart, ticks->first + i * ticks->step), digits, text);
        canvas_print_right(canvas, area, row, edge, ROLE_DIM, "%.*s", LABEL_COLS, text);
        canvas_put(canvas, area.row + row, area.col + edge,
                   chart->scene->terminal.ascii ? '+' : 0x2524, ROLE_AXIS);
    }
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
    int columns = canvas_columns(text), col = from + chart_col(chart, step) - columns / 2;
    col = col + columns > end ? end - columns : col;
    if (chart_col(chart, step) < 0 || col <= taken)
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
        double base = chart_round(chart->from, false, true);
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

/* What the marks on the x axis say, where it is one thing: in the key behind the unit. */
static const char *mark_word(enum event_kind kind)
{
    switch (kind) {
    case EVENT_VANISHED:
    case EVENT_VANISHED_INSIDE:
    case EVENT_VANISHED_HALF:
        return "vanished";
    case EVENT_EXPLODED:
        return "exploded";
    case EVENT_DIVERGED:
        return "diverged";
    default:
        return "see 8 log";
    }
}

static void draw_key(struct canvas *canvas, const struct layout_plot *layout,
                     const struct chart *chart, uint32_t mark, const char *word)
{
    const struct rect area = layout->x_axis;
    const char *unit =
        chart->look->log_x && layout->margin.cols >= BRIEFS_FROM ? "steps, log" : "steps";
    const int col = layout->field.col - area.col + layout->field.cols + unit_gap(layout) +
                    canvas_columns(unit) + KEY_GAP;
    if (col + 2 + canvas_columns(word) > area.cols)
        return;
    canvas_put(canvas, area.row, area.col + col, mark, ROLE_DIM);
    canvas_text(canvas, area, 0, col + 2, ROLE_DIM, word);
}

/* A mark on the x axis where something went wrong in a stack, beside the numbers; and what it is.
 */
static void draw_events(struct canvas *canvas, const struct layout_plot *layout,
                        const struct chart *chart)
{
    const struct scene *scene = chart->scene;
    const struct rect area = layout->x_axis;
    const uint32_t line = scene->terminal.ascii ? '-' : 0x2500,
                   mark = scene->terminal.ascii ? '^' : 0x25B4;
    const char *word = NULL;
    for (int i = 0; i < scene_events(scene) && area.rows > 0; i++) {
        const struct event *event = &scene->data.events->event[i];
        int col = layout->field.col + chart_col(chart, (double)event->step);
        bool bad = event_table[event->kind].tone == TONE_BAD && event->side >= 0;
        if (!bad || col < layout->field.col)
            continue;
        uint32_t there = canvas->cells[area.row * canvas->cols + col].glyph;
        if (there != line && there != mark)
            continue;
        canvas_put(canvas, area.row, col, mark, scene_accent[event->side]);
        const char *its = mark_word(event->kind);
        word = !word || strcmp(word, its) == 0 ? its : mark_word(EVENT_KINDS);
    }
    if (word)
        draw_key(canvas, layout, chart, mark, word);
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

/* Columns of a value in the legend. */
static int value_cols(enum quantity quantity)
{
    return quantity == QUANTITY_RATIO ? 9 : quantity_table[quantity].axis == AXIS_DECADES ? 7 : 5;
}

void curves_number(char out[TEXT_NUMBER], enum quantity quantity, double value)
{
    if (quantity == QUANTITY_RATIO)
        text_ratio(out, value);
    else if (quantity_table[quantity].axis == AXIS_DECADES)
        text_scientific(out, value, 2);
    else
        text_loss(out, value);
}

static void legend_value(const struct chart *chart, enum side side, char out[TEXT_NUMBER])
{
    const struct curves_look *look = chart->look;
    const struct snapshot *moment = scene_moment(chart->scene, side);
    if (moment->fault.place != FAULT_NONE)
        snprintf(out, TEXT_NUMBER, "nan");
    else if (look->quantity == QUANTITY_LOSS && look->smoothing == smoothed_past)
        text_loss(out, snapshot_scalar(moment, QUANTITY_SMOOTH_LOSS)); /* also between points */
    else
        curves_number(out, look->quantity, chart_line_at(chart, side, moment->step));
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

static bool has_held_out(const struct chart *chart)
{
    const struct history *history = chart->scene->data.history;
    return chart->look->quantity == QUANTITY_LOSS &&
           (isfinite(history->sums[LEFT].held_out) || isfinite(history->sums[RIGHT].held_out));
}

/* What the diamonds are, where there is room for it beside the title. */
static int draw_held_out_key(struct canvas *canvas, struct rect area, int end, bool ascii)
{
    if (end < HELD_OUT_FROM)
        return end;
    end = canvas_print_right(canvas, area, 0, end, ROLE_DIM, "held out") - 1;
    end = canvas_print_right(canvas, area, 0, end, ROLE_RIGHT, ascii ? "w" : "◇");
    return canvas_print_right(canvas, area, 0, end, ROLE_LEFT, ascii ? "v" : "◆");
}

/* The title of the plot, and the curves' looks, names and values at its right end. */
static void draw_legend(struct canvas *canvas, struct rect area, const struct chart *chart)
{
    const struct scene *scene = chart->scene;
    const struct curves_look *look = chart->look;
    static const char *const swatch[SIDES][2] = {[LEFT] = {"━━━", "***"}, [RIGHT] = {"━ ━", "o o"}};
    const int cols = value_cols(look->quantity);
    int end = area.cols, between = end >= 100 ? 4 : 2;
    char name[SIDES][TEXT_TITLE], text[TEXT_NUMBER];
    int needed = between + 1;
    for (enum side side = LEFT; side < SIDES; side++) {
        if (!scene_has(scene, side))
            continue;
        legend_name(scene, side, area.cols, cols, name[side]);
        needed += canvas_columns(name[side]) + cols + 1 + SWATCH_COLS + 1;
    }
    for (int i = SIDES - 1; i >= 0; i--) {
        enum side side = (enum side)i;
        bool bad = scene_moment(scene, side)->fault.place != FAULT_NONE;
        if (!scene_has(scene, side))
            continue;
        legend_value(chart, side, text);
        canvas_print_right(canvas, area, 0, end, bad ? ROLE_BAD : ROLE_TEXT, "%s", text);
        end -= cols + 1;
        end = canvas_print_right(canvas, area, 0, end, scene_accent[side], "%s", name[side]);
        if (needed <= area.cols)
            end = canvas_print_right(canvas, area, 0, end - 1, scene_accent[side], "%s",
                                     swatch[side][scene->terminal.ascii]);
        end -= between;
    }
    if (has_held_out(chart))
        end = draw_held_out_key(canvas, area, end, scene->terminal.ascii) - between;
    if (chart_has_ghosts(scene))
        end = draw_ghost_key(canvas, area, end, scene->terminal.ascii) - between;
    if (scene_lacks(scene, look->quantity))
        end = canvas_print_right(canvas, area, 0, end, ROLE_WARN, "%s", scene_not_there) - between;
    canvas_fit(canvas, area, 0, end, ROLE_TITLE, quantity_table[look->quantity].title);
}

/* The first of RACE_ROWS rows that are free, with a blank row around them where there is room; -1:
 * there are none. */
static int race_row(const struct chart_reference reference[CHART_REFERENCES],
                    const int taken[CHART_REFERENCES], int rows)
{
    for (int around = 1; around >= 0; around--)
        for (int row = around; row + RACE_ROWS + around <= rows; row++) {
            bool room = true;
            for (int i = 0; i < CHART_REFERENCES; i++)
                room = room && (note_row(reference, taken, i) < row - around ||
                                taken[i] >= row + RACE_ROWS + around);
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

/* The race beside the curves of the loss, in rows of the margin that reference lines leave free. */
static void draw_race(struct canvas *canvas, struct rect margin, const struct chart *chart)
{
    const struct race race = scene_race(chart->scene);
    struct chart_reference reference[CHART_REFERENCES];
    int rows[CHART_REFERENCES];
    chart_references(chart, reference);
    reference_rows(chart, reference, rows);
    int row = race_row(reference, rows, margin.rows);
    if (race.level < 0 || row < 0 || margin.cols < NAMES_FROM)
        return;
    canvas_print(canvas, margin, row, 1, ROLE_TEXT, "first to loss %.2f", race.loss);
    for (int i = 0; i < SIDES; i++) {
        enum side side = i == 0 ? race.first : race.first == LEFT ? RIGHT : LEFT;
        struct rect line = {margin.row + row + 1 + i, margin.col, 1, margin.cols};
        draw_racer(canvas, line, chart->scene, &race, side);
    }
}

/* ---- the learning rate ---- */

bool curves_rate_varies(const struct scene *scene)
{
    const struct history *history = scene->data.history;
    const struct settings *settings = scene->data.settings;
    if (settings_warmup(settings) > 0 || settings->schedule != SCHEDULE_CONSTANT)
        return true;
    for (int i = 0; i < history->count; i++) {
        const double rate = chart_rate(scene, history_step(history, i));
        if (isfinite(rate) && (float)rate != (float)settings->lr)
            return true;
    }
    return false;
}

static void draw_strip(struct canvas *canvas, const struct layout_plot *layout,
                       const struct chart *chart)
{
    struct rect area = layout->strip;
    if (area.rows == 0)
        return;
    const struct scene *scene = chart->scene;
    int64_t newest = history_newest(scene->data.history), now = scene_step(scene);
    double full = 1 - 0.125 / area.rows; /* an eighth of a row stays free below the x axis */
    double most = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int col = 0; col < area.cols; col++) {
            int64_t step = (int64_t)ceil(chart_step_at(chart, col * PLOT_DOTS_X + 1));
            double rate = chart_rate(scene, step > 1 ? step : 1);
            if (pass == 0)
                most = fmax(most, rate); /* fmax passes over a NAN */
            else if (most > 0 && isfinite(rate))
                plot_column(canvas, area, col, full * rate / most, scene->terminal.ascii,
                            step <= newest ? ROLE_AXIS : ROLE_GRID);
        }
    }
    char text[TEXT_NUMBER];
    text_scientific(text, chart_rate(scene, now > 0 ? now : 1), 2);
    int row = area.rows - 1;
    canvas_text(canvas, layout->strip_name, row, layout->strip_name.cols - 2, ROLE_DIM, "lr");
    if (layout->strip_value.cols >= canvas_columns(text) + 1)
        canvas_text(canvas, layout->strip_value, row, 1, ROLE_REFERENCE, text);
}

struct curves_look curves_loss(const struct scene *scene)
{
    struct curves_look look = {.quantity = QUANTITY_LOSS, .smoothing = smoothed_past, .from = -1};
    look.limits[QUANTITY_LOSS] = scene->look.curves.limits[QUANTITY_LOSS];
    return look;
}

void curves_draw(struct canvas *canvas, const struct layout_plot *layout, const struct scene *scene,
                 const struct curves_look *look, bool race)
{
    struct rect area = layout->field;
    struct chart chart = chart_open(scene, look, area.rows, area.cols);
    struct plot plot;
    plot_open(&plot, area.rows, area.cols);
    add_curves(&plot, &chart);
    draw_references(canvas, layout, &plot, &chart);
    draw_y_axis(canvas, layout->y_axis, &chart);
    draw_x_axis(canvas, layout, &chart);
    draw_events(canvas, layout, &chart);
    plot_paint(&plot, canvas, area, scene->terminal.ascii);
    draw_marks(canvas, area, &plot, &chart);
    draw_overlay_names(canvas, area, &plot, &chart);
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
    const int64_t newest = history_newest(scene->data.history);
    if (newest == 0 || (!rect_has(layout->field, row, col) && !rect_has(layout->strip, row, col)))
        return;
    chart_range(scene, look, &chart.from, &chart.to);
    /* the middle of the cell's dots */
    int64_t step = llrint(chart_step_at(&chart, (col - layout->field.col) * PLOT_DOTS_X + 0.5));
    step = step < 1 ? 1 : step > newest ? newest : step;
    *hit = (struct hit){.kind = HIT_STEP, .step = step};
}
