/* The vectorised loops; see kernels.h.
 *
 * Compiled once per instruction set with KERNELS_TABLE (the table's symbol), KERNELS_NAME and
 * KERNELS_BYTES (the vector register's width). Loops are plain C with `omp simd`, or the compiler's
 * vector type where accumulators must stay in registers. Nothing here relies on fast-math: a NaN
 * stays a NaN. */
#include "core/kernels.h"

#include "base/memory.h"

#include <float.h>
#include <math.h>
#include <string.h>

typedef real vector __attribute__((vector_size(KERNELS_BYTES), aligned(sizeof(real)), may_alias));
typedef __typeof__((vector){0} > (vector){0}) mask; /* all bits of a lane, or none */
enum {
    LANES = KERNELS_BYTES / sizeof(real),
    PAD = 16, /* attention arrays are padded to this many numbers, in every build */
    TILE = 8, /* rows of a register tile */
    SUM_BLOCK = 512
};

#define INLINE static inline __attribute__((always_inline))

INLINE int least(int a, int b)
{
    return a < b ? a : b;
}

/* ---- exp ---------------------------------------------------------------------------------------
 * x = n ln2 + r with |r| <= ln2/2; e^r by its Taylor polynomial (degree 6: 2e-8 relative on that
 * interval, refined by minimax coefficients as in Cephes' expf); 2^n by building the exponent.
 * Arguments are clamped where the result leaves the normal range; a NaN passes through. */
#ifdef LNSCOPE_REAL_DOUBLE
INLINE real exp_fast(real x)
{
    return exp(x);
}
#else
INLINE real exp_fast(real x)
{
    const float shift = 0x1.8p23f; /* adding and subtracting it rounds to the nearest whole */
    float clamped = x < -87.3f ? -87.3f : x;
    clamped = clamped > 88.3f ? 88.3f : clamped;
    float n = (clamped * 1.44269504088896341f + shift) - shift;
    float r = clamped - n * 0.693359375f;
    r = r + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    int32_t bits = (int32_t)((uint32_t)((int32_t)n + 127) << 23);
    float power;
    memcpy(&power, &bits, sizeof power);
    return p * power;
}
#endif

/* tanh: near 0 by Cephes' tanhf polynomial, elsewhere 1 - 2 / (e^(2|x|) + 1), which is exact to
 * rounding where the result is not small. */
#ifdef LNSCOPE_REAL_DOUBLE
INLINE real tanh_fast(real x)
{
    return tanh(x);
}
#else
INLINE real tanh_fast(real x)
{
    float size = x < 0 ? -x : x, square = x * x;
    float p = -5.70498872745e-3f;
    p = p * square + 2.06390887954e-2f;
    p = p * square - 5.37397155531e-2f;
    p = p * square + 1.33314422036e-1f;
    p = p * square - 3.33332819422e-1f;
    float small = p * square * x + x;
    float large = 1 - 2 / (exp_fast(2 * size) + 1);
    large = x < 0 ? -large : large;
    return size < 0.625f ? small : large;
}
#endif

/* ---- log ---------------------------------------------------------------------------------------
 * x = 2^n m with m in [sqrt(1/2), sqrt(2)); ln m by Cephes' logf polynomial. Of what is below the
 * normal range, the logarithm of its least number; only for x >= 0. */
#ifdef LNSCOPE_REAL_DOUBLE
INLINE real log_fast(real x)
{
    return log(x < DBL_MIN ? DBL_MIN : x);
}
#else
INLINE real log_fast(real x)
{
    const int32_t root_half = 0x3f3504f3;
    float clamped = x < FLT_MIN ? FLT_MIN : x;
    int32_t bits;
    memcpy(&bits, &clamped, sizeof bits);
    int32_t n = (bits - root_half) >> 23;
    bits -= (int32_t)((uint32_t)n << 23);
    float m;
    memcpy(&m, &bits, sizeof m);
    float f = m - 1, square = f * f, power = (float)n;
    float p = 7.0376836292e-2f;
    p = p * f - 1.1514610310e-1f;
    p = p * f + 1.1676998740e-1f;
    p = p * f - 1.2420140846e-1f;
    p = p * f + 1.4249322787e-1f;
    p = p * f - 1.6668057665e-1f;
    p = p * f + 2.0000714765e-1f;
    p = p * f - 2.4999993993e-1f;
    p = p * f + 3.3333331174e-1f;
    p = p * f * square - 2.12194440e-4f * power - 0.5f * square;
    return f + p + 0.693359375f * power;
}
#endif

static void exponential(const real *restrict x, real *restrict y, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        y[i] = exp_fast(x[i]);
}

static void hyperbolic_tangent(const real *restrict x, real *restrict y, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        y[i] = tanh_fast(x[i]);
}

/* ---- matrix products ---------------------------------------------------------------------------
 * A tile of the result stays in registers while the depth runs: C[row][vector] += A(row, k) B[k].
 * B is packed, a block of at most DEPTH x PANEL at a time, into a buffer that stays in the
 * first-level cache for all rows of A. At the sizes of this program (weights of 64 x 64 to 1024 x
 * 256) this beats a general BLAS, which packs both sides for products far larger. */

enum {
    PANEL = PRODUCT_PANEL,
    DEPTH = 128,
    DEPTH_ACROSS = 64, /* where the rows of the block of A are far apart */
    PRODUCT_ROWS = 6,
    PRODUCT_VECTORS = KERNELS_BYTES == 64 ? 4 : 2,
    ROUND_SLOTS = 8, /* a round of a tile: so many slots of two steps each, */
    ROUND_STEPS = 2 * ROUND_SLOTS,
    ROUND_ROWS = 2 /* in which so many rows of the next block of B are asked for */
};

INLINE vector load(const real *from)
{
    return *(const vector *)from;
}

INLINE void store(real *to, vector value)
{
    *(vector *)to = value;
}

/* A block of the product. */
struct product_block {
    const real *a;
    size_t a_stride;
    const real *b; /* [depth][PANEL], packed */
    int depth;
    real *c;
    size_t c_stride;
    bool add;         /* to C, which earlier blocks have begun */
    const real *next; /* the block of B that is packed after this one; rows of PANEL numbers */
    size_t next_stride;
};

typedef vector product_sums[PRODUCT_ROWS][PRODUCT_VECTORS];

/* Six rows with few registers: three from each of two places. */
struct product_rows {
    uintptr_t upper, lower;
    size_t stride; /* bytes */
};

INLINE struct product_rows product_rows_at(const real *first, size_t stride)
{
    const size_t bytes = stride * sizeof(real);
    return (struct product_rows){(uintptr_t)first, (uintptr_t)first + 3 * bytes, bytes};
}

INLINE uintptr_t product_row(const struct product_rows *rows, int row)
{
    return row < 3 ? rows->upper + (size_t)row * rows->stride
                   : rows->lower + (size_t)(row - 3) * rows->stride;
}

INLINE void product_move(struct product_rows *rows, size_t bytes)
{
    rows->upper += bytes;
    rows->lower += bytes;
}

/* sum += A(rows, k) B[k] for one k; `a` is where A(., k) begins. */
INLINE void product_step(product_sums sum, const struct product_rows *a, const real *b, int rows,
                         int vectors, bool across)
{
    vector row[PRODUCT_VECTORS];
#pragma GCC unroll 8
    for (int j = 0; j < vectors; j++)
        row[j] = load(b + j * LANES);
#pragma GCC unroll 8
    for (int i = 0; i < rows; i++) {
        const real *at = across ? (const real *)a->upper + i : (const real *)product_row(a, i);
#pragma GCC unroll 8
        for (int j = 0; j < vectors; j++)
            sum[i][j] += *at * row[j];
    }
}

