/* The header and footer lines, and the screen as a whole. */
#include "ui/keys.h"
#include "ui/layout.h"
#include "ui/text.h"
#include "ui/views.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FIELDS_MAX = 16, FIELD_TEXT = 64, WIDE_FROM = 100 };

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

/* What is measured: the state of the run. Numbers are padded, so that nothing moves with them. */
static void add_run(struct fields *fields, const struct scene *scene)
{
    const struct settings *settings = scene->settings;
    int64_t step = scene->history->last[LEFT].step;
    if (scene->ended)
        add(fields, 0, ROLE_BAR_WARN, "ENDED  ");
    else
        add(fields, 0, scene->running ? ROLE_BAR_GOOD : ROLE_BAR_WARN, "%-7s",
            scene->running ? "RUNNING" : "PAUSED");
    add(fields, 0, ROLE_BAR_STRONG, "step %-5" PRId64, step);

    char lr[TEXT_NUMBER];
    double now = scene->history->last[LEFT].lr, other = scene->history->last[RIGHT].lr;
    if (step == 0)
        now = schedule_lr(settings->schedule, settings->lr, settings->warmup, settings->steps, 1);
    text_scientific(lr, isfinite(now) ? now : other, 2);
    add(fields, 0, ROLE_BAR_STRONG, "lr %-7s", lr);

    if (settings->warmup > 0) {
        int digits = snprintf(NULL, 0, "%d", settings->warmup);
        int64_t done = step < settings->warmup ? step : settings->warmup;
        add(fields, 0, ROLE_BAR_STRONG, "warmup %*" PRId64 "/%d", digits, done, settings->warmup);
    } else {
        add(fields, 0, ROLE_BAR_STRONG, "no warmup");
    }

    char rate[TEXT_NUMBER] = "--";
    if (isfinite(scene->rate))
        snprintf(rate, sizeof rate, "%.1f", scene->rate);
    struct field *field;
    if (settings->speed > 0)
        field = add(fields, 0, ROLE_BAR, "%5s steps/s (limit %g)", rate, settings->speed);
    else
        field = add(fields, 0, ROLE_BAR, "%5s steps/s (no limit)", rate);
    shorten(field, "%5s steps/s", rate);
}

