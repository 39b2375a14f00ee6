/* See parameters.h. The table of tensors and their initial values are tensors.c's. */
#include "core/parameters.h"

#include "core/positions.h"
#include "core/sublayer.h"
#include "core/tensors.h"

#include <stdlib.h>
#include <string.h>

void parameters_open(struct parameters *p, const struct model_config *c)
{
    const int count = c->layers * config_sublayers(c);
    tensors_list(p, c);
    p->token_embedding = tensors_find(p, "wte.weight", -1);
    p->position_embedding = tensors_find(p, "wpe.weight", -1);
    p->head = tensors_find(p, c->tied ? "wte.weight" : "head.weight", -1);
    p->patch = tensors_find(p, "patch.weight", -1);
    p->patch_bias = tensors_find(p, "patch.bias", -1);
    p->class_token = tensors_find(p, "class.weight", -1);
    p->sublayer = memory_new((size_t)count, sizeof *p->sublayer);
    for (int i = 0; i < count; i++)
        p->sublayer[i] = sublayer_find(p, c, i);
    p->final = norm_site_find(p, c, "ln_f", -1,
                              placement_table[c->placement].final_norm && c->norm != NORM_NONE, 1);
}

void parameters_close(struct parameters *p)
{
    free(p->tensor);
    free(p->sublayer);
    *p = (struct parameters){0};
}

void parameters_carve(struct parameters *p, const struct model_config *c, struct arena *arena)
{
    p->weight = real_take(arena, p->count);
    positions_carve(p, c, arena);
}

void parameters_fill(struct parameters *p, const struct model_config *c)
{
    positions_fill(p, c);
    tensors_init(p, c);
}

size_t tensor_size(const struct tensor *tensor)
{
    return (size_t)tensor->rows * (size_t)tensor->cols;
}

void tensor_name(const struct tensor *tensor, char out[TENSOR_NAME])
{
    out[0] = '\0';
    if (tensor->block >= 0) {
        char number[] = "000.";
        for (int i = 0, unit = 100; unit > 0; i++, unit /= 10)
            number[i] = (char)('0' + tensor->block / unit % 10);
        strcpy(out, "blocks.");
        strcat(out, number + (tensor->block < 10 ? 2 : tensor->block < 100 ? 1 : 0));
    }
    strcat(out, tensor->kind); /* the longest of the table fits */
}
