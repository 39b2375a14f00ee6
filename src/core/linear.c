/* See linear.h. */
#include "core/linear.h"

#include "core/gradients.h"
#include "core/pass.h"

/* Products of so many multiplications go to BLAS: packing both operands, as it does, pays there. */
#define LARGE ((size_t)1 << 31)

/* Do the products of a matrix go to the own matrix product? Forward and backward of all rows decide
 * alike, so that the bits do not depend on the shards. */
static bool uses_matmul(const struct pass *pass, const struct tensor *w)
{
    const size_t N = (size_t)pass->config->batch * (size_t)pass->config->context;
    return pass->kernels->matmul && !w->vector && N * (size_t)w->cols * (size_t)w->rows < LARGE;
}

void linear_pack(const struct pass *pass, int tensor)
{
    const struct tensor *w = &pass->parameters->tensor[tensor];
    if (uses_matmul(pass, w))
        pass->kernels->pack(weight_of(pass->parameters, tensor),
                            pass->workspace->packed + w->packed, w->rows, w->cols);
}

void linear_forward(const struct pass *pass, int tensor, const real *x, real *y, int rows)
{
    const struct tensor *w = &pass->parameters->tensor[tensor];
    if (!uses_matmul(pass, w) || pass->unpacked) {
        pass->kernels->linear_forward(y, x, weight_of(pass->parameters, tensor), rows, w->cols,
                                      w->rows);
        return;
    }
    pass->kernels->matmul(&(struct matmul){
        .rows = rows,
        .columns = w->rows,
        .depth = w->cols,
        .a = x,
        .a_stride = (size_t)w->cols,
        .b = pass->workspace->packed + w->packed,
        .b_packed = true,
        .c = y,
    });
}

void linear_backward_data(const struct pass *pass, int tensor, const real *dy, real *dx, int rows)
{
    const struct tensor *w = &pass->parameters->tensor[tensor];
    const real *weight = weight_of(pass->parameters, tensor);
    if (!uses_matmul(pass, w)) {
        pass->kernels->linear_backward_data(dx, dy, weight, rows, w->cols, w->rows);
        return;
    }
    pass->kernels->matmul(&(struct matmul){
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
    if (!uses_matmul(pass, w))
        pass->kernels->linear_backward_weight(dw, dy, x, rows, w->cols, w->rows);
    else
        pass->kernels->matmul(&(struct matmul){
            .rows = w->rows,
            .columns = w->cols,
            .depth = rows,
            .a = dy,
            .a_stride = (size_t)w->rows,
            .a_transposed = true,
            .b = x,
            .c = dw,
        });
    if (w->block >= 0) /* no other part of the model adds to it, and it is in the cache yet */
        gradients->dweight_square[tensor] = pass->kernels->sum_squares(dw, tensor_size(w));
}
