/* `lnscope block`: one block on a small input, every intermediate value printed. */
#ifndef LNSCOPE_CLI_COMMAND_BLOCK_H
#define LNSCOPE_CLI_COMMAND_BLOCK_H

#include "cli/options.h"

/* Prints on standard output; returns an exit status, with a reason unless it is EXIT_DONE. */
int command_block(const struct options *options, struct error *error);

#endif
