/* See grammar_chain.h. Owns the unfolding of a grammar and the forward algorithm on it. */
#include "tasks/grammar_chain.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOWS_LEAST = 256 };

const double grammar_bound_error = 0.001;

/* ---- the chain -------------------------------------------------------------------------------*/

/* A step while the chain is unfolded; they come in no order. */
struct edge {
    int from, to;
    double probability;
};

struct unfolding {
    const struct grammar *grammar;
    struct grammar_chain *chain;
    int edges, edge_room, state_room;
    struct edge *edge;
    /* A stack: where derivations can stand, and with which probability they go on from there to
     * what is unfolded next. */
    int ends, end_room;
    struct grammar_step *end;
};

/* Some of the ends. */
struct ends {
    int first, count;
};

static void push_end(struct unfolding *unfolding, int state, double probability)
{
    if (unfolding->ends == unfolding->end_room) {
        unfolding->end_room = unfolding->end_room ? 2 * unfolding->end_room : 4096;
        unfolding->end =
            memory_resize(unfolding->end, (size_t)unfolding->end_room, sizeof *unfolding->end);
    }
    unfolding->end[unfolding->ends++] = (struct grammar_step){state, probability};
}

/* All that was pushed from `first` on. */
static struct ends pushed_since(const struct unfolding *unfolding, int first)
{
    return (struct ends){first, unfolding->ends - first};
}

/* What was pushed behind these ends moves into their place. */
static void drop_ends(struct unfolding *unfolding, struct ends ends)
{
    const struct ends top = pushed_since(unfolding, ends.first + ends.count);
    memmove(unfolding->end + ends.first, unfolding->end + top.first,
            (size_t)top.count * sizeof *unfolding->end);
    unfolding->ends -= ends.count;
}

static int add_state(struct unfolding *unfolding, int32_t letter)
{
    struct grammar_chain *chain = unfolding->chain;
    if (chain->states == unfolding->state_room) {
        unfolding->state_room = unfolding->state_room ? 2 * unfolding->state_room : 1024;
        chain->letter =
            memory_resize(chain->letter, (size_t)unfolding->state_room, sizeof *chain->letter);
    }
    chain->letter[chain->states] = letter;
    return chain->states++;
}

/* From these ends to a state. */
static void join(struct unfolding *unfolding, struct ends ends, int to)
{
    const int edges = unfolding->edges + ends.count;
    if (edges > unfolding->edge_room) {
        unfolding->edge_room = 2 * edges;
        unfolding->edge =
            memory_resize(unfolding->edge, (size_t)unfolding->edge_room, sizeof *unfolding->edge);
    }
    for (const struct grammar_step *end = unfolding->end + ends.first; unfolding->edges < edges;
         end++)
        unfolding->edge[unfolding->edges++] = (struct edge){end->to, to, end->probability};
}

/* All expansions of a rule behind these ends; their own ends are pushed. States are numbered in the
 * order in which a sentence passes through them. */
static void unfold(struct unfolding *unfolding, int rule, struct ends in)
{
    const struct grammar *grammar = unfolding->grammar;
    const struct grammar_rule *row = &grammar->rule[rule];
    uint32_t before = 0;
    for (int a = row->first; a < row->first + row->count; a++) {
        const struct grammar_alternative *one = &grammar->alternative[a];
        const double probability = (double)(one->upto - before) / row->total;
        const int first = unfolding->ends;
        before = one->upto;
        for (int i = in.first; i < in.first + in.count; i++)
            push_end(unfolding, unfolding->end[i].to, unfolding->end[i].probability * probability);
        for (int s = one->first; s < one->first + one->count; s++) {
            const int32_t symbol = grammar->symbol[s];
            const struct ends now = pushed_since(unfolding, first);
            if (symbol < 0) {
                unfold(unfolding, ~symbol, now);
            } else {
                const int state = add_state(unfolding, symbol);
                join(unfolding, now, state);
                push_end(unfolding, state, 1);
            }
            drop_ends(unfolding, now);
        }
    }
}

