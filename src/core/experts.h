/* A mixture of experts: E feed-forward networks of which each token passes through k, chosen by a
 * router, beside the one that all share (feed_forward.h).
 *
 *     p = softmax(u W_router^T);   out += sum over the k largest p_e of p_e expert_e(u)
 *
 * as in DeepSeekMoE (Dai 2024) and, for k = 1, Switch (Fedus 2021): the gates are not normalised
 * among the chosen, so that the router learns even where one expert is chosen. The choice itself
 * has no gradient. Experts have the activation and the width F of the shared network and no biases.
 * What the miniature leaves out: a loss that balances the load, and capacity limits.
 *
 * Each shard sorts its rows by expert, so that an expert's rows are dense. */
#ifndef LNSCOPE_CORE_EXPERTS_H
#define LNSCOPE_CORE_EXPERTS_H

#include "core/real.h"

#include <stdint.h>

struct model;
struct shard;

/* M = N k choices of a row and an expert; a shard's lie together, sorted by expert. */
struct experts {
    int count, used;           /* E, k; count 0: no experts */
    int router;                /* tensor [E][D] */
    int up, gate, down;        /* tensors [E F][D], [E F][D] (-1: not gated), [E D][F] */
    real *router_rows;         /* [N][E] logits, then p, then the gradient of the logits */
    int32_t *chosen, *slot;    /* [N][k] experts, largest p first; where they are among the M */
    int32_t *start;            /* [shards][E+1] the first of each expert's among the M */
    real *input;               /* [M][D] rows of u */
    real *up_rows, *gate_rows; /* [M][F] as in struct feed_forward */
    real *active;              /* [M][F] */
    real *output;              /* [M][D], then the gradient of `input` */
};

struct experts_gradients {
    real *output;              /* [M][D] */
    real *up_rows, *gate_rows; /* [M][F] */
};

void experts_carve(struct model *model, struct experts *experts, int block);
void experts_carve_gradients(struct model *model, struct experts_gradients *gradients);

/* What all blocks share: model->expert_addend and model->expert_rows. */
void experts_carve_shared(struct model *model);

/* As the functions of attention.h, but added to what `out` and `du` hold. */
void experts_forward(const struct model *model, const struct experts *experts,
                     const struct shard *shard, const real *u, real *out);
void experts_backward(const struct model *model, const struct experts *experts,
                      const struct experts_gradients *gradients, const struct shard *shard,
                      const real *df, real *du);
int experts_matrices(const struct model *model);
void experts_weight_gradient(const struct model *model, const struct experts *experts,
                             const struct experts_gradients *gradients, const real *u, int which);

#endif
