/* The runs of the session, a row each: the settings in which they differ, and what became of both
 * stacks. The run under way is the last row, as it is now. */
#include "screen/layout.h"
#include "screen/text.h"
#include "views/view.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MARK_COLS = 3, /* which run is chosen, pinned, overlaid */
    RUN_COLS = 3,
    VALUE_MOST = 18, /* columns of what is as wide as its values, at most */
    HEAD_ROWS = 2,
    OF_STACK = 4, /* columns of a stack: verdict, learns from, loss, least ratio */
    TABLE_COLUMNS = 3 + SETTINGS_MAX + SIDES * OF_STACK,
    CELL = 2 * SETTING_TEXT,
    EVENTS_FROM = 20, /* rows from which on the events of the chosen run are listed */
    EVENT_COLS = 8,   /* of their steps, at least; their texts begin two columns behind */
    STEP_COLS = 6,    /* of other steps, at least */
    EVENT_LINE = EVENT_TEXT + 16
};

enum what {
    WHAT_RUN,
    WHAT_STEPS,
    WHAT_NAME,
    WHAT_SETTING,
    WHAT_VERDICT,
    WHAT_LEARNS,
    WHAT_LOSS,
    WHAT_RATIO
};

struct column {
    enum what what;
    const struct setting_row *setting; /* of WHAT_SETTING */
    enum side side;                    /* of those of a stack */
    const char *above, *head;          /* in two lines; "" where one will do */
    int col, cols; /* where it is, inside the edges; cols 0: there is no room for it */
    bool brief;    /* there is no room for many digits: they are rounded */
};

struct table {
    int columns;
    struct column column[TABLE_COLUMNS];
    int rows; /* the run under way is the last */
    const struct run_record *row[RUNS_MAX + 1];
};

/* ---- values ---- */

/* A verdict is a letter where the column has no room for the word. */
static void cell_text(const struct scene *scene, const struct column *column,
                      const struct run_record *record, char out[CELL])
{
    const struct verdict *verdict = &record->verdict[column->side];
    const struct verdict_row *kind =
        &verdict_table[runs_verdict(scene->data.runs, record, column->side)];
    out[0] = '\0';
    switch (column->what) {
    case WHAT_RUN:
        snprintf(out, CELL, "%d", record->number);
        break;
    case WHAT_STEPS:
        snprintf(out, CELL, "%" PRId64, record->step);
        break;
    case WHAT_NAME:
        snprintf(out, CELL, "%s", record->name);
        break;
    case WHAT_SETTING:
        run_value(record, column->setting, "→", out, CELL);
        break;
    case WHAT_VERDICT:
        if (column->cols == 1)
            snprintf(out, CELL, "%c", kind->letter);
        else
            snprintf(out, CELL, "%s", kind->name);
        break;
    case WHAT_LEARNS:
        if (column->brief && text_digits(verdict->learn_step) > STEP_COLS)
            text_count(out, verdict->learn_step);
        else if (verdict->learn_step > 0)
            snprintf(out, CELL, "%" PRId64, verdict->learn_step);
        else
            snprintf(out, CELL, "-");
        break;
    case WHAT_LOSS:
        text_loss(out, verdict_loss(verdict));
        break;
    case WHAT_RATIO:
        text_ratio(out, record->ratio_least[column->side]);
        break;
    }
}

/* ---- the order of rows ---- */

/* What runs are sorted by; what is not known comes last. */
static double sort_number(const struct run_record *record, const struct column *column)
{
    const struct verdict *verdict = &record->verdict[column->side];
    char value[CELL];
    double number = (double)INFINITY;
    switch (column->what) {
    case WHAT_RUN:
        return record->number;
    case WHAT_STEPS:
        return (double)record->step;
    case WHAT_NAME:
        return 0;
    case WHAT_SETTING:
        run_value(record, column->setting, "→", value, sizeof value);
        return strtod(value, NULL);
    case WHAT_VERDICT:
        return (double)verdict_at_end(verdict);
    case WHAT_LEARNS:
        return verdict->learn_step > 0 ? (double)verdict->learn_step : number;
    case WHAT_LOSS:
        number = verdict_loss(verdict);
        break;
    case WHAT_RATIO:
        number = record->ratio_least[column->side];
        break;
    }
    return isnan(number) ? (double)INFINITY : number;
}

