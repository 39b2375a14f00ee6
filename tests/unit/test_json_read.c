/* Reading JSON: what is right, what is wrong and where, and what cJSON thinks of the same. */
#include "base/json.h"
#include "base/json_read.h"
#include "base/numbers.h"

#include <cjson/cJSON.h>
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

static struct json_reader reader;
static struct error error;

static void begin(const char *text)
{
    json_read_open(&reader, text, strlen(text));
}

static void ends_well(void)
{
    assert_true(json_read_close(&reader, &error));
}

static void fails_with(const char *message)
{
    assert_false(json_read_close(&reader, &error));
    assert_string_equal(error.text, message);
}

static void skipping_fails_with(const char *text, const char *message)
{
    begin(text);
    json_read_skip(&reader);
    fails_with(message);
}

static void an_object_is_read_in_its_order(void **state)
{
    char key[8], name[8];
    int64_t step = 0;
    double number[3] = {0};
    bool finite = false;
    int numbers = 0, others = 0;
    (void)state;
    begin(" {\"step\" : 12, \"loss\":[1, -2.5e-3 ,null],\t\"name\":\"pre\",\"finite\":true,"
          "\"more\":{\"a\":[{},[]],\"b\":\"]}\"} , \"a long key\": 3}\r\n");
    assert_int_equal(json_read_peek(&reader), JSON_OBJECT);
    assert_true(json_read_object(&reader));
    while (json_read_key(&reader, key, sizeof key)) {
        if (strcmp(key, "step") == 0) {
            assert_true(json_read_integer(&reader, &step));
        } else if (strcmp(key, "loss") == 0) {
            assert_true(json_read_array(&reader));
            while (json_read_item(&reader))
                assert_true(json_read_number(&reader, &number[numbers++]));
        } else if (strcmp(key, "name") == 0) {
            assert_true(json_read_string(&reader, name, sizeof name));
        } else if (strcmp(key, "finite") == 0) {
            assert_true(json_read_boolean(&reader, &finite));
        } else {
            assert_string_equal(key, others == 0 ? "more" : "");
            assert_true(json_read_skip(&reader));
            others++;
        }
    }
    ends_well();
    assert_int_equal(step, 12);
    assert_int_equal(numbers, 3);
    assert_true(number[0] == 1 && number[1] == -2.5e-3 && isnan(number[2]));
    assert_string_equal(name, "pre");
    assert_true(finite);
    assert_int_equal(others, 2);
}

static void kinds_are_seen_before_they_are_read(void **state)
{
    static const struct {
        const char *text;
        enum json_kind kind;
    } row[] = {{"null", JSON_NULL},   {"false", JSON_BOOLEAN}, {"-1", JSON_NUMBER},
               {"7", JSON_NUMBER},    {"\"\"", JSON_STRING},   {"[", JSON_ARRAY},
               {" \n{", JSON_OBJECT}, {"}", JSON_NOTHING},     {"", JSON_NOTHING}};
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        begin(row[i].text);
        assert_int_equal(json_read_peek(&reader), row[i].kind);
    }
}

static void string_reads(const char *text, const char *expected)
{
    char got[32];
    begin(text);
    assert_true(json_read_string(&reader, got, sizeof got));
    ends_well();
    assert_string_equal(got, expected);
}

static void strings_are_unescaped(void **state)
{
    char got[4];
    (void)state;
    string_reads("\"\"", "");
    string_reads("\"a\\\"b\\\\c\\/\\b\\f\\n\\r\\t\"", "a\"b\\c/\b\f\n\r\t");
    string_reads("\"\\u00e9\\u2192\\uD83D\\uDE00\"", "\xC3\xA9\xE2\x86\x92\xF0\x9F\x98\x80");
    string_reads("\"\xE2\x86\x92\xEF\xBF\xBD\"", "\xE2\x86\x92\xEF\xBF\xBD");
    begin("\"abc\"");
    assert_true(json_read_string(&reader, got, sizeof got));
    begin("\"abcd\"");
    assert_false(json_read_string(&reader, got, sizeof got));
    fails_with("column 1: '\"abcd': a shorter string");
    begin("[\"abcd\",\"a\xE2\x86\x92z\",\"\"]");
    assert_true(json_read_array(&reader) && json_read_item(&reader));
    assert_true(json_read_beginning(&reader, got, sizeof got));
    assert_string_equal(got, "abc");
    assert_true(json_read_item(&reader) && json_read_beginning(&reader, got, sizeof got));
    assert_string_equal(got, "a");
    assert_true(json_read_item(&reader) && json_read_beginning(&reader, got, sizeof got));
    assert_string_equal(got, "");
    assert_false(json_read_item(&reader));
    ends_well();
}

