/* The table of quantities says all that its readers need; a snapshot is a plain value, as large as
 * its stack. */
#include "train/quantity.h"

#include "support/snapshots.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/range.h"

/* ---- the table ---- */

static void names_tell_quantities_apart(void **state)
{
    (void)state;
    for (int q = 0; q < QUANTITIES; q++) {
        const struct quantity_row *row = &quantity_table[q];
        assert_true(strlen(row->name) > 0 &&
                    strspn(row->name, "abcdefghijklmnopqrstuvwxyz_.") == strlen(row->name));
        for (int other = 0; other < QUANTITIES; other++) {
            const struct quantity_row *its = &quantity_table[other];
            assert_true(other == q || strcmp(row->name, its->name) != 0);
            /* in a file the tensors' have their own prefix */
            assert_true(other == q || !row->former ||
                        (row->shape == SHAPE_TENSORS) != (its->shape == SHAPE_TENSORS) ||
                        (strcmp(row->former, its->name) != 0 &&
                         (!its->former || strcmp(row->former, its->former) != 0)));
        }
    }
}

static void rows_have_what_their_readers_need(void **state)
{
    (void)state;
    for (int q = 0; q < QUANTITIES; q++) {
        const struct quantity_row *row = &quantity_table[q];
        const bool scalar = row->shape == SHAPE_SCALAR;
        const bool chosen = row->view != SHOWN_NOWHERE && row->view != SHOWN_ANATOMY;
        assert_non_null(row->unit);
        assert_true(strlen(row->help) > 10 && row->help[strlen(row->help) - 1] != '.');
        assert_true(scalar || !row->curve);
        assert_true(!row->part || row->shape == SHAPE_BLOCKS || row->shape == SHAPE_LAYERS);
        assert_false(quantity_is_named((enum quantity)q) && row->rows & IN_CSV);
        assert_true(row->view != SHOWN_CURVES || (scalar && row->curve));
        assert_true((row->view == SHOWN_TENSORS) == (row->shape == SHAPE_TENSORS));
        assert_true(row->view != SHOWN_STREAM || (!scalar && !row->part));
        assert_true(!chosen || (row->label && row->title[0]));
        assert_true(row->view != SHOWN_TENSORS || row->key);
        assert_true(row->view != SHOWN_STREAM || row->note[0]);
        for (int i = 1; i < 5 && row->title[i]; i++) /* from long to short */
            assert_true(strlen(row->title[i]) < strlen(row->title[i - 1]));
    }
}

static void a_view_goes_through_its_quantities(void **state)
{
    (void)state;
    for (int view = SHOWN_CURVES; view <= SHOWN_ANATOMY; view++) {
        const int count = quantity_count((enum quantity_view)view);
        enum quantity at = quantity_at((enum quantity_view)view, 0);
        assert_true(count > 1);
        for (int n = 0; n < count; n++, at = quantity_step(at, 1)) {
            assert_int_equal(at, quantity_at((enum quantity_view)view, n));
            assert_int_equal(quantity_number(at), n);
            assert_int_equal(quantity_table[at].view, view);
        }
        assert_int_equal(at, quantity_at((enum quantity_view)view, 0));
    }
    assert_int_equal(quantity_at(SHOWN_CURVES, 0), QUANTITY_LOSS);
}

/* ---- snapshots ---- */

/* Every number of it another one. */
static void fill(struct snapshot *snapshot)
{
    int number = 0;
    for (int q = 0; q < QUANTITIES; q++)
        for (int i = 0; i < arrays_of(snapshot, (enum quantity)q); i++)
            for (int n = 0; n < length_of(snapshot, (enum quantity)q); n++)
                set_number(snapshot, (enum quantity)q, i, n, ++number);
}

/* ... and none of them has been written over by another. */
static void assert_filled(const struct snapshot *snapshot)
{
    int number = 0;
    for (int q = 0; q < QUANTITIES; q++)
        for (int i = 0; i < arrays_of(snapshot, (enum quantity)q); i++)
            for (int n = 0; n < length_of(snapshot, (enum quantity)q); n++)
                assert_true(number_of(snapshot, (enum quantity)q, i, n) == ++number);
}

/* As many layers and tensors as other programs' stacks have; one memcpy is a copy. */
static void a_snapshot_is_a_plain_value(void **state)
{
    enum { MOST = 64 };
    static char names[MOST][8];
    static const int shapes[][2] = {{1, 0}, {1, 1}, {6, 12}, {128, 40}, {512, MOST}};
    const char *name[MOST];
    (void)state;
    for (int t = 0; t < MOST; t++) {
        snprintf(names[t], sizeof names[t], "t%d", t);
        name[t] = names[t];
    }
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        struct snapshot *snapshot = snapshot_new(shapes[i][0], shapes[i][1], name);
        assert_int_equal(snapshot->step, 0);
        fill(snapshot);
        struct snapshot *copy = malloc(snapshot->bytes);
        memcpy(copy, snapshot, snapshot->bytes);
        snapshot_clear(snapshot);
        for (int q = 0; q < QUANTITIES; q++)
            if (arrays_of(snapshot, (enum quantity)q) > 0)
                assert_true(isnan(number_of(snapshot, (enum quantity)q, 0, 0)));
        snapshot_free(snapshot);
        assert_filled(copy);
        for (int t = 0; t < shapes[i][1]; t++) {
            assert_string_equal(snapshot_tensor(copy, t), names[t]);
            assert_int_equal(snapshot_find(copy, names[t]), t);
        }
        assert_int_equal(snapshot_find(copy, "nothing"), -1);
        free(copy);
    }
}

/* The numbers, their names, and a header that does not grow with them. */
static void a_snapshot_is_as_large_as_its_stack(void **state)
{
    static const char *const name[] = {"a", "b", "c"};
    (void)state;
    for (int layers = 1; layers <= 64; layers *= 2)
        for (int tensors = 0; tensors <= 3; tensors++) {
            struct snapshot *snapshot = snapshot_new(layers, tensors, name);
            size_t bytes = sizeof *snapshot + (size_t)tensors * sizeof *name;
            for (int q = 0; q < QUANTITIES; q++)
                bytes += (size_t)(arrays_of(snapshot, (enum quantity)q) *
                                  length_of(snapshot, (enum quantity)q)) *
                         (quantity_table[q].shape == SHAPE_SCALAR ? sizeof(double) : sizeof(float));
            assert_between(snapshot->bytes, bytes, bytes + sizeof(double) - 1);
            snapshot_free(snapshot);
        }
}

static void nothing_measured_is_no_number(void **state)
{
    (void)state;
    assert_int_equal(snapshot_none.step, 0);
    for (int q = 0; q < QUANTITIES; q++) {
        assert_true(isnan(snapshot_scalar(&snapshot_none, (enum quantity)q)));
        assert_null(snapshot_array(&snapshot_none, (enum quantity)q, 0));
    }
    assert_int_equal(snapshot_find(&snapshot_none, "a"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_tell_quantities_apart),
        cmocka_unit_test(rows_have_what_their_readers_need),
        cmocka_unit_test(a_view_goes_through_its_quantities),
        cmocka_unit_test(a_snapshot_is_a_plain_value),
        cmocka_unit_test(a_snapshot_is_as_large_as_its_stack),
        cmocka_unit_test(nothing_measured_is_no_number),
    };
    return cmocka_run_group_tests_name("quantity", tests, NULL, NULL);
}
