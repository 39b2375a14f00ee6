/* The anatomy: one block of each stack as a diagram of lines and boxes, with numbers at every
 * point. They are the size of the signal on its way up and of the gradient on its way down; and, as
 * a product, what the block does to the gradient. */
#include "controls/keys.h"
#include "screen/layout.h"
#include "screen/text.h"
#include "session/factors.h"
#include "train/run.h"
#include "views/attention.h"
#include "views/panel.h"
#include "views/view.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

enum { LONG_TEXT = 192 };

/* What is smaller than this would lose its digits where there is little room. */
static const double least_short = 0.095;

/* What lines and boxes are made of; the second row is in ASCII. */
enum line {
    LINE_UP,
    LINE_ACROSS,
    LINE_SPLIT,   /* the branch leaves the stream */
    LINE_LEAVES,  /* it turns up */
    LINE_RETURNS, /* it turns back to the stream */
    LINE_BESIDE,  /* a second stream */
    LINE_ABOVE,   /* a line into the upper edge of a box, ... */
    LINE_BELOW,   /* ... and into its lower one */
    LINE_TOP_LEFT,
    LINE_TOP_RIGHT,
    LINE_BOTTOM_LEFT,
    LINE_BOTTOM_RIGHT,
    LINE_HEAD_UP,
    LINE_HEAD_DOWN,
    LINE_HEAD_LEFT,
    LINE_HEAD_RIGHT,
    LINE_EDGE_LEAVES,  /* B2T: the block's input turns up, ... */
    LINE_EDGE_RETURNS, /* ... and into the sum */
    LINE_SPLIT_LEFT,
    LINES
};

static const uint32_t line_glyphs[2][LINES] = {
    {0x2502, 0x2500, 0x251C, 0x256F, 0x256E, 0x250A, 0x2534, 0x252C, 0x250C, 0x2510, 0x2514, 0x2518,
     0x25B4, 0x25BE, 0x25C2, 0x25B8, 0x2570, 0x256D, 0x2524},
    {'|', '-', '+', '\'', '.', ':', '+', '+', '+', '+', '+', '+', '^', 'v', '<', '>', '\'', '.',
     '+'},
};

/* A panel and what is shown in it. */
struct anatomy {
    struct canvas *canvas;
    const struct scene *scene;
    enum side side;
    const struct layout_diagram *layout;
    struct layout_block rows;
    const struct snapshot *moment; /* with details; step 0: there is none */
    int block, sublayers;          /* which block, and how many sublayers it has */
    struct factors factors;
    struct placement_row placement; /* of the block; without the norms where there is no norm */
    enum norm norm;
    bool stale; /* the moment is not the one of the scene */
};

/* The one that is chosen, of those that there are. */
static int block_shown(const struct scene *scene)
{
    const int last = scene_depth(scene, SIDES) - 1;
    return scene->look.anatomy.block < last ? scene->look.anatomy.block : last;
}

static struct anatomy anatomy_of(struct canvas *canvas, const struct layout_diagram *layout,
                                 const struct scene *scene, enum side side)
{
    const struct settings *settings = scene->data.settings;
    const struct stack_settings *stack = &settings->stack[side];
    struct anatomy anatomy = {.canvas = canvas,
                              .scene = scene,
                              .side = side,
                              .layout = layout,
                              .moment = scene_detailed_moment(scene, side)};
    const int layers = scene_depth(scene, side);
    if (anatomy.moment->layers != layers)
        anatomy.moment = &snapshot_none;
    const struct snapshot *moment = anatomy.moment;
    anatomy.block = scene_clamp(block_shown(scene), layers - 1);
    anatomy.stale = moment->step > 0 && moment->step != scene_step(scene);
    anatomy.norm = moment->step > 0 ? moment->norm : stack->norm;
    enum placement placement = moment->step > 0 ? moment->placement : stack->placement;
    anatomy.placement = placement_table[placement_of_block(placement, anatomy.block, layers)];
    if (anatomy.norm == NORM_NONE)
        anatomy.placement.norm_in = anatomy.placement.norm_branch = anatomy.placement.norm_out =
            false;
    anatomy.sublayers = stack->parallel ? 1 : FLOW_SUBLAYERS;
    if (moment->step > 0) {
        anatomy.factors = factors_of(moment, anatomy.block);
        anatomy.sublayers = anatomy.factors.sublayers;
    }
    anatomy.rows = layout_block(layout->drawing, anatomy.sublayers, &anatomy.placement);
    return anatomy;
}

/* ---- numbers ---- */

static struct rect row_of(struct rect area, int row)
{
    return (struct rect){row, area.col, 1, area.cols};
}

