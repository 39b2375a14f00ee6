/* `--print-memory`: the memory that a session of these settings needs. */
#ifndef LNSCOPE_CLI_COMMAND_MEMORY_H
#define LNSCOPE_CLI_COMMAND_MEMORY_H

#include "cli/options.h"

/* Prints on standard output: the sum in bytes and MB, and then its parts. Returns an exit status,
 * with a reason unless it is EXIT_DONE. */
int command_memory(const struct options *options, struct error *error);

#endif
