/* Lines as rows: of lnscope and of others, whole and damaged, JSON and CSV, with names mapped. */
#include "session/watch_row.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct watch_map map;
static struct watch_names names;
static struct watch_reader reader;
static struct watch_row row;
static struct error error;

static int enter(void **state)
{
    (void)state;
    map.count = 0;
    watch_reader_open(&reader, &map, &names);
    return 0;
}

static int leave(void **state)
{
    (void)state;
    watch_row_close(&row);
    watch_reader_close(&reader);
    watch_names_close(&names);
    return 0;
}

/* From memory of its own size, so that one byte behind it is found. */
static enum watch_line read_line(const char *text)
{
    const size_t size = strlen(text);
    char *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, text, size);
    const enum watch_line line = watch_read(&reader, copy, size, &row, &error);
    free(copy);
    return line;
}

static void is_row(const char *text)
{
    const enum watch_line line = read_line(text);
    if (line != WATCH_ROW)
        fail_msg("no row: %s: %s", text, line == WATCH_BAD ? error.text : "nothing");
}

static void is_bad(const char *text, const char *reason)
{
    if (read_line(text) != WATCH_BAD)
        fail_msg("a row: %s", text);
    assert_string_equal(error.text, reason);
}

static void is_none(const char *text)
{
    assert_int_equal(read_line(text), WATCH_NO_ROW);
}

/* The array of a quantity and name; NULL: the row has none. */
static const float *array_of(enum quantity quantity, const char *name)
{
    for (int i = 0; i < row.arrays; i++)
        if (row.array[i].quantity == quantity &&
            (name ? row.array[i].name && strcmp(row.array[i].name, name) == 0 : !row.array[i].name))
            return watch_row_array(&row, i);
    return NULL;
}

static void has_numbers(enum quantity quantity, const char *name, int count, const float *expected)
{
    const float *found = array_of(quantity, name);
    assert_non_null(found);
    assert_int_equal(quantity_length(quantity, row.layers), count);
    for (int i = 0; i < count; i++)
        if (isnan(expected[i]) ? !isnan(found[i]) : found[i] != expected[i])
            fail_msg("number %d of %s is %g, not %g", i, quantity_table[quantity].name,
                     (double)found[i], (double)expected[i]);
}

#define HAS(quantity, name, ...)                                                                   \
    has_numbers(quantity, name, (int)(sizeof(float[]){__VA_ARGS__} / sizeof(float)),               \
                (float[]){__VA_ARGS__})

/* ---- JSON ---- */

static void a_row_of_lnscope_is_read(void **state)
{
    (void)state;
    is_row("{\"step\":3,\"stack\":\"left\",\"placement\":\"pre\",\"norm\":\"layernorm\","
           "\"loss\":4.25,\"lr\":0.003,\"grad_norm\":1.5,\"clip\":1,\"ratio\":0.5,"
           "\"stream_grad\":[1,2,4],\"stream_rms\":[0.5,null,0.25],"
           "\"param_grad\":{\"attn.qkv.weight\":[1,2],\"ffn.up.weight\":[3,4]},"
           "\"update_ratio\":{\"attn.qkv.weight\":[5,6],\"ffn.up.weight\":[null,8]},"
           "\"finite\":true}\r");
    assert_true(row.step == 3 && row.finite == 1 && row.layers == 2 && row.arrays == 6);
    assert_string_equal(row.stack, "left");
    assert_string_equal(row.placement, "pre");
    assert_string_equal(row.norm, "layernorm");
    assert_true(row.scalar[QUANTITY_LOSS] == 4.25 && row.scalar[QUANTITY_LR] == 0.003);
    assert_true(row.scalar[QUANTITY_RATIO] == 0.5 && isnan(row.scalar[QUANTITY_VALID_LOSS]));
    HAS(QUANTITY_STREAM_GRAD, NULL, 1, 2, 4);
    HAS(QUANTITY_STREAM_RMS, NULL, .5F, NAN, .25F);
    HAS(QUANTITY_PARAM_GRAD, "attn.qkv.weight", 1, 2);
    HAS(QUANTITY_UPDATE_RATIO, "ffn.up.weight", NAN, 8);
}

