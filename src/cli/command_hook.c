/* See command_hook.h. */
#include "cli/command_hook.h"

#include <stdio.h>

/* assets/lnscope_hook.py */
extern const char asset_lnscope_hook[];

void command_hook(void)
{
    fputs(asset_lnscope_hook, stdout);
}
