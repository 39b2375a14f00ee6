/* The own matrix product; see matmul.h.
 *
 * A tile of C, MATMUL_ROWS rows of MATMUL_VECTORS vectors, stays in registers while the depth runs:
 * C[row][vector] += A(row, k) B[k][vector]. B is worked off in blocks of at most DEPTH rows of
 * PACK_COLUMNS numbers, each of which stays in the first-level cache for all rows of A; a block
 * that does not lie so is copied into a buffer first. */
#include "core/kernel_build.h"
#include "core/kernel_transpose.h"

#include <string.h>

enum {
    DEPTH = 128,
    DEPTH_TRANSPOSED = 64, /* of a transposed A, whose rows k lie far apart */
    MATMUL_ROWS = 6,
    MATMUL_VECTORS = KERNELS_BYTES == 64 ? 4 : 2,
    /* The steps k of a tile are taken in rounds of ROUND_SLOTS slots of two steps. A slot
     * prefetches a cache line each of A, B and C; a round ROUND_ROWS rows of the next block of B.
     */
    ROUND_SLOTS = 8,
    ROUND_STEPS = 2 * ROUND_SLOTS,
    ROUND_ROWS = 2
};

/* C (+)= A B for one block of B. */
struct matmul_block {
    const real *a; /* [rows][depth], or its transpose */
    size_t a_stride;
    const real *b; /* [depth][PACK_COLUMNS] */
    int depth;
    real *c; /* [rows][PACK_COLUMNS] */
    size_t c_stride;
    bool add;           /* to C, which earlier blocks have begun */
    const real *next;   /* the block of B after this one, [depth][PACK_COLUMNS], for prefetching */
    size_t next_stride; /* 0: there is none */
};

/* The sums of a tile, and the row of B that comes to them, are of the unaligned type and written in
 * place: naturally aligned ones gcc 12 moves from register to register once more at every step. */
typedef unaligned_vector matmul_sums[MATMUL_ROWS][MATMUL_VECTORS];

INLINE const unaligned_vector *vector_at(const real *from)
{
    return (const unaligned_vector *)from;
}

/* The addresses of MATMUL_ROWS rows in few registers: rows 0 to 2 lie behind `upper`, rows 3 to 5
 * behind `lower`. */
struct matmul_rows {
    uintptr_t upper, lower;
    size_t stride; /* bytes from row to row */
};

INLINE struct matmul_rows matmul_rows_at(const real *first, size_t stride)
{
    const size_t bytes = stride * sizeof(real);
    return (struct matmul_rows){(uintptr_t)first, (uintptr_t)first + 3 * bytes, bytes};
}

INLINE uintptr_t matmul_row(const struct matmul_rows *rows, int row)
{
    return row < 3 ? rows->upper + (size_t)row * rows->stride
                   : rows->lower + (size_t)(row - 3) * rows->stride;
}

INLINE void matmul_move(struct matmul_rows *rows, size_t bytes)
{
    rows->upper += bytes;
    rows->lower += bytes;
}

/* sum[row] += A(row, k) B[k] for one k; `a` points at A(0, k), `b` at B[k]. */
INLINE void matmul_step(matmul_sums sum, const struct matmul_rows *a, const real *b, int rows,
                        int vectors, bool transposed)
{
    unaligned_vector row[MATMUL_VECTORS];
#pragma GCC unroll 8
    for (int j = 0; j < vectors; j++)
        row[j] = *vector_at(b + j * LANES);
#pragma GCC unroll 8
    for (int i = 0; i < rows; i++) {
        const real *at = transposed ? (const real *)a->upper + i : (const real *)matmul_row(a, i);
#pragma GCC unroll 8
        for (int j = 0; j < vectors; j++)
            sum[i][j] += *at * row[j];
    }
}

/* Addresses of what the next tile will read; prefetching past the end of an array does no harm. */
struct matmul_ahead {
    struct matmul_rows a, c;
    uintptr_t b;
    size_t b_row; /* bytes */
};

/* The prefetches of one slot: a cache line of A, one of B and one of C. More at once would hold up
 * the loads of the tile under way. */
INLINE void matmul_prefetch(const struct matmul_ahead *ahead, int slot, bool transposed, bool c_too)
{
    enum { LINES = ROUND_SLOTS / ROUND_ROWS };
    if (slot < MATMUL_ROWS && c_too)
        __builtin_prefetch((const void *)matmul_row(&ahead->c, slot), 1);
    if (slot < MATMUL_ROWS && !transposed)
        __builtin_prefetch((const void *)matmul_row(&ahead->a, slot));
    __builtin_prefetch((const void *)(ahead->b + (size_t)(slot / LINES) * ahead->b_row +
                                      (size_t)(slot % LINES) * MEMORY_ALIGNMENT));
}