/* A part of a quantity of the block; there is a moment. */
static double number_at(const struct anatomy *anatomy, enum quantity quantity, int part)
{
    return (double)snapshot_array(anatomy->moment, quantity, part)[anatomy->block];
}

/* A gradient, with a digit less where it is too long. */
static void gradient_text(char out[TEXT_NUMBER], double value, int cols)
{
    text_scientific(out, value, 1);
    if (canvas_columns(out) > cols)
        text_scientific(out, value, 0);
}

/* Both sizes of the signal at a point. */
static void put_sizes(const struct anatomy *anatomy, int row, int sublayer, enum flow_point point)
{
    const struct layout_diagram *layout = anatomy->layout;
    char rms[TEXT_NUMBER] = "--", gradient[TEXT_NUMBER] = "--";
    enum role role = anatomy->stale ? ROLE_DIM : ROLE_TEXT;
    struct rect grad = layout->grad.cols > 0 ? layout->grad : layout->note;
    if (anatomy->moment->step > 0) {
        text_number(rms, number_at(anatomy, quantity_flow_rms[sublayer], (int)point));
        gradient_text(gradient, number_at(anatomy, quantity_flow_grad[sublayer], (int)point),
                      grad.cols);
    }
    canvas_print_right(anatomy->canvas, row_of(layout->rms, row), 0, layout->rms.cols, role, "%s",
                       rms);
    if (layout->grad.cols > 0)
        canvas_print_right(anatomy->canvas, row_of(grad, row), 0, grad.cols, role, "%s", gradient);
    else if (point == FLOW_OUT || point == FLOW_X) /* elsewhere a factor stands there */
        canvas_text(anatomy->canvas, row_of(grad, row), 0, 0, role, gradient);
}

/* What the gradient is multiplied by on its way down. */
static void put_factor(const struct anatomy *anatomy, int row, const char *sign, double factor,
                       const char *name)
{
    const struct rect note = row_of(anatomy->layout->note, row);
    char text[TEXT_NUMBER];
    if (anatomy->moment->step == 0 || !isfinite(factor))
        return;
    text_factor(text, factor, anatomy->scene->terminal.ascii);
    int col = canvas_print(anatomy->canvas, note, 0, 0, anatomy->stale ? ROLE_DIM : ROLE_TITLE,
                           "%s%s", sign, text);
    canvas_fit(anatomy->canvas, note, col + 1, note.cols, ROLE_DIM,
               (const char *const[]){name, NULL});
}

/* What a box does on the way up, beside its middle: in the columns of the numbers where these are
 * free in this row. */
static void put_forward(const struct anatomy *anatomy, const struct layout_box *box, bool free,
                        const char *name, double value)
{
    const struct layout_diagram *layout = anatomy->layout;
    const int row = box->box.row + box->box.rows / 2;
    char number[3][TEXT_NUMBER];
    if (!isfinite(value) || (layout->rms.cols == 0 && free))
        return;
    text_number(number[0], value);
    snprintf(number[1], TEXT_NUMBER, "%.2f", value);
    snprintf(number[2], TEXT_NUMBER, "%.1f", value);
    struct rect area = layout->note;
    if (layout->rms.cols > 0 && (free || row != box->above)) {
        area.col = layout->rms.col + 1;
        area.cols = layout->note.col - area.col;
    }
    const int digits = value >= least_short ? 3 : 1, from = canvas_columns(name) + 1;
    for (int i = 0; i < digits; i++)
        if (from + canvas_columns(number[i]) <= area.cols) {
            canvas_text(anatomy->canvas, row_of(area, row), 0, 0, ROLE_DIM, name);
            canvas_text(anatomy->canvas, row_of(area, row), 0, from,
                        anatomy->stale ? ROLE_DIM : ROLE_TEXT, number[i]);
            return;
        }
}

/* ---- lines and boxes ---- */

static void put_line(const struct anatomy *anatomy, int row, int col, enum line line,
                     enum role role)
{
    canvas_put(anatomy->canvas, row, anatomy->layout->drawing.col + col,
               line_glyphs[anatomy->scene->terminal.ascii][line], role);
}

static void line_up(const struct anatomy *anatomy, int col, int top, int bottom, enum line line)
{
    for (int row = top; row <= bottom; row++)
        put_line(anatomy, row, col, line, ROLE_AXIS);
}

static void line_across(const struct anatomy *anatomy, int row, int from, int to)
{
    for (int col = from; col <= to; col++)
        put_line(anatomy, row, col, LINE_ACROSS, ROLE_AXIS);
}

/* The first of the names that fits. */
static const char *fitting(const char *const names[], int cols)
{
    while (names[1] && canvas_columns(names[0]) > cols)
        names++;
    return names[0];
}

