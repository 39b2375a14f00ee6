/* The number that the core computes in: float, or double where it is built with REAL=double. */
#ifndef LNSCOPE_CORE_REAL_H
#define LNSCOPE_CORE_REAL_H

#ifdef LNSCOPE_REAL_DOUBLE
typedef double real;
#define REAL_NAME "double"
#else
typedef float real;
#define REAL_NAME "single"
#endif

#endif
