/* The command line as an editor: every key, its history, and how words are completed. */
#include "controls/prompt.h"

#include "base/utf8.h"
#include "controls/keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CTRL_A = 1, CTRL_E = 5, CTRL_H = 8, CTRL_K = 11, CTRL_U = 21, CTRL_W = 23 };

static struct prompt *prompt;

/* Words that begin with the last one of the text; files only where they are asked for. */
static void complete(const char *text, bool files, struct completion *completion)
{
    static const char *const words[] = {"set", "seed", "steps", "goto", "größe", "grösse", NULL};
    const char *quote = strchr(text, '"'), *blank = strrchr(text, ' ');
    const char *word = quote ? quote : blank ? blank + 1 : text;
    bool quoted = quote != NULL;
    completion_clear(completion, (int)(word - text), quoted);
    for (int i = 0; words[i]; i++)
        if (strncmp(words[i], word + quoted, strlen(word + quoted)) == 0)
            completion_add(completion, words[i]);
    if (files && strncmp(word + quoted, "my", 2) == 0) {
        completion_add(completion, "my file.svg");
        completion_add(completion, "my folder/");
    }
}

static int set_up(void **state)
{
    (void)state;
    prompt = calloc(1, sizeof *prompt);
    assert_non_null(prompt);
    prompt_open(prompt, "");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    free(prompt);
    return 0;
}

static void press(int code)
{
    assert_int_equal(prompt_key(prompt, code), PROMPT_OPEN);
}

static void type(const char *text)
{
    for (uint32_t code; (code = utf8_next(&text)) != 0;)
        press((int)code);
}

/* The text, with a bar where the cursor stands. */
static void assert_line(const char *expected)
{
    char shown[PROMPT_TEXT + 1];
    assert_int_equal(prompt->length, (int)strlen(prompt->text));
    snprintf(shown, sizeof shown, "%.*s|%s", prompt->cursor, prompt->text,
             prompt->text + prompt->cursor);
    assert_string_equal(shown, expected);
}

static void enter(const char *text)
{
    type(text);
    assert_int_equal(prompt_key(prompt, KEY_CODE_ENTER), PROMPT_ENTERED);
    assert_string_equal(prompt->text, text);
    prompt_open(prompt, "");
}

static void opens_with_a_text(void **state)
{
    (void)state;
    assert_line("|");
    prompt_open(prompt, "mark ");
    assert_line("mark |");
    type("a");
    assert_line("mark a|");
}

static void types_and_erases(void **state)
{
    (void)state;
    type("warmup");
    press(KEY_CODE_LEFT);
    press(KEY_CODE_LEFT);
    type("X");
    assert_line("warmX|up");
    press(KEY_CODE_BACKSPACE);
    assert_line("warm|up");
    press(CTRL_H);
    assert_line("war|up");
    press(KEY_CODE_DELETE);
    assert_line("war|p");
    press(KEY_CODE_RIGHT);
    press(KEY_CODE_RIGHT);
    press(KEY_CODE_DELETE); /* nothing is there */
    assert_line("warp|");
    press(KEY_CODE_HOME);
    press(KEY_CODE_LEFT);
    press(KEY_CODE_BACKSPACE); /* nor here, and it stays open */
    assert_line("|warp");
    press(KEY_CODE_END);
    assert_line("warp|");
    press(CTRL_A);
    assert_line("|warp");
    press(CTRL_E);
    assert_line("warp|");
}

static void erases_words_and_ends(void **state)
{
    (void)state;
    type("set text  a b  ");
    press(CTRL_W);
    assert_line("set text  a |");
    press(CTRL_W);
    assert_line("set text  |");
    press(CTRL_W);
    assert_line("set |");
    press(CTRL_W);
    press(CTRL_W);
    assert_line("|");
    type("one two three");
    for (int i = 0; i < 6; i++)
        press(KEY_CODE_LEFT);
    assert_line("one two| three");
    press(CTRL_W);
    assert_line("one | three");
    press(CTRL_K);
    assert_line("one |");
    press(KEY_CODE_LEFT);
    press(CTRL_U);
    assert_line("| ");
}

static void characters_stay_whole(void **state)
{
    (void)state;
    type("a\u00e9\u4e2d\U0001F600b");
    press(KEY_CODE_LEFT);
    press(KEY_CODE_LEFT);
    assert_line("a\u00e9\u4e2d|\U0001F600b");
    press(KEY_CODE_DELETE);
    assert_line("a\u00e9\u4e2d|b");
    press(KEY_CODE_BACKSPACE);
    press(KEY_CODE_BACKSPACE);
    assert_line("a|b");
    press(KEY_CODE_RIGHT);
    type("\u00fc");
    press(KEY_CODE_LEFT);
    press(KEY_CODE_RIGHT);
    assert_line("ab\u00fc|");
}

