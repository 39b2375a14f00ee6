/* Options: switches by their names, values for one stack and for both, formats of each command, and
 * what is said of names that are not there. */
#include "cli/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ARGUMENTS = 24, LINE = 256 };

/* Words that are separated by single blanks. They stay where they are until the next call. */
static bool parse(struct options *options, const char *line, struct error *error)
{
    static char words[LINE];
    char *argument[ARGUMENTS] = {"lnscope"}, *rest;
    int count = 1;
    snprintf(words, sizeof words, "%s", line);
    for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        assert_true(count < ARGUMENTS);
        argument[count++] = word;
    }
    return options_parse(options, NULL, count, argument, error);
}

static struct options parsed(const char *line)
{
    struct options options;
    struct error error;
    if (!parse(&options, line, &error))
        fail_msg("%s: %s", line, error.text);
    return options;
}

static void refused(const char *line, const char *message)
{
    struct options options;
    struct error error = {.text = ""};
    if (parse(&options, line, &error))
        fail_msg("%s was accepted", line);
    assert_string_equal(error.text, message);
}

static const char *value(const struct options *options, const char *name)
{
    static char text[SETTING_TEXT];
    setting_get(&options->settings, setting_find(name, NULL), text, sizeof text);
    return text;
}

/* --NAME, --no-NAME and their forms of one stack, of everything that is on or off. */
static void every_switch_has_both_ways(void **state)
{
    int switches = 0;
    (void)state;
    for (int i = 0; i < setting_count; i++) {
        const struct setting_row *row = &setting_table[i];
        char line[LINE], message[2 * LINE], values[SETTING_VALUES];
        struct options options;
        if (!options_is_switch(row)) {
            snprintf(line, sizeof line, "--no-%s", row->name);
            setting_values(row, values, sizeof values);
            snprintf(message, sizeof message, "option '%s': %s is not on or off, but %s", line,
                     row->name, values);
            refused(line, message);
            continue;
        }
        switches++;
        snprintf(line, sizeof line, "--%s", row->name);
        options = parsed(line);
        assert_string_equal(value(&options, row->name), "on");
        snprintf(line, sizeof line, "--%s --no-%s", row->name, row->name);
        options = parsed(line);
        assert_string_equal(value(&options, row->name), "off");
        snprintf(line, sizeof line, "run --no-%s --%s", row->name, row->name);
        options = parsed(line);
        assert_string_equal(value(&options, row->name), "on");
        snprintf(line, sizeof line, "--no-%s=yes", row->name);
        snprintf(message, sizeof message, "option '--no-%s' takes no value: leave out '='",
                 row->name);
        refused(line, message);
        if (!row->per_stack)
            continue;
        snprintf(line, sizeof line, "--%s --no-right-%s", row->name, row->name);
        options = parsed(line);
        assert_string_equal(value(&options, row->name), "on/off");
    }
    assert_true(switches >= 10);
}

static void values_are_of_both_stacks_or_of_each(void **state)
{
    struct options options =
        parsed("--norm layernorm/rmsnorm --left-activation relu --bias off/on");
    (void)state;
    assert_string_equal(value(&options, "norm"), "layernorm/rmsnorm");
    assert_string_equal(value(&options, "activation"), "relu/gelu");
    assert_string_equal(value(&options, "bias"), "off/on");
}

static void mistyped_names_are_recognised(void **state)
{
    (void)state;
    refused("--wramup 3",
            "unknown option '--wramup': did you mean --warmup? (lnscope --help lists all)");
    refused("run --left-nrom x", "unknown option '--left-nrom': did you mean --left-norm? "
                                 "(lnscope run --help lists all)");
    refused("--no-bais", "unknown option '--no-bais': did you mean --no-bias? "
                         "(lnscope --help lists all)");
    refused("--no-confg", "unknown option '--no-confg': did you mean --no-config? "
                          "(lnscope --help lists all)");
    refused("list --fromat x", "unknown option '--fromat': did you mean --format? "
                               "(lnscope list --help lists all)");
    refused("--colour", "unknown option '--colour': lnscope --help lists all");
    refused("--left-layers 3",
            "unknown option '--left-layers': both stacks have the same layers, --layers");
    refused("warmup 3", "command 'warmup': a setting is an option, --warmup");
    refused("claim", "command 'claim': did you mean claims? (one of run, play, record, list, "
                     "block, lab, claims, hook, watch)");
    refused("list --no-bias",
            "option '--no-bias' is not for lnscope list: lnscope list --help lists those that are");
}

static enum format format_of(const char *line, bool terminal)
{
    struct options options = parsed(line);
    struct error error;
    enum format format = FORMATS;
    if (!options_format(&options, terminal, &format, &error))
        fail_msg("%s: %s", line, error.text);
    return format;
}

