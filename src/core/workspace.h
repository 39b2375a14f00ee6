/* Memory that a step works in and that means nothing after it.
 *
 * Arrays that one part of a shard hands to the next, the shards' partial sums, and packed weights.
 * M = N k choices of a row and an expert (experts.h). */
#ifndef LNSCOPE_CORE_WORKSPACE_H
#define LNSCOPE_CORE_WORKSPACE_H

#include "core/config.h"
#include "core/real.h"

struct parameters;

struct workspace {
    real *packed; /* [parameters->packed] matrices as products read them (linear.h); two blocks
                     take turns with one place each */
    real
        *dvectors; /* [shards][parameters->vectors] each shard's part of the gradients of vectors */
    real *scratch; /* [shards][scratch_size] for attention */
    size_t scratch_size;
    real *du;          /* [N][D] gradient at the input of f */
    real *du_part;     /* [N][D] a summand of du */
    real *second;      /* [N][D] of two parallel parts, the second one's output, or its du */
    real *dinput;      /* [M][D] gradient at the experts' inputs */
    real *dinput_part; /* [M][D] a summand of dinput */
    real *expert_rows; /* [matrices of an expert][M][D + F]: one expert's rows of all shards
                          side by side */
};

void workspace_carve(struct workspace *workspace, const struct parameters *parameters,
                     const struct model_config *config, struct arena *arena);

#endif
