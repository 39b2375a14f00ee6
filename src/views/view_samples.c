/* The samples: what both stacks write after the same prompt, each character on the colour of the
 * probability that its stack gave to it. */
#include "base/columns.h"
#include "screen/layout.h"
#include "screen/plot.h"
#include "screen/text.h"
#include "train/run.h"
#include "views/panel.h"
#include "views/view.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    GAPS_FROM = 9,    /* a panel of so many rows has a blank one between two texts, ... */
    BREAKS_FROM = 24, /* ... and in one of so many the lines of a text begin anew */
    STEP_COLS = 21,   /* "before the first step", and as long a number */
    LEGEND_FROM = 72  /* a key of so many columns has a legend of the signs */
};

/* What is said of each kind of writing, from long to short. */
static const struct {
    const char *title[4];
} writing_table[] = {
    [WRITING_NONE] = {.title = {NULL}},
    [WRITING_ON] =
        {.title = {"both stacks continue the same prompts (dim), character by character, "
                   "with the same dice",
                   "both stacks continue the same prompts (dim)", "continued prompts"}},
    [WRITING_ANSWERS] = {.title = {"both stacks answer the same questions (dim), with the same "
                                   "dice; x below: wrong",
                                   "both stacks answer the same questions (dim)", "answers"}},
    [WRITING_BESIDE] = {.title = {"both stacks answer to the same tokens (dim), with the same "
                                  "dice; x below: wrong",
                                  "both stacks answer to the same tokens (dim)", "answers"}},
    [WRITING_FILLED] = {.title = {"both stacks fill in the masked characters of the same texts "
                                  "(dim); x below: wrong",
                                  "both stacks fill in what is masked", "filled in"}},
};

/* The same of WRITING_ON, where the tokens are bytes. */
static const char *const bytes_title[] = {
    "both stacks continue the same prompts (dim), byte by byte, with the same dice",
    "both stacks continue the same prompts, byte by byte", "continued prompts", NULL};

/* Where the next token goes. */
struct pen {
    struct canvas *canvas;
    struct rect area;
    int row, col;
    int height;   /* rows of a line: the text, and what stands below it */
    bool letters; /* the probability is a letter below the character, not its colour */
    bool breaks;  /* a new line of the text begins one on the screen */
    bool ascii;
    bool apart; /* blanks between the tokens */
    bool full;  /* there is no more room */
};

/* ---- one text --------------------------------------------------------------------------------*/

/* A token as it stands in the text: what has no ink of its own has a sign. */
static const char *glyph_of(const struct scene *scene, int token)
{
    static const struct {
        const char *symbol, *sign, *ascii;
    } signs[] = {{"␣", "·", "_"}, {"⏎", "⏎", "/"}, {"⇥", "⇥", ">"}};
    const char *symbol =
        token >= 0 && token < TASK_SYMBOLS ? scene->data.symbols->text[token] : "?";
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (strcmp(symbol, signs[i].symbol) == 0)
            return scene->terminal.ascii ? signs[i].ascii : signs[i].sign;
    return symbol;
}

/* What is drawn as one: a token, or the bytes of one character with its marks. */
struct letter {
    char text[4 * TASK_SYMBOL_SIZE];
    int tokens;
    bool given, wrong;
    double probability; /* the product of those of the tokens that were written */
};

/* Bytes from token `at` on, as many as a sequence has, and a NUL. */
static void bytes_at(const struct scene *scene, const struct sample_text *text, int at, char out[5])
{
    int count = 0;
    while (count < 4 && at + count < text->count && text->token[at + count] >= 0 &&
           text->token[at + count] < TASK_SYMBOLS) {
        out[count] = (char)scene->data.symbols->byte[text->token[at + count]];
        count++;
    }
    out[count] = '\0';
}

/* The code point that stands at token `at`, and how many tokens it takes; 0: no valid sequence. */
static uint32_t code_at(const struct scene *scene, const struct sample_text *text, int at,
                        int *tokens)
{
    char bytes[5];
    const char *next = bytes;
    bytes_at(scene, text, at, bytes);
    const uint32_t code = utf8_next(&next);
    *tokens = (int)(next - bytes);
    return code == UTF8_BAD && *tokens == 1 ? 0 : code;
}

/* Writes what stands at token `at` of a text of bytes; returns how many of them it takes. What is
 * no valid sequence, or not ASCII where all is, is a byte, and what would steer the terminal is its
 * number. */
