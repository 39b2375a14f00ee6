/* `lnscope hook`: the Python module that writes rows of a PyTorch training, as a file to be kept.
 */
#ifndef LNSCOPE_CLI_COMMAND_HOOK_H
#define LNSCOPE_CLI_COMMAND_HOOK_H

/* Prints on standard output. */
void command_hook(void);

#endif
