/* See commands.h. Owns the table of commands; must not know how anything is carried out. */
#include "controls/commands.h"

#include "base/file.h"
#include "base/names.h"
#include "controls/view_names.h"

#include <stdio.h>
#include <string.h>

static const struct names views = {view_names, sizeof *view_names, VIEWS};

const struct verb_row verb_table[VERB_KINDS] = {
    [VERB_SET] = {.name = "set",
                  .arguments = "[NAME [VALUE]]",
                  .help = "set or show a setting; alone: all that are not default",
                  .most = 2,
                  .operand = {OPERAND_SETTING, OPERAND_VALUE},
                  .action = ACTIONS},
    [VERB_EXPORT] = {.name = "export",
                     .arguments = "[FILE LOOK]",
                     .help = ".svg .png .txt .csv .jsonl; LOOK: a theme, 120x36",
                     .most = 3,
                     .operand = {OPERAND_FILE, OPERAND_THEME, OPERAND_THEME},
                     .action = ACTION_EXPORT,
                     .force = true},
    [VERB_RECORD] = {.name = "record",
                     .arguments = "[FILE]",
                     .help = "record to a .cast file; without FILE: begin, or end",
                     .most = 1,
                     .operand = {OPERAND_FILE},
                     .action = ACTION_RECORD,
                     .force = true},
    [VERB_SAVE] = {.name = "save",
                   .arguments = "FILE",
                   .help = "save the whole session to a file",
                   .least = 1,
                   .most = 1,
                   .operand = {OPERAND_FILE},
                   .action = ACTIONS,
                   .force = true},
    [VERB_LOAD] = {.name = "load",
                   .arguments = "FILE",
                   .help = "go on with a session that was saved",
                   .trains = true,
                   .least = 1,
                   .most = 1,
                   .operand = {OPERAND_FILE},
                   .action = ACTIONS},
    [VERB_OPEN] = {.name = "open",
                   .arguments = "FILE [FILE]",
                   .help = "watch another training, from its rows",
                   .least = 1,
                   .most = 2,
                   .operand = {OPERAND_FILE, OPERAND_FILE},
                   .action = ACTIONS},
    [VERB_SAVE_SCRIPT] = {.name = "save-script",
                          .arguments = "FILE",
                          .help = "what was done, as a script that does it again",
                          .least = 1,
                          .most = 1,
                          .operand = {OPERAND_FILE},
                          .trains = true,
                          .action = ACTIONS,
                          .force = true},
    [VERB_GOTO] = {.name = "goto",
                   .arguments = "STEP",
                   .help = "show the moment nearest to a step; also :STEP",
                   .least = 1,
                   .most = 1,
                   .action = ACTIONS},
    [VERB_MARK] = {.name = "mark",
                   .arguments = "[NAME]",
                   .help = "name the step that is shown; without NAME: a number",
                   .most = 1,
                   .rest = true,
                   .action = ACTION_MARK},
    [VERB_BRANCH] = {.name = "branch",
                     .arguments = "[STEP]",
                     .help = "train on from a step, or from the one that is shown",
                     .trains = true,
                     .most = 1,
                     .action = ACTION_BRANCH},
    [VERB_VIEW] = {.name = "view",
                   .arguments = "NAME",
                   .help = "show a view, also by its digit: view 3",
                   .least = 1,
                   .most = 1,
                   .operand = {OPERAND_VIEW},
                   .action = ACTIONS},
    [VERB_YLIM] = {.name = "ylim",
                   .arguments = "LOW HIGH|auto",
                   .help = "limits of the curves' y axis: ylim 1 4, ylim auto",
                   .least = 1,
                   .most = 2,
                   .action = ACTIONS},
    [VERB_RUNS] = {.name = "runs",
                   .arguments = "",
                   .help = "show the runs of this session, to compare and go back",
                   .action = ACTIONS},
    [VERB_PLAY] = {.name = "play",
                   .arguments = "[SCRIPT]",
                   .help = "a lesson, demo or script file; alone: which there are",
                   .most = 1,
                   .operand = {OPERAND_FILE},
                   .trains = true,
                   .action = ACTION_PLAY},
    [VERB_SHARE] = {.name = "share",
                    .arguments = "",
                    .help = "the command line that makes this session again",
                    .action = ACTIONS},
    [VERB_LAB] = {.name = "lab",
                  .arguments = "[GRID | FILE]",
                  .help = "train a grid, warmup=0,25 lr=1e-3,3e-3; or go, or stop",
                  .trains = true,
                  .most = 1,
                  .operand = {OPERAND_LAB, OPERAND_AXIS, OPERAND_AXIS},
                  .action = ACTIONS,
                  .force = true,
                  .rest = true},
    [VERB_SWITCH] = {.name = "switch",
                     .arguments = "STACK NAME",
                     .help = "a stack goes on under a placement: switch right pre",
                     .trains = true,
                     .least = 2,
                     .most = 2,
                     .operand = {OPERAND_STACK, OPERAND_PLACEMENT},
                     .action = ACTIONS},
    [VERB_HELP] = {.name = "help",
                   .arguments = "[WORDS]",
                   .help = "the help; with words: where they stand in it",
                   .most = 1,
                   .rest = true,
                   .action = ACTION_HELP},
    [VERB_QUIT] = {.name = "quit",
                   .brief = "q",
                   .arguments = "",
                   .help = "quit (also q)",
                   .action = ACTION_QUIT},
    [VERB_SETTING] = {.name = "SETTING",
                      .arguments = "[VALUE]",
                      .help = "any setting by its name, as with set: warmup 100",
                      .most = 1,
                      .operand = {OPERAND_VALUE},
                      .action = ACTIONS},
    [VERB_ACTION] = {.name = "ACTION",
                     .arguments = "",
                     .help = "what a key does, by its name: restart, next-view",
                     .action = ACTIONS},
};

