/* See layout.h. */
#include "screen/layout.h"

enum {
    LABEL_COLS = 5,       /* "x_128" */
    VALUE_COLS = 7,       /* "1.2e-10" */
    FACTOR_COLS = 6,      /* "×0.052" */
    STEP_COLS = 6,        /* "123456", at least */
    FACTOR_FROM = 32,     /* a panel this wide has room for the factors */
    HEADER_TWO_FROM = 20, /* a screen with as many rows has a header of two, */
    PLOT_FROM = 22        /* ... and a projector with as many a plot */
};

/* Rows of each part of the body. */
struct heights {
    int state, axis, bars, plot, x_axis, strip, gap;
};

enum part { STATE, AXIS, BARS, PLOT, X_AXIS, STRIP, GAP };

/* What has always its row: title, head and ratio of the panels, the legend of the plot. */
enum { FIXED_ROWS = 4, BARS_LEAST = 4, PLOT_LEAST = 2 };

/* Who gets the next row, from the smallest body up. The bars go to 7 rows at once, which is what
 * the default depth needs. */
static const enum part grant[] = {AXIS, STATE, X_AXIS, PLOT,  BARS, BARS,
                                  BARS, PLOT,  STRIP,  STATE, PLOT};

/* Past its end bars and plot take turns, with a little more for the bars on tall screens; now and
 * then something else grows: the state, as its words do. */
enum {
    GRANTS = sizeof grant / sizeof grant[0],
    GAP_AT = 16,
    STATE_AT = 20,
    TALL_FROM = 24,
    TALL_STRIP_AT = 32,
    TALL_STATE_AT = 33,
    TALLER_STATE_AT = 43
};

static enum part grant_of(int i)
{
    if (i < GRANTS)
        return grant[i];
    if (i == GAP_AT)
        return GAP;
    if (i == TALL_STRIP_AT)
        return STRIP;
    if (i == STATE_AT || i == TALL_STATE_AT || i == TALLER_STATE_AT)
        return STATE;
    int turn = i < TALL_FROM ? i - GRANTS : (i - TALL_FROM) % 5;
    return turn % 2 ? PLOT : BARS;
}

static struct heights share(int rows, bool strip)
{
    struct heights h = {.bars = BARS_LEAST, .plot = PLOT_LEAST};
    int spare = rows - FIXED_ROWS - BARS_LEAST - PLOT_LEAST;
    for (int i = 0; i < spare; i++) {
        enum part part = grant_of(i);
        if (part == STRIP && !strip)
            part = PLOT;
        h.state += part == STATE;
        h.axis += part == AXIS;
        h.bars += part == BARS;
        h.plot += part == PLOT;
        h.x_axis += part == X_AXIS;
        h.strip += part == STRIP;
        h.gap += part == GAP;
    }
    return h;
}

/* Takes `rows` rows from the top of *rest. */
static struct rect take(struct rect *rest, int rows)
{
    struct rect taken = {rest->row, rest->col, rows, rest->cols};
    rest->row += rows;
    rest->rows -= rows;
    return taken;
}

static struct rect columns(struct rect area, int from, int count)
{
    return (struct rect){area.row, area.col + from, area.rows, count};
}

struct layout_screen layout_screen(int rows, int cols)
{
    if (rows < LAYOUT_ROWS_MIN || cols < LAYOUT_COLUMNS_MIN)
        return (struct layout_screen){.too_small = true};
    struct rect rest = {0, 0, rows, cols};
    struct layout_screen screen = {0};
    screen.header = take(&rest, rows >= HEADER_TWO_FROM ? 2 : 1);
    screen.body = take(&rest, rest.rows - 1);
    screen.footer = rest;
    return screen;
}

struct layout_screen layout_screen_bare(int rows, int cols)
{
    struct layout_screen screen = layout_screen(rows, cols);
    if (!screen.too_small) {
        screen.header = (struct rect){0};
        screen.body = (struct rect){0, 0, rows, cols};
    }
    return screen;
}

static struct layout_panel panel_parts(struct rect area, const struct heights *h)
{
    struct layout_panel panel = {0};
    panel.title = take(&area, 1);
    panel.state = take(&area, h->state);
    panel.head = take(&area, 1);
    struct rect bars = take(&area, h->bars);
    panel.axis = take(&area, h->axis);
    panel.ratio = take(&area, 1);

