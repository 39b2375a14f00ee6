/* See views.h. Owns the table of views. */
#include "views/views.h"

#include "screen/layout.h"
#include "train/run.h"

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

static const enum action samples_keys[] = {ACTION_PAUSE,   ACTION_STEP,          ACTION_BACK,
                                           ACTION_FORWARD, ACTION_WARMUP_LONGER, ACTION_TASK,
                                           ACTION_RESTART, ACTION_EXPORT,        ACTIONS};

static const enum action log_keys[] = {
    ACTION_PAUSE,         ACTION_SCROLL_UP, ACTION_RIGHT,     ACTION_BACK,   ACTION_FORWARD,
    ACTION_WARMUP_LONGER, ACTION_RESTART,   ACTION_NEXT_VIEW, ACTION_EXPORT, ACTIONS};
static const enum action anatomy_keys[] = {
    ACTION_PAUSE,        ACTION_SCROLL_UP,     ACTION_STEP,    ACTION_BACK,   ACTION_FORWARD,
    ACTION_SWITCH_RIGHT, ACTION_WARMUP_LONGER, ACTION_RESTART, ACTION_EXPORT, ACTIONS};
static const enum action stream_keys[] = {
    ACTION_PAUSE,     ACTION_QUANTITY,      ACTION_SCROLL_UP, ACTION_BACK,   ACTION_FORWARD,
    ACTION_NEXT_VIEW, ACTION_WARMUP_LONGER, ACTION_RESTART,   ACTION_EXPORT, ACTIONS};

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

static const char *const anatomy_notes[][2] = {
    {"lines and boxes",
     "the signal flows upwards, from x_(l-1) at the bottom to x_l: the line at the left is the "
     "stream, which skips the branch; at + the branch is added to it. Norms stand where the "
     "placement has them. Blind hides the inside of the block"},
    {"RMS",
     "root mean square of the signal over batch, tokens and width, at that point of the way up"},
    {"grad", "L2 norm of the loss's gradient with respect to the signal at that point, over the "
             "whole batch; it comes from above"},
    {"1/σ", "what a norm multiplies its input by, mean over batch and tokens (1/sd without "
            "UTF-8). DyT has none"},
    {"gain", "RMS behind attention or feed-forward network over RMS before it"},
    {"norm, join",
     "what the gradient is multiplied by on its way down: through a norm on the stream, and "
     "at a + with all that its branch sends down, norms in the branch included; = is the "
     "product, of the sublayer. Its way through ResiDual's second stream or B2T's outer line "
     "counts in the join where that comes in"},
    {"per sublayer",
     "geometric means over the sublayers of the block, so that their product is the block's "
     "factor: the gradient at x_(l-1) over that at x_l, which stands beside the block's number"},
    {"measured at step",
     "all this is measured in every step while the view is open, otherwise in every 8th; "
     "shown is the nearest step before the one of the screen"},
    {NULL, NULL},
};

