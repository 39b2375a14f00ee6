/* See views.h. Knows no view but by its row. */
#include "views/views.h"

#include "views/attention.h"
#include "views/caption.h"
#include "views/navigate.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define VIEW_ENTRY(id, name) [VIEW_##id] = &view_##name,
const struct view_row *const view_table[VIEWS] = {VIEW_LIST(VIEW_ENTRY)};

bool view_note(enum view view, int number, const char **term, const char **text)
{
    const enum quantity_view shows = view_table[view]->shows;
    const char *const(*note)[2] = view_table[view]->notes;
    for (; note && (*note)[0]; note++) {
        *term = (*note)[0];
        *text = (*note)[1];
        if (*text && number-- == 0)
            return true;
        for (int n = 0; !(*note)[1] && n < quantity_count(shows); n++) {
            const struct quantity_row *row = &quantity_table[quantity_at(shows, n)];
            *term = row->term;
            *text = row->help;
            if (*term && number-- == 0)
                return true;
        }
    }
    return false;
}

int view_of_key(int code)
{
    for (int i = 0; i < VIEWS; i++)
        if (view_table[i]->key == code)
            return i;
    return -1;
}

const struct view_row *view_shown(const struct scene *scene)
{
    return scene->look.projector ? &view_projector : view_table[scene->look.view];
}

void view_open(struct scene *scene, enum view view)
{
    const struct view_row *before = view_shown(scene);
    navigate_to(scene, view);
    if (view_table[view] != before && view_table[view]->open)
        view_table[view]->open(scene);
}

/* The help is of use with its keys alone. */
struct layout_screen view_layout(const struct scene *scene, int rows, int cols)
{
    bool bare = (scene->look.hide || scene->look.projector) && !scene->look.help.open;
    struct layout_screen screen = bare ? layout_screen_bare(rows, cols) : layout_screen(rows, cols);
    if (!screen.too_small && !scene->look.help.open)
        caption_make_room(&screen, scene);
    return screen;
}

struct attention_look view_attention(const struct scene *scene)
{
    if (view_shown(scene) == &view_anatomy)
        return anatomy_look(scene);
    return (struct attention_look){.on = false};
}

/* Which views have what this one has not: "smoothing: key 5 shows the curves". */
static void say_where(enum act act, struct answer *answer)
{
    static const char *const names[ACTS] = {
        [ACT_SIDEWAYS] = "Left and Right",
        [ACT_PAGE] = "pages",
        [ACT_SEARCH] = "searching, as in the help",
        [ACT_ZOOM] = "zoom",
        [ACT_SMOOTH] = "smoothing",
        [ACT_QUANTITY] = "quantities",
        [ACT_LOG_X] = "logarithmic axes",
        [ACT_LOG_Y] = "logarithmic axes",
        [ACT_SORT] = "sorting",
    };
    if (act == ACT_SCROLL) { /* which nearly all have */
        answer_say(answer, "all layers are in view: there is nothing to scroll to");
        return;
    }
    char list[sizeof answer->text] = "";
    for (int i = 0; i < VIEWS; i++) {
        const size_t used = strlen(list);
        if (view_table[i]->act[act])
            snprintf(list + used, sizeof list - used, "%skey %c %sthe %s", used ? ", " : "",
                     view_table[i]->key, used ? "" : "shows ", view_names[i]);
    }
    answer_say(answer, "%s: %.200s", names[act], list);
}

void view_act(struct scene *scene, enum act act, int by, int rows, int cols, struct answer *answer)
{
    const struct layout_screen screen = view_layout(scene, rows, cols);
    const struct view_row *view = view_shown(scene);
    answer->text[0] = '\0';
    if (screen.too_small)
        return;
    if (view->act[act])
        view->act[act](scene, by, screen.body, answer);
    else
        say_where(act, answer);
}

int view_scroll_max(const struct scene *scene, int rows, int cols)
{
    const struct layout_screen screen = view_layout(scene, rows, cols);
    const struct view_row *view = view_shown(scene);
    return screen.too_small || !view->scroll_max ? 0 : view->scroll_max(scene, screen.body);
}

bool view_can_scroll(const struct scene *scene, int rows, int cols)
{
    const struct view_row *view = view_shown(scene);
    return view->act[ACT_SCROLL] && (!view->scroll_max || view_scroll_max(scene, rows, cols) > 0);
}

bool view_lacks(const struct scene *scene)
{
    const struct view_row *view = view_shown(scene);
    const int count = quantity_count(view->shows);
    const bool arrays =
        view->shows == SHOWN_TENSORS || view->shows == SHOWN_STREAM || view->shows == SHOWN_ANATOMY;
    if (!scene->data.watching)
        return false;
    for (int i = 0; arrays && i < count; i++)
        if (!scene_lacks(scene, quantity_at(view->shows, i)))
            return false;
    return arrays || view->watch & WATCH_SAMPLES;
}

void view_restart(struct scene *scene)
{
    scene->look.cursor = 0;
    for (int i = 0; i < VIEWS; i++)
        if (view_table[i]->restart)
            view_table[i]->restart(scene);
}
