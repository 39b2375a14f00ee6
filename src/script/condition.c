/* See condition.h. Owns the table of what scripts can compare; measures nothing. */
#include "script/condition.h"

#include "base/memory.h"
#include "base/names.h"
#include "base/numbers.h"
#include "train/settings.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEASURED(name_, quantity_)                                                                 \
    {                                                                                              \
        .name = name_, .measured = true, .quantity = quantity_                                     \
    }

const struct script_quantity_row script_quantity_table[SCRIPT_QUANTITIES] = {
    [SCRIPT_STEP] = {.name = "step", .help = "steps done"},
    [SCRIPT_LOSS] = MEASURED("loss", QUANTITY_SMOOTH_LOSS),
    [SCRIPT_RAW] = MEASURED("raw", QUANTITY_LOSS),
    [SCRIPT_RATIO] = MEASURED("ratio", QUANTITY_RATIO),
    [SCRIPT_GRAD_NORM] = MEASURED("grad_norm", QUANTITY_GRAD_NORM),
    [SCRIPT_LR] = MEASURED("lr", QUANTITY_LR),
    [SCRIPT_VALID_LOSS] = MEASURED("valid_loss", QUANTITY_HELD_OUT),
    [SCRIPT_STREAM_GRAD] = MEASURED("stream_grad", QUANTITY_STREAM_GRAD),
    [SCRIPT_STREAM_RMS] = MEASURED("stream_rms", QUANTITY_STREAM_RMS),
    [SCRIPT_UNIGRAM] = {.name = "unigram", .help = "the loss without context, as a factor"},
};

/* Is it written with a layer? */
static bool has_layers(const struct script_quantity_row *row)
{
    return row->measured && quantity_table[row->quantity].shape == SHAPE_LAYERS;
}

double script_quantity_in(const struct snapshot *snapshot, const struct script_quantity *quantity)
{
    const struct script_quantity_row *row = &script_quantity_table[quantity->kind];
    if (!row->measured)
        return NAN;
    if (!has_layers(row))
        return snapshot_scalar(snapshot, row->quantity);
    const float *value = snapshot_array(snapshot, row->quantity, 0);
    return value && quantity->layer <= snapshot->layers ? (double)value[quantity->layer]
                                                        : (double)NAN;
}

const char *const script_comparison_names[] = {[SCRIPT_LESS] = "<",
                                               [SCRIPT_AT_MOST] = "<=",
                                               [SCRIPT_MORE] = ">",
                                               [SCRIPT_AT_LEAST] = ">=",
                                               NULL};

static const char condition_form[] = "step N, or QUANTITY > NUMBER";

/* ---- reading ---- */

/* The number in the brackets behind the name; the quantity's `layer`. */
static bool read_layer(const struct script_words *words, const struct script_word *word,
                       const char *brackets, int layers, int *layer)
{
    const size_t length = strlen(brackets);
    char number[8] = "";
    int64_t value;
    if (length > 2 && length - 2 < sizeof number && brackets[length - 1] == ']')
        memcpy(number, brackets + 1, length - 2);
    if (!number_integer(number, &value) || value < 0 || value > layers)
        return script_words_wrong(words, word, "a layer in [], from [0] to [%d]", layers);
    *layer = (int)value;
    return true;
}

/* The name behind "left." or "right.", and its layer. */
static bool read_measured(const struct script_words *words, const struct script_word *word,
                          const char *name, int layers, struct script_quantity *quantity)
{
    const char *names[SCRIPT_QUANTITIES];
    enum script_quantity_kind kinds[SCRIPT_QUANTITIES];
    const size_t length = strcspn(name, "[");
    char plain[SCRIPT_QUANTITY_TEXT];
    struct error error;
    int count = 0;
    for (int i = 0; i < SCRIPT_QUANTITIES; i++)
        if (script_quantity_table[i].measured) {
            kinds[count] = (enum script_quantity_kind)i;
            names[count++] = script_quantity_table[i].name;
        }
    snprintf(plain, sizeof plain, "%.*s", (int)(length < sizeof plain ? length : sizeof plain),
             name);
    const struct names listed = {.first = names, .step = sizeof *names, .count = count};
    const int found = names_find(&listed, "quantity", plain, &error);
    if (found < 0)
        return script_words_say(words, word->line, word->column, "%s", error.text);
    quantity->kind = kinds[found];
    if (has_layers(&script_quantity_table[quantity->kind]))
        return read_layer(words, word, name + length, layers, &quantity->layer);
    return !name[length] || script_words_wrong(words, word, "%s without a layer", plain);
}

