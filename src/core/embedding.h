/* The embedding: x_0 from the tokens, or from the patches of images.
 *
 *     x_0 = scale * wte[token] + position          scale: sqrt(D) with embedding_scale, else 1
 *     x_0 = patch W_patch^T + b + position         images (ViT, Dosovitskiy 2021); the first row of
 *                                                  a sequence is the learned class token instead
 *
 * where position is a row of the learned or the sinusoidal table, or nothing. */
#ifndef LNSCOPE_CORE_EMBEDDING_H
#define LNSCOPE_CORE_EMBEDDING_H

#include "core/real.h"

#include <stdint.h>

struct activations;
struct gradients;
struct pass;

/* What a model is trained on. The caller of model_step() fills it. */
struct batch {
    int32_t *tokens;  /* [N]; with patches: not looked at */
    int32_t *targets; /* [N]; -1: none */
    real *pixels;     /* [N][P] with patches; the first row of a sequence, which is the class
                         token's, is set to 0 by embedding_forward() */
};

/* x_0 of the shard's rows. */
void embedding_forward(const struct pass *pass, struct batch *batch,
                       struct activations *activations);

/* From dx_0, once the shard has it: adds to its partial gradients of vectors. */
void embedding_backward(const struct pass *pass, const struct gradients *gradients);

/* The gradients of the tables and of W_patch over all rows; that of a tied table is added to what
 * the output projection has left there. */
void embedding_weight_gradient(const struct pass *pass, const struct batch *batch,
                               struct gradients *gradients);

#endif
