/* See stage.h. */
#include "support/stage.h"

#include "base/utf8.h"
#include "support/small_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void stage_open(struct stage *stage, int rows, int cols)
{
    *stage = (struct stage){.app = NULL};
    virtual_open(&stage->screen, rows, cols, 0);
}

void stage_enter(struct stage *stage, const struct app_start *start)
{
    struct error error;
    stage->app = app_open(start, &stage->screen.clock, &error);
    if (!stage->app || !app_show(stage->app, start, &stage->screen.surface, &error))
        fail_msg("%s", error.text);
}

void stage_open_small(struct stage *stage, int rows, int cols, const char *speed)
{
    const struct app_start start = {.settings = small_run_settings(speed)};
    stage_open(stage, rows, cols);
    stage_enter(stage, &start);
}

void stage_close(struct stage *stage)
{
    struct error error;
    if (stage->app) {
        assert_true(app_finish_save(stage->app, &error));
        assert_true(app_record_close(stage->app, &error));
        app_free(stage->app);
    }
    virtual_close(&stage->screen);
}

void stage_key(struct stage *stage, double at, int code)
{
    virtual_press(&stage->screen, at, code);
}

bool stage_play(struct stage *stage, double until)
{
    while (app_goes_on(stage->app) && stage->screen.clock.seconds < until)
        app_turn(stage->app);
    return app_goes_on(stage->app);
}

bool stage_press_code(struct stage *stage, int code)
{
    stage_key(stage, stage->screen.clock.seconds, code);
    return stage_play(stage, stage->screen.clock.seconds + 0.1);
}

bool stage_press(struct stage *stage, const char *keys)
{
    bool goes_on = true;
    while (*keys && goes_on)
        goes_on = stage_press_code(stage, (int)utf8_next(&keys));
    return goes_on;
}

int64_t stage_step(const struct stage *stage)
{
    return history_newest(&stage->app->history);
}

void stage_shows(struct stage *stage, const char *text)
{
    if (!strstr(stage_text(stage), text))
        fail_msg("'%s' is not on the screen at %.3f s:\n%s", text, stage->screen.clock.seconds,
                 stage_text(stage));
}

const char *stage_text(struct stage *stage)
{
    static char *text;
    free(text);
    text = canvas_to_text(&stage->screen.canvas);
    return text;
}