static void what_is_wrong_has_a_place(void **state)
{
    (void)state;
    skipping_fails_with("", "column 1: the end: a value");
    skipping_fails_with("[1 2]", "column 4: '2': ',' or ']'");
    skipping_fails_with("[1,]", "column 4: ']': a value");
    skipping_fails_with("{\"a\":1,}", "column 8: '}': a key");
    skipping_fails_with("{\"a\" 1}", "column 6: '1': ':'");
    skipping_fails_with("{\"a\":1]", "column 7: ']': ',' or '}'");
    skipping_fails_with("{'a':1}", "column 2: ''a'': a key");
    skipping_fails_with("[", "column 2: the end: a value");
    skipping_fails_with("[NaN]", "column 2: 'NaN': a value");
    skipping_fails_with("nul", "column 1: 'nul': null");
    skipping_fails_with("trues", "column 5: 's': the end");
    skipping_fails_with("[01]", "column 2: '01': a number such as -0.5 or 3e-4");
    skipping_fails_with("1.", "column 1: '1.': a number such as -0.5 or 3e-4");
    skipping_fails_with("-", "column 1: '-': a number such as -0.5 or 3e-4");
    skipping_fails_with("2e+", "column 1: '2e+': a number such as -0.5 or 3e-4");
    skipping_fails_with("+1", "column 1: '+1': a value");
    skipping_fails_with("1 2", "column 3: '2': the end");
    skipping_fails_with("\"a", "column 3: the end: a character, or the '\"' that ends the string");
    skipping_fails_with("\"\x1F\"", "column 2: '?': a character, or the '\"' that ends the string");
    skipping_fails_with("\"\xC3(\"", "column 2: '?(': a string in UTF-8");
    skipping_fails_with("\"\\x\"", "column 2: '\\x': an escape such as \\n or \\u00e9");
    skipping_fails_with("\"\\u0000\"", "column 2: '\\u0000': an escape such as \\n or \\u00e9");
    skipping_fails_with("\"\\ud83d\"", "column 2: '\\ud83d': an escape such as \\n or \\u00e9");
    skipping_fails_with("\"\\udc00\"", "column 2: '\\udc00': an escape such as \\n or \\u00e9");
}

static void a_nul_ends_nothing(void **state)
{
    (void)state;
    json_read_open(&reader, "1\0", 2);
    json_read_skip(&reader);
    fails_with("column 2: '?': the end");
    json_read_open(&reader, "\"a\0b\"", 5);
    json_read_skip(&reader);
    fails_with("column 3: '?b': a character, or the '\"' that ends the string");
}

static void other_kinds_are_refused(void **state)
{
    double number = 7;
    int64_t integer = 7;
    bool flag = true;
    char text[8] = "kept";
    (void)state;
    begin("\"1\"");
    assert_false(json_read_number(&reader, &number));
    fails_with("column 1: '\"1': a number or null");
    begin("1e999");
    assert_false(json_read_number(&reader, &number));
    fails_with("column 1: '1e999': a number up to 1.8e308");
    begin("1.5");
    assert_false(json_read_integer(&reader, &integer));
    fails_with("column 1: '1.5': a whole number of 64 bits");
    begin("9223372036854775808");
    assert_false(json_read_integer(&reader, &integer));
    begin("null");
    assert_false(json_read_integer(&reader, &integer));
    fails_with("column 1: 'null': a whole number");
    begin("1");
    assert_false(json_read_boolean(&reader, &flag));
    fails_with("column 1: '1': true or false");
    begin("[]");
    assert_false(json_read_string(&reader, text, sizeof text));
    fails_with("column 1: '[': a string");
    begin("[]");
    assert_false(json_read_object(&reader));
    fails_with("column 1: '[': an object");
    assert_true(number == 7 && integer == 7 && flag);
    assert_string_equal(text, "kept");
}

static void words_are_numbers_where_they_may_be(void **state)
{
    double number = 7;
    (void)state;
    begin("[NaN,Infinity,-Infinity,-1,null]");
    json_read_words(&reader);
    assert_true(json_read_array(&reader));
    assert_true(json_read_item(&reader) && json_read_peek(&reader) == JSON_NUMBER);
    assert_true(json_read_number(&reader, &number) && isnan(number));
    assert_true(json_read_item(&reader) && json_read_number(&reader, &number));
    assert_true(isinf(number) && number > 0);
    assert_true(json_read_item(&reader) && json_read_number(&reader, &number));
    assert_true(isinf(number) && number < 0);
    assert_true(json_read_item(&reader) && json_read_number(&reader, &number) && number == -1);
    assert_true(json_read_item(&reader) && json_read_number(&reader, &number));
    assert_false(json_read_item(&reader));
    ends_well();
    begin("{\"a\":NaN,\"b\":[-Infinity]}");
    json_read_words(&reader);
    assert_true(json_read_skip(&reader));
    ends_well();
    begin("Nan");
    json_read_words(&reader);
    json_read_skip(&reader);
    fails_with("column 1: 'Nan': a number such as -0.5 or 3e-4");
}

