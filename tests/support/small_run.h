/* A run of a small stack, as tests of steps and measurements need it, and a text that it can learn.
 */
#ifndef LNSCOPE_TESTS_SUPPORT_SMALL_RUN_H
#define LNSCOPE_TESTS_SUPPORT_SMALL_RUN_H

#include "train/run.h"

struct small_run {
    struct task *task;
    struct run run;
};

/* Set-up and tear-down of a group of tests: the text, whose end is held out. */
int small_run_write_text(void **state);
int small_run_remove_text(void **state);

/* Two small blocks in each stack that learn the copy task, at that speed. */
struct settings small_run_settings(const char *speed);

/* The left stack of a session with two small blocks that learns the text, under `count` settings
 * besides: {name, value}. */
void small_run_open(struct small_run *small, const char *const (*values)[2], int count);
void small_run_close(struct small_run *small);

/* One setting, which passes its check. */
void small_run_set(struct settings *settings, const char *name, const char *value);

/* A copy of the weights, which the caller frees. */
real *small_run_weights(const struct run *run);

#endif
