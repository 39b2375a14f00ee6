/* See navigate.h. Changes the scene; draws nothing, and must not know how anything is drawn. */
#include "views/navigate.h"

#include "views/chart.h"
#include "views/views.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

enum { CURVES_ZOOM_MOST = 12, FAR = 10 /* a far step in time is so many'th of the run */ };

static const double smoothings[] = {0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99};
enum { SMOOTHINGS = sizeof smoothings / sizeof smoothings[0] };

static const char *const curve_names[CURVES] = {
    [CURVE_LOSS] = "loss", [CURVE_RATIO] = "ratio", [CURVE_GRADIENT] = "gradient norm"};
static const char *const cell_names[CELL_KINDS] = {
    [CELL_GRADIENT] = "gradient", [CELL_UPDATE] = "update over weight", [CELL_WEIGHT] = "weight"};

static const char *const stream_names[STREAM_KINDS] = {
    [STREAM_RMS] = "RMS of x_l",
    [STREAM_COSINE] = "cosine between neighbouring layers",
    [STREAM_SIMILARITY] = "similarity between tokens",
    [STREAM_ENTROPY] = "attention entropy",
    [STREAM_SHARE] = "share of the branches",
};

/* Where the answer goes. */
struct answer {
    char *text;
    size_t size;
};

__attribute__((format(printf, 2, 3))) static void say(struct answer answer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(answer.text, answer.size, format, arguments);
    va_end(arguments);
}

void navigate_to(struct scene *scene, enum view view)
{
    scene->look.view = view;
    scene->look.projector = false;
}

void navigate_restart(struct scene *scene)
{
    scene->look.cursor = 0;
    scene->look.waterfall.zoom = 0;
    scene->look.curves.zoom = 0;
    scene->look.curves.from = -1;
    scene->look.log.scroll = 0;
}

/* ---- time ---- */

void navigate_to_step(struct scene *scene, int64_t step)
{
    const struct history *history = scene->data.history;
    int i = history_moment_find(history, step);
    if (i < 0 || step >= history->last[LEFT].step)
        scene->look.cursor = 0;
    else
        scene->look.cursor = history_moment_step(history, i);
}

/* By so many kept moments, negative: back. */
static void move_in_time(struct scene *scene, int by, struct answer answer)
{
    const struct history *history = scene->data.history;
    int last = history_moments(history) - 1, at = history_moment_find(history, scene_step(scene));
    if (last < 0) {
        say(answer, "there is no step to go back to yet");
    } else if (by < 0 && at == 0) {
        say(answer, "step %" PRId64 " is the first one kept", history_moment_step(history, 0));
    } else if (by > 0 && scene->look.cursor == 0) {
        say(answer, "this is the newest step, live");
    } else {
        at = at + by < 0 ? 0 : at + by;
        scene->look.cursor = at >= last ? 0 : history_moment_step(history, at);
        if (scene->look.cursor > 0 && history_spacing(history) > 1)
            say(answer,
                "of the %" PRId64 " steps every %" PRId64 "th is kept, and each of the newest %d",
                history->last[LEFT].step, history_spacing(history), HISTORY_NEWEST);
    }
}

/* By a tenth of the run, negative: back. */
static void jump_in_time(struct scene *scene, int direction, struct answer answer)
{
    int64_t newest = scene->data.history->last[LEFT].step;
    int64_t by = newest / FAR > 0 ? newest / FAR : 1, to = scene_step(scene) + direction * by;
    if (newest == 0 || (direction > 0 && scene->look.cursor == 0))
        move_in_time(scene, direction, answer);
    else
        navigate_to_step(scene, to > 1 ? to : 1);
}

