/* What can be typed on the command line: the table, how lines are read, and how they are completed.
 */
#include "controls/commands.h"

#include "controls/view_names.h"
#include "support/folder.h"
#include "train/presets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct command_line line;
static struct completion completion;

static void read_line(const char *text)
{
    struct error error;
    if (!command_parse(text, &line, &error))
        fail_msg("%s: %s", text, error.text);
}

static void assert_refused(const char *text, const char *reason)
{
    struct error error;
    if (command_parse(text, &line, &error))
        fail_msg("%s is not refused", text);
    if (strstr(error.text, reason) != error.text)
        fail_msg("%s is refused with '%s', not '%s'", text, error.text, reason);
}

static void complete(const char *text)
{
    command_complete(text, true, &completion);
}

/* Completes the text and compares all of the words. */
static void assert_completes(const char *text, const char *const *words)
{
    complete(text);
    for (int i = 0; words[i] || i < completion.count; i++) {
        if (!words[i] || i >= completion.count)
            fail_msg("%s completes to %d words, '%s' among them", text, completion.count,
                     words[i] ? words[i] : completion_word(&completion, i));
        assert_string_equal(completion_word(&completion, i), words[i]);
    }
}

#define ASSERT_COMPLETES(text, ...) assert_completes(text, (const char *const[]){__VA_ARGS__, NULL})

/* ---- the table ---- */

static void every_command_is_described(void **state)
{
    (void)state;
    for (int i = 0; i < VERB_KINDS; i++) {
        const struct verb_row *row = &verb_table[i];
        assert_non_null(row->name);
        assert_non_null(row->arguments);
        assert_non_null(row->help);
        assert_true(strlen(row->help) > 0 && strlen(row->help) <= 56); /* on 80 columns */
        assert_int_not_equal(row->help[strlen(row->help) - 1], '.');
        assert_true(row->least <= row->most && row->most <= COMMAND_ARGUMENTS);
        assert_int_equal(row->most > 0, row->arguments[0] != '\0');
        assert_true(row->least > 0 || row->most > 0 || row->action < ACTIONS || i == VERB_ACTION ||
                    i == VERB_RUNS || i == VERB_SHARE);
        assert_int_equal(row->least == 0 && row->most > 0, row->arguments[0] == '[');
    }
}

/* Settings, actions and commands are typed in the same place: no name may mean two things. */
static void every_name_is_there_once(void **state)
{
    struct verb all[VERBS_MAX], verb;
    struct error error;
    (void)state;
    int count = verb_list(all);
    assert_true(count <= VERBS_MAX);
    for (int i = 0; i < count; i++) {
        for (int j = 0; j < i; j++)
            assert_string_not_equal(all[i].name, all[j].name);
        assert_true(verb_find(all[i].name, &verb, &error));
        assert_string_equal(verb.name, all[i].name);
        assert_int_equal(verb.kind, all[i].kind);
        assert_true(strlen(all[i].help) > 0);
    }
    for (int i = 0; i < setting_count; i++) {
        assert_true(verb_find(setting_table[i].name, &verb, &error));
        assert_ptr_equal(verb.setting, &setting_table[i]);
    }
    for (int i = 0; i < ACTIONS; i++) {
        assert_true(verb_find(key_table[i].name, &verb, &error));
        assert_int_equal(verb.action, i);
    }
}

/* ---- reading ---- */

static void settings_are_set(void **state)
{
    (void)state;
    read_line("set warmup 100");
    assert_int_equal(line.verb.kind, VERB_SET);
    assert_string_equal(line.setting.name, "warmup");
    assert_string_equal(line.value, "100");
    read_line("  warmup   100  ");
    assert_int_equal(line.verb.kind, VERB_SETTING);
    assert_string_equal(line.setting.name, "warmup");
    assert_string_equal(line.value, "100");
    read_line("set warmup");
    assert_null(line.value);
    read_line("lr");
    assert_string_equal(line.setting.name, "lr");
    assert_null(line.value);
    read_line("right-norm rmsnorm");
    assert_string_equal(line.setting.name, "right-norm");
    assert_string_equal(line.setting.setting->name, "norm");
    assert_int_equal(line.setting.side, RIGHT);
    read_line("norm layernorm/rmsnorm");
    assert_int_equal(line.setting.side, SIDES);
    assert_string_equal(line.value, "layernorm/rmsnorm");
    read_line("left post");
    assert_string_equal(line.setting.name, "left");
    assert_string_equal(line.value, "post");
    read_line("set text \"a b.txt\"");
    assert_string_equal(line.value, "a b.txt");
    read_line("set text \"\"");
    assert_string_equal(line.value, "");
}

