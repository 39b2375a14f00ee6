/* The curves at large: loss, ratio or gradient norm over the steps, with a row that says how they
 * are drawn and who wins the race. */
#include "screen/text.h"
#include "views/chart.h"
#include "views/curves.h"
#include "views/view.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

enum { TEXTS = 4, TEXT_SIZE = 256, ZOOM_MOST = 12 };

/* "first to loss 1.48: Pre-LN at step 57, Post-LN 34 steps later". */
static void race_texts(const struct scene *scene, char text[TEXTS][TEXT_SIZE])
{
    const struct race race = scene_race(scene);
    char first[TEXT_TITLE], second[TEXT_TITLE], gap[2][32], loss[TEXT_NUMBER];
    enum side other = race.first == LEFT ? RIGHT : LEFT;
    int64_t lead = race.step[other] - race.step[race.first];
    for (int i = 0; i < TEXTS; i++)
        text[i][0] = '\0';
    if (race.level < 0)
        return;
    snprintf(loss, sizeof loss, "%.2f", race.loss);
    scene_title(scene, race.first, true, first);
    scene_title(scene, other, true, second);
    if (race.step[other] == 0) {
        snprintf(gap[0], sizeof gap[0], "not yet");
        snprintf(gap[1], sizeof gap[1], "not yet");
    } else {
        snprintf(gap[0], sizeof gap[0], "%" PRId64 " steps later", lead);
        snprintf(gap[1], sizeof gap[1], "+%" PRId64, lead);
    }
    snprintf(text[0], TEXT_SIZE,
             "first to loss %s, %d %% of no context: %s at step %" PRId64 ", %s %s", loss,
             (int)lrint(100 * history_levels[race.level]), first, race.step[race.first], second,
             gap[0]);
    snprintf(text[1], TEXT_SIZE, "first to loss %s: %s at step %" PRId64 ", %s %s", loss, first,
             race.step[race.first], second, gap[0]);
    snprintf(text[2], TEXT_SIZE, "first to %s: %.9s %" PRId64 ", %.9s %s", loss, first,
             race.step[race.first], second, gap[1]);
    snprintf(text[3], TEXT_SIZE, "first to %s: %.9s at %" PRId64, loss, first,
             race.step[race.first]);
}

/* The raw losses at the cursor, which the bright curves hide. */
static void cursor_texts(const struct scene *scene, char text[TEXTS][TEXT_SIZE])
{
    char name[SIDES][TEXT_TITLE], raw[SIDES][TEXT_NUMBER];
    for (enum side side = LEFT; side < SIDES; side++) {
        const enum quantity quantity = scene->look.curves.quantity;
        scene_title(scene, side, true, name[side]);
        curves_number(raw[side], quantity, snapshot_scalar(scene_moment(scene, side), quantity));
    }
    const enum side only = scene_only(scene);
    if (only != SIDES) {
        snprintf(text[0], TEXT_SIZE, "raw, at step %" PRId64 " alone: %s", scene_step(scene),
                 raw[only]);
        snprintf(text[1], TEXT_SIZE, "raw %s", raw[only]);
        text[2][0] = text[3][0] = '\0';
        return;
    }
    snprintf(text[0], TEXT_SIZE, "raw, at step %" PRId64 " alone: %s %s, %s %s", scene_step(scene),
             name[LEFT], raw[LEFT], name[RIGHT], raw[RIGHT]);
    snprintf(text[1], TEXT_SIZE, "step %" PRId64 " raw: %.9s %s, %.9s %s", scene_step(scene),
             name[LEFT], raw[LEFT], name[RIGHT], raw[RIGHT]);
    snprintf(text[2], TEXT_SIZE, "raw %s, %s", raw[LEFT], raw[RIGHT]);
    text[3][0] = '\0';
}

static void draw_info(struct canvas *canvas, struct rect area, const struct scene *scene)
{
    const struct curves_look *look = &scene->look.curves;
    char text[TEXTS][TEXT_SIZE], how[2][64];
    snprintf(how[0], sizeof how[0], "%s%ssmoothing %.3g",
             look->log_y[look->quantity] ? "log y, " : "", look->log_x ? "log x, " : "",
             look->smoothing);
    snprintf(how[1], sizeof how[1], "smooth %.3g", look->smoothing);
    bool wide = area.cols >= 56;
    int end = canvas_print_right(canvas, area, 0, area.cols, ROLE_DIM, "%s", how[wide ? 0 : 1]);
    if (scene->look.cursor > 0)
        cursor_texts(scene, text);
    else if (look->quantity == QUANTITY_LOSS)
        race_texts(scene, text);
    const bool texts = scene->look.cursor > 0 || look->quantity == QUANTITY_LOSS;
    const char *const written[] = {text[0], text[1], text[2], text[3], NULL};
    canvas_fit(canvas, area, 0, end - 2, scene->look.cursor > 0 ? ROLE_WARN : ROLE_TEXT,
               texts ? written : quantity_table[look->quantity].note);
}

static void draw(struct canvas *canvas, struct rect area, const struct scene *scene)
{
    const struct layout_curves layout = layout_curves(area, curves_rate_varies(scene));
    draw_info(canvas, layout.info, scene);
    curves_draw(canvas, &layout.plot, scene, &scene->look.curves, false);
}

