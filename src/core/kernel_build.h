/* What the parts of a build of the kernels share: the vector type, its loads and stores, and the
 * functions that a part gives to the table.
 *
 * Every kernel_*.c is compiled once per instruction set, with KERNELS_SET (plain, avx2, ...: the
 * end of its symbols and the name of its table) and KERNELS_BYTES (the width of a vector register).
 * Loops are plain C with `omp simd`, or the compiler's vector type where sums must stay in
 * registers. Nothing relies on fast-math: a NaN stays a NaN. plain.c has the same formulas without
 * any of it. */
#ifndef LNSCOPE_CORE_KERNEL_BUILD_H
#define LNSCOPE_CORE_KERNEL_BUILD_H

#include "base/memory.h"
#include "core/kernels.h"

#if defined __GNUC__ && !defined __clang__ && __GNUC__ < 12
#error "gcc 12 or later, or clang, is needed: older ones have no __builtin_shufflevector"
#endif

#define INLINE static inline __attribute__((always_inline))

/* Vectors are aligned as their type demands; arrays are not, and are read and written through a
 * type that says so. */
typedef real vector __attribute__((vector_size(KERNELS_BYTES), may_alias));
typedef real unaligned_vector
    __attribute__((vector_size(KERNELS_BYTES), aligned(sizeof(real)), may_alias));
typedef __typeof__((vector){0} > (vector){0}) mask; /* all bits of a lane, or none */

enum {
    LANES = KERNELS_BYTES / sizeof(real),
    TILE = 8,       /* rows of attention's register tiles */
    SUM_BLOCK = 512 /* numbers whose squares are added up in single precision */
};

INLINE vector load(const real *from)
{
    return *(const unaligned_vector *)from;
}

INLINE void store(real *to, vector value)
{
    *(unaligned_vector *)to = value;
}

INLINE int least(int a, int b)
{
    return a < b ? a : b;
}

/* ---- what a part gives to the table ----------------------------------------------------------*/

#define KERNEL_PASTE(name, set) name##_##set
#define KERNEL_OF(name, set)    KERNEL_PASTE(name, set)
#define KERNEL(name)            KERNEL_OF(name, KERNELS_SET)

/* Members of struct kernels that are functions. */
#define KERNEL_FUNCTIONS(X)                                                                        \
    X(matmul)                                                                                      \
    X(pack)                                                                                        \
    X(norm_forward)                                                                                \
    X(norm_backward)                                                                               \
    X(activation_backward)                                                                         \
    X(bias_forward)                                                                                \
    X(bias_backward)                                                                               \
    X(add)                                                                                         \
    X(join_forward)                                                                                \
    X(skip_backward)                                                                               \
    X(scale_backward)                                                                              \
    X(attention_forward)                                                                           \
    X(attention_backward)                                                                          \
    X(attention_entropy)                                                                           \
    X(head_norm_forward)                                                                           \
    X(head_norm_backward)                                                                          \
    X(rotate)                                                                                      \
    X(cross_entropy)                                                                               \
    X(sum_squares)                                                                                 \
    X(stream_sums)                                                                                 \
    X(exponential)                                                                                 \
    X(hyperbolic_tangent)

#define KERNEL_DECLARE(name) extern __typeof__(*((struct kernels *)0)->name) KERNEL(name);
KERNEL_FUNCTIONS(KERNEL_DECLARE)

extern __typeof__(*((struct kernels *)0)->activation_forward[0]) KERNEL(gelu_forward),
    KERNEL(relu_forward), KERNEL(swiglu_forward), KERNEL(geglu_forward);
extern __typeof__(*((struct kernels *)0)->update[0]) KERNEL(adamw), KERNEL(sgd), KERNEL(momentum),
    KERNEL(adam), KERNEL(radam), KERNEL(lion), KERNEL(muon);

#endif
