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

static const char *const list[] = {"left", "right", "layers", "norm"};
static const struct names words = NAMES_OF_WORDS(list);

static void a_name_is_found(void **state)
{
    struct error error = {.text = ""};
    (void)state;
    assert_int_equal(names_find(&words, "word", "left", &error), 0);
    assert_int_equal(names_find(&words, "word", "norm", &error), 3);
    assert_string_equal(error.text, "");
}

static void a_wrong_name_gets_what_was_meant_and_what_there_is(void **state)
{
    struct error error;
    (void)state;
    assert_int_equal(names_find(&words, "word", "layer", &error), -1);
    assert_string_equal(error.text,
                        "word 'layer': did you mean layers? (one of left, right, layers, norm)");
    assert_int_equal(names_find(&words, "word", "", &error), -1);
    assert_string_equal(error.text, "word '': one of left, right, layers, norm");
    assert_int_equal(names_find(&words, "word", "LEFT", &error), -1);
    assert_string_equal(error.text,
                        "word 'LEFT': did you mean left? (one of left, right, layers, norm)");
    assert_int_equal(names_find(&words, "word", "l", &error), -1);
    assert_string_equal(
        error.text, "word 'l': did you mean left or layers? (one of left, right, layers, norm)");
    assert_int_equal(names_find(&words, "word", "\033[mleft", &error), -1);
    assert_string_equal(error.text, "word '?[mleft': one of left, right, layers, norm");
    assert_int_equal(names_find(&words, "word", "lef", NULL), -1);
}

/* One slip in a short name, two in a longer one; in a name of two letters none. */
static void a_slip_or_two_are_near(void **state)
{
    static const struct {
        const char *typed, *name;
        bool near;
    } rows[] = {
        {"nrom", "norm", true},   {"nom", "norm", true},      {"normm", "norm", true},
        {"mron", "norm", false},  {"wramup", "warmup", true}, {"wrmap", "warmup", true},
        {"wmup", "warmup", true}, {"wup", "warmup", false},   {"lt", "lr", false},
        {"m", "mix", true},       {"x", "mix", false},        {"Pre", "pre", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct names_near near = {.typed = rows[i].typed};
        names_near_add(&near, rows[i].name);
        if (near.count != rows[i].near)
            fail_msg("%s is%s near %s", rows[i].typed, near.count ? "" : " not", rows[i].name);
    }
}

static void the_nearest_come_first_and_not_too_many(void **state)
{
    static const char *const names[] = {"warmer",  "warmups", "warmth",  "warmup",  "warmup1",
                                        "warmup2", "warmup3", "warmup4", "warmup5", "warmup6"};
    struct names_near near = {.typed = "warmu"};
    char text[NAMES_NEAR_TEXT];
    (void)state;
    names_near_text(&near, "--", text);
    assert_string_equal(text, "");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        names_near_add(&near, names[i]);
    assert_int_equal(near.count, NAMES_NEAR);
    assert_string_equal(near.name[0], "warmups");
    assert_string_equal(near.name[1], "warmup");
    names_near_text(&near, "--", text);
    assert_string_equal(text, "did you mean --warmups, --warmup, --warmup1, --warmup2, --warmup3, "
                              "--warmup4, --warmup5 or --warmup6?");
}

/* A list that has no room is left out where something is near, and is cut short otherwise. */
static void long_lists_are_cut_short(void **state)
{
    enum { MANY = 100 };
    static char name[MANY][16];
    const char *first[MANY];
    struct names many = NAMES_OF_WORDS(first);
    struct error error;
    (void)state;
    for (int i = 0; i < MANY; i++) {
        snprintf(name[i], sizeof name[i], "name-%d", i);
        first[i] = name[i];
    }
    assert_int_equal(names_find(&many, "word", "name-77x", &error), -1);
    assert_null(strstr(error.text, "one of"));
    assert_non_null(strstr(error.text, "did you mean name-77"));
    assert_int_equal(names_find(&many, "word", "else", &error), -1);
    assert_non_null(strstr(error.text, "word 'else': one of name-0, name-1, "));
    assert_string_equal(error.text + strlen(error.text) - 5, ", ...");
}

static void names_are_cut_short_where_one_begins_so(void **state)
{
    struct error error;
    (void)state;
    assert_int_equal(names_pick(&words, "word", "left", &error), 0);
    assert_int_equal(names_pick(&words, "word", "no", &error), 3);
    assert_int_equal(names_pick(&words, "word", "l", &error), -1);
    assert_non_null(strstr(error.text, "word 'l': did you mean left or layers?"));
    assert_int_equal(names_pick(&words, "word", "", &error), -1);
    assert_int_equal(names_pick(&words, "word", "rihgt", &error), -1);
    assert_non_null(strstr(error.text, "did you mean right?"));
}

static void rows_are_read_where_they_stand(void **state)
{
    static const struct name_row rows[] = {{"a", "first", NULL}, {"b", "second", "Source 2020"}};
    static const struct names names = NAMES_OF_ROWS(rows);
    (void)state;
    assert_int_equal(names.count, 2);
    assert_string_equal(names_at(&names, 1), "b");
    assert_null(names_at(&names, 2));
    assert_null(names_at(&names, -1));
    assert_int_equal(names_find(&names, "row", "b", NULL), 1);
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
        cmocka_unit_test(a_wrong_name_gets_what_was_meant_and_what_there_is),
        cmocka_unit_test(a_slip_or_two_are_near),
        cmocka_unit_test(the_nearest_come_first_and_not_too_many),
        cmocka_unit_test(long_lists_are_cut_short),
        cmocka_unit_test(names_are_cut_short_where_one_begins_so),
        cmocka_unit_test(rows_are_read_where_they_stand),
        cmocka_unit_test(distances_count_edits),
        cmocka_unit_test(text_cannot_steer_a_terminal),
        cmocka_unit_test(text_is_cut_to_whole_characters),
        cmocka_unit_test(every_code_point_survives_utf8),
        cmocka_unit_test(bad_utf8_is_one_code_point_per_byte),
        cmocka_unit_test(a_cut_sequence_is_trimmed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
