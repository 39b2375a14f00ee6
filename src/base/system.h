/* What the machine has. */
#ifndef LNSCOPE_BASE_SYSTEM_H
#define LNSCOPE_BASE_SYSTEM_H

#include <stddef.h>

/* Processor cores on line that this process may use; at least 1. */
int system_cores(void);

/* Physical memory in bytes; 0 where the system does not tell. */
size_t system_memory(void);

#endif
