/* See task_sequences.h. */
#include "tasks/task_sequences.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

static int32_t draw_token(struct rng *rng, int vocab)
{
    return (int32_t)rng_below(rng, (uint32_t)vocab);
}

/* The length of the first half, which is the longer one. */
static int first_half(int context)
{
    return context - context / 2;
}

/* The targets are the next tokens, as far as these lie in the second half. */
static void predict_second_half(int context, const int32_t *tokens, int32_t *targets)
{
    for (int t = 0; t < context; t++)
        targets[t] = t + 1 >= first_half(context) && t + 1 < context ? tokens[t + 1] : -1;
}

void sequence_copy(struct rng rng, int vocab, int context, int32_t *tokens, int32_t *targets)
{
    for (int t = 0; t < context; t++) {
        tokens[t] = draw_token(&rng, vocab);
        targets[t] = t ? tokens[t - 1] : -1;
    }
}

void sequence_repeat(struct rng rng, int vocab, int context, int32_t *tokens, int32_t *targets)
{
    const int half = first_half(context);
    for (int t = 0; t < context; t++)
        tokens[t] = t < half ? draw_token(&rng, vocab) : tokens[t - half];
    predict_second_half(context, tokens, targets);
}

void sequence_reverse(struct rng rng, int vocab, int context, int32_t *tokens, int32_t *targets)
{
    const int half = first_half(context);
    for (int t = 0; t < context; t++)
        tokens[t] = t < half ? draw_token(&rng, vocab) : tokens[2 * half - 1 - t];
    predict_second_half(context, tokens, targets);
}

void sequence_sort(struct rng rng, int vocab, int context, int32_t *tokens, int32_t *targets)
{
    const int half = first_half(context);
    int count[SEQUENCE_VOCAB_MAX] = {0};
    int32_t value = 0;
    for (int t = 0; t < half; t++)
        count[tokens[t] = draw_token(&rng, vocab)]++;
    for (int t = half; t < context; t++) {
        while (count[value] == 0)
            value++;
        tokens[t] = value;
        count[value]--;
    }
    predict_second_half(context, tokens, targets);
}

/* All of the first half is uniform. What is predicted is all of it, or in an odd context all but
 * the greatest of its n tokens, which is v with probability ((v+1)^n - v^n) / V^n. */
double sequence_sort_entropy(int vocab, int context)
{
    const int n = first_half(context), predicted = context / 2;
    double entropy = 0, below = 0;
    for (int v = 0; v < vocab; v++) {
        const double upto = pow((v + 1.0) / vocab, n);
        const double greatest = predicted < n ? upto - below : 0;
        const double p = ((double)n / vocab - greatest) / predicted;
        entropy -= p > 0 ? p * log(p) : 0;
        below = upto;
    }
    return entropy;
}

/* The entropy of the second of two tokens given the first, nats: that of their probabilities
 * p[vocab * vocab], 1 in total. */
static double pair_entropy(const double *p, int vocab)
{
    double entropy = 0;
    for (int a = 0; a < vocab; a++) {
        double total = 0;
        for (int b = 0; b < vocab; b++) {
            const double both = p[a * vocab + b];
            total += both;
            entropy -= both > 1e-18 ? both * log(both) : 0;
        }
        entropy += total > 0 ? total * log(total) : 0;
    }
    return entropy;
}

/* The last of n uniform tokens, and the least of them. */
static void last_and_least(int n, int vocab, double *p)
{
    for (int b = 0; b < vocab; b++) {
        const double upward = pow((double)(vocab - b) / vocab, n - 1);
        const double above = pow((double)(vocab - b - 1) / vocab, n - 1);
        for (int a = 0; a < vocab; a++)
            p[a * vocab + b] = a > b ? (upward - above) / vocab : a == b ? upward / vocab : 0;
    }
}

/* The k-th and the next of n uniform tokens in order, X_k and X_k+1 (k < n). For a < b exactly k
 * tokens are at most a, one of them being a, and of the others, which are at least b, one is b.
 * upto[a] is the probability that X_k <= a, and becomes that of X_k+1; ways is (n choose k). */
static void next_in_order(int n, int k, double ways, int vocab, double *upto, double *p)
{
    double before = 0, upward[SEQUENCE_VOCAB_MAX + 1]; /* that n - k tokens are at least b */
    for (int b = 0; b <= vocab; b++)
        upward[b] = pow((double)(vocab - b) / vocab, n - k);
    for (int a = 0; a < vocab; a++) {
        const double low = pow((a + 1.0) / vocab, k) - pow((double)a / vocab, k);
        double equal = upto[a] - before;
        for (int b = 0; b < vocab; b++)
            p[a * vocab + b] = 0;
        before = upto[a];
        upto[a] -= ways * pow((a + 1.0) / vocab, k) * upward[a + 1];
        for (int b = a + 1; b < vocab; b++) {
            p[a * vocab + b] = ways * low * (upward[b] - upward[b + 1]);
            equal -= p[a * vocab + b];
        }
        p[a * vocab + a] = equal > 0 ? equal : 0;
    }
}

double sequence_sort_current(int vocab, int context)
{
    const int n = first_half(context), predicted = context / 2;
    double *p = memory_new((size_t)(vocab * vocab), sizeof *p), ways = 1, entropy;
    double upto[SEQUENCE_VOCAB_MAX];
    last_and_least(n, vocab, p);
    entropy = pair_entropy(p, vocab);
    for (int a = 0; a < vocab; a++)
        upto[a] = 1 - pow((double)(vocab - a - 1) / vocab, n);
    for (int k = 1; k < predicted; k++) {
        ways *= (double)(n - k + 1) / k;
        next_in_order(n, k, ways, vocab, upto, p);
        entropy += pair_entropy(p, vocab);
    }
    free(p);
    return entropy / predicted;
}

/* At the first of the predicted places the answer is the token at hand. */
double sequence_reverse_current(int vocab, int context)
{
    const int predicted = context / 2;
    return log(vocab) * (predicted - 1) / predicted;
}

void sequence_mask(struct rng *rng, int vocab, int32_t mask, int context, int32_t *tokens,
                   int32_t *targets)
{
    int open = (15 * context + 50) / 100;
    open = open > 0 ? open : 1;
    for (int t = 0; t < context; t++) {
        targets[t] = -1;
        /* Each set of places is as likely as another (Knuth 3.4.2, algorithm S). */
        if ((int)rng_below(rng, (uint32_t)(context - t)) >= open)
            continue;
        open--;
        targets[t] = tokens[t];
        const uint32_t fate = rng_below(rng, 10);
        if (fate < 8)
            tokens[t] = mask;
        else if (fate == 8)
            tokens[t] = (int32_t)rng_below(rng, (uint32_t)vocab);
    }
}

double sequence_mask_entropy(const double *frequency, int vocab)
{
    double entropy = 0;
    for (int target = 0; target < vocab; target++)
        entropy -= 0.8 * frequency[target] * log(frequency[target]);
    for (int seen = 0; seen < vocab; seen++) {
        const double p_seen = 0.1 / vocab + 0.1 * frequency[seen];
        for (int target = 0; target < vocab; target++) {
            const double p =
                0.1 / vocab * frequency[target] + (target == seen ? 0.1 * frequency[seen] : 0);
            entropy -= p > 0 ? p * log(p / p_seen) : 0;
        }
    }
    return entropy;
}