/* What is more than a name: a number is a step, and `set` alone asks for the settings. */
static void lines_of_one_word(void **state)
{
    (void)state;
    read_line("123");
    assert_int_equal(line.verb.kind, VERB_GOTO);
    assert_int_equal(line.count, 1);
    assert_string_equal(line.argument[0], "123");
    assert_int_equal(command_hint("12").verb.kind, VERB_GOTO);
    read_line("set");
    assert_int_equal(line.verb.kind, VERB_SET);
    assert_int_equal(line.count, 0);
    assert_null(line.value);
    read_line("share");
    assert_int_equal(line.verb.kind, VERB_SHARE);
    read_line("view 3");
    assert_string_equal(line.argument[0], "3");
}

static void names_may_be_cut_short(void **state)
{
    (void)state;
    read_line("rest");
    assert_int_equal(line.verb.kind, VERB_ACTION);
    assert_int_equal(line.verb.action, ACTION_RESTART);
    read_line("q");
    assert_int_equal(line.verb.action, ACTION_QUIT);
    read_line("sched cosine");
    assert_string_equal(line.setting.name, "schedule");
    read_line("set war 10");
    assert_string_equal(line.setting.name, "warmup");
    read_line("warmup"); /* though warmup-longer begins so, too */
    assert_string_equal(line.setting.name, "warmup");
    assert_int_equal(command_view("water", NULL), VIEW_WATERFALL);
    assert_int_equal(command_view("tensors", NULL), VIEW_TENSORS);
}

static void files_and_force(void **state)
{
    (void)state;
    read_line("export");
    assert_int_equal(line.count, 0);
    assert_int_equal(line.verb.action, ACTION_EXPORT);
    read_line("export a\"b.svg");
    assert_string_equal(line.argument[0], "a\"b.svg");
    assert_false(line.force);
    read_line("export! \"my picture.svg\"");
    assert_true(line.force);
    assert_string_equal(line.argument[0], "my picture.svg");
    read_line("mark here it  begins"); /* needs no quotes */
    assert_int_equal(line.count, 1);
    assert_string_equal(line.argument[0], "here it begins");
    read_line("mark \"two  blanks\"");
    assert_string_equal(line.argument[0], "two  blanks");
    read_line("expo! x.txt");
    assert_true(line.force);
}

static void errors_say_what_is_right(void **state)
{
    struct error error;
    (void)state;
    assert_refused("wermup 100", "command 'wermup': did you mean warmup?");
    assert_refused("re", "command 're': did you mean re");
    assert_refused("stp", "command 'stp': did you mean ste");
    assert_refused("nothing-like-it", "command 'nothing-like-it': one of set, export, ");
    assert_false(command_parse("nothing-like-it", &line, &error));
    assert_non_null(strstr(error.text, "quit, or a setting: Tab lists all"));
    assert_refused("\"\" 1", "command '': one of ");
    assert_refused("set wermup 100", "setting 'wermup': did you mean warmup?");
    assert_refused("set w 1", "setting 'w': did you mean window, window-every, width, ");
    assert_refused("warmup100", "command 'warmup100': did you mean warmup 100?");
    assert_refused("warmup=", "command 'warmup=': did you mean warmup VALUE?");
    assert_refused("view3", "command 'view3': did you mean view 3?");
    assert_refused("set config x", "'config' is an option of the command line, not a setting: "
                                   "--no-config or --print-config");
    assert_refused("set output a", "'output' is an option of the command line, not a setting");
    assert_refused("set dump-step 3", "'dump-step' is an option of the command line");
    assert_refused("set stepz 3", "setting 'stepz': did you mean steps?");
    assert_refused("set lr=1e-3", "setting 'lr=1e-3': did you mean lr 1e-3?");
    assert_refused("set left-layers 4", "setting 'left-layers': both stacks have the same layers");
    assert_refused("set nothing-like 4", "setting 'nothing-like': Tab behind set lists all");
    assert_refused("set lr 1 2", "too many arguments: set [NAME [VALUE]]");
    assert_refused("123 4", "too many arguments: goto STEP");
    assert_refused("123!", "123!: 123, without the !");
    assert_refused("12x", "command '12x': one of set, ");
    assert_refused("lr 1 2", "too many arguments: lr [X]");
    assert_refused("goto", "too few arguments: goto STEP");
    assert_refused("view a b", "too many arguments: view NAME");
    assert_refused("restart 1", "too many arguments: restart");
    assert_refused("quit now", "too many arguments: quit stands alone");
    assert_refused("export my file of mine.svg",
                   "too many arguments: export [FILE LOOK]; a name with blanks "
                   "stands in \"...\"");
    assert_refused("export \"my file.svg", "a quote without its end: \"...\"");
    assert_refused("export \"my file\".svg", "no blank behind a closing quote");
    assert_refused("set! lr 1", "set!: set, without the !");
    assert_refused("restart!", "restart!: restart, without the !");
    assert_int_equal(command_view("wave", &error), -1);
    assert_ptr_equal(strstr(error.text, "view 'wave': one of overview, waterfall, "), error.text);
}

