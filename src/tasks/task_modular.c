/* See task_modular.h. Owns the split of the sums. */
#include "tasks/task_modular.h"

#include "base/memory.h"

#include <assert.h>
#include <stdlib.h>

/* All sums in an order of their own (Knuth 3.4.2, algorithm P). */
static void shuffle(struct modular *modular)
{
    struct rng rng = rng_stream(1, rng_key("train-fraction"), (uint64_t)modular->modulus);
    modular->sum = memory_new((size_t)modular->sums, sizeof *modular->sum);
    for (int i = 0; i < modular->sums; i++)
        modular->sum[i] = (uint16_t)i;
    for (int i = modular->sums - 1; i > 0; i--) {
        const uint32_t other = rng_below(&rng, (uint32_t)i + 1);
        const uint16_t kept = modular->sum[i];
        modular->sum[i] = modular->sum[other];
        modular->sum[other] = kept;
    }
}

bool modular_open(struct modular *modular, int modulus, double train_fraction)
{
    const int sums = modulus * modulus;
    assert(modulus >= 2 && sums <= UINT16_MAX + 1);
    *modular = (struct modular){.modulus = modulus,
                                .plus = modulus,
                                .equals = modulus + 1,
                                .sums = sums,
                                .training = (int)(train_fraction * sums + 1e-9)};
    if (modular->training < 1)
        return false;
    if (modular->training < sums)
        shuffle(modular);
    return true;
}

void modular_close(struct modular *modular)
{
    free(modular->sum);
    *modular = (struct modular){0};
}

static void draw_sum(const struct modular *modular, bool held_out, struct rng *rng, int32_t *a,
                     int32_t *b)
{
    const int p = modular->modulus;
    if (!modular->sum) {
        *a = (int32_t)rng_below(rng, (uint32_t)p);
        *b = (int32_t)rng_below(rng, (uint32_t)p);
        return;
    }
    const int first = held_out ? modular->training : 0;
    const int count = held_out ? modular->sums - modular->training : modular->training;
    const int sum = modular->sum[first + (int)rng_below(rng, (uint32_t)count)];
    *a = sum / p;
    *b = sum % p;
}

void modular_sequence(const struct modular *modular, bool held_out, struct rng rng, int context,
                      int32_t *tokens, int32_t *targets)
{
    enum { A, PLUS, B, EQUALS, C, PROBLEM };
    int32_t problem[PROBLEM] = {[PLUS] = modular->plus, [EQUALS] = modular->equals};
    for (int t = 0; t < context; t++) {
        if (t % PROBLEM == A) {
            draw_sum(modular, held_out, &rng, &problem[A], &problem[B]);
            problem[C] = (problem[A] + problem[B]) % modular->modulus;
        }
        tokens[t] = problem[t % PROBLEM];
        targets[t] = t % PROBLEM == EQUALS ? problem[C] : -1;
    }
}
