/* See options.h. */
#include "cli/options.h"

#include "base/names.h"
#include "controls/keys.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ON_SCREEN (1u << COMMAND_SCREEN)
#define ON_RUN    (1u << COMMAND_RUN)
#define ON_PLAY   (1u << COMMAND_PLAY)
#define ON_RECORD (1u << COMMAND_RECORD)
#define ON_LIST   (1u << COMMAND_LIST)
#define ON_BLOCK  (1u << COMMAND_BLOCK)
#define ON_LAB    (1u << COMMAND_LAB)
#define ON_CLAIMS (1u << COMMAND_CLAIMS)
#define ON_WATCH  (1u << COMMAND_WATCH)
#define ON_ALL    ((1u << COMMANDS) - 1)

/* Small enough to be read, and with the activation that can be followed by eye. */
static const struct command_setting block_settings[] = {
    {"left", NULL},        {"right", NULL},        {"norm", NULL},      {"norm-bias", NULL},
    {"gain-offset", NULL}, {"activation", "relu"}, {"attention", NULL}, {"kv-heads", NULL},
    {"bias", NULL},        {"init", NULL},         {"width", "8"},      {"heads", "2"},
    {"ffn", "16"},         {"context", "4"},       {"seed", NULL},      {NULL, NULL},
};

/* What the list of tasks depends on. */
static const struct command_setting list_settings[] = {
    {"context", NULL}, {"text", NULL},           {"vocab", NULL},
    {"modulus", NULL}, {"train-fraction", NULL}, {NULL, NULL},
};

static const struct command_setting claims_settings[] = {{"threads", NULL}, {NULL, NULL}};

static const struct command_setting watch_settings[] = {
    {"theme", NULL},   {"ascii", NULL}, {"mouse", NULL}, {"hide", NULL},
    {"history", NULL}, {"fps", NULL},   {NULL, NULL},
};

static const char *const format_words[FORMATS] = {
    [FORMAT_TEXT] = "text",   [FORMAT_TABLE] = "table", [FORMAT_CSV] = "csv",
    [FORMAT_JSONL] = "jsonl", [FORMAT_JSON] = "json",   [FORMAT_MARKDOWN] = "markdown",
    [FORMAT_MAN] = "man",
};
static const char *const run_formats[] = {"csv", "jsonl", "table"};
static const char *const list_formats[] = {"text", "jsonl", "markdown", "man"};
static const char *const block_formats[] = {"text", "json"};
static const char *const claims_formats[] = {"text", "jsonl"};

