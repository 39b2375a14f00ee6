/* See mouse.h. Asks header, footer and views what they have at a cell; draws nothing. */
#include "views/mouse.h"

#include "views/navigate.h"
#include "views/views.h"

#include <stdio.h>

bool hit_inside(struct rect area, int row, int col)
{
    return row >= area.row && row < area.row + area.rows && col >= area.col &&
           col < area.col + area.cols;
}

struct hit view_hit(const struct scene *scene, int rows, int cols, int row, int col)
{
    struct hit hit = {.kind = HIT_NONE};
    const struct layout_screen screen = view_layout(scene, rows, cols);
    if (screen.too_small)
        return hit;
    int tab =
        hit_inside(screen.header, row, col) ? view_tab_at(screen.header, scene, row, col) : -1;
    int action = view_key_at(scene, rows, cols, row, col);
    if (tab >= 0)
        hit = (struct hit){.kind = HIT_TAB, .view = (enum view)tab};
    else if (action >= 0)
        hit = (struct hit){.kind = HIT_KEY, .action = (enum action)action};
    else if (scene->look.help.open || !hit_inside(screen.body, row, col))
        return hit;
    else if (scene->look.projector)
        view_projector_hit(screen.body, scene, row, col, &hit);
    else if (view_table[scene->look.view].hit)
        view_table[scene->look.view].hit(screen.body, scene, row, col, &hit);
    return hit;
}

void hit_choose(struct scene *scene, const struct hit *hit, char *said, size_t size)
{
    said[0] = '\0';
    switch (hit->kind) {
    case HIT_STEP:
        navigate_to_step(scene, hit->step);
        break;
    case HIT_CELL:
        scene->look.tensors.tensor = hit->tensor;
        scene->look.tensors.block = hit->block;
        break;
    case HIT_LAYER:
        scene->look.anatomy.block = scene->look.tensors.block = hit->block;
        snprintf(said, size, "block %d: key %c shows its %s, key %c its %s", hit->block + 1,
                 view_table[VIEW_ANATOMY].key, view_table[VIEW_ANATOMY].name,
                 view_table[VIEW_TENSORS].key, view_table[VIEW_TENSORS].name);
        break;
    case HIT_TAB:
        navigate_to(scene, hit->view);
        break;
    case HIT_KEY:
    case HIT_NONE:
        break;
    }
}
