/* What the stacks write. */
#include "ui/views.h"

void view_samples(struct canvas *canvas, struct rect area, const struct scene *scene)
{
    (void)scene;
    canvas_text(canvas, area, 0, 1, ROLE_DIM, "nothing measured yet");
}