/* The whole rounds of a tile of MATMUL_ROWS rows; returns the number of steps k that they took. */
INLINE int matmul_rounds(const struct matmul_block *block, matmul_sums sum, struct matmul_rows a,
                         const real *b, struct matmul_ahead ahead, int vectors, bool transposed)
{
    const int rounds = block->depth / ROUND_STEPS;
    const int c_rounds = (vectors * KERNELS_BYTES + MEMORY_ALIGNMENT - 1) / MEMORY_ALIGNMENT;
    const size_t step = transposed ? block->a_stride * sizeof(real) : sizeof(real);
    for (int round = 0; round < rounds; round++) {
#pragma GCC unroll 8
        for (int slot = 0; slot < ROUND_SLOTS; slot++) {
            matmul_prefetch(&ahead, slot, transposed, round < c_rounds);
#pragma GCC unroll 2
            for (int half = 0; half < 2; half++) {
                matmul_step(sum, &a, b, MATMUL_ROWS, vectors, transposed);
                matmul_move(&a, step);
                /* One addition a step: the compiler would rather keep all multiples of it, in
                 * registers that it does not have. */
                if (transposed)
                    __asm__("" : "+r"(a.upper));
                b += PACK_COLUMNS;
            }
        }
        matmul_move(&ahead.a, MEMORY_ALIGNMENT);
        matmul_move(&ahead.c, MEMORY_ALIGNMENT);
        ahead.b += ROUND_ROWS * ahead.b_row;
    }
    return rounds * ROUND_STEPS;
}

/* One tile: `rows` rows of C from row i on, `vectors` vectors from column `at` on. */
INLINE void matmul_tile(const struct matmul_block *block, int i, int at, int rows, int vectors,
                        bool transposed)
{
    const size_t a_row = transposed ? 1 : block->a_stride,
                 a_step = transposed ? block->a_stride : 1;
    const size_t c_stride = block->c_stride;
    const real *a = block->a + (size_t)i * a_row, *b = block->b + at;
    real *c = block->c + (size_t)i * c_stride + at;
    int k = 0;
    matmul_sums sum;
#pragma GCC unroll 8
    for (int row = 0; row < rows; row++)
#pragma GCC unroll 8
        for (int j = 0; j < vectors; j++)
            sum[row][j] = block->add ? *vector_at(c + (size_t)row * c_stride + j * LANES)
                                     : (unaligned_vector){0};
    if (rows == MATMUL_ROWS) {
        const int prefetched = block->depth / ROUND_STEPS * ROUND_ROWS;
        const int first = i / MATMUL_ROWS * prefetched;
        const bool prefetches_b = first < block->depth;
        const struct matmul_ahead ahead = {
            .a = matmul_rows_at(a + MATMUL_ROWS * a_row, a_row),
            .c = matmul_rows_at(c + MATMUL_ROWS * c_stride, c_stride),
            .b = prefetches_b
                     ? (uintptr_t)block->next + (size_t)first * block->next_stride * sizeof(real)
                     : (uintptr_t)block->b,
            .b_row = prefetches_b ? block->next_stride * sizeof(real) : 0,
        };
        k = matmul_rounds(block, sum, matmul_rows_at(a, a_row), b, ahead, vectors, transposed);
    }
    for (; k < block->depth; k++) {
        const struct matmul_rows a_rows = matmul_rows_at(a + (size_t)k * a_step, a_row);
        matmul_step(sum, &a_rows, b + (size_t)k * PACK_COLUMNS, rows, vectors, transposed);
    }
#pragma GCC unroll 8
    for (int row = 0; row < rows; row++)
#pragma GCC unroll 8
        for (int j = 0; j < vectors; j++)
            *(unaligned_vector *)(c + (size_t)row * c_stride + j * LANES) = sum[row][j];
}

/* All tiles of a strip of C: `vectors` vectors from column `at` on. */
INLINE void matmul_strip(const struct matmul_block *block, int rows, int at, int vectors,
                         bool transposed)
{
    int i = 0;
    for (; i + MATMUL_ROWS <= rows; i += MATMUL_ROWS)
        matmul_tile(block, i, at, MATMUL_ROWS, vectors, transposed);
    if (i + 4 <= rows) {
        matmul_tile(block, i, at, 4, vectors, transposed);
        i += 4;
    }
    if (i + 2 <= rows) {
        matmul_tile(block, i, at, 2, vectors, transposed);
        i += 2;
    }
    if (i < rows)
        matmul_tile(block, i, at, 1, vectors, transposed);
}

