/* See task.h. Owns the table of tasks; what they hold and draw is the business of the task_ files.
 */
#include "tasks/task.h"

#include "base/memory.h"
#include "core/rng.h"
#include "tasks/grammar_chain.h"
#include "tasks/task_grammar.h"
#include "tasks/task_modular.h"
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

_Static_assert((int)TASK_SYMBOLS <= (int)SEQUENCE_VOCAB_MAX, "sequences are of tokens with names");

struct task {
    enum task_kind kind;
    struct task_info info;
    struct grammar grammar;     /* of TASK_GRAMMAR and TASK_MASKED */
    struct grammar_chain chain; /* of TASK_GRAMMAR */
    struct corpus corpus;       /* of TASK_TEXT */
    struct modular modular;     /* of TASK_MODULAR */
    struct task_symbols symbols;
};

/* One row of the table: how a kind of task is opened, described and drawn from. */
struct task_row {
    const char *name;
    const char *summary;
    bool ahead;      /* a target may be a later token */
    bool both_sides; /* made for attention that sees both */
    enum task_writing writing;
    bool validation, estimated; /* as in struct task_info */
    int shown_context;          /* in which the task is described; 0: the least */
    bool (*open)(struct task *task, const struct task_setup *setup, struct error *error);
    /* One sequence: tokens[context], targets[context]. By the one function or, for a task that
     * holds nothing, by the other. */
    void (*draw)(const struct task *task, bool held_out, struct rng rng, int context,
                 int32_t *tokens, int32_t *targets);
    void (*sequence)(struct rng rng, int vocab, int context, int32_t *tokens, int32_t *targets);
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

/* What the tasks that are made of the grammar have in common. */
static bool open_letters(struct task *task, struct error *error)
{
    if (!grammar_open(&task->grammar, asset_grammar, error))
        return false;
    describe_bytes(task, task->grammar.vocab, task->grammar.letter);
    task->info.unigram_entropy = task->grammar.unigram_entropy;
    return true;
}

static bool open_grammar(struct task *task, const struct task_setup *setup, struct error *error)
{
    (void)setup;
    if (!open_letters(task, error))
        return false;
    grammar_chain_open(&task->chain, &task->grammar);
    task->info.current_token = grammar_chain_current(&task->chain);
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
static bool open_random(struct task *task, const struct task_setup *setup, struct error *error)
{
    (void)error;
    task->info.vocab = setup->vocab;
    task->info.unigram_entropy = log(setup->vocab);
    task->info.entropy_rate = 0;
    number_symbols(task, setup->vocab);
    return true;
}

static bool open_sort(struct task *task, const struct task_setup *setup, struct error *error)
{
    bool open = open_random(task, setup, error);
    task->info.unigram_entropy = sequence_sort_entropy(setup->vocab, setup->context);
    task->info.current_token = sequence_sort_current(setup->vocab, setup->context);
    return open;
}

static bool open_reverse(struct task *task, const struct task_setup *setup, struct error *error)
{
    bool open = open_random(task, setup, error);
    task->info.current_token = sequence_reverse_current(setup->vocab, setup->context);
    return open;
}

static bool open_modular(struct task *task, const struct task_setup *setup, struct error *error)
{
    const int p = setup->modulus;
    if (setup->context < MODULAR_CONTEXT)
        return error_set(error,
                         "the task 'modular' does not fit in a context of %d: from %d on, a + b =",
                         setup->context, MODULAR_CONTEXT);
    if (!modular_open(&task->modular, p, setup->train_fraction))
        return error_set(error,
                         "a train-fraction of %g leaves none of the %d sums modulo %d: %.2g or "
                         "more",
                         setup->train_fraction, p * p, p, 1.1 / (p * p));
    task->info.vocab = p + 2;
    task->info.unigram_entropy = log(p);
    task->info.entropy_rate = 0;
    task->info.validation = task->modular.training < task->modular.sums;
    number_symbols(task, p);
    strcpy(task->symbols.text[task->modular.plus], "+");
    strcpy(task->symbols.text[task->modular.equals], "=");
    return true;
}

static void draw_modular(const struct task *task, bool held_out, struct rng rng, int context,
                         int32_t *tokens, int32_t *targets)
{
    modular_sequence(&task->modular, held_out, rng, context, tokens, targets);
}

/* The grammar's text, and behind its letters one more token: the mask. What is predicted has the
 * frequencies of the text; how well it can be is not known. */
static bool open_masked(struct task *task, const struct task_setup *setup, struct error *error)
{
    (void)setup;
    if (!open_letters(task, error))
        return false;
    strcpy(task->symbols.text[task->info.vocab++], "_");
    task->info.current_token = sequence_mask_entropy(task->grammar.frequency, task->grammar.vocab);
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

static bool open_shapes(struct task *task, const struct task_setup *setup, struct error *error)
{
    task->info.vocab = SHAPES;
    task->info.unigram_entropy = log(SHAPES);
    task->info.patch = shapes_patch(setup->context);
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
                     setup->context, fitting, SHAPES_SIDE, SHAPES_SIDE);
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

static bool open_text(struct task *task, const struct task_setup *setup, struct error *error)
{
    if (!corpus_open(&task->corpus, setup->text, setup->context, error))
        return false;
    describe_bytes(task, task->corpus.vocab, task->corpus.letter);
    task->symbols.bytes = true;
    memcpy(task->symbols.byte, task->corpus.letter, sizeof task->corpus.letter);
    task->info.unigram_entropy = task->corpus.unigram_entropy;
    task->info.current_token = task->corpus.pair_entropy;
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
                      .estimated = true,
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
                      .open = open_reverse,
                      .sequence = sequence_reverse},
    [TASK_SORT] = {.name = "sort",
                   .summary = "the next token where the second half is the first one in order",
                   .ahead = true,
                   .writing = WRITING_ANSWERS,
                   .open = open_sort,
                   .sequence = sequence_sort},
    [TASK_MODULAR] = {.name = "modular",
                      .summary = "the sum c of a + b = c modulo --modulus; --train-fraction holds "
                                 "a part of the sums out",
                      .ahead = true,
                      .shown_context = MODULAR_CONTEXT,
                      .writing = WRITING_ANSWERS,
                      .open = open_modular,
                      .draw = draw_modular},
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
                              .current_token = NAN,
                              .entropy_rate = NAN,
                              .validation = task_table[kind].validation,
                              .estimated = task_table[kind].estimated};
}

/* Where the token at hand tells less than this part of the loss without context, or more than that
 * one, nothing is said of it. */
static const double tells_nothing = 0.01, tells_all = 0.9;

static void forget_what_tells_little(struct task_info *info)
{
    const double told = 1 - info->current_token / info->unigram_entropy;
    if (!(told >= tells_nothing && told <= tells_all))
        info->current_token = NAN;
}

/* The setup with its defaults in the places of zeros. */
static struct task_setup complete(const struct task_setup *setup)
{
    struct task_setup whole = *setup;
    whole.text = setup->text ? setup->text : "";
    whole.vocab = setup->vocab > 0 ? setup->vocab : TASK_VOCAB;
    whole.modulus = setup->modulus > 0 ? setup->modulus : TASK_MODULUS;
    whole.train_fraction = setup->train_fraction > 0 ? setup->train_fraction : 1;
    return whole;
}

bool task_setup_same(const struct task_setup *a, const struct task_setup *b)
{
    const struct task_setup one = complete(a), two = complete(b);
    return one.kind == two.kind && strcmp(one.text, two.text) == 0 && one.context == two.context &&
           one.vocab == two.vocab && one.modulus == two.modulus &&
           !(one.train_fraction < two.train_fraction || one.train_fraction > two.train_fraction);
}

struct task *task_open(const struct task_setup *setup, struct error *error)
{
    const struct task_setup whole = complete(setup);
    struct task *task = memory_new(1, sizeof *task);
    assert(whole.vocab <= TASK_SYMBOLS && whole.modulus <= TASK_MODULUS_MAX);
    task->kind = whole.kind;
    task->info = info_of_row(whole.kind);
    if (!task_table[whole.kind].open(task, &whole, error)) {
        free(task);
        return NULL;
    }
    forget_what_tells_little(&task->info);
    return task;
}

void task_close(struct task *task)
{
    if (!task)
        return;
    grammar_chain_close(&task->chain);
    grammar_close(&task->grammar);
    corpus_close(&task->corpus);
    modular_close(&task->modular);
    free(task);
}

struct task_info task_describe(const struct task_setup *setup)
{
    struct task_setup shown = *setup;
    const int context = task_table[setup->kind].shown_context;
    if (setup->kind == TASK_TEXT) /* the only one that needs something from outside */
        return info_of_row(setup->kind);
    shown.context = context > 0 ? context : 2;
    struct task *task = task_open(&shown, NULL);
    const struct task_info info = task ? task->info : info_of_row(setup->kind);
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

struct task_bound task_bound(const struct task *task, int context, bool (*stopped)(void *argument),
                             void *argument)
{
    if (!task->info.estimated) /* targets follow from the tokens, or nothing is known */
        return (struct task_bound){.loss = task->info.entropy_rate};
    const struct grammar_bound windows =
        grammar_chain_bound(&task->chain, context, stopped, argument);
    return (struct task_bound){.loss = stopped && stopped(argument) ? NAN : windows.loss,
                               .error = windows.error};
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
            row->sequence(rng, task->info.vocab, context, tokens + first, targets + first);
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
