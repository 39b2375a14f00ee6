/* The command line in the program: keys go to the prompt while it is open, and what is entered is
 * carried out, by the same functions as keys. See app_state.h. */
#include "app/app_state.h"

#include "base/file.h"
#include "base/numbers.h"
#include "controls/commands.h"
#include "export/data.h"
#include "export/runs_csv.h"
#include "screen/layout.h"
#include "views/bars.h"
#include "views/navigate.h"
#include "views/views.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_PATH = 4096 };

void app_open_prompt(struct app *app, const char *text)
{
    app->prompt.complete = command_complete;
    app->prompt.lead = ':';
    prompt_open(&app->prompt, text);
    app->scene.prompt = &app->prompt;
    app->changed = true;
}

void app_open_search(struct app *app)
{
    app->search.lead = '/';
    prompt_open(&app->search, "");
    app->scene.prompt = &app->search;
    app->changed = true;
}

/* All settings that are not as by default: "layers 12, warmup 100". */
static void show_settings(struct app *app)
{
    const struct settings made = settings_default();
    const bool blind = app->scene.look.blind;
    char text[MESSAGE_SIZE] = "";
    for (int i = 0; i < setting_count; i++) {
        const struct setting_row *row = &setting_table[i];
        char before[SETTING_TEXT], now[SETTING_TEXT];
        const size_t used = strlen(text);
        setting_get(&made, row, before, sizeof before);
        setting_get(&app->present, row, now, sizeof now);
        if (strcmp(before, now) != 0 && !(blind && setting_of_stack(row)))
            snprintf(text + used, sizeof text - used, "%s%s %.200s", used ? ", " : "", row->name,
                     *now ? now : "none");
    }
    app_say(app, ROLE_TEXT, "%s%s", blind ? "shared settings: " : "",
            *text ? text : "all settings are as by default; the name of one shows its value");
    if (*text)
        app_say_more(app, "all others as by default");
}

static void show_setting(struct app *app, const struct verb *setting)
{
    char value[SETTING_TEXT], values[SETTING_VALUES];
    setting_values(setting->setting, values, sizeof values);
    if (command_value(&app->present, setting, app->scene.look.blind, value, sizeof value))
        app_say(app, ROLE_TEXT, "%s %.200s: %s", setting->name, *value ? value : "none", values);
    else
        app_say(app, ROLE_TEXT, "%s would tell which stack is which: %s reveals it", setting->name,
                key_table[ACTION_BLIND].label);
}

/* Shows a step; false, and said, where there is none such. */
static bool go_to(struct app *app, const char *text)
{
    const int64_t newest = history_newest(&app->history);
    char *end;
    errno = 0;
    int64_t step = strtoll(text, &end, 10);
    if (newest == 0) {
        app_say(app, ROLE_BAD, "there is no step to go to yet");
        return false;
    }
    if (!*text || strspn(text, "0123456789") != strlen(text) || errno != 0 || step < 1 ||
        step > newest) {
        app_say(app, ROLE_BAD, "step '%.40s': a whole number from 1 to %" PRId64, text, newest);
        return false;
    }
    navigate_to_step(&app->scene, step);
    bars_fit_axis(&app->scene);
    if (scene_step(&app->scene) != step)
        app_say(app, ROLE_TEXT, "step %" PRId64 " is not kept: this is the nearest", step);
    return true;
}

/* By its name, or by its digit. */
static void show_view(struct app *app, const struct command_line *line)
{
    const char *name = line->argument[0];
    struct error error;
    int view = name[0] && !name[1] ? view_of_key(name[0]) : -1;
    if (view < 0)
        view = command_view(name, &error);
    if (view < 0) {
        app_say(app, ROLE_BAD, "%s", error.text);
        return;
    }
    app_show_view(app, (enum view)view);
}

/* Limits of the y axis of what is shown: of the loss, or in the view of the curves of their
 * quantity.
 */
static void limit_axis(struct app *app, const struct command_line *line)
{
    struct curves_look *look = &app->scene.look.curves;
    const bool curves = app_shows(app, VIEW_CURVES);
    const enum quantity quantity = curves ? look->quantity : QUANTITY_LOSS;
    const char *name = quantity_table[quantity].label;
    struct curves_limits limits = {0, 0};
    if (line->count == 1 && strcmp(line->argument[0], "auto") == 0) {
        look->limits[quantity] = limits;
        app_say(app, ROLE_TEXT, "%s: the axis holds what there is", name);
        return;
    }
    if (line->count != 2 || !number_real(line->argument[0], &limits.low) ||
        !number_real(line->argument[1], &limits.high) || !(limits.low < limits.high)) {
        app_say(app, ROLE_BAD, "ylim: two numbers, the lower one first, or auto: ylim 1 4");
        return;
    }
    if (curves && look->log_y[quantity] && limits.low <= 0) {
        app_say(app, ROLE_BAD, "ylim: a logarithmic axis has no 0: numbers above it, or L first");
        return;
    }
    look->limits[quantity] = limits;
    app_say(app, ROLE_TEXT, "%s: the axis holds %g to %g; ylim auto lets it go", name, limits.low,
            limits.high);
}