/* Words by the alphabet, runs with the same value by their numbers. */
static int compare(const struct run_record *a, const struct run_record *b,
                   const struct column *column)
{
    const double x = sort_number(a, column), y = sort_number(b, column);
    char value[2][CELL];
    int order = x < y ? -1 : x > y;
    if (order == 0 && column->what == WHAT_SETTING) {
        run_value(a, column->setting, "→", value[0], CELL);
        run_value(b, column->setting, "→", value[1], CELL);
        order = strcmp(value[0], value[1]);
    }
    if (column->what == WHAT_NAME)
        order = strcmp(a->name, b->name);
    return order != 0 ? order : a->number < b->number ? -1 : a->number > b->number;
}

static void add_rows(struct table *table, const struct runs *runs, int sort)
{
    for (int i = 0; i < runs->count; i++) {
        int at = table->rows++;
        while (at > 0 && compare(table->row[at - 1], runs->record[i], &table->column[sort]) > 0) {
            table->row[at] = table->row[at - 1];
            at--;
        }
        table->row[at] = runs->record[i];
    }
    if (runs->now.number > 0)
        table->row[table->rows++] = &runs->now;
}

/* ---- the columns ---- */

static void add(struct table *table, enum what what, const struct setting_row *setting,
                enum side side, const char *head)
{
    table->column[table->columns++] =
        (struct column){.what = what, .setting = setting, .side = side, .above = "", .head = head};
}

/* Those that there are, whatever there is room for. */
static void add_columns(struct table *table, const struct scene *scene)
{
    const struct setting_row *setting[SETTINGS_MAX];
    const int settings = runs_columns(scene->data.runs, setting);
    add(table, WHAT_RUN, NULL, LEFT, "run");
    add(table, WHAT_STEPS, NULL, LEFT, "done");
    if (scene->data.runs->now.name[0])
        add(table, WHAT_NAME, NULL, LEFT, "name");
    for (int i = 0; i < settings; i++)
        if (!scene->look.blind || !setting_of_stack(setting[i]))
            add(table, WHAT_SETTING, setting[i], LEFT, setting[i]->name);
    for (enum side side = LEFT; side < SIDES; side++) {
        if (!scene_has(scene, side))
            continue;
        add(table, WHAT_VERDICT, NULL, side, "verdict");
        add(table, WHAT_LEARNS, NULL, side, "learns");
        add(table, WHAT_LOSS, NULL, side, "loss");
        add(table, WHAT_RATIO, NULL, side, "ratio");
        table->column[table->columns - 1].above = "least"; /* not that of a step */
    }
}

/* As wide as its head and its widest value. */
static int widest(const struct table *table, const struct scene *scene, const struct column *column)
{
    int cols = canvas_columns(column->head);
    for (int i = 0; i < table->rows; i++) {
        char text[CELL];
        cell_text(scene, column, table->row[i], text);
        const int width = canvas_columns(text);
        cols = width > cols ? width : cols;
    }
    return cols < VALUE_MOST ? cols : VALUE_MOST;
}

/* How tight the columns stand: the steps go first, and come back where verdicts are letters. */
enum { TIGHT_NOT, TIGHT_WORDS, TIGHT_LETTERS, TIGHT_LEAST };

static int column_cols(const struct table *table, const struct scene *scene,
                       const struct column *column, int tight)
{
    const int wide = widest(table, scene, column), steps = wide > STEP_COLS ? wide : STEP_COLS;
    switch (column->what) {
    case WHAT_RUN:
        return RUN_COLS;
    case WHAT_STEPS:
        return tight == TIGHT_NOT || tight == TIGHT_LETTERS ? steps : 0;
    case WHAT_NAME:
    case WHAT_SETTING:
    case WHAT_RATIO:
        return wide;
    case WHAT_VERDICT:
        return tight < TIGHT_LETTERS ? wide : 1;
    case WHAT_LEARNS:
        return steps;
    case WHAT_LOSS:
        return 5;
    }
    return 0;
}

