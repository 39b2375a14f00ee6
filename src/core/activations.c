/* See activations.h. */
#include "core/activations.h"

#include "core/parameters.h"
#include "core/shard.h"
#include "core/sublayer.h"

#include <stdlib.h>

void activations_open(struct activations *a, const struct model_config *c)
{
    const size_t L = (size_t)c->layers, shards = (size_t)config_shards(c);
    *a = (struct activations){0};
    a->stream = memory_new(2 * L + 1, sizeof *a->stream);
    a->middle = a->stream + L + 1;
    a->sublayer = memory_new(L * (size_t)config_sublayers(c), sizeof *a->sublayer);
    a->stream_square = memory_new(L + 1, sizeof(double));
    a->shard_loss = memory_new(shards, sizeof(double));
    a->shard_square = memory_new(shards * (L + 1), sizeof(double));
}

void activations_close(struct activations *a)
{
    free(a->stream);
    free(a->sublayer);
    free(a->stream_square);
    free(a->shard_loss);
    free(a->shard_square);
    *a = (struct activations){0};
}

void activations_carve(struct activations *a, const struct parameters *parameters,
                       const struct model_config *c, struct arena *arena)
{
    const int L = c->layers, sublayers = config_sublayers(c);
    const size_t N = (size_t)(c->batch * c->context), D = (size_t)c->width;
    const bool dual = config_has_second_stream(c);

    for (int l = 0; l <= L; l++) {
        a->stream[l] = real_take(arena, N * D);
        if (l < L && !c->parallel)
            a->middle[l] = real_take(arena, N * D);
    }
    for (int i = 0; i < L * sublayers; i++)
        sublayer_carve(a, i, parameters, c, arena);
    norm_carve(&a->final, &parameters->final, c, arena);
    if (parameters->final.present || dual)
        a->final.out = real_take(arena, N * D);
    if (dual)
        a->second_stream = real_take(arena, N * D);
    a->final.x = dual ? a->second_stream : a->stream[L];
    a->head_input = parameters->final.present || dual ? a->final.out : a->stream[L];
    a->logits = real_take(arena, N * (size_t)c->vocab);
}
