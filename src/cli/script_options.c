/* See script_options.h. */
#include "cli/script_options.h"

#include "train/settings_check.h"

#include <stdio.h>

void script_options_setup(struct script_options *with, const struct options *options)
{
    with->setup = (struct script_setup){
        .settings = options->settings, .option = with->option, .options = options->settings_given};
    for (int i = 0; i < options->settings_given; i++) {
        snprintf(with->option[i].name, sizeof with->option[i].name, "%s", options->setting[i].name);
        snprintf(with->option[i].value, sizeof with->option[i].value, "%s",
                 options->setting[i].value);
    }
}

bool script_options_open(struct script_options *with, const struct options *options,
                         struct script *script, struct settings *settings, struct error *error)
{
    if (!settings_check(&options->settings, error))
        return false;
    script_options_setup(with, options);
    if (!script_open(script, options->operand[0], &with->setup, error))
        return false;
    if (script_begin(&with->setup, script, settings, error))
        return true;
    script_close(script);
    return false;
}
