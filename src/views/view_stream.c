/* The stream: what it looks like in every layer, in bars. One property of it, or as many beside
 * each other as there is room for. */
#include "screen/layout.h"
#include "screen/plot.h"
#include "screen/text.h"
#include "train/run.h"
#include "views/bars.h"
#include "views/panel.h"
#include "views/view.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char collapse_words[] =
    "Representation collapse: the tokens of a sequence become one vector, so that similarity goes "
    "to 1, from the last layer down; then attention has nothing to select by and its entropy goes "
    "to 1 too. Late layers that only repeat the stream show a cosine of 1 and a share of 0.";

/* One quantity of one stack, and the axis of both. Every layer has a place, 0 .. L, also where it
 * has no value, so that properties beside each other line up. */
struct property {
    enum quantity kind;
    const struct quantity_row *row;
    struct bars bars;
    struct axis axis;
    double low, high; /* of an axis that is not logarithmic */
};

static int bar_count(const struct scene *scene, enum side side)
{
    return scene_depth(scene, side) + 1;
}

static bool is_of_block(const struct quantity_row *row)
{
    return row->shape == SHAPE_BLOCKS;
}

/* The first layer that has a value: x_0, or x_1, or block 1. */
static int first_layer(const struct quantity_row *row)
{
    return is_of_block(row) ? 1 : row->first;
}

static struct bars bars_of_kind(const struct scene *scene, enum side side, enum quantity quantity)
{
    const struct snapshot *moment = quantity_table[quantity].when == WHEN_STEP
                                        ? scene_finite_moment(scene, side)
                                        : scene_detailed_moment(scene, side);
    struct bars bars = {.count = bar_count(scene, side)};
    if (moment->step == 0 || moment->layers != scene_depth(scene, side))
        return bars;
    bars.value = snapshot_array(moment, quantity, 0);
    bars.stale = moment->step < scene_step(scene) ? moment->step : 0;
    return bars;
}

/* The value of layer x_l or block l; NAN where there is none. */
static double value_at(const struct quantity_row *row, const struct bars *bars, int layer)
{
    return bars->value && layer >= first_layer(row) ? (double)bars->value[layer - is_of_block(row)]
                                                    : (double)NAN;
}

/* The bars of a stack, on an axis that holds those of both. */
static struct property property_of(const struct scene *scene, enum side side, enum quantity kind)
{
    struct property property = {.kind = kind, .row = &quantity_table[kind], .high = 1};
    double least = NAN, most = NAN;
    for (enum side each = LEFT; each < SIDES; each++) {
        struct bars bars = bars_of_kind(scene, each, kind);
        for (int layer = 0; layer < bars.count; layer++) {
            double value = value_at(property.row, &bars, layer);
            least = isfinite(value) ? fmin(least, value) : least; /* fmin passes over a NAN */
            most = isfinite(value) ? fmax(most, value) : most;
        }
        if (each == side)
            property.bars = bars;
    }
    if (property.row->axis == AXIS_DECADES)
        property.axis = axis_holding(least, most);
    if (property.row->axis == AXIS_LINEAR && most > property.high)
        property.high = plot_nice_above(most);
    if (property.row->axis != AXIS_DECADES && least < 0)
        property.low = -property.high;
    return property;
}

/* A bar from 0 to either side, on a linear axis. */
static void linear_bar(struct canvas *canvas, struct rect area, const struct property *property,
                       double value, enum texture texture, bool ascii, enum role role)
{
    const double range = property->high - property->low;
    const int zero = (int)lrint(-property->low / range * area.cols);
    if (!isfinite(value))
        return;
    if (value >= 0) {
        struct rect right = {area.row, area.col + zero, area.rows, area.cols - zero};
        plot_bar(canvas, right, value / property->high, texture, ascii, role);
        return;
    }
    int from = (int)lrint((value - property->low) / range * area.cols);
    from = from < zero ? from : zero - 1;
    plot_bar(canvas, (struct rect){area.row, area.col + from, area.rows, zero - from}, 1, texture,
             ascii, role);
}

/* What is measured, what is left out, of which step it is. */
static void draw_head(struct canvas *canvas, struct rect head, const struct scene *scene,
                      const struct property *property, const struct bars_shown *shown, bool chosen)
{
    char out[TEXT_TITLE], from[2][TEXT_TITLE];
    const int64_t stale = property->bars.stale;
    int end = head.cols;
    bars_left_out(out, &property->bars, shown);
    if (out[0])
        end = canvas_print_right(canvas, head, 0, end, ROLE_WARN, "%s", out) - 1;
    if (scene_lacks(scene, property->kind))
        end = canvas_print_right(canvas, head, 0, end, ROLE_WARN, "%s", scene_not_there) - 1;
    if (stale > 0) {
        snprintf(from[0], TEXT_TITLE, "measured at step %" PRId64, stale);
        snprintf(from[1], TEXT_TITLE, "step %" PRId64, stale);
        const char *const *title = property->row->title;
        int brief = canvas_columns(title[1]) + 1 + canvas_columns(from[0]) > end;
        end = canvas_print_right(canvas, head, 0, end, ROLE_WARN, "%s", from[brief]) - 1;
    }
    canvas_fit(canvas, head, 0, end, chosen ? ROLE_TITLE : ROLE_TEXT, property->row->title);
}

