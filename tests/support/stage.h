/* The program on a surface without a terminal (screen/virtual.h): keys come when they are due, and
 * what is drawn can be read. */
#ifndef LNSCOPE_TESTS_SUPPORT_STAGE_H
#define LNSCOPE_TESTS_SUPPORT_STAGE_H

#include "app/app_state.h"
#include "screen/virtual.h"

struct stage {
    struct virtual_screen screen;
    struct app *app; /* that plays on it; NULL: none */
};

void stage_open(struct stage *stage, int rows, int cols);

/* Starts the program on it; `start` need not outlive the call. */
void stage_enter(struct stage *stage, const struct app_start *start);

/* Both, with small_run_settings(). */
void stage_open_small(struct stage *stage, int rows, int cols, const char *speed);

/* Ends it, and what it is on. */
void stage_close(struct stage *stage);

/* A key that is pressed at that time, not before those of earlier calls. */
void stage_key(struct stage *stage, double at, int code);

/* Presses the keys of a UTF-8 text now, each a tenth of a second after the one before, and one of
 * any code; plays on that long behind each. False where the program has ended by itself. */
bool stage_press(struct stage *stage, const char *keys);
bool stage_press_code(struct stage *stage, int code);

/* Goes on until that time, or until the program ends by itself; false where it does. */
bool stage_play(struct stage *stage, double until);

/* The newest step. */
int64_t stage_step(const struct stage *stage);

/* Fails where the text is not on the screen. */
void stage_shows(struct stage *stage, const char *text);

/* The canvas as text, until the next call. */
const char *stage_text(struct stage *stage);

#endif
