/* See script_options.h. */
#include "cli/script_options.h"

struct script_setup script_options_setup(const struct options *options)
{
    return (struct script_setup){.settings = options->settings,
                                 .option = options->setting,
                                 .options = options->settings_given};
}

bool script_options_open(const struct options *options, const struct script_setup *setup,
                         struct script *script, struct settings *settings, struct error *error)
{
    if (!script_open(script, options->operand[0], setup, error))
        return false;
    if (script_begin(setup, script, settings, error))
        return true;
    script_close(script);
    return false;
}