const struct command_row command_table[COMMANDS] = {
    [COMMAND_SCREEN] = {.name = "",
                        .words = "lnscope",
                        .usage = "lnscope [options]",
                        .help = "train two stacks side by side and watch their gradients",
                        .settings = true},
    [COMMAND_RUN] = {.name = "run",
                     .words = "lnscope run",
                     .usage = "lnscope run [options]",
                     .help = "the same without a screen: a row per step and stack",
                     .settings = true,
                     .formats = NAMES_OF_WORDS(run_formats),
                     .on_terminal = "table"},
    [COMMAND_PLAY] = {.name = "play",
                      .words = "lnscope play",
                      .operands = 1,
                      .usage = "lnscope play [SCRIPT] [options]",
                      .help =
                          "play a lesson, a demo or a script on the screen; alone: which there are",
                      .settings = true},
    [COMMAND_RECORD] = {.name = "record",
                        .words = "lnscope record",
                        .operands = 1,
                        .usage = "lnscope record SCRIPT -o FILE [-o FILE ...] [options]",
                        .help = "play a script without a terminal, and record it: the same files "
                                "every time",
                        .settings = true},
    [COMMAND_LIST] = {.name = "list",
                      .words = "lnscope list",
                      .operands = 1,
                      .usage = "lnscope list WHAT [options]",
                      .help = "print placements, tasks, keys, settings and more",
                      .settings = true,
                      .only = list_settings,
                      .formats = NAMES_OF_WORDS(list_formats)},
    [COMMAND_BLOCK] = {.name = "block",
                       .words = "lnscope block",
                       .usage = "lnscope block [options]",
                       .help = "one block on a small input, every intermediate value printed",
                       .settings = true,
                       .only = block_settings,
                       .formats = NAMES_OF_WORDS(block_formats)},
    [COMMAND_LAB] = {.name = "lab",
                     .words = "lnscope lab",
                     .operands = OPERANDS_MAX,
                     .usage = "lnscope lab --grid NAME=VALUES ... [options]",
                     .help =
                         "a grid of runs over settings and seeds, and the map of their verdicts",
                     .settings = true,
                     .numbers = true},
    [COMMAND_CLAIMS] = {.name = "claims",
                        .words = "lnscope claims",
                        .operands = OPERANDS_MAX,
                        .usage = "lnscope claims [ID...] [options]",
                        .help = "check published claims by measuring them",
                        .settings = true,
                        .only = claims_settings,
                        .formats = NAMES_OF_WORDS(claims_formats)},
    [COMMAND_HOOK] = {.name = "hook",
                      .words = "lnscope hook",
                      .usage = "lnscope hook > lnscope_hook.py",
                      .help = "print a Python module that writes rows of a PyTorch training"},
    [COMMAND_WATCH] = {.name = "watch",
                       .words = "lnscope watch",
                       .operands = SIDES,
                       .usage = "lnscope watch [FILE [FILE]] [options]",
                       .help = "show trainings that others do, from their rows as they come (-: "
                               "standard input; without FILE: train.jsonl)",
                       .settings = true,
                       .only = watch_settings},
};

