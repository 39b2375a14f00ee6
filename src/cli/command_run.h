/* `lnscope run`: trains without a screen and writes a row per step and stack. */
#ifndef LNSCOPE_CLI_COMMAND_RUN_H
#define LNSCOPE_CLI_COMMAND_RUN_H

#include "cli/options.h"
#include "train/state.h"

/* Goes on from `state`, where it is not NULL, with the options' settings. Returns an exit status,
 * with a reason unless it is EXIT_DONE. A reader that closes the pipe has what it wanted: that is
 * EXIT_DONE. SIGINT, SIGTERM and SIGHUP end the run after the rows of the step under way, with all
 * files closed; *signal_number is then the signal, to be raised again, and 0 otherwise. */
int command_run(const struct options *options, const struct pair_state *state, int *signal_number,
                struct error *error);

#endif
