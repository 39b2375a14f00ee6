/* Which builds of kernels.c this processor can run. The x86 ones exist only where KERNELS_X86 is
 * defined; everywhere else there is the plain build. */
#include "core/kernels.h"

extern const struct kernels kernels_plain;
#ifdef KERNELS_X86
extern const struct kernels kernels_avx2, kernels_avx512;
#endif

enum { WIDEST = 16 }; /* numbers in the widest vector: a multiple of every build's */

int attention_pad(int tokens)
{
    return (tokens + WIDEST - 1) / WIDEST * WIDEST;
}

size_t attention_scratch(int tokens, int width)
{
    size_t T = (size_t)attention_pad(tokens), W = (size_t)attention_pad(width);
    return 6 * T * W + T * T;
}

void kernels_usable(const struct kernels *usable[KERNELS_MAX + 1])
{
    int count = 0;
#ifdef KERNELS_X86
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw"))
        usable[count++] = &kernels_avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        usable[count++] = &kernels_avx2;
#endif
    usable[count++] = &kernels_plain;
    usable[count] = 0;
}

const struct kernels *kernels_best(void)
{
    const struct kernels *usable[KERNELS_MAX + 1];
    kernels_usable(usable);
    return usable[0];
}
