/* See help.h. */
#include "views/help.h"

#include "claims/claim_file.h"
#include "controls/commands.h"
#include "controls/keys.h"
#include "screen/layout.h"
#include "screen/text.h"
#include "views/search.h"
#include "views/views.h"

#include <stdio.h>
#include <string.h>

enum {
    TEXT_COLS_MAX = 96, /* longer lines are hard to read */
    KEY_COLS = 10,
    TERM_COLS = 20,   /* terms stand beside their texts ... */
    BESIDE_FROM = 60, /* ... from this width on, and above them below it */
    LINE_MAX = 160,
    SECTIONS_MAX = 64,
    MATCHES_MAX = 512
};

/* What each number on the screen is: measured how, over what. */
static const struct {
    const char *term, *text;
} entries[] = {
    {"x_0 ... x_L",
     "the residual stream after block l, B x T x D numbers; x_0 is the embedding and x_L what "
     "the last block gives"},
    {"stream gradient", "L2 norm of dLoss/dx_l over the whole batch of this step; the loss is the "
                        "mean over the predicted tokens"},
    {"parameter gradient", "L2 norm of dLoss/dW of one tensor in block b1 ... bL, before clipping"},
    {"bars",
     "one per layer, the input at the bottom, on a logarithmic axis that both stacks share; "
     "it is at least four decades wide, grows at once where a bar needs more, and becomes shorter "
     "again when no bar has needed a decade for 60 steps; f freezes it. The bars of the right "
     "stack "
     "are made of segments, and its curve of dashes"},
    {"factor",
     "the gradient of this row over that of the row above: what one block does to it on its "
     "way down; where rows are left out, the mean per block"},
    {"1 in 8",
     "not all layers fit: every 8th is shown, and the last; Up and Down show them one by one"},
    {"x_0/x_L",
     "the ratio: the gradient at the first over that at the last; then its mean factor per "
     "block"},
    {"loss",
     "cross-entropy in nats per predicted token on this step's batch, before its update: an "
     "exponential mean over some 20 steps (0.95 per step, debiased)"},
    {"raw", "the loss of the last step alone; the dim dots of the plot"},
    {"held out", "the loss on text that is not trained on, when it was last measured"},
    {"no context",
     "the unigram entropy of the task: the lowest loss that is possible without looking at any "
     "token, not even at the one at hand"},
    {"current token",
     "the lowest loss from the token at hand and its place alone, without a look at the others, "
     "where that tells something: a stack above this line may have learned nothing that takes "
     "attention, and learning and LEARNS are not said before it is 3 % below"},
    {"best in 32",
     "the lowest mean loss in sequences of 32 tokens (the context) that start anywhere in the "
     "text; behind ± its standard error, since it is estimated. With unlimited context it would "
     "be the entropy rate (lnscope list tasks)"},
    {"best possible", "the lowest loss, exactly: the context makes no difference"},
    {"LEARNS, SLOW, STUCK",
     "the verdict of a stack: its smoothed loss is at most 0.75 of the loss without context (and "
     "at most 0.97 of what the token at hand tells alone), between that and 0.9, at least 0.9. "
     "None is given before step 50, nor during a warmup and for 50 steps after it; LEARNS is said "
     "with the first step at which it did"},
    {"DIVERGED",
     "a number is not finite: the first step and place where, in the order of computation; "
     "the stack computes no more, and its bars keep the last finite values"},
    {"no-context level", "the loss is within 3 % of no context, and has been for so many steps; "
                         "above and below it is further away"},
    {"curves",
     "bright: the smoothed loss, in the first steps over a tenth of them; dim: raw; dotted: the "
     "reference lines. Where both stacks share a cell, the left one is drawn in even columns and "
     "the "
     "right one in odd ones. What is above the plot is drawn along its upper edge; :ylim sets its "
     "limits"},
    {"vertical lines",
     "a setting was changed, or the run branched: the first step that it acts on (changes of one "
     "setting close to each other are one line); a "
     "step that was given a name; or the step that is shown, where it is not the "
     "newest"},
    {"ghost",
     "the smoothed curves that a branch (F) has left behind, faint, from its step on; of the "
     "newest three branches, and as far again as the run has come"},
    {"triangles", "on the axis of the steps, in the colour of a stack: its gradient vanished or "
                  "exploded, or a number is not finite; key 8 says what it was"},
    {"first to loss",
     "which stack's smoothed loss came down to this loss first, at which step, and how "
     "many steps later the other one did. Of the levels 90 %, 75 %, 60 % ... 2 % of "
     "the loss without context it is the lowest that has been reached"},
    {"step 40 of 213", "a moment of the past is shown, in every view, while training goes on"},
    {"kept 1 in 2",
     "all that was measured is kept within a budget of memory: every step while there "
     "is room, then every 2nd, 4th ..., and always each of the newest 512"},
    {"some gone",
     "the log was full: the oldest events have gone, but for divergence and what the user did; up "
     "to the step that is named it is not complete"},
    {"lr",
     "the learning rate of this step; below the plot its course, bright as it was, faint as it "
     "is planned"},
    {"warmup, w",
     "steps over which the learning rate rises in a straight line, and how many are done"},
    {"steps/s, /s",
     "measured over about the last second; both stacks do a step together. The limit is "
     "there so that one can watch: + and - change it"},
    {"REC", "the screen is being recorded, to the file named behind it"},
    {"mouse",
     "a click chooses a tab, a key, a cell, the block of a bar; on curves and on the waterfall it "
     "moves to that step, and a drag scrubs. The wheel zooms there and scrolls elsewhere. With "
     "Shift held the terminal has the mouse for itself, to select text; --no-mouse leaves it "
     "to the terminal altogether"},
    {"projector",
     "the verdict, the loss and the ratio of each stack in large letters, its bars, the "
     "step and the loss curves: "
     "the same numbers as in the overview, without what the back row cannot read"},
    {"L D H F", "blocks, width of the stream, attention heads, width of the feed-forward"},
    {"T B V", "tokens of context, sequences in a batch, different tokens"},
    {"parameters, par.", "trained numbers of one stack"},
    {"clip",
     "the whole gradient is scaled down to this L2 norm where it is larger; the bars show it "
     "before that"},
};

