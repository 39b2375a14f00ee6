/* See branch.h. Forward and backward of each part stand side by side. */
#include "core/branch.h"

#include "core/blas.h"

/* ---- attention -------------------------------------------------------------------------------*/

/* Head h of the sequence that starts at row `row`: q, k and v lie side by side in `qkv`. */
static struct attention_head attention_head(const struct model *model,
                                            const struct sublayer *sublayer,
                                            const struct shard *shard, int row, int h)
{
    const struct model_config *c = &model->config;
    const int D = c->width, H = c->heads, T = c->context, W = D / H;
    const size_t Tp = (size_t)attention_pad(T);
    real *qkv = sublayer->hidden + (size_t)row * 3 * (size_t)D + (size_t)(h * W);
    return (struct attention_head){
        .tokens = T,
        .width = W,
        .causal = true,
        .q = qkv,
        .k = qkv + D,
        .v = qkv + 2 * D,
        .stride = 3 * D,
        .probability = sublayer->probability + (size_t)(row / T * H + h) * Tp * Tp,
        .out = sublayer->inner + (size_t)row * (size_t)D + (size_t)(h * W),
        .out_stride = D,
        .scratch = model->scratch + (size_t)shard->index * model->scratch_size,
    };
}

static void attention_forward(const struct model *model, const struct sublayer *sublayer,
                              const struct shard *shard)
{
    for (int row = shard->first; row < shard->first + shard->rows; row += model->config.context) {
        for (int h = 0; h < model->config.heads; h++) {
            struct attention_head head = attention_head(model, sublayer, shard, row, h);
            model->kernels->attention_forward(&head);
        }
    }
}

/* dqkv[N][3D] from dinner[N][D]. */
static void attention_backward(const struct model *model, const struct sublayer *sublayer,
                               const struct shard *shard, const real *dinner, real *dqkv)
{
    const int D = model->config.width;
    for (int row = shard->first; row < shard->first + shard->rows; row += model->config.context) {
        for (int h = 0; h < model->config.heads; h++) {
            struct attention_head head = attention_head(model, sublayer, shard, row, h);
            const size_t column = (size_t)(h * head.width);
            head.dout = dinner + (size_t)row * (size_t)D + column;
            head.dq = dqkv + (size_t)row * 3 * (size_t)D + column;
            head.dk = head.dq + D;
            head.dv = head.dk + D;
            model->kernels->attention_backward(&head);
        }
    }
}

/* ---- f: two products with attention or an activation between -----------------------------------
 *     hidden = u W1^T + b1;  inner = attention(hidden) or activation(hidden);  inner W2^T
 * The bias of the second product is added where its result is joined or normalised. */

static int hidden_width(const struct model *model, const struct sublayer *sublayer)
{
    return model->tensor[sublayer->first].rows;
}

static int inner_width(const struct model *model, const struct sublayer *sublayer)
{
    return model->tensor[sublayer->second].cols;
}

void branch_forward(const struct model *model, const struct sublayer *sublayer,
                    const struct shard *shard, const real *u, real *out)
{
    const struct kernels *kernels = model->kernels;
    const int D = model->config.width, hidden = hidden_width(model, sublayer),
              inner = inner_width(model, sublayer);
    const real *bias = weight_of(model, sublayer->first_bias);
    real *h = shard_rows(sublayer->hidden, shard, hidden);
    real *a = shard_rows(sublayer->inner, shard, inner);
    blas_forward(h, shard_rows_const(u, shard, D), weight_of(model, sublayer->first), shard->rows,
                 D, hidden);
    if (sublayer->kind == SUBLAYER_ATTENTION) {
        kernels->bias_forward(h, bias, shard->rows, hidden);
        attention_forward(model, sublayer, shard);
    } else if (model->config.activation == ACTIVATION_GELU) {
        kernels->gelu_forward(h, bias, a, shard->rows, hidden);
    } else {
        kernels->relu_forward(h, bias, a, shard->rows, hidden);
    }
    blas_forward(shard_rows(out, shard, D), a, weight_of(model, sublayer->second), shard->rows,
                 inner, D);
}

/* du from df, both [N][D]. */
void branch_backward(const struct model *model, const struct sublayer *sublayer,
                     const struct block_gradients *gradients, const struct shard *shard,
                     const real *df, real *du)
{
    const struct kernels *kernels = model->kernels;
    const int D = model->config.width, hidden = hidden_width(model, sublayer),
              inner = inner_width(model, sublayer);
    real *dinner = gradients->sublayer[sublayer->kind].inner;
    real *dhidden = gradients->sublayer[sublayer->kind].hidden;
    real *dbias = partial_of(model, sublayer->first_bias, shard);
    const real *df_rows = shard_rows_const(df, shard, D);

    kernels->bias_backward(df_rows, partial_of(model, sublayer->second_bias, shard), shard->rows,
                           D);
    blas_backward_data(shard_rows(dinner, shard, inner), df_rows,
                       weight_of(model, sublayer->second), shard->rows, inner, D);
    if (sublayer->kind == SUBLAYER_ATTENTION) {
        attention_backward(model, sublayer, shard, dinner, dhidden);
        kernels->bias_backward(shard_rows(dhidden, shard, hidden), dbias, shard->rows, hidden);
    } else {
        kernels->slope_backward(shard_rows(dhidden, shard, hidden),
                                shard_rows(sublayer->hidden, shard, hidden), dbias, shard->rows,
                                hidden);
    }
    blas_backward_data(shard_rows(du, shard, D), shard_rows(dhidden, shard, hidden),
                       weight_of(model, sublayer->first), shard->rows, D, hidden);
}

void branch_weight_gradient(const struct model *model, const struct sublayer *sublayer,
                            const struct block_gradients *gradients, const real *u, const real *df,
                            int which)
{
    const int N = model->config.batch * model->config.context;
    const int tensor = which == 0 ? sublayer->first : sublayer->second;
    const struct tensor *matrix = &model->tensor[tensor];
    const real *x = which == 0 ? u : sublayer->inner;
    const real *dy = which == 0 ? gradients->sublayer[sublayer->kind].hidden : df;
    blas_backward_weight(model->grad + matrix->offset, dy, x, N, matrix->cols, matrix->rows);
}
