/* See cli.h. Owns what is process-wide: the locale, SIGPIPE, and what goes to standard error. */
#include "cli/cli.h"

#include "app/app.h"
#include "base/file.h"
#include "base/names.h"
#include "base/signals.h"
#include "cli/blas_start.h"
#include "cli/command_block.h"
#include "cli/command_claims.h"
#include "cli/command_hook.h"
#include "cli/command_lab.h"
#include "cli/command_list.h"
#include "cli/command_memory.h"
#include "cli/command_play.h"
#include "cli/command_record.h"
#include "cli/command_run.h"
#include "cli/completions.h"
#include "cli/config.h"
#include "cli/exit_status.h"
#include "cli/load.h"
#include "cli/options.h"
#include "cli/script_options.h"
#include "core/blas.h"
#include "core/kernels.h"
#include "session/share.h"
#include "train/settings_check.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

/* The longest name of a file in a message; what is longer is cut. */
enum { SHOWN = 200 };

static int complain(int status, const struct error *error)
{
    fprintf(stderr, "lnscope: %s\n", error->text);
    return status;
}

/* What was printed has to arrive, unless its reader has gone. */
static int finish_output(int status, struct error *error)
{
    if (fflush(stdout) == 0 || errno == EPIPE || status != EXIT_DONE)
        return status;
    error_set(error, "cannot write standard output (%s): what was printed is not whole",
              strerror(errno));
    return EXIT_FAILED;
}

/* The command line that makes these settings again. */
static int print_share(const struct options *options, struct error *error)
{
    char text[SHARE_TEXT];
    if (!settings_check(&options->settings, error))
        return EXIT_USAGE;
    share_command_line(&options->settings,
                       options->command == COMMAND_RUN ? "lnscope run" : "lnscope", text,
                       sizeof text);
    puts(text);
    return finish_output(EXIT_DONE, error);
}

static int run_screen(const struct options *options, struct saved_session *session,
                      struct error *error)
{
    const struct script_setup setup = script_options_setup(options);
    if (!settings_check(&options->settings, error))
        return EXIT_USAGE;
    const struct app_start start = {
        .settings = options->settings,
        .record = options->value[OPTION_RECORD],
        .force = options->given[OPTION_FORCE],
        .session = session->state ? session : NULL,
        .session_path = options->value[OPTION_LOAD],
        .setup = &setup,
        .tee = options->value[OPTION_TEE],
    };
    return app_run(&start, error);
}

/* The file that the hook writes, unless it is told another one. */
static const char watched_file[] = "train.jsonl";

static int run_watch(const struct options *options, struct error *error)
{
    struct app_start start = {
        .settings = options->settings,
        .record = options->value[OPTION_RECORD],
        .force = options->given[OPTION_FORCE],
        .watch = {.paths = options->operands > 0 ? options->operands : 1, .path = {watched_file}},
    };
    for (int i = 0; i < options->operands; i++)
        start.watch.path[i] = options->operand[i];
    for (int i = 0; i < options->times[OPTION_MAP]; i++)
        if (!watch_map_add(&start.watch.map, options->each[OPTION_MAP][i], error))
            return EXIT_USAGE;
    return app_run(&start, error);
}

/* What goes well, but should be known; the screen tells it itself. */
static void tell(const struct options *options, const struct saved_session *session)
{
    struct error told;
    char path[SHOWN];
    if (file_left_behind(".", told.text, sizeof told.text))
        complain(EXIT_DONE, &told);
    if (session->state && session->note[0]) {
        names_printable(path, sizeof path, options->value[OPTION_LOAD]);
        error_set(&told, "%s: %s", path, session->note);
        complain(EXIT_DONE, &told);
    }
}

/* The version, and what has to be the same for the same bits. */
static void print_version(void)
{
    const struct kernels *usable[KERNELS_MAX + 1], *chosen = kernels_chosen();
    printf("lnscope %s (%s precision)\n", LNSCOPE_VERSION, REAL_NAME);
    printf("kernels: %s, of", chosen->name);
    kernels_usable(usable);
    for (int i = 0; usable[i]; i++)
        printf("%s %s", i > 0 ? "," : "", usable[i]->name);
    printf(" (" KERNELS_VARIABLE " names another)\n");
    printf("BLAS: %s\n", chosen->matmul ? blas_description() : "not used");
    printf("The same settings and seed give the same bits with the same build, kernels and BLAS,\n"
           "whatever the number of threads, the frame rate or the clock.\n");
}