static int read_bytes(const struct scene *scene, const struct sample_text *text, int at, char *out,
                      size_t size)
{
    int tokens, more;
    const uint32_t code = code_at(scene, text, at, &tokens);
    const bool ascii = scene->terminal.ascii && code > '~';
    if (code == 0 || ascii || (code <= '~' && columns_of(code) != 1) || code == ' ') {
        snprintf(out, size, "%s", glyph_of(scene, text->token[at]));
        return 1;
    }
    if (columns_of(code) < 0) {
        snprintf(out, size, "<%04X>", (unsigned)code);
        return tokens;
    }
    size_t used = (size_t)utf8_put(out, code);
    for (int i = 0; i < CELL_MARKS && at + tokens < text->count; i++) {
        const uint32_t mark = code_at(scene, text, at + tokens, &more);
        if (mark == 0 || columns_of(mark) != 0)
            break;
        used += (size_t)utf8_put(out + used, mark);
        tokens += more;
    }
    return tokens;
}

static struct letter letter_at(const struct scene *scene, const struct sample_text *text, int at)
{
    struct letter letter = {.tokens = 1, .given = true, .probability = 1};
    if (scene->data.symbols->bytes)
        letter.tokens = read_bytes(scene, text, at, letter.text, sizeof letter.text);
    else
        snprintf(letter.text, sizeof letter.text, "%s", glyph_of(scene, text->token[at]));
    for (int i = at; i < at + letter.tokens; i++) {
        if (isnan(text->probability[i]))
            continue;
        letter.given = false;
        letter.probability *= (double)text->probability[i];
        letter.wrong |= text->right[i] >= 0 && text->right[i] != text->token[i];
    }
    return letter;
}

static bool is_newline(const struct scene *scene, int token)
{
    return token >= 0 && token < TASK_SYMBOLS && strcmp(scene->data.symbols->text[token], "⏎") == 0;
}

static void new_line(struct pen *pen)
{
    pen->row += pen->height;
    pen->col = 0;
}

/* Makes room for so many columns; where there is none a sign says that the text goes on. */
static bool make_room(struct pen *pen, int cols)
{
    if (pen->col > 0 && pen->col + cols > pen->area.cols)
        new_line(pen);
    if (pen->row + pen->height > pen->area.rows && !pen->full) {
        canvas_put(pen->canvas, pen->area.row + pen->row - pen->height,
                   pen->area.col + pen->area.cols - 1, pen->ascii ? '~' : 0x2026, ROLE_TITLE);
        pen->full = true;
    }
    return !pen->full;
}

/* The step of the ramp for a probability. */
static int step_of(double probability)
{
    int step = (int)(probability * RAMP_STEPS);
    return step < RAMP_STEPS ? step : RAMP_STEPS - 1;
}

static void put_given(struct pen *pen, const char *glyph)
{
    if (make_room(pen, canvas_columns(glyph)))
        pen->col = canvas_text(pen->canvas, pen->area, pen->row, pen->col, ROLE_DIM, glyph);
}

static void put_written(struct pen *pen, const struct letter *letter)
{
    const int cols = canvas_columns(letter->text), step = step_of(letter->probability);
    if (!make_room(pen, cols))
        return;
    plot_heat_text(pen->canvas, pen->area, pen->row, pen->col, step, pen->letters, letter->text);
    for (int i = 0; i < cols && pen->height > 1 && pen->col + i < pen->area.cols; i++) {
        const int row = pen->area.row + pen->row + 1, col = pen->area.col + pen->col + i;
        if (letter->wrong)
            canvas_put(pen->canvas, row, col, pen->ascii ? 'x' : 0x00D7, ROLE_BAD);
        else if (pen->letters)
            plot_heat_cell(pen->canvas, row, col, step, step, true);
    }
    pen->col += cols;
}

static void draw_text(struct pen *pen, const struct scene *scene, const struct sample_text *text)
{
    if (text->from > 0)
        put_given(pen, scene->terminal.ascii ? ".. " : "… ");
    for (int i = 0, tokens; i < text->count && !pen->full; i += tokens) {
        const struct letter letter = letter_at(scene, text, i);
        const bool question = letter.given && i > 0 && !isnan(text->probability[i - 1]);
        tokens = letter.tokens;
        if (pen->apart && question && pen->breaks)
            new_line(pen);
        else if (pen->apart && question)
            pen->col += 2;
        if (letter.given)
            put_given(pen, letter.text);
        else
            put_written(pen, &letter);
        pen->col += pen->apart;
        if (pen->breaks && is_newline(scene, text->token[i]) && i + 1 < text->count)
            new_line(pen);
    }
}

/* ---- a panel ---------------------------------------------------------------------------------*/