/* A box on the line in column `line`, its name in the middle. */
static void draw_box(const struct anatomy *anatomy, struct rect rows, int line, int cols,
                     enum role role, const char *const names[])
{
    if (rows.rows == 0)
        return;
    const int left = line - cols / 2, right = left + cols - 1, bottom = rows.row + rows.rows - 1;
    struct rect middle = {rows.row + rows.rows / 2, rows.col + left, 1, cols};
    canvas_fill(anatomy->canvas, (struct rect){rows.row, rows.col + left, rows.rows, cols}, ' ',
                ROLE_TEXT);
    const char *name = fitting(names, cols - 2);
    if (rows.rows == 1) {
        char text[TEXT_TITLE];
        const bool wide = canvas_columns(name) + 4 <= cols;
        snprintf(text, sizeof text, wide ? "[ %s ]" : "[%s]", name);
        const int columns = canvas_columns(text), col = line - (columns - 1) / 2 - left;
        canvas_fill(anatomy->canvas, middle, ' ', ROLE_TEXT);
        put_line(anatomy, rows.row, line, LINE_UP, ROLE_AXIS);
        canvas_text(anatomy->canvas, middle, 0, col + columns > cols ? cols - columns : col, role,
                    text);
        return;
    }
    for (int col = left; col <= right; col++) {
        put_line(anatomy, rows.row, col, LINE_ACROSS, role);
        put_line(anatomy, bottom, col, LINE_ACROSS, role);
    }
    for (int row = rows.row; row <= bottom; row++) {
        put_line(anatomy, row, left, LINE_UP, role);
        put_line(anatomy, row, right, LINE_UP, role);
    }
    put_line(anatomy, rows.row, left, LINE_TOP_LEFT, role);
    put_line(anatomy, rows.row, right, LINE_TOP_RIGHT, role);
    put_line(anatomy, bottom, left, LINE_BOTTOM_LEFT, role);
    put_line(anatomy, bottom, right, LINE_BOTTOM_RIGHT, role);
    put_line(anatomy, rows.row, line, LINE_ABOVE, role);
    put_line(anatomy, bottom, line, LINE_BELOW, role);
    canvas_text(anatomy->canvas, middle, 0, (cols - canvas_columns(name)) / 2, role, name);
}

static void draw_norm(const struct anatomy *anatomy, const struct layout_box *box, int line)
{
    const struct norm_row *norm = &norm_table[anatomy->norm];
    char scaled[2][TEXT_TITLE] = {"", ""};
    if (anatomy->placement.norm_by_depth && !anatomy->scene->terminal.ascii)
        for (int i = 0; i < 2; i++)
            snprintf(scaled[i], TEXT_TITLE, "%s/√%d", i == 0 ? norm->title : norm->letters,
                     anatomy->block + 1);
    draw_box(anatomy, box->box, line, anatomy->layout->norm_cols, scene_accent[anatomy->side],
             scaled[0][0] ? (const char *const[]){scaled[0], scaled[1], norm->letters, NULL}
                          : (const char *const[]){norm->title, norm->letters, NULL});
}

static void draw_branch(const struct anatomy *anatomy, const struct layout_box *box, int sublayer)
{
    static const char *const names[][4] = {
        [FLOW_ATTENTION] = {"attention", "attn", NULL},
        [FLOW_FEED_FORWARD] = {"feed-forward", "ffn", NULL},
        [FLOW_SUBLAYERS] = {"attn + ffn", "att+ffn", "a+f", NULL},
    };
    draw_box(anatomy, box->box, anatomy->layout->branch, anatomy->layout->branch_cols, ROLE_TITLE,
             names[anatomy->sublayers == 1 ? FLOW_SUBLAYERS : sublayer]);
}

static void draw_sublayer(const struct anatomy *anatomy, int sublayer, int top)
{
    const struct layout_diagram *layout = anatomy->layout;
    const struct layout_sublayer *rows = &anatomy->rows.sublayer[sublayer];
    const int stream = layout->stream, branch = layout->branch;
    line_up(anatomy, stream, top, rows->split, LINE_UP);
    line_up(anatomy, branch, rows->join, rows->split, LINE_UP);
    line_across(anatomy, rows->join, stream + 1, branch - 1);
    line_across(anatomy, rows->split, stream + 1, branch - 1);
    put_line(anatomy, rows->join, stream + 1, LINE_HEAD_LEFT, ROLE_AXIS);
    put_line(anatomy, rows->join, branch, LINE_RETURNS, ROLE_AXIS);
    put_line(anatomy, rows->split, stream, LINE_SPLIT, ROLE_AXIS);
    put_line(anatomy, rows->split, branch, LINE_LEAVES, ROLE_AXIS);
    canvas_put(anatomy->canvas, rows->join, layout->drawing.col + stream, '+', ROLE_TITLE);
    draw_norm(anatomy, &rows->norm_out, stream);
    draw_norm(anatomy, &rows->norm_branch, branch);
    draw_norm(anatomy, &rows->norm_in, branch);
    draw_branch(anatomy, &rows->branch, sublayer);
}