const struct option_row option_table[OPTIONS] = {
    [OPTION_FORMAT] = {0, "FORMAT", NULL, ON_RUN | ON_LIST | ON_BLOCK | ON_CLAIMS},
    [OPTION_EVERY] = {0, "N", "write steps N, 2N, ... and the last one only", ON_RUN},
    [OPTION_OUTPUT] =
        {'o', "FILE", NULL, ON_RUN | ON_RECORD | ON_LAB | ON_CLAIMS, .repeats = ON_RECORD,
         .writes = true,
         .of = {[COMMAND_RECORD] = "what to make, by its ending: .cast, .svg, .gif, .mp4, .webm, "
                                   ".png, .txt, or a folder/ of PNGs; -o again makes more at once",
                [COMMAND_RUN] = "write to a file; it appears when the run is over, and whole",
                [COMMAND_LAB] = "write to a file: rows as they come, and in the end in their order",
                [COMMAND_CLAIMS] =
                    "keep what is measured in a file, a line of JSON for each claim, "
                    "beside what is printed"}},
    [OPTION_FORCE] =
        {0, NULL, NULL, ON_SCREEN | ON_RUN | ON_PLAY | ON_RECORD | ON_LAB | ON_CLAIMS | ON_WATCH,
         .of = {[COMMAND_SCREEN] = "let --record and --tee replace a file that exists",
                [COMMAND_RUN] = "let -o, --dump and --export replace a file that exists",
                [COMMAND_PLAY] = "let --record, --handout and snapshots replace files that exist",
                [COMMAND_RECORD] = "replace files that exist",
                [COMMAND_LAB] = "let -o and --figure replace a file that exists",
                [COMMAND_CLAIMS] = "let -o replace a file that exists",
                [COMMAND_WATCH] = "let --record replace a file that exists"}},
    [OPTION_RECORD] = {0, "FILE.cast", "record the screen, as an asciicast that asciinema plays",
                       ON_SCREEN | ON_PLAY | ON_WATCH, .writes = true},
    [OPTION_LOAD] = {0, "FILE",
                     "go on with a session that :save has written; other options than those of the "
                     "model apply on top",
                     ON_SCREEN | ON_RUN},
    [OPTION_SHARE] = {0, NULL, "print the command line that makes these settings again, and exit",
                      ON_SCREEN | ON_RUN},
    [OPTION_NO_CONFIG] = {0, NULL, "take no settings from the config file or the environment",
                          ON_SCREEN | ON_RUN | ON_PLAY | ON_RECORD | ON_LAB | ON_WATCH},
    [OPTION_PRINT_CONFIG] = {0, NULL, "print these settings as a config file, and exit",
                             ON_SCREEN | ON_RUN},
    [OPTION_COMPLETIONS] = {0, "SHELL",
                            "print what bash, zsh or fish completes command lines with, and exit",
                            ON_SCREEN},
    [OPTION_DUMP] = {0, "FILE", "write weights, gradients and batch of one step as safetensors",
                     ON_RUN, .writes = true},
    [OPTION_DUMP_STEP] = {0, "N", "the step that --dump writes (default 1)", ON_RUN},
    [OPTION_EXPORT] = {0, "FILE",
                       "at the end, write what the screen would show as .svg, .png or .txt, or all "
                       "that was measured as .csv or .jsonl; once more for each further file",
                       ON_RUN, .repeats = ON_RUN, .writes = true},
    [OPTION_SIZE] = {0, "COLUMNSxROWS", "size of the screen (default 120x36)", ON_RECORD},
    [OPTION_AT] = {0, "STEP|CHAPTER",
                   "make pictures (.svg, .png, .txt) of the first moment at this step, or of the "
                   "beginning of this chapter, instead of the end",
                   ON_RECORD},
    [OPTION_SCALE] =
        {0, "N",
         "pixels of a video, .gif or .png are so many times as many in both directions "
         "(default 1)",
         ON_RECORD},
    [OPTION_LOOP] = {0, NULL, "an animated .svg or .gif begins anew at its end", ON_RECORD},
    [OPTION_CAST_VERSION] = {0, "2|3", "version of a .cast (default 2); 3 is for asciinema 3",
                             ON_RECORD},
    [OPTION_CAPTIONS] = {0, "FILE.vtt",
                         "write the captions as well, for players that show them beside a video",
                         ON_RECORD, .writes = true},
    [OPTION_HANDOUT] = {0, "FILE.md",
                        "write what the script says, and what was measured in this run, with "
                        "pictures, as one page",
                        ON_PLAY | ON_RECORD, .writes = true},
    [OPTION_PRINT_MEMORY] = {0, NULL, "print the memory that these settings need, and exit",
                             ON_SCREEN | ON_RUN},
    [OPTION_PLACEMENT] = {0, "NAME", "one block of this placement, instead of --left and --right",
                          ON_BLOCK},
    [OPTION_SUBLAYER] = {0, "NAME",
                         "block (default: both sublayers), attention, or ffn: "
                         "Dense(ffn), activation, Dense(width)",
                         ON_BLOCK},
    [OPTION_INPUT] = {0, "FILE",
                      "a row of numbers for each token; without it they are drawn from N(0,1)",
                      ON_BLOCK},
    [OPTION_QUICK] = {0, NULL, "only the claims that need no long training", ON_CLAIMS},
    [OPTION_SEEDS] = {0, "N", NULL, ON_LAB | ON_CLAIMS,
                      .of = {[COMMAND_LAB] = "run every cell for seeds 1 to N, or from A to B with "
                                             "A..B",
                             [COMMAND_CLAIMS] = "measure every claim for seeds 1 to N"}},
    [OPTION_GRID] = {0, "NAME=VALUES",
                     "an axis: values of a setting, separated by commas, and ranges FROM..TO:STEP "
                     "and FROM..TO*FACTOR; once more for each further axis",
                     ON_LAB, .repeats = ON_LAB},
    [OPTION_STACKS] = {0, "STACKS", "train left, right or both (default) of every cell", ON_LAB},
    [OPTION_RESUME] =
        {0, NULL, NULL, ON_LAB | ON_CLAIMS,
         .of = {[COMMAND_LAB] = "keep the rows that -o FILE has, and do the rest; without a grid, "
                                "that of the file",
                [COMMAND_CLAIMS] = "keep what -o FILE has, and measure the rest"}},
    [OPTION_PART] = {0, "I/N", "do the I-th of N shares; auto: those of a Slurm job array", ON_LAB},
    [OPTION_MERGE] = {0, NULL, "join the rows of the files that are named, training none", ON_LAB},
    [OPTION_FIGURE] =
        {0, "FILE",
         "draw the map of all rows, as .svg, .png or .txt; .csv: the rows themselves; "
         "once more for each further file",
         ON_LAB, .repeats = ON_LAB, .writes = true},
    [OPTION_MAP] = {0, "PATTERN=NAME",
                    "take keys or columns like PATTERN, in which {l} stands for a layer and "
                    "{tensor} for a tensor, as NAME: 'grad/layer_{l}=stream_grad'; once more for "
                    "each further one",
                    ON_WATCH, .repeats = ON_WATCH},
    [OPTION_TEE] = {0, "FILE",
                    "write a row per step and stack to a file while it trains, for lnscope watch",
                    ON_SCREEN, .writes = true},
    [OPTION_HELP] = {'h', NULL, "print this help", ON_ALL},
    [OPTION_VERSION] = {0, NULL, "print the version", ON_ALL},
};

