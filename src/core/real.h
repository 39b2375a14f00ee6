/* The number that the core computes in: float, or double where it is built with REAL=double. What
 * is nearer to 0 than REAL_LEAST it takes for 0 (float_mode.h); REAL_STEP lies between 1 and the
 * next. */
#ifndef LNSCOPE_CORE_REAL_H
#define LNSCOPE_CORE_REAL_H

#include "base/memory.h"

#include <float.h>

#if FLT_EVAL_METHOD != 0
#error "numbers would be computed with excess precision: on 32-bit x86, -msse2 -mfpmath=sse"
#endif

#ifdef LNSCOPE_REAL_DOUBLE
typedef double real;
#define REAL_NAME  "double"
#define REAL_LEAST DBL_MIN
#define REAL_STEP  DBL_EPSILON
#else
typedef float real;
#define REAL_NAME  "single"
#define REAL_LEAST FLT_MIN
#define REAL_STEP  FLT_EPSILON
#endif

/* `count` numbers of an arena; NULL while they are only counted. */
static inline real *real_take(struct arena *arena, size_t count)
{
    return arena_take(arena, count, sizeof(real));
}

#endif
