/* See completions.h. One walk over the tables calls back for every option of every command; each
 * shell has its own way to write it down. */
#include "cli/completions.h"

#include "base/names.h"
#include "claims/claims.h"
#include "cli/command_list.h"
#include "cli/exit_status.h"
#include "cli/options.h"
#include "lab/grid.h"
#include "script/script.h"

#include <string.h>

/* What an option takes. */
enum takes { TAKES_NOTHING, TAKES_CHOICE, TAKES_FILE, TAKES_VALUE };

struct completion {
    const char *prefix; /* "", "left-", "right-", "no-": of the name */
    const char *name;
    const char *help;
    enum takes takes;
    bool may_stand_alone;        /* the value can be left out */
    bool repeats;                /* more than once */
    const struct names *choices; /* of TAKES_CHOICE */
};

typedef void print_option(FILE *out, enum command command, const struct completion *completion);

static const char *const shell_words[] = {"bash", "zsh", "fish"};
static const struct names shell_names = NAMES_OF_WORDS(shell_words);

/* `help` is where its help is written. */
static struct completion completion_of_option(enum option option, enum command command,
                                              char help[OPTION_HELP_TEXT])
{
    const struct option_row *row = &option_table[option];
    struct completion completion = {.prefix = "", .name = option_names[option], .help = help};
    completion.repeats = row->repeats >> command & 1;
    options_option_help(help, option, command);
    if (!row->argument)
        completion.takes = TAKES_NOTHING;
    else if (strncmp(row->argument, "FILE", 4) == 0)
        completion.takes = TAKES_FILE;
    else
        completion.takes = TAKES_VALUE;
    completion.choices = option == OPTION_FORMAT        ? &command_table[command].formats
                         : option == OPTION_COMPLETIONS ? &shell_names
                         : option == OPTION_PLACEMENT   ? &placement_names
                         : option == OPTION_STACKS      ? &grid_stacks_names
                                                        : NULL;
    if (completion.choices)
        completion.takes = TAKES_CHOICE;
    return completion;
}

static struct completion completion_of_setting(const struct setting_row *row, const char *prefix)
{
    return (struct completion){
        .prefix = prefix,
        .name = row->name,
        .help = row->help,
        .takes = row->kind == SETTING_CHOICE   ? TAKES_CHOICE
                 : row->kind == SETTING_STRING ? TAKES_FILE
                                               : TAKES_VALUE,
        .may_stand_alone = options_is_switch(row),
        .choices = row->choices,
    };
}

static void walk(FILE *out, enum command command, print_option *print)
{
    for (int i = 0; i < OPTIONS; i++) {
        char help[OPTION_HELP_TEXT];
        struct completion completion = completion_of_option((enum option)i, command, help);
        if (option_table[i].commands >> command & 1)
            print(out, command, &completion);
    }
    for (int i = 0; i < setting_count; i++) {
        static const char *const prefixes[] = {"", "left-", "right-"};
        const struct setting_row *row = &setting_table[i];
        for (int p = 0; p < (row->per_stack ? 3 : 1); p++) {
            struct completion completion = completion_of_setting(row, prefixes[p]);
            if (options_has_setting(command, row->name))
                print(out, command, &completion);
        }
        const struct completion off = {.prefix = "no-", .name = row->name, .help = row->help};
        if (options_is_switch(row) && options_has_setting(command, row->name))
            print(out, command, &off);
    }
}

/* Text inside single quotes of a shell, without the characters that the shell's own completion
 * would read as syntax. */
static void print_quoted(FILE *out, const char *text, const char *avoid)
{
    for (; *text; text++)
        fputc(*text == '\'' || strchr(avoid, *text) ? ' ' : *text, out);
}

static void print_words(FILE *out, const struct names *words)
{
    for (int i = 0; i < words->count; i++)
        fprintf(out, "%s%s", i ? " " : "", names_at(words, i));
}

static bool takes_script(enum command command)
{
    return command == COMMAND_PLAY || command == COMMAND_RECORD;
}

/* The words that a command takes besides options. */
static void print_operands(FILE *out, enum command command)
{
    if (command == COMMAND_SCREEN)
        for (int i = 1; i < COMMANDS; i++)
            fprintf(out, "%s%s", i > 1 ? " " : "", command_table[i].name);
    for (int i = 0; command == COMMAND_LIST && command_list_name(i); i++)
        fprintf(out, "%s%s", i ? " " : "", command_list_name(i));
    for (int i = 0; command == COMMAND_CLAIMS && i < claim_count(); i++)
        fprintf(out, "%s%s", i ? " " : "", claim_at(i)->id);
    for (int i = 0; takes_script(command) && script_builtins[i].name; i++)
        fprintf(out, "%s%s", i ? " " : "", script_builtins[i].name);
}

/* ---- bash ---- */

static void bash_name(FILE *out, enum command command, const struct completion *completion)
{
    (void)command;
    fprintf(out, " --%s%s", completion->prefix, completion->name);
}

static void bash_value(FILE *out, enum command command, const struct completion *completion)
{
    if (completion->takes == TAKES_NOTHING)
        return;
    fprintf(out, "    '%s --%s%s') ", command_table[command].name, completion->prefix,
            completion->name);
    if (completion->takes == TAKES_CHOICE) {
        fputs("words='", out);
        print_words(out, completion->choices);
        fputs("'", out);
    } else {
        fputs(completion->takes == TAKES_FILE ? "files=yes" : "words=", out);
    }
    fputs(" ;;\n", out);
}

