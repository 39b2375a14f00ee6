/* See positions.h. */
#include "core/positions.h"

#include "core/shard.h"

#include <math.h>

static const double BASE = 10000;

void positions_carve(struct model *model)
{
    const struct model_config *c = &model->config;
    const size_t T = (size_t)c->context, D = (size_t)c->width;
    const size_t pairs = (size_t)config_head_width(c) / 2;
    if (c->positions == POSITIONS_SINUSOIDAL)
        model->wave = model_take(model, T * D);
    if (c->positions == POSITIONS_ROTARY) {
        model->cosine = model_take(model, T * pairs);
        model->sine = model_take(model, T * pairs);
    }
}

void positions_fill(struct model *model)
{
    const struct model_config *c = &model->config;
    const int T = c->context, D = c->width, pairs = config_head_width(c) / 2;
    for (int t = 0; t < T && model->wave; t++) {
        for (int d = 0; d < D; d++) {
            const double angle = t / pow(BASE, (double)(d - d % 2) / D);
            model->wave[t * D + d] = (real)(d % 2 == 0 ? sin(angle) : cos(angle));
        }
    }
    for (int t = 0; t < T && model->cosine; t++) {
        for (int i = 0; i < pairs; i++) {
            const double angle = t / pow(BASE, (double)i / pairs);
            model->cosine[t * pairs + i] = (real)cos(angle);
            model->sine[t * pairs + i] = (real)sin(angle);
        }
    }
}

void positions_rotate(const struct model *model, const struct shard *shard, struct strided x,
                      int heads, bool back)
{
    const struct model_config *c = &model->config;
    const int place = shard->first % c->context; /* of the first row; not 0: all in one sequence */
    const int at = place * (config_head_width(c) / 2);
    model->kernels->rotate(&(struct rotation){
        .rows = shard->rows,
        .heads = heads,
        .width = config_head_width(c),
        .x = x,
        .tokens = c->context - place,
        .cosine = model->cosine + at,
        .sine = model->sine + at,
        .back = back,
    });
}
