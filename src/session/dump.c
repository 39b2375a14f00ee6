/* See dump.h. */
#include "session/dump.h"

#include "base/memory.h"
#include "session/tensor_file.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { ENTRY_NAME = 32 };

void dump_before(struct dump *dump, const struct pair *pair)
{
    for (int side = 0; side < SIDES; side++) {
        const struct model *model = &pair->run[side].model;
        dump->weight[side] = memory_resize(dump->weight[side], model->parameters.count,
                                           sizeof *model->parameters.weight);
        memcpy(dump->weight[side], model->parameters.weight,
               model->parameters.count * sizeof *model->parameters.weight);
    }
}

static void add_stack(struct safetensors *set, const char *side, const struct model *model,
                      const real *weight)
{
    const struct model_config *config = &model->config;
    const int64_t shape[] = {config->batch, config->context, config->width};
    char name[ENTRY_NAME];
    snprintf(name, sizeof name, "%s.param", side);
    tensor_file_add(set, name, &model->parameters, weight);
    snprintf(name, sizeof name, "%s.grad", side);
    tensor_file_add(set, name, &model->parameters, model->gradients.dweight);
    for (int l = 0; l <= config->layers; l++) {
        snprintf(name, sizeof name, "%s.stream_grad.%d", side, l);
        safetensors_add(set, name, tensor_file_real, 3, shape, model_dstream(model, l));
    }
    snprintf(name, sizeof name, "%s.loss", side);
    safetensors_add(set, name, SAFETENSORS_F64, 0, NULL, &model->loss);
}

bool dump_write(const struct dump *dump, const struct pair *pair, FILE *out, struct error *error)
{
    const struct model *model = &pair->run[LEFT].model;
    const int64_t shape[] = {model->config.batch, model->config.context};
    const int64_t step = pair->run[LEFT].step;
    struct safetensors set = {0};
    for (int side = 0; side < SIDES; side++) {
        const struct fault *fault = &pair->run[side].fault;
        if (fault->place != FAULT_NONE && fault->step < step)
            return error_set(error,
                             "the %s stack diverged at step %" PRId64 ", before step %" PRId64
                             ": dump a step up to that",
                             stack_names[side], fault->step, step);
    }
    tensor_file_add_settings(&set, &pair->run[LEFT].settings, step);
    for (int side = 0; side < SIDES; side++)
        add_stack(&set, stack_names[side], &pair->run[side].model, dump->weight[side]);
    safetensors_add(&set, "tokens", SAFETENSORS_I32, 2, shape, model->batch.tokens);
    safetensors_add(&set, "targets", SAFETENSORS_I32, 2, shape, model->batch.targets);
    if (model->batch.pixels)
        safetensors_add(&set, "pixels", tensor_file_real, 3,
                        (const int64_t[]){shape[0], shape[1], model->config.patch},
                        model->batch.pixels);
    safetensors_write(&set, out);
    safetensors_close(&set);
    return true;
}

void dump_close(struct dump *dump)
{
    for (int side = 0; side < SIDES; side++)
        free(dump->weight[side]);
    *dump = (struct dump){{NULL}};
}
