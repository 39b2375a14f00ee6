/* Safetensors: the writer, byte by byte and read back, and what the reader refuses. */
#include "base/safetensors_read.h"

#include "base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Writes the set to memory; the caller frees the bytes. */
static char *write_set(const struct safetensors *set, size_t *size)
{
    char *bytes = NULL;
    FILE *out = open_memstream(&bytes, size);
    safetensors_write(set, out);
    assert_int_equal(fclose(out), 0);
    return bytes;
}

static void arrays_are_read_back(void **state)
{
    const float matrix[2][3] = {{1, 2, 3}, {4, 5, -0.5f}};
    const double loss = 3.25;
    const int32_t tokens[4] = {7, -1, 2147483647, 0};
    const int64_t steps[2] = {-5, (int64_t)1 << 52};
    static const char letters[] = "ab\xFF";
    struct safetensors set = {0};
    struct safetensors_file saved;
    struct error error;
    size_t size;
    (void)state;
    safetensors_metadata(&set, "seed", "1");
    safetensors_metadata(&set, "text", "a \"b\" \xE2\x86\x92");
    safetensors_add(&set, "w", SAFETENSORS_F32, 2, (const int64_t[]){2, 3}, matrix);
    safetensors_add(&set, "tokens", SAFETENSORS_I32, 2, (const int64_t[]){2, 2}, tokens);
    safetensors_add(&set, "letters", SAFETENSORS_U8, 1, (const int64_t[]){3}, letters);
    safetensors_add(&set, "loss", SAFETENSORS_F64, 0, NULL, &loss);
    safetensors_add(&set, "steps", SAFETENSORS_I64, 1, (const int64_t[]){2}, steps);
    char *bytes = write_set(&set, &size);
    if (!safetensors_parse(&saved, (const unsigned char *)bytes, size, &error))
        fail_msg("%s", error.text);
    assert_int_equal(saved.tensors, 5);
    assert_string_equal(safetensors_value(&saved, "seed"), "1");
    assert_string_equal(safetensors_value(&saved, "text"), "a \"b\" \xE2\x86\x92");
    const struct safetensors_tensor *w = safetensors_find(&saved, "w");
    assert_int_equal(w->type, SAFETENSORS_F32);
    assert_int_equal(w->dims, 2);
    assert_int_equal(w->shape[0], 2);
    assert_int_equal(w->shape[1], 3);
    assert_true(safetensors_number(w, 5) == -0.5);
    assert_true(safetensors_number(safetensors_find(&saved, "tokens"), 1) == -1);
    assert_true(safetensors_number(safetensors_find(&saved, "tokens"), 2) == 2147483647);
    assert_true(safetensors_number(safetensors_find(&saved, "steps"), 0) == -5);
    assert_true(safetensors_number(safetensors_find(&saved, "steps"), 1) == 4503599627370496.0);
    assert_true(safetensors_number(safetensors_find(&saved, "letters"), 1) == 'b');
    assert_true(safetensors_number(safetensors_find(&saved, "letters"), 2) == 255);
    assert_non_null(
        safetensors_need(&saved, "steps", SAFETENSORS_I64, 1, (const int64_t[]){2}, &error));
    assert_non_null(
        safetensors_need(&saved, "letters", SAFETENSORS_U8, 1, (const int64_t[]){3}, &error));
    assert_int_equal(safetensors_find(&saved, "loss")->dims, 0);
    assert_true(safetensors_number(safetensors_find(&saved, "loss"), 0) == 3.25);
    safetensors_file_close(&saved);
    safetensors_close(&set);
    free(bytes);
}

