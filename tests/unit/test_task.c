/* The tasks: that batches have the statistics that are drawn beside them, and which targets are
 * predicted; the parser of grammars; the reader of files. */
#include "tasks/task.h"

#include "base/memory.h"
#include "tasks/task_grammar.h"
#include "tasks/task_text.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/range.h"

extern const char asset_grammar[];

/* Standard deviations that a statistic of a fixed stream may lie off; by chance one in 10^7 does.
 */
static const double far = 5.5;

static void assert_within(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%.17g is not within %.3g of %.17g", value, tolerance, expected);
}

static void assert_contains(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" does not contain \"%s\"", text, part);
}

static struct grammar open_grammar(const char *text)
{
    struct grammar grammar;
    struct error error;
    if (!grammar_open(&grammar, text, &error))
        fail_msg("%s", error.text);
    return grammar;
}

static struct task *open_task(enum task_kind kind, const char *text, int context)
{
    struct error error;
    struct task *task = task_open(kind, text, context, &error);
    if (!task)
        fail_msg("%s", error.text);
    return task;
}

/* ---- grammars ------------------------------------------------------------------------------- */

static const char tiny[] = "# six sentences\n"
                           "rule start\n"
                           "  3 a{word}b\n"
                           "  1 {word}{word}\n"
                           "\n"
                           "words word\n"
                           "  c,\n"
                           "  dd\n";

/* Every sentence of `tiny`, with weights out of W = 4 * 173611^2: c has 111111, dd has 62500. */
static const struct {
    const char *text;
    double weight;
} tiny_sentences[] = {
    {"acb\n", 3.0 * 111111 * 173611}, {"addb\n", 3.0 * 62500 * 173611},
    {"cc\n", 1.0 * 111111 * 111111},  {"cdd\n", 1.0 * 111111 * 62500},
    {"ddc\n", 1.0 * 62500 * 111111},  {"dddd\n", 1.0 * 62500 * 62500},
};

enum { TINY_SENTENCES = sizeof tiny_sentences / sizeof *tiny_sentences };

/* The statistics by their definitions, over the list of all sentences. */
static void statistics_agree_with_a_list_of_all_sentences(void **state)
{
    (void)state;
    struct grammar grammar = open_grammar(tiny);
    double total = 0, length = 0, entropy = 0, count[128] = {0}, unigram = 0;
    for (int i = 0; i < TINY_SENTENCES; i++)
        total += tiny_sentences[i].weight;
    for (int i = 0; i < TINY_SENTENCES; i++) {
        double p = tiny_sentences[i].weight / total;
        entropy -= p * log(p);
        for (const char *c = tiny_sentences[i].text; *c; c++) {
            count[(int)*c] += p;
            length += p;
        }
    }
    for (int c = 0; c < 128; c++)
        if (count[c] > 0)
            unigram -= count[c] / length * log(count[c] / length);
    assert_int_equal(grammar.vocab, 5);
    assert_memory_equal(grammar.letter, "\nabcd", 5);
    assert_int_equal(grammar.longest, 5);
    assert_within(grammar.length, length, 1e-12);
    assert_within(grammar.unigram_entropy, unigram, 1e-12);
    assert_within(grammar.entropy_rate, entropy / length, 1e-12);
    for (int c = 0; c < 5; c++)
        assert_within(grammar.frequency[c], count[grammar.letter[c]] / length, 1e-12);
    grammar_close(&grammar);
}

static void sentences_come_as_often_as_they_should(void **state)
{
    (void)state;
    enum { COUNT = 100000 };
    struct grammar grammar = open_grammar(tiny);
    struct rng rng = rng_stream(1, 2, 3);
    int count[TINY_SENTENCES] = {0};
    double total = 0;
    for (int n = 0; n < COUNT; n++) {
        int32_t token[GRAMMAR_SENTENCE];
        char text[8] = {0};
        int found = 0, length = grammar_sentence(&grammar, &rng, token);
        assert_between(length, 3, 5);
        for (int i = 0; i < length; i++)
            text[i] = (char)grammar.letter[token[i]];
        while (found < TINY_SENTENCES && strcmp(text, tiny_sentences[found].text) != 0)
            found++;
        assert_between(found, 0, TINY_SENTENCES - 1);
        count[found]++;
    }
    for (int i = 0; i < TINY_SENTENCES; i++)
        total += tiny_sentences[i].weight;
    for (int i = 0; i < TINY_SENTENCES; i++) {
        double expected = COUNT * tiny_sentences[i].weight / total;
        assert_within(count[i], expected, far * sqrt(expected));
    }
    grammar_close(&grammar);
}

