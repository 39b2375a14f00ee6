/* See positions.h. */
#include "core/positions.h"

#include "core/pass.h"

#include <math.h>

static const double BASE = 10000;

void positions_carve(struct parameters *p, const struct model_config *c, struct arena *arena)
{
    const size_t T = (size_t)c->context, D = (size_t)c->width;
    const size_t pairs = (size_t)config_head_width(c) / 2;
    if (c->positions == POSITIONS_SINUSOIDAL)
        p->wave = real_take(arena, T * D);
    if (c->positions == POSITIONS_ROTARY) {
        p->cosine = real_take(arena, T * pairs);
        p->sine = real_take(arena, T * pairs);
    }
}

void positions_fill(struct parameters *p, const struct model_config *c)
{
    const int T = c->context, D = c->width, pairs = config_head_width(c) / 2;
    for (int t = 0; t < T && p->wave; t++) {
        for (int d = 0; d < D; d++) {
            const double angle = t / pow(BASE, (double)(d - d % 2) / D);
            p->wave[t * D + d] = (real)(d % 2 == 0 ? sin(angle) : cos(angle));
        }
    }
    for (int t = 0; t < T && p->cosine; t++) {
        for (int i = 0; i < pairs; i++) {
            const double angle = t / pow(BASE, (double)i / pairs);
            p->cosine[t * pairs + i] = (real)cos(angle);
            p->sine[t * pairs + i] = (real)sin(angle);
        }
    }
}

void positions_rotate(const struct pass *pass, struct strided x, int heads, bool back)
{
    const struct model_config *c = pass->config;
    const int place = pass->shard.first % c->context; /* of the first row in its sequence; where it
                                                         is not 0 all rows are of one sequence */
    const int at = place * (config_head_width(c) / 2);
    pass->kernels->rotate(&(struct rotation){
        .rows = pass->shard.rows,
        .heads = heads,
        .width = config_head_width(c),
        .x = x,
        .tokens = c->context - place,
        .cosine = pass->parameters->cosine + at,
        .sine = pass->parameters->sine + at,
        .back = back,
    });
}
