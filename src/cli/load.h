/* --load: a saved session, with the other options on top of its settings. */
#ifndef LNSCOPE_CLI_LOAD_H
#define LNSCOPE_CLI_LOAD_H

#include "cli/options.h"
#include "session/session.h"

/* Reads the session that --load names, and the command line anew: options->settings become those of
 * the session, with the program's own settings from `program` and what the command line changes.
 * The session's state keeps the settings of its run. Returns an exit status, with a reason unless
 * it is EXIT_DONE, and then there is nothing to close: EXIT_FAILED for a file that cannot be
 * loaded, EXIT_USAGE for options that would make another model. */
int load_session(struct options *options, struct saved_session *session,
                 const struct settings *program, int argc, char **argv, struct error *error);

#endif
