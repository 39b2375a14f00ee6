/* The optimizers as plain loops; see plain.h. */
#include "core/plain.h"

#include <math.h>

/* ---- optimizers --------------------------------------------------------------------------------
 * Each says by how much a weight w goes down for a gradient g, clipped before. m and v are its
 * moments, b1, b2 their decays; decay is decoupled but for Adam and RAdam (optimizer.h). */

/* Kingma 2015: m = b1 m + (1 - b1) g,  v = b2 v + (1 - b2) g^2. */
static void adam_moments(const struct update_rows *u, size_t i, double g)
{
    u->first[i] = (real)(u->beta1 * (double)u->first[i] + (1 - u->beta1) * g);
    u->second[i] = (real)(u->beta2 * (double)u->second[i] + (1 - u->beta2) * g * g);
}

/* lr mhat / (sqrt(vhat) + eps),  mhat = m / (1 - b1^t),  vhat = v / (1 - b2^t) */
static double adam_change(const struct update_rows *u, size_t i)
{
    const double mhat = (double)u->first[i] / u->correction1;
    const double vhat = (double)u->second[i] / u->correction2;
    return u->lr * mhat / (sqrt(vhat) + u->epsilon);
}

/* Loshchilov 2019: Adam, and lr decay w besides. */
static double adamw_change(const struct update_rows *u, size_t i, double g)
{
    adam_moments(u, i, g);
    return u->lr * u->decay * (double)u->weight[i] + adam_change(u, i);
}

/* Kingma 2015, with decay w added to the gradient. */
static double adam_change_of(const struct update_rows *u, size_t i, double g)
{
    adam_moments(u, i, g + u->decay * (double)u->weight[i]);
    return adam_change(u, i);
}

/* Liu 2019: Adam's change times r_t, or lr mhat while r_t is not defined. */
static double radam_change(const struct update_rows *u, size_t i, double g)
{
    adam_moments(u, i, g + u->decay * (double)u->weight[i]);
    const double mhat = (double)u->first[i] / u->correction1;
    if (u->rectification == 0)
        return u->lr * mhat;
    return u->lr * mhat * u->rectification * sqrt(u->correction2) /
           (sqrt((double)u->second[i]) + u->epsilon);
}

/* Chen 2023: lr (sign(b1 m + (1 - b1) g) + decay w),  m = b2 m + (1 - b2) g */
static double lion_change(const struct update_rows *u, size_t i, double g)
{
    const double mean = u->beta1 * (double)u->first[i] + (1 - u->beta1) * g;
    u->first[i] = (real)(u->beta2 * (double)u->first[i] + (1 - u->beta2) * g);
    return u->lr * ((mean > 0) - (mean < 0) + u->decay * (double)u->weight[i]);
}

/* lr (g + decay w) */
static double sgd_change(const struct update_rows *u, size_t i, double g)
{
    return u->lr * (g + u->decay * (double)u->weight[i]);
}

/* m = b1 m + g;  lr (m + decay w) */
static double momentum_change(const struct update_rows *u, size_t i, double g)
{
    u->first[i] = (real)(u->beta1 * (double)u->first[i] + g);
    return u->lr * ((double)u->first[i] + u->decay * (double)u->weight[i]);
}

static struct update_sums update(const struct update_rows *u,
                                 double (*change_of)(const struct update_rows *, size_t, double))
{
    struct update_sums sums = {0};
    for (size_t i = 0; i < u->count; i++) {
        const double w = (double)u->weight[i];
        const double change = change_of(u, i, u->scale * (double)u->dweight[i]);
        sums.weight += w * w;
        sums.change += change * change;
        u->weight[i] = (real)(w - change);
    }
    return sums;
}

struct update_sums plain_adamw(const struct update_rows *u)
{
    return update(u, adamw_change);
}

struct update_sums plain_adam(const struct update_rows *u)
{
    return update(u, adam_change_of);
}

struct update_sums plain_radam(const struct update_rows *u)
{
    return update(u, radam_change);
}

struct update_sums plain_lion(const struct update_rows *u)
{
    return update(u, lion_change);
}

struct update_sums plain_sgd(const struct update_rows *u)
{
    return update(u, sgd_change);
}

struct update_sums plain_momentum(const struct update_rows *u)
{
    return update(u, momentum_change);
}

/* ---- Muon (Jordan 2024), as kernels.h has it --------------------------------------------------*/

/* m = b m + (1 - b) g,  x = (1 - b) g + b m,  b = 0.95; x lies transposed where W is higher than
 * wide, so that it is [least][most]. */
static void muon_direction(const struct update_rows *u, real *x)
{
    const bool high = u->rows > u->cols;
    for (int row = 0; row < u->rows; row++) {
        for (int col = 0; col < u->cols; col++) {
            const int i = row * u->cols + col;
            const double g = u->scale * (double)u->dweight[i];
            const double m = MUON_MOMENTUM * (double)u->first[i] + (1 - MUON_MOMENTUM) * g;
            u->first[i] = (real)m;
            x[high ? col * u->rows + row : i] = (real)((1 - MUON_MOMENTUM) * g + MUON_MOMENTUM * m);
        }
    }
}

/* C = A B, or A B^T */
static void muon_product(real *c,       /* [rows][columns] */
                         const real *a, /* [rows][depth] */
                         const real *b, /* [depth][columns], or [columns][depth] */
                         int rows, int columns, int depth, bool transposed)
{
    for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
            double sum = 0;
            for (int k = 0; k < depth; k++)
                sum += (double)a[i * depth + k] *
                       (double)b[transposed ? j * depth + k : k * columns + j];
            c[i * columns + j] = (real)sum;
        }
    }
}

/* X = X / (|X| + 1e-7), and five times A = X X^T, X = a X + (b A + c A A) X. */
static void muon_orthogonalise(real *x,       /* [m][n], m <= n */
                               real *scratch, /* [m][n] and twice [m][m] */
                               int m, int n)
{
    real *product = scratch, *a = product + m * n, *b = a + m * m;
    double square = 0;
    for (int i = 0; i < m * n; i++)
        square += (double)x[i] * (double)x[i];
    for (int i = 0; i < m * n; i++)
        x[i] = (real)((double)x[i] / (sqrt(square) + MUON_TINY));
    for (int step = 0; step < MUON_STEPS; step++) {
        muon_product(a, x, x, m, m, n, true);
        muon_product(b, a, a, m, m, m, false);
        for (int i = 0; i < m * m; i++)
            b[i] = (real)(MUON_B * (double)a[i] + MUON_C * (double)b[i]);
        muon_product(product, b, x, m, n, m, false);
        for (int i = 0; i < m * n; i++)
            x[i] = (real)(MUON_A * (double)x[i] + (double)product[i]);
    }
}

/* lr (0.2 sqrt(max(rows, cols)) X + decay w) */
struct update_sums plain_muon(const struct update_rows *u)
{
    const bool high = u->rows > u->cols;
    const int m = high ? u->cols : u->rows, n = high ? u->rows : u->cols;
    real *x = u->scratch; /* [m][n] */
    struct update_sums sums = {0};
    muon_direction(u, x);
    muon_orthogonalise(x, x + u->count, m, n);
    for (int row = 0; row < u->rows; row++) {
        for (int col = 0; col < u->cols; col++) {
            const int i = row * u->cols + col;
            const double w = (double)u->weight[i];
            const double direction = (double)x[high ? col * u->rows + row : i];
            const double change = u->lr * (MUON_SIZE * sqrt(n) * direction + u->decay * w);
            sums.weight += w * w;
            sums.change += change * change;
            u->weight[i] = (real)(w - change);
        }
    }
    return sums;
}
