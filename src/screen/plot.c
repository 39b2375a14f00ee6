/* See plot.h. */
#include "screen/plot.h"

#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    EIGHTHS = 8,
    SEGMENT = 6,     /* so many eighths of a column are filled in a bar of segments */
    DECADE_COLS = 6, /* the least distance of written decades */
    KEY_EDGE = 3     /* what the numbers below the key of a heat map stand out at its ends */
};

/* The glyph that fills `eighths` (1..7) of a column, and the whole one. */
static uint32_t bar_end(enum texture texture, bool ascii, int eighths)
{
    if (ascii)
        return eighths < 4 ? ' ' : texture == TEXTURE_STALE ? '.' : '-';
    if (texture == TEXTURE_STALE)
        return eighths < 4 ? ' ' : 0x2591u;
    if (texture == TEXTURE_SEGMENTS && eighths > SEGMENT)
        eighths = SEGMENT;
    return 0x2590u - (uint32_t)eighths; /* U+258F is one eighth, U+2588 the whole column */
}

static uint32_t bar_body(enum texture texture, bool ascii)
{
    static const uint32_t block[] = {
        [TEXTURE_FULL] = 0x2588, [TEXTURE_SEGMENTS] = 0x2590 - SEGMENT, [TEXTURE_STALE] = 0x2591};
    static const uint32_t letter[] = {
        [TEXTURE_FULL] = '#', [TEXTURE_SEGMENTS] = '=', [TEXTURE_STALE] = ':'};
    return ascii ? letter[texture] : block[texture];
}

void plot_bar(struct canvas *canvas, struct rect area, double fraction, enum texture texture,
              bool ascii, enum role role)
{
    if (!(fraction >= 0))
        return;
    int length = (int)lrint(fmin(fraction, 1) * area.cols * EIGHTHS);
    length = length > 0 ? length : 1;
    int whole = length / EIGHTHS, rest = length % EIGHTHS;
    canvas_fill(canvas, (struct rect){area.row, area.col, area.rows, whole},
                bar_body(texture, ascii), role);
    uint32_t end = rest > 0 ? bar_end(texture, ascii, rest) : ' ';
    if (end == ' ' && whole == 0)
        end = ascii ? '|' : 0x258F;
    if (end != ' ')
        canvas_fill(canvas, (struct rect){area.row, area.col + whole, area.rows, 1}, end, role);
}

/* The column in which a decade ends, counted in the bars' area; -1 is their base line. */
static int decade_col(struct rect bar, const struct axis *axis, int decade)
{
    return (int)lrint((double)(decade - axis->low) / (axis->high - axis->low) * bar.cols) - 1;
}

/* Every how many decades one is written, counted from the highest. */
static int decade_stride(struct rect bar, const struct axis *axis)
{
    static const int strides[] = {1, 2, 3, 4, 5, 10, 20, 50, 100};
    int decades = axis->high - axis->low;
    for (size_t i = 0; i < sizeof strides / sizeof strides[0]; i++)
        if (bar.cols * strides[i] >= DECADE_COLS * decades)
            return strides[i];
    return decades;
}

void plot_log_grid(struct canvas *canvas, struct rect bar, const struct axis *axis, bool ascii)
{
    struct rect base = {bar.row, bar.col - 1, bar.rows, 1};
    canvas_fill(canvas, base, ascii ? '|' : 0x2502, ROLE_AXIS);
    if (axis->low >= axis->high)
        return;
    int stride = decade_stride(bar, axis);
    for (int decade = axis->high; decade > axis->low; decade -= stride) {
        struct rect line = {bar.row, bar.col + decade_col(bar, axis, decade), bar.rows, 1};
        canvas_fill(canvas, line, ascii ? '.' : 0x250A, ROLE_GRID);
    }
}

void plot_log_axis(struct canvas *canvas, struct rect area, struct rect bar,
                   const struct axis *axis, bool ascii)
{
    if (area.rows == 0)
        return;
    struct rect line = {area.row, bar.col - 1, 1, bar.cols + 1};
    canvas_fill(canvas, line, ascii ? '-' : 0x2500, ROLE_AXIS);
    canvas_put(canvas, area.row, bar.col - 1, ascii ? '+' : 0x2514, ROLE_AXIS);
    if (axis->low >= axis->high)
        return;
    int stride = decade_stride(bar, axis);
    for (int decade = axis->high; decade >= axis->low; decade -= stride) {
        char text[16];
        snprintf(text, sizeof text, "1e%d", decade);
        int col = bar.col - area.col + decade_col(bar, axis, decade) - canvas_columns(text) / 2;
        canvas_text(canvas, area, 0, col, ROLE_DIM, text);
    }
}

