/* See task_grammar.h. Owns the parser of grammars, their exact statistics, and the drawing. */
#include "tasks/task_grammar.h"

#include "base/memory.h"
#include "base/names.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_SIZE = 32, WEIGHT_MOST = 1000000, ZIPF_WEIGHT = 1000000 };

/* A stretch of the text that is read. */
struct span {
    const char *start;
    int size;
};

enum section { SECTION_NONE, SECTION_RULE, SECTION_WORDS };

struct parser {
    struct grammar *grammar;
    struct error *error;
    const char *next;  /* the first character not read yet */
    int line;          /* number of the line being read */
    bool indented;     /* it begins with a blank */
    bool names_only;   /* the first of the two passes */
    int count;         /* rules seen in this pass */
    struct span *name; /* [rules] */
    int *name_line;    /* [rules]: where each rule is */
    enum section section;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct span span_trim(struct span span)
{
    while (span.size && is_blank(span.start[0]))
        span = (struct span){span.start + 1, span.size - 1};
    while (span.size && is_blank(span.start[span.size - 1]))
        span.size--;
    return span;
}

/* Cuts off and returns what comes before the first character of `stops`; both are trimmed. */
static struct span span_cut(struct span *span, const char *stops)
{
    int size = 0;
    while (size < span->size && !strchr(stops, span->start[size]))
        size++;
    struct span head = {span->start, size};
    int used = size < span->size ? size + 1 : size;
    *span = span_trim((struct span){span->start + used, span->size - used});
    return span_trim(head);
}

static bool span_is(struct span span, const char *word)
{
    return (size_t)span.size == strlen(word) && memcmp(span.start, word, (size_t)span.size) == 0;
}

/* A span for a message: short, and printable. */
static const char *span_text(struct span span, char out[64])
{
    char copy[56];
    int size = span.size < (int)sizeof copy - 1 ? span.size : (int)sizeof copy - 1;
    memcpy(copy, span.start, (size_t)size);
    copy[size] = '\0';
    names_printable(out, 64, copy);
    return out;
}

static bool fail(const struct parser *parser, int line, const char *what, struct span about,
                 const char *right)
{
    char shown[64];
    return error_set(parser->error, "grammar line %d: %s '%s': %s", line, what,
                     span_text(about, shown), right);
}

static bool next_line(struct parser *parser, struct span *line)
{
    if (!*parser->next)
        return false;
    size_t size = strcspn(parser->next, "\n");
    parser->indented = is_blank(*parser->next);
    *line = span_trim((struct span){parser->next, (int)size});
    parser->next += size + (parser->next[size] == '\n');
    parser->line++;
    return true;
}

static int find_rule(const struct parser *parser, struct span name)
{
    for (int i = 0; i < parser->count; i++)
        if (parser->name[i].size == name.size &&
            memcmp(parser->name[i].start, name.start, (size_t)name.size) == 0)
            return i;
    return -1;
}

static bool name_good(struct span name)
{
    for (int i = 0; i < name.size; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-", name.start[i]))
            return false;
    return name.size > 0 && name.size < NAME_SIZE;
}

static bool read_header(struct parser *parser, enum section section, struct span name)
{
    parser->section = section;
    if (!parser->names_only) {
        struct grammar *grammar = parser->grammar;
        grammar->rule[grammar->rules++] = (struct grammar_rule){.first = grammar->alternatives};
        return true;
    }
    if (!name_good(name))
        return fail(parser, parser->line, "bad name", name,
                    "1 to 31 of small letters, digits and '-'");
    if (find_rule(parser, name) >= 0)
        return fail(parser, parser->line, "a second rule", name, "give each name once");
    parser->name[parser->count] = name;
    parser->name_line[parser->count++] = parser->line;
    return true;
}

/* Adds the symbols of one text; letters are kept as bytes until the vocabulary is known. */
static bool read_symbols(struct parser *parser, struct span text)
{
    struct grammar *grammar = parser->grammar;
    if (!text.size)
        return fail(parser, parser->line, "an empty text", text, "give at least one character");
    for (int i = 0; i < text.size; i++) {
        char c = text.start[i];
        int32_t symbol = c;
        if (c < ' ' || c > '~' || c == '}')
            return fail(parser, parser->line, "a bad character in", text,
                        "printable ASCII, and braces only in pairs");
        if (c == '{') {
            struct span name = {text.start + i + 1, 0};
            while (i + 1 + name.size < text.size && name.start[name.size] != '}')
                name.size++;
            int rule = find_rule(parser, name);
            if (i + 1 + name.size == text.size)
                return fail(parser, parser->line, "an open brace in", text, "close it with '}'");
            if (rule < 0)
                return fail(parser, parser->line, "an unknown rule", name, "define it");
            symbol = ~(int32_t)rule;
            i += name.size + 1;
        }
        grammar->symbol[grammar->symbols++] = symbol;
    }
    return true;
}

static bool add_alternative(struct parser *parser, uint32_t weight, struct span text)
{
    struct grammar *grammar = parser->grammar;
    struct grammar_rule *rule = &grammar->rule[grammar->rules - 1];
    int first = grammar->symbols;
    if (!read_symbols(parser, text))
        return false;
    if (rule->total + weight > INT32_MAX)
        return fail(parser, parser->line, "too much weight at", text, "at most 2^31 in a rule");
    rule->total += weight;
    rule->count++;
    grammar->alternative[grammar->alternatives++] = (struct grammar_alternative){
        .upto = rule->total, .first = first, .count = grammar->symbols - first};
    return true;
}

/* "WEIGHT TEXT" */
static bool read_alternative(struct parser *parser, struct span line)
{
    struct span digits = span_cut(&line, " \t");
    uint32_t weight = 0;
    for (int i = 0; i < digits.size; i++) {
        if (digits.start[i] < '0' || digits.start[i] > '9' || weight > WEIGHT_MOST)
            weight = WEIGHT_MOST + 1;
        else
            weight = 10 * weight + (uint32_t)(digits.start[i] - '0');
    }
    if (weight < 1 || weight > WEIGHT_MOST)
        return fail(parser, parser->line, "bad weight", digits, "a whole number, 1 to 1000000");
    return add_alternative(parser, weight, line);
}

/* "WORD, WORD, ..."; the i-th word of the whole list gets weight 1/(i+2)^2. */
static bool read_words(struct parser *parser, struct span line)
{
    const struct grammar *grammar = parser->grammar;
    while (line.size) {
        struct span word = span_cut(&line, ",");
        uint32_t rank = (uint32_t)grammar->rule[grammar->rules - 1].count + 1;
        uint32_t weight = ZIPF_WEIGHT / ((rank + 2) * (rank + 2));
        if (!add_alternative(parser, weight ? weight : 1, word))
            return false;
    }
    return true;
}

static bool read_line(struct parser *parser, struct span line)
{
    struct span rest = line, word = span_cut(&rest, " \t");
    if (!line.size || (!parser->indented && line.start[0] == '#'))
        return true;
    if (!parser->indented && (span_is(word, "rule") || span_is(word, "words")))
        return read_header(parser, span_is(word, "rule") ? SECTION_RULE : SECTION_WORDS, rest);
    if (!parser->indented || parser->section == SECTION_NONE)
        return fail(parser, parser->line, "neither a header nor a part of a rule", line,
                    "'rule NAME' or 'words NAME', and its lines below, indented");
    if (parser->names_only)
        return true;
    return parser->section == SECTION_RULE ? read_alternative(parser, line)
                                           : read_words(parser, line);
}

/* One pass over the text: the names of the rules, or their alternatives. */
static bool read_text(struct parser *parser, const char *text, bool names_only)
{
    struct span line;
    parser->next = text;
    parser->line = 0;
    parser->names_only = names_only;
    parser->section = SECTION_NONE;
    while (next_line(parser, &line))
        if (!read_line(parser, line))
            return false;
    return true;
}

/* Appends to `order` the rules that `rule` needs and then itself; `state` is 0 for a rule not seen
 * yet, 1 for one being expanded, 2 for one in `order`. */
static bool sort_rules(const struct parser *parser, int rule, char *state, int *order, int *count)
{
    const struct grammar *grammar = parser->grammar;
    const struct grammar_rule *row = &grammar->rule[rule];
    if (state[rule] == 2)
        return true;
    if (state[rule] == 1)
        return fail(parser, parser->name_line[rule], "a rule that contains itself",
                    parser->name[rule], "use only rules that never lead back to it");
    state[rule] = 1;
    if (!row->count)
        return fail(parser, parser->name_line[rule], "a rule without alternatives",
                    parser->name[rule], "give at least one");
    for (int a = row->first; a < row->first + row->count; a++) {
        const struct grammar_alternative *one = &grammar->alternative[a];
        for (int s = one->first; s < one->first + one->count; s++)
            if (grammar->symbol[s] < 0 &&
                !sort_rules(parser, ~grammar->symbol[s], state, order, count))
                return false;
    }
    state[rule] = 2;
    order[(*count)++] = rule;
    return true;
}

/* Numbers the letters that occur, in rising order, and replaces each by its number. */
static void number_letters(struct grammar *grammar)
{
    int token[128] = {['\n'] = 1};
    for (int i = 0; i < grammar->symbols; i++)
        if (grammar->symbol[i] >= 0)
            token[grammar->symbol[i]] = 1;
    for (int c = 0; c < 128; c++) {
        if (token[c]) {
            token[c] = grammar->vocab;
            grammar->letter[grammar->vocab++] = (unsigned char)c;
        }
    }
    for (int i = 0; i < grammar->symbols; i++)
        if (grammar->symbol[i] >= 0)
            grammar->symbol[i] = token[grammar->symbol[i]];
}

/* Of one expansion of a rule. */
struct expansion {
    int longest;                 /* tokens, at most; saturates far above what is accepted */
    double entropy;              /* of the derivation, nats */
    double count[GRAMMAR_VOCAB]; /* expected number of each token */
};

static void add_expansion(struct expansion *sum, double p, const struct expansion *part)
{
    sum->entropy += p * part->entropy;
    for (int c = 0; c < GRAMMAR_VOCAB; c++)
        sum->count[c] += p * part->count[c];
}

/* `all` holds the expansions of the rules that this one contains. By the chain rule a derivation's
 * entropy is that of the choice plus the expected entropy of the parts. */
static struct expansion expand_rule(const struct grammar *grammar, int rule,
                                    const struct expansion *all)
{
    const struct grammar_rule *row = &grammar->rule[rule];
    struct expansion sum = {0};
    uint32_t before = 0;
    for (int a = row->first; a < row->first + row->count; a++) {
        const struct grammar_alternative *one = &grammar->alternative[a];
        double p = (double)(one->upto - before) / row->total;
        int longest = 0;
        before = one->upto;
        sum.entropy -= p * log(p);
        for (int s = one->first; s < one->first + one->count; s++) {
            int32_t symbol = grammar->symbol[s];
            if (symbol < 0) {
                add_expansion(&sum, p, &all[~symbol]);
                longest += all[~symbol].longest;
            } else {
                sum.count[symbol] += p;
                longest++;
            }
            if (longest > GRAMMAR_SENTENCE)
                longest = GRAMMAR_SENTENCE;
        }
        if (longest > sum.longest)
            sum.longest = longest;
    }
    return sum;
}

/* Fills in what follows from the expansion of rule 0 and the newline after it. */
static void summarize(struct grammar *grammar, const struct expansion *sentence)
{
    double length = 1, entropy = 0;
    for (int c = 0; c < grammar->vocab; c++)
        length += sentence->count[c];
    for (int c = 0; c < grammar->vocab; c++) {
        double p = (sentence->count[c] + (c == GRAMMAR_NEWLINE)) / length;
        grammar->frequency[c] = p;
        entropy -= p * log(p);
    }
    grammar->length = length;
    grammar->longest = sentence->longest + 1;
    grammar->unigram_entropy = entropy;
    grammar->entropy_rate = sentence->entropy / length;
}

/* Checks that every rule is used and none recursive, then computes the statistics. */
static bool finish(const struct parser *parser)
{
    struct grammar *grammar = parser->grammar;
    size_t rules = (size_t)grammar->rules;
    int *order = memory_new(rules, sizeof *order), count = 0;
    char *state = memory_new(rules, 1);
    struct expansion *all = memory_new(rules, sizeof *all);
    bool good = sort_rules(parser, 0, state, order, &count);
    for (int i = 0; good && i < grammar->rules; i++)
        if (!state[i])
            good = fail(parser, parser->name_line[i], "an unused rule", parser->name[i],
                        "use it or take it out");
    if (good) {
        number_letters(grammar);
        for (int i = 0; i < count; i++)
            all[order[i]] = expand_rule(grammar, order[i], all);
        summarize(grammar, &all[0]);
        if (grammar->longest > GRAMMAR_SENTENCE)
            good = fail(parser, parser->name_line[0], "too long a sentence in", parser->name[0],
                        "at most 511 characters");
    }
    free(all);
    free(state);
    free(order);
    return good;
}

bool grammar_open(struct grammar *grammar, const char *text, struct error *error)
{
    size_t size = strlen(text), lines = 1, pieces = 1;
    for (const char *c = text; *c; c++) {
        lines += *c == '\n';
        pieces += *c == '\n' || *c == ',';
    }
    *grammar = (struct grammar){0};
    grammar->rule = memory_new(lines, sizeof *grammar->rule);
    grammar->alternative = memory_new(pieces, sizeof *grammar->alternative);
    grammar->symbol = memory_new(size, sizeof *grammar->symbol);
    struct parser parser = {.grammar = grammar,
                            .error = error,
                            .name = memory_new(lines, sizeof *parser.name),
                            .name_line = memory_new(lines, sizeof *parser.name_line)};
    bool good = read_text(&parser, text, true) && read_text(&parser, text, false);
    if (good && !grammar->rules)
        good = error_set(error, "grammar line 1: no rules: begin with 'rule NAME'");
    good = good && finish(&parser);
    free(parser.name);
    free(parser.name_line);
    if (!good)
        grammar_close(grammar);
    return good;
}

void grammar_close(struct grammar *grammar)
{
    free(grammar->rule);
    free(grammar->alternative);
    free(grammar->symbol);
    *grammar = (struct grammar){0};
}

/* Writes an expansion of the rule at `out`; returns the place behind it. The depth is bounded by
 * the number of rules, because none contains itself. */
static int32_t *draw_rule(const struct grammar *grammar, int rule, struct rng *rng, int32_t *out)
{
    const struct grammar_rule *row = &grammar->rule[rule];
    const struct grammar_alternative *one = &grammar->alternative[row->first];
    /* From the front: the likely ones stand there. */
    if (row->count > 1)
        for (uint32_t draw = rng_below(rng, row->total); draw >= one->upto;)
            one++;
    for (int s = one->first; s < one->first + one->count; s++) {
        int32_t symbol = grammar->symbol[s];
        if (symbol < 0)
            out = draw_rule(grammar, ~symbol, rng, out);
        else
            *out++ = symbol;
    }
    return out;
}

int grammar_sentence(const struct grammar *grammar, struct rng *rng, int32_t *out)
{
    int32_t *end = draw_rule(grammar, 0, rng, out);
    *end++ = GRAMMAR_NEWLINE;
    return (int)(end - out);
}

/* A uniform token of the endless text lies in a sentence with a probability proportional to the
 * sentence's length, at any of its places alike. Drawing a place below the greatest length together
 * with a sentence, until the place lies in it, gives just that. */
void grammar_text_start(struct grammar_text *text, const struct grammar *grammar, struct rng rng)
{
    text->grammar = grammar;
    text->rng = rng;
    do {
        text->next = (int)rng_below(&text->rng, (uint32_t)grammar->longest);
        text->length = grammar_sentence(grammar, &text->rng, text->sentence);
    } while (text->next >= text->length);
}

int32_t grammar_text_next(struct grammar_text *text)
{
    if (text->next == text->length) {
        text->length = grammar_sentence(text->grammar, &text->rng, text->sentence);
        text->next = 0;
    }
    return text->sentence[text->next++];
}
