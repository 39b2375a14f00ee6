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

#include "core/config.h"
#include "core/linear.h"
#include "core/real.h"

#include <stdint.h>

struct parameters;
struct workspace;

/* The experts of a block: their number and their tensors. */
struct experts {
    int count, used;    /* E, k; count 0: no experts */
    int router;         /* tensor [E][D] */
    int up, gate, down; /* tensors [E F][D], [E F][D] (-1: not gated), [E D][F] */
};

/* A choice is a pair of a row and one of the k experts chosen for it; there are M = N k. Arrays [M]
 * are ordered by shard, then by expert, then by row. */
struct experts_activations {
    real *probability; /* [N][E] p */
    int32_t *chosen;   /* [N][k] the experts, largest p first */
    int32_t *slot;     /* [N][k] the places of these choices, 0 .. M-1 */
    int32_t *start;    /* [shards][E+1] the place of each expert's first choice */
    real *input;       /* [M][D] rows of u */
    real *up, *gate;   /* [M][F] as in struct feed_forward_activations */
    real *active;      /* [M][F] */
    real *output;      /* [M][D] */
};

struct experts_gradients {
    real *dlogits;     /* [N][E] gradient of the router's logits */
    real *doutput;     /* [M][D] */
    real *dup, *dgate; /* [M][F] */
};

/* As the functions of attention.h, but added to what `out` and `du` hold. */
struct experts experts_find(const struct parameters *parameters, const struct model_config *config,
                            int block);
void experts_carve(struct experts_activations *activations, const struct model_config *config,
                   struct arena *arena);
void experts_carve_gradients(struct experts_gradients *gradients, const struct model_config *config,
                             struct arena *arena);
void experts_forward(const struct pass *pass, const struct experts *experts,
                     struct experts_activations *activations, const real *u, real *out);
void experts_backward(const struct pass *pass, const struct experts *experts,
                      const struct experts_activations *activations,
                      struct experts_gradients *gradients, const real *df, real *du);
int experts_matrices(const struct experts *experts);
struct weight_product experts_weight_product(const struct experts *experts,
                                             const struct experts_activations *activations,
                                             const struct experts_gradients *gradients,
                                             const real *u, int which);

/* The gradient of one expert's matrix over all its rows, into gradients->dweight. */
void experts_backward_weight(const struct pass *pass, const struct experts *experts,
                             const struct experts_activations *activations,
                             struct gradients *gradients, const struct weight_product *product);

/* What all blocks share in the workspace. */
void experts_carve_workspace(struct workspace *workspace, const struct model_config *config,
                             struct arena *arena);

#endif