/* Sorts the edges by where they begin. */
static void sort_edges(struct grammar_chain *chain, const struct edge *edge, int edges)
{
    chain->first = memory_new((size_t)chain->states + 2, sizeof *chain->first);
    chain->step = memory_new((size_t)edges, sizeof *chain->step);
    for (int i = 0; i < edges; i++)
        chain->first[edge[i].from + 2]++;
    for (int s = 2; s <= chain->states; s++)
        chain->first[s] += chain->first[s - 1];
    for (int i = 0; i < edges; i++)
        chain->step[chain->first[edge[i].from + 1]++] =
            (struct grammar_step){edge[i].to, edge[i].probability};
}

/* How often a sentence passes through each state, over its expected length: all steps but those to
 * the newline lead to states of higher numbers. */
static void find_shares(struct grammar_chain *chain, double length)
{
    chain->share = memory_new((size_t)chain->states, sizeof *chain->share);
    chain->share[0] = 1 / length;
    for (int s = 0; s < chain->states; s++)
        for (int i = chain->first[s]; i < chain->first[s + 1]; i++)
            if (chain->step[i].to != 0)
                chain->share[chain->step[i].to] += chain->share[s] * chain->step[i].probability;
}

void grammar_chain_open(struct grammar_chain *chain, const struct grammar *grammar)
{
    struct unfolding unfolding = {.grammar = grammar, .chain = chain};
    *chain = (struct grammar_chain){.vocab = grammar->vocab};
    push_end(&unfolding, add_state(&unfolding, GRAMMAR_NEWLINE), 1);
    const struct ends start = pushed_since(&unfolding, 0);
    unfold(&unfolding, 0, start);
    drop_ends(&unfolding, start);
    join(&unfolding, pushed_since(&unfolding, 0), 0);
    sort_edges(chain, unfolding.edge, unfolding.edges);
    find_shares(chain, grammar->length);
    free(unfolding.end);
    free(unfolding.edge);
}

void grammar_chain_close(struct grammar_chain *chain)
{
    free(chain->letter);
    free(chain->share);
    free(chain->first);
    free(chain->step);
    *chain = (struct grammar_chain){0};
}

/* ---- what can be known -----------------------------------------------------------------------*/

static double entropy_of(const double *probability, int count)
{
    double entropy = 0;
    for (int i = 0; i < count; i++)
        entropy -= probability[i] > 0 ? probability[i] * log(probability[i]) : 0;
    return entropy;
}

double grammar_chain_current(const struct grammar_chain *chain)
{
    double pair[GRAMMAR_VOCAB][GRAMMAR_VOCAB] = {{0}}, entropy = 0;
    for (int s = 0; s < chain->states; s++)
        for (int i = chain->first[s]; i < chain->first[s + 1]; i++)
            pair[chain->letter[s]][chain->letter[chain->step[i].to]] +=
                chain->share[s] * chain->step[i].probability;
    for (int a = 0; a < chain->vocab; a++) {
        double total = 0;
        for (int b = 0; b < chain->vocab; b++)
            total += pair[a][b];
        entropy += entropy_of(pair[a], chain->vocab) + (total > 0 ? total * log(total) : 0);
    }
    return entropy;
}

/* What a reader knows of the state, and of the one that comes next: the states that are possible.
 */
struct belief {
    int count;
    int *state;     /* [states] */
    double *weight; /* [states] of all states, 0 of those that are not possible */
};

struct reader {
    const struct grammar_chain *chain;
    struct belief now, next;
    double letter[GRAMMAR_VOCAB]; /* probabilities of the next one */
};

static void belief_open(struct belief *belief, int states)
{
    belief->state = memory_new((size_t)states, sizeof *belief->state);
    belief->weight = memory_new((size_t)states, sizeof *belief->weight);
}

