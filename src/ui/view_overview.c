/* The overview: a bar panel for each stack, and the loss curves below. */
#include "ui/curves.h"
#include "ui/layout.h"
#include "ui/panel.h"
#include "ui/plot.h"
#include "ui/text.h"
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
    FACTOR_COLS = 6  /* "×0.052" */
};

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

static struct bars bars_of(const struct scene *scene, enum side side)
{
    struct bars bars = {0};
    const struct moment moment = scene_finite_moment(scene, side);
    bars.value = scene_gradient(scene, &moment, &bars.count, &bars.first);
    if (moment.step < scene_step(scene))
        bars.stale = moment.step;
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

/* Which gradient the bars show, and the head of the factors; where there is no room for it at the
 * axis, also what is left out. */
static void draw_head(struct canvas *canvas, const struct layout_panel *panel,
                      const struct scene *scene, const struct bars *bars, const struct shown *shown)
{
    int end = panel->head.cols;
    char text[SCENE_GRADIENT_TEXTS][SCENE_GRADIENT_TEXT];
    char out[TEXT_TITLE], from[TEXT_TITLE] = "", brief[TEXT_TITLE] = "gradient";
    left_out(out, bars, shown);
    if (panel->factor.cols > 0)
        end = canvas_print_right(canvas, panel->head, 0, end, ROLE_DIM, "factor") - 1;
    else if (out[0])
        end = canvas_print_right(canvas, panel->head, 0, end, ROLE_WARN, "%s", out) - 1;
    if (bars->stale > 0) {
        snprintf(from, sizeof from, " kept from step %" PRId64, bars->stale);
        snprintf(brief, sizeof brief, "step %" PRId64, bars->stale);
    }
    scene_gradient_texts(scene, from, text);
    canvas_fit(canvas, panel->head, 0, end, bars->stale > 0 ? ROLE_WARN : ROLE_TEXT,
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
                           : side == RIGHT && scene_is_mono(scene) ? TEXTURE_SHADE
                                                                   : TEXTURE_FULL;
    enum role role = bars->stale > 0 ? scene_accent_dim[side] : scene_accent[side];
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
    canvas_text(canvas, area, 0, col, bars->stale > 0 ? ROLE_DIM : scene_accent[side], text);
    if (narrow)
        return;
    enum role role = bars->stale > 0 ? ROLE_DIM : ROLE_TEXT;
    col += RATIO_COLS + 1;
    canvas_print_right(canvas, area, 0, col + FACTOR_COLS, role, "%s", factor);
    canvas_fit(canvas, area, col + FACTOR_COLS + 1, area.cols, ROLE_DIM,
               (const char *const[]){"per block, on the way down", "per block", NULL});
}

static void draw_panel(struct canvas *canvas, const struct layout_panel *panel,
                       const struct scene *scene, enum side side)
{
    struct bars bars = bars_of(scene, side);
    struct shown shown;
    choose(bars.count, panel->bar.rows, scene->bar_scroll, &shown);
    panel_titles(canvas, panel->title, panel->state, scene, side);
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
    const struct curves_look loss = {.smoothing = history_smoothing, .from = -1};
    curves_draw(canvas, &layout.plot, scene, &loss, true);
}
