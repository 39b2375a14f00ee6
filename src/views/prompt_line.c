/* See prompt_line.h. */
#include "views/prompt_line.h"

#include "controls/commands.h"
#include "controls/prompt.h"

#include <stdio.h>
#include <string.h>

enum { HELP_ROWS = 2, HINT_TEXT = 400 };

/* ---- the line ---- */

static const char *skip(const char *text, int columns)
{
    for (const char *next = text; columns > 0 && utf8_next(&next) != 0; text = next) {
        char head[5] = "";
        memcpy(head, text, (size_t)(next - text));
        columns -= canvas_columns(head);
    }
    return text;
}

/* The first column shown: half a line further whenever the cursor would leave it. */
static int first_column(int cursor, int room)
{
    int half = room > 1 ? room / 2 : 1;
    return cursor < room ? 0 : ((cursor - room) / half + 1) * half;
}

static void draw_line(struct canvas *canvas, struct rect area, const struct prompt *prompt)
{
    char head[PROMPT_TEXT];
    snprintf(head, sizeof head, "%.*s", prompt->cursor, prompt->text);
    const int room = area.cols - 1, cursor = canvas_columns(head);
    const int first = first_column(cursor, room);
    const char *shown = skip(prompt->text, first), *under = prompt->text + prompt->cursor;
    canvas_fill(canvas, area, ' ', ROLE_TEXT);
    canvas_put(canvas, area.row, area.col, (uint32_t)prompt->lead, ROLE_TITLE);
    canvas_text(canvas, area, 0, 1, ROLE_TEXT, shown);
    if (first > 0)
        canvas_text(canvas, area, 0, 1, ROLE_DIM, "<");
    if (canvas_columns(shown) > room)
        canvas_text(canvas, area, 0, area.cols - 1, ROLE_DIM, ">");
    uint32_t glyph = utf8_next(&under);
    canvas_put(canvas, area.row, area.col + 1 + cursor - first, glyph ? glyph : ' ', ROLE_TAB);
}

/* ---- the help ---- */

/* Writes what fits before column `end`, with dots where that is not all. */
static void draw_cut(struct canvas *canvas, struct rect area, int col, int end, enum role role,
                     const char *text)
{
    static const char dots[] = "...";
    struct rect part = {area.row, area.col, 1, end};
    bool whole = canvas_columns(text) <= end - col;
    if (end - col <= (int)sizeof dots && !whole)
        return;
    canvas_text(canvas, part, 0, col, role, text);
    if (!whole)
        canvas_text(canvas, part, 0, end - (int)(sizeof dots - 1), role, dots);
}

/* What the command takes, and what it is; or what is wrong with its name. */
static void draw_usage(struct canvas *canvas, struct rect area, const struct command_hint *hint,
                       const struct prompt *prompt)
{
    const struct verb *verb = hint->setting.setting ? &hint->setting : &hint->verb;
    char usage[VERB_NAME + sizeof verb->arguments + 1];
    const int end = area.cols - 1;
    if (hint->error.text[0] && prompt->completion.count == 0) {
        draw_cut(canvas, area, 1, end, ROLE_BAR_WARN, hint->error.text);
    } else if (hint->known) {
        snprintf(usage, sizeof usage, "%s %s", verb->name, verb->arguments);
        int col = canvas_text(canvas, area, 0, 1, ROLE_BAR_STRONG, usage);
        draw_cut(canvas, area, col + 1 + (verb->arguments[0] != '\0'), end, ROLE_BAR, verb->help);
    } else {
        draw_cut(canvas, area, 1, end, ROLE_BAR,
                 "a command, a setting or an action: Tab completes, Enter runs, Escape closes");
    }
}

/* A file without its folder. */
static const char *label_of(const char *word)
{
    const char *label = word;
    for (; *word; word++)
        if (*word == '/' && word[1])
            label = word + 1;
    return label;
}