/* Where in the text things stand, as lines. */
struct help_index {
    int section[SECTIONS_MAX], sections; /* their headings */
    int part[VIEWS];                     /* the heading of each view's part */
    int session;                         /* -1: not there */
    int match[MATCHES_MAX], matches;     /* of what is searched for; each line once */
};

/* Where lines go: each is counted, and drawn when it is in the window. */
struct writer {
    struct canvas *canvas; /* NULL: only counts */
    struct rect area;      /* the window */
    int first;             /* the line at its top */
    int cols;
    int line;
    const struct scene *scene;
    struct help_index *index; /* filled in; NULL: not asked for */
};

static void put(struct writer *writer, int col, enum role role, const char *text)
{
    const char *words = writer->scene->look.help.search.text;
    int row = writer->line - writer->first;
    if (!writer->canvas || row < 0 || row >= writer->area.rows)
        return;
    canvas_text(writer->canvas, writer->area, row, col, role, text);
    search_mark(writer->canvas, writer->area, row, col, text, words);
}

/* The current line has what is searched for. */
static void note_match(struct writer *writer)
{
    struct help_index *index = writer->index;
    if (index && index->matches < MATCHES_MAX &&
        (index->matches == 0 || index->match[index->matches - 1] < writer->line))
        index->match[index->matches++] = writer->line;
}

/* A word or two, in front of their text. */
static void put_term(struct writer *writer, int col, enum role role, const char *text)
{
    put(writer, col, role, text);
    if (writer->index && search_in(text, writer->scene->look.help.search.text))
        note_match(writer);
}

/* Writes the text from `col` on, broken between words; the line after it is the current one. A
 * match counts in the line in which it begins. */
static void put_wrapped(struct writer *writer, int col, enum role role, const char *text)
{
    const char *words = writer->scene->look.help.search.text;
    const char *found = writer->index ? search_in(text, words) : NULL;
    while (*text) {
        const char *from = text;
        char line[LINE_MAX * 4];
        int length = (int)text_line(&text, writer->cols - col);
        snprintf(line, sizeof line, "%.*s", length, from);
        put(writer, col, role, line);
        if (found && found < text) {
            note_match(writer);
            found = search_in(text, words);
        }
        writer->line++;
    }
}

static void put_heading(struct writer *writer, const char *text)
{
    struct help_index *index = writer->index;
    writer->line += writer->line > 0;
    if (index && index->sections < SECTIONS_MAX)
        index->section[index->sections++] = writer->line;
    put_wrapped(writer, 0, ROLE_TITLE, text);
}

static void put_entry(struct writer *writer, int term_cols, const char *term, enum role role,
                      const char *text)
{
    put_term(writer, 1, role, term);
    if (term_cols > KEY_COLS && writer->cols < BESIDE_FROM) {
        writer->line++;
        term_cols = 3;
    }
    put_wrapped(writer, term_cols + 1, ROLE_TEXT, text);
}