/* What the next tile will read, as addresses: what lies past the end is only asked for. */
struct product_ahead {
    struct product_rows a, c;
    uintptr_t b;
    size_t b_row; /* bytes */
};

/* Asks for a line of A, one of B and one of C: a slot's part. All at once they would hold up the
 * loads of the tile that is under way. */
INLINE void product_ask(const struct product_ahead *ahead, int slot, bool across, bool c_too)
{
    enum { LINES = ROUND_SLOTS / ROUND_ROWS };
    if (slot < PRODUCT_ROWS && c_too)
        __builtin_prefetch((const void *)product_row(&ahead->c, slot), 1);
    if (slot < PRODUCT_ROWS && !across)
        __builtin_prefetch((const void *)product_row(&ahead->a, slot));
    __builtin_prefetch((const void *)(ahead->b + (size_t)(slot / LINES) * ahead->b_row +
                                      (size_t)(slot % LINES) * MEMORY_ALIGNMENT));
}

/* Whole rounds of a tile of PRODUCT_ROWS; returns the steps that they took. */
INLINE int product_rounds(const struct product_block *block, product_sums sum,
                          struct product_rows a, const real *b, struct product_ahead ahead,
                          int vectors, bool across)
{
    const int rounds = block->depth / ROUND_STEPS;
    const int c_rounds = (vectors * KERNELS_BYTES + MEMORY_ALIGNMENT - 1) / MEMORY_ALIGNMENT;
    const size_t step = across ? block->a_stride * sizeof(real) : sizeof(real);
    for (int round = 0; round < rounds; round++) {
#pragma GCC unroll 8
        for (int slot = 0; slot < ROUND_SLOTS; slot++) {
            product_ask(&ahead, slot, across, round < c_rounds);
#pragma GCC unroll 2
            for (int half = 0; half < 2; half++) {
                product_step(sum, &a, b, PRODUCT_ROWS, vectors, across);
                product_move(&a, step);
                /* One addition a step: the compiler would rather keep all multiples of it, in
                 * registers that it does not have. */
                if (across)
                    __asm__("" : "+r"(a.upper));
                b += PANEL;
            }
        }
        product_move(&ahead.a, MEMORY_ALIGNMENT);
        product_move(&ahead.c, MEMORY_ALIGNMENT);
        ahead.b += ROUND_ROWS * ahead.b_row;
    }
    return rounds * ROUND_STEPS;
}

/* `rows` rows of the block from row i on. `across`: A lies as its transpose. */
INLINE void product_tile(const struct product_block *block, int i, int at, int rows, int vectors,
                         bool across)
{
    const size_t a_row = across ? 1 : block->a_stride, a_step = across ? block->a_stride : 1;
    const size_t c_stride = block->c_stride;
    const real *a = block->a + (size_t)i * a_row, *b = block->b + at;
    real *c = block->c + (size_t)i * c_stride + at;
    int k = 0;
    product_sums sum;
#pragma GCC unroll 8
    for (int row = 0; row < rows; row++)
#pragma GCC unroll 8
        for (int j = 0; j < vectors; j++)
            sum[row][j] = block->add ? load(c + (size_t)row * c_stride + j * LANES) : (vector){0};
    if (rows == PRODUCT_ROWS) {
        const int asked = block->depth / ROUND_STEPS * ROUND_ROWS;
        const int first_asked = i / PRODUCT_ROWS * asked;
        const bool b_too = first_asked < block->depth;
        const struct product_ahead ahead = {
            .a = product_rows_at(a + PRODUCT_ROWS * a_row, a_row),
            .c = product_rows_at(c + PRODUCT_ROWS * c_stride, c_stride),
            .b = b_too ? (uintptr_t)block->next +
                             (size_t)first_asked * block->next_stride * sizeof(real)
                       : (uintptr_t)block->b,
            .b_row = b_too ? block->next_stride * sizeof(real) : 0,
        };
        k = product_rounds(block, sum, product_rows_at(a, a_row), b, ahead, vectors, across);
    }
    for (; k < block->depth; k++) {
        const struct product_rows a_rows = product_rows_at(a + (size_t)k * a_step, a_row);
        product_step(sum, &a_rows, b + (size_t)k * PANEL, rows, vectors, across);
    }
#pragma GCC unroll 8
    for (int row = 0; row < rows; row++)
#pragma GCC unroll 8
        for (int j = 0; j < vectors; j++)
            store(c + (size_t)row * c_stride + j * LANES, sum[row][j]);
}

/* All rows of one strip of `vectors` vectors, from column `at` of the block. */
INLINE void product_strip(const struct product_block *block, int rows, int at, int vectors,
                          bool across)
{
    int i = 0;
    for (; i + PRODUCT_ROWS <= rows; i += PRODUCT_ROWS)
        product_tile(block, i, at, PRODUCT_ROWS, vectors, across);
    if (i + 4 <= rows) {
        product_tile(block, i, at, 4, vectors, across);
        i += 4;
    }
    if (i + 2 <= rows) {
        product_tile(block, i, at, 2, vectors, across);
        i += 2;
    }
    if (i < rows)
        product_tile(block, i, at, 1, vectors, across);
}

/* Whole vectors of the block's columns. */
INLINE void product_strips(const struct product_block *block, int rows, int columns, bool across)
{
    int at = 0;
    for (; at + PRODUCT_VECTORS * LANES <= columns; at += PRODUCT_VECTORS * LANES)
        product_strip(block, rows, at, PRODUCT_VECTORS, across);
#if KERNELS_BYTES == 64
    if (columns - at >= 3 * LANES) {
        product_strip(block, rows, at, 3, across);
        return;
    }
    if (columns - at >= 2 * LANES) {
        product_strip(block, rows, at, 2, across);
        return;
    }
#endif
    if (columns > at)
        product_strip(block, rows, at, 1, across);
}

static void product_columns(const struct product_block *block, int rows, int columns, bool across)
{
    if (across)
        product_strips(block, rows, columns, true);
    else
        product_strips(block, rows, columns, false);
}

/* The last, narrow panel: computed in a padded tile, of which only the real columns are kept. */
static void product_narrow(const struct product_block *block, int rows, int columns, bool across)
{
    real tile[PRODUCT_ROWS * PANEL] __attribute__((aligned(64)));
    for (int i = 0; i < rows; i += PRODUCT_ROWS) {
        const int count = least(PRODUCT_ROWS, rows - i);
        real *c = block->c + (size_t)i * block->c_stride;
        struct product_block part = *block;
        part.a += (size_t)i * (across ? 1 : block->a_stride);
        part.c = tile;
        part.c_stride = PANEL;
        for (int r = 0; r < count && block->add; r++)
            memcpy(tile + r * PANEL, c + (size_t)r * block->c_stride,
                   (size_t)columns * sizeof(real));
        product_columns(&part, count, (columns + LANES - 1) / LANES * LANES, across);
        for (int r = 0; r < count; r++)
            memcpy(c + (size_t)r * block->c_stride, tile + r * PANEL,
                   (size_t)columns * sizeof(real));
    }
}