/* Given twice: each counts, or is refused where a file would silently not be written; of all others
 * the last one counts. */
static void options_given_twice(void **state)
{
    (void)state;
    for (int i = 0; i < OPTIONS; i++)
        for (enum command command = 0; command < COMMANDS; command++) {
            const struct option_row *row = &option_table[i];
            char line[LINE], message[LINE];
            struct options options;
            if (!row->argument || !(row->commands >> command & 1))
                continue;
            snprintf(line, sizeof line, "%s --%s a --%s b", command_table[command].name,
                     option_names[i], option_names[i]);
            if (row->repeats >> command & 1) {
                options = parsed(line);
                assert_int_equal(options.times[i], 2);
                assert_string_equal(options.each[i][0], "a");
                assert_string_equal(options.each[i][1], "b");
            } else if (row->writes) {
                snprintf(message, sizeof message, "option '--%s' twice: %s writes one such file",
                         option_names[i], command_table[command].words);
                refused(line, message);
            } else {
                options = parsed(line);
                assert_int_equal(options.times[i], 0);
                assert_string_equal(options.value[i], "b");
            }
        }
    assert_true(parsed("run --export a.svg").times[OPTION_EXPORT] == 1);
    refused("run -o a -o b", "option '--output' twice: lnscope run writes one such file");
    refused("run --dump a --dump b", "option '--dump' twice: lnscope run writes one such file");
    assert_true(parsed("record x -o a.cast -o b.svg").times[OPTION_OUTPUT] == 2);
    char line[LINE] = "lab";
    for (int i = 0; i <= REPEATS_MAX; i++)
        strcat(line, " --grid=a");
    refused(line, "option '--grid' once too often: at most 16");
}

static void formats_are_those_of_the_command(void **state)
{
    struct options options;
    struct error error;
    enum format format;
    (void)state;
    assert_int_equal(format_of("run", false), FORMAT_CSV);
    assert_int_equal(format_of("run", true), FORMAT_TABLE);
    assert_int_equal(format_of("run --format csv", true), FORMAT_CSV);
    assert_int_equal(format_of("run --format jsonl", false), FORMAT_JSONL);
    assert_int_equal(format_of("list keys", true), FORMAT_TEXT);
    assert_int_equal(format_of("list keys --format man", false), FORMAT_MAN);
    assert_int_equal(format_of("block --format json", false), FORMAT_JSON);
    assert_int_equal(format_of("claims", true), FORMAT_TEXT);
    options = parsed("claims --format csv");
    assert_false(options_format(&options, false, &format, &error));
    assert_string_equal(error.text, "format 'csv': one of text, jsonl");
    for (int command = 0; command < COMMANDS; command++) {
        const struct names *formats = &command_table[command].formats;
        const bool takes = option_table[OPTION_FORMAT].commands >> command & 1;
        assert_int_equal(takes, formats->count > 0);
        for (int i = 0; i < formats->count; i++) {
            char line[LINE];
            snprintf(line, sizeof line, "%s --format %s", command_table[command].name,
                     names_at(formats, i));
            assert_true(format_of(line, false) < FORMATS);
        }
    }
}

/* The help of a command says nothing of the formats of others. */
static void help_has_the_formats_of_its_command(void **state)
{
    static const char *const expected[COMMANDS] = {
        [COMMAND_RUN] = "csv (default), jsonl or table (default on a terminal)",
        [COMMAND_LIST] = "text (default), jsonl, markdown or man",
        [COMMAND_BLOCK] = "text (default) or json",
        [COMMAND_CLAIMS] = "text (default) or jsonl",
    };
    (void)state;
    for (int command = 0; command < COMMANDS; command++) {
        char *text = NULL, *line, help[OPTION_HELP_TEXT];
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);
        options_help(out, (enum command)command);
        fclose(out);
        line = strstr(text, "\n      --format");
        assert_int_equal(line != NULL, expected[command] != NULL);
        options_option_help(help, OPTION_FORMAT, (enum command)command);
        if (line) {
            assert_string_equal(help, expected[command]);
            line[1 + strcspn(line + 1, "\n")] = '\0';
            assert_non_null(strstr(line, expected[command]));
            assert_null(strstr(line, ":"));
        }
        free(text);
    }
    char all[OPTION_HELP_TEXT];
    options_option_help(all, OPTION_FORMAT, COMMANDS);
    assert_non_null(strstr(all, "run: csv (default), jsonl or table"));
    assert_non_null(strstr(all, "; block: text (default) or json"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_switch_has_both_ways),
        cmocka_unit_test(values_are_of_both_stacks_or_of_each),
        cmocka_unit_test(mistyped_names_are_recognised),
        cmocka_unit_test(options_given_twice),
        cmocka_unit_test(formats_are_those_of_the_command),
        cmocka_unit_test(help_has_the_formats_of_its_command),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
