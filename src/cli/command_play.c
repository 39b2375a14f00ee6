/* See command_play.h. */
#include "cli/command_play.h"

#include "app/app.h"
#include "cli/exit_status.h"
#include "cli/script_options.h"
#include "train/settings_check.h"

int command_play(const struct options *options, struct error *error)
{
    struct script script = {.name = NULL};
    const struct script_setup setup = script_options_setup(options);
    struct app_start start = {.settings = options->settings,
                              .record = options->value[OPTION_RECORD],
                              .force = options->given[OPTION_FORCE],
                              .handout = options->value[OPTION_HANDOUT],
                              .choose = options->operands == 0,
                              .setup = &setup};
    const struct app_script played = {.script = &script, .setup = &setup};
    if (!settings_check(&options->settings, error))
        return EXIT_USAGE;
    if (!start.choose) {
        if (!script_options_open(options, &setup, &script, &start.settings, error))
            return EXIT_USAGE;
        start.script = &played;
    }
    const int status = app_run(&start, error);
    script_close(&script);
    return status;
}
