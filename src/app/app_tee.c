/* The rows of the training under way, written to a file as they come, so that it can be watched
 * from elsewhere. See app_state.h; draws nothing. The file is not one that appears when it is
 * whole: whoever watches it wants each row at once. */
#include "app/app_state.h"

#include "base/memory.h"
#include "base/names.h"
#include "export/rows.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SHOWN = 300 };

static bool cannot_write(const char *path, int number, struct error *error)
{
    char shown[PATH_SHOWN];
    names_printable(shown, sizeof shown, path);
    if (number == EEXIST)
        return error_set(error, "%s exists: name another file, or replace it with --force", shown);
    return error_set(error, "rows cannot be written to %s (%s): name a file that can be written",
                     shown, strerror(number));
}

/* A pipe without a reader would hold the screen up. */
static int open_file(const char *path, bool force)
{
    struct stat about;
    const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK | (force ? O_TRUNC : O_EXCL);
    const int descriptor = open(path, flags, 0666);
    if (descriptor >= 0 && (fstat(descriptor, &about) != 0 || !S_ISREG(about.st_mode))) {
        close(descriptor);
        errno = ENOTSUP;
        return -1;
    }
    return descriptor;
}

bool app_tee_open(struct app *app, const char *path, bool force, struct error *error)
{
    const int descriptor = open_file(path, force);
    app->tee = descriptor >= 0 ? fdopen(descriptor, "w") : NULL;
    if (!app->tee)
        return cannot_write(path, errno, error);
    app->tee_path = memory_copy_string(path);
    return true;
}

/* False where its last bytes cannot be written. */
static bool close_file(struct app *app)
{
    FILE *tee = app->tee;
    app->tee = NULL;
    return !tee || fclose(tee) == 0;
}

void app_tee_step(struct app *app, const struct snapshot *const snapshot[SIDES])
{
    struct error error;
    if (!app->tee)
        return;
    for (enum side side = LEFT; side < SIDES; side++)
        rows_write(app->tee, ROWS_JSONL, side, snapshot[side], app->task.validation);
    if (fflush(app->tee) == 0)
        return;
    cannot_write(app->tee_path, errno, &error);
    error_set(&app->tee_error, "%s; what is there ends at step %lld", error.text,
              (long long)snapshot[LEFT]->step - 1);
    (void)close_file(app);
    app_say(app, ROLE_BAD, "%s", app->tee_error.text);
}

bool app_tee_close(struct app *app, struct error *error)
{
    if (!close_file(app))
        cannot_write(app->tee_path, errno, &app->tee_error);
    free(app->tee_path);
    app->tee_path = NULL;
    return !app->tee_error.text[0] || error_set(error, "%s", app->tee_error.text);
}