/* The row of the table that has a name of its own; VERB_SETTING: none. */
static enum verb_kind own_verb(const char *name)
{
    enum verb_kind kind = 0;
    while (kind < VERB_SETTING && strcmp(verb_table[kind].name, name) != 0)
        kind++;
    return kind;
}

static void add_setting(struct verb *verb, const struct setting_row *row, enum side side)
{
    *verb = (struct verb){
        .kind = VERB_SETTING, .help = row->help, .setting = row, .side = side, .action = ACTIONS};
    snprintf(verb->name, VERB_NAME, "%s%s%s", side < SIDES ? stack_names[side] : "",
             side < SIDES ? "-" : "", row->name);
    snprintf(verb->arguments, sizeof verb->arguments, "[%s]", setting_argument(row));
}

int verb_list(struct verb out[VERBS_MAX])
{
    int count = 0;
    for (enum verb_kind kind = 0; kind < VERB_SETTING; kind++) {
        const struct verb_row *row = &verb_table[kind];
        out[count] = (struct verb){.kind = kind, .help = row->help, .action = row->action};
        snprintf(out[count].name, VERB_NAME, "%s", row->name);
        snprintf(out[count].arguments, sizeof out->arguments, "%s", row->arguments);
        count++;
    }
    for (int i = 0; i < setting_count; i++)
        add_setting(&out[count++], &setting_table[i], SIDES);
    for (enum side side = LEFT; side < SIDES; side++)
        for (int i = 0; i < setting_count; i++)
            if (setting_table[i].per_stack)
                add_setting(&out[count++], &setting_table[i], side);
    for (int i = 0; i < ACTIONS; i++) {
        if (own_verb(key_table[i].name) < VERB_SETTING)
            continue;
        out[count] =
            (struct verb){.kind = VERB_ACTION, .help = key_table[i].help, .action = (enum action)i};
        snprintf(out[count].name, VERB_NAME, "%s", key_table[i].name);
        count++;
    }
    return count;
}

/* ---- names ---- */

/* Is it a number, which alone is the step to go to? */
static bool is_step(const char *word)
{
    return *word && strspn(word, "0123456789") == strlen(word);
}

/* Is it the beginning of any of the names? */
static bool begins_any(const struct names *names, const char *word)
{
    for (int i = 0; i < names->count; i++)
        if (strncmp(names_at(names, i), word, strlen(word)) == 0)
            return true;
    return false;
}

/* Is there a name that `word` can have been meant for? */
static bool is_near(const struct names *names, const char *word)
{
    struct names_near near = {.typed = word};
    for (int i = 0; i < names->count; i++)
        names_near_add(&near, names_at(names, i));
    return near.count > 0;
}

