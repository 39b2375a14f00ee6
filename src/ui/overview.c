/* The overview: a bar panel for each stack, and the loss curves (curves.c) below. */
#include "ui/overview.h"

#include "ui/plot.h"
#include "ui/text.h"
#include "ui/theme.h"
#include "ui/views.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    BARS_MAX = LAYERS_MAX + 1,
    THICK_MAX = 3,
    PANEL_WIDE = 30, /* from here on there is room for the names of the numbers */
    RATIO_COLS = 8,  /* "1/2.3e6" */
    FACTOR_COLS = 6, /* "×0.052" */
    LOSS_COLS = 5,
    STEP_DIGITS = 4 /* room is kept for so many */
};

/* A stack counts as being at the no-context level while its smoothed loss is within this part of
 * the unigram entropy. */
static const double level_width = 0.03;

/* Where a loss stands with respect to the unigram entropy. */
enum level { LEVEL_UNKNOWN, LEVEL_ABOVE, LEVEL_AT, LEVEL_BELOW };

static const enum role accent[SIDES] = {[LEFT] = ROLE_LEFT, [RIGHT] = ROLE_RIGHT};
static const enum role accent_dim[SIDES] = {[LEFT] = ROLE_LEFT_DIM, [RIGHT] = ROLE_RIGHT_DIM};

/* The values of one stack's bars, from the bottom up. */
struct bars {
    int count;
    int first;          /* the number of the lowest: x_0, or block 1 */
    const float *value; /* [count]; NULL: nothing measured yet */
    int64_t stale;      /* the step they are kept from; 0: they are of the last step */
};

/* Which of them have a row. */
struct shown {
    int count;
    int index[BARS_MAX]; /* from the bottom up */
    int stride;          /* from row to row */
};

static bool diverged(const struct scene *scene, enum side side)
{
    return scene->history->last[side].fault.place != FAULT_NONE;
}

static struct bars bars_of(const struct scene *scene, enum side side)
{
    bool stream = scene->gradient == GRADIENT_STREAM;
    int layers = scene->settings->layers;
    struct bars bars = {.count = layers + (stream ? 1 : 0), .first = stream ? 0 : 1};
    const struct snapshot *last = &scene->history->last[side];
    if (!last->finite) {
        last = &scene->history->last_finite[side];
        bars.stale = last->step;
    }
    if (last->step == 0 || last->layers != layers || (!stream && scene->tensor >= last->tensors))
        return bars;
    bars.value = stream ? last->stream_grad : last->tensor[scene->tensor].grad;
    return bars;
}

void view_bar_range(const struct scene *scene, double *least, double *most)
{
    *least = *most = NAN;
    for (enum side side = LEFT; side < SIDES; side++) {
        struct bars bars = bars_of(scene, side);
        for (int i = 0; bars.value && i < bars.count; i++) {
            double value = bars.value[i];
            if (!isfinite(value) || value <= 0)
                continue;
            *least = fmin(*least, value); /* fmin passes over a NAN */
            *most = fmax(*most, value);
        }
    }
}

/* All bars where there are rows enough; otherwise every k-th with both ends, or, scrolled, a window
 * of neighbours. */
static void choose(int count, int rows, int scroll, struct shown *shown)
{
    shown->count = 0;
    shown->stride = 1;
    int from = 0;
    if (count > rows && scroll > 0)
        from = scroll - 1 < count - rows ? scroll - 1 : count - rows;
    else if (count > rows)
        shown->stride = (count - 1 + rows - 2) / (rows - 1);
    for (int i = from; i < count - 1 && shown->count < rows; i += shown->stride)
        shown->index[shown->count++] = i;
    if (shown->count < rows && (shown->count == 0 || shown->index[shown->count - 1] < count - 1))
        shown->index[shown->count++] = count - 1;
}

int view_bar_scroll_max(const struct scene *scene, int rows, int columns)
{
    struct layout_screen screen = layout_screen(rows, columns);
    if (screen.too_small)
        return 0;
    int fit = layout_overview(screen.body).panel[LEFT].bar.rows;
    int count = bars_of(scene, LEFT).count;
    return count > fit ? count - fit + 1 : 0;
}