static void without_words_there_is_nothing_to_say(void **state)
{
    struct error error = {.text = "x"};
    (void)state;
    assert_false(command_parse("", &line, &error));
    assert_string_equal(error.text, "");
    assert_false(command_parse("   ", &line, &error));
    assert_string_equal(error.text, "");
}

static void a_long_line_is_refused(void **state)
{
    char text[COMMAND_TEXT + 1];
    struct error error;
    (void)state;
    memset(text, 'x', COMMAND_TEXT);
    text[COMMAND_TEXT] = '\0';
    memcpy(text, "export ", 7);
    assert_refused(text, "a line of 1200 bytes: at most 1199");
    text[COMMAND_TEXT - 1] = '\0';
    assert_true(command_parse(text, &line, &error));
    assert_int_equal(strlen(line.argument[0]), COMMAND_TEXT - 8);
}

/* ---- completion ---- */

static void every_command_is_completed(void **state)
{
    struct verb all[VERBS_MAX];
    (void)state;
    int count = verb_list(all);
    for (int i = 0; i < count; i++) {
        bool found = false;
        char begin[VERB_NAME];
        snprintf(begin, sizeof begin, "%.2s", all[i].name);
        complete(begin);
        for (int w = 0; w < completion.count; w++) {
            assert_memory_equal(completion_word(&completion, w), begin, 2);
            found = found || strcmp(completion_word(&completion, w), all[i].name) == 0;
        }
        assert_true(found);
        assert_int_equal(completion.start, 0);
    }
    complete("");
    assert_int_equal(completion.count, count);
    ASSERT_COMPLETES("se", "set", "seed", "search");
    complete("nothing");
    assert_int_equal(completion.count, 0);
}

/* Each value of each setting that has names for them, behind set and behind its own name. */
static void every_value_is_completed(void **state)
{
    struct verb all[VERBS_MAX];
    (void)state;
    int count = verb_list(all);
    for (int i = 0; i < 2 * count; i++) {
        const struct verb *verb = &all[i / 2];
        char text[3 * VERB_NAME];
        if (verb->kind != VERB_SETTING || verb->setting->kind == SETTING_STRING)
            continue;
        int size = snprintf(text, sizeof text, "%s%s ", i % 2 ? "set " : "", verb->name), at = 0;
        complete(text);
        assert_int_equal(completion.start, size);
        for (; verb->setting->choices && at < verb->setting->choices->count; at++)
            assert_string_equal(completion_word(&completion, at),
                                names_at(verb->setting->choices, at));
        if (verb->setting->zero)
            assert_string_equal(completion_word(&completion, at++), verb->setting->zero);
        assert_int_equal(completion.count, at);
    }
}

static void operands_are_completed(void **state)
{
    (void)state;
    ASSERT_COMPLETES("left p", "pre", "post", "peri");
    ASSERT_COMPLETES("set right-norm l", "layernorm");
    ASSERT_COMPLETES("speed un", "unlimited");
    ASSERT_COMPLETES("set warm", "warmup");
    ASSERT_COMPLETES("set left-nor", "left-norm", "left-norm-eps", "left-norm-bias");
    ASSERT_COMPLETES("norm rmsnorm/la", "layernorm");
    assert_int_equal(completion.start, strlen("norm rmsnorm/"));
    ASSERT_COMPLETES("view w", "waterfall");
    ASSERT_COMPLETES("lab wa", "warmup=");
    ASSERT_COMPLETES("lab warmup=0,25 s", "seeds=", "stacks=", "schedule=", "steps=");
    ASSERT_COMPLETES("lab warmup=0,25 pair", "pair=pause", "pair=run");
    ASSERT_COMPLETES("lab st", "stacks=", "steps=", "stop");
    ASSERT_COMPLETES("lab warmup=0,25 lr=1e-3,3e-3 seeds=2 pair=run st", "stacks=", "steps=");
    ASSERT_COMPLETES("switch ri", "right");
    ASSERT_COMPLETES("switch right pe", "peri");
    complete("lab the"); /* a theme changes no number */
    assert_int_equal(completion.count, 0);
    complete("view ");
    assert_int_equal(completion.count, VIEWS);
    static const char *const nothing[] = {
        "left-norm rmsnorm/la", "warmup 1",          "goto ", "restart ",  "view tensors ",
        "set warmup 1 ",        "switch right pre ", "foo b", "set foo b", "quit "};
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++) {
        complete(nothing[i]);
        assert_int_equal(completion.count, 0);
        assert_true(completion.start <= (int)strlen(nothing[i]));
    }
}