/* All strips of the block; `columns` is a multiple of LANES. */
INLINE void matmul_strips(const struct matmul_block *block, int rows, int columns, bool transposed)
{
    int at = 0;
    for (; at + MATMUL_VECTORS * LANES <= columns; at += MATMUL_VECTORS * LANES)
        matmul_strip(block, rows, at, MATMUL_VECTORS, transposed);
#if KERNELS_BYTES == 64
    if (columns - at >= 3 * LANES) {
        matmul_strip(block, rows, at, 3, transposed);
        return;
    }
    if (columns - at >= 2 * LANES) {
        matmul_strip(block, rows, at, 2, transposed);
        return;
    }
#endif
    if (columns > at)
        matmul_strip(block, rows, at, 1, transposed);
}

static void matmul_columns(const struct matmul_block *block, int rows, int columns, bool transposed)
{
    if (transposed)
        matmul_strips(block, rows, columns, true);
    else
        matmul_strips(block, rows, columns, false);
}

/* The same where `columns` is no multiple of LANES: computed in a padded tile, of which only the
 * real columns are kept. */
static void matmul_narrow(const struct matmul_block *block, int rows, int columns, bool transposed)
{
    real tile[MATMUL_ROWS * PACK_COLUMNS] __attribute__((aligned(64)));
    for (int i = 0; i < rows; i += MATMUL_ROWS) {
        const int count = least(MATMUL_ROWS, rows - i);
        real *c = block->c + (size_t)i * block->c_stride;
        struct matmul_block part = *block;
        part.a += (size_t)i * (transposed ? 1 : block->a_stride);
        part.c = tile;
        part.c_stride = PACK_COLUMNS;
        for (int r = 0; r < count && block->add; r++)
            memcpy(tile + r * PACK_COLUMNS, c + (size_t)r * block->c_stride,
                   (size_t)columns * sizeof(real));
        matmul_columns(&part, count, (columns + LANES - 1) / LANES * LANES, transposed);
        for (int r = 0; r < count; r++)
            memcpy(c + (size_t)r * block->c_stride, tile + r * PACK_COLUMNS,
                   (size_t)columns * sizeof(real));
    }
}

/* packed[rows][PACK_COLUMNS] = `columns` columns of b, the missing ones 0. */
INLINE void pack_block(real *restrict packed, const real *restrict b, size_t b_stride, int rows,
                       int columns)
{
    for (int row = 0; row < rows; row++, packed += PACK_COLUMNS, b += b_stride) {
        if (columns == PACK_COLUMNS) {
#pragma GCC unroll 16
            for (int j = 0; j < PACK_COLUMNS; j += LANES)
                store(packed + j, load(b + j));
            continue;
        }
        memcpy(packed, b, (size_t)columns * sizeof(real));
        memset(packed + columns, 0, (size_t)(PACK_COLUMNS - columns) * sizeof(real));
    }
}

/* The block of B at row k and column j, and the numbers from row to row of it. */
INLINE const real *block_of_b(const struct matmul *p, int k, int j, size_t *stride)
{
    if (!p->b_packed) {
        *stride = (size_t)p->columns;
        return p->b + (size_t)k * *stride + j;
    }
    *stride = (size_t)least(PACK_COLUMNS, p->columns - j);
    return p->b + (size_t)j * (size_t)p->depth + (size_t)k * *stride;
}

void KERNEL(matmul)(const struct matmul *p)
{
    real packed[DEPTH * PACK_COLUMNS] __attribute__((aligned(64)));
    const int depth = p->a_transposed ? DEPTH_TRANSPOSED : DEPTH;
    for (int j = 0; j < p->columns; j += PACK_COLUMNS) {
        const int columns = least(PACK_COLUMNS, p->columns - j);
        for (int k = 0; k < p->depth; k += depth) {
            struct matmul_block block = {
                .a = p->a + (size_t)k * (p->a_transposed ? p->a_stride : 1),
                .a_stride = p->a_stride,
                .depth = least(depth, p->depth - k),
                .c = p->c + j,
                .c_stride = (size_t)p->columns,
                .add = k > 0,
            };
            size_t stride;
            block.b = block_of_b(p, k, j, &stride);
            if (stride != PACK_COLUMNS) { /* else it is such a block already */
                pack_block(packed, block.b, stride, block.depth, columns);
                block.b = packed;
            }
            block.next = block.b;
            if (k + depth < p->depth)
                block.next = block_of_b(p, k + depth, j, &block.next_stride);
            else if (j + PACK_COLUMNS < p->columns)
                block.next = block_of_b(p, 0, j + PACK_COLUMNS, &block.next_stride);
            if (columns % LANES == 0)
                matmul_columns(&block, p->rows, columns, p->a_transposed);
            else
                matmul_narrow(&block, p->rows, columns, p->a_transposed);
        }
    }
}

void KERNEL(pack)(const real *from, real *to, int rows, int columns)
{
    for (int i = 0; i < rows; i += PACK_COLUMNS) {
        const size_t at = (size_t)i * (size_t)columns;
        const int width = least(PACK_COLUMNS, rows - i);
        transpose_strided(from + at, (size_t)columns, to + at, (size_t)width, width, columns);
    }
}
