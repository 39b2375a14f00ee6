/* The writer of safetensors, read back by a strict reader, and byte by byte. */
#include "base/safetensors.h"

#include "support/safetensors_reader.h"

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
    struct safetensors set = {0};
    struct saved saved;
    struct error error;
    size_t size;
    (void)state;
    safetensors_metadata(&set, "seed", "1");
    safetensors_metadata(&set, "text", "a \"b\" \xE2\x86\x92");
    safetensors_add(&set, "w", SAFETENSORS_F32, 2, (const int64_t[]){2, 3}, matrix);
    safetensors_add(&set, "tokens", SAFETENSORS_I32, 2, (const int64_t[]){2, 2}, tokens);
    safetensors_add(&set, "loss", SAFETENSORS_F64, 0, NULL, &loss);
    char *bytes = write_set(&set, &size);
    if (!saved_parse(&saved, (const unsigned char *)bytes, size, &error))
        fail_msg("%s", error.text);
    assert_int_equal(saved.tensors, 3);
    assert_string_equal(saved_metadata(&saved, "seed"), "1");
    assert_string_equal(saved_metadata(&saved, "text"), "a \"b\" \xE2\x86\x92");
    const struct saved_tensor *w = saved_find(&saved, "w");
    assert_int_equal(w->type, SAVED_F32);
    assert_int_equal(w->dimensions, 2);
    assert_int_equal(w->shape[0], 2);
    assert_int_equal(w->shape[1], 3);
    assert_true(saved_number(w, 5) == -0.5);
    assert_true(saved_number(saved_find(&saved, "tokens"), 1) == -1);
    assert_true(saved_number(saved_find(&saved, "tokens"), 2) == 2147483647);
    assert_int_equal(saved_find(&saved, "loss")->dimensions, 0);
    assert_true(saved_number(saved_find(&saved, "loss"), 0) == 3.25);
    saved_close(&saved);
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
    struct saved saved;
    struct error error;
    size_t size;
    char *bytes = write_set(&set, &size);
    (void)state;
    assert_true(saved_parse(&saved, (const unsigned char *)bytes, size, &error));
    assert_int_equal(saved.tensors, 0);
    saved_close(&saved);
    safetensors_close(&set);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arrays_are_read_back),
        cmocka_unit_test(the_layout_is_that_of_the_format),
        cmocka_unit_test(an_empty_set_is_a_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