static void put_keys(struct writer *writer)
{
    const char *group = "";
    for (int i = 0; i < ACTIONS; i++) {
        const struct key_row *key = &key_table[i];
        if (strcmp(group, key->group) != 0) {
            char heading[LINE_MAX];
            snprintf(heading, sizeof heading, "Keys: %s", key->group);
            put_heading(writer, heading);
            group = key->group;
        }
        char label[LINE_MAX];
        snprintf(label, sizeof label, " %.20s ", key->label);
        put_term(writer, 1, ROLE_KEY, label);
        put_wrapped(writer, KEY_COLS + 3, ROLE_TEXT, key->help);
    }
    put_heading(writer, "Keys: other alphabets");
    put_entry(writer, KEY_COLS + 2, "Cyrillic", ROLE_TITLE,
              "a letter acts as the key at its place on a US keyboard (Russian, Ukrainian, "
              "Belarusian)");
    put_entry(writer, KEY_COLS + 2, "Greek", ROLE_TITLE,
              "the same; where the key q gives ; Ctrl-C quits");
}

static void put_own_keys(struct writer *writer)
{
    static const char *const keys[][2] = {
        {"Up Down", "scroll (also k j); Page Up, Page Down and space: a page"},
        {"/", "search; n: the next match, N: the one before"},
        {"Tab", "the next section; Shift-Tab: the one before"},
        {"g G", "to the start, to the end (also Home, End)"},
        {"0 ... 9", "how to read that view; the help opens at that of the view shown"},
    };
    put_heading(writer, "This help");
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        put_entry(writer, KEY_COLS + 2, keys[i][0], ROLE_TITLE, keys[i][1]);
}

static void put_commands(struct writer *writer)
{
    static const char *const editing[][2] = {
        {"Tab, Shift-Tab", "what all words that fit share; then one after the other"},
        {"Up, Down", "earlier lines that begin with what is typed"},
        {"Ctrl-W, -U, -K", "erase a word, all in front of the cursor, all behind it"},
        {"name!", "a command that writes a file replaces one that exists"},
    };
    put_heading(writer, "Commands, behind :");
    for (int i = 0; i < VERB_KINDS; i++) {
        char usage[LINE_MAX];
        snprintf(usage, sizeof usage, "%s %s", verb_table[i].name, verb_table[i].arguments);
        put_entry(writer, TERM_COLS, usage, ROLE_TITLE, verb_table[i].help);
    }
    for (size_t i = 0; i < sizeof editing / sizeof editing[0]; i++)
        put_entry(writer, TERM_COLS, editing[i][0], ROLE_TITLE, editing[i][1]);
}

static void put_views(struct writer *writer)
{
    put_heading(writer, "Views");
    for (int i = 0; i < VIEWS; i++) {
        char label[LINE_MAX], text[LINE_MAX];
        snprintf(label, sizeof label, " %c ", view_table[i]->key);
        snprintf(text, sizeof text, "%s: %s", view_names[i], view_table[i]->summary);
        put(writer, 1, ROLE_KEY, label);
        put_wrapped(writer, KEY_COLS + 3, ROLE_TEXT, text);
    }
}

/* The keys that the footer names while a view is shown, "w warmup, r restart". */
static void put_view_keys(struct writer *writer, enum view view)
{
    const struct view_row *row = view_table[view];
    char text[LINE_MAX * 4] = "";
    for (const enum action *key = row->keys; *key != ACTIONS; key++) {
        const char *hint = *key == ACTION_SCROLL_UP ? row->up
                           : *key == ACTION_RIGHT   ? row->right
                                                    : key_table[*key].hint;
        const size_t used = strlen(text);
        if (hint)
            snprintf(text + used, sizeof text - used, "%s%s %s", used ? ", " : "",
                     key_table[*key].label, hint);
    }
    put_entry(writer, TERM_COLS, "keys", ROLE_TITLE, text);
}

/* The part of a view: its keys, and what it has beyond the others. The first view's is about what
 * all of them show. */
static void put_part(struct writer *writer, enum view view)
{
    char heading[LINE_MAX];
    const char *term, *text;
    snprintf(heading, sizeof heading, "How to read the %s", view ? view_names[view] : "picture");
    put_heading(writer, heading);
    if (writer->index) /* the heading is a line */
        writer->index->part[view] = writer->line - 1;
    put_view_keys(writer, view);
    for (size_t i = 0; view == 0 && i < sizeof entries / sizeof entries[0]; i++)
        put_entry(writer, TERM_COLS, entries[i].term, ROLE_TITLE, entries[i].text);
    for (int note = 0; view_note(view, note, &term, &text); note++)
        put_entry(writer, TERM_COLS, term, ROLE_TITLE, text);
}