/* Where lines and numbers of a linear axis are: at its ends and in the middle. */
static double linear_tick(double low, double high, int i)
{
    return i == 0 ? low : i == 1 ? (low + high) / 2 : high;
}

static int linear_col(struct rect bar, double low, double high, double value)
{
    return (int)lrint((value - low) / (high - low) * bar.cols) - 1;
}

void plot_linear_grid(struct canvas *canvas, struct rect bar, double low, double high, bool ascii)
{
    for (int i = 0; i < 3; i++) {
        const double tick = linear_tick(low, high, i);
        struct rect line = {bar.row, bar.col + linear_col(bar, low, high, tick), bar.rows, 1};
        if (tick != 0)
            canvas_fill(canvas, line, ascii ? '.' : 0x250A, ROLE_GRID);
        else
            canvas_fill(canvas, line, ascii ? '|' : 0x2502, ROLE_AXIS);
    }
}

void plot_linear_axis(struct canvas *canvas, struct rect area, struct rect bar, double low,
                      double high, bool ascii)
{
    if (area.rows == 0)
        return;
    struct rect line = {area.row, bar.col - 1, 1, bar.cols + 1};
    canvas_fill(canvas, line, ascii ? '-' : 0x2500, ROLE_AXIS);
    canvas_put(canvas, area.row, bar.col - 1, ascii ? '+' : 0x2514, ROLE_AXIS);
    for (int i = 0; i < 3; i++) {
        char text[16];
        const double tick = linear_tick(low, high, i);
        if (i == 1 && bar.cols < 2 * DECADE_COLS)
            continue;
        snprintf(text, sizeof text, "%g", tick);
        int col = bar.col - area.col + linear_col(bar, low, high, tick) - canvas_columns(text) / 2;
        canvas_text(canvas, area, 0, col, ROLE_DIM, text);
    }
}

void plot_column(struct canvas *canvas, struct rect area, int col, double fraction, bool ascii,
                 enum role role)
{
    static const char letters[] = " __..-=##"; /* [EIGHTHS + 1] */
    int height = (int)lrint(fmin(fmax(fraction, 0), 1) * area.rows * EIGHTHS);
    if (fraction > 0 && height == 0)
        height = 1;
    for (int row = area.rows - 1; row >= 0 && height > 0; row--, height -= EIGHTHS) {
        int here = height < EIGHTHS ? height : EIGHTHS;
        uint32_t glyph = ascii ? (uint32_t)letters[here] : 0x2580u + (uint32_t)here;
        canvas_put(canvas, area.row + row, area.col + col, glyph, role);
    }
}

int plot_heat_step(const struct axis *axis, double value)
{
    if (!isfinite(value) || axis->low >= axis->high)
        return -1;
    int step = value > 0 ? (int)(axis_fraction(axis, value) * RAMP_STEPS) : 0;
    return step < RAMP_STEPS ? step : RAMP_STEPS - 1;
}

static enum role ramp_role(int step)
{
    return (enum role)(ROLE_RAMP + step);
}

void plot_heat_cell(struct canvas *canvas, int row, int col, int upper, int lower, bool letters)
{
    const uint32_t upper_half = 0x2580, lower_half = 0x2584;
    if (letters && upper >= 0)
        canvas_put(canvas, row, col, (uint32_t)canvas_letter(upper), ramp_role(upper));
    else if (letters || (upper < 0 && lower < 0))
        canvas_put(canvas, row, col, ' ', ROLE_TEXT);
    else if (upper == lower)
        canvas_put_on(canvas, row, col, ' ', ROLE_TEXT, ramp_role(upper));
    else if (upper < 0)
        canvas_put(canvas, row, col, lower_half, ramp_role(lower));
    else
        canvas_put_on(canvas, row, col, upper_half, ramp_role(upper),
                      lower < 0 ? (enum role)BACK_OWN : ramp_role(lower));
}

void plot_heat_text(struct canvas *canvas, struct rect area, int row, int col, int step,
                    bool letters, const char *text)
{
    enum role ink = step < RAMP_STEPS / 2 ? ROLE_ON_LOW : ROLE_ON_HIGH;
    if (letters || step < 0) {
        canvas_text(canvas, area, row, col, ROLE_TITLE, text);
        return;
    }
    canvas_text_on(canvas, area, row, col, ink, ramp_role(step), text);
}

static void draw_ramp(struct canvas *canvas, struct rect bar, bool letters)
{
    const uint32_t left_half = 0x258C;
    for (int col = 0; col < bar.cols; col++) {
        int left = 2 * col * RAMP_STEPS / (2 * bar.cols);
        int right = (2 * col + 1) * RAMP_STEPS / (2 * bar.cols);
        if (letters || left == right)
            plot_heat_cell(canvas, bar.row, bar.col + col, left, left, letters);
        else
            canvas_put_on(canvas, bar.row, bar.col + col, left_half, ramp_role(left),
                          ramp_role(right));
    }
}

