/* See embedding.h. */
#include "core/embedding.h"

#include "core/activations.h"
#include "core/dropout.h"
#include "core/gradients.h"
#include "core/linear.h"
#include "core/pass.h"

#include <math.h>
#include <string.h>

static real token_scale(const struct model_config *c)
{
    return c->embedding_scale ? (real)sqrt((double)c->width) : 1;
}

/* The table [T][D] of what is added to the rows; NULL: nothing. */
static const real *position_table(const struct parameters *parameters)
{
    return parameters->wave ? parameters->wave
                            : weight_of(parameters, parameters->position_embedding);
}

/* x = patch W^T + b, or the class token. */
static void patches_forward(const struct pass *pass, struct batch *batch, real *x_0)
{
    const struct parameters *p = pass->parameters;
    const struct shard *shard = &pass->shard;
    const int D = pass->config->width, P = pass->config->patch, T = pass->config->context;
    real *x = shard_rows(x_0, shard, D), *pixels = shard_rows(batch->pixels, shard, P);
    for (int row = 0; row < shard->rows; row += T)
        memset(pixels + (size_t)row * (size_t)P, 0, (size_t)P * sizeof(real));
    linear_forward(pass, p->patch, pixels, x, shard->rows);
    pass->kernels->bias_forward(x, weight_of(p, p->patch_bias), shard->rows, D);
    for (int row = 0; row < shard->rows; row += T)
        memcpy(x + (size_t)row * (size_t)D, weight_of(p, p->class_token), (size_t)D * sizeof(real));
}

static void tokens_forward(const struct pass *pass, const struct batch *batch, real *x_0)
{
    const struct parameters *p = pass->parameters;
    const struct shard *shard = &pass->shard;
    const size_t D = (size_t)pass->config->width, T = (size_t)pass->config->context;
    const real *wte = weight_of(p, p->token_embedding), *table = position_table(p);
    const real scale = token_scale(pass->config);
    for (size_t row = (size_t)shard->first; row < (size_t)(shard->first + shard->rows); row++) {
        const real *token = wte + (size_t)batch->tokens[row] * D;
        real *x = x_0 + row * D;
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

void embedding_forward(const struct pass *pass, struct batch *batch,
                       struct activations *activations)
{
    const struct shard *shard = &pass->shard;
    const size_t D = (size_t)pass->config->width, T = (size_t)pass->config->context;
    const real *table = position_table(pass->parameters);
    real *x_0 = activations->stream[0];
    if (pass->parameters->patch < 0) {
        tokens_forward(pass, batch, x_0);
        return;
    }
    patches_forward(pass, batch, x_0);
    for (size_t row = (size_t)shard->first; table && row < (size_t)(shard->first + shard->rows);
         row += T)
        pass->kernels->add(x_0 + row * D, table, T * D);
}

void embedding_backward(const struct pass *pass, const struct gradients *gradients)
{
    const struct shard *shard = &pass->shard;
    const size_t D = (size_t)pass->config->width, T = (size_t)pass->config->context;
    real *dclass = dvector_of(pass, pass->parameters->class_token);
    real *dbias = dvector_of(pass, pass->parameters->patch_bias);
    if (pass->dropout > 0)
        dropout_rows(pass, (struct dropout_place){DROPOUT_EMBEDDING, 0}, gradients->dstream[0],
                     gradients->dembedded);
    if (pass->parameters->patch < 0)
        return;
    for (size_t row = (size_t)shard->first; row < (size_t)(shard->first + shard->rows); row++) {
        real *to = row % T == 0 ? dclass : dbias;
        if (to)
            pass->kernels->add(to, gradients->dembedded + row * D, D);
    }
}

/* The gradient of a table, set to 0. */
static real *clear(const struct parameters *parameters, struct gradients *gradients, int tensor)
{
    real *dweight = gradients->dweight + parameters->tensor[tensor].offset;
    memset(dweight, 0, tensor_size(&parameters->tensor[tensor]) * sizeof(real));
    return dweight;
}

/* dwte[token] += scale dx_0, in the order of the rows. */
static void token_gradient(const struct pass *pass, const struct batch *batch,
                           struct gradients *gradients)
{
    const struct parameters *p = pass->parameters;
    const size_t D = (size_t)pass->config->width;
    const size_t N = (size_t)pass->config->batch * (size_t)pass->config->context;
    const real scale = token_scale(pass->config);
    real *dwte = pass->config->tied ? gradients->dweight + p->tensor[p->token_embedding].offset
                                    : clear(p, gradients, p->token_embedding);
    for (size_t row = 0; row < N; row++) {
        const real *dx = gradients->dembedded + row * D;
        real *dtoken = dwte + (size_t)batch->tokens[row] * D;
        for (size_t i = 0; i < D; i++)
            dtoken[i] += scale * dx[i];
    }
}

/* dwpe[t] += dx_0, in the order of the rows. */
static void position_gradient(const struct pass *pass, struct gradients *gradients)
{
    const size_t table = (size_t)pass->config->context * (size_t)pass->config->width;
    real *dwpe = clear(pass->parameters, gradients, pass->parameters->position_embedding);
    for (size_t sequence = 0; sequence < (size_t)pass->config->batch; sequence++)
        pass->kernels->add(dwpe, gradients->dembedded + sequence * table, table);
}

void embedding_weight_gradient(const struct pass *pass, const struct batch *batch,
                               struct gradients *gradients)
{
    const struct parameters *p = pass->parameters;
    if (p->patch >= 0) /* the pixels of class tokens are 0 */
        linear_backward_weight(pass, gradients, p->patch, gradients->dembedded, batch->pixels);
    else
        token_gradient(pass, batch, gradients);
    if (p->position_embedding >= 0)
        position_gradient(pass, gradients);
}
