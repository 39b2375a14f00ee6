/* The layout, for every size of screen from 1x1 to 250x80: inside, disjoint, and what is given up
 * in which order. */
#include "screen/layout.h"

#include "views/views.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { ROWS_MAX = 80, COLS_MAX = 250 };

static unsigned char covered[ROWS_MAX][COLS_MAX];

/* Marks the cells of the rectangle; they must be inside `outer` and not marked yet. */
static void cover(struct rect area, struct rect outer)
{
    assert_true(area.rows >= 0 && area.cols >= 0);
    for (int row = area.row; row < area.row + area.rows; row++)
        for (int col = area.col; col < area.col + area.cols; col++) {
            assert_true(row >= outer.row && row < outer.row + outer.rows);
            assert_true(col >= outer.col && col < outer.col + outer.cols);
            assert_false(covered[row][col]);
            covered[row][col] = 1;
        }
}

static void cover_plot(const struct layout_plot *plot, struct rect body)
{
    const struct rect parts[] = {plot->legend, plot->y_axis,     plot->field, plot->margin,
                                 plot->x_axis, plot->strip_name, plot->strip, plot->strip_value};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        cover(parts[i], body);
}

static void cover_overview(const struct layout_overview *overview, struct rect body)
{
    for (int side = 0; side < SIDES; side++) {
        const struct layout_panel *panel = &overview->panel[side];
        const struct rect parts[] = {panel->title,  panel->state, panel->head,
                                     panel->label,  panel->bar,   panel->value,
                                     panel->factor, panel->axis,  panel->ratio};
        for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
            cover(parts[i], body);
        /* the base line of the bars has its own column */
        cover((struct rect){panel->bar.row, panel->bar.col - 1, panel->bar.rows, 1}, body);
    }
    cover_plot(&overview->plot, body);
}

static void cover_waterfall(const struct layout_waterfall *waterfall, struct rect body)
{
    for (int side = 0; side < SIDES; side++) {
        const struct layout_heat *panel = &waterfall->panel[side];
        const struct rect parts[] = {panel->title, panel->state, panel->head,
                                     panel->label, panel->map,   panel->axis};
        for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
            cover(parts[i], body);
        cover((struct rect){panel->map.row, panel->map.col - 1, panel->map.rows, 1}, body);
    }
    cover(waterfall->key, body);
}

static void cover_tensors(const struct layout_tensors *tensors, struct rect body)
{
    for (int side = 0; side < SIDES; side++) {
        cover(tensors->panel[side].title, body);
        cover(tensors->panel[side].state, body);
        cover(tensors->panel[side].map, body);
    }
    cover(tensors->head, body);
    cover(tensors->readout, body);
    cover(tensors->key, body);
    /* the names, and the arrows at both sides */
    struct rect name = tensors->name;
    cover((struct rect){name.row, name.col - 1, name.rows, name.cols + 2}, body);
}

static void cover_curves(const struct layout_curves *curves, struct rect body)
{
    cover(curves->info, body);
    cover_plot(&curves->plot, body);
}

static void cover_samples(const struct layout_samples *samples, struct rect body)
{
    for (int side = 0; side < SIDES; side++) {
        cover(samples->panel[side].title, body);
        cover(samples->panel[side].state, body);
        cover(samples->panel[side].text, body);
        cover(samples->panel[side].summary, body);
        cover(samples->panel[side].guess, body);
    }
    cover(samples->head, body);
    cover(samples->key, body);
}

static void cover_log(const struct layout_log *log, struct rect body)
{
    const struct rect parts[] = {log->title, log->head, log->step, log->stack, log->what};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        cover(parts[i], body);
}

static void cover_anatomy(const struct layout_anatomy *anatomy, struct rect body)
{
    for (int side = 0; side < SIDES; side++) {
        const struct layout_diagram *panel = &anatomy->panel[side];
        const struct rect parts[] = {panel->title,   panel->state, panel->head,
                                     panel->drawing, panel->rms,   panel->grad,
                                     panel->note,    panel->words, panel->product};
        for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
            cover(parts[i], body);
    }
    cover(anatomy->info, body);
}

