/* The overview: a bar panel for each stack, and the loss curves below. */
#include "views/view.h"
#include "screen/layout.h"
#include "screen/plot.h"
#include "screen/text.h"
#include "views/bars.h"
#include "views/curves.h"
#include "views/panel.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

enum {
    PANEL_WIDE = 30, /* from here on there is room for the names of the numbers */
    RATIO_COLS = 9,  /* "1/840,000"; words are longer */
    FACTOR_COLS = 6  /* "×0.052" */
};

/* Which gradient the bars show, and the head of the factors; where there is no room for it at the
 * axis, also what is left out. */
static void draw_head(struct canvas *canvas, const struct layout_panel *panel,
                      const struct scene *scene, const struct bars *bars,
                      const struct bars_shown *shown)
{
    int end = panel->head.cols;
    char text[SCENE_GRADIENT_TEXTS][SCENE_GRADIENT_TEXT];
    char out[TEXT_TITLE], from[TEXT_TITLE] = "", brief[TEXT_TITLE] = "gradient";
    bars_left_out(out, bars, shown);
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

/* The bars, their values, and the factors from row to row. */
static void draw_bars(struct canvas *canvas, const struct layout_panel *panel,
                      const struct scene *scene, enum side side, const struct bars *bars,
                      const struct bars_shown *shown)
{
    enum role word = bars->stale > 0 ? ROLE_DIM : ROLE_TEXT;
    bars_draw(canvas, panel->label, panel->bar, scene, side, shown);
    for (int i = 0; i < shown->count; i++) {
        int index = shown->index[i], middle = bars_middle(shown, panel->bar.rows, i);
        if (!bars->value) {
            canvas_print_right(canvas, panel->value, middle, panel->value.cols, ROLE_DIM, "--");
            continue;
        }
        double value = bars->value[index];
        char text[TEXT_NUMBER];
        text_scientific(text, value, 1);
        canvas_print_right(canvas, panel->value, middle, panel->value.cols, word, "%s", text);
        if (i + 1 == shown->count && index + 1 == bars->count)
            continue;
        /* Between rows with others left out the mean factor per block, so that it means the same.
         */
        int above = i + 1 < shown->count ? shown->index[i + 1] : index + 1;
        double factor = pow(value / bars->value[above], 1.0 / (above - index));
        text_factor(text, factor, scene->terminal.ascii);
        canvas_print(canvas, panel->factor, middle, 0, ROLE_DIM, "%s", text);
    }
}

/* The axis, and at its right end what is left out. */
static void draw_axis(struct canvas *canvas, const struct layout_panel *panel,
                      const struct scene *scene, const struct bars *bars,
                      const struct bars_shown *shown)
{
    plot_log_axis(canvas, panel->axis, panel->bar, &scene->look.bars.axis, scene->terminal.ascii);
    char out[TEXT_TITLE];
    bars_left_out(out, bars, shown);
    if (panel->factor.cols > 0)
        canvas_print_right(canvas, panel->axis, 0, panel->axis.cols, ROLE_WARN, "%s", out);
}

/* The first over the last, and the mean factor from block to block. */
static void draw_ratio(struct canvas *canvas, struct rect area, const struct scene *scene,
                       enum side side, const struct bars *bars)
{
    double ratio = bars_ratio(bars);
    bool stream = scene->look.bars.gradient == GRADIENT_STREAM;
    int last = bars->count - 1 + bars->first;
    char text[TEXT_NUMBER], factor[TEXT_NUMBER];
    if (area.cols < PANEL_WIDE)
        text_ratio(text, ratio);
    else
        text_ratio_words(text, ratio);
    text_factor(factor, bars->count > 1 ? pow(ratio, 1.0 / (bars->count - 1)) : NAN,
                scene->terminal.ascii);
    bool narrow = area.cols < PANEL_WIDE;
    int col = canvas_print(canvas, area, 0, 0, ROLE_DIM, stream ? "x_0/x_%d" : "b1/b%d", last);
    col += narrow ? 1 : 2;
    const int end =
        canvas_text(canvas, area, 0, col, bars->stale > 0 ? ROLE_DIM : scene_accent[side], text);
    if (narrow)
        return;
    enum role role = bars->stale > 0 ? ROLE_DIM : ROLE_TEXT;
    col = (end < col + RATIO_COLS ? col + RATIO_COLS : end) + 1;
    canvas_print_right(canvas, area, 0, col + FACTOR_COLS, role, "%s", factor);
    canvas_fit(canvas, area, col + FACTOR_COLS + 1, area.cols, ROLE_DIM,
               (const char *const[]){"per block, on the way down", "per block", NULL});
}

static void draw_panel(struct canvas *canvas, const struct layout_panel *panel,
                       const struct scene *scene, enum side side)
{
    struct bars bars = bars_of(scene, side);
    const struct bars_shown shown =
        bars_choose(bars.count, panel->bar.rows, scene->look.bars.scroll, false);
    panel_titles(canvas, panel->title, panel->state, scene, side);
    draw_head(canvas, panel, scene, &bars, &shown);
    draw_bars(canvas, panel, scene, side, &bars, &shown);
    draw_axis(canvas, panel, scene, &bars, &shown);
    draw_ratio(canvas, panel->ratio, scene, side, &bars);
}

static void hit_at(struct rect area, const struct scene *scene, int row, int col, struct hit *hit)
{
    const struct layout_overview layout =
        layout_overview(area, curves_rate_varies(scene), scene_only(scene));
    const struct curves_look loss = curves_loss(scene);
    for (enum side side = LEFT; side < SIDES; side++) {
        const struct rect bar = layout.panel[side].bar;
        const struct rect title = layout.panel[side].title;
        const struct rect rows = {bar.row, title.col, bar.rows, title.cols};
        const struct bars bars = bars_of(scene, side);
        const struct bars_shown shown =
            bars_choose(bars.count, bar.rows, scene->look.bars.scroll, false);
        int at = rect_has(rows, row, col) ? bars_at(&shown, bar.rows, row - bar.row) : -1;
        if (at >= 0)
            *hit = (struct hit){.kind = HIT_LAYER, .block = bars_block(&bars, shown.index[at])};
    }
    curves_hit(&layout.plot, scene, &loss, row, col, hit);
}

static void draw(struct canvas *canvas, struct rect area, const struct scene *scene)
{
    struct layout_overview layout =
        layout_overview(area, curves_rate_varies(scene), scene_only(scene));
    for (enum side side = LEFT; side < SIDES; side++)
        if (scene_has(scene, side))
            draw_panel(canvas, &layout.panel[side], scene, side);
    const struct curves_look loss = curves_loss(scene);
    curves_draw(canvas, &layout.plot, scene, &loss, true);
}

static int scroll_max(const struct scene *scene, struct rect area)
{
    const struct layout_overview layout =
        layout_overview(area, curves_rate_varies(scene), scene_only(scene));
    int count, first;
    scene_layers(scene, SIDES, &count, &first);
    return bars_scroll_max(count, layout.panel[scene_first(scene)].bar.rows);
}

static void scroll(struct scene *scene, int up, struct rect area, struct answer *answer)
{
    bars_scroll(scene, up, scroll_max(scene, area), answer);
}

/* ---- the row ---- */

static const enum action keys[] = {
    ACTION_PAUSE,     ACTION_WARMUP_LONGER, ACTION_RESTART,   ACTION_LR_UP,  ACTION_DEEPER,
    ACTION_SCROLL_UP, ACTION_GRADIENT,      ACTION_NEXT_VIEW, ACTION_BACK,   ACTION_COMMAND,
    ACTION_FASTER,    ACTION_NORM,          ACTION_STEP,      ACTION_EXPORT, ACTION_PROJECTOR,
    ACTION_THEME,     ACTION_HIDE,          ACTIONS};
static const enum action paused[] = {ACTION_PAUSE,     ACTION_STEP,     ACTION_WARMUP_LONGER,
                                     ACTION_RESTART,   ACTION_LR_UP,    ACTION_DEEPER,
                                     ACTION_SCROLL_UP, ACTION_GRADIENT, ACTION_NEXT_VIEW,
                                     ACTION_BACK,      ACTION_COMMAND,  ACTION_EXPORT,
                                     ACTION_NORM,      ACTION_FASTER,   ACTION_PROJECTOR,
                                     ACTION_THEME,     ACTION_HIDE,     ACTIONS};

const struct view_row view_overview = {
    .key = '1',
    .summary = "the gradient per layer as bars, and the loss",
    .draw = draw,
    .hit = hit_at,
    .act = {[ACT_SCROLL] = scroll},
    .scroll_max = scroll_max,
    .up = "layers",
    .keys = keys,
    .paused = paused,
};
