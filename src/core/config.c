/* The words of the settings that reach the core; see config.h. */
#include "core/config.h"

#include <stddef.h>

const char *const activation_names[ACTIVATIONS + 1] = {
    [ACTIVATION_GELU] = "gelu", [ACTIVATION_RELU] = "relu"};

const char *const init_names[INITS + 1] = {[INIT_XAVIER] = "xavier", [INIT_GPT2] = "gpt2"};

const char *const optimizer_names[OPTIMIZERS + 1] = {
    [OPTIMIZER_ADAMW] = "adamw", [OPTIMIZER_SGD] = "sgd", [OPTIMIZER_MOMENTUM] = "momentum"};