/* Maps lie side by side inside their rectangle, whatever their number. */
static void cover_attention(const struct layout_attention *attention, struct rect body)
{
    static const int heads[] = {1, 2, 3, 4, 8, 16, 64};
    for (int side = 0; side < SIDES; side++) {
        const struct rect maps = attention->panel[side].maps;
        cover(attention->panel[side].title, body);
        cover(attention->panel[side].state, body);
        cover(attention->panel[side].head, body);
        for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
            const struct layout_heads grid = layout_heads(maps, heads[i], 32);
            const int down = (grid.shown + grid.across - 1) / grid.across;
            assert_true(grid.shown >= 1 && grid.shown <= heads[i]);
            assert_true(grid.side >= 1 && grid.side <= 32);
            assert_true(grid.side < grid.width);
            assert_true(1 + (grid.side + 1) / 2 <= grid.height);
            assert_true((grid.across - 1) * grid.width + grid.side <= maps.cols);
            assert_true(down * grid.height <= maps.rows);
        }
        cover(maps, body);
    }
    cover(attention->info, body);
    cover(attention->key, body);
}

static void cover_stream(const struct layout_stream *stream, struct rect body)
{
    for (int side = 0; side < SIDES; side++) {
        cover(stream->panel[side].title, body);
        cover(stream->panel[side].state, body);
        cover(stream->words[side], body);
        for (int i = 0; i < stream->properties; i++) {
            const struct layout_property *property = &stream->panel[side].property[i];
            const struct rect bar = property->bar;
            const struct rect parts[] = {
                property->head,  property->label, bar,
                property->value, property->axis,  {bar.row, bar.col - 1, bar.rows, 1}};
            for (size_t p = 0; p < sizeof parts / sizeof parts[0]; p++)
                cover(parts[p], body);
        }
    }
}

static void cover_view(enum view view, struct rect body)
{
    const struct layout_overview overview = layout_overview(body, true, SIDES);
    const struct layout_waterfall waterfall = layout_waterfall(body, SIDES);
    const struct layout_tensors tensors = layout_tensors(body, SIDES);
    const struct layout_curves curves = layout_curves(body, true);
    const struct layout_samples samples = layout_samples(body, SIDES);
    const struct layout_log log = layout_log(body, 1);
    const struct layout_anatomy anatomy = layout_anatomy(body, SIDES);
    const struct layout_attention attention = layout_attention(body, SIDES);
    const struct layout_stream stream = layout_stream(body, SIDES);
    switch (view) {
    case VIEW_OVERVIEW:
        cover_overview(&overview, body);
        break;
    case VIEW_WATERFALL:
        cover_waterfall(&waterfall, body);
        break;
    case VIEW_TENSORS:
        cover_tensors(&tensors, body);
        break;
    case VIEW_CURVES:
        cover_curves(&curves, body);
        break;
    case VIEW_SAMPLES:
        cover_samples(&samples, body);
        break;
    case VIEW_LOG:
        cover_log(&log, body);
        break;
    case VIEW_ANATOMY:
        cover_anatomy(&anatomy, body);
        memset(covered, 0, sizeof covered);
        cover_attention(&attention, body);
        break;
    case VIEW_STREAM:
        cover_stream(&stream, body);
        break;
    case VIEW_LAB:  /* a map and a table */
    case VIEW_RUNS: /* a table: its columns follow from what stands in it */
    case VIEWS:
        break;
    }
}

static void cover_projector(const struct layout_projector *projector, struct rect body)
{
    for (int side = 0; side < SIDES; side++) {
        const struct layout_big *big = &projector->panel[side];
        const struct rect parts[] = {big->name,  big->verdict, big->loss, big->word,
                                     big->ratio, big->label,   big->bar,  big->axis};
        for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
            cover(parts[i], body);
        cover((struct rect){big->bar.row, big->bar.col - 1, big->bar.rows, 1}, body);
    }
    cover(projector->state, body);
    cover(projector->step, body);
    cover(projector->rate, body);
    cover_plot(&projector->plot, body);
}

