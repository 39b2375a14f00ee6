/* See views.h. Owns the table of views. */
#include "ui/views.h"

#include "ui/layout.h"

#include <stdio.h>

static const enum action waterfall_keys[] = {
    ACTION_PAUSE,   ACTION_ZOOM_IN,  ACTION_ZOOM_OUT,  ACTION_BACK,
    ACTION_FORWARD, ACTION_GRADIENT, ACTION_SCROLL_UP, ACTION_WARMUP_LONGER,
    ACTION_RESTART, ACTION_EXPORT,   ACTIONS};
static const enum action tensors_keys[] = {
    ACTION_PAUSE,   ACTION_QUANTITY,      ACTION_SCROLL_UP, ACTION_RIGHT,  ACTION_BACK,
    ACTION_FORWARD, ACTION_WARMUP_LONGER, ACTION_RESTART,   ACTION_EXPORT, ACTIONS};
static const enum action curves_keys[] = {ACTION_PAUSE,   ACTION_QUANTITY, ACTION_ZOOM_IN,
                                          ACTION_RIGHT,   ACTION_SMOOTHER, ACTION_LOG_Y,
                                          ACTION_LOG_X,   ACTION_BACK,     ACTION_WARMUP_LONGER,
                                          ACTION_RESTART, ACTION_EXPORT,   ACTIONS};

static const char *const waterfall_notes[][2] = {
    {"columns",
     "steps, the newest at the right end; the whole run, or with z the newest part of it. Where "
     "a column stands for several steps it shows the last of them"},
    {"colours",
     "log10 of the gradient, on one scale for both stacks, whose decades stand beside it; f "
     "freezes it. A small gradient fades into the page; what is not finite is blank"},
    {"49 in 28",
     "there are more layers than rows: neighbours share one, which shows their geometric mean; "
     "Up shows them one by one"},
    {NULL, NULL},
};

static const char *const tensors_notes[][2] = {
    {"update over weight",
     "L2 norm of what a step changed in a tensor over the L2 norm of what it was; 1e-3 "
     "is a usual value, marked in the key"},
    {"weight", "L2 norm of a tensor before the step's update: which tensors grow, and which decay"},
    {"tensors",
     "a row for each tensor of a block, a column for each block; blank: the stack has no such "
     "tensor. Colours as in the waterfall, scaled to the last 64 steps"},
    {"[ ]", "the cell that is read out below: the arrows move it"},
    {NULL, NULL},
};

static const char *const curves_notes[][2] = {
    {"smoothing",
     "the weight of the past per step in the bright line, debiased; of ratios and gradients "
     "the logarithms are smoothed. The dim dots are the raw values"},
    {"gradient norm", "L2 norm of the gradient of all parameters, before clipping"},
    {"diamonds",
     "the held-out loss, where it was measured: filled for the left stack, open for the right "
     "one"},
    {NULL, NULL},
};

const struct view_row view_table[VIEWS] = {
    [VIEW_OVERVIEW] = {.name = "overview",
                       .key = '1',
                       .summary = "the gradient per layer as bars, and the loss",
                       .draw = view_overview},
    [VIEW_WATERFALL] = {.name = "waterfall",
                        .key = '2',
                        .summary = "the gradient of every layer over time, as colour",
                        .draw = view_waterfall,
                        .keys = waterfall_keys,
                        .notes = waterfall_notes},
    [VIEW_ANATOMY] = {.name = "anatomy",
                      .key = '3',
                      .summary = "one block as a diagram, with the signal at every edge",
                      .draw = view_anatomy},
    [VIEW_TENSORS] = {.name = "tensors",
                      .key = '4',
                      .summary = "gradient, update and weight of every tensor, as colour",
                      .draw = view_tensors,
                      .keys = tensors_keys,
                      .notes = tensors_notes},
    [VIEW_CURVES] = {.name = "curves",
                     .key = '5',
                     .summary = "loss, ratio, gradient norm over the steps, at large",
                     .draw = view_curves,
                     .keys = curves_keys,
                     .notes = curves_notes},
    [VIEW_STREAM] = {.name = "stream",
                     .key = '6',
                     .summary = "what the stream looks like in every layer",
                     .draw = view_stream},
    [VIEW_SAMPLES] = {.name = "samples",
                      .key = '7',
                      .summary = "both stacks continue the same text",
                      .draw = view_samples},
    [VIEW_LOG] = {.name = "log",
                  .key = '8',
                  .summary = "what happened, at which step, in which layer",
                  .draw = view_log},
};

