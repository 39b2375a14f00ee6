/* What tells the tokens of a sequence apart, besides the learned table: waves and rotations.
 *
 * sinusoidal (Vaswani 2017): wave[t][2i] = sin(t / 10000^(2i/D)), wave[t][2i+1] = cos(same), added
 * to the embedding. rotary (RoFormer, Su 2021): in every head of width W the pair (x_i, x_{i+W/2})
 * of q and of k is turned by the angle t / 10000^(2i/W), paired as in GPT-NeoX and Llama; where W
 * is odd the last number stays as it is. The product q . k then depends on the distance of the
 * tokens only. */
#ifndef LNSCOPE_CORE_POSITIONS_H
#define LNSCOPE_CORE_POSITIONS_H

#include "core/kernels.h"

struct parameters;
struct pass;

/* Take the tables from the arena; fill them. Nothing where the positions need none. */
void positions_carve(struct parameters *parameters, const struct model_config *config,
                     struct arena *arena);
void positions_fill(struct parameters *parameters, const struct model_config *config);

/* Turns `heads` heads in the rows of the shard, which is where x begins, in place; with `back` the
 * other way, which is the backward pass, a rotation being orthogonal. */
void positions_rotate(const struct pass *pass, struct strided x, int heads, bool back);

#endif