static void the_next_row_has_nothing_of_the_last(void **state)
{
    (void)state;
    is_row("{\"step\":3,\"loss\":1,\"lr\":2,\"stack\":\"left\",\"finite\":false,"
           "\"stream_grad\":[1,2,4]}");
    assert_int_equal(row.finite, 0);
    is_row("{\"loss\":2,\"step\":4}");
    assert_true(row.step == 4 && row.finite == -1 && row.layers == 0 && row.arrays == 0);
    assert_true(isnan(row.scalar[QUANTITY_LR]));
    assert_string_equal(row.stack, "");
}

static void what_is_somebody_elses_is_passed_over(void **state)
{
    (void)state;
    is_row("{\"epoch\":1.5,\"more\":{\"step\":9,\"a\":[[{}],\"]\"]},\"step\":2,\"loss\":1,"
           "\"norm\":1.5,\"stack\":7,\"finite\":1,\"lr\":[1,2],\"ratio\":{\"a\":1},\"title\":null,"
           "\"stream_grad\":{\"0\":1},\"stream_rms\":3,\"param_grad\":[1],\"weight\":1.5,"
           "\"param_grad_3\":1,\"loss_0\":1,\"update_ratio\":{\"w\":5,\"v\":{\"a\":[1]},\"u\":[]},"
           "\"valid_loss\":\"none\",\"smooth_loss\":3,\"stream_grad_x\":1}");
    assert_true(row.step == 2 && row.finite == -1 && row.arrays == 0 && row.layers == 0);
    assert_true(isnan(row.scalar[QUANTITY_LR]) && isnan(row.scalar[QUANTITY_VALID_LOSS]));
    assert_true(isnan(row.scalar[QUANTITY_SMOOTH_LOSS]));
    assert_string_equal(row.norm, "");
}

static void details_have_parts(void **state)
{
    (void)state;
    is_row("{\"step\":2,\"loss\":1,\"cosine\":[null,1,2],\"entropy\":[3,4],"
           "\"attention.rms\":{\"x\":[1,2],\"what\":[1,2,3],\"out\":[5,6]}}");
    assert_int_equal(row.arrays, 4);
    HAS(QUANTITY_COSINE, NULL, NAN, 1, 2);
    HAS(QUANTITY_ENTROPY, NULL, 3, 4);
    HAS(QUANTITY_ATTENTION_RMS, "out", 5, 6);
}

static void numbers_that_are_not_finite_are_read(void **state)
{
    (void)state;
    is_row("{\"step\":2.0,\"loss\":NaN,\"lr\":1e-3,\"grad_norm\":Infinity,"
           "\"stream_grad\":[1e39,-Infinity,NaN]}");
    assert_true(row.step == 2 && isnan(row.scalar[QUANTITY_LOSS]));
    assert_true(isinf(row.scalar[QUANTITY_GRAD_NORM]));
    HAS(QUANTITY_STREAM_GRAD, NULL, INFINITY, -INFINITY, NAN);
    is_row("{\"step\":0,\"loss\":null}");
}

static void damaged_rows_say_why(void **state)
{
    (void)state;
    is_bad("{\"step\":1}", "no loss: a row has step and loss");
    is_bad("{\"loss\":1}", "no step: a row has step and loss");
    is_bad("{}", "no step: a row has step and loss");
    is_bad("{\"step\":1,\"loss\":2", "column 19: the end: ',' or '}'");
    is_bad("{\"step\":1,\"loss\":2}{\"step\":2,\"loss\":2}", "column 20: '{': the end");
    is_bad("{\"step\":1,\"loss\":\"2\"}", "column 18: '\"2': a number or null");
    is_bad("{\"step\":\"1\",\"loss\":2}", "column 9: '\"1': a number or null");
    is_bad("{\"step\":1.5,\"loss\":2}", "step 1.5: a whole number from 0");
    is_bad("{\"step\":-1,\"loss\":2}", "step -1: a whole number from 0");
    is_bad("{\"step\":1e300,\"loss\":2}", "step 1e+300: a whole number from 0");
    is_bad("{\"step\":null,\"loss\":2}", "step nan: a whole number from 0");
    is_bad("{\"step\":1,\"loss\":2,\"step\":1}", "step is there twice: once");
    is_bad("{\"step\":1,\"loss\":2,\"loss\":1}", "loss is there twice: once");
    is_bad("{\"step\":1,\"loss\":2,\"lr\":1e999}", "column 25: '1e999': a number up to 1.8e308");
    is_bad("{\"step\":1,\"loss\":2,\"stream_grad\":[1,x]}", "column 37: 'x': a number or null");
    is_bad("{\"step\":1,\"loss\":2,\"stream_grad\":[1,2],\"stream_rms\":[1,2,3]}",
           "stream_rms is of 2 layers: of 1, as stream_grad is");
    is_bad("{\"step\":1,\"loss\":2,\"stream_grad\":[1,2],\"param_grad\":{\"w\":[1,2]}}",
           "param_grad of w is of 2 layers: of 1, as stream_grad is");
    is_bad("\x1F\x8B\x08", "no row: an object with step and loss, or a header with both");
    is_bad("Epoch 1/3", "no row: an object with step and loss, or a header with both");
    is_bad("[1,2]", "no row: an object with step and loss, or a header with both");
    is_bad("{\"step\":1,\"loss\":2,\"a\":\"\xFF\"}", "column 25: '?': a string in UTF-8");
    assert_int_equal(watch_read(&reader, "\xFF\xFE{\0", 4, &row, &error), WATCH_BAD);
    assert_string_equal(error.text, "not a text: rows in UTF-8");
}