/* Copies `rows` rows of a block of B, its missing columns as 0. */
INLINE void product_pack(real *restrict packed, const real *restrict b, size_t b_stride, int rows,
                         int columns)
{
    for (int row = 0; row < rows; row++, packed += PANEL, b += b_stride) {
        if (columns == PANEL) {
#pragma GCC unroll 16
            for (int j = 0; j < PANEL; j += LANES)
                store(packed + j, load(b + j));
            continue;
        }
        memcpy(packed, b, (size_t)columns * sizeof(real));
        memset(packed + columns, 0, (size_t)(PANEL - columns) * sizeof(real));
    }
}

/* The rows of B from k on of the panel at column j, and how far they are apart. */
INLINE const real *product_panel(const struct product *p, int k, int j, size_t *stride)
{
    if (!p->b_panels) {
        *stride = (size_t)p->columns;
        return p->b + (size_t)k * *stride + j;
    }
    *stride = (size_t)least(PANEL, p->columns - j);
    return p->b + (size_t)j * (size_t)p->depth + (size_t)k * *stride;
}

static void product(const struct product *p)
{
    real packed[DEPTH * PANEL] __attribute__((aligned(64)));
    const int depth = p->a_across ? DEPTH_ACROSS : DEPTH;
    for (int j = 0; j < p->columns; j += PANEL) {
        const int columns = least(PANEL, p->columns - j);
        for (int k = 0; k < p->depth; k += depth) {
            struct product_block block = {
                .a = p->a + (size_t)k * (p->a_across ? p->a_stride : 1),
                .a_stride = p->a_stride,
                .depth = least(depth, p->depth - k),
                .c = p->c + j,
                .c_stride = (size_t)p->columns,
                .add = k > 0,
            };
            size_t stride;
            block.b = product_panel(p, k, j, &stride);
            if (stride != PANEL) { /* else it is such a block already */
                product_pack(packed, block.b, stride, block.depth, columns);
                block.b = packed;
            }
            block.next = block.b;
            if (k + depth < p->depth)
                block.next = product_panel(p, k + depth, j, &block.next_stride);
            else if (j + PANEL < p->columns)
                block.next = product_panel(p, 0, j + PANEL, &block.next_stride);
            if (columns % LANES == 0)
                product_columns(&block, p->rows, columns, p->a_across);
            else
                product_narrow(&block, p->rows, columns, p->a_across);
        }
    }
}

typedef real square_row
    __attribute__((vector_size(4 * sizeof(real)), aligned(sizeof(real)), may_alias));

/* to[0..3][0..3] = from transposed, in registers. */
INLINE void transpose_square(const real *from, size_t from_stride, real *to, size_t to_stride)
{
    const square_row a = *(const square_row *)from, b = *(const square_row *)(from + from_stride),
                     c = *(const square_row *)(from + 2 * from_stride),
                     d = *(const square_row *)(from + 3 * from_stride);
    const square_row ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5),
                     ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7),
                     cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5),
                     cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    *(square_row *)to = __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5);
    *(square_row *)(to + to_stride) = __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7);
    *(square_row *)(to + 2 * to_stride) = __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5);
    *(square_row *)(to + 3 * to_stride) = __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7);
}

/* `to_stride` from column to column of `from`. As many columns at a time as a cache line of it has
 * numbers; the lines of the next ones, and where they go to, are asked for meanwhile. */
INLINE void transpose_strided(const real *from, size_t from_stride, real *to, size_t to_stride,
                              int rows, int columns)
{
    enum { SQUARE = 4, LINE = MEMORY_ALIGNMENT / sizeof(real) };
    const int whole_rows = rows / SQUARE * SQUARE, whole_columns = columns / SQUARE * SQUARE;
    for (int first = 0; first < whole_columns; first += LINE) {
        const int end = least(first + LINE, whole_columns);
        for (int i = 0; i < whole_rows; i += SQUARE) {
            const uintptr_t next = (uintptr_t)(from + (size_t)i * from_stride + first);
            const uintptr_t next_to = (uintptr_t)(to + (size_t)first * to_stride + i);
            for (size_t line = 0; line < SQUARE && end < whole_columns; line++) {
                __builtin_prefetch(
                    (const void *)(next + MEMORY_ALIGNMENT + line * from_stride * sizeof(real)));
                __builtin_prefetch((const void *)(next_to + (LINE + (size_t)(i % LINE) + line) *
                                                                to_stride * sizeof(real)),
                                   1);
            }
            for (int j = first; j < end; j += SQUARE)
                transpose_square(from + (size_t)i * from_stride + j, from_stride,
                                 to + (size_t)j * to_stride + i, to_stride);
        }
    }
    for (int i = 0; i < rows; i++)
        for (int j = i < whole_rows ? whole_columns : 0; j < columns; j++)
            to[(size_t)j * to_stride + (size_t)i] = from[(size_t)i * from_stride + (size_t)j];
}

static void panels(const real *from, real *to, int rows, int columns)
{
    for (int i = 0; i < rows; i += PANEL) {
        const size_t at = (size_t)i * (size_t)columns;
        const int width = least(PANEL, rows - i);
        transpose_strided(from + at, (size_t)columns, to + at, (size_t)width, width, columns);
    }
}

/* ---- norms -----------------------------------------------------------------------------------*/

INLINE real sum_row(const real *restrict x, int D)
{
    real sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int i = 0; i < D; i++)
        sum += x[i];
    return sum;
}

/* In the loops below `centred` (LayerNorm), `biased` and `plain` (offset 0, scale 1) are constants
 * where it matters: each common case is compiled on its own. */
INLINE void normalize(const struct norm_rows *norm, real *restrict y, bool centred, bool biased,
                      bool plain)
{
    const int D = norm->width;
    const real *restrict gain = norm->gain, *restrict bias = norm->bias;
    const real offset = plain ? 0 : norm->offset, scale = plain ? 1 : norm->scale;
    for (int row = 0; row < norm->rows; row++) {
        const real *restrict x = norm->x + (size_t)row * (size_t)D;
        real *restrict out = y + (size_t)row * (size_t)D;
        real square = 0, mean = 0;
        if (centred)
            norm->mean[row] = mean = sum_row(x, D) / (real)D;
#pragma omp simd reduction(+ : square)
        for (int i = 0; i < D; i++)
            square += (x[i] - mean) * (x[i] - mean);
        real rstd = 1 / (real)sqrt(square / (real)D + (real)NORM_EPSILON);
        norm->rstd[row] = rstd;
#pragma omp simd
        for (int i = 0; i < D; i++) {
            real weight = plain ? gain[i] : scale * (offset + gain[i]);
            real shift = biased ? scale * bias[i] : 0;
            out[i] = (x[i] - mean) * rstd * weight + shift;
        }
    }
}

/* forward: xhat = (x - mean) * rstd;  y = scale * (gain * xhat + bias)
 * backward: with d = scale * dy and g = gain * d,
 *     dx = rstd * (g - mean(g) - xhat * mean(g * xhat))      (RMSNorm: without mean(g))
 *     dgain += d * xhat,  dbias += d */
