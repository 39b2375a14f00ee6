/* See moments_file.h. Goes through the table of quantities; believes nothing that it reads. */
#include "session/moments_file.h"

#include "base/memory.h"
#include "session/numbers_file.h"
#include "train/settings.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the header of a snapshot ---- */

static const struct head_row {
    const char *name;
    size_t offset, size;
    int most; /* whole numbers from 0 to this; 0: a step, up to the newest */
} heads[] = {
#define HEAD(member)                                                                               \
    .name = #member, .offset = offsetof(struct snapshot, member),                                  \
    .size = sizeof(((struct snapshot *)0)->member)
    {HEAD(step)},
    {HEAD(placement), .most = PLACEMENTS - 1},
    {HEAD(norm), .most = NORMS - 1},
    {HEAD(finite), .most = 1},
    {HEAD(detailed), .most = 1},
    {HEAD(fault.place), .most = FAULT_PARAMETER},
    {HEAD(fault.layer), .most = INT32_MAX},
    {HEAD(fault.step)},
    {HEAD(fault.part), .most = FAULT_FEED_FORWARD},
#undef HEAD
};
enum { HEADS = sizeof heads / sizeof heads[0] };

/* Steps are doubles. */
static enum safetensors_type type_of(const struct head_row *row)
{
    return row->size == sizeof(int64_t) ? SAFETENSORS_F64 : SAFETENSORS_I32;
}

static void put_head(const struct head_row *row, void *numbers, int i,
                     const struct snapshot *snapshot)
{
    const char *field = (const char *)snapshot + row->offset;
    int64_t wide;
    if (type_of(row) == SAFETENSORS_F64) {
        memcpy(&wide, field, sizeof wide);
        ((double *)numbers)[i] = (double)wide;
    } else if (row->size == sizeof(bool)) {
        ((int32_t *)numbers)[i] = *(const bool *)field;
    } else {
        memcpy((int32_t *)numbers + i, field, sizeof(int32_t));
    }
}