/* Is a blank missing, or an = in its place, "warmup100", "lr=1e-3"? Then says so. */
static bool is_joined(const struct names *names, const char *what, const char *word,
                      struct error *error)
{
    const char *best = NULL;
    char shown[VERB_NAME];
    for (int i = 0; i < names->count; i++) {
        const char *name = names_at(names, i);
        const size_t size = strlen(name);
        if (strncmp(word, name, size) == 0 && word[size] && strchr("=0123456789", word[size]) &&
            (!best || size > strlen(best)))
            best = name;
    }
    if (!best)
        return false;
    names_printable(shown, sizeof shown, word);
    word += strlen(best);
    word += *word == '=';
    error_set(error, "%s '%s': did you mean %s %.40s?", what, shown, best,
              names_is_printable(word) && *word ? word : "VALUE");
    return true;
}

/* Always -1: says which commands there are, where `word` is like none of all the names. */
static int unknown_verb(const char *word, struct error *error)
{
    const struct names own = {
        .first = &verb_table[0].name, .step = sizeof *verb_table, .count = VERB_SETTING};
    struct error list;
    names_find(&own, "command", word, &list);
    error_set(error, "%.400s, or a setting: Tab lists all", list.text);
    return -1;
}

/* Always -1: says what a setting is, where `word` is like none. */
static int unknown_setting(const char *word, struct error *error)
{
    char shown[VERB_NAME];
    for (enum side side = LEFT; side < SIDES; side++) {
        const size_t size = strlen(stack_names[side]);
        if (strncmp(word, stack_names[side], size) == 0 && word[size] == '-' &&
            setting_find(word + size + 1, NULL)) {
            setting_find(word, error); /* which both stacks share */
            return -1;
        }
    }
    names_printable(shown, sizeof shown, word);
    error_set(error, "setting '%s': Tab behind set lists all, set alone those that were changed",
              shown);
    return -1;
}

bool verb_find(const char *word, struct verb *verb, struct error *error)
{
    struct verb all[VERBS_MAX];
    const char *name[VERBS_MAX];
    struct names names = NAMES_OF_WORDS(name);
    int found = -1;
    names.count = verb_list(all);
    for (int i = 0; i < names.count; i++) {
        const char *brief = verb_table[all[i].kind].brief;
        name[i] = all[i].name;
        if (brief && strcmp(brief, word) == 0)
            found = i;
        if (all[i].kind == VERB_GOTO && is_step(word))
            found = i;
    }
    if (found < 0 && is_joined(&names, "command", word, error))
        return false;
    if (found < 0)
        found = is_near(&names, word) ? names_pick(&names, "command", word, error)
                                      : unknown_verb(word, error);
    if (found >= 0)
        *verb = all[found];
    return found >= 0;
}

bool command_setting(const char *word, struct verb *setting, struct error *error)
{
    struct verb all[VERBS_MAX];
    const char *name[VERBS_MAX];
    struct names names = NAMES_OF_WORDS(name);
    const int count = verb_list(all);
    names.count = 0;
    for (int i = 0; i < count; i++)
        if (all[i].kind == VERB_SETTING) {
            all[names.count] = all[i];
            name[names.count] = all[names.count].name;
            names.count++;
        }
    if (is_joined(&names, "setting", word, error) ||
        (!begins_any(&names, word) && setting_is_option(word, error)))
        return false;
    const int found = is_near(&names, word) ? names_pick(&names, "setting", word, error)
                                            : unknown_setting(word, error);
    if (found >= 0)
        *setting = all[found];
    return found >= 0;
}

int command_view(const char *word, struct error *error)
{
    return names_pick(&views, "view", word, error);
}

/* ---- words ---- */

struct word {
    const char *start; /* in the line, its opening quote included */
    bool quoted, closed;
    char text[COMMAND_TEXT];
};

/* The word at *scan, which moves behind it; false where there is none. */
static bool next_word(const char **scan, struct word *word)
{
    const char *at = *scan + strspn(*scan, " ");
    if (!*at)
        return false;
    word->start = at;
    word->quoted = *at == '"';
    at += word->quoted;
    size_t size = strcspn(at, word->quoted ? "\"" : " ");
    snprintf(word->text, sizeof word->text, "%.*s", (int)size, at);
    word->closed = word->quoted && at[size] == '"';
    *scan = at + size + word->closed;
    return true;
}