static void draw_texts(struct canvas *canvas, struct rect area, const struct scene *scene,
                       const struct sample *sample)
{
    const enum task_writing writing = task_writing(scene->data.settings->task);
    const bool letters = scene_has_letters(scene);
    struct pen pen = {
        .canvas = canvas,
        .area = area,
        .height = letters || writing != WRITING_ON ? 2 : 1,
        .letters = letters,
        .breaks = area.rows >= BREAKS_FROM,
        .ascii = scene->terminal.ascii,
        .apart = scene->data.symbols->apart,
    };
    if (!sample->finite)
        canvas_fit(canvas, area, 0, area.cols, ROLE_BAD,
                   (const char *const[]){"no text: the numbers of the stack are not finite",
                                         "no text: not finite", "not finite", NULL});
    for (int i = 0; i < sample->texts; i++) {
        const int gap = i > 0 && area.rows >= GAPS_FROM ? 1 : 0;
        if (i > 0)
            new_line(&pen);
        pen.row += gap;
        if (pen.row + pen.height > area.rows)
            return;
        draw_text(&pen, scene, &sample->text[i]);
    }
}

static void draw_summary(struct canvas *canvas, struct rect area, const struct scene *scene,
                         const struct sample *sample)
{
    const struct sample_summary summary = sample_summarise(sample);
    const struct task_symbols *symbols = scene->data.symbols;
    const char *unit = symbols->apart ? "token" : symbols->bytes ? "byte" : "character";
    char text[5][96];
    if (summary.written == 0)
        return;
    if (summary.asked > 0) {
        snprintf(text[0], sizeof text[0], "%d of %d right, mean probability %.2f", summary.right,
                 summary.asked, summary.probability);
        snprintf(text[1], sizeof text[1], "%d of %d right", summary.right, summary.asked);
        canvas_fit(canvas, area, 0, area.cols, ROLE_TEXT,
                   (const char *const[]){text[0], text[1], NULL});
        return;
    }
    snprintf(text[0], sizeof text[0], "mean probability %.2f, %.2f bits per %s",
             summary.probability, summary.bits, unit);
    snprintf(text[1], sizeof text[1], "probability %.2f, %.2f bits per %s", summary.probability,
             summary.bits, unit);
    snprintf(text[2], sizeof text[2], "mean probability %.2f, %.2f bits each", summary.probability,
             summary.bits);
    snprintf(text[3], sizeof text[3], "mean %.2f, %.2f bits", summary.probability, summary.bits);
    snprintf(text[4], sizeof text[4], "%.2f, %.2f bits", summary.probability, summary.bits);
    canvas_fit(canvas, area, 0, area.cols, ROLE_TEXT,
               (const char *const[]){text[0], text[1], text[2], text[3], text[4], NULL});
}

static void draw_guess(struct canvas *canvas, struct rect area, const struct scene *scene,
                       const struct sample *sample)
{
    int col = canvas_fit(canvas, area, 0, area.cols - 24, ROLE_DIM,
                         (const char *const[]){"likeliest first:", "first:", NULL});
    for (int i = 0; i < SAMPLE_GUESSES && sample->guess[i].token >= 0; i++) {
        const struct sample_guess *guess = &sample->guess[i];
        char text[TEXT_NUMBER];
        snprintf(text, sizeof text, "%.12s%s %.2f", glyph_of(scene, guess->token),
                 scene->data.symbols->apart ? ":" : "", (double)guess->probability);
        col += i > 0 ? 2 : col > 0 ? 1 : 0;
        if (col + canvas_columns(text) <= area.cols)
            canvas_text(canvas, area, 0, col, ROLE_TEXT, text);
        col += canvas_columns(text);
    }
}

/* ---- the view --------------------------------------------------------------------------------*/

static void draw_head(struct canvas *canvas, struct rect area, const struct scene *scene,
                      const struct sample *sample)
{
    if (sample->step > 0)
        canvas_print_right(canvas, area, 0, area.cols, ROLE_TEXT, "after step %" PRId64,
                           sample->step);
    else
        canvas_print_right(canvas, area, 0, area.cols, ROLE_TEXT, "before the first step");
    const char *const *title = writing_table[task_writing(scene->data.settings->task)].title;
    if (scene->data.symbols->bytes)
        title = bytes_title;
    canvas_fit(canvas, area, 0, area.cols - STEP_COLS - 1, ROLE_TEXT, title);
}

