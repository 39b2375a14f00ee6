/* Scripts: what every command is read as, and what is said of what is none. */
#include "script/script.h"

#include "screen/key_codes.h"
#include "script/key.h"
#include "script/length.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct script_setup setup;

static int make_setup(void **state)
{
    (void)state;
    setup = (struct script_setup){.settings = settings_default()};
    return 0;
}

/* The script of a text, which is right. */
static struct script parse(const char *text)
{
    struct script script;
    struct error error;
    if (!script_parse(&script, "t.lns", text, &setup, &error))
        fail_msg("%s", error.text);
    return script;
}

/* What is said of a text that is wrong. */
static void assert_wrong(const char *text, const char *message)
{
    struct script script;
    struct error error;
    if (script_parse(&script, "t.lns", text, &setup, &error))
        fail_msg("this passes:\n%s", text);
    assert_null(script.command);
    if (strcmp(error.text, message) != 0)
        fail_msg("of\n%s\nit says: %s\ninstead: %s", text, error.text, message);
}

/* A script with every command, and what each of its lines is. */
static const char all_commands[] = "# A summary.\n"
                                   "set warmup 100\n"
                                   "\tset left-norm rmsnorm # a comment\r\n"
                                   "\n"
                                   "switch right pre\n"
                                   "view curves\n"
                                   "key C-l\n"
                                   "run until step 50\n"
                                   "pause\n"
                                   "branch 12\n"
                                   "branch\n"
                                   "goto 7\n"
                                   "speed 12.5\n"
                                   "wait 2.5s\n"
                                   "wait key\n"
                                   "title \"One \\\"line\\\" of # difference\"\n"
                                   "say \"first\\nsecond \\\\ \u00d7\"\n"
                                   "say \"\"\n"
                                   "mark \"the collapse\"\n"
                                   "focus right layer 2\n"
                                   "focus off\n"
                                   "ask \"which?\" \"left\" \"right\" \"both\"\n"
                                   "answer 2 \"so it is\"\n"
                                   "expect left.loss < 3\n"
                                   "snapshot \"a b.svg\"\n"
                                   "restart";
static const enum script_kind all_kinds[] = {
    SCRIPT_SET,   SCRIPT_SET,    SCRIPT_SWITCH, SCRIPT_VIEW,   SCRIPT_KEY,      SCRIPT_RUN,
    SCRIPT_PAUSE, SCRIPT_BRANCH, SCRIPT_BRANCH, SCRIPT_GOTO,   SCRIPT_SPEED,    SCRIPT_WAIT,
    SCRIPT_WAIT,  SCRIPT_TITLE,  SCRIPT_SAY,    SCRIPT_SAY,    SCRIPT_MARK,     SCRIPT_FOCUS,
    SCRIPT_FOCUS, SCRIPT_ASK,    SCRIPT_ANSWER, SCRIPT_EXPECT, SCRIPT_SNAPSHOT, SCRIPT_RESTART};

static void every_command_is_read(void **state)
{
    struct script script = parse(all_commands);
    const struct script_command *command = script.command;
    (void)state;
    assert_string_equal(script.name, "t.lns");
    assert_string_equal(script.summary, "A summary.");
    assert_int_equal(script.commands, sizeof all_kinds / sizeof all_kinds[0]);
    for (int i = 0; i < script.commands; i++)
        assert_int_equal(command[i].kind, all_kinds[i]);
    assert_string_equal(command[0].text, "warmup");
    assert_string_equal(command[0].value, "100");
    assert_true(command[1].line == 3 && command[1].column == 2);
    assert_true(command[2].side == RIGHT && command[2].placement == PLACEMENT_PRE);
    assert_int_equal(command[3].view, VIEW_CURVES);
    assert_int_equal(command[4].key, KEY_CODE_CTRL_L);
    assert_int_equal(command[5].condition.terms, 1);
    assert_int_equal(command[7].step, 12);
    assert_int_equal(command[8].step, -1);
    assert_int_equal(command[9].step, 7);
    assert_string_equal(command[10].value, "12.5");
    assert_true(command[11].seconds == 2.5 && command[12].seconds < 0);
    assert_string_equal(command[13].text, "One \"line\" of # difference");
    assert_string_equal(command[14].text, "first\nsecond \\ \u00d7");
    assert_string_equal(command[15].text, "");
    assert_string_equal(command[16].text, "the collapse");
    assert_true(command[17].side == RIGHT && command[17].layer == 2);
    assert_int_equal(command[18].layer, -1);
    assert_int_equal(command[19].choices, 3);
    assert_string_equal(command[19].choice[2], "both");
    assert_int_equal(command[20].answer, 2);
    assert_string_equal(command[20].text, "so it is");
    assert_string_equal(command[22].text, "a b.svg");
    script_close(&script);
}