/* A value that stands out on the ramp; NAN: none. */
static void draw_mark(struct canvas *canvas, struct rect bar, const struct axis *axis, double mark,
                      bool letters)
{
    double at = axis_fraction(axis, mark);
    if (at > 0 && at < 1) {
        int col = (int)(at * bar.cols);
        plot_heat_text(canvas, bar, 0, col, col * RAMP_STEPS / bar.cols, letters,
                       letters ? "!" : "┃");
    }
}

struct rect plot_heat_scale(struct canvas *canvas, struct rect area, const char *low,
                            const char *high, bool letters)
{
    int from = canvas_text(canvas, area, 0, 0, ROLE_DIM, low) + 1;
    int end = canvas_print_right(canvas, area, 0, area.cols, ROLE_DIM, "%s", high) - 1;
    struct rect bar = {area.row, area.col + from, 1, end - from};
    draw_ramp(canvas, bar, letters);
    return bar;
}

void plot_heat_key(struct canvas *canvas, struct rect area, const struct axis *axis, double mark,
                   bool letters)
{
    if (axis->low >= axis->high || area.rows == 0)
        return;
    if (area.rows == 1) {
        char low[16], high[16];
        snprintf(low, sizeof low, "1e%d", axis->low);
        snprintf(high, sizeof high, "1e%d", axis->high);
        draw_mark(canvas, plot_heat_scale(canvas, area, low, high, letters), axis, mark, letters);
        return;
    }
    struct rect bar = {area.row, area.col + KEY_EDGE, 1, area.cols - 2 * KEY_EDGE};
    draw_ramp(canvas, bar, letters);
    draw_mark(canvas, bar, axis, mark, letters);
    int stride = decade_stride(bar, axis);
    for (int decade = axis->high; decade >= axis->low; decade -= stride) {
        char text[16];
        int width = snprintf(text, sizeof text, "1e%d", decade);
        int col = KEY_EDGE + decade_col(bar, axis, decade) + 1 - width / 2;
        bool marked = isfinite(mark) && fabs(log10(mark) - decade) < 1e-9;
        canvas_text(canvas, area, 1, col, marked ? ROLE_MARK : ROLE_DIM, text);
    }
}

double plot_nice_above(double value)
{
    static const double nice[] = {1, 1.5, 2, 3, 4, 6, 8};
    double power = pow(10, floor(log10(value)));
    for (size_t i = 0; i < sizeof nice / sizeof nice[0]; i++)
        if (value <= nice[i] * power * (1 + 1e-9))
            return nice[i] * power;
    return 10 * power;
}

double plot_tick_distance(double range, int most)
{
    static const double nice[] = {1, 2, 5};
    double least = range / (most > 0 ? most : 1);
    double power = pow(10, floor(log10(least)));
    for (size_t i = 0; i < sizeof nice / sizeof nice[0]; i++)
        if (least <= nice[i] * power * (1 + 1e-9))
            return nice[i] * power;
    return 10 * power;
}

void plot_open(struct plot *plot, int rows, int cols)
{
    size_t cells = (size_t)rows * (size_t)cols;
    *plot = (struct plot){rows, cols, memory_new(cells > 0 ? cells * PLOT_LAYERS : 1, 1)};
}

void plot_close(struct plot *plot)
{
    free(plot->dots);
    *plot = (struct plot){0};
}

static uint8_t *plot_cell(const struct plot *plot, enum plot_layer layer, int row, int col)
{
    return &plot->dots[((size_t)layer * (size_t)plot->rows + (size_t)row) * (size_t)plot->cols +
                       (size_t)col];
}

