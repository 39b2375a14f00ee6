/* See virtual.h. Owns the canvas, the keys to come, and the clock. */
#include "screen/virtual.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

static struct virtual_screen *screen_of(struct surface *surface)
{
    return (struct virtual_screen *)surface;
}

static void size(struct surface *surface, int *rows, int *cols)
{
    *rows = screen_of(surface)->rows;
    *cols = screen_of(surface)->cols;
}

static void style(struct surface *surface, enum theme theme, bool mouse)
{
    (void)mouse;
    screen_of(surface)->theme = theme;
}

static void paint(struct surface *surface, const struct canvas *canvas)
{
    struct virtual_screen *screen = screen_of(surface);
    canvas_copy(&screen->canvas, canvas);
    screen->paints++;
}

static void redraw(struct surface *surface)
{
    screen_of(surface)->redraws++;
}

/* Time passes while one waits, and only then: as long as one waits, or up to the next picture. */
static int key(struct surface *surface, double seconds)
{
    struct virtual_screen *screen = screen_of(surface);
    double until = screen->clock.seconds + seconds;
    if (screen->fps > 0)
        until = seconds > 0 ? (double)(screen->frame + 1) / screen->fps : screen->clock.seconds;
    if (screen->next < screen->keys && screen->key[screen->next].at <= until) {
        screen->clock.seconds = fmax(screen->clock.seconds, screen->key[screen->next].at);
        return screen->key[screen->next++].code;
    }
    screen->clock.seconds = until;
    screen->frame += screen->fps > 0 && seconds > 0;
    return KEY_CODE_NONE;
}

static struct mouse mouse(struct surface *surface)
{
    (void)surface;
    return (struct mouse){.kind = MOUSE_RELEASE};
}

static bool ended(struct surface *surface)
{
    return screen_of(surface)->gone;
}

void virtual_open(struct virtual_screen *screen, int rows, int cols, int fps)
{
    *screen = (struct virtual_screen){.surface = {.utf8 = true,
                                                  .colours = true,
                                                  .ramp = true,
                                                  .size = size,
                                                  .style = style,
                                                  .paint = paint,
                                                  .redraw = redraw,
                                                  .key = key,
                                                  .mouse = mouse,
                                                  .ended = ended},
                                      .rows = rows,
                                      .cols = cols,
                                      .fps = fps};
    screen->surface.clock = &screen->clock;
    canvas_open(&screen->canvas, rows, cols);
}

void virtual_close(struct virtual_screen *screen)
{
    canvas_close(&screen->canvas);
    free(screen->key);
    *screen = (struct virtual_screen){0};
}

void virtual_press(struct virtual_screen *screen, double at, int code)
{
    screen->key = memory_resize(screen->key, (size_t)screen->keys + 1, sizeof *screen->key);
    screen->key[screen->keys].at = at;
    screen->key[screen->keys++].code = code;
}