    int factor = bars.cols >= FACTOR_FROM ? FACTOR_COLS : 0;
    int bar = bars.cols - LABEL_COLS - 1 - VALUE_COLS - (factor > 0 ? factor + 1 : 0);
    panel.label = columns(bars, 0, LABEL_COLS - 1);
    panel.bar = columns(bars, LABEL_COLS, bar);
    panel.value = columns(bars, LABEL_COLS + bar + 1, VALUE_COLS);
    panel.factor = columns(bars, bars.cols - factor, factor);
    return panel;
}

/* Columns for the names of the reference lines. */
static int margin_columns(int cols)
{
    return cols >= 72 ? 19 : cols >= 54 ? 12 : 5;
}

/* Free columns at both edges of a view, and between its panels. */
static int edge_columns(int cols)
{
    return cols >= 120 ? 2 : cols >= 72 ? 1 : 0;
}

static int between_columns(int cols)
{
    return cols >= 110 ? 6 : cols >= 72 ? 4 : 2;
}

struct rect layout_inside(struct rect area)
{
    int edge = edge_columns(area.cols);
    return columns(area, edge, area.cols - 2 * edge);
}

/* The columns of the panel of a stack, of so many columns of the rows where both are shown. */
static struct rect panel_columns(struct rect rows, enum side side, int width, enum side only)
{
    if (only != SIDES)
        return side == only ? rows : (struct rect){rows.row, rows.col, 0, 0};
    return columns(rows, side == LEFT ? 0 : rows.cols - width, width);
}

/* Field, axis and strip from the top of *rest. */
static struct layout_plot plot_parts(struct rect *rest, struct rect legend, int rows,
                                     int x_axis_rows, int strip_rows)
{
    struct layout_plot plot = {.legend = legend};
    struct rect field = take(rest, rows);
    plot.x_axis = take(rest, x_axis_rows);
    struct rect strip = take(rest, strip_rows);
    int margin = margin_columns(field.cols), middle = field.cols - LABEL_COLS - margin;
    plot.y_axis = columns(field, 0, LABEL_COLS);
    plot.field = columns(field, LABEL_COLS, middle);
    plot.margin = columns(field, LABEL_COLS + middle, margin);
    plot.strip_name = columns(strip, 0, LABEL_COLS - 1);
    plot.strip = columns(strip, LABEL_COLS, middle);
    plot.strip_value = columns(strip, LABEL_COLS + middle, margin);
    return plot;
}

struct layout_overview layout_overview(struct rect area, bool strip, enum side only)
{
    struct heights h = share(area.rows, strip);
    area = layout_inside(area);
    struct layout_overview overview = {0};
    struct rect panels = take(&area, FIXED_ROWS - 1 + h.state + h.bars + h.axis);
    int width = (panels.cols - between_columns(area.cols)) / 2;
    for (enum side side = LEFT; side < SIDES; side++)
        if (only == SIDES || only == side)
            overview.panel[side] = panel_parts(panel_columns(panels, side, width, only), &h);
    take(&area, h.gap);
    struct rect legend = take(&area, 1);
    overview.plot = plot_parts(&area, legend, h.plot, h.x_axis, h.strip);
    return overview;
}

static struct layout_heat heat_parts(struct rect area, int state)
{
    struct layout_heat heat = {0};
    heat.title = take(&area, 1);
    heat.state = take(&area, state);
    heat.head = take(&area, 1);
    struct rect map = take(&area, area.rows - 1);
    heat.axis = area;
    heat.label = columns(map, 0, LABEL_COLS - 1);
    heat.map = columns(map, LABEL_COLS, map.cols - LABEL_COLS);
    return heat;
}

struct layout_waterfall layout_waterfall(struct rect area, enum side only)
{
    int rows = area.rows, key = rows >= 14 ? 2 : 1, gap = rows >= 15;
    area = layout_inside(area);
    struct layout_waterfall waterfall = {0};
    struct rect panels = take(&area, rows - key - gap);
    int width = (panels.cols - between_columns(area.cols)) / 2;
    for (enum side side = LEFT; side < SIDES; side++)
        if (only == SIDES || only == side)
            waterfall.panel[side] =
                heat_parts(panel_columns(panels, side, width, only), rows >= 11);
    take(&area, gap);
    waterfall.key = area;
    return waterfall;
}

