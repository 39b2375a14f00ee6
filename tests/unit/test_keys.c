/* The table of keys: complete, without duplicates, and what dispatch goes by. */
#include "controls/keys.h"

#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void every_action_has_its_row(void **state)
{
    (void)state;
    for (int i = 0; i < ACTIONS; i++) {
        const struct key_row *row = &key_table[i];
        assert_non_null(row->name);
        assert_non_null(row->label);
        assert_non_null(row->group);
        assert_non_null(row->help);
        assert_true(strlen(row->name) > 0 && strlen(row->label) > 0 && strlen(row->help) > 0);
        assert_int_not_equal(row->help[strlen(row->help) - 1], '.');
        assert_true(strlen(row->help) <= 60); /* a line of the help on 80 columns */
        assert_true(row->code[0] > 0);
        assert_true(row->code[1] > 0 || row->code[1] == KEY_CODE_NONE);
        if (row->hint)
            assert_null(strchr(row->hint, ' '));
        if (strlen(row->label) == 1)
            assert_int_equal(row->label[0], row->code[0]);
    }
}

static void no_key_does_two_things(void **state)
{
    (void)state;
    for (int i = 0; i < ACTIONS; i++) {
        for (int c = 0; c < 2; c++)
            if (key_table[i].code[c] != KEY_CODE_NONE)
                assert_int_equal(key_action(key_table[i].code[c]), i);
        assert_int_not_equal(key_table[i].code[0], key_table[i].code[1]);
        for (int j = 0; j < i; j++) {
            assert_string_not_equal(key_table[i].name, key_table[j].name);
            assert_string_not_equal(key_table[i].label, key_table[j].label);
            for (int c = 0; c < 4; c++) {
                int code = key_table[i].code[c / 2];
                assert_true(code == KEY_CODE_NONE || code != key_table[j].code[c % 2]);
            }
        }
    }
}

static void groups_stand_together(void **state)
{
    (void)state;
    for (int i = 1; i < ACTIONS; i++)
        for (int j = 0; j + 1 < i; j++)
            if (strcmp(key_table[i].group, key_table[j].group) == 0)
                assert_string_equal(key_table[i].group, key_table[i - 1].group);
}

static void codes_without_a_row_have_no_action(void **state)
{
    (void)state;
    const int codes[] = {
        '~', '0', 0, KEY_CODE_NONE, KEY_CODE_BACKSPACE, KEY_CODE_OTHER, 0xE9, KEY_CODE_RESIZE};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        assert_int_equal(key_action(codes[i]), -1);
}

static void keys_the_issue_names(void **state)
{
    (void)state;
    const struct {
        int code;
        enum action action;
    } wanted[] = {
        {' ', ACTION_PAUSE},
        {'.', ACTION_STEP},
        {'r', ACTION_RESTART},
        {'R', ACTION_RESEED},
        {'w', ACTION_WARMUP_LONGER},
        {'W', ACTION_WARMUP_SHORTER},
        {'l', ACTION_LR_UP},
        {'L', ACTION_LR_DOWN},
        {'d', ACTION_DEEPER},
        {'D', ACTION_SHALLOWER},
        {'n', ACTION_NORM},
        {'g', ACTION_GRADIENT},
        {'c', ACTION_CLIP},
        {'t', ACTION_TASK},
        {'+', ACTION_FASTER},
        {'=', ACTION_FASTER},
        {'-', ACTION_SLOWER},
        {'_', ACTION_SLOWER},
        {'x', ACTION_EXPORT},
        {'?', ACTION_HELP},
        {'q', ACTION_QUIT},
        {'f', ACTION_FREEZE},
        {'k', ACTION_SCROLL_UP},
        {'j', ACTION_SCROLL_DOWN},
        {KEY_CODE_UP, ACTION_SCROLL_UP},
        {KEY_CODE_DOWN, ACTION_SCROLL_DOWN},
        {KEY_CODE_TAB, ACTION_NEXT_VIEW},
        {KEY_CODE_BACK_TAB, ACTION_PREVIOUS_VIEW},
        {'[', ACTION_BACK},
        {']', ACTION_FORWARD},
        {KEY_CODE_ESCAPE, ACTION_LIVE},
        {KEY_CODE_END, ACTION_LIVE},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        assert_int_equal(key_action(wanted[i].code), wanted[i].action);
}

/* Every letter of a Cyrillic and of a Greek keyboard, from the top left key on. */
static void letters_of_other_alphabets_are_keys_by_their_place(void **state)
{
    static const char *const rows[][2] = {
        {"йцукенгшщзхъфывапролджэячсмитьбю", "qwertyuiop[]asdfghjkl;'zxcvbnm,."},
        {"ЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ", "QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>"},
        {"ії", "s]"},
        {"ςερτυθιοπασδφγηξκλζχψωβνμ", "wertyuiopasdfghjklzxcvbnm"},
        {"ΕΡΤΥΘΙΟΠΑΣΔΦΓΗΞΚΛΖΧΨΩΒΝΜ", "ERTYUIOPASDFGHJKLZXCVBNM"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *letter = rows[i][0], *key = rows[i][1];
        for (; *key; key++) {
            const int code = (int)utf8_next(&letter);
            assert_int_equal(key_latin(code), *key);
            assert_int_equal(key_action(code), key_action(*key));
        }
        assert_int_equal(*letter, '\0');
    }
    assert_int_equal(key_action(0x0446), ACTION_WARMUP_LONGER);
    assert_int_equal(key_action(0x03C1), ACTION_RESTART);
    const int others[] = {'w', ';', 27, 0xE9, 0x5D0, KEY_CODE_UP, KEY_CODE_NONE, KEY_CODE_OTHER};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_int_equal(key_latin(others[i]), others[i]);
}

static void keys_are_described(void **state)
{
    (void)state;
    const struct {
        int code;
        const char *text;
    } wanted[] = {{'z', "key 'z'"},
                  {' ', "key space"},
                  {KEY_CODE_LEFT, "key Left"},
                  {1, "key Ctrl-A"},
                  {KEY_CODE_BACK_TAB, "key Shift-Tab"},
                  {27, "key Escape"},
                  {0xE9, "key U+00E9"},
                  {0x1F600, "key U+1F600"},
                  {127, "key Backspace"},
                  {KEY_CODE_OTHER, "this key"}};
    char text[32];
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        key_describe(wanted[i].code, text, sizeof text);
        assert_string_equal(text, wanted[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_action_has_its_row),
        cmocka_unit_test(no_key_does_two_things),
        cmocka_unit_test(groups_stand_together),
        cmocka_unit_test(codes_without_a_row_have_no_action),
        cmocka_unit_test(keys_the_issue_names),
        cmocka_unit_test(letters_of_other_alphabets_are_keys_by_their_place),
        cmocka_unit_test(keys_are_described),
    };
    return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