INLINE void normalize_backward(const struct norm_rows *norm, const real *dy, const real *skip,
                               real *dx, bool centred, bool plain)
{
    const int D = norm->width;
    const real *restrict gain = norm->gain;
    real *restrict dgain = norm->dgain, *restrict dbias = norm->dbias;
    const real offset = plain ? 0 : norm->offset, scale = plain ? 1 : norm->scale;
    for (int row = 0; row < norm->rows; row++) {
        size_t at = (size_t)row * (size_t)D;
        const real *restrict x = norm->x + at;
        const real *g = dy + at;
        real rstd = norm->rstd[row], mean = centred ? norm->mean[row] : 0;
        real sum = 0, product = 0;
#pragma omp simd reduction(+ : sum, product)
        for (int i = 0; i < D; i++) {
            real xhat = (x[i] - mean) * rstd, d = plain ? g[i] : scale * g[i];
            real weighted = d * (plain ? gain[i] : offset + gain[i]);
            sum += weighted;
            product += weighted * xhat;
            dgain[i] += d * xhat;
        }
        if (dbias) {
#pragma omp simd
            for (int i = 0; i < D; i++)
                dbias[i] += plain ? g[i] : scale * g[i];
        }
        sum = centred ? sum / (real)D : 0;
        product /= (real)D;
        real *out = dx + at;
        if (skip) {
            const real *base = skip + at;
#pragma omp simd
            for (int i = 0; i < D; i++) {
                real weight = plain ? gain[i] : scale * (offset + gain[i]);
                out[i] = base[i] + rstd * (g[i] * weight - sum - (x[i] - mean) * rstd * product);
            }
        } else {
#pragma omp simd
            for (int i = 0; i < D; i++) {
                real weight = plain ? gain[i] : scale * (offset + gain[i]);
                out[i] = rstd * (g[i] * weight - sum - (x[i] - mean) * rstd * product);
            }
        }
    }
}

/* DyT (Zhu 2025): xhat = tanh(alpha x) */
static void dyt_forward(const struct norm_rows *norm, real *restrict y)
{
    const int D = norm->width;
    const real *restrict gain = norm->gain, *restrict bias = norm->bias;
    const real alpha = norm->alpha[0], offset = norm->offset, scale = norm->scale;
    for (int row = 0; row < norm->rows; row++) {
        const real *restrict x = norm->x + (size_t)row * (size_t)D;
        real *restrict out = y + (size_t)row * (size_t)D;
#pragma omp simd
        for (int i = 0; i < D; i++)
            out[i] = scale * (offset + gain[i]) * tanh_fast(alpha * x[i]);
        if (bias) {
#pragma omp simd
            for (int i = 0; i < D; i++)
                out[i] += scale * bias[i];
        }
    }
}

/* backward: with d = scale * dy and u = gain * d * (1 - xhat^2),
 *     dx = alpha * u,  dalpha += x * u,  dgain += d * xhat,  dbias += d */
static void dyt_backward(const struct norm_rows *norm, const real *dy, const real *skip, real *dx)
{
    const int D = norm->width;
    const real *restrict gain = norm->gain;
    real *restrict dgain = norm->dgain, *restrict dbias = norm->dbias;
    const real alpha = norm->alpha[0], offset = norm->offset, scale = norm->scale;
    for (int row = 0; row < norm->rows; row++) {
        size_t at = (size_t)row * (size_t)D;
        const real *restrict x = norm->x + at;
        const real *g = dy + at, *base = skip ? skip + at : NULL;
        real *out = dx + at, sum = 0;
        if (dbias) {
#pragma omp simd
            for (int i = 0; i < D; i++)
                dbias[i] += scale * g[i];
        }
#pragma omp simd reduction(+ : sum)
        for (int i = 0; i < D; i++) {
            real xhat = tanh_fast(alpha * x[i]), d = scale * g[i];
            real u = (offset + gain[i]) * d * (1 - xhat * xhat);
            dgain[i] += d * xhat;
            sum += x[i] * u;
            out[i] = (base ? base[i] : 0) + alpha * u;
        }
        norm->dalpha[0] += sum;
    }
}

static bool is_plain(const struct norm_rows *norm)
{
    return norm->offset == 0 && norm->scale == 1;
}

static void norm_forward(const struct norm_rows *norm, real *restrict y)
{
    const bool centred = norm->kind == NORM_LAYERNORM, biased = norm->bias != NULL;
    if (norm->kind == NORM_DYT)
        dyt_forward(norm, y);
    else if (!is_plain(norm))
        normalize(norm, y, centred, biased, false);
    else if (centred && biased)
        normalize(norm, y, true, true, true);
    else
        normalize(norm, y, centred, biased, true);
}

static void norm_backward(const struct norm_rows *norm, const real *dy, const real *skip, real *dx)
{
    if (norm->kind == NORM_DYT)
        dyt_backward(norm, dy, skip, dx);
    else if (!is_plain(norm))
        normalize_backward(norm, dy, skip, dx, norm->kind == NORM_LAYERNORM, false);
    else if (norm->kind == NORM_LAYERNORM)
        normalize_backward(norm, dy, skip, dx, true, true);
    else
        normalize_backward(norm, dy, skip, dx, false, true);
}

/* ---- activations -------------------------------------------------------------------------------
 * GELU in the tanh form (Hendrycks 2016): x/2 (1 + tanh u) = x s, s = 1 / (1 + e^(-2u)),
 * u = sqrt(2/pi) (x + 0.044715 x^3). Its slope is s + x s (1 - s) 2u'. SiLU is x s with
 * s = 1 / (1 + e^(-x)), and its slope s + x s (1 - s). */

/* What the activation, or the gate of a gated one, makes of x, and its slope there. */
INLINE real active_of(enum activation kind, real x, real *slope)
{
    const real c0 = (real)(2 * 0.79788456080286535588), c1 = (real)0.044715;
    if (kind == ACTIVATION_RELU) {
        *slope = x > 0 ? (real)1 : (real)0;
        return x < 0 ? 0 : x; /* a NaN stays one */
    }
    if (kind == ACTIVATION_SWIGLU) {
        real s = 1 / (1 + exp_fast(-x));
        *slope = s + x * s * (1 - s);
        return x * s;
    }
    real cube = c1 * x * x;
    real s = 1 / (1 + exp_fast(-c0 * x * (1 + cube)));
    *slope = s + x * s * (1 - s) * c0 * (1 + 3 * cube);
    return x * s;
}

INLINE void plain_rows(const struct activation_rows *a, enum activation kind, bool biased)
{
    const int F = a->width;
    const real *restrict bias = a->up_bias;
    for (int row = 0; row < a->rows; row++) {
        real *restrict up = a->up + (size_t)row * (size_t)F;
        real *restrict active = a->active + (size_t)row * (size_t)F;
#pragma omp simd
        for (int i = 0; i < F; i++) {
            real slope;
            active[i] = active_of(kind, biased ? up[i] + bias[i] : up[i], &slope);
            up[i] = slope;
        }
    }
}

INLINE void gated_rows(const struct activation_rows *a, enum activation kind, bool biased)
{
    const int F = a->width;
    const real *restrict up_bias = a->up_bias, *restrict gate_bias = a->gate_bias;
    for (int row = 0; row < a->rows; row++) {
        real *restrict up = a->up + (size_t)row * (size_t)F;
        real *restrict gate = a->gate + (size_t)row * (size_t)F;
        real *restrict active = a->active + (size_t)row * (size_t)F;
#pragma omp simd
        for (int i = 0; i < F; i++) {
            real x = biased ? up[i] + up_bias[i] : up[i], slope;
            real open = active_of(kind, biased ? gate[i] + gate_bias[i] : gate[i], &slope);
            active[i] = x * open;
            up[i] = open;
            gate[i] = x * slope;
        }
    }
}

/* Compiled twice each, so that rows without biases do not look for them. */
INLINE void plain_forward(const struct activation_rows *a, enum activation kind)
{
    if (a->up_bias)
        plain_rows(a, kind, true);
    else
        plain_rows(a, kind, false);
}

