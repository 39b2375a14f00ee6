/* See progress.h. */
#include "cli/progress.h"

#include <stdio.h>

void progress_show(bool on_terminal, const char *line)
{
    if (on_terminal)
        fprintf(stderr, "\r%-*s", PROGRESS_COLUMNS, line);
    else
        fprintf(stderr, "lnscope: %s\n", line);
}

void progress_erase(bool on_terminal)
{
    if (on_terminal)
        fprintf(stderr, "\r%*s\r", PROGRESS_COLUMNS, "");
}