static void every_size_is_inside_and_disjoint(void **state)
{
    (void)state;
    for (int rows = 1; rows <= ROWS_MAX; rows++)
        for (int cols = 1; cols <= COLS_MAX; cols++) {
            struct layout_screen screen = layout_screen(rows, cols);
            assert_int_equal(screen.too_small, rows < LAYOUT_ROWS_MIN || cols < LAYOUT_COLUMNS_MIN);
            if (screen.too_small)
                continue;
            struct rect whole = {0, 0, rows, cols};
            for (enum view view = 0; view < VIEWS; view++) {
                memset(covered, 0, sizeof covered);
                cover(screen.header, whole);
                cover(screen.footer, whole);
                cover_view(view, screen.body);
            }
            screen = layout_screen_bare(rows, cols);
            assert_int_equal(screen.body.rows, rows);
            assert_int_equal(screen.header.rows, 0);
            assert_true(screen.footer.rows == 1 && screen.footer.row == rows - 1);
            for (enum view view = 0; view < VIEWS; view++) {
                memset(covered, 0, sizeof covered);
                cover_view(view, screen.body);
            }
            memset(covered, 0, sizeof covered);
            const struct layout_projector projector = layout_projector(screen.body, SIDES);
            cover_projector(&projector, screen.body);
        }
}

static void bars_and_loss_are_on_every_screen(void **state)
{
    (void)state;
    for (int rows = LAYOUT_ROWS_MIN; rows <= ROWS_MAX; rows++)
        for (int cols = LAYOUT_COLUMNS_MIN; cols <= COLS_MAX; cols++) {
            struct layout_overview overview =
                layout_overview(layout_screen(rows, cols).body, true, SIDES);
            for (int side = 0; side < SIDES; side++) {
                const struct layout_panel *panel = &overview.panel[side];
                assert_true(panel->bar.rows >= 4 && panel->bar.cols >= 6);
                assert_true(panel->value.cols >= 7 && panel->label.cols >= 4);
                assert_int_equal(panel->title.rows, 1);
                assert_int_equal(panel->head.rows, 1);
                assert_int_equal(panel->ratio.rows, 1);
            }
            assert_true(overview.plot.field.rows >= 2 && overview.plot.field.cols >= 20);
            assert_int_equal(overview.plot.legend.rows, 1);
        }
}

static void the_panels_line_up(void **state)
{
    (void)state;
    for (int rows = LAYOUT_ROWS_MIN; rows <= ROWS_MAX; rows++)
        for (int cols = LAYOUT_COLUMNS_MIN; cols <= COLS_MAX; cols++) {
            struct layout_overview overview =
                layout_overview(layout_screen(rows, cols).body, true, SIDES);
            const struct layout_panel *left = &overview.panel[LEFT];
            const struct layout_panel *right = &overview.panel[RIGHT];
            int shift = right->title.col - left->title.col;
            assert_int_equal(left->bar.col + shift, right->bar.col);
            assert_int_equal(left->bar.cols, right->bar.cols);
            assert_int_equal(left->bar.row, right->bar.row);
            assert_int_equal(left->bar.rows, right->bar.rows);
            assert_int_equal(left->value.col + shift, right->value.col);
            assert_int_equal(overview.plot.field.col, left->bar.col);
            assert_int_equal(overview.plot.strip.col, overview.plot.field.col);
            assert_int_equal(overview.plot.strip.cols, overview.plot.field.cols);
        }
}

/* A row more never takes a row from anything. */
static void nothing_shrinks_as_the_screen_grows(void **state)
{
    (void)state;
    for (int rows = 1; rows < ROWS_MAX; rows++) {
        struct rect area = {0, 0, LAYOUT_ROWS_MIN - 2 + rows - 1, 80};
        struct layout_overview now = layout_overview(area, true, SIDES);
        area.rows++;
        struct layout_overview next = layout_overview(area, true, SIDES);
        assert_true(next.panel[LEFT].bar.rows >= now.panel[LEFT].bar.rows);
        assert_true(next.panel[LEFT].state.rows >= now.panel[LEFT].state.rows);
        assert_true(next.panel[LEFT].axis.rows >= now.panel[LEFT].axis.rows);
        assert_true(next.plot.field.rows >= now.plot.field.rows);
        assert_true(next.plot.x_axis.rows >= now.plot.x_axis.rows);
        assert_true(next.plot.strip.rows >= now.plot.strip.rows);
    }
}

