/* See history_file.h. Goes through the table of quantities; believes nothing that it reads. */
#include "session/history_file.h"

#include "base/memory.h"
#include "base/names.h"
#include "session/moments_file.h"
#include "session/numbers_file.h"
#include "train/settings.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NAME_SIZE = MOMENTS_NAME };

/* ---- points ---- */

static void name_curve(char out[NAME_SIZE], const char *prefix, enum side side, const char *name)
{
    snprintf(out, NAME_SIZE, "%s.%s.%s", prefix, stack_names[side], name);
}

static void add_points(struct safetensors *set, const char *prefix, int count,
                       const struct history_curves curves[SIDES])
{
    char name[NAME_SIZE];
    for (enum side side = LEFT; side < SIDES; side++)
        for (int q = 0; q < QUANTITIES; q++)
            if (curves[side].value[q]) {
                name_curve(name, prefix, side, quantity_table[q].name);
                numbers_add(set, name, count, curves[side].value[q]);
            }
}

/* Points are finite or not a number, as history_add() makes them; those of a quantity that the file
 * does not have are not a number. */
static bool read_curve(const struct safetensors_file *file, const char *prefix, enum side side,
                       enum quantity quantity, int count, double *value, struct error *error)
{
    const struct quantity_row *row = &quantity_table[quantity];
    char name[NAME_SIZE];
    name_curve(name, prefix, side, row->name);
    if (!safetensors_find(file, name) && row->former)
        name_curve(name, prefix, side, row->former);
    const bool there = safetensors_find(file, name) != NULL;
    const double *column = there ? numbers_need(file, name, count, error) : NULL;
    if (there && !column)
        return false;
    for (int i = 0; i < count; i++)
        value[i] = column && isfinite(column[i]) ? column[i] : (double)NAN;
    return true;
}

static bool read_points(const struct safetensors_file *file, const char *prefix, int count,
                        struct history_curves curves[SIDES], struct error *error)
{
    for (enum side side = LEFT; side < SIDES; side++)
        for (int q = 0; q < QUANTITIES; q++)
            if (curves[side].value[q] && !read_curve(file, prefix, side, (enum quantity)q, count,
                                                     curves[side].value[q], error))
                return false;
    return true;
}

static void add_ghosts(struct safetensors *set, const struct history *history)
{
    char prefix[NAME_SIZE / 2], name[NAME_SIZE];
    for (int g = 0; g < HISTORY_GHOSTS && history->ghost[g].count > 0; g++) {
        const struct history_ghost *ghost = &history->ghost[g];
        snprintf(prefix, sizeof prefix, "history.ghost.%d", g);
        add_points(set, prefix, ghost->count, ghost->curves);
        snprintf(name, sizeof name, "%s.branch", prefix);
        numbers_add_step(set, name, ghost->branch);
        snprintf(name, sizeof name, "%s.first", prefix);
        numbers_add_step(set, name, ghost->first);
    }
}

static bool read_ghost(struct history *history, int g, const struct safetensors_file *file,
                       int count, struct error *error)
{
    struct history_ghost *ghost = &history->ghost[g];
    char prefix[NAME_SIZE / 2], name[NAME_SIZE];
    snprintf(prefix, sizeof prefix, "history.ghost.%d", g);
    snprintf(name, sizeof name, "%s.branch", prefix);
    if (!numbers_need_step(file, name, 0, numbers_step_most, &ghost->branch, error))
        return false;
    snprintf(name, sizeof name, "%s.first", prefix);
    if (!numbers_need_step(file, name, 0, HISTORY_POINTS - count, &ghost->first, error))
        return false;
    for (int side = 0; side < SIDES; side++)
        history_open_curves(&ghost->curves[side], count);
    ghost->count = count;
    return read_points(file, prefix, count, ghost->curves, error);
}

static bool read_ghosts(struct history *history, const struct safetensors_file *file,
                        struct error *error)
{
    char name[NAME_SIZE];
    for (int g = 0; g < HISTORY_GHOSTS; g++) {
        snprintf(name, sizeof name, "history.ghost.%d.%s.%s", g, stack_names[LEFT],
                 quantity_table[QUANTITY_LOSS].name);
        const struct safetensors_tensor *tensor = safetensors_find(file, name);
        if (!tensor)
            break;
        if (tensor->count < 1 || tensor->count > HISTORY_POINTS)
            return error_set(error, "its %s has %zu points", name, tensor->count);
        if (!read_ghost(history, g, file, (int)tensor->count, error))
            return false;
    }
    return true;
}

/* ---- marks ---- */

static void add_marks(struct safetensors *set, const struct history *history)
{
    const int64_t marks = history->marks;
    double *step = memory_new((size_t)marks + 1, sizeof *step);
    int32_t *kind = memory_new((size_t)marks + 1, sizeof *kind);
    for (int i = 0; i < history->marks; i++) {
        char key[NAME_SIZE];
        step[i] = (double)history->mark[i].step;
        kind[i] = (int32_t)history->mark[i].kind;
        snprintf(key, sizeof key, "history.mark.%d", i);
        safetensors_metadata(set, key, history->mark[i].text);
    }
    safetensors_take(set, "history.marks.step", SAFETENSORS_F64, 1, &marks, step);
    safetensors_take(set, "history.marks.kind", SAFETENSORS_I32, 1, &marks, kind);
}

