/* What a step is measured by: from the numbers that a model, an optimizer and a probe of the core
 * have summed up to those of a snapshot. Reads all of them and changes none. */
#ifndef LNSCOPE_TRAIN_MEASURE_H
#define LNSCOPE_TRAIN_MEASURE_H

#include "core/model.h"
#include "core/optimizer.h"
#include "train/snapshot.h"

/* A step that was not computed, or whose numbers are lost: NAN throughout. */
void measure_nothing(const struct model *model, struct snapshot *snapshot);

/* Loss, streams and gradients after model_step(). */
void measure_model(const struct model *model, struct snapshot *snapshot);

/* Weights and their updates after optimizer_update(). */
void measure_update(const struct model *model, const struct optimizer_state *optimizer,
                    struct snapshot *snapshot);

/* No details were measured: NAN throughout. */
void measure_clear_detail(struct detail *detail);

/* The inside of the blocks, after a model_step() with a probe. */
void measure_inside(const struct model *model, struct snapshot *snapshot);

/* The first number of the last step, in the order of computation, that is not finite; its step is
 * left to the caller. */
struct fault measure_fault(const struct model *model);

#endif