/* Texts that are no scripts, and what is said of each. */
static const struct {
    const char *text, *message;
} wrong[] = {
    {"", "t.lns:1:1: a script without a command: one a line"},
    {"# nothing\n\n", "t.lns:1:1: a script without a command: one a line"},
    {"pause\n  pasue\n",
     "t.lns:2:3: command 'pasue': did you mean pause? (one of set, switch, view, key, run, "
     "pause, "
     "restart, branch, goto, speed, wait, title, say, mark, focus, ask, answer, expect, "
     "snapshot)"},
    {"\"pause\"\n",
     "t.lns:1:1: 'pause': a command without quotes, one of set, switch, view, key, run, pause, "
     "restart, branch, goto, speed, wait, title, say, mark, focus, ask, answer, expect, "
     "snapshot"},
    {"pause now\n", "t.lns:1:7: 'now': the end of the line: pause"},
    {"view curves 2\n", "t.lns:1:13: '2': the end of the line: view NAME"},
    {"set warmup\n", "t.lns:1:11: the line ends here: a value for warmup"},
    {"set\n", "t.lns:1:4: the line ends here: the name of a setting"},
    {"set warmup -1\n",
     "t.lns:1:12: warmup '-1': a whole number from 0 to 1000000000, or a share of the steps: 10%"},
    {"set right prel\n", "t.lns:1:11: placement 'prel': did you mean pre? (one of pre, post, none, "
                         "branch, peri, deepnorm, admin, lns, mix, rezero, residual, b2t)"},
    {"set left-warmup 3\n", "t.lns:1:5: setting 'left-warmup': both stacks have the same warmup"},
    {"set heads 5\nset lr 0.1\nset warmup 3\npause\n",
     "t.lns:3:5: width 64 cannot be divided by 5 heads: heads 4 or width 65"},
    {"set heads 5\n", "t.lns:1:5: width 64 cannot be divided by 5 heads: heads 4 or width 65"},
    {"set task text\n", "t.lns:1:5: the text task has no file: name one with --text FILE"},
    {"switch up pre\n", "t.lns:1:8: stack 'up': one of left, right"},
    {"switch left\n", "t.lns:1:12: the line ends here: a placement without quotes, one of pre, "
                      "post, none, branch, peri, deepnorm, admin, lns, mix, rezero, residual, "
                      "b2t"},
    {"switch left rezero\n", "t.lns:1:1: rezero cannot take over the weights of pre: one of "
                             "post, deepnorm, lns, mix, residual, b2t"},
    {"view curve\n", "t.lns:1:6: view 'curve': did you mean curves? (one of overview, waterfall, "
                     "anatomy, tensors, curves, stream, samples, log, runs, lab)"},
    {"key F13\n", "t.lns:1:5: 'F13': a key: a character, C- and a letter, Space, Tab, S-Tab, "
                  "Enter, Escape, Backspace, Delete, Up, Down, Left, Right, PageUp, PageDown, "
                  "Home, End"},
    {"key :\n", "t.lns:1:5: ':': a script has commands of its own: set, view, goto and so on"},
    {"key x\n", "t.lns:1:5: 'x': this key writes files: snapshot FILE"},
    {"key X\n", "t.lns:1:5: 'X': this key writes a file: lnscope record"},
    {"key e\n", "t.lns:1:5: 'e': this key chooses another script"},
    {"key q\n", "t.lns:1:5: 'q': a script ends with its last line"},
    {"run\n", "t.lns:1:4: the line ends here: until, and a condition"},
    {"run for step 3\n", "t.lns:1:5: 'for': until, and a condition"},
    {"run until\n", "t.lns:1:10: the line ends here: step N, or QUANTITY > NUMBER"},
    {"run until step\n",
     "t.lns:1:15: the line ends here: a number of steps, or one of <, <=, >, >="},
    {"run until step -4\n", "t.lns:1:16: '-4': a number of steps, or one of <, <=, >, >="},
    {"run until left.loss\n", "t.lns:1:20: the line ends here: one of <, <=, >, >= and a number"},
    {"run until left.loss < low\n", "t.lns:1:23: 'low': a number"},
    {"run until left.los < 3\n",
     "t.lns:1:11: quantity 'los': did you mean loss? (one of loss, raw, ratio, grad_norm, lr, "
     "valid_loss, stream_grad, stream_rms)"},
    {"run until loss < 3\n",
     "t.lns:1:11: 'loss': step, or left. or right. and a quantity, as left.loss"},
    {"run until left.stream_grad < 3\n",
     "t.lns:1:11: 'left.stream_grad': a layer in [], from [0] to [6]"},
    {"set layers 12\nrun until left.stream_rms[13] < 3\n",
     "t.lns:2:11: 'left.stream_rms[13]': a layer in [], from [0] to [12]"},
    {"run until left.loss[2] < 3\n", "t.lns:1:11: 'left.loss[2]': loss without a layer"},
    {"run until left.loss < 3 * entropy\n",
     "t.lns:1:27: 'entropy': unigram, the loss without context"},
    {"run until step > 3 * unigram\n", "t.lns:1:20: '*': and, or, or the end of the line"},
    {"run until step 3 left.loss < 3\n",
     "t.lns:1:18: 'left.loss': and, or, or the end of the line"},
    {"run until step 3 and\n", "t.lns:1:21: the line ends here: step N, or QUANTITY > NUMBER"},
    {"expect left.loss < 3\n", "t.lns:1:1: expect before anything is measured: run until "
                               "CONDITION in front of it"},
    {"goto 3\n", "t.lns:1:1: goto before anything is measured: run until CONDITION in front of it"},
    {"run until step 9\nrestart\nexpect left.loss < 3\n",
     "t.lns:3:1: expect before anything is measured: run until CONDITION in front of it"},
    {"run until step 9\nset lr 1e-3\nset layers 3\nset lr 1e-4\ngoto 3\n",
     "t.lns:5:1: goto before anything is measured: run until CONDITION in front of it"},
    {"run until step 0\nexpect left.loss < 3\n",
     "t.lns:2:1: expect before anything is measured: run until CONDITION in front of it"},
    {"run until step 9\nrun until step 5 or left.loss < 1\ngoto 10\n",
     "t.lns:3:6: '10': a step up to 9, the last one that is done by here"},
    {"run until step 9\nbranch 5\nrun until step 7\nbranch 8\n",
     "t.lns:4:8: '8': a step up to 7, the last one that is done by here"},
    {"run until step 9\ngoto\n", "t.lns:2:5: the line ends here: the number of a step"},
    {"run until step 9\nbranch x\n", "t.lns:2:8: 'x': the number of a step"},
    {"set output a.svg\n",
     "t.lns:1:5: 'output' is an option of the command line, not a setting: --output"},
    {"set config x\n", "t.lns:1:5: 'config' is an option of the command line, not a setting: "
                       "--no-config or --print-config"},
    {"set seeds 3\n", "t.lns:1:5: 'seeds' is an option of the command line, not a setting: "
                      "--seeds; did you mean seed?"},
    {"set steps 5\nrun until step 10\n",
     "t.lns:2:1: step >= 10 cannot hold: the run ends at step 5; a step up to it, or set more "
     "steps"},
    {"run until step 9\nset steps 7\nrun until left.loss < 1 and step > 9 or step 8\n",
     "t.lns:3:1: step > 9 cannot hold: the run ends at step 7; a step up to it, or set more steps"},
    {"set steps 5\nrun until left.loss < 1\ngoto 6\n",
     "t.lns:3:6: '6': a step up to 5, the last one that is done by here"},
    {"run until step 5\nexpect step 9\n",
     "t.lns:2:1: step >= 9 cannot hold: at most 5 steps are done by here; run until more in front "
     "of it"},
    {"run until right.valid_loss < 3\n",
     "t.lns:1:1: right.valid_loss < 3 cannot hold: task grammar holds nothing out; text does, and "
     "modular with a train-fraction below 1"},
    {"run until step 3\nset task modular\nset train-fraction 1\nrun until left.valid_loss < 3\n",
     "t.lns:4:1: left.valid_loss < 3 cannot hold: task modular holds nothing out; text does, and "
     "modular with a train-fraction below 1"},
    {"speed fast\n", "t.lns:1:7: speed 'fast': a number from 0.1 to 1000000, or unlimited"},
    {"wait 2\n", "t.lns:1:6: '2': seconds as in 2s or 0.5s, or key"},
    {"wait -2s\n", "t.lns:1:6: '-2s': seconds as in 2s or 0.5s, or key"},
    {"wait 7200s\n", "t.lns:1:6: '7200s': at most 3600s"},
    {"say hello\n", "t.lns:1:5: 'hello': a caption in double quotes"},
    {"say\n", "t.lns:1:4: the line ends here: a caption in double quotes"},
    {"say \"a\n", "t.lns:1:5: a quote without its end: a text between two double quotes"},
    {"say \"a\"b\n", "t.lns:1:8: no blank behind a closing quote: a blank, or \\\" for a quote "
                     "in a text"},
    {"say \"\u00d7 \\t\"\n", "t.lns:1:8: a backslash in a text: \\\" for a quote, \\\\ for a "
                             "backslash, \\n for a new line"},
    {"title \"a\\nb\"\n", "t.lns:1:7: a text of several lines: a title in one line"},
    {"mark \"a name that is much too long for a marker\"\n",
     "t.lns:1:6: a text of 41 characters: the name of a chapter of at most 40"},
    {"mark \" \"\n", "t.lns:1:1: a chapter without a name: mark \"NAME\""},
    {"say \"\033[2J\"\n", "t.lns:1:6: a character that could steer a terminal: text in UTF-8 "
                          "without control characters"},
    {"say \"\xff\"\n",
     "t.lns:1:6: a byte that is no UTF-8: text in UTF-8 without control characters"},
    {"focus left layer 7\n", "t.lns:1:18: '7': a layer from 0 to 6"},
    {"focus left bar 7\n", "t.lns:1:12: 'bar': layer, and its number"},
    {"ask \"a?\" \"b\"\n", "t.lns:1:13: the line ends here: an answer in double quotes"},
    {"ask \"?\" \"1\" \"2\" \"3\" \"4\" \"5\" \"6\" \"7\"\n",
     "t.lns:1:33: '7': the end of the line: at most 6 answers"},
    {"ask \"?\" \"1\" \"2\"\nask \"?\" \"1\" \"2\"\n",
     "t.lns:2:1: a question while another has no answer: answer N in front of it"},
    {"answer 1\n", "t.lns:1:1: an answer without a question: ask \"QUESTION\" \"A\" \"B\" in "
                   "front of it"},
    {"ask \"?\" \"1\" \"2\"\nanswer 3\n", "t.lns:2:8: '3': the number of an answer, from 1 to 2"},
    {"snapshot a.bmp\n",
     "t.lns:1:10: a.bmp is neither a picture nor text: name it .svg, .png or .txt"},
};

