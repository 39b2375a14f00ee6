/* A shard: the part of the rows that one task works on, and where its numbers lie. */
#ifndef LNSCOPE_CORE_SHARD_H
#define LNSCOPE_CORE_SHARD_H

#include "core/model.h"

/* Rows `first` .. `first + rows - 1` of the N: whole sequences or, on the way forward alone, places
 * of one (model_predict()). */
struct shard {
    int index;
    int first, rows;
};

/* The part of an [N][width] array that belongs to the shard. */
static inline real *shard_rows(real *array, const struct shard *shard, int width)
{
    return array + (size_t)shard->first * (size_t)width;
}

static inline const real *shard_rows_const(const real *array, const struct shard *shard, int width)
{
    return array + (size_t)shard->first * (size_t)width;
}

/* A tensor's values; NULL for tensor -1. */
static inline const real *weight_of(const struct model *model, int tensor)
{
    return tensor < 0 ? NULL : model->weight + model->tensor[tensor].offset;
}

/* Where the shard adds up the gradient of a vector; NULL for tensor -1. */
static inline real *partial_of(const struct model *model, int tensor, const struct shard *shard)
{
    if (tensor < 0)
        return NULL;
    return model->partial + (size_t)shard->index * model->partials + model->tensor[tensor].partial;
}

#endif