static void rows_are_given_up_in_the_stated_order(void **state)
{
    (void)state;
    struct rect area = {0, 0, 21, 80}; /* of a screen of 80x24 */
    struct layout_overview full = layout_overview(area, true, SIDES);
    assert_int_equal(full.panel[LEFT].bar.rows, 7);
    assert_int_equal(full.panel[LEFT].state.rows, 2);
    assert_int_equal(full.plot.field.rows, 5);
    assert_int_equal(full.plot.strip.rows, 1);
    assert_int_equal(layout_overview(area, false, SIDES).plot.field.rows,
                     6); /* which has its row */
    assert_int_equal(layout_overview(area, false, SIDES).plot.strip.rows, 0);
    area.rows = 19;
    assert_int_equal(layout_overview(area, true, SIDES).panel[LEFT].state.rows, 1);
    assert_int_equal(layout_overview(area, true, SIDES).plot.strip.rows, 1);
    area.rows = 18; /* the strip goes, with the plot at 4 rows and all 7 bars */
    assert_int_equal(layout_overview(area, true, SIDES).plot.strip.rows, 0);
    assert_int_equal(layout_overview(area, true, SIDES).plot.field.rows, 4);
    assert_int_equal(layout_overview(area, true, SIDES).panel[LEFT].bar.rows, 7);
    area.rows = 13;
    assert_int_equal(layout_overview(area, true, SIDES).plot.x_axis.rows, 1);
    assert_int_equal(layout_overview(area, true, SIDES).panel[LEFT].bar.rows, 4);
    area.rows = 12;
    assert_int_equal(layout_overview(area, true, SIDES).plot.x_axis.rows, 0);
    assert_int_equal(layout_overview(area, true, SIDES).panel[LEFT].state.rows, 1);
    area.rows = 11;
    assert_int_equal(layout_overview(area, true, SIDES).panel[LEFT].state.rows, 0);
    assert_int_equal(layout_overview(area, true, SIDES).panel[LEFT].axis.rows, 1);
    area.rows = 10;
    assert_int_equal(layout_overview(area, true, SIDES).panel[LEFT].axis.rows, 0);
}

/* On every screen the other views have their maps, and the panels are twins. */
static void maps_and_fields_are_on_every_screen(void **state)
{
    (void)state;
    for (int rows = LAYOUT_ROWS_MIN; rows <= ROWS_MAX; rows++)
        for (int cols = LAYOUT_COLUMNS_MIN; cols <= COLS_MAX; cols++) {
            struct rect body = layout_screen(rows, cols).body;
            struct layout_waterfall waterfall = layout_waterfall(body, SIDES);
            const struct layout_heat *left = &waterfall.panel[LEFT];
            const struct layout_heat *right = &waterfall.panel[RIGHT];
            assert_true(left->map.rows >= 6 && left->map.cols >= 14);
            assert_true(left->axis.rows == 1 && left->head.rows == 1 && left->title.rows == 1);
            assert_true(waterfall.key.rows >= 1 && left->label.cols >= 4);
            assert_int_equal(left->map.rows, right->map.rows);
            assert_int_equal(left->map.cols, right->map.cols);
            assert_int_equal(left->map.row, right->map.row);
            struct layout_tensors tensors = layout_tensors(body, SIDES);
            assert_true(tensors.panel[LEFT].map.rows >= 6 && tensors.panel[LEFT].map.cols >= 12);
            assert_int_equal(tensors.panel[LEFT].map.rows, tensors.name.rows);
            assert_int_equal(tensors.panel[LEFT].map.cols, tensors.panel[RIGHT].map.cols);
            assert_true(tensors.name.cols >= 11 && tensors.readout.rows >= 1);
            assert_true(tensors.head.rows == 1 && tensors.key.rows >= 1);
            struct layout_curves curves = layout_curves(body, true);
            assert_true(curves.plot.field.rows >= 7 && curves.plot.field.cols >= 20);
            assert_true(curves.info.rows == 1 && curves.plot.legend.rows == 1);
            assert_int_equal(curves.plot.x_axis.rows, 1);
            struct layout_samples samples = layout_samples(body, SIDES);
            assert_true(samples.panel[LEFT].text.rows >= 6 && samples.panel[LEFT].text.cols >= 19);
            assert_int_equal(samples.panel[LEFT].text.rows, samples.panel[RIGHT].text.rows);
            assert_int_equal(samples.panel[LEFT].text.cols, samples.panel[RIGHT].text.cols);
            assert_int_equal(samples.panel[LEFT].text.row, samples.panel[RIGHT].text.row);
            assert_true(samples.head.rows == 1 && samples.key.rows == 1);
            assert_int_equal(samples.panel[LEFT].summary.rows, 1);
            struct layout_log log = layout_log(body, 1);
            assert_true(log.what.rows >= 9 && log.what.cols >= 20 && log.title.rows == 1);
            assert_true(log.step.cols >= 6 && log.stack.cols >= 9);
            assert_int_equal(log.step.row, log.what.row);
            assert_int_equal(log.stack.rows, log.what.rows);
        }
}