static const struct setting_row *find_setting(const char *name)
{
    struct error unused;
    return setting_find(name, &unused);
}

static bool find_command(enum command *command, const char *name, struct error *error)
{
    if (find_setting(name))
        return error_set(error, "command '%s': a setting is an option, --%s", name, name);
    const struct names names = {
        .first = &command_table[1].name, .step = sizeof *command_table, .count = COMMANDS - 1};
    int found = names_find(&names, "command", name, error);
    *command = (enum command)(found + 1);
    return found >= 0;
}

void options_commands(char out[OPTION_COMMANDS], const struct option_row *row)
{
    size_t used = 0;
    out[0] = '\0';
    if (row->commands == ON_ALL) {
        snprintf(out, OPTION_COMMANDS, "all commands");
        return;
    }
    for (int i = 0; i < COMMANDS; i++)
        if (row->commands >> i & 1)
            used += (size_t)snprintf(out + used, OPTION_COMMANDS - used, "%s%s", used ? ", " : "",
                                     command_table[i].words);
}

/* What the command has to say about a setting: a row of its list, or the one that takes all; NULL
 * where it does not take it. */
static const struct command_setting *setting_of_command(enum command command, const char *name)
{
    static const struct command_setting any = {NULL, NULL};
    const struct command_row *row = &command_table[command];
    const struct setting_row *setting = row->numbers ? find_setting(name) : NULL;
    if (setting && setting->scope == SCOPE_PROGRAM && strcmp(name, "threads") != 0)
        return NULL;
    if (!row->settings || !row->only)
        return row->settings ? &any : NULL;
    for (const struct command_setting *one = row->only; one->name; one++)
        if (strcmp(one->name, name) == 0)
            return one;
    return NULL;
}

bool options_is_switch(const struct setting_row *row)
{
    return row->kind == SETTING_CHOICE && names_find(row->choices, row->name, "on", NULL) >= 0;
}

/* "left-layers" and the like; what both stacks share has no such name. */
static bool is_shared_setting(const char *typed, const char **name)
{
    for (int side = 0; side < SIDES; side++) {
        size_t length = strlen(stack_names[side]);
        if (strncmp(typed, stack_names[side], length) != 0 || typed[length] != '-')
            continue;
        *name = typed + length + 1;
        if (find_setting(*name))
            return true;
    }
    return false;
}

/* What was meant, among the settings that the command takes, their names for one stack, and those
 * that turn one off. */
