/* `lnscope list WHAT`: the tables of the program, for people, machines and documents. */
#ifndef LNSCOPE_CLI_COMMAND_LIST_H
#define LNSCOPE_CLI_COMMAND_LIST_H

#include "cli/options.h"

/* Prints on standard output; returns an exit status, with a reason unless it is EXIT_DONE. */
int command_list(const struct options *options, struct error *error);

/* The part of `lnscope list --help` that says what WHAT can be. */
void command_list_help(FILE *out);

/* The name of list `i`; NULL behind the last one. */
const char *command_list_name(int i);

#endif
