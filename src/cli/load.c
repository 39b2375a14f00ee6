/* See load.h. */
#include "cli/load.h"

#include "base/names.h"
#include "cli/exit_status.h"

#include <stdlib.h>
#include <string.h>

/* Always EXIT_USAGE: names a setting that makes another model. */
static int refuse(const struct settings *saved, const struct settings *wanted, struct error *error)
{
    for (int i = 0; i < setting_count; i++) {
        const struct setting_row *row = &setting_table[i];
        char is[SETTING_TEXT], asked[SETTING_TEXT], shown[64];
        setting_get(saved, row, is, sizeof is);
        setting_get(wanted, row, asked, sizeof asked);
        if (row->scope != SCOPE_MODEL || strcmp(is, asked) == 0)
            continue;
        names_printable(shown, sizeof shown, asked);
        error_set(error,
                  "--%s %s makes another model than that of the session (%.64s): leave it out",
                  row->name, shown, *is ? is : "none");
        break;
    }
    return EXIT_USAGE;
}

int load_session(struct options *options, struct saved_session *session,
                 const struct settings *program, int argc, char **argv, struct error *error)
{
    /* First for the text, which nobody but the user may name. */
    if (!options_parse(options, program, argc, argv, error))
        return EXIT_USAGE;
    char text[sizeof options->settings.text];
    snprintf(text, sizeof text, "%s", options->settings.text);
    if (!session_read(options->value[OPTION_LOAD], text, session, error))
        return EXIT_FAILED;
    struct settings *saved = &session->state->settings;
    settings_copy(saved, program, SCOPE_PROGRAM);
    const struct settings before = *saved;
    int status = EXIT_DONE;
    if (!options_parse(options, &before, argc, argv, error))
        status = EXIT_USAGE;
    else if (settings_difference(saved, &options->settings) == SCOPE_MODEL)
        status = refuse(saved, &options->settings, error);
    if (status != EXIT_DONE)
        session_close(session);
    return status;
}