static void near_settings(struct names_near *near, enum command command,
                          char name[SETTINGS_MAX][SIDES + 1][SETTING_NAME_TEXT])
{
    const char *typed = near->typed;
    for (int i = 0; i < setting_count; i++) {
        const struct setting_row *row = &setting_table[i];
        if (!setting_of_command(command, row->name))
            continue;
        names_near_add(near, row->name);
        for (int side = 0; side < SIDES; side++) {
            snprintf(name[i][side], SETTING_NAME_TEXT, "%s-%s", stack_names[side], row->name);
            if (row->per_stack && strncmp(typed, stack_names[side], strlen(stack_names[side])) == 0)
                names_near_add(near, name[i][side]);
        }
        snprintf(name[i][SIDES], SETTING_NAME_TEXT, "no-%s", row->name);
        if (options_is_switch(row) && strncmp(typed, "no", 2) == 0)
            names_near_add(near, name[i][SIDES]);
    }
}

/* Always false: says what is unknown, and what was meant. */
static bool unknown_option(const struct options *options, const char *typed, struct error *error)
{
    char shown[SETTING_NAME_TEXT], meant[NAMES_NEAR_TEXT],
        name[SETTINGS_MAX][SIDES + 1][SETTING_NAME_TEXT];
    const char *words = command_table[options->command].words, *shared;
    struct names_near near = {.typed = typed};
    if (is_shared_setting(typed, &shared))
        return error_set(error, "unknown option '--%s': both stacks have the same %s, --%s", typed,
                         shared, shared);
    for (int i = 0; i < OPTIONS; i++)
        if (option_table[i].commands >> options->command & 1)
            names_near_add(&near, option_names[i]);
    near_settings(&near, options->command, name);
    names_near_text(&near, "--", meant);
    names_printable(shown, sizeof shown, typed);
    if (!*meant)
        return error_set(error, "unknown option '--%s': %s --help lists all", shown, words);
    return error_set(error, "unknown option '--%s': %s (%s --help lists all)", shown, meant, words);
}

static bool misplaced_option(const struct options *options, enum option option, struct error *error)
{
    int command = 0;
    while (!(option_table[option].commands >> command & 1))
        command++;
    return error_set(error, "option '--%s' is not for %s: it belongs to %s", option_names[option],
                     command_table[options->command].words, command_table[command].words);
}

/* The words of the command line that are not read yet. */
struct words {
    char **next;
    char **end;
};

/* The value of an option: what follows the '=', or else the next word. */
static const char *take_value(struct words *words, const char *attached)
{
    if (attached)
        return attached;
    return words->next < words->end ? *words->next++ : NULL;
}

static const char *take_choice(const struct options *options, struct words *words, const char *name,
                               const char *attached)
{
    struct settings trial = options->settings;
    if (attached)
        return attached;
    if (words->next < words->end && setting_set(&trial, name, *words->next, NULL))
        return *words->next++;
    return "on";
}

/* Notes a setting that was given. */
static bool note_setting(struct options *options, const char *name, const char *value,
                         struct error *error)
{
    if (options->settings_given == GIVEN_MAX)
        return error_set(error, "option '--%s' once too often: at most %d settings", name,
                         GIVEN_MAX);
    struct script_option *setting = &options->setting[options->settings_given++];
    snprintf(setting->name, sizeof setting->name, "%s", name);
    snprintf(setting->value, sizeof setting->value, "%s", value);
    return true;
}

static bool read_setting(struct options *options, const struct setting_row *row, const char *name,
                         struct words *words, const char *attached, struct error *error)
{
    const char *value = options_is_switch(row) ? take_choice(options, words, name, attached)
                                               : take_value(words, attached);
    char values[SETTING_VALUES];
    if (strcmp(row->name, "task") == 0)
        options->task_given = true;
    options->width_given = options->width_given || strcmp(row->name, "width") == 0;
    options->context_given = options->context_given || strcmp(row->name, "context") == 0;
    options->numbers_given = options->numbers_given || row->scope != SCOPE_PROGRAM;
    if (value)
        return setting_set(&options->settings, name, value, error) &&
               note_setting(options, name, value, error);
    setting_values(row, values, sizeof values);
    return error_set(error, "option '--%s' needs a value: %s", name, values);
}