/* ResiDual's second stream, to which every branch is added; B2T's way from the block's input to its
 * last norm. Both left of the stream, where there is room. */
static void draw_beside(const struct anatomy *anatomy)
{
    const int stream = anatomy->layout->stream;
    const struct rect drawing = anatomy->layout->drawing;
    const int bottom = drawing.row + drawing.rows - 1;
    const struct layout_block *rows = &anatomy->rows;
    const struct layout_sublayer *last = &rows->sublayer[rows->sublayers - 1];
    if (stream <= anatomy->layout->norm_cols / 2)
        return;
    if (anatomy->placement.beside == BESIDE_SUM) {
        line_up(anatomy, 0, rows->out + 1, bottom - 1, LINE_BESIDE);
        canvas_put(anatomy->canvas, rows->out + 1, drawing.col, 's', ROLE_TITLE);
        for (int i = 0; i < rows->sublayers; i++) {
            line_across(anatomy, rows->sublayer[i].join, 1, stream - 1);
            canvas_put(anatomy->canvas, rows->sublayer[i].join, drawing.col, '+', ROLE_TITLE);
        }
    } else if (anatomy->placement.beside == BESIDE_INPUT) {
        line_up(anatomy, 0, last->join + 1, bottom - 2, LINE_UP);
        line_across(anatomy, bottom - 1, 1, stream - 1);
        line_across(anatomy, last->join, 1, stream - 1);
        put_line(anatomy, bottom - 1, 0, LINE_EDGE_LEAVES, ROLE_AXIS);
        put_line(anatomy, bottom - 1, stream, LINE_SPLIT_LEFT, ROLE_AXIS);
        put_line(anatomy, last->join, 0, LINE_EDGE_RETURNS, ROLE_AXIS);
        put_line(anatomy, last->join, stream - 1, LINE_HEAD_RIGHT, ROLE_AXIS);
    }
}

/* What multiplies the stream on its way past a branch, left of its line. */
static void put_skip(const struct anatomy *anatomy, const struct layout_sublayer *rows)
{
    const struct rect drawing = anatomy->layout->drawing;
    const int stream = anatomy->layout->stream;
    char factor[TEXT_NUMBER] = "w";
    if (anatomy->placement.skip == SKIP_ONE || stream <= anatomy->layout->norm_cols / 2)
        return;
    if (anatomy->placement.skip == SKIP_DEPTH)
        snprintf(factor, sizeof factor, "%.2f",
                 placement_alpha(scene_depth(anatomy->scene, anatomy->side)));
    canvas_print_right(anatomy->canvas,
                       row_of(drawing, rows->branch.box.row + rows->branch.box.rows / 2), 0, stream,
                       ROLE_TEXT, "%s", factor);
}

static void put_name(const struct anatomy *anatomy, int row, int number)
{
    canvas_print(anatomy->canvas, row_of(anatomy->layout->drawing, row), 0, 0, ROLE_TEXT,
                 number < 100 ? "x_%d" : "x%d", number);
}

/* ---- the parts of a panel ---- */

static void label_sublayer(const struct anatomy *anatomy, int sublayer)
{
    const struct layout_sublayer *rows = &anatomy->rows.sublayer[sublayer];
    const struct factors *factors = &anatomy->factors;
    const char *inverse = anatomy->scene->terminal.ascii ? "1/sd" : "1/σ";
    const bool sizes = anatomy->layout->grad.cols > 0;
    put_sizes(anatomy, rows->split, sublayer, FLOW_X);
    if (anatomy->placement.norm_out)
        put_sizes(anatomy, rows->join, sublayer, FLOW_SUM);
    put_sizes(anatomy, rows->branch.above, sublayer, FLOW_BRANCH);
    if (anatomy->placement.norm_branch)
        put_sizes(anatomy, rows->norm_branch.above, sublayer, FLOW_NORM_BRANCH);
    if (anatomy->placement.norm_in)
        put_sizes(anatomy, rows->norm_in.above, sublayer, FLOW_NORM_IN);
    if (anatomy->moment->step == 0)
        return;
    const enum quantity rstd = quantity_flow_rstd[sublayer];
    put_factor(anatomy, rows->join, "", factors->join[sublayer], "sum");
    if (anatomy->placement.norm_out) {
        put_factor(anatomy, rows->norm_out.box.row + rows->norm_out.box.rows / 2, "",
                   factors->norm[sublayer], "norm");
        put_forward(anatomy, &rows->norm_out, true, inverse, number_at(anatomy, rstd, FLOW_NOUT));
    }
    if (sizes)
        put_factor(anatomy, rows->split, "= ", factors->sublayer[sublayer], "sublayer");
    put_forward(anatomy, &rows->branch, false, "size", factors->gain[sublayer]);
    if (anatomy->placement.norm_branch)
        put_forward(anatomy, &rows->norm_branch, false, inverse,
                    number_at(anatomy, rstd, FLOW_NBRANCH));
    if (anatomy->placement.norm_in)
        put_forward(anatomy, &rows->norm_in, false, inverse, number_at(anatomy, rstd, FLOW_NIN));
}

