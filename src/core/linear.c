/* See linear.h. */
#include "core/linear.h"

#include "core/blas.h"

/* From this many multiplications on, BLAS's packing of both sides pays. */
#define BLAS_FROM ((size_t)1 << 31)

static bool is_large(size_t rows, size_t in, size_t out)
{
    return rows * in * out >= BLAS_FROM;
}

static bool is_small(const struct model *model, const struct tensor *w)
{
    const size_t N = (size_t)model->config.batch * (size_t)model->config.context;
    return !w->vector && !is_large(N, (size_t)w->cols, (size_t)w->rows);
}

void linear_prepare(const struct model *model, int tensor)
{
    const struct tensor *w = &model->tensor[tensor];
    if (is_small(model, w))
        model->kernels->panels(model->weight + w->offset, model->panels + w->panels, w->rows,
                               w->cols);
}

void linear_forward(const struct model *model, int tensor, const real *x, real *y, int rows)
{
    const struct tensor *w = &model->tensor[tensor];
    if (!is_small(model, w) || model->predicting) {
        blas_forward(y, x, model->weight + w->offset, rows, w->cols, w->rows);
        return;
    }
    model->kernels->product(&(struct product){
        .rows = rows,
        .columns = w->rows,
        .depth = w->cols,
        .a = x,
        .a_stride = (size_t)w->cols,
        .b = model->panels + w->panels,
        .b_panels = true,
        .c = y,
    });
}

void linear_backward_data(const struct model *model, int tensor, const real *dy, real *dx, int rows)
{
    const struct tensor *w = &model->tensor[tensor];
    const real *weight = model->weight + w->offset;
    if (!is_small(model, w)) {
        blas_backward_data(dx, dy, weight, rows, w->cols, w->rows);
        return;
    }
    model->kernels->product(&(struct product){
        .rows = rows,
        .columns = w->cols,
        .depth = w->rows,
        .a = dy,
        .a_stride = (size_t)w->rows,
        .b = weight,
        .c = dx,
    });
}

void linear_backward_weight(const struct model *model, int tensor, const real *dy, const real *x,
                            int rows)
{
    const struct tensor *w = &model->tensor[tensor];
    real *dw = model->grad + w->offset;
    if (is_large((size_t)rows, (size_t)w->cols, (size_t)w->rows))
        blas_backward_weight(dw, dy, x, rows, w->cols, w->rows);
    else
        model->kernels->product(&(struct product){
            .rows = w->rows,
            .columns = w->cols,
            .depth = rows,
            .a = dy,
            .a_stride = (size_t)w->rows,
            .a_across = true,
            .b = x,
            .c = dw,
        });
    if (w->block >= 0) /* no other part of the model adds to it, and it is in the cache yet */
        model->grad_square[tensor] = model->kernels->sum_squares(dw, tensor_size(w));
}
