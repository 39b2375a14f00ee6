/* See parallel.h. */
#include "core/parallel.h"

#include <stddef.h>

void parallel_run(const struct parallel *parallel, int count,
                  void (*task)(void *argument, int index), void *argument)
{
    if (parallel != NULL) {
        parallel->run(parallel->team, count, task, argument);
        return;
    }
    for (int i = 0; i < count; i++)
        task(argument, i);
}