/* Blind, the block is a box that nothing can be seen of. */
static void draw_hidden(const struct anatomy *anatomy)
{
    const struct layout_diagram *layout = anatomy->layout;
    const struct rect drawing = layout->drawing;
    const int bottom = drawing.row + drawing.rows - 1, line = drawing.cols / 2;
    struct rect box = drawing;
    box.row += 1;
    box.rows -= 2;
    put_line(anatomy, drawing.row, line, LINE_HEAD_UP, ROLE_AXIS);
    put_line(anatomy, bottom, line, LINE_UP, ROLE_AXIS);
    draw_box(anatomy, box, line, drawing.cols, scene_accent[anatomy->side],
             (const char *const[]){"hidden", NULL});
}

static void draw_diagram(const struct anatomy *anatomy)
{
    const struct layout_diagram *layout = anatomy->layout;
    const int bottom = layout->drawing.row + layout->drawing.rows - 1;
    const int last = anatomy->rows.sublayers - 1;
    if (anatomy->scene->look.blind) {
        draw_hidden(anatomy);
    } else {
        for (int i = 0; i <= last; i++)
            draw_sublayer(anatomy, i,
                          i < last ? anatomy->rows.sublayer[i + 1].split + 1 : anatomy->rows.out);
        draw_beside(anatomy);
        for (int i = 0; i <= last; i++) {
            put_skip(anatomy, &anatomy->rows.sublayer[i]);
            label_sublayer(anatomy, i);
        }
        put_line(anatomy, anatomy->rows.out, layout->stream, LINE_HEAD_UP, ROLE_AXIS);
    }
    put_sizes(anatomy, anatomy->rows.out, last, FLOW_OUT);
    put_sizes(anatomy, bottom, FLOW_ATTENTION, FLOW_X);
    if (layout->stream > 2 && last + 1 == anatomy->sublayers)
        put_name(anatomy, anatomy->rows.out, anatomy->block + 1);
    if (layout->stream > 2)
        put_name(anatomy, bottom, anatomy->block);
}

/* A head that ends with its column; returns the end of what is left of it. */
static int head_right(const struct anatomy *anatomy, struct rect column, enum role role,
                      const char *text)
{
    const struct rect head = anatomy->layout->head;
    return canvas_print_right(anatomy->canvas, head, 0, column.col + column.cols - head.col, role,
                              "%s", text) -
           1;
}