static const char *const stream_notes[][2] = {
    {"RMS of x_l",
     "root mean square of the stream over batch, tokens and width, on a logarithmic axis "
     "that both stacks share"},
    {"cosine",
     "between x_l and x_(l-1) of the same token, mean over batch and tokens. 1: the block "
     "no longer turns the stream"},
    {"similarity",
     "mean cosine of two different tokens of a sequence in x_l. 1: all tokens have become the "
     "same vector, which is called representation collapse"},
    {"entropy",
     "of the attention probabilities, mean over batch, heads and queries, as part of that of "
     "even attention. 1: all keys alike; 0: one key alone"},
    {"share", "L2 norm of what a block adds to the stream over that of the stream before it"},
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
    {"[ ], +", "the cell that is read out below: the arrows move it"},
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

static const char *const samples_notes[][2] = {
    {"dim text", "the prompt or the question, which training never uses: the same for both stacks"},
    {"colours",
     "the probability that the stack gave to the character it wrote, from 0 to 1; without colours "
     "the letter below it. A cross below: it is not the right answer"},
    {"same dice",
     "a character is drawn from the probabilities of the stack (softmax, temperature 1) with "
     "random "
     "numbers that are the same for both stacks and at every step: a text changes only where the "
     "stack has changed"},
    {"bits per character",
     "mean of -log2 of these probabilities over all texts: how surprised a stack is by its own "
     "text. At the no-context level it stays at that of the letters alone"},
    {"likeliest first",
     "the characters with the highest probability at the first place that is written: both stacks "
     "have read the same there"},
    {"rhythm",
     "samples are written while this view is open, at most about every tenth step, so that they "
     "take no more time than training; the numbers of the run stay as they are"},
    {NULL, NULL},
};

static const char *const log_notes[][2] = {
    {"step", "the first step that showed it, or that a change acts on"},
    {"Left Right", "show the moment of the event before, or of the next one, in all views; what "
                   "happened after the moment shown is not listed"},
    {NULL, NULL},
};

const struct view_row view_table[VIEWS] = {
    [VIEW_OVERVIEW] = {.name = "overview",
                       .key = '1',
                       .summary = "the gradient per layer as bars, and the loss",
                       .draw = view_overview,
                       .hit = view_overview_hit,
                       .up = "layers"},
    [VIEW_WATERFALL] = {.name = "waterfall",
                        .key = '2',
                        .summary = "the gradient of every layer over time, as colour",
                        .draw = view_waterfall,
                        .hit = view_waterfall_hit,
                        .up = "layers",
                        .zooms = true,
                        .keys = waterfall_keys,
                        .notes = waterfall_notes},
    [VIEW_ANATOMY] = {.name = "anatomy",
                      .key = '3',
                      .summary = "one block as a diagram, with the signal at every edge",
                      .draw = view_anatomy,
                      .up = "block",
                      .watch = WATCH_DETAIL,
                      .keys = anatomy_keys,
                      .notes = anatomy_notes},
    [VIEW_TENSORS] = {.name = "tensors",
                      .key = '4',
                      .summary = "gradient, update and weight of every tensor, as colour",
                      .draw = view_tensors,
                      .hit = view_tensors_hit,
                      .up = "tensor",
                      .right = "block",
                      .keys = tensors_keys,
                      .notes = tensors_notes},
    [VIEW_CURVES] = {.name = "curves",
                     .key = '5',
                     .summary = "loss, ratio, gradient norm over the steps, at large",
                     .draw = view_curves,
                     .hit = view_curves_hit,
                     .right = "pan",
                     .zooms = true,
                     .keys = curves_keys,
                     .notes = curves_notes},
    [VIEW_STREAM] = {.name = "stream",
                     .key = '6',
                     .summary = "what the stream looks like in every layer",
                     .draw = view_stream,
                     .up = "layers",
                     .watch = WATCH_DETAIL,
                     .keys = stream_keys,
                     .notes = stream_notes},
    [VIEW_SAMPLES] = {.name = "samples",
                      .key = '7',
                      .summary = "both stacks continue the same text",
                      .draw = view_samples,
                      .watch = WATCH_SAMPLES,
                      .keys = samples_keys,
                      .notes = samples_notes},
    [VIEW_LOG] = {.name = "log",
                  .key = '8',
                  .summary = "what happened, at which step, in which layer",
                  .draw = view_log,
                  .up = "scroll",
                  .right = "event",
                  .keys = log_keys,
                  .notes = log_notes},
};

int view_of_key(int code)
{
    for (int i = 0; i < VIEWS; i++)
        if (view_table[i].key == code)
            return i;
    return -1;
}

/* The help is of use with its keys alone. */
struct layout_screen view_layout(const struct scene *scene, int rows, int cols)
{
    bool bare = (scene->look.hide || scene->look.projector) && !scene->look.help.open;
    return bare ? layout_screen_bare(rows, cols) : layout_screen(rows, cols);
}

int view_bar_scroll_max(const struct scene *scene, int rows, int columns)
{
    struct layout_screen screen = view_layout(scene, rows, columns);
    int fit, count, first;
    if (screen.too_small)
        return 0;
    if (scene->look.projector)
        fit = layout_projector(screen.body).panel[LEFT].bar.rows;
    else if (scene->look.view == VIEW_OVERVIEW)
        fit = layout_overview(screen.body).panel[LEFT].bar.rows;
    else if (scene->look.view == VIEW_WATERFALL)
        fit =
            layout_waterfall(screen.body).panel[LEFT].map.rows * (scene_has_letters(scene) ? 1 : 2);
    else if (scene->look.view == VIEW_STREAM)
        fit = layout_stream(screen.body).panel[LEFT].property[0].bar.rows;
    else
        return 0;
    scene_layers(scene, &count, &first);
    if (scene->look.view == VIEW_STREAM && !scene->look.projector)
        count = view_stream_bars(scene);
    return count > fit ? count - fit + 1 : 0;
}

/* Says what it has and what it needs, in the middle, with the words that fit. */
static void draw_too_small(struct canvas *canvas)
{
    char has[64], needs[64], both[64], brief[64];
    snprintf(has, sizeof has, "this terminal: %d x %d", canvas->cols, canvas->rows);
    snprintf(needs, sizeof needs, "lnscope needs: %d x %d", LAYOUT_COLUMNS_MIN, LAYOUT_ROWS_MIN);
    snprintf(both, sizeof both, "%dx%d, needs %dx%d", canvas->cols, canvas->rows,
             LAYOUT_COLUMNS_MIN, LAYOUT_ROWS_MIN);
    snprintf(brief, sizeof brief, "%dx%d", LAYOUT_COLUMNS_MIN, LAYOUT_ROWS_MIN);
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
    struct layout_screen screen = view_layout(scene, canvas->rows, canvas->cols);
    if (screen.too_small) {
        draw_too_small(canvas);
        return;
    }
    const bool bare = screen.header.rows == 0;
    if (!bare)
        view_header(canvas, screen.header, scene);
    if (scene->look.help.open)
        view_help(canvas, screen.body, scene);
    else if (scene->look.projector)
        view_projector(canvas, screen.body, scene);
    else
        view_table[scene->look.view].draw(canvas, screen.body, scene);
    if (!bare || scene->prompt || (scene->message && scene->message[0]))
        view_footer(canvas, screen.footer, scene);
    if (scene->prompt)
        view_prompt(canvas, scene);
    if (scene->terminal.ascii)
        make_ascii(canvas);
}
