/* The lowest loss that is possible in the context of the run under way: estimated on a thread
 * beside the training, so that nothing waits for it. On a clock that is moved it is known at once.
 * See app_state.h; draws nothing. */
#include "app/app_state.h"

#include "base/memory.h"
#include "train/team.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>

struct app_bound {
    struct task_setup setup; /* of the newest estimate, or of the one under way */
    struct task_bound found;
    struct team_job *job; /* NULL: none is under way */
    atomic_bool ended;    /* nobody wants it any more */
};

static bool is_ended(void *argument)
{
    struct app_bound *bound = argument;
    return atomic_load(&bound->ended);
}

static void estimate(void *argument, int number)
{
    struct app_bound *bound = argument;
    (void)number;
    struct task *task = task_open(&bound->setup, NULL);
    bound->found = task ? task_bound(task, bound->setup.context, is_ended, bound)
                        : (struct task_bound){.loss = NAN};
    task_close(task);
}

/* Ends what is under way. */
static void end(struct app_bound *bound)
{
    atomic_store(&bound->ended, true);
    team_job_finish(bound->job);
    bound->job = NULL;
}

static void start(struct app *app, const struct task_setup *setup)
{
    struct app_bound *bound = app->bound;
    bound->setup = *setup;
    bound->setup.text = NULL; /* no task with a file has its bound estimated */
    bound->found = (struct task_bound){.loss = NAN};
    atomic_store(&bound->ended, false);
    if (app->surface->clock) {
        estimate(bound, 0);
    } else {
        const struct team_tasks tasks = {.count = 1, .work = estimate, .argument = bound};
        bound->job = team_job_start(&tasks, 1);
    }
}

void app_bound_begin(struct app *app)
{
    struct task_setup setup = settings_task(&app->present);
    app->scene.data.bound = (struct task_bound){.loss = app->task.entropy_rate};
    if (!app->task.estimated)
        return;
    if (!app->bound)
        app->bound = memory_new(1, sizeof *app->bound);
    setup.text = NULL;
    if (!app->bound->setup.context || !task_setup_same(&app->bound->setup, &setup)) {
        end(app->bound);
        start(app, &setup);
    }
    app->scene.data.bound = app->bound->job ? (struct task_bound){.loss = NAN} : app->bound->found;
}

void app_bound_go_on(struct app *app)
{
    struct app_bound *bound = app->bound;
    if (!bound || !bound->job || !team_job_is_over(bound->job))
        return;
    end(bound);
    if (app->task.estimated)
        app->scene.data.bound = bound->found;
    app->changed = true;
}

void app_bound_close(struct app *app)
{
    if (app->bound)
        end(app->bound);
    free(app->bound);
}