/* To the next mark whose moment is a later one, or back to the one before. */
static void jump_to_mark(struct scene *scene, int direction, struct answer answer)
{
    const struct history *history = scene->data.history;
    const int64_t now = scene_step(scene), newest = history->last[LEFT].step;
    for (int i = direction > 0 ? 0 : history->marks - 1; i >= 0 && i < history->marks;
         i += direction) {
        const struct history_mark *mark = &history->mark[i];
        const int moment = history_moment_find(history, mark->step);
        if (moment < 0 || mark->step > newest ||
            direction * (history_moment_step(history, moment) - now) <= 0)
            continue;
        navigate_to_step(scene, mark->step);
        say(answer, "step %" PRId64 ": %s", mark->step, scene_mark_text(scene, mark));
        return;
    }
    say(answer, "there is no mark %s", direction > 0 ? "after this step" : "before this step");
}

static void go_live(struct scene *scene, struct answer answer)
{
    if (scene->look.cursor == 0)
        say(answer, "this is the newest step, live");
    scene->look.cursor = 0;
}

/* ---- the curves ---- */

/* Zooms about the cursor, or about the newest step. */
static void zoom_curves(struct scene *scene, int by, struct answer answer)
{
    struct curves_look *look = &scene->look.curves;
    double from, to, before, after;
    chart_range(scene, look, &before, &after);
    look->zoom += by;
    chart_range(scene, look, &from, &to);
    if (look->zoom < 0 || look->zoom > CURVES_ZOOM_MOST ||
        (by > 0 && to - from >= after - before)) {
        look->zoom -= by;
        say(answer, by > 0 ? "this is as near as it goes" : "the whole run is in view");
        return;
    }
    double middle = scene->look.cursor > 0 ? (double)scene_step(scene) : (before + after) / 2;
    bool follows = look->from < 0 && scene->look.cursor == 0;
    look->from = follows || look->zoom == 0 ? -1 : (int64_t)fmax(0, middle - (to - from) / 2);
}

static void pan_curves(struct scene *scene, int direction, struct answer answer)
{
    struct curves_look *look = &scene->look.curves;
    double from, to, newest = (double)scene->data.history->last[LEFT].step;
    chart_range(scene, look, &from, &to);
    if (look->zoom == 0) {
        say(answer, "the whole run is in view: z zooms");
        return;
    }
    double next = fmax(0, from + direction * (to - from) / 4);
    look->from = next + (to - from) >= newest && direction > 0 ? -1 : (int64_t)next;
}

static void smooth(struct scene *scene, int by, struct answer answer)
{
    int at = 0;
    while (at + 1 < SMOOTHINGS && smoothings[at + 1] <= scene->look.curves.smoothing + 1e-9)
        at++;
    at += by;
    if (at >= 0 && at < SMOOTHINGS)
        scene->look.curves.smoothing = smoothings[at];
    say(answer,
        at < 0             ? "smoothing 0: these are the raw values"
        : at >= SMOOTHINGS ? "smoothing 0.99: it goes no further"
                           : "smoothing %g: the weight of the past per step",
        scene->look.curves.smoothing);
}

/* ---- what depends on the view ---- */

static bool is_view(const struct scene *scene, enum view view, const char *what,
                    struct answer answer)
{
    if (scene->look.view == view)
        return true;
    say(answer, "%s: key %c shows the %s", what, view_table[view].key, view_table[view].name);
    return false;
}

static void zoom_waterfall(struct scene *scene, int by, int rows, int cols, struct answer answer)
{
    int most = view_waterfall_zoom_max(scene, rows, cols);
    int now = scene->look.waterfall.zoom < most ? scene->look.waterfall.zoom : most;
    if (now + by > most)
        say(answer, "a column is one step: this is as near as it goes");
    else if (now + by < 0)
        say(answer, "the whole run is in view");
    else
        scene->look.waterfall.zoom = now + by;
}

static void zoom(struct scene *scene, int by, int rows, int cols, struct answer answer)
{
    if (scene->look.view == VIEW_CURVES)
        zoom_curves(scene, by, answer);
    else if (scene->look.view == VIEW_WATERFALL)
        zoom_waterfall(scene, by, rows, cols, answer);
    else
        say(answer, "the waterfall and the curves can be zoomed: keys %c and %c",
            view_table[VIEW_WATERFALL].key, view_table[VIEW_CURVES].key);
}

