/* Rows for machines: names, order, digits, and what stands for a number that is not finite. */
#include "export/rows.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char written[8192];

static const char *header(enum row_format format, int layers, bool validation)
{
    FILE *out = fmemopen(written, sizeof written, "w");
    rows_header(out, format, layers, validation);
    fclose(out);
    return written;
}

static const char *row(enum row_format format, enum side side, const struct snapshot *snapshot,
                       bool validation)
{
    FILE *out = fmemopen(written, sizeof written, "w");
    rows_write(out, format, side, snapshot, validation);
    fclose(out);
    return written;
}

/* Numbers from 0 on into array i of a quantity, as many as there are. */
static void fill(struct snapshot *snapshot, enum quantity quantity, int i, const float *numbers)
{
    const size_t count = (size_t)quantity_length(quantity, snapshot->layers);
    memcpy(snapshot_room(snapshot, quantity, i), numbers, count * sizeof *numbers);
}

static struct snapshot *example(void)
{
    static const char *const tensors[] = {"attn.qkv.weight", "ln1.bias"};
    struct snapshot *snapshot = snapshot_new(2, 2, tensors);
    snapshot->step = 12;
    snapshot->placement = PLACEMENT_POST;
    snapshot->norm = NORM_RMSNORM;
    snapshot->finite = true;
    snapshot_set(snapshot, QUANTITY_LOSS, 3.25);
    snapshot_set(snapshot, QUANTITY_LR, 0.003);
    snapshot_set(snapshot, QUANTITY_GRAD_NORM, 1.5);
    snapshot_set(snapshot, QUANTITY_CLIP, 1);
    snapshot_set(snapshot, QUANTITY_RATIO, 0.125);
    fill(snapshot, QUANTITY_STREAM_GRAD, 0, (const float[]){0.1f, 0.2f, 0.8f});
    fill(snapshot, QUANTITY_STREAM_RMS, 0, (const float[]){1, 2, 3});
    fill(snapshot, QUANTITY_PARAM_GRAD, 0, (const float[]){1, 2});
    fill(snapshot, QUANTITY_PARAM_GRAD, 1, (const float[]){3, 4});
    fill(snapshot, QUANTITY_UPDATE_RATIO, 0, (const float[]){0.5f, 0.25f});
    fill(snapshot, QUANTITY_UPDATE_RATIO, 1, (const float[]){NAN, 0.75f});
    return snapshot;
}

static void the_header_names_the_columns(void **state)
{
    (void)state;
    assert_string_equal(header(ROWS_CSV, 2, false),
                        "step,stack,placement,norm,loss,lr,grad_norm,clip,ratio,finite,"
                        "stream_grad_0,stream_grad_1,stream_grad_2\n");
    assert_string_equal(header(ROWS_CSV, 1, true),
                        "step,stack,placement,norm,loss,lr,grad_norm,clip,ratio,finite,"
                        "stream_grad_0,stream_grad_1,valid_loss\n");
    written[0] = '\0';
    assert_string_equal(header(ROWS_JSONL, 2, true), "");
}

static void csv_rows_have_the_header_s_order(void **state)
{
    struct snapshot *snapshot = example();
    (void)state;
    assert_string_equal(row(ROWS_CSV, RIGHT, snapshot, false),
                        "12,right,post,rmsnorm,3.25,0.003,1.5,1,0.125,true,0.100000001,"
                        "0.200000003,0.800000012\n");
    assert_string_equal(row(ROWS_CSV, LEFT, snapshot, true),
                        "12,left,post,rmsnorm,3.25,0.003,1.5,1,0.125,true,0.100000001,"
                        "0.200000003,0.800000012,\n");
    snapshot_set(snapshot, QUANTITY_VALID_LOSS, 2.5);
    assert_non_null(strstr(row(ROWS_CSV, LEFT, snapshot, true), ",0.800000012,2.5\n"));
    snapshot_free(snapshot);
}

static void jsonl_rows_have_the_documented_keys(void **state)
{
    struct snapshot *snapshot = example();
    (void)state;
    assert_string_equal(
        row(ROWS_JSONL, LEFT, snapshot, false),
        "{\"step\":12,\"stack\":\"left\",\"placement\":\"post\",\"norm\":\"rmsnorm\","
        "\"loss\":3.25,\"lr\":0.003,\"grad_norm\":1.5,\"clip\":1,\"ratio\":0.125,"
        "\"stream_grad\":[0.100000001,0.200000003,0.800000012],\"stream_rms\":[1,2,3],"
        "\"param_grad\":{\"attn.qkv.weight\":[1,2],\"ln1.bias\":[3,4]},"
        "\"update_ratio\":{\"attn.qkv.weight\":[0.5,0.25],\"ln1.bias\":[null,0.75]},"
        "\"finite\":true}\n");
    assert_non_null(
        strstr(row(ROWS_JSONL, LEFT, snapshot, true), "\"finite\":true,\"valid_loss\":null}\n"));
    snapshot_set(snapshot, QUANTITY_VALID_LOSS, 2.5);
    assert_non_null(strstr(row(ROWS_JSONL, LEFT, snapshot, true), ",\"valid_loss\":2.5}\n"));
    snapshot_free(snapshot);
}

static void what_is_not_finite_is_no_number(void **state)
{
    struct snapshot *snapshot = example();
    (void)state;
    snapshot->finite = false;
    snapshot_set(snapshot, QUANTITY_LOSS, (double)INFINITY);
    snapshot_set(snapshot, QUANTITY_RATIO, (double)NAN);
    snapshot_room(snapshot, QUANTITY_STREAM_GRAD, 0)[1] = -INFINITY;
    assert_string_equal(row(ROWS_CSV, LEFT, snapshot, false),
                        "12,left,post,rmsnorm,,0.003,1.5,1,,false,0.100000001,,0.800000012\n");
    const char *json = row(ROWS_JSONL, LEFT, snapshot, false);
    assert_non_null(strstr(json, "\"loss\":null,\"lr\":0.003"));
    assert_non_null(strstr(json, "\"ratio\":null,"));
    assert_non_null(strstr(json, "[0.100000001,null,0.800000012]"));
    assert_non_null(strstr(json, "\"finite\":false}\n"));
    snapshot_free(snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_header_names_the_columns),
        cmocka_unit_test(csv_rows_have_the_header_s_order),
        cmocka_unit_test(jsonl_rows_have_the_documented_keys),
        cmocka_unit_test(what_is_not_finite_is_no_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