static void print_bash(FILE *out)
{
    fputs("# bash completion for lnscope; made by lnscope --completions bash\n"
          "_lnscope() {\n"
          "    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
          "    local command= words= files=\n"
          "    # bash splits --name=value at the sign\n"
          "    if [ \"$current\" = = ]; then\n"
          "        current=\n"
          "    elif [ \"$before\" = = ]; then\n"
          "        before=${COMP_WORDS[COMP_CWORD-2]}\n"
          "    fi\n"
          "    [ \"$COMP_CWORD\" -gt 1 ] && case ${COMP_WORDS[1]} in -*) ;; *) "
          "command=${COMP_WORDS[1]} ;; esac\n"
          "    case \"$command $before\" in\n",
          out);
    for (int command = 0; command < COMMANDS; command++)
        walk(out, (enum command)command, bash_value);
    fputs("    *) case \"$command\" in\n", out);
    for (int command = 0; command < COMMANDS; command++) {
        fprintf(out, "        '%s') words='", command_table[command].name);
        print_operands(out, (enum command)command);
        walk(out, (enum command)command, bash_name);
        fputs("' ;;\n", out);
    }
    fputs("        esac ;;\n"
          "    esac\n"
          "    if [ -n \"$files\" ]; then\n"
          "        compopt -o filenames 2>/dev/null\n"
          "        COMPREPLY=($(compgen -f -- \"$current\"))\n"
          "    else\n"
          "        COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
          "    fi\n"
          "}\n"
          "complete -F _lnscope lnscope\n",
          out);
}

/* ---- zsh ---- */

static void zsh_option(FILE *out, enum command command, const struct completion *completion)
{
    static const char avoid[] = "[]:\\";
    (void)command;
    fprintf(out, " \\\n        '%s--%s%s%s[", completion->repeats ? "*" : "", completion->prefix,
            completion->name,
            completion->takes == TAKES_NOTHING ? ""
            : completion->may_stand_alone      ? "=-"
                                               : "=");
    print_quoted(out, completion->help, avoid);
    fputc(']', out);
    if (completion->takes != TAKES_NOTHING)
        fprintf(out, "%s%s:", completion->may_stand_alone ? "::" : ":", completion->name);
    if (completion->takes == TAKES_CHOICE) {
        fputc('(', out);
        print_words(out, completion->choices);
        fputc(')', out);
    } else if (completion->takes == TAKES_FILE) {
        fputs("_files", out);
    }
    fputc('\'', out);
}

static void print_zsh(FILE *out)
{
    fputs("#compdef lnscope\n# zsh completion; made by lnscope --completions zsh\n\n"
          "_lnscope() {\n    local command=${words[2]}\n"
          "    if (( CURRENT == 2 )) && [[ $command != -* ]]; then\n        command=\n    fi\n"
          "    case $command in\n",
          out);
    for (int command = COMMANDS - 1; command >= 0; command--) {
        if (command == COMMAND_SCREEN)
            fputs("    *)\n        _arguments", out);
        else
            fprintf(out, "    %s)\n        shift words; (( CURRENT-- ))\n        _arguments",
                    command_table[command].name);
        walk(out, (enum command)command, zsh_option);
        if (command == COMMAND_SCREEN)
            fputs(" \\\n        '1:command:(", out);
        else
            fputs(" \\\n        '*:what:(", out);
        print_operands(out, (enum command)command);
        fputs(")'\n        ;;\n", out);
    }
    fputs("    esac\n}\n\n_lnscope \"$@\"\n", out);
}

/* ---- fish ---- */

static void fish_condition(FILE *out, enum command command)
{
    fputs("complete -c lnscope -n '", out);
    if (command == COMMAND_SCREEN)
        fputs("not __fish_seen_subcommand_from", out);
    else
        fprintf(out, "__fish_seen_subcommand_from %s", command_table[command].name);
    for (int i = 1; command == COMMAND_SCREEN && i < COMMANDS; i++)
        fprintf(out, " %s", command_table[i].name);
    fputc('\'', out);
}

static void fish_option(FILE *out, enum command command, const struct completion *completion)
{
    fish_condition(out, command);
    fprintf(out, " -l %s%s -d '", completion->prefix, completion->name);
    print_quoted(out, completion->help, "\\");
    fputc('\'', out);
    if (completion->takes == TAKES_CHOICE) {
        fputs(completion->may_stand_alone ? " -f -a '" : " -x -a '", out);
        print_words(out, completion->choices);
        fputc('\'', out);
    } else if (completion->takes == TAKES_FILE) {
        fputs(" -r -F", out);
    } else if (completion->takes == TAKES_VALUE) {
        fputs(" -x", out);
    }
    fputc('\n', out);
}

static void print_fish(FILE *out)
{
    fputs("# fish completion for lnscope; made by lnscope --completions fish\n"
          "complete -c lnscope -f\n",
          out);
    for (int i = 1; i < COMMANDS; i++) {
        fish_condition(out, COMMAND_SCREEN);
        fprintf(out, " -a %s -d '", command_table[i].name);
        print_quoted(out, command_table[i].help, "\\");
        fputs("'\n", out);
    }
    for (int command = 0; command < COMMANDS; command++) {
        if (command == COMMAND_LIST || command == COMMAND_CLAIMS ||
            takes_script((enum command)command)) {
            fish_condition(out, (enum command)command);
            fputs(" -a '", out);
            print_operands(out, (enum command)command);
            fputs("'\n", out);
        }
        walk(out, (enum command)command, fish_option);
    }
}

int completions_print(FILE *out, const char *shell, struct error *error)
{
    static void (*const print[])(FILE *) = {print_bash, print_zsh, print_fish};
    int found = names_find(&shell_names, "shell", shell, error);
    if (found < 0)
        return EXIT_USAGE;
    print[found](out);
    return EXIT_DONE;
}
