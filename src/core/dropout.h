/* Dropout (Srivastava 2014): while a model learns, each number is set to 0 with probability p, and
 * the others are multiplied by 1/(1-p), so that the expected value stays; at all other times
 * nothing happens. It acts where GPT-2 and nanoGPT have it, and Vaswani 2017 has the first two:
 *
 *     x_0 = drop(embedding + positions)
 *     y = Nout(a x + b Nbranch(drop(f(Nin(x)))))       of a parallel block: drop(attention + ffn)
 *     out = drop(softmax(q k^T / sqrt(W))) v           (attention.h)
 *
 * The dice are those of the counter-based generator: whether a number is dropped follows from the
 * seed, the step, the site and the place of the number alone, so that the bits depend neither on
 * threads nor on the shape of vectors, a step can be done again, and both stacks throw the same. */
#ifndef LNSCOPE_CORE_DROPOUT_H
#define LNSCOPE_CORE_DROPOUT_H

#include "core/real.h"

#include <stdint.h>

struct pass;

enum dropout_site { DROPOUT_EMBEDDING, DROPOUT_ATTENTION, DROPOUT_BRANCH };

/* The sublayer of a site, counted through the stack; of DROPOUT_EMBEDDING 0. */
struct dropout_place {
    enum dropout_site site;
    int sublayer;
};

/* What struct model needs as `dice` for a step (the first is 1). */
uint64_t dropout_dice(uint64_t seed, int64_t step);

/* to = drop(from), the shard's rows of [N][D] arrays, which may be one; and, the same function, the
 * way back: from the gradient behind to the one before. Only where the pass drops. */
void dropout_rows(const struct pass *pass, struct dropout_place place, const real *from, real *to);

/* factor[key][query] = 0 or 1/(1-p), [Tp][Tp], 0 outside T; of head `head` of the sequence whose
 * first row is `row`. */
void dropout_head(const struct pass *pass, struct dropout_place place, int row, int head,
                  real *factor);

#endif
