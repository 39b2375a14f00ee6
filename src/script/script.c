/* See script.h. Owns the table of script commands; carries nothing out. */
#include "script/script.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/names.h"
#include "base/numbers.h"
#include "controls/keys.h"
#include "export/export.h"
#include "screen/canvas.h"
#include "script/key.h"
#include "script/words.h"
#include "train/run.h"
#include "train/settings_check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is known while a script is read: the state that it will be in at this place. */
struct script_reader {
    struct script_words words;
    struct script *script;
    const struct script_setup *setup;
    struct settings settings; /* as the script has set them */
    bool unknown;             /* a key may have changed settings in ways that are not followed */
    int64_t most;             /* the last step that can have been done here; 0: none is done */
    int choices;              /* of the question that has no answer yet; 0: there is none */
    struct script_word unchecked; /* of the newest `set` that settings_check() has not seen yet */
    bool is_unchecked;
    struct settings before; /* those in front of the `set` lines that are unchecked */
};

/* ---- words of commands ---- */

/* A word that stands in no quotes; `could` says what it may be. */
static bool read_word(struct script_reader *reader, const char *could, struct script_word *word)
{
    if (!script_words_next(&reader->words, word))
        return false;
    if (word->end || word->quoted)
        return script_words_wrong(&reader->words, word, "%s", could);
    return true;
}

/* One of the names. */
static bool read_name(struct script_reader *reader, const struct names *names, const char *what,
                      int *found)
{
    struct script_word word;
    struct error error;
    if (!script_words_next(&reader->words, &word))
        return false;
    *found = word.quoted ? -1 : names_find(names, what, word.text, &error);
    if (*found >= 0)
        return true;
    if (word.quoted || word.end) {
        names_find(names, what, "", &error);
        return script_words_wrong(&reader->words, &word, "a %s without quotes, %s", what,
                                  strstr(error.text, ": ") + strlen(": "));
    }
    return script_words_say(&reader->words, word.line, word.column, "%s", error.text);
}

static bool read_side(struct script_reader *reader, enum side *side)
{
    const struct names stacks = {.first = stack_names, .step = sizeof *stack_names, .count = SIDES};
    int found;
    if (!read_name(reader, &stacks, "stack", &found))
        return false;
    *side = (enum side)found;
    return true;
}

/* A text in quotes of at most `most` characters, in one line but for captions. */
static bool read_text(struct script_reader *reader, const char *what, int most, const char **text)
{
    struct script_word word;
    if (!script_words_next(&reader->words, &word))
        return false;
    if (!word.quoted)
        return script_words_wrong(&reader->words, &word, "%s in double quotes", what);
    *text = word.text;
    const int columns = canvas_columns(word.text);
    if (columns > most)
        return script_words_say(&reader->words, word.line, word.column,
                                "a text of %d characters: %s of at most %d", columns, what, most);
    if (strchr(word.text, '\n') && most != SCRIPT_TEXT_MAX)
        return script_words_say(&reader->words, word.line, word.column,
                                "a text of several lines: %s in one line", what);
    return true;
}

/* A step behind the command, of those that can have been done; with `optional` it may be missing.
 */
static bool read_step(struct script_reader *reader, bool optional, int64_t *step)
{
    struct script_word word;
    *step = -1;
    if (!script_words_next(&reader->words, &word))
        return false;
    if (word.end && optional)
        return true;
    if (word.quoted || !number_integer(word.text, step) || *step < 0)
        return script_words_wrong(&reader->words, &word, "the number of a step");
    if (*step > reader->most && !reader->unknown)
        return script_words_wrong(&reader->words, &word,
                                  "a step up to %" PRId64 ", the last one that is done by here",
                                  reader->most);
    return true;
}

/* What has to be measured before a command makes sense. */
static bool need_run(const struct script_reader *reader, const struct script_command *command)
{
    if (reader->most > 0)
        return true;
    return script_words_say(&reader->words, command->line, command->column,
                            "%s before anything is measured: run until CONDITION in front of it",
                            script_table[command->kind].name);
}