bool overview_mono(const struct scene *scene)
{
    return scene->mono || scene->settings->theme == THEME_MONO;
}

void overview_title(const struct scene *scene, enum side side, char *out, size_t size)
{
    const struct settings *settings = scene->settings;
    char title[TEXT_TITLE];
    text_title(title, settings->placement[side], settings->norm);
    bool same = settings->placement[LEFT] == settings->placement[RIGHT];
    snprintf(out, size, "%s%s", !same ? "" : side == LEFT ? "left " : "right ", title);
}

/* Writes the first of the variants, from long to short and ended by NULL, that fits between `col`
 * and `end`; nothing when none does. `growth` is by how much they may still get longer: with it the
 * wording stays while a number in it grows. */
static void fit_growing(struct canvas *canvas, struct rect area, int col, int end, enum role role,
                        int growth, const char *const variants[])
{
    for (int i = 0; variants[i]; i++)
        if (canvas_columns(variants[i]) + growth <= end - col) {
            canvas_text(canvas, area, 0, col, role, variants[i]);
            return;
        }
}

static void fit_text(struct canvas *canvas, struct rect area, int col, int end, enum role role,
                     const char *const variants[])
{
    fit_growing(canvas, area, col, end, role, 0, variants);
}

static enum level level_of(double loss, double unigram_entropy)
{
    double relative = loss / unigram_entropy - 1;
    if (!isfinite(relative))
        return LEVEL_UNKNOWN;
    return relative > level_width ? LEVEL_ABOVE : relative < -level_width ? LEVEL_BELOW : LEVEL_AT;
}

/* For how many steps the smoothed loss has been at the no-context level. */
static int64_t steps_at_level(const struct scene *scene, enum side side)
{
    const struct history *history = scene->history;
    int i = history->count;
    while (i > 0 && level_of(history_at(history, side, i - 1)->smooth,
                             scene->task->unigram_entropy) == LEVEL_AT)
        i--;
    return history->last[side].step - (i > 0 ? history_step(history, i - 1) : 0);
}

static void fault_texts(const struct fault *fault, char place[TEXT_TITLE], char brief[TEXT_TITLE])
{
    switch (fault->place) {
    case FAULT_STREAM:
        snprintf(place, TEXT_TITLE, "x_%d", fault->layer);
        break;
    case FAULT_GRADIENT:
        snprintf(place, TEXT_TITLE, "gradient of x_%d", fault->layer);
        break;
    case FAULT_PARAMETER:
        if (fault->layer > 0)
            snprintf(place, TEXT_TITLE, "gradient in block %d", fault->layer);
        else
            snprintf(place, TEXT_TITLE, "gradient outside the blocks");
        break;
    case FAULT_LOSS:
    case FAULT_NONE:
        snprintf(place, TEXT_TITLE, "loss");
        break;
    }
    bool gradient = fault->place == FAULT_GRADIENT || fault->place == FAULT_PARAMETER;
    if (gradient)
        snprintf(brief, TEXT_TITLE, "gradient");
    else
        snprintf(brief, TEXT_TITLE, "%s", place);
}

