/* See navigate.h. Changes the scene; draws nothing, and must not know how anything is drawn. */
#include "views/navigate.h"

#include <inttypes.h>

enum { FAR = 10 /* a far step in time is so many'th of the run */ };

void navigate_to(struct scene *scene, enum view view)
{
    scene->look.view = view;
    scene->look.projector = false;
}

void navigate_to_step(struct scene *scene, int64_t step)
{
    const struct history *history = scene->data.history;
    int i = history_moment_find(history, step);
    if (i < 0 || step >= history_newest(history))
        scene->look.cursor = 0;
    else
        scene->look.cursor = history_moment_step(history, i);
}

void navigate_steps(struct scene *scene, int by, struct answer *answer)
{
    const struct history *history = scene->data.history;
    int last = history_moments(history) - 1, at = history_moment_find(history, scene_step(scene));
    if (last < 0) {
        answer_say(answer, "there is no step to go back to yet");
    } else if (by < 0 && at == 0) {
        answer_say(answer, "step %" PRId64 " is the first one kept",
                   history_moment_step(history, 0));
    } else if (by > 0 && scene->look.cursor == 0) {
        answer_say(answer, "this is the newest step, live");
    } else {
        at = at + by < 0 ? 0 : at + by;
        scene->look.cursor = at >= last ? 0 : history_moment_step(history, at);
        if (scene->look.cursor > 0 && history_spacing(history) > 1)
            answer_say(answer, "1 step in %" PRId64 " is kept, and each of the newest %d",
                       history_spacing(history), history_recent(history));
    }
}

void navigate_far(struct scene *scene, int direction, struct answer *answer)
{
    int64_t newest = history_newest(scene->data.history);
    int64_t by = newest / FAR > 0 ? newest / FAR : 1, to = scene_step(scene) + direction * by;
    if (newest == 0 || (direction > 0 && scene->look.cursor == 0))
        navigate_steps(scene, direction, answer);
    else
        navigate_to_step(scene, to > 1 ? to : 1);
}

void navigate_to_mark(struct scene *scene, int direction, struct answer *answer)
{
    const struct history *history = scene->data.history;
    const int64_t now = scene_step(scene), newest = history_newest(history);
    for (int i = direction > 0 ? 0 : history->marks - 1; i >= 0 && i < history->marks;
         i += direction) {
        const struct history_mark *mark = &history->mark[i];
        const int moment = history_moment_find(history, mark->step);
        if (moment < 0 || mark->step > newest ||
            direction * (history_moment_step(history, moment) - now) <= 0)
            continue;
        navigate_to_step(scene, mark->step);
        answer_say(answer, "step %" PRId64 ": %s", mark->step, scene_mark_text(scene, mark));
        return;
    }
    answer_say(answer, "there is no mark %s",
               direction > 0 ? "after this step" : "before this step");
}

void navigate_live(struct scene *scene, struct answer *answer)
{
    if (scene->look.cursor == 0)
        answer_say(answer, "this is the newest step, live");
    scene->look.cursor = 0;
}