/* Where derivations of a part of a sentence may end: how many do, and their probability. */
struct ways {
    double count[GRAMMAR_SENTENCE + 1], p[GRAMMAR_SENTENCE + 1];
};

/* Adds to `out` all derivations from `rule` of a piece of text[0..length) that begins at `start`,
 * each scaled by (count, p). */
static void derive(const struct grammar *grammar, int rule, const int32_t *text, int length,
                   int start, double count, double p, struct ways *out)
{
    const struct grammar_rule *row = &grammar->rule[rule];
    for (int a = row->first; a < row->first + row->count; a++) {
        const struct grammar_alternative *one = &grammar->alternative[a];
        uint32_t before = a > row->first ? one[-1].upto : 0;
        struct ways here = {0};
        here.count[start] = count;
        here.p[start] = p * (one->upto - before) / row->total;
        for (int s = one->first; s < one->first + one->count; s++) {
            struct ways next = {0};
            int32_t symbol = grammar->symbol[s];
            for (int i = start; i < length; i++) {
                if (here.count[i] > 0 && symbol < 0)
                    derive(grammar, ~symbol, text, length, i, here.count[i], here.p[i], &next);
                if (here.count[i] > 0 && symbol == text[i]) {
                    next.count[i + 1] += here.count[i];
                    next.p[i + 1] += here.p[i];
                }
            }
            here = next;
        }
        for (int i = start; i <= length; i++) {
            out->count[i] += here.count[i];
            out->p[i] += here.p[i];
        }
    }
}

/* Draws sentences of the real grammar; each is derived in one way only, and lengths, letters and
 * surprise average to what was computed. */
static void samples_agree_with_the_statistics(void **state)
{
    (void)state;
    enum { COUNT = 1500 };
    struct grammar grammar = open_grammar(asset_grammar);
    struct rng rng = rng_stream(4, 5, 6);
    double length = 0, surprise = 0, length_square = 0, rest_square = 0;
    for (int n = 0; n < COUNT; n++) {
        int32_t token[GRAMMAR_SENTENCE];
        int size = grammar_sentence(&grammar, &rng, token);
        struct ways ways = {0};
        assert_true(size <= grammar.longest);
        assert_int_equal(token[size - 1], GRAMMAR_NEWLINE);
        derive(&grammar, 0, token, size - 1, 0, 1, 1, &ways);
        assert_true(ways.count[size - 1] == 1);
        double nats = -log(ways.p[size - 1]), rest = nats - grammar.entropy_rate * size;
        length += size;
        length_square += (double)size * size;
        surprise += nats;
        rest_square += rest * rest;
    }
    double deviation = sqrt(length_square / COUNT - length / COUNT * length / COUNT);
    assert_within(length / COUNT, grammar.length, far * deviation / sqrt(COUNT));
    assert_within(surprise / length, grammar.entropy_rate, far * sqrt(rest_square) / length);
    grammar_close(&grammar);
}

/* A grammar as a graph: a node is a choice of a rule, a letter, or the end, with all that follows
 * it. Every derivation is a path and every path a derivation. */
struct node {
    int rule;   /* a choice: its alternatives are edges; -1: a letter or the end */
    int letter; /* -1: the end */
    int next;   /* behind the letter, or behind the rule */
    int edge;   /* of a choice: the first of its edges */
};

enum { NODES = 200000, EDGES = 200000, PAIRS = 1 << 20 };

struct graph {
    struct node *node;
    int *edge;
    int nodes, edges;
    uint64_t *seen, *todo; /* pairs of nodes: a hash set, and a stack */
    int pairs;
};