/* The names get more room on wide screens, never so much that the maps starve. */
static int name_columns(int cols)
{
    return cols >= 72 ? 17 : cols >= 56 ? 13 : 11;
}

struct layout_tensors layout_tensors(struct rect area, enum side only)
{
    int rows = area.rows, state = rows >= 15, key = rows >= 14 ? 2 : 1, gap = rows >= 30;
    int readout = rows >= 13 ? 2 : 1;
    area = layout_inside(area);
    struct layout_tensors tensors = {0};
    int names = name_columns(area.cols), width = (area.cols - names - 4) / 2;
    struct rect title = take(&area, 1), states = take(&area, state);
    tensors.head = take(&area, 1);
    struct rect maps = take(&area, area.rows - readout - key - gap);
    tensors.readout = take(&area, readout);
    take(&area, gap);
    tensors.key = area;
    tensors.name = columns(maps, width + 2, maps.cols - 2 * width - 4);
    if (only != SIDES) {
        names = area.cols >= 100 ? 2 * names : names; /* for which there is room now */
        tensors.name = columns(maps, 1, names);
        maps = columns(maps, names + 3, maps.cols - names - 3);
    }
    for (enum side side = LEFT; side < SIDES; side++) {
        tensors.panel[side].title = panel_columns(title, side, width, only);
        tensors.panel[side].state = panel_columns(states, side, width, only);
        tensors.panel[side].map = panel_columns(maps, side, width, only);
    }
    return tensors;
}

struct layout_curves layout_curves(struct rect area, bool strip)
{
    const int rows = area.rows, strip_rows = !strip       ? 0
                                             : rows >= 30 ? 3
                                             : rows >= 18 ? 2
                                                          : rows >= 12;
    area = layout_inside(area);
    struct rect legend = take(&area, 1);
    struct layout_curves curves = {.info = take(&area, 1)};
    curves.plot = plot_parts(&area, legend, area.rows - 1 - strip_rows, 1, strip_rows);
    return curves;
}

struct layout_samples layout_samples(struct rect area, enum side only)
{
    int rows = area.rows, state = rows >= 12, guess = rows >= 14;
    int above = rows >= 16, below = rows >= 18, before_key = rows >= 20;
    area = layout_inside(area);
    struct layout_samples samples = {0};
    int width = (area.cols - between_columns(area.cols)) / 2;
    struct rect title = take(&area, 1), states = take(&area, state);
    samples.head = take(&area, 1);
    take(&area, above);
    struct rect text = take(&area, area.rows - below - 1 - guess - before_key - 1);
    take(&area, below);
    struct rect summary = take(&area, 1), guesses = take(&area, guess);
    take(&area, before_key);
    samples.key = area;
    for (enum side side = LEFT; side < SIDES; side++) {
        samples.panel[side].title = panel_columns(title, side, width, only);
        samples.panel[side].state = panel_columns(states, side, width, only);
        samples.panel[side].text = panel_columns(text, side, width, only);
        samples.panel[side].summary = panel_columns(summary, side, width, only);
        samples.panel[side].guess = panel_columns(guesses, side, width, only);
    }
    return samples;
}

struct layout_log layout_log(struct rect area, int step)
{
    int rows = area.rows, cols = area.cols;
    int stack = cols >= 110 ? 18 : cols >= 72 ? 13 : 9;
    area = layout_inside(area);
    struct layout_log log = {.title = take(&area, 1)};
    take(&area, rows >= 24);
    log.head = take(&area, rows >= 12);
    step = step > STEP_COLS ? step : STEP_COLS;
    log.step = columns(area, 0, step);
    log.stack = columns(area, step + 2, stack);
    log.what = columns(area, step + stack + 4, area.cols - step - stack - 4);
    return log;
}

/* ---- the anatomy ---- */

