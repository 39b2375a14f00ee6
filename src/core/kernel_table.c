/* The table of one build of the kernels; see kernel_build.h. */
#include "core/blas.h"
#include "core/kernel_build.h"

#define STRING_OF(x) #x
#define STRING(x)    STRING_OF(x)
#define ENTRY(name)  .name = KERNEL(name),

extern const struct kernels KERNEL(kernels);
const struct kernels KERNEL(kernels) = {
    .name = STRING(KERNELS_SET),
    .linear_forward = blas_forward,
    .linear_backward_data = blas_backward_data,
    .linear_backward_weight = blas_backward_weight,
    KERNEL_FUNCTIONS(ENTRY).activation_forward = {[ACTIVATION_GELU] = KERNEL(gelu_forward),
                                                  [ACTIVATION_RELU] = KERNEL(relu_forward),
                                                  [ACTIVATION_SWIGLU] = KERNEL(swiglu_forward),
                                                  [ACTIVATION_GEGLU] = KERNEL(geglu_forward)},
    .update =
        {
            [OPTIMIZER_ADAMW] = KERNEL(adamw),
            [OPTIMIZER_SGD] = KERNEL(sgd),
            [OPTIMIZER_MOMENTUM] = KERNEL(momentum),
            [OPTIMIZER_ADAM] = KERNEL(adam),
            [OPTIMIZER_RADAM] = KERNEL(radam),
            [OPTIMIZER_LION] = KERNEL(lion),
            [OPTIMIZER_MUON] = KERNEL(muon),
        },
};
