/* `lnscope claims`: published claims, checked by measuring them. */
#ifndef LNSCOPE_CLI_COMMAND_CLAIMS_H
#define LNSCOPE_CLI_COMMAND_CLAIMS_H

#include "claims/claims.h"
#include "cli/options.h"

/* Returns an exit status, with a reason unless it is EXIT_DONE; EXIT_FAILED is also that a
 * verdict is worse than the recorded one. A reader that closes the pipe has what it wanted: that is
 * EXIT_DONE. SIGINT, SIGTERM and SIGHUP end it, with the claims printed that were whole;
 * *signal_number is then the signal, to be raised again, and 0 otherwise. */
int command_claims(const struct options *options, int *signal_number, struct error *error);

/* The part of `lnscope claims --help` that says what ID can be. */
void command_claims_help(FILE *out);

#endif