/* The back row has its digits on every screen, and on a usual one the rest as well. */
static void the_projector_has_its_digits(void **state)
{
    (void)state;
    for (int rows = LAYOUT_ROWS_MIN; rows <= ROWS_MAX; rows++)
        for (int cols = LAYOUT_COLUMNS_MIN; cols <= COLS_MAX; cols++) {
            const struct layout_projector projector =
                layout_projector(layout_screen_bare(rows, cols).body, SIDES);
            const struct layout_big *left = &projector.panel[LEFT];
            const struct layout_big *right = &projector.panel[RIGHT];
            bool usual = rows >= 24 && cols >= 80, tall = rows >= 60 && cols >= 200;
            assert_true(left->loss.rows >= (tall ? 11 : usual ? 4 : 3));
            assert_true(left->loss.cols >= (usual ? 36 : 18));
            assert_true(left->loss.rows >= left->ratio.rows && left->ratio.rows >= 3);
            assert_true(left->verdict.rows >= (tall ? 7 : usual ? 2 : 0));
            assert_true(left->axis.rows == 1 || !usual);
            assert_true(left->bar.rows >= (usual ? 7 : 3) && left->bar.cols >= 10);
            assert_int_equal(left->bar.cols, right->bar.cols);
            assert_int_equal(left->bar.row, right->bar.row);
            assert_int_equal(projector.state.rows, 1);
            assert_true(!usual || (projector.plot.field.rows >= 3 && projector.step.rows >= 3 &&
                                   projector.plot.field.cols >= 36));
        }
}

static void no_map_shrinks_as_the_screen_grows(void **state)
{
    (void)state;
    for (int rows = LAYOUT_ROWS_MIN; rows < ROWS_MAX; rows++) {
        struct rect now = {0, 0, rows, 80}, next = {0, 0, rows + 1, 80};
        assert_true(layout_waterfall(next, SIDES).panel[LEFT].map.rows >=
                    layout_waterfall(now, SIDES).panel[LEFT].map.rows);
        assert_true(layout_waterfall(next, SIDES).key.rows >=
                    layout_waterfall(now, SIDES).key.rows);
        assert_true(layout_tensors(next, SIDES).panel[LEFT].map.rows >=
                    layout_tensors(now, SIDES).panel[LEFT].map.rows);
        assert_true(layout_tensors(next, SIDES).readout.rows >=
                    layout_tensors(now, SIDES).readout.rows);
        assert_true(layout_curves(next, true).plot.field.rows >=
                    layout_curves(now, true).plot.field.rows);
        assert_true(layout_curves(next, true).plot.strip.rows >=
                    layout_curves(now, true).plot.strip.rows);
        assert_true(layout_samples(next, SIDES).panel[LEFT].text.rows >=
                    layout_samples(now, SIDES).panel[LEFT].text.rows);
        assert_true(layout_samples(next, SIDES).panel[LEFT].guess.rows >=
                    layout_samples(now, SIDES).panel[LEFT].guess.rows);
        assert_true(layout_log(next, 1).what.rows >= layout_log(now, 1).what.rows);
    }
}

