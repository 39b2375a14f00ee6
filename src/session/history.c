/* See history.h. Owns the points and what the history adds to a snapshot; must not know how they
 * are drawn. */
#include "session/history.h"

#include "base/memory.h"
#include "base/utf8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const double history_levels[HISTORY_LEVELS] = {0.9,  0.75, 0.6,  0.5, 0.4,  0.3,
                                               0.25, 0.2,  0.15, 0.1, 0.05, 0.02};

/* ---- curves ---- */

void history_open_curves(struct history_curves *curves, int points)
{
    for (int q = 0; q < QUANTITIES; q++)
        curves->value[q] =
            quantity_table[q].curve ? memory_new((size_t)points, sizeof(double)) : NULL;
    curves->step = NULL;
}

void history_open_steps(struct history_curves *curves, int points)
{
    curves->step = memory_new((size_t)points, sizeof(double));
}

void history_close_curves(struct history_curves *curves)
{
    free(curves->step);
    for (int q = 0; q < QUANTITIES; q++)
        free(curves->value[q]);
    *curves = (struct history_curves){{NULL}, NULL};
}

size_t history_point_bytes(void)
{
    size_t bytes = 0;
    for (int q = 0; q < QUANTITIES; q++)
        bytes += quantity_table[q].curve ? SIDES * sizeof(double) : 0;
    return bytes;
}

/* Number `to` of every curve becomes number `from`. */
static void move_point(struct history_curves *curves, int to, int from)
{
    for (int q = 0; q < QUANTITIES; q++)
        if (curves->value[q])
            curves->value[q][to] = curves->value[q][from];
    if (curves->step)
        curves->step[to] = curves->step[from];
}

double history_value(const struct history *history, enum side side, enum quantity quantity, int i)
{
    return history->curves[side].value[quantity][i];
}

int64_t history_step(const struct history *history, int i)
{
    const double *step = history->curves[LEFT].step;
    return step ? (int64_t)step[i] : (i + 1) * history->stride;
}

int history_find(const struct history *history, int64_t step)
{
    int64_t i = step / history->stride - 1;
    if (!history->moments.gaps)
        return i < history->count ? (int)i : history->count - 1;
    int low = 0, high = history->count; /* the first point behind the step */
    while (low < high) {
        const int middle = low + (high - low) / 2;
        if (history_step(history, middle) <= step)
            low = middle + 1;
        else
            high = middle;
    }
    return low - 1;
}

/* ---- moments ---- */

static size_t moments_part(size_t bytes)
{
    const size_t points = HISTORY_POINTS * history_point_bytes();
    return bytes > points ? bytes - points : 0;
}

void history_limit(struct history *history, size_t bytes)
{
    moments_limit(&history->moments, moments_part(bytes));
}

/* ... with its step, where that is kept. */
static size_t point_bytes(const struct history *history)
{
    return history_point_bytes() + (history->moments.gaps ? SIDES * sizeof(double) : 0);
}

size_t history_bytes(const struct history *history)
{
    size_t ghosts = 0;
    for (int g = 0; g < HISTORY_GHOSTS; g++)
        ghosts += (size_t)history->ghost[g].count * point_bytes(history);
    return HISTORY_POINTS * point_bytes(history) + ghosts + moments_bytes(&history->moments);
}

int history_moments(const struct history *history)
{
    return moments_count(&history->moments);
}

int64_t history_spacing(const struct history *history)
{
    return history->moments.spacing;
}

int history_recent(const struct history *history)
{
    return history->moments.recent_count;
}

int64_t history_moment_step(const struct history *history, int i)
{
    return moments_step(&history->moments, i);
}

int history_moment_find(const struct history *history, int64_t step)
{
    return moments_find(&history->moments, step);
}

int64_t history_newest(const struct history *history)
{
    const int count = moments_count(&history->moments);
    if (!history->moments.gaps)
        return history->moments.newest;
    return count > 0 ? moments_step(&history->moments, count - 1) : 0;
}

