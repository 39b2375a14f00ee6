/* See dropout.h. */
#include "core/dropout.h"

#include "core/pass.h"
#include "core/rng.h"

#include <string.h>

/* One number of the generator is dice for two. */
struct dice {
    struct rng rng;
    uint64_t bits;
    uint32_t threshold; /* dropped below it: p 2^32 */
};

uint64_t dropout_dice(uint64_t seed, int64_t step)
{
    return rng_stream(seed, rng_key("dropout"), (uint64_t)step).key;
}

static struct dice dice_at(const struct pass *pass, struct dropout_place place)
{
    return (struct dice){
        .rng = rng_stream(pass->dice, (uint64_t)place.site, (uint64_t)place.sublayer),
        .threshold = (uint32_t)(pass->dropout * 0x1p32),
    };
}

/* The number `at` of the site: numbers that follow on each other are asked for in their order. */
static bool is_kept(struct dice *dice, uint64_t at)
{
    if (at % 2 == 0 || dice->rng.counter != at / 2 + 1) {
        dice->rng.counter = at / 2;
        dice->bits = rng_bits(&dice->rng);
    }
    return (uint32_t)(at % 2 == 0 ? dice->bits : dice->bits >> 32) >= dice->threshold;
}

static real kept_factor(const struct pass *pass)
{
    return (real)(1 / (1 - pass->dropout));
}

void dropout_rows(const struct pass *pass, struct dropout_place place, const real *from, real *to)
{
    const size_t D = (size_t)pass->config->width;
    const size_t first = (size_t)pass->shard.first * D;
    const size_t end = first + (size_t)pass->shard.rows * D;
    const real factor = kept_factor(pass);
    struct dice dice = dice_at(pass, place);
    for (size_t i = first; i < end; i++)
        to[i] = is_kept(&dice, i) ? factor * from[i] : 0;
}

void dropout_head(const struct pass *pass, struct dropout_place place, int row, int head,
                  real *factor)
{
    const size_t T = (size_t)pass->config->context, H = (size_t)pass->config->heads;
    const size_t Tp = (size_t)attention_pad(pass->config->context);
    const size_t first = ((size_t)row / T * H + (size_t)head) * T * T;
    const real kept = kept_factor(pass);
    struct dice dice = dice_at(pass, place);
    memset(factor, 0, Tp * Tp * sizeof *factor);
    for (size_t key = 0; key < T; key++)
        for (size_t query = 0; query < T; query++)
            if (is_kept(&dice, first + key * T + query))
                factor[key * Tp + query] = kept;
}