/* The columns of a diagram and of the numbers beside it, for panels from `from` columns on. */
static const struct diagram_columns {
    int from;
    int drawing, stream, branch, norm_cols, branch_cols;
    int rms, rms_cols, grad, grad_cols, note; /* the notes reach to the end */
} diagram_columns[] = {
    {72, 35, 10, 25, 13, 16, 36, 7, 45, 8, 56}, {50, 24, 6, 16, 9, 14, 25, 5, 32, 6, 40},
    {37, 15, 4, 10, 7, 9, 15, 6, 22, 6, 29},    {27, 11, 2, 7, 5, 6, 11, 0, 11, 6, 18},
    {0, 10, 2, 6, 5, 6, 11, 0, 11, 0, 11},
};

static void diagram_parts(struct layout_diagram *panel, struct rect rows)
{
    const struct diagram_columns *c = diagram_columns;
    while (rows.cols < c->from)
        c++;
    panel->drawing = columns(rows, 0, c->drawing);
    panel->rms = columns(rows, c->rms, c->rms_cols);
    panel->grad = columns(rows, c->grad, c->grad_cols);
    panel->note = columns(rows, c->note, rows.cols - c->note);
    panel->stream = c->stream;
    panel->branch = c->branch;
    panel->norm_cols = c->norm_cols;
    panel->branch_cols = c->branch_cols;
}

struct layout_anatomy layout_anatomy(struct rect area, enum side only)
{
    int rows = area.rows, state = rows >= 11, info = rows >= 22, words = rows >= 23;
    int product = rows >= 24 ? 2 : 1, gap = rows >= 42;
    area = layout_inside(area);
    struct layout_anatomy anatomy = {0};
    struct rect panels = take(&area, rows - info - gap);
    take(&area, gap);
    anatomy.info = area;
    int width = (panels.cols - between_columns(area.cols)) / 2;
    for (enum side side = LEFT; side < SIDES; side++) {
        struct layout_diagram *panel = &anatomy.panel[side];
        struct rect rest = panel_columns(panels, side, width, only);
        if (rest.cols == 0)
            continue;
        panel->title = take(&rest, 1);
        panel->state = take(&rest, state);
        panel->head = take(&rest, 1);
        diagram_parts(panel, take(&rest, rest.rows - words - product));
        panel->product = take(&rest, product);
        panel->words = rest;
    }
    return anatomy;
}

/* ---- attention ---- */

struct layout_attention layout_attention(struct rect area, enum side only)
{
    const int rows = area.rows, state = rows >= 11, key = rows >= 9, info = rows >= 18;
    area = layout_inside(area);
    struct layout_attention attention = {0};
    struct rect panels = take(&area, rows - key - info);
    attention.info = take(&area, info);
    attention.key = area;
    const int width = (panels.cols - between_columns(area.cols)) / 2;
    for (enum side side = LEFT; side < SIDES; side++) {
        struct rect rest = panel_columns(panels, side, width, only);
        if (rest.cols == 0)
            continue;
        attention.panel[side].title = take(&rest, 1);
        attention.panel[side].state = take(&rest, state);
        attention.panel[side].head = take(&rest, 1);
        attention.panel[side].maps = rest;
    }
    return attention;
}

/* So many heads, as large as they can be. */
static struct layout_heads fit_heads(struct rect maps, int heads, int tokens)
{
    struct layout_heads best = {.shown = heads};
    for (int across = 1; across <= heads; across++) {
        const int down = (heads + across - 1) / across, gap = maps.cols >= 50 ? 2 : 1;
        const int width = (maps.cols + gap) / across, height = maps.rows / down;
        int side = width - gap < 2 * (height - 1) ? width - gap : 2 * (height - 1);
        side = side > tokens ? tokens : side;
        if (side > best.side) {
            best.across = across;
            best.side = side;
            best.width = width;
            best.height = height;
        }
    }
    return best;
}

struct layout_heads layout_heads(struct rect maps, int heads, int tokens)
{
    const int small = tokens < 4 ? tokens : 4;
    struct layout_heads best = fit_heads(maps, heads, tokens);
    while (best.side < small && best.shown > 1)
        best = fit_heads(maps, best.shown - 1, tokens);
    return best;
}

enum { BOX_ROWS = 3, TWO_SUBLAYERS_FROM = 11 };