/* Why there is no text. */
static void draw_nothing(struct canvas *canvas, struct rect area, const struct scene *scene)
{
    char text[3][128];
    if (task_writing(scene->data.settings->task) == WRITING_NONE) {
        snprintf(text[0], sizeof text[0],
                 "the task %s has images: its stacks name what is on one, and write no text",
                 scene->data.task->name);
        snprintf(text[1], sizeof text[1], "the task %s has images, and no text to continue",
                 scene->data.task->name);
        snprintf(text[2], sizeof text[2], "no text in the task %s", scene->data.task->name);
    } else if (scene->look.cursor > 0) {
        snprintf(text[0], sizeof text[0],
                 "nothing was written up to step %" PRId64 " since the run was taken up again",
                 scene_step(scene));
        snprintf(text[1], sizeof text[1], "nothing was written up to step %" PRId64,
                 scene_step(scene));
        snprintf(text[2], sizeof text[2], "no sample yet");
    } else if (scene_step(scene) > 0) {
        snprintf(text[0], sizeof text[0], "the first sample is being written");
        snprintf(text[1], sizeof text[1], "the first one is being written");
        snprintf(text[2], sizeof text[2], "no sample yet");
    } else {
        snprintf(text[0], sizeof text[0], "the first sample comes after the first step");
        snprintf(text[1], sizeof text[1], "the first comes after a step");
        snprintf(text[2], sizeof text[2], "no sample yet");
    }
    canvas_fit(canvas, area, 0, area.cols, ROLE_DIM,
               (const char *const[]){text[0], text[1], text[2], NULL});
}

static void draw_key(struct canvas *canvas, struct rect area, const struct scene *scene)
{
    const char *legend =
        scene->terminal.ascii ? "_ blank  / end of line" : "· blank  ⏎ end of line";
    int end = area.cols, from;
    if (!scene->data.symbols->apart && area.cols >= LEGEND_FROM)
        end = canvas_print_right(canvas, area, 0, end, ROLE_DIM, "%s", legend) - 3;
    from = canvas_fit(canvas, area, 0, end - 20, ROLE_TITLE,
                      (const char *const[]){"probability that the stack gave", "probability given",
                                            "probability", NULL}) +
           2;
    plot_heat_scale(canvas, (struct rect){area.row, area.col + from, 1, end - from}, "0", "1",
                    scene_has_letters(scene));
}

static void draw(struct canvas *canvas, struct rect area, const struct scene *scene)
{
    const struct layout_samples layout = layout_samples(area, scene_only(scene));
    const struct sample *left = scene_sample(scene, LEFT);
    for (enum side side = LEFT; side < SIDES; side++) {
        const struct sample *sample = scene_sample(scene, side);
        if (!scene_has(scene, side))
            continue;
        panel_titles(canvas, layout.panel[side].title, layout.panel[side].state, scene, side);
        if (!sample)
            continue;
        draw_texts(canvas, layout.panel[side].text, scene, sample);
        draw_summary(canvas, layout.panel[side].summary, scene, sample);
        if (layout.panel[side].guess.rows > 0 && sample->texts > 0)
            draw_guess(canvas, layout.panel[side].guess, scene, sample);
    }
    if (!left || task_writing(scene->data.settings->task) == WRITING_NONE) {
        draw_nothing(canvas, layout.head, scene);
        return;
    }
    draw_head(canvas, layout.head, scene, left);
    draw_key(canvas, layout.key, scene);
}

/* ---- the row ---- */

static const enum action keys[] = {ACTION_PAUSE,   ACTION_STEP,          ACTION_BACK,
                                   ACTION_FORWARD, ACTION_WARMUP_LONGER, ACTION_TASK,
                                   ACTION_RESTART, ACTION_EXPORT,        ACTIONS};

static const char *const notes[][2] = {
    {"dim text", "the prompt or the question, which training never uses: the same for both stacks"},
    {"colours",
     "the probability that the stack gave to the character it wrote, from 0 to 1; without colours "
     "the letter below it. A character of several bytes has the product of their probabilities. A "
     "cross below: it is not the right answer"},
    {"same dice",
     "a character is drawn from the probabilities of the stack (softmax, temperature 1) with "
     "random "
     "numbers that are the same for both stacks and at every step: a text changes only where the "
     "stack has changed"},
    {"bits per character",
     "mean of -log2 of these probabilities over all texts: how surprised a stack is by its own "
     "text. At the no-context level it stays at that of the letters alone. In the task text it is "
     "told per byte, of which a character can have several"},
    {"likeliest first",
     "the characters with the highest probability at the first place that is written: both stacks "
     "have read the same there"},
    {"rhythm",
     "samples are written while this view is open, at most about every tenth step, so that they "
     "take no more time than training; the numbers of the run stay as they are"},
    {NULL, NULL},
};

const struct view_row view_samples = {
    .key = '7',
    .summary = "both stacks continue the same text",
    .draw = draw,
    .watch = WATCH_SAMPLES,
    .keys = keys,
    .notes = notes,
};
