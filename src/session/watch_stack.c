/* See watch_stack.h. */
#include "session/watch_stack.h"

#include "base/names.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void watch_stack_clear(struct watch_stack *stack)
{
    snapshot_free(stack->room);
    *stack = (struct watch_stack){.placement_row = -1, .norm_row = -1};
}

static int find_tensor(const struct watch_stack *stack, const char *name)
{
    for (int i = 0; i < stack->tensors; i++)
        if (stack->tensor[i] == name)
            return i;
    return -1;
}

/* Adds what the row has and those before had not; whether there was anything. */
static bool grow(struct watch_stack *stack, const struct watch_row *row)
{
    const int layers = stack->layers, tensors = stack->tensors;
    if (row->layers > 0)
        stack->layers = row->layers;
    for (int i = 0; i < row->arrays; i++) {
        const struct watch_array *array = &row->array[i];
        if (quantity_table[array->quantity].shape != SHAPE_TENSORS ||
            find_tensor(stack, array->name) >= 0)
            continue;
        if (stack->tensors < WATCH_TENSORS)
            stack->tensor[stack->tensors++] = array->name;
        else
            stack->left_out = true;
    }
    return stack->layers != layers || stack->tensors != tensors;
}

/* The number of a part in the table. */
static int find_part(enum quantity quantity, const char *name)
{
    int i = 0;
    while (quantity_table[quantity].part[i] != name)
        i++;
    return i;
}

static void copy_array(struct watch_stack *stack, const struct watch_row *row, int i)
{
    const struct watch_array *array = &row->array[i];
    const enum quantity q = array->quantity;
    int which = 0;
    if (quantity_table[q].shape == SHAPE_TENSORS)
        which = find_tensor(stack, array->name);
    else if (quantity_table[q].part)
        which = find_part(q, array->name);
    if (which >= 0)
        memcpy(snapshot_room(stack->room, q, which), watch_row_array(row, i),
               (size_t)quantity_length(q, row->layers) * sizeof(float));
    if (quantity_table[q].when == WHEN_DETAIL)
        stack->room->detailed = true;
    stack->has[q] = true;
}

static int first_fault(const struct watch_row *row, enum quantity quantity, bool from_above)
{
    for (int i = 0; i < row->arrays; i++) {
        if (row->array[i].quantity != quantity)
            continue;
        const float *number = watch_row_array(row, i);
        const int length = quantity_length(quantity, row->layers);
        for (int n = 0; n < length; n++) {
            const int layer = from_above ? length - 1 - n : n;
            if (!isfinite(number[layer]))
                return layer;
        }
    }
    return -1;
}

/* The first number, in the order of computation, that is not finite, of a row that says so. */
static struct fault find_fault(const struct watch_row *row)
{
    struct fault fault = {.place = FAULT_STREAM, .step = row->step};
    fault.layer = first_fault(row, QUANTITY_STREAM_RMS, false);
    if (fault.layer >= 0)
        return fault;
    if (!isfinite(row->scalar[QUANTITY_LOSS]))
        return (struct fault){.place = FAULT_LOSS, .step = row->step};
    fault.place = FAULT_GRADIENT;
    fault.layer = first_fault(row, QUANTITY_STREAM_GRAD, true);
    if (fault.layer >= 0)
        return fault;
    fault.place = FAULT_PARAMETER;
    fault.layer = first_fault(row, QUANTITY_PARAM_GRAD, true) + 1;
    return fault;
}

static double ratio_of(const struct snapshot *snapshot)
{
    const float *grad = snapshot_array(snapshot, QUANTITY_STREAM_GRAD, 0);
    return snapshot->layers > 0 ? (double)grad[0] / (double)grad[snapshot->layers] : NAN;
}

/* Whether it says something else than before. */
static bool copy_text(char to[WATCH_TEXT], const char *from)
{
    if (from[0] == '\0' || strcmp(from, to) == 0)
        return false;
    snprintf(to, WATCH_TEXT, "%s", from);
    return true;
}

static void copy_texts(struct watch_stack *stack, const struct watch_row *row)
{
    copy_text(stack->name, row->stack);
    copy_text(stack->run, row->run);
    copy_text(stack->title, row->title);
    if (copy_text(stack->placement, row->placement))
        stack->placement_row = names_find(&placement_names, "", stack->placement, NULL);
    if (copy_text(stack->norm, row->norm))
        stack->norm_row = names_find(&norm_names, "", stack->norm, NULL);
    if (stack->placement_row >= 0)
        stack->room->placement = (enum placement)stack->placement_row;
    if (stack->norm_row >= 0)
        stack->room->norm = (enum norm)stack->norm_row;
}

static void set_scalar(struct watch_stack *stack, enum quantity quantity, double value)
{
    snapshot_set(stack->room, quantity, value);
    stack->has[quantity] = stack->has[quantity] || isfinite(value);
}

bool watch_stack_take(struct watch_stack *stack, const struct watch_row *row, struct error *error)
{
    if (stack->layers > 0 && row->layers > 0 && row->layers != stack->layers)
        return error_set(error, "%d layers: %d, as in the rows before", row->layers, stack->layers);
    if (grow(stack, row) || !stack->room) {
        struct snapshot *old = stack->room;
        stack->room = snapshot_new(stack->layers, stack->tensors, stack->tensor);
        if (old)
            stack->room->fault = old->fault;
        snapshot_free(old);
    }
    struct snapshot *room = stack->room;
    const struct fault fault = room->fault; /* of the row before: the place where it began */
    snapshot_clear(room);
    stack->is_there = true;
    copy_texts(stack, row);
    room->step = row->step;
    for (int q = 0; q < QUANTITIES; q++)
        if (quantity_table[q].shape == SHAPE_SCALAR && watch_has((enum quantity)q))
            set_scalar(stack, (enum quantity)q, row->scalar[q]);
    for (int i = 0; i < row->arrays; i++)
        copy_array(stack, row, i);
    if (isnan(row->scalar[QUANTITY_RATIO]))
        set_scalar(stack, QUANTITY_RATIO, ratio_of(room));
    room->finite = row->finite >= 0 ? row->finite > 0 : isfinite(row->scalar[QUANTITY_LOSS]) != 0;
    if (!room->finite)
        room->fault = fault.place != FAULT_NONE ? fault : find_fault(row);
    return true;
}
