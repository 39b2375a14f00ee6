/* See length.h. */
#include "script/length.h"

#include "screen/canvas.h"
#include "script/player.h"

#include <math.h>
#include <stdio.h>

/* Characters that are read aloud in a second; seconds that a class takes to vote; steps of a run
 * that tells none, and steps in a second where there is no limit; layers of a step that the
 * pictures of a second take where nothing is trained. */
static const double letters = 15, vote = 15, unknown_steps = 100, unlimited = 60, still = 20;

static double reading(const struct script_command *command)
{
    double columns = command->text ? canvas_columns(command->text) : 0;
    for (int i = 0; i < command->choices; i++)
        columns += canvas_columns(command->choice[i]);
    return columns / letters;
}

/* What a script has come to: its settings, and the steps of the run under way. */
struct course {
    const struct script_setup *setup;
    struct settings settings;
    double step;
};

static struct course begin(const struct script_setup *setup)
{
    return (struct course){.setup = setup, .settings = setup->settings};
}

/* Follows a command; returns the steps that it trains. */
static double follow(struct course *course, const struct script_command *command)
{
    const struct settings before = course->settings;
    if (command->kind == SCRIPT_SET || command->kind == SCRIPT_SPEED)
        script_set(course->setup, command, &course->settings, NULL);
    if (command->kind == SCRIPT_RESTART ||
        settings_difference(&before, &course->settings) == SCOPE_MODEL)
        course->step = 0;
    if (command->kind == SCRIPT_BRANCH && command->step >= 0)
        course->step = (double)command->step;
    if (command->kind != SCRIPT_RUN)
        return 0;
    const int64_t last = script_condition_step(&command->condition);
    double steps = last < 0 ? unknown_steps : fmax(0, (double)last - course->step);
    if (course->settings.steps > 0) /* where the run ends all the same */
        steps = fmin(steps, fmax(0, (double)course->settings.steps - course->step));
    course->step += steps;
    return steps;
}

double script_seconds(const struct script *script, const struct script_setup *setup)
{
    struct course course = begin(setup);
    double seconds = 0, read = 0; /* what is still to be read before one goes on */
    for (int i = 0; i < script->commands; i++) {
        const struct script_command *command = &script->command[i];
        const double steps = follow(&course, command);
        seconds += steps / (course.settings.speed > 0 ? course.settings.speed : unlimited);
        switch (command->kind) {
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

void script_work(const struct script *script, const struct script_setup *setup, double *work)
{
    struct course course = begin(setup);
    work[0] = 0;
    for (int i = 0; i < script->commands; i++) {
        const struct script_command *command = &script->command[i];
        const double steps = follow(&course, command);
        work[i + 1] = work[i] + steps * course.settings.layers;
        if (command->kind == SCRIPT_WAIT || command->kind == SCRIPT_ASK)
            work[i + 1] += still * (command->seconds > 0 ? command->seconds : player_pause);
    }
}

void script_print_length(double seconds, char out[16])
{
    if (seconds < 90)
        snprintf(out, 16, "%d s", (int)lround(seconds / 5) * 5);
    else
        snprintf(out, 16, "%d min", (int)lround(seconds / 60));
}
