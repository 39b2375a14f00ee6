/* See command_record.h. Owns what is told on standard error meanwhile. */
#include "cli/command_record.h"

#include "app/app.h"
#include "base/clock.h"
#include "base/names.h"
#include "base/numbers.h"
#include "cli/exit_status.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/script_options.h"
#include "export/pixels.h"
#include "screen/layout.h"
#include "train/settings_check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The largest screen; seconds between two lines of progress where no terminal shows it, and on one.
 */
enum { ROWS_MAX = 200, COLS_MAX = 400, SHOWN = 200 };
static const double next_line = 10, next_look = 0.2;

struct recorder {
    const struct script *script;
    struct app_recording recording;
    bool watched; /* standard error is a terminal */
    double start, told;
};

/* ---- what is told ---- */

static void tell_progress(void *data, double part)
{
    struct recorder *recorder = data;
    const double now = clock_seconds(), elapsed = now - recorder->start;
    char line[PROGRESS_COLUMNS + 1];
    if (now < recorder->told + (recorder->watched ? next_look : next_line) || part <= 0)
        return;
    recorder->told = now;
    snprintf(line, sizeof line, "%.30s: %.0f %%, about %.0f s left", recorder->script->name,
             100 * part, elapsed * (1 - part) / part);
    progress_show(recorder->watched, line);
}

static void tell_result(void *data, const struct player_result *result)
{
    const struct recorder *recorder = data;
    if (result->holds)
        return;
    progress_erase(recorder->watched);
    fprintf(stderr, "lnscope: %s:%d: step %" PRId64 ": %s: does not hold\n", recorder->script->name,
            result->command->line, result->step, result->text);
}

static bool goes_on(void *data)
{
    (void)data;
    return interrupt_caught() == 0;
}

/* ---- what is asked for ---- */

static bool read_size(struct recorder *recorder, const struct options *options, struct error *error)
{
    const char *text = options->value[OPTION_SIZE];
    struct film_plan *film = &recorder->recording.film;
    char shown[SHOWN];
    int length = 0;
    film->cols = 120;
    film->rows = 36;
    if (!text)
        return true;
    if (strlen(text) < 10 && strspn(text, "0123456789x") == strlen(text) &&
        sscanf(text, "%dx%d%n", &film->cols, &film->rows, &length) == 2 && !text[length] &&
        film->cols >= LAYOUT_COLUMNS_MIN && film->cols <= COLS_MAX &&
        film->rows >= LAYOUT_ROWS_MIN && film->rows <= ROWS_MAX)
        return true;
    names_printable(shown, sizeof shown, text);
    return error_set(error, "size '%s': columns and rows from %dx%d to %dx%d, as in 120x36", shown,
                     LAYOUT_COLUMNS_MIN, LAYOUT_ROWS_MIN, COLS_MAX, ROWS_MAX);
}

/* The step or the chapter whose picture is wanted. */
static bool read_at(struct recorder *recorder, const struct options *options, struct error *error)
{
    const char *text = options->value[OPTION_AT];
    const struct script *script = recorder->script;
    char chapters[SHOWN] = "", shown[SHOWN];
    size_t used = 0;
    recorder->recording.step = -1;
    if (!text || (number_integer(text, &recorder->recording.step) && recorder->recording.step > 0))
        return true;
    recorder->recording.step = -1;
    recorder->recording.chapter = text;
    for (int i = 0; i < script->commands; i++) {
        const struct script_command *command = &script->command[i];
        if (command->kind != SCRIPT_MARK)
            continue;
        if (strcmp(command->text, text) == 0)
            return true;
        if (used < sizeof chapters)
            used +=
                (size_t)snprintf(chapters + used, sizeof chapters - used, ", or %s", command->text);
    }
    names_printable(shown, sizeof shown, text);
    return error_set(error, "at '%s' is no chapter of %s: a step from 1 up%s", shown, script->name,
                     chapters);
}

static bool read_numbers(struct recorder *recorder, const struct options *options,
                         struct error *error)
{
    struct film_plan *film = &recorder->recording.film;
    const char *version = options->value[OPTION_CAST_VERSION];
    char shown[SHOWN];
    int64_t scale;
    if (!options_integer(options, OPTION_SCALE, 1, 1, &scale, error))
        return false;
    if (scale > PIXELS_SCALE_MAX)
        return error_set(error, "scale %" PRId64 ": from 1 to %d", scale, PIXELS_SCALE_MAX);
    film->scale = (int)scale;
    film->version = version && strcmp(version, "3") == 0 ? CAST_V3 : CAST_V2;
    if (!version || film->version == CAST_V3 || strcmp(version, "2") == 0)
        return true;
    names_printable(shown, sizeof shown, version);
    return error_set(error, "cast-version '%s': 2 or 3", shown);
}

static bool read_options(struct recorder *recorder, const struct options *options,
                         struct error *error)
{
    struct film_plan *film = &recorder->recording.film;
    for (int i = 0; i < options->times[OPTION_OUTPUT]; i++) {
        const char *path = options->each[OPTION_OUTPUT][i];
        if (film_kind(path, error) < 0)
            return false;
        film->path[film->paths++] = path;
    }
    film->captions = options->value[OPTION_CAPTIONS];
    film->force = options->given[OPTION_FORCE];
    film->loop = options->given[OPTION_LOOP];
    return read_size(recorder, options, error) && read_numbers(recorder, options, error) &&
           read_at(recorder, options, error);
}

/* ---- the recording ---- */

static int record(struct recorder *recorder, const struct app_start *start, int *signal_number,
                  struct error *error)
{
    struct app_recorded recorded;
    recorder->watched = isatty(STDERR_FILENO) == 1;
    recorder->start = recorder->told = clock_seconds();
    interrupt_watch();
    const bool good = script_check_files(recorder->script, start->force, error) &&
                      app_record(start, &recorder->recording, &recorded, error);
    progress_erase(recorder->watched);
    *signal_number = interrupt_caught();
    if (!good)
        return EXIT_FAILED;
    fprintf(stderr, "lnscope: %s: %.1f s recorded in %.1f s%s%s\n", recorder->script->name,
            recorded.seconds, clock_seconds() - recorder->start,
            *recorded.font ? ", words in " : "", recorded.font);
    if (recorded.failures == 0)
        return EXIT_DONE;
    error_set(error, "%d of what %s expects does not hold: what was measured stands above",
              recorded.failures, recorder->script->name);
    return EXIT_FAILED;
}

int command_record(const struct options *options, int *signal_number, struct error *error)
{
    struct script script;
    const struct script_setup setup = script_options_setup(options);
    struct app_start start = {.force = options->given[OPTION_FORCE],
                              .handout = options->value[OPTION_HANDOUT]};
    struct recorder recorder = {.script = &script,
                                .recording = {.data = &recorder,
                                              .progress = tell_progress,
                                              .result = tell_result,
                                              .goes_on = goes_on}};
    if (options->operands == 0) {
        error_set(error, "record without a script: %s", command_table[COMMAND_RECORD].usage);
        return EXIT_USAGE;
    }
    if (!options->given[OPTION_OUTPUT] && !start.handout) {
        error_set(error, "record without a file: name one with -o FILE");
        return EXIT_USAGE;
    }
    if (!settings_check(&options->settings, error) ||
        !script_options_open(options, &setup, &script, &start.settings, error))
        return EXIT_USAGE;
    const struct app_script played = {.script = &script, .setup = &setup, .recording = true};
    start.script = &played;
    const int status = read_options(&recorder, options, error)
                           ? record(&recorder, &start, signal_number, error)
                           : EXIT_USAGE;
    script_close(&script);
    return status;
}
