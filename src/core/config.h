/* What a model is made of: the words of the settings that reach the core. */
#ifndef LNSCOPE_CORE_CONFIG_H
#define LNSCOPE_CORE_CONFIG_H

#include "core/placement.h"

#include <stdint.h>

enum activation { ACTIVATION_GELU, ACTIVATION_RELU, ACTIVATIONS };
enum init { INIT_XAVIER, INIT_GPT2, INITS };
enum optimizer { OPTIMIZER_ADAMW, OPTIMIZER_SGD, OPTIMIZER_MOMENTUM, OPTIMIZERS };

extern const char *const activation_names[ACTIVATIONS + 1];
extern const char *const init_names[INITS + 1];
extern const char *const optimizer_names[OPTIMIZERS + 1];

struct model_config {
    enum placement placement;
    enum norm norm;
    enum activation activation;
    enum init init;
    int layers;  /* L, 1..128 */
    int width;   /* D, a multiple of heads */
    int heads;   /* H */
    int ffn;     /* F */
    int context; /* T */
    int batch;   /* B */
    int vocab;   /* V */
    uint64_t seed;
};

#endif
