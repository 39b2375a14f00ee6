/* What a step is measured by: from the numbers that a model, an optimizer and a probe of the core
 * have summed up to those of a snapshot. Reads all of them and changes none.
 *
 * A snapshot of a model is one that measure_open() has made for it, or for one that has the same
 * tensors in its blocks. */
#ifndef LNSCOPE_TRAIN_MEASURE_H
#define LNSCOPE_TRAIN_MEASURE_H

#include "core/model.h"
#include "core/optimizer.h"
#include "train/snapshot.h"

/* An empty snapshot as large as the model, of which only the table of tensors has to be there. Dies
 * when there is no memory; free with snapshot_free(). */
struct snapshot *measure_open(const struct model *model);

/* Loss, streams and gradients after model_step(). */
void measure_model(const struct model *model, struct snapshot *snapshot);

/* Weights and their updates after optimizer_update(). */
void measure_update(const struct model *model, const struct optimizer_state *optimizer,
                    struct snapshot *snapshot);

/* The inside of the blocks, after a model_step() with a probe. */
void measure_inside(const struct model *model, struct snapshot *snapshot);

/* The first number of the last step, in the order of computation, that is not finite; its step is
 * left to the caller. */
struct fault measure_fault(const struct model *model);

#endif
