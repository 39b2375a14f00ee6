/* See mouse.h. Asks header, footer and views what they have at a cell; draws nothing. */
#include "views/mouse.h"

#include "views/header.h"
#include "views/navigate.h"
#include "views/views.h"

struct hit view_hit(const struct scene *scene, int rows, int cols, int row, int col)
{
    struct hit hit = {.kind = HIT_NONE};
    const struct layout_screen screen = view_layout(scene, rows, cols);
    const struct view_row *view = view_shown(scene);
    if (screen.too_small)
        return hit;
    int tab = rect_has(screen.header, row, col) ? view_tab_at(screen.header, scene, row, col) : -1;
    int action = view_key_at(scene, rows, cols, row, col);
    if (tab >= 0)
        hit = (struct hit){.kind = HIT_TAB, .view = (enum view)tab};
    else if (action >= 0)
        hit = (struct hit){.kind = HIT_KEY, .action = (enum action)action};
    else if (!scene->look.help.open && rect_has(screen.body, row, col) && view->hit)
        view->hit(screen.body, scene, row, col, &hit);
    return hit;
}

void view_choose(struct scene *scene, const struct hit *hit, struct answer *answer)
{
    answer->text[0] = '\0';
    switch (hit->kind) {
    case HIT_STEP:
        navigate_to_step(scene, hit->step);
        break;
    case HIT_CELL:
        scene->look.tensors.tensor = hit->tensor;
        scene->look.tensors.block = hit->block;
        break;
    case HIT_TRIAL:
        scene->look.lab.row = hit->row;
        scene->look.lab.col = hit->col;
        scene->look.lab.left = hit->side == LEFT;
        break;
    case HIT_LAYER:
        scene->look.anatomy.block = scene->look.tensors.block = hit->block;
        scene->look.anatomy.chosen = true;
        answer_say(answer, "block %d: key %c shows its %s, key %c its %s", hit->block + 1,
                   view_table[VIEW_ANATOMY]->key, view_names[VIEW_ANATOMY],
                   view_table[VIEW_TENSORS]->key, view_names[VIEW_TENSORS]);
        break;
    case HIT_TAB:
        view_open(scene, hit->view);
        break;
    case HIT_KEY:
    case HIT_NONE:
        break;
    }
}
