/* A shard: the rows that one task works on.
 *
 * A step is cut into MODEL_SHARDS shards of whole sequences (fewer where the batch is smaller),
 * whatever the number of threads, and partial sums are added in the order of the shards: so the
 * bits do not depend on the threads. */
#ifndef LNSCOPE_CORE_SHARD_H
#define LNSCOPE_CORE_SHARD_H

#include "core/config.h"
#include "core/real.h"

enum { MODEL_SHARDS = 4 };

/* Rows `first` .. `first + rows - 1` of the N: whole sequences or, on the way forward alone, places
 * of one (model_predict()). */
struct shard {
    int index;
    int first, rows;
};

static inline int config_shards(const struct model_config *config)
{
    return config->batch < MODEL_SHARDS ? config->batch : MODEL_SHARDS;
}

static inline struct shard shard_of(const struct model_config *config, int index)
{
    const int B = config->batch, T = config->context, shards = config_shards(config);
    const int first = B * index / shards, end = B * (index + 1) / shards;
    return (struct shard){.index = index, .first = first * T, .rows = (end - first) * T};
}

/* The part of an [N][width] array that belongs to the shard. */
static inline real *shard_rows(real *array, const struct shard *shard, int width)
{
    return array + (size_t)shard->first * (size_t)width;
}

static inline const real *shard_rows_const(const real *array, const struct shard *shard, int width)
{
    return array + (size_t)shard->first * (size_t)width;
}

#endif
