/* The header and footer lines. */
#include "train/presets.h"
#include "ui/keys.h"
#include "ui/layout.h"
#include "ui/text.h"
#include "ui/views.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FIELDS_MAX = 24, FIELD_TEXT = 64, WIDE_FROM = 100 };

/* One statement of the header. What stands last in the list of fields is the first to be shortened
 * and to go as the screen gets narrower. */
struct field {
    enum role role;
    int line;                 /* of a header of two lines */
    char text[2][FIELD_TEXT]; /* in full, and short; "" where it has no short form */
    bool brief, gone;
};

struct fields {
    int count;
    struct field field[FIELDS_MAX];
};

static struct field *add(struct fields *fields, int line, enum role role, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static struct field *add(struct fields *fields, int line, enum role role, const char *format, ...)
{
    struct field *field = &fields->field[fields->count++];
    *field = (struct field){.role = role, .line = line};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(field->text[0], FIELD_TEXT, format, arguments);
    va_end(arguments);
    return field;
}

static void shorten(struct field *field, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void shorten(struct field *field, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(field->text[1], FIELD_TEXT, format, arguments);
    va_end(arguments);
}

/* Was a setting changed after the step? Then the settings at hand are not those of that time. */
static bool changed_since(const struct history *history, int64_t step)
{
    int i = history->marks - 1;
    while (i >= 0 && history->mark[i].kind != MARK_CHANGE)
        i--;
    return step > 0 && i >= 0 && history->mark[i].step > step && history->last[LEFT].step > step;
}

/* What is measured: the state of the run. Numbers are padded, so that nothing moves with them. */
static void add_run(struct fields *fields, const struct scene *scene)
{
    const struct settings *settings = scene->settings;
    const struct moment left = scene_moment(scene, LEFT), right = scene_moment(scene, RIGHT);
    int64_t step = left.step;
    if (scene->ended)
        add(fields, 0, ROLE_BAR_WARN, "ENDED  ");
    else
        add(fields, 0, scene->running ? ROLE_BAR_GOOD : ROLE_BAR_WARN, "%-7s",
            scene->running ? "RUNNING" : "PAUSED");
    struct field *field;
    if (scene->cursor > 0) {
        const char *mark = scene->ascii ? "<<" : "«";
        field = add(fields, 0, ROLE_BAR_WARN, "%s step %" PRId64 " of %" PRId64, mark, step,
                    scene->history->last[LEFT].step);
        shorten(field, "%s step %" PRId64, mark, step);
    } else {
        add(fields, 0, ROLE_BAR_STRONG, "step %-5" PRId64, step);
    }

    char lr[TEXT_NUMBER];
    double now = left.lr, other = right.lr;
    if (step == 0)
        now = schedule_lr(settings->schedule, settings->lr, settings->warmup, settings->steps, 1);
    text_scientific(lr, isfinite(now) ? now : other, 2);
    add(fields, 0, ROLE_BAR_STRONG, "lr %-7s", lr);

    if (changed_since(scene->history, step)) {
        add(fields, 0, ROLE_BAR, "before a change");
    } else if (settings->warmup > 0) {
        int digits = snprintf(NULL, 0, "%d", settings->warmup);
        int64_t done = step < settings->warmup ? step : settings->warmup;
        add(fields, 0, ROLE_BAR_STRONG, "warmup %*" PRId64 "/%d", digits, done, settings->warmup);
    } else {
        add(fields, 0, ROLE_BAR_STRONG, "no warmup");
    }

    char rate[TEXT_NUMBER] = "--";
    if (isfinite(scene->rate))
        snprintf(rate, sizeof rate, "%.1f", scene->rate);
    if (settings->speed > 0)
        field = add(fields, 0, ROLE_BAR, "%5s steps/s (limit %g)", rate, settings->speed);
    else
        field = add(fields, 0, ROLE_BAR, "%5s steps/s (no limit)", rate);
    shorten(field, "%5s steps/s", rate);
}

/* How much of the run there is to go back to, where that is not all of it, or of use now. */
static void add_kept(struct fields *fields, const struct scene *scene)
{
    char count[TEXT_NUMBER];
    int64_t spacing = history_spacing(scene->history);
    if (spacing == 1 && scene->cursor == 0)
        return;
    text_count(count, history_moments(scene->history));
    if (spacing == 1) {
        add(fields, 1, ROLE_BAR, "all %s steps kept", count);
        return;
    }
    struct field *field = add(fields, 1, ROLE_BAR_WARN, "%s kept: 1 in %" PRId64 ", newest %d",
                              count, spacing, HISTORY_NEWEST);
    shorten(field, "kept 1 in %" PRId64, spacing);
}

/* The family that the stacks are of; one that was changed since is no longer quite that. */
static void add_preset(struct fields *fields, const struct scene *scene)
{
    const struct settings *settings = scene->settings;
    char name[SETTING_TEXT];
    if (scene->blind || settings->stack[LEFT].preset + settings->stack[RIGHT].preset == 0)
        return;
    setting_get(settings, setting_find("preset", NULL), name, sizeof name);
    bool holds = true;
    for (enum side side = LEFT; side < SIDES; side++)
        holds = holds && (settings->stack[side].preset == 0 || preset_holds(settings, side));
    struct field *field =
        add(fields, 1, ROLE_BAR_STRONG, "%.40s%s", name, holds ? "" : ", changed");
    shorten(field, "%.40s", name);
}

/* What was chosen: task, model, optimizer. */
static void add_settings(struct fields *fields, const struct scene *scene)
{
    const struct settings *settings = scene->settings;
    char count[SIDES][TEXT_NUMBER];
    for (int side = 0; side < SIDES; side++)
        text_count(count[side], scene->parameters[side]);
    add(fields, 1, ROLE_BAR, "%s", scene->task->name);
    add_preset(fields, scene);
    struct field *field =
        add(fields, 1, ROLE_BAR, "L%d D%d H%d F%d, T%d B%d", settings->layers, settings->width,
            settings->heads, settings->ffn, settings->context, settings->batch);
    shorten(field, "L%d D%d", settings->layers, settings->width);
    add(fields, 1, ROLE_BAR, "seed %" PRIu64, settings->seed);
    char lr[TEXT_NUMBER];
    text_scientific(lr, settings->lr, 0);
    add(fields, 1, ROLE_BAR, "%s %s %s", optimizer_names[settings->optimizer], lr,
        schedule_names[settings->schedule]);
    add_kept(fields, scene);
    if (scene->axis.frozen)
        add(fields, 1, ROLE_BAR_WARN, "axis frozen");
    if (scene->blind)
        add(fields, 1, ROLE_BAR_WARN, "blind");
    if (settings->clip > 0)
        add(fields, 1, ROLE_BAR, "clip %g", settings->clip);
    if (scene->blind && strcmp(count[LEFT], count[RIGHT]) != 0)
        return; /* different counts would tell */
    if (strcmp(count[LEFT], count[RIGHT]) == 0)
        field = add(fields, 1, ROLE_BAR, "%s parameters", count[LEFT]);
    else
        field = add(fields, 1, ROLE_BAR, "%s and %s parameters", count[LEFT], count[RIGHT]);
    if (strcmp(count[LEFT], count[RIGHT]) == 0)
        shorten(field, "%s", count[LEFT]);
    else
        shorten(field, "%s/%s", count[LEFT], count[RIGHT]);
}

static int columns_of(const struct fields *fields, int line, bool one_line, int between)
{
    int columns = 0;
    for (int i = 0; i < fields->count; i++) {
        const struct field *field = &fields->field[i];
        if ((one_line || field->line == line) && !field->gone)
            columns += canvas_columns(field->text[field->brief]) + (columns > 0 ? between : 0);
    }
    return columns;
}

/* Shortens, then drops, one field after the other from the end of the list until the line fits. */
static void fit(struct fields *fields, int line, bool one_line, int between, int columns)
{
    for (int i = fields->count - 1; i >= 0; i--) {
        struct field *field = &fields->field[i];
        if (!one_line && field->line != line)
            continue;
        if (columns_of(fields, line, one_line, between) > columns)
            field->brief = field->text[1][0] != '\0';
        if (columns_of(fields, line, one_line, between) > columns)
            field->gone = true;
    }
}

/* How the tabs are written, from long to short. */
enum tabs { TABS_NAMES, TABS_NAME, TABS_DENSE, TABS_SPACED, TABS_DIGITS };

/* Draws the tabs from `col` on and returns the column behind them; without a canvas it only counts.
 */
static int draw_tabs(struct canvas *canvas, struct rect area, int col, enum tabs tabs,
                     const struct scene *scene)
{
    for (int i = 0; i < VIEWS; i++) {
        const struct view_row *view = &view_table[i];
        const bool shown = i == (int)scene->view;
        const bool name = tabs == TABS_NAMES || (shown && tabs < TABS_SPACED);
        char text[FIELD_TEXT];
        if (shown && name)
            snprintf(text, sizeof text, " %c %s ", view->key, view->name);
        else
            snprintf(text, sizeof text, "%c%s%s", view->key, name ? " " : "",
                     name ? view->name : "");
        col += i > 0 && tabs == TABS_NAMES;
        col += i > 0 && (tabs == TABS_NAME || tabs == TABS_SPACED);
        /* Two digits side by side would read as one number; the name has its own blanks. */
        col += i > 0 && tabs == TABS_DENSE && !shown && i - 1 != (int)scene->view;
        if (canvas)
            canvas_text(canvas, area, 0, col, shown ? ROLE_TAB : ROLE_BAR, text);
        col += canvas_columns(text);
    }
    return col;
}

/* The longest tabs that leave the fields of the first line whole; then those that leave them
 * shortened; the digits are always there. */
static enum tabs choose_tabs(const struct fields *fields, const struct scene *scene, bool one_line,
                             int between, int columns)
{
    int whole = columns_of(fields, 0, one_line, between), brief = whole;
    for (int i = 0; i < fields->count; i++) {
        const struct field *field = &fields->field[i];
        if ((one_line || field->line == 0) && field->text[1][0])
            brief -= canvas_columns(field->text[0]) - canvas_columns(field->text[1]);
    }
    const struct rect nowhere = {0};
    enum tabs tabs = whole + between + draw_tabs(NULL, nowhere, 0, TABS_NAMES, scene) <= columns
                         ? TABS_NAMES
                         : TABS_NAME;
    while (tabs < TABS_DIGITS &&
           brief + between + draw_tabs(NULL, nowhere, 0, tabs, scene) > columns)
        tabs++;
    return tabs;
}

void view_header(struct canvas *canvas, struct rect area, const struct scene *scene)
{
    struct fields fields = {0};
    add_run(&fields, scene);
    add_settings(&fields, scene);
    canvas_fill(canvas, area, ' ', ROLE_BAR);
    bool one_line = area.rows == 1;
    int between = area.cols >= WIDE_FROM ? 4 : 2, edge = area.cols >= WIDE_FROM + 20 ? 2 : 1;
    enum tabs tabs = choose_tabs(&fields, scene, one_line, between, area.cols - 2 * edge);
    int end = area.cols - edge - draw_tabs(NULL, area, 0, tabs, scene);
    draw_tabs(canvas, area, end, tabs, scene);
    for (int line = 0; line < area.rows; line++) {
        fit(&fields, line, one_line, between,
            line == 0 ? end - between - edge : area.cols - 2 * edge);
        int col = edge;
        for (int i = 0; i < fields.count; i++) {
            const struct field *field = &fields.field[i];
            if (field->gone || (!one_line && field->line != line))
                continue;
            col = canvas_text(canvas, area, line, col, field->role, field->text[field->brief]);
            col += between;
        }
    }
}

/* One key of the footer: its label, then its hint. */
static int draw_key(struct canvas *canvas, struct rect area, int col, enum action action,
                    const char *hint)
{
    const struct key_row *key = &key_table[action];
    char label[FIELD_TEXT];
    snprintf(label, sizeof label, " %.20s ", key->label);
    col = canvas_text(canvas, area, 0, col, ROLE_KEY, label);
    return canvas_text(canvas, area, 0, col, ROLE_BAR, hint);
}

static const char *hint_of(const struct scene *scene, enum action action)
{
    if (action == ACTION_PAUSE && key_table[action].hint)
        return scene->running ? key_table[action].hint : "run";
    if (action == ACTION_HELP && scene->help)
        return "close";
    if (action == ACTION_SCROLL_UP || action == ACTION_SCROLL_DOWN)
        return scene->help ? "scroll" : scene->view == VIEW_TENSORS ? "tensor" : "layers";
    if (action == ACTION_RIGHT)
        return scene->view == VIEW_TENSORS ? "block" : "pan";
    return key_table[action].hint;
}

static int key_columns(const struct scene *scene, enum action action)
{
    const char *hint = hint_of(scene, action);
    return hint ? canvas_columns(key_table[action].label) + 2 + canvas_columns(hint) : 0;
}

/* The keys in the order in which they matter; those at the end go first. */
static int keys_now(const struct scene *scene, bool scrolls, enum action out[ACTIONS])
{
    static const enum action reading[] = {ACTION_SCROLL_DOWN, ACTION_SCROLL_UP, ACTIONS};
    static const enum action paused[] = {ACTION_PAUSE,     ACTION_STEP,     ACTION_WARMUP_LONGER,
                                         ACTION_RESTART,   ACTION_LR_UP,    ACTION_DEEPER,
                                         ACTION_SCROLL_UP, ACTION_GRADIENT, ACTION_NEXT_VIEW,
                                         ACTION_EXPORT,    ACTION_NORM,     ACTION_FASTER,
                                         ACTIONS};
    static const enum action running[] = {
        ACTION_PAUSE,     ACTION_WARMUP_LONGER, ACTION_RESTART,   ACTION_LR_UP,  ACTION_DEEPER,
        ACTION_SCROLL_UP, ACTION_GRADIENT,      ACTION_NEXT_VIEW, ACTION_FASTER, ACTION_NORM,
        ACTION_STEP,      ACTION_EXPORT,        ACTIONS};
    static const enum action past[] = {ACTION_LIVE,   ACTION_BACK,      ACTION_FORWARD,
                                       ACTION_BRANCH, ACTION_FAR_BACK,  ACTION_NEXT_VIEW,
                                       ACTION_PAUSE,  ACTION_SCROLL_UP, ACTION_GRADIENT,
                                       ACTION_EXPORT, ACTIONS};
    const enum action *own = view_table[scene->view].keys;
    const enum action *key = scene->help         ? reading
                             : scene->cursor > 0 ? past
                             : own               ? own
                             : scene->running    ? running
                                                 : paused;
    int count = 0;
    for (; *key != ACTIONS; key++)
        if (hint_of(scene, *key) && (*key != ACTION_SCROLL_UP || scrolls))
            out[count++] = *key;
    return count;
}

void view_footer(struct canvas *canvas, struct rect area, const struct scene *scene)
{
    canvas_fill(canvas, area, ' ', ROLE_BAR);
    if (scene->message && scene->message[0]) {
        canvas_fill(canvas, area, ' ', ROLE_TEXT);
        canvas_text(canvas, area, 0, 1, scene->message_role, scene->message);
        return;
    }
    static const enum action always[] = {ACTION_QUIT, ACTION_HELP}; /* from the right */
    int end = area.cols, between = area.cols >= WIDE_FROM ? 2 : 1;
    for (size_t i = 0; i < sizeof always / sizeof always[0]; i++) {
        end -= key_columns(scene, always[i]) + 1;
        draw_key(canvas, area, end, always[i], hint_of(scene, always[i]));
    }
    enum action key[ACTIONS];
    bool scrolls = scene->help || scene->view == VIEW_TENSORS ||
                   view_bar_scroll_max(scene, canvas->rows, canvas->cols) > 0;
    int count = keys_now(scene, scrolls, key), col = area.cols >= WIDE_FROM + 20;
    for (int i = 0; i < count && col + key_columns(scene, key[i]) + 1 <= end; i++)
        col = draw_key(canvas, area, col, key[i], hint_of(scene, key[i])) + between;
}
