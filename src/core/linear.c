/* See linear.h. */
#include "core/linear.h"

#include "core/blas.h"
#include "core/gradients.h"
#include "core/pass.h"

/* From this many multiplications on, BLAS's packing of both sides pays. */
#define BLAS_FROM ((size_t)1 << 31)

static bool is_large(size_t rows, size_t in, size_t out)
{
    return rows * in * out >= BLAS_FROM;
}

static bool is_small(const struct model_config *config, const struct tensor *w)
{
    const size_t N = (size_t)config->batch * (size_t)config->context;
    return !w->vector && !is_large(N, (size_t)w->cols, (size_t)w->rows);
}

void linear_pack(const struct pass *pass, int tensor)
{
    const struct tensor *w = &pass->parameters->tensor[tensor];
    if (is_small(pass->config, w))
        pass->kernels->panels(weight_of(pass->parameters, tensor),
                              pass->workspace->packed + w->packed, w->rows, w->cols);
}

void linear_forward(const struct pass *pass, int tensor, const real *x, real *y, int rows)
{
    const struct tensor *w = &pass->parameters->tensor[tensor];
    if (!is_small(pass->config, w) || pass->unpacked) {
        blas_forward(y, x, weight_of(pass->parameters, tensor), rows, w->cols, w->rows);
        return;
    }
    pass->kernels->product(&(struct product){
        .rows = rows,
        .columns = w->rows,
        .depth = w->cols,
        .a = x,
        .a_stride = (size_t)w->cols,
        .b = pass->workspace->packed + w->packed,
        .b_panels = true,
        .c = y,
    });
}

void linear_backward_data(const struct pass *pass, int tensor, const real *dy, real *dx, int rows)
{
    const struct tensor *w = &pass->parameters->tensor[tensor];
    const real *weight = weight_of(pass->parameters, tensor);
    if (!is_small(pass->config, w)) {
        blas_backward_data(dx, dy, weight, rows, w->cols, w->rows);
        return;
    }
    pass->kernels->product(&(struct product){
        .rows = rows,
        .columns = w->cols,
        .depth = w->rows,
        .a = dy,
        .a_stride = (size_t)w->rows,
        .b = weight,
        .c = dx,
    });
}

void linear_backward_weight(const struct pass *pass, struct gradients *gradients, int tensor,
                            const real *dy, const real *x)
{
    const struct tensor *w = &pass->parameters->tensor[tensor];
    const int rows = pass->config->batch * pass->config->context;
    real *dw = gradients->dweight + w->offset;
    if (is_large((size_t)rows, (size_t)w->cols, (size_t)w->rows))
        blas_backward_weight(dw, dy, x, rows, w->cols, w->rows);
    else
        pass->kernels->product(&(struct product){
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
        gradients->dweight_square[tensor] = pass->kernels->sum_squares(dw, tensor_size(w));
}
