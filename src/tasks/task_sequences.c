/* See task_sequences.h. */
#include "tasks/task_sequences.h"

#include <math.h>

static int32_t draw_token(struct rng *rng)
{
    return (int32_t)rng_below(rng, SEQUENCE_VOCAB);
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

void sequence_copy(struct rng rng, int context, int32_t *tokens, int32_t *targets)
{
    for (int t = 0; t < context; t++) {
        tokens[t] = draw_token(&rng);
        targets[t] = t ? tokens[t - 1] : -1;
    }
}

void sequence_repeat(struct rng rng, int context, int32_t *tokens, int32_t *targets)
{
    const int half = first_half(context);
    for (int t = 0; t < context; t++)
        tokens[t] = t < half ? draw_token(&rng) : tokens[t - half];
    predict_second_half(context, tokens, targets);
}

void sequence_reverse(struct rng rng, int context, int32_t *tokens, int32_t *targets)
{
    const int half = first_half(context);
    for (int t = 0; t < context; t++)
        tokens[t] = t < half ? draw_token(&rng) : tokens[2 * half - 1 - t];
    predict_second_half(context, tokens, targets);
}

void sequence_sort(struct rng rng, int context, int32_t *tokens, int32_t *targets)
{
    const int half = first_half(context);
    int count[SEQUENCE_VOCAB] = {0};
    int32_t value = 0;
    for (int t = 0; t < half; t++)
        count[tokens[t] = draw_token(&rng)]++;
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
double sequence_sort_entropy(int context)
{
    const int n = first_half(context), predicted = context / 2;
    double entropy = 0, below = 0;
    for (int v = 0; v < SEQUENCE_VOCAB; v++) {
        const double upto = pow((v + 1.0) / SEQUENCE_VOCAB, n);
        const double greatest = predicted < n ? upto - below : 0;
        const double p = ((double)n / SEQUENCE_VOCAB - greatest) / predicted;
        entropy -= p > 0 ? p * log(p) : 0;
        below = upto;
    }
    return entropy;
}

void sequence_modular(struct rng rng, int context, int32_t *tokens, int32_t *targets)
{
    enum { A, PLUS, B, EQUALS, C, PROBLEM };
    int32_t problem[PROBLEM] = {[PLUS] = SEQUENCE_PLUS, [EQUALS] = SEQUENCE_EQUALS};
    for (int t = 0; t < context; t++) {
        if (t % PROBLEM == A) {
            problem[A] = (int32_t)rng_below(&rng, SEQUENCE_MODULUS);
            problem[B] = (int32_t)rng_below(&rng, SEQUENCE_MODULUS);
            problem[C] = (problem[A] + problem[B]) % SEQUENCE_MODULUS;
        }
        tokens[t] = problem[t % PROBLEM];
        targets[t] = t % PROBLEM == EQUALS ? problem[C] : -1;
    }
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