static void errors_say_where_what_and_what_could(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_wrong(wrong[i].text, wrong[i].message);
}

/* Settings are followed through the script, and those in neighbouring lines count together. */
static void settings_are_checked_where_they_stand(void **state)
{
    struct script script = parse("set heads 6\nset width 96\nfocus left layer 6\n"
                                 "set layers 12\nfocus left layer 12\n"
                                 "set right post\nswitch right pre\nswitch right post\n"
                                 "key d\nfocus left layer 30\n");
    (void)state;
    script_close(&script);
    /* what does not begin anew leaves the steps that were done */
    script =
        parse("run until left.loss < 3\nset layers 12\nset layers 6\nset lr 1e-3\ngoto 70\n"
              "switch right pre\nexpect left.loss < 3\nset layers 3\nrun until step 9\ngoto 9\n"
              "key d\nrun until step 9\ngoto 70\n");
    script_close(&script);
}

/* An option of the command line wins. */
static void options_win(void **state)
{
    static struct script_option options[] = {{"warmup", "50"}, {"left-norm", "rmsnorm"}};
    struct error error;
    (void)state;
    setup.option = options;
    setup.options = 2;
    setting_set(&setup.settings, "warmup", "50", &error);
    setting_set(&setup.settings, "left-norm", "rmsnorm", &error);
    struct script script = parse("set warmup 100\nset norm dyt\nset preset gpt2\nspeed 3\n");
    struct settings settings = setup.settings;
    for (int i = 0; i < script.commands; i++)
        assert_true(script_set(&setup, &script.command[i], &settings, &error));
    assert_int_equal(settings.warmup, 50);
    assert_int_equal(settings.stack[LEFT].norm, NORM_RMSNORM);
    assert_int_equal(settings.stack[RIGHT].norm, NORM_LAYERNORM); /* that of the preset */
    assert_true(settings.speed == 3);
    script_close(&script);
    assert_wrong("set warmup x\n", "t.lns:1:12: warmup 'x': a whole number from 0 to 1000000000, "
                                   "or a share of the steps: 10%");
    setup.option = NULL;
    setup.options = 0;
    setup.settings = settings_default();
}

