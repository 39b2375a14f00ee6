/* The parameters of a model: the table of its tensors, and their weights.
 *
 * All weights lie in one array, their gradients in another with the same offsets. A step reads
 * parameters and writes none: between steps the optimizer does, or who sets weights by hand. */
#ifndef LNSCOPE_CORE_PARAMETERS_H
#define LNSCOPE_CORE_PARAMETERS_H

#include "core/norm.h"
#include "core/real.h"

#include <stdbool.h>
#include <stddef.h>

struct sublayer; /* sublayer.h */

enum { TENSOR_NAME = 40 };

/* One parameter tensor [rows][cols]. */
struct tensor {
    const char
        *kind;      /* name within its block or outside, "attn.qkv.weight", "wte.weight"; static */
    int block;      /* 0..L-1; -1 outside the blocks */
    int rows, cols; /* a matrix is [out][in]; a vector is [1][n] */
    int part;       /* several matrices may lie one below the other: rows of the first ... */
    int other_part; /* ... and of each of the others (k and v below q, v below k, experts) */
    size_t offset;  /* into the arrays of weights and of their gradients, in numbers */
    bool vector;    /* a bias or a norm's gain: 1-D for the outside world, never decayed */
    size_t partial; /* of a vector: offset into a shard's partial gradients (workspace.h) */
    size_t packed;  /* of a matrix: offset into the packed weights (workspace.h) */
};

struct parameters {
    int tensors;
    struct tensor *tensor; /* [tensors] */
    size_t count;          /* length of the arrays, padding included (which stays 0) */
    size_t trained;        /* numbers that are trained, without padding */
    size_t vectors;        /* numbers of all vectors, padding included */
    size_t packed;         /* numbers of all packed weights */
    int first_of_blocks;   /* the first tensor of block 0; every block has `tensors_of_block` */
    int tensors_of_block;

    int token_embedding, position_embedding, head; /* tensors; -1: none */
    int patch, patch_bias, class_token;            /* the same, for images */
    struct sublayer *sublayer; /* [L][sublayers of a block] the tensors and scalars of each */
    struct norm_site final;

    real *weight;        /* [count] */
    real *wave;          /* [T][D] sinusoidal positions, not trained; or NULL */
    real *cosine, *sine; /* [T][W/2] of rotary positions, not trained; or NULL */
};

/* "blocks.0.attn.qkv.weight" */
void tensor_name(const struct tensor *tensor, char out[TENSOR_NAME]);

/* The number of values in a tensor. */
size_t tensor_size(const struct tensor *tensor);

/* A tensor's values; NULL for tensor -1. */
static inline const real *weight_of(const struct parameters *parameters, int tensor)
{
    return tensor < 0 ? NULL : parameters->weight + parameters->tensor[tensor].offset;
}

/* Fills all but `weight` and the tables of positions with what a model of these settings has;
 * parameters_close() frees it. */
void parameters_open(struct parameters *parameters, const struct model_config *config);
void parameters_close(struct parameters *parameters);

/* Takes the arrays from the arena; fills the tables of positions and sets every weight to its
 * initial value. */
void parameters_carve(struct parameters *parameters, const struct model_config *config,
                      struct arena *arena);
void parameters_fill(struct parameters *parameters, const struct model_config *config);

#endif