static void hit_at(struct rect area, const struct scene *scene, int row, int col, struct hit *hit)
{
    const struct layout_curves layout = layout_curves(area, curves_rate_varies(scene));
    curves_hit(&layout.plot, scene, &scene->look.curves, row, col, hit);
}

/* Zooms about the cursor, or about the newest step. */
static void zoom(struct scene *scene, int by, struct rect area, struct answer *answer)
{
    struct curves_look *look = &scene->look.curves;
    double from, to, before, after;
    (void)area;
    chart_range(scene, look, &before, &after);
    look->zoom += by;
    chart_range(scene, look, &from, &to);
    if (look->zoom < 0 || look->zoom > ZOOM_MOST || (by > 0 && to - from >= after - before)) {
        look->zoom -= by;
        answer_say(answer, by > 0 ? "this is as near as it goes" : "the whole run is in view");
        return;
    }
    double middle = scene->look.cursor > 0 ? (double)scene_step(scene) : (before + after) / 2;
    bool follows = look->from < 0 && scene->look.cursor == 0;
    look->from = follows || look->zoom == 0 ? -1 : (int64_t)fmax(0, middle - (to - from) / 2);
}

static void pan(struct scene *scene, int direction, struct rect area, struct answer *answer)
{
    struct curves_look *look = &scene->look.curves;
    double from, to, newest = (double)history_newest(scene->data.history);
    (void)area;
    chart_range(scene, look, &from, &to);
    if (look->zoom == 0) {
        answer_say(answer, "the whole run is in view: z zooms");
        return;
    }
    double next = fmax(0, from + direction * (to - from) / 4);
    look->from = next + (to - from) >= newest && direction > 0 ? -1 : (int64_t)next;
}

static void smooth(struct scene *scene, int by, struct rect area, struct answer *answer)
{
    static const double weights[] = {0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99};
    enum { WEIGHTS = sizeof weights / sizeof weights[0] };
    double *smoothing = &scene->look.curves.smoothing;
    int at = 0;
    (void)area;
    while (at + 1 < WEIGHTS && weights[at + 1] <= *smoothing + 1e-9)
        at++;
    at += by;
    if (at >= 0 && at < WEIGHTS)
        *smoothing = weights[at];
    answer_say(answer,
               at < 0          ? "smoothing 0: these are the raw values"
               : at >= WEIGHTS ? "smoothing 0.99: it goes no further"
                               : "smoothing %g: the weight of the past per step",
               *smoothing);
}

static void next_quantity(struct scene *scene, int by, struct rect area, struct answer *answer)
{
    enum quantity *quantity = &scene->look.curves.quantity;
    (void)area;
    *quantity = quantity_step(*quantity, by);
    answer_say(answer, "curves: %s", quantity_table[*quantity].label);
}

static void toggle(bool *log, const char *axis, struct answer *answer)
{
    *log = !*log;
    answer_say(answer, "%s: %s", axis, *log ? "logarithmic" : "linear");
}

static void toggle_x(struct scene *scene, int by, struct rect area, struct answer *answer)
{
    (void)by;
    (void)area;
    toggle(&scene->look.curves.log_x, "steps", answer);
}

static void toggle_y(struct scene *scene, int by, struct rect area, struct answer *answer)
{
    struct curves_look *look = &scene->look.curves;
    (void)by;
    (void)area;
    toggle(&look->log_y[look->quantity], quantity_table[look->quantity].label, answer);
}

static void restart(struct scene *scene)
{
    scene->look.curves.zoom = 0;
    scene->look.curves.from = -1;
}

/* ---- the row ---- */

static const enum action keys[] = {ACTION_PAUSE,   ACTION_QUANTITY, ACTION_ZOOM_IN,
                                   ACTION_RIGHT,   ACTION_SMOOTHER, ACTION_LOG_Y,
                                   ACTION_LOG_X,   ACTION_BACK,     ACTION_WARMUP_LONGER,
                                   ACTION_RESTART, ACTION_EXPORT,   ACTIONS};

static const char *const notes[][2] = {
    {"smoothing",
     "the weight of the past per step in the bright line, debiased; of ratios and gradients "
     "the logarithms are smoothed. The dim dots are the raw values"},
    VIEW_QUANTITIES,
    {"diamonds",
     "the held-out loss, where it was measured: filled for the left stack, open for the right "
     "one"},
    {NULL, NULL},
};

const struct view_row view_curves = {
    .key = '5',
    .summary = "loss, ratio, gradient norm over the steps, at large",
    .draw = draw,
    .shows = SHOWN_CURVES,
    .hit = hit_at,
    .act = {[ACT_SIDEWAYS] = pan,
            [ACT_ZOOM] = zoom,
            [ACT_SMOOTH] = smooth,
            [ACT_QUANTITY] = next_quantity,
            [ACT_LOG_X] = toggle_x,
            [ACT_LOG_Y] = toggle_y},
    .restart = restart,
    .right = "pan",
    .keys = keys,
    .notes = notes,
};