void plot_dot(struct plot *plot, enum plot_layer layer, int x, int y)
{
    /* The bits of U+2800..U+28FF, by row from the top and column. */
    static const uint8_t bit[PLOT_DOTS_Y][PLOT_DOTS_X] = {
        {0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    if (x < 0 || y < 0 || x >= plot->cols * PLOT_DOTS_X || y >= plot->rows * PLOT_DOTS_Y)
        return;
    int down = plot->rows * PLOT_DOTS_Y - 1 - y;
    *plot_cell(plot, layer, down / PLOT_DOTS_Y, x / PLOT_DOTS_X) |=
        bit[down % PLOT_DOTS_Y][x % PLOT_DOTS_X];
}

bool plot_gap(int x)
{
    return x / PLOT_DOTS_X % 4 == 2;
}

/* The dot at a place of one axis; of all that lie beyond the plot, which can be a billion, one on
 * each side, so far that a line two dots thick is not seen there. */
static int nearest_dot(double place, int dots)
{
    return (int)lrint(fmin(fmax(place, -2), dots));
}

void plot_line(struct plot *plot, enum plot_layer layer, double x0, double y0, double x1, double y1,
               bool dashed)
{
    const int cols = plot->cols * PLOT_DOTS_X, rows = plot->rows * PLOT_DOTS_Y;
    int from = nearest_dot(x0, cols), to = nearest_dot(x1, cols);
    double slope = x1 > x0 ? (y1 - y0) / (x1 - x0) : 0;
    double before = y0;
    const int thick = layer == PLOT_LEFT || layer == PLOT_RIGHT ? 1 : 0;
    for (int x = from; x <= to; x++) {
        double now = x < to ? y0 + (x - x0) * slope : y1;
        int low = nearest_dot(fmin(before, now), rows);
        int high = nearest_dot(fmax(before, now), rows);
        before = now;
        if (dashed && plot_gap(x))
            continue;
        for (int y = low; y <= high + thick; y++)
            plot_dot(plot, layer, x, y);
    }
}

/* Has the cell a dot in this layer or in that of the right stack, which follows? */
static bool has_dot(const struct plot *plot, enum plot_layer left, int row, int col)
{
    if (row < 0 || row >= plot->rows || col < 0 || col >= plot->cols)
        return false;
    return *plot_cell(plot, left, row, col) || *plot_cell(plot, left + 1, row, col);
}

bool plot_has_curve(const struct plot *plot, int row, int col)
{
    return has_dot(plot, PLOT_LEFT, row, col);
}

bool plot_has_run(const struct plot *plot, int row, int col)
{
    return has_dot(plot, PLOT_LEFT_RUN, row, col);
}

/* How the dots of two stacks are painted. */
struct pair_look {
    enum plot_layer left; /* that of the right stack follows */
    enum role role[2];
    char letter[3];
    bool lines; /* of two in a cell one is shown; dots are joined */
};

/* The glyph and role of two stacks' dots in one cell; false when there are none. */
static bool shared_cell(const struct plot *plot, const struct pair_look *look, int row, int col,
                        bool ascii, struct cell *cell)
{
    const uint8_t left = *plot_cell(plot, look->left, row, col),
                  right = *plot_cell(plot, look->left + 1, row, col);
    if (!left && !right)
        return false;
    const int winner = left && right ? col % 2 : right != 0;
    const int dots = !look->lines ? left | right : winner ? right : left;
    cell->role = (uint8_t)look->role[winner];
    cell->glyph = ascii ? (uint32_t)look->letter[winner] : 0x2800u + (uint32_t)dots;
    return true;
}

/* The dots of a pair of layers, one of each stack. */
static uint8_t joined(const struct plot *plot, enum plot_layer left, int row, int col)
{
    return *plot_cell(plot, left, row, col) | *plot_cell(plot, left + 1, row, col);
}

/* Is the cell the gap of a dashed curve, which stays one only while nothing else fills it? */
static bool is_gap(const struct plot *plot, int row, int col)
{
    return plot_gap(col * PLOT_DOTS_X) && col > 0 && col + 1 < plot->cols &&
           *plot_cell(plot, PLOT_RIGHT, row, col - 1) && *plot_cell(plot, PLOT_RIGHT, row, col + 1);
}

void plot_paint(const struct plot *plot, struct canvas *canvas, struct rect area, bool ascii)
{
    static const struct pair_look pairs[] = {
        {PLOT_LEFT, {ROLE_LEFT, ROLE_RIGHT}, "*o", true},
        {PLOT_LEFT_RUN, {ROLE_LEFT_DIM, ROLE_RIGHT_DIM}, "+x", true},
        {PLOT_LEFT_RAW, {ROLE_LEFT_DIM, ROLE_RIGHT_DIM}, "..", false},
        {PLOT_LEFT_GHOST, {ROLE_LEFT_GHOST, ROLE_RIGHT_GHOST}, "'\"", false},
    };
    enum { PAIRS = sizeof pairs / sizeof pairs[0] };
    for (int row = 0; row < plot->rows; row++) {
        for (int col = 0; col < plot->cols; col++) {
            struct cell cell;
            int pair = 0;
            while (pair < PAIRS && !shared_cell(plot, &pairs[pair], row, col, ascii, &cell))
                pair++;
            const uint8_t reference =
                is_gap(plot, row, col) ? 0 : *plot_cell(plot, PLOT_REFERENCE, row, col);
            if (pair < PAIRS && pairs[pair].left == PLOT_LEFT_RAW && !ascii)
                cell.glyph |= joined(plot, PLOT_LEFT_GHOST, row, col);
            if (pair < PAIRS)
                canvas_put(canvas, area.row + row, area.col + col, cell.glyph, cell.role);
            else if (reference)
                canvas_put(canvas, area.row + row, area.col + col,
                           ascii ? '-' : 0x2800u + reference, ROLE_REFERENCE);
        }
    }
}
