/* Options: every setting of train/settings.h under its own name, and a table of the few others.
 *
 * `--name value` and `--name=value` mean the same; a later option wins over an earlier one, but for
 * those of which each counts, and those that name a file to be written, which are refused. The help
 * of the program is printed from the same two tables. */
#ifndef LNSCOPE_CLI_OPTIONS_H
#define LNSCOPE_CLI_OPTIONS_H

#include "base/error.h"
#include "script/script.h"
#include "train/option_names.h"
#include "train/settings.h"

#include <stdbool.h>
#include <stdio.h>

enum command {
    COMMAND_SCREEN,
    COMMAND_RUN,
    COMMAND_PLAY,
    COMMAND_RECORD,
    COMMAND_LIST,
    COMMAND_BLOCK,
    COMMAND_LAB,
    COMMAND_CLAIMS,
    COMMAND_HOOK,
    COMMAND_WATCH,
    COMMANDS
};

/* A setting that a command takes, where it does not take all. */
struct command_setting {
    const char *name;    /* NULL ends a list */
    const char *initial; /* its default for this command; NULL: that of the setting */
};

/* How a command prints what it prints. */
enum format {
    FORMAT_TEXT,
    FORMAT_TABLE,
    FORMAT_CSV,
    FORMAT_JSONL,
    FORMAT_JSON,
    FORMAT_MARKDOWN,
    FORMAT_MAN,
    FORMATS
};

struct command_row {
    const char *name;  /* of the subcommand; "" for the program without one */
    const char *words; /* with the program's name before it */
    const char *usage;
    const char *help;
    int operands;  /* at most so many words that are neither options nor their values */
    bool settings; /* takes the settings as options */
    const struct command_setting *only; /* and of them only these; NULL: all */
    bool numbers;            /* and of those only what numbers depend on, and `threads` */
    struct names formats;    /* that --format chooses from; the first is the default */
    const char *on_terminal; /* the default on a terminal; NULL: that one as well */
};

extern const struct command_row command_table[COMMANDS];

/* Of an option that is no setting; its name is that of train/option_names.h. */
struct option_row {
    char letter;          /* its short form; 0: none */
    const char *argument; /* what it takes, "N"; NULL: nothing */
    const char *help;
    unsigned commands; /* bit per enum command */
    unsigned repeats;  /* of these the ones for which it may be given again, and each counts */
    bool writes;       /* names a file to be written: elsewhere once is all */
    const char *of[COMMANDS]; /* what it does for each of them, where it is not the same; `help` is
                                 then NULL, and --format has neither */
};

extern const struct option_row option_table[OPTIONS];

/* What the option does for a command, or with COMMANDS for all that take it. */
enum { OPTION_HELP_TEXT = 384 };
void options_option_help(char out[OPTION_HELP_TEXT], enum option option, enum command command);

/* The commands that take the option: "lnscope, lnscope run". */
enum { OPTION_COMMANDS = 128 };
void options_commands(char out[OPTION_COMMANDS], const struct option_row *row);

/* The most words that are neither options nor their values, times that an option is given each of
 * which counts, and settings. */
enum { OPERANDS_MAX = 1024, REPEATS_MAX = 16, GIVEN_MAX = 64 };

struct options {
    enum command command;
    struct settings settings;
    bool task_given; /* --task is among them */
    bool width_given, context_given;
    bool numbers_given; /* any that numbers depend on */
    bool given[OPTIONS];
    const char *value[OPTIONS];              /* of those that take one; points into argv */
    const char *each[OPTIONS][REPEATS_MAX];  /* every value of those that repeat */
    int times[OPTIONS];                      /* that these are given */
    struct script_option setting[GIVEN_MAX]; /* each setting, checked, in the order of the command
                                                line */
    int settings_given;
    const char *operand[OPERANDS_MAX + 1]; /* NULL behind them */
    int operands;
};

/* Reads the command line, the program's name first, on top of these settings (NULL: the defaults).
 * False with a reason for what is unknown, misplaced or out of range. The settings are checked one
 * by one; not yet together. */
bool options_parse(struct options *options, const struct settings *before, int argc, char **argv,
                   struct error *error);

/* The value of an option as a whole number from `least` up; `otherwise` when it is not given. */
bool options_integer(const struct options *options, enum option option, int64_t least,
                     int64_t otherwise, int64_t *value, struct error *error);

/* What --format asks for, or the default of output that goes to a terminal or not; false with a
 * reason for a format that the command does not have. */
bool options_format(const struct options *options, bool terminal, enum format *format,
                    struct error *error);

/* Does the command take the setting as an option? */
bool options_has_setting(enum command command, const char *name);

/* Can it be on and off? Then --NAME alone turns it on, and --no-NAME off. */
bool options_is_switch(const struct setting_row *row);

/* Usage, subcommands, options and settings. */
void options_help(FILE *out, enum command command);

#endif