/* The name of the command and, behind it, a "!" that is taken off. */
static bool take_force(char *name)
{
    size_t size = strlen(name);
    bool force = size > 1 && name[size - 1] == '!';
    if (force)
        name[size - 1] = '\0';
    return force;
}

static bool wrong_count(const struct verb *verb, const char *what, struct error *error)
{
    const bool blanks = verb_table[verb->kind].operand[0] == OPERAND_FILE;
    if (verb_table[verb->kind].most == 0)
        return error_set(error, "too %s arguments: %s stands alone", what, verb->name);
    return error_set(error, "too %s arguments: %s%s%s%s", what, verb->name,
                     *verb->arguments ? " " : "", verb->arguments,
                     blanks ? "; a name with blanks stands in \"...\"" : "");
}

/* The arguments behind the command. */
static bool take_arguments(const char *scan, struct command_line *line, struct error *error)
{
    const struct verb_row *row = &verb_table[line->verb.kind];
    struct word word;
    while (next_word(&scan, &word)) {
        if (word.quoted && !word.closed)
            return error_set(error, "a quote without its end: \"...\"");
        if (word.closed && *scan && *scan != ' ')
            return error_set(error, "no blank behind a closing quote: \"...\" and then a blank");
        if (line->count == row->most && row->rest) {
            char *last = line->argument[line->count - 1];
            size_t used = strlen(last);
            snprintf(last + used, COMMAND_TEXT - used, " %s", word.text);
            continue;
        }
        if (line->count == row->most)
            return wrong_count(&line->verb, "many", error);
        memcpy(line->argument[line->count++], word.text, COMMAND_TEXT);
    }
    return line->count >= row->least || wrong_count(&line->verb, "few", error);
}

bool command_parse(const char *text, struct command_line *line, struct error *error)
{
    struct word word;
    error_set(error, "%s", "");
    line->count = 0;
    line->value = NULL;
    if (strlen(text) >= COMMAND_TEXT)
        return error_set(error, "a line of %zu bytes: at most %d", strlen(text), COMMAND_TEXT - 1);
    if (!next_word(&text, &word))
        return false;
    line->force = take_force(word.text);
    if (!verb_find(word.text, &line->verb, error))
        return false;
    if (line->force && !verb_table[line->verb.kind].force)
        return error_set(error, "%s!: %s, without the !", word.text, word.text);
    if (is_step(word.text))
        memcpy(line->argument[line->count++], word.text, COMMAND_TEXT);
    if (!take_arguments(text, line, error))
        return false;
    const int at = line->verb.kind == VERB_SET; /* where the value stands */
    line->setting = line->verb;
    if (line->verb.kind == VERB_SET && line->count > 0 &&
        !command_setting(line->argument[0], &line->setting, error))
        return false;
    if (line->setting.setting && line->count > at)
        line->value = line->argument[at];
    return true;
}

/* ---- completion ---- */

static void add_if(struct completion *completion, const char *name, const char *begin)
{
    if (strncmp(name, begin, strlen(begin)) == 0)
        completion_add(completion, name);
}

static void add_names_of(struct completion *completion, const struct names *names,
                         const char *begin)
{
    for (int i = 0; i < names->count; i++)
        add_if(completion, names_at(names, i), begin);
}

static void add_file(void *data, const char *path)
{
    if (!strchr(path, '"')) /* there is no way to type it */
        completion_add(data, path);
}

static void add_files(struct completion *completion, const char *begin, bool files)
{
    if (files)
        file_complete(begin, add_file, completion);
}

/* Those of a value, which in both stacks at once may be LEFT/RIGHT. */
static void add_values(struct completion *completion, const struct verb *verb, const char *begin,
                       bool files)
{
    const struct setting_row *row = verb->setting;
    const char *slash = strrchr(begin, '/');
    if (row->kind == SETTING_STRING) {
        add_files(completion, begin, files);
        return;
    }
    if (slash && row->per_stack && strcmp(verb->name, row->name) == 0) {
        completion->start += (int)(slash + 1 - begin) + completion->quoted;
        completion->quoted = false;
        begin = slash + 1;
    }
    if (row->choices)
        add_names_of(completion, row->choices, begin);
    if (row->zero)
        add_if(completion, row->zero, begin);
}

static void add_names(struct completion *completion, const char *begin, bool settings)
{
    struct verb all[VERBS_MAX];
    int count = verb_list(all);
    for (int i = 0; i < count; i++)
        if (!settings || all[i].kind == VERB_SETTING)
            add_if(completion, all[i].name, begin);
}

