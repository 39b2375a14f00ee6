/* See norm.h. */
#include "core/norm.h"

#include "core/kernels.h"
#include "core/parameters.h"
#include "core/pass.h"
#include "core/tensors.h"

#include <string.h>

/* The tensor "NAME.WHAT" of a norm. */
static int find(const struct parameters *parameters, const char *name, const char *what, int block)
{
    char kind[TENSOR_NAME]; /* longer than any of the table of tensors */
    strcpy(kind, name);
    strcat(kind, ".");
    strcat(kind, what);
    return tensors_find(parameters, kind, block);
}

struct norm_site norm_site_find(const struct parameters *parameters,
                                const struct model_config *config, const char *name, int block,
                                bool wanted, double scale)
{
    if (!wanted)
        return (struct norm_site){.gain = -1, .bias = -1, .alpha = -1, .scale = 1};
    return (struct norm_site){
        .present = true,
        .gain = find(parameters, name, "weight", block),
        .bias = find(parameters, name, "bias", block),
        .alpha = find(parameters, name, "alpha", block),
        .offset = config->gain_offset,
        .scale = (real)scale,
    };
}

void norm_carve(struct norm_activations *a, const struct norm_site *site,
                const struct model_config *config, struct arena *arena)
{
    const size_t N = (size_t)(config->batch * config->context);
    if (!site->present || config->norm == NORM_DYT || config->norm == NORM_NONE)
        return;
    a->mean = real_take(arena, N);
    a->rstd = real_take(arena, N);
}

static struct norm_rows norm_rows(const struct pass *pass, const struct norm_site *site,
                                  const struct norm_activations *a)
{
    const int D = pass->config->width, first = pass->shard.first;
    return (struct norm_rows){
        .kind = pass->config->norm,
        .rows = pass->shard.rows,
        .width = D,
        .x = shard_rows_const(a->x, &pass->shard, D),
        .gain = weight_of(pass->parameters, site->gain),
        .bias = weight_of(pass->parameters, site->bias),
        .alpha = weight_of(pass->parameters, site->alpha),
        .mean = a->mean ? a->mean + first : NULL,
        .rstd = a->rstd ? a->rstd + first : NULL,
        .offset = site->offset,
        .scale = site->scale,
        .epsilon = config_norm_eps(pass->config),
        .dgain = dvector_of(pass, site->gain),
        .dbias = dvector_of(pass, site->bias),
        .dalpha = dvector_of(pass, site->alpha),
    };
}

void norm_forward(const struct pass *pass, const struct norm_site *site, struct norm_activations *a)
{
    const struct norm_rows rows = norm_rows(pass, site, a);
    pass->kernels->norm_forward(&rows, shard_rows(a->out, &pass->shard, pass->config->width));
}

void norm_backward(const struct pass *pass, const struct norm_site *site,
                   const struct norm_activations *a, const real *dy, const real *skip, real *dx)
{
    const int D = pass->config->width;
    const struct norm_rows rows = norm_rows(pass, site, a);
    pass->kernels->norm_backward(&rows, shard_rows_const(dy, &pass->shard, D),
                                 skip ? shard_rows_const(skip, &pass->shard, D) : NULL,
                                 shard_rows(dx, &pass->shard, D));
}
