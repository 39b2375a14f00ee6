/* The command line: picks the subcommand, and turns errors into messages and exit statuses. */
#ifndef LNSCOPE_CLI_CLI_H
#define LNSCOPE_CLI_CLI_H

/* The whole program; returns its exit status. */
int cli_main(int argc, char **argv);

#endif
