/* A transformer over tokens or image patches: forward, loss, backward.
 *
 * Shapes are row-major. N = B*T rows of tokens; a stream and its gradient are [N][D]. One arena
 * holds all numbers. What they are for is told by where they stand: parameters, activations,
 * gradients, workspace.
 *
 * A step is cut into a fixed number of shards (shard.h) and, per matrix, one product for its
 * gradient. What runs side by side writes disjoint memory, so that the bits do not depend on the
 * number of threads. */
#ifndef LNSCOPE_CORE_MODEL_H
#define LNSCOPE_CORE_MODEL_H

#include "core/activations.h"
#include "core/config.h"
#include "core/embedding.h"
#include "core/gradients.h"
#include "core/parallel.h"
#include "core/parameters.h"
#include "core/real.h"
#include "core/workspace.h"

#include <stdbool.h>
#include <stddef.h>

struct kernels; /* kernels.h */
struct probe;   /* probe.h */

struct model {
    struct model_config config;
    const struct kernels *kernels; /* kernels_chosen(), until it is set before a step */

    struct parameters parameters;
    struct batch batch; /* filled by the caller before model_step() */
    struct activations activations;
    struct gradients gradients;
    double loss; /* of the last model_step(), in nats per predicted token */

    uint64_t dice; /* of the next model_step(), dropout_dice(); not looked at without dropout */

    /* Measures the inside of the blocks in the next model_step(); not owned, NULL: none. */
    struct probe *probe;

    /* Private: */
    bool learns; /* in model_step(): numbers are dropped */
    struct workspace workspace;
    struct arena arena;
};

/* Bytes that model_open() will allocate for the arena. */
size_t model_bytes(const struct model_config *config);

/* Length of the parameter arrays, padding included. */
size_t model_parameters(const struct model_config *config);

/* Allocates, and sets every parameter to its initial value, so that two models share the values of
 * every tensor they both have. False when there is no memory. */
bool model_open(struct model *model, const struct model_config *config);
void model_close(struct model *model);

/* Forward, loss, backward and measurements over model->batch. */
void model_step(struct model *model, const struct parallel *parallel);

/* Forward only, without dropout; returns the loss in nats per predicted token. */
double model_loss(struct model *model, const struct parallel *parallel);

/* The logits of `count` places from `first` on in the first `sequences` of model->batch, at most
 * config_shards() of them; targets are not looked at. A call with first > 0 goes on from calls that
 * have been through all T places, and since then through those before `first` with the tokens that
 * stand there: with causal attention these need not be computed again. Overwrites what the last
 * step computed on its way, but nothing that the next one reads: not the weights, their gradients,
 * or what was measured. Not for images. */
void model_predict(struct model *model, int sequences, int first, int count,
                   const struct parallel *parallel);

/* What model_predict() gave at a place of a sequence, [V]. */
const real *model_logits(const struct model *model, int sequence, int place);

/* x_l and dLoss/dx_l of the last step, [N][D], 0 <= l <= L. */
const real *model_stream(const struct model *model, int l);
const real *model_dstream(const struct model *model, int l);

/* What the output projection read in the last step, [N][D]: x_L, normalised where it has to be. */
const real *model_output(const struct model *model);

/* What a query gave to a key in the last step, 0 where it does not see it; the sum over the keys is
 * 1. */
real model_attention(const struct model *model, int block, int sequence, int head, int query,
                     int key);

#endif