/* Says why a condition cannot hold with at most so many steps done; true where it can, or where
 * nobody knows. `ends`: the run ends with the last of them. */
static bool check_condition(const struct script_reader *reader,
                            const struct script_command *command, int64_t steps, bool ends)
{
    char shown[SCRIPT_TERM_TEXT];
    const struct task_setup task = settings_task(&reader->settings);
    const struct script_limits limits = {steps, task_describe(&task).validation};
    const struct script_term *term =
        reader->unknown ? NULL : script_condition_hopeless(&command->condition, &limits);
    if (!term)
        return true;
    script_term_print(term, shown);
    if (term->quantity.kind != SCRIPT_STEP)
        return script_words_say(&reader->words, command->line, command->column,
                                "%s cannot hold: task %s holds nothing out; text does, and "
                                "modular with a train-fraction below 1",
                                shown, names_at(&task_names, (int)reader->settings.task));
    if (ends)
        return script_words_say(&reader->words, command->line, command->column,
                                "%s cannot hold: the run ends at step %" PRId64
                                "; a step up to it, or set more steps",
                                shown, steps);
    return script_words_say(&reader->words, command->line, command->column,
                            "%s cannot hold: at most %" PRId64
                            " steps are done by here; run until more in front of it",
                            shown, steps);
}

/* L at this place of the script. */
static int layers_of(const struct script_reader *reader)
{
    return reader->unknown ? LAYERS_MAX : reader->settings.layers;
}

/* ---- commands ---- */

static bool read_set(struct script_reader *reader, struct script_command *command)
{
    const struct settings before = reader->settings;
    struct script_word name, value;
    struct error error;
    if (!read_word(reader, "the name of a setting", &name) ||
        !script_words_next(&reader->words, &value))
        return false;
    command->text = name.text;
    command->value = value.text;
    if (!setting_find(name.text, &error))
        return script_words_say(&reader->words, name.line, name.column, "%s", error.text);
    if (value.end)
        return script_words_wrong(&reader->words, &value, "a value for %s", name.text);
    if (!script_set(reader->setup, command, &reader->settings, &error))
        return script_words_say(&reader->words, value.line, value.column, "%s", error.text);
    if (!reader->is_unchecked)
        reader->before = before;
    reader->unchecked = name;
    reader->is_unchecked = true;
    return true;
}

/* The placements that a stack can be switched to, for a message. */
static void list_switches(const struct settings *settings, enum side side, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (enum placement to = 0; to < PLACEMENTS && used < size; to++)
        if (to != settings->stack[side].placement && run_settings_can_switch(settings, side, to))
            used += (size_t)snprintf(out + used, size - used, "%s%s", used ? ", " : "",
                                     names_at(&placement_names, (int)to));
}

static bool read_switch(struct script_reader *reader, struct script_command *command)
{
    char others[SETTING_VALUES];
    int found;
    if (!read_side(reader, &command->side) ||
        !read_name(reader, &placement_names, "placement", &found))
        return false;
    command->placement = (enum placement)found;
    if (!reader->unknown &&
        !run_settings_can_switch(&reader->settings, command->side, command->placement)) {
        list_switches(&reader->settings, command->side, others, sizeof others);
        return script_words_say(
            &reader->words, command->line, command->column,
            "%s cannot take over the weights of %s: %s%s",
            names_at(&placement_names, (int)command->placement),
            names_at(&placement_names, (int)reader->settings.stack[command->side].placement),
            *others ? "one of " : "set, which restarts the run", others);
    }
    reader->settings.stack[command->side].placement = command->placement;
    return true;
}

static bool read_view(struct script_reader *reader, struct script_command *command)
{
    const struct names views = {.first = view_names, .step = sizeof *view_names, .count = VIEWS};
    int found;
    if (!read_name(reader, &views, "view", &found))
        return false;
    command->view = (enum view)found;
    return true;
}