const struct snapshot *history_last(const struct history *history, enum side side)
{
    return history_moment(history, side, history_newest(history));
}

const struct snapshot *history_last_finite(const struct history *history, enum side side)
{
    return history->last_finite[side] ? history->last_finite[side] : &snapshot_none;
}

/* The newest moment up to i in which a stack was measured, or one in which it was not, where there
 * is none. */
static int measured_before(const struct history *history, enum side side, int i)
{
    const struct moments *moments = &history->moments;
    const int64_t last = history->measured[side];
    if (last == 0 || moments_at(moments, side, i)->step > 0)
        return i;
    if (moments_step(moments, i) > last)
        i = moments_find(moments, last);
    while (i > 0 && moments_at(moments, side, i)->step == 0)
        i--;
    return i;
}

const struct snapshot *history_finite(const struct history *history, enum side side, int64_t step)
{
    const struct moments *moments = &history->moments;
    const struct snapshot *last = history_last_finite(history, side);
    if (last->step <= step)
        return last;
    int i = moments_find(moments, step);
    while (i >= 0 && (moments_step(moments, i) > step || !moments_at(moments, side, i)->finite))
        i--;
    return i < 0 ? &snapshot_none : moments_at(moments, side, i);
}

const struct snapshot *history_moment(const struct history *history, enum side side, int64_t step)
{
    int i = history_moment_find(history, step);
    if (history->moments.gaps && i > 0)
        i = measured_before(history, side, i);
    return i < 0 ? &snapshot_none : moments_at(&history->moments, side, i);
}

const struct snapshot *history_detailed(const struct history *history, enum side side, int64_t step)
{
    const struct moments *moments = &history->moments;
    const int count = moments_count(moments);
    int i = moments_find(moments, step);
    if (i >= 0 && moments_step(moments, i) > step)
        i--;
    while (i >= 0 && !moments_at(moments, side, i)->detailed)
        i--;
    if (i < 0)
        for (i = 0; i < count && !moments_at(moments, side, i)->detailed;)
            i++;
    return i == count ? &snapshot_none : moments_at(moments, side, i);
}

/* Keeps a copy of the newest snapshots, with what follows from all so far. */
static void keep(struct history *history, const struct snapshot *const snapshot[SIDES])
{
    struct snapshot *kept[SIDES];
    moments_add(&history->moments, snapshot, kept);
    for (enum side side = LEFT; side < SIDES; side++) {
        const struct history_sums *sums = &history->sums[side];
        snapshot_set(kept[side], QUANTITY_SMOOTH_LOSS, history_smooth(history, side));
        snapshot_set(kept[side], QUANTITY_SMOOTH_SUM, sums->loss.sum);
        snapshot_set(kept[side], QUANTITY_SMOOTH_WEIGHT, sums->loss.weight);
        snapshot_set(kept[side], QUANTITY_HELD_OUT, sums->held_out);
        snapshot_set(kept[side], QUANTITY_HELD_OUT_STEP,
                     sums->held_out_step > 0 ? (double)sums->held_out_step : NAN);
    }
}

static void set_last_finite(struct history *history, enum side side,
                            const struct snapshot *snapshot)
{
    struct snapshot **last = &history->last_finite[side];
    if (*last == snapshot)
        return;
    if (*last && (*last)->bytes == snapshot->bytes) {
        snapshot_assign(*last, snapshot);
        return;
    }
    snapshot_free(*last);
    *last = snapshot_copy(snapshot);
}

/* ---- a run ---- */

static void drop_ghost(struct history_ghost *ghost)
{
    for (int side = 0; side < SIDES; side++)
        history_close_curves(&ghost->curves[side]);
    *ghost = (struct history_ghost){0};
}

void history_open(struct history *history)
{
    memset(history, 0, sizeof *history);
    for (int side = 0; side < SIDES; side++)
        history_open_curves(&history->curves[side], HISTORY_POINTS);
    moments_open(&history->moments, moments_part(HISTORY_BYTES));
    history_clear(history);
}