/* Which block, and the heads of the columns; over the factors stands their product. */
static void draw_head(const struct anatomy *anatomy)
{
    const struct layout_diagram *layout = anatomy->layout;
    const struct scene *scene = anatomy->scene;
    const int layers = scene_depth(scene, anatomy->side), block = anatomy->block + 1;
    const uint32_t *glyph = line_glyphs[scene->terminal.ascii];
    char text[5][LONG_TEXT], up[8] = "", down[8] = "", rms[TEXT_TITLE], grad[3][TEXT_TITLE];
    utf8_put(up, glyph[LINE_HEAD_UP]);
    utf8_put(down, glyph[LINE_HEAD_DOWN]);
    snprintf(rms, sizeof rms, "%s RMS", up);
    snprintf(grad[0], TEXT_TITLE, "%s gradient", down);
    snprintf(grad[1], TEXT_TITLE, "%s grad", down);
    snprintf(grad[2], TEXT_TITLE, "grad");
    int end = layout->head.cols;
    if (layout->grad.cols > 0) {
        const char *name = layout->rms.cols == 0                          ? grad[2]
                           : canvas_columns(grad[0]) <= layout->grad.cols ? grad[0]
                                                                          : grad[1];
        put_factor(anatomy, layout->head.row, "", anatomy->factors.block, "block");
        end = head_right(anatomy, layout->grad, ROLE_DIM, name);
    } else if (anatomy->moment->step > 0 && isfinite(anatomy->factors.block)) {
        char factor[TEXT_NUMBER];
        text_factor(factor, anatomy->factors.block, scene->terminal.ascii);
        end = head_right(anatomy, layout->note, ROLE_TITLE, factor);
    }
    if (layout->rms.cols > 0)
        end = head_right(anatomy, layout->rms, ROLE_DIM, rms);
    snprintf(text[0], LONG_TEXT, "block %d of %d", block, layers);
    snprintf(text[1], LONG_TEXT, "b%d/%d", block, layers);
    if (anatomy->stale) {
        const int64_t step = anatomy->moment->step;
        snprintf(text[0], LONG_TEXT, "block %d of %d, measured at step %" PRId64, block, layers,
                 step);
        snprintf(text[1], LONG_TEXT, "block %d of %d at step %" PRId64, block, layers, step);
        snprintf(text[2], LONG_TEXT, "b%d/%d at step %" PRId64, block, layers, step);
        snprintf(text[3], LONG_TEXT, "b%d/%d step %" PRId64, block, layers, step);
        snprintf(text[4], LONG_TEXT, "step %" PRId64, step);
    }
    canvas_fit(anatomy->canvas, layout->head, 0, end, anatomy->stale ? ROLE_WARN : ROLE_TITLE,
               anatomy->stale
                   ? (const char *const[]){text[0], text[1], text[2], text[3], text[4], NULL}
                   : (const char *const[]){text[0], text[1], NULL});
}

/* "norm x0.71 . join x1.10 = x0.78 per sublayer", and how the sublayers make the block. */
static void draw_product(const struct anatomy *anatomy)
{
    const struct factors *factors = &anatomy->factors;
    const struct rect product = anatomy->layout->product;
    const bool ascii = anatomy->scene->terminal.ascii;
    const char *dot = ascii ? "*" : "·", *per = factors->sublayers == 1 ? "block" : "sublayer";
    char norm[TEXT_NUMBER], join[TEXT_NUMBER], mean[TEXT_NUMBER], block[TEXT_NUMBER];
    char each[FLOW_SUBLAYERS][TEXT_NUMBER], text[5][LONG_TEXT];
    if (anatomy->moment->step == 0 || !isfinite(factors->block))
        return;
    text_factor(norm, factors->mean_norm, ascii);
    text_factor(join, factors->mean_join, ascii);
    text_factor(mean, factors->mean, ascii);
    text_factor(block, factors->block, ascii);
    for (int i = 0; i < FLOW_SUBLAYERS; i++)
        text_factor(each[i], factors->sublayer[i], ascii);
    enum role role = anatomy->stale ? ROLE_DIM : ROLE_TEXT;
    if (anatomy->scene->look.blind) {
        snprintf(text[0], LONG_TEXT, "block %s: gradient at x_%d over that at x_%d", block,
                 anatomy->block, anatomy->block + 1);
        snprintf(text[1], LONG_TEXT, "block %s", block);
        canvas_fit(anatomy->canvas, product, 0, product.cols, role,
                   (const char *const[]){text[0], text[1], NULL});
        return;
    }
    if (anatomy->placement.norm_out) {
        snprintf(text[0], LONG_TEXT, "norm %s %s sum %s = %s per %s", norm, dot, join, mean, per);
        snprintf(text[1], LONG_TEXT, "norm %s %s sum %s = %s each", norm, dot, join, mean);
        snprintf(text[2], LONG_TEXT, "%s %s %s = %s each", norm, dot, join, mean);
        snprintf(text[3], LONG_TEXT, "%s%s%s=%s", norm, dot, join, mean);
    } else {
        snprintf(text[0], LONG_TEXT, "no norm on the stream %s sum %s per %s", dot, mean, per);
        snprintf(text[1], LONG_TEXT, "sum %s per %s", mean, per);
        snprintf(text[2], LONG_TEXT, "sum %s each", mean);
        snprintf(text[3], LONG_TEXT, "%s each", mean);
    }
    snprintf(text[4], LONG_TEXT, "%s", mean);
    canvas_fit(anatomy->canvas, product, 0, product.cols, role,
               (const char *const[]){text[0], text[1], text[2], text[3], text[4], NULL});
    if (product.rows < 2)
        return;
    char where[TEXT_TITLE];
    snprintf(where, sizeof where, ": gradient at x_%d over x_%d", anatomy->block,
             anatomy->block + 1);
    for (int i = 0; i < 2; i++) {
        const char *behind = i == 0 ? where : "";
        if (factors->sublayers == 1)
            snprintf(text[i], LONG_TEXT, "one sublayer = block %s%s", block, behind);
        else
            snprintf(text[i], LONG_TEXT, "attn %s %s ffn %s = block %s%s", each[0], dot, each[1],
                     block, behind);
    }
    canvas_fit(anatomy->canvas, row_of(product, product.row + 1), 0, product.cols, role,
               (const char *const[]){text[0], text[1], NULL});
}

