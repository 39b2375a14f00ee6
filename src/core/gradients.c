/* See gradients.h. */
#include "core/gradients.h"

#include "core/activations.h"
#include "core/parameters.h"
#include "core/shard.h"
#include "core/sublayer.h"

#include <stdlib.h>

enum { SETS = 2 }; /* of block gradients: blocks of even and of odd number take turns */

void gradients_open(struct gradients *g, const struct parameters *parameters,
                    const struct model_config *c)
{
    const size_t L = (size_t)c->layers;
    *g = (struct gradients){0};
    g->dweight_square = memory_new((size_t)parameters->tensors, sizeof(double));
    g->dstream = memory_new(L + 1, sizeof *g->dstream);
    g->dstream_square = memory_new(L + 1, sizeof(double));
    g->block = memory_new(SETS, sizeof *g->block);
    g->shard_square = memory_new((size_t)config_shards(c) * (L + 1), sizeof(double));
}

void gradients_close(struct gradients *g)
{
    free(g->dweight_square);
    free(g->dstream);
    free(g->dstream_square);
    free(g->block);
    free(g->shard_square);
    *g = (struct gradients){0};
}

void gradients_carve(struct gradients *g, const struct activations *activations,
                     const struct parameters *parameters, const struct model_config *c,
                     struct arena *arena)
{
    const size_t N = (size_t)(c->batch * c->context), D = (size_t)c->width;
    const int L = c->layers;
    g->dweight = real_take(arena, parameters->count);
    for (int l = 0; l <= L; l++)
        g->dstream[l] = real_take(arena, N * D);
    g->dembedded = c->dropout > 0 ? real_take(arena, N * D) : g->dstream[0];
    g->dlogits = activations->logits;
    const bool dual = config_has_second_stream(c);
    g->dhead_input = parameters->final.present || dual ? real_take(arena, N * D) : g->dstream[L];
    if (dual)
        g->dsecond_stream = real_take(arena, N * D);
    for (int i = 0; i < SETS; i++)
        block_gradients_carve(&g->block[i], parameters, c, arena);
}

struct block_gradients *gradients_of_block(const struct gradients *g, int block)
{
    return &g->block[block % SETS];
}
