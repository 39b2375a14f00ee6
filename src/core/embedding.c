/* See embedding.h. */
#include "core/embedding.h"

#include "core/linear.h"

#include <math.h>
#include <string.h>

static real token_scale(const struct model_config *c)
{
    return c->embedding_scale ? (real)sqrt((double)c->width) : 1;
}

/* The table [T][D] of what is added to the rows; NULL: nothing. */
static const real *position_table(const struct model *model)
{
    return model->wave ? model->wave : weight_of(model, model->position_embedding);
}

/* x = patch W^T + b, or the class token. */
static void patches_forward(const struct model *model, const struct shard *shard)
{
    const int D = model->config.width, P = model->config.patch, T = model->config.context;
    real *x = shard_rows(model->stream[0], shard, D), *pixels = shard_rows(model->pixels, shard, P);
    for (int row = 0; row < shard->rows; row += T)
        memset(pixels + (size_t)row * (size_t)P, 0, (size_t)P * sizeof(real));
    linear_forward(model, model->patch, pixels, x, shard->rows);
    model->kernels->bias_forward(x, weight_of(model, model->patch_bias), shard->rows, D);
    for (int row = 0; row < shard->rows; row += T)
        memcpy(x + (size_t)row * (size_t)D, weight_of(model, model->class_token),
               (size_t)D * sizeof(real));
}

static void tokens_forward(const struct model *model, const struct shard *shard)
{
    const size_t D = (size_t)model->config.width, T = (size_t)model->config.context;
    const real *wte = weight_of(model, model->token_embedding), *table = position_table(model);
    const real scale = token_scale(&model->config);
    for (size_t row = (size_t)shard->first; row < (size_t)(shard->first + shard->rows); row++) {
        const real *token = wte + (size_t)model->tokens[row] * D;
        real *x = model->stream[0] + row * D;
        if (table) {
            const real *position = table + row % T * D;
            for (size_t i = 0; i < D; i++)
                x[i] = scale * token[i] + position[i];
        } else {
            for (size_t i = 0; i < D; i++)
                x[i] = scale * token[i];
        }
    }
}

void embedding_forward(const struct model *model, const struct shard *shard)
{
    const size_t D = (size_t)model->config.width, T = (size_t)model->config.context;
    const real *table = position_table(model);
    if (model->patch < 0) {
        tokens_forward(model, shard);
        return;
    }
    patches_forward(model, shard);
    for (size_t row = (size_t)shard->first; table && row < (size_t)(shard->first + shard->rows);
         row += T)
        model->kernels->add(model->stream[0] + row * D, table, T * D);
}

void embedding_backward(const struct model *model, const struct shard *shard)
{
    const size_t D = (size_t)model->config.width, T = (size_t)model->config.context;
    real *dclass = partial_of(model, model->class_token, shard);
    real *dbias = partial_of(model, model->patch_bias, shard);
    if (model->patch < 0)
        return;
    for (size_t row = (size_t)shard->first; row < (size_t)(shard->first + shard->rows); row++) {
        real *to = row % T == 0 ? dclass : dbias;
        if (to)
            model->kernels->add(to, model->dstream[0] + row * D, D);
    }
}

static void clear(const struct model *model, int tensor)
{
    memset(model->grad + model->tensor[tensor].offset, 0,
           tensor_size(&model->tensor[tensor]) * sizeof(real));
}

/* dwte[token] += scale dx_0, in the order of the rows. */
static void token_gradient(const struct model *model)
{
    const size_t D = (size_t)model->config.width;
    const size_t N = (size_t)model->config.batch * (size_t)model->config.context;
    const real scale = token_scale(&model->config);
    real *dwte = model->grad + model->tensor[model->token_embedding].offset;
    if (!model->config.tied)
        clear(model, model->token_embedding);
    for (size_t row = 0; row < N; row++) {
        const real *dx = model->dstream[0] + row * D;
        real *token = dwte + (size_t)model->tokens[row] * D;
        for (size_t i = 0; i < D; i++)
            token[i] += scale * dx[i];
    }
}

/* dwpe[t] += dx_0, in the order of the rows. */
static void position_gradient(const struct model *model)
{
    const size_t table = (size_t)model->config.context * (size_t)model->config.width;
    real *dwpe = model->grad + model->tensor[model->position_embedding].offset;
    clear(model, model->position_embedding);
    for (size_t sequence = 0; sequence < (size_t)model->config.batch; sequence++)
        model->kernels->add(dwpe, model->dstream[0] + sequence * table, table);
}

void embedding_weight_gradient(const struct model *model)
{
    if (model->patch >= 0) /* the pixels of class tokens are 0 */
        linear_backward_weight(model, model->patch, model->dstream[0], model->pixels,
                               model->config.batch * model->config.context);
    else
        token_gradient(model);
    if (model->position_embedding >= 0)
        position_gradient(model);
}
