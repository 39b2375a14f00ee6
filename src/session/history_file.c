/* See history_file.h. Goes through the tables of what a moment and a point have; believes nothing
 * that it reads. */
#include "session/history_file.h"

#include "base/memory.h"
#include "base/names.h"
#include "train/settings.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_SIZE = 128 };

/* No run has more steps; a double holds each of them exactly. */
static const int64_t step_most = INT64_C(1) << 40;

/* ---- tables ---- */

/* A number of a moment. */
static const struct scalar_row {
    const char *name;
    size_t offset, size;
    bool real; /* any double; otherwise a whole number from 0 ... */
    int most;  /* ... to this; 0: a step, up to the newest */
} scalars[] = {
#define SCALAR(member)                                                                             \
    .name = #member, .offset = offsetof(struct moment, member),                                    \
    .size = sizeof(((struct moment *)0)->member)
    {SCALAR(step)},
    {SCALAR(placement), .most = PLACEMENTS - 1},
    {SCALAR(norm), .most = NORMS - 1},
    {SCALAR(loss), .real = true},
    {SCALAR(smooth), .real = true},
    {SCALAR(valid), .real = true},
    {SCALAR(valid_step)},
    {SCALAR(sum), .real = true},
    {SCALAR(weight), .real = true},
    {SCALAR(lr), .real = true},
    {SCALAR(grad_norm), .real = true},
    {SCALAR(clip), .real = true},
    {SCALAR(ratio), .real = true},
    {SCALAR(finite), .most = 1},
    {SCALAR(fault.place), .most = FAULT_PARAMETER},
    {SCALAR(fault.layer), .most = LAYERS_MAX},
    {SCALAR(fault.step)},
    {SCALAR(fault.part), .most = FAULT_FEED_FORWARD},
    {SCALAR(detailed), .most = 1},
#undef SCALAR
};
enum { SCALARS = sizeof scalars / sizeof scalars[0] };
_Static_assert(offsetof(struct moment, stream_grad) - offsetof(struct moment, detailed) <=
                   sizeof(void *),
               "`detailed` is the last number of a moment; another one needs a row above");

static const struct {
    const char *name;
    size_t offset;
} point_rows[] = {
    {"loss", offsetof(struct history_point, loss)},
    {"smooth", offsetof(struct history_point, smooth)},
    {"valid_loss", offsetof(struct history_point, valid_loss)},
    {"ratio", offsetof(struct history_point, ratio)},
    {"grad_norm", offsetof(struct history_point, grad_norm)},
    {"lr", offsetof(struct history_point, lr)},
};
enum { POINT_ROWS = sizeof point_rows / sizeof point_rows[0] };
_Static_assert(sizeof(struct history_point) == POINT_ROWS * sizeof(double),
               "every number of a point has a row");

/* Type and size of a number of a moment in a file. */
static enum safetensors_type type_of(const struct scalar_row *row)
{
    return row->size == sizeof(double) ? SAFETENSORS_F64 : SAFETENSORS_I32;
}

/* ---- single numbers ---- */

static void add_numbers(struct safetensors *set, const char *name, int count, const double *numbers)
{
    double *copy = memory_new((size_t)count, sizeof *copy);
    memcpy(copy, numbers, (size_t)count * sizeof *copy);
    safetensors_take(set, name, SAFETENSORS_F64, 1, (const int64_t[]){count}, copy);
}

static void add_step(struct safetensors *set, const char *name, int64_t step)
{
    add_numbers(set, name, 1, &(double){(double)step});
}

static bool is_whole(double value, double least, double most)
{
    return value >= least && value <= most && floor(value) == value;
}

static const double *need_numbers(const struct safetensors_file *file, const char *name, int count,
                                  struct error *error)
{
    const struct safetensors_tensor *tensor =
        safetensors_need(file, name, SAFETENSORS_F64, 1, (const int64_t[]){count}, error);
    return tensor ? tensor->data : NULL;
}

/* A whole number from `least` to `most`. */
static bool need_step(const struct safetensors_file *file, const char *name, int64_t least,
                      int64_t most, int64_t *step, struct error *error)
{
    const double *number = need_numbers(file, name, 1, error);
    if (!number)
        return false;
    if (!is_whole(*number, (double)least, (double)most))
        return error_set(error, "its %s is no whole number from %" PRId64 " to %" PRId64, name,
                         least, most);
    *step = (int64_t)*number;
    return true;
}

/* ---- points ---- */