static void move_cell(struct scene *scene, int down, int right)
{
    struct tensors_look *cells = &scene->look.tensors;
    int rows = view_tensors_rows(scene) - 1, blocks = scene->data.settings->layers - 1;
    cells->tensor = scene_clamp(scene_clamp(cells->tensor, rows) + down, rows);
    cells->block = scene_clamp(scene_clamp(cells->block, blocks) + right, blocks);
}

static void scroll_log(struct scene *scene, int up, int rows, int cols)
{
    int most = view_log_scroll_max(scene, rows, cols);
    scene->look.log.scroll = scene_clamp(scene_clamp(scene->look.log.scroll, most) + up, most);
}

bool navigate_page(struct scene *scene, int code, int rows, int cols)
{
    if (scene->look.view != VIEW_LOG || (code != KEY_CODE_PAGE_UP && code != KEY_CODE_PAGE_DOWN))
        return false;
    int page = rows > 8 ? rows - 8 : 1;
    scroll_log(scene, code == KEY_CODE_PAGE_UP ? page : -page, rows, cols);
    return true;
}

/* To the step of the next event, or of the one before the step shown. */
static void move_to_event(struct scene *scene, int direction, struct answer answer)
{
    int64_t now = scene_step(scene);
    int to = scene_events(scene);
    if (direction < 0)
        to--;
    while (direction < 0 && to >= 0 && scene->data.events->event[to].step >= now)
        to--;
    if (direction < 0 && to < 0)
        say(answer, "there is no event before this step");
    else if (direction > 0 && scene->look.cursor == 0)
        say(answer, "this is the newest step, live");
    else if (direction > 0 && (!scene->data.events || to >= scene->data.events->count))
        scene->look.cursor = 0;
    else
        navigate_to_step(scene, scene->data.events->event[to].step);
    scene->look.log.scroll = 0;
}

/* To another block of the anatomy. */
static void walk(struct scene *scene, int up, struct answer answer)
{
    const int last = scene->data.settings->layers - 1, next = view_anatomy_block(scene) + up;
    scene->look.anatomy.block = scene_clamp(next, last);
    if (next < 0)
        say(answer, "block 1 is the first one: below it is the embedding");
    else if (next > last)
        say(answer, "block %d is the last one: above it is the output", last + 1);
}

static void scroll_bars(struct scene *scene, int up, int rows, int cols, struct answer answer)
{
    int most = view_bar_scroll_max(scene, rows, cols);
    scene->look.bars.scroll = scene_clamp(scene_clamp(scene->look.bars.scroll, most) + up, most);
    if (most == 0)
        say(answer, "all layers are in view: there is nothing to scroll to");
}

static void scroll(struct scene *scene, int up, int rows, int cols, struct answer answer)
{
    if (scene->look.view == VIEW_TENSORS)
        move_cell(scene, -up, 0);
    else if (scene->look.view == VIEW_LOG)
        scroll_log(scene, up, rows, cols);
    else if (scene->look.view == VIEW_ANATOMY)
        walk(scene, up, answer);
    else
        scroll_bars(scene, up, rows, cols, answer);
}

static void sideways(struct scene *scene, int right, struct answer answer)
{
    if (scene->look.view == VIEW_TENSORS)
        move_cell(scene, 0, right);
    else if (scene->look.view == VIEW_CURVES)
        pan_curves(scene, right, answer);
    else if (scene->look.view == VIEW_LOG)
        move_to_event(scene, right, answer);
    else
        say(answer, "it moves in the %s (key %c), the %s (%c), the %s (%c)",
            view_table[VIEW_TENSORS].name, view_table[VIEW_TENSORS].key,
            view_table[VIEW_CURVES].name, view_table[VIEW_CURVES].key, view_table[VIEW_LOG].name,
            view_table[VIEW_LOG].key);
}