static void belief_close(struct belief *belief)
{
    free(belief->state);
    free(belief->weight);
}

static void believe(struct belief *belief, int state, double weight)
{
    if (belief->weight[state] == 0)
        belief->state[belief->count++] = state;
    belief->weight[state] += weight;
}

static void forget(struct belief *belief)
{
    for (int i = 0; i < belief->count; i++)
        belief->weight[belief->state[i]] = 0;
    belief->count = 0;
}

/* From what is known of the state to what is known of the next one and its letter. */
static void look_ahead(struct reader *reader)
{
    const struct grammar_chain *chain = reader->chain;
    forget(&reader->next);
    for (int i = 0; i < reader->now.count; i++) {
        const int s = reader->now.state[i];
        for (int k = chain->first[s]; k < chain->first[s + 1]; k++)
            believe(&reader->next, chain->step[k].to,
                    reader->now.weight[s] * chain->step[k].probability);
    }
    for (int c = 0; c < chain->vocab; c++)
        reader->letter[c] = 0;
    for (int i = 0; i < reader->next.count; i++) {
        const int s = reader->next.state[i];
        reader->letter[chain->letter[s]] += reader->next.weight[s];
    }
}

/* The next letter is this one: what it rules out goes. */
static void read_letter(struct reader *reader, int32_t letter)
{
    const double probability = reader->letter[letter];
    forget(&reader->now);
    for (int i = 0; i < reader->next.count; i++) {
        const int s = reader->next.state[i];
        if (reader->chain->letter[s] == letter)
            believe(&reader->now, s, reader->next.weight[s] / probability);
    }
}

static int32_t draw_letter(const struct reader *reader, struct rng *rng)
{
    double rest = rng_uniform(rng);
    int32_t letter = 0, likely = 0;
    for (; letter < reader->chain->vocab; letter++) {
        if (reader->letter[letter] > 0)
            likely = letter;
        if (rest < reader->letter[letter])
            return letter;
        rest -= reader->letter[letter];
    }
    return likely;
}

/* Before anything is read the state is any, by its share. */
static void start_anywhere(struct reader *reader)
{
    const struct grammar_chain *chain = reader->chain;
    forget(&reader->next);
    for (int c = 0; c < chain->vocab; c++)
        reader->letter[c] = 0;
    for (int s = 0; s < chain->states; s++) {
        believe(&reader->next, s, chain->share[s]);
        reader->letter[chain->letter[s]] += chain->share[s];
    }
}

struct grammar_bound grammar_chain_bound(const struct grammar_chain *chain, int context,
                                         bool (*stopped)(void *argument), void *argument)
{
    struct reader reader = {.chain = chain};
    const double current = grammar_chain_current(chain) / context; /* at the first place: exact */
    struct grammar_bound bound = {.loss = current};
    double sum = 0, squares = 0;
    belief_open(&reader.now, chain->states);
    belief_open(&reader.next, chain->states);
    while (context > 1 && bound.windows < GRAMMAR_BOUND_WINDOWS &&
           !(stopped && stopped(argument)) &&
           (bound.windows < WINDOWS_LEAST || bound.error > grammar_bound_error)) {
        struct rng rng = rng_stream(1, rng_key("bound"), (uint64_t)bound.windows++);
        double loss = 0;
        start_anywhere(&reader);
        for (int t = 0; t < context; t++) {
            read_letter(&reader, draw_letter(&reader, &rng));
            look_ahead(&reader);
            loss += t > 0 ? entropy_of(reader.letter, chain->vocab) / context : 0;
        }
        sum += loss;
        squares += loss * loss;
        const double mean = sum / bound.windows;
        bound.loss = current + mean;
        bound.error = sqrt(fmax(0, squares / bound.windows - mean * mean) /
                           (bound.windows > 1 ? bound.windows - 1 : 1));
    }
    belief_close(&reader.now);
    belief_close(&reader.next);
    return bound;
}