/* Says why a script cannot press a key; true where it can. */
static bool check_key(const struct script_reader *reader, const struct script_word *word, int code)
{
    switch (key_action(code)) {
    case ACTION_EXPORT:
        return script_words_wrong(&reader->words, word, "this key writes files: snapshot FILE");
    case ACTION_RECORD:
        return script_words_wrong(&reader->words, word, "this key writes a file: lnscope record");
    case ACTION_COMMAND:
        return script_words_wrong(&reader->words, word,
                                  "a script has commands of its own: set, "
                                  "view, goto and so on");
    case ACTION_PLAY:
        return script_words_wrong(&reader->words, word, "this key chooses another script");
    case ACTION_QUIT:
        return script_words_wrong(&reader->words, word, "a script ends with its last line");
    default:
        return true;
    }
}

static bool read_key(struct script_reader *reader, struct script_command *command)
{
    struct script_word word;
    if (!read_word(reader, "the name of a key: w, Space, Home, C-l", &word))
        return false;
    command->key = script_key(word.text);
    if (command->key == KEY_CODE_NONE)
        return script_words_wrong(&reader->words, &word,
                                  "a key: a character, C- and a letter, Space, Tab, S-Tab, Enter, "
                                  "Escape, Backspace, Delete, Up, Down, Left, Right, PageUp, "
                                  "PageDown, Home, End");
    reader->unknown = true;
    return check_key(reader, &word, command->key);
}

static bool read_run(struct script_reader *reader, struct script_command *command)
{
    struct script_word word;
    if (!read_word(reader, "until, and a condition", &word))
        return false;
    if (strcmp(word.text, "until") != 0)
        return script_words_wrong(&reader->words, &word, "until, and a condition");
    const int64_t last = reader->settings.steps > 0 ? reader->settings.steps : INT64_MAX;
    if (!script_condition_read(&reader->words, layers_of(reader), &command->condition) ||
        !check_condition(reader, command, last, true))
        return false;
    const int64_t step = script_condition_step(&command->condition);
    const int64_t most = step < 0 || step > last ? last : step;
    if (most > reader->most)
        reader->most = most;
    return true;
}

static bool read_nothing(struct script_reader *reader, struct script_command *command)
{
    (void)reader, (void)command;
    return true;
}

static bool read_restart(struct script_reader *reader, struct script_command *command)
{
    (void)command;
    reader->most = 0;
    return true;
}

static bool read_branch(struct script_reader *reader, struct script_command *command)
{
    if (!need_run(reader, command) || !read_step(reader, true, &command->step))
        return false;
    if (command->step > 0)
        reader->most = command->step;
    return true;
}

static bool read_goto(struct script_reader *reader, struct script_command *command)
{
    return need_run(reader, command) && read_step(reader, false, &command->step);
}

static bool read_speed(struct script_reader *reader, struct script_command *command)
{
    struct script_word word;
    struct error error;
    if (!read_word(reader, "steps per second, or unlimited", &word))
        return false;
    command->value = word.text;
    if (!script_set(reader->setup, command, &reader->settings, &error))
        return script_words_say(&reader->words, word.line, word.column, "%s", error.text);
    return true;
}

static bool read_wait(struct script_reader *reader, struct script_command *command)
{
    static const char could[] = "seconds as in 2s or 0.5s, or key";
    const double most = 3600;
    struct script_word word;
    char number[16] = "";
    if (!read_word(reader, could, &word))
        return false;
    command->seconds = -1;
    if (strcmp(word.text, "key") == 0)
        return true;
    const size_t length = strlen(word.text);
    if (length > 1 && length <= sizeof number && word.text[length - 1] == 's')
        memcpy(number, word.text, length - 1);
    if (!number_real(number, &command->seconds) || command->seconds < 0)
        return script_words_wrong(&reader->words, &word, "%s", could);
    if (command->seconds > most)
        return script_words_wrong(&reader->words, &word, "at most %.0fs", most);
    return true;
}

static bool read_title(struct script_reader *reader, struct script_command *command)
{
    return read_text(reader, "a title", SCRIPT_TITLE_MAX, &command->text);
}

