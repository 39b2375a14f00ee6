/* The number that the core computes in: float, or double where it is built with REAL=double. */
#ifndef LNSCOPE_CORE_REAL_H
#define LNSCOPE_CORE_REAL_H

#include "base/memory.h"

#include <float.h>

#if FLT_EVAL_METHOD != 0
#error "numbers would be computed with excess precision: on 32-bit x86, -msse2 -mfpmath=sse"
#endif

#ifdef LNSCOPE_REAL_DOUBLE
typedef double real;
#define REAL_NAME "double"
#else
typedef float real;
#define REAL_NAME "single"
#endif

/* `count` numbers of an arena; NULL while they are only counted. */
static inline real *real_take(struct arena *arena, size_t count)
{
    return arena_take(arena, count, sizeof(real));
}

#endif
