/* `lnscope record`: a script on a virtual clock, recorded to files. */
#ifndef LNSCOPE_CLI_COMMAND_RECORD_H
#define LNSCOPE_CLI_COMMAND_RECORD_H

#include "cli/options.h"

/* Returns an exit status, with a reason unless it is EXIT_DONE: EXIT_FAILED also where something
 * that the script expects does not hold, with all files written. SIGINT, SIGTERM and SIGHUP end it
 * without files; *signal_number is then the signal, to be raised again, and 0 otherwise. */
int command_record(const struct options *options, int *signal_number, struct error *error);

#endif