/* The axis follows the bars where they do not need all rows. */
static struct layout_property used_part(const struct layout_property *layout,
                                        const struct bars_shown *shown)
{
    struct layout_property used = *layout;
    used.bar.rows = shown->count * shown->pitch - (shown->pitch - shown->thick);
    used.label.rows = used.value.rows = used.bar.rows;
    used.axis.row = used.bar.row + used.bar.rows;
    return used;
}

static void draw_property(struct canvas *canvas, const struct layout_property *whole,
                          const struct scene *scene, enum side side, enum quantity kind)
{
    const struct property property = property_of(scene, side, kind);
    const struct bars *bars = &property.bars;
    const struct bars_shown shown =
        bars_choose(bars->count, whole->bar.rows, scene->look.bars.scroll, false);
    const struct layout_property part = used_part(whole, &shown), *layout = &part;
    const enum texture texture = bars_texture(bars, side);
    enum role role = bars->stale > 0 ? scene_accent_dim[side] : scene_accent[side];
    draw_head(canvas, layout->head, scene, &property, &shown, kind == scene->look.stream.quantity);
    if (property.row->axis == AXIS_DECADES) {
        plot_log_grid(canvas, layout->bar, &property.axis, scene->terminal.ascii);
        plot_log_axis(canvas, layout->axis, layout->bar, &property.axis, scene->terminal.ascii);
    } else {
        plot_linear_grid(canvas, layout->bar, property.low, property.high, scene->terminal.ascii);
        plot_linear_axis(canvas, layout->axis, layout->bar, property.low, property.high,
                         scene->terminal.ascii);
    }
    for (int i = 0; i < shown.count; i++) {
        const int layer = shown.index[i], middle = bars_middle(&shown, layout->bar.rows, i);
        const double value = value_at(property.row, bars, layer);
        if (layer < first_layer(property.row))
            continue;
        struct rect bar = {layout->bar.row + bars_top(&shown, layout->bar.rows, i), layout->bar.col,
                           shown.thick, layout->bar.cols};
        char text[TEXT_NUMBER];
        text_number(text, value);
        bars_label(canvas, layout->label, middle,
                   &(struct bars_named){.scene = scene,
                                        .side = side,
                                        .block = is_of_block(property.row),
                                        .number = layer,
                                        .stride = shown.stride});
        canvas_print_right(canvas, layout->value, middle, layout->value.cols,
                           bars->stale > 0 || !bars->value ? ROLE_DIM : ROLE_TEXT, "%s", text);
        if (property.row->axis == AXIS_DECADES)
            plot_bar(canvas, bar, axis_fraction(&property.axis, value), texture,
                     scene->terminal.ascii, role);
        else
            linear_bar(canvas, bar, &property, value, texture, scene->terminal.ascii, role);
    }
}

static void draw(struct canvas *canvas, struct rect area, const struct scene *scene)
{
    const struct layout_stream layout = layout_stream(area, scene_only(scene));
    const int kinds = quantity_count(SHOWN_STREAM);
    const int shown = layout.properties < kinds ? layout.properties : kinds;
    const int from = shown == kinds ? 0 : quantity_number(scene->look.stream.quantity);
    for (enum side side = LEFT; side < SIDES; side++) {
        if (!scene_has(scene, side))
            continue;
        panel_titles(canvas, layout.panel[side].title, layout.panel[side].state, scene, side);
        for (int i = 0; i < shown; i++)
            draw_property(canvas, &layout.panel[side].property[i], scene, side,
                          quantity_at(SHOWN_STREAM, (from + i) % kinds));
    }
    canvas_words(canvas, layout.words[0], ROLE_DIM,
                 quantity_table[scene->look.stream.quantity].note[0]);
    canvas_words(canvas, layout.words[1], ROLE_DIM, collapse_words);
}

static int scroll_max(const struct scene *scene, struct rect area)
{
    const struct layout_stream layout = layout_stream(area, scene_only(scene));
    return bars_scroll_max(bar_count(scene, SIDES),
                           layout.panel[scene_first(scene)].property[0].bar.rows);
}

static void scroll(struct scene *scene, int up, struct rect area, struct answer *answer)
{
    bars_scroll(scene, up, scroll_max(scene, area), answer);
}

static void next_quantity(struct scene *scene, int by, struct rect area, struct answer *answer)
{
    enum quantity *quantity = &scene->look.stream.quantity;
    (void)area;
    *quantity = quantity_step(*quantity, by);
    answer_say(answer, "stream: %s", quantity_table[*quantity].label);
}

/* ---- the row ---- */

static const enum action keys[] = {
    ACTION_PAUSE,     ACTION_QUANTITY,      ACTION_SCROLL_UP, ACTION_BACK,   ACTION_FORWARD,
    ACTION_NEXT_VIEW, ACTION_WARMUP_LONGER, ACTION_RESTART,   ACTION_EXPORT, ACTIONS};

static const char *const notes[][2] = {VIEW_QUANTITIES, {NULL, NULL}};

const struct view_row view_stream = {
    .key = '6',
    .summary = "what the stream looks like in every layer",
    .draw = draw,
    .shows = SHOWN_STREAM,
    .act = {[ACT_SCROLL] = scroll, [ACT_QUANTITY] = next_quantity},
    .scroll_max = scroll_max,
    .watch = WATCH_DETAIL,
    .up = "layers",
    .keys = keys,
    .notes = notes,
};