static void the_layout_is_that_of_the_format(void **state)
{
    const float one = 1;
    const double two = 2;
    static const char header[] =
        "{\"__metadata__\":{},\"b\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]},"
        "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}";
    static const unsigned char data[] = {0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0x80, 0x3F};
    struct safetensors set = {0};
    size_t size, length = 0;
    (void)state;
    safetensors_add(&set, "a", SAFETENSORS_F32, 1, (const int64_t[]){1}, &one);
    safetensors_add(&set, "b", SAFETENSORS_F64, 1, (const int64_t[]){1}, &two);
    char *bytes = write_set(&set, &size);
    for (int i = 7; i >= 0; i--)
        length = length << 8 | (unsigned char)bytes[i];
    assert_int_equal((length + 8) % 64, 0); /* every array is aligned */
    assert_int_equal(size, 8 + length + sizeof data);
    assert_memory_equal(bytes + 8, header, sizeof header - 1);
    for (size_t i = 8 + sizeof header - 1; i < 8 + length; i++)
        assert_int_equal(bytes[i], ' ');
    assert_memory_equal(bytes + 8 + length, data, sizeof data);
    safetensors_close(&set);
    free(bytes);
}

static void an_empty_set_is_a_file(void **state)
{
    struct safetensors set = {0};
    struct safetensors_file saved;
    struct error error;
    size_t size;
    char *bytes = write_set(&set, &size);
    (void)state;
    assert_true(safetensors_parse(&saved, (const unsigned char *)bytes, size, &error));
    assert_int_equal(saved.tensors, 0);
    safetensors_file_close(&saved);
    safetensors_close(&set);
    free(bytes);
}

/* A file with this header and `data` bytes of zeros is refused for the reason given; NULL: it is
 * accepted. */
static void try_header(const char *header, size_t data, const char *reason)
{
    const size_t length = strlen(header), size = 8 + length + data;
    unsigned char *bytes = memory_new(size, 1);
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(length >> (8 * i) & 0xff);
    memcpy(bytes + 8, header, length);
    struct safetensors_file file;
    struct error error = {""};
    const bool accepted = safetensors_parse(&file, bytes, size, &error);
    free(bytes);
    if (accepted)
        safetensors_file_close(&file);
    if (accepted != (reason == NULL) || (reason != NULL && strstr(error.text, reason) == NULL))
        fail_msg("%s: '%s'", header, error.text);
}

static void damaged_headers_are_refused(void **state)
{
    (void)state;
#define ENTRY(type, shape, from, to)                                                               \
    "{\"dtype\":\"" type "\",\"shape\":" shape ",\"data_offsets\":[" #from "," #to "]}"
    try_header("{\"a\":" ENTRY("F32", "[2,3]", 0, 24) "}   ", 24, NULL);
    try_header("{\"a\":" ENTRY("F64", "[]", 4, 12) ",\"b\":" ENTRY("I32", "[1]", 0, 4) "}", 12,
               NULL);
    try_header("{}", 0, NULL);
    try_header("", 0, "header would have 0 bytes");
    try_header("[]", 0, "no JSON");
    try_header("{} x", 0, "no JSON");
    try_header("{\"__metadata__\":{\"a\":1}}", 0, "no string");
    try_header("{\"__metadata__\":[]}", 0, "no object");
    try_header("{\"__metadata__\":{},\"__metadata__\":{}}", 0, "__metadata__ twice");
    try_header("{\"__metadata__\":{\"a\":\"\",\"a\":\"\"}}", 0, "twice");
    try_header("{\"__metadata__\":{\"checksum\":\"0000000000000000\"}}", 0, "checksum");
    try_header("{\"__metadata__\":{\"checksum\":\"\"}}", 0, "checksum");
    try_header("{\"a\":1}", 0, "dtype");
    try_header("{\"a\":" ENTRY("F16", "[2]", 0, 4) "}", 4, "dtype");
    try_header("{\"a\":" ENTRY("F32", "[-1]", 0, 4) "}", 4, "shape");
    try_header("{\"a\":" ENTRY("F32", "[1.5]", 0, 6) "}", 6, "shape");
    try_header("{\"a\":" ENTRY("F32", "[1e15,1e15]", 0, 4) "}", 4, "shape");
    try_header("{\"a\":" ENTRY("F32", "[1,1,1,1]", 0, 4) "}", 4, "shape");
    try_header("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", 4, "two offsets");
    try_header("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
               4, "more or less");
    try_header("{\"a\":" ENTRY("F32", "[2]", 0, 4) "}", 4, "4 bytes");
    try_header("{\"a\":" ENTRY("F32", "[2]", 0, 8) "}", 4, "byte 8 of 4");
    try_header("{\"a\":" ENTRY("F32", "[2]", 8, 0) "}", 8, "of 8");
    try_header("{\"a\":" ENTRY("F32", "[1]", 0, 4) "}", 8, "leave bytes out");
    try_header("{\"a\":" ENTRY("F32", "[1]", 4, 8) "}", 8, "leave bytes out");
    try_header("{\"a\":" ENTRY("F32", "[1]", 0, 4) ",\"b\":" ENTRY("F32", "[1]", 0, 4) "}", 4,
               "overlap");
    try_header("{\"a\":" ENTRY("F32", "[1]", 0, 4) ",\"a\":" ENTRY("F32", "[1]", 4, 8) "}", 8,
               "twice");
#undef ENTRY
}