INLINE void gated_forward(const struct activation_rows *a, enum activation kind)
{
    if (a->up_bias)
        gated_rows(a, kind, true);
    else
        gated_rows(a, kind, false);
}

static void gelu_forward(const struct activation_rows *a)
{
    plain_forward(a, ACTIVATION_GELU);
}

static void relu_forward(const struct activation_rows *a)
{
    plain_forward(a, ACTIVATION_RELU);
}

static void swiglu_forward(const struct activation_rows *a)
{
    gated_forward(a, ACTIVATION_SWIGLU);
}

static void geglu_forward(const struct activation_rows *a)
{
    gated_forward(a, ACTIVATION_GEGLU);
}

/* to = d * slope, summed up in dbias where there is one; `to` may be `d`. */
INLINE void slope_backward(const struct activation_rows *a, real *to, const real *d,
                           const real *slope, real *dbias)
{
    const int F = a->width;
    for (int row = 0; row < a->rows; row++) {
        const size_t at = (size_t)row * (size_t)F;
        real *out = to + at;
        const real *in = d + at, *factor = slope + at;
        if (dbias) {
#pragma omp simd
            for (int i = 0; i < F; i++) {
                real product = in[i] * factor[i];
                out[i] = product;
                dbias[i] += product;
            }
        } else {
#pragma omp simd
            for (int i = 0; i < F; i++)
                out[i] = in[i] * factor[i];
        }
    }
}

/* forward: active = act(up), or up * act(gate); up and gate hold its slopes by them
 * backward: dup = dactive * slope, dgate the same */
static void activation_backward(const struct activation_rows *a)
{
    if (a->gate)
        slope_backward(a, a->dgate, a->dup, a->gate, a->dgate_bias);
    slope_backward(a, a->dup, a->dup, a->up, a->dup_bias);
}

/* ---- biases, sums, joins ---------------------------------------------------------------------*/

static void bias_forward(real *restrict y, const real *restrict bias, int rows, int width)
{
    for (int row = 0; bias && row < rows; row++) {
        real *restrict out = y + (size_t)row * (size_t)width;
#pragma omp simd
        for (int i = 0; i < width; i++)
            out[i] += bias[i];
    }
}

static void bias_backward(const real *restrict dy, real *restrict dbias, int rows, int width)
{
    for (int row = 0; dbias && row < rows; row++) {
        const real *restrict d = dy + (size_t)row * (size_t)width;
#pragma omp simd
        for (int i = 0; i < width; i++)
            dbias[i] += d[i];
    }
}

static void add(real *restrict to, const real *restrict from, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        to[i] += from[i];
}

INLINE void join_as(const struct join_rows *join, bool each, bool biased)
{
    const int D = join->width;
    const real skip = join->skip, scale = join->scale;
    for (int row = 0; row < join->rows; row++) {
        size_t at = (size_t)row * (size_t)D;
        const real *x = join->x + at, *branch = join->branch + at, *bias = join->bias;
        const real *skip_each = join->skip_each;
        real *sum = join->sum + at;
#pragma omp simd
        for (int i = 0; i < D; i++)
            sum[i] = (each ? skip_each[i] : skip) * x[i] +
                     scale * (biased ? branch[i] + bias[i] : branch[i]);
    }
}

static void join_forward(const struct join_rows *join)
{
    if (join->skip_each)
        join_as(join, true, join->bias != NULL);
    else if (join->bias)
        join_as(join, false, true);
    else
        join_as(join, false, false);
}

/* forward: sum = a x + b branch
 * backward: dx = a dsum, da += x dsum;  dbranch = b dsum, db += sum of branch dsum */
static void skip_backward(const struct join_rows *join, const real *dsum, real *dx,
                          real *restrict dskip)
{
    const int D = join->width;
    for (int row = 0; row < join->rows; row++) {
        size_t at = (size_t)row * (size_t)D;
        const real *x = join->x + at, *skip_each = join->skip_each, *d = dsum + at;
        const real skip = join->skip;
        real *out = dx + at;
        if (skip_each) {
#pragma omp simd
            for (int i = 0; i < D; i++) {
                dskip[i] += x[i] * d[i];
                out[i] = skip_each[i] * d[i];
            }
        } else {
#pragma omp simd
            for (int i = 0; i < D; i++)
                out[i] = skip * d[i];
        }
    }
}

static void scale_backward(const struct join_rows *join, const real *dsum, real *dbranch,
                           real *dscale)
{
    const int D = join->width;
    const real scale = join->scale;
    for (int row = 0; row < join->rows; row++) {
        size_t at = (size_t)row * (size_t)D;
        const real *branch = join->branch + at, *d = dsum + at;
        real *out = dbranch + at, sum = 0;
        if (dscale) {
#pragma omp simd reduction(+ : sum)
            for (int i = 0; i < D; i++)
                sum += branch[i] * d[i];
            dscale[0] += sum;
        }
#pragma omp simd
        for (int i = 0; i < D; i++)
            out[i] = scale * d[i];
    }
}

/* ---- attention ---------------------------------------------------------------------------------
 * All products are one register tile: C[8][vector] = sum over k of A(k, row) * B[k][vector], where
 * A is read with any strides, so that transposes cost nothing. Operands are first packed into dense
 * scratch, padded with zeros to whole vectors; no loop has a remainder. */

struct tile {
    const real *a;
    size_t row_stride, step_stride; /* of a: from row to row, from k to k+1 */
    const real *b;                  /* [count][b_stride] */
    size_t b_stride;
    int count;
};

/* out[row][0..LANES) = the tile's product, for TILE rows `stride` apart. */
INLINE void tile_product(const struct tile *tile, real *out, size_t stride)
{
    vector sum[TILE];
    for (int row = 0; row < TILE; row++)
        sum[row] = (vector){0};
    const real *a = tile->a, *b = tile->b;
    const size_t row_stride = tile->row_stride;
    for (int k = 0; k < tile->count; k++) {
        vector column = load(b);
        for (int row = 0; row < TILE; row++)
            sum[row] += a[(size_t)row * row_stride] * column;
        a += tile->step_stride;
        b += tile->b_stride;
    }
    for (int row = 0; row < TILE; row++)
        store(out + (size_t)row * stride, sum[row]);
}

static int pad(int n)
{
    return (n + PAD - 1) / PAD * PAD;
}

/* Rows that tiles can read, or write, whole vectors of. */
struct dense {
    real *first;
    size_t stride;
};

/* Are the rows of a head made of whole tiles and vectors? Then they are used where they lie. */
INLINE bool is_dense(int T, int W)
{
    return T % TILE == 0 && W % LANES == 0;
}

/* to[Tp][Wp] = from, zero outside. */
static struct dense pack(real *restrict to, struct strided from, int T, int W)
{
    const int Tp = pad(T), Wp = pad(W);
    if (is_dense(T, W))
        return (struct dense){from.first, (size_t)from.stride};
    memset(to, 0, (size_t)Tp * (size_t)Wp * sizeof *to);
    for (int t = 0; t < T; t++)
        memcpy(to + t * Wp, from.first + (size_t)t * (size_t)from.stride, (size_t)W * sizeof *to);
    return (struct dense){to, (size_t)Wp};
}

