/* See header.h. */
#include "views/header.h"

#include "base/file.h"
#include "controls/keys.h"
#include "screen/layout.h"
#include "screen/text.h"
#include "train/presets.h"
#include "views/views.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    FIELDS_MAX = 24,
    FIELD_TEXT = 96,
    FORMS = 3,
    WIDE_FROM = 100,
    NEWS_FROM = 110, /* from here on the newest event has a place of its own in the footer ... */
    NEWS_KEYS = 36   /* ... beside so many columns of keys */
};

/* One statement of the header. What stands last in the list of fields is the first to be shortened
 * and to go as the screen gets narrower. */
struct field {
    enum role role;
    int line;                     /* of a header of two lines */
    char text[FORMS][FIELD_TEXT]; /* from long to short; "" goes */
    int forms;                    /* so many of them */
    int form;                     /* the one that is shown */
    bool gone;
};

struct fields {
    int count;
    int vital; /* so many of the first ones matter more than the names of the tabs */
    struct field field[FIELDS_MAX];
};

static struct field *add(struct fields *fields, int line, enum role role, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static struct field *add(struct fields *fields, int line, enum role role, const char *format, ...)
{
    struct field *field = &fields->field[fields->count++];
    *field = (struct field){.role = role, .line = line, .forms = 1};
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
    vsnprintf(field->text[field->forms++], FIELD_TEXT, format, arguments);
    va_end(arguments);
}

/* Was a setting changed after the step? Then the settings at hand are not those of that time. */
static bool changed_since(const struct history *history, int64_t step)
{
    int i = history->marks - 1;
    while (i >= 0 && history->mark[i].kind != MARK_CHANGE)
        i--;
    return step > 0 && i >= 0 && history->mark[i].step > step && history_newest(history) > step;
}

/* Steps per second; in the past of a run that stands still there are none to tell. */
static void add_rate(struct fields *fields, const struct scene *scene)
{
    const struct settings *settings = scene->data.settings;
    struct field *field;
    if (scene->look.cursor > 0 && !scene->data.running)
        return;
    char rate[TEXT_NUMBER] = "--";
    if (isfinite(scene->data.rate))
        snprintf(rate, sizeof rate, "%.1f", scene->data.rate);
    if (scene->data.watching)
        field = add(fields, 0, ROLE_BAR, "%5s steps/s", rate);
    else if (settings->speed > 0)
        field = add(fields, 0, ROLE_BAR, "%5s steps/s (limit %g)", rate, settings->speed);
    else
        field = add(fields, 0, ROLE_BAR, "%5s steps/s (no limit)", rate);
    shorten(field, "%5s steps/s", rate);
    if (scene->data.rate >= 100)
        snprintf(rate, sizeof rate, "%.0f", scene->data.rate);
    shorten(field, "%4s/s", rate);
}

/* What there is of rows: none yet, those that were there, those that come. */
static void add_watching(struct fields *fields, const struct scene *scene)
{
    const double progress = watching_progress(scene->data.watching);
    if (!scene->data.running)
        add(fields, 0, ROLE_BAR_WARN, "CLOSED ");
    else if (scene_step(scene) == 0)
        add(fields, 0, ROLE_BAR_WARN, "WAITING");
    else if (progress < 0.995)
        add(fields, 0, ROLE_BAR_WARN, "READ %2.0f%%", 100 * progress);
    else
        add(fields, 0, ROLE_BAR_GOOD, "WATCHED");
}

static void add_state(struct fields *fields, const struct scene *scene)
{
    if (scene->data.watching)
        add_watching(fields, scene);
    else if (scene->data.ended)
        add(fields, 0, ROLE_BAR_WARN, "ENDED  ");
    else
        add(fields, 0, scene->data.running ? ROLE_BAR_GOOD : ROLE_BAR_WARN, "%-7s",
            scene->data.running ? "RUNNING" : "PAUSED");
}

/* The warmup under way, as far as it is known; "" goes where there is no room for "no warmup". */
static void add_warmup(struct fields *fields, const struct scene *scene, int64_t step)
{
    const int64_t warmup = settings_warmup(scene->data.settings);
    struct field *field;
    if (scene->data.watching)
        return;
    if (changed_since(scene->data.history, step)) {
        field = add(fields, 0, ROLE_BAR, "before a change");
        shorten(field, "changed");
    } else if (warmup > 0) {
        int digits = snprintf(NULL, 0, "%" PRId64, warmup);
        int64_t done = step < warmup ? step : warmup;
        field =
            add(fields, 0, ROLE_BAR_STRONG, "warmup %*" PRId64 "/%" PRId64, digits, done, warmup);
        shorten(field, "warm %*" PRId64 "/%" PRId64, digits, done, warmup);
        shorten(field, "w %*" PRId64 "/%" PRId64, digits, done, warmup);
    }
}

/* What is measured: the state of the run. Numbers are padded, so that nothing moves with them. */
static void add_run(struct fields *fields, const struct scene *scene)
{
    const struct settings *settings = scene->data.settings;
    const int64_t step = scene_step(scene);
    add_state(fields, scene);
    struct field *field;
    if (scene->recording) {
        const char *dot = scene->terminal.ascii ? "*" : "●";
        field = add(fields, 0, ROLE_BAR_BAD, "%s REC %.24s", dot, file_last_part(scene->recording));
        shorten(field, "%s REC", dot);
    }
    if (scene->look.cursor > 0) {
        const char *mark = scene->terminal.ascii ? "<<" : "«";
        field = add(fields, 0, ROLE_BAR_WARN, "%s step %" PRId64 " of %" PRId64, mark, step,
                    history_newest(scene->data.history));
        shorten(field, "%s step %" PRId64, mark, step);
    } else {
        field = add(fields, 0, ROLE_BAR_STRONG, "step %-5" PRId64, step);
        shorten(field, "step %-4" PRId64, step);
    }

    char lr[TEXT_NUMBER];
    text_scientific(lr, scene_lr(scene), 2);
    add(fields, 0, ROLE_BAR_STRONG, "lr %-7s", lr);
    fields->vital = fields->count;

    add_warmup(fields, scene, step);
    add_rate(fields, scene);
    if (!scene->data.watching && settings_warmup(settings) == 0 &&
        !changed_since(scene->data.history, step))
        shorten(add(fields, 0, ROLE_BAR_STRONG, "no warmup"), "%s", "");
}

/* How much of the run there is to go back to, where that is not all of it, or of use now. */
static void add_kept(struct fields *fields, const struct scene *scene)
{
    char count[TEXT_NUMBER];
    int64_t spacing = history_spacing(scene->data.history);
    if (spacing == 1 && scene->look.cursor == 0)
        return;
    text_count(count, history_moments(scene->data.history));
    if (spacing == 1) {
        add(fields, 1, ROLE_BAR, "all %s steps kept", count);
        return;
    }
    struct field *field = add(fields, 1, ROLE_BAR_WARN, "%s kept: 1 in %" PRId64 ", newest %d",
                              count, spacing, history_recent(scene->data.history));
    shorten(field, "kept 1 in %" PRId64, spacing);
}

/* The family that the stacks are of; one that was changed since is no longer quite that. */
static void add_preset(struct fields *fields, const struct scene *scene)
{
    const struct settings *settings = scene->data.settings;
    char name[SETTING_TEXT];
    if (scene->look.blind || settings->stack[LEFT].preset + settings->stack[RIGHT].preset == 0)
        return;
    setting_get(settings, setting_find("preset", NULL), name, sizeof name);
    bool holds = true;
    for (enum side side = LEFT; side < SIDES; side++)
        holds =
            holds && (settings->stack[side].preset == 0 || settings_preset_holds(settings, side));
    struct field *field =
        add(fields, 1, ROLE_BAR_STRONG, "%.40s%s", name, holds ? "" : ", changed");
    shorten(field, "%.40s", name);
}

/* What the looks are like: what is kept, frozen, hidden. */
static void add_looks(struct fields *fields, const struct scene *scene)
{
    add_kept(fields, scene);
    if (scene->look.bars.axis.frozen)
        add(fields, 1, ROLE_BAR_WARN, "axis frozen");
    if (scene->look.blind)
        add(fields, 1, ROLE_BAR_WARN, "blind");
}

/* The lines of an input that are no rows: how many, and what is wrong with the newest. */
static void add_bad(struct fields *fields, const struct watching *watching, int i)
{
    const struct watch_bad *bad = &watching->bad[i];
    const char *of = watching->inputs == SIDES ? source_name(&watching->input[i].source) : "";
    if (bad->count == 0)
        return;
    struct field *field =
        add(fields, 1, ROLE_BAR_BAD, "%" PRId64 " bad, %.16s%sline %" PRId64 ": %.60s", bad->count,
            of, *of ? " " : "", bad->line, bad->last.text);
    shorten(field, "%" PRId64 " bad, %.16s%sline %" PRId64, bad->count, of, *of ? " " : "",
            bad->line);
    shorten(field, "%" PRId64 " bad", bad->count);
}

/* Whose rows these are, as they say themselves, and where they come from. */
static void add_rows(struct fields *fields, const struct scene *scene)
{
    const struct watching *watching = scene->data.watching;
    const struct watch_stack *first = &watching->stack[scene_first(scene)];
    for (int i = 0; i < watching->inputs && !scene->look.blind; i++) {
        const struct watch_source *source = &watching->input[i].source;
        if (source->error.text[0])
            add(fields, 1, ROLE_BAR_BAD, "%.60s", source->error.text);
        else
            add(fields, 1, source->is_there ? ROLE_BAR_STRONG : ROLE_BAR_WARN, "%s%.40s",
                source->is_there ? "" : "waiting for ", source_name(source));
    }
    for (int i = 0; i < watching->inputs; i++)
        add_bad(fields, watching, i);
    if (!scene->look.blind && first->title[0])
        shorten(add(fields, 1, ROLE_BAR, "%.60s", first->title), "%.20s", first->title);
    if (!scene->look.blind && first->run[0])
        add(fields, 1, ROLE_BAR, "run %.40s", first->run);
    if (first->layers > 0)
        add(fields, 1, ROLE_BAR, "L%d", scene_depth(scene, SIDES));
    for (enum side side = LEFT; side < SIDES; side++)
        if (watching->stack[side].left_out)
            add(fields, 1, ROLE_BAR_WARN, "%d of its tensors", WATCH_TENSORS);
    add_looks(fields, scene);
}

/* What was chosen: task, model, optimizer. */
static void add_settings(struct fields *fields, const struct scene *scene)
{
    const struct settings *settings = scene->data.settings;
    char count[SIDES][TEXT_NUMBER];
    for (int side = 0; side < SIDES; side++)
        text_count(count[side], scene->data.parameters[side]);
    add(fields, 1, ROLE_BAR, "%s", scene->data.task->name);
    add_preset(fields, scene);
    struct field *field =
        add(fields, 1, ROLE_BAR, "L%d D%d H%d F%d, T%d B%d", settings->layers, settings->width,
            settings->heads, settings->ffn, settings->context, settings->batch);
    shorten(field, "L%d D%d", settings->layers, settings->width);
    add(fields, 1, ROLE_BAR, "seed %" PRIu64, settings->seed);
    char lr[TEXT_NUMBER];
    text_scientific(lr, settings->lr, 0);
    add(fields, 1, ROLE_BAR, "%s %s %s", optimizer_table[settings->optimizer].name, lr,
        schedule_table[settings->schedule].name);
    add_looks(fields, scene);
    if (settings->clip > 0)
        add(fields, 1, ROLE_BAR, "clip %g", settings->clip);
    if (scene->look.blind && strcmp(count[LEFT], count[RIGHT]) != 0)
        return; /* different counts would tell */
    if (strcmp(count[LEFT], count[RIGHT]) == 0)
        field = add(fields, 1, ROLE_BAR, "%s parameters", count[LEFT]);
    else
        field = add(fields, 1, ROLE_BAR, "%s and %s parameters", count[LEFT], count[RIGHT]);
    if (strcmp(count[LEFT], count[RIGHT]) == 0)
        shorten(field, "%s par.", count[LEFT]);
    else
        shorten(field, "%s/%s par.", count[LEFT], count[RIGHT]);
}

static int columns_of(const struct fields *fields, int line, bool one_line, int between)
{
    int columns = 0;
    for (int i = 0; i < fields->count; i++) {
        const struct field *field = &fields->field[i];
        if ((one_line || field->line == line) && !field->gone)
            columns += canvas_columns(field->text[field->form]) + (columns > 0 ? between : 0);
    }
    return columns;
}

/* Shortens one field after the other from the end of the list until the line fits, and then drops
 * them. */
static void fit(struct fields *fields, int line, bool one_line, int between, int columns)
{
    for (int drop = 0; drop < 2; drop++)
        for (int i = fields->count - 1; i >= 0; i--) {
            struct field *field = &fields->field[i];
            if (!one_line && field->line != line)
                continue;
            while (!field->gone && columns_of(fields, line, one_line, between) > columns &&
                   (drop || field->form + 1 < field->forms)) {
                field->form += !drop;
                field->gone = drop || !field->text[field->form][0];
            }
        }
}

/* How the tabs are written, from long to short. */
enum tabs { TABS_NAMES, TABS_NAME, TABS_DENSE, TABS_SPACED, TABS_DIGITS };

/* The text of a tab, and the blanks in front of it. */
static int tab_text(const struct scene *scene, enum tabs tabs, int i, char text[FIELD_TEXT])
{
    const int key = view_table[i]->key;
    const bool shown = i == (int)scene->look.view;
    const bool name = tabs == TABS_NAMES || (shown && tabs < TABS_SPACED);
    if (shown && name)
        snprintf(text, FIELD_TEXT, " %c %s ", key, view_names[i]);
    else
        snprintf(text, FIELD_TEXT, "%c%s%s", key, name ? " " : "", name ? view_names[i] : "");
    if (i == 0)
        return 0;
    /* Two digits side by side would read as one number; the name has its own blanks. */
    return tabs == TABS_DENSE ? !shown && i - 1 != (int)scene->look.view : tabs != TABS_DIGITS;
}

static int tabs_columns(const struct scene *scene, enum tabs tabs)
{
    int columns = 0;
    char text[FIELD_TEXT];
    for (int i = 0; i < VIEWS; i++) {
        columns += tab_text(scene, tabs, i, text);
        columns += canvas_columns(text);
    }
    return columns;
}

/* The longest tabs that leave the fields of the first line whole; then those that leave them
 * shortened; then those with the name of the view that leave what is vital. The digits are always
 * there. */
static enum tabs choose_tabs(const struct fields *fields, const struct scene *scene, bool one_line,
                             int between, int columns)
{
    int whole = columns_of(fields, 0, one_line, between), brief = whole, vital = 0;
    for (int i = 0; i < fields->count; i++) {
        const struct field *field = &fields->field[i];
        int full = canvas_columns(field->text[0]);
        int least = canvas_columns(field->text[field->forms - 1]);
        if (one_line || field->line == 0)
            brief -= full - least + (least == 0 ? between : 0);
        if (i < fields->vital)
            vital += least + between;
    }
    if (whole + between + tabs_columns(scene, TABS_NAMES) <= columns)
        return TABS_NAMES;
    enum tabs tabs = TABS_NAME;
    if (brief + between + tabs_columns(scene, tabs) > columns)
        tabs = TABS_DENSE;
    while (tabs < TABS_DIGITS && vital + tabs_columns(scene, tabs) > columns)
        tabs++;
    return tabs;
}

/* The header of an area this wide: its fields, how its tabs are written, and where. */
struct header {
    struct fields fields;
    bool one_line;
    int between, edge; /* blank columns between fields, and at both ends */
    enum tabs tabs;
    int tabs_col;
};

static void plan_header(struct header *header, struct rect area, const struct scene *scene)
{
    *header = (struct header){.one_line = area.rows == 1,
                              .between = area.cols >= WIDE_FROM ? 4 : 2,
                              .edge = area.cols >= WIDE_FROM + 20 ? 2 : 1};
    add_run(&header->fields, scene);
    if (scene->data.watching)
        add_rows(&header->fields, scene);
    else
        add_settings(&header->fields, scene);
    header->tabs = choose_tabs(&header->fields, scene, header->one_line, header->between,
                               area.cols - 2 * header->edge);
    header->tabs_col = area.cols - header->edge - tabs_columns(scene, header->tabs);
}

static void draw_tabs(struct canvas *canvas, struct rect area, const struct header *header,
                      const struct scene *scene)
{
    int col = header->tabs_col;
    for (int i = 0; i < VIEWS; i++) {
        char text[FIELD_TEXT];
        col += tab_text(scene, header->tabs, i, text);
        canvas_text(canvas, area, 0, col, i == (int)scene->look.view ? ROLE_TAB : ROLE_BAR, text);
        col += canvas_columns(text);
    }
}

int view_tab_at(struct rect area, const struct scene *scene, int row, int col)
{
    struct header header;
    plan_header(&header, area, scene);
    int from = area.col + header.tabs_col;
    for (int i = 0; i < VIEWS && row == area.row; i++) {
        char text[FIELD_TEXT];
        from += tab_text(scene, header.tabs, i, text);
        if (col >= from && col < from + canvas_columns(text))
            return i;
        from += canvas_columns(text);
    }
    return -1;
}

void view_header(struct canvas *canvas, struct rect area, const struct scene *scene)
{
    struct header header;
    plan_header(&header, area, scene);
    canvas_fill(canvas, area, ' ', ROLE_BAR);
    draw_tabs(canvas, area, &header, scene);
    for (int line = 0; line < area.rows; line++) {
        fit(&header.fields, line, header.one_line, header.between,
            line == 0 ? header.tabs_col - header.between - header.edge
                      : area.cols - 2 * header.edge);
        int col = header.edge;
        for (int i = 0; i < header.fields.count; i++) {
            const struct field *field = &header.fields.field[i];
            if (field->gone || (!header.one_line && field->line != line))
                continue;
            col = canvas_text(canvas, area, line, col, field->role, field->text[field->form]);
            col += header.between;
        }
    }
}

/* One key of the footer: its label, then its hint. */
static void draw_key(struct canvas *canvas, struct rect area, int col, enum action action,
                     const char *hint)
{
    const struct key_row *key = &key_table[action];
    char label[FIELD_TEXT];
    snprintf(label, sizeof label, " %.20s ", key->label);
    col = canvas_text(canvas, area, 0, col, ROLE_KEY, label);
    canvas_text(canvas, area, 0, col, ROLE_BAR, hint);
}

static const char *hint_of(const struct scene *scene, enum action action)
{
    if (key_table[action].trains && scene->data.watching)
        return NULL;
    if (action == ACTION_PAUSE && !scene->data.running)
        return "run";
    if (action == ACTION_HELP && scene->look.help.open)
        return "close";
    if (action == ACTION_SCROLL_UP || action == ACTION_SCROLL_DOWN)
        return scene->look.help.open ? "scroll" : view_table[scene->look.view]->up;
    if (action == ACTION_RIGHT)
        return view_table[scene->look.view]->right;
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
    static const enum action past[] = {ACTION_LIVE,   ACTION_BACK,      ACTION_FORWARD,
                                       ACTION_BRANCH, ACTION_MARK,      ACTION_NEXT_VIEW,
                                       ACTION_PAUSE,  ACTION_SCROLL_UP, ACTION_GRADIENT,
                                       ACTION_EXPORT, ACTIONS};
    const struct view_row *view = view_table[scene->look.view];
    const enum action *key = scene->look.help.open                  ? reading
                             : scene->look.cursor > 0               ? past
                             : !scene->data.running && view->paused ? view->paused
                                                                    : view->keys;
    int count = 0;
    for (; *key != ACTIONS; key++)
        if (hint_of(scene, *key) && (*key != ACTION_SCROLL_UP || scrolls))
            out[count++] = *key;
    return count;
}

/* Where the most important event of late at the moment shown is written: its stack, what happened,
 * when. */
struct news {
    char title[TEXT_TITLE];
    const char *text;
    char step[FIELD_TEXT];
    enum role accent;
};

/* The longest form that fits into so many columns; the number of those that it needs, 0: none does.
 */
static int read_news(const struct scene *scene, int columns, struct news *news)
{
    const int count = scene_events(scene);
    if (count == 0)
        return 0;
    const struct event *event = events_headline(scene->data.events, count);
    scene_event_title(scene, event, news->title);
    news->accent = event->side < 0 ? ROLE_MARK : scene_accent[event->side];
    if (event->side < 0)
        news->title[0] = '\0';
    for (int form = 0; form < 4; form++) {
        news->text = form < 2 ? scene_event_text(scene, event) : event_table[event->kind].name;
        snprintf(news->step, sizeof news->step, "step %" PRId64, event->step);
        if (form % 2)
            news->step[0] = '\0';
        int needs = canvas_columns(news->title) + canvas_columns(news->text) +
                    canvas_columns(news->step) + (news->title[0] ? 1 : 0) + (form % 2 ? 0 : 2);
        if (needs <= columns)
            return needs;
    }
    return 0;
}

static void draw_news(struct canvas *canvas, struct rect area, const struct news *news)
{
    int col = canvas_text(canvas, area, 0, 1, news->accent, news->title);
    col += news->title[0] ? 1 : 0;
    col = canvas_text(canvas, area, 0, col, ROLE_TEXT, news->text) + 2;
    canvas_text(canvas, area, 0, col, ROLE_DIM, news->step);
}

/* Has a script the keyboard? */
static bool has_lecture(const struct scene *scene)
{
    return scene->lecture.keys > 0 && !scene->look.help.open;
}

/* Where the event stands in the footer: on wide screens at the right for good, beside the keys; on
 * narrow ones in the place of those that are not always there, for as long as it is news. Empty
 * where there is no event, or no room; `end` is where the keys of the right begin. */
static struct rect news_area(struct rect area, int end, const struct scene *scene,
                             struct news *news)
{
    bool wide = area.cols >= NEWS_FROM;
    int columns = 0;
    if (wide && !scene->look.help.open)
        columns = read_news(scene, end - NEWS_KEYS, news);
    else if (!wide && scene->news && scene->look.cursor == 0 && !has_lecture(scene))
        columns = read_news(scene, end - 2, news);
    if (columns == 0)
        return (struct rect){area.row, area.col + end, 0, 0};
    const int from = wide ? end - columns - 3 : 0, past = end - 1;
    return (struct rect){area.row, area.col + from, 1, past - from};
}

/* The keys that have room in the footer, and the columns of the area at which they begin. */
struct footer {
    int count;
    enum action action[ACTIONS];
    int col[ACTIONS];
    struct rect news_area; /* looks like the page */
    struct news news;
};

static void plan_footer(struct footer *footer, struct rect area, const struct scene *scene,
                        bool scrolls)
{
    static const enum action always[] = {ACTION_QUIT, ACTION_HELP}; /* from the right */
    int end = area.cols, between = area.cols >= WIDE_FROM ? 2 : 1;
    footer->count = 0;
    for (size_t i = 0; i < sizeof always / sizeof always[0]; i++) {
        end -= key_columns(scene, always[i]) + 1;
        footer->action[footer->count] = always[i];
        footer->col[footer->count++] = end;
    }
    footer->news_area = news_area(area, end, scene, &footer->news);
    end = footer->news_area.col - area.col;
    enum action key[ACTIONS];
    const bool others =
        has_lecture(scene) || scene->scripts.open; /* they say their keys themselves */
    int count = others ? 0 : keys_now(scene, scrolls, key), col = area.cols >= WIDE_FROM + 20;
    for (int i = 0; i < count && col + key_columns(scene, key[i]) + 1 <= end; i++) {
        footer->action[footer->count] = key[i];
        footer->col[footer->count++] = col;
        col += key_columns(scene, key[i]) + between;
    }
}

/* The keys of a script, in front of those that are always there. */
static void draw_lecture(struct canvas *canvas, struct rect area, const struct footer *footer,
                         const struct scene_lecture *lecture)
{
    int col = area.cols >= WIDE_FROM + 20, end = area.cols;
    for (int i = 0; i < footer->count; i++)
        end = footer->col[i] < end ? footer->col[i] : end;
    if (footer->news_area.rows > 0)
        end = footer->news_area.col - area.col;
    for (int i = 0; i < lecture->keys; i++) {
        const struct scene_key *key = &lecture->key[i];
        const int columns = canvas_columns(key->label) + canvas_columns(key->hint) + 2;
        if (col + columns > end)
            return;
        const int next = canvas_print(canvas, area, 0, col, ROLE_KEY, " %s ", key->label);
        canvas_text(canvas, area, 0, next, ROLE_BAR, key->hint);
        col += columns + (area.cols >= WIDE_FROM ? 2 : 1);
    }
}

static bool has_message(const struct scene *scene)
{
    return scene->message && scene->message[0];
}

static bool can_scroll(const struct scene *scene, int rows, int cols)
{
    return scene->look.help.open || view_can_scroll(scene, rows, cols);
}

int view_key_at(const struct scene *scene, int rows, int cols, int row, int col)
{
    struct footer footer;
    const struct layout_screen screen = view_layout(scene, rows, cols);
    if (row != screen.footer.row || screen.header.rows == 0 || has_message(scene))
        return -1;
    plan_footer(&footer, screen.footer, scene, can_scroll(scene, rows, cols));
    for (int i = 0; i < footer.count; i++)
        if (col >= footer.col[i] && col < footer.col[i] + key_columns(scene, footer.action[i]))
            return (int)footer.action[i];
    return -1;
}

/* A message that is too long for one row takes more above it; what still has no room is cut, and
 * three points say so. */
static void draw_message(struct canvas *canvas, struct rect area, const struct scene *scene)
{
    enum { ROWS_MOST = 3 };
    const int room = area.cols - 2, needs = text_rows(scene->message, room);
    const int most = area.row + 1 < ROWS_MOST ? area.row + 1 : ROWS_MOST;
    const int rows = needs < most ? needs : most;
    area.row -= rows - 1;
    area.rows = rows;
    canvas_fill(canvas, area, ' ', ROLE_TEXT);
    canvas_words(canvas, (struct rect){area.row, area.col + 1, rows, room}, scene->message_role,
                 scene->message);
}

void view_footer(struct canvas *canvas, struct rect area, const struct scene *scene)
{
    struct footer footer;
    if (has_message(scene)) {
        draw_message(canvas, area, scene);
        return;
    }
    canvas_fill(canvas, area, ' ', ROLE_BAR);
    plan_footer(&footer, area, scene, can_scroll(scene, canvas->rows, canvas->cols));
    for (int i = 0; i < footer.count; i++)
        draw_key(canvas, area, footer.col[i], footer.action[i], hint_of(scene, footer.action[i]));
    if (has_lecture(scene))
        draw_lecture(canvas, area, &footer, &scene->lecture);
    canvas_fill(canvas, footer.news_area, ' ', ROLE_TEXT);
    if (footer.news_area.rows > 0)
        draw_news(canvas, footer.news_area, &footer.news);
}
