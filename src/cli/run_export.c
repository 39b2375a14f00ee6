/* See run_export.h. Owns a history and a scene, as the program on the screen has them. */
#include "cli/run_export.h"

#include "base/file.h"
#include "base/memory.h"
#include "export/data.h"
#include "export/export.h"
#include "screen/theme.h"
#include "session/events.h"
#include "views/bars.h"
#include "views/screen.h"

#include <math.h>
#include <stdlib.h>

struct run_export {
    const char *const *path; /* [files] */
    int files;
    bool force;
    struct settings settings;
    struct task_info task;
    struct history history;
    struct events events;
    struct sample_history samples;
    struct task_symbols symbols;
    struct scene scene;
};

bool run_export_check(const char *path, struct error *error)
{
    struct error why;
    return data_is(path) || export_picture_check(path, &why) ||
           error_set(error, "%s; data as .csv or .jsonl", why.text);
}

/* Whether the files may be written, which are made when the run is over; and whether any of them is
 * a picture. */
static bool try_files(const char *const *path, int files, bool force, bool *picture,
                      struct error *error)
{
    *picture = false;
    for (int i = 0; i < files; i++) {
        struct file file;
        if (!file_create(&file, path[i], force, error))
            return false;
        file_discard(&file);
        *picture = *picture || !data_is(path[i]);
    }
    return true;
}

struct run_export *run_export_open(const char *const *path, int files, bool force,
                                   const struct pair *pair, struct error *error)
{
    bool picture;
    if (!try_files(path, files, force, &picture, error))
        return NULL;
    struct run_export *export = memory_new(1, sizeof *export);
    export->path = path;
    export->files = files;
    export->force = force;
    export->settings = pair->settings;
    export->task = task_info(pair->task);
    const struct task_bound bound =
        picture ? task_bound(pair->task, export->settings.context, NULL, NULL)
                : (struct task_bound){.loss = NAN};
    history_open(&export->history);
    history_limit(&export->history, settings_history_bytes(&export->settings));
    history_set_unit(&export->history, export->task.unigram_entropy, export->task.current_token);
    events_clear(&export->events);
    sample_history_open(&export->samples);
    export->scene = (struct scene){
        .data = {.settings = &export->settings,
                 .task = &export->task,
                 .bound = bound,
                 .history = &export->history,
                 .events = &export->events,
                 .samples = &export->samples,
                 .symbols = &export->symbols,
                 .rate = NAN},
        .message = "",
    };
    for (enum side side = LEFT; side < SIDES; side++) {
        export->scene.data.parameters[side] = (int64_t)pair->run[side].model.parameters.trained;
        export->scene.data.omega[side] = run_omega(&pair->run[side]);
    }
    scene_set_defaults(&export->scene);
    return export;
}

void run_export_step(struct run_export *export, const struct pair *pair)
{
    history_add(&export->history, pair->run[LEFT].snapshot, pair->run[RIGHT].snapshot);
    events_step(&export->events, &export->history, &export->settings);
    bars_fit_axis(&export->scene);
}

static bool write_picture(struct run_export *export, const char *path, struct error *error)
{
    struct canvas canvas;
    canvas_open(&canvas, RUN_EXPORT_ROWS, RUN_EXPORT_COLS);
    view_screen(&canvas, &export->scene);
    const bool good =
        export_file(&canvas, (enum theme) export->settings.theme, path, export->force, error);
    canvas_close(&canvas);
    return good;
}

static bool write_data(struct run_export *export, const char *path, struct error *error)
{
    int steps;
    return data_write(path, export->force, &export->history, export->task.validation, &steps,
                      error);
}

bool run_export_write(struct run_export *export, bool over, struct error *error)
{
    struct error reason;
    bool good = true;
    export->scene.data.ended = over;
    for (int i = 0; i < export->files; i++) {
        const char *path = export->path[i];
        struct error *why = good ? error : &reason;
        if (!(data_is(path) ? write_data(export, path, why) : write_picture(export, path, why)))
            good = false;
    }
    return good;
}

void run_export_close(struct run_export *export)
{
    if (!export)
        return;
    history_close(&export->history);
    sample_history_close(&export->samples);
    free(export);
}
