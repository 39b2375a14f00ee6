/* The help and its keys, searching in it and in the log, and what is typed on the command line: the
 * program without a terminal, on a clock that is moved for it. */
#include "support/one_stage.h"
#include "views/help.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int set_up(void **state)
{
    (void)state;
    stage_open_small(&stage, 24, 80, "100");
    return 0;
}

static void enter(const char *text)
{
    press(text);
    press_code(KEY_CODE_ENTER);
}

/* What stands in the first line of the help. */
static void top_is(const char *text)
{
    const char *line = stage_text(&stage);
    char wanted[128];
    for (int i = 0; i < 3; i++)
        line = strchr(line, '\n') + 1;
    snprintf(wanted, sizeof wanted, "│ %s ", text);
    if (strncmp(line, wanted, strlen(wanted)) != 0)
        fail_msg("'%s' does not stand at the top of:\n%s", wanted, stage_text(&stage));
}

/* ---- the help ---- */

static void the_help_opens_at_the_part_of_the_view(void **state)
{
    (void)state;
    press("?");
    top_is("How to read the picture");
    shows("space pause, w warmup, r restart");
    press("?6?");
    top_is("How to read the stream");
    press("2"); /* of another view, and the view stays */
    top_is("How to read the waterfall");
    press("q");
    shows("6 stream");
    press("P?");
    top_is("How to read the picture");
}

static void sections_start_and_end(void **state)
{
    (void)state;
    press("?g");
    top_is("This help");
    press_code(KEY_CODE_TAB);
    top_is("Views");
    press_code(KEY_CODE_TAB);
    top_is("Keys: Run");
    press("j");
    press_code(KEY_CODE_BACK_TAB); /* to the start of this one */
    top_is("Keys: Run");
    press_code(KEY_CODE_BACK_TAB);
    top_is("Views");
    press("G");
    shows(" again       lnscope --layers 2");
    char end[64];
    const int lines = view_help_lines(&stage.app->scene, 80);
    snprintf(end, sizeof end, " of %d ", lines);
    shows(end);
    press("g");
    press_code(KEY_CODE_BACK_TAB);
    top_is("This help");
}

static void the_help_is_searched(void **state)
{
    (void)state;
    press("?g/");
    shows("words to search for");
    enter("NO Context");
    shows(" no context ");
    shows("/NO Context 1 of ");
    const char *many = strstr(stage_text(&stage), "/NO Context 1 of ");
    const int matches = atoi(many + strlen("/NO Context 1 of "));
    assert_true(matches > 1);
    press("n");
    shows("/NO Context 2 of ");
    press("NN"); /* round the start */
    char last[64];
    snprintf(last, sizeof last, "/NO Context %d of %d", matches, matches);
    shows(last);
    press("n");
    shows("/NO Context 1 of ");
    press("/");
    enter("no such words");
    shows("'no such words' is not in the help");
    press("/");
    enter("wramup");
    shows("'wramup' is not in the help: did you mean warmup?");
    press("n"); /* there is nothing to go on with */
    shows("the help is open");
    press("/x");
    press_code(KEY_CODE_ESCAPE);
    shows("Help");
    press_code(KEY_CODE_ESCAPE);
    assert_false(is_shown("Help"));
    assert_int_equal(stage.app->runs.numbers, 1); /* n has restarted nothing */
}

/* ---- the log ---- */

static void the_log_is_searched(void **state)
{
    (void)state;
    press("www8");
    press("/");
    enter("CHANGED");
    shows("/CHANGED: 1 of 3, the newest first");
    shows("warmup 50→100");
    press("nn");
    shows("/CHANGED: 3 of 3");
    press("n");
    shows("/CHANGED: 1 of 3");
    press("N");
    shows("/CHANGED: 3 of 3");
    press("/"); /* the same once more */
    press_code(KEY_CODE_ENTER);
    shows("/CHANGED: 1 of 3");
    press_code(KEY_CODE_ESCAPE);
    assert_false(is_shown("/CHANGED"));
    press("/");
    enter("nothing like it");
    shows("'nothing like it' is not in the log");
    assert_int_equal(stage.app->runs.numbers, 1);
    press("n"); /* the norm again */
    assert_true(stage_play(&stage, stage.screen.clock.seconds + 1));
    assert_int_equal(stage.app->runs.numbers, 2);
    press("1/");
    shows("searching, as in the help: key 8 shows the log");
}

/* ---- commands ---- */

static void a_number_is_a_step(void **state)
{
    (void)state;
    assert_true(stage_play(&stage, 0.5));
    press(" ");
    enter(":5");
    shows("step 5 of ");
    enter(":5000000");
    shows("step '5000000': a whole number from 1 to ");
    enter(":0");
    shows("step '0': a whole number from 1 to ");
}

static void set_alone_lists_what_is_not_default(void **state)
{
    (void)state;
    press("ww");
    enter(":set");
    shows("layers 2, width 16, heads 2, ffn 24, context 8, batch 3, task copy, warmup");
    shows("speed 100; all others as by default");
    assert_false(is_shown("seed 1,"));
    press("B");
    enter(":set left none");
    enter(":set");
    shows("shared settings: layers 2");
    assert_false(is_shown("left none"));
}

static void views_by_their_digits(void **state)
{
    (void)state;
    enter(":view 3");
    shows("3 anatomy");
    enter(":view 12");
    shows("view '12': one of overview, waterfall");
    enter(":view wavefall");
    shows("view 'wavefall': did you mean waterfall?");
}

static void share_shows_the_command_line(void **state)
{
    (void)state;
    press("w");
    enter(":share");
    shows("This session");
    shows("lnscope --layers 2 --width 16");
    press("qB");
    enter(":share");
    shows("share would tell which stack is which");
    assert_false(is_shown("--layers"));
}

static void help_with_words_is_searched(void **state)
{
    (void)state;
    enter(":help held out");
    shows("/held out 1 of 1");
    press("q");
    enter(":help no such words");
    shows("'no such words' is not in the help");
    press("q");
    enter(":help");
    top_is("How to read the picture");
}

/* On a Russian and on a Greek keyboard. */
static void other_alphabets_are_keys(void **state)
{
    (void)state;
    press("ц");
    assert_int_equal(stage.app->wanted.warmup, 25);
    press("ς");
    assert_int_equal(stage.app->wanted.warmup, 50);
    enter("Жset"); /* ":" by its place, and what is typed stays as it is */
    shows("warmup 50");
    enter(":цц");
    shows("command 'цц': one of ");
    press("?п"); /* g */
    top_is("This help");
    press("й");
    assert_false(is_shown("This help"));
    assert_false(stage_press(&stage, "йй")); /* it asks once */
}

int main(void)
{
#define STAGED(test) cmocka_unit_test_setup_teardown(test, set_up, leave_stage)
    const struct CMUnitTest tests[] = {
        STAGED(the_help_opens_at_the_part_of_the_view),
        STAGED(sections_start_and_end),
        STAGED(the_help_is_searched),
        STAGED(the_log_is_searched),
        STAGED(a_number_is_a_step),
        STAGED(set_alone_lists_what_is_not_default),
        STAGED(views_by_their_digits),
        STAGED(share_shows_the_command_line),
        STAGED(help_with_words_is_searched),
        STAGED(other_alphabets_are_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
