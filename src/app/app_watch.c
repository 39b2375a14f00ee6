/* What is watched: other files in place of the present ones. See app_state.h; draws nothing. */
#include "app/app_state.h"

#include <stdio.h>

enum { PATH_QUOTED = 500 };

void app_open_rows(struct app *app, const char *const path[], int paths)
{
    struct feed_watch what = {.paths = paths, .map = app->map};
    struct feed *before = app->feed;
    struct error error;
    if (app->trainer) {
        app_say(app, ROLE_TEXT,
                "open shows what others train, in lnscope watch: this one trains itself");
        return;
    }
    for (int i = 0; i < paths; i++)
        what.path[i] = path[i];
    struct feed *feed = feed_watch(&what, &app->present, app->surface->clock, &error);
    if (!feed) {
        app_say(app, ROLE_BAD, "%s", error.text);
        return;
    }
    app->feed = feed;
    app->scene.data.watching = feed->watching;
    app->tensor = NULL; /* whose name was the other's */
    app_take_updates(app);
    before->close(before);
}

void app_name_rows(const struct app *app, char *out, size_t size)
{
    const struct watching *watching = app->feed->watching;
    size_t used = (size_t)snprintf(out, size, "lnscope watch");
    for (int i = 0; i < watching->inputs && used < size; i++) {
        const char *path = watching->input[i].source.path;
        char quoted[PATH_QUOTED];
        share_quote(path ? path : "-", quoted, sizeof quoted);
        used += (size_t)snprintf(out + used, size - used, " %s", quoted);
    }
}
