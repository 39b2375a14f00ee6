/* Scripts: texts of commands that drive the program, for lessons, demos, recordings and tests.
 *
 * A script is read and checked as a whole before anything starts: every name, number and setting,
 * and whether the settings make a model, at each place of the script. What its commands do is the
 * business of the player (script/player.h) and of who carries out its demands. */
#ifndef LNSCOPE_SCRIPT_SCRIPT_H
#define LNSCOPE_SCRIPT_SCRIPT_H

#include "base/error.h"
#include "controls/view_names.h"
#include "core/placement.h"
#include "script/condition.h"
#include "train/settings.h"

#include <stdbool.h>
#include <stdint.h>

enum script_kind {
    SCRIPT_SET,
    SCRIPT_SWITCH,
    SCRIPT_VIEW,
    SCRIPT_KEY,
    SCRIPT_RUN,
    SCRIPT_PAUSE,
    SCRIPT_RESTART,
    SCRIPT_BRANCH,
    SCRIPT_GOTO,
    SCRIPT_SPEED,
    SCRIPT_WAIT,
    SCRIPT_TITLE,
    SCRIPT_SAY,
    SCRIPT_MARK,
    SCRIPT_FOCUS,
    SCRIPT_ASK,
    SCRIPT_ANSWER,
    SCRIPT_EXPECT,
    SCRIPT_SNAPSHOT,
    SCRIPT_KINDS
};

/* Answers to a question; the longest texts, in characters. */
enum {
    SCRIPT_CHOICES = 6,
    SCRIPT_TEXT_MAX = 300,
    SCRIPT_TITLE_MAX = 100,
    SCRIPT_QUESTION_MAX = 160,
    SCRIPT_NAME_MAX = 40,
    SCRIPT_CHOICE_MAX = 60
};

/* One command and where it stands. Which of the members have a meaning depends on the kind; texts
 * lie in the script. */
struct script_command {
    enum script_kind kind;
    int line, column;
    const char *text; /* set: the name; title, say, mark, ask, answer: what is said, "" for nothing;
                         snapshot: the file */
    const char *value;                  /* set, speed */
    enum side side;                     /* switch, focus */
    enum placement placement;           /* switch */
    enum view view;                     /* view */
    int key;                            /* key: its code */
    int64_t step;                       /* goto, branch; -1: the step that is shown */
    int layer;                          /* focus: l; -1: off */
    double seconds;                     /* wait; negative: until somebody goes on */
    const char *choice[SCRIPT_CHOICES]; /* ask */
    int choices;
    int answer;                        /* answer: 1 .. choices of the question */
    struct script_condition condition; /* run, expect */
};

struct script {
    char *name;    /* the file, "standard input", or the name of a built-in script; printable */
    char *summary; /* the comment in its first line; "" */
    int commands;
    struct script_command *command; /* [commands] */
    char *words;                    /* where the texts lie */
};

/* A setting from the command line; it wins over what a script sets under the same name. */
struct script_option {
    char name[SETTING_NAME_TEXT];
    char value[SETTING_TEXT];
};

/* What a script begins with. */
struct script_setup {
    struct settings settings; /* options included; they passed settings_check() */
    const struct script_option *option;
    int options;
};

struct script_reader; /* private */

struct script_row {
    const char *name;
    const char *arguments; /* as a usage line has them; "" */
    const char *help;      /* one line, no full stop */
    bool (*read)(struct script_reader *reader, struct script_command *command); /* private */
};

/* Indexed by enum script_kind: parser, messages and documents follow from it. */
extern const struct script_row script_table[SCRIPT_KINDS];

/* A script that the program brings along; its text is its file in assets/. */
struct script_builtin {
    const char *folder; /* "lessons", "demos" */
    const char *name;
    const char *text;
};
extern const struct script_builtin script_builtins[]; /* ended by a row without a name */

/* Reads a built-in script by its name, standard input ("-"), or a file. False with a reason,
 * "FILE:LINE:COLUMN: what stands there: what could", and then there is nothing to close. */
bool script_open(struct script *script, const char *source, const struct script_setup *setup,
                 struct error *error);

/* The same from a text; `name` is what messages call it. */
bool script_parse(struct script *script, const char *name, const char *text,
                  const struct script_setup *setup, struct error *error);

/* Whether all files that it writes can be written, each once; `force`: over what is there. Leaves
 * none behind. */
bool script_check_files(const struct script *script, bool force, struct error *error);

/* Does nothing for a struct that is all zero. */
void script_close(struct script *script);

/* The settings that a script begins with: with what it sets in front of all else. False with a
 * reason where they make no model. */
bool script_begin(const struct script_setup *setup, const struct script *script,
                  struct settings *settings, struct error *error);

/* Carries out a `set` or `speed` on settings, with the checks of setting_set(); one of what the
 * command line has set changes nothing. */
bool script_set(const struct script_setup *setup, const struct script_command *command,
                struct settings *settings, struct error *error);

#endif