/* `session` is that of --load; without a state there is none. */
static int dispatch(const struct options *options, struct saved_session *session,
                    int *signal_number, struct error *error)
{
    if (options->given[OPTION_HELP]) {
        options_help(stdout, options->command);
        if (options->command == COMMAND_LIST)
            command_list_help(stdout);
        if (options->command == COMMAND_CLAIMS)
            command_claims_help(stdout);
        return finish_output(EXIT_DONE, error);
    }
    if (!kernels_check(error))
        return EXIT_USAGE;
    if (options->given[OPTION_VERSION]) {
        print_version();
        return finish_output(EXIT_DONE, error);
    }
    if (options->given[OPTION_PRINT_CONFIG]) {
        config_print(stdout, &options->settings);
        return finish_output(EXIT_DONE, error);
    }
    if (options->given[OPTION_COMPLETIONS])
        return finish_output(completions_print(stdout, options->value[OPTION_COMPLETIONS], error),
                             error);
    if (options->given[OPTION_SHARE])
        return print_share(options, error);
    if (options->given[OPTION_PRINT_MEMORY])
        return finish_output(command_memory(options, error), error);
    switch (options->command) {
    case COMMAND_RUN:
        tell(options, session);
        return command_run(options, session->state, signal_number, error);
    case COMMAND_PLAY:
        tell(options, session);
        return command_play(options, error);
    case COMMAND_RECORD:
        tell(options, session);
        return command_record(options, signal_number, error);
    case COMMAND_LIST:
        return finish_output(command_list(options, error), error);
    case COMMAND_BLOCK:
        return finish_output(command_block(options, error), error);
    case COMMAND_LAB:
        tell(options, session);
        return command_lab(options, signal_number, error);
    case COMMAND_CLAIMS:
        return command_claims(options, signal_number, error);
    case COMMAND_HOOK:
        command_hook();
        return finish_output(EXIT_DONE, error);
    case COMMAND_WATCH:
        return run_watch(options, error);
    case COMMAND_SCREEN:
    case COMMANDS:
        break;
    }
    return run_screen(options, session, error);
}

/* The command line says whether the config file and the environment count, and which session is to
 * be loaded, and then comes on top of them. Returns an exit status. */
static int read_options(struct options *options, struct saved_session *session, int argc,
                        char **argv, struct error *error)
{
    struct settings settings = settings_default();
    if (!options_parse(options, NULL, argc, argv, error))
        return EXIT_USAGE;
    if (!(option_table[OPTION_NO_CONFIG].commands >> options->command & 1) ||
        options->given[OPTION_HELP] || options->given[OPTION_VERSION] ||
        options->given[OPTION_COMPLETIONS])
        return EXIT_DONE;
    if (!options->given[OPTION_NO_CONFIG] && !config_apply(&settings, error))
        return EXIT_USAGE;
    if (options->given[OPTION_LOAD])
        return load_session(options, session, &settings, argc, argv, error);
    return options_parse(options, &settings, argc, argv, error) ? EXIT_DONE : EXIT_USAGE;
}

int cli_main(int argc, char **argv)
{
    struct error error = {.text = ""};
    struct options options;
    struct saved_session session = {.state = NULL};
    int signal_number = 0, status;

    blas_start_over();
    blas_open();
    setlocale(LC_CTYPE, ""); /* never LC_NUMERIC: numbers are written with a point */
    signals_ignore();
    status = read_options(&options, &session, argc, argv, &error);
    if (status != EXIT_DONE)
        return complain(status, &error);
    status = dispatch(&options, &session, &signal_number, &error);
    session_close(&session);
    if (status != EXIT_DONE && error.text[0])
        complain(status, &error);
    if (signal_number) { /* as if it had never been caught */
        signal(signal_number, SIG_DFL);
        raise(signal_number);
    }
    return status;
}
