/* See beside.h. */
#include "core/beside.h"

#include "core/activations.h"
#include "core/gradients.h"
#include "core/pass.h"
#include "core/sublayer.h"

#include <string.h>

/* sum = x + branch + bias, for the shard's rows of [N][D] arrays; `sum` may be one of them. */
static void add(const struct pass *pass, const real *x, const real *branch, const real *bias,
                real *sum)
{
    const int D = pass->config->width;
    pass->kernels->join_forward(&(struct join_rows){
        .rows = pass->shard.rows,
        .width = D,
        .x = shard_rows_const(x, &pass->shard, D),
        .branch = shard_rows_const(branch, &pass->shard, D),
        .bias = bias,
        .sum = shard_rows(sum, &pass->shard, D),
        .skip = 1,
        .scale = 1,
    });
}

static void copy(const struct pass *pass, const real *from, real *to)
{
    const int D = pass->config->width;
    memcpy(shard_rows(to, &pass->shard, D), shard_rows_const(from, &pass->shard, D),
           (size_t)pass->shard.rows * (size_t)D * sizeof *to);
}

/* ---- the sublayers ---------------------------------------------------------------------------*/

void beside_embed(const struct pass *pass, struct activations *activations)
{
    if (activations->second_stream)
        copy(pass, activations->stream[0], activations->second_stream);
}

void beside_forward(const struct pass *pass, struct activations *activations, int index,
                    real *branch, const real *bias)
{
    const struct sublayer *sublayer = &pass->parameters->sublayer[index];
    real *second = activations->second_stream;
    if (second)
        add(pass, second, branch, bias, second);
    else if (sublayer->adds_block_input)
        add(pass, activations->sublayer[index].block_input, branch, NULL, branch);
}

/* forward: sum = a x + branch;  s <- s + branch */
void beside_backward(const struct pass *pass, const struct gradients *gradients, const real *dsum,
                     real *djoined)
{
    add(pass, dsum, gradients->dsecond_stream, NULL, djoined);
}

/* forward: s_0 = x_0;  sum = x + f(x) + x_in */
void beside_block_backward(const struct pass *pass, const struct gradients *gradients, int block,
                           real *dx)
{
    const struct sublayer *last =
        &pass->parameters->sublayer[(block + 1) * config_sublayers(pass->config) - 1];
    if (gradients->dsecond_stream && block == 0)
        add(pass, dx, gradients->dsecond_stream, NULL, dx);
    if (last->adds_block_input)
        add(pass, dx,
            sublayer_dsum(last, gradients_of_block(gradients, block),
                          gradients->dstream[block + 1]),
            NULL, dx);
}

/* ---- the end of the stack --------------------------------------------------------------------*/

void beside_head_forward(const struct pass *pass, struct activations *a)
{
    const bool normed = pass->parameters->final.present;
    add(pass, a->stream[pass->config->layers], normed ? a->final.out : a->second_stream, NULL,
        a->final.out);
}

/* forward: out = x_L + N(s) */
void beside_head_backward(const struct pass *pass, const struct activations *a, struct gradients *g)
{
    copy(pass, g->dhead_input, g->dstream[pass->config->layers]);
    if (pass->parameters->final.present)
        norm_backward(pass, &pass->parameters->final, &a->final, g->dhead_input, NULL,
                      g->dsecond_stream);
    else
        copy(pass, g->dhead_input, g->dsecond_stream);
}