/* Notes that an option is given; its value is noted already. */
static bool note_option(struct options *options, enum option option, struct error *error)
{
    const struct option_row *row = &option_table[option];
    const char *name = option_names[option];
    int *times = &options->times[option];
    if (!(row->repeats >> options->command & 1)) {
        if (row->writes && options->given[option])
            return error_set(error, "option '--%s' twice: %s writes one such file", name,
                             command_table[options->command].words);
    } else if (*times == REPEATS_MAX) {
        return error_set(error, "option '--%s' once too often: at most %d", name, REPEATS_MAX);
    } else {
        options->each[option][(*times)++] = options->value[option];
    }
    options->given[option] = true;
    return true;
}

static bool read_option(struct options *options, enum option option, struct words *words,
                        const char *attached, struct error *error)
{
    const struct option_row *row = &option_table[option];
    const char *name = option_names[option];
    if (!(row->commands >> options->command & 1))
        return misplaced_option(options, option, error);
    if (!row->argument && attached)
        return error_set(error, "option '--%s' takes no value: leave out '='", name);
    if (row->argument) {
        options->value[option] = take_value(words, attached);
        if (!options->value[option])
            return error_set(error, "option '--%s' needs a value: --%s %s", name, name,
                             row->argument);
    }
    return note_option(options, option, error);
}

/* --no-NAME; `row` is that of NAME. */
static bool read_off(struct options *options, const struct setting_row *row, const char *name,
                     const char *attached, struct error *error)
{
    char values[SETTING_VALUES];
    setting_values(row, values, sizeof values);
    if (!options_is_switch(row))
        return error_set(error, "option '--no-%s': %s is not on or off, but %s", name, name,
                         values);
    if (attached)
        return error_set(error, "option '--no-%s' takes no value: leave out '='", name);
    return setting_set(&options->settings, name, "off", error) &&
           note_setting(options, name, "off", error);
}

/* One word that begins with "--". */
static bool read_long(struct options *options, const char *word, struct words *words,
                      struct error *error)
{
    const char *equals = strchr(word, '='), *attached = equals ? equals + 1 : NULL;
    size_t length = equals ? (size_t)(equals - word) : strlen(word);
    char name[SETTING_NAME_TEXT];
    snprintf(name, sizeof name, "%.*s", (int)(length < sizeof name ? length : sizeof name - 1),
             word);
    for (int i = 0; i < OPTIONS; i++)
        if (strcmp(option_names[i], name) == 0)
            return read_option(options, (enum option)i, words, attached, error);
    const bool off = strncmp(name, "no-", 3) == 0;
    const char *setting = off ? name + 3 : name;
    const struct setting_row *row = find_setting(setting);
    if (row && setting_of_command(options->command, row->name))
        return off ? read_off(options, row, setting, attached, error)
                   : read_setting(options, row, setting, words, attached, error);
    if (row && command_table[options->command].settings)
        return error_set(error, "option '--%s' is not for %s: %s --help lists those that are", name,
                         command_table[options->command].words,
                         command_table[options->command].words);
    return unknown_option(options, name, error);
}

/* One word that begins with a single '-': -h, -o FILE, -oFILE. */
static bool read_short(struct options *options, const char *word, struct words *words,
                       struct error *error)
{
    for (int i = 0; i < OPTIONS; i++) {
        const struct option_row *row = &option_table[i];
        if (!row->letter || word[1] != row->letter)
            continue;
        if (!row->argument && word[2])
            break;
        return read_option(options, (enum option)i, words, word[2] ? word + 2 : NULL, error);
    }
    char shown[SETTING_NAME_TEXT];
    names_printable(shown, sizeof shown, word);
    return error_set(error, "unknown option '%s': options are written --name (%s --help lists all)",
                     shown, command_table[options->command].words);
}

static bool read_operand(struct options *options, const char *word, struct error *error)
{
    char shown[SETTING_NAME_TEXT];
    if (options->operands < command_table[options->command].operands) {
        options->operand[options->operands++] = word;
        return true;
    }
    names_printable(shown, sizeof shown, word);
    for (int i = 1; i < COMMANDS; i++)
        if (strcmp(command_table[i].name, word) == 0)
            return error_set(error, "'%s' stands behind other words: a command comes first, %s",
                             shown, command_table[i].usage);
    return error_set(error, "what is '%s' for: %s", shown, command_table[options->command].usage);
}

