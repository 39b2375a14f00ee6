/* How far a command is, on standard error: on a terminal one line that stays in its place,
 * elsewhere a line each time. */
#ifndef LNSCOPE_CLI_PROGRESS_H
#define LNSCOPE_CLI_PROGRESS_H

#include <stdbool.h>

/* The columns of the line; longer ones are not erased as a whole. */
enum { PROGRESS_COLUMNS = 79 };

/* `on_terminal`: standard error is one, where the next line, or nothing, takes this one's place. */
void progress_show(bool on_terminal, const char *line);
void progress_erase(bool on_terminal);

#endif
