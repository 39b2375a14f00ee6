/* See admin.h. */
#include "core/admin.h"

#include "core/model.h"
#include "core/sublayer.h"

#include <math.h>

/* Variance of x[count] - minus[count] over all numbers; minus NULL: of x. */
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

static void set_omega(struct parameters *parameters, int sublayer, double value)
{
    const struct tensor *omega = &parameters->tensor[parameters->sublayer[sublayer].skip_tensor];
    for (size_t i = 0; i < tensor_size(omega); i++)
        parameters->weight[omega->offset + i] = (real)value;
}

void admin_profile(struct model *model, const struct parallel *parallel)
{
    const int sublayers = config_sublayers(&model->config) * model->config.layers;
    const size_t count = config_stream_size(&model->config);
    if (model->parameters.sublayer[0].skip_tensor < 0)
        return;
    for (int i = 0; i < sublayers; i++)
        set_omega(&model->parameters, i, 1);
    model_loss(model, parallel);
    double sum = variance(model_stream(model, 0), NULL, count);
    for (int i = 0; i < sublayers; i++) {
        const struct sublayer_activations *a = &model->activations.sublayer[i];
        set_omega(&model->parameters, i, i == 0 ? 1 : sqrt(sum));
        sum += variance(model->parameters.sublayer[i].out.present ? a->sum : a->y, a->x, count);
    }
}