/* A sealed file in which nothing may be changed: cut anywhere, or a bit of any byte turned. */
static void a_checksum_finds_all_damage(void **state)
{
    const float matrix[2][3] = {{1, 2, 3}, {4, 5, -0.5f}};
    struct safetensors set = {.sealed = true};
    struct safetensors_file file;
    struct error error;
    size_t size;
    (void)state;
    safetensors_metadata(&set, "text", "\"checksum\":\"");
    safetensors_add(&set, "w", SAFETENSORS_F32, 2, (const int64_t[]){2, 3}, matrix);
    char *bytes = write_set(&set, &size);
    if (!safetensors_parse(&file, (const unsigned char *)bytes, size, &error))
        fail_msg("%s", error.text);
    assert_string_equal(safetensors_value(&file, "text"), "\"checksum\":\"");
    safetensors_file_close(&file);
    for (size_t cut = 0; cut < size; cut++) {
        unsigned char *part = memory_new(cut + 1, 1);
        memcpy(part, bytes, cut);
        assert_false(safetensors_parse(&file, part, cut, &error));
        free(part);
    }
    /* Without its name there is no checksum. */
    size_t from = 8;
    while (memcmp(bytes + from, "checksum", strlen("checksum")) != 0)
        from++;
    for (size_t at = 0; at < size; at++) {
        if (at >= from && at < from + strlen("checksum"))
            continue;
        for (int bit = 0; bit < 8; bit++) {
            bytes[at] = (char)(bytes[at] ^ 1 << bit);
            assert_false(safetensors_parse(&file, (const unsigned char *)bytes, size, &error));
            bytes[at] = (char)(bytes[at] ^ 1 << bit);
        }
    }
    safetensors_close(&set);
    free(bytes);
}

static void what_is_no_file_is_refused(void **state)
{
    struct safetensors_file file;
    struct error error;
    (void)state;
    assert_false(safetensors_open(&file, "/nowhere/at/all", &error));
    assert_non_null(strstr(error.text, "cannot read /nowhere/at/all"));
    assert_false(safetensors_open(&file, "/", &error));
    assert_non_null(strstr(error.text, "/ is a directory: name a file"));
    assert_false(safetensors_open(&file, "/dev/zero", &error));
    assert_non_null(strstr(error.text, "/dev/zero is a device"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arrays_are_read_back),
        cmocka_unit_test(the_layout_is_that_of_the_format),
        cmocka_unit_test(an_empty_set_is_a_file),
        cmocka_unit_test(damaged_headers_are_refused),
        cmocka_unit_test(a_checksum_finds_all_damage),
        cmocka_unit_test(what_is_no_file_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