static bool read_marks(struct history *history, const struct safetensors_file *file, int64_t newest,
                       struct error *error)
{
    const struct safetensors_tensor *steps = safetensors_find(file, "history.marks.step");
    const int64_t marks = steps && steps->count <= HISTORY_MARKS ? (int64_t)steps->count : 0;
    const double *step = numbers_need(file, "history.marks.step", (int)marks, error);
    const struct safetensors_tensor *kinds =
        safetensors_need(file, "history.marks.kind", SAFETENSORS_I32, 1, &marks, error);
    if (!step || !kinds)
        return false;
    for (int i = 0; i < (int)marks; i++) {
        char key[NAME_SIZE], text[MARK_TEXT + 5];
        const int32_t kind = ((const int32_t *)kinds->data)[i];
        snprintf(key, sizeof key, "history.mark.%d", i);
        const char *said = safetensors_value(file, key);
        if (!said || !numbers_whole(step[i], i > 0 ? step[i - 1] : 0, (double)newest + 1) ||
            kind < 0 || kind > (int32_t)MARK_BRANCH)
            return error_set(error, "mark %d of its history cannot be", i + 1);
        names_printable(text, sizeof text, said);
        history_add_mark(history, (enum mark_kind)kind, (int64_t)step[i], text);
    }
    return true;
}

/* ---- the sums, the race ---- */

enum { SUMS = 5 }; /* of the loss, of their weights; the newest held-out losses, and their step */

static void add_sums(struct safetensors *set, const struct history *history, enum side side)
{
    char name[NAME_SIZE];
    double reached[HISTORY_LEVELS];
    const struct history_sums *now = &history->sums[side];
    const double sums[SUMS] = {now->loss.sum, now->loss.weight, now->held_out,
                               history->new_held_out[side], (double)now->held_out_step};
    snprintf(name, sizeof name, "history.sums.%s", stack_names[side]);
    numbers_add(set, name, SUMS, sums);
    for (int level = 0; level < HISTORY_LEVELS; level++)
        reached[level] = (double)history->reached[side][level];
    snprintf(name, sizeof name, "history.reached.%s", stack_names[side]);
    numbers_add(set, name, HISTORY_LEVELS, reached);
}

static bool read_sums(struct history *history, const struct safetensors_file *file, enum side side,
                      int64_t newest, struct error *error)
{
    char name[NAME_SIZE];
    snprintf(name, sizeof name, "history.sums.%s", stack_names[side]);
    const double *sums = numbers_need(file, name, SUMS, error);
    snprintf(name, sizeof name, "history.reached.%s", stack_names[side]);
    const double *reached = sums ? numbers_need(file, name, HISTORY_LEVELS, error) : NULL;
    if (!reached)
        return false;
    if (!isfinite(sums[0]) || !(sums[1] >= 0 && sums[1] <= 1) ||
        !numbers_whole(sums[4], 0, (double)newest))
        return error_set(error, "the sums of its history cannot be");
    history->sums[side] = (struct history_sums){.loss = {.sum = sums[0], .weight = sums[1]},
                                                .held_out = sums[2],
                                                .held_out_step = (int64_t)sums[4]};
    history->new_held_out[side] = sums[3];
    for (int level = 0; level < HISTORY_LEVELS; level++) {
        if (!numbers_whole(reached[level], 0, (double)newest))
            return error_set(error, "the race in its history cannot be");
        history->reached[side][level] = (int64_t)reached[level];
    }
    return true;
}

/* ---- all of it ---- */

static void name_finite(char out[NAME_SIZE / 2], enum side side)
{
    snprintf(out, NAME_SIZE / 2, "history.last_finite.%s", stack_names[side]);
}

void history_write(const struct history *history, struct safetensors *set)
{
    char prefix[NAME_SIZE / 2];
    numbers_add_step(set, "history.stride", history->stride);
    numbers_add(set, "history.level_unit", 1, &history->level_unit);
    add_points(set, "history.points", history->count, history->curves);
    for (enum side side = LEFT; side < SIDES; side++) {
        const struct snapshot *finite = history_last_finite(history, side);
        add_sums(set, history, side);
        name_finite(prefix, side);
        if (finite->step > 0)
            moments_write_one(finite, prefix, set);
    }
    moments_write(&history->moments, set);
    add_marks(set, history);
    add_ghosts(set, history);
}

static bool read_stack(struct history *history, const struct safetensors_file *file, enum side side,
                       const struct snapshot *shape, int64_t step, struct error *error)
{
    char prefix[NAME_SIZE / 2];
    name_finite(prefix, side);
    return read_sums(history, file, side, step, error) &&
           moments_read_one(&history->last_finite[side], file, prefix, shape, step, error);
}

bool history_read(struct history *history, const struct safetensors_file *file,
                  const struct snapshot *const shape[SIDES], int64_t step, struct error *error)
{
    const double *unit = numbers_need(file, "history.level_unit", 1, error);
    int64_t stride;
    if (!unit || !numbers_need_step(file, "history.stride", 1, numbers_step_most, &stride, error))
        return false;
    if (step / stride > HISTORY_POINTS)
        return error_set(error, "its history would have %" PRId64 " points", step / stride);
    history->level_unit = *unit;
    history->stride = stride;
    history->count = (int)(step / stride);
    if (!read_points(file, "history.points", history->count, history->curves, error) ||
        !read_ghosts(history, file, error) || !read_marks(history, file, step, error))
        return false;
    for (enum side side = LEFT; side < SIDES; side++)
        if (!read_stack(history, file, side, shape[side], step, error))
            return false;
    return step == 0 || moments_read(&history->moments, file, shape, step, error);
}
