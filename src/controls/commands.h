/* What can be typed on the command line: one table of commands, and with it every setting and every
 * action of a key by its name. Dispatch, completion, the help while one types, the help screen,
 * `lnscope list commands` and the man page follow from here. Carries nothing out. */
#ifndef LNSCOPE_CONTROLS_COMMANDS_H
#define LNSCOPE_CONTROLS_COMMANDS_H

#include "base/error.h"
#include "controls/completion.h"
#include "controls/keys.h"
#include "train/settings.h"

#include <stdbool.h>

enum verb_kind {
    VERB_SET,
    VERB_EXPORT,
    VERB_RECORD,
    VERB_SAVE,
    VERB_LOAD,
    VERB_OPEN,
    VERB_SAVE_SCRIPT,
    VERB_GOTO,
    VERB_MARK,
    VERB_BRANCH,
    VERB_VIEW,
    VERB_YLIM,
    VERB_RUNS,
    VERB_PLAY,
    VERB_SHARE,
    VERB_LAB,
    VERB_SWITCH,
    VERB_HELP,
    VERB_QUIT,
    VERB_SETTING, /* the name of a setting */
    VERB_ACTION,  /* the name of an action of key_table that is none of the above */
    VERB_KINDS
};

/* What an argument is, which says how it is completed. */
enum operand {
    OPERAND_NONE,
    OPERAND_SETTING,
    OPERAND_VALUE,
    OPERAND_VIEW,
    OPERAND_FILE,
    OPERAND_THEME,
    OPERAND_STACK,
    OPERAND_PLACEMENT,
    OPERAND_LAB, /* a word of :lab, or what can stand there alone */
    OPERAND_AXIS /* a further word */
};

enum { COMMAND_TEXT = 1200, COMMAND_ARGUMENTS = 3 };

struct verb_row {
    const char *name;                        /* in capitals: what stands for it */
    const char *brief;                       /* a shorter name; NULL: none */
    const char *arguments;                   /* as a usage line has them, "NAME [VALUE]"; "" */
    const char *help;                        /* one line, no full stop */
    int least, most;                         /* how many arguments it takes */
    enum operand operand[COMMAND_ARGUMENTS]; /* what they are; where the rest of the line belongs to
                                                the last one, each further word is as the last */
    enum action action; /* what it does without an argument; ACTIONS: nothing */
    bool trains;        /* it drives a training, as key_row has it */
    bool force;         /* NAME! replaces a file that exists, or what is in none */
    bool rest;          /* its last argument is the rest of the line, blanks and all */
};

/* Indexed by enum verb_kind; the last two stand for many names. */
extern const struct verb_row verb_table[VERB_KINDS];

enum { VERB_NAME = 48 };

/* Anything that a command can begin with. */
struct verb {
    enum verb_kind kind;
    char name[VERB_NAME];
    char arguments[32];
    const char *help;
    const struct setting_row *setting; /* of VERB_SETTING; NULL: of another kind */
    enum side side;                    /* the stack that the setting is of; SIDES: not one alone */
    enum action action;                /* what it does without an argument; ACTIONS: nothing */
};

/* All of them: the table, the settings, those of one stack, the actions. Returns their number. */
enum { VERBS_MAX = VERB_KINDS + 3 * SETTINGS_MAX + ACTIONS };
int verb_list(struct verb out[VERBS_MAX]);

/* A name, or what only one name begins with; a number stands for `goto`. False with the nearest
 * names. */
bool verb_find(const char *word, struct verb *verb, struct error *error);

/* The same for settings alone, as VERB_SETTING. */
bool command_setting(const char *word, struct verb *setting, struct error *error);

/* A command that was read. Values, views and files are not looked at yet. */
struct command_line {
    struct verb verb;
    struct verb setting; /* what is set or shown, of VERB_SET and VERB_SETTING */
    const char *value;   /* what it is set to; NULL: it is shown */
    bool force;          /* NAME! */
    int count;
    char argument[COMMAND_ARGUMENTS][COMMAND_TEXT];
};

/* Reads a line: words separated by blanks, those with blanks in them in "...". False with a reason;
 * a line without words has none, and an empty error. `value` points into the result. */
bool command_parse(const char *text, struct command_line *line, struct error *error);

/* The view of a name, or of what only one name begins with; -1 with an error. */
int command_view(const char *word, struct error *error);

/* The words that could stand at the end of the text (prompt_complete of controls/prompt.h). */
void command_complete(const char *text, bool files, struct completion *completion);

/* What the text is about, as far as it tells. */
struct command_hint {
    bool known; /* it begins with a command */
    struct verb verb;
    struct verb setting; /* what is set or shown; its `setting` is NULL where there is none */
    struct error error;  /* why there is no such command or setting; "" */
};
struct command_hint command_hint(const char *text);

/* The value of a setting with its unit, "100 steps"; false where it would tell which stack is
 * which. */
bool command_value(const struct settings *settings, const struct verb *setting, bool blind,
                   char *out, size_t size);

#endif
