/* Completion of command lines in bash, zsh and fish, generated from the tables of commands, options
 * and settings. */
#ifndef LNSCOPE_CLI_COMPLETIONS_H
#define LNSCOPE_CLI_COMPLETIONS_H

#include "base/error.h"

#include <stdio.h>

/* Prints the script for a shell; returns an exit status, with a reason for a shell that is not
 * known. */
int completions_print(FILE *out, const char *shell, struct error *error);

#endif