static int add_rule(struct graph *graph, const struct grammar *grammar, int rule, int next)
{
    for (int i = 0; i < graph->nodes; i++)
        if (graph->node[i].rule == rule && graph->node[i].next == next)
            return i;
    const struct grammar_rule *row = &grammar->rule[rule];
    int self = graph->nodes++, edge = graph->edges;
    graph->edges += row->count;
    assert_true(graph->edges < EDGES);
    graph->node[self] = (struct node){.rule = rule, .next = next, .edge = edge};
    for (int a = 0; a < row->count; a++) {
        const struct grammar_alternative *one = &grammar->alternative[row->first + a];
        int place = next;
        for (int s = one->first + one->count - 1; s >= one->first; s--) {
            int32_t symbol = grammar->symbol[s];
            assert_true(graph->nodes < NODES - 1);
            if (symbol < 0) {
                place = add_rule(graph, grammar, ~symbol, place);
            } else {
                graph->node[graph->nodes] =
                    (struct node){.rule = -1, .letter = symbol, .next = place};
                place = graph->nodes++;
            }
        }
        graph->edge[edge + a] = place;
    }
    return self;
}

/* Remembers two places that two different derivations reach with the same letters behind them. */
static void add_pair(struct graph *graph, int a, int b)
{
    uint64_t pair = (uint64_t)(a < b ? a : b) << 32 | (uint64_t)(a < b ? b : a);
    size_t slot = (size_t)(pair * 0x9E3779B97F4A7C15u >> 44);
    while (graph->seen[slot] && graph->seen[slot] != pair + 1)
        slot = (slot + 1) % PAIRS;
    if (graph->seen[slot])
        return;
    graph->seen[slot] = pair + 1;
    graph->todo[graph->pairs++] = pair;
    assert_true(graph->pairs < PAIRS / 2);
}

/* Whether two derivations give the same sentence: they part at some choice, and from there on go
 * through equal letters to the same node. */
static bool pairs_meet(struct graph *graph, const struct grammar *grammar)
{
    for (int i = 0; i < graph->nodes; i++) {
        const struct node *node = &graph->node[i];
        for (int a = 0; node->rule >= 0 && a < grammar->rule[node->rule].count; a++)
            for (int b = 0; b < a; b++)
                add_pair(graph, graph->edge[node->edge + a], graph->edge[node->edge + b]);
    }
    while (graph->pairs) {
        uint64_t pair = graph->todo[--graph->pairs];
        int a = (int)(pair >> 32), b = (int)(pair & 0xFFFFFFFF);
        if (a == b)
            return true;
        if (graph->node[a].rule < 0) {
            int swap = a;
            a = b;
            b = swap;
        }
        const struct node *one = &graph->node[a], *other = &graph->node[b];
        for (int e = 0; one->rule >= 0 && e < grammar->rule[one->rule].count; e++)
            add_pair(graph, graph->edge[one->edge + e], b);
        if (one->rule < 0 && one->letter >= 0 && one->letter == other->letter)
            add_pair(graph, one->next, other->next);
    }
    return false;
}

static bool is_ambiguous(const char *text)
{
    struct grammar grammar = open_grammar(text);
    struct graph graph = {.node = memory_new(NODES, sizeof *graph.node),
                          .edge = memory_new(EDGES, sizeof *graph.edge),
                          .seen = memory_new(PAIRS, sizeof *graph.seen),
                          .todo = memory_new(PAIRS, sizeof *graph.todo)};
    graph.node[graph.nodes++] = (struct node){.rule = -1, .letter = -1};
    add_rule(&graph, &grammar, 0, 0);
    bool found = pairs_meet(&graph, &grammar);
    free(graph.node);
    free(graph.edge);
    free(graph.seen);
    free(graph.todo);
    grammar_close(&grammar);
    return found;
}

static void no_sentence_has_two_derivations(void **state)
{
    (void)state;
    assert_false(is_ambiguous(asset_grammar));
    assert_false(is_ambiguous("rule s\n 1 {a}b\n 1 {a}c\nrule a\n 1 x\n 1 xx\n"));
    assert_false(is_ambiguous(tiny));
    assert_true(is_ambiguous("rule s\n 1 a\n 1 b\n 1 a\n"));
    assert_true(is_ambiguous("rule s\n 1 {a}{a}\nrule a\n 1 x\n 1 xx\n"));
    assert_true(is_ambiguous("rule s\n 1 old {n}\n 1 {n}\nrule n\n 1 oak\n 1 old oak\n"));
}

