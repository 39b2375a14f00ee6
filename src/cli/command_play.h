/* `lnscope play`: a script on the screen, or the list to choose one from. */
#ifndef LNSCOPE_CLI_COMMAND_PLAY_H
#define LNSCOPE_CLI_COMMAND_PLAY_H

#include "cli/options.h"

/* Returns an exit status, with a reason unless it is EXIT_DONE: EXIT_FAILED also where something
 * that the script expects did not hold. */
int command_play(const struct options *options, struct error *error);

#endif
