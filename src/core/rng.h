/* Random numbers: a counter-based generator, the same bits on every machine.
 *
 * A stream is a key; its n-th number is a function of (key, n) alone, so that the batch of step n
 * and the init of a tensor do not depend on what was drawn before. */
#ifndef LNSCOPE_CORE_RNG_H
#define LNSCOPE_CORE_RNG_H

#include <stdint.h>

struct rng {
    uint64_t key;
    uint64_t counter;
};

/* The stream of a key and up to two sub-keys (seed; what it is for; which one of those). */
struct rng rng_stream(uint64_t seed, uint64_t purpose, uint64_t index);

/* A key from a name (FNV-1a, 64 bits), for streams that belong to something named. */
uint64_t rng_key(const char *name);

uint64_t rng_bits(struct rng *rng);

/* Uniform in [0, 1), 53 bits. */
double rng_uniform(struct rng *rng);

/* Uniform in 0 .. bound-1, without bias; bound > 0. */
uint32_t rng_below(struct rng *rng, uint32_t bound);

/* Standard normal, by inversion (Wichura 1988, AS 241), in arithmetic that every IEEE machine
 * rounds alike. */
double rng_normal(struct rng *rng);

#endif