/* What the demonstration asks of the text; assets/grammar.txt says why. */
static void the_grammar_suits_the_demonstration(void **state)
{
    (void)state;
    enum { COUNT = 1000000 };
    struct grammar grammar = open_grammar(asset_grammar);
    static double pair[GRAMMAR_VOCAB][GRAMMAR_VOCAB];
    struct grammar_text text;
    double sum = 0;
    grammar_text_start(&text, &grammar, rng_stream(7, 8, 9));
    int32_t last = grammar_text_next(&text);
    for (int i = 0; i < COUNT; i++) {
        int32_t next = grammar_text_next(&text);
        pair[last][next] += 1.0 / COUNT;
        last = next;
    }
    for (int a = 0; a < grammar.vocab; a++)
        for (int b = 0; b < grammar.vocab; b++)
            sum += pow(pair[a][b] - grammar.frequency[a] * grammar.frequency[b], 2);
    assert_true(sqrt(sum) < 0.052);
    assert_between(grammar.vocab, 30, 36);
    assert_true(grammar.entropy_rate < 0.25 * grammar.unigram_entropy);
    grammar_close(&grammar);
}

/* "a" stands only before words that begin with a consonant, in whichever way they came together. */
static void articles_fit(void **state)
{
    (void)state;
    enum { LENGTH = 65536 };
    struct task *task = open_task(TASK_GRAMMAR, "", LENGTH);
    static int32_t tokens[LENGTH], targets[LENGTH];
    static char text[LENGTH + 1];
    task_batch(task, 1, 1, 1, LENGTH, tokens, targets);
    for (int i = 0; i < LENGTH; i++)
        text[i] = task_symbol(task, tokens[i])[1] ? ' ' : task_symbol(task, tokens[i])[0];
    for (const char *c = strstr(text, " a "); c; c = strstr(c + 1, " a "))
        assert_null(strchr("aeiou", c[3]));
    for (const char *c = strstr(text, " an "); c; c = strstr(c + 1, " an "))
        assert_non_null(strchr("aeiou ", c[4]));
    task_close(task);
}

static void malformed_grammars_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } wrong[] = {
        {"", "no rules"},
        {"# nothing\n", "no rules"},
        {" 1 a\n", "line 1: neither"},
        {"rule s\n1 a\n", "line 2: neither"},
        {"rule s\n", "line 1: a rule without alternatives 's'"},
        {"words s\n", "line 1: a rule without alternatives 's'"},
        {"rule S\n 1 a\n", "line 1: bad name 'S'"},
        {"rule\n 1 a\n", "line 1: bad name ''"},
        {"rule s\n 1 a\nrule s\n 1 b\n", "line 3: a second rule 's'"},
        {"rule s\n 1 a{t}\n", "line 2: an unknown rule 't'"},
        {"rule s\n 1 a{t\n", "line 2: an open brace"},
        {"rule s\n 1 a}\n", "line 2: a bad character"},
        {"rule s\n 1 \x1b[2J\n", "line 2: a bad character in '?[2J'"},
        {"rule s\n 1 caf\xc3\xa9\n", "line 2: a bad character"},
        {"rule s\n x a\n", "line 2: bad weight 'x'"},
        {"rule s\n 0 a\n", "line 2: bad weight '0'"},
        {"rule s\n -1 a\n", "line 2: bad weight '-1'"},
        {"rule s\n 1000001 a\n", "line 2: bad weight"},
        {"rule s\n 99999999999999999999 a\n", "line 2: bad weight"},
        {"rule s\n 1\n", "line 2: an empty text"},
        {"words s\n a,,b\n", "line 2: an empty text"},
        {"rule s\n 1 a\nrule t\n 1 b\n", "line 3: an unused rule 't'"},
        {"rule s\n 1 a{s}\n", "line 1: a rule that contains itself 's'"},
        {"rule s\n 1 {t}\nrule t\n 1 x\n 1 {u}\nrule u\n 1 y{t}\n", "contains itself 't'"},
        {"rule s\n 1 {a}{a}{a}{a}{a}{a}\nrule a\n 1 {b}{b}{b}{b}{b}{b}\nrule b\n"
         " 1 {c}{c}{c}{c}{c}{c}\nrule c\n 1 123456\n",
         "too long a sentence"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct grammar grammar;
        struct error error = {"none"};
        assert_false(grammar_open(&grammar, wrong[i].text, &error));
        assert_contains(error.text, wrong[i].message);
        assert_null(strchr(error.text, '\n'));
        assert_null(grammar.rule);
    }
}