static void keys_have_names(void **state)
{
    static const struct {
        const char *name;
        int code;
    } keys[] = {
        {"w", 'w'},
        {"F", 'F'},
        {"\"", '"'},
        {"\u00e9", 0xE9},
        {"Space", KEY_CODE_SPACE},
        {"space", KEY_CODE_SPACE},
        {"Home", KEY_CODE_HOME},
        {"PageUp", KEY_CODE_PAGE_UP},
        {"C-l", KEY_CODE_CTRL_L},
        {"Ctrl-L", KEY_CODE_CTRL_L},
        {"S-Tab", KEY_CODE_BACK_TAB},
        {"Shift-Tab", KEY_CODE_BACK_TAB},
        {"Delete", KEY_CODE_DELETE},
        {"", KEY_CODE_NONE},
        {"ww", KEY_CODE_NONE},
        {"C-", KEY_CODE_NONE},
        {"C-ll", KEY_CODE_NONE},
        {"Homer", KEY_CODE_NONE},
        {"Hom", KEY_CODE_NONE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (script_key(keys[i].name) != keys[i].code)
            fail_msg("%s: %d", keys[i].name, script_key(keys[i].name));
}

/* ---- conditions ---- */

/* step 10, left.loss 2, right.loss NAN, unigram 3, others 1 + their layer. */
static double measure(const void *data, const struct script_quantity *quantity)
{
    (void)data;
    switch (quantity->kind) {
    case SCRIPT_STEP:
        return 10;
    case SCRIPT_LOSS:
        return quantity->side == LEFT ? 2 : (double)NAN;
    case SCRIPT_UNIGRAM:
        return 3;
    default:
        return 1 + quantity->layer;
    }
}

static void conditions_hold_or_do_not(void **state)
{
    static const struct {
        const char *text;
        bool holds;
        int step; /* at which it holds in any case; -1: none */
    } conditions[] = {
        {"step 10", true, 10},
        {"step 11", false, 11},
        {"step >= 10", true, 10},
        {"step > 10", false, 11},
        {"step <= 10", true, -1},
        {"step < 10", false, -1},
        {"left.loss < 2", false, -1},
        {"left.loss <= 2", true, -1},
        {"left.loss > 1.5", true, -1},
        {"left.loss < 0.75 * unigram", true, -1},
        {"left.loss < 0.5 * unigram", false, -1},
        {"right.loss < 9", false, -1}, /* nothing holds of what is no number */
        {"right.loss >= 0", false, -1},
        {"left.stream_grad[3] >= 4", true, -1},
        {"right.stream_rms[0] > 1", false, -1},
        {"left.valid_loss <= 1e0", true, -1},
        {"step 20 or step 5", true, 5},
        {"step 20 or left.loss < 1", false, 20},
        {"step 20 and step 30 or step 40", false, 30},
        {"step 5 or step 20 and step 20", true, 5}, /* `and` binds more */
        {"step 20 and step 20 or step 5", true, 5},
        {"step 5 and step 20 or left.loss < 1 and step 5", false, 20},
    };
    (void)state;
    for (size_t i = 0; i < sizeof conditions / sizeof conditions[0]; i++) {
        char text[128];
        /* the task holds something out */
        snprintf(text, sizeof text, "set task modular\nset train-fraction 0.5\nrun until %s\n",
                 conditions[i].text);
        struct script script = parse(text);
        const struct script_condition *condition = &script.command[2].condition;
        if (script_condition_holds(condition, measure, NULL) != conditions[i].holds)
            fail_msg("wrong: %s", conditions[i].text);
        assert_int_equal(script_condition_step(condition), conditions[i].step);
        script_close(&script);
    }
}

static void terms_are_written_as_they_are_read(void **state)
{
    char text[SCRIPT_TERM_TEXT];
    struct script script =
        parse("run until left.loss <= 0.75 * unigram or right.stream_grad[4] > 1e-05 and step 7");
    static const char *const terms[] = {"left.loss <= 0.75 * unigram",
                                        "right.stream_grad[4] > 1e-05", "step >= 7"};
    (void)state;
    assert_int_equal(script.command[0].condition.terms, 3);
    for (int i = 0; i < 3; i++) {
        script_term_print(&script.command[0].condition.term[i], text);
        assert_string_equal(text, terms[i]);
    }
    script_close(&script);
}

/* ---- sources ---- */

static void every_built_in_script_is_right(void **state)
{
    int count = 0;
    (void)state;
    for (const struct script_builtin *builtin = script_builtins; builtin->name; builtin++) {
        struct script script;
        struct error error;
        if (!script_open(&script, builtin->name, &setup, &error))
            fail_msg("%s", error.text);
        assert_string_equal(script.name, builtin->name);
        if (!*script.summary)
            fail_msg("%s has no comment in its first line", builtin->name);
        script_close(&script);
        count++;
    }
    assert_true(count > 0);
}

static int count(const struct script *script, enum script_kind kind)
{
    int found = 0;
    for (int i = 0; i < script->commands; i++)
        found += script->command[i].kind == kind;
    return found;
}

/* A lesson makes claims that are measured, asks the class, has chapters to go to, and takes a part
 * of an hour. */
static void lessons_claim_and_ask(void **state)
{
    int lessons = 0;
    (void)state;
    for (const struct script_builtin *builtin = script_builtins; builtin->name; builtin++) {
        struct script script;
        struct error error;
        if (strcmp(builtin->folder, "lessons") != 0)
            continue;
        assert_true(script_open(&script, builtin->name, &setup, &error));
        if (count(&script, SCRIPT_EXPECT) < 2 || count(&script, SCRIPT_ASK) < 1 ||
            count(&script, SCRIPT_ASK) != count(&script, SCRIPT_ANSWER) ||
            count(&script, SCRIPT_MARK) < 2)
            fail_msg("%s: too few claims, questions or chapters", builtin->name);
        const double seconds = script_seconds(&script, &setup);
        if (seconds < 3 * 60 || seconds > 8 * 60)
            fail_msg("%s: %.0f s, not 3 to 8 minutes", builtin->name, seconds);
        script_close(&script);
        lessons++;
    }
    assert_int_equal(lessons, 12);
}

static void other_sources_are_files(void **state)
{
    char path[] = "/tmp/lnscope-test-XXXXXX";
    struct script script;
    struct error error;
    const int file = mkstemp(path);
    (void)state;
    assert_int_equal(write(file, "pause\nnow\n", 10), 10);
    assert_false(script_open(&script, path, &setup, &error));
    assert_non_null(strstr(error.text, ":2:1: command 'now': "));
    assert_int_equal(write(file, "\0", 1), 1);
    close(file);
    assert_false(script_open(&script, path, &setup, &error));
    assert_non_null(strstr(error.text, ":3:1: a byte 0: text, a command a line"));
    unlink(path);
    assert_false(script_open(&script, path, &setup, &error));
    assert_non_null(strstr(error.text, "cannot read"));
    assert_false(script_open(&script, "stroy", &setup, &error));
    assert_non_null(strstr(error.text, "script 'stroy': did you mean story?"));
    assert_non_null(strstr(error.text, "(or a file)"));
    script_close(&script);
}

/* Conditions that may hold, by another alternative or by what nobody can follow. */
static void conditions_that_may_hold_pass(void **state)
{
    static const char *const texts[] = {
        "set steps 5\nrun until step 5\nset steps 9\nrun until step 9\n",
        "set steps 5\nrun until step 9 or left.loss < 1\n",
        "set steps 5\nrun until step < 9\n",
        "set steps 5\nkey Space\nrun until step 9\nexpect step 9\n",
        "run until left.valid_loss < 3 or step 9\nexpect step 9\n",
        "set task modular\nset train-fraction 0.5\nrun until left.valid_loss < 3\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct script script = parse(texts[i]);
        script_close(&script);
    }
}

/* A run that tells no step is taken for a hundred, and for no more than there are. */
static void a_run_is_no_longer_than_its_steps(void **state)
{
    static const struct {
        const char *text;
        double seconds;
    } cases[] = {
        {"set speed 10\nrun until left.loss < 1\n", 10},
        {"set speed 10\nset steps 20\nrun until left.loss < 1\n", 2},
        {"set speed 10\nset steps 20\nrun until step 15\nrun until left.loss < 1\n", 2},
        {"set speed 10\nset steps 20\nrun until left.loss < 1\nrestart\nrun until step 5\n", 2.5},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct script script = parse(cases[i].text);
        const double seconds = script_seconds(&script, &setup);
        if (seconds != cases[i].seconds)
            fail_msg("%s: %g s, not %g", cases[i].text, seconds, cases[i].seconds);
        script_close(&script);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_run_is_no_longer_than_its_steps, make_setup),
        cmocka_unit_test_setup(conditions_that_may_hold_pass, make_setup),
        cmocka_unit_test(every_command_is_read),
        cmocka_unit_test(errors_say_where_what_and_what_could),
        cmocka_unit_test(settings_are_checked_where_they_stand),
        cmocka_unit_test(options_win),
        cmocka_unit_test(keys_have_names),
        cmocka_unit_test(conditions_hold_or_do_not),
        cmocka_unit_test(terms_are_written_as_they_are_read),
        cmocka_unit_test(every_built_in_script_is_right),
        cmocka_unit_test(lessons_claim_and_ask),
        cmocka_unit_test(other_sources_are_files),
    };
    return cmocka_run_group_tests_name("script", tests, make_setup, NULL);
}