/* What the stack is doing, in columns [0, end) of the area. */
static void draw_state(struct canvas *canvas, struct rect area, int col, int end,
                       const struct scene *scene, enum side side)
{
    const struct snapshot *last = &scene->history->last[side];
    if (last->step == 0) {
        fit_text(canvas, area, col, end, ROLE_DIM, (const char *const[]){"not started", NULL});
        return;
    }
    if (diverged(scene, side)) {
        char place[TEXT_TITLE], brief[TEXT_TITLE], text[4][96];
        fault_texts(&last->fault, place, brief);
        snprintf(text[0], sizeof text[0], "diverged at step %" PRId64 ": %s", last->fault.step,
                 place);
        snprintf(text[1], sizeof text[1], "diverged at step %" PRId64 ": %s", last->fault.step,
                 brief);
        snprintf(text[2], sizeof text[2], "diverged at step %" PRId64, last->fault.step);
        snprintf(text[3], sizeof text[3], "diverged %" PRId64, last->fault.step);
        fit_text(canvas, area, col, end, ROLE_BAD,
                 (const char *const[]){text[0], text[1], text[2], text[3], "diverged", NULL});
        return;
    }
    switch (level_of(history_smooth(scene->history, side), scene->task->unigram_entropy)) {
    case LEVEL_ABOVE:
        fit_text(canvas, area, col, end, ROLE_DIM,
                 (const char *const[]){"above no-context level", "above no context", NULL});
        break;
    case LEVEL_BELOW:
        fit_text(canvas, area, col, end, ROLE_GOOD, (const char *const[]){"learning", NULL});
        break;
    case LEVEL_AT: {
        char text[2][64], brief[64];
        int64_t steps = steps_at_level(scene, side);
        int growth = STEP_DIGITS - snprintf(brief, sizeof brief, "%" PRId64, steps);
        snprintf(text[0], sizeof text[0], "at no-context level for %" PRId64 " steps", steps);
        snprintf(text[1], sizeof text[1], "no context for %" PRId64 " steps", steps);
        fit_growing(canvas, area, col, end, ROLE_WARN, growth > 0 ? growth : 0,
                    (const char *const[]){text[0], text[1], "no context", NULL});
        break;
    }
    case LEVEL_UNKNOWN:
        break;
    }
}

/* Title line and state line. */
static void draw_titles(struct canvas *canvas, const struct layout_panel *panel,
                        const struct scene *scene, enum side side)
{
    const struct history *history = scene->history;
    bool bad = diverged(scene, side);
    char title[TEXT_TITLE], formula[TEXT_TITLE], brief[TEXT_TITLE];
    char loss[TEXT_NUMBER], raw[TEXT_NUMBER];
    int end = panel->title.cols;
    overview_title(scene, side, title, sizeof title);
    text_formula(formula, scene->settings->placement[side], scene->settings->norm);
    snprintf(brief, sizeof brief, "%s", formula);
    text_loss(loss, bad ? NAN : history_smooth(history, side));
    text_loss(raw, history->last[side].step > 0 ? history->last[side].loss : NAN);

    int right = canvas_print_right(canvas, panel->title, 0, end, bad ? ROLE_BAD : ROLE_TITLE, "%5s",
                                   bad ? "nan" : loss);
    if (end >= PANEL_WIDE)
        right = canvas_text(canvas, panel->title, 0, end - 10, ROLE_DIM, "loss") - 4;
    struct rect words = panel->title;
    words.cols = right - 1;
    int col = canvas_text(canvas, words, 0, 0, accent[side], title) + 2;
    brief[strcspn(brief, ",")] = '\0'; /* what follows is about single blocks, or the end */
    if (panel->state.rows > 0)
        fit_text(canvas, words, col, words.cols, ROLE_TEXT,
                 (const char *const[]){formula, brief, NULL});
    else
        draw_state(canvas, words, col - 1, words.cols, scene, side);
    if (panel->state.rows == 0)
        return;
    right = end;
    if (!bad && end >= PANEL_WIDE) {
        canvas_print_right(canvas, panel->state, 0, end, ROLE_DIM, "raw  %5s", raw);
        right = end - 10;
        if (end >= 56 && isfinite(history->valid[side])) {
            char valid[TEXT_NUMBER];
            text_loss(valid, history->valid[side]);
            canvas_print_right(canvas, panel->state, 0, right - 2, ROLE_DIM, "held out  %5s",
                               valid);
            right -= 18;
        }
    }
    draw_state(canvas, panel->state, 0, right - 1, scene, side);
}

/* What is left out of the rows: "1 in 8", "x_3..x_9"; "" where nothing is. */
static void left_out(char out[TEXT_TITLE], const struct bars *bars, const struct shown *shown)
{
    out[0] = '\0';
    if (shown->count == bars->count)
        return;
    int first = shown->index[0] + bars->first;
    int last = shown->index[shown->count - 1] + bars->first;
    if (shown->stride > 1)
        snprintf(out, TEXT_TITLE, "1 in %d", shown->stride);
    else
        snprintf(out, TEXT_TITLE, "%d-%d of %d", first, last, bars->count - 1 + bars->first);
}