static void the_longest_sentence_fits(void **state)
{
    (void)state;
    char text[700] = "rule s\n 1 ";
    int32_t token[GRAMMAR_SENTENCE];
    struct rng rng = {0};
    memset(text + strlen(text), 'x', GRAMMAR_SENTENCE - 1);
    struct grammar grammar = open_grammar(text);
    assert_int_equal(grammar.longest, GRAMMAR_SENTENCE);
    assert_int_equal(grammar_sentence(&grammar, &rng, token), GRAMMAR_SENTENCE);
    grammar_close(&grammar);
    strcat(text, "x");
    assert_false(grammar_open(&grammar, text, NULL));
}

/* ---- batches -------------------------------------------------------------------------------- */

/* Chi-square of the tokens at one place of many rows against the exact frequencies, as standard
 * deviations off its mean. Rows are independent, so that it is exact. */
static double misfit(const struct grammar *grammar, const int *count, double rows)
{
    double sum = 0;
    for (int c = 0; c < grammar->vocab; c++) {
        double expected = rows * grammar->frequency[c];
        sum += (count[c] - expected) * (count[c] - expected) / expected;
    }
    return (sum - (grammar->vocab - 1)) / sqrt(2.0 * (grammar->vocab - 1));
}

static void assert_stationary(const struct grammar *grammar, int rows)
{
    enum { CONTEXT = 24 };
    int count[CONTEXT][GRAMMAR_VOCAB] = {{0}};
    for (int row = 0; row < rows; row++) {
        struct grammar_text text;
        grammar_text_start(&text, grammar, rng_stream(1, 2, (uint64_t)row));
        for (int t = 0; t < CONTEXT; t++)
            count[t][grammar_text_next(&text)]++;
    }
    for (int t = 0; t < CONTEXT; t++)
        assert_within(misfit(grammar, count[t], rows), 0, 7);
}

static void the_text_is_stationary(void **state)
{
    (void)state;
    struct grammar grammar = open_grammar(asset_grammar);
    assert_stationary(&grammar, 40000);
    grammar_close(&grammar);
    grammar = open_grammar("rule s\n 9 a\n 1 bcbcbcbcbcbcbcbcbcbc\n");
    assert_stationary(&grammar, 40000);
    grammar_close(&grammar);
}

static void batches_have_the_exact_frequencies_at_each_place(void **state)
{
    (void)state;
    enum { ROWS = 1000, CONTEXT = 32, STEPS = 40 };
    struct task *task = open_task(TASK_GRAMMAR, "", CONTEXT);
    struct grammar grammar = open_grammar(asset_grammar);
    static int32_t tokens[ROWS * CONTEXT], targets[ROWS * CONTEXT];
    int first[GRAMMAR_VOCAB] = {0}, last[GRAMMAR_VOCAB] = {0};
    for (int step = 1; step <= STEPS; step++) {
        task_batch(task, 3, step, ROWS, CONTEXT, tokens, targets);
        for (int b = 0; b < ROWS; b++) {
            first[tokens[b * CONTEXT]]++;
            last[targets[b * CONTEXT + CONTEXT - 1]]++;
            for (int t = 1; t < CONTEXT; t++)
                assert_int_equal(targets[b * CONTEXT + t - 1], tokens[b * CONTEXT + t]);
        }
    }
    assert_within(misfit(&grammar, first, ROWS * STEPS), 0, 7);
    assert_within(misfit(&grammar, last, ROWS * STEPS), 0, 7);
    grammar_close(&grammar);
    task_close(task);
}

/* A batch is a function of task, seed and step; a row also of its number, but not of how many there
 * are. */
