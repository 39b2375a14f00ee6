/* See length.h. */
#include "script/length.h"

#include "screen/canvas.h"

#include <math.h>
#include <stdio.h>

/* Characters that are read aloud in a second; seconds that a class takes to vote; steps of a run
 * whose condition tells none, and steps in a second where there is no limit. */
static const double letters = 15, vote = 15, unknown_steps = 100, unlimited = 60;

static double reading(const struct script_command *command)
{
    double columns = command->text ? canvas_columns(command->text) : 0;
    for (int i = 0; i < command->choices; i++)
        columns += canvas_columns(command->choice[i]);
    return columns / letters;
}

/* Of a `run` that begins behind so many steps; these go on. */
static double running(const struct script_command *command, double speed, double *step)
{
    const int64_t last = script_condition_step(&command->condition);
    const double steps = last < 0 ? unknown_steps : fmax(0, (double)last - *step);
    *step += steps;
    return steps / (speed > 0 ? speed : unlimited);
}

double script_seconds(const struct script *script, const struct script_setup *setup)
{
    struct settings settings = setup->settings;
    double seconds = 0, step = 0, read = 0; /* what is still to be read before one goes on */
    for (int i = 0; i < script->commands; i++) {
        const struct script_command *command = &script->command[i];
        const struct settings before = settings;
        switch (command->kind) {
        case SCRIPT_SET:
        case SCRIPT_SPEED:
            script_set(setup, command, &settings, NULL);
            if (settings_difference(&before, &settings) == SCOPE_MODEL)
                step = 0;
            break;
        case SCRIPT_RESTART:
            step = 0;
            break;
        case SCRIPT_BRANCH:
            step = command->step >= 0 ? (double)command->step : step;
            break;
        case SCRIPT_RUN:
            seconds += running(command, settings.speed, &step);
            break;
        case SCRIPT_SAY:
        case SCRIPT_ANSWER:
            read += reading(command);
            break;
        case SCRIPT_WAIT:
            seconds += command->seconds < 0 ? read : command->seconds;
            read = 0;
            break;
        case SCRIPT_ASK:
            seconds += reading(command) + vote;
            read = 0;
            break;
        default:
            break;
        }
    }
    return seconds;
}

void script_print_length(double seconds, char out[16])
{
    if (seconds < 90)
        snprintf(out, 16, "%d s", (int)lround(seconds / 5) * 5);
    else
        snprintf(out, 16, "%d min", (int)lround(seconds / 60));
}