static bool read_say(struct script_reader *reader, struct script_command *command)
{
    return read_text(reader, "a caption", SCRIPT_TEXT_MAX, &command->text);
}

static bool read_mark(struct script_reader *reader, struct script_command *command)
{
    if (!read_text(reader, "the name of a chapter", SCRIPT_NAME_MAX, &command->text))
        return false;
    if (command->text[strspn(command->text, " ")])
        return true;
    return script_words_say(&reader->words, command->line, command->column,
                            "a chapter without a name: mark \"NAME\"");
}

static bool read_focus(struct script_reader *reader, struct script_command *command)
{
    static const char *const words[] = {[LEFT] = "left", [RIGHT] = "right", "off"};
    static const struct names targets = NAMES_OF_WORDS(words);
    struct script_word word;
    int64_t layer;
    int found;
    command->layer = -1;
    if (!read_name(reader, &targets, "stack", &found))
        return false;
    if (found == SIDES)
        return true;
    command->side = (enum side)found;
    if (!read_word(reader, "layer, and its number", &word))
        return false;
    if (strcmp(word.text, "layer") != 0)
        return script_words_wrong(&reader->words, &word, "layer, and its number");
    if (!script_words_next(&reader->words, &word))
        return false;
    if (word.quoted || !number_integer(word.text, &layer) || layer < 0 || layer > layers_of(reader))
        return script_words_wrong(&reader->words, &word, "a layer from 0 to %d", layers_of(reader));
    command->layer = (int)layer;
    return true;
}

static bool read_ask(struct script_reader *reader, struct script_command *command)
{
    struct script_word word;
    if (!read_text(reader, "a question", SCRIPT_QUESTION_MAX, &command->text))
        return false;
    for (;;) {
        if (!script_words_peek(&reader->words, &word))
            return false;
        if (word.end && command->choices >= 2)
            break;
        if (command->choices == SCRIPT_CHOICES)
            return script_words_wrong(&reader->words, &word,
                                      "the end of the line: at most %d answers", SCRIPT_CHOICES);
        if (!read_text(reader, "an answer", SCRIPT_CHOICE_MAX,
                       &command->choice[command->choices++]))
            return false;
    }
    if (reader->choices > 0)
        return script_words_say(&reader->words, command->line, command->column,
                                "a question while another has no answer: answer N in front of it");
    reader->choices = command->choices;
    return true;
}

static bool read_answer(struct script_reader *reader, struct script_command *command)
{
    struct script_word word;
    int64_t number;
    if (reader->choices == 0)
        return script_words_say(&reader->words, command->line, command->column,
                                "an answer without a question: ask \"QUESTION\" \"A\" \"B\" in "
                                "front of it");
    if (!script_words_next(&reader->words, &word))
        return false;
    if (word.quoted || !number_integer(word.text, &number) || number < 1 ||
        number > reader->choices)
        return script_words_wrong(&reader->words, &word, "the number of an answer, from 1 to %d",
                                  reader->choices);
    command->answer = (int)number;
    reader->choices = 0;
    command->text = "";
    if (!script_words_peek(&reader->words, &word))
        return false;
    return word.end || read_text(reader, "a caption", SCRIPT_TEXT_MAX, &command->text);
}

static bool read_expect(struct script_reader *reader, struct script_command *command)
{
    return need_run(reader, command) &&
           script_condition_read(&reader->words, layers_of(reader), &command->condition) &&
           check_condition(reader, command, reader->most, false);
}

static bool read_snapshot(struct script_reader *reader, struct script_command *command)
{
    struct script_word word;
    struct error error;
    if (!script_words_next(&reader->words, &word))
        return false;
    if (word.end)
        return script_words_wrong(&reader->words, &word, "the name of a file");
    command->text = word.text;
    if (!export_picture_check(word.text, &error))
        return script_words_say(&reader->words, word.line, word.column, "%s", error.text);
    return true;
}

