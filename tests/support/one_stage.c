/* See one_stage.h. */
#include "support/one_stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct stage stage;

int leave_stage(void **state)
{
    (void)state;
    stage_close(&stage);
    return 0;
}

void press(const char *keys)
{
    assert_true(stage_press(&stage, keys));
}

void press_code(int code)
{
    assert_true(stage_press_code(&stage, code));
}

void command(const char *text)
{
    press(":");
    press(text);
    press_code(KEY_CODE_ENTER);
}

void play(double seconds)
{
    assert_true(stage_play(&stage, stage.screen.clock.seconds + seconds));
}

void play_to(int64_t step)
{
    while (step_now() < step)
        play(0.1);
}

int64_t step_now(void)
{
    return stage_step(&stage);
}

bool is_shown(const char *text)
{
    return strstr(stage_text(&stage), text) != NULL;
}

void shows(const char *text)
{
    stage_shows(&stage, text);
}

void shows_not(const char *text)
{
    if (is_shown(text))
        fail_msg("'%s' is on the screen:\n%s", text, stage_text(&stage));
}
