/* Scripts on the command line: which one, and the options that win over what it sets. */
#ifndef LNSCOPE_CLI_SCRIPT_OPTIONS_H
#define LNSCOPE_CLI_SCRIPT_OPTIONS_H

#include "cli/options.h"
#include "script/script.h"

/* What the options say, for a script; it is to stay as long as the script is played. */
struct script_options {
    struct script_option option[GIVEN_MAX];
    struct script_setup setup;
};

/* Fills it; it must not move afterwards. */
void script_options_setup(struct script_options *with, const struct options *options);

/* The same, and reads the script that the options name, under them. *settings become those that it
 * begins with. False with a reason, and then there is nothing to close. */
bool script_options_open(struct script_options *with, const struct options *options,
                         struct script *script, struct settings *settings, struct error *error);

#endif
