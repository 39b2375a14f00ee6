/* The interactive program: terminal + trainer + history + views, until the user quits. */
#ifndef LNSCOPE_UI_APP_H
#define LNSCOPE_UI_APP_H

#include "base/error.h"
#include "train/settings.h"
#include "ui/canvas.h"
#include "ui/theme.h"

/* What writes pictures of a canvas. Handed in by the command line, so that ui knows nothing of file
 * formats. Both are false with a reason. */
struct app_export {
    /* Under names that are free, which it puts into `message` (status line). */
    bool (*screen)(const struct canvas *canvas, enum theme theme, char *message,
                   size_t message_size, struct error *error);
    /* As the end of the path says; `force` replaces a file that exists. */
    bool (*file)(const struct canvas *canvas, enum theme theme, const char *path, bool force,
                 struct error *error);
};

/* Runs the TUI with settings that passed settings_check(); needs a terminal. Returns the exit
 * status: 0 after `q`, or 1 with a reason in `error` when there is no usable terminal, or the
 * models or the task cannot be made. A signal that ends the program (SIGINT, SIGTERM, SIGHUP,
 * SIGQUIT) is raised again once the terminal is sane, so that there is no return. */
int app_run(const struct settings *settings, const struct app_export *export, struct error *error);

#endif
