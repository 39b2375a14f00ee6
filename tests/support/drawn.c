/* See drawn.h. */
#include "support/drawn.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

const double far = 5.5;

void assert_within(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%.17g is not within %.3g of %.17g", value, tolerance, expected);
}

uint64_t digest(const int32_t *values, int count)
{
    uint64_t hash = 0xCBF29CE484222325u;
    for (int i = 0; i < count; i++)
        hash = (hash ^ (uint64_t)(uint32_t)values[i]) * 0x100000001B3u;
    return hash;
}

struct grammar open_grammar(const char *text)
{
    struct grammar grammar;
    struct error error;
    if (!grammar_open(&grammar, text, &error))
        fail_msg("%s", error.text);
    return grammar;
}

struct task *open_task(enum task_kind kind, const char *text, int context)
{
    struct error error;
    struct task *task =
        task_open(&(struct task_setup){.kind = kind, .text = text, .context = context}, &error);
    if (!task)
        fail_msg("%s", error.text);
    return task;
}
