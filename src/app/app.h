/* The interactive program: terminal + trainer + history + views, until the user quits. */
#ifndef LNSCOPE_APP_APP_H
#define LNSCOPE_APP_APP_H

#include "base/error.h"
#include "screen/canvas.h"
#include "screen/theme.h"
#include "session/session.h"
#include "train/settings.h"

/* Writes pictures of the canvas and names the files in `message` (status line); false with a
 * reason. */
typedef bool app_export(const struct canvas *canvas, enum theme theme, char *message,
                        size_t message_size, struct error *error);

/* A recording under way, whose format is not the ui's business. */
struct cast;

/* What leaves the screen: handed in by the command line, so that ui knows no file formats. The
 * functions do what export/export.h and export/cast.h say of them. */
struct app_output {
    app_export *export_screen;
    bool (*export_file)(const struct canvas *canvas, enum theme theme, const char *path, bool force,
                        struct error *error);
    struct cast *(*record_open)(const char *path, bool force, int rows, int cols, enum theme theme,
                                struct error *error);
    const char *(*record_path)(const struct cast *cast);
    double (*record_seconds)(const struct cast *cast);
    void (*record_frame)(struct cast *cast, const struct canvas *canvas, enum theme theme,
                         double seconds);
    void (*record_marker)(struct cast *cast, const char *label, double seconds);
    bool (*record_close)(struct cast *cast, struct error *error);
};

/* How the program starts. */
struct app_start {
    struct settings settings; /* which passed settings_check() */
    const struct app_output *output;
    const char *record; /* the file that a recording of all of it goes to; NULL: none */
    bool force;         /* that file may be replaced */
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