/* False for what cannot be. */
static bool get_head(const struct head_row *row, const void *numbers, int i, int64_t newest,
                     struct snapshot *snapshot)
{
    char *field = (char *)snapshot + row->offset;
    const double number = type_of(row) == SAFETENSORS_F64 ? ((const double *)numbers)[i]
                                                          : ((const int32_t *)numbers)[i];
    if (!numbers_whole(number, 0, row->most > 0 ? row->most : (double)newest))
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

/* ---- columns ---- */

/* A quantity, or an array of one, of many snapshots, one below the other. */
struct column {
    char name[MOMENTS_NAME - 32], former[MOMENTS_NAME - 32]; /* `former` may be "" */
    enum quantity quantity;
    int array, width; /* which array, and its numbers in one snapshot; of scalars 0 and 1 */
    void *numbers;    /* [snapshots][width]: doubles of scalars, else floats; not owned. NULL: the
                         file has none */
};

/* Those of one stack; as many rows as there are snapshots. */
struct columns {
    const struct snapshot *shape;
    int snapshots, count;
    struct column *column; /* [count] */
    void *head[HEADS];     /* [snapshots], doubles or int32_t; not owned */
};

static bool is_scalar(const struct column *column)
{
    return quantity_table[column->quantity].shape == SHAPE_SCALAR;
}

static enum safetensors_type column_type(const struct column *column)
{
    return is_scalar(column) ? SAFETENSORS_F64 : SAFETENSORS_F32;
}

static size_t row_bytes(const struct column *column)
{
    return (size_t)column->width * safetensors_types[column_type(column)].size;
}

/* "stream_grad", "attention.rms.branch", "block.ln1.bias.param_grad" */
static void name_column(char out[MOMENTS_NAME - 32], const char *name, enum quantity quantity,
                        const char *array)
{
    const bool tensor = quantity_table[quantity].shape == SHAPE_TENSORS;
    snprintf(out, MOMENTS_NAME - 32, "%s%s%s%s%s%s", tensor ? "block." : "", tensor ? array : "",
             tensor ? "." : "", name, !tensor && array ? "." : "", !tensor && array ? array : "");
}

static void columns_open(struct columns *columns, const struct snapshot *shape, int snapshots)
{
    *columns = (struct columns){.shape = shape, .snapshots = snapshots};
    for (int q = 0; q < QUANTITIES; q++) {
        const struct quantity_row *row = &quantity_table[q];
        const int arrays = snapshot_arrays(shape, (enum quantity)q);
        columns->column = memory_resize(columns->column, (size_t)(columns->count + arrays),
                                        sizeof *columns->column);
        for (int i = 0; i < arrays; i++) {
            const char *array = snapshot_array_name(shape, (enum quantity)q, i);
            struct column *column = &columns->column[columns->count++];
            *column = (struct column){.quantity = (enum quantity)q,
                                      .array = i,
                                      .width = quantity_length((enum quantity)q, shape->layers)};
            name_column(column->name, row->name, column->quantity, array);
            if (row->former)
                name_column(column->former, row->former, column->quantity, array);
        }
    }
}

static void columns_close(struct columns *columns)
{
    free(columns->column);
    *columns = (struct columns){0};
}

/* Room for all numbers, which the set takes. */
static void columns_add(struct columns *columns, struct safetensors *set, const char *prefix)
{
    char name[MOMENTS_NAME];
    const int64_t snapshots = columns->snapshots;
    for (int h = 0; h < HEADS; h++) {
        const enum safetensors_type type = type_of(&heads[h]);
        columns->head[h] = memory_new((size_t)snapshots + 1, safetensors_types[type].size);
        snprintf(name, sizeof name, "%s.%s", prefix, heads[h].name);
        safetensors_take(set, name, type, 1, &snapshots, columns->head[h]);
    }
    for (int c = 0; c < columns->count; c++) {
        struct column *column = &columns->column[c];
        column->numbers = memory_new((size_t)snapshots + 1, row_bytes(column) + 1);
        snprintf(name, sizeof name, "%s.%s", prefix, column->name);
        safetensors_take(set, name, column_type(column), is_scalar(column) ? 1 : 2,
                         (const int64_t[]){snapshots, column->width}, column->numbers);
    }
}

static void columns_put(struct columns *columns, int i, const struct snapshot *snapshot)
{
    for (int h = 0; h < HEADS; h++)
        put_head(&heads[h], columns->head[h], i, snapshot);
    for (int c = 0; c < columns->count; c++) {
        struct column *column = &columns->column[c];
        const size_t bytes = row_bytes(column);
        char *to = (char *)column->numbers + (size_t)i * bytes;
        const double scalar = is_scalar(column) ? snapshot_scalar(snapshot, column->quantity) : 0;
        memcpy(to,
               is_scalar(column)
                   ? (const void *)&scalar
                   : (const void *)snapshot_array(snapshot, column->quantity, column->array),
               bytes);
    }
}

/* A column of the file, by its name or the one it had; NULL is no error where it has neither. */
static bool find_column(struct column *column, const struct safetensors_file *file,
                        const char *prefix, int64_t snapshots, struct error *error)
{
    char name[MOMENTS_NAME];
    snprintf(name, sizeof name, "%s.%s", prefix, column->name);
    if (!safetensors_find(file, name) && column->former[0])
        snprintf(name, sizeof name, "%s.%s", prefix, column->former);
    if (!safetensors_find(file, name))
        return true;
    const struct safetensors_tensor *tensor =
        safetensors_need(file, name, column_type(column), is_scalar(column) ? 1 : 2,
                         (const int64_t[]){snapshots, column->width}, error);
    if (!tensor)
        return false;
    column->numbers = (void *)(uintptr_t)tensor->data;
    return true;
}

static bool columns_find(struct columns *columns, const struct safetensors_file *file,
                         const char *prefix, struct error *error)
{
    char name[MOMENTS_NAME];
    const int64_t snapshots = columns->snapshots;
    for (int h = 0; h < HEADS; h++) {
        snprintf(name, sizeof name, "%s.%s", prefix, heads[h].name);
        const struct safetensors_tensor *tensor =
            safetensors_need(file, name, type_of(&heads[h]), 1, &snapshots, error);
        if (!tensor)
            return false;
        columns->head[h] = (void *)(uintptr_t)tensor->data;
    }
    for (int c = 0; c < columns->count; c++)
        if (!find_column(&columns->column[c], file, prefix, snapshots, error))
            return false;
    return true;
}

/* What a file of version 1 says in another way: a step 0 where there is none, and the held-out loss
 * of a step by the newest one alone. */
static void complete(struct snapshot *snapshot)
{
    const double held_out_step = snapshot_scalar(snapshot, QUANTITY_HELD_OUT_STEP);
    if (held_out_step == 0)
        snapshot_set(snapshot, QUANTITY_HELD_OUT_STEP, NAN);
    if (held_out_step == (double)snapshot->step &&
        isnan(snapshot_scalar(snapshot, QUANTITY_VALID_LOSS)))
        snapshot_set(snapshot, QUANTITY_VALID_LOSS, snapshot_scalar(snapshot, QUANTITY_HELD_OUT));
}

/* Row i into a snapshot of the shape. */
static bool columns_get(const struct columns *columns, int i, int64_t newest,
                        struct snapshot *snapshot, struct error *error)
{
    snapshot_clear(snapshot);
    for (int h = 0; h < HEADS; h++)
        if (!get_head(&heads[h], columns->head[h], i, newest, snapshot))
            return error_set(error, "number %d of %s in its history cannot be", i + 1,
                             heads[h].name);
    if (snapshot->fault.layer > snapshot->layers)
        return error_set(error, "its history knows a layer %d of %d", snapshot->fault.layer,
                         snapshot->layers);
    for (int c = 0; c < columns->count; c++) {
        const struct column *column = &columns->column[c];
        const size_t bytes = row_bytes(column);
        double scalar;
        if (!column->numbers)
            continue;
        const char *from = (const char *)column->numbers + (size_t)i * bytes;
        if (!is_scalar(column)) {
            memcpy(snapshot_room(snapshot, column->quantity, column->array), from, bytes);
            continue;
        }
        memcpy(&scalar, from, sizeof scalar);
        snapshot_set(snapshot, column->quantity, scalar);
    }
    const double held_out_step = snapshot_scalar(snapshot, QUANTITY_HELD_OUT_STEP);
    if (!isnan(held_out_step) && !numbers_whole(held_out_step, 0, (double)newest))
        return error_set(error, "number %d of %s in its history cannot be", i + 1,
                         quantity_table[QUANTITY_HELD_OUT_STEP].name);
    complete(snapshot);
    return true;
}

/* ---- moments ---- */

static const char *moments_prefix(enum side side)
{
    static const char *const prefixes[SIDES] = {"history.moments.left", "history.moments.right"};
    return prefixes[side];
}

void moments_write(const struct moments *moments, struct safetensors *set)
{
    if (moments_count(moments) == 0)
        return;
    numbers_add_step(set, "history.spacing", moments->spacing);
    numbers_add_step(set, "history.recent", moments->recent_count);
    for (enum side side = LEFT; side < SIDES; side++) {
        struct columns columns;
        columns_open(&columns, moments->shape[side], moments_count(moments));
        columns_add(&columns, set, moments_prefix(side));
        for (int i = 0; i < columns.snapshots; i++)
            columns_put(&columns, i, moments_at(moments, side, i));
        columns_close(&columns);
    }
}

/* Are the steps those that a history keeps: multiples of the spacing, and then each of the newest?
 */
static bool check_steps(const struct columns *columns, int64_t spacing, int recent, int64_t newest)
{
    const double *step = columns->head[0];
    const int old = columns->snapshots - recent;
    for (int i = 0; i < columns->snapshots; i++) {
        const double expected = i < old ? step[0] + (double)i * (double)spacing
                                        : (double)(newest - columns->snapshots + 1 + i);
        if (step[i] != expected || step[i] < 1 || (i < old && fmod(step[i], (double)spacing) != 0))
            return false;
    }
    return old == 0 || step[old - 1] <= (double)(newest - recent);
}

static bool put_moments(struct moments *moments, struct columns columns[SIDES], int recent,
                        int64_t newest, struct error *error)
{
    const int count = columns[LEFT].snapshots;
    struct snapshot *row[SIDES] = {snapshot_copy(columns[LEFT].shape),
                                   snapshot_copy(columns[RIGHT].shape)};
    bool good = true;
    for (int i = 0; i < count && good; i++) {
        for (int side = 0; side < SIDES && good; side++)
            good = columns_get(&columns[side], i, newest, row[side], error);
        if (good)
            moments_put(moments, (const struct snapshot *const[]){row[LEFT], row[RIGHT]},
                        i >= count - recent);
    }
    for (int side = 0; side < SIDES; side++)
        snapshot_free(row[side]);
    return good;
}

bool moments_read(struct moments *moments, const struct safetensors_file *file,
                  const struct snapshot *const shape[SIDES], int64_t newest, struct error *error)
{
    struct columns columns[SIDES] = {{0}};
    const struct safetensors_tensor *steps = safetensors_find(file, "history.moments.left.step");
    const int count = steps && steps->count < INT32_MAX ? (int)steps->count : 0;
    int64_t spacing, recent;
    if (!numbers_need_step(file, "history.spacing", 1, numbers_step_most, &spacing, error) ||
        !numbers_need_step(file, "history.recent", 1,
                           count < MOMENTS_NEWEST ? count : MOMENTS_NEWEST, &recent, error))
        return false;
    bool good = true;
    for (enum side side = LEFT; side < SIDES && good; side++) {
        columns_open(&columns[side], shape[side], count);
        good = columns_find(&columns[side], file, moments_prefix(side), error);
        if (good && !check_steps(&columns[side], spacing, (int)recent, newest))
            good = error_set(error, "the steps of its history are not those that are kept");
    }
    if (good) {
        moments_begin(moments, shape, spacing, newest);
        good = put_moments(moments, columns, (int)recent, newest, error);
    }
    for (int side = 0; side < SIDES; side++)
        columns_close(&columns[side]);
    return good;
}

/* ---- one snapshot ---- */

void moments_write_one(const struct snapshot *snapshot, const char *prefix, struct safetensors *set)
{
    struct columns columns;
    columns_open(&columns, snapshot, 1);
    columns_add(&columns, set, prefix);
    columns_put(&columns, 0, snapshot);
    columns_close(&columns);
}

bool moments_read_one(struct snapshot **snapshot, const struct safetensors_file *file,
                      const char *prefix, const struct snapshot *shape, int64_t newest,
                      struct error *error)
{
    struct columns columns;
    char name[MOMENTS_NAME];
    snprintf(name, sizeof name, "%s.%s", prefix, heads[0].name);
    if (!safetensors_find(file, name))
        return true;
    columns_open(&columns, shape, 1);
    struct snapshot *read = snapshot_copy(shape);
    const bool good = columns_find(&columns, file, prefix, error) &&
                      columns_get(&columns, 0, newest, read, error);
    columns_close(&columns);
    if (good) {
        snapshot_free(*snapshot);
        *snapshot = read;
    } else {
        snapshot_free(read);
    }
    return good;
}