const struct script_row script_table[SCRIPT_KINDS] = {
    [SCRIPT_SET] = {"set", "NAME VALUE", "a setting; together with those in the lines around it",
                    read_set},
    [SCRIPT_SWITCH] = {"switch", "left|right PLACEMENT",
                       "the stack goes on with another placement, its weights as they are",
                       read_switch},
    [SCRIPT_VIEW] = {"view", "NAME", "show a view", read_view},
    [SCRIPT_KEY] = {"key", "NAME", "press a key: w, Space, Home, C-l, F", read_key},
    [SCRIPT_RUN] = {"run", "until CONDITION", "train until it holds, and pause there", read_run},
    [SCRIPT_PAUSE] = {"pause", "", "pause what a key has started", read_nothing},
    [SCRIPT_RESTART] = {"restart", "",
                        "back to step 0 with the same seed; the next run begins there",
                        read_restart},
    [SCRIPT_BRANCH] = {"branch", "[STEP]",
                       "the next run goes on from a step, or from the one that is shown",
                       read_branch},
    [SCRIPT_GOTO] = {"goto", "STEP", "show a step in all views", read_goto},
    [SCRIPT_SPEED] = {"speed", "X", "steps per second, or unlimited", read_speed},
    [SCRIPT_WAIT] = {"wait", "SECONDSs|key",
                     "wait as long as in 2s, or until somebody goes on; recordings then wait 3 s",
                     read_wait},
    [SCRIPT_TITLE] = {"title", "\"TEXT\"", "a title; \"\" takes it away", read_title},
    [SCRIPT_SAY] = {"say", "\"TEXT\"", "a caption until the next one; \"\" takes it away",
                    read_say},
    [SCRIPT_MARK] = {"mark", "\"NAME\"", "a chapter begins; a marker of a recording", read_mark},
    [SCRIPT_FOCUS] = {"focus", "left|right layer N|off", "point at a bar", read_focus},
    [SCRIPT_ASK] = {"ask", "\"QUESTION\" \"A\" \"B\" ...",
                    "the class predicts, with the keys 1, 2, ...; recordings wait 3 s", read_ask},
    [SCRIPT_ANSWER] = {"answer", "N [\"TEXT\"]",
                       "which one it was, compared with what the class said", read_answer},
    [SCRIPT_EXPECT] = {"expect", "CONDITION",
                       "measured now: holds, or does not, and then the exit status is 1",
                       read_expect},
    [SCRIPT_SNAPSHOT] = {"snapshot", "FILE", "the picture as it is, by the ending of its name",
                         read_snapshot},
};

/* ---- scripts ---- */

bool script_set(const struct script_setup *setup, const struct script_command *command,
                struct settings *settings, struct error *error)
{
    const char *name = command->kind == SCRIPT_SPEED ? "speed" : command->text;
    struct settings next = *settings;
    if (!setting_set(&next, name, command->value, error))
        return false;
    for (int i = 0; i < setup->options; i++) {
        const struct script_option *option = &setup->option[i];
        const bool same = strcmp(option->name, name) == 0;
        if (same)
            return true;
        if (strcmp(option->name, "preset") != 0 &&
            !setting_set(&next, option->name, option->value, error))
            return false;
    }
    *settings = next;
    return true;
}

/* Whether the file is a text, and long enough for the context. */
static bool check_text(const struct settings *settings, struct error *error)
{
    const struct task_setup setup = settings_task(settings);
    struct task *task = task_open(&setup, error);
    if (task)
        task_close(task);
    return task != NULL;
}

/* Whether the settings of the last `set` lines make a model that can be trained; where it is
 * another model than before, training begins anew. */
static bool check_settings(struct script_reader *reader)
{
    struct error error;
    if (!reader->is_unchecked)
        return true;
    reader->is_unchecked = false;
    if (!settings_check(&reader->settings, &error) ||
        (reader->settings.task == TASK_TEXT && !check_text(&reader->settings, &error)))
        return script_words_say(&reader->words, reader->unchecked.line, reader->unchecked.column,
                                "%s", error.text);
    if (!reader->unknown && settings_difference(&reader->before, &reader->settings) == SCOPE_MODEL)
        reader->most = 0;
    return true;
}

