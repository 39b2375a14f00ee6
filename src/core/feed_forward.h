/* The feed-forward network: one part of the branch f of a sublayer.
 *
 *     out = act(u W_up^T + b) W_down^T                          GELU, ReLU
 *     out = ((u W_up^T + b) * act(u W_gate^T + c)) W_down^T     SwiGLU (act = SiLU), GeGLU (GELU)
 *
 * with SwiGLU and GeGLU of Shazeer 2020. Where the model has experts (experts.h), this network is
 * the one that all tokens share, and theirs is added to it. */
#ifndef LNSCOPE_CORE_FEED_FORWARD_H
#define LNSCOPE_CORE_FEED_FORWARD_H

#include "core/experts.h"

#include <stdbool.h>

struct feed_forward {
    bool present;
    int up, up_bias;     /* tensors; -1: none */
    int gate, gate_bias; /* of the gated activations */
    int down, down_bias;
    real *up_rows;   /* [N][F] up-projection, then the slope of `active` by it */
    real *gate_rows; /* [N][F] the same of the gate */
    real *active;    /* [N][F] */
    struct experts experts;
};

struct feed_forward_gradients {
    real *up_rows;   /* [N][F]; on the way there the gradient of `active` */
    real *gate_rows; /* [N][F] */
    struct experts_gradients experts;
};

void feed_forward_carve(struct model *model, struct feed_forward *feed_forward, int block);
void feed_forward_carve_gradients(struct model *model, struct feed_forward_gradients *gradients);

/* As the functions of attention.h. */
void feed_forward_forward(const struct model *model, const struct feed_forward *feed_forward,
                          const struct shard *shard, const real *u, real *out);
void feed_forward_backward(const struct model *model, const struct feed_forward *feed_forward,
                           const struct feed_forward_gradients *gradients,
                           const struct shard *shard, const real *df, real *du);
int feed_forward_matrices(const struct model *model);
void feed_forward_weight_gradient(const struct model *model,
                                  const struct feed_forward *feed_forward,
                                  const struct feed_forward_gradients *gradients, const real *u,
                                  const real *df, int which);

#endif
