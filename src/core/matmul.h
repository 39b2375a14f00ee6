/* The own matrix product, for the small matrices of this program: C = A B.
 *
 * A general BLAS packs both operands for products far larger than these (weights of 64 x 64 to
 * 1024 x 256). Here A is read where it lies, row by row or column by column, and B is packed once
 * per step for all shards, or lies as a matrix. linear.c alone decides which products come here and
 * which go to BLAS; `make bench` shows what is gained at which shapes (src/README.md). */
#ifndef LNSCOPE_CORE_MATMUL_H
#define LNSCOPE_CORE_MATMUL_H

#include "core/real.h"

#include <stdbool.h>
#include <stddef.h>

/* A packed matrix [rows][columns] lies as [columns / PACK_COLUMNS] dense matrices of
 * [rows][PACK_COLUMNS], the last one as narrow as what is left. */
enum { PACK_COLUMNS = 64 };

/* C[rows][columns] = A[rows][depth] B[depth][columns]. */
struct matmul {
    int rows, columns, depth;
    const real *a;     /* [rows][depth], or its transpose [depth][rows] */
    size_t a_stride;   /* numbers from row to row of what lies at `a` */
    bool a_transposed; /* at `a` lies the transpose */
    const real *b;     /* [depth][columns], dense or packed */
    bool b_packed;
    real *c; /* [rows][columns] */
};

/* The two functions of a build (struct kernels): the product; and to = the transpose
 * [columns][rows] of from[rows][columns], packed, as y = x W^T reads a weight W[out][in]. */
typedef void matmul_function(const struct matmul *matmul);
typedef void pack_function(const real *from, real *to, int rows, int columns);

#endif
