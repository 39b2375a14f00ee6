/* The embedding: x_0 from the tokens, or from the patches of images.
 *
 *     x_0 = scale * wte[token] + position          scale: sqrt(D) with embedding_scale, else 1
 *     x_0 = patch W_patch^T + b + position         images (ViT, Dosovitskiy 2021); the first row of
 *                                                  a sequence is the learned class token instead
 *
 * where position is a row of the learned or the sinusoidal table, or nothing. */
#ifndef LNSCOPE_CORE_EMBEDDING_H
#define LNSCOPE_CORE_EMBEDDING_H

#include "core/shard.h"

/* x_0 of the shard's rows. */
void embedding_forward(const struct model *model, const struct shard *shard);

/* From dx_0, once the shard has it: adds to its partial gradients of vectors. */
void embedding_backward(const struct model *model, const struct shard *shard);

/* The gradients of the tables and of W_patch over all rows; that of a tied table is added to what
 * the output projection has left there. */
void embedding_weight_gradient(const struct model *model);

#endif