/* What the equation of the block has besides norms. */
static void draw_words(const struct anatomy *anatomy)
{
    const struct rect words = anatomy->layout->words;
    const struct placement_row *placement = &anatomy->placement;
    char text[2][LONG_TEXT] = {"", ""};
    if (words.rows == 0 || anatomy->scene->look.blind)
        return;
    if (placement->beside == BESIDE_SUM) {
        snprintf(text[0], LONG_TEXT, "s: x_0 + all branches; joins at the end");
        snprintf(text[1], LONG_TEXT, "s: x_0 + all branches");
    } else if (placement->beside == BESIDE_INPUT) {
        snprintf(text[0], LONG_TEXT, "outer line: the block's input, into its last norm");
        snprintf(text[1], LONG_TEXT, "outer line: the block's input");
    } else if (placement->skip == SKIP_DEPTH) {
        double alpha = placement_alpha(scene_depth(anatomy->scene, anatomy->side));
        snprintf(text[0], LONG_TEXT, "the stream is multiplied by %.2f before each +", alpha);
        snprintf(text[1], LONG_TEXT, "%.2f times the stream at each +", alpha);
    } else if (placement->skip == SKIP_VECTOR) {
        snprintf(text[0], LONG_TEXT,
                 "the stream is multiplied by a trained vector w before each +");
        snprintf(text[1], LONG_TEXT, "w, a vector, times the stream at +");
    } else if (placement->scale == SCALE_LEARNED) {
        snprintf(text[0], LONG_TEXT, "each branch is multiplied by the block's trained number");
        snprintf(text[1], LONG_TEXT, "the block's number times each branch");
    } else if (placement->norm_by_depth) {
        const bool norms = anatomy->norm != NORM_NONE;
        snprintf(text[0], LONG_TEXT, "%s divided by sqrt(%d)",
                 norms ? "the norms of this block are" : "what the branches read is",
                 anatomy->block + 1);
        snprintf(text[1], LONG_TEXT, "%s divided by sqrt(%d)", norms ? "norms" : "their input",
                 anatomy->block + 1);
    }
    canvas_fit(anatomy->canvas, words, 0, words.cols, ROLE_DIM,
               (const char *const[]){text[0], text[1], NULL});
}

static void draw(struct canvas *canvas, struct rect area, const struct scene *scene)
{
    if (scene->look.anatomy.maps) {
        attention_draw(canvas, area, scene);
        return;
    }
    const struct layout_anatomy layout = layout_anatomy(area, scene_only(scene));
    for (enum side side = LEFT; side < SIDES; side++) {
        const struct layout_diagram *panel = &layout.panel[side];
        if (!scene_has(scene, side))
            continue;
        const struct anatomy anatomy = anatomy_of(canvas, panel, scene, side);
        panel_titles(canvas, panel->title, panel->state, scene, side);
        draw_head(&anatomy);
        draw_diagram(&anatomy);
        draw_product(&anatomy);
        draw_words(&anatomy);
    }
    if (layout.info.rows > 0)
        canvas_fit(
            canvas, layout.info, 0, layout.info.cols, ROLE_DIM,
            (const char *const[]){
                "RMS of the signal on its way up, over batch, tokens, width; gradient: L2 "
                "norm of dLoss/d(signal) over the batch; factor: that below divided by that above",
                "RMS of the signal, up; L2 norm of its gradient over the batch, down; "
                "factor: that below divided by that above",
                "RMS of the signal, up; L2 norm of its gradient, down; its factors",
                "RMS of signal, up; L2 of gradient, down", NULL});
}

struct attention_look anatomy_look(const struct scene *scene)
{
    const struct anatomy_look *look = &scene->look.anatomy;
    return (struct attention_look){.on = look->maps,
                                   .block = block_shown(scene),
                                   .sequence = look->sequence - 1,
                                   .from = look->from,
                                   .step = scene->look.cursor > 0 ? scene_step(scene) : 0};
}

/* From the diagram to the maps, and back. */
static void next_form(struct scene *scene, int by, struct rect area, struct answer *answer)
{
    (void)by, (void)area;
    scene->look.anatomy.maps = !scene->look.anatomy.maps;
    if (scene->look.anatomy.maps)
        answer_say(answer, "attention: Page Up and Down go through the sequences of the batch");
}

