/* Settings from outside the command line: the config file, then the environment.
 *
 * The file is $XDG_CONFIG_HOME/lnscope/config (or ~/.config/lnscope/config), in INI: NAME = VALUE
 * with the names of the settings. In the environment a setting is LNSCOPE_NAME, in capitals, with
 * '_' for '-'. Both end in setting_set(), with the same checks and messages, and a name that is
 * none is an error in both. */
#ifndef LNSCOPE_CLI_CONFIG_H
#define LNSCOPE_CLI_CONFIG_H

#include "base/error.h"
#include "train/settings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Applies both to the settings. No file is fine; one that is wrong is not: false with a reason that
 * names the file and the line, or the variable. */
bool config_apply(struct settings *settings, struct error *error);

/* Applies the text of a config file; `path` is what messages call it. */
bool config_parse(struct settings *settings, const char *path, const char *text,
                  struct error *error);

/* Prints all settings as a config file that makes them again. */
void config_print(FILE *out, const struct settings *settings);

#endif
