/* Scripts on the command line: which one, and the options that win over what it sets. */
#ifndef LNSCOPE_CLI_SCRIPT_OPTIONS_H
#define LNSCOPE_CLI_SCRIPT_OPTIONS_H

#include "cli/options.h"

/* What the options, which passed settings_check(), say for a script: it points into them. */
struct script_setup script_options_setup(const struct options *options);

/* Reads the script that the options name, under this setup; *settings become those that it begins
 * with. False with a reason, and then there is nothing to close. */
bool script_options_open(const struct options *options, const struct script_setup *setup,
                         struct script *script, struct settings *settings, struct error *error);

#endif