static void add_points(struct safetensors *set, const char *prefix, int count,
                       struct history_point *const point[SIDES])
{
    char name[NAME_SIZE];
    for (int side = 0; side < SIDES; side++)
        for (int row = 0; row < POINT_ROWS; row++) {
            double *column = memory_new((size_t)count + 1, sizeof *column);
            for (int i = 0; i < count; i++)
                memcpy(&column[i], (const char *)&point[side][i] + point_rows[row].offset,
                       sizeof column[i]);
            snprintf(name, sizeof name, "%s.%s.%s", prefix, stack_names[side],
                     point_rows[row].name);
            safetensors_take(set, name, SAFETENSORS_F64, 1, (const int64_t[]){count}, column);
        }
}

/* Points are finite or not a number, as history_add() makes them. */
static bool read_points(const struct safetensors_file *file, const char *prefix, int count,
                        struct history_point *const point[SIDES], struct error *error)
{
    char name[NAME_SIZE];
    for (int side = 0; side < SIDES; side++)
        for (int row = 0; row < POINT_ROWS; row++) {
            snprintf(name, sizeof name, "%s.%s.%s", prefix, stack_names[side],
                     point_rows[row].name);
            const double *column = need_numbers(file, name, count, error);
            if (!column)
                return false;
            for (int i = 0; i < count; i++) {
                const double number = isfinite(column[i]) ? column[i] : (double)NAN;
                memcpy((char *)&point[side][i] + point_rows[row].offset, &number, sizeof number);
            }
        }
    return true;
}

static void add_ghosts(struct safetensors *set, const struct history *history)
{
    char prefix[NAME_SIZE / 2], name[NAME_SIZE];
    for (int g = 0; g < HISTORY_GHOSTS && history->ghost[g].count > 0; g++) {
        const struct history_ghost *ghost = &history->ghost[g];
        snprintf(prefix, sizeof prefix, "history.ghost.%d", g);
        add_points(set, prefix, ghost->count, ghost->point);
        snprintf(name, sizeof name, "%s.branch", prefix);
        add_step(set, name, ghost->branch);
        snprintf(name, sizeof name, "%s.first", prefix);
        add_step(set, name, ghost->first);
    }
}

static bool read_ghost(struct history *history, int g, const struct safetensors_file *file,
                       int count, struct error *error)
{
    struct history_ghost *ghost = &history->ghost[g];
    char prefix[NAME_SIZE / 2], name[NAME_SIZE];
    snprintf(prefix, sizeof prefix, "history.ghost.%d", g);
    snprintf(name, sizeof name, "%s.branch", prefix);
    if (!need_step(file, name, 0, step_most, &ghost->branch, error))
        return false;
    snprintf(name, sizeof name, "%s.first", prefix);
    if (!need_step(file, name, 0, HISTORY_POINTS - count, &ghost->first, error))
        return false;
    for (int side = 0; side < SIDES; side++)
        ghost->point[side] = memory_new((size_t)count, sizeof(struct history_point));
    ghost->count = count;
    return read_points(file, prefix, count, ghost->point, error);
}

