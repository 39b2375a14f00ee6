/* How the program ends, for its caller. */
#ifndef LNSCOPE_CLI_EXIT_STATUS_H
#define LNSCOPE_CLI_EXIT_STATUS_H

enum exit_status {
    EXIT_DONE,
    EXIT_FAILED, /* while it ran; or something that should hold does not */
    EXIT_USAGE   /* asked for in a wrong way */
};

#endif
