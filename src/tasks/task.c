/* See task.h. Owns the table of tasks; what they hold and draw is the business of the task_ files.
 */
#include "tasks/task.h"

#include "base/memory.h"
#include "core/rng.h"
#include "tasks/grammar_chain.h"
#include "tasks/task_grammar.h"
#include "tasks/task_sequences.h"
#include "tasks/task_shapes.h"
#include "tasks/task_text.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* assets/grammar.txt */
extern const char asset_grammar[];

struct task {
    enum task_kind kind;
    struct task_info info;
    struct grammar grammar; /* of TASK_GRAMMAR */
    struct corpus corpus;   /* of TASK_TEXT */
    struct task_symbols symbols;
};

/* One row of the table: how a kind of task is opened, described and drawn from. */
struct task_row {
    const char *name;
    const char *summary;
    bool ahead;      /* a target may be a later token */
    bool both_sides; /* made for attention that sees both */
    enum task_writing writing;
    bool validation;
    int shown_context; /* in which the task is described; 0: the least */
    bool (*open)(struct task *task, const char *text, int context, struct error *error);
    /* One sequence: tokens[context], targets[context]. By the one function or, for a task that
     * holds nothing, by the other. */
    void (*draw)(const struct task *task, bool held_out, struct rng rng, int context,
                 int32_t *tokens, int32_t *targets);
    void (*sequence)(struct rng rng, int context, int32_t *tokens, int32_t *targets);
    /* Of images: P in a context (0: it does not fit), and patches[context * P]. */
    int (*patch)(int context);
    void (*image)(struct rng rng, int context, real *patches);
};

/* Vocabulary and entropies of a task whose tokens stand for bytes. */
static void describe_bytes(struct task *task, int vocab, const unsigned char *letter)
{
    task->info.vocab = vocab;
    for (int i = 0; i < vocab; i++) {
        char *out = task->symbols.text[i];
        if (letter[i] == ' ')
            strcpy(out, "␣");
        else if (letter[i] == '\n')
            strcpy(out, "⏎");
        else if (letter[i] == '\t')
            strcpy(out, "⇥");
        else
            snprintf(out, TASK_SYMBOL_SIZE, letter[i] > ' ' && letter[i] <= '~' ? "%c" : "\\x%02X",
                     letter[i]);
    }
}

static bool open_grammar(struct task *task, const char *text, int context, struct error *error)
{
    (void)text;
    (void)context;
    if (!grammar_open(&task->grammar, asset_grammar, error))
        return false;
    describe_bytes(task, task->grammar.vocab, task->grammar.letter);
    task->info.unigram_entropy = task->grammar.unigram_entropy;
    task->info.entropy_rate = task->grammar.entropy_rate;
    return true;
}

static void draw_grammar(const struct task *task, bool held_out, struct rng rng, int context,
                         int32_t *tokens, int32_t *targets)
{
    struct grammar_text text;
    (void)held_out;
    grammar_text_start(&text, &task->grammar, rng);
    int32_t token = grammar_text_next(&text);
    for (int t = 0; t < context; t++) {
        tokens[t] = token;
        targets[t] = token = grammar_text_next(&text);
    }
}

/* Names for the tokens 0 .. vocab-1 that are numbers. */
static void number_symbols(struct task *task, int vocab)
{
    task->symbols.apart = true;
    for (int i = 0; i < vocab; i++)
        snprintf(task->symbols.text[i], TASK_SYMBOL_SIZE, "%d", i);
}

/* Uniformly random tokens, which past ones tell all about, or nothing. */
static bool open_random(struct task *task, const char *text, int context, struct error *error)
{
    (void)text;
    (void)context;
    (void)error;
    task->info.vocab = SEQUENCE_VOCAB;
    task->info.unigram_entropy = log(SEQUENCE_VOCAB);
    task->info.entropy_rate = 0;
    number_symbols(task, SEQUENCE_VOCAB);
    return true;
}

static bool open_sort(struct task *task, const char *text, int context, struct error *error)
{
    bool open = open_random(task, text, context, error);
    task->info.unigram_entropy = sequence_sort_entropy(context);
    return open;
}

static bool open_modular(struct task *task, const char *text, int context, struct error *error)
{
    (void)text;
    if (context < SEQUENCE_MODULAR_CONTEXT)
        return error_set(error,
                         "the task 'modular' does not fit in a context of %d: from %d on, a + b =",
                         context, SEQUENCE_MODULAR_CONTEXT);
    task->info.vocab = SEQUENCE_MODULAR_VOCAB;
    task->info.unigram_entropy = log(SEQUENCE_MODULUS);
    task->info.entropy_rate = 0;
    number_symbols(task, SEQUENCE_MODULUS);
    strcpy(task->symbols.text[SEQUENCE_PLUS], "+");
    strcpy(task->symbols.text[SEQUENCE_EQUALS], "=");
    return true;
}

/* The grammar's text, and behind its letters one more token: the mask. What is predicted has the
 * frequencies of the text; how well it can be is not known. */
