/* Optimizers: how a gradient changes the weights. */
#ifndef LNSCOPE_CORE_OPTIMIZER_H
#define LNSCOPE_CORE_OPTIMIZER_H

#include "core/config.h"
#include "core/real.h"

#include <stdbool.h>
#include <stdint.h>

struct model;
struct parallel;
struct update_sums; /* kernels.h */

struct optimizer_state {
    enum optimizer kind;
    int64_t updates;          /* since the moments were zero */
    real *first, *second;     /* [parameters.count] of the model */
    struct update_sums *sums; /* [tensors] of the last update */
    struct arena arena;
};

struct optimizer_step {
    enum optimizer kind;
    double lr;
    double decay;       /* weight decay: decoupled, w -= lr * decay * w; of Adam and
                           RAdam added to the gradient, g += decay * w, as PyTorch does */
    bool decay_vectors; /* on gains and biases too; else on matrices only */
    double epsilon;     /* added to the root of the second moment of Adam's kind */
    double beta1;       /* decay of the first moment; the momentum of OPTIMIZER_MOMENTUM */
    double beta2;       /* decay of the second moment; of Lion's only one, whose paper has 0.99 */
    double scale;       /* of the gradient, by clipping */
};

/* Bytes that optimizer_open() will allocate for a model of this kind. */
size_t optimizer_bytes(const struct model_config *config);

/* Bytes that optimizer_update() allocates beside that and gives back, at most, where so many
 * threads share the work: one matrix each, of the largest. 0 for all kinds but Muon. */
size_t optimizer_scratch_bytes(const struct model_config *config, enum optimizer kind, int threads);

/* False when there is no memory. */
bool optimizer_open(struct optimizer_state *state, const struct model *model);
void optimizer_close(struct optimizer_state *state);

/* Updates every weight of the model from its gradient. A kind other than the last time's starts
 * with moments of zero. */
void optimizer_update(struct optimizer_state *state, struct model *model,
                      const struct optimizer_step *step, const struct parallel *parallel);

#endif