/* A column and the blanks in front of it; there are more before a stack. */
static int gap_of(const struct column *column)
{
    return column->what == WHAT_VERDICT ? 2 : column->what == WHAT_RUN ? 0 : 1;
}

/* Columns that all of them take. */
static int measure(struct table *table, const struct scene *scene, int tight)
{
    int cols = MARK_COLS;
    for (int i = 0; i < table->columns; i++) {
        struct column *column = &table->column[i];
        column->brief = tight == TIGHT_LEAST;
        column->cols = column_cols(table, scene, column, tight);
        cols += column->cols > 0 ? gap_of(column) + column->cols : 0;
    }
    return cols;
}

/* Puts the columns beside each other in so many; where that is not enough the last settings go.
 * Returns how many went. */
static int place(struct table *table, const struct scene *scene, int cols)
{
    int tight = TIGHT_NOT, left_out = 0, col = MARK_COLS;
    while (measure(table, scene, tight) > cols && tight < TIGHT_LEAST)
        tight++;
    int wide = measure(table, scene, tight);
    for (int i = table->columns - 1; i >= 0 && wide > cols; i--)
        if (table->column[i].what == WHAT_SETTING) {
            wide -= table->column[i].cols + 1;
            table->column[i].cols = 0;
            left_out++;
        }
    for (int i = 0; i < table->columns; i++) {
        struct column *column = &table->column[i];
        col += column->cols > 0 ? gap_of(column) : 0;
        column->col = col;
        col += column->cols;
    }
    return left_out;
}

static int sort_of(const struct table *table, const struct scene *scene)
{
    return scene_clamp(scene->look.runs.sort, table->columns - 1);
}

static struct table table_of(const struct scene *scene)
{
    struct table table = {.columns = 0};
    if (!scene->data.runs)
        return table;
    add_columns(&table, scene);
    add_rows(&table, scene->data.runs, sort_of(&table, scene));
    return table;
}

/* The row that is chosen: the last, where that run is no longer there. */
static int chosen_row(const struct table *table, const struct scene *scene)
{
    int row = table->rows - 1;
    for (int i = 0; i < table->rows; i++)
        if (table->row[i]->number == scene->look.runs.chosen)
            row = i;
    return row;
}

/* ---- drawing ---- */

static enum role cell_role(const struct scene *scene, const struct column *column,
                           const struct run_record *record)
{
    static const enum role verdicts[VERDICTS] = {[VERDICT_NONE] = ROLE_DIM,
                                                 [VERDICT_LEARNS] = ROLE_GOOD,
                                                 [VERDICT_SLOW] = ROLE_TEXT,
                                                 [VERDICT_STUCK] = ROLE_WARN,
                                                 [VERDICT_DIVERGED] = ROLE_BAD};
    switch (column->what) {
    case WHAT_VERDICT:
        return verdicts[runs_verdict(scene->data.runs, record, column->side)];
    case WHAT_LEARNS:
    case WHAT_LOSS:
    case WHAT_RATIO:
        return scene_accent[column->side];
    case WHAT_RUN:
    case WHAT_STEPS:
        return ROLE_DIM;
    case WHAT_NAME:
    case WHAT_SETTING:
        break;
    }
    return ROLE_TEXT;
}

/* Settings and verdicts begin at the left edge of their column, numbers end at its right one. */
static void draw_cell(struct canvas *canvas, struct rect area, int row, const struct column *column,
                      enum role role, const char *text)
{
    const struct rect cell = {area.row + row, area.col + column->col, 1, column->cols};
    if (column->cols == 0)
        return;
    if (column->what == WHAT_SETTING || column->what == WHAT_NAME || column->what == WHAT_VERDICT)
        canvas_text(canvas, cell, 0, 0, role, text);
    else
        canvas_print_right(canvas, cell, 0, cell.cols, role, "%s", text);
}

