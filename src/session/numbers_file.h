/* Doubles and steps in a safetensors file, for the parts of a session. Steps are doubles, which
 * hold each of them exactly. */
#ifndef LNSCOPE_SESSION_NUMBERS_FILE_H
#define LNSCOPE_SESSION_NUMBERS_FILE_H

#include "base/safetensors_read.h"

/* No run has more steps. */
extern const int64_t numbers_step_most;

/* Adds a vector of doubles, copied; and a single step. */
void numbers_add(struct safetensors *set, const char *name, int count, const double *numbers);
void numbers_add_step(struct safetensors *set, const char *name, int64_t step);

/* Is it a whole number from `least` to `most`? */
bool numbers_whole(double value, double least, double most);

/* The vector of that name and length; NULL with a reason. */
const double *numbers_need(const struct safetensors_file *file, const char *name, int count,
                           struct error *error);

/* A whole number from `least` to `most`; false with a reason. */
bool numbers_need_step(const struct safetensors_file *file, const char *name, int64_t least,
                       int64_t most, int64_t *step, struct error *error);

#endif
