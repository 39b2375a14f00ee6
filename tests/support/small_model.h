/* Small models for tests of the core: their settings, a batch of random tokens, and weights at
 * which nothing is degenerate. */
#ifndef LNSCOPE_TESTS_SUPPORT_SMALL_MODEL_H
#define LNSCOPE_TESTS_SUPPORT_SMALL_MODEL_H

#include "core/model.h"

/* Initialisers of a struct model_config, to which a test adds what sets its model apart. The second
 * one is for numeric differences, whose cost grows with the square of the size. */
#define SMALL_MODEL                                                                                \
    .init = INIT_XAVIER, .norm_bias = true, .layers = 3, .width = 24, .ffn = 20, .context = 9,     \
    .batch = 5, .vocab = 11, .seed = 3
#define TINY_MODEL                                                                                 \
    .init = INIT_XAVIER, .norm_bias = true, .layers = 2, .width = 12, .ffn = 9, .context = 5,      \
    .batch = 2, .vocab = 6, .seed = 2

/* SMALL_MODEL with linear biases and three heads. */
struct model_config small_model(enum placement placement, enum norm norm);

/* Opens a model of checked settings, with the batch of small_model_draw(model, 0). */
void small_model_open(struct model *model, const struct model_config *config);

/* A batch of random tokens, targets and pixels: a function of `step`. */
void small_model_draw(struct model *model, uint64_t step);

/* Adds normal numbers of this size to every weight, so that no bias is 0 and no gain 1. */
void small_model_stir(struct model *model, double size);

#endif