/* A box below *row, with `gap` rows of the line above it; *row moves below it. */
static struct layout_box box_below(struct rect drawing, int *row, int rows, int gap)
{
    struct layout_box box = {.above = *row};
    *row += rows > 0 ? gap : 0;
    box.box = (struct rect){*row, drawing.col, rows, drawing.cols};
    *row += rows;
    return box;
}

/* One sublayer in `rows` rows from `row` on. What is left when all boxes are as high as they can be
 * are rows of the lines: of the branch, and then of the stream below Nout. */
static struct layout_sublayer sublayer_rows(struct rect drawing, int row, int rows,
                                            const struct placement_row *placement)
{
    const int norms = placement->norm_in + placement->norm_branch + placement->norm_out;
    /* above Nbranch, f, Nin, the split; below Nout; above all of it */
    const bool has[] = {placement->norm_branch, true, placement->norm_in, true,
                        placement->norm_out,    true};
    enum { LINES = sizeof has / sizeof has[0] };
    const int lines = 3 + norms;
    int spare = rows - 2 - 1 - norms;
    int branch = spare >= BOX_ROWS - 1 ? BOX_ROWS : 1;
    spare -= branch - 1;
    int norm = spare >= (BOX_ROWS - 1) * norms ? BOX_ROWS : 1;
    spare -= (norm - 1) * norms;
    int gap[LINES];
    for (int i = 0, line = 0; i < LINES; i++) {
        gap[i] = has[i] ? spare / lines + (line < spare % lines) : 0;
        line += has[i];
    }
    struct layout_sublayer sublayer = {0};
    row += gap[5];
    sublayer.norm_out = box_below(drawing, &row, placement->norm_out ? norm : 0, 0);
    row += gap[4];
    sublayer.join = row++;
    sublayer.norm_branch = box_below(drawing, &row, placement->norm_branch ? norm : 0, gap[0]);
    sublayer.branch = box_below(drawing, &row, branch, gap[1]);
    sublayer.norm_in = box_below(drawing, &row, placement->norm_in ? norm : 0, gap[2]);
    sublayer.split = row + gap[3];
    return sublayer;
}

struct layout_block layout_block(struct rect drawing, int sublayers,
                                 const struct placement_row *placement)
{
    struct layout_block block = {.out = drawing.row, .sublayers = sublayers};
    if (drawing.rows < TWO_SUBLAYERS_FROM)
        block.sublayers = 1;
    int rows = (drawing.rows - 1) / block.sublayers, row = drawing.row + drawing.rows;
    for (int i = 0; i < block.sublayers; i++) {
        row -= rows;
        block.sublayer[i] = sublayer_rows(drawing, row, rows, placement);
    }
    return block;
}

/* ---- the stream ---- */

enum {
    NUMBER_COLS = 6,          /* "-0.123" */
    PROPERTY_ROWS = 9,        /* a head, 7 bars, an axis */
    PROPERTIES_TWO_FROM = 70, /* columns of half a screen in which two stand side by side */
    PROPERTIES_HIGH = 3       /* then at most so many one above the other */
};

static struct layout_property property_parts(struct rect area)
{
    struct layout_property property = {.head = take(&area, 1)};
    struct rect bars = take(&area, area.rows - 1);
    int bar = bars.cols - LABEL_COLS - 1 - NUMBER_COLS;
    property.axis = area;
    property.label = columns(bars, 0, LABEL_COLS - 1);
    property.bar = columns(bars, LABEL_COLS, bar);
    property.value = columns(bars, LABEL_COLS + bar + 1, NUMBER_COLS);
    return property;
}