static void batches_repeat_and_differ(void **state)
{
    (void)state;
    enum { N = 16 * 32 };
    for (int kind = 0; kind < TASK_TEXT; kind++) {
        struct task *task = open_task((enum task_kind)kind, "", 32);
        int32_t one[N], targets[N], two[N], few[N / 4];
        task_batch(task, 1, 1, 16, 32, one, targets);
        task_batch(task, 1, 1, 16, 32, two, targets);
        assert_memory_equal(one, two, sizeof one);
        task_batch(task, 1, 1, 4, 32, few, targets);
        assert_memory_equal(one, few, sizeof few);
        assert_memory_not_equal(one, one + 32, 32 * sizeof *one);
        task_batch(task, 1, 2, 16, 32, two, targets);
        assert_memory_not_equal(one, two, 32 * sizeof *one);
        task_batch(task, 2, 1, 16, 32, two, targets);
        assert_memory_not_equal(one, two, 32 * sizeof *one);
        task_close(task);
    }
}

static uint64_t digest(const int32_t *values, int count)
{
    uint64_t hash = 0xCBF29CE484222325u;
    for (int i = 0; i < count; i++)
        hash = (hash ^ (uint64_t)(uint32_t)values[i]) * 0x100000001B3u;
    return hash;
}

/* A run in one place must be the same as in another. The grammar here never changes; the values
 * come from an independent implementation in Python. */
static void batches_have_the_same_bits_everywhere(void **state)
{
    (void)state;
    int32_t tokens[64], targets[64];
    struct grammar grammar = open_grammar(tiny);
    struct grammar_text text;
    grammar_text_start(&text, &grammar, rng_stream(1, 2, 3));
    for (int i = 0; i < 64; i++)
        tokens[i] = grammar_text_next(&text);
    assert_int_equal(digest(tokens, 64), 0x5B0C0162014F71F9u);
    grammar_close(&grammar);
    struct task *task = open_task(TASK_COPY, "", 32);
    task_batch(task, 1, 1, 2, 32, tokens, targets);
    assert_int_equal(digest(tokens, 64), 0x7A6E56FE71667749u);
    task_close(task);
}

static void copy_asks_for_the_previous_token(void **state)
{
    (void)state;
    enum { ROWS = 1024 };
    static const int contexts[] = {2, 3, 32};
    for (size_t i = 0; i < sizeof contexts / sizeof *contexts; i++) {
        static int32_t tokens[ROWS * 32], targets[ROWS * 32];
        int T = contexts[i], count[32] = {0};
        struct task *task = open_task(TASK_COPY, "", T);
        task_batch(task, 1, 1, ROWS, T, tokens, targets);
        for (int n = 0; n < ROWS * T; n++) {
            assert_between(tokens[n], 0, 31);
            count[tokens[n]]++;
            assert_int_equal(targets[n], n % T ? tokens[n - 1] : -1);
        }
        for (int c = 0; c < 32; c++)
            assert_within(count[c], ROWS * T / 32.0, far * sqrt(ROWS * T / 32.0));
        task_close(task);
    }
}

static void repeat_asks_for_what_the_first_half_determines(void **state)
{
    (void)state;
    for (int T = 2; T <= 33; T++) {
        int32_t tokens[8 * 33], targets[8 * 33];
        int half = (T + 1) / 2;
        struct task *task = open_task(TASK_REPEAT, "", T);
        task_batch(task, 1, 1, 8, T, tokens, targets);
        for (int b = 0; b < 8; b++) {
            int32_t *row = tokens + b * T, *target = targets + b * T;
            int predicted = 0;
            for (int t = 0; t < T; t++) {
                assert_between(row[t], 0, 31);
                if (t >= half)
                    assert_int_equal(row[t], row[t - half]);
                bool known = t + 1 >= half && t + 1 < T;
                assert_int_equal(target[t], known ? row[t + 1] : -1);
                predicted += known;
            }
            assert_int_equal(predicted, T / 2);
        }
        task_close(task);
    }
}

static void tasks_are_described(void **state)
{
    (void)state;
    for (int kind = 0; kind < TASK_TEXT; kind++) {
        struct task_info before = task_describe((enum task_kind)kind);
        struct task *task = open_task((enum task_kind)kind, "", 8);
        struct task_info info = task_info(task);
        assert_int_equal(task_kind_of(task), kind);
        assert_string_equal(info.name, task_names[kind]);
        assert_true(before.vocab == info.vocab);
        assert_true(before.unigram_entropy == info.unigram_entropy);
        assert_true(before.entropy_rate == info.entropy_rate);
        assert_false(info.validation);
        assert_true(info.entropy_rate < info.unigram_entropy);
        assert_true(strlen(info.summary) > 0);
        task_close(task);
    }
    assert_within(task_describe(TASK_COPY).unigram_entropy, log(32), 1e-15);
    assert_within(task_describe(TASK_REPEAT).unigram_entropy, log(32), 1e-15);
    assert_true(task_describe(TASK_COPY).entropy_rate == 0);
    assert_true(task_describe(TASK_REPEAT).entropy_rate == 0);
    struct task_info text = task_describe(TASK_TEXT);
    assert_int_equal(text.vocab, 0);
    assert_true(isnan(text.unigram_entropy) && isnan(text.entropy_rate));
    assert_true(text.validation);
    task_close(NULL);
}