/* On every screen a diagram with its notes, and at least 7 bars of a property in twin panels. */
static void diagrams_and_properties_are_on_every_screen(void **state)
{
    (void)state;
    for (int rows = LAYOUT_ROWS_MIN; rows <= ROWS_MAX; rows++)
        for (int cols = LAYOUT_COLUMNS_MIN; cols <= COLS_MAX; cols++) {
            struct rect body = layout_screen(rows, cols).body;
            struct layout_anatomy anatomy = layout_anatomy(body, SIDES);
            const struct layout_diagram *left = &anatomy.panel[LEFT];
            const struct layout_diagram *right = &anatomy.panel[RIGHT];
            assert_true(left->drawing.rows >= 7 && left->note.cols >= 8);
            assert_true(left->head.rows == 1 && left->product.rows >= 1);
            assert_true(left->stream - left->norm_cols / 2 >= 0);
            assert_true(left->branch - left->branch_cols / 2 > left->stream);
            assert_true(left->branch + (left->branch_cols - 1) / 2 < left->drawing.cols);
            assert_int_equal(left->drawing.row, right->drawing.row);
            assert_int_equal(left->drawing.cols, right->drawing.cols);
            struct layout_stream stream = layout_stream(body, SIDES);
            assert_true(stream.properties >= 1);
            for (int i = 0; i < stream.properties; i++) {
                const struct layout_property *property = &stream.panel[LEFT].property[i];
                assert_true(property->bar.rows >= 7 && property->bar.cols >= 7);
                assert_int_equal(property->bar.row, stream.panel[RIGHT].property[i].bar.row);
                assert_int_equal(property->bar.cols, stream.panel[RIGHT].property[i].bar.cols);
            }
        }
    assert_int_equal(layout_stream(layout_screen(48, 160).body, SIDES).properties,
                     LAYOUT_PROPERTIES);
    assert_int_equal(layout_stream(layout_screen(36, 120).body, SIDES).properties, 3);
    assert_int_equal(layout_stream(layout_screen(24, 80).body, SIDES).properties, 1);
}

/* The rows of a box and the line above it, from *row on; *row moves behind them. */
static void follow_box(const struct layout_box *box, bool present, struct rect drawing, int *row)
{
    assert_int_equal(box->box.rows > 0, present);
    if (!present)
        return;
    assert_true(box->box.rows == 1 || box->box.rows == 3);
    assert_true(box->above >= *row && box->above <= box->box.row);
    assert_true(box->box.row >= *row);
    assert_int_equal(box->box.col, drawing.col);
    assert_int_equal(box->box.cols, drawing.cols);
    *row = box->box.row + box->box.rows;
}

/* From the top down: Nout, the join, Nbranch, f, Nin, the split, all inside the sublayer's rows. */
static void blocks_have_their_boxes_in_order(void **state)
{
    (void)state;
    for (int rows = 7; rows <= ROWS_MAX; rows++)
        for (int placement = 0; placement < PLACEMENTS; placement++)
            for (int sublayers = 1; sublayers <= FLOW_SUBLAYERS; sublayers++) {
                const struct placement_row *has = &placement_table[placement];
                const struct rect drawing = {3, 5, rows, 15};
                const struct layout_block block = layout_block(drawing, sublayers, has);
                if (has->by_block)
                    continue; /* its blocks are of other rows */
                assert_int_equal(block.sublayers, rows < 11 ? 1 : sublayers);
                assert_int_equal(block.out, drawing.row);
                int row = drawing.row + 1;
                for (int i = block.sublayers - 1; i >= 0; i--) {
                    const struct layout_sublayer *sublayer = &block.sublayer[i];
                    follow_box(&sublayer->norm_out, has->norm_out, drawing, &row);
                    assert_true(sublayer->join >= row);
                    row = sublayer->join + 1;
                    follow_box(&sublayer->norm_branch, has->norm_branch, drawing, &row);
                    follow_box(&sublayer->branch, true, drawing, &row);
                    follow_box(&sublayer->norm_in, has->norm_in, drawing, &row);
                    assert_true(sublayer->split >= row);
                    row = sublayer->split + 1;
                }
                assert_int_equal(row, drawing.row + rows);
                /* the other placements have it in the same row */
                assert_int_equal(block.sublayer[block.sublayers - 1].split,
                                 layout_block(drawing, sublayers, &placement_table[0])
                                     .sublayer[block.sublayers - 1]
                                     .split);
            }
}

