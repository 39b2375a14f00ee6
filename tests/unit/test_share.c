/* The command line that makes settings again: parsed as the program and a shell parse it, it does.
 */
#include "session/share.h"

#include "cli/options.h"
#include "train/presets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { WORDS = 128 };

static void set(struct settings *settings, const char *name, const char *value)
{
    struct error error;
    if (!setting_set(settings, name, value, &error))
        fail_msg("%s", error.text);
}

static void expect(const struct settings *settings, const char *line)
{
    char text[SHARE_TEXT];
    share_command_line(settings, "lnscope", text, sizeof text);
    assert_string_equal(text, line);
}

/* As a shell does with words that need no quotes. */
static void assert_makes_the_same(const struct settings *settings)
{
    char text[SHARE_TEXT], *word[WORDS], *rest = text;
    struct options options;
    struct error error;
    int words = 0;
    share_command_line(settings, "lnscope", text, sizeof text);
    for (char *next = strtok_r(text, " ", &rest); next; next = strtok_r(NULL, " ", &rest))
        word[words++] = next;
    if (!options_parse(&options, NULL, words, word, &error))
        fail_msg("%s", error.text);
    assert_int_equal(settings_difference(settings, &options.settings), -1);
}

static void only_what_differs_is_written(void **state)
{
    struct settings settings = settings_default();
    (void)state;
    expect(&settings, "lnscope");
    set(&settings, "left", "peri");
    set(&settings, "right-norm", "rmsnorm");
    set(&settings, "lr", "0.0010");
    set(&settings, "speed", "unlimited");
    expect(&settings, "lnscope --left peri --norm layernorm/rmsnorm --lr 0.001 --speed unlimited");
    assert_makes_the_same(&settings);
}

static void presets_come_first_and_then_what_differs_from_them(void **state)
{
    struct settings settings = settings_default();
    (void)state;
    set(&settings, "preset", "llama");
    expect(&settings, "lnscope --preset llama");
    set(&settings, "left", "post");
    set(&settings, "lr", "3e-3"); /* a default, but not that of every preset */
    assert_makes_the_same(&settings);
    for (int left = 0; left < PRESETS; left++)
        for (int right = 0; right < PRESETS; right++) {
            settings = settings_default();
            set(&settings, "left-preset", preset_table[left].name);
            set(&settings, "right-preset", preset_table[right].name);
            assert_makes_the_same(&settings);
            settings = settings_default();
            set(&settings, "preset", preset_table[left].name);
            set(&settings, "right-preset", preset_table[right].name);
            set(&settings, "activation", "relu/gelu");
            assert_makes_the_same(&settings);
        }
}

/* Every setting away from its default, alone. */
static void every_setting_is_repeated(void **state)
{
    (void)state;
    for (int i = 0; i < setting_count; i++) {
        const struct setting_row *row = &setting_table[i];
        struct settings settings = settings_default();
        char number[64];
        if (row->kind == SETTING_STRING)
            continue;
        for (int c = 0; row->kind == SETTING_CHOICE && c < row->choices->count; c++) {
            set(&settings, row->name, names_at(row->choices, c));
            assert_makes_the_same(&settings);
        }
        if (row->kind == SETTING_CHOICE)
            continue;
        snprintf(number, sizeof number, "%.17g",
                 row->most < 1e6 && !row->below ? row->most
                 : row->below                   ? 0.123456789012345
                                                : 7);
        set(&settings, row->name, number);
        assert_makes_the_same(&settings);
    }
}

static void words_are_quoted_where_they_need_it(void **state)
{
    char quoted[32];
    (void)state;
    share_quote("run/a-1.jsonl", quoted, sizeof quoted);
    assert_string_equal(quoted, "run/a-1.jsonl");
    share_quote("it's $HOME", quoted, sizeof quoted);
    assert_string_equal(quoted, "'it'\\''s $HOME'");
    share_quote("", quoted, sizeof quoted);
    assert_string_equal(quoted, "''");
}

static void file_names_are_quoted(void **state)
{
    struct settings settings = settings_default();
    (void)state;
    set(&settings, "text", "a b.txt");
    expect(&settings, "lnscope"); /* another task is learned */
    set(&settings, "task", "text");
    expect(&settings, "lnscope --task text --text 'a b.txt'");
    set(&settings, "text", "it's $HOME/`x`");
    expect(&settings, "lnscope --task text --text 'it'\\''s $HOME/`x`'");
    set(&settings, "text", "größe.txt");
    expect(&settings, "lnscope --task text --text 'größe.txt'");
    set(&settings, "text", "/a/b-c_1.txt");
    expect(&settings, "lnscope --task text --text /a/b-c_1.txt");
    set(&settings, "text", "a\033[31m\nb'\\");
    expect(&settings, "lnscope --task text --text $'a\\033[31m\\012b\\'\\\\'");
    char name[SETTING_TEXT], text[SHARE_TEXT];
    memset(name, 1, sizeof name);
    name[sizeof name - 1] = '\0';
    set(&settings, "text", name);
    share_command_line(&settings, "lnscope", text, sizeof text);
    assert_true(strlen(text) > 4 * strlen(name) && text[strlen(text) - 1] == '\'');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_differs_is_written),
        cmocka_unit_test(presets_come_first_and_then_what_differs_from_them),
        cmocka_unit_test(every_setting_is_repeated),
        cmocka_unit_test(words_are_quoted_where_they_need_it),
        cmocka_unit_test(file_names_are_quoted),
    };
    return cmocka_run_group_tests_name("share", tests, NULL, NULL);
}