int view_of_key(int code)
{
    for (int i = 0; i < VIEWS; i++)
        if (view_table[i].key == code)
            return i;
    return -1;
}

int view_bar_scroll_max(const struct scene *scene, int rows, int columns)
{
    struct layout_screen screen = layout_screen(rows, columns);
    int fit, count, first;
    if (screen.too_small)
        return 0;
    if (scene->view == VIEW_OVERVIEW)
        fit = layout_overview(screen.body).panel[LEFT].bar.rows;
    else if (scene->view == VIEW_WATERFALL)
        fit =
            layout_waterfall(screen.body).panel[LEFT].map.rows * (scene_has_letters(scene) ? 1 : 2);
    else
        return 0;
    scene_layers(scene, &count, &first);
    return count > fit ? count - fit + 1 : 0;
}

/* Says what it has and what it needs, in the middle, with the words that fit. */
static void draw_too_small(struct canvas *canvas)
{
    char has[64], needs[64], both[64], brief[64];
    snprintf(has, sizeof has, "this terminal: %d x %d", canvas->cols, canvas->rows);
    snprintf(needs, sizeof needs, "lnscope needs: %d x %d", VIEW_COLUMNS_MIN, VIEW_ROWS_MIN);
    snprintf(both, sizeof both, "%dx%d, needs %dx%d", canvas->cols, canvas->rows, VIEW_COLUMNS_MIN,
             VIEW_ROWS_MIN);
    snprintf(brief, sizeof brief, "%dx%d", VIEW_COLUMNS_MIN, VIEW_ROWS_MIN);
    struct rect area = canvas_whole(canvas);
    const char *lines[2] = {has, needs};
    int count = 2;
    if (area.rows < 2 || area.cols < canvas_columns(needs)) {
        lines[0] = area.cols < canvas_columns(both) ? brief : both;
        count = 1;
    }
    for (int i = 0; i < count; i++) {
        int col = (area.cols - canvas_columns(lines[i])) / 2;
        canvas_text(canvas, area, (area.rows - count) / 2 + i, col > 0 ? col : 0,
                    i + 1 == count ? ROLE_TITLE : ROLE_TEXT, lines[i]);
    }
}

/* What came in with a mark or a message is not ASCII by itself. */
static void make_ascii(struct canvas *canvas)
{
    for (int i = 0; i < canvas->rows * canvas->cols; i++) {
        uint32_t *glyph = &canvas->cells[i].glyph;
        if (*glyph > '~')
            *glyph = *glyph == 0x2192 ? '>' : *glyph == 0x00D7 ? 'x' : '?'; /* arrow, times */
    }
}

void view_screen(struct canvas *canvas, const struct scene *scene)
{
    canvas_clear(canvas);
    struct layout_screen screen = layout_screen(canvas->rows, canvas->cols);
    if (screen.too_small) {
        draw_too_small(canvas);
        return;
    }
    view_header(canvas, screen.header, scene);
    if (scene->help)
        view_help(canvas, screen.body, scene);
    else
        view_table[scene->view].draw(canvas, screen.body, scene);
    view_footer(canvas, screen.footer, scene);
    if (scene->prompt)
        view_prompt(canvas, scene);
    if (scene->ascii)
        make_ascii(canvas);
}