/* to[Tp][Wp] = scale * from, zero outside. */
static struct dense pack_scaled(real *restrict to, struct strided from, int T, int W, real scale)
{
    const int Tp = pad(T), Wp = pad(W);
    if (W < Wp || T < Tp)
        memset(to, 0, (size_t)Tp * (size_t)Wp * sizeof *to);
    for (int t = 0; t < T; t++) {
        const real *restrict row = from.first + (size_t)t * (size_t)from.stride;
        int d = 0;
        for (; d + LANES <= W; d += LANES)
            store(to + t * Wp + d, scale * load(row + d));
        for (; d < W; d++)
            to[t * Wp + d] = scale * row[d];
    }
    return (struct dense){to, (size_t)Wp};
}

/* to[W][Tp] = from transposed, zero outside. */
static struct dense pack_transposed(real *to, struct strided from, int T, int W)
{
    const int Tp = pad(T);
    transpose_strided(from.first, (size_t)from.stride, to, (size_t)Tp, T, W);
    for (int d = 0; d < W && T < Tp; d++)
        memset(to + d * Tp + T, 0, (size_t)(Tp - T) * sizeof *to);
    return (struct dense){to, (size_t)Tp};
}

/* Where tiles write a result that is for `to`: there, or on scratch that unpack() takes it from. */
INLINE struct dense result_for(struct strided to, real *scratch, const struct attention_head *head,
                               bool add_up)
{
    if (is_dense(head->tokens, head->width) && !add_up)
        return (struct dense){to.first, (size_t)to.stride};
    return (struct dense){scratch, (size_t)pad(head->width)};
}

static void unpack(struct strided to, const struct dense *from, int T, int W, bool add_up)
{
    for (int t = 0; t < T && from->first != to.first; t++) {
        real *restrict row = to.first + (size_t)t * (size_t)to.stride;
        const real *restrict result = from->first + (size_t)t * from->stride;
#pragma omp simd
        for (int d = 0; d < W; d++)
            row[d] = add_up ? row[d] + result[d] : result[d];
    }
}

/* Keys or queries `from` .. `to - 1`. */
struct span {
    int from, to;
};

/* How far a query sees: keys closer than this. */
INLINE int reach(const struct attention_head *head)
{
    return head->window > 0 && head->window < head->tokens ? head->window : head->tokens;
}

/* The keys that query t sees; a padding query sees what the last one does. */
INLINE struct span keys_seen(const struct attention_head *head, int t)
{
    const int T = head->tokens, query = least(t, T - 1);
    const int from = query - reach(head) + 1, to = query + (head->causal ? 1 : reach(head));
    return (struct span){from > 0 ? from : 0, least(to, T)};
}

/* Those that some of the `count` queries from t on sees. */
INLINE struct span keys_of(const struct attention_head *head, int t, int count)
{
    return (struct span){keys_seen(head, t).from, keys_seen(head, t + count - 1).to};
}

/* Those, in whole tiles: all that is computed of the vector, or tile, of queries at t. */
INLINE struct span keys_computed(const struct attention_head *head, int t)
{
    enum { UNIT = LANES > TILE ? LANES : TILE };
    const struct span keys = keys_of(head, t / UNIT * UNIT, UNIT);
    return (struct span){keys.from / TILE * TILE, (keys.to + TILE - 1) / TILE * TILE};
}

/* The queries that see some key of the tile at row j. */
INLINE struct span queries_seeing(const struct attention_head *head, int j)
{
    const int T = head->tokens, from = head->causal ? j : j - reach(head) + 1;
    const int to = j + TILE - 1 + reach(head);
    return (struct span){from > 0 ? from : 0, least(to, T)};
}

/* The bounds of what each of a vector of queries sees. */
struct bounds {
    real from[LANES], to[LANES];
};

INLINE struct bounds bounds_of(const struct attention_head *head, int t)
{
    struct bounds bounds;
#pragma omp simd
    for (int lane = 0; lane < LANES; lane++) {
        const struct span seen = keys_seen(head, t + lane);
        bounds.from[lane] = (real)seen.from;
        bounds.to[lane] = (real)seen.to;
    }
    return bounds;
}

/* a where it is greater and the queries see key j, else b. */
INLINE vector greater_seen(vector a, vector b, const struct bounds *bounds, int j)
{
    const vector key = (vector){0} + (real)j;
    const mask take = (a > b) & (key >= load(bounds->from)) & (key < load(bounds->to));
    return (vector)((take & (mask)a) | (~take & (mask)b));
}

/* The sum of a[j] b[j] over the keys j, in PAD parts that are summed up then; b NULL: of a[j]. */
INLINE vector sum_over_keys(const real *a, const real *b, size_t stride, struct span keys)
{
    vector sum = (vector){0};
    for (int part = 0; part < PAD; part++) {
        vector of_part = (vector){0};
        for (int j = keys.from / PAD * PAD + part; j < keys.to; j += PAD) {
            const size_t at = (size_t)j * stride;
            if (j < keys.from)
                continue;
            if (b)
                of_part += load(a + at) * load(b + at);
            else
                of_part += load(a + at);
        }
        sum += of_part;
    }
    return sum;
}

/* Softmax of a vector of queries over the keys that each sees: columns of `scores`, whose rows are
 * `stride` apart; 0 where it does not see a key of `keys`. */
INLINE void softmax(const struct attention_head *head, real *restrict scores, size_t stride, int t,
                    struct span keys)
{
    const struct bounds bounds = bounds_of(head, t);
    vector highest = (vector){0} - (real)INFINITY;
    real top[LANES];
    for (int j = keys.from; j < keys.to; j++)
        highest = greater_seen(load(scores + (size_t)j * stride), highest, &bounds, j);
    store(top, highest);
    for (int j = keys.from; j < keys.to; j++) {
        real *restrict row = scores + (size_t)j * stride;
#pragma omp simd
        for (int lane = 0; lane < LANES; lane++) {
            const real power = exp_fast(row[lane] - top[lane]);
            row[lane] = (real)j >= bounds.from[lane] && (real)j < bounds.to[lane] ? power : 0;
        }
    }
    const vector scale = 1 / sum_over_keys(scores, NULL, stride, keys);
    for (int j = keys.from; j < keys.to; j++)
        store(scores + (size_t)j * stride, load(scores + (size_t)j * stride) * scale);
}

/* to[key][query] = the product of a key's row and a query's column, for the vector of queries at t;
 * returns the keys. */
INLINE struct span multiply_pairs(const struct attention_head *head, int t, struct dense rows,
                                  struct dense columns, real *to)
{
    const int Tp = pad(head->tokens);
    const struct span keys = keys_computed(head, t);
    for (int j = keys.from; j < keys.to; j += TILE)
        tile_product(&(struct tile){rows.first + (size_t)j * rows.stride, rows.stride, 1,
                                    columns.first + t, columns.stride, head->width},
                     to + j * Tp + t, (size_t)Tp);
    return keys;
}

/* to[query] = the sum over the keys of shares[key][query] rows[key]. */
INLINE void mix_keys(const struct attention_head *head, const real *shares, struct dense rows,
                     struct dense to)
{
    const int Tp = pad(head->tokens);
    for (int t = 0; t < head->tokens; t += TILE) {
        const struct span keys = keys_of(head, t, TILE);
        for (int d = 0; d < head->width; d += LANES)
            tile_product(&(struct tile){shares + keys.from * Tp + t, 1, (size_t)Tp,
                                        rows.first + (size_t)keys.from * rows.stride + d,
                                        rows.stride, keys.to - keys.from},
                         to.first + (size_t)t * to.stride + d, to.stride);
    }
}