static void blank_lines_are_no_rows(void **state)
{
    (void)state;
    is_none("");
    is_none(" \t\r");
    is_none("\xEF\xBB\xBF");
    is_row("\xEF\xBB\xBF {\"step\":1,\"loss\":2}");
}

/* An array of so many numbers, as a row. */
static char *row_of(const char *key, int numbers)
{
    char *text = malloc((size_t)numbers * 2 + 64), *at = text;
    assert_non_null(text);
    at += sprintf(at, "{\"step\":1,\"loss\":2,\"%s\":[", key);
    for (int i = 0; i < numbers; i++)
        at += sprintf(at, "%s1", i ? "," : "");
    strcpy(at, "]}");
    return text;
}

static void rows_are_read_to_a_depth(void **state)
{
    static const struct {
        const char *key;
        int numbers, layers; /* 0: it is bad */
    } of[] = {{"stream_grad", 513, 512}, {"stream_grad", 514, 0}, {"entropy", 512, 512},
              {"entropy", 513, 0},       {"entropy", 9999, 0},    {"stream_grad", 1, -1},
              {"stream_grad", 0, -1},    {"entropy", 1, 1}};
    (void)state;
    for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
        char *text = row_of(of[i].key, of[i].numbers);
        if (of[i].layers == 0) {
            assert_int_equal(read_line(text), WATCH_BAD);
        } else {
            is_row(text);
            assert_int_equal(row.layers, of[i].layers < 0 ? 0 : of[i].layers);
        }
        free(text);
    }
    is_bad("{\"step\":1,\"loss\":2,\"stream_grad_513\":1}",
           "stream_grad of more than 512 layers: at most so many");
    is_bad("{\"step\":1,\"loss\":2,\"stream_grad_99999999999999999999\":1}",
           "stream_grad of more than 512 layers: at most so many");
}

static void deep_nesting_is_refused(void **state)
{
    char text[4096] = "{\"step\":1,\"loss\":2,\"a\":";
    (void)state;
    for (int i = 0; i < 1000; i++)
        strcat(text, "[");
    is_bad(text, "column 87: '[': fewer objects and arrays in one another");
}

static void many_tensors_have_room(void **state)
{
    char *text = malloc(1 << 20), *at = text;
    (void)state;
    assert_non_null(text);
    at += sprintf(at, "{\"step\":1,\"loss\":2,\"param_grad\":{");
    for (int i = 0; i < 2 * WATCH_NAMES; i++)
        at += sprintf(at, "%s\"tensor.%d\":[1,2]", i ? "," : "", i);
    strcpy(at, "}}");
    is_row(text);
    assert_int_equal(row.arrays, WATCH_ARRAYS);
    assert_int_equal(names.count, WATCH_NAMES);
    is_row("{\"step\":1,\"loss\":2,\"param_grad\":{\"new\":[1,2],\"tensor.9\":[3,4]}}");
    assert_int_equal(row.arrays, 1);
    HAS(QUANTITY_PARAM_GRAD, "tensor.9", 3, 4);
    free(text);
}

static void texts_cannot_steer_a_terminal(void **state)
{
    (void)state;
    is_row("{\"step\":1,\"loss\":2,\"title\":\"a\\u001b[31mb\xE2\x80\xAE\",\"run\":"
           "\"0123456789012345678901234567890123456789012345678901234567890123456789\","
           "\"param_grad\":{\"w\\u0007\":[1]}}");
    assert_string_equal(row.title, "a?[31mb?");
    assert_string_equal(row.run, "01234567890123456789012345678901234567890123456789012345678");
    assert_non_null(array_of(QUANTITY_PARAM_GRAD, "w?"));
}