/* The names of the gradient, from long to short; `from` is "" or says which step it is of. */
static void gradient_texts(char text[4][96], const struct scene *scene, const char *from)
{
    const char *bar = scene->ascii ? "|" : "‖";
    if (scene->gradient == GRADIENT_STREAM) {
        snprintf(text[0], 96, "stream gradient %sdLoss/dx_l%s%s", bar, bar,
                 from[0] ? from : ", L2 over the batch");
        snprintf(text[1], 96, "stream gradient %sdLoss/dx_l%s%s", bar, bar, from);
        snprintf(text[2], 96, "%sdLoss/dx_l%s%s", bar, bar, from);
        snprintf(text[3], 96, "stream gradient%s", from);
        return;
    }
    const struct snapshot *last = &scene->history->last[LEFT];
    const char *name = scene->tensor < last->tensors ? last->tensor[scene->tensor].name : "W";
    snprintf(text[0], 96, "parameter gradient %sdLoss/dW%s of %s%s", bar, bar, name, from);
    snprintf(text[1], 96, "%sdLoss/dW%s of %s%s", bar, bar, name, from);
    snprintf(text[2], 96, "%s%s", name, from);
    snprintf(text[3], 96, "%s", name);
}

/* Which gradient the bars show, and the head of the factors; where there is no room for it at the
 * axis, also what is left out. */
static void draw_head(struct canvas *canvas, const struct layout_panel *panel,
                      const struct scene *scene, const struct bars *bars, const struct shown *shown)
{
    int end = panel->head.cols;
    char out[TEXT_TITLE], text[4][96], from[TEXT_TITLE] = "", brief[TEXT_TITLE] = "gradient";
    left_out(out, bars, shown);
    if (panel->factor.cols > 0)
        end = canvas_print_right(canvas, panel->head, 0, end, ROLE_DIM, "factor") - 1;
    else if (out[0])
        end = canvas_print_right(canvas, panel->head, 0, end, ROLE_WARN, "%s", out) - 1;
    if (bars->stale > 0) {
        snprintf(from, sizeof from, " kept from step %" PRId64, bars->stale);
        snprintf(brief, sizeof brief, "step %" PRId64, bars->stale);
    }
    gradient_texts(text, scene, from);
    fit_text(canvas, panel->head, 0, end, bars->stale > 0 ? ROLE_WARN : ROLE_TEXT,
             (const char *const[]){text[0], text[1], text[2], text[3],
                                   bars->stale > 0 ? from + 1 : brief, brief, NULL});
}

/* The rows of a bar: as many as go into the area with a blank row between, at most THICK_MAX. */
static int pitch(int bars, int rows, int *thick)
{
    *thick = 1;
    if (bars * 2 - 1 > rows)
        return 1;
    while (*thick < THICK_MAX && bars * (*thick + 2) - 1 <= rows)
        (*thick)++;
    return *thick + 1;
}

static struct rect rows_of(struct rect area, int row, int rows)
{
    return (struct rect){area.row + row, area.col, rows, area.cols};
}