/* Those that the command has of its own. */
static bool set_defaults(struct options *options, struct error *error)
{
    const struct command_setting *one = command_table[options->command].only;
    for (; one && one->name; one++)
        if (one->initial && !setting_set(&options->settings, one->name, one->initial, error))
            return false;
    return true;
}

bool options_parse(struct options *options, const struct settings *before, int argc, char **argv,
                   struct error *error)
{
    struct words words = {argv + (argc > 0), argv + argc};
    bool open = true;
    *options = (struct options){.settings = before ? *before : settings_default()};
    if (words.next < words.end && **words.next != '-' &&
        !find_command(&options->command, *words.next++, error))
        return false;
    if (!set_defaults(options, error))
        return false;
    while (words.next < words.end) {
        const char *word = *words.next++;
        if (open && strcmp(word, "--") == 0) {
            open = false;
            continue;
        }
        bool read = !open || word[0] != '-' || !word[1] ? read_operand(options, word, error)
                    : word[1] == '-' ? read_long(options, word + 2, &words, error)
                                     : read_short(options, word, &words, error);
        if (!read)
            return false;
    }
    /* Whoever names a text wants it learned, unless another task is asked for. */
    if (options->settings.text[0] && !options->task_given)
        options->settings.task = TASK_TEXT;
    return true;
}

bool options_integer(const struct options *options, enum option option, int64_t least,
                     int64_t otherwise, int64_t *value, struct error *error)
{
    const char *text = options->value[option];
    char *end;
    *value = otherwise;
    if (!options->given[option])
        return true;
    errno = 0;
    if (*text && strspn(text, "0123456789") == strlen(text)) {
        *value = strtoll(text, &end, 10);
        if (errno == 0 && *value >= least)
            return true;
    }
    char shown[SETTING_NAME_TEXT];
    names_printable(shown, sizeof shown, text);
    return error_set(error, "%s '%s': a whole number from %" PRId64 " up", option_names[option],
                     shown, least);
}

bool options_format(const struct options *options, bool terminal, enum format *format,
                    struct error *error)
{
    const struct command_row *row = &command_table[options->command];
    const struct names all = NAMES_OF_WORDS(format_words);
    const char *word = options->value[OPTION_FORMAT];
    if (!options->given[OPTION_FORMAT])
        word = terminal && row->on_terminal ? row->on_terminal : names_at(&row->formats, 0);
    else if (names_find(&row->formats, "format", word, error) < 0)
        return false;
    *format = (enum format)names_find(&all, "format", word, NULL);
    return true;
}

/* "csv (default), jsonl or table" */
static void list_formats_of(char *out, size_t size, const struct command_row *row)
{
    size_t used = 0;
    for (int i = 0; i < row->formats.count && used < size; i++) {
        const char *word = names_at(&row->formats, i);
        const bool terminal = row->on_terminal && strcmp(word, row->on_terminal) == 0;
        const char *before = i == 0 ? "" : i + 1 < row->formats.count ? ", " : " or ";
        used += (size_t)snprintf(out + used, size - used, "%s%s%s", before, word,
                                 i == 0     ? " (default)"
                                 : terminal ? " (default on a terminal)"
                                            : "");
    }
}

void options_option_help(char out[OPTION_HELP_TEXT], enum option option, enum command command)
{
    const struct option_row *row = &option_table[option];
    size_t used = 0;
    out[0] = '\0';
    if (row->help) {
        snprintf(out, OPTION_HELP_TEXT, "%s", row->help);
        return;
    }
    for (int i = 0; i < COMMANDS; i++) {
        char here[OPTION_HELP_TEXT] = "";
        if (!(row->commands >> i & 1) || (command < COMMANDS && command != (enum command)i))
            continue;
        if (option == OPTION_FORMAT)
            list_formats_of(here, sizeof here, &command_table[i]);
        if (command == COMMANDS)
            used +=
                (size_t)snprintf(out + used, OPTION_HELP_TEXT - used, "%s%s: ", used ? "; " : "",
                                 i > 0 ? command_table[i].name : "lnscope");
        used += (size_t)snprintf(out + used, OPTION_HELP_TEXT - used, "%s",
                                 row->of[i] ? row->of[i] : here);
    }
}

