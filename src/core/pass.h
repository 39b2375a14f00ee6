/* A pass: what the functions of a layer read besides their arrays: the model's settings, kernels
 * and parameters, the workspace, and the rows of the shard that they work on. Activations and
 * gradients are not in it: who writes them is to be seen from the arguments. */
#ifndef LNSCOPE_CORE_PASS_H
#define LNSCOPE_CORE_PASS_H

#include "core/config.h"
#include "core/kernels.h"
#include "core/parameters.h"
#include "core/shard.h"
#include "core/workspace.h"

struct probe; /* probe.h */

struct pass {
    const struct model_config *config;
    const struct kernels *kernels;
    const struct parameters *parameters;
    struct workspace *workspace;
    struct probe *probe; /* NULL: nothing is measured inside the blocks */
    double dropout;      /* p of dropout.h; 0 where nothing is learned */
    uint64_t dice;       /* of the step */
    bool unpacked;       /* no packed weights: in predictions */
    struct shard shard;
};

/* Where the shard adds up the gradient of a vector; NULL for tensor -1. */
static inline real *dvector_of(const struct pass *pass, int tensor)
{
    const struct parameters *parameters = pass->parameters;
    if (tensor < 0)
        return NULL;
    return pass->workspace->dvectors + (size_t)pass->shard.index * parameters->vectors +
           parameters->tensor[tensor].partial;
}

#endif