static void symbols_can_be_shown(void **state)
{
    (void)state;
    struct task *task = open_task(TASK_REPEAT, "", 8);
    assert_string_equal(task_symbol(task, 0), "0");
    assert_string_equal(task_symbol(task, 31), "31");
    assert_string_equal(task_symbol(task, 32), "?");
    assert_string_equal(task_symbol(task, -1), "?");
    task_close(task);
    task = open_task(TASK_GRAMMAR, "", 8);
    assert_string_equal(task_symbol(task, GRAMMAR_NEWLINE), "⏎");
    assert_string_equal(task_symbol(task, 1), "␣");
    assert_string_equal(task_symbol(task, task_info(task).vocab - 1), "z");
    task_close(task);
}

/* ---- files ---------------------------------------------------------------------------------- */

/* A file of these bytes; the caller removes it and frees the name. */
static char *write_file(const void *bytes, size_t size)
{
    char *path = memory_copy_string("/tmp/lnscope_test_task_XXXXXX");
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, bytes, size), (ssize_t)size);
    close(descriptor);
    return path;
}

static void remove_file(char *path)
{
    unlink(path);
    free(path);
}

static struct task *open_bytes(const void *bytes, size_t size, int context, struct error *error)
{
    char *path = write_file(bytes, size);
    struct task *task = task_open(TASK_TEXT, path, context, error);
    remove_file(path);
    return task;
}

static void unsuitable_files_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *message;
        size_t size;
    } wrong[] = {
        {"", "is empty: a text for a context of 4 needs 50 bytes", 0},
        {"abcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabca",
         "has 49 bytes: a context of 4 needs 50,", 49},
        {"zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", "repeats one byte", 50},
        {"zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzabcde", "repeats one byte", 50},
    };
    struct error error;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        error.text[0] = '\0';
        assert_null(open_bytes(wrong[i].bytes, wrong[i].size, 4, &error));
        assert_contains(error.text, wrong[i].message);
    }
    assert_null(task_open(TASK_TEXT, "", 4, &error));
    assert_contains(error.text, "--text FILE");
    assert_null(task_open(TASK_TEXT, NULL, 4, &error));
    assert_contains(error.text, "--text FILE");
    assert_null(task_open(TASK_TEXT, "/tmp", 4, &error));
    assert_contains(error.text, "/tmp is a directory");
    assert_null(task_open(TASK_TEXT, "/nowhere/\x1b[2Jtext", 4, &error));
    assert_contains(error.text, "cannot read /nowhere/?[2Jtext");
    assert_null(task_open(TASK_TEXT, "/nowhere", 4, NULL));
}

/* The shortest file that suits: 45 bytes to train on, and one held-out window. */
static void windows_stay_in_their_part(void **state)
{
    (void)state;
    enum { ROWS = 4100, T = 4 };
    unsigned char bytes[50];
    struct error error;
    for (int i = 0; i < 50; i++)
        bytes[i] = (unsigned char)(100 + i);
    struct task *task = open_bytes(bytes, sizeof bytes, T, &error);
    static int32_t tokens[ROWS * T], targets[ROWS * T];
    int start[41] = {0};
    assert_non_null(task);
    assert_int_equal(task_info(task).vocab, 50);
    task_batch(task, 1, 1, ROWS, T, tokens, targets);
    for (int b = 0; b < ROWS; b++) {
        assert_between(tokens[b * T], 0, 40);
        start[tokens[b * T]]++;
        for (int t = 0; t < T; t++) {
            assert_int_equal(tokens[b * T + t], tokens[b * T] + t);
            assert_int_equal(targets[b * T + t], tokens[b * T] + t + 1);
        }
    }
    for (int i = 0; i < 41; i++)
        assert_within(start[i], ROWS / 41.0, far * sqrt(ROWS / 41.0));
    task_validation(task, 0, 16, T, tokens, targets);
    for (int n = 0; n < 16 * T; n++) {
        assert_int_equal(tokens[n], 45 + n % T);
        assert_int_equal(targets[n], 46 + n % T);
    }
    task_close(task);
}