static void draw_heads(struct canvas *canvas, struct rect area, const struct table *table,
                       const struct scene *scene)
{
    const int sort = sort_of(table, scene);
    for (int i = 0; i < table->columns; i++) {
        const struct column *column = &table->column[i];
        const bool narrow = column->what == WHAT_VERDICT && column->cols == 1;
        if (column->what == WHAT_VERDICT)
            canvas_print(canvas, area, 0, column->col, scene_accent[column->side], "%s",
                         scene->look.blind ? column->side == LEFT ? "A" : "B"
                                           : stack_names[column->side]);
        const enum role role = i == sort ? ROLE_TITLE : ROLE_DIM;
        if (*column->above)
            draw_cell(canvas, area, 0, column, role, column->above);
        draw_cell(canvas, area, 1, column, role, narrow ? "" : column->head);
    }
}

static bool is_overlaid(const struct scene *scene, const struct run_record *record)
{
    const struct run_record *shown[RUNS_SHOWN];
    const int count = runs_overlaid(scene->data.runs, shown);
    for (int i = 0; i < count; i++)
        if (shown[i] == record)
            return true;
    return false;
}

static void draw_row(struct canvas *canvas, struct rect area, int row, const struct table *table,
                     const struct scene *scene, int which, bool chosen)
{
    const struct run_record *record = table->row[which];
    const bool ascii = scene->terminal.ascii;
    if (chosen)
        canvas_put(canvas, area.row + row, area.col, ascii ? '>' : 0x25B6, ROLE_TITLE);
    if (record->number == scene->data.runs->pinned)
        canvas_put(canvas, area.row + row, area.col + 1, ascii ? '*' : 0x25C6, ROLE_MARK);
    else if (is_overlaid(scene, record))
        canvas_put(canvas, area.row + row, area.col + 1, ascii ? '~' : 0x223F, ROLE_MARK);
    for (int i = 0; i < table->columns; i++) {
        const struct column *column = &table->column[i];
        char text[CELL];
        cell_text(scene, column, record, text);
        draw_cell(canvas, area, row, column, chosen ? ROLE_TITLE : cell_role(scene, column, record),
                  text);
    }
}

/* What is listed, and what is not in view. */
static void draw_title(struct canvas *canvas, struct rect area, const struct table *table,
                       int above, int below, int left_out)
{
    int end = area.cols;
    if (below > 0)
        end = canvas_print_right(canvas, area, 0, end, ROLE_WARN, "%d below", below) - 2;
    if (above > 0)
        end = canvas_print_right(canvas, area, 0, end, ROLE_WARN, "%d above", above) - 2;
    if (left_out > 0)
        end = canvas_print_right(canvas, area, 0, end, ROLE_WARN, "%d setting%s left out", left_out,
                                 left_out == 1 ? "" : "s") -
              2;
    char title[2][96];
    snprintf(title[0], sizeof title[0],
             "%d run%s, the last one under way; columns: settings in which they differ",
             table->rows, table->rows == 1 ? "" : "s");
    snprintf(title[1], sizeof title[1], "%d run%s, the last one under way", table->rows,
             table->rows == 1 ? "" : "s");
    canvas_fit(canvas, area, 0, end, ROLE_TITLE,
               (const char *const[]){title[0], title[1], "runs", NULL});
}