static void switch_to(struct app *app, const struct command_line *line)
{
    static const struct names stacks = {stack_names, sizeof *stack_names, SIDES};
    struct error error;
    const int side = names_find(&stacks, "stack", line->argument[0], &error);
    const int to =
        side < 0 ? -1 : names_find(&placement_names, "placement", line->argument[1], &error);
    if (to < 0)
        app_say(app, ROLE_BAD, "%s", error.text);
    else
        app_switch(app, (enum side)side, (enum placement)to);
}

/* The file that a command names, with its folder; false, and said, where it may not be replaced. */
static bool name_file(struct app *app, const struct command_line *line, char *path, size_t size)
{
    file_expand(path, size, line->argument[0]);
    if (line->force || !file_exists(path))
        return true;
    app_say(app, ROLE_BAD, "%.300s exists: name another file, or replace it with %s! FILE", path,
            line->verb.name);
    return false;
}

/* "120x36", within what the program draws; false for anything else. */
static bool read_size(const char *text, int *cols, int *rows)
{
    const size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 4 || text[digits] != 'x')
        return false;
    const char *behind = text + digits + 1;
    const size_t more = strspn(behind, "0123456789");
    if (more == 0 || more > 4 || behind[more])
        return false;
    *cols = atoi(text);
    *rows = atoi(behind);
    return *cols >= LAYOUT_COLUMNS_MIN && *cols <= EXPORT_SIDE_MAX && *rows >= LAYOUT_ROWS_MIN &&
           *rows <= EXPORT_SIDE_MAX;
}

/* Takes one word behind the file's name; false, and said, where it is neither theme nor size. */
static bool take_look(struct app *app, const char *word, struct picture_look *look)
{
    static const struct names themes = NAMES_OF_ROWS(setting_themes);
    struct error error;
    if (read_size(word, &look->cols, &look->rows))
        return true;
    if (isdigit((unsigned char)*word)) {
        app_say(app, ROLE_BAD, "size '%.20s': columns and rows, from %dx%d to %dx%d", word,
                LAYOUT_COLUMNS_MIN, LAYOUT_ROWS_MIN, EXPORT_SIDE_MAX, EXPORT_SIDE_MAX);
        return false;
    }
    const int theme = names_pick(&themes, "theme", word, &error);
    if (theme >= 0)
        look->theme = (enum theme)theme;
    else
        app_say(app, ROLE_BAD, "%s; a name with blanks stands in \"...\"", error.text);
    return theme >= 0;
}

static void export(struct app *app, const struct command_line *line, const char *path)
{
    const bool runs = app_shows(app, VIEW_RUNS);
    const bool lab = app_shows(app, VIEW_LAB);
    if (lab && line->count == 1 && app_lab_export(app, path, line->force))
        return;
    struct picture_look look = {.theme = (enum theme)app->present.theme,
                                .rows = app->canvas.rows,
                                .cols = app->canvas.cols};
    for (int i = 1; i < line->count; i++)
        if (!take_look(app, line->argument[i], &look))
            return;
    if (!data_is(path))
        app_export_file(app, path, &look, line->force);
    else if (line->count > 1)
        app_say(app, ROLE_BAD, "data has neither theme nor size: %s FILE", line->verb.name);
    else if (runs && runs_csv_is(path))
        app_export_runs(app, path, line->force);
    else
        app_export_data(app, path, line->force);
}

/* ---- what each command does, where it is more than a key ---- */

static void do_setting(struct app *app, const struct command_line *line)
{
    char value[FILE_PATH];
    if (line->count == 0 && line->verb.kind == VERB_SET) {
        show_settings(app);
    } else if (!line->value) {
        show_setting(app, &line->setting);
    } else {
        file_expand(value, sizeof value, line->value); /* no value but a file's name begins so */
        app_set(app, line->setting.name, value);
    }
}

static void do_export(struct app *app, const struct command_line *line)
{
    char path[FILE_PATH];
    if (name_file(app, line, path, sizeof path))
        export(app, line, path);
}

static void do_record(struct app *app, const struct command_line *line)
{
    char path[FILE_PATH];
    if (name_file(app, line, path, sizeof path))
        app_record_start(app, path, line->force);
}

static void do_save(struct app *app, const struct command_line *line)
{
    char path[FILE_PATH];
    if (name_file(app, line, path, sizeof path))
        app_save(app, path, line->force);
}

static void do_save_script(struct app *app, const struct command_line *line)
{
    char path[FILE_PATH];
    if (name_file(app, line, path, sizeof path))
        app_save_script(app, path, line->force);
}

static void do_load(struct app *app, const struct command_line *line)
{
    char path[FILE_PATH];
    file_expand(path, sizeof path, line->argument[0]);
    app_load(app, path);
}

