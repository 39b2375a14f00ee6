/* See bars.h. Reads the scene; knows no layout. */
#include "views/bars.h"

#include <math.h>
#include <stdio.h>

enum { THICK_MAX = 3 };

enum texture bars_texture(const struct bars *bars, enum side side)
{
    return bars->stale > 0 ? TEXTURE_STALE : side == RIGHT ? TEXTURE_SEGMENTS : TEXTURE_FULL;
}

struct bars bars_of(const struct scene *scene, enum side side)
{
    struct bars bars = {0};
    const struct snapshot *moment = scene_finite_moment(scene, side);
    bars.value = scene_gradient(scene, side, moment, &bars.count, &bars.first);
    if (moment->step < scene_step(scene))
        bars.stale = moment->step;
    return bars;
}

/* As thick as the rows allow, with a blank row between. */
static void thicken(struct bars_shown *shown, int rows, bool dense)
{
    shown->thick = shown->pitch = 1;
    if (shown->count * 2 - 1 > rows)
        return;
    while (shown->thick < THICK_MAX && shown->count * (shown->thick + 2) - 1 <= rows)
        shown->thick++;
    shown->pitch = shown->thick + 1;
    if (dense && shown->thick == 1 && shown->count * 2 <= rows)
        shown->thick = shown->pitch = 2;
}

struct bars_shown bars_choose(int count, int rows, int scroll, bool dense)
{
    struct bars_shown shown = {.stride = 1};
    int from = 0;
    if (count > rows && scroll > 0)
        from = scroll - 1 < count - rows ? scroll - 1 : count - rows;
    else if (count > rows)
        shown.stride = (count - 1 + rows - 2) / (rows - 1);
    for (int i = from; i < count - 1 && shown.count < rows; i += shown.stride)
        shown.index[shown.count++] = i;
    if (shown.count < rows && (shown.count == 0 || shown.index[shown.count - 1] < count - 1))
        shown.index[shown.count++] = count - 1;
    thicken(&shown, rows, dense);
    return shown;
}

int bars_top(const struct bars_shown *shown, int rows, int bar)
{
    return rows - bar * shown->pitch - shown->thick;
}

int bars_middle(const struct bars_shown *shown, int rows, int bar)
{
    return bars_top(shown, rows, bar) + shown->thick / 2;
}

int bars_at(const struct bars_shown *shown, int rows, int row)
{
    for (int bar = 0; bar < shown->count; bar++) {
        int top = bars_top(shown, rows, bar);
        if (row >= top && row < top + shown->thick)
            return bar;
    }
    return -1;
}

int bars_block(const struct bars *bars, int index)
{
    int number = index + bars->first;
    return number > 0 ? number - 1 : 0;
}

void bars_left_out(char out[TEXT_TITLE], const struct bars *bars, const struct bars_shown *shown)
{
    out[0] = '\0';
    if (shown->count == bars->count)
        return;
    int first = shown->index[0] + bars->first;
    int last = shown->index[shown->count - 1] + bars->first;
    if (shown->stride > 1)
        snprintf(out, TEXT_TITLE, "1 in %d", shown->stride);
    else
        snprintf(out, TEXT_TITLE, "%d-%d of %d", first, last, bars->count - 1 + bars->first);
}

int bars_scroll_max(int count, int rows)
{
    return count > rows ? count - rows + 1 : 0;
}

void bars_scroll(struct scene *scene, int by, int most, struct answer *answer)
{
    int *scroll = &scene->look.bars.scroll;
    *scroll = scene_clamp(scene_clamp(*scroll, most) + by, most);
    if (most == 0)
        answer_say(answer, "all layers are in view: there is nothing to scroll to");
}

void bars_fit_axis(struct scene *scene)
{
    double least = NAN, most = NAN;
    for (enum side side = LEFT; side < SIDES; side++) {
        struct bars bars = bars_of(scene, side);
        if (bars.value)
            axis_widen(&least, &most, bars.value, bars.count);
    }
    axis_update(&scene->look.bars.axis, least, most);
}

double bars_ratio(const struct bars *bars)
{
    return bars->value ? (double)bars->value[0] / (double)bars->value[bars->count - 1]
                       : (double)NAN;
}

void bars_label(struct canvas *canvas, struct rect label, int row, const struct bars_named *named)
{
    const struct scene_lecture *lecture = &named->scene->lecture;
    const int number = named->number;
    const bool here = lecture->focus && lecture->side == named->side && lecture->layer >= number &&
                      lecture->layer < number + named->stride;
    const char *stem = named->block ? "b" : number < 100 ? "x_" : "x";
    canvas_print(canvas, label, row, 0, here ? ROLE_MARK : ROLE_TEXT, "%s%d", stem, number);
    if (here && label.col > 0 && row < label.rows)
        canvas_put(canvas, label.row + row, label.col - 1,
                   named->scene->terminal.ascii ? '>' : 0x25B8, ROLE_MARK);
}

void bars_draw(struct canvas *canvas, struct rect label, struct rect area,
               const struct scene *scene, enum side side, const struct bars_shown *shown)
{
    const struct bars bars = bars_of(scene, side);
    const enum texture texture = bars_texture(&bars, side);
    enum role role = bars.stale > 0 ? scene_accent_dim[side] : scene_accent[side];
    plot_log_grid(canvas, area, &scene->look.bars.axis, scene->terminal.ascii);
    for (int i = 0; i < shown->count; i++) {
        int number = shown->index[i] + bars.first;
        bars_label(canvas, label, bars_middle(shown, area.rows, i),
                   &(struct bars_named){.scene = scene,
                                        .side = side,
                                        .block = scene->look.bars.gradient == GRADIENT_PARAMETER,
                                        .number = number,
                                        .stride = shown->stride});
        struct rect bar = {area.row + bars_top(shown, area.rows, i), area.col, shown->thick,
                           area.cols};
        if (bars.value)
            plot_bar(canvas, bar,
                     axis_fraction(&scene->look.bars.axis, (double)bars.value[shown->index[i]]),
                     texture, scene->terminal.ascii, role);
    }
}
