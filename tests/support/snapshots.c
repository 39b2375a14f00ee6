/* See snapshots.h. */
#include "support/snapshots.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static bool is_scalar(enum quantity quantity)
{
    return quantity_table[quantity].shape == SHAPE_SCALAR;
}

int arrays_of(const struct snapshot *snapshot, enum quantity quantity)
{
    return is_scalar(quantity) ? 1 : snapshot_arrays(snapshot, quantity);
}

int length_of(const struct snapshot *snapshot, enum quantity quantity)
{
    return quantity_length(quantity, snapshot->layers);
}

double number_of(const struct snapshot *snapshot, enum quantity quantity, int i, int index)
{
    return is_scalar(quantity) ? snapshot_scalar(snapshot, quantity)
                               : (double)snapshot_array(snapshot, quantity, i)[index];
}

void set_number(struct snapshot *snapshot, enum quantity quantity, int i, int index, double value)
{
    if (is_scalar(quantity))
        snapshot_set(snapshot, quantity, value);
    else
        snapshot_room(snapshot, quantity, i)[index] = (float)value;
}

void assert_same_snapshot(const struct snapshot *a, const struct snapshot *b)
{
    assert_int_equal(a->step, b->step);
    assert_int_equal(a->placement, b->placement);
    assert_int_equal(a->norm, b->norm);
    assert_int_equal(a->finite, b->finite);
    assert_int_equal(a->detailed, b->detailed);
    assert_int_equal(a->fault.place, b->fault.place);
    assert_int_equal(a->fault.layer, b->fault.layer);
    assert_int_equal(a->fault.step, b->fault.step);
    assert_int_equal(a->fault.part, b->fault.part);
    assert_true(snapshot_alike(a, b));
    if (a->bytes == snapshot_none.bytes)
        return;
    for (int q = 0; q < QUANTITIES; q++)
        for (int i = 0; i < arrays_of(a, (enum quantity)q); i++)
            for (int n = 0; n < length_of(a, (enum quantity)q); n++) {
                const double x = number_of(a, (enum quantity)q, i, n);
                const double y = number_of(b, (enum quantity)q, i, n);
                if (memcmp(&x, &y, sizeof x) != 0)
                    fail_msg("%s of step %lld: %.9g, not %.9g", quantity_table[q].name,
                             (long long)a->step, x, y);
            }
}
