/* The one stage that the tests of a file are played on, one after another, and what they do to it
 * and see there. Each of these fails the test where it does not come out. */
#ifndef LNSCOPE_TESTS_SUPPORT_ONE_STAGE_H
#define LNSCOPE_TESTS_SUPPORT_ONE_STAGE_H

#include "support/stage.h"

extern struct stage stage;

/* A tear-down: ends the program, and closes the stage. */
int leave_stage(void **state);

/* Keys, which the program goes on after, and ":", a command and Enter. */
void press(const char *keys);
void press_code(int code);
void command(const char *text);

/* Plays on, for so many seconds, or until there is such a step. */
void play(double seconds);
void play_to(int64_t step);

int64_t step_now(void);

/* What is on the screen now, and what is not. */
bool is_shown(const char *text);
void shows(const char *text);
void shows_not(const char *text);

#endif