struct layout_stream layout_stream(struct rect area, enum side only)
{
    const int rows = area.rows, state = rows >= 12;
    area = layout_inside(area);
    struct layout_stream stream = {0};
    struct rect title = take(&area, 1), states = take(&area, state);
    int half = only == SIDES ? (area.cols - between_columns(area.cols)) / 2 : area.cols;
    int across = half >= PROPERTIES_TWO_FROM ? 2 : 1;
    int words = rows >= 14 ? 2 : 0;
    int high = (area.rows + 1) / (PROPERTY_ROWS + 1);
    if (across == 2 && high >= PROPERTIES_HIGH)
        words = 0; /* they stand where a sixth one would */
    else
        high = (area.rows - words + 1) / (PROPERTY_ROWS + 1);
    int most = across == 2 ? PROPERTIES_HIGH : LAYOUT_PROPERTIES;
    high = high > most ? most : high > 1 ? high : 1;
    int between = across == 2 ? 3 : 0, width = (half - between * (across - 1)) / across;
    int each = (area.rows - words - (high - 1)) / high, places = high * across;
    stream.properties = places < LAYOUT_PROPERTIES ? places : LAYOUT_PROPERTIES;
    for (enum side side = LEFT; side < SIDES; side++) {
        int from = side == LEFT || only != SIDES ? 0 : area.cols - half;
        stream.panel[side].title = panel_columns(title, side, half, only);
        stream.panel[side].state = panel_columns(states, side, half, only);
        for (int i = 0; (only == SIDES || only == side) && i < places; i++) {
            struct rect place = {area.row + i / across * (each + 1),
                                 area.col + from + i % across * (width + between), each, width};
            if (i < LAYOUT_PROPERTIES)
                stream.panel[side].property[i] = property_parts(place);
            else
                stream.words[side] = place;
        }
    }
    if (words > 0)
        stream.words[0] = (struct rect){area.row + area.rows - words, area.col, words, area.cols};
    return stream;
}

/* Rows of words and digits: as many as the height allows, and as the width has use for. */
struct big_rows {
    int verdict, loss, ratio;
};

static struct big_rows big_rows(int rows, int cols)
{
    /* From the height and the width on that are named; the last one is there on every screen. */
    static const struct {
        int rows, cols;
        struct big_rows big;
    } sizes[] = {
        {56, 93, {7, 11, 11}}, {44, 62, {5, 7, 7}}, {34, 50, {4, 7, 5}},
        {28, 44, {3, 5, 5}},   {22, 29, {2, 4, 3}}, {0, 0, {0, 3, 3}},
    };
    size_t i = 0;
    while (rows < sizes[i].rows || cols < sizes[i].cols)
        i++;
    return sizes[i].big;
}

static struct layout_big big_parts(struct rect area, const struct big_rows *rows, int gap, int axis)
{
    struct layout_big big = {0};
    big.verdict = take(&area, rows->verdict);
    big.name = take(&area, 1);
    big.loss = take(&area, rows->loss);
    big.word = take(&area, 1);
    big.ratio = take(&area, rows->ratio);
    take(&area, gap);
    struct rect bars = take(&area, area.rows - axis);
    big.axis = area;
    big.label = columns(bars, 0, LABEL_COLS - 1);
    big.bar = columns(bars, LABEL_COLS, bars.cols - LABEL_COLS - 2); /* half a decade's name */
    return big;
}

struct layout_projector layout_projector(struct rect area, enum side only)
{
    const int rows = area.rows, gap = rows >= 40;
    area = layout_inside(area);
    const int width = (area.cols - between_columns(area.cols)) / 2;
    const struct big_rows big = big_rows(rows, width);
    const int spare = rows - 2 - big.verdict - big.loss - big.ratio - gap,
              step_cols = area.cols >= 100 ? 32 : 22;
    const bool plot = rows >= PLOT_FROM;
    const int band = !plot ? 1 : spare * 2 / 5 > 5 ? spare * 2 / 5 : 5;
    struct layout_projector projector = {0};
    struct rect panels = take(&area, rows - band);
    const int axis = spare - band >= 8;
    for (enum side stack = LEFT; stack < SIDES; stack++)
        if (only == SIDES || only == stack)
            projector.panel[stack] =
                big_parts(panel_columns(panels, stack, width, only), &big, gap, axis);
    struct rect side = columns(area, 0, plot ? step_cols : area.cols);
    projector.state = take(&side, 1);
    if (!plot)
        return projector;
    projector.step = take(&side, side.rows - 1);
    projector.rate = side;
    struct rect rest = columns(area, step_cols + 2, area.cols - step_cols - 2);
    struct rect legend = take(&rest, 1);
    projector.plot = plot_parts(&rest, legend, rest.rows - 1, 1, 0);
    return projector;
}