static bool read_quantity(const struct script_words *words, const struct script_word *word,
                          int layers, struct script_quantity *quantity)
{
    *quantity = (struct script_quantity){.kind = SCRIPT_STEP};
    if (word->quoted || word->end)
        return script_words_wrong(words, word, "%s", condition_form);
    if (strcmp(word->text, script_quantity_table[SCRIPT_STEP].name) == 0)
        return true;
    for (enum side side = LEFT; side < SIDES; side++) {
        const size_t length = strlen(stack_names[side]);
        quantity->side = side;
        if (strncmp(word->text, stack_names[side], length) == 0 && word->text[length] == '.')
            return read_measured(words, word, word->text + length + 1, layers, quantity);
    }
    return script_words_wrong(words, word, "step, or left. or right. and a quantity, as left.loss");
}

/* What stands behind the comparison. */
static bool read_number(struct script_words *words, struct script_term *term)
{
    struct script_word word;
    if (!script_words_next(words, &word))
        return false;
    if (word.quoted || !number_real(word.text, &term->number))
        return script_words_wrong(words, &word, "a number");
    return true;
}

/* The steps behind `step` where nothing else stands there. */
static bool read_steps(const struct script_words *words, const struct script_word *word,
                       struct script_term *term)
{
    int64_t steps;
    if (!number_integer(word->text, &steps) || steps < 0)
        return script_words_wrong(words, word, "a number of steps, or one of <, <=, >, >=");
    term->comparison = SCRIPT_AT_LEAST;
    term->number = (double)steps;
    return true;
}

/* One term, whose first word is read; `word` becomes the one behind it. */
static bool read_term(struct script_words *words, int layers, struct script_word *word,
                      struct script_term *term)
{
    int comparison = 0;
    if (!read_quantity(words, word, layers, &term->quantity) || !script_words_next(words, word))
        return false;
    while (script_comparison_names[comparison] && !word->quoted &&
           strcmp(script_comparison_names[comparison], word->text) != 0)
        comparison++;
    if (script_comparison_names[comparison] && !word->quoted) {
        term->comparison = (enum script_comparison)comparison;
        if (!read_number(words, term))
            return false;
    } else if (term->quantity.kind != SCRIPT_STEP) {
        return script_words_wrong(words, word, "one of <, <=, >, >= and a number");
    } else if (!read_steps(words, word, term)) {
        return false;
    }
    if (!script_words_next(words, word))
        return false;
    if (word->quoted || strcmp(word->text, "*") != 0 || term->quantity.kind == SCRIPT_STEP)
        return true;
    if (!script_words_next(words, word))
        return false;
    if (strcmp(word->text, script_quantity_table[SCRIPT_UNIGRAM].name) != 0)
        return script_words_wrong(words, word, "unigram, the loss without context");
    term->times_unigram = true;
    return script_words_next(words, word);
}

bool script_condition_read(struct script_words *words, int layers,
                           struct script_condition *condition)
{
    struct script_word word;
    *condition = (struct script_condition){0};
    for (bool otherwise = false;;) {
        struct script_term term = {.otherwise = otherwise};
        if (!script_words_next(words, &word) || !read_term(words, layers, &word, &term))
            break;
        condition->term =
            memory_resize(condition->term, (size_t)condition->terms + 1, sizeof *condition->term);
        condition->term[condition->terms++] = term;
        otherwise = strcmp(word.text, "or") == 0;
        if (word.end)
            return true;
        if (word.quoted || (!otherwise && strcmp(word.text, "and") != 0)) {
            script_words_wrong(words, &word, "and, or, or the end of the line");
            break;
        }
    }
    script_condition_close(condition);
    return false;
}

