/* See detail.h. */
#include "train/detail.h"

#include <math.h>

/* An array of floats, for structures that hold nothing else. */
static void fill(float *number, size_t bytes)
{
    for (size_t i = 0; i < bytes / sizeof *number; i++)
        number[i] = NAN;
}

void detail_clear(struct detail *detail)
{
    detail->measured = false;
    fill(detail->cosine, sizeof detail->cosine);
    fill(detail->similarity, sizeof detail->similarity);
    fill(detail->entropy, sizeof detail->entropy);
    fill(detail->share, sizeof detail->share);
    fill(detail->flow[0].rms[0], sizeof detail->flow);
}

static void measure_flow(struct flow *flow, int block, const struct flow_sums *sums, double rows,
                         double numbers)
{
    for (int point = 0; point < FLOW_POINTS; point++) {
        flow->rms[point][block] = (float)sqrt(sums->square[point] / numbers);
        flow->grad[point][block] = (float)sqrt(sums->dsquare[point]);
    }
    for (int norm = 0; norm < FLOW_NORMS; norm++)
        flow->rstd[norm][block] = (float)(sums->rstd[norm] / rows);
}

void detail_measure(struct detail *detail, const struct model *model)
{
    const struct model_config *c = &model->config;
    const struct probe_sums *sums = model->probe->sum;
    const double rows = (double)c->batch * c->context, heads = (double)c->batch * c->heads;

    detail_clear(detail);
    detail->measured = true;
    for (int l = 0; l <= c->layers; l++) {
        detail->cosine[l] = (float)(sums[l].cosine / rows);
        detail->similarity[l] = (float)(sums[l].similarity / c->batch);
    }
    for (int block = 0; block < c->layers; block++) {
        const struct probe_sums *of_block = &sums[block + 1];
        detail->entropy[block] = (float)(of_block->entropy / heads);
        detail->share[block] =
            (float)sqrt(of_block->change / model->activations.stream_square[block]);
        for (int i = 0; i < FLOW_SUBLAYERS; i++)
            measure_flow(&detail->flow[i], block, &of_block->flow[i], rows, rows * c->width);
    }
}