/* The words of a completion side by side, as many as fit; those with the chosen one among them. */
static void draw_words(struct canvas *canvas, struct rect area, int end,
                       const struct prompt *prompt)
{
    const struct completion *completion = &prompt->completion;
    static const char before[] = "< ";
    const int between = 2, room = end - 3; /* for the mark that there are more */
    int first = 0, last, col;
    for (int i = 0, used = 1; i < prompt->chosen; i++) {
        used += canvas_columns(label_of(completion_word(completion, i))) + between;
        int next = canvas_columns(label_of(completion_word(completion, i + 1)));
        if (used + next > room) {
            first = i + 1;
            used = (int)sizeof before - 1;
        }
    }
    col = 1;
    if (first > 0)
        col = canvas_text(canvas, area, 0, 0, ROLE_BAR, before);
    for (last = first; last < completion->count; last++) {
        const char *label = label_of(completion_word(completion, last));
        if (last > first && col + canvas_columns(label) > room)
            break;
        enum role role = last == prompt->chosen ? ROLE_TAB : ROLE_BAR;
        col = canvas_text(canvas, area, 0, col, role, label) + between;
    }
    if (last < completion->count)
        canvas_text(canvas, area, 0, col, ROLE_BAR, ">");
}

/* The present value of a setting and what its change does, at the right end; returns the column in
 * front of it. */
static int draw_present(struct canvas *canvas, struct rect area, const struct scene *scene,
                        const struct verb *setting)
{
    char value[SETTING_TEXT], text[3][HINT_TEXT] = {""};
    const char *restarts = "a change restarts";
    const bool model = setting->setting->scope == SCOPE_MODEL;
    if (command_value(scene->data.settings, setting, scene->look.blind, value, sizeof value)) {
        snprintf(text[0], HINT_TEXT, "now %.300s%s%s", *value ? value : "none", model ? ", " : "",
                 model ? restarts : "");
        snprintf(text[1], HINT_TEXT, "now %.300s", *value ? value : "none");
    } else {
        snprintf(text[0], HINT_TEXT, "%s", model ? restarts : "");
    }
    int end = area.cols - 1;
    for (int i = 0; i < 2; i++)
        if (text[i][0] && canvas_columns(text[i]) <= area.cols / 2)
            return canvas_print_right(canvas, area, 0, end, ROLE_BAR_STRONG, "%s", text[i]) - 2;
    return end;
}

/* What can stand where the cursor is: names, the values of a setting, or nothing more. */
static void draw_choices(struct canvas *canvas, struct rect area, const struct scene *scene,
                         const struct command_hint *hint)
{
    const struct prompt *prompt = scene->prompt;
    const struct completion *completion = &prompt->completion;
    const struct setting_row *row = hint->setting.setting;
    char values[SETTING_VALUES];
    int end = area.cols - 1;
    if (row)
        end = draw_present(canvas, area, scene, &hint->setting);
    /* the word for 0 is among the values that are said */
    bool zero = row && row->zero && completion->count == 1 &&
                strcmp(completion_word(completion, 0), row->zero) == 0;
    if (completion->count > 0 && !zero) {
        draw_words(canvas, area, end, prompt);
    } else if (row) {
        setting_values(row, values, sizeof values);
        if (canvas_columns(values) > end - 1)
            setting_values_brief(row, values, sizeof values);
        draw_cut(canvas, area, 1, end, ROLE_BAR, values);
    } else if (hint->known && !hint->error.text[0]) {
        bool file = verb_table[hint->verb.kind].operand[0] == OPERAND_FILE;
        draw_cut(canvas, area, 1, end, ROLE_BAR,
                 file ? "Tab completes the name of a file, Enter runs, Escape closes"
                      : "Enter runs, Escape closes");
    }
}

/* What is searched for has no words to choose from. */
static void draw_search(struct canvas *canvas, const struct prompt *prompt)
{
    struct rect row = {canvas->rows - 2, 0, 1, canvas->cols};
    canvas_fill(canvas, row, ' ', ROLE_BAR);
    draw_cut(canvas, row, 1, row.cols - 1, ROLE_BAR,
             "words to search for: Enter finds them, Escape closes");
    row.row++;
    draw_line(canvas, row, prompt);
}

void view_prompt(struct canvas *canvas, const struct scene *scene)
{
    const struct prompt *prompt = scene->prompt;
    char head[PROMPT_TEXT];
    if (!prompt->complete) {
        draw_search(canvas, prompt);
        return;
    }
    snprintf(head, sizeof head, "%.*s", prompt->cursor, prompt->text);
    struct command_hint hint = command_hint(head);
    struct rect row = {canvas->rows - 1 - HELP_ROWS, 0, 1, canvas->cols};
    canvas_fill(canvas, (struct rect){row.row, 0, HELP_ROWS, row.cols}, ' ', ROLE_BAR);
    draw_usage(canvas, row, &hint, prompt);
    row.row++;
    draw_choices(canvas, row, scene, &hint);
    row.row++;
    draw_line(canvas, row, prompt);
}
