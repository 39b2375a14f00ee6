/* OpenBLAS where the address space is limited. It takes memory and starts threads before main()
 * does, and asks for ever for memory that it does not get: in a thread of its own, or, from 0.3.2x
 * on, in the first one. What is here runs before that, in programs for glibc. */
#ifndef LNSCOPE_CLI_BLAS_START_H
#define LNSCOPE_CLI_BLAS_START_H

/* To be called first in main(): OpenBLAS has come to the end of its start, which is no longer
 * watched. */
void blas_start_over(void);

#endif