/* Frees all but the points. */
static void forget(struct history *history)
{
    moments_clear(&history->moments);
    for (int g = 0; g < HISTORY_GHOSTS; g++)
        drop_ghost(&history->ghost[g]);
    for (int side = 0; side < SIDES; side++)
        snapshot_free(history->last_finite[side]);
}

void history_close(struct history *history)
{
    forget(history);
    for (int side = 0; side < SIDES; side++)
        history_close_curves(&history->curves[side]);
    memset(history, 0, sizeof *history);
}

void history_clear(struct history *history)
{
    forget(history);
    *history = (struct history){
        .stride = 1,
        .curves = {history->curves[LEFT], history->curves[RIGHT]},
        .level_unit = NAN,
        .token_loss = NAN,
        .moments = history->moments,
    };
    history->moments.gaps = false;
    for (int side = 0; side < SIDES; side++) {
        free(history->curves[side].step);
        history->curves[side].step = NULL;
        history->sums[side].held_out = history->new_held_out[side] = NAN;
    }
}

void history_take_gaps(struct history *history)
{
    history->moments.gaps = true;
    for (int side = 0; side < SIDES; side++)
        history_open_steps(&history->curves[side], HISTORY_POINTS);
}

/* As thin(): a ghost stands over the same steps as the points. */
static void thin_ghost(struct history_ghost *ghost)
{
    int kept = 0;
    for (int i = 0; i < ghost->count; i++)
        if ((ghost->first + i + 1) % 2 == 0) {
            for (int side = 0; side < SIDES; side++)
                move_point(&ghost->curves[side], kept, i);
            kept++;
        }
    ghost->first /= 2;
    ghost->count = kept;
    if (kept == 0)
        drop_ghost(ghost);
}

/* Keeps every second point, those at the multiples of the doubled stride. */
static void thin(struct history *history)
{
    for (int g = 0; g < HISTORY_GHOSTS; g++)
        thin_ghost(&history->ghost[g]);
    history->count /= 2;
    history->stride *= 2;
    for (int side = 0; side < SIDES; side++) {
        double *held_out = history->curves[side].value[QUANTITY_VALID_LOSS];
        for (int i = 0; i < history->count; i++) {
            double dropped = held_out[2 * i];
            move_point(&history->curves[side], i, 2 * i + 1);
            if (isnan(held_out[i]))
                held_out[i] = dropped;
        }
    }
}

double history_smooth(const struct history *history, enum side side)
{
    return smoothed_loss(&history->sums[side].loss);
}

static void race(struct history *history, enum side side, int64_t step)
{
    for (int level = 0; level < HISTORY_LEVELS; level++)
        if (history->reached[side][level] == 0 &&
            history_smooth(history, side) <= history_levels[level] * history->level_unit)
            history->reached[side][level] = step;
}

void history_set_token(struct history *history, double current_token)
{
    history->token_loss = current_token > 0 ? current_token : (double)NAN;
}

void history_set_unit(struct history *history, double unigram_entropy, double current_token)
{
    history->level_unit = unigram_entropy;
    history_set_token(history, current_token);
}

int64_t history_reached(const struct history *history, enum side side, int level)
{
    return history->reached[side][level];
}

/* A finite loss, so many steps after the one before. */
static void sum_loss(const struct history *history, struct history_sums *sums, double loss,
                     int64_t step)
{
    const bool gaps = history->moments.gaps;
    smoothed_add(&sums->loss, loss, gaps && sums->step > 0 ? step - sums->step : 1);
    if (gaps)
        sums->step = step;
}

