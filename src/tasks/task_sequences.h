/* Random sequences whose targets follow from what stands before them, and the masking of a text.
 * Each function draws one sequence: tokens[context], and targets[context], of which -1 is not
 * predicted. All that is random comes from `rng`. The tokens are 0 .. vocab-1, at most
 * SEQUENCE_VOCAB_MAX. Knows no task. */
#ifndef LNSCOPE_TASKS_TASK_SEQUENCES_H
#define LNSCOPE_TASKS_TASK_SEQUENCES_H

#include "core/rng.h"

#include <stdint.h>

enum { SEQUENCE_VOCAB_MAX = 256 };

/* Uniform tokens; the target is the token before. */
void sequence_copy(struct rng rng, int vocab, int context, int32_t *tokens, int32_t *targets);

/* The second half repeats the uniform first one; it is predicted, each token from the one before.
 * In an odd context the first half is the longer one, so that all of the second is determined. */
void sequence_repeat(struct rng rng, int vocab, int context, int32_t *tokens, int32_t *targets);

/* The same with the first half backwards; in an odd context without its first token. */
void sequence_reverse(struct rng rng, int vocab, int context, int32_t *tokens, int32_t *targets);

/* The same with the first half in rising order; in an odd context without its greatest token. */
void sequence_sort(struct rng rng, int vocab, int context, int32_t *tokens, int32_t *targets);

/* The entropy of a predicted token of sequence_sort() without context, in nats. */
double sequence_sort_entropy(int vocab, int context);

/* The lowest loss of who sees the token at hand and its place alone, nats: the next one in order is
 * not far from it; and the first token backwards is the one at hand. */
double sequence_sort_current(int vocab, int context);
double sequence_reverse_current(int vocab, int context);

/* Masks tokens[context] of a vocabulary of `vocab`, as BERT does (Devlin 2018): 15 % of the places,
 * and at least one, are chosen; of these 80 % become `mask`, 10 % a uniform token, and 10 % stay.
 * The targets are the tokens that were there, at the chosen places only. */
void sequence_mask(struct rng *rng, int vocab, int32_t mask, int context, int32_t *tokens,
                   int32_t *targets);

/* The lowest loss of who sees the token in the place of a masked one alone, nats: that is the mask,
 * a random letter, or the right one. `frequency` is that of the letters, [vocab]. */
double sequence_mask_entropy(const double *frequency, int vocab);

#endif
