/* See admin.h. */
#include "core/admin.h"

#include <math.h>

/* Variance of x - minus over all `count` numbers; `minus` may be NULL. */
static double variance(const real *x, const real *minus, size_t count)
{
    double mean = 0, square = 0;
    for (size_t i = 0; i < count; i++)
        mean += (double)x[i] - (minus ? (double)minus[i] : 0);
    mean /= (double)count;
    for (size_t i = 0; i < count; i++) {
        double centred = (double)x[i] - (minus ? (double)minus[i] : 0) - mean;
        square += centred * centred;
    }
    return square / (double)count;
}

static void set_omega(struct model *model, const struct sublayer *sublayer, double value)
{
    const struct tensor *omega = &model->tensor[sublayer->skip_tensor];
    for (size_t i = 0; i < tensor_size(omega); i++)
        model->weight[omega->offset + i] = (real)value;
}

void admin_profile(struct model *model, const struct parallel *parallel)
{
    const int sublayers = model->sublayers * model->config.layers;
    const size_t count =
        (size_t)model->config.batch * (size_t)model->config.context * (size_t)model->config.width;
    if (model->sublayer[0].skip_tensor < 0)
        return;
    for (int i = 0; i < sublayers; i++)
        set_omega(model, &model->sublayer[i], 1);
    model_loss(model, parallel);
    double sum = variance(model->stream[0], NULL, count);
    for (int i = 0; i < sublayers; i++) {
        const struct sublayer *sublayer = &model->sublayer[i];
        set_omega(model, sublayer, i == 0 ? 1 : sqrt(sum));
        sum += variance(sublayer->out.present ? sublayer->sum : sublayer->y, sublayer->x, count);
    }
}