static void diagrams_give_up_rows_in_the_stated_order(void **state)
{
    (void)state;
    struct rect area = {0, 0, 21, 80}; /* of a screen of 80x24 */
    const struct placement_row *post = &placement_table[PLACEMENT_POST];
    struct layout_diagram panel = layout_anatomy(area, SIDES).panel[LEFT];
    assert_true(panel.drawing.rows == 17 && panel.state.rows == 1 && panel.words.rows == 0);
    struct layout_block block = layout_block(panel.drawing, 2, post);
    assert_int_equal(block.sublayer[0].branch.box.rows, 3);
    assert_int_equal(block.sublayer[1].norm_out.box.rows, 3);
    area.rows = 24;
    panel = layout_anatomy(area, SIDES).panel[LEFT];
    assert_true(panel.drawing.rows == 17 && panel.product.rows == 2 && panel.words.rows == 1);
    area.rows = 23;
    assert_int_equal(layout_anatomy(area, SIDES).panel[LEFT].product.rows, 1);
    assert_int_equal(layout_anatomy(area, SIDES).panel[LEFT].words.rows, 1);
    area.rows = 22;
    assert_int_equal(layout_anatomy(area, SIDES).panel[LEFT].words.rows, 0);
    assert_int_equal(layout_anatomy(area, SIDES).info.rows, 1);
    area.rows = 11;
    panel = layout_anatomy(area, SIDES).panel[LEFT];
    assert_true(panel.drawing.rows == 7 && panel.state.rows == 1);
    area.rows = 10;
    assert_int_equal(layout_anatomy(area, SIDES).panel[LEFT].state.rows, 0);
    for (int rows = 10; rows < ROWS_MAX; rows++) {
        struct rect now = {0, 0, rows, 80}, next = {0, 0, rows + 1, 80};
        assert_true(layout_anatomy(next, SIDES).panel[LEFT].drawing.rows >=
                    layout_anatomy(now, SIDES).panel[LEFT].drawing.rows);
        assert_true(layout_stream(next, SIDES).properties >= layout_stream(now, SIDES).properties);
    }
}

/* The one panel has the columns of both, at every size; the other one is not there. */
static void one_stack_takes_the_place_of_both(void **state)
{
    (void)state;
    for (int rows = LAYOUT_ROWS_MIN; rows <= ROWS_MAX; rows++)
        for (int cols = LAYOUT_COLUMNS_MIN; cols <= COLS_MAX; cols += 7)
            for (enum side only = LEFT; only < SIDES; only++) {
                const enum side other = only == LEFT ? RIGHT : LEFT;
                const struct rect body = layout_screen(rows, cols).body;
                const struct layout_overview both = layout_overview(body, true, SIDES);
                const struct layout_overview overview = layout_overview(body, true, only);
                const int from = both.panel[LEFT].title.col;
                const int behind = both.panel[RIGHT].title.col + both.panel[RIGHT].title.cols;
                assert_int_equal(overview.panel[only].title.col, from);
                assert_int_equal(overview.panel[only].title.cols, behind - from);
                assert_int_equal(overview.panel[only].bar.rows, both.panel[only].bar.rows);
                assert_int_equal(overview.panel[other].title.rows, 0);
                assert_int_equal(overview.panel[other].bar.cols, 0);
                const struct layout_waterfall waterfall = layout_waterfall(body, only);
                assert_int_equal(waterfall.panel[only].title.cols, behind - from);
                assert_int_equal(waterfall.panel[other].map.cols, 0);
                const struct layout_tensors tensors = layout_tensors(body, only);
                const struct rect map = tensors.panel[only].map;
                assert_true(tensors.name.col + tensors.name.cols < map.col);
                assert_int_equal(map.col + map.cols, behind);
                assert_true(map.cols > 0);
                const struct layout_stream stream = layout_stream(body, only);
                assert_int_equal(stream.panel[only].title.cols, behind - from);
                assert_int_equal(stream.panel[other].property[0].bar.cols, 0);
                assert_int_equal(layout_anatomy(body, only).panel[other].title.cols, 0);
                assert_int_equal(layout_samples(body, only).panel[other].text.cols, 0);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_is_inside_and_disjoint),
        cmocka_unit_test(bars_and_loss_are_on_every_screen),
        cmocka_unit_test(the_panels_line_up),
        cmocka_unit_test(nothing_shrinks_as_the_screen_grows),
        cmocka_unit_test(rows_are_given_up_in_the_stated_order),
        cmocka_unit_test(maps_and_fields_are_on_every_screen),
        cmocka_unit_test(the_projector_has_its_digits),
        cmocka_unit_test(no_map_shrinks_as_the_screen_grows),
        cmocka_unit_test(diagrams_and_properties_are_on_every_screen),
        cmocka_unit_test(blocks_have_their_boxes_in_order),
        cmocka_unit_test(diagrams_give_up_rows_in_the_stated_order),
        cmocka_unit_test(one_stack_takes_the_place_of_both),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