/* What was chosen: task, model, optimizer. */
static void add_settings(struct fields *fields, const struct scene *scene)
{
    const struct settings *settings = scene->settings;
    char count[SIDES][TEXT_NUMBER];
    for (int side = 0; side < SIDES; side++)
        text_count(count[side], scene->parameters[side]);
    add(fields, 1, ROLE_BAR, "%s", scene->task->name);
    struct field *field =
        add(fields, 1, ROLE_BAR, "L%d D%d H%d F%d, T%d B%d", settings->layers, settings->width,
            settings->heads, settings->ffn, settings->context, settings->batch);
    shorten(field, "L%d D%d", settings->layers, settings->width);
    add(fields, 1, ROLE_BAR, "seed %" PRIu64, settings->seed);
    char lr[TEXT_NUMBER];
    text_scientific(lr, settings->lr, 0);
    add(fields, 1, ROLE_BAR, "%s %s %s", optimizer_names[settings->optimizer], lr,
        schedule_names[settings->schedule]);
    if (scene->axis.frozen)
        add(fields, 1, ROLE_BAR_WARN, "axis frozen");
    if (settings->clip > 0)
        add(fields, 1, ROLE_BAR, "clip %g", settings->clip);
    if (strcmp(count[LEFT], count[RIGHT]) == 0)
        field = add(fields, 1, ROLE_BAR, "%s parameters", count[LEFT]);
    else
        field = add(fields, 1, ROLE_BAR, "%s and %s parameters", count[LEFT], count[RIGHT]);
    shorten(field, "%s", count[LEFT]);
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

void view_header(struct canvas *canvas, struct rect area, const struct scene *scene)
{
    struct fields fields = {0};
    add_run(&fields, scene);
    add_settings(&fields, scene);
    canvas_fill(canvas, area, ' ', ROLE_BAR);
    bool one_line = area.rows == 1;
    int between = area.cols >= WIDE_FROM ? 4 : 2, edge = area.cols >= WIDE_FROM + 20 ? 2 : 1;
    for (int line = 0; line < area.rows; line++) {
        fit(&fields, line, one_line, between, area.cols - 2 * edge);
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
        return scene->help ? "scroll" : "layers";
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
                                         ACTION_SCROLL_UP, ACTION_GRADIENT, ACTION_EXPORT,
                                         ACTION_NORM,      ACTION_FASTER,   ACTIONS};
    static const enum action running[] = {ACTION_PAUSE,    ACTION_WARMUP_LONGER, ACTION_RESTART,
                                          ACTION_LR_UP,    ACTION_DEEPER,        ACTION_SCROLL_UP,
                                          ACTION_GRADIENT, ACTION_FASTER,        ACTION_NORM,
                                          ACTION_STEP,     ACTION_EXPORT,        ACTIONS};
    const enum action *key = scene->help ? reading : scene->running ? running : paused;
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
    bool scrolls = scene->help || view_bar_scroll_max(scene, canvas->rows, canvas->cols) > 0;
    int count = keys_now(scene, scrolls, key), col = area.cols >= WIDE_FROM + 20;
    for (int i = 0; i < count && col + key_columns(scene, key[i]) + 1 <= end; i++)
        col = draw_key(canvas, area, col, key[i], hint_of(scene, key[i])) + between;
}

/* Says what it has and what it needs, in the middle, with the words that fit. */
static void draw_too_small(struct canvas *canvas)
{
    char has[64], needs[64], both[64], brief[64];
    snprintf(has, sizeof has, "this terminal: %d x %d", canvas->cols, canvas->rows);
    snprintf(needs, sizeof needs, "lnscope needs: %d x %d", VIEW_COLUMNS_MIN, VIEW_ROWS_MIN);
    snprintf(both, sizeof both, "%dx%d, needs %dx%d", canvas->cols, canvas->rows, VIEW_COLUMNS_MIN,
             VIEW_ROWS_MIN);
    snprintf(brief, sizeof brief, "%dx%d", VIEW_COLUMNS_MIN, VIEW_ROWS_MIN);
    struct rect area = canvas_whole(canvas);
    const char *lines[2] = {has, needs};
    int count = 2;
    if (area.rows < 2 || area.cols < canvas_columns(needs)) {
        lines[0] = area.cols < canvas_columns(both) ? brief : both;
        count = 1;
    }
    for (int i = 0; i < count; i++) {
        int col = (area.cols - canvas_columns(lines[i])) / 2;
        canvas_text(canvas, area, (area.rows - count) / 2 + i, col > 0 ? col : 0,
                    i + 1 == count ? ROLE_TITLE : ROLE_TEXT, lines[i]);
    }
}

/* What came in with a mark or a message is not ASCII by itself. */
static void make_ascii(struct canvas *canvas)
{
    for (int i = 0; i < canvas->rows * canvas->cols; i++) {
        uint32_t *glyph = &canvas->cells[i].glyph;
        if (*glyph > '~')
            *glyph = *glyph == 0x2192 ? '>' : *glyph == 0x00D7 ? 'x' : '?'; /* arrow, times */
    }
}

void view_screen(struct canvas *canvas, const struct scene *scene)
{
    canvas_clear(canvas);
    struct layout_screen screen = layout_screen(canvas->rows, canvas->cols);
    if (screen.too_small) {
        draw_too_small(canvas);
        return;
    }
    view_header(canvas, screen.header, scene);
    if (scene->help)
        view_help(canvas, screen.body, scene);
    else
        view_overview(canvas, screen.body, scene);
    view_footer(canvas, screen.footer, scene);
    if (scene->ascii)
        make_ascii(canvas);
}