void script_condition_close(struct script_condition *condition)
{
    free(condition->term);
    *condition = (struct script_condition){0};
}

/* ---- holding ---- */

double script_term_bound(const struct script_term *term, script_measure *measure, const void *data)
{
    const struct script_quantity unigram = {.kind = SCRIPT_UNIGRAM};
    return term->times_unigram ? term->number * measure(data, &unigram) : term->number;
}

static bool term_holds(const struct script_term *term, script_measure *measure, const void *data)
{
    const double value = measure(data, &term->quantity);
    const double bound = script_term_bound(term, measure, data);
    switch (term->comparison) {
    case SCRIPT_LESS:
        return value < bound;
    case SCRIPT_AT_MOST:
        return value <= bound;
    case SCRIPT_MORE:
        return value > bound;
    case SCRIPT_AT_LEAST:
        break;
    }
    return value >= bound;
}

bool script_condition_holds(const struct script_condition *condition, script_measure *measure,
                            const void *data)
{
    bool holds = true;
    for (int i = 0; i < condition->terms; i++) {
        if (condition->term[i].otherwise && holds)
            return true;
        if (condition->term[i].otherwise)
            holds = true;
        holds = holds && term_holds(&condition->term[i], measure, data);
    }
    return holds;
}

/* The smallest number of steps at which a term holds whatever is measured; -1: none. */
static int64_t term_step(const struct script_term *term)
{
    const bool more = term->comparison == SCRIPT_MORE;
    if (term->quantity.kind != SCRIPT_STEP || (!more && term->comparison != SCRIPT_AT_LEAST))
        return -1;
    const double step = more ? floor(term->number) + 1 : ceil(term->number);
    return step > 1e15 ? -1 : step > 0 ? (int64_t)step : 0;
}

int64_t script_condition_step(const struct script_condition *condition)
{
    int64_t least = -1, all = 0; /* of the alternatives so far, and of the one under way */
    for (int i = 0; i < condition->terms; i++) {
        const int64_t step = term_step(&condition->term[i]);
        if (condition->term[i].otherwise) {
            least = all >= 0 && (least < 0 || all < least) ? all : least;
            all = 0;
        }
        all = step < 0 || all < 0 ? -1 : step > all ? step : all;
    }
    return all >= 0 && (least < 0 || all < least) ? all : least;
}

static bool term_is_hopeless(const struct script_term *term, const struct script_limits *limits)
{
    return term_step(term) > limits->steps ||
           (term->quantity.kind == SCRIPT_VALID_LOSS && !limits->validation);
}

const struct script_term *script_condition_hopeless(const struct script_condition *condition,
                                                    const struct script_limits *limits)
{
    const struct script_term *first = NULL, *here = NULL; /* of all, of the one under way */
    for (int i = 0; i < condition->terms; i++) {
        const struct script_term *term = &condition->term[i];
        if (term->otherwise && !here)
            return NULL;
        if (term->otherwise)
            here = NULL;
        if (!here && term_is_hopeless(term, limits))
            here = term;
        first = first ? first : here;
    }
    return here ? first : NULL;
}

/* ---- writing ---- */

void script_quantity_print(const struct script_quantity *quantity, char out[SCRIPT_QUANTITY_TEXT])
{
    const struct script_quantity_row *row = &script_quantity_table[quantity->kind];
    char layer[16] = "";
    if (has_layers(row))
        snprintf(layer, sizeof layer, "[%d]", quantity->layer);
    snprintf(out, SCRIPT_QUANTITY_TEXT, "%s%s%s%s",
             row->measured ? stack_names[quantity->side] : "", row->measured ? "." : "", row->name,
             layer);
}

void script_term_print(const struct script_term *term, char out[SCRIPT_TERM_TEXT])
{
    char quantity[SCRIPT_QUANTITY_TEXT];
    script_quantity_print(&term->quantity, quantity);
    snprintf(out, SCRIPT_TERM_TEXT, "%s %s %.15g%s", quantity,
             script_comparison_names[term->comparison], term->number,
             term->times_unigram ? " * unigram" : "");
}
