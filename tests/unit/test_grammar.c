/* Grammars: the statistics against a list of all sentences and against samples, that no sentence
 * has two derivations, the grammar of the program, and the parser. */
#include "tasks/task_grammar.h"

#include "base/memory.h"
#include "support/drawn.h"
#include "support/texts.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/range.h"

extern const char asset_grammar[];

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
    struct grammar grammar = open_grammar(asset_grammar);
    struct grammar_text source;
    static char text[LENGTH + 1];
    grammar_text_start(&source, &grammar, rng_stream(1, 2, 3));
    for (int i = 0; i < LENGTH; i++) {
        const char letter = (char)grammar.letter[grammar_text_next(&source)];
        text[i] = letter == '\n' ? ' ' : letter;
    }
    for (const char *c = strstr(text, " a "); c; c = strstr(c + 1, " a "))
        assert_null(strchr("aeiou", c[3]));
    for (const char *c = strstr(text, " an "); c; c = strstr(c + 1, " an "))
        assert_non_null(strchr("aeiou ", c[4]));
    grammar_close(&grammar);
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

/* A run in one place must be the same as in another. The grammar here never changes; the value
 * comes from an independent implementation in Python. */
static void a_text_has_the_same_bits_everywhere(void **state)
{
    (void)state;
    int32_t tokens[64];
    struct grammar grammar = open_grammar(tiny);
    struct grammar_text text;
    grammar_text_start(&text, &grammar, rng_stream(1, 2, 3));
    for (int i = 0; i < 64; i++)
        tokens[i] = grammar_text_next(&text);
    assert_int_equal(digest(tokens, 64), 0x5B0C0162014F71F9u);
    grammar_close(&grammar);
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
        cmocka_unit_test(a_text_has_the_same_bits_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