/* The chosen run in words: what makes it different, and what Enter does. */
static void draw_chosen(struct canvas *canvas, struct rect area, const struct scene *scene,
                        const struct run_record *record)
{
    const struct runs *runs = scene->data.runs;
    char different[RUN_DIFFERENCE], text[3][160];
    if (record == &runs->now && scene->data.watching) {
        canvas_text(canvas, area, 0, 0, ROLE_TEXT, "what is watched, up to its newest row");
        return;
    }
    if (record == &runs->now && runs->count == 0) {
        canvas_fit(
            canvas, area, 0, area.cols, ROLE_TEXT,
            (const char *const[]){"the run under way: r, or a branch, begins the next one and "
                                  "keeps this one here",
                                  "the run under way; r begins the next", NULL});
        return;
    }
    if (record == &runs->now) {
        canvas_fit(canvas, area, 0, area.cols, ROLE_TEXT,
                   (const char *const[]){"the run under way: Up chooses an earlier one, i overlays "
                                         "its curves, Enter goes back into it",
                                         "the run under way: Up chooses an earlier one", NULL});
        return;
    }
    runs_difference(runs, record, different);
    const char *told =
        scene->look.blind && event_text_tells(different) ? "hidden while blind" : different;
    const char *back = record->rest                ? "Enter goes back to its last step"
                       : run_can_be_redone(record) ? "Enter does it again up to there"
                                                   : "how it began is not known";
    snprintf(text[0], sizeof text[0], "run %d, %" PRId64 " steps, %s: %s", record->number,
             record->step, told, back);
    snprintf(text[1], sizeof text[1], "run %d, %s: %s", record->number, told, back);
    snprintf(text[2], sizeof text[2], "run %d: %s", record->number, back);
    canvas_fit(canvas, area, 0, area.cols, ROLE_TEXT,
               (const char *const[]){text[0], text[1], text[2], told, NULL});
}

/* What happened, behind the stack that it happened in. */
static void event_line(const struct scene *scene, const struct event *event, char out[EVENT_LINE])
{
    snprintf(out, EVENT_LINE, "%s%s%s",
             event->side < 0     ? ""
             : scene->look.blind ? event->side == LEFT ? "A" : "B"
                                 : stack_names[event->side],
             event->side < 0 ? "" : ": ", scene_event_text(scene, event));
}

/* The columns of the steps of so many events. */
static int event_steps(const struct event *event, int count)
{
    int cols = EVENT_COLS;
    for (int i = 0; i < count; i++) {
        const int digits = text_digits(event[i].step);
        cols = digits > cols ? digits : cols;
    }
    return cols;
}

static int event_rows(const struct scene *scene, const struct event *event, int cols)
{
    char line[EVENT_LINE];
    event_line(scene, event, line);
    return text_rows(line, cols);
}

/* The step of an event, in so many columns, and its line; one that is too long goes on below. */
static void draw_event(struct canvas *canvas, struct rect area, int row, const struct scene *scene,
                       const struct event *event, int steps)
{
    const int col = steps + 2;
    char line[EVENT_LINE];
    event_line(scene, event, line);
    canvas_print(canvas, area, row, 0, ROLE_DIM, "%*" PRId64, steps, event->step);
    for (const char *rest = line, *from = rest; *rest; from = rest, row++) {
        const int length = (int)text_line(&rest, area.cols - col);
        canvas_print(canvas, area, row, col, ROLE_DIM, "%.*s", length, from);
    }
}

/* The newest events of the chosen run, as many as there are rows for. */
static void draw_events(struct canvas *canvas, struct rect area, const struct scene *scene,
                        const struct run_record *record)
{
    const bool now = record == &scene->data.runs->now;
    const int count = now ? scene->data.events ? scene->data.events->count : 0 : record->events;
    const struct event *event = now && count ? scene->data.events->event : record->event;
    const int steps = event_steps(event, count), cols = area.cols - steps - 2;
    int from = count, used = 0;
    while (from > 0) {
        const int rows = event_rows(scene, &event[from - 1], cols);
        if (used + rows > area.rows)
            break;
        used += rows;
        from--;
    }
    for (int i = from, row = 0; i < count; i++) {
        draw_event(canvas, area, row, scene, &event[i], steps);
        row += event_rows(scene, &event[i], cols);
    }
}