static void do_open(struct app *app, const struct command_line *line)
{
    char path[SIDES][FILE_PATH];
    const char *const paths[SIDES] = {path[LEFT], path[RIGHT]};
    for (int i = 0; i < line->count; i++)
        file_expand(path[i], sizeof path[i], line->argument[i]);
    app_open_rows(app, paths, line->count);
}

static void do_goto(struct app *app, const struct command_line *line)
{
    go_to(app, line->argument[0]);
}

static void do_mark(struct app *app, const struct command_line *line)
{
    app_mark(app, line->count > 0 ? line->argument[0] : NULL);
}

static void do_branch(struct app *app, const struct command_line *line)
{
    if (go_to(app, line->argument[0]))
        app_act(app, ACTION_BRANCH);
}

static void do_runs(struct app *app, const struct command_line *line)
{
    (void)line;
    app_show_view(app, VIEW_RUNS);
}

static void do_share(struct app *app, const struct command_line *line)
{
    (void)line;
    app_help_session(app);
}

static void do_lab(struct app *app, const struct command_line *line)
{
    char words[FILE_PATH]; /* the axes, or the name of a file */
    file_expand(words, sizeof words, line->count > 0 ? line->argument[0] : "");
    app_lab(app, words, line->force);
}

static void do_play(struct app *app, const struct command_line *line)
{
    char path[FILE_PATH];
    file_expand(path, sizeof path, line->argument[0]);
    app_play_script(app, path);
}

static void do_help(struct app *app, const struct command_line *line)
{
    app_help_words(app, line->argument[0]);
}

static void carry_out(struct app *app, const struct command_line *line)
{
    typedef void deed(struct app * app, const struct command_line *line);
    static deed *const deeds[VERB_KINDS] = {
        [VERB_SET] = do_setting,
        [VERB_SETTING] = do_setting,
        [VERB_EXPORT] = do_export,
        [VERB_RECORD] = do_record,
        [VERB_SAVE] = do_save,
        [VERB_LOAD] = do_load,
        [VERB_OPEN] = do_open,
        [VERB_GOTO] = do_goto,
        [VERB_MARK] = do_mark,
        [VERB_BRANCH] = do_branch,
        [VERB_VIEW] = show_view,
        [VERB_YLIM] = limit_axis,
        [VERB_RUNS] = do_runs,
        [VERB_PLAY] = do_play,
        [VERB_SHARE] = do_share,
        [VERB_LAB] = do_lab,
        [VERB_SWITCH] = switch_to,
        [VERB_HELP] = do_help,
        [VERB_SAVE_SCRIPT] = do_save_script,
    };
    const enum verb_kind kind = line->verb.kind;
    if (verb_table[kind].trains && !app_can_train(app, line->verb.name))
        return;
    /* The key m asks for a name here, so that the command is more than the key. */
    if (line->count == 0 && line->verb.action < ACTIONS && kind != VERB_MARK)
        app_act(app, line->verb.action);
    else if (deeds[kind]) /* the others take no argument: they are keys */
        deeds[kind](app, line);
}

static void run(struct app *app, const char *text)
{
    struct command_line line;
    struct error error;
    app->message[0] = '\0';
    app->scene.look.help.open = false; /* what is asked for is behind it */
    if (command_parse(text, &line, &error))
        carry_out(app, &line);
    else if (error.text[0])
        app_say(app, ROLE_BAD, "%s", error.text);
}

static void type(struct app *app, int code)
{
    const bool search = app->scene.prompt == &app->search;
    struct prompt *prompt = search ? &app->search : &app->prompt;
    enum prompt_answer answer = prompt_key(prompt, code);
    if (answer != PROMPT_OPEN)
        app->scene.prompt = NULL;
    if (answer == PROMPT_ENTERED && search)
        app_search(app, prompt->text);
    else if (answer == PROMPT_ENTERED)
        run(app, prompt->text);
}

bool app_prompt_key(struct app *app, int code)
{
    const bool open = app->scene.prompt != NULL;
    /* An Escape cannot be pasted; it ends what a terminal has left open. */
    if (app->pasting && code == KEY_CODE_ESCAPE)
        code = KEY_CODE_PASTE_END;
    if (code == KEY_CODE_PASTE || code == KEY_CODE_PASTE_END) {
        app->pasting = code == KEY_CODE_PASTE;
        if (!open && app->pasting)
            app_say(app, ROLE_TEXT, "pasted text is no keys: %s opens the command line for it",
                    key_table[ACTION_COMMAND].label);
        return true;
    }
    if (app->pasting && open)
        prompt_paste(app->scene.prompt == &app->search ? &app->search : &app->prompt, code);
    else if (open && key_action(code) == ACTION_REDRAW)
        app_act(app, ACTION_REDRAW);
    else if (open)
        type(app, code);
    return open || app->pasting;
}