static void the_first_error_stays(void **state)
{
    double number = 7;
    char key[8];
    (void)state;
    begin("{\"a\":x,\"b\":y}");
    assert_true(json_read_object(&reader));
    assert_true(json_read_key(&reader, key, sizeof key));
    assert_false(json_read_number(&reader, &number));
    assert_false(json_read_key(&reader, key, sizeof key));
    assert_false(json_read_skip(&reader));
    assert_false(json_read_refuse(&reader, "nothing else"));
    assert_int_equal(json_read_peek(&reader), JSON_NOTHING);
    fails_with("column 6: 'x': a number or null");
    begin("{\"a\":1}");
    json_read_object(&reader);
    json_read_key(&reader, key, sizeof key);
    json_read_number(&reader, &number);
    assert_false(json_read_refuse(&reader, "a is 1: 2"));
    assert_false(json_read_key(&reader, key, sizeof key));
    fails_with("column 6: a is 1: 2");
}

static void depth_has_a_bound(void **state)
{
    char text[2 * JSON_READ_DEPTH + 3];
    (void)state;
    memset(text, '[', JSON_READ_DEPTH);
    memset(text + JSON_READ_DEPTH, ']', JSON_READ_DEPTH);
    text[2 * JSON_READ_DEPTH] = '\0';
    begin(text);
    assert_true(json_read_skip(&reader));
    ends_well();
    memset(text, '[', JSON_READ_DEPTH + 1);
    begin(text);
    assert_false(json_read_skip(&reader));
    fails_with("column 65: '[': fewer objects and arrays in one another");
}

static void long_numbers_are_refused(void **state)
{
    char text[NUMBER_MOST + 2];
    (void)state;
    memset(text, '1', NUMBER_MOST + 1);
    text[NUMBER_MOST + 1] = '\0';
    begin(text);
    assert_false(json_read_skip(&reader));
    begin(text + 1);
    assert_true(json_read_skip(&reader));
    ends_well();
}

/* What json.h writes, json_read.h reads. */
static void what_is_written_is_read(void **state)
{
    static const char *const texts[] = {"", "a\"b\\c", "\n\t\033\177", "\xE2\x86\x92",
                                        "caf\xC3\xA9"};
    static const double numbers[] = {0, -0.1, 1e300, 5e-324, 1.0 / 3};
    char written[256], text[64];
    double number;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        FILE *out = fmemopen(written, sizeof written, "w");
        fputc('[', out);
        json_string(out, texts[i]);
        fputc(',', out);
        json_number(out, numbers[i], 17);
        fputc(']', out);
        fclose(out);
        begin(written);
        assert_true(json_read_array(&reader));
        assert_true(json_read_item(&reader));
        assert_true(json_read_string(&reader, text, sizeof text));
        assert_true(json_read_item(&reader));
        assert_true(json_read_number(&reader, &number));
        assert_false(json_read_item(&reader));
        ends_well();
        assert_string_equal(text, texts[i]);
        assert_true(number == numbers[i]);
    }
}

/* Damaged texts: none reads outside its bytes (SANITIZER=address), none goes on for ever, and what
 * is taken for JSON here, cJSON takes for it too. */
static void damage_is_found(void **state)
{
    static const char whole[] = "{\"index\":0,\"grid\":{\"lr\":1e-3,\"left\":\"p\\u00e9\"},\"x\":"
                                "[1,-2.5,null,true,{}],\"verdict\":\"learns\"}";
    static const char other[] = "{}[],:\"\\u0e-.019ntf \xC3\xA9";
    unsigned random = 1;
    int right = 0;
    (void)state;
    for (int i = 0; i < 20000; i++) {
        char *text = malloc(sizeof whole);
        size_t size = sizeof whole - 1;
        memcpy(text, whole, size);
        random = random * 1664525u + 1013904223u;
        for (unsigned change = random >> 30; change < 3; change++) {
            random = random * 1664525u + 1013904223u;
            const size_t at = (random >> 8) % size;
            if (random >> 29 == 0)
                size = at + 1;
            else
                text[at] = other[(random >> 20) % (sizeof other - 1)];
        }
        text = realloc(text, size); /* so that one byte behind it is found */
        json_read_open(&reader, text, size);
        json_read_skip(&reader);
        if (json_read_close(&reader, &error)) {
            const char *end = NULL;
            cJSON *its = cJSON_ParseWithLengthOpts(text, size, &end, 0);
            assert_non_null(its);
            cJSON_Delete(its);
            right++;
        }
        free(text);
    }
    assert_between(right, 100, 19000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_object_is_read_in_its_order),
        cmocka_unit_test(kinds_are_seen_before_they_are_read),
        cmocka_unit_test(strings_are_unescaped),
        cmocka_unit_test(what_is_wrong_has_a_place),
        cmocka_unit_test(a_nul_ends_nothing),
        cmocka_unit_test(other_kinds_are_refused),
        cmocka_unit_test(words_are_numbers_where_they_may_be),
        cmocka_unit_test(the_first_error_stays),
        cmocka_unit_test(depth_has_a_bound),
        cmocka_unit_test(long_numbers_are_refused),
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(damage_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