static void touch(const char *path)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
}

static void files_are_completed(void **state)
{
    (void)state;
    touch("one.svg");
    touch("one more.svg");
    touch("other\"quote.svg");
    ASSERT_COMPLETES("export o", "one more.svg", "one.svg");
    ASSERT_COMPLETES("export! one.", "one.svg");
    ASSERT_COMPLETES("export one.svg li", "light");
    ASSERT_COMPLETES("export one.svg 120x36 li", "light");
    ASSERT_COMPLETES("export \"one m", "one more.svg");
    assert_true(completion.quoted);
    assert_int_equal(completion.start, strlen("export "));
    ASSERT_COMPLETES("set text one.", "one.svg");
    command_complete("export o", false, &completion);
    assert_int_equal(completion.count, 0);
    unlink("one.svg");
    unlink("one more.svg");
    unlink("other\"quote.svg");
}

/* ---- hints ---- */

static void hints_know_what_is_typed(void **state)
{
    (void)state;
    assert_false(command_hint("").known);
    assert_false(command_hint("se").known); /* set, seed, search */
    assert_true(command_hint("goto 1").known);
    assert_null(command_hint("goto 1").setting.setting);
    assert_null(command_hint("set ").setting.setting);
    assert_string_equal(command_hint("set right-norm rm").setting.name, "right-norm");
    assert_string_equal(command_hint("warmup 1").setting.name, "warmup");
    assert_string_equal(command_hint("export! x").verb.name, "export");
    assert_string_equal(command_hint("export! x").error.text, "");
    assert_string_equal(command_hint("set wermup 1").error.text,
                        "setting 'wermup': did you mean warmup?");
    assert_string_equal(command_hint("wermup 1").error.text,
                        "command 'wermup': did you mean warmup?");
}

static void values_have_units_and_keep_secrets(void **state)
{
    struct settings settings = settings_default();
    struct error error;
    char value[SETTING_TEXT];
    static const char *const wanted[][2] = {{"warmup", "100 steps"},  {"speed", "unlimited"},
                                            {"left", "pre"},          {"norm", "rmsnorm/layernorm"},
                                            {"left-norm", "rmsnorm"}, {"right-norm", "layernorm"},
                                            {"lr", "0.003"},          {"layers", "6 blocks"}};
    (void)state;
    assert_true(setting_set(&settings, "warmup", "100", &error));
    assert_true(setting_set(&settings, "speed", "unlimited", &error));
    assert_true(setting_set(&settings, "left-norm", "rmsnorm", &error));
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        struct verb setting;
        assert_true(command_setting(wanted[i][0], &setting, &error));
        assert_true(command_value(&settings, &setting, false, value, sizeof value));
        assert_string_equal(value, wanted[i][1]);
        assert_int_equal(command_value(&settings, &setting, true, value, sizeof value),
                         !setting_of_stack(setting.setting));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_command_is_described),
        cmocka_unit_test(every_name_is_there_once),
        cmocka_unit_test(settings_are_set),
        cmocka_unit_test(lines_of_one_word),
        cmocka_unit_test(names_may_be_cut_short),
        cmocka_unit_test(files_and_force),
        cmocka_unit_test(errors_say_what_is_right),
        cmocka_unit_test(without_words_there_is_nothing_to_say),
        cmocka_unit_test(a_long_line_is_refused),
        cmocka_unit_test(every_command_is_completed),
        cmocka_unit_test(every_value_is_completed),
        cmocka_unit_test(operands_are_completed),
        cmocka_unit_test_setup_teardown(files_are_completed, folder_enter, folder_leave),
        cmocka_unit_test(hints_know_what_is_typed),
        cmocka_unit_test(values_have_units_and_keep_secrets),
    };
    return cmocka_run_group_tests_name("commands", tests, NULL, NULL);
}