static void put_events(struct writer *writer)
{
    char text[EVENT_HELP];
    put_heading(writer, "Events: what the log says, and from which thresholds on");
    for (int i = 0; i < EVENT_KINDS; i++) {
        event_help((enum event_kind)i, text);
        put_entry(writer, TERM_COLS, event_table[i].name, ROLE_TITLE, text);
    }
}

static void put_tables(struct writer *writer)
{
    char text[LINE_MAX * 2];
    put_heading(writer, "Placements: how a sublayer f joins the stream x, with the norm N");
    for (int i = 0; i < PLACEMENTS; i++) {
        const struct placement_row *row = &placement_table[i];
        snprintf(text, sizeof text, "%s: %s%s; %s", row->title, row->formula,
                 row->final_norm ? ", and a norm after the last block" : "", row->source);
        put_entry(writer, TERM_COLS, row->name, ROLE_TITLE, text);
    }
    put_heading(writer, "Norms");
    for (int i = 0; i < NORMS; i++) {
        const struct norm_row *row = &norm_table[i];
        snprintf(text, sizeof text, "%s: %s; %s", row->title, row->formula, row->source);
        put_entry(writer, TERM_COLS, row->name, ROLE_TITLE, text);
    }
}

/* What was published of norms and their places, and what this program measures of it. */
static void put_claims(struct writer *writer)
{
    char text[CLAIM_KNOWN];
    put_heading(writer, "What is known and what is not: published claims, measured here by "
                        "lnscope claims");
    for (int part = 1; part >= 0; part--) {
        put(writer, 1, ROLE_TITLE, claim_part_title[part]);
        writer->line++;
        for (int i = 0; i < claim_count(); i++) {
            if (claim_part(i) != part)
                continue;
            claim_known_text(text, i);
            put_entry(writer, TERM_COLS, claim_at(i)->id, ROLE_TITLE, text);
        }
    }
}

/* The steps of settings that were changed on the way: "12, 40, ...", "" for none. */
static void list_changes(const struct history *history, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (int i = 0; i < history->marks && used + TEXT_NUMBER < size; i++) {
        const struct history_mark *mark = &history->mark[i];
        if (mark->kind == MARK_CHANGE)
            used += (size_t)snprintf(out + used, size - used, "%s%lld", used ? ", " : "",
                                     (long long)mark->step);
    }
    if (used + TEXT_NUMBER >= size)
        snprintf(out + used, size - used, ", ...");
}

/* How to have this session again; nothing that would tell the stacks apart. */
static void put_session(struct writer *writer)
{
    const struct scene *scene = writer->scene;
    char steps[LINE_MAX], text[LINE_MAX * 2];
    if (!scene->share || scene->look.blind)
        return;
    put_heading(writer, "This session");
    if (writer->index)
        writer->index->session = writer->line - 1;
    put(writer, 1, ROLE_TITLE, "again");
    put_wrapped(writer, KEY_COLS + 3, ROLE_TEXT, scene->share);
    list_changes(scene->data.history, steps, sizeof steps);
    if (!*steps)
        return;
    snprintf(text, sizeof text,
             "settings were changed at step %s: this line does not repeat that; :save FILE keeps "
             "all of it",
             steps);
    put(writer, 1, ROLE_TITLE, "but");
    put_wrapped(writer, KEY_COLS + 3, ROLE_TEXT, text);
}

static void put_all(struct writer *writer)
{
    put_own_keys(writer);
    put_views(writer);
    put_keys(writer);
    put_commands(writer);
    for (enum view view = 0; view < VIEWS; view++)
        put_part(writer, view);
    put_events(writer);
    put_tables(writer);
    put_claims(writer);
    put_session(writer);
}

/* The text's part of the area: in the middle, a frame's width from its edges. */
static struct rect text_area(struct rect area)
{
    int cols = area.cols - 4 < TEXT_COLS_MAX ? area.cols - 4 : TEXT_COLS_MAX;
    return (struct rect){area.row + 1, area.col + (area.cols - cols) / 2, area.rows - 2, cols};
}

int view_help_lines(const struct scene *scene, int columns)
{
    struct writer writer = {.cols = text_area((struct rect){.cols = columns}).cols, .scene = scene};
    put_all(&writer);
    return writer.line;
}

static struct help_index index_of(const struct scene *scene, int columns)
{
    struct help_index index = {.session = -1};
    struct writer writer = {
        .cols = text_area((struct rect){.cols = columns}).cols, .scene = scene, .index = &index};
    put_all(&writer);
    return index;
}

int view_help_part(const struct scene *scene, int columns)
{
    return index_of(scene, columns).part[scene->look.projector ? VIEW_OVERVIEW : scene->look.view];
}

