/* Loss, sums of squares, and rows of a stream beside each other; see kernels.h. */
#include "core/kernel_build.h"
#include "core/kernel_math.h"

/* ---- loss ------------------------------------------------------------------------------------*/

double KERNEL(cross_entropy)(real *restrict logits, int V, int target, double scale)
{
    real top = logits[0], sum = 0;
    for (int i = 1; i < V; i++)
        top = logits[i] > top ? logits[i] : top;
    real at_target = logits[target] - top;
#pragma omp simd reduction(+ : sum)
    for (int i = 0; i < V; i++) {
        logits[i] = exp_fast(logits[i] - top);
        sum += logits[i];
    }
    real factor = (real)scale / sum;
#pragma omp simd
    for (int i = 0; i < V; i++)
        logits[i] *= factor;
    logits[target] -= (real)scale;
    return log((double)sum) - (double)at_target;
}

/* ---- sums ------------------------------------------------------------------------------------*/

double KERNEL(sum_squares)(const real *restrict x, size_t count)
{
    double total = 0;
    for (size_t start = 0; start < count; start += SUM_BLOCK) {
        size_t end = start + SUM_BLOCK < count ? start + SUM_BLOCK : count;
        real sum = 0;
#pragma omp simd reduction(+ : sum)
        for (size_t i = start; i < end; i++)
            sum += x[i] * x[i];
        /* Outside this range single precision may have lost squares; a double cannot. */
        if (!(sum > (real)1e-24 && sum < (real)1e34)) {
            double exact = 0;
#pragma omp simd reduction(+ : exact)
            for (size_t i = start; i < end; i++)
                exact += (double)x[i] * (double)x[i];
            total += exact;
        } else {
            total += (double)sum;
        }
    }
    return total;
}

/* A row x of D numbers and the row b before it: sums of x^2, x b and (x - b)^2. */
struct row_sums {
    double square, product, change;
};

/* The sums in single precision; in double where one of them is so small or large that squares were
 * lost. */
INLINE struct row_sums sum_row_pair(const real *restrict x, const real *restrict b, int D)
{
    real square = 0, product = 0, change = 0;
#pragma omp simd reduction(+ : square, product, change)
    for (int i = 0; i < D; i++) {
        real difference = x[i] - b[i];
        square += x[i] * x[i];
        product += x[i] * b[i];
        change += difference * difference;
    }
    struct row_sums sums = {(double)square, (double)product, (double)change};
    if (square > (real)1e-24 && square < (real)1e34 && change > (real)1e-24 && change < (real)1e34)
        return sums;
    sums = (struct row_sums){0};
    for (int i = 0; i < D; i++) {
        double difference = (double)x[i] - (double)b[i];
        sums.square += (double)x[i] * (double)x[i];
        sums.product += (double)x[i] * (double)b[i];
        sums.change += difference * difference;
    }
    return sums;
}

/* With unit vectors u_t of a sequence's T rows, the sum of all cosines of two different ones is
 * |sum of u_t|^2 - T. */
struct stream_sums KERNEL(stream_sums)(const struct stream_rows *rows)
{
    const int D = rows->width, T = rows->tokens;
    const double pairs = (double)T * (T - 1);
    real *restrict direction = rows->direction;
    struct stream_sums total = {0};
    for (int row = 0; row < rows->rows; row++) {
        const real *restrict x = rows->x + (size_t)row * (size_t)D;
        struct row_sums sums = {.product = (double)NAN, .change = (double)NAN};
        if (rows->before)
            sums = sum_row_pair(x, rows->before + (size_t)row * (size_t)D, D);
        else
            sums.square = KERNEL(sum_squares)(x, (size_t)D);
        const double length = sqrt(sums.square);
        total.cosine += sums.product / (length * rows->length[row]);
        total.change += sums.change;
        rows->length[row] = length;
        if (row % T == 0)
            memset(direction, 0, (size_t)D * sizeof *direction);
        const real inverse = (real)(1 / length);
#pragma omp simd
        for (int i = 0; i < D; i++)
            direction[i] += x[i] * inverse;
        if (row % T == T - 1)
            total.similarity +=
                T > 1 ? (KERNEL(sum_squares)(direction, (size_t)D) - T) / pairs : (double)NAN;
    }
    return total;
}