/* ---- CSV ---- */

static void csv_of_lnscope_is_read(void **state)
{
    (void)state;
    is_none("step,stack,placement,norm,loss,lr,grad_norm,clip,ratio,finite,stream_grad_0,"
            "stream_grad_1,stream_grad_2");
    is_row("12,right,post,rmsnorm,4.5,0.003,1.5,1,,false,1,2,4");
    assert_true(row.step == 12 && row.finite == 0 && row.layers == 2 && row.arrays == 1);
    assert_string_equal(row.stack, "right");
    assert_string_equal(row.norm, "rmsnorm");
    assert_true(row.scalar[QUANTITY_LOSS] == 4.5 && isnan(row.scalar[QUANTITY_RATIO]));
    HAS(QUANTITY_STREAM_GRAD, NULL, 1, 2, 4);
    is_row("13,right,post,rmsnorm,,0.003,,1,,false,,,");
    assert_true(isnan(row.scalar[QUANTITY_LOSS]) && row.layers == 2);
    HAS(QUANTITY_STREAM_GRAD, NULL, NAN, NAN, NAN);
}

static void csv_of_others_is_read(void **state)
{
    (void)state;
    is_none("\"step\" ;\"a;\"\"b\"; loss; entropy_1; entropy_2;entropy_3");
    is_row(" 10.0;\"x;\"\"y\"\"\"; 2.5 ;1; NaN;-Inf");
    assert_true(row.step == 10 && row.scalar[QUANTITY_LOSS] == 2.5 && row.layers == 3);
    HAS(QUANTITY_ENTROPY, NULL, 1, NAN, -INFINITY);
    watch_reader_begin(&reader);
    is_none("loss\tstep\ttitle");
    is_row("None\t3\ta title");
    assert_true(row.step == 3 && isnan(row.scalar[QUANTITY_LOSS]));
    assert_string_equal(row.title, "a title");
}

static void a_header_may_come_again(void **state)
{
    (void)state;
    is_none("step,loss");
    is_row("1,2");
    is_none("loss,lr,step");
    is_bad("2,3", "2 columns: 3, as in the header");
    is_none("loss,lr,step");
    is_row("1,2,3");
    assert_true(row.step == 3 && row.scalar[QUANTITY_LR] == 2);
    is_none("step,loss");
    is_row("{\"step\":7,\"loss\":1}"); /* JSON says itself what it is */
    is_row("8,1");
}

static void damaged_csv_says_why(void **state)
{
    (void)state;
    is_bad("step,lr", "no row: an object with step and loss, or a header with both");
    is_bad("1,2", "no row: an object with step and loss, or a header with both");
    is_none("step,loss,lr,stream_grad_0,stream_grad_1,stream_rms_5");
    is_bad("1,2,3", "3 columns: 6, as in the header");
    is_bad("1,2,3,4,5,6,7", "7 columns: 6, as in the header");
    is_bad("x,2,3,4,5,6", "step 'x': a number");
    is_bad("1,2 3,3,4,5,6", "loss '2 3': a number");
    is_bad("1,2,3,4,5e,6", "stream_grad '5e': a number");
    is_bad(",2,3,4,5,6", "step nan: a whole number from 0");
    is_bad("1,2,3,4,5,6", "stream_rms is of 5 layers: of 1, as stream_grad is");
    is_bad("1,\"2,3,4,5,6", "loss '2,3,4,5,6': a number");
}

/* ---- names of others ---- */

static void add(const char *text)
{
    if (!watch_map_add(&map, text, &error))
        fail_msg("%s", error.text);
}