/* Whether there are maps for a key to move; where not, it is said what shows them. */
static bool has_maps(const struct scene *scene, struct answer *answer)
{
    if (!scene->look.anatomy.maps)
        answer_say(answer, "%s shows attention maps, which this key moves",
                   key_table[ACTION_QUANTITY].label);
    return scene->look.anatomy.maps;
}

static void pan(struct scene *scene, int by, struct rect area, struct answer *answer)
{
    if (has_maps(scene, answer))
        attention_pan(scene, by, area, answer);
}

static void next_sequence(struct scene *scene, int by, struct rect area, struct answer *answer)
{
    (void)area;
    if (has_maps(scene, answer))
        attention_next_sequence(scene, by, answer);
}

/* To another block. */
static void scroll(struct scene *scene, int up, struct rect area, struct answer *answer)
{
    const int last = scene_depth(scene, SIDES) - 1, next = block_shown(scene) + up;
    (void)area;
    scene->look.anatomy.block = scene_clamp(next, last);
    scene->look.anatomy.chosen = true;
    if (next < 0)
        answer_say(answer, "block 1 is the first one: below it is the embedding");
    else if (next > last)
        answer_say(answer, "block %d is the last one: above it is the output", last + 1);
}

/* On the block that changes the gradient most, up or down, in one of the stacks. */
static void open_strongest(struct scene *scene)
{
    double most = 0;
    if (scene->look.anatomy.chosen)
        return;
    for (enum side side = LEFT; side < SIDES; side++) {
        const struct snapshot *moment = scene_finite_moment(scene, side);
        const float *grad = snapshot_array(moment, QUANTITY_STREAM_GRAD, 0);
        for (int block = 0; grad && block < moment->layers; block++) {
            const double factor = fabs(log((double)grad[block] / (double)grad[block + 1]));
            if (isfinite(factor) && factor > most) {
                most = factor;
                scene->look.anatomy.block = block;
            }
        }
    }
}

static void restart(struct scene *scene)
{
    scene->look.anatomy.chosen = false;
}

/* ---- the row ---- */

static const enum action keys[] = {
    ACTION_PAUSE,   ACTION_SCROLL_UP,    ACTION_QUANTITY,      ACTION_STEP,    ACTION_BACK,
    ACTION_FORWARD, ACTION_SWITCH_RIGHT, ACTION_WARMUP_LONGER, ACTION_RESTART, ACTION_EXPORT,
    ACTIONS};

static const char *const notes[][2] = {
    {"lines and boxes",
     "the signal flows upwards, from x_(l-1) at the bottom to x_l: the line at the left is the "
     "stream, which skips the branch; at + the branch is added to it. Norms stand where the "
     "placement has them. Blind hides the inside of the block"},
    VIEW_QUANTITIES,
    {"size", "how many times as large the signal is, as RMS, behind attention or the feed-forward "
             "network as before it"},
    {"norm, sum",
     "what the gradient is multiplied by on its way down: through a norm on the stream, and at a + "
     "by the sum of what goes straight on and what the branch sends down, norms in the branch "
     "included; = is the product, of the sublayer. Its way through ResiDual's second stream or "
     "B2T's outer line counts in the sum where that comes in"},
    {"per sublayer",
     "geometric means over the sublayers of the block, so that their product is the block's "
     "factor: the gradient at x_(l-1) over that at x_l, which stands beside the block's number"},
    {"measured at step",
     "all this is measured in every step while the view is open, otherwise in every 8th; "
     "shown is the nearest step before the one of the screen"},
    {"attention maps",
     "v shows every head of the block as a map: a row for each query, a column for each key that "
     "it "
     "sees. The colour is what the query gives to the key (softmax, before the values) times the "
     "number of keys that it sees: even attention is the middle colour everywhere, as at the "
     "start. "
     "The mean over the batch, or, with Page Up and Page Down, one sequence; Left and Right move "
     "the window of a long context"},
    {"entropy of a head",
     "-sum p log p of what a query gives, over log of the number of keys that it sees: the mean "
     "over "
     "the queries that see more than one. 1: even, 0: all on one key. Measured while the maps are "
     "shown, in every 5th step; a step of the past is done again from the saved state before it, "
     "while training waits"},
    {NULL, NULL},
};

const struct view_row view_anatomy = {
    .key = '3',
    .summary = "one block as a diagram, or the attention of its heads",
    .draw = draw,
    .shows = SHOWN_ANATOMY,
    .act = {[ACT_SCROLL] = scroll,
            [ACT_SIDEWAYS] = pan,
            [ACT_PAGE] = next_sequence,
            [ACT_QUANTITY] = next_form},
    .open = open_strongest,
    .restart = restart,
    .watch = WATCH_DETAIL,
    .up = "block",
    .keys = keys,
    .notes = notes,
};
