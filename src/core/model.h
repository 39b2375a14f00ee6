/* A decoder-only transformer: parameters, activations, forward, backward.
 *
 * Shapes are row-major. N = B*T rows of tokens; a stream or gradient is [N][D]. Every parameter is a
 * row of one table (struct tensor), from which sizes, names, gradients, init, decay and bars follow.
 * One arena holds everything; one call frees it. */
#ifndef LNSCOPE_CORE_MODEL_H
#define LNSCOPE_CORE_MODEL_H

#include "base/memory.h"
#include "core/config.h"
#include "core/parallel.h"
#include "core/real.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TENSOR_NAME = 40 };

/* One parameter tensor [rows][cols]; a vector has rows = 1... */
struct tensor {
    const char *kind; /* name within its block or outside, "attn.qkv.weight", "wte.weight"; static */
    int block;        /* 0..L-1; -1 outside the blocks */
    int rows, cols;   /* a matrix is [out][in]; a vector is [1][n] */
    size_t offset;    /* into the parameter arrays, in numbers */
    bool vector;      /* a bias or a norm's gain: 1-D for the outside world, never decayed */
};

struct model {
    struct model_config config;
    int tensors;
    struct tensor *tensor;  /* [tensors] */
    size_t parameters;      /* numbers in the parameter arrays, padding included */
    real *weight, *grad;    /* [parameters] */
    int32_t *tokens, *targets; /* [N]; the batch, filled by the caller before model_step() */
};

/* "blocks.0.attn.qkv.weight" */
void tensor_name(const struct tensor *tensor, char out[TENSOR_NAME]);

#endif
