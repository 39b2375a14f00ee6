/* OpenBLAS where the address space is limited. It takes memory and starts threads before main() is
 * called, and asks for ever for memory that it does not get: in threads of its own (0.3.21), or in
 * the first one as well (0.3.29). What is here runs before that, in programs for glibc. */
#ifndef LNSCOPE_CLI_BLAS_START_H
#define LNSCOPE_CLI_BLAS_START_H

/* To be called first in main(): OpenBLAS has come to the end of its start, which is no longer
 * watched. */
void blas_start_over(void);

#endif