int view_help_session(const struct scene *scene, int columns)
{
    return index_of(scene, columns).session;
}

int view_help_section(const struct scene *scene, int columns, int line, int direction)
{
    const struct help_index index = index_of(scene, columns);
    int to = line;
    for (int i = 0; i < index.sections; i++) {
        if (direction > 0 && index.section[i] > line)
            return index.section[i];
        if (direction < 0 && index.section[i] < line)
            to = index.section[i];
    }
    return to;
}

int view_help_matches(const struct scene *scene, int columns)
{
    return index_of(scene, columns).matches;
}

int view_help_match(const struct scene *scene, int columns, int match)
{
    const struct help_index index = index_of(scene, columns);
    return match >= 0 && match < index.matches ? index.match[match] : -1;
}

int view_help_scroll_max(const struct scene *scene, int rows, int columns)
{
    struct layout_screen screen = layout_screen(rows, columns);
    int spare = view_help_lines(scene, columns) - text_area(screen.body).rows;
    return screen.too_small || spare < 0 ? 0 : spare;
}

static void draw_frame(struct canvas *canvas, struct rect area, bool ascii)
{
    static const uint32_t line[2][6] = {{0x2500, 0x2502, 0x256D, 0x256E, 0x2570, 0x256F},
                                        {'-', '|', '+', '+', '+', '+'}};
    const uint32_t *glyph = line[ascii];
    int bottom = area.row + area.rows - 1, right = area.col + area.cols - 1;
    canvas_fill(canvas, (struct rect){area.row, area.col, 1, area.cols}, glyph[0], ROLE_AXIS);
    canvas_fill(canvas, (struct rect){bottom, area.col, 1, area.cols}, glyph[0], ROLE_AXIS);
    canvas_fill(canvas, (struct rect){area.row, area.col, area.rows, 1}, glyph[1], ROLE_AXIS);
    canvas_fill(canvas, (struct rect){area.row, right, area.rows, 1}, glyph[1], ROLE_AXIS);
    canvas_put(canvas, area.row, area.col, glyph[2], ROLE_AXIS);
    canvas_put(canvas, area.row, right, glyph[3], ROLE_AXIS);
    canvas_put(canvas, bottom, area.col, glyph[4], ROLE_AXIS);
    canvas_put(canvas, bottom, right, glyph[5], ROLE_AXIS);
}

/* What stands in the frame: what is searched for, and the keys of the help. */
static void draw_edges(struct canvas *canvas, struct rect frame, const struct scene *scene)
{
    const struct search_look *search = &scene->look.help.search;
    const int matches = search->text[0] ? view_help_matches(scene, canvas->cols) : 0;
    canvas_text(canvas, frame, 0, 2, ROLE_TITLE, " Help ");
    if (matches > 0)
        canvas_print_right(canvas, frame, 0, frame.cols - 2, ROLE_WARN, " /%s %d of %d: n N ",
                           search->text, search->at + 1, matches);
    if (frame.cols >= BESIDE_FROM)
        canvas_text(canvas, frame, frame.rows - 1, 2, ROLE_DIM, " / search  Tab section  g start ");
}

void view_help(struct canvas *canvas, struct rect area, const struct scene *scene)
{
    struct rect text = text_area(area);
    struct rect frame = {area.row, text.col - 2, area.rows, text.cols + 4};
    canvas_fill(canvas, area, ' ', ROLE_TEXT);
    draw_frame(canvas, frame, scene->terminal.ascii);

    struct writer writer = {.cols = text.cols, .scene = scene};
    put_all(&writer);
    int lines = writer.line, spare = lines > text.rows ? lines - text.rows : 0;
    int first = scene->look.help.scroll < spare ? scene->look.help.scroll : spare;
    writer = (struct writer){canvas, text, first, text.cols, 0, scene, NULL};
    put_all(&writer);

    draw_edges(canvas, frame, scene);
    int last = first + text.rows < lines ? first + text.rows : lines;
    canvas_print_right(canvas, frame, frame.rows - 1, frame.cols - 2, ROLE_DIM,
                       " lines %d-%d of %d ", first + 1, last, lines);
    if (spare == 0)
        return;
    /* The slider: as much of the right edge as there is of the text. */
    int size = text.rows * text.rows / lines;
    size = size > 0 ? size : 1;
    int from = first * (text.rows - size) / spare;
    struct rect slider = {frame.row + 1 + from, frame.col + frame.cols - 1, size, 1};
    canvas_fill(canvas, slider, scene->terminal.ascii ? '#' : 0x2588, ROLE_AXIS);
}
