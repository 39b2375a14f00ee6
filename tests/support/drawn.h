/* What is drawn at random, by a task, a grammar or the generator itself: opened, compared with what
 * is expected of it, and held to its bits. */
#ifndef LNSCOPE_TESTS_SUPPORT_DRAWN_H
#define LNSCOPE_TESTS_SUPPORT_DRAWN_H

#include "tasks/task.h"
#include "tasks/task_grammar.h"

#include <stdint.h>

/* Standard deviations that a statistic of a fixed stream may lie off; by chance one in 10^7 does.
 */
extern const double far;

/* Fails where the value is further from what is expected. */
void assert_within(double value, double expected, double tolerance);

/* A number that another order or another value of the tokens changes (FNV-1a, 32 bits a time). */
uint64_t digest(const int32_t *values, int count);

/* What a right text makes; a wrong one fails. */
struct grammar open_grammar(const char *text);
struct task *open_task(enum task_kind kind, const char *text, int context);

#endif
