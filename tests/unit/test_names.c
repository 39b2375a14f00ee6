/* Names: look-up, nearest suggestions, text that cannot steer a terminal; and UTF-8 under it. */
#include "base/names.h"
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const words[] = {"left", "right", "layers", "norm", NULL};

static void a_name_is_found(void **state)
{
    struct error error = {.text = ""};
    (void)state;
    assert_int_equal(names_find(words, "word", "left", &error), 0);
    assert_int_equal(names_find(words, "word", "norm", &error), 3);
    assert_string_equal(error.text, "");
}

static void a_wrong_name_gets_the_nearest_first(void **state)
{
    struct error error;
    (void)state;
    assert_int_equal(names_find(words, "word", "layer", &error), -1);
    assert_string_equal(error.text, "word 'layer': one of layers, left, right, norm");
    assert_int_equal(names_find(words, "word", "", &error), -1);
    assert_string_equal(error.text, "word '': one of left, right, layers, norm");
    assert_int_equal(names_find(words, "word", "LEFT", &error), -1);
    assert_int_equal(names_find(words, "word", "lef", NULL), -1);
}

static void distances_count_edits(void **state)
{
    (void)state;
    assert_int_equal(names_distance("", ""), 0);
    assert_int_equal(names_distance("norm", "norm"), 0);
    assert_int_equal(names_distance("norm", "nrom"), 1);
    assert_int_equal(names_distance("norm", "nor"), 1);
    assert_int_equal(names_distance("norm", "anorm"), 1);
    assert_int_equal(names_distance("norm", "form"), 1);
    assert_int_equal(names_distance("", "abc"), 3);
    assert_int_equal(names_distance("kitten", "sitting"), 3);
}

static void printable(const char *text, const char *expected)
{
    char out[64];
    names_printable(out, sizeof out, text);
    assert_int_equal(names_is_printable(text), strcmp(text, expected) == 0);
    assert_string_equal(out, expected);
}

static void text_cannot_steer_a_terminal(void **state)
{
    (void)state;
    printable("plain words, x_0 ~", "plain words, x_0 ~");
    printable("\033[31mred\007\n\r\t\177", "?[31mred?????");
    printable("gr\xC3\xBC\xC3\x9F \xE2\x86\x92 \xF0\x9F\x90\xA2",
              "gr\xC3\xBC\xC3\x9F \xE2\x86\x92 \xF0\x9F\x90\xA2");
    printable("\xC2\x9B"
              "31m",
              "?31m"); /* CSI as one control character */
    printable("\x9B"
              "31m\xFF\xC3",
              "?31m??"); /* bytes that are not UTF-8 */
    printable("\xE2\x80\xAEtxt.exe\xEF\xBB\xBF\xE2\x80\x8B",
              "?txt.exe??"); /* bidi, BOM, zero width */
    printable("a\xE1\xA0\x8E"
              "b\xF3\xA0\x81\x81\xEF\xB8\x8F\xF3\xA0\x84\x80"
              "c\xEF\xBF\xB9\xE3\x85\xA4",
              "a?b???c??"); /* Mongolian vowel separator, tag, variation selectors, fillers */
}

static void text_is_cut_to_whole_characters(void **state)
{
    char out[10];
    (void)state;
    names_printable(out, sizeof out, "abcd\xE2\x86\x92\xE2\x86\x92");
    assert_string_equal(out, "abcd\xE2\x86\x92");
    for (size_t size = 1; size <= sizeof out; size++) {
        memset(out, 'x', sizeof out);
        names_printable(out, size, "\xF0\x9F\x90\xA2\xF0\x9F\x90\xA2\xF0\x9F\x90\xA2");
        assert_true(strlen(out) < size && strlen(out) % 4 == 0);
    }
    out[0] = 'x';
    names_printable(out, 0, "abc");
    assert_int_equal(out[0], 'x');
}

static void every_code_point_survives_utf8(void **state)
{
    (void)state;
    for (uint32_t code = 1; code <= 0x10FFFF; code++) {
        char bytes[5];
        const char *text = bytes;
        int size = utf8_put(bytes, code);
        if (code >= 0xD800 && code <= 0xDFFF) {
            assert_int_equal(utf8_next(&text), UTF8_BAD);
            continue;
        }
        if (utf8_next(&text) != code || text != bytes + size || *text)
            fail_msg("U+%04X is read as something else", (unsigned)code);
    }
}

static void bad_utf8_is_one_code_point_per_byte(void **state)
{
    static const char *const bad[] = {"\x80",         "\xC0\xAF",     "\xC1\x81",
                                      "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                                      "\xF5",         "\xE2\x86",     "\xF0\x9F\x90"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *text = bad[i];
        for (size_t byte = 0; byte < strlen(bad[i]); byte++)
            assert_int_equal(utf8_next(&text), UTF8_BAD);
        assert_int_equal(utf8_next(&text), 0);
        assert_ptr_equal(text, bad[i] + strlen(bad[i]));
    }
}

/* A text cut anywhere keeps its whole characters. */
static void a_cut_sequence_is_trimmed(void **state)
{
    static const char text[] = "aé→\xF0\x9F\x90\x8Fz";
    static const size_t whole[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11};
    (void)state;
    for (size_t size = 0; size < sizeof text; size++) {
        char cut[sizeof text];
        snprintf(cut, sizeof cut, "%.*s", (int)size, text);
        utf8_trim(cut);
        assert_int_equal(strlen(cut), whole[size]);
    }
    char others[] = "x\x80\x80\x80\x80";
    utf8_trim(others); /* which no cut has made */
    assert_int_equal(strlen(others), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_found),
        cmocka_unit_test(a_wrong_name_gets_the_nearest_first),
        cmocka_unit_test(distances_count_edits),
        cmocka_unit_test(text_cannot_steer_a_terminal),
        cmocka_unit_test(text_is_cut_to_whole_characters),
        cmocka_unit_test(every_code_point_survives_utf8),
        cmocka_unit_test(bad_utf8_is_one_code_point_per_byte),
        cmocka_unit_test(a_cut_sequence_is_trimmed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