/* What is summed up over all steps. */
static void sum_up(struct history *history, enum side side, const struct snapshot *now)
{
    const double loss = snapshot_scalar(now, QUANTITY_LOSS);
    const double held_out = snapshot_scalar(now, QUANTITY_VALID_LOSS);
    struct history_sums *sums = &history->sums[side];
    if (isfinite(loss)) /* otherwise it stays as it is */
        sum_loss(history, sums, loss, now->step);
    if (isfinite(held_out)) {
        sums->held_out = history->new_held_out[side] = held_out;
        sums->held_out_step = now->step;
    }
    if (isfinite(loss))
        race(history, side, now->step);
}

/* The newest moment becomes a point as well. */
static void add_point(struct history *history)
{
    for (enum side side = LEFT; side < SIDES; side++) {
        const struct snapshot *now = history_last(history, side);
        struct history_curves *curves = &history->curves[side];
        for (int q = 0; q < QUANTITIES; q++) {
            double value = curves->value[q] ? snapshot_scalar(now, (enum quantity)q) : NAN;
            if (curves->value[q])
                curves->value[q][history->count] = isfinite(value) ? value : NAN;
        }
        curves->value[QUANTITY_VALID_LOSS][history->count] = history->new_held_out[side];
        history->new_held_out[side] = NAN;
        if (curves->step)
            curves->step[history->count] = (double)history_newest(history);
    }
    history->count++;
}

void history_add(struct history *history, const struct snapshot *left, const struct snapshot *right)
{
    const struct snapshot *const snapshot[SIDES] = {left, right};
    const int64_t number = history->moments.gaps ? history->moments.newest + 1 : left->step;
    if (number % history->stride == 0 && history->count == HISTORY_POINTS)
        thin(history);
    for (enum side side = LEFT; side < SIDES; side++) {
        sum_up(history, side, snapshot[side]);
        if (snapshot[side]->step > 0)
            history->measured[side] = snapshot[side]->step;
    }
    keep(history, snapshot);
    for (enum side side = LEFT; side < SIDES; side++)
        if (snapshot[side]->finite)
            set_last_finite(history, side, history_last(history, side));
    if (number % history->stride == 0)
        add_point(history);
}

/* ---- back to a step ---- */

struct history_anchor history_anchor(const struct history *history, int64_t step)
{
    struct history_anchor anchor = {.sums = {{.held_out = NAN}, {.held_out = NAN}}};
    for (enum side side = LEFT; step > 0 && side < SIDES; side++) {
        const struct snapshot *moment = history_moment(history, side, step);
        const double weight = snapshot_scalar(moment, QUANTITY_SMOOTH_WEIGHT);
        const double held_out_step = snapshot_scalar(moment, QUANTITY_HELD_OUT_STEP);
        struct history_sums *sums = &anchor.sums[side];
        const int at = history_moment_find(history, step);
        anchor.step = at >= 0 ? history_moment_step(history, at) : 0;
        sums->step = history->moments.gaps ? moment->step : 0;
        sums->held_out = snapshot_scalar(moment, QUANTITY_HELD_OUT);
        if (held_out_step > 0)
            sums->held_out_step = (int64_t)held_out_step;
        if (weight > 0) {
            sums->loss.sum = snapshot_scalar(moment, QUANTITY_SMOOTH_SUM);
            sums->loss.weight = weight;
        }
    }
    return anchor;
}

/* `count` points from `first` on, with room for more. */
static void copy_curves(struct history_curves *to, const struct history_curves *from, int first,
                        int count, int room)
{
    history_open_curves(to, room);
    for (int q = 0; q < QUANTITIES; q++)
        if (to->value[q])
            memcpy(to->value[q], from->value[q] + first, (size_t)count * sizeof(double));
    if (from->step) {
        history_open_steps(to, room);
        memcpy(to->step, from->step + first, (size_t)count * sizeof(double));
    }
}