static bool open_masked(struct task *task, const char *text, int context, struct error *error)
{
    if (!open_grammar(task, text, context, error))
        return false;
    strcpy(task->symbols.text[task->info.vocab++], "_");
    task->info.entropy_rate = NAN;
    return true;
}

static void draw_masked(const struct task *task, bool held_out, struct rng rng, int context,
                        int32_t *tokens, int32_t *targets)
{
    const int letters = task->grammar.vocab;
    struct grammar_text text;
    (void)held_out;
    grammar_text_start(&text, &task->grammar, rng);
    for (int t = 0; t < context; t++)
        tokens[t] = grammar_text_next(&text);
    sequence_mask(&text.rng, letters, letters, context, tokens, targets);
}

static bool open_shapes(struct task *task, const char *text, int context, struct error *error)
{
    (void)text;
    task->info.vocab = SHAPES;
    task->info.unigram_entropy = log(SHAPES);
    task->info.patch = shapes_patch(context);
    for (int i = 0; i < SHAPES; i++)
        snprintf(task->symbols.text[i], TASK_SYMBOL_SIZE, "%s", shape_names[i]);
    if (task->info.patch > 0)
        return true;
    char fitting[64];
    size_t used = 0;
    for (int n = 2; n <= SHAPES_SIDE && used < sizeof fitting; n *= 2)
        used += (size_t)snprintf(fitting + used, sizeof fitting - used, "%s%d", n > 2 ? ", " : "",
                                 n * n + 1);
    return error_set(error,
                     "the task 'shapes' does not fit in a context of %d: one of %s, the class "
                     "token and the patches of an image of %d x %d pixels",
                     context, fitting, SHAPES_SIDE, SHAPES_SIDE);
}

static void draw_shapes(const struct task *task, bool held_out, struct rng rng, int context,
                        int32_t *tokens, int32_t *targets)
{
    (void)task;
    (void)held_out;
    for (int t = 0; t < context; t++) {
        tokens[t] = 0;
        targets[t] = -1;
    }
    targets[0] = (int32_t)shapes_class(rng);
}

static bool open_text(struct task *task, const char *text, int context, struct error *error)
{
    if (!corpus_open(&task->corpus, text, context, error))
        return false;
    describe_bytes(task, task->corpus.vocab, task->corpus.letter);
    task->symbols.bytes = true;
    memcpy(task->symbols.byte, task->corpus.letter, sizeof task->corpus.letter);
    task->info.unigram_entropy = task->corpus.unigram_entropy;
    return true;
}

static void draw_text(const struct task *task, bool held_out, struct rng rng, int context,
                      int32_t *tokens, int32_t *targets)
{
    corpus_window(&task->corpus, held_out, &rng, context, tokens, targets);
}

static const struct task_row task_table[TASKS] = {
    [TASK_GRAMMAR] = {.name = "grammar",
                      .summary = "the next character of endless sentences from a small grammar",
                      .ahead = true,
                      .writing = WRITING_ON,
                      .open = open_grammar,
                      .draw = draw_grammar},
    [TASK_COPY] = {.name = "copy",
                   .summary = "the previous token of a random sequence",
                   .writing = WRITING_BESIDE,
                   .open = open_random,
                   .sequence = sequence_copy},
    [TASK_REPEAT] = {.name = "repeat",
                     .summary = "the next token where the second half repeats a random first half",
                     .ahead = true,
                     .writing = WRITING_ANSWERS,
                     .open = open_random,
                     .sequence = sequence_repeat},
    [TASK_TEXT] = {.name = "text",
                   .summary = "the next byte of a file (--text FILE); its last tenth is held out",
                   .ahead = true,
                   .validation = true,
                   .writing = WRITING_ON,
                   .open = open_text,
                   .draw = draw_text},
    [TASK_REVERSE] = {.name = "reverse",
                      .summary = "the next token where the second half is the first one backwards",
                      .ahead = true,
                      .writing = WRITING_ANSWERS,
                      .open = open_random,
                      .sequence = sequence_reverse},
    [TASK_SORT] = {.name = "sort",
                   .summary = "the next token where the second half is the first one in order",
                   .ahead = true,
                   .writing = WRITING_ANSWERS,
                   .open = open_sort,
                   .sequence = sequence_sort},
    [TASK_MODULAR] = {.name = "modular",
                      .summary = "the sum c of a + b = c modulo 31",
                      .ahead = true,
                      .shown_context = SEQUENCE_MODULAR_CONTEXT,
                      .writing = WRITING_ANSWERS,
                      .open = open_modular,
                      .sequence = sequence_modular},
    [TASK_MASKED] = {.name = "masked",
                     .summary = "characters of the grammar's sentences of which 15 % are masked",
                     .both_sides = true,
                     .writing = WRITING_FILLED,
                     .open = open_masked,
                     .draw = draw_masked},
    [TASK_SHAPES] = {.name = "shapes",
                     .summary = "the kind of shape on a small image in patches, one of ten",
                     .both_sides = true,
                     .shown_context = 17,
                     .open = open_shapes,
                     .draw = draw_shapes,
                     .patch = shapes_patch,
                     .image = shapes_draw},
};

const struct names task_names = NAMES_OF_ROWS(task_table);

