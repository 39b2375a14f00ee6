/* Transposition of matrices, in squares that fit registers. */
#ifndef LNSCOPE_CORE_KERNEL_TRANSPOSE_H
#define LNSCOPE_CORE_KERNEL_TRANSPOSE_H

#include "core/kernel_build.h"

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

/* to[columns][rows] = from[rows][columns] transposed; their rows are `to_stride` and `from_stride`
 * numbers apart. A cache line of columns at a time, while the lines of the next columns, read and
 * written, are prefetched. */
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

#endif