static void draw(struct canvas *canvas, struct rect area, const struct scene *scene)
{
    struct table table = table_of(scene);
    const struct rect inside = layout_inside(area);
    if (table.rows == 0) {
        canvas_text(canvas, inside, 0, 0, ROLE_DIM, "there is no run yet");
        return;
    }
    const int left_out = place(&table, scene, inside.cols);
    const int events = inside.rows >= EVENTS_FROM ? inside.rows / 4 : 0;
    const int rows = inside.rows - 1 - HEAD_ROWS - 1 - (events > 0 ? events + 1 : 0);
    const int chosen = chosen_row(&table, scene);
    int first = chosen - rows / 2;
    first = first > table.rows - rows ? table.rows - rows : first;
    first = first < 0 ? 0 : first;
    const int past = first + rows < table.rows ? first + rows : table.rows;
    const struct rect list = {inside.row + 1 + HEAD_ROWS, inside.col, rows > 0 ? rows : 0,
                              inside.cols};
    const struct rect head = {inside.row + 1, inside.col, HEAD_ROWS, inside.cols};
    const struct rect line = {inside.row + 1 + HEAD_ROWS + list.rows, inside.col, 1, inside.cols};
    draw_title(canvas, inside, &table, first, table.rows - past, left_out);
    draw_heads(canvas, head, &table, scene);
    for (int i = first; i < past; i++)
        draw_row(canvas, list, i - first, &table, scene, i, i == chosen);
    draw_chosen(canvas, line, scene, table.row[chosen]);
    draw_events(canvas, (struct rect){line.row + 1, line.col, events, line.cols}, scene,
                table.row[chosen]);
}

/* ---- keys ---- */

static void choose(struct scene *scene, int up, struct rect area, struct answer *answer)
{
    const struct table table = table_of(scene);
    (void)area;
    if (table.rows < 2) {
        answer_say(answer, "there is no other run yet: restarts and branches leave some behind");
        return;
    }
    const int row = scene_clamp(chosen_row(&table, scene) - up, table.rows - 1);
    scene->look.runs.chosen = row == table.rows - 1 ? 0 : table.row[row]->number;
}

static void page(struct scene *scene, int up, struct rect area, struct answer *answer)
{
    const int rows = area.rows > 8 ? area.rows - 8 : 1;
    choose(scene, up * rows, area, answer);
}

static void sort(struct scene *scene, int by, struct rect area, struct answer *answer)
{
    const struct table table = table_of(scene);
    (void)area;
    if (table.columns == 0)
        return;
    const int to = (sort_of(&table, scene) + by + table.columns) % table.columns;
    const struct column *column = &table.column[to];
    scene->look.runs.sort = to;
    if (column->what < WHAT_VERDICT)
        answer_say(answer, "sorted by %s", column->head);
    else
        answer_say(answer, "sorted by %s%s%s of the %s stack", column->above,
                   *column->above ? " " : "", column->head,
                   scene->look.blind ? column->side == LEFT ? "first" : "second"
                                     : stack_names[column->side]);
}

/* ---- the row ---- */

static const enum action keys[] = {
    ACTION_PAUSE, ACTION_SCROLL_UP, ACTION_ENTER,     ACTION_OVERLAY, ACTION_SORT_RIGHT, ACTION_PIN,
    ACTION_UNDO,  ACTION_REMOVE,    ACTION_NEXT_VIEW, ACTION_EXPORT,  ACTION_COMMAND,    ACTIONS};

static const char *const notes[][2] = {
    {"done", "how many steps the run has done; left out where there is no room"},
    {"settings",
     "those in which the runs differ: what a run began with, and behind an arrow what "
     "it ended with where it was changed meanwhile; where the stacks differ LEFT/RIGHT"},
    {"learns", "the first step at which the smoothed loss was at most 0.75 of the loss without "
               "context"},
    {"loss", "the smoothed loss at the end of the run"},
    {"least ratio",
     "the lowest ratio of the stream gradients, first over last, in all steps of the run"},
    {"wave", "its curves are overlaid in the curves and the overview: those of the run before, and "
             "of those that i has chosen; a diamond: it is pinned"},
    {"Enter", "goes back into a run: to its last step, where its state is still in memory (setting "
              "history); otherwise all of it is done again, with the same numbers: a saved session "
              "has no weights of earlier runs"},
    {"export", ":export FILE.csv writes the whole table"},
    {NULL, NULL},
};

const struct view_row view_runs = {
    .key = '9',
    .summary = "the runs of the session, to compare and to go back into",
    .draw = draw,
    .act = {[ACT_SCROLL] = choose, [ACT_PAGE] = page, [ACT_SORT] = sort},
    .still = true,
    .up = "run",
    .keys = keys,
    .notes = notes,
};