/* A line without its name, up to its end. */
static bool read_command(struct script_reader *reader, struct script_command *command)
{
    struct script_word word;
    const struct script_row *row = &script_table[command->kind];
    if (command->kind != SCRIPT_SET && !check_settings(reader))
        return false;
    if (!row->read(reader, command))
        return false;
    if (!script_words_next(&reader->words, &word))
        return false;
    return word.end || script_words_wrong(&reader->words, &word, "the end of the line: %s%s%s",
                                          row->name, *row->arguments ? " " : "", row->arguments);
}

static bool read_line(struct script_reader *reader)
{
    static const struct names commands = NAMES_OF_ROWS(script_table);
    struct script *script = reader->script;
    struct script_word word;
    int kind;
    if (!script_words_peek(&reader->words, &word) ||
        !read_name(reader, &commands, "command", &kind))
        return false;
    script->command =
        memory_resize(script->command, (size_t)script->commands + 1, sizeof *script->command);
    struct script_command *command = &script->command[script->commands++];
    *command = (struct script_command){
        .kind = (enum script_kind)kind, .line = word.line, .column = word.column};
    return read_command(reader, command);
}

/* What the script is about: the comment in its first line. */
static char *summary_of(const char *text)
{
    const size_t mark = strspn(text, "# "), length = strcspn(text + mark, "\r\n");
    char *raw = memory_new(length + 1, 1), *summary = memory_new(length + 8, 1);
    if (*text == '#')
        memcpy(raw, text + mark, length);
    names_printable(summary, length + 8, raw);
    free(raw);
    return summary;
}

bool script_parse(struct script *script, const char *name, const char *text,
                  const struct script_setup *setup, struct error *error)
{
    char shown[256];
    struct script_reader *reader = memory_new(1, sizeof *reader);
    names_printable(shown, sizeof shown, name);
    *script = (struct script){.name = memory_copy_string(shown),
                              .summary = summary_of(text),
                              .words = memory_new(strlen(text) + 2, 1)};
    *reader = (struct script_reader){.script = script, .setup = setup, .settings = setup->settings};
    script_words_open(&reader->words, script->name, text, script->words, error);
    bool good = true;
    while (good && script_words_line(&reader->words))
        good = read_line(reader);
    good = good && check_settings(reader);
    if (good && script->commands == 0)
        good = script_words_say(&reader->words, 1, 1, "a script without a command: one a line");
    free(reader);
    if (!good)
        script_close(script);
    return good;
}

void script_close(struct script *script)
{
    for (int i = 0; i < script->commands; i++)
        script_condition_close(&script->command[i].condition);
    free(script->name);
    free(script->summary);
    free(script->command);
    free(script->words);
    *script = (struct script){0};
}

bool script_begin(const struct script_setup *setup, const struct script *script,
                  struct settings *settings, struct error *error)
{
    *settings = setup->settings;
    for (int i = 0; i < script->commands; i++) {
        const struct script_command *command = &script->command[i];
        if (command->kind != SCRIPT_SET && command->kind != SCRIPT_SPEED)
            break;
        if (!script_set(setup, command, settings, error))
            return false;
    }
    return settings_check(settings, error);
}

bool script_check_files(const struct script *script, bool force, struct error *error)
{
    for (int i = 0; i < script->commands; i++) {
        const struct script_command *command = &script->command[i];
        struct file file;
        struct error why;
        if (command->kind != SCRIPT_SNAPSHOT)
            continue;
        bool good = file_create(&file, command->text, force, &why);
        if (good)
            file_discard(&file);
        for (int j = 0; good && !force && j < i; j++)
            if (script->command[j].kind == SCRIPT_SNAPSHOT &&
                strcmp(script->command[j].text, command->text) == 0)
                good =
                    error_set(&why, "a second picture of the same name: another name, or --force");
        if (!good)
            return error_set(error, "%s:%d:%d: %s", script->name, command->line, command->column,
                             why.text);
    }
    return true;
}
