/* How long a script takes: its audience, and a machine. */
#ifndef LNSCOPE_SCRIPT_LENGTH_H
#define LNSCOPE_SCRIPT_LENGTH_H

#include "script/script.h"

/* Seconds that it takes with somebody at the keyboard who reads aloud what is said, on a machine
 * that is as fast as the script wants it to be; settings as it begins with. */
double script_seconds(const struct script *script, const struct script_setup *setup);

/* What a recording of it takes, in layers of a step, work[commands + 1]: of all commands in front
 * of each. */
void script_work(const struct script *script, const struct script_setup *setup, double *work);

/* "50 s", "4 min" */
void script_print_length(double seconds, char out[16]);

#endif