static void validation_goes_by_its_index(void **state)
{
    (void)state;
    char bytes[4000];
    struct error error;
    int32_t one[64], two[64], targets[64];
    for (int i = 0; i < 4000; i++)
        bytes[i] = (char)('a' + i * i % 23);
    struct task *task = open_bytes(bytes, sizeof bytes, 16, &error);
    task_validation(task, 0, 4, 16, one, targets);
    task_validation(task, 0, 4, 16, two, targets);
    assert_memory_equal(one, two, sizeof one);
    task_validation(task, 1, 4, 16, two, targets);
    assert_memory_not_equal(one, two, sizeof one);
    task_close(task);
}

static void any_bytes_are_a_text(void **state)
{
    (void)state;
    unsigned char bytes[2560];
    struct error error;
    for (int i = 0; i < 2560; i++)
        bytes[i] = (unsigned char)(i * 7);
    struct task *task = open_bytes(bytes, sizeof bytes, 8, &error);
    assert_non_null(task);
    assert_int_equal(task_info(task).vocab, 256);
    assert_within(task_info(task).unigram_entropy, log(256), 1e-12);
    assert_true(isnan(task_info(task).entropy_rate));
    assert_true(task_info(task).validation);
    assert_string_equal(task_symbol(task, 0), "\\x00");
    assert_string_equal(task_symbol(task, '\t'), "⇥");
    assert_string_equal(task_symbol(task, '\n'), "⏎");
    assert_string_equal(task_symbol(task, 0x1b), "\\x1B");
    assert_string_equal(task_symbol(task, ' '), "␣");
    assert_string_equal(task_symbol(task, '~'), "~");
    assert_string_equal(task_symbol(task, 0x7f), "\\x7F");
    assert_string_equal(task_symbol(task, 0xc3), "\\xC3");
    task_close(task);
}

/* The entropy is that of the training part; the held-out part may have letters of its own. */
static void entropy_is_that_of_the_training_part(void **state)
{
    (void)state;
    char bytes[1000];
    struct error error;
    for (int i = 0; i < 1000; i++)
        bytes[i] = i >= 900 ? 'x' : i % 3 ? 'b' : 'a';
    struct task *task = open_bytes(bytes, sizeof bytes, 8, &error);
    assert_non_null(task);
    assert_int_equal(task_info(task).vocab, 3);
    assert_within(task_info(task).unigram_entropy, log(3) - 2.0 / 3 * log(2), 1e-12);
    assert_string_equal(task_symbol(task, 2), "x");
    task_close(task);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statistics_agree_with_a_list_of_all_sentences),
        cmocka_unit_test(sentences_come_as_often_as_they_should),
        cmocka_unit_test(samples_agree_with_the_statistics),
        cmocka_unit_test(no_sentence_has_two_derivations),
        cmocka_unit_test(the_grammar_suits_the_demonstration),
        cmocka_unit_test(articles_fit),
        cmocka_unit_test(malformed_grammars_are_refused),
        cmocka_unit_test(the_longest_sentence_fits),
        cmocka_unit_test(the_text_is_stationary),
        cmocka_unit_test(batches_have_the_exact_frequencies_at_each_place),
        cmocka_unit_test(batches_repeat_and_differ),
        cmocka_unit_test(batches_have_the_same_bits_everywhere),
        cmocka_unit_test(copy_asks_for_the_previous_token),
        cmocka_unit_test(repeat_asks_for_what_the_first_half_determines),
        cmocka_unit_test(tasks_are_described),
        cmocka_unit_test(symbols_can_be_shown),
        cmocka_unit_test(unsuitable_files_are_refused),
        cmocka_unit_test(windows_stay_in_their_part),
        cmocka_unit_test(validation_goes_by_its_index),
        cmocka_unit_test(any_bytes_are_a_text),
        cmocka_unit_test(entropy_is_that_of_the_training_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