bool options_has_setting(enum command command, const char *name)
{
    return setting_of_command(command, name) != NULL;
}

enum { HELP_COLS = 25 }; /* of the options, in front of their texts */

/* What follows the help line of a setting: the choices or limits, and the default. */
static void setting_details(FILE *out, const struct setting_row *row, const char *initial)
{
    char values[SETTING_VALUES];
    if (row->kind == SETTING_STRING) {
        fputc('\n', out);
        return;
    }
    setting_values(row, values, sizeof values);
    fprintf(out, "\n  %*s %s; default %s\n", HELP_COLS, "", values, initial);
}

/* "--layers N", "--[no-]bias"; what is more than on and off, "--[no-]ascii[=NAME]". */
static void write_setting(char *out, size_t size, const struct setting_row *row)
{
    const bool more = row->choices && row->choices->count > 2;
    if (options_is_switch(row))
        snprintf(out, size, more ? "--[no-]%s[=%s]" : "--[no-]%s", row->name,
                 setting_argument(row));
    else
        snprintf(out, size, "--%s %s", row->name, setting_argument(row));
}

static const char stack_help[] =
    "  --NAME sets both stacks, --left-NAME and --right-NAME one of them, and a value can be\n"
    "  written LEFT/RIGHT. A preset that is set for one stack leaves the shared settings alone.\n"
    "  Options are applied in their order: one that follows --preset overrides what the preset "
    "set.\n";

void options_help(FILE *out, enum command command)
{
    fprintf(out, "usage: %s\n%s\n", command_table[command].usage, command_table[command].help);
    if (command == COMMAND_SCREEN) {
        fputs("\ncommands (each has its own --help):\n", out);
        for (int i = 1; i < COMMANDS; i++)
            fprintf(out, "  %-40s %s\n", command_table[i].usage, command_table[i].help);
        fprintf(out,
                "\non the screen: %s explains all keys and numbers, %s takes commands, %s quits\n",
                key_table[ACTION_HELP].label, key_table[ACTION_COMMAND].label,
                key_table[ACTION_QUIT].label);
    }
    fputs("\noptions:\n", out);
    for (int i = 0; i < OPTIONS; i++) {
        const struct option_row *row = &option_table[i];
        char left[40], help[OPTION_HELP_TEXT];
        if (!(row->commands >> command & 1))
            continue;
        snprintf(left, sizeof left, "%s%c%s--%s%s%s", row->letter ? "-" : "  ",
                 row->letter ? row->letter : ' ', row->letter ? ", " : " ", option_names[i],
                 row->argument ? " " : "", row->argument ? row->argument : "");
        options_option_help(help, (enum option)i, command);
        fprintf(out, "  %-*s %s\n", HELP_COLS, left, help);
    }
    if (!command_table[command].settings)
        return;
    const char *heading = "";
    for (int i = 0; i < setting_count; i++) {
        const struct setting_row *row = &setting_table[i];
        const struct command_setting *here = setting_of_command(command, row->name);
        const char *mine = setting_of_stack(row) ? "settings of the stacks" : "shared settings";
        char left[40];
        if (!here)
            continue;
        if (strcmp(heading, mine) != 0)
            fprintf(out, "\n%s:\n%s", mine, setting_of_stack(row) ? stack_help : "");
        heading = mine;
        write_setting(left, sizeof left, row);
        fprintf(out, "  %-*s %s", HELP_COLS, left, row->help);
        setting_details(out, row, here->initial ? here->initial : row->initial);
    }
    if (command == COMMAND_RUN)
        fputs("\ntheme, ascii, mouse, hide, confirm, history, fps and speed matter to the screen "
              "only.\n",
              out);
}
