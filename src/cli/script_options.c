/* See script_options.h. */
#include "cli/script_options.h"

#include "train/settings_check.h"

#include <stdio.h>

/* What stands in front of all that needs a run is in force when it is made. */
static bool begin(const struct script_setup *setup, const struct script *script,
                  struct settings *settings, struct error *error)
{
    *settings = setup->settings;
    for (int i = 0; i < script->commands; i++) {
        const struct script_command *command = &script->command[i];
        if (command->kind != SCRIPT_SET && command->kind != SCRIPT_SPEED)
            break;
        if (!script_set(setup, command, settings, error))
            return false;
    }
    return settings_check(settings, error);
}

bool script_options_open(struct script_options *with, const struct options *options,
                         struct script *script, struct settings *settings, struct error *error)
{
    if (!settings_check(&options->settings, error))
        return false;
    with->setup = (struct script_setup){
        .settings = options->settings, .option = with->option, .options = options->settings_given};
    for (int i = 0; i < options->settings_given; i++) {
        snprintf(with->option[i].name, sizeof with->option[i].name, "%s", options->setting[i].name);
        snprintf(with->option[i].value, sizeof with->option[i].value, "%s",
                 options->setting[i].value);
    }
    if (!script_open(script, options->operand[0], &with->setup, error))
        return false;
    if (begin(&with->setup, script, settings, error))
        return true;
    script_close(script);
    return false;
}