/* S = Q K^T / sqrt(W);  P = softmax(S), masked;  O = P V. S and P lie as [key][query]. */
static void attention_forward(const struct attention_head *head)
{
    const int T = head->tokens, W = head->width, Tp = pad(T), Wp = pad(W);
    const size_t part = (size_t)Tp * (size_t)Wp;
    real *scratch = head->scratch, *P = head->probability;
    const struct dense k = pack_scaled(scratch, head->k, T, W, 1 / (real)sqrt((real)W));
    const struct dense qt = pack_transposed(scratch + part, head->q, T, W);
    const struct dense v = pack(scratch + 2 * part, head->v, T, W);
    const struct dense o = result_for(head->out, scratch + 3 * part, head, false);
    for (int t = 0; t < T; t += LANES) {
        const struct span keys = multiply_pairs(head, t, k, qt, P);
        softmax(head, P + t, (size_t)Tp, t, keys);
    }
    mix_keys(head, P, v, o);
    unpack(head->out, &o, T, W, false);
}

/* dS = P (dP - sum_j P dP) / sqrt(W) of a vector of queries, from dP. */
INLINE void softmax_backward(const real *restrict P, real *restrict dS, size_t stride,
                             struct span keys, real scale)
{
    const vector delta = sum_over_keys(P, dS, stride, keys);
    for (int j = keys.from; j < keys.to; j++) {
        real *restrict row = dS + (size_t)j * stride;
        store(row, load(P + (size_t)j * stride) * (load(row) - delta) * scale);
    }
}

/* forward: O = P V;  P = softmax(S);  S = Q K^T / sqrt(W)
 * backward: dV = P^T dO;  dP = dO V^T;  dS = P (dP - sum_j P dP) / sqrt(W);
 *     dQ = dS K;  dK = dS^T Q */
static void attention_backward(const struct attention_head *head)
{
    const int T = head->tokens, W = head->width, Tp = pad(T), Wp = pad(W);
    const size_t part = (size_t)Tp * (size_t)Wp;
    real *scratch = head->scratch, *result = scratch + 5 * part, *dS = scratch + 6 * part;
    const real *P = head->probability;
    const struct dense q = pack(scratch, head->q, T, W), k = pack(scratch + part, head->k, T, W);
    const struct dense v = pack(scratch + 2 * part, head->v, T, W);
    const struct dense dO = pack(scratch + 3 * part, head->dout, T, W);
    const struct dense dOt = pack_transposed(scratch + 4 * part, head->dout, T, W);
    const struct dense dq = result_for(head->dq, result, head, false);
    for (int t = 0; t < T; t += LANES) {
        const struct span keys = multiply_pairs(head, t, v, dOt, dS);
        softmax_backward(P + t, dS + t, (size_t)Tp, keys, 1 / (real)sqrt((real)W));
    }
    mix_keys(head, dS, k, dq);
    unpack(head->dq, &dq, T, W, false);
    for (int pass = 0; pass < 2; pass++) { /* dK from dS and Q, dV from P and dO */
        const real *a = pass == 0 ? dS : P;
        const struct dense b = pass == 0 ? q : dO;
        const struct strided to = pass == 0 ? head->dk : head->dv;
        const struct dense sum = result_for(to, result, head, head->add);
        for (int j = 0; j < T; j += TILE) {
            const struct span queries = queries_seeing(head, j);
            for (int d = 0; d < W; d += LANES)
                tile_product(&(struct tile){a + j * Tp + queries.from, (size_t)Tp, 1,
                                            b.first + (size_t)queries.from * b.stride + d, b.stride,
                                            queries.to - queries.from},
                             sum.first + (size_t)j * sum.stride + d, sum.stride);
        }
        unpack(to, &sum, T, W, head->add);
    }
}

/* Keys that are computed but not seen are 0, and so is their part of the sum. */
static double attention_entropy(const struct attention_head *head)
{
    const int T = head->tokens, Tp = pad(T);
    double total = 0;
    int queries = 0;
    for (int t = 0; t < T; t += LANES) {
        const struct span keys = keys_computed(head, t);
        real sums[LANES] = {0};
        for (int j = keys.from; j < keys.to; j++) {
            const real *restrict p = head->probability + j * Tp + t;
#pragma omp simd
            for (int lane = 0; lane < LANES; lane++)
                sums[lane] -= p[lane] * log_fast(p[lane]);
        }
        for (int lane = 0; lane < LANES && t + lane < T; lane++) {
            const struct span seen = keys_seen(head, t + lane);
            if (seen.to - seen.from < 2)
                continue;
            total += (double)sums[lane] / log((double)(seen.to - seen.from));
            queries++;
        }
    }
    return queries > 0 ? total / queries : (double)NAN;
}

/* ---- heads before attention --------------------------------------------------------------------
 * RMSNorm of every head, and rotation; formulas as in norms and in positions.h. */

static void head_norm_forward(const struct head_norm *norm, struct strided y)
{
    const int W = norm->width;
    const real offset = norm->offset;
    const real *restrict gain = norm->gain;
    for (int row = 0; row < norm->rows; row++) {
        for (int h = 0; h < norm->heads; h++) {
            const size_t column = (size_t)(h * W);
            const real *restrict x = norm->x.first + (size_t)row * (size_t)norm->x.stride + column;
            real *restrict out = y.first + (size_t)row * (size_t)y.stride + column;
            real square = 0;
#pragma omp simd reduction(+ : square)
            for (int i = 0; i < W; i++)
                square += x[i] * x[i];
            real rstd = 1 / (real)sqrt(square / (real)W + (real)NORM_EPSILON);
            norm->rstd[row * norm->heads + h] = rstd;
#pragma omp simd
            for (int i = 0; i < W; i++)
                out[i] = x[i] * rstd * (offset + gain[i]);
        }
    }
}

static void head_norm_backward(const struct head_norm *norm, struct strided d, real *restrict dgain)
{
    const int W = norm->width;
    const real offset = norm->offset;
    const real *restrict gain = norm->gain;
    for (int row = 0; row < norm->rows; row++) {
        for (int h = 0; h < norm->heads; h++) {
            const size_t column = (size_t)(h * W);
            const real *restrict x = norm->x.first + (size_t)row * (size_t)norm->x.stride + column;
            real *restrict g = d.first + (size_t)row * (size_t)d.stride + column;
            const real rstd = norm->rstd[row * norm->heads + h];
            real product = 0;
#pragma omp simd reduction(+ : product)
            for (int i = 0; i < W; i++) {
                real xhat = x[i] * rstd;
                product += g[i] * (offset + gain[i]) * xhat;
                dgain[i] += g[i] * xhat;
            }
            product /= (real)W;
#pragma omp simd
            for (int i = 0; i < W; i++)
                g[i] = rstd * (g[i] * (offset + gain[i]) - x[i] * rstd * product);
        }
    }
}

static void rotate(const struct rotation *r)
{
    const int pairs = r->width / 2;
    for (int row = 0; row < r->rows; row++) {
        const size_t at = (size_t)(row % r->tokens) * (size_t)pairs;
        const real *restrict cosine = r->cosine + at, *restrict sine = r->sine + at;
        const real sign = r->back ? -1 : 1;
        for (int h = 0; h < r->heads; h++) {
            real *restrict x =
                r->x.first + (size_t)row * (size_t)r->x.stride + (size_t)(h * r->width);
            real *restrict y = x + pairs;
#pragma omp simd
            for (int i = 0; i < pairs; i++) {
                real a = x[i], b = y[i], s = sign * sine[i];
                x[i] = a * cosine[i] - b * s;
                y[i] = a * s + b * cosine[i];
            }
        }
    }
}

/* ---- loss ------------------------------------------------------------------------------------*/

