/* What the machine has. */
#ifndef LNSCOPE_BASE_SYSTEM_H
#define LNSCOPE_BASE_SYSTEM_H

#include <stddef.h>

/* Processor cores on line that this process may use; at least 1. */
int system_cores(void);

/* Physical memory in bytes; 0 where the system does not tell. */
size_t system_memory(void);

/* A descriptor of an empty file that has no name and lies in memory; -1 where there is no such. The
 * caller closes it. */
int system_memory_file(void);

#endif