static void other_keys_leave_the_line(void **state)
{
    (void)state;
    const int codes[] = {0,    2,      7,      27 + 1, 0x9B,           0x202E,          0x200B,
                         0xAD, 0x2028, 0xFEFF, -1,     KEY_CODE_OTHER, KEY_CODE_PAGE_UP};
    type("ab");
    press(KEY_CODE_LEFT);
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        press(codes[i]);
        assert_line("a|b");
    }
}

static void closes(void **state)
{
    (void)state;
    assert_int_equal(prompt_key(prompt, KEY_CODE_BACKSPACE), PROMPT_CLOSED);
    type("x");
    press(KEY_CODE_BACKSPACE);
    assert_int_equal(prompt_key(prompt, CTRL_H), PROMPT_CLOSED);
    type("set");
    assert_int_equal(prompt_key(prompt, KEY_CODE_ESCAPE), PROMPT_CLOSED);
    prompt_open(prompt, "");
    press(KEY_CODE_UP); /* it was not entered */
    assert_line("|");
}

static void a_full_line_takes_no_more(void **state)
{
    (void)state;
    for (int i = 0; i < 2 * PROMPT_TEXT; i++)
        press(i % 2 ? 'x' : 0xE9);
    assert_true(prompt->length >= PROMPT_TEXT - 2 && prompt->length < PROMPT_TEXT);
    assert_int_equal(prompt->cursor, prompt->length);
    assert_int_equal(prompt->text[prompt->length], 0);
}

static void pasted_text_is_one_line(void **state)
{
    (void)state;
    for (const char *at = "set\twarmup\r\n10\x7F"; *at; at++)
        prompt_paste(prompt, *at);
    prompt_paste(prompt, KEY_CODE_UP);
    assert_line("set warmup  10|");
}

static void history_is_recalled(void **state)
{
    (void)state;
    enter("set warmup 100");
    enter("goto 3");
    enter("set lr 1e-3");
    press(KEY_CODE_UP);
    assert_line("set lr 1e-3|");
    press(KEY_CODE_UP);
    assert_line("goto 3|");
    press(KEY_CODE_UP);
    press(KEY_CODE_UP); /* there is none before */
    assert_line("set warmup 100|");
    press(KEY_CODE_DOWN);
    assert_line("goto 3|");
    press(KEY_CODE_DOWN);
    press(KEY_CODE_DOWN);
    assert_line("|");
    press(KEY_CODE_DOWN);
    assert_line("|");
}

static void what_is_typed_chooses_among_history(void **state)
{
    (void)state;
    enter("set warmup 100");
    enter("goto 3");
    enter("set lr 1e-3");
    type("set w");
    press(KEY_CODE_UP);
    assert_line("set warmup 100|");
    press(KEY_CODE_UP);
    assert_line("set warmup 100|");
    press(KEY_CODE_DOWN);
    assert_line("set w|");
    press(KEY_CODE_BACKSPACE);
    press(KEY_CODE_UP);
    assert_line("set lr 1e-3|");
    press(KEY_CODE_BACKSPACE); /* a line that was changed is a new beginning */
    press(KEY_CODE_UP);
    assert_line("set lr 1e-3|");
    press(KEY_CODE_DOWN);
    assert_line("set lr 1e-|");
}

static void history_has_no_line_twice_and_an_end(void **state)
{
    char line[16];
    (void)state;
    enter("a");
    enter("b");
    enter("a");
    enter("   ");
    assert_int_equal(prompt->lines, 2);
    assert_string_equal(prompt->line[0], "b");
    assert_string_equal(prompt->line[1], "a");
    for (int i = 0; i < 2 * PROMPT_LINES; i++) {
        snprintf(line, sizeof line, "goto %d", i);
        enter(line);
    }
    assert_int_equal(prompt->lines, PROMPT_LINES);
    snprintf(line, sizeof line, "goto %d", PROMPT_LINES);
    assert_string_equal(prompt->line[0], line);
    enter(line);
    assert_int_equal(prompt->lines, PROMPT_LINES);
    assert_string_equal(prompt->line[PROMPT_LINES - 1], line);
}

/* ---- completion ---- */

static int set_up_words(void **state)
{
    set_up(state);
    prompt->complete = complete;
    prompt_open(prompt, "");
    return 0;
}

static void the_words_follow_the_typing(void **state)
{
    (void)state;
    assert_int_equal(prompt->completion.count, 6);
    type("se");
    assert_int_equal(prompt->completion.count, 2);
    assert_string_equal(completion_word(&prompt->completion, 1), "seed");
    type("x");
    assert_int_equal(prompt->completion.count, 0);
    press(KEY_CODE_BACKSPACE);
    assert_int_equal(prompt->completion.count, 2);
    press(KEY_CODE_HOME); /* what is behind the cursor does not count */
    assert_int_equal(prompt->completion.count, 6);
    assert_int_equal(prompt->chosen, -1);
}

