/* `lnscope lab`: a grid of runs, its rows, and the map of their verdicts. */
#ifndef LNSCOPE_CLI_COMMAND_LAB_H
#define LNSCOPE_CLI_COMMAND_LAB_H

#include "cli/options.h"

/* Returns an exit status, with a reason unless it is EXIT_DONE. SIGINT, SIGTERM and SIGHUP end it,
 * with the rows written that were whole, and it says how to go on; *signal_number is then the
 * signal, to be raised again, and 0 otherwise. A reader that closes the pipe has what it wanted:
 * that is EXIT_DONE. */
int command_lab(const struct options *options, int *signal_number, struct error *error);

#endif
