/* See history.h. Owns the points; must not know how they are drawn. */
#include "train/history.h"

#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const double history_smoothing = 0.95;

void history_open(struct history *history)
{
    for (int side = 0; side < SIDES; side++)
        history->point[side] = memory_new(HISTORY_POINTS, sizeof(struct history_point));
    history_clear(history);
}

void history_close(struct history *history)
{
    for (int side = 0; side < SIDES; side++)
        free(history->point[side]);
    memset(history, 0, sizeof *history);
}

void history_clear(struct history *history)
{
    struct history_point *left = history->point[LEFT], *right = history->point[RIGHT];
    memset(history, 0, sizeof *history);
    history->stride = 1;
    history->point[LEFT] = left;
    history->point[RIGHT] = right;
    history->valid[LEFT] = history->valid[RIGHT] = NAN;
}

/* Keeps every second point, those at the multiples of the doubled stride. */
static void thin(struct history *history)
{
    history->count /= 2;
    history->stride *= 2;
    for (int side = 0; side < SIDES; side++)
        for (int i = 0; i < history->count; i++)
            history->point[side][i] = history->point[side][2 * i + 1];
}

/* The exponential mean is divided by the sum of its weights, as Adam does with its moments (Kingma
 * 2015, section 3): otherwise it would start near 0. */
static double smooth(struct history *history, int side, double loss)
{
    if (isfinite(loss)) {
        double new = 1 - history_smoothing;
        history->smooth[side] = history_smoothing * history->smooth[side] + new *loss;
        history->weight[side] = history_smoothing * history->weight[side] + new;
    }
    return history->weight[side] > 0 ? history->smooth[side] / history->weight[side] : NAN;
}

static double finite_or_nan(double value)
{
    return isfinite(value) ? value : NAN;
}

void history_add(struct history *history, const struct snapshot snapshot[SIDES])
{
    int64_t step = snapshot[LEFT].step;
    if (history->count == HISTORY_POINTS && step % history->stride == 0)
        thin(history);
    bool kept = step % history->stride == 0;
    for (int side = 0; side < SIDES; side++) {
        const struct snapshot *now = &snapshot[side];
        history->last[side] = *now;
        if (now->finite)
            history->last_finite[side] = *now;
        if (isfinite(now->valid_loss))
            history->valid[side] = now->valid_loss;
        struct history_point point = {
            .loss = finite_or_nan(now->loss),
            .smooth = smooth(history, side, now->loss),
            .valid_loss = finite_or_nan(now->valid_loss),
            .ratio = finite_or_nan(now->ratio),
            .grad_norm = finite_or_nan(now->grad_norm),
            .lr = finite_or_nan(now->lr),
        };
        if (kept)
            history->point[side][history->count] = point;
    }
    history->count += kept;
}

void history_add_mark(struct history *history, int64_t step, const char *text)
{
    if (history->marks == HISTORY_MARKS) {
        history->marks--;
        memmove(history->mark, history->mark + 1, (size_t)history->marks * sizeof history->mark[0]);
    }
    struct history_mark *mark = &history->mark[history->marks++];
    mark->step = step;
    snprintf(mark->text, sizeof mark->text, "%s", text);
}

double history_smooth(const struct history *history, enum side side)
{
    return history->weight[side] > 0 ? history->smooth[side] / history->weight[side] : NAN;
}

int64_t history_step(const struct history *history, int i)
{
    return (i + 1) * history->stride;
}

const struct history_point *history_at(const struct history *history, enum side side, int i)
{
    return &history->point[side][i];
}