static void tab_completes_what_is_common(void **state)
{
    (void)state;
    type("s");
    press(KEY_CODE_TAB);
    assert_line("set|"); /* nothing is common beyond the s: the first one */
    press(CTRL_U);
    type("gr");
    press(KEY_CODE_TAB);
    assert_line("gr\u00f6|"); /* no half of a character */
    assert_int_equal(prompt->chosen, -1);
    press(KEY_CODE_TAB);
    assert_line("gr\u00f6\u00dfe|");
    press(CTRL_U);
    type("go");
    press(KEY_CODE_TAB);
    assert_line("goto |"); /* the only one, and a blank */
    press(CTRL_U);
    type("nothing");
    press(KEY_CODE_TAB);
    assert_line("nothing|");
}

static void tab_goes_round_the_completions(void **state)
{
    (void)state;
    static const char *const round[] = {"set|", "seed|", "se|", "set|"};
    type("se");
    for (size_t i = 0; i < sizeof round / sizeof round[0]; i++) {
        press(KEY_CODE_TAB);
        assert_line(round[i]);
        assert_int_equal(prompt->completion.count, 2);
        assert_int_equal(prompt->chosen, i % 3 == 2 ? -1 : (int)i % 3);
    }
    press(KEY_CODE_BACK_TAB);
    assert_line("se|");
    press(KEY_CODE_BACK_TAB);
    assert_line("seed|");
    type(" ");
    assert_line("seed |");
    assert_int_equal(prompt->chosen, -1);
    assert_int_equal(prompt->completion.count, 6);
}

static void tab_completes_in_the_middle(void **state)
{
    (void)state;
    type("go 12");
    for (int i = 0; i < 3; i++)
        press(KEY_CODE_LEFT);
    press(KEY_CODE_TAB);
    assert_line("goto| 12");
}

static void names_with_blanks_are_quoted(void **state)
{
    (void)state;
    type("set m");
    assert_int_equal(prompt->completion.count, 0); /* folders are looked into by Tab alone */
    press(KEY_CODE_TAB);
    assert_line("set m|");
    type("y");
    press(KEY_CODE_TAB);
    assert_line("set \"my f|");
    press(KEY_CODE_TAB);
    assert_line("set \"my file.svg\"|");
    press(KEY_CODE_TAB);
    assert_line("set \"my folder/|"); /* goes on */
    press(KEY_CODE_TAB);
    assert_line("set \"my f|");
}

static void without_a_completer_tab_does_nothing(void **state)
{
    (void)state;
    type("se");
    press(KEY_CODE_TAB);
    press(KEY_CODE_BACK_TAB);
    assert_line("se|");
}

static void a_completion_has_an_end(void **state)
{
    struct completion *completion = calloc(1, sizeof *completion);
    char word[1000];
    (void)state;
    assert_non_null(completion);
    memset(word, 'x', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    for (int i = 0; i < 100; i++)
        completion_add(completion, word);
    assert_int_equal(completion->count, COMPLETION_TEXT / sizeof word);
    assert_int_equal(completion_common(completion), sizeof word - 1);
    completion_clear(completion, 0, false);
    for (int i = 0; i < 2 * COMPLETIONS_MAX; i++)
        completion_add(completion, "a");
    assert_int_equal(completion->count, COMPLETIONS_MAX);
    completion_clear(completion, 0, false);
    assert_int_equal(completion_common(completion), 0);
    free(completion);
}

#define EDIT(test)     cmocka_unit_test_setup_teardown(test, set_up, tear_down)
#define COMPLETE(test) cmocka_unit_test_setup_teardown(test, set_up_words, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EDIT(opens_with_a_text),
        EDIT(types_and_erases),
        EDIT(erases_words_and_ends),
        EDIT(characters_stay_whole),
        EDIT(other_keys_leave_the_line),
        EDIT(closes),
        EDIT(a_full_line_takes_no_more),
        EDIT(pasted_text_is_one_line),
        EDIT(history_is_recalled),
        EDIT(what_is_typed_chooses_among_history),
        EDIT(history_has_no_line_twice_and_an_end),
        COMPLETE(the_words_follow_the_typing),
        COMPLETE(tab_completes_what_is_common),
        COMPLETE(tab_goes_round_the_completions),
        COMPLETE(tab_completes_in_the_middle),
        COMPLETE(names_with_blanks_are_quoted),
        EDIT(without_a_completer_tab_does_nothing),
        cmocka_unit_test(a_completion_has_an_end),
    };
    return cmocka_run_group_tests_name("prompt", tests, NULL, NULL);
}