static bool read_ghosts(struct history *history, const struct safetensors_file *file,
                        struct error *error)
{
    char name[NAME_SIZE];
    for (int g = 0; g < HISTORY_GHOSTS; g++) {
        snprintf(name, sizeof name, "history.ghost.%d.%s.%s", g, stack_names[LEFT],
                 point_rows[0].name);
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

/* ---- moments ---- */

/* An array of many moments, one below the other. */
struct column {
    char name[NAME_SIZE - 32];
    int tensor;       /* of which tensor it is; -1: of the moment itself */
    size_t to;        /* where the pointer is in struct moment or struct moment_tensor */
    int width;        /* numbers of one moment */
    const float *row; /* [moments][width] */
};

/* Those of one stack; as many as there are moments. */
struct columns {
    const struct moment_shape *shape;
    int moments, count;
    struct column *column; /* [count]; the numbers are not owned */
    void *scalar[SCALARS]; /* [moments], doubles or int32_t; not owned */
};

/* One row of the tables; `prefix` begins the name. */
static void list_columns(struct columns *columns, const struct kept_arrays *kept, int tensor,
                         const char *prefix)
{
    for (int i = 0; i < kept->count; i++) {
        columns->column =
            memory_resize(columns->column, (size_t)columns->count + 1, sizeof *columns->column);
        struct column *column = &columns->column[columns->count++];
        *column = (struct column){
            .tensor = tensor,
            .to = kept->to + (size_t)i * sizeof(float *),
            .width = columns->shape->layers + kept->extra,
        };
        snprintf(column->name, sizeof column->name, "%s%s%s%s", prefix, kept->name,
                 kept->part ? "." : "", kept->part ? kept->part[i] : "");
    }
}

static void columns_open(struct columns *columns, const struct moment_shape *shape, int moments)
{
    int of_stack, of_tensor;
    const struct kept_arrays *kept = history_arrays(&of_stack);
    const struct kept_arrays *kept_tensor = history_tensor_arrays(&of_tensor);
    *columns = (struct columns){.shape = shape, .moments = moments};
    for (int i = 0; i < of_stack; i++)
        list_columns(columns, &kept[i], -1, "");
    for (int t = 0; t < shape->tensors; t++)
        for (int i = 0; i < of_tensor; i++) {
            char prefix[NAME_SIZE / 2];
            snprintf(prefix, sizeof prefix, "block.%s.", shape->name[t]);
            list_columns(columns, &kept_tensor[i], t, prefix);
        }
}

static void columns_close(struct columns *columns)
{
    free(columns->column);
    *columns = (struct columns){0};
}

/* Where a moment has the pointer to its part of a column. */
static char *pointer_in(struct moment *moment, const struct column *column)
{
    char *base = column->tensor < 0 ? (char *)moment : (char *)&moment->tensor[column->tensor];
    return base + column->to;
}

/* Room for all numbers, which the set takes. */
static void columns_add(struct columns *columns, struct safetensors *set, const char *prefix)
{
    char name[NAME_SIZE];
    const int64_t moments = columns->moments;
    for (int s = 0; s < SCALARS; s++) {
        const enum safetensors_type type = type_of(&scalars[s]);
        columns->scalar[s] = memory_new((size_t)moments + 1, safetensors_types[type].size);
        snprintf(name, sizeof name, "%s.%s", prefix, scalars[s].name);
        safetensors_take(set, name, type, 1, &moments, columns->scalar[s]);
    }
    for (int c = 0; c < columns->count; c++) {
        struct column *column = &columns->column[c];
        float *row = memory_new((size_t)moments * (size_t)column->width + 1, sizeof *row);
        column->row = row;
        snprintf(name, sizeof name, "%s.%s", prefix, column->name);
        safetensors_take(set, name, SAFETENSORS_F32, 2, (const int64_t[]){moments, column->width},
                         row);
    }
}

static void put_scalar(const struct scalar_row *row, void *numbers, int i,
                       const struct moment *moment)
{
    const char *field = (const char *)moment + row->offset;
    int64_t wide;
    if (row->real) {
        memcpy((double *)numbers + i, field, sizeof(double));
    } else if (type_of(row) == SAFETENSORS_F64) {
        memcpy(&wide, field, sizeof wide);
        ((double *)numbers)[i] = (double)wide;
    } else if (row->size == sizeof(bool)) {
        ((int32_t *)numbers)[i] = *(const bool *)field;
    } else {
        memcpy((int32_t *)numbers + i, field, sizeof(int32_t));
    }
}

static void columns_put(struct columns *columns, int i, struct moment *moment)
{
    for (int s = 0; s < SCALARS; s++)
        put_scalar(&scalars[s], columns->scalar[s], i, moment);
    for (int c = 0; c < columns->count; c++) {
        const struct column *column = &columns->column[c];
        const size_t width = (size_t)column->width;
        const float *from;
        memcpy(&from, pointer_in(moment, column), sizeof from);
        memcpy((char *)column->row + (size_t)i * width * sizeof(float), from,
               width * sizeof(float));
    }
}

static bool columns_find(struct columns *columns, const struct safetensors_file *file,
                         const char *prefix, struct error *error)
{
    char name[NAME_SIZE];
    const int64_t moments = columns->moments;
    for (int s = 0; s < SCALARS; s++) {
        snprintf(name, sizeof name, "%s.%s", prefix, scalars[s].name);
        const struct safetensors_tensor *tensor =
            safetensors_need(file, name, type_of(&scalars[s]), 1, &moments, error);
        if (!tensor)
            return false;
        columns->scalar[s] = (void *)(uintptr_t)tensor->data;
    }
    for (int c = 0; c < columns->count; c++) {
        struct column *column = &columns->column[c];
        snprintf(name, sizeof name, "%s.%s", prefix, column->name);
        const struct safetensors_tensor *tensor = safetensors_need(
            file, name, SAFETENSORS_F32, 2, (const int64_t[]){moments, column->width}, error);
        if (!tensor)
            return false;
        column->row = tensor->data;
    }
    return true;
}

/* False for what cannot be. */
static bool get_scalar(const struct scalar_row *row, const void *numbers, int i, int64_t newest,
                       struct moment *moment)
{
    char *field = (char *)moment + row->offset;
    const double number = type_of(row) == SAFETENSORS_F64 ? ((const double *)numbers)[i]
                                                          : ((const int32_t *)numbers)[i];
    if (row->real) {
        memcpy(field, &number, sizeof number);
        return true;
    }
    if (!is_whole(number, 0, row->most > 0 ? row->most : (double)newest))
        return false;
    const int64_t wide = (int64_t)number;
    const int narrow = (int)number;
    const bool on = number > 0;
    memcpy(field,
           row->size == sizeof wide     ? (const void *)&wide
           : row->size == sizeof narrow ? (const void *)&narrow
                                        : (const void *)&on,
           row->size);
    return true;
}

/* Moment i, whose arrays are those of the file. */
static bool columns_get(const struct columns *columns, int i, int64_t newest, struct moment *moment,
                        struct error *error)
{
    const struct moment_shape *shape = columns->shape;
    *moment = (struct moment){.layers = shape->layers, .tensors = shape->tensors};
    for (int s = 0; s < SCALARS; s++)
        if (!get_scalar(&scalars[s], columns->scalar[s], i, newest, moment))
            return error_set(error, "number %d of %s in its history cannot be", i + 1,
                             scalars[s].name);
    if (moment->fault.layer > shape->layers)
        return error_set(error, "its history knows a layer %d of %d", moment->fault.layer,
                         shape->layers);
    for (int c = 0; c < columns->count; c++) {
        const struct column *column = &columns->column[c];
        const float *row = column->row + (size_t)i * (size_t)column->width;
        memcpy(pointer_in(moment, column), &row, sizeof row);
    }
    for (int t = 0; t < shape->tensors; t++)
        moment->tensor[t].name = shape->name[t];
    return true;
}

static void add_moments(struct safetensors *set, const struct history *history, enum side side,
                        const struct moment_shape *shape)
{
    struct columns columns;
    char prefix[NAME_SIZE / 2];
    columns_open(&columns, shape, history_moments(history));
    snprintf(prefix, sizeof prefix, "history.moments.%s", stack_names[side]);
    columns_add(&columns, set, prefix);
    for (int i = 0; i < columns.moments; i++) {
        struct moment moment = history_moment(history, side, history_moment_step(history, i));
        columns_put(&columns, i, &moment);
    }
    columns_close(&columns);
}

/* Are the steps those that a history keeps: multiples of the spacing, and then each of the newest?
 */
static bool check_steps(const struct columns *columns, int64_t spacing, int recent, int64_t newest)
{
    const double *step = columns->scalar[0];
    const int old = columns->moments - recent;
    for (int i = 0; i < columns->moments; i++) {
        const double expected = i < old ? step[0] + (double)i * (double)spacing
                                        : (double)(newest - columns->moments + 1 + i);
        if (step[i] != expected || step[i] < 1 || (i < old && fmod(step[i], (double)spacing) != 0))
            return false;
    }
    return old == 0 || step[old - 1] <= (double)(newest - recent);
}

static bool put_moments(struct history *history, struct columns columns[SIDES], int recent,
                        int64_t newest, struct error *error)
{
    const int moments = columns[LEFT].moments;
    for (int i = 0; i < moments; i++) {
        struct moment moment[SIDES];
        for (int side = 0; side < SIDES; side++)
            if (!columns_get(&columns[side], i, newest, &moment[side], error))
                return false;
        history_put_moment(history, moment, i >= moments - recent);
    }
    return true;
}

static bool read_moments(struct history *history, const struct safetensors_file *file,
                         const struct moment_shape shape[SIDES], int64_t newest,
                         struct error *error)
{
    struct columns columns[SIDES] = {{0}};
    const struct safetensors_tensor *steps = safetensors_find(file, "history.moments.left.step");
    const int moments = steps && steps->count < INT32_MAX ? (int)steps->count : 0;
    int64_t spacing, recent;
    if (!need_step(file, "history.spacing", 1, step_most, &spacing, error) ||
        !need_step(file, "history.recent", 1, moments < HISTORY_NEWEST ? moments : HISTORY_NEWEST,
                   &recent, error))
        return false;
    bool good = true;
    for (int side = 0; side < SIDES && good; side++) {
        char prefix[NAME_SIZE / 2];
        snprintf(prefix, sizeof prefix, "history.moments.%s", stack_names[side]);
        columns_open(&columns[side], &shape[side], moments);
        good = columns_find(&columns[side], file, prefix, error);
        if (good && !check_steps(&columns[side], spacing, (int)recent, newest))
            good = error_set(error, "the steps of its history are not those that are kept");
    }
    if (good) {
        history_begin_moments(history, shape, spacing, newest);
        good = put_moments(history, columns, (int)recent, newest, error);
    }
    for (int side = 0; side < SIDES; side++)
        columns_close(&columns[side]);
    return good;
}

/* ---- the newest snapshots ---- */

static void add_snapshot(struct safetensors *set, const char *which, enum side side,
                         const struct snapshot *snapshot, const struct moment_shape *shape)
{
    struct columns columns;
    char prefix[NAME_SIZE / 2];
    if (snapshot->step == 0)
        return;
    struct moment moment = history_moment_of(snapshot);
    moment.valid = snapshot->valid_loss;
    columns_open(&columns, shape, 1);
    snprintf(prefix, sizeof prefix, "history.%s.%s", which, stack_names[side]);
    columns_add(&columns, set, prefix);
    columns_put(&columns, 0, &moment);
    columns_close(&columns);
}

/* The inverse of history_moment_of(), but for `valid`, which is the snapshot's own. */
static void fill_snapshot(struct snapshot *snapshot, struct moment *moment,
                          const struct columns *columns)
{
    struct moment inside;
    *snapshot = (struct snapshot){
        .step = moment->step,
        .placement = moment->placement,
        .norm = moment->norm,
        .layers = moment->layers,
        .tensors = moment->tensors,
        .loss = moment->loss,
        .valid_loss = moment->valid,
        .lr = moment->lr,
        .grad_norm = moment->grad_norm,
        .clip = moment->clip,
        .ratio = moment->ratio,
        .finite = moment->finite,
        .fault = moment->fault,
        .detail.measured = moment->detailed,
    };
    for (int t = 0; t < moment->tensors; t++)
        snapshot->tensor[t].name = moment->tensor[t].name;
    inside = history_moment_of(snapshot); /* whose arrays are those of the snapshot */
    for (int c = 0; c < columns->count; c++) {
        float *to;
        memcpy(&to, pointer_in(&inside, &columns->column[c]), sizeof to);
        memcpy(to, columns->column[c].row, (size_t)columns->column[c].width * sizeof *to);
    }
}

/* Stays as it is, of step 0, where the file has none. */
static bool read_snapshot(struct snapshot *snapshot, const struct safetensors_file *file,
                          const char *prefix, const struct moment_shape *shape, int64_t newest,
                          struct error *error)
{
    struct columns columns;
    struct moment moment;
    char name[NAME_SIZE];
    snprintf(name, sizeof name, "%s.%s", prefix, scalars[0].name);
    if (!safetensors_find(file, name))
        return true;
    columns_open(&columns, shape, 1);
    bool good = columns_find(&columns, file, prefix, error) &&
                columns_get(&columns, 0, newest, &moment, error);
    if (good)
        fill_snapshot(snapshot, &moment, &columns);
    columns_close(&columns);
    return good;
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
    const double *step = need_numbers(file, "history.marks.step", (int)marks, error);
    const struct safetensors_tensor *kinds =
        safetensors_need(file, "history.marks.kind", SAFETENSORS_I32, 1, &marks, error);
    if (!step || !kinds)
        return false;
    for (int i = 0; i < (int)marks; i++) {
        char key[NAME_SIZE], text[MARK_TEXT + 5];
        const int32_t kind = ((const int32_t *)kinds->data)[i];
        snprintf(key, sizeof key, "history.mark.%d", i);
        const char *said = safetensors_value(file, key);
        if (!said || !is_whole(step[i], i > 0 ? step[i - 1] : 0, (double)newest + 1) || kind < 0 ||
            kind > (int32_t)MARK_BRANCH)
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
    const double sums[SUMS] = {history->smooth[side], history->weight[side], history->valid[side],
                               history->new_valid[side], (double)history->valid_step[side]};
    snprintf(name, sizeof name, "history.sums.%s", stack_names[side]);
    add_numbers(set, name, SUMS, sums);
    for (int level = 0; level < HISTORY_LEVELS; level++)
        reached[level] = (double)history->reached[side][level];
    snprintf(name, sizeof name, "history.reached.%s", stack_names[side]);
    add_numbers(set, name, HISTORY_LEVELS, reached);
}

static bool read_sums(struct history *history, const struct safetensors_file *file, enum side side,
                      int64_t newest, struct error *error)
{
    char name[NAME_SIZE];
    snprintf(name, sizeof name, "history.sums.%s", stack_names[side]);
    const double *sums = need_numbers(file, name, SUMS, error);
    snprintf(name, sizeof name, "history.reached.%s", stack_names[side]);
    const double *reached = sums ? need_numbers(file, name, HISTORY_LEVELS, error) : NULL;
    if (!reached)
        return false;
    if (!isfinite(sums[0]) || !(sums[1] >= 0 && sums[1] <= 1) ||
        !is_whole(sums[4], 0, (double)newest))
        return error_set(error, "the sums of its history cannot be");
    history->smooth[side] = sums[0];
    history->weight[side] = sums[1];
    history->valid[side] = sums[2];
    history->new_valid[side] = sums[3];
    history->valid_step[side] = (int64_t)sums[4];
    for (int level = 0; level < HISTORY_LEVELS; level++) {
        if (!is_whole(reached[level], 0, (double)newest))
            return error_set(error, "the race in its history cannot be");
        history->reached[side][level] = (int64_t)reached[level];
    }
    return true;
}

/* ---- all of it ---- */

static void add_stack(struct safetensors *set, const struct history *history, enum side side)
{
    struct moment_shape shape = {.layers = history->moments.layers[side],
                                 .tensors = history->moments.tensors[side]};
    memcpy(shape.name, history->moments.name[side], sizeof shape.name);
    add_sums(set, history, side);
    if (history_moments(history) == 0)
        return;
    add_moments(set, history, side, &shape);
    add_snapshot(set, "last", side, &history->last[side], &shape);
    add_snapshot(set, "last_finite", side, &history->last_finite[side], &shape);
}

void history_write(const struct history *history, struct safetensors *set)
{
    add_step(set, "history.stride", history->stride);
    add_numbers(set, "history.level_unit", 1, &history->level_unit);
    add_points(set, "history.points", history->count, history->point);
    if (history_moments(history) > 0) {
        add_step(set, "history.spacing", history_spacing(history));
        add_step(set, "history.recent", history_recent(history));
    }
    for (enum side side = LEFT; side < SIDES; side++)
        add_stack(set, history, side);
    add_marks(set, history);
    add_ghosts(set, history);
}

static bool read_stack(struct history *history, const struct safetensors_file *file, enum side side,
                       const struct moment_shape *shape, int64_t step, struct error *error)
{
    char last[NAME_SIZE / 2], last_finite[NAME_SIZE / 2];
    snprintf(last, sizeof last, "history.last.%s", stack_names[side]);
    snprintf(last_finite, sizeof last_finite, "history.last_finite.%s", stack_names[side]);
    if (!read_sums(history, file, side, step, error) ||
        !read_snapshot(&history->last[side], file, last, shape, step, error) ||
        !read_snapshot(&history->last_finite[side], file, last_finite, shape, step, error))
        return false;
    return history->last[side].step == step ||
           error_set(error,
                     "its history ends at step %" PRId64 " and its weights are of step "
                     "%" PRId64,
                     history->last[side].step, step);
}

bool history_read(struct history *history, const struct safetensors_file *file,
                  const struct moment_shape shape[SIDES], int64_t step, struct error *error)
{
    const double *unit = need_numbers(file, "history.level_unit", 1, error);
    int64_t stride;
    if (!unit || !need_step(file, "history.stride", 1, step_most, &stride, error))
        return false;
    if (step / stride > HISTORY_POINTS)
        return error_set(error, "its history would have %" PRId64 " points", step / stride);
    history->level_unit = *unit;
    history->stride = stride;
    history->count = (int)(step / stride);
    if (!read_points(file, "history.points", history->count, history->point, error) ||
        !read_ghosts(history, file, error) || !read_marks(history, file, step, error))
        return false;
    for (enum side side = LEFT; side < SIDES; side++)
        if (!read_stack(history, file, side, &shape[side], step, error))
            return false;
    return step == 0 || read_moments(history, file, shape, step, error);
}
