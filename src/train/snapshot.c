/* See snapshot.h. Where the numbers of a snapshot lie, and nothing of what they mean. */
#include "train/snapshot.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct snapshot snapshot_none = {.bytes = sizeof snapshot_none};

static bool is_scalar(enum quantity quantity)
{
    return quantity_table[quantity].shape == SHAPE_SCALAR;
}

static size_t array_bytes(enum quantity quantity, int layers)
{
    return (size_t)quantity_length(quantity, layers) * sizeof(float);
}

/* The doubles come before the floats, so that both are aligned. */
static void lay_out(struct snapshot *snapshot)
{
    size_t at = sizeof *snapshot;
    snapshot->names = (uint32_t)at;
    at += (size_t)snapshot->tensors * sizeof(const char *);
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < QUANTITIES; i++) {
            const enum quantity q = (enum quantity)i;
            if (is_scalar(q) != (pass == 0))
                continue;
            snapshot->numbers[q] = (uint32_t)at;
            at += is_scalar(q)
                      ? sizeof(double)
                      : (size_t)snapshot_arrays(snapshot, q) * array_bytes(q, snapshot->layers);
        }
    snapshot->bytes = (at + sizeof(double) - 1) / sizeof(double) * sizeof(double);
}

struct snapshot *snapshot_new(int layers, int tensors, const char *const *name)
{
    struct snapshot head = {.layers = layers, .tensors = tensors};
    lay_out(&head);
    struct snapshot *snapshot = memory_new(1, head.bytes);
    *snapshot = head;
    if (tensors > 0)
        memcpy((char *)snapshot + head.names, name, (size_t)tensors * sizeof *name);
    snapshot_clear(snapshot);
    return snapshot;
}

struct snapshot *snapshot_copy(const struct snapshot *from)
{
    struct snapshot *copy = memory_new(1, from->bytes);
    memcpy(copy, from, from->bytes);
    return copy;
}

void snapshot_free(const struct snapshot *snapshot)
{
    free((void *)(uintptr_t)snapshot);
}

void snapshot_assign(struct snapshot *to, const struct snapshot *from)
{
    memcpy(to, from, from->bytes);
}

void snapshot_clear(struct snapshot *snapshot)
{
    snapshot->step = 0;
    snapshot->finite = snapshot->detailed = false;
    snapshot->fault = (struct fault){.place = FAULT_NONE};
    for (int i = 0; i < QUANTITIES; i++) {
        const enum quantity q = (enum quantity)i;
        if (is_scalar(q)) {
            snapshot_set(snapshot, q, NAN);
            continue;
        }
        float *number = snapshot_room(snapshot, q, 0);
        const int count = snapshot_arrays(snapshot, q) * quantity_length(q, snapshot->layers);
        for (int n = 0; n < count; n++)
            number[n] = NAN;
    }
}

/* The number of an array of `to` in `from`; -1: it is not there. */
static int same_array(const struct snapshot *to, const struct snapshot *from,
                      enum quantity quantity, int i)
{
    if (quantity_table[quantity].shape != SHAPE_TENSORS)
        return i;
    return snapshot_find(from, snapshot_tensor(to, i));
}

void snapshot_fit(struct snapshot *to, const struct snapshot *from)
{
    snapshot_clear(to);
    to->step = from->step;
    to->placement = from->placement;
    to->norm = from->norm;
    to->finite = from->finite;
    to->detailed = from->detailed;
    to->fault = from->fault;
    for (int n = 0; n < QUANTITIES; n++) {
        const enum quantity q = (enum quantity)n;
        if (is_scalar(q))
            snapshot_set(to, q, snapshot_scalar(from, q));
        for (int i = 0; !is_scalar(q) && i < snapshot_arrays(to, q); i++) {
            const int at = to->layers == from->layers ? same_array(to, from, q, i) : -1;
            if (at >= 0)
                memcpy(snapshot_room(to, q, i), snapshot_array(from, q, at),
                       array_bytes(q, to->layers));
        }
    }
}

bool snapshot_alike(const struct snapshot *a, const struct snapshot *b)
{
    if (a->layers != b->layers || a->tensors != b->tensors)
        return false;
    for (int t = 0; t < a->tensors; t++)
        if (strcmp(snapshot_tensor(a, t), snapshot_tensor(b, t)) != 0)
            return false;
    return true;
}

/* ---- numbers ---- */

double snapshot_scalar(const struct snapshot *snapshot, enum quantity quantity)
{
    double value = NAN;
    if (snapshot->numbers[quantity] > 0)
        memcpy(&value, (const char *)snapshot + snapshot->numbers[quantity], sizeof value);
    return value;
}

void snapshot_set(struct snapshot *snapshot, enum quantity quantity, double value)
{
    memcpy((char *)snapshot + snapshot->numbers[quantity], &value, sizeof value);
}

/* Where array i begins; 0: there is none. */
static size_t array_at(const struct snapshot *snapshot, enum quantity quantity, int i)
{
    const size_t from = snapshot->numbers[quantity];
    return from > 0 ? from + (size_t)i * array_bytes(quantity, snapshot->layers) : 0;
}

const float *snapshot_array(const struct snapshot *snapshot, enum quantity quantity, int i)
{
    const size_t at = array_at(snapshot, quantity, i);
    return at > 0 ? (const float *)(const void *)((const char *)snapshot + at) : NULL;
}

float *snapshot_room(struct snapshot *snapshot, enum quantity quantity, int i)
{
    return (float *)(void *)((char *)snapshot + array_at(snapshot, quantity, i));
}

/* ---- names ---- */

int snapshot_arrays(const struct snapshot *snapshot, enum quantity quantity)
{
    return quantity_table[quantity].shape == SHAPE_TENSORS ? snapshot->tensors
                                                           : quantity_parts(quantity);
}

const char *snapshot_array_name(const struct snapshot *snapshot, enum quantity quantity, int i)
{
    const struct quantity_row *row = &quantity_table[quantity];
    if (row->shape == SHAPE_TENSORS)
        return snapshot_tensor(snapshot, i);
    return row->part ? row->part[i] : NULL;
}

const char *snapshot_tensor(const struct snapshot *snapshot, int i)
{
    const char *name;
    memcpy(&name, (const char *)snapshot + snapshot->names + (size_t)i * sizeof name, sizeof name);
    return name;
}

int snapshot_find(const struct snapshot *snapshot, const char *tensor)
{
    for (int t = 0; t < snapshot->tensors; t++)
        if (strcmp(snapshot_tensor(snapshot, t), tensor) == 0)
            return t;
    return -1;
}