/* What a word of :lab begins with. */
static void add_axes(struct completion *completion, const char *begin)
{
    static const char *const own[] = {"seeds=", "stacks=", "pair=pause", "pair=run"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        add_if(completion, own[i], begin);
    for (int i = 0; i < setting_count; i++) {
        char name[VERB_NAME];
        snprintf(name, sizeof name, "%.40s=", setting_table[i].name);
        if (setting_table[i].scope != SCOPE_PROGRAM && strcmp(name, "seed=") != 0)
            add_if(completion, name, begin);
    }
}

/* What one operand can be; `setting` is the one that a value is for. */
static void add_operand(struct completion *completion, enum operand operand,
                        const struct verb *setting, const char *begin, bool files)
{
    static const struct names themes = NAMES_OF_ROWS(setting_themes);
    static const struct names stacks = {stack_names, sizeof *stack_names, SIDES};
    switch (operand) {
    case OPERAND_NONE:
        break;
    case OPERAND_SETTING:
        add_names(completion, begin, true);
        break;
    case OPERAND_VALUE:
        add_values(completion, setting, begin, files);
        break;
    case OPERAND_VIEW:
        add_names_of(completion, &views, begin);
        break;
    case OPERAND_FILE:
        add_files(completion, begin, files);
        break;
    case OPERAND_THEME:
        add_names_of(completion, &themes, begin);
        break;
    case OPERAND_STACK:
        add_names_of(completion, &stacks, begin);
        break;
    case OPERAND_PLACEMENT:
        add_names_of(completion, &placement_names, begin);
        break;
    case OPERAND_LAB:
        add_axes(completion, begin);
        add_if(completion, "go", begin);
        add_if(completion, "stop", begin);
        add_files(completion, begin, files);
        break;
    case OPERAND_AXIS:
        add_axes(completion, begin);
        break;
    }
}

/* Reads the words of a text up to the one at its end, which is "" behind a blank. Returns how many
 * stand in front of that; `front` has the first two of them. */
static int words_before(const char *text, struct word front[2], struct word *last)
{
    const char *scan = text;
    int count = 0;
    while (next_word(&scan, last)) {
        if (!*scan && !last->closed)
            return count;
        if (count < 2)
            front[count] = *last;
        count++;
    }
    *last = (struct word){.start = text + strlen(text)};
    return count;
}

void command_complete(const char *text, bool files, struct completion *completion)
{
    struct word front[2], last;
    struct verb verb, setting;
    int before = words_before(text, front, &last);
    completion_clear(completion, (int)(last.start - text), last.quoted);
    if (before == 0) {
        add_names(completion, last.text, false);
        return;
    }
    take_force(front[0].text);
    if (!verb_find(front[0].text, &verb, NULL))
        return;
    const struct verb_row *row = &verb_table[verb.kind];
    const int last_operand = COMMAND_ARGUMENTS - 1;
    const int at = row->rest && before - 1 > last_operand ? last_operand : before - 1;
    if (at > last_operand)
        return;
    setting = verb;
    if (verb.kind == VERB_SET && at > 0 && !command_setting(front[1].text, &setting, NULL))
        return;
    add_operand(completion, row->operand[at], &setting, last.text, files);
}

struct command_hint command_hint(const char *text)
{
    struct command_hint hint = {.known = false};
    struct word word;
    if (!next_word(&text, &word))
        return hint;
    take_force(word.text);
    hint.known = verb_find(word.text, &hint.verb, &hint.error);
    if (hint.known && hint.verb.kind == VERB_SETTING)
        hint.setting = hint.verb;
    else if (hint.known && hint.verb.kind == VERB_SET && next_word(&text, &word))
        command_setting(word.text, &hint.setting, &hint.error);
    return hint;
}

bool command_value(const struct settings *settings, const struct verb *setting, bool blind,
                   char *out, size_t size)
{
    const struct setting_row *row = setting->setting;
    if (blind && setting_of_stack(row))
        return false;
    if (setting->side < SIDES)
        setting_get_stack(settings, row, setting->side, out, size);
    else
        setting_get(settings, row, out, size);
    const char *unit = setting_unit(row, out);
    size_t used = strlen(out);
    snprintf(out + used, size - used, "%s%s", *unit ? " " : "", unit);
    return true;
}