static void draw_bars(struct canvas *canvas, const struct layout_panel *panel,
                      const struct scene *scene, enum side side, const struct bars *bars,
                      const struct shown *shown)
{
    enum texture texture = bars->stale > 0                         ? TEXTURE_STALE
                           : side == RIGHT && overview_mono(scene) ? TEXTURE_SHADE
                                                                   : TEXTURE_FULL;
    enum role role = bars->stale > 0 ? accent_dim[side] : accent[side];
    enum role word = bars->stale > 0 ? ROLE_DIM : ROLE_TEXT;
    int thick, step = pitch(shown->count, panel->bar.rows, &thick);
    plot_log_grid(canvas, panel->bar, &scene->axis, scene->ascii);
    for (int i = 0; i < shown->count; i++) {
        int index = shown->index[i], number = index + bars->first;
        int top = panel->bar.rows - i * step - thick, middle = top + thick / 2;
        const char *stem = scene->gradient == GRADIENT_STREAM ? number < 100 ? "x_" : "x" : "b";
        canvas_print(canvas, panel->label, middle, 0, ROLE_TEXT, "%s%d", stem, number);
        if (!bars->value) {
            canvas_print_right(canvas, panel->value, middle, panel->value.cols, ROLE_DIM, "--");
            continue;
        }
        double value = bars->value[index];
        char text[TEXT_NUMBER];
        text_scientific(text, value, 1);
        plot_bar(canvas, rows_of(panel->bar, top, thick), axis_fraction(&scene->axis, value),
                 texture, scene->ascii, role);
        canvas_print_right(canvas, panel->value, middle, panel->value.cols, word, "%s", text);
        if (i + 1 == shown->count && index + 1 == bars->count)
            continue;
        /* Between rows with others left out the mean factor per block, so that it means the same.
         */
        int above = i + 1 < shown->count ? shown->index[i + 1] : index + 1;
        double factor = pow(value / bars->value[above], 1.0 / (above - index));
        text_factor(text, factor, scene->ascii);
        canvas_print(canvas, panel->factor, middle, 0, ROLE_DIM, "%s", text);
    }
}

/* The axis, and at its right end what is left out. */
static void draw_axis(struct canvas *canvas, const struct layout_panel *panel,
                      const struct scene *scene, const struct bars *bars, const struct shown *shown)
{
    plot_log_axis(canvas, panel->axis, panel->bar, &scene->axis, scene->ascii);
    char out[TEXT_TITLE];
    left_out(out, bars, shown);
    if (panel->factor.cols > 0)
        canvas_print_right(canvas, panel->axis, 0, panel->axis.cols, ROLE_WARN, "%s", out);
}

/* The first over the last, and the mean factor from block to block. */
static void draw_ratio(struct canvas *canvas, struct rect area, const struct scene *scene,
                       enum side side, const struct bars *bars)
{
    double ratio = bars->value ? (double)bars->value[0] / bars->value[bars->count - 1] : NAN;
    bool stream = scene->gradient == GRADIENT_STREAM;
    int last = bars->count - 1 + bars->first;
    char text[TEXT_NUMBER], factor[TEXT_NUMBER];
    text_ratio(text, ratio);
    text_factor(factor, bars->count > 1 ? pow(ratio, 1.0 / (bars->count - 1)) : NAN, scene->ascii);
    bool narrow = area.cols < PANEL_WIDE;
    int col = canvas_print(canvas, area, 0, 0, ROLE_DIM, stream ? "x_0/x_%d" : "b1/b%d", last);
    col += narrow ? 1 : 2;
    canvas_text(canvas, area, 0, col, bars->stale > 0 ? ROLE_DIM : accent[side], text);
    if (narrow)
        return;
    enum role role = bars->stale > 0 ? ROLE_DIM : ROLE_TEXT;
    col += RATIO_COLS + 1;
    canvas_print_right(canvas, area, 0, col + FACTOR_COLS, role, "%s", factor);
    fit_text(canvas, area, col + FACTOR_COLS + 1, area.cols, ROLE_DIM,
             (const char *const[]){"per block, on the way down", "per block", NULL});
}

static void draw_panel(struct canvas *canvas, const struct layout_panel *panel,
                       const struct scene *scene, enum side side)
{
    struct bars bars = bars_of(scene, side);
    struct shown shown;
    choose(bars.count, panel->bar.rows, scene->bar_scroll, &shown);
    draw_titles(canvas, panel, scene, side);
    draw_head(canvas, panel, scene, &bars, &shown);
    draw_bars(canvas, panel, scene, side, &bars, &shown);
    draw_axis(canvas, panel, scene, &bars, &shown);
    draw_ratio(canvas, panel->ratio, scene, side, &bars);
}

void view_overview(struct canvas *canvas, struct rect area, const struct scene *scene)
{
    struct layout_overview layout = layout_overview(area);
    for (enum side side = LEFT; side < SIDES; side++)
        draw_panel(canvas, &layout.panel[side], scene, side);
    overview_curves(canvas, &layout, scene);
}
