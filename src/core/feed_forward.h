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

/* Its tensors; -1: none. */
struct feed_forward {
    bool present;
    int up, up_bias;
    int gate, gate_bias; /* of the gated activations */
    int down, down_bias;
    struct experts experts;
};

struct feed_forward_activations {
    real *up;     /* [N][F] up-projection, then the slope of `active` by it */
    real *gate;   /* [N][F] gate projection, then the slope of `active` by it */
    real *active; /* [N][F] */
    struct experts_activations experts;
};

struct feed_forward_gradients {
    real *dup;   /* [N][F]; before the backward pass of the activation it holds dactive */
    real *dgate; /* [N][F] */
    struct experts_gradients experts;
};

/* As the functions of attention.h. */
struct feed_forward feed_forward_find(const struct parameters *parameters,
                                      const struct model_config *config, int block);
void feed_forward_carve(struct feed_forward_activations *activations,
                        const struct model_config *config, struct arena *arena);
void feed_forward_carve_gradients(struct feed_forward_gradients *gradients,
                                  const struct model_config *config, struct arena *arena);
void feed_forward_forward(const struct pass *pass, const struct feed_forward *feed_forward,
                          struct feed_forward_activations *activations, const real *u, real *out);
void feed_forward_backward(const struct pass *pass, const struct feed_forward *feed_forward,
                           const struct feed_forward_activations *activations,
                           struct feed_forward_gradients *gradients, const real *df, real *du);
int feed_forward_matrices(const struct feed_forward *feed_forward);
struct weight_product feed_forward_weight_product(
    const struct feed_forward *feed_forward, const struct feed_forward_activations *activations,
    const struct feed_forward_gradients *gradients, const real *u, const real *df, int which);

#endif
