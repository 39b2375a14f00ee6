/* The projector: of each stack its verdict in large letters, its loss and its ratio in large digits
 * over its bars; below them the step, and the loss curves. The loss has the largest digits. What it
 * leaves out is in the overview. */
#include "screen/digits.h"
#include "screen/layout.h"
#include "screen/plot.h"
#include "screen/text.h"
#include "views/bars.h"
#include "views/curves.h"
#include "views/panel.h"
#include "views/view.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Room is kept for numbers as long as these, so that the digits seldom change their size. */
static const char loss_kept[] = "2.345", ratio_kept[] = "1/3400", step_kept[] = "2345";

/* The text in the largest size in which both it and what is kept room for fit; a word behind the
 * number, "million", in small letters at its foot. */
static void draw_number(struct canvas *canvas, struct rect area, enum role role,
                        const struct scene *scene, const char *text, const char *kept)
{
    char number[TEXT_NUMBER];
    const char *word = strchr(text, ' ');
    snprintf(number, sizeof number, "%.*s", (int)strcspn(text, " "), text);
    int size = digits_fit(number, area.rows, area.cols);
    int calm = digits_fit(kept, area.rows, area.cols);
    size = size < calm ? size : calm;
    const int end = digits_draw(canvas, area, size, role, scene->terminal.ascii, number);
    const int foot = size == DIGITS_PLAIN ? area.rows / 2 : digits_rows(size) - 1;
    if (word)
        canvas_text(canvas, area, foot, end, role, word);
}

static void draw_name(struct canvas *canvas, struct rect area, const struct scene *scene,
                      enum side side, bool brief)
{
    char name[TEXT_TITLE];
    scene_title(scene, side, true, name);
    int col = canvas_text(canvas, area, 0, 0, scene_accent[side], name) + 2;
    int end = area.cols;
    if (col + (int)sizeof "loss" <= end)
        end = canvas_print_right(canvas, area, 0, end, ROLE_TEXT, "loss");
    panel_state(canvas, (struct rect){area.row, area.col + col, 1, end - 1 - col}, scene, side,
                brief);
}

/* What the ratio is of; and of the bars, from when they are, or what is left out. */
static void draw_word(struct canvas *canvas, struct rect area, const struct scene *scene,
                      const struct bars *bars, const struct bars_shown *shown)
{
    char ends[TEXT_TITLE], text[2][TEXT_TITLE + 32], left_out[TEXT_TITLE];
    bool stream = scene->look.bars.gradient == GRADIENT_STREAM;
    snprintf(ends, sizeof ends, stream ? "x_0/x_%d" : "b1/b%d", bars->count - 1 + bars->first);
    snprintf(text[0], sizeof text[0], "%s gradient, %s", stream ? "stream" : "parameter", ends);
    snprintf(text[1], sizeof text[1], "gradient, %s", ends);
    bars_left_out(left_out, bars, shown);
    if (bars->stale > 0)
        snprintf(left_out, sizeof left_out, "step %" PRId64, bars->stale);
    int end = area.cols;
    if (left_out[0])
        end = canvas_print_right(canvas, area, 0, end, ROLE_WARN, "%s", left_out) - 1;
    canvas_fit(canvas, area, 0, end, ROLE_TEXT,
               (const char *const[]){text[0], text[1], ends, NULL});
}

static void draw_panel(struct canvas *canvas, const struct layout_big *panel,
                       const struct scene *scene, enum side side)
{
    const struct bars bars = bars_of(scene, side);
    const struct snapshot *moment = scene_moment(scene, side);
    const struct bars_shown shown =
        bars_choose(bars.count, panel->bar.rows, scene->look.bars.scroll, true);
    const bool bad = moment->fault.place != FAULT_NONE;
    char text[TEXT_NUMBER];
    draw_name(canvas, panel->name, scene, side,
              panel_verdict(canvas, panel->verdict, scene, side) > 0);
    text_loss(text, snapshot_scalar(moment, QUANTITY_SMOOTH_LOSS));
    draw_number(canvas, panel->loss, bad ? ROLE_BAD : scene_accent[side], scene, bad ? "nan" : text,
                loss_kept);
    draw_word(canvas, panel->word, scene, &bars, &shown);
    text_ratio_words(text, bars_ratio(&bars));
    draw_number(canvas, panel->ratio, bars.stale > 0 ? scene_accent_dim[side] : scene_accent[side],
                scene, text, ratio_kept);
    bars_draw(canvas, panel->label, panel->bar, scene, side, &shown);
    plot_log_axis(canvas, panel->axis, panel->bar, &scene->look.bars.axis, scene->terminal.ascii);
}