/* What is known before a task is opened. */
static struct task_info info_of_row(enum task_kind kind)
{
    return (struct task_info){.name = task_table[kind].name,
                              .summary = task_table[kind].summary,
                              .unigram_entropy = NAN,
                              .entropy_rate = NAN,
                              .validation = task_table[kind].validation};
}

struct task *task_open(enum task_kind kind, const char *text, int context, struct error *error)
{
    struct task *task = memory_new(1, sizeof *task);
    task->kind = kind;
    task->info = info_of_row(kind);
    if (!task_table[kind].open(task, text ? text : "", context, error)) {
        free(task);
        return NULL;
    }
    return task;
}

void task_close(struct task *task)
{
    if (!task)
        return;
    grammar_close(&task->grammar);
    corpus_close(&task->corpus);
    free(task);
}

struct task_info task_describe(enum task_kind kind)
{
    struct task_info info = info_of_row(kind);
    struct error error;
    if (kind == TASK_TEXT) /* the only one that needs something from outside */
        return info;
    const int context = task_table[kind].shown_context;
    struct task *task = task_open(kind, "", context > 0 ? context : 2, &error);
    if (!task)
        die("the task '%s': %s", task_table[kind].name, error.text);
    info = task->info;
    task_close(task);
    return info;
}

bool task_predicts_ahead(enum task_kind kind)
{
    return task_table[kind].ahead;
}

bool task_sees_both_sides(enum task_kind kind)
{
    return task_table[kind].both_sides;
}

enum task_writing task_writing(enum task_kind kind)
{
    return task_table[kind].writing;
}

int task_patch(enum task_kind kind, int context)
{
    return task_table[kind].patch ? task_table[kind].patch(context) : 0;
}

struct task_bound task_bound(const struct task *task, int context)
{
    const struct grammar *grammar = &task->grammar;
    struct task_bound bound = {.loss = task->info.entropy_rate, .current_token = NAN};
    if (task->kind == TASK_MASKED)
        bound.current_token = sequence_mask_entropy(grammar->frequency, grammar->vocab);
    if (task->kind != TASK_GRAMMAR) /* the others' targets follow from their tokens, or who knows */
        return bound;
    struct grammar_chain chain;
    grammar_chain_open(&chain, grammar);
    const struct grammar_bound windows = grammar_chain_bound(&chain, context);
    bound.loss = windows.loss;
    bound.error = windows.error;
    bound.current_token = grammar_chain_current(&chain);
    grammar_chain_close(&chain);
    return bound;
}

size_t task_bytes(const struct task *task)
{
    return task->corpus.size;
}

const char *task_doubt(const struct task *task)
{
    return task->corpus.doubt;
}

enum task_kind task_kind_of(const struct task *task)
{
    return task->kind;
}

struct task_info task_info(const struct task *task)
{
    return task->info;
}

/* Each row of a batch has its own stream, so that it does not depend on the batch size. */
static struct rng row_stream(uint64_t seed, uint64_t purpose, uint64_t index, int row)
{
    return rng_stream(seed, purpose, index << 20 | (uint64_t)row);
}

static void draw_batch(const struct task *task, bool held_out, uint64_t seed, uint64_t purpose,
                       uint64_t index, int batch, int context, int32_t *tokens, int32_t *targets)
{
    const struct task_row *row = &task_table[task->kind];
    for (int b = 0; b < batch; b++) {
        const struct rng rng = row_stream(seed, purpose, index, b);
        size_t first = (size_t)b * (size_t)context;
        if (row->sequence)
            row->sequence(rng, context, tokens + first, targets + first);
        else
            row->draw(task, held_out, rng, context, tokens + first, targets + first);
    }
}

void task_batch(const struct task *task, uint64_t seed, int64_t step, int batch, int context,
                int32_t *tokens, int32_t *targets)
{
    draw_batch(task, false, seed, rng_key(task->info.name), (uint64_t)step, batch, context, tokens,
               targets);
}

void task_patches(const struct task *task, uint64_t seed, int64_t step, int batch, int context,
                  real *patches)
{
    const uint64_t purpose = rng_key(task->info.name);
    const size_t image = (size_t)context * (size_t)task->info.patch;
    assert(task->info.patch > 0);
    for (int b = 0; b < batch; b++)
        task_table[task->kind].image(row_stream(seed, purpose, (uint64_t)step, b), context,
                                     patches + (size_t)b * image);
}

void task_validation(const struct task *task, uint64_t index, int batch, int context,
                     int32_t *tokens, int32_t *targets)
{
    assert(task->info.validation);
    draw_batch(task, true, 0, rng_key("validation"), index, batch, context, tokens, targets);
}

void task_questions(const struct task *task, uint64_t seed, int batch, int context, int32_t *tokens,
                    int32_t *targets)
{
    draw_batch(task, task->info.validation, seed, rng_key("questions"), 0, batch, context, tokens,
               targets);
}

const char *task_symbol(const struct task *task, int token)
{
    return token >= 0 && token < task->info.vocab ? task->symbols.text[token] : "?";
}

void task_symbols(const struct task *task, struct task_symbols *out)
{
    *out = task->symbols;
}