static double cross_entropy(real *restrict logits, int V, int target, double scale)
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

static double sum_squares(const real *restrict x, size_t count)
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

/* As in sum_squares(): in single precision where that loses nothing. */
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
static struct stream_sums stream_sums(const struct stream_rows *rows)
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
            sums.square = sum_squares(x, (size_t)D);
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
                T > 1 ? (sum_squares(direction, (size_t)D) - T) / pairs : (double)NAN;
    }
    return total;
}

/* ---- optimizers ------------------------------------------------------------------------------*/

/* Adam's family: m = b1 m + (1-b1) g;  v = b2 v + (1-b2) g^2;
 *     w -= lr (m / (1-b1^t)) / (sqrt(v / (1-b2^t)) + eps)
 * AdamW besides: w -= lr decay w; the others: g += decay w first.
 * RAdam, where `adaptive`: w -= lr (m / (1-b1^t)) r sqrt(1-b2^t) / (sqrt(v) + eps), and while
 * not: w -= lr m / (1-b1^t). */
INLINE struct update_sums adam_as(const struct update_rows *u, double step_size, double root_size,
                                  bool decoupled, bool adaptive)
{
    real *restrict w = u->weight, *restrict m = u->first, *restrict v = u->second;
    const real *restrict dweight = u->dweight;
    const real b1 = (real)u->beta1, b2 = (real)u->beta2, c1 = (real)(1 - u->beta1),
               c2 = (real)(1 - u->beta2);
    const real step = (real)step_size, root = (real)root_size;
    const real epsilon = (real)u->epsilon, scale = (real)u->scale;
    const real decay = (real)(decoupled ? u->lr * u->decay : u->decay);
    struct update_sums sums = {0};
    for (size_t start = 0; start < u->count; start += SUM_BLOCK) {
        size_t end = start + SUM_BLOCK < u->count ? start + SUM_BLOCK : u->count;
        real weights = 0, changes = 0;
#pragma omp simd reduction(+ : weights, changes)
        for (size_t i = start; i < end; i++) {
            real g = dweight[i] * scale;
            if (!decoupled)
                g += decay * w[i];
            real first = b1 * m[i] + c1 * g, second = b2 * v[i] + c2 * g * g;
            real change =
                adaptive ? step * first / ((real)sqrt(second) * root + epsilon) : step * first;
            if (decoupled)
                change = decay * w[i] + change;
            m[i] = first;
            v[i] = second;
            weights += w[i] * w[i];
            changes += change * change;
            w[i] -= change;
        }
        sums.weight += (double)weights;
        sums.change += (double)changes;
    }
    return sums;
}

static struct update_sums adamw(const struct update_rows *u)
{
    return adam_as(u, u->lr / u->correction1, 1 / sqrt(u->correction2), true, true);
}

static struct update_sums adam(const struct update_rows *u)
{
    return adam_as(u, u->lr / u->correction1, 1 / sqrt(u->correction2), false, true);
}

static struct update_sums radam(const struct update_rows *u)
{
    const double step = u->lr / u->correction1;
    if (u->rectification > 0)
        return adam_as(u, step * u->rectification * sqrt(u->correction2), 1, false, true);
    return adam_as(u, step, 1, false, false);
}

/* w -= lr (sign(b1 m + (1-b1) g) + decay w);  m = b2 m + (1-b2) g */
static struct update_sums lion(const struct update_rows *u)
{
    real *restrict w = u->weight, *restrict m = u->first;
    const real *restrict dweight = u->dweight;
    const real b1 = (real)u->beta1, b2 = (real)u->beta2, c1 = (real)(1 - u->beta1),
               c2 = (real)(1 - u->beta2);
    const real lr = (real)u->lr, decay = (real)(u->lr * u->decay), scale = (real)u->scale;
    struct update_sums sums = {0};
    for (size_t start = 0; start < u->count; start += SUM_BLOCK) {
        size_t end = start + SUM_BLOCK < u->count ? start + SUM_BLOCK : u->count;
        real weights = 0, changes = 0;
#pragma omp simd reduction(+ : weights, changes)
        for (size_t i = start; i < end; i++) {
            real g = dweight[i] * scale, mean = b1 * m[i] + c1 * g;
            real sign = (mean > 0 ? (real)1 : (real)0) - (mean < 0 ? (real)1 : (real)0);
            real change = decay * w[i] + lr * sign;
            m[i] = b2 * m[i] + c2 * g;
            weights += w[i] * w[i];
            changes += change * change;
            w[i] -= change;
        }
        sums.weight += (double)weights;
        sums.change += (double)changes;
    }
    return sums;
}

/* buf = b1 buf + g;  w -= lr (buf + decay w). SGD is the case b1 = 0, without the buffer. */
INLINE struct update_sums descend(const struct update_rows *u, bool with_buffer)
{
    real *restrict w = u->weight, *restrict buffer = u->first;
    const real *restrict dweight = u->dweight;
    const real lr = (real)u->lr, decay = (real)(u->lr * u->decay), scale = (real)u->scale,
               b1 = (real)u->beta1;
    struct update_sums sums = {0};
    for (size_t start = 0; start < u->count; start += SUM_BLOCK) {
        size_t end = start + SUM_BLOCK < u->count ? start + SUM_BLOCK : u->count;
        real weights = 0, changes = 0;
#pragma omp simd reduction(+ : weights, changes)
        for (size_t i = start; i < end; i++) {
            real g = dweight[i] * scale;
            if (with_buffer)
                buffer[i] = g = b1 * buffer[i] + g;
            real change = decay * w[i] + lr * g;
            weights += w[i] * w[i];
            changes += change * change;
            w[i] -= change;
        }
        sums.weight += (double)weights;
        sums.change += (double)changes;
    }
    return sums;
}

static struct update_sums sgd(const struct update_rows *update)
{
    return descend(update, false);
}

static struct update_sums momentum(const struct update_rows *update)
{
    return descend(update, true);
}

extern const struct kernels KERNELS_TABLE;
const struct kernels KERNELS_TABLE = {
    .name = KERNELS_NAME,
    .product = product,
    .panels = panels,
    .norm_forward = norm_forward,
    .norm_backward = norm_backward,
    .activation_forward = {[ACTIVATION_GELU] = gelu_forward,
                           [ACTIVATION_RELU] = relu_forward,
                           [ACTIVATION_SWIGLU] = swiglu_forward,
                           [ACTIVATION_GEGLU] = geglu_forward},
    .activation_backward = activation_backward,
    .bias_forward = bias_forward,
    .bias_backward = bias_backward,
    .add = add,
    .join_forward = join_forward,
    .skip_backward = skip_backward,
    .scale_backward = scale_backward,
    .attention_forward = attention_forward,
    .attention_backward = attention_backward,
    .attention_entropy = attention_entropy,
    .head_norm_forward = head_norm_forward,
    .head_norm_backward = head_norm_backward,
    .rotate = rotate,
    .cross_entropy = cross_entropy,
    .sum_squares = sum_squares,
    .stream_sums = stream_sums,
    .update =
        {
            [OPTIMIZER_ADAMW] = adamw,
            [OPTIMIZER_SGD] = sgd,
            [OPTIMIZER_MOMENTUM] = momentum,
            [OPTIMIZER_ADAM] = adam,
            [OPTIMIZER_RADAM] = radam,
            [OPTIMIZER_LION] = lion,
        },
    .exponential = exponential,
    .hyperbolic_tangent = hyperbolic_tangent,
};