/* Running or not, and what else must not be missed; with `step` also that, in small letters. */
static void draw_state(struct canvas *canvas, struct rect area, const struct scene *scene,
                       bool step)
{
    enum role role = scene->data.running && scene->look.cursor == 0 ? ROLE_GOOD : ROLE_WARN;
    int col = canvas_text(canvas, area, 0, 0, role,
                          scene->look.cursor > 0 ? "PAST"
                          : scene->data.ended    ? "ENDED"
                          : scene->data.running  ? "RUNNING"
                                                 : "PAUSED");
    if (scene->recording)
        col = canvas_text(canvas, area, 0, col + 2, ROLE_BAD,
                          scene->terminal.ascii ? "* REC" : "● REC");
    col += 2;
    if (step)
        canvas_print(canvas, area, 0, col, ROLE_TITLE, "step %" PRId64, scene_step(scene));
    else
        canvas_print(canvas, area, 0, col, ROLE_TEXT, "step");
}

static void draw_rate(struct canvas *canvas, struct rect area, const struct scene *scene)
{
    char lr[TEXT_NUMBER], text[2][64];
    text_scientific(lr, scene_lr(scene), 2);
    snprintf(text[1], sizeof text[1], "lr %s", lr);
    snprintf(text[0], sizeof text[0], "lr %s, warmup %" PRId64, lr,
             settings_warmup(scene->data.settings));
    if (scene->data.watching) /* whose warmup is not known */
        memcpy(text[0], text[1], sizeof text[0]);
    canvas_fit(canvas, area, 0, area.cols, ROLE_TEXT,
               (const char *const[]){text[0], text[1], NULL});
}

static void draw(struct canvas *canvas, struct rect area, const struct scene *scene)
{
    const struct layout_projector layout = layout_projector(area, scene_only(scene));
    for (enum side side = LEFT; side < SIDES; side++)
        if (scene_has(scene, side))
            draw_panel(canvas, &layout.panel[side], scene, side);
    draw_state(canvas, layout.state, scene, layout.step.rows == 0);
    if (layout.step.rows == 0)
        return;
    char step[TEXT_NUMBER];
    snprintf(step, sizeof step, "%" PRId64, scene_step(scene));
    struct rect digits = layout.step; /* half as high as those of the loss, or little more */
    const int most = layout.panel[LEFT].loss.rows / 2 + 1;
    digits.rows = digits.rows < most ? digits.rows : most;
    draw_number(canvas, digits, ROLE_TEXT, scene, step, step_kept);
    draw_rate(canvas, layout.rate, scene);
    const struct curves_look loss = curves_loss(scene);
    curves_draw(canvas, &layout.plot, scene, &loss, false);
}

static void hit_at(struct rect area, const struct scene *scene, int row, int col, struct hit *hit)
{
    const struct layout_projector layout = layout_projector(area, scene_only(scene));
    const struct curves_look loss = curves_loss(scene);
    curves_hit(&layout.plot, scene, &loss, row, col, hit);
}

static int scroll_max(const struct scene *scene, struct rect area)
{
    const struct layout_projector layout = layout_projector(area, scene_only(scene));
    int count, first;
    scene_layers(scene, SIDES, &count, &first);
    return bars_scroll_max(count, layout.panel[scene_first(scene)].bar.rows);
}

static void scroll(struct scene *scene, int up, struct rect area, struct answer *answer)
{
    bars_scroll(scene, up, scroll_max(scene, area), answer);
}

const struct view_row view_projector = {
    .draw = draw,
    .hit = hit_at,
    .act = {[ACT_SCROLL] = scroll},
    .scroll_max = scroll_max,
};