static void names_of_others_are_mapped(void **state)
{
    (void)state;
    add("grad/layer_{l}=stream_grad");
    add("_step=step");
    add("train/loss=loss");
    add("p/{tensor}/b{l}/grad=param_grad");
    add("{l}:{tensor}=update_ratio");
    add("norms=stream_rms");
    is_row("{\"_step\":4,\"step\":\"x\",\"train/loss\":1.5,\"loss\":\"y\",\"grad/layer_1\":2,"
           "\"grad/layer_0\":1,\"grad/layer_2\":4,\"p/attn.w/b1/grad\":6,\"p/attn.w/b2/grad\":7,"
           "\"1:ffn\":8,\"2:ffn\":9,\"norms\":[1,2,3],\"stream_grad\":[7],\"grad/layer_\":1,"
           "\"grad/layer_1x\":1,\"p//b1/grad\":1}");
    assert_true(row.step == 4 && row.scalar[QUANTITY_LOSS] == 1.5 && row.layers == 2);
    HAS(QUANTITY_STREAM_GRAD, NULL, 1, 2, 4);
    HAS(QUANTITY_PARAM_GRAD, "attn.w", 6, 7);
    HAS(QUANTITY_UPDATE_RATIO, "ffn", 8, 9);
    HAS(QUANTITY_STREAM_RMS, NULL, 1, 2, 3);
    is_none("_step,train/loss,grad/layer_0,grad/layer_1,grad/layer_2,p/w/b0/grad,p/w/b1/grad");
    is_row("5,2,1,,3,4,5");
    HAS(QUANTITY_STREAM_GRAD, NULL, 1, NAN, 3);
    HAS(QUANTITY_PARAM_GRAD, "w", 4, 5);
}

static void missing_layers_are_not_known(void **state)
{
    (void)state;
    add("g{l}=stream_grad");
    add("e{l}=entropy");
    is_row("{\"step\":4,\"loss\":1,\"g3\":3,\"g1\":1,\"e2\":2,\"e3\":3}");
    HAS(QUANTITY_STREAM_GRAD, NULL, NAN, 1, NAN, 3);
    HAS(QUANTITY_ENTROPY, NULL, NAN, 2, 3);
}

static void is_no_map(const char *text, const char *reason)
{
    if (watch_map_add(&map, text, &error))
        fail_msg("a map: %s", text);
    if (strstr(error.text, reason) == NULL)
        fail_msg("%s: no '%s'", error.text, reason);
}

static void wrong_maps_are_refused(void **state)
{
    static const char slots[] = "{l} once for an array's layer, {tensor} once for its tensor";
    char text[2 * WATCH_KEY];
    (void)state;
    is_no_map("", "PATTERN=NAME");
    is_no_map("stream_grad", "PATTERN=NAME");
    is_no_map("=loss", "PATTERN=NAME");
    is_no_map("a=los", "map to 'los': did you mean loss?");
    is_no_map("a=smooth_sum", "map to 'smooth_sum': ");
    is_no_map("a{l}=loss", slots);
    is_no_map("a{l}=step", slots);
    is_no_map("a{tensor}=stream_grad", slots);
    is_no_map("a{l}=param_grad", slots);
    is_no_map("a{l}{tensor}=param_grad", slots);
    is_no_map("{l}a{l}=stream_grad", slots);
    is_no_map("{l}a{tensor}b{l}=param_grad", slots);
    is_no_map("a{l}=attention.rms", slots);
    memset(text, 'a', sizeof text);
    strcpy(text + sizeof text - 6, "=loss");
    is_no_map(text, "a pattern of at most 159 bytes");
    assert_int_equal(map.count, 0);
    for (int i = 0; i < WATCH_MAPPINGS; i++)
        add("a=b=loss");
    is_no_map("a=loss", "at most 32 of them");
    is_row("{\"step\":1,\"a=b\":2}");
}

int main(void)
{
#define OF_ROWS(test) cmocka_unit_test_setup_teardown(test, enter, leave)
    const struct CMUnitTest tests[] = {
        OF_ROWS(a_row_of_lnscope_is_read),
        OF_ROWS(the_next_row_has_nothing_of_the_last),
        OF_ROWS(what_is_somebody_elses_is_passed_over),
        OF_ROWS(details_have_parts),
        OF_ROWS(numbers_that_are_not_finite_are_read),
        OF_ROWS(damaged_rows_say_why),
        OF_ROWS(blank_lines_are_no_rows),
        OF_ROWS(rows_are_read_to_a_depth),
        OF_ROWS(deep_nesting_is_refused),
        OF_ROWS(many_tensors_have_room),
        OF_ROWS(texts_cannot_steer_a_terminal),
        OF_ROWS(csv_of_lnscope_is_read),
        OF_ROWS(csv_of_others_is_read),
        OF_ROWS(a_header_may_come_again),
        OF_ROWS(damaged_csv_says_why),
        OF_ROWS(names_of_others_are_mapped),
        OF_ROWS(missing_layers_are_not_known),
        OF_ROWS(wrong_maps_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