static void next_quantity(struct scene *scene, struct answer answer)
{
    if (scene->look.view == VIEW_TENSORS) {
        scene->look.tensors.kind = (scene->look.tensors.kind + 1) % CELL_KINDS;
        say(answer, "tensors: %s", cell_names[scene->look.tensors.kind]);
    } else if (scene->look.view == VIEW_STREAM) {
        scene->look.stream.kind = (scene->look.stream.kind + 1) % STREAM_KINDS;
        say(answer, "stream: %s", stream_names[scene->look.stream.kind]);
    } else if (is_view(scene, VIEW_CURVES, "loss, ratio, gradient norm", answer)) {
        scene->look.curves.curve = (scene->look.curves.curve + 1) % CURVES;
        say(answer, "curves: %s", curve_names[scene->look.curves.curve]);
    }
}

static void toggle_log(struct scene *scene, bool *log, const char *axis, struct answer answer)
{
    if (!is_view(scene, VIEW_CURVES, "logarithmic axes", answer))
        return;
    *log = !*log;
    say(answer, "%s: %s", axis, *log ? "logarithmic" : "linear");
}

/* Carries out a key that chooses the moment; false when the action is none of these. */
static bool choose_moment(struct scene *scene, enum action action, struct answer answer)
{
    switch (action) {
    case ACTION_BACK:
    case ACTION_FORWARD:
        move_in_time(scene, action == ACTION_FORWARD ? 1 : -1, answer);
        return true;
    case ACTION_FAR_BACK:
    case ACTION_FAR_FORWARD:
        jump_in_time(scene, action == ACTION_FAR_FORWARD ? 1 : -1, answer);
        return true;
    case ACTION_FIRST:
        navigate_to_step(scene, 1);
        return true;
    case ACTION_NEXT_MARK:
    case ACTION_PREVIOUS_MARK:
        jump_to_mark(scene, action == ACTION_NEXT_MARK ? 1 : -1, answer);
        return true;
    case ACTION_LIVE:
        go_live(scene, answer);
        return true;
    default:
        return false;
    }
}

bool navigate(struct scene *scene, enum action action, int rows, int cols, char *said, size_t size)
{
    struct answer answer = {said, size};
    struct curves_look *look = &scene->look.curves;
    const bool projector = scene->look.projector;
    said[0] = '\0';
    switch (action) {
    case ACTION_NEXT_VIEW:
    case ACTION_PREVIOUS_VIEW:
        navigate_to(scene,
                    (scene->look.view + (action == ACTION_NEXT_VIEW ? 1 : VIEWS - 1)) % VIEWS);
        return true;
    case ACTION_PROJECTOR:
        navigate_to(scene, VIEW_OVERVIEW); /* whose keys act */
        scene->look.projector = !projector;
        if (scene->look.projector)
            say(answer, "projector: %s or a digit leaves it", key_table[action].label);
        return true;
    case ACTION_SCROLL_UP:
    case ACTION_SCROLL_DOWN:
        scroll(scene, action == ACTION_SCROLL_UP ? 1 : -1, rows, cols, answer);
        return true;
    case ACTION_LEFT:
    case ACTION_RIGHT:
        sideways(scene, action == ACTION_RIGHT ? 1 : -1, answer);
        return true;
    case ACTION_ZOOM_IN:
    case ACTION_ZOOM_OUT:
        zoom(scene, action == ACTION_ZOOM_IN ? 1 : -1, rows, cols, answer);
        return true;
    case ACTION_QUANTITY:
        next_quantity(scene, answer);
        return true;
    case ACTION_SMOOTHER:
    case ACTION_ROUGHER:
        if (is_view(scene, VIEW_CURVES, "smoothing", answer))
            smooth(scene, action == ACTION_SMOOTHER ? 1 : -1, answer);
        return true;
    case ACTION_LOG_Y:
        toggle_log(scene, &look->log_y[look->curve], curve_names[look->curve], answer);
        return true;
    case ACTION_LOG_X:
        toggle_log(scene, &look->log_x, "steps", answer);
        return true;
    case ACTION_BLIND:
        scene->look.blind = !scene->look.blind;
        say(answer,
            scene->look.blind ? "blind: which stack is A, which is B? %s reveals it"
                              : "the stacks have their names again",
            key_table[ACTION_BLIND].label);
        return true;
    default:
        return choose_moment(scene, action, answer);
    }
}
