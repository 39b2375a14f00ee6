/* See small_model.h. */
#include "support/small_model.h"

#include "core/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct model_config small_model(enum placement placement, enum norm norm)
{
    return (struct model_config){SMALL_MODEL, .heads = 3, .placement = placement, .norm = norm,
                                 .bias = true};
}

void small_model_open(struct model *model, const struct model_config *config)
{
    struct error error;
    if (!model_config_check(config, &error))
        fail_msg("%s", error.text);
    assert_true(model_open(model, config));
    small_model_draw(model, 0);
}

void small_model_draw(struct model *model, uint64_t step)
{
    const struct model_config *c = &model->config;
    struct rng rng = rng_stream(1, rng_key("batch"), step);
    for (int row = 0; row < c->batch * c->context; row++) {
        model->batch.tokens[row] = (int32_t)rng_below(&rng, (uint32_t)c->vocab);
        model->batch.targets[row] = (int32_t)rng_below(&rng, (uint32_t)c->vocab);
        for (int i = 0; i < c->patch; i++)
            model->batch.pixels[row * c->patch + i] = (real)rng_normal(&rng);
    }
}

void small_model_stir(struct model *model, double size)
{
    const struct parameters *parameters = &model->parameters;
    for (int i = 0; i < parameters->tensors; i++) {
        struct rng rng = rng_stream(2, rng_key("stir"), (uint64_t)i);
        real *weight = parameters->weight + parameters->tensor[i].offset;
        for (size_t j = 0; j < tensor_size(&parameters->tensor[i]); j++)
            weight[j] += (real)(size * rng_normal(&rng));
    }
}
