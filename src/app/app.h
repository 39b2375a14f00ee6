/* The interactive program: terminal + trainer + history + views, until the user quits. */
#ifndef LNSCOPE_APP_APP_H
#define LNSCOPE_APP_APP_H

#include "base/error.h"
#include "session/session.h"
#include "train/settings.h"

#include <stdbool.h>

/* How the program starts. */
struct app_start {
    struct settings settings; /* which passed settings_check() */
    const char *record;       /* the file that a recording of all of it goes to; NULL: none */
    bool force;               /* that file may be replaced */
    /* The saved run to go on with, under the settings above, which make its model; its history is
     * taken over. NULL: a new run. */
    struct saved_session *session;
    const char *session_path;
};

/* Runs the TUI; needs a terminal. Returns the exit status: 0 after `q`, or 1 with a reason in
 * `error` when there is no usable terminal, the models or the task cannot be made, or the recording
 * or a session cannot be written. A signal that ends the program (SIGINT, SIGTERM, SIGHUP, SIGQUIT)
 * is raised again once the terminal is sane and the recording whole, so that there is no return. */
int app_run(const struct app_start *start, struct error *error);

#endif
