/* See stage.h. */
#include "support/stage.h"

#include "base/utf8.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct stage *stage_of(struct surface *surface)
{
    return (struct stage *)((char *)surface - offsetof(struct stage, surface));
}

static void size(struct surface *surface, int *rows, int *cols)
{
    *rows = stage_of(surface)->rows;
    *cols = stage_of(surface)->cols;
}

static void style(struct surface *surface, enum theme theme, bool mouse)
{
    (void)surface, (void)theme, (void)mouse;
}

static void paint(struct surface *surface, const struct canvas *canvas)
{
    struct stage *stage = stage_of(surface);
    canvas_resize(&stage->canvas, canvas->rows, canvas->cols);
    memcpy(stage->canvas.cells, canvas->cells,
           (size_t)canvas->rows * (size_t)canvas->cols * sizeof *canvas->cells);
    stage->paints++;
}

static void redraw(struct surface *surface)
{
    stage_of(surface)->redraws++;
}

/* Time passes while one waits, and only then. */
static int key(struct surface *surface, double seconds)
{
    struct stage *stage = stage_of(surface);
    const double until = stage->clock.seconds + seconds;
    if (stage->next < stage->keys && stage->key[stage->next].at <= until) {
        stage->clock.seconds = fmax(stage->clock.seconds, stage->key[stage->next].at);
        return stage->key[stage->next++].code;
    }
    stage->clock.seconds = until;
    return KEY_CODE_NONE;
}

static struct mouse mouse(struct surface *surface)
{
    (void)surface;
    return (struct mouse){.kind = MOUSE_RELEASE};
}

static bool ended(struct surface *surface)
{
    (void)surface;
    return false;
}

void stage_open(struct stage *stage, int rows, int cols)
{
    *stage = (struct stage){.surface = {.utf8 = true,
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
                            .cols = cols};
    stage->surface.clock = &stage->clock;
    canvas_open(&stage->canvas, rows, cols);
}

void stage_enter(struct stage *stage, const struct app_start *start)
{
    struct error error;
    stage->app = app_open(start, &stage->clock, &error);
    if (!stage->app || !app_show(stage->app, start, &stage->surface, &error))
        fail_msg("%s", error.text);
}

void stage_close(struct stage *stage)
{
    struct error error;
    if (stage->app) {
        assert_true(app_finish_save(stage->app, &error));
        assert_true(app_record_close(stage->app, &error));
        app_free(stage->app);
    }
    canvas_close(&stage->canvas);
}

void stage_key(struct stage *stage, double at, int code)
{
    assert_true(stage->keys < STAGE_KEYS);
    stage->key[stage->keys].at = at;
    stage->key[stage->keys++].code = code;
}

bool stage_play(struct stage *stage, double until)
{
    while (app_goes_on(stage->app) && stage->clock.seconds < until)
        app_turn(stage->app);
    return app_goes_on(stage->app);
}

bool stage_press_code(struct stage *stage, int code)
{
    stage->keys = stage->next = 0;
    stage_key(stage, stage->clock.seconds, code);
    return stage_play(stage, stage->clock.seconds + 0.1);
}

bool stage_press(struct stage *stage, const char *keys)
{
    bool goes_on = true;
    while (*keys && goes_on)
        goes_on = stage_press_code(stage, (int)utf8_next(&keys));
    return goes_on;
}

const char *stage_text(struct stage *stage)
{
    static char *text;
    free(text);
    text = canvas_to_text(&stage->canvas);
    return text;
}