/* The points after a step, and some before it, become the newest ghost. */
static void add_ghost(struct history *history, int64_t step)
{
    const int last = history->count - 1;
    if (last < 0 || history_step(history, last) <= step)
        return;
    const int from = history_find(history, step > GHOST_LEAD ? step - GHOST_LEAD : 0);
    struct history_ghost ghost = {.branch = step, .first = from < 0 ? 0 : from};
    ghost.count = history->count - (int)ghost.first;
    for (int side = 0; side < SIDES; side++)
        copy_curves(&ghost.curves[side], &history->curves[side], from < 0 ? 0 : from, ghost.count,
                    ghost.count);
    drop_ghost(&history->ghost[HISTORY_GHOSTS - 1]);
    memmove(history->ghost + 1, history->ghost, (HISTORY_GHOSTS - 1) * sizeof history->ghost[0]);
    history->ghost[0] = ghost;
}

void history_truncate(struct history *history, const struct history_anchor *anchor,
                      const struct snapshot *left, const struct snapshot *right)
{
    const struct snapshot *const snapshot[SIDES] = {left, right};
    const int64_t step = anchor->step;
    add_ghost(history, step);
    history->count = history_find(history, step) + 1;
    while (history->marks > 0 && history->mark[history->marks - 1].step > step)
        history->marks--;
    for (int side = 0; side < SIDES; side++) {
        const struct history_sums *sums = &anchor->sums[side];
        const int64_t last = history->count > 0 ? history_step(history, history->count - 1) : 0;
        history->sums[side] = *sums;
        if (history->measured[side] > step)
            history->measured[side] = step;
        history->new_held_out[side] = sums->held_out_step > last ? sums->held_out : NAN;
        for (int level = 0; level < HISTORY_LEVELS; level++)
            if (history->reached[side][level] > step)
                history->reached[side][level] = 0;
    }
    moments_cut(&history->moments, step > 0 ? step : 1);
    if (step > 0) /* also where it has been thinned out meanwhile */
        keep(history, snapshot);
    for (enum side side = LEFT; side < SIDES; side++)
        if (step == 0) /* otherwise the last finite step is this one, or before it */
            set_last_finite(history, side, snapshot[side]);
        else if (snapshot[side]->finite)
            set_last_finite(history, side, history_last(history, side));
        else if (history->moments.gaps) /* rows can be finite again */
            set_last_finite(history, side, history_finite(history, side, step));
}

/* ---- a copy ---- */

void history_copy_ghosts(struct history_ghost to[HISTORY_GHOSTS],
                         const struct history_ghost from[HISTORY_GHOSTS])
{
    for (int g = 0; g < HISTORY_GHOSTS; g++) {
        to[g] = from[g];
        for (int side = 0; side < SIDES && from[g].count > 0; side++)
            copy_curves(&to[g].curves[side], &from[g].curves[side], 0, from[g].count,
                        from[g].count);
    }
}

void history_close_ghosts(struct history_ghost ghost[HISTORY_GHOSTS])
{
    for (int g = 0; g < HISTORY_GHOSTS; g++)
        drop_ghost(&ghost[g]);
}

void history_copy(struct history *to, const struct history *from)
{
    *to = *from;
    for (int side = 0; side < SIDES; side++) {
        copy_curves(&to->curves[side], &from->curves[side], 0, from->count, HISTORY_POINTS);
        if (from->last_finite[side])
            to->last_finite[side] = snapshot_copy(from->last_finite[side]);
    }
    history_copy_ghosts(to->ghost, from->ghost);
    moments_copy(&to->moments, &from->moments);
}

/* ---- marks ---- */

void history_add_mark(struct history *history, enum mark_kind kind, int64_t step, const char *text)
{
    if (history->marks == HISTORY_MARKS) {
        history->marks--;
        memmove(history->mark, history->mark + 1, (size_t)history->marks * sizeof history->mark[0]);
    }
    int at = history->marks;
    while (at > 0 && history->mark[at - 1].step > step)
        at--;
    struct history_mark *mark = &history->mark[at];
    memmove(mark + 1, mark, (size_t)(history->marks++ - at) * sizeof *mark);
    mark->step = step;
    mark->kind = kind;
    snprintf(mark->text, sizeof mark->text, "%s", text);
    utf8_trim(mark->text);
}
